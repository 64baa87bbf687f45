from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score

from exemplar.emotion import card, report
from exemplar.emotion.data import CustomerMessage, GoEmotionsComment, read_customers
from exemplar.emotion.evaluation import (
    Evaluation,
    FineEvaluation,
    Gap,
    best_threshold,
    calibration_error,
    cross_fitted,
    evaluate,
    evaluate_fine,
)
from exemplar.emotion.record import load_record
from exemplar.emotion.taxonomy import EKMAN, EMOTIONS, GOEMOTIONS
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
    assert result.messages >= 1000
    assert result.macro_f1 >= 0.80


def test_frustration_is_told_from_calm(result: Evaluation) -> None:
    assert result.frustration_auc >= 0.90


def test_the_frustration_score_is_as_sure_as_it_is_right(result: Evaluation) -> None:
    assert result.calibration_error <= 0.05


def test_no_emotion_is_left_out(result: Evaluation) -> None:
    assert tuple(label.name for label in result.labels) == EMOTIONS
    for label in result.labels:
        assert label.messages >= 10, label.name
        assert label.f1 >= 0.5, label.name


def test_no_heldout_message_is_among_those_learned_from() -> None:
    def said(folder: str) -> set[str]:
        """Returns the messages' words, but for the few that everybody writes ("I'll wait")."""
        words = [re.findall(r"\w+", m.text.lower()) for m in read_customers(DATA / folder)]
        return {" ".join(one) for one in words if len(one) > 4}

    assert said("customers") & said("heldout") == set()


def test_a_perfect_reading_has_perfect_figures() -> None:
    result = evaluate([ANGRY, CALM])
    assert (result.messages, result.frustration_auc, result.macro_f1) == (2, 1.0, 1.0)
    figures = {label.name: label for label in result.labels}
    assert (figures["anger"].f1, figures["anger"].messages) == (1.0, 1)
    assert (figures["joy"].f1, figures["joy"].messages) == (0.0, 0)


@pytest.mark.parametrize("messages", [[], [CALM], [ANGRY, ANGRY]])
def test_frustrated_messages_and_others_are_needed(messages: list[CustomerMessage]) -> None:
    with pytest.raises(ExemplarError, match=r"needs frustrated messages .* and others"):
        evaluate(messages)


def test_no_voice_is_read_much_worse_than_plain_english(result: Evaluation) -> None:
    gaps = {group.name: group.gap for group in result.groups if group.gap}
    assert len(gaps) == 6
    for voice, gap in gaps.items():
        assert gap.difference > -0.2, voice


def test_the_confusion_matrix_counts_every_message_by_label_and_reading() -> None:
    counts = evaluate([ANGRY, CALM, CALM]).confusion
    assert counts.shape == (9, 9)
    assert counts[EMOTIONS.index("anger"), EMOTIONS.index("anger")] == 1
    assert counts[EMOTIONS.index("neutral"), EMOTIONS.index("neutral")] == 2
    assert counts.sum() == 3


def test_small_groups_are_not_reported() -> None:
    spoken = [CustomerMessage(f"Is it {n} cm?", ("neutral",), 0, voice="terse") for n in range(15)]
    assert [group.name for group in evaluate([ANGRY, *spoken]).groups] == ["voice: terse"]
    assert evaluate([ANGRY, *spoken[:14]]).groups == ()


def test_a_misreading_is_shown_with_what_it_was_taken_for() -> None:
    wrong = CustomerMessage("I am furious, you liars!", ("joy",), 0)
    (miss,) = evaluate([wrong, ANGRY, CALM]).misses
    assert (miss.text, miss.labels, miss.read) == (wrong.text, ("joy",), "anger")


def test_the_best_threshold_is_where_f1_is_highest() -> None:
    truth, scores = np.array([True, True, False, False]), np.array([0.9, 0.6, 0.5, 0.1])
    assert 0.5 < best_threshold(truth, scores) <= 0.6


def test_a_threshold_does_not_pass_between_equal_scores() -> None:
    truth = np.array([True, True, False, False, False, True])
    scores = np.array([0.9, 0.3, 0.3, 0.3, 0.3, 0.2])
    assert best_threshold(truth, scores) <= 0.2


