"""The registry of handovers: the truth about who speaks with a customer."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from exemplar.database import metadata, shared_database
from exemplar.desk.brief import Brief

handovers = sa.Table(
    "handovers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("conversation", sa.String(255), nullable=False, index=True),
    sa.Column("channel", sa.String(100), nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("brief", sa.Text, nullable=False),
    sa.Column("requested", sa.DateTime, nullable=False),
    sa.Column("closed", sa.DateTime),
)
#: A conversation has one handover at a time.
sa.Index(
    "one_open_handover",
    handovers.c.conversation,
    unique=True,
    sqlite_where=handovers.c.state != "closed",
    postgresql_where=handovers.c.state != "closed",
)
handover_messages = sa.Table(
    "handover_messages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("handover_id", sa.ForeignKey("handovers.id"), nullable=False, index=True),
    # The channel's id of the message: the same message delivered twice is kept once.
    sa.Column("message_id", sa.String(255), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("sent", sa.DateTime, nullable=False),
    sa.UniqueConstraint("handover_id", "message_id"),
)

#: The reason that goes before all others.
CRISIS: Final = "crisis"
_FIRST_NUMBER: Final = 1000


@dataclass(frozen=True)
class Handover:
    """A conversation that a person takes over.

    Attributes:
        number: what the customer is told.
        conversation: Rasa's sender id.
        channel: where the customer writes.
        state: ``waiting``, ``with_person`` or ``closed``.
        brief: what the person must know.
        requested: when it was asked for, UTC.
        messages: what the customer wrote since, in order.
    """

    number: str
    conversation: str
    channel: str
    state: str
    brief: Brief
    requested: datetime
    messages: tuple[str, ...] = ()


class Registry:
    """Handovers in a SQL database. Safe to share between threads."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] | None = None) -> None:
        """Takes an engine whose tables exist."""
        self._engine = engine
        self._now = now or (lambda: datetime.now(timezone.utc).replace(tzinfo=None))

    def request(self, conversation: str, channel: str, brief: Brief) -> Handover:
        """Records a handover, or returns the conversation's open one; a crisis makes it urgent."""
        written = json.dumps(asdict(brief))
        with suppress(sa.exc.IntegrityError), self._engine.begin() as connection:
            # Where the conversation has an open one already, this does nothing.
            connection.execute(
                handovers.insert().values(
                    conversation=conversation,
                    channel=channel,
                    state="waiting",
                    brief=written,
                    requested=self._now(),
                )
            )
        with self._engine.begin() as connection:
            known = self._open_handover(connection, conversation)
            if known is None:
                raise RuntimeError(f"the handover of {conversation} was closed at the same moment")
            if brief.reason == CRISIS != known.brief.reason:
                connection.execute(
                    handovers.update()
                    .where(handovers.c.id == _id_of(known.number))
                    .values(brief=written)
                )
                known = replace(known, brief=brief)
            return known

    def forget_mood(self, conversation: str) -> None:
        """Deletes the mood from the conversation's briefs: the customer does not want it read."""
        with self._engine.begin() as connection:
            for one in _read(connection, handovers.c.conversation == conversation):
                connection.execute(
                    handovers.update()
                    .where(handovers.c.id == _id_of(one.number))
                    .values(brief=json.dumps(asdict(replace(one.brief, mood=()))))
                )

    def open_handover(self, conversation: str) -> Handover | None:
        """Returns the conversation's handover that is not closed, if there is one."""
        with self._engine.connect() as connection:
            return self._open_handover(connection, conversation)

    def waiting(self) -> list[Handover]:
        """Returns the handovers that are not closed, a crisis first, then the longest waiting."""
        with self._engine.connect() as connection:
            found = _read(connection, handovers.c.state != "closed")
        return sorted(found, key=lambda one: (one.brief.reason != CRISIS, one.requested))

    def ahead_of(self, handover: Handover) -> int:
        """Counts who waits and asked before."""
        waiting = [other.number for other in self.waiting() if other.state == "waiting"]
        return waiting.index(handover.number) if handover.number in waiting else 0

    def relay(self, handover: Handover, message_id: str, text: str) -> None:
        """Keeps what the customer wrote while waiting; the same message id is kept once."""
        with suppress(sa.exc.IntegrityError), self._engine.begin() as connection:
            connection.execute(
                handover_messages.insert().values(
                    handover_id=_id_of(handover.number),
                    message_id=message_id,
                    text=text,
                    sent=self._now(),
                )
            )

    def close(self, number: str) -> Handover | None:
        """Closes a handover; returns it, or None if there is none of that number still open."""
        identity = _id_of(number)
        with self._engine.begin() as connection:
            changed = connection.execute(
                handovers.update()
                .where(handovers.c.id == identity, handovers.c.state != "closed")
                .values(state="closed", closed=self._now())
            )
            return _read(connection, handovers.c.id == identity)[0] if changed.rowcount else None

    def _open_handover(self, connection: Connection, conversation: str) -> Handover | None:
        found = _read(
            connection, handovers.c.conversation == conversation, handovers.c.state != "closed"
        )
        return found[0] if found else None


def _id_of(number: str) -> int:
    digits = number.upper().removeprefix("H-")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) < 12
    return int(digits) - _FIRST_NUMBER if is_number else -1


def _read(connection: Connection, *conditions: Any) -> list[Handover]:
    rows = connection.execute(
        sa.select(handovers).where(*conditions).order_by(handovers.c.id)
    ).fetchall()
    found = []
    for row in rows:
        messages = connection.execute(
            sa.select(handover_messages.c.text)
            .where(handover_messages.c.handover_id == row.id)
            .order_by(handover_messages.c.id)
        ).scalars()
        brief = json.loads(row.brief)
        brief |= {"mood": tuple(brief["mood"]), "tried": tuple(brief["tried"])}
        found.append(
            Handover(
                number=f"H-{_FIRST_NUMBER + row.id}",
                conversation=row.conversation,
                channel=row.channel,
                state=row.state,
                brief=Brief(**brief),
                requested=row.requested,
                messages=tuple(messages),
            )
        )
    return found


@lru_cache(maxsize=1)
def shared_registry() -> Registry:
    """Returns the process's one registry, opened at first use."""
    return Registry(shared_database())
