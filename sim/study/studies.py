"""Carrying out a study: a folder, a store of points, tables as CSV, figures, and a manifest that is written last.

What `sim.study.runner` is to an experiment. A study that was stopped goes on from the pieces that are there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sim.study.asked import Asked
from sim.study.config import Config
from sim.study.digest import table_digest
from sim.study.executor import Executor, executor
from sim.study.files import write_csv, write_json
from sim.study.manifest import code, environment
from sim.study.points import TABLE, table_spec
from sim.study.runner import MANIFEST, check_folder
from sim.study.store import Store
from sim.study.where import Cluster

ALSO = ("SALib", "optuna")
"""Libraries of studies, beside those of all results."""

DECIMALS = {"draws": 12}
"""Tables whose numbers are read again, and not only by people."""

Tell = Callable[[str, int, int], None]
"""Is told what is being done, how many batches are there and how many there will be."""


@dataclass
class Carried:
    """What a study has left.

    Attributes:
        folder: the result folder.
        answers: what the study itself returned.
        tables: its tables by the names of their files.
        figures: the files of figures drawn.
        seconds: how long it took.
    """

    folder: Path
    answers: Any
    tables: Mapping[str, pd.DataFrame]
    figures: list[Path] = field(default_factory=list)
    seconds: float = 0.0


def carry_out(
    config: Config,
    asked: Asked,
    folder: Path,
    answer: Callable[[Store, Executor], Any],
    keys: Mapping[str, tuple[str, ...]],
    draw: Callable[[Any, Path], list[Path]],
    *,
    backend: str = "joblib",
    workers: int | None = None,
    cluster: Cluster | None = None,
    resume: bool = False,
) -> Carried:
    """Carry out a study whose points are designed.

    Args:
        config: the experiment.
        asked: what the study is told.
        folder: the result folder.
        answer: does it; what it returns has ``tables``, ``pieces`` and ``lived``.
        keys: table to the columns that identify its rows.
        draw: draws its figures into a folder.
        backend: an executor of `sim.study.executor`.
        workers: number of worker processes of this machine.
        cluster: the cluster, where `backend` is ``dask``.
        resume: demand that the folder holds an earlier run.

    Raises:
        SimError: the folder cannot be used, or pieces could not be computed.
    """
    begun = time.monotonic()
    check_folder(folder, resume)
    with (
        executor(backend, workers, cluster) as compute,
        Store(folder, {TABLE: table_spec(config.place)}) as store,
    ):
        answers = answer(store, compute)
        (folder / MANIFEST).unlink(missing_ok=True)
        digests = write_tables(folder, answers.tables, keys)
        figures = draw(answers, folder / "figures")
        seconds = time.monotonic() - begun
        said = {
            "name": config.name,
            "config": config.resolved,
            "seed": config.seed,
            **code(ALSO),
            "points": answers.lived,
            "digests": digests,
            "pieces": list(answers.pieces),
            "environment": environment(seconds, backend=backend, workers=workers),
        }
        write_json(folder / MANIFEST, said)
    return Carried(folder, answers, answers.tables, figures, seconds)


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame], keys: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Write tables as CSV and return their digests, by name.

    Args:
        folder: where to.
        tables: by the names of their files.
        keys: table to the columns that identify its rows.
    """
    digests = {}
    for name, frame in tables.items():
        write_csv(folder / f"{name}.csv", frame, decimals=DECIMALS.get(name, 6))
        table = pa.Table.from_pandas(frame, preserve_index=False)
        # Where there is no row nobody knows what a column would hold.
        fields = [field.with_type(pa.string()) if pa.types.is_null(field.type) else field for field in table.schema]
        digests[name] = table_digest(table.cast(pa.schema(fields)), keys[name])
    return dict(sorted(digests.items()))


def add_tables(folder: Path, tables: Mapping[str, pd.DataFrame], keys: Mapping[str, Sequence[str]]) -> None:
    """Write further tables into a finished folder, and their digests into its manifest.

    Args:
        folder: a folder with a manifest.
        tables: by the names of their files.
        keys: table to the columns that identify its rows.
    """
    said = json.loads((folder / MANIFEST).read_text("utf-8"))
    (folder / MANIFEST).unlink()  # until the new one is there the folder is not complete
    said["digests"] = dict(sorted({**said["digests"], **write_tables(folder, tables, keys)}.items()))
    write_json(folder / MANIFEST, said)
