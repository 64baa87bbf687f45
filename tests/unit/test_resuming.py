"""After a side question a matter goes on with what was given for it, and with nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.details import ActionResumeMatter
from actions.domain import shared_slots

BILL = "bill.hargreaves@example.co.uk"


def resumed(missing: str, text: str, intent: str = "nlu_fallback", **slots: Any) -> list[Any]:
    """Returns what happens after a message that answered nothing that was asked for."""
    parsed = {"intent": {"name": intent}, "entities": []}
    events = [{"event": "user", "text": text, "parse_data": parsed}]
    held = {**dict.fromkeys(shared_slots()), "details_missing": missing, **slots}
    message = {**parsed, "text": text, "metadata": {}}
    tracker = Tracker("x", held, message, events, False, None, {}, "action_listen")
    found: list[Any] = ActionResumeMatter().run(CollectingDispatcher(), tracker, {})
    return [event for event in found if event.get("event") == "user"]


@pytest.mark.parametrize("missing", ["order", "order_email"])
def test_an_address_that_came_beside_something_else_is_taken_after_it(missing: str) -> None:
    heard = resumed(missing, "who pays for it?", order_number="ML-104120", email=BILL)
    given = heard[0]["parse_data"]["entities"]
    assert {one["value"] for one in given} == {"ML-104120", BILL}


def test_while_another_orders_number_is_awaited_the_one_before_is_not_taken_for_it() -> None:
    known = {"order_number": "ML-104188", "email": "jonas.lindqvist@example.com"}
    assert resumed("order_number", "and who pays the postage?", **known) == []
    assert resumed("order_number", "who pays?", "provide_details", **known) == []


def test_nobody_who_tells_of_a_death_is_asked_for_a_number_over_that() -> None:
    said = []
    for text in ("He passed away on the 3rd. Sorry.", "and who pays for it?"):
        parsed = {"intent": {"name": "vent"}, "entities": []}
        events = [{"event": "user", "text": text, "parse_data": parsed}]
        held = {"details_missing": "order", "details_awaited": "order"}
        slots = {**dict.fromkeys(shared_slots()), **held}
        message = {**parsed, "text": text, "metadata": {}}
        tracker = Tracker("x", slots, message, events, False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        ActionResumeMatter().run(dispatcher, tracker, {})
        said.append([one["response"] for one in dispatcher.messages])
    assert said == [[], ["utter_clarify_back_to_matter"]]


def test_what_is_not_there_yet_is_not_heard() -> None:
    assert resumed("order_email", "who pays for it?", order_number="ML-104120") == []
