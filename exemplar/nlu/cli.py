"""``exemplar exchanges …``."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

exchanges = typer.Typer(
    no_args_is_help=True, help="Read what messages do and ask in conversations."
)


@exchanges.command("train")
def exchanges_train(
    out: Path = typer.Option(
        Path("models/exchanges"), help="Folder to write to; the project's own by default."
    ),
    seed: int = typer.Option(0, help="The same seed and data give the same weights."),
    rounds: int = typer.Option(3, min=1, help="How often each message is gone through."),
    on: Optional[Path] = typer.Option(  # noqa: UP045  (typer reads no other form)
        None, help="Folder of an earlier training to go on from, and to take the mean with."
    ),
) -> None:
    """Tune the encoder to data/exchanges and data/questions; each round takes 8 minutes on two cores.

    It need not be run after each change of the data: a new kind of question is learned by every
    `exemplar train`, from the words alone.
    """
    from exemplar.files import check_writable
    from exemplar.nlu.acts import load_exchanges
    from exemplar.nlu.questions import load_wordings

    labelled, wordings = load_exchanges(), load_wordings()
    check_writable(out)
    from exemplar.nlu.exchange_training import load_tuned, train

    before = load_tuned(on) if on else None
    columns = TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("reading the data", total=1.0)
        tuned = train(
            labelled,
            wordings,
            seed=seed,
            rounds=rounds,
            before=before,
            progress=lambda share, what: bar.update(task, completed=share, description=what),
        )
    tuned.save(out)
    typer.echo(
        f"Tuned on {len(labelled)} messages of exchanges and {len(wordings)} wordings; written to {out}. "
        "Measure it with script/evaluate_questions.py; it is used from the next 'exemplar run' on, which "
        "trains the assistant anew."
    )
