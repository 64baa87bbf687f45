from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exemplar.emotion.adaptation import ADAPTATION_FILE
from exemplar.emotion.base import DIMENSIONS, base_model_folder, load_tokenizer, load_weights
from exemplar.emotion.encoder import (
    WINDOW,
    Encoder,
    Encoding,
    clean,
    fingerprint,
    load_encoder,
    shared_encoder,
)
from exemplar.emotion.graph import build_graph
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


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The project's adaptation, in a folder of its own."""
    shutil.copy(ADAPTATION_FILE, tmp_path)
    return tmp_path / ADAPTATION_FILE.name


def close(one: Encoding, other: Encoding) -> bool:
    return (
        one.offsets == other.offsets
        and np.allclose(one.tokens, other.tokens, atol=1e-4)
        and np.allclose(one.sentence, other.sentence, atol=1e-4)
    )


def test_the_graph_computes_what_transformers_computes_with_the_same_weights() -> None:
    from transformers import AutoTokenizer, TFAutoModel

    folder = base_model_folder()
    ours = Encoder(
        build_graph(load_weights(folder)), load_tokenizer(folder), np.eye(384, dtype=np.float32)
    )
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    model = TFAutoModel.from_pretrained(str(folder))
    for text in TEXTS:
        expected = model(**tokenizer(text, return_tensors="tf")).last_hidden_state[0, 1:-1].numpy()
        found = ours.encode(text).tokens
        assert found.shape == expected.shape
        assert np.abs(found - expected).max() < 1e-4


def test_what_is_trained_computes_what_runs() -> None:
    import tensorflow as tf

    from exemplar.emotion.network import Network, padded, pool

    folder = base_model_folder()
    weights, tokenizer = load_weights(folder), load_tokenizer(folder)
    runs = Encoder(build_graph(weights), tokenizer, np.eye(384, dtype=np.float32))
    texts = ["ok", "Where is my order? It was due on Monday.", "WORST service ever!!! 😡 " * 4]
    pieces = [tokenizer.encode(text).ids for text in texts]
    ids, mask = padded([np.array(piece, np.int32) for piece in pieces])
    hidden = Network(weights)(tf.constant(ids), tf.constant(mask), training=False)
    pooled = pool(hidden, tf.constant(mask)).numpy()
    for row, text in zip(pooled, texts, strict=True):
        tokens = runs.encode(text).tokens
        expected = np.concatenate([tokens.mean(axis=0), tokens.max(axis=0)])
        # Matrices multiply in bfloat16, which has eight bits.
        assert np.abs(row - expected).max() < 0.05 * np.abs(expected).max()
        assert row @ expected / np.linalg.norm(row) / np.linalg.norm(expected) > 0.999


def test_int8_says_nearly_what_float32_says(encoder: Encoder) -> None:
    whole = load_encoder(quantized=False)
    for text in TEXTS:
        one, other = (
            encoder.encode(text).tokens.mean(axis=0),
            whole.encode(text).tokens.mean(axis=0),
        )
        assert one @ other / np.linalg.norm(one) / np.linalg.norm(other) > 0.97


def test_a_text_is_encoded_the_same_alone_and_among_others(encoder: Encoder) -> None:
    texts = [*TEXTS, "", "word " * (WINDOW + 10), *TEXTS]
    together = encoder.encode_many(texts)
    assert len(together) == len(texts)
    for text, encoding in zip(texts, together, strict=True):
        alone = encoder.encode(text)
        assert alone.offsets == encoding.offsets
        assert np.array_equal(alone.tokens, encoding.tokens)
        assert np.array_equal(alone.sentence, encoding.sentence)


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


def test_the_sentence_has_unit_length(encoder: Encoder) -> None:
    assert np.linalg.norm(encoder.encode("Where is my order?").sentence) == pytest.approx(1)


def test_topics_survive_the_adaptation_to_emotion(encoder: Encoder) -> None:
    furious, calm, other = (
        encoder.encode(text).sentence
        for text in (
            "WHERE IS MY PARCEL you useless lot!!!",
            "Could you tell me where my parcel is?",
            "WHY WAS I CHARGED TWICE you useless lot!!!",
        )
    )
    assert furious @ calm > furious @ other


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
    changed_weights: Path, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXEMPLAR_BASE_MODEL", str(changed_weights))
    with pytest.raises(ExemplarError, match=r"model\.safetensors is not sentence-transformers/"):
        load_encoder(copied)


def test_another_tokenizer_than_the_expected_is_one_clear_error(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the graph was built before, and the weights are not read again."""
    (tmp_path / "tokenizer.json").write_text('{"version": "1.0"}')
    monkeypatch.setenv("EXEMPLAR_BASE_MODEL", str(tmp_path))
    with pytest.raises(ExemplarError, match=r"tokenizer\.json is not that of sentence-transf"):
        load_encoder()


def test_a_folder_without_weights_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ExemplarError, match="cannot read the base model: "):
        load_weights(tmp_path)


def test_a_folder_without_a_tokenizer_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ExemplarError, match="tokenizer"):
        load_tokenizer(tmp_path)


def test_the_graph_is_built_once_and_kept_beside_the_adaptation(
    copied: Path, encoder: Encoder
) -> None:
    (copied.parent / "encoder-0123456789ab.onnx").touch()
    built = load_encoder(copied)
    graph = copied.with_name(f"encoder-{fingerprint(copied)}.onnx")
    assert sorted(copied.parent.iterdir()) == sorted([copied, graph])
    time = graph.stat().st_mtime_ns
    kept = load_encoder(copied)
    assert graph.stat().st_mtime_ns == time
    for one in (built, kept):
        assert np.array_equal(one.encode(TEXTS[1]).tokens, encoder.encode(TEXTS[1]).tokens)


def test_where_it_cannot_be_kept_it_is_built_all_the_same(
    copied: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert np.array_equal(
        load_encoder(copied).encode(TEXTS[1]).tokens, encoder.encode(TEXTS[1]).tokens
    )
    assert list(copied.parent.iterdir()) == [copied]


def test_a_graph_that_is_broken_is_one_clear_error(copied: Path) -> None:
    graph = copied.with_name(f"encoder-{fingerprint(copied)}.onnx")
    graph.write_bytes(b"cut off")
    with pytest.raises(ExemplarError, match=rf"delete {graph}"):
        load_encoder(copied)


def test_another_adaptation_has_another_fingerprint(copied: Path) -> None:
    before = fingerprint(copied)
    copied.write_bytes(copied.read_bytes() + b"\0")
    assert fingerprint(copied) != before


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


def test_the_base_models_tensors_come_in_the_same_order_at_every_load() -> None:
    folder = base_model_folder()
    assert list(load_weights(folder)) == list(load_weights(folder))
