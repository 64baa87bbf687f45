"""Labels for the turns that have none: feelings by our own reading, moves by what labelled SESSIONS teach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from exemplar.emotion.reader import EmotionReader
from exemplar.sessions.model import Labels, Session, Turn
from exemplar.sessions.move_model import AgentTurn, MoveModel
from exemplar.sessions.scenes import Scene, load_scenes

#: Tells the intent of a message; None where no assistant is trained.
IntentOf = Callable[[str], str]

#: Turns that the emotion reading takes into account; more would be read for nothing.
_CONTEXT: Final = 8


def agent_turns(session: Session) -> list[tuple[int, AgentTurn]]:
    """Returns the agent's turns as the move model takes them, each with its place in the SESSION."""
    found: list[tuple[int, AgentTurn]] = []
    before = ""
    for place, turn in enumerate(session.turns):
        if turn.speaker == "customer":
            before = turn.text
        else:
            later = session.turns[place + 1 :]
            after = later[0].text if later and later[0].speaker == "customer" else ""
            found.append((place, AgentTurn(turn.text, before, len(found), not later, after)))
    return found


def train_moves(sessions: Iterable[Session], scenes: Sequence[Scene] | None = None) -> MoveModel:
    """Trains the move model on what people and authors have labelled in SESSIONS that may teach.

    Args:
        sessions: of which those teach that may.
        scenes: that teach beside them; the project's own unless given.

    Raises:
        ExemplarError: there is too little.
    """
    turns, moves, ids = list[AgentTurn](), list[Sequence[str]](), list[str]()
    for session in sessions:
        if not session.teaches:
            continue
        for place, turn in agent_turns(session):
            labels = session.turns[place].labels
            if labels is not None and labels.settled:
                turns.append(turn)
                moves.append(labels.moves)
                ids.append(session.id)
    return MoveModel.train(turns, moves, ids, scenes=load_scenes() if scenes is None else scenes)


def annotate(
    session: Session, moves: MoveModel, reader: EmotionReader, intent_of: IntentOf | None = None
) -> Session:
    """Returns a SESSION with labels on every turn; what people and authors said stays as it is.

    Args:
        session: as imported, or partly labelled.
        moves: trained on labelled SESSIONS.
        reader: of emotion.
        intent_of: the trained assistant's; without it customers' turns get no intent.
    """
    open_turns = [(place, turn) for place, turn in agent_turns(session) if _open(session, place)]
    read = moves.read([turn for _, turn in open_turns])
    labels: dict[int, Labels] = {
        place: Labels(by="model", confidence=one.confidence, moves=one.moves)
        for (place, _), one in zip(open_turns, read, strict=True)
    }
    for place, turn in enumerate(session.turns):
        if turn.speaker == "customer" and _open(session, place):
            labels[place] = _feeling(session.turns, place, reader, intent_of)
    turns = tuple(
        replace(turn, labels=_kept(turn, labels.get(place)))
        for place, turn in enumerate(session.turns)
    )
    return replace(session, turns=turns)


def _open(session: Session, place: int) -> bool:
    labels = session.turns[place].labels
    return labels is None or not labels.settled


def _kept(turn: Turn, new: Labels | None) -> Labels | None:
    """Returns the new labels with what only people can have noted: the facts that an agent saw."""
    if new is None or turn.labels is None:
        return new or turn.labels
    return replace(new, facts=turn.labels.facts, anti_moves=turn.labels.anti_moves)


def _feeling(
    turns: Sequence[Turn], place: int, reader: EmotionReader, intent_of: IntentOf | None
) -> Labels:
    context = [(turn.speaker, turn.text) for turn in turns[max(0, place - _CONTEXT) : place]]
    reading = reader.read(turns[place].text, context)
    return Labels(
        by="model",
        confidence=round(reading.confidence, 4),
        intent=intent_of(turns[place].text) if intent_of else None,
        emotion=reading.name,
        frustration=round(reading.frustration, 3),
    )
