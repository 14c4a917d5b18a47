"""What a difference rests on, drawn: screening, shares of its variance, and scans of single rows.

Left, how far each row alone moves the effect, with what another seed does as the yardstick. Right, Sobol's shares of
the variance among the first rows, and below them what guesses, rows with a source and chance carry. A second figure
scans the rows one by one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.outcomes import OUTCOMES
from sim.report import labels
from sim.report.factor_labels import meaning
from sim.report.labels import Language, Text
from sim.report.style import (
    BAND,
    BLUE,
    BODY,
    EDGE,
    FAINT,
    GREY,
    INK,
    ORANGE,
    SMALL,
    SMALL_LINE,
    TITLE_LINE,
    WIDTH_TWO,
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
from sim.report.tables import number
from sim.study.asked import Asked
from sim.study.design import CHANCE
from sim.study.factors import PURE
from sim.study.sensitivity import EFFECT, GUESSED, SOURCED, Answers

SHOWN = 20
"""Rows of the screening that are drawn."""

COLOURS = {True: ORANGE, False: BLUE}
"""Of a pure estimate, and of a row with a source."""

TITLE = Text(
    "What the difference rests on: {outcome}, {scenario} less {baseline}",
    "差值取决于什么：{outcome}，{scenario}减{baseline}",
)
SCREENED = Text("Screening (Morris): one row over its prior", "筛选（Morris）：单个参数走遍其先验")
SHARED = Text("Shares of the variance (Sobol)", "方差份额（Sobol）")
OF_GROUPS = Text("All rows and chance", "全部参数与偶然")
SCANNED = Text(
    "One row at a time: {outcome}, {scenario} less {baseline}", "逐个扫描：{outcome}，{scenario}减{baseline}"
)
MEAN_CHANGE = Text("mean size of the change, {unit}", "平均变动幅度，{unit}")
SHARE = Text("share of the variance", "方差份额")
GROUPS = {
    GUESSED: Text("pure estimates ({n} rows)", "纯属估计（{n} 个参数）"),
    SOURCED: Text("rows with a source ({n})", "有来源的参数（{n} 个）"),
    CHANCE: Text("chance (another seed)", "偶然（换种子）"),
}
ANOTHER_SEED = Text("another seed", "换种子")
NOTE = Text(
    "Under these assumptions. Left: mean size of the change in the effect as one row goes from the 5% to the 95% "
    "quantile of its prior, in {paths} paths over all {rows} rows; dashed: what another seed does to the same worlds; "
    "orange rows are pure estimates (tag E), blue ones have a source. Right: first-order (full) and total-order (pale) "
    "shares of the variance of the effect where the {top} rows screened first are drawn and all others stand at their "
    "defaults, {points} points, one replication each with the same seed; below, guesses, rows with a source and "
    "chance, all drawn. Lines: 95% intervals. Burn-in {days} days.",
    "以上均在所设假设之下。左：单个参数从先验的5%分位走到95%分位时，作用的平均变动幅度；共{paths}条路径，{rows}个参数；"
    "虚线：同样的世界换一个种子的变动；橙色为纯属估计的参数（E），蓝色为有来源者。右：只抽取筛选在前的{top}个参数、其余取"
    "默认值时，作用的方差中一阶（深）与总效应（浅）份额，{points}个点，每点一次重复、同一种子；下方：估计、有来源的参数与偶然，"
    "全部抽取。线：95%区间。预热{days}天。",
)
SCAN_NOTE = Text(
    "Under these assumptions. Each panel: one row over its prior, from the 5% to the 95% quantile, all others at their "
    "defaults. Dots: mean difference between twins over {n} replications, with its 95% bootstrap interval.",
    "以上均在所设假设之下。每格：单个参数从先验的5%分位到95%分位，其余取默认值。点：{n}次重复中对照之差的均值，带95%自助法区间。",
)

# All measures in inches.
LINE, LABELS, GAP = 0.225, 2.05, 0.3


def sensitivity(answers: Answers, asked: Asked, folder: Path) -> list[Path]:
    """Draw both figures in every language; see `sensitivity_figure` and `scans_figure`.

    Args:
        answers: what the study found.
        asked: what it was told.
        folder: where to.

    Returns:
        The files written.
    """
    return [
        *save_all(lambda language: sensitivity_figure(answers, asked, language), folder / "sensitivity"),
        *save_all(lambda language: scans_figure(answers, asked, language), folder / "scans"),
    ]


def sensitivity_figure(answers: Answers, asked: Asked, language: Language) -> Figure:
    """Draw the screening and the shares.

    Args:
        answers: what the study found.
        asked: what it was told.
        language: of the words.
    """
    spec = next(spec for spec in OUTCOMES if spec.name == asked.outcome)
    morris, sobol, groups = (_of(answers.tables[name], asked) for name in ("morris", "sobol", "groups"))
    screened = morris[morris["factor"] != CHANCE].sort_values("mu_star", ascending=False, kind="stable").head(SHOWN)
    with house():
        head = title_lines(_title(TITLE, asked, language), WIDTH_TWO)
        said = NOTE(
            language,
            paths=asked.trajectories,
            rows=len(answers.factors),
            top=len(sobol),
            points=asked.points * (len(sobol) + 2),
            days=asked.burn_in,
        )
        explanation = foot_lines(said, WIDTH_TWO)
        top = EDGE + TITLE_LINE * len(head) + 0.45
        bottom = EDGE * 0.8 + SMALL_LINE * len(explanation) + 0.55
        body = LINE * max(len(screened), len(sobol) + len(groups) + 4.5)
        height = top + body + bottom
        figure = Figure(figsize=(WIDTH_TWO, height), facecolor="white")
        heading(figure, head)
        foot(figure, explanation)
        share = (WIDTH_TWO - 2 * EDGE - 2 * LABELS - GAP) / 2

        def place(left: float, above: float, lines: int) -> Axes:
            """Return axes of so many lines, so far below the head."""
            low = height - top - above - LINE * lines
            return figure.add_axes((left / WIDTH_TWO, low / height, share / WIDTH_TWO, LINE * lines / height))

        left, right = EDGE + LABELS, EDGE + 2 * LABELS + GAP + share
        axes = place(left, 0.0, len(screened))
        chance = morris[morris["factor"] == CHANCE]["mu_star"]
        _bars(
            axes, screened, ("mu_star",), [_called(name, language) for name in screened["factor"]], _colours(screened)
        )
        yardstick = float(chance.iloc[0])
        axes.axvline(yardstick, color=INK, linewidth=1.0, linestyle=(0, (4, 3)), zorder=3)
        axes.annotate(
            ANOTHER_SEED(language),
            (yardstick, 0.02),
            (4, 0),
            xycoords=axes.get_xaxis_transform(),
            textcoords="offset points",
            size=SMALL,
            color=INK,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.0},
            zorder=5,
        )
        _frame(axes, SCREENED(language), MEAN_CHANGE(language, unit=labels.unit(spec.unit, language)), len(screened))
        axes = place(right, 0.0, len(sobol))
        _bars(axes, sobol, ("total", "first"), [_called(name, language) for name in sobol["factor"]], _colours(sobol))
        _frame(axes, SHARED(language), "", len(sobol))
        axes = place(right, LINE * (len(sobol) + 3.5), len(groups))
        names = [GROUPS[name](language, n=rows) for name, rows in zip(groups["group"], groups["rows"], strict=True)]
        _bars(
            axes,
            groups,
            ("total", "first"),
            names,
            [{GUESSED: ORANGE, SOURCED: BLUE}.get(g, GREY) for g in groups["group"]],
        )
        _frame(axes, OF_GROUPS(language), SHARE(language), len(groups))
    return figure


def scans_figure(answers: Answers, asked: Asked, language: Language) -> Figure:
    """Draw the effect along each scanned row.

    Args:
        answers: what the study found.
        asked: what it was told.
        language: of the words.
    """
    scans = answers.tables["scans"]
    names = list(scans["factor"].drop_duplicates())
    columns = min(4, len(names))
    rows = math.ceil(len(names) / columns)
    with house():
        head = title_lines(_title(SCANNED, asked, language), WIDTH_TWO)
        explanation = foot_lines(SCAN_NOTE(language, n=int(scans["n"].max())), WIDTH_TWO)
        top, bottom = EDGE + TITLE_LINE * len(head) + 0.2, EDGE * 0.8 + SMALL_LINE * len(explanation)
        left, each, gap, panel, above, below = EDGE + 0.55, 0.0, 0.35, 1.15, 0.45, 0.62
        each = (WIDTH_TWO - left - EDGE - gap * (columns - 1)) / columns
        height = top + rows * (panel + above + below) + bottom
        figure = Figure(figsize=(WIDTH_TWO, height), facecolor="white")
        heading(figure, head)
        foot(figure, explanation)
        values = scans[["low", "high", "effect"]].to_numpy(np.float64)
        finite = np.append(values[np.isfinite(values)], 0.0)
        room = max(finite.max() - finite.min(), 1e-9)
        tags = {factor.name: factor.spec.tag for factor in answers.factors}
        for k, name in enumerate(names):
            row, column = divmod(k, columns)
            low = height - top - (row + 1) * (panel + above) - row * below
            axes = figure.add_axes(
                ((left + column * (each + gap)) / WIDTH_TWO, low / height, each / WIDTH_TWO, panel / height)
            )
            mine = scans[scans["factor"] == name]
            x, y = mine["value"].to_numpy(np.float64), mine["effect"].to_numpy(np.float64)
            colour = COLOURS[tags[name] == PURE]
            axes.vlines(x, mine["low"], mine["high"], color=colour, linewidth=1.6, alpha=0.6)
            axes.plot(x, y, "-o", color=colour, markersize=4, linewidth=1.0)
            axes.axhline(0, color=INK, linewidth=0.8, zorder=1)
            axes.set_ylim(finite.min() - 0.06 * room, finite.max() + 0.06 * room)
            plain(axes, keep=("bottom", "left"))
            axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
            axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
            axes.yaxis.set_major_formatter(lambda value, _: number(value, room))
            if column:
                axes.set_yticklabels([])
            axes.grid(axis="y", color=FAINT, linewidth=0.6)
            panel_title(axes, name)
            axes.set_xlabel(
                "\n".join(wrap(_with_unit(name, str(mine["unit"].iloc[0]), language), int(each * 17), 2)),
                size=SMALL,
                color=GREY,
                loc="left",
                labelpad=3,
            )
    return figure


def _with_unit(name: str, unit: str, language: Language) -> str:
    """Return what a row means, and in which unit it is."""
    return meaning(name, language) + (f", {unit}" if unit not in ("1", "switch") else "")


def _title(text: Text, asked: Asked, language: Language) -> str:
    """Fill in what is compared."""
    spec = next(spec for spec in OUTCOMES if spec.name == asked.outcome)
    scenario, baseline = (labels.scenario(name, language) for name in asked.comparison)
    said = labels.outcome(asked.outcome, language, spec.label)
    return text(language, outcome=said, scenario=scenario, baseline=baseline)


def _of(table: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Return what a table says of the effect on the outcome in question."""
    return table[(table["outcome"] == asked.outcome) & (table["measure"] == EFFECT)].reset_index(drop=True)


