"""What is heard where somebody may be in danger: by data/knowledge/safety.yml, beside the intent."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, Final

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.latest import text_of
from actions.who import customer_asking
from exemplar.conversation import customer_messages, intent_of
from exemplar.errors import ExemplarError
from exemplar.mood import Turn
from exemplar.safety import Lines, shared_safety
from exemplar.said import says

logger = logging.getLogger(__name__)

#: Less sure than this, or in words that people exaggerate with, it is asked about before it is an alarm.
_SURE: Final = 0.6
#: Less sure than this, and in words that only say that no person is needed, it is none.
_UNLIKELY: Final = 0.5
#: Signs add up within so many of the customer's messages.
_LATELY: Final = 4
#: With these the customer says yes to being safe.
_YES: Final = frozenset({"affirm", "misread"})
#: A no of so many words is nothing but that.
_BARE: Final = 3
#: What is listened for while the alarm stands, the first that is said counts.
_LISTENED_FOR: Final = ("coming", "could", "lines", "no_numbers", "person")
#: The action that asks about what is not clear.
_ASKED: Final = "action_ask_gently"

#: While a customer may be in danger, no mood, failure or open question leads away from that.
_NOTHING_ELSE: Final = [
    SlotSet("frustration", "low"),
    *(
        SlotSet(name)
        for name in (
            *("mood_trend", "feeling", "failures", "pending", "details_awaited", "person_needed"),
            *(
                "asked_before",
                "done_before",
                "offered",
                "said_yes",
                "matter",
                "settled",
                "language",
            ),
            *("person_declined", "late_said", "other_wish", "other_wish_said", "said"),
        )
    ),
]

#: What was heard, which rules ask for, and what of it, which the wording goes by.
Heard = tuple[str | None, str | None]


def in_danger(tracker: Tracker, latest: Turn) -> list[dict[str, Any]]:
    """Returns the slots where the customer may be in danger; nothing where they are not, or no more."""
    before, crisis = tracker.get_slot("safety"), latest.intent == "crisis"
    heard = _heard(tracker, latest, before)
    if heard is None:
        return []
    what, closer = heard
    alarm = crisis or what is not None
    goal = _goal(tracker, latest)
    lines = _lines(tracker)
    if closer == "lines" and lines == shared_safety().anywhere:
        closer = "lines_unknown"
    return [
        *_NOTHING_ELSE,
        SlotSet("goal", goal),
        SlotSet("matter", "in_hand" if goal and what == "safe_now" else None),
        SlotSet("safety", "alarm" if alarm else before),
        SlotSet("heard", what),
        SlotSet("heard_what", closer),
        SlotSet("helplines", lines.first),
        SlotSet("helplines_again", lines.again),
        SlotSet("emergency", lines.emergency),
        SlotSet("company", _company(tracker, latest, what)),
    ]


def _heard(tracker: Tracker, latest: Turn, before: str | None) -> Heard | None:
    """Tells what a message says of danger, by how it stood before; None: there is none."""
    if before is None:
        return _heard_first(tracker, latest)
    text, safety = text_of(tracker), shared_safety()
    crisis = latest.intent == "crisis"
    if safety.says("acted", text):
        return "raised", "acted"
    safe = safety.says_safe(text) or (latest.intent in _YES and not safety.says("unsafe", text))
    if before == "asked":
        return _heard_asked(tracker, latest, safe=safe)
    if safe and (before == "checking" or latest.intent != "affirm" or safety.says_safe(text)):
        return ("safe_now" if before == "checking" else "safe"), None
    if crisis and _sure(tracker):
        return None, None
    closer = next((what for what in _LISTENED_FOR if safety.says(what, text)), None)
    listens = before == "alarm" and (closer or crisis) and not safety.has_company(text)
    return ("listens" if listens else None), closer


def _heard_first(tracker: Tracker, latest: Turn) -> Heard | None:
    """Tells what a message says where nobody was in danger before."""
    text, safety = text_of(tracker), shared_safety()
    shows = safety.says("soft", text) or safety.says("weak", text)
    if latest.intent == "crisis":
        if safety.says("acted", text):
            return None, "acted"
        if not shows and _confidence(tracker) < _UNLIKELY and says("declines", text):
            return None
        return (None if _sure(tracker) else "doubt"), None
    return ("doubt", "adds_up") if shows and safety.adds_up(_lately(tracker)) else None


def _heard_asked(tracker: Tracker, latest: Turn, *, safe: bool) -> Heard | None:
    """Tells what the answer says, where it was asked whether somebody is safe, for it was not clear."""
    text, safety = text_of(tracker), shared_safety()
    if safe:
        return "safe_now", None
    if latest.intent == "crisis" and _sure(tracker):
        return None, None
    bare = latest.intent == "deny" and len(text.split()) <= _BARE
    if bare or safety.says("unsafe", text) or safety.says("soft", text):
        return "raised", None
    if tracker.get_slot("heard_what") != "adds_up" and safety.says("protests", text):
        return "safe_now", None
    # Something else is talked about: what was only a guess holds nobody up.
    return ("raised", None) if latest.intent == "crisis" else None


def _sure(tracker: Tracker) -> bool:
    """Tells whether a message is a crisis for certain, and not just in words that are easily said."""
    return _confidence(tracker) >= _SURE and not shared_safety().says(
        "exaggerates", text_of(tracker)
    )


def _confidence(tracker: Tracker) -> float:
    """Returns how sure it is what the message was read as."""
    return float((tracker.latest_message.get("intent") or {}).get("confidence") or 1.0)


def _lately(tracker: Tracker) -> Iterator[str]:
    """Yields the customer's last messages, back to where it was asked about what they added up to."""
    asked = 0
    for at, event in enumerate(tracker.events):
        if event.get("event") == "action" and event.get("name") == _ASKED:
            asked = at
    said = [str(message.get("text") or "") for message in customer_messages(tracker.events[asked:])]
    yield from said[-_LATELY:]


