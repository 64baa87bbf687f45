"""What of what was offered a message takes up, or wishes otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from rasa_sdk import Tracker

from actions.assent import OPEN_FOR
from actions.latest import (
    names_an_order,
    names_another_order,
    settled,
    stems_of_items,
    text_of,
    texts_of,
)
from exemplar.conversation import (
    customer_messages,
    done,
    done_since_message,
    intent_of,
    turns_since,
)
from exemplar.details import choice_in, recounted_in, shared_details
from exemplar.mood import Turn
from exemplar.said import says, shared_said

#: Responses that offer to wait for a late order; after the first, any yes takes that up.
_OFFER_TO_WAIT: Final = (
    "utter_options_order_late",
    "utter_options_order_late_person",
    "utter_clarify_refund_late",
)
#: What may be replaced, and what the customer then chooses.
_CLAIMS: Final = frozenset({"report_damaged_item", "report_wrong_item", "report_missing_item"})
REPLACEMENT: Final = "replacement"
#: What may be wanted otherwise of a claim that is registered.
CLAIM_WISHES: Final = frozenset(
    {"claim_money", "claim_new", "claim_more", "claim_address", "claim_where"}
)
#: Where a new one was offered: more is told of the fault, or an address for it is given. It stays offered.
STILL_OFFERED: Final = frozenset({"told_more", "offer_address"})
#: The reason for a return that was just offered: it stays the return that is asked about.
REASON: Final = "reason"
#: What a colleague has to decide: a repair, a part of the price back, a piece, that nothing comes.
CLAIM_WISH: Final = "claim_wish"
#: Where a new one was offered: no mind is made up, or none is wanted.
UNSURE: Final = "unsure"
NO_NEW: Final = "no_new"
#: Of a thing that broke only a part is wished for: a lid, and no new kettle.
PIECE: Final = "piece"
#: With these, no yes is heard in a message.
NO_ASSENT: Final = frozenset({CLAIM_WISH, UNSURE, NO_NEW, "claim_address", "claim_where"})
#: What may be mended, or kept for less.
FAULTS: Final = _CLAIMS | {"ask_warranty"}
#: What a claim that was registered is to bring, as ``settled`` says it.
REGISTERED: Final = frozenset({REPLACEMENT, "claim_money", CLAIM_WISH})
#: After these nothing is sent until a new one is asked for in so many words, within so many messages.
_HELD_BACK: Final = frozenset({"utter_listen_claim_unsure", "utter_listen_no_claim"})
_PIECE_NOTED: Final = "utter_resolve_claim_wish"
_HELD_FOR: Final = 3
#: So long after a new one was offered, words of buying are about that one.
_OFFERED_FOR: Final = 6
#: The money where it is what is not wanted: "a new one, not the money".
_MONEY_REFUSED: Final = re.compile(
    r"\b(?:(?<!why )not|do(?:n't|nt| not) (?:want|need)|instead of|rather than|(?<=one )than)"
    r" (?:the |my |a |any |to (?:get|have) )*(?:money|refund|cash)\b(?: back)?",
    re.IGNORECASE,
)
_NO_MONEY: Final = re.compile(
    r"\b(?:no|without(?: a| any)?|keep (?:the|your)) (?:money|refund|cash)\b(?: back)?",
    re.IGNORECASE,
)
#: These name no other thing than the one that is spoken of.
_THE_SAME: Final = frozenset({"one", "pair", "piece", "part", "half", "item", "unit", "thing"})
#: So is a thing named that goes without saying.
_OF_COURSE: Final = re.compile(r"\b(?:obviously|of course|clearly)\b", re.IGNORECASE)
#: Where one of these is spoken of, a move is no mere reason for having looked late.
_SENT_TO: Final = re.compile(
    r"\b(?:send|deliver|ship|post|address|adress|place|to (?:my|our|the|a|another)|live|here)\b",
    re.IGNORECASE,
)
#: After these, what was wished for before the order was known is seen to.
_WISH_SEEN_TO: Final = frozenset({"utter_clarify_claim", "action_note_claim_wish"})
#: Which of the two comes sooner is a question, and no choice yet.
_WEIGHS: Final = re.compile(
    r"\b(?:quicker|faster|sooner|better|how long|how soon|when|what if|difference)\b", re.IGNORECASE
)
#: With these something is asked or said that is no wish of the claim, whatever words are in it.
_ASKS_ABOUT: Final = frozenset(
    {
        *("ask_next", "track_order", "track_refund", "check_refund_policy", "delivery_period"),
        *(
            "contact_human_agent",
            "contact_customer_service",
            "complaint",
            "threat",
            "crisis",
            "abuse",
        ),
        *("vent", "review", "thank", "goodbye", "payment_issue", "check_invoice", "get_invoice"),
    }
)
#: As these it may be read that another number of pieces is wanted.
_MAY_RECOUNT: Final = frozenset(
    {
        *("nlu_fallback", "out_of_scope", "change_order", "place_order", "deny", "reject_answer"),
        *("report_wrong_item", "report_missing_item", "check_stock", "ask_product", "misread"),
        *("product_advice", "drop_matter", "vent", "cancel_order", "affirm", "complaint"),
    }
)
#: What offers a return; and what asks where a new one shall go.
_RETURN_OFFERED: Final = "utter_clarify_refund_delivered"
_WHERE_ASKED: Final = "utter_clarify_claim_address"
#: As these, a message with a street in it is about where something goes.
_OF_ADDRESS: Final = frozenset(
    {
        *("change_shipping_address", "set_up_shipping_address", "edit_account", "change_order"),
        *("provide_details", "nlu_fallback", "out_of_scope", "affirm"),
    }
)
#: A late order is waited for.
WAIT: Final = "wait"
#: Another number of pieces is wanted than what was asked about or ordered.
RECOUNTED: Final = "quantity"


def offer_taken(tracker: Tracker, latest: Turn) -> str | None:
    """Tells whether the message may take up an offer: to wait for a late order, or a replacement."""
    text = text_of(tracker)
    if says("supposes", text) and says("asks_something", text):
        # "If the green is sold out I'd rather have the money; would that be all of it?" asks.
        return None
    if _recounts(tracker, text):
        return RECOUNTED
    if wish_said(tracker) and _may_be_wished(tracker, latest):
        return CLAIM_WISH
    pending, asked = tracker.get_slot("pending"), turns_since(tracker.events, "question_asked")
    open_still = pending in _CLAIMS and asked <= OPEN_FOR
    if open_still or _bought_for_claim(tracker):
        answer = _of_new(tracker, text)
        return answer or _still_offered(tracker, latest, text)
    if pending == "get_refund" and asked <= OPEN_FOR:
        if fault_told(tracker) in _CLAIMS and says("wants_new", text):
            # What is wrong with it was told: a new one can be had as well.
            return REPLACEMENT if _of_new(tracker, text) == REPLACEMENT else None
        if latest.intent in _CLAIMS and _RETURN_OFFERED in done_since_message(tracker.events, 1):
            return REASON
    if settled(tracker) in REGISTERED and tracker.get_slot("claim_matter"):
        wish = _claim_wish(tracker, text)
        if wish:
            return wish
    new = says("wants_new", text) or says("takes_new", text) or _wishes_item(tracker, text)
    if claim_offered(tracker) and says("wants_new", text) and _of_new(tracker, text) == REPLACEMENT:
        # It was offered a moment ago, whatever was asked in between.
        return REPLACEMENT
    if _held_back(tracker) and new and _of_new(tracker, text) == REPLACEMENT:
        return REPLACEMENT
    before = done_since_message(tracker.events, back=1)
    if not before or not set(before).intersection(_OFFER_TO_WAIT):
        return None
    return WAIT if says_wait(text) or _OFFER_TO_WAIT[0] in before else None


def says_wait(text: str) -> bool:
    """Tells whether waiting is chosen, of what is offered for a late order."""
    return choice_in("late_order", text, shared_details().choices) == WAIT


def claim_offered(tracker: Tracker, *, lately: bool = True) -> str | None:
    """Returns the matter for which a new one was offered and none was registered, None if none.

    Args:
        tracker: of the conversation.
        lately: whether it was offered within the last messages.
    """
    matter = tracker.get_slot("question_asked")
    lately = not lately or turns_since(tracker.events, "question_asked") <= _OFFERED_FOR
    free = not claimed(tracker) and not names_another_order(tracker)
    return str(matter) if matter in _CLAIMS and lately and free else None


def _bought_for_claim(tracker: Tracker) -> bool:
    """Tells whether words of buying are about the new one that was offered: nobody pays for that again."""
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    return intent == "place_order" and bool(claim_offered(tracker)) and not _names_other(tracker)


def _names_other(tracker: Tracker) -> bool:
    """Tells whether a message names a thing that is not in the order."""
    named = [
        str(one.get("value")).casefold().split()
        for one in tracker.latest_message.get("entities") or ()
        if one.get("entity") == "product"
    ]
    same = stems_of_items(tracker) | _THE_SAME
    return any(not same & {word.removesuffix("s") for word in words} for words in named)


def _recounts(tracker: Tracker, text: str) -> bool:
    """Tells whether a message puts right how many are to be bought, also where they were just ordered."""
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    if intent not in _MAY_RECOUNT or recounted_in(text) is None or names_an_order(tracker):
        return False
    if intent == "affirm" and not says("yes_but", text):
        return False
    asked = tracker.get_slot("pending") == "place_order"
    if asked and turns_since(tracker.events, "question_asked") <= OPEN_FOR:
        return True
    if tracker.get_slot("goal") == "place_order" and tracker.get_slot("details_missing"):
        return bool(tracker.get_slot("product"))
    ordered = settled(tracker) == "first_order" and not tracker.get_slot("product")
    return ordered and turns_since(tracker.events, "settled") <= OPEN_FOR


def _of_new(tracker: Tracker, text: str) -> str | None:
    """Tells what is said to the offer of a new one; a word of it is no yes where it is refused or weighed."""
    if says("wavers", text):
        return UNSURE
    if tracker.get_slot("pending") == "report_missing_item" and says("wants_piece", text):
        # What is missing is what would be sent: "I don't need new speakers, only the cable".
        return REPLACEMENT
    text = _without_money_refused(text)
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    new = says("wants_new", text) or says("takes_new", text)
    # A no before more about the fault answers something else: "no no, the box was fine".
    told = intent in _CLAIMS and not says("no_to_it", text)
    refuses = says("refuses_new", text) or (says("no_first", text) and not new and not told)
    chosen = choice_in("claim", text, shared_details().choices)
    if refuses:
        # Who would rather have the money says so, and is heard as that.
        return None if chosen == "money" and says("wants_money", text) else NO_NEW
    if chosen == "money" or says("asks_of_new", text):
        return None
    if chosen == REPLACEMENT:
        return REPLACEMENT
    if intent in _ASKS_ABOUT or says("wants_money", text):
        return None
    if intent in _CLAIMS and not _OF_COURSE.search(text):
        return None
    return REPLACEMENT if says("takes_new", text) or _wishes_item(tracker, text) else None


def _without_money_refused(text: str) -> str:
    """Returns a message without the money where that is what is not wanted.

    "No refund" refuses it beside the wish for a new one ("I prefer an exchange, no refund"); by itself it may
    say that none has come.
    """
    text = _MONEY_REFUSED.sub(" ", text)
    plain = _NO_MONEY.sub(" ", text)
    chosen = choice_in("claim", plain, shared_details().choices)
    return plain if chosen == REPLACEMENT else text


def _wishes_item(tracker: Tracker, text: str) -> bool:
    """Tells whether what was ordered is what somebody wishes: "well I'd like the kettle"."""
    plain = text.lower().replace("’", "'")
    return any(
        re.search(
            rf"(?:{wish.pattern})(?:the |my |a |an |that |whole )+(?:\w+ ){{0,2}}?{re.escape(stem)}(?:e?s)?"
            rf"(?: (?:please|pls|then|instead|thanks|i ordered|i bought|obviously|of course|clearly))*"
            rf"[\s:)]*(?:[.!,]|$| not (?:just|only) )",
            plain,
        )
        for wish in shared_said().get("wishes", ())
        for stem in stems_of_items(tracker)
    )


def _still_offered(tracker: Tracker, latest: Turn, text: str) -> str | None:
    """Tells whether more is told of what is wrong, or an address for the new one, and no yes is said."""
    if _gives_address(tracker, text):
        # A yes before the address is one.
        return REPLACEMENT if says("yes_first", text) else "offer_address"
    if names_an_order(tracker):
        return None
    if _bought_for_claim(tracker):
        return "told_more"
    told = latest.intent == tracker.get_slot("pending") or _only_moved(tracker, text)
    return "told_more" if told and not text.rstrip().endswith("?") else None


def _only_moved(tracker: Tracker, text: str) -> bool:
    """Tells whether a move is told as the reason for having looked late: it changes no address."""
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    entities = {one.get("entity") for one in tracker.latest_message.get("entities") or ()}
    if intent != "change_shipping_address" or {"street", "postcode", "city"} & entities:
        return False
    return says("moved", text) and not _SENT_TO.search(text)


def _gives_address(tracker: Tracker, text: str) -> bool:
    """Tells whether a message gives a street with its postcode or town, or says that somebody moved."""
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    entities = {one.get("entity") for one in tracker.latest_message.get("entities") or ()}
    whole = "street" in entities and bool({"postcode", "city"} & entities)
    return whole and (intent in _OF_ADDRESS or says("moved", text))


def _held_back(tracker: Tracker) -> bool:
    """Tells whether a new one was offered for the matter in hand, and held back."""
    if tracker.get_slot("goal") not in _CLAIMS or names_another_order(tracker):
        return False
    lately = [done_since_message(tracker.events, back=back) for back in range(1, _HELD_FOR + 1)]
    # Who wished for a part alone may take the whole after all.
    part = settled(tracker) == CLAIM_WISH and tracker.get_slot(CLAIM_WISH) == PIECE
    held = _HELD_BACK | ({_PIECE_NOTED} if part else frozenset())
    return any(held.intersection(did) for did in lately)


def fault_told(tracker: Tracker) -> str | None:
    """Returns what was told last of something that is wrong with what came, of the order spoken of."""
    told: str | None = None
    number: str | None = None
    for message in customer_messages(tracker.events):
        named = _order_in(message)
        if named and number and named != number:
            told = None
        number = named or number
        told = intent_of(message) if intent_of(message) in FAULTS else told
    goal = tracker.get_slot("goal")
    return goal if goal in FAULTS else told


def _order_in(message: Mapping[str, Any]) -> str | None:
    """Returns the digits of the order number that stands in a message, None if none does."""
    entities = (message.get("parse_data") or {}).get("entities") or ()
    named = (str(e.get("value"))[-6:] for e in entities if e.get("entity") == "order_number")
    return next(named, None)


def wish_said(tracker: Tracker) -> str | None:
    """Tells what a colleague is to decide: a repair, part of the price, a piece, or that nothing comes.

    What was said before the order was known is remembered until then.
    """
    texts = [text_of(tracker)]
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    if intent == "provide_details" and not _WISH_SEEN_TO.intersection(done(tracker.events)):
        texts += texts_of(tracker)[-_HELD_FOR:]
    part = any(says("wants_part_back", text) for text in texts)
    if any(says("wants_repair", text) for text in texts):
        return "either" if part else "repair"
    if part:
        return "part"
    if _wishes_piece(tracker, texts[0]):
        return PIECE
    registered = settled(tracker) == REPLACEMENT
    return "none" if registered and _stops(texts[0]) else None


def _wishes_piece(tracker: Tracker, text: str) -> bool:
    """Tells whether, of what a new one was offered for, only a part is wished for."""
    open_still = turns_since(tracker.events, "question_asked") <= OPEN_FOR
    if tracker.get_slot("pending") != "report_damaged_item" or not open_still:
        return False
    stems = stems_of_items(tracker)
    plain = " ".join(text.lower().replace("’", "'").split())
    found = [one.search(plain) for one in shared_said().get("wants_piece", ())]
    return any(one and one["piece"].removesuffix("s") not in stems for one in found)


def _stops(text: str) -> bool:
    """Tells whether a new one that was set going is to be stopped; the money instead is another wish."""
    return says("stops_new", text) and not says("wants_money", text)


def _asked_where(tracker: Tracker) -> bool:
    return _WHERE_ASKED in done_since_message(tracker.events, 1)


def _has_street(tracker: Tracker) -> bool:
    entities = tracker.latest_message.get("entities") or ()
    return any(one.get("entity") == "street" for one in entities)


def _may_be_wished(tracker: Tracker, latest: Turn) -> bool:
    """Tells whether a message is about something that is wrong with what came, and asks nothing else."""
    if latest.intent in _ASKS_ABOUT:
        return False
    matters = {latest.goal, tracker.get_slot("goal"), tracker.get_slot("pending")}
    return bool(FAULTS & matters) or claimed(tracker)


def claimed(tracker: Tracker) -> bool:
    """Tells whether a claim was registered in this conversation."""
    return bool(settled(tracker) in REGISTERED and tracker.get_slot("claim_matter"))


def _claim_wish(tracker: Tracker, text: str) -> str | None:
    """Tells what the customer wants otherwise of the claim that was registered: money, a new one, a part.

    Where they weigh the one against the other, nothing is switched yet.
    """
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    if settled(tracker) == REPLACEMENT and tracker.get_slot("claim_replacement_on"):
        if _gives_address(tracker, text) or (_asked_where(tracker) and _has_street(tracker)):
            return "claim_address"
        if intent in {"change_shipping_address", "set_up_shipping_address"}:
            return "claim_where"
    if intent in _ASKS_ABOUT or _WEIGHS.search(text):
        return None
    choices = shared_details().choices
    text = _MONEY_REFUSED.sub(" ", text)
    chosen = choice_in("claim", text, choices)
    if settled(tracker) == CLAIM_WISH and tracker.get_slot("claim_matter") == "ask_warranty":
        # No new one was set going: it would be asked for anew.
        return None
    if settled(tracker) != REPLACEMENT:
        new = chosen == REPLACEMENT and not says("stops_new", text)
        return "claim_new" if new else None
    if chosen == "money":
        return "claim_money"
    changed = intent == "change_order" or choice_in("claim_more", text, choices)
    return "claim_more" if changed else None
