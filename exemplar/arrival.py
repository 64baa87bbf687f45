"""A day that matters to a customer, in their own words: "before Friday", "by the 4th", "for Christmas"."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from exemplar.said import says

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
#: Short forms are words of their own, too: they count after a word that goes before days.
_WEEKDAY: Final = re.compile(
    r"\b(mon|tues|wednes|thurs|fri|satur|sun)days?\b"
    r"|\b(?:by|before|on|this|next|until|till|for|or|come) (mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b",
    re.IGNORECASE,
)
_MONTH: Final = r"(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*"
_DAY_MONTH: Final = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\b|\b{_MONTH} (?:the )?(\d{{1,2}})\b",
    re.IGNORECASE,
)
_DAY: Final = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)\b(?! (?:time|floor|order|item|one))", re.IGNORECASE
)
_NEAR: Final = (
    (re.compile(r"\bday after tomorrow\b", re.IGNORECASE), 2),
    (re.compile(r"\b(?:tomorrow|tmrw|tmw|tomorow)\b", re.IGNORECASE), 1),
)
#: Days that have a name, as month and day.
_FEASTS: Final = (
    (re.compile(r"\b(?:christmas eve|xmas eve)\b", re.IGNORECASE), (12, 24)),
    (re.compile(r"\b(?:christmas|xmas)\b", re.IGNORECASE), (12, 25)),
    (re.compile(r"\bnew year'?s eve\b", re.IGNORECASE), (12, 31)),
    (re.compile(r"\bnew year(?:'?s)?\b", re.IGNORECASE), (1, 1)),
    (re.compile(r"\bsinterklaas\b|\bst\.? nicholas\b", re.IGNORECASE), (12, 5)),
)
#: "In four days", counted from today.
_IN_DAYS: Final = re.compile(
    r"\bin (\d{1,2}|two|three|four|five|six|seven|eight|nine|ten) days\b(?!['’]? (?:time )?(?:notice|work))",
    re.IGNORECASE,
)
_IN_WORDS: Final = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WEEKEND: Final = re.compile(r"\bweekend\b", re.IGNORECASE)
#: Whose occasion it is, and what: "my mum's 70th", "the funeral", "we are moving".
_WHOSE: Final = (
    r"(?:mum|mom|mother|mam|dad|father|wife|husband|partner|girlfriend|boyfriend|fianc[eé]e?|son|daughter|kid"
    r"|baby|brother|sister|twin|nan|nana|gran|granny|grandma|grandmother|oma|opa|grandad|grandpa|grandfather"
    r"|aunt|uncle|cousin|niece|nephew|friend|best friend|boss|colleague|neighbou?r|parents|in-laws"
    r"|goddaughter|godson|mother-in-law|father-in-law)"
)
_WHAT: Final = (
    r"(?:\d{1,3}(?:st|nd|rd|th)(?: birthday)?|birthday|bday|wedding|anniversary|funeral|cremation|burial|wake"
    r"|memorial|christening|baptism|communion|graduation|baby shower|hen (?:do|night)|stag do"
    r"|(?:birthday|dinner|housewarming|leaving|engagement|office|garden) party|party|housewarming|exam"
    r"|surgery|operation|retirement|reunion|recital|concert|opening|launch|due date)"
)
_OCCASION: Final = re.compile(
    rf"\b(?P<det>my|our|the|a|his|her|their)\s+(?:(?P<who>{_WHOSE})(?:'?s'?)?\s+)?(?P<what>{_WHAT})\b",
    re.IGNORECASE,
)
_MOVES: Final = re.compile(
    r"\b(?:i|we)(?:'m|'re| am| are|m)? (?:moving (?:house|home|out|in|flat|away|to|on|this|next)"
    r"|move (?:house|out|in)\b)|\bmoving day\b|\bour move\b|\bmy move\b",
    re.IGNORECASE,
)
#: For these there is nothing to be glad about.
_MOURNED: Final = re.compile(r"\b(?:funeral|cremation|burial|wake|memorial)\b", re.IGNORECASE)
_YOURS: Final = {"my": "your", "our": "your", "a": "the"}
#: What a message does that names another day than the one it asks about: "if I pay tonight".
_PAYS: Final = re.compile(
    r"\b(?:if|when|once|as) (?:i|we)(?:'ll| will)? (?:pay|order)\w*\b[^,.?!]*"
    r"|\b(?:think|sleep)(?:ing)? (?:about|over|on) (?:it|that)\b[^,.?!]*",
    re.IGNORECASE,
)
#: The day on which somebody died or was buried is none that an order has to meet. What goes on after one of
#: these words is another thing: "died, and I need it by Friday".
_DEATH: Final = (
    r"(?:died|passed (?:away|on)|passed(?= on\b| last\b)|buried|cremated"
    r"|(?:funeral|cremation|burial|memorial) (?:was|took place)"
    r"|(?:i|we)(?: have|'ve)?(?: \w+)? lost (?:my|our|him|her)|(?:death|passing) of)"
)
_OTHER_CLAUSE: Final = (
    r"(?:by|before|until|till|for|and|but|so|because|need\w*|want\w*"
    r"|is|will|would|can|could|shall|does|do)"
)
_DAY_OF_DEATH: Final = re.compile(
    rf"\b{_DEATH}\b(?:\s+(?!{_OTHER_CLAUSE}\b)[^\s,.?!;]+){{0,8}}"
    rf"|\bon (?:the )?\w+(?: \w+)?,? (?:my|our|he|she|his|her|we|i)\b[^.?!;]{{0,30}}?\b{_DEATH}\b",
    re.IGNORECASE,
)


def asks_day(text: str) -> bool:
    """Tells whether a message asks if an order comes by a day that it names.

    >>> asks_day("will it be here before Friday?")
    True
    >>> asks_day("it came on Friday")
    False
    """
    named = day_named(text, date(2000, 1, 1)) is not None
    return named and says("asks_day", text) and not says("asks_day_of_else", text)


def occasion_in(text: str) -> str | None:
    """Returns the occasion that a message names, as one says it back; None if there is none.

    >>> occasion_in("my mums 70th is on Thursday")
    "your mum's 70th"
    >>> occasion_in("it's for after my dads funeral")
    "your dad's funeral"
    >>> occasion_in("we're moving out on Saturday")
    'your move'
    >>> occasion_in("he passed away on the 19th")
    """
    plain = text.replace("’", "'")
    named = (one for one in _OCCASION.finditer(plain) if not _bare_day(one))
    if found := next(named, None):
        det, who = found["det"].lower(), found["who"]
        whose = f"{_YOURS.get(det, det)} "
        of = (
            f"{who.lower()}'s "
            if who and not who.lower().endswith("s")
            else f"{who.lower()}' "
            if who
            else ""
        )
        return f"{whose}{of}{found['what'].lower()}"
    return "your move" if _MOVES.search(plain) else None


def _bare_day(found: re.Match[str]) -> bool:
    """Tells whether it is a day of the month and nobody's birthday: "the 19th"."""
    whose = found["who"] or found["det"].lower() in {"my", "our", "his", "her", "their"}
    return not whose and found["what"].lower().endswith(("st", "nd", "rd", "th"))


