"""A turn ends, whatever the rules have heard again."""

from __future__ import annotations

import asyncio
from contextvars import copy_context

from rasa.shared.core.trackers import DialogueStateTracker

from exemplar.server.processor import MOST_MOVES, Processor, _predicted


def test_the_moves_of_a_turn_are_counted_though_each_begins_with_listening() -> None:
    processor = object.__new__(Processor)
    tracker = DialogueStateTracker("x", [])

    def moves() -> int:
        _predicted.set(0)
        made = 0
        # As after an action that has the message heard again: Rasa sees no move yet.
        while not processor.is_action_limit_reached(tracker, False):
            made += 1
            assert made <= 10 * MOST_MOVES
        return made

    assert copy_context().run(moves) == MOST_MOVES


def test_turns_of_two_conversations_are_counted_apart() -> None:
    processor = object.__new__(Processor)
    tracker = DialogueStateTracker("x", [])

    async def turn() -> bool:
        _predicted.set(0)
        reached = False
        for _ in range(MOST_MOVES):
            reached = reached or processor.is_action_limit_reached(tracker, True)
            await asyncio.sleep(0)
        return reached

    async def both() -> list[bool]:
        return list(await asyncio.gather(turn(), turn()))

    assert asyncio.run(both()) == [False, False]
