"""Components are trained side by side, and come to what they come to one after the other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import joblib
import pytest
from rasa.core.policies.rule_policy import InvalidRule
from rasa.engine.exceptions import GraphComponentException
from rasa.engine.graph import ExecutionContext, GraphNodeHook, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource

from exemplar.dialogue import side_by_side
from tests.conftest import ROOT


class Part:
    """A component of a graph: a message that grows, and what trains on it."""

    def __init__(
        self, config: dict[str, Any], storage: LocalModelStorage, resource: Resource
    ) -> None:
        self.config, self.storage, self.resource = config, storage, resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: LocalModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Part:
        return cls(config, model_storage, resource)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {}

    def provide(self) -> list[str]:
        return ["one"]

    def process_training_data(self, messages: list[str]) -> list[str]:
        messages.append("two")
        return messages

    def train(self, messages: list[str]) -> Resource:
        match self.config.get("fails"):
            case "rule":
                raise InvalidRule("one contradicts another")
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "slow":
                time.sleep(600)
            case "in parts":
                joblib.Parallel(2)(joblib.delayed(abs)(one) for one in range(4))
        with self.storage.write_to(self.resource) as folder:
            (folder / "learned").write_text(f"{' '.join(messages)} by {os.getpid()}")
        return self.resource


class Seen(GraphNodeHook):
    """Notes what goes into a node, and what comes out."""

    def __init__(self) -> None:
        self.before: dict[str, Any] = {}
        self.after: dict[str, Any] = {}

    def on_before_node(self, node_name: str, received_inputs: Any, **others: Any) -> dict[Any, Any]:
        self.before[node_name] = {what: list(one) for what, one in received_inputs.items()}
        return {"node": node_name}

    def on_after_node(
        self, node_name: str, output: Any, input_hook_data: dict[Any, Any], **others: Any
    ) -> None:
        assert input_hook_data == {"node": node_name}
        self.after[node_name] = output


def node(fn: str, needs: dict[str, str], **config: str) -> SchemaNode:
    return SchemaNode(
        needs=needs,
        uses=Part,
        constructor_name="create",
        fn=fn,
        config=config,
        is_target=fn == "train",
    )  # type: ignore[arg-type]


def graph(**fails: str) -> GraphSchema:
    first, second = (fails.get(name, "") for name in ("first", "second"))
    return GraphSchema(
        {
            "messages": node("provide", {}),
            "train_first": node("train", {"messages": "messages"}, fails=first),
            "grown": node("process_training_data", {"messages": "messages"}),
            "train_second": node("train", {"messages": "grown"}, fails=second),
            "train_third": node("train", {"messages": "grown"}),
        }
    )


def run(folder: Path, schema: GraphSchema, seen: Seen | None = None) -> tuple[Any, dict[str, str]]:
    folder.mkdir(exist_ok=True)
    storage = LocalModelStorage(folder)
    runner = DaskGraphRunner.create(
        schema, storage, ExecutionContext(schema, model_id="x"), [seen] if seen else []
    )
    trained = {name for name, one in schema.nodes.items() if one.fn == "train"}
    # As with two cores, however many there are.
    found = side_by_side._Run(schema, runner._instantiated_nodes, trained, {}, 2).outputs()
    learned = {}
    for name, resource in found.items():
        with storage.read_from(resource) as kept:
            learned[name] = (kept / "learned").read_text()
    return found, learned


def test_each_is_trained_in_a_process_of_its_own_on_what_was_there_before_it(
    tmp_path: Path,
) -> None:
    seen = Seen()
    found, learned = run(tmp_path, graph(), seen)
    assert set(found) == {"train_first", "train_second", "train_third"}
    texts = {name: text.partition(" by ")[0] for name, text in learned.items()}
    assert texts == {"train_first": "one", "train_second": "one two", "train_third": "one two"}
    processes = {text.partition(" by ")[2] for text in learned.values()}
    assert len(processes) == 3
    assert str(os.getpid()) not in processes
    # Rasa's cache goes by what it noted.
    assert seen.before["train_first"] == {"messages": ["one"]}
    assert seen.before["train_third"] == {"messages": ["one", "two"]}
    assert set(seen.after) == set(graph().nodes)


def test_what_rasa_finds_wrong_while_training_is_told_as_it_tells_it(tmp_path: Path) -> None:
    with pytest.raises(GraphComponentException, match="one contradicts another"):
        run(tmp_path, graph(second="rule"))


def test_a_training_that_the_system_ends_says_so_and_ends_the_others(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(GraphComponentException, match=r"train_second was ended .* memory"):
        run(tmp_path, graph(first="slow", second="killed"))
    assert time.monotonic() - began < 60


def test_a_training_that_has_workers_of_its_own_is_done_when_it_is_done(tmp_path: Path) -> None:
    began = time.monotonic()
    _, learned = run(tmp_path, graph(second="in parts"))
    assert learned["train_second"].startswith("one two")
    assert time.monotonic() - began < 120


def test_trainings_end_with_who_waits_for_them(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from multiprocessing import get_context; "
        "from exemplar.dialogue.apart import end_with\n"
        "def child(waiting):\n"
        "    end_with(waiting)\n"
        "    time.sleep(600)\n"
        "one = get_context('fork').Process(target=child, args=(os.getpid(),)); one.start()\n"
        "print(one.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 60
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not _runs(child)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
