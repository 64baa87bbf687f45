"""A lifelike shop to start with. All its people are invented; dates count from today."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from exemplar.shop import sql
from exemplar.shop.calendar import add_working_days


class _Order(NamedTuple):
    """An order of the seed; days are counted from today, the past is negative."""

    number: str
    items: tuple[str, ...]
    total: str
    placed: int
    promised: int
    expected: int
    last_seen: str
    shipped: int | None = None
    delivered: int | None = None
    cancelled: int | None = None
    refund: int | None = None
    paid: int | None = None
    carrier: str = "Parcelway"


_CUSTOMERS: Final[dict[tuple[str, str], tuple[_Order, ...]]] = {
    # One customer with an order in every state.
    ("Mara Okafor", "mara.okafor@example.org"): (
        _Order("ML-104217", ("Oslo desk lamp",), "64.90", -1, 4, 4, "our warehouse in Utrecht"),
        _Order(
            "ML-104198",
            ("wool rug, 160 x 230",),
            "189.00",
            -4,
            2,
            2,
            "the sorting centre in Eindhoven",
            -2,
        ),
        _Order(
            "ML-104163",
            ("walnut writing desk", "felt desk pad"),
            "348.50",
            -13,
            -6,
            2,
            "the depot in Liège, where it has stood since",
            -10,
        ),
        _Order("ML-104102", ("gooseneck kettle",), "79.00", -14, -9, -9, "your door", -12, -9),
        _Order(
            "ML-104055",
            ("noise-cancelling headphones",),
            "229.00",
            -31,
            -26,
            -26,
            "your door",
            -29,
            -26,
            refund=-3,
        ),
        _Order(
            "ML-104031",
            ("linen duvet cover",),
            "119.00",
            -40,
            -35,
            -35,
            "our warehouse in Utrecht",
            cancelled=-39,
            refund=-39,
            paid=-34,
        ),
        # Cancelled before it was paid for, so that there is nothing to refund.
        _Order(
            "ML-103951",
            ("cork notice board",),
            "39.00",
            -62,
            -57,
            -57,
            "our warehouse in Utrecht",
            cancelled=-61,
        ),
        _Order("ML-103874", ("oak bedside table",), "149.00", -88, -82, -82, "your door", -85, -82),
    ),
    ("Jonas Lindqvist", "jonas.lindqvist@example.com"): (
        _Order(
            "ML-104188",
            ("burr coffee grinder",),
            "98.00",
            -9,
            -2,
            3,
            "the customs office in Malmö",
            -7,
        ),
        _Order(
            "ML-104075", ("bookshelf speakers",), "279.00", -24, -18, -18, "your door", -22, -18
        ),
    ),
    ("Priya Raman", "priya.raman@example.net"): (
        _Order(
            "ML-104205",
            ("set of six wine glasses", "linen tablecloth"),
            "142.00",
            -2,
            3,
            3,
            "our warehouse in Utrecht",
        ),
    ),
    ("Tomasz Zieliński", "tomasz.zielinski@example.com"): (
        _Order("ML-104171", ("ergonomic chair",), "399.00", -8, 1, 1, "a van in Poznań", -3),
        _Order("ML-103990", ("canvas backpack",), "85.00", -47, -41, -41, "your door", -45, -41),
    ),
    ("Aisha Rahman", "aisha.rahman@example.org"): (
        _Order(
            "ML-104140", ("toaster, sage green",), "69.00", -17, -11, -11, "your door", -15, -11
        ),
    ),
    ("Bill Hargreaves", "bill.hargreaves@example.co.uk"): (
        _Order(
            "ML-104120", ("blender", "spare jug"), "134.00", -21, -12, 4, "the port of Harwich", -18
        ),
    ),
}


def seed(engine: Engine, today: date | None = None) -> bool:
    """Fills an empty shop.

    Args:
        engine: whose tables exist.
        today: the day that the orders' dates count from.

    Returns:
        Whether anything was written: a shop with customers is left alone.
    """
    start = today or date.today()
    with engine.begin() as connection:
        if connection.execute(sa.select(sql.customers.c.id).limit(1)).first():
            return False
        for (name, email), bought in _CUSTOMERS.items():
            inserted = connection.execute(sql.customers.insert().values(name=name, email=email))
            for order in bought:
                for table, rows in _rows(order, inserted.inserted_primary_key[0], start):
                    for row in rows:
                        connection.execute(table.insert().values(**row))
    return True


def _rows(order: _Order, customer: int, today: date) -> list[tuple[sa.Table, list[dict[str, Any]]]]:
    def day(offset: int | None) -> date | None:
        return None if offset is None else today + timedelta(days=offset)

    mine = {"order_number": order.number}
    refund = {
        **mine,
        "amount": order.total,
        "requested_on": day(order.refund),
        "due_on": add_working_days(today + timedelta(days=order.refund or 0), 5),
        "paid_on": day(order.paid),
    }
    return [
        (
            sql.orders,
            [
                {
                    "number": order.number,
                    "customer_id": customer,
                    "total": order.total,
                    "placed_on": day(order.placed),
                    "cancelled_on": day(order.cancelled),
                }
            ],
        ),
        (
            sql.order_items,
            [
                {**mine, "position": position, "name": name}
                for position, name in enumerate(order.items)
            ],
        ),
        (
            sql.shipments,
            [
                {
                    **mine,
                    "carrier": order.carrier,
                    "tracking_number": f"PW{order.number[3:]}NL",
                    "promised_on": day(order.promised),
                    "expected_on": day(order.expected),
                    "last_seen": order.last_seen,
                    "shipped_on": day(order.shipped),
                    "delivered_on": day(order.delivered),
                }
            ],
        ),
        (sql.refunds, [refund] if order.refund is not None else []),
    ]
