"""What training noted of itself, for the model card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from exemplar.errors import ExemplarError
from exemplar.files import write_whole

#: The record that comes with the project.
RECORD_FILE: Final = Path(__file__).parents[2] / "models" / "emotion" / "training.json"


@dataclass(frozen=True)
class Record:
    """Figures of one training; those of quality on what was left out of it.

    Attributes:
        seed: that it was run with.
        comments, messages: how many there were.
        precision_float, precision_int8: mean average precision over the 28 labels, in [0, 1], of the encoder
            in float32 with the heads as trained, and in int8 with the heads fitted to that.
        auc_float, auc_int8: how often a frustrated message scores above another, likewise.
        left_out: see :func:`digest`; of the customers' messages that were not learned from.
        turns: how many of the messages are turns of SESSIONS.
        refitted_messages, refitted_turns: messages and turns of SESSIONS that only heads and context have
            learned from since, the encoder kept.
        refitted_seed: that this was run with; None where it was not.
    """

    seed: int
    comments: int
    messages: int
    precision_float: float
    precision_int8: float
    auc_float: float
    auc_int8: float
    left_out: tuple[str, ...] = ()
    turns: int = 0
    refitted_messages: int = 0
    refitted_turns: int = 0
    refitted_seed: int | None = None

    @property
    def cost(self) -> str:
        """What quantization costs, in words."""
        return (
            f"mean average precision over the 28 labels {self.precision_float:.3f} → "
            f"{self.precision_int8:.3f}, frustration AUC {self.auc_float:.3f} → {self.auc_int8:.3f}"
        )

    def was_left_out(self, text: str) -> bool:
        """Whether a message was not learned from."""
        return digest(text) in self.left_out

    def save(self, file: Path) -> None:
        """Writes the record as JSON."""
        content = json.dumps(asdict(self), indent=2) + "\n"
        write_whole(file, lambda output: output.write(content.encode()))


def digest(text: str) -> str:
    """Returns what stands for a message in the record."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def digests(texts: Iterable[str]) -> tuple[str, ...]:
    """Returns :func:`digest` of each, sorted, each once."""
    return tuple(sorted({digest(text) for text in texts}))


def load_record(file: Path = RECORD_FILE) -> Record:
    """Reads a record.

    Raises:
        ExemplarError: there is none, or one of another version.
    """
    try:
        record = Record(**json.loads(file.read_bytes()))
        return replace(record, left_out=tuple(record.left_out))
    except (OSError, ValueError, TypeError) as error:
        raise ExemplarError(
            f"cannot read {file} ({error}): check out models/emotion again, or run 'exemplar emotion train'."
        ) from error
