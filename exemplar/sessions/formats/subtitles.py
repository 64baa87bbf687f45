"""WebVTT and SRT: transcripts of recorded talks, read with webvtt-py.

Who speaks is told by a voice tag (``<v Mara>``, https://www.w3.org/TR/webvtt1/#webvtt-cue-voice-span),
by a name before a colon ("Mara: …", "[Mara] …", ">> Mara: …"), or not at all, which means the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from exemplar.sessions.formats.base import RawConversation, RawTurn, read_text, text_of, wrong

_TIMES: Final = re.compile(
    r"^\s*((?:\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3})[ \t]+-->"
    r"[ \t]+((?:\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3})(?:[ \t].*)?$"
)
#: The beginning of a line of times, as it is left when a file was cut off or a sign of it was lost.
_HALF_TIMES: Final = re.compile(
    r"^\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}[ \t]*(?:-{1,2}>?|>)?[ \t]*$"
)
#: What a caption's last lines hold when the file ends before its words: its number, a part of its times.
_NO_WORDS: Final = re.compile(r"^[\d:.,\-> \t]+$")
_VOICE: Final = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]*)>", re.IGNORECASE)
_PREFIX: Final = re.compile(
    r"^\s*(?:[-–>»]+\s*)?(?:\[(?P<bracket>[^\]\n:]{1,40})\]:?|\((?P<round>[^)\n:]{1,40})\):|"
    r"(?P<name>[^\W\d_][^\n:<>\[\]?!,;]{0,39}?)\s*(?:\([^)\n]{1,30}\)\s*)?:)\s+"
)
#: Sounds in brackets are no speakers.
_SOUND: Final = re.compile(
    r"(?:music|laugh|applause|silence|pause|inaudible|crosstalk|noise|beep|ring|cough|sigh|"
    r"hold|typing|"
    r"unintelligible|click|background)",
    re.IGNORECASE,
)
#: Words before a colon that are no names.
_NO_NAME: Final = re.compile(
    r"(?:note|so|and|but|ps|p\.s\.|total|price|order|remember|example|https?|www)$", re.I
)
_DAY: Final = re.compile(
    r"(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?:[T_\- ]?(\d\d)[-_.:h]?(\d\d)(?:[-_.:]?(\d\d))?)?"
)


def read_vtt(file: Path) -> Iterator[RawConversation]:
    """Yields the one conversation of a WebVTT file.

    Raises:
        SessionError: it is no WebVTT; the message names the line.
    """
    text = read_text(file)
    if not re.match(r"WEBVTT(?:[ \t\n\r]|$)", text):
        raise wrong(file, 1, "is no WebVTT: it should begin with the line WEBVTT.")
    yield _conversation(file, text, "vtt")


def read_srt(file: Path) -> Iterator[RawConversation]:
    """Yields the one conversation of an SRT file.

    Raises:
        SessionError: it is no SRT; the message names the line.
    """
    text = read_text(file)
    if not text.strip():
        raise wrong(file, 1, "is empty.")
    yield _conversation(file, text, "srt")


def _conversation(file: Path, text: str, kind: str) -> RawConversation:
    lines = re.split(r"\r\n|\n|\r", text)
    before = 0.0
    began: list[tuple[float, int]] = []
    for number, line in enumerate(lines, 1):
        cut = _HALF_TIMES.match(line) is not None
        if ("-->" not in line and not cut) or line.startswith("NOTE"):
            continue
        times = _TIMES.match(line)
        if not times:
            raise wrong(file, number, "is no line of times: write 00:00:01.000 --> 00:00:04.000.")
        start, end = _seconds(times[1]), _seconds(times[2])
        if end < start:
            raise wrong(file, number, "ends before it begins: correct its times.")
        if start < before:
            raise wrong(
                file, number, "comes before the one above it: put them in the order of time."
            )
        before = start
        began.append((start, number))
    if began:
        _check_end(file, lines, began[-1][1])
    try:
        if kind == "vtt":
            captions: Any = webvtt.from_string("\n".join(lines))
        else:
            # webvtt-py reads SRT from what is open only.
            import io

            captions = webvtt.from_buffer(io.StringIO("\n".join(lines)), format="srt")
        turns = _turns(captions, began)
    except (MalformedFileError, MalformedCaptionError) as error:
        first = next((n for n, line in enumerate(lines, 1) if line.strip()), 1)
        # What the library says may quote a line.
        raise wrong(
            file, first, f"is no {kind.upper()}: a caption has its times above its words."
        ) from error
    except (ValueError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise wrong(
            file, 1, f"is no {kind.upper()} that can be read: is it another --format?"
        ) from error
    if not turns:
        raise wrong(file, len(lines), "has no captions: is it the transcript, and complete?")
    names = tuple(dict.fromkeys(turn.name for turn in turns if turn.name))
    return RawConversation(
        key=file.stem,
        file=file,
        line=1,
        turns=tuple(turns),
        channel="call",
        started=_started(file),
        names=names,
    )


def _check_end(file: Path, lines: list[str], last_times: int) -> None:
    """Refuses a file that ends within a caption: what was said after that is missing.

    Raises:
        SessionError: it does.
    """
    last = max(number for number, line in enumerate(lines, 1) if line.strip())
    if last == last_times and len(lines) - last <= 1:
        raise wrong(file, last, "ends before its caption's words: is the file complete?")
    block = last
    while block > last_times and lines[block - 1].strip():
        block -= 1
    # A caption's number, or its times up to where the file was cut off, with an empty line above.
    if block > last_times and all(_NO_WORDS.match(line) for line in lines[block:last]):
        raise wrong(file, last, "is no caption: is the file complete?")


def _turns(captions: Any, began: list[tuple[float, int]]) -> list[RawTurn]:
    turns: list[RawTurn] = []
    speaker = ""
    lines = iter(began)
    for caption in captions:
        at = _seconds(caption.start)
        # Captions without words are not among them.
        line = next((number for start, number in lines if start == at), 0)
        for name, said in _parts(caption.raw_text):
            speaker = name or speaker
            if not said:
                continue
            if turns and turns[-1].name == speaker:
                last = turns.pop()
                turns.append(RawTurn(f"{last.text} {said}", speaker, None, last.at, last.line))
            else:
                turns.append(RawTurn(said, speaker, None, at, line))
    return turns


def _parts(raw: str) -> Iterator[tuple[str, str]]:
    """Yields name and text of those who speak in one caption."""
    pieces = _VOICE.split(raw)
    if len(pieces) > 1:
        if pieces[0].strip():
            yield "", _spoken(pieces[0])
        for name, said in zip(pieces[1::2], pieces[2::2], strict=True):
            yield " ".join(text_of(name).split()), _spoken(said)
        return
    name, said = "", ""
    for line in raw.split("\n"):
        prefix = _PREFIX.match(line)
        found = prefix and (prefix["bracket"] or prefix["round"] or prefix["name"])
        if (
            prefix
            and found
            and not _SOUND.search(found)
            and not _NO_NAME.match(found)
            and len(found.split()) <= 4
        ):
            if said:
                yield name, _spoken(said)
            name, said = " ".join(found.split()), line[prefix.end() :]
        else:
            said = f"{said} {line}"
    yield name, _spoken(said)


def _spoken(raw: str) -> str:
    return " ".join(
        text_of(re.sub(r"</?[cbiuv](?:[.\s][^>]*)?>|<\d[\d:.]*>|\{\\[^}]*\}", "", raw)).split()
    )


def _seconds(written: str) -> float:
    parts = [float(part.replace(",", ".")) for part in str(written).split(":")]
    return sum(part * 60**power for power, part in enumerate(reversed(parts)))


def _started(file: Path) -> datetime:
    """Returns the moment in a file's name ("2026-09-14T10-02 call.vtt"), or else when it was last changed."""
    for found in _DAY.finditer(file.stem):
        try:
            return datetime(*(int(part or 0) for part in found.groups()), tzinfo=timezone.utc)  # type: ignore[arg-type, misc]
        except ValueError:
            continue
    return datetime.fromtimestamp(int(file.stat().st_mtime), timezone.utc)
