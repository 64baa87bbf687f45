"""Which of their orders a customer turns to in the middle of a conversation."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection
from typing import Final

from rasa_sdk import Tracker

from actions.domain import shared_goals
from actions.latest import intent_now, names_an_order, names_another_order, names_item, text_of
from actions.who import TRIES, by_program, email_of, full_number, order_named, wrong_tries
from exemplar.conversation import slot_before
from exemplar.errors import ExemplarError
from exemplar.said import says
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Order, OrderState, PaymentState

logger = logging.getLogger(__name__)

#: Matters in which what is named is something to buy.
_BUYING: Final = frozenset({"place_order", "check_stock", "product_advice", "ask_product"})
#: What is spoken of as a thing that one has: "the rug", "my new desk lamp".
_OWN: Final = r"\b(?:the|that|those|these|this|my|our)(?: [\w-]+){0,2}? "
#: "I wanted also a felt pad, and the bank said no": in these matters, too, it is a thing that was ordered.
_ORDERED: Final = r"\b(?:an?|some|one)(?: [\w-]+){0,2}? "
_OF_ORDERED: Final = frozenset(
    {
        *("payment_issue", "track_order", "track_refund", "get_refund", "cancel_order"),
        *("report_damaged_item", "report_wrong_item", "report_missing_item", "ask_warranty"),
    }
)
#: In these it is spoken of as bought, whatever was looked at before.
_OF_HAVING: Final = _OF_ORDERED - {"cancel_order", "get_refund"}
#: Whoever looked at something to buy, and wants one that they ordered no more.
_ENDS_IT: Final = re.compile(r"\bcancel (?:it|that|this)\b", re.IGNORECASE)
_HAS_ORDERED: Final = re.compile(
    r"\b(?:order(?:ed)?|bought|purchased|paid for)\b|\bthere(?:'s|s| is|’s) (?:also|still) an?\b"
)
#: In haste the article is left out: "floor lamp from today", "ok next. kettle has brown dots".
_BEGINS: Final = r"(?:^|[.!?;:,]\s+)(?:(?:and|now|next|then|ok|okay|also|back to)[ ,]+)*"
_SENTENCE: Final = re.compile(r"[^.!?]+[.!?]*")
#: So much of a message must ask or want something, in [0, 1]; what is only told turns to nothing.
_ASKS: Final = 0.35
#: Words before a thing's name that make it no other kind of thing.
_POINTS: Final = re.compile(
    r"the|that|those|these|this|my|our|an?|some|one|and|now|next|then|ok|okay|also|to|other|new|old|big|little|small"
    r"|large|first|second|third|last|same|whole|broken|damaged|missing|wrong|nice|lovely|beautiful|poor|bloody"
    r"|damn(?:ed)?|stupid|expensive|two|three|four|red|blue|green|grey|gray|black|white|brown|yellow|pink|beige"
)
#: What somebody means who speaks of trouble with a payment.
_TROUBLED: Final = frozenset({PaymentState.OPEN, PaymentState.FAILED, PaymentState.TWICE})
_OVER: Final = frozenset({OrderState.CANCELLED, OrderState.REFUNDED})


def order_turned_to(tracker: Tracker) -> Order | None:
    """Returns the order that a message turns to, away from the one that was looked up; None if to none.

    It is named by its number, or by what is in it: "and the rug, is that stuck, too?" Whoever has shown
    by a number and its email address who they are need not look up the numbers of their other orders.
    """
    if by_program(tracker) or not tracker.get_slot("order_known") or wrong_tries(tracker) >= TRIES:
        return None
    try:
        if names_another_order(tracker):
            return _order_of_its_number(tracker)
        return _order_of_what_is_named(tracker)
    except ExemplarError as error:
        logger.warning("No order was looked up: %s", error)
        return None


def _order_of_its_number(tracker: Tracker) -> Order | None:
    """Returns the order whose number stands in the message, among those of the customer who is known.

    Whatever address was given since: nobody may guess numbers beside an order of their own.
    """
    named = [
        full_number(str(one.get("value")))
        for one in tracker.latest_message.get("entities") or ()
        if one.get("entity") == "order_number"
    ]
    before, email = full_number(slot_before(tracker.events, "order_number")), email_of(tracker)
    known = shared_shop().find_order(before, email) if before and email else None
    theirs = shared_shop().orders_of(known.customer) if known else []
    return next((one for one in theirs if one.number in named), None)


def _order_of_what_is_named(tracker: Tracker) -> Order | None:
    intent, goal = intent_now(tracker), tracker.get_slot("goal")
    # Whoever looked at something to buy may come back to what they have bought.
    ends = _ENDS_IT.search(text_of(tracker)) or says("drops", text_of(tracker))
    back = goal == "check_stock" and (intent in _OF_HAVING or ends)
    if names_an_order(tracker) or (goal in _BUYING and not back):
        return None
    if not _wants_something(tracker) or says("compares_orders", text_of(tracker)):
        # Beside another one's, it is this order's slowness that is asked about.
        return None
    now = order_named(tracker)
    if now is None:
        return None
    orders = shared_shop().orders_of(now.customer)
    text = text_of(tracker).casefold()
    ordered = intent in _OF_ORDERED or _HAS_ORDERED.search(text)
    own = f"(?:{_OWN}|{_ORDERED})" if ordered else _OWN
    likely = {one.number: max(_named(text, item, own) for item in one.items) for one in orders}
    stays = max(likely.pop(now.number), int(names_item(tracker, text)))
    most = max(likely.values(), default=0)
    if most and most == stays:
        # Of two that are named, the one is meant that is asked about.
        asked = next((one for one in _SENTENCE.findall(text) if one.endswith("?")), text)
        stays = (
            0
            if not names_item(tracker, asked) and _names_any(asked, likely, orders, own)
            else stays
        )
    if most <= stays:
        return _order_of_payment(tracker, now, orders) if not stays else None
    meant = [one for one in orders if likely.get(one.number) == most]
    # Of two lamps the one that was spoken of before is meant, or the one that is still theirs.
    for fits in (_spoken_of(tracker), _still_theirs):
        meant = list(filter(fits, meant)) or meant if len(meant) > 1 else meant
    return meant[0] if len(meant) == 1 else None


def _names_any(asked: str, likely: Collection[str], orders: list[Order], own: str) -> bool:
    return any(
        _named(asked, item, own) for one in orders if one.number in likely for item in one.items
    )


def _order_of_payment(tracker: Tracker, now: Order, orders: list[Order]) -> Order | None:
    """Returns the order whose payment is no more in order than its customer says, where this one's is."""
    of_payment = intent_now(tracker) == "payment_issue" and says("not_paid", text_of(tracker))
    if not of_payment or now.payment is not PaymentState.PAID:
        return None
    if shared_shop().state_of(now) in {*_OVER, OrderState.REFUND_PENDING}:
        # It is about the money that comes back.
        return None
    troubled = [one for one in orders if one.payment in _TROUBLED and _still_theirs(one)]
    return troubled[0] if len(troubled) == 1 else None


