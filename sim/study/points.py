"""Designed points: worlds whose parameters are chosen one by one, lived in a few scenarios and kept.

Where `sim.study.experiment` draws parameters anew for each replication, a study of the parameters says itself what
they are: a *point* is a replication number and a value for some parameters. Points of one layout are stacked into
one block, burned in once and lived in every scenario; a batch is a function of the points alone, never of workers
or memory, and is kept as a piece, so that a study that was stopped goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sim import outcomes
from sim.errors import StoreError
from sim.parameters import Value
from sim.scenario import Scenario
from sim.study.config import Config
from sim.study.executor import Executor, Failure, stage
from sim.study.keys import piece_key
from sim.study.parcel import Parcel, computed
from sim.study.provenance import engine_digest, file_digest, lock_digest
from sim.study.store import Store, TableSpec
from sim.worlds import Recipe, Worlds

if TYPE_CHECKING:
    import pandas as pd

BATCH_HOUSEHOLDS = 250_000
"""Household rows of a batch before scenarios: enough to pay for the calls of a day, few enough to stay in the cache."""

TABLE = "points"


@dataclass(frozen=True)
class Point:
    """One world of a study.

    Attributes:
        replication: whose noise it meets; points of one number are twins of each other.
        world: parameters of the place; what is not named is as the configuration has it, or at its default.
        mechanisms: mechanism to its parameters; likewise.
    """

    replication: int
    world: Mapping[str, Value] = field(default_factory=dict)
    mechanisms: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """Points that are computed and kept together.

    Attributes:
        key: what identifies its content.
        points: which, in order.
        recipes: what their worlds are, one each.
        scenarios: what they live in.
        days: from day 0.
        store: where the piece goes.
    """

    key: str
    points: tuple[Point, ...]
    recipes: tuple[Recipe, ...]
    scenarios: tuple[Scenario, ...]
    days: int
    store: Store | Parcel


class PointsError(StoreError):
    """Batches could not be computed; what is finished is kept."""


def table_spec(place: str) -> TableSpec:
    """Return what a piece holds: for each point, by its place in the batch, and scenario every outcome."""
    fields = [("point", pa.int32()), ("scenario", pa.int16())]
    fields += [(spec.name, pa.float64()) for spec in outcomes.specs(place)]
    return TableSpec(pa.schema(fields), ("point", "scenario"))


def batches(
    config: Config, scenarios: Sequence[Scenario], points: Sequence[Point], burn_in: int, households: int, store: Store
) -> Iterator[Batch]:
    """Divide points into batches.

    Args:
        config: the experiment whose place, structure, fixed parameters, seed and days hold.
        scenarios: what every point lives in; none may set parameters of the world.
        points: all of them.
        burn_in: days before day 0, whole weeks.
        households: household rows of one world.
        store: where pieces go.
    """
    size = max(1, BATCH_HOUSEHOLDS // households)
    for start in range(0, len(points), size):
        mine = tuple(points[start : start + size])
        recipes = tuple(
            Recipe(
                place=config.place,
                structure=config.structure,
                fixed={**config.fixed, **point.world},
                seed=config.seed,
                layout=0,
                replications=(point.replication,),
                prior_draws=False,
                burn_in=burn_in,
                mechanisms=point.mechanisms,
            )
            for point in mine
        )
        key = piece_key(
            study=TABLE,
            place=config.place,
            structure=config.structure,
            seed=config.seed,
            burn_in=burn_in,
            days=config.days,
            points=[
                [recipe.replications[0], recipe.fixed, {k: dict(v) for k, v in recipe.mechanisms.items()}]
                for recipe in recipes
            ],
            scenarios=[scenario.description() for scenario in scenarios],
            engine=engine_digest(),
            recorder=file_digest(Path(__file__)),
            lock=lock_digest(),
        )
        yield Batch(key, mine, recipes, tuple(scenarios), config.days, store)


def work(batch: Batch) -> None:
    """Found a batch's worlds, burn them in, live them in all scenarios at once, and keep the outcomes."""
    with stage("founding"):
        worlds = Worlds(batch.recipes)
    with stage("burn-in"):
        worlds.run(0)
    with stage("running"):
        block = worlds.stack(batch.scenarios, keep=False)
        block.run(batch.days)
    with stage("recording"):
        place = batch.recipes[0].place
        counts = outcomes.counts(outcomes.recorded(block))
        columns: dict[str, Any] = {
            "point": block.group,
            "scenario": block.scenario,
            **outcomes.quotients(counts, place),
        }
        schema = table_spec(place).schema
        arrays = [
            pa.array(columns[name], mask=np.isnan(columns[name])).cast(schema.field(name).type) for name in schema.names
        ]
        table = pa.Table.from_arrays(arrays, schema=schema)
    with stage("writing"):
        batch.store.put(batch.key, {TABLE: table})


@dataclass(frozen=True)
class Lived:
    """What points came to.

    Attributes:
        values: outcome to its value in each scenario and point, shape ``(scenarios, points)``; missing is nan.
        keys: keys of the pieces, in order.
    """

    values: dict[str, np.ndarray[Any, np.dtype[np.float64]]]
    keys: tuple[str, ...]


def live(
    config: Config,
    scenarios: Sequence[Scenario],
    points: Sequence[Point],
    *,
    burn_in: int,
    store: Store,
    compute: Executor,
    tell: Callable[[int, int], None] = lambda done, all_of_them: None,
) -> Lived:
    """Live points in scenarios, those that are stored already excepted.

    Args:
        config: the experiment.
        scenarios: what every point lives in.
        points: all of them.
        burn_in: days before day 0.
        store: an open store whose only table is `table_spec`'s.
        compute: who computes.
        tell: called with the number of batches that are there and of all.

    Raises:
        PointsError: a batch could not be computed; the others are kept.
    """
    from sim.study.experiment import households_of

    todo = list(batches(config, scenarios, points, burn_in, households_of(config), store))
    missing = [batch for batch in todo if not store.has(batch.key)]
    done = len(todo) - len(missing)
    tell(done, len(todo))
    failures: list[Failure] = []
    for outcome in computed(compute, work, missing, store):
        if outcome.failure:
            failures.append(outcome.failure)
            if outcome.failure.refused:
                break
        else:
            done += 1
        tell(done, len(todo))
    if failures:
        first = failures[0]
        raise PointsError(
            f"{len(failures)} of {len(todo)} batches failed, the first while {first.stage or 'starting'}: "
            f"{first.message}; the others are kept and the next run computes only what is missing"
        )
    merged: pd.DataFrame = pa.concat_tables(
        [_numbered(store.get(batch.key, TABLE), batch) for batch in todo]
    ).to_pandas()
    values = {}
    for spec in outcomes.specs(config.place):
        column = merged[spec.name].to_numpy(np.float64)
        by_scenario = [column[merged["scenario"].to_numpy() == k] for k in range(len(scenarios))]
        values[spec.name] = np.array(by_scenario)
    return Lived(values, tuple(batch.key for batch in todo))


def _numbered(table: pa.Table, batch: Batch) -> pa.Table:
    """Return a piece in the order of its points, scenario by scenario."""
    if table.num_rows != len(batch.points) * len(batch.scenarios):
        raise StoreError(f"piece {batch.key} holds {table.num_rows} rows; delete it and run again")
    return table.sort_by([("scenario", "ascending"), ("point", "ascending")])
