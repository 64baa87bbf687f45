from __future__ import annotations

import random

import pytest

from exemplar.mood import CALM, FALL, HIGH, MEDIUM, RISE, TRIAL_FLOOR, Turn, after, follow

ANGRY = Turn("vent", "anger", 1.0)


def test_an_empty_conversation_is_calm() -> None:
    assert follow([]) == CALM
    assert (CALM.level, CALM.frustration, CALM.trend) == (0.0, "low", "steady")


def test_one_furious_message_is_enough_for_a_high_mood() -> None:
    mood = follow([ANGRY])
    assert mood.frustration == "high"
    assert mood.trend == "rising"
    assert mood.level == pytest.approx(RISE)


def test_the_mood_rises_faster_than_it_falls() -> None:
    risen = follow([ANGRY])
    fallen = follow([ANGRY, Turn("ask_product")])
    assert fallen.level == pytest.approx(risen.level * (1 - FALL))
    assert risen.level - CALM.level > risen.level - fallen.level > 0


def test_a_milder_second_message_does_not_end_a_high_mood_at_once() -> None:
    mood = follow([ANGRY, Turn("ask_product", "frustration", 0.4)])
    assert mood.level < HIGH[0]
    assert mood.frustration == "high"
    assert mood.trend == "falling"


def test_the_same_level_is_only_medium_for_who_was_never_high() -> None:
    angry_before = follow([ANGRY, Turn("ask_product", "frustration", 0.4)])
    reading = angry_before.level / RISE
    mood = follow([Turn("ask_product", "frustration", reading)])
    assert mood.level == pytest.approx(angry_before.level)
    assert mood.frustration == "medium"


def test_a_medium_mood_is_kept_until_the_level_is_clearly_below_it() -> None:
    turns = [Turn("ask_product", "frustration", 0.5), Turn("ask_product", "neutral", 0.22)]
    mood = follow(turns)
    assert MEDIUM[1] <= mood.level < MEDIUM[0]
    assert mood.frustration == "medium"
    assert follow([*turns, Turn("ask_product")]).frustration == "low"


@pytest.mark.parametrize("warmth", ["gratitude", "joy"])
def test_warm_words_calm_faster_than_plain_ones(warmth: str) -> None:
    thanked = follow([ANGRY, Turn("thank", warmth)])
    went_on = follow([ANGRY, Turn("ask_product")])
    assert thanked.level < went_on.level
    assert thanked.frustration == "low"


@pytest.mark.parametrize("intent", ["provide_details", "affirm", "deny"])
def test_an_order_number_or_a_yes_does_not_calm_anybody(intent: str) -> None:
    mood = follow([ANGRY, Turn(intent)])
    assert mood.frustration == "high"
    assert mood.level > follow([ANGRY, Turn("ask_product")]).level


def test_a_grateful_yes_does_calm() -> None:
    assert follow([ANGRY, Turn("affirm", "gratitude")]).frustration == "low"


def test_asking_again_soon_weighs_on_the_mood() -> None:
    asked = Turn("track_order", goal="track_order")
    assert follow([asked]).level == 0.0
    mood = follow([asked, Turn("provide_details"), asked])
    assert mood.level > 0
    assert mood.trend == "rising"


def test_another_matter_is_no_asking_again() -> None:
    turns = [Turn("track_order", goal="track_order"), Turn("get_refund", goal="get_refund")]
    assert follow(turns).level == 0.0


def test_asking_the_same_much_later_is_no_asking_again() -> None:
    asked = Turn("track_order", goal="track_order")
    assert follow([asked, *[Turn("greet")] * 3, asked]).level == 0.0


def test_a_politely_rejected_answer_weighs_on_the_mood() -> None:
    assert follow([Turn("reject_answer", "neutral", 0.15)]).frustration == "medium"
    assert follow([Turn("ask_product", "neutral", 0.15)]).frustration == "low"


def test_not_being_understood_weighs_on_the_mood_but_not_as_a_first_word() -> None:
    assert follow([Turn("nlu_fallback")]).level == 0.0
    assert follow([Turn("greet"), Turn("nlu_fallback")]).level > 0


def test_a_mildly_worded_fourth_complaint_is_not_a_calm_customer() -> None:
    mild = Turn("complaint", "neutral", 0.05, "complaint")
    moods = [follow([mild] * count) for count in (1, 2, 3, 4)]
    assert moods[0].frustration == "low"
    assert moods[2].frustration != "low"
    assert moods[3].level > moods[2].level
    assert moods[3].level == pytest.approx(TRIAL_FLOOR, abs=0.1)


def test_the_third_time_counts_however_much_was_said_in_between() -> None:
    asked = Turn("track_order", goal="track_order")
    apart = [asked, *[Turn("greet")] * 5, asked, *[Turn("greet")] * 5]
    assert follow([*apart, asked]).frustration == "medium"


def test_a_thankful_third_message_in_a_matter_is_no_trial() -> None:
    asked = Turn("track_order", goal="track_order")
    thankful = Turn("track_order", "gratitude", 0.0, "track_order")
    assert follow([asked, asked, thankful]).level < follow([asked, asked, asked]).level
    assert follow([asked, asked, thankful]).frustration == "low"


def test_being_told_that_one_misread_is_accepted_at_once() -> None:
    mood = follow([ANGRY, ANGRY, Turn("misread", "anger", 1.0)])
    assert (mood.level, mood.frustration, mood.trend) == (0.0, "low", "falling")


def test_a_level_is_kept_for_every_turn() -> None:
    turns = [ANGRY, Turn("affirm"), Turn("misread"), Turn("thank", "joy")]
    mood = follow(turns)
    assert mood.levels == tuple(follow(turns[: count + 1]).level for count in range(len(turns)))


def test_in_any_conversation_levels_stay_in_range_and_names_agree_with_them() -> None:
    chance = random.Random(20)
    intents = ["vent", "greet", "affirm", "reject_answer", "nlu_fallback", "misread", "track_order"]
    for _ in range(300):
        mood, past = CALM, list[Turn]()
        for _ in range(chance.randrange(1, 25)):
            intent = chance.choice(intents)
            turn = Turn(
                intent,
                chance.choice(["anger", "neutral", "joy", "gratitude"]),
                chance.choice([0.0, 1.0, chance.random()]),
                "track_order" if intent == "track_order" else None,
            )
            before, mood = mood, after(mood, past, turn)
            past.append(turn)
            assert 0.0 <= mood.level <= 1.0
            assert mood.levels[-1] == mood.level
            if mood.level >= HIGH[0]:
                assert mood.frustration == "high"
            elif mood.level < MEDIUM[1]:
                assert mood.frustration == "low"
            elif mood.frustration == "high":
                assert before.frustration == "high"
                assert mood.level >= HIGH[1]
            elif mood.frustration == "low":
                assert before.frustration == "low"
                assert mood.level < MEDIUM[0]
            assert (mood.trend == "rising") <= (mood.level > before.level)
            assert (mood.trend == "falling") <= (mood.level < before.level)


def test_a_greeting_that_is_misread_is_no_irritation_and_one_that_shouts_later_is() -> None:
    assert follow([Turn("greet", "frustration", 0.7)]).frustration == "low"
    assert follow([Turn("track_order"), Turn("greet", "anger", 0.9)]).frustration == "high"
