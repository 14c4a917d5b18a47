"""Figures of sweeps: curves along one setting, maps over two.

A curve is the difference between twins with its interval, point by point. A map shows by colour where a scenario is
better and where it is worse than what it is compared with; where it is worse beyond chance, the field has a frame.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from sim.outcomes import HIGHER, OUTCOMES
from sim.report.figures import EDGE, FAINT, GREY, INK, WIDTH_TWO, _style, _tick, save
from sim.report.tables import number
from sim.study.statistics import OutcomeSpec
from sim.study.sweep import Sweep

Floats = NDArray[np.float64]

LINES = ("#0b4a7d", "#d55e00", "#3f8f5f", "#8c5a9e", "#8a949e")
DIFFERENCE_MAP = LinearSegmentedColormap.from_list(
    "difference", ["#08437a", "#4a90c4", "#b9d7ea", "#f7f7f5", "#f5cfa3", "#dd8433", "#8c3a0c"]
)
"""From better (blue) over no difference to worse (brown)."""

MOST_CURVES = 4
"""Outcomes that are drawn along one setting."""

# All measures in inches.
PANEL_WIDTH, PANEL_HEIGHT, GAP, BELOW, ABOVE = 4.7, 2.3, 0.85, 0.62, 0.5
FIELD_WIDTH, FIELD_HEIGHT = 0.72, 0.44


@dataclass(frozen=True)
class _Curve:
    """One line of a panel."""

    label: str
    x: Floats
    y: Floats
    low: Floats
    high: Floats


def draw(
    comparison: pd.DataFrame,
    sweep: Sweep,
    folder: Path,
    title: str,
    *,
    outcomes: Sequence[OutcomeSpec],
    mapped: Sequence[OutcomeSpec] = (),
    covered: pd.DataFrame | None = None,
) -> list[Path]:
    """Draw what a sweep shows: ``curves`` if it is along one setting of numbers, ``map`` if over two, else nothing.

    Args:
        comparison: the comparisons of its scenarios.
        sweep: the sweep.
        folder: where to.
        title: stands above the panels.
        outcomes: which outcomes, the most important first.
        mapped: which outcomes in a map; the first of `outcomes` if none is said.
        covered: what is known of covered and uncovered compounds, if anything.
    """
    axes = [key for key in sweep.axes if all(math.isfinite(sweep.value(key, label)) for label in sweep.axes[key])]
    if comparison.empty or len(axes) != len(sweep.axes):
        return []
    if len(axes) == 1:
        return save(curves_figure(comparison, sweep, title, outcomes=outcomes, covered=covered), folder / "curves")
    if len(axes) == 2:
        return save(map_figure(comparison, sweep, title, outcomes=mapped or outcomes[:1]), folder / "map")
    return []


# -- curves -----------------------------------------------------------------------------------


def curves_figure(
    comparison: pd.DataFrame,
    sweep: Sweep,
    title: str,
    *,
    outcomes: Sequence[OutcomeSpec],
    covered: pd.DataFrame | None = None,
) -> Figure:
    """Draw differences along one setting, a panel an outcome, a line a scenario.

    Args:
        comparison: what `sim.study.statistics.compare_runs` returns.
        sweep: the sweep, of one setting.
        title: stands above the panels.
        outcomes: which outcomes, the most important first.
        covered: what `sim.study.answers.covered` returns, if anything is known of covered compounds.
    """
    (key,) = sweep.axes
    panels: list[tuple[str, str, list[_Curve]]] = []
    for outcome in outcomes[: 2 if covered is not None else MOST_CURVES]:
        rows = comparison[comparison["outcome"] == outcome.name]
        panels.append((outcome.title, f"difference, {outcome.unit}", _curves(rows, sweep, key)))
    if covered is not None:
        panels[1:1] = _of_compounds(covered, sweep, key)
    if key.endswith(".coverage"):  # what it would be if the effect grew as coverage does
        panels[0][2].extend(_proportional(panels[0][2]))
    note = (
        "Under these assumptions. Mean difference between twins, with its 95% bootstrap interval over replications."
        + (" Dotted: what it would be if the whole effect grew in proportion." if key.endswith(".coverage") else "")
    )
    with _style():
        rows_of_panels = -(-len(panels) // 2)
        figure, top = _paper(WIDTH_TWO, rows_of_panels * (ABOVE + PANEL_HEIGHT + BELOW), title, note)
        width, height = figure.get_size_inches()
        for i, (name, unit, curves) in enumerate(panels):
            row, column = divmod(i, 2)
            left = EDGE + 0.55 + column * (PANEL_WIDTH + GAP)
            low = height - top - (row + 1) * (ABOVE + PANEL_HEIGHT) - row * BELOW
            axes = figure.add_axes((left / width, low / height, PANEL_WIDTH / width, PANEL_HEIGHT / height))
            _panel(axes, name, unit, curves, sweep, key)
    return figure


def _curves(rows: pd.DataFrame, sweep: Sweep, key: str) -> list[_Curve]:
    """Return a line for each scenario and what it is compared with."""
    lines: dict[tuple[str, str], list[tuple[float, ...]]] = {}
    for row in rows.to_dict("records"):
        point, beside = sweep.points[row["scenario"]], sweep.points[row["baseline"]]
        if key not in point.at:
            continue
        x = sweep.value(key, point.at[key])
        line = lines.setdefault((point.scenario, beside.scenario), [])
        line.append((x, row["difference"], row["low"], row["high"]))
    baselines = {baseline for _, baseline in lines}
    out = []
    for (scenario, baseline), found in lines.items():
        x, y, low, high = np.array(sorted(found), dtype=np.float64).T
        name = scenario if len(baselines) == 1 else f"{scenario} - {baseline}"
        out.append(_Curve(name.replace("_", " "), x, y, low, high))
    return out


def _of_compounds(covered: pd.DataFrame, sweep: Sweep, key: str) -> list[tuple[str, str, list[_Curve]]]:
    """Return the panels of covered and uncovered compounds: what is done to them, and who leads."""
    effect, naive = covered[covered["measure"] == "effect"], covered[covered["measure"] == "naive"]
    ability = covered[covered["measure"] == "ability"]
    unit = str(effect["unit"].iloc[0])
    whose = {name: _curves(effect[effect["whose"] == name], sweep, key) for name in ("covered", "uncovered")}
    return [
        ("Effect on the covered compounds", f"difference to the same in the twin, {unit}", whose["covered"]),
        ("Effect on the other compounds", f"difference to the same in the twin, {unit}", whose["uncovered"]),
        ("Covered less other compounds, as without a twin", f"difference, {unit}", _curves(naive, sweep, key)),
        ("Ability of secretaries in office", "0 to 1", _curves(ability, sweep, key)),
    ]


def _proportional(curves: Sequence[_Curve]) -> list[_Curve]:
    """Return straight lines from nothing to the last point of each curve."""
    nothing = np.full(2, np.nan)
    return [_Curve("", np.array([0.0, c.x[-1]]), np.array([0.0, c.y[-1]]), nothing, nothing) for c in curves]


def _panel(axes: Axes, name: str, unit: str, curves: Sequence[_Curve], sweep: Sweep, key: str) -> None:
    """Draw one panel of curves."""
    names = [curve.label for curve in curves if curve.label]
    for curve in curves:
        colour = LINES[names.index(curve.label) % len(LINES)] if curve.label else GREY
        if np.isfinite(curve.low).any():
            axes.fill_between(curve.x, curve.low, curve.high, color=colour, alpha=0.14, linewidth=0)
        if curve.label:
            axes.plot(curve.x, curve.y, color=colour, linewidth=1.6, marker="o", markersize=3.2, label=curve.label)
        else:
            axes.plot(curve.x, curve.y, ":", color=GREY, linewidth=1.0)
    values = [sweep.value(key, label) for label in sweep.axes[key]]
    low, high = min(values), max(values)
    low = 0.0 if 0 < low < 0.2 * high else low
    axes.set_xlim(low - 0.03 * (high - low), high + 0.03 * (high - low))
    if unit != "0 to 1":
        axes.axhline(0, color=INK, linewidth=0.8)
    for label, value in sweep.axes[key].items():
        try:
            float(label)
        except ValueError:  # a value with a name is one to be seen
            axes.axvline(float(value), color=GREY, linewidth=0.8, dashes=(4, 3))
            axes.annotate(label.replace("_", " "), (float(value), 1), (3, -9), xycoords=axes.get_xaxis_transform(),
                          textcoords="offset points", size=7.5, color=GREY)  # fmt: skip
    _scale(axes, "y")
    _scale(axes, "x")
    for side in ("right", "top"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)
    axes.set_axisbelow(True)
    axes.grid(color=FAINT, linewidth=0.5)
    axes.set_title(name[:1].upper() + name[1:], loc="left", size=9.5, weight="bold", color=INK, pad=17)
    axes.annotate(unit, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", size=7.5, color=GREY)
    axes.set_xlabel(key.rpartition(".")[2].replace("_", " "), size=7.5, color=GREY, loc="left", labelpad=3)
    if curves:
        axes.legend(frameon=False, fontsize=7.5, labelcolor=INK, loc="best")


def _scale(axes: Axes, which: str) -> None:
    """Write few and round numbers on an axis."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    low, high = axes.get_ylim() if which == "y" else axes.get_xlim()
    ticks = [tick for tick in axis.get_majorticklocs() if low <= tick <= high]
    step = float(min(np.diff(ticks), default=1.0))
    axis.set_major_formatter(FuncFormatter(lambda x, _: _tick(x, step, max(abs(low), abs(high)))))
    axes.tick_params(axis="both", length=0, pad=4, labelsize=7.5, labelcolor=GREY)


