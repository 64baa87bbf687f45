"""Rasa, without work that it does over and over: the same answers, in less time.

There are no settings for any of this. Each change keeps what is returned and raised.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses
from rasa.utils.tensorflow.models import RasaModel

from exemplar.dialogue.yaml_reading import read_in_linear_time

#: A kind of event that Rasa knows of and reads no more.
_OLD: Final = "topic"


def install_lighter() -> None:
    """Has the process do it; a second call changes nothing."""
    read_in_linear_time()
    RasaModel.fit = _without_graph
    RemoteAction._validate_action_result = _valid
    Event.resolve_by_type = staticmethod(_event)  # type: ignore[method-assign]


_fit = RasaModel.fit


def _without_graph(self: RasaModel, *batches: Any, **settings: Any) -> Any:
    """Takes a step of training as it is written, which is what one step alone is quickest by.

    To know the shapes of its weights, Rasa trains TED on one example before it reads them. To make a graph
    of that single step takes longer than everything else at the start of a server.
    """
    before = self._run_eagerly
    self.run_eagerly = True
    try:
        return _fit(self, *batches, **settings)
    finally:
        self.run_eagerly = before


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    """Returns what checks an action's answer.

    Rasa checks the schema itself at every answer, too: a fifth of a server's time.
    """
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def _valid(self: RemoteAction, result: Any) -> bool:
    """Tells that an action's answer is as it must be.

    Raises:
        ValidationError: it is not.
    """
    error = best_match(_validator().iter_errors(result))
    if error is None:
        return True
    error.message += ". The action server's answer is not valid."
    raise error


@lru_cache(maxsize=1)
def _events() -> dict[str, type[Event]]:
    """Returns the kinds of events by name. Rasa walks all its classes for every event that it reads."""
    kinds: dict[str, type[Event]] = {}
    for kind in all_subclasses(Event):
        kinds.setdefault(kind.type_name, kind)
    return kinds


def _event(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """Returns the kind of event of a name.

    Raises:
        ValueError: there is none.
    """
    kind = _events().get(type_name)
    if kind is not None:
        return kind
    if type_name == _OLD:
        return None
    if default is None:
        raise ValueError(f"Unknown event name '{type_name}'.")
    return default
