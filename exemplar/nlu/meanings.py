"""What messages mean amid a conversation, after what was said just before: questions and wishes alike.

"Same box, or a different boat?" names nothing that an intent is trained on, and asks whether all of an order
comes together. People who are in a conversation ask by hints, and wish by remarks; ``data/meant/`` holds such
messages, with what the assistant had said and what each of them means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from exemplar.emotion.base import DIMENSIONS, FloatArray
from exemplar.errors import ExemplarError
from exemplar.nlu.acts import Exchange
from exemplar.nlu.learned import Learned
from exemplar.nlu.questions import NONE
from exemplar.settings import ROOT

#: Messages by what they mean, a file a hand.
MEANT: Final = ROOT / "data" / "meant"
#: What the vectors of the exchange count beside the message's own: what the hands have the assistant say is
#: shorter than what it says. Of 0.25 to 1, none tells hands left out better.
_BEFORE: Final = 0.5


@dataclass(frozen=True)
class Meant:
    """An exchange whose meaning is known.

    Attributes:
        exchange: what was said.
        name: a kind of question (``data/questions/``), an intent, or "none".
    """

    exchange: Exchange
    name: str


def load_meant(folder: Path = MEANT) -> list[Meant]:
    """Reads messages from the YAML files of a folder: name → pairs of what was said before, and the message.

    Raises:
        ExemplarError: a file is broken; the message names it.
    """
    found: list[Meant] = []
    for file in sorted(folder.glob("*.yml")):
        try:
            names: Any = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
            for name, pairs in (names or {}).items():
                for before, text in pairs:
                    if not isinstance(before, str) or not isinstance(text, str):
                        raise TypeError(f"{name}: {before!r}, {text!r}")
                    found.append(Meant(Exchange(text, before), str(name)))
        except (
            OSError,
            UnicodeDecodeError,
            yaml.YAMLError,
            AttributeError,
            TypeError,
            ValueError,
        ) as error:
            raise ExemplarError(
                f"{file}: it holds what messages mean, each with a list of pairs in quotation marks: what "
                f"was said before, and the message ({error})."
            ) from error
    return found


class MeaningModel:
    """Tells meanings apart by words, by the message's own vector, and by that of the exchange.

    Questions and wishes are told apart from each other here, too: each of the models beside it knows only one
    of both.
    """

    def __init__(
        self, meant: Sequence[Meant], sentences: FloatArray, exchanges: FloatArray
    ) -> None:
        """Learns from messages whose meaning is known, which takes some seconds.

        Args:
            meant: the n messages.
            sentences: the unit vector of each message, shape ``(n, 384)``.
            exchanges: what :meth:`exemplar.nlu.exchange_reader.ExchangeReader.see` returns of each, shape
                ``(n, 768)``.
        """
        self.names: tuple[str, ...] = tuple(sorted({one.name for one in meant} - {NONE}))
        number = {name: at for at, name in enumerate(self.names)}
        owners = np.array([number.get(one.name, len(self.names)) for one in meant])
        texts = [one.exchange.text for one in meant]
        self._learned = Learned(texts, [sentences, _unit(exchanges)], owners, len(self.names))

    def scores(self, text: str, sentence: FloatArray, exchange: FloatArray) -> dict[str, float]:
        """Returns how much a message is like what means each of ``names``, or "none", about in [0, 1].

        Args:
            text: the message.
            sentence: its unit vector, shape ``(384,)``.
            exchange: what the reader sees of it and of what was said before, shape ``(768,)``.
        """
        scores = self._learned.scores(text, [sentence, _unit(exchange)])
        return dict(zip((*self.names, NONE), map(float, scores), strict=True))


def _unit(seen: FloatArray) -> FloatArray:
    """Returns mean and maximum, each of unit length, as one vector whose square counts ``_BEFORE``."""
    halves = seen.reshape(*seen.shape[:-1], 2, DIMENSIONS)
    length = np.maximum(np.linalg.norm(halves, axis=-1, keepdims=True), 1e-9)
    length *= np.sqrt(2 / _BEFORE)
    return np.asarray((halves / length).reshape(seen.shape), np.float32)
