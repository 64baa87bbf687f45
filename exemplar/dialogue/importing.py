"""Reads a project's files as Rasa does, and ends every story where it is written to end."""

from __future__ import annotations

from typing import Final

from rasa.shared.core.training_data.structures import (
    GENERATED_CHECKPOINT_PREFIX,
    Checkpoint,
    RuleStep,
    StoryGraph,
)
from rasa.shared.importers.rasa import RasaFileImporter

#: Nothing begins here. With Rasa's own prefix it is not reported as a slip of the designer.
_END: Final = f"{GENERATED_CHECKPOINT_PREFIX}end"


class WholeStories(RasaFileImporter):
    """Rasa's importer of files, for stories that are recalled wherever they begin.

    By default `rasa train` strings fifty stories before each of all the others, three times over, so that
    TED does not take the beginning of a story for the beginning of a conversation. With the hundreds of
    stories that SESSIONS teach that takes more than the memory of most machines, and
    :class:`exemplar.dialogue.stories.Stories` looks past what was before anyway. A story that ends at a
    checkpoint is not strung to another.
    """

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """Returns the stories and rules of the project's files."""
        graph = super().get_stories(exclusion_percentage)
        for step in graph.story_steps:
            if not isinstance(step, RuleStep) and not step.end_checkpoints:
                step.end_checkpoints.append(Checkpoint(_END))
        return graph
