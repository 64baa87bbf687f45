"""What was learned as stories, the files that they stand in, and where they come from."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from recorded import AGREED, recorded
from typer.testing import CliRunner, Result

from exemplar.cli import app
from exemplar.errors import ExemplarError
from exemplar.moves import MET_BY, move_of
from exemplar.sessions.files import read_sessions, write_session
from exemplar.sessions.learning import learn
from exemplar.sessions.model import Labels, Session, Turn
from exemplar.sessions.project import goals_of, read_domain, responses_of, stages_of
from exemplar.sessions.shelf import FOLDER, LEDGER, Shelved, shelve
from exemplar.sessions.stories import (
    MEET,
    MOST,
    Base,
    Contradiction,
    Story,
    read_bases,
    sift,
    write_stories,
)
from exemplar.settings import ROOT

DOMAIN = """
version: "3.1"
slots:
  goal: {type: categorical, values: [track_order, get_refund], mappings: [{type: custom}]}
  stage:
    type: categorical
    values: [before, during, after]
    mappings:
    - {type: from_intent, intent: [track_order], value: during}
    - {type: from_intent, intent: [get_refund], value: after}
"""
STORIES = """
version: "3.1"
stories:
- story: late, calm
  steps:
  - intent: track_order
  - slot_was_set: [{frustration: low}, {goal: track_order}]
  - action: action_look_up
  - slot_was_set: [{order_state: late}]
  - action: utter_explain_late
- story: late, irritated
  steps:
  - intent: track_order
  - slot_was_set: [{frustration: medium}, {goal: track_order}]
  - action: action_look_up
  - slot_was_set: [{order_state: late}]
  - action: utter_restate_late
  - action: utter_explain_late
  - action: utter_expect_late
- story: late, angry
  steps:
  - intent: track_order
  - slot_was_set: [{frustration: high}, {goal: track_order}]
  - action: action_look_up
  - slot_was_set: [{order_state: late}]
  - action: utter_validate_late
  - action: utter_own_late
  - action: utter_explain_late
  - action: utter_options_person
  - action: action_offer_person
- story: the shop does not answer, irritated
  steps:
  - intent: track_order
  - slot_was_set: [{frustration: medium}, {goal: track_order}]
  - action: action_look_up
  - slot_was_set: [{order_state: unread}]
  - action: utter_apologize_down
- story: which order, irritated
  steps:
  - intent: track_order
  - slot_was_set: [{frustration: medium}, {goal: track_order}]
  - action: action_look_up
  - slot_was_set: [{order_state: needs_details}]
  - action: utter_clarify_order
- story: two turns
  steps:
  - intent: track_order
  - slot_was_set: [{frustration: medium}, {goal: track_order}]
  - action: utter_clarify_order
  - intent: affirm
  - action: utter_explain_late
"""
RESPONSES = """
version: "3.1"
responses:
  utter_validate_anger: [{text: That is a long wait.}]
  utter_own_anger: [{text: I look into it myself.}]
  utter_open_anger: [{text: I am Mia.}]
  utter_listen_anger: [{text: Tell me all of it.}]
  utter_validate_anxiety: [{text: Not knowing is the worst of it.}]
  utter_validate_disappointment: [{text: You had looked forward to it.}]
"""
#: Frustration that makes a customer's first words one of an irritated or an angry one.
MEDIUM, HIGH = 0.6, 1.0


def session(name: str, emotion: str, frustration: float, *moves: str, **changes: Any) -> Session:
    """A SESSION of one answer, to somebody who asks where their order is."""
    intent = changes.pop("intent", "track_order")
    facts = changes.pop("facts", {})
    felt = Labels("author", intent=intent, emotion=emotion, frustration=frustration)
    turns = (
        Turn("customer", 0.0, f"where is it, asks {name}", felt),
        Turn("agent", 9.0, f"here, says {name}", Labels("author", moves=moves, facts=facts)),
        Turn("customer", 20.0, "ok", Labels("author", emotion="neutral", frustration=0.1)),
    )
    return recorded(name, *turns, **{"stage": "during", **changes})


def several(
    emotion: str, frustration: float, *moves: str, many: int = 3, **changes: Any
) -> list[Session]:
    name = changes.pop("name", f"{emotion}-{'-'.join(moves) or 'nothing'}")
    return [session(f"{name}-{n}", emotion, frustration, *moves, **changes) for n in range(many)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A project's data: a domain beside it, stories of designers, words."""
    folder = tmp_path / "data"
    for name, text in (("stories/order.yml", STORIES), ("responses/order.yml", RESPONSES)):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
    (folder / "rules").mkdir()
    (folder / "sessions").mkdir()
    (tmp_path / "domain.yml").write_text(DOMAIN)
    return folder


