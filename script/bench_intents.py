"""Trains `config.yml` on other companies' few phrases; beside it, a linear classifier on MiniLM."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasa.model_training
import yaml
from rasa.core.agent import Agent
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import matthews_corrcoef

from exemplar.emotion.base import DIMENSIONS, base_model_folder, load_tokenizer, load_weights
from exemplar.emotion.encoder import Encoder
from exemplar.emotion.graph import build_graph
from exemplar.settings import ROOT

BOTS = ROOT / "benchmarks" / "other_companies"
NONE = "NO_NODES_DETECTED"
Guess = tuple[str, float]


def phrases(file: Path) -> list[tuple[str, str]]:
    """Returns texts with their intents."""
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
    return [
        (line[2:].strip(), entry["intent"])
        for entry in entries
        for line in entry["examples"].splitlines()
        if line.strip()
    ]


def scores(guesses: Sequence[Guess], truth: Sequence[str]) -> tuple[float, float]:
    """Returns in-scope accuracy, and the best Matthews correlation over all thresholds."""
    inside = [g[0] == t for g, t in zip(guesses, truth, strict=True) if t != NONE]
    best = max(
        matthews_corrcoef(truth, [name if sure >= limit else NONE for name, sure in guesses])
        for limit in np.linspace(0, 1, 101)
    )
    return float(np.mean(inside)), float(best)


def by_pipeline(bot: Path) -> list[Guess]:
    """Trains the project's pipeline, and asks it."""
    with tempfile.TemporaryDirectory() as folder:
        model = rasa.model_training.train_nlu(
            str(ROOT / "config.yml"), str(bot / "train.yml"), folder
        )
        agent = Agent.load(model)

    async def ask() -> list[Guess]:
        guesses = []
        for text, _ in phrases(bot / "test.yml"):
            ranking = (await agent.parse_message(text))["intent_ranking"]
            best = next(entry for entry in ranking if entry["name"] != "nlu_fallback")
            guesses.append((best["name"], best["confidence"]))
        return guesses

    return asyncio.run(ask())


def by_regression(bot: Path, encoder: Encoder) -> list[Guess]:
    """The plain way: a logistic regression on the base model's sentence vectors."""
    learned, asked = phrases(bot / "train.yml"), phrases(bot / "test.yml")
    known, new = (
        np.stack([e.sentence for e in encoder.encode_many([text for text, _ in part])])
        for part in (learned, asked)
    )
    model = LogisticRegression(C=10, max_iter=500).fit(known, [intent for _, intent in learned])
    sure = model.predict_proba(new)
    return [(model.classes_[row.argmax()], float(row.max())) for row in sure]


def main() -> None:
    """Prints a table."""
    logging.disable(logging.CRITICAL)
    base = base_model_folder()
    encoder = Encoder(
        build_graph(load_weights(base)), load_tokenizer(base), np.eye(DIMENSIONS, dtype=np.float32)
    )
    table = Table(title="Accuracy in scope / best Matthews correlation")
    for heading in ("bot", "config.yml", "regression on MiniLM"):
        table.add_column(heading)
    rows = []
    for bot in sorted(path for path in BOTS.iterdir() if path.is_dir()):
        truth = [intent for _, intent in phrases(bot / "test.yml")]
        rows.append([scores(by_pipeline(bot), truth), scores(by_regression(bot, encoder), truth)])
        table.add_row(bot.name, *(f"{a:.3f} / {m:.3f}" for a, m in rows[-1]))
    table.add_row("mean", *(f"{a:.3f} / {m:.3f}" for a, m in np.mean(rows, axis=0)))
    Console().print(table)


if __name__ == "__main__":
    main()
