"""What is listened for where somebody may be in danger, and who listens: ``data/knowledge/safety.yml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from exemplar.errors import ExemplarError
from exemplar.settings import ROOT

SAFETY_FILE: Final = ROOT / "data" / "knowledge" / "safety.yml"

#: What the file has to say of a message, each by several patterns.
SAID: Final = (
    *("acted", "safe", "unsafe", "evades", "protests", "exaggerates", "lines", "coming", "could"),
    *("no_numbers", "person", "laughs", "plain", "soft", "weak"),
)

#: What by itself is no danger, and beside a reading of danger makes it a surer one.
SIGNS: Final = ("soft", "weak")


@dataclass(frozen=True)
class Lines:
    """Where somebody listens: as it is said first, and shorter said again; and the emergency number."""

    first: str
    again: str
    emergency: str


@dataclass(frozen=True)
class Safety:
    """What the file says.

    Attributes:
        anywhere: the lines where the country is not known.
        by_name: the lines by the names of a country and its towns.
        company: patterns for the news that somebody is with the customer.
        asks: the pattern for a question about an order.
        said: patterns by what they stand for, see :data:`SAID`.
    """

    anywhere: Lines
    by_name: dict[str, Lines]
    company: tuple[re.Pattern[str], ...]
    asks: re.Pattern[str]
    said: Mapping[str, tuple[re.Pattern[str], ...]]

    def lines_for(self, places: Iterable[str | None]) -> Lines:
        """Returns the lines of the first of these countries or towns that has any."""
        for place in places:
            known = self.by_name.get(str(place or "").strip().lower())
            if known:
                return known
        return self.anywhere

    def place_in(self, text: str) -> str | None:
        """Returns the country or town that a text says its writer is in: "I live in Poland"."""
        names = "|".join(re.escape(name) for name in sorted(self.by_name, key=len, reverse=True))
        found = re.search(rf"\b(?:in|from|near) (?:the )?({names})\b", text.lower())
        return found[1] if found else None

    def has_company(self, text: str) -> bool:
        """Tells whether a message says that somebody is with the customer."""
        plain = text.replace("’", "'")
        return any(pattern.search(plain) for pattern in self.company)

    def says(self, what: str, text: str) -> bool:
        """Tells whether a text says something; see :data:`SAID`."""
        return bool(self._found(what, text))

    def says_safe(self, text: str) -> bool:
        """Tells whether a text says that its writer is safe, and nothing against it."""
        return self.says("safe", text) and not self.denies_safe(text)

    def denies_safe(self, text: str) -> bool:
        """Tells whether a text says that its writer is not safe, or does not answer whether they are."""
        return self.says("unsafe", text) or self.says("evades", text)

    def adds_up(self, texts: Iterable[str]) -> bool:
        """Tells whether what is no sign by itself is one together: in one message, or over several."""
        said = list(texts)
        soft = {found for text in said for found in self._found("soft", text)}
        weak = {found for text in said for found in self._found("weak", text)}
        return len(soft) > 1 or (len(soft) == 1 and len(weak) > 0)

    def _found(self, what: str, text: str) -> list[int]:
        plain = " ".join(re.sub("['’‘`´]", "", text.lower()).split())
        return [at for at, pattern in enumerate(self.said[what]) if pattern.search(plain)]


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
            name.lower(): Lines(country["first"], country["again"], country["emergency"])
            for country in content["countries"].values()
            for name in country["names"]
        }
        return Safety(
            Lines(**content["anywhere"]),
            by_name,
            _patterns(content["company"]),
            re.compile(content["asks"], re.IGNORECASE),
            {what: _patterns(content["said"][what]) for what in SAID},
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


def _patterns(lines: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(line, re.IGNORECASE) for line in lines.splitlines() if line.strip())
