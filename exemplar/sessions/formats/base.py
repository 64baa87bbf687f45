"""What all formats give, and what they share: text, times, JSON read piece by piece with its lines."""

from __future__ import annotations

import codecs
import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, Any, Final

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning

from exemplar.sessions.files import SessionError
from exemplar.text import whole_characters

CUSTOMER: Final = "customer"
AGENT: Final = "agent"
#: One conversation of an export; larger is another kind of file.
LARGEST_PIECE: Final = 32_000_000
#: A transcript of a day is under a megabyte.
LARGEST_TRANSCRIPT: Final = 50_000_000
_CHUNK: Final = 1 << 16


@dataclass(frozen=True)
class RawTurn:
    """What one side said, before redaction.

    Attributes:
        text: plain, without markup.
        name: of the speaker, as the source has it; empty if it has none.
        role: ``customer`` or ``agent`` where the source tells, else None.
        at: when; seconds since the start in a recording, a moment elsewhere, None where the source has none.
    """

    text: str
    name: str
    role: str | None
    at: float | datetime | None


@dataclass(frozen=True)
class RawConversation:
    """One conversation of a source, before redaction.

    Attributes:
        key: what the source calls it; unique within the source.
        file: where it stands.
        line: its first, from 1; 0 where lines mean nothing.
        turns: in the source's order.
        channel: one of ours, where the source tells.
        started: when, where the source tells.
        names: of people, known from the source's own data.
        emails: of people, likewise.
        rating: the customer's, 1 to 5.
        solved: whether the source says that it was.
        stage: as the source has it.
        language: ISO 639-1, as the source has it.
        consent: by side, as the source has it: ``given``, ``by``, ``for``.
    """

    key: str
    file: Path
    line: int
    turns: tuple[RawTurn, ...]
    channel: str | None = None
    started: datetime | None = None
    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    rating: int | None = None
    solved: bool | None = None
    stage: str | None = None
    language: str | None = None
    consent: Mapping[str, Any] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """File and line, for errors."""
        return f"{self.file}:{self.line}" if self.line else str(self.file)


def wrong(file: Path, line: int, problem: str) -> SessionError:
    """Returns the error for a place of a file; the problem says what to do, too."""
    return SessionError(
        f"{file}:{line}: {one_line(problem)}" if line else f"{file}: {one_line(problem)}"
    )


def one_line(text: str) -> str:
    """Returns a text as one line without control characters."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", whole_characters(text)).strip()


def shown(value: Any) -> str:
    """Returns a value as an error shows it: short, on one line."""
    text = one_line(value if isinstance(value, str) else repr(value))
    return repr(text if len(text) <= 40 else f"{text[:37]}…")


def plain(text: str) -> str:
    """Returns a text without control characters and half characters."""
    text = whole_characters(text).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\ufeff\ufffe\uffff]", "", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[^\S\n]+$", "", text, flags=re.MULTILINE)).strip()


_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]{2,8});")


def text_of(body: str) -> str:
    """Returns the text of a message that may be HTML; links keep what is written on them."""
    if not _TAG.search(body):
        return plain(body)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        try:
            soup = BeautifulSoup(body, "html.parser")
        except (ValueError, AssertionError, RecursionError, NotImplementedError):
            return plain(_TAG.sub(" ", body))
    for tag in soup(["script", "style", "head", "title"]):
        tag.decompose()
    for tag in soup(["br"]):
        tag.replace_with("\n")
    for tag in soup(["p", "div", "li", "tr", "blockquote", "h1", "h2", "h3", "h4"]):
        tag.append("\n")
    text = soup.get_text()
    return plain(re.sub(r"[ \t\xa0]+", " ", re.sub(r"\n\s*\n+", "\n", text)))


def moment(value: Any, file: Path, line: int, what: str) -> datetime:
    """Reads a time as exports write it: ISO 8601, or seconds (or milliseconds) since 1970.

    Raises:
        SessionError: it is none.
    """
    try:
        if isinstance(value, bool) or value is None:
            raise ValueError
        if isinstance(value, (int, float)) or (
            isinstance(value, str) and re.fullmatch(r"\d{9,13}(?:\.\d+)?", value.strip())
        ):
            seconds = float(value)
            seconds = seconds / 1000 if seconds > 1e11 else seconds
            if not 0 <= seconds < 4e9:
                raise ValueError
            return datetime.fromtimestamp(seconds, timezone.utc)
        if not isinstance(value, str):
            raise ValueError
        text = value.strip().replace("Z", "+00:00").replace(" UTC", "+00:00")
        text = re.sub(r"([+-]\d{2})(\d{2})$", r"\1:\2", text)
        text = re.sub(r"\.(\d+)", lambda f: "." + f[1][:6].ljust(6, "0"), text)
        found = datetime.fromisoformat(text)
        found = found if found.tzinfo else found.replace(tzinfo=timezone.utc)
        if not 1970 <= found.year < 2100:
            raise ValueError
        return found.astimezone(timezone.utc)
    except (ValueError, OverflowError, OSError):
        raise wrong(
            file, line, f"{what} is {shown(value)}; write a time like 2026-09-14T10:02:00Z."
        ) from None


def read_text(file: Path) -> str:
    """Reads a whole transcript.

    Raises:
        SessionError: it cannot be read, is too large, or is no text.
    """
    try:
        if file.stat().st_size > LARGEST_TRANSCRIPT:
            raise wrong(file, 0, "is larger than any transcript: is it another kind of file?")
        content = file.read_bytes()
    except OSError as error:
        raise SessionError(f"cannot read {file}: {error.strerror or error}.") from error
    return decoded(content, file)


def decoded(content: bytes, file: Path) -> str:
    """Returns a file's bytes as text: UTF-8, or UTF-16 with its mark."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise wrong(
            file, line, "is not UTF-8; save it as UTF-8 (or say which --format it is)."
        ) from error
    if "\x00" in text:
        raise wrong(
            file,
            text[: text.index("\x00")].count("\n") + 1,
            "is no text file; is it another --format?",
        )
    return text


