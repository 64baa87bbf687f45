"""What an unsure message says clause by clause: "worth a try. when's the kettle coming".

Read as one, a sigh and a question are neither. Of the clauses the one counts that wants something; a reaction
counts where the whole message says nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from exemplar.nlu.expectation import NOT_UNDERSTOOD, expected

_CUT: Final = re.compile(
    r"(?<=[.!?;…])[\s)]+|\n+|\s+[-–—]+\s+"
    r"|,\s+(?=(?:but|and|also|so|does|do|can|could|is|will|how|when|what|where|why|who|anyway)\b)"
    r"|\s+(?=but (?:can|will|how|when|what|where|is|does|do)\b)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_]{2}")
#: A message of more clauses is a story, and is read as one.
_MOST: Final = 8
#: What people say to what was said: it wants nothing by itself.
REACTIONS: Final = frozenset(
    {
        *("thank", "vent", "affirm", "deny", "greet", "goodbye", "drop_matter", "misread", "abuse"),
        *("reject_answer", "no_details", "provide_details", "one_by_one", "are_you_bot"),
        *("out_of_scope", NOT_UNDERSTOOD),
    }
)
#: Of these, a clause alone tells too little.
_NOT_BY_A_CLAUSE: Final = frozenset(
    {
        *("greet", "provide_details", "one_by_one", "are_you_bot", "out_of_scope", "misread"),
        *("thank", "abuse", NOT_UNDERSTOOD),
    }
)
#: What takes an offer up or refuses it is not found in the middle of a message that goes on to something
#: else.
_LAST: Final = frozenset({"affirm", "deny"})
#: Goes before whatever is said beside it.
DANGER: Final = "crisis"
#: Confidence that a clause wants something, by how much it must go beyond the whole message's where that
#: wants something else, and confidence of a reaction. Chosen on 282 labelled turns of authored
#: conversations, of which 0.67 were right by the conversation alone, and 0.71 by the clauses too.
_WANTS: Final = 0.45
_BEYOND: Final = 0.35
_REACTS: Final = 0.6
#: Confidence that a clause tells of danger: "nobody has written to me", by itself, is read as that with 0.68.
_DANGER: Final = 0.7


def clauses_of(text: str) -> list[str]:
    """Returns the clauses that can be read by themselves; none for a message of one, or of very many."""
    found = [one.strip() for one in _CUT.split(text) if one and _WORD.search(one)]
    return found if 1 < len(found) <= _MOST else []


def as_meant(
    parsed: Mapping[str, Any], clauses: Sequence[Mapping[str, Any]], stands: Collection[str]
) -> dict[str, Any]:
    """Returns the reading of a message as the conversation and its clauses have it.

    Args:
        parsed: of the message by itself, as ``/model/parse`` has it, not surely read.
        clauses: the same for each of :func:`clauses_of` it.
        stands: how the conversation stands, of ``SITUATIONS``.
    """
    told = [expected(one.get("intent_ranking") or [], stands) for one in clauses]
    found = by_clauses(expected(parsed["intent_ranking"], stands), told)
    if found[0]["name"] == "vent" and "upset" not in stands and told and _is_thanks(told[-1]):
        # "It's been a long week. Thanks for sorting it" ends well.
        found = _first("thank", float(told[-1][0]["confidence"]), found)
    return {**parsed, "intent": found[0], "intent_ranking": found}


def by_clauses(
    whole: Sequence[Mapping[str, Any]], clauses: Sequence[Sequence[Mapping[str, Any]]]
) -> list[dict[str, Any]]:
    """Returns the ranking of a message, given the rankings of its clauses.

    Args:
        whole: of the message: ``name`` and ``confidence`` of each intent, the likeliest first.
        clauses: the same for each clause, in their order.
    """
    ranking = [dict(one) for one in whole]
    best = str(ranking[0]["name"]) if ranking else NOT_UNDERSTOOD
    sure = float(ranking[0]["confidence"]) if ranking else 0.0
    said = [(str(one[0]["name"]), float(one[0]["confidence"])) for one in clauses if one]
    danger = max((confidence for intent, confidence in said if intent == DANGER), default=0.0)
    if best == DANGER or danger >= _DANGER:
        # No question beside it talks over somebody who may be in danger.
        return ranking if best == DANGER else _first(DANGER, danger, ranking)
    # A clause that is danger by half is none, and no wish either.
    wants = [one for one in said if one[0] not in {*REACTIONS, DANGER} and one[1] >= _WANTS]
    if wants:
        intent, confidence = max(wants, key=lambda one: one[1])
        beyond = confidence >= sure + _BEYOND
        if best == NOT_UNDERSTOOD or beyond or (best in REACTIONS and best != "provide_details"):
            return _first(intent, confidence, ranking)
    if best == NOT_UNDERSTOOD:
        may = REACTIONS - _NOT_BY_A_CLAUSE
        reacts = [
            one
            for place, one in enumerate(said, 1)
            if one[0] in may
            and one[1] >= _REACTS
            and (one[0] not in _LAST or place == len(said) == len(clauses))
        ]
        if reacts:
            return _first(*reacts[-1], ranking)
    return ranking


def _is_thanks(ranking: Sequence[Mapping[str, Any]]) -> bool:
    return bool(ranking) and ranking[0]["name"] == "thank" and ranking[0]["confidence"] >= _REACTS


def _first(
    intent: str, confidence: float, ranking: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    others = [dict(one) for one in ranking if one["name"] != intent]
    return [{"name": intent, "confidence": confidence}, *others]
