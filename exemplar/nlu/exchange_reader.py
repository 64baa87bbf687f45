"""What a message does and asks, read together with what was said just before it.

"And the other one?" asks nothing by its own words. An encoder of its own, MiniLM tuned to exchanges by
:mod:`exemplar.nlu.exchange_training`, reads both at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from exemplar.emotion.base import FloatArray
from exemplar.emotion.encoder import Encoder, fingerprint, load_encoder, pair_pieces
from exemplar.errors import ExemplarError
from exemplar.files import write_whole
from exemplar.nlu.acts import Exchange
from exemplar.nlu.machines import softmax
from exemplar.settings import ROOT

if TYPE_CHECKING:
    from tokenizers import Tokenizer

#: Where the tuned weights are.
FOLDER: Final = ROOT / "models" / "exchanges"
ADAPTATION: Final = "adaptation.npz"
HEADS: Final = "heads.npz"
#: Word pieces that are read of what was said before, and of the message.
_MOST_BEFORE: Final = 40
_MOST: Final = 90


@dataclass(frozen=True)
class Heads:
    """What is made of an exchange's vectors: their mean and maximum, shape ``(768,)``.

    Attributes:
        kinds, acts: names of the kinds of questions and of the acts.
        kinds_weight, acts_weight: shapes ``(768, len(kinds))`` and ``(768, len(acts))``.
        kinds_bias, acts_bias: shapes ``(len(kinds),)`` and ``(len(acts),)``.
    """

    kinds: tuple[str, ...]
    acts: tuple[str, ...]
    kinds_weight: FloatArray
    kinds_bias: FloatArray
    acts_weight: FloatArray
    acts_bias: FloatArray

    def save(self, file: Path) -> None:
        """Writes the heads, compressed."""
        arrays = {
            "kinds": np.array(self.kinds),
            "acts": np.array(self.acts),
            "kinds_weight": self.kinds_weight.astype(np.float16),
            "kinds_bias": self.kinds_bias.astype(np.float16),
            "acts_weight": self.acts_weight.astype(np.float16),
            "acts_bias": self.acts_bias.astype(np.float16),
        }
        write_whole(file, lambda output: np.savez_compressed(output, **arrays))


@dataclass(frozen=True)
class Read:
    """A message as it was read.

    Attributes:
        kinds: how likely it asks each kind of question, in [0, 1]; with "none" they sum to one.
        acts: how likely it does each act; they sum to one.
    """

    kinds: dict[str, float]
    acts: dict[str, float]


class ExchangeReader:
    """Reads exchanges. Holds no state between calls."""

    def __init__(self, encoder: Encoder, heads: Heads) -> None:
        """Takes the tuned encoder and its heads."""
        self._encoder = encoder
        self._heads = heads

    def see(self, exchange: Exchange) -> FloatArray:
        """Returns the vectors of a message with what was said before, shape ``(768,)``: mean, maximum."""
        vectors = self._encoder.pair(
            exchange.before, exchange.text, most_before=_MOST_BEFORE, most=_MOST
        )
        if not len(vectors):
            vectors = np.zeros((1, self._heads.kinds_weight.shape[0] // 2), np.float32)
        return np.concatenate([vectors.mean(axis=0), vectors.max(axis=0)])

    def see_many(self, exchanges: Sequence[Exchange]) -> FloatArray:
        """Returns the vectors of several, shape ``(len(exchanges), 768)``, several at a time."""
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return np.stack(list(threads.map(self.see, exchanges)))

    def read(self, exchange: Exchange) -> Read:
        """Reads a message with what was said before it."""
        return self.read_seen(self.see(exchange))

    def read_seen(self, vectors: FloatArray) -> Read:
        """Reads a message by what :meth:`see` returned of it."""
        seen, heads = vectors[None], self._heads
        (kinds,) = softmax(seen @ heads.kinds_weight + heads.kinds_bias)
        (acts,) = softmax(seen @ heads.acts_weight + heads.acts_bias)
        return Read(
            dict(zip(heads.kinds, map(float, kinds), strict=True)),
            dict(zip(heads.acts, map(float, acts), strict=True)),
        )


def pieces_of(tokenizer: Tokenizer, exchange: Exchange) -> list[int]:
    """Returns the word pieces that are read of an exchange, with [CLS] and [SEP]."""
    return pair_pieces(
        tokenizer, exchange.before, exchange.text, most_before=_MOST_BEFORE, most=_MOST
    )


def load_heads(file: Path) -> Heads:
    """Reads heads as :meth:`Heads.save` writes them.

    Raises:
        OSError, KeyError, ValueError, EOFError: the file is missing or broken.
    """
    with np.load(file) as arrays:
        weights = {
            name: arrays[name].astype(np.float32)
            for name in ("kinds_weight", "kinds_bias", "acts_weight", "acts_bias")
        }
        return Heads(tuple(map(str, arrays["kinds"])), tuple(map(str, arrays["acts"])), **weights)


def load_exchange_reader(folder: Path = FOLDER) -> ExchangeReader:
    """Loads the reader; its graph is built where that was not done yet.

    Raises:
        ExemplarError: the weights are missing or broken.
    """
    with _telling_what_to_do(folder):
        return ExchangeReader(load_encoder(folder / ADAPTATION), load_heads(folder / HEADS))


@lru_cache(maxsize=1)
def exchange_encoder() -> Encoder:
    """Returns the encoder that the reader has, for messages by themselves; loaded at first use.

    Raises:
        ExemplarError: the weights are missing or broken.
    """
    with _telling_what_to_do(FOLDER):
        return load_encoder(FOLDER / ADAPTATION)


def exchange_fingerprint() -> str:
    """Returns what that encoder's vectors depend on, as 12 hexadecimal digits.

    Raises:
        ExemplarError: the weights cannot be read.
    """
    with _telling_what_to_do(FOLDER):
        return fingerprint(FOLDER / ADAPTATION)


@contextmanager
def _telling_what_to_do(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, KeyError, ValueError, EOFError, ExemplarError) as error:
        raise ExemplarError(
            # What to do for the reading of emotion would be no help here.
            f"cannot load what reads exchanges from {folder} ({error.__cause__ or error}): check out "
            "models/exchanges again, or run 'exemplar exchanges train'."
        ) from error
