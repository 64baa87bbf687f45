"""Training the heads on GoEmotions and on labelled customer messages. The encoder stays as it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from exemplar.emotion.data import CustomerMessage, GoEmotionsComment
from exemplar.emotion.encoder import Encoder, FloatArray
from exemplar.emotion.features import features_of_many
from exemplar.emotion.heads import Heads
from exemplar.emotion.taxonomy import (
    EMOTION_OF_GOEMOTION,
    EMOTIONS,
    FRUSTRATED_GOEMOTIONS,
    GOEMOTIONS,
)

_HIDDEN: Final = 256
_EPOCHS: Final = 12
_BATCH: Final = 256
#: A comment from Reddit says less about a customer than a customer's message does.
_COMMENT_WEIGHT: Final = 0.25

#: Called with a share done in [0, 1] and what is being done.
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class _Targets:
    """What each head is to say of each message; a row of weight zero teaches that head nothing."""

    goemotions: FloatArray
    emotions: FloatArray
    frustration: FloatArray
    goemotions_weight: FloatArray
    customer_weight: FloatArray


def train_heads(
    comments: Sequence[GoEmotionsComment],
    messages: Sequence[CustomerMessage],
    *,
    encoder: Encoder,
    seed: int = 0,
    progress: Progress = lambda share, what: None,
) -> Heads:
    """Trains the heads.

    Args:
        comments: GoEmotions' training split.
        messages: customer messages with labels; may be empty.
        encoder: MiniLM, not changed.
        seed: the same seed and data give the same heads on the same machine.
        progress: told how far the training is.
    """
    messages = [*messages, *_punctuated_otherwise(messages)]
    texts = [*(c.text for c in comments), *(m.text for m in messages)]
    chunk = 512
    parts = []
    for first in range(0, len(texts), chunk):
        progress(0.6 * first / len(texts), "encoding")
        parts.append(features_of_many(encoder, texts[first : first + chunk]))
    return fit(np.concatenate(parts), _targets(comments, messages), seed=seed, progress=progress)


def _punctuated_otherwise(messages: Sequence[CustomerMessage]) -> list[CustomerMessage]:
    """Returns frustrated messages with a "!" they lack, and warm ones without theirs.

    People who write training sentences put "!" to joy; without these, a "!" would read as calm.
    """
    made = []
    for message in messages:
        bare = message.text.rstrip("!.… ")
        if not bare:
            continue
        if message.frustrated and "!" not in message.text:
            made.append(replace(message, text=f"{bare}!"))
        elif {"joy", "gratitude"} & set(message.emotions) and message.text.endswith("!"):
            made.append(replace(message, text=f"{bare}."))
    return made


def _targets(
    comments: Sequence[GoEmotionsComment], messages: Sequence[CustomerMessage]
) -> _Targets:
    n, m = len(comments), len(messages)
    goemotions = np.zeros((n + m, len(GOEMOTIONS)), np.float32)
    emotions = np.zeros((n + m, len(EMOTIONS)), np.float32)
    frustration = np.zeros((n + m, 1), np.float32)
    for row, comment in enumerate(comments):
        for label in comment.labels:
            goemotions[row, GOEMOTIONS.index(label)] = 1
            emotions[row, EMOTIONS.index(EMOTION_OF_GOEMOTION[label])] = 1
        if emotions[row, :-1].any():
            emotions[row, -1] = 0
        frustration[row] = not FRUSTRATED_GOEMOTIONS.isdisjoint(comment.labels)
    for row, message in enumerate(messages, n):
        for emotion in message.emotions:
            emotions[row, EMOTIONS.index(emotion)] = 1
        frustration[row] = message.frustrated
    of_comments = np.r_[np.ones(n), np.zeros(m)].astype(np.float32)
    # All customer messages together weigh as much as all comments would at full weight.
    each = max(1.0, 0.8 * n / m) if m else 0.0
    return _Targets(
        goemotions,
        emotions,
        frustration,
        of_comments,
        _COMMENT_WEIGHT * of_comments + each * (1 - of_comments),
    )


def fit(features: FloatArray, targets: _Targets, *, seed: int, progress: Progress) -> Heads:
    """Fits the heads to features of shape ``(n, SIZE)``."""
    # TensorFlow speaks at length of what it found on the machine.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow as tf

    tf.keras.utils.set_random_seed(seed)
    mean = features.mean(axis=0)
    scale = features.std(axis=0) + 1e-3
    inputs = tf.keras.Input(features.shape[1:])
    seen = tf.keras.layers.Dropout(0.3)(inputs)

    def tower() -> tuple[Any, Any]:
        """Returns a hidden layer and its output; comments and customers do not share one."""
        layer = tf.keras.layers.Dense(
            _HIDDEN, activation="relu", kernel_regularizer=tf.keras.regularizers.l2(1e-5)
        )
        return layer, tf.keras.layers.Dropout(0.4)(layer(seen))

    fine_layer, fine = tower()
    hidden_layer, hidden = tower()
    layers = {
        "goemotions": tf.keras.layers.Dense(len(GOEMOTIONS), name="goemotions"),
        "emotions": tf.keras.layers.Dense(len(EMOTIONS), name="emotions"),
        "frustration": tf.keras.layers.Dense(1, name="frustration"),
    }
    model = tf.keras.Model(
        inputs,
        {name: layer(fine if name == "goemotions" else hidden) for name, layer in layers.items()},
    )
    steps = _EPOCHS * -(-len(features) // _BATCH)
    model.compile(
        tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(2e-3, steps)),
        loss={name: tf.keras.losses.BinaryCrossentropy(from_logits=True) for name in layers},
        loss_weights={"goemotions": 1.0, "emotions": 1.0, "frustration": 0.5},
    )
    model.fit(
        (features - mean) / scale,
        {
            "goemotions": targets.goemotions,
            "emotions": targets.emotions,
            "frustration": targets.frustration,
        },
        sample_weight={
            "goemotions": targets.goemotions_weight,
            "emotions": targets.customer_weight,
            "frustration": targets.customer_weight,
        },
        batch_size=_BATCH,
        epochs=_EPOCHS,
        verbose=0,
        callbacks=[
            tf.keras.callbacks.LambdaCallback(
                on_epoch_end=lambda epoch, _: progress(
                    0.6 + 0.4 * (epoch + 1) / _EPOCHS, "training"
                )
            )
        ],
    )

    def weights(layer: Any) -> list[npt.NDArray[np.float32]]:
        return [np.asarray(array, np.float32) for array in layer.get_weights()]

    return Heads(
        mean,
        scale,
        *weights(fine_layer),
        *weights(hidden_layer),
        *weights(layers["goemotions"]),
        *weights(layers["emotions"]),
        *weights(layers["frustration"]),
    )
