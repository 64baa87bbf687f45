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
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import FeatureUnion

from exemplar.emotion.base import FloatArray
from exemplar.emotion.encoder import Encoding, shared_encoder
from exemplar.errors import ExemplarError
from exemplar.nlu.acts import Labelled
from exemplar.nlu.clauses import clauses_of
from exemplar.settings import ROOT

#: Wordings by kind, a file a hand.
QUESTIONS: Final = ROOT / "data" / "questions"
#: What asks nothing of the kind.
NONE: Final = "none"
#: Of the exchanges, messages that do this can ask something.
_ASKING: Final = frozenset({"question", "request"})
#: Inverse strength of the penalty for MiniLM's vector, and the penalty for words; passes over the messages.
#: Chosen on 303 messages of conversations by other hands; further passes change nothing there.
_STRENGTH_MEANT: Final = 0.05
_PASSES_MEANT: Final = 60
_PENALTY_SAID: Final = 2e-5
_PASSES_SAID: Final = 12


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
    """Returns the messages of labelled exchanges that ask, with the kinds of their questions."""
    return [
        (one.exchange.text, one.asks or NONE) for one in labelled if one.asks or one.act in _ASKING
    ]


class QuestionModel:
    """Tells kinds of questions apart: logistic regression on MiniLM's vector, and one on words."""

    def __init__(self, wordings: Sequence[tuple[str, str]]) -> None:
        """Learns from messages and their kinds, which takes some seconds."""
        texts, kinds = zip(*wordings, strict=True)
        seen = _vectors(texts)
        self._mean, self._scale = seen.mean(axis=0), seen.std(axis=0) + 1e-3
        self._meant = LogisticRegression(C=_STRENGTH_MEANT, max_iter=_PASSES_MEANT, tol=1e-3).fit(
            self._scaled(seen), kinds
        )
        self._words = FeatureUnion(
            [
                ("words", TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True,
                                          token_pattern=r"[\w']+|[?!]")),
                ("letters", TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), min_df=5,
                                            sublinear_tf=True, max_features=12_000)),
            ]
        )  # fmt: skip
        said = self._words.fit_transform(texts)
        # The same regression, learned message by message: seconds in place of minutes, and as good.
        self._said = SGDClassifier(
            loss="log_loss", alpha=_PENALTY_SAID, max_iter=_PASSES_SAID, tol=None, random_state=7
        ).fit(said, kinds)
        self.kinds: tuple[str, ...] = tuple(self._meant.classes_)

    def probabilities(self, text: str, encoding: Encoding | None = None) -> dict[str, float]:
        """Returns how likely a message asks each kind of question, in [0, 1], without :data:`NONE`.

        A question among statements is one all the same: the message is read whole and clause by clause, and
        of each kind the likeliest reading counts. So they do not sum to one.

        Args:
            text: the message.
            encoding: of the whole message, where it is made already.
        """
        clauses = clauses_of(text)
        whole = encoding.sentence[None] if encoding is not None else _vectors([text])
        seen = np.concatenate([whole, _vectors(clauses)]) if clauses else whole
        meant = self._meant.predict_proba(self._scaled(seen))
        said = self._said.predict_proba(self._words.transform([text, *clauses]))
        best = ((meant + said) / 2).max(axis=0)
        return {
            kind: float(share) for kind, share in zip(self.kinds, best, strict=True) if kind != NONE
        }

    def _scaled(self, seen: FloatArray) -> FloatArray:
        return (seen - self._mean) / self._scale


def _vectors(texts: Sequence[str]) -> FloatArray:
    return np.stack([one.sentence for one in shared_encoder().encode_many(list(texts))])
