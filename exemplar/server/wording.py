"""Choosing among the variants of a response: none twice while there is another."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any, Final

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

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
