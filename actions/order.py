"""Orders and refunds: look up, cancel, pay back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.in_words import ESTATE_OFFERED, praised
from actions.latest import (
    NUMBERLESS,
    foreign_given,
    matters_lately,
    names_an_order,
    names_item,
    settled,
    text_of,
    words_of,
)
from actions.policy import terms_set
from actions.product import product_meant, quantity
from actions.promise import follow_order, promise
from actions.who import (
    address_given,
    by_program,
    customer_asking,
    email_of,
    full_number,
    heard_of_order,
    missing_for_order,
    open_orders,
    order_if_known,
    order_named,
)
from exemplar.arrival import day_named, mourned, occasion_in
from exemplar.conversation import PATIENCE, asked_in_a_row, done, reminded, since_restart
from exemplar.desk.promises import DELIVERY
from exemplar.said import says
from exemplar.shop.calendar import in_season, returnable_until
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Address, Order, PaymentState, Product
from exemplar.shop.policy import is_large, shared_policy
from exemplar.shop.shop import NotPossible
from exemplar.wording import say_amount, say_date, say_days, say_list

#: What may be missing before an order is known.
OF_ORDER: Final = frozenset({"order", "order_number", "order_email", "order_choice", "match"})
_PAYMENTS: Final = {
    PaymentState.OPEN: "unpaid",
    PaymentState.FAILED: "failed",
    PaymentState.PAID: "paid",
    PaymentState.TWICE: "twice",
}
#: In these matters, what a message names is in the order that it is about.
_OF_ITS_ITEM: Final = frozenset(
    {"track_order", "track_refund", "get_refund", "cancel_order", "report_damaged_item"}
)
#: What gives the search for an order to people.
PASSED_ON: Final = "action_pass_on_search"


class ActionLookUpOrder(Action):
    """Finds the order, and tells the stories how it stands."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_look_up_order"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``order_state`` and the facts that responses quote."""
        heard = heard_of_order(tracker)
        tracker.slots.update(heard)
        order = order_named(tracker)
        if order is None and by_program(tracker):
            # Nobody was asked for anything, and nothing is awaited.
            return [SlotSet("order_state", "not_found")]
        if order is None:
            missing = missing_for_order(tracker)
            given = foreign_given(tracker) if missing in NUMBERLESS else None
            state = _unknown(tracker, missing, foreign=given is not None)
            asks = tracker.get_slot("goal") and state != "passed_on"
            return [
                *(SlotSet(name, value) for name, value in heard.items()),
                SlotSet("order_state", state),
                SlotSet("order_given", given or tracker.get_slot("order_given")),
                # A wrong pair counts, also where it isn't asked for: nobody may guess for free.
                *([SlotSet("details_missing", "match")] if missing == "match" else []),
                # Without a matter, nothing is asked for, nor where people look for the order.
                SlotSet("details_missing", missing if asks else None),
                SlotSet("order_number", full_number(tracker.get_slot("order_number"))),
                SlotSet("orders_open", say_orders(tracker)),
                *(SlotSet(name) for name in _FACTS if missing == "match"),
                # While people look for it, what holds for every order is told, and an address that was given
                # with another matter is the one to answer at.
                *(_while_sought(tracker) if state == "passed_on" else []),
            ]
        another = _another_item(tracker, order)
        if another:
            return [
                SlotSet("order_state", "other_item"),
                SlotSet("item_named", another),
                SlotSet("details_missing", "order_number"),
                *facts_set(order),
            ]
        follow_order(tracker, order)
        facts = facts_of(order)
        # Asked often, and nothing has happened since: what there is to say was said.
        told = (
            tracker.get_slot("asked_before") == "often"
            and not by_program(tracker)
            and all(tracker.get_slot(name) == facts[name] for name in _STANDING)
        )
        return [
            *(SlotSet(name, value) for name, value in heard.items()),
            SlotSet("order_state", "told" if told else facts["order_state_seen"]),
            *(
                [SlotSet("details_missing")]
                if tracker.get_slot("details_missing") in OF_ORDER
                else []
            ),
            *facts_set(order),
            *_day_facts(tracker, order),
        ]


def _while_sought(tracker: Tracker) -> list[dict[str, Any]]:
    reach = tracker.get_slot("handover_reach") or email_of(tracker)
    return [*terms_set(), SlotSet("handover_reach", reach)]


def _another_item(tracker: Tracker, order: Order) -> str | None:
    """Returns what a message is about where that is on sale here and not in the order of before.

    What is told of one order is not done to another: "anyway, the speakers crackle", after a late grinder.
    """
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    if intent not in _OF_ITS_ITEM or by_program(tracker) or names_an_order(tracker):
        return None
    if not tracker.get_slot("order_known") or settled(tracker):
        return None
    items = say_list(order.items).casefold()
    entities = tracker.latest_message.get("entities") or ()
    named = [str(one.get("value")) for one in entities if one.get("entity") == "product"]
    if not named or names_item(tracker, text_of(tracker), say_list(order.items)):
        return None
    found = [product.name for name in named for product in shared_shop().find_products(name)]
    apart = found and not any(name.casefold() in items for name in found)
    return named[0] if apart else None


def _other_matter(tracker: Tracker) -> bool:
    """Tells whether this message comes with another matter than the one before, and says so itself."""
    goals: list[str | None] = []
    before: str | None = None
    for event in since_restart(tracker.events):
        if event.get("event") == "user":
            goals.append(before)
        elif event.get("event") == "slot" and event.get("name") == "goal":
            before = event.get("value")
    goal, intent = tracker.get_slot("goal"), tracker.latest_message.get("intent") or {}
    return bool(goals and goals[-1]) and goal != goals[-1] and intent.get("name") == goal


def _unknown(tracker: Tracker, missing: str, *, foreign: bool) -> str:
    """Tells how it stands with an order that is not known: nobody is asked for ever for its number."""
    if PASSED_ON in done(tracker.events):
        return "passed_on"
    asked = asked_in_a_row(tracker.events, missing)
    lacks = says("no_number", text_of(tracker))
    anew = _other_matter(tracker)
    # Said now, or when they were asked: who has no number is not sent to look for one.
    lacks = lacks or (tracker.get_slot("number_lacking") and not anew)
    if missing in NUMBERLESS and email_of(tracker) and ESTATE_OFFERED in done(tracker.events):
        # What was ordered by somebody who died is looked for by people; they can be written to.
        return "stuck"
    if lacks and missing == "order_number":
        # They were asked for both before, and gave what they have.
        asked = asked or asked_in_a_row(tracker.events, "order")
    # For another matter it may be another order: its number is asked for once.
    patience = PATIENCE + 1 if anew else PATIENCE
    nagged = asked and not anew and reminded(tracker.events)
    if foreign or asked >= patience or nagged or (asked and lacks):
        return "stuck"
    return "not_found" if missing == "match" else "needs_details"


def _day_facts(tracker: Tracker, order: Order) -> list[dict[str, Any]]:
    """Returns whether the order comes before, on or after a day that the message names."""
    today = shared_shop().today()
    said = matters_lately(tracker) or ""
    day = day_named(said, today)
    occasion = occasion_in(text_of(tracker)) or occasion_in(said)
    # It is named back once, and for a funeral nothing is said of being in time.
    again = occasion == tracker.get_slot("occasion") or mourned(occasion)
    if day is None:
        return [SlotSet("day_asked"), SlotSet("day_meets")]
    comes = order.shipment.expected_on
    meets = "before" if comes < day else "after" if comes > day else "same"
    said_day = say_date(day, today)
    named = said_day if again or not occasion else f"{occasion} ({said_day})"
    return [
        SlotSet("day_asked", named),
        SlotSet("day_meets", meets),
        SlotSet("occasion", occasion or tracker.get_slot("occasion")),
    ]


class ActionRecallOrder(Action):
    """Looks how the order stands for an answer that asks for nothing: the customer has worse to bear."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_recall_order"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets the facts that responses quote, or only that there are none."""
        order = order_if_known(tracker)
        return facts_set(order) if order else [SlotSet("order_state_seen")]


def say_orders(tracker: Tracker) -> str | None:
    """Returns the open orders of somebody who signed in, to choose from."""
    orders = open_orders(tracker)
    return "; ".join(f"{o.number}, {say_list(o.items)}" for o in orders) if orders else None


class ActionCancelOrder(Action):
    """Cancels the order."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_cancel_order"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` or ``refused``."""
        return change(tracker, shared_shop().cancel_order)


class ActionRefundOrder(Action):
    """Sends the money back."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_refund_order"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` or ``refused``."""
        return change(tracker, shared_shop().refund_order)


class ActionChangeOrder(Action):
    """Has the packers change the order."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_change_order"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` or ``refused``."""
        text = str(tracker.get_slot("order_change") or "")
        made = change(tracker, lambda order: shared_shop().change_order(order, text))
        return [*made, SlotSet("order_change_said", text), SlotSet("order_change")]


class ActionPlaceOrder(Action):
    """Reserves what was chosen; a link to pay is mailed."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_place_order"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` or ``refused``, and the new order's facts."""
        product = product_meant(tracker)
        guest = tracker.get_slot("buyer") == "guest"
        customer = None if guest else customer_asking(tracker)
        named = all(tracker.get_slot(part) for part in ("street", "postcode", "city"))
        own = customer.addresses[0] if customer and customer.addresses else None
        address = address_given(tracker, customer) if named else own
        dropped = [SlotSet(name) for name in ("pending", "product", "street", "postcode", "city")]
        try:
            if not (product and address):
                raise NotPossible
            # The same "yes" delivered twice orders once.
            said = f"{tracker.sender_id}\n{tracker.latest_message.get('message_id')}"
            key = hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()
            if guest:
                return [*_order_as_guest(tracker, product, address, key), *dropped]
            if customer is None:
                raise NotPossible
            order = shared_shop().place_order(
                customer, product, quantity(tracker), address, key=key
            )
        except NotPossible:
            return [SlotSet("change", "refused"), *dropped]
        promise(tracker, DELIVERY, order.number, order.shipment.promised_on, order.number)
        return [
            SlotSet("change", "made"),
            *dropped,
            *facts_set(order),
        ]


