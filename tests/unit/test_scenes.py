"""Scenes: turns of agents whose parts are labelled."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from exemplar.errors import ExemplarError
from exemplar.sessions.scenes import Scene, load_scenes

SCENE = """
- before: "where is it"
  agent:
  - {text: "It's in Cork.", moves: [explain]}
  - {text: "I ring them now.", moves: [own, expect]}
  after: ""
"""


def load(folder: Path, text: str) -> tuple[Scene, ...]:
    (folder / "hand-a.yml").write_text(text)
    return load_scenes(folder)


def test_a_scene_has_the_moves_of_each_part_and_its_place(tmp_path: Path) -> None:
    (scene,) = load(tmp_path, SCENE)
    assert scene.turn.text == "It's in Cork. I ring them now."
    assert scene.turn.parts == ("It's in Cork.", "I ring them now.")
    assert scene.turn.last
    assert scene.moves == (("explain",), ("own", "expect"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SCENE.replace("explain", "explane"), "scene 1.*no move explane"),
        (SCENE.replace("before:", "befor:"), "scene 1.*needs"),
        (SCENE.replace("[explain]", "[]"), "scene 1.*every part"),
        ("- : [", "cannot be read"),
    ],
)
def test_a_broken_scene_is_one_plain_error(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ExemplarError, match=f"(?s)hand-a.yml.*{told}|{told}"):
        load(tmp_path, text)


def test_our_own_scenes_show_every_move_often() -> None:
    made = Counter(move for scene in load_scenes() for part in scene.moves for move in part)
    assert len(made) == 14
    assert min(made.values()) > 100
