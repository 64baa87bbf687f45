"""What is said to a customer who waits for a person.

The conversation is paused then, and no rule can speak: how often something is said stands in
data/knowledge/desk.yml, what is said in data/responses/contact.yml.
"""

from __future__ import annotations

import logging
import re
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.domain import EXPLAIN_ASKED
from actions.latest import intent_now, text_of
from actions.product import was_said
from exemplar.conversation import EXTERNAL
from exemplar.desk.model import WAITING, Handover
from exemplar.desk.registry import shared_registry, utc_now
from exemplar.desk.terms import Terms, shared_terms
from exemplar.errors import ExemplarError
from exemplar.knowledge.search import Found, shared_knowledge
from exemplar.said import says
from exemplar.shop.policy import shared_policy
from exemplar.wording import say_date, say_minutes

logger = logging.getLogger(__name__)

#: A question that has a sure answer, as action_notice has it.
_KNOWN: Final = "known"
#: What says that a message is kept, and what answers a question about the waiting.
_KEPT: Final = "utter_handover_kept"
_KEPT_QUESTION: Final = "utter_handover_kept_question"
_LINE: Final = "utter_handover_line"
_CALL: Final = "utter_handover_call"
_CALL_NOTED: Final = "utter_handover_call_noted"
_FORGIVEN: Final = "utter_handover_forgiven"
#: What holds for everybody need not wait for a person either, where a page is so sure of it, in [0, 1].
_FROM_PAGE: Final = "utter_explain_answer"
_PAGE_SURE: Final = 0.75
_PAGE_SUREST: Final = 0.85
_IN_GENERAL: Final = frozenset(
    {
        *("nlu_fallback", "check_refund_policy", "check_cancellation_fee", "check_payment_methods"),
        *("delivery_options", "delivery_period", "ask_product", "ask_warranty"),
    }
)
_BY_MAIL: Final = "utter_handover_by_mail"
#: That a dangerous thing is to be unplugged cannot wait for a person.
_WARNING: Final = "utter_explain_hazard"
_WARNS: Final = frozenset({_WARNING})
#: Nobody leaves, or has something written down, without a word.
_LEAVING: Final = frozenset({"thank", "goodbye"})
_OWED: Final = frozenset({"request", "close"})
_ASKS: Final = "question"
_PLAINLY: Final = 0.7
#: Said before the first answer to what was written in another language.
_ANSWERS_IN_ENGLISH: Final = "utter_explain_answers_in_english"
_ALL: Final = frozenset({_KEPT, _KEPT_QUESTION, _LINE, _CALL, _CALL_NOTED, _FORGIVEN, _BY_MAIL})

_PHONE: Final = re.compile(r"(?<![\w-])(?:\+|\(?0)[\d ()/.-]{6,}\d\b")
_DIGITS: Final = range(8, 16)
_HOUR: Final = (
    r"(?:half (?:past )?)?\d{1,2}(?:[:.]\d{2})?(?: ?(?:am|pm|o'?clock|h|hrs|uur)\b)?"
    r"|noon|midday|lunch(?:time)?|work|school|dinner|breakfast"
)
_WHEN: Final = re.compile(
    rf"\b(?:any ?time )?(?:after|before|from|around|about|between|until|till|at) (?:{_HOUR})"
    rf"(?: ?(?:and|-|–|to|until|till) ?(?:{_HOUR}))?(?!\w)"
    r"|\b(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)days?(?: (?:morning|afternoon|evening)s?)?\b"
    r"|\b(?:today|tomorrow|tonight)(?: (?:morning|afternoon|evening))?\b"
    r"|\b(?:this|in the|any) (?:morning|afternoon|evening)s?\b|\b(?:mornings|afternoons|evenings)\b",
    re.IGNORECASE,
)


