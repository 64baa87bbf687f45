"""``exemplar …``: few, plain verbs."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from exemplar.emotion.cli import emotion
from exemplar.emulation.cli import emulate_command
from exemplar.errors import ExemplarError
from exemplar.nlu.cli import exchanges
from exemplar.sessions.cli import sessions
from exemplar.settings import ROOT
from exemplar.simulation.cli import simulate_command

if TYPE_CHECKING:
    from fastapi import FastAPI

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    # What a variable holds may be a customer's words.
    pretty_exceptions_show_locals=False,
    help="Exemplar, a customer-service assistant.",
)
shop = typer.Typer(no_args_is_help=True, help="The shop's data.")
desk = typer.Typer(no_args_is_help=True, help="The desk, where people take over.")
app.add_typer(emotion, name="emotion")
app.add_typer(sessions, name="sessions")
app.add_typer(exchanges, name="exchanges")
app.command("emulate")(emulate_command)
app.command("simulate")(simulate_command)
app.add_typer(shop, name="shop")
app.add_typer(desk, name="desk")


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


@shop.command("seed")
def shop_seed() -> None:
    """Fill an empty shop with customers and orders, dated from today."""
    from exemplar.database import shared_database
    from exemplar.shop import sql  # noqa: F401  (its tables)
    from exemplar.shop.seed import seed

    written = seed(shared_database())
    typer.echo("Customers and orders written." if written else "The shop has customers already.")


@shop.command("migrate")
def shop_migrate() -> None:
    """Bring the database to this version's tables; what is in it stays."""
    from exemplar.database import migrate
    from exemplar.settings import shop_database_url

    before, after = migrate(shop_database_url())
    typer.echo(
        f"The database is at {after} already."
        if before == after
        else f"The database was brought from {before or 'nothing'} to {after}."
    )


@shop.command("serve")
def shop_serve(
    host: str = typer.Option("127.0.0.1", help="Where to listen; 0.0.0.0 for all addresses."),
    port: int = typer.Option(5056, min=1, max=65535, help="The port."),
) -> None:
    """Serve the database's shop over the REST API that a shop of your own would have."""
    from exemplar.database import shared_database
    from exemplar.settings import shop_token
    from exemplar.shop.api import create_app
    from exemplar.shop.policy import shared_policy
    from exemplar.shop.sql import SqlShop

    # As with the servers that `exemplar run` starts: SQLite's warnings of decimals help nobody.
    warnings.simplefilter("ignore")
    app_of_shop = create_app(SqlShop(shared_database(), shared_policy()), shop_token())
    _serve(app_of_shop, host, port, f"The shop answers at http://{host}:{port}/v1")


def _serve(served: FastAPI, host: str, port: int, where: str) -> None:
    """Serves until Ctrl-C, which it tells together with where."""
    from exemplar.shop.api import server_for

    server = server_for(served, host, port)
    typer.echo(f"{where}; Ctrl-C stops it.")
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    except SystemExit:
        raise ExemplarError(
            f"cannot listen on {host}:{port}: stop what uses it, or give --port."
        ) from None


@shop.command("openapi")
def shop_openapi() -> None:
    """Print the OpenAPI description of a shop, which docs/shop-api.json holds."""
    from exemplar.shop.api import description

    typer.echo(description())


@shop.command("token")
def shop_token(
    email: str = typer.Argument(..., help="The customer who is signed in."),
    hours: int = typer.Option(1, min=1, help="How long it is good for."),
) -> None:
    """Print what the shop's page hands to the chat of a customer who signed in."""
    from datetime import timedelta

    from exemplar.asking import customer_token
    from exemplar.settings import shared_secrets

    typer.echo(customer_token(email, shared_secrets().shop_key, timedelta(hours=hours)))


@desk.command("list")
def desk_list() -> None:
    """List who waits for a person, and who has one."""
    from rich.table import Table
    from rich.text import Text

    from exemplar.desk.registry import shared_registry

    table = Table(title="Waiting for a person, or with one")
    for heading in ("number", "state", "with", "reason", "summary"):
        table.add_column(heading)
    for handover in shared_registry().line():
        # What customers wrote is text, not markup.
        table.add_row(
            handover.number,
            handover.state,
            Text(handover.claimed_name),
            Text(handover.brief.reason),
            Text(handover.brief.summary),
        )
    Console().print(table)


