"""A story for the feeling that shows goes before one for the mood."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.memoization import AugmentedMemoizationPolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from exemplar.dialogue.stories import Stories

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [late, details, thanks]
slots:
  frustration: {type: categorical, values: [low, high], initial_value: low, mappings: [{type: custom}]}
  feeling: {type: categorical, values: [anger, sadness, met], mappings: [{type: custom}]}
  state: {type: categorical, values: [late, lost], mappings: [{type: custom}]}
actions: [action_look, action_own, action_validate, action_explain, action_expect, action_close]
"""
)
Step = str | tuple[str, str | None]
#: A slot is set, "?" begins a customer's words, all else is done.
PLAIN: list[Step] = ["?late", ("frustration", "high"), "action_look", ("state", "late")]
STORIES: list[list[Step]] = [
    [*PLAIN, "action_own", "action_explain"],
    [
        *("?late", ("frustration", "high"), ("feeling", "anger"), "action_look", ("state", "late")),
        *("action_validate", "action_explain", "action_expect"),
    ],
    ["?thanks", ("frustration", "low"), "action_close"],
]


def events(steps: Sequence[Step]) -> list[Event]:
    """Returns what happens in a conversation; the assistant listens before every customer's words."""
    made: list[Event] = []
    for step in steps:
        if isinstance(step, tuple):
            made.append(SlotSet(*step))
        elif step.startswith("?"):
            made.append(ActionExecuted("action_listen"))
            made.append(UserUttered(intent={"name": step[1:]}, text=None))
        else:
            made.append(ActionExecuted(step))
    return made


def trained(policy: type[AugmentedMemoizationPolicy], folder: Path) -> AugmentedMemoizationPolicy:
    folder.mkdir()
    made = policy.create(
        {**policy.get_default_config(), "max_history": 8},
        LocalModelStorage(folder),
        Resource("stories"),
        ExecutionContext(GraphSchema({}), model_id="x"),
    )
    told = []
    for story in STORIES:
        tracker = TrackerWithCachedStates("x", slots=DOMAIN.slots, domain=DOMAIN)
        for event in [*events(story), ActionExecuted("action_listen")]:
            tracker.update(event)
        told.append(tracker)
    made.train(told, DOMAIN)
    return made


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> AugmentedMemoizationPolicy:
    return trained(Stories, tmp_path_factory.mktemp("policy") / "ours")


def predicted(policy: AugmentedMemoizationPolicy, *steps: Step) -> str | None:
    """Returns what a policy would do next, None where it recalls nothing."""
    conversation = DialogueStateTracker.from_events("y", events(steps), slots=DOMAIN.slots)
    scores = policy.predict_action_probabilities(conversation, DOMAIN).probabilities
    return str(DOMAIN.action_names_or_texts[scores.index(max(scores))]) if max(scores) else None


def whole(policy: AugmentedMemoizationPolicy, *before: Step) -> list[str | None]:
    """Returns all that a policy does from here on until it listens."""
    done: list[str | None] = []
    steps = list(before)
    while not done or done[-1] not in {None, "action_listen"}:
        done.append(predicted(policy, *steps))
        steps += [done[-1] or "", *([("state", "late")] if done[-1] == "action_look" else [])]
    return done


def late(*slots: tuple[str, str | None]) -> list[Step]:
    # What a message shows is set anew with every message.
    return ["?late", ("frustration", "high"), *slots]


OWNED = ["action_look", "action_own", "action_explain", "action_listen"]
MET = ["action_look", "action_validate", "action_explain", "action_expect", "action_listen"]


def test_a_story_for_the_feeling_goes_before_one_for_the_mood(
    stories: AugmentedMemoizationPolicy,
) -> None:
    assert whole(stories, *late(("feeling", "anger"))) == MET


def test_where_no_story_is_for_the_feeling_the_one_for_the_mood_is_recalled(
    stories: AugmentedMemoizationPolicy,
) -> None:
    assert whole(stories, *late(("feeling", "sadness"))) == OWNED
    assert whole(stories, *late(("feeling", "met"))) == OWNED
    assert whole(stories, "?thanks", ("feeling", "anger")) == ["action_close", "action_listen"]


def test_where_no_feeling_shows_the_one_for_the_mood_is_recalled(
    stories: AugmentedMemoizationPolicy,
) -> None:
    assert whole(stories, *late()) == OWNED
    assert whole(stories, *late(("feeling", None))) == OWNED


def test_it_is_so_in_a_later_turn_whatever_showed_before(
    stories: AugmentedMemoizationPolicy,
) -> None:
    sad_before: list[Step] = ["?thanks", ("feeling", "sadness"), "action_close"]
    angry_before = STORIES[1]
    assert whole(stories, *sad_before, *late(("feeling", "anger"))) == MET
    assert whole(stories, *sad_before, *late(("feeling", None))) == OWNED
    assert whole(stories, *sad_before, *late()) == OWNED
    assert whole(stories, *angry_before, *late(("feeling", "sadness"))) == OWNED
    assert whole(stories, *angry_before, *late(("feeling", "anger"))) == MET


def test_a_story_that_was_begun_for_the_feeling_is_gone_on_with(
    stories: AugmentedMemoizationPolicy,
) -> None:
    begun = [*late(("feeling", "anger")), "action_look", ("state", "late"), "action_validate"]
    assert predicted(stories, *begun) == "action_explain"
    # No story has these words where another feeling shows.
    begun[2] = ("feeling", "sadness")
    assert predicted(stories, *begun) is None


def test_what_is_in_no_story_is_not_recalled(stories: AugmentedMemoizationPolicy) -> None:
    for feeling in ("anger", "sadness", None):
        slots = ("feeling", feeling)
        assert predicted(stories, "?details", slots) is None
        assert predicted(stories, *late(slots), "action_look", ("state", "lost")) is None


def test_without_a_feeling_it_recalls_what_rasas_own_policy_recalls(
    stories: AugmentedMemoizationPolicy, tmp_path: Path
) -> None:
    own = trained(AugmentedMemoizationPolicy, tmp_path / "rasa")
    for before in ([], ["?thanks", "action_close"], late(), [*PLAIN, "action_own"], ["?details"]):
        for then in (["?late"], late(), ["?thanks"], ["?details"]):
            steps: list[Any] = [*before, *then]
            assert predicted(stories, *steps) == predicted(own, *steps), steps
    # Rasa's own knows no story for another feeling.
    assert predicted(own, *late(("feeling", "sadness"))) is None


def test_the_conversation_itself_is_left_as_it_was(stories: AugmentedMemoizationPolicy) -> None:
    said = events(late(("feeling", "sadness")))
    conversation = DialogueStateTracker.from_events("y", said, slots=DOMAIN.slots)
    stories.predict_action_probabilities(conversation, DOMAIN)
    assert conversation.get_slot("feeling") == "sadness"
    assert list(conversation.events) == said


def test_it_is_the_same_after_it_was_stored(tmp_path: Path) -> None:
    made = trained(Stories, tmp_path / "model")
    again = Stories.load(
        made.config,
        LocalModelStorage(tmp_path / "model"),
        Resource("stories"),
        ExecutionContext(GraphSchema({}), model_id="x"),
    )
    assert whole(again, *late(("feeling", "anger"))) == MET
    assert whole(again, *late(("feeling", "sadness"))) == OWNED
