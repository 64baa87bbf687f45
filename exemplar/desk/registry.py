"""The registry of handovers: the truth about who speaks with a customer.

Every change is one transaction: the handover's state, the entry in its timeline, and a row in the outbox
for each destination that is to learn of it. So nothing is done that is not told, and nothing is told that
was not done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from statistics import median
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from exemplar.database import shared_database
from exemplar.desk.brief import Brief
from exemplar.desk.model import (
    CLOSED,
    CRISIS,
    FOR_CUSTOMER,
    REQUESTED,
    SUPERVISOR,
    WAITING,
    WITH_PERSON,
    Entry,
    Forbidden,
    Handover,
    Kind,
    Outcome,
    Over,
    Person,
    PromiseState,
    Taken,
    Unknown,
)
from exemplar.desk.outbox import CUSTOMER, destinations
from exemplar.desk.tables import (
    handover_messages,
    handover_reads,
    handovers,
    inbox,
    outbox,
    promises,
)

#: How long a customer waits before the assistant returns, unless the terms say otherwise.
PATIENCE: Final = timedelta(minutes=15)
_FIRST_NUMBER: Final = 1000
#: So many recent handovers tell how long it takes; with fewer than the second, nothing is said.
_RECENT: Final = 20
_FEWEST: Final = 3
#: Older ones say nothing about today.
_RECENT_DAYS: Final = 14


@dataclass(frozen=True)
class Summary:
    """A handover in a list.

    Attributes:
        handover: without its messages.
        unread: how many of the customer's messages the person has not seen.
        last_text: what was said last between customer and person.
        last_at: when.
    """

    handover: Handover
    unread: int
    last_text: str
    last_at: datetime


class Registry:
    """Handovers in a SQL database. Safe to share between threads and processes."""

    def __init__(
        self,
        engine: Engine,
        now: Callable[[], datetime] | None = None,
        *,
        fronts: Iterable[str] | None = None,
        patience: timedelta | None = PATIENCE,
    ) -> None:
        """Takes an engine whose tables exist.

        Args:
            engine: the database.
            now: the time, UTC without zone.
            fronts: the destinations of the outbox that learn of every entry; those that the
                environment sets up if not given. The customer's channel is always one.
            patience: how long a customer waits before the assistant returns; None: for good.
        """
        self._engine = engine
        self._now = now or utc_now
        self._fronts = tuple(destinations() if fronts is None else fronts)
        self._patience = patience

    # -- what happens on the customer's side ---------------------------------------------------------

    def request(
        self, conversation: str, channel: str, brief: Brief, *, queue: bool = True
    ) -> Handover:
        """Records that a person is wanted, or returns the conversation's open handover.

        An open one is made urgent by a crisis, and enters the queue where it stood outside of it.

        Args:
            conversation: Rasa's sender id.
            channel: where the customer writes.
            brief: what the person must know.
            queue: whether people are there; otherwise a person gets in touch later.
        """
        for _ in range(3):
            try:
                return self._request(conversation, channel, brief, queue)
            except sa.exc.IntegrityError:
                # Another process made it at the same moment: it is there now.
                continue
        raise RuntimeError(f"the handover of {conversation} comes and goes at the same moment")

    def _request(self, conversation: str, channel: str, brief: Brief, queue: bool) -> Handover:
        now = self._now()
        urgent = brief.reason == CRISIS
        give_up_at = now + self._patience if queue and not urgent and self._patience else None
        state = WAITING if queue or urgent else REQUESTED
        with self._engine.begin() as connection:
            row = self._lock(
                connection, handovers.c.conversation == conversation, handovers.c.state != CLOSED
            )
            if row is None:
                identity = connection.execute(
                    handovers.insert().values(
                        conversation=conversation,
                        channel=channel,
                        state=state,
                        brief=json.dumps(asdict(brief)),
                        requested=now,
                        give_up_at=give_up_at,
                    )
                ).inserted_primary_key[0]
                row = self._lock(connection, handovers.c.id == identity)
                self._add(connection, row, Kind.ASKED, brief.reason)
            elif urgent and _brief(row.brief).reason != CRISIS:
                changed = {"state": WAITING} if row.state == REQUESTED else {}
                row = self._change(
                    connection, row, brief=json.dumps(asdict(brief)), give_up_at=None, **changed
                )
                self._add(connection, row, Kind.URGENT, brief.reason)
            elif row.state == REQUESTED and state == WAITING:
                row = self._change(
                    connection,
                    row,
                    state=WAITING,
                    give_up_at=give_up_at,
                    brief=json.dumps(asdict(brief)),
                )
                self._add(connection, row, Kind.ASKED, brief.reason)
            return self._read(connection, handovers.c.id == row.id)[0]

    def relay(self, handover: Handover, message_id: str, text: str) -> None:
        """Keeps what the customer wrote; the same message id is kept once."""
        with self._engine.begin() as connection:
            row = self._lock(connection, handovers.c.id == _id_of(handover.number))
            if row is not None:
                self._add(connection, row, Kind.CUSTOMER, text, key=message_id)

    def follow(self, conversation: str, said: Sequence[tuple[str, str, str]]) -> None:
        """Keeps what was said in a conversation that has an open handover; what is known stays as it is.

        Args:
            conversation: Rasa's sender id.
            said: kind (``customer`` or ``assistant``), key and text of each message, in order.
        """
        if not said:
            return
        with self._engine.begin() as connection:
            row = self._lock(
                connection, handovers.c.conversation == conversation, handovers.c.state != CLOSED
            )
            if row is None:
                return
            known = set(
                connection.execute(
                    sa.select(handover_messages.c.message_id).where(
                        handover_messages.c.handover_id == row.id
                    )
                ).scalars()
            )
            for kind, key, text in said:
                if key not in known:
                    self._add(connection, row, kind, text, key=key)

    def take_early(self, conversation: str, message_id: str, text: str) -> bool:
        """Keeps a customer's message before the assistant has read it, where that keeps the order.

        Returns:
            Whether it stands in an open handover now.
        """
        with self._engine.begin() as connection:
            row = self._lock(
                connection, handovers.c.conversation == conversation, handovers.c.state != CLOSED
            )
            if row is None:
                return False
            # One before it may still be on its way through the assistant, and goes first.
            mine = sa.select(inbox.c.id).where(
                inbox.c.conversation == conversation, inbox.c.message_id == message_id
            )
            before = connection.execute(
                sa.select(sa.func.count())
                .select_from(inbox)
                .where(
                    inbox.c.conversation == conversation,
                    inbox.c.answered.is_(None),
                    inbox.c.id < mine.scalar_subquery(),
                    sa.not_(
                        inbox.c.message_id.in_(
                            sa.select(handover_messages.c.message_id).where(
                                handover_messages.c.handover_id == row.id
                            )
                        )
                    ),
                )
            ).scalar()
            if before:
                return False
            self._add(connection, row, Kind.CUSTOMER, text, key=message_id)
            return True

    def forget_mood(self, conversation: str) -> None:
        """Deletes the mood from the conversation's briefs: the customer does not want it read.

        The suggestions go with it: they tell which mood they were made for.
        """
        with self._engine.begin() as connection:
            for one in self._read(connection, handovers.c.conversation == conversation):
                row = self._lock(connection, handovers.c.id == _id_of(one.number))
                brief = replace(one.brief, mood=(), suggestions=())
                self._change(connection, row, brief=json.dumps(asdict(brief)))

    def leave(self, conversation: str) -> Handover | None:
        """The customer goes back to the assistant; returns the handover, None if none was open."""
        open_one = self.open_handover(conversation)
        return self.close(open_one.number, outcome=Outcome.LEFT) if open_one else None

    def expire(self) -> list[Handover]:
        """Ends the waiting of those to whom nobody came in time: a person gets in touch later."""
        now = self._now()
        with self._engine.connect() as connection:
            due = connection.execute(
                sa.select(handovers.c.id).where(
                    handovers.c.state == WAITING, handovers.c.give_up_at <= now
                )
            ).scalars()
            due = list(due)
        expired = []
        for identity in due:
            with self._engine.begin() as connection:
                row = self._lock(connection, handovers.c.id == identity)
                if row.state != WAITING or row.give_up_at is None or row.give_up_at > now:
                    continue
                row = self._change(connection, row, state=REQUESTED, give_up_at=None)
                self._add(connection, row, Kind.UNANSWERED, "")
                expired += self._read(connection, handovers.c.id == identity)
        return expired

    # -- what people do ------------------------------------------------------------------------------

    def claim(self, number: str, person: Person, *, take_over: bool = False) -> Handover:
        """Gives a person the conversation; who has it already keeps it.

        Args:
            number: the handover's.
            person: who wants it.
            take_over: from whoever has it; supervisors may.

        Raises:
            Unknown, Over, Taken, Forbidden: see there.
        """
        with self._engine.begin() as connection:
            row = self._open(connection, number)
            if row.claimed_by != person.id:
                if row.claimed_by is not None and not take_over:
                    raise Taken(f"{row.claimed_name} has {number} already.")
                if row.claimed_by is not None and person.role != SUPERVISOR:
                    raise Forbidden("Only a supervisor takes a conversation over.")
                self._claim(connection, row, person)
            return self._read(connection, handovers.c.id == row.id)[0]

    def reply(self, number: str, person: Person, key: str, text: str) -> Entry:
        """Writes to the customer; who has no conversation yet thereby claims it.

        Args:
            number: the handover's.
            person: who writes.
            key: the message's own; with the same key again, nothing is written twice.
            text: to the customer.

        Raises:
            Unknown, Over, Taken: see there.
        """
        with self._engine.begin() as connection:
            known = self._known(connection, number, key)
            if known is not None:
                return known
            row = self._open(connection, number)
            if row.claimed_by is None:
                row = self._claim(connection, row, person)
            elif row.claimed_by != person.id:
                raise Taken(f"{row.claimed_name} has {number}.")
            return self._add(connection, row, Kind.AGENT, text, person=person, key=key)

    def note(self, number: str, person: Person, key: str, text: str) -> Entry:
        """Writes for other people at the desk.

        Raises:
            Unknown: there is no such handover.
        """
        with self._engine.begin() as connection:
            row = self._lock(connection, handovers.c.id == _id_of(number))
            if row is None:
                raise Unknown(f"There is no {number}.")
            return self._add(connection, row, Kind.NOTE, text, person=person, key=key)

    def give_back(self, number: str, person: Person, note: str = "") -> Handover | None:
        """Returns the conversation to the assistant, which goes on with it; see :meth:`close`."""
        return self.close(number, person, Outcome.RETURNED, note)

    def close(
        self,
        number: str,
        person: Person | None = None,
        outcome: str = Outcome.SOLVED,
        note: str = "",
    ) -> Handover | None:
        """Ends a handover; the assistant is back.

        Args:
            number: the handover's.
            person: who ends it; None: the customer, or the operator.
            outcome: one of :class:`Outcome`.
            note: what was done, for the assistant and the next person.

        Returns:
            The handover, or None if there is none of that number still open.

        Raises:
            Taken: somebody else has it, and the person is no supervisor.
        """
        identity = _id_of(number)
        with self._engine.begin() as connection:
            row = self._lock(connection, handovers.c.id == identity)
            if row is None or row.state == CLOSED:
                return None
            if person and person.role != SUPERVISOR and row.claimed_by not in (None, person.id):
                raise Taken(f"{row.claimed_name} has {number}.")
            row = self._change(
                connection,
                row,
                state=CLOSED,
                closed=self._now(),
                outcome=outcome,
                note=note,
                give_up_at=None,
            )
            self._add(connection, row, Kind.CLOSED, note, person=person)
            if person and outcome == Outcome.SOLVED:
                # The person had before them what fell due meanwhile; the assistant does not begin again.
                connection.execute(
                    promises.update()
                    .where(
                        promises.c.conversation == row.conversation,
                        promises.c.state == PromiseState.OPEN,
                        promises.c.due <= self._now(),
                    )
                    .values(state=PromiseState.KEPT)
                )
            return self._read(connection, handovers.c.id == identity)[0]

    def mark_read(self, number: str, person: Person, seq: int) -> None:
        """Remembers what a person has seen."""
        mine = sa.and_(
            handover_reads.c.handover_id == _id_of(number), handover_reads.c.person == person.id
        )
        with self._engine.begin() as connection:
            if self._lock(connection, handovers.c.id == _id_of(number)) is None:
                return
            known = connection.execute(sa.select(handover_reads.c.seq).where(mine)).scalar()
            if known is None:
                connection.execute(
                    handover_reads.insert().values(
                        handover_id=_id_of(number), person=person.id, seq=seq
                    )
                )
            elif known < seq:
                connection.execute(handover_reads.update().where(mine).values(seq=seq))

    # -- what is asked -------------------------------------------------------------------------------

    def open_handover(self, conversation: str) -> Handover | None:
        """Returns the conversation's handover that is not closed, if there is one."""
        with self._engine.connect() as connection:
            found = self._read(
                connection, handovers.c.conversation == conversation, handovers.c.state != CLOSED
            )
        return found[0] if found else None

    def latest_handover(self, conversation: str) -> Handover | None:
        """Returns the conversation's newest handover, closed or not."""
        with self._engine.connect() as connection:
            newest = sa.select(sa.func.max(handovers.c.id)).where(
                handovers.c.conversation == conversation
            )
            found = self._read(connection, handovers.c.id == newest.scalar_subquery())
        return found[0] if found else None

    def find(self, number: str) -> Handover | None:
        """Returns a handover, None if there is none of that number."""
        with self._engine.connect() as connection:
            found = self._read(connection, handovers.c.id == _id_of(number))
        return found[0] if found else None

    def handover(self, number: str) -> Handover:
        """Returns a handover.

        Raises:
            Unknown: there is none of that number.
        """
        found = self.find(number)
        if found is None:
            raise Unknown(f"There is no {number}.")
        return found

    def entries_since(self, number: str, seq: int = 0) -> list[Entry]:
        """Returns a handover's timeline after a place, in order."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(handover_messages)
                .where(
                    handover_messages.c.handover_id == _id_of(number),
                    handover_messages.c.seq > seq,
                )
                .order_by(handover_messages.c.seq)
            ).fetchall()
        return [_entry(row) for row in rows]

    def entry(self, handover_id: int, seq: int) -> tuple[Entry, Handover]:
        """Returns an entry, by its handover's row and its place, and the handover as it stands now."""
        with self._engine.connect() as connection:
            row = connection.execute(
                sa.select(handover_messages).where(
                    handover_messages.c.handover_id == handover_id, handover_messages.c.seq == seq
                )
            ).one()
            found = self._read(connection, handovers.c.id == handover_id)
        return _entry(row), found[0]

    def waiting(self) -> list[Handover]:
        """Returns the handovers that are not closed, a crisis first, then the longest waiting."""
        with self._engine.connect() as connection:
            found = self._read(connection, handovers.c.state != CLOSED)
        return sorted(found, key=_line)

    def line(self) -> list[Handover]:
        """Returns the same without what was written."""
        with self._engine.connect() as connection:
            found = self._read(connection, handovers.c.state != CLOSED, messages=False)
        return sorted(found, key=_line)

    def summaries(self, person: Person, numbers: Iterable[str] | None = None) -> list[Summary]:
        """Returns handovers for a list: the open ones as in :meth:`waiting`, or those named."""
        named = None if numbers is None else [_id_of(number) for number in numbers]
        wanted = handovers.c.state != CLOSED if named is None else handovers.c.id.in_(named)
        said = handover_messages
        newest = (
            sa.select(said.c.handover_id, sa.func.max(said.c.seq).label("seq"))
            .where(said.c.kind.in_([Kind.CUSTOMER, Kind.AGENT]))
            .group_by(said.c.handover_id)
            .subquery()
        )
        last = (
            sa.select(said.c.handover_id, said.c.text, said.c.sent)
            .join(
                newest,
                sa.and_(newest.c.handover_id == said.c.handover_id, newest.c.seq == said.c.seq),
            )
            .join(handovers, handovers.c.id == said.c.handover_id)
            .where(wanted)
        )
        read = sa.and_(
            handover_reads.c.handover_id == said.c.handover_id,
            handover_reads.c.person == person.id,
        )
        unread = (
            sa.select(said.c.handover_id, sa.func.count())
            .join(handovers, handovers.c.id == said.c.handover_id)
            .outerjoin(handover_reads, read)
            .where(
                wanted,
                said.c.kind == Kind.CUSTOMER,
                said.c.seq > sa.func.coalesce(handover_reads.c.seq, 0),
            )
            .group_by(said.c.handover_id)
        )
        with self._engine.connect() as connection:
            found = self._read(connection, wanted, messages=False)
            lasts = {row.handover_id: (row.text, row.sent) for row in connection.execute(last)}
            unreads = dict(tuple(row) for row in connection.execute(unread))
        return [
            Summary(
                one,
                unreads.get(_id_of(one.number), 0),
                *lasts.get(_id_of(one.number), (one.brief.last_words, one.requested)),
            )
            for one in sorted(found, key=_line)
        ]

    def closed_lately(self, number: int = 50) -> list[Handover]:
        """Returns the handovers that were closed last, the newest first."""
        newest = (
            sa.select(handovers.c.id)
            .where(handovers.c.state == CLOSED)
            .order_by(handovers.c.closed.desc())
            .limit(number)
        )
        with self._engine.connect() as connection:
            found = self._read(
                connection, handovers.c.id.in_(newest.scalar_subquery()), messages=False
            )
        return sorted(found, key=lambda one: one.closed or one.requested, reverse=True)

    def versions(self) -> dict[str, int]:
        """Returns number and version of the handovers that are open or were closed just now.

        A version that differs from what one saw before: something has changed.
        """
        lately = self._now() - timedelta(minutes=10)
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(handovers.c.id, handovers.c.version).where(
                    sa.or_(handovers.c.state != CLOSED, handovers.c.closed > lately)
                )
            )
            return {_number(row.id): row.version for row in rows}

    def ahead_of(self, handover: Handover) -> int:
        """Counts who waits and goes before."""
        with self._engine.connect() as connection:
            found = self._read(connection, handovers.c.state == WAITING, messages=False)
        line = [other.number for other in sorted(found, key=_line)]
        return line.index(handover.number) if handover.number in line else 0

    def expected_wait(self) -> timedelta | None:
        """Returns how long it took lately until somebody came, the median; None if that is not known."""
        since = self._now() - timedelta(days=_RECENT_DAYS)
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(handovers.c.requested, handovers.c.claimed_at)
                .where(handovers.c.claimed_at > since)
                .order_by(handovers.c.claimed_at.desc())
                .limit(_RECENT)
            ).fetchall()
        if len(rows) < _FEWEST:
            return None
        return median(row.claimed_at - row.requested for row in rows)

    # -- within a transaction ------------------------------------------------------------------------

    def _lock(self, connection: Connection, *conditions: Any) -> Any:
        """Returns a handover's row, which nobody else changes until the transaction ends."""
        return connection.execute(
            sa.select(handovers).where(*conditions).with_for_update()
        ).fetchone()

    def _open(self, connection: Connection, number: str) -> Any:
        row = self._lock(connection, handovers.c.id == _id_of(number))
        if row is None:
            raise Unknown(f"There is no {number}.")
        if row.state == CLOSED:
            raise Over(f"{number} is closed.")
        return row

    def _change(self, connection: Connection, row: Any, **values: Any) -> Any:
        connection.execute(
            handovers.update()
            .where(handovers.c.id == row.id)
            .values(version=handovers.c.version + 1, **values)
        )
        return self._lock(connection, handovers.c.id == row.id)

    def _claim(self, connection: Connection, row: Any, person: Person) -> Any:
        row = self._change(
            connection,
            row,
            state=WITH_PERSON,
            claimed_by=person.id,
            claimed_name=person.name,
            # How long it took is counted to the first who came.
            claimed_at=row.claimed_at or self._now(),
            give_up_at=None,
        )
        self._add(connection, row, Kind.CLAIMED, "", person=person)
        return row

    def _known(self, connection: Connection, number: str, key: str) -> Entry | None:
        row = connection.execute(
            sa.select(handover_messages).where(
                handover_messages.c.handover_id == _id_of(number),
                handover_messages.c.message_id == key,
            )
        ).fetchone()
        return _entry(row) if row else None

    def _add(
        self,
        connection: Connection,
        row: Any,
        kind: str,
        text: str,
        *,
        person: Person | None = None,
        key: str | None = None,
    ) -> Entry:
        """Adds an entry to the timeline of a locked handover, unless its key is known; returns it."""
        if key is not None and (known := self._known(connection, _number(row.id), key)):
            return known
        connection.execute(
            handovers.update()
            .where(handovers.c.id == row.id)
            .values(last_seq=handovers.c.last_seq + 1, version=handovers.c.version + 1)
        )
        seq = connection.execute(
            sa.select(handovers.c.last_seq).where(handovers.c.id == row.id)
        ).scalar()
        values = {
            "handover_id": row.id,
            "message_id": key or f"{kind}:{seq}",
            "text": text,
            "sent": self._now(),
            "seq": seq,
            "kind": kind,
            "author": person.id if person else "",
            "name": person.name if person else "",
        }
        connection.execute(handover_messages.insert().values(**values))
        to = [*([CUSTOMER] if kind in FOR_CUSTOMER else []), *self._fronts]
        if to:
            connection.execute(
                outbox.insert(),
                [
                    {
                        "destination": destination,
                        "stream": row.conversation,
                        "handover_id": row.id,
                        "seq": seq,
                        "next_try": values["sent"],
                    }
                    for destination in to
                ],
            )
        return Entry(
            handover=_number(row.id),
            seq=seq,
            kind=kind,
            text=text,
            author=values["author"],
            name=values["name"],
            key=values["message_id"],
            at=values["sent"],
        )

    def _read(
        self, connection: Connection, *conditions: Any, messages: bool = True
    ) -> list[Handover]:
        rows = connection.execute(
            sa.select(handovers).where(*conditions).order_by(handovers.c.id)
        ).fetchall()
        written: dict[int, list[str]] = {row.id: [] for row in rows}
        if messages and rows:
            said = connection.execute(
                sa.select(handover_messages.c.handover_id, handover_messages.c.text)
                .join(handovers, handovers.c.id == handover_messages.c.handover_id)
                .where(*conditions, handover_messages.c.kind == Kind.CUSTOMER)
                .order_by(handover_messages.c.seq)
            )
            for message in said:
                written[message.handover_id].append(message.text)
        return [
            Handover(
                number=_number(row.id),
                conversation=row.conversation,
                channel=row.channel,
                state=row.state,
                brief=_brief(row.brief),
                requested=row.requested,
                messages=tuple(written[row.id]),
                version=row.version,
                last_seq=row.last_seq,
                claimed_by=row.claimed_by,
                claimed_name=row.claimed_name,
                claimed_at=row.claimed_at,
                give_up_at=row.give_up_at,
                outcome=row.outcome,
                note=row.note,
                closed=row.closed,
            )
            for row in rows
        ]


