"""TED's batches, put together in a time that grows with their length and not with its square."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse
from rasa.utils.tensorflow.data_generator import RasaDataGenerator
from rasa.utils.tensorflow.feature_array import FeatureArray

_as_rasa_does = RasaDataGenerator._4d_scipy_matrix_to_values


def put_batches_together_fast() -> None:
    """Has TED's sparse features stacked at once; Rasa turns each into another form, at every epoch."""
    RasaDataGenerator._4d_scipy_matrix_to_values = staticmethod(stacked)  # type: ignore[method-assign]


def stacked(features: FeatureArray) -> list[npt.NDArray[Any]]:
    """Returns indices, values and shape of all turns of some dialogues.

    Args:
        features: a list of turns for each dialogue, each turn a sparse matrix of shape (words, features).

    Returns:
        Indices, shape ``(n, 3)``: turn, word, feature; values, shape ``(n,)``; and the shape of all:
        turns, most words of a turn, features.
    """
    turns = [turn for dialogue in features for turn in dialogue if turn.shape[0] > 0]
    if not turns or not all(map(scipy.sparse.isspmatrix_csr, turns)):
        return list(_as_rasa_does(features))
    words = np.array([turn.shape[0] for turn in turns])
    together = scipy.sparse.vstack(turns, format="csr").tocoo()
    begins = np.cumsum(words) - words
    turn = np.searchsorted(begins, together.row, side="right") - 1
    indices = np.stack([turn, together.row - begins[turn], together.col], axis=1)
    shape = np.array((len(turns), words.max(), turns[0].shape[-1]))
    return [indices.astype(np.int64), together.data.astype(np.float32), shape.astype(np.int64)]
