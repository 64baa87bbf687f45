"""Who listens, by country; whether somebody is there; and what is noticed of it while the alarm stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from test_danger import EVERYDAY

from actions import danger
from actions.domain import shared_slots
from actions.notice import ActionNotice
from exemplar.conversation import DANGER_LIKELY
from exemplar.errors import ExemplarError
from exemplar.safety import load_safety, shared_safety

ROOT = Path(__file__).parents[2]


def noticed(text: str, intent: str = "vent", **slots: Any) -> dict[str, Any]:
    """Returns what is noticed of a message while the alarm stands."""
    parsed = {"intent": {"name": intent}, "entities": [], "emotion": {"name": "neutral"}}
    event = {
        "event": "user",
        "message_id": "m1",
        "text": text,
        "parse_data": parsed,
        "metadata": {},
    }
    held = {**dict.fromkeys(shared_slots()), "safety": "alarm", **slots}
    latest = {**parsed, "text": text, "metadata": {}}
    tracker = Tracker("x", held, latest, [event], False, None, {}, "action_listen")
    found = ActionNotice().run(CollectingDispatcher(), tracker, {})
    return {str(one["name"]): one["value"] for one in found}


@pytest.mark.parametrize(
    ("slots", "number"),
    [
        ({"city": "Utrecht"}, "113"),
        ({"city": "utrecht"}, "0800-0113"),
        ({"country": "Belgium"}, "1813"),
        ({"city": "Leeds"}, "116 123"),
        ({"country": "Ireland"}, "116 123"),
        ({"country": "USA"}, "988"),
        ({"country": "the Netherlands", "city": "Leeds"}, "113.nl"),
    ],
)
def test_the_numbers_of_the_customers_own_country_are_said(
    slots: dict[str, str], number: str
) -> None:
    found = noticed("nobody would notice if i was gone", "crisis", **slots)
    assert number in found["helplines"]
    assert number in found["helplines_again"]
    assert "findahelpline.com" in found["helplines"]


def test_in_utrecht_nobody_is_sent_to_america() -> None:
    found = noticed("nobody would notice if i was gone", "crisis", city="Utrecht")
    assert "988" not in found["helplines"] + found["helplines_again"]


def test_where_the_country_is_not_known_the_shops_own_comes_first() -> None:
    said = noticed("i want to die", "crisis")["helplines"]
    places = [
        said.index(number) for number in ("113", "1813", "116 123", "988", "findahelpline.com")
    ]
    assert places == sorted(places)
    assert said == noticed("i want to die", "crisis", city="Atlantis")["helplines"]


def test_a_shop_that_does_not_answer_keeps_no_number_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_: Any) -> None:
        raise ExemplarError("the shop is down")

    monkeypatch.setattr(danger, "customer_asking", down)
    assert "113" in noticed("i want to die", "crisis", city="Utrecht")["helplines"]


def test_the_domain_says_the_same_where_no_action_can_run() -> None:
    slots = yaml.safe_load((ROOT / "domain.yml").read_text())["slots"]
    anywhere = shared_safety().anywhere
    assert slots["helplines"]["initial_value"] == anywhere.first
    assert slots["helplines_again"]["initial_value"] == anywhere.again


@pytest.mark.parametrize(
    ("text", "before", "company"),
    [
        ("my sister is here now. thank you. did you cancel the lamp", None, "came_asking"),
        ("my sister is here now", None, "came"),
        ("my neighbour came over", None, "came"),
        ("my friend's with me", None, "came"),
        ("I’m not alone any more", None, "came"),
        ("i am with my mum", None, "came"),
        ("the ambulance is here", None, "came"),
        ("did you cancel the lamp", None, None),
        ("did you cancel the lamp", "came", "asking"),
        ("thank you", "came_asking", "there"),
        ("nobody is here", None, None),
        ("my husband is here now", None, None),
        ("my sister isn't here", None, None),
        ("my sister is not here", None, None),
        ("my sister is dead", None, None),
    ],
)
def test_that_somebody_is_there_is_heard(
    text: str, before: str | None, company: str | None
) -> None:
    assert noticed(text, company=before)["company"] == company


def test_danger_that_comes_back_forgets_the_company() -> None:
    assert noticed("i want to die", "crisis", company="there")["company"] is None


@pytest.mark.parametrize("content", ["", "anywhere: {}", "company: '('", "[]"])
def test_a_broken_file_is_said_to_be_broken(tmp_path: Path, content: str) -> None:
    file = tmp_path / "safety.yml"
    file.write_text(content)
    with pytest.raises(ExemplarError, match=r"safety\.yml"):
        load_safety(file)


def heard(text: str, intent: str = "vent", confidence: float = 1.0, **slots: Any) -> dict[str, Any]:
    """Returns what is noticed of a message whose intent is that sure."""
    parsed = {
        "intent": {"name": intent, "confidence": confidence},
        "entities": [],
        "emotion": slots.pop("emotion", {"name": "neutral"}),
        "act": slots.pop("act", {}),
        DANGER_LIKELY: slots.pop("danger", None),
    }
    before = [one for said in slots.pop("before", ()) for one in _said(said)]
    event = {"event": "user", "message_id": "now", "text": text, "parse_data": parsed}
    held = {**dict.fromkeys(shared_slots()), **slots}
    latest = {**parsed, "text": text, "metadata": {}}
    tracker = Tracker("x", held, latest, [*before, event], False, None, {}, "action_listen")
    return {
        str(one["name"]): one["value"]
        for one in ActionNotice().run(CollectingDispatcher(), tracker, {})
    }


def _said(text: str) -> list[dict[str, Any]]:
    if text.startswith("action_"):
        return [{"event": "action", "name": text}]
    parsed = {"intent": {"name": "vent"}, "entities": [], "emotion": {"name": "neutral"}}
    return [{"event": "user", "message_id": text, "text": text, "parse_data": parsed}]


@pytest.mark.parametrize("intent", ["crisis", "vent", "affirm", "nlu_fallback", "reject_answer"])
@pytest.mark.parametrize(
    "text",
    [
        "yes completely safe, that was a joke",
        "i am safe, honestly",
        "oh no, it's just an expression, I'm fine",
        "I was never going to hurt myself, it's a figure of speech",
        "You misread me. It's about a table.",
        "fine. not suicidal. just cross",
    ],
)
def test_whoever_says_that_they_are_safe_is_asked_once_and_then_believed(
    text: str, intent: str
) -> None:
    first = heard(text, intent, safety="alarm")
    assert (first["safety"], first["heard"]) == ("alarm", "safe")
    assert heard(text, intent, safety="checking")["heard"] == "safe_now"
    assert heard(text, intent, safety="asked")["heard"] == "safe_now"


@pytest.mark.parametrize(
    "text",
    [
        "I'm not safe",
        "i'm fine but i want to die",
        "no",
        "not really",
        "it's no joke",
        "yes, and soon it will be over",
    ],
)
def test_what_only_sounds_safe_is_not_believed(text: str) -> None:
    intent = "deny" if text == "no" else "nlu_fallback"
    assert heard(text, intent, safety="checking")["heard"] is None
    assert heard(text, intent, safety="asked")["heard"] == "raised"


def test_a_bare_yes_in_the_alarm_is_no_word_of_being_safe() -> None:
    assert heard("yes", "affirm", safety="alarm")["heard"] is None
    assert heard("yes", "affirm", safety="checking")["heard"] == "safe_now"


def test_with_the_alarm_over_the_matter_in_hand_goes_on() -> None:
    found = heard("yes, safe", "affirm", safety="checking", goal="track_order")
    assert (found["goal"], found["matter"]) == ("track_order", "in_hand")
    assert heard("yes, safe", "affirm", safety="checking")["matter"] is None


@pytest.mark.parametrize(
    ("text", "confidence", "doubt"),
    [
        ("you are hopeless", 0.4, "doubt"),
        ("my wife lifts me out of bed", 0.56, "doubt"),
        ("i'll kill myself if one more courier skips my door", 1.0, "doubt"),
        ("that vase is drop dead gorgeous, i'm dying", 1.0, "doubt"),
        ("i want to kill myself", 1.0, None),
        ("there is no way on for me", 0.7, None),
        # To be asked harms nobody; to be alarmed over a Friday away from home does.
        ("I won't be here on Friday, leave it with the neighbour", 0.95, "doubt"),
        ("i cannot see the morning", 0.8, "doubt"),
        ("there isnt going to be a top table. he told me saturday", 0.63, "doubt"),
        ("I have no wish to be apologised to. I wish to be paid.", 0.79, "doubt"),
        ("i cannot see the morning", 1.0, None),
        ("i won't need anything much longer", 0.6, None),
    ],
)
def test_what_is_not_clear_is_asked_about_and_raises_no_alarm(
    text: str, confidence: float, doubt: str | None
) -> None:
    found = heard(text, "crisis", confidence)
    assert (found["safety"], found["heard"]) == ("alarm", doubt)


def test_a_sign_shortly_before_makes_a_reading_surer() -> None:
    said = "he told me saturday"
    assert heard(said, "crisis", 0.63)["heard"] == "doubt"
    assert (
        heard(said, "crisis", 0.63, before=["i won't need anything much longer"])["heard"] is None
    )


def test_what_was_only_a_guess_holds_nobody_up() -> None:
    found = heard("where is my desk", "track_order", safety="asked")
    assert (found["safety"], found["goal"]) == (None, "track_order")
    protest = "what?? no. a bad knee. is it coming tomorrow"
    assert heard(protest, "nlu_fallback", safety="asked")["heard"] == "safe_now"
    added_up = heard(protest, "nlu_fallback", safety="asked", heard_what="adds_up")
    assert added_up["heard"] is None


def guess(text: str = "he told me saturday", confidence: float = 0.85) -> list[dict[str, Any]]:
    """Returns the events of an alarm."""
    read = {"name": "crisis", "confidence": confidence}
    return [
        {"event": "user", "text": text, "parse_data": {"intent": read, "entities": []}},
        {"event": "slot", "name": "safety", "value": "alarm"},
    ]


def after(
    events: list[dict[str, Any]],
    text: str,
    intent: str,
    confidence: float = 1.0,
    *entities: str,
    **slots: Any,
) -> dict[str, Any]:
    """Returns what is noticed of a message after these events, in the alarm where nothing else is said."""
    parsed = {
        "intent": {"name": intent, "confidence": confidence},
        "entities": [{"entity": name, "value": "x"} for name in entities],
        "emotion": {"name": "neutral"},
    }
    event = {"event": "user", "message_id": "now", "text": text, "parse_data": parsed}
    held = {**dict.fromkeys(shared_slots()), "safety": "alarm", **slots}
    latest = {**parsed, "text": text, "metadata": {}}
    tracker = Tracker("x", held, latest, [*events, event], False, None, {}, "action_listen")
    found = ActionNotice().run(CollectingDispatcher(), tracker, {})
    return {str(one["name"]): one["value"] for one in found}


@pytest.mark.parametrize("safety", ["alarm", "checking"])
@pytest.mark.parametrize(
    ("text", "intent", "confidence", "entities"),
    [
        ("ML-104205 priya.raman@example.net", "provide_details", 1.0, ("order_number", "email")),
        ("is all of it coming back", "track_refund", 0.5, ()),
        ("cancel it all please", "cancel_order", 0.9, ()),
    ],
)
def test_an_alarm_by_the_classifier_alone_ends_with_a_plain_matter(
    safety: str, text: str, intent: str, confidence: float, entities: tuple[str, ...]
) -> None:
    found = after(guess(), text, intent, confidence, *entities, safety=safety, goal="cancel_order")
    opened = "cancel_order" if intent == "provide_details" else intent
    assert (found["heard"], found["matter"], found["goal"]) == ("safe_now", "in_hand", opened)


def test_details_without_a_matter_are_heard_as_ever() -> None:
    found = after(guess(), "ML-104205", "provide_details", 1.0, "order_number")
    assert (found["safety"], found["heard"]) == (None, None)


@pytest.mark.parametrize(
    "events",
    [
        guess("i want to die", 1.0),
        guess("i won't need anything much longer", 0.7),
        [*guess(), *guess("i want to die", 1.0)],
        [],
    ],
)
def test_an_alarm_by_true_words_is_ended_by_no_matter(events: list[dict[str, Any]]) -> None:
    found = after(events, "ML-104205", "cancel_order", 1.0, "order_number")
    assert (found["safety"], found["heard"]) == ("alarm", None)
    found = after(events, "where is it", "track_order", 0.9, safety="checking")
    assert (found["safety"], found["heard"]) == ("checking", None)
    assert after(events, "crying at a chatbot lol", "vent", 0.6)["heard"] is None


def test_whoever_answers_that_they_are_not_safe_is_in_no_guessed_alarm() -> None:
    unsafe = {"event": "user", "text": "not really", "parse_data": {"intent": {"name": "deny"}}}
    asked = {"event": "slot", "name": "safety", "value": "asked"}
    alarm = {"event": "slot", "name": "safety", "value": "alarm"}
    found = after([*guess()[:1], asked, unsafe, alarm], "cancel it", "cancel_order")
    assert (found["safety"], found["heard"]) == ("alarm", None)
    # To the alarm itself, it may be meant for that.
    assert after([*guess(), unsafe], "cancel it", "cancel_order")["heard"] == "safe_now"


def test_an_alarm_that_is_over_makes_the_next_one_no_surer() -> None:
    over = {"event": "slot", "name": "safety", "value": None}
    found = after([*guess("i want to die", 1.0), over, *guess()], "cancel it", "cancel_order")
    assert found["heard"] == "safe_now"


@pytest.mark.parametrize(
    ("text", "intent", "confidence"),
    [
        ("thank you for everything. goodbye", "goodbye", 0.9),
        ("yes", "affirm", 0.9),
        ("nobody came", "vent", 0.9),
        ("cancel everything", "cancel_order", 0.9),
        ("i won't need it much longer", "cancel_order", 0.9),
        ("i am not ok, cancel it", "cancel_order", 0.9),
        ("is it coming", "track_order", 0.4),
        ("my parcel", "nlu_fallback", 0.6),
        ("no lol", "deny", 0.9),
        ("i give up lol", "vent", 0.9),
    ],
)
def test_what_is_no_plain_matter_ends_no_alarm(text: str, intent: str, confidence: float) -> None:
    found = after(guess(), text, intent, confidence, goal="track_order")
    assert (found["safety"], found["heard"]) == ("alarm", None)


def test_where_somebody_is_beside_them_it_stays_as_it_was() -> None:
    found = after(guess(), "did you cancel the lamp", "cancel_order", company="came")
    assert (found["safety"], found["company"], found["heard"]) == ("alarm", "asking", None)


def test_who_laughs_at_a_guess_is_asked_once() -> None:
    said = "sorry im crying at a chatbot lol"
    assert after(guess(), said, "vent", 0.59)["heard"] == "safe"
    assert after(guess(), said, "vent", 0.59, safety="checking")["heard"] == "safe_now"


SOFT = [
    "i won't need anything much longer, so stop the bed",
    "i want to leave it all in order for my daughter",
    "they'll be better off, all of them",
]


def test_signs_that_are_none_alone_add_up_over_several_messages() -> None:
    assert all(heard(text)["heard"] is None for text in SOFT)
    found = heard(SOFT[1], before=[SOFT[0], "ML-104217"])
    assert (found["heard"], found["heard_what"]) == ("doubt", "adds_up")
    assert heard(SOFT[1], before=[SOFT[0], "a", "b", "c"])["heard"] is None, "long ago"
    assert heard("ML-104217", before=SOFT[:1])["heard"] is None
    asked = [*SOFT[:2], "action_ask_gently"]
    assert heard(SOFT[2], before=asked, safety="asked")["heard"] == "raised"


def test_signs_that_were_asked_about_do_not_count_again() -> None:
    before = [*SOFT[:2], "action_ask_gently", "yes i'm safe"]
    assert heard(SOFT[2], before=before)["heard"] is None


def test_everyday_weariness_is_no_sign() -> None:
    before = ["i'm so tired of this", "it doesn't matter any more", "i give up"]
    assert heard("i can't do this any more", before=before)["heard"] is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("she is on her way, i just phoned her", "coming"),
        ("maybe i could call my brother", "could"),
        ("i live in Poland, your numbers are no good here", "lines"),
        ("those lines don't work from my country", "lines_unknown"),
        ("please no more phone numbers", "no_numbers"),
        ("is any human going to read this", "person"),
    ],
)
def test_the_alarm_listens(text: str, what: str) -> None:
    found = heard(text, "nlu_fallback", safety="alarm")
    assert (found["heard"], found["heard_what"]) == ("listens", what)


def test_the_numbers_are_those_of_where_the_customer_says_they_are() -> None:
    found = heard("I live in Poland", "nlu_fallback", safety="alarm", city="Utrecht")
    assert "116 123" in found["helplines_again"]
    assert "0800-0113" not in found["helplines_again"]


@pytest.mark.parametrize("safety", [None, "alarm", "asked", "checking"])
def test_what_was_done_already_calls_for_the_emergency_number_alone(safety: str | None) -> None:
    found = heard("i swallowed all the pills", "crisis", safety=safety, country="Ireland")
    assert (found["safety"], found["heard_what"]) == ("alarm", "acted")
    assert found["emergency"] == "112 or 999"
    said = yaml.safe_load((ROOT / "data/responses/care.yml").read_text())["responses"]
    acted = [
        one["text"]
        for one in said["utter_handover_crisis"]
        if any(condition["value"] == "acted" for condition in one.get("condition") or ())
    ]
    assert acted
    assert all("{emergency}" in text and "helplines" not in text for text in acted)


def test_everyday_talk_adds_up_to_nothing() -> None:
    assert [text for text in EVERYDAY.splitlines() if shared_safety().adds_up([text])] == []


PAYS_IN_PARTS = "Can I pay it in parts? If not I start small, I have the whole life now"
ASKS = {"name": "question", "confidence": 0.9, "shares": {"question": 0.9}}
SAD = {"name": "sadness", "confidence": 0.8}


def test_who_plainly_asks_and_shows_no_dark_feeling_is_asked_and_not_alarmed() -> None:
    noticed = heard(PAYS_IN_PARTS, "crisis", 0.84, act=ASKS)
    assert (noticed["safety"], noticed["heard"]) == ("alarm", "doubt")
    # Who was asked if they are safe, and is read so again, is taken at their word.
    once_more = heard("how many would it take?", "crisis", 0.7, act=ASKS, safety="asked")
    assert (once_more["safety"], once_more["heard"]) == ("alarm", None)


def test_what_the_classifier_alone_is_sure_of_is_asked_about_with_who_listens() -> None:
    noticed = heard(PAYS_IN_PARTS, "crisis", 0.84, act=ASKS, emotion=SAD)
    assert (noticed["heard"], noticed["heard_what"]) == ("doubt", "likely")
    everyday = heard("I won't be here on Friday", "crisis", 0.7)
    assert (everyday["heard"], everyday["heard_what"]) == ("doubt", None)
    # With a sign in its words it is taken at its worst.
    signs = heard("i won't need anything much longer", "crisis", 0.84, act=ASKS, emotion=SAD)
    assert (signs["safety"], signs["heard"]) == ("alarm", None)


def test_a_pattern_without_a_plain_word_is_asked_about_where_the_message_is_far_from_danger() -> (
    None
):
    roof = "dont have it on me im on a roof. name is hargreaves"
    assert heard(roof, "crisis", 1.0, danger=0.014)["heard"] == "doubt"
    assert heard(roof, "crisis", 1.0, danger=0.4)["heard"] is None
    assert heard("i want to die", "crisis", 1.0, danger=0.014)["heard"] is None
