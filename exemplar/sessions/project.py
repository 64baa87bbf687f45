"""What the SESSIONS side must know of the designers' project: its domain, as data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exemplar.errors import ExemplarError
from exemplar.sessions.stories import read_yaml


def read_domain(root: Path) -> dict[str, Any]:
    """Returns ``domain.yml`` as data.

    Raises:
        ExemplarError: it is missing or broken.
    """
    domain = read_yaml(root / "domain.yml")
    if "slots" not in domain:
        raise ExemplarError(f"{root / 'domain.yml'} has no slots: is {root} the project's folder?")
    return domain


def goals_of(domain: Mapping[str, Any]) -> frozenset[str]:
    """Returns the intents that open a matter."""
    return frozenset(domain["slots"]["goal"]["values"])


def intents_of(domain: Mapping[str, Any]) -> list[str]:
    """Returns all intents."""
    return [one if isinstance(one, str) else next(iter(one)) for one in domain.get("intents") or ()]


def stages_of(domain: Mapping[str, Any]) -> dict[str, str]:
    """Returns the stage of the purchase to which each intent belongs, where it belongs to one."""
    return {
        intent: mapping["value"]
        for mapping in domain["slots"]["stage"]["mappings"]
        for intent in mapping["intent"]
    }


def responses_of(data: Path) -> dict[str, Any]:
    """Returns the responses by name, with their variants."""
    return {
        name: variants
        for file in sorted((data / "responses").glob("*.yml"))
        for name, variants in (read_yaml(file).get("responses") or {}).items()
    }
