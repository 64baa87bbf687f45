"""Text in, one vector a token and one a text out: MiniLM, adapted to emotion, in ONNX Runtime.

The int8 graph is built out of the base model and the adaptation the first time that it is needed,
and kept beside the adaptation.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from exemplar.emotion import graph
from exemplar.emotion.adaptation import ADAPTATION_FILE, Adaptation, load_adaptation
from exemplar.emotion.base import (
    DIMENSIONS,
    WEIGHTS_SHA256,
    FloatArray,
    base_model_folder,
    load_tokenizer,
    load_weights,
)
from exemplar.errors import ExemplarError
from exemplar.files import write_whole

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_T = TypeVar("_T")
_NO_TOKENS: Final = np.zeros((0, DIMENSIONS), np.float32)

#: Word pieces that are encoded together. MiniLM was trained on 128 and has positions for 512;
#: a longer text is encoded window by window, so that nothing of it is cut.
WINDOW: Final = 256

#: What the vectors come out of, beside the weights.
_CODE: Final = tuple(
    Path(__file__).with_name(f"{name}.py") for name in ("adaptation", "base", "encoder", "graph")
)


@dataclass(frozen=True)
class Encoding:
    """One text, encoded.

    Attributes:
        offsets: character span ``(start, end)`` of each word piece in the text.
        tokens: vectors of the word pieces, shape ``(len(offsets), 384)``.
        topic: what turns their mean into the text's topic, shape ``(384, 384)``.
    """

    offsets: tuple[tuple[int, int], ...]
    tokens: FloatArray
    topic: FloatArray

    @cached_property
    def sentence(self) -> FloatArray:
        """The text's topic, unit length, shape ``(384,)``; zeros for a text without word pieces."""
        if not len(self.tokens):
            return np.zeros(DIMENSIONS, np.float32)
        mean = self.tokens.mean(axis=0) @ self.topic
        length = float(np.linalg.norm(mean))
        return mean / length if length else mean


class Encoder:
    """MiniLM, ready to encode. Holds no state between calls; safe to share between threads."""

    def __init__(self, model: bytes | Path, tokenizer: Tokenizer, topic: FloatArray) -> None:
        """Takes a graph, serialized or in a file, its tokenizer, and the adaptation's ``topic``.

        Raises:
            ExemplarError: the file holds no such graph.
        """
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One thread answers one message fastest on a small machine, and leaves others alone.
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                model if isinstance(model, bytes) else str(model),
                options,
                providers=["CPUExecutionProvider"],
            )
        except Exception as error:  # ONNX Runtime has a class of its own for each failure.
            where = "" if isinstance(model, bytes) else f"; delete {model}, it is built anew"
            raise ExemplarError(f"cannot load the encoder: {error}{where}") from error
        self._tokenizer = tokenizer
        self._topic = topic
        self._start = tokenizer.token_to_id("[CLS]")
        self._end = tokenizer.token_to_id("[SEP]")

    def encode(self, text: str) -> Encoding:
        """Encodes one text of any length."""
        piece = self._tokenizer.encode(clean(text), add_special_tokens=False)
        inside = WINDOW - 2
        parts = [
            self._run([self._start, *piece.ids[start : start + inside], self._end])
            for start in range(0, len(piece.ids), inside)
        ]
        tokens = np.concatenate(parts) if parts[1:] else parts[0] if parts else _NO_TOKENS
        return Encoding(tuple(piece.offsets), tokens, self._topic)

    def encode_many(self, texts: Sequence[str]) -> list[Encoding]:
        """Encodes texts of any length; each as if alone, several at a time."""
        return self.map(lambda encoding: encoding, texts)

    def map(self, use: Callable[[Encoding], _T], texts: Sequence[str]) -> list[_T]:
        """Returns what ``use`` makes of each text's encoding, which is not kept.

        The texts do not run as one batch: activations are quantized over all of it, and a text's vectors
        would depend on its neighbours.
        """
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return list(threads.map(lambda text: use(self.encode(text)), texts))

    def pair(self, before: str, text: str, *, most_before: int, most: int) -> FloatArray:
        """Encodes a text with what was said before it, in one pass.

        Args:
            before: what was said, "" for nothing; of a long one the end is read.
            text: the text; of a long one beginning and end are read, the end twice as far.
            most_before: word pieces that are read of ``before``.
            most: word pieces that are read of ``text``.

        Returns:
            Vectors of the word pieces, shape ``(pieces, 384)``.
        """
        return self._run(
            pair_pieces(self._tokenizer, before, text, most_before=most_before, most=most)
        )

    def _run(self, ids: list[int]) -> FloatArray:
        row = np.array([ids], np.int32)
        (tokens,) = self._session.run(
            ["tokens"], {"input_ids": row, "attention_mask": np.ones_like(row)}
        )
        return np.asarray(tokens[0, 1:-1], np.float32)