class ActionValidateSlotMappings(Action):
    """Runs at every message once its slots are filled, also where the conversation is paused.

    Rasa knows it by this name. Of what runs at every message, it alone may say something.
    """

    def name(self) -> str:
        """Its name in the domain."""
        return "action_validate_slot_mappings"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Says to somebody who waits, and to whom nobody has come, that what they write is kept.

        The first message is acknowledged, and each that asks; what is only told, after so many more. Where
        somebody asks about the waiting itself, or how they can be called, that is answered, and so is a
        question about their order or our terms to which there is a sure answer. Once a person has come,
        nothing is said. The slots stay as they are.

        Whoever writes in another language, and was understood, is told once in it how that goes on.
        """
        if _goes_before(tracker):
            return []
        if tracker.get_slot("handover") != WAITING:
            _tell_of_language(dispatcher, tracker)
            return []
        known = tracker.get_slot("asks") == _KNOWN
        if not known and tracker.get_latest_input_channel() in shared_terms().shows_line:
            # The page says by itself how it stands with the line.
            return []
        terms, text = shared_terms(), text_of(tracker)
        # The way back is taken, and answered by what takes it.
        if not text.strip() or terms.goes_back(text, waiting=True):
            return []
        try:
            handover = shared_registry().open_handover(tracker.sender_id)
            if handover is None or handover.state != WAITING or handover.urgent:
                return []
            # Until somebody comes, what is surely known need not wait for them.
            response = EXPLAIN_ASKED if known else _fitting(tracker, text, terms.again_after)
            page = _page(tracker) if response == _KEPT_QUESTION else None
            if page:
                told = {"answer_text": page.text, "answer_place": page.place}
                dispatcher.utter_message(response=_FROM_PAGE, **told)
            elif response:
                known_of = _known(handover, terms, text)
                if response == _BY_MAIL:
                    known_of["handover_reach"] = tracker.get_slot("email")
                dispatcher.utter_message(response=response, **known_of)
        except sa.exc.SQLAlchemyError as error:
            logger.warning("The desk's registry cannot be asked: %s", type(error).__name__)
        return []


def _tell_of_language(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Says once, in their language, that it is understood a little and answered in English."""
    heard = tracker.get_slot("language_heard") and not tracker.get_slot("language")
    told = any(
        (event.get("metadata") or {}).get("utter_action") == _ANSWERS_IN_ENGLISH
        for event in tracker.events
    )
    if (
        heard
        and not told
        and not tracker.get_slot("handover")
        and intent_now(tracker) not in _LEAVING
    ):
        dispatcher.utter_message(response=_ANSWERS_IN_ENGLISH)


def _page(tracker: Tracker) -> Found | None:
    """Returns what our pages surely say to a question, None if nothing, or if it was said."""
    # What is asked of their own order is for whoever can look at it, unless a page is surer.
    enough = _PAGE_SURE if intent_now(tracker) in _IN_GENERAL else _PAGE_SUREST
    try:
        found = shared_knowledge().find(text_of(tracker), surer=True, beside_name=True)
    except ExemplarError as error:
        logger.warning("The pages cannot be read: %s", error)
        return None
    sure = found is not None and found.confidence >= enough
    return found if found and sure and not was_said(found.text, tracker) else None


def _goes_before(tracker: Tracker) -> bool:
    """Tells whether nothing is to be said: a danger goes before, or a program writes."""
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    danger = intent == "crisis" or tracker.get_slot("safety") or tracker.get_slot("heard")
    return bool(danger) or intent.startswith(EXTERNAL)


def _fitting(tracker: Tracker, text: str, again_after: int) -> str | None:
    """Returns what is to be said to a message, None if that is nothing."""
    if tracker.get_slot("said") == "hazard" and _messages_since(tracker, _WARNS) is None:
        return _WARNING
    if phone_in(text):
        return _CALL_NOTED
    for what, response in (("wants_call", _CALL), ("asks_waiting", _LINE)):
        if says(what, text) and _due(tracker, frozenset({response}), again_after):
            return response
    if says("by_mail", text) and tracker.get_slot("email"):
        return _BY_MAIL
    if says("apologizes", text) and not says("asks_something", text):
        return _FORGIVEN
    # A question is owed a word each time, and so is a wish or a goodbye; what is only told, now and then.
    if says("asks_something", text) or _does(tracker) == _ASKS:
        return _KEPT_QUESTION
    if says("says_bye", text) or intent_now(tracker) in _LEAVING or _does(tracker) in _OWED:
        return _KEPT
    said = _messages_since(tracker, _ALL)
    return _KEPT if said is None or said >= again_after else None


