"""What SESSIONS teach the reading: how a customer feels after what was said before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from exemplar.emotion.context import TURNS
from exemplar.emotion.data import CustomerMessage
from exemplar.sessions.model import Session

_ANGRY: Final = ("anger", "frustration")
#: From which frustration on a customer counts as frustrated who shows another feeling, as little, and as
#: clearly and very frustrated. Somebody afraid is often given 0.3 without being cross with anybody.
_LITTLE: Final = 0.35
_CLEARLY: Final = 0.5
_VERY: Final = 0.75


def messages_of(sessions: Iterable[Session]) -> list[CustomerMessage]:
    """Returns the customers' turns of the SESSIONS that may teach, each with the turns before it.

    Those set apart, or whose consent was taken back, give none; nor do labels that only the model gave,
    since it would learn from itself. An ordinary agent's customers show feelings as well as others do.
    """
    return [
        CustomerMessage(
            turn.text,
            (turn.labels.emotion,),
            _intensity(turn.labels.emotion, turn.labels.frustration),
            tuple((one.speaker, one.text) for one in session.turns[max(0, place - TURNS) : place]),
        )
        for session in sessions
        if session.teaches and session.language == "en"
        for place, turn in enumerate(session.turns)
        if turn.speaker == "customer"
        and turn.labels is not None
        and turn.labels.settled
        and turn.labels.emotion is not None
        and turn.labels.frustration is not None
    ]


def _intensity(emotion: str, frustration: float) -> int:
    if frustration < _LITTLE and emotion not in _ANGRY:
        return 0
    return 1 + (frustration >= _CLEARLY) + (frustration >= _VERY)
