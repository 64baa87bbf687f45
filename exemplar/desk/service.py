"""The desk as its fronts call it: what a person does, and the word to the dispatcher that it was done."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from functools import lru_cache

from exemplar.database import shared_database
from exemplar.desk.dispatcher import Dispatcher
from exemplar.desk.fronts import Front
from exemplar.desk.model import Entry, Handover, Outcome, Person
from exemplar.desk.outbox import Outbox
from exemplar.desk.promises import Promise, shared_promises
from exemplar.desk.registry import Registry, shared_registry, utc_now
from exemplar.desk.terms import Terms, shared_terms
from exemplar.settings import state_folder


class Desk:
    """One for each process. Its methods run in the event loop; the database is asked in threads.

    The errors are those of :mod:`exemplar.desk.model`; each one's message is for the person at the desk.
    """

    def __init__(self, registry: Registry, terms: Terms) -> None:
        """Takes the registry and the terms."""
        self.registry = registry
        self.terms = terms
        self._loop: asyncio.AbstractEventLoop | None = None
        self._dispatcher: Dispatcher | None = None
        self._listeners: set[Callable[[], None]] = set()
        self._task: asyncio.Task[None] | None = None

    # -- what people do ------------------------------------------------------------------------------

    async def claim(self, number: str, person: Person, *, take_over: bool = False) -> Handover:
        """Gives a person the conversation. Raises Unknown, Over, Taken or Forbidden."""
        handover = await asyncio.to_thread(self.registry.claim, number, person, take_over=take_over)
        self.wake()
        return handover

    async def reply(self, number: str, person: Person, key: str, text: str) -> Entry:
        """Writes to the customer, once for each key. Raises Unknown, Over or Taken."""
        entry = await asyncio.to_thread(self.registry.reply, number, person, key, text)
        self.wake()
        return entry

    async def note(self, number: str, person: Person, key: str, text: str) -> Entry:
        """Writes for other people at the desk, once for each key. Raises Unknown."""
        entry = await asyncio.to_thread(self.registry.note, number, person, key, text)
        self.wake()
        return entry

    async def give_back(self, number: str, person: Person, note: str = "") -> Handover | None:
        """Returns the conversation to the assistant; None if it was closed already. Raises Taken."""
        return await self.close(number, person, Outcome.RETURNED, note)

    async def close(
        self,
        number: str,
        person: Person | None,
        outcome: str = Outcome.SOLVED,
        note: str = "",
    ) -> Handover | None:
        """Ends a handover; None if it was closed already. Raises Taken."""
        handover = await asyncio.to_thread(self.registry.close, number, person, outcome, note)
        self.wake()
        return handover

    # -- running -------------------------------------------------------------------------------------

    def start(
        self, fronts: dict[str, Front], follow_up: Callable[[Promise], Awaitable[None]]
    ) -> None:
        """Starts the dispatcher in the running loop.

        Args:
            fronts: one for each destination of the outbox.
            follow_up: has the assistant speak of a promise whose day has passed.
        """
        self._loop = asyncio.get_running_loop()
        outbox = Outbox(shared_database(), server_name(), utc_now)
        self._dispatcher = Dispatcher(self.registry, outbox, fronts, shared_promises(), follow_up)
        self._task = self._loop.create_task(self._dispatcher.run())

    def stop(self) -> None:
        """Stops it."""
        if self._task:
            self._task.cancel()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Has a function called, in the loop, whenever something may have changed; returns how to end it."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    def wake(self) -> None:
        """Says that something was written; from any thread, and nothing happens where nothing runs."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        if self._dispatcher:
            self._dispatcher.wake()
        for listener in tuple(self._listeners):
            listener()


def server_name() -> str:
    """Returns this server's name, the same after a restart: who took what, after having been killed."""
    return f"{socket.gethostname()}:{state_folder()}"[-200:]


@lru_cache(maxsize=1)
def shared_desk() -> Desk:
    """Returns the process's one desk."""
    return Desk(shared_registry(), shared_terms())
