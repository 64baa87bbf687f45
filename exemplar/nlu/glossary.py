"""Messages in German, Spanish, French or Dutch, or mixed with English, put into English word by word.

What reads messages was trained on English. The glossaries in ``data/knowledge/words/`` say what customers'
words and phrases stand for: enough to tell what somebody wants, and no translation. A message in English
stays as it is, whatever names, streets and misspelled words stand in it.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from exemplar.errors import ExemplarError
from exemplar.settings import ROOT

GLOSSARIES: Final = ROOT / "data" / "knowledge" / "words"
#: Under this key stand the words that are English words, too.
ALONE: Final = "_alone"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Longer than this, in characters, nobody writes to a shop; what is pasted stays as it is.
_LONGEST: Final = 8000
#: Known words, as a share of those that are not English, from which on a message is read by its wording.
_ENOUGH: Final = 0.5
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
#: Letters that a word of two languages begins with, and that are no word in English: "l'article", "qu'il".
_ELIDED: Final = r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’](?=[^\W\d_]{2})"
_WORD: Final = re.compile(rf"{_ELIDED}|[^\W\d_]+(?:['’][^\W\d_]+)*", re.IGNORECASE)
_CLAUSE: Final = re.compile(r"[.,;:!?¿¡\n()\"“”„«»…]|\s[-–—]\s")
_SENTENCE: Final = re.compile(r"(?:^|[.!?¿¡:\n…\"“„«(])[\s\"“„«'(¿¡*-]*$")
#: May be somebody's name.
_NAME: Final = re.compile(r"\s*[A-ZÀ-Ý][a-zß-ÿ'’-]*[\s.!]*")
_OPENING: Final = re.compile(r"[¿¡]\s*")
#: What a street is called before its name, and after it.
_STREET_OF: Final = (
    r"(?i:rue|avenue|av|bd|boulevard|place|all[ée]e|chemin|impasse|quai|calle|c/|avenida|avda|plaza|paseo"
    r"|carrer|carretera|camino)\.?"
)
_OF_STREET: Final = (
    r"(?i:stra(?:ß|ss)e|str\.|straat|gracht|laan|weg|plein|platz|gasse|allee|kade|dijk|singel"
    r"|ring|ufer)"
)
_SMALL: Final = r"(?i:de|du|des|del|la|le|les|el|los|las|van|der|den|het|am|an|auf|dem|im|zum|zur)"
#: What stays as it is: addresses on the net, codes and numbers with the words in them, streets and towns.
_KEPT: Final = re.compile(
    r"(?<!\S)[^\s@]+@\S+|(?i:\bhttps?://\S+|\bwww\.\S+)|[#@]\w+"
    rf"|\b{_STREET_OF}[ ](?:{_SMALL}[ ])*(?:[^\W\d_][\w'’.-]*,?[ ]){{1,3}}\d+\w?\b"
    rf"|\b\d+\w?,?[ ](?:bis[ ]|ter[ ])?{_STREET_OF}[ ](?:(?:{_SMALL}[ ]|l['’]))*[\w'’-]+"
    r"(?:[ ][A-ZÀ-Ý][\w'’-]+)*"
    rf"|\b(?:(?:[A-ZÄÖÜ]\w*|{_SMALL})[ ]){{1,3}}{_OF_STREET}[ ]\d+\w?\b|\b\w{{2,}}{_OF_STREET}[ ]\d+\w?\b"
    rf"|(?<![\w-])\d{{4,5}}(?:[ ]?[A-Z]{{2}})?[ ][A-ZÀ-Ý][\w'-]+(?:[ ]{_SMALL}[ ][A-ZÀ-Ý]\w+)?"
    r"|(?<!\S)\S*\d\S*"
)
#: In these, a word with a capital within a sentence may be any noun.
_NOUNS_WITH_CAPITALS: Final = frozenset({"de"})
#: What goes before a name.
_TITLES: Final = _words(
    "herr herrn frau senor senora sr sra monsieur madame mme mr mrs ms miss dr meneer mevrouw "
    "dhr mevr don dona san santa saint"
)
#: Small words of names and addresses in any language: no sign of one.
_PARTICLES: Final = _words(
    "de la le les du des d' l' del el los las y e et van von vom zu zum zur der den dem das die "
    "het 't ter ten te en a un una une op aan in im am an da do dos"
)
#: Written so by people who write English.
_ENGLISH_TOO: Final = _words(
    "hola bonjour hallo goedemiddag bedankt dankeschon tschuss gracias merci danke ciao adios amigo "
    "amigos senor por favor voila bon "
    "bonne nein ja nee oui non si ok okay wat dat wen dis dem den ik nou mes tu ma mon je ne oke "
    "deja vie sehr kaputt beaucoup monsieur madame apres cafe wie wo mit und"
)


@dataclass(frozen=True)
class Piece:
    """One stretch of a wording that was put into English.

    Attributes:
        start, end: where it stands in the wording.
        own_start, own_end: where what it was put from stands in the customer's text.
    """

    start: int
    end: int
    own_start: int
    own_end: int


@dataclass(frozen=True)
class Glossed:
    """A message in another language.

    Attributes:
        language: its code, ISO 639-1.
        english: what it comes to in English.
        known: share of its words, of those that are not English, that the glossary has.
        wholly: whether all of it is in that language.
        pieces: what was put into English, in the order of the text.
    """

    language: str
    english: str
    known: float
    wholly: bool
    pieces: tuple[Piece, ...]

    @property
    def enough(self) -> bool:
        """Whether so much of it is known that it can be read."""
        return self.known >= _ENOUGH

    def own(self, start: int, end: int) -> tuple[int, int]:
        """Returns where a stretch of the wording stands in the customer's own text."""
        return self._own(start, last=False), self._own(end, last=True)

    def put(self, start: int, end: int) -> list[Piece]:
        """Returns what of a stretch of the wording was put into English."""
        return [one for one in self.pieces if one.start < end and start < one.end]

    def _own(self, at: int, *, last: bool) -> int:
        moved = 0
        for one in self.pieces:
            if at < one.start or (last and at == one.start):
                break
            if at < one.end or (last and at == one.end):
                return one.own_end if last else one.own_start
            moved = one.own_end - one.end
        return at + moved


