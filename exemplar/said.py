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

#: Shortened words that are often written without their apostrophe, and are no other word then.
_SHORTENED: Final = re.compile(
    r"\b(?:(?:ca|do|did|does|is|was|are|were|wo|could|would|should|has|have|had|ai)nt"
    r"|(?P<stem>there|that|what|where|who|how|i|you|we|they)(?P<end>s|m|ve|re|d|ll)"
    r"(?<!\bid)(?<!\bill)(?<!\bwell)(?<!\bwere)(?<!\bwed)(?<!\bwhore)(?<!\bis))\b"
)

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
    >>> says("loss", "theres no wedding any more")
    True
    """
    plain = " ".join(text.lower().replace("’", "'").split())
    # As it stands, and as it would be spelled: "theres no wedding" is written by phone.
    forms = {plain, _SHORTENED.sub(_spelled, plain)}
    known = shared_said() if patterns is None else patterns
    return any(pattern.search(form) for pattern in known.get(what, ()) for form in forms)


def _spelled(found: re.Match[str]) -> str:
    """Returns a shortened word with its apostrophe."""
    word = found.group()
    return word[:-1] + "'t" if word.endswith("nt") else f"{found['stem']}'{found['end']}"
