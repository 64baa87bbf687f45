"""What the desk speaks of: people, handovers, and what is said and done in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from exemplar.desk.brief import Brief

#: Asked for where no queue is kept (out of hours, or nobody came): a person gets in touch.
REQUESTED: Final = "requested"
#: In the queue; the assistant is silent.
WAITING: Final = "waiting"
#: A person speaks with the customer.
WITH_PERSON: Final = "with_person"
#: Over.
CLOSED: Final = "closed"
#: States in which the assistant is silent, unless the customer may be in danger.
SILENT: Final = frozenset({WAITING, WITH_PERSON})

#: The reason that goes before all others.
CRISIS: Final = "crisis"

#: Roles: an agent has conversations; a supervisor may also take one over, and sees to the agents.
AGENT: Final = "agent"
SUPERVISOR: Final = "supervisor"
ROLES: Final = (AGENT, SUPERVISOR)


class Kind:
    """What an entry of a handover's timeline is."""

    #: A person was asked for; the first entry, and again whenever the customer asks anew.
    ASKED: Final = "asked"
    #: It became urgent: the customer may be in danger.
    URGENT: Final = "urgent"
    #: The customer wrote.
    CUSTOMER: Final = "customer"
    #: The assistant said something meanwhile.
    ASSISTANT: Final = "assistant"
    #: A person wrote to the customer.
    AGENT: Final = "agent"
    #: A person wrote for other people; no customer sees it.
    NOTE: Final = "note"
    #: A person took the conversation.
    CLAIMED: Final = "claimed"
    #: Nobody came in time.
    UNANSWERED: Final = "unanswered"
    #: It is over; the text is what the person noted about it.
    CLOSED: Final = "closed"


#: What the customer is told of; everything else stays at the desk.
FOR_CUSTOMER: Final = frozenset(
    {Kind.AGENT, Kind.CLAIMED, Kind.URGENT, Kind.UNANSWERED, Kind.CLOSED}
)


class Outcome:
    """How a handover ended."""

    #: A person did what there was to do.
    SOLVED: Final = "solved"
    #: A person gave the conversation back, for the assistant to go on.
    RETURNED: Final = "returned"
    #: The customer wanted to go on with the assistant.
    LEFT: Final = "left"


OUTCOMES: Final = (Outcome.SOLVED, Outcome.RETURNED, Outcome.LEFT)


class PromiseState:
    """What came of a promise."""

    #: Nobody has told the customer yet.
    OPEN: Final = "open"
    #: The customer knows how it stands, from the assistant or from a person.
    KEPT: Final = "kept"
    #: It no longer holds: another day took its place, the matter is over, or the conversation is gone.
    CANCELLED: Final = "cancelled"


@dataclass(frozen=True)
class Person:
    """Somebody at the desk.

    Attributes:
        id: unique over all fronts, such as ``desk:sara`` or ``slack:U0ANA``.
        name: what customers are told, a first name.
        role: ``agent`` or ``supervisor``.
    """

    id: str
    name: str
    role: str = AGENT


@dataclass(frozen=True)
class Entry:
    """One thing said or done in a handover.

    Attributes:
        handover: the handover's number.
        seq: its place, from 1 on, without gaps.
        kind: one of :class:`Kind`.
        text: what was said; for ``closed`` the note, for ``asked`` the reason.
        author: the person's id, "" if it was the customer or the assistant.
        name: the person's name.
        key: the idempotency key, unique in its handover.
        at: when, UTC.
        delivered: when the customer's channel had it; None while it has not, or where there is nothing
            to deliver.
    """

    handover: str
    seq: int
    kind: str
    text: str
    author: str
    name: str
    key: str
    at: datetime
    delivered: datetime | None = None


@dataclass(frozen=True)
class Handover:
    """A conversation that a person takes over.

    Attributes:
        number: what the customer is told.
        conversation: Rasa's sender id.
        channel: where the customer writes.
        state: ``requested``, ``waiting``, ``with_person`` or ``closed``.
        brief: what the person must know.
        requested: when it was asked for, UTC.
        messages: what the customer wrote since, in order.
        version: counts the changes.
        last_seq: the place of the newest entry.
        claimed_by: the id of the person who has it, None if nobody has.
        claimed_name: their name.
        claimed_at: since when.
        give_up_at: when the assistant returns if nobody has come; None if it does not.
        outcome: how it ended, one of :class:`Outcome`; "" while it is open.
        note: what the person noted at the end.
        closed: when it ended.
    """

    number: str
    conversation: str
    channel: str
    state: str
    brief: Brief
    requested: datetime
    messages: tuple[str, ...] = ()
    version: int = 0
    last_seq: int = 0
    claimed_by: str | None = None
    claimed_name: str = ""
    claimed_at: datetime | None = None
    give_up_at: datetime | None = None
    outcome: str = ""
    note: str = ""
    closed: datetime | None = None

    @property
    def urgent(self) -> bool:
        """Whether the customer may be in danger."""
        return self.brief.reason == CRISIS

    def told(self) -> str:
        """Returns what the next person should know of it, "" while it is open."""
        if self.state != CLOSED:
            return ""
        ended = {
            Outcome.SOLVED: f"closed by {self.claimed_name or 'the desk'}",
            Outcome.RETURNED: f"given back to the assistant by {self.claimed_name or 'the desk'}",
            Outcome.LEFT: "left by the customer",
        }.get(self.outcome, "closed")
        noted = f": {self.note}" if self.note else ""
        return f"{self.number} on {self.requested:%d %B} was {ended}{noted}"


class DeskError(Exception):
    """Something that cannot be done; the message says why, for the person at the desk."""


class Unknown(DeskError):
    """There is no handover of that number."""


class Over(DeskError):
    """The handover is closed."""


class Taken(DeskError):
    """Somebody else has the conversation."""


class Forbidden(DeskError):
    """The person's role does not allow it."""
