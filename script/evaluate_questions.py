"""How well kinds of questions are told apart: the exchanges of each hand are left out in turn.

.venv/bin/python script/evaluate_questions.py
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from exemplar.errors import ExemplarError
from exemplar.nlu.acts import EXCHANGES, Labelled, load_exchanges
from exemplar.nlu.questions import NONE, QuestionModel, asked_in, load_wordings

#: Likelihoods from which on a question is taken for asked.
LEAST = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def main() -> int:
    """Prints precision and recall of the kinds by how likely they must be."""
    console = Console()
    try:
        wordings = load_wordings()
        hands = {file.stem: _one(file) for file in sorted(EXCHANGES.glob("*.yml"))}
    except ExemplarError as error:
        console.print(str(error), highlight=False)
        return 1
    read: list[tuple[str, str, float]] = []
    for name in track(hands, "left out in turn", console=console, transient=True):
        others = [one for other in hands if other != name for one in hands[other]]
        model = QuestionModel([*wordings, *asked_in(others)])
        for text, kind in asked_in(hands[name]):
            likely = model.probabilities(text)
            best = max(likely, key=likely.__getitem__)
            read.append((kind, best, likely[best]))
    asked = sum(kind != NONE for kind, *_ in read)
    table = Table("likely from", "taken for asked", "right", "precision", "recall")
    for least in LEAST:
        taken = [(kind, best) for kind, best, share in read if share >= least]
        right = sum(kind == best for kind, best in taken)
        table.add_row(
            f"{least}", str(len(taken)), str(right),
            f"{right / max(len(taken), 1):.2f}", f"{right / asked:.2f}",
        )  # fmt: skip
    console.print(f"{len(read)} messages that ask, {asked} of them one of the kinds.", table)
    return 0


def _one(file: Path) -> list[Labelled]:
    with tempfile.TemporaryDirectory() as alone:
        shutil.copy(file, alone)
        return load_exchanges(Path(alone))


if __name__ == "__main__":
    raise SystemExit(main())
