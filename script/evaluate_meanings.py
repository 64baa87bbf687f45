"""How well wishes and questions are told amid a conversation, by hands that nothing was learned from.

.venv/bin/python script/evaluate_meanings.py [FOLDER]
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from rasa.core.channels.channel import UserMessage

from exemplar.errors import ExemplarError
from exemplar.nlu.exchange import BEFORE
from exemplar.nlu.meanings import load_meant
from exemplar.nlu.parsing import Assistant, newest_model
from exemplar.nlu.questions import NONE
from exemplar.settings import ROOT

HELD_OUT = ROOT / "tests" / "meant"
#: From here on a wish counts as read, and a question as asked.
LEAST = (0.3, 0.4, 0.5, 0.6)


def main() -> int:
    """Prints how many wishes and questions are found, and how many of those found are right."""
    console = Console()
    try:
        meant = load_meant(Path(sys.argv[1]) if sys.argv[1:] else HELD_OUT)
        model = newest_model()
        if model is None:
            raise ExemplarError("there is no trained assistant: run 'exemplar train' first.")
        assistant = Assistant(model)
    except ExemplarError as error:
        console.print(str(error), highlight=False)
        return 1
    intents = set(assistant.agent.domain.intents)
    parse = assistant.agent.processor.parse_message
    loop = asyncio.new_event_loop()
    # By side, wishes or questions: what was meant, what was read as that side's likeliest, and how likely.
    read: dict[str, list[tuple[str, str, float]]] = {"wishes": [], "questions": []}
    for one in track(meant, "read", console=console, transient=True):
        message = UserMessage(text=one.exchange.text, metadata={BEFORE: one.exchange.before})
        found = loop.run_until_complete(parse(message))
        ranking = [first for first in found["intent_ranking"] if first["name"] in intents]
        ranking.sort(key=lambda first: -float(first["confidence"]))
        wish = (str(ranking[0]["name"]), float(ranking[0]["confidence"]))
        asks = found.get("asks") or {NONE: 0.0}
        kind = max(asks, key=asks.__getitem__)
        read["wishes"].append((one.name, *wish))
        read["questions"].append((one.name, kind, float(asks[kind])))
    for side, found_there in read.items():
        theirs = [
            one
            for one in found_there
            if one[0] != NONE and (one[0] in intents) == (side == "wishes")
        ]
        console.print(
            f"{side}: {len(theirs)}; the likeliest is right for "
            f"{sum(name == best for name, best, _ in theirs) / max(len(theirs), 1):.3f}"
        )
        table = Table(
            "likely from", "right, of all", "wrong, of all", "of the other side, taken for one"
        )
        others = [one for one in found_there if one not in theirs]
        for least in LEAST:
            taken = [name == best for name, best, share in theirs if share >= least]
            astray = sum(share >= least for _, _, share in others)
            table.add_row(
                f"{least}",
                f"{sum(taken) / max(len(theirs), 1):.2f}",
                f"{(len(taken) - sum(taken)) / max(len(theirs), 1):.2f}",
                f"{astray / max(len(others), 1):.2f}",
            )
        console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
