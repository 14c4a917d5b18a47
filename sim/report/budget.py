"""A figure of budgets: what mixes of arrangements cost and save, and which of them no other mix outdoes.

A panel for each shadow wage of an hour. To the right a mix costs more than no arrangement, upwards it saves more of
what is suffered. The frontier, numbered from its cheapest mix on, is written out below. Under the panels stands, for
the middle wage, how sure it is which mix is worth most (`sim.study.acceptability`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.report import labels, style
from sim.report.acceptability import BROUGHT, OTHERS, ROW, curve_panel, legend_row, name_lines
from sim.report.labels import Language, Text
from sim.report.style import BLUE, DOT, EDGE, FAINT, GREY, INK, SMALL
from sim.study.budget import DOMINATED, FRONTIER
from sim.study.coalitions import Attribution

TITLE = Text("What mixes of arrangements cost, and what they save", "各种组合的成本与所减少的困扰")
WAGE = Text("an hour worth {wage:g} yuan", "每小时计 {wage:g} 元")
COST = Text("yuan / 1,000 household-years more than with none", "比什么都不做多花，元／千户·年")
LINE = Text("{wage:g} yuan an hour: {mixes}.", "每小时 {wage:g} 元：{mixes}。")
LIST = Text(", ", "，")
NONE = Text("none", "什么都不做")
FOOT = Text(
    "Under these assumptions. Every set of the arrangements, means over {n} replications, differences to none. "
    "Blue: the frontier, on which a day saved costs least; hollow: dominated, another mix costs no more and saves "
    "no less; grey: neither. Below: in which share of the replications{each} a mix has the largest net benefit; "
    "heavy where it has the largest on average. Hours of everybody are valued alike, also those that nobody pays; "
    "of money only what the public spends on meals, grants and minor repairs. At 0 yuan an hour nobody's time counts, "
    "that of paid staff neither: the view of who has the staff anyway. Means are uncertain: intervals stand "
    "in budget.csv, other wages in acceptability.csv, which mix for so many hours and yuan in limits.csv. ",
    "以上均在所设假设之下。各项安排的每一种组合，{n} 次重复的均值，与什么都不做相比。蓝：有效前沿，多减少一天花费最少；"
    "空心：被占优，另有组合花费不更多、减少不更少；灰：介于其间。下：在多大比例的重复中{each}，该组合的净收益最大；"
    "粗线处其平均净收益最大。所有人的工时一律同价，包括无人付酬的；钱只计用于用餐、补助和小修的公共支出。"
    "每小时计 0 元时，谁的时间都不算钱，受薪人员的也不算：即人员反正都在的看法。"
    "均值有误差，区间见 budget.csv，其他工时价格见 acceptability.csv，有多少工时和钱该选哪种组合见 limits.csv。",
)

WIDTH, HEIGHT, LEFT, GAP = 11.6, 3.1, 0.85, 0.6
ABOVE, BELOW = 0.4, 0.6
WIDE, CURVES = 5.3, 2.6
"""Inches; the last two are the panel of the curves."""

CLOSE = 12
"""Points between two mixes of a frontier below which their numbers would stand upon each other."""

AROUND = tuple((x, y) for x in (8, 26, 50, 80) for y in (0, 14, -14, 30, -30, 46, -46))
"""Where the name of none may stand, points to the right of 0 and above it, the nearest first."""

ROOM = 4
"""Points around it that are enough."""

MOST = 8
"""So many mixes have lines of their own: of the frontier, and none."""


def budget(
    mixes: pd.DataFrame,
    curves: pd.DataFrame,
    attribution: Attribution,
    path_stem: str | Path,
    *,
    drawn: bool = True,
) -> list[Path]:
    """Draw and save the figure in both languages; return the files.

    Args:
        mixes: what `sim.study.budget.mixes` returns.
        curves: what `sim.study.acceptability.curves` returns.
        attribution: what was taken apart.
        path_stem: where to, without ``.png`` and ``.pdf``.
        drawn: whether each replication has drawn its uncertain parameters.
    """
    return style.save_all(lambda language: budget_figure(mixes, curves, attribution, language, drawn=drawn), path_stem)


def budget_figure(
    mixes: pd.DataFrame, curves: pd.DataFrame, attribution: Attribution, language: Language, *, drawn: bool = True
) -> Figure:
    """Draw a panel for each wage, and below them the curves; the arguments are those of `budget`."""
    wages = list(dict.fromkeys(mixes["wage"]))
    effect, middle = str(mixes["effect"].iloc[0]), wages[len(wages) // 2]
    words = [FOOT(language, n=int(mixes["n"].max()), each=labels.EACH_DRAWN(language) if drawn else "")]
    words += [_written_out(mixes[mixes["wage"] == wage], attribution, language) for wage in wages]
    with style.house():
        head = style.title_lines(TITLE(language), WIDTH)
        foot = style.foot_lines((" " if language == "en" else "").join(words), WIDTH)
        top = EDGE + style.TITLE_LINE * len(head) + ABOVE
        height = top + HEIGHT + BELOW + ABOVE + CURVES + BELOW + EDGE * 0.8 + style.SMALL_LINE * len(foot)
        figure = Figure(figsize=(WIDTH, height), facecolor="white")
        style.heading(figure, head)
        style.foot(figure, foot)
        width = (WIDTH - LEFT - EDGE - GAP * (len(wages) - 1)) / len(wages)
        for i, wage in enumerate(wages):
            left, low = LEFT + i * (width + GAP), height - top - HEIGHT
            axes = figure.add_axes((left / WIDTH, low / height, width / WIDTH, HEIGHT / height))
            _panel(axes, mixes[mixes["wage"] == wage])
            _name_none(axes, mixes[mixes["wage"] == wage], NONE(language))
            style.panel_title(axes, WAGE(language, wage=wage))
            if i == 0:
                axes.set_xlabel(COST(language), size=SMALL, color=INK, loc="left", labelpad=3)
                axes.set_ylabel(BROUGHT[effect](language), size=SMALL, color=INK, loc="bottom", labelpad=3)
        lines = curves[curves["wage"] == middle]
        called = {name: Text(*(_mix(name, attribution, each) for each in labels.LANGUAGES))
                  for name in attribution.scenarios}  # fmt: skip
        named = name_lines(lines, language, called, most=MOST)
        from_top = top + HEIGHT + BELOW + ABOVE
        share = (LEFT / WIDTH, 1 - (from_top + CURVES) / height, WIDE / WIDTH, CURVES / height)
        axes = figure.add_axes(share)
        curve_panel(axes, lines, effect, named, language)
        style.panel_title(axes, f"{axes.get_title(loc='left')}{LIST(language)}{WAGE(language, wage=middle)}")
        entries = [(named.colours[name], named.words[name]) for name in named.words]
        entries += [(GREY, OTHERS(language))] if len(named.words) < len(attribution.scenarios) else []
        for i, (colour, said) in enumerate(entries):
            legend_row(figure, [(0.0, colour, said)], LEFT + WIDE + 0.4, from_top + ROW * (i + 0.5))
    return figure


def _mix(name: str, attribution: Attribution, language: Language) -> str:
    """Return what a mix is called: its arrangements."""
    number = list(attribution.scenarios).index(name)
    on = [player for k, player in enumerate(attribution.channels) if number >> k & 1]
    return " + ".join(labels.mechanism(player, language) for player in on) or NONE(language)


def _ordered(mixes: pd.DataFrame) -> pd.DataFrame:
    """Return the frontier, its cheapest mix first."""
    return mixes[mixes["place"] == FRONTIER].sort_values(["cost", "saved"])


def _written_out(mixes: pd.DataFrame, attribution: Attribution, language: Language) -> str:
    """Write out the mixes of one wage's frontier."""
    said = [f"{nth} {_mix(name, attribution, language)}" for nth, name in enumerate(_ordered(mixes)["scenario"], 1)]
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
    axes.margins(0.08)
    _number(axes, front)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    axes.tick_params(labelsize=SMALL, length=0)


