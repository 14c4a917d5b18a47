"""The forest figure of comparisons: what every single replication says, and what all of them together do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sim.report import labels, style
from sim.report.labels import ENGLISH, Language, Text
from sim.report.style import BAND, BODY, DOT, EDGE, FAINT, GREY, INK, MEAN, SMALL, WIDTH_ONE, WIDTH_TWO, wrap
from sim.report.tables import number
from sim.study.statistics import OutcomeSpec, twin_differences

FENCE = 3.0
"""A dot further from the middle half of its row than so many times that half's width is far off."""

SHADES = 48
"""Shades of a PNG; dots upon dots make many that nobody tells apart."""

GOLDEN = (math.sqrt(5) - 1) / 2

# All measures in inches.
GAP = 0.3
LABELS, NUMBERS, NUMBERS_AT = 1.75, 1.5, 0.125
LINE = 0.145
ABOVE, BELOW = 0.36, 0.52
LABEL_UNITS, TITLE_UNITS = 25, 46

WHAT_IT_IS_COMPARED_WITH = Text("what it is compared with", "所对比的情景")
CLIPPED = Text(" (arrowhead: beyond the axis)", "（箭头：超出坐标轴）")
EXPLANATION = Text(
    "Under these assumptions. Dot: one replication, scenario minus {against}{clipped}. Line: mean difference and 95% "
    "bootstrap interval over {twins} pairs of twins; hollow where the interval contains zero.",
    "以上均在所设假设之下。点：一次重复，情景减{against}{clipped}。线：{twins} 对“双胞胎”之差的平均与 95% 自助法区间；"
    "区间含零者为空心。",
)
UNREACHED = Text(" n/a: nothing in which the two differ has a path there.", "“无”：两者的不同之处够不着它。")
IN_UNITS = Text("difference, {unit}", "差值，{unit}")
ALL_EQUAL = Text("all pairs equal", "各对相同")
ONE_PAIR = Text("one pair", "仅一对")


