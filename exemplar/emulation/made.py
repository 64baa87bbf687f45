"""Which moves our responses make: by their words, where these make others than the name says."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import yaml

from exemplar.moves import move_of
from exemplar.settings import ROOT

#: Moves by the responses that make others than the one that they are named by, or more.
LABELLED: Final = ROOT / "data" / "knowledge" / "moves.yml"


@lru_cache(maxsize=1)
def shared_labels() -> dict[str, list[str]]:
    """Returns the file, read once."""
    return dict(yaml.safe_load(LABELLED.read_text(encoding="utf-8")))


def moves_of(response: str) -> list[str]:
    """Returns the moves that a response makes, none of what is no response.

    >>> moves_of("utter_explain_order_shipped")
    ['explain', 'expect']
    """
    own = move_of(response)
    return list(shared_labels().get(response, [own])) if own else []