def mourned(occasion: str | None) -> bool:
    """Tells whether an occasion is one of mourning."""
    return bool(occasion and _MOURNED.search(occasion))


#: A day that is over: "since Monday", "last Tuesday".
_PAST: Final = re.compile(
    r"\b(?:since|last|this past|of last) (?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
    re.IGNORECASE,
)


def day_named(text: str, today: date) -> date | None:
    """Returns the day that a message names, the next one of that name; None if there is none.

    >>> day_named("by Saturday if I pay tomorrow?", date(2026, 11, 30))
    datetime.date(2026, 12, 5)
    >>> day_named("he passed away on the 19th and I need it by Friday", date(2026, 11, 30))
    datetime.date(2026, 12, 4)
    >>> day_named("the lift is broken since Monday, do they come up?", date(2026, 11, 30))
    """
    plain = _PAYS.sub(" ", _DAY_OF_DEATH.sub(" ", text.replace("’", "'")))
    plain = _PAST.sub(" ", plain)
    if found := _DAY_MONTH.search(plain):
        day, month = found[1] or found[4], found[2] or found[3]
        return _next(today, _MONTHS.index(month[:3].lower()) + 1, int(day))
    for pattern, (feast_month, feast_day) in _FEASTS:
        if pattern.search(plain):
            return _next(today, feast_month, feast_day)
    if found := _WEEKDAY.search(plain):
        away = (_WEEKDAYS.index((found[1] or found[2])[:3].lower()) - today.weekday()) % 7
        return today + timedelta(days=away)
    if _WEEKEND.search(plain):
        return today + timedelta(days=(5 - today.weekday()) % 7)
    if found := _IN_DAYS.search(plain):
        word = found[1].lower()
        return today + timedelta(days=int(word) if word.isdigit() else _IN_WORDS.index(word) + 2)
    if found := _DAY.search(plain):
        return _next_of_number(today, int(found[1]))
    return next((today + timedelta(days=n) for pattern, n in _NEAR if pattern.search(plain)), None)


def _next(today: date, month: int, day: int) -> date | None:
    for year in (today.year, today.year + 1):
        try:
            named = date(year, month, day)
        except ValueError:
            continue
        if named >= today:
            return named
    return None


def _next_of_number(today: date, number: int) -> date | None:
    """Returns the next day of a month's number: "the 4th"."""
    for later in range(62):
        day = today + timedelta(days=later)
        if day.day == number:
            return day
    return None
