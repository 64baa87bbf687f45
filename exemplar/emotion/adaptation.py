"""What training changed in the base model, small enough for version control.

The differences between the adapted and the base model's matrices are small numbers; kept as four-bit
steps with a scale for every row they lose less than the int8 graph that is made of them does.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from exemplar.emotion.base import DIMENSIONS, FloatArray
from exemplar.errors import ExemplarError
from exemplar.files import write_whole

#: The adaptation that comes with the project.
ADAPTATION_FILE: Final = Path(__file__).parents[2] / "models" / "emotion" / "adaptation.npz"

#: Steps to either side of zero.
_STEPS: Final = 7


@dataclass(frozen=True)
class Adaptation:
    """Differences to the base model.

    Attributes:
        steps: per changed tensor its differences in steps, int8 of the tensor's shape, in [-7, 7].
        scales: per changed tensor the size of a step, one a row, ``(rows, 1)`` or ``(1,)``.
        topic: what turns the mean of the adapted vectors into what the base model's mean says of the
            text's topic, ``(384, 384)``: intents are told apart by topic, not by feeling.
    """

    steps: Mapping[str, npt.NDArray[np.int8]]
    scales: Mapping[str, npt.NDArray[np.float32]]
    topic: FloatArray

    def apply(self, base: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Returns the adapted weights; ``base`` stays as it is."""
        adapted = dict(base)
        for name, steps in self.steps.items():
            adapted[name] = base[name] + steps.astype(np.float32) * self.scales[name]
        return adapted

    def save(self, file: Path) -> None:
        """Writes the adaptation, compressed."""
        arrays: dict[str, npt.NDArray[np.generic]] = {"topic": self.topic.astype(np.float16)}
        for name, steps in self.steps.items():
            arrays[f"steps/{name}"] = steps
            arrays[f"scale/{name}"] = self.scales[name]
        write_whole(file, lambda output: np.savez_compressed(output, **arrays))


def difference(
    base: Mapping[str, FloatArray], adapted: Mapping[str, FloatArray], topic: FloatArray
) -> Adaptation:
    """Returns what leads from ``base`` to ``adapted``, rounded."""
    steps, scales = {}, {}
    for name, after in adapted.items():
        change = after - base[name]
        if not change.any():
            continue
        scale = np.abs(change).max(axis=-1, keepdims=True) / _STEPS
        steps[name] = np.round(change / np.maximum(scale, 1e-12)).astype(np.int8)
        scales[name] = scale.astype(np.float32)
    return Adaptation(steps, scales, topic)


def load_adaptation(file: Path = ADAPTATION_FILE) -> Adaptation:
    """Reads an adaptation.

    Raises:
        ExemplarError: no file there, or one that is broken or of another version.
    """
    try:
        with np.load(file) as arrays:
            names = [name.removeprefix("steps/") for name in arrays if name.startswith("steps/")]
            adaptation = Adaptation(
                {name: arrays[f"steps/{name}"] for name in names},
                {name: arrays[f"scale/{name}"] for name in names},
                arrays["topic"].astype(np.float32),
            )
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ExemplarError(
            f"cannot load the emotion model from {file} ({error}): check out models/emotion again, or "
            "run 'exemplar emotion train'."
        ) from error
    if adaptation.topic.shape != (DIMENSIONS, DIMENSIONS):
        raise ExemplarError(f"{file} was trained by another version: run 'exemplar emotion train'.")
    return adaptation
