"""The passage of the company's pages that answers a question, or none.

Three readings of a question are weighed together: its words (BM25 over headings and text, after typos,
endings and synonyms are seen to), its meaning (MiniLM's sentence vectors, which know that "what if I am out
when the driver comes" is about nobody being at home), and what customers' wordings teach
(:mod:`exemplar.nlu.learned`). Everything is kept in memory: a hundred sections are few.
"""

from __future__ import annotations

import math
import re
import textwrap
import threading
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import yaml
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein
from snowballstemmer import stemmer

from exemplar.errors import ExemplarError
from exemplar.knowledge.asked import ASKED, load_wordings, state_of_wordings, with_wordings
from exemplar.knowledge.encoding import QuestionEncoder, shared_question_encoder
from exemplar.knowledge.pages import (
    LARGEST_PAGE,
    Section,
    load_pages,
    split_sentences,
    state_of,
    state_of_pages,
)
from exemplar.nlu.learned import Learned
from exemplar.settings import ROOT

FloatArray = npt.NDArray[np.float32]

FOLDER: Final = ROOT / "data" / "knowledge"
#: Beside the pages, what customers say for the pages' words.
SYNONYMS: Final = "synonyms.yml"

#: Confidence from which on a passage is an answer.
SURE: Final = 0.5
#: Confidence from which on a passage answers what was not taken for a question about us: measured on what is
#: out of scope, of which it answers none.
SURER: Final = 0.65
#: What a section has to hold of the question's own words, where that is looked up with what was said before.
_OWN_WORDS: Final = 0.2
#: So near in meaning to a wording of ours, the page of a thing needs nothing else.
_NEAREST: Final = 0.78
#: What was done for this customer no page knows: "did the driver say anything?" is answered by one only where
#: it is that near.
_AS_GOOD_AS_SAID: Final = 0.75
#: Pages on which every section is about one thing.
PRODUCT_PAGES: Final = frozenset(("products-facts.md",))
#: Pages on the care of things.
CARE_PAGES: Final = frozenset(("products-care.md",))
#: What the page of a thing has to hold of a question's words beside the thing's name.
_BESIDE_NAME: Final = 0.1
#: A question that points back is short: so many words.
_LONGEST_POINTING: Final = 14
#: Sections of up to so many characters are given whole; of longer ones, the best sentences.
SHORT: Final = 300
_MOST_SENTENCES: Final = 3

#: Characters of a message that are read; who pastes more is not asking a question.
_LONGEST: Final = 4000
#: Parts of a message are looked up each by itself: so many, of so many characters. Each costs milliseconds.
_MOST_PARTS: Final = 5
_LONGEST_PART: Final = 240
_ASKING: Final = re.compile(
    r"(?:(?:and|but|so|or|also|ok|hi|hello),? )?"
    r"(?:(?:at|by|for|from|in|on|to|until|till|with) )?"
    r"(?:how|what|when|where|which|who|why|can|could|do|does|did|is|are|will|may|would|should|must|has|was|were"
    r"|have (?:you|they|we|i)|am i)\b",
    re.IGNORECASE,
)
#: A question without a mark, as it is put politely: "one does wonder whether two payments mean two boxes".
_WONDERS: Final = re.compile(
    r"\b(?:wonder(?:s|ed|ing)?|curious"
    r"|(?:like|love|good|grateful|glad|happy|need|want) to (?:know|hear|learn))"
    r"(?: then| please)? (?:if|whether|how|what|when|where|who|why|which)\b",
    re.IGNORECASE,
)
#: What a question may stand behind: "I lost the receipt, does the warranty still hold".
_CLAUSE: Final = re.compile(r"\s*[,;:–—]\s+|\s+-+\s+|\s+(?=(?:and|but|so|or) )")
#: A stop behind a word of some length: "approx." is rarer than a sentence without a capital.
_STOP: Final = re.compile(r"(?<=\w\w[.!?…])\s+")
#: It asks what has been done, or how a matter stands, and not what holds for everyone.
_OF_ONES_OWN: Final = re.compile(
    r"(?:(?:and|but|so|or|ok|well),? )*"
    r"(?:(?:did|has|had|was|were|have (?:you|they|we)(?! got)|(?:did|has|was|have)n['’]?t)\b"
    r"|(?:who|what|when|where) (?:did|has|happened|made|signed|took|said|went)\b"
    r"|(?:what|which|where|when|how)\b.* (?:is|are|does|happens) .*\bnow\W*$"
    r"|(?:what(?: is|['’]?s| was) my|(?:how|are you) (?:sure|certain))\b"
    r"|(?:is|are) my (?:order|parcel|package|delivery|refund|money|return|claim|case)\b"
    r"|(?:is|are) (?:it|that|this|they|those|my \w+|everything) (?:really|already|now|definitely)\b)",
    re.IGNORECASE,
)

