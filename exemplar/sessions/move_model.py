"""Which moves an agent's turn makes: a classifier on the encoder that reads emotion, and on words.

Trained from the SESSIONS that people or their authors labelled, each time it is needed; it takes seconds,
and so nothing is left of a SESSION that was withdrawn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from exemplar.emotion.base import DIMENSIONS, FloatArray
from exemplar.emotion.encoder import Encoder, shared_encoder
from exemplar.emotion.features import features_of_many
from exemplar.errors import ExemplarError
from exemplar.moves import MOVES

#: Fewer labelled turns teach nothing that holds.
FEWEST: Final = 60
#: A move that fewer labelled turns make is not learned.
_RARE: Final = 4
#: Parts of the labelled SESSIONS on which thresholds are chosen, each by a model that has not seen it.
_FOLDS: Final = 5
#: Inverse strength of the penalty, for the encoder's features and for words; chosen on SESSIONS left out.
_STRENGTH_FELT: Final = 0.0005
_STRENGTH_SAID: Final = 3.0
_SENTENCE: Final = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+")


@dataclass(frozen=True)
class AgentTurn:
    """What an agent said, and to what.

    Attributes:
        text: the agent's words.
        before: the customer's words just before, "" if there were none.
        number: the how-manieth turn of the agent it is, from 0.
        last: whether the conversation ends with it.
    """

    text: str
    before: str = ""
    number: int = 0
    last: bool = False


@dataclass(frozen=True)
class Reading:
    """The moves read in a turn.

    Attributes:
        moves: in the order in which they are made.
        confidence: of the least sure decision for or against a move, in [0, 1].
        scores: each move's probability.
    """

    moves: tuple[str, ...]
    confidence: float
    scores: dict[str, float]


def sentences(text: str) -> list[str]:
    """Returns the sentences of a text, as far as punctuation and line ends show them."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()] or [text]


