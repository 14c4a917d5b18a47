"""A figure of how things go on in time: bands over replications, and below them the difference between twins.

Above, each scenario's mean over replications and the range in which the middle half of them lies; below, what lies
between twins, replication by replication: its mean and a pointwise 95% interval of that (percentile bootstrap of whole
replications). Where twins differ by little and replications by much, the lower panel is the one to read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from sim.outcomes import YEAR
from sim.report import labels, style
from sim.report.chosen import chosen
from sim.report.labels import ENGLISH, Language, Text
from sim.report.style import EDGE, FAINT, GREY, INK, SMALL, WIDTH_TWO, wrap
from sim.report.tables import number

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """Something that is followed from day to day.

    Attributes:
        label: what it is.
        unit: its unit.
        columns: columns of the table of days that are added up; an ``_`` at the end stands for all that begin so.
        units: so many of what they count make one.
        among: what it is set in relation to: 1,000 ``households``, or all ``compounds``.
        total: added up since day 0; else what is there at the end of a day.
    """

    label: Text
    unit: Text
    columns: tuple[str, ...]
    units: float = 1.0
    among: str = "households"
    total: bool = False


_HOUSEHOLDS = "/ 1,000 households", "／千户"
SERIES = (
    Series(
        Text("Unresolved", "未解决的困扰"),
        Text(f"severity {_HOUSEHOLDS[0]}", f"严重程度之和{_HOUSEHOLDS[1]}"),
        ("unresolved",),
        1000.0,
    ),
    Series(
        Text("Roofs that leak", "漏雨的房顶"),
        Text(f"roofs {_HOUSEHOLDS[0]}", f"个{_HOUSEHOLDS[1]}"),
        ("leaking_roofs",),
    ),
    Series(
        Text("Hours worked since day 0", "第 0 天以来投入的工时"),
        Text(f"hours {_HOUSEHOLDS[0]}", f"小时{_HOUSEHOLDS[1]}"),
        ("minutes_",),
        60.0,
        total=True,
    ),
    Series(
        Text("Compounds captured", "被收买的小区"),
        Text("share of compounds", "占小区的比例"),
        ("captured_compounds",),
        among="compounds",
    ),
)
"""What is drawn: the headline's stock, what is shared and dear, what it costs, what may go wrong."""

COMPOUNDS = ("with_company", "without_company")

EVERY = 7
"""Days between two points of a curve."""

MOST = 4
"""So many comparisons are drawn, and the scenarios in them; which, see `curves`."""

RESAMPLES, SEED = 999, 20_250_101

TITLE = Text(
    "Day by day: bands over replications, and the difference between twins", "逐日变化：各次重复的范围，与“双胞胎”之差"
)
EXPLANATION = Text(
    "Under these assumptions. Above: mean over {n} replications and the range of the middle half of them. Below: mean "
    "difference between twins (scenario minus what it is compared with) and its pointwise 95% bootstrap interval. "
    "Before day 0 nothing differs.",
    "以上均在所设假设之下。上图：{n} 次重复的平均值，以及居中一半重复的范围。下图：“双胞胎”之差（情景减所对比的情景）的"
    "平均值与逐点 95% 自助法区间。第 0 天以前毫无差别。",
)
PAIRS_LEFT_OUT = Text(
    " Not drawn: {n} more comparisons, in {same} of which no twins differ in any of this; their numbers stand in "
    "comparison.csv and daily.parquet.",
    "未画出：另外 {n} 项比较，其中 {same} 项的双胞胎在这些量上毫无差别；其数据见 comparison.csv 与 daily.parquet。",
)
SCENARIOS_LEFT_OUT = Text(
    " Not drawn: {n} more scenarios; their numbers stand in runs.csv and daily.parquet.",
    "未画出：另外 {n} 个情景；其数据见 runs.csv 与 daily.parquet。",
)
MINUS = Text("{scenario} − {baseline}", "{scenario} − {baseline}")

# Inches.
UPPER, LOWER, BETWEEN = 1.55, 1.05, 0.14
ABOVE, BELOW = 0.46, 0.5
LEFT, NAMES = 0.55, 1.55
MONTH = YEAR / 12
LINE = 0.145


