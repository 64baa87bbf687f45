"""The tables of the SQL shop."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from exemplar.database import metadata


def _address() -> list[Any]:
    return [
        sa.Column("street", sa.String(200), nullable=False, server_default=""),
        sa.Column("postcode", sa.String(20), nullable=False, server_default=""),
        sa.Column("city", sa.String(100), nullable=False, server_default=""),
        sa.Column("country", sa.String(100), nullable=False, server_default=""),
    ]


customers = sa.Table(
    "customers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("email", sa.String(320), nullable=False, unique=True),
    sa.Column("phone", sa.String(40)),
    sa.Column("account_type", sa.String(20), nullable=False, server_default="private"),
    sa.Column("deleted_on", sa.Date),
)
addresses = sa.Table(
    "addresses",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False, index=True),
    *_address(),
)
products = sa.Table(
    "products",
    metadata,
    sa.Column("sku", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("category", sa.String(100), nullable=False),
    sa.Column("price", sa.Numeric(10, 2), nullable=False),
    sa.Column("stock", sa.Integer, nullable=False),
    sa.Column("restocked_on", sa.Date),
)
orders = sa.Table(
    "orders",
    metadata,
    sa.Column("number", sa.String(20), primary_key=True),
    sa.Column("customer_id", sa.ForeignKey("customers.id"), nullable=False, index=True),
    sa.Column("total", sa.Numeric(10, 2), nullable=False),
    sa.Column("placed_on", sa.Date, nullable=False),
    sa.Column("cancelled_on", sa.Date),
    sa.Column("payment", sa.String(20), nullable=False, server_default="paid"),
    sa.Column("payment_method", sa.String(40), nullable=False, server_default="card"),
    *_address(),
    # A digest of the key that it was placed with.
    sa.Column("request_key", sa.String(64)),
)
#: Placed twice with the same key, it is one order.
sa.Index("one_order_a_key", orders.c.request_key, unique=True)
guest_orders = sa.Table(
    "guest_orders",
    metadata,
    # What somebody without an account wants; it becomes an order once they follow the link in their mail.
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("email", sa.String(320), nullable=False),
    sa.Column("sku", sa.String(20), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("price", sa.Numeric(10, 2), nullable=False),
    *_address(),
    sa.Column("asked", sa.DateTime, nullable=False),
    # A digest of the key that it was asked for with.
    sa.Column("request_key", sa.String(64)),
)
#: Asked for twice with the same key, it is one.
sa.Index("one_guest_order_a_key", guest_orders.c.request_key, unique=True)
order_changes = sa.Table(
    "order_changes",
    metadata,
    # One change an order waits for the packers at a time.
    sa.Column("order_number", sa.ForeignKey("orders.number"), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("requested", sa.DateTime, nullable=False),
)
invoices = sa.Table(
    "invoices",
    metadata,
    sa.Column("number", sa.String(20), primary_key=True),
    sa.Column("order_number", sa.ForeignKey("orders.number"), nullable=False, unique=True),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("amount", sa.Numeric(10, 2), nullable=False),
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

claims = sa.Table(
    "claims",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("order_number", sa.ForeignKey("orders.number"), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("opened", sa.DateTime, nullable=False),
    sa.Column("answer_by", sa.Date, nullable=False),
    sa.Column("replacement_on", sa.Date),
    sa.UniqueConstraint("order_number", "kind"),
)
reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("conversation", sa.String(255), nullable=False, unique=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("written", sa.DateTime, nullable=False),
)
newsletter = sa.Table(
    "newsletter",
    metadata,
    # Everybody who may get it or has ended it, customer or not, in small letters.
    sa.Column("email", sa.String(320), primary_key=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("since", sa.DateTime, nullable=False),
)
mails = sa.Table(
    "mails",
    metadata,
    # What the shop's mailer is to send, and has sent.
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("to", sa.String(320), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("about", sa.String(200), nullable=False),
    sa.Column("written", sa.DateTime, nullable=False),
    sa.Column("sent", sa.DateTime),
)
