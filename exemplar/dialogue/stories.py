"""Rasa's stories, those for a feeling before those for a mood."""

from __future__ import annotations

from typing import Any, Final

from rasa.core.policies.memoization import AugmentedMemoizationPolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

#: The slot that stories learned from SESSIONS name.
FEELING: Final = "feeling"


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class Stories(AugmentedMemoizationPolicy):
    """Rasa's augmented memoization, which recalls a story for the feeling that shows, if there is one.

    Rasa recalls a story only where all slots are as in the story; each story would have to be written
    again for every feeling. Here, where none is for the feeling, it is looked for as if none showed.
    """

    def recall(
        self,
        states: list[State],
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None,
    ) -> str | None:
        """Returns the action that comes next in the story that fits, None if none does."""
        recalled = super().recall(states, tracker, domain, rule_only_data)
        if recalled is not None or not any(FEELING in (s.get("slots") or {}) for s in states):
            return recalled
        plain = tracker.init_copy()
        for event in tracker.applied_events():
            if not (isinstance(event, SlotSet) and event.key == FEELING):
                plain.update(event)
        states = self._prediction_states(plain, domain, rule_only_data=rule_only_data)
        return super().recall(states, plain, domain, rule_only_data)
