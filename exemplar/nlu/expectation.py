"""What the conversation makes likely, where the reading of a message is unsure.

A message is read by itself; how it is meant shows in what went before. "fine, then" is a yes where a
question is open, a sigh where somebody is fed up, and thanks where somebody is glad. The weights are a prior
of the conversation over the intents, by Bayes' rule: P(intent | message, conversation) is proportional to
P(intent | message) times P(intent | conversation) / P(intent).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from exemplar.errors import ExemplarError
from exemplar.settings import ROOT

EXPECTED_FILE: Final = ROOT / "data" / "knowledge" / "expected.yml"
#: How a conversation can stand.
SITUATIONS: Final = frozenset(
    {"opening", "matter", "no_matter", "question", "details", "unfound", "glad", "upset"}
)
NOT_UNDERSTOOD: Final = "nlu_fallback"
#: A reading as sure as this was decided by a pattern.
_DECIDED: Final = 1.0
_GLAD: Final = frozenset({"joy", "gratitude"})
#: So sure a feeling must be read, and so frustrated, for it to count.
_FELT: Final = 0.5
#: How an intent may have been read where a question is answered.
_ANSWERED: Final = ("surely", "unsure", "fallback", "wish", "beside")


@dataclass(frozen=True)
class Expectation:
    """What the company's file says.

    Attributes:
        sure: confidence from which on a reading stands, in [0, 1].
        enough: share that the best reading must have when it was weighed, in [0, 1].
        surely: how sure the reading of some intents must be by the message alone, in [0, 1].
        weighed_below: the same as ``sure``, for intents that the conversation often has meant otherwise.
        times: by situation and intent, how many times likelier it is than by the message alone.
        trust: how much more than its due an intent is believed that does not fit its act, in logits.
        acts: the intents that can do each act, see :data:`exemplar.nlu.acts.ACTS`.
        any_act: intents that fit whatever a message does.
        named_by: intents that an act stands for where nothing else is understood.
        asked_surely: how sure the reading of some intents must be of what is plainly a question, in [0, 1].
        in_passing: how much less some intents are believed that do not fit their act, in logits.
        answered: how likely a question must be for its own answer, where the intent is read ``surely``,
            where it is ``unsure``, ``fallback`` for nothing understood, or a ``wish``, and where it is asked
            ``beside`` something else, in [0, 1].
        answered_as: intents as which such a question may be read.
        answered_wishes: those of them that want something done.
        answered_else: the kind of question for which some intents stand where an order is known.
        answered_of_orders: matters in which there is an order, though it is not known.
        answered_anyway: kinds of questions that are answered in any other matter, too.
        answered_elsewhere: kinds of questions that pages, people or other rules answer.
        pages_before: intents before which a page goes that surely answers the message.
        asks_nothing: intents whose turn answers no question: one that stands beside them is left over.
    """

    sure: float
    enough: float
    surely: Mapping[str, float]
    weighed_below: Mapping[str, float]
    times: Mapping[str, Mapping[str, float]]
    trust: float = 0.0
    acts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    any_act: frozenset[str] = frozenset()
    named_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    asked_surely: Mapping[str, float] = field(default_factory=dict)
    in_passing: Mapping[str, float] = field(default_factory=dict)
    answered: Mapping[str, float] = field(default_factory=dict)
    answered_as: frozenset[str] = frozenset()
    answered_wishes: frozenset[str] = frozenset()
    answered_else: Mapping[str, str] = field(default_factory=dict)
    answered_of_orders: frozenset[str] = frozenset()
    answered_anyway: frozenset[str] = frozenset()
    answered_elsewhere: frozenset[str] = frozenset()
    pages_before: frozenset[str] = frozenset()
    asks_nothing: frozenset[str] = frozenset()


@lru_cache(maxsize=1)
def shared_expectation() -> Expectation:
    """Returns what the company's own file says.

    Raises:
        ExemplarError: the file is missing or broken.
    """
    return load_expectation(EXPECTED_FILE)


def load_expectation(file: Path) -> Expectation:
    """Reads a YAML file; see :func:`shared_expectation`."""
    try:
        content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        times: dict[str, dict[str, float]] = {situation: {} for situation in SITUATIONS}
        for entry in content["likelier"]:
            for intent in entry["intents"]:
                known = times[entry["while"]]
                known[intent] = known.get(intent, 1.0) * float(entry["times"])
        return Expectation(
            float(content["sure"]),
            float(content["enough"]),
            {intent: float(least) for intent, least in content["surely"].items()},
            {intent: float(least) for intent, least in content["weighed_below"].items()},
            times,
            float(content["trust"]),
            _intents_by(content["acts"]),
            frozenset(content["any_act"]),
            _intents_by(content["named_by"]),
            {intent: float(least) for intent, least in content["asked_surely"].items()},
            {intent: float(less) for intent, less in content["in_passing"].items()},
            {how: float(content["answered"][how]) for how in _ANSWERED},
            frozenset(content["answered_as"]) | frozenset(content["answered_wishes"]),
            frozenset(content["answered_wishes"]),
            {str(intent): str(kind) for intent, kind in content["answered_else"].items()},
            frozenset(content["answered_of_orders"]),
            frozenset(content["answered_anyway"]),
            frozenset(content["answered_elsewhere"]),
            frozenset(content["pages_before"]),
            frozenset(content["asks_nothing"]),
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ExemplarError(
            f"{file}: cannot read what is expected ({error!r}); docs/designers.md shows its form."
        ) from error


def _intents_by(listed: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    return {str(name): frozenset(intents) for name, intents in listed.items()}


def situation(
    slots: Mapping[str, Any], emotion: Mapping[str, Any], *, opening: bool
) -> frozenset[str]:
    """Returns how a conversation stands when a message comes.

    Args:
        slots: as they were before the message.
        emotion: of the message, as read by itself; left out of account where the customer said so.
        opening: whether it is the customer's first.
    """
    if slots.get("emotion_reading") is False:
        emotion = {}
    upset = float(emotion.get("frustration") or 0.0) >= _FELT
    glad = emotion.get("name") in _GLAD and float(emotion.get("confidence") or 0.0) >= _FELT
    stands = {
        "opening": opening,
        "matter": bool(slots.get("goal")),
        "no_matter": not slots.get("goal"),
        "question": bool(slots.get("pending")),
        "details": bool(slots.get("details_missing")),
        # People look for the order of a matter that hangs on one.
        "unfound": bool(slots.get("order_sought")) and not slots.get("order_state_seen"),
        "glad": glad and not upset,
        "upset": upset,
    }
    return frozenset(name for name, holds in stands.items() if holds)


def expected(
    ranking: Sequence[Mapping[str, Any]],
    stands: Collection[str],
    expectation: Expectation | None = None,
) -> list[dict[str, Any]]:
    """Returns the ranking of a message as the conversation has it read.

    Args:
        ranking: ``name`` and ``confidence`` of each intent, the likeliest first, as Rasa has it.
        stands: how the conversation stands, of :data:`SITUATIONS`.
        expectation: what is expected when; the company's unless given.

    Returns:
        The same ranking where the reading is sure; else it weighed, with ``nlu_fallback`` first
        where nothing is likely enough.
    """
    known = expectation or shared_expectation()
    as_read = [dict(one) for one in ranking]
    if is_sure(ranking, known):
        return as_read
    weighed = {
        str(one["name"]): float(one["confidence"])
        for one in as_read
        if one["name"] != NOT_UNDERSTOOD
    }
    raw = dict(weighed)
    for name in stands:
        for intent, times in known.times[name].items():
            if intent in weighed:
                weighed[intent] *= times
    whole = sum(weighed.values())
    if not whole:
        return as_read
    shares = {intent: weight / whole for intent, weight in weighed.items()}
    order = sorted(shares, key=lambda intent: -shares[intent])
    # What must be read surely is not made sure by the conversation.
    best = next((one for one in order if raw[one] >= known.surely.get(one, 0.0)), NOT_UNDERSTOOD)
    if shares.get(best, 0.0) < known.enough:
        best = NOT_UNDERSTOOD
    shares.setdefault(best, known.enough)
    others = (intent for intent in order if intent != best)
    return [{"name": intent, "confidence": shares[intent]} for intent in (best, *others)]


def is_sure(ranking: Sequence[Mapping[str, Any]], expectation: Expectation | None = None) -> bool:
    """Tells whether a message stands as it was read, whatever went before it; so does what has no ranking."""
    if not ranking:
        return True
    known = expectation or shared_expectation()
    name, confidence = str(ranking[0]["name"]), float(ranking[0]["confidence"])
    least = max(known.weighed_below.get(name, known.sure), known.surely.get(name, 0.0))
    return confidence >= _DECIDED or (confidence >= least and name != NOT_UNDERSTOOD)
