"""The Mesa face: the engine's numbers day by day, as agents, cells and a frame; nothing shared, nothing left behind."""

from __future__ import annotations

import copyreg
import gc
import pickle
import subprocess
import sys
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest
from mesa.discrete_space import OrthogonalMooreGrid

from sim.agents import (
    Body,
    BodyKind,
    Building,
    Candidate,
    Compound,
    Contract,
    Court,
    Household,
    Mediator,
    PartyBranch,
    PropertyCompany,
    SubDistrictCentre,
    Tenure,
)
from sim.cases import NEVER, Kind, Stage
from sim.errors import ConfigError, SimError
from sim.model import REPORTERS, GovernanceModel
from sim.parameters import specs
from sim.places import compound
from sim.rules import bodies, contracts, trust
from sim.rules.motions import Motion
from sim.scenario import parse
from sim.worlds import TABLES, Recipe, Worlds

ROOT = Path(__file__).resolve().parent.parent
KINDS = (
    Household, Building, PartyBranch, Body, Mediator, PropertyCompany, SubDistrictCentre, Court, Compound, Candidate,
)  # fmt: skip

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
    np.testing.assert_array_equal(one.suffered[0], crowd.suffered[k])
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


@pytest.fixture(scope="module")
def lived() -> GovernanceModel:
    """A model that has lived a quarter, with compounds that have no company; for looking at, not for stepping."""
    few = {"no_company": 0.5, "tender_days": 720.0, "substitute": 0.3}
    m = model(MERGED, burn_in=182, parameters=LIVELY | few)
    m.run(until=91)
    return m


# -- the engine's numbers -------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_is_the_engines_world_day_by_day(scenario: tuple[str, ...]) -> None:
    m, w = model(scenario, replication=3, burn_in=56, structure=LARGE), engine([scenario], (3,), 56)
    assert_same(m.world, w)
    assert len(w.grievances)
    assert len(w.cases)
    for day in range(1, 61):
        m.step()
        w.step()
        assert m.day == day
        if day < 8 or day % 7 in (0, 6):
            assert_same(m.world, w)
    assert len(w.ended)
    assert w.record[:, 0, w.series.index("signed_shares")].sum()


def test_is_its_world_in_a_crowd_of_scenarios_and_replications() -> None:
    replications = (5, 0, 2)
    crowd = engine(SCENARIOS, replications, 56)
    models = {
        s * len(replications) + k: model(scenario, replication=replication, burn_in=56, structure=LARGE)
        for s, scenario in enumerate(SCENARIOS)
        for k, replication in enumerate(replications)
    }
    for until in (0, 1, 20, 60):
        crowd.run(until)
        for k, m in models.items():
            m.run(until)
            assert_same(m.world, crowd, k)
    assert len({m.world.stock["unresolved"][0] for m in models.values()}) > 3, "all worlds are alike"


def test_defaults_are_the_engines() -> None:
    w = Worlds(Recipe("compound", structure(compounds=2, households=100), prior_draws=False))
    m = GovernanceModel()
    w.run(until=14)
    m.run(until=14)
    assert_same(m.world, w)


def test_rng_is_another_word_for_the_seed() -> None:
    one, two, other = model(seed=5), model(seed=6, rng=np.int64(5)), model(seed=6)
    for m in (one, two, other):
        m.run(until=30)
    assert_same(one.world, two.world)
    assert one.random.random() == two.random.random()
    assert not np.array_equal(one.world.tenure, other.world.tenure)


def test_looking_and_shuffling_change_nothing() -> None:
    looked_at, alone = model(MERGED), model(MERGED)
    for _ in range(20):
        looked_at.random.random()
        looked_at.rng.random()
        looked_at.agents.shuffle_do("step")
        looked_at.agents.shuffle(inplace=True)
        looked_at.agents_by_type[Household].get(["trust", "belief", "open_grievances"])
        looked_at.step()
        alone.step()
    assert_same(looked_at.world, alone.world)


def test_steps_through_mesas_own_wrapping() -> None:
    m = model()
    m.step()
    m.run(until=3)
    assert (m.day, m.steps) == (3, 3)
    m.run(until=1)
    assert m.day == 3

    class Watched(GovernanceModel):
        days: tuple[int, ...] = ()

        def step(self) -> None:
            super().step()
            self.days = (*self.days, self.day)

    watched = Watched(structure=SMALL)
    watched.run(until=2)
    assert watched.days == (1, 2)


