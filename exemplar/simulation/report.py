"""The simulation as one HTML page, with its pictures inside, and as data; works offline."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from exemplar.files import write_whole
from exemplar.simulation.measures import (
    Measure,
    by_mood,
    by_need,
    made_anti_moves,
    measure,
    misheard,
    not_understood,
    pairs,
    repeated_answers,
)
from exemplar.simulation.reactions import Reactions
from exemplar.simulation.record import ENDS, Conversation

#: Told apart by colour-blind readers (Okabe & Ito, 2008), and on paper by their lines.
COLOURS: Final = {"mood": "#0072b2", "blind": "#d55e00"}
NAMES: Final = {"mood": "reads moods", "blind": "mood-blind"}
_LINES: Final = {"mood": "-", "blind": "--"}
#: Turns that the pictures over time show.
_TURNS: Final = 10

_PAGES: Final = Environment(
    loader=PackageLoader("exemplar.simulation"),
    autoescape=select_autoescape(),
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Simulation:
    """A simulation and what it was made of.

    Attributes:
        conversations: of both arms.
        reactions: how the customers reacted.
        seed: of everything.
        day: when, as ISO 8601.
        where: at which assistant, as a person would say it.
        database: whether the shop's database was looked at.
    """

    conversations: Sequence[Conversation]
    reactions: Reactions
    seed: int
    day: str
    where: str
    database: bool


def data(simulation: Simulation) -> dict[str, Any]:
    """Returns all of it, for a file."""
    conversations = simulation.conversations
    return {
        "day": simulation.day,
        "seed": simulation.seed,
        "customers": len(pairs(conversations)),
        "assistant": simulation.where,
        "database_looked_at": simulation.database,
        "measures": [
            asdict(one) | {"verdict": one.verdict, "apart": one.apart}
            for one in measure(conversations, simulation.seed)
        ],
        "by_mood": [asdict(one) for one in by_mood(conversations, simulation.seed)],
        "by_need": [asdict(one) for one in by_need(conversations)],
        "repeated_answers": [asdict(one) for one in repeated_answers(conversations)],
        "not_understood": [asdict(one) for one in not_understood(conversations)],
        "misheard": [asdict(one) for one in misheard(conversations)],
        "anti_moves": [asdict(one) for one in made_anti_moves(conversations)],
        "reactions": simulation.reactions.as_dict(),
        "conversations": [one.as_dict() for one in conversations],
    }


def page(simulation: Simulation) -> str:
    """Returns the page."""
    conversations = simulation.conversations
    measures = measure(conversations, simulation.seed)
    both = pairs(conversations)
    ends = {
        arm: Counter(one.end for one in conversations if one.arm == arm)
        for arm in ("mood", "blind")
    }
    return _PAGES.get_template("simulation.html").render(
        simulation=simulation,
        measures=measures,
        headline=headline(measures),
        both=both,
        ends=ends,
        names=NAMES,
        end_names=ENDS,
        needs=by_need(conversations),
        moods=by_mood(conversations, simulation.seed),
        repeated=repeated_answers(conversations),
        unheard=not_understood(conversations),
        misheard=misheard(conversations),
        anti=made_anti_moves(conversations),
        failed=[one for one in conversations if one.error],
        pictures={
            "end": _end_picture(both),
            "path": _path_picture(both),
            "gone": _gone_picture(both),
            "measures": _difference_picture(measures),
            "reactions": _reactions_picture(simulation.reactions),
        },
    )


def write(simulation: Simulation, file: Path) -> Path:
    """Writes the page, and the data beside it; returns where the data are."""
    content = page(simulation).encode()
    write_whole(file, lambda output: output.write(content))
    beside = file.with_suffix(".json")
    as_json = json.dumps(data(simulation), ensure_ascii=False, indent=1).encode()
    write_whole(beside, lambda output: output.write(as_json))
    return beside


def headline(measures: Sequence[Measure]) -> list[str]:
    """Returns in sentences what differs between the arms."""
    said = []
    for verdict, words in (("better", "better"), ("worse", "worse")):
        named = [one.name for one in measures if one.verdict == verdict]
        if named:
            said.append(f"Reading moods is {words} on: {', '.join(named)}.")
    same = [one.name for one in measures if one.verdict == "no difference shown"]
    if same:
        said.append(f"No difference is shown on: {', '.join(same)}.")
    return said


# -- pictures --------------------------------------------------------------------------------------


def _figure(width: float, height: float) -> tuple[Any, Any]:
    """Returns a figure of a size in inches and its axes, on no screen."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#eeeeee")
    axes.set_axisbelow(True)
    return figure, axes


def _svg(figure: Any, alt: str) -> Markup:
    """Returns a figure as SVG for the page; the same figure gives the same bytes."""
    import matplotlib as mpl

    output = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": f"exemplar {alt}"}):
        figure.savefig(output, format="svg", transparent=True, metadata={"Date": None})
    svg = output.getvalue()
    svg = svg[svg.index("<svg") :].replace("<svg", '<svg role="img" aria-label="' + alt + '"', 1)
    return Markup('<div class="picture">{}</div>').format(Markup(svg))


