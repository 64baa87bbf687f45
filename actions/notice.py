"""What is noticed of every message, before any policy sees it."""

from __future__ import annotations

import re
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.danger import in_danger
from actions.domain import shared_goals
from actions.handover import person_needed, request_person
from exemplar.arrival import asks_day
from exemplar.conversation import (
    OTHER_WISH,
    Answer,
    answers_before,
    customer_messages,
    done,
    done_since_message,
    intent_of,
    other_wish_of,
    since_restart,
    slot_before,
    turns,
    turns_since,
)
from exemplar.details import choice_in, recounted_in, shared_details
from exemplar.emotion.legibility import seems_foreign
from exemplar.mood import CALM, MET, WARM, Turn, feeling, follow
from exemplar.said import says

#: A question put to the customer stays open for so many of their messages.
OPEN_FOR: Final = 3
#: A wish that was told beside another one waits for so many of their messages.
WAITS_FOR: Final = 10
#: Details for which whatever the customer says next is taken.
OWN_WORDS: Final = frozenset({"review", "order_change"})
#: What may look like a matter of its own and is the words that were asked for.
_MAY_BE_WORDS: Final = {
    "review": frozenset(
        {"review", "complaint", "report_damaged_item", "report_wrong_item", "report_missing_item"}
    ),
    "order_change": frozenset({"change_order", "place_order", "check_stock", "report_wrong_item"}),
}
#: Matters that are a side question where a detail for another one is awaited.
_ASIDE: Final = frozenset({"delivery_period"})
#: After these, a question that was put to the customer is still open.
_LEAVE_IT_OPEN: Final = frozenset(
    {
        *(
            "affirm",
            "deny",
            "provide_details",
            "drop_matter",
            "ask_why",
            "no_details",
            "one_by_one",
            "ask_next",
            "vent",
            "abuse",
            "misread",
        ),
        *("thank", "greet", "nlu_fallback", "out_of_scope", "reject_answer", "are_you_bot"),
        # Side questions.
        *("check_refund_policy", "check_cancellation_fee", "check_payment_methods"),
        *("delivery_options", "contact_customer_service", "ask_product"),
        *("ask_reading", "stop_reading_mood", "resume_reading_mood", "contact_human_agent"),
    }
)
#: Wishes that are a yes when they are said again; others may be said otherwise the second time.
_SAID_AGAIN: Final = frozenset({"cancel_order", "get_refund", "delete_account"})
#: A wish that is said again so surely, and not weighed or asked about, is a yes.
_PLAIN: Final = 0.6
#: What is answered before any yes, or is a wish of its own that must not be lost over it; what is left is
#: heard as the yes (data/rules/talk.yml, "a yes before something else is a yes").
NO_YES: Final = frozenset(
    {
        *("affirm", "deny", "drop_matter", "misread", "goodbye", "no_details", "one_by_one"),
        *("crisis", "threat", "abuse", "contact_human_agent", "contact_customer_service"),
        *("stop_reading_mood", "resume_reading_mood", "ask_reading", "are_you_bot", "data_rights"),
        *("create_account", "switch_account", "delete_account"),
        *("recover_password", "registration_problems", "newsletter_subscription", "product_advice"),
    }
)
_FAILED: Final = frozenset({"nlu_fallback", "out_of_scope", "reject_answer"})
_COUNTED: Final = ("once", "twice", "often")
#: Answered so often before, a matter that is asked again is asked often.
_OFTEN: Final = 2
#: Matters in which every asking says something of its own, and is no repetition.
_SAID_ANEW: Final = frozenset(
    {
        *("change_order", "place_order", "check_stock", "review", "complaint", "ask_warranty"),
        *("change_invoice", "switch_account", "newsletter_subscription"),
    }
)
#: Another value of one of these makes it another matter; what a matter needs is added.
_IDENTITIES: Final = frozenset({"order_number", "invoice_number", "email"})
_PARTS: Final = {"account_change": ("name", "phone"), "street": ("street", "country")}
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
CLAIM_WISHES: Final = frozenset({"claim_money", "claim_new", "claim_more"})
#: What a colleague has to decide: a repair, a part of the price back, that nothing new comes.
CLAIM_WISH: Final = "claim_wish"
#: Where a new one was offered: no mind is made up, or none is wanted.
UNSURE: Final = "unsure"
NO_NEW: Final = "no_new"
#: With these, no yes is heard in a message.
_NO_ASSENT: Final = frozenset({CLAIM_WISH, UNSURE, NO_NEW})
#: What may be mended, or kept for less.
_FAULTS: Final = _CLAIMS | {"ask_warranty"}
#: What a claim that was registered is to bring, as ``settled`` says it.
_REGISTERED: Final = frozenset({REPLACEMENT, "claim_money", CLAIM_WISH})
#: After these nothing is sent until a new one is asked for in so many words, within so many messages.
_HELD_BACK: Final = frozenset({"utter_listen_claim_unsure", "utter_listen_no_claim"})
_HELD_FOR: Final = 3
#: After these, what was wished for before the order was known is seen to.
_WISH_SEEN_TO: Final = frozenset({"utter_clarify_claim", "action_note_claim_wish"})
#: Which of the two comes sooner is a question, and no choice yet.
_WEIGHS: Final = re.compile(
    r"\b(?:quicker|faster|sooner|better|how long|how soon|when|what if|difference)\b", re.IGNORECASE
)
_NOT_UNDERSTOOD: Final = frozenset({"nlu_fallback", "out_of_scope"})
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
#: Another number of pieces is wanted than what was asked about or ordered.
RECOUNTED: Final = "quantity"
#: What is told about a company's bill, once in a conversation.
_BILL_TOLD: Final = "utter_explain_company_bill"
#: After these, no person is wanted; and what offers one.
_PERSON_DECLINED: Final = frozenset({"utter_listen_without_person", "utter_listen_only"})
_PERSON_OFFERED: Final = "utter_options_person"
#: What is said of a day that passed, once in a conversation.
_LATE_SAID: Final = "utter_validate_order_late"
#: That a part of an order cannot be cancelled or paid back here.
_ONLY_WHOLE: Final = "utter_explain_only_whole"
#: What is said of a loss, once in a conversation.
_CONDOLED: Final = "utter_validate_loss"
#: That a dangerous thing is to be unplugged, once in a conversation, too.
_WARNED: Final = "utter_explain_hazard"
_ONCE: Final = {"loss": _CONDOLED, "hazard": _WARNED}
#: What takes an apology, once in a turn.
_FORGIVEN: Final = "utter_close_apologized"
#: What says honestly who may learn an address, once in a turn.
_SECRET: Final = "utter_explain_secret"
_ONCE_A_TURN: Final = {"apologizes": _FORGIVEN, "keeps_secret": _SECRET}
#: What a message may say in so many words, in this order (data/knowledge/said.yml).
_SAID: Final = (
    *("hazard", "loss", "estate", "wants_assistant", "suspicious", "keeps_secret"),
    *("takes_back", "nothing_wanted", "asks_newsletter", "where_number", "asks_keep", "asks_claim"),
    *("address_wrong", "company_bill", "changes_email", "no_second", "cannot_keep"),
    *("name_on_parcel", "stops_reading", "apologizes", "asks_apology", "card_safety", "asks_total"),
    "just_asking",
)
#: A warm word with so much frustration beside it is meant otherwise.
_NOT_MEANT: Final = 0.5
#: What was said thus is no review.
_NO_REVIEW: Final = (
    *("no_review", "takes_back", "nothing_wanted", "asks_newsletter", "where_number"),
    *("changes_email", "no_second", "cannot_keep"),
)
#: What is offered where something belonged to somebody who died, once.
_ESTATE_OFFERED: Final = "utter_explain_estate"
#: About these, what is asked about goes before what it was read as, and opens no matter of its own.
_ASKED: Final = frozenset({"asks_keep", "asks_claim"})
#: As these an order is over, and the shop sends nothing anew for it.
_OVER: Final = frozenset({"cancelled", "refund_pending", "refunded"})
#: What each is called, by which it is told from the other.
_CALLED: Final = {
    "cancel_order": re.compile(r"\bcancel", re.IGNORECASE),
    "get_refund": re.compile(r"\brefund", re.IGNORECASE),
}
#: As these an order can still be stopped, or its coming asked about.
_ON_ITS_WAY: Final = frozenset({"unpaid", "processing", "shipped", "late"})
#: Wishes that end an order; nothing of them is done before a yes.
_ENDS: Final = frozenset({"cancel_order", "get_refund"})
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
#: As these an order is nothing to be glad about.
_NO_JOY: Final = frozenset({"late"})
#: A yes or no of so many words may be a review after all.
_WORDS_OF_A_REVIEW: Final = 4


