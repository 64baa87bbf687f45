"""MiniLM in TensorFlow, to be trained. The assistant itself runs it in ONNX Runtime."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from exemplar.emotion.base import ATTENTION_HEADS, DIMENSIONS, EPSILON, LAYERS, FloatArray

_DROPOUT: Final = 0.1
_BIG: Final = 1e4


class Network:
    """BERT's encoder (Devlin et al., NAACL 2019) over MiniLM's tensors.

    Word, position and segment embeddings stay as they are: half of the weights, and what words mean on
    their own is not what emotion changes. Matrices multiply in bfloat16 (twice as fast where the processor
    has it, at no loss that could be measured); all else, and the weights, are float32.
    """

    def __init__(self, weights: Mapping[str, FloatArray], *, halved: bool = True) -> None:
        """Takes the tensors under their names in the safetensors file.

        Args:
            weights: the tensors.
            halved: whether matrices multiply in bfloat16; a processor without it takes twice as long so.
        """
        self._precision = tf.bfloat16 if halved else tf.float32
        self._tensors: dict[str, Any] = {
            name: tf.Variable(tensor, name=name) if _learns(name) else tf.constant(tensor)
            for name, tensor in weights.items()
        }
        self.variables: list[tf.Variable] = [
            tensor for tensor in self._tensors.values() if isinstance(tensor, tf.Variable)
        ]

    def weights(self) -> dict[str, FloatArray]:
        """Returns the tensors as they are now."""
        return {name: np.asarray(tensor, np.float32) for name, tensor in self._tensors.items()}

    def __call__(self, ids: tf.Tensor, mask: tf.Tensor, *, training: bool) -> tf.Tensor:
        """Returns vectors ``(batch, length, 384)``.

        Args:
            ids: word pieces with [CLS] and [SEP], int32 ``(batch, length)``.
            mask: 1 where there is a word piece and 0 where there is none, float32 of that shape.
            training: whether to drop out.
        """
        t = self._tensors
        hidden = (
            tf.gather(t["embeddings.word_embeddings.weight"], ids)
            + t["embeddings.position_embeddings.weight"][None, : tf.shape(ids)[1]]
            + t["embeddings.token_type_embeddings.weight"][0]
        )
        hidden = _drop(self._normalize(hidden, "embeddings"), training)
        bias = (mask - 1)[:, None, None, :] * _BIG
        for number in range(LAYERS):
            layer = f"encoder.layer.{number}"
            attended = self._attend(hidden, bias, f"{layer}.attention", training)
            hidden = self._normalize(hidden + attended, f"{layer}.attention.output")
            widened = tf.nn.gelu(self._dense(hidden, f"{layer}.intermediate.dense"))
            narrowed = _drop(self._dense(widened, f"{layer}.output.dense"), training)
            hidden = self._normalize(hidden + narrowed, f"{layer}.output")
        return hidden

    def _attend(self, hidden: tf.Tensor, bias: tf.Tensor, name: str, training: bool) -> tf.Tensor:
        batch, length, width = tf.shape(hidden)[0], tf.shape(hidden)[1], DIMENSIONS
        one = width // ATTENTION_HEADS

        def heads(part: str) -> tf.Tensor:
            split = tf.reshape(
                self._dense(hidden, f"{name}.self.{part}"), (batch, length, ATTENTION_HEADS, one)
            )
            return tf.transpose(split, (0, 2, 1, 3))

        query, key, value = heads("query"), heads("key"), heads("value")
        shares = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) / one**0.5 + bias)
        mixed = tf.matmul(_drop(shares, training), value)
        joined = tf.reshape(tf.transpose(mixed, (0, 2, 1, 3)), (batch, length, width))
        return _drop(self._dense(joined, f"{name}.output.dense"), training)

    def _dense(self, hidden: tf.Tensor, name: str) -> tf.Tensor:
        matrix, bias = self._tensors[f"{name}.weight"], self._tensors[f"{name}.bias"]
        shape = tf.shape(hidden)
        rows = tf.cast(tf.reshape(hidden, (-1, matrix.shape[1])), self._precision)
        product = tf.matmul(rows, tf.cast(matrix, self._precision), transpose_b=True)
        return tf.reshape(
            tf.cast(product, tf.float32) + bias, (shape[0], shape[1], matrix.shape[0])
        )

    def _normalize(self, hidden: tf.Tensor, name: str) -> tf.Tensor:
        scale = self._tensors[f"{name}.LayerNorm.weight"]
        shift = self._tensors[f"{name}.LayerNorm.bias"]
        mean, variance = tf.nn.moments(hidden, -1, keepdims=True)
        return (hidden - mean) * (tf.math.rsqrt(variance + EPSILON) * scale) + shift


def pool(hidden: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """Returns mean and maximum over each text's word pieces, without [CLS] and [SEP], ``(batch, 768)``."""
    length = tf.shape(mask)[1]
    last = tf.one_hot(tf.cast(tf.reduce_sum(mask, 1), tf.int32) - 1, length)
    inside = (mask * (1 - tf.one_hot(tf.zeros_like(mask[:, 0], tf.int32), length)) - last)[
        :, :, None
    ]
    count = tf.reduce_sum(inside, 1)
    mean = tf.reduce_sum(hidden * inside, 1) / tf.maximum(count, 1)
    highest = tf.reduce_max(hidden + (inside - 1) * _BIG, 1)
    return tf.concat([mean, tf.where(count > 0, highest, 0.0)], 1)


def padded(rows: list[npt.NDArray[np.int32]]) -> tuple[npt.NDArray[np.int32], FloatArray]:
    """Returns word pieces and mask of one batch, both ``(len(rows), longest)``."""
    length = max(map(len, rows))
    ids = np.zeros((len(rows), length), np.int32)
    mask = np.zeros((len(rows), length), np.float32)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return ids, mask


def _drop(tensor: tf.Tensor, training: bool) -> tf.Tensor:
    return tf.nn.dropout(tensor, _DROPOUT) if training else tensor


def _learns(name: str) -> bool:
    return name.startswith(("encoder.", "embeddings.LayerNorm."))
