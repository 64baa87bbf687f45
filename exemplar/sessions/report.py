"""The report: one HTML page about a folder of SESSIONS, for a conversation designer. Works offline."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from exemplar.emotion.taxonomy import EMOTIONS
from exemplar.files import write_whole
from exemplar.moves import MOVES
from exemplar.sessions.drawing import KIND_OF_MOVE, curve
from exemplar.sessions.learning import Effect, Estimate, Learned
from exemplar.sessions.model import STAGES, Session, Turn
from exemplar.sessions.overview import Overview, feelings, frustrations, overview
from exemplar.sessions.suspicion import Doubt, Doubts, find_doubts

#: Conversations shown in full; a page with more would be too heavy to open. All are counted.
SHOWN: Final = 300
#: SESSIONS whose labels are compared with our models, which takes a tenth of a second a turn.
CHECKED: Final = 500
#: Doubts listed.
LISTED: Final = 200
#: A change of frustration of this size has the full colour.
_FULL: Final = 0.4
_FEELINGS: Final = tuple(name for name in EMOTIONS if name != "neutral")

PAGES: Final = Environment(
    loader=PackageLoader("exemplar.sessions"),
    autoescape=select_autoescape(),
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.filters["signed"] = lambda value, digits=2: _signed(float(value), digits)


@dataclass(frozen=True)
class Cell:
    """A cell of the table of what works when.

    Attributes:
        turns: in which the move met the feeling and the customer said more.
        sessions: with such turns.
        estimate: None where there are too few.
        colour: of its ground.
        clear: whether the interval leaves zero out.
    """

    turns: int
    sessions: int
    estimate: Estimate | None
    colour: str
    clear: bool


@dataclass(frozen=True)
class Card:
    """One SESSION, as it is shown.

    Attributes:
        session: itself.
        picture: its mood as SVG.
        feelings: the customer's, in the order in which they come.
        peak: the highest frustration.
        last: the last.
        doubts: of its turns, by their numbers.
    """

    session: Session
    picture: Markup
    feelings: list[str]
    peak: float
    last: float
    doubts: dict[int, Doubt]


def write_report(
    sessions: Iterable[Session],
    learned: Learned,
    out: Path,
    *,
    goals: Sequence[str],
    doubts: Doubts | None = None,
    step: Callable[[], object] = lambda: None,
) -> Overview:
    """Writes the page and returns what it counts.

    Args:
        sessions: all of a folder; which of them may be shown is decided here.
        learned: from them.
        out: the page's file.
        goals: the intents that open a matter, in the order in which they are shown.
        doubts: labels that deserve a second look; looked for unless given.
        step: called as the work goes on.

    Raises:
        ExemplarError: it cannot be written.
    """
    counted, usable = overview(sessions, goals, learned.minimum)
    if doubts is None:
        doubts = find_doubts(spread(usable, CHECKED), step=step)
    content = page(counted, usable, learned, doubts).encode()
    write_whole(out, lambda output: output.write(content))
    return counted


def page(counted: Overview, usable: Sequence[Session], learned: Learned, doubts: Doubts) -> str:
    """Returns the page.

    Args:
        counted: over all SESSIONS.
        usable: those that may be shown.
        learned: from them.
        doubts: labels that deserve a second look.
    """
    listed = doubts.found[:LISTED]
    doubted = dict[str, dict[int, Doubt]]()
    for doubt in listed:
        doubted.setdefault(doubt.session, {})[doubt.turn] = doubt
    shown = spread(usable, SHOWN)
    cards = [_card(session, doubted.get(session.id, {})) for session in shown]
    cards.sort(key=lambda card: (-card.peak, card.session.id))
    effects = {(effect.feeling, effect.move): effect for effect in learned.effects()}
    script, source = _script("report.js")
    return PAGES.get_template("report.html").render(
        today=date.today().isoformat(),
        counted=counted,
        usable=len(usable),
        cards={stage: [c for c in cards if c.session.stage == stage] for stage in STAGES},
        shown=len(shown),
        channels=sorted({session.channel for session in shown}),
        seen=[f for f in _FEELINGS if any(f in card.feelings for card in cards)],
        shares=counted.shares(),
        stages=counted.stages(),
        tables=_tables(counted, effects),
        best=_best(effects.values(), 2 * learned.minimum),
        moves=MOVES,
        kinds=KIND_OF_MOVE,
        feelings=_FEELINGS,
        emotions=counted.shown(),
        wishes=list(counted.wishes()),
        doubts=listed,
        all_doubts=doubts,
        in_page={session.id for session in shown},
        minimum=learned.minimum,
        said=_said,
        script=script,
        policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src '{source}'; img-src data:",
    )


def spread(sessions: Sequence[Session], most: int) -> Sequence[Session]:
    """Returns at most so many SESSIONS, evenly drawn from all of them in their order."""
    if len(sessions) <= most:
        return sessions
    return [sessions[number * len(sessions) // most] for number in range(most)]


def _card(session: Session, doubts: dict[int, Doubt]) -> Card:
    levels = frustrations(session) or [0.0]
    return Card(session, curve(session), feelings(session), max(levels), levels[-1], doubts)


def _tables(
    counted: Overview, effects: dict[tuple[str, str], Effect]
) -> dict[str, dict[str, list[Cell]]]:
    """Returns, for changes and for differences, each feeling's row of cells."""
    return {
        "against": _rows(counted, effects, lambda effect: effect.against),
        "change": _rows(counted, effects, lambda effect: effect.change),
    }