@dataclass(frozen=True)
class _Row:
    """One comparison in one panel."""

    difference: float
    low: float
    high: float
    dots: NDArray[np.float64]
    pairs: int = 0

    @property
    def known(self) -> bool:
        """Whether there is an interval."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def clear(self) -> bool:
        """Whether the interval does not contain zero."""
        return self.known and not self.low <= 0 <= self.high


def forest(
    comparison: pd.DataFrame,
    runs: pd.DataFrame,
    path_stem: str | Path,
    title: Text,
    *,
    outcomes: Sequence[OutcomeSpec] | None = None,
    names: Mapping[str, str] | None = None,
) -> list[Path]:
    """Draw a forest figure in every language and write each as PNG and PDF; see `forest_figure`.

    Args:
        comparison: the comparisons.
        runs: the runs.
        path_stem: where to, without ``.png`` and ``.pdf``.
        title: stands above the panels.
        outcomes: which outcomes to draw.
        names: how scenarios are called.

    Returns:
        The files written.

    Raises:
        StoreError: a file cannot be written.
    """
    return style.save_all(
        lambda language: forest_figure(
            comparison, runs, title(language), outcomes=outcomes, names=names, language=language
        ),
        path_stem,
        shades=SHADES,
    )


def forest_figure(
    comparison: pd.DataFrame,
    runs: pd.DataFrame,
    title: str,
    *,
    outcomes: Sequence[OutcomeSpec] | None = None,
    names: Mapping[str, str] | None = None,
    note: str = "",
    language: Language = ENGLISH,
) -> Figure:
    """Draw a forest figure: one panel an outcome, one line a comparison.

    Each dot is one replication: its run under the scenario minus its twin. The line is the mean
    difference with its interval, hollow where the interval contains zero.

    Args:
        comparison: what `sim.study.statistics.compare_runs` returns.
        runs: the table of runs it was made from.
        title: stands above the panels.
        outcomes: which outcomes to draw, with their titles and units; all by default (1-8 are legible).
        names: how scenarios are called, where that differs from `sim.report.labels.scenario`.
        note: one more sentence at the foot.
        language: of the words.

    Raises:
        ValueError: there is no comparison to draw.
    """
    if comparison.empty:
        raise ValueError("there is no comparison to draw")
    called = {str(name): labels.scenario(str(name), language) for name in runs["scenario"].unique()} | dict(names or {})
    with style.house():
        return _forest(comparison, runs, title, outcomes, called, note, language)


def _forest(
    comparison: pd.DataFrame,
    runs: pd.DataFrame,
    title: str,
    outcomes: Sequence[OutcomeSpec] | None,
    names: Mapping[str, str],
    note: str,
    language: Language,
) -> Figure:
    """Lay the panels out on a figure of the size they need."""
    if outcomes is None:
        units = comparison.drop_duplicates("outcome")[["outcome", "unit"]]
        outcomes = [OutcomeSpec(str(name), str(unit)) for name, unit in units.itertuples(index=False)]
    pairs = list(comparison[["scenario", "baseline"]].drop_duplicates().itertuples(index=False, name=None))
    baselines = {baseline for _, baseline in pairs}
    lines = [
        _label(scenario, None if len(baselines) == 1 else baseline, names, language) for scenario, baseline in pairs
    ]

    columns = min(2, max(1, len(outcomes)))
    width = WIDTH_ONE if columns == 1 else WIDTH_TWO
    content = [_rows(comparison, runs, outcome.name, pairs) for outcome in outcomes]
    called = [style.capital(labels.outcome(outcome.name, language, outcome.title)) for outcome in outcomes]
    titles = [wrap(words, TITLE_UNITS) for words in called]
    # A title of two lines needs room above all panels of its row, but not of the others.
    aboves = [
        ABOVE + 1.15 * LINE * (max(len(lines) for lines in titles[i : i + columns]) - 1)
        for i in range(0, len(outcomes), columns)
    ]
    line = max(0.4, LINE * max((len(first) + len(second) for first, second in lines), default=1) + 0.12)
    body = line * len(pairs)
    heading = style.title_lines(title, width)
    foot = style.foot_lines(f"{_explanation(content, pairs, names, language)} {note}", width)
    top = EDGE + style.TITLE_LINE * len(heading)
    bottom = EDGE * 0.8 + style.SMALL_LINE * len(foot)
    height = top + sum(aboves) + len(aboves) * (body + BELOW) + bottom

    figure = Figure(figsize=(width, height), facecolor="white")
    style.heading(figure, heading)
    style.foot(figure, foot)
    share = (width - 2 * EDGE - LABELS - columns * NUMBERS - (columns - 1) * GAP) / columns
    for i, outcome in enumerate(outcomes):
        row, column = divmod(i, columns)
        left = EDGE + LABELS + column * (share + NUMBERS + GAP)
        low = height - top - sum(aboves[: row + 1]) - row * (body + BELOW) - body
        axes = figure.add_axes((left / width, low / height, share / width, body / height))
        _panel(axes, content[i], labels.unit(outcome.unit, language), share, language)
        style.panel_title(axes, "\n".join(titles[i]))
        if column == 0:
            _write_labels(axes, lines, share, line)
    return figure


def _label(
    scenario: str, baseline: str | None, names: Mapping[str, str], language: Language
) -> tuple[list[str], list[str]]:
    """Break the name of a comparison into lines: the scenario, and what it is compared with."""
    first = wrap(names[scenario], LABEL_UNITS, 2)
    return first, [] if baseline is None else wrap(labels.AGAINST(language, name=names[baseline]), LABEL_UNITS, 2)


def _explanation(
    content: Sequence[Sequence[_Row]], pairs: Sequence[tuple[str, str]], names: Mapping[str, str], language: Language
) -> str:
    """Say what is drawn."""
    counts = sorted({len(row.dots) for rows in content for row in rows if len(row.dots)}) or [0]
    baselines = {baseline for _, baseline in pairs}
    against = names[baselines.pop()] if len(baselines) == 1 else WHAT_IT_IS_COMPARED_WITH(language)
    clipped = any(
        (row.dots < low).any() or (row.dots > high).any() for low, high, rows in _ranges(content) for row in rows
    )
    unreached = any(math.isnan(row.difference) and row.pairs for rows in content for row in rows)
    return EXPLANATION(
        language,
        against=against,
        clipped=CLIPPED(language) if clipped else "",
        twins=f"{counts[0]}{labels.TO(language)}{counts[-1]}" if len(counts) > 1 else counts[0],
    ) + (UNREACHED(language) if unreached else "")


def _ranges(content: Sequence[Sequence[_Row]]) -> list[tuple[float, float, Sequence[_Row]]]:
    """Return each panel's range with its rows."""
    return [(*_limits(rows), rows) for rows in content]


