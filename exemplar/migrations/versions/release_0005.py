"""Promises: what a customer was told to count on, and by when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Makes the table, unless it is there, where tables were made without a number."""
    if "promises" in sa.inspect(op.get_bind()).get_table_names():
        return
    op.create_table(
        "promises",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("order_number", sa.String(100)),
        sa.Column("promised_on", sa.Date, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("due", sa.DateTime, nullable=False),
        sa.Column("next_try", sa.DateTime, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.UniqueConstraint("conversation", "kind", "number", "promised_on"),
    )
    op.create_index("promises_by_time", "promises", ["state", "next_try"])
