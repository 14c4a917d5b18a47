"""Running an experiment: compute the pieces that are missing, keep each at once, merge them at the end.

A result folder is complete if and only if it has a ``manifest.json``, which is written last. What
happens before that may be killed at any moment; the pieces stay, and the next run goes on from them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from sim import outcomes
from sim.errors import StoreError
from sim.study import answers, compounds, distances, ends, naive, tables
from sim.study.config import Config
from sim.study.digest import table_digest
from sim.study.executor import Executor, Failure, executor, stage
from sim.study.experiment import Group, Plan, Task, plan, tasks
from sim.study.manifest import environment, manifest
from sim.study.statistics import OutcomeSpec, compare_runs
from sim.study.store import BLOCKS, LOCK, Store, read_csv, telling, write_csv, write_json, write_parquet
from sim.worlds import Worlds

Item = TypeVar("Item")

MANIFEST = "manifest.json"
SWEPT = ("headline", "disputes", "repairs", "cost", "payers", "behaviour", "people", *outcomes.villages.FAMILIES)
"""Families of outcomes that are compared in a sweep."""

FAILURES = "failures.txt"
"""Where the command line keeps what went wrong; removed by the next run."""


@dataclass(frozen=True)
class Order:
    """What a worker is given: a task, and where its pieces go."""

    task: Task
    days: int
    detail: bool
    block_households: int
    store: Store


@dataclass(frozen=True)
class Progress:
    """What is told while a run goes on."""

    pieces: int
    stored: int
    computed: int
    failed: int


@dataclass
class Result:
    """What a run has left.

    Attributes:
        folder: the result folder.
        pieces: how many the experiment has.
        groups: in how many groups of replications.
        computed: how many of them this run has computed.
        failures: groups that could not be computed, and why.
        seconds: how long it took.
        comparison: the paired comparisons; empty if a group failed.
        runs: the table of runs; empty if a group failed.
        cases: the table of cases; empty if a group failed.
        answers: further tables, by name; see `sim.study.answers`.
        figures: the files of the figures drawn.
        naive: naive estimates beside the effects of twins; empty if all compounds are covered alike.
    """

    folder: Path
    pieces: int
    groups: int
    computed: int
    failures: list[tuple[Group, Failure]]
    seconds: float = 0.0
    comparison: pd.DataFrame = field(default_factory=pd.DataFrame)
    runs: pd.DataFrame = field(default_factory=pd.DataFrame)
    cases: pd.DataFrame = field(default_factory=pd.DataFrame)
    answers: dict[str, answers.Answer] = field(default_factory=dict)
    figures: list[Path] = field(default_factory=list)
    naive: pd.DataFrame = field(default_factory=pd.DataFrame)


def run(
    config: Config,
    folder: Path,
    *,
    backend: str = "joblib",
    workers: int | None = None,
    resume: bool = False,
    tell: Callable[[Progress], None] = lambda _: None,
) -> Result:
    """Run an experiment into a folder, reusing every piece of it that is there already.

    Args:
        config: the experiment.
        folder: the result folder.
        backend: an executor of `sim.study.executor`.
        workers: number of worker processes.
        resume: demand that the folder holds an earlier run.
        tell: called whenever something is finished.

    Raises:
        SimError: the folder cannot be used.
    """
    begun = time.monotonic()
    check_folder(folder, resume)
    compute = executor(backend, workers)
    with Store(folder, tables.piece_tables(config.place, config.detail)) as store:
        (folder / FAILURES).unlink(missing_ok=True)
        planned = plan(config)
        missing = planned.missing(store.has)
        pieces = len(planned.pieces)
        stored = pieces - sum(len(group.pieces) for group in missing)
        result = Result(folder, pieces, len(planned.groups), 0, [])
        tell(Progress(pieces, stored, 0, 0))
        todo = [
            Order(task, config.days, config.detail, config.block_households, store)
            for task in tasks(missing, planned.households)
        ]
        for outcome in compute.map(work, todo):
            groups = outcome.task.task.groups
            wanted = [piece for group in groups for piece in group.pieces]
            if outcome.failure:
                if outcome.failure.refused:  # the disk is full: what is kept stays, and nothing more would be
                    raise StoreError(outcome.failure.message)
                result.failures += [(group, outcome.failure) for group in groups]
            kept = sum(store.has(piece.key) for piece in wanted) if outcome.failure else len(wanted)
            result.computed += kept
            failed = sum(len(group.pieces) for group, _ in result.failures)
            tell(Progress(pieces, stored, result.computed, failed))
        if not result.failures:
            _finish(planned, store, result, begun, compute, {"backend": backend, "workers": workers})
    result.seconds = time.monotonic() - begun
    return result


def check_folder(folder: Path, resume: bool) -> None:
    """Refuse a folder that is somebody else's, or, if it is to be resumed, that holds nothing.

    Raises:
        StoreError: with one line that says what to do.
    """
    if str(folder) in ("", "."):
        raise StoreError("the folder that one stands in is no place for results; name a new one with --out")
    with telling("read", folder):
        holds_run = (folder / BLOCKS).is_dir() or (folder / LOCK).exists()
        foreign = not holds_run and folder.is_dir() and any(folder.iterdir())
    if resume and not holds_run:
        raise StoreError(f"there is nothing to resume in {folder}; run without --resume")
    if foreign:
        raise StoreError(f"{folder} holds other files; choose an empty or new folder with --out")


def work(order: Order) -> None:
    """Compute a task: found its worlds, burn them in once, run the missing scenarios from there, keep the pieces."""
    task = order.task
    with stage("founding"):
        worlds = Worlds(task.recipes, watch=task.watch)
    split, far = (task.recipes[0].place in module.PLACES for module in (compounds, distances))
    before_days = min(order.days, task.recipes[0].burn_in)
    with stage("burn-in"):
        before = compounds.lived(worlds, 0, before_days) if split else {}
        worlds.run(0)
    together = max(1, order.block_households // (worlds.n * worlds.households))
    batches = list(_batches(range(len(task.scenarios)), together))
    for numbers in batches:
        with stage("running"):
            block = worlds.stack([task.scenarios[number] for number in numbers], keep=numbers != batches[-1])
            after = compounds.lived(block, order.days, order.days) if split else {}
            apart = distances.lived(block, order.days) if far else {}
            block.run(order.days)
        where = [(at, group) for at in range(len(numbers)) for group in range(len(task.groups))]
        with stage("recording"):
            parts = [np.flatnonzero((block.scenario == at) & (block.group == group)) for at, group in where]
            spans = tables.Spans(after, before, order.days, before_days) if split else None
            made = tables.record(block, task.recipes[0].layout, parts, order.detail, spans, apart)
        with stage("writing"):
            for (at, group), piece_tables in zip(where, made, strict=True):
                order.store.put(task.groups[group].pieces[numbers[at]].key, piece_tables)


def _batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """Yield up to `size` items at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


