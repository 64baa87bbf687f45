"""What a message says in so many words, whatever it was understood as."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from exemplar.errors import ExemplarError
from exemplar.settings import ROOT

SAID_FILE: Final = ROOT / "data" / "knowledge" / "said.yml"

#: What the patterns stand for, in the order in which they count.
Said = Mapping[str, tuple[re.Pattern[str], ...]]


@lru_cache(maxsize=1)
def shared_said() -> Said:
    """Returns what the company's own file says.

    Raises:
        ExemplarError: the file is missing or broken.
    """
    return load_said(SAID_FILE)


def load_said(file: Path) -> Said:
    """Reads a YAML file; see :func:`shared_said`."""
    try:
        content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        return {
            name: tuple(re.compile(str(pattern)) for pattern in patterns)
            for name, patterns in content.items()
        }
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError, re.error) as e:
        raise ExemplarError(
            f"{file}: cannot read what is said in so many words ({e!r}); each section is a list of patterns."
        ) from e


def says(what: str, text: str, patterns: Said | None = None) -> bool:
    """Tells whether a text says something.

    >>> says("loss", "My fiancé died last month. Where is the desk?")
    True
    >>> says("loss", "my phone died, sorry")
    False
    """
    plain = " ".join(text.lower().replace("’", "'").split())
    known = shared_said() if patterns is None else patterns
    return any(pattern.search(plain) for pattern in known.get(what, ()))