# -- apart from one another -----------------------------------------------------------------------


def test_two_live_models_share_nothing() -> None:
    large = model(MERGED, burn_in=7)
    small = model(BODY, structure={"compounds": 1, "households": 24}, seed=9)
    before, home = state(small), next(iter(small.agents_by_type[Household]))
    seen = home.trust_by_desk, home.open_grievances, home.unique_id
    leaking = small.grid.leaking.data.copy()
    for _ in range(40):
        large.step()
    assert_state(small, before)
    assert (home.trust_by_desk, home.open_grievances, home.unique_id) == seen
    np.testing.assert_array_equal(small.grid.leaking.data, leaking)
    assert len(small.datacollector.get_model_vars_dataframe()) == 1

    before = state(large)
    large_homes, small_homes = large.agents_by_type[Household], small.agents_by_type[Household]
    assert (len(large_homes), len(small_homes)) == (large.world.households, small.world.households)
    assert large_homes.get("tenure") == [Tenure(v) for v in large.world.tenure[0].tolist()]
    assert small_homes.get("tenure") == [Tenure(v) for v in small.world.tenure[0].tolist()]
    small.world.purse[...] += 100
    small.step()
    assert_state(large, before)
    assert small_homes.get("purse") == [v / 100 for v in small.world.purse[0].tolist()]
    assert set(large_homes.get("purse")) == {v / 100 for v in large.world.purse[0].tolist()}
    assert not np.shares_memory(large.grid.land_use.data, small.grid.land_use.data)


class Visitor(mesa.Agent):
    """An agent of a user's own."""


def test_a_deleted_model_is_collected() -> None:
    m = model(MERGED)
    own = Visitor(m)
    assert len(m.agents) > m.world.households
    m.agents_by_type[Household].shuffle_do("step")
    home = m.views(Household)[0]
    assert len(home.cell.get_neighborhood(radius=2)) > len(home.cell.neighborhood) > 2
    m.step()
    assert type(home.cell) in copyreg.dispatch_table
    gone = [weakref.ref(thing) for thing in (m, m.world, m.grid, home, own, home.cell, type(home.cell))]
    del m, own, home
    for _ in range(2):  # the class of the cells is let go of when the model has gone
        gc.collect()
    assert [ref() for ref in gone] == [None] * len(gone)


# -- agents ---------------------------------------------------------------------------------------


def test_every_row_is_an_agent_with_its_own_number(lived: GovernanceModel) -> None:
    sizes, w = lived.world.layout.sizes, lived.world
    counts = {kind: len(found) for kind, found in lived.agents_by_type.items()}
    formed = int((w.body[0] != bodies.NONE).sum())
    served = int((w.contract[0] != contracts.NONE).sum())
    assert formed == sizes["compound"], "the scenario forms every body"
    assert 0 < served < sizes["compound"]
    assert counts == {
        Household: sizes["household"],
        Building: sizes["building"],
        PartyBranch: sizes["compound"],
        Body: formed,
        Mediator: sizes["community"],
        PropertyCompany: served,
        SubDistrictCentre: sizes["centre"],
        Court: 1,
        Compound: sizes["compound"],
        Candidate: 3 * sizes["compound"],
    }
    assert len(lived.agents) == sum(counts.values())
    assert lived.agent_types == list(KINDS)
    numbers = np.arange(1, sum(sizes[kind.of] for kind in KINDS) + 1)
    companies = lived.first_id(PropertyCompany) - 1 + np.arange(sizes["compound"])
    absent = numbers[companies][w.contract[0] == contracts.NONE]
    assert sorted(lived.agents.get("unique_id")) == sorted(set(numbers.tolist()) - set(absent.tolist()))
    assert all(isinstance(agent, mesa.Agent) and agent.model is lived for agent in lived.agents)


