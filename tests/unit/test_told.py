"""What actions find where a matter comes up again."""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Engine

import actions.account
import actions.order
import actions.payment
import actions.promise
import actions.who
from exemplar.desk.promises import Promises
from exemplar.shop.policy import POLICY_FILE, load_policy
from exemplar.shop.seed import seed
from exemplar.shop.sql import SqlShop

TODAY = date(2026, 11, 18)
MARA = "mara.okafor@example.org"


@pytest.fixture
def shop(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> SqlShop:
    seed(engine, TODAY)
    made = SqlShop(engine, load_policy(POLICY_FILE), lambda: datetime.combine(TODAY, time(12)))
    modules = (actions.account, actions.order, actions.payment, actions.promise, actions.who)
    for module in modules:
        monkeypatch.setattr(module, "shared_shop", lambda: made)
    monkeypatch.setattr(actions.promise, "shared_promises", lambda: Promises(engine, timezone.utc))
    return made


def run(action: Any, text: str = "…", **slots: Any) -> dict[str, Any]:
    held = {"order_number": "ML-104163", "email": MARA, **slots}
    message = {"text": text, "metadata": {}}
    tracker = Tracker("x", held, message, [], False, None, {}, "action_listen")
    found = action.run(CollectingDispatcher(), tracker, {})
    return {event["name"]: event["value"] for event in found}


def look_up(**slots: Any) -> dict[str, Any]:
    return run(actions.order.ActionLookUpOrder(), **slots)


@pytest.mark.usefixtures("shop")
def test_what_stands_as_it_stood_was_told_to_somebody_who_asks_often() -> None:
    seen = look_up()
    assert seen["order_state"] == "late"
    assert look_up(**seen, asked_before="once")["order_state"] == "late"
    told = look_up(**seen, asked_before="often")
    assert (told["order_state"], told["order_state_seen"]) == ("told", "late")


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "before", [{"order_state_seen": "shipped"}, {"order_last_seen": "Ghent"}, {"order_number": "x"}]
)
def test_what_has_moved_since_was_not_told(before: dict[str, str]) -> None:
    seen = {**look_up(), **before, "asked_before": "often"}
    number = {"order_number": "ML-104198"} if "order_number" in before else {}
    assert look_up(**{**seen, **number})["order_state"] != "told"


def test_how_an_order_ended_is_told_apart(shop: SqlShop) -> None:
    assert look_up()["order_ended"] is None
    processing = look_up(order_number="ML-104217")
    assert processing["order_ended"] is None
    order = shop.find_order("ML-104217", MARA)
    assert order
    shop.cancel_order(order)
    assert look_up(order_number="ML-104217")["order_ended"] == "cancelled"
    assert look_up(order_number="ML-104055")["order_ended"] == "returned"


def test_an_account_is_switched_once_and_then_is_of_that_type_already(shop: SqlShop) -> None:
    switch = actions.account.ActionSwitchAccount()
    first, second = (run(switch, account_type="business") for _ in range(2))
    assert (first["change"], second["change"]) == ("made", "already")
    assert second["account_type_now"] == "business"
    assert run(switch, account_type="private")["change"] == "made"


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("text", "asked", "meets"),
    [
        # The order is expected on Friday, 20 November.
        ("will it come before saturday?", "Saturday, 21 November", "before"),
        ("by friday?", "Friday, 20 November", "same"),
        ("i need it tomorrow", "tomorrow", "after"),
        ("will it come?", None, None),
    ],
)
def test_a_day_that_is_named_is_compared_with_the_day_the_order_comes(
    text: str, asked: str | None, meets: str | None
) -> None:
    seen = run(actions.order.ActionLookUpOrder(), text)
    assert (seen["day_asked"], seen["day_meets"]) == (asked, meets)


@pytest.mark.usefixtures("shop")
def test_a_second_payment_that_went_back_is_known_in_any_conversation() -> None:
    priya = {"order_number": "ML-104205", "email": "priya.raman@example.net"}
    look = actions.payment.ActionLookUpPayment()
    assert run(look, **priya)["payment_state"] == "twice"
    made = run(actions.payment.ActionReturnSecondPayment(), **priya)
    days = {"payment_returned_on": "today", "payment_returned_due": "25 November"}
    assert {"change": "made", "settled": "second_payment", **days}.items() <= made.items()
    # … and what is asked of money from then on is asked of that payment.
    known = {"payment_state": "returned", "settled": "second_payment", **days}
    assert run(look, **priya) == known
    # One that was paid once is in order.
    assert run(look) == {"payment_state": "paid"}


SEEN = {"order_known": "yes", "order_number": "ML-104188", "email": "jonas.lindqvist@example.com"}


def told_of(product: str, intent: str = "report_damaged_item", **slots: Any) -> dict[str, Any]:
    text = f"anyway, the {product} crackle"
    message = {
        "text": text,
        "intent": {"name": intent},
        "entities": [{"entity": "product", "value": product}],
        "metadata": {},
    }
    tracker = Tracker("x", {**SEEN, **slots}, message, [], False, None, {}, "action_listen")
    found = actions.order.ActionLookUpOrder().run(CollectingDispatcher(), tracker, {})
    return {event["name"]: event["value"] for event in found}


@pytest.mark.usefixtures("shop")
def test_what_is_told_of_a_thing_of_another_order_is_not_done_to_this_one() -> None:
    found = told_of("speakers")
    assert (found["order_state"], found["details_missing"]) == ("other_item", "order_number")
    assert (found["item_named"], found["order_items"]) == ("speakers", "burr coffee grinder")


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("product", "slots"),
    [
        ("grinder", {}),
        # A part of it, which is not on sale here.
        ("hopper", {}),
        # No order was spoken of before.
        ("speakers", {"order_known": None}),
        # What came instead of it is told with the wrong thing.
        ("speakers", {"intent": "report_wrong_item"}),
    ],
)
def test_what_may_be_of_this_order_is_taken_for_it(product: str, slots: dict[str, Any]) -> None:
    assert told_of(product, **slots)["order_state"] == "late"


def test_a_number_of_another_form_counts_as_given_also_later_on() -> None:
    def message(text: str) -> dict[str, Any]:
        return {"event": "user", "text": text, "parse_data": {"intent": {"name": "vent"}}}

    texts = ["the order no. is 70019384 I think, there are two on it", "so what happens now?"]
    latest = {"text": texts[-1], "intent": {"name": "ask_next"}, "entities": [], "metadata": {}}
    held = {"goal": "report_damaged_item"}
    events = [message(text) for text in texts]
    tracker = Tracker("x", held, latest, events, False, None, {}, "action_listen")
    found = actions.order.ActionLookUpOrder().run(CollectingDispatcher(), tracker, {})
    slots = {event["name"]: event["value"] for event in found}
    assert (slots["order_state"], slots["order_given"]) == ("stuck", "70019384")
