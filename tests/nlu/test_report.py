"""What `rasa test nlu` found on phrases by other hands than the training phrases."""

from __future__ import annotations

import json
from pathlib import Path

REPORT = Path(__file__).parents[2] / "results" / "nlu" / "intent_report.json"


def test_intents_are_understood_on_phrases_by_other_hands() -> None:
    assert REPORT.exists(), "run 'make test-nlu' first"
    report = json.loads(REPORT.read_text())
    assert report["accuracy"] >= 0.93
    assert report["crisis"]["recall"] >= 0.95
    assert report["contact_human_agent"]["recall"] >= 0.95
