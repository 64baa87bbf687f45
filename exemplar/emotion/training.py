"""Training: MiniLM is adapted to emotion, together with the heads on it.

One network learns three things at once: GoEmotions' labels from comments, the nine emotions and
frustration from customers' messages, and, so that intents can still be told apart, to keep what the
base model says of a text's topic.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from exemplar.emotion.adaptation import ADAPTATION_FILE, Adaptation, difference
from exemplar.emotion.base import (
    DIMENSIONS,
    FloatArray,
    base_model_folder,
    load_tokenizer,
    load_weights,
)
from exemplar.emotion.context import CONTEXT_FILE, Context
from exemplar.emotion.data import CustomerMessage, GoEmotionsComment
from exemplar.emotion.encoder import Encoder, clean, encoder_of
from exemplar.emotion.features import features_of_many, spell_out_emoji, surface
from exemplar.emotion.graph import build_graph
from exemplar.emotion.heads import HEADS_FILE, Heads, sigmoid
from exemplar.emotion.lexicon import LEXICON_FILE, Lexicon, train_lexicon
from exemplar.emotion.record import RECORD_FILE, Record, digests
from exemplar.emotion.refining import says_alone, situations_of, train_context, truth_of
from exemplar.emotion.taxonomy import (
    EMOTION_OF_GOEMOTION,
    EMOTIONS,
    FRUSTRATED_GOEMOTIONS,
    GOEMOTIONS,
)
from exemplar.emotion.typing_habits import typed_otherwise
from exemplar.errors import ExemplarError

if TYPE_CHECKING:
    from exemplar.emotion.fitting import Examples, Fitted

_EPOCHS: Final = 3
_TEACHERS: Final = 2
_TEACHER_EPOCHS: Final = 2
#: What a teacher's word counts against the raters', and the lexicon's in a teacher's.
_TEACHER_SHARE: Final = 0.6
_TEACHER_LEXICON: Final = 0.3
#: Word pieces of a text that are learned from; one comment in a thousand is longer.
_LONGEST: Final = 96
#: What a comment from Reddit says about a customer, against what a customer's message does.
_COMMENT_WEIGHT: Final = 0.1
#: Share of the data that is not learned from: probabilities are calibrated on it.
_LEFT_OUT: Final = 0.06
#: So many texts are enough to fit the heads to the quantized encoder.
_FITTED: Final = 16_000
#: Ridge penalty a row when the heads are fitted to the quantized encoder.
_RIDGE: Final = 1e-3

#: Shares of the lexicon that are tried against the encoder's.
_LEXICON_SHARES: Final = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)

#: Fewer teach nothing, and leave nothing to calibrate on.
_FEWEST: Final = 50

#: Called with a share done in [0, 1] and what is being done.
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Trained:
    """What training makes."""

    adaptation: Adaptation
    lexicon: Lexicon
    heads: Heads
    context: Context
    record: Record

    def save(self, folder: Path) -> None:
        """Writes everything under the names it is loaded by.

        Raises:
            ExemplarError: the folder cannot be written to.
        """
        self.adaptation.save(folder / ADAPTATION_FILE.name)
        self.lexicon.save(folder / LEXICON_FILE.name)
        self.heads.save(folder / HEADS_FILE.name)
        self.context.save(folder / CONTEXT_FILE.name)
        self.record.save(folder / RECORD_FILE.name)


def check_enough(
    comments: Sequence[GoEmotionsComment], messages: Sequence[CustomerMessage]
) -> None:
    """Makes sure that there is enough to learn from, and to calibrate on.

    Raises:
        ExemplarError: there is not.
    """
    if len(comments) < _FEWEST or len(messages) < _FEWEST or not any(m.context for m in messages):
        raise ExemplarError(
            f"training needs at least {_FEWEST} comments and {_FEWEST} customer messages, some of them with "
            f"context; here are {len(comments)} and {len(messages)}."
        )


def train(
    comments: Sequence[GoEmotionsComment],
    messages: Sequence[CustomerMessage],
    *,
    seed: int = 0,
    progress: Progress = lambda share, what: None,
) -> Trained:
    """Trains everything.

    Args:
        comments: GoEmotions' training split.
        messages: customer messages with labels.
        seed: the same seed and data give the same result on the same machine.
        progress: told how far the training is.

    Raises:
        ExemplarError: the base model is not to be had, or there is too little to learn from.
    """
    check_enough(comments, messages)
    progress(0.0, "reading what the base model says")
    weights = load_weights(base_model_folder())
    rng = np.random.default_rng(seed)
    written = len(comments) + len(messages)
    messages = [*messages, *(typed_otherwise(message, rng) for message in messages)]
    examples = _examples(comments, messages, weights)
    learned = rng.random(len(examples)) >= _LEFT_OUT
    learned[written:] = learned[len(comments) : written]
    student = _student(examples, comments, learned, weights, seed, progress)
    topic = np.asarray(student.topic, np.float32)
    return finish(
        (student.network.weights(), topic, student.trained_heads()),
        examples,
        comments,
        messages,
        learned,
        seed=seed,
        progress=progress,
    )


def _student(
    examples: Examples,
    comments: Sequence[GoEmotionsComment],
    learned: npt.NDArray[np.bool_],
    weights: dict[str, FloatArray],
    seed: int,
    progress: Progress,
) -> Fitted:
    """Trains encoder and heads.

    Raters of comments were few and often disagreed: what they said of one is tempered by what a teacher
    says that has not seen it (Furlanello et al., ICML 2018, with left-out folds).
    """
    # TensorFlow speaks at length of what it found on the machine.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from exemplar.emotion.fitting import fit

    def part(first: float, last: float, what: str) -> Callable[[float], None]:
        return lambda share: progress(first + share * (last - first), what)

    fold = np.random.default_rng(seed + 1).permutation(len(comments)) % _TEACHERS
    tempered = examples.fine.copy()
    each = 0.5 / _TEACHERS
    for number in range(_TEACHERS):
        known = np.flatnonzero((fold != number) & learned[: len(comments)])
        unseen = np.flatnonzero(fold == number)
        teacher = fit(
            examples,
            known,
            weights,
            epochs=_TEACHER_EPOCHS,
            seed=seed + 1 + number,
            progress=part(
                0.03 + each * number,
                0.03 + each * (number + 1),
                f"teacher {number + 1} of {_TEACHERS}",
            ),
        )
        words = train_lexicon([comments[row].text for row in known], examples.fine[known])
        said = sigmoid(
            (1 - _TEACHER_LEXICON) * teacher.fine(examples, unseen)
            + _TEACHER_LEXICON * words([comments[row].text for row in unseen])
        )
        tempered[unseen] += _TEACHER_SHARE * (said - tempered[unseen])
    return fit(
        replace(examples, fine=tempered),
        np.flatnonzero(learned),
        weights,
        epochs=_EPOCHS,
        seed=seed,
        progress=part(0.53, 0.94, "student"),
    )


def finish(
    fitted: tuple[dict[str, FloatArray], FloatArray, Heads],
    examples: Examples,
    comments: Sequence[GoEmotionsComment],
    messages: Sequence[CustomerMessage],
    learned: npt.NDArray[np.bool_],
    *,
    seed: int,
    progress: Progress,
) -> Trained:
    """Quantizes what was fitted, wins back what that costs, calibrates, and learns from context.

    Args:
        fitted: the encoder's weights, what turns its vectors into topics, and the heads.
        examples: of comments, then messages.
        comments: as given to :func:`train`.
        messages: as given to :func:`train`, then each once more, typed otherwise.
        learned: which examples were learned from.
        seed: as given to :func:`train`.
        progress: told how far the training is.
    """
    adapted, topic, heads = fitted
    progress(0.94, "quantizing")
    base = base_model_folder()
    adaptation = difference(load_weights(base), adapted, topic)
    whole = Encoder(build_graph(adapted), load_tokenizer(base), topic)
    encoder = encoder_of(adaptation)
    progress(0.95, "fitting the heads to the quantized encoder")
    texts = [*(c.text for c in comments), *(m.text for m in messages)]
    some = np.random.default_rng(seed).permutation(len(texts))[:_FITTED]
    meant, seen = (features_of_many(e, [texts[row] for row in some]) for e in (whole, encoder))
    before, heads = heads, refitted(heads, meant, seen)
    progress(0.97, "calibrating")
    of_comments = np.arange(len(examples)) < len(comments)
    known = np.flatnonzero(learned & of_comments)
    lexicon = train_lexicon([comments[row].text for row in known], examples.fine[known])
    # Left out is what was learned from in no other place either, as it was written and labelled alone.
    left = ~learned & ~np.isin(texts, [texts[row] for row in np.flatnonzero(learned)])
    left[len(comments) :] &= [not message.context for message in messages]
    left[len(comments) + len(messages) // 2 :] = False
    fine, feelings = np.flatnonzero(left & of_comments), np.flatnonzero(left & ~of_comments)
    words = lexicon([texts[row] for row in fine])
    measured: list[float] = []
    for part, measure, truth in (
        (fine, _precision, examples.fine[fine]),
        (feelings, _auc, examples.feelings[feelings]),
    ):
        those = [texts[row] for row in part]
        measured += [
            measure(before, features_of_many(whole, those), truth),
            measure(heads, features_of_many(encoder, those), truth),
        ]
    precision_float, precision_int8, auc_float, auc_int8 = measured
    record = Record(
        seed,
        len(comments),
        len(messages) // 2,
        precision_float,
        precision_int8,
        auc_float,
        auc_int8,
        digests(texts[row] for row in feelings),
    )
    heads = calibrated_fine(
        heads, features_of_many(encoder, [texts[row] for row in fine]), words, examples.fine[fine]
    )
    heads = calibrated_feelings(
        heads,
        features_of_many(encoder, [texts[row] for row in feelings]),
        examples.feelings[feelings],
    )
    in_context = [message for message in messages if message.context]
    met = truth_of(in_context)
    heads = as_often_frustrated(heads, examples.feelings[feelings, -1], met[:, -1])
    progress(0.99, "learning from context")
    context = train_context(situations_of(in_context, encoder, heads), met, seed=seed)
    progress(1.0, "done")
    return Trained(adaptation, lexicon, heads, context, record)


def _precision(heads: Heads, features: FloatArray, truth: FloatArray) -> float:
    """Returns the mean average precision over the 28 labels that occur, in [0, 1]."""
    from sklearn.metrics import average_precision_score

    known = np.flatnonzero((truth > 0.5).any(axis=0))
    if not len(known):
        return 0.0
    logits = features @ heads.goemotions + heads.goemotions_bias
    return float(average_precision_score(truth[:, known] > 0.5, logits[:, known]))


def _auc(heads: Heads, features: FloatArray, truth: FloatArray) -> float:
    """Returns how often a frustrated message scores above another one, in [0, 1]."""
    from sklearn.metrics import roc_auc_score

    if len(set(truth[:, -1])) < 2:
        return 0.0
    return float(roc_auc_score(truth[:, -1], heads.feeling(features)[:, -1]))


def _examples(
    comments: Sequence[GoEmotionsComment],
    messages: Sequence[CustomerMessage],
    weights: dict[str, FloatArray],
) -> Examples:
    from exemplar.emotion.fitting import Examples

    n, m = len(comments), len(messages)
    fine = np.zeros((n + m, len(GOEMOTIONS)), np.float32)
    feelings = np.zeros((n + m, len(EMOTIONS) + 1), np.float32)
    feelings_weight = np.full(n + m, _COMMENT_WEIGHT, np.float32)
    for row, comment in enumerate(comments):
        for label in comment.labels:
            fine[row, GOEMOTIONS.index(label)] = 1
            feelings[row, EMOTIONS.index(EMOTION_OF_GOEMOTION[label])] = 1
        if feelings[row, : len(EMOTIONS) - 1].any():
            feelings[row, EMOTIONS.index("neutral")] = 0
        feelings[row, -1] = not FRUSTRATED_GOEMOTIONS.isdisjoint(comment.labels)
    for row, message in enumerate(messages, n):
        for emotion in message.emotions:
            feelings[row, EMOTIONS.index(emotion)] = 1
        feelings[row, -1] = message.frustrated
        feelings_weight[row] = says_alone(message)
    texts = [*(c.text for c in comments), *(m.text for m in messages)]
    spelled = [clean(spell_out_emoji(text)) for text in texts]
    tokenizer = load_tokenizer(base_model_folder())
    start, end = (tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]"))
    base = Encoder(build_graph(weights), tokenizer, np.eye(DIMENSIONS, dtype=np.float32))
    return Examples(
        [
            np.array([start, *piece.ids[: _LONGEST - 2], end], np.int32)
            for piece in tokenizer.encode_batch(spelled, add_special_tokens=False)
        ],
        np.stack([surface(text) for text in texts]),
        np.stack(base.map(lambda encoding: encoding.sentence, spelled)),
        fine,
        feelings,
        np.repeat(np.array([1, 0], np.float32), (n, m)),
        feelings_weight,
    )


def refitted(heads: Heads, meant: FloatArray, seen: FloatArray) -> Heads:
    """Fits the heads' first layers to other features, so that they say the same.

    By ridge regression on the differences; no labels are needed, so nothing is learned by heart.

    Args:
        heads: trained on ``meant``.
        meant: what the trained encoder gives, ``(n, SIZE)``.
        seen: what the quantized one gives, ``(n, SIZE)``.
    """
    rows = np.concatenate([seen, np.ones((len(seen), 1), np.float32)], axis=1).astype(np.float64)
    moments = rows.T @ rows + _RIDGE * len(rows) * np.eye(rows.shape[1])

    def fitted(matrix: FloatArray, bias: FloatArray) -> tuple[FloatArray, FloatArray]:
        change = np.linalg.solve(moments, rows.T @ ((meant - seen) @ matrix).astype(np.float64))
        change = change.astype(np.float32)
        return matrix + change[:-1], bias + change[-1]

    fine, fine_bias = fitted(heads.goemotions, heads.goemotions_bias)
    hidden, hidden_bias = fitted(heads.hidden, heads.hidden_bias)
    return replace(
        heads, goemotions=fine, goemotions_bias=fine_bias, hidden=hidden, hidden_bias=hidden_bias
    )


def calibrated_fine(
    heads: Heads, features: FloatArray, words: FloatArray, truth: FloatArray
) -> Heads:
    """Weighs encoder against lexicon, and makes of the sum how often a label is there (Platt, 1999).

    Args:
        heads: to calibrate.
        features: of comments that were not learned from, ``(n, SIZE)``.
        words: what the lexicon says of them, ``(n, 28)``.
        truth: ``(n, 28)``.
    """
    from sklearn.metrics import average_precision_score

    alone = features @ heads.goemotions + heads.goemotions_bias
    known = np.flatnonzero((truth > 0.5).any(axis=0))
    if not len(known):
        return heads

    def ranked(share: float) -> float:
        logits = (1 - share) * alone + share * words
        return float(average_precision_score(truth[:, known] > 0.5, logits[:, known]))

    share = max(_LEXICON_SHARES, key=ranked)
    scale, shift = _platt((1 - share) * alone + share * words, truth)
    return replace(
        heads,
        goemotions=heads.goemotions * scale * (1 - share),
        goemotions_bias=heads.goemotions_bias * scale * (1 - share) + shift,
        lexicon=scale * share,
    )


def calibrated_feelings(heads: Heads, features: FloatArray, truth: FloatArray) -> Heads:
    """Scales and shifts the ten logits so that they say how often something is so (Platt, 1999).

    Args:
        heads: to calibrate.
        features: of messages that were not learned from, ``(n, SIZE)``.
        truth: ``(n, 10)``.
    """
    scale, shift = _platt(heads.feeling(features), truth)
    return replace(
        heads,
        feelings=heads.feelings * scale,
        feelings_bias=heads.feelings_bias * scale + shift,
    )


def as_often_frustrated(heads: Heads, known: FloatArray, met: FloatArray) -> Heads:
    """Shifts the frustration score from one share of frustrated messages to another.

    Authors of single messages were asked for complaints, so these are more often frustrated than the
    messages of whole conversations are (Saerens et al., Neural Computation 2002, equation 2.4).

    Args:
        heads: calibrated on ``known``.
        known: whether each of those messages is frustrated, 0 or 1, ``(n,)``.
        met: the same of messages as the reading meets them, ``(m,)``.
    """

    def odds(truth: FloatArray) -> float:
        # By the rule of succession: never none, never all.
        return float((truth.sum() + 1) / (len(truth) - truth.sum() + 1))

    shift = np.zeros_like(heads.feelings_bias)
    shift[-1] = np.log(odds(met) / odds(known))
    return replace(heads, feelings_bias=heads.feelings_bias + shift)


def _platt(logits: FloatArray, truth: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Returns a scale and a shift for every column of logits; none where there is nothing to fit."""
    from sklearn.linear_model import LogisticRegression

    columns = logits.shape[1]
    scale, shift = np.ones(columns, np.float32), np.zeros(columns, np.float32)
    for column in range(columns):
        said, so = logits[:, column : column + 1], truth[:, column] > 0.5
        if so.sum() < 2 or so.all():
            continue
        fitted = LogisticRegression(C=10.0).fit(said, so)
        # A logit that would have to be turned round, or nearly ignored, was seen too seldom to tell.
        if fitted.coef_[0, 0] > 0.2:
            scale[column], shift[column] = fitted.coef_[0, 0], fitted.intercept_[0]
    return scale, shift
