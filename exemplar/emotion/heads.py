"""The heads on MiniLM: 28 GoEmotions from one hidden layer; nine emotions and frustration from another."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from exemplar.emotion.encoder import FloatArray
from exemplar.emotion.features import SIZE
from exemplar.emotion.taxonomy import EMOTIONS, GOEMOTIONS
from exemplar.errors import ExemplarError

#: The trained heads that come with the project.
HEADS_FILE: Final = Path(__file__).parents[2] / "models" / "emotion" / "heads.npz"


@dataclass(frozen=True)
class Heads:
    """Weights of the heads; matrices are ``(in, out)``.

    Attributes:
        mean, scale: of each feature over the training data, shape ``(SIZE,)``.
        fine, fine_bias: the hidden layer below the 28 labels, ReLU.
        hidden, hidden_bias: the hidden layer below the nine and the frustration score, ReLU.
        goemotions, goemotions_bias: to 28 logits.
        emotions, emotions_bias: to nine logits.
        frustration, frustration_bias: to one logit.
    """

    mean: FloatArray
    scale: FloatArray
    fine: FloatArray
    fine_bias: FloatArray
    hidden: FloatArray
    hidden_bias: FloatArray
    goemotions: FloatArray
    goemotions_bias: FloatArray
    emotions: FloatArray
    emotions_bias: FloatArray
    frustration: FloatArray
    frustration_bias: FloatArray

    def __call__(self, features: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Turns features of shape ``(n, SIZE)`` into probabilities.

        Returns:
            28 GoEmotions ``(n, 28)``, nine emotions ``(n, 9)``, frustration ``(n,)``, all in [0, 1].
        """
        seen = (features - self.mean) / self.scale
        fine = np.maximum(seen @ self.fine + self.fine_bias, 0)
        hidden = np.maximum(seen @ self.hidden + self.hidden_bias, 0)
        return (
            _sigmoid(fine @ self.goemotions + self.goemotions_bias),
            _sigmoid(hidden @ self.emotions + self.emotions_bias),
            _sigmoid(hidden @ self.frustration + self.frustration_bias)[:, 0],
        )

    def save(self, file: Path) -> None:
        """Writes the weights in half precision."""
        file.parent.mkdir(parents=True, exist_ok=True)
        arrays = {
            field.name: getattr(self, field.name).astype(np.float16) for field in fields(self)
        }
        with file.open("wb") as output:
            np.savez_compressed(output, **arrays)


def load_heads(file: Path = HEADS_FILE) -> Heads:
    """Reads trained heads.

    Raises:
        ExemplarError: no file there, or one that does not fit this version.
    """
    try:
        with np.load(file) as arrays:
            heads = Heads(
                **{field.name: arrays[field.name].astype(np.float32) for field in fields(Heads)}
            )
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ExemplarError(
            f"cannot load the emotion heads from {file} ({error}): check out models/emotion again, or "
            "run 'exemplar emotion train'."
        ) from error
    try:
        shapes = [probabilities.shape for probabilities in heads(np.zeros((1, SIZE), np.float32))]
    except ValueError:
        shapes = []
    if shapes != [(1, len(GOEMOTIONS)), (1, len(EMOTIONS)), (1,)]:
        raise ExemplarError(f"{file} was trained by another version: run 'exemplar emotion train'.")
    return heads


@lru_cache(maxsize=1)
def shared_heads() -> Heads:
    """Returns the project's own heads, loaded at first use."""
    return load_heads()


def _sigmoid(x: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), np.float32)
