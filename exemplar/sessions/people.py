"""Finds the people that a text names: by those known already, by what introduces a name, by the gazetteer.

A word counts as a name for reasons that differ in strength. After "my name is" nearly everything does;
after "thanks" a word that is written like a name; with nothing before it a name that is no ordinary
word, or two that stand together. What is wrong too often (products, towns, months) is kept by context.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz.distance import OSA

from exemplar.sessions.name_contexts import Likeness, ends_a_name, fits, misspelt
from exemplar.sessions.names import (
    CALENDAR,
    NEVER,
    NOT_PEOPLE,
    PARTICLES,
    PRODUCTS,
    RATHER_WORDS,
    SHADES,
    SURNAMES_TOO,
    NameLexicon,
    fold,
    joined,
    words_in,
)

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’‑\-][^\W\d_]+)*")
_POSSESSIVE: Final = re.compile(r"['’]s$", re.IGNORECASE)
#: Most words of one name, small ones aside.
_LONGEST: Final = 4

_NUMBERED: Final = r"(?:number|no|ref)\b"
#: After these a name follows: anything that is no function word.
_STRONG: Final = re.compile(
    r"""(?:\b(?:my|the|his|her|their|your|customer'?s?|full|first|last|sur|given|family|middle|maiden)
          \s+(?:full\s+|first\s+|last\s+|family\s+|given\s+)?name(?:\s+is|\s+was|'s|’s|\s*[:=])
      | \b(?:sur|fore|first\s|last\s|full\s)?name(?:'s|’s|\s+is|\s*[:=])
      | \bname\s+(?:on|for|of|against|with)\s+(?:the|my|this|that)\s+\w+(?:\s+is|'s|\s*:)
      | \b(?:order|booking|account|reservation|purchase)\s+(?:is|was)\s+(?:under|
        in\s+the\s+name\s+of)
      | \bname(?=\s+(?-i:[A-Z]))
      | \b(?:sur|fore|first\s|last\s|family\s|given\s|maiden\s|middle\s)name(?!\s+(?:spel|wrong|mis|incorrect|
        correct|changed?|differ|field|only|too|same|twice|first|last|box|has|cannot|part|works?|should|must|there)\w*)
      | \b(?:i\s+go\s+by|ask(?:ed)?\s+for|on\s+behalf\s+of|in\s+the\s+name(?:\s+of)?
          |under\s+(?:the\s+)?name(?:\s+of)?|it'?s\s+under|booked\s+under|ordered\s+by|
            placed\s+by|paid\s+by
          |account\s+holder(?:\s+is|\s*:)?|card\s?holder(?:\s+is|\s*:)?|recipient(?:\s+is|\s*:)?
          |addressed\s+to|made\s+out\s+to|attn\.?:?|attention:?|fao:?|c/o|
            signed(?:\s+for)?(?:\s+by)?,?
          |known\s+as|née|nee|(?:customer|caller|agent|from|to|cc|contact|buyer|client|adviser|
            advisor
          |rep|operator|spelled|spelt)\s*:)
      | \bspel(?:led|t)\s+(?=(?-i:[A-Z]|d[aeiu]\s|van\s|von\s|l[ae]\s))
      | (?<![\w'’])(?:mr|mrs|ms|mx|dr|prof|sir|madame|monsieur|mme|mlle|herr|frau|señora?|
        senora?|sra|dhr
          |mevr|mevrouw|meneer|pan[ií]|signora?|sig\.?ra?|dott)\b\.?
      | (?<![\w'’])(?:Miss|MISS|Mister|Señor|Sr|Doctor|Professor|Don|Doña|Sheikh|Hadji)\b\.?
      )[\s,"“'‘*_]*""",
    re.IGNORECASE | re.VERBOSE,
)
_TITLE: Final = re.compile(r"\b(?:mr|mrs|ms|mx|miss|dr)\b\W*$", re.IGNORECASE)
_SURNAME: Final = re.compile(r"\b(?:sur|last\s+|family\s+|maiden\s+)name", re.IGNORECASE)
#: What is said of a name, and is none.
_NO_SURNAMES: Final = words_in(
    """
    wrong misspelt misspelled incorrect correct missing different changed above below confidential
    private hidden long short unusual common foreign double hyphenated first last spelled spelt
    unknown difficult irrelevant required optional empty blank
    """
)
#: "call me …" names only where a name is written; "call me back" is no introduction.
_MEDIUM: Final = re.compile(
    r"""(?:\b(?:this\s+is|this'?s|it'?s|it\s+is|i'?m|i’m|i\s+am|call\s+me|hi|hiya|hello|hey|heya|dear|hallo
          |hola|bonjour|ciao|yo|thanks(?:\s+(?:so\s+much|a\s+lot|again|very\s+much))?|thx|ty
          |thank\s+you(?:\s+(?:so\s+much|very\s+much|again))?|cheers|ta|it(?:['’]s|\s+is)\s+me|according\s+to|spoke(?:n)?\s+(?:to|with)(?:\s+an?)?
          |speak(?:ing)?\s+(?:to|with)|talk(?:ed|ing)?\s+(?:to|with)|chat(?:ted|ting)?\s+(?:to|with)
          |dealt\s+with|put\s+(?:me\s+)?through\s+to|through\s+to|connected\s+(?:to|with)
          |(?:pass|hand|forward|give|put)(?:e?d|ing)?\s+(?:\w+\s+){0,2}?(?:on\s+|over\s+|
            through\s+)?to|transfer(?:red)?\s+(?:you\s+|me\s+)?to
          |reply\s+from|email\s+from|message\s+from|note\s+from|call\s+from|named|called
          |my\s+(?:husband|wife|partner|fianc[ée]e?|boyfriend|girlfriend|son|daughter|brother|
            sister|mum|mom
          |mother|dad|father|aunt|uncle|cousin|niece|nephew|neighbou?r|flatmate|roommate|
            housemate|colleague
          |assistant|friend|boss|manager|grandmother|grandfather|gran|grandma|grandpa|nan|
            landlord|tenant
          |child|kid|baby)(?:'s\s+name\s+is|\s+is(?:\s+called)?)?
          |(?:colleague|agent|driver|courier|technician|manager|supervisor|adviser|advisor|teammate
          |(?:customer|client)\s+(?:service|care)\s+agent)
          |you['’]?re|you\s+are|are\s+you
          |(?:told|helped|promised|served|assisted|handled|answered|written|called|contacted
            |advised|emailed|seen|signed|sent|left|given)\s+(?:\w+\s+)?by
          |good\s+(?:morning|afternoon|evening|day)|morning|afternoon|evening|bye|goodbye|
            welcome|regards|wishes
          |sincerely|faithfully|truly|greetings|groetjes|mvg|am\s+i\s+speaking\s+to)
      )(?!\w)(?:[\s,!.…:;\-–—"“'‘*_]|\[\w+\])*?[\s,!:\-–—"“'‘*_@(]*""",
    re.IGNORECASE | re.VERBOSE,
)
#: Small talk after which a name may follow, where it is written like one.
_WEAK: Final = re.compile(
    r"""(?:\b(?:sorry|ok(?:ay)?|yes|no|right|well|please|best|love|gr|vg|xx?|nice\s+to\s+meet\s+you|appreciate\s+it
          |brilliant|great|perfect|lovely|(?:gift|present|parcel|package|order|delivery)\s+for|
            ask|asked|told|tell
          |met|thank|is\s+that|(?:e?mailed|messaged|texted|phoned|rang|contacted|visited|thanked)
          |sure|of\s+course|alright|morning|understood|absolutely|certainly)
      )(?!\w)(?:[\s,!.…:;\-–—"“'‘*_]|\[\w+\])*?[\s,!:\-–—"“'‘*_@(]*""",
    re.IGNORECASE | re.VERBOSE,
)
#: After "I'm" and "it's" a small word that is also a name is how somebody feels: "I'm frank".
_BEING: Final = re.compile(
    r"\b(?:it['’]?s|you['’]?re|you\s+are|are\s+you|\w+\s+by|it\s+is|i['’]?m|i\s+am|that['’]?s|this\s+is|called)\W*$",
    re.IGNORECASE,
)
#: Before these stands a name, as in "Priya here" or "Priya from support promised".
_AFTER: Final = re.compile(
    r"""[\s,]*(?:\b(?:here|speaking|calling|again\s+here|(?:over\s+)?from\s+(?:the\s+)?(?:customer|support|service
      |sales|returns|billing|your\s+(?:team|company|shop|store|side)|meadow)|in\s+(?:customer|
        support|returns
      |billing|sales)|at\s+(?:the\s+)?(?:desk|support)|said|says|told|promised|assured|wrote|
        explained|helped
      |answered|called|rang|phoned|confirmed|emailed|mailed|mentioned|never\s+(?:rang|called|wrote|replied|came)|apologi[sz]ed|hung\s+up|
        was\s+(?:so\s+|very
      |\s+really\s+)?(?:kind|helpful|great|lovely|rude|wonderful|nice|brilliant)|signed\s+for|
        ordered|placed|is\s+what\s+(?:everyone|everybody|people|they)\s+calls?)\b
      )""",
    re.IGNORECASE | re.VERBOSE,
)
#: A word with a capital after one of these, inside a sentence, is a person where it is a given name.
_WITH: Final = words_in(
    """
    with by for from to and or asked ask told tell met thank thanks thanked
    """
)
_MONTH_NAMES: Final = frozenset({"may", "april", "june", "august"})
#: "You promised, Haruto." speaks to somebody.
_SPOKEN_TO: Final = re.compile(
    r",\s+([^\W\d_][\w'’\-]+)(?=[.!?]|$)"
    r"|^(?:[A-Z]?[a-z'’]+\s){0,4}[A-Z]?[a-z'’]+,\s+([A-Z][\w'’\-]+)(?=,)"
)
_IS_THIS: Final = re.compile(r"\b(?:is|was)\s+(?:this|that)\s+$", re.IGNORECASE)
_CLOSING: Final = re.compile(
    r"(?:regards|wishes|yours|sincerely|truly|faithfully|love|cheers|thanks|thx|ta|thank\s+you|warmly|best|bye|soon|"
    r"advance|phone|iphone|care|rgds|kisses|xx?|respectfully|cordially|greetings|appreciated|forward\s+to\s+(?:it|"
    r"hearing\s+from\s+you|your\s+\w+))[\s,.!\-–—]*$",
    re.IGNORECASE,
)
#: What bears somebody's name and is nobody: "the Abbey Road print", "Tanner Row", "Halewood Ltd".
_NAMED_AFTER: Final = words_in(
    "road avenue row boulevard crescent terrace collection ltd limited inc llc gmbh plc bv sons joinery jewellery"
)
_COLOURS: Final = words_in("green blue red white black brown grey gray pink yellow orange purple beige")
_COLOURED: Final = re.compile(
    r"\b(?:in|colou?r|shade|or|and|the|dark|light|pale|deep|olive|is)\W*$", re.IGNORECASE
)
_DETERMINERS: Final = words_in(
    """
    the a an my your our this that these those their his her its another any some one no each both
    two
    """
)
#: Of what is sold, what people also do: "my brother Emre set it up".
_ALSO_VERBS: Final = words_in(
    "set range throw light lights cover covers model frame standing reading dining side plate board "
    "in one ones"
)
_IN: Final = words_in("in to from near at around towards via of outside")
_OF_TIME: Final = words_in(
    """
    in since until till by before after early mid late this next last during of on every
    """
)
_ASKED: Final = re.compile(
    r"(?:\bname\b[^.!\n]*|who (?:am i|are you|is this|do i|i'm)[^.!\n]*|how (?:may|should|can|"
    r"shall) i "
    r"(?:address|call) you[^.!\n]*|whom[^.!\n]*)(?:\?|$|please)",
    re.IGNORECASE,
)
_BOUNDARY: Final = re.compile(r"(?:^|[.!?…\n:]|[\"“(\[>*•]|\d\))[\s\"“'‘(\-–—*_]*$")
#: What may stand inside a name, between two of its words.
_GAP: Final = re.compile(r"(?:[ \t ]+|\.[ \t]*|[ \t]*-[ \t]*)$")
_SPELLED: Final = re.compile(
    r"(?<![\w'’\-])[^\W\d_](?:(?:[ \t]*[\-–.,][ \t]*|[ \t]+)[^\W\d_](?![\w'’])){2,}", re.UNICODE
)


@dataclass(frozen=True)
class Mention:
    """A place where a text names somebody.

    Attributes:
        start: of the name, in characters.
        end: behind it.
        words: the name's words, folded; without initials and small words.
    """

    start: int
    end: int
    words: tuple[str, ...]


@dataclass
class _Token:
    text: str
    start: int
    end: int
    word: str
    capital: bool
    first: bool  # of a sentence
    joined: str


@dataclass
class People:
    """The people of one SESSION; each is a set of folded words.

    Attributes:
        each: in the order in which they became known.
    """

    each: list[set[str]] = field(default_factory=list)

    @property
    def words(self) -> frozenset[str]:
        """All words by which anybody is known."""
        return frozenset(word for person in self.each for word in person)

    def number_of(self, words: Sequence[str]) -> int:
        """Returns which person a name means, from 0; one who is not known yet becomes so."""
        said = set(words)
        fitting = [n for n, person in enumerate(self.each) if said <= person]
        if not fitting and len(said) > 1:
            fitting = [n for n, person in enumerate(self.each) if person and person <= said]
        if fitting:
            # The one of whom most is said: "Mara" is the Mara Okafor of the next line.
            number = max(fitting, key=lambda n: (len(self.each[n]), -n))
            self.each[number] |= said
            for other in fitting:
                # "Mara" and "Ms Okafor" were two until "Mara Okafor" came.
                if other != number and self.each[other] < said:
                    self.each[other].clear()
            return number
        self.each.append(said)
        return len(self.each) - 1

    def join(self, run_together: str) -> None:
        """Makes one of two people whose names stand in one word, as in "maraokafor@…"."""
        for one in self.each:
            for other in self.each:
                if one is other or len(one) != 1 or len(other) != 1:
                    continue
                (given,), (family,) = one, other
                if run_together == given + family and len(given) > 2 and len(family) > 2:
                    one |= other
                    other.clear()
                    return


def asks_for_name(text: str) -> bool:
    """Tells whether a text asks who somebody is, so that the next may be a bare name."""
    return bool(_ASKED.search(text))


class PeopleFinder:
    """Finds names in one text after another.

    Args:
        lexicon: what words can be.
        known: words of the people known already, folded; they are found wherever they stand.
    """

    def __init__(self, lexicon: NameLexicon, known: Iterable[str] = ()):
        self._lexicon = lexicon
        self._known = frozenset(known)
        self._long = [word for word in self._known if len(word) >= 5]

    def find(self, text: str, *, asked: bool = False) -> list[Mention]:
        """Returns the mentions of a text, in order, none overlapping.

        Args:
            text: what was said.
            asked: whether the text before asked for a name.
        """
        tokens = _tokens(text)
        if not tokens:
            return []
        loud = _capitals_say_nothing(tokens)
        marked = [False] * len(tokens)
        self._after_cues(text, tokens, marked, loud, asked)
        self._before_cues(text, tokens, marked, loud)
        self._in_contexts(text, tokens, marked, loud)
        self._known_people(text, tokens, marked, loud)
        self._by_gazetteer(text, tokens, marked, loud)
        self._side_by_side(text, tokens, marked, loud)
        self._grow(text, tokens, marked, loud)
        mentions = self._joined(text, tokens, marked)
        return sorted([*mentions, *self._spelled(text, mentions)], key=lambda m: m.start)

    # What a single word can be.

    def _ordinary(self, token: _Token) -> bool:
        return token.word in self._lexicon.ordinary

    def _foreign(self, token: _Token) -> bool:
        """Whether nobody writes a word in English, not even by mistake."""
        return (
            token.word.isalpha() and len(token.word) > 3 and token.word not in self._lexicon.english
        )

    def _barred(self, token: _Token) -> bool:
        return token.word in NEVER or len(token.word) < 2

    def _like_a_name(self, token: _Token, loud: bool, strong: bool = False) -> bool:
        """After something that introduces a name: whether the word is written as one."""
        if self._barred(token) or token.word in CALENDAR - {"may", "april", "june", "august"}:
            return False
        if token.joined in self._known:
            return True
        if token.capital and not loud:
            return strong or self._lexicon.listed(token.word) or not self._ordinary(token)
        if token.word in CALENDAR:
            return strong and token.word in self._lexicon.given
        return not self._ordinary(token) or token.word in self._lexicon.given

    def _no_person(self, token: _Token) -> bool:
        return (
            token.word in NOT_PEOPLE or token.word in CALENDAR or token.word in self._lexicon.places
        )

    # What speaks for a name.

    def _after_cues(
        self, text: str, tokens: list[_Token], marked: list[bool], loud: bool, asked: bool
    ) -> None:
        at = {token.start: n for n, token in enumerate(tokens)}
        for cue in _STRONG.finditer(text):
            n = at.get(cue.end())
            if n is not None and not re.match(_NUMBERED, text[cue.end() :], re.IGNORECASE):
                if self._by_title(text, cue.group(), tokens[n]):
                    marked[n] = True
                self._mark_run(text, tokens, marked, n, loud, strong=True)
        for weak, pattern in ((False, _MEDIUM), (True, _WEAK)):
            for cue in pattern.finditer(text):
                n = at.get(cue.end())
                if n is None:
                    continue
                small = (not tokens[n].capital or loud) and tokens[n].joined not in self._known
                if weak and small and tokens[n].word not in self._lexicon.seldom:
                    continue
                if (
                    small
                    and self._ordinary(tokens[n])
                    and (
                        tokens[n].word not in self._lexicon.given
                        or (
                            _BEING.search(cue.group())
                            and not re.match(
                                r"\s*,?\s*(?:here|speaking|calling|from|again|right|yes)\b",
                                text[tokens[n].end :],
                                re.I,
                            )
                            and not (
                                n + 1 < len(tokens)
                                and tokens[n + 1].word in self._lexicon.family
                                and not self._ordinary(tokens[n + 1])
                            )
                        )
                    )
                ):
                    continue
                # "it's keoni kahale", not "it's minging".
                goes_on = (
                    n + 1 < len(tokens)
                    and _adjacent(text, tokens[n], tokens[n + 1])
                    and not self._ordinary(tokens[n + 1])
                    and not self._barred(tokens[n + 1])
                )
                unlisted = small and not self._lexicon.listed(tokens[n].word)
                foreign = self._foreign(tokens[n])
                if unlisted and not goes_on and not foreign and _BEING.search(cue.group()):
                    continue
                self._introduced(text, tokens, marked, n, loud, weak)
        if asked:
            n = next((n for n, t in enumerate(tokens[:3]) if not self._barred(t)), None)
            if n is not None and len(tokens) <= 6:
                self._mark_run(text, tokens, marked, n, loud, strong=True)
        for cue in _SPOKEN_TO.finditer(text):
            n = at.get(cue.start(1) if cue[1] else cue.start(2))
            if (
                n is not None
                and tokens[n].capital
                and not loud
                and not self._barred(tokens[n])
                and (
                    tokens[n].word in self._lexicon.given
                    or (not self._ordinary(tokens[n]) and not self._no_person(tokens[n]))
                )
                and not (n and tokens[n - 1].word in self._lexicon.places)
            ):
                marked[n] = not self._no_person(tokens[n]) or (
                    tokens[n].word in _MONTH_NAMES
                    and bool(re.match(r"[^\d]*$", text[: tokens[n].start]))
                )
        self._signature(text, tokens, marked, loud)
        self._whole_message(text, tokens, marked, loud)

    def _by_title(self, text: str, cue: str, token: _Token) -> bool:
        """Whether a word is a name whatever it means: "mrs sharp", "my surname is field"."""
        barred = self._barred(token) and token.word not in SURNAMES_TOO
        if barred or token.word in PRODUCTS | _NO_SURNAMES or "," in cue:
            return False
        if _TITLE.search(cue):
            return True
        return bool(
            _SURNAME.search(cue) and re.match(r"\s*(?:$|[,.;!?\n)])", text[token.end :])
        )

    def _introduced(
        self, text: str, tokens: list[_Token], marked: list[bool], n: int, loud: bool, weak: bool
    ) -> None:
        token = tokens[n]
        if not self._like_a_name(token, loud) or self._in_product(text, tokens, n):
            return
        if token.joined in self._known or self._alone(text, token):
            if (
                token.word in NOT_PEOPLE
                or (weak and token.word in self._lexicon.places)
                or (token.word in self._lexicon.places and not self._lexicon.listed(token.word))
            ):
                return
            if not token.capital and not self._lexicon.listed(token.word) and len(token.word) < 4:
                return
        else:
            if self._no_person(token):
                return
            if self._ordinary(token) and (not token.capital or loud or token.first):
                follows = tokens[n + 1] if n + 1 < len(tokens) else None
                named = (
                    follows is not None
                    and _adjacent(text, token, follows)
                    and follows.word in self._lexicon.family
                    and not self._ordinary(follows)
                )
                if not named:
                    return
            if (
                not token.capital
                and not self._lexicon.listed(token.word)
                and not (token.word not in self._lexicon.english and len(token.word) > 3)
            ):
                return
        self._mark_run(text, tokens, marked, n, loud, strong=False)

    def _alone(self, text: str, token: _Token) -> bool:
        """Whether a word is set off as when somebody is spoken to: "thanks mark," "this is grace here"."""
        return bool(
            re.match(
                r"\s*(?:$|[,.!?…;:\n)\-–—]|(?:here|speaking|calling|from)\b)",
                text[token.end :],
                re.I,
            )
        )

    def _mark_run(
        self,
        text: str,
        tokens: list[_Token],
        marked: list[bool],
        n: int,
        loud: bool,
        *,
        strong: bool,
    ) -> None:
        """Marks a name's words from one on, as far as it goes."""
        taken = 0
        pending: list[int] = []
        for m in range(n, len(tokens)):
            token = tokens[m]
            if m > n and not _adjacent(text, tokens[m - 1], token):
                break
            if taken == _LONGEST:
                break
            if token.word in PARTICLES and (taken or strong):
                pending.append(m)
                continue
            initial = len(token.word) == 1 and token.capital and token.word != "i"
            if initial:
                pending.append(m)
                continue
            if not self._like_a_name(token, loud, strong) and not (
                strong
                and taken == 1
                and not self._barred(token)
                and token.word not in PRODUCTS
                and re.match(r"\s*(?:$|[,.;!?\n)])", text[token.end :])
            ):
                break
            if taken:
                if token.word in NOT_PEOPLE or token.word in CALENDAR:
                    break
                if not token.capital and (
                    (
                        self._ordinary(token)
                        and token.joined not in self._known
                        and not re.match(r"\s*(?:$|[,.;!?\n)])", text[token.end :])
                    )
                    or (not strong and not self._lexicon.listed(token.word) and len(token.word) < 4)
                ):
                    break
                if token.word in PRODUCTS and not token.capital:
                    break
            elif token.word in NOT_PEOPLE:
                break
            for p in pending:
                marked[p] = True
            pending.clear()
            marked[m] = True
            taken += 1
        last = tokens[pending[-1]] if pending else None
        if (
            last is not None
            and len(last.word) > 1
            and last.capital
            and not loud
            and (taken or strong)
        ):
            # "Mr Le": a small word that is the whole family name.
            for p in pending:
                marked[p] = True

    def _signature(self, text: str, tokens: list[_Token], marked: list[bool], loud: bool) -> None:
        """A last line, or what follows a dash at the end, that is a name and nothing else."""
        for sign in re.finditer(
            r"(?:\n|[–—~]\s*|(?:^|(?<=[\s.!?,]))-{1,2}\s*)([^\W\d_][^\n\d@]{0,40})\s*$"
            r"|(?:^|\n)([^\n\d@]{2,40})(?=\n)",
            text,
        ):
            group = 1 if sign[1] else 2
            inside = [
                n for n, t in enumerate(tokens) if sign.start(group) <= t.start < sign.end(group)
            ]
            names = [
                n for n in inside if tokens[n].word not in PARTICLES and len(tokens[n].word) > 1
            ]
            if not names or len(names) > 3:
                continue
            line = text[sign.start(group) : sign.end(group)]
            closing = _CLOSING.search(text[: sign.start(group)])
            if (
                group == 1
                and closing
                and not re.search(r"[.!?,]\s*\S", line)
                and all(
                    tokens[n].capital
                    and (not self._barred(tokens[n]) or (i and tokens[n].word in SURNAMES_TOO))
                    and tokens[n].word not in PRODUCTS | NOT_PEOPLE | (CALENDAR - _MONTH_NAMES)
                    for i, n in enumerate(names)
                )
            ):
                # Behind "Kind regards" whoever signs, whatever they are called: "Stormy West".
                for n in inside:
                    marked[n] = True
                continue
            fit = all(
                self._like_a_name(tokens[n], loud)
                and (
                    not self._no_person(tokens[n])
                    or (tokens[n].capital and tokens[n].word in _MONTH_NAMES)
                )
                for n in names
            )
            listed = any(
                self._lexicon.listed(tokens[n].word)
                or (tokens[n].capital and not loud and not self._ordinary(tokens[n]))
                for n in names
            )
            if (
                fit
                and listed
                and (tokens[names[0]].capital or not self._ordinary(tokens[names[0]]))
            ):
                for n in inside:
                    marked[n] = True

    def _whole_message(
        self, text: str, tokens: list[_Token], marked: list[bool], loud: bool
    ) -> None:
        """A message of nothing but a given and a family name."""
        names = [t for t in tokens if t.word not in PARTICLES]
        if not 1 <= len(names) <= 4 or len(text.strip()) > 60 or re.search(r"[\d?@/]", text):
            return
        if any(self._barred(t) for t in names[:-1]) or any(
            self._no_person(t)
            and not (t.capital and t.word in _MONTH_NAMES)
            and not (t.capital and t.word in self._lexicon.given and len(names) > 1)
            for t in names
        ):
            return
        if self._nothing_but_a_name(text, names, loud and not all(t.text.istitle() for t in names)):
            for n in range(len(tokens)):
                marked[n] = True

    def _nothing_but_a_name(self, text: str, names: list[_Token], loud: bool) -> bool:
        lexicon = self._lexicon
        capital = all(t.capital for t in names) and not loud
        first, last = names[0], names[-1]
        if len(names) == 1:
            # "Miles" answers who somebody is, "Ebony" which colour.
            return (
                capital
                and first.word in lexicon.given
                and not self._barred(first)
                and first.word not in SHADES | RATHER_WORDS | PRODUCTS
                and not re.search(r"[.!]", text)
            )
        if "," in text:
            # "Okafor, Mara", and nothing else.
            return (
                capital
                and len(names) == 2
                and bool(re.fullmatch(r"\s*[^,.!]+,[^,.!]+\s*", text))
                and any(t.word in lexicon.given for t in names)
                and not any(self._barred(t) or t.word in PRODUCTS for t in names)
                and not all(t.word in SHADES for t in names)
            )
        if last.word in PRODUCTS or (self._barred(last) and last.word not in SURNAMES_TOO):
            return False
        plain = [t for t in names if self._ordinary(t)]
        if capital and not re.search(r"[.!,]", text.strip(" .")):
            if not plain:
                return all(
                    lexicon.listed(t.word) or not misspelt(t.word, lexicon) for t in names
                ) and (any(lexicon.listed(t.word) for t in names) or len(names) > 1)
            return first.word in lexicon.given and (
                len(plain) < len(names)
                or (first.word not in SHADES and (last.word in lexicon.family | SURNAMES_TOO))
            )
        if re.search(r"[.!,]", text.strip(" .")):
            return False
        if first.word in lexicon.given and first.word not in SHADES | RATHER_WORDS:
            return all(
                (t.word in lexicon.family and t.word not in SHADES) or not self._ordinary(t)
                for t in names[1:]
            ) and not self._barred(last)
        return not plain and len(names) == 2 and last.word in lexicon.family and all(
            lexicon.listed(t.word) or self._unlisted(t) for t in names
        )

    def _before_cues(self, text: str, tokens: list[_Token], marked: list[bool], loud: bool) -> None:
        for n, token in enumerate(tokens):
            month = token.capital and token.word in _MONTH_NAMES
            if marked[n] or self._barred(token) or (self._no_person(token) and not month):
                continue
            if not _AFTER.match(text, token.end) or self._in_product(text, tokens, n):
                continue
            if token.text.isupper() and len(token.text) <= 4 and not loud:
                continue
            if n and tokens[n - 1].word in _DETERMINERS and _adjacent(text, tokens[n - 1], token):
                continue
            capital = token.capital and not loud
            if (capital and not token.first and not self._ordinary(token)) or (
                (
                    token.word in self._lexicon.given
                    and ((capital and not token.first) or token.word in self._lexicon.seldom)
                )
                or (
                    capital
                    and token.first
                    and (
                        token.word in self._lexicon.given
                        or (not self._ordinary(token) and token.word not in self._lexicon.places)
                    )
                )
                or (capital and not self._ordinary(token) and self._lexicon.listed(token.word))
            ):
                marked[n] = True
                # "Chase Knight signed for it" begins with a word that is no name by itself.
                given = tokens[n - 1] if n and _adjacent(text, tokens[n - 1], token) else None
                if given is not None and capital and given.capital and given.word not in NEVER:
                    marked[n - 1] = given.word in self._lexicon.given or not self._ordinary(given)
            elif (
                not capital
                and not self._ordinary(token)
                and len(token.word) > 3
                and (token.word not in PARTICLES and not token.text.isupper())
            ) or (
                n
                and _adjacent(text, tokens[n - 1], token)
                and tokens[n - 1].word in self._lexicon.given
                and token.word in self._lexicon.family
                and re.match(r"\s+speaking\b", text[token.end :], re.IGNORECASE)
            ):
                marked[n] = True
                before = tokens[n - 1] if n and _adjacent(text, tokens[n - 1], token) else None
                if (
                    before is not None
                    and (
                        before.word in self._lexicon.given
                        or (
                            not self._ordinary(before)
                            and not self._barred(before)
                            and len(before.word) > 3
                        )
                    )
                    and before.word not in NEVER
                ):
                    marked[n - 1] = True

    def _in_contexts(
        self, text: str, tokens: list[_Token], marked: list[bool], loud: bool
    ) -> None:
        """Marks words that are like enough to names for where they stand, each with those behind it."""
        for n, token in enumerate(tokens):
            capital = token.capital and not loud
            likeness = Likeness.NONE if marked[n] else self._likeness(text, tokens, n, capital)
            if likeness is Likeness.NONE:
                continue
            last = self._run(text, tokens, n, capital)
            # "Mercy Wanjiku" stands where "Mercy" alone is one and where both are.
            for m in range(last, n - 1, -1):
                words = sum(t.word not in PARTICLES for t in tokens[n : m + 1])
                if fits(text, token.start, tokens[m].end, likeness, capital=capital, words=words):
                    for k in range(n, last + 1 if capital else m + 1):
                        marked[k] = True
                    break

    def _likeness(self, text: str, tokens: list[_Token], n: int, capital: bool) -> Likeness:
        """How much a word by itself is like a name; 0 if it cannot be one here."""
        token, lexicon = tokens[n], self._lexicon
        word = token.word
        if self._barred(token) or word in PARTICLES or word in CALENDAR - _MONTH_NAMES:
            return Likeness.NONE
        given = word in lexicon.given
        if word in NOT_PEOPLE and not (given and capital and not self._language(text, token)):
            return Likeness.NONE
        if self._in_product(text, tokens, n) or self._place_of_words(tokens, n, text):
            return Likeness.NONE
        if word in lexicon.places and not given:
            return Likeness.NONE
        before = tokens[n - 1] if n and _adjacent(text, tokens[n - 1], token) else None
        if before is not None and before.word in _DETERMINERS and not _IS_THIS.search(text[: token.start]):
            return Likeness.NONE
        if word in SHADES and _COLOURED.search(text[max(0, token.start - 25) : token.start]):
            return Likeness.NONE
        if word in RATHER_WORDS and (not capital or token.first):
            return Likeness.TWOFOLD if capital and given else Likeness.NONE
        if word in _MONTH_NAMES and n and tokens[n - 1].word in _OF_TIME:
            return Likeness.NONE
        if given and (word in lexicon.places or word in _MONTH_NAMES):
            return Likeness.TOWN
        if given and word in SHADES:
            return Likeness.TWOFOLD
        if given and (self._ordinary(token) or word in CALENDAR or word in NOT_PEOPLE):
            return Likeness.WORD
        if self._ordinary(token):
            odd = capital and not token.first and word not in PRODUCTS and len(word) > 2
            return Likeness.ODD if odd else Likeness.NONE
        if lexicon.listed(word) and (given or capital):
            return Likeness.NAME
        if token.text.isupper() and len(word) < 5:
            return Likeness.NONE
        if not capital and len(word) < 4:
            return Likeness.NONE
        if (token.first or not capital) and not self._new(token):
            return Likeness.NONE
        if len(word) > 5 and any(OSA.distance(word, day, score_cutoff=1) <= 1 for day in CALENDAR):
            return Likeness.NONE
        return Likeness.UNLISTED

    def _side_by_side(
        self, text: str, tokens: list[_Token], marked: list[bool], loud: bool
    ) -> None:
        """Of two with "and" between both are people, if one is: "Gene and Mercy Wanjiku live here"."""
        for n in range(1, len(tokens) - 1):
            if tokens[n].word not in {"and", "or"} or marked[n - 1] == marked[n + 1]:
                continue
            between = text[tokens[n - 1].end : tokens[n + 1].start]
            other = n - 1 if marked[n + 1] else n + 1
            token = tokens[other]
            if between.strip() not in {"and", "or"} or not token.capital or loud:
                continue
            likeness = self._likeness(text, tokens, other, True)
            if likeness >= Likeness.TWOFOLD or (likeness and not token.first):
                marked[other] = True
            elif token.first and not self._barred(token) and other + 2 < len(tokens):
                # "Lucky and Lucky Okoro".
                marked[other] = token.word == tokens[n + 1].word

    def _language(self, text: str, token: _Token) -> bool:
        """Whether "Christian" is a faith here, and "Wise" a bank."""
        return not re.match(
            r"\s+[A-Z]|[,!.?]|\s+(?:here|will|said|told|in|from|speaking|calling|again|has|can)\b",
            text[token.end :],
        )

    def _run(self, text: str, tokens: list[_Token], n: int, capital: bool) -> int:
        """Returns the last word of a name that begins at a word."""
        last = n
        for m in range(n + 1, min(n + 5, len(tokens))):
            token = tokens[m]
            if not _adjacent(text, tokens[m - 1], token):
                break
            if token.word in PARTICLES:
                continue
            barred = self._barred(token) and not (token.capital and token.word in SURNAMES_TOO)
            if barred or token.word in NOT_PEOPLE | (CALENDAR - _MONTH_NAMES):
                break
            if capital:
                if not token.capital or (token.word in PRODUCTS and token.word not in self._lexicon.family):
                    break
            elif not (
                token.word in self._lexicon.family
                or (
                    not self._ordinary(token)
                    and len(token.word) > 3
                    and self._new(token)
                )
            ):
                break
            last = m
        return last

    def _known_people(
        self, text: str, tokens: list[_Token], marked: list[bool], loud: bool
    ) -> None:
        for n, token in enumerate(tokens):
            if marked[n]:
                continue
            word = token.word
            if token.joined not in self._known:
                near = (
                    token.capital
                    and len(word) >= 5
                    and not self._ordinary(token)
                    and not self._lexicon.listed(word)
                    and not self._no_person(token)
                    and any(OSA.distance(word, other, score_cutoff=1) <= 1 for other in self._long)
                )
                if not near:
                    continue
            if self._in_product(text, tokens, n):
                continue
            if not self._ordinary(token) and word not in CALENDAR and word not in PARTICLES:
                marked[n] = True
                continue
            before = tokens[n - 1] if n else None
            beside = (before is not None and marked[n - 1] and _adjacent(text, before, token)) or (
                n + 1 < len(tokens)
                and tokens[n + 1].joined in self._known
                and not self._ordinary(tokens[n + 1])
                and _adjacent(text, token, tokens[n + 1])
            )
            if beside:
                marked[n] = True
            elif token.capital and not loud:
                if word in CALENDAR and before is not None and before.word in _OF_TIME:
                    continue
                if not token.first or re.match(r"\s*(?:[,!]|$)", text[token.end :]):
                    marked[n] = True

    def _by_gazetteer(
        self, text: str, tokens: list[_Token], marked: list[bool], loud: bool
    ) -> None:
        lexicon = self._lexicon
        shops: set[int] = set()
        for n, token in enumerate(tokens):
            if marked[n] or n in shops or self._barred(token) or token.word in PARTICLES:
                continue
            follows = tokens[n + 1] if n + 1 < len(tokens) else None
            next_by = follows is not None and _adjacent(text, token, follows)
            if self._place_of_words(tokens, n, text):
                continue
            if next_by and follows is not None and self._pair(token, follows, loud):
                coloured = (
                    follows.word in _COLOURS
                    and self._ordinary(token)
                    and _COLOURED.search(text[max(0, token.start - 25) : token.start])
                )
                shop = (
                    n
                    and tokens[n - 1].word in _DETERMINERS
                    and n + 2 < len(tokens)
                    and tokens[n + 2].word in PRODUCTS
                )
                if coloured or shop:
                    # "in Forest Green", "the John Lewis one".
                    shops.add(n + 1)
                    continue
                if not self._in_product(text, tokens, n + 1) and not self._in_product(
                    text, tokens, n
                ):
                    marked[n] = marked[n + 1] = True
                continue
            if self._no_person(token) or token.word in SHADES or self._in_product(text, tokens, n):
                continue
            if n and tokens[n - 1].word in {"the", "this"} and not _IS_THIS.search(text[: token.start]):
                # "the Nora" is no person.
                continue
            before = tokens[n - 1] if n and _adjacent(text, tokens[n - 1], token) else None
            if token.capital and not loud:
                if token.word in lexicon.given and not self._ordinary(token):
                    marked[n] = True
                elif token.first:
                    continue
                elif token.word in lexicon.family and not self._ordinary(token):
                    marked[n] = before is None or before.word not in _DETERMINERS | _IN
                elif token.word in lexicon.given and before is not None and before.word in _WITH:
                    marked[n] = True
            elif token.word in lexicon.seldom and (not token.capital or loud):
                marked[n] = True

    def _pair(self, token: _Token, follows: _Token, loud: bool) -> bool:
        """Whether two words side by side are a given and a family name."""
        lexicon = self._lexicon
        if self._barred(follows) or follows.word in CALENDAR or follows.word in NOT_PEOPLE:
            return False
        if token.word in NOT_PEOPLE or token.word in CALENDAR - {"may", "april", "june", "august"}:
            return False
        if follows.word in PRODUCTS or (token.word in SHADES and self._ordinary(follows)):
            return False
        if token.capital and follows.capital and not loud:
            if token.word in lexicon.given:
                return not self._ordinary(follows) or (
                    follows.word in lexicon.family and not (token.first and self._ordinary(token))
                )
            return (
                not token.first
                and follows.word in lexicon.family
                and not self._ordinary(token)
                and not self._ordinary(follows)
                and token.word not in lexicon.places
            )
        if (token.capital or follows.capital) and not loud:
            return False
        return (
            token.word in lexicon.given
            and follows.word in lexicon.family
            and not self._ordinary(follows)
            and (not self._ordinary(token) or len(follows.word) > 3)
            and token.word not in lexicon.places
        )

    def _place_of_words(self, tokens: list[_Token], n: int, text: str) -> bool:
        """Whether a town of two words begins or ends here."""
        return any(
            a >= 0
            and b < len(tokens)
            and _adjacent(text, tokens[a], tokens[b])
            and f"{tokens[a].word} {tokens[b].word}" in self._lexicon.places
            for a, b in ((n, n + 1), (n - 1, n))
        )

    def _in_product(self, text: str, tokens: list[_Token], n: int) -> bool:
        """Whether a word belongs to a product's name: "the Nora lamp", "a Klara floor lamp"."""
        follows = tokens[n + 1 : n + 3]
        if not follows or not _adjacent(text, tokens[n], follows[0]):
            return False
        if _POSSESSIVE.search(text[tokens[n].start : tokens[n].end + 2]):
            return False
        before = tokens[n - 1] if n and _adjacent(text, tokens[n - 1], tokens[n]) else None
        first = follows[0].word
        if first in _NAMED_AFTER and follows[0].capital:
            return True
        if re.search(r"(?:^|[\s(])\d{1,3}[ ]$", text[max(0, tokens[n].start - 5) : tokens[n].start]):
            # "3 Klara and 2 Nora lamps" counts them.
            return True
        determined = before is not None and before.word in _DETERMINERS
        if first in PRODUCTS - _ALSO_VERBS:
            return True
        if determined and first in PRODUCTS:
            return True
        return (
            determined
            and tokens[n].joined not in self._known
            and not follows[0].capital
            and first
            not in {"family", "order", "household", "account", "residence", "parcel", "delivery"}
            and self._ordinary(follows[0])
            and not first.endswith(("ed", "s"))
            and first not in NEVER - {"order"}
        )

    def _grow(self, text: str, tokens: list[_Token], marked: list[bool], loud: bool) -> None:
        """Adds to marked words their neighbours: the family name, small words, initials."""
        for n in range(len(tokens)):
            if not marked[n]:
                continue
            m, skipped = n + 1, list[int]()
            while m < len(tokens) and not marked[m] and _adjacent(text, tokens[m - 1], tokens[m]):
                token = tokens[m]
                if (
                    token.word in SURNAMES_TOO
                    and token.capital
                    and not loud
                    and tokens[m - 1].word in self._lexicon.given
                    and re.match(r"['’]s|\s*(?:$|[,.;!?\n])", text[token.end :])
                ):
                    # "Max Best", not "Max Best wishes".
                    marked[m] = True
                    break
                if token.word in PARTICLES or (
                    len(token.word) == 1 and token.capital and token.word != "i"
                ):
                    skipped.append(m)
                    m += 1
                    continue
                fits = (
                    not self._barred(token)
                    and token.word not in NOT_PEOPLE | CALENDAR | PRODUCTS
                    and (
                        (
                            token.capital
                            and not loud
                            and (
                                not self._ordinary(token)
                                or token.word in self._lexicon.family
                                or tokens[m - 1].word in self._lexicon.seldom
                                or (
                                    tokens[m - 1].capital
                                    and m == n + 1
                                    and (not tokens[n].first or not self._ordinary(tokens[n]))
                                )
                            )
                        )
                        or (
                            (not token.capital or loud)
                            and not self._ordinary(token)
                            and (
                                token.word in self._lexicon.family
                                or (len(token.word) > 4 and bool(_AFTER.match(text, token.end)))
                                or self._unlisted(token)
                            )
                        )
                        or (
                            not token.capital
                            and m == n + 1
                            and tokens[n].word in self._lexicon.given
                            and token.word not in NEVER | SHADES
                            and not _AFTER.match(text, tokens[n].end)
                            and ends_a_name(text, tokens[n].start, token.end)
                        )
                    )
                    and not (
                        m + 1 < len(tokens)
                        and tokens[m + 1].word in PRODUCTS
                        and token.capital
                        and self._ordinary(token)
                    )
                )
                if not fits:
                    break
                for s in skipped:
                    marked[s] = True
                skipped = []
                marked[m] = True
                m += 1
            if skipped and (
                (m < len(tokens) and marked[m] and _adjacent(text, tokens[m - 1], tokens[m]))
                or (tokens[skipped[-1]].capital and not loud and len(tokens[skipped[-1]].word) > 1)
            ):
                for s in skipped:
                    marked[s] = True
            self._backwards(text, tokens, marked, n, loud)

    def _unlisted(self, token: _Token) -> bool:
        """Whether a word in small letters is on no list and no mistake in one of every day."""
        return (
            len(token.word) > 3
            and not self._ordinary(token)
            and not self._barred(token)
            and not self._no_person(token)
            and token.word not in PARTICLES | PRODUCTS
            and self._new(token)
        )

    def _new(self, token: _Token) -> bool:
        """Whether a word that is on no list is no mistake in one of every day either."""
        if "-" in token.word:
            # "Hyeon-ju", not "follow-up".
            return any(len(part) > 1 and part not in self._lexicon.ordinary for part in token.word.split("-"))
        if len(token.word) < 5:
            # What is mistyped in so few letters has been mistyped often enough to be known.
            return token.word not in self._lexicon.english or token.word in self._lexicon.proper
        return not misspelt(token.word, self._lexicon)

    def _backwards(
        self, text: str, tokens: list[_Token], marked: list[bool], n: int, loud: bool
    ) -> None:
        """Adds what stands before a marked word: initials, "van", a given name that no list has."""
        while n:
            before = n - 1
            token = tokens[before]
            if marked[before] or not _adjacent(text, token, tokens[n]):
                return
            capital = token.capital and not loud
            initial = len(token.word) == 1 and token.capital and token.word not in {"i", "a"}
            if token.word in PARTICLES and before and _adjacent(text, tokens[before - 1], token):
                # "Willemijn ter Horst"
                given = tokens[before - 1]
                if (
                    (given.capital and not loud and not self._ordinary(given))
                    or given.word in self._lexicon.seldom
                    or (given.capital and given.word in self._lexicon.given)
                    or self._unlisted(given)
                ) and not (self._barred(given) or self._no_person(given)):
                    marked[before] = marked[before - 1] = True
                    n = before - 1
                    continue
            # "El Amrani", "De Luca": the small word is part of it where it has a capital.
            part = capital and len(token.word) > 1 and token.word in PARTICLES
            small = (
                (capital or not tokens[n].capital or loud)
                and tokens[n].word in self._lexicon.family
                and not self._ordinary(tokens[n])
                and (capital or self._unlisted(token))
                and (not token.first or self._unlisted(token))
            )
            if not (initial or part or small) and not (
                capital
                and not token.first
                and not self._barred(token)
                and not self._ordinary(token)
                and not self._no_person(token)
                and token.word not in PARTICLES
            ):
                return
            if not (initial or part) and (self._barred(token) or self._no_person(token)):
                return
            marked[before] = True
            n = before

    def _joined(self, text: str, tokens: list[_Token], marked: list[bool]) -> list[Mention]:
        mentions: list[Mention] = []
        n = 0
        while n < len(tokens):
            if not marked[n]:
                n += 1
                continue
            end = n
            while (
                end + 1 < len(tokens)
                and marked[end + 1]
                and _adjacent(text, tokens[end], tokens[end + 1])
            ):
                end += 1
            words = tuple(
                t.joined for t in tokens[n : end + 1] if len(t.word) > 1 and t.word not in PARTICLES
            ) or tuple(t.joined for t in tokens[n : end + 1])
            mentions.append(Mention(tokens[n].start, tokens[end].end, words))
            n = end + 1
        return mentions

    def _spelled(self, text: str, mentions: Sequence[Mention]) -> list[Mention]:
        """Names spelled letter by letter: "O-K-A-F-O-R", "that's m a r a"."""
        found: list[Mention] = []
        for spelled in _SPELLED.finditer(text):
            letters = [letter for letter in spelled.group() if letter.isalpha()]
            word = fold("".join(letters))
            nearby = text[max(0, spelled.start() - 40) : spelled.start()]
            told = re.search(r"spell|name|that'?s|letters|with", nearby, re.IGNORECASE)
            hyphened = "-" in spelled.group() and len(letters) >= 4
            if (
                word in self._known
                or hyphened
                or (told and len(letters) >= 4)
                or (self._lexicon.listed(word) and len(letters) >= 4)
            ):
                if any(m.start < spelled.end() and spelled.start() < m.end for m in mentions):
                    continue
                found.append(Mention(spelled.start(), spelled.end(), (word,)))
        return found


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    for found in _WORD.finditer(text):
        if text[max(0, found.start() - 1) : found.start()].isdigit() or (
            found.end() < len(text) and text[found.end()].isdigit()
        ):
            continue
        written = found.group()
        owner = _POSSESSIVE.search(written)
        end = found.end() - (len(owner.group()) if owner and len(written) > 3 else 0)
        written = text[found.start() : end]
        tokens.append(
            _Token(
                written,
                found.start(),
                end,
                fold(written),
                written[0].isupper(),
                bool(_BOUNDARY.search(text[max(0, found.start() - 12) : found.start()]))
                if found.start() > 12
                else bool(_BOUNDARY.search(text[: found.start()])),
                joined(written),
            )
        )
    return tokens


def _adjacent(text: str, left: _Token, right: _Token) -> bool:
    between = text[left.end : right.start]
    if between.startswith("."):
        # "J. Smith" goes on, "Thanks. Mara" does not.
        return len(left.text) == 1 and bool(_GAP.match(between))
    return bool(_GAP.match(between))


def _capitals_say_nothing(tokens: Sequence[_Token]) -> bool:
    """Whether a text is written in capitals, or with one on every word."""
    words = [t for t in tokens if len(t.text) > 1]
    if len(words) < 4:
        return False
    if sum(t.text.isupper() for t in words) >= 0.8 * len(words):
        return True
    # "Dear Mr and Mrs Day" is short, and every word has its capital for a reason.
    capitals = sum(t.capital for t in words) if len(words) > 5 else 0
    return capitals >= 0.8 * len(words)
