"""What is learned on top of the encoder, without changing it: context, and a company's own sentences."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from exemplar.emotion import context as contexts
from exemplar.emotion.base import FloatArray
from exemplar.emotion.context import Context, Turn, situation
from exemplar.emotion.data import CustomerMessage
from exemplar.emotion.encoder import Encoder
from exemplar.emotion.features import features, features_of_many, spell_out_emoji
from exemplar.emotion.heads import Heads
from exemplar.emotion.taxonomy import EMOTIONS

_FEELINGS: Final = len(EMOTIONS) + 1
_BATCH: Final = 64

# Context. A message's own logits were learned by heart where it was trained on; noise keeps the network
# from relying on them more than it can later.
_CONTEXT_HIDDEN: Final = 48
_CONTEXT_NETWORKS: Final = 4
_CONTEXT_EPOCHS: Final = 30
_LOGIT_NOISE: Final = 0.3
_CONTEXT_DROPOUT: Final = 0.4

# A company's own sentences.
_OWN_EPOCHS: Final = 8
#: Few sentences are seen more often: fewer steps would leave the heads as they were.
_OWN_STEPS: Final = 400
_OWN_RATE: Final = 3e-4
#: The company's sentences count together as much as this share of ours, but each at most so much.
_OWN_SHARE: Final = 0.5
_OWN_MOST: Final = 10.0
#: So many of ours are enough not to be forgotten.
_MOST_REMINDERS: Final = 5000
#: A message that was labelled in its context says less when it stands alone, and one of a few words nothing:
#: "right" after three failures is no news of "right".
_CONTEXT_WEIGHT: Final = 0.5
_FEW_WORDS: Final = 5
_FOLDS: Final = 5


def says_alone(message: CustomerMessage) -> float:
    """Returns how much a message's labels count where the turns before it are not seen, in [0, 1]."""
    if not message.context:
        return 1.0
    return _CONTEXT_WEIGHT if len(message.text.split()) > _FEW_WORDS else 0.0


def truth_of(messages: Sequence[CustomerMessage]) -> FloatArray:
    """Returns what is true of messages: nine emotions and frustration, 0 or 1, ``(n, 10)``."""
    rows = [[*(e in m.emotions for e in EMOTIONS), m.frustrated] for m in messages]
    return np.array(rows, np.float32).reshape(-1, _FEELINGS)


def situations_of(
    messages: Sequence[CustomerMessage], encoder: Encoder, heads: Heads
) -> FloatArray:
    """Returns each message's situation, ``(n, contexts.SIZE)``."""
    texts = list(
        dict.fromkeys(t for m in messages for t in (m.text, *(said for _, said in m.context)))
    )
    encodings = encoder.encode_many([spell_out_emoji(text) for text in texts])
    read = {
        text: (encoding.sentence, heads.feeling(features(text, encoding)[None])[0])
        for text, encoding in zip(texts, encodings, strict=True)
    }
    rows = [
        situation(
            [Turn(speaker, *read[said]) for speaker, said in message.context],
            Turn("customer", *read[message.text]),
        )
        for message in messages
    ]
    return np.stack(rows) if rows else np.zeros((0, contexts.SIZE), np.float32)


def train_context(situations: FloatArray, truth: FloatArray, *, seed: int = 0) -> Context:
    """Learns how context shifts a message's logits.

    Several networks are trained, and their mean is returned as one: so few messages have a context that what
    one network makes of them is partly chance (Lakshminarayanan et al., NeurIPS 2017).

    Args:
        situations: of messages with context, ``(n, contexts.SIZE)``.
        truth: see :func:`truth_of`, ``(n, 10)``.
        seed: the same seed and data give the same result on the same machine.
    """
    several = [_one_context(situations, truth, seed + n) for n in range(_CONTEXT_NETWORKS)]
    return Context(
        np.concatenate([one.seen for one in several], axis=1),
        np.concatenate([one.seen_bias for one in several]),
        np.concatenate([one.shift for one in several]) / len(several),
        np.mean([one.shift_bias for one in several], axis=0),
    )


