"""Labels that deserve a second look. A doubt says nothing of an agent, only of a label."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol

import numpy as np
from sklearn.model_selection import GroupKFold

from exemplar.emotion.encoder import Encoder, Encoding, shared_encoder
from exemplar.emotion.reader import EmotionReader, Reading
from exemplar.errors import ExemplarError
from exemplar.moves import ANTI_MOVES, MOVES
from exemplar.sessions.annotating import agent_turns
from exemplar.sessions.model import Session, Turn
from exemplar.sessions.move_model import AgentTurn, MoveModel
from exemplar.sessions.overview import UPSET, UPSET_FROM

#: Readings of frustration that differ by more are worth a look.
FAR: Final = 0.4
#: The reading's emotion is strong from here on; the label's is missing in it below.
STRONG: Final = 0.6
FAINT: Final = 0.2
#: A move that is surely there, and one that is surely not. Beyond these, models that have not seen a SESSION
#: contradict about one label in a hundred: few enough for each to be looked at.
SURE: Final = 0.97
SURELY_NOT: Final = 0.015
#: Written answers and spoken ones with more words are over-long, or several turns in one.
LONG: Final = {"call": 160}
LONG_WRITTEN: Final = 110
#: Where customers are upset, exclamation marks are cheer; elsewhere they are only friendly.
_CHEER: Final = "over_cheer"
_FOLDS: Final = 5
_KEPT: Final = 4096


class Reads(Protocol):
    """What reads a customer's message in its context."""

    def read(self, text: str, context: Sequence[tuple[str, str]] = ()) -> Reading:
        """Reads one message."""
        ...


@dataclass(frozen=True)
class Reason:
    """Why a label is doubted: its kind, in words, and how much it weighs, in [0, 1]."""

    kind: str
    says: str
    weight: float


@dataclass(frozen=True)
class Doubt:
    """A turn whose labels deserve a second look.

    Attributes:
        session: its id.
        turn: its number, from 1.
        speaker: who said it.
        text: what was said.
        label: what its labels say, as a person would.
        reasons: the weightiest first.
    """

    session: str
    turn: int
    speaker: str
    text: str
    label: str
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> float:
        """How suspicious it is; the weights of its reasons together."""
        return sum(reason.weight for reason in self.reasons)


@dataclass
class Doubts:
    """All of them, the most suspicious first.

    Attributes:
        found: them.
        turns: labelled turns that were looked at.
        note: what could not be looked at, and why.
    """

    found: list[Doubt] = field(default_factory=list)
    turns: int = 0
    note: str = ""


def find_doubts(
    sessions: Sequence[Session],
    reader: Reads | None = None,
    step: Callable[[], object] = lambda: None,
) -> Doubts:
    """Looks for labels with which our own models, or plain sense, disagree.

    Args:
        sessions: annotated.
        reader: of customers' messages; the project's own unless given.
        step: called after each SESSION, and after each part of them whose moves were read.
    """
    encoder = _Remembering(shared_encoder())
    reader = reader or EmotionReader(encoder)
    doubts = Doubts()
    try:
        readings = moves_apart(sessions, encoder, step)
    except ExemplarError as error:
        readings, doubts.note = {}, f"Moves were not compared with a model: {error}"
    for session in sessions:
        for number, turn in enumerate(session.turns):
            if turn.labels is None:
                continue
            doubts.turns += 1
            if turn.speaker == "customer":
                context = [(one.speaker, one.text) for one in session.turns[:number]]
                reasons = customer_reasons(turn, reader.read(turn.text, context))
            else:
                reasons = agent_reasons(session, number, readings.get((session.id, number)))
            if reasons:
                reasons.sort(key=lambda reason: -reason.weight)
                doubts.found.append(
                    Doubt(
                        session.id, number + 1, turn.speaker, turn.text, said(turn), tuple(reasons)
                    )
                )
        step()
    doubts.found.sort(key=lambda doubt: (-doubt.score, doubt.session, doubt.turn))
    return doubts


def steps_of(sessions: Sequence[Session]) -> int:
    """Returns how often :func:`find_doubts` calls its ``step``."""
    return len(sessions) + _FOLDS


def said(turn: Turn) -> str:
    """Returns what a turn's labels say: ``frustration 0.60``, ``restate, validate``."""
    labels = turn.labels
    if labels is None:
        return "no labels"
    if turn.speaker == "customer":
        return f"{labels.emotion} {labels.frustration or 0:.2f}"
    return (
        ", ".join((*labels.moves, *(f"anti-move {name}" for name in labels.anti_moves)))
        or "no moves"
    )


