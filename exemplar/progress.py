"""How far a long piece of work is, on the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def progress(
    title: str, total: int, console: Console | None = None
) -> Iterator[Callable[[], None]]:
    """Shows a bar while something is done, and yields what is called after each part of it.

    Args:
        title: what is done.
        total: the number of its parts.
        console: one that something else is written to meanwhile; the errors' unless given.
    """
    columns = (
        TextColumn("{task.description:<22}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    shown = console or Console(stderr=True)
    with Progress(*columns, console=shown, transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)
