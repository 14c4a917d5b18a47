"""Comparisons, and the rates in one scenario, as tables for the terminal."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from rich import box
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from sim.outcomes import A_YEAR

if TYPE_CHECKING:  # words of figures and of the page are wanted by who has no table
    import pandas as pd

    from sim.study.statistics import OutcomeSpec

NOT_AVAILABLE = "n/a"

STAR = "*"
"""Stands in the table for the denominator that most units share, which the caption spells out."""

FEW = 10
"""With fewer pairs an interval is a rough idea, and the table says so."""


def number(value: float, scale: float | None = None, *, sign: bool = False) -> str:
    """Write a number for people: three digits that count, thousands separated, nothing as n/a.

    Args:
        value: the number.
        scale: the size that decides the decimals, so that numbers side by side have equally many; its own by default.
        sign: write a plus before what is positive.
    """
    if not math.isfinite(value):
        return NOT_AVAILABLE
    scale = abs(value if scale is None else scale)
    unit, letter = (1e9, "bn") if scale >= 1e9 else (1e6, "M") if scale >= 1e6 else (1.0, "")
    size = scale / unit
    decimals = 0 if size == 0 else min(2 - math.floor(math.log10(size)), 6)
    # Negative decimals round to tens or hundreds: digits beyond the third would only pretend.
    text = f"{round(value / unit, decimals):{'+' if sign else ''},.{max(decimals, 0)}f}"
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("+-")
    return text + letter


def interval(low: float, high: float, scale: float | None = None) -> str:
    """Write an interval for people, both ends with equally many decimals.

    Args:
        low: the lower end.
        high: the upper end.
        scale: the size that decides the decimals; that of the larger end by default.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return NOT_AVAILABLE
    scale = max(abs(low), abs(high)) if scale is None else scale
    return f"{number(low, scale)} to {number(high, scale)}"


def print_comparison(
    console: Console,
    comparison: pd.DataFrame,
    *,
    title: str = "",
    outcomes: Sequence[OutcomeSpec] | None = None,
    names: Mapping[str, str] | None = None,
) -> None:
    """Print a comparison as a table, readable in 100 columns.

    Args:
        console: where to.
        comparison: what `sim.study.statistics.compare_runs` returns.
        title: stands above the table.
        outcomes: which outcomes to print, with their titles; all under their own names by default.
        names: how scenarios are called, where that differs from their name.
    """
    names = names or {}
    titles = titles_of(comparison, outcomes)
    table = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1),
        pad_edge=False,
        title_justify="left",
        title_style="bold",
    )
    table.title = escape(title) or None
    alone = next(iter(titles.values())) if len(titles) == 1 else ""  # of one outcome a line is enough for a comparison
    table.add_column("comparison" if alone else "comparison\n  outcome", max_width=31, overflow="fold")
    table.add_column(escape(alone) or "unit", max_width=16, overflow="fold", style="dim")
    for heading in ("baseline", "difference", "95% interval", "same\nsign", "n"):
        table.add_column(heading, justify="right", no_wrap=True)
    few = False
    for pair, group in comparison.groupby(["scenario", "baseline"], sort=False):
        label = _label(*(names.get(name, name) for name in map(str, pair)))
        if not alone:
            table.add_row(f"[bold]{escape(label)}[/bold]")
        for row in group[group["outcome"].isin(titles)].to_dict("records"):
            few |= 0 < row["n"] < FEW
            name, *others = _cells(row, titles)
            table.add_row(escape(label) if alone else name, *others)
        if not alone:
            table.add_section()
    console.print(table)
    console.print(
        "Under these assumptions: mean difference between twins (scenario - baseline) over n replications, with its "
        "bootstrap interval. Same sign: share of the replications whose difference has the sign of the mean. "
        f"{STAR} {A_YEAR}.",
        style="dim",
    )
    if few:
        console.print(f"Fewer than {FEW} pairs of twins: read the intervals as a rough idea.", style="yellow")


def print_rates(
    console: Console,
    runs: pd.DataFrame,
    scenario: str,
    outcomes: Sequence[OutcomeSpec],
    *,
    families: Mapping[str, str],
) -> None:
    """Print how things stand in one scenario, readable in 100 columns: the level beside which differences are seen.

    Args:
        console: where to.
        runs: columns ``scenario`` and one for each outcome.
        scenario: which scenario.
        outcomes: the outcomes known.
        families: the families of outcomes to print, in order, and how each is headed.
    """
    mine = runs[runs["scenario"] == scenario]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, title_justify="left", title_style="bold")
    table.title = escape(f"Rates in: {scenario}")
    table.add_column("outcome", max_width=34, overflow="fold")
    table.add_column("unit", max_width=26, overflow="fold", style="dim")
    for heading in ("mean", "5% to 95%", "n"):
        table.add_column(heading, justify="right", no_wrap=True)
    there = {outcome.family for outcome in outcomes}
    for family, heading in ((family, heading) for family, heading in families.items() if family in there):
        table.add_row(f"[bold]{escape(heading)}[/bold]")
        for outcome in outcomes:
            if outcome.family == family:
                values = mine[outcome.name].dropna().to_numpy(np.float64)
                low, high = np.quantile(values, [0.05, 0.95]) if len(values) else (math.nan, math.nan)
                table.add_row(
                    Padding(escape(outcome.title), (0, 0, 0, 2)),
                    escape(outcome.unit.replace(f" {A_YEAR}", STAR)),
                    number(values.mean() if len(values) else math.nan),
                    escape(interval(low, high)),
                    str(len(values)),
                )
        table.add_section()
    console.print(table)
    console.print(
        "Under these assumptions: mean over n replications, and the range in which nine in ten of them lie. "
        f"{STAR} {A_YEAR}.",
        style="dim",
    )


def titles_of(comparison: pd.DataFrame, outcomes: Sequence[OutcomeSpec] | None) -> dict[str, str]:
    """Return the outcomes to show and their titles, in order."""
    if outcomes is None:
        outcomes = [OutcomeSpec(str(name), "") for name in comparison["outcome"].unique()]
    return {outcome.name: outcome.title for outcome in outcomes}


def _label(scenario: str, baseline: str) -> str:
    """Return what a comparison is called; where both stand at one point of a sweep, the point stands below, once."""
    (one, dot, point), (other, _, same) = scenario.partition("."), baseline.partition(".")
    if not dot or point != same:
        return f"{scenario} - {baseline}"
    return "\n  ".join([f"{one} - {other}", *re.split(r"\.(?=[a-z_])", point)])


def _cells(row: dict[str, Any] | dict[Any, Any], titles: Mapping[str, str]) -> list[RenderableType]:
    """Write one row but for its comparison."""
    ends = [abs(row[name]) for name in ("difference", "low", "high") if math.isfinite(row[name])]
    scale = max(ends, default=0.0)
    share = row["share_same_sign"]
    return [
        Padding(escape(titles[row["outcome"]]), (0, 0, 0, 2)),
        "" if row["unit"] == "1" else escape(row["unit"].replace(f" {A_YEAR}", STAR)),
        number(row["mean_baseline"]),
        number(row["difference"], scale, sign=True),
        escape(interval(row["low"], row["high"], scale)),
        f"{share:.0%}" if math.isfinite(share) else NOT_AVAILABLE,
        str(row["n"]),
    ]
