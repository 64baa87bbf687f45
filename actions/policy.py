"""The company's terms, for responses to quote."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.domain import shared_slots
from exemplar.shop.policy import shared_policy


class ActionQuotePolicy(Action):
    """Puts the company's terms into the slots of the same names."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_quote_policy"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets a slot a term, and ``change`` to ``made``: the terms could be read."""
        terms = asdict(shared_policy()).items()
        return [
            SlotSet("change", "made"),
            *(SlotSet(name, str(value)) for name, value in terms if name in shared_slots()),
        ]
