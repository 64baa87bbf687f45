"""The reading of one message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from exemplar.emotion.adaptation import ADAPTATION_FILE
from exemplar.emotion.base import FloatArray
from exemplar.emotion.context import (
    CONTEXT_FILE,
    TURNS,
    Context,
    Turn,
    load_context,
    shared_context,
    situation,
)
from exemplar.emotion.encoder import Encoder, Encoding, load_encoder, shared_encoder
from exemplar.emotion.facts import without_facts
from exemplar.emotion.features import features_by_part, spell_out_emoji
from exemplar.emotion.heads import HEADS_FILE, Heads, load_heads, shared_heads, sigmoid
from exemplar.emotion.legibility import has_words, is_other_language
from exemplar.emotion.lexicon import LEXICON_FILE, Lexicon, load_lexicon, shared_lexicon
from exemplar.emotion.taxonomy import EMOTIONS, GOEMOTIONS

#: Score of "neutral" for a message in which there is nothing to read: low, since nothing was read.
NOTHING_TO_READ: Final = 0.3

_NEUTRAL: Final = EMOTIONS.index("neutral")
_NEUTRAL_FINE: Final = GOEMOTIONS.index("neutral")


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

    def __init__(
        self,
        encoder: Encoder | None = None,
        heads: Heads | None = None,
        context: Context | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:
        """Takes the process's encoder and the project's weights unless others are given."""
        self._encoder = encoder or shared_encoder()
        self._heads = heads or shared_heads()
        self._context = context or shared_context()
        self._lexicon = lexicon or shared_lexicon()

    @classmethod
    def of(cls, folder: Path) -> EmotionReader:
        """Returns a reader with the weights in a folder that training has written.

        Raises:
            ExemplarError: something is missing there, or broken.
        """
        return cls(
            load_encoder(folder / ADAPTATION_FILE.name),
            load_heads(folder / HEADS_FILE.name),
            load_context(folder / CONTEXT_FILE.name),
            load_lexicon(folder / LEXICON_FILE.name),
        )

    def read(
        self,
        text: str,
        context: Sequence[tuple[str, str]] = (),
        *,
        encoding: Encoding | None = None,
    ) -> Reading:
        """Reads one message of any length and language.

        Args:
            text: the message as written.
            context: the turns before it as ``(speaker, text)``, oldest first; the speaker is
                ``customer`` or ``agent``. Only the feelings are read in context, the 28 labels are not.
            encoding: of ``text``, where it was made already; used unless emoji must be spelled out, or
                numbers and addresses left out.
        """
        before = [turn for turn in context if turn[1].strip()][-TURNS:]
        written, text = text, without_facts(text)
        spelled = spell_out_emoji(text)
        if not spelled.strip() or not (has_words(spelled) or before):
            return _unread()
        if encoding is None or spelled != written:
            encoding = self._encoder.encode(spelled)
        if is_other_language(spelled, encoding):
            return _unread()
        seen = features_by_part(text, encoding)
        logits = _strongest(self._heads.feeling(seen), _NEUTRAL)
        if before:
            message = Turn("customer", encoding.sentence, logits)
            turns = [self._turn(speaker, said) for speaker, said in before]
            logits = logits + self._context(situation(turns, message)[None])[0]
        words = self._lexicon([text])
        ten = sigmoid(logits)
        fine = sigmoid(_strongest(self._heads.fine(seen, words), _NEUTRAL_FINE))
        return Reading(
            scores=dict(zip(EMOTIONS, map(float, ten[:-1]), strict=True)),
            frustration=float(ten[-1]),
            goemotions=dict(zip(GOEMOTIONS, map(float, fine), strict=True)),
        )

    def _turn(self, speaker: str, text: str) -> Turn:
        text = without_facts(text)
        encoding = self._encoder.encode(spell_out_emoji(text))
        logits = self._heads.feeling(features_by_part(text, encoding))
        return Turn(speaker, encoding.sentence, _strongest(logits, _NEUTRAL))


def _strongest(logits: FloatArray, neutral: int) -> FloatArray:
    """Returns the highest logit over the parts of a message, ``(labels,)``; of neutral the lowest."""
    strongest = logits.max(axis=0)
    strongest[neutral] = logits[:, neutral].min()
    return strongest


def _unread() -> Reading:
    return Reading(
        scores={emotion: NOTHING_TO_READ * (emotion == "neutral") for emotion in EMOTIONS},
        frustration=0.0,
        goemotions={label: NOTHING_TO_READ * (label == "neutral") for label in GOEMOTIONS},
    )
