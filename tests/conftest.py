"""What the tests share: the assistant as its users start it, words with it, and two threads at once."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
#: Seconds that guard against hanging; nothing is measured by them.
PATIENCE = 700

CUSTOMER = "mara.okafor@example.org"

AtOnce = Callable[[Callable[[], Any]], list[Any]]


def until(true: Callable[[], Any], seconds: float = 300, every: float = 0.05) -> Any:
    """Waits until something is true, and returns it; the bound only guards against hanging."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(every)
    return found


def free_port() -> int:
    """Returns a port that nobody has, and that no connection gets while a server starts to take it."""
    # Below those that the system gives to connections.
    for port in random.sample(range(12_000, 32_000), 200):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


@dataclass
class Running:
    """The assistant, started by `exemplar run`."""

    process: subprocess.Popen[bytes]
    url: str
    state: Path
    environment: dict[str, str]
    printed: Path

    @property
    def secrets(self) -> dict[str, str]:
        return dict(json.loads((self.state / "secrets.json").read_text()))

    def say(self, sender: str, text: Any) -> list[dict[str, Any]]:
        """Sends a message over REST and returns the answers."""
        answers = self.post("/webhooks/rest/webhook", {"sender": sender, "message": text})
        assert isinstance(answers, list)
        return answers

    def texts(self, sender: str, text: str) -> str:
        return "\n".join(str(answer.get("text", "")) for answer in self.say(sender, text))

    def parse(self, text: str) -> dict[str, Any]:
        return dict(self.post(f"/model/parse?token={self.secrets['api_token']}", {"text": text}))

    def tracker(self, sender: str) -> dict[str, Any]:
        return dict(self.get(f"/conversations/{sender}/tracker?token={self.secrets['api_token']}"))

    def slots(self, sender: str) -> dict[str, Any]:
        return dict(self.tracker(sender)["slots"])

    def actions(self, sender: str) -> list[str]:
        """Returns what the assistant did since the customer's last message."""
        done: list[str] = []
        for event in self.tracker(sender)["events"]:
            if event["event"] == "user":
                done.clear()
            if event["event"] == "action" and event["name"] != "action_listen":
                done.append(event["name"])
        return done

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return json.loads(answer.read())

    def post(self, path: str, body: Any) -> Any:
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read())

    def action_server(self) -> int:
        """Returns the process id of the action server."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-f", "exemplar.acting"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.split()
        return int(found[0])


def start(state: Path, **variables: str) -> Running:
    """Starts `exemplar run` on free ports and waits until it says where it is."""
    port, actions_port = free_port(), free_port()
    environment = {
        **os.environ,
        "EXEMPLAR_STATE": str(state),
        "EXEMPLAR_PORT": str(port),
        "EXEMPLAR_ACTIONS_PORT": str(actions_port),
        **variables,
    }
    state.mkdir(parents=True, exist_ok=True)
    printed = state / "printed.txt"
    process = subprocess.Popen(
        [sys.executable, "-m", "exemplar", "run"],
        cwd=ROOT,
        env=environment,
        stdout=printed.open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    running = Running(
        process, f"http://127.0.0.1:{environment['EXEMPLAR_PORT']}", state, environment, printed
    )
    deadline = time.monotonic() + PATIENCE
    while "Ctrl-C stops everything" not in printed.read_text(errors="replace"):
        assert process.poll() is None, printed.read_text(errors="replace")
        assert time.monotonic() < deadline, "the assistant did not start"
        time.sleep(0.2)
    return running


def stop(running: Running) -> None:
    if running.process.poll() is None:
        running.process.send_signal(signal.SIGINT)
        running.process.wait(60)


class Killable:
    """The assistant on fixed ports, which can be killed and started again."""

    def __init__(self, state: Path, **variables: str) -> None:
        self.state = state
        self.variables = {
            "EXEMPLAR_PORT": str(free_port()),
            "EXEMPLAR_ACTIONS_PORT": str(free_port()),
            **variables,
        }
        self.running = start(state, **self.variables)

    def kill_rasa(self) -> None:
        """Kills the Rasa server with -9; `exemplar run` then ends, as for a service manager."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.running.process.pid), "-f", "exemplar.server"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        os.kill(int(found[0]), signal.SIGKILL)
        self.running.process.wait(60)

    def start(self) -> None:
        self.running = start(self.state, **self.variables)


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The assistant, once for all tests; each test uses senders of its own."""
    running = start(tmp_path_factory.mktemp("assistant") / "state")
    yield running
    stop(running)


@pytest.fixture
def at_once() -> AtOnce:
    """Calls a function from two threads at once; gives what each returned or raised."""

    def both(function: Callable[[], Any]) -> list[Any]:
        start = Barrier(2)

        def call() -> Any:
            start.wait()
            try:
                return function()
            except Exception as error:
                return error

        with ThreadPoolExecutor(2) as threads:
            return [one.result() for one in [threads.submit(call), threads.submit(call)]]

    return both