#: By these, a question points back to what was said before.
_POINTING: Final = frozenset(
    ("it", "its", "they", "them", "their", "that", "this", "those", "these", "one", "ones", "there")
)

_OPEN: Final = frozenset(("what", "how", "why"))
_DOING: Final = frozenset(("do", "does", "did", "want", "wants", "need"))

#: Words that say nothing about what a question is about.
# fmt: off
_EMPTY: Final = frozenset((
    "a", "about", "again", "all", "also", "already", "always", "am", "an", "and", "any", "anyone",
    "anything", "are", "as", "at", "be", "because", "been", "before", "being", "but", "by", "can",
    "could", "did", "do", "does", "doing", "done", "dont", "for", "from", "get", "gets",
    "getting", "go", "going", "gonna", "got", "had", "has", "have", "having", "he", "hello",
    "her", "hey", "hi", "him", "his", "how", "i", "id", "if", "ill", "im", "in", "into", "is",
    "isnt", "it", "its", "ive", "just", "know", "let", "like", "made", "make", "many", "may",
    "maybe", "me", "might", "mine", "more", "most", "much", "must", "my", "need", "needs", "no",
    "not", "now", "of", "off", "ok", "okay", "on", "one", "or", "our", "out", "over", "please",
    "pls", "possible", "really", "she", "should", "so", "some", "somebody", "someone",
    "something", "soon", "still", "such", "sure", "take", "takes", "tell", "than", "thank",
    "thanks", "that", "the", "their", "them", "then", "there", "these", "they", "thing", "things",
    "this", "those", "though", "thx", "to", "too", "u", "um", "until", "up", "ur", "us", "use",
    "used", "very", "want", "wanted", "wants", "was", "we", "well", "were", "what", "whats",
    "when", "where", "which", "while", "who", "whom", "whose", "why", "will", "with", "without",
    "wondering", "would", "yes", "yet", "you", "your", "yours", "youre", "s", "t", "d", "ll", "m",
    "re", "ve", "said", "say", "says", "actually", "anyway", "basically", "guys", "help", "sorry",
    "question",
))
# fmt: on
_WORD: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_STEM: Final = stemmer("english")

# BM25's usual constants, and what a word in a heading or title counts beside one in the text.
_SATURATION: Final = 1.2
_LENGTH: Final = 0.5
_HEADING: Final = 2.0
_TITLE: Final = 0.6
#: What a synonym counts beside the word itself, and a corrected word beside one that was written so.
_SYNONYM: Final = 0.85
#: Weight in words that no section holds: of a question that has but one word, whoever has the word holds all.
_UNHELD: Final = 2.0
_CORRECTED: Final = 0.9
#: Two that ask at the start wait for the same pages.
_FIRST_USE: Final = threading.Lock()
#: Misspelt words whose corrections are remembered.
_MOST_CORRECTIONS: Final = 5000


@dataclass(frozen=True)
class Found:
    """The passage that fits a question best.

    Attributes:
        text: the passage, whole sentences of one section.
        place: where it stands, for people: ``Returns and refunds, “Sale items”``.
        confidence: how sure it is that this answers the question, in [0, 1].
        section: the section it is from.
    """

    text: str
    place: str
    confidence: float
    section: Section


