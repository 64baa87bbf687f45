"""What a message says in so many words, whatever it was read as: by data/knowledge/said.yml."""

from __future__ import annotations

import re
from typing import Any, Final

from rasa_sdk import Tracker

from actions.assent import ENDS
from actions.latest import settled, text_of
from actions.offers import CLAIM_WISH, FAULTS, REGISTERED, REPLACEMENT, wish_said
from exemplar.arrival import asks_day
from exemplar.conversation import customer_messages, done, done_since_message, intent_of
from exemplar.mood import Turn
from exemplar.said import says

#: What is told about a company's bill, once in a conversation.
_BILL_TOLD: Final = "utter_explain_company_bill"
#: What is said of a loss, once in a conversation.
CONDOLED: Final = "utter_validate_loss"
#: That a dangerous thing is to be unplugged, once in a conversation, too.
_WARNED: Final = "utter_explain_hazard"
_ONCE: Final = {"loss": CONDOLED, "hazard": _WARNED}
#: What takes an apology, once in a turn.
FORGIVEN: Final = "utter_close_apologized"
#: What says honestly who may learn an address, once in a turn.
_SECRET: Final = "utter_explain_secret"
_ONCE_A_TURN: Final = {"apologizes": FORGIVEN, "keeps_secret": _SECRET}
#: What a message may say in so many words, in this order (data/knowledge/said.yml).
_SAID: Final = (
    *("hazard", "loss", "estate", "wants_assistant", "suspicious", "keeps_secret"),
    *("takes_back", "nothing_wanted", "asks_newsletter", "where_number", "asks_keep", "asks_claim"),
    *("address_wrong", "company_bill", "changes_email", "no_second", "cannot_keep"),
    *("name_on_parcel", "stops_reading", "apologizes", "asks_apology", "card_safety", "asks_total"),
    "just_asking",
)
#: What is offered where something belonged to somebody who died, once.
_ESTATE_OFFERED: Final = "utter_explain_estate"
#: About these, what is asked about goes before what it was read as, and opens no matter of its own.
ASKED: Final = frozenset({"asks_keep", "asks_claim"})
#: As these an order is over, and the shop sends nothing anew for it.
_OVER: Final = frozenset({"cancelled", "refund_pending", "refunded"})
#: As these an order can still be stopped, or its coming asked about.
_ON_ITS_WAY: Final = frozenset({"unpaid", "processing", "shipped", "late"})
#: What is said of an order, and what it may have been read as; each set stands in the rules, too.
SAID_OF_ORDER: Final = {
    "stops_refund": frozenset(
        {
            *("get_refund", "track_refund", "cancel_order", "change_order", "drop_matter"),
            *("deny", "reject_answer", "nlu_fallback", "out_of_scope"),
        }
    ),
    "part": frozenset(
        {
            *("get_refund", "cancel_order", "check_refund_policy", "ask_product"),
            *("affirm", "deny", "drop_matter", "reject_answer", "provide_details", "vent"),
            *("nlu_fallback", "out_of_scope"),
        }
    ),
    "ponders": frozenset(
        {
            *("get_refund", "cancel_order", "check_refund_policy", "check_cancellation_fee"),
            *("deny", "vent", "reject_answer", "nlu_fallback", "out_of_scope"),
        }
    ),
    "asks_cancelled": frozenset(
        {
            *("cancel_order", "track_order", "track_refund", "ask_next", "check_cancellation_fee"),
            *("reject_answer", "nlu_fallback", "out_of_scope"),
        }
    ),
    "wants_cancel": frozenset(
        {
            *("affirm", "drop_matter", "track_order", "payment_issue", "change_order"),
            *("vent", "reject_answer", "nlu_fallback", "out_of_scope"),
        }
    ),
    "wants_refund": frozenset(
        {
            *("affirm", "drop_matter", "track_refund", "vent", "reject_answer"),
            *("nlu_fallback", "out_of_scope"),
        }
    ),
    "no_then_when": frozenset({"deny"}),
    "asks_day": frozenset(
        {
            *("delivery_period", "delivery_options", "track_order", "ask_next", "ask_product"),
            *("vent", "reject_answer", "nlu_fallback", "out_of_scope"),
        }
    ),
    "asks_when": frozenset({"delivery_period"}),
    "asks_money": frozenset({"track_order", "vent", "nlu_fallback", "out_of_scope"}),
}


def said_in_words(tracker: Tracker) -> str | None:
    """Tells what the message says in so many words; of a loss or a danger one speaks once."""
    text = text_of(tracker)
    return next((what for what in _SAID if says(what, text) and _counts(what, tracker)), None)


def _counts(said: str, tracker: Tracker) -> bool:
    """Tells whether what a message says is to be met where the conversation stands."""
    did = done(tracker.events)
    named = {entity.get("entity") for entity in tracker.latest_message.get("entities") or ()}
    if said in _ONCE:
        return _ONCE[said] not in did
    if said in _ONCE_A_TURN:
        return _ONCE_A_TURN[said] not in done_since_message(tracker.events)
    if said == "stops_reading":
        return tracker.get_slot("emotion_reading") is not False
    if said == "estate":
        # With its number, an order can be seen to by the assistant.
        return CONDOLED in did and _ESTATE_OFFERED not in did and "order_number" not in named
    if said == "address_wrong":
        return tracker.get_slot("goal") == "change_shipping_address"
    if said in {"no_second", "cannot_keep"}:
        # It is about an order that is known.
        return bool(tracker.get_slot("order_number"))
    if said == "name_on_parcel":
        # Whoever buys is asked for the name.
        return tracker.get_slot("goal") != "place_order"
    if said == "company_bill":
        buys = tracker.get_slot("goal") == "place_order" or _wants_to_buy(tracker, named)
        return buys and _BILL_TOLD not in did
    return _may_ask(tracker, said)


