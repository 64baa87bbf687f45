"""What a message asks on about money that comes back, a claim or a return."""

from __future__ import annotations

import re
from typing import Final

from rasa_sdk import Tracker

from actions.latest import (
    intent_now,
    names_an_order,
    names_an_order_or_email,
    names_item,
    settled,
    text_of,
)
from actions.offers import FAULTS, REGISTERED, fault_told
from exemplar.conversation import done
from exemplar.foreign_numbers import foreign_number
from exemplar.said import says

#: What may be asked about money, in the order in which it counts.
_OF_MONEY: Final = (
    *("money_chargeback", "money_if_not", "money_where", "money_from", "in_writing"),
    *("money_faster", "money_short", "money_sure"),
)
#: So an order stands where its money is on its way back, or was paid back.
_GOES_BACK: Final = frozenset({"refund_pending", "refunded"})
#: So it stands where it is still to come.
_COMES: Final = frozenset({"processing", "shipped", "late"})
#: With these, the matter is the money.
_MONEY_MATTERS: Final = frozenset({"get_refund", "track_refund", "payment_issue"})
#: What is asked of money before it was set going, too.
_BEFORE: Final = frozenset({"money_where", "money_from", "money_faster"})
SECOND_PAYMENT: Final = "second_payment"
#: What is said before anything else where water comes at electricity, once in a conversation.
WARNED_WET: Final = "utter_explain_unsafe"
#: What is said before anything else where something burns, smells or gives shocks, once in a conversation.
WARNED_HOT: Final = "utter_explain_hazard"
#: That somebody is believed, once in a conversation.
BELIEVED: Final = "utter_validate_believed"
#: What was asked on is answered, and opens no matter of its own.
ASKED_ON: Final = frozenset(
    {
        *("asks_of_money", "asks_registered", "asks_until", "asks_too_late", "asks_safe"),
        *("was_right", "sends_proof", "gives_details", "swaps"),
    }
)


#: As these it may be read.
ANSWERED_AS: Final = frozenset(
    {
        *("nlu_fallback", "out_of_scope", "affirm", "deny", "drop_matter", "reject_answer"),
        *("misread", "vent", "complaint", "ask_next", "ask_why", "ask_product"),
        *("product_advice", "ask_warranty", "one_by_one", "thank", "provide_details"),
        *("no_details", "are_you_bot", "review", "track_order", "change_order"),
        *("cancel_order", "get_refund", "track_refund", "check_refund_policy"),
        *("check_cancellation_fee", "check_payment_methods", "payment_issue"),
        *("delivery_period", "delivery_options", "check_invoice", "get_invoice"),
        *("edit_account", "registration_problems", "check_stock", "place_order"),
        *("contact_customer_service", "report_damaged_item", "report_wrong_item"),
        "report_missing_item",
    }
)
#: Read as these, it is a wish, and no question whether it is too late.
_WISHES: Final = frozenset({"get_refund", "cancel_order", "change_order"})
_INVOICES: Final = frozenset({"get_invoice", "check_invoice"})
#: As these, what is to be sent is a bill only where it is called one, or is for the books.
_BILL: Final = re.compile(
    r"\b(?:invoices?|bills?|receipts?|vat|accountant|book-?keep\w*|the books|tax(?:es)?|expenses)\b",
    re.IGNORECASE,
)
#: What was set going with a promise of ours, which may be wanted in writing.
PROMISED: Final = REGISTERED | {"complaint"}
_TO_COMPLAIN: Final = re.compile(r"\bcomplain(?:ing)?\b", re.IGNORECASE)
_A_COMPLAINT: Final = re.compile(r"\bcomplaints?\b", re.IGNORECASE)


