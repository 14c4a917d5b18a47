"""A figure of press cases: where what the page reported lies among what came out.

A panel a reported number: how often each value came out under the arrangement (bars) and without it (outline), what
has not come about by the end of the run in a bar of its own at the right, and the reported value as a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.report import press_labels
from sim.report.labels import ENGLISH, UNDER, Language, Text
from sim.report.style import (
    EDGE,
    GREY,
    MEAN,
    RED,
    SKY,
    SMALL,
    SMALL_LINE,
    TITLE_LINE,
    WIDTH_TWO,
    capital,
    foot,
    foot_lines,
    heading,
    house,
    panel_title,
    plain,
    save_all,
    title_lines,
    wrap,
)
from sim.study.press.kits import MEASURES
from sim.study.press.play import FULL, WITHOUT, Played

Floats = NDArray[np.float64]

TITLE = Text("Press cases: reported beside simulated", "报道的案例：报道的数与模拟的数")
NOTE = Text(
    "Bars: share of worlds under the arrangement. Outline: the same worlds without it. Upright line: what the "
    "page reported. Worlds share the observable context of the case; noise and uncertain parameters differ. The page "
    "is official press and shows selected cases.",
    "浅色柱：有“一肩挑”的世界所占比例；深色轮廓：同样的世界，没有“一肩挑”；竖线：版面报道的数。"
    "各世界与案例可观察的情况相同，偶然性和不确定的参数不同。版面是官方报道，案例是挑选过的。",
)
PAGE = Text("page: {value}", "报道：{value}")
NOT_COME = Text("never", "始终没有")
NO_YES = (Text("no", "否"), Text("yes", "是"))

FEW, BINS = 16, 24
"""Up to so many different whole numbers each has its own bar; else so many bins."""

COLUMNS, PANEL, BETWEEN = 2, 1.75, 1.05
"""Panels side by side, and their height and distance in inches."""

LEFT, GAP, ABOVE, BELOW = 0.35, 0.65, 0.4, 0.6
"""Inches left of the axes, between columns, above the first row and below the last."""


def draw(played: Sequence[Played], path_stem: str | Path) -> list[Path]:
    """Draw press cases in every language and write each as PNG and PDF.

    Args:
        played: what came out of each case.
        path_stem: where to, without the ends of the files' names.

    Returns:
        The files written.

    Raises:
        StoreError: a file cannot be written.
    """
    return save_all(lambda language: figure(played, language), path_stem)


def figure(played: Sequence[Played], language: Language = ENGLISH) -> Figure:
    """Draw a panel for every reported number of the given cases, in a language."""
    with house():
        panels = [(done, measure) for done in played for measure in done.case.reported]
        rows, width = -(-len(panels) // COLUMNS), WIDTH_TWO
        head = title_lines(TITLE(language), width)
        note = foot_lines(f"{UNDER(language)} {NOTE(language)}", width)
        top, bottom = EDGE + TITLE_LINE * len(head) + ABOVE, EDGE * 0.8 + SMALL_LINE * len(note)
        height = top + rows * PANEL + (rows - 1) * BETWEEN + BELOW + bottom
        out = Figure(figsize=(width, height), facecolor="white")
        heading(out, head)
        foot(out, note)
        left = EDGE + LEFT
        share = (width - left - EDGE - GAP) / COLUMNS
        for i, (done, measure) in enumerate(panels):
            row, column = divmod(i, COLUMNS)
            x, y = left + column * (share + GAP), height - top - row * (PANEL + BETWEEN) - PANEL
            axes = out.add_axes((x / width, y / height, share / width, PANEL / height))
            _panel(axes, done, measure, share, language)
        return out


def _panel(axes: Axes, done: Played, measure: str, width: float, language: Language) -> None:
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
        _bars(axes, heights, edges, filled)
        if never:
            _bars(axes, np.array([np.isinf(values).sum() / number]), np.array([at, at + wide]), filled)
    axes.axvline(told, color=RED, linewidth=1.6)
    axes.set_ylim(0, max(axes.get_ylim()[1] * 1.2, 0.1))
    low, high = edges[0], (at + wide if never else edges[-1])
    axes.set_xlim(low - 0.02 * (high - low), high + 0.03 * (high - low))
    near_right = told > low + 0.6 * (high - low)
    axes.annotate(
        PAGE(language, value=NO_YES[round(told)](language) if yes_no else format(told, ",g")),
        (told, axes.get_ylim()[1]),
        xytext=(-4 if near_right else 4, -2),
        textcoords="offset points",
        ha="right" if near_right else "left",
        va="top",
        color=RED,
        size=SMALL + 1,
    )
    plain(axes, keep=("bottom", "left"))
    if never:
        axes.annotate(
            NOT_COME(language), (at + wide / 2, 0), xytext=(0, -4), textcoords="offset points", ha="center", va="top",
            size=SMALL, color=GREY,
        )  # fmt: skip
    panel_title(axes, f"{done.case.name}  {capital(press_labels.case(done.case.name, language, done.case.title))}")
    words = capital(press_labels.measure(measure, language, MEASURES[measure].meaning))
    axes.set_xlabel("\n".join(wrap(words, width * 17, most=2)), size=SMALL, color=GREY, loc="left", labelpad=5)
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick <= 1])
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    if whole(finite):
        axes.set_xticks(np.arange(np.ceil(edges[0]), edges[-1]) + 0.0)
    elif never:  # the room of what never comes about has no numbers
        axes.set_xticks([tick for tick in axes.get_xticks() if low <= tick <= edges[-1]])
    axes.xaxis.set_major_formatter(lambda value, _: NO_YES[round(value)](language) if yes_no else f"{value:,.6g}")


def _bars(axes: Axes, heights: Floats, edges: Floats, filled: bool) -> None:
    """Draw the worlds under the arrangement as bars, those without it as an outline."""
    if filled:
        axes.bar(edges[:-1], heights, np.diff(edges), align="edge", color=SKY, alpha=0.6, edgecolor="white", lw=0.5)
    else:
        axes.stairs(heights, edges, color=MEAN, linewidth=1.3)


def whole(finite: Floats) -> bool:
    """Say whether values are few different whole numbers."""
    return bool(np.all(finite == np.rint(finite))) and float(finite.max() - finite.min()) < FEW


def _edges(finite: Floats) -> Floats:
    """Return edges of bins: one for each whole number where these are few, else equally wide ones."""
    low, high = float(finite.min()), float(finite.max())
    if whole(finite):
        return np.arange(np.floor(low) - 0.5, np.ceil(high) + 1.5)
    return np.linspace(min(low, 0.0), high * 1.02 if high > 0 else 1.0, BINS + 1)
