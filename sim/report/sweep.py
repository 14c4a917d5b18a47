"""Figures of sweeps: curves along one setting, maps over two.

A curve is the difference between twins with its interval, point by point. A map shows by colour where a scenario is
better and where it is worse than what it is compared with; where it is worse beyond chance, the field has a frame.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sim.outcomes import HIGHER, OUTCOMES
from sim.report import labels
from sim.report.labels import AGAINST, DIFFERENCE, UNDER, Language, Text
from sim.report.style import (
    BLUE,
    DIFFERENCE_MAP,
    EDGE,
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PINK,
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
    save_all,
    scale,
    title_lines,
    wrap,
)
from sim.report.tables import number
from sim.study.naive import ESTIMATES
from sim.study.statistics import OutcomeSpec
from sim.study.sweep import Sweep

Floats = NDArray[np.float64]

LINES = (BLUE, ORANGE, GREEN, PINK, GREY)

EFFECT_COVERED = Text("Effect on the covered compounds", "对被覆盖小区的作用")
EFFECT_OTHERS = Text("Effect on the other compounds", "对其余小区的作用")
NAIVE = Text("Covered less other compounds, as without a twin", "被覆盖减其余：没有对照时看到的差距")
ABILITY = Text("Ability of secretaries in office", "在任书记的能力")
TO_TWIN = Text("difference to the same in the twin, {unit}", "与对照中相同小区之差，{unit}")
DIFFERENCE_IN = Text("difference, {unit}", "差值，{unit}")
SETTINGS = {
    "coverage": Text("coverage", "覆盖面"),
    "crews": Text("crews", "班组数"),
    "circuit_hours": Text("hours of a circuit, once a week", "每周一次巡回的小时数"),
    "detected": Text("detected", "每年被发现的概率"),
    "integrity_a": Text("integrity (mean, and first shape)", "廉洁程度（均值与第一形状参数）"),
}
"""What settings along an axis are called; others by their name."""

VALUES = {"today": Text("today", "目前")}
"""What named values are called; others as they are written."""

CURVES_NOTE = Text(
    "Mean difference between twins, with its 95% bootstrap interval over replications.",
    "对照之差的均值，带95%自助法区间（对重复次数）。",
)
PROPORTIONAL = Text(
    "Dotted: what it would be if the whole effect grew in proportion.", "点线：假如全面推行的作用按比例增长。"
)
MAP_NOTE = Text(
    "Mean difference between twins over replications: blue is better than what it is compared with, brown worse; a "
    "frame where it is worse beyond chance (95% interval on one side of zero), a dashed one where only the mean is "
    "worse. Colours are scaled to the largest difference of each panel.",
    "对照之差的均值：蓝色为好于所比对象，棕色为差；实框处差得超出偶然（95%区间在零的一侧），虚框处只是均值较差。"
    "颜色按各图最大的差值定标。",
)
WITHHELD_WORDS = Text("public income kept or taken back by companies", "物业公司留用或收回的公共收益")

MOST_CURVES = 4
"""Outcomes that are drawn along one setting."""

# All measures in inches.
PANEL_WIDTH, PANEL_HEIGHT, GAP, BELOW, ABOVE = 4.7, 2.3, 0.85, 0.62, 0.5
FIELD_WIDTH, FIELD_HEIGHT = 0.72, 0.44
NAMES = 0.2
"""Room above a panel for names of values and the legend, over the height of what is drawn."""


@dataclass(frozen=True)
class _Curve:
    """One line of a panel."""

    label: str
    x: Floats
    y: Floats
    low: Floats
    high: Floats


def drawn(sweep: Sweep) -> list[str]:
    """Return which figure shows a sweep: ``curves`` along one setting of numbers, ``map`` over two, else none."""
    numbers = [key for key in sweep.axes if all(math.isfinite(sweep.value(key, label)) for label in sweep.axes[key])]
    if len(numbers) != len(sweep.axes):
        return []
    return {1: ["curves"], 2: ["map"]}.get(len(numbers), [])


def curves(
    comparison: pd.DataFrame,
    sweep: Sweep,
    path_stem: str | Path,
    title: Text,
    *,
    outcomes: Sequence[OutcomeSpec],
    naive: pd.DataFrame | None = None,
    leaders: pd.DataFrame | None = None,
) -> list[Path]:
    """Draw `curves_figure` in both languages as PNG and PDF.

    Args:
        comparison: the comparisons of a sweep's scenarios.
        sweep: the sweep, of one setting.
        path_stem: where to, without the ends of the files' names.
        title: stands above the panels.
        outcomes: which outcomes, the most important first.
        naive: what is known of covered and other compounds, if anything.
        leaders: what is known of those in office, if anything.
    """
    return save_all(
        lambda language: curves_figure(
            comparison, sweep, title, outcomes=outcomes, naive=naive, leaders=leaders, language=language
        ),
        path_stem,
    )


def grid_map(
    comparison: pd.DataFrame, sweep: Sweep, path_stem: str | Path, title: Text, *, outcomes: Sequence[OutcomeSpec]
) -> list[Path]:
    """Draw `map_figure` in both languages as PNG and PDF.

    Args:
        comparison: the comparisons of a sweep's scenarios.
        sweep: the sweep, of two settings.
        path_stem: where to, without the ends of the files' names.
        title: stands above the panels.
        outcomes: which outcomes.
    """
    return save_all(
        lambda language: map_figure(comparison, sweep, title, outcomes=outcomes, language=language), path_stem
    )


# -- curves -----------------------------------------------------------------------------------


def curves_figure(
    comparison: pd.DataFrame,
    sweep: Sweep,
    title: Text,
    *,
    outcomes: Sequence[OutcomeSpec],
    naive: pd.DataFrame | None = None,
    leaders: pd.DataFrame | None = None,
    language: Language = "en",
) -> Figure:
    """Draw differences along one setting, a panel an outcome, a line a scenario.

    Args:
        comparison: what `sim.study.statistics.compare_runs` returns.
        sweep: the sweep, of one setting.
        title: stands above the panels.
        outcomes: which outcomes, the most important first.
        naive: what `sim.study.naive.estimates` returns, if anything is known of covered and other compounds.
        leaders: what `sim.study.answers.leaders` returns, if anybody leads.
        language: in which language.
    """
    (key,) = sweep.axes
    panels: list[tuple[str, str, list[_Curve]]] = []
    for outcome in outcomes[: 2 if naive is not None else MOST_CURVES]:
        rows = comparison[comparison["outcome"] == outcome.name]
        panels.append((_called(outcome, language), _unit(outcome.unit, language), _curves(rows, sweep, key, language)))
    if naive is not None:
        panels[1:1] = _of_compounds(naive, leaders, sweep, key, language)
    if key.endswith(".coverage"):  # what it would be if the effect grew as coverage does
        panels[0][2].extend(_proportional(panels[0][2]))
    note = [UNDER, CURVES_NOTE, *([PROPORTIONAL] if key.endswith(".coverage") else [])]
    with house():
        rows_of_panels = -(-len(panels) // 2)
        body = rows_of_panels * (ABOVE + PANEL_HEIGHT + BELOW)
        figure, top = _paper(WIDTH_TWO, body, title, note, language)
        width, height = figure.get_size_inches()
        for i, (name, unit, lines) in enumerate(panels):
            row, column = divmod(i, 2)
            left = EDGE + 0.55 + column * (PANEL_WIDTH + GAP)
            low = height - top - (row + 1) * (ABOVE + PANEL_HEIGHT) - row * BELOW
            axes = figure.add_axes((left / width, low / height, PANEL_WIDTH / width, PANEL_HEIGHT / height))
            _panel(axes, name, unit, lines, sweep, key, language)
    return figure


def _called(outcome: OutcomeSpec, language: Language) -> str:
    """Return what an outcome is called."""
    if outcome.name == "withheld_yuan":
        return WITHHELD_WORDS(language)
    return labels.outcome(outcome.name, language, outcome.title)


def _unit(unit: str, language: Language, text: Text = DIFFERENCE_IN) -> str:
    """Return what is measured, and its unit."""
    words = labels.unit(unit, language)
    return text(language, unit=words) if words else DIFFERENCE(language)


def _curves(rows: pd.DataFrame, sweep: Sweep, key: str, language: Language) -> list[_Curve]:
    """Return a line for each scenario and what it is compared with."""
    lines: dict[tuple[str, str], list[tuple[float, ...]]] = {}
    for row in rows.to_dict("records"):
        point, beside = sweep.points[row["scenario"]], sweep.points[row["baseline"]]
        if key not in point.at:
            continue
        x = sweep.value(key, point.at[key])
        other = beside.scenario if row["baseline"] != row["scenario"] else ""
        line = lines.setdefault((point.scenario, other), [])
        line.append((x, row["difference"], row["low"], row["high"]))
    baselines = {baseline for _, baseline in lines}
    out = []
    for (scenario, baseline), found in lines.items():
        x, y, low, high = np.array(sorted(found), dtype=np.float64).T
        name = labels.scenario(scenario, language)
        if len(baselines) > 1:
            name += f", {AGAINST(language, name=labels.scenario(baseline, language))}"
        out.append(_Curve(name, x, y, low, high))
    return out


def _of_compounds(
    naive: pd.DataFrame, leaders: pd.DataFrame | None, sweep: Sweep, key: str, language: Language
) -> list[tuple[str, str, list[_Curve]]]:
    """Return the panels of covered and other compounds: what is done to them, what seems so, and who leads."""
    mine = naive[naive["outcome"] == naive["outcome"].iloc[0]].rename(columns={"value": "difference"})
    unit = str(mine["unit"].iloc[0])
    of = {name: _curves(mine[mine["estimate"] == name], sweep, key, language) for name in ESTIMATES}
    panels = [
        (EFFECT_COVERED(language), _unit(unit, language, TO_TWIN), of["twins_covered"]),
        (EFFECT_OTHERS(language), _unit(unit, language, TO_TWIN), of["twins_others"]),
        (NAIVE(language), _unit(unit, language), of["treated_minus_untreated"]),
    ]
    if leaders is not None:
        able = leaders.rename(columns={"ability": "difference"}).assign(baseline=leaders["scenario"])
        panels.append((ABILITY(language), labels.unit("0 to 1", language), _curves(able, sweep, key, language)))
    return panels


def _proportional(curves: Sequence[_Curve]) -> list[_Curve]:
    """Return straight lines from nothing to the last point of each curve."""
    nothing = np.full(2, np.nan)
    return [_Curve("", np.array([0.0, c.x[-1]]), np.array([0.0, c.y[-1]]), nothing, nothing) for c in curves]


def _panel(
    axes: Axes, name: str, unit: str, curves: Sequence[_Curve], sweep: Sweep, key: str, language: Language
) -> None:
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
    if unit != labels.unit("0 to 1", language):
        axes.axhline(0, color=INK, linewidth=0.8)
    named = {label: value for label, value in sweep.axes[key].items() if not _is_number(label)}
    if named:  # room for their names above all lines, that at 0 among them
        bottom, ceiling = axes.get_ylim()
        axes.set_ylim(bottom, ceiling + NAMES * (ceiling - bottom))
    for label, value in named.items():  # a value with a name is one to be seen
        axes.axvline(float(value), color=GREY, linewidth=0.8, dashes=(4, 3))
        words, at = _value_called(label, language), (float(value), 1)
        axes.annotate(words, at, (3, -9), xycoords=axes.get_xaxis_transform(), textcoords="offset points",
                      size=SMALL, color=GREY)  # fmt: skip
    _scale(axes, "y")
    _scale(axes, "x")
    for side in ("right", "top"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)
    axes.set_axisbelow(True)
    axes.grid(color=FAINT, linewidth=0.5)
    panel_title(axes, capital(name), pad=17)
    axes.annotate(unit, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", size=SMALL, color=GREY)
    axes.set_xlabel(_setting(key, language), size=SMALL, color=GREY, loc="left", labelpad=3)
    if curves:
        legend = axes.legend(fontsize=SMALL, labelcolor=INK, loc="best", facecolor="white", framealpha=0.85)
        legend.get_frame().set_linewidth(0)  # where it lies on a line or a band, its words can be read


def _scale(axes: Axes, which: str) -> None:
    """Write few and round numbers on an axis."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    scale(axis, axes.get_ylim() if which == "y" else axes.get_xlim(), 5)
    axes.tick_params(axis="both", length=0, pad=4, labelsize=SMALL, labelcolor=GREY)


