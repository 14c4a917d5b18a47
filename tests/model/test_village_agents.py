"""What agents of villages show, and when they are there."""

from __future__ import annotations

import numpy as np
import pytest

from sim.agents import (
    Base,
    Coaches,
    Collective,
    Court,
    Enterprise,
    Keeping,
    Plant,
    Role,
    Team,
    Township,
    TownshipJustice,
    VillageBranch,
    VillageHousehold,
    VillageMediator,
)
from sim.cases import NEVER, Stage
from sim.model import GovernanceModel
from sim.places import village
from sim.rules import bases, canvass, trust
from sim.space import LAND_USE
from tests.model.test_places import model


@pytest.fixture(scope="module")
def lived() -> GovernanceModel:
    """An alliance in its second year; for looking at, not for stepping."""
    m = model("village", ("village_alliance",))
    m.run(until=500)
    return m


def test_households_show_their_yards(lived: GovernanceModel) -> None:
    w, homes = lived.world, lived.agents_by_type[VillageHousehold]
    assert homes.get("row") == list(range(w.layout.sizes["yard"]))
    same = {
        "member": "farm_member", "flock": "birds", "flock_wish": "flock_wish", "hour_worth": "hour_worth",
        "risk_aversion": "risk_aversion", "in_trade": "keeps", "adopted": "adopted", "batches": "yard_batches",
        "skill": "skill", "bird_belief": "belief_mean", "model_household": "model_household",
    }  # fmt: skip
    for name, column in same.items():
        assert homes.get(name) == getattr(w, column)[0].tolist()
        assert len(set(homes.get(name))) > 1, f"{name}: all are alike"
    money = {"income": "income", "loan": "loan", "farm_income": "farm_income", "wages": "wage_income"}
    for name, column in (money | {"dividends": "dividend_income"}).items():
        assert homes.get(name) == (getattr(w, column)[0] / 100).tolist()
        assert homes.agg(name, max) > 0
    assert homes.get("purse") == (w.purse[0, w.layout.traits["yard_household"]] / 100).tolist()
    assert homes.get("keeping") == [Keeping(mode) for mode in w.mode[0].tolist()]
    assert homes.get("bird_belief_sd") == pytest.approx((w.belief_precision[0] ** -0.5).tolist())
    left = [None if end == NEVER else end - lived.day for end in w.batch_end[0].tolist()]
    assert homes.get("days_to_sale") == left
    bases_of = [None if row < 0 else lived.views(Base)[row] for row in w.yard_base[0].tolist()]
    assert homes.get("base") == bases_of
    assert any(bases_of)
    assert homes.get("barred") == (w.barred_day[0] > lived.day).tolist()
    for home in homes:
        assert home in home.team.households
        assert home in home.collective.households
        assert home.village == home.team.village == home.collective.row
    assert [home for team in lived.agents_by_type[Team] for home in team.households] == list(homes)


def test_collectives_show_what_they_own(lived: GovernanceModel) -> None:
    w, found = lived.world, lived.agents_by_type[Collective]
    assert found.get("role") == [Role.MONEY, Role.LAND, Role.AROUND, Role.AROUND]
    for name, column in {"capital": "contributed", "treasury": "treasury", "gain": "year_gain"}.items():
        assert found.get(name) == (getattr(w, column)[0] / 100).tolist()
    assert found.get("dividend") == (w.paid_out[0] / 100).tolist()
    assert found.agg("capital", max) > 0
    for column in ("woodland", "rooms", "project"):
        assert found.get(column) == getattr(w, column)[0].tolist()
    assert [team for one in found for team in one.teams] == list(lived.agents_by_type[Team])
    branches = lived.agents_by_type[VillageBranch]
    assert found.get("branch") == list(branches)
    assert branches.get("hours") == (w.branch_minutes[0] / 60).tolist()
    use = canvass.minutes(w)
    assert w.table_minutes.any(), "nobody sat at a table"
    for branch in branches:
        hours = {name[: -len("_minutes")]: m[0, branch.row] / 60 for name, m in use.items()}
        assert branch.hours_by_use == hours | {"table": w.table_minutes[0, branch.row] / 60}
        assert sum(branch.hours_by_use.values()) == pytest.approx(branch.hours)
    coaches = lived.agents_by_type[Coaches]
    assert coaches.get("village") == [0, 1], "who is around has none"
    assert coaches.get("hours") == (w.coach_minutes[0, :2] / 60).tolist()


def test_households_claim_and_offices_have_desks() -> None:
    m, pending = model("village", ("village_alliance",)), 0
    homes, seen = m.agents_by_type[VillageHousehold], 0
    for _ in range(26):
        m.run(until=m.day + 21)
        w = m.world
        assert homes.agg("open_grievances", sum) == w.stock["aching"][0] == m.grid.open_grievances.data.sum()
        assert homes.get("owed") == (w.dealing_owed[0] / 100).tolist()
        queued = w.cases.desk[w.cases.stage == Stage.WAITING]
        offices = [*m.agents_by_type[VillageMediator], *m.agents_by_type[TownshipJustice]]
        assert [office.desk for office in offices] == list(range(len(offices)))
        assert [office.queue for office in offices] == [int((queued == office.desk).sum()) for office in offices]
        assert [office.hours for office in offices] == (w.desk_minutes[0, : len(offices)] / 60).tolist()
        (court,) = m.agents_by_type[Court]
        assert court.pending == (w.cases.stage == Stage.COURT).sum()
        seen, pending = seen + int(w.stock["aching"][0]), pending + len(queued)
    assert seen and pending
    every, here = np.arange(w.households), np.zeros(w.households, dtype=np.int64)
    for desk in trust.trusted("village"):
        expected = trust.in_desk(w, desk, here, every)[w.layout.traits["yard_household"]].tolist()
        assert [home.trust_by_desk[desk] for home in homes] == expected
    assert list(homes[0].belief_by_kind) == [kind.name.lower() for kind in village.KINDS]
    assert [one.mediator.village for one in m.agents_by_type[Collective]] == [0, 1, 2, 3]
    assert m.agents_by_type[Township][0].justice is m.agents_by_type[TownshipJustice][0]


