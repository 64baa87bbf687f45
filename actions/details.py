"""What is still missing before the matter in hand can be done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.hearing import heard_again
from actions.latest import (
    FINDS_ORDER,
    NUMBERLESS,
    foreign_given,
    intent_now,
    settled,
    text_of,
    texts_of,
    words_of,
)
from actions.notice import OWN_WORDS
from actions.order import facts_of, say_orders
from actions.policy import terms_set
from actions.product import facts_of_delivery, facts_of_product, product_meant
from actions.who import (
    TRIES,
    address_given,
    customer_asking,
    email_of,
    heard_of_order,
    missing_for_order,
    order_named,
    signed_in,
    wrong_tries,
)
from exemplar.conversation import (
    PATIENCE,
    asked_in_a_row,
    customer_messages,
    entities_since,
    reminded,
    since_restart,
    slot_before,
)
from exemplar.details import (
    address_in,
    choice_in,
    house_corrected,
    is_postcode,
    names_product,
    plain_place,
    plain_street,
    recounted_in,
    shared_details,
    taken_for,
)
from exemplar.said import says
from exemplar.shop.catalogue import name_words
from exemplar.shop.connection import shared_shop

_ADDRESS: Final = ("street", "city", "postcode")
#: What of an order may be asked for.
_OF_ORDER: Final = NUMBERLESS | {"order_email"}
#: Where one of these was asked for, the address was not known.
_LACKED: Final = frozenset({"order", "order_email"})
#: What is missing where no order was found by what was given.
_NO_ORDER: Final = NUMBERLESS | {"match"}
#: What tells streets apart: their words, without numbers and "ul."
_NAME: Final = re.compile(r"[^\W\d_]{3,}")
#: Longer than this it names no products alone.
_MOST_OF_PRODUCTS: Final = 6
#: Read as one of these, a message may still be what was asked for.
_MISREAD: Final = frozenset({"nlu_fallback", "out_of_scope", "affirm"})
#: In so many of the latest messages it may have been said that a number isn't at hand.
_LATELY: Final = 3
#: So many words of praise are the review itself.
_WORDS_OF_A_REVIEW: Final = 8
_PLEASED: Final = frozenset({"joy", "gratitude"})


class ActionCheckDetails(Action):
    """Hears what the customer gave, and says what is still missing for the matter in hand."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_check_details"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``details``: ``complete``, or ``missing`` with ``details_missing``, ``again`` or ``sought``.

        ``again`` is ``missing`` for the third time in a row: it is time to offer another way. ``sought`` is
        an order that our people look for already: nobody is asked for its number then.
        """
        heard = _heard(tracker)
        tracker.slots.update(heard)
        facts: dict[str, Any] = {}
        tried = _tried_in_vain(tracker)
        for needed in shared_details().needs.get(str(tracker.get_slot("goal")), ()):
            missing = _missing(needed, tracker, facts)
            if missing in _NO_ORDER and tracker.get_slot("order_sought"):
                return [
                    *(SlotSet(name, value) for name, value in {**heard, **facts}.items()),
                    *tried,
                    *terms_set(),
                    SlotSet("details", "sought"),
                    SlotSet("details_missing"),
                ]
            if missing:
                # A number of another shop is asked for no second time either.
                foreign = missing in NUMBERLESS and foreign_given(tracker)
                again = foreign or asked_in_a_row(tracker.events, missing) >= PATIENCE
                return [
                    *(SlotSet(name, value) for name, value in {**heard, **facts}.items()),
                    *tried,
                    SlotSet("details", "again" if again else "missing"),
                    SlotSet("details_missing", missing),
                ]
        return [
            *(SlotSet(name, value) for name, value in {**heard, **facts}.items()),
            *tried,
            SlotSet("details", "complete"),
            SlotSet("details_missing"),
        ]


class ActionDropMatter(Action):
    """The customer does not want this any further."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_drop_matter"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Clears the matter in hand, and what was asked for it."""
        return [SlotSet(name) for name in ("goal", "pending", "details_missing", "product")]


class ActionResumeMatter(Action):
    """After a side question: what was being asked for is asked for again."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_resume_matter"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Asks once more for the detail that is awaited, if one is; a second time it would be nagging.

        So it would be where somebody just said that they don't have it, or tells of a death. Where it was
        given beside the question, it is heard now, as what was asked for.
        """
        given = _given_beside(tracker)
        if given:
            # The question beside it has its answer by now.
            return heard_again(tracker, {"intent": "provide_details", "asks": {}, **given}, {})
        awaited = tracker.get_slot("details_awaited") and tracker.get_slot("details_missing")
        lacks = awaited in NUMBERLESS and says("no_number", " ".join(texts_of(tracker)[-_LATELY:]))
        if (
            awaited
            and not lacks
            and not reminded(tracker.events)
            and not says("loss", text_of(tracker))
        ):
            dispatcher.utter_message(response="utter_clarify_back_to_matter")
        return []


def _given_beside(tracker: Tracker) -> dict[str, Any] | None:
    """Returns what an order is found by as a message of its own, where it was waited for and is complete."""
    missing = tracker.get_slot("details_missing")
    entities = tracker.latest_message.get("entities") or ()
    found = [one for one in entities if one.get("entity") in FINDS_ORDER]
    complete = all(tracker.get_slot(name) for name in FINDS_ORDER)
    if complete and not found and missing in _LACKED:
        # It was given since, beside something that went before it; another order's number was not.
        found = [{"entity": name, "value": tracker.get_slot(name)} for name in FINDS_ORDER]
    given = " ".join(str(one.get("value")) for one in found)
    # As details, and nothing else, a message is heard once.
    heard = intent_now(tracker) == "provide_details" and text_of(tracker) == given
    if heard or missing not in _OF_ORDER or not (found and complete):
        return None
    return {"text": given, "entities": found}


def _heard(tracker: Tracker) -> dict[str, Any]:
    """Returns what the latest message says of the details that its entities do not say."""
    text, words = text_of(tracker), words_of(tracker)
    entities = {str(e.get("entity")) for e in tracker.latest_message.get("entities") or ()}
    goal, awaited = str(tracker.get_slot("goal")), tracker.get_slot("details_missing")
    needs = shared_details().needs.get(goal, ())
    heard: dict[str, Any] = dict(heard_of_order(tracker))
    # With a purchase comes an address that is recognized as one: "2 lamps for 1200 euros" is none.
    bought = "address" in needs and bool(entities & {"street", "postcode", "city"})
    if "street" in needs or awaited == "address" or bought:
        # An address that is all there is surer by its form than part by part.
        written = address_in(words)
        whole = len(written) == len(_ADDRESS)
        heard |= {n: v for n, v in written.items() if whole or n not in entities}
    if "street" not in heard and {"street", "address"} & set(needs):
        heard |= _street_settled(tracker)
    if {"street", "address"} & set(needs):
        heard |= _address_mended(tracker, text, heard)
    counts = recounted_in(text) is not None and goal == "place_order"
    if (
        awaited in _ADDRESS
        and tracker.get_slot("details_awaited")
        and awaited not in {*entities, *heard}
    ):
        heard |= _mistaken(tracker, str(awaited), text)
    if (
        tracker.get_slot("details_awaited")
        and awaited
        and awaited not in entities
        and awaited not in heard
    ):
        detail = "street" if awaited == "address" else str(awaited)
        value = taken_for(detail, text, misread=_misread(tracker))
        if detail == "street" and value and (counts or _is_product(value)):
            # "Make it 10 mugs" is no street.
            value = None
        heard |= {detail: value} if value else {}
        if awaited in OWN_WORDS:
            heard[awaited] = words
        if awaited in _ADDRESS and not value and is_postcode(text):
            heard["postcode"] = text.strip()
    more = settled(tracker) == "review"
    if (
        intent_now(tracker) == "review"
        and not awaited
        and (more or _is_review(text, tracker.get_slot("emotion")))
    ):
        heard["review"] = words
    for detail in needs:
        choice = choice_in(detail, text, shared_details().choices)
        if choice:
            heard[detail] = choice
    if goal == "change_order" and awaited is None and "product" in entities:
        # What is to be different was said with the wish itself.
        heard["order_change"] = words
    elif goal == "change_order" and awaited in NUMBERLESS and not tracker.get_slot("order_change"):
        # … or with the message before its number.
        heard |= {"order_change": told} if (told := _change_told(tracker)) else {}
    if {"street", "address"} & set(needs):
        heard |= dict.fromkeys(_left_behind(tracker, heard))
    return heard


def _left_behind(tracker: Tracker, heard: Mapping[str, Any]) -> set[str]:
    """Returns which of postcode and town were told of another street than the one that is held now.

    Of a street at the office, the postcode of the flat that was named before would make an address that
    nobody gave.
    """
    left: set[str] = set()
    street: set[str] = set()
    for told in _told_by_message(tracker, heard):
        named = set(_NAME.findall(str(told.get("street") or "").casefold()))
        if named and street and not named & street:
            left = {"postcode", "city"}
        left -= told.keys()
        street = named or street
    return left


def _told_by_message(tracker: Tracker, heard: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns the parts of addresses that each message told, in their order."""
    messages: list[dict[str, Any]] = [{}]
    for event in since_restart(tracker.events):
        if event.get("event") == "user":
            messages.append({})
        elif event.get("event") == "slot" and event.get("name") in _ADDRESS and event.get("value"):
            messages[-1][str(event["name"])] = event["value"]
    messages[-1] |= {name: value for name, value in heard.items() if name in _ADDRESS and value}
    return messages


