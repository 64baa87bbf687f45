"""Something is wrong with what came."""

from __future__ import annotations

from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.promise import let_go, promise
from actions.who import order_named
from exemplar.conversation import customer_messages
from exemplar.desk.promises import CLAIM, REPLACEMENT
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import ClaimKind
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
    "claim_new": "Wants the new one after all, not the money: ",
}


class ActionOpenClaim(Action):
    """Opens a claim, in the customer's own words."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_open_claim"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``change``: ``made`` with the claim's number and days, or ``refused``."""
        order, kind = order_named(tracker), _KINDS.get(str(tracker.get_slot("goal")))
        said = "\n".join(str(m.get("text") or "") for m in customer_messages(tracker.events))
        try:
            if order is None or kind is None:
                raise NotPossible
            claim = shared_shop().open_claim(order, kind, said)
        except NotPossible:
            return [SlotSet("change", "refused"), SlotSet("pending")]
        today, replaced = shared_shop().today(), claim.replacement_on
        if replaced:
            promise(tracker, REPLACEMENT, claim.number, replaced, order.number)
        else:
            promise(tracker, CLAIM, claim.number, claim.answer_by, order.number)
        return [
            SlotSet("change", "made"),
            SlotSet("pending"),
            SlotSet("claim_number", claim.number),
            SlotSet("claim_matter", tracker.get_slot("goal")),
            # A warranty case brings an answer, and no parcel that could be asked for.
            SlotSet("settled", None if kind == ClaimKind.WARRANTY else "replacement"),
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
        said = str(tracker.latest_message.get("text") or "")
        try:
            if order is None or kind is None:
                raise NotPossible
            # A claim takes more text as long as the order stands as it did.
            claim = shared_shop().open_claim(order, kind, f"{_WISHES.get(wish, '')}{said}")
        except NotPossible:
            return [SlotSet("change", "refused")]
        today, replaced = shared_shop().today(), claim.replacement_on
        if wish == "claim_money":
            # The new one is no longer waited for: what is awaited is word of the money.
            let_go(tracker, REPLACEMENT, claim.number)
            promise(tracker, CLAIM, claim.number, claim.answer_by, order.number)
        elif wish == "claim_new" and replaced:
            let_go(tracker, CLAIM, claim.number)
            promise(tracker, REPLACEMENT, claim.number, replaced, order.number)
        return [
            SlotSet("change", "made"),
            SlotSet("claim_number", claim.number),
            SlotSet("settled", "claim_money" if wish == "claim_money" else "replacement"),
            SlotSet("claim_answer_by", say_date(claim.answer_by, today)),
            SlotSet("claim_replacement_on", say_date(replaced, today) if replaced else None),
        ]