def learned(data: Path, sessions: Sequence[Session]) -> dict[str, Story]:
    """Returns the stories that SESSIONS teach, by name."""
    domain = read_domain(data.parent)
    stories = write_stories(
        learn(sessions, goals_of(domain)), read_bases(data), responses_of(data), stages_of(domain)
    )
    return {story.name: story for story in stories}


def sifted(data: Path, sessions: Sequence[Session]) -> tuple[list[str], list[Contradiction]]:
    kept, against = sift(list(learned(data, sessions).values()), read_bases(data), data)
    return [story.name for story in kept], against


def shelved(data: Path, sessions: Sequence[Session]) -> Shelved:
    kept, _ = sift(list(learned(data, sessions).values()), read_bases(data), data)
    return shelve(kept, data)


def actions(story: Story) -> list[str]:
    return [str(step["action"]) for step in story.steps if "action" in step]


def add(file: Path, text: str) -> None:
    with file.open("a") as opened:
        opened.write(text)


def add_rule(data: Path, rule: str) -> None:
    (data / "rules" / "order.yml").write_text(f'version: "3.1"\nrules:\n{rule}')


def files(data: Path) -> dict[str, bytes]:
    """Returns all that `learn` writes."""
    written = [*(data / FOLDER).rglob("*"), data / LEDGER]
    return {str(file.relative_to(data)): file.read_bytes() for file in written if file.exists()}


# -- from patterns to stories ----------------------------------------------------------------------


def test_a_learned_story_is_the_designers_but_for_how_the_customer_is_met(data: Path) -> None:
    stories = learned(data, several("anger", MEDIUM, "validate", "own", "explain"))
    story = stories["late, irritated; anger"]
    assert list(story.steps) == [
        {"intent": "track_order"},
        {"slot_was_set": [{"frustration": "medium"}, {"feeling": "anger"}]},
        {"slot_was_set": [{"goal": "track_order"}]},
        {"action": "action_look_up"},
        {"slot_was_set": [{"order_state": "late"}]},
        {"action": "utter_validate_late"},
        {"action": "utter_own_late"},
        {"action": "utter_explain_late"},
        {"action": "utter_expect_late"},
    ]
    assert story.file == "during-anger"


def test_a_learned_story_names_who_taught_it_and_what_came_of_it(data: Path) -> None:
    stories = learned(data, several("anger", MEDIUM, "validate", name="s"))
    metadata = stories["late, irritated; anger"].as_data()["metadata"]
    assert metadata["taught_by"] == [f"s-{n}, turn 2" for n in range(3)]
    assert metadata["seen_in"] == metadata["taught_by"]
    assert metadata["moves"] == ["validate"]
    assert (metadata["sessions"], metadata["turns"]) == (3, 3)
    assert metadata["frustration_in_the_next_words"] == "-0.50 [-0.50, -0.50]"


def test_what_exemplars_do_as_designers_wrote_it_needs_no_story(data: Path) -> None:
    assert learned(data, several("anger", MEDIUM, "restate", "explain")) == {}


def test_no_story_is_for_a_feeling_that_never_came_with_the_matter(data: Path) -> None:
    elsewhere = several("anger", MEDIUM, "validate", intent="get_refund", many=9)
    assert learned(data, elsewhere) == {}
    assert learned(data, [*elsewhere, session("once", "anger", MEDIUM, "validate")])


def test_too_few_sessions_make_no_story(data: Path) -> None:
    assert learned(data, several("anger", MEDIUM, "validate", many=2)) == {}


def test_a_story_is_learned_for_the_mood_that_showed_and_no_other(data: Path) -> None:
    stories = learned(data, several("anger", MEDIUM, "validate"))
    assert list(stories) == ["late, irritated; anger"]
    # Who is glad is in no high mood of frustration, whatever a label says.
    assert learned(data, several("joy", HIGH, "validate")) == {}


