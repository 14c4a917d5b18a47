"""Pastures: who lives where, what goes on there, and that nothing is lost and nothing appears."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import books, noise
from sim.cases import DISPUTE, NEVER, SHARED, Desk, Kind, Stage, State
from sim.parameters import specs
from sim.places import pasture
from sim.places.pasture import CAMPER, CENTRE, HERDER, STAFFED, STATION, TEAM, WORKER, Structure, build
from sim.report.figures import wanted
from sim.rules import frictions, grievances, travel, wages
from sim.rules.trust import DESKS
from sim.scenario import parse
from sim.space import Layout
from sim.study.config import load
from sim.worlds import Recipe, Worlds
from tests.helpers import SLACK, around, assert_same, desk_rows, total

Array = NDArray[Any]

SMALL = dict(sumus=2, households=60, campers=15, sites=3, crew=8)

LIVELY = dict(
    boundary_rate=2.0,
    livestock_rate=2.0,
    herder_rate=1.0,
    help_rate=1.5,
    arrears_rate=3.0,
    arrears_factor=1.0,
    naming_days=2.0,
    any_desk=0.5,
    relapse_rate=0.9,
    patience_days=40.0,
    escalation_days=200.0,
    fade_days=60.0,
    handoff_loss=0.4,
    handoff_days=3,
    gap_mean=0.5,
    gap_sd=0.8,
    most_sessions=2,
    sues=0.7,
    court_days=15.0,
    liquid=0.4,
    wages_kept=0.3,
    late_days=60.0,
    calls=0.4,
    answer_days=10,
)
"""Parameters under which half a year on a small sumu brings trouble of every kind, and most of what comes of it."""


CREWS_ONLY = dict.fromkeys(("boundary_rate", "livestock_rate", "herder_rate", "help_rate"), 0.0)
"""With these nothing but wages is at issue."""


def structure(**changes: Any) -> dict[str, Any]:
    """Return the structure of a place, complete."""
    return {name: spec.default for name, spec in specs(Structure, "pasture").items()} | changes


def recipe(replications: tuple[int, ...] = (2, 5), burn_in: int = 182, small: bool = True, **fixed: Any) -> Recipe:
    """Return a small and lively sumu or two; `fixed` overrides."""
    values = SLACK | (LIVELY if small else {}) | fixed
    shape = structure(**SMALL) if small else structure()
    return Recipe("pasture", shape, fixed=values, replications=replications, burn_in=burn_in)


def lived(recipe: Recipe) -> Worlds:
    """Return worlds at day 0."""
    w = Worlds(recipe)
    w.run(0)
    return w


@cache
def layout(sumus: int = 2, layout: int = 0, households: int = 300) -> Layout:
    """Return a layout of middling size."""
    return build(Structure(sumus=sumus, households=households), noise.bits(np.array([1]), "layout", layout))


# -- who lives where ----------------------------------------------------------------------------------


def test_everybody_lives_somewhere_of_their_own() -> None:
    """One winter camp a cell, all on the grid of their sumu, in winter and in summer; workers are at their sites."""
    land, t = layout(), layout().traits
    sumu, living = land.up("household", "sumu"), t["living"]
    herders = living == HERDER
    winter = land.cells["household"]
    assert len(np.unique(winter[herders], axis=0)) == herders.sum() == 2 * 300
    assert (living == CAMPER).sum() == 2 * 150 and (living == WORKER).sum() == t["hands"].sum()
    side = land.width // 2
    for x, y in ((t["x_winter"], t["y_winter"]), (t["x_summer"], t["y_summer"])):
        assert np.array_equal(x // land.cell_metres // side, sumu) and np.all((y >= 0) & (y < side * land.cell_metres))
    assert np.array_equal(winter[living == WORKER], land.cells["asset"][t["site"][living == WORKER]])
    assert np.all(t["site"][living != WORKER] == -1)
    hands, position = wages.workers(Worlds(recipe(burn_in=0)), np.arange(6))  # of another layout, by the same rule
    assert np.array_equal(np.bincount(position), Worlds(recipe(burn_in=0)).layout.traits["hands"])
    assert np.array_equal(Worlds(recipe(burn_in=0)).layout.traits["site"][hands], position)


def test_circles_are_of_neighbours() -> None:
    """Herders of a circle live in one block of cells, campers and workers among their like."""
    land, t = layout(), layout().traits
    circle = land.up("household", "circle")
    for number in range(land.sizes["circle"]):
        mates = np.flatnonzero(circle == number)
        assert len(mates) and len(np.unique(t["living"][mates])) == 1
        assert len(np.unique(land.up("household", "sumu")[mates])) == 1
        if t["living"][mates[0]] == HERDER:
            cells = land.cells["household"][mates]
            assert np.all(cells.max(axis=0) - cells.min(axis=0) < pasture.BLOCK)
        if t["living"][mates[0]] == WORKER:
            assert len(np.unique(t["site"][mates])) == 1


def test_ways_are_as_long_as_they_are_rough() -> None:
    """A way is at least its length times what the best terrain takes, the same there and back, and nobody's is cut."""
    land, t = layout(), layout().traits
    sumu = land.up("household", "sumu")
    for number, desk in enumerate(STAFFED):
        office = t["sumu_desk"][len(STAFFED) * sumu + number]
        assert np.all(t["desk_kind"][office] == desk)
        for season in pasture.SEASONS:
            x, y = t[f"x_{season}"], t[f"y_{season}"]
            metres = np.hypot(x - t["x"][office], y - t["y"][office])
            ways = t[f"way_{DESKS[desk]}_{season}"]
            assert np.all(ways >= np.floor(metres * pasture.ROAD)) and np.all(
                ways <= np.ceil(metres * pasture.ROUGHEST)
            )
            assert np.array_equal(ways, pasture.way(land, t["x"][office], t["y"][office], x, y))
    for end, better in (("near", np.less), ("far", np.greater)):
        for k in range(2):
            herders = (sumu == k) & (t["living"] == HERDER)
            ends, rest = herders & (t[end] == 1), herders & (t[end] == 0)
            assert ends.sum() == 60
            way = t["way_centre_winter"]
            assert better(way[ends].mean(), way[rest].mean())
            assert not np.any(better(way[rest][:, None], way[ends]))