def open_text(file: Path) -> IO[bytes]:
    """Opens a file that is read piece by piece.

    Raises:
        SessionError: it cannot be.
    """
    try:
        return file.open("rb")
    except OSError as error:
        raise SessionError(f"cannot read {file}: {error.strerror or error}.") from error


def object_of(value: Any, file: Path, line: int, what: str) -> dict[str, Any]:
    """Returns a value that has to be a JSON object."""
    if not isinstance(value, dict):
        raise wrong(
            file, line, f"{what} is {shown(value)}, not an object {{…}}: is it another --format?"
        )
    return value


def list_of(value: Any, file: Path, line: int, what: str) -> list[Any]:
    """Returns a value that has to be a JSON array; nothing is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise wrong(
            file, line, f"{what} is {shown(value)}, not a list […]: is it another --format?"
        )
    return value


def string_of(value: Any) -> str:
    """Returns a value as text: what is no text or number counts as none."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return plain(str(value))


def key_of(value: Any, file: Path, line: int, what: str) -> str:
    """Returns what a source calls a conversation.

    Raises:
        SessionError: it has no such thing.
    """
    key = string_of(value)
    if not key or len(key) > 300:
        raise wrong(file, line, f"{what} is {shown(value)}; every conversation needs one.")
    return key


def stars(value: Any, file: Path, line: int) -> int | None:
    """Reads a rating of 1 to 5; nothing and 0 are none.

    Raises:
        SessionError: it is something else.
    """
    if value is None or value == "" or value == 0 or value == "0":
        return None
    try:
        if isinstance(value, bool):
            raise ValueError
        rating = float(value)
        if rating != int(rating) or not 1 <= rating <= 5:
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise wrong(file, line, f"rating is {shown(value)}; it is 1 to 5, or left empty.") from None
    return int(rating)