def _rows(comparison: pd.DataFrame, runs: pd.DataFrame, outcome: str, pairs: Sequence[tuple[str, str]]) -> list[_Row]:
    """Collect what the lines of one outcome's panel show."""
    of = comparison[comparison["outcome"] == outcome]
    wide = runs[["scenario", "replication", outcome]].pivot(index="replication", columns="scenario", values=outcome)
    rows = []
    for scenario, baseline in pairs:
        twins = wide[[scenario, baseline]].dropna().to_numpy(np.float64)
        dots = twin_differences(twins[:, 0], twins[:, 1])
        mine = of[(of["scenario"] == scenario) & (of["baseline"] == baseline)]
        said = mine[["difference", "low", "high"]].to_numpy(np.float64)
        difference, low, high = said[0].tolist() if len(said) else (np.nan,) * 3
        pairs_ = len(dots)
        if math.isnan(difference):
            dots = dots[:0]  # out of reach: twins that do not differ are no dots at zero
        rows.append(_Row(difference, low, high, dots, pairs_))
    return rows


def _panel(axes: Axes, rows: Sequence[_Row], unit: str, width: float, language: Language) -> None:
    """Draw one outcome."""
    low, high = _limits(rows)
    axes.set_xlim(low, high)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    style.plain(axes)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4 if width < 3.4 else 6, steps=[1, 2, 2.5, 5, 10]))
    if all(not row.dots.any() for row in rows):
        # Nothing differs, so the axis has no scale.
        axes.set_xticks([0])
    style.number_ticks(axes.xaxis, (low, high))
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    words = IN_UNITS(language, unit=unit) if unit else labels.DIFFERENCE(language)
    axes.set_xlabel("\n".join(wrap(words, max(20, int(width * 19)), 2)), size=SMALL, color=GREY, loc="left", labelpad=3)

    for i in range(0, len(rows), 2):
        axes.axhspan(i - 0.5, i + 0.5, color=BAND, linewidth=0, zorder=-2)
    _replications(axes, rows, low, high)
    axes.axvline(0, color=INK, linewidth=0.9, zorder=3)
    _means(axes, rows)
    for i, row in enumerate(rows):
        _numbers(axes, i, row, width, language)


def _replications(axes: Axes, rows: Sequence[_Row], low: float, high: float) -> None:
    """Draw a dot for every replication, and an arrowhead at the edge where it would lie beyond."""
    dots = np.concatenate([row.dots for row in rows])
    many = max(len(row.dots) for row in rows)
    ys = []
    for i, row in enumerate(rows):
        jitter = 2 * (GOLDEN * np.arange(1, len(row.dots) + 1) % 1) - 1
        # The middle is left free for the mean and its interval.
        ys.append(i + np.where(jitter < 0, -0.1, 0.1) + 0.24 * jitter)
    y, edge = np.concatenate(ys), (high - low) * 0.008
    size, alpha = (3.0, 0.3) if many > 60 else (3.6, 0.45)
    for which, at, marker, points, opacity in (
        ((dots >= low) & (dots <= high), dots, "o", size, alpha),
        (dots < low, np.full(len(dots), low + edge), "<", 3.0, 0.6),
        (dots > high, np.full(len(dots), high - edge), ">", 3.0, 0.6),
    ):
        axes.plot(at[which], y[which], marker, color=DOT, markersize=points, alpha=opacity, markeredgewidth=0, zorder=2)


