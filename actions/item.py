"""Something is wrong with what came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.latest import all_words_of, text_of, words_of
from actions.offers import REGISTERED
from actions.promise import let_go, promise
from actions.who import order_named
from exemplar.conversation import customer_messages, intent_of
from exemplar.desk.promises import CLAIM, REPLACEMENT
from exemplar.said import says
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Claim, ClaimKind
from exemplar.shop.shop import NotPossible
from exemplar.wording import say_date

_KINDS: Final = {
    "report_damaged_item": ClaimKind.DAMAGED,
    "report_wrong_item": ClaimKind.WRONG,
    "report_missing_item": ClaimKind.MISSING,
    "ask_warranty": ClaimKind.WARRANTY,
}
#: What goes before the customer's words, so that a colleague who reads them sees at once what is wanted.
_WISHES: Final = {
    "claim_money": "Wants the money instead of the new one: ",
    "claim_address": "The new one shall go to another address than the order: ",
    "claim_new": "Wants the new one after all, not the money: ",
    "part": "Wants a part of the price back and keeps it, no new one: ",
    "repair": "Wants it repaired, no new one: ",
    "either": "Wants it repaired, or a part of the price back, no new one: ",
    "piece": "Wants only a part of it, no whole new one: ",
    "none": "Wants no new one: ",
}


class ActionOpenClaim(Action):
    """Opens a claim, in the customer's own words."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_open_claim"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` with the claim's number and days, or ``refused``.

        It is ``already`` where one was open from before this conversation: it takes what was said, and
        nothing is packed a second time.
        """
        order, kind = order_named(tracker), _KINDS.get(str(tracker.get_slot("goal")))
        said = "\n".join(_told(tracker))
        try:
            if order is None or kind is None:
                raise NotPossible
            claim = shared_shop().open_claim(order, kind, said)
        except NotPossible:
            return [SlotSet("change", "refused"), SlotSet("pending")]
        replaced, wished = claim.replacement_on, _wish_in(claim)
        # A new claim holds no more than what was said now.
        known = claim.number == tracker.get_slot("claim_number")
        already = len(claim.text) > len(said) and not known
        if already and wished:
            settled: str | None = "claim_money" if wished == "claim_money" else "claim_wish"
        else:
            # A warranty case brings an answer, and no parcel that could be asked for.
            settled = None if kind == ClaimKind.WARRANTY else "replacement"
        if replaced and settled == "replacement":
            promise(tracker, REPLACEMENT, claim.number, replaced, order.number)
        else:
            promise(tracker, CLAIM, claim.number, claim.answer_by, order.number)
        return [
            SlotSet("change", "already" if already else "made"),
            SlotSet("pending"),
            SlotSet("claim_matter", tracker.get_slot("goal")),
            SlotSet("claim_moved", "yes" if _moved(tracker) else None),
            SlotSet("settled", settled),
            *([SlotSet("claim_wish", wished)] if settled == "claim_wish" else []),
            *_facts_of(claim),
        ]


def _moved(tracker: Tracker) -> bool:
    """Tells whether another address is spoken of with the wish for a new one, and is not all there."""
    text = text_of(tracker)
    given = {str(one.get("entity")) for one in tracker.latest_message.get("entities") or ()}
    return says("moved", text) and not {"street", "postcode"} <= given


def _told(tracker: Tracker) -> Iterator[str]:
    """Yields what the customer wrote; before an address that came with the fault stands what it is for."""
    since_fault = False
    for message in customer_messages(tracker.events):
        text = str(message.get("text") or "")
        entities = (message.get("parse_data") or {}).get("entities") or ()
        since_fault = since_fault or intent_of(message) in _KINDS
        given = {"street", "postcode"} <= {one.get("entity") for one in entities}
        yield f"{_WISHES['claim_address']}{text}" if since_fault and given else text


def _wish_in(claim: Claim) -> str | None:
    """Returns what was wanted of a claim last, as :data:`_WISHES` names it; None where it is a new one."""
    lines = reversed(claim.text.splitlines())
    # An address is no other wish than the new one.
    wishes = {name: words for name, words in _WISHES.items() if name != "claim_address"}
    found = (name for line in lines for name, words in wishes.items() if line.startswith(words))
    wished = next(found, None)
    return None if wished == "claim_new" else wished


def _address_in(tracker: Tracker) -> str:
    """Returns the address that the latest message gives, as it was written."""
    given: dict[str, str] = {}
    for one in tracker.latest_message.get("entities") or ():
        if one.get("entity") in {"street", "postcode", "city", "country"}:
            given.setdefault(str(one["entity"]), str(one.get("value")))
    town = " ".join(given[part] for part in ("postcode", "city") if part in given)
    return ", ".join(part for part in (given.get("street"), town, given.get("country")) if part)


def _facts_of(claim: Claim) -> list[dict[str, Any]]:
    """Returns the events that let responses quote a claim."""
    today, replaced = shared_shop().today(), claim.replacement_on
    return [
        SlotSet("claim_number", claim.number),
        SlotSet("claim_answer_by", say_date(claim.answer_by, today)),
        SlotSet("claim_replacement_on", say_date(replaced, today) if replaced else None),
    ]


class ActionAddToClaim(Action):
    """Writes into the latest claim what the customer wants otherwise: the money, or the new one after all."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_add_to_claim"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` with the day of the answer, or ``refused``."""
        order, kind = order_named(tracker), _KINDS.get(str(tracker.get_slot("claim_matter")))
        wish = str(tracker.get_slot("offered") or "")
        said = words_of(tracker)
        try:
            if order is None or kind is None:
                raise NotPossible
            # A claim takes more text as long as the order stands as it did.
            claim = shared_shop().open_claim(order, kind, f"{_WISHES.get(wish, '')}{said}")
        except NotPossible:
            return [SlotSet("change", "refused")]
        replaced = claim.replacement_on
        if wish == "claim_money":
            # The new one is no longer waited for: what is awaited is word of the money.
            let_go(tracker, REPLACEMENT, claim.number)
            promise(tracker, CLAIM, claim.number, claim.answer_by, order.number)
        elif wish == "claim_new" and replaced:
            let_go(tracker, CLAIM, claim.number)
            promise(tracker, REPLACEMENT, claim.number, replaced, order.number)
        return [
            SlotSet("change", "made"),
            SlotSet("settled", "claim_money" if wish == "claim_money" else "replacement"),
            *([SlotSet("claim_address", _address_in(tracker))] if wish == "claim_address" else []),
            *_facts_of(claim),
        ]


class ActionNoteClaimWish(Action):
    """Writes down for a colleague what only they decide: a repair, a part of the price back, no new one."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_note_claim_wish"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` with the day of the answer, or ``refused``.

        It goes into the claim that was registered. Without one, a case is opened that is looked into first:
        nothing is sent for it.
        """
        order = order_named(tracker)
        registered = tracker.get_slot("settled") in REGISTERED
        matter = str(tracker.get_slot("claim_matter")) if registered else "ask_warranty"
        said = words_of(tracker) if registered else "\n".join(all_words_of(tracker))
        words = _WISHES.get(str(tracker.get_slot("claim_wish")), "")
        try:
            if order is None or matter not in _KINDS:
                raise NotPossible
            claim = shared_shop().open_claim(order, _KINDS[matter], f"{words}{said}")
        except NotPossible:
            return [SlotSet("change", "refused"), SlotSet("pending")]
        let_go(tracker, REPLACEMENT, claim.number)
        promise(tracker, CLAIM, claim.number, claim.answer_by, order.number)
        return [
            SlotSet("change", "made"),
            SlotSet("pending"),
            SlotSet("claim_matter", matter),
            SlotSet("settled", "claim_wish"),
            SlotSet("claim_running", "yes" if claim.replacement_on else None),
            *_facts_of(claim),
        ]
