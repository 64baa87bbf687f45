"""One run of gradient descent over encoder and heads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from exemplar.emotion.base import DIMENSIONS, FloatArray
from exemplar.emotion.features import SIZE, SURFACE
from exemplar.emotion.heads import HIDDEN, Heads
from exemplar.emotion.network import Network, padded, pool
from exemplar.emotion.taxonomy import EMOTIONS, GOEMOTIONS

IndexArray = npt.NDArray[np.int64]

_BATCH: Final = 32
#: Batches' worth of texts that are sorted by length together: little padding, and still shuffled.
_SORTED: Final = 50
_DROPOUT: Final = 0.2
#: Peak learning rates of the encoder and of the heads, and the share of steps that lead up to them.
_ENCODER_RATE: Final = 1e-4
_HEADS_RATE: Final = 1e-3
_WARMUP: Final = 0.06
_LARGEST_GRADIENT: Final = 5.0
#: How much it counts to keep the topic, against the emotions.
_TOPIC_WEIGHT: Final = 4.0
_FEELINGS: Final = len(EMOTIONS) + 1


@dataclass(frozen=True)
class Examples:
    """Texts and what is to be said of each, a row a text.

    Attributes:
        pieces: word pieces with [CLS] and [SEP].
        surfaces: see :func:`exemplar.emotion.features.surface`, ``(n, 6)``.
        topics: what the base model says, unit length, ``(n, 384)``.
        fine: probabilities of the 28 labels, ``(n, 28)``.
        feelings: probabilities of the nine emotions and of frustration, ``(n, 10)``.
        fine_weight, feelings_weight: how much these count, ``(n,)``; zero where nothing is known.
    """

    pieces: list[npt.NDArray[np.int32]]
    surfaces: FloatArray
    topics: FloatArray
    fine: FloatArray
    feelings: FloatArray
    fine_weight: FloatArray
    feelings_weight: FloatArray

    def __len__(self) -> int:
        return len(self.pieces)


class Fitted:
    """A network and its heads, trained or about to be."""

    def __init__(self, weights: Mapping[str, FloatArray]) -> None:
        """Starts from the base model's tensors and random heads."""

        def matrix(*shape: int) -> Any:
            return tf.Variable(tf.random.normal(shape, stddev=0.02))

        self.network = Network(weights)
        self.heads = {
            "goemotions": matrix(SIZE, len(GOEMOTIONS)),
            "goemotions_bias": tf.Variable(tf.fill([len(GOEMOTIONS)], -3.0)),
            "hidden": matrix(SIZE, HIDDEN),
            "hidden_bias": tf.Variable(tf.zeros([HIDDEN])),
            "feelings": matrix(HIDDEN, _FEELINGS),
            "feelings_bias": tf.Variable(tf.fill([_FEELINGS], -2.0)),
        }
        self.topic = tf.Variable(tf.eye(DIMENSIONS))

    def __call__(
        self, ids: Any, mask: Any, surfaces: Any, *, training: bool
    ) -> tuple[Any, Any, Any]:
        """Returns logits of the 28 and of the feelings, and the topic, of one batch."""
        h = self.heads
        pooled = pool(self.network(ids, mask, training=training), mask)
        features = tf.concat([pooled, surfaces], 1)
        if training:
            features = tf.nn.dropout(features, _DROPOUT)
        hidden = tf.nn.relu(features @ h["hidden"] + h["hidden_bias"])
        if training:
            hidden = tf.nn.dropout(hidden, _DROPOUT)
        return (
            features @ h["goemotions"] + h["goemotions_bias"],
            hidden @ h["feelings"] + h["feelings_bias"],
            tf.linalg.l2_normalize(pooled[:, :DIMENSIONS] @ self.topic, 1),
        )

    def fine(self, examples: Examples, rows: IndexArray) -> FloatArray:
        """Returns logits of the 28 labels, ``(len(rows), 28)``."""

        @tf.function(input_signature=_signature(None, SURFACE))
        def run(ids: Any, mask: Any, surfaces: Any) -> Any:
            return self(ids, mask, surfaces, training=False)[0]

        logits = np.zeros((len(rows), len(GOEMOTIONS)), np.float32)
        order = np.argsort([len(examples.pieces[row]) for row in rows], kind="stable")
        for first in range(0, len(order), 2 * _BATCH):
            some = order[first : first + 2 * _BATCH]
            ids, mask = padded([examples.pieces[row] for row in rows[some]])
            logits[some] = run(ids, mask, examples.surfaces[rows[some]]).numpy()
        return logits

    def trained_heads(self) -> Heads:
        """Returns the heads as they are now."""
        trained = {name: np.asarray(value) for name, value in self.heads.items()}
        return Heads(**trained, lexicon=np.zeros(len(GOEMOTIONS), np.float32))


