"""How well acts are told apart: each file of exchanges, by its own hand, is left out in turn.

.venv/bin/python script/evaluate_acts.py [FOLDER]
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.metrics import precision_recall_fscore_support

sys.path.insert(0, str(Path(__file__).parents[1]))

from exemplar.errors import ExemplarError
from exemplar.nlu.acts import ACTS, EXCHANGES, ActModel, Labelled, load_exchanges


def main() -> int:
    """Prints accuracy by hand, and precision, recall and F1 by act."""
    console = Console()
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else EXCHANGES
    try:
        hands = {file.stem: _one(file) for file in sorted(folder.glob("*.yml"))}
    except ExemplarError as error:
        console.print(str(error), highlight=False)
        return 1
    if len(hands) < 2:
        console.print(
            f"{folder}: at least two files are needed, one to learn from and one to test."
        )
        return 1
    true: list[str] = []
    read: list[str] = []
    by_hand = Table("left out", "messages", "accuracy", title="By hand")
    for name, held in track(hands.items(), "left out in turn", console=console, transient=True):
        model = ActModel([one for other in hands if other != name for one in hands[other]])
        best = model.probabilities([one.exchange for one in held]).argmax(axis=1)
        said, meant = [model.acts[place] for place in best], [one.act for one in held]
        right = float(np.mean([a == b for a, b in zip(said, meant, strict=True)]))
        by_hand.add_row(name, str(len(held)), f"{right:.3f}")
        true, read = true + meant, read + said
    right = float(np.mean([a == b for a, b in zip(read, true, strict=True)]))
    by_hand.add_row("all", str(len(true)), f"{right:.3f}")
    scores = precision_recall_fscore_support(true, read, labels=list(ACTS), zero_division=0)
    by_act = Table("act", "messages", "precision", "recall", "F1", title="By act")
    for act, precision, recall, f1, count in zip(ACTS, *scores, strict=True):
        by_act.add_row(act, str(count), f"{precision:.2f}", f"{recall:.2f}", f"{f1:.2f}")
    console.print(by_hand, by_act)
    return 0


def _one(file: Path) -> list[Labelled]:
    with tempfile.TemporaryDirectory() as alone:
        shutil.copy(file, alone)
        return load_exchanges(Path(alone))


if __name__ == "__main__":
    raise SystemExit(main())
