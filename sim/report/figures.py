"""Figures of comparisons: what every single replication says, and what all of them together do.

Figures are made of `matplotlib.figure.Figure` alone, never through pyplot and its global state, and
carry no date, so that the same numbers give the same file.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from sim.report.tables import interval, number
from sim.study.statistics import OutcomeSpec, twin_differences
from sim.study.store import atomic

STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8.5,
    "axes.unicode_minus": False,
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "text.parse_math": False,
    "path.simplify": False,
}
INK, GREY, FAINT, BAND = "#1b2a3a", "#667280", "#d5dae0", "#f5f7f9"
DOT, MEAN = "#4f8fc0", "#0b4a7d"

DPI = 180
FENCE = 3.0
"""A dot further from the middle half of its row than so many times that half's width is far off."""

GOLDEN = (math.sqrt(5) - 1) / 2

# All measures in inches.
WIDTH_ONE, WIDTH_TWO = 8.6, 11.6
EDGE, GAP = 0.35, 0.3
LABELS, NUMBERS = 1.75, 1.5
LINE = 0.145
ABOVE, BELOW = 0.36, 0.52
LABEL_CHARACTERS, TITLE_CHARACTERS = 24, 46


@dataclass(frozen=True)
class _Row:
    """One comparison in one panel."""

    difference: float
    low: float
    high: float
    dots: NDArray[np.float64]


def forest(
    comparison: pd.DataFrame,
    runs: pd.DataFrame,
    path_stem: str | Path,
    title: str,
    *,
    outcomes: Sequence[OutcomeSpec] | None = None,
    names: Mapping[str, str] | None = None,
    note: str = "",
) -> list[Path]:
    """Draw a forest figure and write it as PNG and PDF; the arguments are those of `forest_figure`.

    Args:
        comparison: the comparisons.
        runs: the runs.
        path_stem: where to, without ``.png`` and ``.pdf``.
        title: stands above the panels.
        outcomes: which outcomes to draw.
        names: how scenarios are called.
        note: one more sentence at the foot.

    Returns:
        The files written.

    Raises:
        StoreError: a file cannot be written.
    """
    return save(forest_figure(comparison, runs, title, outcomes=outcomes, names=names, note=note), path_stem)


def forest_figure(
    comparison: pd.DataFrame,
    runs: pd.DataFrame,
    title: str,
    *,
    outcomes: Sequence[OutcomeSpec] | None = None,
    names: Mapping[str, str] | None = None,
    note: str = "",
) -> Figure:
    """Draw a forest figure: one panel an outcome, one line a comparison.

    Each dot is one replication: its run under the scenario minus its twin. The line is the mean
    difference with its interval, hollow where the interval contains zero.

    Args:
        comparison: what `sim.study.statistics.compare_runs` returns.
        runs: the table of runs it was made from.
        title: stands above the panels.
        outcomes: which outcomes to draw, with their titles and units; all by default (1-8 are legible).
        names: how scenarios are called, where that differs from their name.
        note: one more sentence at the foot.

    Raises:
        ValueError: there is no comparison to draw.
    """
    if comparison.empty:
        raise ValueError("there is no comparison to draw")
    with _style():
        return _forest(comparison, runs, title, outcomes, names or {}, note)