def test_distances_are_those_of_the_steppe() -> None:
    """Herders are kilometres apart, most of them 20 to 80 km from the centre, in summer closer together."""
    land = build(Structure(), noise.bits(np.array([1]), "layout", 0))
    t, herders = land.traits, land.traits["living"] == HERDER

    def nearest(season: str) -> Array:
        at = np.stack([t[f"x_{season}"], t[f"y_{season}"]], axis=1)[herders] / 1000
        far = np.hypot(*(at[:, None] - at).transpose(2, 0, 1)) + 1e9 * np.eye(len(at))
        return far.min(axis=1)

    assert 2 <= np.median(nearest("winter")) <= 10
    assert np.median(nearest("summer")) < np.median(nearest("winter")) / 2
    centre = t["way_centre_winter"][herders] / 1000
    assert np.mean((centre > 15) & (centre < 85)) > 0.85


def test_a_layout_is_shared_by_replications_and_differs_between_layouts() -> None:
    same = build(Structure(sumus=2, households=300), noise.bits(np.array([1]), "layout", 0))
    other = layout(layout=1)
    assert all(np.array_equal(same.traits[name], value) for name, value in layout().traits.items())
    assert np.array_equal(same.cells["household"], layout().cells["household"])
    assert not np.array_equal(other.cells["household"][:300], same.cells["household"][:300])


@pytest.mark.parametrize("changes", [dict(campers=0), dict(sites=0), dict(campers=0, sites=0), dict(sumus=3, crew=5)])
def test_a_sumu_may_lack_campers_or_sites(changes: dict[str, int]) -> None:
    w = Worlds(Recipe("pasture", structure(**SMALL | changes), fixed=LIVELY, burn_in=28))
    w.run(14)
    assert np.all(total(w, "arisen") > 0) and not np.any(books.imbalance(w))


# -- what goes on there -------------------------------------------------------------------------------


def test_seasons_reshape_a_year_but_not_its_total() -> None:
    w = Worlds(recipe(burn_in=0))
    boundary, arrears = [], []
    for day in range(365):
        w.day = day
        boundary.append(frictions.season(w)[:, 0])
        arrears.append(wages.season(w)[:, 0])
    for factors, times, days in ((np.array(boundary), w.p.flat["grazing_factor"], 153), (np.array(arrears), 1.0, 92)):
        np.testing.assert_allclose(factors.mean(axis=0), 1.0)
        np.testing.assert_allclose(factors.max(axis=0) / factors.min(axis=0), times)
        assert np.all((factors == factors.max(axis=0)).sum(axis=0) == days) or np.all(times == 1.0)


