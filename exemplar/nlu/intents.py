"""Intents, by several classifiers that err in different places and are heard together."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any, Final

import joblib
import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from exemplar.emotion.base import FloatArray
from exemplar.emotion.encoder import shared_encoder
from exemplar.nlu import committee, machines
from exemplar.nlu.committee import Committee, in_words
from exemplar.nlu.exchange_reader import exchange_encoder, exchange_fingerprint
from exemplar.nlu.machines import Machines
from exemplar.nlu.minilm import sentence_of
from exemplar.nlu.wishes import PIECES, Piece, pieces_of
from exemplar.refusals import refused_in, without

_FILE: Final = "intents.joblib"
#: Where the other components find what a message refuses, by intent.
REFUSED: Final = "refused"
#: … and that the intent is a matter told beside bare details.
BESIDE_DETAILS: Final = "beside_details"
#: Clauses that are heard apart: how they are divided, the blanks in the shortest, and the most of them.
_CLAUSES: Final = re.compile(r"[.,!?;:\n]+|\s[-–—]\s")
_SHORT: Final = 3
_MANY: Final = 40
#: So many words tell a matter beside details, and how sure it must be.
_TELLING: Final = 2
_LIKELY: Final = 0.4
#: How sure it must be what is left of a message without what it refuses.
_SURE: Final = 0.5
#: Below so many examples, every n-gram is kept, …
_RARE_COUNT: Final = 200
#: … and below so many those decide that need few.
_FEW: Final = 2000


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class Intents(GraphComponent, IntentClassifier):
    """Intents by MiniLM's sentence vector and by words and letters.

    With thousands of phrases, two are heard: a linear support vector machine on everything, and one on words
    and letters alone. Margins are made into probabilities by a softmax whose temperature is fitted on a
    left-out part (Guo et al., ICML 2017); the mean of both counts.

    What a message refuses ("don't cancel it") is no wish: it is read without those clauses, and where they
    leave nothing, it is a no.

    With a few hundred, as a new assistant has them, a :class:`~exemplar.nlu.committee.Committee` is.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing is refused or heard apart.

        ``refusals``: what each intent that can be refused is called; ``no``: the intent of a no;
        ``apart``: how sure it must be that one clause by itself is an intent, for it to decide; ``beside``:
        for the intent of bare details, the matters that may be told beside them.
        """
        return {"refusals": {}, "no": "deny", "apart": {}, "beside": {}}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Tells Rasa's cache when what decides is other code: it sees this class alone."""
        digest = hashlib.sha256(exchange_fingerprint().encode())
        for file in (Path(__file__), Path(machines.__file__), Path(committee.__file__)):
            digest.update(file.read_bytes())
        return digest.hexdigest()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Intents:
        """Made by Rasa for training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Intents:
        """Made by Rasa from a trained assistant."""
        made = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            if (folder / _FILE).exists():
                made._vectors, made._model, made._details = joblib.load(folder / _FILE)
                if isinstance(made._model, Committee):
                    made._few = True
                    exchange_encoder()  # Loaded before the first message comes.
        return made

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        """Knows nothing until it is trained or loaded."""
        self._refusals = config["refusals"]
        self._no = config["no"]
        self._apart = config["apart"]
        self._beside = config["beside"]
        self._storage = model_storage
        self._resource = resource
        self._vectors: FeatureUnion | None = None
        self._model: Machines | Committee | None = None
        #: Whether there were few phrases to learn from.
        self._few = False
        #: What a detail looks like that has a form of its own: an order number, an email address.
        self._details: list[str] = []

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the intents of the training examples."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        texts = [example.get(TEXT) for example in examples]
        intents = np.array([example.get(INTENT) for example in examples])
        with self._storage.write_to(self._resource) as folder:
            if len(set(intents)) < 2:
                return self._resource
            self._vectors = FeatureUnion(
                [
                    (
                        "words",
                        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32),
                    ),
                    (
                        "letters",
                        TfidfVectorizer(
                            analyzer="char_wb",
                            ngram_range=(2, 5),
                            sublinear_tf=True,
                            dtype=np.float32,
                            # What occurs once teaches nothing, unless there is little at all.
                            min_df=2 if len(texts) >= _RARE_COUNT else 1,
                        ),
                    ),
                ]
            ).fit(texts)
            self._few = len(texts) < _FEW
            dense, sparse = self._features(texts, examples)
            if self._few:
                names = np.unique(intents)
                named = (names, *self._features([in_words(name) for name in names]))
                self._model = Committee(dense, sparse, intents, named)
            else:
                self._model = Machines(dense, sparse, intents)
            self._details = [
                one["pattern"]
                for one in training_data.regex_features
                if one["name"] in training_data.entities
            ]
            joblib.dump((self._vectors, self._model, self._details), folder / _FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Averages its confidences with the ranking that the message has, if it has one."""
        if self._model is None:
            return messages
        texts = [message.get(TEXT) or "" for message in messages]
        features = self._features(texts, messages)
        for message, row in zip(messages, self._model.probabilities(*features), strict=True):
            mine = dict(zip(self._model.classes, map(float, row), strict=True))
            refused = refused_in(message.get(TEXT) or "", self._refusals)
            message.set(REFUSED, refused)
            best = max(mine, key=mine.__getitem__)
            if best in refused:
                mine = self._without(message.get(TEXT), refused[best], mine)
            elif matter := self._beside_details(message, best, mine[best]):
                mine = matter
                message.set(BESIDE_DETAILS, True)
            mine = self._heard_apart(message.get(TEXT) or "", mine)
            _decide(message, mine)
            self._classify_pieces(message, refused)
        return messages

    def _without(
        self, text: str, refused: list[tuple[int, int]], mine: dict[str, float]
    ) -> dict[str, float]:
        """Returns the confidences of what a message says beside what it refuses."""
        assert self._model is not None
        left = without(text, refused)
        if len(left.split()) > 1:
            (row,) = self._model.probabilities(*self._features([left]))
            if row.max() >= _SURE:
                return dict(zip(self._model.classes, map(float, row), strict=True))
        return {**dict.fromkeys(mine, 0.0), self._no: 1.0} if self._no in mine else mine

    def _beside_details(
        self, message: Message, best: str, confidence: float
    ) -> dict[str, float] | None:
        """Returns the confidences of what a message says beside details, where that is a matter.

        They are looked for where a message was taken for bare details, or for nothing with certainty.
        """
        assert self._model is not None
        if not self._beside or (best not in self._beside and confidence >= _SURE):
            return None
        text = message.get(TEXT) or ""
        found = [m.span() for one in self._details for m in re.finditer(one, text, re.IGNORECASE)]
        left = without(text, found)
        if not found or len(re.findall(r"[^\W\d_]+", left)) < _TELLING:
            return None
        (row,) = self._model.probabilities(*self._features([left]))
        likeliest = self._model.classes[row.argmax()]
        matter = any(likeliest in matters for matters in self._beside.values())
        if not matter or row.max() < _LIKELY:
            return None
        return dict(zip(self._model.classes, map(float, row), strict=True))

    def _heard_apart(self, text: str, mine: dict[str, float]) -> dict[str, float]:
        """Returns the confidences of the clause that decides by itself, the message's if none does."""
        clauses = [one for one in map(str.strip, _CLAUSES.split(text)) if one.count(" ") >= _SHORT]
        if not self._apart or self._model is None or not 1 < len(clauses) <= _MANY:
            return mine
        for row in self._model.probabilities(*self._features(clauses)):
            best = row.argmax()
            if row[best] >= self._apart.get(self._model.classes[best], np.inf):
                return dict(zip(self._model.classes, map(float, row), strict=True))
        return mine

    def _classify_pieces(self, message: Message, refused: dict[str, list[tuple[int, int]]]) -> None:
        """Leaves what the pieces of a message say, each by itself, where it has several."""
        text = message.get(TEXT) or ""
        spans = pieces_of(text)
        if self._model is None or len(spans) < 2:
            return
        features = self._features([text[start:end] for start, end in spans])
        rows = self._model.probabilities(*features)
        said = [(self._model.classes[row.argmax()], float(row.max())) for row in rows]
        pieces = [Piece(*span, *one) for span, one in zip(spans, said, strict=True)]
        wanted = [
            one
            for one in pieces
            if not any(
                one.start < end and start < one.end for start, end in refused.get(one.intent, ())
            )
        ]
        message.set(PIECES, wanted)

    def _features(
        self, texts: list[str], messages: list[Message] | None = None
    ) -> tuple[FloatArray, scipy.sparse.csr_matrix]:
        """Returns sentence vectors, ``(n, 384)``, and n-grams, ``(n, m)``.

        The messages of the texts may have their vectors with them already. With few phrases there are two
        encoders' vectors, side by side.
        """
        assert self._vectors is not None
        known = [sentence_of(one) for one in messages] if messages else [None] * len(texts)
        missing = [text for text, vector in zip(texts, known, strict=True) if vector is None]
        made = iter(shared_encoder().encode_many(missing))
        dense = np.stack([next(made).sentence if one is None else one for one in known])
        if self._few:
            others = [one.sentence for one in exchange_encoder().encode_many(texts)]
            dense = np.concatenate([dense, np.stack(others)], axis=1)
        return dense, self._vectors.transform(texts).tocsr()


def _decide(message: Message, confidences: dict[str, float]) -> None:
    ranking = [
        {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence}
        for name, confidence in sorted(confidences.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    message.set(INTENT, ranking[0], add_to_output=True)
    message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
