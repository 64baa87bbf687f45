"""What is said before and during a purchase, and what it comes to."""

from __future__ import annotations

import logging
import re
from datetime import date
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.latest import names_an_order_or_email, settled, text_of, texts_of
from actions.met import met_already
from actions.policy import sent_to
from actions.product import (
    facts_of_delivery,
    facts_of_product,
    house_said,
    product_chosen,
    product_meant,
    products_in_words,
)
from actions.several import facts_of_sum, several_meant
from actions.who import country_told
from exemplar.arrival import asks_day, day_named
from exemplar.conversation import done_since_message
from exemplar.details import address_in
from exemplar.errors import ExemplarError
from exemplar.said import says
from exemplar.shop.calendar import add_working_days
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Product
from exemplar.shop.policy import HOME, is_large, shared_policy
from exemplar.wording import say_date

logger = logging.getLogger(__name__)

_NOT_UNDERSTOOD: Final = ("nlu_fallback", "out_of_scope")
#: What is said of a purchase or its payment, and what it may have been read as.
SAID_OF_PURCHASE: Final = {
    "asks_link": frozenset(
        {
            *_NOT_UNDERSTOOD,
            *("affirm", "ask_why", "ask_next", "track_order", "payment_issue", "provide_details"),
            *("get_invoice", "check_payment_methods", "reject_answer", "place_order", "vent"),
        }
    ),
    "pays_for_me": frozenset(
        {
            *_NOT_UNDERSTOOD,
            "one_by_one",
            "ask_next",
            "affirm",
            "payment_issue",
            "place_order",
            "vent",
        }
    ),
    "why_failed": frozenset(
        {*_NOT_UNDERSTOOD, "payment_issue", "ask_why", "ask_next", "reject_answer", "vent"}
    ),
    "asks_taken": frozenset(
        {
            *_NOT_UNDERSTOOD,
            *("reject_answer", "ask_next", "ask_why", "payment_issue", "track_refund", "vent"),
            *("check_invoice", "report_wrong_item", "place_order", "track_order", "get_refund"),
            *("check_payment_methods", "check_cancellation_fee"),
        }
    ),
    "in_purchase": frozenset(
        {
            *_NOT_UNDERSTOOD,
            *("change_shipping_address", "set_up_shipping_address", "edit_account", "change_order"),
            *("deny", "reject_answer", "misread", "track_order", "report_wrong_item"),
        }
    ),
    "asks_total": frozenset(
        {
            *_NOT_UNDERSTOOD,
            *("ask_next", "ask_why", "ask_product", "delivery_options", "delivery_period"),
            *("check_payment_methods", "track_order", "report_missing_item", "place_order"),
            *("check_stock", "provide_details", "one_by_one", "check_cancellation_fee"),
            *("payment_issue", "check_invoice", "check_refund_policy", "product_advice"),
        }
    ),
    "asks_arrival": frozenset(
        {
            *_NOT_UNDERSTOOD,
            *("delivery_period", "delivery_options", "track_order", "ask_next", "ask_product"),
            *("vent", "reject_answer", "affirm", "provide_details"),
        }
    ),
    "still_there": frozenset(
        {
            *_NOT_UNDERSTOOD,
            "delivery_period",
            "check_stock",
            "ask_product",
            "ask_next",
            "track_order",
        }
    ),
    "asks_stock": frozenset(
        {
            *_NOT_UNDERSTOOD,
            *("provide_details", "ask_product", "delivery_options", "check_payment_methods"),
            *("check_invoice", "review", "ask_next"),
        }
    ),
    "takes_it": frozenset(
        {
            *_NOT_UNDERSTOOD,
            *("provide_details", "affirm", "change_shipping_address", "set_up_shipping_address"),
            *("delivery_options", "edit_account", "change_order", "vent", "thank", "ask_product"),
            "contact_customer_service",
        }
    ),
    "asks_ordered": frozenset(
        {
            *_NOT_UNDERSTOOD,
            *("ask_next", "track_order", "report_missing_item", "report_wrong_item", "affirm"),
            *("reject_answer", "payment_issue", "no_details", "ask_product", "place_order"),
        }
    ),
}
#: In these, a question within the purchase opens no matter of its own, and what was asked stays open.
OF_PURCHASE: Final = frozenset({"asks_total", "asks_arrival"})
#: Matters in which something is bought.
_BUYING: Final = frozenset({"place_order", "check_stock"})
#: As these it may be read, and asks for no day, that express is wanted.
_NO_QUESTION: Final = frozenset({"affirm", "provide_details"})
#: What was just ordered is not bought anew by a word.
_ORDERED: Final = frozenset({"utter_resolve_order_placed"})
_LATELY: Final = 3
#: What is asked after: the words right behind "do you have"; "gift wrapping for the mugs" asks after no mug.
_AFTER_SOLD: Final = re.compile(
    r"\b(?:do|does|did|have|are|got|is)\b((?:\s+[\w'-]+){1,5})", re.IGNORECASE
)
#: Where express goes, besides home.
_EXPRESS: Final = frozenset({HOME.lower(), "belgium"})


