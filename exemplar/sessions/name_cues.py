"""Names that something introduces, or that stand alone: "my name is", "Dear", a signature, a bare answer."""

from __future__ import annotations

import re
from typing import Final

from exemplar.sessions.name_contexts import misspelt
from exemplar.sessions.name_senses import DETERMINERS, MONTH_NAMES, Senses
from exemplar.sessions.name_tokens import Token, adjacent, near
from exemplar.sessions.names import (
    CALENDAR,
    NEVER,
    NOT_PEOPLE,
    PARTICLES,
    PRODUCTS,
    RATHER_WORDS,
    SHADES,
    SURNAMES_TOO,
    words_in,
)

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
      | \b(?:my|his|her|our|their)\s+(?:ex|husband|wife|partner|brother|sister|son|daughter|mum|dad|friend
          |mate|boyfriend|girlfriend|flatmate|neighbou?r|cousin|uncle|aunt)\s+
          (?=[^\W\d_]+(?:['’]s\s|\s+and\s+(?:his|her|their|my)\b))
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
ACTING: Final = re.compile(
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
#: "You promised, Haruto." speaks to somebody.
_SPOKEN_TO: Final = re.compile(
    r",\s+([^\W\d_][\w'’\-]+)(?=[.!?]|$)"
    r"|^(?:[A-Z]?[a-z'’]+\s){0,4}[A-Z]?[a-z'’]+,\s+([A-Z][\w'’\-]+)(?=,)"
)
_CLOSING: Final = re.compile(
    r"(?:regards|wishes|yours|sincerely|truly|faithfully|love|cheers|thanks|thx|ta|thank\s+you|warmly|best|bye|soon|"
    r"advance|phone|iphone|care|rgds|kisses|xx?|respectfully|cordially|greetings|appreciated|forward\s+to\s+(?:it|"
    r"hearing\s+from\s+you|your\s+\w+))[\s,.!\-–—]*$",
    re.IGNORECASE,
)


class Cues(Senses):
    """Marks the names that are introduced, before which something stands that only people have."""

    def _after_cues(
        self, text: str, tokens: list[Token], marked: list[bool], loud: bool, asked: bool
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
                    and adjacent(text, tokens[n], tokens[n + 1])
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
                    tokens[n].word in MONTH_NAMES
                    and bool(re.match(r"[^\d]*$", text[: tokens[n].start]))
                )
        self._signature(text, tokens, marked, loud)
        self._whole_message(text, tokens, marked, loud)

    def _by_title(self, text: str, cue: str, token: Token) -> bool:
        """Whether a word is a name whatever it means: "mrs sharp", "my surname is field"."""
        barred = self._barred(token) and token.word not in SURNAMES_TOO
        if barred or token.word in PRODUCTS | _NO_SURNAMES or "," in cue:
            return False
        if _TITLE.search(cue):
            return True
        return bool(_SURNAME.search(cue) and re.match(r"\s*(?:$|[,.;!?\n)])", text[token.end :]))

    def _introduced(
        self, text: str, tokens: list[Token], marked: list[bool], n: int, loud: bool, weak: bool
    ) -> None:
        token = tokens[n]
        if not self._like_a_name(token, loud) or self._in_product(text, tokens, n):
            return
        if self._thing(text, tokens, n):
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
                    and adjacent(text, token, follows)
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

    def _alone(self, text: str, token: Token) -> bool:
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
        tokens: list[Token],
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
            if m > n and not adjacent(text, tokens[m - 1], token):
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

    def _signature(self, text: str, tokens: list[Token], marked: list[bool], loud: bool) -> None:
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
            closing = _CLOSING.search(near(text, sign.start(group)))
            if (
                group == 1
                and closing
                and not re.search(r"[.!?,]\s*\S", line)
                and all(
                    tokens[n].text[0].isupper()
                    and (not self._barred(tokens[n]) or (i and tokens[n].word in SURNAMES_TOO))
                    and tokens[n].word not in PRODUCTS | NOT_PEOPLE | (CALENDAR - MONTH_NAMES)
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
                    or (tokens[n].capital and tokens[n].word in MONTH_NAMES)
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
        self, text: str, tokens: list[Token], marked: list[bool], loud: bool
    ) -> None:
        """A message of nothing but a given and a family name."""
        names = [t for t in tokens if t.word not in PARTICLES]
        if not 1 <= len(names) <= 4 or len(text.strip()) > 60 or re.search(r"[\d?@/]", text):
            return
        if any(self._barred(t) for t in names[:-1]) or any(
            self._no_person(t)
            and not (t.capital and t.word in MONTH_NAMES)
            and not (t.capital and t.word in self._lexicon.given and len(names) > 1)
            for t in names
        ):
            return
        if self._nothing_but_a_name(text, names, loud and not all(t.text.istitle() for t in names)):
            for n in range(len(tokens)):
                marked[n] = True

    def _nothing_but_a_name(self, text: str, names: list[Token], loud: bool) -> bool:
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
        return (
            not plain
            and len(names) == 2
            and last.word in lexicon.family
            and all(lexicon.listed(t.word) or self._unlisted(t) for t in names)
        )

    def _behind_initials(self, text: str, tokens: list[Token], n: int, loud: bool) -> bool:
        """Whether a word that is none of every day stands behind initials: "M. A. Okonjo"."""
        token = tokens[n]
        return (
            n > 0
            and token.capital
            and not loud
            and len(token.word) > 2
            and not token.text.isupper()
            and len(tokens[n - 1].text) == 1
            and tokens[n - 1].capital
            and text[tokens[n - 1].end : tokens[n - 1].end + 1] == "."
            and adjacent(text, tokens[n - 1], token)
            and not self._ordinary(token)
            and not self._in_product(text, tokens, n)
            and not self._place_of_words(tokens, n, text)
        )

    def _before_cues(self, text: str, tokens: list[Token], marked: list[bool], loud: bool) -> None:
        for n, token in enumerate(tokens):
            month = token.capital and token.word in MONTH_NAMES
            if marked[n] or self._barred(token) or (self._no_person(token) and not month):
                continue
            if self._brand(text, tokens, n):
                continue
            if self._behind_initials(text, tokens, n, loud):
                marked[n] = True
                continue
            if not ACTING.match(text, token.end) or self._in_product(text, tokens, n):
                continue
            if token.text.isupper() and len(token.text) <= 4 and not loud:
                continue
            if n and tokens[n - 1].word in DETERMINERS and adjacent(text, tokens[n - 1], token):
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
                given = tokens[n - 1] if n and adjacent(text, tokens[n - 1], token) else None
                if given is not None and capital and given.capital and given.word not in NEVER:
                    marked[n - 1] = given.word in self._lexicon.given or not self._ordinary(given)
            elif (
                not capital
                and not self._ordinary(token)
                and len(token.word) > 3
                and (token.word not in PARTICLES and not token.text.isupper())
            ) or (
                n
                and adjacent(text, tokens[n - 1], token)
                and tokens[n - 1].word in self._lexicon.given
                and token.word in self._lexicon.family
                and re.match(r"\s+speaking\b", text[token.end :], re.IGNORECASE)
            ):
                marked[n] = True
                before = tokens[n - 1] if n and adjacent(text, tokens[n - 1], token) else None
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
