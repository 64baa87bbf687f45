"""What good service can be told by, turn by turn, in the assistant's words and in the exemplar's.

Each item looks only at turns to which it applies, and at both sides in the same way: at the moves made and
at the words said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from exemplar.moves import ANTI_MOVES, MEETING
from exemplar.sessions.evidence import Evidence

#: Feelings that are to be acknowledged when they show.
_HARD: Final = frozenset({"anger", "frustration", "disappointment", "sadness", "anxiety"})
#: From here on a customer's frustration is to be acknowledged, whatever it is called.
_SHOWS: Final = 0.4
#: What takes the customer a step on.
_STEPS: Final = frozenset(
    {"clarify", "options", "expect", "resolve", "handover", "listen", "close"}
)
#: What a look at the systems shows where a wish cannot be granted.
_REFUSED: Final = frozenset({"refused", "kept", "sold_out", "nothing"})
#: A promise names a time, or who does what.
_WHEN: Final = re.compile(
    r"\b(today|tomorrow|tonight|now|noon|morning|afternoon|evening|week|day|days|hour|hours|minute|minutes"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july"
    r"|august|september|october|november|december|by|until|before|within|once|when|as soon|next|then|after"
    r"|\d+(:\d\d|st|nd|rd|th)?|i'll|i will|i'm|you'll|you will|we'll|we will|they'll|he'll|she'll|{\w+})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Said:
    """What one side did and said in one turn."""

    moves: Collection[str]
    text: str


@dataclass(frozen=True)
class Item:
    """One line of the checklist.

    Attributes:
        name: as a designer reads it.
        applies: whether a turn is to be judged by it.
        holds: whether it does.
    """

    name: str
    applies: Callable[[Evidence, Said], bool]
    holds: Callable[[Evidence, Said], bool]


@dataclass(frozen=True)
class Tally:
    """How often an item held, of the turns to which it applied."""

    name: str
    held: int
    of: int

    @property
    def share(self) -> float | None:
        """In [0, 1]; None where it never applied."""
        return self.held / self.of if self.of else None


def _feeling_shows(shown: Evidence, _: Said) -> bool:
    return shown.feeling in _HARD and (
        shown.before >= _SHOWS or shown.feeling in {"sadness", "anxiety"}
    )


def _questions(text: str) -> int:
    return len(re.findall(r"\?(?=\s|$|[\"')\]])", text))


ITEMS: Final[tuple[Item, ...]] = (
    Item(
        "a feeling that shows is acknowledged in the same turn",
        _feeling_shows,
        lambda _, said: bool(MEETING & set(said.moves)),
    ),
    Item("one question at a time", lambda *_: True, lambda _, said: _questions(said.text) <= 1),
    Item(
        "a refused wish comes with another way",
        lambda shown, _: any(value in _REFUSED for _, value in shown.facts),
        lambda _, said: bool({"options", "handover", "expect", "resolve"} & set(said.moves)),
    ),
    Item(
        "a concrete next step",
        lambda shown, _: shown.intent not in {"thank", "goodbye"},
        lambda _, said: bool(_STEPS & set(said.moves)),
    ),
    Item(
        "a promise says who does what, or by when",
        lambda _, said: "expect" in said.moves,
        lambda _, said: bool(_WHEN.search(said.text)),
    ),
    Item(
        "no anti-move",
        lambda *_: True,
        lambda shown, said: not anti_moves(said.text, upset=_feeling_shows(shown, said)),
    ),
    Item(
        "who asks for a person gets one in the same turn",
        lambda shown, _: shown.intent in {"contact_human_agent", "crisis", "threat"},
        lambda _, said: "handover" in said.moves,
    ),
)


def anti_moves(text: str, *, upset: bool) -> list[str]:
    """Returns the anti-moves that wording gives away; cheer is one only towards somebody who is upset."""
    return [
        name
        for name, pattern in ANTI_MOVES.items()
        if (upset or name != "over_cheer") and pattern.search(text)
    ]


def check(turns: Iterable[tuple[Evidence, Said]]) -> list[Tally]:
    """Returns how often each item of the checklist holds."""
    judged: Sequence[tuple[Evidence, Said]] = list(turns)
    tallies = []
    for item in ITEMS:
        held = [item.holds(*turn) for turn in judged if item.applies(*turn)]
        tallies.append(Tally(item.name, sum(held), len(held)))
    return tallies