def said_beside(tracker: Tracker, said: str | None) -> str | None:
    """Returns what a message says in so many words; of what is bought or paid, where it says nothing else.

    Where a question can be answered, that is more than the wish to ask one.
    """
    if said not in {None, "asks_total", "just_asking"}:
        return said
    return said_of_purchase(tracker) or (None if said == "asks_total" else said)


def said_of_purchase(tracker: Tracker) -> str | None:
    """Tells what the message says in so many words of what is being bought, or of paying for it."""
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    text = text_of(tracker)
    try:
        for said, intents in SAID_OF_PURCHASE.items():
            if intent not in intents or not _tells(said, tracker, intent, text):
                continue
            told = _which(tracker) if said == "asks_ordered" else said
            if not met_already(tracker, "said", told):
                return told
    except ExemplarError as error:
        logger.warning("What is being bought was not looked up: %s", error)
    return None


def _which(tracker: Tracker) -> str:
    """Tells how it stands where it is asked whether something was ordered: it was, it can be, it was not."""
    if settled(tracker) == "first_order":
        return "asks_ordered"
    return "not_ordered" if _in_hand(tracker) else "none_ordered"


def _tells(said: str, tracker: Tracker, intent: str, text: str) -> bool:
    goal, state = tracker.get_slot("goal"), tracker.get_slot("order_state_seen")
    known = bool(tracker.get_slot("order_number") and tracker.get_slot("email"))
    if said in {"asks_link", "pays_for_me", "why_failed"}:
        return known and state == "unpaid" and says(said, text)
    if said == "asks_taken":
        asks = says(said, text) or (state == "unpaid" and says("asks_ordered", text))
        asks = asks or says("pays_twice", text)
        back = settled(tracker) == "second_payment"
        return known and bool(tracker.get_slot("order_total")) and asks and not back
    if said == "in_purchase":
        return _in_purchase(tracker, intent, text)
    pending = tracker.get_slot("pending")
    if said == "asks_total":
        if not (says(said, text) and sent_to(text)):
            return False
        summed = not tracker.get_slot("order_number") and bool(several_meant(tracker))
        return pending == "place_order" or _buys(tracker) or summed
    if said == "asks_arrival":
        when = intent == "delivery_period" or says("when_it_comes", text)
        named = day_named(text, date(2000, 1, 1)) is not None
        asks = asks_day(text) or intent == "delivery_period" or (when and named)
        ordered = intent == "track_order" or says("has_ordered", text)
        asks = asks and (goal in _BUYING or not ordered)
        # Who wishes for express is told how soon it comes, and where it is chosen.
        asks = says("wants_express", text) or (asks and intent not in _NO_QUESTION)
        return asks and (settled(tracker) == "first_order" or _buys(tracker, here=True))
    if said == "still_there":
        return says(said, text) and _buys(tracker)
    if said == "asks_stock":
        return _asks_stock(tracker, intent, text)
    if said == "takes_it":
        open_question = pending is not None and intent in {"affirm", "thank"}
        free = goal in {None, "check_stock", "delivery_period"} and not open_question
        if not free or (intent == "contact_customer_service" and not _gives_email(tracker)):
            return False
        sent = pending == "check_stock" and not known and _gives_address(tracker, text)
        taken = sent or says(said, text) or product_chosen(text) is not None
        return taken and _in_hand(tracker) is not None
    asked = pending is not None and intent == "affirm"
    about_order = goal in {None, "delivery_period", *_BUYING} or says("names_order", text)
    free = about_order and not tracker.get_slot("order_number") and not asked
    return free and says(said, text)


def _in_purchase(tracker: Tracker, intent: str, text: str) -> bool:
    """Tells whether a message gives or mends the address of what is being bought."""
    open_still = tracker.get_slot("details_missing") or tracker.get_slot("pending") == "place_order"
    if tracker.get_slot("goal") != "place_order" or not open_still:
        return False
    named = {str(one.get("entity")) for one in tracker.latest_message.get("entities") or ()}
    if "order_number" in named:
        return False
    if house_said(tracker, text):
        return True
    gives = _gives_address(tracker, text)
    return gives and intent not in {"deny", "misread", "track_order", "report_wrong_item"}


def _gives_address(tracker: Tracker, text: str) -> bool:
    """Tells whether a message says where something shall go: a mail alone needs no street."""
    named = {str(one.get("entity")) for one in tracker.latest_message.get("entities") or ()}
    return bool(named & {"street", "postcode"} or address_in(text))


def _gives_email(tracker: Tracker) -> bool:
    return any(one.get("entity") == "email" for one in tracker.latest_message.get("entities") or ())


