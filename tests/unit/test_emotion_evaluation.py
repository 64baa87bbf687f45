from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from exemplar.emotion.data import CustomerMessage, read_customers
from exemplar.emotion.evaluation import Evaluation, calibration_error, evaluate
from exemplar.emotion.taxonomy import EMOTIONS
from exemplar.errors import ExemplarError

DATA = Path(__file__).parents[2] / "data" / "emotion"
ANGRY = CustomerMessage("I am furious, this is the worst service ever!", ("anger",), 3)
CALM = CustomerMessage("Which sizes do you have?", ("neutral",), 0)


@pytest.fixture(scope="module")
def result() -> Evaluation:
    return evaluate(read_customers(DATA / "heldout"))


@pytest.mark.parametrize(
    ("truth", "scores", "error"),
    [
        ([True, False], [1.0, 0.0], 0.0),
        ([True, False], [0.0, 1.0], 1.0),
        ([True, False, True, False], [0.5, 0.5, 0.5, 0.5], 0.0),
        ([True, True, True, True], [0.75, 0.75, 0.75, 0.75], 0.25),
        # Too low here does not make up for too high there …
        ([True, True, False, False], [0.9, 0.9, 0.1, 0.1], 0.1),
        # … but within a bin it does; and a bin counts by how many are in it.
        ([True, False], [0.55, 0.45], 0.45),
        ([True, False], [0.58, 0.52], 0.05),
        ([False, False, False, True], [0.0, 0.0, 0.0, 0.2], 0.2),
    ],
)
def test_calibration_error_is_how_far_scores_are_from_what_came_true(
    truth: list[bool], scores: list[float], error: float
) -> None:
    assert calibration_error(np.array(truth), np.array(scores)) == pytest.approx(error)


def test_every_score_falls_into_a_bin_the_highest_too() -> None:
    scores = np.linspace(0, 1, 101)
    assert calibration_error(np.zeros(101, bool), scores) == pytest.approx(0.5)


def test_emotions_are_read_well_in_messages_that_were_never_learned(result: Evaluation) -> None:
    assert result.messages >= 500
    assert result.macro_f1 >= 0.78


def test_frustration_is_told_from_calm(result: Evaluation) -> None:
    assert result.frustration_auc >= 0.90


def test_the_frustration_score_is_as_sure_as_it_is_right(result: Evaluation) -> None:
    assert result.calibration_error <= 0.06


def test_no_emotion_is_left_out(result: Evaluation) -> None:
    assert tuple(label.name for label in result.labels) == EMOTIONS
    for label in result.labels:
        assert label.messages >= 10, label.name
        assert label.f1 >= 0.5, label.name


def test_no_heldout_message_is_among_those_learned_from() -> None:
    def said(folder: str) -> set[str]:
        """Returns the messages' words, but for those of one or two that everybody writes."""
        words = [re.findall(r"\w+", m.text.lower()) for m in read_customers(DATA / folder)]
        return {" ".join(one) for one in words if len(one) > 2}

    assert said("customers") & said("heldout") == set()


def test_a_perfect_reading_has_perfect_figures() -> None:
    result = evaluate([ANGRY, CALM])
    assert (result.messages, result.frustration_auc) == (2, 1.0)
    figures = {label.name: label for label in result.labels}
    assert (figures["anger"].f1, figures["anger"].messages) == (1.0, 1)
    assert (figures["joy"].f1, figures["joy"].messages) == (0.0, 0)


@pytest.mark.parametrize("messages", [[], [CALM], [ANGRY, ANGRY]])
def test_frustrated_messages_and_others_are_needed(messages: list[CustomerMessage]) -> None:
    with pytest.raises(ExemplarError, match="needs frustrated messages and others"):
        evaluate(messages)