@desk.command("close")
def desk_close(
    number: str = typer.Argument(..., help="The handover's number, such as H-1001."),
) -> None:
    """End a handover from here; a running server gives the conversation back to the assistant."""
    from exemplar.desk.registry import shared_registry

    if shared_registry().close(number) is None:
        raise ExemplarError(f"there is no open handover {number}; `exemplar desk list` shows them.")
    typer.echo(f"{number.upper()} is closed.")


@desk.command("export")
def desk_export(
    number: str = typer.Argument(..., help="The handover's number, such as H-1001."),
    consent: Path = typer.Option(None, help="A YAML file with the consents on record."),
    stage: str = typer.Option("guess", help="before, during or after the purchase, or guess."),
    ordinary: bool = typer.Option(
        False, help="The person is there for contrast; not to be emulated."
    ),
    to: Path = typer.Option(ROOT / "data" / "sessions", help="The folder of SESSIONS."),
    replace: bool = typer.Option(False, help="Replace the SESSION if it is there and differs."),
) -> None:
    """Export a closed handover as a SESSION, with consent, personal data taken out."""
    from exemplar.desk.export import export_handover
    from exemplar.desk.registry import shared_registry
    from exemplar.sessions.consent import ConsentBook, read_consents

    book = read_consents(consent) if consent else ConsentBook()
    agent = "ordinary" if ordinary else "exemplary"
    exported = export_handover(
        shared_registry(), number, book, stage=stage, agent=agent, out=to, replace_changed=replace
    )
    there = " already, and has not changed" if exported.unchanged else ""
    typer.echo(f"{number.upper()} is the SESSION {exported.session} in {to}{there}.")
    if exported.stage_guessed:
        typer.echo("Its stage was guessed; look it through, or say --stage.")


@desk.command("add-agent")
def desk_add_agent(
    login: str = typer.Argument(..., metavar="NAME", help="What the person signs in with."),
    shown: str = typer.Option("", "--shown", help="What customers see; a first name."),
    role: str = typer.Option("agent", "--role", help="agent or supervisor."),
    password: str = typer.Option(
        "", "--password", envvar="EXEMPLAR_AGENT_PASSWORD", help="Asked for if not given."
    ),
) -> None:
    """Let somebody sign in at the desk; for one who may already, a new name, role and password."""
    from exemplar.desk.agents import shared_agents

    if not password:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    added = shared_agents().add(login, shown or login.title(), role, password)
    typer.echo(f"{added.login} may sign in as {added.role}; customers see {added.name}.")


@desk.command("remove-agent")
def desk_remove_agent(
    login: str = typer.Argument(..., metavar="NAME", help="What the person signs in with."),
) -> None:
    """Let somebody sign in no more; who is signed in is out at once."""
    from exemplar.desk.agents import shared_agents

    if not shared_agents().remove(login):
        raise ExemplarError(f"nobody signs in as {login}; `exemplar desk agents` lists them.")
    typer.echo(f"{login} may sign in no more.")


@desk.command("openapi")
def desk_openapi() -> None:
    """Print the OpenAPI description of the desk for helpdesks, which docs/desk-api.json holds."""
    from exemplar.desk.helpdesk.api import description

    typer.echo(description())


@desk.command("chatwoot")
def desk_chatwoot(
    host: str = typer.Option("127.0.0.1", help="Where to listen; 0.0.0.0 for all addresses."),
    port: int = typer.Option(5057, min=1, max=65535, help="The port."),
) -> None:
    """Run what stands between the desk and Chatwoot; docs/desk-helpdesks.md says how to set it up."""
    from exemplar.desk.chatwoot import create_app, settings

    where = f"Chatwoot's side of the desk answers at http://{host}:{port}"
    _serve(create_app(settings()), host, port, where)


@desk.command("agents")
def desk_agents() -> None:
    """List who may sign in."""
    from exemplar.desk.agents import shared_agents

    for agent in shared_agents().everybody():
        typer.echo(f"{agent.login}\t{agent.role}\t{agent.name}")


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
