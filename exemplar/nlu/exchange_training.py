"""Tunes an encoder to what messages do and ask in exchanges."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from exemplar.emotion.adaptation import Adaptation, difference, load_adaptation
from exemplar.emotion.base import (
    DIMENSIONS,
    FloatArray,
    base_model_folder,
    load_tokenizer,
    load_weights,
)
from exemplar.emotion.network import Network, padded, pool
from exemplar.errors import ExemplarError
from exemplar.nlu.acts import ACTS, Exchange, Labelled
from exemplar.nlu.exchange_reader import ADAPTATION, HEADS, Heads, load_heads, pieces_of
from exemplar.nlu.questions import NONE, OTHER

#: Fewer messages teach nothing that holds.
FEWEST: Final = 500
#: How often each message is gone through, unless it is said otherwise.
ROUNDS: Final = 3
_BATCH: Final = 32
#: Batches' worth of messages that are sorted by length together: little padding, and still shuffled.
_SORTED: Final = 40
#: Peak learning rates of the encoder and of the heads, and the steps that lead up to them.
_ENCODER_RATE: Final = 1e-4
_HEADS_RATE: Final = 1e-3
_WARMUP: Final = 200
_LARGEST_GRADIENT: Final = 1.0
_DECAY: Final = 0.01
_DROPOUT: Final = 0.2
#: How far kinds are taken for uncertain (label smoothing), and how much acts count beside them.
_SMOOTH: Final = 0.05
_ACTS_WEIGHT: Final = 0.5


@dataclass(frozen=True)
class Tuned:
    """What training found."""

    adaptation: Adaptation
    heads: Heads

    def save(self, folder: Path) -> None:
        """Writes it where :func:`exemplar.nlu.exchange_reader.load_exchange_reader` reads it."""
        self.adaptation.save(folder / ADAPTATION)
        self.heads.save(folder / HEADS)


def load_tuned(folder: Path) -> Tuned:
    """Reads what :meth:`Tuned.save` wrote.

    Raises:
        ExemplarError: it is missing or broken.
    """
    try:
        return Tuned(load_adaptation(folder / ADAPTATION), load_heads(folder / HEADS))
    except (OSError, KeyError, ValueError, EOFError, ExemplarError) as error:
        raise ExemplarError(
            f"{folder}: nothing to go on from ({error}): leave --on away to begin anew."
        ) from error


def train(
    labelled: Sequence[Labelled],
    wordings: Sequence[tuple[str, str]],
    *,
    seed: int = 0,
    rounds: int = ROUNDS,
    before: Tuned | None = None,
    progress: Callable[[float, str], None] = lambda share, what: None,
) -> Tuned:
    """Tunes the encoder that reads emotion, on from where it is.

    Args:
        labelled: messages of exchanges.
        wordings: messages by themselves, with the kinds of their questions.
        seed: the same seed and data give the same weights on the same machine.
        rounds: how often each message is gone through, at least 1.
        before: what an earlier training found, to go on from; a kind that it didn't know begins anew. The
            mean of its weights and of those at the end is kept, which reads better than either (Wortsman et
            al., ICML 2022).
        progress: told the share that is done, in [0, 1], and what is going on.

    Raises:
        ExemplarError: there are too few messages.
    """
    if len(labelled) + len(wordings) < FEWEST:
        raise ExemplarError(
            f"{len(labelled) + len(wordings)} messages are too few: label {FEWEST} in data/exchanges."
        )
    tf.keras.utils.set_random_seed(seed)
    examples = _examples(labelled, wordings)
    base = load_weights(base_model_folder())
    model = _Model(
        (before.adaptation if before else load_adaptation()).apply(base), len(examples.kinds)
    )
    if before is not None:
        model.begin_from(before.heads, examples.kinds)
    random = np.random.default_rng(seed)
    batches = [list(_batches(examples.pieces, random)) for _ in range(rounds)]
    steps, done, loss = sum(map(len, batches)), 0, 0.0
    for epoch, parts in enumerate(batches, 1):
        for rows in parts:
            model.rate(min(1.0, done / _WARMUP) * max(0.02, 1 - done / steps))
            found = float(model.step(*examples.batch(rows)))
            loss = found if not done else 0.98 * loss + 0.02 * found
            done += 1
            progress(done / steps, f"round {epoch} of {rounds}, loss {loss:.2f}")
    weights, heads = model.network.weights(), model.heads(examples.kinds)
    if before is not None:
        earlier = before.adaptation.apply(base)
        weights = {name: (earlier[name] + weight) / 2 for name, weight in weights.items()}
        heads = _mean(before.heads, heads)
    return Tuned(difference(base, weights, np.eye(DIMENSIONS, dtype=np.float32)), heads)


def _mean(before: Heads, after: Heads) -> Heads:
    """Returns the mean of two heads, of what both know; what came later is as it is."""
    mixed = Heads(
        after.kinds,
        after.acts,
        *map(np.copy, (after.kinds_weight, after.kinds_bias, after.acts_weight, after.acts_bias)),
    )
    for names, known, mine, theirs in (
        (after.kinds, before.kinds, mixed.kinds_weight, before.kinds_weight),
        (after.kinds, before.kinds, mixed.kinds_bias, before.kinds_bias),
        (after.acts, before.acts, mixed.acts_weight, before.acts_weight),
        (after.acts, before.acts, mixed.acts_bias, before.acts_bias),
    ):
        for row, name in enumerate(names):
            if name in known:
                mine[..., row] = (mine[..., row] + theirs[..., known.index(name)]) / 2
    return mixed


@dataclass(frozen=True)
class _Examples:
    """Messages as the network takes them, a row each.

    ``asks`` holds shares of the kinds, shape ``(n, kinds)``; ``acts`` the number of the act, ``known``
    whether it is labelled.
    """

    kinds: tuple[str, ...]
    pieces: list[npt.NDArray[np.int32]]
    asks: FloatArray
    acts: npt.NDArray[np.int32]
    known: FloatArray

    def batch(self, rows: npt.NDArray[np.int64]) -> tuple[Any, ...]:
        ids, mask = padded([self.pieces[row] for row in rows])
        return ids, mask, self.asks[rows], self.acts[rows], self.known[rows]


def _examples(labelled: Sequence[Labelled], wordings: Sequence[tuple[str, str]]) -> _Examples:
    exchanges = [Exchange(text) for text, _ in wordings]
    kinds: list[tuple[str, ...]] = [(kind,) for _, kind in wordings]
    acts: list[str | None] = [None] * len(wordings)
    for one in labelled:
        exchanges.append(one.exchange)
        kinds.append(tuple(NONE if kind == OTHER else kind for kind in one.asks) or (NONE,))
        acts.append(one.act)
    names = tuple(sorted({kind for asked in kinds for kind in asked}))
    asks = np.zeros((len(kinds), len(names)), np.float32)
    for row, asked in enumerate(kinds):
        for kind in set(asked):
            asks[row, names.index(kind)] = 1 / len(set(asked))
    tokenizer = load_tokenizer(base_model_folder())
    return _Examples(
        kinds=names,
        pieces=[np.array(pieces_of(tokenizer, one), np.int32) for one in exchanges],
        asks=asks,
        acts=np.array([ACTS.index(act) if act else 0 for act in acts], np.int32),
        known=np.array([act is not None for act in acts], np.float32),
    )


def _batches(
    pieces: Sequence[npt.NDArray[np.int32]], random: np.random.Generator
) -> Iterator[npt.NDArray[np.int64]]:
    """Yields the rows of each batch: shuffled, and of like length."""
    order, found = random.permutation(len(pieces)), []
    for start in range(0, len(order), _BATCH * _SORTED):
        part = order[start : start + _BATCH * _SORTED]
        part = part[np.argsort([len(pieces[row]) for row in part], kind="stable")]
        found += [part[at : at + _BATCH] for at in range(0, len(part), _BATCH)]
    yield from (found[number] for number in random.permutation(len(found)))


class _Model:
    """The network, its heads, and a step of training."""

    def __init__(self, weights: dict[str, FloatArray], kinds: int) -> None:
        # Most processors have no bfloat16.
        self.network = Network(weights, halved=False)
        self._heads = [
            tf.Variable(tf.random.normal((2 * DIMENSIONS, kinds), stddev=0.02)),
            tf.Variable(tf.zeros(kinds)),
            tf.Variable(tf.random.normal((2 * DIMENSIONS, len(ACTS)), stddev=0.02)),
            tf.Variable(tf.zeros(len(ACTS))),
        ]
        self._encoder_steps = tf.keras.optimizers.AdamW(_ENCODER_RATE, weight_decay=_DECAY)
        self._heads_steps = tf.keras.optimizers.Adam(_HEADS_RATE)
        self._kinds = kinds
        self.step = tf.function(
            self._step,
            autograph=False,
            input_signature=[
                tf.TensorSpec((None, None), tf.int32),
                tf.TensorSpec((None, None), tf.float32),
                tf.TensorSpec((None, kinds), tf.float32),
                tf.TensorSpec((None,), tf.int32),
                tf.TensorSpec((None,), tf.float32),
            ],
        )

    def rate(self, share: float) -> None:
        """Sets the encoder's learning rate, as a share of its peak."""
        self._encoder_steps.learning_rate.assign(_ENCODER_RATE * share)

    def begin_from(self, heads: Heads, kinds: tuple[str, ...]) -> None:
        """Takes what is known of kinds and acts from heads that were trained before."""
        weight, bias, acts_weight, acts_bias = (np.array(head) for head in self._heads)
        for kind in set(kinds) & set(heads.kinds):
            weight[:, kinds.index(kind)] = heads.kinds_weight[:, heads.kinds.index(kind)]
            bias[kinds.index(kind)] = heads.kinds_bias[heads.kinds.index(kind)]
        for act in set(ACTS) & set(heads.acts):
            acts_weight[:, ACTS.index(act)] = heads.acts_weight[:, heads.acts.index(act)]
            acts_bias[ACTS.index(act)] = heads.acts_bias[heads.acts.index(act)]
        for variable, value in zip(
            self._heads, (weight, bias, acts_weight, acts_bias), strict=True
        ):
            variable.assign(value)

    def heads(self, kinds: tuple[str, ...]) -> Heads:
        """Returns the heads as they are now."""
        return Heads(kinds, ACTS, *(np.asarray(head, np.float32) for head in self._heads))

    def _step(
        self, ids: tf.Tensor, mask: tf.Tensor, asks: tf.Tensor, acts: tf.Tensor, known: tf.Tensor
    ) -> tf.Tensor:
        with tf.GradientTape() as tape:
            seen = pool(self.network(ids, mask, training=True), mask)
            seen = tf.nn.dropout(seen, _DROPOUT)
            weight, bias, acts_weight, acts_bias = self._heads
            smooth = asks * (1 - _SMOOTH) + _SMOOTH / self._kinds
            of_kinds = tf.reduce_mean(
                tf.nn.softmax_cross_entropy_with_logits(smooth, seen @ weight + bias)
            )
            of_acts = tf.reduce_mean(
                known
                * tf.nn.sparse_softmax_cross_entropy_with_logits(
                    acts, seen @ acts_weight + acts_bias
                )
            )
            loss = of_kinds + _ACTS_WEIGHT * of_acts
        variables = [*self.network.variables, *self._heads]
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), _LARGEST_GRADIENT)
        of_encoder = len(self.network.variables)
        self._encoder_steps.apply_gradients(
            zip(gradients[:of_encoder], variables[:of_encoder], strict=True)
        )
        self._heads_steps.apply_gradients(
            zip(gradients[of_encoder:], variables[of_encoder:], strict=True)
        )
        return of_kinds