def _end_picture(both: Sequence[tuple[Conversation, Conversation]]) -> Markup:
    """Draws how frustrated customers are at the end."""
    figure, axes = _figure(5.4, 3.4)
    bins = np.linspace(0, 1, 11)
    for place, arm in enumerate(("mood", "blind")):
        values = [pair[place].frustration for pair in both]
        shares = np.histogram(values, bins)[0] / max(len(values), 1) * 100
        axes.bar(
            bins[:-1] + 0.027 + 0.046 * place,
            shares,
            width=0.042,
            color=COLOURS[arm],
            label=NAMES[arm],
            hatch="" if arm == "mood" else "////",
            edgecolor="white",
            linewidth=0,
        )
    axes.grid(visible=False, axis="x")
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.set_xlabel("frustration at the end")
    axes.set_ylabel("% of customers")
    axes.legend(frameon=False)
    return _svg(figure, "Frustration at the end of the conversation, both arms.")


def _path_picture(both: Sequence[tuple[Conversation, Conversation]]) -> Markup:
    """Draws the mean frustration after each turn; who has finished keeps their last."""
    figure, axes = _figure(5.4, 3.4)
    turns = np.arange(_TURNS + 1)
    for place, arm in enumerate(("mood", "blind")):
        paths = np.array([_path(pair[place]) for pair in both])
        mean = paths.mean(axis=0)
        error = 1.96 * paths.std(axis=0) / np.sqrt(len(paths))
        axes.plot(turns, mean, _LINES[arm], color=COLOURS[arm], label=NAMES[arm], linewidth=1.8)
        axes.fill_between(turns, mean - error, mean + error, color=COLOURS[arm], alpha=0.15, lw=0)
    axes.set_ylim(0)
    axes.set_xlim(0, _TURNS)
    axes.set_xlabel("answers so far")
    axes.set_ylabel("mean frustration")
    axes.legend(frameon=False)
    return _svg(figure, "Mean frustration over the turns, both arms, with 95 % intervals.")


def _path(one: Conversation) -> list[float]:
    felt = [turn.frustration for turn in one.exchanges[:1]] or [0.0]
    felt += [turn.after for turn in one.exchanges]
    felt = felt[: _TURNS + 1]
    return felt + [felt[-1]] * (_TURNS + 1 - len(felt))


def _gone_picture(both: Sequence[tuple[Conversation, Conversation]]) -> Markup:
    """Draws the share of customers who have abandoned by each turn."""
    figure, axes = _figure(5.4, 3.4)
    most = max((len(one.exchanges) for pair in both for one in pair), default=1)
    turns = np.arange(most + 1)
    for place, arm in enumerate(("mood", "blind")):
        left = np.array([len(p[place].exchanges) for p in both if p[place].abandoned])
        shares = [(left <= turn).sum() / max(len(both), 1) * 100 for turn in turns]
        axes.step(
            turns, shares, _LINES[arm], where="post", color=COLOURS[arm], label=NAMES[arm], lw=1.8
        )
    axes.set_ylim(0, max(5, axes.get_ylim()[1]))
    axes.set_xlim(0, most)
    axes.set_xlabel("answers so far")
    axes.set_ylabel("% of customers who have left")
    axes.legend(frameon=False, loc="upper left")
    return _svg(figure, "Share of customers who have left with nothing, by turn, both arms.")


def _difference_picture(measures: Sequence[Measure]) -> Markup:
    """Draws each difference in units of its interval's half width, so that all fit one axis."""
    measures = [one for one in measures if one.better]
    figure, axes = _figure(7.6, 0.42 * len(measures) + 0.9)
    for row, one in enumerate(reversed(measures)):
        scale = max(abs(one.difference.low), abs(one.difference.high)) or 1.0
        sign = -1 if one.better == "lower" else 1
        ends = sorted((sign * one.difference.low / scale, sign * one.difference.high / scale))
        shown = one.verdict in {"better", "worse"}
        colour = {"better": "#0072b2", "worse": "#d55e00"}.get(one.verdict, "#8a93a0")
        axes.plot(ends, [row, row], color=colour, linewidth=2.6, solid_capstyle="round")
        axes.plot(
            sign * one.difference.mean / scale,
            row,
            "o",
            color=colour,
            markersize=7,
            markerfacecolor=colour if shown else "white",
        )
    axes.axvline(0, color="#555555", linewidth=1)
    axes.set_xlim(-1.15, 1.15)
    axes.set_xticks([-0.8, 0, 0.8], ["mood-blind better", "no difference", "reading moods better"])
    axes.set_yticks(range(len(measures)), [one.name for one in reversed(measures)])
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    return _svg(figure, "Differences between the arms with 95 % intervals, each on its own scale.")


def _reactions_picture(reactions: Reactions) -> Markup:
    """Draws what each move adds to a customer's frustration."""
    shown = [c for c in reactions.coefficients if c.name not in {"constant", "before"}]
    figure, axes = _figure(7.2, 0.27 * len(shown) + 0.8)
    for row, one in enumerate(reversed(shown)):
        sure = one.high < 0 or one.low > 0
        colour = ("#0072b2" if one.mean < 0 else "#d55e00") if sure else "#8a93a0"
        axes.plot([one.low, one.high], [row, row], color=colour, linewidth=2.2)
        axes.plot(one.mean, row, "o", color=colour, markersize=5.5)
    axes.axvline(0, color="#555555", linewidth=1)
    axes.set_yticks(
        range(len(shown)), [f"{c.name.replace('_', ' ')} ({c.turns})" for c in reversed(shown)]
    )
    axes.set_ylim(-0.7, len(shown) - 0.3)
    axes.set_xlabel("change of frustration, with 95 % interval")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return _svg(figure, "What each move adds to a customer's frustration, with 95 % intervals.")
