"""From SESSIONS to what a trained assistant does, and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.generator import TrainingDataGenerator
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.loading import load_data_from_files
from rasa.shared.core.training_data.structures import StoryGraph
from typer.testing import CliRunner

from exemplar.cli import app
from exemplar.dialogue.rules import Rules
from exemplar.dialogue.stories import Stories
from exemplar.sessions.files import session_files, write_session
from exemplar.sessions.model import Consent, Labels, Outcome, Session, Turn

DOMAIN = """
version: "3.1"
intents: [track_order, get_refund, provide_details, greet]
slots:
  frustration:
    type: categorical
    values: [low, medium, high]
    initial_value: low
    mappings: [{type: custom}]
  feeling:
    type: categorical
    values: [anger, frustration, anxiety, met]
    mappings: [{type: custom}]
  goal: {type: categorical, values: [track_order, get_refund], mappings: [{type: custom}]}
  order_state: {type: categorical, values: [late, unread], mappings: [{type: custom}]}
  stage:
    type: categorical
    influence_conversation: false
    values: [before, during, after]
    mappings:
    - {type: from_intent, intent: track_order, value: during}
    - {type: from_intent, intent: get_refund, value: after}
actions: [action_look_up, action_offer_person, action_fall_back]
responses:
  utter_open_hello: [{text: Hello.}]
  utter_apologize_down: [{text: Our systems do not answer.}]
  utter_explain_late: [{text: It is late.}]
  utter_restate_late: [{text: You have been waiting.}]
  utter_validate_late: [{text: That is a long wait.}]
  utter_own_late: [{text: I look into it.}]
  utter_validate_anxiety: [{text: Not knowing is the worst of it.}]
  utter_own_anxiety: [{text: I stay with it.}]
  utter_options_person: [{text: A colleague can take over.}]
"""
STORIES = """
version: "3.1"
stories:
- story: late, irritated
  steps:
  - or:
    - intent: track_order
    - intent: provide_details
  - slot_was_set: [{frustration: medium}, {goal: track_order}]
  - action: action_look_up
  - slot_was_set: [{order_state: late}]
  - action: utter_restate_late
  - action: utter_explain_late
- story: late, angry
  steps:
  - intent: track_order
  - slot_was_set: [{frustration: high}, {goal: track_order}]
  - action: action_look_up
  - slot_was_set: [{order_state: late}]
  - action: utter_validate_late
  - action: utter_own_late
  - action: utter_explain_late
"""
RULES = """
version: "3.1"
rules:
- rule: a greeting
  steps:
  - intent: greet
  - action: utter_open_hello
- rule: the shop does not answer
  steps:
  - intent: track_order
  - action: action_look_up
  - slot_was_set: [{order_state: unread}]
  - action: utter_apologize_down
"""
DESIGNED = ["action_look_up", "utter_restate_late", "utter_explain_late"]
LEARNED = [
    *("action_look_up", "utter_validate_anxiety", "utter_own_anxiety", "utter_explain_late"),
    *("utter_options_person", "action_offer_person"),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one matter: a domain, a few stories and rules, and no SESSION yet."""
    domain = tmp_path / "domain.yml"
    domain.write_text(DOMAIN)
    responses = 'version: "3.1"\n' + DOMAIN[DOMAIN.index("responses:") :]
    for name, text in (("stories", STORIES), ("rules", RULES), ("responses", responses)):
        (tmp_path / "data" / name).mkdir(parents=True)
        (tmp_path / "data" / name / "order.yml").write_text(text)
    (tmp_path / "data" / "sessions").mkdir()
    return tmp_path


