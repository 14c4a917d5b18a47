"""Agents are views: each row of each kind once, always of the present day, with Mesa's verbs, and read-only."""

from __future__ import annotations

import mesa
import numpy as np
import pytest

from benchmarks import agents as agents_benchmark
from sim.agents import (
    Body,
    Building,
    Candidate,
    Compound,
    Courier,
    Court,
    Household,
    Hub,
    Mediator,
    PartyBranch,
    PropertyCompany,
    SubDistrictCentre,
    Tenure,
)
from sim.cases import Kind
from sim.model import GovernanceModel
from sim.places import compound
from sim.rules import bodies, contracts, trust
from sim.rules.motions import Motion
from tests.model.worlds import (
    LIVELY,
    MERGED,
    SMALL,
    Visitor,
    assert_state,
    model,
    state,
)

KINDS = (
    Household, Building, PartyBranch, Body, Mediator, PropertyCompany, SubDistrictCentre, Court, Compound, Candidate,
    Courier, Hub,
)  # fmt: skip


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
        Courier: sizes["courier"],
        Hub: 0,
    }
    assert len(lived.agents) == sum(counts.values())
    assert lived.agent_types == list(KINDS)
    numbers = np.arange(1, sum(sizes[kind.of] for kind in KINDS) + 1)
    companies = lived.first_id(PropertyCompany) - 1 + np.arange(sizes["compound"])
    hubs = lived.first_id(Hub) - 1 + np.arange(sizes["community"])
    absent = [*numbers[companies][w.contract[0] == contracts.NONE], *numbers[hubs]]
    assert sorted(lived.agents.get("unique_id")) == sorted(set(numbers.tolist()) - set(absent))
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
    for desk in trust.trusted("compound"):
        expected = trust.in_desk(w, desk, here, every).tolist()
        assert [home.trust_by_desk[desk] for home in homes] == expected
    assert len(set(homes.get("trust"))) > 1
    for home in homes:
        assert home.trust == pytest.approx(sum(home.trust_by_desk.values()) / len(trust.trusted("compound")))
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
    assert len(known) - known.count(None) == len(homes) + len(lived.agents_by_type[Courier])


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
    agents = [lived.views(kind)[0] for kind in KINDS]  # also of those not there today
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


def test_the_benchmark_makes_the_agents_it_counts() -> None:
    found = agents_benchmark.measure(1000)
    sizes = model(structure={"compounds": 2, "households": 500, "size_spread": 0.0}).world.layout.sizes
    assert found.pop("agents") >= 1000 + sum(sizes[kind.of] for kind in (Building, PartyBranch, Mediator, Candidate))
    assert all(seconds >= 0 for seconds in found.values())
