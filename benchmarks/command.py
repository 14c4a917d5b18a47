"""``python3 -m sim bench [CASE ...]``, with options that ``--help`` tells: measure, and print what came out."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks import city, mesa, page, touched, toys
from benchmarks.engine import CASES, MERGED, QUICK, Case, Plan
from sim.commands import Parser
from sim.environment import ROOT
from sim.errors import ConfigError, unknown

MEGABYTE = 1e6

DAYS_OF_WEEK = 7

WIDTH = 120
"""Columns that the tables take at most; on less their numbers would be cut."""

COMPARISONS = ("mesa", "city", "province", "toy", "page")
"""What can be measured beside the cases: `benchmarks.mesa`, `benchmarks.city`, `benchmarks.toys`, `benchmarks.page`."""


def main(words: Sequence[str]) -> None:
    """Measure the cases asked for, all by default.

    Args:
        words: the words after ``bench``.
    """
    known = [*CASES, *COMPARISONS]
    parser = Parser(prog="python3 -m sim bench", description="What a household-day costs.", allow_abbrev=False)
    meaning = "thin = roofs and neighbours alone, mesa = beside plain Mesa, city = a year of a million households, "
    meaning += (
        "province = of 9.5 million, toy = one kind of grievance, tool beside tool, page = the live page in a browser"
    )
    parser.add_argument("cases", metavar="CASE", nargs="*", help=f"worlds x households: {', '.join(CASES)}; {meaning}")
    parser.add_argument("--quick", action="store_true", help="fewer days: rougher, and with emptier tables")
    parser.add_argument("--burn-in", metavar="DAYS", type=int, help="days before those that are measured, whole weeks")
    parser.add_argument("--peers", action="store_true", help="set up the toy's other tools once, in .venv.bench")
    parser.add_argument("--json", metavar="FILE", type=Path, help="keep everything measured in a file")
    asked = parser.parse_intermixed_args(words)
    for name in asked.cases:
        if name not in known:
            raise unknown("case", name, known)
    chosen = asked.cases or known
    plan, beside, year = (QUICK, mesa.QUICK, city.QUICK) if asked.quick else (Plan(), mesa.Plan(), city.Plan())
    if asked.burn_in is not None:
        if asked.burn_in < DAYS_OF_WEEK or asked.burn_in % DAYS_OF_WEEK:
            raise ConfigError(f"--burn-in={asked.burn_in} is no number of whole weeks; 728 is, for one")
        plan, beside, year = (dataclasses.replace(one, burn_in=asked.burn_in) for one in (plan, beside, year))

    progress = Console(stderr=True)
    if asked.peers:
        toys.set_up_peers()  # first: what has been measured is not to be lost to a network
    result: dict[str, Any] = {"machine": machine(), "plan": dataclasses.asdict(plan), "cases": {}}
    for name in chosen:
        if name in CASES:
            with progress.status(f"{name}: time"):
                found = {"time": in_fresh_process("benchmarks.engine", CASES[name], plan)}
            with progress.status(f"{name}: memory"):
                found["memory"] = in_fresh_process("benchmarks.memory", CASES[name], plan)
            with progress.status(f"{name}: memory touched"):
                found["touched"] = in_fresh_process("benchmarks.touched", CASES[name], plan, touched.SMALL_PAGES)
            result["cases"][name] = found
    if "mesa" in chosen:
        with progress.status("beside plain Mesa"):
            result["mesa"] = mesa.measure(beside)
    for place, bars in city.BARS.items():
        if place in chosen:
            with progress.status(f"a year of the {place}"):
                lived = dataclasses.replace(year, compounds=bars.compounds)
                result[place] = printed("benchmarks.city", dataclasses.asdict(lived))
    if "toy" in chosen:
        with progress.status("the toy, tool beside tool"):
            result["toy"] = toys.measure(toys.QUICK if asked.quick else toys.Plan())
    if "page" in chosen:
        with progress.status("the live page"):
            result["page"] = page.measure(page.QUICK if asked.quick else page.HOUSEHOLDS, plan.burn_in)
    show(result, Console(width=max(Console().width, WIDTH)))
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """Return what the numbers depend on beside the code."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count(), "load": load}


