"""What ``exemplar emulate`` measures, and by what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from exemplar.emulation.checklist import ITEMS, Said, anti_moves, check
from exemplar.emulation.outcomes import outcome, outcomes_of
from exemplar.emulation.report import (
    Point,
    annotators_agreement,
    as_data,
    measure,
    write_report,
)
from exemplar.emulation.scoring import agreement, as_table, difference, kappa
from exemplar.sessions.evidence import Evidence
from exemplar.sessions.files import SESSIONS, read_session, session_files


def shown(moves: tuple[str, ...] = ("explain",), **other: Any) -> Evidence:
    values: dict[str, Any] = {
        "session": "late-sofa",
        "turn": 2,
        "stage": "after",
        "intent": "track_order",
        "goal": "track_order",
        "feeling": "neutral",
        "mood": "low",
        "asks": False,
        "moves": moves,
        "anti_moves": (),
        "facts": (),
        "before": 0.0,
        "after": None,
        "end": None,
    }
    return Evidence(**{**values, **other})


def tally(name: str, turn: Evidence, said: Said) -> tuple[int, int]:
    found = next(one for one in check([(turn, said)]) if name in one.name)
    return found.held, found.of


# Agreement.


def test_the_same_moves_agree_wholly() -> None:
    moves = [["validate", "own"], ["explain"], []]
    same = agreement(moves, moves, ["a", "a", "b"])
    assert (same.f1, same.macro_f1, same.kappa) == (1.0, 1.0, 1.0)
    assert (same.low, same.high) == pytest.approx((1.0, 1.0)) or same.low == 0.0


def test_precision_and_recall_are_counted_by_move() -> None:
    true = [["validate"], ["validate"], ["explain"], ["explain"]]
    made = [["validate"], ["explain"], ["explain"], ["validate", "explain"]]
    by_move = {one.move: one for one in agreement(true, made, list("abcd")).moves}
    assert (by_move["validate"].precision, by_move["validate"].recall) == (0.5, 0.5)
    assert by_move["explain"].recall == 1.0
    assert by_move["explain"].precision == pytest.approx(2 / 3)
    assert by_move["close"].f1 == 0.0


def test_kappa_is_none_of_what_chance_would_give() -> None:
    one = as_table([["open"], []])
    # Cohen's worked by hand: both say yes to one decision in 28, to different ones.
    other = as_table([[], ["open"]])
    agreed, p = 26 / 28, 1 / 28
    chance = p * p + (1 - p) * (1 - p)
    assert kappa(one, other) == pytest.approx((agreed - chance) / (1 - chance))
    assert kappa(one, one) == 1.0


def test_an_interval_is_wider_where_there_are_fewer_sessions() -> None:
    true = [["validate"], ["explain"]] * 40
    made = [["validate"], ["validate"]] * 40
    few = agreement(true, made, [str(n // 20) for n in range(80)])
    mixed = [["validate"]] * 40 + [["explain"]] * 40
    apart = agreement(mixed, [["validate"]] * 80, [str(n // 40) for n in range(80)])
    assert few.high - few.low < 0.01
    assert apart.high - apart.low > 0.5


def test_a_gain_over_the_control_has_its_sign() -> None:
    true = [["validate", "explain"]] * 10
    gain, low, high = difference(true, true, [["explain"]] * 10, list("abcdefghij"))
    assert gain > 0.3
    assert low > 0
    assert high >= gain


def test_nothing_to_compare_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        agreement([], [], [])


def test_the_two_annotations_of_the_project_are_of_turns_that_exist_and_are_set_apart() -> None:
    folder = Path(__file__).parents[1] / "emulation"
    one, other = (
        yaml.safe_load((folder / f"annotator_{name}.yml").read_text()) for name in ("a", "b")
    )
    assert len(one) == len(other) == 10
    for session_id, turns in one.items():
        session = read_session(SESSIONS / f"{session_id}.yml")
        assert session.apart
        agents = {n for n, turn in enumerate(session.turns, 1) if turn.speaker == "agent"}
        assert set(turns) == set(other[session_id]) == agents
    assert annotators_agreement(one, other).turns == 62


# What the assistant's actions would have found.


def test_what_an_action_finds_is_what_the_session_shows(tmp_path: Path) -> None:
    (tmp_path / "stories").mkdir()
    (tmp_path / "rules").mkdir()
    (tmp_path / "stories" / "one.yml").write_text(
        """stories:
