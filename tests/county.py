"""A small county where much happens, parts of its state that are one kind's, and the same kinds alone; for tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import places as registered
from sim.parameters import specs
from sim.schedule import world_specs
from sim.worlds import TABLES, Recipe, Worlds
from tests import helpers, test_pasture, villages
from tests.helpers import State

Array = NDArray[Any]

SMALL: dict[str, Any] = dict(
    compounds=3, compound_households=40, floors=2, compounds_per_community=2, couriers=30.0,
    villages=2, village_households=60, around=40, team_size=10,
    sumus=2, pasture_households=60, campers=15, sites=3, crew=8,
)  # fmt: skip
"""About 560 households: three compounds, four villages of a township, two sumus."""

MINE = {"households": {"compound": "compound_households", "village": "village_households",
                       "pasture": "pasture_households"}}  # fmt: skip
"""Structural parameters that have another name in a county."""

LIVELY: dict[str, Any] = {
    **test_pasture.LIVELY, **villages.EAGER, **helpers.LIVELY, "villager_rate": 0.7, "sharing_rate": 0.7,
    "station_hours": 80.0, "room_hours": 40.0, "justice_hours": 40.0, "sumu_hours": 40.0,
}  # fmt: skip
"""Parameters under which something of every kind happens within a year."""


def structure(place: str = "county", **changes: Any) -> dict[str, Any]:
    """Return the structure of a small county, or of one kind of settlement of it alone, complete."""
    known = {name: spec.default for name, spec in specs(registered.registry()[place].Structure, place).items()}
    given = SMALL | changes
    if place == "county":
        return known | given
    own = {
        name: given[MINE.get(name, {}).get(place, name)]
        for name in known
        if MINE.get(name, {}).get(place, name) in given
    }
    return known | own


def recipe(
    place: str = "county",
    replications: Iterable[int] = (0, 1),
    burn_in: int = 112,
    shape: dict[str, Any] | None = None,
    **fixed: Any,
) -> Recipe:
    """Write the recipe of a small county, or of one kind of settlement of it alone; `fixed` overrides."""
    known = world_specs(place)
    values = {name: value for name, value in (helpers.SLACK | LIVELY | fixed).items() if name in known}
    return Recipe(
        place, structure(place, **(shape or {})), fixed=values, replications=tuple(replications), burn_in=burn_in
    )


def burnt_in(*given: Any, **changes: Any) -> Worlds:
    """Return such worlds at day 0."""
    w = Worlds(recipe(*given, **changes))
    w.run(0)
    return w


ENTITIES = {
    "compound": ("flat", "entrance", "building", "compound", "candidate", "community", "courier"),
    "village": ("yard", "team", "village", "base", "township"),
    "pasture": ("sumu",),
}
"""What only one kind of settlement knows."""


def part(w: Worlds, k: int, kind: str) -> State:
    """Return everything of world number `k` that is one kind of settlement's: its rows, grievances and cases.

    Row numbers are those of the world; rows of tables, and pointers to them, are left out: other kinds' rows stand
    between them.
    """
    number = [s.name for s in w.settlements].index(kind)
    several = len(w.settlements) > 1
    homes = np.flatnonzero(w.layout.traits["settlement"] == number) if several else np.arange(w.households)
    assets, desks = _assets(w, kind), _desks(w, kind)
    rows = {"household": homes, "asset": assets, "desk": desks}
    out: State = {}
    for name, column in w.columns.items():
        if column.points_to or not (column.of in ENTITIES[kind] or column.of in rows):
            continue
        values = getattr(w, name)[k]
        out[f"column {name}"] = values[rows[column.of]] if column.of in rows else values
    for name, lever in w.levers.items():
        if lever.of in ENTITIES[kind]:
            out[f"lever {name}"] = getattr(w, name)[k]
    lives_there = np.zeros(w.households, dtype=bool)
    lives_there[homes] = True
    for name, whose in (("grievances", "household"), ("cases", "settlement"), ("ended", "settlement")):
        table = getattr(w, name)
        own = lives_there[table.household] if whose == "household" else table.settlement == number
        here = np.flatnonzero((table.world == k) & own)
        for field in table.fields:
            if field not in ("world", "settlement", *TABLES[name][1]):
                out[f"{name}.{field}"] = getattr(table, field)[here]
    out["cases.stands"] = np.where(np.isin(out["cases.desk"], desks), out["cases.desk"], -1)  # the court's row moves
    out["ended.stands"] = np.where(np.isin(out["ended.desk"], desks), out["ended.desk"], -1)
    del out["cases.desk"], out["ended.desk"]
    return out


def _assets(w: Worlds, kind: str) -> Array:
    """Return the rows of assets that are a kind's."""
    parent = {"compound": "compound", "pasture": "sumu"}.get(kind)
    return np.flatnonzero(w.layout.up("asset", parent) >= 0) if parent else np.zeros(0, dtype=np.int64)


def _desks(w: Worlds, kind: str) -> Array:
    """Return the rows of desks that are a kind's alone, or shared; not the court's."""
    t, sizes = w.layout.traits, w.layout.sizes
    if kind == "compound":
        return np.arange(3 * sizes["compound"] + sizes["community"] + sizes["centre"])
    if kind == "village":
        return np.concatenate([t["village_mediator"], t["township_justice"]])
    return np.unique(t["sumu_desk"])
