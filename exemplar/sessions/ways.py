"""The ways in which exemplary agents go about a situation: whole sequences of moves, just as they were made.

What is usual (:class:`~exemplar.sessions.learning.Pattern`) is counted move by move; here it is what
agents did from the first move to the last, for a person who wants to see how it went elsewhere.
"""

from __future__ import annotations

import bisect
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from exemplar.sessions.evidence import Evidence, evidence_of, place_of
from exemplar.sessions.learning import MINIMUM, Situation, situations_of
from exemplar.sessions.model import Session

#: Of one sequence, so many places are named, each of another SESSION; of a situation, so many sequences.
_PLACES: Final = 6
_WAYS: Final = 3
#: Sequences counted of one situation; there may be more.
_SEQUENCES: Final = 200
#: Changes are summed in whole millionths, which add up to the same in any order.
_WHOLE: Final = 1_000_000


@dataclass(frozen=True)
class Way:
    """One sequence of moves that exemplars made in a situation.

    Attributes:
        moves: in their order.
        sessions: in how many SESSIONS.
        turns: in how many turns.
        change: of the customer's frustration until their next words, the mean; None where too few said more.
        places: where it can be read, one of each SESSION, the first of them.
    """

    moves: tuple[str, ...]
    sessions: int
    turns: int
    change: float | None
    places: tuple[str, ...]


@dataclass(slots=True)
class _Kept:
    """What is kept of one sequence in a situation."""

    turns: int = 0
    sessions: int = 0
    last: str = ""
    change: int = 0
    changes: int = 0
    #: SESSIONS in which the customer said more, and the last of them.
    heard: int = 0
    last_heard: str = ""
    places: list[tuple[str, int]] = field(default_factory=list)

    def add(self, shown: Evidence) -> None:
        self.turns += 1
        if shown.session != self.last:
            self.sessions += 1
            bisect.insort(self.places, (shown.session, shown.turn))
            del self.places[_PLACES:]
        self.last = shown.session
        if shown.after is not None:
            self.change += round((shown.after - shown.before) * _WHOLE)
            self.changes += 1
            self.heard += shown.session != self.last_heard
            self.last_heard = shown.session


class Ways:
    """The ways of SESSIONS; :meth:`add` them one at a time."""

    def __init__(self, goals: Collection[str], minimum: int = MINIMUM) -> None:
        """Takes the intents that open a matter, and the fewest SESSIONS that count."""
        self._goals = goals
        self._minimum = minimum
        self._kept: dict[Situation, dict[tuple[str, ...], _Kept]] = {}

    def add(self, session: Session) -> None:
        """Learns from a SESSION, if it is one to learn from: an exemplary agent's, with consent."""
        if not session.teaches or session.agent != "exemplary":
            return
        for shown in evidence_of(session, self._goals):
            for situation in situations_of(shown):
                kept = self._kept.setdefault(situation, {})
                if shown.moves and (shown.moves in kept or len(kept) < _SEQUENCES):
                    kept.setdefault(shown.moves, _Kept()).add(shown)

    def of(self, situation: Situation) -> tuple[Way, ...]:
        """Returns the ways that enough SESSIONS show in a situation, the most frequent first."""
        found = [
            Way(
                moves=moves,
                sessions=kept.sessions,
                turns=kept.turns,
                change=(
                    round(kept.change / kept.changes / _WHOLE, 4)
                    if kept.heard >= self._minimum
                    else None
                ),
                places=tuple(place_of(session, turn) for session, turn in kept.places),
            )
            for moves, kept in self._kept.get(situation, {}).items()
            if kept.sessions >= self._minimum
        ]
        return tuple(sorted(found, key=lambda way: (-way.sessions, way.moves))[:_WAYS])
