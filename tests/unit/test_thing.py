"""What is asked of a thing, or of what our pages say, is told from what is asked of an order."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.domain import shared_slots
from actions.thing import page_asked, thing_asked


def asked(
    text: str,
    items: str = "set of six wine glasses and linen tablecloth",
    intent: str = "track_order",
    asks: dict[str, float] | None = None,
    **slots: Any,
) -> bool:
    return thing_asked(tracker_of(text, items, intent, asks, **slots))


def tracker_of(
    text: str,
    items: str = "bookshelf speakers",
    intent: str = "nlu_fallback",
    asks: dict[str, float] | None = None,
    **slots: Any,
) -> Tracker:
    message = {"text": text, "intent": {"name": intent}, "entities": [], "asks": asks or {}}
    known = {"order_known": "yes", "order_items": items, "order_state_seen": "processing"}
    held = {**dict.fromkeys(shared_slots()), **known, **slots}
    events = [{"event": "user", "text": text, "parse_data": message, "timestamp": 1.0}]
    return Tracker("x", held, message, events, False, None, {}, "action_listen")


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("What size is the tablecloth actually? Table is 180 x 90.", "linen tablecloth"),
        ("how big is the tablecloth i ordered", "set of six wine glasses and linen tablecloth"),
        ("can the wine glasses go in the dishwasher?", "set of six wine glasses"),
        ("is the tablecloth pure linen or a mix", "linen tablecloth"),
        ("how do i descale the kettle?", "gooseneck kettle"),
        ("how much weight does the ergonomic chair hold", "ergonomic chair"),
    ],
)
def test_a_question_that_its_page_answers_is_about_the_thing(text: str, items: str) -> None:
    assert asked(text, items)
    assert asked(text, items, asks={"what_ordered": 0.8})


@pytest.mark.parametrize(
    "text",
    [
        *("when does the tablecloth come?", "where is my tablecloth", "what have I ordered?"),
        *("is the tablecloth already on its way", "did you pack the tablecloth well?"),
        *("how much did the tablecloth cost", "can I still cancel the tablecloth?"),
        *("who brings it", "thanks for the tablecloth", "the tablecloth is 140 x 250"),
    ],
)
def test_what_is_asked_of_the_order_is_not(text: str) -> None:
    assert not asked(text)


def test_another_question_that_is_surely_read_is_meant() -> None:
    text = "what size is the tablecloth?"
    assert not asked(text, asks={"when_comes": 0.9})
    assert not asked(text, intent="report_wrong_item")
    assert not asked(text, order_known=None)


CARTON = "I did throw the big carton already... does this destroy it for me?"


@pytest.mark.parametrize("intent", ["nlu_fallback", "ask_next", "vent"])
def test_what_a_page_surely_answers_is_asked_there_whatever_weak_reading_it_has(
    intent: str,
) -> None:
    assert page_asked(tracker_of(CARTON, intent=intent, goal="report_damaged_item"))


def test_a_page_yields_to_a_matter_of_its_own_a_purchase_and_a_question_that_is_surely_read() -> (
    None
):
    assert not page_asked(tracker_of(CARTON, intent="cancel_order", goal="report_damaged_item"))
    assert not page_asked(tracker_of(CARTON, goal="place_order"))
    assert not page_asked(tracker_of(CARTON))
    surely = {"return_used": 0.9}
    assert not page_asked(tracker_of(CARTON, asks=surely, goal="report_damaged_item"))


def test_what_no_page_surely_answers_is_not_asked_there() -> None:
    asks = "so is mine nearly here, I can't sit at the window all day?"
    assert not page_asked(tracker_of(asks, goal="track_order"))
