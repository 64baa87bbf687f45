"""Whole conversations by other hands, played to their end: what must never happen in any of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, Running, start, stop

#: Those whose customers know no order number of ours; all four hands would take minutes more.
HANDS = ("hand-b", "hand-d")
CONVERSATIONS = [
    (str(one["id"]), [str(turn) for turn in one["turns"]])
    for hand in HANDS
    for one in yaml.safe_load(
        (ROOT / f"tests/conversations/{hand}.yml").read_text(encoding="utf-8")
    )
]


@pytest.fixture(scope="module")
def own_assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An assistant of its own: what is cancelled or paid back here is not missing elsewhere."""
    running = start(Path(tmp_path_factory.mktemp("played")) / "state")
    yield running
    stop(running)


@pytest.mark.parametrize(("name", "turns"), CONVERSATIONS, ids=[name for name, _ in CONVERSATIONS])
def test_nobody_is_left_without_an_answer_or_told_the_same_twice(
    own_assistant: Running, name: str, turns: list[str]
) -> None:
    heard: list[str] = []
    for turn in turns:
        said = [str(answer.get("text") or "") for answer in own_assistant.say(name, turn)]
        # Whoever waits for a person writes to them; not every word of that is acknowledged.
        waits = own_assistant.slots(name)["handover"] == "waiting"
        assert said or waits, turn
        twice = set(said) & set(heard)
        assert not twice, (turn, twice)
        heard += said
