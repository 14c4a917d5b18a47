"""Running an experiment: compute the pieces that are missing, keep each at once, merge them at the end.

A result folder is complete if and only if it has a ``manifest.json``, which is written last. What
happens before that may be killed at any moment; the pieces stay, and the next run goes on from them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa

from sim.errors import SimError, StoreError
from sim.study import compounds, distances, tables
from sim.study.config import Config
from sim.study.executor import Executor, Failure, Outcome, Serial, executor, stage
from sim.study.experiment import Group, Plan, Task, plan, tasks
from sim.study.files import read_csv, telling, write_json
from sim.study.manifest import MACHINE, environment, manifest
from sim.study.parcel import Parcel, computed
from sim.study.provenance import maker
from sim.study.store import BLOCKS, LOCK, Store
from sim.study.where import Cluster
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
    """What a worker is given.

    Attributes:
        task: what to compute.
        days: from day 0.
        detail: whether more than runs is kept.
        block_households: household rows alive at a time, in the burn-in and again in the scenarios run from it.
        households: of one world.
        store: where the pieces go: into the store, or into a parcel that travels back.
        maker: of which code and libraries they are.
    """

    task: Task
    days: int
    detail: bool
    block_households: int
    households: int
    store: Store | Parcel
    maker: str


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
        foreign: how many others are in the folder that other code or another lock has made; they are not used.
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
    foreign: int = 0
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
    cluster: Cluster | None = None,
    resume: bool = False,
    tell: Callable[[Progress], None] = lambda _: None,
    show: Callable[[Result], None] = lambda _: None,
    figures: bool = True,
) -> Result:
    """Run an experiment into a folder, reusing every piece of it that is there already.

    Args:
        config: the experiment.
        folder: the result folder.
        backend: an executor of `sim.study.executor`.
        workers: number of worker processes of this machine.
        cluster: the cluster, where `backend` is ``dask``.
        resume: demand that the folder holds an earlier run.
        tell: called whenever something is finished.
        show: called as soon as runs and comparisons are there, which is before all else is kept and drawn.
        figures: whether to draw.

    Raises:
        SimError: the folder cannot be used.
    """
    begun = time.monotonic()
    check_folder(folder, resume)
    with (
        executor(backend, workers, cluster) as compute,
        Store(folder, tables.piece_tables(config.place, config.detail), maker=maker()) as store,
    ):
        (folder / FAILURES).unlink(missing_ok=True)
        planned = plan(config)
        missing = planned.missing(store.has)
        pieces = len(planned.pieces)
        stored = pieces - sum(len(group.pieces) for group in missing)
        computed, failures = 0, list[tuple[Group, Failure]]()
        tell(Progress(pieces, stored, 0, 0))
        suited = compute.suited(planned.seconds(missing))
        for outcome in _outcomes(suited, planned, tasks(missing, planned.households), store):
            groups = outcome.task.task.groups
            wanted = [piece for group in groups for piece in group.pieces]
            if outcome.failure:
                if outcome.failure.refused:  # the disk is full: what is kept stays, and nothing more would be
                    raise StoreError(told(outcome.failure, groups))
                failures += [(group, outcome.failure) for group in groups]
            kept = sum(store.has(piece.key) for piece in wanted) if outcome.failure else len(wanted)
            computed += kept
            failed = sum(len(group.pieces) for group, _ in failures)
            tell(Progress(pieces, stored, computed, failed))
            import pandas  # noqa: F401  # takes a second, here beside the workers and not after them
        result = Result(folder, pieces, len(planned.groups), computed, failures, store.foreign())
        if not failures:
            said = {"backend": backend, "workers": workers}
            _finish(planned, store, result, begun, (suited.here, compute.here), said, show, figures)
    result.seconds = time.monotonic() - begun
    return result


def told(failure: Failure, groups: Sequence[Group]) -> str:
    """Say in one line what failed: stage, what happened, and the block it was."""
    which = ", ".join(str(k) for group in groups for k in group.recipe.replications)
    names = ", ".join(dict.fromkeys(piece.scenario.name for group in groups for piece in group.pieces))
    return f"failed while {failure.stage or 'starting'}: {failure.message} (replications {which}; {names})"


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


def _outcomes(compute: Executor, planned: Plan, todo: Sequence[Task], store: Store) -> Iterator[Outcome[Order, None]]:
    """Have tasks computed, and workers of this machine prepare for what comes after."""
    config, rows = planned.config, planned.households
    orders = [Order(t, config.days, config.detail, config.block_households, rows, store, store.maker) for t in todo]
    if compute.here is not compute:
        yield from computed(compute, work, orders, store)
        return
    beside = 0 if isinstance(compute, Serial) else len(orders)
    for outcome in compute.map(work, [*orders, *[None] * beside]):
        if outcome.task is not None:
            yield Outcome(outcome.task, None, outcome.failure)


def work(order: Order | None) -> None:
    """Compute a task: found its worlds, burn them in once, run the missing scenarios from there, keep the pieces.

    Without an order, prepare for what comes after: there is a worker that has nothing to compute while others have.
    """
    if order is None:
        for name in NEEDED_LATER:
            import_module(name)
        return
    if order.maker != maker():
        raise SimError("the code or the lock has changed since the run began; start it again")
    for parts in _in_parts(order.task, order.block_households, order.households):
        made: dict[str, list[dict[str, pa.Table]]] = {}
        for part in parts:
            for key, piece_tables in compute(replace(order, task=part)):
                made.setdefault(key, []).append(piece_tables)
                if len(made[key]) == len(parts):
                    with stage("writing"):
                        order.store.put(key, _below_one_another(made.pop(key)))


def compute(order: Order) -> Iterator[tuple[str, dict[str, pa.Table]]]:
    """Found the worlds of a task, burn them in once, run its scenarios from there, and yield the tables of its pieces.

    Args:
        order: what is to be computed.

    Yields:
        The key of a piece and its tables.
    """
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
        for (at, group), piece_tables in zip(where, made, strict=True):
            yield task.groups[group].pieces[numbers[at]].key, piece_tables


def _in_parts(task: Task, rows: int, households: int) -> list[list[Task]]:
    """Divide a task so that what is founded together has at most so many household rows, or is a single world.

    A world alone and in a crowd are the same world, so parts of a group's replications make the same pieces.

    Args:
        task: a task.
        rows: household rows.
        households: of one world.

    Returns:
        Lists of tasks whose tables, one below the other, are those of whole groups.
    """
    if task.worlds * households <= rows:
        return [[task]]
    size = max(1, rows // households)
    return [
        [
            Task((replace(group, recipe=replace(group.recipe, replications=tuple(few))),))
            for few in _batches(group.recipe.replications, size)
        ]
        for group in task.groups
    ]


def _below_one_another(parts: Sequence[dict[str, pa.Table]]) -> dict[str, pa.Table]:
    """Put the tables of a piece's parts together."""
    return parts[0] if len(parts) == 1 else {name: pa.concat_tables(part[name] for part in parts) for name in parts[0]}


