"""Complaints are registered with a number."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.order import full_number
from exemplar.conversation import customer_messages
from exemplar.shop.connection import shared_shop
from exemplar.wording import say_date


class ActionRegisterComplaint(Action):
    """Registers the complaint, in the customer's own words."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_register_complaint"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets the complaint's number and when it is answered."""
        texts = [str(message.get("text") or "") for message in customer_messages(tracker.events)]
        complaint = shared_shop().register_complaint(
            tracker.sender_id, "\n".join(texts), full_number(tracker.get_slot("order_number"))
        )
        return [
            SlotSet("change", "made"),
            SlotSet("complaint_number", complaint.number),
            SlotSet("complaint_answer_by", say_date(complaint.answer_by, shared_shop().today())),
        ]
