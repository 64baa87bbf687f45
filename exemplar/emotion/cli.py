"""``exemplar emotion …``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from exemplar.errors import ExemplarError
from exemplar.text import whole_characters

if TYPE_CHECKING:
    from exemplar.emotion.data import Context, CustomerMessage
    from exemplar.emotion.evaluation import LabelResult
    from exemplar.emotion.reader import EmotionReader

emotion = typer.Typer(no_args_is_help=True, help="Read emotion, and train what reads it.")

#: Longest line that ``emotion read`` takes, in bytes.
_LONGEST_LINE: Final = 1_000_000
#: Fewer sentences of one's own teach nothing that holds.
_FEWEST_OWN: Final = 20


@emotion.command("read")
def emotion_read(
    fine: bool = typer.Option(False, help="Add the 28 GoEmotions probabilities."),
) -> None:
    """Add an "emotion" object to each JSON line {"text": "…"} on standard input.

    A line may name the turns before: {"text": "…", "context": [["customer", "…"], ["agent", "…"]]}.
    """
    from exemplar.emotion.reader import EmotionReader

    reader = None
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        entry, context = _entry(line, number)
        reader = reader or EmotionReader()
        reading = reader.read(entry["text"], context)
        entry["emotion"] = reading.as_dict()
        if fine:
            entry["goemotions"] = {
                label: round(score, 4) for label, score in reading.goemotions.items()
            }
        sys.stdout.write(whole_characters(json.dumps(entry, ensure_ascii=False)) + "\n")
        sys.stdout.flush()


def _entry(line: bytes, number: int) -> tuple[dict[str, Any], Context]:
    from exemplar.emotion.data import context_of

    where = f"standard input, line {number}"
    if len(line) > _LONGEST_LINE:
        raise ExemplarError(f"{where}: longer than {_LONGEST_LINE} bytes; split the text.")
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ExemplarError(f"{where}: not JSON ({error}).") from error
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        raise ExemplarError(f'{where}: expected an object with a "text", as in {{"text": "hi"}}.')
    return entry, context_of(entry, where)


@emotion.command("train")
def emotion_train(
    goemotions: Path = typer.Option(..., help="Folder with GoEmotions' train.tsv."),
    customers: Path = typer.Option(
        Path("data/emotion/customers"),
        help="Labelled customer messages: a .jsonl file or a folder.",
    ),
    sessions: Path = typer.Option(
        Path("data/sessions"), help="SESSIONS; of those that may teach, the customers' turns."
    ),
    out: Path = typer.Option(
        Path("models/emotion"), help="Folder to write to; the project's own by default."
    ),
    seed: int = typer.Option(0, help="The same seed and data give the same model."),
) -> None:
    """Train encoder and heads; takes one to two hours on two cores."""
    from exemplar.emotion.data import read_customers, read_goemotions

    comments = read_goemotions(goemotions / "train.tsv")
    turns = _turns(sessions)
    messages = [*read_customers(customers), *turns]
    from exemplar.emotion.training import check_enough, train
    from exemplar.files import check_writable

    check_enough(comments, messages)
    check_writable(out)
    with _progress() as (bar, task):
        trained = train(
            comments,
            messages,
            seed=seed,
            progress=lambda share, what: bar.update(task, completed=share, description=what),
        )
    trained = replace(trained, record=replace(trained.record, turns=len(turns)))
    trained.save(out)
    typer.echo(
        f"Trained on {len(comments)} comments and {len(messages)} customer messages; written to {out}. "
        "Measure it with 'exemplar emotion evaluate --weights'; in models/emotion it is used from the next "
        "'exemplar run' on, which trains the assistant anew."
    )


@emotion.command("refit")
def emotion_refit(
    new: Path = typer.Argument(
        ...,
        help="Labelled messages that were added since the last training: a .jsonl file or a folder.",
    ),
    customers: Path = typer.Option(
        Path("data/emotion/customers"), help="All labelled customer messages."
    ),
    sessions: Path = typer.Option(
        Path("data/sessions"), help="SESSIONS; of those that may teach, the customers' turns."
    ),
    out: Path = typer.Option(
        Path("models/emotion"), help="Folder to write to; the project's own by default."
    ),
    seed: int = typer.Option(0, help="The same seed and data give the same weights."),
) -> None:
    """Learn new messages and SESSIONS, the encoder kept; takes some minutes."""
    from exemplar.emotion.data import read_customers

    added = read_customers(new)
    texts = {message.text for message in added}
    known = [message for message in read_customers(customers) if message.text not in texts]
    turns = _turns(sessions)
    from exemplar.emotion.encoder import shared_encoder
    from exemplar.emotion.heads import load_heads
    from exemplar.emotion.record import load_record
    from exemplar.emotion.refitting import refit
    from exemplar.files import check_writable

    check_writable(out)
    with _progress() as (bar, task):
        bar.update(task, description="learning")
        result = refit(
            load_heads(),
            shared_encoder(),
            load_record(),
            known,
            added,
            turns,
            seed=seed,
            progress=lambda share: bar.update(task, completed=share),
        )
    result.save(out)
    typer.echo(
        f"Learned {len(added)} messages and {len(turns)} turns of SESSIONS beside {len(known)} messages "
        f"known before; written to {out}. A running assistant uses it once it is started again."
    )


def _turns(sessions: Path) -> list[CustomerMessage]:
    from exemplar.emotion.conversations import messages_of
    from exemplar.sessions.files import read_sessions

    return messages_of(read_sessions(sessions))


@emotion.command("refine")
def emotion_refine(
    file: Path = typer.Argument(..., help="Your own labelled messages: a .jsonl file or a folder."),
    customers: Path = typer.Option(
        Path("data/emotion/customers"), help="What was learned before, lest it be forgotten."
    ),
    out: Path = typer.Option(
        Path("models/emotion/heads-own.npz"),
        help="File to write; the default is used from the next start on, until it is deleted.",
    ),
    seed: int = typer.Option(0, help="The same seed and data give the same heads."),
) -> None:
    """Teach the heads your company's own sentences; takes less than a minute."""
    from exemplar.emotion.data import read_customers

    own = read_customers(file)
    if len(own) < _FEWEST_OWN:
        raise ExemplarError(
            f"{file} holds {len(own)} messages; label at least {_FEWEST_OWN}, of all the feelings that "
            "your customers show."
        )
    texts = {message.text for message in own}
    ours = [message for message in read_customers(customers) if message.text not in texts]
    from exemplar.emotion.encoder import shared_encoder
    from exemplar.emotion.heads import load_heads
    from exemplar.emotion.refining import refine

    with _progress() as (bar, task):
        bar.update(task, description="learning")
        result = refine(
            load_heads(),
            shared_encoder(),
            ours,
            own,
            seed=seed,
            progress=lambda share: bar.update(task, completed=share),
        )
    result.heads.save(out)
    typer.echo(
        f"Of your {len(own)} messages, {result.right_before:.0%} were read rightly before, "
        f"{result.right_after:.0%} are now (each by heads that had not seen it)."
    )
    if result.auc_before is not None and result.auc_after is not None:
        typer.echo(f"Frustration AUC: {result.auc_before:.3f} before, {result.auc_after:.3f} now.")
    typer.echo(f"Written to {out}. A running assistant uses it once it is started again.")