def test_where_the_shop_does_not_answer_nothing_is_learned(data: Path) -> None:
    stories = learned(data, several("anger", MEDIUM, "validate", facts={"order_state": "unread"}))
    assert not [name for name in stories if name.startswith("the shop does not answer")]


def test_asking_is_learned_from_those_who_asked(data: Path) -> None:
    stories = learned(
        data,
        [
            *several("anger", MEDIUM, "validate", "explain"),
            *several("anger", MEDIUM, "own", "clarify"),
        ],
    )
    assert actions(stories["late, irritated; anger"])[1] == "utter_validate_late"
    assert actions(stories["which order, irritated; anger"]) == [
        "action_look_up",
        "utter_own_anger",
        "utter_clarify_order",
    ]


def test_what_is_said_before_the_thing_itself_is_never_more_than_a_few_words(data: Path) -> None:
    moves = ("open", "listen", "restate", "validate", "own", "explain")
    story = learned(data, several("anger", MEDIUM, *moves))["late, irritated; anger"]
    assert actions(story) == [
        *("action_look_up", "utter_open_anger", "utter_listen_anger", "utter_restate_late"),
        *("utter_explain_late", "utter_expect_late"),
    ]


def test_the_worried_do_not_get_the_words_that_were_written_for_the_angry(data: Path) -> None:
    stories = learned(
        data,
        [
            *several("anxiety", MEDIUM, "validate"),
            *several("sadness", MEDIUM, "validate"),
            *several("disappointment", MEDIUM, "validate"),
        ],
    )
    assert actions(stories["late, irritated; anxiety"])[1] == "utter_validate_anxiety"
    # Designers' words for the matter do for the disappointed.
    assert actions(stories["late, irritated; disappointment"])[1] == "utter_validate_late"
    # There are no words for the sad: what the designer wrote goes, since nobody says it to them.
    assert actions(stories["late, irritated; sadness"]) == [
        *("action_look_up", "utter_explain_late", "utter_expect_late"),
    ]


def test_a_designers_word_stays_while_some_exemplars_say_such_a_thing(data: Path) -> None:
    few = [
        *several("anger", MEDIUM, "validate", many=8),
        *several("anger", MEDIUM, "restate", "validate", many=2),
    ]
    assert actions(learned(data, few)["late, irritated; anger"])[1:3] == [
        "utter_restate_late",
        "utter_validate_late",
    ]
    assert "utter_restate_late" not in actions(learned(data, few[:9])["late, irritated; anger"])


@pytest.mark.parametrize("moves", [("explain",), ("open", "explain"), ("resolve",), ()])
def test_the_angry_are_met_first_whatever_a_few_exemplars_did(
    data: Path, moves: tuple[str, ...]
) -> None:
    stories = learned(data, several("anger", HIGH, *moves))
    # The designer's story stands: he meets them.
    assert "late, angry; anger" not in stories
    met = learned(data, several("anger", HIGH, "own", *moves))["late, angry; anger"]
    assert "utter_own_late" in actions(met)[:3]
    assert "utter_validate_late" not in actions(met)


def test_where_exemplars_pass_to_a_person_one_is_offered_once(data: Path) -> None:
    story = learned(data, several("anger", MEDIUM, "validate", "handover"))[
        "late, irritated; anger"
    ]
    assert actions(story)[-3:] == [
        "utter_expect_late",
        "utter_options_person",
        "action_offer_person",
    ]
    story = learned(data, several("anger", HIGH, "own", "handover"))["late, angry; anger"]
    assert actions(story).count("action_offer_person") == 1


