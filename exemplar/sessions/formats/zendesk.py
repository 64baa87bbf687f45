"""Zendesk: tickets with their comments, as the API and the account's JSON export give them.

* tickets: https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/
* comments (``author_id``, ``public``, ``plain_body``, ``html_body``):
  https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/
* incremental exports, and ticket events with ``child_events`` of type Comment:
  https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/
* satisfaction ratings: https://developer.zendesk.com/api-reference/ticketing/ticket-management/satisfaction_ratings/

Read are: one object with ``tickets`` (and ``users``), each with its ``comments``; one ticket with
``ticket``, ``comments`` and ``users`` beside each other; an array; JSON lines of tickets; and
``ticket_events``. Internal notes (``public: false``) are left out.
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
    string_of,
    text_of,
    wrong,
)

_ARRAYS: Final = ("tickets", "users", "ticket_events", "comments")
_CHANNELS: Final = {
    "email": "email",
    "voice": "call",
    "phone": "call",
    "chat": "website",
    "web": "website",
    "slack": "slack",
    "native_messaging": "website",
    "messaging": "website",
    "web_widget": "website",
    "mobile": "website",
    "help_center": "website",
    "api": "website",
    "mail": "email",
    "phone_call_inbound": "call",
}
#: ``score`` of a satisfaction rating; "offered" and "unoffered" are none.
_SCORES: Final = {"good": 5, "good_with_comment": 5, "bad": 1, "bad_with_comment": 1}
_SOLVED: Final = {
    "solved": True,
    "closed": True,
    "new": False,
    "open": False,
    "pending": False,
    "hold": False,
}

_Users = dict[str, dict[str, Any]]


def read_zendesk(file: Path) -> Iterator[RawConversation]:
    """Yields the tickets of an export as conversations.

    Raises:
        SessionError: it is none; the message names the line.
    """
    users = _users(file)
    alone: dict[str, Any] = {}
    members: dict[str, Any] = {}
    comments: list[Any] = []
    events: dict[str, tuple[int, list[RawTurn]]] = {}
    found = False
    with open_text(file) as source:
        for key, line, value in JsonReader(file, source).items(_ARRAYS):
            if key in ("", "tickets"):
                entry = object_of(value, file, line, "a ticket")
                found = True
                if "ticket" in entry:
                    ticket = object_of(entry["ticket"], file, line, "ticket")
                    ticket = {**ticket, "comments": entry.get("comments", ticket.get("comments"))}
                    here = {**users, **_by_id(list_of(entry.get("users"), file, line, "users"))}
                    yield _conversation(file, line, ticket, here)
                else:
                    yield _conversation(file, line, entry, users)
            elif key == "ticket_events":
                found = True
                _add_event(file, line, object_of(value, file, line, "an event"), users, events)
            elif key == "comments":
                comments.append(value)
            elif key == ".ticket":
                alone = object_of(value, file, line, "ticket")
            elif key.startswith("."):
                members[key[1:]] = value
    if not found and not alone and comments and "id" in members:
        alone = members
    if alone:
        found = True
        yield _conversation(
            file, 1, {**alone, "comments": comments or alone.get("comments")}, users
        )
    for number, (line, turns) in events.items():
        yield RawConversation(
            key=number,
            file=file,
            line=line,
            turns=in_order(turns),
            channel=None,
            started=None,
            names=tuple(sorted({turn.name for turn in turns if turn.name})),
        )
    if not found:
        raise wrong(
            file, 1, "has no tickets: an export has tickets, ticket_events or one ticket a line."
        )


def _users(file: Path) -> _Users:
    """Returns the users that stand beside the tickets, by their ids; they may come after them."""
    users: list[Any] = []
    with open_text(file) as source:
        if source.read(1) != b"{":
            return {}
        source.seek(0)
        for key, _, value in JsonReader(file, source).items(_ARRAYS):
            if key == "":
                return {}
            if key == "users":
                users.append(value)
    return _by_id(users)


def _by_id(users: list[Any]) -> _Users:
    return {
        string_of(user["id"]): {
            k: user.get(k) for k in ("id", "name", "email", "role", "alias", "phone")
        }
        for user in users
        if isinstance(user, dict) and string_of(user.get("id"))
    }


def _conversation(
    file: Path, line: int, ticket: Mapping[str, Any], users: _Users
) -> RawConversation:
    key = key_of(ticket.get("id"), file, line, "a ticket's id")
    own = dict(users)
    for person in ("requester", "submitter", "assignee"):
        if isinstance(ticket.get(person), dict):
            own.update(_by_id([ticket[person]]))
    requester = string_of(ticket.get("requester_id"))
    if not requester and isinstance(ticket.get("requester"), dict):
        requester = string_of(ticket["requester"].get("id"))
    given = list_of(ticket.get("comments"), file, line, "comments")
    if not given:
        raise wrong(
            file,
            line,
            f"ticket {key} has no comments: export tickets with their comments, "
            "one object with ticket and comments each (docs/sessions-import.md).",
        )
    turns = [
        turn
        for comment in given
        if (turn := _turn(file, line, object_of(comment, file, line, "a comment"), own, requester))
        is not None
    ]
    people = [
        person
        for number, person in own.items()
        if number == requester or any(turn.name == string_of(person.get("name")) for turn in turns)
    ]
    via = ticket.get("via")
    channel = string_of(via.get("channel")) if isinstance(via, dict) else ""
    rating = ticket.get("satisfaction_rating")
    score = string_of(rating.get("score")) if isinstance(rating, dict) else string_of(rating)
    status = string_of(ticket.get("status")).lower()
    return RawConversation(
        key=key,
        file=file,
        line=line,
        turns=in_order(turns),
        channel=_CHANNELS.get(channel),
        started=moment(ticket["created_at"], file, line, "created_at")
        if ticket.get("created_at")
        else None,
        names=tuple(
            string_of(p[k]) for p in people for k in ("name", "alias") if string_of(p.get(k))
        ),
        emails=tuple(string_of(p["email"]) for p in people if string_of(p.get("email"))),
        rating=_SCORES.get(score),
        solved=_SOLVED.get(status),
    )


def _turn(
    file: Path, line: int, comment: Mapping[str, Any], users: _Users, requester: str
) -> RawTurn | None:
    if comment.get("public") is False:
        return None
    author: Any = comment.get("author") if isinstance(comment.get("author"), dict) else None
    number = string_of(comment.get("author_id")) or (string_of(author.get("id")) if author else "")
    person: Mapping[str, Any] = author or users.get(number) or {}
    role = string_of(person.get("role"))
    if role in {"agent", "admin"}:
        side: str | None = AGENT
    elif role == "end-user" or (number and number == requester):
        side = CUSTOMER
    else:
        side = AGENT if number and requester else None
    if number == "-1":
        return None  # The system.
    body = comment.get("plain_body") or comment.get("body") or comment.get("html_body")
    if body is None:
        return None
    if not isinstance(body, str):
        raise wrong(file, line, "a comment's body is no text.")
    at = (
        moment(comment["created_at"], file, line, "a comment's created_at")
        if comment.get("created_at")
        else None
    )
    return RawTurn(text_of(body), string_of(person.get("name")), side, at)


def _add_event(
    file: Path,
    line: int,
    event: Mapping[str, Any],
    users: _Users,
    events: dict[str, tuple[int, list[RawTurn]]],
) -> None:
    number = key_of(event.get("ticket_id"), file, line, "ticket_id")
    for child in list_of(event.get("child_events"), file, line, "child_events"):
        child = object_of(child, file, line, "a child event")
        if child.get("event_type") != "Comment" and child.get("type") != "Comment":
            continue
        comment = {"created_at": child.get("created_at", event.get("created_at")), **child}
        # Of events the first to write is the one who asks.
        _, turns = events.setdefault(number, (line, []))
        author = string_of(child.get("author_id", event.get("updater_id")))
        first = next((turn for turn in turns), None)
        requester = author if first is None else ""
        turn = _turn(file, line, {**comment, "author_id": author}, users, requester)
        if turn is None:
            continue
        if turn.role is None:
            known = next((t.role for t in turns if t.name and t.name == turn.name), None)
            turn = RawTurn(turn.text, turn.name or author, known or AGENT, turn.at)
        turns.append(turn)
