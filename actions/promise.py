"""What a customer is told to count on is written down, with its day, and followed up when that has passed.

Which action stands behind which promise is in ``data/knowledge/promises.yml``, and what is said when the
day has passed in ``data/rules/promises.yml``.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.who import by_program
from exemplar.desk.model import PromiseState
from exemplar.desk.promises import DELIVERY, REFUND, shared_promises
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Order, OrderState

_ARRIVED: Final = frozenset({OrderState.DELIVERED, OrderState.KEPT})
#: Nothing comes any more, but perhaps money.
_OVER: Final = frozenset({OrderState.CANCELLED, OrderState.REFUND_PENDING, OrderState.REFUNDED})


class ActionDropPromise(Action):
    """Lets go of an order that was due: there is nothing to say of it any more."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_drop_promise"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Ends the promise."""
        number = str(tracker.get_slot("promise_number"))
        shared_promises().end(tracker.sender_id, DELIVERY, number, PromiseState.CANCELLED)
        return []


class ActionFindComplaint(Action):
    """Sees whether the complaint whose answer was due has been answered."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_find_complaint"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` if it was, else ``refused``."""
        number = tracker.get_slot("promise_number")
        waits = any(one.number == number for one in shared_shop().open_complaints())
        return [SlotSet("change", "refused" if waits else "made")]


def promise(
    tracker: Tracker, kind: str, number: str, day: date, order_number: str | None = None
) -> None:
    """Writes down what the customer is told to count on.

    Args:
        tracker: the conversation.
        kind: one of :mod:`exemplar.desk.promises`.
        number: what the customer knows it by.
        day: by when.
        order_number: the order that it is about.
    """
    shared_promises().make(
        tracker.sender_id,
        tracker.get_latest_input_channel() or "unknown",
        kind,
        number,
        day,
        order_number=order_number,
    )


def let_go(tracker: Tracker, kind: str, number: str) -> None:
    """Ends a promise that something else has taken the place of."""
    shared_promises().end(tracker.sender_id, kind, number, PromiseState.CANCELLED)


def follow_order(tracker: Tracker, order: Order) -> None:
    """Brings what was promised of an order in line with how it stands: money, parcel, or nothing more.

    While a promise is being followed up this does nothing: it ends when its customer has been told.
    """
    if by_program(tracker):
        return
    state, refund = shared_shop().state_of(order), order.refund
    if state == OrderState.LATE:
        promise(tracker, DELIVERY, order.number, order.shipment.expected_on, order.number)
    elif state in _ARRIVED:
        shared_promises().end(tracker.sender_id, DELIVERY, order.number, PromiseState.KEPT)
    elif state in _OVER:
        shared_promises().end(tracker.sender_id, DELIVERY, order.number, PromiseState.CANCELLED)
    if refund and refund.paid_on:
        shared_promises().end(tracker.sender_id, REFUND, refund.number, PromiseState.KEPT)
    elif refund:
        promise(tracker, REFUND, refund.number, refund.due_on, order.number)