def money_asked(tracker: Tracker) -> str | None:
    """Tells what a message asks about money that is on its way back, or was offered."""
    text, goal = text_of(tracker), tracker.get_slot("goal")
    second = settled(tracker) == SECOND_PAYMENT
    going = second or tracker.get_slot("order_state_seen") in _GOES_BACK
    offered = tracker.get_slot("pending") == "get_refund"
    asked = next((what for what in _OF_MONEY if says(what, text)), None)
    known = tracker.get_slot("order_number") and not going
    if known and says("money_takes", text) and says("only_asked", text):
        # How long it takes may be asked before anything is decided.
        asked = "money_takes"
    if asked is None or names_an_order(tracker) or says("stops_refund", text):
        return None
    if asked == "in_writing":
        promised = going or settled(tracker) in PROMISED
        return asked if promised and wants_in_writing(tracker) else None
    if not going:
        return asked if asked == "money_takes" or (offered and asked in _BEFORE) else None
    # An order is still to come beside a second payment: what is asked may be about that.
    own = says("wants_money", text) or asked == "money_chargeback"
    if not own and (goal not in _MONEY_MATTERS or (second and names_item(tracker, text))):
        return None
    return asked


def wants_in_writing(tracker: Tracker) -> bool:
    """Tells whether what was told or promised here is wanted in writing, and no bill or new complaint."""
    text = text_of(tracker)
    bill = intent_now(tracker) in _INVOICES and _BILL.search(text)
    files = settled(tracker) != "complaint" and _A_COMPLAINT.search(text)
    return says("in_writing", text) and not (bill or files or _TO_COMPLAIN.search(text))


def asks_on(what: str, tracker: Tracker) -> bool:
    """Tells whether there is something that a question of ``ASKED_ON`` can be about."""
    goal, going = tracker.get_slot("goal"), settled(tracker)
    told, known = fault_told(tracker), bool(tracker.get_slot("order_number"))
    text = text_of(tracker)
    intent = intent_now(tracker)
    if what in ASKED_ON and what != "gives_details" and intent not in ANSWERED_AS:
        return False
    if what == "asks_of_money":
        return money_asked(tracker) is not None
    if what == "gives_details":
        return _only_details(tracker)
    if what == "was_right":
        return going == SECOND_PAYMENT
    if what == "wet_electric":
        # What smells burnt was warned of before; of water is warned all the same.
        did = done(tracker.events)
        doubts = intent in FAULTS and says("asks_safe", text) and WARNED_HOT not in did
        return (says(what, text) or doubts) and WARNED_WET not in did
    if what == "did_nothing":
        return (intent in FAULTS or goal in FAULTS) and BELIEVED not in done(tracker.events)
    if what == "asks_registered":
        return known and goal in {None, "get_refund", *FAULTS}
    if what == "asks_until":
        # Of an order that is still to come it is asked what happens if it does not.
        comes = tracker.get_slot("order_state_seen") in _COMES and says("asks_if_not", text)
        return known and goal not in {"place_order", "check_stock"} and not comes
    if what == "asks_too_late":
        return known and told is not None and going not in REGISTERED and intent not in _WISHES
    if what == "asks_safe":
        warned = not {WARNED_WET, WARNED_HOT}.isdisjoint(done(tracker.events))
        return (told is not None or warned) and intent not in FAULTS
    if what == "swaps":
        return tracker.get_slot("order_state_seen") in {"delivered", "kept"} and told is None
    return known and intent not in _INVOICES


def _only_details(tracker: Tracker) -> bool:
    """Tells whether the details that were asked for were read as something else.

    As asking where the order is, or as having none, where a number of another form is given all the same.
    """
    goal = tracker.get_slot("goal")
    if intent_now(tracker) == "no_details":
        given = foreign_number(text_of(tracker)) is not None
        return given and bool(tracker.get_slot("details_missing"))
    if intent_now(tracker) != "track_order" or goal in {None, "track_order"}:
        return False
    given = names_an_order_or_email(tracker) and bool(tracker.get_slot("details_missing"))
    return given and not says("asks_where", text_of(tracker))
