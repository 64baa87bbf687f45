"""The words of a message that may be of any language: without names of streets, codes and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from exemplar.nlu.english_words import is_english
from exemplar.nlu.glossary import WORD, fold

_CLAUSE: Final = re.compile(r"[.,;:!?¿¡\n()\"“”„«»…]|\s[-–—]\s")
_SENTENCE: Final = re.compile(r"(?:^|[.!?¿¡:\n…\"“„«(])[\s\"“„«'(¿¡*-]*$")
#: What a street is called before its name, and after it.
_STREET_OF: Final = (
    r"(?i:rue|avenue|av|bd|boulevard|place|all[ée]e|chemin|impasse|quai|calle|c/|avenida|avda|plaza|paseo"
    r"|carrer|carretera|camino)\.?"
)
_OF_STREET: Final = (
    r"(?i:stra(?:ß|ss)e|str\.|straat|gracht|laan|weg|plein|platz|gasse|allee|kade|dijk|singel"
    r"|ring|ufer)"
)
_SMALL: Final = r"(?i:de|du|des|del|la|le|les|el|los|las|van|der|den|het|am|an|auf|dem|im|zum|zur)"
#: What stays as it is: addresses on the net, codes and numbers with the words in them, streets and towns.
_KEPT: Final = re.compile(
    r"(?<!\S)[^\s@]+@\S+|(?i:\bhttps?://\S+|\bwww\.\S+)|[#@]\w+"
    rf"|\b{_STREET_OF}[ ](?:{_SMALL}[ ])*(?:[^\W\d_][\w'’.-]*,?[ ]){{1,3}}\d+\w?\b"
    rf"|\b\d+\w?,?[ ](?:bis[ ]|ter[ ])?{_STREET_OF}[ ](?:(?:{_SMALL}[ ]|l['’]))*[\w'’-]+"
    r"(?:[ ][A-ZÀ-Ý][\w'’-]+)*"
    rf"|\b(?:(?:[A-ZÄÖÜ]\w*|{_SMALL})[ ]){{1,3}}{_OF_STREET}[ ]\d+\w?\b|\b\w{{2,}}{_OF_STREET}[ ]\d+\w?\b"
    rf"|(?<![\w-])\d{{4,5}}(?:[ ]?[A-Z]{{2}})?[ ][A-ZÀ-Ý][\w'-]+(?:[ ]{_SMALL}[ ][A-ZÀ-Ý]\w+)?"
    r"|(?<!\S)\S*\d\S*"
)


@dataclass(frozen=True)
class Token:
    """A word of a message.

    Attributes:
        word: folded.
        start, end: where it stands in the text.
        name: whether its capital may make it one.
        clause: the number of the clause that it is in.
        english: whether it is an English word, too.
    """

    word: str
    start: int
    end: int
    name: bool
    clause: int
    english: bool


def tokens_of(text: str) -> Iterator[Token]:
    """Yields the words of a text outside of what stays as it is."""
    kept = [found.span() for found in _KEPT.finditer(text)]
    cuts = [found.end() for found in _CLAUSE.finditer(text)]
    shouted = not any(letter.islower() for letter in text)
    clause = 0
    before = 0
    for found in WORD.finditer(text):
        start, end = found.span()
        # What stays as it is stands between two phrases, too.
        clause += any(before <= cut <= start for cut in cuts)
        clause += any(before <= one <= start for one, _ in kept)
        before = end
        if any(one < end and start < other for one, other in kept):
            continue
        written = found.group()
        name = written[0].isupper() and not shouted and not _begins_sentence(text, start)
        word = fold(written)
        yield Token(word, start, end, name, clause, is_english(word))


def _begins_sentence(text: str, at: int) -> bool:
    return at == 0 or _SENTENCE.search(text[max(0, at - 12) : at]) is not None
