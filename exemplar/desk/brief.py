"""The brief: what a person must know to take a conversation over without asking again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from exemplar.conversation import Event, customer_messages, done, turns
from exemplar.mood import follow
from exemplar.wording import say_list

_BARS: Final = "▁▂▃▄▅▆▇█"
#: Longest quotation of the customer's own words.
QUOTE: Final = 300
_HIDDEN: Final = (
    "action_session_start",
    "action_hand_over",
    "action_fall_silent",
    "utter_handover",
)
_STATES: Final = {
    "processing": "is being packed",
    "shipped": "is on its way",
    "late": "is late",
    "delivered": "was delivered",
    "kept": "was delivered longer ago than the return period",
    "cancelled": "was cancelled",
    "refund_pending": "has a refund on its way",
    "refunded": "was refunded",
}


@dataclass(frozen=True)
class Brief:
    """What the desk shows of a handover.

    Attributes:
        reason: why it came about, an id such as ``asked``.
        summary: one paragraph.
        mood: the level of frustration after each customer turn, in [0, 1]; empty if the customer
            switched the reading off.
        tried: what the assistant said and did, in order, each once.
        last_words: the customer's last message.
        facts: what is known of customer and order, as name and value.
        before: what came of the conversation's last handover, "" if there was none.
        suggestions: what exemplary agents did in such a case, with the sessions that teach it.
    """

    reason: str
    summary: str
    mood: tuple[float, ...]
    tried: tuple[str, ...]
    last_words: str
    facts: tuple[tuple[str, str], ...] = ()
    before: str = ""
    suggestions: tuple[str, ...] = ()


#: Slots that a person needs, by what the desk calls them; other personal data stays where it is.
_FACTS: Final = {
    "customer_name": "customer",
    "email": "email",
    "phone": "phone",
    "call_words": "to be called",
    "order_number": "order",
    "order_items": "items",
    "order_total": "total",
    "order_expected_on": "expected",
    "order_carrier": "carrier",
    "order_tracking": "tracking",
    "refund_number": "refund",
    "complaint_number": "complaint",
    "claim_number": "claim",
}


def write_brief(
    reason: str,
    events: Sequence[Event],
    slots: Mapping[str, Any],
    goals: Collection[str],
    *,
    before: str = "",
    suggestions: Sequence[str] = (),
    promised: Sequence[str] = (),
) -> Brief:
    """Writes the brief of a conversation.

    Args:
        reason: an id such as ``asked``.
        events: of the tracker.
        slots: their present values.
        goals: the intents that open a matter.
        before: what came of the conversation's last handover.
        suggestions: what exemplary agents did in such a case.
        promised: what the customer counts on, and by when.
    """
    read = turns(events, goals)
    levels = follow(read).levels if slots.get("emotion_reading") is not False else ()
    texts = [str(message.get("text") or "") for message in customer_messages(events)]
    return Brief(
        reason=reason,
        summary=_summary([turn.goal for turn in read if turn.goal], slots, len(texts)),
        mood=tuple(round(level, 2) for level in levels),
        tried=tuple(_tried(done(events))),
        last_words=(texts[-1] if texts else "")[:QUOTE],
        facts=(
            *((called, str(slots[name])) for name, called in _FACTS.items() if slots.get(name)),
            *(("promised", one) for one in promised),
        ),
        before=before,
        suggestions=tuple(suggestions),
    )


def curve(levels: Sequence[float]) -> str:
    """Returns levels of frustration in [0, 1] as a line of bars, for places that show only text."""
    return "".join(_BARS[min(int(level * len(_BARS)), len(_BARS) - 1)] for level in levels)


def _summary(matters: Sequence[str], slots: Mapping[str, Any], messages: int) -> str:
    name = slots.get("customer_name") or "The customer"
    said = []
    if matters:
        counted = [
            f"{matter.replace('_', ' ')}{_times(matters.count(matter))}"
            for matter in dict.fromkeys(matters)
        ]
        said.append(f"{name} wrote about: {say_list(counted)}.")
    else:
        said.append(f"{name} has named no matter yet.")
    if (state := _STATES.get(str(slots.get("order_state_seen")))) and slots.get("order_items"):
        said.append(f"Order {slots.get('order_number')} ({slots['order_items']}) {state}.")
    elif slots.get("order_number"):
        said.append(f"Order number given: {slots['order_number']} (not confirmed).")
    if slots.get("complaint_number"):
        said.append(f"Complaint {slots['complaint_number']} is registered.")
    said.append(f"{messages} message{'s' * (messages != 1)} so far.")
    return " ".join(said)


def _times(count: int) -> str:
    return f" ({count} times)" if count > 1 else ""


def _tried(names: Iterable[str]) -> list[str]:
    """Turns ``utter_explain_order_late`` into "explain: order late"."""
    said = []
    for name in dict.fromkeys(names):
        if name.startswith("utter_") and not name.startswith(_HIDDEN):
            move, _, what = name.removeprefix("utter_").partition("_")
            said.append(f"{move}: {what.replace('_', ' ')}")
        elif name.startswith("action_") and name not in _HIDDEN:
            said.append(name.removeprefix("action_").replace("_", " "))
    return said