def _is_review(text: str, emotion: str | None) -> bool:
    """Tells whether a message is itself the review that would be asked for: "the backpack is fantastic …".

    Whoever is pleased tells it, in whatever words; unless they ask how a review is written.
    """
    if says("asks_to_review", text):
        return False
    told = says("reviews", text) or says("praises", text) or emotion in _PLEASED
    return told and len(text.split()) >= _WORDS_OF_A_REVIEW


def _change_told(tracker: Tracker) -> str | None:
    """Returns the wish for a change as it was first told, where it names what is to be different."""
    for message in customer_messages(tracker.events):
        parsed = message.get("parse_data") or {}
        named = {one.get("entity") for one in parsed.get("entities") or ()}
        if (parsed.get("intent") or {}).get("name") == "change_order" and "product" in named:
            return str(message.get("text") or "")
    return None


def _street_settled(tracker: Tracker) -> dict[str, Any]:
    """Returns the street that was heard without what is no part of it; a product is none at all."""
    street = str(tracker.get_slot("street") or "")
    if not street:
        return {}
    if _is_product(street):
        before = slot_before(tracker.events, "street")
        return {"street": None if _is_product(str(before or "")) else before}
    plain = plain_street(street)
    return {"street": plain} if plain != street else {}


def _address_mended(tracker: Tracker, text: str, heard: dict[str, Any]) -> dict[str, Any]:
    """Returns the street with the number that a message puts right, and the town without what follows it."""
    mended: dict[str, Any] = {}
    town = heard.get("city", tracker.get_slot("city"))
    if town and plain_place(str(town)) != town:
        mended["city"] = plain_place(str(town))
    before = slot_before(tracker.events, "street") or tracker.get_slot("street")
    corrected = house_corrected(str(before or ""), text)
    return {**mended, "street": corrected} if corrected else mended


