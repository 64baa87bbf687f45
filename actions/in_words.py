"""What a message says in so many words, whatever it was read as: by data/knowledge/said.yml."""

from __future__ import annotations

import re
from typing import Any, Final

from rasa_sdk import Tracker

from actions.asked_on import ASKED_ON, asks_on
from actions.assent import ENDS
from actions.domain import shared_goals
from actions.latest import (
    FINDS_ORDER,
    NUMBERLESS,
    all_words_of,
    intent_now,
    matters_lately,
    names_an_order_or_email,
    names_another_order,
    names_item,
    other_order,
    settled,
    text_of,
    texts_of,
    words_of,
)
from actions.met import met_already
from actions.offers import CLAIM_WISH, REGISTERED, REPLACEMENT, fault_told, wish_said
from actions.opening import asks_if_here
from actions.policy import delivery_asked
from actions.product import house_said
from actions.thing import thing_asked
from actions.who import email_of
from exemplar.arrival import asks_day, day_named, occasion_in
from exemplar.conversation import done
from exemplar.desk.model import REQUESTED
from exemplar.details import address_in
from exemplar.knowledge.search import asks
from exemplar.mood import Turn
from exemplar.said import says
from exemplar.shop.connection import shared_shop
from exemplar.wording import say_date

#: What is told about a company's bill, once in a conversation.
_BILL_TOLD: Final = "utter_explain_company_bill"
#: What is said of a loss, once in a conversation.
CONDOLED: Final = "utter_validate_loss"
#: What is said of an illness, once in a conversation, too.
_FELT: Final = "utter_validate_illness"
#: That a dangerous thing is to be unplugged, once in a conversation, too.
_WARNED: Final = "utter_explain_hazard"
_ONCE: Final = {
    **{"loss": CONDOLED, "illness": _FELT, "hazard": _WARNED},
    **{"frightened": "utter_validate_fright", "swollen_battery": "utter_explain_battery"},
}
#: What takes an apology.
FORGIVEN: Final = "utter_close_apologized"
#: Praise may be asked to be passed on so many messages later.
_REMEMBERED: Final = 4
#: What is said beside details that were asked for, and yields to them.
_AFTER_DETAILS: Final = frozenset({"asks_apology", "apologizes"})
#: What is met first, and then the matter is seen to.
_FIRST: Final = frozenset({"wet_electric", "did_nothing"})
#: What a message may say in so many words, in this order (data/knowledge/said.yml).
_SAID: Final = (
    *(
        "hazard",
        "swollen_battery",
        "frightened",
        "asks_safe",
        "wet_electric",
        "loss",
        "asks_certificate",
        "estate",
        "illness",
        "no_order",
        "wants_assistant",
        "suspicious",
        "keeps_secret",
    ),
    *(
        "asks_chargeback",
        "asks_reply",
        "by_mail",
        "reach_given",
        "goes_public",
        "sets_deadline",
        "defends",
        "looks",
        "for_somebody",
        "declines",
    ),
    # Where a card's number is offered, that goes before what is asked of the order's.
    *("card_safety", "takes_back", "nothing_wanted", "asks_newsletter", "where_number"),
    # What is to be said in short is asked of no matter, nor is how the chat is closed.
    *("rings", "where_review", "screenshots", "asks_bill"),
    *("wants_language", "asks_close", "asks_short", "not_answered", "keeps_order"),
    *("money_today", "pressed_link", "what_to_find", "ask_bank", "pay_button"),
    *("asks_quicker", "takes_quicker", "comes_back", "thing_failed"),
    "gives_details",
    *("asks_of_money", "asks_keep", "asks_claim", "asks_registered", "asks_until"),
    *(
        "asks_too_late",
        "was_right",
        "sends_proof",
        "did_nothing",
        "swaps",
        "money_there",
        "on_file",
    ),
    *("address_wrong", "company_bill", "changes_email", "no_second", "cannot_keep"),
    *("name_on_parcel", "stops_reading", "apologizes", "asks_apology", "asks_total"),
    *("just_asking", "asks_other", "asks_sum_up", "asks_slows", "praises", "yes_or_no"),
    # Praise for somebody goes before a verdict on all of it.
    *("rates", "bets"),
    *("needs_by", "thanks_not", "defers", "right_place", "asks_page"),
)
#: What is said beside the matter in hand, whatever that is.
ASIDES: Final = frozenset(
    {
        *("looks", "rings", "sets_deadline", "where_review", "screenshots", "asks_bill"),
        *("asks_certificate", "wants_language", "asks_close", "asks_short", "not_answered"),
        *("keeps_order", "money_today", "pressed_link", "rates", "bets"),
        *("what_to_find", "ask_bank", "pay_button", "asks_quicker", "takes_quicker", "comes_back"),
    }
)
#: Whoever looks for something says so in few words, unless that was what was asked for.
_FEW: Final = 14
#: Customs was spoken of within so many messages.
_SPOKEN_OF: Final = 6
#: What a message is read as that is no matter of its own, and may be a verdict or a joke.
_LIGHT: Final = frozenset(
    {
        *("vent", "thank", "goodbye", "affirm", "deny", "greet", "drop_matter"),
        *("reject_answer", "nlu_fallback", "out_of_scope"),
    }
)
#: As these it may be read that somebody leaves, and comes back with what is missing.
_LEAVES: Final = _LIGHT | {"no_details", "provide_details", "track_order", "ask_next", "review"}
_PERSON: Final = "contact_human_agent"
#: As these it may be read that a thing has failed.
_MAY_TELL_FAULT: Final = frozenset(
    {"track_order", "ask_warranty", "ask_product", "ask_next", "vent", "nlu_fallback"}
)
#: What is offered where something belonged to somebody who died, once.
ESTATE_OFFERED: Final = "utter_explain_estate"
#: Read as these, a name would be changed.
_RENAMES: Final = frozenset({"edit_account", "switch_account"})
#: About these, what is asked about goes before what it was read as, and opens no matter of its own.
ASKED: Final = ASKED_ON | {"asks_keep", "asks_claim"}
#: These are told by more than one list of patterns, or by more than words.
_BY_MORE: Final = frozenset(
    {
        *("asks_of_money", "gives_details", "wet_electric", "address_wrong", "praises"),
        *("right_place", "asks_page"),
    }
)
#: What sends the money back.
_PAID_BACK: Final = "action_refund_order"
#: What ends an order.
_ENDED: Final = frozenset({"action_cancel_order", _PAID_BACK})
#: As these an order is over, and the shop sends nothing anew for it.
_OVER: Final = frozenset({"cancelled", "refund_pending", "refunded"})
#: As these an order can still be stopped, or its coming asked about.
_ON_ITS_WAY: Final = frozenset({"unpaid", "processing", "shipped", "late"})
_COMES: Final = frozenset({"processing", "shipped", "late"})
#: As what an order has to stand for each thing that is said of its coming.
_OF_COMING: Final = {
    "asks_if_not": _COMES | {"refund_pending"},
    "asks_sure": _COMES | {"refund_pending"},
    "asks_why_late": frozenset({"late"}),
    "asks_notice": _COMES,
    "asks_faster": _COMES,
    "asks_bringing": _COMES,
    "asks_stop": _COMES,
    "asks_amends": frozenset({"late"}),
    "waits": frozenset({"shipped", "late"}),
    "gives_address": frozenset({"unpaid", "processing"}),
    "address_on_way": frozenset({"shipped", "late"}),
}
_WHY: Final = re.compile(r"\b(?:why|how come|reason|explain|what happened)\b", re.IGNORECASE)
#: An address that is all there: a street, a postcode and a town.
_WHOLE: Final = 3
#: That the order's day was compared with the one that matters.
_DAY_TOLD: Final = "utter_explain_day"
#: In these matters an order is to go to another address.
_ELSEWHERE: Final = frozenset({"change_shipping_address", "set_up_shipping_address"})
#: As these it may be read that an address is given in passing.
_MAY_GIVE_ADDRESS: Final = frozenset(
    {
        *("provide_details", "track_order", "ask_next", "delivery_period", "delivery_options"),
        *("edit_account", "set_up_shipping_address", "change_order", "vent", "reject_answer"),
        *("nlu_fallback", "out_of_scope"),
    }
)
#: What is said of an order, and what it may have been read as.
SAID_OF_ORDER: Final = {
    "asks_alive": frozenset(
        {
            *("cancel_order", "track_order", "track_refund", "ask_next", "check_cancellation_fee"),
            *("affirm", "deny", "drop_matter", "reject_answer", "vent"),
            *("nlu_fallback", "out_of_scope"),
        }
    ),
    "stops_refund": frozenset(
        {
            *("get_refund", "track_refund", "cancel_order", "change_order", "drop_matter"),
            *("deny", "reject_answer", "nlu_fallback", "out_of_scope"),
        }
    ),
    "only_asked": frozenset(
        {
            *("check_cancellation_fee", "check_refund_policy", "ask_next", "drop_matter", "vent"),
            *("reject_answer", "nlu_fallback", "out_of_scope"),
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
    "asks_if_not": frozenset(
        {
            *("ask_next", "ask_why", "track_order", "delivery_period", "delivery_options"),
            *("get_refund", "track_refund", "check_refund_policy", "check_cancellation_fee"),
            *("vent", "reject_answer", "nlu_fallback", "out_of_scope"),
        }
    ),
    "asks_sure": frozenset(
        {
            *("ask_next", "ask_why", "track_order", "delivery_period", "delivery_options"),
            *("vent", "reject_answer", "nlu_fallback", "out_of_scope"),
        }
    ),
    "asks_why_late": frozenset(
        {
            *("ask_why", "ask_next", "track_order", "contact_customer_service", "vent"),
            *("reject_answer", "nlu_fallback", "out_of_scope"),
        }
    ),
    "asks_notice": frozenset(
        {
            *("ask_next", "track_order", "delivery_period", "delivery_options", "vent"),
            *("newsletter_subscription", "contact_customer_service", "check_stock", "thank"),
            *("affirm", "provide_details", "nlu_fallback", "out_of_scope"),
        }
    ),
    "asks_amends": frozenset(
        {
            *("check_refund_policy", "ask_next", "ask_why", "vent", "payment_issue", "complaint"),
            *("reject_answer", "nlu_fallback", "out_of_scope"),
        }
    ),
    "asks_stop": frozenset(
        {
            *("check_refund_policy", "check_cancellation_fee", "delivery_options", "ask_next"),
            *("track_order", "change_order", "vent", "nlu_fallback", "out_of_scope"),
        }
    ),
    "asks_bringing": frozenset(
        {
            *("ask_next", "change_shipping_address", "vent", "contact_customer_service"),
            *("track_order", "delivery_period", "one_by_one", "nlu_fallback", "out_of_scope"),
            *("ask_product", "product_advice"),
        }
    ),
    "asks_faster": frozenset(
        {
            *("delivery_options", "delivery_period", "check_payment_methods", "ask_next"),
            *("track_order", "change_order", "ask_product", "vent", "nlu_fallback", "out_of_scope"),
        }
    ),
    "waits": frozenset(
        {
            *("track_order", "delivery_period", "ask_next", "deny", "drop_matter", "vent", "thank"),
            *("get_refund", "cancel_order", "reject_answer", "nlu_fallback", "out_of_scope"),
        }
    ),
    "gives_address": _MAY_GIVE_ADDRESS,
    "address_on_way": _MAY_GIVE_ADDRESS,
    "asks_day": frozenset(
        {
            *("delivery_period", "delivery_options", "track_order", "ask_next", "ask_product"),
            *("provide_details", "thank", "vent", "reject_answer", "nlu_fallback", "out_of_scope"),
        }
    ),
    "asks_when": frozenset({"delivery_period"}),
    "asks_money": frozenset({"track_order", "vent", "nlu_fallback", "out_of_scope"}),
}


def said_in_words(tracker: Tracker) -> str | None:
    """Tells what the message says in so many words, and was not met; of a loss one speaks once."""
    text = text_of(tracker)
    return next(
        (
            what
            for what in _SAID
            if (what in _BY_MORE or says(what, text))
            and not met_already(tracker, "said", what)
            and _counts(what, tracker)
        ),
        None,
    )


def _counts(said: str, tracker: Tracker) -> bool:
    """Tells whether what a message says is to be met where the conversation stands."""
    did = done(tracker.events)
    named = {entity.get("entity") for entity in tracker.latest_message.get("entities") or ()}
    if said == "asks_safe" and says("asks_close", text_of(tracker)):
        # It is the chat that is to be switched off.
        return False
    if said in ASKED_ON or said in _FIRST:
        return asks_on(said, tracker)
    if said in _ONCE:
        # What nearly happened is told after the warning.
        fits = said != "frightened" or _WARNED in did
        # Whoever tells of a hospital after a death was met already.
        fits = fits and not (said == "illness" and CONDOLED in did)
        return fits and _ONCE[said] not in did
    if (
        said in _AFTER_DETAILS
        and tracker.get_slot("details_missing")
        and names_an_order_or_email(tracker)
    ):
        # What was asked for is given with it, and looked up first.
        return False
    if said == "goes_public":
        return not says("violent", text_of(tracker))
    if said == "no_order":
        # Who buys needs none anyway; an order that was found is one.
        buys = tracker.get_slot("goal") in {"place_order", "check_stock"}
        return not buys and not tracker.get_slot("order_state_seen") and "order_number" not in named
    if said == "takes_back":
        # "This isn't a complaint": whoever praises takes nothing back.
        return not praised(tracker)
    if said == "thing_failed":
        # Its order is named, and was delivered: it is no question where that is, nor one of terms.
        there = tracker.get_slot("order_state_seen") in {"delivered", "kept"}
        return there and "order_number" in named and intent_now(tracker) in _MAY_TELL_FAULT
    if said == "suspicious":
        # Whoever is sure to have paid, and was reminded, has that looked at.
        return not (intent_now(tracker) == "payment_issue" and says("says_paid", text_of(tracker)))
    if said == "by_mail":
        # With a wish for a person, or where people have something already.
        free = tracker.get_slot("handover") == REQUESTED or intent_now(tracker) == _PERSON
        return free and bool(email_of(tracker) or "email" in named)
    if said == "reach_given":
        # Not the number of somebody's account.
        own = tracker.get_slot("goal") in {"edit_account", "create_account", "place_order"}
        return tracker.get_slot("handover") == REQUESTED and not own
    if said == "asks_reply":
        return settled(tracker) == "complaint"
    if said == "for_somebody":
        # Once it is found, it was whoever may ask; an address in the message is tried first.
        found = tracker.get_slot("order_state_seen") and tracker.get_slot("email")
        number, address = tracker.get_slot("order_number"), tracker.get_slot("email")
        given = "email" in named or ("order_number" in named and address)
        return bool(number or address) and not found and not given
    if said == "stops_reading":
        return tracker.get_slot("emotion_reading") is not False
    if said == "estate":
        # With its number, an order can be seen to by the assistant; a name is nothing that it may change.
        renames = intent_now(tracker) in _RENAMES
        once = ESTATE_OFFERED not in did or renames
        of_death = any(says("death", told) for told in texts_of(tracker))
        return CONDOLED in did and of_death and once and (renames or "order_number" not in named)
    if said == "address_wrong":
        return tracker.get_slot("goal") == "change_shipping_address" and _address_wrong(tracker)
    if said in {"no_second", "cannot_keep"}:
        # It is about an order that is known.
        return bool(tracker.get_slot("order_number"))
    if said == "name_on_parcel":
        # Whoever buys is asked for the name.
        return tracker.get_slot("goal") != "place_order"
    if said == "company_bill":
        buys = tracker.get_slot("goal") == "place_order" or _wants_to_buy(tracker, named)
        return buys and _BILL_TOLD not in did
    if said in ASIDES:
        return _beside(tracker, said)
    return _may_ask(tracker, said) and _fits(tracker, said)


def _beside(tracker: Tracker, said: str) -> bool:
    """Tells whether what is said beside the matter in hand is meant so."""
    text, before = text_of(tracker), texts_of(tracker)[:-1]
    asks_more = says("asks_something", text)
    if said == "looks":
        # What is given or told with it is seen to first.
        own = intent_now(tracker) == tracker.get_slot("goal")
        own = own or intent_now(tracker) not in shared_goals()
        short = own or len(text.split()) <= _FEW
        asks_else = "?" in text and not says("asks_to_wait", text)
        later = says("looks_later", text)
        return short and not (asks_else or later or names_an_order_or_email(tracker))
    if said == "screenshots":
        # Whoever tells of one beside a matter has that seen to.
        return intent_now(tracker) in _LIGHT | {"data_rights", "threat", "abuse", "provide_details"}
    if said == "rings":
        return not says("rings_other", text)
    if said == "asks_bill":
        spoken = (says("customs_told", one) for one in texts_of(tracker)[-_SPOKEN_OF:])
        seen = str(tracker.get_slot("order_last_seen") or "")
        buys = tracker.get_slot("goal") in {"place_order", "check_stock"}
        return not buys and (any(spoken) or says("customs_told", seen))
    if said == "asks_certificate":
        told_of_death = any(says("death", told) for told in texts_of(tracker))
        return told_of_death and CONDOLED in done(tracker.events)
    if said == "wants_language":
        return not says("language_not_here", text)
    if said == "asks_short":
        # Something has to be known that can be put in short.
        known = tracker.get_slot("order_state_seen") or settled(tracker)
        return bool(known or tracker.get_slot("handover") == REQUESTED)
    if said == "not_answered":
        # What it was that they asked has to be there; what is asked anew is answered for itself.
        asked = bool(before) and says("asks_something", before[-1])
        return asked and not asks_more and not says("asks_over", text)
    if said == "keeps_order":
        # Of an order that is known it is said how it stands; a no to what was offered is one to that.
        known = tracker.get_slot("order_state_seen") or tracker.get_slot("pending")
        return bool(tracker.get_slot("goal")) and not (known or asks_more)
    if said in {"what_to_find", "ask_bank", "pay_button"}:
        # "What should I look for in a chair?" is about no order.
        matter = (
            tracker.get_slot("order_sought") or tracker.get_slot("details_missing") in NUMBERLESS
        )
        return not tracker.get_slot("order_state_seen") and bool(matter or said == "pay_button")
    if said in {"asks_quicker", "takes_quicker"}:
        return settled(tracker) == REPLACEMENT
    if said == "comes_back":
        # Of an order that is known it is said how it stands.
        open_still = tracker.get_slot("goal") or tracker.get_slot("order_sought")
        known = tracker.get_slot("order_state_seen") or names_an_order_or_email(tracker)
        return bool(open_still) and not known and intent_now(tracker) in _LEAVES
    if said == "pressed_link":
        return any(says("suspicious", told) for told in before[-_SPOKEN_OF:])
    if said == "money_today":
        return bool(tracker.get_slot("order_sought")) and not tracker.get_slot("order_state_seen")
    if said in {"rates", "bets"}:
        missing = tracker.get_slot("details_missing") == "review"
        return intent_now(tracker) in _LIGHT and not asks_more and not missing
    return True


def deadline_set(tracker: Tracker) -> str:
    """Returns the day that was set, as a sentence begins: "Friday, 4 December", "The day you named"."""
    today = shared_shop().today()
    day = day_named(text_of(tracker), today)
    said = say_date(day, today) if day else "the day you named"
    return said[:1].upper() + said[1:]


def language_wanted(text: str) -> str:
    """Returns the language in which an answer is wished for: "de", "nl", "fr", "es", else "other"."""
    named = {"de": "german", "nl": "dutch", "fr": "french", "es": "spanish"}
    return next((code for code, name in named.items() if says(f"wants_{name}", text)), "other")


def _fits(tracker: Tracker, said: str) -> bool:
    """Tells whether what a message says fits what was spoken of."""
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    pending, missing = tracker.get_slot("pending"), tracker.get_slot("details_missing")
    if said == "asks_other":
        return other_order(tracker) is not None
    if said == "money_there":
        # Who asks why it failed is told that.
        asked_why = _WHY.search(text_of(tracker)) or says("asks_something", text_of(tracker))
        return tracker.get_slot("goal") == "payment_issue" and not asked_why
    if said == "on_file":
        return bool(tracker.get_slot("order_known"))
    if said == "right_place":
        return asks_if_here(tracker)
    if said == "asks_page":
        return thing_asked(tracker)
    if said in {"needs_by", "thanks_not"}:
        # It is told before any order is known.
        matter = tracker.get_slot("order_number") or tracker.get_slot("goal") or missing
        new = not matter and "order_number" not in _entities(tracker)
        thanks = said == "thanks_not" and intent == "thank"
        return new and (thanks or (said == "needs_by" and bool(occasion_in(text_of(tracker)))))
    if said == "defers":
        # A question beside it wants an answer; what was asked for, or asked in so many words, has its own.
        free = pending in {None, "person"} and not missing
        # "I'll think about it. Another thing, the speaker crackles": what is new is seen to.
        another = intent in shared_goals() and intent != tracker.get_slot("goal")
        return free and not another and not says("asks_something", text_of(tracker))
    if said == "asks_slows":
        moves = "change_shipping_address" in {tracker.get_slot("goal"), intent}
        known = tracker.get_slot("order_state_seen") in _ON_ITS_WAY
        return moves and known
    if said == "yes_or_no":
        # Else it is the customer who is asked.
        return pending in {None, "person"} and not missing
    if said == "praises":
        awaited = missing and intent == "provide_details"
        # Whoever wrote a review and then praises somebody tells something else.
        reviews = tracker.get_slot("goal") == "review" and settled(tracker) != "review"
        free = missing != "review" and not reviews and not awaited
        return free and bool(praised(tracker))
    return True


def _address_wrong(tracker: Tracker) -> bool:
    """Tells whether the address that was changed is not right yet: "121 not 112" tells it, too.

    While a part of it is still asked for, that is an answer, and no address was changed.
    """
    text = text_of(tracker)
    asked = tracker.get_slot("details_missing")
    return says("address_wrong", text) or (not asked and house_said(tracker, text))


def praised(tracker: Tracker) -> list[str]:
    """Returns the words in which somebody is praised, if the message does so, or wants them to hear of it."""
    text = text_of(tracker)
    if says("praises", text):
        return [words_of(tracker)]
    if not says("passes_on", text):
        return []
    before = list(zip(texts_of(tracker), all_words_of(tracker), strict=True))[-_REMEMBERED:]
    told = [words for said, words in before if said != text and says("praises", said)]
    return [*told, words_of(tracker)] if told else []


def _entities(tracker: Tracker) -> set[str]:
    return {str(one.get("entity")) for one in tracker.latest_message.get("entities") or ()}


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
    return what != "asks_keep" or bool(fault_told(tracker)) or settled(tracker) in REGISTERED


def keep_case(tracker: Tracker) -> str:
    """Tells on what it hangs what becomes of the thing that the customer has there."""
    going, matter = settled(tracker), tracker.get_slot("claim_matter")
    wrong = "wrong" if fault_told(tracker) == "report_wrong_item" else "fault"
    if going == CLAIM_WISH:
        return f"wish_{tracker.get_slot(CLAIM_WISH) or 'none'}"
    if going == "claim_money":
        return "money"
    if going == REPLACEMENT:
        return "new_wrong" if matter == "report_wrong_item" else "new_fault"
    over = tracker.get_slot("order_state_seen") in _OVER
    if over and _PAID_BACK in done(tracker.events):
        # The money was sent back for it just now, and the thing is still there.
        return f"refund_{wrong}"
    return f"{'over' if over else 'open'}_{wrong}"


def said_of_order(
    tracker: Tracker, latest: Turn, goal: str | None, pending: str | None
) -> str | None:
    """Tells what the message says in so many words of an order that is known."""
    known = tracker.get_slot("order_number") and tracker.get_slot("email")
    # Thinking about it needs no number; and what this very message names is looked up for a day that matters.
    tells: tuple[str, ...] = ("ponders", "asks_day") if _names_order(tracker) else ("ponders",)
    tells = tuple(SAID_OF_ORDER) if known else tells
    text = text_of(tracker)
    return next(
        (
            what
            for what in tells
            if latest.intent in SAID_OF_ORDER[what]
            and not met_already(tracker, "said", what)
            and _tells(what, tracker, latest.intent, text, goal=goal, pending=pending)
        ),
        None,
    )


def _names_order(tracker: Tracker) -> bool:
    """Tells whether an order's number and email address are known, with what the message itself gives."""
    named = {entity.get("entity") for entity in tracker.latest_message.get("entities") or ()}
    return all(one in named or tracker.get_slot(one) for one in FINDS_ORDER)


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
    if what == "only_asked":
        return asked and says(what, text)
    if what == "ponders":
        return says(what, text) or (asked and says("unsure", text))
    if what == "asks_alive":
        # Who wanted it cancelled does not hope that it was not.
        wanted = "cancel_order" in {tracker.get_slot("goal"), pending} and not says(
            "still_stands", text
        )
        ended = bool(_ENDED.intersection(done(tracker.events)))
        own = tracker.get_slot("goal") not in {"place_order", "check_stock"}
        free = own and not wanted and not ended
        return free and state in _ON_ITS_WAY and (says(what, text) or says("still_stands", text))
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
        return _of_money_returned(tracker, text) or (
            tracker.get_slot("settled") == "second_payment" and says(what, text)
        )
    if what == "no_then_when":
        return asked and says("when_it_comes", text)
    if tracker.get_slot("goal") in {"place_order", "check_stock"}:
        # It is about what is bought now.
        return False
    own = tracker.get_slot("settled") not in {"replacement", "first_order", "second_payment"}
    if what == "asks_when":
        return own and state in _ON_ITS_WAY and says(what, text)
    if what in _OF_COMING:
        at_hand = own and state in _OF_COMING[what] and not names_another_order(tracker)
        return at_hand and _tells_of_coming(what, tracker, intent, text, pending=pending)
    # Of an order that is over nothing comes, and a day that is named is the money's.
    open_still = state not in _OVER
    return open_still and _asks_day(tracker, intent, text) and not _of_money_returned(tracker, text)


def _of_money_returned(tracker: Tracker, text: str) -> bool:
    """Tells whether "will it be there by Friday" is about money that just went back, and no parcel."""
    returned = tracker.get_slot("settled") == "second_payment" and asks_day(text)
    parcel = re.search(r"\b(?:parcel|package|deliver\w*|order)\b", text, re.IGNORECASE)
    return returned and not parcel and not names_item(tracker, text)


def _tells_of_coming(
    what: str, tracker: Tracker, intent: str, text: str, *, pending: str | None
) -> bool:
    """Tells whether one thing is said of how or when the order at hand comes."""
    if what == "asks_why_late" and intent == "ask_why":
        # Else it is asked why a detail is needed, or a yes.
        asks_back = tracker.get_slot("details_missing") or pending not in {None, "person"}
        return says(what, text) or (not asks_back and bool(_WHY.search(text)))
    if what == "asks_if_not" and tracker.get_slot("order_state_seen") == "late":
        # "If it isn't here by Friday, do I get anything for it?" asks for more than what happens then.
        amends = intent in SAID_OF_ORDER["asks_amends"] and says("asks_amends", text)
        return says(what, text) and not amends
    if what == "asks_sure":
        # A day of the customer's own is compared with the order's.
        return says(what, text) and not (asks_day(text) and not _same_day(tracker, text))
    parts = {entity.get("entity") for entity in tracker.latest_message.get("entities") or ()}
    free = not tracker.get_slot("details_missing") and pending in {None, "person"}
    if what == "asks_bringing":
        about = delivery_asked(text)
        return free and asks(text) and about is not None and not parts & {"street", "postcode"}
    if what in {"gives_address", "address_on_way"}:
        whole = len(address_in(text)) == _WHOLE and bool(parts & {"street", "postcode"})
        return free and (whole or parts >= {"street", "postcode", "city"})
    return says(what, text)


def _same_day(tracker: Tracker, text: str) -> bool:
    """Tells whether the day that a message names is the one on which the order is expected."""
    today = shared_shop().today()
    day = day_named(text, today)
    return day is None or say_date(day, today) == tracker.get_slot("order_expected_on")


def _asks_day(tracker: Tracker, intent: str, text: str) -> bool:
    """Tells whether it is asked if an order comes by a day; one that was named before counts on.

    Somebody may tell of the day first, and give the order's number when they are asked for it.
    """
    if intent == "provide_details":
        told = _DAY_TOLD not in done(tracker.events) and names_an_order_or_email(tracker)
        # Whoever moves on a day wants the order to go elsewhere, and does not ask if it comes by then.
        # Nor does whoever wants it to end.
        told = told and tracker.get_slot("goal") not in _ELSEWHERE | ENDS
        return told and matters_lately(tracker, with_occasion=True) is not None
    if asks_day(text):
        return intent != "thank" or "?" in text
    return says("asks_in_time", text) and matters_lately(tracker) is not None


def several(tracker: Tracker) -> bool:
    """Tells whether there are several things in the order that was looked up, or several of one."""
    items = str(tracker.get_slot("order_items") or "")
    return " and " in items or "×" in items
