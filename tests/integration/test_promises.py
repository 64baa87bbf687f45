"""A promise whose day has passed: one message where the customer wrote, whatever breaks meanwhile."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from exemplar.database import open_database
from exemplar.desk.brief import Brief
from exemplar.desk.model import Person, PromiseState
from exemplar.desk.promises import DELIVERY, LEASE, REFUND, Promises
from exemplar.desk.registry import Registry
from tests.conftest import CUSTOMER, AtOnce, Killable, Running, stop, until
from tests.integration.desk_client import DeskClient
from tests.integration.test_website import Browser

#: What the assistant says first of a promise.
OPENING = "AI assistant"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FRIDAY = date(2026, 11, 20)


def rows(running: Running, conversation: str) -> list[tuple[str, str, str]]:
    """What a conversation was promised: kind, number, state."""
    with sqlite3.connect(running.state / "shop.db", timeout=20) as database:
        return database.execute(
            "SELECT kind, number, state FROM promises WHERE conversation = ? ORDER BY id",
            [conversation],
        ).fetchall()


def day_passes(running: Running, conversation: str) -> None:
    """Lets all that a conversation was promised fall due."""
    with sqlite3.connect(running.state / "shop.db", timeout=20) as database:
        database.execute(
            "UPDATE promises SET due = '2020-01-01 08:00:00.000000', "
            "next_try = '2020-01-01 08:00:00.000000' WHERE conversation = ?",
            [conversation],
        )


def pay(running: Running, order: str) -> None:
    with sqlite3.connect(running.state / "shop.db", timeout=20) as database:
        database.execute(
            "UPDATE refunds SET paid_on = requested_on WHERE order_number = ?", [order]
        )


def state_of(running: Running, conversation: str, kind: str) -> str:
    """How the newest promise of a kind stands."""
    return [state for one, _, state in rows(running, conversation) if one == kind][-1]


def heard(running: Running, conversation: str) -> list[str]:
    """What the assistant said since the customer's last message."""
    said: list[str] = []
    for event in running.tracker(conversation)["events"]:
        if event["event"] == "user" and not str(event["text"]).startswith("EXTERNAL"):
            said.clear()
        elif event["event"] == "bot":
            said.append(str(event["text"]))
    return said


def refunded(running: Running, conversation: str, order: str, email: str) -> None:
    running.say(conversation, f"I want my money back for {order}, {email}")
    assert running.slots(conversation)["pending"] == "get_refund", running.actions(conversation)
    running.say(conversation, "yes")
    assert running.actions(conversation)[-1] == "utter_expect_refund"
    assert state_of(running, conversation, REFUND) == PromiseState.OPEN


def test_a_refund_that_came_is_said_once_and_one_that_did_not_goes_to_a_person(
    assistant: Running,
) -> None:
    refunded(assistant, "promise-paid", "ML-104075", "jonas.lindqvist@example.com")
    pay(assistant, "ML-104075")
    day_passes(assistant, "promise-paid")
    until(lambda: state_of(assistant, "promise-paid", REFUND) == PromiseState.KEPT)
    actions = ["action_look_up_order", "utter_open_promise", "utter_explain_refund_paid"]
    assert assistant.actions("promise-paid") == actions
    assert "€279" in heard(assistant, "promise-paid")[-1]

    refunded(assistant, "promise-broken", "ML-104120", "bill.hargreaves@example.co.uk")
    day_passes(assistant, "promise-broken")
    until(lambda: state_of(assistant, "promise-broken", REFUND) == PromiseState.KEPT)
    assert assistant.actions("promise-broken") == [
        "action_look_up_order",
        "utter_open_promise",
        "utter_apologize_refund_overdue",
        "action_pass_on",
        "utter_handover_promise",
    ]
    slots = assistant.slots("promise-broken")
    assert slots["handover"] == "requested"
    desk = DeskClient.by_key(assistant)
    seen = desk.of(slots["handover_number"])
    assert (seen["reason"], seen["state"]) == ("a promise that was not kept", "requested")
    assert "EXTERNAL" not in str(seen["transcript"]) + str(seen["entries"])
    # The assistant stays; and what the customer says next is theirs.
    assert assistant.say("promise-broken", "thanks for telling me")


def test_a_late_order_is_spoken_of_on_the_day_after_the_carriers(assistant: Running) -> None:
    assistant.say("promise-late", f"where is my order ML-104163? {CUSTOMER}")
    assert rows(assistant, "promise-late") == [(DELIVERY, "ML-104163", PromiseState.OPEN)]
    day_passes(assistant, "promise-late")
    until(lambda: state_of(assistant, "promise-late", DELIVERY) == PromiseState.KEPT)
    assert "utter_apologize_order_overdue" in assistant.actions("promise-late")


def test_a_complaint_that_nobody_answered_is_owned(assistant: Running) -> None:
    assistant.say("promise-complaint", "I want to make a complaint about your courier")
    ((kind, number, _),) = rows(assistant, "promise-complaint")
    assert kind == "complaint"
    day_passes(assistant, "promise-complaint")
    until(lambda: state_of(assistant, "promise-complaint", kind) == PromiseState.KEPT)
    assert number in " ".join(heard(assistant, "promise-complaint"))
    assert "utter_apologize_complaint_overdue" in assistant.actions("promise-complaint")


