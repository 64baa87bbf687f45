"""A person takes over."""

from __future__ import annotations

import logging
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ConversationPaused, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.domain import shared_goals
from actions.in_words import ESTATE_OFFERED
from actions.latest import text_of
from actions.waiting import call_words, say_opening, say_place, say_wait
from exemplar.conversation import (
    customer_messages,
    done,
    intent_of,
    latest_message,
    turns,
    wording_of,
)
from exemplar.desk.brief import write_brief
from exemplar.desk.model import REQUESTED, WAITING, WITH_PERSON, Handover
from exemplar.desk.promises import shared_promises
from exemplar.desk.registry import shared_registry, utc_now
from exemplar.desk.suggesting import suggest
from exemplar.desk.terms import shared_terms
from exemplar.errors import ExemplarError
from exemplar.mood import HIGH, follow
from exemplar.said import says
from exemplar.shop.policy import shared_policy

logger = logging.getLogger(__name__)

#: Why a person is asked for, by what the customer said last; otherwise they took the offer of one.
_REASONS: Final = {"contact_human_agent": "asked", "threat": "threat", "crisis": "crisis"}
#: What was found of an order where only an exception from the terms helps.
_EXCEPTIONS: Final = frozenset({"kept", "stuck"})
#: As these a handover is open.
_OPEN: Final = frozenset({REQUESTED, WAITING, WITH_PERSON})
#: What is said where something belonged to somebody who has died.
#: Matters in which money goes back.
_MONEY_BACK: Final = frozenset({"get_refund", "cancel_order"})


class ActionHandOver(Action):
    """Records the handover with its brief."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hand_over"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``handover`` once the desk has it: ``waiting``, or ``requested`` where nobody is there.

        Beside it the number, and in words the place in line, how long it takes, when somebody is back,
        and how the customer can be reached.
        """
        terms, now = shared_terms(), utc_now()
        wish, words = _call(tracker)
        # Whoever is to be called need not wait in the chat.
        queue = terms.is_open(now) and wish != "noted"
        handover = request_person(tracker, queue=queue, known={"call_words": words})
        registry, policy = shared_registry(), shared_policy()
        return [
            SlotSet("handover", handover.state),
            SlotSet("handover_number", handover.number),
            SlotSet("handover_place", say_place(registry.ahead_of(handover))),
            SlotSet("handover_wait", say_wait(registry.expected_wait(), terms, now)),
            SlotSet("desk_opens", say_opening(terms.next_opening(now), now)),
            SlotSet("handover_reach", _reach(tracker)),
            SlotSet("call_wish", wish),
            SlotSet("call_words", words),
            SlotSet("service_email", policy.service_email),
            SlotSet("service_phone", policy.service_phone),
            SlotSet("service_hours", policy.service_hours),
        ]


class _PassedOn(Action, ABC):
    """Gives something to a person, who gets in touch; nobody waits, and the assistant goes on."""

    reason: ClassVar[str]

    @abstractmethod
    def name(self) -> str:
        """Its name in the domain."""

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``handover`` to ``requested`` once the desk has it, with its number."""
        handover = request_person(tracker, reason=self.reason, queue=False)
        return [
            SlotSet("handover", handover.state),
            SlotSet("handover_number", handover.number),
            SlotSet("handover_reach", _reach(tracker)),
        ]


class ActionPassOn(_PassedOn):
    """What was promised and is not there."""

    reason = "promise"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_pass_on"


class ActionPassOnLegal(_PassedOn):
    """Legal steps, which a person answers."""

    reason = "legal"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_pass_on_legal"


class ActionPassOnQuestion(_PassedOn):
    """A question or a wish that the assistant has no answer to."""

    reason = "question"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_pass_on_question"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Does so; no part of what people have now waits to be asked about."""
        return [*super().run(dispatcher, tracker, domain), SlotSet("other_wish")]


class ActionPassOnData(_PassedOn):
    """What somebody wants of the data that are kept about them: to see, to have copied, to have erased."""

    reason = "data"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_pass_on_data"


