"""Messages and dialogue are trained side by side where both are to be trained."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, ClassVar

import pytest
from rasa.core.policies.policy import Policy
from rasa.engine.exceptions import GraphComponentException
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage

from exemplar.dialogue.halves import train_halves_side_by_side

#: Long enough for the slowest machine; nobody waits for it where both run.
LIMIT = 60.0


class Part(GraphComponent):
    """A part of a training, which notes that it ran."""

    ran: ClassVar[list[str]] = []
    met: ClassVar[threading.Barrier]

    @classmethod
    def create(cls, config: Any, model_storage: Any, resource: Any, execution_context: Any) -> Any:
        return cls()

    def read(self, importer: str) -> str:
        self.ran.append("read")
        return f"{importer}'s data"

    def meet(self, data: str) -> str:
        """Ends only when the other half is there as well."""
        self.met.wait(LIMIT)
        return f"{type(self).__name__} of {data}"

    def alone(self, data: str) -> str:
        return f"{type(self).__name__} of {data}"

    def fail(self, data: str) -> str:
        raise ValueError("stories contradict each other")

    def wait_long(self, data: str) -> str:
        threading.Event().wait(LIMIT)
        return data


class Talking(Part, Policy):
    """A policy, as far as the graph can tell."""

    def __init__(self) -> None:
        """Needs nothing that Rasa gives a policy."""

    def train(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    def predict_action_probabilities(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError


def runner(
    folder: Path, messages: str, dialogue: str | None, *, apart: bool = False
) -> DaskGraphRunner:
    def node(uses: type, does: str, needs: dict[str, str], target: bool = True) -> SchemaNode:
        return SchemaNode(needs, uses, "create", does, {}, is_target=target)

    nodes = {
        "reading": node(Part, "read", {"importer": "__importer__"}, False),
        "messages": node(Part, messages, {"data": "reading"}),
    }
    if dialogue:
        nodes["dialogue"] = node(
            Talking, dialogue, {"data": "also reading" if apart else "reading"}
        )
    if apart:
        nodes["also reading"] = node(Part, "read", {"importer": "__importer__"}, False)
    schema = GraphSchema(nodes)
    Part.ran, Part.met = [], threading.Barrier(2)
    train_halves_side_by_side()
    return DaskGraphRunner.create(
        schema, LocalModelStorage.create(folder), ExecutionContext(schema), []
    )


def test_neither_half_waits_for_the_other_and_what_both_need_is_read_once(tmp_path: Path) -> None:
    outputs = runner(tmp_path, "meet", "meet").run({"__importer__": "Ana"})
    assert outputs == {"messages": "Part of Ana's data", "dialogue": "Talking of Ana's data"}
    assert Part.ran == ["read"]


def test_halves_that_share_nothing_do_not_wait_either(tmp_path: Path) -> None:
    # So it is at a later training: Rasa has read the files when it looked for what has changed.
    outputs = runner(tmp_path, "meet", "meet", apart=True).run({"__importer__": "Ana"})
    assert outputs == {"messages": "Part of Ana's data", "dialogue": "Talking of Ana's data"}


def test_one_half_alone_is_trained_as_ever(tmp_path: Path) -> None:
    outputs = runner(tmp_path, "alone", None).run({"__importer__": "Ana"})
    assert outputs == {"messages": "Part of Ana's data"}


@pytest.mark.timeout(LIMIT / 2)
def test_a_contradiction_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(GraphComponentException) as raised:
        runner(tmp_path, "wait_long", "fail").run({"__importer__": "Ana"})
    assert "contradict each other" in str(raised.value.__cause__)
