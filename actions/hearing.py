"""What was said is heard again, as what it turned out to be."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.domain import shared_slots
from actions.latest import other_order, text_of, words_of
from actions.notice import ActionNotice
from actions.opening import fault_at_opening
from actions.product import (
    found_on_pages,
    house_put_right,
    product_chosen,
    product_meant,
    same_product,
)
from exemplar.conversation import (
    IN_ENGLISH,
    OTHER_WISH,
    latest_message,
    latest_value,
    other_wish_of,
    slot_before,
)
from exemplar.details import street_corrected
from exemplar.knowledge.search import CARE_PAGES
from exemplar.nlu.expectation import shared_expectation
from exemplar.said import says

#: What may be wished for beside a yes, and waits until that is seen to.
_WISHES_BESIDE: Final = frozenset(
    {"change_invoice", "get_invoice", "change_shipping_address", "edit_account"}
)
#: What is plainly a question tells of a fault only where it was read surely (data/knowledge/expected.yml).
_FAULTS_ASKED: Final = frozenset({"report_damaged_item"})
_LIKELIER: Final = 0.5
_BESIDE: Final = re.compile(r"\b(?:and|also|plus|but)\b,?\s*(?P<wish>\S.*)$", re.I | re.S)


class ActionHearDetails(Action):
    """What was not understood gave what was asked for: it is heard again, as a detail."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_details"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the customer's message as ``provide_details``; what it filled stays filled."""
        awaited = slot_before(tracker.events, "details_missing")
        heard = {"intent": "provide_details", "text": words_of(tracker)}
        return heard_again(tracker, heard, {"details_missing": awaited})


class ActionHearYes(Action):
    """What began with a yes to the question that is open is heard again, as that yes."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_yes"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the customer's message as ``affirm``; a wish of its own beside the yes waits."""
        heard = {"intent": "affirm", "text": words_of(tracker), OTHER_WISH: _beside_yes(tracker)}
        return heard_again(tracker, heard, {})


def _beside_yes(tracker: Tracker) -> dict[str, Any] | None:
    """Returns the wish that is told beside a yes: "perfect yes, and the bill to the company"."""
    intent = str((tracker.latest_message.get("intent") or {}).get("name") or "")
    said = _BESIDE.search(text_of(tracker))
    if intent not in _WISHES_BESIDE or not said:
        return None
    entities = tracker.latest_message.get("entities") or []
    return {"intent": intent, "text": said["wish"].strip(" .,!"), "entities": entities}


class ActionHearQuantity(Action):
    """Another number of pieces is wanted: it is a detail of the purchase, which is asked about anew."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_quantity"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the message as ``provide_details``; what was cleared when it was ordered is known again."""
        kept = ("product", "street", "postcode", "city")
        known = {
            name: tracker.get_slot(name) or latest_value(tracker.events, name) for name in kept
        }
        before = slot_before(tracker.events, "product")
        named = [
            one
            for one in tracker.latest_message.get("entities") or ()
            if one.get("entity") == "product"
        ]
        # "Just one, the other desk has one already" is still about the lamp.
        products = [one for one in named if same_product(str(one.get("value")), before)]
        if named and not products:
            known["product"] = before
        heard = {"intent": "provide_details", "text": words_of(tracker), "entities": products}
        known |= {"goal": "place_order", "pending": None}
        return [*heard_again(tracker, heard, known), SlotSet("goal", "place_order")]


class ActionHearStreet(Action):
    """The address is not right yet: the street is asked for, or changed where the message gives it."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_street"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the message as ``change_shipping_address``, with the street it gives, or none."""
        text = text_of(tracker)
        street = street_corrected(text) or house_put_right(tracker, text)
        others = [
            one
            for one in tracker.latest_message.get("entities") or ()
            if one.get("entity") not in {"street", "product", "name"}
        ]
        heard = {"intent": "change_shipping_address", "text": words_of(tracker), "entities": others}
        known = {"street": street, "details_missing": None}
        answered = ("said", "asked_before", "done_before")
        return [*heard_again(tracker, heard, known), *(SlotSet(name) for name in answered)]


class ActionHearChange(Action):
    """What shall stand on the parcel is written on the order: it is heard as a change to it."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_change"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the message as ``change_order``, with its words as the change."""
        heard = {"intent": "change_order", "text": words_of(tracker)}
        events = heard_again(tracker, heard, {"details_missing": None})
        return [*events, SlotSet("order_change", words_of(tracker)), SlotSet("said")]