class ActionPassOnSearch(_PassedOn):
    """An order that cannot be found by what the customer has."""

    reason = "search"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_pass_on_search"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Does so, and sets ``order_sought``; the number is not asked for any more."""
        return [
            *super().run(dispatcher, tracker, domain),
            SlotSet("details_missing"),
            SlotSet("order_sought", "yes"),
        ]


class ActionNoteContact(Action):
    """The customer said how a person can reach them; the desk has the message itself."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_note_contact"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``handover_reach``: the phone number with the hour, or the email address, or the words."""
        message = latest_message(tracker.events)
        text = str(message.get("text") or "") if message else ""
        given = call_words(text) or _reach(tracker, newest=True) or text
        return [SlotSet("handover_reach", given)]


class ActionFallSilent(Action):
    """Ends the assistant's part until the handover is closed. The last action of a handover."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_fall_silent"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Pauses the conversation."""
        return [ConversationPaused()]


class ActionRaiseAlarm(Action):
    """A customer may be in danger: a person is brought, and nothing else is talked about.

    The assistant is not paused: while nobody has come, it stays with the customer.
    """

    def name(self) -> str:
        """Its name in the domain."""
        return "action_raise_alarm"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``safety`` to ``alarm`` and records the handover."""
        handover = request_person(tracker, reason="crisis")
        return [
            SlotSet("safety", "alarm"),
            SlotSet("heard"),
            SlotSet("handover", handover.state),
            SlotSet("handover_number", handover.number),
        ]


class ActionCheckAlarm(Action):
    """The customer says it was a misunderstanding; they are asked once more before it counts."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_check_alarm"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``safety`` to ``checking``."""
        return [SlotSet("safety", "checking"), SlotSet("heard")]


class ActionClearAlarm(Action):
    """It was a false alarm; the person who was asked for still sees the conversation."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_clear_alarm"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Clears ``safety``."""
        return [SlotSet("safety"), SlotSet("heard")]


class ActionAskGently(Action):
    """What was said may mean danger or nothing: it was asked about, and nobody was alarmed."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_ask_gently"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``safety`` to ``asked``."""
        return [SlotSet("safety", "asked"), SlotSet("heard")]


def request_person(
    tracker: Tracker,
    *,
    reason: str | None = None,
    queue: bool = True,
    known: Mapping[str, Any] | None = None,
) -> Handover:
    """Records that a person is wanted, with the brief.

    Args:
        tracker: the conversation.
        reason: why; found out of the conversation if not given.
        queue: whether people are there.
        known: what is known beside the slots.
    """
    goals = shared_goals()
    before = shared_registry().latest_handover(tracker.sender_id)
    why = reason or _reason(tracker, goals)
    brief = write_brief(
        why,
        tracker.events,
        {**tracker.slots, **(known or {})},
        goals,
        before=before.told() if before else "",
        suggestions=_suggestions(why, tracker, goals),
        promised=[str(one) for one in shared_promises().open_in(tracker.sender_id)],
    )
    channel = tracker.get_latest_input_channel() or "unknown"
    return shared_registry().request(tracker.sender_id, channel, brief, queue=queue)


def _suggestions(reason: str, tracker: Tracker, goals: list[str]) -> tuple[str, ...]:
    try:
        return suggest(reason, tracker.events, tracker.slots, goals)
    except ExemplarError as error:
        # A customer who wants a person gets one, with advice or without.
        logger.warning("No suggestions for the desk: %s", error)
        return ()


def person_needed(tracker: Tracker, intent: str) -> str | None:
    """Tells what in the latest message calls for a person unasked, by the desk's terms."""
    reasons = shared_terms().reasons
    message = latest_message(tracker.events)
    text = wording_of(message).lower() if message else ""
    legal = reasons.get("legal", {})
    # Where the desk has it already, the matter itself goes on.
    passed_on = tracker.get_slot("handover") in _OPEN
    if (
        not passed_on
        and _names_any(text, legal.get("words"))
        and not _names_any(text, legal.get("unless"))
    ):
        return "legal"
    limit = reasons.get("amount", {}).get("above")
    pending = tracker.get_slot("pending")
    confirms = pending in _MONEY_BACK and intent in {"affirm", pending}
    if limit is not None and confirms and _sum(tracker.get_slot("order_total")) > Decimal(limit):
        return "amount"
    return None


