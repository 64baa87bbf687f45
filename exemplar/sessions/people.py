"""Finds the people that a text names: by those known already, by what introduces a name, by the gazetteer.

A word counts as a name for reasons that differ in strength. After "my name is" nearly everything does;
after "thanks" a word that is written like a name; with nothing before it a name that is no ordinary
word, or two that stand together. What is wrong too often (products, towns, months) is kept by context.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz.distance import OSA

from exemplar.sessions.name_contexts import Likeness, ends_a_name, fits
from exemplar.sessions.name_cues import ACTING, Cues
from exemplar.sessions.name_senses import COLOURED, DETERMINERS, IS_THIS, MONTH_NAMES, OF_TIME
from exemplar.sessions.name_tokens import Token, adjacent, capitals_say_nothing, near, tokens_of
from exemplar.sessions.names import (
    CALENDAR,
    NEVER,
    NOT_PEOPLE,
    PARTICLES,
    PRODUCTS,
    SHADES,
    SURNAMES_TOO,
    fold,
    words_in,
)

#: A word with a capital after one of these, inside a sentence, is a person where it is a given name.
_WITH: Final = words_in(
    """
    with by for from to and or asked ask told tell met thank thanks thanked
    """
)
_COLOURS: Final = words_in(
    "green blue red white black brown grey gray pink yellow orange purple beige"
)
_IN: Final = words_in("in to from near at around towards via of outside")
_ASKED: Final = re.compile(
    r"(?:\bname\b[^.!\n]*|who (?:am i|are you|is this|do i|i'm)[^.!\n]*|how (?:may|should|can|"
    r"shall) i "
    r"(?:address|call) you[^.!\n]*|whom[^.!\n]*)(?:\?|$|please)",
    re.IGNORECASE,
)
_SPELLED: Final = re.compile(
    r"(?<![\w'’\-])[^\W\d_](?:(?:[ \t]*[\-–.,][ \t]*|[ \t]+)[^\W\d_](?![\w'’])){2,}", re.UNICODE
)


#: Small words before a family name that are no English words.
_BEFORE_FAMILY: Final = words_in(
    "van der den von zu zur ten ter de du da di del della dos das ni nic bin binti ibn ben mac"
)
#: What only a firm does: "John Lewis sells the same thing for less".
_SELLS: Final = re.compile(
    r"\s+(?:sells?|stocks?|charges?|has (?:it|the same|this|that))\b", re.IGNORECASE
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


class PeopleFinder(Cues):
    """Finds names in one text after another.

    Args:
        lexicon: what words can be.
        known: words of the people known already, folded; they are found wherever they stand.
    """

    def find(self, text: str, *, asked: bool = False, spelled: bool = False) -> list[Mention]:
        """Returns the mentions of a text, in order, none overlapping.

        Args:
            text: what was said.
            asked: whether the text before asked for a name.
            spelled: whether it asked to spell one.
        """
        tokens = tokens_of(text)
        if not tokens:
            return []
        loud = capitals_say_nothing(tokens)
        self._cleared(text, tokens)
        marked = [False] * len(tokens)
        self._after_cues(text, tokens, marked, loud, asked)
        self._before_cues(text, tokens, marked, loud)
        self._in_contexts(text, tokens, marked, loud)
        self._known_people(text, tokens, marked, loud)
        self._by_gazetteer(text, tokens, marked, loud)
        self._side_by_side(text, tokens, marked, loud)
        self._grow(text, tokens, marked, loud)
        mentions = self._joined(text, tokens, marked)
        return sorted([*mentions, *self._spelled(text, mentions, spelled)], key=lambda m: m.start)

    def _in_contexts(self, text: str, tokens: list[Token], marked: list[bool], loud: bool) -> None:
        """Marks words that are like enough to names for where they stand, each with those behind it."""
        for n, token in enumerate(tokens):
            capital = token.capital and not loud
            likeness = Likeness.NONE if marked[n] else self._likeness(text, tokens, n, capital)
            if likeness is Likeness.NONE:
                continue
            last = self._run(text, tokens, n, capital)
            start = token.start
            for m in range(n - 1, -1, -1):
                # "it was J.-B. Nguema who": what stands before it stands before its initials.
                if not (
                    len(tokens[m].word) == 1
                    and tokens[m].capital
                    and text[tokens[m].end : tokens[m].end + 1] == "."
                    and adjacent(text, tokens[m], tokens[m + 1])
                ):
                    break
                start = tokens[m].start
            # "Mercy Wanjiku" stands where "Mercy" alone is one and where both are.
            for m in range(last, n - 1, -1):
                words = sum(t.word not in PARTICLES for t in tokens[n : m + 1])
                if fits(text, start, tokens[m].end, likeness, capital=capital, words=words):
                    for k in range(n, last + 1 if capital else m + 1):
                        marked[k] = True
                    break

    def _side_by_side(self, text: str, tokens: list[Token], marked: list[bool], loud: bool) -> None:
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

    def _run(self, text: str, tokens: list[Token], n: int, capital: bool) -> int:
        """Returns the last word of a name that begins at a word."""
        last = n
        for m in range(n + 1, min(n + 5, len(tokens))):
            token = tokens[m]
            if not adjacent(text, tokens[m - 1], token):
                break
            if token.word in PARTICLES:
                continue
            barred = self._barred(token) and not (token.capital and token.word in SURNAMES_TOO)
            if barred or token.word in NOT_PEOPLE | (CALENDAR - MONTH_NAMES):
                break
            if capital:
                if not token.capital or (
                    token.word in PRODUCTS and token.word not in self._lexicon.family
                ):
                    break
            elif not (
                token.word in self._lexicon.family
                or token.joined in self._known
                or (not self._ordinary(token) and len(token.word) > 3 and self._new(token))
            ):
                break
            last = m
        return last

    def _known_people(self, text: str, tokens: list[Token], marked: list[bool], loud: bool) -> None:
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
            beside = (before is not None and marked[n - 1] and adjacent(text, before, token)) or (
                n + 1 < len(tokens)
                and tokens[n + 1].joined in self._known
                and not self._ordinary(tokens[n + 1])
                and adjacent(text, token, tokens[n + 1])
            )
            together = (
                n + 1 < len(tokens)
                and tokens[n + 1].joined in self._known
                and adjacent(text, token, tokens[n + 1])
                and ends_a_name(text, token.start, tokens[n + 1].end)
            )
            if together:
                # "this is penny lane", of one who is known to be called so.
                marked[n] = marked[n + 1] = True
            elif beside:
                marked[n] = True
            elif token.capital and not loud:
                if word in CALENDAR and before is not None and before.word in OF_TIME:
                    continue
                if not token.first or re.match(r"\s*(?:[,!]|$)", text[token.end :]):
                    marked[n] = True

    def _by_gazetteer(self, text: str, tokens: list[Token], marked: list[bool], loud: bool) -> None:
        lexicon = self._lexicon
        shops: set[int] = set()
        for n, token in enumerate(tokens):
            if marked[n] or n in shops or self._barred(token) or token.word in PARTICLES:
                continue
            follows = tokens[n + 1] if n + 1 < len(tokens) else None
            next_by = follows is not None and adjacent(text, token, follows)
            if self._place_of_words(tokens, n, text):
                continue
            if next_by and follows is not None and self._pair(token, follows, loud):
                coloured = (
                    follows.word in _COLOURS
                    and self._ordinary(token)
                    and COLOURED.search(text[max(0, token.start - 25) : token.start])
                )
                shop = _SELLS.match(text, follows.end) or (
                    n
                    and tokens[n - 1].word in DETERMINERS
                    and n + 2 < len(tokens)
                    and tokens[n + 2].word in PRODUCTS
                )
                if coloured or shop:
                    # "in Forest Green", "the John Lewis one".
                    shops.add(n + 1)
                    continue
                if self._brand(text, tokens, n):
                    shops.add(n + 1)
                    continue
                if not self._in_product(text, tokens, n + 1) and not self._in_product(
                    text, tokens, n
                ):
                    marked[n] = marked[n + 1] = True
                continue
            if self._no_person(token) or token.word in SHADES or self._in_product(text, tokens, n):
                continue
            if (
                n
                and tokens[n - 1].word in {"the", "this"}
                and not IS_THIS.search(near(text, token.start))
            ):
                # "the Nora" is no person.
                continue
            if self._thing(text, tokens, n):
                continue
            before = tokens[n - 1] if n and adjacent(text, tokens[n - 1], token) else None
            if token.capital and not loud:
                if token.word in lexicon.given and not self._ordinary(token):
                    marked[n] = True
                elif token.first:
                    continue
                elif token.word in lexicon.family and not self._ordinary(token):
                    marked[n] = before is None or before.word not in DETERMINERS | _IN
                elif token.word in lexicon.given and before is not None and before.word in _WITH:
                    marked[n] = True
            elif token.word in lexicon.seldom and (not token.capital or loud):
                marked[n] = True

    def _pair(self, token: Token, follows: Token, loud: bool) -> bool:
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

    def _grow(self, text: str, tokens: list[Token], marked: list[bool], loud: bool) -> None:
        """Adds to marked words their neighbours: the family name, small words, initials."""
        for n in range(len(tokens)):
            if not marked[n]:
                continue
            m, skipped = n + 1, list[int]()
            while m < len(tokens) and not marked[m] and adjacent(text, tokens[m - 1], tokens[m]):
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
                    # The letters of a number, as in "ML-104217", belong to no name.
                    and not (token.text.isupper() and re.match(r"[ \-#]?\d", text[token.end :]))
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
                                or (len(token.word) > 4 and bool(ACTING.match(text, token.end)))
                                or self._unlisted(token)
                            )
                        )
                        or (
                            not token.capital
                            and m == n + 1
                            and tokens[n].word in self._lexicon.given
                            and token.word not in NEVER | SHADES
                            and not ACTING.match(text, tokens[n].end)
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
                (m < len(tokens) and marked[m] and adjacent(text, tokens[m - 1], tokens[m]))
                or (tokens[skipped[-1]].capital and not loud and len(tokens[skipped[-1]].word) > 1)
            ):
                for s in skipped:
                    marked[s] = True
            self._backwards(text, tokens, marked, n, loud)

    def _backwards(
        self, text: str, tokens: list[Token], marked: list[bool], n: int, loud: bool
    ) -> None:
        """Adds what stands before a marked word: initials, "van", a given name that no list has."""
        while n:
            before = n - 1
            token = tokens[before]
            if marked[before] or not adjacent(text, token, tokens[n]):
                return
            capital = token.capital and not loud
            initial = (
                len(token.word) == 1
                and token.capital
                and (token.word not in {"i", "a"} or text[token.end : token.end + 1] == ".")
            )
            if token.word in PARTICLES and before and adjacent(text, tokens[before - 1], token):
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
            if token.word in _BEFORE_FAMILY and not (
                before
                and tokens[before - 1].word in DETERMINERS
                and adjacent(text, tokens[before - 1], token)
            ):
                # "van den Heuvel speaking"
                marked[before] = True
                n = before
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

    def _joined(self, text: str, tokens: list[Token], marked: list[bool]) -> list[Mention]:
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
                and adjacent(text, tokens[end], tokens[end + 1])
            ):
                end += 1
            words = tuple(
                t.joined for t in tokens[n : end + 1] if len(t.word) > 1 and t.word not in PARTICLES
            ) or tuple(t.joined for t in tokens[n : end + 1])
            mentions.append(Mention(tokens[n].start, tokens[end].end, words))
            n = end + 1
        return mentions

    def _spelled(self, text: str, mentions: Sequence[Mention], asked: bool) -> list[Mention]:
        """Names spelled letter by letter: "O-K-A-F-O-R", "that's m a r a"."""
        found: list[Mention] = []
        for spelled in _SPELLED.finditer(text):
            letters = [letter for letter in spelled.group() if letter.isalpha()]
            word = fold("".join(letters))
            nearby = text[max(0, spelled.start() - 40) : spelled.start()]
            told = asked or re.search(r"spell|name|that'?s|letters|with", nearby, re.IGNORECASE)
            hyphened = "-" in spelled.group() and len(letters) >= 4
            if (
                word in self._known
                or hyphened
                or (told and len(letters) >= 4)
                or (self._lexicon.listed(word) and len(letters) >= 4)
            ):
                if any(m.start < spelled.end() and spelled.start() < m.end for m in mentions):
                    continue
                # "N Í, D H O M H N A I L L": its small words are no part of who it is.
                parts = [
                    fold("".join(re.findall(r"[^\W\d_]", p))) for p in spelled.group().split(",")
                ]
                known = tuple(part for part in parts if len(part) > 2 and part not in PARTICLES)
                words = known if known and all(len(part) > 1 for part in parts) else (word,)
                found.append(Mention(spelled.start(), spelled.end(), words))
        return found