def test_as_much_arises_as_is_said() -> None:
    """Over two years, by kind; boundaries mostly from June to October, campers only while they are there."""
    w = Worlds(Recipe("pasture", structure(), replications=tuple(range(6)), prior_draws=False))
    t = w.layout.traits
    when: list[tuple[int, int, int]] = []
    while w.day < 365:
        w.step()
        g = w.grievances
        new = np.flatnonzero((g.born == w.day - 1) & (g.ordinal % grievances.REOPENINGS == 0))
        when += zip(g.kind[new].tolist(), g.household[new].tolist(), [w.day - 1] * len(new), strict=True)
    kind, household, day = np.array(when).T
    herder = t["living"][household] == HERDER
    years, herders = w.n, int((t["living"] == HERDER).sum())
    for what, rate in ((Kind.BOUNDARY, 0.03), (Kind.LIVESTOCK, 0.03), (Kind.HELP, 0.05)):
        found, expected = np.count_nonzero((kind == what) & herder), rate * herders * years
        spread = np.sqrt(expected * (1 + rate / 0.7))  # gamma frailty
        assert abs(found - expected) < 4 * spread, (what, found, expected)
    grazing = (day % 365 >= 151) & (day % 365 < 304)
    share = np.mean(grazing[(kind == Kind.BOUNDARY) & herder])
    assert share == pytest.approx(4 * 153 / (4 * 153 + 212), abs=0.05)
    camping = t["living"][household] == CAMPER
    assert camping.any() and np.all(day[camping] % 365 >= 165)
    first = np.unique(np.array([household, day]).T[kind == Kind.WAGES], axis=0)
    assert np.all(t["living"][first[:, 0]] == WORKER)


def test_parties_are_others_of_the_sumu() -> None:
    """Herders fall out with their circle, in summer also with campers; campers with herders."""
    w = Worlds(recipe(burn_in=0, mixing=0.5))
    land, t = w.layout, w.layout.traits
    sumu, circle = land.up("household", "sumu"), land.up("household", "circle")
    household = np.flatnonzero(t["living"] != WORKER)
    for day, summer in ((20, False), (200, True)):
        w.day = day
        world = np.zeros(len(household), dtype=np.int64)
        found = [frictions.other_party(w, "boundary", world, household, world + k) for k in range(1, 9)]
        own, other = np.tile(household, 8), np.concatenate(found)
        met = other >= 0
        own, other = own[met], other[met]
        assert np.all(own != other) and np.array_equal(sumu[own], sumu[other])
        herder, camper = t["living"][own] == HERDER, t["living"][other] == CAMPER
        assert np.all(t["living"][other[~herder]] == HERDER)
        assert np.array_equal(circle[own[herder & ~camper]], circle[other[herder & ~camper]])
        share = np.mean(camper[herder])
        assert (0.4 < share < 0.6) if summer else share == 0
        alone = np.flatnonzero(land.count("circle", "household")[circle[household]] == 1)
        assert np.all(found[0][alone][t["living"][household[alone]] == HERDER][: 0 if summer else None] == -1)


def test_snow_and_moves_make_ways() -> None:
    """Ways are slower in winter; on the summer ground they are those from there; who is not there is not counted."""
    w = Worlds(recipe(burn_in=0))
    t, world = w.layout.traits, np.zeros(w.households, dtype=np.int64)
    everybody = np.arange(w.households)
    found = {}
    for day in (20, 100, 200, 280):
        w.day = day
        found[day] = travel.hours(w, world, travel.way(w, CENTRE, everybody))
        travel.move(w)
        present = travel.there(w)
        assert np.array_equal(
            present,
            (t["living"] == HERDER)
            | ((t["living"] == CAMPER) & (day == 200))
            | ((t["living"] == WORKER) & (day != 20)),
        )
        assert np.all(w.stock["seasonal"] == present.sum() - (t["living"] == HERDER).sum())
    slow = w.p.flat["speed"][0] / w.p.flat["winter_speed"][0]
    np.testing.assert_allclose(found[20], found[100] * slow)
    np.testing.assert_allclose(found[100], 2 * t["way_centre_winter"] / 1000 / w.p.flat["speed"][0])
    np.testing.assert_allclose(found[200], 2 * t["way_centre_summer"] / 1000 / w.p.flat["speed"][0])
    assert np.array_equal(found[280], found[100])


