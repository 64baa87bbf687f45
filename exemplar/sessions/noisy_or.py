"""Learning from turns what a sentence does, where labels say only what the turn does.

A turn makes a move if at least one of its sentences makes it. With a logistic model of sentences, the
turn makes it with probability 1 - Π (1 - p), the noisy-or; it is differentiable, and so the model of
sentences is fitted to the labels of turns (multiple-instance learning: Zhang, Platt and Viola, NIPS 2005).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit

from exemplar.emotion.base import FloatArray

#: Strength of the penalty on weights, and steps: both keep a few hundred turns from being learned by heart.
_PENALTY: Final = 1.5
_STEPS: Final = 50
#: Where the search begins: a sentence makes few of the moves.
_SELDOM: Final = -2.5
#: How far rare moves are weighed up: 0 is not at all, 1 is until both answers weigh the same.
_EVEN: Final = 0.5


@dataclass(frozen=True)
class Sentences:
    """Sentences as a model sees them.

    Attributes:
        dense: what the encoder gives and what surrounds them, shape ``(sentences, features)``.
        words: sparse, shape ``(sentences, vocabulary)``.
        turn: the number of each sentence's turn, ascending, shape ``(sentences,)``.
    """

    dense: FloatArray
    words: Any
    turn: Any


@dataclass(frozen=True)
class NoisyOr:
    """A logistic model of sentences. Made by :meth:`fit`.

    Attributes:
        dense: weights, shape ``(features, moves)``.
        words: weights, shape ``(vocabulary, moves)``.
        bias: shape ``(moves,)``.
    """

    dense: FloatArray
    words: FloatArray
    bias: FloatArray

    @classmethod
    def fit(cls, seen: Sentences, made: Any) -> NoisyOr:
        """Fits a model to what turns do.

        Args:
            seen: the sentences of the turns.
            made: whether each turn makes each move, booleans of shape ``(turns, moves)``.
        """
        turns, moves = made.shape
        size, vocabulary = seen.dense.shape[1], seen.words.shape[1]
        ones = np.ones(len(seen.turn), np.float32)
        together = csr_matrix((ones, (seen.turn, np.arange(len(ones)))), shape=(turns, len(ones)))
        apart, across, back = together.T.tocsr(), seen.dense.T, seen.words.T.tocsr()
        share = np.clip(made.mean(axis=0), 1 / turns, 1 - 1 / turns)
        weight = np.where(made, ((1 - share) / share) ** _EVEN, 1.0).astype(np.float32)
        penalty = np.full((size + vocabulary + 1, 1), _PENALTY)
        penalty[-1] = 0.0

        def loss(flat: Any) -> tuple[float, Any]:
            """Returns the loss and its gradient; -log of the noisy-or's complement is a plain sum."""
            weights = flat.reshape(-1, moves)
            model = cls._of(weights, size)
            logits = model.logits(seen)
            none = np.maximum(together @ np.logaddexp(0, logits), 1e-6)
            some = np.maximum(-np.expm1(-none), 1e-6)
            cost = np.where(made, -np.log(some), none) * weight
            slope = np.where(made, -np.exp(-none) / some, 1.0) * weight
            steep = ((apart @ slope) * expit(logits)).astype(np.float32)
            gradient = np.concatenate([across @ steep, back @ steep, steep.sum(axis=0)[None]])
            total = cost.sum(dtype=float) + 0.5 * (penalty * weights**2).sum()
            return float(total), (gradient + penalty * weights).ravel().astype(float)

        start = np.zeros((size + vocabulary + 1, moves))
        start[-1] = _SELDOM
        options = {"maxiter": _STEPS, "maxcor": 6, "ftol": 1e-4}
        found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options=options)
        return cls._of(found.x.reshape(-1, moves), size)

    @classmethod
    def _of(cls, weights: Any, size: int) -> NoisyOr:
        narrow = weights.astype(np.float32)
        return cls(narrow[:size], narrow[size:-1], narrow[-1])

    def logits(self, seen: Sentences) -> FloatArray:
        """Returns how clearly each sentence makes each move, shape ``(sentences, moves)``."""
        return np.asarray(seen.dense @ self.dense + seen.words @ self.words + self.bias)


def of_turns(logits: FloatArray, turn: Any, turns: int) -> FloatArray:
    """Returns the noisy-or of each turn's sentences.

    Args:
        logits: of sentences, shape ``(sentences, moves)``.
        turn: the number of each sentence's turn, shape ``(sentences,)``.
        turns: how many there are.

    Returns:
        Each move's probability in each turn, shape ``(turns, moves)``.
    """
    none = np.zeros((turns, logits.shape[1]))
    np.add.at(none, turn, np.logaddexp(0, logits))
    return np.asarray(-np.expm1(-none))
