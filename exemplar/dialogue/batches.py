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
    if not turns:
        return list(_as_rasa_does(features))
    placed = [_placed(turn) for turn in turns]
    rows, columns, values = (np.concatenate(part) for part in zip(*placed, strict=True))
    turn = np.repeat(np.arange(len(turns)), [len(found) for *_, found in placed])
    shape = (len(turns), max(turn.shape[0] for turn in turns), turns[0].shape[-1])
    return [
        np.stack([turn, rows, columns], axis=1).astype(np.int64),
        values.astype(np.float32),
        np.array(shape, np.int64),
    ]


def _placed(turn: Any) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """Returns rows, columns and values of a sparse matrix; scipy's own way takes ten times as long."""
    if scipy.sparse.isspmatrix_csr(turn):
        return np.repeat(np.arange(turn.shape[0]), np.diff(turn.indptr)), turn.indices, turn.data
    listed = turn.tocoo(copy=False)
    return listed.row, listed.col, listed.data
