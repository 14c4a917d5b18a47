"""Putting pieces together into the tables of an experiment, and what is computed from whole tables.

What is to be done is in parts that need nothing of one another, so each goes to another worker, the one that takes
longest first. Every part leaves its files whole or not at all; the experiment is complete once all are there and its
manifest says so (`sim.study.runner`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from sim.study import answers, ends, naive, reach, tables
from sim.study.config import Config
from sim.study.digest import order_of, table_digest
from sim.study.experiment import Plan
from sim.study.files import read_csv, write_csv, write_parquet
from sim.study.statistics import compare_runs
from sim.study.store import Store, TableSpec

OF_DETAIL = ("daily.parquet", "events.parquet", "cases.parquet", "agreements.parquet", "cells.parquet", "ends.csv")
"""Files that there are only where more than runs is kept."""


@dataclass(frozen=True)
class Part:
    """What a worker is to do.

    Attributes:
        name: of the part, in `PARTS`.
        planned: the experiment.
        store: its pieces, all of them finished.
        folder: the result folder.
    """

    name: str
    planned: Plan
    store: Store
    folder: Path

    @property
    def config(self) -> Config:
        """The experiment's configuration."""
        return self.planned.config


@dataclass
class Made:
    """What a part has made, beside its files.

    Attributes:
        digests: table to digest of its content.
        comparison: the paired comparisons.
        answers: further tables, by name.
        naive: naive estimates beside the effects of twins.
    """

    digests: dict[str, str] = field(default_factory=dict)
    comparison: pd.DataFrame = field(default_factory=pd.DataFrame)
    answers: dict[str, answers.Answer] = field(default_factory=dict)
    naive: pd.DataFrame = field(default_factory=pd.DataFrame)


def parts(planned: Plan, store: Store, folder: Path) -> list[Part]:
    """Return all there is to be done, what takes longest first; remove what an earlier run has left of other parts."""
    if not planned.config.detail:
        for name in OF_DETAIL:
            (folder / name).unlink(missing_ok=True)
    wanted = [name for name in PARTS if planned.config.detail or name == "runs"]
    return [Part(name, planned, store, folder) for name in wanted]


def make(part: Part) -> Made:
    """Do a part.

    Raises:
        SimError: a piece is damaged, or a file cannot be written.
    """
    return PARTS[part.name](part)


def _of_table(part: Part) -> Made:
    """Merge a table that nothing else is made of."""
    made = Made()
    _keep(part, part.name, _merge(part, part.name), made)
    return made


def _of_cases(part: Part) -> Made:
    """Merge the cases and say how they end."""
    made, config = Made(), part.config
    merged = _merge(part, "cases")
    _keep(part, "cases", merged, made)
    names = [scenario.name for scenario in config.scenarios]
    pairs = [(name, k) for name in names for k in range(config.replications)]
    runs = pd.DataFrame(pairs, columns=["scenario", "replication"]).assign(days=config.days)
    ended = ends.summary(merged.to_pandas(), runs, kinds=ends.kinds_of(config.place))
    _write(part, "ends", ended, ("scenario", "kind", "day", "end"), made)
    return made


def _of_runs(part: Part) -> Made:
    """Merge the runs, and compounds and distances where there are any; compare twins, and answer what else is asked."""
    made, config, folder = Made(), part.config, part.folder
    _keep(part, "runs", _merge(part, "runs"), made)
    runs = read_csv(folder / "runs.csv")  # as written, so that whoever has the file gets the same comparison
    known = answers.swept_specs(config.place) if config.sweep else answers.outcome_specs(config.place)
    scenarios = {scenario.name: scenario for scenario in config.scenarios}
    unreached = reach.between(config.place, scenarios, config.comparisons, [spec.name for spec in known])
    made.comparison = compare_runs(
        answers.with_money(runs) if config.sweep else runs, config.comparisons, known, beyond=unreached
    )
    if config.comparisons:
        _write(part, "comparison", made.comparison, ("scenario", "baseline", "outcome"), made)
    else:
        write_csv(folder / "comparison.csv", made.comparison)
    for name in (*answers.NAMES, "naive"):
        (folder / f"{name}.csv").unlink(missing_ok=True)
    compounds = None
    if "compounds" in tables.merged_tables(config.place):
        merged = _merge(part, "compounds")
        _keep(part, "compounds", merged, made)
        compounds = merged.to_pandas()
        # Naive estimates beside the effects of twins, where an arrangement stands in some compounds only.
        made.naive = naive.estimates(compounds, config.comparisons)
        if len(made.naive):
            _write(part, "naive", made.naive, ("scenario", "baseline", "outcome", "estimate"), made)
    far = None
    if "distances" in tables.merged_tables(config.place):
        merged = _merge(part, "distances")
        _keep(part, "distances", merged, made)
        far = merged.to_pandas()
    made.answers = answers.answers(config, runs, compounds, far)
    for name, answer in made.answers.items():
        _write(part, name, answer.frame, answer.keys, made)
    return made


