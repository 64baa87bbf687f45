"""What a folder of SESSIONS shows as a whole: moves made, conversations ended, situations never seen.

Counts conversations, never people: nothing here knows which agent spoke.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exemplar.emotion.taxonomy import EMOTIONS
from exemplar.moves import ANTI_MOVES, MOVES
from exemplar.sessions.evidence import Evidence, evidence_of
from exemplar.sessions.learning import MINIMUM, Estimate
from exemplar.sessions.model import STAGES, Session

#: All anti-moves of DESIGN.md; for repeat_answer no wording gives it away.
ALL_ANTI_MOVES: Final = (*ANTI_MOVES, "repeat_answer")
#: Feelings of a customer who needs to be met.
UPSET: Final = ("anger", "frustration", "disappointment", "sadness", "anxiety", "confusion")
#: A customer at or above the first is upset, below the second is calm.
UPSET_FROM: Final = 0.5
CALM_BELOW: Final = 0.3
#: Sequences of moves shown of a stage.
_SEQUENCES: Final = 7
_REPLICATES: Final = 1000
#: Columns of a SESSION's sums, after its answers and its answers with each move and anti-move.
_MADE: Final = (*MOVES, *ALL_ANTI_MOVES)

_Array = NDArray[np.float64]


@dataclass(frozen=True)
class Share:
    """How much of what exemplary agents answer makes a move, beside ordinary ones.

    Attributes:
        name: of the move or anti-move.
        exemplary: share of the exemplary answers, in [0, 1].
        ordinary: of the ordinary ones; None where there are too few.
        difference: between them, with its interval.
    """

    name: str
    exemplary: float
    ordinary: float | None
    difference: Estimate | None


@dataclass(frozen=True)
class Stage:
    """What exemplary agents do at one stage.

    Attributes:
        name: of the stage.
        sessions: at it.
        answers: in them.
        shares: of the answers that make each move.
        sequences: the most frequent and their counts.
    """

    name: str
    sessions: int
    answers: int
    shares: dict[str, float]
    sequences: tuple[tuple[tuple[str, ...], int], ...]


@dataclass
class Ends:
    """How a kind of SESSION went.

    Attributes:
        sessions: of that kind.
        answers: in them.
        turns: in them.
        solved: how many were.
        upset: in how many the customer's frustration reached :data:`UPSET_FROM`.
        calmed: in how many of those it ended below :data:`CALM_BELOW`.
        peak: the sum of the highest frustration.
        last: the sum of the last.
        felt: SESSIONS in which any was labelled.
    """

    sessions: int = 0
    answers: int = 0
    turns: int = 0
    solved: int = 0
    upset: int = 0
    calmed: int = 0
    peak: float = 0.0
    last: float = 0.0
    felt: int = 0

    def add(self, session: Session, answers: int) -> None:
        """Counts a SESSION."""
        levels = frustrations(session)
        self.sessions += 1
        self.answers += answers
        self.turns += len(session.turns)
        self.solved += session.outcome.solved
        if levels:
            self.felt += 1
            self.peak += max(levels)
            self.last += levels[-1]
            if max(levels) >= UPSET_FROM:
                self.upset += 1
                self.calmed += levels[-1] < CALM_BELOW


@dataclass
class Overview:
    """Everything counted; :meth:`add` SESSIONS one at a time.

    Attributes:
        goals: the intents that open a matter, in the order in which they are shown.
        minimum: nothing is claimed of what fewer SESSIONS show.
        ends: of ``exemplary`` and ``ordinary`` SESSIONS.
        apart: SESSIONS set apart; counted, not shown.
        without_consent: SESSIONS that may not be used.
    """

    goals: tuple[str, ...]
    minimum: int = MINIMUM
    ends: dict[str, Ends] = field(default_factory=lambda: {"exemplary": Ends(), "ordinary": Ends()})
    apart: int = 0
    without_consent: int = 0
    _sums: dict[str, list[_Array]] = field(
        default_factory=lambda: {"exemplary": [], "ordinary": []}
    )
    _stages: dict[str, _StageSums] = field(
        default_factory=lambda: defaultdict(lambda: _StageSums())
    )
    _by_goal: defaultdict[tuple[str, str], set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )
    _by_stage: defaultdict[tuple[str, str], set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )
    _followed: defaultdict[tuple[str, str], _Followed] = field(
        default_factory=lambda: defaultdict(lambda: _Followed())
    )

    def add(self, session: Session) -> bool:
        """Counts a SESSION; tells whether it may be shown, which needs consent and no set-apart mark."""
        if session.apart:
            self.apart += 1
            return False
        if not session.teaches:
            self.without_consent += 1
            return False
        shown = list(evidence_of(session, self.goals))
        self.ends[session.agent].add(session, len(shown))
        self._sums[session.agent].append(_sums(shown))
        if session.agent == "exemplary":
            self._stages[session.stage].add(shown)
            for one in shown:
                self._count(one)
        return True

    def _count(self, one: Evidence) -> None:
        self._by_stage[one.feeling, one.stage].add(one.session)
        if one.goal:
            self._by_goal[one.goal, one.feeling].add(one.session)
        if one.after is not None:
            for move in one.moves:
                self._followed[one.feeling, move].add(one.session)

    def shares(self) -> list[Share]:
        """Returns moves and anti-moves, those first that exemplary agents make more often than others."""
        exemplary = _of(self._sums["exemplary"])
        ordinary = _of(self._sums["ordinary"])
        if not len(exemplary):
            return []
        enough = len(ordinary) >= self.minimum
        one = _replicates(exemplary, 0)
        other = _replicates(ordinary, 1) if enough else None
        found = []
        for column, name in enumerate(_MADE):
            if not (exemplary[:, column + 1].any() or (enough and ordinary[:, column + 1].any())):
                continue
            difference = None if other is None else _estimate(one[:, column] - other[:, column])
            found.append(
                Share(
                    name,
                    float(one[0, column]),
                    None if other is None else float(other[0, column]),
                    difference,
                )
            )
        return sorted(found, key=lambda s: -(s.difference.mean if s.difference else s.exemplary))

    def stages(self) -> list[Stage]:
        """Returns what exemplary agents do at each stage."""
        return [self._stages[name].as_stage(name) for name in STAGES if name in self._stages]

    def followed(self, feeling: str, move: str) -> tuple[int, int]:
        """Returns in how many turns and SESSIONS a move met a feeling and the customer said more."""
        count = self._followed.get((feeling, move))
        return (count.turns, len(count.sessions)) if count else (0, 0)

    def shown(self) -> list[str]:
        """Returns the emotions, and whatever else evidence names in their place, such as ``met``."""
        others = {feeling for feeling, _ in self._by_stage} - set(EMOTIONS)
        return [*EMOTIONS, *sorted(others)]

    def sessions_with(self, goal: str, feeling: str) -> int:
        """Returns how many SESSIONS have a matter in hand while a feeling shows."""
        return len(self._by_goal.get((goal, feeling), ()))

    def sessions_at(self, stage: str, feeling: str) -> int:
        """Returns how many SESSIONS show a feeling at a stage."""
        return len(self._by_stage.get((feeling, stage), ()))

    def wishes(self) -> Iterator[tuple[str, str, list[str]]]:
        """Yields what to record next: a heading, why, and the situations; the widest gaps first."""
        seen = {goal for goal, _ in self._by_goal}
        upset = {goal for goal, feeling in self._by_goal if feeling in UPSET}
        nowhere = [goal for goal in self.goals if goal not in seen]
        if nowhere:
            yield "Matters in no SESSION", "nothing can be learned about them", nowhere
        feelings = [feeling for feeling in EMOTIONS if feeling != "neutral"]
        thin = [
            f"{feeling} {stage} the purchase ({count or 'none'})"
            for stage in STAGES
            for feeling in feelings
            if (count := self.sessions_at(stage, feeling)) < self.minimum
        ]
        if thin:
            yield (
                "Feelings hardly seen at a stage",
                f"nothing is claimed of fewer than {self.minimum} SESSIONS",
                thin,
            )
        calm = [goal for goal in self.goals if goal in seen - upset]
        if calm:
            yield "Matters with calm customers only", "how to meet an upset one is not shown", calm


class _Followed:
    """Turns after which a customer said more."""

    def __init__(self) -> None:
        self.turns = 0
        self.sessions: set[str] = set()

    def add(self, session: str) -> None:
        self.turns += 1
        self.sessions.add(session)


class _StageSums:
    """What is kept of a stage."""

    def __init__(self) -> None:
        self.sessions = 0
        self.answers = 0
        self.made: Counter[str] = Counter()
        self.sequences: Counter[tuple[str, ...]] = Counter()

    def add(self, shown: Collection[Evidence]) -> None:
        self.sessions += 1
        self.answers += len(shown)
        for one in shown:
            self.made.update(one.moves)
            self.sequences[one.moves] += 1

    def as_stage(self, name: str) -> Stage:
        frequent = sorted(
            ((moves, count) for moves, count in self.sequences.items() if len(moves) > 1),
            key=lambda item: (-item[1], item[0]),
        )
        return Stage(
            name,
            self.sessions,
            self.answers,
            {move: self.made[move] / max(1, self.answers) for move in MOVES},
            tuple(frequent[:_SEQUENCES]),
        )


def frustrations(session: Session) -> list[float]:
    """Returns the customer's frustration in each of their labelled turns."""
    return [
        turn.labels.frustration
        for turn in session.turns
        if turn.speaker == "customer" and turn.labels and turn.labels.frustration is not None
    ]


