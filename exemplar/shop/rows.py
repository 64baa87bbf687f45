"""Rows of the SQL shop's tables, read as the shop's nouns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from exemplar.shop.model import (
    AccountType,
    Address,
    Claim,
    ClaimKind,
    Complaint,
    Customer,
    Invoice,
    Order,
    PaymentState,
    Product,
    Refund,
    Review,
    Shipment,
)
from exemplar.shop.tables import (
    addresses,
    customers,
    invoices,
    mails,
    order_items,
    orders,
    refunds,
    shipments,
)

#: The kind of the mail that confirms it.
SECOND_PAYMENT_RETURNED: Final = "second_payment_returned"


def read_customer(connection: Connection, condition: Any) -> Customer | None:
    """Returns the customer for whom a condition holds, None if there is none."""
    row: Any = connection.execute(sa.select(customers).where(condition)).first()
    if row is None:
        return None
    mine = sa.select(addresses).where(addresses.c.customer_id == row.id).order_by(addresses.c.id)
    return Customer(
        id=row.id,
        name=row.name,
        email=row.email,
        phone=row.phone,
        account_type=AccountType(row.account_type),
        deleted_on=row.deleted_on,
        addresses=tuple(map(_address, connection.execute(mine))),
    )


def read_order(connection: Connection, number: str) -> Order | None:
    """Returns the order with a number, None if there is none."""
    row: Any = connection.execute(sa.select(orders).where(orders.c.number == number)).first()
    if row is None:
        return None

    def mine(table: sa.Table) -> Any:
        return connection.execute(sa.select(table).where(table.c.order_number == number))

    customer = read_customer(connection, customers.c.id == row.customer_id)
    assert customer
    items = sorted(mine(order_items), key=lambda item: item.position)
    parcel, refund, invoice = mine(shipments).one(), mine(refunds).first(), mine(invoices).first()
    return Order(
        number=row.number,
        customer=customer,
        items=tuple(item.name for item in items),
        total=Decimal(row.total),
        placed_on=row.placed_on,
        cancelled_on=row.cancelled_on,
        shipment=Shipment(
            carrier=parcel.carrier,
            tracking_number=parcel.tracking_number,
            promised_on=parcel.promised_on,
            expected_on=parcel.expected_on,
            last_seen=parcel.last_seen,
            shipped_on=parcel.shipped_on,
            delivered_on=parcel.delivered_on,
        ),
        refund=refund
        and Refund(
            number=f"R-{row.number.removeprefix('ML-')}",
            amount=Decimal(refund.amount),
            requested_on=refund.requested_on,
            due_on=refund.due_on,
            paid_on=refund.paid_on,
        ),
        address=_address(row),
        payment=PaymentState(row.payment),
        payment_method=row.payment_method,
        invoice=invoice
        and Invoice(
            number=invoice.number, issued_on=invoice.issued_on, amount=Decimal(invoice.amount)
        ),
        second_payment_returned_on=_second_payment_returned(connection, number),
    )


def _second_payment_returned(connection: Connection, number: str) -> date | None:
    """Returns the day on which it was confirmed by mail that a second payment went back."""
    confirmed = (mails.c.kind == SECOND_PAYMENT_RETURNED) & (mails.c.about == number)
    written = connection.execute(sa.select(sa.func.max(mails.c.written)).where(confirmed)).scalar()
    return written.date() if written else None


def product_of(row: Row) -> Product:
    """Reads a product."""
    return Product(
        sku=row.sku,
        name=row.name,
        category=row.category,
        price=Decimal(row.price),
        stock=row.stock,
        restocked_on=row.restocked_on,
    )


def claim_of(row: Row) -> Claim:
    """Reads a claim."""
    return Claim(
        number=f"K-{1000 + row.id}",
        order_number=row.order_number,
        kind=ClaimKind(row.kind),
        text=row.text,
        opened=row.opened,
        answer_by=row.answer_by,
        replacement_on=row.replacement_on,
    )


def complaint_of(row: Row) -> Complaint:
    """Reads a complaint."""
    return Complaint(
        number=f"C-{1000 + row.id}",
        conversation=row.conversation,
        order_number=row.order_number,
        text=row.text,
        received=row.received,
        answer_by=row.answer_by,
    )


def review_of(row: Row) -> Review:
    """Reads a review."""
    return Review(
        number=f"V-{1000 + row.id}",
        conversation=row.conversation,
        text=row.text,
        written=row.written,
    )


def _address(row: Row) -> Address:
    return Address(street=row.street, postcode=row.postcode, city=row.city, country=row.country)
