"""Dates, amounts and lists as a person would say them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

_NUMBERS: Final = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def say_date(day: date, today: date) -> str:
    """Returns "today", "Tuesday, 17 November", or with the year where it is another one."""
    away = (day - today).days
    if away in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[away + 1]
    if abs(away) < 7:
        return f"{day:%A}, {day.day} {day:%B}"
    return f"{day.day} {day:%B}" + (f" {day.year}" if day.year != today.year else "")


def say_amount(amount: Decimal) -> str:
    """Returns an amount in euros: "€64.90", "€1,149"."""
    return f"€{amount:,.2f}".removesuffix(".00")


def say_days(days: int) -> str:
    """Returns "a day", "six days", "40 days"."""
    if days == 1:
        return "a day"
    return f"{_NUMBERS[days] if 0 <= days < len(_NUMBERS) else days} days"


def say_minutes(span: timedelta) -> str:
    """Returns "less than a minute", "about four minutes", "about two hours"."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 1:
        return "less than a minute"
    count, unit = (minutes, "minute") if minutes < 90 else (round(minutes / 60), "hour")
    if count == 1:
        return "about a minute"
    return f"about {_NUMBERS[count] if count < len(_NUMBERS) else count} {unit}s"


def say_list(items: Sequence[str]) -> str:
    """Returns "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
