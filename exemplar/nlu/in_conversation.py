"""A message as it is meant in its conversation: by itself, by its clauses, by what was said before it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    TEXT,
)

from exemplar.conversation import ALL_IN_IT, IN_ENGLISH, OTHER_WISH, WRITTEN_IN
from exemplar.emotion.legibility import partly_english, seems_foreign
from exemplar.nlu.amid import amid
from exemplar.nlu.clauses import as_meant, clauses_of
from exemplar.nlu.exchange import ASKS, BEFORE
from exemplar.nlu.expectation import is_sure, shared_expectation, situation
from exemplar.nlu.in_english import Glossed, in_english
from exemplar.nlu.meant import (
    danger_unlikely,
    fitting,
    goes_on_asking,
    not_understood,
    only_heard,
    plainly_business,
    without_complaint,
    without_danger,
    without_invoice,
    without_person,
)
from exemplar.safety import SIGNS, shared_safety
from exemplar.said import says

#: Reads one message: what ``/model/parse`` would say of it.
Parse = Callable[[UserMessage], Awaitable[dict[str, Any]]]
#: Of what the assistant said in a turn, so many characters are enough.
_ENOUGH: Final = 600
#: Set while somebody may be in danger: they were asked, or people were brought.
_SAFETY: Final = "safety"
#: Signs of danger add up within so many of the customer's messages.
_LATELY: Final = 4
#: So many questions in one message are read each by itself, and no more.
_SEVERAL: Final = 2
_MOST_ASKED: Final = 4
#: So likely a question is plainly asked.
_PLAINLY_ASKED: Final = 0.6
#: While one of these is asked for, a few words are taken for it, and put into no other language.
_OWN_NAMES: Final = frozenset({"name", "street", "city", "postcode", "address", "account_change"})
_A_FEW: Final = 3
#: What is written as it is, in whatever language; of the rest of the entities the English word is meant.
_AS_WRITTEN: Final = frozenset({"name", "street", "city", "postcode", "email", "phone"})
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
    asked = str(tracker.get_slot("details_missing") or "")

    async def read(one: UserMessage) -> dict[str, Any]:
        return await _read_in_conversation(one, tracker, parse)

    if asked in _OWN_NAMES and len((message.text or "").split()) <= _A_FEW:
        return await read(message)
    return await read_in_english(message, read)


async def read_in_english(message: UserMessage, read: Parse) -> dict[str, Any]:
    """Returns the reading of a message; of one in another language, by what it comes to in English.

    The reading has the customer's own text then, and beside it ``in_english`` and ``written_in``.
    """
    glossed = in_english(message.text or "")
    if glossed is None or not glossed.enough:
        return await read(message)
    wording = _message_like(message, text=glossed.english, metadata=message.metadata)
    return as_written(await read(wording), message.text or "", glossed)


def _message_like(message: UserMessage, *, text: str | None, metadata: Any) -> UserMessage:
    """Returns a message of the same conversation with another text or other metadata."""
    return UserMessage(
        text=text,
        sender_id=message.sender_id,
        input_channel=message.input_channel,
        message_id=message.message_id,
        metadata=metadata,
    )


def as_written(parsed: Mapping[str, Any], text: str, glossed: Glossed) -> dict[str, Any]:
    """Returns the reading of a wording as that of the text that it was put from."""
    found = {
        **parsed,
        TEXT: text,
        ENTITIES: _own_entities(parsed.get(ENTITIES) or [], text, glossed),
        IN_ENGLISH: glossed.english,
        WRITTEN_IN: glossed.language,
        ALL_IN_IT: glossed.wholly,
    }
    wish = parsed.get(OTHER_WISH)
    if wish:
        entities = _own_entities(wish.get("entities") or [], text, glossed)
        found[OTHER_WISH] = {**wish, "entities": entities}
    return found


def _own_entities(
    entities: list[dict[str, Any]], text: str, glossed: Glossed
) -> list[dict[str, Any]]:
    """Returns entities of a wording where they stand in the text.

    A name or a street is as the customer wrote it, and none where it is all made of words that were put
    into English; of a thing or a country, the English word is kept.
    """
    found = []
    for one in entities:
        start, end = glossed.own(one["start"], one["end"])
        put = glossed.put(one["start"], one["end"])
        moved = {**one, "start": start, "end": end}
        if put and one["entity"] in _AS_WRITTEN:
            left = list(glossed.english[one["start"] : one["end"]])
            for piece in put:
                for at in range(max(piece.start, one["start"]), min(piece.end, one["end"])):
                    left[at - one["start"]] = " "
            if not any(map(str.isalnum, left)):
                continue
            moved["value"] = text[start:end]
        found.append(moved)
    return found


async def _read_in_conversation(
    message: UserMessage, tracker: DialogueStateTracker, parse: Parse
) -> dict[str, Any]:
    """Returns the reading of a message in English, or of one in which nothing else was recognized."""
    opening = tracker.latest_message is None or not tracker.latest_message.text
    # The message itself stays as it came: its metadata are kept with the conversation.
    before = {BEFORE: "" if opening else said_before(tracker)}
    asked = _message_like(
        message, text=message.text, metadata={**(message.metadata or {}), **before}
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
    signs = slots.get(_SAFETY) or _danger_lately(parsed, tracker)
    unlikely = not signs and danger_unlikely(parsed)
    if unlikely:
        parsed = without_danger(parsed)
    asked_plainly = not opening and plainly_asked(parsed)
    if not (is_sure(parsed.get(INTENT_RANKING_KEY) or []) or asked_plainly):
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
    parsed = amid(only_heard(fitting(without_invoice(without_person(parsed)), stands)), slots)
    lately = _said_lately(parsed, tracker)
    praising = any(says("no_complaint", text) for text in lately)
    # Whoever tells of a death or a wedding that is off files nothing, unless they call it a complaint.
    mourning = any(says("loss", text) for text in lately) and not says("files", lately[0])
    return without_complaint(parsed) if praising or mourning else parsed


def plainly_asked(parsed: Mapping[str, Any]) -> bool:
    """Tells whether a message plainly asks of the matter in hand: a clause of it is then no wish by itself.

    "I shall look at my account every morning. Do I have that in writing?" is about no account.
    """
    return max((parsed.get(ASKS) or {}).values(), default=0.0) >= _PLAINLY_ASKED


async def _asked_each(parsed: dict[str, Any], message: UserMessage, parse: Parse) -> dict[str, Any]:
    """Returns how likely each of several questions in a message is of each kind.

    Of a single one it returns nothing, unless it stands beside what asks nothing.
    """
    asking = [one for one in clauses_of(parsed.get(TEXT) or "") if says("asks_something", one)]
    intent = str((parsed.get(INTENT) or {}).get(INTENT_NAME_KEY) or "")
    if len(asking) < (1 if intent in shared_expectation().asks_nothing else _SEVERAL):
        return {}
    read = [
        await parse(UserMessage(text=one, metadata=message.metadata))
        for one in asking[:_MOST_ASKED]
    ]
    return {ASKS_EACH: [one.get(ASKS) or {} for one in read]}


def _said_lately(parsed: dict[str, Any], tracker: DialogueStateTracker) -> list[str]:
    """Returns what the customer says, and said in the messages just before."""
    before = [wording_said(event) for event in tracker.events if isinstance(event, UserUttered)]
    return [str(parsed.get(TEXT) or ""), *before[-_LATELY:]]


def wording_said(message: UserUttered) -> str:
    """Returns what a message is to be read by: its English wording where it is in another language."""
    return str((message.parse_data or {}).get(IN_ENGLISH) or message.text or "")


def _danger_lately(parsed: dict[str, Any], tracker: DialogueStateTracker) -> bool:
    """Tells whether what the customer says, or said in the messages just before, shows danger."""
    before: list[tuple[str, bool]] = []
    asked = False
    for event in tracker.events:
        if isinstance(event, SlotSet) and event.key == _SAFETY:
            asked = bool(event.value)
        elif isinstance(event, UserUttered):
            before.append((wording_said(event), asked))
    said = [*before[-_LATELY:], (str(parsed.get(TEXT) or ""), asked)]
    return any(shows_danger(text, asked=whether) for text, whether in said)


def shows_danger(text: str, *, asked: bool = False) -> bool:
    """Tells whether a message shows in so many words that somebody is in danger.

    Args:
        text: of the message.
        asked: whether it came after they were asked if they are safe: not to know that shows it, and not to
            know anything else does not.
    """
    signs = ("acted", "unsafe", *SIGNS, *(("evades",) if asked else ()))
    return any(shared_safety().says(sign, text) for sign in signs)


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