class ActionHearPurchase(Action):
    """What is said belongs to a purchase, whatever it was read as: that goes on, or begins."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_purchase"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the message as ``provide_details`` within the purchase, else as ``place_order``."""
        within = slot_before(tracker.events, "goal") == "place_order"
        intent = "provide_details" if within else "place_order"
        product = product_chosen(text_of(tracker)) or product_meant(tracker)
        known = {"goal": "place_order", **({"product": product.name} if product else {})}
        events = heard_again(tracker, {"intent": intent, "text": words_of(tracker)}, known)
        return [*events, SlotSet("goal", "place_order"), SlotSet("said")]


class ActionHearStock(Action):
    """What was read as something else asks what a thing costs, or whether it is to be had."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_stock"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the message as ``check_stock``; nothing is awaited for another matter any more."""
        heard = {"intent": "check_stock", "text": words_of(tracker)}
        return heard_again(tracker, heard, {"details_missing": None, "said": None})


class ActionHearQuestion(Action):
    """What was not understood may be a question that our pages answer: it is heard again as one."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_question"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the message as ``ask_product``; where no page surely answers it, ``answer: nothing``.

        Where nothing is in hand, it may tell of a fault, or ask if this is the place: it is heard as that.
        Who speaks of an order mostly asks about that; of anybody else's questions our pages are likelier.
        """
        heard = {"intent": "ask_product", "text": words_of(tracker)}
        if tracker.get_slot("said") == "asks_page":
            return heard_again(tracker, heard, {})
        fault = fault_at_opening(tracker)
        if fault:
            return heard_again(tracker, {"intent": fault, "text": words_of(tracker)}, {})
        orders = shared_expectation().answered_of_orders
        of_order = tracker.get_slot("order_known") or tracker.get_slot("goal") in orders
        asks = says("asks_something", text_of(tracker))
        found = found_on_pages(tracker, surer=bool(of_order) or not asks, beside_name=True)
        fault = _nearly_a_fault(tracker)
        if fault and (found is None or found.section.file not in CARE_PAGES):
            # "Why does it toast one side only?" asks for no facts; how scratches are got out is care.
            return heard_again(tracker, {"intent": fault, "text": words_of(tracker)}, {})
        if found is None:
            return [SlotSet("answer", "nothing")]
        return heard_again(tracker, heard, {})


def _nearly_a_fault(tracker: Tracker) -> str | None:
    """Returns the fault that a question was likelier than not to tell of, where it was not surely read so."""
    latest = tracker.latest_message
    if (latest.get("intent") or {}).get("name") != "nlu_fallback":
        return None
    return next(
        (
            str(one["name"])
            for one in latest.get("intent_ranking") or ()
            if one["name"] in _FAULTS_ASKED and float(one["confidence"]) >= _LIKELIER
        ),
        None,
    )


class _HeardAs(Action, ABC):
    """The customer's message is heard again as one intent, whatever it was read as."""

    intent: ClassVar[str]

    @abstractmethod
    def name(self) -> str:
        """Its name in the domain."""

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the message as ``intent``."""
        return heard_again(tracker, {"intent": self.intent, "text": words_of(tracker)}, {})


class ActionHearCancel(_HeardAs):
    """What was read as something else wants the order cancelled, and is heard as that."""

    intent = "cancel_order"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_cancel"


class ActionHearRefund(_HeardAs):
    """What was read as something else wants the money back, and is heard as that."""

    intent = "get_refund"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_refund"


class ActionHearWhere(_HeardAs):
    """After a no was heard, what was asked in the same breath is heard: where the order is."""

    intent = "track_order"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_where"


class ActionHearOtherOrder(Action):
    """Another order was named, too, and left out: it is looked up now."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_other_order"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the message as ``track_order``, about the other order."""
        heard = {"intent": "track_order", "text": words_of(tracker), "entities": []}
        known = {"order_number": other_order(tracker), "details_missing": None, "pending": None}
        answered = ("said", "asked_before", "done_before")
        return [*heard_again(tracker, heard, known), *(SlotSet(name) for name in answered)]


class ActionHearDelivery(_HeardAs):
    """How the order at hand is brought was asked in other words, and is heard as that."""

    intent = "delivery_options"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_delivery"


class ActionHearAddress(_HeardAs):
    """A new address was given in passing, and the order shall go there: it is heard as that wish."""

    intent = "change_shipping_address"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_address"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the message as ``change_shipping_address``; the question is answered by it."""
        heard = {"intent": self.intent, "text": words_of(tracker)}
        events = heard_again(tracker, heard, {"details_missing": None, "pending": None})
        return [*events, SlotSet("said"), SlotSet("pending")]