def save(figure: Figure, path_stem: str | Path) -> list[Path]:
    """Write a figure as PNG and PDF, the same bytes for the same figure, each whole or not at all.

    Raises:
        StoreError: a file cannot be written.
    """
    stem = Path(path_stem)
    paths = [stem.with_name(f"{stem.name}.png"), stem.with_name(f"{stem.name}.pdf")]
    with _style():
        with atomic(paths[0]) as file:
            figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
        with atomic(paths[1]) as file:
            figure.savefig(file, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
    return paths


@contextmanager
def _style() -> Iterator[None]:
    """Draw in the project's style alone, whatever the user's own settings are, and leave those as they were."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def _forest(
    comparison: pd.DataFrame,
    runs: pd.DataFrame,
    title: str,
    outcomes: Sequence[OutcomeSpec] | None,
    names: Mapping[str, str],
    note: str,
) -> Figure:
    """Lay the panels out on a figure of the size they need."""
    if outcomes is None:
        units = comparison.drop_duplicates("outcome")[["outcome", "unit"]]
        outcomes = [OutcomeSpec(str(name), str(unit)) for name, unit in units.itertuples(index=False)]
    pairs = list(comparison[["scenario", "baseline"]].drop_duplicates().itertuples(index=False, name=None))
    baselines = {baseline for _, baseline in pairs}
    labels = [_label(scenario, None if len(baselines) == 1 else baseline, names) for scenario, baseline in pairs]

    columns = min(2, max(1, len(outcomes)))
    width = WIDTH_ONE if columns == 1 else WIDTH_TWO
    content = [[_row(comparison, runs, outcome.name, *pair) for pair in pairs] for outcome in outcomes]
    titles = [textwrap.wrap(_capital(outcome.title), TITLE_CHARACTERS) for outcome in outcomes]
    # A title of two lines needs room above all panels of its row, but not of the others.
    aboves = [
        ABOVE + 1.1 * LINE * (max(len(lines) for lines in titles[i : i + columns]) - 1)
        for i in range(0, len(outcomes), columns)
    ]
    line = max(0.4, LINE * max((len(first) + len(second) for first, second in labels), default=1) + 0.12)
    body = line * len(pairs)
    heading = textwrap.wrap(title, int(width * 8.4))
    foot = textwrap.wrap(f"{_explanation(content, pairs, names)} {note}", int(width * 15))
    top = EDGE + 0.27 * len(heading)
    bottom = EDGE * 0.8 + 0.16 * len(foot)
    height = top + sum(aboves) + len(aboves) * (body + BELOW) + bottom

    figure = Figure(figsize=(width, height), facecolor="white")
    for i, words in enumerate(heading):
        figure.text(EDGE / width, 1 - (EDGE + 0.27 * i) / height, words, va="top", size=13, weight="bold", color=INK)
    for i, words in enumerate(foot):
        figure.text(
            EDGE / width, (EDGE * 0.5 + 0.16 * (len(foot) - 1 - i)) / height, words, va="bottom", size=7.5, color=GREY
        )

    share = (width - 2 * EDGE - LABELS - columns * NUMBERS - (columns - 1) * GAP) / columns
    for i, outcome in enumerate(outcomes):
        row, column = divmod(i, columns)
        left = EDGE + LABELS + column * (share + NUMBERS + GAP)
        low = height - top - sum(aboves[: row + 1]) - row * (body + BELOW) - body
        axes = figure.add_axes((left / width, low / height, share / width, body / height))
        _panel(axes, content[i], outcome, titles[i], share)
        if column == 0:
            _write_labels(axes, labels, share, line)
    return figure


def _label(scenario: str, baseline: str | None, names: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Break the name of a comparison into lines: the scenario, and what it is compared with."""

    def lines(words: str) -> list[str]:
        return textwrap.wrap(words.replace("_", " "), LABEL_CHARACTERS, max_lines=2, placeholder=" ...")

    first = lines(names.get(scenario, scenario))
    return first, [] if baseline is None else lines(f"against {names.get(baseline, baseline)}")


def _explanation(content: Sequence[Sequence[_Row]], pairs: Sequence[tuple[str, str]], names: Mapping[str, str]) -> str:
    """Say what is drawn."""
    counts = sorted({len(row.dots) for rows in content for row in rows}) or [0]
    twins = f"{counts[0]} to {counts[-1]}" if len(counts) > 1 else f"{counts[0]}"
    baselines = {baseline for _, baseline in pairs}
    against = "what it is compared with"
    if len(baselines) == 1:
        (baseline,) = baselines
        against = names.get(baseline, baseline).replace("_", " ")
    clipped = any(
        (row.dots < low).any() or (row.dots > high).any() for low, high, rows in _ranges(content) for row in rows
    )
    return (
        f"Under these assumptions. Dot: one replication, scenario minus {against}"
        f"{' (arrowhead: beyond the axis)' if clipped else ''}. Line: mean difference and 95% bootstrap interval "
        f"over {twins} pairs of twins; hollow where the interval contains zero."
    )


def _ranges(content: Sequence[Sequence[_Row]]) -> list[tuple[float, float, Sequence[_Row]]]:
    """Return each panel's range with its rows."""
    return [(*_limits(rows), rows) for rows in content]


def _capital(words: str) -> str:
    """Begin with a capital letter and leave the rest."""
    return words[:1].upper() + words[1:]


def _row(comparison: pd.DataFrame, runs: pd.DataFrame, outcome: str, scenario: str, baseline: str) -> _Row:
    """Collect what one line of a panel shows."""
    of = (comparison["scenario"] == scenario) & (comparison["baseline"] == baseline)
    found = comparison[of & (comparison["outcome"] == outcome)]
    a, b = (runs[runs["scenario"] == name].set_index("replication")[outcome] for name in (scenario, baseline))
    twins = pd.DataFrame({"a": a, "b": b}, dtype="float64").dropna().sort_index()
    dots = twin_differences(twins["a"].to_numpy(np.float64), twins["b"].to_numpy(np.float64))
    if found.empty:
        return _Row(np.nan, np.nan, np.nan, dots)
    difference, low, high = (float(found.iloc[0][name]) for name in ("difference", "low", "high"))
    return _Row(difference, low, high, dots)


def _panel(axes: Axes, rows: Sequence[_Row], outcome: OutcomeSpec, title: Sequence[str], width: float) -> None:
    """Draw one outcome."""
    low, high = _limits(rows)
    axes.set_xlim(low, high)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_facecolor("none")
    axes.set_yticks([])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4 if width < 3.4 else 6, steps=[1, 2, 2.5, 5, 10]))
    if all(not row.dots.any() for row in rows):
        # Nothing differs, so the axis has no scale.
        axes.set_xticks([0])
    ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
    step = min((b - a for a, b in pairwise(ticks)), default=1.0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _tick(x, step, max(abs(low), abs(high)))))
    axes.tick_params(axis="x", length=0, pad=4, labelsize=7.5, labelcolor=GREY)
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_title("\n".join(title), loc="left", size=9.5, weight="bold", color=INK, pad=7, linespacing=1.15)
    unit = "" if outcome.unit in ("", "1") else f", {outcome.unit}"
    axes.set_xlabel(
        "\n".join(textwrap.wrap(f"difference{unit}", max(20, int(width * 17)), max_lines=2, break_on_hyphens=False)),
        size=7.5,
        color=GREY,
        loc="left",
        labelpad=3,
    )

    edge = (high - low) * 0.008
    for i, row in enumerate(rows):
        if i % 2 == 0:
            axes.axhspan(i - 0.5, i + 0.5, color=BAND, linewidth=0, zorder=-2)
        jitter = 2 * (GOLDEN * np.arange(1, len(row.dots) + 1) % 1) - 1
        # The middle is left free for the mean and its interval.
        jitter = i + np.where(jitter < 0, -0.1, 0.1) + 0.24 * jitter
        inside = (row.dots >= low) & (row.dots <= high)
        size, alpha = (9, 0.3) if len(row.dots) > 60 else (13, 0.45)
        axes.scatter(row.dots[inside], jitter[inside], s=size, color=DOT, alpha=alpha, linewidths=0, zorder=2)
        for outside, at, marker in ((row.dots < low, low + edge, "<"), (row.dots > high, high - edge, ">")):
            where = np.full(int(outside.sum()), at)
            axes.scatter(where, jitter[outside], s=9, color=DOT, alpha=0.6, linewidths=0, marker=marker, zorder=2)
    axes.axvline(0, color=INK, linewidth=0.9, zorder=3)
    for i, row in enumerate(rows):
        _mean(axes, i, row)


