"""Which language a message is in: English, another one of the glossaries', or both.

A message in English is in no other, whatever names, streets and misspelled words stand in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from exemplar.nlu.english_words import listed
from exemplar.nlu.glossary import Glossary
from exemplar.nlu.message_words import Token, tokens_of

#: Longer than this, in characters, nobody writes to a shop; what is pasted stays as it is.
_LONGEST: Final = 8000
#: A mixed message has so many different words that are certainly of the other language …
_SIGNS: Final = 2
#: … or one of so many letters.
_PLAIN: Final = 7
#: A message of few words, all in it, needs but one of any length; so many words are few.
_FEW: Final = 3
#: Known words, as a share of all, from which on a clause or a message is wholly in another language.
_WHOLLY: Final = 0.5
#: Shorter than this, a word is a sign only beside a longer one.
_LONG: Final = 4
#: Shorter than this, a word with a capital may be a name where nouns have one, too.
_NOUN: Final = 6
#: May be somebody's name.
_NAME: Final = re.compile(r"\s*[A-ZÀ-Ý][a-zß-ÿ'’-]*[\s.!]*")
#: In these, a word with a capital within a sentence may be any noun.
_NOUNS_WITH_CAPITALS: Final = frozenset({"de"})
#: What goes before a name.
_TITLES: Final = listed(
    "herr herrn frau senor senora sr sra monsieur madame mme mr mrs ms miss dr meneer mevrouw "
    "dhr mevr don dona san santa saint"
)
#: Small words of names and addresses in any language: no sign of one.
_PARTICLES: Final = listed(
    "de la le les du des d' l' del el los las y e et van von vom zu zum zur der den dem das die "
    "het 't ter ten te en a un una une op aan in im am an da do dos"
)
#: Written so by people who write English.
_ENGLISH_TOO: Final = listed(
    "hola bonjour hallo goedemiddag bedankt dankeschon tschuss gracias merci danke ciao adios amigo "
    "amigos senor por favor voila bon "
    "bonne nein ja nee oui non si ok okay wat dat wen dis dem den ik nou mes tu ma mon je ne oke "
    "deja vie sehr kaputt beaucoup monsieur madame apres cafe wie wo mit und"
)


@dataclass(frozen=True)
class Phrase:
    """A phrase of a glossary that stands in a message.

    Attributes:
        first, last: its first word, and the one behind its last, by their numbers in the message.
        english: what it stands for.
        plain: whether it is that within an English clause, too.
    """

    first: int
    last: int
    english: str
    plain: bool


@dataclass(frozen=True)
class WrittenIn:
    """A message in another language.

    Attributes:
        code: the language's, ISO 639-1.
        wholly: whether all of it is in that language.
        tokens: its words, but for those that stay as they are in any language.
        phrases: what of it stands for something in English, in the order of the text.
    """

    code: str
    wholly: bool
    tokens: Sequence[Token]
    phrases: Sequence[Phrase]

    @property
    def known(self) -> float:
        """The share of its words, of those that are not English, that the glossary has."""
        covered = _covered(self.phrases)
        unknown = sum(
            at not in covered and not one.name and not one.english
            for at, one in enumerate(self.tokens)
        )
        return len(covered) / ((len(covered) + unknown) or 1)


@dataclass(frozen=True)
class _Seen:
    """A message as a glossary sees it; ``found`` has the phrases at each word, the longest first."""

    code: str
    tokens: Sequence[Token]
    found: Sequence[Sequence[Phrase]]


def written_in(text: str, glossaries: Mapping[str, Glossary]) -> WrittenIn | None:
    """Returns the language that a message is in, None where it is English.

    Args:
        text: as written.
        glossaries: by the languages' codes.
    """
    if len(text) > _LONGEST:
        return None
    tokens = list(tokens_of(text))
    # Most messages have no word that could be a sign of any language; nothing is looked up for them.
    seen = [
        _seen(tokens, glossary, code)
        for code, glossary in glossaries.items()
        if any(_is_sign(one, code) for one in tokens)
    ]
    likely = [one for one in seen if _signs(one)]
    return _plainly(max(likely, key=_likeness), text) if likely else None


def _likeness(seen: _Seen) -> tuple[int, int, str]:
    """Returns what tells the likeliest of several languages: its signs, then all that is known of it."""
    known = sum(one.last - one.first for one in _phrases(seen))
    return len(_signs(seen)), known, seen.code


def _plainly(seen: _Seen, text: str) -> WrittenIn | None:
    """Returns a language, None where the message is not plainly in that."""
    signs, everything = _signs(seen), _phrases(seen)
    wholly = _is_wholly(seen, everything)
    few = len(seen.tokens) <= _FEW and wholly
    certain = {one for one in signs if one not in _ENGLISH_TOO}
    plain = few or any(len(one) >= _PLAIN for one in certain)
    if len(signs) < (1 if plain else _SIGNS) or not certain:
        return None
    if few and (max(map(len, certain)) < _LONG or _NAME.fullmatch(text)):
        return None
    if wholly:
        return WrittenIn(seen.code, True, seen.tokens, everything)
    clauses = {one.clause for one in seen.tokens}
    foreign = {one for one in clauses if _is_wholly(seen, everything, one)}
    return WrittenIn(seen.code, False, seen.tokens, _phrases(seen, foreign))


def _signs(seen: _Seen) -> set[str]:
    """Returns the different words that are known, and are no English word, name or part of one."""
    known = (seen.tokens[at] for at in _covered(_phrases(seen, ())))
    return {one.word for one in known if _is_sign(one, seen.code)}


def _is_sign(token: Token, code: str) -> bool:
    noun = code in _NOUNS_WITH_CAPITALS and len(token.word) >= _NOUN
    return not (
        token.english
        or (token.name and not noun)
        or token.word.endswith("'")
        or token.word in _PARTICLES
    )


def _is_wholly(seen: _Seen, phrases: Sequence[Phrase], clause: int | None = None) -> bool:
    """Tells whether a message, or one clause of it, is all of one language, but for a few words."""
    within = {at for at, one in enumerate(seen.tokens) if clause in (None, one.clause)}
    covered = _covered(phrases) & within
    # Names are of any language.
    others = [seen.tokens[at] for at in within - covered if not seen.tokens[at].name]
    signs = any(_is_sign(seen.tokens[at], seen.code) for at in covered)
    share = len(covered) >= _WHOLLY * (len(covered) + len(others))
    return signs and share and sum(one.english for one in others) * 4 <= len(covered)


def _covered(phrases: Sequence[Phrase]) -> set[int]:
    """Returns the numbers of the words that are in phrases."""
    return {at for one in phrases for at in range(one.first, one.last)}


def _phrases(seen: _Seen, foreign: Collection[int] | None = None) -> list[Phrase]:
    """Returns the phrases that stand in a message, the longest at each word.

    Args:
        seen: the message.
        foreign: the clauses that are plainly in that language; None: all.
    """
    phrases: list[Phrase] = []
    at = 0
    while at < len(seen.tokens):
        plainly = foreign is None or seen.tokens[at].clause in foreign
        phrase = next((one for one in seen.found[at] if plainly or one.plain), None)
        if phrase:
            # The "l'" of "l'étagère" goes with it.
            before = seen.tokens[at - 1] if at and (not phrases or phrases[-1].last < at) else None
            joined = before and before.word.endswith("'") and before.end == seen.tokens[at].start
            phrases.append(replace(phrase, first=at - 1) if joined else phrase)
        at = phrase.last if phrase else at + 1
    return phrases


def _seen(tokens: Sequence[Token], glossary: Glossary, code: str) -> _Seen:
    found = [list(_phrases_at(tokens, at, glossary, code)) for at in range(len(tokens))]
    return _Seen(code, tokens, found)


def _phrases_at(
    tokens: Sequence[Token], at: int, glossary: Glossary, code: str
) -> Iterator[Phrase]:
    """Yields the phrases that begin with a word and end in its clause, the longest first."""
    for length in glossary.lengths.get(tokens[at].word, ()):
        last = at + length
        if last > len(tokens) or tokens[last - 1].clause != tokens[at].clause:
            continue
        words = tuple(one.word for one in tokens[at:last])
        alone = words not in glossary.words
        english = (glossary.alone if alone else glossary.words).get(words)
        if english is None or (length == 1 and _is_part_of_name(tokens, at, code)):
            continue
        # In an English clause a word that is English, too, is that, unless its neighbours are not.
        beside = sum(_is_foreign(tokens, one, at, glossary) for one in (at - 1, last))
        foreign = beside > 0 or not all(one.english for one in tokens[at:last])
        yield Phrase(at, last, english, beside > 1 if alone else foreign)


def _is_foreign(tokens: Sequence[Token], at: int, of: int, glossary: Glossary) -> bool:
    """Tells whether a word, in the same clause as another, is one of a glossary and no English word."""
    if not 0 <= at < len(tokens) or tokens[at].clause != tokens[of].clause:
        return False
    return (tokens[at].word,) in glossary.words and not tokens[at].english


def _is_part_of_name(tokens: Sequence[Token], at: int, code: str) -> bool:
    """Tells whether a single word with a capital is likelier a name than what it would stand for."""
    token = tokens[at]
    if not token.name:
        return False
    if code not in _NOUNS_WITH_CAPITALS:
        return True
    return at > 0 and tokens[at - 1].word in _TITLES and tokens[at - 1].name
