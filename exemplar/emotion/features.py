"""What the heads see of a message: MiniLM's vectors, and what its tokenizer cannot see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import emoji
import numpy as np

from exemplar.emotion.base import DIMENSIONS, FloatArray
from exemplar.emotion.encoder import Encoder, Encoding

_STRETCHED: Final = re.compile(r"([a-z])\1{2,}", re.IGNORECASE)

#: Lengths of :func:`surface` and of :func:`features`: mean and maximum over the tokens, and the surface.
SURFACE: Final = 6
SIZE: Final = 2 * DIMENSIONS + SURFACE
#: Word pieces in a part of a message.
PART: Final = 160


def spell_out_emoji(text: str) -> str:
    """Writes emoji as words ("😡" → " enraged face "), since most are one unknown token to MiniLM."""
    if text.isascii():
        return text
    return emoji.replace_emoji(text, replace=lambda character, _: f" {_name_of(character)} ")


def _name_of(character: str) -> str:
    return emoji.demojize(character).strip(":").replace("_", " ")


def surface(text: str) -> FloatArray:
    """Returns what an uncased tokenizer loses, shape ``(6,)``, each about in [0, 1].

    Share of words in capitals, exclamation marks, question marks, trailing dots, stretched letters
    ("sooo"), and length.
    """
    words = [word for word in text.split() if sum(map(str.isalpha, word)) > 1]
    capitals = sum(word.isupper() for word in words) / len(words) if len(words) > 1 else 0.0
    return np.array(
        [
            capitals,
            min(text.count("!"), 4) / 4,
            min(text.count("?"), 4) / 4,
            min(text.count("...") + text.count("…"), 2) / 2,
            min(len(_STRETCHED.findall(text)), 2) / 2,
            min(np.log1p(len(words)) / 5, 1.0),
        ],
        np.float32,
    )


def features(text: str, encoding: Encoding) -> FloatArray:
    """Returns what the heads see of one message, shape ``(SIZE,)``.

    Args:
        text: the message as written.
        encoding: of the message with its emoji spelled out.
    """
    return _pooled(encoding.tokens, surface(text))


def features_by_part(text: str, encoding: Encoding) -> FloatArray:
    """Returns what the heads see of each part of a message, shape ``(parts, SIZE)``.

    In the mean over a long message, a feeling in a few of its sentences would drown; it is read part by
    part, each of at most ``PART`` word pieces. Most messages are one part.
    """
    count = max(1, -(-len(encoding.tokens) // PART))
    seen = surface(text)
    return np.stack([_pooled(part, seen) for part in np.array_split(encoding.tokens, count)])


def _pooled(tokens: FloatArray, seen: FloatArray) -> FloatArray:
    if not len(tokens):
        return np.concatenate([np.zeros(2 * DIMENSIONS, np.float32), seen])
    return np.concatenate([tokens.mean(axis=0), tokens.max(axis=0), seen])


def features_of_many(encoder: Encoder, texts: Sequence[str]) -> FloatArray:
    """Returns the features of several messages, shape ``(len(texts), SIZE)``."""
    pooled = encoder.map(
        lambda encoding: _pooled(encoding.tokens, np.zeros(0, np.float32)),
        [spell_out_emoji(text) for text in texts],
    )
    rows = [np.concatenate([one, surface(text)]) for one, text in zip(pooled, texts, strict=True)]
    return np.stack(rows) if rows else np.zeros((0, SIZE), np.float32)
