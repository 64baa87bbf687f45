"""What shows of a customer, what one SESSION shows, and what many teach."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from recorded import AGREED, recorded

from exemplar.mood import KEPT, MET, SURE, feeling
from exemplar.mood import Turn as Read
from exemplar.sessions.evidence import Evidence, evidence_of
from exemplar.sessions.learning import (
    HELPFUL,
    MINIMUM,
    USUAL,
    Effect,
    Learned,
    Pattern,
    Situation,
    learn,
)
from exemplar.sessions.model import Labels, Session, Turn

GOALS = frozenset({"track_order", "get_refund"})
ANGRY = Read("vent", "anger", 0.9)
FACT = Read("provide_details")


def says(
    emotion: str = "neutral",
    frustration: float = 0.0,
    intent: str = "track_order",
    by: str = "author",
    confidence: float = 1.0,
) -> Turn:
    labels = Labels(by, confidence, intent=intent, emotion=emotion, frustration=frustration)
    return Turn("customer", 0.0, "…", labels)


def does(*moves: str, **facts: str) -> Turn:
    return Turn("agent", 0.0, "…", Labels("author", moves=moves, facts=facts))


def session(name: str, *turns: Turn, **changes: Any) -> Session:
    """A SESSION whose turns follow each other by a second."""
    timed = [replace(turn, at=float(at)) for at, turn in enumerate(turns)]
    return recorded(name, *timed, **changes)


def shown(*turns: Turn) -> list[Evidence]:
    return list(evidence_of(session("one", *turns), GOALS))


def calmed(number: int, *moves: str, by: float = 0.2, emotion: str = "anger") -> Session:
    """A SESSION of one answer, after which the customer's frustration is less by so much."""
    turns = (says(emotion, 0.8), does(*moves), says("neutral", 0.8 - by))
    return session(f"s-{number}", *turns)


ANYWHERE = Situation("anger", "medium", False)


def pattern(learned: Learned, situation: Situation = ANYWHERE) -> Pattern:
    found = learned.pattern(situation)
    assert found is not None
    return found


def effect(learned: Learned, feeling: str, move: str) -> Effect | None:
    return next((e for e in learned.effects() if (e.feeling, e.move) == (feeling, move)), None)


# -- which feeling shows ---------------------------------------------------------------------------


def test_the_latest_feeling_is_the_one_that_shows() -> None:
    assert feeling([]) is None
    assert feeling([Read("greet")]) is None
    assert feeling([ANGRY]) == "anger"
    assert feeling([ANGRY, Read("vent", "sadness")]) == "sadness"


@pytest.mark.parametrize("intent", ["provide_details", "affirm", "deny"])
def test_a_feeling_is_kept_over_bare_facts_but_not_for_ever(intent: str) -> None:
    fact = Read(intent)
    for many in range(1, KEPT):
        assert feeling([ANGRY, *[fact] * many]) == "anger"
    assert feeling([ANGRY, *[fact] * KEPT]) is None
    assert feeling([ANGRY, Read(intent, "joy")]) == "joy"


def test_whoever_goes_on_calmly_with_something_else_shows_no_feeling_any_more() -> None:
    assert feeling([ANGRY, Read("ask_product")]) is None
    assert feeling([ANGRY, Read("ask_product"), FACT]) is None


def test_a_feeling_that_was_met_and_shows_no_more_is_called_so() -> None:
    assert feeling([replace(ANGRY, met=True), FACT]) == MET
    assert feeling([ANGRY, replace(FACT, met=True), FACT]) == MET
    assert feeling([ANGRY, Read("ask_product", met=True), FACT]) == MET


def test_a_feeling_that_shows_again_was_not_met() -> None:
    assert feeling([replace(ANGRY, met=True), ANGRY]) == "anger"
    assert feeling([replace(ANGRY, met=True)]) == "anger"


def test_where_no_feeling_showed_none_was_met() -> None:
    assert feeling([replace(FACT, met=True), FACT]) is None


def test_a_customer_who_says_that_they_were_misread_shows_nothing_until_they_show_it() -> None:
    misread = Read("misread", "anger", 0.9)
    assert feeling([ANGRY, misread]) is None
    assert feeling([ANGRY, misread, FACT]) is None
    assert feeling([replace(ANGRY, met=True), misread, FACT]) is None
    assert feeling([misread, ANGRY]) == "anger"


