from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from exemplar.desk.brief import Brief
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