def _names_any(text: str, words: Iterable[Any] | None) -> bool:
    """Tells whether one of the words, or word groups, stands in a text."""
    return any(re.search(rf"\b{re.escape(str(one))}\b", text) for one in words or ())


def _sum(said: Any) -> Decimal:
    """Returns the amount that a slot says: "€1,149" → 1149."""
    digits = re.sub(r"[^0-9.]", "", str(said or ""))
    return Decimal(digits or 0)


def _reason(tracker: Tracker, goals: list[str]) -> str:
    message = latest_message(tracker.events)
    said = _REASONS.get(intent_of(message) if message else "")
    needed = tracker.get_slot("person_needed")
    if needed or said:
        return str(needed or said)
    if ESTATE_OFFERED in done(tracker.events):
        return "loss"
    if tracker.get_slot("failures") == "often":
        return "failures"
    messages = int(shared_terms().reasons.get("frustration", {}).get("messages") or 0)
    levels = follow(turns(tracker.events, goals)).levels[-messages:] if messages else ()
    reading = tracker.get_slot("emotion_reading") is not False
    if reading and len(levels) == messages > 0 and min(levels) >= HIGH[1]:
        return "frustration"
    return "exception" if tracker.get_slot("order_state_seen") in _EXCEPTIONS else "offered"


def _reach(tracker: Tracker, *, newest: bool = False) -> str | None:
    """Returns how the customer can be reached, as far as they said it; by mail, where they want that."""
    known = tracker.slots
    if tracker.get_slot("mourns") and _is_anothers(tracker):
        return known.get("phone") or None
    if known.get("email") and says("by_mail", text_of(tracker)):
        return str(known["email"])
    if newest:
        entities = {one.get("entity") for one in tracker.latest_message.get("entities") or ()}
        known = {name: known.get(name) for name in entities if isinstance(name, str)}
    elif own := _first_email(tracker):
        known = {**known, "email": own}
    phone = None if _is_of_label(tracker) else known.get("phone")
    return phone or known.get("email") or None


def _is_of_label(tracker: Tracker) -> bool:
    """Tells whether what was taken for a telephone's number was read off a label."""
    phone = str(tracker.get_slot("phone") or "")
    texts = [wording_of(message) for message in customer_messages(tracker.events)]
    return bool(phone) and any(phone in text and says("label_number", text) for text in texts)


def _is_anothers(tracker: Tracker) -> bool:
    """Tells whether the address that is known is that of somebody who died: nobody is written to there."""
    email = tracker.get_slot("email")
    return any(
        says("anothers_address", wording_of(message))
        for message in customer_messages(tracker.events)
        if email and str(email) in str(message.get("text"))
    )


def _first_email(tracker: Tracker) -> str | None:
    """Returns the first of several addresses in one message: "mine, or possibly my mum's", None without."""
    for message in reversed(list(customer_messages(tracker.events))):
        parsed = (message.get("parse_data") or {}).get("entities") or ()
        given = [str(one["value"]) for one in parsed if one.get("entity") == "email"]
        if given:
            return given[0] if len(given) > 1 and given[-1] == tracker.get_slot("email") else None
    return None


def _call(tracker: Tracker) -> tuple[str | None, str | None]:
    """Tells whether the customer wants to be called, and under which number and when, in their own words.

    ``noted``: with its number; ``asked``: without; ``number``: they gave one, and asked for no call.
    """
    text = text_of(tracker)
    words = call_words(text)
    if says("wants_call", text):
        return ("noted", words) if words else ("asked", None)
    return ("number", words) if words else (None, None)
