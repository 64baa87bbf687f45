"""Support vector machines that err in different places, heard together."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import scipy.sparse
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from exemplar.emotion.base import FloatArray

#: How much MiniLM's unit vectors weigh against the unit vectors of the two kinds of n-grams.
DENSE_WEIGHT: Final = 3.0
#: So exactly the machines are fitted; more changes hardly an answer, and takes half as long again.
_EXACT: Final = 1e-2
_TEMPERATURES: Final = tuple(float(t) for t in np.geomspace(1, 30, 24))


class Machines:
    """Two linear support vector machines, on everything and on words and letters alone, heard together.

    Margins are made into probabilities by a softmax whose temperature is fitted on a left-out part (Guo et
    al., ICML 2017), unless it is given; the mean of both counts.
    """

    def __init__(
        self,
        dense: FloatArray,
        sparse: scipy.sparse.csr_matrix,
        labels: npt.NDArray[Any],
        temperature: float | None = None,
    ) -> None:
        """Learns labels.

        Args:
            dense: sentence vectors, shape ``(n, d)``, unit length.
            sparse: n-grams, shape ``(n, m)``.
            labels: of the n messages.
            temperature: the factor on the margins; None: fitted.
        """
        everything = joined(dense * DENSE_WEIGHT, sparse)
        self._temperature = temperature or _fit_temperature(everything, sparse, labels)
        self._everything = _machine().fit(everything, labels)
        self._words = _machine().fit(sparse, labels)
        self.classes = self._everything.classes_

    def probabilities(
        self, dense: FloatArray, sparse: scipy.sparse.csr_matrix
    ) -> npt.NDArray[np.float64]:
        """Returns how likely each of ``classes`` is, shape ``(n, len(classes))``; rows sum to one."""
        everything = joined(dense * DENSE_WEIGHT, sparse)
        voices = [
            softmax(_margins(self._everything, everything) * self._temperature),
            softmax(_margins(self._words, sparse) * self._temperature),
        ]
        return np.mean(voices, axis=0)


def joined(dense: FloatArray, sparse: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
    """Returns vectors and n-grams side by side."""
    return scipy.sparse.hstack([scipy.sparse.csr_matrix(dense), sparse]).tocsr()


def _machine() -> LinearSVC:
    return LinearSVC(C=0.5, tol=_EXACT, random_state=0)


def _margins(machine: LinearSVC, features: scipy.sparse.csr_matrix) -> npt.NDArray[np.float64]:
    """Returns one margin a label; with two labels scikit-learn gives only the second's."""
    margins = machine.decision_function(features)
    return margins if margins.ndim == 2 else np.stack([-margins, margins], axis=1)


def _fit_temperature(
    everything: scipy.sparse.csr_matrix, words: scipy.sparse.csr_matrix, labels: npt.NDArray[Any]
) -> float:
    """Returns the factor on the margins under which the mean of both best fits a left-out third."""
    fewest = min(np.unique(labels, return_counts=True)[1])
    if fewest < 3:
        return _TEMPERATURES[len(_TEMPERATURES) // 3]
    learn, held = next(StratifiedKFold(3, shuffle=True, random_state=0).split(everything, labels))
    machines = [
        (_machine().fit(one[learn], labels[learn]), one[held]) for one in (everything, words)
    ]
    margins = [_margins(machine, features) for machine, features in machines]
    right = np.searchsorted(machines[0][0].classes_, labels[held])

    def loss(temperature: float) -> float:
        mean = np.mean([softmax(one * temperature) for one in margins], axis=0)
        return float(-np.log(mean[np.arange(len(right)), right] + 1e-12).mean())

    return min(_TEMPERATURES, key=loss)


def softmax(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Returns scores as shares that sum to one in each row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