def feelings(session: Session) -> list[str]:
    """Returns the feelings that a customer shows, each once, in the order in which they come."""
    found = (turn.labels.emotion for turn in session.turns if turn.labels and turn.labels.emotion)
    return [name for name in dict.fromkeys(found) if name != "neutral"]


def overview(
    sessions: Iterable[Session], goals: Sequence[str], minimum: int = MINIMUM
) -> tuple[Overview, list[Session]]:
    """Counts SESSIONS.

    Args:
        sessions: all of a folder.
        goals: the intents that open a matter, in the order in which they are shown.
        minimum: nothing is claimed of what fewer show.

    Returns:
        What was counted, and the SESSIONS that may be shown.
    """
    counted = Overview(tuple(goals), minimum)
    return counted, [session for session in sessions if counted.add(session)]


def _sums(shown: Collection[Evidence]) -> _Array:
    row = np.zeros(1 + len(_MADE))
    row[0] = len(shown)
    for one in shown:
        for name in {*one.moves, *one.anti_moves}:
            row[1 + _MADE.index(name)] += 1
    return row


def _of(rows: Sequence[_Array]) -> _Array:
    return np.stack(rows) if rows else np.zeros((0, 1 + len(_MADE)))


def _replicates(rows: _Array, seed: int) -> _Array:
    """Returns the shares, and then those of each replicate of a bootstrap over SESSIONS."""
    drawn = np.random.default_rng(seed).multinomial(
        len(rows), np.full(len(rows), 1 / len(rows)), _REPLICATES
    )
    sums = np.concatenate([np.ones((1, len(rows))), drawn]) @ rows
    return np.asarray(sums[:, 1:] / np.maximum(sums[:, :1], 1))


def _estimate(values: _Array) -> Estimate:
    low, high = np.percentile(values[1:], [2.5, 97.5])
    return Estimate(round(float(values[0]), 4), round(float(low), 4), round(float(high), 4))
