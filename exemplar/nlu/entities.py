"""Of entities that overlap, one is kept."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SettledEntities(GraphComponent):
    """Settles what several extractors say of the same words.

    The longer one is kept: "inv 208845" is an invoice, though "208845" alone would be an order. Where
    they are equally long, the more particular of the two forms wins, then what was learned.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SettledEntities:
        """Made by Rasa, for training and for use."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Leaves the entities that do not overlap, in the order of the text."""
        for message in messages:
            found = message.get(ENTITIES) or []
            if found:
                # Under one name, so that `rasa test` measures what is used.
                kept = [{**entity, "extractor": type(self).__name__} for entity in settled(found)]
                message.set(ENTITIES, kept, add_to_output=True)
        return messages


def settled(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the entities to keep; each has ``start``, ``end``, ``entity`` and perhaps ``extractor``."""

    def rank(entity: dict[str, Any]) -> tuple[int, int, int]:
        length = entity["end"] - entity["start"]
        # Six digits alone are an order only where nothing says otherwise.
        particular = entity["entity"] != "order_number"
        by_form = entity.get("extractor") == "RegexEntityExtractor"
        return -length, -int(particular), -int(by_form)

    kept: list[dict[str, Any]] = []
    for entity in sorted(entities, key=rank):
        if all(e["end"] <= entity["start"] or entity["end"] <= e["start"] for e in kept):
            kept.append(entity)
    return sorted(kept, key=lambda entity: entity["start"])
