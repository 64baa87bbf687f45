"""``exemplar sessions report`` and ``exemplar sessions review``."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path
from typing import Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from exemplar.conversation import of_customers
from exemplar.errors import ExemplarError
from exemplar.sessions.files import SESSIONS
from exemplar.sessions.project import intents_of
from exemplar.settings import ROOT

#: Where the page is written unless another place is named; not under version control.
REPORT: Final = ROOT / "results" / "sessions-report.html"
PORT: Final = 5057


def report_command(
    sessions: Path = typer.Option(SESSIONS, "--sessions", help="The folder of the SESSIONS."),
    out: Path = typer.Option(REPORT, "--out", help="The page."),
) -> None:
    """Write one HTML page on the SESSIONS: what works when, every mood, what to record next."""
    from exemplar.files import check_writable
    from exemplar.sessions.files import read_session, session_files
    from exemplar.sessions.learning import Learned
    from exemplar.sessions.overview import overview
    from exemplar.sessions.report import CHECKED, spread, write_report
    from exemplar.sessions.suspicion import find_doubts, steps_of

    check_writable(out.parent)
    goals = _slot(_domain(), "goal")
    files = session_files(sessions)
    learned = Learned(goals)
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task("reading SESSIONS", total=len(files))
        everything = []
        for file in files:
            session = read_session(file, ahead=True)
            learned.add(session)
            everything.append(session)
            progress.advance(task)
        _, usable = overview(everything, goals, learned.minimum)
        looked_at = spread(usable, CHECKED)
        task = progress.add_task("looking at labels", total=steps_of(looked_at))
        doubts = find_doubts(looked_at, step=lambda: progress.advance(task))
        progress.update(task, completed=steps_of(looked_at))
    counted = write_report(everything, learned, out, goals=goals, doubts=doubts)
    left = counted.apart + counted.without_consent
    typer.echo(
        f"{out}: {len(usable)} SESSIONS"
        + (f"; {left} set apart or without consent are not in it." if left else ".")
    )


def review_command(
    sessions: Path = typer.Option(SESSIONS, "--sessions", help="The folder of the SESSIONS."),
    port: int = typer.Option(
        PORT, "--port", min=1, max=65535, help="The port, on this machine only."
    ),
) -> None:
    """Confirm and correct labels on a page; Ctrl-C stops it."""
    from exemplar.sessions.files import session_files
    from exemplar.sessions.review import HOST, Desk, create_app, server_for

    if not session_files(sessions):
        raise ExemplarError(f"there is no SESSION in {sessions}: import some first.")
    token = secrets.token_urlsafe(24)
    app = create_app(Desk(sessions, _intents(_domain())), port, token)
    _check_free(HOST, port)
    typer.echo(f"Review SESSIONS at http://{HOST}:{port}/?token={token}\nCtrl-C stops it.")
    try:
        server_for(app, port).run()
    except KeyboardInterrupt:
        pass
    except SystemExit:
        raise _taken(HOST, port) from None


def _check_free(host: str, port: int) -> None:
    """Makes sure that the port can be had before an address is printed."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise _taken(host, port) from None


def _taken(host: str, port: int) -> ExemplarError:
    return ExemplarError(f"cannot listen on {host}:{port}: stop what uses it, or give --port.")


def _domain() -> dict[str, Any]:
    from exemplar.sessions.stories import read_yaml

    return read_yaml(ROOT / "domain.yml")


def _slot(domain: dict[str, Any], name: str) -> tuple[str, ...]:
    """Returns the values of a slot, in the designers' order.

    Raises:
        ExemplarError: the domain has none of that name.
    """
    try:
        return tuple(map(str, domain["slots"][name]["values"]))
    except (KeyError, TypeError):
        raise ExemplarError(f"{ROOT / 'domain.yml'} has no slot {name} with values.") from None


def _intents(domain: dict[str, Any]) -> tuple[str, ...]:
    """Returns the intents that customers' words can have."""
    return tuple(of_customers(intents_of(domain)))