def test_snow_closes_ways_in_winter_only_and_then_people_ride() -> None:
    """As many weeks as is said, whole ones, and none from April to October; who rides takes as long as a horse."""
    worlds, chance = 40, 0.2
    w = Worlds(recipe(tuple(range(worlds)), 0, closed_ways=chance, **CREWS_ONLY, arrears_rate=0.0))
    closed = []
    ones, way = np.arange(worlds), np.full(worlds, 1000 * 30)
    while w.day < 2 * 365:
        w.step()
        closed.append(w.ways_closed[:, 0].copy())
        by_day = np.broadcast_to(w.p.flat["winter_speed" if travel.snow(w.day) else "speed"], worlds)
        speed = np.where(closed[-1] > 0, np.broadcast_to(w.p.flat["riding_speed"], worlds), by_day)
        assert np.allclose(travel.hours(w, ones, way), 60 / speed)
    weeks = np.array(closed)[6::7]  # what is settled at the end of each week
    assert np.array_equal(np.repeat(weeks, 7, axis=0)[: len(closed) - 6], np.array(closed)[6:])
    winter = np.array([travel.snow(7 * (k + 1)) for k in range(len(weeks))])
    assert not np.any(weeks[~winter])
    drawn = weeks[winter].astype(float)
    assert abs(drawn.mean() - chance) < 3 * np.sqrt(chance * (1 - chance) / drawn.size)
    assert np.array_equal(total(w, "closed_weeks"), weeks.sum(axis=0))


def test_help_is_brought_and_the_way_counts() -> None:
    """What help takes is the time with the people and the way; with no hours nobody comes."""
    w = lived(recipe(burn_in=0))
    w.run(60)
    helped, metres, worked = total(w, "helped"), total(w, "field_metres"), total(w, "minutes_station")
    assert np.all(helped > 0) and np.all(metres > 0) and np.all(worked > 0)
    idle = lived(
        recipe(burn_in=0, **dict.fromkeys(("station_hours", "room_hours", "justice_hours", "sumu_hours"), 0.0))
    )
    idle.run(40)
    for name in ("helped", "field_metres", "sessions", *(f"minutes_{DESKS[desk]}" for desk in STAFFED)):
        assert not np.any(total(idle, name)), name
    assert np.all(total(idle, "claimed") > 0)


# -- wages ----------------------------------------------------------------------------------------------


def test_wages_are_owed_agreed_promised_and_paid_apart() -> None:
    """Who is liquid pays all at once; who is not promises instalments; those that are kept pay all in the end."""
    for liquid, kept in ((1.0, 1.0), (0.0, 1.0), (0.0, 0.0)):
        w = lived(
            recipe(
                (2, 5),
                0,
                **CREWS_ONLY,
                liquid=liquid,
                wages_kept=kept,
                late_days=1e6,
                gap_mean=-9.0,
                no_show=0.0,
                arrears_rate=1.5,
                sues=0.0,
            )
        )
        w.run(240)
        due, agreed, paid = (total(w, f"wages_{word}_fen") for word in ("due", "agreed", "paid"))
        assert np.all(due > 0) and np.all(agreed > 0) and not np.any(total(w, "wages_late_fen"))
        assert np.array_equal(due - paid, w.wages_owed.sum(axis=1))
        defaults = total(w, "wage_defaults")
        assert np.any(defaults > 0) == (kept == 0.0)
        if liquid:
            assert np.array_equal(agreed, paid) and not np.any(w.plan_left)
        elif kept:
            running = w.plan_left > 0
            assert np.array_equal(agreed - paid, np.where(running, w.wages_owed, 0).sum(axis=1))
            assert np.all(w.plan_left[running] <= w.whole("instalments", np.nonzero(running)[0]))
        else:
            assert np.all(paid < agreed) and np.array_equal(defaults, total(w, "relapsed") - _broken(w))


