"""The desk's terms: when people are there, how long one waits, what agents say often.

They stand in ``data/knowledge/desk.yml``, which a designer edits.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from exemplar.errors import ExemplarError
from exemplar.refusals import refused_in
from exemplar.settings import ROOT

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: How far ahead an opening is looked for.
_LOOK_AHEAD: Final = 60
#: What customers call one of our people whom they do not want after all.
_A_PERSON: Final = (
    "person",
    "human",
    "agent",
    "someone",
    "somebody",
    "colleague",
    "anyone",
    "anybody",
)


#: From and to of each weekday, Monday first, None where nobody is there; None for all of it: always.
Hours = tuple[tuple[time, time] | None, ...] | None


@dataclass(frozen=True)
class Canned:
    """Something that agents say often: a title to choose it by, and the text."""

    title: str
    text: str


@dataclass(frozen=True)
class Terms:
    """What the file says.

    Attributes:
        company: its name, as customers know it.
        zone: the time zone of the hours.
        hours: from and to of each weekday, Monday first, None where nobody is there; None: always open.
        holidays: days on which nobody is there, with their names.
        patience: how long a customer waits before the assistant returns; None: for good.
        back: what a customer may write to go back to the assistant, in lower case.
        canned: what agents say often.
        reasons: what calls for a person, by reason.
        usual: where it is always open, when most people are there, weekday by weekday.
        again_after: so many messages after it last spoke, the assistant says again to somebody who waits that
            what they tell is kept.
        shows_line: channels that show the place in line themselves, on which it says nothing of that.
    """

    company: str
    zone: ZoneInfo
    hours: Hours
    holidays: Mapping[date, str]
    patience: timedelta | None
    back: frozenset[str]
    canned: tuple[Canned, ...]
    reasons: Mapping[str, Mapping[str, Any]]
    usual: Hours = None
    again_after: int = 3
    shows_line: frozenset[str] = frozenset()

    def is_open(self, moment: datetime) -> bool:
        """Tells whether people are there, at a moment in UTC without zone."""
        if self.hours is None:
            return True
        return self._within(self.hours, moment)

    def is_usual(self, moment: datetime) -> bool:
        """Tells whether most people are there, where the desk is always open."""
        return self.usual is None or self._within(self.usual, moment)

    def next_opening(self, moment: datetime) -> datetime | None:
        """Returns when people, or most of them, are there again, in the desk's own time.

        None if that cannot be said.
        """
        local = self._local(moment)
        for days in range(_LOOK_AHEAD):
            day = local.date() + timedelta(days)
            hours = self._hours_on(self.hours or self.usual, day)
            opening = hours and datetime.combine(day, hours[0], self.zone)
            if opening and opening > local:
                return opening
        return None

    def goes_back(self, text: str, *, waiting: bool = False) -> bool:
        """Tells whether a customer asks for the assistant again.

        Args:
            text: what they wrote.
            waiting: whether no person has come yet.
        """
        plain = " ".join(text.lower().replace("’", "'").strip(" .!?,").split())
        if plain in self.back:
            return True
        # Nobody is there yet, and other words may stand beside these.
        said = any(re.search(rf"\b{re.escape(words)}\b", plain) for words in self.back)
        return waiting and (said or bool(refused_in(plain, {"person": _A_PERSON})))

    def _local(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=timezone.utc).astimezone(self.zone)

    def _within(self, hours: Hours, moment: datetime) -> bool:
        local = self._local(moment)
        span = self._hours_on(hours, local.date())
        return span is not None and span[0] <= local.time() < span[1]

    def _hours_on(self, hours: Hours, day: date) -> tuple[time, time] | None:
        if hours is None or day in self.holidays:
            return None
        return hours[day.weekday()]


def read_terms(file: Path) -> Terms:
    """Reads the file.

    Raises:
        ExemplarError: it is missing, or says something that cannot be; the message names file and place.
    """
    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ExemplarError(f"cannot read {file}: {' '.join(str(error).split())}") from error
    if not isinstance(said, dict):
        raise ExemplarError(f"{file} should hold named terms.")
    place = "?"
    try:
        place = "time_zone"
        zone = ZoneInfo(str(said["time_zone"]))
        place = "hours"
        hours = _hours(said["hours"])
        place = "holidays"
        holidays = {_day(day): str(name) for day, name in (said.get("holidays") or {}).items()}
        place = "assistant_returns_after_minutes"
        minutes = said[place]
        patience = None if minutes is None else timedelta(minutes=float(minutes))
        place = "canned"
        canned = tuple(
            Canned(str(one["title"]), str(one["text"])) for one in said.get("canned") or ()
        )
        place = "reasons"
        reasons = {str(name): dict(terms or {}) for name, terms in (said.get(place) or {}).items()}
        place = "usual_hours"
        usual = _hours(said[place]) if said.get(place) else None
        place = "while_waiting"
        waiting = dict(said.get(place) or {})
        again_after = int(waiting.get("again_after", 3))
        shows_line = frozenset(map(str, waiting.get("not_on") or ()))
        place = "company"
        return Terms(
            company=str(said["company"]),
            zone=zone,
            hours=hours,
            holidays=holidays,
            patience=patience,
            back=frozenset(str(words).lower() for words in said.get("back_to_the_assistant") or ()),
            canned=canned,
            reasons=reasons,
            usual=usual,
            again_after=again_after,
            shows_line=shows_line,
        )
    except (KeyError, ValueError, TypeError, AttributeError, ZoneInfoNotFoundError) as error:
        raise ExemplarError(f"{file}: {place} is not as it should be ({error}).") from error


def _hours(said: Any) -> Hours:
    if said == "always":
        return None
    if unknown := set(said) - set(_DAYS):
        raise ValueError(f"{', '.join(map(str, unknown))} is no weekday")
    return tuple(_span(said[day]) if said.get(day) else None for day in _DAYS)


def _span(said: str) -> tuple[time, time]:
    begin, _, end = str(said).partition("-")
    # Midnight at the end of a day is its last moment.
    until = time.max if end.strip() == "24:00" else time.fromisoformat(end.strip())
    since = time.fromisoformat(begin.strip())
    if since >= until:
        raise ValueError(f"{said} ends before it begins")
    return since, until


def _day(said: Any) -> date:
    return said if isinstance(said, date) else date.fromisoformat(str(said))


@lru_cache(maxsize=1)
def shared_terms() -> Terms:
    """Returns the company's terms, read once (``EXEMPLAR_DESK_TERMS`` names another file)."""
    return read_terms(
        Path(os.environ.get("EXEMPLAR_DESK_TERMS") or ROOT / "data/knowledge/desk.yml")
    )
