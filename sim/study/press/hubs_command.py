"""The commands ``reproduce S7`` and ``reproduce S10``: hubs for elders, and photographs of events."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.errors import ConfigError
from sim.parameters import Spec
from sim.study.press.alone import WIDTH
from sim.study.press.command import check_folder, default_folder, settings

if TYPE_CHECKING:
    from sim.study.press.hubs import Task

QUICK = {"replications": 4, "households": 48, "burn_in": 56}
"""What ``size=quick`` says."""

TOGETHER = 10
"""Worlds of one map that are computed together."""


def _spec(name: str, default: Any, low: Any, high: Any, unit: str, doc: str) -> Spec:
    return Spec(name, "S7", default, low, high, unit, doc, source="design", tag="E", kind="set")


SETTINGS: dict[str, Spec] = {
    spec.name: spec
    for spec in (
        _spec("replications", 200, 1, 10_000, "worlds", "of two communities each"),
        _spec("households", 300, 12, 5000, "flats", "in a compound, on average"),
        _spec("burn_in", 728, 0, 36_498, "days", "before day 0; whole weeks"),
        _spec("layouts", 4, 1, 100, "maps", "of who lives where"),
        _spec("seed", 1, 0, 999_999_999, "1", "of all of it"),
        _spec("prior_draws", True, False, True, "switch", "each world draws its uncertain parameters"),
    )
}
"""What may be set."""


def run(arguments: argparse.Namespace) -> int:
    """Compute S7, or say what there is to say of S10; return the exit code.

    Args:
        arguments: words, out, backend and workers of ``reproduce``.

    Raises:
        ConfigError: other cases beside them, an unknown setting, a value out of range.
    """
    from sim.study.press import hubs

    named = {word for word in arguments.words if "=" not in word}
    if others := sorted(named - {"S7", "S10"}):
        raise ConfigError(f"S7 and S10 are computed alone; ask for {others[0]} in a command of its own")
    how = read(arguments.words)
    if "S7" in named:
        _hubs(arguments, how)
    if "S10" in named:
        for line in hubs.PHOTOS:
            print(textwrap.fill(line, WIDTH))
    return 0


def read(words: Sequence[str]) -> dict[str, Any]:
    """Understand the settings of the command line.

    Raises:
        ConfigError: an unknown setting, or a value out of range.
    """
    how = {name: spec.default for name, spec in SETTINGS.items()} | settings(words, SETTINGS, QUICK)
    if how["burn_in"] % 7:
        raise ConfigError(f"burn_in={how['burn_in']} is not a whole number of weeks")
    return how


def tasks_of(how: dict[str, Any]) -> list[Task]:
    """Divide the replications into groups; replication k has map k modulo the number of maps."""
    from sim.study.press import hubs

    rest = {name: value for name, value in how.items() if name not in ("replications", "layouts")}
    number, layouts = how["replications"], how["layouts"]
    tasks = []
    for layout in range(min(layouts, number)):
        mine = range(layout, number, layouts)
        tasks += [
            hubs.Task(replications=tuple(mine[first : first + TOGETHER]), layout=layout, **rest)
            for first in range(0, len(mine), TOGETHER)
        ]
    return tasks


def _hubs(arguments: argparse.Namespace, how: dict[str, Any]) -> None:
    """Compute S7, print it, keep it."""
    folder = arguments.out or default_folder(arguments.words, "reproduce-S7")
    check_folder(folder, "hubs.csv")

    from sim.study.commands import _console, _short
    from sim.study.executor import chosen
    from sim.study.files import write_csv
    from sim.study.press import hubs
    from sim.study.remembering import Remembering

    played = hubs.play(tasks_of(how), Remembering(chosen(arguments), folder))
    told = hubs.table(played)
    _print(_console(), played, told)
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "hubs.csv", told)
    write_csv(folder / "runs.csv", played)
    if "size=quick" in arguments.words:
        print("size=quick shows that everything works; it is too small and too short to say anything.")
    print(f"Results: {_short(folder)}  (hubs.csv, runs.csv)", flush=True)


def _print(console: Any, played: Any, told: Any) -> None:
    """Print how likely a fall of four fifths is by luck, and what it all says."""
    from rich import box
    from rich.table import Table

    from sim.report.tables import number
    from sim.study.press import hubs

    title = "S7: disputes down by four fifths at a hub for elders, by luck"
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, title=title, title_justify="left")
    for head in ("disputes a year\nbefore", "", "mean effect", "chance of\n-80% or more", "best of so\nmany hubs"):
        table.add_column(head, justify="right", no_wrap=True)
    for row in told.to_dict("records"):
        table.add_row(
            number(row["base"]),
            "as simulated" if row["found"] else "",
            f"{100 * (row['ratio'] - 1):+.1f}%",
            f"{row['chance']:.2g}",
            f"{row['hubs']:,.0f}" if row["hubs"] < 1e15 else "never",
        )
    console.print(table)
    for sentence in hubs.sentences(played, told):
        print(textwrap.fill(sentence, WIDTH, initial_indent="  ", subsequent_indent="    "))
    print(f"Under these assumptions; {played['replication'].nunique()} worlds, noise and prior draws together.\n")
