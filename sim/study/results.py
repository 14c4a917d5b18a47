"""Finished result folders, compared: any two scenarios of one, or the same scenario in two.

Replication k of two folders are twins if they have the same seed, layouts, draws and days; where they are not, nothing
is compared. What else differs between the two experiments is what the difference is about, and is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import ConfigError, SimError, StoreError, unknown
from sim.scenario import Scenario
from sim.study import foreign, reach
from sim.study.answers import outcome_specs
from sim.study.door import printable
from sim.study.files import read_csv, write_csv
from sim.study.runner import MANIFEST
from sim.study.statistics import OutcomeSpec, compare_runs

RUNS = "runs.csv"
FOLDERS = (Path("results", "local"), Path("results", "reference"))
"""Where the name of an experiment is looked for, from the clone."""

TWINS = ("seed", "days", "burn_in", "layouts", "prior_draws")
"""Settings in which two results must agree, or their replications are not twins."""

NO_MATTER = ("name", "question", "hypothesis", "scenarios", "comparisons", "baseline", "events", "detail",
             "block_households", "size", "replications", "sweep", "attribution", *TWINS)  # fmt: skip
"""Settings that make no difference between two results, or have been compared otherwise."""

MOST_NOTES = 6

LONGEST = 300
"""Letters that are told of what is wrong with a folder."""


@dataclass(frozen=True)
class Finished:
    """A finished run.

    Attributes:
        folder: its folder.
        config: the resolved configuration.
        manifest: all of its manifest.
        runs: its table of runs.
    """

    folder: Path
    config: dict[str, Any]
    manifest: dict[str, Any]
    runs: pd.DataFrame

    @property
    def place(self) -> str:
        """Its place."""
        return str(self.config["world"]["place"])

    @property
    def scenarios(self) -> list[str]:
        """Its scenarios, in their order."""
        return [str(name) for name in self.runs["scenario"].drop_duplicates()]


@dataclass(frozen=True)
class Compared:
    """Comparisons, and the runs they were made of.

    Attributes:
        title: what is compared, in a line.
        comparison: what `sim.study.statistics.compare_runs` returns.
        runs: the runs, under the names of the comparison.
        notes: lines that say what else is to be known.
        place: place of the runs.
    """

    title: str
    place: str
    comparison: pd.DataFrame
    runs: pd.DataFrame
    notes: list[str]


def find(said: str, root: Path) -> Path:
    """Return the folder that is meant: a path, or the name of an experiment whose results are here.

    Args:
        said: what the user wrote.
        root: the clone, in whose ``results`` a name is looked for.

    Raises:
        StoreError: there is no finished run.
    """
    candidates = [Path(said), *(root / base / said for base in FOLDERS)]
    for folder in candidates:
        if (folder / MANIFEST).is_file():
            return folder
    if Path(said).is_dir():
        raise StoreError(f"there is no finished run in {said} (no {MANIFEST})")
    raise StoreError(f"there is no result '{said}'; give a result folder, or an experiment that was run here")


def read(folder: Path) -> Finished:
    """Read a finished run.

    Raises:
        StoreError: the folder holds none, or it cannot be read.
    """
    if not (folder / RUNS).is_file():
        raise StoreError(f"{folder} keeps no {RUNS}, without which nothing can be compared; run it again")
    try:
        said = foreign.manifest_of(folder / MANIFEST)
        runs = read_csv(folder / RUNS)
        foreign.check_runs(runs)
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError, SimError) as error:
        what = printable(" ".join(str(error).split()))[:LONGEST]
        raise StoreError(f"{printable(str(folder))} is damaged or no result folder: {what}") from error
    config = dict(said["config"])
    return Finished(folder, config, said, runs)


def compare(first: Finished, second: Finished | None, scenario: str | None, baseline: str | None) -> Compared:
    """Compare scenarios of one result, or of a second with those of a first.

    Args:
        first: a result; of two the one with which is compared.
        second: another result, or None.
        scenario: which scenario; by default the comparisons of the experiment, or all that both results have.
        baseline: with which it is compared; by default what the experiment compares it with, or the same scenario.

    Raises:
        SimError: a scenario is not there, or the two results have no twins.
    """
    if second is None:
        return _within(first, scenario, baseline)
    _refuse_strangers(first, second)
    return _between(first, second, scenario, baseline)


def _within(one: Finished, scenario: str | None, baseline: str | None) -> Compared:
    """Compare scenarios of one result."""
    for name in (scenario, baseline):
        if name is not None and name not in one.scenarios:
            raise unknown("scenario", name, one.scenarios)
    declared = [(str(a), str(b)) for a, b in _declared(one)]
    if scenario is None and baseline is None:
        pairs = declared or [(name, one.scenarios[0]) for name in one.scenarios[1:]]
    elif scenario is None:
        pairs = [(name, str(baseline)) for name in one.scenarios if name != baseline]
    elif baseline is None:
        pairs = [pair for pair in declared if pair[0] == scenario]
        if not pairs:
            raise ConfigError(f"the experiment compares '{scenario}' with nothing; say with what: --baseline NAME")
    elif scenario == baseline:
        raise ConfigError(f"'{scenario}' is compared with itself; choose two scenarios")
    else:
        pairs = [(scenario, baseline)]
    if not pairs:
        raise ConfigError(f"{one.folder} has a single scenario; there is nothing to compare it with")
    known = _specs(one.runs, one.place)
    unreached = reach.between(one.place, _understood(one), pairs, [spec.name for spec in known])
    comparison = compare_runs(one.runs, pairs, known, beyond=unreached)
    title = str(one.config.get("question") or one.manifest.get("name"))
    return Compared(title, one.place, comparison, one.runs, [])


def _understood(one: Finished) -> dict[str, Scenario]:
    """Return the scenarios of a result; none of a sweep's, which are not written out."""
    said = one.config.get("scenarios")
    return reach.read(said) if isinstance(said, Mapping) and not one.config.get("sweep") else {}