@dataclass(frozen=True)
class Match:
    """How a section fits a question; what the confidence is made of.

    Attributes:
        section: its number.
        words: how much of the question's weight in words it holds, in [0, 1].
        meaning: cosine between the question and the sentence nearest to it, in [-1, 1].
        topic: cosine between the question and the whole section, in [-1, 1].
        learned: how it fits by customers' wordings, about in [0, 1].
        ahead: by how much that is more than the next section's, in [-1, 1].
        nothing: how much the question is like what no section answers, about in [0, 1].
        confidence: in [0, 1].
    """

    section: int
    words: float
    meaning: float
    topic: float
    learned: float
    ahead: float
    nothing: float
    confidence: float


class Knowledge:
    """A folder of pages, read again when one of its files changes. Safe to share between threads."""

    def __init__(
        self,
        folder: Path,
        terms: Callable[[], Mapping[str, object]],
        encoder: QuestionEncoder,
    ) -> None:
        """Reads the pages.

        Args:
            folder: Markdown pages, and optionally ``synonyms.yml`` and wordings in ``asked/``.
            terms: gives what the pages' placeholders stand for.
            encoder: gives texts their vectors.

        Raises:
            ExemplarError: a page or the synonyms cannot be read; see :func:`~.pages.load_pages`.
        """
        self._folder = folder
        self._terms = terms
        self._encoder = encoder
        self._lock = threading.Lock()
        self._state: object = None
        self._index = self._current()

    def find(
        self,
        question: str,
        *,
        before: Sequence[str] = (),
        thing: str | None = None,
        surer: bool = False,
        beside_name: bool = False,
    ) -> Found | None:
        """Finds what answers a question.

        Args:
            question: a customer's message of any length.
            before: what it may point back to, the likeliest first: messages before it, a product's name.
            thing: the product that was spoken of; its page is asked where the question alone has no answer.
            surer: whether it has to be surer than usual, and the message a question.
            beside_name: whether the page of a thing has to hold more of the question than the thing's name:
                "is my lamp in the same box?" is answered by no page about lamps.

        Returns:
            The passage, or None where no page answers it.

        Raises:
            ExemplarError: a page was changed and cannot be read any more.
        """
        index = self._current()
        if surer and not asks(question):
            return None
        own = _is_of_ones_own(question)
        fits = (
            fit
            for fit in index.fits(question, before, thing)
            if fit[1].confidence >= (SURER if surer else SURE)
            and (not own or fit[1].meaning >= _AS_GOOD_AS_SAID)
            and (not beside_name or index.holds_beside_name(fit[1], question))
            and index.is_about_what_is_named(fit[1], f"{fit[0]} {thing or ''}")
        )
        said, best = next(fits, (question, None))
        if best is None:
            return None
        section = index.sections[best.section]
        return Found(index.passage(best.section, said), section.place, best.confidence, section)

    def of_product(self, name: str, question: str) -> Found | None:
        """Returns what the page of one product says to a question, None where it has no page."""
        index = self._current()
        number = index.page_of(name)
        if number is None:
            return None
        section = index.sections[number]
        return Found(index.passage(number, question), section.place, 1.0, section)

    def rank(self, question: str) -> list[tuple[Section, Match]]:
        """Returns the sections that could answer a question, best first, whatever their confidence."""
        index = self._current()
        ranked = sorted(index.rank(question), key=lambda match: -match.confidence)
        return [(index.sections[match.section], match) for match in ranked]

    def _current(self) -> Index:
        with self._lock:
            asked = self._folder / ASKED
            state = (
                state_of_pages(self._folder),
                state_of([self._folder / SYNONYMS]),
                state_of_wordings(asked),
            )
            if state != self._state:
                wordings = load_wordings(asked)
                sections = with_wordings(load_pages(self._folder, self._terms()), wordings)
                synonyms = load_synonyms(self._folder / SYNONYMS)
                self._index = Index(sections, synonyms, self._encoder, wordings.nothing)
                self._state = state
            return self._index


