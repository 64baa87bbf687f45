from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from exemplar.wording import say_amount, say_date, say_days, say_list

TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "today"),
        (-1, "yesterday"),
        (1, "tomorrow"),
        (2, "Friday, 20 November"),
        (-6, "Thursday, 12 November"),
        (6, "Tuesday, 24 November"),
        (7, "25 November"),
        (-7, "11 November"),
        (-18, "31 October"),
    ],
)
def test_a_date_is_said_the_nearer_the_plainer(days: int, said: str) -> None:
    assert say_date(TODAY + timedelta(days=days), TODAY) == said


@pytest.mark.parametrize(
    ("day", "today", "said"),
    [
        (date(2027, 2, 1), TODAY, "1 February 2027"),
        (date(2025, 11, 18), TODAY, "18 November 2025"),
        (date(2027, 1, 1), date(2026, 12, 31), "tomorrow"),
        (date(2026, 12, 31), date(2027, 1, 1), "yesterday"),
    ],
)
def test_a_date_in_another_year_names_it_unless_it_is_next_door(
    day: date, today: date, said: str
) -> None:
    assert say_date(day, today) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("64.90", "€64.90"),
        ("64.9", "€64.90"),
        ("1149", "€1,149"),
        ("1149.00", "€1,149"),
        ("0.05", "€0.05"),
        ("1000000.50", "€1,000,000.50"),
        ("100", "€100"),
    ],
)
def test_an_amount_shows_cents_only_where_there_are_some(amount: str, said: str) -> None:
    assert say_amount(Decimal(amount)) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "no days"), (1, "a day"), (2, "two days"), (12, "twelve days"), (13, "13 days")],
)
def test_few_days_are_said_in_words_and_many_in_figures(days: int, said: str) -> None:
    assert say_days(days) == said


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], ""),
        (["a lamp"], "a lamp"),
        (["a lamp", "a rug"], "a lamp and a rug"),
        (["a lamp", "a rug", "a desk"], "a lamp, a rug and a desk"),
    ],
)
def test_a_list_is_said_as_a_person_would(items: list[str], said: str) -> None:
    assert say_list(items) == said
