"""What training noted of itself, for the model card."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
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
    """

    seed: int
    comments: int
    messages: int
    precision_float: float
    precision_int8: float
    auc_float: float
    auc_int8: float

    @property
    def cost(self) -> str:
        """What quantization costs, in words."""
        return (
            f"mean average precision over the 28 labels {self.precision_float:.3f} → "
            f"{self.precision_int8:.3f}, frustration AUC {self.auc_float:.3f} → {self.auc_int8:.3f}"
        )

    def save(self, file: Path) -> None:
        """Writes the record as JSON."""
        content = json.dumps(asdict(self), indent=2) + "\n"
        write_whole(file, lambda output: output.write(content.encode()))


def load_record(file: Path = RECORD_FILE) -> Record:
    """Reads a record.

    Raises:
        ExemplarError: there is none, or one of another version.
    """
    try:
        return Record(**json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise ExemplarError(
            f"cannot read {file} ({error}): check out models/emotion again, or run 'exemplar emotion train'."
        ) from error
