"""One way to open the project's database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from exemplar.errors import ExemplarError
from exemplar.migrations import FOLDER, NEWEST, UNNUMBERED
from exemplar.settings import shop_database_url

metadata = sa.MetaData()

#: Names the lock under which PostgreSQL's tables are changed; any number that nobody else takes.
_LOCK: Final = 0x4578656D
#: Tables that the first release had.
_FIRST: Final = frozenset({"customers", "orders", "handovers"})


def open_database(url: str) -> Engine:
    """Opens a database and brings its tables to this code's version; what is in them stays.

    Raises:
        ExemplarError: the URL is wrong, the database is out of reach, or it is of a newer version.
    """
    return _open(url)[0]


def migrate(url: str) -> tuple[str | None, str]:
    """Brings a database to this code's version, as opening it does.

    Returns:
        The version it had, None if it was empty, and the one it has.

    Raises:
        ExemplarError: see :func:`open_database`.
    """
    engine, before = _open(url)
    engine.dispose()
    return before, NEWEST


def _open(url: str) -> tuple[Engine, str | None]:
    try:
        # Errors are logged, and what customers wrote does not belong there.
        engine = sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)
        if engine.dialect.name == "sqlite":
            # Sums of money have two places, and a float holds those of any shop exactly.
            warnings.filterwarnings("ignore", r"Dialect sqlite.* Decimal", sa.exc.SAWarning)
            sa.event.listen(engine, "connect", _prepare_sqlite)
            sa.event.listen(engine, "begin", _begin_sqlite)
        with engine.connect() as connection:
            before = _version(connection)
        if before != NEWEST:
            before = _bring_to_newest(engine)
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        shown = url.split("@")[-1]
        raise ExemplarError(
            f"cannot open the database {shown}: {str(error).splitlines()[0]} Check "
            "EXEMPLAR_DATABASE_URL and that the server runs."
        ) from error
    return engine, before


def _version(connection: Connection) -> str | None:
    """Returns the version of a database's tables, None where there are none."""
    tables = set(sa.inspect(connection).get_table_names())
    if "alembic_version" in tables:
        numbered = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        if numbered:
            return str(numbered)
    return UNNUMBERED if tables >= _FIRST else None


def _bring_to_newest(engine: Engine) -> str | None:
    """Makes or changes the tables, all or nothing, and returns the version that was there before."""
    with engine.begin() as connection:
        # One process at a time; on SQLite the transaction itself sees to that.
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        before = _version(connection)
        if before is None:
            _make(connection)
        elif before != NEWEST:
            _upgrade(connection, before)
        return before


def _make(connection: Connection) -> None:
    """Makes all tables at once, which is faster than one version after the other, and comes to the same."""
    from exemplar.desk import registry  # noqa: F401  (its tables)
    from exemplar.shop import tables  # noqa: F401  (its tables)

    metadata.create_all(connection)
    version = sa.Table(
        "alembic_version",
        sa.MetaData(),
        sa.Column("version_num", sa.String(32), primary_key=True),
    )
    version.create(connection, checkfirst=True)
    connection.execute(version.insert().values(version_num=NEWEST))


def _upgrade(connection: Connection, before: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    # A percent sign in the project's path is not the beginning of a variable.
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if before not in known:
        raise ExemplarError(
            f"the database is at version {before}, and this version of Exemplar knows {NEWEST}: it was "
            "used by a newer one. Install that, or go back to a backup from before."
        )
    if before == UNNUMBERED:
        # It may have been guessed from the tables, and be written down nowhere.
        command.stamp(config, UNNUMBERED)
    command.upgrade(config, NEWEST)


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
