"""A figure of what scenarios cost and bring against the baseline, and of how sure it is which of them is worth most.

On the left the cost-effectiveness plane, as in `sim.report.budget`: to the right a scenario costs more, upwards it
brings more; a dot is a pair of twins. On the right the acceptability curves of `sim.study.acceptability`; where a
scenario is the best on average its line is heavy, and these parts together are the frontier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray

from sim.report import style
from sim.report.labels import EACH_DRAWN, Language, Text
from sim.report.style import BODY, EDGE, FAINT, GREY, INK, SMALL
from sim.study.budget import INCOME, SUFFERING, Account, wages

Floats = NDArray[np.float64]

TITLE = Text(
    "What each scenario costs and brings, and how sure it is which is worth most",
    "各情景的花费与成效，以及哪一个最值得有多大把握",
)
PLANE = Text("Against '{name}'", "与“{name}”相比")
CURVES = Text("Probability of being worth most", "最值得的概率")
COST = Text("yuan / 1,000 household-years more, an hour at {wage:g} yuan", "多花的元／千户·年，每小时计 {wage:g} 元")
BROUGHT = {
    SUFFERING: Text("severity-days / 1,000 household-years fewer", "减少的严重度·天／千户·年"),
    INCOME: Text("collective income, yuan / 1,000 household-years more", "增加的集体收入，元／千户·年"),
}
WORTH = {
    SUFFERING: Text("yuan that a severity-day fewer is worth", "每减少一个严重度·天值多少元"),
    INCOME: Text("yuan that a yuan of collective income is worth", "每增加一元集体收入值多少元"),
}
CORNERS = {
    (0, 1): Text("cheaper and better", "更省也更好"),
    (1, 1): Text("dearer and better", "更贵但更好"),
    (1, 0): Text("dearer and worse", "更贵又更差"),
    (0, 0): Text("cheaper and worse", "更省但更差"),
}
"""Corner of the plane, from the left and from below, to what it is to be there."""

OTHERS = Text("all others together", "其余合计")
OUTSIDE = Text(" {dots} of {all} dots lie beyond the panel.", "{all} 点中有 {dots} 点在图外。")
FOOT = Text(
    "Under these assumptions. {n} replications. Left: differences between twins, a dot for each pair, and the mean "
    "with its 95% bootstrap intervals; hours of everybody are valued alike, also those that nobody pays, and the "
    "public's money is added.{outside} Right: the share of replications{each} in which a scenario has the largest "
    "net benefit; heavy where it has the largest on average, which need not be the most probable. Chance of a run "
    "is in it. Other wages, and what to know more would be worth: acceptability.csv.",
    "以上均在所设假设之下。{n} 次重复。左：双胞胎之差，每对一个点，以及均值与其 95% 自助法区间；所有人的工时一律同价，"
    "包括无人付酬的，另加公共支出。{outside}右：在多大比例的重复中{each}，该情景的净收益最大；粗线处其平均净收益最大，"
    "但未必最有可能最大。其中含单次运行的偶然性。其他工时价格，以及多知道一些值多少，见 acceptability.csv。",
)

MOST = 8
"""Of more scenarios only those have lines of their own that are the best on average at some price, and the baseline."""

WITHIN = (0.5, 99.5)
"""Percentiles of the dots that the plane must hold."""

WIDTH, HEIGHT, LEFT, GAP, ABOVE, BELOW = 11.6, 3.7, 1.1, 0.85, 0.42, 0.62
CORNER = (0.23, 0.09)
"""The least share of the plane's width and height on either side of 0, so that every corner has room for its words."""

SHADES = 256
"""Colours of the PNG: of dots in several colours that lie on each other there are many."""

ROW, MARK = 0.24, 0.3
"""Inches; a row of the legend, and a mark in it with what is around it."""

LIGHT, HEAVY = 1.1, 3.6
"""Points."""


