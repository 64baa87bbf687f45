"""The rule policy predicts as Rasa's does, but for the slots that go first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from exemplar.dialogue.rules import Rules

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [affirm, details, wish]
slots:
  safety: {type: categorical, values: [alarm], mappings: [{type: custom}]}
  a_long_name_of_a_slot: {type: categorical, values: [so, other, third], mappings: [{type: custom}]}
actions: [action_stay, action_do, action_ask, action_fall_back]
"""
)
Rule = tuple[dict[str, str], str, str]
RULES: list[Rule] = [
    ({"safety": "alarm"}, "details", "action_stay"),
    ({"a_long_name_of_a_slot": "so"}, "details", "action_do"),
    ({}, "details", "action_ask"),
    ({}, "wish", "action_do"),
]


def tracker(slots: dict[str, str], intent: str, action: str | None = None) -> Any:
    made = TrackerWithCachedStates("x", slots=DOMAIN.slots, domain=DOMAIN)
    made.is_rule_tracker = action is not None
    if action is not None:
        # What went before does not matter to a rule.
        made.update(ActionExecuted("..."))
    for name, value in slots.items():
        made.update(SlotSet(name, value))
    made.update(ActionExecuted("action_listen"))
    made.update(UserUttered(intent={"name": intent}, text=None))
    if action is not None:
        made.update(ActionExecuted(action))
        made.update(ActionExecuted("action_listen"))
    return made


def trained(policy: type[RulePolicy], folder: Path, **config: Any) -> RulePolicy:
    folder.mkdir()
    made = policy.create(
        {
            **policy.get_default_config(),
            "core_fallback_action_name": "action_fall_back",
            "check_for_contradictions": False,
            **config,
        },
        LocalModelStorage(folder),
        Resource("rules"),
        ExecutionContext(GraphSchema({}), model_id="x"),
    )
    made.train([tracker(*rule) for rule in RULES], DOMAIN)
    return made


def predicted(policy: RulePolicy, slots: dict[str, str], intent: str) -> str:
    conversation = DialogueStateTracker.from_events("y", [], slots=DOMAIN.slots)
    for name, value in slots.items():
        conversation.update(SlotSet(name, value))
    conversation.update(ActionExecuted("action_listen"))
    conversation.update(UserUttered(intent={"name": intent}, text=None))
    scores = policy.predict_action_probabilities(conversation, DOMAIN).probabilities
    return str(DOMAIN.action_names_or_texts[scores.index(max(scores))])


BOTH = {"safety": "alarm", "a_long_name_of_a_slot": "so"}


@pytest.mark.parametrize(
    ("slots", "intent"),
    [
        ({}, "details"),
        ({"a_long_name_of_a_slot": "so"}, "details"),
        ({"safety": "alarm"}, "details"),
        (BOTH, "details"),
        (BOTH, "wish"),
        ({}, "affirm"),
    ],
)
def test_it_predicts_what_rasas_own_rule_policy_predicts(
    tmp_path: Path, slots: dict[str, str], intent: str
) -> None:
    own = trained(RulePolicy, tmp_path / "rasa")
    ours = trained(Rules, tmp_path / "ours")
    assert predicted(ours, slots, intent) == predicted(own, slots, intent)


def test_a_rule_on_a_slot_that_goes_first_outranks_one_with_a_longer_condition(
    tmp_path: Path,
) -> None:
    assert predicted(trained(Rules, tmp_path / "a"), BOTH, "details") == "action_do"
    assert predicted(trained(Rules, tmp_path / "b", first=["safety"]), BOTH, "details") == (
        "action_stay"
    )
    assert predicted(trained(Rules, tmp_path / "c", first=["safety"]), {}, "details") == (
        "action_ask"
    )


def test_slots_that_no_policy_looks_at_are_back_once_the_rules_are_learned(tmp_path: Path) -> None:
    domain = Domain.from_yaml(
        """
version: "3.1"
intents: [affirm, details, wish]
slots:
  safety: {type: categorical, values: [alarm], mappings: [{type: custom}]}
  a_long_name_of_a_slot: {type: categorical, values: [so, other, third], mappings: [{type: custom}]}
  idle: {type: text, influence_conversation: false, mappings: [{type: custom}]}
actions: [action_stay, action_do, action_ask, action_fall_back]
"""
    )
    made = TrackerWithCachedStates("x", slots=domain.slots, domain=domain, is_rule_tracker=True)
    for event in (
        ActionExecuted("..."),
        ActionExecuted("action_listen"),
        UserUttered(intent={"name": "wish"}, text=None),
        ActionExecuted("action_do"),
        ActionExecuted("action_listen"),
    ):
        made.update(event)
    policy = trained(Rules, tmp_path / "rules")
    policy.train([made], domain)
    assert "idle" in made.slots
    assert any("action_do" in action for action in policy.lookup["rules"].values())
