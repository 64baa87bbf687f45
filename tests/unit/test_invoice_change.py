"""Another name or VAT number on an invoice is a task for those who write invoices."""

from __future__ import annotations

from datetime import date, datetime, time
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Engine

import actions.payment
import actions.who
from exemplar.shop import tables
from exemplar.shop.policy import POLICY_FILE, load_policy
from exemplar.shop.seed import seed
from exemplar.shop.sql import SqlShop

TODAY = date(2026, 11, 18)
PRIYA = ("ML-104205", "priya.raman@example.net")
LONG_AGO = ("ML-103990", "tomasz.zielinski@example.com")
WISH = "It has to be Halewood Ltd, VAT GB123456789"


@pytest.fixture
def tickets(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    seed(engine, TODAY)
    shop = SqlShop(engine, load_policy(POLICY_FILE), lambda: datetime.combine(TODAY, time(12)))
    asked: list[dict[str, Any]] = []

    def request(_: Tracker, **how: Any) -> SimpleNamespace:
        asked.append(how)
        return SimpleNamespace(number="H-1")

    for module in (actions.payment, actions.who):
        monkeypatch.setattr(module, "shared_shop", lambda: shop)
    monkeypatch.setattr(actions.payment, "request_person", request)
    return asked


def says(intent: str, text: str) -> dict[str, Any]:
    return {"event": "user", "text": text, "parse_data": {"intent": {"name": intent}}}


def passed_on(order: tuple[str, str]) -> dict[str, Any]:
    number, email = order
    events = [says("greet", "hello"), says("change_invoice", WISH), says("provide_details", number)]
    held = {"order_number": number, "email": email}
    latest = {"text": number, "metadata": {}}
    tracker = Tracker("x", held, latest, events, False, None, {}, "action_listen")
    found = actions.payment.ActionPassInvoiceOn().run(CollectingDispatcher(), tracker, {})
    return {event["name"]: event["value"] for event in found}


def notes(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(sa.select(tables.order_notes.c.text)).scalars())


def test_what_was_written_stands_on_the_order_word_for_word_and_billing_has_the_task(
    engine: Engine, tickets: list[dict[str, Any]]
) -> None:
    assert passed_on(PRIYA) == {
        "change": "made",
        "handover_number": "H-1",
        "settled": "invoice_change",
        "invoice_change_days": "14",
    }
    (note,) = notes(engine)
    assert WISH in note
    assert "hello" not in note
    assert tickets == [{"reason": "invoice", "queue": False}]


def test_after_the_days_that_the_terms_give_nothing_is_promised(
    engine: Engine, tickets: list[dict[str, Any]]
) -> None:
    assert passed_on(LONG_AGO) == {"change": "refused", "invoice_change_days": "14"}
    assert not notes(engine)
    assert not tickets


def test_the_invoice_that_is_meant_is_not_the_unpaid_order_spoken_of_since(
    engine: Engine, tickets: list[dict[str, Any]]
) -> None:
    unpaid, email = "ML-104222", "tomasz.zielinski@example.com"
    events = [
        *({"event": "slot", "name": "order_number", "value": n} for n in ("ML-104171", unpaid)),
        says("change_invoice", WISH),
    ]
    held = {"order_number": unpaid, "email": email}
    latest: dict[str, Any] = {"text": WISH, "metadata": {}, "entities": []}
    tracker = Tracker("x", held, latest, events, False, None, {}, "action_listen")
    found = actions.payment.ActionPassInvoiceOn().run(CollectingDispatcher(), tracker, {})
    assert {e["name"]: e["value"] for e in found}["order_number"] == "ML-104171"
    latest["entities"] = [{"entity": "order_number", "value": unpaid}]
    tracker = Tracker("x", held, latest, events, False, None, {}, "action_listen")
    found = actions.payment.ActionPassInvoiceOn().run(CollectingDispatcher(), tracker, {})
    assert "order_number" not in {e["name"] for e in found}
    with engine.connect() as connection:
        noted = connection.execute(sa.select(tables.order_notes.c.order_number)).scalars().all()
    assert noted == ["ML-104171", unpaid]
