"""What a question asks for, and what answers it in the next turn: a date of birth, a card's expiry, a code.

"14/02/1990" alone is any date; after "What is your date of birth?" it is one. What was told once as a secret
stays one: :class:`Told` finds it again wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from exemplar.sessions.spoken import spoken_digits

BIRTH: Final = "birth"
EXPIRY: Final = "expiry"
CODE: Final = "code"
PASSWORD: Final = "password"
ADDRESS: Final = "address"
SPELLING: Final = "spelling"

_QUESTIONS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (topic, re.compile(pattern, re.IGNORECASE))
    for topic, pattern in (
        (
            BIRTH,
            r"\b(?:date of birth|d\.?o\.?b\b|birth ?dates?|year of birth|born|geboortedatum|geburtsdatum|"
            r"(?<!before )(?<!for )(?<!until )(?<!by )(?<!happy )"
            r"(?:your|his|her|their|[\w\-]+['’]s) birthday)\b|^\W*(?:and )?birthday\W*$",
        ),
        (
            EXPIRY,
            r"\b(?:card|visa|mastercard|amex|debit|credit|it)\b[^.?!]*\b"
            r"(?:expir\w+|runs? out|valid (?:thru|until|till))|"
            r"\b(?:the|its|your|card['’]?s?) expir(?:y|ation)\b|"
            r"\bexpir(?:y|ation)(?: date)?\b[^.]*\?|\bexpir\w+\b[^.?!]*\bcard\b",
        ),
        (
            CODE,
            r"\b(?:cvv2?|cvc2?|cid|security (?:code|number)|(?:three|3|four|4)[ -]digits?\b[^.?!]*\bback|"
            r"(?:digits?|numbers?|code) (?:on|at) the (?:back|reverse)|on the back of (?:the|your) card)\b",
        ),
        (
            PASSWORD,
            r"\b(?:password|passcode|pass ?phrase|pin|verification code|one[- ]time (?:code|password)|otp|"
            r"(?:code|number) (?:that )?(?:i|we)(?:['’]ve| have)?(?: just)? (?:sent|texted))\b",
        ),
        (
            ADDRESS,
            r"\b(?:(?<!e-mail )(?<!email )(?<!mail )(?<!ip )address|"
            r"post ?code|postal code|zip(?: code)?|eircode|"
            r"where(?:abouts)?\b[^.?!]*\b(?:go|live|are you|deliver\w*|sen[dt]|ship\w*|bring|come|to)|"
            r"(?:street|house|door|flat)\b[^.?!]*\?)",
        ),
        (SPELLING, r"\bspel(?:l|t|led|ling)\b"),
    )
)
#: Asks, and does not only mention: "I changed your date of birth" does not.
_ASKS: Final = re.compile(
    r"\?|\b(?:please|pls|need|confirm|tell|give|spell|security|verify|verification|what|which|when|where|"
    r"may i|could i|can i|let me have|i['’]ll (?:take|have)|and (?:the|your|his|her|their))\b|:\s*$",
    re.IGNORECASE,
)
MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_UNITS: Final = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_TEENS: Final = (
    r"(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
)
_TENS: Final = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_NUMBER: Final = rf"(?:{_TENS}(?:[ \-]{_UNITS})?|{_TEENS}|(?:oh|zero|o)(?:[ \-]{_UNITS})?|{_UNITS})"
_ORDINAL: Final = (
    r"(?:(?:twenty|thirty)[ \-])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
    r"eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|"
    r"twentieth|thirtieth)"
)
_YEAR_WORDS: Final = (
    rf"(?:(?:nineteen|twenty)[ \-]+(?:hundred(?:[ ]and)?[ ])?{_NUMBER}|nineteen[ ]hundred|"
    rf"two[ ]thousand(?:[ ](?:and[ ])?{_NUMBER})?|{_TENS}(?:[ \-]{_UNITS})?)"
)
_DAY: Final = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{_ORDINAL}|{_NUMBER})"
_YEAR: Final = rf"(?:(?:18|19|20)\d\d|['’]?\d\d(?![\d:])|{_YEAR_WORDS})"
#: A date with its year, written or spoken.
_DATED: Final = re.compile(
    rf"""(?<![\w./\-@#€$£+])(?:
      (?P<a>\d{{1,2}})[ ]?[-/.][ ]?(?P<b>\d{{1,2}})[ ]?[-/.][ ]?(?P<y>(?:18|19|20)\d\d|\d\d)
    | (?P<a2>\d{{1,2}})[ ](?P<b2>\d{{1,2}})[ ](?P<y2>(?:18|19|20)\d\d)
    | (?P<y3>(?:18|19|20)\d\d)[-/. ](?P<b3>\d{{1,2}})[-/. ](?P<a3>\d{{1,2}})
    | (?:the[ ])?(?P<day>{_DAY})[ \-.]{{1,2}}(?:of[ ])?(?P<month>{MONTH})\b
      \.?,?[ \-]*(?:in[ ])?(?P<year>{_YEAR})
    | (?P<month2>{MONTH})\b\.?[ ](?:the[ ])?(?P<day2>{_DAY}),?[ ](?P<year2>{_YEAR})
    | (?:the[ ])?(?:{_ORDINAL})[ ](?:of[ ])?(?:the[ ])?(?:{_ORDINAL}|{_NUMBER}),?[ ](?:of[ ])?{_YEAR}
    )(?![\w/]|[.\-]\d)""",
    re.IGNORECASE | re.VERBOSE,
)
#: Without its year; only as an answer.
_DAY_AND_MONTH: Final = re.compile(
    rf"(?<![\w./\-])(?:(?:the )?(?:{_DAY})[ \-](?:of )?{MONTH}|{MONTH} (?:the )?(?:{_DAY})|"
    rf"{MONTH},? (?:19\d\d|200\d|201[0-5])|(?:\d{{8}}|\d{{6}})|(?:19\d\d|200\d|201[0-5]))"
    r"(?![\w/]|[.\-]\d|,? ?(?:18|19|20)\d\d)",
    re.IGNORECASE,
)
_BIRTH_WORD: Final = re.compile(
    r"\b(?:born|date of birth|d\.?o\.?b\b|birth ?date|birthday|geboren|geboortedatum|geburtsdatum)",
    re.IGNORECASE,
)
#: "14/02/1990 is my date of birth"
_BEFORE_BIRTH: Final = re.compile(
    r"\W{0,3}(?:(?:is|was|as|that['’]?s|my|his|her|the|your|their|our|[\w\-]+['’]s)\W{0,2}){0,3}"
    r"(?:date of birth|d\.?o\.?b\b|birth ?date|birthday)",
    re.IGNORECASE,
)
#: Nobody who orders was born after it.
_YOUNGEST: Final = 2015
#: For how many turns a date of birth that was asked for is still spoken of.
_STAYS: Final = 3

_MONTH_AND_YEAR: Final = (
    rf"(?:(?<!\d)(?:0?[1-9]|1[0-2]) ?[/\-.] ?(?:20)?\d\d(?!\d|[/.\-]\d)|(?:0[1-9]|1[0-2]) \d\d(?!\d)|"
    rf"\b{MONTH}\.?,? (?:20\d\d|['’]?\d\d(?!\d)|{_YEAR_WORDS})|"
    rf"\b{_NUMBER}(?:[ ,\-]+(?:slash[ ]|stroke[ ]|of[ ])?{_NUMBER}){{1,3}}(?![\w\-]))"
)
_EXPIRES: Final = re.compile(
    r"\b(?:exp(?:iry|ires?|iring|iration)?\.?(?: date)?|valid(?: (?:thru|through|until|till|to))?|"
    r"good (?:thru|through|until))\b"
    r"(?:\W|\b(?:is|was|on|it['’]?s|in|date|of|at|end|the)\b){0,8}?"
    rf"({_MONTH_AND_YEAR})(?!\s*(?:days?|weeks?|months?|years?|hours?|minutes?|%|€|euros?|pounds?)\b)",
    re.IGNORECASE,
)
_ANSWERS_EXPIRY: Final = re.compile(
    rf"({_MONTH_AND_YEAR})(?!\s*(?:days?|weeks?|months?|years?|hours?|minutes?|%|€|euros?|pounds?)\b)",
    re.IGNORECASE,
)
#: Of other things that expire.
_NO_CARD: Final = re.compile(
    r"\b(?:voucher|offer|sale|coupon|discount|promo\w*|warranty|guarantee|gift ?card|subscription|trial)\b",
    re.IGNORECASE,
)
_DIGIT_WORD: Final = rf"(?:{_UNITS}|zero|oh|o)"
_THREE_OR_FOUR: Final = (
    rf"(?<![\d.,/\-])\d{{3,4}}(?![\d/\-]|[.,]\d)|\b(?:{_DIGIT_WORD}[ ,\-]+){{2,3}}{_DIGIT_WORD}\b"
)
_CARD_CODE: Final = re.compile(
    r"\b(?:cvv2?|cvc2?|cid|sec(?:urity)? (?:code|number)|(?:three|3|four|4)[ -]digits?(?: (?:number|code))? "
    r"(?:on|at|from)|(?:digits?|number|code) (?:on|at|from) the (?:back|reverse|front|strip|signature))\b"
    r"(?:\W|\b(?:is|are|was|were|on|the|of|my|card|back|reverse|it|it['’]?s|s|number|code|reads?|says?|that['’]?s|"
    r"side|strip|signature|there|uh|um)\b){0,24}?"
    rf"({_THREE_OR_FOUR})",
    re.IGNORECASE,
)
_ANSWERS_CODE: Final = re.compile(rf"({_THREE_OR_FOUR})", re.IGNORECASE)
_COUNTED: Final = re.compile(
    r"\s*(?:€|£|\$|%|euros?\b|pounds?\b|dollars?\b|days?\b|weeks?\b|cm\b|mm\b|kg\b|lumens?\b)",
    re.IGNORECASE,
)
#: "my password doesn't work. it's Tr0ub4dor&3"
_LATER_PASSWORD: Final = re.compile(
    r"\b(?:password|passcode|pass ?phrase)\b[^\n]{0,60}?"
    r"(?:\b(?:it['’]?s|it is|it was|that['’]?s|i (?:used?|typed?|entered?|put|tried)|namely|which is|"
    r"(?:changed?|set|reset|it|back) to)\s+"
    r"|[:=]\s*|(?<=password)[^\n.,;:?!]{1,20}?\b(?:is|was)\s+)[\"“'‘]?(?P<secret>(?=\S*[\d!#$%&*^_+=])[^\s\"”]{4,40})",
    re.IGNORECASE,
)
_IN_QUOTES: Final = re.compile(
    r"\b(?:password|passcode|pass ?phrase)\b[^\n.?!]{0,30}?[\"“'‘«](?P<secret>[^\s\"”’'»]{4,40})[\"”'’»]",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(r"(?<!\S)[\"“'‘(]?(?P<secret>\S{4,40})")
_NO_SECRET: Final = re.compile(
    r"(?:\d+(?:[.,:/\-]\d+)*(?:st|nd|rd|th|am|pm|x|cm|mm|kg|k|%|€|£|eur)?|[€£$].*|\W+|(?:https?:|www\.).*|"
    r"\S+@\S+\.\w+|m\.?l\.?[\-#]?\d.*|inv?[\-#]?\d.*|.*\d+['’]?s|\[[A-Z_]+_\d+\]|[^\W\d_]+[/\-–][^\W\d_]+|"
    r"[^\W\d_]+(?:['’][^\W\d_]+)?)[.,;:!?)]*$",
    re.IGNORECASE,
)
_USERNAME: Final = re.compile(
    r"\b(?:user ?names?|login(?: name)?|log[ -]?in name|screen ?name|user ?id|nick(?:name)?|gamertag|skype|"
    r"telegram|insta(?:gram)?|account name|sign(?:ed)? in as|logg?ed in as|log in as)"
    r"(?:\W{1,3}(?:is|was|it['’]?s|called|named|for|it|now|still|my|handle|id|name|the))*\W{0,3}[\"“'‘@]?"
    r"(?P<name>(?=[\w.\-]*[\d_])[^\W\d_][\w.\-]{2,40}\w)",
    re.IGNORECASE,
)
_UNDERSCORED: Final = re.compile(r"(?<![\w@./\-])[^\W\d_][\w.]*_[\w.]*\w(?![\w@/]|\.\w)")


@dataclass(frozen=True)
class Answer:
    """A place that tells something personal because of what was asked.

    Attributes:
        start: in characters.
        end: behind it.
        kind: of placeholder.
        key: the same for the same thing.
    """

    start: int
    end: int
    kind: str
    key: str


def topics_of(text: str) -> frozenset[str]:
    """Returns what a text asks for, of what is no secret unless it answers a question."""
    # "Date of birth", and nothing else, asks too.
    short = len(text.split()) <= 4
    if not (short or _ASKS.search(text)):
        return frozenset()
    return frozenset(
        topic
        for topic, pattern in _QUESTIONS
        if (found := pattern.search(text))
        and (short or _ASKS.search(_sentence(text, found.start())))
    )


def _sentence(text: str, at: int) -> str:
    """Returns the sentence of a place, and the one behind it: "Your birthday, then. When is it?"."""
    start = max(text.rfind(sign, 0, at) for sign in ".!?\n") + 1
    return text[start:]


@dataclass
class Told:
    """What one SESSION has told, turn after turn.

    Attributes:
        topics: what the turn before asked for.
        birth_for: for how many turns dates of birth are still spoken of.
        dates: the keys of dates of birth.
        words: passwords and usernames as written, each with its kind.
    """

    topics: frozenset[str] = frozenset()
    birth_for: int = 0
    dates: set[str] = field(default_factory=set)
    words: dict[str, str] = field(default_factory=dict)

    def restart(self) -> None:
        """Forgets the turns, and nothing that they told."""
        self.topics, self.birth_for = frozenset(), 0

    def answers(self, text: str) -> list[Answer]:
        """Returns what a text tells because of the turns before it; to be called in their order."""
        found = [*self._births(text), *self._cards(text), *self._secrets(text)]
        for answer in found:
            self.learn(answer.kind, answer.key)
        found += self._again(text)
        topics = topics_of(text)
        if self.topics and not found and (topics or len(text.split()) <= 4):
            # "One moment", "And your postcode?": what was asked is still to be answered.
            topics |= self.topics
        self.topics = topics
        if BIRTH in topics or any(answer.kind == "DATE_OF_BIRTH" for answer in found):
            self.birth_for = _STAYS
        else:
            self.birth_for = max(0, self.birth_for - 1)
        return found

    def learn(self, kind: str, key: str) -> None:
        """Remembers a secret, so that it is found wherever it stands again."""
        if kind == "DATE_OF_BIRTH" and re.fullmatch(r"\d{8}", key):
            self.dates.add(key)
        elif kind in {"PASSWORD", "HANDLE"} and len(key) > 4 and not key.isdigit():
            self.words[key] = kind

    def _again(self, text: str) -> Iterator[Answer]:
        for word, kind in self.words.items():
            if word in text:
                for again in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text):
                    yield Answer(again.start(), again.end(), kind, word)

    def _births(self, text: str) -> Iterator[Answer]:
        asked = BIRTH in self.topics
        said = bool(_BIRTH_WORD.search(text))
        if not (asked or said or self.birth_for or self.dates):
            return
        last = 0
        for date in _DATED.finditer(text):
            key, year = _date_key(date)
            young = year is not None and year > _YOUNGEST
            four = bool(re.search(r"(?:19|20)\d\d", date.group())) or year is None
            told = said and (
                (four and year is not None)
                or _BEFORE_BIRTH.match(text, date.end())
                or _BIRTH_WORD.search(text[max(0, date.start() - 30) : date.start()])
            )
            # "And your husband's?" "30.11.60"
            bare = len(text.split()) - len(date.group().split()) <= 3
            spoken_of = self.birth_for and year is not None and (four or bare)
            if key in self.dates or (not young and (asked or told or spoken_of)):
                yield Answer(date.start(), date.end(), "DATE_OF_BIRTH", key)
                last = date.end()
        if asked and not last:
            for date in _DAY_AND_MONTH.finditer(text):
                yield Answer(date.start(), date.end(), "DATE_OF_BIRTH", _plain(date.group()))
            for said_so in spoken_digits(text):
                if 4 <= len(said_so.digits) <= 8:
                    yield Answer(said_so.start, said_so.end, "DATE_OF_BIRTH", said_so.digits)

    def _cards(self, text: str) -> Iterator[Answer]:
        for expires in _EXPIRES.finditer(text):
            if not _NO_CARD.search(text[max(0, expires.start() - 40) : expires.start()]):
                yield Answer(expires.start(1), expires.end(1), "EXPIRY", _plain(expires[1]))
        if EXPIRY in self.topics:
            for told in _ANSWERS_EXPIRY.finditer(text):
                yield Answer(told.start(1), told.end(1), "EXPIRY", _plain(told[1]))
        codes = [_CARD_CODE] + ([_ANSWERS_CODE] if CODE in self.topics and len(text) < 80 else [])
        for pattern in codes:
            for code in pattern.finditer(text):
                if not _COUNTED.match(text, code.end(1)):
                    yield Answer(code.start(1), code.end(1), "PASSWORD", _plain(code[1]))

    def _secrets(self, text: str) -> Iterator[Answer]:
        patterns = [_LATER_PASSWORD, _IN_QUOTES]
        if PASSWORD in self.topics and len(text.split()) <= 8:
            patterns.append(_TOKEN)
        for pattern in patterns:
            for found in pattern.finditer(text):
                secret = found["secret"].rstrip(".,;:!?)\"”'’")
                # A code that was sent has no letters.
                sent = pattern is _TOKEN and secret.isdigit() and len(secret) > 3
                plain = pattern is not _IN_QUOTES and bool(_NO_SECRET.match(secret))
                if not sent and (plain or len(secret) < 4):
                    continue
                start = found.start("secret")
                yield Answer(start, start + len(secret), "PASSWORD", secret)
        for user in _USERNAME.finditer(text):
            yield Answer(user.start("name"), user.end("name"), "HANDLE", user["name"])


def underscored(text: str) -> Iterator[tuple[int, int]]:
    """Yields words of several parts as usernames are: "nguyen_thi_lan88"."""
    if "_" in text:
        for found in _UNDERSCORED.finditer(text):
            yield found.span()


def _plain(written: str) -> str:
    return re.sub(r"[\W_]", "", written).lower()


def _date_key(date: re.Match[str]) -> tuple[str, int | None]:
    """Returns a date as eight digits, if all of it is written, and its year."""
    groups = date.groupdict()
    day = groups["a"] or groups["a2"] or groups["a3"] or groups["day"] or groups["day2"]
    month = groups["b"] or groups["b2"] or groups["b3"] or groups["month"] or groups["month2"]
    year = groups["y"] or groups["y2"] or groups["y3"] or groups["year"] or groups["year2"]
    if day is None or month is None or year is None:
        return _plain(date.group()), None
    days, years = re.sub(r"\D", "", day), re.sub(r"\D", "", year)
    months = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
    if not days or not years:
        return _plain(date.group()), None
    whole = int(years) if len(years) == 4 else 1900 + int(years)
    if len(years) == 2 and whole < 1925:
        whole += 100
    number = int(days)
    if months > 12:
        # As in America, the month first.
        number, months = months, number
    return f"{whole}{months:02}{number:02}", whole
