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
#: How times are written that are counted rather than spelled.
SECONDS: Final = "seconds since 1970 like 1789380120"


class Place:
    """Where a JSON value stands; its line is looked up only when an error needs it.

    Args:
        line: at which the outermost value begins.
        text: in which that value stands.
        start: of that value in the text.
        path: keys and numbers that lead from there to the value.
    """

    def __init__(self, line: int, text: str, start: int, path: tuple[str | int, ...] = ()):
        self._line, self._text, self._start, self._path = line, text, start, path

    def of(self, *path: str | int) -> Place:
        """Returns the place of what is inside."""
        return Place(self._line, self._text, self._start, (*self._path, *path))

    def __int__(self) -> int:
        at = self._start
        for step in self._path:
            # What is not there has the line of what it is missing from.
            try:
                at = _inside(self._text, at, step)
            except (ValueError, IndexError, RecursionError):
                break
        return self._line + self._text.count("\n", self._start, at)


Line = int | Place


def inside(line: Line, *path: str | int) -> Line:
    """Returns the place of what is inside a value, as far as it can be known."""
    return line.of(*path) if isinstance(line, Place) else line


def _inside(text: str, at: int, step: str | int) -> int:
    """Returns where a member of an object, or an element of a list, begins."""
    opening = text[at]
    if opening != ("{" if isinstance(step, str) else "["):
        raise ValueError
    found: list[int] = []
    at = _after_blanks(text, at + 1)
    while text[at] not in "}]":
        key: Any = len(found)
        if opening == "{":
            key, at = _SCANNER.raw_decode(text, at)
            at = _after_blanks(text, _after_blanks(text, at) + 1)
        if key == step:
            return at
        found.append(at)
        _, at = _SCANNER.raw_decode(text, at)
        at = _after_blanks(text, at)
        if text[at] == ",":
            at = _after_blanks(text, at + 1)
    raise IndexError


def _after_blanks(text: str, at: int) -> int:
    blank = _BLANKS.match(text, at)
    return blank.end() if blank else at


_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_SCANNER: Final = json.JSONDecoder()


class _Twice(ValueError):
    """A key stands twice in one object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Returns an object of JSON, which would silently keep the last of two values of one key."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(next(key for key in keys if keys.count(key) > 1))
    return found


@dataclass(frozen=True)
class RawTurn:
    """What one side said, before redaction.

    Attributes:
        text: plain, without markup.
        name: of the speaker, as the source has it; empty if it has none.
        role: ``customer`` or ``agent`` where the source tells, else None.
        at: when; seconds since the start in a recording, a moment elsewhere, None where the source has none.
        line: where it stands; 0 where that is not known.
        number: which it is in its source, from 1; 0 where a line says as much.
    """

    text: str
    name: str
    role: str | None
    at: float | datetime | None
    line: Line = 0
    number: int = 0


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
        unread: columns or keys of the source that mean nothing here.
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
    unread: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """File and line, for errors."""
        return f"{self.file}:{self.line}" if self.line else str(self.file)

    def where_of(self, turn: RawTurn) -> str:
        """File and line of a turn, for errors."""
        line = int(turn.line)
        return f"{self.file}:{line}" if line else self.where


def wrong(file: Path, line: Line, problem: str) -> SessionError:
    """Returns the error for a place of a file; the problem says what to do, too."""
    number = int(line)
    return SessionError(
        f"{file}:{number}: {one_line(problem)}" if number else f"{file}: {one_line(problem)}"
    )


def one_line(text: str) -> str:
    """Returns a text as one line without control characters."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", whole_characters(text)).strip()


def shown(value: Any) -> str:
    """Returns a value as an error shows it: short, on one line.

    Errors go to screens and logs, and a cell that slipped holds what a customer wrote: of a text only
    what is one short word, or a day, is shown.
    """
    if value is None:
        return "nothing"
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    if not isinstance(value, str):
        text = one_line(repr(value))
        return text if len(text) <= 20 else f"{text[:19]}…"
    text = one_line(value)
    if _A_DAY.fullmatch(text) or (_A_WORD.fullmatch(text) and not _MANY_DIGITS.search(text)):
        return repr(text)
    return f"a text of {len(value)} characters" if text else "empty"


def called(name: Any) -> str:
    """Returns a number or name of a conversation, a column or a key as an error shows it."""
    text = one_line(str(name))
    return repr(text) if _A_NAME.fullmatch(text) else shown(name)


