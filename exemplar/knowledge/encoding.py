"""Vectors of questions and pages, by both encoders that the project has; those of the pages are kept.

To encode a company's pages and some thousand wordings takes many seconds, which nobody who asks should wait
at each start.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from exemplar.emotion.encoder import Encoder, fingerprint, shared_encoder
from exemplar.errors import ExemplarError
from exemplar.files import write_whole
from exemplar.nlu.exchange_reader import exchange_encoder, exchange_fingerprint
from exemplar.settings import ROOT

FloatArray = npt.NDArray[np.float32]

#: Where vectors are kept.
KEPT: Final = ROOT / "models" / "pages"
#: So many texts must be new for the file to be written anew: fewer are encoded in a moment.
_MANY: Final = 50
#: Pages and wordings are text, and hold none of it.
_BETWEEN: Final = "\0"


class QuestionEncoder:
    """Several encoders, heard together. Safe to share between threads."""

    def __init__(self, encoders: Sequence[Encoder], kept: Path | None = None) -> None:
        """Takes the encoders, the first of which tells the meaning.

        Args:
            encoders: one or more.
            kept: the file in which vectors are kept, None to keep none.
        """
        self._encoders = tuple(encoders)
        self._file = kept
        self._lock = threading.Lock()
        self._known = _load(kept) if kept is not None else {}

    def encode(self, text: str) -> FloatArray:
        """Returns the unit vectors of a text, a row each encoder, shape ``(encoders, 384)``."""
        return np.stack([one.encode(text).sentence for one in self._encoders])

    def encode_many(self, texts: Iterable[str]) -> dict[str, FloatArray]:
        """Returns the vectors of texts, see :meth:`encode`; those that were made before are not made anew."""
        wanted = list(dict.fromkeys(texts))
        with self._lock:
            new = [text for text in wanted if text not in self._known]
            rows = [one.map(lambda encoding: encoding.sentence, new) for one in self._encoders]
            found = dict(zip(new, map(np.stack, zip(*rows, strict=True)), strict=True))
            self._known |= found
            vectors = {text: self._known[text] for text in wanted}
            if self._file is not None and len(new) >= _MANY:
                _save(self._file, vectors)
            return vectors


@lru_cache(maxsize=1)
def shared_question_encoder() -> QuestionEncoder:
    """Returns the encoder of what people feel together with that of what they ask, loaded at first use.

    Raises:
        ExemplarError: one of them cannot be loaded.
    """
    prints = hashlib.sha256(f"{fingerprint()} {exchange_fingerprint()}".encode()).hexdigest()
    return QuestionEncoder(
        (shared_encoder(), exchange_encoder()), KEPT / f"vectors-{prints[:12]}.npz"
    )


def _load(file: Path) -> dict[str, FloatArray]:
    try:
        with np.load(file) as arrays:
            texts = arrays["texts"].tobytes().decode().split(_BETWEEN)
            return dict(zip(texts, arrays["vectors"], strict=True))
    except (OSError, KeyError, ValueError, EOFError):
        # Not there, or broken: they are made anew.
        return {}


def _save(file: Path, known: dict[str, FloatArray]) -> None:
    vectors = np.stack(list(known.values()))
    # A folder that cannot be written to costs some seconds at every start, and nothing else.
    with suppress(ExemplarError):
        texts = np.frombuffer(_BETWEEN.join(known).encode(), np.uint8)
        write_whole(file, lambda output: np.savez(output, texts=texts, vectors=vectors))
        for other in file.parent.glob("vectors-*.npz"):
            if other != file:
                with suppress(OSError):
                    other.unlink()
