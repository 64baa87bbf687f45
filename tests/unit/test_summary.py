"""Whoever sums a conversation up hears how each order stands that was spoken of in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

import actions.summary
import actions.who
from actions.summary import ActionSumUpOthers
from exemplar.errors import ExemplarError
from exemplar.shop.sql import SqlShop

TODAY = date(2026, 11, 18)


def summed(*numbers: str, **slots: Any) -> dict[str, Any]:
    """Returns what is set after these orders were looked up, the last one being in hand."""
    events = [{"event": "slot", "name": "order_number", "value": one} for one in numbers]
    known = {"order_number": numbers[-1], "email": "tomasz.zielinski@example.com", **slots}
    tracker = Tracker("x", known, {}, events, False, None, {}, "action_listen")
    found = ActionSumUpOthers().run(CollectingDispatcher(), tracker, {})
    return {event["name"]: event["value"] for event in found}


@pytest.fixture
def shop(seeded: Callable[..., SqlShop]) -> SqlShop:
    return seeded(TODAY, actions.summary, actions.who)


@pytest.mark.usefixtures("shop")
def test_each_other_order_is_said_once_as_it_stands() -> None:
    found = summed("ML-104171", "ML-104222", "ML-104171", "ML-103990")
    assert found["other_orders"] == "spoken_of"
    chair, pad = found["others_stand"].split("; ")
    assert chair == "ML-104171 (ergonomic chair) is on its way and due tomorrow"
    assert pad == "ML-104222 (felt desk pad) has not been paid for, and not been cancelled"


@pytest.mark.usefixtures("shop")
def test_one_order_alone_has_no_others_and_somebody_elses_is_none() -> None:
    nothing = {"other_orders": None, "others_stand": None}
    assert summed("ML-104171") == nothing
    # A kettle of somebody else's, whose number was written by mistake.
    assert summed("ML-104102", "ML-104171") == nothing
    assert summed("ML-104222", "ML-104171", email="mara.okafor@example.org") == nothing


def test_a_shop_that_cannot_be_reached_has_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> SqlShop:
        raise ExemplarError("the shop cannot be reached")

    for module in (actions.summary, actions.who):
        monkeypatch.setattr(module, "shared_shop", down)
    assert summed("ML-104222", "ML-104171")["other_orders"] is None
