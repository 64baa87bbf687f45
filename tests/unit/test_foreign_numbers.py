"""Numbers that customers give for an order and that are none of ours."""

from __future__ import annotations

import pytest

from exemplar.foreign_numbers import foreign_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Order is HW-20418-B, email dermot@example.org", "HW-20418-B"),
        ("the tall green one. order 7739120 priyanka@example.org", "7739120"),
        ("Order reference is GB/55/00871. Email on the account: g.p@example.org", "GB/55/00871"),
        ("the order is 31-884-02, and the email is r@example.org", "31-884-02"),
        ("Order MX4470193.", "MX4470193"),
        ("I think this is the number 6 0 0 4 1 7 7. There is another one", "6004177"),
        ("found it, PK-0063358. the photo is just a brown door", "PK-0063358"),
        ("#48213", "48213"),
        ("CMD 90-412, mathilde@example.com", "90-412"),
        ("Bestellung 2024/331. Email a@example.org", "2024/331"),
        ("00-5519-D. its on the label", "00-5519-D"),
        ("31-884-02", "31-884-02"),
    ],
)
def test_what_is_given_for_an_order_and_is_not_ours_is_seen(text: str, number: str) -> None:
    assert foreign_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "ML-104163, mara@example.org",
        "order 104163",
        "Two transactions of £118.40 on the 3rd",
        "call me on 06 24118803",
        "3512 LE Utrecht",
        "14 Ashgrove Road, BS6 6LY",
        "since 2026-11-24",
        "a rug of 160 x 230",
        "VAT number NL123456789B01",
        "I ordered 12 mugs",
        "it is three weeks late",
        "",
    ],
)
def test_other_figures_are_no_order_number(text: str) -> None:
    assert foreign_number(text) is None


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("It's order number 48-119063 and the flowers come on Friday", "48-119063"),
        ("the invoice for order EX-100874 reissued to the company", "EX-100874"),
        ("#104163 is the one", None),
        ("I gave it before, but here it is again: 1007-33925.", "1007-33925"),
        ("ring me: 0171-5552222", None),
    ],
)
def test_six_figures_behind_other_letters_or_figures_are_none_of_ours(
    text: str, given: str | None
) -> None:
    assert foreign_number(text) == given