def _batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """Yield up to `size` items at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


# -- finishing --------------------------------------------------------------------------------


def _finish(
    planned: Plan,
    store: Store,
    result: Result,
    begun: float,
    executors: tuple[Executor, Executor],
    how: dict[str, Any],
    show: Callable[[Result], None],
    figures: bool,
) -> None:
    """Merge the pieces into the tables of the experiment, compare, draw, and say what it all was.

    Args:
        planned: the experiment.
        store: its pieces, all of them there.
        result: what has been done; completed here.
        begun: when the run began, by `time.monotonic`.
        executors: what has computed the pieces, and what draws. Where these are two the pieces were few, and what is
            shown first is made by the first, which need not start.
        how: what the manifest says of the run.
        show: see `run`.
        figures: whether to draw.
    """
    from sim.study.merging import parts  # here, as comparing takes a second to import

    config, folder = planned.config, result.folder
    (folder / MANIFEST).unlink(missing_ok=True)  # until the new one is there the folder is not complete
    digests: dict[str, str] = {}
    first, compute = executors
    todo = parts(planned, store, folder)
    sooner = [part for part in todo if part.name == "runs"] if first is not compute else []
    later = [part for part in todo if part not in sooner]
    for outcome in chain(first.map(make, sooner), compute.map(make, later)):
        if outcome.failure:
            kind = StoreError if outcome.failure.refused else SimError
            where = f"merging {outcome.task.name}"
            raise kind(
                f"failed while {where}: {outcome.failure.message} (all pieces are kept; the next run merges them)"
            )
        made = outcome.get()
        digests |= made.digests
        if outcome.task.name == "runs":
            result.comparison, result.answers, result.naive = made.comparison, made.answers, made.naive
            result.runs = read_csv(folder / "runs.csv")
            show(result)
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
