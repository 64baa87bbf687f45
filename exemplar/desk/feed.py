"""The feed: which handovers change, for those who watch. One look at the registry serves all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from exemplar.desk.service import Desk

logger = logging.getLogger(__name__)

#: Seconds after which the registry is looked at though nobody said that something has changed: another
#: process may have written.
LOOK: Final = 0.5
#: Seconds for which changes are gathered: many at once are told once.
GATHER: Final = 0.02


class Changes:
    """What one watcher has not been told yet."""

    def __init__(self) -> None:
        """Begins with nothing."""
        self._numbers: set[str] = set()
        self._there = asyncio.Event()

    def again(self, numbers: Iterable[str]) -> None:
        """Adds handovers that changed."""
        self._numbers.update(numbers)
        if self._numbers:
            self._there.set()

    async def next(self, seconds: float) -> list[str]:
        """Waits for changes; returns the handovers' numbers, none if nothing changed for so long."""
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._there.wait(), seconds)
        self._there.clear()
        numbers, self._numbers = sorted(self._numbers), set()
        return numbers


class Feed:
    """Looks at the registry while somebody watches."""

    def __init__(self, desk: Desk) -> None:
        """Takes the desk; to be made in its loop."""
        self._desk = desk
        self._watchers: set[Changes] = set()
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._versions: dict[str, int] = {}

    @contextmanager
    def subscribe(self) -> Iterator[Changes]:
        """Gives what a watcher waits on."""
        changes = Changes()
        self._watchers.add(changes)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._look())
        # What changed before the first look is told as well.
        changes.again(self._versions)
        try:
            yield changes
        finally:
            self._watchers.discard(changes)

    async def _look(self) -> None:
        stop = self._desk.listen(self._woken.set)
        try:
            while self._watchers:
                self._woken.clear()
                try:
                    versions = await asyncio.to_thread(self._desk.registry.versions)
                except Exception as error:
                    logger.warning("The registry cannot be read: %s", type(error).__name__)
                    await asyncio.sleep(1)
                    continue
                changed = [
                    number
                    for number, version in versions.items()
                    if self._versions.get(number) != version
                ]
                self._versions = versions
                for watcher in self._watchers:
                    watcher.again(changed)
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), LOOK)
                await asyncio.sleep(GATHER)
        finally:
            stop()
