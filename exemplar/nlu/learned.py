"""What a message belongs to, as customers' wordings tell: a section of our pages, a question, a wish.

Kernel ridge regression (Saunders, Gammerman & Vovk, ICML 1998) onto one column each: it is fitted in seconds,
so that an edited page is asked at once, and ranks as well as support vector machines, which take ten times as
long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

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
    """Scores what messages may belong to. Holds no state between calls.

    The kernel is the exponential of the likeness: the sum of the cosines of each encoder's vectors, and of
    words and letters.
    """

    def __init__(
        self,
        texts: Sequence[str],
        vectors: Sequence[FloatArray],
        owners: npt.NDArray[np.int64],
        count: int,
    ) -> None:
        """Learns from wordings.

        Args:
            texts: n wordings.
            vectors: of each encoder, unit vectors of these, shape ``(n, d)``.
            owners: the number of what each belongs to, ``count`` for those without, shape ``(n,)``.
            count: of what they may belong to.
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
        self._vectors = tuple(np.ascontiguousarray(one, np.float32) for one in vectors)
        kernel = np.empty((len(texts), len(texts)), np.float32)
        for start in range(0, len(texts), _ROWS):
            rows = slice(start, start + _ROWS)
            kernel[rows] = self._kernel([one[rows] for one in self._vectors], sparse[rows])
        kernel[np.diag_indices(len(texts))] += _PENALTY
        belongs = (owners[:, None] == np.arange(count + 1)).astype(np.float32)
        factor = scipy.linalg.cho_factor(kernel, overwrite_a=True, check_finite=False)
        self._shares = scipy.linalg.cho_solve(factor, belongs, overwrite_b=True, check_finite=False)

    def __getstate__(self) -> dict[str, object]:
        """Returns what is kept: vectors in half precision, which changes no ranking."""
        return {**self.__dict__, "_vectors": [one.astype(np.float16) for one in self._vectors]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Takes what was kept."""
        self.__dict__.update(state)
        self._vectors = tuple(np.asarray(one, np.float32) for one in state["_vectors"])

    def scores(self, text: str, vectors: Sequence[FloatArray]) -> FloatArray:
        """Returns how a message fits each of what it may belong to, about in [0, 1], and last none of it.

        Args:
            text: the message.
            vectors: its unit vector by each encoder, shape ``(d,)``.
        """
        grams = self._grams.transform([text]).tocsr()
        (row,) = self._kernel([one[None] for one in vectors], grams) @ self._shares
        return np.asarray(row, np.float32)

    def _kernel(self, vectors: Sequence[FloatArray], sparse: object) -> FloatArray:
        """Returns the kernel between messages and the wordings, shape ``(messages, n)``."""
        likeness = (sparse @ self._turned).toarray() / 2  # type: ignore[operator]
        for one, known in zip(vectors, self._vectors, strict=True):
            likeness += one @ known.T
        return np.asarray(np.exp(likeness - (1 + len(self._vectors))), np.float32)
