"""Plays authored conversations against the assistant that runs, and prints them to be read.

.venv/bin/python script/play_conversations.py [--url http://localhost:5005] [FILE …]

The assistant is started with `make run`. What is cancelled or paid back in a conversation stays so: for
another round the shop begins anew with another state folder (EXEMPLAR_STATE).
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[1]))

from exemplar.errors import ExemplarError
from exemplar.settings import ROOT, shared_secrets

FOLDER = ROOT / "tests" / "conversations"


def main() -> int:
    """Prints each conversation, with how its messages were read where the server says so."""
    parser = argparse.ArgumentParser(description="Plays authored conversations.")
    parser.add_argument("--url", default="http://localhost:5005", help="where the assistant runs")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    given = parser.parse_args()
    console = Console()
    try:
        for file in given.files or sorted(FOLDER.glob("*.yml")):
            for conversation in _load(file):
                _play(conversation, given.url.rstrip("/"), console)
    except ExemplarError as error:
        console.print(str(error), highlight=False)
        return 1
    except (urllib.error.URLError, TimeoutError) as error:
        console.print(f"{given.url} does not answer ({error}): start it with `make run`.")
        return 1
    return 0


def _load(file: Path) -> list[dict[str, Any]]:
    """Reads conversations from a YAML file: a list, each with ``id``, ``about`` and ``turns``."""
    try:
        found: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        return [
            {
                "id": str(one["id"]),
                "about": str(one["about"]),
                "turns": list(map(str, one["turns"])),
            }
            for one in found
        ]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ExemplarError(
            f"{file}: it holds a list of conversations, each with id, about and turns ({error!r})."
        ) from error


def _play(conversation: dict[str, Any], url: str, console: Console) -> None:
    sender = f"{conversation['id']}-{secrets.token_hex(3)}"
    console.rule(f"[bold]{conversation['id']}")
    console.print(conversation["about"], style="dim")
    for text in conversation["turns"]:
        console.print(f"\n[cyan]customer[/]   {text}", highlight=False)
        answers = _post(f"{url}/webhooks/rest/webhook", {"sender": sender, "message": text})
        latest = _get(f"{url}/conversations/{sender}/tracker?token={shared_secrets().api_token}")
        intent = latest["latest_message"]["intent"]
        # A turn that the fallback took back leaves no intent.
        name, sure = intent.get("name") or "fallback", intent.get("confidence") or 0.0
        read = f"{name} {sure:.2f}, mood {latest['slots']['frustration']}"
        console.print(f"           {read}", style="dim", highlight=False)
        for answer in answers:
            console.print(f"[green]assistant[/]  {answer.get('text', '')}", highlight=False)
        if not answers:
            console.print("assistant  (nothing)", style="red")


def _post(url: str, body: Any) -> Any:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.loads(answer.read())


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.loads(answer.read())


if __name__ == "__main__":
    sys.exit(main())
