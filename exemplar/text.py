"""What is done to a text before anything else sees it."""

from __future__ import annotations


def whole_characters(text: str) -> str:
    """Replaces half characters, which JSON can carry and hardly anything can store, by "�"."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