@dataclass(frozen=True)
class Glossary:
    """What the words of one language stand for.

    Attributes:
        words: what each phrase stands for, by its folded words.
        alone: the same of words that are English words, too.
        longest: the number of words of the longest phrase.
    """

    words: Mapping[tuple[str, ...], str]
    alone: Mapping[tuple[str, ...], str]
    longest: int


@dataclass(frozen=True)
class _Token:
    """A word of a message; ``name`` where its capital may make it one, ``clause`` counts them."""

    word: str
    start: int
    end: int
    name: bool
    clause: int


@dataclass(frozen=True)
class _Hit:
    """A phrase of the glossary at some of a message's words."""

    first: int
    last: int
    english: str


def in_english(text: str, glossaries: Mapping[str, Glossary] | None = None) -> Glossed | None:
    """Returns what a message in another language comes to in English; None where it is English.

    Args:
        text: as written.
        glossaries: by the languages' codes; the company's unless given.

    Raises:
        ExemplarError: a glossary is broken.
    """
    known = shared_glossaries() if glossaries is None else glossaries
    if len(text) > _LONGEST:
        return None
    tokens = list(_tokens(text))
    best: tuple[int, int, str] | None = None
    for code, glossary in known.items():
        signs = _signs(tokens, glossary, code)
        if signs:
            found = sum(hit.last - hit.first for hit in _hits(tokens, glossary, code, None))
            best = max(best or (0, 0, ""), (len(signs), found, code))
    if best is None:
        return None
    return _glossed(text, tokens, known[best[2]], best[2])


def _glossed(text: str, tokens: Sequence[_Token], glossary: Glossary, code: str) -> Glossed | None:
    """Returns a message put into English from one language, None where it is not plainly in that."""
    signs = _signs(tokens, glossary, code)
    everything = _hits(tokens, glossary, code, None)
    wholly = _is_wholly(tokens, everything, code)
    few = len(tokens) <= _FEW and wholly
    certain = {one for one in signs if one not in _ENGLISH_TOO}
    plain = few or any(len(one) >= _PLAIN for one in certain)
    if len(signs) < (1 if plain else _SIGNS) or not certain:
        return None
    if few and (max(map(len, certain)) < _LONG or _NAME.fullmatch(text)):
        return None
    foreign = {one.clause for one in tokens}
    if not wholly:
        foreign = {one for one in foreign if _is_clause_of(one, tokens, glossary, code)}
    hits = _hits(tokens, glossary, code, foreign)
    covered = {at for hit in hits for at in range(hit.first, hit.last)}
    unknown = [
        one
        for at, one in enumerate(tokens)
        if at not in covered and not one.name and not _is_english(one.word)
    ]
    pieces, english = _put(text, tokens, hits)
    share = len(covered) / ((len(covered) + len(unknown)) or 1)
    return Glossed(code, english, share, wholly, pieces)


def _put(
    text: str, tokens: Sequence[_Token], hits: Sequence[_Hit]
) -> tuple[tuple[Piece, ...], str]:
    """Returns a text with what was found put into English, and where that stands."""
    written: list[str] = []
    pieces: list[Piece] = []
    at = length = 0
    for hit in hits:
        start, end = tokens[hit.first].start, tokens[hit.last - 1].end
        before = _OPENING.sub("", text[at:start])
        # "l'article" is one word of the text and two of the glossary.
        between = f"{before} " if at == start and pieces else before
        length += len(between)
        pieces.append(Piece(length, length + len(hit.english), start, end))
        written += [between, hit.english]
        length += len(hit.english)
        at = end
    written.append(_OPENING.sub("", text[at:]))
    return tuple(pieces), "".join(written)


