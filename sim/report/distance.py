"""A figure of what distance does: herders by tenth of the way to the sumu centre, in winter and in summer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.report import labels, style
from sim.report.labels import Language, Text
from sim.report.style import EDGE, FAINT, GREY, INK, SMALL, WIDTH_TWO
from sim.study.distances import MEASURES, TENTHS

TITLE = Text("What distance does, and what officers who come change about it", "距离带来什么，上门的人员又改变了什么")
SEASONS = {
    "winter": Text("November to March, winter ground, slow ways", "十一月至三月，冬季牧场，路慢"),
    "summer": Text("mid-June to September, summer ground", "六月中至九月，夏季牧场"),
}
"""Rows of panels."""

WHAT = {
    "opened": Text("Cases opened", "立案"),
    "days_to_settled": Text("Days to settlement", "解决所需天数"),
    "settled_90": Text("Settled within 90 days", "90 天内解决"),
    "unresolved": Text("Unresolved", "未解决的困扰"),
}
"""Columns of panels."""

KM = Text("km of open steppe to the sumu centre", "到苏木中心的里程（按平坦草原计，公里）")
FOOT = Text(
    "Under these assumptions. Each dot is a tenth of the herders, the nearest on the left, at their mean way on that "
    "season's ground, rough terrain counted longer; sums over all {n} replications, bars: 95% bootstrap interval. "
    "Cases count by the day on which they were opened.",
    "以上均在所设假设之下。每点为十分之一的牧户，左近右远，位置为当季牧场的平均路程（难走处折算加长）；{n} 次重复合计，"
    "竖线为95%自助法区间。立案按当天所在季节计。",
)
MOST = 4
"""So many scenarios are drawn."""

PANEL_HEIGHT, GAP, ABOVE, BELOW, NAMES = 1.75, 0.5, 0.75, 0.55, 0.35


def distance_figure(table: pd.DataFrame, n: int, language: Language) -> Figure:
    """Draw the panels.

    Args:
        table: what `sim.study.distances.estimates` returns.
        n: replications.
        language: in which language.
    """
    scenarios = list(dict.fromkeys(table["scenario"]))[:MOST]
    colours = style.colours(scenarios)
    with style.house():
        head = style.title_lines(TITLE(language), WIDTH_TWO)
        foot = style.foot_lines(FOOT(language, n=n), WIDTH_TWO)
        top = EDGE + style.TITLE_LINE * len(head) + NAMES
        height = top + 2 * (ABOVE + PANEL_HEIGHT + BELOW) + EDGE * 0.8 + style.SMALL_LINE * len(foot)
        figure = Figure(figsize=(WIDTH_TWO, height), facecolor="white")
        style.heading(figure, head)
        style.foot(figure, foot)
        _names(figure, scenarios, colours, top, language)
        width = (WIDTH_TWO - 2 * EDGE - 3 * GAP - 0.25) / 4
        for row, (season, words) in enumerate(SEASONS.items()):
            low = height - top - (row + 1) * (ABOVE + PANEL_HEIGHT) - row * BELOW
            y = (low + PANEL_HEIGHT + 0.5) / height
            figure.text(EDGE / WIDTH_TWO, y, style.capital(words(language)), size=style.PANEL, color=INK)
            for column, measure in enumerate(WHAT):
                left = EDGE + 0.25 + column * (width + GAP)
                box = (left / WIDTH_TWO, low / height, width / WIDTH_TWO, PANEL_HEIGHT / height)
                axes = figure.add_axes(box)
                mine = table[(table["season"] == season) & (table["measure"] == measure)]
                for scenario in scenarios:
                    _line(axes, mine[mine["scenario"] == scenario], colours[scenario])
                unit = labels.unit(MEASURES[measure][3], language)
                said = WHAT[measure](language) + (f"\n{unit}" if unit else "")
                axes.set_title(said, loc="left", size=SMALL, color=INK, pad=4)
                axes.set_ylim(0.6 if measure == "settled_90" else 0, 1 if measure == "settled_90" else None)
                axes.grid(color=FAINT, linewidth=0.5)
                style.plain(axes, keep=("bottom", "left"))
                if column == 0:
                    axes.set_xlabel(KM(language), size=SMALL, color=GREY, loc="left", labelpad=3)
    return figure


def _names(figure: Figure, scenarios: Sequence[str], colours: dict[str, str], top: float, language: Language) -> None:
    """Write the scenarios' names in their colours below the title."""
    width, height = figure.get_size_inches()
    left = EDGE
    for scenario in scenarios:
        name = labels.scenario(scenario, language)
        figure.text(left / width, 1 - (top - 0.12) / height, f"● {name}", size=SMALL, color=colours[scenario])
        left += 0.35 + 0.075 * style.units(name)


def _line(axes: object, rows: pd.DataFrame, colour: str) -> None:
    """Draw one scenario's tenths."""
    tenths = rows[rows["group"].isin([str(k + 1) for k in range(TENTHS)])].sort_values("km")
    x, y, low, high = (tenths[name].to_numpy(np.float64) for name in ("km", "value", "low", "high"))
    axes.vlines(x, low, high, color=colour, linewidth=1.0, alpha=0.45)  # type: ignore[attr-defined]
    axes.plot(x, y, color=colour, linewidth=1.4, marker="o", markersize=3)  # type: ignore[attr-defined]


def distance(table: pd.DataFrame, n: int, path_stem: str | Path) -> list[Path]:
    """Draw and save the figure in both languages; return the files."""
    return style.save_all(lambda language: distance_figure(table, n, language), path_stem)