def _wants_something(tracker: Tracker) -> bool:
    shares = (tracker.latest_message.get("act") or {}).get("shares") or {}
    asks = sum(float(shares.get(act, 0.0)) for act in ("question", "request"))
    return intent_now(tracker) in shared_goals() or asks >= _ASKS


def _named(text: str, item: str, own: str = _OWN) -> int:
    """Returns how many words of a thing's name stand in a text that speaks of it, 0 if it does not."""
    *rest, kind = re.findall(r"[\w-]+", item.casefold().split(",")[0]) or [""]
    stem = re.escape(kind.removesuffix("s"))
    if not kind:
        return 0
    before = "".join(f"(?:{re.escape(word)} )?" for word in rest)
    spoken = re.finditer(rf"(?:{own}|{_BEGINS}{before}){stem}(?:e?s)?\b", text)
    if all(_is_other_kind(one.group(), rest) for one in spoken):
        return 0
    return 1 + sum(bool(re.search(rf"\b{re.escape(word)}\b", text)) for word in rest)


def _is_other_kind(spoken: str, rest: list[str]) -> bool:
    """Tells whether a thing is of another kind by the word before it: an ironing board is no notice board.

    Nor is the kitchen table a bedside table. What only points at it or describes it makes no other kind.
    """
    *_, before = ["", *re.findall(r"[\w'-]+", spoken)[:-1]]
    return bool(before) and before not in rest and not _POINTS.fullmatch(before)


def _spoken_of(tracker: Tracker) -> Callable[[Order], bool]:
    looked_up = {
        str(event.get("value"))
        for event in tracker.events
        if event.get("event") == "slot" and event.get("name") == "order_number"
    }
    return lambda order: order.number in looked_up


def _still_theirs(order: Order) -> bool:
    return shared_shop().state_of(order) not in _OVER