def _mean(axes: Axes, at: int, row: _Row) -> None:
    """Draw the mean difference with its interval, and write both beside the panel."""
    known = math.isfinite(row.low) and math.isfinite(row.high)
    if known:
        halo = [patheffects.withStroke(linewidth=4.4, foreground="white")]
        ends = [row.low, row.high]
        axes.plot(ends, [at, at], color=MEAN, linewidth=2.4, solid_capstyle="butt", zorder=4, path_effects=halo)
    if math.isfinite(row.difference):
        face = "white" if not known or row.low <= 0 <= row.high else MEAN
        axes.scatter([row.difference], [at], s=48, color="white", linewidths=0, zorder=5)
        axes.scatter([row.difference], [at], s=22, facecolor=face, edgecolor=MEAN, linewidths=1.4, zorder=6)
    scale = max((abs(x) for x in (row.difference, row.low, row.high) if math.isfinite(x)), default=0.0)
    first, second = number(row.difference, scale, sign=True), ""
    if known:
        second = "all pairs equal" if row.low == row.high else interval(row.low, row.high, scale)
    elif math.isfinite(row.difference):
        second = "one pair"
    for words, up, va, size, weight, color in (
        (first, 1 if second else 0, "bottom" if second else "center", 8.5, "bold", INK),
        (second, -1, "top", 7.5, "normal", GREY),
    ):
        axes.annotate(
            words,
            (1, at),
            (9, up),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            annotation_clip=False,
            va=va,
            size=size,
            weight=weight,
            color=color,
        )


def _write_labels(axes: Axes, labels: Sequence[tuple[list[str], list[str]]], share: float, line: float) -> None:
    """Write the comparisons left of a panel, each centred on its line."""
    for at, (first, second) in enumerate(labels):
        lines = [(words, INK, 8.5) for words in first] + [(words, GREY, 7.5) for words in second]
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


def _tick(value: float, step: float, scale: float) -> str:
    """Write a number on an axis."""
    unit, letter = (1e9, "bn") if scale >= 2e9 else (1e6, "M") if scale >= 2e6 else (1.0, "")
    if step / unit < 1e-5:
        return f"{value / unit:g}{letter}"
    decimals = next(d for d in range(7) if math.isclose(round(step / unit, d), step / unit, rel_tol=1e-6) or d == 6)
    text = f"{value / unit:,.{decimals}f}"
    return "0" if float(text.replace(",", "")) == 0 else text + letter
