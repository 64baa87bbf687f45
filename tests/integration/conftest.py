"""What the integration tests share: a real PostgreSQL, and a shop served over HTTP."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa

from exemplar.shop.api import create_app, server_for
from exemplar.shop.shop import Shop
from tests.conftest import free_port

SHOP_TOKEN = "a-token-that-only-tests-know"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of its own, for all tests; its URL names the database that is there at first."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    assert programs, "PostgreSQL is missing: run script/install-system-packages"
    folder, port = tmp_path_factory.mktemp("postgres"), free_port()
    # PostgreSQL does not run as root.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        # Down from the folder of all tests; each process of theirs has one of its own in there.
        below = Path(tempfile.gettempdir())
        for parent in [folder, *(one for one in folder.parents if below in one.parents)]:
            parent.chmod(0o755)
        shutil.chown(folder, "postgres")
    data = folder / "data"
    run = {"check": True, "capture_output": True, "cwd": "/"}
    subprocess.run(
        [*as_user, programs[-1] / "initdb", "-D", data, "-A", "trust", "-U", "exemplar"], **run
    )
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    )
    log = folder / "log"
    subprocess.run(
        [*as_user, programs[-1] / "pg_ctl", "-D", data, "-o", options, "-l", log, "-w", "start"],
        **{**run, "capture_output": False, "stdout": subprocess.DEVNULL},
    )
    yield f"postgresql://exemplar@127.0.0.1:{port}/postgres"
    subprocess.run([*as_user, programs[-1] / "pg_ctl", "-D", data, "-m", "fast", "stop"], **run)


@pytest.fixture(scope="session")
def new_database(postgres: str) -> Callable[[str], str]:
    """Makes an empty database in PostgreSQL, and returns its URL."""

    def make(name: str) -> str:
        engine = sa.create_engine(postgres, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        return postgres.replace("/postgres", f"/{name}")

    return make


@contextmanager
def served(shop: Shop) -> Iterator[str]:
    """Serves a shop over HTTP, and gives the URL."""
    port = free_port()
    server = server_for(create_app(shop, SHOP_TOKEN), "127.0.0.1", port)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < deadline, "the shop was not served"
        time.sleep(0.005)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)
