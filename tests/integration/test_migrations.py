"""A database of any version becomes one of this, and keeps what is in it."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from exemplar.database import metadata, open_database
from exemplar.desk.brief import Brief
from exemplar.desk.registry import Registry
from exemplar.errors import ExemplarError
from exemplar.migrations import FOLDER, NEWEST
from exemplar.shop.model import AccountType, Address, OrderState, PaymentState
from exemplar.shop.policy import shared_policy
from exemplar.shop.seed import seed
from exemplar.shop.sql import SqlShop
from tests.conftest import ROOT

FIRST_RELEASE = Path(__file__).with_name("first_release.sql").read_text(encoding="utf-8")
ROWS = """
INSERT INTO customers VALUES (1, 'Mara Okafor', 'mara.okafor@example.org');
INSERT INTO orders VALUES ('ML-104217', 1, 64.90, '2026-11-01', NULL);
INSERT INTO order_items VALUES ('ML-104217', 0, 'Oslo desk lamp');
INSERT INTO shipments VALUES
  ('ML-104217', 'Parcelway', 'PW104217NL', '2099-01-01', '2099-01-01', 'Utrecht', NULL, NULL);
INSERT INTO orders VALUES ('ML-104102', 1, 79.00, '2026-10-01', NULL);
INSERT INTO order_items VALUES ('ML-104102', 0, 'gooseneck kettle');
INSERT INTO shipments VALUES ('ML-104102', 'Parcelway', 'PW104102NL', '2026-10-05', '2026-10-05',
  'your door', '2026-10-03', '2026-10-05');
INSERT INTO refunds VALUES ('ML-104102', 79.00, '2026-10-06', '2026-10-13', '2026-10-12');
INSERT INTO order_notes VALUES (1, 'ML-104217', '2026-11-02 10:00:00', 'Ring twice; it is the top floor.');
INSERT INTO complaints VALUES (1, 'web-1', 'ML-104217', 'Späť! 🎁',
  '2026-11-02 10:00:00', '2026-11-05', NULL);
INSERT INTO handovers VALUES (1, 'web-1', 'rest', 'waiting',
  '{"reason": "asked", "summary": "…", "mood": [0.1], "tried": [], "last_words": "a person"}',
  '2026-11-02 10:00:00', NULL);
INSERT INTO handover_messages VALUES (1, 1, 'm1', 'still there?', '2026-11-02 10:01:00');
"""
#: Numbers databases.
COUNT = itertools.count()
#: Tables of that release that count their rows.
COUNTED = ("customers", "order_notes", "complaints", "handovers", "handover_messages")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'shop.db'}"
    make: Callable[[str], str] = request.getfixturevalue("new_database")
    return make(f"empty{next(COUNT)}")


def run(url: str, script: str) -> None:
    """Runs SQL, written for PostgreSQL, statement by statement."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        script = script.replace("SERIAL", "INTEGER")
        script = script.replace("TIMESTAMP WITHOUT TIME ZONE", "DATETIME")
    with engine.begin() as connection:
        for statement in script.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement.replace("%", "%%"))
        if engine.dialect.name == "postgresql":
            for name in COUNTED if "INSERT" in script else ():
                connection.exec_driver_sql(f"SELECT setval('{name}_id_seq', 1)")
    engine.dispose()


def migrated_step_by_step(url: str) -> Engine:
    """Makes a database by the migrations alone."""
    engine = sa.create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return engine


def differences(engine: Engine) -> Any:
    """What alembic would change to come from the database to the models."""
    with engine.connect() as connection:
        # Alembic misreads an empty default of SQLite; what is compared step by step below shows them.
        defaults = engine.dialect.name == "postgresql"
        options = {"compare_type": True, "compare_server_default": defaults}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def shape(engine: Engine) -> dict[str, Any]:
    """All that a database says of its tables."""
    there = sa.inspect(engine)

    def sorted_by_name(found: list[dict[str, Any]]) -> list[Any]:
        # Without the places in memory of what the conditions of indexes are kept in.
        return sorted(re.sub(r" at 0x\w+", "", repr(sorted(one.items()))) for one in found)

    return {
        name: [
            sorted_by_name(there.get_columns(name)),
            there.get_pk_constraint(name)["constrained_columns"],
            sorted_by_name(there.get_indexes(name)),
            sorted_by_name(there.get_unique_constraints(name)),
            sorted_by_name(there.get_foreign_keys(name)),
        ]
        for name in there.get_table_names()
        if name != "alembic_version"
    }


