"""Support vector machines that err in different places, heard together."""

from __future__ import annotations

from typing import Any, Final

import joblib
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


class Machine:
    """One linear support vector machine, as fitted.

    Single precision halves what it weighs, and the weights lie as a message's features meet them:
    scikit-learn would turn all of them at every message.
    """

    def __init__(self, features: scipy.sparse.csr_matrix, labels: npt.NDArray[Any]) -> None:
        """Learns labels from features, shape ``(n, m)``."""
        fitted = LinearSVC(C=0.5, tol=_EXACT, random_state=0).fit(features, labels)
        self.classes = fitted.classes_
        self._weights = np.ascontiguousarray(fitted.coef_.T, np.float32)
        self._bias = np.asarray(fitted.intercept_, np.float32)

    def margins(self, features: scipy.sparse.csr_matrix) -> npt.NDArray[np.float64]:
        """Returns how far each message is on each label's side, shape ``(n, len(classes))``."""
        margins = np.asarray(
            features.astype(np.float32) @ self._weights + self._bias, dtype=np.float64
        )
        # With two labels there is one column, the second's.
        return margins if margins.shape[1] > 1 else np.concatenate([-margins, margins], axis=1)


class Machines:
    """Two linear support vector machines, on everything and on words and letters alone, heard together.

    Margins are made into probabilities by a softmax whose temperature is fitted on a left-out part (Guo et
    al., ICML 2017); the mean of both counts.
    """

    def __init__(
        self, dense: FloatArray, sparse: scipy.sparse.csr_matrix, labels: npt.NDArray[Any]
    ) -> None:
        """Learns labels.

        Args:
            dense: sentence vectors, shape ``(n, d)``, unit length.
            sparse: n-grams, shape ``(n, m)``.
            labels: of the n messages.
        """
        everything = joined(dense * DENSE_WEIGHT, sparse)
        self._temperature = _fit_temperature(everything, sparse, labels)
        self._everything, self._words = _side_by_side([everything, sparse], labels)
        self.classes = self._everything.classes

    def probabilities(
        self, dense: FloatArray, sparse: scipy.sparse.csr_matrix
    ) -> npt.NDArray[np.float64]:
        """Returns how likely each of ``classes`` is, shape ``(n, len(classes))``; rows sum to one."""
        everything = joined(dense * DENSE_WEIGHT, sparse)
        voices = [
            softmax(self._everything.margins(everything) * self._temperature),
            softmax(self._words.margins(sparse) * self._temperature),
        ]
        return np.mean(voices, axis=0)


def joined(dense: FloatArray, sparse: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
    """Returns vectors and n-grams side by side."""
    return scipy.sparse.hstack([scipy.sparse.csr_matrix(dense), sparse]).tocsr()


def _side_by_side(kinds: list[scipy.sparse.csr_matrix], labels: npt.NDArray[Any]) -> list[Machine]:
    """Fits a machine on each kind of features, in processes of their own.

    In one process they would draw from one generator of random numbers, in any order.
    """
    # Features of many megabytes are handed over as files that may only be read; fitting sorts them.
    fitted: list[Machine] = joblib.Parallel(len(kinds), max_nbytes=None)(
        joblib.delayed(Machine)(one, labels) for one in kinds
    )
    return fitted


def _fit_temperature(
    everything: scipy.sparse.csr_matrix, words: scipy.sparse.csr_matrix, labels: npt.NDArray[Any]
) -> float:
    """Returns the factor on the margins under which the mean of both best fits a left-out third."""
    fewest = min(np.unique(labels, return_counts=True)[1])
    if fewest < 3:
        return _TEMPERATURES[len(_TEMPERATURES) // 3]
    learn, held = next(StratifiedKFold(3, shuffle=True, random_state=0).split(everything, labels))
    machines = _side_by_side([everything[learn], words[learn]], labels[learn])
    margins = [
        machine.margins(one[held])
        for machine, one in zip(machines, (everything, words), strict=True)
    ]
    right = np.searchsorted(machines[0].classes, labels[held])

    def loss(temperature: float) -> float:
        mean = np.mean([softmax(one * temperature) for one in margins], axis=0)
        return float(-np.log(mean[np.arange(len(right)), right] + 1e-12).mean())

    return min(_TEMPERATURES, key=loss)


def softmax(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Returns scores as shares that sum to one in each row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
