"""How well the reading does, on labelled customer messages and on GoEmotions' files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from exemplar.emotion.data import CustomerMessage, GoEmotionsComment
from exemplar.emotion.reader import EmotionReader, Reading
from exemplar.emotion.taxonomy import EKMAN, EMOTIONS, GOEMOTIONS
from exemplar.errors import ExemplarError

BoolArray = npt.NDArray[np.bool_]
ScoreArray = npt.NDArray[np.float64]

#: A score from which on an emotion is said to be there.
THRESHOLD: Final = 0.5
#: Bins of equal width over [0, 1] in which scores are compared with what was true.
BINS: Final = 10
#: A group with fewer messages is not reported: its figures would be chance.
_SMALLEST_GROUP: Final = 15
#: The voice that others are compared with.
PLAIN: Final = "plain"
_BOOTSTRAPS: Final = 2000
#: Halvings of a file over which cross-fitted figures are averaged.
_HALVINGS: Final = 5

#: Called with a share done in [0, 1].
Progress = Callable[[float], None]


@dataclass(frozen=True)
class LabelResult:
    """One label's figures, each in [0, 1], and how many messages carry it."""

    name: str
    precision: float
    recall: float
    f1: float
    messages: int


@dataclass(frozen=True)
class Bin:
    """Messages whose frustration score lies in one bin: the mean score, and the share frustrated."""

    score: float
    share: float
    messages: int


@dataclass(frozen=True)
class Gap:
    """How many more are read rightly than of the same things said plainly, in [-1, 1].

    Attributes:
        difference: of the shares.
        low, high: its 95 % interval; the difference is no chance where both are on one side of zero.
    """

    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class GroupResult:
    """Figures over the messages of one kind or voice.

    Attributes:
        name: as in "kind: typos", "voice: terse".
        messages: how many there are.
        right: share whose strongest emotion is among the labels, in [0, 1].
        frustration_auc: as in :class:`Evaluation`; None without both kinds of messages.
        bias: the mean frustration score less the share that is frustrated, in [-1, 1].
        gap: to the plain voice, where the group is a voice and both say the same things.
    """

    name: str
    messages: int
    right: float
    frustration_auc: float | None
    bias: float
    gap: Gap | None


@dataclass(frozen=True)
class Miss:
    """A message that was read otherwise than labelled, and how sure the reading was, in [0, 1]."""

    text: str
    labels: tuple[str, ...]
    read: str
    confidence: float


@dataclass(frozen=True)
class Evaluation:
    """Figures over labelled customer messages.

    Attributes:
        messages: how many there are.
        labels: the nine emotions, each by whether its score is at least 0.5 or it is the strongest.
        macro_f1: the mean of their F1, over those that a message carries.
        confusion: messages by first label (row) and strongest emotion read (column), ``(9, 9)``.
        frustration_auc: how often a frustrated message scores above another one, in [0, 1].
        calibration_error: expected calibration error of the frustration score over ten bins
            (Naeini et al., AAAI 2015), in [0, 1].
        reliability: the bins that hold messages, lowest first.
        groups: figures by ``kind`` and by ``voice``, where messages name one.
        misses: the surest misreadings, surest first.
    """

    messages: int
    labels: tuple[LabelResult, ...]
    macro_f1: float
    confusion: npt.NDArray[np.int64]
    frustration_auc: float
    calibration_error: float
    reliability: tuple[Bin, ...]
    groups: tuple[GroupResult, ...]
    misses: tuple[Miss, ...]


