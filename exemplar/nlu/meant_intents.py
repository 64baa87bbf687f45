"""The intents of a message as it is meant in its conversation.

What is read by itself is learned from messages that open a matter. In the middle of one, people say what they
want by remarks: "unpack it then". There the meaning by message and what went before
(:mod:`exemplar.nlu.meanings`) is heard beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
)
from rasa.shared.nlu.training_data.message import Message

from exemplar.nlu.exchange import ASKS, MEANS
from exemplar.nlu.machines import softmax
from exemplar.nlu.meant import DECIDED
from exemplar.nlu.questions import NONE

#: What each voice counts in the logits: the intent read from the message alone, the kind of question, and the
#: likeness to what means it; and what questions, and what is neither of both, begin with. Fitted by maximum
#: likelihood on hands left out, with the question's at 0.8 of the intent's, and all of them times 1.25: as
#: fitted, more is right than its share says (docs/testers.md). What questions begin with was raised by 0.4
#: when more wishes than questions were learned from.
_BY_INTENT: Final = 0.53
_BY_QUESTION: Final = 0.42
_BY_MEANING: Final = 32.9
_QUESTION: Final = -0.76
_NEITHER: Final = -1.15
#: What is less likely than these was not read, as far as intents and questions go.
_LEAST_INTENT: Final = 1e-3
#: What is likelier than one less this was read as surely as can be.
_MOST_INTENT: Final = 1e-2
_LEAST_QUESTION: Final = 2e-2
#: Less likely questions are not carried along.
_LIKELY: Final = 0.1

#: A reading is never as sure as what a pattern decides.
_UNDECIDED: Final = 0.999

Ranking = Sequence[Mapping[str, Any]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class MeantIntents(GraphComponent):
    """Decides between intents and questions of the matter in hand, where it is known what went before.

    Each was read by models that know the one or the other alone. What a message asks of the matter in hand is
    no intent, and what wishes for something new asks nothing: of both, with neither, there is one decision.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``same``: for intents that ask, the kinds of questions that ask the same of the matter in hand."""
        return {"same": {}}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MeantIntents:
        """Made by Rasa."""
        return cls(config["same"])

    def __init__(self, same: Mapping[str, Sequence[str]]) -> None:
        """Takes which intents ask the same as which kinds of questions."""
        self._same = same

    def process(self, messages: list[Message]) -> list[Message]:
        """Weighs the readings of those that stand amid a conversation."""
        for message in messages:
            means, ranking = message.get(MEANS), message.get(INTENT_RANKING_KEY)
            if not means or not ranking or _confidence(ranking[0]) >= DECIDED:
                # What a pattern decided stays.
                continue
            ranking, asks = weigh(ranking, message.get(ASKS) or {}, means, self._same)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(ASKS, asks, add_to_output=True)
        return messages


def weigh(
    ranking: Ranking,
    asks: Mapping[str, float],
    means: Mapping[str, float],
    same: Mapping[str, Sequence[str]],
) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Returns the ranking of intents as it is meant, likeliest first, and how likely each question is.

    Args:
        ranking: intents with their ``confidence``, by the message alone, in [0, 1].
        asks: how likely each kind of question is, in [0, 1].
        means: how much the message is like what means each intent, each kind, or "none", about in [0, 1].
        same: kinds of questions that ask the same as an intent: it stands for either.
    """
    read = {str(one[INTENT_NAME_KEY]): _confidence(one) for one in ranking}
    kinds = sorted((asks.keys() | means.keys()) - read.keys() - {NONE})
    logits = [
        _BY_INTENT * math.log((share + _LEAST_INTENT) / (1 - share + _MOST_INTENT))
        for share in read.values()
    ]
    logits += [
        _BY_QUESTION * math.log(asks.get(kind, 0.0) + _LEAST_QUESTION) + _QUESTION for kind in kinds
    ]
    names = [*read, *kinds, NONE]
    likeness = np.array([means.get(name, 0.0) for name in names])
    (shares,) = softmax((np.array([*logits, _NEITHER]) + _BY_MEANING * likeness)[None])
    likely = dict(zip(names, map(float, shares), strict=True))
    weighed = {
        intent: likely[intent] + sum(likely.get(kind, 0.0) for kind in same.get(intent, ()))
        for intent in read
    }
    asked = {
        kind: likely[kind]
        + asks.get(kind, 0.0) * sum(likely.get(one, 0.0) for one in same if kind in same[one])
        for kind in kinds
    }
    return (
        [
            {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: min(share, _UNDECIDED)}
            for name, share in sorted(weighed.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        {kind: min(share, 1.0) for kind, share in asked.items() if share >= _LIKELY},
    )


def _confidence(one: Mapping[str, Any]) -> float:
    return float(one[PREDICTED_CONFIDENCE_KEY])
