"""Which section answers a message, as customers' wordings tell.

Kernel ridge regression (Saunders, Gammerman & Vovk, ICML 1998) onto one column a section: it is fitted in a
second or two, so that an edited page is asked at once, and ranks sections as well as support vector machines,
which take ten times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.linalg
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

FloatArray = npt.NDArray[np.float32]

#: The penalty. Of 0.03 to 1, and of other weights of the likenesses, hardly any is better on a hand left out.
_PENALTY: Final = 0.1
#: What more texts hold than this many, and than this share of them, tells hardly anything and costs the most.
_COMMON: Final = 50
_COMMON_SHARE: Final = 0.05
#: Rows of the kernel that are made at once: words are many, and their products no sparse matrix any more.
_ROWS: Final = 512


class Learned:
    """Scores sections for messages. Holds no state between calls.

    The kernel is the exponential of the likeness: the sum of the cosines of each encoder's vectors, and of
    words and letters.
    """

    def __init__(
        self,
        texts: Sequence[str],
        vectors: FloatArray,
        owners: npt.NDArray[np.int64],
        count: int,
    ) -> None:
        """Learns from wordings.

        Args:
            texts: n wordings, sentences and headings.
            vectors: of each encoder, unit vectors of these, shape ``(encoders, n, d)``.
            owners: the number of the section of each, ``count`` for those that none answers, shape ``(n,)``.
            count: of sections.
        """
        common = max(_COMMON, int(_COMMON_SHARE * len(texts)))
        self._grams = FeatureUnion(
            [
                ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=common,
                                          token_pattern=r"[\w']+|[?!]", dtype=np.float32)),
                ("letters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), max_df=common,
                                            sublinear_tf=True, dtype=np.float32)),
            ]
        )  # fmt: skip
        sparse = self._grams.fit_transform(texts).tocsr()
        # Turned over once, and not at each message.
        self._turned = sparse.T.tocsr()
        self._vectors = np.ascontiguousarray(vectors, np.float32)
        kernel = np.empty((len(texts), len(texts)), np.float32)
        for start in range(0, len(texts), _ROWS):
            rows = slice(start, start + _ROWS)
            kernel[rows] = self._kernel(self._vectors[:, rows], sparse[rows])
        kernel[np.diag_indices(len(texts))] += _PENALTY
        belongs = (owners[:, None] == np.arange(count + 1)).astype(np.float32)
        factor = scipy.linalg.cho_factor(kernel, overwrite_a=True, check_finite=False)
        self._shares = scipy.linalg.cho_solve(factor, belongs, overwrite_b=True, check_finite=False)

    def scores(self, text: str, vectors: FloatArray) -> FloatArray:
        """Returns how a message fits each section, about in [0, 1], and last that none answers it.

        Args:
            text: the message.
            vectors: its unit vector by each encoder, shape ``(encoders, d)``.
        """
        (row,) = (
            self._kernel(vectors[:, None], self._grams.transform([text]).tocsr()) @ self._shares
        )
        return np.asarray(row, np.float32)

    def _kernel(self, vectors: FloatArray, sparse: object) -> FloatArray:
        """Returns the kernel between messages and the wordings, shape ``(messages, n)``."""
        likeness = (sparse @ self._turned).toarray() / 2  # type: ignore[operator]
        for one, known in zip(vectors, self._vectors, strict=True):
            likeness += one @ known.T
        return np.asarray(np.exp(likeness - (1 + len(self._vectors))), np.float32)
