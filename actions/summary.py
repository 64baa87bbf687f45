"""How the other orders stand that were spoken of in a conversation, for whoever sums it up."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.who import email_of, full_number, order_named
from exemplar.conversation import customer_messages, since_restart
from exemplar.errors import ExemplarError
from exemplar.knowledge.parts import say_part
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Order
from exemplar.wording import say_amount, say_date, say_list

logger = logging.getLogger(__name__)


class ActionSumUpOthers(Action):
    """Looks how the orders stand that were spoken of beside the one in hand."""

    def name(self) -> str:
        """Its name in the domain."""
        return "action_sum_up_others"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Sets ``other_orders``, and ``others_stand`` to what is said of them; unset where there are none."""
        try:
            others = _others(tracker)
        except ExemplarError as error:
            logger.warning("The other orders were not looked up: %s", error)
            others = []
        said = "; ".join(map(_say, others))
        return [
            SlotSet("other_orders", "spoken_of" if others else None),
            SlotSet("others_stand", said or None),
        ]


def _others(tracker: Tracker) -> list[Order]:
    """Returns the customer's other orders that were named or looked up, as they came up."""
    now, email = order_named(tracker), email_of(tracker)
    named = [
        str(one.get("value"))
        for message in customer_messages(tracker.events)
        for one in (message.get("parse_data") or {}).get("entities") or ()
        if one.get("entity") == "order_number"
    ]
    looked_up = [
        str(event.get("value"))
        for event in since_restart(tracker.events)
        if event.get("event") == "slot" and event.get("name") == "order_number"
    ]
    numbers = [one for one in dict.fromkeys(map(full_number, [*named, *looked_up])) if one]
    if now is None or email is None:
        return []
    found = {order.number: order for order in shared_shop().orders_of(now.customer)}
    return [found[one] for one in numbers if one in found and one != now.number]


def _say(order: Order) -> str:
    today, shipment, refund = shared_shop().today(), order.shipment, order.refund
    return say_part(
        f"stands_{shared_shop().state_of(order).value}",
        number=order.number,
        items=say_list(order.items),
        expected=say_date(shipment.expected_on, today),
        delivered=say_date(shipment.delivered_on, today) if shipment.delivered_on else "",
        amount=say_amount(refund.amount) if refund else say_amount(order.total),
        due=say_date(refund.due_on, today) if refund else "",
    )
