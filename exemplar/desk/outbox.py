"""The outbox: what is still to be delivered, at least once, in order within a conversation.

A row is written in the transaction of the change that it tells of (:mod:`exemplar.desk.registry`), and
goes when its front has taken it. Of each conversation and destination only the first row is tried; the
others wait behind it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from exemplar.desk.tables import handover_messages, outbox

#: The destination that is always there: the channel in which the customer writes.
CUSTOMER: Final = "customer"
SLACK: Final = "slack"
WEBHOOK: Final = "webhook"
#: How long a delivery may take before another server tries it.
LEASE: Final = timedelta(seconds=60)
#: The wait after the first failure; it doubles up to the longest.
FIRST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(minutes=5)


def destinations() -> tuple[str, ...]:
    """Returns the fronts that the environment sets up, beside the customer's own channel."""
    found = []
    if os.environ.get("EXEMPLAR_DESK_SLACK_CHANNEL"):
        found.append(SLACK)
    if os.environ.get("EXEMPLAR_DESK_WEBHOOK_URL"):
        found.append(WEBHOOK)
    return tuple(found)


@dataclass(frozen=True)
class Waiting:
    """A row that is due.

    Attributes:
        id: the row's.
        destination: where to.
        stream: the conversation.
        handover_id: the handover's row.
        seq: the place of the entry in its timeline.
        tries: how often it was tried before.
    """

    id: int
    destination: str
    stream: str
    handover_id: int
    seq: int
    tries: int


class Outbox:
    """The rows, taken by one server at a time. Safe to share between threads."""

    def __init__(self, engine: Engine, owner: str, now: Callable[[], datetime]) -> None:
        """Takes a database, and the server's name, which it keeps over a restart."""
        self._engine = engine
        self._owner = owner
        self._now = now

    def release(self) -> None:
        """Frees what this server was delivering when it ended: it is tried again at once."""
        with self._engine.begin() as connection:
            connection.execute(
                outbox.update()
                .where(outbox.c.owner == self._owner)
                # It was being tried: the other side may have it.
                .values(owner=None, next_try=self._now(), tries=outbox.c.tries + 1)
            )

    def take(self, most: int = 200) -> list[Waiting]:
        """Takes what is due, the first of each conversation and destination."""
        now = self._now()
        firsts = (
            sa.select(sa.func.min(outbox.c.id))
            .where(outbox.c.given_up.is_(None))
            .group_by(outbox.c.destination, outbox.c.stream)
        )
        taken = []
        with self._engine.connect() as connection:
            due = connection.execute(
                sa.select(outbox)
                .where(outbox.c.id.in_(firsts), outbox.c.next_try <= now)
                .order_by(outbox.c.id)
                .limit(most)
            ).fetchall()
        if not due:
            return []
        with self._engine.begin() as connection:
            for row in due:
                mine = connection.execute(
                    outbox.update()
                    .where(outbox.c.id == row.id, outbox.c.next_try == row.next_try)
                    .values(owner=self._owner, next_try=now + LEASE)
                )
                if mine.rowcount:
                    taken.append(
                        Waiting(
                            row.id,
                            row.destination,
                            row.stream,
                            row.handover_id,
                            row.seq,
                            # Who had it and let the lease end may have delivered it.
                            row.tries + (row.owner is not None),
                        )
                    )
        return taken

    def done(self, row: Waiting) -> None:
        """Takes a row out: its front has it."""
        with self._engine.begin() as connection:
            connection.execute(outbox.delete().where(outbox.c.id == row.id))
            if row.destination == CUSTOMER:
                from exemplar.desk.tables import handovers

                connection.execute(
                    handover_messages.update()
                    .where(
                        handover_messages.c.handover_id == row.handover_id,
                        handover_messages.c.seq == row.seq,
                    )
                    .values(delivered=self._now())
                )
                connection.execute(
                    handovers.update()
                    .where(handovers.c.id == row.handover_id)
                    .values(version=handovers.c.version + 1)
                )

    def failed(self, row: Waiting, error: str, wait: timedelta | None = None) -> timedelta:
        """Puts a row back, to be tried after a wait that grows; returns the wait."""
        pause = wait or min(FIRST_WAIT * 2 ** min(row.tries, 16), LONGEST_WAIT)
        with self._engine.begin() as connection:
            connection.execute(
                outbox.update()
                .where(outbox.c.id == row.id)
                .values(
                    owner=None,
                    tries=outbox.c.tries + 1,
                    next_try=self._now() + pause,
                    error=error[:500],
                )
            )
        return pause

    def give_up(self, row: Waiting, error: str) -> None:
        """Sets a row aside that can never be delivered; those behind it go on."""
        with self._engine.begin() as connection:
            connection.execute(
                outbox.update()
                .where(outbox.c.id == row.id)
                .values(owner=None, error=error[:500], given_up=self._now())
            )

    def left(self) -> int:
        """Counts what is still to be delivered."""
        with self._engine.connect() as connection:
            return int(
                connection.execute(
                    sa.select(sa.func.count())
                    .select_from(outbox)
                    .where(outbox.c.given_up.is_(None))
                ).scalar()
                or 0
            )
