"""Writing files so that a reader finds the old one or the new one, never half of either."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from exemplar.errors import ExemplarError


def write_whole(file: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Writes a file beside the old one and puts it in its place at once; makes its folder if need be.

    Args:
        file: what to write.
        write: writes the content to what it is given.

    Raises:
        ExemplarError: it cannot be written; the old one, if any, is still there.
    """
    partial = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, partial = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        with os.fdopen(descriptor, "wb") as output:
            write(output)
        # A temporary file is its owner's alone; this one is for whoever may read the folder.
        Path(partial).chmod(0o644)
        Path(partial).replace(file)
    except OSError as error:
        raise ExemplarError(
            f"cannot write {file}: {error.strerror or error}; name another place, or make room there."
        ) from error
    finally:
        if partial is not None:
            with suppress(OSError):
                Path(partial).unlink(missing_ok=True)


def check_writable(folder: Path) -> None:
    """Makes a folder, and makes sure that something can be written there before long work begins.

    Raises:
        ExemplarError: nothing can.
    """
    probe = folder / ".probe"
    write_whole(probe, lambda output: output.write(b""))
    with suppress(OSError):
        probe.unlink()