class Index:
    """Sections, ready to be searched; what it answers never changes."""

    def __init__(
        self,
        sections: Sequence[Section],
        synonyms: Mapping[str, Sequence[str]],
        encoder: QuestionEncoder,
        nothing: Sequence[str] = (),
    ) -> None:
        """Reads the sections' words, and learns from wordings.

        Args:
            sections: of the pages.
            synonyms: see :func:`load_synonyms`.
            encoder: gives texts their vectors.
            nothing: messages that no section answers.
        """
        self.sections = tuple(sections)
        self._parts = [_fields(section) for section in sections]
        things = [n for n, section in enumerate(sections) if section.file in PRODUCT_PAGES]
        self._first = {n: next(iter(self._parts[n][1]), "") for n in things}
        in_names = Counter(stem for n in things for stem in self._parts[n][1])
        self._peculiar = {stem for stem, names in in_names.items() if names == 1}
        # Customers' wordings are other ways to say the same: a section is no longer for having many.
        lengths = [len(_words(section.text)) for section in sections]
        mean = max(1.0, sum(lengths) / len(lengths))
        self._stretch = [1 - _LENGTH + _LENGTH * length / mean for length in lengths]
        holders = Counter(stem for parts in self._parts for stem in set().union(*parts))
        self._weights = {
            stem: math.log(1 + (len(sections) - n + 0.5) / (n + 0.5)) for stem, n in holders.items()
        }
        self._strange = math.log(1 + (len(sections) + 0.5) / 0.5)
        self._synonyms = _by_customer(synonyms)
        self._longest_phrase = max((len(phrase) for phrase in self._synonyms), default=1)
        known = {word for section in sections for word in _words(_all_text(section))}
        known |= {word for theirs in synonyms.values() for text in theirs for word in _words(text)}
        self._vocabulary = sorted(word for word in known if len(word) > 3 and word.isalpha())
        self._corrections: dict[str, tuple[str, float]] = {}
        self._known = {_stem(word) for word in known} | {_stem(word) for word in _EMPTY}
        self._learn(encoder, nothing)
        # A long section is asked about twice: whether it is the one, and which of its sentences are.
        self._encode = lru_cache(maxsize=64)(encoder.encode)

    def _learn(self, encoder: QuestionEncoder, nothing: Sequence[str]) -> None:
        texts, owners, wholes = [], [], []
        for number, section in enumerate(self.sections):
            for text in (section.heading or section.page, *section.sentences, *section.asked):
                texts.append(text)
                owners.append(number)
            wholes.append(f"{section.page}: {section.heading}. {section.text}")
        known = encoder.encode_many([*texts, *wholes, *nothing])
        vectors = np.stack([known[text] for text in [*texts, *nothing]], axis=1)
        self._sentences = vectors[0, : len(texts)]
        self._starts = np.searchsorted(np.array(owners), np.arange(len(self.sections)))
        self._wholes = np.stack([known[text][0] for text in wholes])
        none = len(self.sections)
        belongs = np.array([*owners, *[none] * len(nothing)])
        self._learned = Learned([*texts, *nothing], list(vectors), belongs, none)

    def rank(self, message: str) -> list[Match]:
        """Returns how each section fits the part of a message that it fits best; none for empty ones.

        Where a message asks and tells, and what it asks is answered, that is what counts: "I'm not ordering
        yet. How wide is it?" asks nothing about ordering.
        """
        parts = _parts(message)
        asking = [part for part in parts if part.endswith("?") or _ASKING.match(part)]
        if asking and len(asking) < len(parts):
            asked = self._rank_parts([part for part in asking if part != parts[0]])
            if any(match.confidence >= SURE for match in asked):
                return asked
        return self._rank_parts(parts)

    def _rank_parts(self, parts: Sequence[str]) -> list[Match]:
        best: dict[int, Match] = {}
        for part in parts:
            for match in self._rank_part(part):
                other = best.get(match.section)
                if other is None or other.confidence < match.confidence:
                    best[match.section] = match
        return list(best.values())

    def fits(
        self, question: str, before: Sequence[str], thing: str | None = None
    ) -> Iterator[tuple[str, Match]]:
        """Yields what is looked up, and the section that fits it best: first with what it points back to."""
        points_back = _points_back(question)
        for said in before if points_back else ():
            together = self.rank_together(said, question)
            # Whatever else was said before: what was spoken of last is what it points back to.
            if together is not None and not (
                thing and self._is_another_thing(together, question, thing, also=said)
            ):
                yield f"{said[-_LONGEST_PART:]} {question}", together
        alone = max(self.rank(question), key=lambda match: match.confidence, default=None)
        # "How heavy is it?" is no question about whichever thing has a weight on its page.
        in_hand = points_back or thing
        found = []
        if alone is not None and not (in_hand and self._is_another_thing(alone, question, thing)):
            found.append((question, alone))
        for part in _parts(question) if thing else ():
            together = self.rank_together(
                str(thing), part, but=partial(self._is_another_thing, question=part, thing=thing)
            )
            if together is not None and self._is_headed_by(together.section, str(thing)):
                found.append((f"{thing} {part}", together))
        # Of the thing in hand its own page tells, where it fits as well as any other.
        yield from sorted(found, key=lambda one: -one[1].confidence)

    def _has_own_beside(self, section: Section, thing: str) -> bool:
        """Tells whether the page on which a section stands has one that is headed by a thing."""
        return any(
            self._is_headed_by(number, thing)
            for number, other in enumerate(self.sections)
            if other.file == section.file
        )

    def holds_beside_name(self, match: Match, question: str) -> bool:
        """Tells whether the page of a thing holds some of a question's words beside the thing's name.

        So does every other page, what is near to a wording of ours, and what asks for nothing but a thing.
        """
        if self.sections[match.section].file not in PRODUCT_PAGES or match.meaning >= _NEAREST:
            return True
        heading, body = set(self._parts[match.section][1]), set(self._parts[match.section][2])
        rest = [concept for concept in self._concepts(question) if not heading & set(concept)]
        whole = sum(self._weight(concept) for concept in rest)
        held = sum(self._weight(concept) for concept in rest if body & set(concept))
        return not rest or held >= _BESIDE_NAME * whole

    def is_about_what_is_named(self, match: Match, text: str) -> bool:
        """Tells whether the page of a thing is about one that a text names; every other page is.

        What it is made of names no thing of ours by itself where several are of it: "the oak bed" is no oak
        bedside table. What is near to a wording of ours needs no name.
        """
        if self.sections[match.section].file not in PRODUCT_PAGES or match.meaning >= _NEAREST:
            return True
        shared = self._stems(text) & set(self._parts[match.section][1])
        return any(stem != self._first[match.section] or stem in self._peculiar for stem in shared)

    def page_of(self, thing: str) -> int | None:
        """Returns the number of the section that is about a product, None where there is none."""
        named = self._stems(thing)
        return next((n for n in range(len(self.sections)) if self._is_page_of(n, named)), None)

    def _is_headed_by(self, number: int, thing: str) -> bool:
        """Tells whether a section is about a thing by its heading: "Linen" about a linen tablecloth."""
        heading = set(self._parts[number][1])
        return bool(heading) and heading <= self._stems(thing)

    def _is_page_of(self, number: int, named: Set[str]) -> bool:
        heading = set(self._parts[number][1])
        return self.sections[number].file in PRODUCT_PAGES and bool(heading) and heading <= named

    def _stems(self, text: str) -> set[str]:
        return {stem for concept in self._concepts(text) for stem in concept}

    def _is_another_thing(
        self, match: Match, question: str, thing: str | None, *, also: str = ""
    ) -> bool:
        """Tells whether a section is about a product that neither the question names nor what was spoken of.

        Once one lamp was spoken of that has a page, "lamp" names no other one: "floor" does.
        """
        section = self.sections[match.section]
        heading, in_hand = set(self._parts[match.section][1]), self._stems(thing or "")
        if section.file not in PRODUCT_PAGES:
            # "Cotton rugs" is no care for one of wool, which has a section of its own beside it.
            rival = bool(heading & in_hand) and not heading <= in_hand
            asked = (self._stems(question) - in_hand) & heading
            return rival and not asked and self._has_own_beside(section, str(thing))
        own = self.page_of(thing) if thing else None
        if own is None:
            return not self._stems(f"{question} {also} {thing or ''}") & heading
        return match.section != own and not (self._stems(question) - in_hand) & heading

    def rank_together(
        self, before: str, question: str, *, but: Callable[[Match], bool] | None = None
    ) -> Match | None:
        """Returns how the best section fits a question and what it points back to, read as one.

        Where the question has words of its own, the section has to hold them too: what was said before
        tells what the question is about, not what it asks. Sections are left out ``but`` for which it holds.
        """
        own = {match.section: match.words for match in self.rank(question)}
        fits = [
            match
            for match in self._rank_part(f"{before[-_LONGEST_PART:]} {question}")
            if (not own or own[match.section] >= _OWN_WORDS) and not (but and but(match))
        ]
        return max(fits, key=lambda match: match.confidence, default=None)

    def _rank_part(self, text: str) -> list[Match]:
        concepts = self._concepts(text)
        if not concepts:
            return []
        vectors = self._encode(self._spelt(text))
        vector = vectors[0]
        total = sum(self._weight(concept) for concept in concepts)
        meanings = np.maximum.reduceat(self._sentences @ vector, self._starts)
        topics = self._wholes @ vector
        *learned, nothing = map(float, self._learned.scores(text, list(vectors)))
        first, second = sorted([0.0, 0.0, *learned])[-1:-3:-1]
        matches = []
        for number, (title, heading, body) in enumerate(self._parts):
            words = 0.0
            for concept in concepts:
                score = 0.0
                for stem, share in concept.items():
                    weight = self._weights.get(stem, 0.0) * share
                    often = (
                        _TITLE * title[stem]
                        + _HEADING * heading[stem]
                        + body[stem] / self._stretch[number]
                    )
                    score = max(score, weight * often * (1 + _SATURATION) / (often + _SATURATION))
                words += score
            share = words / ((total + _UNHELD) * (1 + _SATURATION))
            ahead = learned[number] - (second if learned[number] == first else first)
            matches.append(
                _match(
                    *(number, share, float(meanings[number]), float(topics[number])),
                    *(learned[number], ahead, nothing),
                )
            )
        return matches

    def _weight(self, concept: Mapping[str, float]) -> float:
        """What a word of the question counts: as its commonest synonym; an unknown one the most."""
        return min((self._weights[s] for s in concept if s in self._weights), default=self._strange)

    def _concepts(self, text: str) -> list[dict[str, float]]:
        """Reads a question's words: each as the stems that can stand for it, with what they count."""
        words = [self._corrected(word) for word in _words(text)]
        stems = [_stem(word) for word, _ in words]
        concepts: list[dict[str, float]] = []
        seen = set()
        here = 0
        while here < len(stems):
            for length in range(min(self._longest_phrase, len(stems) - here), 0, -1):
                phrase = tuple(stems[here : here + length])
                ours = self._synonyms.get(phrase)
                if ours is not None and (length > 1 or words[here][0] not in _EMPTY):
                    break
            else:
                length, phrase, ours = 1, (stems[here],), None
            concept: dict[str, float] = {}
            for stem, (word, share) in zip(phrase, words[here : here + length], strict=True):
                if word not in _EMPTY:
                    concept[stem] = share
            for stem in ours or ():
                concept[stem] = max(concept.get(stem, 0.0), _SYNONYM)
            here += length
            key = tuple(sorted(concept))
            if concept and key not in seen:
                seen.add(key)
                concepts.append(concept)
        return concepts

    def _spelt(self, text: str) -> str:
        """Returns a text with its misspelt words put right, for the encoder."""

        def spell(found: re.Match[str]) -> str:
            corrected, share = self._corrected(found[0].lower())
            return found[0] if share == 1 else corrected

        return _WORD.sub(spell, text)

    def _corrected(self, word: str) -> tuple[str, float]:
        """Returns the page's word that a misspelt one stands for, and what it counts."""
        if len(word) < 5 or len(word) > 30 or word in _EMPTY or _stem(word) in self._known:
            return word, 1.0
        if word not in self._corrections:
            if len(self._corrections) > _MOST_CORRECTIONS:
                self._corrections.clear()
            self._corrections[word] = self._correct(word)
        return self._corrections[word]

    def _correct(self, word: str) -> tuple[str, float]:
        found = process.extractOne(
            word,
            self._vocabulary,
            scorer=DamerauLevenshtein.distance,
            score_cutoff=1 if len(word) < 9 else 2,
        )
        # Hardly anyone misspells a word's first letter, and "fridge" is no "bridge".
        if found is None or found[0][0] != word[0]:
            return word, 1.0
        # One letter for another mostly makes another word of a short one: "paint" is no "point".
        swapped = len(found[0]) == len(word) and sorted(found[0]) != sorted(word)
        if swapped and len(word) < 8:
            return word, 1.0
        return found[0], _CORRECTED

    def passage(self, number: int, question: str) -> str:
        """Returns a short section whole, of a long one the sentences that fit best, in their order."""
        section = self.sections[number]
        if len(section.text) <= SHORT:
            return section.text
        parts = _parts(question)
        vectors = np.stack([self._encode(self._spelt(part))[0] for part in parts])
        start = int(self._starts[number]) + 1  # The first is its heading.
        count = len(section.sentences)
        near = (self._sentences[start : start + count] @ vectors.T).max(axis=1)
        asked = {stem for part in parts for concept in self._concepts(part) for stem in concept}
        for place, sentence in enumerate(section.sentences):
            shared = asked & {_stem(word) for word in _words(sentence)}
            near[place] += 0.1 * sum(self._weights.get(stem, 0.0) for stem in shared)
        best = sorted(sorted(range(count), key=lambda place: -near[place])[:_MOST_SENTENCES])
        return " ".join(section.sentences[place] for place in best)


