"""What the assistant's actions would have found in a SESSION, where no shop stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from exemplar.sessions.stories import read_yaml

#: What an action finds where the SESSION says nothing else: that it can go on.
_USUAL: Final = {
    "order_state": "processing",
    "details": "complete",
    "change": "made",
    "answer": "found",
    "product_state": "in_stock",
    "payment_state": "paid",
}
#: What it finds where the exemplar had to ask.
_ASKING: Final = {"order_state": "needs_details", "details": "missing", "product_state": "several"}


def outcomes_of(data: Path) -> dict[str, dict[str, set[str]]]:
    """Returns, for each action, the slots it sets and the values that stories and rules know.

    Args:
        data: the project's ``data``.
    """
    found: dict[str, dict[str, set[str]]] = {}
    for folder, key in (("stories", "stories"), ("rules", "rules")):
        for file in sorted((data / folder).rglob("*.yml")):
            for story in read_yaml(file).get(key) or ():
                for action, slot, value in _set_by(story.get("steps") or ()):
                    found.setdefault(action, {}).setdefault(slot, set()).add(value)
    return found


def _set_by(steps: Any) -> Iterator[tuple[str, str, str]]:
    action = None
    for step in steps:
        if "action" in step:
            action = str(step["action"])
            continue
        if "intent" in step or any("intent" in one for one in step.get("or") or ()):
            action = None
        for one in [step, *(step.get("or") or ())]:
            for pair in one.get("slot_was_set") or ():
                for slot, value in pair.items() if isinstance(pair, dict) else ():
                    if action and value is not None:
                        yield action, str(slot), str(value)


def outcome(
    settable: Mapping[str, set[str]], facts: Mapping[str, str], known: Mapping[str, str], asks: bool
) -> dict[str, str]:
    """Returns what an action sets at one point of a SESSION.

    Args:
        settable: its slots with their values, as of :func:`outcomes_of`.
        facts: what the exemplar saw in this turn.
        known: what was seen before.
        asks: whether the exemplar asked for what was needed.
    """
    found: dict[str, str] = {}
    for slot, values in settable.items():
        wanted = (
            facts.get(slot),
            _ASKING.get(slot) if asks else None,
            None if asks else known.get(slot),
            _USUAL.get(slot),
        )
        value = next((one for one in wanted if one in values), None)
        if value is not None:
            found[slot] = value
        elif slot == "pending" and len(values) == 1:
            found[slot] = next(iter(values))
    return found
