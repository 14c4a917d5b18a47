"""Defects: how often things break, who suffers from it, what mending costs, and works that end by themselves."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.cases import Kind, Stage, State
from sim.rules import contracts, defects
from sim.worlds import Worlds
from tests.helpers import (
    BUSY,
    NOTHING_BREAKS,
    around,
    assets,
    burnt_in,
    lived,
    recipe,
    say,
    scenarios,
    total,
    working_at,
)
from tests.reference import noise_pure as pure

Array = NDArray[Any]

NAMES = ("roof", "pipe", "lighting", "rubbish", "pests", "road", "works")
SHARED = [Kind(number) for number in range(len(NAMES))]
LOOKED_AFTER = SHARED[Kind.PIPE : Kind.NUISANCE]
"""Kinds that break the more, the less effort is put in."""

RATES = dict(pipe_rate=0.6, lighting_rate=1.0, rubbish_rate=1.8, pests_rate=1.2, road_rate=1.0, works_rate=0.3)
ROOF_RATE = 0.4
DAYS = 364

WITH, WITHOUT = 0.75, 0.15
"""Efforts of a company, and where there is none: the second is the lowest there is by default."""

MUCH = dict.fromkeys(("rubbish_rate", "pests_rate", "road_rate", "works_rate", "pipe_rate", "lighting_rate"), 6.0)


@cache
def counted(company: bool, rain_shape: float = 1e6) -> Worlds:
    """Live a year in which everything is mended on the evening of the day on which it broke."""

    def heal(w: Worlds) -> None:
        defects.mend(w, *np.nonzero(w.defective))

    roofs = dict.fromkeys(("roof_young", "roof_middle", "roof_old"), ROOF_RATE)
    fixed = dict(RATES, **roofs, no_company=0.0 if company else 1.0, quarrel_rate=0.0, rain_shape=rain_shape)
    fixed |= working_at(WITH if company else WITHOUT)
    structure = dict(compounds=40, households=96, floors=2)
    wanted = recipe(range(4), DAYS, lively=False, fixed=fixed, structure=structure, prior_draws=False)
    with pytest.MonkeyPatch.context() as patch:
        around(patch, "repairs.work", lambda w: None, heal)
        w = Worlds(wanted)
        w.run(0)
    return w


@pytest.mark.parametrize("company", [True, False], ids=["company", "no company"])
def test_things_break_at_their_rates(company: bool) -> None:
    """Over a year the counts of every kind are Poisson about rate x (1.75 - effort), a roof's about its own rate."""
    w = counted(company)
    effort = WITH if company else WITHOUT
    assert np.all(w.effort == effort)
    assert np.all((w.contract == contracts.NONE) == (not company))
    for kind, name in zip(SHARED, NAMES, strict=True):
        rate = ROOF_RATE if kind == Kind.ROOF else RATES[name + "_rate"]
        if kind in LOOKED_AFTER:
            rate *= 1.75 - effort
        seen = w.defects[:, assets(w, kind)]
        # days 0 to 363 of a year of 365; on the day on which a clock fires the rest of its hazard is not run
        expected = seen.size * rate * DAYS / 365
        assert abs(seen.sum() - expected) < 4 * np.sqrt(expected), name
    assert np.array_equal(total(w, "broke"), w.defects.sum(axis=1))
    assert np.array_equal(total(w, "leaked"), w.defects[:, assets(w, Kind.ROOF)].sum(axis=1))


def test_less_effort_breaks_more_of_what_is_looked_after() -> None:
    """Without a company the hazards of what it would look after are 1.6 times as high, roofs and works as before."""
    with_company, without = (
        burnt_in(burn_in=0, fixed=dict(no_company=x, **working_at(e))) for x, e in ((0.0, WITH), (1.0, WITHOUT))
    )
    for w in (with_company, without):
        w.step()
    for kind in SHARED:
        few, many = (w.defect_hazard[:, assets(w, kind)] for w in (with_company, without))
        assert np.all(few > 0)
        if kind in LOOKED_AFTER:
            assert np.allclose(many, 1.6 * few, rtol=1e-9)
        else:
            assert np.array_equal(few, many)
    broken = {c: counted(c).defects for c in (True, False)}
    for kind in LOOKED_AFTER:
        few, many = (broken[c][:, assets(counted(c), kind)].sum() for c in (True, False))
        assert abs(many / few - 1.6) < 4 * 1.6 * np.sqrt(1 / few + 1 / many)


