"""Reads a project's files as Rasa does, and ends every story where it is written to end."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.training_data.structures import (
    GENERATED_CHECKPOINT_PREFIX,
    Checkpoint,
    RuleStep,
    StoryGraph,
    StoryStep,
)
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData

from exemplar.dialogue.apart import Apart, cores
from exemplar.dialogue.batches import put_batches_together_fast
from exemplar.dialogue.fingerprints import remember_fingerprints
from exemplar.dialogue.messages import copy_messages_fast
from exemplar.dialogue.packing import pack_fast
from exemplar.dialogue.side_by_side import train_side_by_side
from exemplar.dialogue.slots import pass_over_idle_slots
from exemplar.dialogue.validation import validate_beside
from exemplar.dialogue.yaml_reading import check_schemas_fast, read_in_linear_time

_Read = TypeVar("_Read")

#: Rasa reports no checkpoint as a designer's slip that has its own prefix.
_END: Final = f"{GENERATED_CHECKPOINT_PREFIX}end"

#: What this process has read, by what it was read from. Kept as bytes: who gets it may change it.
_read: dict[tuple[Any, ...], bytes] = {}


#: What another process is reading, by the same.
_ahead: dict[tuple[Any, ...], Apart] = {}


def _key(what: str, files: Iterable[str]) -> tuple[Any, ...]:
    states = [(file, Path(file).stat()) for file in sorted(files)]
    return (what, *((file, state.st_mtime_ns, state.st_size) for file, state in states))


def _once(what: str, files: Iterable[str], read: Callable[[], _Read]) -> _Read:
    """Reads files that have not changed once for each process.

    `rasa train` reads everything to validate it, and again to train; most of the time goes into checking
    every file against Rasa's schema.
    """
    key = _key(what, files)
    if key in _ahead:
        _take(key)
    if key not in _read:
        _read[key] = _written(read)
    return pickle.loads(_read[key])  # type: ignore[no-any-return]


def _begin(what: str, files: Iterable[str], read: Callable[[], Any]) -> None:
    """Begins to read in another process what will be asked for soon."""
    key = _key(what, files)
    if cores() > 1 and key not in _read and key not in _ahead:
        _ahead[key] = Apart(lambda: _written(read))


def _take(key: tuple[Any, ...]) -> None:
    """Waits for what is being read in another process."""
    one = _ahead.pop(key)
    # What could not be read there is read here when it is asked for, and says here what is wrong.
    with suppress(Exception):
        _read[key] = one.result()


def _collect() -> None:
    """Waits for all that is being read in other processes."""
    for key in list(_ahead):
        _take(key)


def _written(read: Callable[[], Any]) -> bytes:
    return pickle.dumps(read(), pickle.HIGHEST_PROTOCOL)


# An importer is the first of a project's own code that a training comes to.
remember_fingerprints()
read_in_linear_time()
check_schemas_fast()
pass_over_idle_slots()
copy_messages_fast()
put_batches_together_fast()
train_side_by_side()
pack_fast()
validate_beside(_collect)


class WholeStories(RasaFileImporter):
    """Rasa's importer of files, for stories that are recalled wherever they begin.

    By default `rasa train` strings fifty stories before each of all the others, three times over, so that
    TED does not take the beginning of a story for the beginning of a conversation. With the hundreds of
    stories that SESSIONS teach that takes more than the memory of most machines, and
    :class:`exemplar.dialogue.stories.Stories` looks past what was before anyway. What ends at a checkpoint
    is not strung to anything.
    """

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """Returns the stories and rules of the project's files."""
        # Whoever wants these wants the phrases, too: they are read beside.
        _begin(*self._phrases("en"))
        files = [*self._story_files, *filter(None, [self._domain_path])]
        graph = _once(
            f"stories {exclusion_percentage}",
            files,
            lambda: RasaFileImporter.get_stories(self, exclusion_percentage),
        )
        steps = list(graph.story_steps)
        for step in steps:
            if not isinstance(step, RuleStep) and not step.end_checkpoints:
                # What Rasa adds to a story that has no checkpoint at its end.
                if step.events and step.events[-1] != ActionExecuted(ACTION_LISTEN_NAME):
                    step.add_event(ActionExecuted(ACTION_LISTEN_NAME))
                step.end_checkpoints.append(Checkpoint(_END))
        # Rasa drops the steps at whose end nothing begins. So something does, which it drops for having
        # such an end itself.
        steps.append(
            StoryStep(
                block_name=_END,
                start_checkpoints=[Checkpoint(_END)],
                end_checkpoints=[Checkpoint(f"{_END}_of_all")],
            )
        )
        return StoryGraph(steps, graph.story_end_checkpoints)

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Returns the phrases of the project's files."""
        return _once(*self._phrases(language))

    def _phrases(self, language: str | None) -> tuple[str, list[str], Callable[[], TrainingData]]:
        return (
            f"phrases {language}",
            self._nlu_files,
            lambda: RasaFileImporter.get_nlu_data(self, language),
        )
