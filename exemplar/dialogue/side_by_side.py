"""Training of what does not depend on each other, side by side."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any, Final

from joblib.externals.loky import get_reusable_executor
from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner

from exemplar.dialogue import validation
from exemplar.dialogue.apart import cores, end_with, written

#: What a node that trains is called to do, and one that works on all messages.
_TRAINS: Final = "train"
_WORKS: Final = "process_training_data"
#: What takes longest by far is begun first, and does not go on alone at the end.
_LONGEST: Final = "TEDPolicy"
_as_rasa_runs = DaskGraphRunner.run


def train_side_by_side() -> None:
    """Has Rasa train components side by side; a second call changes nothing.

    Rasa trains one after the other, most of them on one core. What is trained comes back as a name alone,
    that of the folder that it is kept in: so each is trained in a process of its own, as many at a time as
    there are cores, while what others still need is worked out here.
    """
    DaskGraphRunner.run = _run  # type: ignore[method-assign]


def _run(
    self: DaskGraphRunner,
    inputs: dict[str, Any] | None = None,
    targets: list[str] | None = None,
) -> dict[str, Any]:
    schema: GraphSchema = self._graph_schema.minimal_graph_schema(
        targets or self._graph_schema.target_names
    )
    trained = {name for name, node in schema.nodes.items() if node.fn == _TRAINS}
    if cores() < 2 or len(trained) < 2:
        return _as_rasa_runs(self, inputs, targets)
    nodes = {name: self._instantiated_nodes[name] for name in schema.nodes}
    return _Run(schema, nodes, trained, dict(inputs or {}), cores()).outputs()


@dataclass(frozen=True)
class _Training:
    """A component that is trained in a process of its own."""

    name: str
    process: ForkProcess
    outcome: Connection
    #: What Rasa noted before it, for after it.
    noted: list[dict[Any, Any]]


class _Run:
    """One run of a graph."""

    def __init__(
        self,
        schema: GraphSchema,
        nodes: dict[str, GraphNode],
        trained: set[str],
        known: dict[str, Any],
        cores: int,
    ) -> None:
        self._schema = schema
        self._nodes = nodes
        self._trained = trained
        self._known = known
        self._cores = cores
        self._left = set(nodes)
        self._going: dict[Connection, _Training] = {}

    def outputs(self) -> dict[str, Any]:
        """Returns what the targets come to, by their names."""
        try:
            while self._left or self._going:
                validation.hear(patiently=False)
                here = self._next_here()
                # What is worked out here has a core, too.
                self._begin(self._cores - (here is not None))
                if here is not None:
                    self._work_out(here)
                    self._take(wait(self._going, timeout=0))
                elif self._going:
                    self._take(wait([*self._going, *validation.waited_for()]))
                else:
                    raise GraphRunError(f"nothing leads to {', '.join(sorted(self._left))}.")
        finally:
            for one in self._going.values():
                one.process.kill()
        return {name: self._known[name] for name in self._schema.target_names}

    def _ready(self) -> list[str]:
        return [
            name
            for name, node in self._schema.nodes.items()
            if name in self._left and all(one in self._known for one in node.needs.values())
        ]

    def _next_here(self) -> str | None:
        """Returns what is worked out next in this process: what is quick first, for trainings to begin."""
        here = [name for name in self._ready() if name not in self._trained]
        return min(here, key=lambda name: self._schema.nodes[name].fn == _WORKS, default=None)

    def _inputs_of(self, name: str) -> list[tuple[str, Any]]:
        return [(one, self._known[one]) for one in self._schema.nodes[name].needs.values()]

    def _work_out(self, name: str) -> None:
        self._left.discard(name)
        _, self._known[name] = self._nodes[name](*self._inputs_of(name))

    def _begin(self, at_once: int) -> None:
        """Begins to train what can be trained, as long as fewer than so many are."""
        for name in sorted(self._ready(), key=lambda name: _LONGEST not in name):
            if name not in self._trained or len(self._going) >= at_once:
                continue
            self._left.discard(name)
            node, inputs = self._nodes[name], self._inputs_of(name)
            known = dict(inputs)
            # Rasa notes what goes into a component before it is trained: others work on the same messages.
            noted = node._run_before_hooks(
                {what: known[one] for what, one in self._schema.nodes[name].needs.items()}
            )
            outcome, tell = multiprocessing.Pipe(duplex=False)
            process = multiprocessing.get_context("fork").Process(
                target=_train, args=(node, inputs, tell, os.getpid())
            )
            sys.stdout.flush()
            process.start()
            tell.close()
            self._going[outcome] = _Training(name, process, outcome, noted)

    def _take(self, done: Iterable[Any]) -> None:
        """Takes what trainings came to.

        Raises:
            Exception: the first that failed; the others are ended.
        """
        for outcome in done:
            if outcome not in self._going:
                continue
            one = self._going.pop(outcome)
            try:
                failed, what = pickle.loads(outcome.recv_bytes())
            except EOFError:
                one.process.join()
                raise GraphComponentException(
                    f"The training of {one.name} was ended from outside (exit code "
                    f"{one.process.exitcode}): most likely there was not memory enough for it."
                ) from None
            one.process.join()
            if failed:
                raise what
            self._nodes[one.name]._run_after_hooks(one.noted, what)
            self._known[one.name] = what


def _train(node: GraphNode, inputs: list[tuple[str, Any]], tell: Connection, waiting: int) -> None:
    """Trains a component in this process, and tells what came of it: whether it failed, and the outcome."""
    end_with(waiting)
    node._hooks = []
    try:
        _, output = node(*inputs)
        told = pickle.dumps((False, output))
    except Exception as error:
        told = written(error)
    # joblib keeps its workers for five minutes, and this process with them.
    get_reusable_executor().shutdown(kill_workers=True)
    tell.send_bytes(told)
