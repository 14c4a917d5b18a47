"""A figure of wages: how much of what crews came to be owed was paid after 30, 90 and 365 days."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.report import labels, style
from sim.report.chosen import part
from sim.report.labels import Language, Text
from sim.report.style import EDGE, FAINT, INK, SMALL, WIDTH_ONE
from sim.study.statistics import times_drawn
from sim.tables import PAID_WITHIN

Floats = NDArray[np.float64]

TITLE = Text("What crews are owed, and what of it is paid", "拖欠的工资，付了多少")
SHARE = Text("paid of what came to be owed", "已付占所欠的比例")
WITHIN = Text("within {days} days", "{days} 天内")
FOOT = Text(
    "Under these assumptions. Yuan over yuan, sums over all {n} replications, of what came to be owed early enough to "
    "be followed for so long; lines: 95% bootstrap interval. An agreement or a plan of instalments is no payment. "
    "Part is paid late without any agreement.",
    "以上均在所设假设之下。按金额计，{n} 次重复合计，只计能跟踪到该天数的欠薪；横线为95%自助法区间。达成协议或分期计划"
    "不算付款；一部分未经协议也会迟付。",
)
LINE, ABOVE, BELOW, LEFT = 0.24, 0.35, 0.55, 2.6


def paid(runs: pd.DataFrame, scenario: str, days: int) -> tuple[float, float, float]:
    """Return the share of wages paid within so many days, all replications together, with its interval.

    Args:
        runs: the table of runs.
        scenario: which.
        days: one of `PAID_WITHIN`.
    """
    mine = runs[runs["scenario"] == scenario]
    above, below = (mine[f"n_wages_{word}_{days}_fen"].to_numpy(np.float64) for word in ("paid", "owed"))
    if below.sum() == 0:
        return (float("nan"),) * 3
    drawn = times_drawn(len(mine), 2000, 1).T.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = (above @ drawn) / (below @ drawn)
    low, high = np.nanquantile(spread, [0.025, 0.975])
    return float(above.sum() / below.sum()), float(low), float(high)


def arrears_figure(runs: pd.DataFrame, language: Language, of: int = 0) -> Figure:
    """Draw a panel for each time, a line for each scenario.

    Args:
        runs: the table of runs.
        language: in which language.
        of: scenarios that there are, if not all of them are drawn.
    """
    scenarios = list(dict.fromkeys(runs["scenario"]))
    colours = style.colours(scenarios)
    said = FOOT(language, n=runs["replication"].nunique()) + part(len(scenarios), of, language)
    with style.house():
        head = style.title_lines(TITLE(language), WIDTH_ONE)
        foot = style.foot_lines(said, WIDTH_ONE)
        body = LINE * len(scenarios) + 0.15
        top = EDGE + style.TITLE_LINE * len(head) + ABOVE
        height = top + body + BELOW + EDGE * 0.8 + style.SMALL_LINE * len(foot)
        figure = Figure(figsize=(WIDTH_ONE, height), facecolor="white")
        style.heading(figure, head)
        style.foot(figure, foot)
        width = (WIDTH_ONE - LEFT - EDGE - 2 * 0.2) / len(PAID_WITHIN)
        for i, days in enumerate(PAID_WITHIN):
            left, low = LEFT + i * (width + 0.2), height - top - body
            axes = figure.add_axes((left / WIDTH_ONE, low / height, width / WIDTH_ONE, body / height))
            for y, scenario in enumerate(reversed(scenarios)):
                value, low, high = paid(runs, scenario, days)
                axes.hlines(y, low, high, color=colours[scenario], linewidth=1.6, alpha=0.6)
                axes.plot([value], [y], "o", color=colours[scenario], markersize=5)
                if i == 0:
                    name = labels.scenario(scenario, language)
                    axes.annotate(name, (0, y), (-8, 0), xycoords=axes.get_yaxis_transform(), ha="right", va="center",
                                  textcoords="offset points", size=SMALL, color=INK, annotation_clip=False)  # fmt: skip
            axes.set_xlim(0, 1.04)
            axes.set_ylim(-0.6, len(scenarios) - 0.4)
            axes.set_yticks([])
            axes.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
            axes.grid(axis="x", color=FAINT, linewidth=0.6)
            style.plain(axes)
            style.panel_title(axes, WITHIN(language, days=days))
            if i == 0:
                axes.set_xlabel(SHARE(language), size=SMALL, color=INK, loc="left", labelpad=3)
    return figure


def arrears(runs: pd.DataFrame, path_stem: str | Path, of: int = 0) -> list[Path]:
    """Draw and save the figure in both languages; return the files."""
    return style.save_all(lambda language: arrears_figure(runs, language, of), path_stem)
