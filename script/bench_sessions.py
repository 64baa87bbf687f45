"""Time and memory of SESSIONS as they grow; ``script/bench_sessions.py import|learn [COUNT]``."""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rich.console import Console
from rich.table import Table

from exemplar.sessions import cli
from exemplar.sessions.consent import ConsentBook
from exemplar.sessions.files import read_sessions, session_files
from exemplar.sessions.importing import import_sessions
from exemplar.sessions.model import PURPOSES, Consent, Session

ROOT = Path(__file__).parents[1]
_ID = re.compile(r"(?m)^id: (.*)$")

_SAID = (
    "Hi, I'm {name}, order ML-{order} is late and I need it by Friday.",
    "Call me on {phone} or write to {email}, please.",
    "I paid with 4111 1111 1111 1111 and live at 12 Elm Street, Leeds LS6 3AA.",
    "It's the second time that I ask, and nobody wrote back.",
    "Thanks, that helps a lot.",
)
_ANSWERED = (
    "Hello {name}, that is tight; let me find out where it is.",
    "I see it in Rotterdam, and it comes on Thursday between 9 and 12.",
    "I'll write to {email} as soon as the van leaves.",
    "You can have it at a shop near you instead, or the money back.",
)
_GIVEN = ("Mara", "Tunde", "Priya", "Lars", "Giulia", "Kwame", "Yuki", "Olena", "Hamish", "Aylin")
_FAMILY = (
    "Okafor",
    "Bello",
    "Iyer",
    "Solheim",
    "Moretti",
    "Asante",
    "Sato",
    "Shevchuk",
    "Byrne",
    "Demir",
)


def memory() -> float:
    """Returns what the process holds in memory now, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def write_export(file: Path, count: int) -> None:
    """Writes a Zendesk export of so many tickets with ten comments each."""
    chance = random.Random(5)
    with file.open("w") as output:
        output.write('{"tickets": [\n')
        for number in range(count):
            given, family = chance.choice(_GIVEN), chance.choice(_FAMILY)
            values = {
                "name": f"{given} {family}",
                "order": f"{chance.randrange(10**6):06d}",
                "phone": f"+44 7{chance.randrange(100, 999)} {chance.randrange(10**6):06d}",
                "email": f"{given}.{family}@example.org".lower(),
            }
            comments = [
                {
                    "author_id": 2 if turn % 2 else 1,
                    "public": True,
                    "created_at": f"2026-09-14T10:{turn:02d}:00Z",
                    "body": chance.choice(_ANSWERED if turn % 2 else _SAID).format(**values),
                }
                for turn in range(10)
            ]
            ticket: dict[str, Any] = {
                "id": number + 1,
                "requester_id": 1,
                "requester": {
                    "id": 1,
                    "name": values["name"],
                    "email": values["email"],
                    "role": "end-user",
                },
                "status": "solved",
                "created_at": "2026-09-14T10:00:00Z",
                "comments": comments,
            }
            output.write(json.dumps(ticket) + (",\n" if number + 1 < count else "\n"))
        output.write("]}\n")


class Quarters:
    """A table of time and memory at every quarter of a long work."""

    def __init__(self, count: int) -> None:
        self._quarter = count // 4
        self.table = Table(
            "conversations", "seconds", "of the processor", "ms each", "MB in memory"
        )
        self._started = self._began = self._last = 0.0

    def step(self, number: int) -> None:
        """Takes note that conversation ``number``, counted from 1, begins."""
        now, used = time.perf_counter(), time.process_time()
        if number == 1:
            self._started, self._began, self._last = now, used, used
        elif number % self._quarter == 0:
            each = 1000 * (used - self._last) / self._quarter
            self.table.add_row(
                str(number),
                f"{now - self._started:.1f}",
                f"{used - self._began:.1f}",
                f"{each:.1f}",
                f"{memory():.0f}",
            )
            self._last = used


def bench_import(count: int) -> None:
    """Prints time and memory at every quarter of an import."""
    consent = Consent(date(2026, 11, 1), "form 12", PURPOSES)
    quarters = Quarters(count)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "tickets.json"
        write_export(source, count)
        megabytes = source.stat().st_size / 1e6
        report = import_sessions(
            source,
            "zendesk",
            consent=ConsentBook({"customer": consent, "agent": consent}),
            stage="after",
            out=Path(folder) / "sessions",
            progress=quarters.step,
        )
    placeholders = report.redacted.total()
    quarters.table.caption = (
        f"{report.imported} imported from {megabytes:.1f} MB, {placeholders} placeholders"
    )
    Console().print(quarters.table)


def write_copies(folder: Path, count: int) -> None:
    """Writes the corpus's SESSIONS again and again, each copy under an id of its own."""
    corpus = [one.read_text(encoding="utf-8") for one in session_files()]
    for number in range(count):
        text = corpus[number % len(corpus)]
        name = f"{_ID.findall(text)[0]}-{number}"
        (folder / f"{name}.yml").write_text(_ID.sub(f"id: {name}", text, count=1), encoding="utf-8")


def bench_learn(count: int) -> None:
    """Prints time and memory at every quarter of what ``exemplar sessions learn`` reads, and of all of it."""
    quarters = Quarters(count)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("sessions"))
        shutil.copy(ROOT / "domain.yml", folder)
        (data / "sessions").mkdir()
        shutil.copy(ROOT / "data/sessions/learned.json", data / "sessions")
        write_copies(data / "sessions", count)

        def read(sessions: Path) -> Iterator[Session]:
            for number, session in enumerate(read_sessions(sessions), start=1):
                quarters.step(number)
                yield session

        with patch.object(cli, "_read", read):
            started = time.perf_counter()
            cli.sessions_learn(data / "sessions", data, 3)
        quarters.table.caption = (
            f"learned in {time.perf_counter() - started:.0f} s in all; {memory():.0f} MB at the end"
        )
    Console().print(quarters.table)


if __name__ == "__main__":
    works = {"import": bench_import, "learn": bench_learn}
    if len(sys.argv) < 2 or sys.argv[1] not in works:
        sys.exit("usage: script/bench_sessions.py import|learn [COUNT]")
    works[sys.argv[1]](int(sys.argv[2]) if len(sys.argv) > 2 else 2000)