# -- merging ----------------------------------------------------------------------------------


def _finish(planned: Plan, store: Store, result: Result, begun: float, compute: Executor, how: dict[str, Any]) -> None:
    """Merge the pieces into the tables of the experiment, compare, draw, and say what it all was."""
    config, folder = planned.config, result.folder
    (folder / MANIFEST).unlink(missing_ok=True)  # until the new one is there the folder is not complete
    specs = tables.merged_tables(config.place)
    digests: dict[str, str] = {}
    merged: dict[str, pa.Table] = {}
    wanted = ("daily", "events", "cases", "agreements", "cells", "runs") if config.detail else ("runs",)
    for name in (*wanted, *(name for name in tables.APART if name in specs)):
        merged[name] = _merge(planned, store, name)
        with ThreadPoolExecutor(1) as aside:  # hashing and writing let go of the interpreter: both at once
            digest = aside.submit(table_digest, merged[name], specs[name].keys)
            if name == "runs":
                write_csv(folder / "runs.csv", merged[name])
            else:
                write_parquet(folder / f"{name}.parquet", merged[name])
            digests[name] = digest.result()
        if name not in ("runs", "cases", *tables.APART):
            del merged[name]
    result.runs = read_csv(folder / "runs.csv")  # as written, so that whoever has the file gets the same comparison
    if not config.detail:  # what an earlier run has left would not be of this one
        for name in (
            "daily.parquet",
            "events.parquet",
            "cases.parquet",
            "agreements.parquet",
            "cells.parquet",
            "ends.csv",
        ):
            (folder / name).unlink(missing_ok=True)
    else:
        result.cases = merged["cases"].to_pandas()
        ended = ends.summary(result.cases, result.runs, kinds=ends.kinds_of(config.place))
        write_csv(folder / "ends.csv", ended)
        digests["ends"] = table_digest(
            pa.Table.from_pandas(ended, preserve_index=False), ("scenario", "kind", "day", "end")
        )
    if config.sweep:
        runs, swept = answers.with_money(result.runs), _swept_specs(config.place)
        result.comparison = compare_runs(runs, config.comparisons, swept)
    else:
        result.comparison = compare_runs(result.runs, config.comparisons, outcome_specs(config.place))
    write_csv(folder / "comparison.csv", result.comparison)
    if config.comparisons:
        table = pa.Table.from_pandas(result.comparison, preserve_index=False)
        digests["comparison"] = table_digest(table, ("scenario", "baseline", "outcome"))
    digests |= _naive(config, result, merged)
    apart = {name: merged[name].to_pandas() for name in tables.APART if name in merged}
    result.answers = answers.answers(config, result.runs, apart.get("compounds"), apart.get("distances"))
    for name in answers.NAMES:
        (folder / f"{name}.csv").unlink(missing_ok=True)
    for name, answer in result.answers.items():
        write_csv(folder / f"{name}.csv", answer.frame)
        digests[name] = table_digest(pa.Table.from_pandas(answer.frame, preserve_index=False), answer.keys)
    _draw(config, result, compute)
    seconds = time.monotonic() - begun
    said = manifest(planned, digests) | {"environment": environment(seconds, **how)}
    write_json(folder / MANIFEST, said)


