"""What the first release had: orders, complaints and handovers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), nullable=False, unique=True),
    )
    op.create_table(
        "orders",
        sa.Column("number", sa.String(20), primary_key=True),
        sa.Column(
            "customer_id", sa.Integer, sa.ForeignKey("customers.id"), nullable=False, index=True
        ),
        sa.Column("total", sa.Numeric(10, 2), nullable=False),
        sa.Column("placed_on", sa.Date, nullable=False),
        sa.Column("cancelled_on", sa.Date),
    )
    op.create_table(
        "order_items",
        _order(primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
    )
    op.create_table(
        "shipments",
        _order(primary_key=True),
        sa.Column("carrier", sa.String(100), nullable=False),
        sa.Column("tracking_number", sa.String(100), nullable=False),
        sa.Column("promised_on", sa.Date, nullable=False),
        sa.Column("expected_on", sa.Date, nullable=False),
        sa.Column("last_seen", sa.String(200), nullable=False),
        sa.Column("shipped_on", sa.Date),
        sa.Column("delivered_on", sa.Date),
    )
    op.create_table(
        "refunds",
        _order(primary_key=True),
        sa.Column("amount", sa.Numeric(10, 2), nullable=False),
        sa.Column("requested_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("paid_on", sa.Date),
    )
    op.create_table(
        "order_notes",
        sa.Column("id", sa.Integer, primary_key=True),
        _order(nullable=False, index=True),
        sa.Column("written", sa.DateTime, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "complaints",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.String(255), nullable=False, unique=True),
        sa.Column("order_number", sa.String(20)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("received", sa.DateTime, nullable=False),
        sa.Column("answer_by", sa.Date, nullable=False),
        sa.Column("answered", sa.DateTime),
    )
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.String(255), nullable=False, index=True),
        sa.Column("channel", sa.String(100), nullable=False),
        sa.Column("state", sa.String(20), nullable=False, index=True),
        sa.Column("brief", sa.Text, nullable=False),
        sa.Column("requested", sa.DateTime, nullable=False),
        sa.Column("closed", sa.DateTime),
    )
    open_ones = sa.text("state != 'closed'")
    op.create_index(
        "one_open_handover",
        "handovers",
        ["conversation"],
        unique=True,
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )
    op.create_table(
        "handover_messages",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "handover_id", sa.Integer, sa.ForeignKey("handovers.id"), nullable=False, index=True
        ),
        sa.Column("message_id", sa.String(255), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sent", sa.DateTime, nullable=False),
        sa.UniqueConstraint("handover_id", "message_id"),
    )


def _order(**given: Any) -> sa.Column:
    return sa.Column("order_number", sa.String(20), sa.ForeignKey("orders.number"), **given)
