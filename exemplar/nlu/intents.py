"""A linear intent classifier beside DIET, and the two of them heard together."""

from __future__ import annotations

from typing import Any, Final

import joblib
import numpy as np
import numpy.typing as npt
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
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from exemplar.emotion.encoder import shared_encoder
from exemplar.nlu.minilm import ENCODING

_FILE: Final = "linear_intents.joblib"
#: How much MiniLM's unit vectors weigh against the unit vectors of the two kinds of n-grams.
_DENSE_WEIGHT: Final = 3.0
#: Below so many examples, every n-gram is kept.
_FEW: Final = 200
_TEMPERATURES: Final = tuple(float(t) for t in np.geomspace(1, 30, 24))


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class LinearIntents(GraphComponent, IntentClassifier):
    """A linear support vector machine on MiniLM's sentence vector and on words and letters.

    DIET knows context, this one knows wording; each errs elsewhere. Their confidences are averaged.
    This one's are made out of its margins by a softmax whose temperature is fitted on left-out folds
    (Guo et al., ICML 2017).
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntents:
        """Made by Rasa for training."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntents:
        """Made by Rasa from a trained assistant."""
        made = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            if (folder / _FILE).exists():
                made._vectors, made._machine, made._temperature = joblib.load(folder / _FILE)
        return made

    def __init__(self, model_storage: ModelStorage, resource: Resource) -> None:
        """Knows nothing until it is trained or loaded."""
        self._storage = model_storage
        self._resource = resource
        self._vectors: FeatureUnion | None = None
        self._machine: LinearSVC | None = None
        self._temperature = 1.0

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
                    ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)),
                    (
                        "letters",
                        TfidfVectorizer(
                            analyzer="char_wb",
                            ngram_range=(2, 5),
                            sublinear_tf=True,
                            # What occurs once teaches nothing, unless there is little at all.
                            min_df=2 if len(texts) >= _FEW else 1,
                        ),
                    ),
                ]
            ).fit(texts)
            features = self._features(texts, [None] * len(texts))
            self._temperature = _fit_temperature(features, intents)
            self._machine = _machine().fit(features, intents)
            joblib.dump((self._vectors, self._machine, self._temperature), folder / _FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Averages its confidences with the ranking that the message has, if it has one."""
        if self._machine is None:
            return messages
        texts = [message.get(TEXT) or "" for message in messages]
        features = self._features(texts, [message.get(ENCODING) for message in messages])
        for message, row in zip(messages, self._probabilities(features), strict=True):
            mine = dict(zip(self._machine.classes_, map(float, row), strict=True))
            _average(message, mine)
        return messages

    def _features(self, texts: list[str], encodings: list[Any]) -> scipy.sparse.csr_matrix:
        assert self._vectors is not None
        missing = [text for text, known in zip(texts, encodings, strict=True) if known is None]
        made = iter(shared_encoder().encode_many(missing))
        dense = np.stack([(known or next(made)).sentence for known in encodings])
        sparse = self._vectors.transform(texts)
        return scipy.sparse.hstack([scipy.sparse.csr_matrix(dense * _DENSE_WEIGHT), sparse]).tocsr()

    def _probabilities(self, features: scipy.sparse.csr_matrix) -> npt.NDArray[np.float64]:
        assert self._machine is not None
        return _softmax(_margins(self._machine, features) * self._temperature)


def _machine() -> LinearSVC:
    return LinearSVC(C=0.5, random_state=0)


def _margins(machine: LinearSVC, features: scipy.sparse.csr_matrix) -> npt.NDArray[np.float64]:
    """Returns one margin an intent; with two intents scikit-learn gives only the second's."""
    margins = machine.decision_function(features)
    return margins if margins.ndim == 2 else np.stack([-margins, margins], axis=1)


def _fit_temperature(features: scipy.sparse.csr_matrix, intents: npt.NDArray[Any]) -> float:
    """Returns the factor on the margins under which left-out folds are most probable."""
    fewest = min(np.unique(intents, return_counts=True)[1])
    if fewest < 3:
        return _TEMPERATURES[len(_TEMPERATURES) // 3]
    margins, truth = [], []
    for learn, held in StratifiedKFold(3, shuffle=True, random_state=0).split(features, intents):
        machine = _machine().fit(features[learn], intents[learn])
        margins.append(_margins(machine, features[held]))
        truth.append(np.searchsorted(machine.classes_, intents[held]))
    scores, right = np.concatenate(margins), np.concatenate(truth)

    def loss(temperature: float) -> float:
        chosen = _softmax(scores * temperature)[np.arange(len(right)), right]
        return float(-np.log(chosen + 1e-12).mean())

    return min(_TEMPERATURES, key=loss)


def _softmax(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _average(message: Message, mine: dict[str, float]) -> None:
    theirs = {
        entry[INTENT_NAME_KEY]: float(entry[PREDICTED_CONFIDENCE_KEY])
        for entry in message.get(INTENT_RANKING_KEY) or []
    }
    names = set(mine) | set(theirs)
    both = {
        name: (mine.get(name, 0.0) + theirs.get(name, 0.0)) / 2 if theirs else mine[name]
        for name in names
    }
    ranking = [
        {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence}
        for name, confidence in sorted(both.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    message.set(INTENT, ranking[0], add_to_output=True)
    message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