@dataclass(frozen=True)
class Named:
    """Scenarios that have lines of their own.

    Attributes:
        words: of each, in the language of the figure.
        colours: of each.
    """

    words: Mapping[str, str]
    colours: Mapping[str, str]


def acceptability(
    of: Account, budget: pd.DataFrame, curves: pd.DataFrame, path_stem: str | Path, words: Mapping[str, Text],
    *, drawn: bool = True,
) -> list[Path]:  # fmt: skip
    """Draw and save the figure in both languages; return the files.

    Args:
        of: what every scenario took and brought.
        budget: what `sim.study.budget.table` returns.
        curves: what `sim.study.acceptability.curves` returns.
        path_stem: where to, without ``.png`` and ``.pdf``.
        words: what scenarios are called.
        drawn: whether each replication has drawn its uncertain parameters.
    """
    return style.save_all(
        lambda language: acceptability_figure(of, budget, curves, language, words=words, drawn=drawn),
        path_stem,
        shades=SHADES,
    )


def acceptability_figure(
    of: Account, budget: pd.DataFrame, curves: pd.DataFrame, language: Language, *, words: Mapping[str, Text],
    drawn: bool = True,
) -> Figure:  # fmt: skip
    """Draw plane and curves at the middle wage; the arguments are those of `acceptability`."""
    wage = wages()[1]
    means, lines = (frame[frame["wage"] == wage] for frame in (budget, curves))
    named = name_lines(lines, language, words, most=MOST)
    shown = [name for name in of.names if name in named.words]
    dots = {name: (of.more(of.cost(wage))[i], of.more(of.brought)[i]) for i, name in enumerate(of.names)}
    compared = {name: dots[name] for name in shown if name != of.names[0]}
    box = _held(list(compared.values()), means[means["scenario"].isin(shown)])
    beyond = sum(int(_beyond(*pair, box).sum()) for pair in compared.values())
    all_dots = sum(len(pair[0]) for pair in compared.values())
    outside = OUTSIDE(language, dots=beyond, all=all_dots) if beyond else ""
    said = FOOT(language, n=int(lines["n"].max()), outside=outside, each=EACH_DRAWN(language) if drawn else "")
    with style.house():
        head = style.title_lines(TITLE(language), WIDTH)
        foot = style.foot_lines(said, WIDTH)
        entries = [(named.colours[name], named.words[name]) for name in shown]
        entries += [(GREY, OTHERS(language))] if len(shown) < len(of.names) else []
        rows = _rows(entries, WIDTH - 2 * EDGE)
        top = EDGE + style.TITLE_LINE * len(head) + ROW * len(rows) + ABOVE
        height = top + HEIGHT + BELOW + EDGE * 0.8 + style.SMALL_LINE * len(foot)
        figure = Figure(figsize=(WIDTH, height), facecolor="white")
        style.heading(figure, head)
        style.foot(figure, foot)
        for i, row in enumerate(rows):
            legend_row(figure, row, EDGE, EDGE + style.TITLE_LINE * len(head) + ROW * (i + 0.75))
        width = (WIDTH - LEFT - EDGE - GAP) / 2
        left, right = (
            figure.add_axes(((LEFT + i * (width + GAP)) / WIDTH, 1 - (top + HEIGHT) / height, width / WIDTH,
                             HEIGHT / height))
            for i in range(2)
        )  # fmt: skip
        _plane(left, compared, means, box, named, language)
        style.panel_title(left, PLANE(language, name=words[of.names[0]](language)))
        left.set_xlabel(COST(language, wage=wage), size=SMALL, color=INK, loc="left", labelpad=3)
        left.set_ylabel(BROUGHT[of.effect](language), size=SMALL, color=INK, loc="bottom", labelpad=3)
        curve_panel(right, lines, of.effect, named, language)
    return figure


# -- the plane --------------------------------------------------------------------------------


