"""What exemplary agents do in which situation, and how their customers feel then.

SESSIONS are taken one at a time and only sums are kept, so that ten thousand need no more memory than a
hundred. Intervals come from a bootstrap over SESSIONS, not turns, since the turns of one conversation are
not independent: each SESSION counts in every replicate as often as a Poisson variable of mean one says
(Hanley and MacGibbon, Computer Methods and Programs in Biomedicine 83, 2006), drawn from its id, so that
the same SESSIONS give the same intervals in any order.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from exemplar.moves import MOVES
from exemplar.sessions.evidence import Evidence, evidence_of
from exemplar.sessions.model import Session

#: Nothing is claimed of what fewer SESSIONS show.
MINIMUM: Final = 3
#: Replicates of the bootstrap.
REPLICATES: Final = 400
#: A move belongs to a situation where this share of the exemplars make it: F1 with single agents is highest
#: where the threshold is half the F1 that can be had (Lipton et al., ECML 2014); people agree to about 0.8 …
USUAL: Final = 0.4
#: … or this share, and customers fare better with it than without.
HELPFUL: Final = 1 / 3
#: Places named of one situation, and sequences counted; there may be more.
_PLACES: Final = 24
_SEQUENCES: Final = 200
#: Changes are summed in whole millionths, which add up to the same in any order.
_WHOLE: Final = 1_000_000

_Array = NDArray[np.float64]
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Situation:
    """When a move is made.

    Attributes:
        feeling: the customer's; None for whatever they feel.
        mood: ``low``, ``medium`` or ``high``; None beside a feeling of None.
        asks: whether the agent asked for what was needed, as against answered.
        stage: of the purchase; None for all of them together.
        goal: the matter in hand; None for all of a stage together.
    """

    feeling: str | None
    mood: str | None
    asks: bool
    stage: str | None = None
    goal: str | None = None

    def __str__(self) -> str:
        """Says it as a heading would."""
        where = self.goal and self.goal.replace("_", " ")
        when = f"{self.stage} the purchase" if self.stage else "at any stage"
        what = "something is asked for" if self.asks else "an answer"
        felt = f"{self.feeling}, mood {self.mood}, " if self.feeling else ""
        return f"{felt}{where or when}, {what}"


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval; of changes of frustration, in [-1, 1]."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        """Says it as a table would: ``-0.21 [-0.30, -0.12]``."""
        return f"{self.mean:+.2f} [{self.low:+.2f}, {self.high:+.2f}]"


@dataclass(frozen=True)
class Pattern:
    """What exemplars do in a situation.

    Attributes:
        situation: when.
        moves: what most of them do, in the usual order.
        sessions: how many SESSIONS show the situation.
        turns: in how many turns.
        rates: the share of the turns in which each move is made, in the order in which they usually come.
        sequences: the most frequent sequences and their counts.
        change: of the customer's frustration until their next words; None where too few said more.
        end: until their last words.
        places: where it can be read, the first of them.
    """

    situation: Situation
    moves: tuple[str, ...]
    sessions: int
    turns: int
    rates: dict[str, float]
    sequences: tuple[tuple[tuple[str, ...], int], ...]
    change: Estimate | None
    end: Estimate | None
    places: tuple[str, ...]


@dataclass(frozen=True)
class Effect:
    """How customers fare after a move, by feeling.

    Attributes:
        feeling: before it.
        move: made.
        turns: with it.
        sessions: with it.
        change: of frustration until the next words, with it.
        against: the difference of that to turns without it; below zero, customers fare better with it.
    """

    feeling: str
    move: str
    turns: int
    sessions: int
    change: Estimate
    against: Estimate | None


class _Mean:
    """A mean and its replicates, kept as sums."""

    def __init__(self) -> None:
        self.count = 0
        #: Those that taught something.
        self.sessions = 0
        self._last = ""
        self._sums = np.zeros((2, REPLICATES + 1))

    def add(self, value: float, weights: _Array, session: str) -> None:
        self.count += 1
        self.sessions += session != self._last
        self._last = session
        self._sums[0] += weights * round(value * _WHOLE)
        self._sums[1] += weights

    def replicates(self) -> _Array:
        """Returns the mean, and then that of each replicate; nan where it has no turn."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self._sums[0] / self._sums[1] / _WHOLE)

    def estimate(self, minimum: int) -> Estimate | None:
        return _estimate(self.replicates()) if self.sessions >= minimum else None


