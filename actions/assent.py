"""What counts as a yes to what was asked, and how long a question stays open."""

from __future__ import annotations

import re
from typing import Final

from rasa_sdk import Tracker

from actions.latest import names_another_order, text_of
from exemplar.conversation import done_since_message, since_restart, turns_since
from exemplar.mood import Turn
from exemplar.said import says

#: A question put to the customer stays open for so many of their messages.
OPEN_FOR: Final = 3
#: And the offer of a person for the one that answers it.
PERSON_OPEN_FOR: Final = 1
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
#: That a part of an order cannot be cancelled or paid back here.
_ONLY_WHOLE: Final = "utter_explain_only_whole"
#: What each is called, by which it is told from the other.
_CALLED: Final = {
    "cancel_order": re.compile(r"\bcancel", re.IGNORECASE),
    "get_refund": re.compile(r"\brefund", re.IGNORECASE),
}
#: Wishes that end an order; nothing of them is done before a yes.
ENDS: Final = frozenset({"cancel_order", "get_refund"})


def still_pending(tracker: Tracker, latest: Turn) -> str | None:
    """Lets an open question lapse when another matter comes up or time has passed.

    Saying the same wish again may be a yes, if it is said plainly and names no order, which may be another
    one. What was asked about one order is not answered for another.
    """
    pending = taken_whole(tracker) or tracker.get_slot("pending")
    if pending != "person" and names_another_order(tracker):
        return None
    if pending == "person" and latest.intent == "affirm" and _only_read(tracker):
        return None
    entities = {entity.get("entity") for entity in tracker.latest_message.get("entities") or ()}
    confidence = float((tracker.latest_message.get("intent") or {}).get("confidence") or 1.0)
    plainly = confidence >= _PLAIN and not says("weighs", text_of(tracker))
    same = latest.goal == pending and pending in _SAID_AGAIN and "order_number" not in entities
    same = same and plainly
    open_still = same or (latest.goal is None and latest.intent in _LEAVE_IT_OPEN)
    # Once something else was answered, a yes is no longer one to a person; the offer stands in words.
    open_for = PERSON_OPEN_FOR if pending == "person" else OPEN_FOR
    asked_long_ago = turns_since(tracker.events, "question_asked") > open_for
    return pending if open_still and not asked_long_ago else None


def _only_read(tracker: Tracker) -> bool:
    """Tells whether somebody only shows that they read it, which is no yes to the offer of a person.

    Whoever did not want one before was no longer asked, but reminded: a mere "ok" answers no question.
    """
    text = text_of(tracker)
    reminded = bool(tracker.get_slot("person_declined"))
    return says("only_noted", text) or (reminded and says("mere_ok", text))


def taken_whole(tracker: Tracker) -> str | None:
    """Returns what was asked about, where it is wanted after all though only the whole can be had.

    The sum and the order were named when it was asked; then the customer wanted a part.
    """
    goal, text = tracker.get_slot("goal"), text_of(tracker)
    if goal not in ENDS or _ONLY_WHOLE not in done_since_message(tracker.events, 1):
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


def said_yes(tracker: Tracker, latest: Turn) -> bool:
    """Tells whether a message begins with a plain yes to what was asked, and is read as what follows it."""
    if taken_whole(tracker) and latest.intent not in NO_YES:
        return not names_another_order(tracker)
    pending = tracker.get_slot("pending")
    if not pending or latest.intent in NO_YES or names_another_order(tracker):
        return False
    if turns_since(tracker.events, "question_asked") > OPEN_FOR:
        return False
    text = text_of(tracker)
    if pending in ENDS and _wants_at_last(pending, text):
        return True
    if pending == "person" and tracker.get_slot("mourns") and says("thanks_first", text):
        # Nobody in grief is asked a second time what they have thanked for.
        return latest.intent != "thank"
    return says("yes_first", text) and not (pending in _SAID_AGAIN and says("yes_but", text))


def _wants_at_last(pending: str, text: str) -> bool:
    """Tells whether what was asked about is wanted in other words than a yes at the beginning."""
    other = _CALLED["get_refund" if pending == "cancel_order" else "cancel_order"]
    if says("said_already", text) or says("yes_last", text):
        return not says("yes_not_yet", text) and not other.search(text)
    told = says("cancel_it" if pending == "cancel_order" else "refund_it", text)
    return told and not says("weighs", text) and not says("yes_but", text)
