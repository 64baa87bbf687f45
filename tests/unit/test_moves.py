from __future__ import annotations

import pytest

from exemplar.moves import ANTI_MOVES, MEETING, MOVES, move_of


@pytest.mark.parametrize("move", MOVES)
def test_a_response_is_named_for_its_move(move: str) -> None:
    assert move_of(f"utter_{move}_something_else") == move
    assert move_of(f"utter_{move}") == move


@pytest.mark.parametrize(
    "name",
    [
        "utter_hello",
        "utter_default",
        "utter_explainer_order",
        "explain_order",
        "utter_",
        "",
        "action_own",
    ],
)
def test_a_name_that_begins_with_no_move_has_none(name: str) -> None:
    assert move_of(name) is None


def test_a_feeling_is_met_by_moves_and_never_by_giving_reasons() -> None:
    assert set(MOVES) >= MEETING
    assert not MEETING & {"explain", "options", "resolve"}


@pytest.mark.parametrize(
    ("anti_move", "wording"),
    [
        ("scripted_empathy", "We are sorry for any inconvenience this has caused."),
        ("scripted_empathy", "I completely understand how you feel."),
        ("scripted_empathy", "I feel your pain."),
        ("scripted_empathy", "I'm so sorry to hear that."),
        ("scripted_empathy", "I’m so sorry to hear that."),
        ("scripted_empathy", "Rest assured, you are a VALUED CUSTOMER."),
        ("blame", "You should have checked the address."),
        ("blame", "As I already said, it is late."),
        ("defend", "Our policy is thirty days."),
        ("defend", "That’s our policy."),
        ("defend", "Unfortunately, that is not possible."),
        ("false_promise", "I promise it comes tomorrow."),
        ("false_promise", "It will definitely be there."),
        ("over_cheer", "Done!"),
        ("over_cheer", "Fantastic choice."),
        ("over_cheer", "It is on its way 🎉"),
    ],
)
def test_an_anti_move_is_known_by_its_wording(anti_move: str, wording: str) -> None:
    assert ANTI_MOVES[anti_move].search(wording)


@pytest.mark.parametrize(
    "wording",
    [
        "I understand that this is frustrating.",
        "Sorry: six days past the day we gave you, and nobody told you.",
        "You can send it back within 30 days of delivery.",
        "It should be with you by Friday, 20 November.",
        "That can't be stopped any more; what I can do is send the money back.",
    ],
)
def test_concrete_words_are_no_anti_move(wording: str) -> None:
    assert not [name for name, pattern in ANTI_MOVES.items() if pattern.search(wording)]
