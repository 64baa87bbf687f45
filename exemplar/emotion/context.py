"""What the turns before a message add to its reading: the same words after three failures mean more.

Every turn is encoded as a message is. A small network sees what the message says alone, how the
customer's earlier turns read, whether they are being said again, what the agent said last and whether
they said it before; it shifts the message's logits.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from exemplar.emotion.base import DIMENSIONS, FloatArray
from exemplar.emotion.taxonomy import EMOTIONS
from exemplar.errors import ExemplarError
from exemplar.files import write_whole

#: The trained weights that come with the project.
CONTEXT_FILE: Final = Path(__file__).parents[2] / "models" / "emotion" / "context.npz"
#: Turns that are looked back on. Further back, a conversation says little about this message.
TURNS: Final = 8

_LOGITS: Final = len(EMOTIONS) + 1
_COUNTS: Final = 7
#: Length of :func:`situation`.
SIZE: Final = 4 * _LOGITS + _COUNTS + 3 * DIMENSIONS


@dataclass(frozen=True)
class Turn:
    """One turn, read on its own.

    Attributes:
        speaker: ``customer`` or ``agent``.
        topic: the encoding's ``sentence``, ``(384,)``.
        logits: of the nine emotions and frustration, ``(10,)``.
    """

    speaker: str
    topic: FloatArray
    logits: FloatArray


def situation(before: Sequence[Turn], message: Turn) -> FloatArray:
    """Returns what the network sees of a message and the turns before it, ``(SIZE,)``.

    Args:
        before: oldest first; only the last eight count.
        message: the customer's, to be read.
    """
    before = before[-TURNS:]
    customer = [turn for turn in before if turn.speaker == "customer"]
    agent = [turn for turn in before if turn.speaker != "customer"]
    nothing, silence = np.zeros(_LOGITS, np.float32), np.zeros(DIMENSIONS, np.float32)
    earlier = [turn.logits / 4 for turn in customer]
    return np.concatenate(
        [
            message.logits / 4,
            earlier[-1] if earlier else nothing,
            np.max(earlier, axis=0) if earlier else nothing,
            np.mean(earlier, axis=0) if earlier else nothing,
            [
                len(customer) / TURNS,
                len(agent) / TURNS,
                _most_alike([message], customer),
                _most_alike(agent[-1:], agent[:-1]),
                max((_most_alike([t], agent[:i]) for i, t in enumerate(agent)), default=0.0),
                max((_most_alike([t], customer[:i]) for i, t in enumerate(customer)), default=0.0),
                _most_alike([message], agent[-1:]),
            ],
            # Numbers about 1, as the others are; a unit vector's are about 0.05.
            *(
                10 * vector
                for vector in (
                    agent[-1].topic if agent else silence,
                    np.mean([turn.topic for turn in agent[:-1]], axis=0) if agent[1:] else silence,
                    message.topic,
                )
            ),
        ]
    ).astype(np.float32)


def _most_alike(turns: Sequence[Turn], others: Sequence[Turn]) -> float:
    """Returns the highest cosine between one and another, in [-1, 1]; 0 without others."""
    return max((float(one.topic @ other.topic) for one in turns for other in others), default=0.0)


@dataclass(frozen=True)
class Context:
    """Weights; matrices are ``(in, out)``.

    Attributes:
        seen, seen_bias: from the situation to a hidden layer, ReLU.
        shift, shift_bias: from that to shifts of the ten logits.
    """

    seen: FloatArray
    seen_bias: FloatArray
    shift: FloatArray
    shift_bias: FloatArray

    def __call__(self, situations: FloatArray) -> FloatArray:
        """Returns shifts of the ten logits, ``(n, 10)``, for situations ``(n, SIZE)``."""
        hidden = np.maximum(situations @ self.seen + self.seen_bias, 0)
        return hidden @ self.shift + self.shift_bias

    def save(self, file: Path) -> None:
        """Writes the weights in half precision."""
        arrays = {
            field.name: getattr(self, field.name).astype(np.float16) for field in fields(self)
        }
        write_whole(file, lambda output: np.savez_compressed(output, **arrays))


def load_context(file: Path = CONTEXT_FILE) -> Context:
    """Reads trained weights.

    Raises:
        ExemplarError: no file there, or one that does not fit this version.
    """
    try:
        with np.load(file) as arrays:
            context = Context(
                **{field.name: arrays[field.name].astype(np.float32) for field in fields(Context)}
            )
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ExemplarError(
            f"cannot load what reads context from {file} ({error}): check out models/emotion again, or "
            "run 'exemplar emotion train'."
        ) from error
    try:
        shape = context(np.zeros((1, SIZE), np.float32)).shape
    except ValueError:
        shape = ()
    if shape != (1, _LOGITS):
        raise ExemplarError(f"{file} was trained by another version: run 'exemplar emotion train'.")
    return context


@lru_cache(maxsize=1)
def shared_context() -> Context:
    """Returns the project's own, loaded at first use."""
    return load_context()
