"""Intercom: conversations as its API gives them.

* the conversation, its ``source``, ``conversation_parts`` and ``conversation_rating``:
  https://developers.intercom.com/docs/references/rest-api/api.intercom.io/conversations/retrieveconversation
* parts (``part_type``, ``author.type`` of user, lead, contact, admin, bot, team; bodies are HTML):
  https://developers.intercom.com/docs/references/1.0/rest-api/conversations/conversation-part-model

Read are: one conversation, an object with ``conversations``, an array, and JSON lines. Notes among
agents and what bots wrote are left out. In which order parts come is not documented: their times decide.
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

_ROLES: Final = {
    "user": CUSTOMER,
    "lead": CUSTOMER,
    "contact": CUSTOMER,
    "admin": AGENT,
    "team": AGENT,
}
#: Who writes and is no person.
_BOTS: Final = frozenset({"bot"})
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


def _conversation(file: Path, line: Line, entry: Mapping[str, Any]) -> RawConversation:
    key = key_of(entry.get("id"), file, line, "a conversation's id")
    opening = "source" if "source" in entry else "conversation_message"
    source = entry.get(opening)
    parts: Any = entry.get("conversation_parts")
    there = inside(line, "conversation_parts")
    if isinstance(parts, dict):
        parts, there = parts.get("conversation_parts"), inside(there, "conversation_parts")
    if source is None and parts is None:
        raise wrong(
            file,
            line,
            f"conversation {called(key)} has neither source nor conversation_parts; retrieve each by its "
            "id.",
        )
    if opening not in entry:
        raise wrong(
            file,
            line,
            f"conversation {called(key)} has no source, which is its first message; retrieve it by its id.",
        )
    names: dict[str, None] = {}
    emails: dict[str, None] = {}
    turns: list[RawTurn] = []
    if source is not None:
        at = inside(line, opening)
        first = {"created_at": entry.get("created_at"), **object_of(source, file, at, "source")}
        turns += _turn(file, at, first, names, emails, f"conversation {called(key)}, source,")
    for number, given in enumerate(list_of(parts, file, there, "conversation_parts"), 1):
        at = inside(there, number - 1)
        part = object_of(given, file, at, "a part")
        what = f"conversation {called(key)}, part {number},"
        kind = part.get("part_type")
        if not isinstance(kind, str | None):
            raise wrong(
                file, inside(at, "part_type"), f"{what} part_type, is {shown(kind)}, no word."
            )
        if kind not in {"note", "note_and_reopen"}:
            turns += _turn(file, at, part, names, emails, what)
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
        line=int(line),
        turns=in_order(turns),
        channel=_CHANNELS.get(channel),
        started=moment(entry["created_at"], file, inside(line, "created_at"), "created_at", SECONDS)
        if entry.get("created_at")
        else None,
        names=tuple(names),
        emails=tuple(emails),
        rating=stars(rating.get("rating"), file, inside(line, "conversation_rating", "rating"))
        if isinstance(rating, dict)
        else None,
        solved={"closed": True, "open": False, "snoozed": False}.get(state),
    )


def _turn(
    file: Path,
    line: Line,
    part: Mapping[str, Any],
    names: dict[str, None],
    emails: dict[str, None],
    what: str,
) -> Iterator[RawTurn]:
    body = part.get("body")
    if not body:
        return
    if not isinstance(body, str):
        raise wrong(file, inside(line, "body"), f"{what} has a body that is no text.")
    if part.get("author") is None:
        raise wrong(file, line, f"{what} has no author; retrieve the conversation by its id.")
    author = object_of(part["author"], file, inside(line, "author"), f"{what} its author")
    kind = string_of(author.get("type"))
    if kind in _BOTS:
        return
    role = _ROLES.get(kind)
    if role is None:
        raise wrong(
            file,
            inside(line, "author", "type"),
            f"{what} has an author of type {shown(author.get('type'))}; it is one of "
            f"{', '.join((*_ROLES, *_BOTS))}.",
        )
    name = _person(author, names, emails)
    at = (
        moment(part["created_at"], file, inside(line, "created_at"), f"{what} created_at,", SECONDS)
        if part.get("created_at")
        else None
    )
    yield RawTurn(text_of(body), name, role, at, line)


def _person(person: Mapping[str, Any], names: dict[str, None], emails: dict[str, None]) -> str:
    name, email = string_of(person.get("name")), string_of(person.get("email"))
    if name:
        names[name] = None
    if email:
        emails[email] = None
    return name
