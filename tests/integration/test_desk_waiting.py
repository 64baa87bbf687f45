"""Honest waiting: out of hours, and when nobody comes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, Running, start, stop, until
from tests.integration.desk_client import DeskClient


@pytest.fixture(scope="module")
def at_night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The assistant with a desk that is never open; only a long holiday away from its hours."""
    folder: Path = tmp_path_factory.mktemp("night")
    terms = (ROOT / "data/knowledge/desk.yml").read_text(encoding="utf-8")
    closed = terms.replace("hours: always", "hours: {}")
    assert closed != terms
    (folder / "desk.yml").write_text(closed, encoding="utf-8")
    running = start(folder / "state", EXEMPLAR_DESK_TERMS=str(folder / "desk.yml"))
    yield running
    stop(running)


def test_out_of_hours_a_person_gets_in_touch_and_the_assistant_goes_on(at_night: Running) -> None:
    said = at_night.texts("night", "a person please")
    assert "not at the desk now" in said
    assert "H-1001" in said
    assert at_night.slots("night")["handover"] == "requested"
    assert "mara@example.org" in at_night.texts("night", "mara@example.org")
    assert "working days" in at_night.texts("night", "how long does delivery take?")
    desk = DeskClient.by_key(at_night)
    seen = desk.of("H-1001")
    assert seen["state"] == "requested"
    assert desk.said("H-1001", "customer") == ["mara@example.org", "how long does delivery take?"]
    # A person may come all the same; the assistant is silent from then on.
    desk.reply("H-1001", "I am here after all.")
    until(lambda: at_night.slots("night")["handover"] == "with_person")
    assert at_night.say("night", "great") == []


def test_in_danger_hours_do_not_count(at_night: Running) -> None:
    at_night.say("night-crisis", "I don't want to live any more")
    assert at_night.slots("night-crisis")["handover"] == "waiting"


def test_when_nobody_comes_the_assistant_returns_says_so_and_offers_ways_on(
    assistant: Running,
) -> None:
    assistant.say("in-vain", "a person please")
    number = str(assistant.slots("in-vain")["handover_number"])
    assert "line" in assistant.texts("in-vain", "hello?")
    # The waiting is over.
    with sqlite3.connect(assistant.state / "shop.db", timeout=20) as database:
        database.execute(
            "UPDATE handovers SET give_up_at = '2020-01-01 00:00:00.000000' "
            "WHERE conversation = 'in-vain'"
        )
    until(lambda: assistant.slots("in-vain")["handover"] == "requested")
    said = [event.get("text") for event in assistant.tracker("in-vain")["events"]]
    assert "Nobody has come to you in time" in str(said[-3:])
    assert "working days" in assistant.texts("in-vain", "how long does delivery take?")
    desk = DeskClient.by_key(assistant)
    assert desk.of(number)["state"] == "requested"
    assert "H-" in assistant.texts("in-vain", "then a person again please")
    assert desk.of(number)["state"] == "waiting"