def _held(dots: Sequence[tuple[Floats, Floats]], means: pd.DataFrame) -> tuple[float, float, float, float]:
    """Return the ends of both axes, cost first: nearly all dots, all intervals and the origin are within."""
    out: list[float] = []
    for axis, name in enumerate(("cost", "saved")):
        values = [0.0, *means[f"{name}_low"].dropna(), *means[f"{name}_high"].dropna(), *means[name]]
        for pair in dots:
            values += [float(x) for x in np.percentile(pair[axis], WITHIN)]
        low, high = min(values), max(values)
        room = 0.06 * (high - low) or 1.0
        low, high, least = low - room, high + room, CORNER[axis] / (1 - CORNER[axis])
        out += [min(low, -least * high), max(high, -least * low)]
    return out[0], out[1], out[2], out[3]


def _beyond(cost: Floats, saved: Floats, box: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """Say which dots lie beyond the ends of the axes."""
    return (cost < box[0]) | (cost > box[1]) | (saved < box[2]) | (saved > box[3])


def _plane(
    axes: Axes, dots: Mapping[str, tuple[Floats, Floats]], means: pd.DataFrame,
    box: tuple[float, float, float, float], named: Named, language: Language,
) -> None:  # fmt: skip
    """Draw the dots of every scenario and its mean, and say what it is to be in a corner."""
    style.plain(axes)
    axes.grid(color=FAINT, linewidth=0.6)
    axes.axhline(0, color=GREY, linewidth=0.8, zorder=1.5)
    axes.axvline(0, color=GREY, linewidth=0.8, zorder=1.5)
    for name, (cost, saved) in dots.items():
        size, alpha = (5, 0.28) if len(cost) > 60 else (9, 0.4)
        axes.scatter(cost, saved, s=size, color=named.colours[name], alpha=alpha, linewidths=0, zorder=2)
    for row in means[means["scenario"].isin(dots)].to_dict("records"):
        colour, x, y = named.colours[row["scenario"]], row["cost"], row["saved"]
        lines = (([row["cost_low"], row["cost_high"]], [y, y]), ([x, x], [row["saved_low"], row["saved_high"]]))
        for line in lines:  # with one replication there are none
            axes.plot(*line, color="white", linewidth=3.2, zorder=4, solid_capstyle="butt")
            axes.plot(*line, color=colour, linewidth=1.7, zorder=5, solid_capstyle="butt")
        axes.scatter([x], [y], s=34, color=colour, edgecolor="white", linewidths=0.9, zorder=6)
    axes.set_xlim(box[0], box[1])
    axes.set_ylim(box[2], box[3])
    for (right, up), words in CORNERS.items():
        axes.annotate(
            words(language), (right, up), (5 - 10 * right, 5 - 10 * up), xycoords="axes fraction",
            textcoords="offset points", ha="right" if right else "left", va="top" if up else "bottom", size=SMALL,
            color=GREY, zorder=7,
        )  # fmt: skip
    for k, (axis, name) in enumerate(((axes.xaxis, "cost"), (axes.yaxis, "saved"))):
        flat = not any(pair[k].any() for pair in dots.values()) and not means[name].any()
        style.scale(axis, (box[2 * k], box[2 * k + 1]), 5, flat=flat)


# -- the curves -------------------------------------------------------------------------------


def name_lines(lines: pd.DataFrame, language: Language, words: Mapping[str, Text], *, most: int) -> Named:
    """Return which scenarios have lines of their own: all if they are few, else the frontier's and the baseline.

    Args:
        lines: acceptability at one wage.
        language: of the words.
        words: what scenarios are called.
        most: so many are few.
    """
    names = list(dict.fromkeys(lines["scenario"]))
    shown = names
    if len(names) > most:
        frontier = lines.loc[lines["best"] & (lines["willingness"] > 0), "scenario"]
        # Of a long frontier those that are the best over most of it; of equals the cheaper.
        best = frontier.value_counts(sort=False).sort_values(ascending=False, kind="stable").index[: most - 1]
        shown = [name for name in names if name in best or name == names[0]]
    return Named({name: words[name](language) for name in shown}, style.colours(shown))


def curve_panel(axes: Axes, lines: pd.DataFrame, effect: str, named: Named, language: Language) -> None:
    """Draw the acceptability of every scenario at one wage, over what a unit of the effect is worth.

    Args:
        axes: where to.
        lines: acceptability at one wage.
        effect: what is bought.
        named: scenarios with lines of their own.
        language: of the words.
    """
    priced = lines[lines["willingness"] > 0]  # nothing has no place on a logarithmic axis
    wide = priced.pivot(index="willingness", columns="scenario", values="acceptable")
    x = wide.index.to_numpy(np.float64)
    style.plain(axes)
    axes.set_xscale("log")
    axes.grid(color=FAINT, linewidth=0.6)
    rest = [name for name in wide.columns if name not in named.words]
    if rest:
        axes.plot(x, wide[rest].sum(axis=1), color=GREY, linewidth=LIGHT, alpha=0.6, zorder=2)
    best = priced[priced["best"]].sort_values("willingness")["scenario"].tolist()
    for name in named.words:
        y = wide[name].to_numpy(np.float64)
        axes.plot(x, y, color=named.colours[name], linewidth=LIGHT, zorder=3)
        for part in stretches(x, y, [one == name for one in best]):
            axes.plot(*part, color=named.colours[name], linewidth=HEAVY, zorder=4, solid_capstyle="butt")
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(-0.02, 1.02)
    axes.xaxis.set_major_locator(LogLocator(10))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}" if v >= 1 else f"{v:g}"))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0%}"))
    style.panel_title(axes, CURVES(language))
    axes.set_xlabel(WORTH[effect](language), size=SMALL, color=INK, loc="left", labelpad=3)


