"""Takes personal data out of a SESSION's texts; the same person or number stays the same placeholder."""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from exemplar.errors import ExemplarError
from exemplar.sessions.asked import ADDRESS, SPELLING, Told, underscored
from exemplar.sessions.identifiers import (
    Found,
    emails,
    identifiers,
    order_numbers,
    regrouped,
    secrets,
)
from exemplar.sessions.names import (
    NEVER,
    PARTICLES,
    NameLexicon,
    fold,
    joined,
    shared_lexicon,
    words_in,
)
from exemplar.sessions.people import Mention, People, PeopleFinder, asks_for_name

#: Trained pipelines that are used for names as well where one is installed, best first.
PIPELINES: Final = ("en_core_web_trf", "en_core_web_lg", "en_core_web_md", "en_core_web_sm")
#: Placeholders of an export that was redacted before stay as they are.
_PLACEHOLDER: Final = re.compile(r"\[[A-Z][A-Z_]*(?:_\d+)?\]|<[A-Z][A-Z_]+(?:_\d+)?>")
#: Whole words of emails' local parts that are no people.
_OFFICES: Final = words_in(
    """
    info sales support contact hello mail email admin office orders order service help helpdesk team
    post billing invoice accounts noreply reply shop store webmaster privacy returns customer care
    hi me my the mr mrs ms dr test user home work family private mailbox inbox
    """
)
_NAME_WEIGHT: Final = 5.0
#: Over what a number or a name is by its form stands what it is by what was asked or told before.
_TOLD_WEIGHTS: Final = {"DATE_OF_BIRTH": 8.1, "EXPIRY": 7.6, "PASSWORD": 7.6, "HANDLE": 7.45}
#: Between the names of two: "will_n_grace@…", "Will & Grace Sanderson".
_TWO_IN_EMAIL: Final = re.compile(r"[._\-](?:n|and|und|et|en)[._\-]|[&+]", re.IGNORECASE)
_TWO: Final = re.compile(r"\s*[&+/]\s*|\s+(?:and|und|et|en)\s+", re.IGNORECASE)


