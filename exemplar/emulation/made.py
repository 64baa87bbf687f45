"""Which moves our responses make: the one that they are named by, and what their words make beside it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import yaml

from exemplar.moves import move_of
from exemplar.settings import ROOT

#: Moves by the responses that make them beside their own.
BESIDE: Final = ROOT / "data" / "knowledge" / "moves.yml"


@lru_cache(maxsize=1)
def shared_beside() -> dict[str, list[str]]:
    """Returns the file, read once."""
    return dict(yaml.safe_load(BESIDE.read_text(encoding="utf-8")))


def moves_of(response: str) -> list[str]:
    """Returns the moves that a response makes, its own first.

    >>> moves_of("utter_explain_order_shipped")
    ['explain', 'expect']
    """
    own = move_of(response)
    beside = [move for move, names in shared_beside().items() if response in names]
    return list(dict.fromkeys([own, *beside])) if own else []
