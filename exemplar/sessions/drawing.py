"""The mood of a SESSION as a drawing: the customer's frustration as a line, the agent's moves on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from markupsafe import Markup, escape

from exemplar.sessions.model import Session, Turn

#: Kinds of moves, for their colour: who meets, who asks, who acts, who frames, who draws a line.
KIND_OF_MOVE: Final = {
    **dict.fromkeys(("listen", "restate", "validate", "apologize"), "meet"),
    **dict.fromkeys(("clarify",), "ask"),
    **dict.fromkeys(("own", "explain", "options", "resolve", "expect"), "act"),
    **dict.fromkeys(("open", "close"), "frame"),
    **dict.fromkeys(("boundary", "handover"), "line"),
}
#: Short enough to stand below a mark.
_SHORT: Final = {
    "scripted_empathy": "scripted",
    "repeat_answer": "repeats",
    "false_promise": "promises",
    "over_cheer": "cheers",
}
#: Widths from one turn to the next, in pixels; twice as much between two of an agent's. Anti-moves are
#: longer words.
_STEP: Final = 30
_STEP_OF_ANTI: Final = 38
#: Longer SESSIONS are drawn closer, and below the least step without words.
_WIDEST: Final = 1400
_LEAST: Final = 24
_LEFT: Final = 36
_RIGHT: Final = 32
_TOP: Final = 34
_PLOT: Final = 92
_LINE: Final = 12
_LETTER: Final = 5.6


@dataclass(frozen=True)
class _Point:
    x: float
    y: float
    turn: int
    feeling: str
    level: float


def curve(session: Session) -> Markup:
    """Returns the drawing as SVG."""
    places = _places(session.turns)
    points = [
        _Point(
            x,
            _height(turn.labels.frustration or 0.0),
            number + 1,
            turn.labels.emotion or "neutral",
            turn.labels.frustration or 0.0,
        )
        for number, (turn, x) in enumerate(zip(session.turns, places, strict=True))
        if turn.speaker == "customer" and turn.labels
    ]
    roomy = len(places) < 2 or (places[-1] - places[0]) / (len(places) - 1) >= _LEAST
    marks = [_mark(turn, x, points, roomy) for turn, x in zip(session.turns, places, strict=True)]
    deepest = max(
        (len(t.labels.moves) + len(t.labels.anti_moves) for t in session.turns if t.labels),
        default=0,
    )
    width = (places[-1] if places else _LEFT) + _RIGHT
    height = _TOP + _PLOT + 10 + _LINE * (deepest if roomy else 1) + 4
    parts = [
        Markup(
            '<svg class="mood" width="{:.0f}" height="{}" viewBox="0 0 {:.0f} {}" role="img" aria-label="{}">'
        ).format(width, height, width, height, _says(points)),
        _frame(width),
        _feelings(points, width),
        *marks,
        _line(points),
        Markup("</svg>"),
    ]
    return Markup("").join(parts)


def _places(turns: Sequence[Turn]) -> list[float]:
    usual = _STEP_OF_ANTI if any(t.labels and t.labels.anti_moves for t in turns) else _STEP
    steps = [
        2 * usual if before.speaker == after.speaker == "agent" else usual
        for before, after in pairwise(turns)
    ]
    scale = min(1.0, _WIDEST / max(1, sum(steps)))
    places, x = list[float](), float(_LEFT)
    for step in (0, *steps):
        x += step * scale
        places.append(round(x, 1))
    return places[: len(turns)]


def _height(level: float) -> float:
    return round(_TOP + _PLOT * (1 - level), 1)


def _frame(width: float) -> Markup:
    end = width - _RIGHT + 16
    lines = [
        Markup('<line class="grid{}" x1="{}" x2="{:.0f}" y1="{}" y2="{}"/>').format(
            "" if level else " base", _LEFT - 8, end, _height(level), _height(level)
        )
        for level in (0.0, 0.5, 1.0)
    ]
    words = [
        Markup('<text class="axis" x="{}" y="{}">{}</text>').format(
            _LEFT - 12, _height(level) + 3.5, word
        )
        for level, word in ((1.0, "1"), (0.5, "½"), (0.0, "0"))
    ]
    return Markup("").join([*lines, *words])


def _feelings(points: Sequence[_Point], width: float) -> Markup:
    """Returns the strip of feelings over the plot; a name stands where a feeling begins."""
    parts, free = list[Markup](), [0.0, 0.0]
    runs = [list(run) for _, run in groupby(points, key=lambda point: point.feeling)]
    for number, run in enumerate(runs):
        start = run[0].x - 9
        end = runs[number + 1][0].x - 11 if number + 1 < len(runs) else width - _RIGHT + 16
        feeling = run[0].feeling
        parts.append(
            Markup(
                '<rect class="f-{}" x="{:.1f}" y="{}" width="{:.1f}" height="4" rx="2"/>'
            ).format(feeling, start, _TOP - 9, max(2.0, end - start))
        )
        if feeling == "neutral":
            continue
        long = len(feeling) * _LETTER
        left = min(start, width - long - 2)
        row = next((n for n, taken in enumerate(free) if taken <= left), None)
        if row is not None:
            free[row] = left + long + 6
            parts.append(
                Markup('<text class="feeling" x="{:.1f}" y="{}">{}</text>').format(
                    left, _TOP - 13 - 11 * row, feeling
                )
            )
    return Markup("").join(parts)


def _line(points: Sequence[_Point]) -> Markup:
    if not points:
        return Markup("")
    path = " ".join(f"{point.x},{point.y}" for point in points)
    first, last, floor = points[0].x, points[-1].x, _height(0.0)
    dots = [
        Markup(
            '<circle class="said f-{}" cx="{}" cy="{}" r="4"><title>turn {}: {}, {:.2f}</title></circle>'
        ).format(point.feeling, point.x, point.y, point.turn, point.feeling, point.level)
        for point in points
    ]
    return Markup("").join(
        [
            Markup('<polygon class="under" points="{} {},{} {},{}"/>').format(
                path, last, floor, first, floor
            ),
            Markup('<polyline class="line" points="{}"/>').format(path),
            *dots,
        ]
    )


def _mark(turn: Turn, x: float, points: Sequence[_Point], roomy: bool) -> Markup:
    """Returns an agent's turn: a stem from the line down to the moves that it makes."""
    if turn.speaker != "agent" or turn.labels is None:
        return Markup("")
    floor = _height(0.0)
    parts = [
        Markup('<line class="stem" x1="{}" x2="{}" y1="{:.1f}" y2="{}"/>').format(
            x, x, _between(x, points), floor + 5
        )
    ]
    if not roomy:
        return parts[0]
    words = [(move, KIND_OF_MOVE.get(move, "act"), move) for move in turn.labels.moves]
    words += [
        (_SHORT.get(name, name), "anti", f"anti-move {name}") for name in turn.labels.anti_moves
    ]
    for number, (word, kind, full) in enumerate(words):
        parts.append(
            Markup('<text class="move m-{}" x="{}" y="{}">{}<title>{}</title></text>').format(
                kind, x, floor + 16 + _LINE * number, f"✕ {word}" if kind == "anti" else word, full
            )
        )
    return Markup("").join(parts)


def _between(x: float, points: Sequence[_Point]) -> float:
    """Returns the height of the line at a place; beside it, the nearest end's."""
    if not points:
        return _height(0.0)
    before = [point for point in points if point.x <= x]
    after = [point for point in points if point.x > x]
    if not before or not after:
        return (before[-1] if before else after[0]).y
    left, right = before[-1], after[0]
    return left.y + (right.y - left.y) * (x - left.x) / (right.x - left.x)


def _says(points: Sequence[_Point]) -> Markup:
    if not points:
        return escape("No labels of the customer yet.")
    levels = ", ".join(f"{point.level:.2f} {point.feeling}" for point in points)
    return escape(f"The customer's frustration from 0 to 1, message by message: {levels}.")