def test_what_is_learned_of_our_own_sessions_keeps_to_what_designers_wrote() -> None:
    data = ROOT / "data"
    domain, responses = read_domain(ROOT), responses_of(data)
    found = learn(read_sessions(data / "sessions"), goals_of(domain))
    bases = read_bases(data)
    stories = write_stories(found, bases, responses, stages_of(domain))
    assert len(stories) > 20
    by_name = {base.name: base for base in bases}
    offer = ("utter_options_person", "action_offer_person")
    for story in stories:
        base: Base = by_name[story.name.rpartition("; ")[0]]
        steps = list(story.steps[3:])
        assert tuple(steps[: len(base.head)]) == base.head, story.name
        said = steps[len(base.head) :]
        rest = [*base.rest]
        if said[-len(rest) :] != rest:
            rest += [{"action": name} for name in offer]
        assert said[len(said) - len(rest) :] == rest, story.name
        meeting = [str(step["action"]) for step in said[: len(said) - len(rest)]]
        moves = [move_of(name) for name in meeting]
        assert set(moves) <= set(MEET), story.name
        assert set(meeting) <= set(responses), story.name
        assert len(meeting) <= max(MOST, len(base.meeting)), story.name
        if base.mood == "high" and not story.name.endswith("; met"):
            assert set(moves) & MET_BY or tuple(meeting) == base.meeting, story.name
        assert story.pattern.sessions >= 3
        assert story.seen


# -- what contradicts what -------------------------------------------------------------------------

ANGRY = several("anger", MEDIUM, "validate")
RULE = """
- rule: late, says a rule
  steps:
  - intent: track_order
  - action: action_look_up
  - slot_was_set: [{order_state: late}]
  - action: utter_explain_rule
"""


def test_a_story_that_a_rule_forbids_is_reported_and_not_written(data: Path) -> None:
    assert sifted(data, ANGRY) == (["late, irritated; anger"], [])
    add_rule(data, RULE)
    assert sifted(data, ANGRY) == (
        [],
        [Contradiction("late, irritated; anger", "the rule “late, says a rule”")],
    )
    assert shelved(data, ANGRY).written == []
    assert not list((data / FOLDER).glob("*.yml"))


@pytest.mark.parametrize(
    ("was", "instead"),
    [
        ("intent: track_order", "or: [{intent: affirm}, {intent: track_order}]"),
        ("intent: track_order", "intent: track_order\n  - slot_was_set: [{feeling: anger}]"),
        (
            "intent: track_order",
            "intent: track_order\n  - slot_was_set: [{frustration: medium}, {goal: track_order}]",
        ),
        (
            "intent: track_order",
            "intent: track_order\n"
            "  - or: [{slot_was_set: [{frustration: medium}]}, {slot_was_set: [{frustration: high}]}]",
        ),
        ("steps:", "condition: [{slot_was_set: [{pending: null}]}]\n  steps:"),
    ],
)
def test_a_rule_forbids_wherever_it_holds(data: Path, was: str, instead: str) -> None:
    assert was in RULE
    add_rule(data, RULE.replace(was, instead))
    assert sifted(data, ANGRY)[0] == []


@pytest.mark.parametrize(
    ("was", "instead"),
    [
        ("intent: track_order", "intent: get_refund"),
        ("order_state: late", "order_state: lost"),
        ("action: action_look_up", "action: action_look_away"),
        ("intent: track_order", "intent: track_order\n  - slot_was_set: [{feeling: sadness}]"),
        ("intent: track_order", "intent: track_order\n  - slot_was_set: [{frustration: low}]"),
        (
            "intent: track_order",
            "intent: track_order\n  - slot_was_set: [{frustration: high}, {goal: track_order}]",
        ),
        (
            "intent: track_order",
            "intent: track_order\n"
            "  - or: [{slot_was_set: [{frustration: low}]}, {slot_was_set: [{frustration: high}]}]",
        ),
        ("steps:", "condition: [{slot_was_set: [{pending: refund}]}]\n  steps:"),
        ("action: utter_explain_rule", "intent: affirm"),
    ],
)
def test_a_rule_for_something_else_forbids_nothing(data: Path, was: str, instead: str) -> None:
    assert was in RULE
    add_rule(data, RULE.replace(was, instead))
    assert sifted(data, ANGRY) == (["late, irritated; anger"], [])


