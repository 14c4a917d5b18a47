"""The command ``reproduce``: press cases reported beside simulated, in words, as tables and as a figure."""

from __future__ import annotations

import argparse
import errno
import importlib
import math
import os
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import ConfigError, unknown
from sim.parameters import Spec
from sim.study.press import cases
from sim.study.press.alone import ALONE, WIDTH
from sim.study.press.alone import show as describe
from sim.study.press.cases import Case

if TYPE_CHECKING:
    from sim.study.press.play import Play, Played

QUICK = {"replications": 4, "burn_in": 56, "follow": 42}
"""What ``size=quick`` says."""

QUICK_FOLLOW = {"village": 280}
"""Place to the days that ``size=quick`` follows its cases for, if longer: from March on chicks are placed, birds sold
in August, and collectives' earnings booked in October."""

FOLDER = "reproduce"

BESIDE = {"S6": ("S6_ordinary",)}
"""Case to those that are played with it, as it says one thing of one kind of bird and another of another."""


def _spec(name: str, default: Any, low: Any, high: Any, unit: str, doc: str) -> Spec:
    return Spec(name, "reproduce", default, low, high, unit, doc, source="design", tag="E", kind="set")


SETTINGS: dict[str, Spec] = {
    spec.name: spec
    for spec in (
        _spec("replications", 200, 1, 100_000, "worlds", "of every case"),
        _spec("burn_in", 1456, 0, 36_498, "days", "before day 0; whole weeks"),
        _spec("layouts", 4, 1, 100, "maps", "of who lives where"),
        _spec("seed", 1, 0, 999_999_999, "1", "of all of it"),
        _spec("follow", 0, 0, 36_500, "days", "a case is followed for after its own day; 0 = as long as it says"),
        _spec("prior_draws", True, False, True, "switch", "each world draws its uncertain parameters"),
    )
}
"""What may be set on the command line: how often a case is played, never how people behave."""


def reproduce(arguments: argparse.Namespace) -> int:
    """Play press cases and print what the page reported beside what came out; return the exit code.

    Args:
        arguments: words (names of cases, settings), out, backend, workers.
    """
    for word, alone in ALONE.items():
        if word in arguments.words:
            found: int = importlib.import_module(f"sim.study.press.{alone.module}").run(arguments)
            return found
    chosen, how = read(arguments.words)
    from sim.study.press.play import Play

    plays = Play(**how)
    named = [word for word in arguments.words if "=" not in word]
    folder = arguments.out or default_folder(arguments.words, "-".join([FOLDER, *named]))
    return _reproduce(chosen, plays, folder, arguments)


def read(words: Sequence[str]) -> tuple[list[Case], dict[str, Any]]:
    """Understand the words of the command line: cases, all of them if none is named, those beside them, and settings.

    Raises:
        ConfigError: an unknown case or setting, or a value out of range.
    """
    known = [*cases.names(), *ALONE]
    named = [word for word in words if "=" not in word]
    how = settings(words, SETTINGS, QUICK)
    if how.get("burn_in", 0) % 7:
        raise ConfigError(f"burn_in={how['burn_in']} is not a whole number of weeks")
    for name in named:
        if name not in known:
            raise unknown("press case", name, known)
    meant = [other for name in named or cases.names() for other in (name, *BESIDE.get(name, ()))]
    chosen = [cases.load(name) for name in dict.fromkeys(meant)]
    early = [case for case in chosen if -(case.says("day") or 0) > how.get("burn_in", SETTINGS["burn_in"].default)]
    if early and "size=quick" not in words:
        raise ConfigError(f"burn_in={how['burn_in']} is too short for {early[0].name}, which begins earlier")
    return chosen, how


