"""Labelled messages: GoEmotions' files and our own JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exemplar.emotion.taxonomy import EMOTIONS, GOEMOTIONS
from exemplar.errors import ExemplarError

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
    """

    text: str
    emotions: tuple[str, ...]
    intensity: int
    context: Context = ()
    kind: str = ""

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
        except ValueError as error:
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
        intensity = entry.get("intensity")
        if intensity not in (0, 1, 2, 3):
            raise ExemplarError(f'{where}: "intensity" is 0, 1, 2 or 3.')
        try:
            context = tuple((str(speaker), str(text)) for speaker, text in entry.get("context", ()))
        except (TypeError, ValueError) as error:
            raise ExemplarError(
                f'{where}: "context" is a list of pairs, as in [["customer", "hi"], ["agent", "…"]].'
            ) from error
        yield CustomerMessage(
            entry["text"], tuple(emotions), intensity, context, entry.get("kind", "")
        )


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
        # Split at line feeds only: a comment may hold other characters that Python calls line ends.
        content = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ExemplarError(f"cannot read {file}: {error}") from error
    return ((number, line) for number, line in enumerate(content, 1) if line.strip())
