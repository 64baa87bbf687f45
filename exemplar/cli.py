"""``exemplar …``: few, plain verbs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from exemplar.errors import ExemplarError
from exemplar.text import whole_characters

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Exemplar, a customer-service assistant."
)
emotion = typer.Typer(no_args_is_help=True, help="Read emotion, and train what reads it.")
shop = typer.Typer(no_args_is_help=True, help="The shop's data.")
desk = typer.Typer(no_args_is_help=True, help="The desk, where people take over.")
app.add_typer(emotion, name="emotion")
app.add_typer(shop, name="shop")
app.add_typer(desk, name="desk")

#: Longest line that ``emotion read`` takes, in characters.
_LONGEST_LINE: Final = 1_000_000


@app.command()
def run() -> None:
    """Start everything that is needed to chat; Ctrl-C stops it."""
    from exemplar.running import run_everything

    raise typer.Exit(run_everything(Console()))


@app.command()
def train(
    force: bool = typer.Option(False, help="Train even if nothing has changed."),
) -> None:
    """Train the assistant, if there is none for the present data."""
    from exemplar.running import train_if_needed

    train_if_needed(Console(), force=force)


@app.command()
def lint() -> None:
    """Check wording, stories and rules for what Rasa does not check."""
    from exemplar.lint import lint_project

    problems = lint_project()
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise ExemplarError(f"{len(problems)} problem{'s' * (len(problems) != 1)} in the data.")
    typer.echo("Wording, stories and rules: nothing to object to.")


@emotion.command("read")
def emotion_read(
    fine: bool = typer.Option(False, help="Add the 28 GoEmotions probabilities."),
) -> None:
    """Add an "emotion" object to each JSON line {"text": "…"} on standard input."""
    from exemplar.emotion.reader import EmotionReader

    reader = None
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        entry = _entry(line, number)
        reader = reader or EmotionReader()
        reading = reader.read(entry["text"])
        entry["emotion"] = reading.as_dict()
        if fine:
            entry["goemotions"] = {
                label: round(score, 4) for label, score in reading.goemotions.items()
            }
        sys.stdout.write(whole_characters(json.dumps(entry, ensure_ascii=False)) + "\n")
        sys.stdout.flush()


def _entry(line: bytes, number: int) -> dict[str, Any]:
    where = f"standard input, line {number}"
    if len(line) > _LONGEST_LINE:
        raise ExemplarError(f"{where}: longer than {_LONGEST_LINE} bytes; split the text.")
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ExemplarError(f"{where}: not JSON ({error}).") from error
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        raise ExemplarError(f'{where}: expected an object with a "text", as in {{"text": "hi"}}.')
    return entry


@emotion.command("train")
def emotion_train(
    goemotions: Path = typer.Option(..., help="Folder with GoEmotions' train.tsv."),
    customers: Path = typer.Option(
        Path("data/emotion/customers"),
        help="Labelled customer messages: a .jsonl file or a folder.",
    ),
    out: Path = typer.Option(None, help="Where to write the heads; the project's own by default."),
    seed: int = typer.Option(0, help="The same seed and data give the same heads."),
) -> None:
    """Train the emotion heads."""
    from exemplar.emotion.data import read_customers, read_goemotions

    comments = read_goemotions(goemotions / "train.tsv")
    messages = read_customers(customers)
    if not comments:
        raise ExemplarError(f"{goemotions / 'train.tsv'} is empty.")
    from exemplar.emotion.encoder import Encoder, base_model_folder
    from exemplar.emotion.heads import HEADS_FILE
    from exemplar.emotion.training import train_heads

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns) as bar:
        task = bar.add_task("loading", total=1.0)
        heads = train_heads(
            comments,
            messages,
            encoder=Encoder(base_model_folder(), threads=2),
            seed=seed,
            progress=lambda share, what: bar.update(task, completed=share, description=what),
        )
    heads.save(out or HEADS_FILE)
    typer.echo(
        f"Trained on {len(comments)} comments and {len(messages)} customer messages: "
        f"{out or HEADS_FILE}"
    )


@emotion.command("evaluate")
def emotion_evaluate(
    file: Path = typer.Argument(..., help="Labelled customer messages: a .jsonl file or a folder."),
) -> None:
    """Measure the reading on labelled customer messages."""
    from rich.table import Table

    from exemplar.emotion.data import read_customers
    from exemplar.emotion.evaluation import evaluate

    result = evaluate(read_customers(file))
    table = Table(title=f"{result.messages} messages from {file}")
    for heading in ("emotion", "precision", "recall", "F1", "messages"):
        table.add_column(heading, justify="left" if heading == "emotion" else "right")
    for label in result.labels:
        table.add_row(
            label.name,
            f"{label.precision:.3f}",
            f"{label.recall:.3f}",
            f"{label.f1:.3f}",
            str(label.messages),
        )
    console = Console()
    console.print(table)
    console.print(
        f"macro-F1 {result.macro_f1:.3f}; frustration: AUC {result.frustration_auc:.3f}, "
        f"expected calibration error {result.calibration_error:.3f}"
    )


@shop.command("seed")
def shop_seed() -> None:
    """Fill an empty shop with customers and orders, dated from today."""
    from exemplar.database import shared_database
    from exemplar.shop import sql  # noqa: F401  (its tables)
    from exemplar.shop.seed import seed

    written = seed(shared_database())
    typer.echo("Customers and orders written." if written else "The shop has customers already.")


@desk.command("list")
def desk_list() -> None:
    """List who waits for a person."""
    from rich.table import Table
    from rich.text import Text

    from exemplar.desk.registry import shared_registry

    table = Table(title="Waiting for a person")
    for heading in ("number", "state", "reason", "summary"):
        table.add_column(heading)
    for handover in shared_registry().waiting():
        # What customers wrote is text, not markup.
        table.add_row(
            handover.number,
            handover.state,
            Text(handover.brief.reason),
            Text(handover.brief.summary),
        )
    Console().print(table)


def main() -> None:
    """Runs the command line; an error that a person can mend is one line, without a traceback."""
    try:
        app()
    except ExemplarError as error:
        sys.stderr.write(f"exemplar: {error}\n")
        raise SystemExit(1) from None
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        sys.stderr.close()
        raise SystemExit(0) from None
