"""What actions must know of ``domain.yml``. Rasa is spared sending all of it with every action."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import yaml

from exemplar.settings import ROOT

#: The response that holds the answers to questions about the matter in hand.
EXPLAIN_ASKED: Final = "utter_explain_asked"


@lru_cache(maxsize=1)
def shared_slots() -> dict[str, Any]:
    """Returns the slots by name."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return dict(domain["slots"])


def shared_goals() -> list[str]:
    """Returns the intents that open a matter."""
    return list(shared_slots()["goal"]["values"])
