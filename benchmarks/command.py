"""``python3 -m sim bench [--quick] [--json FILE] [CASE ...]``: measure, and print what came out."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.engine import CASES, MERGED, QUICK, Case, Plan
from sim.commands import Parser
from sim.environment import ROOT
from sim.errors import unknown

MEGABYTE = 1e6


def main(words: Sequence[str]) -> None:
    """Measure the cases asked for, all by default.

    Args:
        words: the words after ``bench``.
    """
    parser = Parser(prog="python3 -m sim bench", description="What a household-day costs.", allow_abbrev=False)
    parser.add_argument("cases", metavar="CASE", nargs="*", help=f"worlds x households: {', '.join(CASES)}")
    parser.add_argument("--quick", action="store_true", help="fewer days: rougher, and with emptier tables")
    parser.add_argument("--json", metavar="FILE", type=Path, help="keep everything measured in a file")
    asked = parser.parse_intermixed_args(words)
    for name in asked.cases:
        if name not in CASES:
            raise unknown("case", name, CASES)
    cases = [CASES[name] for name in asked.cases] or list(CASES.values())
    plan = QUICK if asked.quick else Plan()

    progress = Console(stderr=True)
    result: dict[str, Any] = {"machine": machine(), "plan": dataclasses.asdict(plan), "cases": {}}
    for case in cases:
        with progress.status(f"{case.name}: time"):
            found = {"time": in_fresh_process("benchmarks.engine", case, plan)}
        with progress.status(f"{case.name}: memory"):
            found["memory"] = in_fresh_process("benchmarks.memory", case, plan)
        result["cases"][case.name] = found
    show(result, Console())
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """Return what the numbers depend on beside the code."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count(), "load": load}


def in_fresh_process(module: str, case: Case, plan: Plan) -> dict[str, Any]:
    """Measure a case with a module of this folder in a process of its own, and return what it prints."""
    word = json.dumps({"case": dataclasses.asdict(case), "plan": dataclasses.asdict(plan)})
    done = subprocess.run([sys.executable, "-m", module, word], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def show(result: Mapping[str, Any], console: Console) -> None:
    """Print the tables of a result.

    Args:
        result: what `main` gathered.
        console: where to.
    """
    measured, plan = result["cases"], Plan(**result["plan"])
    console.print(_costs(measured, plan))
    console.print(_memory(measured))
    console.print(_profile(measured))
    numpy = [found["time"] for found in measured.values()]
    console.print(
        f"One pass (a -= b over a million int64): {min(t['pass_ns'] for t in numpy):.2f} ns a row; "
        f"copying moves {max(t['gigabytes'] for t in numpy):.1f} GB/s. "
        f"{result['machine']['cores']} cores, load before: {result['machine']['load']}."
    )


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=number == 0)
    return table


def _costs(measured: Mapping[str, Any], plan: Plan) -> Table:
    words = ", ".join(MERGED)
    table = _table(
        f"ns a household-day, {escape(f'[{words}]')}, {plan.days * plan.chunks} days after {plan.burn_in} of burn-in",
        "case", "best", "cpu", "wall", "chunk", "passes", "bar", "", "burn-in", "set-up",
    )  # fmt: skip
    for name, found in measured.items():
        t, bar = found["time"], CASES[name].bar if name in CASES else None
        held = ("", "") if bar is None else (f"{bar:g}", "held" if t["best"] <= bar else "missed")
        times = [f"{t[k]:,.1f}" for k in ("best", "processor", "wall", "fastest_chunk", "passes")]
        table.add_row(name, *times, *held, f"{t['burn_in']:,.1f}", f"{t['setup_seconds']:.2f} s")
    return table


def _memory(measured: Mapping[str, Any]) -> Table:
    table = _table(
        "Memory; columns and tables in bytes a household",
        "case", "peak MB", "of it code", "columns", "tables", "ns to copy",
    )  # fmt: skip
    for name, found in measured.items():
        m, bandwidth = found["memory"], found["time"]["gigabytes"]
        columns, tables = m["household"]["columns"], m["household"]["tables"]
        table.add_row(
            name,
            f"{m['peak'] / MEGABYTE:,.0f}",
            f"{m['interpreter'] / MEGABYTE:,.0f}",
            f"{columns:,.0f}",
            f"{tables:,.0f}",
            f"{2 * (columns + tables) / bandwidth:.1f}",
        )
    return table


def _profile(measured: Mapping[str, Any]) -> Table:
    table = _table("By phase, ns a household-day", "phase", *measured)
    profiles = [found["time"]["profile"] for found in measured.values()]
    for phase in profiles[0]:
        table.add_row(phase, *(f"{profile[phase]:,.2f}" for profile in profiles))
    table.add_section()
    table.add_row("total", *(f"{sum(profile.values()):,.2f}" for profile in profiles))
    return table