_A_DAY: Final = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}[T ]?[\d:.+Z-]{0,20}")
_A_WORD: Final = re.compile(r"[^\s@]{1,20}")
_A_NAME: Final = re.compile(r"[^\s@]{1,60}")
_MANY_DIGITS: Final = re.compile(r"\d{7}")


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


def moment(
    value: Any, file: Path, line: Line, what: str, like: str = "a time like 2026-09-14T10:02:00Z"
) -> datetime:
    """Reads a time as exports write it: ISO 8601, or seconds (or milliseconds) since 1970.

    Args:
        value: the time.
        file: for errors.
        line: likewise.
        what: to call it in errors.
        like: how this source writes times.

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
        raise wrong(file, line, f"{what} is {shown(value)}; write {like}.") from None


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
        if text.count("\x00") > len(text) / 4:
            raise wrong(file, 1, "is UTF-16 without its mark; save it as UTF-8.")
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


def object_of(value: Any, file: Path, line: Line, what: str) -> dict[str, Any]:
    """Returns a value that has to be a JSON object."""
    if not isinstance(value, dict):
        raise wrong(
            file, line, f"{what} is {shown(value)}, not an object {{…}}: is it another --format?"
        )
    return value


def list_of(value: Any, file: Path, line: Line, what: str) -> list[Any]:
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


def flag_of(value: Any, file: Path, line: Line, what: str) -> bool | None:
    """Returns a value that has to be true or false: whether others may read a note depends on it.

    Raises:
        SessionError: it is something else than these, or nothing.
    """
    if value is not None and not isinstance(value, bool):
        raise wrong(file, line, f"{what} is {shown(value)}; it is true or false.")
    return value


def key_of(value: Any, file: Path, line: Line, what: str) -> str:
    """Returns what a source calls a conversation.

    Raises:
        SessionError: it has no such thing.
    """
    key = string_of(value)
    if value is None or value == "":
        raise wrong(file, line, f"{what} is missing; every conversation needs one.")
    if not key or len(key) > 300:
        raise wrong(file, line, f"{what} is {shown(value)}; write a number or a word.")
    return key


def stars(value: Any, file: Path, line: Line) -> int | None:
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
        self._scanner = json.JSONDecoder(object_pairs_hook=_once)
        self._text = ""
        self._position = 0
        self._began = 0
        self._line = 1
        self._ended = False

    def items(self, keys: Sequence[str]) -> Iterator[tuple[str, Place, Any]]:
        """Yields key, place and value of what the file holds.

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
            yield from self._array("")
            self._end()
        elif first == "{" and self._opens_container(keys):
            yield from self._members(keys)
            self._end()
        else:
            while self._peek():
                yield "", *self._placed()

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

    def _placed(self) -> tuple[Place, Any]:
        """Returns the next value with its place."""
        self._peek()
        line = self._line
        value = self._value()
        return Place(line, self._text, self._began), value

    def _members(self, keys: Sequence[str]) -> Iterator[tuple[str, Place, Any]]:
        self._expect("{")
        if self._peek() == "}":
            self._position += 1
            return
        seen: set[str] = set()
        while True:
            self._peek()
            line = self._line
            key = self._value()
            if not isinstance(key, str):
                raise wrong(self._file, line, "is no JSON: a member's name has to be in quotes.")
            if key in seen:
                raise self._doubled(line, key)
            seen.add(key)
            self._expect(":")
            first = self._peek()
            if key in keys and first == "[":
                yield from self._array(key)
            else:
                yield f".{key}", *self._placed()
            if self._expect(",}") == "}":
                return

    def _doubled(self, line: int, key: str) -> SessionError:
        return wrong(
            self._file, line, f"has {called(key)} twice in one object: take one of them out."
        )

    def _array(self, key: str) -> Iterator[tuple[str, Place, Any]]:
        self._expect("[")
        if self._peek() == "]":
            self._position += 1
            return
        while True:
            yield key, *self._placed()
            if self._expect(",]") == "]":
                return

    def _peek(self) -> str:
        """Returns the next sign that is no white space, "" at the end; forgets what was read."""
        while True:
            blank = _BLANKS.match(self._text, self._position)
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
                    self._began, self._position = self._position, end
                    return value
                problem, place = "it ends too early", end
            except json.JSONDecodeError as error:
                problem, place = error.msg, error.pos
            except RecursionError:
                raise wrong(
                    self._file, self._line, "is no JSON that anything exports: too deep."
                ) from None
            except _Twice as error:
                raise self._doubled(self._line, str(error)) from None
            except ValueError:
                # What Python says of it is for programmers; that a number is too long is all there is.
                raise wrong(
                    self._file, self._line, "is no JSON that anything exports: a number too long."
                ) from None
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