@dataclass(frozen=True)
class LeftOut:
    """What there is no room for.

    Attributes:
        same: comparisons between twins that do not differ in anything that is drawn.
        more: other comparisons.
        scenarios: scenarios, where nothing is compared.
    """

    same: int = 0
    more: int = 0
    scenarios: int = 0

    def words(self, language: Language) -> str:
        """Say it; nothing if all are drawn."""
        if self.scenarios:
            return SCENARIOS_LEFT_OUT(language, n=self.scenarios)
        return PAIRS_LEFT_OUT(language, n=self.same + self.more, same=self.same) if self.same or self.more else ""


@dataclass(frozen=True)
class Curves:
    """What is drawn.

    Attributes:
        days: days of the points.
        series: what there is to draw of `SERIES`.
        values: series number and scenario to the values, shape ``(replications, points)``.
        pairs: comparisons.
        replications: how many.
        left_out: what is not drawn.
    """

    days: NDArray[np.int64]
    series: Sequence[Series]
    values: Mapping[tuple[int, str], Floats]
    pairs: Sequence[tuple[str, str]]
    replications: int
    left_out: LeftOut = LeftOut()

    @property
    def scenarios(self) -> list[str]:
        """The scenarios drawn, in order."""
        return list(dict.fromkeys(scenario for _, scenario in self.values))


def time_series(
    daily: pd.DataFrame, runs: pd.DataFrame, path_stem: str | Path, pairs: Sequence[tuple[str, str]]
) -> list[Path]:
    """Draw how things go on in time, in every language, and write each as PNG and PDF; see `curves`.

    Args:
        daily: the table of days.
        runs: the table of runs.
        path_stem: where to, without ``.png`` and ``.pdf``.
        pairs: (scenario, baseline) of the comparisons.

    Returns:
        The files written.

    Raises:
        StoreError: a file cannot be written.
    """
    drawn = curves(daily, runs, pairs)
    return style.save_all(lambda language: time_series_figure(drawn, language), path_stem)


def curves(daily: pd.DataFrame, runs: pd.DataFrame, pairs: Sequence[tuple[str, str]]) -> Curves:
    """Take the curves from the table of days.

    Args:
        daily: the table of days; series whose columns it lacks are left out.
        runs: the table of runs, for their order and households.
        pairs: (scenario, baseline) of the comparisons, of which `MOST` are drawn: those that matter where all are with
            one scenario (`sim.report.chosen`), else the first. Without any, the first scenarios.

    Raises:
        ValueError: there is no day to draw.
    """
    if daily.empty:
        raise ValueError("there is no day to draw")
    all_pairs = list(pairs)
    order = [str(name) for name in runs["scenario"].unique()]
    wanted = {name for pair in all_pairs for name in pair} or set(order[:MOST])
    households = runs.set_index(["scenario", "replication"])["households"]
    columns = {series: _columns(series, [str(c) for c in daily.columns]) for series in SERIES}
    present = [series for series in SERIES if columns[series]]
    values = {}
    days = np.unique(daily["day"].to_numpy(np.int64))
    points = np.unique(np.append(np.arange(len(days) - 1, -1, -EVERY), 0))
    for scenario in (name for name in order if name in wanted):
        mine = daily[daily["scenario"] == scenario].sort_values(["replication", "day"], kind="stable")
        replications = mine["replication"].unique()

        def grid(names: Sequence[str], rows: pd.DataFrame = mine, n: int = len(replications)) -> Floats:
            """Add up columns of this scenario, shape (replications, days)."""
            total: Floats = rows[list(names)].to_numpy(np.float64).sum(axis=1).reshape(n, len(days))
            return total

        for i, series in enumerate(present):
            amount = grid(columns[series]) / series.units
            amount = np.cumsum(amount, axis=1) if series.total else amount
            if series.among == "households":
                among = households[scenario].loc[replications].to_numpy(np.float64)[:, None] / 1000
            else:
                among = grid(COMPOUNDS)
            values[i, scenario] = (amount / among)[:, points]
    few, same = _few(all_pairs, values, len(present))
    shown = {name for pair in few for name in pair} or wanted
    values = {key: value for key, value in values.items() if key[1] in shown}
    scenarios = 0 if few else len(order) - len(shown)
    out = LeftOut(same, len(all_pairs) - len(few) - same, scenarios)
    return Curves(days[points], present, values, few, daily["replication"].nunique(), out)


