"""How customers react to an agent's turn, estimated from SESSIONS.

A ridge regression of the change of frustration, from a customer's words before an agent's turn to their
words after it, on what the agent did. Ordinary agents teach here too: their bad moves are what shows how
customers take bad moves. Intervals come from a bootstrap over SESSIONS, since the turns of one
conversation are not independent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from exemplar.errors import ExemplarError
from exemplar.moves import MOVES
from exemplar.sessions.evidence import evidence_of
from exemplar.sessions.model import Session

#: In the order of DESIGN.md.
ANTI: Final = (
    "defend",
    "blame",
    "scripted_empathy",
    "repeat_answer",
    "false_promise",
    "over_cheer",
)
#: Moves that answer a need, as against asking for something.
ANSWERING: Final = frozenset({"explain", "resolve", "options"})
#: What a turn is described by; besides these, a constant.
FEATURES: Final = (*MOVES, *ANTI, "answered", "bad_news", "before")
#: What a look at the systems shows that nobody likes to hear. Without it, the moves that go with bad news
#: would be blamed for it.
BAD_NEWS: Final = frozenset(
    {"late", "kept", "not_found", "stuck", "failed", "twice", "refused", "sold_out", "unknown"}
    | {"nothing", "again"}
)
#: Penalties that are tried; the one that predicts SESSIONS left out best is taken.
_PENALTIES: Final = (0.3, 1.0, 3.0, 10.0, 30.0)
_FOLDS: Final = 5
REPLICATES: Final = 400
#: Fewer turns teach nothing that holds.
FEWEST: Final = 40

_Array = NDArray[np.float64]


@dataclass(frozen=True)
class Turn:
    """What an agent's turn is to a customer.

    Attributes:
        moves: made in it.
        anti_moves: made in it.
        before: the customer's frustration just before, in [0, 1].
        bad_news: whether the systems showed some.
    """

    moves: frozenset[str]
    anti_moves: frozenset[str]
    before: float
    bad_news: bool = False

    def row(self) -> _Array:
        """Returns it as numbers, shape ``(len(FEATURES),)``."""
        made = [float(move in self.moves) for move in MOVES]
        bad = [float(move in self.anti_moves) for move in ANTI]
        answered = float(bool(self.moves & ANSWERING))
        return np.array([*made, *bad, answered, float(self.bad_news), self.before])


@dataclass(frozen=True)
class Observed:
    """A turn of a SESSION and the change after it; see :class:`Turn`."""

    session: str
    turn: Turn
    change: float


@dataclass(frozen=True)
class Coefficient:
    """What one thing adds to a customer's frustration, with its 95 % interval.

    Attributes:
        name: of :data:`FEATURES`, or ``constant``.
        mean: in units of frustration, which lies in [0, 1].
        low: the interval's lower end.
        high: its upper end.
        turns: in how many turns it was seen; for ``before`` and the constant, all of them.
    """

    name: str
    mean: float
    low: float
    high: float
    turns: int


@dataclass(frozen=True)
class Reactions:
    """The estimate.

    Attributes:
        coefficients: by :data:`FEATURES`, then the constant.
        residuals: what was left unexplained; chance is drawn from it.
        penalty: of the ridge.
        explained: share of the variance explained in SESSIONS left out (R²).
        turns: from how many turns.
        sessions: of how many SESSIONS.
    """

    coefficients: tuple[Coefficient, ...]
    residuals: tuple[float, ...]
    penalty: float
    explained: float
    turns: int
    sessions: int

    def expected(self, turn: Turn) -> float:
        """Returns the change of frustration to be expected."""
        weights = np.array([c.mean for c in self.coefficients])
        return float(turn.row() @ weights[:-1] + weights[-1])

    def after(self, turn: Turn, strength: float, random: np.random.Generator) -> float:
        """Returns a customer's frustration after a turn, in [0, 1].

        Args:
            turn: the agent's.
            strength: how strongly this customer reacts; 1 is usual.
            random: where chance comes from; one number is drawn.
        """
        noise = self.residuals[int(random.integers(len(self.residuals)))]
        return float(np.clip(turn.before + strength * (self.expected(turn) + noise), 0, 1))

    def as_dict(self) -> dict[str, Any]:
        """Returns it for a file, without the residuals."""
        return {
            "penalty": self.penalty,
            "explained": round(self.explained, 3),
            "turns": self.turns,
            "sessions": self.sessions,
            "residual_deviation": round(float(np.std(self.residuals)), 4),
            "coefficients": {
                c.name: {"mean": c.mean, "low": c.low, "high": c.high, "turns": c.turns}
                for c in self.coefficients
            },
        }


def observed(sessions: Iterable[Session], goals: Collection[str]) -> list[Observed]:
    """Returns the agents' turns of SESSIONS that may teach, exemplary and ordinary ones."""
    return [
        Observed(
            shown.session,
            Turn(
                frozenset(shown.moves),
                frozenset(shown.anti_moves),
                shown.before,
                any(value in BAD_NEWS for _, value in shown.facts),
            ),
            shown.after - shown.before,
        )
        for session in sessions
        if session.teaches
        for shown in evidence_of(session, goals)
        if shown.after is not None
    ]


