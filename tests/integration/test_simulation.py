"""Simulated customers talk to the real assistant."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from exemplar.simulation.cli import simulate_command


def test_six_customers_are_played_in_both_arms(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("EXEMPLAR_STATE", str(tmp_path / "state"))
    app = typer.Typer()
    app.command()(simulate_command)
    page = tmp_path / "simulation.html"
    done = CliRunner().invoke(
        app, ["--customers", "6", "--seed", "7", "--out", str(page), "--at-once", "2"]
    )
    assert done.exit_code == 0, (done.output, done.exception)
    assert str(page) in done.output
    kept = json.loads(page.with_suffix(".json").read_text())
    assert len(kept["conversations"]) == 12
    for one in kept["conversations"]:
        assert not one["error"], one
        assert one["exchanges"]
        for turn in one["exchanges"]:
            assert (turn["read"] is None) == (one["arm"] == "blind"), turn
            assert turn["answers"], turn
    assert sum(one["resolved"] for one in kept["conversations"]) >= 6
    assert page.read_text().count('<details class="talk"') == 6
