"""A sample of a result: a few of its runs, whole, in every table there is.

A world alone and in a crowd are the same world, so the rows of a run can be computed again without the hundreds it was
computed with. A sample kept beside a result is a small result folder of these runs, in the same files and columns:
where they come out otherwise, table, run, day, column and both values can be told, which a digest alone cannot.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pyarrow as pa

from sim.study import tables
from sim.study.config import Config
from sim.study.executor import Executor
from sim.study.experiment import Group, Piece, Plan, Task, plan
from sim.study.files import write_csv, write_parquet
from sim.study.provenance import maker
from sim.study.runner import Order, work
from sim.study.store import Store
from sim.worlds import Recipe

FOLDER = "sample"
"""Where the sample of a result is, in its folder."""

SCENARIOS = 4
"""Scenarios of a sample, spread over those of the experiment from the first to the last."""

MOST = 100e6
"""Household-days of a sample; where even one scenario takes more, a result has none, which would take minutes."""

LARGEST = 50_000
"""Rows of a table, of which more are not kept in a sample: the events of a city are a megabyte."""

RUNS, CSV, PARQUET = "runs", ".csv", ".parquet"

Rows = dict[str, pa.Table]
"""Name of a table to its rows, in the columns of a result folder."""


@dataclass(frozen=True)
class Sample:
    """Which runs of an experiment.

    Attributes:
        config: the experiment.
        scenarios: names of scenarios.
        replications: in each of these scenarios.
    """

    config: Config
    scenarios: tuple[str, ...]
    replications: tuple[int, ...]


@dataclass
class _Lap:
    """Where a task's pieces are put instead of into a store."""

    pieces: dict[str, dict[str, pa.Table]] = field(default_factory=dict)

    def put(self, key: str, content: Mapping[str, pa.Table]) -> None:
        """Keep a piece."""
        self.pieces[key] = dict(content)


@dataclass(frozen=True)
class _Job:
    """Runs of one layout that are lived together.

    Attributes:
        group: their worlds, and the scenarios they meet.
        days: from day 0.
        rows: household rows computed at a time.
        households: of one world.
    """

    group: Group
    days: int
    rows: int
    households: int


def choose(config: Config, replications: Sequence[int] = (0,)) -> Sample | None:
    """Return the sample of an experiment: scenarios spread over all, in these replications; None if it is too large.

    Args:
        config: the experiment.
        replications: which of its replications.
    """
    planned, last = plan(config), len(config.scenarios) - 1
    for number in range(SCENARIOS, 0, -1):
        at = sorted({round(i * last / max(1, number - 1)) for i in range(number)})
        chosen = Sample(config, tuple(config.scenarios[i].name for i in at), tuple(replications))
        if cost(chosen, planned) <= MOST:
            return chosen
    return None


def cost(sample: Sample, planned: Plan) -> int:
    """Return how many household-days a sample lives."""
    config, groups = sample.config, _groups(sample, planned)
    days = (len(g.recipe.replications) * (config.burn_in + config.days * len(g.pieces)) for g in groups)
    return planned.households * sum(days)


def live(samples: Sequence[Sample], compute: Executor) -> list[Rows]:
    """Live the runs of samples again; what several of them ask for is lived once.

    Args:
        samples: the samples.
        compute: who computes.

    Returns:
        For each sample its tables, in the columns of a result folder, with days, cases and events also where the
        result keeps none.

    Raises:
        SimError: a run could not be computed.
    """
    plans = [plan(sample.config) for sample in samples]
    asked = [(sample, _groups(sample, planned)) for sample, planned in zip(samples, plans, strict=True)]
    jobs: dict[tuple[str, int], _Job] = {}
    for (sample, groups), planned in zip(asked, plans, strict=True):
        for group in groups:
            # What comes of a recipe is the same whoever asks for it.
            days, rows = sample.config.days, sample.config.block_households
            mark = (repr(group.recipe), days)
            known = jobs.get(mark) or _Job(replace(group, pieces=()), days, rows, planned.households)
            more = tuple(piece for piece in group.pieces if piece.key not in {p.key for p in known.group.pieces})
            jobs[mark] = replace(known, group=replace(known.group, pieces=(*known.group.pieces, *more)))
    lived: dict[str, dict[str, pa.Table]] = {}
    for outcome in compute.map(_live, jobs.values()):
        lived |= outcome.get()
    return [
        _named(sample, [(piece, lived[piece.key]) for group in groups for piece in group.pieces])
        for sample, groups in asked
    ]


def write(folder: Path, rows: Rows) -> None:
    """Write the tables of a sample, in the files that they have in a result folder; whatever was there goes.

    Args:
        folder: where to.
        rows: the tables, of which those that are too large are left out.

    Raises:
        StoreError: the folder cannot be written.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for name, table in rows.items():
        if table.num_rows > LARGEST:
            continue
        if name == RUNS:
            write_csv(folder / f"{name}{CSV}", table)
        else:
            write_parquet(folder / f"{name}{PARQUET}", table)


def _groups(sample: Sample, planned: Plan) -> list[Group]:
    """Return the groups of the replications wanted, with only these and only the scenarios wanted."""
    out = []
    for group in planned.groups:
        mine = tuple(k for k in group.recipe.replications if k in sample.replications)
        pieces = tuple(piece for piece in group.pieces if piece.scenario.name in sample.scenarios)
        if mine and pieces:
            recipe, days = replace(group.recipe, replications=mine), sample.config.days
            out.append(Group(recipe, mine, tuple(Piece(_mark(p, recipe, days), p.scenario, recipe) for p in pieces)))
    return out


def _mark(piece: Piece, recipe: Recipe, days: int) -> str:
    """Return what the runs of a scenario in a sample are known by, within one call of `live`."""
    return f"{recipe!r} {days} {piece.scenario.description()}"


def _live(job: _Job) -> dict[str, dict[str, pa.Table]]:
    """Live the runs of a job, all of them watched."""
    lap = _Lap()
    work(Order(Task((job.group,)), job.days, True, job.rows, job.households, cast("Store", lap), maker()))
    return lap.pieces


def _named(sample: Sample, pieces: Iterable[tuple[Piece, dict[str, pa.Table]]]) -> Rows:
    """Put pieces below one another under the names of their scenarios."""
    rows: dict[str, list[pa.Table]] = {}
    for piece, content in pieces:
        for name, table in content.items():
            naming = tables.name_events if name == "events" else tables.name_rows
            rows.setdefault(name, []).append(naming(table, piece.scenario.name))
    specs = tables.merged_tables(sample.config.place)
    return {
        name: pa.concat_tables(parts).sort_by([(key, "ascending") for key in specs[name].keys])
        for name, parts in rows.items()
    }
