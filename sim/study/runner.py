"""Running an experiment: compute the pieces that are missing, keep each at once, merge them at the end.

A result folder is complete if and only if it has a ``manifest.json``, which is written last. What
happens before that may be killed at any moment; the pieces stay, and the next run goes on from them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa

from sim import outcomes
from sim.errors import StoreError
from sim.study import ends, tables
from sim.study.config import Config
from sim.study.digest import table_digest
from sim.study.executor import Failure, executor, stage
from sim.study.experiment import Group, Plan, plan
from sim.study.manifest import environment, manifest
from sim.study.statistics import OutcomeSpec, compare_runs
from sim.study.store import BLOCKS, LOCK, Store, read_csv, write_csv, write_json, write_parquet
from sim.worlds import Worlds

Item = TypeVar("Item")

MANIFEST = "manifest.json"
FAILURES = "failures.txt"
"""Where the command line keeps what went wrong; removed by the next run."""


@dataclass(frozen=True)
class Task:
    """What a worker is given: a group, and where its pieces go."""

    group: Group
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
        todo = [Task(group, config.days, config.detail, config.block_households, store) for group in missing]
        for outcome in compute.map(work, todo):
            wanted = outcome.task.group.pieces
            if outcome.failure:
                result.failures.append((outcome.task.group, outcome.failure))
            kept = sum(store.has(piece.key) for piece in wanted) if outcome.failure else len(wanted)
            result.computed += kept
            failed = sum(len(group.pieces) for group, _ in result.failures)
            tell(Progress(pieces, stored, result.computed, failed))
        if not result.failures:
            _finish(planned, store, result, begun, {"backend": backend, "workers": workers})
    result.seconds = time.monotonic() - begun
    return result


def check_folder(folder: Path, resume: bool) -> None:
    """Refuse a folder that is somebody else's, or, if it is to be resumed, that holds nothing.

    Raises:
        StoreError: with one line that says what to do.
    """
    holds_run = (folder / BLOCKS).is_dir() or (folder / LOCK).exists()
    if resume and not holds_run:
        raise StoreError(f"there is nothing to resume in {folder}; run without --resume")
    if folder.is_dir() and not holds_run and any(folder.iterdir()):
        raise StoreError(f"{folder} holds other files; choose an empty or new folder with --out")


def work(task: Task) -> None:
    """Compute a group: found it, burn it in once, run the missing scenarios from there and keep them."""
    group = task.group
    with stage("founding"):
        worlds = Worlds(group.recipe, watch=group.watch)
    with stage("burn-in"):
        worlds.run(0)
    together = max(1, task.block_households // (worlds.n * worlds.households))
    for pieces in _batches(group.pieces, together):
        with stage("running"):
            block = worlds.stack([piece.scenario for piece in pieces])
            block.run(task.days)
        with stage("recording"):
            made = tables.record(block, group.recipe.layout, range(len(pieces)), task.detail)
        with stage("writing"):
            for piece, piece_tables in zip(pieces, made, strict=True):
                task.store.put(piece.key, piece_tables)


def _batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """Yield up to `size` items at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


# -- merging ----------------------------------------------------------------------------------


def _finish(planned: Plan, store: Store, result: Result, begun: float, how: dict[str, Any]) -> None:
    """Merge the pieces into the tables of the experiment, compare, draw, and say what it all was."""
    config, folder = planned.config, result.folder
    (folder / MANIFEST).unlink(missing_ok=True)  # until the new one is there the folder is not complete
    specs = tables.merged_tables(config.place)
    digests = {}
    merged = {}
    for name in ("daily", "events", "cases", "agreements", "runs") if config.detail else ("runs",):
        merged[name] = _merge(planned, store, name)
        digests[name] = table_digest(merged[name], specs[name].keys)
        if name == "runs":
            write_csv(folder / "runs.csv", merged[name])
        else:
            write_parquet(folder / f"{name}.parquet", merged[name])
        if name not in ("runs", "cases"):
            del merged[name]
    result.runs = read_csv(folder / "runs.csv")  # as written, so that whoever has the file gets the same comparison
    if not config.detail:  # what an earlier run has left would not be of this one
        for name in ("daily.parquet", "events.parquet", "cases.parquet", "agreements.parquet", "ends.csv"):
            (folder / name).unlink(missing_ok=True)
    else:
        result.cases = merged["cases"].to_pandas()
        ended = ends.summary(result.cases, result.runs, kinds=ends.kinds_of(config.place))
        write_csv(folder / "ends.csv", ended)
        digests["ends"] = table_digest(
            pa.Table.from_pandas(ended, preserve_index=False), ("scenario", "kind", "day", "end")
        )
    result.comparison = compare_runs(result.runs, config.comparisons, outcome_specs(config.place))
    write_csv(folder / "comparison.csv", result.comparison)
    if config.comparisons:
        table = pa.Table.from_pandas(result.comparison, preserve_index=False)
        digests["comparison"] = table_digest(table, ("scenario", "baseline", "outcome"))
    _draw(config, result)
    seconds = time.monotonic() - begun
    said = manifest(planned, digests) | {"environment": environment(seconds, **how)}
    write_json(folder / MANIFEST, said)


def _draw(config: Config, result: Result) -> None:
    """Draw how cases end, and the comparison of the main outcomes."""
    from sim.report.ends import competing_ends  # here, as plotting takes a second to import
    from sim.report.figures import forest

    folder = result.folder / "figures"
    if config.detail:
        competing_ends(result.cases, result.runs, folder / "competing_ends", "How cases end, and how long it takes")
    if config.comparisons:
        title = _drawable(config.question) or config.name
        forest(
            result.comparison, result.runs, folder / "forest", title, outcomes=outcome_specs(config.place, main=True)
        )


def _drawable(text: str) -> str:
    """Return a title if the figures' font has its letters, and nothing if it is in Chinese."""
    return text if all(ord(letter) < 0x2E80 for letter in text) else ""


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
    for i, scenario in enumerate(planned.config.scenarios):
        rows = store.merge((group.pieces[i].key for group in planned.groups), name)
        rows = rows.sort_by([(column, "ascending") for column in order])
        if name == "events":
            parts.append(tables.name_events(rows, scenario.name))
        else:
            parts.append(tables.name_rows(rows, scenario.name))
    return pa.concat_tables(parts)