def test_households_show_their_columns(lived: GovernanceModel) -> None:
    w, homes = lived.world, lived.agents_by_type[Household]
    assert homes.get("row") == list(range(w.households))
    assert homes.get("tenure") == [Tenure(v) for v in w.tenure[0].tolist()]
    assert homes.get("member") == w.member[0].tolist()
    for column in ("elder", "connected", "pays", "apathetic"):
        assert homes.get(column) == getattr(w, column)[0].tolist()
        assert 0 < homes.agg(column, sum) < len(homes)
    assert homes.get("area") == [v / 100 for v in w.area[0].tolist()]
    assert 20 < homes.agg("area", min) < homes.agg("area", max) < 200
    assert homes.get("purse") == [v / 100 for v in w.purse[0].tolist()]
    assert homes.get("fee_type") == w.fee_type[0].tolist()
    assert homes.get("arrears") == [v / 100 for v in w.arrears[0].tolist()]
    assert homes.agg("arrears", max) > 0
    assert homes.get("floor") == w.layout.traits["floor"].tolist()
    assert homes.get("top_floor") == [v == 1 for v in w.layout.traits["top"].tolist()]
    assert homes.get("compound") == w.layout.up("household", "compound").tolist()
    assert homes.agg("open_grievances", sum) == w.stock["aching"][0] > 0
    every, here = np.arange(w.households), np.zeros(w.households, dtype=np.int64)
    for desk in trust.TRUSTED:
        expected = trust.in_desk(w, desk, here, every).tolist()
        assert [home.trust_by_desk[desk] for home in homes] == expected
    assert len(set(homes.get("trust"))) > 1
    for home in homes:
        assert home.trust == pytest.approx(sum(home.trust_by_desk.values()) / len(trust.TRUSTED))
        assert home.belief == pytest.approx(sum(home.belief_by_kind.values()) / len(home.belief_by_kind))
        assert home in home.building.households
        assert home.cell is home.building.cell
        assert home.compound == home.building.compound


def test_owners_show_what_they_have_decided() -> None:
    soon = {"committee_share": 0.4, "term_of_office": 1.0}  # terms that end in these months
    given = {
        "structure": SMALL | {"compounds": 2},
        "parameters": LIVELY | {"emergency": 0.0, "fund_empty": 0.5, **soon},
    }
    m = model(MERGED, burn_in=182, **given)
    homes, shown, kinds = m.agents_by_type[Household], {"signed": 0, "voted": 0}, set[int]()
    for _ in range(150):
        m.step()
        w = m.world
        for name, ballot in (("signed", False), ("voted", True)):
            decided = {
                int(owner)
                for owner, motion, done in zip(w.asked.owner, w.asked.motion, w.asked.done, strict=True)
                if done and w.motions.open[motion] and (w.motions.kind[motion] != Motion.SHARES) == ballot
            }
            assert {home.row for home in homes if getattr(home, name)} == decided
            shown[name] += len(decided)
        kinds.update(w.motions.kind[w.motions.open].tolist())
    assert min(shown.values()) > 100, shown
    assert kinds >= {Motion.SHARES, Motion.FUND, Motion.ELECT}, "ballots are not only about the fund"


def test_owners_show_that_they_dispute_their_fees() -> None:
    m = model(MERGED, parameters=LIVELY | {"claim_rate": 0.3, "fee_start": 0.6}, structure=SMALL | {"households": 300})
    homes, shown = m.agents_by_type[Household], 0
    for _ in range(26):
        m.run(until=m.day + 7)
        g = m.world.grievances
        disputing = set(g.household[(g.kind == Kind.FEE) & g.aching].tolist())
        assert {home.row for home in homes if home.fees_disputed} == disputing
        assert all(homes[row].arrears > 0 for row in disputing)
        shown += len(disputing)
    assert shown > 10


def test_buildings_hold_their_households(lived: GovernanceModel) -> None:
    buildings = lived.agents_by_type[Building]
    homes = [home for building in buildings for home in building.households]
    assert homes == list(lived.agents_by_type[Household])
    w = lived.world
    kinds, of = w.layout.traits["asset_kind"], w.layout.traits["asset_building"]
    broken = [[Kind(k) for k in kinds[(of == b) & w.defective[0]]] for b in range(len(buildings))]
    assert buildings.get("defects") == broken
    assert {kind for row in broken for kind in row} == {Kind.ROOF, Kind.PIPE, Kind.LIGHTING}
    assert buildings.get("leaking") == [Kind.ROOF in row for row in broken]
    assert buildings.agg("leaking", sum) == lived.world.stock["leaking_roofs"][0] > 0


