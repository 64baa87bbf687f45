"""Zendesk: tickets with their comments, as the API and the account's JSON export give them.

* tickets: https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/
* comments (``author_id``, ``public``, ``plain_body``, ``html_body``):
  https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/
* incremental exports, and ticket events with ``child_events`` of type Comment:
  https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/
* satisfaction ratings: https://developer.zendesk.com/api-reference/ticketing/ticket-management/satisfaction_ratings/

Read are: one object with ``tickets`` (and ``users``), each with its ``comments``; one ticket with
``ticket``, ``comments`` and ``users`` beside each other; an array; JSON lines of tickets; and
``ticket_events``. Internal notes (``public: false``) are left out. Comments may be asked for from the
newest to the oldest (``sort=-created_at``), so their times decide on their order.

Who wrote a comment is told by the users beside the tickets, by ``requester_id`` and by ``assignee_id``.
Anybody else may be on either side: people in copy and those who were deleted are in no list of users.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from exemplar.sessions.formats.base import (
    AGENT,
    CUSTOMER,
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
#: A comment and where it stands.
_Comment = tuple[Line, Mapping[str, Any]]


def read_zendesk(file: Path) -> Iterator[RawConversation]:
    """Yields the tickets of an export as conversations.

    Raises:
        SessionError: it is none; the message names the line.
    """
    users = _users(file)
    alone: dict[str, Any] = {}
    members: dict[str, Any] = {}
    comments: list[_Comment] = []
    events: dict[str, tuple[int, list[_Comment]]] = {}
    found = False
    with open_text(file) as source:
        for key, line, value in JsonReader(file, source).items(_ARRAYS):
            if key in ("", "tickets"):
                entry = object_of(value, file, line, "a ticket")
                found = True
                if "ticket" in entry:
                    at: Line = line.of("ticket")
                    ticket = object_of(entry["ticket"], file, at, "ticket")
                    if "comments" in entry:
                        given = _comments(entry["comments"], file, line.of("comments"))
                    else:
                        given = _comments(ticket.get("comments"), file, inside(at, "comments"))
                    here = {**users, **_by_id(list_of(entry.get("users"), file, line, "users"))}
                    yield _conversation(file, line, ticket, given, here)
                else:
                    given = _comments(entry.get("comments"), file, line.of("comments"))
                    yield _conversation(file, line, entry, given, users)
            elif key == "ticket_events":
                found = True
                _add_event(file, line, object_of(value, file, line, "an event"), events)
            elif key == "comments":
                comments.append((int(line), object_of(value, file, line, "a comment")))
            elif key == ".ticket":
                alone = object_of(value, file, line, "ticket")
            elif key.startswith("."):
                members[key[1:]] = value
    if not found and not alone and comments and "id" in members:
        alone = members
    if alone:
        found = True
        given = comments or _comments(alone.get("comments"), file, 1)
        yield _conversation(file, 1, alone, given, users)
    for number, (first, said) in events.items():
        yield _conversation_of_events(file, first, number, said, users)
    if not found:
        raise wrong(
            file, 1, "has no tickets: an export has tickets, ticket_events or one ticket a line."
        )


def _comments(value: Any, file: Path, line: Line) -> list[_Comment]:
    """Returns comments with their places."""
    return [
        (at := inside(line, number), object_of(comment, file, at, "a comment"))
        for number, comment in enumerate(list_of(value, file, line, "comments"))
    ]


def _users(file: Path) -> _Users:
    """Returns the users that stand beside the tickets, by their ids; they may come after them."""
    users: list[Any] = []
    with open_text(file) as source:
        if source.read(1) != b"{":
            return {}
        source.seek(0)
        for key, line, value in JsonReader(file, source).items(_ARRAYS):
            if key == "":
                return {}
            if key == ".users":
                list_of(value, file, line, "users")
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
    file: Path, line: Line, ticket: Mapping[str, Any], given: Sequence[_Comment], users: _Users
) -> RawConversation:
    key = key_of(ticket.get("id"), file, line, "a ticket's id")
    own = dict(users)
    for person in ("requester", "submitter", "assignee"):
        if isinstance(ticket.get(person), dict):
            own.update(_by_id([ticket[person]]))
    requester, assignee = (_number(ticket, side) for side in ("requester", "assignee"))
    if not given:
        raise wrong(
            file,
            line,
            f"ticket {called(key)} has no comments: export tickets with their comments, "
            "one object with ticket and comments each (docs/sessions-import.md).",
        )
    turns = _turns(file, given, key, own, requester, assignee, listed=bool(users))
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
    created = ticket.get("created_at")
    return RawConversation(
        key=key,
        file=file,
        line=int(line),
        turns=in_order(turns),
        channel=_CHANNELS.get(channel),
        started=moment(created, file, inside(line, "created_at"), "created_at")
        if created
        else None,
        names=tuple(
            string_of(p[k]) for p in people for k in ("name", "alias") if string_of(p.get(k))
        ),
        emails=tuple(string_of(p["email"]) for p in people if string_of(p.get("email"))),
        rating=_SCORES.get(score),
        solved=_SOLVED.get(status),
    )


def _number(ticket: Mapping[str, Any], side: str) -> str:
    """Returns the number of a ticket's requester or assignee."""
    person = ticket.get(side)
    within = string_of(person.get("id")) if isinstance(person, dict) else ""
    return string_of(ticket.get(f"{side}_id")) or within


