"""Until when an order can come back, and at what cost, as it is said to the customer."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from sqlalchemy.engine import Engine

import actions.order
from exemplar.shop.policy import POLICY_FILE, is_large, load_policy
from exemplar.shop.seed import seed
from exemplar.shop.sql import SqlShop

AUTUMN = date(2026, 10, 20)
ADVENT = date(2026, 12, 9)
BRISTOL = ("ML-104205", "priya.raman@example.net")
BRUSSELS = ("ML-104140", "aisha.rahman@example.org")
MALMO = ("ML-104075", "jonas.lindqvist@example.com")
UTRECHT_TABLE = ("ML-103874", "mara.okafor@example.org")
POZNAN_CHAIR = ("ML-104171", "tomasz.zielinski@example.com")


def returning(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, today: date, order: tuple[str, str]
) -> dict[str, str | None]:
    seed(engine, today)
    shop = SqlShop(engine, load_policy(POLICY_FILE), lambda: datetime.combine(today, time(12)))
    monkeypatch.setattr(actions.order, "shared_shop", lambda: shop)
    found = shop.find_order(*order)
    assert found is not None
    return actions.order.facts_of(found)


@pytest.mark.parametrize(
    ("today", "order", "by", "cost", "free"),
    [
        (AUTUMN, BRUSSELS, "until 8 November", "free of charge", "yes"),
        (ADVENT, BRUSSELS, "until 31 January 2027", "free of charge", "yes"),
        (AUTUMN, MALMO, "until 1 November", "6.95 euros", "no"),
        (AUTUMN, BRISTOL, "within 30 days of its delivery", "6.95 euros", "no"),
        (ADVENT, BRISTOL, "until 31 January 2027", "6.95 euros", "no"),
        (AUTUMN, UTRECHT_TABLE, "until 29 August", "29 euros", "no"),
        (AUTUMN, POZNAN_CHAIR, "within 30 days of its delivery", "29 euros", "no"),
    ],
)
def test_a_return_is_said_as_it_is_for_the_country_the_season_and_the_size(
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    today: date,
    order: tuple[str, str],
    by: str,
    cost: str,
    free: str,
) -> None:
    facts = returning(engine, monkeypatch, today, order)
    assert facts["order_return_by"] == by
    assert cost in str(facts["order_return_cost"])
    assert facts["order_return_free"] == free


@pytest.mark.parametrize(
    ("item", "large"),
    [
        ("walnut writing desk", True),
        ("2 × ergonomic chair", True),
        ("oak bookshelf", True),
        ("felt desk pad", False),
        ("Oslo desk lamp", False),
        ("bookshelf speakers", False),
    ],
)
def test_only_what_comes_on_a_van_has_to_be_collected(item: str, large: bool) -> None:
    assert is_large(item) is large
