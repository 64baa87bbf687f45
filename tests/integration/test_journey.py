"""The whole journey over REST: every customary intent is served, and the database shows it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import CUSTOMER, Running, start, stop

#: Mara's orders: still here, on its way, late, delivered, not paid for.
HERE, SENT, LATE, DELIVERED, UNPAID = (
    "ML-104217",
    "ML-104198",
    "ML-104163",
    "ML-104102",
    "ML-104226",
)
PRIYA, TOMASZ, AISHA = (
    "priya.raman@example.net",
    "tomasz.zielinski@example.com",
    "aisha.rahman@example.org",
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An assistant whose shop nobody else changes."""
    running = start(tmp_path_factory.mktemp("journey") / "state")
    yield running
    stop(running)


def rows(shop: Running, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(shop.state / "shop.db") as connection:
        return connection.execute(query).fetchall()


@dataclass
class Walk:
    """A conversation, and what it changes.

    Attributes:
        says: the customer's messages; the last one is served.
        expects: words of which each stands in the last answers.
        query: of the database.
        before, after: what it gives.
    """

    says: list[str]
    expects: list[str]
    query: str = "select 1"
    before: list[tuple[Any, ...]] | None = None
    after: list[tuple[Any, ...]] | None = None


WALKS = {
    # -- account
    "create_account": Walk(
        ["hi, I'd like to create an account", "Anna Smith", "anna.smith@example.org"],
        ["anna.smith@example.org", "link"],
        "select name, kind from customers join mails on mails.'to' = customers.email where email = "
        "'anna.smith@example.org'",
        [],
        [("Anna Smith", "choose_password")],
    ),
    "edit_account": Walk(
        [
            f"i need to update the phone number in my account, {AISHA}, order ML-104140",
            "+32 470 12 34 56",
        ],
        ["+32 470 12 34 56"],
        f"select phone from customers where email = '{AISHA}'",
        [(None,)],
        [("+32 470 12 34 56",)],
    ),
    "recover_password": Walk(
        ["i forgot my password", CUSTOMER],
        ["link", CUSTOMER],
        "select count(*) from mails where kind = 'new_password'",
        [(0,)],
        [(1,)],
    ),
    "registration_problems": Walk(
        ["the sign-up form gives me an error, I can't register", PRIYA],
        ["spam", PRIYA],
        f"select count(*) from mails where kind = 'new_password' and mails.'to' = '{PRIYA}'",
        [(0,)],
        [(1,)],
    ),
    "switch_account": Walk(
        [
            "I want to switch to a business account",
            f"ML-104205 {PRIYA}",
        ],
        ["business"],
        f"select account_type from customers where email = '{PRIYA}'",
        [("private",)],
        [("business",)],
    ),
    "delete_account": Walk(
        ["please delete my account", f"ML-104140 {AISHA}", "yes, delete it"],
        ["deleted on"],
        f"select deleted_on is not null from customers where email = '{AISHA}'",
        [(0,)],
        [(1,)],
    ),
    # -- order
    "place_order": Walk(
        ["i want to order two stoneware mugs", f"ML-104102 and {CUSTOMER}", "yes, order it"],
        ["€37.95", "Nieuwegracht 41"],
        "select total, payment from orders where number > 'ML-104226'",
        [],
        [(37.95, "open")],
    ),
    "change_order": Walk(
        [
            f"I need to change something in my order {HERE}, {CUSTOMER}",
            "please make it two lamps instead of one",
        ],
        ["two lamps"],
        f"select text from order_changes where order_number = '{HERE}'",
        [],
        [("please make it two lamps instead of one",)],
    ),
    "track_order": Walk([f"where is my order {LATE}? {CUSTOMER}"], ["walnut writing desk", "late"]),
    "cancel_order": Walk(
        ["I want to cancel my order ML-104205", PRIYA, "yes, cancel it"],
        ["cancelled"],
        "select cancelled_on is not null from orders where number = 'ML-104205'",
        [(0,)],
        [(1,)],
    ),
    # -- delivery
    "delivery_options": Walk(["which ways of delivery do you offer?"], ["express", "12 euros"]),
    "delivery_period": Walk(["how long does delivery take?"], ["3 to 5 working days"]),
    "set_up_shipping_address": Walk(
        [
            "I'd like to add a shipping address to my account",
            f"ML-104102, {CUSTOMER}",
            "Oudegracht 99, 3511 AE Utrecht",
        ],
        ["Oudegracht 99"],
        "select city from addresses where street = 'Oudegracht 99'",
        [],
        [("Utrecht",)],
    ),
    "change_shipping_address": Walk(
        [
            f"can you send order {HERE} to another address? {CUSTOMER}",
            "Oudegracht 12, 3511 AM Utrecht",
        ],
        ["Oudegracht 12"],
        f"select street from orders where number = '{HERE}'",
        [("Nieuwegracht 41",)],
        [("Oudegracht 12",)],
    ),
    # -- payment
    "check_payment_methods": Walk(["how can I pay?"], ["PayPal", "iDEAL"]),
    "payment_issue": Walk(
        ["my payment did not go through", f"ML-104222 {TOMASZ}"],
        ["link"],
        "select count(*) from mails where kind = 'payment_link' and about = 'ML-104222'",
        [(0,)],
        [(1,)],
    ),
    "check_cancellation_fee": Walk(
        ["does it cost anything to cancel an order?"], ["left the warehouse"]
    ),
    # -- invoice
    "check_invoice": Walk(["i want to see my invoice IN-104102", CUSTOMER], ["IN-104102", "€79"]),
    "get_invoice": Walk(
        [f"send me the invoice for order {DELIVERED}, {CUSTOMER}"],
        ["IN-104102"],
        "select count(*) from mails where kind = 'invoice' and about = 'IN-104102'",
        [(0,)],
        [(1,)],
    ),
    "change_invoice": Walk(
        [
            "please change the name on my invoice to our company, Halewood Ltd, VAT GB123456789",
            f"ML-104205 {PRIYA}",
        ],
        ["word for word"],
        "select count(*) from order_notes where order_number = 'ML-104205' and text like '%GB123456789%'",
        [(0,)],
        [(1,)],
    ),
    # -- refund
    "check_refund_policy": Walk(["in which cases can I get my money back?"], ["30 days"]),
    "get_refund": Walk(
        [f"I want my money back for {LATE}, {CUSTOMER}", "yes, money back"],
        ["€348.50"],
        f"select count(*) from refunds where order_number = '{LATE}'",
        [(0,)],
        [(1,)],
    ),
    "track_refund": Walk([f"where is my refund for ML-104055? {CUSTOMER}"], ["R-104055"]),
    # -- feedback
    "complaint": Walk(
        ["I want to make a complaint about your courier"],
        ["C-1001"],
        "select count(*) from complaints",
        [(0,)],
        [(1,)],
    ),
    "review": Walk(
        ["I'd like to leave a review", "the kettle pours beautifully but the handle gets hot"],
        ["Thank you", "V-1001"],
        "select text from reviews",
        [],
        [("the kettle pours beautifully but the handle gets hot",)],
    ),
    # -- contact
    "contact_customer_service": Walk(
        ["when can I reach customer service and how?"], ["+31 30 555 0100", "8 am to 8 pm"]
    ),
    "contact_human_agent": Walk(
        ["I want to talk to a person"],
        ["H-10"],
        "select count(*) from handovers where conversation = 'walk-contact_human_agent'",
        [(0,)],
        [(1,)],
    ),
    # -- newsletter
    "newsletter_subscription": Walk(
        ["sign me up for the newsletter", "anna.smith@example.org"],
        ["anna.smith@example.org", "confirm"],
        "select email, state from newsletter",
        [],
        [("anna.smith@example.org", "asked")],
    ),
    # -- products and what came
    "ask_product": Walk(["is the walnut writing desk solid wood?"], ["From our pages"]),
    "check_stock": Walk(
        ["is the winter duvet in stock?", CUSTOMER],
        ["winter duvet", CUSTOMER],
        "select about from mails where kind = 'restocked'",
        [],
        [("BED-02",)],
    ),
    "product_advice": Walk(
        ["which size of rug should I get for my living room?"], ["From our pages"]
    ),
    "ask_warranty": Walk(["how long is the warranty?"], ["2 years"]),
    "report_damaged_item": Walk(
        [f"my kettle arrived broken, order {DELIVERED}, {CUSTOMER}", "yes, do that"],
        ["K-1001"],
        f"select kind from claims where order_number = '{DELIVERED}'",
        [],
        [("damaged",)],
    ),
    "report_wrong_item": Walk(
        ["you sent me the wrong item, order ML-104075 jonas.lindqvist@example.com", "yes please"],
        ["K-"],
        "select kind from claims where order_number = 'ML-104075'",
        [],
        [("wrong",)],
    ),
    "report_missing_item": Walk(
        ["a part was missing from my parcel ML-103990, tomasz.zielinski@example.com", "yes"],
        ["K-"],
        "select kind from claims where order_number = 'ML-103990'",
        [],
        [("missing",)],
    ),
}


@pytest.mark.parametrize("intent", WALKS)
def test_every_intent_is_served_and_the_database_shows_it(shop: Running, intent: str) -> None:
    walk = WALKS[intent]
    sender = f"walk-{intent}"
    if walk.before is not None:
        assert rows(shop, walk.query) == walk.before
    answers = [shop.texts(sender, said) for said in walk.says]
    heard = [
        event["parse_data"]["intent"]["name"]
        for event in shop.tracker(sender)["events"]
        if event["event"] == "user"
    ]
    assert heard[0] == intent, answers
    for words in walk.expects:
        assert words in answers[-1], answers
    if walk.after is not None:
        assert rows(shop, walk.query) == walk.after, answers


def test_a_product_that_is_named_in_pieces_is_the_one_that_is_ordered(shop: Running) -> None:
    said = shop.texts("pieces", "I'd like to buy a desk")
    assert "walnut writing desk" in said
    assert "oak standing desk" in said
    shop.say("pieces", "the walnut writing desk")
    assert "€319" in shop.texts("pieces", f"ML-104102, {CUSTOMER}")
    assert "walnut writing desk" in shop.texts("pieces", "yes, order it")
    placed = "select name from order_items where order_number > 'ML-104226' order by 1"
    assert ("walnut writing desk",) in rows(shop, placed)


def test_a_side_question_is_answered_and_the_matter_taken_up_again(shop: Running) -> None:
    shop.say("aside", "i forgot my password")
    said = shop.texts("aside", "how long does delivery take?")
    assert "3 to 5 working days" in said
    assert "email" in said
    assert "link" in shop.texts("aside", CUSTOMER)


def test_two_wishes_in_one_message_are_seen_to_one_after_the_other(shop: Running) -> None:
    asked = shop.texts("both", f"I want to cancel {HERE} and where is my other order {SENT}?")
    assert "email" in asked
    shop.say("both", CUSTOMER)
    assert shop.slots("both")["pending"] == "cancel_order"
    kept = shop.texts("both", "no, keep it")
    assert f"where is my other order {SENT}?" in kept
    told = shop.texts("both", "yes please")
    assert SENT in told
    assert HERE not in told
    assert shop.slots("both")["goal"] == "track_order"


def test_the_other_wish_is_left_where_it_is_not_wanted_any_more(shop: Running) -> None:
    told = shop.texts("one", "how can i pay? and how long does delivery take?")
    assert "PayPal" in told
    assert "how long does delivery take?" in told
    shop.say("one", "no thanks")
    assert shop.actions("one") == ["action_drop_question", "utter_resolve_dropped"]


def test_an_answer_that_is_misread_and_completes_the_matter_lets_it_go_on(shop: Running) -> None:
    shop.say("spoken", "i forgot my password")
    said = shop.texts("spoken", "mara dot okafor at example dot org")
    assert "link" in said
    assert CUSTOMER in said


def test_a_postcode_that_comes_before_the_town_is_kept(shop: Running) -> None:
    shop.say("town", "I'd like to add a shipping address to my account")
    shop.say("town", f"ML-104102, {CUSTOMER}")
    shop.say("town", "Am Alten Markt 7a")
    shop.say("town", "50667")
    assert "Am Alten Markt 7a, 50667 Köln" in shop.texts("town", "Köln")


def test_an_order_number_that_is_written_apart_is_one(shop: Running) -> None:
    shop.say("apart", f"where is my order? my email is {CUSTOMER}")
    assert SENT in shop.texts("apart", "104-198")


def test_nonsense_completes_nothing(shop: Running) -> None:
    shop.say("nonsense", "I'd like to create an account")
    shop.say("nonsense", "tell me a joke")
    assert shop.slots("nonsense")["name"] is None
    shop.say("nonsense", "yes")
    assert shop.slots("nonsense")["name"] is None


def test_who_wants_a_word_when_it_is_back_is_asked_for_the_address_once(shop: Running) -> None:
    shop.say("word", "is the glass kettle in stock?")
    assert "address" in shop.texts("word", "yes please")
    assert "priya.raman" in shop.texts("word", PRIYA)
    asked = f"select about from mails where kind = 'restocked' and mails.'to' = '{PRIYA}'"
    assert rows(shop, asked) == [("KIT-02",)]
