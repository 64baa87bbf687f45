"""What customers' words in other languages stand for, by the glossaries in ``data/knowledge/words/``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from exemplar.errors import ExemplarError
from exemplar.settings import ROOT

GLOSSARIES: Final = ROOT / "data" / "knowledge" / "words"
#: Under this key stand the words that are English words, too.
ALONE: Final = "_alone"

#: The words of a phrase, each folded.
Words = tuple[str, ...]

#: Letters that a word of two languages begins with, and that are no word in English: "l'article", "qu'il".
_ELIDED: Final = r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’](?=[^\W\d_]{2})"
WORD: Final = re.compile(rf"{_ELIDED}|[^\W\d_]+(?:['’][^\W\d_]+)*", re.IGNORECASE)
#: PyYAML's quick reader, where it is there.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Glossary:
    """What the words of one language stand for.

    Attributes:
        words: what each phrase stands for.
        alone: the same of words that are English words, too.
        lengths: how many words the phrases have that begin with a word, the most first.
    """

    words: Mapping[Words, str]
    alone: Mapping[Words, str]
    lengths: Mapping[str, tuple[int, ...]]


def fold(text: str) -> str:
    """Returns a text as glossaries are compared: without case and accents.

    >>> fold("Rücksendung"), fold("Straße"), fold("cœur")
    ('rucksendung', 'strasse', 'coeur')
    """
    if text.isascii():
        return text.lower()
    plain = text.casefold().replace("œ", "oe").replace("æ", "ae").replace("’", "'")
    letters = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@lru_cache(maxsize=1)
def shared_glossaries() -> dict[str, Glossary]:
    """Returns the company's own glossaries, by their languages' codes.

    Raises:
        ExemplarError: one is broken.
    """
    return load_glossaries(GLOSSARIES)


def load_glossaries(folder: Path) -> dict[str, Glossary]:
    """Reads a folder of YAML files; see :func:`shared_glossaries`."""
    return {file.stem: load_glossary(file) for file in sorted(folder.glob("*.yml"))}


def load_glossary(file: Path) -> Glossary:
    """Reads one glossary.

    Raises:
        ExemplarError: it is missing or broken.
    """
    try:
        content: Any = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)
        content = dict(content or {})
        alone = _phrases(content.pop(ALONE, None) or {})
        words = _phrases(content)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError) as error:
        what = " ".join(str(error).split())
        raise ExemplarError(
            f"{file}: cannot read the glossary ({what}); each line is a word or phrase and its English."
        ) from error
    except ValueError as error:
        raise ExemplarError(f"{file}: {error}") from error
    return Glossary(words, alone, _lengths([*words, *alone]))


def _phrases(content: Mapping[Any, Any]) -> dict[Words, str]:
    phrases = {}
    for key, english in content.items():
        if not isinstance(key, str) or not isinstance(english, str):
            raise ValueError(
                f"“{key}” and what it stands for must both be text; put them in quotation marks."
            )
        words = tuple(fold(found.group()) for found in WORD.finditer(key))
        if not words:
            raise ValueError(f"“{key}” has no word.")
        phrases[words] = english.strip()
    return phrases


def _lengths(phrases: Iterable[Words]) -> dict[str, tuple[int, ...]]:
    """Returns how many words the phrases have that begin with a word, the most first."""
    found: dict[str, set[int]] = {}
    for words in phrases:
        found.setdefault(words[0], set()).add(len(words))
    return {word: tuple(sorted(lengths, reverse=True)) for word, lengths in found.items()}
