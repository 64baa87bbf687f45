"""Time and memory of SESSIONS as they grow; ``script/bench_sessions.py import [COUNT]``."""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from exemplar.sessions.consent import ConsentBook
from exemplar.sessions.importing import import_sessions
from exemplar.sessions.model import PURPOSES, Consent

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


def bench_import(count: int) -> None:
    """Prints time and memory at every quarter of an import."""
    consent = Consent(date(2026, 11, 1), "form 12", PURPOSES)
    table = Table("conversations", "seconds", "of the processor", "ms each", "MB in memory")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "tickets.json"
        write_export(source, count)
        megabytes = source.stat().st_size / 1e6
        started = began = last = 0.0

        def progress(number: int) -> None:
            nonlocal started, began, last
            now = time.perf_counter()
            if number == 1:
                started, began = now, time.process_time()
                last = began
            elif number % (count // 4) == 0:
                used = time.process_time()
                each = 1000 * (used - last) / (count // 4)
                table.add_row(
                    str(number),
                    f"{now - started:.1f}",
                    f"{used - began:.1f}",
                    f"{each:.0f}",
                    f"{memory():.0f}",
                )
                last = used

        report = import_sessions(
            source,
            "zendesk",
            consent=ConsentBook({"customer": consent, "agent": consent}),
            stage="after",
            out=Path(folder) / "sessions",
            progress=progress,
        )
    placeholders = report.redacted.total()
    table.caption = (
        f"{report.imported} imported from {megabytes:.1f} MB, {placeholders} placeholders"
    )
    Console().print(table)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] != "import":
        sys.exit("usage: script/bench_sessions.py import [COUNT]")
    bench_import(int(sys.argv[2]) if len(sys.argv) > 2 else 2000)