def _estimate(values: _Array) -> Estimate:
    low, high = np.nanpercentile(values[1:], [2.5, 97.5])
    return Estimate(round(float(values[0]), 4), round(float(low), 4), round(float(high), 4))


@dataclass
class _Cell:
    """What is kept of a situation."""

    turns: int = 0
    sessions: int = 0
    last: str = ""
    made: Counter[str] = field(default_factory=Counter)
    place_of: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    sequences: Counter[tuple[str, ...]] = field(default_factory=Counter)
    change: _Mean = field(default_factory=_Mean)
    end: _Mean = field(default_factory=_Mean)
    places: list[str] = field(default_factory=list)

    def add(self, shown: Evidence, weights: _Array) -> None:
        self.turns += 1
        self.sessions += shown.session != self.last
        self.last = shown.session
        self.made.update(shown.moves)
        for number, move in enumerate(shown.moves):
            self.place_of[move] += (number + 0.5) / len(shown.moves)
        if len(self.sequences) < _SEQUENCES or shown.moves in self.sequences:
            self.sequences[shown.moves] += 1
        if len(self.places) < _PLACES:
            self.places.append(shown.place)
        if shown.after is not None and shown.end is not None:
            self.change.add(shown.after - shown.before, weights, shown.session)
            self.end.add(shown.end - shown.before, weights, shown.session)


class Learned:
    """What was learned from SESSIONS; :meth:`add` them one at a time."""

    def __init__(self, goals: Collection[str], minimum: int = MINIMUM) -> None:
        """Takes the intents that open a matter, and the fewest SESSIONS that count."""
        self._goals = goals
        self.minimum = minimum
        #: Those that taught something.
        self.sessions = 0
        self._cells: dict[Situation, _Cell] = {}
        self._with: dict[tuple[str, str], _Mean] = {}
        self._without: dict[tuple[str, str], _Mean] = {}

    def add(self, session: Session) -> None:
        """Learns from a SESSION, if it is one to learn from: an exemplary agent's, with consent."""
        if not session.teaches or session.agent != "exemplary":
            return
        weights = _weights(session.id)
        evidence = list(evidence_of(session, self._goals))
        # One without labels teaches nothing yet.
        self.sessions += bool(evidence)
        for shown in evidence:
            for situation in situations_of(shown):
                self._cells.setdefault(situation, _Cell()).add(shown, weights)
            if shown.after is None:
                continue
            for move in MOVES:
                kept = self._with if move in shown.moves else self._without
                mean = kept.setdefault((shown.feeling, move), _Mean())
                mean.add(shown.after - shown.before, weights, shown.session)

    def pattern(self, situation: Situation) -> Pattern | None:
        """Returns what exemplars do in a situation; None where too few SESSIONS show it."""
        cell = self._cells.get(situation)
        if cell is None or cell.sessions < self.minimum:
            return None
        order = sorted(
            (move for move in MOVES if cell.made[move]),
            key=lambda move: (round(cell.place_of[move] / cell.made[move], 9), MOVES.index(move)),
        )
        rates = {move: cell.made[move] / cell.turns for move in order}
        chosen = [
            move
            for move, rate in rates.items()
            if rate >= USUAL or (rate >= HELPFUL and self._helps(situation.feeling, move))
        ]
        frequent = sorted(cell.sequences.items(), key=lambda item: (-item[1], item[0]))
        return Pattern(
            situation=situation,
            moves=tuple(chosen),
            sessions=cell.sessions,
            turns=cell.turns,
            rates={move: round(rate, 3) for move, rate in rates.items()},
            sequences=tuple(frequent[:5]),
            change=cell.change.estimate(self.minimum),
            end=cell.end.estimate(self.minimum),
            places=tuple(cell.places),
        )

    def patterns(self) -> Iterator[Pattern]:
        """Yields the patterns of all situations that enough SESSIONS show, the widest first.

        Last come those of a stage or a matter whatever the customer feels.
        """
        order = sorted(
            self._cells, key=lambda s: (s.feeling is None, s.goal or "", s.stage or "", str(s))
        )
        for situation in order:
            if (pattern := self.pattern(situation)) is not None:
                yield pattern

    def nearest(
        self, feeling: str, mood: str, asks: bool, stages: Iterable[str], goals: Iterable[str]
    ) -> Pattern | None:
        """Returns the pattern of the narrowest situation that enough SESSIONS show.

        The matter itself first; then its stage; then all of them.
        """
        return narrowest(self.pattern, feeling, mood, asks, stages, goals)

    def seen(self, feeling: str, mood: str, goals: Iterable[str]) -> tuple[str, ...]:
        """Returns where a matter was in hand while a feeling showed at a mood; empty if nowhere."""
        places: list[str] = []
        for goal in goals:
            for asks in (False, True):
                cell = self._cells.get(Situation(feeling, mood, asks, None, goal))
                places += cell.places if cell else ()
        return tuple(dict.fromkeys(places))

    def effects(self) -> list[Effect]:
        """Returns how customers fare after each move, by feeling, where enough SESSIONS show it."""
        return [effect for key in sorted(self._with) if (effect := self._effect(*key)) is not None]

    def _effect(self, feeling: str, move: str) -> Effect | None:
        made, left = self._with.get((feeling, move)), self._without.get((feeling, move))
        if made is None or (change := made.estimate(self.minimum)) is None:
            return None
        against = None
        if left is not None and left.sessions >= self.minimum:
            against = _estimate(made.replicates() - left.replicates())
        return Effect(feeling, move, made.count, made.sessions, change, against)

    def _helps(self, feeling: str | None, move: str) -> bool:
        effect = self._effect(feeling, move) if feeling else None
        return bool(effect and effect.against and effect.against.high < 0)


