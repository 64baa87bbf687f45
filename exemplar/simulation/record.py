"""What is written down of a simulated conversation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Final

#: Responses that may be said twice.
GREETINGS: Final = (
    "utter_open_first_contact",
    "utter_listen_greet",
    "utter_close_goodbye",
)
#: What the assistant says or does when it did not understand.
FALLBACKS: Final = frozenset(
    {
        "utter_default",
        "utter_clarify_rephrase",
        "utter_apologize_not_understood",
        "utter_explain_out_of_scope",
        "action_default_fallback",
    }
)
#: How a conversation ends.
ENDS: Final = {
    "served": "has what they wanted",
    "person": "a person takes over",
    "left": "gives up and leaves",
    "stuck": "goes on too long",
    "failed": "the assistant failed",
}
ABANDONED: Final = frozenset({"left", "stuck", "failed"})


@dataclass(frozen=True)
class Answer:
    """One thing that the assistant said.

    Attributes:
        text: the words.
        response: the name of the response in the domain, "" if it has none.
        buttons: what can be clicked.
    """

    text: str
    response: str = ""
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exchange:
    """What the customer said, and what came back.

    Attributes:
        said: the customer's words.
        meant: the intent they had.
        heard: the intent that was understood.
        frustration: the customer's, in saying it, in [0, 1].
        read: the frustration that the assistant read in it; None where it did not read.
        mood: what the assistant then took the mood for.
        actions: what it did.
        answers: what it said.
        anti_moves: in what it said.
        after: the customer's frustration after it.
    """

    said: str
    meant: str
    heard: str
    frustration: float
    read: float | None
    mood: str
    actions: tuple[str, ...]
    answers: tuple[Answer, ...]
    anti_moves: tuple[str, ...]
    after: float


@dataclass
class Conversation:
    """A conversation as it went.

    Attributes:
        customer: their number.
        arm: ``mood`` or ``blind``.
        sender: the assistant's name for the conversation.
        needs: what was wanted, as tables call it.
        opening: the words before the first turn that counts, which begin the arm, and what came back.
        exchanges: the turns that count.
        served: which of the needs were given, by what the assistant did.
        shown: whether the shop's database shows the first need done; None where it can't tell.
        end: of :data:`ENDS`.
        asked_for_person: the number of the exchange in which a person was first asked for.
        error: what failed, "" if nothing did.
    """

    customer: int
    arm: str
    sender: str
    needs: tuple[str, ...]
    opening: tuple[str, tuple[Answer, ...]] = ("", ())
    exchanges: list[Exchange] = field(default_factory=list)
    served: list[str] = field(default_factory=list)
    shown: bool | None = None
    end: str = ""
    asked_for_person: int | None = None
    error: str = ""

    @property
    def resolved(self) -> bool:
        """Whether all needs were served, as the assistant said and the database shows."""
        return len(self.served) == len(self.needs) and self.shown is not False

    @property
    def abandoned(self) -> bool:
        """Whether the customer left with nothing, and without a person."""
        return self.end in ABANDONED and not self.resolved

    @property
    def frustration(self) -> float:
        """The customer's at the end, in [0, 1]."""
        return self.exchanges[-1].after if self.exchanges else 0.0

    @property
    def wait_for_person(self) -> int | None:
        """Turns from asking for a person until one takes over; 1 is at once, None if nobody asked."""
        if self.asked_for_person is None:
            return None
        return len(self.exchanges) - self.asked_for_person

    @property
    def anti_moves(self) -> int:
        """How many anti-moves were made, repeated answers among them."""
        return sum(len(one.anti_moves) for one in self.exchanges)

    def repeated(self) -> Iterator[tuple[str, str]]:
        """Yields the answers that were given before in the same words: response and text."""
        said: Counter[str] = Counter(answer.text for answer in self.opening[1])
        for one in self.exchanges:
            for answer in one.answers:
                if said[answer.text] and not answer.response.startswith(GREETINGS):
                    yield answer.response, answer.text
                said[answer.text] += 1

    def fallbacks(self) -> Iterator[Exchange]:
        """Yields the turns in which the customer was not understood."""
        for one in self.exchanges:
            if FALLBACKS & set(one.actions):
                yield one

    def as_dict(self) -> dict[str, Any]:
        """Returns it for a file."""
        return asdict(self) | {
            "resolved": self.resolved,
            "abandoned": self.abandoned,
            "repeated": [list(one) for one in self.repeated()],
        }
