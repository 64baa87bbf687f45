"""Labelled messages: GoEmotions' files and our own JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from exemplar.emotion.taxonomy import EMOTIONS, GOEMOTIONS
from exemplar.errors import ExemplarError
from exemplar.text import whole_characters

SPEAKERS: Final = ("customer", "agent")
#: Turns before a message, oldest first: ``(speaker, text)``, the speaker "customer" or "agent".
Context = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CustomerMessage:
    """A customer's message with its labels.

    Attributes:
        text: what the customer wrote.
        emotions: the writer's emotions, strongest first, at least one.
        intensity: how frustrated or angry the writer is: 0 not, 1 a little or hidden, 2 clearly, 3 very.
        context: the turns before it.
        kind: the phenomenon that the message is an example of; "" where none is named.
        voice: how its writer speaks (``nonnative``, ``terse`` …); "" where that is not named.
        meaning: a number shared by messages that say the same in different voices.
    """

    text: str
    emotions: tuple[str, ...]
    intensity: int
    context: Context = ()
    kind: str = ""
    voice: str = ""
    meaning: int | None = None

    @property
    def frustrated(self) -> bool:
        """Whether the writer is frustrated or angry at all."""
        return self.intensity > 0


@dataclass(frozen=True)
class GoEmotionsComment:
    """A comment of GoEmotions with the names of its labels."""

    text: str
    labels: tuple[str, ...]


def read_customers(path: Path) -> list[CustomerMessage]:
    """Reads labelled customer messages from a JSON-lines file, or from every one in a folder.

    Raises:
        ExemplarError: the file is missing or a line is not what it should be; names the line.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files:
        raise ExemplarError(f"{path} holds no .jsonl file with labelled messages.")
    return [message for file in files for message in _read_customers_file(file)]


def _read_customers_file(file: Path) -> Iterator[CustomerMessage]:
    for number, line in _lines(file):
        where = f"{file}, line {number}"
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ExemplarError(f"{where}: not JSON ({error}).") from error
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            raise ExemplarError(f'{where}: a line is an object with a "text".')
        emotions = entry.get("emotions")
        if (
            not isinstance(emotions, list)
            or not emotions
            or any(e not in EMOTIONS for e in emotions)
        ):
            raise ExemplarError(f'{where}: "emotions" is a list of some of {", ".join(EMOTIONS)}.')
        if "neutral" in emotions and len(emotions) > 1:
            raise ExemplarError(f'{where}: "neutral" stands alone among the "emotions".')
        intensity = entry.get("intensity")
        if intensity not in (0, 1, 2, 3):
            raise ExemplarError(f'{where}: "intensity" is 0, 1, 2 or 3.')
        for field in ("kind", "voice"):
            if not isinstance(entry.get(field, ""), str):
                raise ExemplarError(f'{where}: "{field}" is a word.')
        if not isinstance(entry.get("meaning"), int | None):
            raise ExemplarError(f'{where}: "meaning" is a whole number.')
        yield CustomerMessage(
            whole_characters(entry["text"]),
            tuple(emotions),
            intensity,
            context_of(entry, where),
            entry.get("kind", ""),
            entry.get("voice", ""),
            entry.get("meaning"),
        )


def context_of(entry: Mapping[str, Any], where: str) -> Context:
    """Returns the turns before a message, out of an object with or without ``context``.

    Raises:
        ExemplarError: they are not what they should be; names ``where``.
    """
    turns = entry.get("context", [])
    if not isinstance(turns, list) or not all(
        isinstance(turn, list)
        and len(turn) == 2
        and turn[0] in SPEAKERS
        and isinstance(turn[1], str)
        for turn in turns
    ):
        raise ExemplarError(
            f'{where}: "context" is a list of turns, as in [["customer", "hi"], ["agent", "…"]].'
        )
    return tuple((speaker, whole_characters(text)) for speaker, text in turns)


def read_goemotions(file: Path) -> list[GoEmotionsComment]:
    """Reads one of GoEmotions' tab-separated files (text, label numbers, comment id).

    Raises:
        ExemplarError: the file is missing or a line is not what it should be.
    """
    comments = []
    for number, line in _lines(file):
        fields = line.split("\t")
        try:
            numbers = [int(index) for index in fields[1].split(",")]
            if min(numbers) < 0:
                raise IndexError("labels count from 0")
            labels = tuple(GOEMOTIONS[index] for index in numbers)
        except (IndexError, ValueError) as error:
            raise ExemplarError(
                f"{file}, line {number}: expected text, label numbers and id, separated by tabs."
            ) from error
        comments.append(GoEmotionsComment(fields[0], labels))
    return comments


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        # Split at line feeds only: a comment may hold other characters that Python calls line ends. Some
        # editors put a byte order mark before the first.
        content = file.read_bytes().decode("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ExemplarError(f"cannot read {file}: {error}") from error
    return (
        (number, line.removesuffix("\r")) for number, line in enumerate(content, 1) if line.strip()
    )
