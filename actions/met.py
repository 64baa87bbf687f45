"""What of a message was met in its turn, as the rules meet it.

A message that an action returns is noticed anew, and there may be several in a turn. What its rule has met by
then is not noticed again: the same would be said once more, and it would go on for ever.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from rasa_sdk import Tracker

from exemplar.conversation import done_since_message
from exemplar.errors import ExemplarError
from exemplar.settings import ROOT

RULES: Final = ROOT / "data" / "rules"
#: What a message is noticed to say, take up or ask; a rule for one of their values meets it.
READINGS: Final = ("said", "offered", "asks")
#: A rule meets what its condition tells by the first thing that it says or has heard, and by what no other
#: rule has heard.
_SAYS: Final = "utter_"
_HEARS: Final = "action_hear_"
#: libyaml reads the rules in a tenth of the time, where there is one.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: A slot and its value; and the actions that meet it.
Reading = tuple[str, str]
Meets = Mapping[Reading, frozenset[str]]


def met_already(tracker: Tracker, slot: str, value: str | None) -> bool:
    """Tells whether a reading of the customer's latest message was met in this turn already."""
    meets = shared_meets().get((slot, str(value)), frozenset())
    return not meets.isdisjoint(done_since_message(tracker.events))


@lru_cache(maxsize=1)
def shared_meets() -> Meets:
    """Returns what the assistant's own rules say."""
    return load_meets(RULES)


def load_meets(folder: Path) -> Meets:
    """Reads rules; see :func:`shared_meets`.

    Raises:
        ExemplarError: a file of them is broken.
    """
    meets: dict[Reading, set[str]] = defaultdict(set)
    hear: dict[str, set[Reading | None]] = defaultdict(set)
    for file in sorted(folder.glob("*.yml")):
        try:
            content: Any = yaml.load(file.read_text(encoding="utf-8"), _LOADER)
            for rule in content.get("rules") or ():
                readings, actions = list(_readings(rule)), list(_actions(rule))
                for reading in readings if actions else ():
                    meets[reading].add(actions[0])
                for action in actions:
                    hear[action].update(readings or [None])
        except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError) as error:
            raise ExemplarError(f"{file}: cannot read what rules meet ({error!r}).") from error
    for action, readings_of in hear.items():
        alone = next(iter(readings_of)) if len(readings_of) == 1 else None
        if alone and action.startswith(_HEARS):
            meets[alone].add(action)
    return {reading: frozenset(actions) for reading, actions in meets.items()}


def _actions(rule: Mapping[str, Any]) -> Iterator[str]:
    """Yields what a rule says or has heard."""
    for step in rule["steps"]:
        if str(step.get("action", "")).startswith((_SAYS, _HEARS)):
            yield str(step["action"])


def _readings(rule: Mapping[str, Any]) -> Iterator[Reading]:
    """Yields the readings that a rule is for."""
    for condition in rule.get("condition") or ():
        for held in condition.get("slot_was_set") or () if isinstance(condition, dict) else ():
            for slot, value in held.items() if isinstance(held, dict) else ():
                if slot in READINGS and value is not None:
                    yield slot, str(value)