def _declared(one: Finished) -> list[tuple[str, str]]:
    """Return the comparisons of an experiment that are between scenarios it has run (a sweep names only its kinds)."""
    pairs = [(a, b) for a, b in one.config.get("comparisons") or []]
    return [pair for pair in pairs if all(name in one.scenarios for name in pair)]


def _refuse_strangers(first: Finished, second: Finished) -> None:
    """Refuse two results whose replications are no twins.

    Raises:
        ConfigError: with one line that names what differs.
    """
    if first.place != second.place:
        raise ConfigError(f"{first.folder} is of a {first.place} and {second.folder} of a {second.place}")
    for key in TWINS:
        a, b = first.config.get(key), second.config.get(key)
        if a != b:
            raise ConfigError(
                f"{key} is {a} in {first.folder} and {b} in {second.folder}; there are no twins to compare"
            )
    if first.config.get("draws") != second.config.get("draws"):
        raise ConfigError(f"{first.folder} and {second.folder} have other draws; there are no twins to compare")
    mine, theirs = ({int(k) for k in result.runs["replication"]} for result in (first, second))
    if mine != theirs:
        raise ConfigError(
            f"{first.folder} has {len(mine)} replications and {second.folder} {len(theirs)}; run both with as many"
        )


def _between(first: Finished, second: Finished, scenario: str | None, baseline: str | None) -> Compared:
    """Compare scenarios of the second result with those of the first."""
    shared = [name for name in second.scenarios if name in first.scenarios]
    if scenario is None and baseline is None:
        chosen = [(name, name) for name in shared]
        if not chosen:
            raise ConfigError(
                f"{first.folder} and {second.folder} share no scenario; choose with --scenario, --baseline"
            )
    else:
        one, other = scenario or str(baseline), baseline or str(scenario)
        for name, result in ((one, second), (other, first)):
            if name not in result.scenarios:
                raise unknown(f"scenario in {result.folder}", name, result.scenarios)
        chosen = [(one, other)]
    here, there = _signs(first, second)
    runs = pd.concat(
        [
            first.runs.assign(scenario=first.runs["scenario"].astype(str) + f"@{here}"),
            second.runs.assign(scenario=second.runs["scenario"].astype(str) + f"@{there}"),
        ],
        ignore_index=True,
        join="inner",
    )
    pairs = [(f"{a}@{there}", f"{b}@{here}") for a, b in chosen]
    known = _specs(runs, second.place)
    written: dict[str, Scenario] = {}
    if all(first.config.get(key) == second.config.get(key) for key in ("world", "mechanisms")):  # else all may differ
        for sign, result in ((here, first), (there, second)):
            written |= {f"{name}@{sign}": scenario for name, scenario in _understood(result).items()}
    unreached = reach.between(second.place, written, pairs, [spec.name for spec in known])
    comparison = compare_runs(runs, pairs, known, beyond=unreached)
    return Compared(f"{there} against {here}", second.place, comparison, runs, list(_notes(first, second)))


def _signs(first: Finished, second: Finished) -> tuple[str, str]:
    """Return short names for two results: their folders' own, or numbers where these are the same."""
    names = first.folder.resolve().name, second.folder.resolve().name
    return names if names[0] != names[1] else ("1", "2")


def _notes(first: Finished, second: Finished) -> Iterator[str]:
    """Say what differs between two results beside what is compared."""
    a, b = (dict(_flat(result.config)) for result in (first, second))
    keys = [key for key in dict.fromkeys([*a, *b]) if a.get(key) != b.get(key)]
    told = [f"{key} ({a.get(key)}, {b.get(key)})" for key in keys if key.partition(".")[0] not in NO_MATTER]
    if told:
        more = f" and {len(told) - MOST_NOTES} more" if len(told) > MOST_NOTES else ""
        yield f"The two differ in: {', '.join(told[:MOST_NOTES])}{more}."
    if first.manifest.get("engine") != second.manifest.get("engine"):
        yield "The two were run by different versions of the model, which may be the whole difference."
    if not told and first.manifest.get("engine") == second.manifest.get("engine"):
        yield "The two have the same settings and the same model; scenarios may differ in their words."


def _flat(config: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Return every setting with dots."""
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _specs(runs: pd.DataFrame, place: str) -> list[OutcomeSpec]:
    """Return the outcomes of a place that the runs have; results of an older model may lack some."""
    specs = [spec for spec in outcome_specs(place) if spec.name in runs.columns]
    if not specs:
        raise StoreError("the runs have none of the outcomes known; was this written by another program?")
    return specs


def outcomes_of(compared: Compared, main: bool) -> list[OutcomeSpec]:
    """Return the outcomes of a comparison, for tables and figures.

    Args:
        compared: the comparison.
        main: only the main ones.
    """
    there = set(compared.comparison["outcome"])
    return [spec for spec in outcome_specs(compared.place, main=main) if spec.name in there]


def keep(compared: Compared, folder: Path) -> None:
    """Write a comparison of every outcome, and a figure of the main ones.

    Raises:
        StoreError: the folder cannot be written, or holds a run, which would lose its own comparison.
    """
    if (folder / MANIFEST).exists():
        raise StoreError(f"{folder} holds a run and its own comparison; choose another folder with --out")
    from sim.report.forest import forest
    from sim.report.labels import Text

    write_csv(folder / "comparison.csv", compared.comparison)
    specs = outcomes_of(compared, main=True)
    forest(
        compared.comparison,
        compared.runs,
        folder / "figures" / "forest",
        Text(compared.title, compared.title),
        outcomes=specs,
    )
