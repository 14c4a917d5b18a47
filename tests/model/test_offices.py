"""Offices, companies and compounds as agents: what they show, and when they are there."""

from __future__ import annotations

import numpy as np
import pytest

from sim.agents import (
    Body,
    BodyKind,
    Building,
    Candidate,
    Compound,
    Contract,
    Court,
    Mediator,
    PartyBranch,
    PropertyCompany,
    SubDistrictCentre,
)
from sim.cases import NEVER, Kind, Stage
from sim.model import GovernanceModel
from sim.rules import bodies, contracts
from tests.model.worlds import (
    BASELINE,
    LIVELY,
    SMALL,
    model,
)


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
