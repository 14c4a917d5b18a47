"""Naive estimates beside the effects of twins, as a table for the terminal."""

from __future__ import annotations

import textwrap

import pandas as pd
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.report.tables import interval, number
from sim.study.naive import ESTIMATES

SHORT = {
    "twins_covered": "twins: the covered",
    "twins_others": "twins: the others",
    "treated_minus_untreated": "naive: covered - others",
    "gap": "  of it selection",
    "before_after": "naive: after - before",
    "drift": "  of it drift",
}
"""What estimates are called in the table, in its order."""

WIDE = 36
"""Columns for an outcome and its unit."""


def print_naive(console: Console, estimates: pd.DataFrame) -> None:
    """Print naive estimates beside the effects of twins, readable in 100 columns.

    Args:
        console: where to.
        estimates: what `sim.study.naive.estimates` returns.
    """
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, title_justify="left", title_style="bold")
    table.title = "What an evaluation without twins would have said"
    table.add_column("comparison\n  outcome", max_width=WIDE, no_wrap=True)
    for heading in ("estimate", "value", "95% interval"):
        table.add_column(heading, justify="left" if heading == "estimate" else "right", no_wrap=True)
    for (scenario, baseline), group in estimates.groupby(["scenario", "baseline"], sort=False):
        table.add_row(f"[bold]{escape(f'{scenario} - {baseline}')}[/bold]")
        for outcome, rows in group.groupby("outcome", sort=False):
            mine = {str(row["estimate"]): row for row in rows.to_dict("records")}
            scale = max(abs(float(row["value"])) for row in mine.values())
            words = [str(outcome).replace("_", " "), *textwrap.wrap(str(rows["unit"].iloc[0]), WIDE - 2)]
            for line, (name, short) in enumerate(SHORT.items()):
                value, low, high = (float(mine[name][key]) for key in ("value", "low", "high"))
                first = words[line] if line < len(words) else ""
                style = "" if line == 0 else "[dim]  "
                cells = short, number(value, scale, sign=True), interval(low, high, scale)
                table.add_row(style + escape(first), *cells)
        table.add_section()
    console.print(table)
    console.print(
        f"Naive: what covered compounds have more than others is {ESTIMATES['twins_covered']}, less what spills over, "
        "plus the gap that was there anyway; what they have more than before is the effect plus the drift of all.",
        style="dim",
    )