@emotion.command("evaluate")
def emotion_evaluate(
    file: Path = typer.Argument(
        ...,
        help="Labelled messages: a .jsonl file, a folder of them, or a .tsv file of GoEmotions.",
    ),
    report: Path = typer.Option(
        Path("results/emotion.html"), help="Where to write the page with tables and pictures."
    ),
    weights: Path = typer.Option(
        None,
        help="Folder written by 'train', or heads written by 'refine'; those in use by default.",
    ),
) -> None:
    """Measure the reading on labelled messages."""
    from exemplar.emotion import report as pages
    from exemplar.emotion.data import read_customers, read_goemotions
    from exemplar.emotion.evaluation import evaluate, evaluate_fine

    console, reader = Console(), _reader(weights)
    if file.suffix == ".tsv":
        comments = read_goemotions(file)
        with _progress() as (bar, task):
            bar.update(task, description="reading")
            fine = evaluate_fine(comments, reader, lambda share: bar.update(task, completed=share))
        console.print(_table(f"{fine.comments} comments from {file}", fine.labels, "comments"))
        console.print(
            f"macro-F1 {fine.macro_f1:.3f} over 28 labels, {fine.ekman_macro_f1:.3f} over Ekman's six and "
            "neutral; thresholds cross-fitted"
        )
        pages.write(fine, str(file), report)
    else:
        messages = read_customers(file)
        with _progress() as (bar, task):
            bar.update(task, description="reading")
            result = evaluate(messages, reader, lambda share: bar.update(task, completed=share))
        console.print(_table(f"{result.messages} messages from {file}", result.labels, "messages"))
        console.print(
            f"macro-F1 {result.macro_f1:.3f}; frustration: AUC {result.frustration_auc:.3f}, "
            f"expected calibration error {result.calibration_error:.3f}"
        )
        pages.write(result, str(file), report)
    console.print(f"Tables and pictures: {report}")


@emotion.command("card")
def emotion_card(
    goemotions: Path = typer.Option(..., help="Folder with GoEmotions' dev.tsv."),
    heldout: Path = typer.Option(
        Path("data/emotion/heldout"), help="Held-out customer messages: a file or a folder."
    ),
    out: Path = typer.Option(Path("models/emotion/README.md"), help="Where to write the card."),
) -> None:
    """Write the model card, with figures measured now."""
    from exemplar.emotion import card
    from exemplar.emotion.data import read_customers, read_goemotions
    from exemplar.emotion.evaluation import evaluate, evaluate_fine

    comments, messages = read_goemotions(goemotions / "dev.tsv"), read_customers(heldout)
    spoken = [message for message in messages if message.voice]
    if not spoken or len(spoken) == len(messages):
        raise ExemplarError(
            f'{heldout} needs messages with a "voice", to see who is read worse, and messages without.'
        )
    with _progress() as (bar, task):
        bar.update(task, description="reading")
        fine = evaluate_fine(comments, progress=lambda s: bar.update(task, completed=0.8 * s))
        others = evaluate([message for message in messages if not message.voice])
        voices = evaluate(spoken)
        bar.update(task, completed=1.0)
    card.write(card.card(fine, others, voices), out)
    typer.echo(f"Written: {out}")


def _reader(weights: Path | None) -> EmotionReader:
    from exemplar.emotion.heads import load_heads
    from exemplar.emotion.reader import EmotionReader

    if weights is None:
        return EmotionReader()
    return (
        EmotionReader.of(weights) if weights.is_dir() else EmotionReader(heads=load_heads(weights))
    )


def _table(title: str, labels: Sequence[LabelResult], unit: str) -> Table:
    table = Table(title=title)
    for heading in ("label", "precision", "recall", "F1", unit):
        table.add_column(heading, justify="left" if heading == "label" else "right")
    for label in labels:
        figures = (f"{figure:.3f}" for figure in (label.precision, label.recall, label.f1))
        table.add_row(label.name, *figures, str(label.messages))
    return table


@contextmanager
def _progress() -> Iterator[tuple[Progress, TaskID]]:
    """Shows how far something is, from 0 to 1, where somebody watches."""
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        yield bar, bar.add_task("loading", total=1.0)