def _order_as_guest(
    tracker: Tracker, product: Product, address: Address, key: str
) -> list[dict[str, Any]]:
    """Has a link mailed to somebody who has not shown who they are.

    They see no order and no number of one, whosever the email address is: a number and an email address
    together would open all that a customer has here.
    """
    email, name = email_of(tracker), tracker.get_slot("name")
    if not (email and name):
        raise NotPossible
    shared_shop().order_as_guest(
        str(name), str(email), product, quantity(tracker), address, key=key
    )
    return [
        SlotSet("change", "made"),
        SlotSet("mail_to", email),
        SlotSet("settled", "first_order"),
        SlotSet("delivery_address", str(address)),
    ]


class ActionNoteOnOrder(Action):
    """Leaves a note for colleagues, so that the customer need not tell it again."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_note_on_order"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` or ``refused``."""
        order = order_named(tracker)
        if order is None:
            return [SlotSet("change", "refused")]
        # Praise is often told before the order is.
        words = "\n".join(praised(tracker) or _told_since_noted(tracker))
        shared_shop().note_on_order(order, words)
        return [SlotSet("change", "made")]


def _told_since_noted(tracker: Tracker) -> list[str]:
    """Returns what the customer wrote since a note was made last, in their own words.

    The matter is often told first, and the number and the email address that open the order after it.
    """
    told: list[str] = []
    for event in reversed(since_restart(tracker.events)):
        if event.get("event") == "action" and event.get("name") == "action_note_on_order":
            break
        if event.get("event") == "user" and event.get("text"):
            told.append(str(event["text"]))
    return list(dict.fromkeys(reversed(told))) or [words_of(tracker)]


