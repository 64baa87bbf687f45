"""A message as it is meant in its conversation: by itself, by its clauses, by what was said before it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_RANKING_KEY, TEXT

from exemplar.emotion.legibility import partly_english, seems_foreign
from exemplar.nlu.clauses import as_meant, clauses_of
from exemplar.nlu.exchange import BEFORE
from exemplar.nlu.expectation import is_sure, situation
from exemplar.nlu.meant import fitting, without_complaint, without_danger
from exemplar.safety import SIGNS, shared_safety
from exemplar.said import says

#: Reads one message: what ``/model/parse`` would say of it.
Parse = Callable[[UserMessage], Awaitable[dict[str, Any]]]
#: Of what the assistant said in a turn, so many characters are enough.
_ENOUGH: Final = 600
#: Signs of danger add up within so many of the customer's messages.
_LATELY: Final = 4


async def read_in_conversation(
    message: UserMessage, tracker: DialogueStateTracker, parse: Parse
) -> dict[str, Any]:
    """Returns the reading of a message in a conversation.

    Args:
        message: the customer's.
        tracker: the conversation before it.
        parse: reads a message by itself.
    """
    opening = tracker.latest_message is None or not tracker.latest_message.text
    if opening:
        asked = message
    else:
        # The message itself stays as it came: its metadata are kept with the conversation.
        asked = UserMessage(
            text=message.text,
            sender_id=message.sender_id,
            input_channel=message.input_channel,
            message_id=message.message_id,
            metadata={**(message.metadata or {}), BEFORE: said_before(tracker)},
        )
    parsed = await parse(asked)
    if "act" in parsed and not _legible(parsed.get(TEXT) or ""):
        # What it does shows in English words only.
        parsed = {key: value for key, value in parsed.items() if key != "act"}
    slots, emotion = tracker.current_slot_values(), parsed.get("emotion") or {}
    stands = situation(slots, emotion, opening=opening)
    if not is_sure(parsed.get(INTENT_RANKING_KEY) or []):
        clauses = [
            await parse(UserMessage(text=clause)) for clause in clauses_of(parsed.get(TEXT) or "")
        ]
        parsed = as_meant(parsed, clauses, stands)
    if not slots.get("safety") and not any(map(shows_danger, _said_lately(parsed, tracker))):
        parsed = without_danger(parsed)
    parsed = fitting(parsed, stands)
    praising = any(says("no_complaint", text) for text in _said_lately(parsed, tracker))
    return without_complaint(parsed) if praising else parsed


def _said_lately(parsed: dict[str, Any], tracker: DialogueStateTracker) -> list[str]:
    """Returns what the customer says, and said in the messages just before."""
    before = [event.text or "" for event in tracker.events if isinstance(event, UserUttered)]
    return [str(parsed.get(TEXT) or ""), *before[-_LATELY:]]


def shows_danger(text: str) -> bool:
    """Tells whether a message shows in so many words that somebody is in danger."""
    return any(shared_safety().says(sign, text) for sign in ("acted", "unsafe", *SIGNS))


def _legible(text: str) -> bool:
    return partly_english(text) or not seems_foreign(text)


def said_before(tracker: DialogueStateTracker) -> str:
    """Returns what the assistant said last, "" if it said nothing since the customer's last message."""
    return " ".join(reversed(list(_said(tracker))))[-_ENOUGH:]


def _said(tracker: DialogueStateTracker) -> Iterator[str]:
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return
        if isinstance(event, BotUttered) and event.text:
            yield event.text
