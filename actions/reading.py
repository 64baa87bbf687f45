"""The reading belongs to the customer: off and on at their word."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from exemplar.desk.registry import shared_registry
from exemplar.mood import UNREAD


class ActionStopReading(Action):
    """Stops reading, and forgets what was read."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_stop_reading"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``emotion_reading`` to false; the tracker store then deletes the stored readings."""
        shared_registry().forget_mood(tracker.sender_id)
        return [
            SlotSet("emotion_reading", False),
            *(SlotSet(name, value) for name, value in UNREAD.items()),
        ]


class ActionResumeReading(Action):
    """Reads again."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_resume_reading"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``emotion_reading`` to true."""
        return [SlotSet("emotion_reading", True)]