def test_effort_is_that_of_the_contract() -> None:
    """A company begins with .7, nobody puts in .15; contracts are found as declared, the developer's while new."""
    w = burnt_in(
        replications=range(40), burn_in=0, prior_draws=False, lively=False, structure=dict(compounds=30, households=12)
    )
    assert np.array_equal(w.effort, np.where(w.contract == contracts.NONE, 0.15, 0.7))
    n = w.contract.size
    for state, share in ((contracts.NONE, 0.25), (contracts.FIXED_TERM, 0.30)):
        assert abs((w.contract == state).mean() - share) < 4 * np.sqrt(share * (1 - share) / n)
    unbound = ~np.isin(w.contract, [contracts.NONE, contracts.FIXED_TERM])
    assert np.array_equal(w.contract[unbound] == contracts.DEVELOPER, w.age[unbound] < 10)


def scope_of(w: Worlds, asset: int) -> Array:
    """Return the flats of the building or compound of an asset."""
    building = w.layout.traits["asset_building"][asset]
    if building >= 0:
        return np.flatnonzero(w.layout.up("household", "building") == building)
    return np.flatnonzero(w.layout.up("household", "compound") == w.layout.up("asset", "compound")[asset])


@pytest.mark.parametrize("owner_share", [1.0, 0.5], ids=["all lived in", "many empty"])
def test_so_many_suffer_as_declared(owner_share: float) -> None:
    """Of a defect suffer the first flats in its order that are lived in, from under the roof down; all alike severe."""
    few = dict(roof_sufferers=5, pipe_sufferers=3, lighting_sufferers=4, rubbish_sufferers=9, works_sufferers=1000)
    w = Worlds(recipe(range(4), 70, fixed=few | dict(owner_share=owner_share, tenant_share=0.0)))
    seen = np.zeros(len(SHARED), dtype=int)
    empty = 0
    for _ in range(70):
        before = w.defects.copy()
        w.step()
        g = w.grievances
        for k, asset in zip(*np.nonzero(w.defects != before), strict=True):
            kind = w.layout.traits["asset_kind"][asset]
            flats, most = scope_of(w, asset), int(getattr(w.p, NAMES[kind] + "_sufferers")[k, 0])
            mine = (g.world == k) & (g.kind == kind) & (g.bearer == asset) & (g.born == w.day - 1)
            assert np.all(g.ordinal[mine] == 16 * w.defects[k, asset])
            assert np.all(g.severity[mine] == np.rint(1000 * getattr(w.p, NAMES[kind] + "_severity")[k, 0]))
            assert np.all(g.other[mine] == -1)
            order = sorted(
                flats.tolist(),
                key=lambda flat, k=k, asset=asset, kind=kind: (
                    -w.layout.traits["floor"][flat] if kind == Kind.ROOF else 0,
                    pure.bits(int(w.seeds[k]), "defect.sufferer", flat, int(asset), int(w.defects[k, asset])),
                ),
            )
            expected = sorted(flat for flat in order[:most] if w.tenure[k, flat] != 2)
            assert g.household[mine].tolist() == expected
            empty += len(expected) < min(most, len(flats))
            seen[kind] += 1
    assert np.all(seen > 0)
    assert (empty > 20) == (owner_share < 1)


# --- works nearby ---------------------------------------------------------------------------------


def test_works_end_by_themselves_and_leave_nobody_suffering() -> None:
    """Works last as long as declared on average; then all who suffered suffer no more, and nobody has learnt of it."""
    silent = NOTHING_BREAKS | dict(works_rate=6.0, works_length=25.0, quarrel_rate=0.0, any_desk=-50.0, claim_rate=0.0)
    w = Worlds(recipe(range(24), 0, prior_draws=False, lively=False, fixed=silent | dict(escalation_days=1e9)))
    site = assets(w, Kind.NUISANCE)
    lasted: list[int] = []
    since = np.full((w.n, len(site)), -1)
    for day in range(400):
        w.step()
        on = w.defective[:, site]
        over = (since >= 0) & ~on
        lasted += (day - since[over & (since < 200)]).tolist()
        since = np.where(on, np.where(since >= 0, since, day), -1)
        g = w.grievances
        assert np.all(w.defective[g.world[g.aching], g.bearer[g.aching]])
    assert not np.any((since >= 0) & (since < 200))  # all that began early are over, none is cut off
    assert len(lasted) > 100
    assert abs(np.mean(lasted) - 25.0) < 4 * 25.0 / np.sqrt(len(lasted))
    assert np.all(w.tally["grievances"][:, Kind.NUISANCE, [State.SETTLED, State.WITHDRAWN]] == 0)
    assert not np.any(total(w, "repaired"))
    # a grievance lapses when its works end, or when it fades before
    assert np.array_equal(total(w, "lapsed"), w.tally["grievances"][:, Kind.NUISANCE, State.LAPSED])
    assert not any(np.any(getattr(w, c)) for c in ("succeeded_nuisance", "failed_nuisance"))


