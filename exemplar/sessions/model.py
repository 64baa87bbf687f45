"""What a SESSION is. Nothing here knows of files, formats or Rasa."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Final

#: Where a conversation was held; a call is a transcript of what was spoken.
CHANNELS: Final = ("website", "slack", "call", "email")
STAGES: Final = ("before", "during", "after")
ORIGINS: Final = ("authored", "recorded")
AGENTS: Final = ("exemplary", "ordinary")
#: What one may consent to: that the assistant learns from a SESSION, that it is measured against it.
LEARNING: Final = "learning"
EVALUATION: Final = "evaluation"
PURPOSES: Final = (LEARNING, EVALUATION)
#: Who labelled a turn. What a person or an author said is never overwritten by the model.
BY: Final = ("author", "person", "model")


def latest_day() -> date:
    """Returns the latest day that has begun anywhere: whoever gave consent there has given it."""
    return (datetime.now(timezone.utc) + timedelta(hours=14)).date()


@dataclass(frozen=True)
class Consent:
    """What one side agreed to.

    Attributes:
        given: the day.
        by: who gave it, or where its record is; no personal data.
        purposes: of :data:`PURPOSES`.
        withdrawn: the day it was taken back, if it was.
    """

    given: date
    by: str
    purposes: tuple[str, ...]
    withdrawn: date | None = None

    def covers(self, purpose: str) -> bool:
        """Tells whether it stands for a purpose; one that is still to be given does not."""
        return self.withdrawn is None and purpose in self.purposes and not self.is_ahead

    @property
    def is_ahead(self) -> bool:
        """Whether the day on which it is given is still to come."""
        return self.given > latest_day()


@dataclass(frozen=True)
class Labels:
    """What is said of one turn; of a customer's turn what they felt, of an agent's what they did.

    Attributes:
        by: of :data:`BY`.
        confidence: the model's, in [0, 1]; 1.0 for what people said.
        intent: a customer's turn: the assistant's own name for the wish.
        emotion: a customer's turn: the strongest of the nine.
        frustration: a customer's turn: in [0, 1].
        moves: an agent's turn: in the order in which they were made, each once.
        anti_moves: an agent's turn.
        facts: an agent's turn: what a look at the company's systems showed, in the names of our slots.
    """

    by: str
    confidence: float = 1.0
    intent: str | None = None
    emotion: str | None = None
    frustration: float | None = None
    moves: tuple[str, ...] = ()
    anti_moves: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """Whether a person or an author stands behind them."""
        return self.by != "model"


@dataclass(frozen=True)
class Turn:
    """What one side said at one time.

    Attributes:
        speaker: ``customer`` or ``agent``.
        at: seconds since the SESSION began.
        text: as said, personal data redacted.
        labels: none before it was annotated.
    """

    speaker: str
    at: float
    text: str
    labels: Labels | None = None


@dataclass(frozen=True)
class Outcome:
    """How a conversation ended: whether the matter was solved, and the customer's rating, 1 to 5."""

    solved: bool
    rating: int | None = None


@dataclass(frozen=True)
class Session:
    """One conversation.

    Attributes:
        id: in kebab-case; the file is called so.
        channel: of :data:`CHANNELS`.
        stage: of :data:`STAGES`.
        language: an ISO 639-1 code.
        origin: ``authored`` or ``recorded``.
        agent: ``exemplary``, or ``ordinary`` for contrast; only the former is emulated.
        customer_consent: the customer's.
        agent_consent: the agent's.
        started: when.
        outcome: how it ended.
        turns: in the order of time.
        apart: set apart, never learned from: the assistant is measured on it.
    """

    id: str
    channel: str
    stage: str
    language: str
    origin: str
    agent: str
    customer_consent: Consent
    agent_consent: Consent
    started: datetime
    outcome: Outcome
    turns: tuple[Turn, ...]
    apart: bool = False

    def may_serve(self, purpose: str) -> bool:
        """Tells whether both sides agreed to a purpose and none has taken it back."""
        return self.customer_consent.covers(purpose) and self.agent_consent.covers(purpose)

    @property
    def teaches(self) -> bool:
        """Whether the assistant may learn behaviour from it."""
        return not self.apart and self.may_serve(LEARNING)
