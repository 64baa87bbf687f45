"""Scenes: single turns of agents, authored and labelled part by part, that teach what moves look like.

SESSIONS tell which moves a whole turn makes, and rare ones (a boundary, a handover) are rare in them. A
scene says it of each part of a turn. Scenes teach the reading of moves alone; what an agent should do is
learned from SESSIONS.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from exemplar.errors import ExemplarError
from exemplar.moves import MOVES
from exemplar.sessions.move_features import AgentTurn
from exemplar.settings import ROOT

#: Scenes, a file a hand.
SCENES: Final = ROOT / "data" / "moves"
#: Neither the first turn of a conversation nor anything else that is known of its place.
_AMIDST: Final = 2


@dataclass(frozen=True)
class Scene:
    """A turn of an agent, and the moves of each of its parts.

    Attributes:
        turn: with its ``parts``.
        moves: of each part.
    """

    turn: AgentTurn
    moves: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=1)
def load_scenes(folder: Path = SCENES) -> tuple[Scene, ...]:
    """Reads the scenes of a folder's YAML files.

    Raises:
        ExemplarError: a file is broken; the message names it and the scene.
    """
    found: list[Scene] = []
    for file in sorted(folder.glob("*.yml")):
        try:
            scenes: Any = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) or []
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise ExemplarError(f"{file}: cannot be read ({error}).") from error
        for number, scene in enumerate(scenes, 1):
            try:
                found.append(_scene(scene))
            except (KeyError, TypeError, ValueError) as error:
                raise ExemplarError(
                    f"{file}, scene {number}: it needs `before`, `agent` (parts, each with `text` and "
                    f"`moves`) and `after` ({error})."
                ) from error
    return tuple(found)


def _scene(scene: Any) -> Scene:
    texts = tuple(str(part["text"]) for part in scene["agent"])
    moves = tuple(tuple(map(str, part["moves"])) for part in scene["agent"])
    if strange := {move for part in moves for move in part}.difference(MOVES):
        raise ValueError(f"there is no move {', '.join(sorted(strange))}")
    if not texts or not all(moves):
        raise ValueError("every part makes a move")
    before, after = str(scene["before"]), str(scene["after"])
    turn = AgentTurn(
        " ".join(texts), before, _AMIDST if before else 0, not after, after, parts=texts
    )
    return Scene(turn, moves)
