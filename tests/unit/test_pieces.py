"""How many pieces are wanted is kept, and can be put right; what is said beside a street is no part of it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
import sqlalchemy as sa
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Engine

import actions.details
import actions.order
import actions.product
import actions.promise
import actions.who
from actions.domain import shared_slots
from actions.hearing import (
    ActionHearChange,
    ActionHearPurchase,
    ActionHearQuantity,
    ActionHearStreet,
    ActionHearYes,
)
from actions.notice import ActionNotice
from exemplar.conversation import intent_of
from exemplar.desk.promises import Promises
from exemplar.details import (
    address_in,
    plain_name,
    plain_street,
    quantity_of,
    recounted_in,
    street_corrected,
)
from exemplar.nlu.entities import plainly
from exemplar.shop import tables
from exemplar.shop.policy import POLICY_FILE, load_policy
from exemplar.shop.seed import seed
from exemplar.shop.sql import SqlShop

Event = dict[str, Any]
TODAY = date(2026, 11, 18)
MUGS = {
    "goal": "place_order",
    "product": "stoneware mug",
    "street": "Kade 12",
    "postcode": "3511 AB",
    "city": "Utrecht",
    "email": "ada.first@example.org",
    "name": "Ada First",
}


@pytest.fixture(autouse=True)
def shop(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> SqlShop:
    seed(engine, TODAY)
    made = SqlShop(engine, load_policy(POLICY_FILE), lambda: datetime.combine(TODAY, time(12)))
    for module in (actions.details, actions.order, actions.product, actions.who):
        monkeypatch.setattr(module, "shared_shop", lambda: made)
    monkeypatch.setattr(actions.promise, "shared_promises", lambda: Promises(engine))
    return made


def says(intent: str, text: str, **entities: str) -> Event:
    named = [{"entity": name, "value": value} for name, value in entities.items()]
    parsed = {"intent": {"name": intent, "confidence": 1.0}, "entities": named}
    return {"event": "user", "text": text, "message_id": text, "parse_data": parsed}


def did(name: str) -> Event:
    return {"event": "action", "name": name}


def was_set(name: str, value: Any) -> Event:
    return {"event": "slot", "name": name, "value": value}


def run(action: Any, *events: Event, **slots: Any) -> list[Event]:
    latest = next(event for event in reversed(events) if event["event"] == "user")
    message = {**latest["parse_data"], "text": latest["text"], "metadata": {}}
    held = {**dict.fromkeys(shared_slots()), "emotion_reading": False, **slots}
    tracker = Tracker("web-1", held, message, list(events), False, None, {}, "action_listen")
    return list(action.run(CollectingDispatcher(), tracker, {}))


def slots_of(events: list[Event]) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def bought(*events: Event) -> str:
    found = slots_of(run(actions.product.ActionLookUpProduct(), *events, **MUGS))
    return str(found["purchase"])


TWELVE = says("place_order", "12 stoneware mugs please", product="stoneware mugs")


def test_the_number_of_pieces_stays_when_the_thing_is_named_again_without_one() -> None:
    assert bought(TWELVE) == "12 × stoneware mug"
    again = says("place_order", "are the mugs on their way, then?", product="mugs")
    assert bought(TWELVE, says("affirm", "yes"), again) == "12 × stoneware mug"


def test_the_number_of_pieces_is_said_also_where_it_is_one() -> None:
    assert bought(says("place_order", "a mug please", product="mug")) == "1 × stoneware mug"


def test_a_house_number_counts_no_pieces() -> None:
    text = "a stoneware mug to Kade 12, 3511 AB Utrecht"
    assert bought(says("place_order", text, product="stoneware mug")) == "1 × stoneware mug"


def test_what_was_counted_for_the_purchase_before_does_not_count_for_the_next() -> None:
    another = says("place_order", "and a mug for my sister", product="mug")
    ordered = (TWELVE, did("action_place_order"), was_set("product", None))
    assert bought(*ordered, another) == "1 × stoneware mug"


def test_where_our_systems_failed_the_number_of_pieces_stays_for_the_next_yes() -> None:
    failed = (TWELVE, says("affirm", "yes"), did("action_place_order"))
    assert bought(*failed, says("affirm", "yes, try again")) == "12 × stoneware mug"


def test_what_was_counted_of_another_thing_does_not_count() -> None:
    lamps = says("place_order", "3 floor lamps", product="floor lamps")
    assert bought(lamps, says("place_order", "no, a mug", product="mug")) == "1 × stoneware mug"


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("make that 8 then", 8),
        ("sorry, eight please", 8),
        ("I meant two dozen", 24),
        ("8, not 6", 8),
        ("not 6 but 8", 8),
        ("the number of pieces is 8", 8),
        ("it's 8 days already", None),
        ("I need 2 more weeks", None),
        ("Kade 12", None),
        ("it's 3511 AB", None),
        ("yes please", None),
    ],
)
def test_a_number_that_is_put_right_is_understood(text: str, many: int | None) -> None:
    assert recounted_in(text) == many


def test_of_two_things_each_has_its_own_number() -> None:
    text = "8 desk lamps and 3 wool throws"
    assert quantity_of("desk lamps", text) == 8
    assert quantity_of("wool throws", text) == 3
    assert quantity_of("lamps", "lamps 8, throws 3") == 8


def test_a_number_put_right_asks_for_the_purchase_anew_and_keeps_all_else() -> None:
    asked = [TWELVE, was_set("question_asked", "place_order")]
    message = says("nlu_fallback", "sorry, fifteen please")
    slots = {**MUGS, "pending": "place_order"}
    noticed = slots_of(run(ActionNotice(), *asked, message, **slots))
    assert (noticed["offered"], noticed["goal"]) == ("quantity", "place_order")
    events = run(ActionHearQuantity(), *asked, message, **slots)
    assert intent_of(events[1]) == "provide_details"
    found = slots_of(events)
    assert (found["goal"], found["product"], found["street"]) == (
        "place_order",
        "stoneware mug",
        "Kade 12",
    )
    assert found["offered"] is None
    assert bought(*asked, message) == "15 × stoneware mug"


def test_a_number_put_right_after_it_was_ordered_brings_back_what_was_ordered() -> None:
    ordered = [
        TWELVE,
        *(was_set(name, value) for name, value in MUGS.items()),
        says("affirm", "yes"),
        did("action_place_order"),
        *(was_set(name, None) for name in ("product", "street", "postcode", "city")),
        was_set("settled", "first_order"),
    ]
    left = {"goal": "place_order", "email": MUGS["email"], "name": MUGS["name"]}
    message = says("nlu_fallback", "hm, it should be 15")
    noticed = slots_of(run(ActionNotice(), *ordered, message, settled="first_order", **left))
    assert noticed["offered"] == "quantity"
    found = slots_of(
        run(ActionHearQuantity(), *ordered, message, settled="first_order", offered="quantity")
    )
    assert (found["product"], found["street"]) == ("stoneware mug", "Kade 12")


def test_a_number_is_nothing_of_the_kind_where_nothing_is_bought() -> None:
    noticed = slots_of(
        run(ActionNotice(), says("nlu_fallback", "it's 5 by now"), goal="track_order")
    )
    assert noticed["offered"] is None


def test_a_yes_with_a_second_wish_beside_it_is_a_yes_and_the_wish_waits() -> None:
    asked = [TWELVE, was_set("question_asked", "place_order")]
    message = says("change_invoice", "great, yes, and put our firm on the bill")
    slots = {**MUGS, "pending": "place_order"}
    noticed = slots_of(run(ActionNotice(), *asked, message, **slots))
    assert noticed["said_yes"] == "first"
    assert (noticed["goal"], noticed["pending"]) == ("place_order", "place_order")
    events = run(ActionHearYes(), *asked, message, **slots)
    assert intent_of(events[1]) == "affirm"
    found = slots_of(events)
    assert (found["other_wish"], found["other_wish_said"]) == (
        "waiting",
        "put our firm on the bill",
    )


def test_a_company_that_buys_is_told_once_how_it_is_paid_and_billed_and_then_served() -> None:
    text = "I'd like 30 mugs, can we pay on account?"
    message = says("check_payment_methods", text, product="mugs")
    assert slots_of(run(ActionNotice(), message))["said"] == "company_bill"
    events = run(ActionHearPurchase(), message)
    assert intent_of(events[1]) == "place_order"
    assert (slots_of(events)["goal"], slots_of(events)["said"]) == ("place_order", None)
    told = did("utter_explain_company_bill")
    assert slots_of(run(ActionNotice(), message, told, message))["said"] is None


def test_who_bought_before_and_wants_the_invoice_for_a_company_does_not_buy() -> None:
    text = "I ordered a desk lamp last week and need it billed to our company"
    assert (
        slots_of(run(ActionNotice(), says("change_invoice", text, product="desk lamp")))["said"]
        is None
    )


@pytest.mark.parametrize(
    ("said", "street"),
    [
        ("okay, Kade 12", "Kade 12"),
        ("it's Kade 12", "Kade 12"),
        ("my new address is Kade 12", "Kade 12"),
        ("Leiden. Kade 12", "Kade 12"),
        ("St. Jansstraat 12", "St. Jansstraat 12"),
        ("Yes Street 4", "Yes Street 4"),
        ("no 5 High Road", "no 5 High Road"),
    ],
)
def test_what_is_said_before_a_street_is_no_part_of_it(said: str, street: str) -> None:
    assert plain_street(said) == street


def test_an_address_in_one_go_has_no_word_before_it_and_its_town_also_where_it_goes_first() -> None:
    assert address_in("okay its Kade 12, 3511 AB Utrecht")["street"] == "Kade 12"
    assert address_in("Leiden. Kade 12, 2312 AB") == {
        "street": "Kade 12",
        "postcode": "2312 AB",
        "city": "Leiden",
    }


def test_a_name_has_no_word_before_it() -> None:
    assert plain_name("ok Ada First") == "Ada First"
    assert plain_name("Ada First") == "Ada First"


def test_an_entity_begins_where_the_street_does() -> None:
    text = "ok Kade 12"
    one = {"entity": "street", "start": 0, "end": len(text), "value": text}
    assert plainly(one) == {"entity": "street", "start": 3, "end": 10, "value": "Kade 12"}
    order = {"entity": "order_number", "start": 0, "end": 9, "value": "ML-104163"}
    assert plainly(order) == order


@pytest.mark.parametrize(
    "text",
    [
        "how do I change my email address",
        "no, I want to change the e-mail, not the password",
        "my account has my old mail, can that be another one",
    ],
)
def test_another_email_address_for_an_account_is_a_matter_of_its_own(text: str) -> None:
    assert slots_of(run(ActionNotice(), says("recover_password", text)))["said"] == "changes_email"


@pytest.mark.parametrize(
    "text",
    [
        "I forgot my password and changed my email since",
        "please send the reset mail again",
        "which email did I order with",
        "email me when it changes hands",
    ],
)
def test_a_lost_password_stays_one(text: str) -> None:
    assert slots_of(run(ActionNotice(), says("recover_password", text)))["said"] is None


@pytest.mark.parametrize("street", ["mugs 12", "10 mugs", "lamps 3", "12 stoneware mugs"])
def test_a_product_and_its_number_is_no_street(street: str) -> None:
    slots = {**MUGS, "street": street}
    found = run(actions.details.ActionCheckDetails(), says("provide_details", "…"), **slots)
    assert slots_of(found)["street"] is None
    assert slots_of(found)["details_missing"] == "street"


def test_a_number_of_pieces_that_is_said_instead_of_the_street_is_none() -> None:
    slots = {**MUGS, "street": None, "details_missing": "street", "details_awaited": "detail"}
    said = says("nlu_fallback", "oh wait make it 10 mugs", product="mugs")
    found = slots_of(run(actions.details.ActionCheckDetails(), said, **slots))
    assert found["details_missing"] == "street"
    assert not found.get("street")


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("the house number is wrong", None),
        ("there's an 'um' in the address", None),
        ("the street should be Lange Kade 14, not 12", "Lange Kade 14"),
        ("that address is wrong, it must be 14 High Road", "14 High Road"),
    ],
)
def test_an_address_that_is_not_right_is_changed_or_asked_for(
    text: str, street: str | None
) -> None:
    slots = {**MUGS, "goal": "change_shipping_address", "street": "um Kade 12"}
    message = says("nlu_fallback", text)
    assert slots_of(run(ActionNotice(), message, **slots))["said"] == "address_wrong"
    events = run(ActionHearStreet(), message, **slots)
    found = slots_of(events)
    assert intent_of(events[1]) == "change_shipping_address"
    assert (found["street"], found["said"]) == (street, None)
    assert street_corrected(text) == street


@pytest.mark.parametrize("text", ["121 not 112, always mix those up", "oh, not 112 but 121"])
def test_a_house_number_that_is_put_right_changes_the_address_again(text: str) -> None:
    slots = {**MUGS, "goal": "change_shipping_address", "street": "Biltstraat 112"}
    message = says("nlu_fallback", text)
    assert slots_of(run(ActionNotice(), message, **slots))["said"] == "address_wrong"
    events = run(ActionHearStreet(), message, **slots)
    assert intent_of(events[1]) == "change_shipping_address"
    assert slots_of(events)["street"] == "Biltstraat 121"
    # It is heard so once, and where no part of the address is asked for; and another number is none.
    heard = run(ActionNotice(), message, did("action_hear_street"), **slots)
    assert slots_of(heard)["said"] is None
    asked = {**slots, "details_missing": "city"}
    assert slots_of(run(ActionNotice(), message, **asked))["said"] is None
    other = says("nlu_fallback", "12 not 18")
    assert slots_of(run(ActionNotice(), other, **slots))["said"] is None


def test_a_parcel_that_went_to_a_wrong_address_is_another_matter() -> None:
    message = says("report_wrong_item", "it was left at the wrong address")
    assert slots_of(run(ActionNotice(), message, goal="track_order"))["said"] is None


def test_a_guest_who_names_an_order_speaks_of_that() -> None:
    message = says("change_invoice", "it is for ML-104163", order_number="ML-104163")
    assert slots_of(run(ActionNotice(), message, settled="first_order"))["settled"] is None


def test_two_things_are_bought_one_after_the_other(engine: Engine) -> None:
    text = "8 desk lamps and 3 wool throws"
    message = says("place_order", text, product="desk lamps")
    message["parse_data"]["entities"] = [
        {"entity": "product", "value": "Oslo desk lamps"},
        {"entity": "product", "value": "stoneware mugs"},
    ]
    held = {"product": "stoneware mugs"}
    found = slots_of(run(actions.product.ActionLookUpProduct(), message, **held))
    assert (found["product_state"], found["products_wanted"]) == ("several", "several")
    again = slots_of(
        run(actions.product.ActionLookUpProduct(), message, products_wanted="several", **held)
    )
    assert again["product"] == "Oslo desk lamp"
    with engine.connect() as connection:
        assert not connection.execute(sa.select(tables.guest_orders)).all()


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("no_second", "I don't want a refund and I can't wait another week"),
        ("no_second", "why should I pay for a second chair"),
        ("cannot_keep", "it works fine, I just can't look at it any more"),
        ("cannot_keep", "would you take it for a good cause"),
        ("name_on_parcel", "the bell says Jansen, can they see that"),
        ("name_on_parcel", "put Jansen on the parcel please"),
        (None, "I want a refund, I can't wait"),
        (None, "what is the name of the lamp"),
        (None, "please give it a try"),
        (None, "I'm not ordering from you again"),
    ],
)
def test_what_is_said_in_so_many_words_is_noticed(said: str | None, text: str) -> None:
    known = {"order_number": "ML-104163"}
    assert slots_of(run(ActionNotice(), says("nlu_fallback", text), **known))["said"] == said


@pytest.mark.parametrize("text", ["do you give to charity?", "why would I buy there again"])
def test_where_no_order_is_spoken_of_nothing_of_one_is_said(text: str) -> None:
    assert slots_of(run(ActionNotice(), says("out_of_scope", text)))["said"] is None


def test_the_name_that_a_buyer_was_asked_for_is_no_change_to_an_order() -> None:
    message = says("nlu_fallback", "the name for the parcel is Jansen")
    assert slots_of(run(ActionNotice(), message, goal="place_order"))["said"] is None


def test_a_name_for_the_bell_is_heard_as_a_change_to_the_order() -> None:
    message = says("report_wrong_item", "the bell says Jansen, is that on the parcel")
    events = run(ActionHearChange(), message, said="name_on_parcel")
    found = slots_of(events)
    assert intent_of(events[1]) == "change_order"
    assert (found["goal"], found["order_change"], found["said"]) == (
        "change_order",
        message["text"],
        None,
    )
