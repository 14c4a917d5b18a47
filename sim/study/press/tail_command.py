"""The command ``reproduce tail``: the best four of 892 compounds beside the page's cases, and both books."""

from __future__ import annotations

import argparse
import textwrap
from typing import Any

from sim.errors import ConfigError
from sim.parameters import Spec
from sim.study.press.alone import TAIL, WIDTH
from sim.study.press.command import check_folder, default_folder, settings

QUICK = {"replications": 1, "compounds": 20, "households": 48, "burn_in": 56}
"""What ``size=quick`` says."""


def _spec(name: str, default: Any, low: Any, high: Any, unit: str, doc: str) -> Spec:
    return Spec(name, TAIL, default, low, high, unit, doc, source="design", tag="E", kind="set")


SETTINGS: dict[str, Spec] = {
    spec.name: spec
    for spec in (
        _spec("replications", 4, 1, 1000, "worlds", "each with its own map"),
        _spec("compounds", 1990, 9, 1990, "compounds", "of a world; 0.448 of them are under the arrangement"),
        _spec("households", 500, 12, 5000, "flats", "in a compound, on average"),
        _spec("burn_in", 728, 0, 36_498, "days", "before day 0; whole weeks"),
        _spec("seed", 1, 0, 999_999_999, "1", "of all of it"),
        _spec("prior_draws", True, False, True, "switch", "each world draws its uncertain parameters"),
    )
}
"""What may be set."""


def run(arguments: argparse.Namespace) -> int:
    """Compute the press tail, print it, keep it; return the exit code.

    Args:
        arguments: words, out, backend and workers of ``reproduce``.

    Raises:
        ConfigError: other cases beside it, an unknown setting, a value out of range.
    """
    others = [word for word in arguments.words if "=" not in word and word != TAIL]
    if others:
        raise ConfigError(f"the tail is computed alone; ask for {others[0]} in a command of its own")
    how = {name: spec.default for name, spec in SETTINGS.items()} | settings(arguments.words, SETTINGS, QUICK)
    if how["burn_in"] % 7:
        raise ConfigError(f"burn_in={how['burn_in']} is not a whole number of weeks")
    folder = arguments.out or default_folder(arguments.words, f"reproduce-{TAIL}")
    check_folder(folder, "tail.csv")

    import pandas as pd

    from sim.study.commands import _console, _short
    from sim.study.executor import chosen
    from sim.study.files import write_csv
    from sim.study.press import tail
    from sim.study.remembering import Remembering

    number = how.pop("replications")
    tasks = [tail.Task(replication=k, **how) for k in range(number)]
    worlds = tail.play(tasks, Remembering(chosen(arguments), folder, tail.World))
    told = tail.table(worlds, tasks)
    books = pd.concat([world.books for world in worlds], ignore_index=True)
    _print(_console(), told, books)
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "tail.csv", told)
    write_csv(folder / "books.csv", books)
    print(f"Results: {_short(folder)}  (tail.csv, books.csv)", flush=True)
    return 0


def _print(console: Any, told: Any, books: Any) -> None:
    """Print the tail, what a reader would believe, and the two books, each the mean over worlds."""
    from rich import box
    from rich.table import Table

    from sim.report.tables import number
    from sim.study.press import tail

    title = f"The best {tail.SHOWN} of {told['compounds'].mean():.0f} compounds under the arrangement, one year"
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, title=title, title_justify="left")
    table.add_column("outcome", no_wrap=True)
    shown = [slope for slope in tail.SLOPES if slope]
    slopes = [f"as shown,\nslope {slope:g}" for slope in shown]
    heads = ["page", "best 4", *slopes, "mean", "as good", "mean\nwithout", "twin\neffect"]
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    for name in dict.fromkeys(told["outcome"]):
        mean = told[told["outcome"] == name].drop(columns=["outcome", "unit"]).mean()
        keys = [f"as_reported_{slope:g}" for slope in shown]
        keys = ["reported", "best_four", *keys, "mean", "share_as_good", "mean_without", "twin_effect"]
        values = [mean[key] for key in keys]
        table.add_row(name.replace("_", " "), *(number(value) for value in values))
    console.print(table)
    print("page: of one compound. as good: share of all that come up to it. as shown: the mean on a page that selects")
    print("by this outcome with this logistic slope per standard deviation. unresolved counts below zero.")
    for line in tail.belief(told):
        print(textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="    "))
    kept = books.groupby(["scenario", "paper_closing"], sort=False)[["true", "recorded", "of_grievances"]].mean()
    print(
        "\nThe same disputes in two books (settled over all that came to a table; as the desk records it; over felt):"
    )
    for (scenario, closing), row in kept.iterrows():
        met = "" if row["recorded"] >= 0.95 else "  (below the 95% that offices report: not met)"
        print(
            f"  {scenario:<6} paper closing {closing:.1f}: true {row['true']:.1%}, recorded {row['recorded']:.1%}, "
            f"of all felt {row['of_grievances']:.1%}{met}"
        )
    print("Under these assumptions. Closing on paper changes the second book only.\n", flush=True)
