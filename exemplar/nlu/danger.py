"""How likely a message tells of somebody in danger, beside what its intent was read as.

The intents are told apart from each other, and a customer who "sat at home like an idiot" is none of them:
the nearest may be a crisis. This asks one thing only, whether it is one, and learns what it is not from what
people say in whole conversations with a shop.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.linear_model import LogisticRegression

from exemplar.conversation import DANGER_LIKELY
from exemplar.emotion.base import FloatArray
from exemplar.emotion.encoder import Encoding, fingerprint, shared_encoder
from exemplar.emotion.features import features, spell_out_emoji
from exemplar.nlu.acts import EXCHANGES, load_exchanges
from exemplar.nlu.clauses import DANGER
from exemplar.nlu.minilm import ENCODING

#: Of what is no danger, every so manieth message is learned from: in the examples, and in conversations.
_EXAMPLES: Final = 6
_CONVERSATIONS: Final = 3
#: Inverse strength of the penalty. With it, of crises held out that no pattern knew the least likely had
#: 0.018; of four everyday messages that were taken for one, the likeliest had 0.003.
_STRENGTH: Final = 0.002
_FILE: Final = "danger.joblib"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class Danger(GraphComponent):
    """Puts how likely a message tells of danger beside its intent; it decides nothing."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Danger:
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
    ) -> Danger:
        """Made by Rasa from a trained assistant."""
        made = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            if (folder / _FILE).exists():
                made._mean, made._scale, made._model = joblib.load(folder / _FILE)
        return made

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Tells Rasa's cache when what is learned, or by what, is other than before."""
        digest = hashlib.sha256(fingerprint().encode())
        for file in (Path(__file__), *sorted(EXCHANGES.glob("*.yml"))):
            digest.update(file.read_bytes())
        return digest.hexdigest()

    def __init__(self, model_storage: ModelStorage, resource: Resource) -> None:
        """Knows nothing until it is trained or loaded."""
        self._storage = model_storage
        self._resource = resource
        self._mean: FloatArray = np.zeros(1, np.float32)
        self._scale: FloatArray = np.ones(1, np.float32)
        self._model: LogisticRegression | None = None

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples of a crisis, where there are any, and from what is none."""
        examples = [one for one in training_data.intent_examples if one.get(TEXT)]
        told = [one.get(TEXT) for one in examples if one.get(INTENT) == DANGER]
        others = [one.get(TEXT) for one in examples if one.get(INTENT) != DANGER][::_EXAMPLES]
        others += [one.exchange.text for one in load_exchanges()][::_CONVERSATIONS]
        with self._storage.write_to(self._resource) as folder:
            if told and others:
                seen = _seen([*told, *others])
                self._mean, self._scale = seen.mean(axis=0), seen.std(axis=0) + 1e-3
                self._model = LogisticRegression(C=_STRENGTH, max_iter=400)
                self._model.fit(self._scaled(seen), np.arange(len(seen)) < len(told))
                joblib.dump((self._mean, self._scale, self._model), folder / _FILE)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the training data as they are: it is no feature of an intent."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Says of each message how likely it tells of danger."""
        if self._model is None:
            return messages
        for message in messages:
            seen = self._scaled(_seen([message.get(TEXT) or ""], message.get(ENCODING)))
            likely = float(self._model.predict_proba(seen)[0, 1])
            message.set(DANGER_LIKELY, likely, add_to_output=True)
        return messages

    def _scaled(self, seen: FloatArray) -> FloatArray:
        return (seen - self._mean) / self._scale


def _seen(texts: Sequence[str], known: Encoding | None = None) -> FloatArray:
    """Returns the encoder's features of messages, those that feeling is read from and the topic's."""
    made = [known] if known else shared_encoder().encode_many([*map(spell_out_emoji, texts)])
    rows = [
        np.concatenate([features(text, one), one.sentence])
        for text, one in zip(texts, made, strict=True)
    ]
    return np.stack(rows).astype(np.float32)
