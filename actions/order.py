"""Orders and refunds: look up, cancel, pay back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Order
from exemplar.shop.policy import shared_policy
from exemplar.shop.shop import NotPossible
from exemplar.wording import say_amount, say_date, say_days, say_list

#: After so many wrong pairs of number and email, a conversation may not try further.
TRIES: Final = 5


def full_number(written: str | None) -> str | None:
    """Returns an order number as the shop writes it: "ml 104217", "#104217" → "ML-104217"."""
    found = re.search(r"(?<!\d)\d{6}(?!\d)", written or "")
    return f"ML-{found.group()}" if found else None


def order_named(tracker: Tracker) -> Order | None:
    """Returns the order that the customer named together with its email address."""
    number, email = full_number(tracker.get_slot("order_number")), tracker.get_slot("email")
    return shared_shop().find_order(number, email) if number and email else None


class ActionLookUpOrder(Action):
    """Finds the order, and tells the stories how it stands."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_look_up_order"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``order_state`` and the facts that responses quote."""
        number, email = full_number(tracker.get_slot("order_number")), tracker.get_slot("email")
        if not (number and email):
            missing = "email" if number else "number" if email else "both"
            return [SlotSet("order_state", "needs_details"), SlotSet("details_missing", missing)]
        wrong = sum(
            event.get("event") == "slot" and event.get("value") == "not_found"
            for event in tracker.events
        )
        order = shared_shop().find_order(number, email) if wrong < TRIES else None
        if order is None:
            return [
                SlotSet("order_state", "not_found"),
                SlotSet("order_number", number),
                *(SlotSet(name) for name in _FACTS),
            ]
        state = shared_shop().state_of(order).value
        return [
            SlotSet("order_state", state),
            SlotSet("order_state_seen", state),
            SlotSet("order_number", order.number),
            *(SlotSet(name, value) for name, value in facts_of(order).items()),
        ]


class ActionCancelOrder(Action):
    """Cancels the order."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_cancel_order"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` or ``refused``."""
        return _change(tracker, shared_shop().cancel_order)


class ActionRefundOrder(Action):
    """Sends the money back."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_refund_order"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` or ``refused``."""
        return _change(tracker, shared_shop().refund_order)


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
        shared_shop().note_on_order(order, str(tracker.latest_message.get("text") or ""))
        return [SlotSet("change", "made")]


def facts_of(order: Order) -> dict[str, str | None]:
    """Returns what responses may quote of an order, as a person would say it."""
    today = shared_shop().today()
    shipment, refund = order.shipment, order.refund
    late = max((today - shipment.promised_on).days, 0)
    return {
        "customer_name": order.customer.first_name,
        "order_items": say_list(order.items),
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
        "order_cancelled_on": say_date(order.cancelled_on, today) if order.cancelled_on else None,
        "refund_number": refund.number if refund else None,
        "refund_amount": say_amount(refund.amount) if refund else None,
        "refund_requested_on": say_date(refund.requested_on, today) if refund else None,
        "refund_due_on": say_date(refund.due_on, today) if refund else None,
        "refund_paid_on": say_date(refund.paid_on, today) if refund and refund.paid_on else None,
        "return_days": str(shared_policy().return_days),
    }


_FACTS: Final = (
    "customer_name",
    "order_items",
    "order_total",
    "order_placed_on",
    "order_due_on",
    "order_expected_on",
    "order_days_late",
    "order_carrier",
    "order_tracking",
    "order_last_seen",
    "order_delivered_on",
    "order_cancelled_on",
    "refund_number",
    "refund_amount",
    "refund_requested_on",
    "refund_due_on",
    "refund_paid_on",
    "order_state_seen",
)


def _change(tracker: Tracker, make: Callable[[Order], object]) -> list[dict[str, Any]]:
    """Makes a change, where it can be made; what stands then is what is quoted from here on."""
    order = order_named(tracker)
    try:
        if order is None:
            raise NotPossible
        make(order)
    except NotPossible:
        return [SlotSet("change", "refused"), SlotSet("pending")]
    order = order_named(tracker) or order
    return [
        SlotSet("change", "made"),
        SlotSet("pending"),
        SlotSet("order_state_seen", shared_shop().state_of(order).value),
        *(SlotSet(name, value) for name, value in facts_of(order).items()),
    ]