def _broken(w: Worlds) -> Array:
    """Return how many agreements of two have been broken."""
    return w.tally["grievances"][:, :, State.BROKEN].sum(axis=1)


def test_a_crew_gets_what_the_contractor_pays() -> None:
    """Each worker the same, to the fen that cannot be divided; nobody else gets anything."""
    w = lived(recipe((2, 5), 0, **CREWS_ONLY, liquid=1.0, gap_mean=-9.0, no_show=0.0))
    w.run(150)
    t = w.layout.traits
    assert np.array_equal(w.purse.sum(axis=1), total(w, "wages_paid_fen"))
    assert np.array_equal(w.contractor.sum(axis=1), -total(w, "wages_paid_fen"))
    assert not np.any(w.purse[:, t["living"] != WORKER])
    hands, site = wages.workers(w, np.arange(w.layout.sizes["asset"]))
    for k in range(w.n):
        for number in range(w.layout.sizes["asset"]):
            purse = w.purse[k, hands[site == number]]
            assert purse.max() - purse.min() <= len(purse) * w.wage_spells[k, number]


def test_contractors_pay_late_and_may_call_the_police() -> None:
    """Where nobody claims a contractor pays in the end, if not, never; where works are blocked he may call first."""
    quiet: dict[str, Any] = CREWS_ONLY | dict(any_desk=-99.0, late_days=30.0, arrears_rate=2.0)
    w = lived(recipe((2, 5), 0, calls=0.0, **quiet))
    w.run(150)
    assert not np.any(total(w, "opened")) and np.all(total(w, "wages_late_fen") > 0)
    assert np.array_equal(total(w, "wages_late_fen"), total(w, "wages_paid_fen"))
    assert np.all(w.late_day[w.wages_owed > 0] >= w.day)
    called = lived(recipe((2, 5), 0, calls=1.0, **quiet | dict(late_days=1e6)))
    called.run(100)
    calls = total(called, "opponent_calls")
    assert np.all(calls > 0) and np.array_equal(total(called, "opened"), calls)
    assert np.all(np.concatenate([called.ended.kind, called.cases.kind]) == Kind.WAGES)
    assert np.array_equal(total(called, "claims_station"), calls)


# -- nothing is lost --------------------------------------------------------------------------------


def test_every_day_everything_adds_up() -> None:
    """Grievances and cases are each in one state, stocks agree with tables, the books balance, claims are money due."""
    w = lived(recipe())
    start = {name: w.tally[name].sum(axis=(1, 2)) for name in ("grievances", "cases")}
    owed, paid = w.wages_owed.sum(axis=1), w.purse.sum(axis=1)
    flows = {name: np.zeros(w.n, dtype=np.int64) for name in w.flow}
    broken = _broken(w)
    while w.day < 120:
        w.step()
        today = dict(zip(w.series, w.record[-1].T, strict=True))
        for name in flows:
            flows[name] += today[name]
        g, c = w.grievances, w.cases
        for name, arisen in (("grievances", "arisen"), ("cases", "opened")):
            assert np.all(w.tally[name] >= 0)
            assert np.array_equal(w.tally[name].sum(axis=(1, 2)) - start[name], flows[arisen])
        live = np.zeros_like(w.tally["grievances"])
        np.add.at(live, (g.world, g.kind, g.state), 1)
        on = [State.LATENT, State.QUIET, State.OPEN, State.JOINED]
        assert np.array_equal(live[:, :, on], w.tally["grievances"][:, :, on])
        running = np.zeros_like(w.tally["cases"])
        np.add.at(running, (c.world, c.kind, c.stage), 1)
        assert np.array_equal(running[:, :, : Stage.SETTLED], w.tally["cases"][:, :, : Stage.SETTLED])
        suffered, count = np.zeros((2, w.n), dtype=np.int64)
        np.add.at(suffered, g.world[g.aching], g.severity[g.aching])
        np.add.at(count, g.world[g.aching], 1)
        assert np.array_equal(suffered, w.stock["unresolved"]) and np.array_equal(count, w.stock["aching"])
        hurt = np.flatnonzero(SHARED[g.kind] & g.aching)
        assert np.all(w.wages_owed[g.world[hurt], g.bearer[hurt]] > 0), "nobody suffers from what is paid"
        assert np.all(w.plan_left[g.world[hurt], g.bearer[hurt]] == 0), "nobody suffers while a plan is kept"
        has = np.flatnonzero(w.defect_case.reshape(-1) >= 0)
        row = w.defect_case.reshape(-1)[has]
        sites = w.layout.sizes["asset"]
        assert np.all(c.stage[row] < Stage.SETTLED) and np.array_equal(c.world[row] * sites + c.bearer[row], has)
        assert not np.any(books.imbalance(w))
        assert np.array_equal(w.wages_owed.sum(axis=1), owed + flows["wages_due_fen"] - flows["wages_paid_fen"])
        assert np.array_equal(w.purse.sum(axis=1), paid + flows["wages_paid_fen"])
        assert np.array_equal(flows["relapsed"], _broken(w) - broken + flows["wage_defaults"])
        a = w.agreements
        assert np.all(DISPUTE[a.kind]) and np.all((a.broken == NEVER) | (a.broken > a.settled))
    for name in (
        "helped",
        "opponent_calls",
        "wage_defaults",
        "wages_late_fen",
        "sued",
        "lost",
        "escalated",
        "withdrawn",
    ):
        assert np.any(flows[name] > 0), name
    identity = w.ended.arrays()
    keys = np.stack([identity[f].astype(np.int64) for f in ("world", "kind", "bearer", "ordinal")])
    assert len(np.unique(keys, axis=1).T) == w.ended.n, "a case is one case"


