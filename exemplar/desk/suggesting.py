"""What the desk suggests to whoever takes a conversation over: what exemplary agents did in such a case.

It chooses nothing: it tells what was learned from SESSIONS, with the turns in which that can be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from exemplar.conversation import Event, turns
from exemplar.desk.model import CRISIS
from exemplar.mood import MET, Turn, feeling, follow
from exemplar.sessions.evidence import NEUTRAL, asks_first
from exemplar.sessions.learning import Estimate, Situation
from exemplar.sessions.practice import Practice, Practices, read_practices
from exemplar.sessions.ways import Way
from exemplar.settings import ROOT
from exemplar.wording import say_list

#: SESSIONS that a suggestion names.
_NAMED: Final = 3
#: A smaller mean change is none.
_SLIGHT: Final = 0.05
#: Whoever asks for a person says as little by it of how they feel as with a bare "yes".
_REQUEST: Final = "contact_human_agent"
#: Slots that tell whether something must be asked for first.
_FOUND: Final = ("details", "order_state", "product_state", "payment_state")
#: The moves in words for people who have not read how SESSIONS are labelled. A person is here already:
#: there is nobody to pass on to.
_WORDS: Final[Mapping[str, str]] = {
    "open": "say who you are and what you can do",
    "listen": "ask for the whole story",
    "clarify": "ask the one thing that is needed",
    "restate": "say the problem back",
    "validate": "acknowledge the feeling",
    "apologize": "apologize for the harm",
    "own": "take the next step upon yourself",
    "explain": "explain in concrete words",
    "options": "give options",
    "resolve": "do it and show it done",
    "expect": "say who does what by when",
    "boundary": "set a calm boundary",
    "close": "check that it is solved",
}


def suggest(
    reason: str,
    events: Sequence[Event],
    slots: Mapping[str, Any],
    goals: Collection[str],
    data: Path = ROOT / "data",
) -> tuple[str, ...]:
    """Returns what exemplary agents did in the customer's present case, in words; empty if nothing is known.

    Where the customer may be in danger nothing is suggested: no SESSION teaches that. Where they do not
    want to be read, only the matter and the stage count.

    Args:
        reason: of the handover, such as ``asked``.
        events: of the tracker.
        slots: their present values.
        goals: the intents that open a matter.
        data: the project's, where what was learned is kept.

    Raises:
        ExemplarError: what was learned cannot be read.
    """
    if reason == CRISIS or slots.get("safety"):
        return ()
    known = read_practices(data)
    read = turns(events, goals)
    felt: str | None = None
    mood: str | None = None
    if slots.get("emotion_reading") is not False:
        felt, mood = _feeling(read), follow(read).frustration
    asks = asks_first((str(slots.get(name)) for name in _FOUND), ())
    stages = [str(slots["stage"])] if slots.get("stage") else []
    goal = slots.get("goal") or next((turn.goal for turn in reversed(read) if turn.goal), None)
    return tuple(_said(known, felt, mood, asks, stages, [str(goal)] if goal else []))


def _feeling(read: Sequence[Turn]) -> str:
    """Returns the feeling that shows, as SESSIONS are read."""
    spoken = [replace(turn, intent="affirm") if turn.intent == _REQUEST else turn for turn in read]
    return feeling(spoken) or NEUTRAL


def _said(
    known: Practices,
    felt: str | None,
    mood: str | None,
    asks: bool,
    stages: Sequence[str],
    goals: Sequence[str],
) -> Iterator[str]:
    usual = known.nearest(felt, mood, asks, stages, goals)
    moves = _told(usual.moves) if usual else ()
    if usual and moves:
        yield _usual(usual)
    for practice in _from_narrow_to_wide(known, felt, mood, asks, stages, goals):
        ways = [way for way in practice.ways if len(way.moves) > 1 and way.moves != moves]
        ways = [way for way in ways if _told(way.moves) == way.moves]
        if ways:
            yield _just_so(ways[0], practice)
            return


def _from_narrow_to_wide(
    known: Practices,
    felt: str | None,
    mood: str | None,
    asks: bool,
    stages: Sequence[str],
    goals: Sequence[str],
) -> Iterator[Practice]:
    for some_stages, some_goals in ((stages, goals), (stages, ()), ((), ())):
        if found := known.nearest(felt, mood, asks, some_stages, some_goals):
            yield found


def _told(moves: Sequence[str]) -> tuple[str, ...]:
    return tuple(move for move in moves if move in _WORDS)


def _usual(practice: Practice) -> str:
    shares = dict(zip(practice.moves, practice.rates, strict=True))
    of = " of turns"
    moves = []
    for move in _told(practice.moves):
        moves.append(f"{_WORDS[move]} ({shares[move]:.0%}{of})")
        of = ""
    seen = _seen(practice.sessions, practice.places, _changed(practice.change))
    case = _case(practice.situation)
    return f"{_capital(say_list(moves))}: usual with exemplary agents for {case} ({seen})"


def _just_so(way: Way, practice: Practice) -> str:
    *before, last = (_WORDS[move] for move in way.moves)
    seen = _seen(way.sessions, way.places, _on_average(way.change))
    moves = _capital(f"{', '.join(before)}, then {last}")
    return f"{moves}: just so for {_case(practice.situation)} ({seen})"


def _case(situation: Situation) -> str:
    felt = {None: "", NEUTRAL: "no feeling shown, ", MET: "a feeling already met, "}.get(
        situation.feeling, f"{situation.feeling}, "
    )
    mood = f"mood {situation.mood}, " if situation.mood else ""
    where = situation.goal and f"“{situation.goal.replace('_', ' ')}”"
    stage = f"{situation.stage} the purchase" if situation.stage else "at any stage"
    asks = ", something still to be asked for" if situation.asks else ""
    return f"{felt}{mood}{where or stage}{asks}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _seen(sessions: int, places: Sequence[str], change: str) -> str:
    named = [place.replace(", turn", " turn") for place in places[:_NAMED]]
    more = f" and {sessions - len(named)} more" if sessions > len(named) else ""
    return f"{sessions} SESSIONS: {', '.join(named)}{more}{f'; {change}' if change else ''}"


def _changed(change: Estimate | None) -> str:
    if change is None:
        return ""
    if change.low <= 0 <= change.high:
        return "frustration then stayed about the same"
    return _on_average(change.mean)


def _on_average(change: float | None) -> str:
    if change is None:
        return ""
    if abs(change) < _SLIGHT:
        return "frustration then stayed about the same"
    return f"frustration then {'fell' if change < 0 else 'rose'} by {abs(change):.2f}"
