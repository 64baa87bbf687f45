"""The trained assistant's understanding, for tools that read many messages."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.trackers import DialogueStateTracker

from exemplar.nlu.in_conversation import read_in_conversation
from exemplar.settings import ROOT


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Works in a folder for a while: the pipeline names the language's model from the project's on."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


class Assistant:
    """A trained assistant that only listens; ``agent`` is Rasa's."""

    def __init__(self, model: Path) -> None:
        """Loads a trained assistant, which takes some seconds."""
        import structlog
        from rasa.core.agent import Agent

        # Rasa writes every prediction out otherwise, also where nobody reads it.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        with _inside(ROOT):
            self.agent = Agent.load(str(model.resolve()))
        self._loop = asyncio.new_event_loop()

    def parse(self, text: str) -> dict[str, Any]:
        """Returns what ``/model/parse`` would: intent, entities, emotion."""
        result = self._loop.run_until_complete(self.agent.parse_message(text))
        return dict(result)

    def read(self, text: str, tracker: DialogueStateTracker) -> dict[str, Any]:
        """Returns how a message is read in a conversation, as the server reads it."""
        assert self.agent.processor
        parse = self.agent.processor.parse_message
        return self._loop.run_until_complete(
            read_in_conversation(UserMessage(text=text), tracker, parse)
        )


def newest_model() -> Path | None:
    """Returns the assistant that was trained last, None if there is none."""
    models = sorted(ROOT.glob("models/exemplar-*.tar.gz"), key=lambda file: file.stat().st_mtime)
    return models[-1] if models else None


def newest_assistant() -> Assistant | None:
    """Returns it loaded, None if there is none."""
    model = newest_model()
    return Assistant(model) if model else None
