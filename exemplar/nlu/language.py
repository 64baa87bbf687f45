"""The small spaCy pipeline that the assistant works with: tokens and lemmas.

spaCy's trained pipelines cannot be had everywhere; this one is made of spaCy's own rules and lookup
tables. ``en_core_web_md`` drops in: name it in ``config.yml``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: Where ``config.yml`` finds it.
LANGUAGE_FOLDER: Final = Path(__file__).parents[2] / "models" / "language"


def build_language(folder: Path = LANGUAGE_FOLDER) -> None:
    """Writes the pipeline to a folder that ``spacy.load`` reads."""
    import spacy

    language = spacy.blank("en")
    language.meta.update(
        name="exemplar",
        version="1.0.0",
        description="English tokens and lemmas by spaCy's rules and lookup tables",
        license="MIT",
    )
    language.add_pipe("lemmatizer", config={"mode": "lookup"})
    language.initialize()
    language.to_disk(folder)