def test_bases_show_what_they_hold(lived: GovernanceModel) -> None:
    w, found = lived.world, lived.agents_by_type[Base]
    assert found.get("row") == np.flatnonzero(bases.runs(w)[0]).tolist()
    rows = found.get("row")
    for name, value in {
        "capital": w.capital[0] / 100, "lent": bases.lent(w)[0] / 100, "let_rooms": w.let_rooms[0],
        "capacity": bases.capacity(w)[0], "birds": bases.standing(w)[0], "own_birds": w.own_birds[0],
        "woodland": bases.land_and_rooms(w)[0][0], "rooms": bases.land_and_rooms(w)[1][0],
    }.items():  # fmt: skip
        assert found.get(name) == value[rows].tolist(), name
    for base in found:
        homes = [home for home in lived.agents_by_type[VillageHousehold] if home.base is base]
        assert base.birds == base.own_birds + sum(home.flock for home in homes)
        assert base.lent == pytest.approx(sum(home.loan for home in homes))
        assert base.collectives
        assert all(one.base is base for one in base.collectives)
        assert (base.plant is None) == (not w.plant[0, base.row])


def test_the_joint_base_comes_with_the_alliance() -> None:
    m = model("village", ("village_alliance",))
    (town,) = m.agents_by_type[Township]
    assert (town.allied, town.share, town.days_allied, town.joint_base) == (False, None, None, None)
    assert (town.share_offered, town.summons) == (0.5, True)
    assert not any(base.joint for base in m.agents_by_type[Base])
    before = len(m.agents)
    while not town.allied:
        m.step()
    assert m.day < 400
    (base,) = m.agents_by_type[Base]
    assert base.joint and town.joint_base is base and base.township == town.row
    assert {one.role for one in base.collectives} >= {Role.MONEY, Role.LAND}
    assert town.share == 0.5 and town.rounds >= 2 and town.days_allied == 1
    assert town.collectives == list(m.agents_by_type[Collective])
    assert len(m.agents) < before + 2


def test_enterprises_come_and_go() -> None:
    m = model("village", parameters={"firm_default": 0.6, "crash_rate": 0.8, "firm_gap": 90}, replication=1)
    (town,) = m.agents_by_type[Township]
    seen = set()
    for _ in range(120):
        m.run(until=m.day + 14)
        there = list(m.agents_by_type[Enterprise])
        seen.add(len(there))
        assert there == ([town.enterprise] if m.world.firm[0, 0] else [])
        assert all(firm.till == m.world.till_firm[0, 0] / 100 for firm in there)
    assert seen == {0, 1}


def test_a_plant_appears_when_it_is_built(lived: GovernanceModel) -> None:
    m = model("village", ("village_alliance",))
    assert len(m.agents_by_type[Plant]) == 0
    built = m.world.plant.copy()
    built[0, 2] = True
    m.world.plant = built
    m.world.plant_hand[0, 2] = 5
    (plant,) = m.agents_by_type[Plant]
    assert (plant.base.row, plant.base.plant, plant.hand) == (2, plant, m.views(VillageHousehold)[5])


def test_layers_show_land_rooms_and_birds(lived: GovernanceModel) -> None:
    w, grid = lived.world, lived.grid
    settlement, use = grid.settlement.data, grid.land_use.data
    for collective in lived.agents_by_type[Collective]:
        mine = settlement == collective.row
        assert grid.woodland.data[mine].sum() == pytest.approx(collective.woodland)
        assert grid.idle_rooms.data[mine].sum() == collective.rooms == collective.cell.idle_rooms
    assert np.all(use[grid.woodland.data > 0] == LAND_USE["woodland"])
    assert grid.birds.data.sum() == w.birds[0].sum() + w.own_birds[0].sum() > 0
    assert grid.in_trade.data.sum() == w.stock["keeping"][0] > 0
    for home in lived.agents_by_type[VillageHousehold]:
        assert home.cell.birds == home.flock
        assert home.cell.in_trade == home.in_trade


def test_the_collector_adds_up(lived: GovernanceModel) -> None:
    last = lived.datacollector.get_model_vars_dataframe().iloc[-1]
    homes = lived.agents_by_type[VillageHousehold]
    assert last["price"] == lived.world.price[0, 0] / 100
    assert last["capital"] == pytest.approx(lived.agents_by_type[Collective].agg("capital", sum))
    assert last["farm_income"] == pytest.approx(homes.agg("farm_income", sum))
    assert last["capacity"] == lived.agents_by_type[Base].agg("capacity", sum)