def test_offices_show_their_desks(lived: GovernanceModel) -> None:
    w, by_type = lived.world, lived.agents_by_type
    compounds = w.layout.sizes["compound"]
    branches, found, mediators = by_type[PartyBranch], by_type[Body], by_type[Mediator]
    companies, centres = by_type[PropertyCompany], by_type[SubDistrictCentre]
    served = np.flatnonzero(w.contract[0] != contracts.NONE)
    assert companies.get("desk") == (3 * served).tolist()
    assert [*found.get("desk"), *branches.get("desk"), *mediators.get("desk"), *centres.get("desk")] == [
        *range(1, 3 * compounds, 3),
        *range(2, 3 * compounds, 3),
        *range(3 * compounds, w.layout.sizes["desk"] - 1),
    ]  # the last is the court's
    offices = [*companies, *found, *branches, *mediators, *centres]
    for office in offices:
        assert office.hours * 60 == w.desk_minutes[0, office.desk]
        assert office.wait == w.wait_days[0, office.desk]
        assert office.cell.coordinate == tuple(w.layout.cells["desk"][office.desk])
    queued = w.cases.desk[np.isin(w.cases.stage, (Stage.WAITING, Stage.APPROVAL))]
    assert [office.queue for office in offices] == [int((queued == office.desk).sum()) for office in offices]
    assert sum(office.queue for office in offices) == len(queued) > 0
    assert companies.get("contract") == [Contract(v) for v in w.contract[0, served].tolist()]
    assert companies.get("effort") == w.effort[0, served].tolist()
    for column in ("satisfaction", "threat", "informed", "leaving"):
        assert companies.get(column) == getattr(w, column)[0, served].tolist()
    assert companies.get("number") == w.company[0, served].tolist()
    for money in ("earned", "collected"):
        assert companies.get(money) == (getattr(w, money)[0, served] / 100).tolist()
    assert companies.agg("collected", min) > 0
    for company in companies:
        flats = [home for building in company_compound(lived, company).buildings for home in building.households]
        assert company.collection == pytest.approx(np.mean([home.pays for home in flats]))
        assert company.compounds == [other.compound for other in companies if other.number == company.number]
        term = w.contract_end[0, company.row] != NEVER
        assert company.contract_left == (w.contract_end[0, company.row] - lived.day if term else None)
    assert companies.get("in_loss") == (w.losses[0, served] > 0).tolist()
    assert companies.get("till") == (w.till[0, served] / 100).tolist()
    assert all(companies.get("till")), "a company has neither earned nor spent anything"
    assert companies.get("compound") == served.tolist()
    kinds, up = w.layout.traits["asset_kind"], w.layout.up("asset", "compound")
    shared = [[Kind(k) for k in kinds[(up == c) & (kinds >= Kind.RUBBISH) & w.defective[0]]] for c in served]
    assert companies.get("defects") == shared
    assert any(shared)
    assert centres.get("communities") == [[0], [1]]
    assert branches.get("merged") == (w.merged[0] > 0).tolist()
    assert sorted(branches.get("merged")) == [False, False, True, True], "the scenario covers half"
    assert branches.get("principals") == w.principals[0].tolist()
    assert found.get("kind") == [BodyKind(v) for v in w.body[0].tolist()]
    assert found.get("functioning") == w.functioning[0].tolist()
    assert mediators.get("compounds") == [[0, 1], [2, 3]]
    assert found.get("compound") == branches.get("compound") == [0, 1, 2, 3]


def company_compound(m: GovernanceModel, company: PropertyCompany) -> Compound:
    """The compound that a company serves."""
    return m.agents_by_type[Compound][company.compound]


def test_bodies_show_who_is_in_office(lived: GovernanceModel) -> None:
    w, found = lived.world, lived.agents_by_type[Body]
    for column in ("director_ability", "director_integrity", "captured"):
        assert found.get(column) == getattr(w, column)[0].tolist()
    assert len(set(found.get("director_ability"))) == len(found)
    assert found.get("director_hours") == (w.director_minutes[0] / 60).tolist()
    terms = [None if end == NEVER else end - lived.day for end in w.term_end[0].tolist()]
    assert found.get("term_left") == terms
    assert [left is not None for left in terms] == [kind is BodyKind.COMMITTEE for kind in found.get("kind")]


