"""What a customer asks about their own order, refund, claim or handover.

An intent is a wish to be served; a question in the middle of a conversation wants one thing known: the day,
the sum, which card. The kinds of questions are those that ``data/responses/questions.yml`` has answers to;
they are learned from wordings in ``data/questions/`` and from the labelled turns of ``data/exchanges/``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from exemplar.errors import ExemplarError
from exemplar.nlu.acts import Labelled
from exemplar.nlu.clauses import clauses_of
from exemplar.nlu.machines import Machine, softmax
from exemplar.settings import ROOT

#: Wordings by kind, a file a hand.
QUESTIONS: Final = ROOT / "data" / "questions"
#: What asks nothing of the kind, in wordings and in exchanges.
NONE: Final = "none"
OTHER: Final = "other"
#: Of the exchanges, messages that do this can ask something.
_ASKING: Final = frozenset({"question", "request"})
#: The factor on the margins. Chosen on the 433 messages of tests/exchanges, of 4 to 10: heard together with
#: the reading in context, of what is found there at the likelihoods of ``answered``
#: (data/knowledge/expected.yml) 0.71 to 0.78 is right.
_TEMPERATURE: Final = 7.0


def load_wordings(folder: Path = QUESTIONS) -> list[tuple[str, str]]:
    """Reads wordings and their kinds from the YAML files of a folder: kind → list of messages.

    Raises:
        ExemplarError: a file is broken; the message names it.
    """
    found: list[tuple[str, str]] = []
    for file in sorted(folder.glob("*.yml")):
        try:
            kinds: Any = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
            for kind, texts in (kinds or {}).items():
                if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
                    raise TypeError(kind)
                found += [(text, str(kind)) for text in texts]
        except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError) as error:
            raise ExemplarError(
                f"{file}: it holds kinds of questions, each with a list of messages in quotation marks "
                f"({error})."
            ) from error
    return found


def asked_in(labelled: Sequence[Labelled]) -> list[tuple[str, str]]:
    """Returns the messages of labelled exchanges that ask, with each kind of their questions."""
    return [
        (one.exchange.text, NONE if kind == OTHER else kind)
        for one in labelled
        if one.asks or one.act in _ASKING
        for kind in one.asks or (NONE,)
    ]


class QuestionModel:
    """Tells kinds of questions apart, by words and letters.

    MiniLM's vectors were heard beside them, and only take from what is found together with
    :class:`exemplar.nlu.exchange_reader.ExchangeReader`, which reads by the same encoder (docs/testers.md).
    """

    def __init__(self, wordings: Sequence[tuple[str, str]]) -> None:
        """Learns from messages and their kinds, which takes some seconds."""
        texts, kinds = zip(*wordings, strict=True)
        self._words = FeatureUnion(
            [
                ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True,
                                          token_pattern=r"[\w']+|[?!]", dtype=np.float32)),
                ("letters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2,
                                            sublinear_tf=True, dtype=np.float32)),
            ]
        )  # fmt: skip
        said = self._words.fit_transform(texts).tocsr()
        self._machine = Machine(said, np.array(kinds))
        self.kinds: tuple[str, ...] = tuple(self._machine.classes)

    def probabilities(self, text: str) -> dict[str, float]:
        """Returns how likely a message asks each kind of question, in [0, 1], without :data:`NONE`.

        A question among statements is one all the same: the message is read whole and clause by clause, and
        of each kind the likeliest reading counts. So they do not sum to one.
        """
        clauses = clauses_of(text)
        margins = self._machine.margins(self._words.transform([text, *clauses]).tocsr())
        best = softmax(margins * _TEMPERATURE).max(axis=0)
        return {
            kind: float(share) for kind, share in zip(self.kinds, best, strict=True) if kind != NONE
        }