def estimate(turns: Sequence[Observed], seed: int = 0) -> Reactions:
    """Estimates reactions.

    Args:
        turns: of SESSIONS.
        seed: of the bootstrap and the folds.

    Raises:
        ExemplarError: there are too few.
    """
    if len(turns) < FEWEST:
        raise ExemplarError(
            f"{len(turns)} turns of SESSIONS cannot show how customers react; at least {FEWEST} are needed."
        )
    rows = np.stack([one.turn.row() for one in turns])
    changes = np.array([one.change for one in turns])
    names = sorted({one.session for one in turns})
    where = {name: number for number, name in enumerate(names)}
    group = np.array([where[one.session] for one in turns])
    random = np.random.default_rng(seed)
    fold = random.permutation(len(names))[group] % _FOLDS
    left = {penalty: _left_out(rows, changes, fold, penalty) for penalty in _PENALTIES}
    penalty = min(left, key=lambda one: left[one])
    weights = _ridge(rows, changes, np.ones(len(turns)), penalty)
    drawn = np.stack(
        [
            _ridge(rows, changes, random.poisson(1.0, len(names))[group].astype(float), penalty)
            for _ in range(REPLICATES)
        ]
    )
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    seen = [*(rows[:, :-1] > 0).sum(0), len(turns), len(turns)]
    coefficients = tuple(
        Coefficient(
            name,
            round(float(weights[n]), 4),
            round(float(low[n]), 4),
            round(float(high[n]), 4),
            int(seen[n]),
        )
        for n, name in enumerate((*FEATURES, "constant"))
    )
    residuals = changes - rows @ weights[:-1] - weights[-1]
    return Reactions(
        coefficients,
        tuple(round(float(r), 4) for r in residuals),
        penalty,
        1 - left[penalty] / float(np.var(changes)),
        len(turns),
        len(names),
    )


def _ridge(rows: _Array, changes: _Array, weights: _Array, penalty: float) -> _Array:
    """Returns the coefficients and, last, the constant, which is not penalized."""
    total = max(weights.sum(), 1.0)
    mean, level = weights @ rows / total, weights @ changes / total
    centred = rows - mean
    gram = centred.T @ (centred * weights[:, None]) + penalty * np.eye(rows.shape[1])
    found = np.linalg.solve(gram, centred.T @ (weights * (changes - level)))
    return np.array([*found, level - mean @ found])


def _left_out(rows: _Array, changes: _Array, fold: _Array, penalty: float) -> float:
    """Returns the mean squared error on SESSIONS that the estimate has not seen."""
    errors = np.empty(len(changes))
    for one in np.unique(fold):
        apart = fold == one
        weights = _ridge(rows, changes, (~apart).astype(float), penalty)
        errors[apart] = changes[apart] - rows[apart] @ weights[:-1] - weights[-1]
    return float(np.mean(errors**2))