def _naive(config: Config, result: Result, merged: dict[str, pa.Table]) -> dict[str, str]:
    """Put naive estimates beside the effects of twins where an arrangement stands in some compounds only."""
    path = result.folder / "naive.csv"
    path.unlink(missing_ok=True)
    if "compounds" not in merged:
        return {}
    result.naive = naive.estimates(merged["compounds"].to_pandas(), config.comparisons)
    if result.naive.empty:
        return {}
    write_csv(path, result.naive)
    keys = ("scenario", "baseline", "outcome", "estimate")
    return {"naive": table_digest(pa.Table.from_pandas(result.naive, preserve_index=False), keys)}


def _draw(config: Config, result: Result, compute: Executor) -> None:
    """Draw the figures."""
    from sim.report.figures import draw  # here, as plotting takes a second to import

    result.figures = draw(config, result.folder, compute)


def _swept_specs(place: str) -> list[OutcomeSpec]:
    """Return the outcomes that are compared in a sweep: its points are many, so not every outcome."""
    return [spec for spec in outcome_specs(place) if spec.family in SWEPT] + [answers.WITHHELD]


def outcome_specs(place: str, main: bool = False) -> list[OutcomeSpec]:
    """Return the outcomes as statistics and figures want them.

    Args:
        place: name of the place file.
        main: only those for the table on the terminal and the figure.
    """
    return [
        OutcomeSpec(spec.name, spec.unit, spec.label, spec.family)
        for spec in outcomes.specs(place)
        if spec.main or not main
    ]


def _merge(planned: Plan, store: Store, name: str) -> pa.Table:
    """Put the pieces of a table together: scenario by scenario, then by replication and time."""
    order = tables.piece_tables(planned.config.place)[name].keys
    parts = [tables.merged_tables(planned.config.place)[name].schema.empty_table()]
    for scenario in planned.config.scenarios:
        rows = store.merge((piece.key for piece in planned.of(scenario.name)), name)
        rows = rows.sort_by([(column, "ascending") for column in order])
        if name == "events":
            parts.append(tables.name_events(rows, scenario.name))
        else:
            parts.append(tables.name_rows(rows, scenario.name))
    return pa.concat_tables(parts)
