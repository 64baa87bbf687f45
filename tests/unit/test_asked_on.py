"""What is asked on about money that comes back, a claim or a return is answered, and taken for no wish."""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Engine

import actions.coming_back
import actions.item
import actions.order
import actions.payment
import actions.promise
import actions.who
from actions.domain import shared_slots
from actions.notice import ActionNotice
from exemplar.desk.promises import Promises
from exemplar.shop.model import ClaimKind
from exemplar.shop.policy import POLICY_FILE, load_policy
from exemplar.shop.seed import seed
from exemplar.shop.shop import ShopError
from exemplar.shop.sql import SqlShop

Event = dict[str, Any]
TODAY = date(2026, 11, 30)
MARA, PRIYA, AISHA = (
    *("mara.okafor@example.org", "priya.raman@example.net", "aisha.rahman@example.org"),
)
KETTLE = {"order_number": "ML-104102", "order_items": "gooseneck kettle"}
REFUND = {
    "goal": "track_refund",
    "order_state_seen": "refund_pending",
    "order_number": "ML-104055",
    "order_items": "noise-cancelling headphones",
}
SECOND = {
    "goal": "track_refund",
    "settled": "second_payment",
    "order_state_seen": "processing",
    "order_number": "ML-104205",
    "order_items": "set of six wine glasses and linen tablecloth",
}
CLAIM = {
    "goal": "report_damaged_item",
    "claim_matter": "report_damaged_item",
    "settled": "replacement",
    "claim_replacement_on": "7 December",
    **KETTLE,
}
COMPLAINED = {"goal": "complaint", "settled": "complaint", "complaint_number": "C-1001"}
FAULT = {"goal": "report_missing_item", "pending": "report_missing_item", **KETTLE}
RETURN = {"goal": "get_refund", "pending": "get_refund", "order_state_seen": "delivered", **KETTLE}