class Redactor:
    """Redacts the texts of one SESSION.

    ``read`` learns first whom all the texts name, so that a name that only a later turn makes clear is
    taken out of an earlier one as well; ``redact`` then takes one text after another.

    Args:
        names: of the people who take part, as the export's own data tell them.
        emails: of the people who take part; the names in them count too.
        lexicon: what words can be; the shared one if none is given.
    """

    def __init__(
        self,
        names: Iterable[str] = (),
        *,
        emails: Iterable[str] = (),
        lexicon: NameLexicon | None = None,
    ):
        self._lexicon = lexicon or shared_lexicon()
        self._people = People()
        self._numbers: dict[tuple[str, str], str] = {}
        self._used: Counter[str] = Counter()
        self._asked = False
        self._told = Told()
        self._orders: set[str] = set()
        self.counts: Counter[str] = Counter()
        for name in sorted(names, key=lambda name: -len(name.split())):
            self.add_name(name)
        for email in emails:
            self._name_in_email(email)

    def add_name(self, name: str) -> None:
        """Makes a person known, by a name in any form; an email address counts by its local part."""
        if "@" in name and " " not in name.strip():
            self._name_in_email(name)
            return
        several = _TWO.split(name)
        if len(several) > 1:
            for one in several:
                self.add_name(one)
            return
        words = [joined(word) for word in re.findall(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*", name)]
        words = [
            w
            for w in words
            if len(w) > 1 and w not in PARTICLES and w not in NEVER and w not in _OFFICES
        ]
        if words:
            self._people.number_of(words)

    def _name_in_email(self, email: str) -> None:
        local = email.partition("@")[0]
        several = _TWO_IN_EMAIL.split(local)
        if len(several) > 1 and not several[-1].isdigit():
            for one in several:
                self._name_in_email(one)
            return
        words = [fold(part) for part in re.findall(r"[^\W\d_]{3,}", local)]
        names = [w for w in words if w not in _OFFICES and w not in NEVER]
        lexicon = self._lexicon
        known = self._people.words
        if (len(names) >= 2 and any(lexicon.listed(n) or n in known for n in names)) or (
            len(names) == 1 and (lexicon.listed(names[0]) and names[0] not in lexicon.ordinary)
        ):
            self._people.number_of(
                [n for n in names if lexicon.listed(n) or n not in lexicon.ordinary] or names
            )

    def read(self, texts: Iterable[str]) -> None:
        """Learns whom texts name; to be called with all of a SESSION's texts before the first is redacted."""
        texts = list(texts)
        locals_: set[str] = set()
        spelling: list[bool] = []
        for text in texts:
            for found in emails(text):
                self._name_in_email(found.key)
                locals_.add(re.sub(r"[\W\d_]", "", fold(found.key.partition("@")[0])))
            for secret in secrets(text):
                self._told.learn(secret.kind, secret.key)
            self._orders.update(order_numbers(text))
            spelling.append(SPELLING in self._told.topics)
            self._told.answers(text)
        self._told.restart()
        # Twice: the second time the names that stand in a clear place are known in an unclear one.
        for _ in range(2):
            mentions: list[tuple[str, ...]] = []
            finder = PeopleFinder(self._lexicon, self._people.words)
            asked = False
            for text, spelled in zip(texts, spelling, strict=True):
                mentions += [m.words for m in self._mentions(text, finder, asked, spelled)]
                asked = asks_for_name(text)
            for words in sorted(mentions, key=len, reverse=True):
                self._people.number_of(words)
        for local in sorted(locals_):
            self._people.join(local)

    def _mentions(
        self, text: str, finder: PeopleFinder, asked: bool, spelled: bool
    ) -> list[Mention]:
        shop = _shop_in(text)
        found = [
            mention
            for mention in finder.find(text, asked=asked, spelled=spelled)
            if not any(a <= mention.start and mention.end <= b for a, b in shop)
        ]
        pipeline = _pipeline()
        if pipeline is not None:
            for entity in pipeline(text).ents:
                overlaps = any(
                    m.start < entity.end_char and entity.start_char < m.end for m in found
                )
                if entity.label_ == "PERSON" and not overlaps:
                    words = tuple(joined(w) for w in re.findall(r"[^\W\d_]{2,}", entity.text))
                    if words and not all(w in NEVER for w in words):
                        found.append(Mention(entity.start_char, entity.end_char, words))
        return found

    def redact(self, text: str) -> str:
        """Returns a text with placeholders for what is personal in it."""
        if not text.strip():
            return text
        finder = PeopleFinder(self._lexicon, self._people.words)
        known = frozenset(self._people.words)
        topics = self._told.topics
        shop = _shop_in(text)
        found = [
            place
            for place in identifiers(text, known, self._lexicon, asked=ADDRESS in topics)
            if not (
                place.kind == "ADDRESS"
                and any(place.start < b and a < place.end for a, b in shop)
                and not any(sign.isdigit() for sign in text[place.start : place.end])
            )
        ]
        found += regrouped(text, self._orders)
        for answer in self._told.answers(text):
            weight = _TOLD_WEIGHTS[answer.kind]
            found.append(Found(answer.start, answer.end, answer.kind, answer.key, weight))
        for start, end in underscored(text):
            parts = {fold(part) for part in re.findall(r"[^\W\d_]{2,}", text[start:end])}
            if any(
                part not in self._lexicon.ordinary
                and (part in known or (self._lexicon.listed(part) and len(part) > 3))
                for part in parts
            ):
                found.append(Found(start, end, "HANDLE", text[start:end], 5.1))
        for mention in self._mentions(text, finder, self._asked, SPELLING in topics):
            person = self._people.number_of(mention.words)
            # Of an address or an email a name is only a part, whatever its weight.
            found.append(Found(mention.start, mention.end, "NAME", str(person), _NAME_WEIGHT))
        self._asked = asks_for_name(text)
        kept = [(p.start(), p.end()) for p in _PLACEHOLDER.finditer(text)]
        pieces: list[str] = []
        position = 0
        for place in _without_overlaps(text, found, kept):
            pieces += [text[position : place.start], self._placeholder(place)]
            position = place.end
        return "".join([*pieces, text[position:]])

    def redact_all(self, texts: Sequence[str]) -> list[str]:
        """Reads and redacts a SESSION's texts."""
        self.read(texts)
        return [self.redact(text) for text in texts]

    def _placeholder(self, place: Found) -> str:
        self.counts[place.kind] += 1
        key = (place.kind, place.key)
        if key not in self._numbers:
            self._used[place.kind] += 1
            self._numbers[key] = f"[{place.kind}_{self._used[place.kind]}]"
        return self._numbers[key]


def _without_overlaps(
    text: str, found: Iterable[Found], kept: Sequence[tuple[int, int]]
) -> list[Found]:
    """Returns places in order, of two that overlap the surer one, of two equally sure the longer.

    Of a name or an address what the other leaves of it stays too: "Mara Okafor ML-104217".
    """
    taken: list[Found] = []
    for place in sorted(found, key=lambda f: (-f.weight, -(f.end - f.start), f.start)):
        if any(place.start < end and start < place.end for start, end in kept):
            continue
        over = [o for o in taken if place.start < o.end and o.start < place.end]
        if not over:
            taken.append(place)
        elif place.kind in {"NAME", "ADDRESS"}:
            taken += _left_of(text, place, over)
    return sorted(taken, key=lambda f: f.start)


def _left_of(text: str, place: Found, over: Sequence[Found]) -> list[Found]:
    """Returns the parts of a place, from word to word, that others do not cover."""
    parts: list[Found] = []
    start = place.start
    for other in [*sorted(over, key=lambda f: f.start), None]:
        end = place.end if other is None else other.start
        words = list(re.finditer(r"\w+", text[start:end])) if start < end else []
        if any(len(word.group()) > 1 for word in words):
            first, last = start + words[0].start(), start + words[-1].end()
            parts.append(dataclasses.replace(place, start=first, end=last))
        start = start if other is None else max(start, other.end)
    return parts


def _shop_in(text: str) -> list[tuple[int, int]]:
    """Returns where a text names the shop itself, which is no street and nobody."""
    shop = _shop()
    return [found.span() for found in shop.finditer(text)] if shop is not None else []


@functools.lru_cache(maxsize=1)
def _shop() -> re.Pattern[str] | None:
    """Returns a pattern for the shop's name, as the desk's terms have it."""
    from exemplar.desk.terms import shared_terms

    try:
        words = re.findall(r"\w+", shared_terms().company)
    except ExemplarError:
        # Without terms there is nothing to spare; redaction goes on.
        return None
    named = r"\W+".join(words)
    return re.compile(rf"(?<!\w){named}(?!\w)", re.IGNORECASE) if words else None


@functools.lru_cache(maxsize=1)
def _pipeline() -> Any:
    """Returns a trained English pipeline, if one is installed."""
    for name in PIPELINES:
        if importlib.util.find_spec(name) is not None:
            import spacy

            return spacy.load(name, exclude=["parser", "lemmatizer", "attribute_ruler"])
    return None
