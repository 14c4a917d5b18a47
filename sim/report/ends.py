"""A figure of how cases end: on every day after their opening, which share has ended in which way.

Settled cases grow from below, the other ends from above, and what is still open is what is left between: so the two
that matter most are each read from an edge. The colours differ in lightness, not in hue alone, and every share after
the last day stands beside its panel in words and numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sim.outcomes import YEAR
from sim.report import labels, style
from sim.report.chosen import part
from sim.report.labels import ENGLISH, Language, Text
from sim.report.style import BODY, EDGE, FAINT, GREY, INK, SMALL, WIDTH_ONE, WIDTH_TWO, wrap
from sim.study.ends import ALL, ENDS, OPEN, cohorts
from sim.study.survival import averaged

Floats = NDArray[np.float64]

STACK = ("escalated", "withdrawn", "failed", OPEN, "settled")
"""The ends from top to bottom."""

COLOURS = {
    "escalated": "#6d1a1a",
    "withdrawn": "#d2691e",
    "failed": "#f0c45c",
    OPEN: "#dfe3e7",
    "settled": "#2b74ad",
}

SHOWN = (ALL, "roof", "neighbour", "fee", "sharing")
"""Kinds drawn unless it is said which: all, what is shared and dear, and disputes of different kinds of parties."""

KNOWN = 0.95
"""Curves are drawn as far as so large a share of the replications with a case have been followed."""

NO_DAY = -1

SHADES = 32
"""Shades of a PNG: five colours and the words."""

DETAIL = 28
"""Every day is drawn up to this one; later ones lie closer than the eye sees on a scale of square roots."""

TICKS = (0, 7, 30, 90, 180, YEAR)

# All measures in inches.
LABELS, NUMBERS, GAP = 1.6, 1.9, 0.25
ROW, BETWEEN = 0.72, 0.16
HEAD, FOOT, LEGEND = 0.36, 0.56, 0.42
LINE = 0.142
LABEL_UNITS = 19

TITLE = Text("How cases end, and how long it takes", "案件如何了结，用了多久")
EXPLANATION = Text(
    "Under these assumptions. Cases opened in the first year of a run, followed to its end. Shares by Aalen and "
    "Johansen in each replication, averaged over the replications with such a case ({n}){beside}. A roof's case stays "
    "open when somebody who suffers takes it to a petition.",
    "以上均在所设假设之下。每次运行第一年立案的案件，跟踪到运行结束。比例按 Aalen-Johansen 法在每次重复中估计，"
    "再对有此类案件的重复（{n} 次）取平均{beside}。"
    "房顶案件有人去上访时，案件本身仍未了结。",
)
BESIDE = Text(
    "; beside each panel those after {day} days, with the 95% bootstrap interval of the mean",
    "；图旁为立案 {day} 天后的比例及平均值的 95% 自助法区间",
)
AXIS = Text("days after opening (scale of square roots)", "立案后天数（平方根刻度）")
NONE = Text("no such case", "没有此类案件")


@dataclass(frozen=True)
class _Panel:
    """The cases of one kind in one scenario.

    Attributes:
        of_each: share of each of `ENDS` on each day, in each replication that has such a case, shape
            ``(replications, ends, days)``.
        mean: the same averaged over these replications, shape ``(ends, days)``.
        last: the last day known in nearly all of them, -1 without any.
        said: what stands beside it: the ends, each with its share on the `day` of the summary and the
            interval of that.
        day: days after opening of what is said.
    """

    of_each: Floats
    mean: Floats
    last: int
    said: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    day: int = NO_DAY


def competing_ends(
    cases: pd.DataFrame,
    runs: pd.DataFrame,
    summary: pd.DataFrame,
    path_stem: str | Path,
    *,
    kinds: Sequence[str] | None = None,
    of: int = 0,
) -> list[Path]:
    """Draw how cases end, in every language, and write each as PNG and PDF; see `estimate`.

    Args:
        cases: the cases.
        runs: the runs.
        summary: their summary.
        path_stem: where to, without ``.png`` and ``.pdf``.
        kinds: which kinds of cases.
        of: scenarios that there are, if not all of them are drawn.

    Returns:
        The files written.

    Raises:
        StoreError: a file cannot be written.
    """
    panels = estimate(cases, runs, summary, kinds)
    drawn = len({scenario for _, scenario in panels})
    return style.save_all(
        lambda language: competing_ends_figure(panels, language, note=part(drawn, of, language).strip()),
        path_stem,
        shades=SHADES,
    )


Panels = Mapping[tuple[str, str], "_Panel"]
"""The cases of a kind in a scenario."""


def estimate(
    cases: pd.DataFrame, runs: pd.DataFrame, summary: pd.DataFrame, kinds: Sequence[str] | None = None
) -> Panels:
    """Estimate how cases of each kind end in each scenario, by Aalen and Johansen in each replication.

    Args:
        cases: the table of cases.
        runs: the table of runs.
        summary: what `sim.study.ends.summary` makes of them; its shares stand beside the panels.
        kinds: which kinds of cases, of `sim.study.ends.KINDS`; by default those of `SHOWN` that there are.

    Raises:
        ValueError: there is no run to draw.
    """
    if runs.empty:
        raise ValueError("there is no run to draw")
    if kinds is None:
        there = set(cases["kind"].unique())
        kinds = [kind for kind in SHOWN if kind in (ALL, *there)]
    scenarios = [str(scenario) for scenario in runs["scenario"].unique()]
    panels: dict[tuple[str, str], _Panel] = {}
    followed, of = cohorts(cases, runs), runs["scenario"].to_numpy(dtype=object)
    for kind in kinds:
        found = followed.incidences(kind, YEAR)
        any_case = found.at_risk[:, 0] > 0
        panels |= {(kind, scenario): _panel(found.shares[any_case & (of == scenario)]) for scenario in scenarios}
    day = max((int(day) for day in summary["day"].unique() if day <= _last(panels)), default=NO_DAY)
    said = summary[summary["day"] == day]
    out = {}
    for kind in kinds:
        for scenario in scenarios:
            mine = said[(said["kind"] == kind) & (said["scenario"] == scenario)]
            out[kind, scenario] = _with_words(panels[kind, scenario], mine, day)
    return out


def competing_ends_figure(
    panels: Panels,
    language: Language = ENGLISH,
    *,
    title: str = "",
    names: Mapping[str, str] | None = None,
    note: str = "",
) -> Figure:
    """Draw how cases end: a row of panels a scenario, a column a kind of case.

    A panel stacks, for each day after opening, the shares of cases that have ended in each way by then and the share
    still open, averaged over replications (`sim.study.ends`).

    Args:
        panels: what `estimate` returns.
        language: of the words.
        title: stands above the panels, unless it is to be `TITLE`.
        names: how scenarios are called, where that differs from `sim.report.labels.point`.
        note: one more sentence at the foot.
    """
    called = {scenario: labels.point(scenario, language) for _, scenario in panels} | dict(names or {})
    with style.house():
        return _lay_out(panels, title or TITLE(language), called, note, language)


def _panel(of_each: Floats) -> _Panel:
    """Make a panel of the shares in each replication that has a case."""
    known = ~np.isnan(of_each[:, 0])
    enough = np.flatnonzero(known.sum(axis=0) >= max(1.0, KNOWN * len(of_each)))
    return _Panel(of_each, averaged(of_each), int(enough.max(initial=-1)))


def _with_words(panel: _Panel, summary: pd.DataFrame, day: int) -> _Panel:
    """Add what stands beside a panel, if there is a case."""
    if panel.last < 0:
        return panel
    shares = summary[["share", "low", "high"]].to_numpy(np.float64)
    said = {str(end): (share, low, high) for end, (share, low, high) in zip(summary["end"], shares, strict=True)}
    return replace(panel, said=said, day=day)


def _last(panels: Panels) -> int:
    """Return the last day that is drawn in all panels."""
    return min((panel.last for panel in panels.values() if panel.last >= 0), default=0)


def _lay_out(panels: Panels, title: str, names: Mapping[str, str], note: str, language: Language) -> Figure:
    """Lay the panels out on a figure of the size they need: the panels of a kind are one below the other."""
    kinds, scenarios = (list(dict.fromkeys(key[i] for key in panels)) for i in (0, 1))
    columns = min(2, len(kinds))
    width = WIDTH_ONE if columns == 1 else WIDTH_TWO
    last = _last(panels)
    heading = style.title_lines(title, width)
    foot = style.foot_lines(f"{_explanation(panels, language)} {note}", width)
    blocks = -(-len(kinds) // columns)
    body = len(scenarios) * (ROW + BETWEEN) - BETWEEN
    block = HEAD + body + FOOT
    top = EDGE + style.TITLE_LINE * len(heading) + LEGEND
    height = top + blocks * block + EDGE * 0.8 + style.SMALL_LINE * len(foot)

    figure = Figure(figsize=(width, height), facecolor="white")
    style.heading(figure, heading)
    style.foot(figure, foot)
    _legend(figure, width, height, height - top + LEGEND / 2, language)

    share = (width - 2 * EDGE - LABELS - columns * NUMBERS - (columns - 1) * GAP) / columns
    for i, kind in enumerate(kinds):
        down, across = divmod(i, columns)
        left = EDGE + LABELS + across * (share + NUMBERS + GAP)
        low = height - top - down * block - HEAD - body
        axes = figure.add_axes((left / width, low / height, share / width, body / height))
        axes.set_ylim(_base(len(scenarios) - 1), 1)
        style.panel_title(axes, style.capital(labels.kind(kind, language)), pad=6)
        mine = [panels[kind, scenario] for scenario in scenarios]
        _axis(axes, len(mine), last, across == 0, language)
        _stacks(axes, mine, last)
        shown = [end for end in STACK if any(panel.said.get(end, (0.0,))[0] > 0 for panel in mine)]
        for row, panel in enumerate(mine):
            if panel.last < 0:
                where: Any = {"ha": "center", "va": "center", "size": BODY - 0.5}
                axes.text(np.sqrt(max(last, 1)) / 2, _base(row) + 0.5, NONE(language), color=GREY, **where)
        _numbers(axes, mine, shown, share, language)
        for row, scenario in enumerate(scenarios if across == 0 else ()):
            axes.text(
                -LABELS / share,
                _base(row) + 0.5,
                "\n".join(wrap(names[scenario], LABEL_UNITS, 3)),
                transform=axes.get_yaxis_transform(),
                va="center",
                size=BODY + 0.5,
                color=INK,
                linespacing=1.25,
            )
    return figure


def _base(row: int) -> float:
    """Return where the panel of a row begins on the axis of its column, on which a panel is 1 high."""
    return -row * (1 + BETWEEN / ROW)


def _explanation(panels: Panels, language: Language) -> str:
    """Say what is drawn."""
    counts = sorted({len(panel.of_each) for panel in panels.values()})
    many = f"{counts[0]}{labels.TO(language)}{counts[-1]}" if len(counts) > 1 else f"{counts[0]}"
    day = max(panel.day for panel in panels.values())
    return EXPLANATION(language, n=many, beside=BESIDE(language, day=day) if day != NO_DAY else "")


def _legend(figure: Figure, width: float, height: float, at: float, language: Language) -> None:
    """Say which colour is which, in the order of the stack from below."""
    left, side = EDGE, 0.13
    for end in reversed(STACK):
        words = labels.ENDS[end](language)
        patch = Rectangle(
            (left / width, (at - side / 2) / height),
            side / width,
            side / height,
            transform=figure.transFigure,
            facecolor=COLOURS[end],
            linewidth=0,
        )
        figure.add_artist(patch)
        figure.text((left + side + 0.07) / width, at / height, words, va="center_baseline", size=BODY, color=INK)
        left += side + 0.07 + 0.066 * style.units(words) + 0.26


def _axis(axes: Axes, rows: int, last: int, leftmost: bool, language: Language) -> None:
    """Draw the axes of a column of panels; days are on a scale of square roots, as most happens early."""
    end_of_axis = max(last, 1)
    axes.set_xlim(0, np.sqrt(end_of_axis))
    ticks = [*(tick for tick in TICKS if tick < 0.75 * last), end_of_axis]
    axes.set_xticks(np.sqrt(ticks), [f"{tick}" for tick in ticks])
    if leftmost:
        words = ["0", "50", "100%"] * rows
        axes.set_yticks([_base(row) + level for row in range(rows) for level in (0, 0.5, 1)], words)
    else:
        axes.set_yticks([])
    style.plain(axes, keep=())
    axes.tick_params(pad=3, labelsize=7)
    axes.set_xlabel(AXIS(language), size=SMALL, color=GREY, loc="left", labelpad=2)
    for row in range(rows):
        axes.vlines(np.sqrt(ticks[1:-1]), _base(row), _base(row) + 1, color="white", linewidth=0.7, alpha=0.75)
    axes.hlines(
        [_base(row) + 0.5 for row in range(rows)],
        0,
        1,
        color="white",
        linewidth=0.7,
        alpha=0.75,
        transform=axes.get_yaxis_transform(),
    )
    axes.hlines(
        [_base(row) for row in range(rows)],
        0,
        1,
        color=FAINT,
        linewidth=0.8,
        clip_on=False,
        transform=axes.get_yaxis_transform(),
    )


def _stacks(axes: Axes, panels: Sequence[_Panel], last: int) -> None:
    """Stack the shares of a column of panels, one collection of areas an end."""
    days = _days(last)
    x = np.concatenate([np.sqrt(days).repeat(2)[1:], np.sqrt(days).repeat(2)[1:][::-1]])  # steps, there and back
    above = [np.ones(len(days)) for _ in panels]
    for end in STACK:
        areas = []
        for row, panel in enumerate(panels):
            if panel.last < 0:
                continue
            share = panel.mean[ENDS.index(end), days]
            below = np.zeros(len(days)) if end == STACK[-1] else above[row] - share
            edge = np.concatenate([above[row].repeat(2)[:-1], below.repeat(2)[:-1][::-1]])
            areas.append(np.column_stack([x, _base(row) + edge]))
            above[row] = below
        axes.add_collection(PolyCollection(areas, facecolors=COLOURS[end], linewidths=0, zorder=1), autolim=False)
    lacking = [_base(row) for row, panel in enumerate(panels) if panel.last < 0]
    right = np.sqrt(max(last, 1))
    blank = [[(0, y), (right, y), (right, y + 1), (0, y + 1)] for y in lacking]
    axes.add_collection(PolyCollection(blank, facecolors=style.BAND, linewidths=0, zorder=1), autolim=False)


def _days(last: int) -> NDArray[np.int64]:
    """Return the days on which the stacks are drawn: each at first, then as many as can be seen, and the last."""
    days = np.unique(np.rint(np.linspace(0, np.sqrt(last), 4 * DETAIL) ** 2).astype(np.int64))
    return np.union1d(days[days <= last], np.arange(min(last, DETAIL) + 1))


def _numbers(axes: Axes, panels: Sequence[_Panel], shown: Sequence[str], width: float, language: Language) -> None:
    """Write the shares of the last day beside each panel, in the order of the stack."""
    aside, squares, colours = axes.get_yaxis_transform(), [], []
    left, half = 1 + 0.09 / width, 0.045 / ROW
    for row, panel in enumerate(panels):
        for i, end in enumerate(shown if panel.said else ()):
            share, low, high = panel.said[end]
            y = _base(row) + 0.5 + ((len(shown) - 1) / 2 - i) * LINE / ROW
            x = (left, left + 0.09 / width)
            squares.append([(x[0], y - half), (x[1], y - half), (x[1], y + half), (x[0], y + half)])
            colours.append(COLOURS[end])
            for text, inches, align, color in (
                (labels.ENDS_SHORT[end](language), 0.24, "left", GREY),
                (_percent(share), 1.31, "right", INK),
                (_span(low, high, language), 1.38, "left", GREY),
            ):
                if text:
                    where: Any = {"transform": aside, "ha": align, "va": "center_baseline"}
                    axes.text(1 + inches / width, y, text, size=SMALL, color=color, **where)
    patches = PolyCollection(squares, facecolors=colours, linewidths=0, transform=aside, clip_on=False)
    axes.add_collection(patches, autolim=False)


def _span(low: float, high: float, language: Language) -> str:
    """Write an interval in whole percent, if there is one that does not vanish in rounding."""
    if not np.isfinite([low, high]).all() or high < 0.005:
        return ""
    return f"{_percent(low).removesuffix('%')}{labels.TO(language)}{_percent(high)}"


def _percent(share: float) -> str:
    """Write a share in whole percent; what is there but rounds to nothing is said to be less than one."""
    return "<1%" if 0 < share < 0.005 else f"{100 * share:.0f}%"
