from __future__ import annotations

from typing import Any

from exemplar.conversation import (
    customer_messages,
    done,
    done_in_turn_before,
    emotion_of,
    intent_of,
    latest_message,
    turns,
    turns_since,
)
from exemplar.mood import Turn

RESTART = {"event": "restart"}


def said(text: str, intent: str = "greet", **emotion: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = {"intent": {"name": intent}}
    return {"event": "user", "text": text, "parse_data": {**parsed, "emotion": emotion}}


def did(name: str | None) -> dict[str, Any]:
    return {"event": "action", "name": name}


def was_set(name: str) -> dict[str, Any]:
    return {"event": "slot", "name": name, "value": "any"}


def texts(events: list[dict[str, Any]]) -> list[str]:
    return [str(message["text"]) for message in customer_messages(events)]


def test_what_stood_before_a_restart_is_no_part_of_the_conversation() -> None:
    events = [said("one"), did("utter_open"), RESTART, said("two"), RESTART, said("three")]
    assert texts(events) == ["three"]
    assert done(events) == []


def test_what_a_program_sends_in_is_no_message_of_the_customer() -> None:
    closed = said("EXTERNAL: closed", "EXTERNAL_handover_closed")
    assert texts([said("hi"), did("utter_open"), closed]) == ["hi"]


def test_the_latest_message_is_the_customers_own() -> None:
    events = [said("one"), said("two"), did("utter_open"), said("x", "EXTERNAL_handover_closed")]
    message = latest_message(events)
    assert message is not None
    assert message["text"] == "two"


def test_a_conversation_without_a_word_has_no_latest_message() -> None:
    assert latest_message([]) is None
    assert latest_message([said("one"), RESTART]) is None


def test_a_message_that_nobody_parsed_has_neither_intent_nor_emotion() -> None:
    for parsed in ({}, {"parse_data": None}, {"parse_data": {"intent": None, "emotion": None}}):
        message = {"event": "user", "text": "hi", **parsed}
        assert intent_of(message) == ""
        assert emotion_of(message) == {}
        assert turns([message], ()) == [Turn("", answered=False)]


def test_a_turn_carries_its_reading() -> None:
    events = [said("where is it", "track_order", name="anger", confidence=0.9, frustration=0.8)]
    assert turns(events, ["track_order"]) == [
        Turn("track_order", "anger", 0.8, "track_order", answered=False, confidence=0.9)
    ]


def test_only_an_intent_that_opens_a_matter_is_a_goal() -> None:
    read = turns([said("hi", "greet"), said("where", "track_order")], ["track_order"])
    assert [turn.goal for turn in read] == [None, "track_order"]


def test_messages_are_counted_since_a_slot_was_last_set() -> None:
    events = [said("one"), was_set("question_asked"), said("two"), was_set("other"), said("three")]
    assert turns_since(events, "question_asked") == 2
    assert turns_since(events, "other") == 1
    assert turns_since([*events, was_set("question_asked")], "question_asked") == 0


def test_all_messages_count_where_the_slot_was_never_set() -> None:
    assert turns_since([said("one"), said("two")], "question_asked") == 2


def test_a_slot_set_before_a_restart_does_not_count() -> None:
    events = [was_set("question_asked"), said("one"), RESTART, said("two"), said("three")]
    assert turns_since(events, "question_asked") == 2


def test_what_a_program_sends_in_does_not_make_an_open_question_older() -> None:
    events = [was_set("question_asked"), said("one"), said("x", "EXTERNAL_handover_closed")]
    assert turns_since(events, "question_asked") == 1


def test_what_was_done_is_told_in_order_without_the_listening() -> None:
    events = [
        did("action_session_start"),
        did("action_listen"),
        said("hi"),
        did("utter_open"),
        did(None),
        did("utter_open"),
        did("action_listen"),
    ]
    assert done(events) == ["action_session_start", "utter_open", "utter_open"]


def test_the_turn_before_is_the_same_however_often_the_latest_message_is_heard() -> None:
    first = {**said("one"), "message_id": "1"}
    latest = {**said("two"), "message_id": "2"}
    events = [first, did("utter_validate_told"), latest, did("action_hear_question")]
    assert done_in_turn_before(events) == ["utter_validate_told"]
    assert done_in_turn_before([*events, latest, did("action_search_knowledge")]) == [
        "utter_validate_told"
    ]
    assert done_in_turn_before([*events, {**said("three"), "message_id": "3"}]) == [
        "action_hear_question"
    ]
    assert done_in_turn_before([first]) == done_in_turn_before([]) == []
