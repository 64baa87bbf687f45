"""A conversation that was imported is labelled by the trained assistant, from whichever folder."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from rich.console import Console
from typer.testing import CliRunner

from exemplar.cli import app
from exemplar.running import train_if_needed

CHAT = """conversation,speaker,text
c-1,customer,"hello, order ML-104163 should have been here last week, where is it?"
c-1,agent,"Hello. That is late, and nobody told you; I'm sorry. It is at the depot and comes on Thursday."
c-1,customer,"this is the third time I ask. I want my money back now"
c-1,agent,"I understand. I've started it: the money is with you within five days."
"""
GIVEN = "{given: 2026-11-01, by: form 12, for: [learning, evaluation]}"


def test_imported_turns_get_moves_feelings_and_intents_that_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_if_needed(Console(stderr=True))
    (tmp_path / "chat.csv").write_text(CHAT)
    (tmp_path / "consent.yml").write_text(f"customer: {GIVEN}\nagent: {GIVEN}\n")
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    brought = ["chat.csv", "--consent", "consent.yml", "--stage", "after", "--to", "sessions"]
    imported = run(app, ["sessions", "import", *brought])
    assert imported.exit_code == 0, imported.output
    done = run(app, ["sessions", "annotate", "--sessions", "sessions"])
    assert done.exit_code == 0, done.output
    [file] = (tmp_path / "sessions").glob("*.yml")
    turns = yaml.safe_load(file.read_text())["turns"]
    labels = [turn["labels"] for turn in turns]
    assert {one["by"] for one in labels} == {"model"}
    assert [one.get("intent") for one in labels] == ["track_order", None, "get_refund", None]
    assert labels[2]["frustration"] > labels[0]["frustration"] - 0.2
    assert all(turn["labels"]["moves"] for turn in turns if turn["speaker"] == "agent")
    assert "apologize" in labels[1]["moves"]
    checked = run(app, ["sessions", "check", "--sessions", "sessions"])
    assert checked.exit_code == 0, checked.output
