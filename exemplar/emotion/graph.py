"""MiniLM as an ONNX graph, put together from its tensors, and quantized to int8.

ONNX Runtime's own fused BERT operators are used, so that neither PyTorch nor a converter is needed.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from exemplar.emotion.base import ATTENTION_HEADS, DIMENSIONS, EPSILON, LAYERS, FloatArray


def build_graph(weights: Mapping[str, FloatArray]) -> bytes:
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
            epsilon=EPSILON,
        )
    )
    hidden = "embedded"
    for number in range(LAYERS):
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
            num_heads=ATTENTION_HEADS,
        )

        def add_and_normalize(of: str, to: str, name: str, layer: str = layer) -> str:
            scale = constant(f"{layer}.{name}.scale", weights[f"{layer}.{name}.LayerNorm.weight"])
            shift = constant(f"{layer}.{name}.shift", weights[f"{layer}.{name}.LayerNorm.bias"])
            bias = constant(f"{layer}.{name}.bias", weights[f"{layer}.{name}.dense.bias"])
            return node(
                "SkipLayerNormalization",
                [of, to, scale, shift, bias],
                f"{layer}.{name}.normalized",
                epsilon=EPSILON,
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


def quantize(model: bytes, file: Path) -> None:
    """Writes a model with int8 weights, and activations that are quantized as they come.

    Every output channel has a scale of its own. Weights use seven bits of the eight: on processors
    without VNNI the products of eight would overflow (ONNX Runtime, "Quantize ONNX models").

    Args:
        model: a serialized model in float32.
        file: where to write the quantized one.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # It warns on the root logger that shapes were not inferred beforehand; fused operators have none.
    disabled = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        quantize_dynamic(
            onnx.load_from_string(model),
            str(file),
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
    finally:
        logging.disable(disabled)
