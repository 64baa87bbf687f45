"""What the server does before it takes a message."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import rasa.__main__

import exemplar.server.processor
from exemplar.errors import ExemplarError
from exemplar.nlu import glossary
from exemplar.nlu.english_words import english_words
from exemplar.nlu.glossary import shared_glossaries
from exemplar.server.__main__ import main

WORDS = (shared_glossaries, english_words)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Has the server start with nothing read; what was read before Rasa ran is in the list."""
    loaded: list[int] = []
    for words in WORDS:
        words.cache_clear()
    monkeypatch.setattr(exemplar.server.processor, "install", lambda: None)
    monkeypatch.setattr(sys, "argv", ["server", "model", "endpoints"])
    monkeypatch.setattr(
        rasa.__main__, "main", lambda: loaded.extend(one.cache_info().currsize for one in WORDS)
    )
    return loaded


def test_no_customers_first_message_waits_for_words(started: list[int]) -> None:
    main()
    assert started == [1, 1]


def test_with_a_broken_glossary_no_server_starts(
    started: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xx.yml").write_text("- a", encoding="utf-8")
    monkeypatch.setattr(glossary, "GLOSSARIES", tmp_path)
    with pytest.raises(ExemplarError, match=r"xx\.yml"):
        main()
    assert not started
