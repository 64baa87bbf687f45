"""The desk: who has a conversation, everything said in it in order, agents, outbox and inbox."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes what is missing; part of it may be there, where tables were made without a number."""
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
        "handovers",
        sa.Column("version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("last_seq", sa.Integer, nullable=False, server_default="0"),
        sa.Column("claimed_by", sa.String(200)),
        sa.Column("claimed_name", sa.String(100), nullable=False, server_default=""),
        sa.Column("claimed_at", sa.DateTime),
        sa.Column("give_up_at", sa.DateTime),
        sa.Column("outcome", sa.String(20), nullable=False, server_default=""),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
    )
    columns(
        "handover_messages",
        sa.Column("seq", sa.Integer, nullable=False, server_default="0"),
        sa.Column("kind", sa.String(20), nullable=False, server_default="customer"),
        sa.Column("author", sa.String(200), nullable=False, server_default=""),
        sa.Column("name", sa.String(100), nullable=False, server_default=""),
        sa.Column("delivered", sa.DateTime),
    )
    # What was written before has its place by when it was written.
    op.execute(
        "UPDATE handover_messages SET seq = (SELECT count(*) FROM handover_messages AS other "
        "WHERE other.handover_id = handover_messages.handover_id "
        "AND other.id <= handover_messages.id) WHERE seq = 0"
    )
    op.execute(
        "UPDATE handovers SET last_seq = (SELECT count(*) FROM handover_messages "
        "WHERE handover_messages.handover_id = handovers.id) WHERE last_seq = 0"
    )
    if "one_place_a_message" not in {
        index["name"] for index in there.get_indexes("handover_messages")
    }:
        op.create_index(
            "one_place_a_message", "handover_messages", ["handover_id", "seq"], unique=True
        )
    table(
        "handover_reads",
        sa.Column("handover_id", sa.Integer, sa.ForeignKey("handovers.id"), primary_key=True),
        sa.Column("person", sa.String(200), primary_key=True),
        sa.Column("seq", sa.Integer, nullable=False),
    )
    table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("destination", sa.String(100), nullable=False),
        sa.Column("stream", sa.String(255), nullable=False),
        sa.Column(
            "handover_id", sa.Integer, sa.ForeignKey("handovers.id"), nullable=False, index=True
        ),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_try", sa.DateTime, nullable=False),
        sa.Column("owner", sa.String(200)),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.Column("given_up", sa.DateTime),
        sa.UniqueConstraint("destination", "handover_id", "seq"),
    )
    table(
        "agents",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("login", sa.String(100), nullable=False, unique=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("added", sa.DateTime, nullable=False),
        sa.Column("removed", sa.DateTime),
    )
    table(
        "agent_sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("agent_id", sa.Integer, sa.ForeignKey("agents.id"), nullable=False, index=True),
        sa.Column("begun", sa.DateTime, nullable=False),
        sa.Column("used", sa.DateTime, nullable=False),
        sa.Column("expires", sa.DateTime, nullable=False),
    )
    table(
        "inbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("channel", sa.String(100), nullable=False),
        sa.Column("conversation", sa.String(255), nullable=False),
        sa.Column("message_id", sa.String(255), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("received", sa.DateTime, nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("answered", sa.DateTime),
        sa.UniqueConstraint("conversation", "message_id"),
    )
