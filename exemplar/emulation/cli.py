"""``exemplar emulate``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
import yaml
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from exemplar.errors import ExemplarError
from exemplar.sessions.files import SESSIONS, read_sessions
from exemplar.sessions.model import EVALUATION, Session
from exemplar.settings import ROOT

if TYPE_CHECKING:
    from exemplar.emulation.playing import Player
    from exemplar.emulation.report import Emulation, Point

#: Two independent annotations of a part of the SESSIONS that are set apart.
ANNOTATIONS = ROOT / "tests" / "emulation"


def emulate_command(
    folder: Path = typer.Option(SESSIONS, "--sessions", help="The folder of the SESSIONS."),
    out: Path = typer.Option(ROOT / "results" / "emulation.html", help="The page to write."),
    ordinary: bool = typer.Option(False, help="Play those of ordinary agents instead."),
) -> None:
    """Play the set-apart SESSIONS to the trained assistant: does it make the exemplars' moves?"""
    from exemplar.emulation.report import measure, write_report
    from exemplar.nlu.parsing import newest_model

    wanted = "ordinary" if ordinary else "exemplary"
    sessions = {
        session.id: session
        for session in read_sessions(folder)
        if session.apart and session.agent == wanted and session.may_serve(EVALUATION)
    }
    if not sessions:
        raise ExemplarError(
            f"{folder} has no SESSION of {wanted} agents that is set apart (apart: true) and may serve "
            "evaluation."
        )
    model = newest_model()
    if model is None:
        raise ExemplarError("no assistant is trained: run `exemplar train` first.")
    points = _play(model, list(sessions.values()))
    if not points:
        raise ExemplarError(
            "no turn of an agent in these SESSIONS is labelled: annotate them first."
        )
    result = measure(points, _annotators())
    write_report(result, points, sessions, out)
    _show(Console(), result)
    Console().print(f"The whole of it: {out}", soft_wrap=True)


def _play(model: Path, sessions: Sequence[Session]) -> list[Point]:
    from exemplar.emulation.shop import session_shop

    console = Console(stderr=True)

    points: list[Point] = []
    with session_shop() as shop:
        with console.status("Loading the trained assistant …"):
            from exemplar.emulation.playing import Player

            player = Player(model, shop)
        columns = (
            TextColumn("playing SESSIONS"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("", total=len(sessions))
            for session in sessions:
                points += _points(player, session)
                progress.advance(task)
    return points


def _points(player: Player, session: Session) -> list[Point]:
    from exemplar.emulation.checklist import Said
    from exemplar.emulation.report import Point

    pairs = zip(player.play(session), player.play(session, mood=False), strict=True)
    return [
        Point(
            ours.shown,
            ours.heard,
            ours.said,
            ours.agent,
            Said(ours.moves, "\n".join(ours.texts)),
            Said(blind.moves, "\n".join(blind.texts)),
            ours.actions,
        )
        for ours, blind in pairs
    ]


def _annotators() -> Any:
    from exemplar.emulation.report import annotators_agreement

    files = sorted(ANNOTATIONS.glob("annotator_*.yml"))
    if len(files) < 2:
        return None
    one, other = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in files[:2])
    return annotators_agreement(one, other)


def _show(console: Console, result: Emulation) -> None:
    table = Table(title="Agreement with the exemplars", title_justify="left")
    for heading in ("who", "F1", "95 %", "mean F1", "kappa"):
        table.add_column(heading)
    rows = [
        ("the assistant", result.ours),
        ("mood-blind control", result.blind),
        ("majority move", result.majority),
        *([("two annotators", result.annotators)] if result.annotators else []),
    ]
    for name, one in rows:
        table.add_row(
            name,
            f"{one.f1:.3f}",
            f"{one.low:.3f} to {one.high:.3f}",
            f"{one.macro_f1:.3f}",
            f"{one.kappa:.3f}",
        )
    console.print(table)
    gain, low, high = result.gain
    console.print(f"Above the control: {gain:+.3f} [{low:+.3f}, {high:+.3f}]")
    table = Table(title="Checklist", title_justify="left")
    for heading in ("item", "exemplar", "assistant"):
        table.add_column(heading)
    for theirs, ours in result.checklist:
        below = None not in (ours.share, theirs.share) and ours.share < theirs.share  # type: ignore[operator]
        table.add_row(
            theirs.name,
            _say(theirs.share, theirs.of),
            _say(ours.share, ours.of),
            style="yellow" if below else "",
        )
    console.print(table)


def _say(share: float | None, of: int) -> str:
    return "–" if share is None else f"{100 * share:.0f} % of {of}"