def _goal(tracker: Tracker, latest: Turn) -> str | None:
    """Keeps the matter in hand, or takes the one that is surely told beside the danger."""
    return (latest.goal if _confidence(tracker) >= _SURE else None) or tracker.get_slot("goal")


def _lines(tracker: Tracker) -> Lines:
    """Returns the helplines: by what the customer says now of where they are, their address, what they named.

    An address is surer than a country that was named before: that may have been asked about for a parcel.
    """
    try:
        customer = customer_asking(tracker)
    except ExemplarError as error:
        # Somebody in danger gets an answer, whether the shop gives one or not.
        logger.warning("No address for the helplines: %s", error)
        customer = None
    places = [customer.addresses[0].country] if customer and customer.addresses else []
    return shared_safety().lines_for(
        [*_named(tracker), *places, tracker.get_slot("country"), tracker.get_slot("city")]
    )


def _named(tracker: Tracker) -> Iterator[str]:
    """Yields where the customer said they are since they spoke of danger, the latest first."""
    messages = list(customer_messages(tracker.events))
    first = next((i for i, one in enumerate(messages) if intent_of(one) == "crisis"), None)
    since = messages[-1:] if first is None else messages[first:]
    for message in reversed(since):
        place = shared_safety().place_in(str(message.get("text") or ""))
        if place:
            yield place


def _company(tracker: Tracker, latest: Turn, heard: str | None) -> str | None:
    """Tells whether somebody is with the customer: came just now, or before, and whether they ask."""
    if latest.intent == "crisis" or tracker.get_slot("safety") is None:
        return None
    text, safety = text_of(tracker), shared_safety()
    asks = safety.asks.search(text) is not None
    if safety.has_company(text) and not heard:
        return "came_asking" if asks else "came"
    if tracker.get_slot("company"):
        return "asking" if asks and not heard else "there"
    return None
