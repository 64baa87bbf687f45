"""Heads and context learned again, from more than the encoder was trained with; the encoder stays.

New sentences and SESSIONS are taken in within minutes; so is a SESSION's withdrawal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from exemplar.emotion.context import CONTEXT_FILE, Context
from exemplar.emotion.data import CustomerMessage
from exemplar.emotion.encoder import Encoder
from exemplar.emotion.features import features_of_many
from exemplar.emotion.heads import HEADS_FILE, Heads
from exemplar.emotion.record import RECORD_FILE, Record
from exemplar.emotion.refining import (
    fitted_feelings,
    says_alone,
    situations_of,
    train_context,
    truth_of,
)
from exemplar.emotion.training import as_often_frustrated, calibrated_feelings
from exemplar.emotion.typing_habits import typed_otherwise
from exemplar.errors import ExemplarError

_EPOCHS: Final = 8
_RATE: Final = 6e-4
#: What the encoder was not trained with is harder to hear in its vectors: it counts more, and is seen as
#: written and in so many other typings.
_NEW_WEIGHT: Final = 2.0
_NEW_TYPINGS: Final = 2


@dataclass(frozen=True)
class Refit:
    """What was learned again, and what training noted, with how much was added."""

    heads: Heads
    context: Context
    record: Record

    def save(self, folder: Path) -> None:
        """Writes everything under the names it is loaded by.

        Raises:
            ExemplarError: the folder cannot be written to.
        """
        self.heads.save(folder / HEADS_FILE.name)
        self.context.save(folder / CONTEXT_FILE.name)
        self.record.save(folder / RECORD_FILE.name)


def refit(
    heads: Heads,
    encoder: Encoder,
    record: Record,
    known: Sequence[CustomerMessage],
    new: Sequence[CustomerMessage],
    turns: Sequence[CustomerMessage],
    *,
    seed: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> Refit:
    """Fits heads and context again.

    Args:
        heads: to start from.
        encoder: that they sit on.
        record: of the encoder's training; says what that left out, on which the heads are calibrated.
        known: messages that the encoder was trained with, or could have been.
        new: messages that it was not.
        turns: of SESSIONS, see :func:`exemplar.emotion.conversations.messages_of`.
        seed: the same seed and data give the same result on the same machine.
        progress: told the share done, in [0, 1].

    Raises:
        ExemplarError: there is nothing to calibrate on.
    """
    added = {message.text for message in (*new, *turns)}
    left = [
        message
        for message in known
        if not message.context and record.was_left_out(message.text) and message.text not in added
    ]
    if len(set(truth_of(left)[:, -1])) < 2:
        raise ExemplarError(
            "the record of the last training names no messages to calibrate on: run 'exemplar emotion train'."
        )
    rng = np.random.default_rng(seed)
    out = {message.text for message in left}
    learned = [message for message in known if message.text not in out]
    typed = [typed_otherwise(message, rng) for message in learned]
    fresh = [*new, *turns]
    typings = [typed_otherwise(message, rng) for _ in range(_NEW_TYPINGS) for message in fresh]
    messages = [*learned, *typed, *fresh, *typings]
    seen = features_of_many(encoder, [message.text for message in messages])
    progress(0.5)
    weight = np.array([says_alone(message) for message in messages])
    of_fresh = np.repeat([_NEW_WEIGHT, 1.0], (len(new), len(turns)))
    weight[len(learned) + len(typed) :] *= np.tile(of_fresh, 1 + _NEW_TYPINGS)
    heads = fitted_feelings(
        heads, seen, truth_of(messages), weight, rate=_RATE, epochs=_EPOCHS, seed=seed
    )
    measured = features_of_many(encoder, [message.text for message in left])
    heads = calibrated_feelings(heads, measured, truth_of(left))
    in_context = [
        message for message in (*known, *typed, *fresh, *typings[: len(fresh)]) if message.context
    ]
    # The authors of SESSIONS were asked for feelings: how often these are met, whole chats say better.
    met = truth_of([message for message in known if message.context])
    heads = as_often_frustrated(heads, truth_of(left)[:, -1], met[:, -1])
    progress(0.7)
    context = train_context(
        situations_of(in_context, encoder, heads), truth_of(in_context), seed=seed
    )
    progress(1.0)
    return Refit(
        heads,
        context,
        replace(
            record,
            refitted_messages=len(new),
            refitted_turns=len(turns),
            refitted_seed=seed,
        ),
    )