def settings(words: Sequence[str], known: Mapping[str, Spec], quick: Mapping[str, Any]) -> dict[str, Any]:
    """Understand the words ``key=value``.

    Args:
        words: all words of the command line.
        known: what may be set.
        quick: what ``size=quick`` says unless another word does.

    Raises:
        ConfigError: an unknown setting, or a value out of range.
    """
    how: dict[str, Any] = {}
    for word in (word for word in words if "=" in word):
        key, _, text = word.partition("=")
        if key == "size":
            if text not in ("quick", "full"):
                raise unknown("size", text, ("quick", "full"))
            how = {**(quick if text == "quick" else {}), **how}
        elif key in known:
            how[key] = known[key].check(_value(text), key)
        else:
            raise unknown("setting of reproduce", key, [*known, "size"])
    return how


def _value(text: str) -> Any:
    if text in ("true", "on", "false", "off"):
        return text in ("true", "on")
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def default_folder(words: Sequence[str], name: str = FOLDER) -> Path:
    """Return where results go: a quick run never stands where a full one was, nor some cases where all were."""
    from sim.study.commands import CLONE

    base = CLONE if (CLONE / "configs").is_dir() else Path.cwd()
    return base / "results" / "local" / (name + ("-quick" if "size=quick" in words else ""))


def _reproduce(chosen: Sequence[Case], how: Play, folder: Path, arguments: argparse.Namespace) -> int:
    """Play the cases one after another, print each, keep all."""
    import pandas as pd

    from sim.report.press import draw
    from sim.study import executor
    from sim.study.commands import _console, _Progress, _short
    from sim.study.files import write_csv
    from sim.study.press import judge
    from sim.study.press.play import play
    from sim.study.remembering import Remembering

    check_folder(folder)
    console = _console()
    tables, parts, played = [], [], []
    with Remembering(executor.chosen(arguments), folder) as compute:
        for case in chosen:
            bar = _Progress()
            with bar:  # a case takes minutes at full size
                done = play(case, _long_enough(case, how, arguments.words), compute, partial(bar.show, doing=case.name))
            tables.append(judge.table(done))
            parts.append(judge.channels(done))
            played.append(done)
            _print(console, done, tables[-1], parts[-1])
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "cases.csv", pd.concat(tables, ignore_index=True))
    write_csv(folder / "channels.csv", pd.concat(parts, ignore_index=True))
    draw(played, folder / "figures" / "cases")
    if "size=quick" in arguments.words:
        print("size=quick shows that everything works; it is too small and too short to say anything.")
    print(f"Results: {_short(folder)}  (cases.csv, channels.csv, figures/cases.png)", flush=True)
    return 0


def _long_enough(case: Case, how: Play, words: Sequence[str] = ()) -> Play:
    """Return how to play a case: a quick one is longer where things break before day 0, or take a season."""
    follow = how.follow
    if "size=quick" in words and not any(word.startswith("follow=") for word in words):
        follow = max(follow, QUICK_FOLLOW.get(case.place, 0))
    return replace(how, burn_in=max(how.burn_in, -(case.says("day") or 0)), follow=follow)


def check_folder(folder: Path, holds: str = "cases.csv") -> None:
    """Make the folder, before anything is computed for it; refuse one that holds something else than earlier results.

    Pieces alone are what a command has left that was killed.

    Raises:
        SimError: with one line that says what to do.
    """
    from sim.study.files import telling
    from sim.study.remembering import FOLDER as PIECES

    with telling("write", folder):
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        there = {path.name for path in folder.iterdir()}
        foreign = bool(there - {PIECES}) and holds not in there
    if foreign:
        raise ConfigError(f"{folder} holds other files; choose an empty or new folder with --out")


