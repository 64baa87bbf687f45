from __future__ import annotations

from typing import Any

import pytest

from exemplar.desk.brief import QUOTE, write_brief

GOALS = ["track_order", "get_refund", "complaint"]


def said(text: str, intent: str = "greet", frustration: float = 0.0) -> dict[str, Any]:
    emotion = {"name": "anger" if frustration else "neutral", "frustration": frustration}
    return {
        "event": "user",
        "text": text,
        "parse_data": {"intent": {"name": intent}, "emotion": emotion},
    }


def did(*names: str) -> list[dict[str, Any]]:
    return [{"event": "action", "name": name} for name in names]


def test_the_reason_is_passed_on() -> None:
    assert write_brief("crisis", [], {}, GOALS).reason == "crisis"


def test_a_conversation_without_a_word_has_a_brief_too() -> None:
    brief = write_brief("asked", [], {}, GOALS)
    assert brief.summary == "The customer has named no matter yet. 0 messages so far."
    assert (brief.mood, brief.tried, brief.last_words) == ((), (), "")


def test_the_summary_counts_the_matters_in_the_order_they_came_up() -> None:
    events = [
        said("where", "track_order"),
        said("money", "get_refund"),
        said("where", "track_order"),
        said("person", "contact_human_agent"),
    ]
    summary = write_brief("asked", events, {"customer_name": "Mara"}, GOALS).summary
    assert summary.startswith("Mara wrote about: track order (2 times) and get refund.")
    assert summary.endswith("4 messages so far.")


@pytest.mark.parametrize(
    ("state", "words"),
    [("late", "is late"), ("kept", "return period"), ("refund_pending", "refund on its way")],
)
def test_the_summary_says_how_the_order_stands(state: str, words: str) -> None:
    slots = {
        "order_number": "ML-104163",
        "order_items": "walnut writing desk",
        "order_state_seen": state,
    }
    summary = write_brief("asked", [], slots, GOALS).summary
    assert "Order ML-104163 (walnut writing desk)" in summary
    assert words in summary


def test_an_order_that_was_only_named_is_not_told_as_known() -> None:
    slots = {"order_number": "ML-104163", "order_items": None, "order_state_seen": None}
    summary = write_brief("asked", [], slots, GOALS).summary
    assert "Order number given: ML-104163 (not confirmed)." in summary


def test_the_summary_names_the_complaint() -> None:
    summary = write_brief("asked", [], {"complaint_number": "C-1001"}, GOALS).summary
    assert "Complaint C-1001 is registered." in summary


def test_one_message_is_not_called_messages() -> None:
    assert write_brief("asked", [said("hi")], {}, GOALS).summary.endswith("1 message so far.")


def test_the_mood_is_told_turn_by_turn() -> None:
    events = [said("hi"), said("LATE AGAIN", "vent", 1.0), said("ok", "ask_product")]
    for slots in ({"emotion_reading": True}, {}):
        assert write_brief("asked", events, slots, GOALS).mood == (0.0, 0.75, 0.38)


def test_there_is_no_mood_where_the_customer_switched_the_reading_off() -> None:
    events = [said("LATE AGAIN", "vent", 1.0)]
    brief = write_brief("asked", events, {"emotion_reading": False}, GOALS)
    assert brief.mood == ()
    assert brief.last_words == "LATE AGAIN"


def test_what_was_tried_is_told_once_each_in_order_and_in_words() -> None:
    events = [
        *did("action_session_start", "action_listen"),
        said("where", "track_order"),
        *did("action_look_up_order", "utter_explain_order_late", "action_listen"),
        said("where", "track_order"),
        *did("action_look_up_order", "utter_explain_order_late", "utter_options_order_late"),
    ]
    brief = write_brief("asked", events, {}, GOALS)
    assert brief.tried == ("look up order", "explain: order late", "options: order late")


def test_the_handover_itself_is_nothing_that_was_tried() -> None:
    events = did(
        "action_hand_over", "utter_handover_asked", "action_fall_silent", "utter_own_order"
    )
    assert write_brief("asked", events, {}, GOALS).tried == ("own: order",)


def test_the_last_words_are_the_customers_and_not_a_programs() -> None:
    events = [said("a person, please"), said("closed", "EXTERNAL_handover_closed")]
    assert write_brief("asked", events, {}, GOALS).last_words == "a person, please"


def test_long_last_words_are_cut() -> None:
    brief = write_brief("asked", [said("a" * QUOTE + "b")], {}, GOALS)
    assert brief.last_words == "a" * QUOTE


def test_what_stood_before_a_restart_is_not_told() -> None:
    events = [said("where", "track_order"), *did("utter_own_order"), {"event": "restart"}]
    brief = write_brief("asked", events, {}, GOALS)
    assert brief == write_brief("asked", [], {}, GOALS)


def test_what_was_promised_stands_among_what_is_known() -> None:
    promised = ["refund R-104163 by 20 November", "complaint C-1001 by 23 November"]
    brief = write_brief("asked", [], {"order_number": "ML-104163"}, GOALS, promised=promised)
    assert brief.facts == (("order", "ML-104163"), *(("promised", one) for one in promised))
