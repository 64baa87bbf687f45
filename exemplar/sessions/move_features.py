"""What the move model sees of an agent's sentences: their meaning, their surroundings, and what they echo."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from exemplar.emotion.base import FloatArray
from exemplar.emotion.encoder import Encoder
from exemplar.emotion.features import spell_out_emoji, surface

_SENTENCE: Final = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+")
_WORD: Final = re.compile(r"[\w'-]+")
#: Letters by which two forms of a word are taken for one, and words that say something by themselves.
_STEM: Final = 5
_TELLING: Final = 4
#: How much what the customer said before and after weighs, and a neighbouring sentence beside the own.
_BEFORE: Final = 1.4
_AFTER: Final = 1.7
_NEIGHBOUR: Final = 0.5


@dataclass(frozen=True)
class AgentTurn:
    """What an agent said, and to what.

    Attributes:
        text: the agent's words.
        before: the customer's words just before, "" if there were none.
        number: the how-manieth turn of the agent it is, from 0.
        last: whether the conversation ends with it.
        after: the customer's words in answer, "" if there were none: they tell a question that was
            asked from one that was not.
        parts: its words in parts that were labelled each by itself; () if it was labelled whole.
    """

    text: str
    before: str = ""
    number: int = 0
    last: bool = False
    after: str = ""
    parts: tuple[str, ...] = ()


def sentences(text: str) -> list[str]:
    """Returns the sentences of a text, as far as punctuation and line ends show them."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()] or [text]


@dataclass(frozen=True)
class Seen:
    """The sentences of turns, before anything is learned from them.

    Attributes:
        texts: of all sentences.
        turn: the number of each sentence's turn, ascending, shape ``(sentences,)``.
        part: the number of each sentence's part, ascending over all turns, shape ``(sentences,)``.
        own: the meaning of each, and its surface, shape ``(sentences, 390)``.
        echo: what of it was said before (:func:`echo`), shape ``(sentences, 7)``.
        around: its place, and the meaning of the customer's words before and after, shape
            ``(sentences, 774)``.
    """

    texts: list[str]
    turn: Any
    part: Any
    own: FloatArray
    echo: FloatArray
    around: FloatArray

    def of(self, turns: Any) -> Seen:
        """Returns the sentences of the turns with these numbers, ascending; turns and parts get new ones."""
        rows = np.flatnonzero(np.isin(self.turn, turns))
        return Seen(
            [self.texts[row] for row in rows],
            np.searchsorted(turns, self.turn[rows]),
            np.unique(self.part[rows], return_inverse=True)[1],
            self.own[rows],
            self.echo[rows],
            self.around[rows],
        )


def see(encoder: Encoder, turns: Sequence[AgentTurn]) -> Seen:
    """Returns what is to be seen of turns; each as if alone."""
    of_parts = [[sentences(part) for part in turn.parts or (turn.text,)] for turn in turns]
    parts = [[sentence for part in one for sentence in part] for one in of_parts]
    texts = [part for one in parts for part in one]
    number = np.repeat(np.arange(len(turns)), [len(one) for one in parts])
    lengths = [len(part) for one in of_parts for part in one]
    meant = _meanings(encoder, texts)
    before = _meanings(encoder, [turn.before or "-" for turn in turns])[number]
    after = _meanings(encoder, [turn.after or "-" for turn in turns])[number]
    close = (meant * before).sum(axis=1, keepdims=True)
    place = np.array(
        [
            (*_place(turn), at == 0, at == len(one) - 1, at / max(1, len(one) - 1))
            for turn, one in zip(turns, parts, strict=True)
            for at in range(len(one))
        ],
        np.float32,
    )
    said = [echo(text, turns[turn].before) for text, turn in zip(texts, number, strict=True)]
    return Seen(
        texts=texts,
        turn=number,
        part=np.repeat(np.arange(len(lengths)), lengths),
        own=np.concatenate([meant, np.stack([surface(text) for text in texts])], axis=1),
        echo=np.concatenate([np.array(said, np.float32), close], axis=1),
        around=np.concatenate([place, _BEFORE * before, _AFTER * after], axis=1),
    )


def echo(sentence: str, before: str) -> tuple[float, ...]:
    """Returns how far a sentence says back what the customer said: so is a restatement known.

    The shares of its words, and of their beginnings, that the customer used; whether a number of theirs is in
    it, or a number of its own; its length; whether the customer had said nothing.
    """
    words, known = _telling(sentence), set(_telling(before))
    begun = {word[:_STEM] for word in known}
    numbers = {word for word in words if any(map(str.isdigit, word))}
    return (
        sum(word in known for word in words) / max(3, len(words)),
        sum(word[:_STEM] in begun for word in words) / max(3, len(words)),
        float(bool(numbers & known)),
        float(bool(numbers - known)),
        min(len(words), 20) / 20,
        float(not known),
    )


def with_neighbours(own: FloatArray, turn: Any) -> FloatArray:
    """Returns features with those of the sentence before and after, if of the same turn."""
    same = (turn[1:] == turn[:-1])[:, None]
    nothing = np.zeros_like(own[:1])
    return np.concatenate(
        [
            own,
            np.concatenate([nothing, _NEIGHBOUR * own[:-1] * same]),
            np.concatenate([_NEIGHBOUR * own[1:] * same, nothing]),
        ],
        axis=1,
    )


def _place(turn: AgentTurn) -> tuple[float, float, float]:
    return float(turn.number == 0), min(turn.number, 5) / 5, float(turn.last)


def _telling(text: str) -> list[str]:
    return [
        word
        for word in _WORD.findall(text.lower())
        if len(word) >= _TELLING or any(map(str.isdigit, word))
    ]


def _meanings(encoder: Encoder, texts: Sequence[str]) -> FloatArray:
    """Returns the topics of texts, unit length, shape ``(texts, 384)``."""
    return np.stack(
        encoder.map(lambda encoding: encoding.sentence, [spell_out_emoji(text) for text in texts])
    )
