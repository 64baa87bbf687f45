"""What ``exemplar emulate`` measures, and by what."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet

from exemplar.emulation.checklist import ITEMS, Said, anti_moves, check
from exemplar.emulation.made import moves_of, shared_labels
from exemplar.emulation.playing import PLAIN, done_by_both, moves_in, proves_who, words_for
from exemplar.emulation.report import (
    Point,
    annotators_agreement,
    as_data,
    measure,
    write_report,
)
from exemplar.emulation.scoring import agreement, as_table, difference, kappa
from exemplar.emulation.shop import Found, found_at, lacks, seen_in, session_shop
from exemplar.sessions.evidence import Evidence
from exemplar.sessions.files import SESSIONS, read_session, session_files
from exemplar.settings import ROOT
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import Order


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


# What the assistant's actions find.


def test_an_order_stands_as_the_agent_sees_it_and_before_a_look_as_it_is_found_later() -> None:
    facts: list[dict[str, str]] = [{}, {"order_state": "needs_details"}, {"order_state": "late"}]
    assert found_at(facts, 0, "track_order").order_state == "late"
    assert found_at(facts, 1, "track_order").order_state == "late"
    moved = [{"order_state": "processing"}, {"order_state": "cancelled"}, {}]
    assert found_at(moved, 0, None).order_state == "processing"
    assert found_at(moved, 2, None).order_state == "cancelled"
    # A payment that failed is told from one that was never tried.
    assert found_at([{"order_state": "unpaid", "payment_state": "failed"}], 0, None) == Found(
        "failed"
    )


def test_where_only_the_outcome_is_shown_an_order_stands_so_that_it_could_come_about() -> None:
    assert found_at([{"change": "made"}], 0, "cancel_order").order_state == "processing"
    assert found_at([{"change": "made"}], 0, "report_damaged_item").order_state == "delivered"
    assert found_at([{"change": "refused"}], 0, "cancel_order").order_state == "shipped"
    assert found_at([{"change": "refused"}], 0, "get_refund").order_state == "kept"
    assert found_at([{"product_state": "sold_out"}], 0, None).product_state == "sold_out"
    assert found_at([{}], 0, None).product_state is None


def test_who_is_asked_for_something_has_not_shown_it_yet() -> None:
    assert lacks({"order_state": "needs_details"})
    assert not lacks({"order_state": "late"})
    assert seen_in({"details": "missing", "change": "made"}) == {"change": "made"}


@pytest.fixture
def session_order() -> Iterator[Callable[..., Order | None]]:
    with session_shop() as shop:

        def found(state: str, *products: str, product_state: str | None = None) -> Order | None:
            shop.show(Found(state, product_state), "ML-108012", "ruben@example.org", products)
            return shared_shop().find_order("ML-108012", "ruben@example.org")

        yield found


@pytest.mark.parametrize(
    "state",
    [
        "unpaid",
        "processing",
        "shipped",
        "late",
        "delivered",
        "kept",
        "cancelled",
        "refund_pending",
        "refunded",
    ],
)
def test_the_shop_has_the_order_in_the_state_that_is_shown(
    session_order: Callable[..., Order | None], state: str
) -> None:
    order = session_order(state, "sand carpet")
    assert order is not None
    assert shared_shop().state_of(order).value == state
    assert order.items == ("sand carpet",)


def test_nothing_that_was_done_at_one_place_is_found_at_the_next(
    session_order: Callable[..., Order | None],
) -> None:
    order = session_order("processing")
    assert order is not None
    shared_shop().cancel_order(order)
    again = session_order("processing")
    assert again is not None
    assert again.cancelled_on is None


@pytest.mark.parametrize(
    ("state", "stock"), [("in_stock", [12]), ("sold_out", [0]), ("several", [12, 12])]
)
def test_what_the_customer_named_is_on_sale_as_it_is_shown(
    session_order: Callable[..., Order | None], state: str, stock: list[int]
) -> None:
    session_order("processing", "tea caddy", product_state=state)
    assert [one.stock for one in shared_shop().find_products("tea caddy")] == stock


def test_the_process_has_its_own_shop_again_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXEMPLAR_DATABASE_URL", "sqlite:///mine.db")
    with session_shop() as shop:
        shop.show(Found(), "ML-108012", "ruben@example.org", ())
        assert os.environ["EXEMPLAR_DATABASE_URL"] != "sqlite:///mine.db"
    assert os.environ["EXEMPLAR_DATABASE_URL"] == "sqlite:///mine.db"


# What of a turn counts, and what is known after it.


def test_what_an_action_says_itself_is_a_move_too_and_each_counts_once() -> None:
    done = [
        ActionExecuted("action_look_up_order"),
        ActionExecuted("utter_validate_anger"),
        BotUttered("No wonder.", metadata={"utter_action": "utter_validate_anger"}),
        ActionExecuted("action_resume_matter"),
        BotUttered("Which order is it?", metadata={"utter_action": "utter_clarify_details"}),
        ActionExecuted("action_hand_over"),
    ]
    assert moves_in(done) == ("validate", "clarify", "handover")


def test_a_response_makes_the_moves_that_its_words_make() -> None:
    said = [ActionExecuted("utter_explain_order_shipped"), ActionExecuted("utter_close_thanks")]
    assert moves_in(said) == ("explain", "expect", "close")
    # Not labelled as another, it makes the move of its name; what is no response makes none.
    assert moves_of("utter_validate_anything_new") == ["validate"]
    assert moves_of("action_look_up_order") == []


def test_the_moves_of_responses_are_those_that_both_annotators_found_in_their_words() -> None:
    one, other = (
        yaml.safe_load((ROOT / "tests" / "emulation" / f"responses_{hand}.yml").read_text())
        for hand in "ab"
    )
    assert one.keys() == other.keys()
    tables = [as_table([by[name] for name in one]) for by in (one, other)]
    assert kappa(*tables) > 0.85
    for name, moves in shared_labels().items():
        assert moves == [move for move in one[name] if move in other[name]], name


def test_what_the_exemplar_found_too_is_known_from_then_on_with_all_that_came_with_it() -> None:
    look = [
        ActionExecuted("action_look_up_order"),
        SlotSet("order_state", "late"),
        SlotSet("order_due_on", "Friday"),
    ]
    other = [ActionExecuted("action_register_complaint"), SlotSet("change", "made")]
    said = [ActionExecuted("utter_explain_order_late"), BotUttered("It is late.")]
    kept, settled = done_by_both([*look, *said, *other], {"order_state": "late"})
    assert kept == look
    assert settled == {"order_state"}
    assert done_by_both([*look, *said], {"order_state": "shipped"}) == ([], frozenset())


def test_an_agents_moves_get_our_words_only_where_we_have_some_for_them() -> None:
    responses: dict[str, list[Any]] = {"utter_validate_anger": [], "utter_options_cannot_keep": []}
    assert words_for(["validate"], "anger", [], responses) == ["utter_validate_anger"]
    assert words_for(["own"], None, [], responses) == ["utter_own_matter"]
    # What we would have said in the same place stands for the agent's words to the same end.
    said = ["action_x", "utter_clarify_details"]
    assert words_for(["clarify"], None, said, responses) == ["utter_clarify_details"]
    # No response that says something else stands in for a move that we would not have made.
    assert words_for(["options", "expect"], "anger", [], responses) == []


def test_the_plain_words_for_moves_that_meet_a_customer_are_in_the_domain() -> None:
    files = [*(ROOT / "data" / "responses").rglob("*.yml")]
    known = {n for f in files for n in yaml.load(f.read_text(), yaml.CSafeLoader)["responses"]}
    assert set(PLAIN.values()) <= known


def test_a_customer_whose_things_are_seen_has_shown_who_they_are() -> None:
    session = read_session(SESSIONS / "ka-call-fitter-in-the-kitchen.yml")
    assert proves_who(session)
    only_asked = [
        dataclasses.replace(turn, labels=turn.labels and dataclasses.replace(turn.labels, facts={}))
        for turn in session.turns
    ]
    assert not proves_who(dataclasses.replace(session, turns=tuple(only_asked)))


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
