"""Whoever waits for a person, and names their order, is told how it stands; nobody guesses for free there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

import actions.order
import actions.turning
import actions.who
from actions.domain import shared_slots
from actions.notice import ActionNotice
from actions.who import TRIES, wrong_tries
from exemplar.errors import ExemplarError
from exemplar.shop.sql import SqlShop

TODAY = date(2026, 11, 18)
BILL = "bill.hargreaves@example.co.uk"
Event = dict[str, Any]


@pytest.fixture(autouse=True)
def shop(seeded: Callable[..., SqlShop]) -> None:
    seeded(TODAY, actions.order, actions.turning, actions.who)


def noticed(
    events: list[Event], number: str, email: str | None, handover: str | None = "waiting"
) -> list[Event]:
    """Returns what is set when these are given; the events go on with it."""
    given = {"order_number": number, "email": email}
    parsed = {
        "intent": {"name": "provide_details", "confidence": 1.0},
        "entities": [{"entity": name, "value": one} for name, one in given.items() if one],
        "emotion": {"name": "neutral", "frustration": 0.0},
    }
    events.append({"event": "user", "text": "here it is", "parse_data": parsed, **parsed})
    slots = {**dict.fromkeys(shared_slots()), "emotion_reading": False, "handover": handover}
    message = {**parsed, "text": "here it is", "metadata": {}}
    tracker = Tracker("x", slots, message, events, False, None, {}, "action_listen")
    found = ActionNotice().run(CollectingDispatcher(), tracker, {})
    events += found
    return found


def values(found: list[Event]) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in found}


def test_its_number_and_address_tell_how_an_order_stands() -> None:
    found = values(noticed([], "ML-104120", BILL))
    assert (found["order_known"], found["asks"], found["asked"]) == ("yes", "known", "when_comes")


def test_a_number_alone_tells_nothing_nor_does_it_where_nobody_waits() -> None:
    for found in (noticed([], "ML-104120", None), noticed([], "ML-104120", BILL, handover=None)):
        assert "order_known" not in values(found)
        assert values(found)["asks"] is None


def test_a_wrong_pair_counts_and_after_too_many_the_right_one_opens_nothing() -> None:
    events: list[Event] = []
    for _ in range(TRIES):
        assert "order_known" not in values(noticed(events, "ML-104120", "guess@example.org"))
    tracker = Tracker("x", {}, {}, events, False, None, {}, "action_listen")
    assert wrong_tries(tracker) == TRIES
    assert "order_known" not in values(noticed(events, "ML-104120", BILL))


def test_a_shop_that_does_not_answer_is_nobodys_wrong_guess(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def down() -> SqlShop:
        raise ExemplarError("the shop cannot be reached")

    for module in (actions.order, actions.turning, actions.who):
        monkeypatch.setattr(module, "shared_shop", down)
    events: list[Event] = []
    assert "order_known" not in values(noticed(events, "ML-104120", BILL))
    assert wrong_tries(Tracker("x", {}, {}, events, False, None, {}, "action_listen")) == 0
