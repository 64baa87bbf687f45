"""The reading of one message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from exemplar.emotion.encoder import Encoder, Encoding, shared_encoder
from exemplar.emotion.features import features, spell_out_emoji
from exemplar.emotion.heads import Heads, shared_heads
from exemplar.emotion.taxonomy import EMOTIONS, GOEMOTIONS

#: Score of "neutral" for a message in which there is nothing to read: low, since nothing was read.
NOTHING_TO_READ: Final = 0.3


@dataclass(frozen=True)
class Reading:
    """What one message says of its writer's feelings.

    Attributes:
        scores: each of the nine emotions, in [0, 1]; several can be high.
        frustration: how probable it is that the writer is frustrated or angry, in [0, 1].
        goemotions: each of the 28 GoEmotions labels, in [0, 1].
    """

    scores: dict[str, float]
    frustration: float
    goemotions: dict[str, float]

    @property
    def name(self) -> str:
        """The strongest emotion."""
        return max(self.scores, key=lambda emotion: self.scores[emotion])

    @property
    def confidence(self) -> float:
        """Its score, in [0, 1]."""
        return self.scores[self.name]

    def as_dict(self) -> dict[str, Any]:
        """Returns the reading as it stands in ``/model/parse`` and in the tracker."""
        return {
            "name": self.name,
            "confidence": round(self.confidence, 4),
            "frustration": round(self.frustration, 4),
            "scores": {emotion: round(score, 4) for emotion, score in self.scores.items()},
        }


class EmotionReader:
    """Reads messages. Keeps nothing between them; safe to share between threads."""

    def __init__(self, encoder: Encoder | None = None, heads: Heads | None = None) -> None:
        """Takes the process's encoder and the project's heads unless others are given."""
        self._encoder = encoder or shared_encoder()
        self._heads = heads or shared_heads()

    def read(self, text: str, encoding: Encoding | None = None) -> Reading:
        """Reads one message of any length and language.

        Args:
            text: the message as written.
            encoding: of ``text``, where it was made already; used unless emoji must be spelled out.
        """
        if not any(map(str.isalpha, spelled := spell_out_emoji(text))):
            return Reading(
                scores={emotion: NOTHING_TO_READ * (emotion == "neutral") for emotion in EMOTIONS},
                frustration=0.0,
                goemotions={label: NOTHING_TO_READ * (label == "neutral") for label in GOEMOTIONS},
            )
        if encoding is None or spelled != text:
            encoding = self._encoder.encode(spelled)
        fine, nine, frustration = self._heads(features(text, encoding)[None])
        return Reading(
            scores=dict(zip(EMOTIONS, map(float, nine[0]), strict=True)),
            frustration=float(frustration[0]),
            goemotions=dict(zip(GOEMOTIONS, map(float, fine[0]), strict=True)),
        )
