"""The company's terms, from the one file that the company edits."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from exemplar.errors import ExemplarError
from exemplar.settings import ROOT

POLICY_FILE: Final = ROOT / "data" / "knowledge" / "policy.yml"

#: Where the shop is at home, and parcels go unless another country is named.
HOME: Final = "Netherlands"
#: What comes on a van, by its last noun: an "Oslo desk lamp" is no desk.
_LARGE: Final = re.compile(r"\b(desk|chair|bookshelf|bedside table)s?(?! ?\w)", re.IGNORECASE)
_PRICES: Final = frozenset({"standard_price", "large_price", "abroad_price"})
_EUROS: Final = re.compile(r"(\d+(?:\.\d+)?) euros")


@dataclass(frozen=True)
class Policy:
    """The terms that actions go by and answers quote.

    Attributes:
        return_days: days after delivery in which an item can be sent back.
        season_from, season_to, season_until: what arrives between the first two days of a year can be
            sent back until the third after them, if that is longer; in words, "15 November".
        return_free_countries: from where returns cost nothing, in words.
        return_label_price, return_collecting_price: what a return costs from elsewhere, and what
            fetching large furniture costs, in words.
        invoice_change_days: days after the order in which an invoice's name and VAT number are changed.
        refund_working_days: working days until a refund is on the customer's account.
        complaint_working_days: working days until a complaint is answered.
        standard_delivery, express_delivery, abroad_delivery: delivery times in words.
        free_cancellation: until when cancelling is free, in words.
        standard_working_days: working days a new order is promised in.
        deletion_days: days until an account is deleted after the customer asked for it.
        warranty_years: years after delivery.
        standard_price, express_price, large_price, abroad_price, abroad_countries, payment_methods: in words.
        service_hours, service_phone, service_email: where and when people are reached.
    """

    return_days: int
    season_from: str
    season_to: str
    season_until: str
    return_free_countries: str
    return_label_price: str
    return_collecting_price: str
    refund_working_days: int
    invoice_change_days: int
    complaint_working_days: int
    standard_delivery: str
    express_delivery: str
    abroad_delivery: str
    free_cancellation: str
    standard_working_days: int
    deletion_days: int
    warranty_years: int
    standard_price: str
    express_price: str
    large_price: str
    abroad_price: str
    abroad_countries: str
    payment_methods: str
    service_hours: str
    service_phone: str
    service_email: str


@lru_cache(maxsize=1)
def shared_policy() -> Policy:
    """Returns the company's terms.

    Raises:
        ExemplarError: the file is missing, broken or incomplete.
    """
    return load_policy(POLICY_FILE)


def load_policy(file: Path) -> Policy:
    """Reads terms from a YAML file; see :func:`shared_policy`."""
    try:
        terms: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        policy = Policy(**{field.name: terms[field.name] for field in fields(Policy)})
        for field in fields(Policy):
            value, wanted = getattr(policy, field.name), {"int": int, "str": str}[str(field.type)]
            if type(value) is not wanted or (isinstance(value, int) and value < 0):
                raise TypeError(f"{field.name} cannot be {value!r}")
            if field.name.startswith("season_"):
                day_of_year(str(value), 2000)
            if field.name in _PRICES and not _EUROS.search(str(value)):
                raise ValueError(f"{field.name} names no sum, such as 14 euros")
        return policy
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ExemplarError(f"{file}: cannot read the company's terms ({error!r}).") from error


def day_of_year(said: str, year: int) -> date:
    """Returns the date that a term such as "15 November" means in a year.

    Raises:
        ValueError: it is no day and month, or not in that year.
    """
    return datetime.strptime(f"{said} {year}", "%d %B %Y").date()


def is_large(item: str) -> bool:
    """Tells whether an item comes on a van: the pages' desks, chairs, bookshelves and bedside tables."""
    return bool(_LARGE.search(item))


def delivery_cost(item: str, goods: Decimal, country: str, policy: Policy) -> Decimal | None:
    """Returns what delivery costs, None where the terms don't say: large furniture abroad.

    Args:
        item: what is delivered.
        goods: what it costs itself.
        country: where it goes.
        policy: the terms, in words: a price, and from which sum on nothing is to pay.
    """
    abroad = country.strip().lower().removeprefix("the ") != HOME.lower()
    if is_large(item) and abroad:
        return None
    terms = (
        policy.large_price
        if is_large(item)
        else policy.abroad_price
        if abroad
        else policy.standard_price
    )
    price, *free_from = (Decimal(amount) for amount in _EUROS.findall(terms))
    return Decimal(0) if free_from and goods >= free_from[0] else price
