"""A map of twins: one replication's world at the end of its run in two scenarios, and the difference between them.

Both are the same world with the same people, rain and quarrels up to the first thing that the scenarios do
differently. One replication is a picture, no finding: how often what is seen here comes about stands in the comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PatchCollection
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sim.report import labels, style
from sim.report.labels import ENGLISH, Language, Text
from sim.report.style import EDGE, GREY, INK, SMALL, WIDTH_TWO
from sim.report.tables import number
from sim.space import LAND_USE

Floats = NDArray[np.float64]

WHAT = Text("severity of what is suffered, per inhabited flat", "未解决困扰的严重程度，按有人居住的住房平均")
TITLE = Text("One world, twice: replication {k} after {days} days", "同一个世界的两种经历：第 {k} 次重复，第 {days} 天")
MINUS = Text("{scenario} − {baseline}", "{scenario} − {baseline}")
TOTAL = Text(
    "severity {severity} / 1,000 inhabited flats; {roofs} roofs leak", "严重程度每千户 {severity}；{roofs} 个房顶漏雨"
)
CHANGE = Text(
    "severity {severity} / 1,000 inhabited flats; {roofs} roofs", "严重程度每千户 {severity}；房顶 {roofs} 个"
)
EXPLANATION = Text(
    "Under these assumptions. Each square is a building; grey bands are roads, light squares land on which nothing "
    "stands. Colour: {what}. Blue dot: its roof leaks (right: orange leaks only in {scenario}, blue only in "
    "{baseline}). One pair of twins is a picture, not a finding.",
    "以上均在所设假设之下。每个方格是一栋楼，灰色条带是道路，浅色方格是空地。颜色：{what}。圆点：楼顶漏雨（右图：橙色只在"
    "“{scenario}”里漏，蓝色只在“{baseline}”里漏）。一对“双胞胎”只是一幅画面，不是结论。",
)

ROAD, OPEN, EMPTY, EDGES = "#c9cfd5", "#f6f7f5", "#e4e7ea", "#b4bcc4"
NOTHING = 1e-9
"""End of a scale of nothing."""

# Inches.
GAP, HEAD, BAR = 0.3, 0.62, 0.62


@dataclass(frozen=True)
class Twins:
    """What is drawn.

    Attributes:
        pair: scenario and baseline.
        replication: which.
        days: how long they have lived.
        cells: the cells that are not open land, one row each: ``x``, ``y``, ``land_use``, ``flats``, and of the
            scenario (``_a``) and the baseline (``_b``) ``unresolved`` (severity) and ``roofs`` (that leak).
    """

    pair: tuple[str, str]
    replication: int
    days: int
    cells: pd.DataFrame


def twins(cells: pd.DataFrame, runs: pd.DataFrame, pair: tuple[str, str]) -> Twins:
    """Take one pair of twins from the table of cells: the first replication that is there.

    Args:
        cells: the table of cells.
        runs: the table of runs.
        pair: scenario and baseline.

    Raises:
        ValueError: there is no such pair.
    """
    a, b = (cells[cells["scenario"] == name] for name in pair)
    both = np.intersect1d(a["replication"].unique(), b["replication"].unique())
    if not len(both):
        raise ValueError(f"there are no cells of twins in {pair[0]} and {pair[1]}")
    k = int(both[0])
    days = int(runs.loc[(runs["scenario"] == pair[0]) & (runs["replication"] == k), "days"].iloc[0])
    sides: list[pd.DataFrame | pd.Series] = []
    for side, letter in ((a, "a"), (b, "b")):
        mine = side[side["replication"] == k].set_index(["x", "y"])
        mine = mine.assign(unresolved=mine["unresolved_thousandths"] / 1000, roofs=mine["leaking_roofs"])
        sides.append(mine[["unresolved", "roofs"]].add_suffix(f"_{letter}"))
    place = b[b["replication"] == k].set_index(["x", "y"])[["land_use", "settlement", "flats"]]
    return Twins(pair, k, days, place.join(sides).reset_index())


def twin_maps(cells: pd.DataFrame, runs: pd.DataFrame, path_stem: str | Path, pair: tuple[str, str]) -> list[Path]:
    """Draw the map of twins, in every language, and write each as PNG and PDF; see `twins`.

    Args:
        cells: the table of cells.
        runs: the table of runs.
        path_stem: where to, without ``.png`` and ``.pdf``.
        pair: scenario and baseline.

    Returns:
        The files written.

    Raises:
        StoreError: a file cannot be written.
    """
    drawn = twins(cells, runs, pair)
    return style.save_all(lambda language: twin_maps_figure(drawn, language), path_stem, shades=256)


def twin_maps_figure(drawn: Twins, language: Language = ENGLISH) -> Figure:
    """Draw the baseline, the scenario and the difference side by side.

    Args:
        drawn: what `twins` returns.
        language: of the words.
    """
    with style.house():
        return _lay_out(drawn, language)


def _lay_out(drawn: Twins, language: Language) -> Figure:
    """Lay the three maps out."""
    names = [labels.scenario(name, language) for name in drawn.pair]
    explanation = EXPLANATION(language, what=WHAT(language), scenario=names[0], baseline=names[1])
    heading = style.title_lines(TITLE(language, k=drawn.replication, days=drawn.days), WIDTH_TWO)
    foot = style.foot_lines(explanation, WIDTH_TWO)
    right, up = int(drawn.cells["x"].max()) + 1, int(drawn.cells["y"].max()) + 1
    width = (WIDTH_TWO - 2 * EDGE - 2 * GAP) / 3
    body = min(width * up / right, 7.0)
    top = EDGE + style.TITLE_LINE * len(heading)
    height = top + HEAD + body + BAR + EDGE * 0.8 + style.SMALL_LINE * len(foot)
    figure = Figure(figsize=(WIDTH_TWO, height), facecolor="white")
    style.heading(figure, heading)
    style.foot(figure, foot)

    cells = drawn.cells
    flats = cells["flats"].to_numpy(np.float64)
    each = {side: _per_flat(cells[f"unresolved_{side}"], flats) for side in "ab"}
    most = max(_largest(each["a"]), _largest(each["b"]))
    change = each["a"] - each["b"]
    widest = _largest(change)
    shades, differences = Normalize(0, most), Normalize(-widest, widest)
    roofs = {side: cells[f"roofs_{side}"].to_numpy(np.int64) for side in "ab"}
    severity = {side: float(cells[f"unresolved_{side}"].sum()) / max(flats.sum(), 1) * 1000 for side in "ab"}
    less = MINUS(language, scenario=names[0], baseline=names[1])
    panels: Sequence[tuple[str, str, Floats, Normalize, Colormap, list[tuple[NDArray[np.bool_], str]]]] = (
        (
            names[1],
            TOTAL(language, severity=number(severity["b"]), roofs=roofs["b"].sum()),
            each["b"],
            shades,
            style.WORSE_MAP,
            [(roofs["b"] > 0, style.BLUE)],
        ),
        (
            names[0],
            TOTAL(language, severity=number(severity["a"]), roofs=roofs["a"].sum()),
            each["a"],
            shades,
            style.WORSE_MAP,
            [(roofs["a"] > 0, style.BLUE)],
        ),
        (
            less,
            CHANGE(
                language,
                severity=number(severity["a"] - severity["b"], severity["b"], sign=True),
                roofs=f"{roofs['a'].sum() - roofs['b'].sum():+d}",
            ),
            change,
            differences,
            style.DIFFERENCE_MAP,
            [(roofs["a"] > roofs["b"], style.RED), (roofs["a"] < roofs["b"], style.BLUE)],
        ),
    )
    for i, (name, said, values, norm, colours, dots) in enumerate(panels):
        left, low = EDGE + i * (width + GAP), height - top - HEAD - body
        axes = figure.add_axes((left / WIDTH_TWO, low / height, width / WIDTH_TWO, body / height))
        axes.set_xlim(0, right)
        axes.set_ylim(0, up)
        axes.set_aspect("equal", anchor="NW")
        axes.set_axis_off()
        _map(axes, cells, values, norm, colours, dots, min(width / right, body / up))
        x = left / WIDTH_TWO
        figure.text(x, (low + body + 0.3) / height, style.capital(name), size=style.PANEL, color=INK)
        figure.text(x, (low + body + 0.1) / height, said, size=SMALL, color=GREY)
        _scale(figure, left, low - 0.3, width * 0.6, norm, colours)
    return figure


def _per_flat(severity: pd.Series, flats: Floats) -> Floats:
    """Return what is suffered on a cell per inhabited flat, missing where nobody lives."""
    out: Floats = np.full(len(flats), np.nan)
    np.divide(severity.to_numpy(np.float64), flats, out=out, where=flats > 0)
    return out


def _largest(values: Floats) -> float:
    """Return the largest size that is known, a trifle more than nothing if there is none."""
    return max(float(np.abs(values[~np.isnan(values)]).max(initial=0.0)), NOTHING)


def _map(
    axes: Axes,
    cells: pd.DataFrame,
    values: Floats,
    norm: Normalize,
    colours: Colormap,
    dots: Sequence[tuple[NDArray[np.bool_], str]],
    side: float,
) -> None:
    """Draw land, roads, buildings and roofs that leak; `side` is that of a cell in inches."""
    axes.add_patch(Rectangle((0, 0), *(int(cells[c].max()) + 1 for c in "xy"), facecolor=OPEN, linewidth=0))
    x, y = cells["x"].to_numpy(np.float64), cells["y"].to_numpy(np.float64)
    road = cells["land_use"].to_numpy() == LAND_USE["road"]
    _squares(axes, x[road], y[road], 1.0, [ROAD] * int(road.sum()))
    built = ~road
    faces = [EMPTY if np.isnan(v) else colours(norm(v)) for v in values[built]]
    _squares(axes, x[built], y[built], 0.86, faces, EDGES)
    for mask, colour in dots:
        size = max(0.22 * side * 72, 1.2)
        axes.plot(x[mask] + 0.5, y[mask] + 0.5, "o", color=colour, markersize=size, markeredgecolor="white", mew=0.7)


def _squares(axes: Axes, x: Floats, y: Floats, size: float, faces: Sequence[object], edge: str = "none") -> None:
    """Draw squares in the middle of cells."""
    shift = (1 - size) / 2
    patches = [Rectangle((a + shift, b + shift), size, size) for a, b in zip(x, y, strict=True)]
    axes.add_collection(PatchCollection(patches, facecolors=faces, edgecolors=edge, linewidths=0.5), autolim=False)


def _scale(figure: Figure, left: float, low: float, length: float, norm: Normalize, colours: Colormap) -> None:
    """Draw the scale of colours below a map."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((left / width, low / height, length / width, 0.1 / height))
    bar = figure.colorbar(ScalarMappable(norm, colours), cax=axes, orientation="horizontal")
    bar.outline.set_visible(False)
    ends = [float(norm.vmin or 0.0), float(norm.vmax or 0.0)]
    middle = [0.0] if ends[0] < 0 else []
    # Where nothing is suffered, or nothing differs, there is no scale but for 0.
    marked = [ends[0], *middle, ends[1]] if ends[1] > NOTHING else [0.0]
    bar.set_ticks(marked)
    bar.set_ticklabels([number(v, ends[1], sign=ends[0] < 0) if v else "0" for v in marked])
    axes.tick_params(length=0, pad=3, labelsize=SMALL, labelcolor=GREY)