def _signs(tokens: Sequence[_Token], glossary: Glossary, code: str) -> set[str]:
    """Returns the different words that are known, and are no English word, name or part of one."""
    return {
        tokens[at].word
        for hit in _hits(tokens, glossary, code, set())
        for at in range(hit.first, hit.last)
        if _is_sign(tokens[at], code)
    }


def _is_sign(token: _Token, code: str) -> bool:
    noun = code in _NOUNS_WITH_CAPITALS and len(token.word) >= _NOUN
    return not (
        (token.name and not noun)
        or token.word.endswith("'")
        or token.word in _PARTICLES
        or _is_english(token.word)
    )


def _is_wholly(tokens: Sequence[_Token], hits: Sequence[_Hit], code: str) -> bool:
    """Tells whether words are all of one language, but for a few."""
    covered = {at for hit in hits for at in range(hit.first, hit.last)}
    others = [
        one.word
        for at, one in enumerate(tokens)
        if at not in covered and not one.name and _is_english(one.word)
    ]
    signs = any(_is_sign(tokens[at], code) for at in covered)
    words = sum(not one.name or at in covered for at, one in enumerate(tokens))
    return signs and len(covered) >= _WHOLLY * words and len(others) * 4 <= len(covered)


def _is_clause_of(clause: int, tokens: Sequence[_Token], glossary: Glossary, code: str) -> bool:
    """Tells whether a clause is all in one language."""
    within = [one for one in tokens if one.clause == clause]
    return _is_wholly(within, _hits(within, glossary, code, None), code)


def _hits(
    tokens: Sequence[_Token], glossary: Glossary, code: str, foreign: set[int] | None
) -> list[_Hit]:
    """Returns the phrases that stand in a text, the longest first at each word.

    Args:
        tokens: the text's words.
        glossary: of the language.
        code: the language's.
        foreign: the clauses that are plainly in that language; None: all.
    """
    hits: list[_Hit] = []
    at = 0
    while at < len(tokens):
        hit = _hit_at(tokens, at, glossary, code, foreign)
        if hit:
            # The "l'" of "l'étagère" goes with it.
            before = tokens[at - 1] if at and (not hits or hits[-1].last < at) else None
            joined = before and before.word.endswith("'") and before.end == tokens[at].start
            hits.append(_Hit(at - 1, hit.last, hit.english) if joined else hit)
        at = hit.last if hit else at + 1
    return hits


def _hit_at(
    tokens: Sequence[_Token], at: int, glossary: Glossary, code: str, foreign: set[int] | None
) -> _Hit | None:
    plainly = foreign is None or tokens[at].clause in foreign
    most = at + 1
    while (
        most < len(tokens)
        and most - at < glossary.longest
        and tokens[most].clause == tokens[at].clause
    ):
        most += 1
    for last in range(most, at, -1):
        words = tuple(one.word for one in tokens[at:last])
        # In an English clause a word that is English, too, is that, unless its neighbours are not.
        beside = sum(_is_foreign(tokens, one, at, glossary) for one in (at - 1, last))
        english = glossary.words.get(words)
        if english is None and (plainly or beside > 1):
            english = glossary.alone.get(words)
        if english is None or (last == at + 1 and _is_part_of_name(tokens, at, code)):
            continue
        if plainly or beside or not all(map(_is_english, words)):
            return _Hit(at, last, english)
    return None


def _is_foreign(tokens: Sequence[_Token], at: int, of: int, glossary: Glossary) -> bool:
    """Tells whether a word, in the same clause as another, is one of a glossary and no English word."""
    if not 0 <= at < len(tokens) or tokens[at].clause != tokens[of].clause:
        return False
    return (tokens[at].word,) in glossary.words and not _is_english(tokens[at].word)


def _is_part_of_name(tokens: Sequence[_Token], at: int, code: str) -> bool:
    """Tells whether a single word with a capital is likelier a name than what it would stand for."""
    token = tokens[at]
    if not token.name:
        return False
    if code not in _NOUNS_WITH_CAPITALS:
        return True
    return at > 0 and tokens[at - 1].word in _TITLES and tokens[at - 1].name


