"""``exemplar run``: everything that is needed to chat, started, watched and stopped."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import yaml
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from exemplar.errors import ExemplarError
from exemplar.settings import (
    ROOT,
    Addresses,
    addresses,
    event_broker_url,
    lock_store_url,
    shared_secrets,
    shop_database_url,
    shop_url,
    state_folder,
    tracker_store_url,
)

#: What a trained assistant depends on: when one of these changes, it is trained anew.
_TRAINED_FROM: Final = (
    "config.yml",
    "domain.yml",
    "data/nlu",
    "data/rules",
    "data/stories",
    "data/responses",
    "data/exchanges",
    "data/meant",
    "data/questions",
    "exemplar/nlu",
    "exemplar/dialogue",
    "exemplar/emotion/adaptation.py",
    "exemplar/emotion/base.py",
    "exemplar/emotion/encoder.py",
    "exemplar/emotion/graph.py",
    "models/emotion/adaptation.npz",
    "models/exchanges/adaptation.npz",
    "models/exchanges/heads.npz",
    "models/language",
    "uv.lock",
)
#: Trained assistants kept: the present one and the one before.
_KEPT: Final = 2
#: Seconds until a server must answer. Generous: a small machine loads TensorFlow slowly.
_START_LIMIT: Final = 600
#: An action server that ends this often within a minute is not started again.
_RESTARTS: Final = 3

#: The component that says how far it is.
_HAS_EPOCHS: Final = "TEDPolicy"

#: How the children run: quietly, and without telling anybody outside.
_ENVIRONMENT: Final = {
    "RASA_TELEMETRY_ENABLED": "false",
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "PYTHONUNBUFFERED": "1",
    # The action server has no setting of its own for this; it is called by Rasa alone.
    "SANIC_HOST": "127.0.0.1",
}


@dataclass
class _Child:
    """A server, and where it writes."""

    name: str
    command: list[str]
    health: str
    log: Path
    process: subprocess.Popen[bytes]


def run_everything(console: Console) -> int:
    """Trains if need be, starts the action server and Rasa, and watches them until told to stop.

    Returns:
        The exit code: 0 if a person stopped it, 1 if a server failed.

    Raises:
        ExemplarError: something is in the way; the message says what to do.
    """
    where = addresses()
    _check_ports(where)
    _check_services()
    _prepare_shop(console)
    model = train_if_needed(console)
    # A service manager's "stop" is a person's Ctrl-C; and a shell's background job ignores the latter
    # unless it is told not to.
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    children: list[_Child] = []
    try:
        children.append(
            _start("The action server", _actions_command(where), f"{where.actions_url}/health")
        )
        children.append(_start("Rasa", _server_command(model, where), f"{where.url}/version"))
        _wait_for(children, console)
        _say_where(where, console)
        return _watch(children, console)
    except KeyboardInterrupt:
        console.print("\nStopping …")
        return 0
    finally:
        _stop(children)


def train_if_needed(console: Console, *, force: bool = False) -> Path:
    """Returns an assistant trained from the present data, training it if there is none.

    Raises:
        ExemplarError: the training failed; the message is Rasa's own.
    """
    model = ROOT / "models" / f"exemplar-{_fingerprint()}.tar.gz"
    if model.exists() and not force:
        return model
    log = _log_file("training")
    # Half a model, left by a training that was broken off, must not be taken for one.
    draft = model.with_name(f"draft-{model.name}")
    console.print(
        "Training the assistant; the first time takes some minutes, later only what changed."
    )
    command = [
        *(sys.executable, "-m", "rasa", "train"),
        *("--fixed-model-name", draft.name.removesuffix(".tar.gz")),
        *(["--force"] if force else []),
    ]
    with log.open("wb", buffering=0) as kept:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        assert process.stdout
        try:
            _show_training(_lines(process.stdout, kept), console)
        except BaseException:
            process.terminate()
            raise
    if process.wait() or not draft.exists():
        for contradiction in _contradictions(log):
            console.print(f"[red]{contradiction}[/red]", highlight=False)
        raise ExemplarError(f"training failed: {_last_words(log)} (all of it: {log})")
    draft.replace(model)
    for old in sorted(model.parent.glob("exemplar-*.tar.gz"), key=_age)[_KEPT:]:
        old.unlink()
    return model


def _age(file: Path) -> float:
    return -file.stat().st_mtime


def _fingerprint() -> str:
    """Returns a digest of what the assistant is trained from."""
    digest = hashlib.sha256()
    for name in _TRAINED_FROM:
        path = ROOT / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            # What is written for people teaches nothing.
            for_people = "__pycache__" in file.parts or file.name == "README.md"
            if file.is_file() and not for_people:
                digest.update(str(file.relative_to(ROOT)).encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _lines(stream: IO[bytes], kept: IO[bytes]) -> Iterator[str]:
    """Yields lines as they come, also those that a progress bar overwrites, and keeps them all."""
    waiting = b""
    while chunk := os.read(stream.fileno(), 4096):
        kept.write(chunk)
        *complete, waiting = re.split(rb"[\r\n]+", waiting + chunk)
        for line in complete:
            yield line.decode(errors="replace")


def _show_training(lines: Iterator[str], console: Console) -> None:
    columns = TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        data = progress.add_task("reading the data", total=None)
        # Several are trained at a time.
        trained: dict[str, TaskID] = {}
        for line in lines:
            if begun := re.search(r"(Starting to train|Finished training) component '(\w+)'", line):
                name = begun[2]
                if name not in trained:
                    progress.update(data, total=100, completed=100)
                    trained[name] = progress.add_task(name, total=None)
                if begun[1].startswith("Finished"):
                    progress.update(trained[name], total=100, completed=100)
            elif (percent := re.search(r"^Epochs:\s+(\d+)%", line)) and _HAS_EPOCHS in trained:
                progress.update(trained[_HAS_EPOCHS], total=100, completed=int(percent[1]))


def _check_ports(where: Addresses) -> None:
    for host, port, variable in (
        (where.host, where.port, "EXEMPLAR_PORT"),
        ("127.0.0.1", where.actions_port, "EXEMPLAR_ACTIONS_PORT"),
    ):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise ExemplarError(
                    f"cannot listen on {host}:{port} ({error.strerror}): stop what uses it, or set "
                    f"{variable} to a free port."
                ) from error


def _check_services() -> None:
    """Sees to it that a service that is down is named at once, and not by a traceback later."""
    from sqlalchemy.engine.url import make_url
    from sqlalchemy.exc import ArgumentError

    for variable, address, default in (
        ("EXEMPLAR_DATABASE_URL", shop_database_url(), 5432),
        ("EXEMPLAR_TRACKER_STORE_URL", tracker_store_url(), 5432),
        ("EXEMPLAR_LOCK_STORE_URL", lock_store_url(), 6379),
        ("EXEMPLAR_EVENT_BROKER_URL", event_broker_url(), 5672),
        ("EXEMPLAR_SHOP_URL", shop_url(), 443 if (shop_url() or "").startswith("https") else 80),
    ):
        if not address:
            continue
        try:
            url = make_url(address)
        except ArgumentError:
            raise ExemplarError(
                f"{variable} is no URL: expected scheme://user:password@host:port/name."
            ) from None
        if not url.host:
            continue
        port = url.port or default
        try:
            socket.create_connection((url.host, port), timeout=5).close()
        except OSError as error:
            raise ExemplarError(
                f"{variable}: nothing answers at {url.host}:{port} ({error}). Start that service, or "
                "unset the variable."
            ) from error


def _prepare_shop(console: Console) -> None:
    from exemplar.database import shared_database
    from exemplar.desk import registry  # noqa: F401  (its tables)
    from exemplar.shop import sql  # noqa: F401  (its tables)
    from exemplar.shop.connection import shared_shop
    from exemplar.shop.policy import shared_policy
    from exemplar.shop.seed import seed

    shared_policy()
    # Handovers are kept in the database whatever shop there is.
    database = shared_database()
    if shop_url():
        # Asked for once, so that a wrong address or token is told now and not to a customer.
        shared_shop().today()
    elif seed(database):
        console.print("A shop with invented customers and orders was set up.")


def _actions_command(where: Addresses) -> list[str]:
    return [
        *(sys.executable, "-m", "exemplar.acting"),
        *("--actions", "actions"),
        *("--port", str(where.actions_port)),
    ]


def _server_command(model: Path, where: Addresses) -> list[str]:
    return [sys.executable, "-m", "exemplar.server", str(model), str(_endpoints(where))]


def _endpoints(where: Addresses) -> Path:
    """Returns an endpoints file in which the action server is where it was told to be."""
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    endpoints["action_endpoint"]["url"] = f"{where.actions_url}/webhook"
    file = state_folder() / "endpoints.yml"
    file.write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    return file


def _environment() -> Mapping[str, str]:
    return {**os.environ, **_ENVIRONMENT}


def _log_file(name: str) -> Path:
    folder = state_folder() / "logs"
    folder.mkdir(exist_ok=True)
    return folder / f"{name.removeprefix('The ').replace(' ', '-').lower()}.log"


def _start(name: str, command: list[str], health: str) -> _Child:
    log = _log_file(name)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            # Ctrl-C reaches this process alone, which stops the others in order.
            start_new_session=True,
        )
    return _Child(name, command, health, log, process)


def _wait_for(children: list[_Child], console: Console) -> None:
    begun = time.monotonic()
    with console.status("Starting …") as status:
        waiting = list(children)
        while waiting:
            status.update(f"Waiting for {' and '.join(child.name for child in waiting).lower()} …")
            for child in children:
                if child.process.poll() is not None:
                    raise ExemplarError(
                        f"{child.name} ended: {_last_words(child.log)} (all of it: {child.log})"
                    )
            waiting = [child for child in waiting if not _answers(child.health)]
            if waiting and time.monotonic() - begun > _START_LIMIT:
                raise ExemplarError(
                    f"{waiting[0].name} does not answer after {_START_LIMIT} s: see {waiting[0].log}"
                )
            time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _say_where(where: Addresses, console: Console) -> None:
    key = shared_secrets().desk_key
    console.print(f"\n[bold]Chat[/bold]    {where.url}/", soft_wrap=True)
    console.print(
        f"[bold]Desk[/bold]    {where.url}/desk?key={key}", soft_wrap=True, highlight=False
    )
    console.print(
        f"[bold]API[/bold]     {where.url}/  (token: api_token in {state_folder() / 'secrets.json'})",
        soft_wrap=True,
        highlight=False,
    )
    console.print("Ctrl-C stops everything.\n")


def _watch(children: list[_Child], console: Console) -> int:
    """Waits until a server ends. The action server is started again; without Rasa there is no use."""
    actions, rasa = children
    ended: list[float] = []
    while True:
        if rasa.process.poll() is not None:
            console.print(f"Rasa ended: {_last_words(rasa.log)} (all of it: {rasa.log})")
            return 1
        if actions.process.poll() is not None:
            now = time.monotonic()
            ended = [*(moment for moment in ended if now - moment < 60), now]
            if len(ended) > _RESTARTS:
                console.print(
                    f"The action server keeps ending: {_last_words(actions.log)} (see {actions.log})"
                )
                return 1
            console.print("The action server ended; starting it again.")
            children[0] = actions = _start(actions.name, actions.command, actions.health)
        time.sleep(0.5)


def _stop(children: list[_Child]) -> None:
    for child in reversed(children):
        child.process.terminate()
    for child in children:
        try:
            child.process.wait(15)
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


def _interrupt(_: int, __: object) -> None:
    raise KeyboardInterrupt


def _contradictions(log: Path) -> list[str]:
    """Returns what Rasa found in the stories and rules that cannot both be."""
    return re.findall(r"^- the prediction of the action.*$", log.read_text(errors="replace"), re.M)


def _last_words(log: Path) -> str:
    """Returns the last line of a log that says what went wrong."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text(errors="replace"))
    lines = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
    telling = [
        line for line in lines if re.search(r"(Error|Exception|Contradicting|error)\b", line)
    ]
    return (telling or lines or ["nothing was written"])[-1][:300]
