"""What an opening tells or asks that was not understood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rasa_sdk import Tracker

from actions.latest import intent_now, text_of
from exemplar.nlu.expectation import NOT_UNDERSTOOD
from exemplar.said import says

#: What may be wrong with a thing. Which of them it is may be unclear where it is clear that something is.
_FAULTS: Final = ("report_damaged_item", "report_missing_item", "report_wrong_item")
#: So likely they must be together where no words say it, and likelier than anything else.
_LIKELY: Final = 0.45
_GREETS: Final = "greet"


def fault_at_opening(tracker: Tracker) -> str | None:
    """Returns the fault that an opening tells which was not understood, None if it tells none.

    Several intents that are each unlikely may say one thing together: a shelf with two left sides is damaged,
    or a wrong one, or lacks a part.
    """
    text = text_of(tracker)
    if not _is_open(tracker) or says("shops", text):
        return None
    shares = _shares(tracker)
    faults = {name: shares.get(name, 0.0) for name in _FAULTS}
    others = max((share for name, share in shares.items() if name not in faults), default=0.0)
    together = sum(faults.values())
    told = says("tells_fault", text) and says("has_it", text)
    if told or together >= max(_LIKELY, others):
        return max(faults, key=faults.__getitem__)
    return None


def asks_if_here(tracker: Tracker) -> bool:
    """Tells whether an opening that was not understood asks if this is the place, and tells no more."""
    text = text_of(tracker)
    asks = says("asks_place", text) and not says("shops", text)
    # It may stand beside a greeting, and be read as that.
    free = _is_open(tracker) or (_is_free(tracker) and intent_now(tracker) == _GREETS)
    return free and asks and fault_at_opening(tracker) is None


def _is_open(tracker: Tracker) -> bool:
    """Tells whether nothing is in hand, and the message was not understood."""
    return _is_free(tracker) and intent_now(tracker) == NOT_UNDERSTOOD


def _is_free(tracker: Tracker) -> bool:
    in_hand = ("goal", "pending", "details_missing", "order_number", "handover", "settled")
    return not any(tracker.get_slot(name) for name in in_hand)


def _shares(tracker: Tracker) -> Mapping[str, float]:
    """Returns how likely each intent was read, but for what stands for none."""
    ranking = tracker.latest_message.get("intent_ranking") or ()
    return {
        str(one["name"]): float(one["confidence"])
        for one in ranking
        if one["name"] != NOT_UNDERSTOOD
    }
