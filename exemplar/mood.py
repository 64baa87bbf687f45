"""Mood: what the conversation so far says of the customer's frustration.

A level in [0, 1] follows the readings: it rises fast and falls slowly, since people do not calm down
as fast as they stop shouting. What the conversation itself shows counts beside the readings, so that
a mildly worded fourth complaint is not taken for a calm customer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

#: Share of the way to a stronger reading that the level goes in one turn.
RISE: Final = 0.75
#: Share of the way down: after a turn with a feeling of its own, and after a bare fact or a "yes".
FALL: Final = 0.5
FALL_AFTER_A_FACT: Final = 0.15
#: Warm words let the level fall at once.
FALL_AFTER_WARMTH: Final = 0.7

#: Levels at which the mood is called medium and high, and below which it is no longer.
MEDIUM: Final = (0.35, 0.25)
HIGH: Final = (0.65, 0.5)

#: What the conversation adds to a reading.
ASKED_AGAIN: Final = 0.4
REJECTED: Final = 0.5
NOT_UNDERSTOOD: Final = 0.2
#: After so many askings, the matter itself is a trial, however mildly it is put.
TRIAL: Final = 3
TRIAL_FLOOR: Final = 0.6

#: Intents that carry a fact or an answer, not a feeling.
FACTS: Final = frozenset({"provide_details", "affirm", "deny"})
#: A greeting that opens says little of how somebody feels, and is easily misread: it counts for half.
GREETINGS: Final = frozenset({"greet"})
GREETING: Final = 0.5
REJECTIONS: Final = frozenset({"reject_answer"})
WARM: Final = frozenset({"gratitude", "joy"})

#: A reading less sure than this names no feeling.
SURE: Final = 0.5
#: What the feeling is called once it was met and shows no more.
MET: Final = "met"
#: A feeling is kept over so many turns of bare facts, in which nobody shows one.
KEPT: Final = 3


@dataclass(frozen=True)
class Turn:
    """One customer turn.

    Attributes:
        intent: its name.
        emotion: the reading's strongest emotion; "neutral" if nothing was read.
        frustration: the reading's frustration score in [0, 1].
        goal: the matter that the intent opens (``track_order`` …), if it opens one.
        answered: whether the assistant had an answer; asking for a detail is none.
        met: whether the answer met the feeling, with a word for it or by taking the matter on.
        confidence: how sure the reading is of its emotion, in [0, 1].
        act: what a message plainly does whose intent was not understood.
    """

    intent: str
    emotion: str = "neutral"
    frustration: float = 0.0
    goal: str | None = None
    answered: bool = True
    met: bool = False
    confidence: float = 1.0
    act: str | None = None


@dataclass(frozen=True)
class Mood:
    """The mood after a turn.

    Attributes:
        level: in [0, 1].
        frustration: ``low``, ``medium`` or ``high``.
        trend: ``rising``, ``falling`` or ``steady``, against the turn before.
        levels: the level after every turn so far.
    """

    level: float = 0.0
    frustration: str = "low"
    trend: str = "steady"
    levels: tuple[float, ...] = field(default=(), repr=False)


CALM: Final = Mood()

#: The slots in which a reading is kept, and what they hold where nothing is read.
UNREAD: Final[Mapping[str, str | None]] = {
    "frustration": CALM.frustration,
    "mood_trend": CALM.trend,
    "emotion": None,
    "feeling": None,
}


def follow(turns: Iterable[Turn]) -> Mood:
    """Returns the mood after all the turns of a conversation."""
    mood, past = CALM, list[Turn]()
    for turn in turns:
        mood = after(mood, past, turn)
        past.append(turn)
    return mood


def after(mood: Mood, past: Sequence[Turn], turn: Turn) -> Mood:
    """Returns the mood after one more turn, given the mood and the turns before it."""
    if turn.intent == "misread":
        # The customer knows better than any reading.
        return Mood(0.0, "low", _trend(mood.level, 0.0), (*mood.levels, 0.0))
    counts = GREETING if turn.intent in GREETINGS and not past else 1.0
    pull = counts * turn.frustration + _from_conversation(past, turn)
    askings = sum(_same_matter(before, turn) for before in past) + 1
    if askings >= TRIAL and turn.emotion not in WARM:
        pull = max(pull, TRIAL_FLOOR)
    pull = min(pull, 1.0)
    if pull >= mood.level:
        level = mood.level + RISE * (pull - mood.level)
    elif turn.emotion in WARM:
        level = mood.level + FALL_AFTER_WARMTH * (pull - mood.level)
    elif turn.intent in FACTS and turn.emotion == "neutral":
        level = mood.level + FALL_AFTER_A_FACT * (pull - mood.level)
    else:
        level = mood.level + FALL * (pull - mood.level)
    frustration = _name(level, mood.frustration)
    return Mood(
        level,
        frustration,
        _trend(mood.level, level),
        (*mood.levels, level),
    )


def feeling(turns: Sequence[Turn]) -> str | None:
    """Returns the feeling that shows: the latest turn's, or, over bare facts, that of the turns before.

    Returns:
        One of the emotions without "neutral"; ``met`` where it shows no more and was met; None where none
        shows, or the customer has corrected it.
    """
    met = False
    for number, turn in enumerate(reversed(turns[-KEPT:])):
        met = met or (turn.met and number > 0)
        if turn.intent == "misread":
            return None
        if turn.emotion != "neutral":
            shows = turn.emotion if turn.confidence >= SURE else None
            return MET if shows and met else shows
        if turn.intent not in FACTS and not met:
            return None
    return None


def _same_matter(before: Turn, turn: Turn) -> bool:
    """Tells whether a turn asks what had been answered before."""
    return turn.goal is not None and before.goal == turn.goal and before.answered


def _from_conversation(past: Sequence[Turn], turn: Turn) -> float:
    added = 0.0
    if turn.emotion not in WARM and any(_same_matter(before, turn) for before in past[-3:]):
        added += ASKED_AGAIN
    if turn.intent in REJECTIONS:
        added += REJECTED
    if turn.intent == "nlu_fallback" and not turn.act and past:
        added += NOT_UNDERSTOOD
    return added


def _name(level: float, before: str) -> str:
    """Names a level; a mood once reached is kept until the level is clearly below it."""
    if level >= HIGH[before == "high"]:
        return "high"
    if level >= MEDIUM[before != "low"]:
        return "medium"
    return "low"


def _trend(before: float, now: float) -> str:
    if now > before + 0.05:
        return "rising"
    return "falling" if now < before - 0.05 else "steady"
