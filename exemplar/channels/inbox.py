"""The inbox: a customer's message is safe before its channel acknowledges it.

A message is written down, then answered. Should the server be killed in between, it is answered after the
restart; should it be delivered again, it is known.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from exemplar.desk.registry import utc_now
from exemplar.desk.tables import inbox

logger = logging.getLogger(__name__)

#: How long the id of an answered message is kept, to know it again.
KEPT: Final = timedelta(days=3)
#: So often a message is tried whose answering fails; one that could not be kept is tried for good.
TRIES: Final = 3
#: Seconds between two tries, which double up to the longest.
FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 5.0


@dataclass(frozen=True)
class Received:
    """A customer's message.

    Attributes:
        conversation: Rasa's sender id.
        id: what the channel calls it; the same when it comes again.
        content: what the channel needs to answer it, as JSON can hold it.
    """

    conversation: str
    id: str
    content: dict[str, Any]


class Inbox:
    """Messages that a channel has taken. Safe to share between threads."""

    def __init__(self, engine: Engine, channel: str, owner: str) -> None:
        """Takes a database, the channel's name, and the server's, which it keeps over a restart."""
        self._engine = engine
        self._channel = channel
        self._owner = owner

    def take(self, message: Received) -> bool:
        """Writes a message down; returns False if it is known."""
        try:
            with self._engine.begin() as connection:
                connection.execute(
                    inbox.insert().values(
                        channel=self._channel,
                        conversation=message.conversation,
                        message_id=message.id,
                        content=json.dumps(message.content),
                        received=utc_now(),
                        owner=self._owner,
                    )
                )
        except sa.exc.IntegrityError:
            return False
        return True

    def answered(self, message: Received) -> None:
        """Notes that a message was answered: its id is kept, its content is not."""
        with self._engine.begin() as connection:
            connection.execute(
                inbox.update()
                .where(
                    inbox.c.conversation == message.conversation, inbox.c.message_id == message.id
                )
                .values(content="", answered=utc_now())
            )

    def open_in(self, conversation: str) -> list[Received]:
        """Returns what a conversation has that is not answered yet, in order."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(inbox)
                .where(
                    inbox.c.channel == self._channel,
                    inbox.c.conversation == conversation,
                    inbox.c.answered.is_(None),
                )
                .order_by(inbox.c.id)
            ).fetchall()
        return [Received(row.conversation, row.message_id, json.loads(row.content)) for row in rows]

    def left(self) -> list[Received]:
        """Returns what this server took and did not answer, in order; forgets what is long answered."""
        with self._engine.begin() as connection:
            connection.execute(
                inbox.delete().where(
                    inbox.c.channel == self._channel, inbox.c.answered < utc_now() - KEPT
                )
            )
            rows = connection.execute(
                sa.select(inbox)
                .where(
                    inbox.c.channel == self._channel,
                    inbox.c.owner == self._owner,
                    inbox.c.answered.is_(None),
                )
                .order_by(inbox.c.id)
            ).fetchall()
        return [Received(row.conversation, row.message_id, json.loads(row.content)) for row in rows]


class Turns:
    """One message of a conversation after the other."""

    def __init__(self) -> None:
        """Begins with nobody waiting."""
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, conversation: str) -> AsyncIterator[None]:
        """Waits until all that came before in this conversation is through."""
        lock, waiting = self._locks.get(conversation, (asyncio.Lock(), 0))
        self._locks[conversation] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks[conversation]
            if waiting == 1:
                del self._locks[conversation]
            else:
                self._locks[conversation] = lock, waiting - 1


async def answer_surely(
    message: Received,
    answer: Callable[[], Awaitable[None]],
    is_kept: Callable[[], bool],
    *,
    may_be_kept: bool,
) -> bool:
    """Has a message answered until it stands in the conversation.

    Args:
        message: what came.
        answer: has the assistant answer it.
        is_kept: tells whether it stands in the conversation.
        may_be_kept: whether it may stand there already, for it came before a restart.

    Returns:
        Whether it was answered; False if that fails for a fault of the assistant's.
    """
    wait, faults = FIRST_WAIT, 0
    while True:
        try:
            if may_be_kept and await asyncio.to_thread(is_kept):
                return True
            may_be_kept = True
            try:
                await answer()
            except Exception:
                faults += 1
                logger.exception("A message could not be answered (try %d).", faults)
            if await asyncio.to_thread(is_kept):
                return True
        except Exception as error:
            logger.warning("Conversations cannot be read, trying again: %s", type(error).__name__)
        if faults >= TRIES:
            return False
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)
