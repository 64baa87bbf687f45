from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from exemplar.desk.brief import Brief
from exemplar.desk.model import Forbidden, Kind, Over, Person, Taken
from exemplar.desk.registry import Registry

AtOnce = Callable[[Callable[[], Any]], list[Any]]

BRIEF = Brief("asked", "Mara wrote about: track order.", (0.2, 0.75), ("own: order",), "person!")
CRISIS = replace(BRIEF, reason="crisis")
ODD = [
    "H-",
    "H-99999999999999",
    "x",
    "",
    "H--1",
    "H-1 OR 1=1",
    "H-999",
    "H-0",
    "H-1.0",
    "H-²",
    "ﾊ-1",
]


@pytest.fixture
def registry(engine: Engine) -> Registry:
    moments = iter(datetime(2026, 11, 18) + timedelta(minutes=count) for count in range(1000))
    return Registry(engine, lambda: next(moments))


def test_a_handover_is_kept_as_it_was_requested(registry: Registry) -> None:
    handover = registry.request("web-1", "website", BRIEF)
    assert (handover.conversation, handover.channel) == ("web-1", "website")
    assert (handover.state, handover.messages) == ("waiting", ())
    assert handover.brief == BRIEF
    assert registry.open_handover("web-1") == handover


def test_numbers_are_ones_to_be_told_and_differ(registry: Registry) -> None:
    numbers = [registry.request(f"web-{count}", "website", BRIEF).number for count in range(3)]
    assert numbers == ["H-1001", "H-1002", "H-1003"]


def test_a_conversation_has_one_open_handover_however_often_it_asks(registry: Registry) -> None:
    first = registry.request("web-1", "website", BRIEF)
    assert registry.request("web-1", "website", replace(BRIEF, summary="again")).number == (
        first.number
    )
    assert len(registry.waiting()) == 1


def test_a_conversation_that_asks_twice_at_the_same_moment_has_one_open_handover(
    engine: Engine, at_once: AtOnce
) -> None:
    registry = Registry(engine)
    for count in range(20):
        asked = at_once(lambda name=f"web-{count}": registry.request(name, "website", BRIEF))
        assert len({handover.number for handover in asked}) == 1, asked
    assert len(registry.waiting()) == 20


def test_after_closing_a_conversation_can_be_handed_over_again(registry: Registry) -> None:
    first = registry.request("web-1", "website", BRIEF)
    registry.close(first.number)
    assert registry.open_handover("web-1") is None
    assert registry.request("web-1", "website", BRIEF).number != first.number


def test_nobody_is_ahead_of_the_first_and_everybody_ahead_of_the_last(registry: Registry) -> None:
    line = [registry.request(f"web-{count}", "website", BRIEF) for count in range(3)]
    assert [registry.ahead_of(handover) for handover in line] == [0, 1, 2]
    registry.close(line[0].number)
    assert [registry.ahead_of(handover) for handover in line[1:]] == [0, 1]


def test_a_crisis_comes_first_and_then_who_waits_longest(registry: Registry) -> None:
    asked = [
        registry.request("web-1", "website", BRIEF),
        registry.request("web-2", "website", BRIEF),
        registry.request("web-3", "slack", CRISIS),
    ]
    assert [one.conversation for one in registry.waiting()] == ["web-3", "web-1", "web-2"]
    assert [registry.ahead_of(handover) for handover in asked] == [1, 2, 0]


def test_a_crisis_comes_first_also_where_the_customer_was_waiting_already(
    registry: Registry,
) -> None:
    registry.request("web-1", "website", BRIEF)
    waiting = registry.request("web-2", "website", BRIEF)
    assert registry.request("web-2", "website", CRISIS).number == waiting.number
    assert [one.conversation for one in registry.waiting()] == ["web-2", "web-1"]


def test_what_is_written_while_waiting_is_kept_in_order(registry: Registry) -> None:
    handover = registry.request("web-1", "website", BRIEF)
    for count in range(12):
        registry.relay(handover, f"id-{12 - count}", f"line {count}")
    found = registry.open_handover("web-1")
    assert found is not None
    assert found.messages == tuple(f"line {count}" for count in range(12))


def test_the_same_message_delivered_twice_is_kept_once_and_in_its_place(
    registry: Registry,
) -> None:
    handover = registry.request("web-1", "website", BRIEF)
    for identity, text in [("a", "one"), ("b", "two"), ("a", "one"), ("c", "one")]:
        registry.relay(handover, identity, text)
    assert registry.waiting()[0].messages == ("one", "two", "one")