def _number(axes: Axes, front: pd.DataFrame) -> None:
    """Number the mixes of a frontier; those that nearly fall together share a label at the last of them."""
    axes.autoscale_view()
    at = axes.transData.transform(front[["cost", "saved"]].to_numpy()) * 72 / axes.figure.dpi
    apart = np.append(np.abs(np.diff(at, axis=0)).max(axis=1) >= CLOSE, True)
    first = 1
    for last in np.flatnonzero(apart) + 1:
        said = ", ".join(str(nth) for nth in range(first, last + 1))
        place = tuple(front[["cost", "saved"]].iloc[last - 1])
        axes.annotate(said, place, (-4, 5), textcoords="offset points", ha="right", size=SMALL, color=INK)
        first = int(last) + 1


def _name_none(axes: Axes, mixes: pd.DataFrame, words: str) -> None:
    """Write at 0, which all differences are to, that nothing is done there: where the least else stands."""
    axes.autoscale_view()
    front = _ordered(mixes)[["cost", "saved"]].to_numpy()
    along = [front[:-1] + share * np.diff(front, axis=0) for share in np.linspace(0, 1, 30)]
    taken = np.concatenate([mixes[["cost", "saved"]].to_numpy(), *along])
    x, y = (axes.transData.transform(taken) - axes.transData.transform((0, 0))).T * 72 / axes.figure.dpi
    long = style.units(words) * SMALL * 0.5

    def room(at: tuple[int, int]) -> float:
        """Return how far from what is drawn, the line at 0 too, the words would stand, points."""
        across = np.maximum(np.maximum(at[0] - x, x - at[0] - long), 0)
        up = np.maximum(np.abs(y - at[1]) - SMALL / 2, 0)
        return min(float(np.hypot(across, up).min()), abs(at[1]) - SMALL / 2)

    best = next((at for at in AROUND if room(at) >= ROOM), max(AROUND, key=room))
    axes.annotate(
        words, (0, 0), best, textcoords="offset points", va="center", size=SMALL, color=GREY,
        arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkA": 1, "shrinkB": 3}, zorder=5,
    )  # fmt: skip
