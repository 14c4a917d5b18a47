"""A figure of how cases end: on every day after their opening, which share has ended in which way.

Settled cases grow from below, the other ends from above, and what is still open is what is left between: so the two
that matter most are each read from an edge. The colours differ in lightness, not in hue alone, and every share after
the last day stands beside its panel in words and numbers.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from sim.outcomes import YEAR
from sim.report.figures import EDGE, FAINT, GREY, INK, WIDTH_ONE, WIDTH_TWO, _style, save
from sim.study.ends import ENDS, KINDS, OPEN, incidences
from sim.study.statistics import paired_rows
from sim.study.survival import averaged

Floats = NDArray[np.float64]

STACK = ("escalated", "withdrawn", "failed", OPEN, "settled")
"""The ends from top to bottom."""

COLOURS = {
    "escalated": "#7f1d1d",
    "withdrawn": "#d9772b",
    "failed": "#f3c667",
    OPEN: "#dde2e8",
    "settled": "#2f76ad",
}
WORDS = {
    "escalated": "petition or fight",
    "withdrawn": "withdrawn",
    "failed": "no agreement at any level",
    OPEN: "still open",
    "settled": "settled",
}
SHORT = WORDS | {"escalated": "petition", "failed": "no agreement", OPEN: "open"}
"""What the ends are called in the legend, and beside a panel."""

KIND_WORDS = {"all": "all cases", "roof": "leaking roofs", "neighbour": "quarrels between neighbours"}

MOST_KINDS = 4
"""So many kinds are drawn, those with most cases, unless it is said which."""

KNOWN = 0.95
"""Curves are drawn as far as so large a share of the replications with a case have been followed."""

TICKS = (0, 7, 30, 90, 180, YEAR)

# All measures in inches.
LABELS, NUMBERS, GAP = 1.65, 1.95, 0.25
ROW, BETWEEN = 0.8, 0.17
HEAD, FOOT, LEGEND = 0.42, 0.56, 0.42
LINE = 0.15
LABEL_CHARACTERS = 19


@dataclass(frozen=True)
class _Panel:
    """The cases of one kind in one scenario.

    Attributes:
        of_each: share of each of `ENDS` on each day, in each replication that has such a case, shape
            ``(replications, ends, days)``.
        mean: the same averaged over these replications, shape ``(ends, days)``.
        last: the last day known in nearly all of them, -1 without any.
    """

    of_each: Floats
    mean: Floats
    last: int


def competing_ends(
    cases: pd.DataFrame,
    runs: pd.DataFrame,
    path_stem: str | Path,
    title: str,
    *,
    kinds: Sequence[str] | None = None,
    names: Mapping[str, str] | None = None,
    note: str = "",
) -> list[Path]:
    """Draw how cases end and write it as PNG and PDF; the arguments are those of `competing_ends_figure`.

    Args:
        cases: the cases.
        runs: the runs.
        path_stem: where to, without ``.png`` and ``.pdf``.
        title: stands above the panels.
        kinds: which kinds of cases.
        names: how scenarios are called.
        note: one more sentence at the foot.

    Returns:
        The files written.

    Raises:
        StoreError: a file cannot be written.
    """
    return save(competing_ends_figure(cases, runs, title, kinds=kinds, names=names, note=note), path_stem)


def competing_ends_figure(
    cases: pd.DataFrame,
    runs: pd.DataFrame,
    title: str,
    *,
    kinds: Sequence[str] | None = None,
    names: Mapping[str, str] | None = None,
    note: str = "",
) -> Figure:
    """Draw how cases end: a row of panels a scenario, a column a kind of case.

    A panel stacks, for each day after opening, the shares of cases that have ended in each way by then and the share
    still open, estimated by Aalen and Johansen in every replication and averaged (`sim.study.ends`).

    Args:
        cases: the table of cases.
        runs: the table of runs.
        title: stands above the panels.
        kinds: which kinds of cases, of `sim.study.ends.KINDS`; by default the (at most four) with most cases.
        names: how scenarios are called, where that differs from their name.
        note: one more sentence at the foot.

    Raises:
        ValueError: there is no run to draw.
    """
    if runs.empty:
        raise ValueError("there is no run to draw")
    scenarios = [str(scenario) for scenario in runs["scenario"].unique()]
    if kinds is None:
        found = [kind for kind in cases["kind"].value_counts().index if kind in KINDS][:MOST_KINDS]
        kinds = [kind for kind in KINDS if kind in found] or [KINDS[0]]
    panels = {(kind, scenario): _panel(cases, runs, kind, scenario) for kind in kinds for scenario in scenarios}
    with _style():
        return _lay_out(panels, list(kinds), scenarios, title, names or {}, note)


def _panel(cases: pd.DataFrame, runs: pd.DataFrame, kind: str, scenario: str) -> _Panel:
    """Estimate one panel."""
    found = incidences(cases, runs[runs["scenario"] == scenario], kind=kind, last=YEAR)
    shares = found.shares[found.at_risk[:, 0] > 0]
    known = ~np.isnan(shares[:, 0])
    enough = np.flatnonzero(known.sum(axis=0) >= max(1.0, KNOWN * len(shares)))
    return _Panel(shares, averaged(shares), int(enough.max(initial=-1)))


def _lay_out(
    panels: Mapping[tuple[str, str], _Panel],
    kinds: Sequence[str],
    scenarios: Sequence[str],
    title: str,
    names: Mapping[str, str],
    note: str,
) -> Figure:
    """Lay the panels out on a figure of the size they need."""
    columns = min(2, len(kinds))
    width = WIDTH_ONE if columns == 1 else WIDTH_TWO
    last = min((panel.last for panel in panels.values() if panel.last >= 0), default=0)
    heading = textwrap.wrap(title, int(width * 8.4))
    foot = textwrap.wrap(f"{_explanation(panels, last)} {note}".strip(), int(width * 15))
    blocks = -(-len(kinds) // columns)
    block = HEAD + len(scenarios) * (ROW + BETWEEN) - BETWEEN + FOOT
    top = EDGE + 0.27 * len(heading) + LEGEND
    height = top + blocks * block + EDGE * 0.8 + 0.16 * len(foot)

    figure = Figure(figsize=(width, height), facecolor="white")
    for i, words in enumerate(heading):
        figure.text(EDGE / width, 1 - (EDGE + 0.27 * i) / height, words, va="top", size=13, weight="bold", color=INK)
    for i, words in enumerate(foot):
        at = (EDGE * 0.5 + 0.16 * (len(foot) - 1 - i)) / height
        figure.text(EDGE / width, at, words, va="bottom", size=7.5, color=GREY)
    _legend(figure, width, height, height - top + LEGEND / 2)

    share = (width - 2 * EDGE - LABELS - columns * NUMBERS - (columns - 1) * GAP) / columns
    for i, kind in enumerate(kinds):
        down, across = divmod(i, columns)
        left = EDGE + LABELS + across * (share + NUMBERS + GAP)
        ceiling = height - top - down * block
        words = KIND_WORDS.get(kind, kind.replace("_", " "))
        figure.text(
            left / width,
            (ceiling - 0.06) / height,
            words[:1].upper() + words[1:],
            va="top",
            size=10.5,
            weight="bold",
            color=INK,
        )
        shown = [end for end in STACK if _matters(end, [panels[kind, scenario] for scenario in scenarios], last)]
        for row, scenario in enumerate(scenarios):
            low = ceiling - HEAD - row * (ROW + BETWEEN) - ROW
            axes = figure.add_axes((left / width, low / height, share / width, ROW / height))
            _draw(axes, panels[kind, scenario], last, row == len(scenarios) - 1, across == 0)
            _numbers(axes, panels[kind, scenario], last, shown, share)
            if across == 0:
                lines = textwrap.wrap(names.get(scenario, scenario).replace("_", " "), LABEL_CHARACTERS, max_lines=3)
                axes.annotate(
                    "\n".join(lines),
                    (0, 0.5),
                    (-LABELS * 72, 0),
                    xycoords="axes fraction",
                    textcoords="offset points",
                    va="center",
                    size=9,
                    color=INK,
                    linespacing=1.25,
                )
    return figure


def _matters(end: str, panels: Sequence[_Panel], last: int) -> bool:
    """Whether an end is written beside the panels of a kind: one that never comes is not."""
    return any(panel.last >= 0 and panel.mean[ENDS.index(end), last] > 0 for panel in panels)


def _explanation(panels: Mapping[tuple[str, str], _Panel], last: int) -> str:
    """Say what is drawn."""
    counts = sorted({len(panel.of_each) for panel in panels.values()})
    many = f"{counts[0]} to {counts[-1]}" if len(counts) > 1 else f"{counts[0]}"
    return (
        "Under these assumptions. Cases opened in the first year of a run, followed to its end. Shares by Aalen and "
        f"Johansen in each replication, averaged over the replications with such a case ({many}); beside each panel "
        f"those after {last} days, with the 95% bootstrap interval of the mean. A roof's case stays open when somebody "
        "who suffers takes it to a petition."
    )


def _legend(figure: Figure, width: float, height: float, at: float) -> None:
    """Say which colour is which, in the order of the stack from below."""
    left, side = EDGE, 0.13
    for end in reversed(STACK):
        patch = Rectangle(
            (left / width, (at - side / 2) / height),
            side / width,
            side / height,
            transform=figure.transFigure,
            facecolor=COLOURS[end],
            linewidth=0,
        )
        figure.add_artist(patch)
        figure.text((left + side + 0.07) / width, at / height, WORDS[end], va="center_baseline", size=8.5, color=INK)
        left += side + 0.07 + 0.068 * len(WORDS[end]) + 0.26


def _draw(axes: Axes, panel: _Panel, last: int, lowest: bool, leftmost: bool) -> None:
    """Stack the shares of one panel; days are on a scale of square roots, as most happens early."""
    days = np.sqrt(np.arange(last + 1))
    end_of_axis = max(last, 1)
    axes.set_xlim(0, np.sqrt(end_of_axis))
    axes.set_ylim(0, 1)
    for side in axes.spines.values():
        side.set_visible(False)
    ticks = [*(tick for tick in TICKS if tick < 0.75 * last), end_of_axis]
    axes.set_xticks(np.sqrt(ticks), [f"{tick}" for tick in ticks] if lowest else [""] * len(ticks))
    axes.set_yticks([0, 0.5, 1], ["0", "50", "100%"] if leftmost else [""] * 3)
    axes.tick_params(length=0, pad=3, labelsize=7, labelcolor=GREY)
    if lowest:
        axes.set_xlabel("days after opening (scale of square roots)", size=7.5, color=GREY, loc="left", labelpad=2)
    if panel.last < 0:
        axes.set_facecolor("#f5f7f9")
        axes.text(0.5, 0.5, "no such case", transform=axes.transAxes, ha="center", va="center", color=GREY, size=8)
        return
    above = np.ones(last + 1)
    for end in STACK:
        share = panel.mean[ENDS.index(end), : last + 1]
        below = np.zeros(last + 1) if end == STACK[-1] else above - share
        axes.fill_between(days, below, above, step="post", color=COLOURS[end], linewidth=0)
        above = below
    for tick in ticks[1:-1]:
        axes.axvline(np.sqrt(tick), color="white", linewidth=0.7, alpha=0.75)
    axes.axhline(0.5, color="white", linewidth=0.7, alpha=0.75)
    axes.axhline(0, color=FAINT, linewidth=0.8, clip_on=False)


def _numbers(axes: Axes, panel: _Panel, last: int, shown: Sequence[str], width: float) -> None:
    """Write the shares of the last day beside a panel, in the order of the stack."""
    if panel.last < 0:
        return
    at_last = panel.of_each[:, :, last].T
    means = paired_rows(at_last, np.zeros_like(at_last), test=False)
    for i, end in enumerate(shown):
        k = ENDS.index(end)
        y = 0.5 + ((len(shown) - 1) / 2 - i) * LINE / ROW
        words = _percent(panel.mean[k, last])
        span = _span(means[k].low, means[k].high)
        bold = "bold" if end == "settled" else "normal"
        axes.add_patch(
            Rectangle(
                (1 + 0.09 / width, y - 0.045 / ROW),
                0.09 / width,
                0.09 / ROW,
                transform=axes.transAxes,
                facecolor=COLOURS[end],
                linewidth=0,
                clip_on=False,
            )
        )
        for text, x, align, color, weight in (
            (SHORT[end], 0.24, "left", INK, bold),
            (words, 1.31, "right", INK, bold),
            (span, 1.38, "left", GREY, "normal"),
        ):
            axes.text(
                1 + x / width,
                y,
                text,
                transform=axes.transAxes,
                ha=align,
                va="center_baseline",
                size=7.5,
                color=color,
                weight=weight,
            )


def _span(low: float, high: float) -> str:
    """Write an interval in whole percent, if there is one that does not vanish in rounding."""
    if not np.isfinite([low, high]).all() or high < 0.005:
        return ""
    return f"{_percent(low).removesuffix('%')} to {_percent(high)}"


def _percent(share: float) -> str:
    """Write a share in whole percent; what is there but rounds to nothing is said to be less than one."""
    return "<1%" if 0 < share < 0.005 else f"{100 * share:.0f}%"
