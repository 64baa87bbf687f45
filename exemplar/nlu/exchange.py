"""What a message does, and what it asks, read beside its intent where the conversation is known."""

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

from exemplar.emotion.encoder import fingerprint, shared_encoder
from exemplar.nlu import acts, learned, machines, meanings, questions
from exemplar.nlu.acts import EXCHANGES, ActModel, Exchange, Labelled, load_exchanges
from exemplar.nlu.exchange_reader import (
    ExchangeReader,
    Read,
    exchange_fingerprint,
    load_exchange_reader,
)
from exemplar.nlu.meanings import MEANT, MeaningModel, Meant, load_meant
from exemplar.nlu.minilm import sentence_of
from exemplar.nlu.questions import NONE, OTHER, QUESTIONS, QuestionModel, asked_in, load_wordings

#: The message property that says what it does: ``name``, ``confidence``, and ``shares`` of all acts.
ACT: Final = "act"
#: In a message's metadata: what the assistant said just before it.
BEFORE: Final = "said_before"
#: The message property that says how likely it asks each kind of question.
ASKS: Final = "asks"
#: How much the reading of message and what went before counts, against the message's own words. Chosen on a
#: left-out hand (docs/testers.md).
_TOGETHER: Final = 0.6
_TOGETHER_ACTS: Final = 0.5
#: What is less likely is not carried along.
_LIKELY: Final = 0.1
#: The message property that says how much amid a conversation it is like what means each kind of question and
#: each intent, see :class:`exemplar.nlu.meanings.MeaningModel`.
MEANS: Final = "means"
#: So many exchanges of each kind and wish, and phrases of each intent, are learned from beside those of
#: ``data/meant/``: who says a thing plainly amid a conversation says it as anywhere.
_BESIDE_MEANT: Final = 25
_ACTS_FILE: Final = "acts.joblib"
_QUESTIONS_FILE: Final = "questions.joblib"
_MEANINGS_FILE: Final = "meanings.joblib"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class Exchanges(GraphComponent):
    """Puts how likely acts and questions are beside ``intent``, where the metadata say what went before.

    It learns from ``data/exchanges/``, which are conversations: Rasa's training data know no such thing. And
    from ``data/questions/``, whose kinds are no intents: what they are about is known already. Beside what is
    learned from them at each training, an encoder that was tuned to exchanges before is heard
    (``models/exchanges/``); a kind that came after it is told by the former alone.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Exchanges:
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
    ) -> Exchanges:
        """Made by Rasa from a trained assistant."""
        made = cls(model_storage, resource)
        made._reader = load_exchange_reader()
        with model_storage.read_from(resource) as folder:
            if (folder / _ACTS_FILE).exists():
                made._acts = joblib.load(folder / _ACTS_FILE)
            if (folder / _QUESTIONS_FILE).exists():
                made._questions = joblib.load(folder / _QUESTIONS_FILE)
            if (folder / _MEANINGS_FILE).exists():
                made._meanings = joblib.load(folder / _MEANINGS_FILE)
        return made

    def __init__(self, model_storage: ModelStorage, resource: Resource) -> None:
        """Knows nothing until it is trained or loaded."""
        self._storage = model_storage
        self._resource = resource
        self._acts: ActModel | None = None
        self._questions: QuestionModel | None = None
        self._meanings: MeaningModel | None = None
        self._reader: ExchangeReader | None = None

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Tells Rasa's cache when what is learned, or by what, is other than before."""
        digest = hashlib.sha256(f"{fingerprint()} {exchange_fingerprint()}".encode())
        # The models' own code, too: Rasa sees this file alone.
        code = tuple(
            Path(str(part.__file__)) for part in (acts, questions, machines, meanings, learned)
        )
        data = (file for folder in (EXCHANGES, QUESTIONS, MEANT) for file in folder.glob("*.yml"))
        for file in (*code, *sorted(data)):
            digest.update(file.read_bytes())
        return digest.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the labelled exchanges, where there are any."""
        labelled = load_exchanges()
        wordings = [*load_wordings(), *asked_in(labelled)]
        self._reader = load_exchange_reader()
        with self._storage.write_to(self._resource) as folder:
            if labelled:
                self._acts = ActModel(labelled)
                joblib.dump(self._acts, folder / _ACTS_FILE)
            if wordings:
                self._questions = QuestionModel(wordings)
                joblib.dump(self._questions, folder / _QUESTIONS_FILE)
            meant = load_meant()
            if meant:
                meant += some_of([*meant_in(labelled), *phrases_in(training_data)])
                self._meanings = meaning_model(meant, self._reader)
                joblib.dump(self._meanings, folder / _MEANINGS_FILE)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the training data as they are: an act is no feature of an intent."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Reads the messages of which it is known what went before."""
        for message in messages:
            metadata = message.get("metadata")
            before = metadata.get(BEFORE) if isinstance(metadata, dict) else None
            if self._acts is None or before is None:
                continue
            exchange = Exchange(message.get(TEXT) or "", str(before))
            seen = self._reader.see(exchange) if self._reader is not None else None
            together = self._reader.read_seen(seen) if self._reader and seen is not None else None
            if self._meanings is not None and seen is not None and exchange.before:
                sentence = sentence_of(message)
                if sentence is None:
                    sentence = shared_encoder().encode(exchange.text).sentence
                message.set(MEANS, self._meanings.scores(exchange.text, sentence, seen))
            if self._questions is not None:
                asks = self._questions.probabilities(exchange.text)
                asks = heard_together(asks, together)
                likely = {kind: share for kind, share in asks.items() if share >= _LIKELY}
                message.set(ASKS, likely, add_to_output=True)
            (row,) = self._acts.probabilities([exchange])
            scores = dict(zip(self._acts.acts, map(float, row), strict=True))
            scores = acts_together(scores, together)
            name = max(scores, key=scores.__getitem__)
            read = {"name": name, "confidence": scores[name], "shares": scores}
            message.set(ACT, read, add_to_output=True)
        return messages


