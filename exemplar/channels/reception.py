"""The reception of a channel: takes customers' messages into the inbox, and has them answered in turn."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from rasa.core.channels.channel import UserMessage
from sanic import Blueprint, Sanic

from exemplar.channels.inbox import Inbox, Received, Turns, answer_surely
from exemplar.channels.said import Said
from exemplar.database import shared_database
from exemplar.desk.service import server_name, shared_desk
from exemplar.server.relay import Collected, answers_to, durable

#: Seconds for which a database that is away is waited for; then the sender hears nothing, and sends again.
_WAITS = (0.2, 0.5, 1.0, 2.0, 2.0)

Post = Callable[[Received, Sequence[Said]], Awaitable[None]]


class Reception:
    """One for each channel that acknowledges messages. It runs in the event loop."""

    def __init__(
        self,
        channel: str,
        on_new_message: Callable[[UserMessage], Awaitable[Any]],
        post: Post,
        *,
        failed: Callable[[str], Awaitable[None]] | None = None,
        can_reload: bool,
    ) -> None:
        """Takes what the channel can do.

        Args:
            channel: its name.
            on_new_message: what Rasa does with a message.
            post: sends the answers to a message, also if there are none.
            failed: tells a conversation that there is no answer, for a fault on our side.
            can_reload: whether customers see what was said before, so that answers that were kept and
                not sent when a server was killed need not be sent again.
        """
        self._channel = channel
        self._on_new_message = on_new_message
        self._post = post
        self._failed = failed
        self._can_reload = can_reload
        self._turns = Turns()
        self._running: set[asyncio.Task[Any]] = set()
        self._under_way: set[tuple[str, str]] = set()
        self._app: Sanic | None = None

    def attach(self, blueprint: Blueprint) -> None:
        """Has what was taken before a restart answered once the channel's server has started."""

        @blueprint.listener("after_server_start")
        async def resume(app: Sanic, _: Any) -> None:
            self._app = app
            app.add_task(self._resume())

    @functools.cached_property
    def inbox(self) -> Inbox:
        """The channel's inbox."""
        return Inbox(shared_database(), self._channel, server_name())

    async def take(self, message: Received) -> bool:
        """Writes a message down and lets it be answered; returns False if it is known.

        Raises:
            sqlalchemy.exc.OperationalError: the database is away; the message must not be acknowledged.
        """
        for wait in _WAITS:
            try:
                new = await asyncio.to_thread(self.inbox.take, message)
                break
            except sa.exc.OperationalError:
                await asyncio.sleep(wait)
        else:
            new = await asyncio.to_thread(self.inbox.take, message)
        if new:
            self._start(message, may_be_kept=False)
        elif (message.conversation, message.id) not in self._under_way:
            # Written down, and then the database went away before it said so.
            for one in await asyncio.to_thread(self.inbox.open_in, message.conversation):
                if one.id == message.id and (one.conversation, one.id) not in self._under_way:
                    self._start(one, may_be_kept=True)
        return new

    async def _resume(self) -> None:
        while True:
            try:
                left = await asyncio.to_thread(self.inbox.left)
                break
            except sa.exc.SQLAlchemyError:
                await asyncio.sleep(2)
        for message in left:
            self._start(message, may_be_kept=True)

    def _start(self, message: Received, *, may_be_kept: bool) -> None:
        key = message.conversation, message.id
        self._under_way.add(key)
        task = asyncio.create_task(self._answer(message, may_be_kept))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _: self._under_way.discard(key))

    async def _show_early(self, message: Received) -> None:
        """Shows a message at the desk, which need not wait until the assistant has read it."""
        with suppress(sa.exc.SQLAlchemyError):
            early = shared_desk().registry.take_early
            text = message.content["text"]
            if await asyncio.to_thread(early, message.conversation, message.id, text):
                shared_desk().wake()

    async def _answer(self, message: Received, may_be_kept: bool) -> None:
        """Lets Rasa answer; what it says is sent once it stands in the conversation."""
        conversation, text = message.conversation, message.content["text"]
        shown = asyncio.ensure_future(self._show_early(message))
        output: Collected | None = None

        async def answer() -> None:
            nonlocal output
            output = Collected(self._channel)
            await self._on_new_message(
                UserMessage(
                    # A leading slash would be a command to Rasa, and customers give none.
                    text.strip().lstrip("/") or text,
                    output,
                    conversation,
                    input_channel=self._channel,
                    message_id=message.id,
                    metadata=message.content["metadata"],
                )
            )

        # Nothing is waited for before: messages come to their turns in the order in which they came.
        async with self._turns.turn(conversation):
            await shown
            assert self._app is not None
            store = durable(self._app.ctx.agent.tracker_store)
            good = await answer_surely(
                message,
                answer,
                lambda: bool(store.has_message(conversation, message.id)),
                may_be_kept=may_be_kept,
            )
            said: Sequence[Said] = ()
            if good and output is not None:
                said = output.said()
            elif good and not self._can_reload:
                # Kept before the server was killed; whether it was sent, nobody knows.
                tracker = await store.retrieve_full_tracker(conversation)
                said = answers_to(tracker, message.id) if tracker else ()
            if not good and self._failed:
                await self._failed(conversation)
            await self._post(message, said)
            while True:
                try:
                    await asyncio.to_thread(self.inbox.answered, message)
                    return
                except sa.exc.SQLAlchemyError:
                    await asyncio.sleep(1)