def _one_context(situations: FloatArray, truth: FloatArray, seed: int) -> Context:
    tf = _tensorflow(seed)
    inputs = tf.keras.Input((contexts.SIZE,))
    logits = tf.keras.layers.Lambda(lambda seen: 4 * seen[:, :_FEELINGS])(inputs)
    noisy = tf.keras.layers.GaussianNoise(_LOGIT_NOISE)(inputs)
    seen_layer = tf.keras.layers.Dense(
        _CONTEXT_HIDDEN, activation="relu", kernel_regularizer=tf.keras.regularizers.l2(1e-3)
    )
    shift_layer = tf.keras.layers.Dense(
        _FEELINGS, kernel_initializer="zeros", kernel_regularizer=tf.keras.regularizers.l2(1e-3)
    )
    hidden = seen_layer(tf.keras.layers.Dropout(_CONTEXT_DROPOUT)(noisy))
    model = tf.keras.Model(
        inputs, logits + shift_layer(tf.keras.layers.Dropout(_CONTEXT_DROPOUT)(hidden))
    )
    steps = _CONTEXT_EPOCHS * -(-len(situations) // _BATCH)
    model.compile(
        tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(2e-3, steps)),
        loss=tf.keras.losses.BinaryCrossentropy(from_logits=True),
    )
    model.fit(situations, truth, batch_size=_BATCH, epochs=_CONTEXT_EPOCHS, verbose=0)
    return Context(*map(_array, (*seen_layer.get_weights(), *shift_layer.get_weights())))


def _tensorflow(seed: int) -> Any:
    # It speaks at length of what it found on the machine.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow as tf

    tf.keras.utils.set_random_seed(seed)
    return tf


def _array(weights: Any) -> FloatArray:
    return np.asarray(weights, np.float32)


@dataclass(frozen=True)
class Refined:
    """Heads that also know a company's own sentences, and what that does on these.

    Attributes:
        heads: to use from now on.
        right_before: share of the company's messages whose strongest emotion was among the labels.
        right_after: the same with five-fold cross-validation: each message read by heads that have not
            seen it.
        auc_before, auc_after: how often a frustrated one scores above another, likewise; None without
            both kinds.
    """

    heads: Heads
    right_before: float
    right_after: float
    auc_before: float | None
    auc_after: float | None


