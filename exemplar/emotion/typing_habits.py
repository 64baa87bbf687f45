"""The same message as somebody else would have typed it: in haste, on a phone, with or without a "!"."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import numpy as np

from exemplar.emotion.data import CustomerMessage

#: How often a word of four letters or more has a slip in it.
_SLIPS: Final = 0.15
#: How often a habit shows that concerns the whole message.
_HABITS: Final = 0.3
#: Keys beside each other on a QWERTY keyboard.
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE: Final = {
    key: row[max(place - 1, 0) : place] + row[place + 1 : place + 2]
    for row in _ROWS
    for place, key in enumerate(row)
}
_WORD: Final = re.compile(r"[A-Za-z]{4,}")


def typed_otherwise(message: CustomerMessage, rng: np.random.Generator) -> CustomerMessage:
    """Returns the message with slips of the fingers and other habits of punctuation.

    People who write training sentences type well, and put "!" to joy; without these, a misspelt message
    would be read worse, and a "!" as calm.
    """
    text = _WORD.sub(lambda word: _slip(word.group(), rng), message.text)
    if rng.random() < _HABITS:
        text = text.lower()
    if rng.random() < _HABITS:
        text = text.replace("'", "").replace("’", "")
    bare = text.rstrip("!.… ")
    if rng.random() < _HABITS and bare:
        text = bare
    elif rng.random() < _HABITS and bare and message.frustrated and "!" not in text:
        text = bare + "!" * int(rng.integers(1, 4))
    return replace(message, text=text)


def _slip(word: str, rng: np.random.Generator) -> str:
    if rng.random() >= _SLIPS:
        return word
    place = int(rng.integers(1, len(word) - 1))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    kind = rng.integers(4)
    if kind == 0:
        return before + after
    if kind == 1:
        return before + letter + letter + after
    if kind == 2:
        return before + after[0] + letter + after[1:]
    return before + str(rng.choice(list(_BESIDE[letter.lower()]))) + after