def test_the_same_message_delivered_twice_at_the_same_moment_is_kept_once(
    engine: Engine, at_once: AtOnce
) -> None:
    registry = Registry(engine)
    handover = registry.request("web-1", "website", BRIEF)
    for count in range(20):
        relayed = at_once(lambda name=f"id-{count}": registry.relay(handover, name, "hello"))
        assert relayed == [None, None]
    assert len(registry.waiting()[0].messages) == 20


def test_a_message_reaches_its_own_handover_only(registry: Registry) -> None:
    for conversation, text in [("web-1", "mine"), ("web-2", "theirs")]:
        registry.relay(registry.request(conversation, "website", BRIEF), "same id", text)
    assert [one.messages for one in registry.waiting()] == [("mine",), ("theirs",)]


def test_closing_returns_the_handover_with_what_was_written(registry: Registry) -> None:
    handover = registry.request("web-1", "website", BRIEF)
    registry.relay(handover, "a", "one")
    closed = registry.close(handover.number)
    assert closed
    assert (closed.number, closed.state, closed.messages) == (handover.number, "closed", ("one",))
    assert registry.waiting() == []


def test_closing_twice_does_nothing_the_second_time(registry: Registry) -> None:
    handover = registry.request("web-1", "website", BRIEF)
    assert registry.close(handover.number)
    assert registry.close(handover.number) is None


def test_a_number_may_be_written_carelessly(registry: Registry) -> None:
    registry.request("web-1", "website", BRIEF)
    assert registry.close("h-1001")


@pytest.mark.parametrize("number", ODD)
def test_an_odd_number_closes_nothing(registry: Registry, number: str) -> None:
    registry.request("web-1", "website", BRIEF)
    assert registry.close(number) is None
    assert len(registry.waiting()) == 1


def test_the_registry_outlives_the_process(engine: Engine) -> None:
    handover = Registry(engine).request("web-1", "website", BRIEF)
    engine.dispose()
    assert Registry(engine).open_handover("web-1") == handover


SARA, JONAS = Person("desk:sara", "Sara"), Person("slack:U0JONAS", "Jonas")
BOSS = Person("desk:boss", "Priya", "supervisor")


def test_two_who_claim_at_the_same_moment_do_not_both_have_it(
    engine: Engine, at_once: AtOnce
) -> None:
    registry = Registry(engine)
    for count in range(20):
        number = registry.request(f"web-{count}", "website", BRIEF).number
        people = iter([SARA, JONAS])
        got = at_once(lambda n=number, p=people: registry.claim(n, next(p)))
        assert sum(isinstance(one, Taken) for one in got) == 1
        kinds = [entry.kind for entry in registry.entries_since(number)]
        assert kinds == [Kind.ASKED, Kind.CLAIMED]


def test_claiming_again_what_one_has_changes_nothing(registry: Registry) -> None:
    number = registry.request("web-1", "website", BRIEF).number
    first = registry.claim(number, SARA)
    assert registry.claim(number, SARA) == first


def test_only_a_supervisor_takes_a_conversation_over(registry: Registry) -> None:
    number = registry.request("web-1", "website", BRIEF).number
    registry.claim(number, SARA)
    with pytest.raises(Forbidden):
        registry.claim(number, JONAS, take_over=True)
    assert registry.claim(number, BOSS, take_over=True).claimed_name == "Priya"
    with pytest.raises(Taken, match="Priya"):
        registry.reply(number, SARA, "k", "but I was here first")


def test_whoever_answers_first_has_the_conversation(registry: Registry) -> None:
    number = registry.request("web-1", "website", BRIEF).number
    registry.reply(number, JONAS, "k", "Hello")
    handover = registry.handover(number)
    assert (handover.state, handover.claimed_name) == ("with_person", "Jonas")


def test_an_answer_with_the_same_key_is_written_once_also_after_the_end(registry: Registry) -> None:
    number = registry.request("web-1", "website", BRIEF).number
    first = registry.reply(number, SARA, "k", "Hello")
    assert registry.reply(number, SARA, "k", "Hello") == first
    registry.close(number, SARA)
    assert registry.reply(number, SARA, "k", "Hello") == first
    with pytest.raises(Over):
        registry.reply(number, SARA, "another", "Hello?")


