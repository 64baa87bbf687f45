"""Who buys for the first time needs no account and no order number, and learns nothing of anybody else's."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timezone
from decimal import Decimal
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
from exemplar.desk.promises import Promises
from exemplar.shop import tables
from exemplar.shop.policy import POLICY_FILE, delivery_cost, load_policy
from exemplar.shop.seed import seed
from exemplar.shop.sql import SqlShop
from tests.conftest import CUSTOMER as MARA
from tests.conftest import ROOT

TODAY = date(2026, 11, 18)
NEW = "ada.first@example.org"
LAMP = {"goal": "place_order", "product": "Oslo desk lamp"}
THERE = {"street": "Kade 12", "postcode": "3511 AB", "city": "Utrecht"}


@pytest.fixture(autouse=True)
def shop(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> SqlShop:
    seed(engine, TODAY)
    made = SqlShop(engine, load_policy(POLICY_FILE), lambda: datetime.combine(TODAY, time(12)))
    for module in (actions.details, actions.order, actions.product, actions.who):
        monkeypatch.setattr(module, "shared_shop", lambda: made)
    monkeypatch.setattr(actions.promise, "shared_promises", lambda: Promises(engine, timezone.utc))
    return made


def run(action: Any, text: str = "…", entities: Any = (), **slots: Any) -> list[dict[str, Any]]:
    named = [{"entity": name, "value": value} for name, value in dict(entities).items()]
    said = {"text": text, "intent": {"name": "provide_details"}, "entities": named}
    message = {"event": "user", "text": text, "parse_data": said, "input_channel": "website"}
    tracker = Tracker("web-1", slots, said, [message], False, None, {}, "action_listen")
    found: list[dict[str, Any]] = action.run(CollectingDispatcher(), tracker, {})
    return found


def slots_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in events}


def missing(**slots: Any) -> str | None:
    found = slots_of(run(actions.details.ActionCheckDetails(), **{**LAMP, **slots}))
    assert found["details"] in {"missing", "complete"}
    return found["details_missing"]


def mails(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return [(m.to, m.kind) for m in connection.execute(sa.select(tables.mails))]


def test_a_first_time_buyer_is_asked_for_address_email_and_name_and_for_no_order_number() -> None:
    assert missing() == "address"
    assert missing(**THERE) == "email"
    assert missing(**THERE, email=NEW) == "name"
    assert missing(**THERE, email=NEW, name="Ada First") is None
    assert missing(email=NEW, name="Ada First") == "address"


def test_all_of_it_in_one_message_is_enough() -> None:
    text = f"Oslo desk lamp, to Kade 12, 3511 AB Utrecht. Ada First, {NEW}, I never bought here"
    entities = {"street": "Kade 12", "email": NEW, "name": "Ada First"}
    given = {**LAMP, "street": "Kade 12", "email": NEW, "name": "Ada First"}
    found = slots_of(run(actions.details.ActionCheckDetails(), text, entities, **given))
    assert (found["details"], found["buyer"]) == ("complete", "guest")
    assert found["delivery_address"] == "Kade 12, 3511 AB Utrecht, Netherlands"


@pytest.mark.parametrize(
    ("product", "country", "total", "said"),
    [
        ("gooseneck kettle", "Sweden", "€93", "€14 of it is the delivery"),
        ("gooseneck kettle", "Netherlands", "€79", "delivery costs nothing"),
        ("felt desk pad", "Netherlands", "€34.45", "€4.95 of it is the delivery"),
        ("walnut writing desk", "Netherlands", "€319", "delivery costs nothing"),
    ],
)
def test_what_is_said_before_the_yes_holds_the_delivery(
    product: str, country: str, total: str, said: str
) -> None:
    given = {**LAMP, **THERE, "product": product, "country": country, "email": NEW, "name": "Ada"}
    found = slots_of(run(actions.details.ActionCheckDetails(), **given))
    assert (found["purchase_total"], found["purchase_delivery"]) == (total, said)


def test_an_order_costs_what_was_said_before_the_yes(shop: SqlShop) -> None:
    given = {"order_number": "ML-104163", "email": MARA, "product": "gooseneck kettle"}
    there = {"street": "Kungsgatan 4", "postcode": "111 43", "city": "Stockholm"}
    asked = {**LAMP, **given, **there, "country": "Sweden"}
    checked = slots_of(run(actions.details.ActionCheckDetails(), **asked))
    placed = slots_of(run(actions.order.ActionPlaceOrder(), **{**asked, **checked}))
    assert placed["order_total"] == checked["purchase_total"] == "€93"


def test_what_the_terms_do_not_say_of_a_delivery_is_not_made_up() -> None:
    policy = load_policy(POLICY_FILE)
    assert delivery_cost("walnut writing desk", Decimal(389), "Sweden", policy) is None
    assert delivery_cost("oak bookshelf", Decimal(189), "the Netherlands", policy) == 29


@pytest.mark.parametrize(
    ("text", "entities", "missing"),
    [
        ("the first one please", {}, "address"),
        ("the second", {}, "address"),
        ("the ninth", {}, "product"),
        ("first tell me the price", {}, "product"),
    ],
)
def test_one_of_several_is_chosen_by_its_place(
    text: str, entities: dict[str, str], missing: str
) -> None:
    given = {"goal": "place_order", "product": "lamp", "details_missing": "product"}
    found = slots_of(run(actions.details.ActionCheckDetails(), text, entities, **given))
    assert found["details_missing"] == missing
    assert ("product" in found) == (missing != "product")


def test_what_stands_beside_a_name_may_tell_which_one_is_meant() -> None:
    text = "I'd love a desk lamp, the Oslo one"
    entities = {"product": "desk lamp"}
    found = run(actions.product.ActionLookUpProduct(), text, entities, product="desk lamp")
    assert slots_of(found)["product"] == "Oslo desk lamp"


def test_a_sum_in_the_wish_is_no_address() -> None:
    found = slots_of(run(actions.details.ActionCheckDetails(), "2 lamps for 1200, euros", **LAMP))
    assert found["details_missing"] == "address"
    assert "street" not in found


def test_who_names_an_order_of_theirs_buys_as_the_customer_they_are() -> None:
    given = {"order_number": "ML-104163", "email": MARA}
    found = slots_of(run(actions.details.ActionCheckDetails(), **LAMP, **given))
    assert (found["details"], found["buyer"]) == ("complete", "customer")


@pytest.mark.parametrize("email", [NEW, MARA])
def test_a_known_email_address_looks_like_any_other_and_nothing_of_its_customer_changes(
    shop: SqlShop, engine: Engine, email: str
) -> None:
    before = shop.find_customer(MARA)
    assert before
    orders = shop.orders_of(before)
    given = {**LAMP, **THERE, "email": email, "name": "Ada First"}
    checked = slots_of(run(actions.details.ActionCheckDetails(), **given))
    found = slots_of(run(actions.order.ActionPlaceOrder(), **{**given, **checked}))
    assert (found["change"], found["mail_to"]) == ("made", email)
    # A number of an order and its address would open all that the customer has here.
    assert "order_number" not in found
    assert "customer_name" not in {**checked, **found}
    assert mails(engine) == [(email, "guest_order")]
    assert shop.find_customer(NEW) is None
    assert shop.find_customer(MARA) == before
    assert shop.orders_of(before) == orders


def test_a_wrong_pair_is_counted_though_a_guest_needs_none() -> None:
    given = {**LAMP, **THERE, "order_number": "ML-999999", "email": MARA, "name": "Ada"}
    for said, tries in (({"email": MARA}, 1), ({}, 0)):
        events = run(actions.details.ActionCheckDetails(), entities=said, **given)
        values = [event["value"] for event in events if event["name"] == "details_missing"]
        assert values.count("match") == tries
        assert values[-1] is None


def test_after_too_many_wrong_pairs_a_right_one_shows_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(actions.details, "wrong_tries", lambda _: actions.who.TRIES)
    given = {**LAMP, "order_number": "ML-104163", "email": MARA, "name": "Ada"}
    found = slots_of(run(actions.details.ActionCheckDetails(), **given))
    assert (found["details_missing"], "delivery_address" in found) == ("address", False)


def test_what_is_sold_out_meanwhile_is_refused(shop: SqlShop, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(tables.products.update().values(stock=0))
    given = {**LAMP, **THERE, "email": NEW, "name": "Ada First", "buyer": "guest"}
    assert slots_of(run(actions.order.ActionPlaceOrder(), **given))["change"] == "refused"
    assert mails(engine) == []


def test_an_address_in_one_line_is_whole_though_its_town_is_no_name_to_the_field() -> None:
    given = {
        **LAMP,
        "email": NEW,
        "name": "Ada",
        "details_missing": "address",
        "details_awaited": "detail",
        "street": "Biltstraat 112",
        "postcode": "3572 BJ",
    }
    for awaited in ("street", "address"):
        found = slots_of(
            run(
                actions.details.ActionCheckDetails(),
                "Biltstraat 112, 3572 BJ Utrecht",
                {"street": "Biltstraat 112", "postcode": "3572 BJ"},
                **{**given, "details_missing": awaited},
            )
        )
        assert found["details"] == "complete"
        assert found["delivery_address"].startswith("Biltstraat 112, 3572 BJ Utrecht")


def test_a_number_of_another_shop_is_asked_for_no_second_time() -> None:
    for text, details in (
        ("here it is again: 1007-33925", "again"),
        ("my name is Margaret", "missing"),
    ):
        found = slots_of(run(actions.details.ActionCheckDetails(), text, goal="get_invoice"))
        assert (found["details"], found["details_missing"]) == (details, "order")


def test_nobody_is_asked_for_the_number_of_an_order_that_people_look_for() -> None:
    wants = {"goal": "get_invoice", "email": NEW}
    found = slots_of(run(actions.details.ActionCheckDetails(), order_sought="yes", **wants))
    assert (found["details"], found["details_missing"]) == ("sought", None)
    found = slots_of(run(actions.details.ActionCheckDetails(), **wants))
    assert (found["details"], found["details_missing"]) == ("missing", "order_number")
    # What is no order's is asked for as ever.
    buys = {**LAMP, "email": NEW, "order_sought": "yes"}
    assert (
        slots_of(run(actions.details.ActionCheckDetails(), **buys))["details_missing"] == "address"
    )


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("oak bedside table", ["oak bedside table"]),
        ("bedside table", ["oak bedside table"]),
        ("gooseneck", ["gooseneck kettle"]),
        ("the oslo one", ["Oslo desk lamp"]),
        ("oak bed", []),
        ("walnut bureau", []),
        ("linen curtains", []),
    ],
)
def test_what_we_do_not_sell_is_not_taken_for_something_of_the_same_wood(
    named: str, found: list[str]
) -> None:
    said = {"text": named, "intent": {"name": "ask_product"}, "entities": []}
    tracker = Tracker("x", {"product": named}, said, [], False, None, {}, "action_listen")
    assert [product.name for product in actions.product.products_named(tracker)] == found


@pytest.mark.parametrize(("named", "answered"), [("oak bed", False), ("bedside table", True)])
def test_a_page_about_a_thing_answers_nothing_about_another_of_the_same_wood(
    named: str, answered: bool
) -> None:
    text = f"how wide is the {named}?"
    said = {
        "text": text,
        "intent": {"name": "ask_product"},
        "entities": [{"entity": "product", "value": named}],
    }
    message = {"event": "user", "text": text, "parse_data": said}
    tracker = Tracker("x", {}, said, [message], False, None, {}, "action_listen")
    found = actions.product.found_on_pages(tracker)
    assert (found is not None) is answered


def test_a_guests_address_is_in_the_country_that_was_named_before() -> None:
    there = {"street": "Coupure 12", "postcode": "9000", "city": "Gent"}
    said = {"text": "Coupure 12, 9000 Gent", "intent": {"name": "provide_details"}, "entities": []}
    for text, country in (("2 mugs for a friend in Ghent", "Belgium"), ("2 mugs", "Netherlands")):
        before = {"event": "user", "text": text, "parse_data": {"text": text}}
        tracker = Tracker("x", there, said, [before], False, None, {}, "action_listen")
        assert actions.who.address_given(tracker, None).country == country


def test_while_people_look_for_an_order_an_address_that_is_given_is_where_they_answer() -> None:
    text = f"email is {NEW}, would it be under her name then?"
    said = {"text": text, "intent": {"name": "track_order"}, "entities": []}
    events = [
        {"event": "user", "text": "the number is 00418", "parse_data": {"text": "00418"}},
        {"event": "action", "name": actions.order.PASSED_ON},
        {"event": "user", "text": text, "parse_data": said},
    ]
    slots = {"goal": "track_order", "email": NEW, "order_sought": "yes"}
    for reach, found in ((None, NEW), ("+31 6 5550 0141", "+31 6 5550 0141")):
        held = {**slots, "handover_reach": reach}
        tracker = Tracker("web-1", held, said, events, False, None, {}, "action_listen")
        looked = actions.order.ActionLookUpOrder().run(CollectingDispatcher(), tracker, {})
        assert slots_of(looked)["order_state"] == "passed_on"
        assert slots_of(looked)["handover_reach"] == found


def test_the_demonstration_page_names_the_prices_that_the_shop_asks(shop: SqlShop) -> None:
    page = (ROOT / "web" / "index.html").read_text(encoding="utf-8")
    shown = re.findall(r"<strong>([^<]+)</strong><span>€([\d.]+)</span>", page)
    assert shown
    for name, price in shown:
        (product,) = shop.find_products(name.split(",")[0])
        assert product.price == Decimal(price)