- story: late
  steps:
  - intent: track_order
  - action: action_look_up_order
  - slot_was_set:
    - order_state: late
  - action: utter_explain_order_late
- story: missing
  steps:
  - intent: track_order
  - action: action_look_up_order
  - slot_was_set:
    - order_state: needs_details
"""
    )
    known = outcomes_of(tmp_path)
    assert known == {"action_look_up_order": {"order_state": {"late", "needs_details"}}}
    settable = known["action_look_up_order"]
    assert outcome(settable, {"order_state": "late"}, {}, False) == {"order_state": "late"}
    assert outcome(settable, {}, {"order_state": "late"}, False) == {"order_state": "late"}
    assert outcome(settable, {}, {"order_state": "late"}, True) == {"order_state": "needs_details"}
    # What no story knows cannot be found.
    assert outcome(settable, {"order_state": "shipped"}, {}, False) == {}


# The checklist.


def test_a_feeling_that_shows_must_be_met_in_the_same_turn() -> None:
    angry = shown(feeling="anger", before=0.8)
    assert tally("acknowledged", angry, Said(["explain"], "It is late.")) == (0, 1)
    assert tally("acknowledged", angry, Said(["validate"], "No wonder.")) == (1, 1)
    assert tally("acknowledged", shown(), Said(["explain"], "It is late.")) == (0, 0)


def test_two_questions_at_once_are_one_too_many() -> None:
    assert tally("one question", shown(), Said([], "Which order? And which email?")) == (0, 1)
    assert tally("one question", shown(), Said([], "Which order? It starts with ML-.")) == (1, 1)


def test_a_refused_wish_needs_another_way() -> None:
    refused = shown(facts=(("change", "refused"),))
    assert tally("another way", refused, Said(["explain"], "It has left.")) == (0, 1)
    assert tally("another way", refused, Said(["options"], "Two ways: …")) == (1, 1)


def test_a_promise_without_who_or_when_does_not_hold() -> None:
    assert tally("promise", shown(), Said(["expect"], "Somebody looks.")) == (0, 1)
    assert tally("promise", shown(), Said(["expect"], "It comes on Friday.")) == (1, 1)


def test_who_asks_for_a_person_must_get_one_at_once() -> None:
    asks = shown(intent="contact_human_agent")
    assert tally("person", asks, Said(["options"], "You can have one.")) == (0, 1)
    assert tally("person", asks, Said(["handover"], "Ana takes over.")) == (1, 1)


def test_cheer_is_an_anti_move_only_towards_somebody_who_is_upset() -> None:
    assert anti_moves("Great news!", upset=True) == ["over_cheer"]
    assert anti_moves("Great news!", upset=False) == []
    assert anti_moves("Sorry for the inconvenience.", upset=False) == ["scripted_empathy"]


# The page.


def test_the_page_holds_every_conversation_and_what_was_said_is_no_markup(tmp_path: Path) -> None:
    session = read_session(session_files()[0])
    point = Point(
        shown=shown(("validate", "explain"), session=session.id),
        heard="track_order",
        said="<script>alert(1)</script>",
        agent="It is late.",
        ours=Said(("validate",), "No wonder."),
        blind=Said((), ""),
        actions=("utter_validate_order_late",),
    )
    result = measure([point])
    write_report(result, [point], {session.id: session}, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert session.id in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert (tmp_path / "page.json").exists()
    assert len(as_data(result)["checklist"]) == len(ITEMS)
