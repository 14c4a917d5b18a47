"""A figure of press cases: where what the page reported lies among what came out.

A panel a reported number: how often each value came out under the arrangement (bars) and without it (outline), what
has not come about by the end of the run in a bar of its own at the right, and the reported value as a line.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.report.style import EDGE, FAINT, GREY, INK, WIDTH_TWO, house, save
from sim.study.press.kits import MEASURES
from sim.study.press.play import FULL, WITHOUT, Played

Floats = NDArray[np.float64]

BAR, OUTLINE, PAGE = "#9cc3e0", "#0b4a7d", "#b3361f"

FEW, BINS = 16, 24
"""Up to so many different whole numbers each has its own bar; else so many bins."""

COLUMNS, PANEL, BETWEEN = 2, 1.75, 1.1
"""Panels side by side, and their height and distance in inches."""


def draw(played: Sequence[Played], path_stem: str | Path) -> list[Path]:
    """Draw press cases and write the figure as PNG and PDF.

    Args:
        played: what came out of each case.
        path_stem: where to, without ``.png`` and ``.pdf``.

    Returns:
        The files written.
    """
    return save(figure(played), path_stem)


def figure(played: Sequence[Played]) -> Figure:
    """Draw a panel for every reported number of the given cases."""
    with house():
        panels = [(done, measure) for done in played for measure in done.case.reported]
        rows = -(-len(panels) // COLUMNS)
        width = WIDTH_TWO
        heading = ["Press cases: reported beside simulated"]
        foot = textwrap.wrap(
            "Bars: share of worlds under the arrangement. Outline: the same worlds without it. Red: what the page "
            "reported. Worlds share the observable context of the case; noise and uncertain parameters differ. Under "
            "these assumptions. The page is official press and shows selected cases.",
            int(width * 15),
        )
        top, bottom = EDGE + 0.62, EDGE * 0.8 + 0.16 * len(foot)
        height = top + rows * PANEL + (rows - 1) * BETWEEN + 0.55 + bottom
        out = Figure(figsize=(width, height), facecolor="white")
        out.text(EDGE / width, 1 - EDGE / height, heading[0], va="top", size=13, color=INK)
        for i, words in enumerate(foot):
            y = (EDGE * 0.5 + 0.16 * (len(foot) - 1 - i)) / height
            out.text(EDGE / width, y, words, va="bottom", size=7.5, color=GREY)
        left, gap = EDGE + 0.35, 0.65
        share = (width - left - EDGE - gap) / COLUMNS
        for i, (done, measure) in enumerate(panels):
            row, column = divmod(i, COLUMNS)
            x, y = left + column * (share + gap), height - top - row * (PANEL + BETWEEN) - PANEL
            axes = out.add_axes((x / width, y / height, share / width, PANEL / height))
            _panel(axes, done, measure)
        return out


def _panel(axes: Axes, done: Played, measure: str) -> None:
    """Draw how often each value of a measure came out, with and without the arrangement."""
    full, less = done.values[FULL][measure], done.values[WITHOUT][measure]
    told = done.case.reported[measure]
    finite = np.concatenate([v[np.isfinite(v)] for v in (full, less)] + [np.array([told])])
    never = bool(np.isinf(full).any() or np.isinf(less).any())
    edges = _edges(finite)
    yes_no = MEASURES[measure].unit == "share" and whole(finite)
    at = edges[-1] + 0.06 * (edges[-1] - edges[0])  # where the bar of what has not come about begins
    wide = max(edges[1] - edges[0], 0.03 * (edges[-1] - edges[0]))
    for values, filled in ((full, True), (less, False)):
        number = max(int((~np.isnan(values)).sum()), 1)
        heights = np.histogram(values[np.isfinite(values)], edges)[0] / number
        if filled:
            axes.bar(edges[:-1], heights, np.diff(edges), align="edge", color=BAR, edgecolor="white", linewidth=0.5)
        else:
            axes.stairs(heights, edges, color=OUTLINE, linewidth=1.3)
        if never:
            height = np.isinf(values).sum() / number
            if filled:
                axes.bar([at], [height], [wide], align="edge", color=BAR, edgecolor="white", linewidth=0.5)
            else:
                axes.stairs([height], [at, at + wide], color=OUTLINE, linewidth=1.3)
    axes.axvline(told, color=PAGE, linewidth=1.6)
    axes.set_ylim(0, max(axes.get_ylim()[1] * 1.12, 0.1))
    low, high = edges[0], (at + wide if never else edges[-1])
    axes.set_xlim(low - 0.02 * (high - low), high + 0.03 * (high - low))
    near_right = told > low + 0.6 * (high - low)
    axes.annotate(
        f"page: {('no', 'yes')[round(told)] if yes_no else format(told, ',g')}",
        (told, axes.get_ylim()[1]),
        xytext=(-4 if near_right else 4, -4),
        textcoords="offset points",
        ha="right" if near_right else "left",
        va="top",
        color=PAGE,
        size=8.5,
    )
    if never:
        axes.annotate("never", (at + wide / 2, 0), xytext=(0, -14), textcoords="offset points", ha="center", size=7.5)
    axes.set_title(f"{done.case.name}  {done.case.title}", loc="left", size=9.5, color=INK)
    unit = MEASURES[measure].unit
    words = MEASURES[measure].meaning + (f", {unit}" if unit in ("days", "yuan") else "")
    axes.set_xlabel("\n".join(textwrap.wrap(words, 84)[:3]), size=7.5, color=GREY)
    axes.xaxis.labelpad = 10
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.tick_params(colors=GREY, labelsize=7.5, length=2)
    if whole(finite):
        axes.set_xticks(np.arange(np.ceil(edges[0]), edges[-1]) + 0.0)
    axes.xaxis.set_major_formatter(lambda value, _: ("no", "yes")[round(value)] if yes_no else f"{value:,.6g}")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)


def whole(finite: Floats) -> bool:
    """Say whether values are few different whole numbers."""
    return bool(np.all(finite == np.rint(finite))) and float(finite.max() - finite.min()) < FEW


def _edges(finite: Floats) -> Floats:
    """Return edges of bins: one for each whole number where these are few, else equally wide ones."""
    low, high = float(finite.min()), float(finite.max())
    if whole(finite):
        return np.arange(np.floor(low) - 0.5, np.ceil(high) + 1.5)
    return np.linspace(min(low, 0.0), high * 1.02 if high > 0 else 1.0, BINS + 1)
