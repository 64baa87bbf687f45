"""Intents of which there are few phrases: what needs few, heard together."""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import scipy.sparse
from sklearn.linear_model import LogisticRegression

from exemplar.emotion.base import DIMENSIONS, FloatArray
from exemplar.nlu.machines import DENSE_WEIGHT, joined, softmax

#: The nearest examples of an intent that speak for it, how much likeness to its name counts beside
#: theirs, and how sharply likeness decides.
_NEAREST: Final = 2
_NAME: Final = 0.2
_SHARPNESS: Final = 25.0
#: How far confidences are softened: where all are sure of nothing, what belongs to no intent is told better.
_SOFTENED: Final = 1.5
_SEAMS: Final = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z])")


class Committee:
    """Logistic regression and the nearest examples, by the geometric mean of what both say.

    Vectors come from two encoders, which err in different places: the one that reads emotion, and the one
    that was tuned to what customers do and ask. An intent's name is an example of it.
    """

    def __init__(
        self,
        dense: FloatArray,
        sparse: scipy.sparse.csr_matrix,
        intents: npt.NDArray[Any],
        named: tuple[npt.NDArray[Any], FloatArray, scipy.sparse.csr_matrix],
    ) -> None:
        """Learns intents.

        Args:
            dense: the two encoders' sentence vectors side by side, each of unit length, shape ``(n, 768)``.
            sparse: n-grams, shape ``(n, m)``.
            intents: of the n phrases.
            named: each intent once, in order, and ``dense`` and ``sparse`` of :func:`in_words` of its name.
        """
        self.classes, names, names_sparse = named
        self._regression = LogisticRegression(C=20, max_iter=500)
        self._regression.fit(
            scipy.sparse.vstack([_exactly(dense, sparse), _exactly(names, names_sparse)]),
            np.concatenate([intents, self.classes]),
        )
        self._names = _halves(names)
        self._known = [_halves(dense[intents == intent]) for intent in self.classes]

    def probabilities(
        self, dense: FloatArray, sparse: scipy.sparse.csr_matrix
    ) -> npt.NDArray[np.float64]:
        """Returns how likely each of ``classes`` is, shape ``(n, len(classes))``; rows sum to one."""
        regressed = np.log(self._regression.predict_proba(_exactly(dense, sparse)) + 1e-9)
        alike = [
            np.log(softmax(self._likeness(half, encoder) * _SHARPNESS) + 1e-9)
            for encoder, half in enumerate(_halves(dense))
        ]
        return softmax((regressed + np.mean(alike, axis=0)) / 2 / _SOFTENED)

    def _likeness(self, asked: FloatArray, encoder: int) -> npt.NDArray[np.float64]:
        near = [
            np.sort(asked @ known[encoder].T, axis=1)[:, -_NEAREST:].mean(axis=1)
            for known in self._known
        ]
        return (np.stack(near, axis=1) + _NAME * asked @ self._names[encoder].T).astype(np.float64)


def in_words(name: str) -> str:
    """Returns an intent's name as one would say it: "ORDER_STATUS" and "orderStatus" are "order status"."""
    return " ".join(part.lower() for part in _SEAMS.split(name) if part)


def _halves(rows: FloatArray) -> tuple[FloatArray, FloatArray]:
    return rows[:, :DIMENSIONS], rows[:, DIMENSIONS:]


def _exactly(dense: FloatArray, sparse: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
    # In single precision the regression of a few hundred phrases ends where it is not yet done.
    return joined(dense * DENSE_WEIGHT, sparse.astype(np.float64))
