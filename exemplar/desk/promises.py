"""Promises: what a customer was told to count on, by which day, and what came of it.

An action writes a promise down when it does the thing that is promised (:mod:`actions.promise`). Once the
day has passed, the dispatcher has the assistant speak of it in the conversation; what it says stands in
``data/rules/promises.yml``. While a person has the conversation it is theirs: the desk shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from exemplar.database import shared_database
from exemplar.desk.model import SILENT, PromiseState
from exemplar.desk.registry import utc_now
from exemplar.desk.tables import handovers, promises
from exemplar.desk.terms import shared_terms

#: What is promised: money, a parcel, another one for what came wrong, an answer to a warranty claim or to
#: a complaint. The assistant hears of each as ``EXTERNAL_<kind>_due``.
REFUND: Final = "refund"
DELIVERY: Final = "delivery"
REPLACEMENT: Final = "replacement"
CLAIM: Final = "claim"
COMPLAINT: Final = "complaint"

#: "By Friday" is over on Saturday; and nobody's phone rings at night.
MORNING: Final = time(9)
#: How long a follow-up may take before it is tried again.
LEASE: Final = timedelta(seconds=60)
#: The wait after the first follow-up that failed; it doubles up to the longest.
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Promise:
    """What a customer was told to count on.

    Attributes:
        id: the row's.
        conversation: Rasa's sender id.
        channel: where the customer wrote.
        kind: ``refund``, ``delivery``, ``replacement``, ``claim`` or ``complaint``.
        number: what the customer knows it by, such as "R-104102".
        order_number: the order that it is about, None if it is about none.
        promised_on: the day that the customer was given.
        state: ``open``, ``kept`` or ``cancelled``.
        due: when the customer is told what came of it, UTC.
        tries: how often that was tried before.
    """

    id: int
    conversation: str
    channel: str
    kind: str
    number: str
    order_number: str | None
    promised_on: date
    state: str
    due: datetime
    tries: int

    def __str__(self) -> str:
        """As the desk shows it: "refund R-104102 by 4 December"."""
        return f"{self.kind} {self.number} by {self.promised_on.day} {self.promised_on:%B}"


class Promises:
    """Promises in a SQL database. Safe to share between threads and processes."""

    def __init__(
        self, engine: Engine, zone: tzinfo, now: Callable[[], datetime] | None = None
    ) -> None:
        """Takes an engine whose tables exist, the zone of the days, and the time, UTC without zone."""
        self._engine = engine
        self._zone = zone
        self._now = now or utc_now

    def make(
        self,
        conversation: str,
        channel: str,
        kind: str,
        number: str,
        promised_on: date,
        *,
        order_number: str | None = None,
    ) -> None:
        """Writes a promise down, once for each day; another day takes the place of the one before.

        Args:
            conversation: Rasa's sender id.
            channel: where the customer writes.
            kind: one of those above.
            number: what the customer knows it by.
            promised_on: the day that the customer is given.
            order_number: the order that it is about.
        """
        due = self._due(promised_on)
        begun = {"state": PromiseState.OPEN, "due": due, "next_try": due}
        same = self._same(conversation, kind, number)
        today = sa.and_(same, promises.c.promised_on == promised_on)
        # Where another process wrote the same down at the same moment, it is there.
        with suppress(sa.exc.IntegrityError), self._engine.begin() as connection:
            known = connection.execute(sa.select(promises.c.state).where(today)).scalar()
            if known is None:
                connection.execute(
                    promises.insert().values(
                        conversation=conversation,
                        channel=channel,
                        kind=kind,
                        number=number,
                        order_number=order_number,
                        promised_on=promised_on,
                        created=self._now(),
                        **begun,
                    )
                )
            elif known == PromiseState.CANCELLED:
                connection.execute(promises.update().where(today).values(tries=0, **begun))
            connection.execute(
                promises.update()
                .where(
                    same,
                    promises.c.state == PromiseState.OPEN,
                    promises.c.promised_on != promised_on,
                )
                .values(state=PromiseState.CANCELLED)
            )

    def end(self, conversation: str, kind: str, number: str, state: str) -> None:
        """Ends what is open of a kind and number, as ``kept`` or ``cancelled``."""
        self._change(self._same(conversation, kind, number), state=state)

    def done(self, promise: Promise, state: str) -> None:
        """Ends one that was taken, as ``kept`` or ``cancelled``, unless something else ended it."""
        self._change(promises.c.id == promise.id, state=state)

    def open_in(self, conversation: str) -> list[Promise]:
        """Returns what a conversation was promised and has not been told of, the earliest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(promises)
                .where(
                    promises.c.conversation == conversation, promises.c.state == PromiseState.OPEN
                )
                .order_by(promises.c.due, promises.c.id)
            ).fetchall()
        return [_promise(row) for row in rows]

    def take(self, most: int = 50) -> list[Promise]:
        """Takes what is due, where no person has the conversation; no other server does meanwhile."""
        now, taken = self._now(), []
        silent = sa.select(handovers.c.conversation).where(handovers.c.state.in_(SILENT))
        with self._engine.connect() as connection:
            due = connection.execute(
                sa.select(promises)
                .where(
                    promises.c.state == PromiseState.OPEN,
                    promises.c.next_try <= now,
                    promises.c.conversation.not_in(silent),
                )
                .order_by(promises.c.next_try, promises.c.id)
                .limit(most)
            ).fetchall()
        for row in due:
            with self._engine.begin() as connection:
                mine = connection.execute(
                    promises.update()
                    .where(
                        promises.c.id == row.id,
                        promises.c.state == PromiseState.OPEN,
                        promises.c.next_try == row.next_try,
                    )
                    .values(next_try=now + LEASE, tries=promises.c.tries + 1)
                )
            if mine.rowcount:
                taken.append(_promise(row))
        return taken

    def later(self, promise: Promise) -> None:
        """Puts one back whose follow-up failed, to be tried after a wait that grows."""
        wait = min(FIRST_WAIT * 2 ** min(promise.tries, 16), LONGEST_WAIT)
        self._change(promises.c.id == promise.id, next_try=self._now() + wait)

    def _change(self, which: Any, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(
                promises.update().where(which, promises.c.state == PromiseState.OPEN).values(values)
            )

    def _due(self, promised_on: date) -> datetime:
        today = self._now().replace(tzinfo=timezone.utc).astimezone(self._zone).date()
        day = max(promised_on, today) + timedelta(days=1)
        local = datetime.combine(day, MORNING, self._zone)
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    def _same(self, conversation: str, kind: str, number: str) -> Any:
        return sa.and_(
            promises.c.conversation == conversation,
            promises.c.kind == kind,
            promises.c.number == number,
        )


def _promise(row: Any) -> Promise:
    return Promise(
        id=row.id,
        conversation=row.conversation,
        channel=row.channel,
        kind=row.kind,
        number=row.number,
        order_number=row.order_number,
        promised_on=row.promised_on,
        state=row.state,
        due=row.due,
        tries=row.tries,
    )


@lru_cache(maxsize=1)
def shared_promises() -> Promises:
    """Returns the process's one, opened at first use."""
    return Promises(shared_database(), shared_terms().zone)
