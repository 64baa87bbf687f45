"""Which thread in Slack a handover has."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from exemplar.desk.tables import slack_threads


@dataclass(frozen=True)
class Thread:
    """A handover's place in Slack.

    Attributes:
        handover: its number.
        channel: the channel's id.
        ts: the message with the brief, which the thread hangs on.
        heard: the newest message of a person in it that was dealt with, "" if there was none.
    """

    handover: str
    channel: str
    ts: str
    heard: str = ""


class Threads:
    """The threads, in the desk's database. Safe to share between threads of the process."""

    def __init__(self, engine: Engine) -> None:
        """Takes an engine whose tables exist."""
        self._engine = engine

    def of(self, handover: str) -> Thread | None:
        """Returns a handover's thread, None if it has none yet."""
        return self._one(slack_threads.c.handover == handover)

    def at(self, channel: str, ts: str) -> Thread | None:
        """Returns the thread that hangs on a message, None if that is none of the desk's."""
        return self._one(slack_threads.c.channel == channel, slack_threads.c.ts == ts)

    def open_ones(self, channel: str, numbers: list[str]) -> list[Thread]:
        """Returns the threads of some handovers in a channel."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(slack_threads).where(
                    slack_threads.c.channel == channel, slack_threads.c.handover.in_(numbers)
                )
            ).fetchall()
        return [Thread(row.handover, row.channel, row.ts, row.heard) for row in rows]

    def keep(self, thread: Thread) -> None:
        """Remembers a handover's thread, in place of one that it had."""
        with self._engine.begin() as connection:
            connection.execute(
                slack_threads.delete().where(slack_threads.c.handover == thread.handover)
            )
            connection.execute(
                slack_threads.insert().values(
                    handover=thread.handover,
                    channel=thread.channel,
                    ts=thread.ts,
                    heard=thread.heard,
                )
            )

    def hear(self, handover: str, ts: str) -> None:
        """Remembers that a person's message was dealt with."""
        with self._engine.begin() as connection:
            connection.execute(
                slack_threads.update()
                # Slack's ts is a time with a fixed number of digits: its order is that of the text.
                .where(slack_threads.c.handover == handover, slack_threads.c.heard < ts)
                .values(heard=ts)
            )

    def _one(self, *conditions: sa.sql.ColumnElement) -> Thread | None:
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(slack_threads).where(*conditions)).fetchone()
        return Thread(row.handover, row.channel, row.ts, row.heard) if row else None
