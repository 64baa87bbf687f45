"""Choosing among the variants of a response: none twice while there is another."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any, Final

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.utils.endpoints import EndpointConfig

#: Moves that meet a feeling or say a matter back; where it is unsure what the matter is, they name none.
_OF_A_MATTER: Final = ("utter_validate_", "utter_apologize_", "utter_own_", "utter_restate_")
#: Read as one of these, a message says nothing of a matter; less sure than this, another one says little.
_NO_MATTER: Final = frozenset({DEFAULT_NLU_FALLBACK_INTENT_NAME, "out_of_scope"})
_SURE: Final = 0.5
#: Where an utterance says which variant it is, so that the next choice can avoid it.
VARIANT: Final = "variant"


class Wording(TemplatedNaturalLanguageGenerator):
    """Rasa's own responses, taking the variant that the conversation has heard least."""

    def __init__(
        self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None
    ) -> None:
        """Takes the domain's responses."""
        super().__init__(domain.responses if domain else {})

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """Returns the response, filled in; None if there is none of that name."""
        filled = tracker.current_slot_values()
        fitting = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, filled
        )
        if not fitting:
            return None
        if utter_action.startswith(_OF_A_MATTER) and _unsure(tracker):
            fitting = (
                ResponseVariationFilter(self.responses).responses_for_utter_action(
                    utter_action, output_channel, {**filled, "goal": None}
                )
                or fitting
            )
        variants = self.responses[utter_action]
        heard = Counter(
            event.metadata[VARIANT]
            for event in tracker.events
            if isinstance(event, BotUttered)
            and event.metadata.get("utter_action") == utter_action
            and VARIANT in event.metadata
        )
        # Among the least heard the first: a conversation can be played again word for word.
        chosen = min(fitting, key=lambda variant: heard[variants.index(variant)])
        response = self._fill_response(copy.deepcopy(chosen), filled, **kwargs)
        return {**response, "utter_action": utter_action, VARIANT: variants.index(chosen)}


def _unsure(tracker: DialogueStateTracker) -> bool:
    """Tells whether it is unsure what the latest message is about: then the matter may be a wrong one."""
    intent = (tracker.latest_message.intent if tracker.latest_message else None) or {}
    name = intent.get(INTENT_NAME_KEY)
    told = [e for e in tracker.events if isinstance(e, UserUttered)]
    if any((one.intent or {}).get(INTENT_NAME_KEY) == name for one in told[:-1]) and (
        name == tracker.get_slot("goal")
    ):
        # It goes on with the matter that it was about before.
        return False
    sure = float(intent.get(PREDICTED_CONFIDENCE_KEY) or 1.0) >= _SURE
    return name in _NO_MATTER or not sure
