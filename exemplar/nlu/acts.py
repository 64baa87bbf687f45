"""What a message does in a conversation: it asks, tells, answers, wants something done …

An intent says what a message is about, and many a message in the middle of a conversation is about nothing
that has a name. What it *does* shows all the same, in its words and in what was said just before it. The
acts are those of ISO 24617-2 (Bunt et al., LREC 2012), as far as an answer depends on them.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy.sparse
import yaml
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

from exemplar.emotion.base import FloatArray
from exemplar.errors import ExemplarError
from exemplar.settings import ROOT

#: Exchanges with the act of each of the customer's messages.
EXCHANGES: Final = ROOT / "data" / "exchanges"
#: What a message can do, in the order in which it must be met.
ACTS: Final = ("request", "question", "reject", "answer", "inform", "close")
#: Inverse strength of the penalty; chosen on hands left out.
_STRENGTH: Final = 2.0
#: It is done after three times as many, and then tells a hand left out no better.
_ROUNDS: Final = 60


@dataclass(frozen=True)
class Exchange:
    """A customer's message and what the assistant said just before it.

    Attributes:
        text: the customer's words.
        before: the assistant's words, "" at the beginning.
    """

    text: str
    before: str = ""


@dataclass(frozen=True)
class Labelled:
    """An exchange whose act is known.

    Attributes:
        exchange: what was said.
        act: one of :data:`ACTS`.
        asks: the kinds of its questions, see :mod:`exemplar.nlu.questions`; () for none of these.
        intent: what it wishes for, None where that is not labelled.
    """

    exchange: Exchange
    act: str
    asks: tuple[str, ...] = ()
    intent: str | None = None


def load_exchanges(folder: Path = EXCHANGES) -> list[Labelled]:
    """Reads labelled conversations, a list of turns each, from the YAML files of a folder.

    Raises:
        ExemplarError: a file is broken; the message names the conversation.
    """
    found: list[Labelled] = []
    for file in sorted(folder.glob("*.yml")):
        try:
            talks: Any = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise ExemplarError(f"{file}: cannot be read ({error}).") from error
        for talk in talks or []:
            try:
                found += _labelled(talk["turns"])
            except (KeyError, TypeError, ValueError) as error:
                name = talk.get("talk") if isinstance(talk, dict) else talk
                raise ExemplarError(
                    f"{file}: {name}: a turn has `agent`, or `customer` and `act`, one of "
                    f"{', '.join(ACTS)} ({error})."
                ) from error
    return found


def _labelled(turns: Sequence[dict[str, Any]]) -> list[Labelled]:
    found, before = [], ""
    for turn in turns:
        if "agent" in turn:
            before = turn["agent"]
            continue
        if turn["act"] not in ACTS:
            raise ValueError(f"no act: {turn['act']}")
        asks = turn.get("asks") or ()
        kinds = (asks,) if isinstance(asks, str) else tuple(map(str, asks))
        exchange = Exchange(turn["customer"], before)
        found.append(Labelled(exchange, turn["act"], kinds, turn.get("intent")))
    return found


class ActModel:
    """Tells acts apart by words and letters: logistic regression.

    MiniLM's vectors were heard beside them, and no longer add to what
    :class:`exemplar.nlu.exchange_reader.ExchangeReader` makes of the same encoder.
    """

    def __init__(self, labelled: Sequence[Labelled]) -> None:
        """Learns from labelled exchanges, which takes some seconds."""
        exchanges = [one.exchange for one in labelled]
        acts = np.array([one.act for one in labelled])
        self._words = FeatureUnion(
            [
                ("words", TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True,
                                          token_pattern=r"[\w']+|[?!]")),
                ("letters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3,
                                            sublinear_tf=True)),
                ("begin", TfidfVectorizer(ngram_range=(1, 2), min_df=2, preprocessor=_edges,
                                          token_pattern=r"\S+")),
            ]
        )  # fmt: skip
        said = self._words.fit_transform([one.text for one in exchanges])
        self._said = LogisticRegression(C=_STRENGTH, max_iter=_ROUNDS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self._said.fit(_beside(said, exchanges), acts)
        self.acts: tuple[str, ...] = tuple(self._said.classes_)

    def probabilities(self, exchanges: Sequence[Exchange]) -> FloatArray:
        """Returns how likely each act is, shape ``(len(exchanges), len(self.acts))``."""
        said = _beside(self._words.transform([one.text for one in exchanges]), exchanges)
        return np.asarray(self._said.predict_proba(said), np.float32)


def _edges(text: str) -> str:
    """Returns the first and last words of a message's last sentence, each told apart by its place."""
    words = text.lower().replace("?", " ?").replace("!", " !").split()
    first = [f"<{word}" for word in words[:3]]
    return " ".join([*first, *(f"{word}>" for word in words[-3:])])


def _beside(said: Any, exchanges: Sequence[Exchange]) -> Any:
    """Puts beside the words whether something was asked just before, and how long the message is."""
    place = [
        [
            not one.before,
            one.before.rstrip().endswith("?"),
            "?" in one.text,
            one.text.rstrip().endswith("?"),
            min(len(one.text.split()), 40) / 40,
        ]
        for one in exchanges
    ]
    return scipy.sparse.hstack([said, scipy.sparse.csr_matrix(np.array(place, float))]).tocsr()
