"""Numbers, addresses and a hello say nothing of how somebody feels, and change nothing in how it is read."""

from __future__ import annotations

import pytest

from exemplar.emotion.facts import without_facts
from exemplar.emotion.reader import EmotionReader


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("I am fed up. ML-104163 mara.okafor@example.org", "I am fed up."),
        ("my order number is ML-104163 and nothing has come", "and nothing has come"),
        ("hi, my parcel is late and I've had enough", "my parcel is late and I've had enough"),
        ("ring me on +31 6 5550 0141, I'm worried", "ring me on, I'm worried"),
        ("Good morning! Order 104163: still nothing.", "Order: still nothing."),
        ("where is my order ML-104163, my email is jo@example.org", "where is my order"),
        ("see https://shop.example.org/o/7 it's wrong", "see it's wrong"),
    ],
)
def test_numbers_addresses_and_an_opening_hello_are_left_out(text: str, rest: str) -> None:
    assert without_facts(text) == rest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello there",
        "hi again!",
        "104217",
        "mara@example.org",
        "ML-104217",
        "I told you 1000 times",
        "in 2026 nobody should wait 3 weeks",
        "It cost €1,045.00, charged on 2026-09-14.",
        "order 66",
    ],
)
def test_a_message_that_is_nothing_else_and_small_numbers_stay(text: str) -> None:
    assert without_facts(text) == text


@pytest.mark.parametrize(
    "told",
    [
        "{} ML-104163 mara.okafor@example.org",
        "Hi, {}",
        "my order number is ML-104163. {}",
        "hello, order 104163, bill.hargreaves@example.co.uk. {}",
    ],
)
@pytest.mark.parametrize(
    ("text", "frustrated"),
    [
        ("i am fed up", True),
        ("Still nothing, and this is the third time I write.", True),
        ("where is my parcel", False),
        ("Could you tell me when it comes?", False),
    ],
)
def test_the_same_words_beside_them_are_read_alike(told: str, text: str, frustrated: bool) -> None:
    reader = EmotionReader()
    alone, beside = reader.read(text), reader.read(told.format(text))
    assert (beside.frustration > 0.5) is frustrated
    assert beside.name == alone.name
