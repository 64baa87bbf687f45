"""MiniLM's vector of a message as its dense feature."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from exemplar.emotion.base import FloatArray
from exemplar.emotion.encoder import Encoding, fingerprint, shared_encoder

#: Where later components find the message's encoding, so that it is made once.
ENCODING: Final = "minilm_encoding"
_BATCH: Final = 256


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class MiniLMFeaturizer(DenseFeaturizer, GraphComponent):
    """Gives the message the vector of its topic.

    Tokens get none: no component of ours looks at them, and Rasa would take the fingerprint of half a
    million at every training.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to set but the name that Rasa gives."""
        return DenseFeaturizer.get_default_config()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MiniLMFeaturizer:
        """Made by Rasa; the weights are shared within the process."""
        return cls(execution_context.node_name, config)

    def __init__(self, name: str, config: dict[str, Any]) -> None:
        """Loads the encoder unless the process has it already."""
        super().__init__(name, config)
        self._encoder = shared_encoder()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Tells Rasa's cache when the vectors are others than before."""
        return fingerprint()

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing can be wrong."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Featurizes messages, and leaves each one's encoding for later components."""
        for message, encoding in zip(messages, self._encode(messages), strict=True):
            message.set(ENCODING, encoding)
            self._featurize(message, encoding)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Featurizes the training examples."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        for first in range(0, len(examples), _BATCH):
            chunk = examples[first : first + _BATCH]
            for message, encoding in zip(chunk, self._encode(chunk), strict=True):
                self._featurize(message, encoding)
        return training_data

    def _encode(self, messages: list[Message]) -> list[Encoding]:
        return self._encoder.encode_many([message.get(TEXT) or "" for message in messages])

    def _featurize(self, message: Message, encoding: Encoding) -> None:
        if message.get(TEXT):
            vector = encoding.sentence[None]
            message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))


def sentence_of(message: Message) -> FloatArray | None:
    """Returns the message's vector, shape ``(384,)``, None where it was not made.

    In training it is among the features alone: of what lies beside them, Rasa writes all numbers out as text,
    to see whether they are others than before.
    """
    encoding = message.get(ENCODING)
    if isinstance(encoding, Encoding):
        return encoding.sentence
    for one in message.features:
        if (
            one.attribute == TEXT
            and one.is_dense()
            and MiniLMFeaturizer.__name__ in str(one.origin)
        ):
            return np.asarray(one.features[0], np.float32)
    return None
