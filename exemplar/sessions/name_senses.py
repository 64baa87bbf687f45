"""What a word by itself can be: a name, a product, a town, a mistake; and how much it is like a name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from rapidfuzz.distance import OSA

from exemplar.sessions.name_contexts import Likeness, ends_a_name, misspelt
from exemplar.sessions.name_tokens import POSSESSIVE, Token, adjacent, near
from exemplar.sessions.names import (
    BRANDS,
    CALENDAR,
    COUNTRIES_TOO,
    INTERJECTIONS,
    MAKES,
    NEVER,
    NOT_PEOPLE,
    OUTCRIES,
    PARTICLES,
    PRODUCTS,
    RATHER_WORDS,
    SHADES,
    SURNAMES_TOO,
    NameLexicon,
    words_in,
)

#: No names, whatever stands around them.
NEVER_NAMES: Final = NEVER | INTERJECTIONS
MONTH_NAMES: Final = frozenset({"may", "april", "june", "august"})
#: "Is that Henrik?", "Is that THE Henrik?"
IS_THIS: Final = re.compile(
    r"\b(?:is|was)\s+(?:this|that)\s+(?:(?-i:(?<=[a-z]\s)THE)\s+)?$", re.IGNORECASE
)
#: What bears somebody's name and is nobody: "the Abbey Road print", "Tanner Row", "Halewood Ltd".
_NAMED_AFTER: Final = words_in(
    "road avenue row boulevard crescent terrace collection ltd limited inc llc gmbh plc bv sons"
    " joinery jewellery"
)
#: "I dealt with a Tereza last time."
_MET: Final = re.compile(r"\b(?:with|to|by|from|met)\s+an?\s+$", re.IGNORECASE)
_MET_AFTER: Final = re.compile(
    r"\s*(?:$|[,.;!?\n])|\s+(?:last|on|yesterday|today|this|who|in|at|from|and|about|before|first)\b"
)
#: "You'd", "there'll"
_SHORTENED: Final = re.compile(r"['’](?:d|ll|ve|re|m|t|s)$")
_FAITHS: Final = frozenset({"christian"})
COLOURED: Final = re.compile(
    r"\b(?:in|colou?r|shade|or|and|the|dark|light|pale|deep|olive|is)\W*$", re.IGNORECASE
)
DETERMINERS: Final = words_in(
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
OF_TIME: Final = words_in(
    """
    in since until till by before after early mid late this next last during of on every
    """
)

#: "a showroom in Lincoln or Chester": towns, though people are called so, too.
_SHOPS_IN: Final = re.compile(
    r"\b(?:showroom|shop|store|branch|outlet|warehouse)s? in (?:\w+,? (?:or|and) )?$", re.IGNORECASE
)


#: "May the driver ring you?" asks, and speaks of nobody.
_ASKING: Final = re.compile(
    r"\s+(?:i|we|you|he|she|it|they|the|this|that|these|those|there|my|our|your|his|her|their|an?|any\w*|some\w*|every\w*|all|god)\b",
    re.IGNORECASE,
)
#: "Daisy is the white one", "Romeo, the kids' bed"
_THING: Final = re.compile(
    r"\s+(?:is|was)\s+(?:the|an?)\s+(?:(?:light|dark|pale|deep)\s+)?(?:(?:white|black|brown|grey|gray|cream|beige|"
    r"red|green|blue|yellow|pink|purple|orange|ivory|oak|walnut)(?:\s+one\b|\s*[.,!?])|(?:\w+\s+)?(?:colou?r|shade)\b)"
    r"|,\s+(?:the|an?)\s+(?:[\w'’]+\s+){0,2}?"
    r"(?:bed|cot|lamp|desk|chair|armchair|sofa|table|rug|shelf|stool|bench|wardrobe|mirror|mug|bookcase|cabinet)\b",
    re.IGNORECASE,
)
#: "cheaper at John Lewis", "I bought it from John Lewis"; "a mail from John Lewis" could be anybody's.
_BEFORE_BRAND: Final = re.compile(
    r"\b(?:at|in|into|than|like|via|through|an?|the|your|our|my|some"
    r"|(?<!behalf )(?<!account )(?<!name )(?<!care )of"
    r"|(?:bought|buy|buys|ordered|got|get|cheaper|purchased|is|was|one|it|them|these)\s+from)\s+$",
    re.IGNORECASE,
)
#: Names that begin orders: "Rob me of my weekend", "Pat it dry".
_VERBS_TOO: Final = words_in(
    "rob sue pat bill mark chase grant drew will pierce skip hank dot peg jack frank"
)
_ITS_OBJECT: Final = re.compile(r"\s+(?:me|us|it|them|him|this|that)\b", re.IGNORECASE)
_SAKE: Final = re.compile(r"['’]?s['’]?\s+sake\b", re.IGNORECASE)
_INSIDE: Final = words_in("in near via outside around across inside throughout")

#: "Bill, and a piece of the bill" counts things, and speaks to nobody.
_LISTING: Final = re.compile(r",\s+and\s+(?:an?|the)\b")


class Senses:
    """Tells what the words of a text can be.

    Args:
        lexicon: what words can be.
        known: words of the people known already, folded; they are found wherever they stand.
    """

    def __init__(self, lexicon: NameLexicon, known: Iterable[str] = ()):
        self._lexicon = lexicon
        self._known = frozenset(known)
        self._long = [word for word in self._known if len(word) >= 5]

    def _ordinary(self, token: Token) -> bool:
        return token.word in self._lexicon.ordinary

    def _foreign(self, token: Token) -> bool:
        """Whether nobody writes a word in English, not even by mistake."""
        return (
            token.word.isalpha() and len(token.word) > 3 and token.word not in self._lexicon.english
        )

    def _barred(self, token: Token) -> bool:
        return token.outcry or token.word in NEVER_NAMES or len(token.word) < 2

    def _cleared(self, text: str, tokens: list[Token]) -> None:
        """Takes from words what says nothing of a name: capitals for stress, and cries."""
        for n, token in enumerate(tokens):
            token.outcry = token.word in OUTCRIES and self._cried(text, tokens, n)
            if token.stressed and self._stress(text, tokens, n):
                token.capital = False

    def _cried(self, text: str, tokens: list[Token], n: int) -> bool:
        """Whether a word is cried out: "Ha, it's late", "Well, ha!", "ha ha"."""
        token = tokens[n]
        twice = any(0 <= m < len(tokens) and tokens[m].word == token.word for m in (n - 1, n + 1))
        begins = token.first or (
            n > 0 and tokens[n - 1].first and tokens[n - 1].word in NEVER_NAMES
        )
        return twice or (begins and bool(re.match(r"\s*[,.!…–—]|\s+-", text[token.end :])))

    def _stress(self, text: str, tokens: list[Token], n: int) -> bool:
        """Whether a word is in capitals because it is stressed: "they DRAGGED it", "it says LINK EXPIRED"."""
        word, lexicon = tokens[n].word, self._lexicon
        everyday = word in lexicon.ordinary or (
            not lexicon.listed(word) and (word in lexicon.usual or misspelt(word, lexicon))
        )
        return everyday and not self._name_in_capitals(text, tokens, n)

    def _name_in_capitals(self, text: str, tokens: list[Token], n: int) -> bool:
        """Whether a word of every day that is in capitals is a name: "GRACE OKAFOR", "Emma GREEN"."""
        token, lexicon = tokens[n], self._lexicon
        beside = [
            tokens[m]
            if 0 <= m < len(tokens) and adjacent(text, tokens[min(m, n)], tokens[max(m, n)])
            else None
            for m in (n - 1, n + 1)
        ]
        before, after = beside
        families = lexicon.family | SURNAMES_TOO
        if before is not None and token.word in families and self._surely(before, lexicon.given):
            return True
        if token.word not in lexicon.given:
            return False
        if after is not None and self._surely(after, lexicon.family):
            return True
        if token.word in RATHER_WORDS | SHADES | CALENDAR | PRODUCTS:
            return False
        behind = after is not None and after.stressed
        if after is not None and behind and after.word in families:
            # "this is PENNY STONE from flat 2"
            if ends_a_name(text, token.start, after.end):
                return True
        elif behind:
            return False
        # "our neighbour GRACE"
        return token.word in lexicon.twofold and not (before is not None and before.stressed)

    def _surely(self, token: Token, names: frozenset[str]) -> bool:
        """Whether a word is one of these names, and with a capital that is no mere stress."""
        return (
            token.text[0].isupper()
            and token.word in names
            and (token.capital if names is self._lexicon.given else not self._ordinary(token))
            and not self._no_person(token)
        )

    def _like_a_name(self, token: Token, loud: bool, strong: bool = False) -> bool:
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

    def _no_person(self, token: Token) -> bool:
        return (
            token.word in NOT_PEOPLE or token.word in CALENDAR or token.word in self._lexicon.places
        )

    def _likeness(self, text: str, tokens: list[Token], n: int, capital: bool) -> Likeness:
        """How much a word by itself is like a name; 0 if it cannot be one here."""
        token, lexicon = tokens[n], self._lexicon
        word = token.word
        if (
            not capital
            and word in lexicon.ordinary
            and word not in lexicon.given
            and token.joined not in self._known
        ):
            return Likeness.NONE  # As most words are.
        if self._barred(token) or word in PARTICLES or word in CALENDAR - MONTH_NAMES:
            return Likeness.NONE
        if word in PRODUCTS and not capital:
            return Likeness.NONE
        if token.first and word in lexicon.ordinary and _LISTING.match(text, token.end):
            return Likeness.NONE
        given = word in lexicon.given
        if word in NOT_PEOPLE and not (
            word in _FAITHS and capital and not self._language(text, token)
        ):
            return Likeness.NONE
        if self._in_product(text, tokens, n) or self._place_of_words(tokens, n, text):
            return Likeness.NONE
        if self._brand(text, tokens, n) or self._thing(text, tokens, n):
            return Likeness.NONE
        if word in {"may", "will"} and token.first and _ASKING.match(text, token.end):
            return Likeness.NONE
        if word in lexicon.places and not given:
            return Likeness.NONE
        before = tokens[n - 1] if n and adjacent(text, tokens[n - 1], token) else None
        if (
            before is not None
            and before.word in DETERMINERS
            and not IS_THIS.search(near(text, token.start))
            and not (
                before.word in {"a", "an"}
                and _MET.search(near(text, token.start))
                and _MET_AFTER.match(text, token.end)
            )
        ):
            return Likeness.NONE
        if word in SHADES and COLOURED.search(text[max(0, token.start - 25) : token.start]):
            return Likeness.NONE
        if word in RATHER_WORDS and (not capital or token.first):
            return Likeness.TWOFOLD if capital and given else Likeness.NONE
        if word in MONTH_NAMES and n and tokens[n - 1].word in OF_TIME:
            return Likeness.NONE
        if given and (word in lexicon.places or word in MONTH_NAMES):
            return Likeness.TOWN
        if given and word in SHADES:
            return Likeness.TWOFOLD
        if given and (self._ordinary(token) or word in CALENDAR or word in NOT_PEOPLE):
            return Likeness.WORD
        if self._ordinary(token):
            if token.joined in self._known and word not in CALENDAR | NOT_PEOPLE:
                return (
                    Likeness.TWOFOLD if word in RATHER_WORDS | SHADES | PRODUCTS else Likeness.WORD
                )
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

    def _language(self, text: str, token: Token) -> bool:
        """Whether "Christian" is a faith here."""
        return not re.match(
            r"\s+[A-Z]|[,!.?]|\s+(?:here|will|said|told|in|from|speaking|calling|again|has|can)\b",
            text[token.end :],
        )

    def _place_of_words(self, tokens: list[Token], n: int, text: str) -> bool:
        """Whether a town of two words begins or ends here, or towns are told where a shop is."""
        if _SHOPS_IN.search(text[max(0, tokens[n].start - 40) : tokens[n].start]):
            return True
        return any(
            a >= 0
            and b < len(tokens)
            and adjacent(text, tokens[a], tokens[b])
            and f"{tokens[a].word} {tokens[b].word}" in self._lexicon.places
            for a, b in ((n, n + 1), (n - 1, n))
        )

    def _brand(self, text: str, tokens: list[Token], n: int) -> bool:
        """Whether a word is what a firm or a make is called that bears a person's name: "at John Lewis"."""
        word = tokens[n].word
        for a, b in ((n, n + 1), (n - 1, n)):
            if (
                a >= 0
                and b < len(tokens)
                and adjacent(text, tokens[a], tokens[b])
                and f"{tokens[a].word} {tokens[b].word}" in BRANDS
                and _BEFORE_BRAND.search(near(text, tokens[a].start))
            ):
                return True
        if word not in BRANDS or not tokens[n].capital:
            return False
        follows = tokens[n + 1] if n + 1 < len(tokens) else None
        before = tokens[n - 1] if n and adjacent(text, tokens[n - 1], tokens[n]) else None
        named = (
            follows is not None
            and follows.capital
            and adjacent(text, tokens[n], follows)
            and follows.word in self._lexicon.family
            and follows.word not in BRANDS
        ) or (before is not None and before.capital and before.word in self._lexicon.given)
        return not named

    def _thing(self, text: str, tokens: list[Token], n: int) -> bool:
        """Whether what is said of a word shows that it is a thing, a town or a turn of phrase."""
        token = tokens[n]
        before = tokens[n - 1] if n and adjacent(text, tokens[n - 1], token) else None
        if before is not None and token.capital:
            if before.word in {"a", "an"} and token.word in MAKES:
                return True
            if before.word in _INSIDE and token.word in self._lexicon.towns:
                return True
            if before.word in _INSIDE | {"from", "to"} and token.word in COUNTRIES_TOO:
                return True
        return bool(
            _THING.match(text, token.end)
            or (token.first and token.word in _VERBS_TOO and _ITS_OBJECT.match(text, token.end))
            or (before is not None and before.word == "for" and _SAKE.match(text, token.end))
        )

    def _in_product(self, text: str, tokens: list[Token], n: int) -> bool:
        """Whether a word belongs to a product's name: "the Nora lamp", "a Klara floor lamp"."""
        follows = tokens[n + 1 : n + 3]
        if not follows or not adjacent(text, tokens[n], follows[0]):
            return False
        if POSSESSIVE.search(text[tokens[n].start : tokens[n].end + 2]):
            return False
        before = tokens[n - 1] if n and adjacent(text, tokens[n - 1], tokens[n]) else None
        first = follows[0].word
        if first in _NAMED_AFTER and follows[0].capital:
            return True
        if re.search(
            r"(?:^|[\s(])\d{1,3}[ ]$", text[max(0, tokens[n].start - 5) : tokens[n].start]
        ):
            # "3 Klara and 2 Nora lamps" counts them.
            return True
        determined = (
            before is not None
            and before.word in DETERMINERS
            and not (
                _MET.search(near(text, tokens[n].start)) and _MET_AFTER.match(text, tokens[n].end)
            )
        )
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

    def _unlisted(self, token: Token) -> bool:
        """Whether a word in small letters is on no list and no mistake in one of every day."""
        return (
            len(token.word) > 3
            and not self._ordinary(token)
            and not self._barred(token)
            and not self._no_person(token)
            and token.word not in PARTICLES | PRODUCTS
            and self._new(token)
        )

    def _new(self, token: Token) -> bool:
        """Whether a word that is on no list is no mistake in one of every day either."""
        if token.word in self._lexicon.usual and (token.first or not token.capital):
            return False
        if _SHORTENED.search(token.word):
            return False
        if "-" in token.word:
            # "Hyeon-ju", not "follow-up".
            return any(
                len(part) > 1 and part not in self._lexicon.ordinary
                for part in token.word.split("-")
            )
        if len(token.word) < 5:
            # What is mistyped in so few letters has been mistyped often enough to be known.
            return token.word not in self._lexicon.english or token.word in self._lexicon.proper
        return not misspelt(token.word, self._lexicon)
