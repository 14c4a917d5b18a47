"""Twins: the same replication in two scenarios is the same until, and wherever, the policy does nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.worlds import Worlds
from tests.helpers import burnt_in, lived, say, scenarios

Array = NDArray[Any]

OWN_COMMUNITY = dict(compounds=6, compounds_per_community=1)
DAYS = 120


def compound_of_rows(w: Worlds, entity: str) -> Array | None:
    """Return the compound of every row of an entity, none for the world itself."""
    layout = w.layout
    if entity == "world":
        return None
    if entity == "compound":
        return np.arange(layout.sizes["compound"])
    if entity == "desk":
        return np.r_[np.repeat(np.arange(layout.sizes["compound"]), 2), layout.first("community", "compound")]
    if entity == "community":
        return layout.first("community", "compound")
    if entity == "entrance":
        return layout.up("building", "compound")[layout.up("entrance", "building")]
    return layout.up(entity, "compound")


def compound_of_table(w: Worlds, name: str) -> Array:
    """Return the compound of every row of a table, by its bearer or, on the agenda, by the clock's row."""
    table = getattr(w, name)
    households, buildings = w.layout.up("household", "compound"), w.layout.up("building", "compound")
    if name == "agenda":
        return np.where(table.clock == 0, buildings[table.row % len(buildings)], households[table.row])
    return np.where(table.kind == 0, buildings[table.bearer % len(buildings)], households[table.bearer])


def differing_compounds(w: Worlds, a: int, b: int) -> set[int]:
    """Return the compounds in which two worlds of a block differ in any column, lever, row or event."""
    out: set[int] = set()
    for name, declared in (w.columns | w.levers).items():
        at = compound_of_rows(w, declared.of)
        if at is None or getattr(declared, "points_to", ""):
            continue
        x = getattr(w, name)
        out |= set(at[x[a] != x[b]].tolist())
    for c in range(w.layout.sizes["compound"]):
        if any(differs(w, name, a, b, c) for name in ("grievances", "cases", "ended", "agreements", "agenda")):
            out.add(c)
    log = w.log.arrays()
    households, buildings = w.layout.up("household", "compound"), w.layout.up("building", "compound")
    where = np.where(log["kind"] == 0, buildings[log["bearer"] % len(buildings)], households[log["bearer"]])
    for c in range(w.layout.sizes["compound"]):
        x, y = ({f: v[(log["world"] == k) & (where == c)] for f, v in log.items() if f != "world"} for k in (a, b))
        if any(not np.array_equal(x[f], y[f]) for f in x):
            out.add(c)
    return out


def differs(w: Worlds, name: str, a: int, b: int, compound: int) -> bool:
    """Whether the rows that a table holds of one compound differ between two worlds."""
    table, at = getattr(w, name), compound_of_table(w, name)
    x, y = (np.flatnonzero((table.world == k) & (at == compound)) for k in (a, b))
    fields = [f for f in table.fields if f != "world" and f not in table.points_to]
    return any(not np.array_equal(getattr(table, f)[x], getattr(table, f)[y]) for f in fields)


@pytest.fixture(scope="module")
def found() -> Worlds:
    """Four replications of six compounds, each with a community of its own."""
    return burnt_in(replications=range(4), structure=OWN_COMMUNITY)


def test_twins_are_born_the_same(found: Worlds) -> None:
    """At day 0, before anything is lived, scenarios differ in levers and in desks' minutes, in nothing else."""
    w = found.stack(scenarios())
    n = found.n
    for name in w.columns:
        if name in ("desk_minutes", "wait_days", "doors_time") or name.endswith("_balance"):
            continue
        x = getattr(w, name)
        x = np.where(x >= 0, x % max(found.cases.n, 1), x) if w.columns[name].points_to else x
        assert all(np.array_equal(x[:n], x[s * n : (s + 1) * n]) for s in range(1, w.n // n)), name
    for name in ("grievances", "cases", "ended", "agreements", "agenda"):
        table = getattr(w, name)
        size = getattr(found, name).n
        for field in table.fields:
            if field == "minutes":  # what a queued step takes depends on whether there is a body to send it to
                continue
            if field != "world" and field not in table.points_to:
                column = getattr(table, field).reshape(-1, size)
                assert np.all(column == column[0]), (name, field)


def test_troubles_come_alike_whatever_the_scenario(found: Worlds) -> None:
    """Quarrels are on clocks that no scenario touches, so they come on the same days in every twin."""
    days = [found.stack(scenarios())]
    n = found.n
    for w in days:
        for _ in range(DAYS):
            w.step()
            quarrels = w.quarrels.reshape(-1, n, w.households)
            assert np.all(quarrels == quarrels[0])
            assert np.all(w.rain.reshape(len(quarrels), n, -1) == w.rain[:n])


@pytest.mark.parametrize(
    "treatment",
    [
        ("yijiantiao", "yijiantiao.coverage=0.17"),
        ("yijiantiao", "yijiantiao.coverage=0.17", "yijiantiao.coordination=off"),
        ("yijiantiao", "yijiantiao.coverage=0.17", "yijiantiao.channels=off", "yijiantiao.extra_hours=4"),
    ],
    ids=["merged", "two persons", "placebo"],
)
def test_only_the_treated_compound_is_touched(found: Worlds, treatment: tuple[str, ...]) -> None:
    """One of six compounds is treated: the others' roofs, homes, desks, money and cases stay bit for bit."""
    w = lived(found, DAYS, say("formed_body"), say("formed_body", *treatment))
    n = found.n
    touched = np.any(
        [getattr(w, name)[n:] != getattr(w, name)[:n] for name, lever in w.levers.items() if lever.of == "compound"],
        axis=0,
    )
    assert touched.sum(axis=1).tolist() == [1] * n
    for k in range(n):
        assert differing_compounds(w, k, n + k) == set(np.flatnonzero(touched[k]).tolist())


def test_a_body_formed_touches_only_its_compound(found: Worlds) -> None:
    """Only compounds in which a body is formed differ from the baseline."""
    w = lived(found, DAYS, say(), say("formed_body", "formed_body.coverage=0.5"))
    n = found.n
    for k in range(n):
        formed = set(np.flatnonzero(w.body[k] != w.body[n + k]).tolist())
        assert differing_compounds(w, k, n + k) == formed
    assert np.any(w.body[:n] != w.body[n:])


def test_who_shares_a_desk_is_touched() -> None:
    """The comparison can fail: where compounds share a mediation committee, the untreated may differ too."""
    shared = burnt_in(replications=range(4), structure=dict(compounds=6, compounds_per_community=6))
    w = lived(shared, DAYS, say("formed_body"), say("formed_body", "yijiantiao", "yijiantiao.coverage=0.17"))
    n = shared.n
    assert any(len(differing_compounds(w, k, n + k)) > 1 for k in range(n))