PARTS: Mapping[str, Callable[[Part], Made]] = {
    "daily": _of_table,
    "runs": _of_runs,
    "cases": _of_cases,
    "events": _of_table,
    "agreements": _of_table,
    "cells": _of_table,
}
"""Every part and what does it, the one that takes longest first."""


def _write(part: Part, name: str, frame: pd.DataFrame, keys: Sequence[str], made: Made) -> None:
    """Write a table made of whole tables, with its digest."""
    write_csv(part.folder / f"{name}.csv", frame)
    made.digests[name] = table_digest(pa.Table.from_pandas(frame, preserve_index=False), keys)


def _keep(part: Part, name: str, merged: pa.Table, made: Made) -> None:
    """Write a merged table, with its digest."""
    keys = tables.merged_tables(part.config.place)[name].keys
    with ThreadPoolExecutor(1) as aside:  # hashing and writing let go of the interpreter: both at once
        digest = aside.submit(table_digest, merged, keys)
        if name == "runs":
            write_csv(part.folder / "runs.csv", merged)
        else:
            write_parquet(part.folder / f"{name}.parquet", merged)
        made.digests[name] = digest.result()


def _merge(part: Part, name: str) -> pa.Table:
    """Put the pieces of a table together: scenario by scenario, then by replication and time."""
    planned, place, store = part.planned, part.config.place, part.store
    spec = tables.piece_tables(place)[name]
    keys = {scenario.name: [piece.key for piece in planned.of(scenario.name)] for scenario in planned.config.scenarios}
    merged = (store.merge(mine, name) for mine in keys.values())
    if all(pa.types.is_integer(field.type) for field in spec.schema):
        each = _in_one_place(merged, sum(store.rows(key, name) for mine in keys.values() for key in mine), spec)
    else:
        each = (rows.sort_by([(column, "ascending") for column in spec.keys]) for rows in merged)
    naming = tables.name_events if name == "events" else tables.name_rows
    parts = [naming(rows, scenario) for scenario, rows in zip(keys, each, strict=True)]
    return pa.concat_tables([tables.merged_tables(place)[name].schema.empty_table(), *parts])


def _in_one_place(each: Iterable[pa.Table], rows: int, spec: TableSpec) -> Iterator[pa.Table]:
    """Yield tables of whole numbers, sorted, as parts of one.

    Memory that is asked for once costs a machine far more than writing into it: so all columns of a type have theirs
    together, in large pages, and that of the pieces is used again.

    Args:
        each: the tables, with nothing missing.
        rows: how many rows they have together.
        spec: what they are.
    """
    types = list(dict.fromkeys(field.type for field in spec.schema))
    names = {of: [field.name for field in spec.schema if field.type == of] for of in types}
    columns: dict[str, NDArray[Any]] = {}
    for of in types:
        columns |= dict(zip(names[of], np.empty((len(names[of]), rows), of.to_pandas_dtype()), strict=True))
    begin = 0
    for table in each:
        end = begin + table.num_rows
        order = order_of(table, spec.keys)
        for name, column in columns.items():
            # Without `mode` take would go through memory of its own.
            table.column(name).to_numpy().take(order, out=column[begin:end], mode="clip")
        arrays = [pa.array(columns[name][begin:end]) for name in spec.schema.names]
        yield pa.Table.from_arrays(arrays, schema=spec.schema)
        begin = end