def facts_of(order: Order) -> dict[str, str | None]:
    """Returns what responses may quote of an order, as a person would say it."""
    today = shared_shop().today()
    shipment, refund = order.shipment, order.refund
    late = max((today - shipment.promised_on).days, 0)
    return {
        "order_number": order.number,
        "order_known": "yes",
        "order_paid": payment_seen(order),
        "order_paid_by": order.payment_method,
        "order_state_seen": shared_shop().state_of(order).value,
        "customer_name": order.customer.first_name,
        "order_items": say_list(order.items),
        "delivery_large": "yes" if any(map(is_large, order.items)) else None,
        "order_total": say_amount(order.total),
        "order_placed_on": say_date(order.placed_on, today),
        "order_due_on": say_date(shipment.promised_on, today),
        "order_expected_on": say_date(shipment.expected_on, today),
        "order_days_late": say_days(late) if late else None,
        "order_carrier": shipment.carrier,
        "order_tracking": shipment.tracking_number,
        "order_last_seen": shipment.last_seen,
        "order_delivered_on": say_date(shipment.delivered_on, today)
        if shipment.delivered_on
        else None,
        "order_ended": "cancelled" if order.cancelled_on else "returned" if refund else None,
        "order_cancelled_on": say_date(order.cancelled_on, today) if order.cancelled_on else None,
        "refund_number": refund.number if refund else None,
        "refund_amount": say_amount(refund.amount) if refund else None,
        "refund_requested_on": say_date(refund.requested_on, today) if refund else None,
        "refund_due_on": say_date(refund.due_on, today) if refund else None,
        "refund_paid_on": say_date(refund.paid_on, today) if refund and refund.paid_on else None,
        "return_days": str(shared_policy().return_days),
        **returning(order),
        "delivery_address": str(order.address),
        "invoice_seen": order.invoice.number if order.invoice else None,
        "invoice_on": say_date(order.invoice.issued_on, today) if order.invoice else None,
        "invoice_amount": say_amount(order.invoice.amount) if order.invoice else None,
    }


