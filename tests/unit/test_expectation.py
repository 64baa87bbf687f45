"""What the conversation makes likely decides how an unsure message is read, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from exemplar.errors import ExemplarError
from exemplar.nlu.clauses import as_meant, by_clauses, clauses_of
from exemplar.nlu.expectation import (
    EXPECTED_FILE,
    SITUATIONS,
    expected,
    load_expectation,
    shared_expectation,
    situation,
)

ROOT = Path(__file__).parents[2]


def ranking(**confidences: float) -> list[dict[str, object]]:
    return [{"name": name, "confidence": share} for name, share in confidences.items()]


def first(found: list[dict[str, object]]) -> object:
    return found[0]["name"]


def test_a_sure_reading_stands_whatever_went_before() -> None:
    sure = ranking(create_account=0.7, ask_next=0.3)
    assert expected(sure, SITUATIONS) == sure
    decided = ranking(crisis=1.0)
    assert expected(decided, SITUATIONS) == decided


def test_an_unsure_message_is_what_the_conversation_makes_likely() -> None:
    unsure = ranking(check_payment_methods=0.4, ask_next=0.35, vent=0.25)
    assert first(expected(unsure, {"matter"})) == "ask_next"
    assert first(expected(unsure, {"no_matter"})) == "check_payment_methods"
    reaction = ranking(nlu_fallback=0.35, thank=0.32, vent=0.3)
    assert first(expected(reaction, {"matter", "glad"})) == "thank"
    assert first(expected(reaction, {"matter", "upset"})) == "vent"


def test_thanks_in_anger_are_none() -> None:
    thanks = ranking(thank=0.72, vent=0.15, ask_next=0.05)
    assert first(expected(thanks, {"matter", "upset"})) == "vent"
    assert first(expected(thanks, {"matter", "glad"})) == "thank"


def test_what_is_not_done_lightly_takes_a_surer_reading() -> None:
    found = expected(ranking(threat=0.55, vent=0.2, track_order=0.1), {"matter"})
    assert first(found) != "threat"
    assert first(expected(ranking(threat=0.7, vent=0.2), {"matter"})) == "threat"


def test_what_nothing_makes_likely_is_not_understood() -> None:
    spread = ranking(**{f"intent_{n}": 0.1 for n in range(10)})
    found = expected(spread, {"no_matter"})
    assert first(found) == "nlu_fallback"
    assert len(found) == 11
    assert expected([], {"matter"}) == []


def test_how_a_conversation_stands_is_told_by_its_slots_and_the_feeling_of_the_message() -> None:
    assert situation({}, {}, opening=True) == {"opening", "no_matter"}
    slots = {"goal": "track_order", "pending": "person", "details_missing": "email"}
    upset = {"name": "joy", "confidence": 0.9, "frustration": 0.7}
    assert situation(slots, upset, opening=False) == {"matter", "question", "details", "upset"}
    glad = {"name": "gratitude", "confidence": 0.8, "frustration": 0.1}
    assert "glad" in situation(slots, glad, opening=False)
    # Whoever does not want their mood read is not read by it.
    unread = situation(slots | {"emotion_reading": False}, glad, opening=False)
    assert unread == {"matter", "question", "details"}


def test_the_companys_file_names_intents_that_there_are() -> None:
    known = {
        next(iter(one)) if isinstance(one, dict) else one
        for one in yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
    }
    expectation = shared_expectation()
    named = (
        set(expectation.surely)
        | set(expectation.weighed_below)
        | {name for times in expectation.times.values() for name in times}
    )
    assert named <= known


@pytest.mark.parametrize(
    "content",
    [
        "",
        "sure: much",
        "sure: 0.6\nenough: 0.3\nsurely: {}\nweighed_below: {}\n"
        "likelier: [{while: tea, intents: [greet], times: 2}]",
    ],
)
def test_a_broken_file_is_named_with_what_to_do(tmp_path: Path, content: str) -> None:
    file = tmp_path / EXPECTED_FILE.name
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ExemplarError, match=r"expected\.yml.*designers"):
        load_expectation(file)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("worth a try. when's the kettle coming", ["worth a try.", "when's the kettle coming"]),
        ("ok, but when will it come?", ["ok,", "but when will it come?"]),
        ("where is my parcel", []),
        ("ha. " * 20, []),
        ("", []),
    ],
)
def test_a_message_is_taken_apart_where_its_clauses_can_stand_alone(
    text: str, clauses: list[str]
) -> None:
    assert [one.rstrip(",") for one in clauses_of(text)] == [one.rstrip(",") for one in clauses]


def test_of_several_clauses_the_one_counts_that_wants_something() -> None:
    whole = ranking(nlu_fallback=0.33, vent=0.3, track_order=0.3)
    said = [ranking(vent=0.7), ranking(track_order=0.6)]
    assert first(by_clauses(whole, said)) == "track_order"
    assert (
        first(by_clauses(ranking(thank=0.5), [ranking(thank=0.9), ranking(ask_next=0.5)]))
        == "ask_next"
    )


def test_a_reaction_counts_where_nothing_else_is_said() -> None:
    whole = ranking(nlu_fallback=0.33, vent=0.3)
    assert first(by_clauses(whole, [ranking(vent=0.5), ranking(affirm=0.8)])) == "affirm"
    assert first(by_clauses(whole, [ranking(greet=0.9), ranking(thank=0.9)])) == "nlu_fallback"


def test_a_yes_in_the_middle_of_a_message_takes_no_offer_up() -> None:
    whole = ranking(nlu_fallback=0.33, get_invoice=0.2)
    said = [ranking(affirm=0.8), ranking(nlu_fallback=0.33)]
    assert first(by_clauses(whole, said)) == "nlu_fallback"


def test_no_question_talks_over_somebody_who_may_be_in_danger() -> None:
    whole = ranking(crisis=0.55, track_order=0.3)
    asks = [ranking(vent=0.5), ranking(track_order=0.95)]
    assert first(by_clauses(whole, asks)) == "crisis"
    told = [ranking(crisis=0.7), ranking(track_order=0.95)]
    assert first(by_clauses(ranking(track_order=0.5, crisis=0.3), told)) == "crisis"
    hardly = [ranking(crisis=0.4), ranking(track_order=0.95)]
    assert first(by_clauses(ranking(track_order=0.5, crisis=0.3), hardly)) == "track_order"


def test_who_ends_with_thanks_and_is_not_upset_gives_thanks() -> None:
    parsed = {
        "text": "long week. thanks for sorting it",
        "intent_ranking": ranking(vent=0.5, thank=0.3),
    }
    clauses = [{"intent_ranking": ranking(vent=0.8)}, {"intent_ranking": ranking(thank=0.95)}]
    assert as_meant(parsed, clauses, {"matter"})["intent"]["name"] == "thank"
    assert as_meant(parsed, clauses, {"matter", "upset"})["intent"]["name"] == "vent"


def test_a_matter_that_the_whole_message_tells_is_not_overruled_by_a_clause_hardly_surer() -> None:
    whole = ranking(get_refund=0.5, ask_next=0.2)
    assert (
        first(by_clauses(whole, [ranking(ask_next=0.7), ranking(get_refund=0.4)])) == "get_refund"
    )
