from __future__ import annotations

import filecmp
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from exemplar.emotion import context, refining, training
from exemplar.emotion.data import CustomerMessage, GoEmotionsComment, read_customers
from exemplar.emotion.encoder import shared_encoder
from exemplar.emotion.features import SIZE, features_of_many
from exemplar.emotion.heads import load_heads
from exemplar.emotion.reader import EmotionReader
from exemplar.emotion.record import load_record
from exemplar.emotion.refining import refine
from exemplar.emotion.refitting import refit
from exemplar.emotion.taxonomy import EMOTIONS, GOEMOTIONS
from exemplar.emotion.training import Trained, as_often_frustrated, refitted, train
from exemplar.emotion.typing_habits import typed_otherwise
from exemplar.errors import ExemplarError

CUSTOMERS = Path(__file__).parents[2] / "data" / "emotion" / "customers"
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
    CustomerMessage(pattern.format(thing), (emotion,), intensity, context)
    for pattern, emotion, intensity, context in [
        ("Still nothing about {}, and I wrote three times", "frustration", 2, ()),
        ("This is a disgrace, {} is broken again", "anger", 3, ()),
        ("Thanks a lot for {}", "gratitude", 0, ()),
        ("Do you have {} in blue?", "neutral", 0, ()),
        ("and {}?", "frustration", 1, (("customer", "where is it?"), ("agent", "Pardon?"))),
    ]
    for thing in THINGS
]


def trained(seed: int = 0, told: list[tuple[float, str]] | None = None) -> Trained:
    """Returns what comes of so many epochs that so few sentences are learned."""
    heard = [] if told is None else told
    with pytest.MonkeyPatch.context() as few:
        few.setattr(training, "_TEACHERS", 2)
        few.setattr(training, "_TEACHER_EPOCHS", 1)
        few.setattr(training, "_EPOCHS", 12)
        return train(
            COMMENTS,
            MESSAGES,
            seed=seed,
            progress=lambda share, what: heard.append((share, what)),
        )


@pytest.fixture(scope="module")
def told() -> list[tuple[float, str]]:
    return []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, told: list[tuple[float, str]]) -> Path:
    folder = tmp_path_factory.mktemp("emotion")
    trained(told=told).save(folder)
    return folder


@pytest.fixture(scope="module")
def reader(folder: Path) -> EmotionReader:
    return EmotionReader.of(folder)


def test_the_same_seed_and_data_give_the_same_model(folder: Path, tmp_path: Path) -> None:
    trained().save(tmp_path)
    names = [file.name for file in folder.iterdir() if file.suffix == ".npz"]
    assert len(names) == 4
    assert filecmp.cmpfiles(folder, tmp_path, names, shallow=False)[0] == names


@pytest.mark.parametrize(
    ("comments", "messages"),
    [([], MESSAGES), (COMMENTS, []), (COMMENTS, [m for m in MESSAGES * 2 if not m.context])],
)
def test_too_little_to_learn_from_is_said_before_hours_have_passed(
    comments: list[GoEmotionsComment], messages: list[CustomerMessage]
) -> None:
    told: list[float] = []
    with pytest.raises(ExemplarError, match="training needs at least"):
        train(comments, messages, progress=lambda share, what: told.append(share))
    assert told == []


def test_what_int8_costs_is_measured(folder: Path) -> None:
    record = load_record(folder / "training.json")
    assert (record.seed, record.comments, record.messages) == (0, len(COMMENTS), len(MESSAGES))
    assert 0 < record.precision_int8 <= 1
    assert 0 < record.precision_float <= 1


def test_progress_goes_from_0_up_to_1(folder: Path, told: list[tuple[float, str]]) -> None:
    shares = [share for share, _ in told]
    assert shares[0] == 0
    assert shares[-1] == pytest.approx(1)
    assert shares == sorted(shares)
    assert {"teacher 1 of 2", "teacher 2 of 2", "student"} < {what for _, what in told}


def test_frustration_is_learned_from_customers(reader: EmotionReader) -> None:
    alone = [message for message in MESSAGES if not message.context]
    scores = [reader.read(message.text).frustration for message in alone]
    assert roc_auc_score([message.frustrated for message in alone], scores) > 0.9


def test_emotions_are_learned_from_customers(reader: EmotionReader) -> None:
    alone = [message for message in MESSAGES if not message.context]
    assert np.mean([reader.read(m.text).name in m.emotions for m in alone]) > 0.8


def test_the_28_labels_are_learned_from_comments(reader: EmotionReader) -> None:
    fine = [reader.read(comment.text).goemotions for comment in COMMENTS]
    right = [
        max(scores, key=lambda label: scores[label]) in comment.labels
        for scores, comment in zip(fine, COMMENTS, strict=True)
    ]
    assert np.mean(right) > 0.8


def test_heads_fitted_to_other_features_say_the_same() -> None:
    rng = np.random.default_rng(0)
    meant = rng.normal(size=(3000, SIZE)).astype(np.float32)
    seen = meant @ (np.eye(SIZE) + 0.02 * rng.normal(size=(SIZE, SIZE))).astype(np.float32) + 0.1
    heads, words = load_heads(), np.zeros((3000, len(GOEMOTIONS)), np.float32)
    fitted = refitted(heads, meant, seen)
    wanted = heads.fine(meant, words)
    before, after = (np.abs(h.fine(seen, words) - wanted).mean() for h in (heads, fitted))
    assert after < before / 5


