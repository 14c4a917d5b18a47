"""A figure of how households join a base in villages: the curve of each scenario, and who came first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.report import labels, style
from sim.report.chosen import chosen, left_out
from sim.report.labels import Language, Text
from sim.report.style import EDGE, FAINT, GREY, INK, SMALL, WIDTH_ONE

COLUMNS = ("adopters", "adopters_members")

MOST = 4
"""So many scenarios are drawn; which, see `sim.report.chosen`."""

TITLE = Text("How households join a base, and who comes first", "农户如何参加基地，谁先参加")
JOINED = Text("households that joined since day 0", "第 0 天以来参加的农户")
FOOT = Text(
    "Under these assumptions. Mean over {n} replications and the range in which nine in ten of them lie; below each "
    "curve, thin, households with a party member. Chicks are placed from March to August, so curves rise in steps.",
    "以上均在所设假设之下。{n} 次重复的平均值，以及九成重复所在的范围；细线为其中有党员的农户。"
    "每年三月至八月放养，曲线因此逐级上升。",
)
HEIGHT, ABOVE, BELOW, LEFT, NAMES = 4.4, 0.85, 1.05, 0.65, 1.75


def diffusion_figure(daily: pd.DataFrame, language: Language) -> Figure:
    """Draw the curves.

    Args:
        daily: scenario, replication, day and `COLUMNS` of a result.
        language: in which language.
    """
    names = [str(name) for name in dict.fromkeys(daily["scenario"])]
    curves = {name: _joined(daily[daily["scenario"] == name]) for name in names}
    first = curves[names[0]][0]
    size = {name: float((curves[name][0] - first).abs().max().max()) for name in names}
    scenarios = chosen(names, size, MOST)
    foot = FOOT(language, n=first.shape[1]) + left_out(
        names, size, scenarios, labels.scenario(names[0], language), "daily.parquet, runs.csv", language
    )
    colours = style.colours(scenarios)
    with style.house():
        figure = Figure(figsize=(WIDTH_ONE, HEIGHT))
        style.heading(figure, style.title_lines(TITLE(language), WIDTH_ONE))
        box = (LEFT / WIDTH_ONE, BELOW / HEIGHT, 1 - (LEFT + NAMES) / WIDTH_ONE, 1 - (ABOVE + BELOW) / HEIGHT)
        axes = figure.add_axes(box)
        ends, before = [], list[np.ndarray]()
        for scenario in scenarios:
            joined, members = curves[scenario]
            months = joined.index.to_numpy() / (365 / 12)
            low, high = (np.quantile(joined.to_numpy(), q, axis=1) for q in (0.05, 0.95))
            axes.fill_between(months, low, high, color=colours[scenario], alpha=0.14, linewidth=0)
            mean = joined.mean(axis=1).to_numpy()
            style_ = (0, (4, 2)) if any(np.array_equal(mean, other) for other in before) else "-"  # both can be seen
            before.append(mean)
            axes.plot(months, mean, color=colours[scenario], linewidth=1.8, linestyle=style_)
            axes.plot(months, members.mean(axis=1), color=colours[scenario], linewidth=0.8)
            ends.append((float(joined.mean(axis=1).iloc[-1]), scenario))
        top = axes.get_ylim()[1]
        last = -top
        for value, scenario in sorted(ends):
            last = max(value, last + 0.055 * top)  # names keep their distance
            name = labels.scenario(scenario, language)
            axes.annotate(
                name,
                (1.01, last / top),
                xycoords="axes fraction",
                size=SMALL,
                color=colours[scenario] if scenario != "baseline" else GREY,
                va="center",
            )
        axes.set_ylim(0, top)
        axes.set_xlim(0, None)
        axes.set_xlabel(labels.MONTHS(language), size=SMALL, color=INK)
        style.panel_title(axes, JOINED(language))
        axes.grid(axis="y", color=FAINT, linewidth=0.6)
        style.plain(axes, keep=("bottom", "left"))
        style.foot(figure, style.foot_lines(foot, WIDTH_ONE - 2 * EDGE))
    return figure


def _joined(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how many have joined since day 0, in all and with a party member, day by day and replication."""
    curves = (rows.pivot(index="day", columns="replication", values=column) for column in COLUMNS)
    joined, members = (curve - curve.iloc[0] for curve in curves)
    return joined, members


def diffusion(daily: pd.DataFrame, path_stem: str | Path) -> list[Path]:
    """Draw and save the figure in both languages; return the files."""
    return style.save_all(lambda language: diffusion_figure(daily, language), path_stem)


__all__ = ["COLUMNS", "diffusion", "diffusion_figure"]
