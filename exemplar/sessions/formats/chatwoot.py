"""Chatwoot: messages of conversations, as its API gives them.

* messages (``message_type`` 0 incoming, 1 outgoing, 2 activity, 3 template; ``private``; ``sender``):
  https://developers.chatwoot.com/api-reference/messages/get-messages
* conversations (``meta.sender``, ``status``, ``channel``):
  https://developers.chatwoot.com/api-reference/conversations/conversations-list

Read are: what the messages endpoint gives (``payload`` with ``meta``), conversations with ``messages``
(also below ``data.payload``), an array of either, and JSON lines. Private notes, activities and
templates are left out; a template that asks for a rating gives it. Pages of messages are asked for
backwards and may stand in any order: their times decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from exemplar.sessions.formats.base import (
    AGENT,
    CUSTOMER,
    SECONDS,
    JsonReader,
    Line,
    RawConversation,
    RawTurn,
    called,
    flag_of,
    in_order,
    inside,
    key_of,
    list_of,
    moment,
    object_of,
    open_text,
    shown,
    stars,
    string_of,
    text_of,
    wrong,
)

_TYPES: Final[Mapping[Any, str]] = {
    0: CUSTOMER,
    1: AGENT,
    "0": CUSTOMER,
    "1": AGENT,
    "incoming": CUSTOMER,
    "outgoing": AGENT,
}
_LEFT_OUT: Final = (2, 3, "2", "3", "activity", "template")
#: Kinds of sender, as the API calls them and as its database does; a contact may come without its kind.
_PEOPLE: Final = frozenset({"contact", "user"})
_BOTS: Final = frozenset({"agent_bot", "agentbot", "captain_assistant", "captain::assistant"})
_CHANNELS: Final = {
    "Channel::WebWidget": "website",
    "Channel::Api": "website",
    "Channel::Email": "email",
    "Channel::Voice": "call",
}


def read_chatwoot(file: Path) -> Iterator[RawConversation]:
    """Yields the conversations of an export.

    Raises:
        SessionError: it is none; the message names the line.
    """
    messages: dict[str, tuple[int, list[Any], list[Line]]] = {}
    meta: Mapping[str, Any] = {}
    found = False
    with open_text(file) as source:
        for key, line, value in JsonReader(file, source).items(
            ("payload", "conversations", "messages")
        ):
            if key == ".meta":
                meta = object_of(value, file, line, "meta")
            elif key == ".data":
                inner = object_of(value, file, line, "data")
                there = line.of("payload")
                for n, entry in enumerate(list_of(inner.get("payload"), file, there, "payload")):
                    found = True
                    at = there.of(n)
                    yield _whole(file, at, object_of(entry, file, at, "a conversation"))
            elif not key.startswith("."):
                found = True
                entry = object_of(value, file, line, "an entry")
                if "message_type" in entry:
                    number = key_of(entry.get("conversation_id"), file, line, "conversation_id")
                    _, given, lines = messages.setdefault(number, (int(line), [], []))
                    given.append(entry)
                    lines.append(int(line))
                elif "payload" in entry:
                    there = line.of("payload")
                    inner_messages = list_of(entry["payload"], file, there, "payload")
                    first = next((m for m in inner_messages if isinstance(m, dict)), {})
                    yield _conversation(
                        file,
                        line,
                        first.get("conversation_id"),
                        inner_messages,
                        _lines(there, inner_messages),
                        entry.get("meta"),
                        entry,
                    )
                else:
                    yield _whole(file, line, entry)
    for number, (first_line, given, lines) in messages.items():
        yield _conversation(file, first_line, number, given, lines, meta, {})
    if not found:
        raise wrong(file, 1, "has no messages: is it what Chatwoot's API gives?")


def _lines(there: Line, messages: list[Any]) -> list[Line]:
    return [inside(there, number) for number in range(len(messages))]


def _whole(file: Path, line: Line, entry: Mapping[str, Any]) -> RawConversation:
    if "messages" not in entry:
        raise wrong(
            file,
            line,
            f"conversation {called(entry.get('id'))} has no messages: get them for each conversation.",
        )
    there = inside(line, "messages")
    messages = list_of(entry["messages"], file, there, "messages")
    return _conversation(
        file,
        line,
        entry.get("id"),
        messages,
        _lines(there, messages),
        entry.get("meta"),
        entry,
    )


def _conversation(
    file: Path,
    line: Line,
    number: Any,
    messages: list[Any],
    lines: list[Line],
    meta: Any,
    entry: Mapping[str, Any],
) -> RawConversation:
    key = key_of(number, file, line, "a conversation's id")
    names: dict[str, None] = {}
    emails: dict[str, None] = {}
    turns: list[RawTurn] = []
    rating = None
    for count, (given, place) in enumerate(zip(messages, lines, strict=True), 1):
        message = object_of(given, file, place, "a message")
        kind = message.get("message_type")
        kind = kind if isinstance(kind, (int, str)) else None
        attributes = message.get("content_attributes")
        if isinstance(attributes, dict) and message.get("content_type") == "input_csat":
            answer: Any = attributes.get("submitted_values")
            answer = answer.get("csat_survey_response") if isinstance(answer, dict) else None
            if isinstance(answer, dict):
                rating = stars(answer.get("rating"), file, inside(place, "content_attributes"))
            continue
        what = f"conversation {called(key)}, message {count},"
        private = flag_of(
            message.get("private"), file, inside(place, "private"), f"{what} private,"
        )
        if kind in _LEFT_OUT or private:
            continue
        if kind not in _TYPES:
            raise wrong(
                file,
                inside(place, "message_type"),
                f"{what} message_type, is {shown(message.get('message_type'))}; it is 0 to 3.",
            )
        content = message.get("content")
        if not isinstance(content, str | None):
            raise wrong(file, inside(place, "content"), f"{what} has a content that is no text.")
        if _is_a_bots(message):
            continue
        sender: Any = message.get("sender")
        name = _person(sender if isinstance(sender, dict) else {}, names, emails)
        if not content:
            continue
        _check_sender(message, _TYPES[kind], file, place, what)
        at = (
            moment(
                message["created_at"],
                file,
                inside(place, "created_at"),
                f"{what} created_at,",
                SECONDS,
            )
            if message.get("created_at")
            else None
        )
        turns.append(RawTurn(text_of(content), name, _TYPES[kind], at, place))
    meta = meta if isinstance(meta, dict) else {}
    for person in (meta.get("sender"), meta.get("contact"), meta.get("assignee")):
        if isinstance(person, dict):
            _person(person, names, emails)
    status = string_of(entry.get("status")) or string_of(meta.get("status"))
    channel = string_of(entry.get("channel")) or string_of(meta.get("channel"))
    return RawConversation(
        key=key,
        file=file,
        line=int(line),
        turns=in_order(turns),
        channel=_CHANNELS.get(channel, "website"),
        started=None,
        names=tuple(names),
        emails=tuple(emails),
        rating=rating,
        solved={"resolved": True, "open": False, "pending": False, "snoozed": False}.get(status),
    )


def _sender_type(message: Mapping[str, Any]) -> Any:
    sender: Any = message.get("sender")
    return (sender.get("type") if isinstance(sender, dict) else None) or message.get("sender_type")


def _is_a_bots(message: Mapping[str, Any]) -> bool:
    """Whether a bot or a rule wrote a message."""
    attributes: Any = message.get("content_attributes")
    by_rule = isinstance(attributes, dict) and bool(attributes.get("automation_rule_id"))
    return by_rule or string_of(_sender_type(message)).lower() in _BOTS


def _check_sender(
    message: Mapping[str, Any], role: str, file: Path, place: Line, what: str
) -> None:
    """Makes sure that a person wrote a message.

    Raises:
        SessionError: who wrote it cannot be known.
    """
    given = _sender_type(message)
    kind = string_of(given).lower()
    if given and kind not in _PEOPLE:
        raise wrong(
            file,
            inside(place, "sender"),
            f"{what} has a sender of type {shown(given)}; it is one of "
            f"{', '.join(sorted(_PEOPLE | _BOTS))}.",
        )
    if not given and role == AGENT:
        raise wrong(
            file,
            place,
            f"{what} does not say who sent it, so that it may be a bot's: add its sender.",
        )


def _person(person: Mapping[str, Any], names: dict[str, None], emails: dict[str, None]) -> str:
    name = string_of(person.get("name"))
    for spelled in (name, string_of(person.get("available_name"))):
        if spelled:
            names[spelled] = None
    if string_of(person.get("email")):
        emails[string_of(person.get("email"))] = None
    return name
