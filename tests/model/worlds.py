"""Models to look at, the engine's worlds that they must equal, and what it is to be equal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np

from sim.model import GovernanceModel
from sim.parameters import specs
from sim.places import compound
from sim.scenario import parse
from sim.worlds import TABLES, Recipe, Worlds

BASELINE: tuple[str, ...] = ()
BODY = ("formed_body",)
MERGED = ("formed_body", "yijiantiao", "yijiantiao.coverage=0.5")
SCENARIOS = (BASELINE, BODY, MERGED)

SMALL = {"compounds": 4, "households": 120, "compounds_per_community": 2, "communities_per_centre": 1}
LARGE = {"compounds": 12, "households": 200, "floors": 3}
LIVELY = {
    "roof_young": 0.05, "roof_middle": 0.2, "roof_old": 0.4, "rainy_share": 0.5, "rain_shape": 5.0,
    "quarrel_rate": 0.06, "naming_days": 1.0, "quiet": 1.5, "any_desk": -0.9, "relapse_rate": 0.3,
    "consider_days": 10.0, "benefit": 0.8, "never_pay": 0.05, "funded_share": 0.67, "works_days": 2,
    "works_rate": 0.3, "works_length": 120.0,
}  # fmt: skip
"""Parameters, all within their ranges, under which something happens in a few weeks."""


def structure(**given: Any) -> dict[str, Any]:
    """The complete structural parameters."""
    return {name: spec.default for name, spec in specs(compound.Structure, "compound").items()} | given


def engine(scenarios: Sequence[Sequence[str]], replications: tuple[int, ...], burn_in: int = 0) -> Worlds:
    """The worlds of the study's engine at day 0: scenario by scenario, in each all replications."""
    given = {"seed": 7, "layout": 1, "prior_draws": True, "fixed": LIVELY}
    w = Worlds(Recipe("compound", structure(**LARGE), replications=replications, burn_in=burn_in, **given))
    w.run(until=0)
    return w.stack([parse(f"scenario {k}", words) for k, words in enumerate(scenarios)])


def model(scenario: Sequence[str] = BASELINE, **arguments: Any) -> GovernanceModel:
    """The model of the same world."""
    given = {"seed": 7, "layout": 1, "prior_draws": True, "parameters": LIVELY, "structure": SMALL} | arguments
    return GovernanceModel(scenario=scenario, **given)


def assert_same(one: Worlds, crowd: Worlds, k: int = 0) -> None:
    """The only world of one block is world k of another: columns, levers, tables, tallies, record, parameters."""
    assert one.n == 1
    assert one.day == crowd.day
    mine = {name: np.flatnonzero(getattr(crowd, name).world == k) for name in TABLES}

    def place(pointer: np.ndarray, table: str) -> np.ndarray:
        """Row numbers of the crowd's table as row numbers among the world's own."""
        return np.where(pointer >= 0, np.searchsorted(mine[table], pointer), pointer)

    for name, column in one.columns.items():
        there = getattr(crowd, name)[k]
        there = place(there, column.points_to) if column.points_to else there
        np.testing.assert_array_equal(getattr(one, name)[0], there, name)
    for name in one.levers:
        np.testing.assert_array_equal(getattr(one, name)[0], getattr(crowd, name)[k], name)
    for name in TABLES:
        table = getattr(one, name)
        for field in table.fields:
            here, there = getattr(table, field), getattr(getattr(crowd, name), field)[mine[name]]
            if field in table.points_to:
                there = place(there, table.points_to[field])
            np.testing.assert_array_equal(here, 0 if field == "world" else there, f"{name}.{field}")
    for name, tally in one.tally.items():
        np.testing.assert_array_equal(tally[0], crowd.tally[name][k], name)
    for name, amount in (one.flow | one.stock).items():
        assert amount[0] == (crowd.flow | crowd.stock)[name][k], name
    assert one.series == crowd.series
    np.testing.assert_array_equal(one.record[:, 0], crowd.record[:, k])
    for name, value in one.p.values.items():
        assert value[0, 0] == crowd.p.values[name][k, 0], name


def state(m: GovernanceModel) -> dict[str, Any]:
    """Everything a world holds, as copies."""
    w = m.world
    columns = {name: getattr(w, name).copy() for name in (*w.columns, *w.levers)}
    tables = {f"{name}.{f}": v for name in TABLES for f, v in getattr(w, name).arrays().items()}
    return columns | tables | {"day": w.day, "record": w.record.copy()}


def assert_state(m: GovernanceModel, before: dict[str, Any]) -> None:
    now = state(m)
    assert now.keys() == before.keys()
    for name, value in before.items():
        np.testing.assert_array_equal(now[name], value, name)


class Visitor(mesa.Agent):
    """An agent of a user's own."""