def test_of_two_stories_that_contradict_each_other_the_one_more_sessions_teach_is_kept(
    data: Path,
) -> None:
    both = """
- story: {name}
  steps:
  - intent: affirm
  - slot_was_set: [{{frustration: medium}}]
  - or: {goals}
  - action: action_look_up
  - slot_was_set: [{{order_state: late}}]
  - action: utter_explain_late
"""
    track, refund = (
        "{slot_was_set: [{goal: track_order}]}",
        "{slot_was_set: [{goal: get_refund}]}",
    )
    add(
        data / "stories" / "order.yml",
        both.format(name="yes, either", goals=f"[{track}, {refund}]"),
    )
    add(data / "stories" / "order.yml", both.format(name="yes, refund", goals=f"[{refund}]"))
    sessions = [
        *several("anger", MEDIUM, "validate", many=3),
        *several("anger", MEDIUM, "own", intent="get_refund", many=4),
    ]
    taught = learned(data, sessions)
    assert actions(taught["yes, either; anger"])[1] == "utter_validate_anger"
    assert actions(taught["yes, refund; anger"])[1] == "utter_own_anger"
    kept, against = sifted(data, sessions)
    assert kept == ["yes, refund; anger", "late, irritated; anger"]
    assert against == [Contradiction("yes, either; anger", "the story “yes, refund; anger”")]
    # Where they agree, there is nothing to choose.
    agreed = [*sessions[:3], *several("anger", MEDIUM, "validate", intent="get_refund", name="x")]
    assert sifted(data, agreed)[1] == []


# -- as files --------------------------------------------------------------------------------------


def exemplar(data: Path, *arguments: str, **environment: str) -> Result:
    where = ["--sessions", str(data / "sessions"), "--data", str(data)]
    return CliRunner(mix_stderr=False).invoke(
        app, ["sessions", *arguments, *where], env={"COLUMNS": "200", **environment}
    )


def test_the_same_sessions_give_the_same_files_byte_for_byte(data: Path, tmp_path: Path) -> None:
    for one in (
        *several("anger", MEDIUM, "validate", "own"),
        *several("anger", HIGH, "own", "handover", name="high"),
        *several("anxiety", MEDIUM, "validate", "explain"),
        *several("disappointment", MEDIUM, "restate", "validate"),
    ):
        write_session(one, data / "sessions")
    command = [
        *(sys.executable, "-m", "exemplar", "sessions", "learn"),
        *("--sessions", str(data / "sessions"), "--data", str(data)),
    ]
    written = []
    for seed in ("1", "2"):
        for file in (*(data / FOLDER).glob("*"), data / LEDGER):
            file.unlink(missing_ok=True)
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        written.append(files(data))
    assert written[0] == written[1]
    assert len(written[0]) == 4
    assert exemplar(data, "learn").exit_code == 0
    assert files(data) == written[0]


def test_the_files_are_rasa_yaml_that_names_its_sources(data: Path) -> None:
    result = shelved(data, [*ANGRY, *several("anxiety", MEDIUM, "validate")])
    assert result.written == ["late, irritated; anger", "late, irritated; anxiety"]
    assert sorted(files(data)) == [
        "sessions/learned.json",
        "stories/exemplary/during-anger.yml",
        "stories/exemplary/during-anxiety.yml",
    ]
    content = yaml.safe_load((data / FOLDER / "during-anger.yml").read_text())
    assert content["version"] == "3.1"
    (story,) = content["stories"]
    assert story == learned(data, ANGRY)["late, irritated; anger"].as_data()


def edit(data: Path, was: str, instead: str, name: str = "during-anger") -> bytes:
    file = data / FOLDER / f"{name}.yml"
    text = file.read_text()
    assert text.count(was) == 1
    file.write_text(text.replace(was, instead))
    return file.read_bytes()


def test_what_a_designer_changed_is_kept_and_shown(data: Path) -> None:
    shelved(data, ANGRY)
    edited = edit(data, "utter_validate_late", "utter_listen_anger")
    for _ in range(2):
        result = shelved(data, ANGRY)
        assert (data / FOLDER / "during-anger.yml").read_bytes() == edited
        assert result.written == []
        difference = result.kept["late, irritated; anger"]
        assert "-  - action: utter_validate_late" in difference
        assert "+  - action: utter_listen_anger" in difference
    # It is kept too when something else is taught, and the new source named.
    more = [*several("anger", MEDIUM, "own", name="more", many=9), *ANGRY]
    result = shelved(data, more)
    text = (data / FOLDER / "during-anger.yml").read_text()
    assert "utter_listen_anger" in text
    assert "more-0, turn 2" in text
    assert "-  - action: utter_own_late" in result.kept["late, irritated; anger"]


