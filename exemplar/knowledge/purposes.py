"""What customers look for, and which of the shop's things are for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from exemplar.errors import ExemplarError
from exemplar.settings import ROOT

PURPOSES_FILE: Final = ROOT / "data" / "knowledge" / "purposes.yml"

_SUM: Final = r"(\d{1,4}(?:[.,]\d{1,2})?)"
#: A sum that is to be spent: with its currency, or after a word for a limit.
_BUDGET: Final = re.compile(
    rf"[€£$] ?{_SUM}|\b{_SUM} ?(?:€|£|euros?\b|eur\b|quid\b|pounds?\b|bucks\b)"
    r"|\b(?:max(?:imum)?|under|below|up to|less than|no more than|not more than|at most|budget|spend(?:ing)?)"
    rf"\b[^\d.!?]{{0,20}}?{_SUM}\b(?! ?(?:cm|mm|kg|kilos?|litres?|watts?|days?|%|x\b))"
    rf"|\b{_SUM} (?:for (?:everything|all of it|the lot|the whole thing)|to spend|in total|in all|all in|tops"
    r"|max)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Purposes:
    """What things are for.

    Attributes:
        things: by a customer's word or phrase, the names of the things that are for it.
        called: by a customer's word or phrase, the word that the shop's names have for it.
    """

    things: Mapping[str, tuple[str, ...]]
    called: Mapping[str, str]

    def things_for(self, text: str) -> list[str]:
        """Returns the names of the things that are for what a text tells, the best first."""
        said = _plain(text)
        found: dict[str, None] = {}
        for word, things in self.things.items():
            if f" {word} " in said:
                found |= dict.fromkeys(things)
        return list(found)


@lru_cache(maxsize=1)
def shared_purposes() -> Purposes:
    """Returns what the company's own file says.

    Raises:
        ExemplarError: the file is missing or broken.
    """
    return load_purposes(PURPOSES_FILE)


def load_purposes(file: Path) -> Purposes:
    """Reads a YAML file; see :func:`shared_purposes`."""
    try:
        content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        things: dict[str, tuple[str, ...]] = {}
        for purpose in content["purposes"]:
            for word in purpose["for"]:
                things.setdefault(_plain(str(word)).strip(), tuple(map(str, purpose["things"])))
        return Purposes(things, _called(content["called"]))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, KeyError, TypeError) as e:
        raise ExemplarError(
            f"{file}: cannot read what things are for ({e!r}); it has the sections purposes and called."
        ) from e


def _called(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {_plain(str(theirs)).strip(): our for our, many in words.items() for theirs in many}


def _plain(text: str) -> str:
    words = " ".join(re.findall(r"[^\W_]+", text.lower()))
    return f" {words} "


def ours(text: str) -> str:
    """Returns a text with the shop's words beside the customer's.

    >>> ours("do you do bookcases?")
    'do you do bookcases? bookshelf'
    """
    said = _plain(text)
    added = [our for theirs, our in shared_purposes().called.items() if f" {theirs} " in said]
    return " ".join([text, *dict.fromkeys(added)])


def budget_in(text: str) -> Decimal | None:
    """Returns the most that is to be spent, by a text; None where it names no sum.

    >>> budget_in("max like 70 euro")
    Decimal('70')
    >>> budget_in("I have 250 for everything")
    Decimal('250')
    """
    sums = [next(part for part in found if part) for found in _BUDGET.findall(text)]
    return max((Decimal(one.replace(",", ".")) for one in sums), default=None)
