"""What is asked of a thing is told from what is asked of its order."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.domain import shared_slots
from actions.thing import thing_asked


def asked(
    text: str,
    items: str = "set of six wine glasses and linen tablecloth",
    intent: str = "track_order",
    asks: dict[str, float] | None = None,
    **slots: Any,
) -> bool:
    message = {"text": text, "intent": {"name": intent}, "entities": [], "asks": asks or {}}
    known = {"order_known": "yes", "order_items": items, "order_state_seen": "processing"}
    held = {**dict.fromkeys(shared_slots()), **known, **slots}
    events = [{"event": "user", "text": text, "parse_data": message, "timestamp": 1.0}]
    return thing_asked(Tracker("x", held, message, events, False, None, {}, "action_listen"))


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
