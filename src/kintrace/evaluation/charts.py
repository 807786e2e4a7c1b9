"""Charts of an evaluation page, each as one inline SVG.

Text stays text (readable to a screen reader, and in the font of the page), nothing points outside the
page, and lines are told apart by their style as well as their colour.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter
from numpy.typing import NDArray

from kintrace.evaluation.metrics import Searches

INK, QUIET, MATED, OTHER = "#1b2a38", "#8a96a3", "#0b5cad", "#c4501b"
WIDE, HIGH = 6.6, 3.4
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "kintrace",
    "font.size": 10,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e3e8ed",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
}

Series = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reliability:
    """Does stated evidence hold? Per bin, on people not used to fit: (bins,) each."""

    stated: Series
    """Log10 of the likelihood ratio the calibration states, mean in the bin."""
    observed: Series
    """Log10 of (share of mated pairs in the bin / share of non-mated pairs in the bin)."""


@dataclass(frozen=True, eq=False)
class LookAlikes:
    """People at or above a score, per search for somebody who is not there: (points,) each."""

    expected: Series
    observed: Series


def det(searches: Searches, at: Sequence[float] = (0.1, 0.01)) -> str:
    """Detection error trade-off: searches that miss the person, over false alarms, as the threshold moves."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _axes("False alarms, per 1,000 searches for people who are not there", "Missed, per 1,000")
        fpir, fnir, _ = searches.det()
        floor_x, floor_y = 0.5 / max(1, searches.alarm.size), 0.5 / max(1, searches.mate.size)
        axes.step(np.maximum(fpir, floor_x), np.maximum(fnir, floor_y), where="post", color=MATED, lw=2)
        for share in at:
            missed = searches.fnir(searches.threshold_at_fpir(share))
            axes.plot(share, max(missed, floor_y), "o", color=INK, ms=6)
            text = f"{1000 * share:g} alarms: {1000 * missed:.0f} missed"
            axes.annotate(text, (share, max(missed, floor_y)), (8, 8), textcoords="offset points")
        axes.set(xscale="log", yscale="log", xlim=(floor_x, 1), ylim=(floor_y, 1))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{1000 * value:g}"))
            axis.set_minor_formatter(NullFormatter())
        return _svg(figure, "Missed searches over false alarms, both on logarithmic scales")


def cmc(searches: Searches, ranks: int = 50) -> str:
    """Cumulative match characteristic: who is found among the first candidates, if no threshold is set."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _axes("Candidates looked at", "Found, of 1,000 searches")
        found = searches.cmc(ranks)
        axes.step(np.arange(1, found.size + 1), 1000 * found, where="post", color=MATED, lw=2)
        low = 1000 * float(found.min(initial=1.0))
        axes.set(xlim=(1, max(2, found.size)), ylim=(max(0.0, 1000 - 1.3 * (1005 - low)), 1002))
        axes.set_xticks([1, *(rank for rank in (5, 10, 20, 30, 40, 50) if rank <= found.size)])
        return _svg(figure, "Share of people found among the first candidates, by number of candidates")


def histogram(searches: Searches, threshold: float | None, mark: str) -> str:
    """Scores of the same person's photos, of two people's, and the best score of each search for nobody."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _axes("Comparison score", "Relative frequency")
        counts, edges = searches.histogram
        best = searches.alarm[np.isfinite(searches.alarm)]
        mate = searches.mate[np.isfinite(searches.mate)]
        # Broader bins for hundreds of scores than for millions, or the shape drowns in noise.
        coarse = edges[::3]
        for values, bins, colour, style, label in (
            (None, edges, QUIET, "-", "two different people"),
            (best, coarse, OTHER, "--", "best candidate, person not there"),
            (mate, coarse, MATED, "-", "two photos of one person"),
        ):
            heights = counts if values is None else np.histogram(values, bins)[0]
            density = heights / max(1, heights.sum()) / np.diff(bins)
            axes.stairs(density, bins, color=colour, lw=1.8, ls=style, label=label)
            axes.stairs(density, bins, color=colour, fill=True, alpha=0.18)
        if threshold is not None:
            axes.axvline(threshold, color=INK, lw=1.2, ls=":")
            axes.annotate(
                mark,
                (threshold, 0.97),
                (5, 0),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                va="top",
            )
        axes.set_yticks([])
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, fontsize=8.5, columnspacing=1.2)
        return _svg(figure, "Distribution of comparison scores for one person and for different people")


