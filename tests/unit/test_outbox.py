"""The outbox: at least once, in order within a conversation, with a wait that grows."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy.engine import Engine

from exemplar.desk.brief import Brief
from exemplar.desk.dispatcher import Dispatcher
from exemplar.desk.fronts import Later, Never
from exemplar.desk.model import Entry, Handover, Kind, Person
from exemplar.desk.outbox import CUSTOMER, LEASE, LONGEST_WAIT, Outbox
from exemplar.desk.registry import Registry, utc_now

BRIEF = Brief("asked", "Mara wrote about: track order.", (), (), "person!")
SARA = Person("desk:sara", "Sara")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 18, 10)

    def __call__(self) -> datetime:
        return self.now

    def on(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(engine: Engine, clock: Clock) -> Registry:
    return Registry(engine, clock, fronts=("slack",))


@pytest.fixture
def outbox(engine: Engine, clock: Clock) -> Outbox:
    return Outbox(engine, "here", clock)


def test_every_entry_goes_to_every_front_and_the_customer_hears_what_is_for_them(
    registry: Registry, outbox: Outbox
) -> None:
    number = registry.request("web-1", "website", BRIEF).number
    registry.reply(number, SARA, "k", "Hello")
    registry.note(number, SARA, "n", "Calls at four")
    assert outbox.left() == 4 + 2
    seen: list[tuple[str, int]] = []
    while rows := outbox.take():
        seen += [(row.destination, row.seq) for row in rows]
        for row in rows:
            outbox.done(row)
    assert [seq for to, seq in seen if to == "slack"] == [1, 2, 3, 4]
    assert [seq for to, seq in seen if to == CUSTOMER] == [2, 3]


def test_within_a_conversation_the_second_waits_for_the_first(
    registry: Registry, outbox: Outbox, clock: Clock
) -> None:
    number = registry.request("web-1", "website", BRIEF).number
    registry.reply(number, SARA, "k", "Hello")
    registry.request("web-2", "website", BRIEF)
    slack = [row for row in outbox.take() if row.destination == "slack"]
    assert [(row.stream, row.seq) for row in slack] == [("web-1", 1), ("web-2", 1)]
    outbox.failed(slack[0], "down")
    outbox.done(slack[1])
    clock.on(timedelta(seconds=0.9))
    assert [row for row in outbox.take() if row.destination == "slack"] == []
    clock.on(timedelta(seconds=0.2))
    again = [row for row in outbox.take() if row.destination == "slack"]
    assert [(row.stream, row.seq, row.tries) for row in again] == [("web-1", 1, 1)]


def test_the_wait_doubles_up_to_a_limit_and_a_front_may_ask_for_its_own(
    registry: Registry, outbox: Outbox, clock: Clock
) -> None:
    registry.request("web-1", "website", BRIEF)
    waits = []
    for _ in range(11):
        (row,) = outbox.take()
        waits.append(outbox.failed(row, "down"))
        clock.on(waits[-1])
    assert [wait.total_seconds() for wait in waits[:4]] == [1, 2, 4, 8]
    assert waits[-1] == LONGEST_WAIT
    (row,) = outbox.take()
    assert outbox.failed(row, "429", timedelta(seconds=30)) == timedelta(seconds=30)


def test_what_can_never_be_delivered_stands_in_nothings_way(
    registry: Registry, outbox: Outbox
) -> None:
    number = registry.request("web-1", "website", BRIEF).number
    registry.note(number, SARA, "n", "note")
    (row,) = outbox.take()
    outbox.give_up(row, "no such channel")
    assert [row.seq for row in outbox.take()] == [2]


def test_a_row_is_taken_by_one_server_and_by_another_when_that_one_does_not_finish(
    registry: Registry, engine: Engine, clock: Clock
) -> None:
    registry.request("web-1", "website", BRIEF)
    here, there = Outbox(engine, "here", clock), Outbox(engine, "there", clock)
    assert len(here.take()) == 1
    assert there.take() == []
    clock.on(LEASE)
    assert [row.tries for row in there.take()] == [1]


def test_a_server_that_starts_again_goes_on_at_once_with_what_it_was_delivering(
    registry: Registry, engine: Engine, clock: Clock
) -> None:
    registry.request("web-1", "website", BRIEF)
    Outbox(engine, "here", clock).take()
    again = Outbox(engine, "here", clock)
    assert again.take() == []
    again.release()
    (row,) = again.take()
    # It was being tried when the server ended: the other side may have it.
    assert row.tries == 1


def test_an_entry_is_marked_as_delivered_once_the_customers_channel_has_it(
    registry: Registry, outbox: Outbox
) -> None:
    number = registry.request("web-1", "website", BRIEF).number
    registry.reply(number, SARA, "k", "Hello")

    def delivered() -> list[str]:
        return [one.kind for one in registry.entries_since(number) if one.delivered]

    before = registry.handover(number).version
    while rows := [row for row in outbox.take() if row.destination == CUSTOMER]:
        outbox.done(rows[0])
    assert delivered() == [Kind.CLAIMED, Kind.AGENT]
    assert registry.handover(number).version > before


class Recorder:
    """A front that fails as it is told, and remembers what it took."""

    def __init__(self, *troubles: Exception | None) -> None:
        self.troubles = list(troubles)
        self.took: list[tuple[str, int]] = []
        self.tried: list[int] = []

    async def deliver(self, entry: Entry, handover: Handover, tries: int) -> None:
        self.tried.append(tries)
        await asyncio.sleep(0)
        if self.troubles and (trouble := self.troubles.pop(0)):
            raise trouble
        self.took.append((handover.conversation, entry.seq))

    def attach(self, app: object) -> None:
        pass


async def delivered(registry: Registry, engine: Engine, front: Recorder, count: int) -> None:
    dispatcher = Dispatcher(
        registry,
        Outbox(engine, "here", utc_now),
        {"slack": front, CUSTOMER: Recorder()},
    )
    running = asyncio.create_task(dispatcher.run())
    for _ in range(400):
        if len(front.took) >= count:
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    running.cancel()


async def test_the_dispatcher_delivers_each_conversation_in_order_and_tries_again(
    engine: Engine,
) -> None:
    registry = Registry(engine, fronts=("slack",))
    for conversation in ("web-1", "web-2"):
        number = registry.request(conversation, "website", BRIEF).number
        for count in range(5):
            registry.note(number, SARA, f"n{count}", "note")
    front = Recorder(OSError("no answer"), Later("429", 0.05), None, RuntimeError("500"))
    await delivered(registry, engine, front, 12)
    assert len(front.took) == 12
    for conversation in ("web-1", "web-2"):
        assert [seq for one, seq in front.took if one == conversation] == [1, 2, 3, 4, 5, 6]
    assert max(front.tried) >= 1


async def test_the_dispatcher_goes_on_behind_what_can_never_be_delivered(engine: Engine) -> None:
    registry = Registry(engine, fronts=("slack",))
    number = registry.request("web-1", "website", BRIEF).number
    registry.note(number, SARA, "n", "note")
    front = Recorder(Never("gone"))
    await delivered(registry, engine, front, 1)
    assert front.took == [("web-1", 2)]


async def test_a_destination_that_is_no_longer_set_up_holds_nobody_up(engine: Engine) -> None:
    registry = Registry(engine, fronts=("gone", "slack"))
    registry.request("web-1", "website", BRIEF)
    front = Recorder()
    await delivered(registry, engine, front, 1)
    assert front.took == [("web-1", 1)]
