"""The desk in Slack: which thread a handover has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Makes the table, unless it is there, where tables were made without a number."""
    if "slack_threads" in sa.inspect(op.get_bind()).get_table_names():
        return
    op.create_table(
        "slack_threads",
        sa.Column("handover", sa.String(20), primary_key=True),
        sa.Column("channel", sa.String(50), nullable=False),
        sa.Column("ts", sa.String(50), nullable=False),
        sa.Column("heard", sa.String(50), nullable=False, server_default=""),
        sa.UniqueConstraint("channel", "ts"),
    )