def test_places_in_a_timeline_have_no_gaps_however_many_write_at_once(
    engine: Engine, at_once: AtOnce
) -> None:
    registry = Registry(engine)
    handover = registry.request("web-1", "website", BRIEF)
    registry.claim(handover.number, SARA)
    for count in range(20):
        both = iter(
            [
                lambda c=count: registry.relay(handover, f"c{c}", "customer"),
                lambda c=count: registry.reply(handover.number, SARA, f"p{c}", "person"),
            ]
        )
        assert not [one for one in at_once(lambda b=both: next(b)()) if isinstance(one, Exception)]
    entries = registry.entries_since(handover.number)
    assert [entry.seq for entry in entries] == list(range(1, 43))


def test_nobody_else_ends_a_conversation_except_a_supervisor(registry: Registry) -> None:
    number = registry.request("web-1", "website", BRIEF).number
    registry.claim(number, SARA)
    with pytest.raises(Taken):
        registry.close(number, JONAS)
    closed = registry.close(number, BOSS, note="done")
    assert closed
    assert (closed.outcome, closed.note) == ("solved", "done")


def test_nobody_came_in_time_and_the_request_stays_with_the_desk(engine: Engine) -> None:
    now = datetime(2026, 11, 18)
    registry = Registry(engine, lambda: now, patience=timedelta(minutes=15))
    asked = registry.request("web-1", "website", BRIEF)
    urgent = registry.request("web-2", "website", CRISIS)
    taken = registry.request("web-3", "website", BRIEF)
    registry.claim(taken.number, SARA)
    now += timedelta(minutes=14)
    assert registry.expire() == []
    now += timedelta(minutes=2)
    assert [one.number for one in registry.expire()] == [asked.number]
    assert registry.expire() == []
    assert registry.handover(asked.number).state == "requested"
    assert registry.handover(urgent.number).state == "waiting"
    # Asked again, they are back in the line, in their old place.
    later = registry.request("web-4", "website", BRIEF)
    assert registry.request("web-1", "website", BRIEF).number == asked.number
    assert registry.ahead_of(later) == 2


def test_out_of_hours_nobody_stands_in_the_line(registry: Registry) -> None:
    noted = registry.request("web-1", "website", BRIEF, queue=False)
    assert (noted.state, noted.give_up_at) == ("requested", None)
    assert registry.ahead_of(registry.request("web-2", "website", BRIEF)) == 0
    assert registry.request("web-3", "website", CRISIS, queue=False).state == "waiting"


def test_how_long_it_takes_is_told_from_recent_ones_once_there_are_some(engine: Engine) -> None:
    now = datetime(2026, 11, 18)
    registry = Registry(engine, lambda: now)
    for count, minutes in enumerate([2, 30, 4]):
        assert registry.expected_wait() is None
        number = registry.request(f"web-{count}", "website", BRIEF).number
        now += timedelta(minutes=minutes)
        registry.claim(number, SARA)
    assert registry.expected_wait() == timedelta(minutes=4)
    now += timedelta(days=30)
    assert registry.expected_wait() is None


def test_unread_counts_what_a_customer_wrote_since_one_looked(registry: Registry) -> None:
    handover = registry.request("web-1", "website", BRIEF)
    for count in range(3):
        registry.relay(handover, f"c{count}", f"line {count}")
    (one,) = registry.summaries(SARA)
    assert (one.unread, one.last_text) == (3, "line 2")
    registry.mark_read(handover.number, SARA, 3)
    assert registry.summaries(SARA)[0].unread == 1
    registry.mark_read(handover.number, SARA, 1)
    assert registry.summaries(SARA)[0].unread == 1
    assert registry.summaries(JONAS)[0].unread == 3


def test_a_customer_goes_back_to_the_assistant(registry: Registry) -> None:
    registry.request("web-1", "website", BRIEF)
    left = registry.leave("web-1")
    assert left
    assert (left.state, left.outcome) == ("closed", "left")
    assert registry.leave("web-1") is None


def test_what_came_of_it_is_told_to_the_next_person(registry: Registry) -> None:
    number = registry.request("web-1", "website", BRIEF).number
    registry.claim(number, SARA)
    registry.close(number, SARA, note="new lamp sent")
    before = registry.latest_handover("web-1")
    assert before
    assert before.told() == f"{number} on 18 November was closed by Sara: new lamp sent"