def test_what_a_designer_notes_beside_a_story_stays_whatever_is_taught(data: Path) -> None:
    shelved(data, ANGRY)
    file = data / FOLDER / "during-anger.yml"
    noted = file.read_text().replace(
        "- story: late, irr", "# Ana: too soft?\n- story: late, irr", 1
    )
    noted = noted.replace(
        "  - action: utter_validate_late", "  # first this\n  - action: utter_validate_late"
    )
    assert noted.count("#") > file.read_text().count("#") + 1
    file.write_text(noted)
    shelved(data, ANGRY)
    assert file.read_text() == noted
    edit(data, "utter_validate_late", "utter_listen_anger")
    more = [*several("anger", MEDIUM, "own", name="more", many=9), *ANGRY]
    shelved(data, more)
    told = file.read_text()
    assert "# Ana: too soft?\n- story: late, irr" in told
    assert "  # first this\n  - action: utter_listen_anger" in told
    assert "more-0, turn 2" in told


def test_a_change_that_is_taken_back_is_learned_again(data: Path) -> None:
    shelved(data, ANGRY)
    before = files(data)
    edit(data, "utter_validate_late", "utter_listen_anger")
    shelved(data, ANGRY)
    edit(data, "utter_listen_anger", "utter_validate_late")
    assert shelved(data, ANGRY).kept == {}
    assert files(data) == before


def test_what_nobody_changed_follows_what_is_taught(data: Path) -> None:
    shelved(data, ANGRY)
    result = shelved(data, several("anger", MEDIUM, "own", "explain"))
    assert result.written == ["late, irritated; anger"]
    text = (data / FOLDER / "during-anger.yml").read_text()
    assert "utter_own_late" in text
    assert "utter_validate_late" not in text


def test_a_story_that_was_taken_out_stays_out(data: Path) -> None:
    both = [*ANGRY, *several("anger", HIGH, "own", name="high")]
    shelved(data, both)
    file = data / FOLDER / "during-anger.yml"
    content = yaml.safe_load(file.read_text())
    content["stories"] = [
        story for story in content["stories"] if story["story"] != "late, angry; anger"
    ]
    file.write_text(yaml.safe_dump(content))
    for _ in range(2):
        result = shelved(data, both)
        assert result.dropped == ["late, angry; anger"]
        assert result.written == ["late, irritated; anger"]
        assert "late, angry; anger" not in file.read_text()
    # Nor does it come back after it was not taught for a while.
    shelved(data, ANGRY)
    assert shelved(data, both).dropped == ["late, angry; anger"]
    file.unlink()
    assert shelved(data, both).dropped == ["late, angry; anger", "late, irritated; anger"]
    assert not file.exists()


def test_withdrawing_sessions_takes_their_stories_back(data: Path) -> None:
    worried = several("anxiety", MEDIUM, "validate")
    shelved(data, [*ANGRY, *worried])
    result = shelved(data, worried)
    assert result.gone == ["late, irritated; anger"]
    assert sorted(files(data)) == [
        "sessions/learned.json",
        "stories/exemplary/during-anxiety.yml",
    ]
    assert "anger" not in (data / LEDGER).read_text()
    # It is no story that somebody took out: whoever agrees again is learned from again.
    assert "late, irritated; anger" in shelved(data, [*ANGRY, *worried]).written


def test_a_changed_story_stays_when_nobody_teaches_it_any_more(data: Path) -> None:
    shelved(data, ANGRY)
    edited = edit(data, "utter_validate_late", "utter_listen_anger")
    result = shelved(data, [])
    assert "No SESSION teaches it any more" in result.kept["late, irritated; anger"]
    assert result.gone == []
    assert (data / FOLDER / "during-anger.yml").read_bytes() == edited
    assert list(shelved(data, []).kept) == ["late, irritated; anger"]


OWN = """\
# By Ana: what we always say.
version: "3.1"
stories:
- story: ours
  steps:
  - intent: affirm
  - action: utter_explain_late
"""


