"""The shop in a SQL database."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import astuple
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from exemplar.shop import tables
from exemplar.shop.calendar import add_working_days, state_of
from exemplar.shop.catalogue import likely
from exemplar.shop.model import (
    AccountType,
    Address,
    Claim,
    ClaimKind,
    Complaint,
    Customer,
    Order,
    OrderChange,
    OrderState,
    PaymentState,
    Product,
    Refund,
    Review,
)
from exemplar.shop.policy import Policy
from exemplar.shop.rows import (
    claim_of,
    complaint_of,
    product_of,
    read_customer,
    read_order,
    review_of,
)
from exemplar.shop.shop import NotPossible, Shop

#: Longest text kept of what a customer says.
LONGEST: Final = 20_000
#: States in which something is still to come, parcel or money.
_UNFINISHED: Final = frozenset(
    {
        OrderState.UNPAID,
        OrderState.PROCESSING,
        OrderState.SHIPPED,
        OrderState.LATE,
        OrderState.REFUND_PENDING,
    }
)
_STILL_HERE: Final = frozenset({OrderState.UNPAID, OrderState.PROCESSING, OrderState.LATE})
#: Numbers of orders are handed out anew when somebody else was faster, so often.
_TRIES: Final = 20


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

    # -- who is asking ---------------------------------------------------------------------------

    def find_order(self, number: str, email: str) -> Order | None:
        """See :meth:`Shop.find_order`."""
        with self._engine.connect() as connection:
            order = read_order(connection, number)
        # Compared here, since SQLite folds only ASCII.
        fits = order is not None and order.customer.email.casefold() == email.strip().casefold()
        return order if fits else None

    def find_order_of_invoice(self, number: str, email: str) -> Order | None:
        """See :meth:`Shop.find_order_of_invoice`."""
        mine = sa.select(tables.invoices.c.order_number).where(tables.invoices.c.number == number)
        with self._engine.connect() as connection:
            order_number = connection.execute(mine).scalar()
        return self.find_order(order_number, email) if order_number else None

    def find_customer(self, email: str) -> Customer | None:
        """See :meth:`Shop.find_customer`."""
        with self._engine.connect() as connection:
            return self._customer(connection, email)

    def orders_of(self, customer: Customer) -> list[Order]:
        """See :meth:`Shop.orders_of`."""
        mine = (
            sa.select(tables.orders.c.number)
            .where(tables.orders.c.customer_id == customer.id)
            .order_by(tables.orders.c.placed_on.desc(), tables.orders.c.number.desc())
        )
        with self._engine.connect() as connection:
            found = [read_order(connection, n) for n in connection.execute(mine).scalars().all()]
        return [order for order in found if order]

    # -- accounts --------------------------------------------------------------------------------

    def create_account(self, name: str, email: str) -> None:
        """See :meth:`Shop.create_account`."""
        address = email.strip()
        try:
            with self._engine.begin() as connection:
                if self._customer(connection, address):
                    self._mail(connection, address, "account_exists")
                    return
                connection.execute(tables.customers.insert().values(name=name[:200], email=address))
                self._mail(connection, address, "choose_password")
        except sa.exc.IntegrityError:
            # Somebody made it in the same moment.
            with self._engine.begin() as connection:
                self._mail(connection, address, "account_exists")

    def send_password_link(self, email: str) -> None:
        """See :meth:`Shop.send_password_link`."""
        with self._engine.begin() as connection:
            if customer := self._customer(connection, email):
                self._mail(connection, customer.email, "new_password")

    def edit_customer(
        self, customer: Customer, *, name: str | None = None, phone: str | None = None
    ) -> Customer:
        """See :meth:`Shop.edit_customer`."""
        changed = {
            **({"name": name.strip()[:200]} if name and name.strip() else {}),
            **({"phone": phone.strip()[:40]} if phone and phone.strip() else {}),
        }
        return self._change_customer(customer, changed)

    def switch_account(self, customer: Customer, account_type: AccountType) -> Customer:
        """See :meth:`Shop.switch_account`."""
        return self._change_customer(customer, {"account_type": account_type.value})

    def delete_account(self, customer: Customer) -> date:
        """See :meth:`Shop.delete_account`."""
        if any(self.state_of(order) in _UNFINISHED for order in self.orders_of(customer)):
            raise NotPossible("an order or a refund is still on its way")
        known = self.find_customer(customer.email)
        if known and known.deleted_on:
            return known.deleted_on
        day = self.today() + timedelta(days=self._policy.deletion_days)
        changed = self._change_customer(customer, {"deleted_on": day})
        with self._engine.begin() as connection:
            self._mail(connection, changed.email, "account_deletion", day.isoformat())
        return day

    def add_address(self, customer: Customer, address: Address) -> Customer:
        """See :meth:`Shop.add_address`."""
        with self._engine.begin() as connection:
            connection.execute(
                sa.select(tables.customers.c.id)
                .where(tables.customers.c.id == customer.id)
                .with_for_update()
            )
            known = self._customer(connection, customer.email)
            if known and address not in known.addresses:
                connection.execute(
                    tables.addresses.insert().values(customer_id=customer.id, **_columns(address))
                )
        return self.find_customer(customer.email) or customer

    def set_newsletter(self, email: str, wanted: bool) -> None:
        """See :meth:`Shop.set_newsletter`."""
        address = email.strip().lower()
        mine = tables.newsletter.c.email == address
        with suppress(sa.exc.IntegrityError), self._engine.begin() as connection:
            connection.execute(
                tables.newsletter.insert().values(email=address, state="ended", since=self._now())
            )
        with self._engine.begin() as connection:
            state = connection.execute(
                sa.select(tables.newsletter.c.state).where(mine).with_for_update()
            ).scalar()
            if wanted and state != "confirmed":
                self._mail(connection, address, "newsletter_confirm")
            # Nobody gets it before they confirmed that the address is theirs.
            new = state if wanted and state == "confirmed" else "asked" if wanted else "ended"
            connection.execute(
                tables.newsletter.update().where(mine).values(state=new, since=self._now())
            )

    # -- orders ----------------------------------------------------------------------------------

    def state_of(self, order: Order) -> OrderState:
        """See :meth:`Shop.state_of`."""
        return state_of(order, self.today(), self._policy)

    def place_order(
        self, customer: Customer, product: Product, quantity: int, address: Address
    ) -> Order:
        """See :meth:`Shop.place_order`."""
        for _ in range(_TRIES):
            with suppress(sa.exc.IntegrityError), self._engine.begin() as connection:
                number = self._place(connection, customer, product, quantity, address)
                order = read_order(connection, number)
                assert order
                return order
        raise NotPossible("no number could be given")

    def _place(
        self,
        connection: Connection,
        customer: Customer,
        product: Product,
        quantity: int,
        address: Address,
    ) -> str:
        stocked = tables.products.c.sku == product.sku, tables.products.c.stock >= quantity
        taken = connection.execute(
            tables.products.update()
            .where(*stocked)
            .values(stock=tables.products.c.stock - quantity)
        )
        if quantity < 1 or not taken.rowcount:
            raise NotPossible(f"there are not {quantity} of {product.name}")
        latest = connection.execute(sa.select(sa.func.max(tables.orders.c.number))).scalar()
        number = f"ML-{int(str(latest or 'ML-100000').removeprefix('ML-')) + 1:06d}"
        due = add_working_days(self.today(), self._policy.standard_working_days)
        connection.execute(
            tables.orders.insert().values(
                number=number,
                customer_id=customer.id,
                total=Decimal(product.price) * quantity,
                placed_on=self.today(),
                payment=PaymentState.OPEN.value,
                payment_method="payment link",
                **_columns(address),
            )
        )
        name = product.name if quantity == 1 else f"{quantity} × {product.name}"
        connection.execute(
            tables.order_items.insert().values(order_number=number, position=0, name=name)
        )
        connection.execute(
            tables.shipments.insert().values(
                order_number=number,
                carrier="Parcelway",
                tracking_number=f"PW{number[3:]}NL",
                promised_on=due,
                expected_on=due,
                last_seen="our warehouse in Utrecht",
            )
        )
        self._mail(connection, customer.email, "payment_link", number)
        return number

    def cancel_order(self, order: Order) -> Order:
        """See :meth:`Shop.cancel_order`."""
        with self._engine.begin() as connection:
            present = self._lock(connection, order)
            # A late order may be still in the warehouse: what counts is whether the parcel has left.
            if present.cancelled_on or present.refund or present.shipment.shipped_on:
                raise NotPossible(f"{order.number} cannot be cancelled any more")
            self._change_order(connection, order, {"cancelled_on": self.today()})
            if present.payment in {PaymentState.PAID, PaymentState.TWICE}:
                self._refund(connection, present)
            return self._read(connection, order)

    def change_order(self, order: Order, text: str) -> OrderChange:
        """See :meth:`Shop.change_order`."""
        change = OrderChange(f"X-{order.number[3:]}", order.number, text[:LONGEST], self._now())
        mine = tables.order_changes.c.order_number == order.number
        with self._engine.begin() as connection:
            self._must_be_here(self._lock(connection, order))
            connection.execute(tables.order_changes.delete().where(mine))
            connection.execute(
                tables.order_changes.insert().values(
                    order_number=order.number, text=change.text, requested=change.requested
                )
            )
        return change

    def change_address(self, order: Order, address: Address) -> Order:
        """See :meth:`Shop.change_address`."""
        with self._engine.begin() as connection:
            self._must_be_here(self._lock(connection, order))
            self._change_order(connection, order, _columns(address))
            return self._read(connection, order)

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
                tables.order_notes.insert().values(
                    order_number=order.number, written=self._now(), text=text[:LONGEST]
                )
            )

    # -- money -----------------------------------------------------------------------------------

    def send_payment_link(self, order: Order) -> None:
        """See :meth:`Shop.send_payment_link`."""
        with self._engine.begin() as connection:
            present = self._lock(connection, order)
            unpaid = present.payment in {PaymentState.OPEN, PaymentState.FAILED}
            if present.cancelled_on or not unpaid:
                raise NotPossible(f"there is nothing to pay for {order.number}")
            self._mail(connection, present.customer.email, "payment_link", order.number)

    def return_second_payment(self, order: Order) -> Order:
        """See :meth:`Shop.return_second_payment`."""
        with self._engine.begin() as connection:
            if self._lock(connection, order).payment != PaymentState.TWICE:
                raise NotPossible(f"{order.number} was paid for once")
            self._change_order(connection, order, {"payment": PaymentState.PAID.value})
            self._mail(connection, order.customer.email, "second_payment_returned", order.number)
            return self._read(connection, order)

    def send_invoice(self, order: Order) -> None:
        """See :meth:`Shop.send_invoice`."""
        with self._engine.begin() as connection:
            present = self._read(connection, order)
            if present.invoice is None:
                raise NotPossible(f"there is no invoice for {order.number}")
            self._mail(connection, present.customer.email, "invoice", present.invoice.number)

    # -- products --------------------------------------------------------------------------------

    def find_products(self, words: str) -> list[Product]:
        """See :meth:`Shop.find_products`."""
        with self._engine.connect() as connection:
            everything = connection.execute(
                sa.select(tables.products).order_by(tables.products.c.sku)
            )
            return likely(words, [product_of(row) for row in everything])

    def tell_when_restocked(self, email: str, product: Product) -> None:
        """See :meth:`Shop.tell_when_restocked`."""
        mails, address = tables.mails.c, email.strip()
        waiting = (mails.to == address) & (mails.kind == "restocked") & (mails.about == product.sku)
        with self._engine.begin() as connection:
            if not connection.execute(
                sa.select(mails.id).where(waiting, mails.sent.is_(None))
            ).first():
                self._mail(connection, address, "restocked", product.sku)

    # -- what customers say ----------------------------------------------------------------------

    def open_claim(self, order: Order, kind: ClaimKind, text: str) -> Claim:
        """See :meth:`Shop.open_claim`."""
        mine = (tables.claims.c.order_number == order.number) & (tables.claims.c.kind == kind.value)
        warranty = kind == ClaimKind.WARRANTY
        with self._engine.begin() as connection:
            present = self._lock(connection, order)
            delivered = present.shipment.delivered_on
            if delivered is None or present.cancelled_on:
                raise NotPossible(f"{order.number} was not delivered")
            if self.today() > _years_after(delivered, self._policy.warranty_years):
                raise NotPossible(f"the warranty of {order.number} has run out")
            known = connection.execute(sa.select(tables.claims).where(mine)).first()
            if known is None:
                replaced = add_working_days(self.today(), self._policy.standard_working_days)
                connection.execute(
                    tables.claims.insert().values(
                        order_number=order.number,
                        kind=kind.value,
                        text=text[:LONGEST],
                        opened=self._now(),
                        answer_by=add_working_days(
                            self.today(), self._policy.complaint_working_days
                        ),
                        replacement_on=None if warranty else replaced,
                    )
                )
            elif text not in known.text:
                whole = f"{known.text}\n{text}"[:LONGEST]
                connection.execute(tables.claims.update().where(mine).values(text=whole))
            return claim_of(connection.execute(sa.select(tables.claims).where(mine)).one())

    def register_complaint(
        self, conversation: str, text: str, order_number: str | None
    ) -> Complaint:
        """See :meth:`Shop.register_complaint`."""
        complaints = tables.complaints
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
            return complaint_of(connection.execute(sa.select(complaints).where(mine)).one())

    def open_complaints(self) -> list[Complaint]:
        """See :meth:`Shop.open_complaints`."""
        complaints = tables.complaints
        waiting = (
            sa.select(complaints)
            .where(complaints.c.answered.is_(None))
            .order_by(complaints.c.answer_by, complaints.c.id)
        )
        with self._engine.connect() as connection:
            return [complaint_of(row) for row in connection.execute(waiting)]

    def add_review(self, conversation: str, text: str) -> Review:
        """See :meth:`Shop.add_review`."""
        reviews = tables.reviews
        mine = reviews.c.conversation == conversation
        written = {"text": text[:LONGEST], "written": self._now()}
        with suppress(sa.exc.IntegrityError), self._engine.begin() as connection:
            connection.execute(reviews.insert().values(conversation=conversation, **written))
        with self._engine.begin() as connection:
            connection.execute(reviews.update().where(mine).values(**written))
            return review_of(connection.execute(sa.select(reviews).where(mine)).one())

    # -- within ----------------------------------------------------------------------------------

    def _customer(self, connection: Connection, email: str) -> Customer | None:
        address = email.strip()
        return read_customer(
            connection,
            sa.or_(
                tables.customers.c.email == address,
                sa.func.lower(tables.customers.c.email) == address.lower(),
            ),
        )

    def _change_customer(self, customer: Customer, changed: dict[str, Any]) -> Customer:
        mine = tables.customers.c.id == customer.id
        with self._engine.begin() as connection:
            if changed:
                connection.execute(tables.customers.update().where(mine).values(**changed))
            return read_customer(connection, mine) or customer

    def _mail(self, connection: Connection, to: str, kind: str, about: str = "") -> None:
        connection.execute(
            tables.mails.insert().values(to=to, kind=kind, about=about, written=self._now())
        )

    def _must_be_here(self, order: Order) -> None:
        if self.state_of(order) not in _STILL_HERE or order.shipment.shipped_on:
            raise NotPossible(f"{order.number} has left the warehouse or was cancelled")

    def _change_order(self, connection: Connection, order: Order, changed: dict[str, Any]) -> None:
        mine = tables.orders.c.number == order.number
        connection.execute(tables.orders.update().where(mine).values(**changed))

    def _read(self, connection: Connection, order: Order) -> Order:
        present = read_order(connection, order.number)
        if present is None:
            raise NotPossible(f"{order.number} is gone")
        return present

    def _lock(self, connection: Connection, order: Order) -> Order:
        """Reads the order as it stands now, and keeps others from changing it meanwhile."""
        connection.execute(
            sa.select(tables.orders.c.number)
            .where(tables.orders.c.number == order.number)
            .with_for_update()
        )
        return self._read(connection, order)

    def _refund(self, connection: Connection, order: Order) -> Refund:
        try:
            connection.execute(
                tables.refunds.insert().values(
                    order_number=order.number,
                    amount=order.total,
                    requested_on=self.today(),
                    due_on=add_working_days(self.today(), self._policy.refund_working_days),
                )
            )
        except sa.exc.IntegrityError as error:
            raise NotPossible(f"{order.number} was refunded before") from error
        refund = self._read(connection, order).refund
        assert refund
        return refund


def _columns(address: Address) -> dict[str, str]:
    longest: Collection[int] = (200, 20, 100, 100)
    names = ("street", "postcode", "city", "country")
    return {n: v.strip()[:m] for n, v, m in zip(names, astuple(address), longest, strict=True)}


def _years_after(day: date, years: int) -> date:
    """The same day so many years later; after a 29 February the 28th."""
    with suppress(ValueError):
        return day.replace(year=day.year + years)
    return day.replace(year=day.year + years, day=28)
