"""What the unit tests share: a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy.engine import Engine

from exemplar.database import open_database, shared_database
from exemplar.desk.registry import Registry, shared_registry
from exemplar.shop.policy import POLICY_FILE, load_policy
from exemplar.shop.seed import seed
from exemplar.shop.sql import SqlShop


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path / 'shop.db'}")


@pytest.fixture
def seeded(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., SqlShop]:
    """Opens the demonstration's shop as it stands on a day, for these modules of actions."""

    def opened(today: date, *modules: ModuleType) -> SqlShop:
        seed(engine, today)
        made = SqlShop(engine, load_policy(POLICY_FILE), lambda: datetime.combine(today, time(12)))
        for module in modules:
            monkeypatch.setattr(module, "shared_shop", lambda: made)
        return made

    return opened


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The registry that actions and commands use, in a database of its own."""
    monkeypatch.setenv("EXEMPLAR_DATABASE_URL", f"sqlite:///{tmp_path / 'shop.db'}")
    for shared in (shared_database, shared_registry):
        shared.cache_clear()
    yield shared_registry()
    for shared in (shared_database, shared_registry):
        shared.cache_clear()
