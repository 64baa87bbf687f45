from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from exemplar.emotion.data import CustomerMessage, GoEmotionsComment
from exemplar.emotion.encoder import shared_encoder
from exemplar.emotion.features import features_of_many
from exemplar.emotion.heads import Heads
from exemplar.emotion.taxonomy import EMOTIONS, GOEMOTIONS
from exemplar.emotion.training import train_heads

THINGS = [
    *("the parcel", "this film", "my phone", "that answer", "the weather", "our team"),
    *("the lamp", "your song", "the game", "his recipe"),
]
COMMENTS = [
    GoEmotionsComment(pattern.format(thing), (label,))
    for label, pattern in {
        "anger": "I hate {}, damn it",
        "gratitude": "thank you so much for {}",
        "joy": "so happy about {} today",
        "sadness": "I cried over {}, it hurts",
        "confusion": "wait, what is {} supposed to mean?",
        "neutral": "{} is on the table",
    }.items()
    for thing in THINGS
]
MESSAGES = [
    CustomerMessage(pattern.format(thing), (emotion,), intensity)
    for pattern, emotion, intensity in [
        ("Still nothing about {}, and I wrote three times", "frustration", 2),
        ("This is a disgrace, {} is broken again", "anger", 3),
        ("Thanks a lot for {}", "gratitude", 0),
        ("Do you have {} in blue?", "neutral", 0),
    ]
    for thing in THINGS
]


def trained(seed: int = 0, told: list[tuple[float, str]] | None = None) -> Heads:
    heard = [] if told is None else told
    return train_heads(
        COMMENTS,
        MESSAGES,
        encoder=shared_encoder(),
        seed=seed,
        progress=lambda share, what: heard.append((share, what)),
    )


@pytest.fixture(scope="module")
def heads() -> Heads:
    return trained()


def same(one: Heads, other: Heads) -> bool:
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name))
        for field in fields(Heads)
    )


def test_the_same_seed_and_data_give_the_same_heads(heads: Heads) -> None:
    assert same(trained(), heads)


def test_another_seed_gives_other_heads(heads: Heads) -> None:
    assert not same(trained(seed=1), heads)


def test_progress_goes_from_0_up_to_1() -> None:
    told: list[tuple[float, str]] = []
    trained(told=told)
    shares = [share for share, _ in told]
    assert shares[0] == 0
    assert shares[-1] == pytest.approx(1)
    assert shares == sorted(shares)
    assert {what for _, what in told} == {"encoding", "training"}


def test_frustration_is_learned_from_customers(heads: Heads) -> None:
    _, _, frustration = heads(features_of_many(shared_encoder(), [m.text for m in MESSAGES]))
    assert roc_auc_score([m.frustrated for m in MESSAGES], frustration) > 0.9


def test_emotions_are_learned_from_customers(heads: Heads) -> None:
    _, nine, _ = heads(features_of_many(shared_encoder(), [m.text for m in MESSAGES]))
    right = [EMOTIONS[row.argmax()] in m.emotions for row, m in zip(nine, MESSAGES, strict=True)]
    assert np.mean(right) > 0.5


def test_the_28_labels_are_learned_from_goemotions(heads: Heads) -> None:
    fine, _, _ = heads(features_of_many(shared_encoder(), [c.text for c in COMMENTS]))
    right = [GOEMOTIONS[row.argmax()] in c.labels for row, c in zip(fine, COMMENTS, strict=True)]
    assert np.mean(right) > 0.5


def test_it_also_learns_from_comments_alone() -> None:
    alone = train_heads(COMMENTS, [], encoder=shared_encoder())
    fine, nine, frustration = alone(features_of_many(shared_encoder(), ["I hate it", "thanks"]))
    assert (fine.shape, nine.shape, frustration.shape) == ((2, 28), (2, 9), (2,))
    assert frustration[0] > frustration[1]
