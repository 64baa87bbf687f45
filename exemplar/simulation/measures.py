"""What simulated conversations come to: both arms, and the difference, with 95 % intervals.

Intervals are from a bootstrap over customers. Since each customer is played in both arms, the difference is
that of the same customers with themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exemplar.mood import HIGH, MEDIUM
from exemplar.simulation.record import Conversation

REPLICATES: Final = 2000
MOOD: Final = "mood"
BLIND: Final = "blind"

_Array = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A mean and its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Measure:
    """One thing that is measured.

    Attributes:
        name: as a table says it.
        what: how it is counted.
        share: whether it is a share, to be said in per cent.
        better: ``lower`` or ``higher``; "" where neither is.
        mood: in the arm that reads moods.
        blind: in the control.
        difference: the first less the second, of the same customers.
    """

    name: str
    what: str
    share: bool
    better: str
    mood: Estimate
    blind: Estimate
    difference: Estimate

    @property
    def verdict(self) -> str:
        """Says what the difference shows: ``better``, ``worse`` or ``no difference shown``."""
        if self.difference.low <= 0 <= self.difference.high or not self.better:
            return "no difference shown" if self.better else ""
        lower = self.difference.high < 0
        return "better" if lower == (self.better == "lower") else "worse"

    @property
    def apart(self) -> bool:
        """Whether the two arms' own intervals do not even touch."""
        return self.mood.high < self.blind.low or self.blind.high < self.mood.low


@dataclass(frozen=True)
class Seen:
    """Something that was seen in conversations.

    Attributes:
        what: as text.
        place: the response or intent it belongs to.
        count: how often.
        where: the first conversations, by their names.
    """

    what: str
    place: str
    count: int
    where: tuple[str, ...]


@dataclass(frozen=True)
class ByNeed:
    """How customers with one need fared: shares resolved, and frustration at the end, in each arm."""

    name: str
    customers: int
    resolved: tuple[float, float]
    frustration: tuple[float, float]


@dataclass(frozen=True)
class ByMood:
    """How customers fared by how they came: calm, irritated or angry; see :class:`Measure`."""

    name: str
    customers: int
    frustration: Measure
    abandoned: Measure


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


#: Name, how it is counted, whether a share, which is better, and the figure of one conversation.
_MEASURES: Final[tuple[tuple[str, str, bool, str, Callable[[Conversation], float]], ...]] = (
    (
        "resolved",
        "all that was wanted was given, by what the assistant did and, where it can be looked up, the "
        "shop's database",
        True,
        "higher",
        lambda c: c.resolved,
    ),
    (
        "frustration at the end",
        "the customer's, from 0 to 1, after the last answer",
        False,
        "lower",
        lambda c: c.frustration,
    ),
    (
        "abandoned",
        "left without what they wanted and without a person",
        True,
        "lower",
        lambda c: c.abandoned,
    ),
    ("taken over by a person", "asked for, or offered", True, "", lambda c: c.end == "person"),
    ("turns", "messages of the customer", False, "lower", lambda c: len(c.exchanges)),
    (
        "turns to a person",
        "from asking for one until one takes over, of those who asked; 1 is at once",
        False,
        "lower",
        lambda c: _number(c.wait_for_person),
    ),
    (
        "anti-moves",
        "stock phrases, blame, defence, false promises, cheer and repeated answers, per conversation",
        False,
        "lower",
        lambda c: c.anti_moves,
    ),
    (
        "repeated answers",
        "per conversation; the same text twice, greetings apart",
        False,
        "lower",
        lambda c: len(list(c.repeated())),
    ),
    (
        "not understood",
        "turns per conversation in which the assistant said so",
        False,
        "lower",
        lambda c: len(list(c.fallbacks())),
    ),
)


def pairs(conversations: Iterable[Conversation]) -> list[tuple[Conversation, Conversation]]:
    """Returns each customer's two conversations, mood first."""
    of: dict[int, dict[str, Conversation]] = {}
    for one in conversations:
        of.setdefault(one.customer, {})[one.arm] = one
    return [(both[MOOD], both[BLIND]) for _, both in sorted(of.items())]