def test_while_a_person_has_the_conversation_a_promise_is_shown_at_the_desk_and_not_said(
    assistant: Running,
) -> None:
    assistant.say("promise-person", "where is my order ML-104188? jonas.lindqvist@example.com")
    assistant.say("promise-person", "a person please")
    number = str(assistant.slots("promise-person")["handover_number"])
    desk = DeskClient.by_key(assistant)
    facts = desk.of(number)["brief"]["facts"]
    assert [value.partition(" by ")[0] for name, value in facts if name == "promised"] == [
        "delivery ML-104188"
    ]
    said = heard(assistant, "promise-person")
    day_passes(assistant, "promise-person")
    # Two looks of the dispatcher.
    asyncio.run(asyncio.sleep(11))
    assert heard(assistant, "promise-person") == said
    desk.claim(number)
    desk.close(number)
    until(lambda: assistant.slots("promise-person")["handover"] == "closed")
    assert state_of(assistant, "promise-person", DELIVERY) == PromiseState.KEPT
    assert "utter_open_promise" not in str(assistant.tracker("promise-person")["events"])


def test_a_conversation_that_was_deleted_is_not_begun_again(assistant: Running) -> None:
    assistant.say("promise-deleted", f"where is my order ML-104163? {CUSTOMER}")
    with sqlite3.connect(assistant.state / "conversations.db", timeout=20) as database:
        database.execute("DELETE FROM events WHERE sender_id = 'promise-deleted'")
    day_passes(assistant, "promise-deleted")
    until(lambda: state_of(assistant, "promise-deleted", DELIVERY) == PromiseState.CANCELLED)
    assert "utter_open_promise" not in str(assistant.tracker("promise-deleted")["events"])


@pytest.fixture(scope="module")
def killable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killable]:
    server = Killable(tmp_path_factory.mktemp("promises") / "state")
    yield server
    stop(server.running)


async def test_a_server_killed_while_it_speaks_of_a_promise_has_said_it_once_afterwards(
    killable: Killable,
) -> None:
    browser = await Browser(killable.running.url).open()
    token = browser.confirmed["token"]
    conversation = str(token).rpartition(".")[0]
    await browser.write(f"where is my order ML-104163? {CUSTOMER}", "1")
    await browser.until(lambda: browser.answered == 1)
    day_passes(killable.running, conversation)

    def begun() -> bool:
        return "utter_open_promise" in str(killable.running.tracker(conversation)["events"])

    await asyncio.to_thread(until, begun, 60, 0.005)
    killable.kill_rasa()
    await browser.close()
    # Whatever the server noted of it: as if it had been killed before that.
    with sqlite3.connect(killable.state / "shop.db", timeout=20) as database:
        database.execute("UPDATE promises SET state = 'open'")
    await asyncio.to_thread(killable.start)
    running = killable.running
    again = await Browser(running.url).open(token)
    await asyncio.to_thread(
        until,
        lambda: state_of(running, conversation, DELIVERY) == PromiseState.KEPT,
        LEASE.total_seconds() + 60,
    )
    said = await asyncio.to_thread(heard, running, conversation)
    assert sum(OPENING in text and "ML-104163" in text for text in said) == 1
    # What is pushed again is what stands there, by the same name: the window shows it once.
    shown = again.confirmed["history"]
    assert "EXTERNAL" not in str(shown)
    assert {one["id"] for one in again.said} <= {one["id"] for one in shown}
    assert [one["text"] for one in shown][-len(said) :] == said
    await again.close()


# -- the table, on PostgreSQL ------------------------------------------------------------------------


def test_on_postgres_a_promise_is_made_once_taken_once_and_left_to_a_person(
    new_database: Callable[[str], str], at_once: AtOnce
) -> None:
    now = datetime(2026, 11, 18, 10)
    engine = open_database(new_database("promises"))
    promises = Promises(engine, AMSTERDAM, lambda: now)

    def make(day: date = FRIDAY) -> None:
        promises.make("web-1", "website", REFUND, "R-104163", day, order_number="ML-104163")

    for _ in range(5):
        assert at_once(make) == [None, None]
    (kept,) = promises.open_in("web-1")
    assert (kept.promised_on, kept.due) == (FRIDAY, datetime(2026, 11, 21, 8))
    registry = Registry(engine, lambda: now, fronts=())
    number = registry.request("web-1", "website", Brief("asked", "…", (), (), "person!")).number
    now = datetime(2026, 11, 21, 8)
    assert promises.take() == []
    registry.leave("web-1")
    taken: list[Any] = [one for both in at_once(promises.take) for one in both]
    assert [one.number for one in taken] == ["R-104163"]
    make(date(2026, 11, 24))
    promises.done(taken[0], PromiseState.KEPT)
    assert [one.promised_on for one in promises.open_in("web-1")] == [date(2026, 11, 24)]
    second = registry.request("web-1", "website", Brief("asked", "…", (), (), "person!")).number
    assert second != number
    now = datetime(2026, 11, 25, 9)
    registry.claim(second, Person("desk:sara", "Sara"))
    registry.close(second, Person("desk:sara", "Sara"))
    assert promises.open_in("web-1") == []