# -- maps -------------------------------------------------------------------------------------


def map_figure(
    comparison: pd.DataFrame, sweep: Sweep, title: Text, *, outcomes: Sequence[OutcomeSpec], language: Language = "en"
) -> Figure:
    """Draw differences over two settings: a row of panels a comparison, a column an outcome.

    Args:
        comparison: what `sim.study.statistics.compare_runs` returns.
        sweep: the sweep, of two settings.
        title: stands above the panels.
        outcomes: which outcomes.
        language: in which language.
    """
    x_key, y_key = sweep.axes
    names = {name: (point.scenario, point.at) for name, point in sweep.points.items()}
    compared = zip(comparison["scenario"], comparison["baseline"], strict=True)
    pairs = list(dict.fromkeys((names[a][0], names[b][0]) for a, b in compared))
    width_of_panel, height_of_panel = FIELD_WIDTH * len(sweep.axes[x_key]), FIELD_HEIGHT * len(sweep.axes[y_key])
    left_of_all = EDGE + 0.85
    width = max(left_of_all + len(outcomes) * (width_of_panel + GAP), 7.4)
    with house():
        body = len(pairs) * (ABOVE + height_of_panel + BELOW)
        figure, top = _paper(width, body, title, [UNDER, MAP_NOTE], language)
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
                one, other = (labels.scenario(name, language) for name in pair)
                words = f"{capital(_called(outcome, language))}\n{one}, {AGAINST(language, name=other)}"
                head = [line for part in words.split("\n") for line in wrap(part, width_of_panel * 13, most=1)]
                axes.set_title("\n".join(head), loc="left", size=SMALL, color=INK, pad=5, linespacing=1.3)
                if column == 0:
                    axes.set_ylabel(_setting(y_key, language), size=SMALL, color=GREY)
                axes.set_xlabel(_setting(x_key, language), size=SMALL, color=GREY, loc="left", labelpad=3)
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
                number(sign * value, most, sign=True), (x, y), ha="center", va="center", size=SMALL, color=colour
            )
    axes.set_xticks(range(len(columns)), _ticks(sweep, keys[0]))
    axes.set_yticks(range(len(lines)), _ticks(sweep, keys[1]))
    axes.tick_params(length=0, pad=3, labelsize=SMALL, labelcolor=GREY)
    for side in axes.spines.values():
        side.set_visible(False)


