"""What is noticed of every message, before any policy sees it."""

from __future__ import annotations

import logging
import re
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.domain import shared_goals
from actions.handover import person_needed, request_person
from actions.who import customer_asking
from exemplar.conversation import (
    OTHER_WISH,
    Answer,
    answers_before,
    done,
    done_since_message,
    other_wish_of,
    slot_before,
    turns,
    turns_since,
)
from exemplar.details import choice_in, shared_details
from exemplar.emotion.legibility import seems_foreign
from exemplar.errors import ExemplarError
from exemplar.mood import CALM, MET, WARM, Turn, feeling, follow
from exemplar.safety import Lines, shared_safety
from exemplar.said import says

logger = logging.getLogger(__name__)

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
        *("delivery_options", "contact_customer_service"),
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
        *("create_account", "edit_account", "switch_account", "delete_account"),
        *("recover_password", "registration_problems", "newsletter_subscription"),
        *("change_invoice", "product_advice"),
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
#: After these, no person is wanted; and what offers one.
_PERSON_DECLINED: Final = frozenset({"utter_listen_without_person", "utter_listen_only"})
_PERSON_OFFERED: Final = "utter_options_person"
#: What is said of a loss, once in a conversation.
_CONDOLED: Final = "utter_validate_loss"
#: What takes an apology, once in a turn.
_FORGIVEN: Final = "utter_close_apologized"
#: What says honestly who may learn an address, once in a turn.
_SECRET: Final = "utter_explain_secret"
#: What a message may say in so many words, in this order (data/knowledge/said.yml).
_SAID: Final = (
    "loss",
    "suspicious",
    "keeps_secret",
    "takes_back",
    "nothing_wanted",
    "asks_newsletter",
    "where_number",
    "stops_reading",
    "apologizes",
    "asks_apology",
    "card_safety",
    "asks_total",
    "just_asking",
)
#: A warm word with so much frustration beside it is meant otherwise.
_NOT_MEANT: Final = 0.5
#: As these an order is nothing to be glad about.
_NO_JOY: Final = frozenset({"late"})
#: A yes or no of so many words may be a review after all.
_WORDS_OF_A_REVIEW: Final = 4

#: While a customer may be in danger, no mood, failure or open question leads away from that.
_NOTHING_ELSE: Final = [
    SlotSet("frustration", "low"),
    SlotSet("mood_trend"),
    SlotSet("feeling"),
    SlotSet("failures"),
    SlotSet("pending"),
    SlotSet("details_awaited"),
    SlotSet("person_needed"),
    SlotSet("asked_before"),
    SlotSet("done_before"),
    SlotSet("offered"),
    SlotSet("said_yes"),
    SlotSet("matter"),
    SlotSet("settled"),
    SlotSet("language"),
    SlotSet("person_declined"),
    SlotSet("other_wish"),
    SlotSet("other_wish_said"),
    SlotSet("said"),
]


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
        if tracker.get_slot("safety"):
            return [*_NOTHING_ELSE, *_in_danger(tracker, latest)]
        reading = tracker.get_slot("emotion_reading") is not False
        # Whoever apologizes for their words is not angry in that message.
        mood = follow(read) if reading and not says("apologizes", _text(tracker)) else CALM
        awaited = _awaited(tracker, latest)
        # Words that were asked for, and side questions, open no matter of their own.
        keeps = awaited in OWN_WORDS or (awaited and latest.goal in _ASIDE)
        goal = tracker.get_slot("goal") if keeps else latest.goal or tracker.get_slot("goal")
        offered = _offered(tracker)
        if offered == REPLACEMENT:
            # In whatever words, it is a yes to what was offered for this matter.
            goal = tracker.get_slot("pending")
        elif offered in CLAIM_WISHES:
            goal = tracker.get_slot("claim_matter")
        pending = goal if offered == REPLACEMENT else _pending(tracker, latest)
        said_yes = _said_yes(tracker, latest)
        if said_yes:
            # The question beside the yes opens no matter of its own.
            goal, pending = tracker.get_slot("goal"), tracker.get_slot("pending")
        again = latest.intent in {goal, "provide_details", "ask_next"} and not awaited
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
            SlotSet("company"),
            # A street or a name that was asked for is in no language.
            SlotSet("language", None if awaited else _language(tracker, latest.intent)),
            SlotSet("person_declined", _person_declined(tracker)),
            SlotSet("said", _said(tracker)),
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
    """Tells what the message says in so many words; of a loss one speaks once."""
    text, just_done = _text(tracker), done_since_message(tracker.events)
    seen_to = {
        "loss": _CONDOLED in done(tracker.events),
        "apologizes": _FORGIVEN in just_done,
        "keeps_secret": _SECRET in just_done,
        "stops_reading": tracker.get_slot("emotion_reading") is False,
    }
    return next((one for one in _SAID if not seen_to.get(one) and says(one, text)), None)


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


