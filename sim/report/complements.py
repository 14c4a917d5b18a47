"""A figure of who complements whom: the interaction of every pair of arrangements, in the headline and in income.

The interaction index of Grabisch and Roubens for pairs, from `attribution.csv`: how much more two bring together than
apart, averaged over all sets of the others that may be there. Blue pairs help one another, red ones crowd one another
out; a frame says that the interval lies on one side of zero.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.outcomes import HIGHER, OUTCOMES
from sim.report import labels, style
from sim.report.labels import Language, Text
from sim.report.style import BLUE, EDGE, FAINT, GREY, INK, RED, SMALL
from sim.report.tables import number
from sim.study.coalitions import Attribution

SHOWN = ("unresolved", "collective_net")
"""Outcomes that have a panel, as far as they were attributed."""

TITLE = Text("Who complements whom", "哪些安排相辅相成")
FOOT = Text(
    "Under these assumptions. What two arrangements bring together beyond what they bring apart, averaged over all "
    "sets of the others, between twins; {n} replications. Blue: they help one another; red: they crowd one another "
    "out; framed: the 95% bootstrap interval lies on one side of zero. With {pairs} pairs a panel, one or so is framed "
    "by chance. Arrangements of one kind of settlement draw on the same hours; those of different kinds meet at the "
    "centre only; n/a: one of the two has no path to it.",
    "以上均在所设假设之下。两项安排合用比分用多带来的作用，对其余各项的所有组合取平均，对照之差；{n} 次重复。蓝：相辅"
    "相成；红：互相挤占；加框：95%自助法区间在零的一侧。每图 {pairs} 对，大约有一对会偶然加框。同一类聚落的安排用同一批"
    "人的工时，不同聚落之间只在中心相遇；“无”：其中一项够不着它。",
)

WIDTH, CELL, LEFT, GAP, ABOVE, BELOW = 11.6, 0.62, 1.75, 1.95, 0.45, 0.75
"""Inches."""


def complements(shares: pd.DataFrame, attribution: Attribution, path_stem: str | Path) -> list[Path]:
    """Draw and save the figure in both languages; return the files.

    Args:
        shares: what `sim.study.answers.attributed` returns.
        attribution: what was taken apart.
        path_stem: where to, without ``.png`` and ``.pdf``.
    """
    return style.save_all(lambda language: complements_figure(shares, attribution, language), path_stem)


def complements_figure(shares: pd.DataFrame, attribution: Attribution, language: Language) -> Figure:
    """Draw a panel for each outcome; the arguments are those of `complements`."""
    shown = [name for name in SHOWN if name in attribution.outcomes] or [attribution.outcomes[0]]
    pairs = shares[shares["measure"] == "interaction"]
    size = CELL * len(attribution.channels)
    with style.house():
        head = style.title_lines(TITLE(language), WIDTH)
        words = FOOT(language, n=int(pairs["n"].max()), pairs=len(pairs) // len(attribution.outcomes))
        foot = style.foot_lines(words, WIDTH)
        top = EDGE + style.TITLE_LINE * len(head) + ABOVE
        height = top + size + BELOW + EDGE * 0.8 + style.SMALL_LINE * len(foot)
        figure = Figure(figsize=(WIDTH, height), facecolor="white")
        style.heading(figure, head)
        style.foot(figure, foot)
        for i, name in enumerate(shown):
            left, low = LEFT + i * (size + GAP), height - top - size
            axes = figure.add_axes((left / WIDTH, low / height, size / WIDTH, size / height))
            spec = next(spec for spec in OUTCOMES if spec.name == name)
            _matrix(axes, pairs[pairs["outcome"] == name], attribution, spec.direction == HIGHER, language)
            words = f"{labels.outcome(name, language, spec.label)}, {labels.unit(spec.unit, language)}"
            style.panel_title(axes, style.capital(words))
    return figure


def _matrix(axes: Axes, pairs: pd.DataFrame, attribution: Attribution, raised: bool, language: Language) -> None:
    """Draw the lower half of one outcome's matrix; `raised` says that more is better."""
    players = attribution.channels
    largest = max((abs(x) for x in pairs["difference"] if math.isfinite(x)), default=0.0)
    for row in pairs.to_dict("records"):
        x, y = sorted((players.index(row["channel"]), players.index(row["with"])))
        _cell(axes, x, y, {str(name): value for name, value in row.items()}, largest, raised, language)
    axes.set_xlim(0, len(players))
    axes.set_ylim(len(players), 0)
    names = [labels.mechanism(player, language) for player in players]
    for k, name in enumerate(names):
        axes.annotate(name, (0, k + 0.5), (-6, 0), textcoords="offset points", ha="right", va="center", size=SMALL,
                      color=INK, annotation_clip=False)  # fmt: skip
        short = "\n".join(style.wrap(name, 9, most=3))
        axes.annotate(short, (k + 0.5, len(players)), (0, -5), textcoords="offset points", ha="center", va="top",
                      size=SMALL * 0.85, color=GREY, annotation_clip=False)  # fmt: skip
    axes.axis("off")


def _cell(axes: Axes, x: int, y: int, row: dict[str, Any], largest: float, raised: bool, language: Language) -> None:
    """Draw the interaction of one pair."""
    value = row["difference"]
    known = math.isfinite(value)
    good = (value > 0) == raised
    strength = 0.75 * abs(value) / largest if known and largest > 0 else 0.0
    axes.add_patch(Rectangle((x, y), 1, 1, facecolor=BLUE if good else RED, alpha=strength, linewidth=0))
    sure = known and (row["low"] > 0 or row["high"] < 0)
    edge, width = (INK, 1.2) if sure else (FAINT, 0.6)
    axes.add_patch(Rectangle((x + 0.02, y + 0.02), 0.96, 0.96, fill=False, edgecolor=edge, linewidth=width))
    words = number(float(value), largest, sign=True) if known else labels.NO_VALUE(language)
    axes.annotate(words, (x + 0.5, y + 0.5), ha="center", va="center", size=SMALL * 0.9, color=INK)
