"""A text's words, as the search for names sees them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exemplar.sessions.names import fold, joined

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’‑\-][^\W\d_]+)*")
POSSESSIVE: Final = re.compile(r"['’]s$", re.IGNORECASE)
_BOUNDARY: Final = re.compile(r"(?:^|[.!?…\n:]|[\"“(\[>*•]|\d\))[\s\"“'‘(\-–—*_]*$")
#: What may stand inside a name, between two of its words.
_GAP: Final = re.compile(r"(?:[ \t ]+|\.[ \t]*-?[ \t]*|[ \t]*-[ \t]*)$")


@dataclass
class Token:
    """A word of a text.

    Attributes:
        capital: whether it has a capital; of a word of every day, one that is no mere stress.
        first: whether it begins a sentence.
        outcry: whether it is cried out, though people are called so, too.
    """

    text: str
    start: int
    end: int
    word: str
    capital: bool
    first: bool
    joined: str
    outcry: bool = False

    @property
    def stressed(self) -> bool:
        """Whether it is in capitals throughout, and no mere sign, as "II" and "SL"."""
        return len(self.text) > 2 and self.text.isupper()


def tokens_of(text: str) -> list[Token]:
    """Returns a text's words, possessives without their ending."""
    tokens: list[Token] = []
    for found in _WORD.finditer(text):
        if text[max(0, found.start() - 1) : found.start()].isdigit() or (
            found.end() < len(text) and text[found.end()].isdigit()
        ):
            continue
        written = found.group()
        owner = POSSESSIVE.search(written)
        end = found.end() - (len(owner.group()) if owner and len(written) > 3 else 0)
        written = text[found.start() : end]
        tokens.append(
            Token(
                written,
                found.start(),
                end,
                fold(written),
                written[0].isupper(),
                bool(_BOUNDARY.search(text[max(0, found.start() - 12) : found.start()]))
                if found.start() > 12
                else bool(_BOUNDARY.search(text[: found.start()])),
                joined(written),
            )
        )
    return tokens


def adjacent(text: str, left: Token, right: Token) -> bool:
    """Whether two words stand side by side, as those of one name do."""
    between = text[left.end : right.start]
    if between.startswith("."):
        # "J. Smith" goes on, "Thanks. Mara" does not.
        return len(left.text) == 1 and bool(_GAP.match(between))
    return bool(_GAP.match(between))


def capitals_say_nothing(tokens: Sequence[Token]) -> bool:
    """Whether a text is written in capitals, or with one on every word."""
    words = [t for t in tokens if len(t.text) > 1]
    if len(words) < 4:
        return False
    if sum(t.text.isupper() for t in words) >= 0.8 * len(words):
        return True
    # "Dear Mr and Mrs Day" is short, and every word has its capital for a reason.
    capitals = sum(t.capital for t in words) if len(words) > 5 else 0
    return capitals >= 0.8 * len(words)


def near(text: str, end: int, size: int = 80) -> str:
    """Returns what stands right before a place; of a long text not its beginning, nor what looks like it."""
    return text[:end] if end <= size else f"x{text[end - size : end]}"
