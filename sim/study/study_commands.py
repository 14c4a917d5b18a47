"""The commands ``sensitivity``, ``discover`` and ``calibrate``, called by `sim.commands`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import environment
from sim.study.commands import (
    _computed,
    _console,
    _duration,
    _Progress,
    _say,
    _say_list,
    _short,
    default_folder,
)
from sim.study.config import Config, load_study

if TYPE_CHECKING:
    from sim.study.asked import Asked
    from sim.study.studies import Carried


def sensitivity(arguments: argparse.Namespace) -> int:
    """Screen the rows that a comparison may rest on, share its variance out among the first, and scan them.

    Args:
        arguments: those of `sim.study.commands.run`.
    """
    config, asked = load_study("sensitivity", arguments.name, arguments.settings)
    folder: Path = arguments.out or default_folder(config)
    by_name = {scenario.name: scenario for scenario in config.scenarios}
    from sim.study.factors import factors

    rows = factors(config, [by_name[name] for name in asked.comparison])
    if arguments.dry_run:
        from sim.study.sensitivity import how_many

        _cost(config, how_many(asked, len(rows)), asked.burn_in, 2, folder)
        return 0
    from sim.report.sensitivity import sensitivity as draw
    from sim.report.sensitivity_tables import print_sensitivity
    from sim.study.sensitivity import KEYS, Study

    carried = _carried(
        arguments, config, asked, folder, Study, KEYS, lambda answers, figures: draw(answers, asked, figures)
    )
    print_sensitivity(_console(), carried.answers, asked)
    _tell(config, carried, f"{carried.answers.lived:,} points x 2 scenarios")
    return 0


def discover(arguments: argparse.Namespace) -> int:
    """Seek the parameters under which a scenario does worse than what it is compared with.

    Args:
        arguments: those of `sim.study.commands.run`.
    """
    from sim.study.discovery import KEYS, narrowed

    config, asked = load_study("discovery", arguments.name, arguments.settings)
    config = narrowed(config, asked)
    result = _computed(config, arguments)
    if isinstance(result, int):
        return result
    from sim.report.discovery import boxes, print_discovered
    from sim.study.discovery import discover as seek
    from sim.study.studies import Carried, add_tables

    found = seek(config, asked, result.runs)
    add_tables(result.folder, found.tables, KEYS)
    figures = [*result.figures, *boxes(found, asked, result.folder / "figures")]
    print_discovered(_console(), found, asked)
    carried = Carried(result.folder, found, {"runs": result.runs, **found.tables}, figures, result.seconds)
    _tell(config, carried, f"{found.n:,} pairs of twins")
    return 0


def calibrate(arguments: argparse.Namespace) -> int:
    """Rule out what is implausible beside patterns of evidence, and keep what is left as an experiment that runs.

    Args:
        arguments: those of `sim.study.commands.run`.
    """
    from sim.study.calibration import KEYS, Study, chosen
    from sim.study.patterns import of

    config, asked = load_study("calibration", arguments.name, arguments.settings)
    folder: Path = arguments.out or default_folder(config)
    of(config.place, asked.held_out)
    chosen(config, asked)
    if arguments.dry_run:
        parts = {f"wave {number}": asked.points for number in range(1, asked.waves + 1)}
        _cost(config, {**parts, "what is left": asked.kept}, asked.burn_in, 1, folder)
        return 0
    from sim.report.calibration import patterns, print_calibrated
    from sim.study.recipes import write_recipe

    carried = _carried(arguments, config, asked, folder, Study, KEYS, patterns)
    print_calibrated(_console(), carried.answers)
    if "draws" in carried.tables:
        recipe = write_recipe(config, folder)
        _say(f"To run it: {environment.program()} run {_short(recipe)}")
    _tell(config, carried, f"{carried.answers.lived:,} points")
    return 0


def _carried(
    arguments: argparse.Namespace,
    config: Config,
    asked: Asked,
    folder: Path,
    study: Callable[..., Any],
    keys: Mapping[str, tuple[str, ...]],
    draw: Callable[[Any, Path], list[Path]],
) -> Carried:
    """Carry a study of points out, as the command line says, and show how far it is.

    Args:
        arguments: backend, workers, resume and where a cluster is.
        config: the experiment.
        asked: what the study is told.
        folder: where it is kept.
        study: `sim.study.sensitivity.Study` or `sim.study.calibration.Study`.
        keys: its tables and the columns that identify their rows.
        draw: draws its answers into a folder.
    """
    from sim.study import where
    from sim.study.studies import carry_out

    with _Progress() as bar:
        return carry_out(
            config,
            asked,
            folder,
            lambda store, compute: study(
                config, asked, store, compute, lambda doing, done, every: bar.show(done, every, doing)
            ).answers(),
            keys,
            draw,
            backend=arguments.backend,
            workers=arguments.workers,
            cluster=where.cluster(arguments),
            resume=arguments.resume,
        )


def _cost(config: Config, parts: dict[str, int], burn_in: int, scenarios: int, folder: Path) -> None:
    """Say what would be computed, and roughly how long it takes."""
    from sim.study.experiment import A_HOUSEHOLD_DAY, households_of
    from sim.study.sensitivity import FULL

    households = households_of(config)
    _say(f"{config.name}: size={config.size}")
    days = 0
    for name, points in parts.items():
        before = config.burn_in if name == FULL else burn_in
        days += points * households * (before + scenarios * config.days)
        _say(f"  {name:<19} {points:,} points x {scenarios} scenarios")
    _say(f"  cost                {days / 1e6:,.0f} million household-days, about {_duration(days * A_HOUSEHOLD_DAY)} "
        "on one core")  # fmt: skip
    _say(f"  results             {_short(folder)}")


def _tell(config: Config, carried: Carried, how_much: str) -> None:
    """Say what and where the results are, and how long they took."""
    if config.size == "quick":
        _say("size=quick shows that everything works; it is too small and too short to say anything.")
    drawn = [path.name for path in carried.figures if path.suffix == ".png" and ".zh." not in path.name]
    _say_list("Files: ", ", ".join([*(f"{name}.csv" for name in carried.tables), *drawn]))
    _say(f"Results: {_short(carried.folder)}  ({carried.seconds:.0f} s, {how_much})")
