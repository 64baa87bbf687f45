"""Entities that are learned from the words around them."""

from __future__ import annotations

import copy
import json
from collections import OrderedDict
from collections.abc import Iterable, Iterator
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
from rasa.shared.nlu.constants import ENTITY_ATTRIBUTE_TYPE, METADATA
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
        marked = TrainingData()
        # Not by Rasa's own filter, which looks for duplicates anew, by the digest of every word.
        marked.training_examples = [
            one
            for one in training_data.training_examples
            if (one.get(METADATA) or {}).get("intent", {}) not in _UNMARKED
        ]
        return super().train(marked)

    @classmethod
    def train_model(
        cls, df_train: list[Any], config: dict[str, Any], crf_order: list[str]
    ) -> OrderedDict[str, Any]:
        """Trains a field for each kind of tag, as Rasa does, without what would only take time.

        Args:
            df_train: the words of each message.
            config: Rasa's own.
            crf_order: the kinds of tags.
        """
        fields: OrderedDict[str, Any] = OrderedDict()
        for kind in crf_order:
            field = sklearn_crfsuite.CRF(
                algorithm="lbfgs",
                c1=config["L1_c"],
                c2=config["L2_c"],
                max_iterations=config["max_iterations"],
                all_possible_transitions=True,
            )
            tags = [cls._crf_tokens_to_tags(words, kind) for words in df_train]
            with_tags = kind != ENTITY_ATTRIBUTE_TYPE
            features = (cls._crf_tokens_to_features(words, config, with_tags) for words in df_train)
            field.fit(_telling(features, tags), tags)
            fields[kind] = field
        return fields

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


def _telling(
    messages: Iterable[list[dict[str, Any]]], tags: list[list[str]]
) -> Iterator[list[dict[str, Any]]]:
    """Yields the features of each message's words without those that are not there.

    CRFsuite counts a false one as zero, and it changes no sum: but most are false, and going through them
    takes two thirds of the training. Only the first with each tag tells something: that there is a weight to
    learn for the feature and the tag, which may turn out negative.
    """
    known: set[tuple[str, str]] = set()
    for words, of_words in zip(messages, tags, strict=True):
        told = []
        for word, tag in zip(words, of_words, strict=True):
            kept = {}
            for name, value in word.items():
                if value is False:
                    if (name, tag) in known:
                        continue
                    known.add((name, tag))
                kept[name] = value
            told.append(kept)
        yield told


def _tagger(trained: bytes) -> Any:
    """Returns a field that only reads."""
    field = sklearn_crfsuite.CRF()
    # CRFsuite reads where the bytes lie, and they must lie there as long as it does.
    field.trained = trained
    field._tagger = pycrfsuite.Tagger()
    field._tagger.open_inmemory(trained)
    return field
