"""Chatwoot: messages of conversations, as its API gives them.

* messages (``message_type`` 0 incoming, 1 outgoing, 2 activity, 3 template; ``private``; ``sender``):
  https://developers.chatwoot.com/api-reference/messages/get-messages
* conversations (``meta.sender``, ``status``, ``channel``):
  https://developers.chatwoot.com/api-reference/conversations/conversations-list

Read are: what the messages endpoint gives (``payload`` with ``meta``), conversations with ``messages``
(also below ``data.payload``), an array of either, and JSON lines. Private notes, activities and
templates are left out; a template that asks for a rating gives it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from exemplar.sessions.formats.base import (
    AGENT,
    CUSTOMER,
    JsonReader,
    RawConversation,
    RawTurn,
    in_order,
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
    messages: dict[str, tuple[int, list[Any]]] = {}
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
                for entry in list_of(inner.get("payload"), file, line, "payload"):
                    found = True
                    yield _whole(file, line, object_of(entry, file, line, "a conversation"))
            elif not key.startswith("."):
                found = True
                entry = object_of(value, file, line, "an entry")
                if "message_type" in entry:
                    number = key_of(entry.get("conversation_id"), file, line, "conversation_id")
                    messages.setdefault(number, (line, []))[1].append(entry)
                elif "payload" in entry:
                    inner_messages = list_of(entry["payload"], file, line, "payload")
                    first = next((m for m in inner_messages if isinstance(m, dict)), {})
                    yield _conversation(
                        file,
                        line,
                        first.get("conversation_id"),
                        inner_messages,
                        entry.get("meta"),
                        entry,
                    )
                else:
                    yield _whole(file, line, entry)
    for number, (line, given) in messages.items():
        yield _conversation(file, line, number, given, meta, {})
    if not found:
        raise wrong(file, 1, "has no messages: is it what Chatwoot's API gives?")


def _whole(file: Path, line: int, entry: Mapping[str, Any]) -> RawConversation:
    if "messages" not in entry:
        raise wrong(
            file,
            line,
            f"conversation {shown(entry.get('id'))} has no messages: get them for each conversation.",
        )
    return _conversation(
        file,
        line,
        entry.get("id"),
        list_of(entry["messages"], file, line, "messages"),
        entry.get("meta"),
        entry,
    )


def _conversation(
    file: Path, line: int, number: Any, messages: list[Any], meta: Any, entry: Mapping[str, Any]
) -> RawConversation:
    key = key_of(number, file, line, "a conversation's id")
    names: dict[str, None] = {}
    emails: dict[str, None] = {}
    turns: list[RawTurn] = []
    rating = None
    for given in messages:
        message = object_of(given, file, line, "a message")
        kind = message.get("message_type")
        kind = kind if isinstance(kind, (int, str)) else None
        attributes = message.get("content_attributes")
        if isinstance(attributes, dict) and message.get("content_type") == "input_csat":
            answer: Any = attributes.get("submitted_values")
            answer = answer.get("csat_survey_response") if isinstance(answer, dict) else None
            if isinstance(answer, dict):
                rating = stars(answer.get("rating"), file, line)
            continue
        if kind in _LEFT_OUT or message.get("private") is True:
            continue
        if kind not in _TYPES:
            raise wrong(
                file, line, f"message_type is {shown(message.get('message_type'))}; it is 0 to 3."
            )
        sender: Any = message.get("sender")
        sender = sender if isinstance(sender, dict) else {}
        if string_of(sender.get("type")) in {"agent_bot", "captain_assistant"} or (
            string_of(message.get("sender_type")) in {"AgentBot", "agent_bot", "Captain::Assistant"}
        ):
            continue
        name = _person(sender, names, emails)
        content = message.get("content")
        if content is None:
            continue
        if not isinstance(content, str):
            raise wrong(file, line, "a message's content is no text.")
        at = (
            moment(message["created_at"], file, line, "created_at")
            if message.get("created_at")
            else None
        )
        turns.append(RawTurn(text_of(content), name, _TYPES[kind], at))
    meta = meta if isinstance(meta, dict) else {}
    for person in (meta.get("sender"), meta.get("contact"), meta.get("assignee")):
        if isinstance(person, dict):
            _person(person, names, emails)
    status = string_of(entry.get("status")) or string_of(meta.get("status"))
    channel = string_of(entry.get("channel")) or string_of(meta.get("channel"))
    return RawConversation(
        key=key,
        file=file,
        line=line,
        turns=in_order(turns),
        channel=_CHANNELS.get(channel, "website"),
        started=None,
        names=tuple(names),
        emails=tuple(emails),
        rating=rating,
        solved={"resolved": True, "open": False, "pending": False, "snoozed": False}.get(status),
    )


def _person(person: Mapping[str, Any], names: dict[str, None], emails: dict[str, None]) -> str:
    name = string_of(person.get("name"))
    for spelled in (name, string_of(person.get("available_name"))):
        if spelled:
            names[spelled] = None
    if string_of(person.get("email")):
        emails[string_of(person.get("email"))] = None
    return name