def test_the_frustration_score_goes_by_how_often_customers_are_frustrated() -> None:
    rng = np.random.default_rng(0)
    heads, seen = load_heads(), rng.normal(size=(5, SIZE)).astype(np.float32)
    half, few, none = (np.repeat([1, 0], (n, 60 - n)).astype(np.float32) for n in (30, 10, 0))
    before, after = (h.feeling(seen) for h in (heads, as_often_frustrated(heads, half, few)))
    assert np.array_equal(after[:, :-1], before[:, :-1])
    # Even chances become 11 to 51.
    assert after[:, -1] - before[:, -1] == pytest.approx(np.log(11 / 51), abs=1e-4)
    assert np.isfinite(as_often_frustrated(heads, half, none).feelings_bias).all()


def test_what_context_adds_is_the_mean_of_several_networks() -> None:
    rng = np.random.default_rng(0)
    situations = rng.normal(size=(64, context.SIZE)).astype(np.float32)
    truth = (rng.random((64, len(EMOTIONS) + 1)) < 0.3).astype(np.float32)
    together = refining.train_context(situations, truth, seed=5)
    with pytest.MonkeyPatch.context() as one:
        count = refining._CONTEXT_NETWORKS
        one.setattr(refining, "_CONTEXT_NETWORKS", 1)
        alone = [refining.train_context(situations, truth, seed=5 + n) for n in range(count)]
    said = [network(situations) for network in alone]
    assert count > 1
    assert together(situations) == pytest.approx(np.mean(said, axis=0), abs=1e-4)
    assert not np.allclose(said[0], said[1])


def test_a_message_typed_otherwise_keeps_its_labels_and_most_of_its_letters() -> None:
    rng = np.random.default_rng(0)
    for message in MESSAGES:
        for _ in range(5):
            other = typed_otherwise(message, rng)
            assert other.emotions == message.emotions
            assert other.intensity == message.intensity
            assert abs(len(other.text) - len(message.text)) < 8


def test_nothing_to_type_otherwise_is_no_error() -> None:
    for text in ("", "?!", "😡", "ok", "!!!"):
        typed_otherwise(CustomerMessage(text, ("neutral",), 0), np.random.default_rng(0))


OWN = [
    *(
        CustomerMessage(f"the {thing} went blorp{end}", ("frustration",), 2)
        for thing in ("gizmo", "pump", "tap", "boiler", "valve", "filter", "hose", "seal")
        for end in ("", " again", " today")
    ),
    *(
        CustomerMessage(f"the {thing} is zonky{end}", ("joy",), 0)
        for thing in ("gizmo", "pump", "tap", "boiler", "valve", "filter", "hose", "seal")
        for end in ("", " now", " today")
    ),
]


def test_the_heads_learn_a_companys_own_words_and_forget_nothing() -> None:
    heads, encoder = load_heads(), shared_encoder()
    ours = [message for message in MESSAGES if not message.context]
    shares: list[float] = []
    result = refine(heads, encoder, ours, OWN, progress=shares.append)
    assert result.right_after > max(0.9, result.right_before)
    assert result.auc_after is not None
    assert result.auc_after > 0.9
    assert shares[-1] == pytest.approx(1)
    seen = features_of_many(encoder, [message.text for message in ours])
    nine = result.heads.feeling(seen)[:, :-1].argmax(axis=1)
    right = [EMOTIONS[one] in m.emotions for one, m in zip(nine, ours, strict=True)]
    assert np.mean(right) > 0.8


def test_refining_leaves_the_28_labels_alone() -> None:
    heads = load_heads()
    result = refine(heads, shared_encoder(), MESSAGES[:10], OWN)
    assert np.array_equal(result.heads.goemotions, heads.goemotions)


def test_a_refit_learns_what_is_new_and_keeps_encoder_and_the_28_labels() -> None:
    heads, record = load_heads(), load_record()
    known = [m for m in read_customers(CUSTOMERS) if record.was_left_out(m.text)]
    turns = [m for m in MESSAGES if m.context]
    result = refit(heads, shared_encoder(), record, [*known, *MESSAGES], OWN, turns)
    assert np.array_equal(result.heads.goemotions, heads.goemotions)
    assert (result.record.refitted_messages, result.record.refitted_turns) == (len(OWN), len(turns))
    seen = features_of_many(shared_encoder(), [message.text for message in OWN])
    scores = result.heads.feeling(seen)[:, -1]
    assert roc_auc_score([message.frustrated for message in OWN], scores) > 0.9


def test_a_refit_without_a_record_of_what_was_left_out_is_one_clear_error() -> None:
    bare = replace(load_record(), left_out=())
    with pytest.raises(ExemplarError, match="exemplar emotion train"):
        refit(load_heads(), shared_encoder(), bare, MESSAGES, OWN, [])


def test_training_notes_what_it_left_out() -> None:
    record = load_record()
    assert len(record.left_out) > 100
    assert not record.was_left_out("nobody wrote this, as far as we know")
