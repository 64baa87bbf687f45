from __future__ import annotations

import numpy as np
import pytest

from exemplar.emotion.encoder import shared_encoder
from exemplar.emotion.features import SIZE, features_of_many, spell_out_emoji, surface

CAPITALS, EXCLAMATION, QUESTION, DOTS, STRETCHED, LENGTH = range(6)


@pytest.mark.parametrize(
    ("part", "louder", "quieter"),
    [
        (CAPITALS, "WHERE IS MY ORDER", "where is my order"),
        (CAPITALS, "WHERE IS my order", "Where Is My Order"),
        (EXCLAMATION, "where is it!!!", "where is it!"),
        (QUESTION, "where is it??", "where is it?"),
        (DOTS, "well...", "well."),
        (DOTS, "well…", "well"),
        (STRETCHED, "that took sooo long", "that took so long"),
        (STRETCHED, "NOOOO", "NOO"),
        (LENGTH, "where is my order", "where"),
    ],
)
def test_what_is_written_louder_is_seen(part: int, louder: str, quieter: str) -> None:
    assert surface(louder)[part] > surface(quieter)[part]


def test_one_word_in_capitals_is_no_shouting() -> None:
    assert surface("IKEA")[CAPITALS] == 0
    assert surface("I A 1 OK")[CAPITALS] == 0


@pytest.mark.parametrize("text", ["", "!" * 10_000, "NOOO " * 10_000, "?…" * 10_000, "\0\ud800"])
def test_the_surface_of_any_text_is_in_range(text: str) -> None:
    seen = surface(text)
    assert seen.shape == (6,)
    assert seen.min() >= 0
    assert seen.max() <= 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("late 😡", "late enraged face"),
        ("😡😡", "enraged face enraged face"),
        ("👍🏽 fine", "thumbs up medium skin tone fine"),
        ("Straße – naïve", "Straße – naïve"),
        ("plain :) #1 *", "plain :) #1 *"),
    ],
)
def test_emoji_are_written_out_and_nothing_else(text: str, words: str) -> None:
    assert spell_out_emoji(text).split() == words.split()


def test_the_heads_see_capitals_emoji_and_exclamation_marks() -> None:
    texts = ["where is it", "WHERE IS IT", "where is it!", "where is it 😡", "where is it 😊"]
    rows = features_of_many(shared_encoder(), texts)
    assert rows.shape == (5, SIZE)
    assert len(np.unique(rows, axis=0)) == 5


def test_a_text_without_words_still_has_a_surface() -> None:
    (row,) = features_of_many(shared_encoder(), [""])
    assert row.tolist() == [0.0] * SIZE
    assert features_of_many(shared_encoder(), []).shape == (0, SIZE)