# -- maps -------------------------------------------------------------------------------------


def map_figure(comparison: pd.DataFrame, sweep: Sweep, title: str, *, outcomes: Sequence[OutcomeSpec]) -> Figure:
    """Draw differences over two settings: a row of panels a comparison, a column an outcome.

    Args:
        comparison: what `sim.study.statistics.compare_runs` returns.
        sweep: the sweep, of two settings.
        title: stands above the panels.
        outcomes: which outcomes.
    """
    x_key, y_key = sweep.axes
    names = {name: (point.scenario, point.at) for name, point in sweep.points.items()}
    compared = zip(comparison["scenario"], comparison["baseline"], strict=True)
    pairs = list(dict.fromkeys((names[a][0], names[b][0]) for a, b in compared))
    width_of_panel, height_of_panel = FIELD_WIDTH * len(sweep.axes[x_key]), FIELD_HEIGHT * len(sweep.axes[y_key])
    left_of_all = EDGE + 0.85
    width = max(left_of_all + len(outcomes) * (width_of_panel + GAP), 7.4)
    note = (
        "Under these assumptions. Mean difference between twins over replications: blue is better than what it is "
        "compared with, brown worse; a frame where it is worse beyond chance (95% interval on one side of zero), a "
        "dashed one where only the mean is worse. Colours are scaled to the largest difference of each panel."
    )
    with _style():
        body = len(pairs) * (ABOVE + height_of_panel + BELOW)
        figure, top = _paper(width, body, title, note)
        width, height = figure.get_size_inches()
        for row, pair in enumerate(pairs):
            for column, outcome in enumerate(outcomes):
                left = left_of_all + column * (width_of_panel + GAP)
                low = height - top - (row + 1) * (ABOVE + height_of_panel) - row * BELOW
                axes = figure.add_axes((left / width, low / height, width_of_panel / width, height_of_panel / height))
                mine = [
                    {str(k): v for k, v in found.items()}
                    | {"at": names[found["scenario"]][1] | names[found["baseline"]][1]}
                    for found in comparison[comparison["outcome"] == outcome.name].to_dict("records")
                    if (names[found["scenario"]][0], names[found["baseline"]][0]) == pair
                ]
                _fields(axes, mine, sweep, (x_key, y_key), outcome)
                words = f"{pair[0]} - {pair[1]}: {outcome.title}".replace("_", " ")
                head = "\n".join(textwrap.wrap(words, int(width_of_panel * 11)))
                axes.set_title(head, loc="left", size=8.5, weight="bold", color=INK, pad=5)
                if column == 0:
                    axes.set_ylabel(y_key.rpartition(".")[2].replace("_", " "), size=7.5, color=GREY)
                axes.set_xlabel(
                    x_key.rpartition(".")[2].replace("_", " "), size=7.5, color=GREY, loc="left", labelpad=3
                )
    return figure