def test_a_case_about_works_ends_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """When works end by themselves their case is closed as withdrawn and every claimant's grievance lapses."""
    seen = {"cases": 0, "claimants": 0, "given up": 0}
    open_then: list[tuple[int, int, int]] = []
    then: dict[str, Array] = {}

    def before(w: Worlds) -> None:
        c = w.cases
        rows = np.flatnonzero((c.kind == Kind.NUISANCE) & (c.stage < Stage.SETTLED))
        open_then[:] = [(int(r), int(c.world[r]), int(c.bearer[r])) for r in rows]
        then["before"] = w.grievances.state.copy()

    def after(w: Worlds) -> None:
        c, g, old = w.cases, w.grievances, then["before"]
        for row, world, asset in open_then:
            if w.defective[world, asset]:
                assert c.stage[row] < Stage.SETTLED
                continue
            assert c.stage[row] == Stage.WITHDRAWN
            assert w.defect_case[world, asset] == -1
            mine = (g.world == world) & (g.kind == Kind.NUISANCE) & (g.bearer == asset)
            assert not np.any(g.aching[mine])
            assert not np.any(g.case[mine] == row)
            claimed = mine & np.isin(old, [State.OPEN, State.JOINED])
            assert np.all(g.state[claimed] == State.LAPSED)
            gone = mine & np.isin(old, [State.WITHDRAWN, State.ESCALATED])
            assert np.array_equal(g.state[gone], old[gone])
            seen["cases"] += 1
            seen["claimants"] += np.count_nonzero(claimed)
            seen["given up"] += np.count_nonzero(gone)

    around(monkeypatch, "defects.fall_silent", before, after)
    lived(burnt_in(fixed=MUCH | dict(works_length=20.0)), 70, *scenarios())
    assert min(seen.values()) > 5, seen


def test_works_made_quiet_are_quiet_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """An agreement about works nearby settles the grievance of everybody who suffers, claimant or not."""
    agreed = quiet = 0
    then: dict[str, Array] = {}

    def before(w: Worlds) -> None:
        then["before"] = w.defective.copy()
        then["aching"] = w.grievances.aching & (w.grievances.state <= State.JOINED)

    def after(w: Worlds) -> None:
        nonlocal agreed, quiet
        g = w.grievances
        for k, asset in zip(*np.nonzero(then["before"] & ~w.defective), strict=True):
            mine = (g.world == k) & (g.bearer == asset) & (g.kind == Kind.NUISANCE)
            still = mine & then["aching"]
            assert np.all(g.state[still] == State.SETTLED)
            assert not np.any(g.aching[mine])
            assert np.all(g.act[mine] == 2**31 - 1)  # no relapse
            agreed += 1
            quiet += np.count_nonzero(still)

    around(monkeypatch, "handling.handle", before, after)
    lived(burnt_in(fixed=BUSY | MUCH | dict(gap_mean=0.1)), 42, say("formed_body"))
    assert agreed > 5
    assert quiet > 5 * agreed


def test_a_failed_nuisance_may_be_claimed_anew() -> None:
    """When every level has failed the works go on, their case is off the books, and a later claim opens another."""
    stubborn = BUSY | MUCH | dict(gap_mean=5.0, gap_sd=0.1, most_sessions=1, works_length=120.0, no_show=0.0)
    w = lived(burnt_in(replications=range(16), fixed=stubborn), 70, say("formed_body"))
    nuisance = w.ended.kind == Kind.NUISANCE
    assert np.any(w.ended.stage[nuisance] == Stage.FAILED)
    assert not np.any(w.ended.stage[nuisance] == Stage.SETTLED)
    again = w.ended.ordinal[nuisance] % 16
    assert np.count_nonzero(again) > 3
    failed = {tuple(x) for x in zip(*(getattr(w.ended, f)[nuisance & (w.ended.stage == Stage.FAILED)].tolist()
              for f in ("world", "bearer", "ordinal")), strict=True)}  # fmt: skip
    opened = failed | {
        tuple(x)
        for t in (w.ended, w.cases)
        for x in zip(*(getattr(t, f)[t.kind == Kind.NUISANCE].tolist() for f in ("world", "bearer", "ordinal")),
                     strict=True)
    }  # fmt: skip
    for world, bearer, ordinal in opened:
        assert ordinal % 16 == 0 or (world, bearer, ordinal - 1) in failed