class MoveModel:
    """Reads moves. Made by :meth:`train`."""

    def __init__(self, encoder: Encoder | None = None) -> None:
        """Takes the process's encoder unless another is given."""
        self._encoder = encoder or shared_encoder()
        self._felt: dict[str, Any] = {}
        #: Whole words and their order; and parts of words, for spellings that nobody has seen.
        self._said: dict[str, list[Any]] = {}
        self._vectorizers: list[Any] = []
        self._mean: FloatArray = np.zeros(1, np.float32)
        self._scale: FloatArray = np.ones(1, np.float32)
        self.thresholds: dict[str, float] = {}

    @classmethod
    def train(
        cls,
        turns: Sequence[AgentTurn],
        moves: Sequence[Sequence[str]],
        sessions: Sequence[str],
        encoder: Encoder | None = None,
    ) -> MoveModel:
        """Trains on labelled turns.

        Args:
            turns: of agents.
            moves: of each.
            sessions: the id of each turn's SESSION: thresholds are chosen on other SESSIONS than those
                that a model was fitted to.
            encoder: the process's unless given.

        Raises:
            ExemplarError: there are too few.
        """
        if len(turns) < FEWEST or len(set(sessions)) < _FOLDS:
            raise ExemplarError(
                f"{len(turns)} labelled turns of agents are too few to learn moves from: label {FEWEST} in "
                f"at least {_FOLDS} SESSIONS."
            )
        model = cls(encoder)
        seen = model._encode(turns)
        made = np.array([[move in one for move in MOVES] for one in moves])
        apart = np.zeros(made.shape)
        for fitted, left in GroupKFold(_FOLDS).split(seen, groups=list(sessions)):
            part = cls(model._encoder)
            part._fit(seen[fitted], [turns[n] for n in fitted], made[fitted])
            apart[left] = part._probabilities(seen[left], [turns[n] for n in left])
        for column, move in enumerate(MOVES):
            model.thresholds[move] = _best_threshold(apart[:, column], made[:, column])
        model._fit(seen, turns, made)
        return model

    def read(self, turns: Sequence[AgentTurn]) -> list[Reading]:
        """Returns the moves of turns."""
        if not turns:
            return []
        scores = self._probabilities(self._encode(turns), turns)
        return [self._reading(turn, row) for turn, row in zip(turns, scores, strict=True)]

    def _reading(self, turn: AgentTurn, row: FloatArray) -> Reading:
        cut = np.array([self.thresholds[move] for move in MOVES])
        found = [move for move, score, limit in zip(MOVES, row, cut, strict=True) if score >= limit]
        if not found:
            # Every turn does something: what comes nearest.
            found = [MOVES[int(np.argmax(row - cut))]]
        sure = float(np.min(np.where(row >= cut, row, 1 - row)))
        return Reading(
            moves=self._in_order(turn, found),
            confidence=sure,
            scores={move: round(float(score), 4) for move, score in zip(MOVES, row, strict=True)},
        )

    def _in_order(self, turn: AgentTurn, found: Sequence[str]) -> tuple[str, ...]:
        """Puts moves in the order of the sentences that make them most clearly."""
        parts = sentences(turn.text)
        if len(found) < 2 or len(parts) < 2:
            return tuple(found)
        alone = [AgentTurn(part, turn.before, turn.number, turn.last) for part in parts]
        scores = self._probabilities(self._encode(alone), alone)
        place = {move: int(np.argmax(scores[:, MOVES.index(move)])) for move in found}
        return tuple(sorted(found, key=lambda move: (place[move], MOVES.index(move))))

    def _encode(self, turns: Sequence[AgentTurn]) -> FloatArray:
        """Returns what the encoder gives: of the turn, its strongest sentences, and the words before."""
        whole = features_of_many(self._encoder, [turn.text for turn in turns])
        parts = [sentences(turn.text) for turn in turns]
        each = features_of_many(self._encoder, [part for one in parts for part in one])
        ends = np.cumsum([len(one) for one in parts])
        strongest = np.stack(
            [rows[:, :DIMENSIONS].max(axis=0) for rows in np.split(each, ends[:-1])]
        )
        before = features_of_many(self._encoder, [turn.before or "-" for turn in turns])
        place = np.array(
            [[turn.number == 0, min(turn.number, 5) / 5, turn.last] for turn in turns], np.float32
        )
        return np.concatenate([whole, strongest, before[:, :DIMENSIONS], place], axis=1)

    def _fit(self, seen: FloatArray, turns: Sequence[AgentTurn], made: Any) -> None:
        self._mean, self._scale = seen.mean(axis=0), seen.std(axis=0) + 1e-3
        self._vectorizers = [
            TfidfVectorizer(
                ngram_range=(1, 3), min_df=2, sublinear_tf=True, token_pattern=r"[\w']+|[?!]"
            ),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True),
        ]
        texts = [turn.text for turn in turns]
        said = [_with_place(one.fit_transform(texts), seen) for one in self._vectorizers]
        for column, move in enumerate(MOVES):
            if made[:, column].sum() < _RARE:
                continue
            self._felt[move] = _classifier(_STRENGTH_FELT).fit(self._scaled(seen), made[:, column])
            self._said[move] = [
                _classifier(_STRENGTH_SAID).fit(words, made[:, column]) for words in said
            ]

    def _scaled(self, seen: FloatArray) -> FloatArray:
        return (seen - self._mean) / self._scale

    def _probabilities(self, seen: FloatArray, turns: Sequence[AgentTurn]) -> FloatArray:
        """Returns the mean of the three classifiers' probabilities, shape ``(turns, moves)``."""
        scaled, texts = self._scaled(seen), [turn.text for turn in turns]
        said = [_with_place(one.transform(texts), seen) for one in self._vectorizers]
        scores = np.zeros((len(turns), len(MOVES)), np.float32)
        for column, move in enumerate(MOVES):
            if move in self._felt:
                heard = [self._felt[move].predict_proba(scaled)[:, 1]]
                for classifier, words in zip(self._said[move], said, strict=True):
                    heard.append(classifier.predict_proba(words)[:, 1])
                scores[:, column] = np.mean(heard, axis=0)
        return scores


def _classifier(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, class_weight="balanced", max_iter=300)


def _with_place(words: Any, seen: FloatArray) -> Any:
    """Puts beside the words at which place of the conversation they stand."""
    return hstack([words, csr_matrix(seen[:, -3:])]).tocsr()


def _best_threshold(scores: Any, made: Any) -> float:
    """Returns the threshold with the highest F1; one half where the move is too rare to tell."""
    if made.sum() < _RARE:
        return 0.5
    limits = np.linspace(0.2, 0.8, 25)
    f1 = [
        2 * (made & (scores >= limit)).sum() / max(1, made.sum() + (scores >= limit).sum())
        for limit in limits
    ]
    best = np.flatnonzero(np.isclose(f1, max(f1)))
    return float(limits[best[len(best) // 2]])
