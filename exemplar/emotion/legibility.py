"""Whether there is something in a message that can be read: words, and in English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Any, Final

from exemplar.emotion.encoder import Encoding

_WORD: Final = re.compile(r"[^\W\d_]+")
#: Fewer words are never taken for another language: "ta", "danke" and names look alike.
_FEWEST_WORDS: Final = 4
#: Share of words in MiniLM's vocabulary from which on a text is English, typos and dialect and all.
_FAMILIAR: Final = 0.8
#: Probability of English below which a text of unfamiliar words is another language. The two together
#: take one in a thousand English messages for one (names and addresses, mostly), and miss short ones.
_ENGLISH: Final = 0.001
#: The same for a text that was not understood.
_HARDLY_ENGLISH: Final = 0.05
#: Probability from which on a clause is English.
_PLAINLY_ENGLISH: Final = 0.9
_CLAUSE: Final = re.compile(r"[.,;:!?\n]+|\s[-–—]\s")
#: Probability from which on a text is in a language; its neighbours (Catalan, Galician) share it.
_LIKELY: Final = 0.03


def has_words(text: str) -> bool:
    """Returns whether there is a letter in it."""
    return any(map(str.isalpha, text))


def is_other_language(text: str, encoding: Encoding) -> bool:
    """Returns whether a text is in another language than English, as far as that can be told.

    Args:
        text: with its emoji spelled out.
        encoding: of that text.
    """
    words = list(_WORD.finditer(text))
    letters = [letter for word in words for letter in word.group()]
    latin = sum(_is_latin(letter) for letter in letters)
    if latin < len(letters) / 2:
        return True
    if len(words) < _FEWEST_WORDS:
        return False
    pieces = set(encoding.offsets)
    familiar = sum(
        word.span() in pieces and (len(word.group()) > 1 or word.group() in "aIi") for word in words
    )
    if familiar > _FAMILIAR * len(words):
        return False
    return dict(_identifier().rank(text))["en"] < _ENGLISH


def seems_foreign(text: str) -> bool:
    """Returns whether a text that was not understood is likelier in another language than in English.

    Bolder than :func:`is_other_language`: it is asked where nothing was understood anyway.
    """
    letters = [letter for letter in text if letter.isalpha()]
    if not letters:
        return False
    if sum(map(_is_latin, letters)) < len(letters) / 2:
        return True
    words = " ".join(_WORD.findall(text))
    return " " in words and dict(_identifier().rank(words))["en"] < _HARDLY_ENGLISH


def partly_english(text: str) -> bool:
    """Returns whether a clause of some words is plainly English, whatever stands beside it."""
    clauses = (" ".join(_WORD.findall(one)) for one in _CLAUSE.split(text))
    return any(
        clause.count(" ") >= _FEWEST_WORDS - 1
        and dict(_identifier().rank(clause))["en"] >= _PLAINLY_ENGLISH
        for clause in clauses
    )


def language_of(text: str, known: Collection[str]) -> str | None:
    """Returns the likeliest of some languages for a text that is not English, None where none is likely.

    Args:
        text: as written.
        known: the languages' ISO 639-1 codes.
    """
    words = " ".join(_WORD.findall(text))
    ranked = dict(_identifier().rank(words)) if words else {}
    shares = {code: float(ranked.get(code, 0.0)) for code in known}
    likely = max(shares, key=shares.__getitem__, default=None)
    return likely if likely and shares[likely] >= _LIKELY else None


def _is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith(
        ("LATIN", "FEMININE", "MASCULINE")
    )


@lru_cache(maxsize=1)
def _identifier() -> Any:
    """Returns py3langid's model (Lui & Baldwin, ACL 2012), loaded when the first suspicious text comes."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
