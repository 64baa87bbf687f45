"""Messages in German, Spanish, French or Dutch, or mixed with English, put into English word by word.

What reads messages was trained on English. The glossaries say what customers' words and phrases stand for:
enough to tell what somebody wants, and no translation. A message in English stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from exemplar.nlu.english_words import english_words
from exemplar.nlu.glossary import Glossary, shared_glossaries
from exemplar.nlu.written_in import WrittenIn, written_in

#: Known words, as a share of those that are not English, from which on a message is read by its wording.
_ENOUGH: Final = 0.5
_OPENING: Final = re.compile(r"[¿¡]\s*")


@dataclass(frozen=True)
class Piece:
    """One stretch of a wording that was put into English.

    Attributes:
        start, end: where it stands in the wording.
        own_start, own_end: where what it was put from stands in the customer's text.
    """

    start: int
    end: int
    own_start: int
    own_end: int


@dataclass(frozen=True)
class Glossed:
    """A message in another language.

    Attributes:
        language: its code, ISO 639-1.
        english: what it comes to in English.
        known: share of its words, of those that are not English, that the glossary has.
        wholly: whether all of it is in that language.
        pieces: what was put into English, in the order of the text.
    """

    language: str
    english: str
    known: float
    wholly: bool
    pieces: tuple[Piece, ...]

    @property
    def enough(self) -> bool:
        """Whether so much of it is known that it can be read."""
        return self.known >= _ENOUGH

    def own(self, start: int, end: int) -> tuple[int, int]:
        """Returns where a stretch of the wording stands in the customer's own text."""
        return self._own(start, last=False), self._own(end, last=True)

    def put(self, start: int, end: int) -> list[Piece]:
        """Returns what of a stretch of the wording was put into English."""
        return [one for one in self.pieces if one.start < end and start < one.end]

    def _own(self, at: int, *, last: bool) -> int:
        moved = 0
        for one in self.pieces:
            if at < one.start or (last and at == one.start):
                break
            if at < one.end or (last and at == one.end):
                return one.own_end if last else one.own_start
            moved = one.own_end - one.end
        return at + moved


def load_words() -> None:
    """Loads the glossaries and the English words, for which the first message would wait otherwise.

    Raises:
        ExemplarError: a glossary is broken.
    """
    shared_glossaries()
    english_words()


def in_english(text: str, glossaries: Mapping[str, Glossary] | None = None) -> Glossed | None:
    """Returns what a message in another language comes to in English; None where it is English.

    Args:
        text: as written.
        glossaries: by the languages' codes; the company's unless given.

    Raises:
        ExemplarError: a glossary is broken.
    """
    found = written_in(text, shared_glossaries() if glossaries is None else glossaries)
    if found is None:
        return None
    pieces, english = _put(text, found)
    return Glossed(found.code, english, found.known, found.wholly, pieces)


def _put(text: str, found: WrittenIn) -> tuple[tuple[Piece, ...], str]:
    """Returns a text with what was found put into English, and where that stands."""
    written: list[str] = []
    pieces: list[Piece] = []
    at = length = 0
    for phrase in found.phrases:
        start, end = found.tokens[phrase.first].start, found.tokens[phrase.last - 1].end
        before = _OPENING.sub("", text[at:start])
        # "l'article" is one word of the text and two of the glossary.
        between = f"{before} " if at == start and pieces else before
        length += len(between)
        pieces.append(Piece(length, length + len(phrase.english), start, end))
        written += [between, phrase.english]
        length += len(phrase.english)
        at = end
    written.append(_OPENING.sub("", text[at:]))
    return tuple(pieces), "".join(written)
