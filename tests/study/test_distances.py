"""Outcomes by distance: every herder is in one group, and what is counted by group is what the run counted."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from sim.cases import Kind
from sim.places.pasture import HERDER
from sim.rules import travel
from sim.scenario import parse
from sim.study import distances
from sim.worlds import Worlds
from tests.helpers import daily
from tests.test_pasture import recipe

Array = NDArray[Any]
DAYS = 210


@cache
def lived() -> tuple[Worlds, distances.Columns]:
    """Return small lively sumus after some months, and what happened in them by distance."""
    w = Worlds(recipe((2, 5), 56))
    w.run(0)
    w = w.stack([parse("none", []), parse("full", ["mobile_mediation"])])
    return w, distances.lived(w, DAYS)


def test_every_herder_is_in_one_tenth_and_the_nearest_are_in_the_first() -> None:
    w, out = lived()
    herders = w.layout.traits["living"] == HERDER
    tenth = distances.groups(w)[0] // (2 * len(distances.SEASONS))
    assert np.array_equal(distances.groups(w)[0] >= 0, herders)
    sumu, way = w.layout.up("household", "sumu"), w.layout.traits["way_centre_winter"]
    for k in range(2):
        mine = herders & (sumu == k)
        assert np.array_equal(np.bincount(tenth[mine]), np.full(distances.TENTHS, 6))
        order = np.argsort(way[mine], kind="stable")
        assert np.all(np.diff(tenth[mine][order]) >= 0)
    season = distances.key_columns()["season"]
    for s in range(len(distances.SEASONS)):
        assert np.all(out["herders"][:, season == s].sum(axis=1) == herders.sum())


def test_seasons_are_those_of_ways_and_grounds() -> None:
    found = [distances.season_of(day) for day in range(365)]
    assert np.array_equal(np.bincount(found), [90 + 61, 365 - 151 - 108, 108])
    assert all((found[day] == 0) == travel.snow(day) for day in range(365))
    assert [found[day] for day in (0, 100, 200, 280, 330)] == [0, 1, 2, 1, 0]


def test_what_is_counted_adds_up() -> None:
    """Days lived, cases opened, and what is suffered, which is looked at once a week."""
    w, out = lived()
    assert np.all(out["household_days"].sum(axis=1) == 120 * DAYS)
    c = {name: np.concatenate([w.ended.arrays()[name], w.cases.arrays()[name]]) for name in ("world", "kind", "opened")}
    household = np.concatenate([w.ended.bearer, w.cases.bearer])
    open_ = np.concatenate([np.ones(w.ended.n, bool), w.cases.stage < 10])
    mine = open_ & (c["kind"] != Kind.WAGES) & (c["opened"] >= 0)
    mine[mine] &= w.layout.traits["living"][household[mine]] == HERDER
    assert np.array_equal(out["opened"].sum(axis=1), np.bincount(c["world"][mine], minlength=w.n))
    assert np.all(out["settled_90"] <= out["followed_90"]) and np.all(out["settled"] <= out["opened"])
    record = daily(w, "unresolved") - daily(w, "unresolved_seasonal")
    total = out["suffered"].sum(axis=1)
    assert total == pytest.approx(record.sum(axis=0), rel=0.05)


def test_estimates_are_sums_over_sums() -> None:
    _, out = lived()
    frames = []
    for k, scenario in enumerate(("none", "none", "full", "full")):
        keys = distances.key_columns()
        frames.append(
            pd.DataFrame({"scenario": scenario, "replication": k % 2} | keys | {n: v[k] for n, v in out.items()})
        )
    table = distances.estimates(pd.concat(frames, ignore_index=True), ["none", "full"])
    assert len(table) == 2 * 4 * len(distances.GROUPS) * len(distances.MEASURES)
    one = table.set_index(["scenario", "season", "group", "measure"])
    whole = one.loc[("full", "year", "all", "opened")]
    by_hand = out["opened"][2:].sum() / out["household_days"][2:].sum() * 365000
    assert whole["value"] == pytest.approx(by_hand) and whole["low"] <= whole["value"] <= whole["high"]
    ways = [one.loc[("none", "winter", str(k), "opened"), "km"] for k in range(1, 11)]
    assert np.all(np.diff(ways) > 0)
