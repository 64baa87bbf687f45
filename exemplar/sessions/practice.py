"""What exemplary agents do in which situation, as a file, for those who must know it at once.

``exemplar sessions learn`` writes it beside the ledger of the learned stories. The desk reads it: in
milliseconds, however many SESSIONS taught it, and also where no SESSIONS are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from exemplar.errors import ExemplarError
from exemplar.files import write_whole
from exemplar.sessions.learning import Estimate, Learned, Pattern, Situation, narrowest
from exemplar.sessions.ways import Way, Ways

#: Below a project's data.
PRACTICES: Final = Path("sessions") / "practice.json"
#: Places that are kept of what is usual, each of another SESSION.
_PLACES: Final = 6


@dataclass(frozen=True)
class Practice:
    """What exemplars do in one situation.

    Attributes:
        situation: when.
        moves: what most of them do, in the usual order.
        rates: the share of the turns in which each of these is made.
        sessions: how many SESSIONS show the situation.
        turns: in how many turns.
        change: of the customer's frustration until their next words; None where too few said more.
        places: where it can be read, one of each SESSION, the first of them.
        ways: whole sequences that enough SESSIONS show, the most frequent first.
    """

    situation: Situation
    moves: tuple[str, ...]
    rates: tuple[float, ...]
    sessions: int
    turns: int
    change: Estimate | None
    places: tuple[str, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Practices:
    """All that is known, by situation; nothing where nothing was learned."""

    known: Mapping[Situation, Practice] = field(default_factory=dict)

    def nearest(
        self,
        feeling: str | None,
        mood: str | None,
        asks: bool,
        stages: Iterable[str] = (),
        goals: Iterable[str] = (),
    ) -> Practice | None:
        """Returns that of the narrowest situation, as :meth:`Learned.nearest` does.

        With a feeling and a mood of None, that of the matter or the stage whatever the customer feels.
        """
        return narrowest(self.known.get, feeling, mood, asks, stages, goals)


def practices_of(learned: Learned, ways: Ways) -> Practices:
    """Returns what was learned, of all situations that enough SESSIONS show."""
    return Practices(
        {
            pattern.situation: _practice(pattern, ways.of(pattern.situation))
            for pattern in learned.patterns()
        }
    )


def _practice(pattern: Pattern, ways: tuple[Way, ...]) -> Practice:
    first: dict[str, str] = {}
    for place in pattern.places:
        first.setdefault(place.partition(",")[0], place)
    return Practice(
        situation=pattern.situation,
        moves=pattern.moves,
        rates=tuple(pattern.rates[move] for move in pattern.moves),
        sessions=pattern.sessions,
        turns=pattern.turns,
        change=pattern.change,
        places=tuple(first.values())[:_PLACES],
        ways=ways,
    )


def write_practices(practices: Practices, data: Path) -> None:
    """Writes what is known, one situation a line.

    Args:
        practices: to write.
        data: the project's ``data``.

    Raises:
        ExemplarError: it cannot be written.
    """
    lines = ",\n".join(
        json.dumps(asdict(one), ensure_ascii=False) for one in practices.known.values()
    )
    text = f"[\n{lines}\n]\n" if lines else "[]\n"
    write_whole(data / PRACTICES, lambda output: output.write(text.encode()))


def read_practices(data: Path) -> Practices:
    """Reads what is known; it is read again only once the file is another one.

    Args:
        data: the project's ``data``.

    Returns:
        Nothing known, if there is no file.

    Raises:
        ExemplarError: the file is broken.
    """
    file = data / PRACTICES
    try:
        seen = file.stat()
    except OSError:
        return Practices()
    return _read(file, seen.st_mtime_ns, seen.st_ino)


@lru_cache(maxsize=2)
def _read(file: Path, written: int, identity: int) -> Practices:
    try:
        known = [_parsed(one) for one in json.loads(file.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ExemplarError(
            f"{file} is broken ({error}); `exemplar sessions learn` writes it anew."
        ) from error
    return Practices({one.situation: one for one in known})


def _parsed(one: Mapping[str, Any]) -> Practice:
    change = one["change"]
    moves, rates = tuple(map(str, one["moves"])), tuple(map(float, one["rates"]))
    if len(moves) != len(rates):
        raise ValueError(f"{len(moves)} moves have {len(rates)} rates")
    return Practice(
        situation=Situation(**one["situation"]),
        moves=moves,
        rates=rates,
        sessions=int(one["sessions"]),
        turns=int(one["turns"]),
        change=_estimate(change) if change else None,
        places=tuple(map(str, one["places"])),
        ways=tuple(map(_way, one["ways"])),
    )


def _way(one: Mapping[str, Any]) -> Way:
    return Way(
        moves=tuple(map(str, one["moves"])),
        sessions=int(one["sessions"]),
        turns=int(one["turns"]),
        change=None if one["change"] is None else float(one["change"]),
        places=tuple(map(str, one["places"])),
    )


def _estimate(one: Mapping[str, Any]) -> Estimate:
    return Estimate(float(one["mean"]), float(one["low"]), float(one["high"]))