def _ticks(sweep: Sweep, key: str) -> list[str]:
    """Return the values of a setting as they are called, and below what they are if that is something else."""
    out = []
    for label in sweep.axes[key]:
        value = sweep.value(key, label)
        same = _is_number(label) and float(label) == value
        out.append(label if same else f"{label}\n= {value:g}")
    return out


def _is_number(label: str) -> bool:
    """Say whether a label is a plain number, and so no name of a value."""
    return label.replace(".", "", 1).replace("-", "", 1).isdecimal()


def _setting(key: str, language: Language) -> str:
    """Return what a setting is called."""
    name = key.rpartition(".")[2]
    return SETTINGS[name](language) if name in SETTINGS else name.replace("_", " ")


def _value_called(label: str, language: Language) -> str:
    """Return what a value is called."""
    return VALUES[label](language) if label in VALUES else label.replace("_", " ")


def _paper(width: float, body: float, title: Text, note: Sequence[Text], language: Language) -> tuple[Figure, float]:
    """Return a figure with its title and explanation, and how much room the title takes."""
    head = title_lines(title(language), width)
    explanation = foot_lines(" ".join(text(language) for text in note), width)
    top = EDGE + TITLE_LINE * len(head)
    bottom = EDGE * 0.8 + SMALL_LINE * len(explanation)
    figure = Figure(figsize=(width, top + body + bottom), facecolor="white")
    heading(figure, head)
    foot(figure, explanation)
    return figure, top