def refine(
    heads: Heads,
    encoder: Encoder,
    ours: Sequence[CustomerMessage],
    own: Sequence[CustomerMessage],
    *,
    seed: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> Refined:
    """Teaches the nine emotions and frustration from a company's own sentences; the encoder stays.

    Args:
        heads: to start from.
        encoder: that they sit on.
        ours: messages that they learned from, lest these be forgotten; of very many, some.
        own: the company's; at least as many as there are folds.
        seed: the same seed and data give the same result on the same machine.
        progress: told the share done, in [0, 1].
    """
    ours = _reminders(ours, seed)
    seen = features_of_many(encoder, [message.text for message in (*ours, *own)])
    progress(0.6)
    truth = truth_of([*ours, *own])
    weight = np.array([says_alone(message) for message in (*ours, *own)])
    known, new = np.arange(len(ours)), len(ours) + np.arange(len(own))
    # The same words in two folds would be read by heads that had seen them.
    words = [" ".join(re.findall(r"\w+", message.text.lower())) for message in own]
    alike = {one: number for number, one in enumerate(dict.fromkeys(words))}
    of_words = np.random.default_rng(seed).permutation(len(alike)) % _FOLDS
    fold = of_words[[alike[one] for one in words]]
    after = np.zeros((len(own), _FEELINGS), np.float32)
    for one in range(_FOLDS):
        fitted = _refitted(heads, seen, truth, weight, known, new[fold != one], seed)
        after[fold == one] = fitted.feeling(seen[new[fold == one]])
        progress(0.6 + 0.06 * (one + 1))
    before = heads.feeling(seen[new])
    result = Refined(
        _refitted(heads, seen, truth, weight, known, new, seed),
        _right(before, truth[new]),
        _right(after, truth[new]),
        _auc(before, truth[new]),
        _auc(after, truth[new]),
    )
    progress(1.0)
    return result


def _reminders(ours: Sequence[CustomerMessage], seed: int) -> list[CustomerMessage]:
    """Returns messages that say something alone, so many that a company waits less than a minute."""
    telling = [message for message in ours if says_alone(message)]
    few = np.random.default_rng(seed).permutation(len(telling))[:_MOST_REMINDERS]
    return [telling[one] for one in sorted(few)]


def _refitted(
    heads: Heads,
    seen: FloatArray,
    truth: FloatArray,
    weight: npt.NDArray[np.float64],
    known: npt.NDArray[np.int64],
    new: npt.NDArray[np.int64],
    seed: int,
) -> Heads:
    rows = np.r_[known, new]
    each = min(_OWN_SHARE * len(known) / len(new), _OWN_MOST) if len(known) else 1.0
    return fitted_feelings(
        heads,
        seen[rows],
        truth[rows],
        weight[rows] * np.repeat([1.0, each], (len(known), len(new))),
        rate=_OWN_RATE,
        epochs=max(_OWN_EPOCHS, -(-_OWN_STEPS * _BATCH // len(rows))),
        seed=seed,
    )


def fitted_feelings(
    heads: Heads,
    seen: FloatArray,
    truth: FloatArray,
    weight: npt.NDArray[np.float64],
    *,
    rate: float,
    epochs: int,
    seed: int,
) -> Heads:
    """Fits the nine emotions and frustration to messages; the 28 labels stay as they are.

    Args:
        heads: to start from.
        seen: the messages' features, ``(n, SIZE)``.
        truth: see :func:`truth_of`, ``(n, 10)``.
        weight: how much each counts, ``(n,)``.
        rate: of learning, at first; it falls to nothing.
        epochs: how often each is seen.
        seed: the same seed and data give the same result on the same machine.
    """
    tf = _tensorflow(seed)
    hidden_layer = tf.keras.layers.Dense(heads.hidden.shape[1], activation="relu")
    feelings_layer = tf.keras.layers.Dense(_FEELINGS)
    inputs = tf.keras.Input(seen.shape[1:])
    hidden = tf.keras.layers.Dropout(0.2)(hidden_layer(tf.keras.layers.Dropout(0.2)(inputs)))
    model = tf.keras.Model(inputs, feelings_layer(hidden))
    hidden_layer.set_weights([heads.hidden, heads.hidden_bias])
    feelings_layer.set_weights([heads.feelings, heads.feelings_bias])
    steps = epochs * -(-len(seen) // _BATCH)
    model.compile(
        tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(rate, steps)),
        loss=tf.keras.losses.BinaryCrossentropy(from_logits=True),
    )
    model.fit(seen, truth, sample_weight=weight, batch_size=_BATCH, epochs=epochs, verbose=0)
    return replace(
        heads,
        **dict(
            zip(
                ("hidden", "hidden_bias", "feelings", "feelings_bias"),
                map(_array, (*hidden_layer.get_weights(), *feelings_layer.get_weights())),
                strict=True,
            )
        ),
    )


def _right(logits: FloatArray, truth: FloatArray) -> float:
    nine = logits[:, :-1].argmax(axis=1)
    return float(truth[np.arange(len(truth)), nine].mean())


def _auc(logits: FloatArray, truth: FloatArray) -> float | None:
    from sklearn.metrics import roc_auc_score

    if len(set(truth[:, -1])) < 2:
        return None
    return float(roc_auc_score(truth[:, -1], logits[:, -1]))
