"""Whether a thing goes where a customer wants it: its measures on our pages against theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from exemplar.wording import say_list

#: What a direction is called, by the word for it on our pages.
_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("wide", "width", "broad", "across", "breadth"), "wide"),
    **dict.fromkeys(("deep", "depth"), "deep"),
    **dict.fromkeys(("high", "height", "tall", "headroom"), "high"),
    **dict.fromkeys(("long", "length"), "long"),
}
_NUMBER: Final = r"(?P<number>\d{1,4}(?:[.,]\d{1,2})?)"
_UNIT: Final = r"(?P<unit>cm|centimet(?:re|er)s?|mm|millimet(?:re|er)s?|m|met(?:re|er)s?)?"
_NAME: Final = rf"(?P<name>{'|'.join(_NAMES)})"
#: "118 cm wide", "60 deep"; "width is 118", "the depth: 55 cm".
_AFTER: Final = re.compile(rf"\b{_NUMBER} ?{_UNIT}\b(?: in)? ?{_NAME}\b", re.IGNORECASE)
_BEFORE: Final = re.compile(
    rf"\b{_NAME}\b(?: (?:is|of|about|only|exactly|max\w*))*:? ?{_NUMBER} ?{_UNIT}\b", re.IGNORECASE
)
#: A gap that is given by one number is its width.
_GAP: Final = re.compile(r"\b(?:alcove|niche|gap|recess|space|wall|between|nook)\b", re.IGNORECASE)
_ALONE: Final = re.compile(
    rf"\b{_NUMBER} ?(?P<unit>cm|centimet(?:re|er)s?|mm|millimet(?:re|er)s?|m|met(?:re|er)s?)\b",
    re.IGNORECASE,
)
#: What asks whether something goes somewhere.
_ASKS: Final = re.compile(
    r"\b(?:fits?|fitting|go(?:es)? (?:in|into|there|under|between|next)|squeeze|room for|gets? (?:in|into)"
    r"|too (?:wide|big|large|deep|tall|high|long)|(?:wide|deep|tall|high|small|narrow) enough)\b",
    re.IGNORECASE,
)
#: With so many centimetres to spare, or fewer, it hardly goes in.
_TIGHT: Final = 1.0


@dataclass(frozen=True)
class Fit:
    """How a thing fits.

    Attributes:
        fits: ``yes``, ``no``, or ``tight``: by a centimetre.
        thing: its measures that were compared, as one says them: ``120 cm wide and 60 deep``.
        space: those of the place, in the same order: ``118 and 55``.
    """

    fits: str
    thing: str
    space: str


def fit_of(page: str, texts: Iterable[str]) -> Fit | None:
    """Returns whether a thing goes where it is to go; None if it wasn't asked, or cannot be said.

    Args:
        page: what our pages say of the thing.
        texts: the customer's messages, the latest first; it must ask, and one of them give measures.
    """
    latest, *before = [*texts, ""]
    if not _ASKS.search(latest):
        return None
    thing = measures(page)
    spaces = (space_in(text) for text in (latest, *before))
    space = next((found for found in spaces if found.keys() & thing.keys()), {})
    shared = [name for name in thing if name in space]
    if not shared:
        return None
    spare = min(space[name] - thing[name] for name in shared)
    first, *others = shared
    said = [f"{thing[first]:g} cm {first}", *(f"{thing[name]:g} {name}" for name in others)]
    return Fit(
        "no" if spare < 0 else "tight" if spare <= _TIGHT else "yes",
        say_list(said),
        say_list([f"{space[name]:g}" for name in shared]),
    )


def measures(text: str) -> dict[str, float]:
    """Returns the measures that are named in a text, by direction, in centimetres."""
    found: dict[str, float] = {}
    for pattern in (_AFTER, _BEFORE):
        for one in pattern.finditer(text):
            found.setdefault(_NAMES[one["name"].lower()], _centimetres(one))
    return found


def space_in(text: str) -> dict[str, float]:
    """Returns the measures of a place that a message gives, by direction, in centimetres."""
    found = measures(text)
    if not found and _GAP.search(text):
        alone = list(_ALONE.finditer(text))
        if len(alone) == 1:
            return {"wide": _centimetres(alone[0])}
    return found


def _centimetres(found: re.Match[str]) -> float:
    number, unit = float(found["number"].replace(",", ".")), (found["unit"] or "cm").lower()
    if unit.startswith(("mm", "milli")):
        return number / 10
    return number * 100 if unit in {"m"} or unit.startswith("met") else number