def test_thresholds_are_never_chosen_on_what_they_are_scored_on() -> None:
    """Scores that say nothing of rare labels: a threshold that had seen the answers would seem good."""
    rng = np.random.default_rng(0)
    truth, scores = rng.random((60, 40)) < 0.05, rng.random((60, 40))
    truth[0] = True
    seen = [
        f1_score(truth[:, n], scores[:, n] >= best_threshold(truth[:, n], scores[:, n]))
        for n in range(40)
    ]
    fair = [label.f1 for label in cross_fitted([""] * 40, truth, scores)]
    assert np.mean(fair) < np.mean(seen) - 0.1
    truth = rng.random((400, 3)) < 0.5
    perfect = cross_fitted(("a", "b", "c"), truth, truth.astype(float))
    assert [label.f1 for label in perfect] == [1.0] * 3


@pytest.fixture(scope="module")
def fine() -> FineEvaluation:
    return evaluate_fine(
        [
            *(GoEmotionsComment(f"thank you for the {n} books", ("gratitude",)) for n in range(9)),
            *(GoEmotionsComment(f"what do the {n} signs mean?", ("confusion",)) for n in range(9)),
        ]
    )


def test_the_28_labels_and_ekmans_are_measured(fine: FineEvaluation) -> None:
    assert fine.comments == 18
    assert tuple(label.name for label in fine.labels) == GOEMOTIONS
    assert tuple(label.name for label in fine.ekman) == tuple(EKMAN)
    figures = {label.name: label.f1 for label in fine.labels}
    assert figures["gratitude"] > 0.9


def test_every_label_of_goemotions_is_in_one_of_ekmans_groups() -> None:
    assert sorted(label for group in EKMAN.values() for label in group) == sorted(GOEMOTIONS)


def test_one_comment_cannot_be_measured() -> None:
    with pytest.raises(ExemplarError, match="at least two"):
        evaluate_fine([GoEmotionsComment("hm", ("neutral",))])


def test_the_report_shows_every_figure_and_two_pictures_and_needs_no_network(
    result: Evaluation, tmp_path: Path
) -> None:
    report.write(result, "the held-out messages", tmp_path / "new" / "report.html")
    page = (tmp_path / "new" / "report.html").read_text()
    assert page.count("<svg") == 2
    assert f"{result.macro_f1:.3f}" in page
    for label in result.labels:
        assert f"{label.f1:.3f}" in page
    for group in result.groups:
        assert group.name in page
    assert not re.search(r"""(src|href)=["']?https?:""", page)


def test_what_customers_wrote_is_text_in_the_report_not_markup() -> None:
    wrong = CustomerMessage("<script>alert(1)</script> I hate you, liars!", ("joy",), 0)
    page = report.page(evaluate([wrong, ANGRY, CALM]), "<b>it</b>")
    assert "<script" not in page
    assert "<b>it" not in page
    assert "&lt;script&gt;" in page


def test_the_report_on_goemotions_has_35_rows(fine: FineEvaluation) -> None:
    page = report.page(fine, "dev.tsv")
    assert page.count("<tr><td>") == len(GOEMOTIONS) + len(EKMAN)


def test_the_card_has_the_measured_figures_and_names_who_fares_worse(
    result: Evaluation, fine: FineEvaluation, tmp_path: Path
) -> None:
    voices = evaluate([m for m in read_customers(DATA / "heldout") if m.voice])
    groups = tuple(
        replace(group, gap=Gap(-0.3, -0.4, -0.2)) if group.name == "voice: terse" else group
        for group in voices.groups
    )
    voices = replace(voices, groups=groups)
    card.write(card.card(fine, result, voices), tmp_path / "README.md")
    text = (tmp_path / "README.md").read_text()
    assert f"| {fine.macro_f1:.3f} |" in text.replace("28 labels ", "")
    assert f"{result.calibration_error:.3f}" in text
    for group in voices.groups:
        name = group.name.removeprefix("voice: ")
        assert f"| {name} | {group.messages} | {group.right:.3f}" in text
    assert re.search(r"Read worse than plain English, by more than chance: .*terse", text)
    assert load_record().cost in text
    assert "Apache-2.0" in text
