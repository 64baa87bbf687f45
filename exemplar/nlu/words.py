"""Entities that are learned from the words around them."""

from __future__ import annotations

import copy
import json
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

import pycrfsuite
import sklearn_crfsuite
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.crf_entity_extractor import CRFEntityExtractor
from rasa.nlu.featurizers.sparse_featurizer.regex_featurizer import RegexFeaturizer
from rasa.shared.nlu.constants import METADATA
from rasa.shared.nlu.training_data.training_data import TrainingData

_ORDER: Final = "crf_order.json"
#: What marks the examples that `exemplar sessions learn` writes, and others in which no entity is marked.
FROM_SESSIONS: Final = {"source": "sessions"}
_UNMARKED: Final = (FROM_SESSIONS, {"entities": "unmarked"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class EntityPatterns(RegexFeaturizer):
    """Rasa's featurizer by patterns and lookups, of those alone that are named like an entity.

    Those that are named like an intent decide for it (``GuaranteedIntents``). A hundred of them would be
    searched for in every message twice, and would tell a word's neighbours nothing.
    """

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps the patterns of the entities that are marked in the examples."""
        entities = training_data.entities
        ours = copy.copy(training_data)
        ours.regex_features = [
            one for one in training_data.regex_features if one["name"] in entities
        ]
        ours.lookup_tables = [one for one in training_data.lookup_tables if one["name"] in entities]
        return super().train(ours)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class LearnedEntities(CRFEntityExtractor):
    """Rasa's conditional random field, kept as it was trained.

    Rasa keeps the training data, and trains anew whenever an assistant is loaded; that takes a minute at
    every start.
    """

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on what designers wrote; examples in which entities are not marked would unteach them."""
        marked = training_data.filter_training_examples(
            lambda example: (example.get(METADATA) or {}).get("intent", {}) not in _UNMARKED
        )
        return super().train(marked)

    def persist(self, dataset: list[Any]) -> None:
        """Writes the trained fields in CRFsuite's own format, which holds data alone and no code."""
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _ORDER).write_text(json.dumps(self.crf_order), encoding="utf-8")
            for name, tagger in (self.entity_taggers or {}).items():
                (folder / f"{name}.crfsuite").write_bytes(Path(tagger.modelfile.name).read_bytes())

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LearnedEntities:
        """Reads the trained fields; none where the training data had no entities."""
        taggers: OrderedDict[str, Any] = OrderedDict()
        order: list[str] = []
        try:
            with model_storage.read_from(resource) as folder:
                order = json.loads((folder / _ORDER).read_text(encoding="utf-8"))
                for name in order:
                    file = folder / f"{name}.crfsuite"
                    if file.exists():
                        taggers[name] = _tagger(file.read_bytes())
        except ValueError:
            return cls(config, model_storage, resource)
        extractor = cls(config, model_storage, resource, taggers)
        extractor.crf_order = order
        return extractor


def _tagger(trained: bytes) -> Any:
    """Returns a field that only reads."""
    field = sklearn_crfsuite.CRF()
    # CRFsuite reads where the bytes lie, and they must lie there as long as it does.
    field.trained = trained
    field._tagger = pycrfsuite.Tagger()
    field._tagger.open_inmemory(trained)
    return field
