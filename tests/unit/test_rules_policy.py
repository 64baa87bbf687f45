"""The rule policy predicts as Rasa's does, but for the slots that go first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from actions.asked_on import ASKED_ON
from actions.in_words import SAID_OF_ORDER
from actions.purchase import SAID_OF_PURCHASE
from exemplar.conversation import ANY
from exemplar.dialogue.rules import Rules
from tests.conftest import ROOT

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [any, affirm, details, wish, nlu_fallback, crisis, EXTERNAL_due]
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


def trained(
    policy: type[RulePolicy], folder: Path, rules: list[Rule] = RULES, **config: Any
) -> RulePolicy:
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
    made.train([tracker(*rule) for rule in rules], DOMAIN)
    return made


def predicted(
    policy: RulePolicy, slots: dict[str, str], intent: str, done: str | None = None
) -> str:
    conversation = DialogueStateTracker.from_events("y", [], slots=DOMAIN.slots)
    for name, value in slots.items():
        conversation.update(SlotSet(name, value))
    conversation.update(ActionExecuted("action_listen"))
    conversation.update(UserUttered(intent={"name": intent}, text=None))
    if done is not None:
        conversation.update(ActionExecuted(done))
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


SAID = {"a_long_name_of_a_slot": "so"}
FOR_ANY: list[Rule] = [
    (SAID, "any", "action_do"),
    (SAID, "details", "action_ask"),
    ({}, "wish", "action_stay"),
]


def for_any(folder: Path) -> RulePolicy:
    return trained(Rules, folder, rules=FOR_ANY, any_but=["crisis"])


def test_a_rule_for_any_intent_fits_whatever_a_message_was_read_as(tmp_path: Path) -> None:
    ours = for_any(tmp_path / "ours")
    assert predicted(ours, SAID, "affirm") == "action_do"
    assert predicted(ours, SAID, "nlu_fallback") == "action_do"
    # Where nothing is said in so many words, the intent counts.
    assert predicted(ours, {}, "wish") == "action_stay"
    assert predicted(ours, {}, "affirm") == "action_fall_back"


def test_a_rule_that_names_the_intent_goes_before_one_for_any(tmp_path: Path) -> None:
    assert predicted(for_any(tmp_path / "ours"), SAID, "details") == "action_ask"


def test_what_is_guaranteed_is_not_any(tmp_path: Path) -> None:
    assert predicted(for_any(tmp_path / "ours"), SAID, "crisis") == "action_fall_back"


def test_what_a_program_says_is_not_any(tmp_path: Path) -> None:
    assert predicted(for_any(tmp_path / "ours"), SAID, "EXTERNAL_due") == "action_fall_back"


def test_a_rule_for_any_intent_goes_on_after_its_first_action(tmp_path: Path) -> None:
    ours = for_any(tmp_path / "ours")
    assert predicted(ours, SAID, "affirm", done="action_do") == "action_listen"


def test_what_is_said_in_so_many_words_has_rules_for_whatever_it_is_read_as() -> None:
    heard: dict[str, set[str]] = {}
    for file in (ROOT / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]:
            conditions = [
                pair for one in rule.get("condition") or () for pair in one["slot_was_set"]
            ]
            first = rule["steps"][0]
            intents = {one["intent"] for one in first.get("or", [first]) if "intent" in one}
            for condition in conditions:
                heard.setdefault(str(condition.get("said")), set()).update(intents)
    decided = {*SAID_OF_ORDER, *SAID_OF_PURCHASE, *ASKED_ON}
    assert [what for what in decided if ANY not in heard.get(what, ())] == []


def test_config_names_the_guarantees_that_are_not_any() -> None:
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    (rules,) = (one for one in config["policies"] if one["name"].endswith(".Rules"))
    assert {"crisis", "contact_human_agent"} <= set(rules["any_but"])