def test_a_reading_that_is_unsure_names_no_feeling() -> None:
    assert feeling([replace(ANGRY, confidence=SURE)]) == "anger"
    unsure = replace(ANGRY, confidence=SURE - 0.01)
    assert feeling([unsure]) is None
    assert feeling([ANGRY, unsure]) is None
    assert feeling([replace(unsure, met=True), FACT]) is None


# -- what one SESSION shows ------------------------------------------------------------------------


def test_several_turns_of_an_agent_in_a_row_are_one_answer() -> None:
    (answer,) = shown(
        says("anger", 0.9),
        does("restate", "validate", order_state="late"),
        does("validate", "own", change="made"),
        does("expect"),
        says("neutral", 0.2),
    )
    assert answer.moves == ("restate", "validate", "own", "expect")
    assert dict(answer.facts) == {"order_state": "late", "change": "made"}
    assert (answer.turn, answer.place) == (2, "one, turn 2")
    assert (answer.before, answer.after, answer.end) == (0.9, 0.2, 0.2)


def test_an_answer_changes_what_is_felt_in_the_next_words_and_at_the_end() -> None:
    first, second, last = shown(
        says("anger", 0.9),
        does("validate"),
        says("anger", 0.6),
        does("explain"),
        says("gratitude", 0.1),
        does("close"),
    )
    assert (first.before, first.after, first.end) == (0.9, 0.6, 0.1)
    assert (second.before, second.after, second.end) == (0.6, 0.1, 0.1)
    assert (last.before, last.after, last.end) == (0.1, None, None)


def test_of_several_messages_in_a_row_the_one_just_before_and_the_first_after_count() -> None:
    answer, _ = shown(
        says("neutral", 0.1),
        says("anger", 0.9),
        does("validate"),
        says("anger", 0.7),
        says("neutral", 0.3),
        does("close"),
    )
    assert (answer.before, answer.after, answer.end) == (0.9, 0.7, 0.3)


@pytest.mark.parametrize(
    ("answer", "asks"),
    [
        (does("clarify"), True),
        (does("restate", "clarify"), True),
        (does("explain", details="missing"), True),
        (does("own", order_state="needs_details"), True),
        (does("clarify", "explain"), False),
        (does("clarify", "options"), False),
        (does("explain", order_state="late"), False),
        (does(), False),
    ],
)
def test_asking_for_what_is_needed_is_told_from_answering(answer: Turn, asks: bool) -> None:
    assert [one.asks for one in shown(says(), answer)] == [asks]


def test_turns_without_labels_are_passed_over_but_counted() -> None:
    hm, well = Turn("customer", 0.0, "hm"), Turn("agent", 0.0, "well")
    labelled = (says("anger", 0.9), does("validate"), says("neutral", 0.2), does("close"))
    plain = shown(*labelled)
    first, second, third, fourth = labelled
    among = shown(hm, well, first, well, second, hm, third, fourth, hm)
    assert [one.turn for one in plain] == [2, 4]
    assert [one.turn for one in among] == [5, 8]
    assert [replace(one, turn=0) for one in among] == [replace(one, turn=0) for one in plain]


def test_a_session_that_nobody_has_labelled_shows_nothing() -> None:
    assert shown(Turn("customer", 0.0, "hm"), Turn("agent", 0.0, "well")) == []


def test_what_an_agent_says_before_anybody_spoke_answers_nothing() -> None:
    assert [one.turn for one in shown(does("open"), says(), does("explain"))] == [3]


def test_the_same_words_said_twice_at_once_are_two_turns() -> None:
    turns = (says("anger", 0.9), does("own"), says("anger", 0.5), does("own"))
    made = session("one", *turns)
    made = replace(made, turns=tuple(replace(turn, at=0.0) for turn in made.turns))
    assert [one.turn for one in evidence_of(made, GOALS)] == [2, 4]


def test_the_matter_in_hand_stays_until_another_is_opened() -> None:
    found = shown(
        says(intent="greet"),
        does("open"),
        says(intent="track_order"),
        does("clarify"),
        says(intent="provide_details"),
        does("explain"),
        says(intent="get_refund"),
        does("resolve"),
    )
    assert [one.goal for one in found] == [None, "track_order", "track_order", "get_refund"]
    assert [one.intent for one in found][2:] == ["provide_details", "get_refund"]


