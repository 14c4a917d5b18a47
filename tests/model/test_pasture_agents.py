"""What agents of pastures show, where they are, and when they are there."""

from __future__ import annotations

import numpy as np
import pytest

from sim.agents import (
    BorderStation,
    CamperHousehold,
    Circle,
    Claimant,
    Contractor,
    Court,
    Crew,
    Ground,
    HerderHousehold,
    JusticeOffice,
    MediationRoom,
    MobileTeam,
    Resident,
    Sumu,
    SumuCentre,
    WorkerHousehold,
    WorkSite,
)
from sim.cases import NEVER, Desk, Stage
from sim.model import GovernanceModel
from sim.places import pasture
from sim.rules import travel, trust
from tests.model.test_places import model

MOBILE = ("mobile_mediation",)
OFFICES = (BorderStation, MediationRoom, JusticeOffice, SumuCentre)
JULY, JANUARY = 200, 380


@pytest.fixture(scope="module")
def july() -> GovernanceModel:
    """Two sumus in summer; for looking at, not for stepping."""
    m = model("pasture", MOBILE)
    m.run(until=JULY)
    return m


def test_households_show_their_columns(july: GovernanceModel) -> None:
    w, homes = july.world, july.views(Resident)
    t, every, here = w.layout.traits, np.arange(w.households), np.zeros(w.households, dtype=np.int64)
    assert [home.row for home in homes] == every.tolist()
    kinds = {HerderHousehold: pasture.HERDER, CamperHousehold: pasture.CAMPER, WorkerHousehold: pasture.WORKER}
    assert [kinds[type(home)] for home in homes] == t["living"].tolist()
    for column in ("aware", "connected"):
        assert [getattr(home, column) for home in homes] == getattr(w, column)[0].tolist()
        assert len(set(getattr(w, column)[0].tolist())) == 2
    assert [home.purse for home in homes] == (w.purse[0] / 100).tolist()
    for desk in trust.trusted("pasture"):
        assert [home.trust_by_desk[desk] for home in homes] == trust.in_desk(w, desk, here, every).tolist()
    kinds_of_grievance = [kind.name.lower() for kind in pasture.KINDS]
    assert all(list(home.belief_by_kind) == kinds_of_grievance for home in homes[:3])
    assert sum(home.open_grievances for home in homes) == w.stock["aching"][0] > 0
    herders = july.agents_by_type[HerderHousehold]
    for end in ("near", "far"):
        assert sum(herders.get(end)) == 2 * (60 // 5)
    for home in homes:
        assert home in home.circle.households
        assert home.km_to["station"] == travel.way(w, Desk.STATION, np.array([home.row]))[0] / 1000
    assert len(july.agents.select(agent_type=Claimant)) == w.households, "in July everybody is there"
    assert sorted(home.row for circle in july.agents_by_type[Circle] for home in circle.households) == every.tolist()


def test_herders_move_and_seasonal_people_come_and_go() -> None:
    m = model("pasture", MOBILE)
    herders = m.agents_by_type[HerderHousehold]
    everybody, seen = {home: home.unique_id for home in m.views(Resident)}, set()
    for day, campers, workers in ((20, 0, 0), (120, 0, 1), (JULY, 1, 1), (300, 0, 1), (JANUARY, 0, 0)):
        m.run(until=day)
        found = m.agents_by_type
        assert (len(found[CamperHousehold]) > 0, len(found[WorkerHousehold]) > 0) == (campers, workers)
        there = travel.there(m.world)
        assert sum(len(found[kind]) for kind in (HerderHousehold, CamperHousehold, WorkerHousehold)) == there.sum()
        assert [home.there for home in m.views(Resident)] == there.tolist()
        assert all((home.cell is None) == (not home.there) for home in m.views(Resident))
        ground = Ground.SUMMER if day == JULY else Ground.WINTER
        assert set(herders.get("ground")) == {ground}
        at = tuple(m.world.layout.traits[f"{axis}_{ground.value}"] for axis in "xy")
        for home in herders:
            cell = tuple(int(metres[home.row] // m.world.layout.cell_metres) for metres in at)
            assert home.cell.coordinate == cell
            assert home in home.cell.agents
        seen.add(tuple(home.cell.coordinate for home in herders))
        assert m.grid.households.data.sum() == there.sum()
    assert len(seen) == 2, "one winter camp, one summer ground"
    assert m.agents_by_type[HerderHousehold] is herders
    assert {home: home.unique_id for home in m.views(Resident)} == everybody


def test_offices_show_their_desks(july: GovernanceModel) -> None:
    w, offices = july.world, [office for kind in OFFICES for office in july.agents_by_type[kind]]
    for office in offices:
        assert office.hours == w.desk_minutes[0, office.desk] / 60
        assert office.wait == w.wait_days[0, office.desk]
        assert office.cell.coordinate == tuple(w.layout.cells["desk"][office.desk])
        assert w.layout.traits["desk_kind"][office.desk] == office.kind_of_desk
        assert office in office.cell.agents
    (court,) = july.agents_by_type[Court]
    assert court.pending == (w.cases.stage == Stage.COURT).sum()
    for sumu in july.agents_by_type[Sumu]:
        assert (sumu.station, sumu.room, sumu.justice, sumu.centre) == tuple(
            july.agents_by_type[kind][sumu.row] for kind in OFFICES
        )
        assert len(sumu.herders) == 60 and len(sumu.campers) == 15 and len(sumu.sites) == 3
        assert sumu.aware == pytest.approx(np.mean([home.aware for home in sumu.herders]))


def test_queues_are_those_of_the_desks() -> None:
    m, seen = model("pasture", MOBILE, replication=2), 0
    for _ in range(40):
        m.run(until=m.day + 7)
        queued = m.world.cases.desk[m.world.cases.stage == Stage.WAITING]
        offices = [office for kind in (*OFFICES, MobileTeam) for office in m.agents_by_type[kind]]
        assert [office.queue for office in offices] == [int((queued == office.desk).sum()) for office in offices]
        seen += len(queued)
    assert seen > 0


def test_only_stations_whose_officers_go_out_have_a_team(july: GovernanceModel) -> None:
    assert len(model("pasture").agents_by_type[MobileTeam]) == 0
    assert all(sumu.team is None for sumu in model("pasture").agents_by_type[Sumu])
    w, teams = july.world, july.agents_by_type[MobileTeam]
    assert [sumu.team for sumu in july.agents_by_type[Sumu]] == list(teams)
    assert teams.get("hours") == (w.team_field[0] / 60).tolist()
    assert teams.get("circuit_hours") == (w.circuit_time[0] / 60).tolist()
    assert teams.get("agencies") == [3, 3]
    assert all(teams.get("drives"))
    assert teams.get("talks") == w.talks_held[0].tolist()
    for use in ("summoned", "papers", "lessons"):
        assert [team.hours_set_aside[use] for team in teams] == (getattr(w, f"{use}_weekly")[0] / 60).tolist()


def test_sites_show_what_is_owed() -> None:
    m = model("pasture")
    owed, promised = 0, 0
    for _ in range(30):
        m.run(until=m.day + 14)
        w, sites = m.world, m.agents_by_type[WorkSite]
        assert sites.get("wages_owed") == m.agents_by_type[Crew].get("wages_owed") == (w.wages_owed[0] / 100).tolist()
        contractors = m.agents_by_type[Contractor]
        assert contractors.get("purse") == (w.contractor[0] / 100).tolist()
        assert contractors.get("instalments") == w.plan_left[0].tolist()
        plan = [None if day == NEVER else day - m.day for day in w.plan_day[0].tolist()]
        assert contractors.get("days_to_instalment") == plan
        assert m.grid.wages_owed.data.sum() == pytest.approx(sum(sites.get("wages_owed")))
        owed += sum(amount > 0 for amount in sites.get("wages_owed"))
        promised += sum(day is not None for day in plan)
        late = [one for one in contractors if one.days_to_late_pay is not None]
        assert all(one.site.wages_owed > 0 and one.instalments == 0 for one in late)
    assert owed and promised
    assert m.agents_by_type[Crew].get("times_owed") == m.world.wage_spells[0].tolist()
    for site in sites:
        assert site.crew.site is site.contractor.site is site
        assert len(site.crew.workers) == m.world.layout.traits["hands"][site.row]
        assert all(worker.site is site for worker in site.crew.workers)
    assert sum(worker.purse for worker in m.views(WorkerHousehold)) == pytest.approx(-sum(contractors.get("purse")))


def test_layers_show_grounds_ways_and_troubles(july: GovernanceModel) -> None:
    w, grid = july.world, july.grid
    herders = july.agents_by_type[HerderHousehold]
    assert grid.winter_ground.data.max() == 1, "one winter camp a cell"
    assert grid.winter_ground.data.sum() == grid.summer_ground.data.sum() == len(herders)
    for home in herders:
        assert home.cell.summer_ground >= 1
        assert home.cell.open_grievances >= home.open_grievances
    assert grid.open_grievances.data.sum() == w.stock["aching"][0], "in July everybody is there"
    for sumu in july.agents_by_type[Sumu]:
        mine = grid.settlement.data == sumu.row
        assert sumu.cell.centre_km == 0 == grid.centre_km.data[mine].min()
    centre = w.layout.traits["way_centre_winter"]
    for home in herders.select(lambda home: w.layout.traits["x_winter"][home.row] % w.layout.cell_metres == 1500):
        at = tuple(w.layout.cells["household"][home.row])
        assert grid.centre_km.data[at] == pytest.approx(centre[home.row] / 1000)
