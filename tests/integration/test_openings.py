"""First messages that tell the wish as a story, or only hint at it, by hands never learned from."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.conftest import ROOT, Running

#: So many of a hundred must be read as what they wish for. Chance would be two or three.
TOLD, HINTED = 75, 52


@pytest.mark.parametrize(("file", "least"), [("openings.yml", TOLD), ("hints.yml", HINTED)])
def test_a_wish_is_found_in_the_story_around_it(assistant: Running, file: str, least: int) -> None:
    content = yaml.safe_load((ROOT / "tests/openings" / file).read_text(encoding="utf-8"))
    told = [
        (one["intent"], re.sub(r"^- ", "", line))
        for one in content["nlu"]
        for line in one["examples"].strip().splitlines()
    ]
    wrong = [
        (intent, text) for intent, text in told if assistant.parse(text)["intent"]["name"] != intent
    ]
    assert len(told) > 400
    right = 100 * (len(told) - len(wrong)) / len(told)
    assert right >= least, (right, wrong[:20])