def discard(shares: Series, curves: Sequence[tuple[str, Series]]) -> str:
    """Error versus discard: errors left when the photos of lowest quality are set aside."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _axes("Pairs of lowest quality set aside, of 100", "Missed, of 1,000 that are left")
        styles = ((MATED, "-"), (OTHER, "--"))
        for (label, missed), (colour, style) in zip(curves, styles, strict=False):
            axes.plot(100 * shares, 1000 * missed, color=colour, ls=style, lw=2, label=label)
            axes.axhline(1000 * float(missed[0]), color=colour, lw=0.8, ls=":")
        axes.set(xlim=(0, 100 * float(shares[-1])))
        axes.set_ylim(bottom=0)
        axes.legend(loc="best")
        return _svg(figure, "Errors left, by share of low-quality pairs set aside")


def reliability(found: Reliability) -> str:
    """Stated against observed likelihood ratios, with the line where they agree."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _axes("Strength stated (likelihood ratio)", "Strength observed")
        _agreement(axes, found.stated, found.observed)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(_power))
        return _svg(figure, "Likelihood ratios observed, over those stated")


def look_alikes(found: LookAlikes) -> str:
    """Expected against observed look-alikes, with the line where they agree."""
    with matplotlib.rc_context(STYLE):
        figure, axes = _axes("Look-alikes expected, per search", "Look-alikes observed")
        some = (found.expected > 0) & (found.observed > 0)
        _agreement(axes, np.log10(found.expected[some]), np.log10(found.observed[some]))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(
                FuncFormatter(lambda value, _: f"{10**value:,.0f}" if value >= 0 else f"{10**value:g}")
            )
        return _svg(figure, "Look-alikes observed, over those expected")


def _agreement(axes: Any, stated: Series, observed: Series) -> None:
    both = np.concatenate([stated, observed])
    both = both[np.isfinite(both)]
    ends = (np.floor(both.min()), np.ceil(both.max())) if both.size else (-1.0, 1.0)
    axes.plot(ends, ends, color=QUIET, lw=1.2, ls="--", label="as stated")
    axes.plot(stated, observed, "o-", color=MATED, lw=1.5, ms=4, label="observed")
    axes.set(xlim=ends, ylim=ends)
    axes.locator_params(nbins=7, integer=True)
    axes.legend(loc="upper left")


def _power(exponent: float, _: object) -> str:
    if exponent != round(exponent):
        return ""
    value = 10 ** abs(round(exponent))
    return f"{value:,}" if exponent >= 0 else f"1/{value:,}"


def _axes(across: str, up: str) -> tuple[Figure, Any]:
    figure = Figure(figsize=(WIDE, HIGH), layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    return figure, axes


def _svg(figure: Figure, name: str) -> str:
    file = io.StringIO()
    figure.patch.set_alpha(0)
    canvas: Any = FigureCanvasSVG(figure)
    canvas.print_svg(file, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    # Inside HTML an <svg> needs no namespaces; without them the page holds no address at all.
    head, body = file.getvalue().split("<svg", 1)[1].split(">", 1)
    box = re.findall(r'viewBox="[^"]*"', head)[0]
    # Several charts share a page: a rule for "*" would leave its chart, and group names would repeat as ids.
    body = re.sub(r"<style.*?</style>", "", body, flags=re.DOTALL)
    body = re.sub(r'<g id="[^"]*"', "<g", body)
    body = re.sub(r"font-family: [^;\"]*;?", "", body)
    return f'<svg role="img" aria-label="{name}" {box}>{body}'
