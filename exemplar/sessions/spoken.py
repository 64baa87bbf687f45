"""Numbers and addresses that were spoken and written down as words, as in the transcript of a call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from exemplar.sessions.names import words_in

_UNITS: Final = {
    "zero": "0",
    "oh": "0",
    "o": "0",
    "nought": "0",
    "naught": "0",
    "nil": "0",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "niner": "9",
}
_TEEN_WORDS: Final = (
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TEN_WORDS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TEENS: Final = {word: str(n) for n, word in enumerate(_TEEN_WORDS, 10)}
_TENS: Final = {word: n for n, word in enumerate(_TEN_WORDS, 2)}
_NUMBERS: Final = frozenset({*_UNITS, *_TEENS, *_TENS})
_ROUND: Final = {"hundred": "00", "thousand": "000"}
_TIMES: Final = {"double": 2, "treble": 3, "triple": 3}
_PAUSES: Final = words_in(
    """
    uh um er erm uhm hmm dash hyphen space then and stroke slash comma so okay ok yes right
    """
)
_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
#: Spoken for spelling an address; the words for the sign.
_SIGNS: Final = {
    "dot": ".",
    "period": ".",
    "point": ".",
    "underscore": "_",
    "dash": "-",
    "hyphen": "-",
    "minus": "-",
    "plus": "+",
}
_TLD: Final = (
    r"(?:com|org|net|edu|gov|info|biz|io|co|me|eu|us|uk|ca|au|nz|ie|de|nl|be|fr|es|pt|it|ch|at|"
    r"pl|cz|sk|hu|ro|"
    r"bg|gr|tr|se|no|dk|fi|is|ee|lv|lt|ru|ua|in|pk|bd|lk|cn|jp|kr|tw|hk|sg|my|id|th|vn|ph|za|"
    r"ng|ke|gh|eg|ma|il|"
    r"ae|sa|br|ar|cl|mx|pe|example|test|shop|store|online|email|app|dev)"
)
_AT: Final = r"(?:\s+at(?:\s+sign)?\s+|\s*[(\[{<]\s*at\s*[)\]}>]\s*|\s*@\s*)"
_DOT: Final = r"(?:\s+(?:dot|point|period)\s+|\s*[(\[{<]\s*(?:dot|\.)\s*[)\]}>]\s*|\.)"
_JOINT: Final = (
    r"(?:\s+(?:dot|period|point|underscore|dash|hyphen|minus|plus)\s+"
    r"|\s*[(\[{<]\s*dot\s*[)\]}>]\s*|[._+\-])"
)
_EMAIL: Final = re.compile(
    rf"(?<![\w.])(?P<local>\w+(?:{_JOINT}\w+)*){_AT}(?P<domain>[a-z0-9\-]+(?:\s+[a-z0-9\-]+)??"
    r"(?:\s+(?:dash|hyphen|minus)\s+[a-z0-9]+)*"
    rf"(?:{_DOT}[a-z0-9\-]+)*{_DOT}{_TLD}(?:{_DOT}(?:uk|au|nz|za|jp|in|br))?)(?![\w@])",
    re.IGNORECASE,
)
#: "look at amazon dot com" gives no address.
_NO_LOCAL: Final = words_in(
    """
    look looked looking chat call text visit write email mail go going come contact order ordered
    buy bought shop shopped is was are be been it that this one us me you them here there find found
    available sold get got check saw see work works working arrive arrived price prices site website
    page up out back and or online cheaper stuff same store login log sign signed
    """
)


@dataclass(frozen=True)
class SpokenDigits:
    """A run of spoken digits.

    Attributes:
        start: in characters.
        end: behind it.
        digits: what was said, as digits.
        words: how many of them were said as words.
    """

    start: int
    end: int
    digits: str
    words: int


def spoken_digits(text: str, fewest: int = 4) -> Iterator[SpokenDigits]:
    """Yields runs of at least so many digits, at least half of them said as words.

    >>> next(spoken_digits("it's five five five, oh one four two")).digits
    '5550142'
    """
    tokens = list(_TOKEN.finditer(text))
    n = 0
    while n < len(tokens):
        digits, words, first, last = "", 0, n, n
        m = n
        pauses = 0
        while m < len(tokens):
            said, used = _digits_at([t.group().lower() for t in tokens[m : m + 3]])
            if digits and tokens[m].group().lower() in _ROUND and words:
                digits += _ROUND[tokens[m].group().lower()]
                last, pauses = m, 0
                m += 1
            elif used:
                if tokens[m].group().isdigit() and len(tokens[m].group()) > 4 and not words:
                    break
                digits += said
                words += 0 if tokens[m].group().isdigit() else 1
                last = m + used - 1
                m += used
                pauses = 0
            elif (
                digits
                and pauses < 3
                and (tokens[m].group().lower() in _PAUSES or tokens[m].group() in ",-–—.…")
            ):
                pauses += 1
                m += 1
            else:
                break
        if words >= 2 and len(digits) >= fewest:
            yield SpokenDigits(tokens[first].start(), tokens[last].end(), digits, words)
        n = max(last + 1, n + 1) if digits else n + 1


def _digits_at(words: list[str]) -> tuple[str, int]:
    """Returns the digits with which a list of words begins, and how many words they take."""
    word = words[0]
    if word.isdigit():
        return word, 1
    if word in _UNITS:
        return _UNITS[word], 1
    if word in _TEENS:
        return _TEENS[word], 1
    if word in _TENS:
        after = (
            words[2] if len(words) > 2 and words[1] == "-" else words[1] if len(words) > 1 else ""
        )
        if after in _UNITS and after not in {"oh", "o", "zero"}:
            return f"{_TENS[word]}{_UNITS[after]}", 3 if words[1] == "-" else 2
        return f"{_TENS[word]}0", 1
    if word in _TIMES and len(words) > 1:
        said, used = _digits_at(words[1:2])
        if used and len(said) == 1:
            return said * _TIMES[word], 2
    return "", 0


def spoken_emails(text: str, names: frozenset[str] = frozenset()) -> Iterator[tuple[int, int, str]]:
    """Yields start, end and the written form of addresses such as "mara dot okafor at example dot org".

    Args:
        text: what was said.
        names: known names, lower case; those right before it belong to it ("mara okafor at …").
    """
    for found in _EMAIL.finditer(text):
        local, domain = found["local"], found["domain"]
        if local.lower() in _NO_LOCAL or re.match(r"(?:the|a|my|your)\b", domain, re.IGNORECASE):
            continue
        start = found.start()
        while True:
            # Single letters and digits, and names, that go before without a sign between.
            before = re.search(r"(?<![\w@'’])([^\W_]+)\s+$", text[:start])
            if not before:
                break
            word = before[1].lower()
            spelled = re.search(
                r"(?<![\w@])[^\W\d_]+\s+(?:dot|underscore|dash|hyphen)\s+[^\W\d_]+\s+$",
                text[:start],
            )
            number = re.match(r"[^\W\d_]+", text[start:])
            if spelled and number and number.group().lower() in _NUMBERS and word not in _NUMBERS:
                # "mara dot okafor eighty four at ..."
                start = spelled.start()
                break
            first = re.match(r"\w+", text[start:])
            short = first is not None and (len(first.group()) == 1 or first.group().isdigit())
            single = len(word) == 1 and word != "a" and word != "i"
            if not (
                single
                or word in names
                or (short and word in _UNITS)
                or (
                    word in _NUMBERS
                    and word not in {"o", "oh"}
                    and first is not None
                    and first.group().lower() in _NUMBERS
                )
            ):
                break
            start = before.start(1)
        local = text[start : found.end("local")]
        yield start, found.end(), f"{_written(local)}@{_written(domain)}"


def _written(said: str) -> str:
    parts = re.findall(r"[^\W_]+|[._+\-]", said.lower())
    return "".join(
        _SIGNS.get(part, _UNITS.get(part, part) if len(parts) > 1 else part) for part in parts
    )
