"""Complaints and reviews are kept, with a number."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.latest import all_words_of, intent_now, words_of
from actions.promise import promise
from actions.who import full_number
from exemplar.desk.promises import COMPLAINT
from exemplar.said import says
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
        """Sets the complaint's number and when it is answered.

        ``change`` is ``already`` where somebody complains once more in the same matter.
        """
        texts = all_words_of(tracker)
        complaint = shared_shop().register_complaint(
            tracker.sender_id, "\n".join(texts), full_number(tracker.get_slot("order_number"))
        )
        promise(tracker, COMPLAINT, complaint.number, complaint.answer_by, complaint.order_number)
        more = intent_now(tracker) == "complaint"
        known = more and tracker.get_slot("complaint_number") == complaint.number
        return [
            SlotSet("change", "already" if known else "made"),
            SlotSet("settled", "complaint"),
            SlotSet("complaint_number", complaint.number),
            SlotSet("complaint_answer_by", say_date(complaint.answer_by, shared_shop().today())),
        ]


class ActionAddReview(Action):
    """Keeps the customer's opinion."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_add_review"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change`` to ``made``, and the review's number."""
        # Praise that is told without any order is passed on as it stands.
        words = str(tracker.get_slot("review") or "") or words_of(tracker)
        review = shared_shop().add_review(tracker.sender_id, words)
        return [
            SlotSet("praises_person", "yes" if says("praises", words) else None),
            SlotSet("change", "made"),
            SlotSet("review"),
            SlotSet("review_number", review.number),
            SlotSet("settled", "review"),
            # What is written next is no review unless it reads like one; another matter goes on.
            *([SlotSet("goal")] if tracker.get_slot("goal") in {None, "review"} else []),
        ]
