"""Who is asking, and about which of their orders."""

from __future__ import annotations

import logging
import re
from typing import Final

from rasa_sdk import Tracker

from actions.latest import text_of, texts_of
from exemplar.asking import signed_in_email
from exemplar.conversation import EXTERNAL, latest_message, slot_before
from exemplar.details import corrected_email, country_named, taken_for
from exemplar.errors import ExemplarError
from exemplar.settings import shared_secrets
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Address, Customer, Order, OrderState
from exemplar.shop.policy import HOME

logger = logging.getLogger(__name__)

#: After so many wrong pairs of number and email, a conversation may not try further.
TRIES: Final = 5
#: What may be given where this is awaited.
_GIVEN_FOR: Final = {
    "order": ("order_number", "email"),
    "order_number": ("order_number",),
    "order_choice": ("order_number",),
    "order_email": ("email",),
    "email": ("email",),
    "match": ("order_number", "email"),
}
#: Nothing is to come any more.
_SETTLED: Final = frozenset({OrderState.KEPT, OrderState.CANCELLED, OrderState.REFUNDED})


def heard_of_order(tracker: Tracker) -> dict[str, str | None]:
    """Returns the order number or email address that an answer gives in an unusual form: "104-217".

    What it was heard as instead is as it was before.
    """
    message = tracker.latest_message
    text = text_of(tracker)
    entities = {str(e.get("entity")): e.get("value") for e in message.get("entities") or ()}
    awaited = tracker.get_slot("details_awaited") and tracker.get_slot("details_missing")
    heard: dict[str, str | None] = {}
    for detail in _GIVEN_FOR.get(str(awaited), ()):
        value = None if detail in entities else taken_for(detail, text)
        known = tracker.get_slot(detail)
        if detail == "email" and known and not value and detail not in entities:
            value = corrected_email(str(known), text)
        if value:
            mistaken = [name for name, said in entities.items() if str(said) == text.strip()]
            heard |= {name: slot_before(tracker.events, name) for name in mistaken}
            heard[detail] = value
    return heard


def full_number(written: str | None) -> str | None:
    """Returns an order number as the shop writes it: "ml 104217", "#104217" → "ML-104217"."""
    found = re.search(r"(?<!\d)\d{6}(?!\d)", written or "")
    return f"ML-{found.group()}" if found else None


def by_program(tracker: Tracker) -> bool:
    """Tells whether the assistant speaks of its own accord, and not because the customer wrote."""
    intent = tracker.latest_message.get("intent") or {}
    return str(intent.get("name") or "").startswith(EXTERNAL)


def signed_in(tracker: Tracker) -> str | None:
    """Returns the email address with which the customer signed in on the shop's page, if they did."""
    said = latest_message(tracker.events) if by_program(tracker) else tracker.latest_message
    metadata = (said or {}).get("metadata")
    return signed_in_email(metadata, tracker.sender_id, shared_secrets().visitor_key)


def email_of(tracker: Tracker) -> str | None:
    """Returns the address by which an order is looked up: the proven one, or else the one given."""
    return signed_in(tracker) or tracker.get_slot("email")


def wrong_tries(tracker: Tracker) -> int:
    """Counts the pairs in this conversation that did not belong together."""
    return sum(
        event.get("event") == "slot"
        and event.get("name") == "details_missing"
        and event.get("value") == "match"
        for event in tracker.events
    )


def order_named(tracker: Tracker) -> Order | None:
    """Returns the order that the customer may speak of, None if there is none or it is not theirs.

    It takes its number together with its email address. For somebody who signed in the number is
    enough, and where only one of their orders is not settled yet, it needs none. After too many pairs
    that did not belong together, none is shown.
    """
    if wrong_tries(tracker) >= TRIES:
        return None
    number, email = full_number(tracker.get_slot("order_number")), email_of(tracker)
    if number and email:
        return shared_shop().find_order(number, email)
    orders = [] if number else open_orders(tracker)
    return orders[0] if len(orders) == 1 else None


def order_if_known(tracker: Tracker) -> Order | None:
    """Returns the order that the customer may speak of, None too where the shop does not answer.

    It is for what can be said without it.
    """
    try:
        return order_named(tracker)
    except ExemplarError as error:
        logger.warning("An order was not looked up: %s", error)
        return None


def missing_for_order(tracker: Tracker) -> str:
    """Returns what keeps an order from being known, as a name of ``utter_clarify_details``' variants."""
    number, email = full_number(tracker.get_slot("order_number")), email_of(tracker)
    if number and email:
        return "match"
    if open_orders(tracker):
        return "order_choice"
    return "order_email" if number else "order_number" if email else "order"


def open_orders(tracker: Tracker) -> list[Order]:
    """Returns the orders, not settled yet, of a customer who signed in."""
    email = signed_in(tracker)
    customer = shared_shop().find_customer(email) if email else None
    if customer is None:
        return []
    orders = shared_shop().orders_of(customer)
    return [order for order in orders if shared_shop().state_of(order) not in _SETTLED]


def customer_asking(tracker: Tracker) -> Customer | None:
    """Returns the customer who signed in, or who named an order of theirs, as they stand now."""
    email = signed_in(tracker)
    if email:
        return shared_shop().find_customer(email)
    order = order_named(tracker)
    return order.customer if order else None


def country_told(tracker: Tracker) -> str | None:
    """Returns the country that the customer named last, also by a town in it; None if they named none."""
    said = [text_of(tracker), *texts_of(tracker)[::-1]]
    return next(filter(None, map(country_named, said)), None)


def address_given(tracker: Tracker, customer: Customer | None) -> Address:
    """Returns the address that the customer gave; the country is theirs unless they named one.

    Who buys as a guest may have named it, or a town in it, before: "for a friend in Ghent".
    """
    if customer and customer.addresses:
        own = customer.addresses[0].country
    else:
        own = (country_told(tracker) or HOME).removeprefix("the ")
    return Address(
        street=str(tracker.get_slot("street") or ""),
        postcode=str(tracker.get_slot("postcode") or ""),
        city=str(tracker.get_slot("city") or ""),
        country=str(tracker.get_slot("country") or own),
    )
