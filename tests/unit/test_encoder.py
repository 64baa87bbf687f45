from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exemplar.emotion.encoder import (
    DIMENSIONS,
    WINDOW,
    Encoder,
    Encoding,
    base_model_folder,
    clean,
    load_weights,
    shared_encoder,
)
from exemplar.errors import ExemplarError

AtOnce = Callable[[Callable[[], Any]], list[Any]]

TEXTS = [
    "hi",
    "Where is my order? It was due on Monday.",
    "WORST service ever!!! 😡 I was charged 49.99 € twice at the café …",
    "unbelievably disappointing, " * 20,
    "我的包裹在哪里",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return shared_encoder()


@pytest.fixture
def changed_weights(tmp_path: Path) -> Iterator[Path]:
    """A copy of the base model in which one bit of the weights is another."""
    shutil.copytree(base_model_folder(), tmp_path / "model")
    file = tmp_path / "model" / "model.safetensors"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    yield tmp_path / "model"
    file.unlink()


def close(one: Encoding, other: Encoding) -> bool:
    return (
        one.offsets == other.offsets
        and np.allclose(one.tokens, other.tokens, atol=1e-4)
        and np.allclose(one.sentence, other.sentence, atol=1e-4)
    )


def test_it_computes_what_transformers_computes_with_the_same_weights(encoder: Encoder) -> None:
    from transformers import AutoTokenizer, TFAutoModel

    folder = str(base_model_folder())
    tokenizer, model = AutoTokenizer.from_pretrained(folder), TFAutoModel.from_pretrained(folder)
    for text in TEXTS:
        expected = model(**tokenizer(text, return_tensors="tf")).last_hidden_state[0, 1:-1].numpy()
        found = encoder.encode(text).tokens
        assert found.shape == expected.shape
        assert np.abs(found - expected).max() < 1e-4


def test_a_batch_gives_what_single_texts_give_in_their_order(encoder: Encoder) -> None:
    texts = [*TEXTS, "", "word " * (WINDOW + 10), *TEXTS]
    together = encoder.encode_many(texts, batch=3)
    assert len(together) == len(texts)
    for text, encoding in zip(texts, together, strict=True):
        assert close(encoding, encoder.encode(text))


def test_no_texts_give_no_encodings(encoder: Encoder) -> None:
    assert encoder.encode_many([]) == []


def test_a_long_text_is_encoded_to_its_end(encoder: Encoder) -> None:
    text = " ".join(f"parcel{number}" for number in range(3000))
    encoding = encoder.encode(text)
    assert len(encoding.tokens) == len(encoding.offsets) > 3000
    assert encoding.offsets[-1][1] == len(text)
    assert np.abs(encoding.tokens[-50:]).sum(axis=1).min() > 0


def test_a_word_counts_in_the_last_window_of_a_long_text(encoder: Encoder) -> None:
    before = "my order has arrived and all is well " * 200
    happy, angry = encoder.encode(before + "thanks"), encoder.encode(before + "scam")
    assert np.abs(happy.tokens[-1] - angry.tokens[-1]).max() > 0.1


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\0"])
def test_a_text_without_words_has_no_vectors_and_a_sentence_of_zeros(
    encoder: Encoder, text: str
) -> None:
    encoding = encoder.encode(text)
    assert encoding.offsets == ()
    assert encoding.tokens.shape == (0, DIMENSIONS)
    assert encoding.sentence.tolist() == [0.0] * DIMENSIONS


def test_the_sentence_is_the_mean_of_its_tokens_at_unit_length(encoder: Encoder) -> None:
    encoding = encoder.encode("Where is my order?")
    mean = encoding.tokens.mean(axis=0)
    assert np.allclose(encoding.sentence, mean / np.linalg.norm(mean), atol=1e-6)


def test_offsets_count_characters_of_the_text_as_written(encoder: Encoder) -> None:
    text = "😀 Café, ÜBER!"
    pieces = [text[start:end] for start, end in encoder.encode(text).offsets]
    assert pieces == ["😀", "Café", ",", "ÜBER", "!"]


@pytest.mark.parametrize("bad", ["\0", "\ud83d"])
def test_what_no_tokenizer_should_see_counts_as_a_space_and_keeps_offsets(
    encoder: Encoder, bad: str
) -> None:
    assert close(encoder.encode(f"where{bad}is it{bad}?"), encoder.encode("where is it ?"))


def test_cleaning_replaces_every_lone_surrogate_and_null_byte() -> None:
    assert clean("\ud800a\udbff\udc00b\udfff\0") == " a  b  "


def test_cleaning_leaves_every_other_character_alone() -> None:
    text = "a\u00ad\ufffd\ufeff😀\u200d\x7f"
    assert clean(text) == text


def test_other_weights_than_the_expected_are_one_clear_error(
    changed_weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXEMPLAR_BASE_MODEL", str(changed_weights))
    with pytest.raises(ExemplarError, match=r"model\.safetensors is not sentence-transformers/"):
        Encoder(base_model_folder())


def test_a_folder_without_weights_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ExemplarError, match="cannot read the base model: "):
        load_weights(tmp_path)


def test_a_folder_without_a_tokenizer_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").symlink_to(base_model_folder() / "model.safetensors")
    with pytest.raises(ExemplarError, match="tokenizer"):
        Encoder(tmp_path)


def test_a_base_model_that_is_not_there_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXEMPLAR_BASE_MODEL", "/no/such/folder")
    with pytest.raises(ExemplarError, match="cannot fetch the base model /no/such/folder: "):
        base_model_folder()


def test_two_threads_get_what_one_gets(encoder: Encoder, at_once: AtOnce) -> None:
    alone = encoder.encode_many(TEXTS)
    for together in at_once(lambda: encoder.encode_many(TEXTS)):
        assert all(close(one, other) for one, other in zip(together, alone, strict=True))


def test_the_process_loads_one_encoder(encoder: Encoder) -> None:
    assert shared_encoder() is encoder
