"""Parts of sentences that actions put together, as the company words them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, Final

import yaml

from exemplar.errors import ExemplarError
from exemplar.settings import ROOT

PARTS_FILE: Final = ROOT / "data" / "knowledge" / "parts.yml"
#: The parts that there are, each with what may be filled in.
_FILLED: Final[Mapping[str, frozenset[str]]] = {
    "delivery_costs": frozenset({"amount"}),
    "delivery_free": frozenset(),
    "delivery_unnamed": frozenset(),
    "summed": frozenset({"number", "thing", "price", "out"}),
    "summed_out": frozenset(),
    "summed_out_until": frozenset({"day"}),
    "no_facts": frozenset(),
    "advised": frozenset({"things"}),
    "advised_within": frozenset({"things", "budget"}),
    "priced": frozenset({"thing", "price"}),
    "advised_out": frozenset({"thing"}),
    "advised_out_back": frozenset({"thing", "day"}),
    "stands_unpaid": frozenset({"number", "items"}),
    "stands_processing": frozenset({"number", "items", "expected"}),
    "stands_shipped": frozenset({"number", "items", "expected"}),
    "stands_late": frozenset({"number", "items", "expected"}),
    "stands_delivered": frozenset({"number", "items", "delivered"}),
    "stands_kept": frozenset({"number", "items", "delivered"}),
    "stands_cancelled": frozenset({"number", "items"}),
    "stands_refund_pending": frozenset({"number", "items", "amount", "due"}),
    "stands_refunded": frozenset({"number", "items", "amount"}),
}


def say_part(name: str, **filled: object) -> str:
    """Returns a part with what is filled in.

    Args:
        name: of the part, in the company's file.
        filled: by the names that stand in braces.

    >>> say_part("delivery_costs", amount="€29")
    '€29 of it is the delivery'
    """
    return shared_parts()[name].format(**filled)


@lru_cache(maxsize=1)
def shared_parts() -> Mapping[str, str]:
    """Returns what the company's own file says.

    Raises:
        ExemplarError: the file is missing or broken.
    """
    return load_parts(PARTS_FILE)


def load_parts(file: Path) -> Mapping[str, str]:
    """Reads a YAML file; see :func:`shared_parts`."""
    try:
        content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        return {name: _checked(name, content[name]) for name in _FILLED}
    except KeyError as error:
        raise ExemplarError(f"{file}: the part {error} is missing.") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, ValueError) as error:
        what = " ".join(str(error).split())
        raise ExemplarError(f"{file}: cannot read the parts of sentences ({what}).") from error


def _checked(name: str, text: object) -> str:
    if not isinstance(text, str):
        raise TypeError(f"{name} is no text; put it in quotation marks")
    for _, field, form, conversion in Formatter().parse(text):
        if field is None:
            continue
        if field not in _FILLED[name] or form or conversion:
            known = ", ".join(f"{{{one}}}" for one in sorted(_FILLED[name])) or "nothing"
            raise ValueError(f"{name} has {{{field}}}; what can be filled in: {known}")
    return text
