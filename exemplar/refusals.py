"""What a message refuses: "no person needed", "do NOT cancel it", "that was not a review".

A classifier takes "don't cancel" for a wish to cancel, as nearly all the words are the same. What is refused
by these forms of speech is no wish; everything else is left to the classifier.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Final

#: A longer message is a story; what it refuses on the way is not what it is about.
_LONGEST: Final = 800
_NOT: Final = (
    r"(?:do(?:es)?n[o']?t|do not|don t|didn[o']?t|did not|never|no longer|not|won'?t|will not"
    r"|wouldn'?t|would not|(?<=\bi\s)no|(?<=\bwe\s)no)(?: (?:really|actually|even|ever|honestly|at all))?"
)
#: Without one of these nothing is refused.
_ANY: Final = re.compile(
    r"n[o'’]?t\b|\b(?:no|not|never|nothing|cannot|instead|rather|hold(?:ing)?|held)\b",
    re.IGNORECASE,
)
_WANT: Final = (
    r"(?:want|wanted|wanting|wanna|need|needed|ask|asked|ask(?:ed|ing)? for|say|said|mean|meant|wish|request"
    r"|requested|order|ordered|like|tell|told|looking for|after|talking about)"
)
#: What may stand between "I don't want" and the thing. No "I": with it another clause begins.
_BETWEEN: Final = (
    r"(?:to|a|an|the|my|our|your|it|that|this|them|any|be|being|get|have|see|speak|talk|write|leave|give|send|ask"
    r"|go|with|another|some|for|you|u|me|us|one|real|more|old|new|so|again|even|actually|really|order)"
)
#: A finished thing is no wish: "it was not cancelled", "still not cancelled".
_TOLD: Final = re.compile(
    r"\b(?:is|was|were|been|has|have|had|still|why|yet|are|if you|if they|can|could)\s+$",
    re.IGNORECASE,
)
#: How one is given to a person, and what is done with one.
_PASSED: Final = (
    r"(?:pass|put|connect|transfer|hand|send|give|forward|switch|redirect)(?:ing)?(?: over)?"
)
_TALKS: Final = r"(?:speak|talk|deal|chat|write)(?:ing)? (?:to|with)"
#: What goes on after "no person" and leaves it a refusal.
_AFTER_NO: Final = (
    r"(?=\s*(?:$|[.,!;\n)]|(?:please|pls|needed|necessary|required|thanks|thank|thx|today|just|only|ok|for me"
    r"|then|instead|i|im|i'm|and|but)\b))"
)
#: How one says that there is nothing to complain about; "no complaint number" and "it isn't" are others.
_NO_COMPLAINT: Final = (
    r"\bno complaints?\b"
    r"(?! (?:number|form|has|was|is|registered|filed|made|procedure|department|received|yet)\b)",
    r"\b(?:not|isn't|wasn't|ain't) (?:even |really |actually |at all |here to )?complain(?:ing)?\b",
    r"\b(?:nothing|no (?:reason|cause)|can'?t|cannot) (?:really |actually )?(?:to )?complain\b"
    r"(?! (?:any|on|to|here|by|at|through|because)\b)",
    r"\b(?:this|that|it)(?:'?s| is| was)? ?(?:not|n't) (?:\w+ )?(?:meant (?:as|to be) )?"
    r"(?:a|any|my) complaint\b",
)
_CLAUSE_BEGINS: Final = (
    r"(?:^|[.!?;:\n(]|\b(?:no|please|pls|said|want|and|but|so|oh|ok|heavens|god|stop)\b,?)\s*"
)
_EDGE: Final = re.compile(
    r"[.,!?;\n]+|\b(?:but|and|just|only|instead|because|cause)\b|(?<=\S)\s(?=i (?:want|need|just)\b)",
    re.IGNORECASE,
)


def refused_in(text: str, words: Mapping[str, Iterable[str]]) -> dict[str, list[tuple[int, int]]]:
    """Returns what a message refuses.

    Args:
        text: the message.
        words: for each intent that can be refused, what it is called: verbs with their forms, and nouns.

    Returns:
        By intent, where the clauses that refuse it begin and end.
    """
    if len(text) > _LONGEST or not _ANY.search(text):
        return {}
    plain = text.replace("’", "'")
    found: dict[str, list[tuple[int, int]]] = {}
    for intent, names in words.items():
        spans = [
            _clause(plain, *match.span())
            for pattern in _patterns(tuple(names))
            for match in pattern.finditer(plain)
            if not _TOLD.search(plain, 0, match.start()) and not _is_asked(plain, match.end())
        ]
        if spans:
            found[intent] = sorted(set(spans))
    return found


def without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Returns a text with blanks in the place of spans, so that every other place stays where it was."""
    left = list(text)
    for start, end in spans:
        left[start:end] = " " * (end - start)
    return "".join(left)