class JsonReader:
    """Reads one JSON document, or several one after another, piece by piece, knowing the line.

    Args:
        file: for errors.
        source: the bytes, UTF-8.
    """

    def __init__(self, file: Path, source: IO[bytes]):
        self._file = file
        self._source = source
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._scanner = json.JSONDecoder()
        self._text = ""
        self._position = 0
        self._line = 1
        self._ended = False

    def items(self, keys: Sequence[str]) -> Iterator[tuple[str, int, Any]]:
        """Yields key, line and value of what the file holds.

        Of an array, and of those members of an object that are named, each element, the key being the
        member's; every other member of an object whole, the key being ``.name``; of a sequence of
        documents (JSON lines) each document with an empty key.

        Raises:
            SessionError: it is no JSON; the message names the line.
        """
        first = self._peek()
        if first == "":
            raise wrong(self._file, 1, "is empty.")
        if first == "[":
            yield from ((key, line, value) for key, line, value in self._array(""))
            self._end()
        elif first == "{" and self._opens_container(keys):
            yield from self._members(keys)
            self._end()
        else:
            while self._peek():
                line = self._line
                yield "", line, self._value()

    def _opens_container(self, keys: Sequence[str]) -> bool:
        """Whether the first object holds the named arrays, rather than being the first of many lines."""
        if not keys:
            return False
        while "\n" not in self._text[self._position :] and len(self._text) <= LARGEST_PIECE:
            if not self._more(max(_CHUNK, len(self._text))):
                break
        line_end = self._text.find("\n", self._position)
        line = self._text[self._position : line_end if line_end >= 0 else len(self._text)]
        try:
            first, end = self._scanner.raw_decode(line)
        except (ValueError, RecursionError):
            return self._names_an_array(keys)
        rest = line[end:] + self._text[self._position + len(line) :]
        while not rest.strip() and self._more():
            rest = self._text[self._position + end :]
        return not rest.strip() and any(isinstance(first.get(key), list) for key in keys)

    def _names_an_array(self, keys: Sequence[str]) -> bool:
        """Whether one of the keys stands in the first object itself, with an array; reads up to it."""
        pattern = re.compile(rf'"(?:{"|".join(map(re.escape, keys))})"\s*:\s*\[')
        while True:
            text = self._text[self._position :]
            if any(self._depth_is_one(place.start()) for place in pattern.finditer(text)):
                return True
            if len(text) > LARGEST_PIECE or not self._more(max(_CHUNK, len(text))):
                return False

    def _depth_is_one(self, offset: int) -> bool:
        text = re.sub(
            r'"(?:\\.|[^"\\])*"', "", self._text[self._position : self._position + offset]
        )
        return text.count("{") + text.count("[") - text.count("}") - text.count("]") == 1

    def _members(self, keys: Sequence[str]) -> Iterator[tuple[str, int, Any]]:
        self._expect("{")
        if self._peek() == "}":
            self._position += 1
            return
        while True:
            line = self._line
            key = self._value()
            if not isinstance(key, str):
                raise wrong(self._file, line, "is no JSON: a member's name has to be in quotes.")
            self._expect(":")
            first = self._peek()
            if key in keys and first == "[":
                yield from self._array(key)
            else:
                line = self._line
                yield f".{key}", line, self._value()
            if self._expect(",}") == "}":
                return

    def _array(self, key: str) -> Iterator[tuple[str, int, Any]]:
        self._expect("[")
        if self._peek() == "]":
            self._position += 1
            return
        while True:
            self._peek()
            line = self._line
            yield key, line, self._value()
            if self._expect(",]") == "]":
                return

    def _peek(self) -> str:
        """Returns the next sign that is no white space, "" at the end; forgets what was read."""
        while True:
            blank = re.compile(r"[ \t\r\n]*").match(self._text, self._position)
            assert blank is not None
            self._line += blank.group().count("\n")
            self._position = blank.end()
            if self._position > _CHUNK:
                self._text, self._position = self._text[self._position :], 0
            if self._position < len(self._text):
                return self._text[self._position]
            if not self._more():
                return ""

    def _expect(self, signs: str) -> str:
        sign = self._peek()
        if sign == "" or sign not in signs:
            found = f"{sign!r}" if sign else "the end of the file"
            raise wrong(
                self._file,
                self._line,
                f"is no JSON: {found} where {' or '.join(map(repr, signs))} should be; is it complete?",
            )
        self._position += 1
        return sign

    def _value(self) -> Any:
        self._peek()
        want = _CHUNK
        while True:
            try:
                value, end = self._scanner.raw_decode(self._text, self._position)
                # A number may go on in what was not read yet.
                if end < len(self._text) or self._ended or isinstance(value, (dict, list, str)):
                    self._line += self._text.count("\n", self._position, end)
                    self._position = end
                    return value
                problem, place = "it ends too early", end
            except json.JSONDecodeError as error:
                problem, place = error.msg, error.pos
            except RecursionError:
                raise wrong(
                    self._file, self._line, "is no JSON that anything exports: too deep."
                ) from None
            except ValueError as error:
                raise wrong(self._file, self._line, f"is no JSON: {error}.") from None
            if len(self._text) - self._position > LARGEST_PIECE:
                raise wrong(
                    self._file,
                    self._line,
                    "holds no JSON, or a piece larger than any conversation.",
                )
            if not self._more(want):
                line = self._line + self._text.count(
                    "\n", self._position, min(place, len(self._text))
                )
                raise wrong(self._file, line, f"is no JSON: {problem}; is it complete?")
            want *= 2

    def _more(self, size: int = _CHUNK) -> bool:
        if self._ended:
            return False
        try:
            content = self._source.read(size)
            self._ended = not content
            text = self._decoder.decode(content, self._ended)
        except UnicodeDecodeError:
            line = self._line + self._text.count("\n", self._position)
            raise wrong(self._file, line, "is not UTF-8; save it as UTF-8.") from None
        except (OSError, EOFError, ValueError, RuntimeError, NotImplementedError) as error:
            raise wrong(self._file, self._line, f"cannot be read: {error}.") from error
        self._text += text
        return bool(content) or bool(text)

    def _end(self) -> None:
        if self._peek():
            raise wrong(self._file, self._line, "is no JSON: something follows its end.")


def in_order(turns: Iterable[RawTurn]) -> tuple[RawTurn, ...]:
    """Returns turns that say something, those with a moment in the order of time."""
    said = [turn for turn in turns if turn.text]
    if all(isinstance(turn.at, datetime) for turn in said):
        said.sort(key=lambda turn: turn.at)  # type: ignore[arg-type, return-value]
    return tuple(said)
