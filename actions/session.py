"""The start of a session: the assistant says what it is."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ConversationPaused, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from exemplar.desk.registry import shared_registry


class ActionSessionStart(Action):
    """Opens the first contact, or keeps silent where a person has the conversation."""

    def name(self) -> str:
        """Its name in the domain: Rasa's own, so that it takes its place."""
        return "action_session_start"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the session's first events; the customer's wish about the reading is carried over."""
        events = [SessionStarted()]
        if tracker.get_slot("emotion_reading") is False:
            events.append(SlotSet("emotion_reading", False))
        handover = shared_registry().open_handover(tracker.sender_id)
        if handover is None:
            dispatcher.utter_message(response="utter_open_first_contact")
            return [*events, ActionExecuted("action_listen")]
        # Rasa lifts the pause when a session expires; the registry knows better.
        return [
            *events,
            SlotSet("handover", handover.state),
            SlotSet("handover_number", handover.number),
            ConversationPaused(),
            ActionExecuted("action_listen"),
        ]
