"""Which product somebody means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz

from exemplar.shop.model import Product

#: How alike a word must be to one of the product's name, 0 to 100; a slip of the fingers is let pass.
_ALIKE: Final = 82
_MOST: Final = 5


def likely(words: str, products: Sequence[Product]) -> list[Product]:
    """Returns the products that somebody may mean, the likeliest first; at most five.

    A product is meant where its words are: "the blue rug" means every rug, "wool rug" the wool rug
    before the others. The last noun of a name is what it is, and counts double.
    """
    said = name_words(words)

    def fit(product: Product) -> float:
        name = name_words(product.name.split(",")[0])
        if not name:
            return 0.0
        hits = [any(alike(word, one) for one in said) for word in name]
        weights = [1.0] * (len(name) - 1) + [2.0]
        return sum(w for hit, w in zip(hits, weights, strict=True) if hit) / sum(weights)

    fits = [(fit(product), product) for product in products]
    best = max((score for score, _ in fits), default=0.0)
    if best <= 0:
        return []
    ranked = sorted((pair for pair in fits if pair[0] > best / 2), key=lambda pair: -pair[0])
    # One that fits wholly is meant alone.
    whole = [product for score, product in ranked if score == 1]
    return (whole or [product for _, product in ranked])[:_MOST]


def alike(word: str, other: str) -> bool:
    """Tells whether two words are the same, but for a slip of the fingers."""
    return fuzz.ratio(word, other) >= _ALIKE


def name_words(text: str) -> list[str]:
    """Returns words in small letters, in the singular as far as an "s" makes the plural."""
    found = re.findall(r"[^\W\d_]+", text.lower())
    return [w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in found]
