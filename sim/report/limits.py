"""Which mix saves most within limits of hours and yuan, in short: a matrix of numbers, and the mixes they stand for.

A cell of the matrix is a pair of limits, hours downwards and yuan to the right. In it stands the number of the mix
that saves most within both, and in which share of the replications none that can be afforded saves more. The list
below says what each number is, what it saves and what it takes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.report.tables import interval, number
from sim.study.budget import INCOME, SUFFERING
from sim.study.limits import UNLIMITED

NONE = "-"
"""Stands in the matrix where no arrangement at all is the answer."""

ANY = "any"

SAVED = {SUFFERING: "severity-days fewer", INCOME: "yuan of collective income more"}


@dataclass(frozen=True)
class Short:
    """The answers of one effect.

    Attributes:
        effect: what is saved.
        hours: limits of hours, ascending.
        yuan: limits of yuan, ascending.
        cells: pair of limits to the number of its mix, 0 for none, and the share of replications.
        mixes: rows of the table, one for each number from 1 on.
    """

    effect: str
    hours: tuple[float, ...]
    yuan: tuple[float, ...]
    cells: Mapping[tuple[float, float], tuple[int, float]]
    mixes: tuple[dict[str, Any], ...]

    def cell(self, hours: float, yuan: float) -> str:
        """Return what stands in a cell; nothing where the table has none."""
        nth, share = self.cells.get((hours, yuan), (0, math.nan))
        return f"{nth} ({share:.0%})" if nth else NONE


def short(limits: pd.DataFrame, effect: str, none: str) -> Short:
    """Return the answers of an effect, mixes numbered as they first come when limits are raised.

    Args:
        limits: what `sim.study.limits.limits` returns, of one effect or several.
        effect: which.
        none: name of the scenario without any arrangement.
    """
    mine = limits[limits["effect"] == effect].sort_values(["hours_limit", "yuan_limit"], kind="stable")
    rows = [{str(key): value for key, value in row.items()} for row in mine.to_dict("records")]
    known = {row["scenario"]: row for row in reversed(rows) if row["scenario"] != none}
    order = [name for name in dict.fromkeys(row["scenario"] for row in rows) if name != none]
    cells = {
        (float(row["hours_limit"]), float(row["yuan_limit"])): (
            order.index(row["scenario"]) + 1 if row["scenario"] in known else 0,
            float(row["best_in"]),
        )
        for row in rows
    }
    hours, yuan = (tuple(sorted({pair[k] for pair in cells})) for k in (0, 1))
    return Short(effect, hours, yuan, cells, tuple(known[name] for name in order))


def limit(value: float, unlimited: str = ANY) -> str:
    """Write a limit: a whole number, unless it is small."""
    return unlimited if value == UNLIMITED else f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:g}"


def print_limits(console: Console, limits: pd.DataFrame, none: str) -> None:
    """Print which mix saves most within limits, readable in 100 columns.

    Args:
        console: where to.
        limits: what `sim.study.answers.within_limits` returns.
        none: name of the scenario without any arrangement.
    """
    for effect in dict.fromkeys(limits["effect"]):
        told = short(limits, effect, none)
        head = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, title_justify="left", title_style="bold")
        head.title = f"Which mix for so many hours and yuan: {SAVED[effect]}"
        head.add_column("hours at most", justify="right")
        for most in told.yuan:
            head.add_column(f"{limit(most)} yuan", justify="right", no_wrap=True)
        for hours in told.hours:
            head.add_row(limit(hours), *(told.cell(hours, most) for most in told.yuan))
        console.print(head)
        if not told.mixes:
            console.print("No mix saves anything within any of the limits.")
            continue
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
        table.add_column("", justify="right")
        table.add_column("mix", max_width=42, overflow="fold")
        for words in ("saves", "95% interval", "hours", "yuan"):
            table.add_column(words, justify="right", no_wrap=True)
        for nth, row in enumerate(told.mixes, 1):
            ends = [abs(row[name]) for name in ("saved", "saved_low", "saved_high") if math.isfinite(row[name])]
            scale = max(ends, default=0.0)
            table.add_row(
                str(nth), escape(str(row["mix"])), number(row["saved"], scale),
                interval(row["saved_low"], row["saved_high"], scale), number(row["hours"], sign=True),
                number(row["public_yuan"], sign=True),
            )  # fmt: skip
        console.print(table)
    console.print(
        f"Under these assumptions: all a 1,000 household-years and more than with none; limits are of means. {NONE}: "
        "no mix that can be afforded saves anything. In brackets: share of the replications in which none that can be "
        "afforded saves more. Hours are everybody's. More: limits.csv.",
        style="dim",
    )


__all__ = ["Short", "limit", "print_limits", "short"]
