"""Rasa's reading of YAML, in a time that grows with a file and not with its square."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.resolver import VersionedResolver

__all__ = ["read_in_linear_time"]

_resolvers = VersionedResolver.versioned_resolver.fget


def _fixed(self: VersionedResolver) -> dict[Any, Any]:
    """Returns the resolvers by first letter, as tuples.

    To a letter's own resolvers, ruamel.yaml (0.17) adds those for any letter at every value that begins
    with it; it means to do so for the moment, but a list keeps them. Rasa has one such resolver, for
    ``${VARIABLES}``, and after ten thousand values it is tried a thousand times for each.
    """
    found: dict[Any, Any] = _resolvers(self)
    for letter, resolvers in found.items():
        if isinstance(resolvers, tuple):
            break
        found[letter] = tuple(resolvers)
    return found


def read_in_linear_time() -> None:
    """Has ruamel.yaml forget what it added for one value; a second call changes nothing."""
    VersionedResolver.versioned_resolver = property(_fixed)
