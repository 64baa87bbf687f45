"""One way to open the project's database, on SQLite and on PostgreSQL."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from exemplar.errors import ExemplarError
from exemplar.settings import shop_database_url

metadata = sa.MetaData()


def open_database(url: str) -> Engine:
    """Opens a database and makes the tables that are missing.

    Raises:
        ExemplarError: the URL is wrong or the database is out of reach.
    """
    try:
        # Errors are logged, and what customers wrote does not belong there.
        engine = sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _prepare_sqlite)
            sa.event.listen(engine, "begin", _begin_sqlite)
        metadata.create_all(engine)
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        shown = url.split("@")[-1]
        raise ExemplarError(
            f"cannot open the database {shown}: {str(error).splitlines()[0]} Check "
            "EXEMPLAR_DATABASE_URL and that the server runs."
        ) from error
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # Transactions are begun below, and not by the driver at the first write.
    connection.isolation_level = None
    # SQLite's own knows only English letters.
    connection.create_function("lower", 1, lambda text: text and text.lower(), deterministic=True)
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 10000")
    cursor.execute("PRAGMA foreign_keys = ON")
    # The action server and the desk write at the same time: readers do not wait, writers wait in line.
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # SQLite has no "for update": who is going to write is alone from the first look on.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@lru_cache(maxsize=1)
def shared_database() -> Engine:
    """Returns the process's one engine, opened at first use."""
    return open_database(shop_database_url())
