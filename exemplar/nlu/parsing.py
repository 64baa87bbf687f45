"""The trained assistant's understanding, for tools that read many messages."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from exemplar.settings import ROOT


class Assistant:
    """A trained assistant that only listens; ``agent`` is Rasa's."""

    def __init__(self, model: Path) -> None:
        """Loads a trained assistant, which takes some seconds."""
        import structlog
        from rasa.core.agent import Agent

        # Rasa writes every prediction out otherwise, also where nobody reads it.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        self.agent = Agent.load(str(model))
        self._loop = asyncio.new_event_loop()

    def parse(self, text: str) -> dict[str, Any]:
        """Returns what ``/model/parse`` would: intent, entities, emotion."""
        result = self._loop.run_until_complete(self.agent.parse_message(text))
        return dict(result)


def newest_model() -> Path | None:
    """Returns the assistant that was trained last, None if there is none."""
    models = sorted(ROOT.glob("models/exemplar-*.tar.gz"), key=lambda file: file.stat().st_mtime)
    return models[-1] if models else None


def newest_assistant() -> Assistant | None:
    """Returns it loaded, None if there is none."""
    model = newest_model()
    return Assistant(model) if model else None