def evaluate(
    messages: Sequence[CustomerMessage],
    reader: EmotionReader | None = None,
    progress: Progress = lambda share: None,
) -> Evaluation:
    """Measures a reader, the project's own by default; each message with its context.

    Raises:
        ExemplarError: not both frustrated messages and others are there.
    """
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, roc_auc_score

    reader = reader or EmotionReader()
    truth = np.array([[e in message.emotions for e in EMOTIONS] for message in messages])
    frustrated = np.array([message.frustrated for message in messages])
    if len(set(frustrated.tolist())) < 2:
        raise ExemplarError(
            "evaluation needs frustrated messages (intensity 1 to 3) and others (0): add what is missing."
        )
    readings = []
    for number, message in enumerate(messages):
        progress(number / len(messages))
        readings.append(reader.read(message.text, message.context))
    scores = np.array([[reading.scores[e] for e in EMOTIONS] for reading in readings])
    frustration = np.array([reading.frustration for reading in readings])
    said = scores >= THRESHOLD
    said[np.arange(len(said)), scores.argmax(axis=1)] = True
    labels = _results(EMOTIONS, *precision_recall_fscore_support(truth, said, zero_division=0))
    return Evaluation(
        messages=len(messages),
        labels=labels,
        macro_f1=_mean_f1(labels),
        confusion=confusion_matrix(
            [message.emotions[0] for message in messages],
            [reading.name for reading in readings],
            labels=list(EMOTIONS),
        ),
        frustration_auc=float(roc_auc_score(frustrated, frustration)),
        calibration_error=calibration_error(frustrated, frustration),
        reliability=tuple(reliability(frustrated, frustration)),
        groups=tuple(_groups(messages, readings)),
        misses=tuple(_misses(messages, readings)),
    )


def reliability(truth: BoolArray, scores: ScoreArray) -> list[Bin]:
    """Returns the bins of equal width that hold scores, lowest first."""
    which = np.minimum((scores * BINS).astype(int), BINS - 1)
    return [
        Bin(float(scores[inside].mean()), float(truth[inside].mean()), int(inside.sum()))
        for one in range(BINS)
        if (inside := which == one).any()
    ]


def calibration_error(truth: BoolArray, scores: ScoreArray) -> float:
    """Returns the expected calibration error of scores in [0, 1] over ten bins of equal width."""
    return sum(
        one.messages / len(scores) * abs(one.share - one.score)
        for one in reliability(truth, scores)
    )


def _results(
    names: Sequence[str], precision: ScoreArray, recall: ScoreArray, f1: ScoreArray, support: object
) -> tuple[LabelResult, ...]:
    return tuple(
        LabelResult(name, float(p), float(r), float(f), int(n))
        for name, p, r, f, n in zip(names, precision, recall, f1, np.asarray(support), strict=True)
    )


def _mean_f1(labels: Sequence[LabelResult]) -> float:
    return float(np.mean([label.f1 for label in labels if label.messages]))


def _groups(messages: Sequence[CustomerMessage], readings: Sequence[Reading]) -> list[GroupResult]:
    from sklearn.metrics import roc_auc_score

    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, message in enumerate(messages):
        for field, name in (("kind", message.kind), ("voice", message.voice)):
            if name:
                members[field, name].append(number)
    right = [r.name in m.emotions for m, r in zip(messages, readings, strict=True)]
    plain = {messages[n].meaning: right[n] for n in members.get(("voice", PLAIN), [])}
    groups = []
    for (field, name), numbers in sorted(members.items()):
        if len(numbers) < _SMALLEST_GROUP:
            continue
        truth = np.array([messages[number].frustrated for number in numbers])
        scores = np.array([readings[number].frustration for number in numbers])
        gaps = [
            int(right[number]) - int(plain[messages[number].meaning])
            for number in numbers
            if field == "voice" and name != PLAIN and messages[number].meaning in plain
        ]
        groups.append(
            GroupResult(
                f"{field}: {name.replace('_', ' ')}",
                len(numbers),
                float(np.mean([right[number] for number in numbers])),
                float(roc_auc_score(truth, scores)) if 0 < truth.sum() < len(truth) else None,
                float(scores.mean() - truth.mean()),
                _gap(np.array(gaps)) if gaps else None,
            )
        )
    return groups


def _gap(differences: npt.NDArray[np.int64]) -> Gap:
    """Returns the mean and its 95 % interval by bootstrap (Efron & Tibshirani, 1993)."""
    rng = np.random.default_rng(0)
    drawn = rng.choice(differences, (_BOOTSTRAPS, len(differences))).mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Gap(float(differences.mean()), float(low), float(high))


