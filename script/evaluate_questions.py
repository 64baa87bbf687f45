"""How well acts and kinds of questions are told in conversations of a hand that nothing was learned from.

.venv/bin/python script/evaluate_questions.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from exemplar.errors import ExemplarError
from exemplar.nlu.acts import ActModel, Exchange, load_exchanges
from exemplar.nlu.exchange import acts_together, heard_together
from exemplar.nlu.exchange_reader import load_exchange_reader
from exemplar.nlu.questions import QuestionModel, asked_in, load_wordings
from exemplar.settings import ROOT

HELD_OUT = ROOT / "tests" / "exchanges"
#: Likelihoods from which on a question is taken for asked.
LEAST = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def main() -> int:
    """Prints how many acts are right, and precision and recall of the kinds by how likely they must be."""
    console = Console()
    try:
        labelled = load_exchanges()
        held_out = load_exchanges(Path(sys.argv[1]) if sys.argv[1:] else HELD_OUT)
        reader = load_exchange_reader()
    except ExemplarError as error:
        console.print(str(error), highlight=False)
        return 1
    questions = QuestionModel([*load_wordings(), *asked_in(labelled)])
    acts = ActModel(labelled)
    asked = sum(bool(one.asks) for one in held_out)
    right_acts = {"words": 0, "together": 0}
    read: dict[str, list[tuple[float, bool]]] = {"words": [], "in context": [], "together": []}
    for one in track(held_out, "read", console=console, transient=True):
        exchange: Exchange = one.exchange
        together = reader.read(exchange)
        words = questions.probabilities(exchange.text)
        alone = {kind: share for kind, share in together.kinds.items() if kind in words}
        for name, likely in (
            ("words", words), ("in context", alone), ("together", heard_together(words, together)),
        ):  # fmt: skip
            best = max(likely, key=likely.__getitem__)
            read[name].append((likely[best], best in one.asks))
        (row,) = acts.probabilities([exchange])
        shares = dict(zip(acts.acts, map(float, row), strict=True))
        for name, scores in (("words", shares), ("together", acts_together(shares, together))):
            right_acts[name] += max(scores, key=scores.__getitem__) == one.act
    console.print(f"{len(held_out)} messages, {asked} of them ask.")
    for name, right in right_acts.items():
        console.print(f"acts by {name}: {right / len(held_out):.3f} right")
    for name, found in read.items():
        table = Table("likely from", "taken for asked", "right", "precision", "recall", title=name)
        for least in LEAST:
            taken = [good for share, good in found if share >= least]
            table.add_row(
                f"{least}", str(len(taken)), str(sum(taken)),
                f"{sum(taken) / max(len(taken), 1):.2f}", f"{sum(taken) / max(asked, 1):.2f}",
            )  # fmt: skip
        console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
