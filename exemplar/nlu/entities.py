"""Of entities that overlap, one is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.regex_entity_extractor import RegexEntityExtractor
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

from exemplar.details import plain_name, plain_street

#: What is said before a part of an address or a name, and is none of it.
_PLAIN: Final[Mapping[str, Callable[[str], str]]] = {
    "street": plain_street,
    "name": plain_name,
    "city": plain_name,
}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SettledEntities(GraphComponent):
    """Settles what several extractors say of the same words.

    What has a form goes before what was learned: of "<mailto:a@b.org|a@b.org>" the address is kept. Of two
    forms the longer one is: "inv 208845" is an invoice, though "208845" alone would be an order; and of
    two equally long the more particular.
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
                kept = [
                    {**plainly(entity), "extractor": type(self).__name__}
                    for entity in settled(found)
                ]
                message.set(ENTITIES, kept, add_to_output=True)
        return messages


def settled(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the entities to keep; each has ``start``, ``end``, ``entity`` and perhaps ``extractor``."""

    def rank(entity: dict[str, Any]) -> tuple[bool, int, bool]:
        learned = entity.get("extractor") != RegexEntityExtractor.__name__
        # Six digits alone are an order only where nothing says otherwise.
        return learned, entity["start"] - entity["end"], entity["entity"] == "order_number"

    kept: list[dict[str, Any]] = []
    for entity in sorted(entities, key=rank):
        if all(e["end"] <= entity["start"] or entity["end"] <= e["start"] for e in kept):
            kept.append(entity)
    return sorted(kept, key=lambda entity: entity["start"])


def plainly(entity: dict[str, Any]) -> dict[str, Any]:
    """Returns a street, name or town without a word that is no part of it: "ok Keizersgracht 5"."""
    plain, value = _PLAIN.get(entity["entity"]), str(entity.get("value"))
    kept = plain(value) if plain else value
    # Where the value is written as the text has it, it begins later in it.
    lost = len(value) - len(kept) if value.endswith(kept) else 0
    as_written = entity["end"] - entity["start"] == len(value)
    return (
        {**entity, "value": kept, "start": entity["start"] + (lost if as_written else 0)}
        if lost
        else entity
    )
