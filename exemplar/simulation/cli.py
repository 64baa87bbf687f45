"""``exemplar simulate``."""

from __future__ import annotations

import shutil
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer
from rich.console import Console

from exemplar.progress import progress
from exemplar.settings import ROOT

if TYPE_CHECKING:
    from exemplar.sessions.model import Session
    from exemplar.simulation.customers import Customer
    from exemplar.simulation.phrases import Phrasebook
    from exemplar.simulation.reactions import Reactions
    from exemplar.simulation.record import Conversation

_CONSOLE: Final = Console(stderr=True)


def simulate_command(
    customers: int = typer.Option(200, min=1, max=100_000, help="How many customers."),
    seed: int = typer.Option(7, min=0, help="The same seed draws the same customers."),
    out: Path = typer.Option(
        ROOT / "results" / "simulation.html",
        help="The page to write; the data go beside it as JSON.",
    ),
    url: str = typer.Option(
        "",
        help="Talk to an assistant that runs already, with the demonstration shop; its keys are those of "
        "EXEMPLAR_STATE. Without this, one is started and stopped.",
    ),
    at_once: int = typer.Option(4, min=1, max=64, help="Conversations at once."),
) -> None:
    """Let simulated customers talk to the running assistant, with and without its reading of moods."""
    from exemplar.files import check_writable
    from exemplar.sessions.files import read_sessions, session_files
    from exemplar.sessions.project import goals_of, read_domain
    from exemplar.simulation.customers import draw_customers
    from exemplar.simulation.measures import measure
    from exemplar.simulation.reactions import estimate, observed
    from exemplar.simulation.report import Simulation, headline, write
    from exemplar.simulation.shop import products_on_sale

    check_writable(out.parent)
    files = session_files()
    with progress("reading SESSIONS", len(files), _CONSOLE) as step:
        sessions = []
        for session in read_sessions():
            sessions.append(session)
            step()
    reactions = estimate(observed(sessions, goals_of(read_domain(ROOT))), seed)
    drawn = draw_customers(customers, seed, _begun_with(sessions), products_on_sale())
    book = _phrasebook()
    played, where, looked = (
        _with_running(url, drawn, book, reactions, at_once)
        if url
        else _with_own(drawn, book, reactions, at_once, out.with_suffix(".log"))
    )
    result = Simulation(played, reactions, seed, date.today().isoformat(), where, looked)
    beside = write(result, out)
    for sentence in headline(measure(played, seed)):
        typer.echo(sentence)
    failed = sum(bool(one.error) for one in played)
    if failed:
        typer.echo(f"{failed} of {len(played)} conversations failed.")
    typer.echo(f"{out} (data: {beside})")


def _begun_with(sessions: list[Session]) -> list[float]:
    """Returns the frustration that customers of SESSIONS that may teach begin with."""
    found = []
    for session in sessions:
        labels = (t.labels for t in session.turns if t.speaker == "customer" and t.labels)
        first = next(labels, None)
        if session.teaches and first is not None:
            found.append(first.frustration or 0.0)
    return found


def _phrasebook() -> Phrasebook:
    from exemplar.emotion.reader import EmotionReader
    from exemplar.settings import state_folder
    from exemplar.simulation.phrases import Phrasebook, read_phrases, varied, with_readings
    from exemplar.simulation.talking import INTENTS

    phrases = varied(read_phrases(), INTENTS)
    reader: list[EmotionReader] = []

    def read(text: str) -> float:
        # Loading it takes seconds, and mostly the readings are there already.
        if not reader:
            reader.append(EmotionReader())
        return reader[0].read(text).frustration

    with progress("reading phrases", len(phrases), _CONSOLE) as step:
        return Phrasebook(with_readings(phrases, state_folder() / "simulation", read, step))


def _with_own(
    drawn: tuple[Customer, ...],
    book: Phrasebook,
    reactions: Reactions,
    at_once: int,
    log: Path,
) -> tuple[list[Conversation], str, bool]:
    """Plays against an assistant of its own, whose shop has an order for each conversation.

    What its server wrote is kept as ``log`` if a conversation fails.
    """
    from exemplar.database import open_database
    from exemplar.shop.seed import seed as seed_shop
    from exemplar.simulation.running import ARMS, Line, own_assistant, play_all
    from exemplar.simulation.shop import give_orders

    failed = True
    with tempfile.TemporaryDirectory(prefix="exemplar-simulation-") as folder:
        shop = open_database(f"sqlite:///{Path(folder) / 'shop.db'}")
        seed_shop(shop)
        names = {(c.number, arm): f"{c.number}{arm[0]}" for c in drawn for arm in ARMS}
        orders = {c.number: c.order for c in drawn}
        given = give_orders(shop, {who: orders[number] for (number, _), who in names.items()})
        _CONSOLE.print("Starting the assistant …")
        try:
            with (
                own_assistant(Path(folder)) as assistant,
                progress("talking", len(names), _CONSOLE) as step,
            ):
                played = play_all(
                    drawn,
                    {whose: given[who] for whose, who in names.items()},
                    Line(assistant),
                    book,
                    reactions,
                    shop=shop,
                    at_once=at_once,
                    step=lambda _: step(),
                )
            failed = any(one.error for one in played)
        finally:
            shop.dispose()
            written = Path(folder) / "logs" / "rasa.log"
            if failed and written.exists():
                shutil.copyfile(written, log)
                _CONSOLE.print(f"What the assistant's server wrote: {log}", soft_wrap=True)
    return played, "the assistant, started for this, with a shop of its own", True


def _with_running(
    url: str, drawn: tuple[Customer, ...], book: Phrasebook, reactions: Reactions, at_once: int
) -> tuple[list[Conversation], str, bool]:
    """Plays against an assistant that runs; its customers share the demonstration shop's orders."""
    from exemplar.settings import shared_secrets
    from exemplar.simulation.running import ARMS, Assistant, Line, play_all
    from exemplar.simulation.shop import demonstration_holdings

    orders = demonstration_holdings()
    with progress("talking", len(drawn) * len(ARMS), _CONSOLE) as step:
        played = play_all(
            drawn,
            {(c.number, arm): orders[c.order] for c in drawn for arm in ARMS},
            Line(Assistant(url.rstrip("/"), shared_secrets().api_token)),
            book,
            reactions,
            name=f"simulated-{int(time.time())}",
            at_once=at_once,
            step=lambda _: step(),
        )
    return played, f"the assistant at {url}", False
