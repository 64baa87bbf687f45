"""A shop in which things stand as a SESSION shows them, for the assistant's own actions to look into."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import sqlalchemy as sa

from exemplar.database import open_database, shared_database
from exemplar.desk.promises import shared_promises
from exemplar.desk.registry import shared_registry
from exemplar.sessions.evidence import LACKING
from exemplar.shop import tables
from exemplar.shop.connection import shared_shop
from exemplar.shop.seed import seed

#: Whose the order is, where the customer doesn't say.
EMAIL: Final = "customer@example.org"
#: Its number, where the customer doesn't say.
NUMBER: Final = "ML-104999"
#: An order of the demonstration shop for each way in which one can stand.
_LIKE: Final = {
    "unpaid": "ML-104226",
    "processing": "ML-104217",
    "shipped": "ML-104198",
    "late": "ML-104163",
    "delivered": "ML-104102",
    "kept": "ML-103874",
    "cancelled": "ML-103951",
    "refund_pending": "ML-104055",
    "refunded": "ML-104031",
    "failed": "ML-104222",
    "twice": "ML-104205",
}
#: How an order stands for which something could be done or not, where the SESSION tells no more.
_MADE: Final = {
    **dict.fromkeys(("get_refund", "ask_warranty"), "delivered"),
    **{f"report_{what}_item": "delivered" for what in ("damaged", "wrong", "missing")},
    "track_refund": "refund_pending",
}
_REFUSED: Final = {"get_refund": "kept", "ask_warranty": "kept"}
_ORDER_TABLES: Final = (
    *(tables.orders, tables.order_items, tables.shipments, tables.refunds, tables.invoices),
)
#: Everything that opens the database keeps it; each place of a SESSION has its own.
_OPENED: Final[tuple[Any, ...]] = (shared_database, shared_registry, shared_shop, shared_promises)


@dataclass(frozen=True)
class Found:
    """What there is to find at one place of a SESSION.

    Attributes:
        order_state: how the order stands, whether or not anybody looks at it.
        product_state: ``in_stock``, ``sold_out`` or ``several``; None where the SESSION shows no product.
    """

    order_state: str = "processing"
    product_state: str | None = None


def found_at(facts: Sequence[Mapping[str, str]], place: int, goal: str | None) -> Found:
    """Returns what there is to find at one of the agent's turns.

    What nobody has looked at yet stands as it is found later.

    Args:
        facts: what the agent saw, by turn.
        place: of the turn.
        goal: the matter in hand.
    """
    seen = [seen_in(one) for one in facts]
    order = [_order_in(one) for one in seen]
    product = [one.get("product_state") for one in seen]
    change = seen[place].get("change")
    if order[place] is None and change == "refused":
        return Found(_REFUSED.get(goal or "", "shipped"), _nearest(product, place))
    stands = _nearest(order, place) or _MADE.get(goal or "", "processing")
    return Found(stands, _nearest(product, place))


def _order_in(seen: Mapping[str, str]) -> str | None:
    payment = seen.get("payment_state")
    state = payment if payment in _LIKE else seen.get("order_state")
    return state if state in _LIKE else None


def _nearest(values: Sequence[str | None], place: int) -> str | None:
    """Returns the latest one up to a place, or else the first one after it."""
    return next((one for one in (*values[place::-1], *values[place + 1 :]) if one), None)


def lacks(facts: Mapping[str, str]) -> bool:
    """Tells whether an agent lacked something, and asked for it."""
    return not LACKING.isdisjoint(facts.values())


def seen_in(facts: Mapping[str, str]) -> dict[str, str]:
    """Returns what was seen, without what was only asked for."""
    return {name: value for name, value in facts.items() if value not in LACKING}


class SessionShop:
    """A database for every place of a SESSION: nothing that was done at one is found at another."""

    def __init__(self, folder: Path) -> None:
        """Makes the shop that all begin with, which takes a second.

        Args:
            folder: an empty one, for the databases.
        """
        self._folder = folder
        self._count = 0
        self._empty = folder / "empty.db"
        engine = open_database(f"sqlite:///{self._empty}")
        seed(engine)
        with engine.begin() as connection:
            self._rows = {
                state: {table: _rows_of(connection, table, number) for table in _ORDER_TABLES}
                for state, number in _LIKE.items()
            }
            for table in (*reversed(_ORDER_TABLES), tables.addresses, tables.customers):
                connection.execute(table.delete())
        engine.dispose()

    def show(self, found: Found, number: str, email: str, products: Sequence[str]) -> None:
        """Has the process's shop and desk be new ones, in which things stand so.

        Args:
            found: how they stand.
            number: of the order.
            email: whose it is.
            products: that the customer named, the latest last.
        """
        if shared_database.cache_info().currsize:
            shared_database().dispose()
        for opened in _OPENED:
            opened.cache_clear()
        last = self._folder / f"{self._count}.db"
        last.unlink(missing_ok=True)
        self._count += 1
        shutil.copy(self._empty, self._folder / f"{self._count}.db")
        os.environ["EXEMPLAR_DATABASE_URL"] = f"sqlite:///{self._folder / f'{self._count}.db'}"
        with shared_database().begin() as connection:
            self._add_order(connection, found.order_state, number, email, products)
            if found.product_state and products:
                _add_product(connection, found.product_state, products[-1])

    def _add_order(
        self,
        connection: sa.engine.Connection,
        state: str,
        number: str,
        email: str,
        products: Sequence[str],
    ) -> None:
        made = connection.execute(tables.customers.insert().values(name="", email=email))
        for table, rows in self._rows[state].items():
            for row in rows:
                row = {name: number if name in _NAMES_ORDER else v for name, v in row.items()}
                if table is tables.orders:
                    row = {**row, "number": number, "customer_id": made.inserted_primary_key[0]}
                if table is tables.invoices:
                    row = {**row, "number": f"IN-{number[3:]}"}
                if table is tables.order_items and products:
                    continue
                connection.execute(table.insert().values(**row))
        for position, name in enumerate(dict.fromkeys(products)):
            connection.execute(
                tables.order_items.insert().values(
                    order_number=number, position=position, name=name
                )
            )


#: Columns that name an order.
_NAMES_ORDER: Final = frozenset({"order_number"})


def _rows_of(
    connection: sa.engine.Connection, table: sa.Table, number: str
) -> list[dict[str, Any]]:
    column = table.c.number if table is tables.orders else table.c.order_number
    rows = connection.execute(sa.select(table).where(column == number)).mappings()
    return [dict(row) for row in rows]


def _add_product(connection: sa.engine.Connection, state: str, name: str) -> None:
    """Puts what the customer named on sale; what else has a word of its name would be found beside it."""
    for word in name.split():
        connection.execute(
            tables.products.delete().where(tables.products.c.name.ilike(f"%{word}%"))
        )
    names: Iterable[str] = (f"{name}, small", f"{name}, large") if state == "several" else (name,)
    for position, one in enumerate(names):
        connection.execute(
            tables.products.insert().values(
                sku=f"SES-{position}",
                name=one,
                category="home",
                price=Decimal("49.00"),
                stock=0 if state == "sold_out" else 12,
            )
        )


@contextmanager
def session_shop() -> Iterator[SessionShop]:
    """Lets the process's shop and desk be a SESSION's for a while."""
    before = {
        name: os.environ.pop(name, None) for name in ("EXEMPLAR_DATABASE_URL", "EXEMPLAR_SHOP_URL")
    }
    try:
        with TemporaryDirectory() as folder:
            yield SessionShop(Path(folder))
            if shared_database.cache_info().currsize:
                shared_database().dispose()
    finally:
        os.environ.pop("EXEMPLAR_DATABASE_URL", None)
        os.environ.update({name: value for name, value in before.items() if value})
        for opened in _OPENED:
            opened.cache_clear()