def payment_seen(order: Order) -> str:
    """Returns what became of the money for an order, as responses have conditions on it."""
    if order.second_payment_returned_on and order.payment is PaymentState.PAID:
        return "returned"
    return _PAYMENTS[order.payment]


def returning(order: Order) -> dict[str, str | None]:
    """Returns until when an order can come back, and at what cost, as responses say it."""
    policy, shipment = shared_policy(), order.shipment
    arrival = shipment.delivered_on or shipment.expected_on
    last = say_date(returnable_until(arrival, policy), shared_shop().today())
    by = f"within {policy.return_days} days of its delivery"
    if shipment.delivered_on or in_season(arrival, policy):
        by = f"until {last}"
    free = order.address.country.removeprefix("the ") in policy.return_free_countries
    if any(is_large(item) for item in order.items):
        # Nobody carries a desk to a parcel shop.
        free, cost = False, f"collected from your home for {policy.return_collecting_price}"
    elif free:
        cost = "free of charge"
    else:
        cost = f"with a label for {policy.return_label_price}, which comes off the refund"
    return {
        "order_return_by": by,
        "order_return_cost": cost,
        # Text, since responses have variants for it.
        "order_return_free": "yes" if free else "no",
    }


def facts_set(order: Order) -> list[dict[str, Any]]:
    """Returns the events that let responses quote an order."""
    return [SlotSet(name, value) for name, value in facts_of(order).items()]


def forget_order() -> list[dict[str, Any]]:
    """Returns the events after which nothing of an order is quoted: it is another one that is spoken of."""
    return [SlotSet(name) for name in _FACTS if name != "customer_name"]


#: By these it shows that something has happened to an order.
_STANDING: Final = ("order_number", "order_state_seen", "order_last_seen", "order_expected_on")

#: What must not be quoted any more once an order is not found.
_FACTS: Final = (
    "customer_name",
    "order_items",
    "delivery_large",
    "order_total",
    "order_placed_on",
    "order_due_on",
    "order_expected_on",
    "order_days_late",
    "order_carrier",
    "order_tracking",
    "order_last_seen",
    "order_delivered_on",
    "order_return_by",
    "order_return_cost",
    "order_return_free",
    "order_ended",
    "order_cancelled_on",
    "refund_number",
    "refund_amount",
    "refund_requested_on",
    "refund_due_on",
    "refund_paid_on",
    "order_state_seen",
    "order_known",
    "order_paid",
    "order_paid_by",
    "delivery_address",
    "invoice_seen",
    "invoice_on",
    "invoice_amount",
)


def change(tracker: Tracker, make: Callable[[Order], object]) -> list[dict[str, Any]]:
    """Makes a change, where it can be made; what stands then is what is quoted from here on."""
    order = order_named(tracker)
    try:
        if order is None:
            raise NotPossible
        make(order)
    except NotPossible:
        return [SlotSet("change", "refused"), SlotSet("pending")]
    order = order_named(tracker) or order
    follow_order(tracker, order)
    return [
        SlotSet("change", "made"),
        SlotSet("pending"),
        *facts_set(order),
    ]
