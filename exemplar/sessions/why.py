"""Which turns of which SESSIONS taught a behaviour."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from exemplar.moves import move_of
from exemplar.sessions.evidence import Evidence
from exemplar.sessions.model import Session, Turn

_PLACE: Final = re.compile(r"^(?P<session>\S+), turn (?P<turn>\d+)$")


@dataclass(frozen=True)
class Lesson:
    """One turn that taught something.

    Attributes:
        place: the SESSION's id and the number of the turn, from 1.
        customer: the customer's words just before.
        agent: the agent's words.
        moves: that they make.
    """

    place: str
    customer: Turn | None
    agent: Turn
    moves: tuple[str, ...]


def places_of(story: Mapping[str, Any]) -> list[str]:
    """Returns the places that a learned story names as its source."""
    metadata = story.get("metadata") or {}
    taught = metadata.get("taught_by") if isinstance(metadata, Mapping) else None
    return [str(place) for place in taught or ()]


def uses(story: Mapping[str, Any], action: str) -> bool:
    """Tells whether a story has an action or a response."""
    return any(
        isinstance(step, Mapping) and step.get("action") == action
        for step in story.get("steps") or ()
    )


def lessons(places: Iterable[str], sessions: Mapping[str, Session]) -> Iterator[Lesson]:
    """Yields the turns at these places; those of SESSIONS that are gone are passed over."""
    for place in places:
        found = _PLACE.match(place)
        session = sessions.get(found["session"]) if found else None
        if found is None or session is None:
            continue
        number = int(found["turn"]) - 1
        if not 0 <= number < len(session.turns):
            continue
        turn = session.turns[number]
        before = [one for one in session.turns[:number] if one.speaker == "customer"]
        yield Lesson(
            place, before[-1] if before else None, turn, turn.labels.moves if turn.labels else ()
        )


def evidence_for(action: str, shown: Iterable[Evidence]) -> list[Evidence]:
    """Returns where exemplars make the move of a response (``utter_validate_…``), the best first.

    The best is where the customer's frustration fell most until their next words.
    """
    move = move_of(action)
    found = [one for one in shown if move is not None and move in one.moves]
    return sorted(
        found,
        key=lambda one: (
            (one.after or 0.0) - one.before if one.after is not None else 1.0,
            one.place,
        ),
    )
