"""Payments and invoices."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.asked_on import SECOND_PAYMENT
from actions.handover import request_person
from actions.latest import text_of
from actions.order import change, facts_set, payment_seen
from actions.purchase import bank_shows
from actions.who import TRIES, email_of, full_number, order_named, wrong_tries
from exemplar.conversation import customer_messages, intent_of
from exemplar.said import says
from exemplar.shop.calendar import add_working_days
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Order, PaymentState
from exemplar.shop.policy import shared_policy
from exemplar.shop.shop import NotPossible
from exemplar.wording import say_date


class ActionLookUpPayment(Action):
    """Finds out what became of the money for the order."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_look_up_payment"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``payment_state``, and of a second payment when it went back and when it arrives.

        ``bank_shows`` tells whether the customer wrote of an amount that their bank shows as pending.
        """
        order = order_named(tracker)
        if order is None:
            return []
        returned = returned_facts(order)
        found = [SlotSet("payment_state", payment_seen(order)), *returned]
        if returned:
            # What is asked of money from here on is asked of that payment.
            found.append(SlotSet("settled", SECOND_PAYMENT))
        if order.payment in {PaymentState.OPEN, PaymentState.FAILED}:
            found.append(SlotSet("bank_shows", bank_shows(tracker)))
        return found


class ActionSendPaymentLink(Action):
    """Mails a link to pay the order."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_send_payment_link"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` or ``refused``; ``already`` where one was sent and none is asked for."""
        if tracker.get_slot("settled") == "payment_link" and not says(
            "asks_link", text_of(tracker)
        ):
            return [SlotSet("change", "already")]
        return _settled("payment_link", change(tracker, shared_shop().send_payment_link))


class ActionReturnSecondPayment(Action):
    """Sends back what was taken a second time."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_return_second_payment"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` or ``refused``."""
        changed = _settled(SECOND_PAYMENT, change(tracker, shared_shop().return_second_payment))
        made = SlotSet("change", "made") in changed
        return [*changed, *_returned(shared_shop().today())] if made else changed


def returned_facts(order: Order) -> list[dict[str, Any]]:
    """Returns when a second payment went back, and by when banks show it; nothing where none did."""
    went_back = order.second_payment_returned_on
    return _returned(went_back) if went_back and payment_seen(order) == "returned" else []


def _returned(went_back: date) -> list[dict[str, Any]]:
    today = shared_shop().today()
    due = add_working_days(went_back, shared_policy().refund_working_days)
    return [
        SlotSet("payment_returned_on", say_date(went_back, today)),
        SlotSet("payment_returned_due", say_date(due, today)),
    ]


class ActionSendInvoice(Action):
    """Mails the invoice of the order."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_send_invoice"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` or ``refused``."""
        bill = _order_of_bill(tracker)
        if bill is None:
            return change(tracker, shared_shop().send_invoice)
        try:
            shared_shop().send_invoice(bill)
        except NotPossible:
            return [SlotSet("change", "refused"), SlotSet("pending")]
        return [SlotSet("change", "made"), SlotSet("pending"), *facts_set(bill)]


class ActionPassInvoiceOn(Action):
    """Another name or VAT number on an invoice: a person writes it anew."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_pass_invoice_on"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` with the desk's number, or ``refused`` once it is too late.

        What the customer wrote stands on the order word for word, and the desk is asked to act on it.
        """
        bill = _order_of_bill(tracker)
        order, shop = bill or order_named(tracker), shared_shop()
        policy = shared_policy()
        terms = SlotSet("invoice_change_days", str(policy.invoice_change_days))
        last = timedelta(days=policy.invoice_change_days)
        if order is None or shop.today() - order.placed_on > last:
            return [SlotSet("change", "refused"), terms]
        shop.note_on_order(order, f"Invoice to be changed:\n{_said_of_invoice(tracker)}")
        # Nobody waits in the chat, so that the assistant goes on.
        ticket = request_person(tracker, reason="invoice", queue=False)
        return [
            SlotSet("change", "made"),
            SlotSet("handover_number", ticket.number),
            SlotSet("settled", "invoice_change"),
            terms,
            *(facts_set(bill) if bill else []),
        ]


def _order_of_bill(tracker: Tracker) -> Order | None:
    """Returns the order before the one last spoken of, where only that has an invoice; else None.

    Who wrote of an invoice, and then asked about an order that isn't paid, means the invoice there is.
    """
    entities = tracker.latest_message.get("entities") or ()
    email, order = email_of(tracker), order_named(tracker)
    named = any(one.get("entity") == "order_number" for one in entities)
    if named or not email or wrong_tries(tracker) >= TRIES or (order and order.invoice):
        return None
    numbers = [
        full_number(str(event.get("value")))
        for event in reversed(tracker.events)
        if event.get("event") == "slot" and event.get("name") == "order_number"
    ]
    others = (
        shared_shop().find_order(number, email)
        for number in dict.fromkeys(numbers)
        if number and (order is None or number != order.number)
    )
    return next((one for one in others if one and one.invoice), None)


def _said_of_invoice(tracker: Tracker) -> str:
    """Returns the customer's words since they first wished the invoice otherwise."""
    messages = list(customer_messages(tracker.events))
    wished = [n for n, one in enumerate(messages) if intent_of(one) == "change_invoice"]
    since = messages[wished[0] :] if wished else messages[-1:]
    return "\n".join(str(message.get("text") or "") for message in since)


class ActionFindInvoice(Action):
    """Sees whether the order has an invoice."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_find_invoice"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` if there is one, else ``refused``."""
        bill = _order_of_bill(tracker)
        order = bill or order_named(tracker)
        return [
            SlotSet("change", "made" if order and order.invoice else "refused"),
            *(facts_set(bill) if bill else []),
        ]


def _settled(what: str, changed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Remembers what was set going, if it was."""
    made = SlotSet("change", "made") in changed
    return [*changed, SlotSet("settled", what)] if made else changed
