"""What is looked up for a question about money that comes back, or about a return; nothing is done for it."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.latest import names_item, settled, text_of
from actions.order import facts_set
from actions.promise import follow_order
from actions.who import order_if_known, order_named
from exemplar.arrival import day_named
from exemplar.errors import ExemplarError
from exemplar.shop.calendar import add_working_days
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Order
from exemplar.shop.policy import shared_policy
from exemplar.wording import say_amount, say_date, say_list

logger = logging.getLogger(__name__)

#: The terms that answers about a return or a claim quote.
_TERMS: Final = (
    *("return_days", "season_from", "season_to", "season_until", "return_free_countries"),
    *("return_label_price", "refund_working_days", "warranty_years", "service_email"),
)
_MONEY: Final = (
    *("money_case", "money_amount", "money_number", "money_started", "money_due"),
    *("money_day", "money_meets"),
)


class ActionLookUpMoney(Action):
    """Finds what money is on its way back, for an answer about it."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_look_up_money"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``money_case`` and what responses quote of it.

        It is ``second``, ``refund``, ``paid``, or ``none``; ``unknown`` where our systems do not answer.
        """
        facts: dict[str, str | None] = dict.fromkeys(_MONEY)
        try:
            order = order_named(tracker)
            if order is None:
                return [
                    SlotSet(name, value) for name, value in (facts | {"money_case": "none"}).items()
                ]
            follow_order(tracker, order)
            facts |= _money_of(tracker, order)
        except ExemplarError as error:
            logger.warning("Money was not looked up: %s", error)
            return [
                SlotSet(name, value) for name, value in (facts | {"money_case": "unknown"}).items()
            ]
        events = [SlotSet(name, value) for name, value in facts.items()]
        return [*events, SlotSet("refund_working_days", str(shared_policy().refund_working_days))]


def _money_of(tracker: Tracker, order: Order) -> dict[str, str | None]:
    """Returns what responses may quote of the money of an order."""
    today, refund = shared_shop().today(), order.refund
    went_back = order.second_payment_returned_on
    if went_back and (settled(tracker) == "second_payment" or refund is None):
        started = went_back
        due = add_working_days(went_back, shared_policy().refund_working_days)
        facts: dict[str, str | None] = {
            "money_case": "second",
            "money_amount": say_amount(order.total),
        }
    elif refund:
        started, due = refund.requested_on, refund.due_on
        facts = {
            "money_case": "paid" if refund.paid_on else "refund",
            "money_amount": say_amount(refund.amount),
            "money_number": refund.number,
        }
        if refund.paid_on:
            due = refund.paid_on
    else:
        return {"money_case": "none"}
    day = day_named(text_of(tracker), today)
    meets = None
    if day is not None:
        meets = "before" if due < day else "after" if due > day else "same"
    return {
        **facts,
        "money_started": say_date(started, today),
        "money_due": say_date(due, today),
        "money_day": say_date(day, today) if day else None,
        "money_meets": meets,
    }


class ActionLookUpReturn(Action):
    """Finds until when an order can come back, and the terms, for an answer that starts nothing."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_look_up_return"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``return_of``, the order's facts, and the terms.

        ``return_of`` is how the order stands; ``other`` where something is asked about that isn't in it, or
        no order is known.
        """
        terms = asdict(shared_policy())
        known = [SlotSet(name, str(terms[name])) for name in _TERMS]
        order = order_if_known(tracker)
        if order is None:
            return [*known, SlotSet("return_of", "other")]
        facts = facts_set(order)
        state, text = shared_shop().state_of(order).value, text_of(tracker)
        of_another = _names_a_thing(tracker) and not names_item(
            tracker, text, say_list(order.items)
        )
        return [*known, *facts, SlotSet("return_of", "other" if of_another else state)]


def _names_a_thing(tracker: Tracker) -> bool:
    return any(
        one.get("entity") == "product" for one in tracker.latest_message.get("entities") or ()
    )