def _means(axes: Axes, rows: Sequence[_Row]) -> None:
    """Draw the mean differences with their intervals; hollow where the interval contains zero, or is not known."""
    for width, color, z in ((4.4, "white", 4.0), (2.4, MEAN, 4.5)):
        known = [(i, row) for i, row in enumerate(rows) if row.known]
        at, lows, highs = [i for i, _ in known], [row.low for _, row in known], [row.high for _, row in known]
        axes.hlines(at, lows, highs, color=color, linewidth=width, zorder=z, capstyle="butt")
    shown = [(i, row) for i, row in enumerate(rows) if math.isfinite(row.difference)]
    for z, size, chosen, face, edge in (
        (5.0, 6.2, shown, "white", "none"),
        (6.0, 4.2, [(i, row) for i, row in shown if not row.clear], "white", MEAN),
        (6.0, 4.2, [(i, row) for i, row in shown if row.clear], MEAN, MEAN),
    ):
        x, y = [row.difference for _, row in chosen], [i for i, _ in chosen]
        axes.plot(x, y, "o", markersize=size, markerfacecolor=face, markeredgecolor=edge, markeredgewidth=1.4, zorder=z)


def _numbers(axes: Axes, at: int, row: _Row, width: float, language: Language) -> None:
    """Write the mean difference and its interval beside the panel."""
    scale = max((abs(x) for x in (row.difference, row.low, row.high) if math.isfinite(x)), default=0.0)
    first, second = number(row.difference, scale, sign=True), ""
    if not math.isfinite(row.difference):
        first = labels.NO_VALUE(language)
    elif not row.known:
        second = ONE_PAIR(language)
    else:
        second = ALL_EQUAL(language) if row.low == row.high else labels.span(row.low, row.high, scale, language)
    aside: Any = {"transform": axes.get_yaxis_transform()}
    x = 1 + NUMBERS_AT / width
    axes.text(x, at, first, va="bottom" if second else "center", size=BODY + 0.5, color=INK, **aside)
    axes.text(x, at + 0.03, second, va="top", size=SMALL, color=GREY, **aside)


def _write_labels(axes: Axes, labels: Sequence[tuple[list[str], list[str]]], share: float, line: float) -> None:
    """Write the comparisons left of a panel, each centred on its line."""
    for at, (first, second) in enumerate(labels):
        lines = [(words, INK, BODY) for words in first] + [(words, GREY, SMALL) for words in second]
        for i, (words, color, size) in enumerate(lines):
            y = at + (i - (len(lines) - 1) / 2) * LINE / line
            axes.text(
                -(LABELS / share),
                y,
                words,
                transform=axes.get_yaxis_transform(),
                va="center_baseline",
                size=size,
                color=color,
            )


def _limits(rows: Sequence[_Row]) -> tuple[float, float]:
    """Choose the range of a panel: zero, all intervals and nearly all dots.

    One far-off dot must not squeeze all the rest; it is drawn at the edge.
    """
    values = [0.0]
    for row in rows:
        values += [x for x in (row.difference, row.low, row.high) if math.isfinite(x)]
        if len(row.dots) == 0:
            continue
        first, third = np.quantile(row.dots, [0.25, 0.75])
        fence = FENCE * (third - first)
        near = row.dots if fence == 0 else row.dots[(row.dots >= first - fence) & (row.dots <= third + fence)]
        values += near.tolist()
    low, high = min(values), max(values)
    if low == high:
        return -1.0, 1.0
    margin = 0.05 * (high - low)
    return low - margin, high + margin