def _turns(
    file: Path,
    given: Sequence[_Comment],
    ticket: str,
    users: _Users,
    requester: str,
    assignee: str,
    *,
    listed: bool,
) -> list[RawTurn]:
    """Returns what was written in public, with the side of each as far as it can be known."""
    # The system writes as -1.
    public = [
        (number, line, comment)
        for number, (line, comment) in enumerate(given, 1)
        if flag_of(
            comment.get("public"),
            file,
            inside(line, "public"),
            f"ticket {called(ticket)}, comment {number}, public,",
        )
        is not False
        and _author(comment)[0] != "-1"
    ]
    others = {_author(comment)[0] for _, _, comment in public} - {requester}
    turns = []
    for number, line, comment in public:
        what = f"ticket {called(ticket)}, comment {number},"
        body = comment.get("plain_body") or comment.get("body") or comment.get("html_body")
        if body is None:
            continue
        if not isinstance(body, str):
            raise wrong(file, inside(line, "body"), f"{what} has a body that is no text.")
        author, own = _author(comment)
        if not author and not own.get("role"):
            raise wrong(file, line, f"{what} has no author_id: add it.")
        person: Mapping[str, Any] = own or users.get(author) or {}
        role = string_of(person.get("role"))
        side: str | None = None
        if role in {"agent", "admin"}:
            side = AGENT
        elif role == "end-user" or (author and author == requester):
            side = CUSTOMER
        elif author and (author == assignee or (requester and author in users)):
            side = AGENT
        elif author and requester and not listed and not assignee and len(others) == 1:
            # Without a list of users, two who write are the one who asks and the one who answers.
            side = AGENT
        created = comment.get("created_at")
        at = (
            moment(created, file, inside(line, "created_at"), f"{what} created_at,")
            if created
            else None
        )
        name = string_of(person.get("name")) or ("" if side else author)
        turns.append(RawTurn(text_of(body), name, side, at, line, number))
    return turns


def _author(comment: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Returns the number of a comment's author, and what the comment itself has of them."""
    given: Any = comment.get("author")
    own: Mapping[str, Any] = given if isinstance(given, dict) else {}
    return string_of(comment.get("author_id")) or string_of(own.get("id")), own


def _add_event(
    file: Path,
    line: Line,
    event: Mapping[str, Any],
    events: dict[str, tuple[int, list[_Comment]]],
) -> None:
    number = key_of(event.get("ticket_id"), file, line, "ticket_id")
    there = inside(line, "child_events")
    for count, child in enumerate(list_of(event.get("child_events"), file, there, "child_events")):
        child = object_of(child, file, inside(there, count), "a child event")
        if child.get("event_type") != "Comment" and child.get("type") != "Comment":
            continue
        comment = {
            "created_at": event.get("created_at"),
            "author_id": event.get("updater_id"),
            **child,
        }
        # The line alone: a place would keep the file's text as long as the events.
        events.setdefault(number, (int(line), []))[1].append((int(inside(there, count)), comment))


def _conversation_of_events(
    file: Path, line: int, ticket: str, given: Sequence[_Comment], users: _Users
) -> RawConversation:
    """Returns a ticket's conversation, in which the first to write is the one who asks."""
    authors = [_author(comment)[0] for _, comment in given if comment.get("public") is not False]
    requester = next((author for author in authors if author not in {"", "-1"}), "")
    turns = _turns(file, given, ticket, users, requester, "", listed=bool(users))
    return RawConversation(
        key=ticket,
        file=file,
        line=line,
        turns=in_order(turns),
        channel=None,
        started=None,
        names=tuple(sorted({turn.name for turn in turns if turn.name})),
    )
