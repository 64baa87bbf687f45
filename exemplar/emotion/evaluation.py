"""How well the reading does on labelled customer messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from exemplar.emotion.data import CustomerMessage
from exemplar.emotion.reader import EmotionReader
from exemplar.emotion.taxonomy import EMOTIONS
from exemplar.errors import ExemplarError


@dataclass(frozen=True)
class LabelResult:
    """One emotion's figures, each in [0, 1], and how many messages carry it."""

    name: str
    precision: float
    recall: float
    f1: float
    messages: int


@dataclass(frozen=True)
class Evaluation:
    """Figures over a labelled file.

    Attributes:
        messages: how many there are.
        labels: the nine emotions, each by whether its score is at least 0.5 or it is the strongest.
        macro_f1: the mean of their F1.
        frustration_auc: how often a frustrated message scores above another one, in [0, 1].
        calibration_error: expected calibration error of the frustration score over ten bins
            (Naeini et al., AAAI 2015), in [0, 1].
    """

    messages: int
    labels: tuple[LabelResult, ...]
    macro_f1: float
    frustration_auc: float
    calibration_error: float


def evaluate(
    messages: Sequence[CustomerMessage], reader: EmotionReader | None = None
) -> Evaluation:
    """Measures a reader, the project's own by default.

    Raises:
        ExemplarError: the messages are not of both kinds, frustrated and not.
    """
    from sklearn.metrics import precision_recall_fscore_support, roc_auc_score

    reader = reader or EmotionReader()
    truth = np.array([[e in message.emotions for e in EMOTIONS] for message in messages])
    frustrated = np.array([message.frustrated for message in messages])
    if len(set(frustrated.tolist())) < 2:
        raise ExemplarError("evaluation needs frustrated messages and others.")
    readings = [reader.read(message.text) for message in messages]
    scores = np.array([[reading.scores[e] for e in EMOTIONS] for reading in readings])
    frustration = np.array([reading.frustration for reading in readings])
    said = scores >= 0.5
    said[np.arange(len(said)), scores.argmax(axis=1)] = True
    precision, recall, f1, support = precision_recall_fscore_support(truth, said, zero_division=0)
    return Evaluation(
        messages=len(messages),
        labels=tuple(
            LabelResult(name, float(p), float(r), float(f), int(n))
            for name, p, r, f, n in zip(EMOTIONS, precision, recall, f1, support, strict=True)
        ),
        macro_f1=float(np.mean(f1)),
        frustration_auc=float(roc_auc_score(frustrated, frustration)),
        calibration_error=calibration_error(frustrated, frustration),
    )


def calibration_error(
    truth: npt.NDArray[np.bool_], scores: npt.NDArray[np.float64], bins: int = 10
) -> float:
    """Returns the expected calibration error of scores in [0, 1] over bins of equal width."""
    which = np.minimum((scores * bins).astype(int), bins - 1)
    error = 0.0
    for one in range(bins):
        inside = which == one
        if inside.any():
            error += inside.mean() * abs(truth[inside].mean() - scores[inside].mean())
    return float(error)