def stretches(x: Floats, y: Floats, where: Sequence[bool]) -> list[tuple[Floats, Floats]]:
    """Return the parts of a line where something holds, each as far as half-way to where it does not.

    Args:
        x: places of the line's points on a logarithmic axis.
        y: their heights.
        where: whether it holds at each.
    """
    held = np.concatenate(([False], np.asarray(where, dtype=bool), [False]))
    begins, ends = np.flatnonzero(~held[:-1] & held[1:]), np.flatnonzero(held[:-1] & ~held[1:]) - 1
    middle = np.sqrt(x[:-1] * x[1:])
    out = []
    for a, b in zip(begins, ends, strict=True):
        at = [*(middle[a - 1 : a] if a else ()), *x[a : b + 1], *middle[b : b + 1]]
        out.append((np.array(at), np.interp(np.log(at), np.log(x), y)))
    return out


# -- the legend -------------------------------------------------------------------------------


def _rows(entries: Sequence[tuple[str, str]], room: float) -> list[list[tuple[float, str, str]]]:
    """Put marks and words in rows of a width in inches; each entry with how far from the left it stands."""
    rows: list[list[tuple[float, str, str]]] = [[]]
    at = 0.0
    for colour, words in entries:
        wide = MARK + 0.062 * style.units(words) + 0.22
        if rows[-1] and at + wide > room:
            rows.append([])
            at = 0.0
        rows[-1].append((at, colour, words))
        at += wide
    return rows


def legend_row(figure: Figure, row: Sequence[tuple[float, str, str]], left: float, below: float) -> None:
    """Write a row of marks and words.

    Args:
        figure: where to.
        row: how far from the left each entry stands, inches, its colour and its words.
        left: where the row begins, inches.
        below: how far below the top its middle is, inches.
    """
    width, height = figure.get_size_inches()
    y = 1 - below / height
    for at, colour, words in row:
        x = left + at
        ends = [x / width, (x + MARK - 0.08) / width]
        figure.add_artist(Line2D(ends, [y, y], color=colour, linewidth=HEAVY, solid_capstyle="butt"))
        figure.text((x + MARK) / width, y, words, va="center", size=BODY, color=INK)
