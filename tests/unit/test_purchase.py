"""What is said before and during a purchase is answered, and the purchase goes on."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Engine

import actions.details
import actions.payment
import actions.product
import actions.purchase
import actions.several
import actions.who
from actions.domain import shared_slots
from actions.hearing import ActionHearPurchase, ActionHearQuantity, ActionHearStock
from actions.notice import ActionNotice
from actions.policy import named_in_question
from exemplar.details import address_in, house_corrected, recounted_in, taken_for
from exemplar.errors import ExemplarError
from exemplar.knowledge.encoding import shared_question_encoder
from exemplar.knowledge.pages import Section
from exemplar.knowledge.purposes import budget_in, load_purposes, ours, shared_purposes
from exemplar.knowledge.search import FOLDER, Found, Knowledge
from exemplar.said import says
from exemplar.shop.policy import POLICY_FILE, load_policy, shared_policy
from exemplar.shop.seed import seed
from exemplar.shop.sql import SqlShop

#: A Monday.
TODAY = date(2026, 11, 30)
SHELF = {"product": "oak bookshelf"}
LAMP = {"product": "Oslo desk lamp"}
BUYING = {**SHELF, "goal": "place_order", "pending": "place_order"}
OPEN = {
    "order_number": "ML-104222",
    "email": "tomasz.zielinski@example.com",
    "order_state_seen": "unpaid",
    "order_total": "€29.50",
    "goal": "payment_issue",
}


@pytest.fixture(autouse=True)
def shop(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> SqlShop:
    seed(engine, TODAY)
    made = SqlShop(engine, load_policy(POLICY_FILE), lambda: datetime.combine(TODAY, time(12)))
    for module in (
        actions.details,
        actions.payment,
        actions.product,
        actions.purchase,
        actions.several,
        actions.who,
    ):
        monkeypatch.setattr(module, "shared_shop", lambda: made)
    return made


def tracker_of(
    intent: str, text: str, entities: Any = (), events: Any = (), **slots: Any
) -> Tracker:
    parsed = {
        "intent": {"name": intent, "confidence": 0.9},
        "entities": [{"entity": name, "value": value} for name, value in entities],
        "emotion": {"name": "neutral", "frustration": 0.0},
    }
    before = [{"event": "slot", "name": "question_asked", "value": slots.get("pending")}]
    before += [{"event": "slot", "name": name, "value": value} for name, value in slots.items()]
    said = {"event": "user", "text": text, "parse_data": parsed, "message_id": "1", **parsed}
    held = {**dict.fromkeys(shared_slots()), "emotion_reading": False, **slots}
    held |= dict(entities)
    return Tracker(
        "x",
        held,
        {**parsed, "text": text},
        [*before, *events, said],
        False,
        None,
        {},
        "action_listen",
    )


def did(action: Any, *of: Any, **slots: Any) -> dict[str, Any]:
    found = action.run(CollectingDispatcher(), tracker_of(*of, **slots), {})
    return {one["name"]: one["value"] for one in found if one["event"] == "slot"}


def said(*of: Any, **slots: Any) -> str | None:
    found: str | None = did(ActionNotice(), *of, **slots)["said"]
    return found


# -- what a message says ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("intent", "text", "slots", "expected"),
    [
        ("nlu_fallback", "ok i'll have it. standard is fine. send to Kade 18", SHELF, "takes_it"),
        ("provide_details", "Well, two of those then. It's bill@example.co.uk", LAMP, "takes_it"),
        ("affirm", "right, do it then", SHELF, "takes_it"),
        ("nlu_fallback", "14 for post, blimey. Go on then.", LAMP, "takes_it"),
        ("change_shipping_address", "we'll take one, to Kade 18", SHELF, "takes_it"),
        # Nothing was spoken of, or it is something else.
        ("affirm", "right, do it then", {}, None),
        ("affirm", "do it then", {**SHELF, "pending": "person"}, None),
        ("nlu_fallback", "i want to return it then, not buy it", SHELF, None),
        ("provide_details", "two of them are broken", {**LAMP, "order_number": "ML-104217"}, None),
        ("contact_customer_service", "whats the mail address of your people, ok then", LAMP, None),
        # Express is wished for: how soon it comes, and where it is chosen.
        ("affirm", "express then", BUYING, "asks_arrival"),
        ("nlu_fallback", "ok express please", BUYING, "asks_arrival"),
        ("affirm", "yes, express please", BUYING, None),
        ("affirm", "yes, on friday", BUYING, None),
        ("affirm", "express then", {}, None),
        # A price, or whether it is sold here.
        ("nlu_fallback", "hm. what about the mugs, how much are those", {}, "asks_stock"),
        ("nlu_fallback", "hiya do you do bookcases? nothing flimsy", {}, "asks_stock"),
        ("ask_product", "how much is it", SHELF, "asks_stock"),
        ("nlu_fallback", "how much do i get back for the mugs", {}, None),
        ("nlu_fallback", "do you have my order", {}, None),
        ("nlu_fallback", "do you have gift wrapping for the mugs", {}, None),
        ("nlu_fallback", "how much is express delivery", SHELF, None),
        ("ask_product", "how much does gift wrapping cost", SHELF, None),
        ("delivery_period", "when does it come", {"product": "glass kettle"}, None),
        # The sum.
        ("delivery_options", "is delivery on top of that or included", SHELF, "asks_total"),
        ("nlu_fallback", "How much all told, with the post to England?", LAMP, "asks_total"),
        ("delivery_options", "whats that with shipping", SHELF, "asks_total"),
        ("delivery_options", "how much is delivery", {}, None),
        # The day.
        ("delivery_period", "when does it get there, party is saturday", SHELF, "asks_arrival"),
        ("delivery_period", "how long does it take", {}, None),
        ("nlu_fallback", "will it still be there in 2 weeks you think", SHELF, "still_there"),
        # Whether it is ordered.
        ("ask_next", "did that go through? i didnt see any email", SHELF, "not_ordered"),
        ("ask_next", "did that go through?", {}, "none_ordered"),
        ("report_wrong_item", "did i buy it or not?? it says something red", {}, "none_ordered"),
        ("ask_next", "did that go through?", {"goal": "recover_password"}, None),
        ("ask_next", "did that go through?", {"settled": "first_order"}, "asks_ordered"),
    ],
)
def test_what_is_said_of_a_purchase_is_heard_whatever_it_was_read_as(
    intent: str, text: str, slots: dict[str, Any], expected: str | None
) -> None:
    named = [("product", "mugs")] if "mugs" in text else []
    assert said(intent, text, named, **slots) == expected


@pytest.mark.parametrize(
    ("intent", "text", "expected"),
    [
        ("nlu_fallback", "so did you take it or not", "asks_taken"),
        ("track_refund", "so did the money go or did it not go", "asks_taken"),
        ("payment_issue", "and if the pending one also goes through i pay twice?", "asks_taken"),
        ("ask_next", "did that go through", "asks_taken"),
        ("nlu_fallback", "ok send me the link", "asks_link"),
        ("nlu_fallback", "the link has expired", "asks_link"),
        ("ask_why", "i dont see that. where is it supposed to be", "asks_link"),
        ("nlu_fallback", "i dont see that. where is it supposed to be", "asks_link"),
        ("nlu_fallback", "don't send me another link", None),
        ("payment_issue", "why did it fail, there is enough on the card", "why_failed"),
        ("one_by_one", "can you not just do it for me", "pays_for_me"),
        ("vent", "super. so helpful. and how do i pay then, pigeon?", "asks_link"),
        ("nlu_fallback", "i didnt ask how to cancel, just how do i pay the thing", "asks_link"),
        ("check_payment_methods", "how do i pay with paypal", None),
        ("vent", "did you take it or not", "asks_taken"),
    ],
)
def test_what_is_said_of_an_open_payment_is_heard(
    intent: str, text: str, expected: str | None
) -> None:
    assert said(intent, text, **OPEN) == expected


def test_a_question_within_the_purchase_leaves_it_open() -> None:
    given = {**SHELF, "goal": "place_order", "pending": "place_order"}
    found = did(ActionNotice(), "delivery_period", "will it be here by saturday?", **given)
    assert (found["goal"], found["pending"]) == ("place_order", "place_order")


def test_an_address_in_a_purchase_changes_no_other_order() -> None:
    given = {"goal": "place_order", "details_missing": "address", **SHELF}
    there = [("street", "Kade 12"), ("postcode", "3511 AB")]
    assert (
        said("change_shipping_address", "to Kade 12, 3511 AB Utrecht", there, **given)
        == "in_purchase"
    )
    mended = {**given, "street": "Kade 18", "details_missing": "email"}
    assert said("reject_answer", "oh wait sorry 81 not 18", **mended) == "in_purchase"


@pytest.mark.parametrize(("slots", "what"), [({}, "none_ordered"), (SHELF, "not_ordered")])
def test_what_is_told_of_no_order_is_told_once_though_the_message_is_heard_again(
    slots: dict[str, Any], what: str
) -> None:
    text = "So have I bought it or havent I? I dont want to of paid and not get it"
    assert said("track_order", text, **slots) == what
    heard = tracker_of("track_order", text, **slots)
    told = {"event": "action", "name": f"utter_explain_{what}"}
    again = Tracker(
        "x",
        heard.slots,
        heard.latest_message,
        [*heard.events, told, heard.events[-1]],
        False,
        None,
        {},
        "action_listen",
    )
    slots_set = ActionNotice().run(CollectingDispatcher(), again, {})
    noticed_again = {one["name"]: one["value"] for one in slots_set if one["event"] == "slot"}
    assert noticed_again["said"] != what


KETTLE = {"goal": "check_stock", "product": "glass kettle", "pending": "check_stock"}
GOOSENECK = "right the gooseneck it is. goes to 12 Redcliffe Parade, Bristol BS1 6SP. email a@b.com"
TO_BRISTOL = [("city", "Bristol"), ("postcode", "BS1 6SP"), ("email", "a@b.com")]


def test_who_takes_another_thing_with_an_address_buys_it_and_asks_for_no_mail() -> None:
    for intent in ("provide_details", "change_shipping_address"):
        assert said(intent, GOOSENECK, TO_BRISTOL, **KETTLE) == "takes_it"
    slots = did(ActionHearPurchase(), "provide_details", GOOSENECK, TO_BRISTOL, **KETTLE)
    assert (slots["goal"], slots["product"]) == ("place_order", "gooseneck kettle")
    # A street is more than a mail needs; an email address alone is what was asked for.
    there = [("street", "Kade 12"), ("email", "a@b.com")]
    assert said("provide_details", "to Kade 12, a@b.com", there, **KETTLE) == "takes_it"
    assert said("provide_details", "it's a@b.com", [("email", "a@b.com")], **KETTLE) is None
    known = {**KETTLE, "order_number": "ML-104217", "email": "mara.okafor@example.org"}
    assert said("change_shipping_address", "to Kade 12", [("street", "Kade 12")], **known) is None


def test_the_email_that_is_put_right_is_the_buyers() -> None:
    given = {"goal": "place_order", "product": "gooseneck kettle", "details_missing": "name"}
    given |= {"street": "Kade 12", "postcode": "3511 AB", "city": "Utrecht", "name": "Ada First"}
    text, right = "sorry .net not .com!! ada@example.net", [("email", "ada@example.net")]
    events = [{"event": "slot", "name": "email", "value": "ada@example.com"}]
    checked = actions.details.ActionCheckDetails().run(
        CollectingDispatcher(), tracker_of("provide_details", text, right, events, **given), {}
    )
    slots = {one["name"]: one["value"] for one in checked}
    assert slots["details"] == "complete"
    assert slots.get("email", "ada@example.net") == "ada@example.net"


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("ok the oslo then. send two of those, my mail is a@b.com", "Oslo desk lamp"),
        ("then i'll take the gooseneck", "gooseneck kettle"),
        ("whats the gooseneck then", None),
        ("the gooseneck then?", None),
        ("cancel the gooseneck then", None),
        ("the day it is back", None),
    ],
)
def test_what_is_taken_is_named_by_a_word_of_its_name(text: str, product: str | None) -> None:
    chosen = actions.product.product_chosen(text)
    assert (chosen and chosen.name) == product


def test_a_purchase_with_an_email_address_asks_for_nobodys_address() -> None:
    text = "ok the oslo then. send two of those, to nieuwegracht 41, oh and my mail is a@b.com"
    named = [("product", "oslo"), ("street", "nieuwegracht 41"), ("email", "a@b.com")]
    assert said("contact_customer_service", text, named) == "takes_it"


def test_another_thing_beside_the_number_of_pieces_is_not_what_is_bought() -> None:
    text = "wait no just one, the other desk has one already"
    given = {"goal": "place_order", "product": "Oslo desk lamp", "details_missing": "city"}
    tracker = tracker_of("check_stock", text, [("product", "desk")], **given)
    events = ActionHearQuantity().run(CollectingDispatcher(), tracker, {})
    slots = {one["name"]: one["value"] for one in events if one["event"] == "slot"}
    heard = next(one for one in events if one["event"] == "user")
    assert slots["product"] == "Oslo desk lamp"
    assert heard["parse_data"]["entities"] == []
    again = Tracker(
        "x", {**tracker.slots, **slots}, {}, [*tracker.events, *events], False, None, {}, ""
    )
    assert actions.product.quantity(again) == 1


@pytest.mark.parametrize(
    "end", [". email a.b@example.com", ", a.b@example.com", " my mail is a.b@example.com", ""]
)
def test_an_email_address_beside_an_address_is_no_town(end: str) -> None:
    there = {"street": "12 Redcliffe Parade", "postcode": "BS1 6SP", "city": "Bristol"}
    assert address_in(f"goes to 12 Redcliffe Parade, Bristol BS1 6SP{end}") == there


# -- what is done ------------------------------------------------------------------------------------


def test_a_thing_that_is_taken_is_bought() -> None:
    events = ActionHearPurchase().run(
        CollectingDispatcher(), tracker_of("nlu_fallback", "i'll have it", **SHELF), {}
    )
    heard = next(one for one in events if one["event"] == "user")
    slots = {one["name"]: one["value"] for one in events if one["event"] == "slot"}
    assert heard["parse_data"]["intent"]["name"] == "place_order"
    assert (slots["goal"], slots["product"], slots["said"]) == (
        "place_order",
        "oak bookshelf",
        None,
    )


def test_a_price_is_heard_as_a_question_for_what_is_here() -> None:
    given = {"goal": "check_stock", "details_missing": "email", "product": "glass kettle"}
    asked = tracker_of("nlu_fallback", "what about the mugs", [("product", "mugs")], **given)
    events = ActionHearStock().run(CollectingDispatcher(), asked, {})
    heard = next(one for one in events if one["event"] == "user")
    assert heard["parse_data"]["intent"]["name"] == "check_stock"
    found = did(
        actions.product.ActionLookUpProduct(),
        "check_stock",
        "what about the mugs",
        [("product", "mugs")],
    )
    assert (found["product_state"], found["product_price"]) == ("in_stock", "€16.50")


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("is the glass one in stock? that sounds prettier", "glass kettle"),
        ("do you have anything in the same oak, like a bookcase", "oak bookshelf"),
        ("are the mugs in stock", "stoneware mug"),
        ("is it in stock", "oak bedside table"),
    ],
)
def test_what_is_named_now_goes_before_what_was_spoken_of(text: str, product: str) -> None:
    found = did(
        actions.product.ActionLookUpProduct(), "check_stock", text, product="oak bedside table"
    )
    assert found["product_name"] == product


@pytest.mark.parametrize(
    ("slots", "country", "total", "delivery", "to"),
    [
        (SHELF, None, "€298", "€29 of it is the delivery", "within the Netherlands"),
        (LAMP, "England", "€78.90", "€14 of it is the delivery", "to England"),
    ],
)
def test_what_it_comes_to_is_said_before_anything_is_asked(
    slots: dict[str, Any], country: str | None, total: str, delivery: str, to: str
) -> None:
    given = {**slots, "country": country}
    found = did(actions.purchase.ActionLookUpPurchase(), "delivery_options", "and in all?", **given)
    assert (found["purchase_total"], found["purchase_delivery"]) == (total, delivery)
    assert (found["purchase_to"], found["product_state"]) == (to, "in_stock")


@pytest.mark.parametrize(
    ("text", "slots", "meets", "fast"),
    [
        ("when is it there, the party is saturday", {"product": "stoneware mug"}, "unsure", "yes"),
        ("is it here by the 8th?", {"product": "stoneware mug"}, "yes", "yes"),
        ("is it here by wednesday?", {"product": "stoneware mug"}, "no", "yes"),
        ("is it here by wednesday?", SHELF, "no", "no"),
        ("is it here by wednesday?", {**LAMP, "country": "England"}, "no", "no"),
        ("how long does it take", LAMP, None, "yes"),
    ],
)
def test_a_day_that_matters_is_met_or_not(
    text: str, slots: dict[str, Any], meets: str | None, fast: str
) -> None:
    found = did(actions.purchase.ActionReckonDelivery(), "delivery_period", text, **slots)
    assert (found["arrival_meets"], found["arrival_fast"], found["change"]) == (meets, fast, "made")


def test_the_days_are_working_days_from_now() -> None:
    found = did(actions.purchase.ActionReckonDelivery(), "delivery_period", "when?", **LAMP)
    assert found["arrival_from"] == "Thursday, 3 December"
    assert (found["arrival_by"], found["arrival_express"]) == ("7 December", "tomorrow")


def test_what_was_just_ordered_is_reckoned_by_its_own_address() -> None:
    ordered = {
        "settled": "first_order",
        "purchase": "2 × stoneware mug",
        "delivery_address": "12 High Street, IP12 1AA Woodbridge, England",
    }
    found = did(actions.purchase.ActionReckonDelivery(), "delivery_period", "when?", **ordered)
    assert (found["arrival_from"], found["arrival_fast"]) == ("7 December", "no")


def test_advice_names_what_is_here_and_what_it_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions.product, "found_on_pages", lambda _, **__: None)
    text = "need a housewarming present for a friend, max like 70 euro, she drinks loads of tea"
    found = did(actions.product.ActionSearchKnowledge(), "product_advice", text)
    assert (found["answer"], found["advice"]) == ("found", "products")
    assert "Up to €70 and in stock: stoneware mug (€16.50)" in found["answer_text"]
    assert "Sold out just now: glass kettle (€59)" in found["answer_text"]
    rugs = did(actions.product.ActionSearchKnowledge(), "product_advice", "a rug under the table")
    assert rugs["answer_text"].startswith("In stock: wool rug")
    assert "table" not in rugs["answer_text"]
    glass = did(actions.product.ActionSearchKnowledge(), "product_advice", "is the oslo one good?")
    assert "Oslo desk lamp (€64.90)" in glass["answer_text"]
    nothing = did(actions.product.ActionSearchKnowledge(), "product_advice", "what do you advise")
    assert nothing["answer"] == "nothing"


def test_what_a_page_said_is_not_read_out_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "The lamp takes an E27 bulb of up to 15 watts, which is not in the box, and has a foot switch."
    section = Section("products-facts.md", "Product facts", "Floor lamp", (page,))
    found = Found(page, "Product facts, “Floor lamp”", 0.9, section)
    monkeypatch.setattr(actions.product, "found_on_pages", lambda _, **__: found)
    search = actions.product.ActionSearchKnowledge()
    assert did(search, "ask_product", "what bulb does it take?")["advice"] is None
    said = [{"event": "bot", "text": f"{page}\n\n(From our pages; see {found.place})"}]
    events = search.run(
        CollectingDispatcher(), tracker_of("ask_product", "would a dimmable one do?", (), said), {}
    )
    slots = {one["name"]: one["value"] for one in events}
    assert (slots["answer"], slots["advice"]) == ("found", "again")


def reckoned(text: str, *before: str) -> dict[str, Any]:
    """Returns what a sum comes to that is asked for after these messages."""
    events = [{"event": "user", "text": one, "parse_data": {}, "message_id": one} for one in before]
    look = actions.purchase.ActionLookUpPurchase()
    events = look.run(CollectingDispatcher(), tracker_of("nlu_fallback", text, (), events), {})
    return {one["name"]: one["value"] for one in events}


def test_several_things_are_summed_with_one_delivery() -> None:
    desk = reckoned("the standing desk, the chair and the Oslo lamp, what is that all together?")
    assert desk["purchase_total"] == "€1,012.90"
    assert "1 × oak standing desk (€549, sold out until 18 December)" in desk["purchase"]
    rug = reckoned("how much in total, cotton rug plus oak bedside table incl delivery?")
    assert (rug["purchase_total"], rug["purchase_delivery"]) == (
        "€267",
        "€29 of it is the delivery",
    )
    mugs = reckoned("two reading lamps and 3 stoneware mugs, what's the total")
    assert mugs["purchase"].startswith("2 × reading lamp (€98")


def test_what_was_spoken_of_before_is_summed_where_all_of_it_is_asked_for() -> None:
    before = "is the floor lamp in stock", "and the oak bookshelf?"
    assert (
        "1 × floor lamp (€139) and 1 × oak bookshelf"
        in reckoned("and all together?", *before)["purchase"]
    )
    assert "product_state" in reckoned("what is it with delivery?", *before)
    torn = "hey, torn between your wool rug and the cotton one. we've got a 7 month old"
    rugs = reckoned("what would the two come to together, with delivery?", torn)["purchase"]
    assert rugs == "1 × wool rug, 160 x 230 (€189) and 1 × cotton rug, 120 x 180 (€89)"
    assert "purchase" not in reckoned("what is it with delivery?", "hello", "and you?")


def test_things_that_are_compared_are_each_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A company need not have a page on everything that it sells.
    page = FOLDER / "products-facts.md"
    sections = re.split(r"(?m)^(?=## )", page.read_text(encoding="utf-8"))
    kept = [one for one in sections if not one.startswith("## Reading lamp")]
    (tmp_path / page.name).write_text("".join(kept), encoding="utf-8")
    knowledge = Knowledge(tmp_path, lambda: asdict(shared_policy()), shared_question_encoder())
    monkeypatch.setattr(actions.several, "shared_knowledge", lambda: knowledge)
    look = actions.product.ActionSearchKnowledge()
    text = "I hesitate between the walnut writing desk and the oak bookshelf. How high are both?"
    told = did(look, "product_advice", text)["answer_text"]
    assert "Walnut writing desk: " in told
    assert "190 high" in told
    unknown = did(
        look, "product_advice", "which is better, the Oslo desk lamp or the reading lamp?"
    )
    assert "Reading lamp: our pages have no" in unknown["answer_text"]
    assert "duvet" not in unknown["answer_text"]


def test_things_are_told_apart_by_a_word_where_their_kind_was_named_before() -> None:
    look = actions.product.ActionSearchKnowledge()
    text = "a rug too, cant decide between the wool and the cotton one. which would you take"
    told = did(look, "product_advice", text)["answer_text"]
    assert "Wool rug, 160 x 230: " in told
    assert "Cotton rug, 120 x 180: " in told


def test_a_question_that_a_products_page_answers_is_about_that_product() -> None:
    found = did(actions.product.ActionSearchKnowledge(), "ask_product", "how deep is the bookshelf")
    assert found["product"] == "oak bookshelf"
    given = {"goal": "place_order", **LAMP}
    kept = did(
        actions.product.ActionSearchKnowledge(), "ask_product", "how deep is the bookshelf", **given
    )
    assert "product" not in kept


def told_of(*said: tuple[str, str | None], **slots: Any) -> str | None:
    """Returns what is spoken of after messages, each with the product that it names."""
    events = [
        {
            "event": "user",
            "text": text,
            "parse_data": {
                "intent": {"name": "ask_product"},
                "entities": [{"entity": "product", "value": name}] if name else [],
            },
        }
        for text, name in said
    ]
    return actions.product.product_spoken_of(
        Tracker("someone", slots, {}, events, False, None, {}, "action_listen")
    )


def test_a_thing_stays_spoken_of_when_only_its_kind_is_named_after_it() -> None:
    praised = ("the Oslo lamp is the best thing I bought", "Oslo lamp")
    assert told_of(praised, ("does it dim?", None)) == "Oslo desk lamp"
    kind = ("I don't know what it does to your lamp", "lamp")
    assert told_of(praised, ("400 jars", None), kind, ("what bulb?", None)) == "Oslo desk lamp"
    assert told_of(("my wool rug", "wool rug"), kind) == "lamp"
    assert told_of(praised, ("and the floor lamp?", "floor lamp")) == "floor lamp"
    assert told_of(praised, ("do you have another lamp", "lamp")) == "lamp"
    assert told_of(praised, ("which lamps are there", "lamps")) == "lamps"
    assert told_of(praised, kind, product="reading lamp") == "reading lamp"
    assert told_of(("hello", None)) is None


def test_what_is_in_the_order_is_spoken_of_where_nothing_was_named() -> None:
    one = {"order_known": "yes", "order_items": "Oslo desk lamp"}
    assert told_of(("what bulb does it take?", None), **one) == "Oslo desk lamp"
    assert told_of(("is the lamp dimmable?", "lamp"), **one) == "Oslo desk lamp"
    assert told_of(("and your rug?", "wool rug"), **one) == "wool rug, 160 x 230"
    two = {"order_known": "yes", "order_items": "walnut writing desk and felt desk pad"}
    assert told_of(("how heavy is it?", None), **two) is None
    assert told_of(("is it dimmable?", None), order_items="Oslo desk lamp") is None


def test_a_question_beside_the_sum_is_looked_up_without_it() -> None:
    given = {**SHELF, "said": "asks_total"}
    text = "ooh. how tall is it and what does it cost to get it to utrecht"
    found = did(actions.product.ActionSearchKnowledge(), "ask_product", text, **given)
    assert "190 high" in found["answer_text"]
    only = did(
        actions.product.ActionSearchKnowledge(), "ask_product", "how much is delivery", **given
    )
    assert only["answer"] == "nothing"


def test_of_two_ways_to_pay_each_is_answered() -> None:
    asked = tracker_of("check_payment_methods", "can i pay with something else, blik or paypal")
    found = named_in_question(asked)
    assert found["payment_taken"] == "both"
    assert (found["payment_asked"], found["payment_refused"]) == ("PayPal", "BLIK")


def test_no_second_link_goes_out_unasked() -> None:
    sent = {**OPEN, "settled": "payment_link"}
    link = actions.payment.ActionSendPaymentLink()
    assert did(link, "payment_issue", "why did it fail", **sent)["change"] == "already"


def test_what_the_bank_shows_as_pending_is_remembered() -> None:
    look = actions.payment.ActionLookUpPayment()
    text = "Payment did not work but my bank app says pending 29.50???"
    found = did(look, "payment_issue", text, **OPEN)
    assert (found["payment_state"], found["bank_shows"]) == ("failed", "pending")
    assert did(look, "payment_issue", "it did not work", **OPEN)["bank_shows"] is None


# -- addresses and numbers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "street", "city"),
    [
        ("can it go to her place directly? Kade 112, 3511 AW Utrecht", "Kade 112", "Utrecht"),
        ("it's fine. send to Kade 18, 3531 CJ Utrecht please", "Kade 18", "Utrecht"),
        ("Kade 12, 3511 AB Den Haag by friday if you can", "Kade 12", "Den Haag"),
        ("Utrecht. Kade 41, 3512 LE", "Kade 41", "Utrecht"),
        ("St. Annastraat 5, 6524 EX Nijmegen", "St. Annastraat 5", "Nijmegen"),
        ("12 The Green, Stoke on Trent ST1 2AB", "12 The Green", "Stoke on Trent"),
    ],
)
def test_nothing_but_the_address_becomes_part_of_it(text: str, street: str, city: str) -> None:
    found = address_in(text)
    assert (found["street"], found["city"]) == (street, city)


def test_a_town_is_taken_without_what_follows_it() -> None:
    assert taken_for("city", "Utrecht please") == "Utrecht"
    assert taken_for("city", "Bergen op Zoom") == "Bergen op Zoom"


def test_a_house_number_that_is_put_right_is_no_number_of_pieces() -> None:
    given = {"goal": "place_order", **LAMP, "street": "Kade 18", "details_missing": "email"}
    text = "oh wait sorry 81 not 18"
    found = did(actions.details.ActionCheckDetails(), "provide_details", text, **given)
    assert found["street"] == "Kade 81"
    assert actions.product.quantity(tracker_of("provide_details", text, **given)) == 1
    assert house_corrected("Kade 18", "12 not 10") is None


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("Actually hold on. She says one. One will do.", 1),
        ("Well, two of those then", 2),
        ("i'll take 3", 3),
        ("3 of them are broken", None),
        ("she said two days", None),
    ],
)
def test_how_many_are_wanted(text: str, many: int | None) -> None:
    assert recounted_in(text) == many


@pytest.mark.parametrize(
    ("text", "most"),
    [("max like 70 euro", 70), ("something under 30?", 30), ("€25.50 or so", "25.50")],
)
def test_a_budget_is_a_sum_to_be_spent(text: str, most: Any) -> None:
    assert budget_in(text) == Decimal(most)


def test_a_length_is_no_budget() -> None:
    assert budget_in("a desk under 60 cm deep") is None


def test_customers_words_are_known(tmp_path: Any) -> None:
    assert "bookshelf" in ours("any bookcases?")
    assert "stoneware mug" in shared_purposes().things_for("she drinks tea")
    broken = tmp_path / "purposes.yml"
    broken.write_text("called: 3", encoding="utf-8")
    with pytest.raises(ExemplarError):
        load_purposes(broken)


def test_a_reservation_is_told_from_a_refund() -> None:
    assert says("bank_pending", "my bank says pending 29.50")
    assert not says("bank_pending", "my order is late")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("would the walnut writing desk and the linen duvet cover fit", ["DSK-01", "BED-01"]),
        ("would the walnut writing desk fit, and a radiator I'd rather not cover", ["DSK-01"]),
    ],
)
def test_a_word_for_a_thing_that_is_something_to_do_names_none(text: str, named: list[str]) -> None:
    assert sorted(actions.several.counted_in(text)) == sorted(named)
