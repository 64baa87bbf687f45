"""How well moves agree: precision, recall and F1 per move, and kappa."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exemplar.moves import MOVES

#: Replicates of the bootstrap over SESSIONS, and its seed.
_REPLICATES: Final = 1000
_SEED: Final = 7

Moves = Collection[str]
_Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class MoveScore:
    """How one move agrees: precision, recall and F1 in [0, 1], and how often the exemplar makes it."""

    move: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Agreement:
    """How two readings or doings of the same turns agree.

    Attributes:
        f1: over all moves together (micro), in [0, 1].
        low: the lower end of its 95 % interval, by bootstrap over SESSIONS.
        high: the upper end.
        macro_f1: the mean over the moves that occur.
        kappa: Cohen's, over all (turn, move) decisions together, in [-1, 1].
        moves: by move.
        turns: how many.
    """

    f1: float
    low: float
    high: float
    macro_f1: float
    kappa: float
    moves: tuple[MoveScore, ...]
    turns: int


def as_table(turns: Sequence[Moves]) -> _Bools:
    """Returns moves as a table, shape ``(turns, moves)``."""
    return np.array([[move in one for move in MOVES] for one in turns], bool).reshape(
        -1, len(MOVES)
    )


def agreement(true: Sequence[Moves], made: Sequence[Moves], sessions: Sequence[str]) -> Agreement:
    """Returns how moves agree with those of the exemplar.

    Args:
        true: the exemplar's, by turn.
        made: the others, by turn.
        sessions: the SESSION of each turn.

    Raises:
        ValueError: there is no turn, or the lists are not of one length.
    """
    if not true or not len(true) == len(made) == len(sessions):
        raise ValueError("agreement needs as many turns on both sides, and at least one")
    a, b = as_table(true), as_table(made)
    scores = tuple(_score(move, a[:, n], b[:, n]) for n, move in enumerate(MOVES))
    low, high = _interval(lambda rows: _f1(a[rows], b[rows]), sessions)
    occurring = [score.f1 for score in scores if score.support]
    return Agreement(
        f1=_f1(a, b),
        low=low,
        high=high,
        macro_f1=float(np.mean(occurring)) if occurring else 0.0,
        kappa=kappa(a, b),
        moves=scores,
        turns=len(a),
    )


def difference(
    true: Sequence[Moves], ours: Sequence[Moves], control: Sequence[Moves], sessions: Sequence[str]
) -> tuple[float, float, float]:
    """Returns by how much our F1 is above the control's, with its 95 % interval over SESSIONS."""
    a, b, c = as_table(true), as_table(ours), as_table(control)
    low, high = _interval(lambda rows: _f1(a[rows], b[rows]) - _f1(a[rows], c[rows]), sessions)
    return _f1(a, b) - _f1(a, c), low, high


def _score(move: str, true: _Bools, made: _Bools) -> MoveScore:
    both, said, there = int((true & made).sum()), int(made.sum()), int(true.sum())
    return MoveScore(
        move,
        both / said if said else 0.0,
        both / there if there else 0.0,
        2 * both / (said + there) if said + there else 0.0,
        there,
    )


def _f1(true: _Bools, made: _Bools) -> float:
    total = int(true.sum() + made.sum())
    return 2 * int((true & made).sum()) / total if total else 0.0


def kappa(one: _Bools, other: _Bools) -> float:
    """Returns Cohen's kappa of two tables of decisions (Educational and Psychological Measurement, 1960)."""
    agreed = float((one == other).mean())
    p, q = float(one.mean()), float(other.mean())
    chance = p * q + (1 - p) * (1 - q)
    return (agreed - chance) / (1 - chance) if chance < 1 else 1.0


def _interval(
    measure: Callable[[list[int]], float], sessions: Sequence[str]
) -> tuple[float, float]:
    rows_of = dict[str, list[int]]()
    for row, session in enumerate(sessions):
        rows_of.setdefault(session, []).append(row)
    names = sorted(rows_of)
    rng = np.random.default_rng(_SEED)
    values = []
    for _ in range(_REPLICATES):
        drawn = rng.integers(0, len(names), len(names))
        values.append(measure([row for n in drawn for row in rows_of[names[n]]]))
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
