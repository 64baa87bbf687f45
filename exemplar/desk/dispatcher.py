"""The dispatcher takes what is due out of the outbox to its fronts. It runs in the Rasa server."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from exemplar.desk.fronts import Front, Later, Never
from exemplar.desk.model import PromiseState
from exemplar.desk.outbox import Outbox, Waiting
from exemplar.desk.promises import Promise, Promises
from exemplar.desk.registry import Registry

logger = logging.getLogger(__name__)

#: Seconds after which the outbox is looked at though nobody said that something is there: another
#: process may have written.
LOOK: Final = 0.5
#: Seconds after which it is looked who has waited in vain.
TICK: Final = 5.0
#: Seconds that one delivery may take.
LIMIT: Final = 45.0


class Dispatcher:
    """Delivers, until it is stopped."""

    def __init__(
        self,
        registry: Registry,
        outbox: Outbox,
        fronts: Mapping[str, Front],
        promises: Promises | None = None,
        follow_up: Callable[[Promise], Awaitable[None]] | None = None,
    ) -> None:
        """Takes the registry, its outbox, and what sees to the rest.

        Args:
            registry: of handovers.
            outbox: the registry's.
            fronts: one for each destination.
            promises: what falls due.
            follow_up: has the assistant speak of a promise, and raises what a front raises.
        """
        self._registry = registry
        self._outbox = outbox
        self._fronts = fronts
        self._promises = promises
        self._say = follow_up
        self._woken = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Says that something is there; to be called in the loop's own thread."""
        self._woken.set()

    async def run(self) -> None:
        """Delivers what is due, again and again. A database that is away is waited for."""
        released, ticked = False, 0.0
        while True:
            self._woken.clear()
            try:
                if not released:
                    await asyncio.to_thread(self._outbox.release)
                    released = True
                if time.monotonic() - ticked >= TICK:
                    await asyncio.to_thread(self._registry.expire)
                    if self._promises and self._say:
                        for promise in await asyncio.to_thread(self._promises.take):
                            self._begin(self._follow_up(self._promises, self._say, promise))
                    ticked = time.monotonic()
                for row in await asyncio.to_thread(self._outbox.take):
                    self._begin(self._deliver(row))
            except Exception as error:
                logger.warning("The outbox cannot be read, trying again: %s", _line(error))
                await asyncio.sleep(1)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOK)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _follow_up(
        self, promises: Promises, say: Callable[[Promise], Awaitable[None]], promise: Promise
    ) -> None:
        ended: str | None = PromiseState.KEPT
        try:
            await asyncio.wait_for(say(promise), LIMIT)
        except Never:
            ended = PromiseState.CANCELLED
        except Exception as error:
            logger.warning("Promise %s was not followed up: %s", promise.id, _line(error))
            ended = None
        try:
            if ended:
                await asyncio.to_thread(promises.done, promise, ended)
            else:
                await asyncio.to_thread(promises.later, promise)
        except Exception as error:
            # It is tried again after its lease; what was said is then known.
            logger.warning("A promise cannot be written: %s", _line(error))

    async def _deliver(self, row: Waiting) -> None:
        try:
            problem, wait, never = await self._try(row)
            while True:
                try:
                    if not problem:
                        await asyncio.to_thread(self._outbox.done, row)
                    elif never:
                        await asyncio.to_thread(self._outbox.give_up, row, problem)
                    else:
                        await asyncio.to_thread(self._outbox.failed, row, problem, wait)
                    break
                except Exception as error:
                    # It was delivered, and must not be again only because this cannot be written down.
                    logger.warning("The outbox cannot be written, trying again: %s", _line(error))
                    await asyncio.sleep(1)
        finally:
            self.wake()

    async def _try(self, row: Waiting) -> tuple[str, timedelta | None, bool]:
        """Returns what was in the way, "" if nothing; the wait asked for; and whether it is for good."""
        front = self._fronts.get(row.destination)
        try:
            if front is None:
                raise Never(f"there is no front {row.destination}: it is no longer set up")
            entry, handover = await asyncio.to_thread(
                self._registry.entry, row.handover_id, row.seq
            )
            await asyncio.wait_for(front.deliver(entry, handover, row.tries), LIMIT)
        except Later as error:
            logger.warning("%s wants %s later: %s", row.destination, row.seq, error)
            wait = None if error.seconds is None else timedelta(seconds=error.seconds)
            return str(error) or "later", wait, False
        except Never as error:
            logger.error("%s will never take entry %s: %s", row.destination, row.seq, error)
            return str(error) or "never", None, True
        except Exception as error:
            logger.warning("%s did not take entry %s: %s", row.destination, row.seq, _line(error))
            return _line(error), None, False
        return "", None, False


def _line(error: Exception) -> str:
    """Returns an error in one line, without what customers wrote."""
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:300]
