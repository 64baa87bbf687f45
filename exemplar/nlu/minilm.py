"""MiniLM's vectors as dense features of tokens and sentence."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import (
    FEATURE_TYPE_SENTENCE,
    FEATURE_TYPE_SEQUENCE,
    TEXT,
)
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from exemplar.emotion.base import DIMENSIONS, FloatArray
from exemplar.emotion.encoder import Encoding, fingerprint, shared_encoder

#: Where later components find the message's encoding, so that it is made once.
ENCODING: Final = "minilm_encoding"
#: Where they find the message's vector, ``(384,)``, also in training.
SENTENCE: Final = "minilm_sentence"
_BATCH: Final = 256


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class MiniLMFeaturizer(DenseFeaturizer, GraphComponent):
    """Gives every token the mean of its word pieces' vectors, and the message the vector of its topic."""

    @classmethod
    def required_components(cls) -> list[type]:
        """It works on tokens."""
        return [Tokenizer]

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
        message.set(SENTENCE, encoding.sentence)
        tokens: list[Token] = message.get(TOKENS_NAMES[TEXT]) or []
        if not tokens:
            return
        for features, kind in (
            (of_tokens(tokens, encoding), FEATURE_TYPE_SEQUENCE),
            (encoding.sentence[None], FEATURE_TYPE_SENTENCE),
        ):
            message.add_features(Features(features, kind, TEXT, self._identifier))


def of_tokens(tokens: list[Token], encoding: Encoding) -> FloatArray:
    """Returns one vector a token, shape ``(len(tokens), 384)``.

    Both lists run in the order of the text, so one walk through them is enough, however long it is.
    """
    rows = np.zeros((len(tokens), DIMENSIONS), np.float32)
    first = 0
    for row, token in enumerate(tokens):
        while first < len(encoding.offsets) and encoding.offsets[first][1] <= token.start:
            first += 1
        last = first
        while last < len(encoding.offsets) and encoding.offsets[last][0] < token.end:
            last += 1
        if last > first:
            rows[row] = encoding.tokens[first:last].mean(axis=0)
            # A piece that reaches into the next token counts there, too.
            first = last - 1
    return rows
