"""A lifelike shop to start with. All its people are invented; dates count from today."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from exemplar.shop import tables
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
    payment: str = "paid"


class _Person(NamedTuple):
    """A customer of the seed."""

    name: str
    email: str
    address: tuple[str, str, str, str]
    phone: str | None = None


_CUSTOMERS: Final[dict[_Person, tuple[_Order, ...]]] = {
    # One customer with an order in every state.
    _Person(
        "Mara Okafor",
        "mara.okafor@example.org",
        ("Nieuwegracht 41", "3512 LE", "Utrecht", "Netherlands"),
        "+31 6 5550 0141",
    ): (
        _Order(
            "ML-104226",
            ("floor lamp",),
            "139.00",
            0,
            7,
            7,
            "our warehouse in Utrecht",
            payment="open",
        ),
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
    _Person(
        "Jonas Lindqvist",
        "jonas.lindqvist@example.com",
        ("Amiralsgatan 12", "211 55", "Malmö", "Sweden"),
    ): (
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
    _Person(
        "Priya Raman",
        "priya.raman@example.net",
        ("14 Ashgrove Road", "BS6 6LY", "Bristol", "United Kingdom"),
    ): (
        _Order(
            "ML-104205",
            ("set of six wine glasses", "linen tablecloth"),
            "142.00",
            -2,
            3,
            3,
            "our warehouse in Utrecht",
            # Taken twice.
            payment="twice",
        ),
    ),
    _Person(
        "Tomasz Zieliński",
        "tomasz.zielinski@example.com",
        ("ul. Garbary 7", "61-867", "Poznań", "Poland"),
    ): (
        _Order("ML-104171", ("ergonomic chair",), "399.00", -8, 1, 1, "a van in Poznań", -3),
        # Past every return period, the season's too.
        _Order("ML-103990", ("canvas backpack",), "85.00", -87, -81, -81, "your door", -85, -81),
        # The bank turned it down.
        _Order(
            "ML-104222",
            ("felt desk pad",),
            "29.50",
            -1,
            4,
            4,
            "our warehouse in Utrecht",
            payment="failed",
        ),
    ),
    _Person(
        "Aisha Rahman",
        "aisha.rahman@example.org",
        ("Rue Haute 96", "1000", "Brussels", "Belgium"),
    ): (
        _Order(
            "ML-104140", ("toaster, sage green",), "69.00", -17, -11, -11, "your door", -15, -11
        ),
    ),
    _Person(
        "Bill Hargreaves",
        "bill.hargreaves@example.co.uk",
        ("3 Quay Lane", "IP12 1BP", "Woodbridge", "United Kingdom"),
    ): (
        _Order(
            "ML-104120", ("blender", "spare jug"), "134.00", -21, -12, 4, "the port of Harwich", -18
        ),
    ),
}

#: Number, name, what it is, price, stock, and in how many days it is back.
_PRODUCTS: Final[tuple[tuple[str, str, str, str, int, int | None], ...]] = (
    ("DSK-01", "walnut writing desk", "desks", "319.00", 6, None),
    ("DSK-02", "oak standing desk", "desks", "549.00", 0, 18),
    ("LMP-01", "Oslo desk lamp", "lamps", "64.90", 41, None),
    ("LMP-02", "floor lamp", "lamps", "139.00", 9, None),
    ("LMP-03", "reading lamp", "lamps", "49.00", 0, 6),
    ("RUG-01", "wool rug, 160 x 230", "rugs", "189.00", 4, None),
    ("RUG-02", "cotton rug, 120 x 180", "rugs", "89.00", 12, None),
    ("PAD-01", "felt desk pad", "desk things", "29.50", 57, None),
    ("KIT-01", "gooseneck kettle", "kitchen", "79.00", 13, None),
    ("KIT-02", "glass kettle", "kitchen", "59.00", 0, None),
    ("KIT-03", "burr coffee grinder", "kitchen", "98.00", 7, None),
    ("KIT-04", "toaster, sage green", "kitchen", "69.00", 22, None),
    ("KIT-05", "blender", "kitchen", "109.00", 15, None),
    ("KIT-06", "spare jug", "kitchen", "25.00", 30, None),
    ("TAB-01", "set of six wine glasses", "table", "54.00", 18, None),
    ("TAB-02", "linen tablecloth", "table", "88.00", 3, None),
    ("TAB-03", "stoneware mug", "table", "16.50", 120, None),
    ("AUD-01", "noise-cancelling headphones", "sound", "229.00", 11, None),
    ("AUD-02", "bookshelf speakers", "sound", "279.00", 2, None),
    ("BED-01", "linen duvet cover", "bedroom", "119.00", 8, None),
    ("BED-02", "winter duvet", "bedroom", "159.00", 0, 10),
    ("BED-03", "oak bedside table", "bedroom", "149.00", 5, None),
    ("CHR-01", "ergonomic chair", "chairs", "399.00", 10, None),
    ("SHF-01", "oak bookshelf", "shelves", "269.00", 4, None),
    ("BRD-01", "cork notice board", "desk things", "39.00", 26, None),
    ("BAG-01", "canvas backpack", "bags", "85.00", 19, None),
    ("PLT-01", "plant pot", "plants", "24.00", 64, None),
)


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
        if connection.execute(sa.select(tables.customers.c.id).limit(1)).first():
            return False
        for sku, name, category, price, stock, restocked in _PRODUCTS:
            connection.execute(
                tables.products.insert().values(
                    sku=sku,
                    name=name,
                    category=category,
                    price=price,
                    stock=stock,
                    restocked_on=_day(start, restocked),
                )
            )
        for person, bought in _CUSTOMERS.items():
            inserted = connection.execute(
                tables.customers.insert().values(
                    name=person.name, email=person.email, phone=person.phone
                )
            )
            customer = inserted.inserted_primary_key[0]
            address = dict(
                zip(("street", "postcode", "city", "country"), person.address, strict=True)
            )
            connection.execute(tables.addresses.insert().values(customer_id=customer, **address))
            for order in bought:
                for table, rows in _rows(order, customer, address, start):
                    for row in rows:
                        connection.execute(table.insert().values(**row))
    return True


def _day(today: date, offset: int | None) -> date | None:
    return None if offset is None else today + timedelta(days=offset)


def _rows(
    order: _Order, customer: int, address: dict[str, str], today: date
) -> list[tuple[sa.Table, list[dict[str, Any]]]]:
    def day(offset: int | None) -> date | None:
        return _day(today, offset)

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
            tables.orders,
            [
                {
                    "number": order.number,
                    "customer_id": customer,
                    "total": order.total,
                    "placed_on": day(order.placed),
                    "cancelled_on": day(order.cancelled),
                    "payment": order.payment,
                    **address,
                }
            ],
        ),
        (
            tables.order_items,
            [
                {**mine, "position": position, "name": name}
                for position, name in enumerate(order.items)
            ],
        ),
        (
            tables.shipments,
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
        (tables.refunds, [refund] if order.refund is not None else []),
        (
            tables.invoices,
            # A bill is written when an order is paid for.
            [
                {
                    **mine,
                    "number": f"IN-{order.number[3:]}",
                    "issued_on": day(order.placed),
                    "amount": order.total,
                }
            ]
            if order.payment in {"paid", "twice"} and order.number != "ML-103951"
            else [],
        ),
    ]
