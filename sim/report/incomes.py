"""A figure of what collectives earn by what, whose it is, and what nobody is paid for, in scenarios of villages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.report import labels, style
from sim.report.chosen import few, part
from sim.report.labels import Language, Text
from sim.report.style import BAND, BLUE, BODY, EDGE, FAINT, GREEN, GREY, INK, ORANGE, PINK, SKY, SMALL, WIDTH_TWO
from sim.rules.bases import SOURCES

MOST = 12
"""So many scenarios are drawn."""

TITLE = Text("What collectives earn, by what, and whose it is", "集体收入从哪里来，归哪个村")
BY_SOURCE = Text("Collective income by source", "集体收入的来源")
WHOSE = Text("Of the village with money, and with land", "有资金的村与有土地的村")
HOMES = {"money": Text("money's village", "有资金的村"), "land": Text("land's village", "有土地的村")}
WORDS = {
    "margin": Text("margins on birds", "每只差价"),
    "own": Text("own flocks", "集体自养"),
    "rent": Text("rent", "出租房屋"),
    "plant": Text("the plant", "加工点"),
    "unpaid": Text("unpaid hours", "无偿工时"),
}
COLOURS = {"margin": BLUE, "own": SKY, "rent": ORANGE, "plant": GREEN, "unpaid": "#c9ced3"}
OF_HOMES = {"money": PINK, "land": GREEN}
FOOT = Text(
    "Under these assumptions. Means over {n} replications, grants left out. To the left of zero what unpaid hours of "
    "branches and coaches are worth; the mark is what remains net of them, the line the range in which nine in ten "
    "replications lie. Whose it is: by the share that was signed, or each its own.",
    "以上均在所设假设之下。{n} 次重复的平均值，不含补助。零点左侧为支部与指导户无偿工时的价值；圆点为扣除之后的净收入，"
    "线段为九成重复所在的范围。归哪个村：按签订的比例，或各归各村。",
)
LINE, ABOVE, BELOW, LABELS, GAP = 0.42, 1.25, 1.2, 1.55, 0.35
LEFT_SHARE = 0.62


def incomes_figure(runs: pd.DataFrame, language: Language) -> Figure:
    """Draw the figure.

    Args:
        runs: the table of runs of a result.
        language: in which language.
    """
    everybody = list(dict.fromkeys(runs["scenario"]))
    scenarios = few(everybody, MOST)
    of = {scenario: runs[runs["scenario"] == scenario] for scenario in scenarios}
    with style.house():
        said = FOOT(language, n=max(len(rows) for rows in of.values()))
        foot = style.foot_lines(said + part(len(scenarios), len(everybody), language), WIDTH_TWO)
        height = ABOVE + LINE * len(scenarios) + BELOW + 0.1 * len(foot)
        figure = Figure(figsize=(WIDTH_TWO, height), facecolor="white")
        style.heading(figure, style.title_lines(TITLE(language), WIDTH_TWO))
        style.foot(figure, foot)
        room = WIDTH_TWO - 2 * EDGE - LABELS - GAP
        tall, low = LINE * len(scenarios) / height, (BELOW + 0.1 * len(foot)) / height
        at = EDGE + LABELS
        left = figure.add_axes((at / WIDTH_TWO, low, LEFT_SHARE * room / WIDTH_TWO, tall))
        right = figure.add_axes(
            ((at + LEFT_SHARE * room + GAP) / WIDTH_TWO, low, (1 - LEFT_SHARE) * room / WIDTH_TWO, tall)
        )
        means = {name: {s: float(of[name][f"collective_{s}"].mean()) for s in SOURCES} for name in scenarios}
        net = {name: of[name]["collective_net"].to_numpy() for name in scenarios}
        unpaid = {
            name: float((of[name]["collective_income"] - of[name]["collective_net"]).mean()) for name in scenarios
        }
        _sources(left, means, unpaid, net)
        homes = {name: {h: float(of[name][f"collective_{h}"].mean()) for h in HOMES} for name in scenarios}
        _stack(right, homes, OF_HOMES)
        earned = any(value for each in (means, homes) for parts in each.values() for value in parts.values())
        spent = any(unpaid.values()) or any(np.nan_to_num(values).any() for values in net.values())
        for axes, words, unit, flat in (
            (left, BY_SOURCE, "yuan / home village-year", not (earned or spent)),
            (right, WHOSE, "yuan / year", not earned),
        ):
            _frame(axes, words(language), labels.unit(unit, language), len(scenarios), flat)
        for i, name in enumerate(scenarios):
            left.annotate(
                labels.scenario(name, language), (0, i), (-8, 0), xycoords=left.get_yaxis_transform(),
                textcoords="offset points", ha="right", va="center", size=BODY, color=INK,
            )  # fmt: skip
        shown = [s for s in (*SOURCES, "unpaid") if s == "unpaid" or any(means[name][s] > 0 for name in scenarios)]
        _legend(left, [(COLOURS[s], WORDS[s](language)) for s in shown])
        _legend(right, [(OF_HOMES[home], words(language)) for home, words in HOMES.items()])
    return figure


def _sources(
    axes: Axes, means: Mapping[str, Mapping[str, float]], unpaid: Mapping[str, float], net: Mapping[str, np.ndarray]
) -> None:
    """Draw sources to the right of zero, unpaid hours to the left, and what remains."""
    _stack(axes, means, COLOURS)
    axes.autoscale()
    for i, name in enumerate(means):
        axes.barh(i, -unpaid[name], color=COLOURS["unpaid"], height=0.56, linewidth=0)
        low, high = np.nanquantile(net[name], (0.05, 0.95))
        axes.plot([low, high], [i, i], color=INK, linewidth=1.1, solid_capstyle="butt")
        mean = [np.nanmean(net[name])]
        axes.scatter(mean, [i], s=26, color="white", edgecolor=INK, linewidths=1.3, zorder=4, clip_on=False)
    axes.axvline(0, color=INK, linewidth=0.9)


def _stack(axes: Axes, means: Mapping[str, Mapping[str, float]], colours: Mapping[str, str]) -> None:
    """Draw a bar of parts for every scenario; what is lost stands to the left of zero."""
    for i, parts in enumerate(means.values()):
        ends = {True: 0.0, False: 0.0}
        for name, value in parts.items():
            gained = value >= 0
            axes.barh(i, value, left=ends[gained], color=colours[name], height=0.56, linewidth=0)
            ends[gained] += value


def _frame(axes: Axes, title: str, unit: str, lines: int, flat: bool) -> None:
    """Give a panel its title, unit, bands and scale; `flat` says that all in it is 0."""
    axes.set_ylim(lines - 0.5, -0.5)
    style.plain(axes)
    axes.set_yticks([])
    for i in range(0, lines, 2):
        axes.axhspan(i - 0.5, i + 0.5, color=BAND, linewidth=0, zorder=-2)
    if flat:
        axes.set_xlim(0, 1)  # nothing is earned: an empty panel
    style.scale(axes.xaxis, axes.get_xlim(), 5, flat=flat)
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    style.panel_title(axes, style.capital(title))
    axes.set_xlabel(unit, size=SMALL, color=GREY, loc="left", labelpad=3)


def _legend(axes: Axes, words: Sequence[tuple[str, str]]) -> None:
    """Say below a panel what its colours are."""
    axes.legend(
        handles=[Patch(color=colour, label=label) for colour, label in words],
        loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=axes.transAxes, borderaxespad=3.6, ncol=len(words),
        frameon=False, fontsize=SMALL, handlelength=1.1, columnspacing=1.2,
    )  # fmt: skip


def incomes(runs: pd.DataFrame, path_stem: str | Path) -> list[Path]:
    """Draw and save the figure in both languages; return the files."""
    return style.save_all(lambda language: incomes_figure(runs, language), path_stem)


__all__ = ["incomes", "incomes_figure"]