def _wants_to_buy(tracker: Tracker, named: set[Any]) -> bool:
    """Tells whether a message names something that is to be bought, and no order that there is."""
    known = tracker.get_slot("order_number")
    return "product" in named and not known and says("buys", text_of(tracker))


def _may_ask(tracker: Tracker, what: str) -> bool:
    """Tells whether there is something that a question can be about, where it is one.

    Who wishes something in the same breath is heard as that.
    """
    if what in ASKED and settled(tracker) != CLAIM_WISH and wish_said(tracker):
        return False
    if what == "asks_claim":
        return settled(tracker) in {"claim_money", CLAIM_WISH}
    return what != "asks_keep" or bool(_fault_told(tracker)) or settled(tracker) in REGISTERED


def _fault_told(tracker: Tracker) -> str | None:
    """Returns what was told last of something that is wrong with what came."""
    told = [intent_of(message) for message in customer_messages(tracker.events)]
    faults = [intent for intent in told if intent in FAULTS]
    goal = tracker.get_slot("goal")
    return goal if goal in FAULTS else faults[-1] if faults else None


def keep_case(tracker: Tracker) -> str:
    """Tells on what it hangs what becomes of the thing that the customer has there."""
    going, matter = settled(tracker), tracker.get_slot("claim_matter")
    wrong = "wrong" if _fault_told(tracker) == "report_wrong_item" else "fault"
    if going == CLAIM_WISH:
        return f"wish_{tracker.get_slot(CLAIM_WISH) or 'none'}"
    if going == "claim_money":
        return "money"
    if going == REPLACEMENT:
        return "new_wrong" if matter == "report_wrong_item" else "new_fault"
    over = tracker.get_slot("order_state_seen") in _OVER
    return f"{'over' if over else 'open'}_{wrong}"


def said_of_order(
    tracker: Tracker, latest: Turn, goal: str | None, pending: str | None
) -> str | None:
    """Tells what the message says in so many words of an order that is known."""
    known = tracker.get_slot("order_number") and tracker.get_slot("email")
    # Thinking about it needs no number.
    tells: tuple[str, ...] = tuple(SAID_OF_ORDER) if known else ("ponders",)
    text = text_of(tracker)
    return next(
        (
            what
            for what in tells
            if latest.intent in SAID_OF_ORDER[what]
            and _tells(what, tracker, latest.intent, text, goal=goal, pending=pending)
        ),
        None,
    )


def _tells(
    what: str,
    tracker: Tracker,
    intent: str,
    text: str,
    *,
    goal: str | None,
    pending: str | None,
) -> bool:
    """Tells whether one thing of ``SAID_OF_ORDER`` is said, as the conversation stands."""
    state, asked = tracker.get_slot("order_state_seen"), pending in ENDS
    if what == "part":
        # A change that was asked for is written down for the packers, whatever it is.
        ends = goal in ENDS or (goal != "change_order" and says("ends_order", text))
        single = tracker.get_slot("order_items") and not several(tracker)
        if single:
            return False
        named = says("part_words", text) and several(tracker) and names_item(tracker, text)
        return ends and (says("part", text) or named)
    if what == "stops_refund":
        of_refund = goal in {"get_refund", "track_refund"} and state == "refund_pending"
        return not asked and (says(what, text) or (of_refund and says("stops_it", text)))
    if what == "ponders":
        return says(what, text) or (asked and says("unsure", text))
    if what == "asks_cancelled":
        return not asked and says(what, text)
    if what == "wants_cancel":
        whole = not several(tracker) or re.search(r"\border\b", text, re.IGNORECASE)
        drops = says("drops", text) and names_item(tracker, text) and whole
        open_still = state is None or state in _ON_ITS_WAY
        return open_still and not asked and bool(drops or says("cancel_it", text))
    if what == "wants_refund":
        return not asked and says("refund_it", text)
    if what == "asks_money":
        return tracker.get_slot("settled") == "second_payment" and says(what, text)
    if what == "no_then_when":
        return asked and says("when_it_comes", text)
    if tracker.get_slot("goal") in {"place_order", "check_stock"}:
        # It is about what is bought now.
        return False
    if what == "asks_when":
        own = tracker.get_slot("settled") not in {"replacement", "first_order"}
        return own and state in _ON_ITS_WAY and says(what, text)
    return asks_day(text)


def several(tracker: Tracker) -> bool:
    """Tells whether there are several things in the order that was looked up, or several of one."""
    items = str(tracker.get_slot("order_items") or "")
    return " and " in items or "×" in items


def names_item(tracker: Tracker, text: str) -> bool:
    """Tells whether a text names what is in the order that was looked up, by its last word, or the order."""
    items = str(tracker.get_slot("order_items") or "")
    words = {item.split()[-1].casefold() for item in re.split(r", | and ", items) if item.split()}
    stems = {word.removesuffix("s") for word in words} | {"order"}
    return any(re.search(rf"\b{re.escape(stem)}(?:e?s)?\b", text.casefold()) for stem in stems)
