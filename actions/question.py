"""Questions that the assistant put and whose answer it waits for."""

from __future__ import annotations

from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.latest import words_of
from actions.who import address_given, order_named
from exemplar.details import address_in, plain_street

#: A street, a postcode and a town.
_PARTS: Final = 3


def ask(pending: str | None) -> list[dict[str, Any]]:
    """Returns the events after which a "yes" means ``pending``."""
    return [SlotSet("pending", pending), SlotSet("question_asked", pending)]


class ActionAwaitConfirmation(Action):
    """A "yes" now means: do what the customer came for."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_await_confirmation"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``pending`` to the present goal."""
        return ask(tracker.get_slot("goal"))


class ActionOfferPerson(Action):
    """A "yes" now means: a person, please."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_offer_person"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``pending`` to ``person``."""
        return ask("person")


class ActionOfferRefund(Action):
    """A "yes" now means: send the money back."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_offer_refund"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``pending`` to ``get_refund``."""
        return ask("get_refund")


class ActionOfferCancellation(Action):
    """A "yes" now means: cancel the order."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_offer_cancellation"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``pending`` to ``cancel_order``."""
        return ask("cancel_order")


class ActionOfferAddress(Action):
    """A "yes" now means: send the order to the address that was just given."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_offer_address"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``pending`` to ``change_shipping_address``, and the address as it would be written."""
        order = order_named(tracker)
        written = address_in(words_of(tracker))
        if len(written) < _PARTS:
            written = {"street": plain_street(str(tracker.get_slot("street") or "").strip(" .,;"))}
        tracker.slots.update(written)
        address = address_given(tracker, order.customer if order else None)
        return [
            *(SlotSet(name, value) for name, value in written.items()),
            SlotSet("address_there", str(address)),
            *ask("change_shipping_address"),
        ]


class ActionDropQuestion(Action):
    """The question is off the table."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_drop_question"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Clears ``pending``."""
        return [SlotSet("pending")]
