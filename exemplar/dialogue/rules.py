"""Rasa's rules, fast enough for a thousand of them."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import SHOULD_NOT_BE_SET, SLOTS, USER
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.nlu.constants import INTENT

from exemplar.conversation import ANY, EXTERNAL

_PREVIOUS: Final = "prev_action"
#: What stands for a rule that begins with the conversation, or a state in which nothing happened yet.
_START: Final = "{}"


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class Rules(RulePolicy):
    """Rasa's rule policy.

    Of the rules that fit, Rasa takes the one whose conditions are the longest text. Here those with a
    condition on a slot of ``first`` go before all others, an earlier slot before a later one.

    A rule for the intent ``any`` fits whatever a customer's message was read as, but for the intents of
    ``any_but``: what a message says in so many words it says whatever it was taken for. Of two rules with the
    same conditions, the one that names the intent is taken: no intent has a shorter name.

    Rasa reads every rule out of its JSON at every prediction and remembers only the last thousand; with
    more, it remembers none in time, and checking rules against each other takes hours. Here they are
    remembered all, and only those are looked at that end where the conversation is.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's own, ``first``: slots whose rules go before all others, and ``any_but``: not in ``any``."""
        return {**RulePolicy.get_default_config(), "first": [], "any_but": []}

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Made by Rasa."""
        super().__init__(*arguments, **named)
        self._by_ending: tuple[int, dict[str, set[str]]] = (0, {})

    @staticmethod
    @functools.cache
    def _rule_key_to_state(rule_key: str) -> list[dict[str, Any]]:
        return json.loads(rule_key)

    def train(
        self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any
    ) -> Resource:
        """Learns the rules, and checks them against each other and the stories."""
        with _without_idle_slots(training_trackers):
            return super().train(training_trackers, domain, **kwargs)

    def _get_possible_keys(self, lookup: dict[str, str], states: list[dict[str, Any]]) -> set[str]:
        if not states:
            return set(lookup)
        possible = self._fitting(lookup, states)
        if self._is_any(states[-1]):
            possible |= self._fitting(lookup, [*map(_read_as_any, states)])
        for slot in self.config["first"]:
            urgent = {key for key in possible if self._asks_for(key, slot)}
            if urgent:
                return urgent
        return possible

    def _is_any(self, state: dict[str, Any]) -> bool:
        """Tells whether the latest message is one that rules for any message are for."""
        intent = _intent_of(state)
        from_program = intent is None or intent.startswith(EXTERNAL)
        return not from_program and intent not in self.config["any_but"]

    def _fitting(self, lookup: dict[str, str], states: list[dict[str, Any]]) -> set[str]:
        possible = self._ending_like(lookup, states[-1])
        for turn, state in enumerate(reversed(states)):
            possible = {key for key in possible if self._is_rule_applicable(key, turn, state)}
            if not possible:
                break
        return possible

    def _asks_for(self, key: str, slot: str) -> bool:
        asked = (self._rule_key_to_state(key) or [{}])[-1].get(SLOTS, {}).get(slot)
        return asked is not None and asked != SHOULD_NOT_BE_SET

    def _ending_like(self, lookup: dict[str, str], state: dict[str, Any]) -> set[str]:
        """Returns the rules whose last state has the same previous action, and the same intent or none."""
        known, by_ending = self._by_ending
        if known != id(lookup):
            by_ending = {}
            for key in lookup:
                rule = self._rule_key_to_state(key)
                # An empty rule says nothing of how it ends.
                ending = _ending(rule[-1]) if rule else _START
                by_ending.setdefault(ending, set()).add(key)
            self._by_ending = id(lookup), by_ending
        heard = by_ending.get(_ending(state), set())
        return heard | by_ending.get(_ending({**state, USER: {}}), set())


@contextmanager
def _without_idle_slots(trackers: list[TrackerWithCachedStates]) -> Iterator[None]:
    """Takes the slots from the trackers that no policy looks at and no event sets.

    Every check copies a tracker with its slots, and goes through all of them at every event; of ours, one in
    six counts.
    """
    set_somewhere = {
        event.key for one in trackers for event in one.events if isinstance(event, SlotSet)
    }
    kept = [one.slots for one in trackers]
    for one in trackers:
        one.slots = {
            name: slot
            for name, slot in one.slots.items()
            if slot.influence_conversation or name in set_somewhere
        }
    try:
        yield
    finally:
        for one, slots in zip(trackers, kept, strict=True):
            one.slots = slots


def _intent_of(state: dict[str, Any]) -> str | None:
    return (state.get(USER) or {}).get(INTENT)


def _read_as_any(state: dict[str, Any]) -> dict[str, Any]:
    return {**state, USER: {**state[USER], INTENT: ANY}} if _intent_of(state) else state


def _ending(state: dict[str, Any]) -> str:
    return json.dumps([state.get(_PREVIOUS) or {}, _intent_of(state)], sort_keys=True)
