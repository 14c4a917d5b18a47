"""Running an experiment: compute the pieces that are missing, keep each at once, merge them at the end.

A result folder is complete if and only if it has a ``manifest.json``, which is written last. What
happens before that may be killed at any moment; the pieces stay, and the next run goes on from them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from sim.errors import StoreError
from sim.study import compounds, distances, tables
from sim.study.config import Config
from sim.study.executor import Executor, Failure, executor, stage
from sim.study.experiment import Group, Plan, Task, plan, tasks
from sim.study.files import read_csv, telling, write_json
from sim.study.manifest import MACHINE, environment, manifest
from sim.study.store import BLOCKS, LOCK, Store
from sim.worlds import Worlds

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.answers import Answer
    from sim.study.merging import Made, Part

Item = TypeVar("Item")

MANIFEST = "manifest.json"

NEEDED_LATER = ("sim.study.merging", "scipy.stats", "sim.report.figures")
"""Modules that take seconds to import and are needed only once all pieces are there."""

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


def _nothing() -> pd.DataFrame:
    """Return an empty table."""
    import pandas as pd  # here, as workers that compute pieces need none of it

    return pd.DataFrame()


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
    comparison: pd.DataFrame = field(default_factory=_nothing)
    runs: pd.DataFrame = field(default_factory=_nothing)
    answers: dict[str, Answer] = field(default_factory=dict)
    figures: list[Path] = field(default_factory=list)
    naive: pd.DataFrame = field(default_factory=_nothing)


def run(
    config: Config,
    folder: Path,
    *,
    backend: str = "joblib",
    workers: int | None = None,
    resume: bool = False,
    tell: Callable[[Progress], None] = lambda _: None,
    figures: bool = True,
) -> Result:
    """Run an experiment into a folder, reusing every piece of it that is there already.

    Args:
        config: the experiment.
        folder: the result folder.
        backend: an executor of `sim.study.executor`.
        workers: number of worker processes.
        resume: demand that the folder holds an earlier run.
        tell: called whenever something is finished.
        figures: whether to draw.

    Raises:
        SimError: the folder cannot be used.
    """
    begun = time.monotonic()
    check_folder(folder, resume)
    with (
        executor(backend, workers) as compute,
        Store(folder, tables.piece_tables(config.place, config.detail)) as store,
    ):
        (folder / FAILURES).unlink(missing_ok=True)
        planned = plan(config)
        missing = planned.missing(store.has)
        pieces = len(planned.pieces)
        stored = pieces - sum(len(group.pieces) for group in missing)
        computed, failures = 0, list[tuple[Group, Failure]]()
        tell(Progress(pieces, stored, 0, 0))
        todo = [
            Order(task, config.days, config.detail, config.block_households, store)
            for task in tasks(missing, planned.households)
        ]
        for outcome in compute.map(work, [*todo, *[None] * len(todo)]):
            if outcome.task is None:
                continue
            groups = outcome.task.task.groups
            wanted = [piece for group in groups for piece in group.pieces]
            if outcome.failure:
                if outcome.failure.refused:  # the disk is full: what is kept stays, and nothing more would be
                    raise StoreError(outcome.failure.message)
                failures += [(group, outcome.failure) for group in groups]
            kept = sum(store.has(piece.key) for piece in wanted) if outcome.failure else len(wanted)
            computed += kept
            failed = sum(len(group.pieces) for group, _ in failures)
            tell(Progress(pieces, stored, computed, failed))
            import pandas  # noqa: F401  # takes a second, here beside the workers and not after them
        result = Result(folder, pieces, len(planned.groups), computed, failures)
        if not failures:
            _finish(planned, store, result, begun, compute, {"backend": backend, "workers": workers}, figures)
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


def work(order: Order | None) -> None:
    """Compute a task: found its worlds, burn them in once, run the missing scenarios from there, keep the pieces.

    Without an order, prepare for what comes after: there is a worker that has nothing to compute while others have.
    """
    if order is None:
        for name in NEEDED_LATER:
            import_module(name)
        return
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


# -- finishing --------------------------------------------------------------------------------


def _finish(
    planned: Plan, store: Store, result: Result, begun: float, compute: Executor, how: dict[str, Any], figures: bool
) -> None:
    """Merge the pieces into the tables of the experiment, compare, draw, and say what it all was."""
    from sim.study.merging import parts  # here, as comparing takes a second to import

    config, folder = planned.config, result.folder
    (folder / MANIFEST).unlink(missing_ok=True)  # until the new one is there the folder is not complete
    digests: dict[str, str] = {}
    for outcome in compute.map(make, parts(planned, store, folder)):
        made = outcome.get()
        digests |= made.digests
        if outcome.task.name == "runs":
            result.comparison, result.answers, result.naive = made.comparison, made.answers, made.naive
    result.runs = read_csv(folder / "runs.csv")
    if figures:
        _draw(config, result, compute)
    seconds = time.monotonic() - begun
    said = manifest(planned, digests, store, folder) | {MACHINE: environment(seconds, **how)}
    write_json(folder / MANIFEST, said)


def make(part: Part) -> Made:
    """Make a part of the tables, see `sim.study.merging`."""
    from sim.study import merging  # where it is done, and not where it is only asked for

    return merging.make(part)


def _draw(config: Config, result: Result, compute: Executor) -> None:
    """Draw the figures."""
    from sim.report.figures import draw  # here, as plotting takes a second to import

    result.figures = draw(config, result.folder, compute)