def test_a_feeling_is_met_by_a_word_for_it_and_not_by_facts() -> None:
    def then(*moves: str) -> str:
        answers = shown(says("anger", 0.9), does(*moves), says(intent="affirm"), does("explain"))
        return answers[-1].feeling

    assert then("validate", "explain") == MET
    assert then("own") == MET
    assert then("explain", "resolve") == "anger"


def test_the_feeling_and_the_mood_are_those_before_the_answer() -> None:
    found = shown(
        *(says("neutral", 0.0), does("open"), says("anger", 1.0), does("validate")),
        *(says("gratitude", 0.0), does("close")),
    )
    assert [one.feeling for one in found] == ["neutral", "anger", "gratitude"]
    assert [one.mood for one in found] == ["low", "high", "low"]


def test_what_the_model_was_unsure_of_is_learned_from_as_no_feeling() -> None:
    unsure = says("anger", 0.9, by="model", confidence=SURE - 0.1)
    sure = says("anger", 0.9, by="model", confidence=SURE + 0.1)
    assert [one.feeling for one in shown(unsure, does("explain"))] == ["neutral"]
    assert [one.feeling for one in shown(sure, does("explain"))] == ["anger"]


# -- what many teach -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"apart": True},
        {"agent": "ordinary"},
        {"customer_consent": replace(AGREED, withdrawn=date(2026, 10, 1))},
        {"agent_consent": replace(AGREED, withdrawn=date(2026, 10, 1))},
        {"customer_consent": replace(AGREED, purposes=("evaluation",))},
        {"agent_consent": replace(AGREED, purposes=("evaluation",))},
    ],
    ids=[
        "set apart",
        "of an ordinary agent",
        "withdrawn by the customer",
        "withdrawn by the agent",
        "not for learning, says the customer",
        "not for learning, says the agent",
    ],
)
def test_a_session_that_may_not_teach_teaches_nothing(changes: dict[str, Any]) -> None:
    good = [calmed(number, "validate") for number in range(5)]
    bad = [replace(calmed(number, "explain", by=-0.2), **changes) for number in range(5, 20)]
    assert learn(bad, GOALS).sessions == 0
    assert list(learn(bad, GOALS).patterns()) == []
    both, alone = learn([*good, *bad], GOALS), learn(good, GOALS)
    assert both.sessions == 5
    assert list(both.patterns()) == list(alone.patterns())
    assert both.effects() == alone.effects()
    assert pattern(both).rates == {"validate": 1.0}


def test_nothing_is_claimed_below_the_minimum_of_sessions() -> None:
    # Each has many turns; it is SESSIONS that count.
    turns = [says("anger", 0.5), does("validate")] * 10
    few = [session(f"s-{number}", *turns) for number in range(MINIMUM - 1)]
    learned = learn(few, GOALS)
    assert learned.sessions == MINIMUM - 1
    assert list(learned.patterns()) == []
    assert learned.effects() == []
    assert learned.nearest("anger", "medium", False, ["after"], ["track_order"]) is None
    learned.add(session("one-more", *turns))
    assert pattern(learned).sessions == MINIMUM
    assert effect(learned, "anger", "validate") is not None


def test_the_minimum_can_be_raised() -> None:
    some = [calmed(number, "validate") for number in range(9)]
    assert list(learn(some, GOALS, minimum=10).patterns()) == []
    assert list(learn(some, GOALS, minimum=9).patterns())


def test_nothing_is_said_of_a_change_where_too_few_customers_said_more() -> None:
    silent = [session(f"s-{n}", says("anger", 0.8), does("validate")) for n in range(5)]
    learned = learn([*silent, calmed(7, "validate"), calmed(8, "validate")], GOALS)
    assert pattern(learned).sessions == 7
    assert pattern(learned).change is None
    assert effect(learned, "anger", "validate") is None


