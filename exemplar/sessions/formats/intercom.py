"""Intercom: conversations as its API gives them.

* the conversation, its ``source``, ``conversation_parts`` and ``conversation_rating``:
  https://developers.intercom.com/docs/references/rest-api/api.intercom.io/conversations/retrieveconversation
* parts (``part_type``, ``author.type`` of user, lead, contact, admin, bot, team; bodies are HTML):
  https://developers.intercom.com/docs/references/1.0/rest-api/conversations/conversation-part-model

Read are: one conversation, an object with ``conversations``, an array, and JSON lines. Notes among
agents and what bots wrote are left out.
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
    stars,
    string_of,
    text_of,
    wrong,
)

_ROLES: Final = {
    "user": CUSTOMER,
    "lead": CUSTOMER,
    "contact": CUSTOMER,
    "admin": AGENT,
    "team": AGENT,
}
_CHANNELS: Final = {
    "conversation": "website",
    "chat": "website",
    "push": "website",
    "email": "email",
    "phone_call": "call",
    "phone_switch": "call",
    "slack": "slack",
}


def read_intercom(file: Path) -> Iterator[RawConversation]:
    """Yields the conversations of an export.

    Raises:
        SessionError: it is none; the message names the line.
    """
    found = False
    with open_text(file) as source:
        for key, line, value in JsonReader(file, source).items(("conversations", "data")):
            if key.startswith("."):
                continue
            found = True
            yield _conversation(file, line, object_of(value, file, line, "a conversation"))
    if not found:
        raise wrong(file, 1, "has no conversations: is it what Intercom's API gives?")


def _conversation(file: Path, line: int, entry: Mapping[str, Any]) -> RawConversation:
    key = key_of(entry.get("id"), file, line, "a conversation's id")
    source = entry.get("source", entry.get("conversation_message"))
    parts: Any = entry.get("conversation_parts")
    if isinstance(parts, dict):
        parts = parts.get("conversation_parts")
    if source is None and parts is None:
        raise wrong(
            file,
            line,
            f"conversation {key} has neither source nor conversation_parts; retrieve each by its id.",
        )
    names: dict[str, None] = {}
    emails: dict[str, None] = {}
    turns: list[RawTurn] = []
    if source is not None:
        first = object_of(source, file, line, "source")
        turns += _turn(file, line, {"created_at": entry.get("created_at"), **first}, names, emails)
    for part in list_of(parts, file, line, "conversation_parts"):
        part = object_of(part, file, line, "a part")
        if part.get("part_type") not in {"note", "note_and_reopen"}:
            turns += _turn(file, line, part, names, emails)
    contacts: Any = entry.get("contacts", entry.get("user"))
    contacts = contacts.get("contacts", [contacts]) if isinstance(contacts, dict) else contacts
    for contact in contacts if isinstance(contacts, list) else []:
        if isinstance(contact, dict):
            _person(contact, names, emails)
    rating = entry.get("conversation_rating")
    state = string_of(entry.get("state"))
    channel = string_of(source.get("type")) if isinstance(source, dict) else ""
    return RawConversation(
        key=key,
        file=file,
        line=line,
        turns=in_order(turns),
        channel=_CHANNELS.get(channel),
        started=moment(entry["created_at"], file, line, "created_at")
        if entry.get("created_at")
        else None,
        names=tuple(names),
        emails=tuple(emails),
        rating=stars(rating.get("rating"), file, line) if isinstance(rating, dict) else None,
        solved={"closed": True, "open": False, "snoozed": False}.get(state),
    )


def _turn(
    file: Path, line: int, part: Mapping[str, Any], names: dict[str, None], emails: dict[str, None]
) -> Iterator[RawTurn]:
    body = part.get("body")
    author = part.get("author")
    if not body or author is None:
        return
    if not isinstance(body, str):
        raise wrong(file, line, "a part's body is no text.")
    author = object_of(author, file, line, "author")
    role = _ROLES.get(string_of(author.get("type")))
    if role is None:
        return
    name = _person(author, names, emails)
    at = (
        moment(part["created_at"], file, line, "a part's created_at")
        if part.get("created_at")
        else None
    )
    yield RawTurn(text_of(body), name, role, at)


def _person(person: Mapping[str, Any], names: dict[str, None], emails: dict[str, None]) -> str:
    name, email = string_of(person.get("name")), string_of(person.get("email"))
    if name:
        names[name] = None
    if email:
        emails[email] = None
    return name