def test_branches_show_their_secretaries() -> None:
    """Where there is no arrangement there is none; a removed one leaves a vacancy, then the next takes over."""
    m = model(
        (
            "formed_body",
            "yijiantiao",
            "yijiantiao.coverage=0.5",
            "yijiantiao.removal_day=14",
            "yijiantiao.vacancy_days=30",
        )
    )
    branches, people = m.agents_by_type[PartyBranch], m.agents_by_type[Candidate]
    assert people.get("compound") == [c for c in range(4) for _ in range(3)]
    for name in ("ability", "integrity", "score"):
        assert people.get(name) == getattr(m.world, f"candidate_{name}")[0].tolist()
    assert len(set(people.get("score"))) == 12
    assert all(branch.candidates == list(people)[3 * branch.row : 3 * branch.row + 3] for branch in branches)
    covered = [branch.row for branch in branches if branch.merged]
    assert len(covered) == 2

    def in_office() -> list[int]:
        """Rows of the candidates in office, who are the secretaries of the branches."""
        rows = [branch.secretary.row for branch in branches if branch.secretary is not None]
        assert rows == [person.row for person in people if person.in_office]
        return rows

    assert in_office() == [3 * row for row in covered]
    assert {branches[row].merged_share for row in covered} == {1.0}
    m.run(until=20)  # offices change at the end of days 13 and 20, and the removal comes with the second
    assert in_office() == [3 * row for row in covered]
    m.run(until=55)
    assert in_office() == []
    assert not any(branches.get("merged"))
    m.run(until=56)  # that of day 55 is the first change of offices 30 days or more after day 20
    assert in_office() == [3 * row + 1 for row in covered]
    assert all(0.3 < branches[row].merged_share < 1.0 for row in covered)


def test_compounds_show_what_owners_have_in_common(lived: GovernanceModel) -> None:
    w, found = lived.world, lived.agents_by_type[Compound]
    assert found.get("public") == (w.public[0] / 100).tolist()
    assert found.get("fund") == (w.fund[0] / 100).tolist()
    assert found.get("age") == pytest.approx((w.age[0] + 91 / 365).tolist())
    for column in ("electing", "balloting"):
        assert found.get(column) == getattr(w, column)[0].tolist()
    assert [building for one in found for building in one.buildings] == list(lived.agents_by_type[Building])
    assert found.get("branch") == list(lived.agents_by_type[PartyBranch])
    assert [one.body for one in found if one.body is not None] == list(lived.agents_by_type[Body])
    assert [one.company for one in found if one.company is not None] == list(lived.agents_by_type[PropertyCompany])
    assert any(one.company is None for one in found)
    for one in found:
        assert one.cell is one.branch.cell is one.branch.candidates[0].cell
        assert one.company is None or one.defects == one.company.defects


def test_the_court_shows_what_is_before_it() -> None:
    quick = {"gap_mean": 0.3, "joint_cost": 0.2, "most_sessions": 1, "sues": 0.5, "community_hours": 4.0}
    m = model(BASELINE, parameters=LIVELY | quick, structure=SMALL | {"households": 600}, burn_in=182)
    (court,) = m.agents_by_type[Court]
    assert court.cell.coordinate == (0, 0)
    seen = []
    for _ in range(20):
        m.run(until=m.day + 7)
        seen.append(court.pending)
        assert court.pending == (m.world.cases.stage == Stage.COURT).sum()
    assert max(seen) > 0


def test_second_principals_have_hours() -> None:
    two = ("yijiantiao.channels=off", "yijiantiao.case_ledger=on", "yijiantiao.hours=3")
    m = model(("formed_body", "yijiantiao", *two))
    branches, ledger = m.agents_by_type[PartyBranch], m.world.ledger_minutes[0] / 60
    assert set(branches.get("principals")) == {2}
    assert not any(branches.get("merged"))
    assert set(branches.get("secretary_hours")) == {3.0}
    assert branches.get("hours") == pytest.approx((3 - ledger).tolist())  # what is set aside is missing at the desk
    assert np.all(ledger > 0)


