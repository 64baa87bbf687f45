"""Rasa's processing of a message, where Rasa's own would stop the server or lose a conversation."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from rasa.core import agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker

logger = logging.getLogger(__name__)

#: Moves in one turn. Rasa's own 10 are fewer than a turn has in which an angry customer is met, and the
#: matter is looked up and seen to.
MOST_MOVES: Final = 30


class Processor(MessageProcessor):
    """Reads messages beside the event loop, and ends every turn."""

    def __init__(self, **made_with: Any) -> None:
        """Takes what Rasa makes its own with."""
        super().__init__(**{"max_number_of_predictions": MOST_MOVES, **made_with})
        # One at a time: not every part of the pipeline may be used by two at once.
        self._reader = ThreadPoolExecutor(1, "reader")

    async def parse_message(
        self,
        message: UserMessage,
        tracker: DialogueStateTracker | None = None,
        only_output_properties: bool = True,
    ) -> dict[str, Any]:
        """Reads a message; meanwhile other customers' windows and people at the desk are served."""

        def read() -> dict[str, Any]:
            reading = super(Processor, self).parse_message(message, tracker, only_output_properties)
            return asyncio.run(reading)

        return await asyncio.get_running_loop().run_in_executor(self._reader, read)

    async def _run_prediction_loop(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> None:
        """Lets the policies move until they listen.

        A turn that Rasa breaks off as too long would never end otherwise: all that the customer wrote
        afterwards would count as part of it, and remain without an answer.
        """
        await super()._run_prediction_loop(output_channel, tracker)
        if not tracker.is_paused() and tracker.latest_action_name != ACTION_LISTEN_NAME:
            logger.error(
                "A turn of %s was broken off: more than %d moves", tracker.sender_id, MOST_MOVES
            )
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME))


def install() -> None:
    """Has Rasa's agent use it; there is no setting for that."""
    agent.MessageProcessor = Processor
