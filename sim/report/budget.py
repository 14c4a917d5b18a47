"""A figure of budgets: what mixes of arrangements cost and save, and which of them no other mix outdoes.

A panel for each shadow wage of an hour. To the right a mix costs more than no arrangement, upwards it saves more of
what is suffered. The frontier, numbered from its cheapest mix on, is written out below.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.report import labels, style
from sim.report.labels import Language, Text
from sim.report.style import BLUE, DOT, EDGE, FAINT, GREY, INK, SMALL
from sim.study.budget import DOMINATED, FRONTIER
from sim.study.coalitions import Attribution

TITLE = Text("What mixes of arrangements cost, and what they save", "各种组合的成本与所减少的困扰")
WAGE = Text("an hour worth {wage:g} yuan", "每小时计 {wage:g} 元")
COST = Text("yuan / 1,000 household-years more than with none", "比什么都不做多花，元／千户·年")
SAVED = Text("severity-days / 1,000 household-years fewer", "减少的严重度·天／千户·年")
LINE = Text("{wage:g} yuan an hour: {mixes}.", "每小时 {wage:g} 元：{mixes}。")
NONE = Text("none", "什么都不做")
FOOT = Text(
    "Under these assumptions. Every set of the arrangements, means over {n} replications, differences to none. Blue: "
    "the frontier, on which a day saved costs least; hollow: dominated, another mix costs no more and saves no less; "
    "grey: neither. Hours of everybody are valued alike, also those that nobody pays; of money only what the public "
    "spends on meals, grants and minor repairs. Means are uncertain: intervals stand in budget.csv. ",
    "以上均在所设假设之下。各项安排的每一种组合，{n} 次重复的均值，与什么都不做相比。蓝：有效前沿，多减少一天花费"
    "最少；空心：被占优，另有组合花费不更多、减少不更少；灰：介于其间。所有人的工时一律同价，包括无人付酬的；钱只计用于用餐、补助和小修的"
    "公共支出。均值有误差，区间见 budget.csv。",
)

WIDTH, HEIGHT, LEFT, GAP = 11.6, 3.1, 0.85, 0.6
ABOVE, BELOW = 0.4, 0.6
"""Inches."""


def budget(mixes: pd.DataFrame, attribution: Attribution, path_stem: str | Path) -> list[Path]:
    """Draw and save the figure in both languages; return the files.

    Args:
        mixes: what `sim.study.budget.mixes` returns.
        attribution: what was taken apart.
        path_stem: where to, without ``.png`` and ``.pdf``.
    """
    return style.save_all(lambda language: budget_figure(mixes, attribution, language), path_stem)


def budget_figure(mixes: pd.DataFrame, attribution: Attribution, language: Language) -> Figure:
    """Draw a panel for each wage; the arguments are those of `budget`."""
    wages = list(dict.fromkeys(mixes["wage"]))
    words = [FOOT(language, n=int(mixes["n"].max()))]
    words += [_written_out(mixes[mixes["wage"] == wage], attribution, language) for wage in wages]
    with style.house():
        head = style.title_lines(TITLE(language), WIDTH)
        foot = style.foot_lines((" " if language == "en" else "").join(words), WIDTH)
        top = EDGE + style.TITLE_LINE * len(head) + ABOVE
        height = top + HEIGHT + BELOW + EDGE * 0.8 + style.SMALL_LINE * len(foot)
        figure = Figure(figsize=(WIDTH, height), facecolor="white")
        style.heading(figure, head)
        style.foot(figure, foot)
        width = (WIDTH - LEFT - EDGE - GAP * (len(wages) - 1)) / len(wages)
        for i, wage in enumerate(wages):
            left, low = LEFT + i * (width + GAP), height - top - HEIGHT
            axes = figure.add_axes((left / WIDTH, low / height, width / WIDTH, HEIGHT / height))
            _panel(axes, mixes[mixes["wage"] == wage])
            style.panel_title(axes, WAGE(language, wage=wage))
            if i == 0:
                axes.set_xlabel(COST(language), size=SMALL, color=INK, loc="left", labelpad=3)
                axes.set_ylabel(SAVED(language), size=SMALL, color=INK, loc="bottom", labelpad=3)
    return figure


def _ordered(mixes: pd.DataFrame) -> pd.DataFrame:
    """Return the frontier, its cheapest mix first."""
    return mixes[mixes["place"] == FRONTIER].sort_values(["cost", "saved"])


def _written_out(mixes: pd.DataFrame, attribution: Attribution, language: Language) -> str:
    """Write out the mixes of one wage's frontier."""
    numbers = {name: i for i, name in enumerate(attribution.scenarios)}
    said = []
    for nth, name in enumerate(_ordered(mixes)["scenario"], 1):
        on = [player for k, player in enumerate(attribution.channels) if numbers[name] >> k & 1]
        words = " + ".join(labels.mechanism(player, language) for player in on) or NONE(language)
        said.append(f"{nth} {words}")
    return LINE(language, wage=float(mixes["wage"].iloc[0]), mixes=("; " if language == "en" else "；").join(said))


def _panel(axes: Axes, mixes: pd.DataFrame) -> None:
    """Draw the mixes of one wage."""
    style.plain(axes)
    axes.grid(color=FAINT, linewidth=0.6)
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.axvline(0, color=GREY, linewidth=0.8)
    front, rest = _ordered(mixes), mixes[mixes["place"] != FRONTIER]
    for hollow, some in rest.groupby(rest["place"] == DOMINATED):
        face = "white" if hollow else DOT
        axes.scatter(some["cost"], some["saved"], s=16, facecolor=face, edgecolor=GREY, linewidths=0.7, zorder=2)
    axes.plot(front["cost"], front["saved"], color=BLUE, linewidth=1.4, zorder=3)
    axes.scatter(front["cost"], front["saved"], s=26, color=BLUE, zorder=4)
    for nth, (x, y) in enumerate(zip(front["cost"], front["saved"], strict=True), 1):
        axes.annotate(str(nth), (x, y), (-4, 5), textcoords="offset points", ha="right", size=SMALL, color=INK)
    axes.margins(0.08)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    axes.tick_params(labelsize=SMALL, length=0)