def test_only_compounds_with_a_body_have_one_as_agent() -> None:
    m = model(BASELINE, parameters={"committee_share": 0.4, "management_share": 0.0}, structure={"compounds": 20})
    formed = np.flatnonzero(m.world.body[0] != bodies.NONE)
    found = m.agents_by_type[Body]
    assert found.get("compound") == formed.tolist()
    assert 0 < len(formed) < 20
    assert set(found.get("kind")) == {BodyKind.COMMITTEE}

    # A body that is formed later appears, one that is dissolved goes; all others stay the same objects.
    before, everybody = list(found), len(m.agents)
    late = int(np.flatnonzero(m.world.body[0] == bodies.NONE)[0])
    changed = m.world.body.copy()
    changed[0, [late, formed[0]]] = bodies.MANAGEMENT, bodies.NONE
    m.world.body = changed
    found = m.agents_by_type[Body]
    assert set(found) == {*before[1:], m.views(Body)[late]}
    assert m.views(Body)[late].kind is BodyKind.MANAGEMENT
    assert len(m.agents) == everybody
    assert m.agents_by_type[Body] is found


def test_only_compounds_with_a_company_have_one_as_agent() -> None:
    m = model(BASELINE, parameters={"no_company": 0.5}, structure={"compounds": 20})
    served = np.flatnonzero(m.world.contract[0] != contracts.NONE)
    found = m.agents_by_type[PropertyCompany]
    assert found.get("compound") == served.tolist()
    assert 0 < len(found) < 20
    assert Contract.NONE not in found.get("contract")

    # A company that comes appears, one that leaves goes; all others stay the same objects.
    before, everybody = list(found), len(m.agents)
    late = int(np.flatnonzero(m.world.contract[0] == contracts.NONE)[0])
    m.world.contract[0, [late, served[0]]] = contracts.FIXED_TERM, contracts.NONE
    found = m.agents_by_type[PropertyCompany]
    assert set(found) == {*before[1:], m.views(PropertyCompany)[late]}
    assert m.views(PropertyCompany)[late].contract is Contract.FIXED
    assert len(m.agents) == everybody
    assert m.agents_by_type[PropertyCompany] is found


def test_no_body_at_all_is_an_empty_set() -> None:
    m = model()
    m.world.body = np.zeros_like(m.world.body)
    assert len(m.agents_by_type[Body]) == 0


def test_mesas_verbs_work(lived: GovernanceModel) -> None:
    homes = lived.agents_by_type[Household]
    owners = homes.select(lambda home: home.tenure is Tenure.OWNER)
    assert len(owners) == (lived.world.tenure[0] == compound.OWNER).sum()
    assert len(lived.agents.select(agent_type=Mediator)) == 2
    groups = homes.groupby("compound")
    assert groups.count() == dict(enumerate(lived.world.layout.count("compound", "household").tolist()))
    worst = homes.sort("open_grievances").select(at_most=1)[0]
    assert worst.open_grievances == homes.agg("open_grievances", max)
    seen: list[int] = []
    assert homes.shuffle_do(lambda home: seen.append(home.row)) is homes
    assert sorted(seen) == list(range(len(homes))) != seen
    assert homes.map(lambda home: home.row) == homes.get("row")
    assert homes.do("step") is homes
    known = lived.agents.get("trust", handle_missing="default", default_value=None)
    assert len(known) - known.count(None) == len(homes)


def test_agents_stay_the_same_and_show_the_present_day() -> None:
    m = model(MERGED)
    agents, homes = m.agents, m.agents_by_type[Household]
    before, suffering = list(agents), homes.get("open_grievances")
    m.run(until=60)
    assert m.agents is agents
    assert list(m.agents) == before
    assert homes.get("open_grievances") != suffering
    assert homes.agg("open_grievances", sum) == m.world.stock["aching"][0]


