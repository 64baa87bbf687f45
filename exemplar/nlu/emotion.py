"""The emotion reading of every message."""

from __future__ import annotations

from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from exemplar.emotion.reader import EmotionReader
from exemplar.nlu.minilm import ENCODING

#: The message property that carries the reading.
EMOTION: Final = "emotion"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class EmotionComponent(GraphComponent):
    """Puts the ``emotion`` object beside ``intent`` and ``entities``.

    It is no entity: one of those would have to be annotated in every test story.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EmotionComponent:
        """Made by Rasa; the weights come with the project."""
        return cls()

    def __init__(self) -> None:
        """Loads the heads unless the process has them already."""
        self._reader = EmotionReader()

    def process(self, messages: list[Message]) -> list[Message]:
        """Reads each message."""
        for message in messages:
            reading = self._reader.read(message.get(TEXT) or "", encoding=message.get(ENCODING))
            message.set(EMOTION, reading.as_dict(), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the training data as they are: the reading is no feature of an intent."""
        return training_data