def fit(
    examples: Examples,
    rows: IndexArray,
    weights: Mapping[str, FloatArray],
    *,
    epochs: int,
    seed: int,
    progress: Callable[[float], None],
) -> Fitted:
    """Trains encoder and heads.

    Args:
        examples: everything that is known.
        rows: which of them are learned from.
        weights: the base model's tensors.
        epochs: how often each is seen.
        seed: of weights, order and dropout.
        progress: told the share done, in [0, 1].
    """
    tf.keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    fitted = Fitted(weights)
    of_encoder = fitted.network.variables
    of_heads = [*fitted.heads.values(), fitted.topic]
    for_encoder = tf.keras.optimizers.legacy.Adam(beta_2=0.98)
    for_heads = tf.keras.optimizers.legacy.Adam()
    wrong = tf.nn.sigmoid_cross_entropy_with_logits

    @tf.function(
        input_signature=_signature(None, SURFACE, len(GOEMOTIONS), _FEELINGS, 2, DIMENSIONS)
    )
    def step(
        ids: Any, mask: Any, surfaces: Any, fine: Any, feelings: Any, weight: Any, topics: Any
    ) -> None:
        with tf.GradientTape() as tape:
            said_fine, said_feelings, topic = fitted(ids, mask, surfaces, training=True)
            loss = tf.reduce_mean(
                weight[:, 0] * tf.reduce_sum(wrong(fine, said_fine), 1)
                + weight[:, 1] * tf.reduce_sum(wrong(feelings, said_feelings), 1)
                + _TOPIC_WEIGHT * (1 - tf.reduce_sum(topic * topics, 1))
            )
        gradients = tape.gradient(loss, of_encoder + of_heads)
        gradients, _ = tf.clip_by_global_norm(gradients, _LARGEST_GRADIENT)
        count = len(of_encoder)
        for_encoder.apply_gradients(list(zip(gradients[:count], of_encoder)))  # noqa: B905
        for_heads.apply_gradients(list(zip(gradients[count:], of_heads)))  # noqa: B905

    steps = epochs * -(-len(rows) // _BATCH)
    done = 0
    for _ in range(epochs):
        for batch in _batches(rows, examples, rng):
            pace = min((done + 1) / (_WARMUP * steps), (steps - done) / ((1 - _WARMUP) * steps))
            for_encoder.learning_rate.assign(_ENCODER_RATE * pace)
            for_heads.learning_rate.assign(_HEADS_RATE * pace)
            ids, mask = padded([examples.pieces[row] for row in batch])
            step(
                ids,
                mask,
                examples.surfaces[batch],
                examples.fine[batch],
                examples.feelings[batch],
                np.stack([examples.fine_weight[batch], examples.feelings_weight[batch]], axis=1),
                examples.topics[batch],
            )
            done += 1
            if done % 20 == 0:
                progress(done / steps)
    progress(1.0)
    return fitted


def _batches(
    rows: IndexArray, examples: Examples, rng: np.random.Generator
) -> Iterator[IndexArray]:
    order = rng.permutation(rows)
    batches = []
    for first in range(0, len(order), _SORTED * _BATCH):
        chunk = order[first : first + _SORTED * _BATCH]
        chunk = chunk[np.argsort([len(examples.pieces[row]) for row in chunk], kind="stable")]
        batches += [chunk[at : at + _BATCH] for at in range(0, len(chunk), _BATCH)]
    return (batches[number] for number in rng.permutation(len(batches)))


def _signature(*sizes: int | None) -> list[Any]:
    """Returns the types of word pieces, mask, and further arrays of so many columns."""
    return [
        tf.TensorSpec((None, None), tf.int32),
        *(tf.TensorSpec((None, size), tf.float32) for size in sizes),
    ]