def test_agents_cannot_be_written(lived: GovernanceModel) -> None:
    before = state(lived)
    agents = [lived.agents_by_type[kind][0] for kind in KINDS]
    for agent in agents:
        kind = type(agent).__name__
        for name in ("unique_id", "cell", "row", "model", "pos", "anything"):
            with pytest.raises(AttributeError, match=f"{kind}.{name} is read-only: agents are views"):
                setattr(agent, name, None)
        with pytest.raises(AttributeError, match=f"{kind}.row is read-only"):
            del agent.row
        with pytest.raises(AttributeError, match=f"{kind} cannot be removed"):
            agent.remove()
    with pytest.raises(AttributeError, match=r"Household\.trust is read-only"):
        agents[0].trust = 1.0
    with pytest.raises(AttributeError, match=r"Household\.tenure is read-only"):
        lived.agents_by_type[Household].set("tenure", Tenure.OWNER)
    with pytest.raises(AttributeError):
        lived.agents = []
    assert_state(lived, before)
    assert "Household(0)" in repr(agents[0])


def test_a_users_own_agents_stand_beside_the_views() -> None:
    early, late = model(), model()
    visitors = [Visitor(early)]  # before the views are made
    n = len(early.agents)
    visitors.append(Visitor(early))
    assert len(late.agents) == n - 1
    Visitor(late)
    assert len(late.agents) == n
    assert list(early.agents_by_type[Visitor]) == visitors
    numbers = early.agents.get("unique_id")
    assert len(set(numbers)) == len(numbers) == n + 1
    visitors.pop().remove()
    assert len(early.agents) == n
    early.step()
    assert len(early.agents) == n


# -- the grid -------------------------------------------------------------------------------------


def test_buildings_stand_on_the_grid(lived: GovernanceModel) -> None:
    grid, layout = lived.grid, lived.world.layout
    assert isinstance(grid, OrthogonalMooreGrid)
    assert (grid.width, grid.height, grid.torus, grid.capacity) == (layout.width, layout.height, False, None)
    assert set(grid.agents) == set(lived.agents_by_type[Building])
    for building in lived.agents_by_type[Building]:
        assert building in building.cell.agents
        assert building.cell.coordinate == tuple(layout.cells["building"][building.row])
        assert building.cell.settlement == building.compound
        assert not building.cell.empty
    assert len(grid.all_cells) == layout.width * layout.height


def test_neighbourhoods_are_mesas(lived: GovernanceModel) -> None:
    plain = OrthogonalMooreGrid((lived.grid.width, lived.grid.height), torus=False, random=lived.random)
    for at in ((0, 0), (3, 4)):
        for radius in (1, 2, 3):
            for centre in (True, False):
                ours = lived.grid[at].get_neighborhood(radius, include_center=centre)
                theirs = plain[at].get_neighborhood(radius, include_center=centre)
                assert {c.coordinate for c in ours} == {c.coordinate for c in theirs}
        assert {c.coordinate for c in lived.grid[at].neighborhood} == {c.coordinate for c in plain[at].neighborhood}


def test_layers_follow_the_world() -> None:
    m = model(MERGED, burn_in=56)
    grid, layout = m.grid, m.world.layout
    arrays = {name: getattr(grid, name).data for name in (*layout.layers, "leaking", "open_grievances")}
    leaks = set()
    for _ in range(60):
        for building in m.views(Building):
            assert building.cell.leaking == building.leaking
            assert building.cell.open_grievances == sum(home.open_grievances for home in building.households)
        assert grid.leaking.data.sum() == m.world.stock["leaking_roofs"][0]
        assert grid.open_grievances.data.sum() == m.world.stock["aching"][0]
        leaks.add(int(grid.leaking.data.sum()))
        m.step()
    assert len(leaks) > 1
    for name, array in arrays.items():
        assert getattr(grid, name).data is array, "a layer was replaced, so whoever drew it sees an old day"
    for name, data in layout.layers.items():
        np.testing.assert_array_equal(arrays[name], data)


# -- the collector --------------------------------------------------------------------------------