def _called(name: str, language: Language) -> str:
    """Return what a row is called beside a bar: its name, and in Chinese its meaning where there is a word for it."""
    if language == labels.CHINESE:
        said = meaning(name, language)
        return said if said != name else name
    return name


def _colours(table: pd.DataFrame) -> list[str]:
    return [COLOURS[tag == PURE] for tag in table["tag"]]


def _bars(
    axes: Axes, table: pd.DataFrame, columns: Sequence[str], names: Sequence[str], colours: Sequence[str]
) -> None:
    """Draw bars with their intervals; of two columns the first is pale and behind."""
    high = 0.0
    for nth, column in enumerate(columns):
        value, low, up = (table[name].to_numpy(np.float64) for name in (column, f"{column}_low", f"{column}_high"))
        last = nth == len(columns) - 1
        thick = 0.34 if len(columns) > 1 and last else 0.62
        axes.barh(
            range(len(table)),
            np.nan_to_num(value),
            color=list(colours),
            alpha=1.0 if last else 0.35,
            height=thick,
            zorder=2,
        )
        shift = 0.0 if len(columns) == 1 else (0.22 if last else -0.22)
        at = np.arange(len(table)) + shift
        known = np.isfinite(low) & np.isfinite(up)
        axes.hlines(
            at[known], np.maximum(low, 0.0)[known], up[known], color=INK if last else GREY, linewidth=1.1, zorder=4
        )
        found = np.concatenate([value, up])
        high = max(high, float(np.nanmax(np.append(found[np.isfinite(found)], 0.0))))
    axes.set_xlim(0, max(high * 1.06, 1e-9))
    for i, name in enumerate(names):
        axes.annotate(
            wrap(name, 30, 1)[0] if name else "",
            (0, i),
            (-6, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            ha="right",
            va="center",
            size=BODY - 0.5,
            color=INK,
        )


def _frame(axes: Axes, title: str, unit: str, lines: int) -> None:
    """Give a panel its title, its unit, bands and a scale."""
    axes.set_ylim(lines - 0.5, -0.5)
    plain(axes)
    axes.set_yticks([])
    for i in range(0, lines, 2):
        axes.axhspan(i - 0.5, i + 0.5, color=BAND, linewidth=0, zorder=-2)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    high = axes.get_xlim()[1]
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.1f}" if high < 5 else number(value, high))
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    panel_title(axes, title)
    axes.set_xlabel("\n".join(wrap(unit, 60, most=2)), size=SMALL, color=GREY, loc="left", labelpad=3)
