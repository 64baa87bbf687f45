"""Intents that must never be missed."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any, Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from exemplar.nlu.exchange import ACT, ASKS, MEANS
from exemplar.nlu.expectation import shared_expectation
from exemplar.nlu.intents import BESIDE_DETAILS, REFUSED
from exemplar.refusals import without

_AROUND: Final = "_around"
_SOFT: Final = "_soft"
_BESIDE: Final = "_beside"
_SPELLING: Final = "_spelling"
#: Ways of writing the same; patterns need to know the one after the colon only.
_SAME: Final = {
    r"do not|dnt|don t|donot|dosnt want|doesnt want": "dont",
    r"can ?not|cnt|can t|could ?not|couldnt": "cant",
    r"will not|won t|wil not": "wont",
    r"wann?a|want too|wn?a?nt to|wnat to|wan to|wants? to": "want to",
    r"gonna|gunna|goin to|going too|about to": "going to",
    r"i am|i m": "im",
    r"i have|i ve": "ive",
    r"i will|i ll": "ill",
    r"i would|i had|i d": "id",
    r"we will|we ll|we are going to": "well",
    r"there is|there s|there are": "theres",
    r"it is|it s": "its",
    r"what is|what s|wats|whats": "whats",
    r"any ?more|anymor|no more|any longer": "any more",
    r"no ?one|no body|noone": "nobody",
    r"every ?one|every body": "everyone",
    r"goin": "going",
    r"livin": "living",
    r"dyin": "dying",
    r"my self|meself|mysel|mi self": "myself",
    r"for ?ever": "forever",
    r"to ?night|tonite|2night": "tonight",
    r"good ?-?bye": "goodbye",
}
#: Words that change nothing about what is said.
_FILLERS: Final = (
    "just really honestly simply literally actually even still only truly maybe probably always ever"
    " tbh kinda fucking fuckin bloody damn please pls idk rn lol"
)
_WRITTEN: Final = {f"as_{index}": same for index, same in enumerate(_SAME.values())}
_ALIKE: Final = re.compile(
    r"\b(?:" + "|".join(f"(?P<as_{i}>{ways})" for i, ways in enumerate(_SAME)) + r")\b"
)
_NOTHING_SAID: Final = re.compile(rf"\b(?:{'|'.join(_FILLERS.split())})\b")
#: Less sure than this, words without a detail in them are no detail.
_SURE: Final = 0.5
#: A matter told beside a detail is taken for it from here on, in a first message and in a later one, where it
#: is so much likelier than the bare detail.
_LIKELY: Final = 0.28
_LIKELY_WITHIN: Final = 0.45
#: So likely a question is plainly asked amid a conversation.
_PLAINLY_ASKED: Final = 0.6
_CLEARER: Final = 2.0
#: With fewer words beside the details nothing is told but they.
_WORDS_OF_A_MATTER: Final = 4
_FILE: Final = "guarantees.json"


def _apart(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    """Tells whether two places have no words in common."""
    return one[0] != other[0] or one[2] <= other[1] or other[2] <= one[1]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class GuaranteedIntents(GraphComponent):
    """Overrules the classifier where the training data say so.

    In ``data/nlu/``, a ``regex`` that is named like an intent gives patterns that decide for it
    wherever they match. A ``lookup`` that is named like an intent gives words that are enough, also
    misspelt, in a message that says nothing else; the ``lookup`` of that name with ``_around`` gives
    the words that may stand beside them.

    A ``regex`` of an intent's name with ``_soft`` gives patterns of which one alone is not enough: they
    decide where two different ones match in one message, or one beside a pattern of the ``regex`` with
    ``_beside``. Every sentence is read by itself, and in a plain spelling too: without apostrophes and
    words that say nothing, short forms written alike, and the words of the ``lookup`` with
    ``_spelling`` as they are written there where one letter is wrong.

    A message that is nothing but entities, such as an order number
    and an email address, is the intent ``only_entities``, if one is set; its ``_around`` words may stand
    there, too. So is one that was not understood, if one of the entities ``details`` is in it and no matter
    is likely beside it.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``similarity``: how alike a misspelt word must be, 0 to 100; ``words``: the longest message."""
        return {"similarity": 87, "words": 8, "only_entities": None, "details": []}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GuaranteedIntents:
        """Made by Rasa for training."""
        return cls(config, model_storage, resource, {}, {}, {})

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> GuaranteedIntents:
        """Made by Rasa from a trained assistant."""
        with model_storage.read_from(resource) as folder:
            kept = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(
            config, model_storage, resource, kept["patterns"], kept["words"], kept["spelling"]
        )

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        patterns: dict[str, list[str]],
        words: dict[str, list[str]],
        spelling: dict[str, list[str]],
    ) -> None:
        """Takes patterns, words and spellings by the names that the training data give them."""
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._learn(patterns, words, spelling)

    def _learn(
        self,
        patterns: dict[str, list[str]],
        words: dict[str, list[str]],
        spelling: dict[str, list[str]],
    ) -> None:
        self._words = words
        self._spelt = sorted({word for several in spelling.values() for word in several})
        self._patterns = {
            name: [re.compile(one, re.IGNORECASE) for one in several]
            for name, several in patterns.items()
        }
        # At once where one is enough; one by one where it counts how many match.
        self._sure = {
            intent: re.compile("|".join(f"(?:{one})" for one in several), re.IGNORECASE)
            for intent, several in patterns.items()
            if not intent.endswith((_SOFT, _BESIDE))
        }

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps the patterns and words that are named like an intent."""
        intents = training_data.intents
        patterns: dict[str, list[str]] = {}
        for feature in training_data.regex_features:
            if feature["name"].removesuffix(_SOFT).removesuffix(_BESIDE) in intents:
                patterns.setdefault(feature["name"], []).append(feature["pattern"])
        words = {
            table["name"]: [str(word).lower() for word in table["elements"]]
            for table in training_data.lookup_tables
            if table["name"].removesuffix(_AROUND) in intents
            and isinstance(table["elements"], list)
        }
        spelling = {
            table["name"]: [str(word).lower() for word in table["elements"]]
            for table in training_data.lookup_tables
            if table["name"].endswith(_SPELLING)
            and table["name"].removesuffix(_SPELLING) in intents
            and isinstance(table["elements"], list)
        }
        kept = {"patterns": patterns, "words": words, "spelling": spelling}
        with self._storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(kept), encoding="utf-8")
        self._learn(patterns, words, spelling)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the intent of the messages for which there is a guarantee."""
        for message in messages:
            intent = self._guaranteed(message) or self._of_bare_entities(message)
            if not intent and self._holds_a_detail(message):
                intent = self._matter(message) or self._config["only_entities"]
            if intent:
                self._decide(message, intent)
            elif self._holds_no_detail(message):
                self._decide(message, DEFAULT_NLU_FALLBACK_INTENT_NAME)
        return messages

    def _guaranteed(self, message: Message) -> str | None:
        """Returns the guaranteed intent, unless a message refuses just that."""
        text = message.get(TEXT) or ""
        intent = self.guaranteed(text)
        refused = (message.get(REFUSED) or {}).get(intent)
        return self.guaranteed(without(text, refused)) if refused else intent

    def _holds_a_detail(self, message: Message) -> bool:
        """Tells whether a message that was not understood has at least something of use in it.

        What it plainly asks of the matter in hand is more than the detail: "the chair, ML-104171, nobody is
        home; what does the courier do then?"
        """
        asks: dict[str, float] = message.get(ASKS) or {}
        if message.get(MEANS) and max(asks.values(), default=0.0) >= _PLAINLY_ASKED:
            return False
        intent = (message.get(INTENT) or {}).get(INTENT_NAME_KEY)
        found = {entity["entity"] for entity in message.get(ENTITIES) or []}
        return intent == DEFAULT_NLU_FALLBACK_INTENT_NAME and not found.isdisjoint(
            self._config["details"]
        )

    def _matter(self, message: Message) -> str | None:
        """Returns the matter that a message with details in it, not surely understood, most likely tells."""
        if len(self._beside_entities(message)) < _WORDS_OF_A_MATTER:
            return None
        ranking = {
            one[INTENT_NAME_KEY]: one[PREDICTED_CONFIDENCE_KEY]
            for one in message.get(INTENT_RANKING_KEY) or ()
            if one[INTENT_NAME_KEY] != DEFAULT_NLU_FALLBACK_INTENT_NAME
        }
        bare = ranking.pop(self._config["only_entities"], 0.0)
        # What is not done lightly takes as much beside a detail as without one.
        surely = shared_expectation().surely
        told = [intent for intent, sure in ranking.items() if sure >= surely.get(intent, 0.0)]
        best = max(told, key=ranking.__getitem__, default=None)
        # Within a conversation the details are what was asked for, and the matter is known mostly.
        enough = _LIKELY if message.get(ACT) is None else _LIKELY_WITHIN
        likely = best is not None and ranking[best] >= max(enough, _CLEARER * bare)
        return best if likely else None

    def _holds_no_detail(self, message: Message) -> bool:
        """Tells whether a message was taken, without much certainty, for a detail in which there is none."""
        intent = message.get(INTENT) or {}
        return (
            intent.get(INTENT_NAME_KEY) == self._config.get("only_entities")
            and intent.get(PREDICTED_CONFIDENCE_KEY, 0.0) < _SURE
            and not message.get(ENTITIES)
        )

    def _of_bare_entities(self, message: Message) -> str | None:
        # A field may take the words of a matter for part of a product.
        matter = message.get(BESIDE_DETAILS)
        bare = bool(message.get(ENTITIES)) and not matter and not self._beside_entities(message)
        return self._config.get("only_entities") if bare else None

    def _beside_entities(self, message: Message) -> set[str]:
        """Returns the words that are neither a detail nor stand around details."""
        spans = [(one["start"], one["end"]) for one in message.get(ENTITIES) or []]
        left = without(message.get(TEXT) or "", spans).lower().replace("’", "'").replace("'", "")
        around = self._words.get(f"{self._config.get('only_entities')}{_AROUND}", [])
        return set(re.findall(r"[^\W_]+", left)) - set(around)

    def guaranteed(self, text: str) -> str | None:
        """Returns the intent that a text must get, if there is one."""
        plain = re.sub("[’‘`´]", "'", text)
        spoken = [plain, *self._sentences(plain)]
        for intent, pattern in self._sure.items():
            if any(pattern.search(one) for one in spoken) or self._adds_up(intent, spoken):
                return intent
        # A sentence of its own is enough: "that doesn't help. a person please".
        found = map(self._of_words, re.split(r"[.!?;\n]+", plain.lower()))
        return next((intent for intent in found if intent), None)

    def _adds_up(self, intent: str, spoken: list[str]) -> bool:
        """Tells whether what is not enough by itself is enough together."""
        soft = self._places(f"{intent}{_SOFT}", spoken)
        # Two patterns that see the same words see one thing.
        apart = any(
            _apart(one, other)
            for first, second in itertools.combinations(soft, 2)
            for one, other in itertools.product(first, second)
        )
        return apart or bool(soft and self._places(f"{intent}{_BESIDE}", spoken))

    def _places(self, name: str, spoken: list[str]) -> list[list[tuple[int, int, int]]]:
        """Returns where each of the patterns matches, if it does: which text, start and end.

        The first text is the whole, as it was written; it counts where none of its sentences matches.
        """
        places = []
        for pattern in self._patterns.get(name, ()):
            found = [
                (number, *match.span())
                for number, one in enumerate(spoken)
                for match in pattern.finditer(one)
            ]
            places.append([one for one in found if one[0]] or found)
        return [one for one in places if one]

    def _sentences(self, text: str) -> list[str]:
        """Returns a text's sentences in a plain spelling."""
        found = (self._plainly(one) for one in re.split(r"[.!?;:…\n()]+", text))
        return [one for one in found if one]

    def _plainly(self, sentence: str) -> str:
        """Returns a sentence without what differs only in the writing: "I just CAN'T" → "i cant"."""
        plain = re.sub(r"(\w)\1{2,}", r"\1", sentence.lower().replace("'", ""))
        plain = " ".join(re.findall(r"[\w]+|,", re.sub(r"[-–—/]", " ", plain))).replace(" ,", ",")
        plain = _ALIKE.sub(lambda found: _WRITTEN[found.lastgroup or ""], plain)
        plain = " ".join(_NOTHING_SAID.sub(" ", plain).split())
        if not self._spelt:
            return plain
        return re.sub(r"[^\W\d_]{5,}", lambda found: self._spelt_right(found[0]), plain)

    def _spelt_right(self, word: str) -> str:
        """Returns the word that this one is but for one letter, or the word itself."""
        best = process.extractOne(word, self._spelt, scorer=OSA.distance, score_cutoff=1)
        return best[0] if best and best[0][0] == word[0] else word

    def _of_words(self, sentence: str) -> str | None:
        written = re.findall(r"[^\W\d_]+", sentence)
        if not 0 < len(written) <= self._config["words"]:
            return None
        for intent, enough in self._words.items():
            if intent.endswith(_AROUND):
                continue
            others = [word for word in written if not self._is_like(word, enough)]
            around = self._words.get(f"{intent}{_AROUND}", [])
            if len(others) < len(written) and all(self._is_like(word, around) for word in others):
                return intent
        return None

    def _is_like(self, word: str, words: list[str]) -> bool:
        if len(word) < 4:
            return word in words
        best = process.extractOne(word, words, scorer=fuzz.ratio)
        return best is not None and best[1] >= self._config["similarity"]

    @staticmethod
    def _decide(message: Message, intent: str) -> None:
        decision = {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: 1.0}
        others = [
            {**other, PREDICTED_CONFIDENCE_KEY: 0.0}
            for other in message.get(INTENT_RANKING_KEY) or []
            if other[INTENT_NAME_KEY] != intent
        ]
        message.set(INTENT, decision, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [decision, *others], add_to_output=True)