def utc_now() -> datetime:
    """Returns the time, UTC without zone, as the tables keep it."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


def _line(handover: Handover) -> tuple[bool, datetime]:
    return (not handover.urgent, handover.requested)


def _id_of(number: str) -> int:
    digits = number.upper().removeprefix("H-")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) < 10
    return int(digits) - _FIRST_NUMBER if is_number else -1


def _number(identity: int) -> str:
    return f"H-{_FIRST_NUMBER + identity}"


def _brief(written: str) -> Brief:
    brief = json.loads(written)
    listed = {name: tuple(value) for name, value in brief.items() if isinstance(value, list)}
    listed["facts"] = tuple((str(name), str(value)) for name, value in brief.get("facts", ()))
    return Brief(**{**brief, **listed})


def _entry(row: Any) -> Entry:
    return Entry(
        handover=_number(row.handover_id),
        seq=row.seq,
        kind=row.kind,
        text=row.text,
        author=row.author,
        name=row.name,
        key=row.message_id,
        at=row.sent,
        delivered=row.delivered,
    )


@lru_cache(maxsize=1)
def shared_registry() -> Registry:
    """Returns the process's one registry, opened at first use."""
    from exemplar.desk.terms import shared_terms

    return Registry(shared_database(), patience=shared_terms().patience)