def _does(tracker: Tracker) -> str:
    """Returns what the message plainly does, "" if that is not plain."""
    act = tracker.latest_message.get("act") or {}
    return str(act["name"]) if float(act.get("confidence") or 0.0) >= _PLAINLY else ""


def _due(tracker: Tracker, responses: frozenset[str], again_after: int) -> bool:
    said = _messages_since(tracker, responses)
    return said is None or said >= again_after


def _messages_since(tracker: Tracker, responses: frozenset[str]) -> int | None:
    """Counts the customer's messages, up to now, since one of these was said in this waiting; None: never."""
    count = 0
    for event in reversed(tracker.events):
        if event.get("event") == "pause":
            break
        if event.get("event") == "user" and event.get("text"):
            count += 1
        elif (event.get("metadata") or {}).get("utter_action") in responses:
            return count
    return None


def _known(handover: Handover, terms: Terms, text: str) -> dict[str, Any]:
    """Returns what the responses may quote."""
    registry, policy = shared_registry(), shared_policy()
    return {
        **{name: str(value) for name, value in asdict(policy).items()},
        "handover_number": handover.number,
        "handover_place": say_place(registry.ahead_of(handover)),
        "handover_wait": say_wait(registry.expected_wait(), terms, utc_now()),
        "call_words": call_words(text),
    }


def phone_in(text: str) -> str | None:
    """Returns the phone number that a text gives.

    >>> phone_in("Could somebody ring me? After 4. 06 24118803")
    '06 24118803'
    >>> phone_in("my door code is 0471")
    """
    found = (one.group().strip() for one in _PHONE.finditer(text))
    return next((one for one in found if sum(map(str.isdigit, one)) in _DIGITS), None)


def call_words(text: str) -> str | None:
    """Returns the number under which somebody wants to be called, and when, in their own words.

    >>> call_words("Could somebody ring me please. After 4, I teach until then. 06 24118803")
    '06 24118803, after 4'
    >>> call_words("ring me on +31 6 1234 5678 tomorrow morning or between 2 and 5 pm")
    '+31 6 1234 5678, tomorrow morning, between 2 and 5 pm'
    """
    phone = phone_in(text)
    if phone is None:
        return None
    when = [one.group().lower() for one in _WHEN.finditer(text.replace(phone, " | "))]
    return ", ".join([phone, *when])


def say_place(ahead: int) -> str:
    """Says a place in line, as a sentence without its full stop."""
    if ahead == 0:
        return "You are next in line"
    people = "One person is" if ahead == 1 else f"{ahead} people are"
    return f"{people} in line before you"


def say_wait(expected: timedelta | None, terms: Terms, now: datetime) -> str:
    """Says how long it takes until somebody comes, as a sentence without its full stop."""
    if not terms.is_open(now) or not terms.is_usual(now):
        opening = say_opening(terms.next_opening(now), now)
        return f"At this hour it can take longer; most of our people are here again {opening}"
    if expected is None:
        return "How long that takes I honestly can't say"
    return f"Lately it took {say_minutes(expected)} until somebody was there"


def say_opening(opening: datetime | None, now: datetime) -> str:
    """Says when somebody is there again."""
    if opening is None:
        return "as soon as they can"
    today = now.date() if opening.tzinfo is None else datetime.now(opening.tzinfo).date()
    day = say_date(opening.date(), today)
    on = "" if day in {"today", "tomorrow"} else "on "
    return f"{on}{day} at {opening:%H:%M}"