def in_fresh_process(
    module: str, case: Case, plan: Plan, surroundings: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """Measure a case with a module of this folder in a process of its own, and return what it prints."""
    return printed(module, {"case": dataclasses.asdict(case), "plan": dataclasses.asdict(plan)}, surroundings)


def printed(
    module: str, word: Mapping[str, Any], surroundings: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """Run a module of this folder in a process of its own, and return what it prints.

    Args:
        module: its name.
        word: what it is told.
        surroundings: variables of the environment beside those of this process.
    """
    words = [sys.executable, "-m", module, json.dumps(word)]
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, check=True, env={**os.environ, **surroundings})
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def show(result: Mapping[str, Any], console: Console) -> None:
    """Print the tables of a result.

    Args:
        result: what `main` gathered.
        console: where to.
    """
    measured, plan = result["cases"], Plan(**result["plan"])
    if measured:
        console.print(_costs(measured, plan))
        console.print(_memory(measured))
        console.print(_profile(measured))
        numpy = [found["time"] for found in measured.values()]
        console.print(
            f"One pass (a -= b over a million int64): {min(t['pass_ns'] for t in numpy):.2f} ns a row; "
            f"copying moves {max(t['gigabytes'] for t in numpy):.1f} GB/s."
        )
    if "mesa" in result:
        console.print(_beside_mesa(result["mesa"]))
    for place, bars in city.BARS.items():
        if place in result:
            found = result[place]
            held = "held" if found["processor"] <= bars.seconds and found["peak"] <= bars.bytes else "missed"
            per_day = 1e9 * found["processor"] / found["households"] / found["days"]
            console.print(
                f"{found['households']:,} households, {found['days']} days: {found['processor']:.1f} s of one core "
                f"({found['wall']:.1f} by the clock on the wall, {per_day:.1f} ns a household-day), at most "
                f"{found['peak'] / MEGABYTE:,.0f} MB; bar for a year {bars.seconds:g} s and "
                f"{bars.bytes / MEGABYTE:,.0f} MB: {held}. "
                f"Founding took {found['founding']:.1f} s, the burn-in {found['burn_in']:.1f} s."
            )
    if "toy" in result:
        show_toy(result["toy"], console)
    if "page" in result:
        console.print(page.told(result["page"]))
    console.print(f"{result['machine']['cores']} cores, load before: {result['machine']['load']}.")


def show_toy(found: Mapping[str, Any], console: Console) -> None:
    """Print the toy: a row for each tool, seconds of a year by households."""
    sizes = sorted({size for side in found["sides"].values() for size in side})
    title = "The toy, one kind of grievance, a year: seconds of one core, set-up + run"
    table = _table(title, "", *(f"{size:,}" for size in sizes), "counts")
    for name, by_size in found["sides"].items():
        cells = [by_size.get(size) for size in sizes]
        times = [f"{cell['setup']:.2g} + {cell['run']:.2g}" if cell else "" for cell in cells]
        table.add_row(name, *times, "as in theory" if found["counts"][name] else "WRONG")
    console.print(table)
    for name, why in found["left_out"].items():
        console.print(f"{name}: {why}")
    whole = {
        name: {size: cell["setup"] + cell["run"] for size, cell in by_size.items()}
        for name, by_size in found["sides"].items()
    }
    ours, floor = whole.get("numpy, events", {}), whole.get("C, events", {})
    for size in sorted(set(ours) & set(floor)):
        ratio = ours[size] / floor[size]
        bar = f"; bar {toys.WITHIN:g}: {'held' if ratio <= toys.WITHIN else 'missed'}" if size == 1_000_000 else ""
        console.print(f"At {size:,} numpy takes {ratio:.2g} times as long as C{bar}.")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=number == 0)
    return table


def _verdict(measured: float, bar: float | None) -> tuple[str, str]:
    """Return a bar and whether it is held, both empty where there is none."""
    return ("", "") if bar is None else (f"{bar:g}", "held" if measured <= bar else "missed")


