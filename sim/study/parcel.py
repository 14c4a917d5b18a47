"""Pieces that travel: what a worker has computed that has no file system in common with the folder's owner."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import StoreError
from sim.study.executor import Executor, Failure, Outcome, describe
from sim.study.files import parquet
from sim.study.store import Store


@dataclass
class Parcel:
    """Finished pieces on their way to a store; a worker puts them here as it would into the store itself.

    Attributes:
        pieces: key of a piece to its tables, each as the bytes of a Parquet file.
        failure: why there are not all that were asked for; those that are there are whole.
    """

    pieces: dict[str, dict[str, bytes]] = field(default_factory=dict)
    failure: Failure | None = None

    def put(self, key: str, tables: Mapping[str, pa.Table]) -> None:
        """Pack a piece.

        Args:
            key: its key.
            tables: its tables by name.
        """
        self.pieces[key] = {name: parquet(table).to_pybytes() for name, table in tables.items()}

    def deliver(self, store: Store) -> None:
        """Put all pieces into a store, each whole or not at all.

        Raises:
            StoreError: the disk is full, the folder cannot be written, or what has come is not what was asked for.
        """
        for key, packed in self.pieces.items():
            try:
                store.put(key, {name: pq.read_table(pa.BufferReader(content)) for name, content in packed.items()})
            except (pa.ArrowException, ValueError) as error:
                raise StoreError(f"a worker has sent something else than a piece: {str(error)[:200]}") from error


class Bound(Protocol):
    """A task that puts pieces somewhere; a frozen dataclass."""

    @property
    def store(self) -> Store | Parcel:
        """Return where they go."""
        ...


Task = TypeVar("Task", bound=Bound)


def computed(
    compute: Executor, work: Callable[[Task], None], tasks: Iterable[Task], store: Store
) -> Iterator[Outcome[Task, None]]:
    """Have tasks computed whose pieces go into a store; from workers that have no way to it they come in parcels.

    Args:
        compute: who computes.
        work: computes a task and puts its pieces.
        tasks: what is to be done.
        store: of this machine.

    Yields:
        The outcome of each task, its pieces being in the store; with a failure, those that were finished.
    """
    if compute.here is compute:
        yield from compute.map(work, tasks)
        return
    away = (replace(task, store=Parcel()) for task in tasks)  # type: ignore[type-var]
    for outcome in compute.map(partial(sent, work), away):
        failure = outcome.failure
        if outcome.value is not None:
            outcome.value.deliver(store)
            failure = outcome.value.failure
        yield Outcome(outcome.task, None, failure)


def sent(work: Callable[[Any], None], task: Any) -> Parcel:
    """Compute a task where there is no store, and return its pieces, also if only some could be computed."""
    parcel: Parcel = task.store
    try:
        work(task)
    except (Exception, SystemExit) as error:
        parcel.failure = describe(error)
    return parcel