def test_no_desk_works_longer_than_its_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    had = np.zeros(0)

    def before(w: Worlds) -> None:
        nonlocal had
        had = w.balance.copy()

    def after(w: Worlds) -> None:
        for kind in STAFFED:
            row = desk_rows(w, kind)
            given = had[:, row].sum(axis=1) + w.desk_minutes[:, row].sum(axis=1)
            assert np.all(7 * w.flow[f"minutes_{DESKS[kind]}"] + w.balance[:, row].sum(axis=1) <= given)

    around(monkeypatch, "handling.handle", before, after)
    w = lived(recipe(burn_in=63))
    assert all(np.all(total(w, f"minutes_{DESKS[kind]}") > 0) == (kind != TEAM) for kind in STAFFED)


def test_alone_as_in_a_crowd_and_in_pieces() -> None:
    """A replication alone is its slice of a crowd; a snapshot after the burn-in is the straight run."""
    crowd = lived(recipe((2, 5, 7), 56))
    alone = lived(recipe((5,), 56))
    assert_same(crowd, 1, alone, 0)
    stacked = crowd.stack([parse("one", []), parse("two", [])])
    stacked.run(35)
    crowd.run(35)
    for k in range(3):
        assert_same(stacked, k, crowd, k, history=False)
        assert_same(stacked, 3 + k, crowd, k, history=False)
    other = lived(recipe((7, 2), 56))
    other.run(35)
    assert_same(other, 0, crowd, 2)


# -- distance ---------------------------------------------------------------------------------------------


def test_the_far_go_less_to_desks_and_come_less_to_sessions() -> None:
    """Distance decay, steeper in winter, and none if ways cost nobody anything (a check: it follows from one rule)."""
    w = lived(Recipe("pasture", structure(campers=0, sites=0), replications=(0,), prior_draws=False))
    everybody = np.arange(w.households)
    world = np.zeros(w.households, dtype=np.int64)
    (settlement,) = w.settlements
    slope = {}
    for day in (20, 150):
        w.day = day
        ways = settlement.burden(w, STATION, world, everybody)
        near, far = np.argsort(w.layout.traits["way_station_winter"])[[0, -1]]
        slope[day] = ways[far] - ways[near]
    assert slope[20] > 1.5 * slope[150] > 0
    free = lived(Recipe("pasture", structure(), fixed=dict(b_travel=0.0), replications=(0,), prior_draws=False))
    assert len(np.unique(settlement.burden(free, STATION, world, everybody))) == 1
    called = settlement.burden(w, Desk.HOTLINE, world, everybody)
    assert len(np.unique(called)) == 1


def test_figures_are_those_that_the_place_has() -> None:
    """There is no map of roofs where there are none."""
    assert "twin_maps" not in wanted(load("mobile_mediation", ["size=quick"]))
    assert "twin_maps" in wanted(load("yijiantiao", ["size=quick"]))
