"""Outcomes: by hand on a page of numbers, and against the event log of a real run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import outcomes, places
from sim.cases import NEVER, Activity, Kind, Stage
from sim.outcomes import OUTCOMES, Recorded, counts, quotients
from sim.places.compound import BODY, BRANCH, COMMUNITY, COMPANY, COURT, OWNER, TENANT, VACANT
from sim.rules import contracts
from sim.scenario import parse
from sim.schedule import rules_of
from sim.worlds import Recipe, Worlds
from tests import helpers
from tests.helpers import burnt_in, scenarios

RULES = rules_of("compound")
SERIES = [*(name for rule in RULES for name in rule.flows), *(name for rule in RULES for name in rule.stocks)]

GROUPS = dict(owner=160, tenant=40, connected=20, elder=80, top=50)
"""Of 200 households, as many belong to these groups of people."""

TRUST = dict(company=100_000_000, body=90_000_000, community=110_000_000, hotline=40_000_000)
"""Trust of 200 households added up, millionths."""

BORNE = dict(
    borne_thousandths=4000,
    borne_by_tenth_thousandths=3000,
    borne_by_none=150,
    borne_gini_millionths=875_000,
    borne_theil_millionths=1_600_000,
    borne_between_millionths=400_000,
    settlements_known=1,
)
"""What 200 households have suffered, three in four of them nothing."""

COLUMNS = ("world", "kind", "opened", "closed", "stage", "desk")

ENDED = [
    (0, Kind.NEIGHBOUR, 0, 30, Stage.SETTLED, 0),  # on the 30th day: within 30
    (0, Kind.NEIGHBOUR, 5, 36, Stage.SETTLED, 2),  # 31 days: not within 30, within 90
    (0, Kind.ROOF, 10, 20, Stage.WITHDRAWN, 0),  # in the cohort, never settled
    (0, Kind.ROOF, -4, 8, Stage.SETTLED, 0),  # opened before day 0: in no cohort, but it ended here
    (0, Kind.ROOF, -9, -1, Stage.SETTLED, 0),  # long over
    (0, Kind.NEIGHBOUR, 95, 96, Stage.SETTLED, 2),  # too late to be followed for 30 days
    (0, Kind.PIPE, 12, 13, Stage.SETTLED, 3),  # mended by the company; too late to be followed for 90 days
    (0, Kind.FEE, 2, 92, Stage.SETTLED, 4),  # judged on the 90th day
]
OPEN = [
    (0, Kind.ROOF, 8, 0, Stage.SIGNING, 0),
    (0, Kind.ROOF, -50, 0, Stage.LOST, 0),
    (0, Kind.ROOF, 3, 0, Stage.SETTLED, 0),
]
AGREEMENTS = [
    (0, -3, 40),  # made before day 0
    (0, 10, 30),  # broken after 20 days
    (0, 60, NEVER),  # holds; followed for 39 days when 100 are lived, for 439 when 500 are
    (0, 400, 409),  # beyond the 100 days
    (0, 420, NEVER),
]


def table(rows: list[tuple[int, ...]], columns: tuple[str, ...] = COLUMNS) -> dict[str, NDArray[Any]]:
    values = np.array(rows, dtype=np.int64).reshape(-1, len(columns)).T
    return dict(zip(columns, values, strict=True))


def cases(rows: list[tuple[int, ...]]) -> dict[str, NDArray[Any]]:
    """Cases that have each had a session."""
    bearer, nothing = np.arange(len(rows)), np.zeros(len(rows), dtype=np.int64)
    return table(rows) | {"bearer": bearer, "ordinal": nothing, "sessions": nothing + 1}


def page(days: int = 100, **daily: int) -> Recorded:
    """Two worlds; the first has the cases above and the daily values given, the second nothing."""
    record = np.zeros((days, 2, len(SERIES)), dtype=np.int64)
    for name, value in daily.items():
        record[:, 0, SERIES.index(name)] = value
    households, desk_kind = np.array([200, 200]), np.array([BODY, BRANCH, COMMUNITY, COMPANY, COURT])
    groups = {group: np.array([size, 0]) for group, size in GROUPS.items()}
    trust = {desk: np.array([total, 0]) for desk, total in TRUST.items()}
    borne = {name: np.array([value, 0]) for name, value in BORNE.items()}
    agreements = table([row for row in AGREEMENTS if row[1] < days], ("world", "settled", "broken"))
    seeds = np.array([1, 2], dtype=np.uint64)
    return Recorded(
        *("compound", SERIES, record, cases(OPEN), cases(ENDED), agreements),
        *(households, seeds, desk_kind, groups, trust),
        borne=borne,
    )


def run(days: int = 100, **daily: int) -> dict[str, Any]:
    n = counts(page(days, **daily))
    return {name: values[0] for name, values in {**n, **quotients(n, "compound")}.items()}


def test_the_headline_by_hand() -> None:
    # 1,460 thousandths of severity on each of 100 days = 146 severity-days, of 200 households in 100/365 years.
    assert run(unresolved=1460)["unresolved"] == pytest.approx(146 / (0.2 * 100 / 365))


def test_cohorts_by_hand() -> None:
    got = run()
    # Opened from day 0 on and followed for 30 of 100 days: those of days 0, 5, 10, 12, 2 and the open one of day 8.
    assert (got["cohort_30"], got["settled_in_30"], got["settled_30"]) == (6, 2, pytest.approx(2 / 6))
    assert (got["cohort_30_pipe"], got["settled_in_30_pipe"], got["cohort_90_pipe"]) == (1, 1, 0)
    assert (got["cohort_90"], got["settled_in_90"], got["settled_90"]) == (4, 3, 0.75)
    assert (got["cohort_90_roof"], got["cohort_90_neighbour"]) == (1, 2)
    assert (got["settled_90_roof"], got["settled_90_neighbour"], got["settled_90_fee"]) == (0, 1, 1)
    assert np.isnan(got["settled_90_pipe"])


def test_no_path_to_an_outcome_is_missing_not_zero() -> None:
    got = run()
    for name in (
        "settled_365", "settled_365_roof", "claims", "lost", "collection", "companies", "captured", "inspections",
        "satisfaction", "renewals_raised", "recouped", "claims_at_body", "settled_90_road", "without_owners",
    ):  # fmt: skip
        assert np.isnan(got[name]), name
    for name in (
        "unresolved",
        "opened",
        "mended",
        "petitions",
        "paid_owners_yuan",
        "unresolved_tenant",
        "defects_road",
    ):
        assert got[name] == 0, name
    # Where nobody of a group lives there is nobody to suffer.
    elsewhere = quotients(counts(page(unresolved_tenant=5)), "compound")
    assert np.isnan(elsewhere["unresolved_tenant"][1]) and elsewhere["unresolved_below"][1] == 0
    nothing = quotients({k: np.zeros(1, dtype=np.int64) for k in counts(page())}, "compound")
    assert all(np.isnan(values[0]) for values in nothing.values())


def test_ends_by_hand() -> None:
    got = run()
    assert (got["cases_settled"], got["cases_withdrawn"], got["cases_open"]) == (6, 1, 2)
    assert (got["cases_settled_roof"], got["cases_settled_neighbour"]) == (1, 3)
    assert (got["cases_settled_pipe"], got["cases_settled_at_company"]) == (1, 1)
    assert (got["cases_settled_at_body"], got["cases_settled_at_community"]) == (2, 2)
    assert (got["cases_settled_at_branch"], got["cases_settled_at_centre"]) == (0, 0)
    assert (got["cases_settled_at_court"], got["settled_at_court"]) == (1, pytest.approx(1 / 6))
    assert (got["settled_at_body"], got["settled_at_branch"]) == (pytest.approx(2 / 6), 0)
    assert got["settled_low"] == pytest.approx(3 / 6)


def test_shares_and_costs_by_hand() -> None:
    got = run(
        arisen=4, claimed=3, voiced=2, relapsed=1, handed_off=5, lost=1, mended=1, refunded=3, leaking_roofs=2,
        escalated=1, minutes_body=60, minutes_branch=30, minutes_community=20, minutes_ledger=4, minutes_doors=6,
        repair_fen=500, fees_billed_fen=400, fees_paid_fen=300, with_company=2, without_company=6,
        minutes_company=45, minutes_centre=15, defective_assets=7,
    )  # fmt: skip
    years = 0.2 * 100 / 365  # thousands of household-years
    assert got["claims"] == 0.75
    assert got["relapse"] == 50  # a hundred broken, of the two made in these days
    assert got["lost"] == 0.2
    assert got["rounds_failed"] == pytest.approx(300 / years)  # three on each of a hundred days
    assert got["leaking"] == pytest.approx(200 / years)
    assert got["petitions"] == pytest.approx(100 / years)
    assert got["defect_days"] == 700
    assert got["hours"] == pytest.approx(300 / years)
    assert got["hours_company"] == pytest.approx(75 / years)
    assert got["hours_centre"] == pytest.approx(25 / years)
    assert got["hours_ledger"] == pytest.approx(4 / 60 * 100 / years)
    assert got["hours_doors"] == pytest.approx(6 / 60 * 100 / years)
    assert got["voiced"] == 0.5
    assert got["hours_per_settled"] == pytest.approx(50)  # 300 hours, six cases
    assert (got["collection"], got["companies"]) == (0.75, 0.25)
    assert got["repair_yuan"] == pytest.approx(500 / years)


def test_who_pays_for_repairs_by_hand() -> None:
    got = run(
        repair_fen=1000, paid_company_fen=100, paid_public_fen=200, paid_fund_fen=300, paid_owners_fen=400,
        company_fen=50, minor_public_fen=60, relief_fen=70, warranty_fen=80, conceded_fen=90, recouped_fen=30,
        unpaid_fen=10, decided_by_owners=3, decided_for_owners=1,
    )  # fmt: skip
    years = 0.2 * 100 / 365  # thousands of household-years; a fen a day is a yuan in the hundred days
    assert got["repair_yuan"] == pytest.approx(1000 / years)
    assert got["paid_company_yuan"] == pytest.approx((100 + 50) / years)
    assert got["paid_public_yuan"] == pytest.approx((200 + 60) / years)
    assert got["paid_fund_yuan"] == pytest.approx(300 / years)
    assert got["paid_owners_yuan"] == pytest.approx(400 / years)
    assert got["paid_budget_yuan"] == pytest.approx(70 / years)
    assert got["paid_developer_yuan"] == pytest.approx(80 / years)
    assert got["conceded_yuan"] == pytest.approx(90 / years)
    assert got["recouped_yuan"] == pytest.approx(30 / years)
    assert got["unpaid_yuan"] == pytest.approx(10 / years)
    assert got["recouped"] == pytest.approx(30 / 90)
    assert got["without_owners"] == 0.25


def test_what_bodies_and_companies_do_by_hand() -> None:
    # Four compounds for 100 days: 400 compound-days, which is 400 / 365 years.
    got = run(
        with_company=3, without_company=1, developer_contracts=0, fixed_contracts=2, holdover_contracts=1,
        captured_compounds=1, inspections=6, talks=5, came_up=4, renewals=3, replacements=2, replaced=1, left=1,
        elections=2, elected=1, sued=7, satisfaction=2200,
    )  # fmt: skip
    a_year = 365 / 4
    assert got["inspections"] == pytest.approx(6 * a_year)
    assert got["talks"] == pytest.approx(5 * a_year)
    assert got["contracts_up"] == pytest.approx(4 * a_year)
    assert got["renewals_raised"] == 0.75
    assert got["replacement_ballots"] == pytest.approx(2 * a_year)
    assert got["replaced"] == got["companies_left"] == got["elected"] == pytest.approx(a_year)
    assert got["elections"] == pytest.approx(2 * a_year)
    assert (got["contracts_developer"], got["contracts_fixed"]) == (0, 0.5)
    assert (got["contracts_holdover"], got["contracts_none"], got["companies"]) == (0.25, 0.25, 0.75)
    assert got["captured"] == 0.25
    assert got["sued"] == pytest.approx(700 / (0.2 * 100 / 365))
    assert got["satisfaction"] == pytest.approx(0.55)  # 2.2 in four compounds


def test_kinds_and_desks_by_hand() -> None:
    got = run(
        claimed=11, claims_company=4, claims_body=1, claims_community=2, tickets=3, defective_pipe=1,
        defective_nuisance=3, leaking_roofs=2, defective_assets=6,
    )  # fmt: skip
    years = 0.2 * 100 / 365
    # Ten of the eleven claims of a day are people's own.
    assert (got["claims_at_company"], got["claims_at_body"]) == (0.4, 0.1)
    assert (got["claims_at_community"], got["claims_at_hotline"]) == (0.2, 0.3)
    assert got["defects_pipe"] == pytest.approx(100 / years)
    assert got["defects_nuisance"] == pytest.approx(300 / years)
    assert (got["leaking_roof_days"], got["defect_days"], got["defects_road"]) == (200, 600, 0)
    assert (got["trust_company"], got["trust_body"]) == (0.5, 0.45)
    assert (got["trust_community"], got["trust_hotline"]) == (0.55, 0.2)


def test_the_headline_of_each_group_by_hand() -> None:
    # Severity of 10 a day in all, of which companies claim 1; of people's own 9, owners 6 and tenants 3.
    got = run(
        unresolved=10_000, unresolved_fee=1000, unresolved_owner=6000, unresolved_tenant=3000,
        unresolved_connected=500, unresolved_elder=4500, unresolved_top=7000,
    )  # fmt: skip
    years = 100 / 365

    def per_thousand(severity: float, households: float) -> Any:
        return pytest.approx(severity * 100 / (households / 1000 * years))

    assert got["unresolved"] == per_thousand(10, 200)
    assert got["unresolved_fee"] == per_thousand(1, 200)
    assert (got["unresolved_owner"], got["unresolved_tenant"]) == (per_thousand(6, 160), per_thousand(3, 40))
    assert (got["unresolved_connected"], got["unresolved_unconnected"]) == (
        per_thousand(0.5, 20),
        per_thousand(8.5, 180),
    )
    assert (got["unresolved_elder"], got["unresolved_no_elder"]) == (per_thousand(4.5, 80), per_thousand(4.5, 120))
    assert (got["unresolved_top"], got["unresolved_below"]) == (per_thousand(7, 50), per_thousand(2, 150))


def test_how_unequally_people_suffer_by_hand() -> None:
    got, elsewhere = run(), quotients(counts(page()), "compound")
    assert (got["suffering_gini"], got["suffering_theil"]) == (pytest.approx(0.875), pytest.approx(1.6))
    assert (got["suffering_between"], got["suffering_top_tenth"], got["suffering_none"]) == (0.25, 0.75, 0.75)
    # where nobody suffers, nothing is borne by anybody
    for name in ("suffering_gini", "suffering_theil", "suffering_between", "suffering_top_tenth"):
        assert np.isnan(elsewhere[name][1]), name
    n = counts(page())
    alone = quotients(n | {"settlements_known": np.zeros(2, dtype=np.int64)}, "compound")
    assert np.isnan(alone["suffering_between"]).all() and alone["suffering_theil"][0] == pytest.approx(1.6)


def test_agreements_that_last_by_hand() -> None:
    got = run(days=500)
    assert (got["agreements"], got["agreements_broken"]) == (4, 2)
    # Of 4 one is broken on its 9th day, of the other 3 one on its 20th; one is last seen on its 79th, one a year on.
    assert got["durable_365"] == pytest.approx(3 / 4 * 2 / 3)
    assert got["durable_365_millionths"] == 500_000
    # Two of the four hold and would be a success by plain counting; nobody has seen the second for a year.
    cut = run(days=100)
    assert (cut["agreements"], cut["agreements_broken"], cut["durable_365_known"]) == (2, 1, 0)
    assert np.isnan(cut["durable_365"])


def test_worlds_do_not_mix() -> None:
    n = counts(page(arisen=4))
    other = {name: values[1] for name, values in n.items()}
    assert other.pop("days") == 100
    assert other.pop("households") == 200
    assert n["households_tenant"][0] == 40 and n["trust_body_millionths"][0] == TRUST["body"]
    assert not any(other.values())


def test_every_outcome_is_described_once() -> None:
    compound = outcomes.specs("compound")
    names = [spec.name for spec in compound]
    assert names == list(quotients(counts(page()), "compound"))
    assert len(set(names)) == len(names) >= 11
    assert names[0] == "unresolved"
    assert len({spec.name for spec in OUTCOMES}) == len(OUTCOMES)
    assert {*outcomes.FAMILIES} < {spec.family for spec in OUTCOMES}
    for spec in OUTCOMES:
        assert spec.unit and spec.meaning and spec.label and spec.family
        assert spec.direction in (outcomes.LOWER, outcomes.HIGHER, outcomes.NEITHER)
    for place in places.registry():
        assert 1 <= sum(spec.main for spec in outcomes.specs(place)) <= 8 * len(places.settlements(place))


def test_names_of_counts() -> None:
    assert outcomes.names_of_counts("compound", SERIES) == list(counts(page()))


@pytest.fixture(scope="module")
def lived() -> Worlds:
    structure = dict(compounds=2, households=150, size_spread=0.2, floors=6, compounds_per_community=2)
    recipe = Recipe("compound", structure, replications=(0, 1, 2), burn_in=112)
    w = Worlds(recipe, watch=(0, 1, 2))
    w.run(0)
    w = w.stack([parse("none", []), parse("merged", ["formed_body", "yijiantiao"])])
    w.run(150)
    return w


def test_cohorts_agree_with_the_event_log(lived: Worlds) -> None:
    log = lived.log.arrays()
    for world in range(lived.n):
        opened: dict[tuple[int, ...], int] = {}
        settled: dict[tuple[int, ...], int] = {}
        for row in np.flatnonzero(log["world"] == world):
            case = tuple(int(log[f][row]) for f in ("kind", "bearer", "ordinal"))
            for activity, days in ((Activity.OPENED, opened), (Activity.SETTLED, settled)):
                if log["activity"][row] == activity:
                    days[case] = int(log["day"][row])
        n = counts(outcomes.recorded(lived))
        assert n["opened"][world] == len(opened) > 0
        for horizon in (30, 90):
            cohort = [case for case, day in opened.items() if day + horizon < 150]
            good = [case for case in cohort if case in settled and settled[case] - opened[case] <= horizon]
            assert (n[f"cohort_{horizon}"][world], n[f"settled_in_{horizon}"][world]) == (len(cohort), len(good))


def test_bounds_in_a_run(lived: Worlds) -> None:
    got = quotients(counts(outcomes.recorded(lived)), "compound")
    for spec in outcomes.specs("compound"):
        values = got[spec.name][~np.isnan(got[spec.name])]
        assert (values >= 0).all()
        if spec.unit in ("share", "0 to 1"):
            assert (values <= 1).all()
    kept = counts(outcomes.recorded(lived))
    between_two = kept["cases_settled_neighbour"] + kept["cases_settled_fee"]
    assert (kept["agreements"] == between_two).all() and kept["cases_settled_fee"].any()
    assert (kept["agreements_broken"] <= kept["relapsed"]).all()
    assert (kept["households"] == lived.occupied[:, 0]).all()
    assert (kept["settled_in_30"] <= kept["settled_in_90"] + kept["cohort_30"] - kept["cohort_90"]).all()


GOVERNED = dict(
    no_company=0.4, fixed_share=0.3, term_years=0.5, exit_quarters=4, fee=1.3, claim_rate=10.0, honesty=6000.0,
    functioning_share=0.8, talk_rounds=1, talk_hours=0.5, window_days=90, talk_pause_days=60, own_talk_hours=3.0,
    own_resolve=0.7, forecast_error=1.0, apathy=0.15,
)  # fmt: skip
"""Companies that come, are talked with, bought and replaced, and go after those who owe them."""


@pytest.fixture(scope="module")
def busy() -> Worlds:
    return helpers.lived(burnt_in(fixed=GOVERNED), 182, *scenarios("none", "merged"))


def test_parts_make_the_whole_in_a_run(busy: Worlds) -> None:
    n = counts(outcomes.recorded(busy))
    got = quotients(n, "compound")

    def added(*names: str) -> NDArray[np.int64]:
        assert all(n[name].any() for name in names), "too quiet to say anything"
        return np.sum([n[name] for name in names], axis=0)

    paid = added("paid_company_fen", "paid_public_fen", "paid_fund_fen") + n["paid_owners_fen"]
    assert (paid == n["repair_fen"]).all()
    contracts_ = added("days_of_fixed_terms", "days_of_holdovers", "days_without_company") + n["days_of_developers"]
    assert (contracts_ == n["days"] * busy.layout.sizes["compound"]).all()
    assert (n["days_with_company"] + n["days_without_company"] == contracts_).all()
    by_kind = [f"defect_days_{kind}" for kind in outcomes.LOOKED_AFTER]
    assert (added("leaking_roof_days", *by_kind) == n["defect_days"]).all()
    suffered = added(*(f"unresolved_{part}_thousandths" for part in ("owner", "tenant", "fee")))
    assert (suffered == n["unresolved_thousandths"]).all()
    own = added("claims_company", "claims_body", "claims_community", "tickets")
    assert (own < n["claimed"]).all()  # companies claim too
    assert (n["households_owner"] + n["households_tenant"] == n["households"]).all()
    for names in (
        [f"settled_at_{desk}" for desk in outcomes.levels("compound")],
        [f"claims_at_{desk}" for desk in TRUST],
    ):
        np.testing.assert_allclose(np.sum([got[name] for name in names], axis=0), 1)
    assert (n["replacements"] <= n["renewals"]).all() and (n["renewals"] <= n["came_up"]).all()
    assert added("renewals", "came_up", "captured_days").all() and (n["replaced"] <= n["replacements"]).all()


def test_groups_and_levels_against_the_columns(busy: Worlds) -> None:
    """What stands at the end, counted anew from households, grievances, compounds and assets."""
    w, g = busy, busy.grievances
    floor = w.layout.traits["floor"]
    highest = np.zeros(w.layout.sizes["building"], dtype=np.int64)
    np.maximum.at(highest, w.layout.up("household", "building"), floor)
    of = {
        "owner": w.tenure == OWNER,
        "tenant": w.tenure == TENANT,
        "connected": w.connected,
        "elder": w.elder,
        "top": (floor == highest[w.layout.up("household", "building")]) & (w.tenure != VACANT),
    }
    seen, last = outcomes.recorded(w), dict(zip(w.series, w.record[-1].T, strict=True))
    for name, belongs in of.items():
        mine = np.flatnonzero(g.aching & (g.kind != Kind.FEE) & belongs[g.world, g.household])
        severity = np.bincount(g.world[mine], weights=g.severity[mine], minlength=w.n)
        assert np.array_equal(last[f"unresolved_{name}"], severity) and severity.any(), name
        assert np.array_equal(seen.groups[name], belongs.sum(axis=1)), name
    claims = np.flatnonzero(g.aching & (g.kind == Kind.FEE))
    assert np.array_equal(last["unresolved_fee"], np.bincount(g.world[claims], g.severity[claims], w.n))
    for name, contract in (
        ("developer", contracts.DEVELOPER), ("fixed", contracts.FIXED_TERM), ("holdover", contracts.HOLDOVER)
    ):  # fmt: skip
        assert np.array_equal(last[f"{name}_contracts"], (w.contract == contract).sum(axis=1))
    assert np.array_equal(last["captured_compounds"], w.captured.sum(axis=1))
    assert np.array_equal(last["satisfaction"], np.rint(1000 * w.satisfaction).sum(axis=1))
    for number, kind in enumerate(("pipe", "lighting", "rubbish", "pests", "road", "nuisance"), start=1):
        broken = w.defective[:, w.layout.traits["asset_kind"] == number].sum(axis=1)
        assert np.array_equal(last[f"defective_{kind}"], broken), kind
    lives = w.tenure != VACANT
    weight = 1000 * w.p.trust_strength
    for desk, total in seen.trust.items():
        good, bad = getattr(w, f"answered_{desk}"), getattr(w, f"ignored_{desk}")
        trust = (getattr(w.p, f"trust_{desk}") * weight + good) / (weight + good + bad)
        np.testing.assert_allclose(total / 1e6, np.where(lives, trust, 0).sum(axis=1), rtol=1e-6)
