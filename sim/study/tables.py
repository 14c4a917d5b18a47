"""The tables of an experiment: their declared Arrow schemas, and how a block's runs fill them.

A piece (one scenario, one group of replications) knows nothing of the scenario's name, which is the
experiment's and may change; the name is added when pieces are merged. Numbers of a piece are
integers, but for the quotients in ``runs``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sim import outcomes
from sim.cases import NEVER, Activity, Kind, Stage
from sim.outcomes import Recorded
from sim.rules.trust import DESKS
from sim.schedule import rules_of
from sim.space import LAND_USE, where
from sim.study import compounds, distances
from sim.study.compounds import Columns
from sim.study.store import TableSpec
from sim.worlds import Worlds

Ints = NDArray[np.int64]

DAY_0 = datetime(2025, 1, 1, tzinfo=UTC)
"""The date that stands for day 0 in event logs; the model itself knows no date."""

MICROSECONDS_A_DAY = 86_400_000_000

NOT_COUNTS = ("days", "households")
"""Integers of a run that are no counts and keep their plain names."""

CASE = ("replication", "kind", "bearer", "ordinal")
"""What identifies a case, or an agreement, of a scenario."""

NOT_YET = -1
"""Stands for the day of an end that has not come by the end of the run."""

CELLS = ("x", "y", "land_use", "settlement", "flats", "unresolved_thousandths", "leaking_roofs")
"""Columns of a cell of the map: where it is, what stands there (a code of `sim.space.LAND_USE`; -1 where no
settlement is), inhabited flats, severity of what is suffered in them at the end of the run, roofs that leak then."""

APART = ("compounds", "distances")
"""Tables of parts of a place, which are kept without detail too."""

WORDS = {
    "kind": [kind.name.lower() for kind in Kind],
    "stage": [stage.name.lower() for stage in Stage],
    "level": list(DESKS),
}
"""Column of cases or agreements to the words for its numbers."""


def series_of(place: str) -> list[str]:
    """Return the names of the daily series of a place, flows first."""
    rules = rules_of(place)
    return [*(name for rule in rules for name in rule.flows), *(name for rule in rules for name in rule.stocks)]


def _count_name(name: str) -> str:
    return name if name in NOT_COUNTS else f"n_{name}"


def _daily_type(name: str) -> pa.DataType:
    """Money in fen may pass 2^31 a day in a large world; nothing else does."""
    return pa.int64() if name.endswith("_fen") else pa.int32()


def piece_tables(place: str, detail: bool = True) -> dict[str, TableSpec]:
    """Return the tables that every piece has; without detail only the runs and, where there are compounds, theirs."""
    series = series_of(place)
    runs = [
        ("replication", pa.int32()),
        ("layout", pa.int32()),
        *((_count_name(name), pa.int64()) for name in outcomes.names_of_counts(place, series)),
        *((spec.name, pa.float64()) for spec in outcomes.specs(place)),
    ]
    daily = [("replication", pa.int32()), ("day", pa.int32()), *((name, _daily_type(name)) for name in series)]
    events = [(name, pa.int32()) for name in ("replication", "seq", "day")]
    events += [("activity", pa.int8()), ("kind", pa.int8()), ("bearer", pa.int32()), ("ordinal", pa.int32())]
    events += [("desk_kind", pa.int8()), ("desk_number", pa.int32())]
    case = [("replication", pa.int32()), ("kind", pa.int8()), ("bearer", pa.int32()), ("ordinal", pa.int32())]
    cases = [*case, ("opened", pa.int32()), ("closed", pa.int32()), ("stage", pa.int8()), ("level", pa.int8())]
    cases += [("sessions", pa.int32())]
    agreements = [*case, ("settled", pa.int32()), ("broken", pa.int32())]
    cells = [(name, pa.int32()) for name in ("replication", *CELLS)]
    always = {"runs": TableSpec(pa.schema(runs), ("replication",))}
    if place in compounds.PLACES:
        columns = [*compounds.NAMES, "days", *(f"before_{name}" for name in compounds.BEFORE), "before_days"]
        fields = [("replication", pa.int32()), ("compound", pa.int32()), *((name, pa.int64()) for name in columns)]
        always["compounds"] = TableSpec(pa.schema(fields), ("replication", "compound"))
    if place in distances.PLACES:
        fields = [("replication", pa.int32()), *((name, pa.int8()) for name in distances.key_columns())]
        fields += [(name, pa.int64()) for name in distances.NAMES]
        always["distances"] = TableSpec(pa.schema(fields), ("replication", *distances.key_columns()))
    if not detail:
        return always
    return {
        **always,
        "daily": TableSpec(pa.schema(daily), ("replication", "day")),
        "events": TableSpec(pa.schema(events), ("replication", "seq")),
        "cases": TableSpec(pa.schema(cases), CASE),
        "agreements": TableSpec(pa.schema(agreements), CASE),
        "cells": TableSpec(pa.schema(cells), ("replication", "x", "y")),
    }


EVENTS = pa.schema(
    [
        ("case:concept:name", pa.string()),  # unique over the file: scenario/replication/kind/bearer/ordinal
        ("concept:name", pa.string()),
        ("time:timestamp", pa.timestamp("us", tz="UTC")),  # the day; its microseconds are the order of events
        ("org:resource", pa.string()),  # kind of desk and its number, "community 1"
        ("case:scenario", pa.string()),
        ("case:replication", pa.int32()),
        ("case:kind", pa.string()),
        ("day", pa.int32()),
        ("seq", pa.int32()),  # order of events within one run
    ]
)
"""The event log of an experiment, in the columns that pm4py reads."""


def merged_tables(place: str) -> dict[str, TableSpec]:
    """Return the tables of a whole experiment."""
    pieces = piece_tables(place)
    named = {}
    for name in ("runs", "daily", "cases", "agreements", "cells", *(name for name in APART if name in pieces)):
        fields = [field.with_type(pa.string()) if field.name in WORDS else field for field in pieces[name].schema]
        named[name] = TableSpec(pa.schema([("scenario", pa.string()), *fields]), ("scenario", *pieces[name].keys))
    return {**named, "events": TableSpec(EVENTS, ("case:scenario", "case:replication", "seq"))}


@dataclass(frozen=True)
class Spans:
    """Outcomes of each compound after day 0 and before it, and how many days these spans have.

    Attributes:
        after: of the worlds recorded.
        before: of the worlds before they were stacked.
        days: from day 0.
        before_days: before it.
    """

    after: Columns
    before: Columns
    days: int
    before_days: int


def record(
    w: Worlds,
    layout: int,
    parts: Sequence[Ints],
    detail: bool = True,
    spans: Spans | None = None,
    apart: Columns | None = None,
) -> list[dict[str, pa.Table]]:
    """Return the tables of each part of a block.

    Args:
        w: worlds that have lived from day 0 on.
        layout: their layout.
        parts: numbers of the worlds of each part, in the order of the result; no world is in two.
        detail: whether to return more than the runs and the compounds.
        spans: outcomes of compounds, where there are any.
        apart: outcomes by distance, where people live far apart.
    """
    specs = piece_tables(w.recipe.place)
    seen = outcomes.recorded(w)
    counts = outcomes.counts(seen)
    runs: dict[str, NDArray[Any]] = {"replication": w.replication, "layout": np.full(w.n, layout)}
    runs |= {_count_name(name): values for name, values in counts.items()} | outcomes.quotients(counts, w.recipe.place)
    lists: dict[str, dict[str, NDArray[Any]]] = {}
    if detail:
        lists = {
            "events": _events(w, seen.desk_kind),
            "cases": _cases(seen),
            "agreements": _agreements(seen),
            "cells": _cells(w),
        }
    part_of = np.full(w.n, -1)
    made = []
    for number, worlds in enumerate(parts):
        part_of[worlds] = number
        tables = {"runs": _table({name: values[worlds] for name, values in runs.items()}, specs["runs"].schema)}
        if spans:
            tables["compounds"] = _compounds(w, spans, worlds, specs["compounds"].schema)
        if apart:
            tables["distances"] = _distances(w, apart, worlds, specs["distances"].schema)
        if detail:
            tables["daily"] = _daily(w, seen.record, worlds, specs["daily"].schema)
        for name, rows in lists.items():
            mine = part_of[rows["world"]] == number
            columns = {column: values[mine] for column, values in rows.items()}
            columns["replication"] = w.replication[columns["world"]]
            tables[name] = _table(columns, specs[name].schema)
        made.append(tables)
    return made


def _table(columns: Mapping[str, NDArray[Any]], schema: pa.Schema) -> pa.Table:
    """Make a table of the schema's columns; not-a-number is missing, and a number too large an error."""
    arrays = []
    for field in schema:
        values = columns[field.name]
        missing = np.isnan(values) if pa.types.is_floating(field.type) else None
        arrays.append(pa.array(values, mask=missing).cast(field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def _daily(w: Worlds, recorded: NDArray[np.integer[Any]], worlds: Ints, schema: pa.Schema) -> pa.Table:
    """Return a row for each world and day, world by world."""
    first, end = int(worlds[0]), int(worlds[-1]) + 1
    mine = slice(first, end) if end - first == len(worlds) else worlds  # a group stands together: nothing is copied
    chosen = recorded[:, mine, :].transpose(2, 1, 0)  # series, worlds, days
    days = chosen.shape[2]
    columns = {"replication": np.repeat(w.replication[worlds], days), "day": np.tile(np.arange(days), len(worlds))}
    columns |= {name: chosen[i].reshape(-1) for i, name in enumerate(w.series)}
    return _table(columns, schema)


def _compounds(w: Worlds, spans: Spans, worlds: Ints, schema: pa.Schema) -> pa.Table:
    """Return a row for each world and compound, world by world."""
    number = w.layout.sizes["compound"]
    columns = {
        "replication": np.repeat(w.replication[worlds], number),
        "compound": np.tile(np.arange(number), len(worlds)),
    }
    columns |= {name: values[worlds].reshape(-1) for name, values in spans.after.items()}
    founded = worlds % len(next(iter(spans.before.values())))  # as `Worlds.stack` numbers copies
    columns |= {f"before_{name}": spans.before[name][founded].reshape(-1) for name in compounds.BEFORE}
    columns["days"] = np.full(len(worlds) * number, spans.days)
    columns["before_days"] = np.full(len(worlds) * number, spans.before_days)
    return _table(columns, schema)


def _distances(w: Worlds, apart: Columns, worlds: Ints, schema: pa.Schema) -> pa.Table:
    """Return a row for each world and group of herders, world by world."""
    columns = {"replication": np.repeat(w.replication[worlds], distances.ROWS)}
    columns |= {name: np.tile(values, len(worlds)) for name, values in distances.key_columns().items()}
    columns |= {name: values[worlds].reshape(-1) for name, values in apart.items()}
    return _table(columns, schema)


def _events(w: Worlds, desk_kind: Ints) -> dict[str, NDArray[Any]]:
    """Return the event log, run by run, each run's events in their order and numbered from 0."""
    log = w.log.arrays()
    order = np.argsort(log["world"], kind="stable")
    log = {name: values[order] for name, values in log.items()}
    world = log["world"].astype(np.int64)
    first = np.searchsorted(world, np.arange(w.n))
    number = np.zeros(len(desk_kind), dtype=np.int64)  # of a desk among its kind
    for kind in range(len(DESKS)):
        number[desk_kind == kind] = np.arange(int((desk_kind == kind).sum()))
    return {
        **log,
        "seq": np.arange(len(world)) - first[world],
        "desk_kind": desk_kind[log["desk"]],
        "desk_number": number[log["desk"]],
    }


def _cases(seen: Recorded) -> dict[str, NDArray[Any]]:
    """Return every case that was on the books on a day from day 0 on: where it stands, and at whose desk."""
    ended, still = seen.ended, seen.cases["stage"] < Stage.SETTLED
    here = ended["closed"] >= 0
    shared = ("world", "kind", "bearer", "ordinal", "opened", "stage", "desk", "sessions")
    out = {name: np.concatenate([ended[name][here], seen.cases[name][still]]) for name in shared}
    closed = ended["closed"][here].astype(np.int64)
    out["closed"] = np.concatenate([closed, np.full(int(still.sum()), NOT_YET)])
    out["level"] = seen.desk_kind[out["desk"]]
    return out


def _agreements(seen: Recorded) -> dict[str, NDArray[Any]]:
    """Return the agreements made from day 0 on."""
    made = seen.agreements
    out = {name: values[made["settled"] >= 0] for name, values in made.items()}
    out["broken"] = np.where(out["broken"] == NEVER, NOT_YET, out["broken"])
    return out


def _cells(w: Worlds) -> dict[str, NDArray[Any]]:
    """Return the cells that are not open land, and how things stand on them at the end, for the runs that are watched.

    Cells are the same for all who share a layout; only the last two columns are a world's own.
    """
    layout, use, chosen = w.layout, w.layout.layers["land_use"], np.flatnonzero(w.log.watched)
    nth = np.full(w.n, -1)
    nth[chosen] = np.arange(len(chosen))
    homes, severity, leaking = np.zeros((3, len(chosen), layout.width, layout.height), dtype=np.int64)
    x, y = layout.cells["household"].T
    for settlement in w.settlements:
        world, household = np.nonzero(settlement.inhabited(w)[chosen])
        np.add.at(homes, (world, x[household], y[household]), 1)
    g = w.grievances
    rows = where(g.aching & w.log.watched[g.world])
    home = g.household[rows]
    np.add.at(severity, (nth[g.world[rows]], x[home], y[home]), g.severity[rows])
    if "asset_building" in layout.traits:
        roofs = where((layout.traits["asset_kind"] == int(Kind.ROOF)) & (layout.traits["asset_building"] >= 0))
        world, roof = np.nonzero(w.defective[np.ix_(chosen, roofs)])
        at = layout.cells["building"][layout.traits["asset_building"][roofs[roof]]]
        np.add.at(leaking, (world, at[:, 0], at[:, 1]), 1)
    column, row = np.nonzero(use != LAND_USE["open"])
    shared = [column, row, use[column, row], layout.layers["settlement"][column, row]]
    own = [values[:, column, row].reshape(-1) for values in (homes, severity, leaking)]
    columns = [*(np.tile(values, len(chosen)) for values in shared), *own]
    return {"world": np.repeat(chosen, len(column)), **dict(zip(CELLS, columns, strict=True))}


def name_rows(piece: pa.Table, scenario: str) -> pa.Table:
    """Put the scenario's name before the rows of any table but events, and words in the place of their numbers."""
    for at, name in enumerate(piece.column_names):
        if name in WORDS:
            piece = piece.set_column(at, name, pa.array(WORDS[name]).take(piece.column(name).combine_chunks()))
    return piece.add_column(0, "scenario", pa.repeat(pa.scalar(scenario), piece.num_rows))


def name_events(piece: pa.Table, scenario: str) -> pa.Table:
    """Write the integers of event pieces in the columns of `EVENTS`."""

    def words(column: str, known: Sequence[str]) -> pa.Array:
        return pa.array(known).take(piece.column(column).combine_chunks())

    def text(column: str) -> pa.Array:
        return piece.column(column).combine_chunks().cast(pa.string())

    kind = words("kind", WORDS["kind"])
    activity = words("activity", [a.name.lower().replace("_", " ") for a in Activity])
    name = pc.binary_join_element_wise(scenario, text("replication"), kind, text("bearer"), text("ordinal"), "/")
    day, seq = (piece.column(name).combine_chunks().cast(pa.int64()) for name in ("day", "seq"))
    start = int(DAY_0.timestamp()) * 1_000_000
    time = pc.add(pc.add(pc.multiply(day, MICROSECONDS_A_DAY), seq), start)
    columns = [
        name,
        activity,
        time.cast(pa.timestamp("us", tz="UTC")),
        pc.binary_join_element_wise(words("desk_kind", DESKS), text("desk_number"), " "),
        pa.repeat(pa.scalar(scenario), piece.num_rows),
        piece.column("replication"),
        kind,
        piece.column("day"),
        piece.column("seq"),
    ]
    return pa.Table.from_arrays([c.cast(f.type) for c, f in zip(columns, EVENTS, strict=True)], schema=EVENTS)


__all__ = [
    "DAY_0", "EVENTS", "Spans", "merged_tables", "name_events", "name_rows", "piece_tables", "record", "series_of",
]  # fmt: skip
