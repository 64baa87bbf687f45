"""What is said in so many words is heard, and what only sounds like it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from exemplar.errors import ExemplarError
from exemplar.said import load_said, says


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("loss", "my fiancé died last month. the desk was for our flat. ML-104163"),
        ("loss", "The wedding’s off. Long story. There’s a rug on its way"),
        ("loss", "We have lost our baby and need the cot stopped"),
        ("loss", "It was for my late husband"),
        ("nothing_wanted", "I just want to moan… That's it"),
        ("nothing_wanted", "I said I want NOTHING. no order, no person"),
        ("nothing_wanted", "this is not a review"),
        ("nothing_wanted", "i dont want a survey"),
        ("takes_back", "withdraw it"),
        ("takes_back", "you registered a review?!"),
        ("asks_newsletter", "was i ever subscribed"),
        ("no_review", "just take me OFF the list"),
        ("no_review", "what review?"),
        ("no_review", "yes."),
    ],
)
def test_what_is_said_is_heard(what: str, text: str) -> None:
    assert says(what, text)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("loss", "my phone died, sorry"),
        ("loss", "the wedding is off to a good start"),
        ("loss", "my wife is dead set on the blue one"),
        ("loss", "my son passed his exam, the desk is his"),
        ("loss", "my wife lost her order number"),
        ("nothing_wanted", "i want nothing but my money back"),
        ("nothing_wanted", "i don't want anything else changed"),
        ("takes_back", "cancel my order"),
        ("takes_back", "delete my account"),
        ("no_review", "The lamp is gorgeous, my favourite thing in the flat."),
        ("no_review", "broke after two weeks, never again"),
        ("no_review", "Excellent!"),
    ],
)
def test_what_only_sounds_like_it_is_not_heard(what: str, text: str) -> None:
    assert not says(what, text)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "said.yml"
    file.write_text("loss:\n- '('\n")
    with pytest.raises(ExemplarError, match="cannot read what is said"):
        load_said(file)
