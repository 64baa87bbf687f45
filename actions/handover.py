"""A person takes over."""

from __future__ import annotations

from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ConversationPaused, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from exemplar.conversation import intent_of, latest_message
from exemplar.desk.brief import write_brief
from exemplar.desk.model import Handover
from exemplar.desk.registry import shared_registry

#: Why a person is asked for, by what the customer said last; otherwise they took the offer of one.
_REASONS: Final = {"contact_human_agent": "asked", "threat": "threat", "crisis": "crisis"}


class ActionHandOver(Action):
    """Records the handover with its brief."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hand_over"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``handover`` once the desk has it, its number, and the place in line in words."""
        handover = request_person(tracker, domain)
        ahead = shared_registry().ahead_of(handover)
        return [
            SlotSet("handover", handover.state),
            SlotSet("handover_number", handover.number),
            SlotSet("handover_place", _say_place(ahead)),
        ]


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
        handover = request_person(tracker, domain, reason="crisis")
        return [
            SlotSet("safety", "alarm"),
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
        return [SlotSet("safety", "checking")]


class ActionClearAlarm(Action):
    """It was a false alarm; the person who was asked for still sees the conversation."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_clear_alarm"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Clears ``safety``."""
        return [SlotSet("safety")]


def request_person(tracker: Tracker, domain: dict[str, Any], reason: str | None = None) -> Handover:
    """Records that a person is wanted, with the brief."""
    message = latest_message(tracker.events)
    reason = reason or _REASONS.get(intent_of(message) if message else "", "offered")
    brief = write_brief(reason, tracker.events, tracker.slots, domain["slots"]["goal"]["values"])
    channel = tracker.get_latest_input_channel() or "unknown"
    return shared_registry().request(tracker.sender_id, channel, brief)


def _say_place(ahead: int) -> str:
    if ahead == 0:
        return "You are next in line"
    people = "One person is" if ahead == 1 else f"{ahead} people are"
    return f"{people} in line before you"