def _offered(tracker: Tracker) -> str | None:
    """Tells whether the message may take up an offer: to wait for a late order, or a replacement."""
    text, choices = str(tracker.latest_message.get("text") or ""), shared_details().choices
    if tracker.get_slot("pending") in _CLAIMS:
        chosen = choice_in("claim", text, choices)
        return REPLACEMENT if chosen == REPLACEMENT else None
    if _settled(tracker) in {REPLACEMENT, "claim_money"} and tracker.get_slot("claim_matter"):
        wish = _claim_wish(tracker, text)
        if wish:
            return wish
    before = done_since_message(tracker.events, back=1)
    if not before or not set(before).intersection(_OFFER_TO_WAIT):
        return None
    waits = choice_in("late_order", text, choices) == "wait"
    return "wait" if waits or _OFFER_TO_WAIT[0] in before else None


def _claim_wish(tracker: Tracker, text: str) -> str | None:
    """Tells what the customer wants otherwise of the claim that was registered: money, a new one, a part.

    Where they weigh the one against the other, nothing is switched yet.
    """
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    if intent in _ASKS_ABOUT or _WEIGHS.search(text):
        return None
    choices = shared_details().choices
    chosen = choice_in("claim", text, choices)
    if _settled(tracker) == "claim_money":
        return "claim_new" if chosen == REPLACEMENT else None
    if chosen == "money":
        return "claim_money"
    changed = intent == "change_order" or choice_in("claim_more", text, choices)
    return "claim_more" if changed else None


def _settled(tracker: Tracker) -> str | None:
    """Keeps what was set going last, until another order is named."""
    return None if _names_another_order(tracker) else tracker.get_slot("settled")


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
    pending = tracker.get_slot("pending")
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


def _said_yes(tracker: Tracker, latest: Turn) -> bool:
    """Tells whether a message begins with a plain yes to what was asked, and is read as what follows it."""
    pending = tracker.get_slot("pending")
    if not pending or latest.intent in NO_YES or _names_another_order(tracker):
        return False
    if turns_since(tracker.events, "question_asked") > OPEN_FOR:
        return False
    text = _text(tracker)
    return says("yes_first", text) and not (pending in _SAID_AGAIN and says("yes_but", text))


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
    return not (short or any(says(what, text) for what in ("no_review", *_SAID[1:])))


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


def _in_danger(tracker: Tracker, latest: Turn) -> list[dict[str, Any]]:
    """Tells who listens where the customer lives, and whether somebody is with them by now."""
    lines = _lines(tracker)
    return [
        SlotSet("helplines", lines.first),
        SlotSet("helplines_again", lines.again),
        SlotSet("company", _company(tracker, latest)),
    ]


def _lines(tracker: Tracker) -> Lines:
    """Returns the helplines: by the customer's address, else by what they named.

    An address is surer: whoever names a country may have asked whether parcels go there.
    """
    try:
        customer = customer_asking(tracker)
    except ExemplarError as error:
        # Somebody in danger gets an answer, whether the shop gives one or not.
        logger.warning("No address for the helplines: %s", error)
        customer = None
    places = [customer.addresses[0].country] if customer and customer.addresses else []
    return shared_safety().lines_for(
        [*places, tracker.get_slot("country"), tracker.get_slot("city")]
    )


def _company(tracker: Tracker, latest: Turn) -> str | None:
    """Tells whether somebody is with the customer: came just now, or before, and whether they ask."""
    if latest.intent == "crisis":
        return None
    text, safety = str(tracker.latest_message.get("text") or ""), shared_safety()
    asks = safety.asks.search(text) is not None
    if safety.has_company(text):
        return "came_asking" if asks else "came"
    if tracker.get_slot("company"):
        return "asking" if asks else "there"
    return None