def measure(conversations: Sequence[Conversation], seed: int = 0) -> list[Measure]:
    """Returns all measures.

    Args:
        conversations: of both arms.
        seed: of the bootstrap.
    """
    both = pairs(conversations)
    drawn = np.random.default_rng(seed).integers(len(both), size=(REPLICATES, len(both)))
    found = []
    for name, what, share, better, figure in _MEASURES:
        mood = np.array([figure(one) for one, _ in both], dtype=float)
        blind = np.array([figure(one) for _, one in both], dtype=float)
        if np.isnan(mood).all() or np.isnan(blind).all():
            continue
        in_mood, in_blind = _means(mood, drawn), _means(blind, drawn)
        found.append(
            Measure(
                name,
                what,
                share,
                better,
                _estimate(float(np.nanmean(mood)), in_mood),
                _estimate(float(np.nanmean(blind)), in_blind),
                _estimate(float(np.nanmean(mood) - np.nanmean(blind)), in_mood - in_blind),
            )
        )
    return found


def _means(values: _Array, drawn: NDArray[np.int64]) -> _Array:
    """Returns the mean of each resample, shape ``(REPLICATES,)``; of those that have a value."""
    chosen = values[drawn]
    there = ~np.isnan(chosen)
    counted = np.maximum(there.sum(axis=1), 1)
    means: _Array = np.where(
        there.any(axis=1), np.where(there, chosen, 0).sum(axis=1) / counted, np.nan
    )
    return means


def _estimate(mean: float, replicates: _Array) -> Estimate:
    low, high = np.nanpercentile(replicates, [2.5, 97.5])
    return Estimate(round(mean, 4), round(float(low), 4), round(float(high), 4))


def by_mood(conversations: Sequence[Conversation], seed: int = 0) -> list[ByMood]:
    """Returns how customers fared by their frustration at the start, named as the assistant names it."""
    rows = []
    for name, low, high in (
        ("calm", 0.0, MEDIUM[0]),
        ("irritated", MEDIUM[0], HIGH[0]),
        ("angry", HIGH[0], 1.01),
    ):
        group = [
            one
            for both in pairs(conversations)
            if both[0].exchanges and low <= both[0].exchanges[0].frustration < high
            for one in both
        ]
        if group:
            of = {one.name: one for one in measure(group, seed)}
            rows.append(
                ByMood(name, len(group) // 2, of["frustration at the end"], of["abandoned"])
            )
    return rows


def by_need(conversations: Sequence[Conversation]) -> list[ByNeed]:
    """Returns how customers fared by their first need, the most frequent first."""
    groups: dict[str, list[tuple[Conversation, Conversation]]] = {}
    for both in pairs(conversations):
        groups.setdefault(both[0].needs[0], []).append(both)
    rows = [
        ByNeed(
            name,
            len(group),
            (
                float(np.mean([m.resolved for m, _ in group])),
                float(np.mean([b.resolved for _, b in group])),
            ),
            (
                float(np.mean([m.frustration for m, _ in group])),
                float(np.mean([b.frustration for _, b in group])),
            ),
        )
        for name, group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row.customers, row.name))


def repeated_answers(conversations: Iterable[Conversation]) -> list[Seen]:
    """Returns the answers that somebody got twice in the same words, the most frequent first."""
    return _seen(
        (response, text, one.sender) for one in conversations for response, text in one.repeated()
    )


def not_understood(conversations: Iterable[Conversation]) -> list[Seen]:
    """Returns what was said where the assistant did not understand, the most frequent first."""
    return _seen(
        (f"{turn.meant} → {turn.heard}", turn.said, one.sender)
        for one in conversations
        for turn in one.fallbacks()
    )


def misheard(conversations: Iterable[Conversation]) -> list[Seen]:
    """Returns what was taken for something else than was meant, by the two intents."""
    return _seen(
        (f"{turn.meant} → {turn.heard}", turn.said, one.sender)
        for one in conversations
        for turn in one.exchanges
        if turn.heard != turn.meant
    )


def made_anti_moves(conversations: Iterable[Conversation]) -> list[Seen]:
    """Returns the anti-moves and the answers in which they were made."""
    return _seen(
        (name, " / ".join(answer.text for answer in turn.answers), one.sender)
        for one in conversations
        for turn in one.exchanges
        for name in turn.anti_moves
        if name != "repeat_answer"
    )


def _seen(found: Iterable[tuple[str, str, str]]) -> list[Seen]:
    counted: Counter[tuple[str, str]] = Counter()
    where: dict[tuple[str, str], list[str]] = {}
    for place, what, sender in found:
        counted[place, what] += 1
        where.setdefault((place, what), []).append(sender)
    return [
        Seen(what, place, number, tuple(dict.fromkeys(where[place, what]))[:5])
        for (place, what), number in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]
