"""Which variant of a response is said."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from exemplar.server.wording import Wording

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
slots:
  goal: {type: text, mappings: [{type: custom}]}
responses:
  utter_validate_anxiety:
  - condition: [{type: slot, name: goal, value: report_wrong_item}]
    text: "You unpacked something else."
  - text: "Not knowing is hard."
  utter_explain_item:
  - condition: [{type: slot, name: goal, value: report_wrong_item}]
    text: "The right one is on its way."
  - text: "It is seen to."
"""
)


def said(response: str, intent: str, confidence: float, before: str | None = None) -> str:
    tracker = DialogueStateTracker.from_events("x", [], DOMAIN.slots)
    if before:
        tracker.update(UserUttered("…", {"name": before, "confidence": 0.9}))
    tracker.update(UserUttered("…", {"name": intent, "confidence": confidence}))
    tracker.update(SlotSet("goal", "report_wrong_item"))
    found: dict[str, Any] | None = asyncio.run(
        Wording(domain=DOMAIN).generate(response, tracker, "rest")
    )
    assert found
    return str(found["text"])


def test_a_matter_that_is_surely_meant_is_named() -> None:
    assert said("utter_validate_anxiety", "report_wrong_item", 0.9).startswith("You unpacked")


@pytest.mark.parametrize(
    ("intent", "confidence"),
    [("report_wrong_item", 0.4), ("nlu_fallback", 1.0), ("out_of_scope", 0.9)],
)
def test_where_it_is_unsure_what_is_meant_a_feeling_is_met_without_a_matter(
    intent: str, confidence: float
) -> None:
    assert said("utter_validate_anxiety", intent, confidence) == "Not knowing is hard."
    # What is explained is what was done, and stays.
    assert said("utter_explain_item", intent, confidence) == "The right one is on its way."


def test_who_goes_on_with_a_matter_is_met_in_it_however_unsurely_it_was_read() -> None:
    told = said("utter_validate_anxiety", "report_wrong_item", 0.4, before="report_wrong_item")
    assert told.startswith("You unpacked")
    # A matter that another message opened makes this one no surer.
    told = said("utter_validate_anxiety", "report_wrong_item", 0.4, before="thank")
    assert told == "Not knowing is hard."
