"""``exemplar sessions import`` and ``exemplar sessions withdraw``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from exemplar.errors import ExemplarError
from exemplar.settings import ROOT

if TYPE_CHECKING:
    from exemplar.sessions.import_report import ImportReport

#: The folder of SESSIONS; said here so that ``--help`` need not load what reads them.
_FOLDER = ROOT / "data" / "sessions"

#: The two commands, to be mounted or taken one by one.
importing = typer.Typer(
    no_args_is_help=True,
    help="SESSIONS in, and out again.",
    # What an unforeseen error would show of its surroundings is what customers wrote.
    pretty_exceptions_show_locals=False,
)


@importing.command("import")
def import_command(
    files: list[Path] = typer.Argument(
        ..., help="Transcripts or exports; for Slack also a folder."
    ),
    format: str = typer.Option(
        "auto", help="auto, vtt, srt, csv, jsonl, zendesk, intercom, chatwoot or slack."
    ),
    consent: Path = typer.Option(None, help="A YAML file with the consents on record."),
    customer: list[str] = typer.Option(
        [], help="Who of the speakers is a customer; may be said again."
    ),
    agent_name: list[str] = typer.Option(
        [], help="Who of the speakers is an agent; may be said again."
    ),
    stage: str = typer.Option(None, help="before, during or after the purchase, or guess."),
    channel: str = typer.Option(
        None, help="website, slack, call or email, if the source does not tell."
    ),
    ordinary: bool = typer.Option(
        False, help="The agents are ordinary, for contrast; not to be emulated."
    ),
    to: Path = typer.Option(_FOLDER, help="The folder of SESSIONS."),
    replace: bool = typer.Option(False, help="Replace SESSIONS whose conversation has changed."),
) -> None:
    """Import conversations as SESSIONS, with personal data taken out; of a file all or nothing."""
    from exemplar.sessions.consent import ConsentBook, read_consents
    from exemplar.sessions.import_report import ImportReport
    from exemplar.sessions.importing import GUESSED, import_sessions, numbers_of
    from exemplar.sessions.speakers import Speakers

    console = Console(stderr=True)
    book = read_consents(consent) if consent else ConsentBook()
    speakers = Speakers(tuple(customer), tuple(agent_name))
    total = ImportReport()
    # Of several files each holds some of the numbers that the consents name; one alone is read once.
    held = {
        file: numbers_of(file, format, book.named) if book.named and len(files) > 1 else set()
        for file in files
    }
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        for file in files:
            task = bar.add_task(f"{file.name}: reading", total=None)
            try:
                total.add(
                    import_sessions(
                        file,
                        format,
                        consent=book,
                        speakers=speakers,
                        channel=channel,
                        stage=stage,
                        agent="ordinary" if ordinary else "exemplary",
                        out=to,
                        replace_changed=replace,
                        elsewhere=set().union(*(held[other] for other in files if other != file)),
                        progress=lambda n, task=task, file=file: bar.update(  # type: ignore[misc]
                            task, description=f"{file.name}: {n} conversations"
                        ),
                    )
                )
            except ExemplarError as error:
                done = total.imported + total.replaced
                so_far = f" ({done} SESSIONS of the files before it stay imported)" if done else ""
                raise ExemplarError(f"{error}{so_far}") from error
            bar.remove_task(task)
    typer.echo(_summary(total))
    for line in _remarks(total):
        typer.echo(line)
    if total.guessed:
        typer.echo(
            f"The stage of {len(total.guessed)} was guessed; look them through: {to / GUESSED}"
        )


@importing.command("withdraw")
def withdraw_command(
    id: str = typer.Argument(..., help="The SESSION's id: its file's name without .yml."),
    folder: Path = typer.Option(_FOLDER, "--from", help="The folder of SESSIONS."),
) -> None:
    """Remove a SESSION whose consent was taken back; it is not imported again."""
    from exemplar.sessions.importing import withdraw

    if withdraw(id, folder):
        typer.echo(
            f"{id} was removed; `exemplar sessions learn` takes back what was learned from it."
        )
    else:
        typer.echo(f"{id} was withdrawn already.")


def _remarks(report: ImportReport) -> Iterator[str]:
    """Yields what a person should know beside the numbers."""
    from exemplar.sessions.import_report import some

    if report.taken_back:
        yield (
            f"Withdrawn, since consent was taken back: {some(report.taken_back)}; "
            "`exemplar sessions learn` takes back what was learned from it."
        )
    if report.still_there:
        yield (
            f"There already, and without a consent on record now: {some(report.still_there)}; "
            "if it was taken back, say `exemplar sessions withdraw ID`."
        )
    if report.first_unknown:
        yield (
            f"The first whom the source does not know: {report.first_unknown}; export the users as well, or "
            "say --customer or --agent-name."
        )
    if report.unread:
        # As many are remembered as are named, and one more.
        names = some(list(report.unread)).replace(" and 1 more", " and others")
        yield f"Not read, since it means nothing here: {names}."


def _summary(report: ImportReport) -> str:
    parts = [f"{report.imported} SESSION{'s' * (report.imported != 1)} imported"]
    for count, what in (
        (report.replaced, "replaced"),
        (report.unchanged, "there already"),
        (report.no_consent, "without consent, left out"),
        (report.withdrawn, "withdrawn, left out"),
        (report.one_sided, "with one side only, left out"),
        (report.other_language, "in another language than English, left out"),
        (report.unknown_side, "with an author whom the source does not know, left out"),
    ):
        if count:
            parts.append(f"{count} {what}")
    taken = ", ".join(
        f"{count} {kind.lower().replace('_', ' ')}" for kind, count in report.redacted.most_common()
    )
    return "; ".join(parts) + "." + (f"\nPlaceholders: {taken}." if taken else "")
