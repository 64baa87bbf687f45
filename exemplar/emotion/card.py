"""The model card, written out of measured figures (Mitchell et al., FAT* 2019)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader

from exemplar.emotion.adaptation import ADAPTATION_FILE
from exemplar.emotion.base import HUB_NAME, WEIGHTS_SHA256
from exemplar.emotion.context import CONTEXT_FILE
from exemplar.emotion.evaluation import Evaluation, FineEvaluation
from exemplar.emotion.heads import HEADS_FILE
from exemplar.emotion.lexicon import LEXICON_FILE
from exemplar.emotion.record import load_record
from exemplar.files import write_whole

_PAGES: Final = Environment(
    loader=PackageLoader("exemplar.emotion"),
    autoescape=False,  # Markdown
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def card(fine: FineEvaluation, customers: Evaluation, voices: Evaluation) -> str:
    """Returns the card as Markdown.

    Args:
        fine: measured on GoEmotions' development split.
        customers: measured on held-out customer messages.
        voices: measured on messages that say the same in different voices.
    """
    return _PAGES.get_template("card.md").render(
        fine=fine,
        customers=customers,
        voices=voices,
        worse=[group for group in voices.groups if group.gap and group.gap.high < 0],
        cost=load_record().cost,
        record=load_record(),
        today=date.today().isoformat(),
        base=HUB_NAME,
        sha256=WEIGHTS_SHA256,
        sizes={
            file.name: f"{file.stat().st_size / 1e6:.2f} MB"
            for file in (ADAPTATION_FILE, LEXICON_FILE, HEADS_FILE, CONTEXT_FILE)
        },
    )


def write(text: str, file: Path) -> None:
    """Writes the card; makes its folder where there is none."""
    write_whole(file, lambda output: output.write(text.encode()))