@pytest.fixture
def shop(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> SqlShop:
    seed(engine, TODAY)
    made = SqlShop(engine, load_policy(POLICY_FILE), lambda: datetime.combine(TODAY, time(12)))
    modules = (
        *(actions.coming_back, actions.item, actions.order, actions.payment),
        *(actions.promise, actions.who),
    )
    for module in modules:
        monkeypatch.setattr(module, "shared_shop", lambda: made)
    monkeypatch.setattr(actions.promise, "shared_promises", lambda: Promises(engine, timezone.utc))
    return made


def says(intent: str, text: str = "…", **entities: str) -> list[Event]:
    parsed = {
        "intent": {"name": intent},
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        "emotion": {"name": "neutral", "frustration": 0.0},
    }
    return [{"event": "user", "text": text, "parse_data": parsed, **parsed}]


def does(*names: str) -> list[Event]:
    return [{"event": "action", "name": name} for name in (*names, "action_listen")]


def asked(matter: str, *names: str) -> list[Event]:
    return [*does(*names), {"event": "slot", "name": "question_asked", "value": matter}]


def tracked(*parts: list[Event], **slots: Any) -> Tracker:
    events = [event for part in parts for event in part]
    latest = next(event for event in reversed(events) if event["event"] == "user")
    message = {**latest["parse_data"], "text": latest["text"], "metadata": {}}
    held = {**dict.fromkeys(shared_slots()), "emotion_reading": False, **slots}
    return Tracker("x", held, message, events, False, None, {}, "action_listen")


def noticed(*parts: list[Event], **slots: Any) -> dict[str, Any]:
    found = ActionNotice().run(CollectingDispatcher(), tracked(*parts, **slots), {})
    return {event["name"]: event["value"] for event in found}


def run(action: Any, *parts: list[Event], **slots: Any) -> dict[str, Any]:
    found = action.run(CollectingDispatcher(), tracked(*parts, **slots), {})
    return {event["name"]: event["value"] for event in found}


@pytest.mark.parametrize(
    ("held", "intent", "text", "what"),
    [
        (REFUND, "ask_next", "five days counted from when exactly?", "money_from"),
        (REFUND, "ask_next", "and if it isn't there on Friday, who do I chase", "money_if_not"),
        (REFUND, "nlu_fallback", "what if nothing shows up", "money_if_not"),
        (REFUND, "vent", "I closed that bank account in spring", "money_where"),
        (REFUND, "check_payment_methods", "which card does it go to?", "money_where"),
        (REFUND, "one_by_one", "can't you do that any quicker", "money_faster"),
        (REFUND, "nlu_fallback", "so Friday for sure?", "money_sure"),
        (REFUND, "nlu_fallback", "that was for my rent this week", "money_short"),
        (REFUND, "nlu_fallback", "does that mess up the refund?", "money_chargeback"),
        (SECOND, "complaint", "can I get that in writing", "in_writing"),
        (SECOND, "track_order", "i swear if it's not there by friday", "money_if_not"),
        (CLAIM, "complaint", "I need it in writing, for my insurance", "in_writing"),
        (SECOND, "get_invoice", "can i have it in an email to show the landlord", "in_writing"),
        (SECOND, "get_invoice", "could you mail me that so my bank believes me", "in_writing"),
        (SECOND, "nlu_fallback", "please put that on paper for me", "in_writing"),
        (SECOND, "nlu_fallback", "I want it black on white", "in_writing"),
        (SECOND, "ask_next", "can you confirm that by email?", "in_writing"),
        (REFUND, "nlu_fallback", "wouldn't mind seeing that wrote down", "in_writing"),
        (REFUND, "nlu_fallback", "write me all of that in a mail please", "in_writing"),
        (COMPLAINED, "ask_next", "can I have that in writing", "in_writing"),
        (COMPLAINED, "ask_next", "id like the complaint confirmed in writing", "in_writing"),
        (RETURN, "nlu_fallback", "does it go to the card I lost?", "money_where"),
    ],
)
def test_what_is_asked_of_money_is_heard(
    held: dict[str, str], intent: str, text: str, what: str
) -> None:
    found = noticed(says(intent, text), **held)
    assert (found["said"], found["money_asked"]) == ("asks_of_money", what)
    assert (found["goal"], found["pending"]) == (held["goal"], held.get("pending"))


@pytest.mark.parametrize(
    ("held", "intent", "text"),
    [
        (REFUND, "track_refund", "where is my refund"),
        (REFUND, "cancel_order", "cancel the refund today"),
        (REFUND, "track_refund", "how is it going with my refund"),
        (REFUND, "get_invoice", "I need the invoice in writing"),
        (SECOND, "get_invoice", "can you mail me the bill as a pdf, for my accountant"),
        (SECOND, "get_invoice", "send that as a pdf for the books"),
        (SECOND, "complaint", "I want to complain in writing"),
        (SECOND, "ask_next", "email me when it leaves"),
        ({**KETTLE, "goal": "track_order"}, "get_invoice", "can I have that in an email"),
        (REFUND, "vent", "I'm really fed up with waiting"),
        (REFUND, "delete_account", "I'm done, close the account for good"),
        (SECOND, "track_order", "will the glasses be here by Friday for sure?"),
        ({**REFUND, "order_state_seen": "late"}, "track_order", "can it come any quicker"),
        ({**KETTLE, "goal": "change_invoice"}, "vent", "I closed that bank account in spring"),
    ],
)
def test_what_is_no_question_about_money_on_its_way_is_left(
    held: dict[str, str], intent: str, text: str
) -> None:
    assert noticed(says(intent, text), **held)["said"] != "asks_of_money"


def test_how_long_money_takes_may_be_asked_before_anything_is_decided() -> None:
    late = {**KETTLE, "goal": "track_order", "order_state_seen": "late"}
    asks = "could i get the money back. dont do it yet just tell me how long the money takes"
    held = noticed(says("get_refund", asks), **late)
    assert (held["said"], held["money_asked"]) == ("asks_of_money", "money_takes")
    assert held["goal"] == "track_order"
    wishes = "I want the money back, how long does it take"
    assert noticed(says("get_refund", wishes), **late)["said"] is None


@pytest.mark.parametrize(
    ("held", "intent", "text", "what"),
    [
        (RETURN, "ask_next", "how long have i got to decide?", "asks_until"),
        (RETURN, "nlu_fallback", "till when can I send that back", "asks_until"),
        (RETURN, "get_refund", "if it breaks again, can i still get my money?", "asks_until"),
        (RETURN, "report_missing_item", "so nothing's been registered, right?", "asks_registered"),
        (RETURN, "change_order", "could I swap it for the glass one", "swaps"),
        (FAULT, "nlu_fallback", "I opened it only today, is that a problem", "asks_too_late"),
        (FAULT, "nlu_fallback", "is that thing even safe?", "asks_safe"),
        (CLAIM, "report_damaged_item", "the broken one, i must send it? who pay", "asks_keep"),
        (CLAIM, "nlu_fallback", "why would i have to pack it up, its scrap", "asks_keep"),
        (CLAIM, "check_refund_policy", "the old one I must return or I throw?", "asks_keep"),
        (FAULT, "ask_next", "and i dont have to send anything back?", "asks_keep"),
        (SECOND, "misread", "ok so im not going mad", "was_right"),
        (RETURN, "place_order", "swap it for the glass one?", "swaps"),
        (SECOND, "payment_issue", "I send picture of bank?", "sends_proof"),
    ],
)
def test_a_question_starts_nothing_and_leaves_what_is_open(
    held: dict[str, str], intent: str, text: str, what: str
) -> None:
    found = noticed(says(intent, text), **held)
    assert found["said"] == what
    assert found["offered"] is None
    assert (found["goal"], found["pending"]) == (held["goal"], held.get("pending"))


def test_details_that_were_read_as_asking_where_it_is_are_details() -> None:
    told = [*says("report_damaged_item"), *does("utter_clarify_order_details")]
    held = {"goal": "report_damaged_item", "details_missing": "order"}
    named = {"order_number": "ML-104140", "email": AISHA}
    given = says("track_order", "ok. order is ML-104140, my mail aisha@example.org", **named)
    found = noticed(told, given, **held)
    assert (found["said"], found["goal"]) == ("gives_details", "report_damaged_item")
    where = says("track_order", "where is ML-104140", **named)
    assert noticed(told, where, **held)["goal"] == "track_order"


def test_a_number_of_another_form_is_a_detail_though_it_may_be_the_wrong_one() -> None:
    told = [*says("cancel_order"), *does("utter_clarify_order_details")]
    held = {"goal": "cancel_order", "details_missing": "order"}
    unsure = "The number is HG-77120-W, or it might be under Daan's, I'm not sure."
    assert noticed(told, says("no_details", unsure), **held)["said"] == "gives_details"
    assert noticed(told, says("no_details", "I haven't got it here"), **held)["said"] is None


def test_praise_takes_no_complaint_back() -> None:
    praise = "This isn't a complaint. I want to say something nice about the man who brought it"
    assert noticed(says("complaint", praise))["said"] == "praises"
    assert noticed(says("complaint", "that wasn't a complaint"))["said"] == "takes_back"


def test_water_at_electricity_is_warned_of_once() -> None:
    wet = says("report_damaged_item", "the kettle leaks, water all over the induction hob")
    assert noticed(wet)["said"] == "wet_electric"
    assert noticed(wet, does("utter_explain_unsafe"), wet)["said"] is None
    doubt = says("report_damaged_item", "the lamp flickers, is it safe to use?")
    assert noticed(doubt)["said"] == "wet_electric"


def test_who_did_nothing_wrong_is_believed_once() -> None:
    told = says("report_damaged_item", "the lever snapped. I promise I didn't drop it")
    assert noticed(told)["said"] == "did_nothing"
    assert noticed(told, does("utter_validate_believed"), told)["said"] is None


def test_the_reason_for_a_return_leaves_it_a_return() -> None:
    offer = [*says("get_refund"), *asked("get_refund", "utter_clarify_refund_delivered")]
    why = says("report_damaged_item", "the spout dribbles")
    found = noticed(offer, why, **RETURN)
    assert (found["offered"], found["goal"]) == ("reason", "get_refund")
    assert (found["pending"], found["fault_told"]) == ("get_refund", "report_damaged_item")
    # With the fault told, a new one can be had instead.
    new = noticed(offer, why, asked("get_refund"), says("nlu_fallback", "send a new one"), **RETURN)
    assert (new["offered"], new["goal"]) == ("replacement", "report_damaged_item")


def test_a_fault_of_another_order_is_none_of_this_one() -> None:
    first = says("report_damaged_item", "broken", order_number="ML-104102")
    other = says("get_refund", "and money for ML-104055", order_number="ML-104055")
    assert noticed(first)["fault_told"] == "report_damaged_item"
    assert noticed(first, other)["fault_told"] is None


MOVED = {"street": "Rue du Bailli 22", "postcode": "1050", "city": "Ixelles"}


def test_an_address_for_the_new_one_goes_into_the_claim(shop: SqlShop) -> None:
    known = {"order_number": "ML-104140", "email": AISHA}
    goal = {"goal": "report_damaged_item"}
    opened = run(actions.item.ActionOpenClaim(), says("report_damaged_item"), **goal, **known)
    held = {**CLAIM, **known, "claim_replacement_on": opened["claim_replacement_on"]}
    moved = says("change_shipping_address", "we moved: Rue du Bailli 22, 1050 Ixelles", **MOVED)
    heard = noticed(moved, **held)
    assert (heard["offered"], heard["goal"]) == ("claim_address", "report_damaged_item")
    added = run(actions.item.ActionAddToClaim(), moved, **{**held, **heard})
    assert (added["change"], added["settled"]) == ("made", "replacement")
    assert added["claim_address"] == "Rue du Bailli 22, 1050 Ixelles"
    order = shop.find_order("ML-104140", AISHA)
    assert order
    text = shop.open_claim(order, ClaimKind.DAMAGED, "").text
    assert "The new one shall go to another address than the order: we moved" in text


def test_where_the_new_one_goes_is_asked_if_it_is_not_said() -> None:
    elsewhere = noticed(says("change_shipping_address", "can it go somewhere else"), **CLAIM)
    assert elsewhere["offered"] == "claim_where"
    street = says("nlu_fallback", "Kade 12", street="Kade 12")
    assert noticed(says("greet"), does("utter_clarify_claim_address"), street, **CLAIM)[
        "offered"
    ] == ("claim_address")


def test_an_address_that_is_told_with_the_fault_stands_in_the_claim(shop: SqlShop) -> None:
    known = {"order_number": "ML-104140", "email": AISHA, "goal": "report_damaged_item"}
    told = [*says("report_damaged_item", "lever off"), *asked("report_damaged_item")]
    moved = says("change_shipping_address", "we moved to Rue du Bailli 22, 1050 Ixelles", **MOVED)
    heard = noticed(told, moved, pending="report_damaged_item", **known)
    assert (heard["offered"], heard["pending"]) == ("offer_address", "report_damaged_item")
    run(actions.item.ActionOpenClaim(), told, moved, says("affirm", "yes"), **known)
    order = shop.find_order("ML-104140", AISHA)
    assert order
    text = shop.open_claim(order, ClaimKind.DAMAGED, "").text
    assert text.splitlines()[1].startswith("The new one shall go to another address")


@pytest.mark.usefixtures("shop")
def test_who_takes_a_new_one_and_has_moved_is_asked_where_it_goes() -> None:
    known = {"order_number": "ML-104140", "email": AISHA, "goal": "report_damaged_item"}
    told = [*says("report_damaged_item", "half of it stays cold"), *asked("report_damaged_item")]
    text = "a new one please, the green. and I moved, so don't send anything to the old place"
    heard = noticed(told, says("get_refund", text), pending="report_damaged_item", **known)
    assert heard["offered"] == "replacement"
    opened = run(actions.item.ActionOpenClaim(), told, says("get_refund", text), **known)
    assert (opened["change"], opened["claim_moved"]) == ("made", "yes")
    read = says("change_shipping_address", text)
    elsewhere = noticed(told, read, pending="report_damaged_item", **known)
    assert elsewhere["offered"] == "replacement"
    yes = says("affirm", "yes please. Rue du Bailli 22, 1050 Ixelles", **MOVED)
    agreed = noticed(told, read, yes, pending="report_damaged_item", **known)
    assert agreed["offered"] == "replacement"
    here = run(actions.item.ActionOpenClaim(), told, says("affirm", "yes please"), **known)
    assert here["claim_moved"] is None


@pytest.mark.usefixtures("shop")
def test_money_on_its_way_is_looked_up_with_its_days() -> None:
    look = actions.coming_back.ActionLookUpMoney()
    headphones = {"order_number": "ML-104055", "email": MARA}
    refund = run(look, says("ask_next", "there by Friday?"), **headphones)
    assert (refund["money_case"], refund["money_amount"]) == ("refund", "€229")
    assert (refund["money_number"], refund["refund_working_days"]) == ("R-104055", "5")
    assert refund["money_meets"] == "same"
    early = run(look, says("ask_next", "there by Wednesday?"), **headphones)
    assert early["money_meets"] == "after"
    kettle = run(look, says("ask_next"), order_number="ML-104102", email=MARA)
    assert (kettle["money_case"], kettle["money_due"]) == ("none", None)
    assert run(look, says("ask_next"))["money_case"] == "none"


def test_a_second_payment_that_went_back_is_looked_up(shop: SqlShop) -> None:
    glasses = {"order_number": "ML-104205", "email": PRIYA}
    order = shop.find_order("ML-104205", PRIYA)
    assert order
    shop.return_second_payment(order)
    found = run(actions.coming_back.ActionLookUpMoney(), says("ask_next"), **glasses)
    assert (found["money_case"], found["money_amount"]) == ("second", "€142")
    assert (found["money_started"], found["money_due"]) == ("today", "7 December")


def test_what_cannot_be_looked_up_is_said_to_be_unknown(
    shop: SqlShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(number: str, email: str) -> None:
        raise ShopError("the shop does not answer")

    monkeypatch.setattr(shop, "find_order", fails)
    known = {"order_number": "ML-104055", "email": MARA}
    look = actions.coming_back.ActionLookUpMoney()
    assert run(look, says("ask_next"), **known)["money_case"] == "unknown"
    back = actions.coming_back.ActionLookUpReturn()
    assert run(back, says("ask_next"), **known)["return_of"] == "other"


@pytest.mark.usefixtures("shop")
def test_a_return_is_looked_up_for_what_is_asked_about() -> None:
    look = actions.coming_back.ActionLookUpReturn()
    kettle = {"order_number": "ML-104102", "email": MARA}
    own = run(look, says("nlu_fallback", "till when can it go back"), **kettle)
    assert (own["return_of"], own["order_return_by"]) == ("delivered", "until 31 January 2027")
    assert (own["warranty_years"], own["season_until"]) == ("2", "31 January")
    named = says("nlu_fallback", "till when can the kettle go back", product="kettle")
    assert run(look, named, **kettle)["return_of"] == "delivered"
    other = says("nlu_fallback", "till when can the lamp go back", product="lamp")
    assert run(look, other, **kettle)["return_of"] == "other"
