"""Who listens to somebody in danger, and whether somebody is with them: ``data/knowledge/safety.yml``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from exemplar.errors import ExemplarError
from exemplar.settings import ROOT

SAFETY_FILE: Final = ROOT / "data" / "knowledge" / "safety.yml"


@dataclass(frozen=True)
class Lines:
    """Where somebody listens: as it is said first, and shorter when it is said again."""

    first: str
    again: str


@dataclass(frozen=True)
class Safety:
    """What the file says.

    Attributes:
        anywhere: the lines where the country is not known.
        by_name: the lines by the names of a country and its towns.
        company: patterns for the news that somebody is with the customer.
        asks: the pattern for a question about an order.
    """

    anywhere: Lines
    by_name: dict[str, Lines]
    company: tuple[re.Pattern[str], ...]
    asks: re.Pattern[str]

    def lines_for(self, places: Iterable[str | None]) -> Lines:
        """Returns the lines of the first of these countries or towns that has any."""
        for place in places:
            known = self.by_name.get(str(place or "").strip().lower())
            if known:
                return known
        return self.anywhere

    def has_company(self, text: str) -> bool:
        """Tells whether a message says that somebody is with the customer."""
        plain = text.replace("’", "'")
        return any(pattern.search(plain) for pattern in self.company)


@lru_cache(maxsize=1)
def shared_safety() -> Safety:
    """Returns what is said to somebody in danger, read once."""
    return load_safety(SAFETY_FILE)


def load_safety(path: Path) -> Safety:
    """Returns what the file says.

    Raises:
        ExemplarError: the file is missing, broken or incomplete.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        by_name = {
            name.lower(): Lines(country["first"], country["again"])
            for country in content["countries"].values()
            for name in country["names"]
        }
        return Safety(
            Lines(**content["anywhere"]),
            by_name,
            tuple(re.compile(one, re.IGNORECASE) for one in content["company"].splitlines()),
            re.compile(content["asks"], re.IGNORECASE),
        )
    except (
        OSError,
        UnicodeDecodeError,
        yaml.YAMLError,
        KeyError,
        TypeError,
        AttributeError,
        re.error,
    ) as error:
        raise ExemplarError(f"{path}: {error}") from error