# --- rain -----------------------------------------------------------------------------------------


def dispersion(w: Worlds, kind: Kind) -> tuple[float, int]:
    """Return how much the counts of whole compounds vary, 1 = as chance has it, and how many compounds were seen."""
    rows = assets(w, kind)
    compound = w.layout.up("asset", "compound")[rows]
    count = np.zeros((w.n, w.layout.sizes["compound"]))
    np.add.at(count, (slice(None), compound), w.defects[:, rows])
    size = np.bincount(compound, minlength=count.shape[1])
    expected = count.sum() / (size.sum() * w.n) * size
    return float(((count - expected) ** 2 / expected).sum() / (count.size - 1)), count.size


def test_rain_correlates_roofs_and_nothing_else() -> None:
    """Roofs of one compound fail together in a wet year; pipes, lights and all the rest fail one by one."""
    wet = counted(True, rain_shape=0.5)
    for kind in SHARED:
        seen, n = dispersion(wet, kind)
        if kind == Kind.ROOF:
            assert seen > 2
        else:
            assert abs(seen - 1) < 5 * np.sqrt(2 / n), kind
    assert abs(dispersion(counted(True), Kind.ROOF)[0] - 1) < 5 * np.sqrt(2 / n)  # even rain: one by one too


# --- what mending costs ---------------------------------------------------------------------------


def base_cost(w: Worlds, row: int) -> float:
    """Return the cost of a repair on the first day, yuan: triangular about the typical cost of its kind."""
    c, k = w.cases, int(w.cases.world[row])
    typical = float(getattr(w.p, NAMES[c.kind[row]] + "_cost")[k, 0])
    low, high, u = float(w.p.cost_low[k, 0]), float(w.p.cost_high[k, 0]), pure.uniform(int(c.key[row]), "defect.cost")
    if u < (1 - low) / (high - low):
        return typical * (low + (u * (high - low) * (1 - low)) ** 0.5)
    return typical * (high - ((1 - u) * (high - low) * (high - 1)) ** 0.5)


def test_costs_are_triangular_and_grow_where_water_leaks() -> None:
    """A cost is fixed when money is looked for: the base, and for roof and pipe 3 percent more a month of leaking."""
    w = burnt_in(replications=range(6), fixed=BUSY).stack([say("formed_body")])
    grown = fixed = minor = 0
    for _ in range(84):
        cost = {int(key): int(x) for key, x in zip(w.cases.key, w.cases.cost, strict=True)}
        w.step()
        c = w.cases
        for row in np.flatnonzero(c.kind < Kind.NUISANCE):
            k = int(c.world[row])
            assert c.minor[row] == (base_cost(w, row) <= w.p.minor_cap[k, 0])
            minor += bool(c.minor[row])
            if c.cost[row] == cost.get(int(c.key[row]), 0):
                continue
            months = (w.day - 1 - w.defect_day[k, c.bearer[row]]) / 30
            leaks = c.kind[row] in (Kind.ROOF, Kind.PIPE)
            growth = 1 + w.p.leak_growth[k, 0] * months if leaks else 1.0
            assert c.cost[row] == pytest.approx(100 * base_cost(w, row) * growth, abs=1)
            grown += leaks and months > 0
            fixed += not leaks
    assert grown > 20 and fixed > 10 and minor > 20


def test_of_those_who_draw_the_same_lot_the_first_suffers() -> None:
    """Lots of 34 bits are hardly ever the same, so nobody would miss it."""
    place, lot = np.array([0, 0, 0, 1, 1, 1]), np.array([5, 4, 5, 7, 1, 7])
    there, enough = np.array([3, 3]), np.array([np.inf, np.inf])
    assert defects._first(place, lot, there, np.array([2, 1]), enough).tolist() == [0, 1, 4]
    assert defects._first(place, lot, there, np.array([9, 2]), enough).tolist() == [0, 1, 2, 3, 4]
