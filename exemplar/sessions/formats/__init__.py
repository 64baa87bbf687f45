"""The formats that conversations come in; each module turns a file into raw conversations, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from exemplar.errors import ExemplarError
from exemplar.sessions.formats.base import RawConversation, RawTurn, wrong
from exemplar.sessions.formats.chatwoot import read_chatwoot
from exemplar.sessions.formats.intercom import read_intercom
from exemplar.sessions.formats.slack import read_slack
from exemplar.sessions.formats.subtitles import read_srt, read_vtt
from exemplar.sessions.formats.tables import read_csv, read_jsonl
from exemplar.sessions.formats.zendesk import read_zendesk

__all__ = ["FORMATS", "RawConversation", "RawTurn", "format_of", "reader_for"]

Reader = Callable[[Path], Iterator[RawConversation]]

#: Readers by the name that ``--format`` takes.
FORMATS: Final[Mapping[str, Reader]] = {
    "vtt": read_vtt,
    "srt": read_srt,
    "csv": read_csv,
    "jsonl": read_jsonl,
    "zendesk": read_zendesk,
    "intercom": read_intercom,
    "chatwoot": read_chatwoot,
    "slack": read_slack,
}
_ENDINGS: Final = {".vtt": "vtt", ".srt": "srt", ".csv": "csv", ".tsv": "csv", ".zip": "slack"}
#: Words of JSON by which an export is known, the surest first.
_SIGNS: Final = (
    ("intercom", b'"conversation_parts"'),
    ("chatwoot", b'"message_type"'),
    ("zendesk", b'"ticket_events"'),
    ("zendesk", b'"author_id"'),
    ("zendesk", b'"requester_id"'),
    ("zendesk", b'"tickets"'),
    ("jsonl", b'"turns"'),
    ("jsonl", b'"messages"'),
)


def format_of(file: Path) -> str:
    """Returns the format of a file, by its ending and by its beginning.

    Raises:
        ExemplarError: it cannot be read, or is none that is known.
    """
    if file.is_dir():
        return "slack"
    if file.suffix.lower() in _ENDINGS:
        return _ENDINGS[file.suffix.lower()]
    try:
        with file.open("rb") as source:
            start = source.read(200_000)
    except OSError as error:
        raise ExemplarError(f"cannot read {file}: {error.strerror or error}.") from error
    if start.startswith((b"WEBVTT", b"\xef\xbb\xbfWEBVTT")):
        return "vtt"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise wrong(file, 1, "is UTF-16; save it as UTF-8.")
    if not start.strip():
        raise wrong(file, 1, "is empty.")
    for name, sign in _SIGNS:
        if sign in start:
            return name
    raise ExemplarError(f"{file}: cannot tell its format; say --format {'|'.join(FORMATS)}.")


def reader_for(name: str, file: Path) -> Reader:
    """Returns the reader of a format; ``auto`` looks at the file.

    Raises:
        ExemplarError: there is no such format.
    """
    name = format_of(file) if name == "auto" else name
    if name not in FORMATS:
        raise ExemplarError(f"there is no format {name!r}; it is auto, {', '.join(FORMATS)}.")
    return FORMATS[name]
