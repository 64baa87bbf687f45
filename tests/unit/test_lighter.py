"""Rasa without work that it does over and over, and with the same results."""

from __future__ import annotations

import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import ActionExecuted, Event, SlotSet
from rasa.shared.utils.common import all_subclasses

from exemplar.server.lighter import install_lighter

GOOD = {
    "events": [{"event": "slot", "name": "goal", "value": "track_order"}, {"event": "pause"}],
    "responses": [{"text": "hello", "buttons": []}],
}
BAD = [
    {"events": "none"},
    {"events": [{"event": "slot", "name": 3}]},
    {"events": [{"no": "kind"}]},
    {"responses": ["hello"]},
]


@pytest.fixture(autouse=True)
def lighter() -> None:
    install_lighter()


def test_an_action_s_answer_that_is_as_it_must_be_is_taken() -> None:
    assert RemoteAction("action_x", None)._validate_action_result(GOOD)


@pytest.mark.parametrize("answer", BAD)
def test_an_answer_is_refused_that_rasa_refuses(answer: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(answer, RemoteAction.action_response_format_spec())
    with pytest.raises(jsonschema.ValidationError, match="action server's answer is not valid"):
        RemoteAction("action_x", None)._validate_action_result(answer)


def test_every_kind_of_event_is_found_by_its_name() -> None:
    for kind in all_subclasses(Event):
        found = Event.resolve_by_type(kind.type_name)
        assert found is not None
        assert found.type_name == kind.type_name
    assert Event.resolve_by_type("slot") is SlotSet
    assert Event.resolve_by_type("topic") is None
    assert Event.resolve_by_type("unheard_of", ActionExecuted) is ActionExecuted
    with pytest.raises(ValueError, match="unheard_of"):
        Event.resolve_by_type("unheard_of")
