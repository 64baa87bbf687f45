"""The shop in a SQL database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, timedelta
from hashlib import sha256
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
from exemplar.shop.policy import Policy, delivery_cost
from exemplar.shop.rows import (
    SECOND_PAYMENT_RETURNED,
    claim_of,
    complaint_of,
    product_of,
    read_customer,
    read_order,
    review_of,
)
from exemplar.shop.shop import NotPossible, Shop
from exemplar.shop.written import add_to, clean, clean_address, email_address, name_of_conversation

#: Longest text kept of what a customer says, and longest one searched for a product's name.
LONGEST: Final = 20_000
_LONGEST_SEARCH: Final = 1_000
#: More of one thing is no order for the shop, and more than a column of whole numbers holds.
_MOST: Final = 100_000
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
            order = read_order(connection, clean(number))
        # Compared here, since SQLite folds only ASCII.
        fits = order is not None and order.customer.email.casefold() == email.strip().casefold()
        return order if fits else None

    def find_order_of_invoice(self, number: str, email: str) -> Order | None:
        """See :meth:`Shop.find_order_of_invoice`."""
        named = tables.invoices.c.number == clean(number)
        mine = sa.select(tables.invoices.c.order_number).where(named)
        with self._engine.connect() as connection:
            order_number = connection.execute(mine).scalar()
        return self.find_order(order_number, email) if order_number else None

    def find_customer(self, email: str) -> Customer | None:
        """See :meth:`Shop.find_customer`."""
        with self._engine.connect() as connection:
            return self._customer(connection, email)

    def orders_of(self, customer: Customer) -> list[Order]:
        """See :meth:`Shop.orders_of`."""
        with self._engine.connect() as connection:
            return self._orders_of(connection, customer)

    def _orders_of(self, connection: Connection, customer: Customer) -> list[Order]:
        mine = (
            sa.select(tables.orders.c.number)
            .where(tables.orders.c.customer_id == customer.id)
            .order_by(tables.orders.c.placed_on.desc(), tables.orders.c.number.desc())
        )
        found = [read_order(connection, n) for n in connection.execute(mine).scalars().all()]
        return [order for order in found if order]

    # -- accounts --------------------------------------------------------------------------------

    def create_account(self, name: str, email: str) -> None:
        """See :meth:`Shop.create_account`."""
        address = email_address(email)
        if address is None:
            return
        # Kept in small letters, so that the same address cannot come in twice at the same moment.
        account = {
            "name": clean(name).strip()[:200] or address.partition("@")[0][:200],
            "email": address.lower(),
        }
        try:
            with self._engine.begin() as connection:
                if known := self._customer(connection, address):
                    self._mail(connection, known.email, "account_exists")
                    return
                connection.execute(tables.customers.insert().values(**account))
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
        given = {
            "name": clean(name or "").strip()[:200],
            "phone": clean(phone or "").strip()[:40],
        }
        return self._change_customer(
            customer, {key: value for key, value in given.items() if value}
        )

    def switch_account(self, customer: Customer, account_type: AccountType) -> Customer:
        """See :meth:`Shop.switch_account`."""
        return self._change_customer(customer, {"account_type": account_type.value})

    def delete_account(self, customer: Customer) -> date:
        """See :meth:`Shop.delete_account`."""
        with self._engine.begin() as connection:
            # Nothing can be ordered between the look at the orders and the change.
            present = self._lock_customer(connection, customer)
            if present.deleted_on:
                return present.deleted_on
            if any(map(self._unfinished(connection), self._orders_of(connection, present))):
                raise NotPossible("an order or a refund is still on its way")
            day = self.today() + timedelta(days=self._policy.deletion_days)
            mine = tables.customers.c.id == present.id
            connection.execute(tables.customers.update().where(mine).values(deleted_on=day))
            self._mail(connection, present.email, "account_deletion", day.isoformat())
            return day

    def _unfinished(self, connection: Connection) -> Callable[[Order], bool]:
        claims = tables.claims.c
        waiting = sa.select(claims.order_number).where(claims.replacement_on >= self.today())
        replaced = set(connection.execute(waiting).scalars())
        return lambda o: self.state_of(o) in _UNFINISHED or o.number in replaced

    def add_address(self, customer: Customer, address: Address) -> Customer:
        """See :meth:`Shop.add_address`."""
        kept = clean_address(address)
        with self._engine.begin() as connection:
            present = self._lock_customer(connection, customer)
            if kept not in present.addresses:
                connection.execute(
                    tables.addresses.insert().values(customer_id=present.id, **asdict(kept))
                )
            return self._present(connection, customer)

    def set_newsletter(self, email: str, wanted: bool) -> None:
        """See :meth:`Shop.set_newsletter`."""
        valid = email_address(email)
        if valid is None:
            return
        address = valid.lower()
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
            if new != state:
                # "Since" says from when on somebody has agreed: asking again does not move it.
                connection.execute(
                    tables.newsletter.update().where(mine).values(state=new, since=self._now())
                )

    # -- orders ----------------------------------------------------------------------------------

    def state_of(self, order: Order) -> OrderState:
        """See :meth:`Shop.state_of`."""
        return state_of(order, self.today(), self._policy)

    def place_order(
        self,
        customer: Customer,
        product: Product,
        quantity: int,
        address: Address,
        *,
        key: str | None = None,
    ) -> Order:
        """See :meth:`Shop.place_order`."""
        if not 0 < quantity <= _MOST:
            raise NotPossible(f"{quantity} cannot be ordered")
        for _ in range(_TRIES):
            # Where somebody else was faster with the number or the key, one looks again.
            with suppress(sa.exc.IntegrityError), self._engine.begin() as connection:
                number = self._placed(connection, customer, key) or self._place(
                    connection, customer, product, quantity, address, key
                )
                order = read_order(connection, number)
                assert order
                return order
        raise NotPossible("no number could be given")

    def _placed(self, connection: Connection, customer: Customer, key: str | None) -> str | None:
        if key is None:
            return None
        mine = tables.orders.c.request_key == _digest(key)
        row = connection.execute(sa.select(tables.orders).where(mine)).first()
        if row and row.customer_id != customer.id:
            raise NotPossible("this key was used by another customer")
        return row and row.number

    def _place(
        self,
        connection: Connection,
        customer: Customer,
        product: Product,
        quantity: int,
        address: Address,
        key: str | None,
    ) -> str:
        buyer = self._lock_customer(connection, customer)
        if buyer.deleted_on:
            raise NotPossible("the account is being deleted")
        mine = tables.products.c.sku == clean(product.sku)
        taken = connection.execute(
            tables.products.update()
            .where(mine, tables.products.c.stock >= quantity)
            .values(stock=tables.products.c.stock - quantity)
        )
        if not taken.rowcount:
            raise NotPossible(f"there are not {quantity} of it")
        sold = product_of(connection.execute(sa.select(tables.products).where(mine)).one())
        if sold.price != product.price:
            # The customer said yes to another sum.
            raise NotPossible(f"{sold.sku} has another price by now")
        ours = tables.orders.c.number.like("ML-%")
        latest = connection.execute(sa.select(sa.func.max(tables.orders.c.number)).where(ours))
        number = f"ML-{int((latest.scalar() or 'ML-100000').removeprefix('ML-')) + 1:06d}"
        due = add_working_days(self.today(), self._policy.standard_working_days)
        goods = sold.price * quantity
        connection.execute(
            tables.orders.insert().values(
                number=number,
                customer_id=buyer.id,
                total=goods + (delivery_cost(sold.name, goods, address.country, self._policy) or 0),
                placed_on=self.today(),
                payment=PaymentState.OPEN.value,
                payment_method="payment link",
                request_key=key and _digest(key),
                **asdict(clean_address(address)),
            )
        )
        name = sold.name if quantity == 1 else f"{quantity} × {sold.name}"
        connection.execute(
            tables.order_items.insert().values(order_number=number, position=0, name=name[:200])
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
        self._mail(connection, buyer.email, "payment_link", number)
        return number

    def order_as_guest(
        self,
        name: str,
        email: str,
        product: Product,
        quantity: int,
        address: Address,
        *,
        key: str | None = None,
    ) -> None:
        """See :meth:`Shop.order_as_guest`."""
        to = email_address(email)
        if to is None:
            raise NotPossible("no mail can go there")
        mine = tables.products.c.sku == clean(product.sku)
        with suppress(sa.exc.IntegrityError), self._engine.begin() as connection:
            asked = tables.guest_orders.c.request_key == (key and _digest(key))
            if key and connection.execute(sa.select(tables.guest_orders.c.id).where(asked)).first():
                return
            row = connection.execute(sa.select(tables.products).where(mine)).first()
            if row is None or not 0 < quantity <= row.stock:
                raise NotPossible(f"there are not {quantity} of it")
            sold = product_of(row)
            if sold.price != product.price:
                raise NotPossible(f"{sold.sku} has another price by now")
            noted = connection.execute(
                tables.guest_orders.insert().values(
                    name=clean(name).strip()[:200] or to.partition("@")[0][:200],
                    email=to,
                    sku=sold.sku,
                    quantity=quantity,
                    price=sold.price,
                    asked=self._now(),
                    request_key=key and _digest(key),
                    **asdict(clean_address(address)),
                )
            )
            self._mail(connection, to, "guest_order", f"G-{1000 + noted.inserted_primary_key[0]}")

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
        wish = clean(text)[:LONGEST]
        change = OrderChange(f"X-{order.number[3:]}", order.number, wish, self._now())
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
            self._change_order(connection, order, asdict(clean_address(address)))
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
        note = {"written": self._now(), "text": clean(text)[:LONGEST]}
        with self._engine.begin() as connection:
            present = self._read(connection, order)
            connection.execute(
                tables.order_notes.insert().values(order_number=present.number, **note)
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
            present = self._lock(connection, order)
            if present.payment != PaymentState.TWICE:
                raise NotPossible(f"{order.number} was paid for once")
            self._change_order(connection, order, {"payment": PaymentState.PAID.value})
            self._mail(connection, present.customer.email, SECOND_PAYMENT_RETURNED, order.number)
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
            return likely(words[:_LONGEST_SEARCH], [product_of(row) for row in everything])

    def tell_when_restocked(self, email: str, product: Product) -> None:
        """See :meth:`Shop.tell_when_restocked`."""
        address = email_address(email)
        if address is None:
            return
        mails, products = tables.mails.c, tables.products.c
        waiting = sa.select(mails.id).where(
            sa.func.lower(mails.to) == address.lower(),
            mails.kind == "restocked",
            mails.about == clean(product.sku),
            mails.sent.is_(None),
        )
        with self._engine.begin() as connection:
            # Who asks about the same product waits, so that one mail is written.
            mine = products.sku == clean(product.sku)
            if not connection.execute(
                sa.select(products.sku).where(mine).with_for_update()
            ).scalar():
                raise NotPossible("there is no such product any more")
            if not connection.execute(waiting).first():
                self._mail(connection, address, "restocked", product.sku)

    # -- what customers say ----------------------------------------------------------------------

    def open_claim(self, order: Order, kind: ClaimKind, text: str) -> Claim:
        """See :meth:`Shop.open_claim`."""
        mine = (tables.claims.c.order_number == order.number) & (tables.claims.c.kind == kind.value)
        warranty, said = kind == ClaimKind.WARRANTY, clean(text)
        with self._engine.begin() as connection:
            present = self._lock(connection, order)
            delivered = present.shipment.delivered_on
            if delivered is None or present.cancelled_on:
                raise NotPossible(f"{order.number} was not delivered")
            if present.refund:
                raise NotPossible(f"{order.number} was refunded")
            if self.today() > _years_after(delivered, self._policy.warranty_years):
                raise NotPossible(f"the warranty of {order.number} has run out")
            known = connection.execute(sa.select(tables.claims).where(mine)).first()
            if known is None:
                replaced = add_working_days(self.today(), self._policy.standard_working_days)
                connection.execute(
                    tables.claims.insert().values(
                        order_number=order.number,
                        kind=kind.value,
                        text=said[:LONGEST],
                        opened=self._now(),
                        answer_by=add_working_days(
                            self.today(), self._policy.complaint_working_days
                        ),
                        replacement_on=None if warranty else replaced,
                    )
                )
            else:
                whole = add_to(known.text, said)[:LONGEST]
                connection.execute(tables.claims.update().where(mine).values(text=whole))
            return claim_of(connection.execute(sa.select(tables.claims).where(mine)).one())

    def register_complaint(
        self, conversation: str, text: str, order_number: str | None
    ) -> Complaint:
        """See :meth:`Shop.register_complaint`."""
        complaints = tables.complaints
        name, said = name_of_conversation(conversation), clean(text)
        mine = complaints.c.conversation == name
        about = clean(order_number)[:20] if order_number else None
        answer_by = add_working_days(self.today(), self._policy.complaint_working_days)
        with suppress(sa.exc.IntegrityError), self._engine.begin() as connection:
            # Where the conversation has a complaint already, this does nothing.
            connection.execute(
                complaints.insert().values(
                    conversation=name,
                    order_number=about,
                    text=said[:LONGEST],
                    received=self._now(),
                    answer_by=answer_by,
                )
            )
        with self._engine.begin() as connection:
            known = connection.execute(sa.select(complaints).where(mine).with_for_update()).one()
            changed: dict[str, Any] = {"text": add_to(known.text, said)[:LONGEST]}
            if about and not known.order_number:
                changed["order_number"] = about
            if known.answered and changed["text"] != known.text:
                # Answered before, and there is more: it waits again.
                changed |= {"answered": None, "answer_by": answer_by}
            connection.execute(complaints.update().where(mine).values(**changed))
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
        reviews, name = tables.reviews, name_of_conversation(conversation)
        mine = reviews.c.conversation == name
        written = {"text": clean(text)[:LONGEST], "written": self._now()}
        with suppress(sa.exc.IntegrityError), self._engine.begin() as connection:
            connection.execute(reviews.insert().values(conversation=name, **written))
        with self._engine.begin() as connection:
            connection.execute(reviews.update().where(mine).values(**written))
            return review_of(connection.execute(sa.select(reviews).where(mine)).one())

    # -- within ----------------------------------------------------------------------------------

    def _customer(self, connection: Connection, email: str) -> Customer | None:
        address, column = clean(email.strip()), tables.customers.c.email
        # As it was written before all others, where the same address came in twice long ago.
        return read_customer(connection, column == address) or read_customer(
            connection, sa.func.lower(column) == address.lower()
        )

    def _change_customer(self, customer: Customer, changed: dict[str, Any]) -> Customer:
        mine = tables.customers.c.id == customer.id
        with self._engine.begin() as connection:
            if changed:
                connection.execute(tables.customers.update().where(mine).values(**changed))
            return self._present(connection, customer)

    def _present(self, connection: Connection, customer: Customer) -> Customer:
        present = read_customer(connection, tables.customers.c.id == customer.id)
        if present is None:
            raise NotPossible("the account is gone")
        return present

    def _lock_customer(self, connection: Connection, customer: Customer) -> Customer:
        """Reads the customer as they stand now, and keeps others from changing that meanwhile."""
        mine = tables.customers.c.id == customer.id
        connection.execute(sa.select(tables.customers.c.id).where(mine).with_for_update())
        return self._present(connection, customer)

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


def _digest(key: str) -> str:
    """Returns what is kept of a key, which may be of any length."""
    return sha256(clean(key).encode()).hexdigest()


def _years_after(day: date, years: int) -> date:
    """The same day so many years later; after a 29 February the 28th."""
    with suppress(ValueError):
        return day.replace(year=day.year + years)
    return day.replace(year=day.year + years, day=28)
