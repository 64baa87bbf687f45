"""CSV, one row a turn, and JSON lines, one conversation a line: for whatever has no format of its own."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from exemplar.sessions.formats.base import (
    AGENT,
    CUSTOMER,
    JsonReader,
    Line,
    Place,
    RawConversation,
    RawTurn,
    called,
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

#: A column's name and what else it may be called.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "conversation": ("conversation_id", "id", "session", "ticket", "ticket_id", "thread"),
    "speaker": ("role", "sender", "author", "from", "who", "author_type"),
    "text": ("message", "body", "content", "utterance"),
    "name": ("speaker_name", "author_name", "sender_name"),
    "email": ("author_email", "customer_email"),
    "at": ("time", "timestamp", "created_at", "date", "seconds"),
    "channel": (),
    "stage": (),
    "language": ("lang",),
    "rating": ("csat", "stars"),
    "solved": ("resolved",),
    "customer_consent_given": (),
    "customer_consent_by": (),
    "customer_consent_for": (),
    "agent_consent_given": (),
    "agent_consent_by": (),
    "agent_consent_for": (),
}
NEEDED: Final = ("conversation", "speaker", "text")
#: Keys of a conversation and of a turn in JSON lines.
KEYS: Final = (
    "id",
    "conversation",
    "turns",
    "messages",
    "channel",
    "started",
    "stage",
    "language",
    "rating",
    "solved",
    "consent",
)
TURN_KEYS: Final = ("speaker", "role", "text", "content", "name", "email", "at", "time")
#: Words a letter away from one of ours, which mean something else in what other programs export.
_OTHER_WORDS: Final = frozenset(
    {"state", "content", "context", "starred", "saved", "storage", "next", "test", "game", "tokens"}
)
_ROLES: Final = {
    **dict.fromkeys(
        (
            "customer",
            "client",
            "user",
            "caller",
            "visitor",
            "contact",
            "end-user",
            "end_user",
            "requester",
            "buyer",
            "guest",
            "consumer",
            "lead",
            "incoming",
        ),
        CUSTOMER,
    ),
    **dict.fromkeys(
        (
            "agent",
            "assistant",
            "support",
            "rep",
            "representative",
            "operator",
            "admin",
            "staff",
            "adviser",
            "advisor",
            "employee",
            "service",
            "human_agent",
            "outgoing",
        ),
        AGENT,
    ),
}
_YES: Final = {
    "yes": True,
    "true": True,
    "1": True,
    "y": True,
    "solved": True,
    "resolved": True,
    "closed": True,
    "no": False,
    "false": False,
    "0": False,
    "n": False,
    "open": False,
    "unsolved": False,
}


def role_of(said: str) -> str | None:
    """Returns the side that a word such as "client" or "Support" means."""
    return _ROLES.get(said.strip().lower())


class _Lines:
    """The lines of a file as text, decoded one by one, so that an error knows its line."""

    def __init__(self, file: Path):
        self._file = file
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        with open_text(self._file) as source:
            start = source.read(2)
            if start in (b"\xff\xfe", b"\xfe\xff"):
                raise wrong(self._file, 1, "is UTF-16; save it as UTF-8.")
            source.seek(0)
            for line in source:
                self.number += 1
                try:
                    text = line.decode("utf-8-sig" if self.number == 1 else "utf-8")
                except UnicodeDecodeError:
                    raise wrong(
                        self._file, self.number, "is not UTF-8; save it as UTF-8."
                    ) from None
                if "\x00" in text:
                    raise wrong(self._file, self.number, "is no text; is it another --format?")
                yield text


def read_csv(file: Path) -> Iterator[RawConversation]:
    """Yields the conversations of a CSV file, whose rows of one conversation stand together.

    Columns: conversation, speaker (customer or agent, or a name that a map tells), text; and where there
    are: name, email, at (ISO 8601, or seconds from the start), channel, stage, language, rating, solved,
    and the consent of each side. The delimiter is comma, semicolon or tab.

    Raises:
        SessionError: it is no such table; the message names the line.
    """
    lines = _Lines(file)
    source = iter(lines)
    header = next(source, "")
    if not header.strip():
        raise wrong(file, 1, f"is empty; its first line names the columns {', '.join(NEEDED)} …")
    delimiter = max(",;\t", key=header.count)
    try:
        names = next(csv.reader(io.StringIO(header), delimiter=delimiter), [])
    except csv.Error as error:
        raise wrong(file, 1, f"is no CSV: {error}; the first line names the columns.") from error
    columns, unread = _columns(names, file)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    key, first, rows = "", 0, list[tuple[int, dict[str, str]]]()
    seen: set[str] = set()
    while True:
        # The reader counts from the header's next line.
        line = lines.number + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise wrong(
                file, max(line, lines.number), f"is no CSV: {error}; check its quotes."
            ) from error
        if cells is None:
            break
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            raise wrong(
                file,
                line,
                f"has {len(cells)} cells where the first line has {len(names)}; check its quotes.",
            )
        row = {column: cells[n] for column, n in columns.items()}
        here = key_of(row["conversation"], file, line, "conversation")
        if here != key:
            if rows:
                yield _of_rows(key, file, first, rows, unread)
            if here in seen:
                raise wrong(
                    file,
                    line,
                    f"goes back to conversation {called(here)}: sort the rows by conversation.",
                )
            seen.add(here)
            key, first, rows = here, line, []
        rows.append((line, row))
        if len(rows) > 20_000:
            raise wrong(
                file,
                line,
                f"is row 20001 of conversation {called(here)}: is the column conversation right?",
            )
    if not rows:
        raise wrong(file, lines.number, "has no rows.")
    yield _of_rows(key, file, first, rows, unread)


def _columns(names: list[str], file: Path) -> tuple[dict[str, int], tuple[str, ...]]:
    """Returns the columns by our names, and those that mean nothing here."""
    found: dict[str, int] = {}
    plain = [re.sub(r"[\s\-]+", "_", name.strip().lower()) for name in names]
    for column, others in COLUMNS.items():
        places = [plain.index(name) for name in (column, *others) if name in plain]
        if places:
            found[column] = places[0]
    # Of a file without a first line of names, that line is what somebody said, and is not shown.
    unread = [n for n in range(len(names)) if n not in found.values() and plain[n]]
    missing = [column for column in NEEDED if column not in found]
    for n in unread:
        if plain[n] in [plain[place] for place in found.values()]:
            raise wrong(
                file, 1, f"has the column {called(plain[n])} twice: rename one, or take it out."
            )
        meant = meant_by(plain[n], [*COLUMNS, "consent"])
        if meant is not None:
            raise wrong(file, 1, _unclear("column", plain[n], meant, COLUMNS))
    if missing:
        known = ", ".join(found) or "none of them"
        raise wrong(
            file,
            1,
            f"has no column {missing[0]} (of ours it has {known}); "
            f"the first line names the columns {', '.join(NEEDED)} …",
        )
    return found, tuple(names[n].strip() for n in unread)


def _unclear(kind: str, name: str, meant: str, known: Iterable[str]) -> str:
    """Returns what is said of a column or key that is nearly one of ours."""
    if meant == "consent":
        ours = ", ".join(one for one in known if "consent" in one)
        return f"has a {kind} {called(name)}, which is no consent that is read: that is {ours}."
    return f"has a {kind} {called(name)}, which means nothing here: write {meant}, or rename it."


def meant_by(name: str, known: Iterable[str]) -> str | None:
    """Returns which known name was probably meant by one that is not known.

    Whoever mistypes a column would lose it without a word; with a consent that matters most, so that every
    name with that word in it counts.
    """
    said = name.lower()
    known = list(known)
    if said in _OTHER_WORDS:
        return None
    near = [one for one in known if len(one) >= 4 and _is_near(said, one)]
    if near:
        return near[0]
    return "consent" if "consent" in said and "consent" in known else None


def _is_near(said: str, known: str) -> bool:
    """Whether two words differ by a slip of the hand, or, with the same first letter, by two."""
    slips = _slips(said, known)
    longer = max(len(said), len(known))
    return slips <= 1 or (slips == 2 and longer >= 6 and said[:1] == known[:1])


def _slips(a: str, b: str) -> int:
    """Returns how many letters were left out, added, changed or swapped with the next; 3 for more than 2."""
    if abs(len(a) - len(b)) > 2:
        return 3
    rows = [list(range(len(b) + 1))]
    for i, one in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            least = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (one != other))
            if i > 1 and j > 1 and one == b[j - 2] and a[i - 2] == other:
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return min(rows[-1][-1], 3)


def _of_rows(
    key: str,
    file: Path,
    line: int,
    rows: list[tuple[int, dict[str, str]]],
    unread: tuple[str, ...],
) -> RawConversation:
    turns: list[RawTurn] = []
    names: dict[str, None] = {}
    emails: dict[str, None] = {}
    about: dict[str, tuple[int, str]] = {}
    for number, row in rows:
        for column, value in row.items():
            if value.strip() and column not in (
                "conversation",
                "speaker",
                "text",
                "name",
                "at",
                "email",
            ):
                about.setdefault(column, (number, value.strip()))
        role = role_of(row["speaker"])
        name = row.get("name", "").strip() or ("" if role else row["speaker"].strip())
        if not role and not name:
            raise wrong(file, number, "has no speaker; write customer or agent.")
        if name:
            names[name] = None
        if row.get("email", "").strip():
            emails[row["email"].strip()] = None
        at: Any = row.get("at", "").strip() or None
        if at is not None:
            at = (
                float(at)
                if re.fullmatch(r"\d{1,8}(?:\.\d{1,6})?", at)
                else moment(at, file, number, "at")
            )
        turns.append(RawTurn(text_of(row["text"]), name, role, at, number))
    return _made(
        key,
        file,
        line,
        turns,
        tuple(names),
        tuple(emails),
        {k: v for k, (_, v) in about.items()},
        {k: n for k, (n, _) in about.items()},
        _consent_columns(about),
        unread,
    )


def _consent_columns(about: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    consent: dict[str, Any] = {}
    for side in (CUSTOMER, AGENT):
        given = {
            part: about[f"{side}_consent_{part}"][1]
            for part in ("given", "by", "for")
            if f"{side}_consent_{part}" in about
        }
        if given:
            consent[side] = {
                **given,
                **({"for": re.split(r"[\s,;+]+", given["for"])} if "for" in given else {}),
            }
    return consent


def read_jsonl(file: Path) -> Iterator[RawConversation]:
    """Yields the conversations of a JSON lines file.

    A line: ``{"id": …, "turns": [{"speaker": "customer", "text": …, "at": …, "name": …}, …]}`` and where
    there are ``channel``, ``started``, ``stage``, ``language``, ``rating``, ``solved``, ``consent`` by side.
    ``messages`` with ``role`` and ``content`` is read as well.

    Raises:
        SessionError: it is no such file; the message names the line.
    """
    with open_text(file) as source:
        for _, place, value in JsonReader(file, source).items(()):
            yield _of_entry(object_of(value, file, place, "a conversation"), file, place)


def _of_entry(entry: dict[str, Any], file: Path, place: Place) -> RawConversation:
    """Returns the conversation of one line of JSON."""
    unread = dict.fromkeys(_unread(entry, KEYS, file, place))
    key = key_of(entry.get("id", entry.get("conversation")), file, place, "id")
    held = "turns" if "turns" in entry else "messages"
    if entry.get(held) is None:
        raise wrong(file, place, 'has no "turns": a conversation is {"id": …, "turns": […]}.')
    turns, names, emails = [], dict[str, None](), dict[str, None]()
    for number, item in enumerate(list_of(entry[held], file, place.of(held), held), 1):
        line = place.of(held, number - 1)
        turn = object_of(item, file, line, f"turn {number}")
        unread |= dict.fromkeys(_unread(turn, TURN_KEYS, file, line))
        said = string_of(turn.get("speaker", turn.get("role")))
        if said.lower() in {"system", "tool", "bot", "developer"}:
            continue
        text = turn.get("text", turn.get("content"))
        if not isinstance(text, str):
            raise wrong(file, line, f"turn {number} has {shown(text)} for a text.")
        role = role_of(said)
        name = string_of(turn.get("name")) or ("" if role else said)
        if not role and not name:
            raise wrong(file, line, f"turn {number} has no speaker; write customer or agent.")
        if name:
            names[name] = None
        if string_of(turn.get("email")):
            emails[string_of(turn.get("email"))] = None
        at: Any = turn.get("at", turn.get("time"))
        if isinstance(at, (int, float)) and not isinstance(at, bool) and 0 <= at < 1e8:
            at = float(at)
        elif at is not None:
            at = moment(at, file, line, f"turn {number}, at,")
        turns.append(RawTurn(text_of(text), name, role, at, line, number))
    about = {k: string_of(entry.get(k)) for k in ("channel", "stage", "language", "started")}
    rating, solved = entry.get("rating"), entry.get("solved")
    about["rating"] = string_of(rating) if not isinstance(rating, bool) else "?"
    about["solved"] = str(solved).lower() if isinstance(solved, bool) else string_of(solved)
    consent = entry.get("consent")
    consent = {} if consent is None else object_of(consent, file, place.of("consent"), "consent")
    for side in consent:
        if side not in (CUSTOMER, AGENT):
            raise wrong(
                file, place.of("consent"), f"consent has {called(side)}; it has customer and agent."
            )
    return _made(
        key,
        file,
        place,
        turns,
        tuple(names),
        tuple(emails),
        {k: v for k, v in about.items() if v},
        {k: place.of(k) for k in about},
        consent,
        tuple(unread),
    )


def _unread(
    entry: Mapping[str, Any], known: tuple[str, ...], file: Path, place: Place
) -> Iterator[str]:
    """Yields the keys of an object that mean nothing here.

    Raises:
        SessionError: one was probably meant to be one that does.
    """
    for key in entry:
        if key not in known:
            meant = meant_by(key, known)
            if meant is not None:
                raise wrong(file, place.of(key), _unclear("key", key, meant, known))
            yield key


def _made(
    key: str,
    file: Path,
    line: Line,
    turns: list[RawTurn],
    names: tuple[str, ...],
    emails: tuple[str, ...],
    about: Mapping[str, str],
    lines: Mapping[str, Line],
    consent: Mapping[str, Any],
    unread: tuple[str, ...],
) -> RawConversation:
    def at(column: str) -> Line:
        return lines.get(column, line)

    solved = about.get("solved")
    if solved is not None and solved.lower() not in _YES:
        raise wrong(file, at("solved"), f"solved is {shown(solved)}; write yes or no.")
    started = about.get("started")
    return RawConversation(
        key=key,
        file=file,
        line=int(line),
        turns=tuple(turn for turn in turns if turn.text),
        channel=about.get("channel"),
        started=moment(started, file, at("started"), "started") if started else None,
        names=names,
        emails=emails,
        rating=stars(about.get("rating"), file, at("rating")),
        solved=None if solved is None else _YES[solved.lower()],
        stage=about.get("stage"),
        language=about.get("language"),
        consent=consent,
        unread=unread,
    )
