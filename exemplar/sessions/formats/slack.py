"""Slack: a workspace's export, as a ZIP file or its unpacked folder.

* what is in it (``channels.json``, ``users.json``, a folder a channel, a file a day):
  https://slack.com/help/articles/220556107-How-to-read-Slack-data-exports
* messages (``user``, ``text``, ``ts``, ``thread_ts``, ``subtype``): https://api.slack.com/events/message
* how text is written (``<@U…>``, ``<https://…|label>``, ``&lt;``):
  https://api.slack.com/reference/surfaces/formatting

A conversation is a thread. What stands outside threads belongs together until four hours pass without
a word. Guests and people of other companies are customers; where there are none, whoever begins is,
unless a map of names says otherwise. Whoever is in no list of users may be on either side.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from exemplar.sessions.formats.base import (
    AGENT,
    CUSTOMER,
    SECONDS,
    JsonReader,
    Line,
    RawConversation,
    RawTurn,
    list_of,
    moment,
    object_of,
    plain,
    string_of,
    wrong,
)

#: Largest day of a channel, unpacked.
_LARGEST_DAY: Final = 200_000_000
_PAUSE: Final = 4 * 3600.0
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\.json$")
#: Messages that people wrote carry no subtype, or one of these.
_WRITTEN: Final = frozenset({"", "thread_broadcast", "file_share", "me_message", "file_comment"})
_LISTS: Final = ("users.json", "org_users.json")

_Messages = list[tuple[Line, Path, dict[str, Any]]]


def read_slack(file: Path) -> Iterator[RawConversation]:
    """Yields the conversations of an export.

    Raises:
        SessionError: it is none; the message names the file inside it and the line.
    """
    if file.is_dir():
        names = sorted(
            path.relative_to(file).as_posix() for path in file.rglob("*.json") if path.is_file()
        )
        yield from _export(file, names, lambda name: (file / name).read_bytes())
        return
    try:
        with zipfile.ZipFile(file) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}

            def content(name: str) -> bytes:
                if sizes[name] > _LARGEST_DAY:
                    raise wrong(file / name, 0, "is larger than any day of a channel.")
                with archive.open(name) as member:
                    return member.read(_LARGEST_DAY + 1)

            yield from _export(file, sorted(sizes), content)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        KeyError,
        UnicodeError,
        zlib.error,
    ) as error:
        raise wrong(
            file, 0, f"is no ZIP file that can be read ({error}); is it complete?"
        ) from error
    except OSError as error:
        raise wrong(file, 0, f"cannot be read: {error.strerror or error}.") from error


def _export(file: Path, names: list[str], content: Any) -> Iterator[RawConversation]:
    root = {PurePosixPath(name).name: name for name in names if PurePosixPath(name).name in _LISTS}
    users: dict[str, dict[str, Any]] = {}
    for name in root.values():
        for line, user in _entries(file / name, content(name)):
            user = object_of(user, file / name, line, "a user")
            users[string_of(user.get("id"))] = user
    if not users:
        raise wrong(
            file, 0, "has no users.json: name the export's ZIP file, or the folder it unpacks to."
        )
    channels: dict[str, list[str]] = {}
    for name in names:
        if _DAY.search(name):
            channels.setdefault(PurePosixPath(name).parent.as_posix(), []).append(name)
    if not channels:
        raise wrong(file, 0, "has no days of a channel, such as support/2026-09-14.json.")
    for channel, days in channels.items():
        messages: _Messages = []
        for day in sorted(days):
            for line, message in _entries(file / day, content(day)):
                message = object_of(message, file / day, line, "a message")
                if _counts(message, users):
                    # The line alone: a place would keep the whole day's text.
                    messages.append((int(line), file / day, message))
        for group in _grouped(messages):
            yield _conversation(channel, group, users)


def _entries(place: Path, content: bytes) -> Iterator[tuple[Line, Any]]:
    for key, line, value in JsonReader(place, io.BytesIO(content)).items(()):
        if key == "" and isinstance(value, list):
            yield from (
                (line.of(n), item) for n, item in enumerate(list_of(value, place, line, "it"))
            )
        else:
            yield line, value


def _counts(message: Mapping[str, Any], users: Mapping[str, Any]) -> bool:
    user = users.get(string_of(message.get("user")), {})
    bot = (
        bool(message.get("bot_id"))
        or user.get("is_bot") is True
        or message.get("user") == "USLACKBOT"
    )
    kind = (
        message.get("type", "message") == "message"
        and string_of(message.get("subtype")) in _WRITTEN
    )
    return kind and not bot and bool(message.get("user"))


def _grouped(messages: _Messages) -> Iterator[_Messages]:
    """Yields threads, and between them what follows each other without a long pause."""
    threads: dict[str, _Messages] = {}
    loose: _Messages = []
    for entry in messages:
        stamp = entry[2].get("thread_ts")
        if stamp:
            threads.setdefault(string_of(stamp), []).append(entry)
        else:
            loose.append(entry)
    groups = list(threads.values())
    before: float | None = None
    for entry in sorted(loose, key=lambda entry: _moment(entry)):
        now = _moment(entry).timestamp()
        if before is None or now - before > _PAUSE:
            groups.append([])
        groups[-1].append(entry)
        before = now
    groups = [sorted(group, key=lambda entry: _moment(entry)) for group in groups]
    yield from sorted(groups, key=lambda group: _moment(group[0]))


def _moment(entry: tuple[Line, Path, dict[str, Any]]) -> datetime:
    line, place, message = entry
    return moment(message.get("ts"), place, line, "ts", SECONDS)


def _conversation(
    channel: str, group: _Messages, users: Mapping[str, dict[str, Any]]
) -> RawConversation:
    line, place, first = group[0]
    speakers = {string_of(message.get("user")) for _, _, message in group}
    strangers = {number for number in speakers if number not in users}
    outside = {number for number in speakers if _is_outside(users.get(number, {}))}
    if not strangers and (not outside or outside == speakers):
        outside = {string_of(first.get("user"))}
    names: dict[str, None] = {}
    emails: dict[str, None] = {}
    turns: list[RawTurn] = []
    mentioned: set[str] = set()
    for number, day, message in group:
        text = message.get("text")
        if text is None:
            continue
        if not isinstance(text, str):
            raise wrong(day, number, "a message's text is no text.")
        mentioned.update(re.findall(r"<@([A-Z0-9]+)", text))
        user = string_of(message.get("user"))
        turns.append(
            RawTurn(
                _written(text, users),
                _name(users.get(user, {})) or user,
                None if user in strangers else CUSTOMER if user in outside else AGENT,
                _moment((number, day, message)),
                # A turn's line is of the conversation's file, and this may be another day's.
                number if day == place else 0,
            )
        )
    for person in sorted(speakers | mentioned):
        profile = users.get(person, {})
        details: Any = profile.get("profile")
        details = details if isinstance(details, dict) else {}
        for value in (
            profile.get("real_name"),
            profile.get("name"),
            details.get("real_name"),
            details.get("display_name"),
            details.get("first_name"),
            details.get("last_name"),
        ):
            if string_of(value):
                names[string_of(value)] = None
        if string_of(details.get("email")):
            emails[string_of(details.get("email"))] = None
    thread = string_of(first.get("thread_ts") or first.get("ts"))
    return RawConversation(
        key=f"{channel}/{thread}",
        file=place,
        line=int(line),
        turns=tuple(turn for turn in turns if turn.text),
        channel="slack",
        started=_moment(group[0]),
        names=tuple(names),
        emails=tuple(emails),
    )


def _is_outside(user: Mapping[str, Any]) -> bool:
    return any(
        user.get(flag) is True for flag in ("is_stranger", "is_restricted", "is_ultra_restricted")
    )


def _name(user: Mapping[str, Any]) -> str:
    profile: Any = user.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    return (
        string_of(user.get("real_name"))
        or string_of(profile.get("real_name"))
        or string_of(user.get("name"))
    )


def _written(text: str, users: Mapping[str, dict[str, Any]]) -> str:
    """Returns a message as people see it."""

    def person(found: re.Match[str]) -> str:
        return _name(users.get(found[1], {})) or found[2] or "somebody"

    text = re.sub(r"<@([A-Z0-9]+)(?:\|([^>]*))?>", person, text)
    text = re.sub(r"<#[A-Z0-9]+\|([^>]*)>", r"#\1", text)
    text = re.sub(r"<!(here|channel|everyone)(?:\|[^>]*)?>", r"@\1", text)
    text = re.sub(
        r"<(?:mailto:|tel:)?([^|>\s]+)\|([^>]*)>",
        lambda f: f[2] if f[2] in f[1] else f"{f[2]} {f[1]}",
        text,
    )
    text = re.sub(r"<(?:mailto:|tel:)?((?:https?|[^<>\s]+@)[^<>\s]*)>", r"\1", text)
    return plain(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
