"""Intents of few phrases: two encoders, and the intents' names."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from exemplar.emotion.encoder import shared_encoder
from exemplar.nlu.committee import Committee, in_words
from exemplar.nlu.exchange_reader import exchange_encoder

PHRASES = {
    "cash_on_delivery": ["can i pay the rider", "pay when it comes"],
    "custom_size": ["my bed is 70 by 75", "do you cut to measure"],
    "track_order": ["where has my parcel got to", "any news of the package"],
}
NAMES = np.array(sorted(PHRASES))
TEXTS = [text for name in NAMES for text in PHRASES[name]]
VECTORS = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)).fit(TEXTS)


def dense(texts: list[str]) -> np.ndarray:
    encoders = (shared_encoder(), exchange_encoder())
    return np.concatenate(
        [np.stack([one.sentence for one in e.encode_many(texts)]) for e in encoders], axis=1
    )


def committee(names: list[str]) -> Committee:
    labels = np.repeat(NAMES, 2)
    return Committee(
        dense(TEXTS),
        VECTORS.transform(TEXTS),
        labels,
        (NAMES, dense(names), VECTORS.transform(names)),
    )


def likeliest(made: Committee, text: str) -> tuple[str, float]:
    (row,) = made.probabilities(dense([text]), VECTORS.transform([text]))
    return str(made.classes[row.argmax()]), float(row.max())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ORDER_STATUS", "order status"),
        ("orderStatus", "order status"),
        ("100_NIGHT_TRIAL", "100 night trial"),
        ("faq/emi-options", "faq emi options"),
        ("", ""),
    ],
)
def test_an_intents_name_is_read_as_one_would_say_it(name: str, words: str) -> None:
    assert in_words(name) == words


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("has my package been sent", "track_order"),
        ("is cash ok for the courier", "cash_on_delivery"),
        ("i need a made to measure one", "custom_size"),
    ],
)
def test_what_is_meant_is_told_from_two_phrases_each(text: str, intent: str) -> None:
    assert likeliest(committee([in_words(name) for name in NAMES]), text)[0] == intent


def test_an_intent_is_likelier_for_a_message_that_says_its_name() -> None:
    with_names = committee([in_words(name) for name in NAMES])
    without = committee([""] * len(NAMES))

    assert likeliest(with_names, "cash on delivery")[0] == "cash_on_delivery"
    assert likeliest(with_names, "cash on delivery")[1] > likeliest(without, "cash on delivery")[1]


def test_less_is_believed_of_what_belongs_to_no_intent() -> None:
    made = committee([in_words(name) for name in NAMES])

    assert likeliest(made, "who won the match")[1] < likeliest(made, "where is my parcel")[1] - 0.1


def test_a_text_without_words_gets_shares_that_sum_to_one() -> None:
    made = committee([in_words(name) for name in NAMES])

    rows = made.probabilities(dense(["", "?!"]), VECTORS.transform(["", "?!"]))

    assert rows.sum(axis=1) == pytest.approx(1)
