"""The evaluation as one HTML page, with its pictures inside; works offline."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from exemplar.emotion.evaluation import Bin, Evaluation, FineEvaluation
from exemplar.emotion.taxonomy import EMOTIONS
from exemplar.files import write_whole

#: Dark on light, and told apart by colour-blind readers (Okabe & Ito, 2008).
_BLUE: Final = "#0072b2"

_PAGES: Final = Environment(
    loader=PackageLoader("exemplar.emotion"),
    autoescape=select_autoescape(),
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(result: Evaluation | FineEvaluation, of: str) -> str:
    """Returns the page.

    Args:
        result: what was measured.
        of: what it was measured on, as a person would say it.
    """
    pictures: dict[str, Markup] = {}
    if isinstance(result, Evaluation):
        pictures = {
            "confusion": _confusion(result.confusion),
            "reliability": _reliability(result.reliability),
        }
    return _PAGES.get_template("evaluation.html").render(
        result=result, of=of, today=date.today().isoformat(), pictures=pictures
    )


def write(result: Evaluation | FineEvaluation, of: str, file: Path) -> None:
    """Writes the page; makes its folder where there is none."""
    content = page(result, of).encode()
    write_whole(file, lambda output: output.write(content))


def _figure(width: float, height: float) -> tuple[Any, Any]:
    """Returns a figure of a size in inches and its axes, on no screen."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def _svg(figure: Any, alt: str) -> Markup:
    """Returns a figure as SVG for the page; the same figure gives the same bytes."""
    import matplotlib as mpl

    output = io.StringIO()
    # Letters stay letters: searchable, and a third of the size.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "exemplar"}):
        figure.savefig(output, format="svg", transparent=True, metadata={"Date": None})
    svg = output.getvalue()
    svg = svg[svg.index("<svg") :].replace("<svg", '<svg role="img"', 1)
    return Markup('<div class="picture" aria-label="{}">{}</div>').format(alt, Markup(svg))


def _confusion(counts: npt.NDArray[np.int64]) -> Markup:
    """Draws messages by label (row) and reading (column), each row coloured by its shares."""
    figure, axes = _figure(6.4, 5.6)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(*counts.shape):
        if counts[row, column]:
            colour = "white" if shares[row, column] > 0.55 else "#222222"
            axes.text(
                column, row, counts[row, column], ha="center", va="center", color=colour, size=9
            )
    axes.set_xticks(range(len(EMOTIONS)), EMOTIONS, rotation=40, ha="right")
    axes.set_yticks(range(len(EMOTIONS)), EMOTIONS)
    axes.set_xlabel("read")
    axes.set_ylabel("labelled")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return _svg(figure, "Confusion matrix: labelled emotions in rows, emotions read in columns.")


def _reliability(bins: tuple[Bin, ...]) -> Markup:
    """Draws the share that was frustrated against the score that said so."""
    figure, axes = _figure(5.2, 5.0)
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=1, linestyle="--", label="perfect")
    scores, shares = [one.score for one in bins], [one.share for one in bins]
    axes.plot(scores, shares, color=_BLUE, linewidth=1.5)
    sizes = [20 + 250 * one.messages / max(other.messages for other in bins) for one in bins]
    axes.scatter(scores, shares, s=sizes, color=_BLUE, alpha=0.75, label="measured")
    for one in bins:
        axes.annotate(
            str(one.messages),
            (one.score, one.share),
            xytext=(9, -11),
            textcoords="offset points",
            size=8,
            color="#444444",
        )
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlabel("frustration score")
    axes.set_ylabel("share frustrated or angry")
    axes.grid(color="#eeeeee")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper left", frameon=False)
    return _svg(figure, "Reliability diagram: what a frustration score said, against what was so.")