def _misses(
    messages: Sequence[CustomerMessage], readings: Sequence[Reading], count: int = 25
) -> list[Miss]:
    missed = [
        Miss(message.text, message.emotions, reading.name, reading.confidence)
        for message, reading in zip(messages, readings, strict=True)
        if reading.name not in message.emotions
    ]
    return sorted(missed, key=lambda miss: -miss.confidence)[:count]


@dataclass(frozen=True)
class FineEvaluation:
    """Figures over comments with GoEmotions' labels.

    Thresholds are chosen on one half of the file and scored on the other, both ways, so that none was
    chosen by looking at what it is scored on; figures are means over several halvings.

    Attributes:
        comments: how many there are.
        labels: the 28.
        macro_f1: the mean of their F1, over those that a comment carries.
        ekman: Ekman's six emotions (as GoEmotions' authors group the 27) and neutral.
        ekman_macro_f1: the mean of their F1.
    """

    comments: int
    labels: tuple[LabelResult, ...]
    macro_f1: float
    ekman: tuple[LabelResult, ...]
    ekman_macro_f1: float


def evaluate_fine(
    comments: Sequence[GoEmotionsComment],
    reader: EmotionReader | None = None,
    progress: Progress = lambda share: None,
) -> FineEvaluation:
    """Measures the 28 probabilities, the project's own by default.

    Raises:
        ExemplarError: there are fewer than two comments.
    """
    if len(comments) < 2:
        raise ExemplarError("evaluation needs at least two comments.")
    reader = reader or EmotionReader()
    rows = []
    for number, comment in enumerate(comments):
        progress(number / len(comments))
        rows.append(list(reader.read(comment.text).goemotions.values()))
    scores = np.array(rows)
    truth = np.array([[label in comment.labels for label in GOEMOTIONS] for comment in comments])
    members = [[GOEMOTIONS.index(label) for label in group] for group in EKMAN.values()]
    labels = cross_fitted(GOEMOTIONS, truth, scores)
    ekman = cross_fitted(
        tuple(EKMAN),
        np.stack([truth[:, group].any(axis=1) for group in members], axis=1),
        # That one of a group is there, were they independent.
        np.stack([1 - np.prod(1 - scores[:, group], axis=1) for group in members], axis=1),
    )
    return FineEvaluation(
        len(comments),
        labels,
        _mean_f1(labels),
        ekman,
        _mean_f1(ekman),
    )


def cross_fitted(
    names: Sequence[str], truth: BoolArray, scores: ScoreArray
) -> tuple[LabelResult, ...]:
    """Returns each label's figures, with thresholds from the half that is not scored.

    Args:
        names: of the labels.
        truth: whether a row carries a label, ``(rows, labels)``.
        scores: of the same shape, each in [0, 1].
    """
    from sklearn.metrics import precision_recall_fscore_support

    results = []
    for seed in range(_HALVINGS):
        half = np.random.default_rng(seed).permutation(len(truth)) % 2 == 0
        said = np.zeros_like(truth)
        for fit in (half, ~half):
            for label in range(len(names)):
                threshold = best_threshold(truth[fit, label], scores[fit, label])
                said[~fit, label] = scores[~fit, label] >= threshold
        results.append(precision_recall_fscore_support(truth, said, zero_division=0))
    precision, recall, f1 = (
        np.mean([result[part] for result in results], axis=0) for part in range(3)
    )
    return _results(names, precision, recall, f1, truth.sum(axis=0))


def best_threshold(truth: BoolArray, scores: ScoreArray) -> float:
    """Returns the threshold in [0, 1] at which F1 is highest on these rows."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(scores) + 1) + max(int(truth.sum()), 1))
    # A threshold cannot pass between equal scores.
    below = np.append(scores[order][1:], 0.0)
    f1[scores[order] == below] = -1
    best = int(f1.argmax())
    return float((scores[order[best]] + below[best]) / 2)
