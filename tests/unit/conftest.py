"""What the unit tests share: a real database, and a way to do one thing twice at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from exemplar.database import open_database

AtOnce = Callable[[Callable[[], Any]], list[Any]]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path / 'shop.db'}")


@pytest.fixture
def at_once() -> AtOnce:
    """Calls a function from two threads at once; gives what each returned or raised."""

    def both(function: Callable[[], Any]) -> list[Any]:
        start = Barrier(2)

        def call() -> Any:
            start.wait()
            try:
                return function()
            except Exception as error:
                return error

        with ThreadPoolExecutor(2) as threads:
            return [one.result() for one in [threads.submit(call), threads.submit(call)]]

    return both
