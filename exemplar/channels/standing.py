"""What a customer's window shows of their handover: who speaks, the place in line, how long it takes."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final

from exemplar.desk.feed import Feed
from exemplar.desk.model import WAITING, Handover
from exemplar.desk.service import Desk
from exemplar.wording import say_minutes

logger = logging.getLogger(__name__)

#: Seconds between two looks at the line, at the least: it moves for everybody when one leaves it.
PACE: Final = 0.5

Standing = dict[str, Any]


class Standings:
    """Tells the windows that are open how their conversation stands, whenever that changes."""

    def __init__(self, desk: Desk, tell: Callable[[str, Standing], Awaitable[None]]) -> None:
        """Takes the desk, and what sends a standing to a conversation's windows."""
        self._desk = desk
        self._tell = tell
        self._windows: Counter[str] = Counter()
        self._told: dict[str, Standing] = {}
        self._task: asyncio.Task[None] | None = None

    async def opened(self, conversation: str) -> Standing:
        """Notes that a window was opened; returns how its conversation stands."""
        self._windows[conversation] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._watch())
        try:
            standing = (await asyncio.to_thread(self._look, {conversation}))[conversation]
        except Exception as error:
            logger.warning("The desk cannot be asked: %s", type(error).__name__)
            standing = {"state": None}
        self._told[conversation] = standing
        return standing

    def closed(self, conversation: str) -> None:
        """Notes that a window was closed."""
        self._windows[conversation] -= 1
        if self._windows[conversation] <= 0:
            del self._windows[conversation]
            self._told.pop(conversation, None)

    async def _watch(self) -> None:
        with Feed(self._desk).subscribe() as changes:
            while self._windows:
                if not await changes.next(30):
                    continue
                try:
                    found = await asyncio.to_thread(self._look, set(self._windows))
                except Exception as error:
                    logger.warning("The desk cannot be asked: %s", type(error).__name__)
                    await asyncio.sleep(1)
                    continue
                for conversation, standing in found.items():
                    if self._told.get(conversation) != standing:
                        self._told[conversation] = standing
                        await self._tell(conversation, standing)
                await asyncio.sleep(PACE)

    def _look(self, conversations: set[str]) -> dict[str, Standing]:
        line = self._desk.registry.line()
        waiting = [one.conversation for one in line if one.state == WAITING]
        mine = {one.conversation: one for one in line if one.conversation in conversations}
        expected = self._desk.registry.expected_wait() if mine else None
        wait = say_minutes(expected) if expected is not None else None
        return {
            conversation: _standing(mine.get(conversation), waiting, wait)
            for conversation in conversations
        }


def _standing(handover: Handover | None, waiting: list[str], wait: str | None) -> Standing:
    if handover is None:
        return {"state": None}
    ahead = waiting.index(handover.conversation) if handover.state == WAITING else None
    return {
        "state": handover.state,
        "urgent": handover.urgent,
        "name": handover.claimed_name,
        "ahead": ahead,
        "wait": wait,
    }