class ActionHearReturnPolicy(_HeardAs):
    """What was said in another language asks about sending back, and is heard as that."""

    intent = "check_refund_policy"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_return_policy"


class ActionHearThanks(_HeardAs):
    """Thanks in another language are thanks."""

    intent = "thank"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_thanks"


class ActionHearGoodbye(_HeardAs):
    """A goodbye in another language is one."""

    intent = "goodbye"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_goodbye"


class ActionHearOn(Action):
    """What came first was met: the rest of the message is seen to as if it had been said without it."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_on"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the customer's message once more; ``said`` is what it says beside what was met."""
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        return heard_again(tracker, {"intent": intent, "text": words_of(tracker)}, {})


class ActionHearMatter(Action):
    """What held the matter up is over: the message is heard again as what is in hand."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_matter"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the customer's message as the matter in hand."""
        goal = tracker.get_slot("goal")
        return heard_again(tracker, {"intent": goal, "text": words_of(tracker)}, {}) if goal else []


class ActionHearFault(_HeardAs):
    """The customer was warned of a thing that is a danger: the message is heard as telling of its fault."""

    intent = "report_damaged_item"

    def name(self) -> str:
        """Its name in the domain."""
        return "action_hear_fault"


class ActionTakeUpOtherWish(Action):
    """The customer wants their other wish seen to: it is heard as if it had been said now."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_take_up_other_wish"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Returns the wish as a message, and clears ``pending``."""
        wish = other_wish_of(tracker.events)
        if wish is None:
            return [SlotSet("pending")]
        said = {str(one["entity"]): one["value"] for one in wish["entities"]}
        return heard_again(tracker, wish, {"pending": None, "details_missing": None, **said})


class ActionOfferOtherWish(Action):
    """A "yes" now means: see to my other wish."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_offer_other_wish"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``pending`` to ``other_wish``, which waits no longer."""
        return [
            SlotSet("other_wish"),
            SlotSet("pending", "other_wish"),
            SlotSet("question_asked", "other_wish"),
        ]


def heard_again(
    tracker: Tracker, heard: Mapping[str, Any], known: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Returns the events of a message that replaces how the latest one was read.

    It keeps the latest one's id, so that nobody takes it for another message.

    Args:
        tracker: of the conversation.
        heard: the ``intent`` and ``text`` of the message, and its ``entities`` and ``asks`` if they are
            others. Another text than the message's own is read as it stands.
        known: slots that it fills.
    """
    message = latest_message(tracker.events) or {}
    intent = str(heard["intent"])
    parsed = {
        **(message.get("parse_data") or {}),
        "text": heard["text"],
        "intent": {"name": intent, "confidence": 1.0},
        "entities": heard.get("entities", tracker.latest_message.get("entities") or []),
    }
    if heard["text"] != message.get("text"):
        parsed.pop(IN_ENGLISH, None)
    if "asks" in heard:
        parsed["asks"] = heard["asks"]
    if heard.get(OTHER_WISH):
        parsed[OTHER_WISH] = heard[OTHER_WISH]
    again = {**message, "text": heard["text"], "parse_data": parsed, "timestamp": None}
    slots = {**dict(_filled_by(intent)), **known}
    listening = Tracker(
        tracker.sender_id,
        {**tracker.slots, **slots},
        parsed,
        [*tracker.events, again, *(SlotSet(*pair) for pair in slots.items())],
        False,
        None,
        {},
        "action_listen",
    )
    return [
        ActionExecuted("action_listen"),
        again,
        *(SlotSet(name, value) for name, value in slots.items()),
        *ActionNotice().run(CollectingDispatcher(), listening, {}),
    ]


def _filled_by(intent: str) -> Iterator[tuple[str, Any]]:
    """Yields what an intent fills by the domain's own mappings."""
    for name, slot in shared_slots().items():
        for mapping in slot.get("mappings") or ():
            wanted: str | Sequence[str] | None = mapping.get("intent")
            intents = [wanted] if isinstance(wanted, str) else wanted
            if mapping.get("type") == "from_intent" and (intents is None or intent in intents):
                yield name, mapping.get("value")