def _fields(
    axes: Axes, rows: Sequence[Mapping[Any, Any]], sweep: Sweep, keys: tuple[str, str], outcome: OutcomeSpec
) -> None:
    """Draw one panel of a map."""
    columns, lines = (list(sweep.axes[key]) for key in keys)
    values = np.full((len(lines), len(columns)), np.nan)
    better_up = next((spec.direction == HIGHER for spec in OUTCOMES if spec.name == outcome.name), False)
    sign = -1.0 if better_up else 1.0
    for row in rows:
        at = row["at"]
        if not all(key in at for key in keys):
            continue
        x, y = columns.index(at[keys[0]]), lines.index(at[keys[1]])
        difference, low, high = (float(row[name]) for name in ("difference", "low", "high"))
        values[y, x] = sign * difference
        worse = low > 0 if sign > 0 else high < 0
        if sign * difference > 0:
            frame = Rectangle((x - 0.47, y - 0.47), 0.94, 0.94, fill=False, edgecolor=INK, zorder=3)
            frame.set_linewidth(1.6 if worse else 0.8)
            frame.set_linestyle("-" if worse else (0, (3, 3)))
            axes.add_patch(frame)
    most = max(np.nanmax(np.abs(values), initial=0.0), 1e-12)
    axes.imshow(values, cmap=DIFFERENCE_MAP, vmin=-most, vmax=most, aspect="auto", origin="lower")
    for (y, x), value in np.ndenumerate(values):
        if math.isfinite(value):
            colour = "white" if abs(value) > 0.62 * most else INK
            axes.annotate(
                number(sign * value, most, sign=True), (x, y), ha="center", va="center", size=7.5, color=colour
            )
    axes.set_xticks(range(len(columns)), _ticks(sweep, keys[0]))
    axes.set_yticks(range(len(lines)), _ticks(sweep, keys[1]))
    axes.tick_params(length=0, pad=3, labelsize=7.5, labelcolor=GREY)
    for side in axes.spines.values():
        side.set_visible(False)


def _ticks(sweep: Sweep, key: str) -> list[str]:
    """Return the values of a setting as they are called, and below what they are if that is something else."""
    out = []
    for label in sweep.axes[key]:
        value = sweep.value(key, label)
        same = label.replace(".", "", 1).isdecimal() and float(label) == value
        out.append(label if same else f"{label}\n= {value:g}")
    return out


def _paper(width: float, body: float, title: str, note: str) -> tuple[Figure, float]:
    """Return a figure with its title and explanation, and how much room the title takes."""
    heading = textwrap.wrap(title, int(width * 8.4))
    foot = textwrap.wrap(note, int(width * 15))
    top = EDGE + 0.27 * len(heading)
    bottom = EDGE * 0.8 + 0.16 * len(foot)
    height = top + body + bottom
    figure = Figure(figsize=(width, height), facecolor="white")
    for i, words in enumerate(heading):
        y = 1 - (EDGE + 0.27 * i) / height
        figure.text(EDGE / width, y, words, va="top", size=13, weight="bold", color=INK)
    for i, words in enumerate(foot):
        y = (EDGE * 0.5 + 0.16 * (len(foot) - 1 - i)) / height
        figure.text(EDGE / width, y, words, va="bottom", size=7.5, color=GREY)
    return figure, top
