"""The labels: our nine emotions, and the 28 of GoEmotions underneath.

GoEmotions: Demszky et al., ACL 2020, arXiv 2005.00547; the order of its labels is the data set's own.
"""

from __future__ import annotations

from typing import Final

EMOTIONS: Final[tuple[str, ...]] = (
    "anger",
    "frustration",
    "disappointment",
    "sadness",
    "anxiety",
    "confusion",
    "gratitude",
    "joy",
    "neutral",
)

GOEMOTIONS: Final[tuple[str, ...]] = (
    "admiration",
    "amusement",
    "anger",
    "annoyance",
    "approval",
    "caring",
    "confusion",
    "curiosity",
    "desire",
    "disappointment",
    "disapproval",
    "disgust",
    "embarrassment",
    "excitement",
    "fear",
    "gratitude",
    "grief",
    "joy",
    "love",
    "nervousness",
    "optimism",
    "pride",
    "realization",
    "relief",
    "remorse",
    "sadness",
    "surprise",
    "neutral",
)

#: What each GoEmotions label says about a customer. Labels that a good agent would not act on
#: (approval, curiosity, desire …) count as neutral.
EMOTION_OF_GOEMOTION: Final[dict[str, str]] = {
    "admiration": "joy",
    "amusement": "joy",
    "anger": "anger",
    "annoyance": "frustration",
    "approval": "neutral",
    "caring": "neutral",
    "confusion": "confusion",
    "curiosity": "neutral",
    "desire": "neutral",
    "disappointment": "disappointment",
    "disapproval": "frustration",
    "disgust": "anger",
    "embarrassment": "sadness",
    "excitement": "joy",
    "fear": "anxiety",
    "gratitude": "gratitude",
    "grief": "sadness",
    "joy": "joy",
    "love": "joy",
    "nervousness": "anxiety",
    "optimism": "joy",
    "pride": "joy",
    "realization": "neutral",
    "relief": "joy",
    "remorse": "sadness",
    "sadness": "sadness",
    "surprise": "neutral",
    "neutral": "neutral",
}

#: GoEmotions labels that mean a frustrated or angry writer.
FRUSTRATED_GOEMOTIONS: Final[frozenset[str]] = frozenset({"anger", "annoyance"})

#: Ekman's six basic emotions and neutral, as the authors of GoEmotions group the 28 (section 5.3).
EKMAN: Final[dict[str, tuple[str, ...]]] = {
    "anger": ("anger", "annoyance", "disapproval"),
    "disgust": ("disgust",),
    "fear": ("fear", "nervousness"),
    "joy": (
        *("admiration", "amusement", "approval", "caring", "desire", "excitement", "gratitude"),
        *("joy", "love", "optimism", "pride", "relief"),
    ),
    "sadness": ("disappointment", "embarrassment", "grief", "remorse", "sadness"),
    "surprise": ("confusion", "curiosity", "realization", "surprise"),
    "neutral": ("neutral",),
}