def test_a_designers_own_stories_beside_the_learned_stay(data: Path) -> None:
    shelved(data, ANGRY)
    text = (data / FOLDER / "during-anger.yml").read_text()
    (data / FOLDER / "during-anger.yml").write_text(text + OWN[OWN.index("- story") :])
    (data / FOLDER / "ana.yml").write_text(OWN.replace("ours", "Ana's"))
    (data / FOLDER / "rules.yml").write_text(RULE.replace("\n-", 'version: "3.1"\nrules:\n-', 1))
    rules = (data / FOLDER / "rules.yml").read_bytes()
    for sessions, there in ((ANGRY, ["late, irritated; anger", "ours"]), ([], ["ours"])):
        result = shelved(data, sessions)
        assert sorted(result.own) == ["Ana's", "ours"]
        content = yaml.safe_load((data / FOLDER / "during-anger.yml").read_text())
        assert [story["story"] for story in content["stories"]] == there
        # A file of theirs alone is not touched.
        assert (data / FOLDER / "ana.yml").read_text() == OWN.replace("ours", "Ana's")
        assert (data / FOLDER / "rules.yml").read_bytes() == rules


def test_a_story_of_the_same_name_that_a_designer_wrote_is_not_overwritten(data: Path) -> None:
    (data / FOLDER).mkdir(parents=True)
    own = OWN.replace("ours", "late, irritated; anger")
    (data / FOLDER / "during-anger.yml").write_text(own)
    assert list(shelved(data, ANGRY).kept) == ["late, irritated; anger"]
    (story,) = yaml.safe_load((data / FOLDER / "during-anger.yml").read_text())["stories"]
    assert story["steps"] == [{"intent": "affirm"}, {"action": "utter_explain_late"}]


@pytest.mark.parametrize("content", ["{", "[]", "3", "\x00"])
def test_a_broken_ledger_is_named_and_nothing_is_written(data: Path, content: str) -> None:
    shelved(data, ANGRY)
    before = files(data)
    (data / LEDGER).write_text(content)
    with pytest.raises(ExemplarError, match=r"learned\.json"):
        shelved(data, several("anxiety", MEDIUM, "validate"))
    assert files(data) == {**before, str(LEDGER): content.encode()}


@pytest.mark.parametrize(
    "file",
    [
        "stories/order.yml",
        "stories/exemplary/during-anger.yml",
        "rules/a.yml",
    ],
)
@pytest.mark.parametrize(
    "content",
    ["[", "{0}: [oops]", "{0}: {{a: b}}", "{0}: [{{steps: oops}}]", "{0}: [{{steps: [oops]}}]"],
)
def test_a_file_of_the_project_that_is_broken_is_named(data: Path, file: str, content: str) -> None:
    shelved(data, ANGRY)
    (data / file).write_text(content.format("rules" if "rules" in file else "stories"))
    for one in ANGRY:
        write_session(one, data / "sessions")
    done = exemplar(data, "learn")
    assert isinstance(done.exception, ExemplarError)
    assert str(data / file) in str(done.exception)
    assert "\n" not in str(done.exception)


# -- as commands -----------------------------------------------------------------------------------


def test_learn_says_what_it_wrote_what_it_kept_and_what_contradicts(data: Path) -> None:
    for one in (*ANGRY, *several("anger", HIGH, "own", name="high")):
        write_session(one, data / "sessions")
    first = exemplar(data, "learn")
    assert first.exit_code == 0, first.exception
    assert "6 SESSIONS taught 2 stories" in first.stdout
    assert re.search(
        r"anger +│ medium +│ answers +│ validate +│ 3 +│ -0\.50 \[-0\.50, -0\.50\]", first.stdout
    )
    edit(data, "utter_own_late", "utter_own_anger")
    add_rule(
        data, RULE.replace("track_order", "track_order\n  - slot_was_set: [{frustration: medium}]")
    )
    second = exemplar(data, "learn").stdout
    assert "Kept as you changed it: “late, angry; anger”" in second
    assert "+  - action: utter_own_anger" in second
    assert "“late, irritated; anger” contradicts the rule “late, says a rule”" in second
    assert "No longer taught, taken out: “late, irritated; anger”" in second
    assert "taught 0 stories" in second


def test_learn_says_where_nobody_may_teach(data: Path) -> None:
    write_session(session("a", "anger", MEDIUM, "validate", apart=True), data / "sessions")
    done = exemplar(data, "learn")
    assert done.exit_code == 0
    assert "No SESSION may teach" in done.stdout