def test_the_mean_change_is_the_mean_of_the_changes() -> None:
    sessions = [
        session(
            f"s-{number}",
            *(says("anger", 0.8), does("validate"), says("neutral", 0.8 - down)),
            *(does("explain"), says("neutral", 0.1)),
        )
        for number, down in enumerate((0.1, 0.2, 0.2, 0.5))
    ]
    change, end = pattern(learn(sessions, GOALS)).change, pattern(learn(sessions, GOALS)).end
    assert change is not None
    assert end is not None
    assert change.mean == pytest.approx(-0.25)
    assert end.mean == pytest.approx(-0.7)
    assert -0.5 <= change.low < change.mean < change.high <= -0.1
    # All ended alike: there is nothing to be unsure of.
    assert (end.low, end.high) == (end.mean, end.mean)


def simulated(chance: random.Random, name: str, many: int) -> list[Session]:
    """SESSIONS of three answers each, whose changes have the mean -0.05 and go together in a SESSION."""
    made = []
    for number in range(many):
        level, own = 0.6, chance.uniform(-0.06, 0.06)
        turns = [says("anger", level)]
        for _ in range(3):
            level += -0.05 + own + chance.uniform(-0.04, 0.04)
            turns += [does("explain"), says("anger", level)]
        made.append(session(f"{name}-{number}", *turns))
    return made


def test_the_interval_holds_the_true_mean_about_as_often_as_it_says() -> None:
    chance = random.Random(11)
    held, many = 0, 150
    for number in range(many):
        found = effect(learn(simulated(chance, f"r{number}", 30), GOALS), "anger", "explain")
        assert found is not None
        held += found.change.low <= -0.05 <= found.change.high
    # Were turns taken for independent, it would be about four times in five.
    assert 0.89 <= held / many <= 0.99


def test_more_turns_of_the_same_sessions_do_not_make_it_surer() -> None:
    def width(sessions: list[Session]) -> float:
        found = effect(learn(sessions, GOALS), "anger", "explain")
        assert found is not None
        return found.change.high - found.change.low

    def talk(name: str, change: float, many: int) -> Session:
        turns = [says("anger", 0.5), does("explain"), says("anger", 0.5 + change)] * many
        return session(name, *turns)

    changes = [chance / 20 for chance in (-4, -3, 0, 2, 5, 1, -2, 3)]
    short = [talk(f"s-{n}", change, 1) for n, change in enumerate(changes)]
    long = [talk(f"s-{n}", change, 8) for n, change in enumerate(changes)]
    more = [talk(f"s-{n}", change, 1) for n, change in enumerate(changes * 8)]
    assert width(long) == pytest.approx(width(short))
    assert width(more) < width(short) / 2


def test_a_move_after_which_customers_fare_better_is_told_from_one_that_does_nothing() -> None:
    chance = random.Random(3)
    sessions = [
        calmed(
            number,
            *(("validate",) if number % 2 else ()),
            *(("explain",) if number % 3 else ()),
            by=(0.3 if number % 2 else 0.1) + chance.uniform(-0.1, 0.1),
        )
        for number in range(60)
    ]
    learned = learn(sessions, GOALS)
    validate, explain = effect(learned, "anger", "validate"), effect(learned, "anger", "explain")
    assert validate is not None
    assert validate.against is not None
    assert explain is not None
    assert explain.against is not None
    assert validate.against.mean == pytest.approx(-0.2, abs=0.05)
    assert validate.against.high < 0
    assert explain.against.low < 0 < explain.against.high
    assert (validate.turns, validate.sessions) == (30, 30)


def test_what_every_agent_does_has_nothing_to_be_compared_with() -> None:
    found = effect(learn([calmed(n, "validate") for n in range(5)], GOALS), "anger", "validate")
    assert found is not None
    assert found.change.mean == pytest.approx(-0.2)
    assert found.against is None


def test_a_move_belongs_to_a_situation_where_it_is_usual_or_where_it_helps() -> None:
    def chosen(made_in: int, helps: bool) -> tuple[str, ...]:
        sessions = [
            calmed(number, "explain", "own", by=0.4 if helps else 0.1)
            if number < made_in
            else calmed(number, "explain", by=0.1)
            for number in range(50)
        ]
        return pattern(learn(sessions, GOALS)).moves

    assert 17 / 50 >= HELPFUL > 16 / 50
    assert 20 / 50 >= USUAL > 19 / 50
    assert chosen(20, helps=False) == ("explain", "own")
    assert chosen(19, helps=False) == ("explain",)
    assert chosen(17, helps=True) == ("explain", "own")
    assert chosen(16, helps=True) == ("explain",)


