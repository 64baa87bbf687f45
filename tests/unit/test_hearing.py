"""What is heard again stands once, as what it turned out to be."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.events import UserUttered
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.domain import shared_slots
from actions.hearing import (
    ActionHearDetails,
    ActionHearFault,
    ActionHearOn,
    ActionHearQuestion,
    ActionOfferOtherWish,
    ActionTakeUpOtherWish,
)
from actions.notice import WAITS_FOR, ActionNotice
from actions.policy import named_in_question
from actions.product import found_on_pages
from exemplar.conversation import customer_messages, intent_of, other_wish_of, turns
from exemplar.server.relay import once

Event = dict[str, Any]
WISH = {
    "intent": "track_order",
    "text": "where is ML-104163?",
    "entities": [{"entity": "order_number", "value": "ML-104163"}],
}


def says(intent: str, text: str, number: int, **more: Any) -> Event:
    parsed = {"intent": {"name": intent}, "entities": [], "emotion": {"name": "neutral"}, **more}
    told = {"text": text, "parse_data": parsed, "metadata": {"customer": "signed in"}}
    return {"event": "user", "message_id": f"m{number}", **told}


def was_set(name: str, value: Any) -> Event:
    return {"event": "slot", "name": name, "value": value}


def tracker(events: list[Event], **slots: Any) -> Tracker:
    latest = next(event for event in reversed(events) if event["event"] == "user")
    message = {**latest["parse_data"], "text": latest["text"], "metadata": latest["metadata"]}
    held = {**dict.fromkeys(shared_slots()), **slots}
    return Tracker("x", held, message, events, False, None, {}, "action_listen")


def did(action: Any, listening: Tracker) -> list[Event]:
    return list(action.run(CollectingDispatcher(), listening, {}))


def slots_of(events: list[Event]) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


AWAITED = [
    says("recover_password", "i forgot my password", 1),
    was_set("details_missing", "email"),
    says("out_of_scope", "mara dot okafor at example dot org", 2),
    was_set("details_missing", None),
]


def test_an_answer_that_was_misread_is_heard_again_as_a_detail() -> None:
    slots = {"goal": "recover_password", "details_awaited": "detail", "details": "complete"}
    events = did(ActionHearDetails(), tracker(AWAITED, **slots))
    listened, heard, *_ = events
    assert listened["name"] == "action_listen"
    assert intent_of(heard) == "provide_details"
    assert heard["text"] == "mara dot okafor at example dot org"
    # Whoever signed in stays so.
    assert heard["metadata"] == {"customer": "signed in"}
    found = slots_of(events)
    assert found["goal"] == "recover_password"
    assert found["details_awaited"] == "detail"
    assert found["details_missing"] == "email"
    assert found["details"] == found["change"] == "open"
    assert found["failures"] is None


def test_a_message_that_was_heard_again_counts_once() -> None:
    slots = {"goal": "recover_password", "details_awaited": "detail"}
    events = [*AWAITED, *did(ActionHearDetails(), tracker(AWAITED, **slots))]
    assert [intent_of(one) for one in customer_messages(events)] == [
        "recover_password",
        "provide_details",
    ]
    assert len(turns(events, ["recover_password"])) == 2


def test_two_messages_without_an_id_are_two() -> None:
    twice = {**says("greet", "hi", 1), "message_id": None}
    assert len(list(customer_messages([twice, twice]))) == 2


def test_nobody_who_reads_a_conversation_sees_a_message_twice() -> None:
    first, again = UserUttered("yes", message_id="a"), UserUttered("my parcel?", message_id="a")
    assert list(once([first, again, UserUttered("thanks", message_id="b")])) == [
        first,
        UserUttered("thanks"),
    ]


TWO = says("cancel_order", "cancel ML-104217 and where is ML-104163?", 1, other_wish=WISH)


def test_the_other_wish_waits_until_it_is_offered() -> None:
    found = slots_of(did(ActionNotice(), tracker([TWO])))
    assert found["other_wish"] == "waiting"
    assert found["other_wish_said"] == WISH["text"]
    later = [TWO, was_set("other_wish_said", WISH["text"]), says("affirm", "yes", 2)]
    assert slots_of(did(ActionNotice(), tracker(later, other_wish="waiting")))["other_wish"]
    offered = slots_of(did(ActionOfferOtherWish(), tracker(later, other_wish="waiting")))
    assert offered == {"other_wish": None, "pending": "other_wish", "question_asked": "other_wish"}


def test_the_other_wish_waits_no_longer_once_the_customer_comes_to_it() -> None:
    later = [TWO, was_set("other_wish_said", WISH["text"]), says("track_order", "where is it", 2)]
    found = slots_of(did(ActionNotice(), tracker(later, other_wish="waiting")))
    assert found["other_wish"] is None


def test_the_other_wish_does_not_wait_for_ever() -> None:
    talk = [says("thank", "thanks", number) for number in range(2, WAITS_FOR + 3)]
    later = [TWO, was_set("other_wish_said", WISH["text"]), *talk]
    found = slots_of(did(ActionNotice(), tracker(later, other_wish="waiting")))
    assert found["other_wish"] is None


def test_a_customer_in_danger_has_no_other_wish() -> None:
    alarm = [TWO, was_set("other_wish_said", WISH["text"]), says("crisis", "i want to die", 2)]
    found = slots_of(did(ActionNotice(), tracker(alarm, other_wish="waiting", safety="alarm")))
    assert found["other_wish"] is None


def test_the_other_wish_is_served_as_if_it_had_been_said_now() -> None:
    yes = [TWO, was_set("pending", "other_wish"), says("affirm", "yes", 2)]
    slots = {"pending": "other_wish", "goal": "cancel_order", "order_number": "ML-104217"}
    events = did(ActionTakeUpOtherWish(), tracker(yes, **slots))
    listened, heard, *_ = events
    assert listened["name"] == "action_listen"
    assert (intent_of(heard), heard["text"]) == ("track_order", "where is ML-104163?")
    found = slots_of(events)
    assert found["goal"] == "track_order"
    assert found["order_number"] == "ML-104163"
    assert found["pending"] is None
    assert found["order_state"] == "unread"
    assert found["stage"] == "after"
    # The customer's own word for it stays.
    assert [one["text"] for one in customer_messages([*yes, *events])][-1] == "yes"


def test_without_another_wish_a_yes_is_left_alone() -> None:
    events = did(ActionTakeUpOtherWish(), tracker([says("affirm", "yes", 1)]))
    assert events == [{"event": "slot", "timestamp": None, "name": "pending", "value": None}]
    assert other_wish_of([says("affirm", "yes", 1)]) is None


def test_what_was_not_understood_and_our_pages_answer_is_heard_again_as_a_question() -> None:
    events = [says("nlu_fallback", "how do I oil the walnut desk?", 1)]
    heard_again = did(ActionHearQuestion(), tracker(events))
    assert intent_of(heard_again[1]) == "ask_product"
    # It was understood after all.
    assert slots_of(heard_again)["failures"] is None


def test_a_question_about_the_product_in_hand_is_answered_from_its_own_page() -> None:
    events = [says("nlu_fallback", "how many kilos? I am rather heavy", 1)]
    found = found_on_pages(tracker(events, product="ergonomic chair"))
    assert found
    assert "130 kilograms" in found.text


def test_what_is_asked_counts_and_not_what_is_told_beside_it() -> None:
    events = [says("ask_product", "I am not placing an order yet. How wide is the bookshelf?", 1)]
    found = found_on_pages(tracker(events))
    assert found
    assert "Bookshelf" in found.place


@pytest.mark.parametrize("text", ["how do I boil an egg?", "asdf jklö", "walnut oil"])
def test_what_our_pages_do_not_answer_stays_not_understood(text: str) -> None:
    events = did(ActionHearQuestion(), tracker([says("out_of_scope", text, 1)]))
    assert events == [was_set("answer", "nothing") | {"timestamp": None}]


@pytest.mark.parametrize(
    ("text", "asked", "taken"),
    [
        ("would Klarna be fine?", "Klarna", "yes"),
        ("can I use the same card as last year", "card", "yes"),
        ("is a bank transfer alright", "bank transfer", "yes"),
        ("may I give the driver cash", "cash", "no"),
        ("could I pay cash when the parcel arrives", "cash", "no"),
        ("how can I pay?", None, None),
        ("when is my card charged?", None, None),
    ],
)
def test_a_way_to_pay_that_is_named_is_answered_by_its_name(
    text: str, asked: str | None, taken: str | None
) -> None:
    named = named_in_question(tracker([says("check_payment_methods", text, 1)]))
    assert (named["payment_asked"], named["payment_taken"]) == (asked, taken)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("customs want money, do I pay them?", "Customs"),
        ("does somebody assemble the chair?", "Assembly"),
        ("what ways of delivery are there?", None),
    ],
)
def test_one_thing_about_delivery_is_answered_with_that_and_not_with_the_list(
    text: str, place: str | None
) -> None:
    named = named_in_question(tracker([says("delivery_options", text, 1)]))
    assert named["page_answer"] == ("yes" if place else None)
    assert place is None or place in str(named["answer_place"])


def test_after_a_loss_was_met_the_rest_of_the_message_is_heard_without_it() -> None:
    told = [
        says("cancel_order", "my husband died, please cancel the bench", 1),
        {"event": "action", "name": "utter_validate_loss"},
    ]
    events = did(ActionHearOn(), tracker(told, said="loss", goal="cancel_order"))
    listened, heard, *_ = events
    assert listened["name"] == "action_listen"
    assert (intent_of(heard), heard["text"]) == ("cancel_order", told[0]["text"])
    found = slots_of(events)
    assert found["said"] is None
    assert found["goal"] == "cancel_order"
    assert found["order_state"] == "unread"
    # It counts as one message.
    assert len(turns([*told, *events], ["cancel_order"])) == 1


def test_a_danger_told_with_a_number_is_heard_as_a_fault() -> None:
    told = says("provide_details", "the lamp smokes, ML-104163", 1)
    warned = {"event": "action", "name": "utter_explain_hazard"}
    found = did(ActionHearFault(), tracker([told, warned]))
    heard = next(event for event in found if event["event"] == "user")
    assert intent_of(heard) == "report_damaged_item"
    assert (slots_of(found)["goal"], slots_of(found)["said"]) == ("report_damaged_item", None)
