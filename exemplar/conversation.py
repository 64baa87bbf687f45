"""A conversation as Rasa's tracker events tell it, for those who must not import Rasa."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from exemplar.mood import Turn
from exemplar.moves import MET_BY, move_of

#: An event of a tracker, as JSON.
Event = Mapping[str, Any]

#: Goes before intents that come from a program, not from the customer.
EXTERNAL: Final = "EXTERNAL_"
#: In a rule, the intent that stands for whatever a message was read as.
ANY: Final = "any"
#: What a message is read with, beside intent and entities, where it tells two wishes; and the slot.
OTHER_WISH: Final = "other_wish"
#: What a message in another language comes to in English, by which it was read, and that language's code.
IN_ENGLISH: Final = "in_english"
WRITTEN_IN: Final = "written_in"
#: Whether all of the message is in that language.
ALL_IN_IT: Final = "all_in_it"
#: What a message is read with, too: how likely, by itself, it tells of danger, in [0, 1].
DANGER_LIKELY: Final = "danger"
#: Asked so often in a row for the same thing, one offers another way.
PATIENCE: Final = 2
_LISTEN: Final = "action_listen"
_NOT_UNDERSTOOD: Final = "nlu_fallback"
#: So sure an act must be for a message that is not understood to count as that, in [0, 1].
_PLAINLY: Final = 0.4
#: Responses that answer, as against those that ask or meet a feeling.
_ANSWERS: Final = ("utter_explain", "utter_resolve", "utter_expect")
#: Explanations that answer nothing.
_NO_ANSWERS: Final = frozenset({"utter_explain_order_not_found", "utter_explain_out_of_scope"})
#: Where one of these is put, the answer is the customer's to give.
_QUESTIONS: Final = frozenset(
    {"action_await_confirmation", "action_offer_refund", "action_offer_cancellation"}
)
#: What reminds of a detail that is still missing.
_REMINDS: Final = "utter_clarify_back_to_matter"
#: With these a customer goes on in the matter in hand, beside naming it.
_IN_THE_MATTER: Final = frozenset({"provide_details", "affirm"})


def of_customers(intents: Iterable[str]) -> list[str]:
    """Returns those of a domain's intents that a customer's message can be read as."""
    return [one for one in intents if one != ANY and not one.startswith(EXTERNAL)]


def since_restart(events: Iterable[Event]) -> list[Event]:
    """Returns the events after the last restart.

    A message that was heard again, as something else, stands once, where it was said.
    """
    kept: list[Event] = []
    latest = -1
    for event in events:
        if event.get("event") == "restart":
            kept.clear()
            latest = -1
        elif latest >= 0 and is_heard_again(event, kept[latest]):
            kept[latest] = {**kept[latest], "parse_data": event.get("parse_data")}
        else:
            latest = len(kept) if event.get("event") == "user" else latest
            kept.append(event)
    return kept


def is_heard_again(event: Event, before: Event) -> bool:
    """Tells whether a message is the one before, heard as something else: it has its id."""
    known = event.get("message_id")
    return event.get("event") == "user" and bool(known) and known == before.get("message_id")


def customer_messages(events: Iterable[Event]) -> Iterator[Event]:
    """Yields what the customer wrote; what programs sent in is left out."""
    for event in since_restart(events):
        if event.get("event") == "user" and not intent_of(event).startswith(EXTERNAL):
            yield event


def latest_message(events: Sequence[Event]) -> Event | None:
    """Returns the customer's latest message, if there is one."""
    return next(reversed(list(customer_messages(events))), None)


def wording_of(message: Event) -> str:
    """Returns what a message is to be read by: its English wording where it is in another language.

    Args:
        message: an event, or the latest message as the tracker has it.
    """
    read = message.get("parse_data") or message
    return str(read.get(IN_ENGLISH) or message.get("text") or "")


def intent_of(message: Event) -> str:
    """Returns the name of a message's intent, "" if there is none."""
    intent = (message.get("parse_data") or {}).get("intent") or {}
    return str(intent.get("name") or "")


def emotion_of(message: Event) -> Mapping[str, Any]:
    """Returns a message's emotion reading, empty if there is none."""
    return (message.get("parse_data") or {}).get("emotion") or {}


def other_wish_of(events: Iterable[Event]) -> Mapping[str, Any] | None:
    """Returns the latest wish that was told beside another one: its ``intent``, ``text`` and ``entities``."""
    told = [
        (message.get("parse_data") or {}).get(OTHER_WISH) for message in customer_messages(events)
    ]
    return next((wish for wish in reversed(told) if wish), None)


