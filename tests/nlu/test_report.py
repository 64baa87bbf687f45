"""What `rasa test nlu` found on phrases by other hands than the training phrases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[2] / "results" / "nlu"


def report(name: str) -> dict[str, Any]:
    file = RESULTS / f"{name}_report.json"
    assert file.exists(), "run 'make test-nlu' first"
    return dict(json.loads(file.read_text()))


def test_intents_are_understood_on_phrases_by_other_hands() -> None:
    intents = report("intent")
    assert intents["accuracy"] >= 0.94
    assert intents["crisis"]["recall"] >= 0.95
    assert intents["contact_human_agent"]["recall"] >= 0.95


def test_what_is_out_of_scope_is_told_from_what_is_not() -> None:
    assert report("intent")["out_of_scope"]["recall"] >= 0.8


def test_details_are_found_on_phrases_by_other_hands() -> None:
    assert report("SettledEntities")["micro avg"]["f1-score"] >= 0.9


def test_the_confusions_are_drawn() -> None:
    assert (RESULTS / "intent_confusion_matrix.png").stat().st_size > 10_000