def customer_reasons(turn: Turn, reading: Reading) -> list[Reason]:
    """Returns why a customer's labels are doubted."""
    labels = turn.labels
    assert labels is not None
    found = []
    gap = reading.frustration - (labels.frustration or 0.0)
    if abs(gap) > FAR:
        found.append(
            Reason(
                "frustration",
                f"frustration reads {reading.frustration:.2f}, labelled {labels.frustration or 0:.2f}",
                abs(gap),
            )
        )
    read, own = reading.name, reading.scores.get(labels.emotion or "neutral", 0.0)
    if (
        read != labels.emotion
        and read != "neutral"
        and reading.confidence >= STRONG
        and own < FAINT
    ):
        found.append(
            Reason(
                "emotion",
                f"reads as {read} ({reading.confidence:.2f}), labelled {labels.emotion} ({own:.2f})",
                reading.confidence - own,
            )
        )
    return found


def agent_reasons(
    session: Session, number: int, scores: Mapping[str, float] | None = None
) -> list[Reason]:
    """Returns why an agent's labels are doubted.

    Args:
        session: the whole of it.
        number: of the turn, from 0.
        scores: each move's probability, of a model that has not seen this SESSION.
    """
    turn = session.turns[number]
    labels = turn.labels
    assert labels is not None
    found = []
    for move in MOVES if scores else ():
        score = (scores or {})[move]
        if move in labels.moves and score < SURELY_NOT:
            found.append(Reason("move", f"{move} is not seen in it ({score:.2f})", 0.9 - score))
        elif move not in labels.moves and score > SURE:
            found.append(Reason("move", f"{move} is seen in it ({score:.2f}), not labelled", score))
    if not labels.moves and not labels.anti_moves:
        found.append(Reason("odd", "no move is labelled", 1.0))
    facts = {name for one in session.turns[: number + 1] if one.labels for name in one.labels.facts}
    if "resolve" in labels.moves and not facts:
        found.append(Reason("odd", "resolve, yet no facts so far say what was done", 0.5))
    words, limit = len(turn.text.split()), LONG.get(session.channel, LONG_WRITTEN)
    if words > limit:
        found.append(Reason("odd", f"{words} words: several turns in one?", 0.4))
    for name, wording in ANTI_MOVES.items():
        match = wording.search(turn.text)
        if match and name not in labels.anti_moves and (name != _CHEER or _upset(session, number)):
            found.append(
                Reason("anti-move", f"“{match[0]}” is wording of {name}, not labelled", 0.6)
            )
    return found


def _upset(session: Session, number: int) -> bool:
    before = next(
        (t.labels for t in reversed(session.turns[:number]) if t.speaker == "customer"), None
    )
    return before is not None and (
        (before.frustration or 0.0) >= UPSET_FROM or before.emotion in UPSET
    )


def moves_apart(
    sessions: Sequence[Session], encoder: Encoder, step: Callable[[], object] = lambda: None
) -> dict[tuple[str, int], Mapping[str, float]]:
    """Returns each move's probability in agents' turns, read by models that have not seen their SESSION.

    Args:
        sessions: annotated.
        encoder: what the models see by.
        step: called after each part.

    Raises:
        ExemplarError: there are too few labelled turns.
    """
    turns, places = list[AgentTurn](), list[tuple[str, int]]()
    labelled: list[Sequence[str]] = []
    for session in sessions:
        for number, asked in agent_turns(session):
            labels = session.turns[number].labels
            if labels is not None and labels.settled:
                turns.append(asked)
                places.append((session.id, number))
                labelled.append(labels.moves)
    groups = [session for session, _ in places]
    if len(set(groups)) < 2 * _FOLDS:
        raise ExemplarError(
            f"it takes {2 * _FOLDS} SESSIONS with labels that a person stands behind."
        )
    found: dict[tuple[str, int], Mapping[str, float]] = {}
    for fitted, left in GroupKFold(_FOLDS).split(np.zeros(len(turns)), groups=groups):
        model = MoveModel.train(
            [turns[n] for n in fitted],
            [labelled[n] for n in fitted],
            [groups[n] for n in fitted],
            encoder,
        )
        for n, reading in zip(left, model.read([turns[n] for n in left]), strict=True):
            found[places[n]] = reading.scores
        step()
    return found


class _Remembering(Encoder):
    """An encoder that keeps what it encoded last: the same turns are read again in their context."""

    def __init__(self, inner: Encoder) -> None:
        self._known = lru_cache(maxsize=_KEPT)(inner.encode)

    def encode(self, text: str) -> Encoding:
        """Encodes one text of any length."""
        return self._known(text)
