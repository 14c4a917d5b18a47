"""The command ``reproduce S8``: couriers as eyes on the way."""

from __future__ import annotations

import argparse
import textwrap
from typing import Any

from sim.errors import ConfigError
from sim.study.press.alone import WIDTH
from sim.study.press.command import check_folder, default_folder
from sim.study.press.hubs_command import read, tasks_of


def run(arguments: argparse.Namespace) -> int:
    """Compute S8, print and keep it; return the exit code.

    Args:
        arguments: words, out, backend and workers of ``reproduce``.

    Raises:
        ConfigError: other cases beside it, an unknown setting, a value out of range.
    """
    if others := sorted({word for word in arguments.words if "=" not in word} - {"S8"}):
        raise ConfigError(f"S8 is computed alone; ask for {others[0]} in a command of its own")
    how = read(arguments.words)
    folder = arguments.out or default_folder(arguments.words, "reproduce-S8")
    check_folder(folder, "couriers.csv")

    from sim.study.commands import _console, _short
    from sim.study.executor import chosen
    from sim.study.files import write_csv
    from sim.study.press import sensing
    from sim.study.remembering import Remembering

    played = sensing.play(tasks_of(how), Remembering(chosen(arguments), folder))
    told = sensing.table(played)
    _print(_console(), told)
    for sentence in sensing.sentences(told):
        print(textwrap.fill(sentence, WIDTH, initial_indent="  ", subsequent_indent="    "))
    print(f"Under these assumptions; {played['replication'].nunique()} worlds, noise and prior draws together.\n")
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "couriers.csv", told)
    write_csv(folder / "runs.csv", played)
    if "size=quick" in arguments.words:
        print("size=quick shows that everything works; it is too small and too short to say anything.")
    print(f"Results: {_short(folder)}  (couriers.csv, runs.csv)", flush=True)
    return 0


HEADS = {
    "scenario": "who looks out",
    "enrolled": "of all\ncouriers",
    "reports": "reports*",
    "false_alarms": "false\nalarms*",
    "first": "before\nclaims*",
    "people": "quarrels\ntold on*",
    "claims": "people's\nclaims*",
    "desk_share": "of desks'\nhours",
}


def _print(console: Any, told: Any) -> None:
    """Print what is reported, share by share."""
    from rich import box
    from rich.table import Table

    from sim.report.tables import number

    title = "S8: couriers who report what they notice, a year (* per 1,000 households)"
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, title=title, title_justify="left")
    for name, head in HEADS.items():
        table.add_column(head, justify="left" if name == "scenario" else "right", no_wrap=True)
    for row in told.to_dict("records"):
        table.add_row(row["scenario"], *(number(row[name]) for name in list(HEADS)[1:]))
    console.print(table)
