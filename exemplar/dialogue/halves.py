"""Messages and dialogue, trained side by side: neither half of an assistant waits for the other."""

from __future__ import annotations

import queue
import sys
import threading
from typing import Any, Final

from rasa.core.policies.policy import Policy
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner

_Outputs = dict[str, Any]

_in_turn = DaskGraphRunner.run

#: Seconds after which a thread lets another go on. One half encodes thousands of messages, some milliseconds
#: each outside of Python, and would wait as long for the other after each of them (Python's own: 0.005).
_SWITCH: Final = 0.0002


def train_halves_side_by_side() -> None:
    """Has Rasa train the policies while it trains what reads messages, where there is both to train."""
    DaskGraphRunner.run = _side_by_side  # type: ignore[method-assign]


def _side_by_side(
    runner: DaskGraphRunner, inputs: _Outputs | None = None, targets: list[str] | None = None
) -> _Outputs:
    """Runs the graph as Rasa does, its halves in threads of their own once they part.

    Raises:
        Exception: what the half that failed first raised; the other is not waited for.
    """
    schema = runner._graph_schema
    wanted = targets or schema.target_names
    policies = [one for one in wanted if issubclass(schema.nodes[one].uses, Policy)]
    others = [one for one in wanted if one not in policies]
    if not policies or not others:
        return _in_turn(runner, inputs, targets)
    # What both need, and what they make of it first: all that is read from files.
    shared = _needed(schema, policies) & _needed(schema, others)
    begun = shared | (inputs or {}).keys()
    first = shared | {
        name
        for name in _needed(schema, wanted) - set(wanted)
        if set(schema.nodes[name].needs.values()) <= begun
    }
    known = {**(inputs or {}), **_in_turn(runner, inputs, sorted(first))}
    ended: queue.Queue[_Outputs | BaseException] = queue.Queue()

    def run(half: list[str]) -> None:
        try:
            ended.put(_in_turn(runner, known, half))
        except BaseException as error:
            ended.put(error)

    outputs = {name: known[name] for name in wanted if name in known}
    halves = [[one for one in half if one not in known] for half in (policies, others)]
    sys.setswitchinterval(_SWITCH)
    for half in filter(None, halves):
        threading.Thread(target=run, args=(half,), daemon=True).start()
    for _ in filter(None, halves):
        output = ended.get()
        if isinstance(output, BaseException):
            raise output
        outputs.update(output)
    return outputs


def _needed(schema: GraphSchema, targets: list[str]) -> set[str]:
    """Returns the nodes that some need to run, and themselves."""
    return set(schema.minimal_graph_schema(targets).nodes) if targets else set()