def heard_together(asks: dict[str, float], together: Read | None) -> dict[str, float]:
    """Returns how likely each kind of question is by both readings.

    Args:
        asks: by the message's own words.
        together: by message and what went before; a kind that it doesn't know is told by the words alone.
    """
    if together is None:
        return asks
    known = together.kinds.keys() - {NONE}
    return {
        kind: (1 - _TOGETHER) * share + _TOGETHER * together.kinds[kind] if kind in known else share
        for kind, share in asks.items()
    }


def meant_in(labelled: Sequence[Labelled]) -> list[Meant]:
    """Returns the exchanges that ask or wish for something, by what that is."""
    return [
        Meant(one.exchange, kind)
        for one in labelled
        for kind in one.asks[:1] or (one.intent or OTHER,)
        if one.exchange.before and kind != OTHER
    ]


def phrases_in(training_data: TrainingData) -> list[Meant]:
    """Returns the phrases of Rasa's training data, with their intents."""
    examples = (one for one in training_data.intent_examples if one.get(TEXT))
    return [Meant(Exchange(one.get(TEXT)), str(one.get(INTENT))) for one in examples]


def some_of(meant: Sequence[Meant], most: int = _BESIDE_MEANT) -> list[Meant]:
    """Returns at most so many messages of each meaning, from all along the list: each hand is heard."""
    by_name: dict[str, list[Meant]] = {}
    for one in meant:
        by_name.setdefault(one.name, []).append(one)
    return [
        these[at * len(these) // most] if len(these) > most else these[at]
        for these in by_name.values()
        for at in range(min(most, len(these)))
    ]


def meaning_model(meant: Sequence[Meant], reader: ExchangeReader) -> MeaningModel:
    """Learns what messages mean, by the vectors of both encoders."""
    sentences = shared_encoder().map(
        lambda encoding: encoding.sentence, [one.exchange.text for one in meant]
    )
    return MeaningModel(
        meant, np.stack(sentences), reader.see_many([one.exchange for one in meant])
    )


def acts_together(scores: dict[str, float], together: Read | None) -> dict[str, float]:
    """Returns how likely each act is by both readings."""
    if together is None:
        return scores
    return {
        act: (1 - _TOGETHER_ACTS) * share + _TOGETHER_ACTS * together.acts.get(act, 0.0)
        for act, share in scores.items()
    }
