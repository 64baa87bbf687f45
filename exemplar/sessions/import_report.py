"""What an import did, as it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from exemplar.sessions.formats.base import one_line

#: Of columns that are not read, and of SESSIONS in one message, so many are named.
_MOST_NAMED: Final = 12


@dataclass
class ImportReport:
    """What an import did; counts of conversations.

    Attributes:
        imported: SESSIONS written for the first time.
        unchanged: those that were there already.
        replaced: those that were there with other content.
        no_consent: left out because a side's consent is missing.
        withdrawn: left out because they were withdrawn.
        one_sided: left out because only one side says anything.
        other_language: left out because redaction does not read their language.
        unknown_side: left out because somebody wrote whose side is not known.
        first_unknown: where the first of these stands, and who that is.
        taken_back: ids of SESSIONS that were withdrawn because the consent to them was.
        still_there: ids of SESSIONS that are there although the consent to them is not known any more.
        unread: columns or keys that mean nothing here.
        redacted: placeholders by kind.
        guessed: ids whose stage was guessed.
        files: what was written.
    """

    imported: int = 0
    unchanged: int = 0
    replaced: int = 0
    no_consent: int = 0
    withdrawn: int = 0
    one_sided: int = 0
    other_language: int = 0
    unknown_side: int = 0
    first_unknown: str = ""
    taken_back: list[str] = field(default_factory=list)
    still_there: list[str] = field(default_factory=list)
    unread: dict[str, None] = field(default_factory=dict)
    redacted: Counter[str] = field(default_factory=Counter)
    guessed: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    @property
    def read(self) -> int:
        """All conversations that were read."""
        return (
            self.imported
            + self.unchanged
            + self.replaced
            + self.no_consent
            + self.withdrawn
            + self.one_sided
            + self.other_language
            + self.unknown_side
        )

    def add(self, other: ImportReport) -> None:
        """Adds another file's report to this one."""
        for name in (
            "imported",
            "unchanged",
            "replaced",
            "no_consent",
            "withdrawn",
            "one_sided",
            "other_language",
            "unknown_side",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.first_unknown = self.first_unknown or other.first_unknown
        self.taken_back += other.taken_back
        self.still_there += other.still_there
        self.note_unread(other.unread)
        self.redacted.update(other.redacted)
        self.guessed += other.guessed
        self.files += other.files

    def note_unread(self, names: Iterable[str]) -> None:
        """Remembers names of columns or keys that are not read, as many as are told."""
        for name in names:
            if len(self.unread) <= _MOST_NAMED:
                self.unread[name] = None


def some(names: Sequence[str]) -> str:
    """Returns ids or names of columns as a message names them."""
    more = len(names) - _MOST_NAMED
    shortly = (name if len(name) <= 60 else f"{name[:57]}…" for name in names[:_MOST_NAMED])
    return ", ".join(map(one_line, shortly)) + (f" and {more} more" if more > 0 else "")
