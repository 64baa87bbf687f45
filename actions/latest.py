"""What stands in the customer's latest message, and in the conversation up to it."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from rasa_sdk import Tracker

from exemplar.arrival import asks_day, day_named, occasion_in
from exemplar.conversation import customer_messages, slot_before, wording_of
from exemplar.foreign_numbers import foreign_number

#: What an order is found by.
FINDS_ORDER: Final = ("order_number", "email")
#: Without a number of ours, one of another form may have been given.
NUMBERLESS: Final = frozenset({"order", "order_number"})
#: A day or an occasion that matters is remembered over so many messages.
_REMEMBERED: Final = 4


def text_of(tracker: Tracker) -> str:
    """Returns what the customer says: in English words, where they wrote in another language."""
    return wording_of(tracker.latest_message)


def texts_of(tracker: Tracker) -> list[str]:
    """Returns what the customer said so far, as :func:`text_of` has it, the latest last."""
    return [wording_of(message) for message in customer_messages(tracker.events)]


def words_of(tracker: Tracker) -> str:
    """Returns what the customer wrote, in their own words: for what is kept of it."""
    return str(tracker.latest_message.get("text") or "")


def all_words_of(tracker: Tracker) -> list[str]:
    """Returns what the customer wrote so far, in their own words, the latest last."""
    return [str(message.get("text") or "") for message in customer_messages(tracker.events)]


def intent_now(tracker: Tracker) -> str:
    """Returns as what the message was read, "" if as nothing."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def names_an_order(tracker: Tracker) -> bool:
    """Tells whether an order's number stands in the message."""
    entities = tracker.latest_message.get("entities") or ()
    return any(entity.get("entity") == "order_number" for entity in entities)


def foreign_given(tracker: Tracker) -> str | None:
    """Returns the number of another form that was given for an order, now or before, None if none was."""
    return next(
        filter(None, map(foreign_number, [text_of(tracker), *texts_of(tracker)[::-1]])), None
    )


def names_an_order_or_email(tracker: Tracker) -> bool:
    """Tells whether the message gives what an order is found by."""
    entities = tracker.latest_message.get("entities") or ()
    return any(entity.get("entity") in FINDS_ORDER for entity in entities)


def matters_lately(tracker: Tracker, *, with_occasion: bool = False) -> str | None:
    """Returns the latest of the last messages in which a day that matters was named.

    Args:
        tracker: of the conversation.
        with_occasion: whether it has to be told what for, too, or be asked if the order comes by then.
    """
    lately = [text_of(tracker), *texts_of(tracker)[::-1][:_REMEMBERED]]
    return next(
        (
            text
            for text in lately
            if day_named(text, date(2000, 1, 1))
            and (not with_occasion or occasion_in(text) or asks_day(text))
        ),
        None,
    )


def other_order(tracker: Tracker) -> str | None:
    """Returns the number of an order that was named, and is not the one that was looked up."""
    now = str(tracker.get_slot("order_number") or "")
    named = [
        str(entity.get("value"))
        for message in list(customer_messages(tracker.events))[::-1]
        for entity in (message.get("parse_data") or {}).get("entities") or ()
        if entity.get("entity") == "order_number"
    ]
    return next((one for one in named if now and one[-6:] != now[-6:]), None)


def settled(tracker: Tracker) -> str | None:
    """Keeps what was set going last, until another order is named."""
    before = tracker.get_slot("settled")
    # A guest's order has no number yet: the first one that is named is another's.
    another = names_an_order(tracker) if before == "first_order" else False
    return None if another or names_another_order(tracker) else before


def names_another_order(tracker: Tracker) -> bool:
    """Tells whether the number of another order than before stands in the message."""
    before = slot_before(tracker.events, "order_number")
    named = {
        str(entity.get("value"))
        for entity in tracker.latest_message.get("entities") or ()
        if entity.get("entity") == "order_number"
    }
    return bool(before) and any(not str(before).endswith(number[-6:]) for number in named)


def names_item(tracker: Tracker, text: str, items: str | None = None) -> bool:
    """Tells whether a text names what is in the order that was looked up, by its last word, or the order."""
    return any(
        re.search(rf"\b{re.escape(stem)}(?:e?s)?\b", text.casefold())
        for stem in {*stems_of_items(tracker, items), "order"}
    )


def stems_of_items(tracker: Tracker, items: str | None = None) -> set[str]:
    """Returns the last word of each thing in the order that was looked up, without its plural."""
    of_order = str(items or tracker.get_slot("order_items") or "")
    words = {
        item.split()[-1].casefold() for item in re.split(r", | and ", of_order) if item.split()
    }
    return {word.removesuffix("s") for word in words}