def _tokens(text: str) -> Iterator[_Token]:
    """Yields the words of a text outside of what stays as it is."""
    kept = [found.span() for found in _KEPT.finditer(text)]
    cuts = [found.end() for found in _CLAUSE.finditer(text)]
    shouted = not any(letter.islower() for letter in text)
    clause = 0
    before = 0
    for found in _WORD.finditer(text):
        start, end = found.span()
        # What stays as it is stands between two phrases, too.
        clause += any(before <= cut <= start for cut in cuts)
        clause += any(before <= one <= start for one, _ in kept)
        before = end
        if any(one < end and start < other for one, other in kept):
            continue
        written = found.group()
        begins = _SENTENCE.search(text[max(0, start - 12) : start]) is not None
        name = written[0].isupper() and not shouted and not (start == 0 or begins)
        yield _Token(fold(written), start, end, name, clause)


def fold(text: str) -> str:
    """Returns a text as glossaries are compared: without case and accents.

    >>> fold("Rücksendung"), fold("Straße"), fold("cœur")
    ('rucksendung', 'strasse', 'coeur')
    """
    plain = text.casefold().replace("œ", "oe").replace("æ", "ae").replace("’", "'")
    letters = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@lru_cache(maxsize=1)
def shared_glossaries() -> dict[str, Glossary]:
    """Returns the company's own glossaries, by their languages' codes.

    Raises:
        ExemplarError: one is broken.
    """
    return load_glossaries(GLOSSARIES)


def load_glossaries(folder: Path) -> dict[str, Glossary]:
    """Reads a folder of YAML files; see :func:`shared_glossaries`."""
    return {file.stem: load_glossary(file) for file in sorted(folder.glob("*.yml"))}


def load_glossary(file: Path) -> Glossary:
    """Reads one glossary.

    Raises:
        ExemplarError: it is missing or broken.
    """
    try:
        content: Any = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)
        content = dict(content or {})
        alone = _phrases(content.pop(ALONE, None) or {})
        words = _phrases(content)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError) as error:
        what = " ".join(str(error).split())
        raise ExemplarError(
            f"{file}: cannot read the glossary ({what}); each line is a word or phrase and its English."
        ) from error
    except ValueError as error:
        raise ExemplarError(f"{file}: {error}") from error
    return Glossary(words, alone, max(map(len, [*words, *alone]), default=0))


def _phrases(content: Mapping[Any, Any]) -> dict[tuple[str, ...], str]:
    phrases = {}
    for key, english in content.items():
        if not isinstance(key, str) or not isinstance(english, str):
            raise ValueError(
                f"“{key}” and what it stands for must both be text; put them in quotation marks."
            )
        words = tuple(fold(found.group()) for found in _WORD.finditer(key))
        if not words:
            raise ValueError(f"“{key}” has no word.")
        phrases[words] = english.strip()
    return phrases


#: PyYAML's quick reader, where it is there.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=4096)
def _is_english(word: str) -> bool:
    plain, _, ending = word.partition("'")
    return word in _english_words() or (ending in _ENDINGS and plain in _english_words())


@lru_cache(maxsize=1)
def _english_words() -> frozenset[str]:
    """Returns English words with their forms, by spaCy's lookups (WordNet's words, among others)."""
    import spacy_lookups_data

    folder = Path(spacy_lookups_data.__file__).parent / "data"
    words: set[str] = set()
    for name in ("en_lemma_index", "en_lemma_lookup", "en_lemma_exc"):
        with gzip.open(folder / f"{name}.json.gz", "rt", encoding="utf-8") as file:
            content = json.load(file)
        parts = [content] if name == "en_lemma_lookup" else content.values()
        words.update(word for part in parts for word in part)
    return frozenset(map(fold, words)) | _MORE_ENGLISH


#: What an English word may end in, after its apostrophe: "he's", "didn't".
_ENDINGS: Final = frozenset({"s", "ve", "re", "ll", "d", "m", "t"})
#: English words that no dictionary of lemmas has.
_MORE_ENGLISH: Final = _words(
    "against although among amongst anyone anything beside cannot during else everyone everything "
    "for from her hers herself him if into its itself my myself noone nor of onto our ourselves per "
    "she should since something than the their themselves they thru to toward towards unless upon "
    "via we what when whenever whereas whereby whether which whoever whom with without your "
    "somebody anybody nobody everybody whose theirs ours yours hi ok okay pls plz thx ty hey email "
    "emails online app website webshop btw asap lol omg wtf eta im ive dont cant wont didnt isnt id "
    "ill youre thats whats gonna wanna gotta yeah yep nope duvet wifi refund and because himself "
    "how that them this until where would you yourself shall ought won't can't don't shan't y'all "
    "theres whos shes hes hasnt havent wasnt werent doesnt arent couldnt wouldnt shouldnt youve "
    "weve theyre ye yo ah haha hmm uh um ugh nah til teh uni inbox login paypal klarna screenshot "
    "pdf sms gmail whatsapp barcode dpd dhl tbh idk ppl ffs abt hiya dunno gimme lemme oops "
    "whichever unsubscribe adress acount"
)