def _rows(
    counted: Overview,
    effects: dict[tuple[str, str], Effect],
    of: Callable[[Effect], Estimate | None],
) -> dict[str, list[Cell]]:
    rows = {}
    for feeling in counted.shown():
        cells = []
        for move in MOVES:
            turns, sessions = counted.followed(feeling, move)
            effect = effects.get((feeling, move))
            estimate = of(effect) if effect else None
            clear = bool(estimate and (estimate.high < 0 or estimate.low > 0))
            cells.append(Cell(turns, sessions, estimate, _colour(estimate, clear), clear))
        if any(cell.turns for cell in cells):
            rows[feeling] = cells
    return rows


def _colour(estimate: Estimate | None, clear: bool) -> str:
    """Returns teal for calmer and orange for more upset, pale where zero is within the interval."""
    if estimate is None:
        return "transparent"
    strength = min(1.0, abs(estimate.mean) / _FULL) * (1.0 if clear else 0.3)
    ground, full = (255, 255, 255), ((104, 184, 164) if estimate.mean < 0 else (236, 158, 102))
    mixed = (round(g + (f - g) * strength) for g, f in zip(ground, full, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _best(effects: Iterable[Effect], fewest: int) -> list[Effect]:
    """Returns the moves after which customers clearly fare better than without them, the clearest first.

    Of so few SESSIONS, an interval is worth a cell but no headline.
    """
    clear = [
        effect
        for effect in effects
        if effect.against
        and effect.against.high < 0
        and effect.feeling in _FEELINGS
        and effect.sessions >= fewest
    ]
    return sorted(clear, key=lambda e: e.against.high if e.against else 0.0)[:4]


def _signed(value: float, digits: int) -> str:
    """Returns a number with its sign, as print has it."""
    shown = f"{value:+.{digits}f}"
    return shown.lstrip("+-") if not float(shown) else shown.replace("-", "−")


def _said(turn: Turn) -> dict[str, Any]:
    """Returns a turn's labels for the conversation."""
    labels = turn.labels
    if labels is None:
        return {}
    return {
        "feeling": labels.emotion,
        "level": labels.frustration,
        "intent": (labels.intent or "").replace("_", " "),
        "moves": [(move, KIND_OF_MOVE.get(move, "act")) for move in labels.moves],
        "anti": [name.replace("_", " ") for name in labels.anti_moves],
        "facts": [f"{k.replace('_', ' ')}: {v.replace('_', ' ')}" for k, v in labels.facts.items()],
        "by": labels.by,
        "sure": labels.confidence,
    }


def _script(name: str) -> tuple[Markup, str]:
    """Returns a script and its source for the Content-Security-Policy: only this one may run."""
    text = (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), f"sha256-{digest}"
