"""The desk's tables."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from exemplar.database import metadata

handovers: Final = sa.Table(
    "handovers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("conversation", sa.String(255), nullable=False, index=True),
    sa.Column("channel", sa.String(100), nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("brief", sa.Text, nullable=False),
    sa.Column("requested", sa.DateTime, nullable=False),
    sa.Column("closed", sa.DateTime),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("last_seq", sa.Integer, nullable=False, server_default="0"),
    sa.Column("claimed_by", sa.String(200)),
    sa.Column("claimed_name", sa.String(100), nullable=False, server_default=""),
    sa.Column("claimed_at", sa.DateTime),
    sa.Column("give_up_at", sa.DateTime),
    sa.Column("outcome", sa.String(20), nullable=False, server_default=""),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
)
#: A conversation has one handover at a time.
sa.Index(
    "one_open_handover",
    handovers.c.conversation,
    unique=True,
    sqlite_where=handovers.c.state != "closed",
    postgresql_where=handovers.c.state != "closed",
)

handover_messages: Final = sa.Table(
    "handover_messages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("handover_id", sa.ForeignKey("handovers.id"), nullable=False, index=True),
    # The idempotency key: the same message delivered twice is kept once.
    sa.Column("message_id", sa.String(255), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("sent", sa.DateTime, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False, server_default="0"),
    sa.Column("kind", sa.String(20), nullable=False, server_default="customer"),
    sa.Column("author", sa.String(200), nullable=False, server_default=""),
    sa.Column("name", sa.String(100), nullable=False, server_default=""),
    sa.Column("delivered", sa.DateTime),
    sa.UniqueConstraint("handover_id", "message_id"),
)
sa.Index(
    "one_place_a_message",
    handover_messages.c.handover_id,
    handover_messages.c.seq,
    unique=True,
)

#: What a person has seen of a handover.
handover_reads: Final = sa.Table(
    "handover_reads",
    metadata,
    sa.Column("handover_id", sa.ForeignKey("handovers.id"), primary_key=True),
    sa.Column("person", sa.String(200), primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
)

#: What is still to be delivered, and where to. A row goes when it has been.
outbox: Final = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("destination", sa.String(100), nullable=False),
    # The conversation: within it and a destination, one is delivered after the other.
    sa.Column("stream", sa.String(255), nullable=False),
    sa.Column("handover_id", sa.ForeignKey("handovers.id"), nullable=False, index=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_try", sa.DateTime, nullable=False),
    # The server that is delivering it just now.
    sa.Column("owner", sa.String(200)),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    # Set where a front said that it can never be delivered; it then stands in nothing's way.
    sa.Column("given_up", sa.DateTime),
    sa.UniqueConstraint("destination", "handover_id", "seq"),
)

#: What customers were told to count on, and by when; each is followed up in its conversation.
promises: Final = sa.Table(
    "promises",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("conversation", sa.String(255), nullable=False),
    sa.Column("channel", sa.String(100), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    # What the customer knows it by: of the refund, the claim, the complaint, the order.
    sa.Column("number", sa.String(100), nullable=False),
    sa.Column("order_number", sa.String(100)),
    sa.Column("promised_on", sa.Date, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),
    sa.Column("due", sa.DateTime, nullable=False),
    sa.Column("next_try", sa.DateTime, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    # Told twice of the same day, it is one promise.
    sa.UniqueConstraint("conversation", "kind", "number", "promised_on"),
)
sa.Index("promises_by_time", promises.c.state, promises.c.next_try)

#: Where a handover stands in Slack: the message with its brief, which its thread hangs on.
slack_threads: Final = sa.Table(
    "slack_threads",
    metadata,
    sa.Column("handover", sa.String(20), primary_key=True),
    sa.Column("channel", sa.String(50), nullable=False),
    sa.Column("ts", sa.String(50), nullable=False),
    # The newest message of a person there that was dealt with.
    sa.Column("heard", sa.String(50), nullable=False, server_default=""),
    sa.UniqueConstraint("channel", "ts"),
)

agents: Final = sa.Table(
    "agents",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    # What they sign in with.
    sa.Column("login", sa.String(100), nullable=False, unique=True),
    # What customers are told.
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("password", sa.String(255), nullable=False),
    sa.Column("added", sa.DateTime, nullable=False),
    sa.Column("removed", sa.DateTime),
)

agent_sessions: Final = sa.Table(
    "agent_sessions",
    metadata,
    # A digest of what the browser holds: who reads this table cannot sign in with it.
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("agent_id", sa.ForeignKey("agents.id"), nullable=False, index=True),
    sa.Column("begun", sa.DateTime, nullable=False),
    sa.Column("used", sa.DateTime, nullable=False),
    sa.Column("expires", sa.DateTime, nullable=False),
)

#: Customers' messages that a channel has taken: acknowledged only once they stand here.
inbox: Final = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("channel", sa.String(100), nullable=False),
    sa.Column("conversation", sa.String(255), nullable=False),
    sa.Column("message_id", sa.String(255), nullable=False),
    # Emptied once the message is in the conversation; the id stays, to know it again.
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("received", sa.DateTime, nullable=False),
    # The server that took it, and answers it also after having been killed.
    sa.Column("owner", sa.String(200), nullable=False),
    sa.Column("answered", sa.DateTime),
    sa.UniqueConstraint("conversation", "message_id"),
)
