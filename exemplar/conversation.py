"""A conversation as Rasa's tracker events tell it, for those who must not import Rasa."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from exemplar.mood import Turn
from exemplar.moves import MET_BY, move_of

#: An event of a tracker, as JSON.
Event = Mapping[str, Any]

#: Goes before intents that come from a program, not from the customer.
EXTERNAL: Final = "EXTERNAL_"
#: Asked so often in a row for the same thing, one offers another way.
PATIENCE: Final = 2
_LISTEN: Final = "action_listen"
#: Responses that answer, as against those that ask or meet a feeling.
_ANSWERS: Final = ("utter_explain", "utter_resolve", "utter_expect")


def since_restart(events: Iterable[Event]) -> list[Event]:
    """Returns the events after the last restart."""
    kept: list[Event] = []
    for event in events:
        if event.get("event") == "restart":
            kept.clear()
        else:
            kept.append(event)
    return kept


def customer_messages(events: Iterable[Event]) -> Iterator[Event]:
    """Yields what the customer wrote; what programs sent in is left out."""
    for event in since_restart(events):
        if event.get("event") == "user" and not intent_of(event).startswith(EXTERNAL):
            yield event


def latest_message(events: Sequence[Event]) -> Event | None:
    """Returns the customer's latest message, if there is one."""
    return next(reversed(list(customer_messages(events))), None)


def intent_of(message: Event) -> str:
    """Returns the name of a message's intent, "" if there is none."""
    intent = (message.get("parse_data") or {}).get("intent") or {}
    return str(intent.get("name") or "")


def emotion_of(message: Event) -> Mapping[str, Any]:
    """Returns a message's emotion reading, empty if there is none."""
    return (message.get("parse_data") or {}).get("emotion") or {}


def turns(events: Iterable[Event], goals: Collection[str]) -> list[Turn]:
    """Returns the customer's turns.

    Args:
        events: of the tracker.
        goals: the intents that open a matter.
    """
    read: list[Turn] = []
    for message in since_restart(events):
        if message.get("event") == "action" and read:
            name = str(message.get("name"))
            read[-1] = replace(
                read[-1],
                answered=read[-1].answered or name.startswith(_ANSWERS),
                met=read[-1].met or move_of(name) in MET_BY,
            )
        intent = intent_of(message)
        if message.get("event") != "user" or intent.startswith(EXTERNAL):
            continue
        emotion = emotion_of(message)
        read.append(
            Turn(
                intent=intent,
                emotion=emotion.get("name", "neutral"),
                frustration=float(emotion.get("frustration", 0.0)),
                confidence=float(emotion.get("confidence", 1.0)),
                goal=intent if intent in goals else None,
                answered=False,
            )
        )
    return read


def turns_since(events: Sequence[Event], slot: str) -> int:
    """Counts the customer's messages since a slot was last set."""
    count = 0
    for event in reversed(since_restart(events)):
        if event.get("event") == "slot" and event.get("name") == slot:
            break
        count += event.get("event") == "user" and not intent_of(event).startswith(EXTERNAL)
    return count


def slot_before(events: Sequence[Event], slot: str) -> Any:
    """Returns what a slot held before the customer's latest message; None if nothing."""
    value, latest = None, None
    for event in since_restart(events):
        if event.get("event") == "user" and not intent_of(event).startswith(EXTERNAL):
            value = latest
        elif event.get("event") == "slot" and event.get("name") == slot:
            latest = event.get("value")
    return value


def done(events: Iterable[Event]) -> list[str]:
    """Returns the names of the actions and responses so far, in order, without listening."""
    return [
        str(event["name"])
        for event in since_restart(events)
        if event.get("event") == "action" and event.get("name") not in (None, _LISTEN)
    ]


def asked_in_a_row(events: Iterable[Event], detail: str) -> int:
    """Counts how often in a row, up to now, this detail was what the customer was asked for."""
    count = 0
    for event in since_restart(events):
        if event.get("event") == "slot" and event.get("name") == "details_missing":
            count = count + 1 if event.get("value") == detail else 0
    return count


def entities_since(events: Iterable[Event], wanted: Collection[str], goal: str) -> dict[str, str]:
    """Returns the latest value of each wanted entity that was said since a matter was opened."""
    said: dict[str, str] = {}
    opened = False
    for message in customer_messages(events):
        intent = intent_of(message)
        if intent == goal and not opened:
            said.clear()
        opened = opened or intent == goal
        for entity in (message.get("parse_data") or {}).get("entities") or ():
            if entity.get("entity") in wanted:
                said[str(entity["entity"])] = str(entity.get("value"))
    return said if opened else {}