def _costs(measured: Mapping[str, Any], plan: Plan) -> Table:
    words = ", ".join(MERGED)
    table = _table(
        f"ns a household-day, {escape(f'[{words}]')}, {plan.days * plan.chunks} days after {plan.burn_in} of burn-in",
        "case", "best", "cpu", "wall", "chunk", "passes", "bar", "", "burn-in", "its halves", "set-up",
    )  # fmt: skip
    for name, found in measured.items():
        t, case = found["time"], CASES[name]
        times = [f"{t[k]:,.1f}" for k in ("best", "processor", "wall", "fastest_chunk", "passes")]
        bars = _verdict(t["best"], case.bar)
        halves = " ".join(f"{half:,.1f}" for half in t["burn_in_halves"])
        table.add_row(name, *times, *bars, f"{t['burn_in']:,.1f}", halves, f"{t['setup_seconds']:.2f} s")
    return table


def _memory(measured: Mapping[str, Any]) -> Table:
    table = _table(
        "Memory; a household's share of the peak beside the code, columns and tables, in bytes",
        "case", "peak MB", "of it code", "a household", "bar", "", "columns", "tables", "ns to copy",
        "a day touches", "at most", "ns to copy",
    )  # fmt: skip
    for name, found in measured.items():
        m, bandwidth, case = found["memory"], found["time"]["gigabytes"], CASES[name]
        columns, tables = m["household"]["columns"], m["household"]["tables"]
        share = (m["peak"] - m["interpreter"]) / (case.worlds * case.households)
        table.add_row(
            name,
            f"{m['peak'] / MEGABYTE:,.0f}",
            f"{m['interpreter'] / MEGABYTE:,.0f}",
            f"{share:,.0f}",
            *_verdict(share, case.bytes),
            f"{columns:,.0f}",
            f"{tables:,.0f}",
            f"{2 * (columns + tables) / bandwidth:.1f}",
            *_touched(found.get("touched", {}), bandwidth),
        )
    return table


def _touched(found: Mapping[str, float | None], bandwidth: float) -> tuple[str, str, str]:
    """Return the bytes that a day touches, the most, and the ns that reading and writing the first once would take."""
    day, most = found.get("day"), found.get("week")
    if day is None or most is None:
        return "not known here", "", ""
    return f"{day:,.0f}", f"{most:,.0f}", f"{2 * day / bandwidth:.1f}"


def _beside_mesa(found: Mapping[str, Any]) -> Table:
    plan, many, bars = found["plan"], found["many"], mesa.BARS
    table = _table(
        f"Beside plain Mesa (tests/oracle), worlds of 1,000 households, {plan['days']} days: seconds a world",
        "", "engine", "Mesa", "ratio", "bar", "",
    )  # fmt: skip
    one, two = found["one"], f"{mesa.PROCESSES} processes"
    ratio = found["one_ratio"]
    table.add_row(
        "one world", f"{one['engine']:.3f}", f"{one['mesa']:.3f}", f"{ratio:.2f}", *_above(ratio, bars["one"])
    )
    for clock, what in (("processor", f"{plan['replications']} replications, processor time"), ("wall", f"on {two}")):
        times, ratio = [f"{many[side][clock]:.4f}" for side in mesa.SIDES], found["many_ratio"][clock]
        table.add_row(what, *times, f"{ratio:.1f}", *_above(ratio, bars["many"] if clock == "processor" else None))
    table.add_section()
    for size, one in found["large"].items():
        size_word = f"one world of {int(size):,}, {one['days']} days"
        reckoned = "" if one["measured"] else " (reckoned)"
        times = [f"{one['engine']:.2f}", f"{one['mesa']:,.1f}{reckoned}"]
        table.add_row(size_word, *times, f"{one['ratio']:.1f}", *_above(one["ratio"], bars.get(size)))
    return table


def _above(measured: float, bar: float | None) -> tuple[str, str]:
    """Return a bar that is to be reached and whether it is, both empty where there is none."""
    return ("", "") if bar is None else (f"{bar:g}", "held" if measured >= bar else "missed")


def _profile(measured: Mapping[str, Any]) -> Table:
    table = _table("By phase, ns a household-day", "phase", *measured)
    profiles = [found["time"]["profile"] for found in measured.values()]
    for phase in (name for name in profiles[0] if any(profile[name] for profile in profiles)):  # others: no such place
        table.add_row(phase, *(f"{profile[phase]:,.2f}" for profile in profiles))
    table.add_section()
    table.add_row("total", *(f"{sum(profile.values()):,.2f}" for profile in profiles))
    return table
