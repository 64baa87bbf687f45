"""What single words and pairs of words say about the 28 labels, beside what the encoder makes of the whole.

A linear model over hashed n-grams. It knows no context, but it errs elsewhere than the encoder does, sees
emoji and spellings that the encoder's vocabulary takes apart, and costs next to nothing.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.utils import murmurhash3_32

from exemplar.emotion.base import FloatArray
from exemplar.emotion.encoder import clean
from exemplar.emotion.features import spell_out_emoji
from exemplar.emotion.taxonomy import GOEMOTIONS
from exemplar.errors import ExemplarError
from exemplar.files import write_whole

#: The trained lexicon that comes with the project.
LEXICON_FILE: Final = Path(__file__).parents[2] / "models" / "emotion" / "lexicon.npz"
#: Columns that n-grams are hashed to; there is no list of words to keep.
_COLUMNS: Final = 2**16
#: A 32-bit hash without an absolute value, and where ``FeatureHasher`` puts it.
_LOWEST: Final = -(2**31)
_OF_LOWEST: Final = (2**31 - 1 - (_COLUMNS - 1)) % _COLUMNS
_WORD: Final = re.compile(r"\w+|[^\w\s]+")
#: Inverse strength of regularization.
_C: Final = 4.0


@dataclass(frozen=True)
class Lexicon:
    """Weights.

    Attributes:
        rarity: inverse document frequency of each column, ``(65536,)``.
        steps: weights in steps of ``scale``, int8 ``(65536, 28)``.
        scale: size of a step for each label, ``(28,)``.
        bias: ``(28,)``.
    """

    rarity: FloatArray
    steps: npt.NDArray[np.int8]
    scale: FloatArray
    bias: FloatArray

    def __call__(self, texts: Sequence[str]) -> FloatArray:
        """Returns 28 logits for each text, ``(len(texts), 28)``."""
        logits = np.zeros((len(texts), len(GOEMOTIONS)), np.float32)
        for row, text in enumerate(texts):
            counts = Counter(map(_column, _grams(text)))
            if not counts:
                continue
            columns = np.fromiter(counts.keys(), np.int64, len(counts))
            times = np.fromiter(counts.values(), np.float32, len(counts))
            seen = (1 + np.log(times)) * self.rarity[columns]
            logits[row] = (seen / np.linalg.norm(seen)) @ self.steps[columns].astype(np.float32)
        return logits * self.scale + self.bias

    def save(self, file: Path) -> None:
        """Writes the weights, compressed."""
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "rarity": self.rarity.astype(np.float16),
            "steps": self.steps,
            "scale": self.scale,
            "bias": self.bias,
        }
        write_whole(file, lambda output: np.savez_compressed(output, **arrays))


def train_lexicon(texts: Sequence[str], truth: FloatArray) -> Lexicon:
    """Learns from texts and their labels, ``(len(texts), 28)``, each 0 or 1."""
    from sklearn.feature_extraction import FeatureHasher
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    counts = FeatureHasher(_COLUMNS, input_type="string", alternate_sign=False).transform(
        _grams(text) for text in texts
    )
    found = np.bincount(counts.indices, minlength=_COLUMNS)
    rarity: FloatArray = (np.log((1 + len(texts)) / (1 + found)) + 1).astype(np.float32)
    seen = counts.astype(np.float32)
    seen.data = (1 + np.log(seen.data)) * rarity[seen.indices]
    seen = normalize(seen, copy=False)
    labels = truth.shape[1]
    weights, bias = np.zeros((_COLUMNS, labels), np.float32), np.full(labels, -9.0, np.float32)
    for label in range(labels):
        so = truth[:, label] > 0.5
        if so.any() and not so.all():
            fitted = LogisticRegression(C=_C, solver="liblinear", random_state=0).fit(seen, so)
            weights[:, label], bias[label] = fitted.coef_[0], fitted.intercept_[0]
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127
    return Lexicon(rarity, np.round(weights / scale).astype(np.int8), scale, bias)


def load_lexicon(file: Path = LEXICON_FILE) -> Lexicon:
    """Reads a trained lexicon.

    Raises:
        ExemplarError: no file there, or one that does not fit this version.
    """
    try:
        with np.load(file) as arrays:
            lexicon = Lexicon(
                arrays["rarity"].astype(np.float32),
                arrays["steps"],
                arrays["scale"],
                arrays["bias"],
            )
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ExemplarError(
            f"cannot load the emotion lexicon from {file} ({error}): check out models/emotion again, or "
            "run 'exemplar emotion train'."
        ) from error
    if lexicon.steps.shape != (_COLUMNS, len(GOEMOTIONS)):
        raise ExemplarError(f"{file} was trained by another version: run 'exemplar emotion train'.")
    return lexicon


@lru_cache(maxsize=1)
def shared_lexicon() -> Lexicon:
    """Returns the project's own, loaded at first use."""
    return load_lexicon()


def _grams(text: str) -> list[str]:
    """Returns words, runs of signs, and pairs of them."""
    words = _WORD.findall(clean(spell_out_emoji(text)).lower())
    return words + [f"{one} {other}" for one, other in pairwise(words)]


def _column(gram: str) -> int:
    """Returns the column that scikit-learn's ``FeatureHasher`` gives it, without its setting-up."""
    number = murmurhash3_32(gram, 0)
    return abs(int(number)) % _COLUMNS if number != _LOWEST else _OF_LOWEST