def _is_product(street: str) -> bool:
    """Tells whether something we sell was taken for a street; the products are asked for only then."""
    if len(street.split()) > _MOST_OF_PRODUCTS:
        return False
    named = shared_shop().find_products(street)
    return names_product(street, {w for product in named for w in name_words(product.name)})


def _misread(tracker: Tracker) -> bool:
    """Tells whether the latest message was understood as no detail, or not at all."""
    return (tracker.latest_message.get("intent") or {}).get("name") in _MISREAD


def _mistaken(tracker: Tracker, awaited: str, text: str) -> dict[str, Any]:
    """Returns what a part of an address is, where the bare answer was heard as another part of it."""
    value = taken_for(awaited, text)
    others = [
        str(entity["entity"])
        for entity in tracker.latest_message.get("entities") or ()
        if entity.get("entity") in _ADDRESS and entity.get("entity") != awaited
    ]
    if value is None or len(others) != 1 or text.strip(" .!") != value:
        return {}
    return {awaited: value, others[0]: slot_before(tracker.events, others[0])}


def _missing(needed: str, tracker: Tracker, facts: dict[str, Any]) -> str | None:
    """Returns what is missing of something that is needed, None if nothing; adds what was found."""
    if needed in {"customer", "order"}:
        return _missing_order(tracker, facts, whose=needed == "customer")
    if needed == "buyer":
        return _missing_buyer(tracker, facts)
    if needed == "bill":
        return _missing_bill(tracker, facts)
    if needed == "product":
        product = product_meant(tracker)
        facts |= facts_of_product(product, tracker)
        if product:
            # What was chosen among several is known from here on.
            facts["product"] = product.name
        return None if product else "product"
    if needed == "address":
        return _missing_address(tracker, facts)
    if needed == "account_change":
        return None if changes_said(tracker) else "account_change"
    if needed == "email":
        return None if email_of(tracker) else "email"
    return None if tracker.get_slot(needed) else needed