def test_moves_come_in_the_order_in_which_agents_make_them() -> None:
    sessions = [
        *(calmed(number, "explain", "validate", "own") for number in range(2)),
        *(calmed(number, "own", "explain") for number in range(2, 7)),
        *(calmed(number, "own", "explain", "validate") for number in range(7, 9)),
    ]
    found = pattern(learn(sessions, GOALS))
    assert tuple(found.rates) == ("own", "explain", "validate")
    assert found.sequences[0] == (("own", "explain"), 5)
    assert found.rates == {"own": 1.0, "explain": 1.0, "validate": pytest.approx(4 / 9, abs=1e-3)}


def test_a_pattern_names_where_it_can_be_read() -> None:
    found = pattern(learn([calmed(number, "validate") for number in range(4)], GOALS))
    assert found.places == tuple(f"s-{number}, turn 2" for number in range(4))
    assert (found.sessions, found.turns) == (4, 4)


def test_the_matter_itself_teaches_first_then_its_stage_then_all() -> None:
    def some(start: int, many: int, move: str, intent: str, stage: str) -> list[Session]:
        turns = (says("anger", 0.8, intent), does(move), says())
        return [session(f"s-{start + n}", *turns, stage=stage) for n in range(many)]

    learned = learn(
        [
            *some(0, 3, "own", "track_order", "after"),
            *some(10, 9, "validate", "get_refund", "after"),
            *some(30, 30, "restate", "ask_product", "before"),
        ],
        GOALS,
    )

    def taught(stages: list[str], goals: list[str]) -> tuple[tuple[str, ...], Situation]:
        found = learned.nearest("anger", "medium", False, stages, goals)
        assert found is not None
        return found.moves, found.situation

    assert taught(["after"], ["track_order"]) == (
        ("own",),
        Situation("anger", "medium", False, None, "track_order"),
    )
    assert taught(["after"], ["review"]) == (
        ("validate",),
        Situation("anger", "medium", False, "after"),
    )
    assert taught([], ["review"]) == (("restate",), ANYWHERE)
    assert learned.seen("anger", "medium", ["track_order"]) == (
        "s-0, turn 2",
        "s-1, turn 2",
        "s-2, turn 2",
    )
    assert learned.seen("anger", "medium", ["review"]) == ()


def varied(many: int, feelings: Sequence[str]) -> Iterator[Session]:
    """Yields SESSIONS in which all kinds of things happen, each made when it is asked for."""
    chance = random.Random(7)
    moves = ("open", "restate", "validate", "own", "explain", "options", "expect")
    for number in range(many):
        turns = []
        for _ in range(2):
            intent = chance.choice(["track_order", "get_refund"])
            turns.append(says(chance.choice(feelings), chance.randrange(21) / 20, intent))
            turns.append(does(*chance.sample(moves, chance.randint(1, 3))))
        yield session(f"s-{number}", *turns, says("neutral", chance.randrange(21) / 20))


def test_the_same_is_learned_in_whatever_order_sessions_come() -> None:
    sessions = list(varied(90, ["anger", "anxiety", "sadness", "joy", "confusion"]))

    def everything(shuffled: list[Session]) -> tuple[object, ...]:
        learned = learn(shuffled, GOALS)
        # Of very many places, the first are named; all else is of all of them.
        patterns = [
            (replace(one, places=()), list(one.rates), len(one.places))
            for one in learned.patterns()
        ]
        return patterns, learned.effects()

    expected = everything(sessions)
    for seed in range(5):
        random.Random(seed).shuffle(sessions)
        assert everything(sessions) == expected


def test_what_is_kept_does_not_grow_with_the_sessions() -> None:
    def taken(many: int) -> tuple[int, int]:
        tracemalloc.start()
        learned = learn(varied(many, ["anger", "anxiety"]), GOALS)
        kept, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert learned.sessions == many
        return kept, most

    taken(20)
    few, many = taken(200), taken(2000)
    # Ten times as many; a few more ways of putting moves in order are counted.
    assert many[0] < few[0] * 1.7
    assert many[1] < few[1] * 1.7
