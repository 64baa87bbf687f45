"""The shop in a SQL database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from exemplar.database import metadata, shared_database
from exemplar.shop.calendar import add_working_days, state_of
from exemplar.shop.model import Complaint, Customer, Order, OrderState, Refund, Shipment
from exemplar.shop.policy import Policy, shared_policy
from exemplar.shop.shop import NotPossible, Shop

customers = sa.Table(
    "customers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("email", sa.String(320), nullable=False, unique=True),
)
orders = sa.Table(
    "orders",
    metadata,
    sa.Column("number", sa.String(20), primary_key=True),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("total", sa.Numeric(10, 2), nullable=False),
    sa.Column("placed_on", sa.Date, nullable=False),
    sa.Column("cancelled_on", sa.Date),
)
order_items = sa.Table(
    "order_items",
    metadata,
    sa.Column("order_number", sa.ForeignKey("orders.number"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
)
shipments = sa.Table(
    "shipments",
    metadata,
    sa.Column("order_number", sa.ForeignKey("orders.number"), primary_key=True),
    sa.Column("carrier", sa.String(100), nullable=False),
    sa.Column("tracking_number", sa.String(100), nullable=False),
    sa.Column("promised_on", sa.Date, nullable=False),
    sa.Column("expected_on", sa.Date, nullable=False),
    sa.Column("last_seen", sa.String(200), nullable=False),
    sa.Column("shipped_on", sa.Date),
    sa.Column("delivered_on", sa.Date),
)
refunds = sa.Table(
    "refunds",
    metadata,
    # One refund an order: asking twice cannot pay twice.
    sa.Column("order_number", sa.ForeignKey("orders.number"), primary_key=True),
    sa.Column("amount", sa.Numeric(10, 2), nullable=False),
    sa.Column("requested_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("paid_on", sa.Date),
)
order_notes = sa.Table(
    "order_notes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("order_number", sa.ForeignKey("orders.number"), nullable=False, index=True),
    sa.Column("written", sa.DateTime, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
complaints = sa.Table(
    "complaints",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("conversation", sa.String(255), nullable=False, unique=True),
    sa.Column("order_number", sa.String(20)),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("received", sa.DateTime, nullable=False),
    sa.Column("answer_by", sa.Date, nullable=False),
    sa.Column("answered", sa.DateTime),
)

#: Longest text kept of a complaint or a note.
LONGEST: Final = 20_000


class SqlShop(Shop):
    """The shop in a SQL database. Safe to share between threads."""

    def __init__(
        self, engine: Engine, policy: Policy, now: Callable[[], datetime] = datetime.now
    ) -> None:
        """Takes an engine whose tables exist."""
        self._engine = engine
        self._policy = policy
        self._now = now

    def today(self) -> date:
        """The shop's date."""
        return self._now().date()

    def find_order(self, number: str, email: str) -> Order | None:
        """See :meth:`Shop.find_order`."""
        with self._engine.connect() as connection:
            order = _read_order(connection, orders.c.number == number)
        # Compared here, since SQLite folds only ASCII.
        fits = order is not None and order.customer.email.casefold() == email.strip().casefold()
        return order if fits else None

    def state_of(self, order: Order) -> OrderState:
        """See :meth:`Shop.state_of`."""
        return state_of(order, self.today(), self._policy)

    def cancel_order(self, order: Order) -> Refund:
        """See :meth:`Shop.cancel_order`."""
        with self._engine.begin() as connection:
            present = self._lock(connection, order)
            # A late order may be still in the warehouse: what counts is whether the parcel has left.
            if present.cancelled_on or present.refund or present.shipment.shipped_on:
                raise NotPossible(f"{order.number} cannot be cancelled any more")
            connection.execute(
                orders.update()
                .where(orders.c.number == order.number)
                .values(cancelled_on=self.today())
            )
            return self._refund(connection, present)

    def refund_order(self, order: Order) -> Refund:
        """See :meth:`Shop.refund_order`."""
        with self._engine.begin() as connection:
            present = self._lock(connection, order)
            if self.state_of(present) not in {OrderState.LATE, OrderState.DELIVERED}:
                raise NotPossible(f"{order.number} cannot be refunded")
            return self._refund(connection, present)

    def note_on_order(self, order: Order, text: str) -> None:
        """See :meth:`Shop.note_on_order`."""
        with self._engine.begin() as connection:
            connection.execute(
                order_notes.insert().values(
                    order_number=order.number, written=self._now(), text=text[:LONGEST]
                )
            )

    def register_complaint(
        self, conversation: str, text: str, order_number: str | None
    ) -> Complaint:
        """See :meth:`Shop.register_complaint`."""
        mine = complaints.c.conversation == conversation
        answer_by = add_working_days(self.today(), self._policy.complaint_working_days)
        with suppress(sa.exc.IntegrityError), self._engine.begin() as connection:
            # Where the conversation has a complaint already, this does nothing.
            connection.execute(
                complaints.insert().values(
                    conversation=conversation,
                    order_number=order_number,
                    text=text[:LONGEST],
                    received=self._now(),
                    answer_by=answer_by,
                )
            )
        with self._engine.begin() as connection:
            known = connection.execute(sa.select(complaints).where(mine).with_for_update()).one()
            if text not in known.text:
                # What was told before and is told again with more stands there once.
                whole = text if text.startswith(known.text) else f"{known.text}\n{text}"
                connection.execute(complaints.update().where(mine).values(text=whole[:LONGEST]))
            if order_number and not known.order_number:
                connection.execute(
                    complaints.update().where(mine).values(order_number=order_number)
                )
            return _complaint(connection.execute(sa.select(complaints).where(mine)).one())

    def open_complaints(self) -> list[Complaint]:
        """See :meth:`Shop.open_complaints`."""
        waiting = (
            sa.select(complaints)
            .where(complaints.c.answered.is_(None))
            .order_by(complaints.c.answer_by, complaints.c.id)
        )
        with self._engine.connect() as connection:
            return [_complaint(row) for row in connection.execute(waiting)]

    def _lock(self, connection: Connection, order: Order) -> Order:
        """Reads the order as it stands now, and keeps others from changing it meanwhile."""
        connection.execute(
            sa.select(orders.c.number).where(orders.c.number == order.number).with_for_update()
        )
        present = _read_order(connection, orders.c.number == order.number)
        if present is None:
            raise NotPossible(f"{order.number} is gone")
        return present

    def _refund(self, connection: Connection, order: Order) -> Refund:
        try:
            connection.execute(
                refunds.insert().values(
                    order_number=order.number,
                    amount=order.total,
                    requested_on=self.today(),
                    due_on=add_working_days(self.today(), self._policy.refund_working_days),
                )
            )
        except sa.exc.IntegrityError as error:
            raise NotPossible(f"{order.number} was refunded before") from error
        refunded = _read_order(connection, orders.c.number == order.number)
        assert refunded
        assert refunded.refund
        return refunded.refund