def version(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(
            connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars()
        )


def test_the_code_knows_its_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


def test_an_empty_database_gets_all_tables(url: str) -> None:
    engine = open_database(url)
    assert version(engine) == [NEWEST]
    assert differences(engine) == []
    assert seed(engine)


def test_the_migrations_agree_with_the_models(url: str) -> None:
    assert differences(migrated_step_by_step(url)) == []


def test_tables_made_at_once_equal_those_made_step_by_step(
    url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if url.startswith("sqlite"):
        other = f"sqlite:///{tmp_path / 'other.db'}"
    else:
        other = request.getfixturevalue("new_database")("other")
    at_once, by_steps = shape(open_database(url)), shape(migrated_step_by_step(other))
    for name in at_once:
        # Columns added later stand last.
        assert at_once[name] == by_steps[name], name
    assert at_once.keys() == by_steps.keys()


def test_a_database_of_the_first_release_keeps_what_is_in_it(url: str) -> None:
    run(url, FIRST_RELEASE)
    run(url, ROWS)
    engine = open_database(url)
    assert version(engine) == [NEWEST]
    assert differences(engine) == []
    shop = SqlShop(engine, shared_policy())
    order = shop.find_order("ML-104217", "mara.okafor@example.org")
    assert order
    assert (order.items, order.placed_on) == (("Oslo desk lamp",), date(2026, 11, 1))
    assert (order.payment, order.invoice) == (PaymentState.PAID, None)
    assert order.customer.account_type == AccountType.PRIVATE
    assert shop.state_of(order) == OrderState.PROCESSING
    returned = shop.find_order("ML-104102", "mara.okafor@example.org")
    assert returned
    assert shop.state_of(returned) == OrderState.REFUNDED
    (complaint,) = shop.open_complaints()
    assert (complaint.number, complaint.text) == ("C-1001", "Späť! 🎁")
    with engine.connect() as connection:
        notes = connection.execute(sa.text("SELECT text FROM order_notes")).scalars().all()
    assert notes == ["Ring twice; it is the top floor."]
    (handover,) = Registry(engine).waiting()
    assert (handover.number, handover.messages) == ("H-1001", ("still there?",))


def test_a_database_of_the_first_release_is_worked_with_further(url: str) -> None:
    run(url, FIRST_RELEASE)
    run(url, ROWS)
    engine = open_database(url)
    shop = SqlShop(engine, shared_policy())
    customer = shop.find_customer("mara.okafor@example.org")
    assert customer
    assert shop.add_address(customer, Address("Kade 1", "3511 AB", "Utrecht", "NL")).addresses
    order = shop.find_order("ML-104217", customer.email)
    assert order
    assert shop.cancel_order(order).refund
    assert shop.register_complaint("web-2", "Late.", None).number == "C-1002"
    brief = Brief("asked", "…", (0.1,), (), "a person")
    assert Registry(engine).request("web-2", "rest", brief).number == "H-1002"
    assert version(open_database(url)) == [NEWEST]


def test_what_was_made_between_the_releases_without_a_number_is_completed(url: str) -> None:
    run(url, FIRST_RELEASE)
    run(url, ROWS)
    engine = sa.create_engine(url)
    # Until then, opening made the tables that were missing, and no columns.
    metadata.create_all(engine)
    assert differences(engine)
    engine = open_database(url)
    assert differences(engine) == []
    assert SqlShop(engine, shared_policy()).find_order("ML-104217", "mara.okafor@example.org")


def test_what_the_newest_models_made_without_a_number_gets_one(url: str) -> None:
    engine = sa.create_engine(url)
    metadata.create_all(engine)
    seed(engine)
    engine = open_database(url)
    assert (version(engine), differences(engine)) == ([NEWEST], [])
    assert not seed(engine)


def test_opening_again_changes_nothing(url: str) -> None:
    engine = open_database(url)
    seed(engine)
    before = shape(engine)
    assert shape(open_database(url)) == before
    assert version(engine) == [NEWEST]


@pytest.mark.parametrize("number", ["0099", "abc", "0002-beta"])
def test_a_newer_database_is_one_clear_error_and_stays_as_it_is(url: str, number: str) -> None:
    engine = open_database(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :n"), {"n": number})
    with pytest.raises(ExemplarError, match=f"version {number}.*knows {NEWEST}") as raised:
        open_database(url)
    assert "\n" not in str(raised.value)
    assert version(engine) == [number]


def test_a_migration_that_fails_changes_nothing(url: str) -> None:
    run(url, FIRST_RELEASE)
    run(url, ROWS)
    # Something that is in the way of its last steps.
    run(url, "CREATE VIEW one_order_a_key AS SELECT 1")
    before = shape(sa.create_engine(url))
    with pytest.raises(ExemplarError, match="one_order_a_key"):
        open_database(url)
    assert shape(sa.create_engine(url)) == before
    run(url, "DROP VIEW one_order_a_key")
    assert version(open_database(url)) == [NEWEST]


@pytest.mark.parametrize("script", ["", FIRST_RELEASE + ROWS], ids=["empty", "first-release"])
def test_processes_that_start_at_once_do_not_collide(url: str, script: str) -> None:
    run(url, script)
    code = (
        "import sys; from exemplar.database import open_database as o; input(); o(sys.argv[1]);"
        "print(1)"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    ended = []
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        ended.append(process.communicate(timeout=120))
    assert [out.strip() for out, _ in ended] == ["1"] * 4, ended
    engine = open_database(url)
    assert (version(engine), differences(engine)) == ([NEWEST], [])


def test_opening_what_is_up_to_date_does_not_load_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    code = (
        "import sys; from exemplar.database import open_database as o; o(sys.argv[1]);"
        "print('alembic' in sys.modules)"
    )
    for _ in ("empty", "up to date"):
        ended = subprocess.run(
            [sys.executable, "-c", code, url], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert ended.stdout.strip() == "False"


def test_an_operator_can_migrate_by_hand(url: str) -> None:
    run(url, FIRST_RELEASE)

    def migrate() -> str:
        return subprocess.run(
            [sys.executable, "-m", "exemplar", "shop", "migrate"],
            cwd=ROOT,
            env={**os.environ, "EXEMPLAR_DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert migrate() == f"The database was brought from 0001 to {NEWEST}.\n"
    assert migrate() == f"The database is at {NEWEST} already.\n"
