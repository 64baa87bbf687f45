"""Addresses that were spoken and written down as words: "nineteen clarendon park road, l e two seven d f"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from exemplar.sessions.address_parts import JOINERS, STOPS, tail
from exemplar.sessions.name_tokens import near
from exemplar.sessions.names import NameLexicon, fold

_UNIT_WORD: Final = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_TEEN_WORD: Final = (
    r"(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
)
_TENS_WORD: Final = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_DIGIT: Final = rf"(?:{_UNIT_WORD}|zero|oh|o|\d)"
_TWO: Final = rf"(?:{_TENS_WORD}(?:[ \-]{_UNIT_WORD})?|{_TEEN_WORD})"
_BETWEEN: Final = r"[ .,\-]{1,2}"
#: A house's number: "nineteen", "twenty seven", "eleven a", "a hundred and two", "one oh four", "27b".
NUMBER_WORDS: Final = (
    rf"(?:(?:(?:{_UNIT_WORD}|an?)[ ]hundred(?:[ ](?:and[ ])?(?:{_TWO}|{_UNIT_WORD}))?"
    rf"|{_TWO}(?:[ ](?:{_TWO}|{_UNIT_WORD}))?|{_UNIT_WORD}(?:[ \-](?:{_TWO}|{_DIGIT})){{0,3}}|\d{{1,4}})"
    r"(?:[ ]?[a-h](?!\w))?)"
)
#: Britain's, spelled: nothing else has letters, numbers and two letters at its end in this order.
_CODE: Final = (
    rf"(?<![\w'’\-])[a-z](?:{_BETWEEN}?[a-z])?{_BETWEEN}(?:{_TWO}|{_DIGIT}(?:{_BETWEEN}(?:{_DIGIT}|[a-z]))?)"
    rf"{_BETWEEN}(?:space[ ])?{_DIGIT}{_BETWEEN}[a-z]{_BETWEEN}?[a-z](?![\w'’])"
)
_SPELLED_CODE: Final = re.compile(_CODE, re.IGNORECASE)
#: The same of the Netherlands, and numbers in groups; only where a postcode was asked for.
_ASKED_CODE: Final = re.compile(
    rf"(?<![\w'’\-])(?:(?:{_DIGIT}|{_TWO}){_BETWEEN}){{2,4}}[a-z]{_BETWEEN}?[a-z](?![\w'’])"
    rf"|(?<![\w'’\-])(?:{_DIGIT}{_BETWEEN}){{4}}{_DIGIT}(?![\w'’])",
    re.IGNORECASE,
)
_KIND: Final = (
    r"(?:road|street|avenue|lanes?|drive|close|court|crescent|terrace|gardens?|grove|place|square|way|hill|"
    r"park|row|walk|mews|view|rise|green|boulevard|parade|quay|wharf|house|lodge|mansions|buildings?|"
    r"straat|laan|gracht|plein|weg|stra(?:ss|ß)e|gasse|platz)"
)
_STREET: Final = re.compile(
    rf"(?<![\w'’\-.,])(?:(?:flat|apartment|apt|unit|house|number)[ ]{NUMBER_WORDS}"
    rf"[ ,]{{1,2}}(?:at[ ]|in[ ])?)?"
    rf"{NUMBER_WORDS},?[ ](?P<name>(?:[^\W\d_][\w'’\-]*[ ]){{1,3}}?){_KIND}(?:[ ](?:road|street|lane|"
    rf"north|south|east|west))?(?![\w'’])",
    re.IGNORECASE,
)
#: After these what follows is where somebody lives.
_LED: Final = re.compile(
    r"""\b(?:address(?:\s+(?:is|was))?|live[sd]?\s+(?:at|on|in)|(?:deliver(?:ed)?|sen[dt]|ship(?:ped)?|post(?:ed)?
    |bring|goes|going|went|moved|moving|move|come)\s+(?:it\s+|them\s+|that\s+|everything\s+)?to
    |(?:i['’]?m|we['’]?re|i\s+am|we\s+are)\s+(?:at|on|in)|living\s+at|house\s+is|home\s+is|neighbou?r\s+at)
    [\s,:]*(?:uh|um|it['’]?s|at|still|now)?[\s,:]*$""",
    re.IGNORECASE | re.VERBOSE,
)
#: "my neighbour at number 44"
_NEIGHBOUR: Final = re.compile(
    r"\b(?:neighbou?rs?|next\s+door|opposite|across\s+the\s+(?:road|street|hall))\b[^.?!\n]{0,40}?"
    rf"\b(?:at|in|from|of)\s+(?P<number>(?:number|no\.?|flat)\s+{NUMBER_WORDS})(?![\w%€$£])",
    re.IGNORECASE,
)
_NEAR: Final = 45


def spoken_addresses(text: str, lexicon: NameLexicon, *, asked: bool) -> Iterator[tuple[int, int]]:
    """Yields where a text tells an address in words.

    A number in words, some more and a kind of street can be said of much ("two high street shops"): it is
    an address where one was asked for, where something leads to it, or where its postcode is beside it.

    Args:
        text: what was said.
        lexicon: what words can be.
        asked: whether the turn before asked for an address or a postcode.
    """
    codes = [found.span() for found in _SPELLED_CODE.finditer(text) if _is_code(found.group())]
    if asked:
        codes += [
            found.span()
            for found in _ASKED_CODE.finditer(text)
            if not any(start <= found.start() < end for start, end in codes)
        ]
    taken: list[tuple[int, int]] = []
    for found in _STREET.finditer(text):
        if found.group()[0].isdigit() and not found.group().islower():
            continue  # It is written, and read as such.
        words = [fold(word) for word in found["name"].split()]
        if any(word in STOPS - JOINERS for word in words) or words[0] in {"of", "and", "in", "by"}:
            continue
        if words[0] in lexicon.common and words[0].endswith("s"):
            continue
        beside = [
            code
            for code in codes
            if -1 <= code[0] - found.end() <= _NEAR or -1 <= found.start() - code[1] <= _NEAR
        ]
        if not (asked or beside or _LED.search(near(text, found.start()))):
            continue
        end = tail(text, found.end(), lexicon, small=found.group().islower())
        for code in beside:
            between = text[end : code[0]] if code[0] >= end else None
            if between is not None and len(between.split()) <= 3 and "." not in between:
                # The town stands between: "station road cambridge c b one two j b".
                end = code[1]
        rest = re.match(r"[ ,]*([^.!?;\n]*)", text[end:])
        if asked and rest and rest[1] and end == max([end, *(code[1] for code in codes)]):
            words = [fold(word) for word in rest[1].split()]
            if len(words) <= 6 and not any(word in STOPS for word in words):
                # Nothing but the town and what was understood of its postcode.
                end += len(rest.group().rstrip(" ,"))
        taken.append((found.start(), end))
    for start, end in codes:
        if not any(a <= start < b for a, b in taken):
            taken.append((start, end))
    for found in _NEIGHBOUR.finditer(text):
        taken.append(found.span("number"))
    yield from sorted(taken)


def _is_code(said: str) -> bool:
    """Whether a number of it was spoken, or is one: "T O M O R R O W" has none."""
    return bool(re.search(rf"\d|\b(?:{_UNIT_WORD}|zero|oh|{_TWO})\b", said, re.IGNORECASE))