class ActionNotice(Action):
    """Fills the slots that say how the conversation stands.

    They are set anew at every message, also where they stay the same: so a story is recalled
    wherever in a conversation it begins.
    """

    def name(self) -> str:
        """Its name in the domain."""
        return "action_notice"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the slots."""
        read = turns(tracker.events, shared_goals())
        latest = read[-1] if read else Turn("")
        _see_to_danger(tracker, latest)
        danger = in_danger(tracker, latest)
        if danger:
            return danger
        reading = tracker.get_slot("emotion_reading") is not False
        # Whoever apologizes for their words is not angry in that message.
        mood = follow(read) if reading and not says("apologizes", _text(tracker)) else CALM
        awaited = _awaited(tracker, latest)
        # Words that were asked for, and side questions, open no matter of their own.
        keeps = awaited in OWN_WORDS or (awaited and latest.goal in _ASIDE)
        goal = tracker.get_slot("goal") if keeps else latest.goal or tracker.get_slot("goal")
        said = _said(tracker)
        offered = None if said in _ASKED else _offered(tracker, latest)
        if offered in {REPLACEMENT, UNSURE, NO_NEW}:
            # In whatever words, it answers what was offered for this matter.
            goal = tracker.get_slot("pending") or tracker.get_slot("goal")
        elif offered in CLAIM_WISHES or (offered == CLAIM_WISH and _claimed(tracker)):
            goal = tracker.get_slot("claim_matter")
        elif offered == RECOUNTED:
            goal = "place_order"
        pending = goal if offered == REPLACEMENT else _pending(tracker, latest)
        said_yes = offered not in {*_NO_ASSENT, RECOUNTED} and _said_yes(tracker, latest)
        if said_yes or said in _ASKED:
            # The question beside the yes opens no matter of its own.
            goal = tracker.get_slot("goal")
            pending = _taken_whole(tracker) or tracker.get_slot("pending")
        again = latest.intent in {goal, "provide_details", "ask_next"} and not awaited
        # A wish for a colleague is noted however often it is told.
        again = again and offered != CLAIM_WISH
        answers = _answers(tracker, goal) if again else []
        return [
            SlotSet("frustration", mood.frustration),
            SlotSet("mood_trend", mood.trend),
            SlotSet("emotion", latest.emotion if reading else None),
            SlotSet("feeling", _feeling(tracker, read) if reading else None),
            SlotSet("goal", goal),
            SlotSet("matter", "in_hand" if goal else None),
            SlotSet("failures", _failures(read)),
            SlotSet("pending", pending),
            SlotSet("said_yes", "first" if said_yes else None),
            SlotSet("details_awaited", awaited),
            SlotSet("person_needed", person_needed(tracker, latest.intent)),
            SlotSet("asked_before", _asked_before(answers, goal, mood.frustration)),
            SlotSet("done_before", "done" if any(one.done for one in answers) else None),
            SlotSet("offered", offered),
            SlotSet("settled", _settled(tracker)),
            # Nobody is in danger, or is no more.
            SlotSet("safety"),
            SlotSet("heard"),
            SlotSet("heard_what"),
            SlotSet("company"),
            # A street or a name that was asked for is in no language.
            SlotSet("language", None if awaited else _language(tracker, latest.intent)),
            SlotSet("person_declined", _person_declined(tracker)),
            SlotSet("late_said", "yes" if _LATE_SAID in done(tracker.events) else None),
            SlotSet("said", said or _said_of_order(tracker, latest, goal, pending)),
            *([SlotSet(CLAIM_WISH, _wish_said(tracker))] if offered == CLAIM_WISH else []),
            *([SlotSet("keep_case", _keep_case(tracker))] if said == "asks_keep" else []),
            *_other_wish(tracker, latest),
        ]


def _feeling(tracker: Tracker, read: list[Turn]) -> str | None:
    """Returns the feeling that shows, as far as what is known bears it out.

    A loss was met in this very message, or an apology taken; and who sounds glad of an order that is late,
    sounds glad and asks, or glad and fed up in one, is likely to mean it otherwise.
    """
    shows = feeling(read)
    if shows and {_CONDOLED, _FORGIVEN}.intersection(done_since_message(tracker.events)):
        return MET
    if shows in WARM and read[-1].frustration >= _NOT_MEANT:
        return None
    asks = _text(tracker).rstrip().endswith("?")
    late = tracker.get_slot("order_state_seen") in _NO_JOY
    return None if shows == "joy" and (asks or late) else shows


def _said(tracker: Tracker) -> str | None:
    """Tells what the message says in so many words; of a loss or a danger one speaks once."""
    text = _text(tracker)
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
        return _CONDOLED in did and _ESTATE_OFFERED not in did and "order_number" not in named
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
    return "product" in named and not known and says("buys", _text(tracker))


def _may_ask(tracker: Tracker, what: str) -> bool:
    """Tells whether there is something that a question can be about, where it is one.

    Who wishes something in the same breath is heard as that.
    """
    if what in _ASKED and _settled(tracker) != CLAIM_WISH and _wish_said(tracker):
        return False
    if what == "asks_claim":
        return _settled(tracker) in {"claim_money", CLAIM_WISH}
    return what != "asks_keep" or bool(_fault_told(tracker)) or _settled(tracker) in _REGISTERED


def _fault_told(tracker: Tracker) -> str | None:
    """Returns what was told last of something that is wrong with what came."""
    told = [intent_of(message) for message in customer_messages(tracker.events)]
    faults = [intent for intent in told if intent in _FAULTS]
    goal = tracker.get_slot("goal")
    return goal if goal in _FAULTS else faults[-1] if faults else None


def _keep_case(tracker: Tracker) -> str:
    """Tells on what it hangs what becomes of the thing that the customer has there."""
    settled, matter = _settled(tracker), tracker.get_slot("claim_matter")
    wrong = "wrong" if _fault_told(tracker) == "report_wrong_item" else "fault"
    if settled == CLAIM_WISH:
        return f"wish_{tracker.get_slot(CLAIM_WISH) or 'none'}"
    if settled == "claim_money":
        return "money"
    if settled == REPLACEMENT:
        return "new_wrong" if matter == "report_wrong_item" else "new_fault"
    over = tracker.get_slot("order_state_seen") in _OVER
    return f"{'over' if over else 'open'}_{wrong}"


def _said_of_order(
    tracker: Tracker, latest: Turn, goal: str | None, pending: str | None
) -> str | None:
    """Tells what the message says in so many words of an order that is known."""
    known = tracker.get_slot("order_number") and tracker.get_slot("email")
    # Thinking about it needs no number.
    tells: tuple[str, ...] = tuple(SAID_OF_ORDER) if known else ("ponders",)
    text = _text(tracker)
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
    state, asked = tracker.get_slot("order_state_seen"), pending in _ENDS
    if what == "part":
        # A change that was asked for is written down for the packers, whatever it is.
        ends = goal in _ENDS or (goal != "change_order" and says("ends_order", text))
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


def _person_declined(tracker: Tracker) -> str | None:
    """Counts how often no person was wanted: an offer that nobody took up is not put again as a question."""
    did = done(tracker.events)
    declined = sum(name in _PERSON_DECLINED for name in did)
    return _counted(max(declined, (did.count(_PERSON_OFFERED) + 1) // 2))


def _text(tracker: Tracker) -> str:
    return str(tracker.latest_message.get("text") or "")


def _failures(read: list[Turn]) -> str | None:
    """Counts how often in a row the customer was not helped."""
    count = 0
    for turn in reversed(read):
        if turn.intent not in _FAILED:
            break
        count += 1
    return _counted(count)


def _counted(count: int) -> str | None:
    return _COUNTED[min(count, len(_COUNTED)) - 1] if count else None


def _answers(tracker: Tracker, goal: str | None) -> list[Answer]:
    """Returns how the matter in hand was answered before, as long as it is the same."""
    if not goal:
        return []
    needs = shared_details().needs.get(goal, ())
    parts = {part for needed in needs for part in _PARTS.get(needed, (needed,))}
    return answers_before(tracker.events, goal, shared_goals(), _IDENTITIES | parts)


def _asked_before(answers: list[Answer], goal: str | None, frustration: str) -> str | None:
    """Tells how often what is asked now was answered before.

    Somebody who is angry is first answered as angry people are, twice, however often they asked.
    """
    if not answers or goal in _SAID_ANEW:
        return None
    angry = sum(one.frustration == "high" for one in answers)
    new_mood = frustration == "high" and angry < _OFTEN
    return "often" if len(answers) >= _OFTEN and not new_mood else "once"


def _offered(tracker: Tracker, latest: Turn) -> str | None:
    """Tells whether the message may take up an offer: to wait for a late order, or a replacement."""
    text, choices = _text(tracker), shared_details().choices
    if _recounts(tracker, text):
        return RECOUNTED
    if _wish_said(tracker) and _may_be_wished(tracker, latest):
        return CLAIM_WISH
    if tracker.get_slot("pending") in _CLAIMS:
        return _of_new(text)
    if _settled(tracker) in _REGISTERED and tracker.get_slot("claim_matter"):
        wish = _claim_wish(tracker, text)
        if wish:
            return wish
    if _held_back(tracker) and says("wants_new", text) and _of_new(text) == REPLACEMENT:
        return REPLACEMENT
    before = done_since_message(tracker.events, back=1)
    if not before or not set(before).intersection(_OFFER_TO_WAIT):
        return None
    waits = choice_in("late_order", text, choices) == "wait"
    return "wait" if waits or _OFFER_TO_WAIT[0] in before else None


def _recounts(tracker: Tracker, text: str) -> bool:
    """Tells whether a message puts right how many are to be bought, also where they were just ordered."""
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    if intent not in _MAY_RECOUNT or recounted_in(text) is None or _names_an_order(tracker):
        return False
    if intent == "affirm" and not says("yes_but", text):
        return False
    asked = tracker.get_slot("pending") == "place_order"
    if asked and turns_since(tracker.events, "question_asked") <= OPEN_FOR:
        return True
    if tracker.get_slot("goal") == "place_order" and tracker.get_slot("details_missing"):
        return bool(tracker.get_slot("product"))
    ordered = _settled(tracker) == "first_order" and not tracker.get_slot("product")
    return ordered and turns_since(tracker.events, "settled") <= OPEN_FOR


def _names_an_order(tracker: Tracker) -> bool:
    entities = tracker.latest_message.get("entities") or ()
    return any(entity.get("entity") == "order_number" for entity in entities)


def _of_new(text: str) -> str | None:
    """Tells what is said to the offer of a new one; a word of it is no yes where it is refused or weighed."""
    if says("wavers", text):
        return UNSURE
    refuses = says("refuses_new", text) or (says("no_first", text) and not says("wants_new", text))
    chosen = choice_in("claim", text, shared_details().choices)
    if refuses:
        # Who would rather have the money says so, and is heard as that.
        return None if chosen == "money" and says("wants_money", text) else NO_NEW
    return REPLACEMENT if chosen == REPLACEMENT and not says("asks_of_new", text) else None


def _held_back(tracker: Tracker) -> bool:
    """Tells whether a new one was offered for the matter in hand, and held back."""
    if tracker.get_slot("goal") not in _CLAIMS or _names_another_order(tracker):
        return False
    lately = [done_since_message(tracker.events, back=back) for back in range(1, _HELD_FOR + 1)]
    return any(_HELD_BACK.intersection(did) for did in lately)


def _wish_said(tracker: Tracker) -> str | None:
    """Tells what a colleague is to decide: a repair, a part of the price back, either, or that nothing comes.

    What was said before the order was known is remembered until then.
    """
    texts = [_text(tracker)]
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    if intent == "provide_details" and not _WISH_SEEN_TO.intersection(done(tracker.events)):
        lately = [str(m.get("text") or "") for m in customer_messages(tracker.events)]
        texts += lately[-_HELD_FOR:]
    part = any(says("wants_part_back", text) for text in texts)
    if any(says("wants_repair", text) for text in texts):
        return "either" if part else "repair"
    if part:
        return "part"
    registered = _settled(tracker) == REPLACEMENT
    return "none" if registered and _stops(texts[0]) else None


def _stops(text: str) -> bool:
    """Tells whether a new one that was set going is to be stopped; the money instead is another wish."""
    return says("stops_new", text) and not says("wants_money", text)


def _may_be_wished(tracker: Tracker, latest: Turn) -> bool:
    """Tells whether a message is about something that is wrong with what came, and asks nothing else."""
    if latest.intent in _ASKS_ABOUT:
        return False
    matters = {latest.goal, tracker.get_slot("goal"), tracker.get_slot("pending")}
    return bool(_FAULTS & matters) or _claimed(tracker)


def _claimed(tracker: Tracker) -> bool:
    """Tells whether a claim was registered in this conversation."""
    return bool(_settled(tracker) in _REGISTERED and tracker.get_slot("claim_matter"))


def _claim_wish(tracker: Tracker, text: str) -> str | None:
    """Tells what the customer wants otherwise of the claim that was registered: money, a new one, a part.

    Where they weigh the one against the other, nothing is switched yet.
    """
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    if intent in _ASKS_ABOUT or _WEIGHS.search(text):
        return None
    choices = shared_details().choices
    chosen = choice_in("claim", text, choices)
    if _settled(tracker) == CLAIM_WISH and tracker.get_slot("claim_matter") == "ask_warranty":
        # No new one was set going: it would be asked for anew.
        return None
    if _settled(tracker) != REPLACEMENT:
        new = chosen == REPLACEMENT and not says("stops_new", text)
        return "claim_new" if new else None
    if chosen == "money":
        return "claim_money"
    changed = intent == "change_order" or choice_in("claim_more", text, choices)
    return "claim_more" if changed else None


def _settled(tracker: Tracker) -> str | None:
    """Keeps what was set going last, until another order is named."""
    settled = tracker.get_slot("settled")
    # A guest's order has no number yet: the first one that is named is another's.
    another = _names_an_order(tracker) if settled == "first_order" else False
    return None if another or _names_another_order(tracker) else settled


def _names_another_order(tracker: Tracker) -> bool:
    before = slot_before(tracker.events, "order_number")
    named = {
        str(entity.get("value"))
        for entity in tracker.latest_message.get("entities") or ()
        if entity.get("entity") == "order_number"
    }
    return bool(before) and any(not str(before).endswith(number[-6:]) for number in named)


def _language(tracker: Tracker, intent: str) -> str | None:
    """Tells whether what was not understood is likely to be in another language."""
    text = str(tracker.latest_message.get("text") or "")
    return "other" if intent in _NOT_UNDERSTOOD and seems_foreign(text) else None


def _pending(tracker: Tracker, latest: Turn) -> str | None:
    """Lets an open question lapse when another matter comes up or time has passed.

    Saying the same wish again may be a yes, if it is said plainly and names no order, which may be another
    one. What was asked about one order is not answered for another.
    """
    pending = _taken_whole(tracker) or tracker.get_slot("pending")
    if pending != "person" and _names_another_order(tracker):
        return None
    entities = {entity.get("entity") for entity in tracker.latest_message.get("entities") or ()}
    confidence = float((tracker.latest_message.get("intent") or {}).get("confidence") or 1.0)
    plainly = confidence >= _PLAIN and not says("weighs", _text(tracker))
    same = latest.goal == pending and pending in _SAID_AGAIN and "order_number" not in entities
    same = same and plainly
    open_still = same or (latest.goal is None and latest.intent in _LEAVE_IT_OPEN)
    asked_long_ago = turns_since(tracker.events, "question_asked") > OPEN_FOR
    return pending if open_still and not asked_long_ago else None


def _taken_whole(tracker: Tracker) -> str | None:
    """Returns what was asked about, where it is wanted after all though only the whole can be had.

    The sum and the order were named when it was asked; then the customer wanted a part.
    """
    goal, text = tracker.get_slot("goal"), _text(tracker)
    if goal not in _ENDS or _ONLY_WHOLE not in done_since_message(tracker.events, 1):
        return None
    if not says("whole", text) or says("weighs", text) or says("yes_but", text):
        return None
    asked = any(
        event.get("event") == "slot"
        and event.get("name") == "question_asked"
        and event.get("value") == goal
        for event in since_restart(tracker.events)
    )
    return str(goal) if asked else None


def _said_yes(tracker: Tracker, latest: Turn) -> bool:
    """Tells whether a message begins with a plain yes to what was asked, and is read as what follows it."""
    if _taken_whole(tracker) and latest.intent not in NO_YES:
        return not _names_another_order(tracker)
    pending = tracker.get_slot("pending")
    if not pending or latest.intent in NO_YES or _names_another_order(tracker):
        return False
    if turns_since(tracker.events, "question_asked") > OPEN_FOR:
        return False
    text = _text(tracker)
    if pending in _ENDS and _wants_at_last(pending, text):
        return True
    return says("yes_first", text) and not (pending in _SAID_AGAIN and says("yes_but", text))


def _wants_at_last(pending: str, text: str) -> bool:
    """Tells whether what was asked about is wanted in other words than a yes at the beginning."""
    other = _CALLED["get_refund" if pending == "cancel_order" else "cancel_order"]
    if says("said_already", text) or says("yes_last", text):
        return not says("yes_not_yet", text) and not other.search(text)
    told = says("cancel_it" if pending == "cancel_order" else "refund_it", text)
    return told and not says("weighs", text) and not says("yes_but", text)


def _awaited(tracker: Tracker, latest: Turn) -> str | None:
    """Tells what the customer was asked for: a detail, or words of their own on something."""
    missing = str(tracker.get_slot("details_missing") or "")
    asked_long_ago = turns_since(tracker.events, "details_missing") > OPEN_FOR
    within = _MAY_BE_WORDS.get(missing, frozenset()) | _ASIDE
    another_matter = latest.goal and latest.intent not in within
    if not missing or another_matter or asked_long_ago:
        return None
    if missing == "review" and not _may_be_review(tracker, latest.intent):
        return None
    return missing if missing in OWN_WORDS else "detail"


def _may_be_review(tracker: Tracker, intent: str) -> bool:
    """Tells whether a message can be the review that was asked for: what is posted should plainly be one."""
    text = _text(tracker)
    short = intent in {"affirm", "deny"} and len(text.split()) < _WORDS_OF_A_REVIEW
    return not (short or any(says(what, text) for what in _NO_REVIEW))


def _other_wish(tracker: Tracker, latest: Turn) -> list[dict[str, Any]]:
    """Lets a wish wait that was told beside the one that is seen to first.

    It waits until the customer comes to it by themselves, or time has passed.
    """
    told = tracker.latest_message.get(OTHER_WISH)
    if told:
        return [SlotSet("other_wish", "waiting"), SlotSet("other_wish_said", told["text"])]
    wish = other_wish_of(tracker.events) if tracker.get_slot("other_wish") else None
    waits = (
        wish is not None
        and wish["intent"] != latest.intent
        and turns_since(tracker.events, "other_wish_said") <= WAITS_FOR
    )
    return [SlotSet("other_wish", "waiting" if waits else None)]


def _see_to_danger(tracker: Tracker, latest: Turn) -> None:
    """Makes the handover urgent of a customer who waits in silence and may be in danger."""
    if latest.intent == "crisis" and tracker.get_slot("handover") == "waiting":
        request_person(tracker, reason="crisis")
