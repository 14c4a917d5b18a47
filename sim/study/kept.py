"""A finished result as it is kept: its settings, who made it, and the rows of some of its runs.

Whatever is read may be damaged or somebody else's; that is told in one line.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.errors import StoreError
from sim.study import sample, tables
from sim.study.asked import STUDIES
from sim.study.config import Config, recall
from sim.study.files import read_written
from sim.study.manifest import MACHINE
from sim.study.runner import MANIFEST
from sim.study.sample import CSV, PARQUET, RUNS, Rows, Sample

WATCHED = ("events", "cells")
"""Tables with rows of only those runs whose events are kept."""


@dataclass(frozen=True)
class Kept:
    """A finished result.

    Attributes:
        folder: its folder.
        manifest: all of its manifest.
    """

    folder: Path
    manifest: dict[str, Any]

    @property
    def digests(self) -> dict[str, str]:
        """Digest of each table's content, by the table's name."""
        return {str(name): str(digest) for name, digest in self.manifest["digests"].items()}

    def config(self) -> Config:
        """Check its settings again.

        Raises:
            ConfigError: they are not understood, or not any more.
        """
        return recall(dict(self.manifest["config"]))

    @property
    def sampled(self) -> bool:
        """Whether a sample is kept, and not all rows."""
        return (self.folder / sample.FOLDER).is_dir()

    @property
    def complete(self) -> bool:
        """Whether it is a folder as a run leaves it, and not the small part that is kept as a reference."""
        return MACHINE in self.manifest

    @property
    def study(self) -> bool:
        """Whether it is of a study, which only its own command runs again."""
        return any(name in self.manifest["config"] for name in STUDIES)

    def sample(self, config: Config) -> Sample | None:
        """Return the runs whose rows are compared: those of the sample kept, or a few of all that are there.

        None if even a few are too many for a quick look.
        """
        if not self.sampled:
            return sample.choose(config, sorted({0, config.replications - 1})) or sample.choose(config)
        runs = _runs(self.folder / sample.FOLDER)
        scenarios = dict.fromkeys(runs.column("scenario").to_pylist())
        replications = sorted(set(runs.column("replication").to_pylist()))
        known = [scenario.name for scenario in config.scenarios]
        strange = [name for name in scenarios if name not in known]
        if strange or not replications or not 0 <= replications[0] <= replications[-1] < config.replications:
            raise StoreError(f"{self.folder / sample.FOLDER} has runs that the experiment has not; remove it")
        return Sample(config, tuple(scenarios), tuple(replications))

    def rows(self, of: Sample) -> Rows:
        """Read the rows of some runs in every table that is kept.

        Raises:
            StoreError: a file is damaged or foreign.
        """
        folder = self.folder / sample.FOLDER if self.sampled else self.folder
        rows: Rows = {}
        if (folder / f"{RUNS}{CSV}").is_file():
            rows[RUNS] = _runs(folder)
        for name, spec in tables.merged_tables(of.config.place).items():
            path = folder / f"{name}{PARQUET}"
            if path.is_file():
                rows[name] = _parquet(path, spec.keys)
        return self.only(rows, of)

    def only(self, rows: Rows, of: Sample) -> Rows:
        """Return of some tables the rows of runs that this result keeps in them: events and cells only of the first."""
        last = of.config.replications if self.sampled else of.config.events
        watched = [k for k in of.replications if k < last]
        return {name: _only(table, of, watched if name in WATCHED else of.replications) for name, table in rows.items()}

    def whole(self, name: str, place: str) -> pa.Table | None:
        """Read all rows of a table, as words where it is kept as CSV; None where it is not kept.

        Raises:
            StoreError: the file is damaged or foreign.
        """
        if (self.folder / f"{name}{CSV}").is_file():
            return _runs(self.folder) if name == RUNS else read_written(self.folder / f"{name}{CSV}")
        if (self.folder / f"{name}{PARQUET}").is_file():
            return _parquet(self.folder / f"{name}{PARQUET}", tables.merged_tables(place)[name].keys)
        return None


def read(folder: Path) -> Kept:
    """Read the manifest of a finished result.

    Raises:
        StoreError: there is none, or it is damaged or foreign.
    """
    try:
        said = json.loads((folder / MANIFEST).read_text("utf-8"))
        for name in ("config", "digests"):
            if not isinstance(said[name], dict):
                raise TypeError(f"its {name} is no mapping")
    except FileNotFoundError:
        raise StoreError(f"there is no finished run in {folder} (no {MANIFEST})") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{folder / MANIFEST} is damaged or no manifest: {error}") from error
    return Kept(folder, said)


def as_read(rows: pa.Table) -> pa.Table:
    """Return runs as they are read again: words, but for the number of the replication."""
    at = rows.column_names.index("replication")
    try:
        return rows.set_column(at, "replication", rows.column("replication").cast(pa.int64()))
    except pa.ArrowException as error:
        raise StoreError(f"a replication has no number: {error}") from error


def _runs(folder: Path) -> pa.Table:
    """Read the table of runs."""
    path = folder / f"{RUNS}{CSV}"
    runs = read_written(path)
    if not {"scenario", "replication"} <= set(runs.column_names):
        raise StoreError(f"{path} is no table of runs; run the experiment again")
    return as_read(runs)


def _parquet(path: Path, keys: Sequence[str]) -> pa.Table:
    """Read a table of a result folder."""
    try:
        table = pq.ParquetFile(path).read()
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path} is damaged or no Parquet file; run the experiment again") from error
    if not set(keys) <= set(table.column_names):
        raise StoreError(f"{path} is no table of a result; run the experiment again")
    return table


def _only(table: pa.Table, of: Sample, replications: Sequence[int]) -> pa.Table:
    """Return the rows of some runs."""
    before = "case:" if "case:scenario" in table.column_names else ""
    mine = pc.is_in(table.column(f"{before}scenario"), pa.array(of.scenarios, pa.string()))
    numbers = table.column(f"{before}replication")
    theirs = pc.is_in(numbers, pa.array(replications, numbers.type))
    return table.filter(pc.and_(mine, theirs))
