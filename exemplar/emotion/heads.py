"""What turns MiniLM's vectors into probabilities: 28 GoEmotions, nine emotions, frustration."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from exemplar.emotion.base import FloatArray
from exemplar.emotion.features import SIZE
from exemplar.emotion.taxonomy import EMOTIONS, GOEMOTIONS
from exemplar.errors import ExemplarError
from exemplar.files import write_whole

#: The trained heads that come with the project.
HEADS_FILE: Final = Path(__file__).parents[2] / "models" / "emotion" / "heads.npz"
#: Heads that were taught a company's own sentences; used instead where they are.
OWN_HEADS_FILE: Final = HEADS_FILE.with_name("heads-own.npz")
#: Size of the hidden layer below the nine emotions.
HIDDEN: Final = 128


@dataclass(frozen=True)
class Heads:
    """Weights of the heads; matrices are ``(in, out)``.

    Attributes:
        goemotions, goemotions_bias: from the features to 28 logits.
        lexicon: what the lexicon's logits count beside those, ``(28,)``.
        hidden, hidden_bias: from the features to a hidden layer, ReLU.
        feelings, feelings_bias: from that to ten logits: the nine emotions, then frustration.
    """

    goemotions: FloatArray
    goemotions_bias: FloatArray
    lexicon: FloatArray
    hidden: FloatArray
    hidden_bias: FloatArray
    feelings: FloatArray
    feelings_bias: FloatArray

    def fine(self, features: FloatArray, words: FloatArray) -> FloatArray:
        """Returns the 28 logits, ``(n, 28)``, of features ``(n, SIZE)`` and the lexicon's ``(n, 28)``."""
        return features @ self.goemotions + self.goemotions_bias + words * self.lexicon

    def feeling(self, features: FloatArray) -> FloatArray:
        """Returns ten logits, ``(n, 10)``, of features ``(n, SIZE)``: nine emotions, frustration."""
        hidden = np.maximum(features @ self.hidden + self.hidden_bias, 0)
        return hidden @ self.feelings + self.feelings_bias

    def save(self, file: Path) -> None:
        """Writes the weights in half precision."""
        arrays = {
            field.name: getattr(self, field.name).astype(np.float16) for field in fields(self)
        }
        write_whole(file, lambda output: np.savez_compressed(output, **arrays))


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
    nothing = np.zeros((1, SIZE), np.float32)
    try:
        silence = np.zeros((1, len(GOEMOTIONS)), np.float32)
        shapes = [heads.fine(nothing, silence).shape, heads.feeling(nothing).shape]
    except ValueError:
        shapes = []
    if shapes != [(1, len(GOEMOTIONS)), (1, len(EMOTIONS) + 1)]:
        raise ExemplarError(f"{file} was trained by another version: run 'exemplar emotion train'.")
    return heads


@lru_cache(maxsize=1)
def shared_heads() -> Heads:
    """Returns the heads in use, loaded at first use: the company's own, or those of the project."""
    return load_heads(OWN_HEADS_FILE if OWN_HEADS_FILE.is_file() else HEADS_FILE)


def sigmoid(logits: FloatArray) -> FloatArray:
    """Returns probabilities of logits of any shape."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)
