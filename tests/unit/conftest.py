"""What the unit tests share: a real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from exemplar.database import open_database, shared_database
from exemplar.desk.registry import Registry, shared_registry


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path / 'shop.db'}")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The registry that actions and commands use, in a database of its own."""
    monkeypatch.setenv("EXEMPLAR_DATABASE_URL", f"sqlite:///{tmp_path / 'shop.db'}")
    for shared in (shared_database, shared_registry):
        shared.cache_clear()
    yield shared_registry()
    for shared in (shared_database, shared_registry):
        shared.cache_clear()
