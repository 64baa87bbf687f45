"""What the desk suggests, and which SESSIONS it names for it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Engine

from actions.handover import ActionHandOver, ActionRaiseAlarm
from actions.reading import ActionStopReading
from exemplar.desk.brief import Brief
from exemplar.desk.registry import Registry
from exemplar.desk.suggesting import _WORDS, suggest
from exemplar.errors import ExemplarError
from exemplar.moves import MOVES
from exemplar.sessions.files import read_sessions, session_files
from exemplar.sessions.learning import MINIMUM, learn
from exemplar.sessions.model import Consent, Labels, Outcome, Session, Turn
from exemplar.sessions.practice import (
    PRACTICES,
    Practices,
    practices_of,
    read_practices,
    write_practices,
)
from exemplar.sessions.project import goals_of
from exemplar.sessions.ways import Ways
from exemplar.settings import ROOT

GOALS = ["track_order", "get_refund", "complaint"]
AGREED = Consent(date(2026, 9, 1), "form 12", ("learning",))
Event = dict[str, Any]


@lru_cache(maxsize=1)
def domain() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8")))


def session(
    name: str, *moves: str, by: float = 0.3, frustration: float = 0.9, intent: str = "complaint"
) -> Session:
    """A SESSION of one answer to an angry customer, whose frustration then falls."""

    def customer(at: float, emotion: str, frustration: float) -> Turn:
        labels = Labels("author", intent=intent, emotion=emotion, frustration=frustration)
        return Turn("customer", at, "Well.", labels)

    return Session(
        id=name,
        channel="website",
        stage="after",
        language="en",
        origin="authored",
        agent="exemplary",
        customer_consent=AGREED,
        agent_consent=AGREED,
        started=datetime(2026, 9, 1, tzinfo=timezone.utc),
        outcome=Outcome(True),
        turns=(
            customer(0, "anger", frustration),
            Turn("agent", 5, "I see.", Labels("author", moves=moves)),
            customer(9, "neutral", frustration - by),
        ),
    )


def practices(*sessions: Session) -> Practices:
    ways = Ways(GOALS)
    for one in sessions:
        ways.add(one)
    return practices_of(learn(sessions, GOALS), ways)


def known(tmp_path: Path, *sessions: Session) -> Path:
    write_practices(practices(*sessions), tmp_path)
    return tmp_path


def calm_down(many: int, *moves: str, start: int = 0, **changes: Any) -> list[Session]:
    return [session(f"s-{number}", *moves, **changes) for number in range(start, start + many)]


def says(intent: str, emotion: str = "neutral", frustration: float = 0.0) -> list[Event]:
    parsed = {
        "intent": {"name": intent},
        "emotion": {"name": emotion, "frustration": frustration, "confidence": 0.9},
    }
    return [{"event": "user", "text": "…", "parse_data": parsed, **parsed}]


def does(*actions: str) -> list[Event]:
    return [{"event": "action", "name": name} for name in (*actions, "action_listen")]


ANGRY = [*says("complaint", "anger", 0.95), *does("utter_explain_complaint")]
BARE = says("contact_human_agent")
PERSON = says("contact_human_agent", "anger", 0.9)
SLOTS = {"goal": "complaint", "stage": "after", "emotion_reading": True}


def test_it_says_what_is_usual_how_often_where_and_how_customers_fared(tmp_path: Path) -> None:
    data = known(tmp_path, *calm_down(4, "validate", "own", "options"))
    assert suggest("asked", [*ANGRY, *PERSON], SLOTS, GOALS, data) == (
        "Acknowledge the feeling (100% of turns), take the next step upon yourself (100%) and "
        "give options (100%): usual with exemplary agents for anger, mood high, “complaint” "
        "(4 SESSIONS: s-0 turn 2, s-1 turn 2, s-2 turn 2 and 1 more; frustration then fell by 0.30)",
    )


def test_a_sequence_that_some_made_just_so_stands_beside_what_is_usual(tmp_path: Path) -> None:
    sessions = [
        *calm_down(5, "validate", "explain"),
        *calm_down(3, "restate", "own", start=5, by=0.5),
        *calm_down(2, "restate", "options", start=8),
    ]
    usual, just_so = suggest("asked", ANGRY, SLOTS, GOALS, known(tmp_path, *sessions))
    assert usual.startswith("Say the problem back (50% of turns), acknowledge the feeling (50%)")
    assert just_so == (
        "Acknowledge the feeling, then explain in concrete words: just so for anger, mood high, "
        "“complaint” (5 SESSIONS: s-0 turn 2, s-1 turn 2, s-2 turn 2 and 2 more; "
        "frustration then fell by 0.30)"
    )


def test_nothing_is_claimed_of_fewer_sessions_than_the_minimum(tmp_path: Path) -> None:
    few = calm_down(MINIMUM - 1, "validate", "own")
    assert suggest("asked", ANGRY, SLOTS, GOALS, known(tmp_path, *few)) == ()
    enough = [*few, session("one-more", "validate", "own")]
    assert suggest("asked", ANGRY, SLOTS, GOALS, known(tmp_path, *enough))


def test_a_way_counts_sessions_and_not_turns() -> None:
    twice = session("s-1", "validate", "own")
    twice = replace(twice, turns=twice.turns + tuple(replace(t, at=t.at + 20) for t in twice.turns))
    ways = Ways(GOALS)
    for one in (twice, session("s-2", "validate", "own")):
        ways.add(one)
    assert all(ways.of(situation) == () for situation in ways._kept)


def test_ways_are_the_same_in_whatever_order_sessions_come() -> None:
    sessions = [
        *calm_down(9, "validate", "own", by=0.1),
        *calm_down(3, "own", "explain", start=9, by=0.4),
    ]
    assert practices(*sessions).known.keys() == practices(*reversed(sessions)).known.keys()
    for situation, practice in practices(*sessions).known.items():
        assert practices(*reversed(sessions)).known[situation].ways == practice.ways


@pytest.mark.parametrize(
    "changes",
    [{"agent": "ordinary"}, {"apart": True}, {"customer_consent": replace(AGREED, purposes=())}],
    ids=["of ordinary agents", "set apart", "without consent"],
)
def test_sessions_that_may_not_teach_suggest_nothing(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    barred = [replace(one, **changes) for one in calm_down(9, "validate", "own")]
    assert suggest("asked", ANGRY, SLOTS, GOALS, known(tmp_path, *barred)) == ()


def test_without_anything_learned_there_is_no_suggestion(tmp_path: Path) -> None:
    assert suggest("asked", ANGRY, SLOTS, GOALS, tmp_path) == ()
    assert suggest("asked", ANGRY, SLOTS, GOALS, known(tmp_path)) == ()


def test_the_feeling_is_that_of_before_a_bare_request_for_a_person(tmp_path: Path) -> None:
    data = known(tmp_path, *calm_down(4, "own", frustration=0.6))
    assert "anger, mood medium" in suggest("asked", [*ANGRY, *BARE], SLOTS, GOALS, data)[0]
    met = [*says("complaint", "anger", 0.95), *does("utter_validate_complaint"), *BARE]
    assert suggest("asked", met, SLOTS, GOALS, data) == ()


def test_a_feeling_that_the_customer_corrected_counts_no_more(tmp_path: Path) -> None:
    data = known(tmp_path, *calm_down(4, "own"))
    assert suggest("asked", [*ANGRY, *says("misread"), *BARE], SLOTS, GOALS, data) == ()


def test_where_the_reading_is_off_matter_and_stage_alone_count(tmp_path: Path) -> None:
    data = known(tmp_path, *calm_down(4, "explain", "options"))
    off = {**SLOTS, "emotion_reading": False}
    # What was read before, or what a program left in the events, makes no difference.
    said = {suggest("asked", events, off, GOALS, data) for events in (ANGRY, BARE, [])}
    (usual,) = said.pop()
    assert not said
    assert "for “complaint” (4 SESSIONS" in usual
    assert "anger" not in usual
    assert "mood" not in usual
    elsewhere = {**off, "goal": "get_refund"}
    assert "after the purchase" in suggest("asked", ANGRY, elsewhere, GOALS, data)[0]
    nowhere = {**elsewhere, "stage": None}
    assert suggest("asked", PERSON, {**nowhere, "goal": None}, GOALS, data) == ()


def test_where_something_must_be_asked_for_first_answers_are_not_suggested(
    tmp_path: Path,
) -> None:
    data = known(tmp_path, *calm_down(4, "explain"), *calm_down(4, "own", "clarify", start=4))
    assert "Explain" in suggest("asked", ANGRY, SLOTS, GOALS, data)[0]
    (asked,) = suggest("asked", ANGRY, {**SLOTS, "details": "missing"}, GOALS, data)
    assert "ask the one thing that is needed" in asked
    assert "something still to be asked for" in asked


def test_nobody_who_has_taken_over_is_told_to_pass_on(tmp_path: Path) -> None:
    data = known(tmp_path, *calm_down(4, "handover"))
    assert suggest("asked", ANGRY, SLOTS, GOALS, data) == ()
    assert _WORDS.keys() == set(MOVES) - {"handover"}


def test_for_a_customer_in_danger_nothing_is_suggested(tmp_path: Path) -> None:
    data = known(tmp_path, *calm_down(4, "explain"))
    assert suggest("crisis", ANGRY, SLOTS, GOALS, data) == ()
    assert suggest("asked", ANGRY, {**SLOTS, "safety": "alarm"}, GOALS, data) == ()


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    written = practices(*calm_down(4, "validate", "own"), *calm_down(3, "explain", start=4))
    write_practices(written, tmp_path)
    assert read_practices(tmp_path) == written
    anew = practices(*calm_down(3, "listen"))
    write_practices(anew, tmp_path)
    assert read_practices(tmp_path) == anew


@pytest.mark.parametrize(
    "content", ["", "{", "[1]", "{}x", '[{"situation": {"feeling": "joy"}}]', "\udcff"]
)
def test_a_broken_file_is_named_with_what_mends_it(tmp_path: Path, content: str) -> None:
    file = tmp_path / PRACTICES
    file.parent.mkdir()
    file.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(ExemplarError, match=r"practice\.json is broken .*sessions learn"):
        read_practices(tmp_path)


def test_what_is_known_agrees_with_the_sessions() -> None:
    goals = goals_of(domain())
    sessions, ways = list(read_sessions()), Ways(goals)
    for one in sessions:
        ways.add(one)
    fresh = practices_of(learn(sessions, goals), ways)
    assert read_practices(ROOT / "data") == fresh, "run `exemplar sessions learn`"


def test_suggestions_take_milliseconds() -> None:
    goals = domain()["slots"]["goal"]["values"]
    events = [*says("complaint", "anger", 0.95), *does("utter_explain_complaint")] * 30
    suggest("asked", events, SLOTS, goals)
    start = time.perf_counter()
    for _ in range(20):
        assert suggest("asked", events, SLOTS, goals)
    assert (time.perf_counter() - start) / 20 < 0.05


# -- through the action, with the SESSIONS of the project ------------------------------------------------


def talk(*parts: list[Event], **slots: Any) -> Tracker:
    events = [event for part in parts for event in part]
    latest = next(event for event in reversed(events) if event["event"] == "user")
    message = {**latest["parse_data"], "text": latest["text"], "metadata": {}}
    held = {**dict.fromkeys(domain()["slots"]), **SLOTS, **slots}
    return Tracker("web-1", held, message, events, False, None, {}, "action_listen")


def brief_after(desk: Registry, action: Any, tracker: Tracker) -> Brief:
    action.run(CollectingDispatcher(), tracker, {})
    found = desk.open_handover("web-1")
    assert found is not None
    return found.brief


def test_a_handover_tells_the_person_what_exemplars_did_with_sessions_that_exist(
    desk: Registry,
) -> None:
    brief = brief_after(desk, ActionHandOver(), talk(ANGRY, PERSON))
    assert brief.suggestions
    assert "anger, mood high" in brief.suggestions[0]
    there = {file.stem for file in session_files()}
    for one in brief.suggestions:
        named = [word for word in one.replace("(", " ").split() if word in there]
        assert len(named) >= MINIMUM, one


def test_a_customer_who_is_not_read_is_not_told_of_by_feeling(desk: Registry) -> None:
    brief = brief_after(desk, ActionHandOver(), talk(ANGRY, PERSON, emotion_reading=False))
    assert brief.mood == ()
    assert brief.suggestions
    assert not any("anger" in one or "mood" in one for one in brief.suggestions)


def test_stopping_the_reading_takes_the_suggestions_out_of_the_brief(desk: Registry) -> None:
    tracker = talk(ANGRY, PERSON)
    assert brief_after(desk, ActionHandOver(), tracker).suggestions
    after = brief_after(desk, ActionStopReading(), tracker)
    assert (after.mood, after.suggestions) == ((), ())
    assert after.summary


def test_an_alarm_brings_a_person_and_no_advice(desk: Registry) -> None:
    brief = brief_after(desk, ActionRaiseAlarm(), talk(ANGRY, says("crisis", "sadness", 0.9)))
    assert (brief.reason, brief.suggestions) == ("crisis", ())


def test_a_handover_comes_about_though_what_was_learned_is_broken(
    desk: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / PRACTICES
    file.parent.mkdir()
    file.write_text("nonsense")
    monkeypatch.setattr(suggest, "__defaults__", (tmp_path,))
    brief = brief_after(desk, ActionHandOver(), talk(ANGRY, PERSON))
    assert (brief.reason, brief.suggestions) == ("asked", ())


def test_the_registry_forgets_suggestions_with_the_mood(engine: Engine) -> None:
    registry = Registry(engine)
    brief = Brief("asked", "Late.", (0.9,), (), "!", suggestions=("Own it: … anger",))
    registry.request("web-1", "website", brief)
    registry.forget_mood("web-1")
    kept = registry.open_handover("web-1")
    assert kept is not None
    assert kept.brief == replace(brief, mood=(), suggestions=())