def pair_pieces(
    tokenizer: Tokenizer, before: str, text: str, *, most_before: int, most: int
) -> list[int]:
    """Returns the word pieces of two texts, with [CLS] and [SEP]; see :meth:`Encoder.pair`."""
    start, end = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    ids = tokenizer.encode(clean(text), add_special_tokens=False).ids
    if len(ids) > most:
        ids = ids[: most // 3] + ids[-(most - most // 3) :]
    told = tokenizer.encode(clean(before), add_special_tokens=False).ids[-most_before:]
    return [start, *told, end, *ids, end] if told else [start, *ids, end]


def clean(text: str) -> str:
    """Replaces what no tokenizer should see (null bytes, lone surrogates), keeping every offset."""
    return "".join(
        " " if character == "\0" or "\ud800" <= character <= "\udfff" else character
        for character in text
    )


def encoder_of(adaptation: Adaptation) -> Encoder:
    """Builds the encoder of an adaptation that is in no file yet; takes some seconds."""
    base = base_model_folder()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "encoder.onnx"
        graph.quantize(graph.build_graph(adaptation.apply(load_weights(base))), file)
        return Encoder(file.read_bytes(), load_tokenizer(base), adaptation.topic)


def load_encoder(adaptation_file: Path = ADAPTATION_FILE, *, quantized: bool = True) -> Encoder:
    """Loads the encoder of an adaptation, and builds its graph where that was not done yet.

    Args:
        adaptation_file: the project's own by default.
        quantized: False for float32, to see what int8 costs.

    Raises:
        ExemplarError: the base model or the adaptation is not to be had.
    """
    adaptation = load_adaptation(adaptation_file)
    base = base_model_folder()
    tokenizer = load_tokenizer(base)
    if not quantized:
        model = graph.build_graph(adaptation.apply(load_weights(base)))
        return Encoder(model, tokenizer, adaptation.topic)
    file = adaptation_file.with_name(f"encoder-{fingerprint(adaptation_file)}.onnx")
    if not file.is_file():
        model = graph.build_graph(adaptation.apply(load_weights(base)))
        with tempfile.TemporaryDirectory() as folder:
            built = Path(folder) / file.name
            graph.quantize(model, built)
            if not _keep(built, file):
                return Encoder(built.read_bytes(), tokenizer, adaptation.topic)
    return Encoder(file, tokenizer, adaptation.topic)


def _keep(built: Path, file: Path) -> bool:
    """Puts a built graph where it is found next time; returns whether that could be done."""
    try:
        write_whole(file, lambda output: output.write(built.read_bytes()))
    except ExemplarError:
        # A folder that cannot be written to costs some seconds at every start, and nothing else.
        return False
    for other in file.parent.glob("encoder-*.onnx"):
        if other != file:
            with suppress(OSError):
                other.unlink()
    return True


def fingerprint(adaptation_file: Path = ADAPTATION_FILE) -> str:
    """Returns what the vectors depend on, as 12 hexadecimal digits.

    Raises:
        ExemplarError: the adaptation cannot be read.
    """
    digest = hashlib.sha256(WEIGHTS_SHA256.encode())
    for file in (adaptation_file, *_CODE):
        try:
            digest.update(file.read_bytes())
        except OSError as error:
            raise ExemplarError(
                f"cannot load the emotion model from {file} ({error.strerror}): check out models/emotion "
                "again, or run 'exemplar emotion train'."
            ) from error
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """Returns the process's one encoder, loaded at first use."""
    return load_encoder()