def _missing_order(tracker: Tracker, facts: dict[str, Any], *, whose: bool) -> str | None:
    if whose and signed_in(tracker):
        customer = customer_asking(tracker)
        facts["customer_name"] = customer.first_name if customer else None
        return None if customer else "match"
    order = order_named(tracker)
    facts |= facts_of(order) if order else {"orders_open": say_orders(tracker)}
    return None if order else missing_for_order(tracker)


def _missing_buyer(tracker: Tracker, facts: dict[str, Any]) -> str | None:
    """Whoever is no known customer buys as a guest: an email address and a name are enough."""
    known = signed_in(tracker) or wrong_tries(tracker) < TRIES
    if known and customer_asking(tracker):
        facts["buyer"] = "customer"
        return None
    facts["buyer"] = "guest"
    if not email_of(tracker):
        return "email"
    return None if tracker.get_slot("name") else "name"


def _tried_in_vain(tracker: Tracker) -> list[dict[str, Any]]:
    """Counts a wrong pair of number and email also where a guest needs none: nobody may guess for free."""
    latest = {str(e.get("entity")) for e in tracker.latest_message.get("entities") or ()}
    buys = "buyer" in shared_details().needs.get(str(tracker.get_slot("goal")), ())
    named = latest & {"order_number", "email"}
    if not (buys and named and not signed_in(tracker) and tracker.get_slot("order_number")):
        return []
    wrong = email_of(tracker) and order_named(tracker) is None
    return [SlotSet("details_missing", "match")] if wrong else []


def _missing_bill(tracker: Tracker, facts: dict[str, Any]) -> str | None:
    number, email = tracker.get_slot("invoice_number"), email_of(tracker)
    named = {str(e.get("entity")) for e in tracker.latest_message.get("entities") or ()}
    if "order_number" in named and "invoice_number" not in named:
        # The order that was just named, not an invoice from before.
        return _missing_order(tracker, facts, whose=False)
    if number and email and wrong_tries(tracker) < TRIES:
        digits = "".join(filter(str.isdigit, str(number)))
        order = shared_shop().find_order_of_invoice(f"IN-{digits}", email)
        if order:
            facts |= facts_of(order)
            return None
        return "match"
    if number and not email:
        return "order_email"
    return _missing_order(tracker, facts, whose=False)


def _missing_address(tracker: Tracker, facts: dict[str, Any]) -> str | None:
    """A new order goes to the address that was given, else to the customer's own."""
    # After too many wrong pairs, a right one shows nothing of a customer either.
    known = signed_in(tracker) or wrong_tries(tracker) < TRIES
    customer = customer_asking(tracker) if known else None
    if any(tracker.get_slot(part) for part in _ADDRESS):
        goes_to = address_given(tracker, customer)
        facts["delivery_address"] = str(goes_to)
        facts |= facts_of_delivery(product_meant(tracker), goes_to.country, tracker)
        return next((part for part in _ADDRESS if not tracker.get_slot(part)), None)
    if customer and customer.addresses:
        facts["delivery_address"] = str(customer.addresses[0])
        facts |= facts_of_delivery(product_meant(tracker), customer.addresses[0].country, tracker)
        return None
    return "address"


def changes_said(tracker: Tracker) -> dict[str, str]:
    """Returns the name and phone number that were said since the customer wanted to change their account."""
    said = entities_since(tracker.events, {"name", "phone"}, str(tracker.get_slot("goal")))
    # It is known by now that nothing is missing, where the change itself is at hand.
    asked = tracker.get_slot("details_missing"), slot_before(tracker.events, "details_missing")
    if "account_change" in asked:
        text = text_of(tracker)
        for detail in ("phone", "name"):
            value = None if said else taken_for(detail, text, misread=True)
            said |= {detail: value} if value else {}
    return said