def _print(console: Any, done: Played, told: Any, parts: Any) -> None:
    """Print a case: what the page said, what came out, which channel carries it."""
    from rich import box
    from rich.table import Table

    from sim.report.tables import interval, number
    from sim.study.press import judge
    from sim.study.press.kits import MEASURES
    from sim.study.press.play import FULL, WITHOUT

    case = done.case
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, title_justify="left", title_style="bold")
    table.title = f"{case.name}: {case.title}"
    table.add_column("measure", no_wrap=True)
    for heading in ("page", "median", "90% interval", "place", "without:\nmedian", "90% interval"):
        table.add_column(heading, justify="right", no_wrap=True)
    mine = told.set_index(["measure", "scenario"])
    for name in dict.fromkeys(told["measure"]):
        full, less = mine.loc[(name, FULL)], mine.loc[(name, WITHOUT)]
        table.add_row(
            f"{name.replace('_', ' ')}, {MEASURES[name].unit}"
            if MEASURES[name].unit == "yuan"
            else name.replace("_", " "),
            number(full["reported"]) if name in case.reported else "",
            _time(full["median"]),
            interval(full["low"], full["high"]) if _finite(full) else _open(full),
            f"{full['percentile']:.3g}%" if name in case.reported else "",
            _time(less["median"]),
            interval(less["low"], less["high"]) if _finite(less) else _open(less),
        )
    console.print(table)
    for name in (name for name in dict.fromkeys(told["measure"]) if MEASURES[name].meaning.startswith(("V", "dP"))):
        print(textwrap.fill(f"{name}: {MEASURES[name].meaning}", WIDTH, initial_indent="  ", subsequent_indent="    "))
    for head, text in (("The page: ", case.page), ("Expected: ", case.expected)):
        print(textwrap.fill(text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head)))
    for sentence in judge.sentences(done, told, parts):
        print(textwrap.fill(sentence, WIDTH, initial_indent="  ", subsequent_indent="    "))
    print(f"Under these assumptions; {done.play.replications} worlds, noise and prior draws together.\n", flush=True)


def _finite(row: Any) -> bool:
    return bool(abs(row["low"]) < float("inf") and abs(row["high"]) < float("inf"))


def _time(value: float) -> str:
    from sim.report.tables import number

    return "never" if value == float("inf") else number(value)


def _open(row: Any) -> str:
    return f"{_time(row['low'])} to {_time(row['high'])}"


def show(name: str) -> str:
    """Describe a press case: what the page said, the context that is set, the scenarios.

    Raises:
        ConfigError: there is none of this name.
    """
    if name in ALONE:
        return describe(name)
    if name not in cases.names():
        raise unknown("press case", name, in_order())
    case = cases.load(name)
    numbers, choices = cases.NUMBERS[case.place], cases.CHOICES if case.place == "compound" else {}
    wide = max(len(key) for key in [*numbers, *choices])
    lines = [f"press/{name}: {case.title}", ""]
    for head, text in (("page", case.page), ("expected", case.expected)):
        lines += textwrap.wrap(text, WIDTH, initial_indent=f"{head:<10}", subsequent_indent=" " * 10)
    lines += [f"sources   {', '.join(case.sources)}", f"days      {case.days}", "", "reported"]
    lines += [f"  {measure} = {value:,g}" for measure, value in case.reported.items()]
    lines += ["", "observable context (all that a case may set; every other number is drawn as in any world)"]
    for key, spec in numbers.items():
        said = f"{case.context[key]}" if key in case.context else "not told"
        lines.append(f"  {key:<{wide}}  {said:<10}  {spec.doc} ({spec.unit})")
    for key, words in choices.items():
        lines.append(f"  {key:<{wide}}  {case.context.get(key, 'not told')!s:<10}  one of: {', '.join(words)}")
    lines += ["", f"scenarios: {', '.join(case.without) or 'nothing'}; {', '.join(case.arrangement)}; and the latter"]
    lines += ["without each of its channels"]
    return "\n".join(lines)


def in_order() -> list[str]:
    """Return every word of ``reproduce``, cases by their numbers."""

    def number_of(name: str) -> tuple[float, str]:
        digits = re.match(r"S(\d+)", name)
        return (int(digits[1]) if digits else math.inf), name

    return sorted([*cases.names(), *ALONE], key=number_of)


def listing() -> list[str]:
    """Return the press cases in a line each."""
    return [f"{name}  {ALONE[name].title if name in ALONE else cases.load(name).title}" for name in in_order()]
