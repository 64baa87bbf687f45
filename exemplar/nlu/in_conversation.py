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
from exemplar.nlu.exchange import ASKS, BEFORE
from exemplar.nlu.expectation import is_sure, situation
from exemplar.nlu.meant import (
    danger_unlikely,
    fitting,
    goes_on_asking,
    not_understood,
    only_heard,
    plainly_business,
    without_complaint,
    without_danger,
)
from exemplar.safety import SIGNS, shared_safety
from exemplar.said import says

#: Reads one message: what ``/model/parse`` would say of it.
Parse = Callable[[UserMessage], Awaitable[dict[str, Any]]]
#: Of what the assistant said in a turn, so many characters are enough.
_ENOUGH: Final = 600
#: Signs of danger add up within so many of the customer's messages.
_LATELY: Final = 4
#: So many questions in one message are read each by itself, and no more.
_SEVERAL: Final = 2
_MOST_ASKED: Final = 4
#: Beside the reading of a message: how likely each of its questions is of each kind, in their order.
ASKS_EACH: Final = "asks_each"


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
    # The message itself stays as it came: its metadata are kept with the conversation.
    asked = UserMessage(
        text=message.text,
        sender_id=message.sender_id,
        input_channel=message.input_channel,
        message_id=message.message_id,
        metadata={**(message.metadata or {}), BEFORE: "" if opening else said_before(tracker)},
    )
    parsed = await parse(asked)
    if opening:
        # Which question a first message asks may be plain; what it does is told by its wish.
        parsed = {key: value for key, value in parsed.items() if key != "act"}
    else:
        parsed = {**parsed, **await _asked_each(parsed, asked, parse)}
    if "act" in parsed and not _legible(parsed.get(TEXT) or ""):
        # What it does shows in English words only.
        parsed = {key: value for key, value in parsed.items() if key != "act"}
    slots, emotion = tracker.current_slot_values(), parsed.get("emotion") or {}
    stands = situation(slots, emotion, opening=opening)
    signs = slots.get("safety") or any(map(shows_danger, _said_lately(parsed, tracker)))
    unlikely = not signs and danger_unlikely(parsed)
    if unlikely:
        parsed = without_danger(parsed)
    if not is_sure(parsed.get(INTENT_RANKING_KEY) or []):
        clauses = [
            await parse(UserMessage(text=clause)) for clause in clauses_of(parsed.get(TEXT) or "")
        ]
        if unlikely:
            clauses = [without_danger(clause) for clause in clauses]
        parsed = as_meant(parsed, clauses, stands)
    if not signs and plainly_business(parsed):
        parsed = without_danger(parsed)
    if slots.get("pending") == "person" and goes_on_asking(parsed):
        # A person was offered; whoever goes on asking here has not taken that up.
        parsed = not_understood(parsed)
    parsed = only_heard(fitting(parsed, stands))
    praising = any(says("no_complaint", text) for text in _said_lately(parsed, tracker))
    return without_complaint(parsed) if praising else parsed


async def _asked_each(parsed: dict[str, Any], message: UserMessage, parse: Parse) -> dict[str, Any]:
    """Returns how likely each of several questions in a message is of each kind, nothing of a single one."""
    asking = [one for one in clauses_of(parsed.get(TEXT) or "") if says("asks_something", one)]
    if len(asking) < _SEVERAL:
        return {}
    read = [
        await parse(UserMessage(text=one, metadata=message.metadata))
        for one in asking[:_MOST_ASKED]
    ]
    return {ASKS_EACH: [one.get(ASKS) or {} for one in read]}


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