def test_a_row_is_the_state_at_the_beginning_of_its_day() -> None:
    m = model(MERGED, burn_in=56)
    expected = []
    for _ in range(21):
        homes = m.agents_by_type[Household].select(lambda home: home.tenure is not Tenure.VACANT)
        expected.append((m.day, homes.agg("open_grievances", sum), np.mean(homes.get("trust"))))
        m.step()
    frame = m.datacollector.get_model_vars_dataframe()
    assert frame.shape == (22, len(REPORTERS))
    assert list(frame.columns) == list(REPORTERS)
    assert frame["day"].tolist() == frame.index.tolist() == list(range(22))
    for (day, aching, mean), row in zip(expected, frame.itertuples(), strict=False):
        assert (row.day, row.aching) == (day, aching)
        assert row.mean_trust == pytest.approx(mean)
    w = m.world
    for name in ("arisen", "claimed", "settled", "escalated"):
        daily = w.record[:, 0, w.series.index(name)]
        assert frame[name].tolist() == [0, *np.cumsum(daily).tolist()]
    assert frame["arisen"].iloc[-1] > 0
    stocks = w.record[:, 0, w.series.index("unresolved")] / w.occupied[0, 0]
    assert frame["unresolved_per_1000"].tolist()[1:] == stocks.tolist()
    assert frame["defective_assets"].nunique() > 2
    for name in ("leaking_roofs", "defective_assets", "with_company", "payers"):
        assert frame[name].tolist()[1:] == w.record[:, 0, w.series.index(name)].tolist()


def test_reporters_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(REPORTERS)).keys() == REPORTERS.keys()


# -- what is asked for ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"place": "compoud"}, "unknown place 'compoud'; did you mean 'compound'?"),
        ({"scenario": ["yijiantio"]}, "unknown mechanism 'yijiantio'; did you mean 'yijiantiao'?"),
        ({"scenario": "yijiantiao"}, "is not a list of words"),
        ({"scenario": ["yijiantiao", "yijiantiao.hours=9"]}, r"yijiantiao.hours=9 is out of range \[0, 8\]"),
        ({"structure": {"compound": 2}}, "unknown setting 'compound'; did you mean 'compounds'?"),
        ({"structure": {"compounds": 0}}, "compounds=0 is out of range"),
        ({"structure": {"quiet": 2.0}}, "'quiet'"),
        ({"structure": ["compounds"]}, "is not a dictionary"),
        ({"parameters": {"quite": 2.0}}, "unknown setting 'quite'; did you mean 'quiet'?"),
        ({"parameters": {"compounds": 3}}, "'compounds'"),
        ({"parameters": {"quiet": "much"}}, "quiet=much is not a number"),
        ({"parameters": 3}, "is not a dictionary"),
        ({"burn_in": 10}, "burn_in=10 is not a number of whole weeks"),
        ({"burn_in": -7}, "burn_in=-7 is out of range"),
        ({"seed": 1.5}, "seed=1.5 is not a whole number"),
        ({"seed": True}, "seed=True is not a whole number"),
        ({"seed": 2**63}, "is out of range"),
        ({"rng": "one"}, "rng=one is not a whole number"),
        ({"replication": -1}, "replication=-1 is out of range"),
        ({"layout": None}, "layout=None is not a whole number"),
        ({"prior_draws": "yes"}, "prior_draws=yes is not true or false"),
    ],
)
def test_a_mistake_has_one_line(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        GovernanceModel(**arguments)
    assert isinstance(caught.value, SimError)
    assert "\n" not in str(caught.value)


def test_what_is_given_is_not_changed() -> None:
    structure, parameters, scenario = {"compounds": 1}, {"quiet": 2.0}, ["formed_body"]
    GovernanceModel(structure=structure, parameters=parameters, scenario=scenario).step()
    assert (structure, parameters, scenario) == ({"compounds": 1}, {"quiet": 2.0}, ["formed_body"])


# -- imports --------------------------------------------------------------------------------------


def loaded_by(statement: str) -> set[str]:
    """Top-level names and own modules that a statement loads in a fresh interpreter."""
    code = f"import sys\nbefore = set(sys.modules)\n{statement}\nprint(*sorted(set(sys.modules) - before))"
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {name if name.startswith("sim") else name.partition(".")[0] for name in done.stdout.split()}


def test_the_engine_does_without_mesa() -> None:
    assert not {"mesa", "pandas", "sim.model", "sim.agents"} & loaded_by("import sim.worlds")


def test_the_package_imports_nothing_until_asked() -> None:
    loaded = loaded_by("import sim")
    assert {name for name in loaded if name.startswith("sim")} == {"sim"}
    assert not {"mesa", "numpy"} & loaded
    assert {"mesa", "sim.model"} <= loaded_by("import sim; sim.GovernanceModel")