def _few(
    pairs: list[tuple[str, str]], values: Mapping[tuple[int, str], Floats], series: int
) -> tuple[list[tuple[str, str]], int]:
    """Return the comparisons that are drawn, and how many of the others are between twins that do not differ."""
    size = {}
    for one, other in pairs:
        apart = [np.abs((values[i, one] - values[i, other]).mean(axis=0)).max() for i in range(series)]
        any_ = [bool((values[i, one] != values[i, other]).any()) for i in range(series)]
        size[one, other] = (apart, any(any_))
    widest = [max((size[pair][0][i] for pair in pairs), default=0.0) or 1.0 for i in range(series)]
    far = {pair: max((a / w for a, w in zip(size[pair][0], widest, strict=True)), default=0.0) for pair in pairs}
    far = {pair: max(far[pair], 1e-12) if size[pair][1] else 0.0 for pair in pairs}
    few = pairs[:MOST]
    if len({baseline for _, baseline in pairs}) == 1 and len({name for name, _ in pairs}) == len(pairs):
        base = pairs[0][1]
        names = chosen([base, *(name for name, _ in pairs)], {name: far[name, base] for name, _ in pairs}, MOST + 1)
        few = [pair for pair in pairs if pair[0] in names] or few
    return few, sum(far[pair] == 0 for pair in pairs if pair not in few)


def needed(there: Sequence[str]) -> list[str]:
    """Return which columns of a table of days are needed.

    Args:
        there: the columns that it has.
    """
    mine = {column for series in SERIES for column in _columns(series, there)}
    return [c for c in there if c in mine or c in ("scenario", "replication", "day", *COMPOUNDS)]


def _columns(series: Series, there: Sequence[str]) -> list[str]:
    """Return the columns of a series, none if the table lacks one."""
    found: list[str] = []
    for name in series.columns:
        mine = [column for column in there if column == name or (name.endswith("_") and column.startswith(name))]
        if not mine:
            return []
        found += mine
    return [] if series.among == "compounds" and not set(COMPOUNDS) <= set(there) else found


def interval(differences: Floats) -> tuple[Floats, Floats]:
    """Return a pointwise 95% interval of the mean, by the percentile bootstrap of whole replications.

    Args:
        differences: shape ``(replications, points)``.
    """
    n = len(differences)
    weights = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), size=RESAMPLES) / n
    low, high = np.quantile(weights @ differences, [0.025, 0.975], axis=0)
    return low, high


def time_series_figure(drawn: Curves, language: Language = ENGLISH) -> Figure:
    """Draw how things go on in time: a block a series, bands above, differences below.

    Args:
        drawn: what `curves` returns.
        language: of the words.
    """
    with style.house():
        return _lay_out(drawn, language)


def _lay_out(drawn: Curves, language: Language) -> Figure:
    """Lay the blocks out."""
    heading = style.title_lines(TITLE(language), WIDTH_TWO)
    said = EXPLANATION(language, n=drawn.replications) + drawn.left_out.words(language)
    foot = style.foot_lines(said, WIDTH_TWO)
    lower = LOWER + BETWEEN if drawn.pairs else 0.0
    block = ABOVE + UPPER + lower + BELOW
    top = EDGE + style.TITLE_LINE * len(heading)
    rows = -(-len(drawn.series) // 2)
    height = top + rows * block + EDGE * 0.8 + style.SMALL_LINE * len(foot)
    figure = Figure(figsize=(WIDTH_TWO, height), facecolor="white")
    style.heading(figure, heading)
    style.foot(figure, foot)
    half = (WIDTH_TWO - 2 * EDGE) / 2
    width = half - LEFT - NAMES
    for i, series in enumerate(drawn.series):
        down, across = divmod(i, 2)
        left = EDGE + across * half + LEFT
        low = height - top - down * block - ABOVE - UPPER
        axes = _axes(figure, left, low, width, UPPER)
        style.panel_title(axes, series.label(language), x=-LEFT / width, pad=18)
        axes.text(
            -LEFT / width, 1 + 0.05 / UPPER, series.unit(language), transform=axes.transAxes, size=SMALL, color=GREY
        )
        _bands(axes, drawn, i, width, language)
        if drawn.pairs:
            axes.tick_params(labelbottom=False)
            axes = _axes(figure, left, low - BETWEEN - LOWER, width, LOWER)
            _differences(axes, drawn, i, width, language)
        months = drawn.days[-1] > 4 * MONTH
        words = labels.MONTHS(language) if months else labels.DAYS(language)
        axes.set_xlabel(words, size=SMALL, color=GREY, loc="left", labelpad=2)
    return figure


def _axes(figure: Figure, left: float, low: float, width: float, height: float) -> Axes:
    """Add axes at a place in inches."""
    across, up = figure.get_size_inches()
    axes = figure.add_axes((left / across, low / up, width / across, height / up))
    style.plain(axes)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    return axes


def _scale(axes: Axes, drawn: Curves, bins: int) -> Floats:
    """Set the axes' ticks, and return the points in time in their unit."""
    months = drawn.days[-1] > 4 * MONTH
    x: Floats = (drawn.days + 1) / (MONTH if months else 1.0)  # what is there at the end of a day
    axes.set_xlim(0, max(x[-1], 1e-9))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 3, 6, 10], integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    return x


