"""Accounts, addresses, products, payments, invoices, claims, reviews, the newsletter and mails."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes what is missing.

    Between the releases, tables were made without a number: part of this may be there already.
    """
    there = sa.inspect(op.get_bind())
    known = set(there.get_table_names())

    def table(name: str, *members: Any) -> None:
        if name not in known:
            op.create_table(name, *members)

    def columns(name: str, *members: sa.Column) -> None:
        has = {column["name"] for column in there.get_columns(name)}
        for member in members:
            if member.name not in has:
                op.add_column(name, member)

    columns(
        "customers",
        sa.Column("phone", sa.String(40)),
        sa.Column("account_type", sa.String(20), nullable=False, server_default="private"),
        sa.Column("deleted_on", sa.Date),
    )
    columns(
        "orders",
        sa.Column("payment", sa.String(20), nullable=False, server_default="paid"),
        sa.Column("payment_method", sa.String(40), nullable=False, server_default="card"),
        *_address(),
        sa.Column("request_key", sa.String(64)),
    )
    if "one_order_a_key" not in {index["name"] for index in there.get_indexes("orders")}:
        op.create_index("one_order_a_key", "orders", ["request_key"], unique=True)
    table(
        "addresses",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "customer_id", sa.Integer, sa.ForeignKey("customers.id"), nullable=False, index=True
        ),
        *_address(),
    )
    table(
        "products",
        sa.Column("sku", sa.String(20), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("category", sa.String(100), nullable=False),
        sa.Column("price", sa.Numeric(10, 2), nullable=False),
        sa.Column("stock", sa.Integer, nullable=False),
        sa.Column("restocked_on", sa.Date),
    )
    table(
        "order_changes",
        sa.Column("order_number", sa.String(20), sa.ForeignKey("orders.number"), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("requested", sa.DateTime, nullable=False),
    )
    table(
        "invoices",
        sa.Column("number", sa.String(20), primary_key=True),
        sa.Column(
            "order_number",
            sa.String(20),
            sa.ForeignKey("orders.number"),
            nullable=False,
            unique=True,
        ),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("amount", sa.Numeric(10, 2), nullable=False),
    )
    table(
        "claims",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("order_number", sa.String(20), sa.ForeignKey("orders.number"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("opened", sa.DateTime, nullable=False),
        sa.Column("answer_by", sa.Date, nullable=False),
        sa.Column("replacement_on", sa.Date),
        sa.UniqueConstraint("order_number", "kind"),
    )
    table(
        "reviews",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.String(255), nullable=False, unique=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("written", sa.DateTime, nullable=False),
    )
    table(
        "newsletter",
        sa.Column("email", sa.String(320), primary_key=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("since", sa.DateTime, nullable=False),
    )
    table(
        "mails",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("to", sa.String(320), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("written", sa.DateTime, nullable=False),
        sa.Column("sent", sa.DateTime),
    )


def _address() -> list[sa.Column]:
    lengths = {"street": 200, "postcode": 20, "city": 100, "country": 100}
    return [
        sa.Column(name, sa.String(length), nullable=False, server_default="")
        for name, length in lengths.items()
    ]