def _asks_stock(tracker: Tracker, intent: str, text: str) -> bool:
    """Tells whether a price is asked, or whether something is sold here, and of which thing."""
    if names_an_order_or_email(tracker):
        return False
    if says("asks_sold", text) and intent != "ask_product":
        asked = _AFTER_SOLD.search(text)
        return bool(asked and products_in_words(asked[1]))
    if says("asks_its_price", text):
        return _buys(tracker)
    about = says("asks_about", text) and not tracker.get_slot("order_number")
    if not (about or says("asks_price", text)):
        return False
    entities = tracker.latest_message.get("entities") or ()
    named = any(one.get("entity") == "product" for one in entities)
    return named or bool(products_in_words(text))


def _buys(tracker: Tracker, *, here: bool = False) -> bool:
    """Tells whether something is being bought or looked at, and it is known what; and that it is in stock."""
    goal = tracker.get_slot("goal")
    free = goal in {None, "delivery_period"} and not tracker.get_slot("order_number")
    product = _in_hand(tracker) if goal in _BUYING or free else None
    return product is not None and (product.stock > 0 or not here)


def _in_hand(tracker: Tracker) -> Product | None:
    """Returns the one thing that was spoken of lately and may be bought; an order's own is none."""
    goal = tracker.get_slot("goal")
    lately = [done_since_message(tracker.events, back=n) for n in range(1, _LATELY + 1)]
    if any(_ORDERED.intersection(did) for did in lately):
        return None
    if tracker.get_slot("order_number") and goal not in _BUYING:
        return None
    return product_chosen(text_of(tracker)) or product_meant(tracker)


class ActionLookUpPurchase(Action):
    """Reckons what the thing in hand comes to with its delivery."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_look_up_purchase"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``product_state``, and the facts that responses quote."""
        country = _country(tracker)
        several = several_meant(tracker)
        if several:
            summed = facts_of_sum(several.values(), country, shared_shop().today())
            return [
                SlotSet("product_state", "in_stock"),
                SlotSet("purchase_to", _to(country)),
                *(SlotSet(name, value) for name, value in summed.items()),
            ]
        product = product_meant(tracker)
        if product is None:
            return [SlotSet("product_state", "unnamed"), SlotSet("details_missing", "product")]
        facts = {
            **facts_of_product(product, tracker),
            **facts_of_delivery(product, country, tracker),
            "purchase_to": _to(country),
            "product": product.name,
        }
        return [
            SlotSet("product_state", "in_stock" if product.stock else "sold_out"),
            *(SlotSet(name, value) for name, value in facts.items()),
        ]


class ActionReckonDelivery(Action):
    """Reckons by which day what is bought now can be there."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_reckon_delivery"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change`` to ``made``, and the days that responses quote."""
        policy, today = shared_policy(), shared_shop().today()
        country = _country(tracker)
        home = country.strip().lower().removeprefix("the ") == HOME.lower()
        soonest, latest = _working_days(
            policy.standard_delivery if home else policy.abroad_delivery
        )
        first, last = add_working_days(today, soonest), add_working_days(today, latest)
        product = product_meant(tracker)
        bought = product.name if product else str(tracker.get_slot("purchase") or "")
        fast = country.strip().lower().removeprefix("the ") in _EXPRESS and not is_large(bought)
        express = add_working_days(today, 1)
        day = day_named(text_of(tracker), today)
        meets = None
        if day:
            meets = "yes" if last <= day else "no" if first > day else "unsure"
        in_time = fast and (day is None or express <= day)
        return [
            SlotSet("change", "made"),
            SlotSet("arrival_from", say_date(first, today)),
            SlotSet("arrival_by", say_date(last, today)),
            SlotSet("arrival_express", say_date(express, today)),
            SlotSet("arrival_fast", "yes" if in_time else "no"),
            SlotSet("arrival_meets", meets),
            SlotSet("day_asked", say_date(day, today) if day else None),
            SlotSet("express_price", policy.express_price),
        ]


def _working_days(said: str) -> tuple[int, int]:
    """Returns the fewest and the most of a term such as "3 to 5 working days"."""
    numbers = [int(number) for number in re.findall(r"\d+", said)]
    return (numbers[0], numbers[-1]) if numbers else (0, shared_policy().standard_working_days)


def _country(tracker: Tracker) -> str:
    """Returns the country that what is bought goes to: the one named, else that of the address, else home."""
    named = tracker.get_slot("country")
    told = country_told(tracker)
    if named or told:
        return str(told or named)
    address = str(tracker.get_slot("delivery_address") or "")
    within = tracker.get_slot("goal") == "place_order" or settled(tracker) == "first_order"
    return address.rsplit(", ", 1)[-1] if address and within else HOME


def _to(country: str) -> str:
    home = country.strip().lower().removeprefix("the ") == HOME.lower()
    return f"within the {HOME}" if home else f"to {country}"


def bank_shows(tracker: Tracker) -> str | None:
    """Tells whether the customer wrote that their bank shows an amount as pending."""
    return "pending" if any(says("bank_pending", text) for text in texts_of(tracker)) else None
