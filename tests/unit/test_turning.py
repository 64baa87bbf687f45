"""To which of their orders a customer turns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from rasa_sdk import Tracker

import actions.turning
import actions.who
from actions.turning import order_turned_to
from exemplar.errors import ExemplarError
from exemplar.shop.sql import SqlShop

TODAY = date(2026, 11, 18)
#: Mara's late writing desk and its pad.
DESK = {
    "order_number": "ML-104163",
    "email": "mara.okafor@example.org",
    "order_known": "yes",
    "order_items": "walnut writing desk and felt desk pad",
}
ASKS = {"shares": {"question": 0.8}}


@pytest.fixture
def shop(seeded: Callable[..., SqlShop]) -> SqlShop:
    return seeded(TODAY, actions.turning, actions.who)


def turned(
    text: str,
    *,
    act: dict[str, Any] | None = None,
    number: str | None = None,
    intent: str = "nlu_fallback",
    **slots: Any,
) -> str | None:
    entities = [{"entity": "order_number", "value": number}] if number else []
    message = {
        "text": text,
        "intent": {"name": intent},
        "entities": entities,
        "metadata": {},
        "act": ASKS if act is None else act,
    }
    before = [
        {"event": "slot", "name": "order_number", "value": DESK["order_number"]},
        {"event": "user", "text": text, "parse_data": message},
    ]
    # The slot holds the order before: what a message names reaches it only afterwards.
    held = {**DESK, **slots}
    found = order_turned_to(Tracker("x", held, message, before, False, None, {}, "action_listen"))
    return found.number if found else None


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("And the rug, that's not stuck in the same depot is it", "ML-104198"),
        ("Other thing: do my headphones have to be back with you first?", "ML-104055"),
        ("What about the floor lamp, if I simply don't pay it?", "ML-104226"),
        ("ok next. floor lamp from today, does it just die?", "ML-104226"),
        ("hmm fine. back to headphones. is the money on its way?", "ML-104055"),
        ("theres also a rug. can that be stopped or is it too late", "ML-104198"),
        # Its own words tell it from the desk that is spoken of.
        ("and where is the oslo desk lamp?", "ML-104217"),
    ],
)
def test_what_an_own_order_holds_names_it(text: str, number: str) -> None:
    assert turned(text) == number


@pytest.mark.usefixtures("shop")
def test_trouble_with_a_payment_is_that_of_the_order_that_is_not_paid() -> None:
    said = "my bank said no to the payment, what now"
    assert turned(said, intent="payment_issue") == "ML-104226"
    # Nobody speaks of what is not paid; or of a payment at all; or it is the money that comes back.
    assert turned("which card does it go to?", intent="payment_issue") is None
    assert turned(said, intent="track_order") is None
    assert turned(said, intent="payment_issue", order_number="ML-104055") is None


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("text", "change"),
    [
        # It is in the order before us.
        ("does the desk come up the stairs?", {}),
        ("is the pad in the same box as the desk?", {}),
        # Another kind of table, and of chair.
        ("how sure is it? my office is the corner of the kitchen table where she paints", {}),
        ("and the rocking chair, is that one coming?", {}),
        # It is in none of theirs.
        ("and the toaster?", {}),
        # Another order is only held beside this one.
        ("the duvet cover refund came through fine. so why is this one slow?", {}),
        ("do I put the photo of the ironing board on Trustpilot?", {}),
        # Two that fit alike, and neither was spoken of.
        ("and the lamp?", {}),
        # Only told, no thing of one's own, or something to buy.
        ("it goes with the rug", {"act": {"shares": {"inform": 0.9}}}),
        ("do you sell rugs?", {}),
        ("and the rug, is it in stock?", {"goal": "check_stock"}),
        # Nobody has shown yet who they are.
        ("where is the rug?", {"order_known": None}),
    ],
)
def test_else_the_order_before_us_stays(text: str, change: dict[str, Any]) -> None:
    assert turned(text, **change) is None


@pytest.mark.usefixtures("shop")
def test_a_thing_that_was_paid_for_is_ordered_and_one_that_is_wished_for_is_not() -> None:
    text = "I wanted also a kettle and the bank took it twice"
    assert turned(text, intent="payment_issue") == "ML-104102"
    assert turned("can a kettle go with it?", intent="change_order") is None


@pytest.mark.usefixtures("shop")
def test_whoever_looked_at_something_to_buy_may_come_back_to_what_they_bought() -> None:
    text = "And the headphones, I think the refund did not go through?"
    assert turned(text, intent="track_refund", goal="check_stock") == "ML-104055"
    assert turned(text, intent="cancel_order", goal="check_stock") is None
    assert turned(text, intent="track_refund", goal="place_order") is None


@pytest.mark.usefixtures("shop")
def test_a_number_turns_to_its_order_only_if_it_is_theirs() -> None:
    assert turned("ML-104055, did you get them back?", number="ML-104055") == "ML-104055"
    # A bookshelf speaker of somebody else's.
    assert turned("ML-104075, where is it?", number="ML-104075") is None
    # Nor with that one's address: a guess would not be counted here.
    jonas = "jonas.lindqvist@example.com"
    assert turned("ML-104075, where is it?", number="ML-104075", email=jonas) is None


def test_a_shop_that_cannot_be_reached_turns_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> SqlShop:
        raise ExemplarError("the shop cannot be reached")

    for module in (actions.turning, actions.who):
        monkeypatch.setattr(module, "shared_shop", down)
    assert turned("where is the rug?") is None


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "text",
    [
        "oh and the rug is meant to be coming too, right? It should be down before the desk goes on it",
        "I love the desk already. And the rug, is that on its way? The desk can wait",
    ],
)
def test_of_two_that_are_named_the_one_is_meant_that_is_asked_about(text: str) -> None:
    assert turned(text) == "ML-104198"


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "text",
    [
        "the rug looks lovely, now where is my desk?",
        "Where is the desk? The rug came ages ago",
        "is the desk coming with the rug?",
    ],
)
def test_what_only_stands_beside_what_is_asked_about_is_not_turned_to(text: str) -> None:
    assert turned(text) is None