@functools.cache
def _patterns(names: tuple[str, ...]) -> list[re.Pattern[str]]:
    done = [name for name in names if name.endswith(("ed", "ing"))]
    plain = [name for name in names if name not in done]
    verb, any_form = "|".join(plain), "|".join(names)
    patterns = [
        # "I don't want you to cancel", "never asked for a person"; "I don't want the lamp cancel it" is none.
        rf"\b{_NOT} {_WANT}(?: {_BETWEEN}){{0,4}}? (?:to |a |an |the |any |my |your |real |old )"
        rf"(?:{verb})\b",
        rf"\b{_NOT} (?:want|need|say|said|mean|meant|like|ask|asked|asking|ask for|asked for|asking for)"
        rf" (?:{verb})\b",
        rf"\b(?:don[o']?t|do not|never)"
        rf"(?: (?:please|go|you dare|ever|just|anybody|anyone|somebody|let (?:anybody|anyone|them))){{0,1}}"
        rf" (?:{verb})\b",
        rf"{_CLAUSE_BEGINS}(?:no|not)(?: (?:a|an|the|any|more|need for|need of|need to)){{0,2}}"
        rf" (?:{any_form})\b{_AFTER_NO}",
        rf"\bnot (?:a|an|the|my) (?:{verb})\b",
        rf"\b(?:instead of|rather than) (?:a |an |the |to )?(?:{any_form})\b",
        # "I'd rather have a new one than the money", "I'll hold off on the review till then".
        rf"\brather (?:have |get |take |like )?[^.!?;\n]{{3,60}}? than (?:have |get |take )?"
        rf"(?:a |an |the |my |any )?(?:{any_form})\b",
        rf"\b(?:hold|holding|held) (?:off|back)(?: on| with)? (?:a |an |the |my |that |any )?"
        rf"(?:{any_form})\b",
    ]
    if done:
        forms = "|".join(done)
        patterns += [
            rf"\b{_NOT} {_WANT}(?: (?:\w+)){{0,3}} (?:{forms})\b",
            rf"{_CLAUSE_BEGINS}(?:i'?m |i am |we'?re )?not (?:{forms})\b",
        ]
    if "person" in names:
        whom = rf"(?:(?:a|an|the|any|some|your|another|real) ){{0,2}}(?:{verb})\b"
        patterns += [
            # "You won't put me through to a person" is a complaint.
            rf"(?<!you\s)(?<!u\s)(?<!they\s)(?<!it\s)(?<!bot\s)(?<!'ve\s)\b"
            rf"{_NOT} (?:please |just |ever |pls )?"
            rf"{_PASSED} (?:me|us|it|this)(?: \w+){{0,2}}? (?:to|with|through) {whom}",
            r"\b(?:(?:have|got|with) )?(?:no|without) "
            r"(?:wish|desire|need|intention|interest|energy|nerves?) (?:to|in|for) "
            rf"{_TALKS} {whom}",
            rf"\b(?:rather|prefer|prefer to) not (?:have to )?{_TALKS} {whom}",
        ]
    if "complaint" in names:
        patterns += _NO_COMPLAINT
    return [re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE) for pattern in patterns]


def _is_asked(text: str, end: int) -> bool:
    """Tells whether the clause is a question: "why no person?" is a wish."""
    stop = re.search(r"[.!?\n;]", text[end:])
    return bool(stop and stop.group() == "?")


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Returns the clause around a match."""
    begins = [edge.end() for edge in _EDGE.finditer(text, 0, start)]
    ends = [edge.start() for edge in _EDGE.finditer(text, end)]
    return (begins[-1] if begins else 0), (ends[0] if ends else len(text))
