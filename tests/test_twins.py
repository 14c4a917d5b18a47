"""Twins: the same replication in two scenarios is the same until, and wherever, the policy does nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import noise
from sim.cases import SHARED, Clock
from sim.places.compound import DESKS_PER_COMPOUND
from sim.worlds import TABLES, Worlds
from tests.helpers import ARMS, GOVERNED, burnt_in, lived, say, scenarios

Array = NDArray[Any]

OWN_DESKS = dict(compounds=6, compounds_per_community=1, communities_per_centre=1, portfolio_mean=1.0)
"""Six compounds, each with a company, body, branch, community and centre of its own."""

DAYS = 120

NOWHERE = -1
"""Compound of the desk of the court, which takes time only and so never differs."""


def compound_of_rows(w: Worlds, entity: str) -> Array | None:
    """Return the first compound of every row of an entity, none for the world itself."""
    layout = w.layout
    community = layout.first("community", "compound")
    own = np.arange(layout.sizes["compound"])
    above = {
        "compound": own,
        "community": community,
        "centre": community[layout.first("centre", "community")],
    }
    above["desk"] = np.r_[np.repeat(own, DESKS_PER_COMPOUND), above["community"], above["centre"], NOWHERE]
    if entity == "world":
        return None
    if entity == "entrance":
        return layout.up("building", "compound")[layout.up("entrance", "building")]
    if entity == "courier":
        return community[layout.up("courier", "community")]
    return above[entity] if entity in above else layout.up(entity, "compound")


def of_bearers(w: Worlds, shared: Array, rows: Array) -> Array:
    """Return the compound of assets, and where nothing shared is meant, of households."""
    asset, household = w.layout.up("asset", "compound"), w.layout.up("household", "compound")
    return np.where(shared, asset[rows % len(asset)], household[rows % len(household)])


def compound_of_table(w: Worlds, name: str) -> Array:
    """Return the compound of every row of a table, by what it is about."""
    t = getattr(w, name)
    if name == "motions":
        return t.compound
    if name == "asked":
        return w.layout.up("household", "compound")[t.owner]
    if name == "agenda":
        return of_bearers(w, np.isin(t.clock, [Clock.DEFECT, Clock.SILENCE]), t.row)
    if name == "calls":
        return w.cases.compound[t.case]
    if name == "spells":
        return w.layout.up("asset", "compound")[t.bearer]
    return of_bearers(w, SHARED[t.kind], t.bearer)


def named(w: Worlds, table: str, rows: Array) -> Array:
    """Return what rows of a table are, wherever they stand in it; nothing for the row -1."""
    t = getattr(w, table)
    if table == "asked":
        names = t.owner.astype(np.uint64)
    elif table == "agreements":
        names = noise.bits(t.kind, "whose", t.bearer, t.ordinal)
    else:
        names = t.key
    out = np.zeros(rows.shape, dtype=np.uint64)
    out[rows >= 0] = names[rows[rows >= 0]]
    return out


def differing_compounds(w: Worlds, a: int, b: int) -> set[int]:
    """Return the compounds in which two worlds of a block differ in any column, lever, row or event."""
    out: set[int] = set()
    for name, declared in (w.columns | w.levers).items():
        at = compound_of_rows(w, declared.of)
        if at is None or getattr(declared, "edge", False):  # edges move with what others suffer
            continue
        x = getattr(w, name)
        target = getattr(declared, "points_to", "")
        x = named(w, target, x) if target else x
        out |= set(at[x[a] != x[b]].tolist())
    for c in range(w.layout.sizes["compound"]):
        if any(differs(w, name, a, b, c) for name in TABLES):
            out.add(c)
    log = w.log.arrays()
    where = of_bearers(w, SHARED[log["kind"]], log["bearer"])
    for c in range(w.layout.sizes["compound"]):
        x, y = ({f: v[(log["world"] == k) & (where == c)] for f, v in log.items() if f != "world"} for k in (a, b))
        if any(not np.array_equal(x[f], y[f]) for f in x):
            out.add(c)
    return out


def differs(w: Worlds, name: str, a: int, b: int, compound: int) -> bool:
    """Whether the rows that a table holds of one compound differ between two worlds."""
    table, at = getattr(w, name), compound_of_table(w, name)
    rows = [np.flatnonzero((table.world == k) & (at == compound)) for k in (a, b)]
    for field in table.fields:
        x, y = (getattr(table, field)[r] for r in rows)
        if field in table.points_to:
            x, y = (named(w, table.points_to[field], v) for v in (x, y))
        if field != "world" and not np.array_equal(x, y):
            return True
    return False


@pytest.fixture(scope="module")
def found() -> Worlds:
    """Four replications of six compounds, each with desks of its own up to the centre."""
    return burnt_in(replications=range(4), structure=OWN_DESKS, fixed=GOVERNED)


def test_twins_are_born_the_same(found: Worlds) -> None:
    """At day 0, before anything is lived, scenarios differ in levers and in desks' minutes, in nothing else."""
    w = found.stack(scenarios())
    n = found.n
    for name in found.columns:
        if name in ("desk_minutes", "wait_days") or name.endswith(("_balance", "_time")):
            continue
        x = getattr(w, name)
        x = again(found, w.columns[name].points_to, x)
        assert all(np.array_equal(x[:n], x[s * n : (s + 1) * n]) for s in range(1, w.n // n)), name
    for name in TABLES:
        table = getattr(w, name)
        size = getattr(found, name).n
        if name in ("spells", "calls"):  # in which wages are owed, on pastures; which wait, where a hotline is short
            assert size == 0
            continue
        assert size > 0
        for field in table.fields:
            if field == "minutes":  # what a queued step takes depends on whether there is a body to send it to
                continue
            if field != "world":
                column = again(found, table.points_to.get(field, ""), getattr(table, field)).reshape(-1, size)
                assert np.all(column == column[0]), (name, field)


def again(found: Worlds, target: str, rows: Array) -> Array:
    """Return pointers of stacked worlds as they were before; what does not point stays as it is."""
    return np.where(rows >= 0, rows % max(getattr(found, target).n, 1), rows) if target else rows


def test_troubles_come_alike_whatever_the_scenario(found: Worlds) -> None:
    """Quarrels are on clocks that no scenario touches, so they come on the same days in every twin.

    Only ties from shared places make clocks slower: there a household never quarrels oftener, and some less often.
    """
    days = [found.stack(scenarios())]
    n = found.n
    calm = list(ARMS).index("elders")
    for w in days:
        for _ in range(DAYS):
            w.step()
            quarrels = w.quarrels.reshape(-1, n, w.households)
            assert np.all(np.delete(quarrels, calm, axis=0) == quarrels[0])
            assert np.all(quarrels[calm] <= quarrels[0])
            assert np.all(w.rain.reshape(len(quarrels), n, -1) == w.rain[:n])
    assert np.any(quarrels[calm] < quarrels[0])


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
    """One of six compounds is treated: the others' assets, homes, desks, money, cases and motions stay bit for bit."""
    w = found.stack([say("formed_body"), say("formed_body", *treatment)])
    n = found.n
    touched = np.any(
        [getattr(w, name)[n:] != getattr(w, name)[:n] for name, lever in w.levers.items() if lever.of == "compound"],
        axis=0,
    )  # at the start: a secretary may quit, and a director who is bought may come to light
    w.run(DAYS)
    assert touched.sum(axis=1).tolist() == [1] * n
    for k in range(n):
        assert differing_compounds(w, k, n + k) == set(np.flatnonzero(touched[k]).tolist())


def test_a_body_formed_touches_only_its_compound(found: Worlds) -> None:
    """Only compounds in which a body is formed differ from the baseline."""
    w = found.stack([say(), say("formed_body", "formed_body.coverage=0.5")])
    n = found.n
    formed = w.body[:n] != w.body[n:]  # at the start: later owners may have elected a committee in both
    w.run(DAYS)
    for k in range(n):
        assert differing_compounds(w, k, n + k) == set(np.flatnonzero(formed[k]).tolist())
    assert np.any(formed)


@pytest.mark.parametrize(
    ("shared", "fixed"),
    [
        (dict(compounds_per_community=6), {}),
        (dict(communities_per_centre=6), dict(centre_hours=300.0)),  # enough for a queue
        (dict(portfolio_mean=50.0), dict(fee=0.7, exit_quarters=12)),  # money missing in one is staff missing in all
    ],
    ids=["community", "centre", "company"],
)
def test_who_shares_a_desk_is_touched(shared: dict[str, float], fixed: dict[str, float]) -> None:
    """The comparison can fail: where compounds share a community, a centre or a company, the untreated may differ."""
    sharing = burnt_in(replications=range(4), structure=OWN_DESKS | shared, fixed=GOVERNED | fixed)
    w = lived(sharing, DAYS, say("formed_body"), say("formed_body", "yijiantiao", "yijiantiao.coverage=0.17"))
    n = sharing.n
    assert any(len(differing_compounds(w, k, n + k)) > 1 for k in range(n))
