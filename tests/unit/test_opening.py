"""A first message that was not understood is heard as the fault or the enquiry that it plainly is."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.domain import shared_slots
from actions.opening import asks_if_here, fault_at_opening

#: As such openings were read: a bit of everything.
UNCLEAR = {"product_advice": 0.34, "report_damaged_item": 0.22, "check_stock": 0.11}


def opened(
    text: str, read: dict[str, float] | None = None, intent: str = "nlu_fallback", **slots: Any
) -> Tracker:
    ranking = [{"name": intent, "confidence": 0.28}]
    ranking += [
        {"name": n, "confidence": c} for n, c in (UNCLEAR if read is None else read).items()
    ]
    message = {"text": text, "intent": ranking[0], "intent_ranking": ranking, "entities": []}
    held = {**dict.fromkeys(shared_slots()), **slots}
    return Tracker("x", held, message, [], False, None, {}, "action_listen")


@pytest.mark.parametrize(
    "text",
    [
        "I wonder if I might trouble you about an oak bookshelf which has two left sides and no right one.",
        "I am the owner of a bookcase with four left-hand panels, it came on Tuesday",
        "this is going to sound weird but the shelf you guys sent has two backs and zero fronts",
        "we sat on the new sofa we ordered and noticed one of its legs is shorter than the others",
        "I took delivery of a table that you sent. It stands on three legs, there should be four",
        "With the greatest respect, I write about a sofa that was delivered with three feet and a half.",
        "I am writing for my mother, who is 90 and has a kettle from you that whistles but never boils",
        "I've a bone to pick with whoever packed my wine glasses, there's five and a half of them",
        "I have got here a lamp of yours and it hums the whole evening like a bee",
        "My wife's liquidiser, which you delivered in May, smells of something I cannot name",
        "I've got a standing desk here that only goes down",
        "forgive me, the chest of drawers I bought, its bottom drawer refuses to close",
        "the door of my cupboard hangs crooked, and has from the first day",
        "a mirror of yours arrived with only two hooks, no handles, nothing",
    ],
)
def test_an_odd_opening_that_tells_what_is_wrong_is_heard_as_that(text: str) -> None:
    assert fault_at_opening(opened(text)) == "report_damaged_item"


@pytest.mark.parametrize(
    "text",
    [
        *("I want a lamp that leans over the sofa", "I'm looking for a table with three legs"),
        *("do you have a wardrobe with two left doors", "is there a kettle that never boils over"),
        *("I'd like a bookshelf with two open sides please", "does the chair wobble?"),
        *("I'm after a liquidiser which never leaks", "tell me about your Christmas plans"),
        *("my neighbours have got the same chair", "Good day, I have something to say"),
        *("how tall is it without feet", "I need a bed which stands on four legs"),
    ],
)
def test_what_is_looked_for_or_only_told_is_no_fault(text: str) -> None:
    assert fault_at_opening(opened(text)) is None


def test_what_is_wrong_may_be_unclear_where_it_is_clear_that_something_is() -> None:
    split = {"report_missing_item": 0.26, "review": 0.2, "report_wrong_item": 0.22}
    assert fault_at_opening(opened("half of it is a riddle", split)) == "report_missing_item"
    weak = {"report_missing_item": 0.2, "place_order": 0.5, "report_wrong_item": 0.26}
    assert fault_at_opening(opened("half of it is a riddle", weak)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Dear Sirs I am trying to find out about a liquidiser. Am I through to the right department.",
        *("Am I in the right place?", "hello?? am i talking to the right people about a desk"),
        *("Sirs, may I enquire after a bookcase", "is this where one asks about a wardrobe"),
        *(
            "I write regarding a food processor. Am I at the right address?",
            "It concerns a kettle.",
        ),
        *("I would like information on a carpet, please", "I'd like to have a word about my bed"),
        *("I was told to write about an armchair here", "have I reached the proper department?"),
    ],
)
def test_who_only_asks_whether_this_is_the_place_is_let_in(text: str) -> None:
    assert asks_if_here(opened(text, {"track_order": 0.26}))


@pytest.mark.parametrize(
    "text",
    [
        *("Hello dear is this the lamp people", "hi, are you the furniture shop?"),
        "good morning, is this the right shop",
    ],
)
def test_who_greets_and_asks_whether_this_is_the_place_is_let_in_too(text: str) -> None:
    assert asks_if_here(opened(text, intent="greet"))
    assert not asks_if_here(opened(text, intent="greet", goal="track_order"))


@pytest.mark.parametrize("text", ["hello", "good morning to you", "hi, are you there?"])
def test_a_greeting_alone_asks_for_no_place(text: str) -> None:
    assert not asks_if_here(opened(text, intent="greet"))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "I am in the garden",
            "what's the weather",
            "I'd like to buy a carpet, am I in the right place?",
        ),
        "is this really the right size",
    ],
)
def test_what_asks_something_else_is_no_enquiry(text: str) -> None:
    assert not asks_if_here(opened(text, {"track_order": 0.26}))


@pytest.mark.parametrize(
    "held",
    [{"goal": "track_order"}, {"details_missing": "email"}, {"handover": "requested"}],
)
def test_once_something_is_in_hand_it_is_no_opening(held: dict[str, str]) -> None:
    text = "about an oak bookshelf which has two left sides. Am I in the right place?"
    assert fault_at_opening(opened(text, **held)) is None
    assert not asks_if_here(opened(text, **held))


def test_what_was_understood_stays_as_it_was_read() -> None:
    text = "about an oak bookshelf which has two left sides"
    assert fault_at_opening(opened(text, intent="out_of_scope")) is None
