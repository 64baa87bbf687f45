"""The orders that simulated customers have: the demonstration shop's own, or copies of them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from exemplar.database import open_database
from exemplar.shop import tables
from exemplar.shop.seed import seed

#: Copies are numbered from here; the demonstration shop's own numbers are below.
_FIRST_COPY: Final = 300_000
#: Stock is raised to this, so that nobody buys another's last mug.
_STOCK: Final = 500
_PARTS: Final = (tables.order_items, tables.shipments, tables.refunds, tables.invoices)


@dataclass(frozen=True)
class Holding:
    """An order and whose it is.

    Attributes:
        order: its number.
        invoice: its invoice's number; "" if it has none.
        product: the first thing in it.
        total: in euros, as a customer would write it.
        name: the customer's.
        email: theirs.
        phone: a new number of theirs.
        street, postcode, city, country: where they live.
    """

    order: str
    invoice: str
    product: str
    total: str
    name: str
    email: str
    phone: str
    street: str
    postcode: str
    city: str
    country: str


def demonstration_holdings() -> dict[str, Holding]:
    """Returns the demonstration shop's orders by number."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'shop.db'}")
        seed(engine)
        with engine.connect() as connection:
            numbers = connection.execute(sa.select(tables.orders.c.number)).scalars().all()
            found = {number: _holding(connection, number) for number in numbers}
        engine.dispose()
    return found


def products_on_sale() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the names of what the demonstration shop has in stock, and of what is sold out."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'shop.db'}")
        seed(engine)
        with engine.connect() as connection:
            rows = connection.execute(
                sa.select(tables.products.c.name, tables.products.c.stock).order_by("sku")
            ).all()
        engine.dispose()
    return tuple(n for n, stock in rows if stock), tuple(n for n, stock in rows if not stock)


def give_orders(engine: Engine, wanted: Mapping[str, str]) -> dict[str, Holding]:
    """Gives each of many customers an order of their own, a copy of one of the demonstration shop's.

    So nobody finds that another has cancelled their order.

    Args:
        engine: of a shop that was filled by :func:`exemplar.shop.seed.seed`.
        wanted: the number of the order to copy, by a short name for who gets it, of letters and digits.

    Returns:
        What each has.
    """
    holdings = {}
    with engine.begin() as connection:
        connection.execute(
            tables.products.update().where(tables.products.c.stock > 0).values(stock=_STOCK)
        )
        for place, (who, number) in enumerate(wanted.items()):
            template = _holding(connection, number)
            user, _, domain = template.email.partition("@")
            mine = replace(
                template,
                order=f"ML-{_FIRST_COPY + place}",
                invoice=template.invoice and f"IN-{_FIRST_COPY + place}",
                email=f"{user}.{who}@{domain}",
            )
            _copy(connection, template, mine)
            holdings[who] = mine
    return holdings


def count(engine: Engine, query: str, parameters: Mapping[str, str]) -> int:
    """Returns the number that a query of the shop's database gives."""
    named = {name: value for name, value in parameters.items() if f":{name}" in query}
    with engine.connect() as connection:
        return int(connection.execute(sa.text(query), named).scalar_one())


def _row(connection: Connection, query: Any) -> dict[str, Any]:
    return dict(connection.execute(query).mappings().one())


def _holding(connection: Connection, number: str) -> Holding:
    orders, customers = tables.orders, tables.customers
    order = _row(connection, sa.select(orders).where(orders.c.number == number))
    customer = _row(connection, sa.select(customers).where(customers.c.id == order["customer_id"]))
    items: Sequence[str] = (
        connection.execute(
            sa.select(tables.order_items.c.name)
            .where(tables.order_items.c.order_number == number)
            .order_by(tables.order_items.c.position)
        )
        .scalars()
        .all()
    )
    invoice = connection.execute(
        sa.select(tables.invoices.c.number).where(tables.invoices.c.order_number == number)
    ).scalar()
    return Holding(
        order=number,
        invoice=invoice or "",
        product=items[0],
        total=f"€{order['total']}",
        name=customer["name"],
        email=customer["email"],
        phone=f"+32 470 {number[-6:-4]} {number[-4:-2]} {number[-2:]}",
        **{part: order[part] for part in ("street", "postcode", "city", "country")},
    )


def _copy(connection: Connection, template: Holding, mine: Holding) -> None:
    orders, customers, addresses = tables.orders, tables.customers, tables.addresses
    order = _row(connection, sa.select(orders).where(orders.c.number == template.order))
    inserted = connection.execute(customers.insert().values(name=mine.name, email=mine.email))
    customer = inserted.inserted_primary_key[0]
    connection.execute(
        addresses.insert().values(
            customer_id=customer,
            **{part: order[part] for part in ("street", "postcode", "city", "country")},
        )
    )
    own = {"number": mine.order, "customer_id": customer, "request_key": None}
    connection.execute(orders.insert().values(**{**order, **own}))
    for table in _PARTS:
        rows = connection.execute(sa.select(table).where(table.c.order_number == template.order))
        for row in rows.mappings().all():
            values = {**row, "order_number": mine.order}
            if table is tables.invoices:
                values["number"] = mine.invoice
            connection.execute(table.insert().values(**values))