def _read_order(connection: Connection, *conditions: Any) -> Order | None:
    joined = (
        orders.join(customers)
        .join(shipments, shipments.c.order_number == orders.c.number)
        .outerjoin(refunds, refunds.c.order_number == orders.c.number)
    )
    columns = [
        orders,
        customers.c.id.label("customer"),
        customers.c.name,
        customers.c.email,
        *(column for column in shipments.c if column.name != "order_number"),
        *(column for column in refunds.c if column.name != "order_number"),
    ]
    row: Any = connection.execute(sa.select(columns).select_from(joined).where(*conditions)).first()
    if row is None:
        return None
    items = connection.execute(
        sa.select(order_items.c.name)
        .where(order_items.c.order_number == row.number)
        .order_by(order_items.c.position)
    ).scalars()
    return Order(
        number=row.number,
        customer=Customer(row.customer, row.name, row.email),
        items=tuple(items),
        total=Decimal(row.total),
        placed_on=row.placed_on,
        cancelled_on=row.cancelled_on,
        shipment=Shipment(
            carrier=row.carrier,
            tracking_number=row.tracking_number,
            promised_on=row.promised_on,
            expected_on=row.expected_on,
            last_seen=row.last_seen,
            shipped_on=row.shipped_on,
            delivered_on=row.delivered_on,
        ),
        refund=None
        if row.due_on is None
        else Refund(
            number=f"R-{row.number.removeprefix('ML-')}",
            amount=Decimal(row.amount),
            requested_on=row.requested_on,
            due_on=row.due_on,
            paid_on=row.paid_on,
        ),
    )


def _complaint(row: Row) -> Complaint:
    return Complaint(
        number=f"C-{1000 + row.id}",
        conversation=row.conversation,
        order_number=row.order_number,
        text=row.text,
        received=row.received,
        answer_by=row.answer_by,
    )


@lru_cache(maxsize=1)
def shared_shop() -> SqlShop:
    """Returns the process's one shop, opened at first use."""
    return SqlShop(shared_database(), shared_policy())