def test_why_prints_the_turns_that_taught_a_story(data: Path) -> None:
    for one in several("anger", MEDIUM, "validate", "own", name="s"):
        write_session(one, data / "sessions")
    exemplar(data, "learn")
    done = exemplar(data, "why", "late, irritated; anger")
    assert done.exit_code == 0, done.exception
    for number in range(3):
        assert f"s-{number}, turn 2  validate → own" in done.stdout
        assert f"customer: where is it, asks s-{number}" in done.stdout
        assert f"agent:    here, says s-{number}" in done.stdout
    assert "situation: anger, mood medium, track order, an answer" in done.stdout


def test_why_prints_for_a_response_the_stories_that_use_it_and_their_turns(data: Path) -> None:
    for one in several("anger", MEDIUM, "validate", name="s"):
        write_session(one, data / "sessions")
    exemplar(data, "learn")
    done = exemplar(data, "why", "utter_validate_late")
    assert "In the learned story “late, irritated; anger”" in done.stdout
    assert "s-0, turn 2" in done.stdout


def test_why_prints_for_a_response_in_no_learned_story_where_exemplars_make_its_move(
    data: Path,
) -> None:
    for one in (
        *several("joy", 0.0, "close", name="s", many=2),
        session("very-angry", "anger", HIGH, "close"),
        replace(session("plain", "joy", 0.0, "close"), agent="ordinary"),
        replace(session("apart", "joy", 0.0, "close"), apart=True),
    ):
        write_session(one, data / "sessions")
    done = exemplar(data, "why", "utter_close_anything")
    places = re.findall(r"(\S+), turn 2", done.stdout)
    # The best first; no ordinary agent, and nobody who may not teach.
    assert places == ["very-angry", "s-0", "s-1"]


@pytest.mark.parametrize("name", ["utter_boundary_x", "late, calm", "action_look_up", "[/b]", ""])
def test_why_says_where_nothing_was_learned(data: Path, name: str) -> None:
    write_session(session("a", "anger", MEDIUM, "validate"), data / "sessions")
    done = exemplar(data, "why", name)
    assert isinstance(done.exception, ExemplarError)
    assert "no SESSION teaches" in str(done.exception)


def test_why_prints_the_words_that_were_answered(data: Path) -> None:
    first = session("s", "joy", 0.0, "open")
    last = Turn("agent", 30.0, "bye", Labels("author", moves=("close",)))
    write_session(replace(first, turns=(*first.turns, last)), data / "sessions")
    done = exemplar(data, "why", "utter_close_anything")
    assert "s, turn 4  close\n  customer: ok\n  agent:    bye\n" in done.stdout


def test_why_passes_over_sessions_that_are_gone(data: Path) -> None:
    for one in several("anger", MEDIUM, "validate", name="s"):
        write_session(one, data / "sessions")
    exemplar(data, "learn")
    (data / "sessions" / "s-1.yml").unlink()
    write_session(
        replace(
            session("s-2", "anger", MEDIUM, "validate"),
            agent_consent=replace(AGREED, withdrawn=date(2026, 10, 1)),
        ),
        data / "sessions",
    )
    done = exemplar(data, "why", "late, irritated; anger")
    assert re.findall(r"(\S+), turn 2", done.stdout) == ["s-0"]


def test_the_ledger_holds_nothing_but_names_and_digests(data: Path) -> None:
    shelved(data, ANGRY)
    ledger = json.loads((data / LEDGER).read_text())
    assert list(ledger) == ["late, irritated; anger"]
    assert re.fullmatch(r"[0-9a-f]{16}", ledger["late, irritated; anger"])


def test_the_projects_own_learned_files_are_what_its_sessions_teach(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("emotion", "exchanges"))
    shutil.copy(ROOT / "domain.yml", tmp_path)
    command = [sys.executable, "-m", "exemplar", "sessions", "learn", "--data", str(data)]
    command += ["--sessions", str(data / "sessions")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=900)
    assert files_learned(data) == files_learned(ROOT / "data")


def files_learned(data: Path) -> dict[str, str]:
    """Returns what ``learn`` writes, by file."""
    beside = ("nlu/exemplary.yml", "sessions/practice.json")
    written = (*(data / FOLDER).glob("*.yml"), data / LEDGER, *(data / one for one in beside))
    return {str(file.relative_to(data)): file.read_text() for file in written}
