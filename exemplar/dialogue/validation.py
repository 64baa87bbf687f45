"""Rasa's validation of a project, beside the beginning of its training."""

from __future__ import annotations

import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Final, NoReturn

import rasa.cli.utils
import rasa.model_training
import rasa.shared.utils.cli
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.importers.importer import TrainingDataImporter

from exemplar.dialogue.apart import Apart, cores

#: Who may go on before the verdict is heard: `rasa train`; `rasa data validate` does nothing else.
_GOES_ON: Final = "rasa.cli.train"

_as_rasa_validates = rasa.cli.utils.validate_files
_as_rasa_packs = LocalModelStorage.create_model_package
_as_rasa_trains = rasa.model_training._train_graph

#: Validations whose verdict is not heard yet, with what they are to validate.
_asked: list[tuple[Apart, Callable[[], None]]] = []


class Objection(Exception):
    """What a validation ends a training with."""

    def __init__(self, message: str, code: int = 1) -> None:
        """Takes the message to people, and the exit code."""
        super().__init__(message, code)
        self.message, self.code = message, code


def validate_beside(collect: Callable[[], None]) -> None:
    """Has `rasa train` validate a project beside its training, and end if there is something to object to.

    Validating puts all stories and rules together as the training does, and takes one core for half a minute.
    Nothing is packed before the verdict.

    Args:
        collect: has everything at hand that is being read.
    """

    def validate(
        fail_on_warnings: bool,
        max_history: int | None,
        importer: TrainingDataImporter,
        stories_only: bool = False,
    ) -> None:
        def here() -> None:
            _as_rasa_validates(fail_on_warnings, max_history, importer, stories_only)

        # No frame but this tells the two commands from each other.
        if cores() < 2 or sys._getframe(1).f_globals["__name__"] != _GOES_ON:
            here()
            return
        # What cannot be read is told at once; and what is read once need not be read beside as well.
        importer.get_stories()
        collect()
        _asked.append((Apart(lambda: _validated(here)), here))

    rasa.cli.utils.validate_files = validate
    LocalModelStorage.create_model_package = _pack  # type: ignore[method-assign]
    rasa.model_training._train_graph = _train


def waited_for() -> list[Connection]:
    """Returns what is ready once there is a verdict to be heard."""
    return [one.outcome for one, _ in _asked]


def hear(*, patiently: bool) -> None:
    """Hears the verdict, and ends this process as Rasa would if it objects.

    Args:
        patiently: waits for a verdict that is not there yet.
    """
    while _asked and (patiently or _asked[0][0].outcome.poll()):
        one, here = _asked.pop(0)
        try:
            one.result()
        except Objection as objection:
            rasa.shared.utils.cli.print_error_and_exit(objection.message, objection.code)
        except EOFError:
            # Ended from outside; most likely there was not memory enough for both.
            here()


def _validated(validate: Callable[[], None]) -> None:
    """Validates in a process of its own, where an exit would say nothing of why."""
    rasa.shared.utils.cli.print_error_and_exit = _object
    validate()


def _object(message: str, exit_code: int = 1) -> NoReturn:
    raise Objection(message, exit_code)


def _pack(self: LocalModelStorage, *arguments: Any, **named: Any) -> Any:
    hear(patiently=True)
    return _as_rasa_packs(self, *arguments, **named)


def _train(*arguments: Any, **named: Any) -> Any:
    trained = _as_rasa_trains(*arguments, **named)
    # A dry run packs nothing.
    hear(patiently=True)
    return trained
