"""Parts of sentences are worded by the company, and a slip in them is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from exemplar.errors import ExemplarError
from exemplar.knowledge.parts import PARTS_FILE, load_parts


def written(folder: Path, **changes: object) -> Path:
    """The company's own file with some parts worded otherwise, or without those that are None."""
    content = yaml.safe_load(PARTS_FILE.read_text(encoding="utf-8")) | changes
    kept = {name: text for name, text in content.items() if text is not None}
    file = folder / "parts.yml"
    file.write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    return file


def test_a_designer_words_a_part_otherwise_or_leaves_out_what_could_be_filled_in(
    tmp_path: Path,
) -> None:
    parts = load_parts(written(tmp_path, delivery_costs="with delivery"))
    assert parts["delivery_costs"].format(amount="€29") == "with delivery"
    assert parts["delivery_free"] == "delivery costs nothing"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{sum} of it", r"delivery_costs has \{sum\}; what can be filled in: \{amount\}"),
        ("{amount of it", "cannot read"),
        ("{}", "delivery_costs has"),
        ("{amount.real}", "delivery_costs has"),
        ("{amount:>9999}", "delivery_costs has"),
        (["a", "b"], "delivery_costs is no text"),
        (None, "delivery_costs.* is missing"),
    ],
)
def test_a_slip_is_named_with_its_file(tmp_path: Path, text: object, told: str) -> None:
    with pytest.raises(ExemplarError, match=rf"parts\.yml: .*{told}") as error:
        load_parts(written(tmp_path, delivery_costs=text))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", ["", "- a", "a: [", "just words"])
def test_a_file_that_has_no_parts_is_named(tmp_path: Path, content: str) -> None:
    (file := tmp_path / "parts.yml").write_text(content, encoding="utf-8")
    with pytest.raises(ExemplarError, match=r"parts\.yml"):
        load_parts(file)
