"""The moves of an exemplary agent, and the anti-moves."""

from __future__ import annotations

import re
from typing import Final

MOVES: Final[tuple[str, ...]] = (
    "open",
    "listen",
    "clarify",
    "restate",
    "validate",
    "apologize",
    "own",
    "explain",
    "options",
    "resolve",
    "expect",
    "boundary",
    "handover",
    "close",
)

#: Moves that meet a feeling rather than pass over it.
MEETING: Final = frozenset({"listen", "restate", "validate", "apologize", "boundary", "handover"})

#: Moves after which a customer need not be met again: a word for the feeling, or taking the matter on.
MET_BY: Final = MEETING | {"own"}

#: Wording that gives an anti-move away.
ANTI_MOVES: Final[dict[str, re.Pattern[str]]] = {
    "scripted_empathy": re.compile(
        r"sorry for (any|the) inconvenience|(i|we) (completely |totally |fully )?understand (how|your)"
        r"|(i|we) (feel|share) your|i['’]?m so sorry|your call is important|valued customer"
        r"|rest assured|(i|we) apologi[sz]e for any",
        re.IGNORECASE,
    ),
    "blame": re.compile(
        r"you (should|could) have|you failed|your (own )?fault|as (i|we) (already )?(said|told)|you forgot",
        re.IGNORECASE,
    ),
    "defend": re.compile(
        r"our policy (is|does)|that['’]?s (just )?(the|our) policy|we(['’]re| are) not responsible"
        r"|unfortunately,? (that|this|it)(['’]s| is) not possible",
        re.IGNORECASE,
    ),
    "false_promise": re.compile(
        r"\b(i|we) (promise|guarantee)\b|definitely|as soon as possible", re.IGNORECASE
    ),
    "over_cheer": re.compile(
        r"!|awesome|amazing|fantastic|great news|yay|[\U0001F300-\U0001FAFF]", re.IGNORECASE
    ),
}


def move_of(response: str) -> str | None:
    """Returns the move that a response's name begins with: ``utter_explain_order`` → ``explain``."""
    move = response.removeprefix("utter_").partition("_")[0]
    return move if response.startswith("utter_") and move in MOVES else None