def session(name: str, emotion: str, frustration: float, *moves: str, **changes: Any) -> Session:
    agreed = Consent(date(2026, 9, 1), "form 12", ("learning",))
    felt = Labels("author", intent="track_order", emotion=emotion, frustration=frustration)
    parts: dict[str, Any] = {
        "channel": "website",
        "stage": "during",
        "language": "en",
        "origin": "recorded",
        "agent": "exemplary",
        "customer_consent": agreed,
        "agent_consent": agreed,
        "started": datetime(2026, 9, 14, tzinfo=timezone.utc),
        "outcome": Outcome(True),
        "turns": (
            Turn("customer", 0.0, "where is it?", felt),
            Turn("agent", 9.0, "I look into it.", Labels("author", moves=moves)),
            Turn("customer", 20.0, "ok", Labels("author", emotion="neutral", frustration=0.1)),
        ),
    }
    return Session(id=name, **{**parts, **changes})


def learn(project: Path) -> str:
    data = project / "data"
    command = ["sessions", "learn", "--sessions", str(data / "sessions"), "--data", str(data)]
    done = CliRunner(mix_stderr=False).invoke(app, command, env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.exception
    return done.stdout


class Assistant:
    """What `rasa train` makes of a project's stories and rules, without TED and NLU."""

    def __init__(self, project: Path, folder: Path) -> None:
        folder.mkdir()
        self.domain = Domain.from_file(str(project / "domain.yml"))
        told = sorted(map(str, (project / "data").glob("[sr]*/**/*.yml")))
        steps = load_data_from_files(
            [file for file in told if "/sessions/" not in file], self.domain
        )
        trackers = TrainingDataGenerator(
            StoryGraph(steps), self.domain, augmentation_factor=0, use_story_concatenation=False
        ).generate()
        self.policies = []
        for policy, config in (
            (Rules, {"core_fallback_action_name": "action_fall_back", "first": []}),
            (Stories, {"max_history": 8}),
        ):
            made = policy.create(
                {**policy.get_default_config(), **config},
                LocalModelStorage(folder),
                Resource(policy.__name__),
                ExecutionContext(GraphSchema({}), model_id="x"),
            )
            # Rasa refuses stories that contradict a rule while it trains.
            made.train(trackers, self.domain)
            self.policies.append(made)

    def next(self, said: list[Event]) -> str | None:
        conversation = DialogueStateTracker.from_events("y", said, slots=self.domain.slots)
        predictions = [
            p.predict_action_probabilities(conversation, self.domain) for p in self.policies
        ]
        # As Rasa's ensemble: the surer one, then that of the higher priority.
        best = max(predictions, key=lambda p: (p.max_confidence, p.policy_priority))
        if not best.max_confidence or best.max_confidence < 0.5:
            return None
        return str(self.domain.action_names_or_texts[best.probabilities.index(best.max_confidence)])

    def answers(
        self, intent: str, before: tuple[Event, ...] = (), **slots: str | None
    ) -> list[str]:
        """Returns all that is done until it listens again."""
        said: list[Event] = [*before, ActionExecuted("action_listen")]
        said += [UserUttered(intent={"name": intent}, text=None)]
        said += [SlotSet(name, value) for name, value in slots.items()]
        done: list[str] = []
        while (action := self.next(said)) not in {None, "action_listen"}:
            assert action is not None
            done.append(action)
            said.append(ActionExecuted(action))
            if action == "action_look_up":
                said.append(SlotSet("order_state", "late"))
            assert len(done) < 20
        return done


@pytest.fixture
def trained(project: Path) -> Iterator[Any]:
    """Trains the project as it stands."""
    number = iter(range(99))
    return lambda: Assistant(project, project / f"model-{next(number)}")


WORRIED = {"frustration": "medium", "feeling": "anxiety", "goal": "track_order"}


def test_what_exemplars_do_changes_what_is_predicted_and_withdrawing_takes_it_back(
    project: Path, trained: Any
) -> None:
    sessions = project / "data" / "sessions"
    assistant = trained()
    assert assistant.answers("track_order", **WORRIED) == DESIGNED
    for number in range(3):
        moves = ("validate", "own", "explain", "handover")
        write_session(session(f"s-{number}", "anxiety", 0.6, *moves), sessions)
    assert "3 SESSIONS taught 1 stories" in learn(project)
    assert "s-2, turn 2" in (sessions / "practice.json").read_text()

    assistant = trained()
    assert assistant.answers("track_order", **WORRIED) == LEARNED
    assert assistant.answers("provide_details", **WORRIED) == LEARNED
    # Nothing else has changed.
    for other in ({**WORRIED, "feeling": "anger"}, {**WORRIED, "feeling": None}):
        assert assistant.answers("track_order", **other) == DESIGNED
    angry = assistant.answers("track_order", **{**WORRIED, "frustration": "high"})
    assert angry == [
        "action_look_up",
        "utter_validate_late",
        "utter_own_late",
        "utter_explain_late",
    ]
    assert assistant.answers("greet", **WORRIED) == ["utter_open_hello"]
    # And so it is in a later turn.
    greeted = (
        ActionExecuted("action_listen"),
        UserUttered(intent={"name": "greet"}, text=None),
        SlotSet("feeling", "anger"),
        ActionExecuted("utter_open_hello"),
    )
    assert assistant.answers("track_order", greeted, **WORRIED) == LEARNED

    # One of them withdraws, and too few are left.
    (sessions / "s-1.yml").unlink()
    assert "No longer taught, taken out: “late, irritated; anxiety”" in learn(project)
    assert trained().answers("track_order", **WORRIED) == DESIGNED
    for file in session_files(sessions):
        file.unlink()
    learn(project)
    assert list((project / "data" / "stories" / "exemplary").iterdir()) == []
    assert "s-" not in (project / "data" / "sessions" / "learned.json").read_text()
    assert "s-" not in (project / "data" / "sessions" / "practice.json").read_text()


def test_consent_that_is_withdrawn_in_the_file_takes_it_back_as_well(
    project: Path, trained: Any
) -> None:
    taught = [session(f"s-{n}", "anxiety", 0.6, "validate", "own", "explain") for n in range(3)]
    for one in taught:
        write_session(one, project / "data" / "sessions")
    learn(project)
    assert "utter_own_anxiety" in trained().answers("track_order", **WORRIED)
    gone = Consent(date(2026, 9, 1), "form 12", ("learning",), withdrawn=date(2026, 10, 1))
    moves = ("validate", "own", "explain")
    for side in ("customer_consent", "agent_consent"):
        write_session(
            session("s-0", "anxiety", 0.6, *moves, **{side: gone}), project / "data" / "sessions"
        )
        learn(project)
        assert trained().answers("track_order", **WORRIED) == DESIGNED


def test_ordinary_agents_and_what_is_set_apart_change_nothing(project: Path, trained: Any) -> None:
    for number in range(5):
        for changes in ({"agent": "ordinary"}, {"apart": True}):
            name = f"s-{number}-{next(iter(changes))}"
            one = session(name, "anxiety", 0.6, "validate", "own", **changes)
            write_session(one, project / "data" / "sessions")
    assert "No SESSION may teach" in learn(project)
    assert trained().answers("track_order", **WORRIED) == DESIGNED


def test_a_story_that_a_rule_forbids_never_reaches_training(project: Path, trained: Any) -> None:
    for number in range(3):
        write_session(
            session(f"s-{number}", "anxiety", 0.6, "validate", "own"), project / "data" / "sessions"
        )
    with (project / "data" / "rules" / "order.yml").open("a") as rules:
        rules.write(
            "- rule: the worried\n"
            "  steps:\n"
            "  - intent: track_order\n"
            "  - slot_was_set: [{feeling: anxiety}]\n"
            "  - action: action_look_up\n"
            "  - slot_was_set: [{order_state: late}]\n"
            "  - action: utter_validate_late\n"
        )
    said = learn(project)
    assert "Not written: “late, irritated; anxiety” contradicts the rule “the worried”" in said
    # Rasa looks for contradictions too, and trains.
    assert trained().answers("track_order", **WORRIED)[:2] == [
        "action_look_up",
        "utter_validate_late",
    ]
