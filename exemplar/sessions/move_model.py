"""Which moves an agent's turn makes: a model of sentences, taught by the labels of turns.

Trained from the SESSIONS that people or their authors labelled, each time it is needed, which takes a minute
or two; and so nothing is left of a SESSION that was withdrawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GroupKFold

from exemplar.emotion.base import FloatArray
from exemplar.emotion.encoder import Encoder, shared_encoder
from exemplar.errors import ExemplarError
from exemplar.moves import MOVES
from exemplar.sessions.move_features import AgentTurn, Seen, see, sentences, with_neighbours
from exemplar.sessions.noisy_or import NoisyOr, Sentences, of_turns
from exemplar.sessions.scenes import Scene

__all__ = ["FEWEST", "AgentTurn", "MoveModel", "Reading", "sentences"]

#: Fewer labelled turns teach nothing that holds.
FEWEST: Final = 60
#: A move that fewer labelled turns make is not learned.
_RARE: Final = 4
#: Parts of the labelled SESSIONS on which thresholds are chosen, each by a model that has not seen it.
_FOLDS: Final = 5
#: How much the encoder's features (all together), echoes and words weigh; chosen on SESSIONS left out.
_MEANT: Final = 3.0
_ECHOED: Final = 0.3
_SAID: Final = 4.0


@dataclass(frozen=True)
class Reading:
    """The moves read in a turn.

    Attributes:
        moves: in the order in which they are made.
        confidence: of the least sure decision for or against a move, in [0, 1].
        scores: each move's probability.
    """

    moves: tuple[str, ...]
    confidence: float
    scores: dict[str, float]


class MoveModel:
    """Reads moves. Made by :meth:`train`."""

    def __init__(self, encoder: Encoder | None = None) -> None:
        """Takes the process's encoder unless another is given."""
        self._encoder = encoder or shared_encoder()
        #: Whole words and their order.
        self._words = TfidfVectorizer(
            ngram_range=(1, 3), min_df=2, sublinear_tf=True, token_pattern=r"[\w']+|[?!:]"
        )
        self._own = self._echo = (np.zeros(1, np.float32), np.ones(1, np.float32))
        self._learned = np.zeros(len(MOVES), bool)
        self._model: NoisyOr | None = None
        self.thresholds: dict[str, float] = {}

    @classmethod
    def train(
        cls,
        turns: Sequence[AgentTurn],
        moves: Sequence[Sequence[str]],
        sessions: Sequence[str],
        encoder: Encoder | None = None,
        scenes: Sequence[Scene] = (),
    ) -> MoveModel:
        """Trains on labelled turns.

        Args:
            turns: of agents.
            moves: of each.
            sessions: the id of each turn's SESSION: thresholds are chosen on other SESSIONS than those
                that a model was fitted to.
            encoder: the process's unless given.
            scenes: turns whose parts are labelled, which teach beside them. No threshold is chosen on
                them: they show rare moves far more often than conversations do.

        Raises:
            ExemplarError: there are too few.
        """
        if len(turns) < FEWEST or len(set(sessions)) < _FOLDS:
            raise ExemplarError(
                f"{len(turns)} labelled turns of agents are too few to learn moves from: label {FEWEST} in "
                f"at least {_FOLDS} SESSIONS."
            )
        model = cls(encoder)
        seen = see(model._encoder, [*turns, *(scene.turn for scene in scenes)])
        made = _table(moves)
        beside = np.arange(len(turns), len(turns) + len(scenes))
        played = _table([part for scene in scenes for part in scene.moves])
        apart = np.zeros(made.shape)
        for fitted, left in GroupKFold(_FOLDS).split(made, groups=list(sessions)):
            part = cls(model._encoder)
            part._fit(
                seen.of(np.concatenate([fitted, beside])), np.concatenate([made[fitted], played])
            )
            apart[left] = part._probabilities(seen.of(left), len(left))[0]
        for column, move in enumerate(MOVES):
            model.thresholds[move] = _best_threshold(apart[:, column], made[:, column])
        model._fit(seen, np.concatenate([made, played]))
        return model

    def read(self, turns: Sequence[AgentTurn]) -> list[Reading]:
        """Returns the moves of turns."""
        if not turns:
            return []
        seen = see(self._encoder, turns)
        scores, clear = self._probabilities(seen, len(turns))
        return [self._reading(row, clear[seen.turn == number]) for number, row in enumerate(scores)]

    def _reading(self, row: FloatArray, clear: FloatArray) -> Reading:
        """Returns the reading of a turn.

        Args:
            row: each move's probability, shape ``(moves,)``.
            clear: how clearly each sentence makes each, shape ``(sentences, moves)``.
        """
        cut = np.array([self.thresholds[move] for move in MOVES])
        found = np.flatnonzero(row >= cut)
        if not len(found):
            # Every turn does something: what comes nearest.
            found = np.array([np.argmax(row - cut)])
        # In the order of the sentences that make them most clearly.
        ordered = sorted(found, key=lambda column: (int(np.argmax(clear[:, column])), column))
        sure = float(np.min(np.where(row >= cut, row, 1 - row)))
        return Reading(
            moves=tuple(MOVES[column] for column in ordered),
            confidence=sure,
            scores={move: round(float(score), 4) for move, score in zip(MOVES, row, strict=True)},
        )

    def _fit(self, seen: Seen, made: Any) -> None:
        self._words.fit(seen.texts)
        self._own, self._echo = _spread(seen.own), _spread(seen.echo)
        self._learned = made.sum(axis=0) >= _RARE
        self._model = NoisyOr.fit(self._sentences(seen), made)

    def _sentences(self, seen: Seen) -> Sentences:
        """Weighs the kinds of features against each other: a weight's penalty is the same for all."""
        own = _scaled(seen.own, self._own) * (_MEANT / np.sqrt(seen.own.shape[1]))
        echo = _scaled(seen.echo, self._echo) * _ECHOED
        near = with_neighbours(own, seen.turn)
        dense = np.concatenate([near, echo, seen.around], axis=1).astype(np.float32)
        words = (self._words.transform(seen.texts) * _SAID).astype(np.float32).tocsr()
        return Sentences(dense, words, seen.part)

    def _probabilities(self, seen: Seen, turns: int) -> tuple[FloatArray, FloatArray]:
        """Returns each move's probability in each turn, and how clearly each sentence makes it."""
        assert self._model is not None
        clear = self._model.logits(self._sentences(seen))
        return of_turns(clear, seen.turn, turns) * self._learned, clear


def _table(moves: Sequence[Sequence[str]]) -> Any:
    """Returns which move each of these makes, booleans of shape ``(moves given, all moves)``."""
    return np.array([[move in one for move in MOVES] for one in moves], bool).reshape(
        -1, len(MOVES)
    )


def _spread(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Returns mean and spread of each column; a column that says nothing must not be blown up."""
    return values.mean(axis=0), values.std(axis=0) + 1e-3


def _scaled(values: FloatArray, spread: tuple[FloatArray, FloatArray]) -> FloatArray:
    return (values - spread[0]) / spread[1]


def _best_threshold(scores: Any, made: Any) -> float:
    """Returns the threshold with the highest F1; one half where the move is too rare to tell."""
    if made.sum() < _RARE:
        return 0.5
    limits = np.linspace(0.02, 0.98, 97)
    f1 = [
        2 * (made & (scores >= limit)).sum() / max(1, made.sum() + (scores >= limit).sum())
        for limit in limits
    ]
    best = np.flatnonzero(np.isclose(f1, max(f1)))
    return float(limits[best[len(best) // 2]])