def _bands(axes: Axes, drawn: Curves, series: int, width: float, language: Language) -> None:
    """Draw the mean of each scenario and the middle half of its replications."""
    colours = style.colours(drawn.scenarios)
    x = _scale(axes, drawn, 4)
    ends = []
    for scenario in drawn.scenarios:
        values = drawn.values[series, scenario]
        low, high = np.quantile(values, [0.25, 0.75], axis=0)
        axes.fill_between(x, low, high, color=colours[scenario], alpha=0.13, linewidth=0)
        mean = values.mean(axis=0)
        axes.plot(x, mean, color=colours[scenario], linewidth=1.6)
        ends.append((float(mean[-1]), labels.scenario(scenario, language), colours[scenario]))
    low, high = axes.get_ylim()
    axes.set_ylim(min(0.0, low) if low < 0.4 * high else low, high)
    if not any(drawn.values[series, scenario].any() for scenario in drawn.scenarios):  # there is none of it
        axes.set_ylim(-1, 1)
        axes.set_yticks([0])
    _name(axes, ends, width, UPPER, "")


def _differences(axes: Axes, drawn: Curves, series: int, width: float, language: Language) -> None:
    """Draw the mean difference of each comparison and its interval."""
    colours = style.colours(drawn.scenarios)
    x = _scale(axes, drawn, 4)
    axes.axhline(0, color=INK, linewidth=0.9)
    ends, before, flat = [], set(), True
    for scenario, baseline in drawn.pairs:
        difference = drawn.values[series, scenario] - drawn.values[series, baseline]
        mean = difference.mean(axis=0)
        if len(difference) > 1:
            low, high = interval(difference)
            axes.fill_between(x, low, high, color=colours[scenario], alpha=0.22, linewidth=0)
        dashes = (0, (3, 1.5)) if scenario in before else "-"
        axes.plot(x, mean, color=colours[scenario], linewidth=1.4, linestyle=dashes)
        before.add(scenario)
        flat &= not difference.any()
        names = {"scenario": labels.scenario(scenario, language), "baseline": labels.scenario(baseline, language)}
        ends.append((float(mean[-1]), MINUS(language, **names), colours[scenario]))
    if flat:  # nothing differs, so the axis has no scale
        axes.set_ylim(-1, 1)
        axes.set_yticks([0])
    _name(axes, ends, width, LOWER, "+")


def _spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Return places near the wanted ones, in their order from below, so that none covers another.

    Args:
        wanted: places, in order.
        sizes: how much room each takes.
        low: lower end of the room.
        high: its upper end, which is kept to if there is room enough.
    """
    places, floor = [], low
    for y, size in zip(wanted, sizes, strict=True):
        places.append(max(y, floor + size / 2))
        floor = places[-1] + size / 2
    ceiling = high
    for i in reversed(range(len(places))):
        places[i] = min(places[i], ceiling - sizes[i] / 2)
        ceiling = places[i] - sizes[i] / 2
    return places


def _name(axes: Axes, ends: Sequence[tuple[float, str, str]], width: float, height: float, sign: str) -> None:
    """Write the name and last value of each curve at its right end, apart from each other."""
    low, high = axes.get_ylim()
    lines = [(y, wrap(f"{words}  {number(y, sign=bool(sign))}", 31, 2), colour) for y, words, colour in sorted(ends)]
    size = LINE * (high - low) / height
    places = _spread([y for y, _, _ in lines], [size * len(words) for _, words, _ in lines], low, high)
    for place, (y, words, colour) in zip(places, lines, strict=True):
        axes.plot(
            [1.01, 1.035], [y, place], color=colour, linewidth=0.8, clip_on=False, transform=axes.get_yaxis_transform()
        )
        axes.text(
            1 + 0.18 / width,
            place,
            "\n".join(words),
            transform=axes.get_yaxis_transform(),
            va="center",
            size=SMALL,
            color=INK,
            linespacing=1.1,
        )
