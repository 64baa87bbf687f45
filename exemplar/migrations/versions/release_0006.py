"""Guest orders: what somebody without an account wants, until they follow the link in their mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Makes the table, unless it is there, where tables were made without a number."""
    if "guest_orders" in sa.inspect(op.get_bind()).get_table_names():
        return
    op.create_table(
        "guest_orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("sku", sa.String(20), nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("price", sa.Numeric(10, 2), nullable=False),
        sa.Column("street", sa.String(200), nullable=False, server_default=""),
        sa.Column("postcode", sa.String(20), nullable=False, server_default=""),
        sa.Column("city", sa.String(100), nullable=False, server_default=""),
        sa.Column("country", sa.String(100), nullable=False, server_default=""),
        sa.Column("asked", sa.DateTime, nullable=False),
        sa.Column("request_key", sa.String(64)),
    )
    op.create_index("one_guest_order_a_key", "guest_orders", ["request_key"], unique=True)