def act_of(message: Event) -> str | None:
    """Returns what a message plainly does whose intent was not understood; None for any other."""
    act = (message.get("parse_data") or {}).get("act") or {}
    plain = intent_of(message) == _NOT_UNDERSTOOD and float(act.get("confidence") or 0) >= _PLAINLY
    return str(act["name"]) if plain else None


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
                act=act_of(message),
            )
        )
    return read


@dataclass(frozen=True)
class Answer:
    """One turn in which a matter was answered.

    Attributes:
        said: the names of the responses.
        frustration: the mood it was said in: ``low``, ``medium`` or ``high``.
    """

    said: tuple[str, ...]
    frustration: str

    @property
    def done(self) -> bool:
        """Whether what was wanted was done, or shown done."""
        return any(name.startswith("utter_resolve") for name in self.said)


def answers_before(
    events: Iterable[Event], goal: str, goals: Collection[str], identities: Collection[str]
) -> list[Answer]:
    """Returns how a matter was answered before the customer's latest message.

    A detail with another value than before, another order's number above all, begins it anew: no
    answer from before it counts. Neither does one after which the customer was to decide.

    Args:
        events: of the tracker.
        goal: the matter.
        goals: the intents that open a matter.
        identities: the entities that make it another matter.
    """
    answers: list[Answer] = []
    known: dict[str, str] = {}
    matter, intent, frustration = "", "", "low"
    did: list[str] = []
    for event in since_restart(events):
        if event.get("event") == "slot" and event.get("name") == "frustration":
            frustration = str(event.get("value") or frustration)
        elif event.get("event") == "action":
            did.append(str(event.get("name")))
        elif event.get("event") == "user" and not intent_of(event).startswith(EXTERNAL):
            if matter == goal and intent in {goal, *_IN_THE_MATTER} and _answered(did):
                said = tuple(name for name in did if name.startswith("utter_"))
                answers.append(Answer(said, frustration))
            intent, did = intent_of(event), []
            matter = intent if intent in goals else matter
            if _says_something_new(event, known, identities) or intent == "drop_matter":
                answers.clear()
    return answers


def _answered(did: Collection[str]) -> bool:
    return not _QUESTIONS.intersection(did) and any(
        name.startswith(_ANSWERS) and name not in _NO_ANSWERS for name in did
    )


def _says_something_new(message: Event, known: dict[str, str], identities: Collection[str]) -> bool:
    """Tells whether a message gives a detail that was not known so; notes what it gives."""
    new = False
    for entity in (message.get("parse_data") or {}).get("entities") or ():
        name = str(entity.get("entity"))
        # "ml 104217", "#104217" and "ML-104217" are one number.
        value = re.sub(r"^ml|\W", "", str(entity.get("value")).casefold())
        new = new or (name in identities and known.get(name) != value)
        known[name] = value
    return new


def done_since_message(events: Iterable[Event], back: int = 0) -> list[str]:
    """Returns what was done after one of the customer's messages, and before the next.

    Args:
        events: of the tracker.
        back: 0 for the latest message, 1 for the one before it.
    """
    did: list[list[str]] = [[]]
    for event in since_restart(events):
        if event.get("event") == "user" and not intent_of(event).startswith(EXTERNAL):
            did.append([])
        elif event.get("event") == "action" and event.get("name") not in (None, _LISTEN):
            did[-1].append(str(event["name"]))
    return did[-1 - back] if back < len(did) else []


def done_in_turn_before(events: Iterable[Event]) -> list[str]:
    """Returns what was done in the turn before the customer's latest message, which may be heard twice."""
    did: list[list[str]] = [[]]
    latest: Event | None = None
    for event in since_restart(events):
        if event.get("event") == "user" and not intent_of(event).startswith(EXTERNAL):
            if latest is None or not is_heard_again(event, latest):
                did.append([])
            latest = event
        elif event.get("event") == "action" and event.get("name") not in (None, _LISTEN):
            did[-1].append(str(event["name"]))
    return did[-2] if len(did) > 1 else []


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


def latest_value(events: Iterable[Event], slot: str) -> Any:
    """Returns the latest value that a slot held and that was one; None if it never held any."""
    held = [
        event.get("value")
        for event in since_restart(events)
        if event.get("event") == "slot" and event.get("name") == slot
    ]
    return next((value for value in reversed(held) if value is not None), None)


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


def reminded(events: Iterable[Event]) -> int:
    """Counts how often the customer was reminded, after side questions, of what was asked for last."""
    count, missing = 0, None
    for event in since_restart(events):
        if event.get("event") == "slot" and event.get("name") == "details_missing":
            count = count if event.get("value") == missing else 0
            missing = event.get("value")
        elif (event.get("metadata") or {}).get("utter_action") == _REMINDS:
            count += 1
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