def load_synonyms(file: Path) -> dict[str, list[str]]:
    """Reads what customers say for the pages' words.

    Returns:
        By the pages' word or phrase, the customers'; nothing where there is no file.

    Raises:
        ExemplarError: the file cannot be read, or is no mapping of words to lists of words.
    """
    try:
        if not file.exists():
            return {}
        if file.stat().st_size > LARGEST_PAGE:
            raise ExemplarError(
                f"{file}: larger than {LARGEST_PAGE:,} bytes; that is no list of synonyms."
            )
        found: Any = yaml.safe_load(file.read_text(encoding="utf-8-sig")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ExemplarError(f"{file}: cannot read the synonyms ({error!r}).") from error
    if not isinstance(found, dict):
        raise ExemplarError(f"{file}: a synonym is written “our word: [their words]”.")
    for ours, theirs in found.items():
        if not (
            isinstance(ours, str)
            and isinstance(theirs, list)
            and all(isinstance(one, str) for one in theirs)
        ):
            raise ExemplarError(
                f"{file}: “{ours}” needs a list of words in square brackets; put quotation marks round "
                "yes, no and numbers."
            )
    return found


def shared_knowledge() -> Knowledge:
    """Returns the process's one knowledge, loaded at first use.

    Raises:
        ExemplarError: the pages, the terms or the encoder cannot be loaded.
    """
    with _FIRST_USE:
        return _loaded_once()


@lru_cache(maxsize=1)
def _loaded_once() -> Knowledge:
    from exemplar.shop.policy import shared_policy

    return Knowledge(FOLDER, lambda: asdict(shared_policy()), shared_question_encoder())


def asks(message: str) -> bool:
    """Tells whether a message is, or holds, a question."""
    return any(
        clause.rstrip(" )\"'”’").endswith("?") or _ASKING.match(clause) or _WONDERS.search(clause)
        for clause in _clauses(message)
    )


def _clauses(message: str) -> Iterator[str]:
    for sentence in _sentences(" ".join(message[:_LONGEST].split())):
        yield from _CLAUSE.split(sentence)


def _sentences(message: str) -> Iterator[str]:
    """Yields a message's sentences, also of those who write no capitals."""
    for sentence in split_sentences(message):
        yield from _STOP.split(sentence)


def _is_of_ones_own(message: str) -> bool:
    """Tells whether all that a message asks is what was done, or how the customer's own matter stands."""
    asking = [clause for clause in _clauses(message) if asks(clause)]
    return bool(asking) and all(_OF_ONES_OWN.match(clause) for clause in asking)


def _points_back(question: str) -> bool:
    words = _words(question)
    if len(words) > _LONGEST_POINTING or not _POINTING.intersection(words):
        return False
    # "Can you help me with it?" says nothing of what is asked; "what do I do with it?" does.
    return _content(question) or bool(_OPEN.intersection(words) and _DOING.intersection(words))


def _match(
    section: int,
    words: float,
    meaning: float,
    topic: float,
    learned: float,
    ahead: float,
    nothing: float,
) -> Match:
    # A logistic regression, fitted by script/evaluate_pages.py on what each hand wrote, with it left out.
    score = -4.5 + 4.1 * words + 4.5 * meaning - 2.4 * topic
    score += 3.2 * learned + 10.9 * ahead - 5.0 * nothing
    confidence = 1 / (1 + math.exp(-score))
    return Match(section, words, meaning, topic, learned, ahead, nothing, confidence)


def _parts(message: str) -> list[str]:
    """Returns what to look up: a short message whole, and of a longer one its sentences, questions first."""
    message = " ".join(message[:_LONGEST].split())
    pieces = [
        piece
        for sentence in _sentences(message)
        for piece in textwrap.wrap(sentence, _LONGEST_PART)
        if _content(piece)
    ]
    if len(pieces) < 2:
        return pieces
    asking = [piece for piece in pieces if piece.endswith("?") or _ASKING.match(piece)]
    whole = [message] if len(message) <= _LONGEST_PART else []
    parts = [*whole, *asking[::-1], *(piece for piece in pieces[::-1] if piece not in asking)]
    return list(dict.fromkeys(parts))[:_MOST_PARTS]


def _content(text: str) -> bool:
    return any(word not in _EMPTY for word in _words(text))


def _fields(section: Section) -> tuple[Counter[str], Counter[str], Counter[str]]:
    title, heading, body = (
        Counter(_stem(word) for word in _words(text) if word not in _EMPTY)
        for text in (section.page, section.heading, " ".join((section.text, *section.asked)))
    )
    return title, heading, body


def _all_text(section: Section) -> str:
    return " ".join((section.page, section.heading, section.text, *section.asked))


def _by_customer(synonyms: Mapping[str, Sequence[str]]) -> dict[tuple[str, ...], set[str]]:
    """Returns the pages' stems by the stems of the customer's phrase."""
    found: dict[tuple[str, ...], set[str]] = {}
    for ours, theirs in synonyms.items():
        stems = {_stem(word) for word in _words(ours) if word not in _EMPTY}
        for phrase in theirs:
            found.setdefault(tuple(_stem(word) for word in _words(phrase)), set()).update(stems)
    found.pop((), None)
    return found


def _words(text: str) -> list[str]:
    text = unicodedata.normalize("NFKC", text).lower()
    return _WORD.findall(re.sub(r"(?<=\w)['’](?=\w)", "", text))


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return str(_STEM.stemWord(word[:40]))
