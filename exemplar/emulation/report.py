"""The page of ``exemplar emulate``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, select_autoescape

from exemplar.emulation.checklist import Said, Tally, check
from exemplar.emulation.scoring import Agreement, agreement, difference
from exemplar.files import write_whole
from exemplar.sessions.evidence import Evidence
from exemplar.sessions.model import Session

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(),
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Point:
    """One of the agent's turns, and what others would have done there.

    Attributes:
        shown: what the exemplar did.
        heard: the intent that the assistant understood.
        said: the customer's words just before.
        agent: the exemplar's words.
        ours: the assistant's moves and words.
        blind: those of the assistant with its reading switched off.
        actions: the assistant's actions and responses.
    """

    shown: Evidence
    heard: str
    said: str
    agent: str
    ours: Said
    blind: Said
    actions: tuple[str, ...]


@dataclass(frozen=True)
class Emulation:
    """What ``exemplar emulate`` measures.

    Attributes:
        ours: how the assistant's moves agree with the exemplars'.
        blind: how those of the mood-blind control do.
        majority: how the most frequent move alone would.
        annotators: how two independent annotations of a part of the same turns agree, if there are two.
        gain: by how much the assistant's F1 is above the control's, with its 95 % interval.
        checklist: each item for the exemplar and for the assistant.
    """

    ours: Agreement
    blind: Agreement
    majority: Agreement
    annotators: Agreement | None
    gain: tuple[float, float, float]
    checklist: tuple[tuple[Tally, Tally], ...]


def measure(points: Sequence[Point], annotators: Agreement | None = None) -> Emulation:
    """Returns the figures of turns that were played.

    Raises:
        ValueError: there is none.
    """
    true = [point.shown.moves for point in points]
    ours = [point.ours.moves for point in points]
    blind = [point.blind.moves for point in points]
    sessions = [point.shown.session for point in points]
    counts: dict[str, int] = {}
    for moves in true:
        for move in moves:
            counts[move] = counts.get(move, 0) + 1
    most = max(counts, key=lambda move: counts[move])
    exemplars = check((point.shown, Said(point.shown.moves, point.agent)) for point in points)
    assistants = check((point.shown, point.ours) for point in points)
    return Emulation(
        ours=agreement(true, ours, sessions),
        blind=agreement(true, blind, sessions),
        majority=agreement(true, [[most]] * len(true), sessions),
        annotators=annotators,
        gain=difference(true, ours, blind, sessions),
        checklist=tuple(zip(exemplars, assistants, strict=True)),
    )


def annotators_agreement(
    one: Mapping[str, Mapping[int, Sequence[str]]], other: Mapping[str, Mapping[int, Sequence[str]]]
) -> Agreement:
    """Returns how two annotations of the agents' turns of the same SESSIONS agree.

    Args:
        one: the moves by SESSION and number of the turn.
        other: likewise.
    """
    places = [
        (session, turn)
        for session, turns in sorted(one.items())
        for turn in sorted(turns)
        if turn in other.get(session, {})
    ]
    return agreement(
        [one[session][turn] for session, turn in places],
        [other[session][turn] for session, turn in places],
        [session for session, _ in places],
    )


def write_report(
    result: Emulation, points: Sequence[Point], sessions: Mapping[str, Session], out: Path
) -> None:
    """Writes the page, and the figures beside it as JSON.

    Raises:
        ExemplarError: they cannot be written.
    """
    by_session: dict[str, list[Point]] = {}
    for point in points:
        by_session.setdefault(point.shown.session, []).append(point)
    page = _TEMPLATES.get_template("emulation.html").render(
        result=result, by_session=by_session, sessions=sessions
    )
    write_whole(out, lambda output: output.write(page.encode()))
    figures = json.dumps(as_data(result), indent=1).encode() + b"\n"
    write_whole(out.with_suffix(".json"), lambda output: output.write(figures))


def as_data(result: Emulation) -> dict[str, Any]:
    """Returns the figures as data."""
    data = asdict(result)
    data["checklist"] = [
        {
            "item": theirs.name,
            "exemplar": theirs.share,
            "of": theirs.of,
            "assistant": ours.share,
            "of_ours": ours.of,
        }
        for theirs, ours in result.checklist
    ]
    return data