def narrowest(
    find: Callable[[Situation], _Found | None],
    feeling: str | None,
    mood: str | None,
    asks: bool,
    stages: Iterable[str],
    goals: Iterable[str],
) -> _Found | None:
    """Returns the first that is found: of a matter, else of a stage, else of all of them."""
    for goal in goals:
        if found := find(Situation(feeling, mood, asks, None, goal)):
            return found
    for stage in stages:
        if found := find(Situation(feeling, mood, asks, stage)):
            return found
    return find(Situation(feeling, mood, asks))


def situations_of(shown: Evidence) -> Iterator[Situation]:
    """Yields the situations that a turn shows, from all of them to the matter in hand."""
    yield Situation(shown.feeling, shown.mood, shown.asks)
    yield Situation(shown.feeling, shown.mood, shown.asks, shown.stage)
    yield Situation(None, None, shown.asks, shown.stage)
    if shown.goal:
        yield Situation(shown.feeling, shown.mood, shown.asks, None, shown.goal)
        yield Situation(None, None, shown.asks, None, shown.goal)


def _weights(session: str) -> _Array:
    """Returns how often a SESSION counts, shape ``(REPLICATES + 1,)``: once, then in each replicate."""
    seed = int.from_bytes(hashlib.blake2b(session.encode(), digest_size=8).digest(), "big")
    drawn = np.random.default_rng(seed).poisson(1.0, REPLICATES)
    return np.concatenate([[1.0], drawn.astype(float)])


def learn(sessions: Iterable[Session], goals: Collection[str], minimum: int = MINIMUM) -> Learned:
    """Learns from SESSIONS, one at a time.

    Args:
        sessions: annotated; those that may not teach are passed over.
        goals: the intents that open a matter.
        minimum: nothing is claimed of what fewer show.
    """
    learned = Learned(goals, minimum)
    for session in sessions:
        learned.add(session)
    return learned
