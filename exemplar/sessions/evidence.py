"""What one SESSION shows: which moves an agent made, for which feeling, and how the customer felt then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from exemplar.mood import Mood, after, feeling
from exemplar.mood import Turn as Read
from exemplar.moves import MET_BY
from exemplar.sessions.model import Labels, Session, Turn

#: What a look at the systems shows where something must be asked for first.
LACKING: Final = frozenset({"needs_details", "missing", "again", "several", "unnamed"})


#: Moves that answer.
_ANSWERS: Final = frozenset({"explain", "resolve", "options"})
#: The feeling where none shows.
NEUTRAL: Final = "neutral"
#: Of a turn that nobody has labelled.
NOTHING: Final = Labels(by="model")


@dataclass(frozen=True)
class Evidence:
    """What an agent did at one point of a SESSION.

    Attributes:
        session: its id.
        turn: the number of the agent's turn, from 1, as people count.
        stage: before, during or after the purchase.
        intent: of the customer's words just before.
        goal: the matter in hand.
        feeling: the one that showed; "neutral" if none did, "met" if it was met
            and shows no more.
        mood: ``low``, ``medium`` or ``high``.
        asks: whether something that is needed was asked for, as against an answer.
        moves: in the order in which they were made.
        anti_moves: made beside them.
        facts: what the systems showed.
        before: the customer's frustration just before, in [0, 1].
        after: in their next words; None if there were none.
        end: in their last words, None if those came before.
    """

    session: str
    turn: int
    stage: str
    intent: str
    goal: str | None
    feeling: str
    mood: str
    asks: bool
    moves: tuple[str, ...]
    anti_moves: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    before: float
    after: float | None
    end: float | None

    @property
    def place(self) -> str:
        """Where to find it: ``late-sofa, turn 4``."""
        return place_of(self.session, self.turn)


def place_of(session: str, turn: int) -> str:
    """Returns how a turn is named: ``late-sofa, turn 4``."""
    return f"{session}, turn {turn}"


def asks_first(found: Iterable[str], moves: Collection[str]) -> bool:
    """Tells whether a turn asks for something that is needed, as against answers.

    Args:
        found: what a look at the systems shows, in the values of our slots.
        moves: that are made.
    """
    return not LACKING.isdisjoint(found) or ("clarify" in moves and _ANSWERS.isdisjoint(moves))


def evidence_of(session: Session, goals: Collection[str]) -> Iterator[Evidence]:
    """Yields what each of an agent's answers shows; several in a row are one.

    Turns without labels are passed over.

    Args:
        session: annotated.
        goals: the intents that open a matter.
    """
    places = [place for place, turn in enumerate(session.turns) if turn.labels]
    said = [session.turns[place] for place in places]
    felt = [
        (n, t.labels.frustration or 0.0)
        for n, t in enumerate(said)
        if t.speaker == "customer" and t.labels
    ]
    reads, mood, goal = list[Read](), Mood(), None
    number = 0
    while number < len(said):
        if said[number].speaker == "customer":
            read = read_of(said[number], goals, said[:number])
            goal = read.goal or goal
            mood = after(mood, reads, read)
            reads.append(read)
            number += 1
            continue
        first = number
        while number < len(said) and said[number].speaker == "agent":
            number += 1
        if not reads:
            continue
        place = places[first] + 1
        yield _evidence(session, place, said[first:number], reads, mood, goal, felt, first, number)
        made = {move for turn in said[first:number] for move in (turn.labels or NOTHING).moves}
        reads[-1] = replace(reads[-1], met=bool(made & MET_BY))


def read_of(turn: Turn, goals: Collection[str], past: Collection[Turn] = ()) -> Read:
    """Returns a labelled customer turn as the mood takes it."""
    labels = turn.labels
    assert labels is not None
    intent = labels.intent or "out_of_scope"
    return Read(
        intent=intent,
        emotion=labels.emotion or "neutral",
        frustration=labels.frustration or 0.0,
        confidence=labels.confidence,
        goal=intent if intent in goals else None,
        answered=any(t.speaker == "agent" for t in past),
    )


def _evidence(
    session: Session,
    place: int,
    answer: list[Turn],
    reads: list[Read],
    mood: Mood,
    goal: str | None,
    felt: list[tuple[int, float]],
    first: int,
    last: int,
) -> Evidence:
    moves: dict[str, None] = {}
    anti_moves: dict[str, None] = {}
    facts: dict[str, str] = {}
    for turn in answer:
        assert turn.labels is not None
        moves |= dict.fromkeys(turn.labels.moves)
        anti_moves |= dict.fromkeys(turn.labels.anti_moves)
        facts |= turn.labels.facts
    later = [value for number, value in felt if number >= last]
    return Evidence(
        session=session.id,
        turn=place,
        stage=session.stage,
        intent=reads[-1].intent,
        goal=goal,
        feeling=feeling(reads) or NEUTRAL,
        mood=mood.frustration,
        asks=asks_first(facts.values(), moves),
        moves=tuple(moves),
        anti_moves=tuple(anti_moves),
        facts=tuple(facts.items()),
        before=next(value for number, value in reversed(felt) if number < first),
        after=later[0] if later else None,
        end=later[-1] if later else None,
    )
