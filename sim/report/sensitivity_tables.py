"""What a difference rests on, as tables for the terminal."""

from __future__ import annotations

import pandas as pd
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.outcomes import OUTCOMES
from sim.report.factor_labels import meaning
from sim.report.tables import interval, number
from sim.study.asked import Asked
from sim.study.design import CHANCE
from sim.study.sensitivity import EFFECT, Answers


def print_sensitivity(console: Console, answers: Answers, asked: Asked) -> None:
    """Print the shares of the variance, the groups, and how far the shorter burn-in matters, readable in 100 columns.

    Args:
        console: where to.
        answers: what the study found.
        asked: what it was told.
    """
    spec = next(spec for spec in OUTCOMES if spec.name == asked.outcome)
    morris, sobol, groups = (_of(answers.tables[name], asked) for name in ("morris", "sobol", "groups"))
    table = _table(f"What {asked.comparison[0]} - {asked.comparison[1]} rests on: {spec.label}, {spec.unit}")
    table.add_column("row", min_width=28, max_width=32)
    for words in ("tag", "screened\nmu*", "first\norder", "95%", "total\norder", "95%"):
        table.add_column(words, justify="left" if words == "tag" else "right", no_wrap=True)
    screened = morris.set_index("factor")["mu_star"]
    for row in sobol.to_dict("records"):
        cells = [number(float(screened[row["factor"]]))]
        for index in ("first", "total"):
            cells += [f"{row[index]:.2f}", interval(row[f"{index}_low"], row[f"{index}_high"], 1.0)]
        table.add_row(f"{row['factor']}  [dim]{escape(meaning(row['factor'], 'en'))}[/dim]", row["tag"], *cells)
    console.print(table)
    table = _table("All rows drawn, and chance: shares of the variance")
    for words in ("group", "rows", "first order", "95%", "total order", "95%"):
        table.add_column(words, justify="left" if words == "group" else "right")
    for row in groups.to_dict("records"):
        cells = [str(row["rows"]) if row["rows"] else ""]
        for index in ("first", "total"):
            cells += [f"{row[index]:.2f}", interval(row[f"{index}_low"], row[f"{index}_high"], 1.0)]
        table.add_row(row["group"], *cells)
    console.print(table)
    for line in sentences(answers, asked):
        console.print(line)


def sentences(answers: Answers, asked: Asked) -> list[str]:
    """Return what has to be known beside the tables, a sentence each.

    Args:
        answers: what the study found.
        asked: what it was told.
    """
    morris = _of(answers.tables["morris"], asked)
    rows = morris[morris["factor"] != CHANCE]
    chance = float(morris.loc[morris["factor"] == CHANCE, "mu_star"].iloc[0])
    beyond, idle = int((rows["mu_star"] > chance).sum()), int((rows["mu_star"] == 0).sum())
    out = [
        f"Screening: of {len(rows)} rows {beyond} move the effect more than another seed does ({number(chance)}), "
        f"{idle} not at all."
    ]
    spread = _of(answers.tables["spread"], asked)
    for row in spread.to_dict("records"):
        out.append(
            f"Over {row['n']} points, {row['design']} drawn: mean {number(row['mean'])}, sd {number(row['sd'])}; "
            f"below 0 in {row['share_below_0']:.0%}."
        )
    for row in _of(answers.tables["burn_in"], asked).to_dict("records"):
        agreement = "n/a" if pd.isna(row["correlation"]) else f"{row['correlation']:.2f}"
        out.append(
            f"Burn-in of {row['days_full']} days in place of {row['days_short']}: over {row['n']} points, each with a "
            f"seed of its own, the effect is {number(row['mean_full'])} in place of {number(row['mean_short'])}, a "
            f"difference of {number(row['difference'])} ({interval(row['low'], row['high'])}); correlation {agreement}."
        )
    out.append(
        "Under these assumptions: one replication a point, the same seed at all. E: a pure estimate. First order: the "
        "share of the variance that would go if the row were known; total order: that would stay if all others were."
    )
    return out


def _table(title: str) -> Table:
    """Return an empty table in the house style."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, title_justify="left", title_style="bold")
    table.title = title
    return table


def _of(table: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Return what a table says of the effect on the outcome in question."""
    return table[(table["outcome"] == asked.outcome) & (table["measure"] == EFFECT)].reset_index(drop=True)
