"""What simulated customers say: the project's own phrases, read once for the frustration in them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from exemplar.files import write_whole
from exemplar.sessions.stories import read_yaml
from exemplar.settings import ROOT

#: How far a phrase's frustration may be from the customer's and still fit (a standard deviation).
FIT: Final = 0.12
#: Longer phrases tell a story of their own, which may not be this customer's.
LONGEST: Final = 160
#: Of one intent, this many are enough.
MOST: Final = 120
_MARKED: Final = re.compile(r"\[(?P<text>[^\]]+)\](?:\((?P<entity>\w+)\)|\{[^}]*\})")
_NUMBER_OF_THE_READING: Final = 1


@dataclass(frozen=True)
class Phrase:
    """One way to say something.

    Attributes:
        intent: what is said.
        marked: the words, with details marked as in Rasa's training data: ``[ML-1](order_number)``.
        heldout: whether it is from ``tests/nlu``, which the assistant has never seen.
        frustration: as our own reading reads it, in [0, 1].
    """

    intent: str
    marked: str
    heldout: bool
    frustration: float = 0.0

    @property
    def plain(self) -> str:
        """The words as they stand."""
        return _MARKED.sub(lambda found: found["text"], self.marked)

    @property
    def details(self) -> frozenset[str]:
        """The names of the details in it."""
        return frozenset(found["entity"] or "" for found in _MARKED.finditer(self.marked))

    @property
    def repeats_a_detail(self) -> bool:
        """Whether it has two details of a kind, of which a customer has only one."""
        found = [detail["entity"] for detail in _MARKED.finditer(self.marked)]
        return len(found) != len(set(found))

    @property
    def has_other_numbers(self) -> bool:
        """Whether it names a number that is not marked as a detail, and so is somebody else's."""
        return bool(re.search(r"\d{5,}", _MARKED.sub("", self.marked)))

    def filled(self, details: Mapping[str, str]) -> str:
        """Returns the words with a customer's own details in place of those of the example."""
        return _MARKED.sub(
            lambda found: details.get(found["entity"] or "", found["text"]), self.marked
        )


def read_phrases(root: Path = ROOT) -> list[Phrase]:
    """Returns the phrases of ``tests/nlu`` and ``data/nlu``, their frustration unread, none twice."""
    found: dict[tuple[str, str], Phrase] = {}
    for folder, heldout in (("tests/nlu", True), ("data/nlu", False)):
        for file in sorted((root / folder).glob("*.yml")):
            for part in read_yaml(file).get("nlu") or ():
                intent = part.get("intent")
                if not intent:
                    continue
                for line in str(part.get("examples") or "").splitlines():
                    words = line.strip().removeprefix("- ").strip()
                    if words and len(words) <= LONGEST:
                        found.setdefault((intent, words.lower()), Phrase(intent, words, heldout))
    return list(found.values())


def varied(phrases: Iterable[Phrase], intents: Collection[str]) -> list[Phrase]:
    """Returns the phrases of some intents, those first that the assistant has never seen.

    Args:
        phrases: in the order of their files.
        intents: which are said at all.

    Returns:
        Of each intent at most :data:`MOST`; what there is beyond is thinned out evenly.
    """
    of: dict[str, tuple[list[Phrase], list[Phrase]]] = {}
    for phrase in phrases:
        if phrase.intent in intents:
            of.setdefault(phrase.intent, ([], []))[not phrase.heldout].append(phrase)
    chosen: list[Phrase] = []
    for unseen, seen in of.values():
        room = max(MOST - len(unseen), 0)
        step = max(len(seen) / room, 1.0) if room else 0
        chosen += unseen[:MOST]
        chosen += [seen[int(n * step)] for n in range(min(room, len(seen)))]
    return chosen


def with_readings(
    phrases: Sequence[Phrase],
    cache: Path,
    read: Callable[[str], float],
    step: Callable[[], object] = lambda: None,
) -> list[Phrase]:
    """Returns phrases with their frustration, read once for each set of phrases and weights.

    Args:
        phrases: unread.
        cache: a folder for what was read.
        read: gives a text's frustration in [0, 1].
        step: called after each one that is read.
    """
    digest = hashlib.sha256(_weights())
    for phrase in phrases:
        digest.update(f"\n{phrase.intent}\t{phrase.marked}\t{phrase.heldout}".encode())
    file = cache / f"phrases-{digest.hexdigest()[:12]}.json"
    if file.exists():
        try:
            return [Phrase(**one) for one in json.loads(file.read_text(encoding="utf-8"))]
        except (ValueError, TypeError):
            file.unlink()
    done = []
    for phrase in phrases:
        done.append(
            Phrase(phrase.intent, phrase.marked, phrase.heldout, round(read(phrase.plain), 4))
        )
        step()
    content = json.dumps([asdict(one) for one in done], ensure_ascii=False).encode()
    write_whole(file, lambda output: output.write(content))
    return done


def _weights() -> bytes:
    """Returns what the reading rests on, for the cache's name."""
    digest = hashlib.sha256(str(_NUMBER_OF_THE_READING).encode())
    for file in sorted((ROOT / "models" / "emotion").glob("*.npz")):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.digest()


class Phrasebook:
    """Phrases by what they say, from which a customer takes those that fit their frustration."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        """Takes phrases with their frustration."""
        self._of: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            self._of.setdefault(phrase.intent, []).append(phrase)

    def of(self, intent: str) -> Sequence[Phrase]:
        """Returns the phrases of an intent."""
        return self._of.get(intent, ())

    def choose(
        self,
        intent: str,
        frustration: float,
        random: np.random.Generator,
        fits: Callable[[Phrase], bool] = lambda phrase: True,
        said: Iterable[str] = (),
    ) -> Phrase | None:
        """Returns a phrase whose frustration is near a customer's; None where none fits.

        Phrases that the assistant never saw count twice.

        Args:
            intent: what to say.
            frustration: the customer's, in [0, 1].
            random: where chance comes from.
            fits: which phrases may be said at all.
            said: marked words not to be said again.
        """
        before = set(said)
        fitting = [p for p in self.of(intent) if fits(p)]
        fitting = [p for p in fitting if p.marked not in before] or fitting
        if not fitting:
            return None
        away = np.array([p.frustration for p in fitting]) - frustration
        weights = np.exp(-0.5 * (away / FIT) ** 2) * np.array([1 + p.heldout for p in fitting])
        if weights.sum() < 1e-9:
            # None is near: the nearest.
            weights = (np.abs(away) <= np.abs(away).min() + 0.05).astype(float)
        return fitting[int(random.choice(len(fitting), p=weights / weights.sum()))]
