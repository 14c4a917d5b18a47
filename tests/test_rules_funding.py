"""Who pays for a repair, in which order, and that what does not come together goes back to the fen."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import books
from sim.cases import Activity, Kind, Stage
from sim.places.compound import BODY, COMMUNITY, COMPANY
from sim.rules import contracts
from sim.worlds import Worlds
from tests.helpers import (
    ARMS,
    BUSY,
    NOTHING_BREAKS,
    ROOFS_ONLY,
    around,
    burnt_in,
    desk_rows,
    lived,
    owners_asked,
    recipe,
    say,
    scenarios,
    total,
)
from tests.test_rules_defects import base_cost

Array = NDArray[Any]

ASKED = (Stage.SIGNING, Stage.VOTING, Stage.FUNDING, Stage.WORKS)
"""Stages that follow on the day on which money is looked for."""


def give_public_income(w: Worlds, fen: int) -> None:
    """Give every compound more public income than parking and adverts bring, out of nowhere the model knows."""
    every = np.indices(w.public.shape).reshape(2, -1)
    books.transfer(w, "outside", np.zeros(w.public.size, dtype=np.int64), "public", every[1], every[0], np.int64(fen))


def events(w: Worlds) -> dict[tuple[int, ...], list[tuple[int, int]]]:
    """Return for every case in the log its activities with their days, claims left out."""
    log, out = w.log.arrays(), {}
    columns = (log[f].tolist() for f in ("world", "kind", "bearer", "ordinal", "activity", "day"))
    for *case, activity, day in zip(*columns, strict=True):
        if activity != Activity.JOINED:
            out.setdefault(tuple(case), []).append((activity, day))
    return out


def test_payers_are_asked_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Warranty, company up to its cap, public income, the fund if it has all of the rest, then the owners.

    A company in loss pays nothing.
    """
    seen: set[tuple[bool, ...]] = set()
    in_loss = 0
    then: dict[str, Any] = {}

    def before(w: Worlds) -> None:
        c = w.cases
        then.update({a: getattr(w, a).copy() for a in ("public", "fund", "till")}, minor=w.flow["company_fen"].copy())
        then["waiting"] = np.flatnonzero(np.isin(c.stage, [Stage.WAITING, Stage.APPROVAL]))

    def after(w: Worlds) -> None:
        nonlocal in_loss
        c = w.cases
        rows = then["waiting"]
        rows = rows[np.isin(c.stage[rows], ASKED)]
        helped = {(int(c.world[r]), int(c.compound[r])) for r in rows[c.minor[rows]]}
        rows = rows[~c.minor[rows] & (c.kind[rows] < Kind.NUISANCE)]
        places = list(zip(c.world[rows].tolist(), c.compound[rows].tolist(), strict=True))
        for row, (k, compound) in zip(rows.tolist(), places, strict=True):
            if places.count((k, compound)) > 1 or (k, compound) in helped:
                continue  # who comes second finds less; see below
            stage, cost = c.stage[row], int(c.cost[row])
            parts = int(c.from_company[row]), int(c.from_public[row]), int(c.from_fund[row])
            young = w.age[k, compound] + w.day / 365 < w.p.warranty_years[k, 0]
            if young and c.kind[row] == Kind.ROOF:
                assert (stage, parts) == (Stage.WORKS, (0, 0, 0))
                seen.add((True,))
                continue
            served = w.contract[k, compound] != contracts.NONE
            in_loss += served and w.losses[k, compound] > 0
            served &= w.losses[k, compound] == 0
            company = min(round(100 * float(w.p.minor_cap[k, 0])), cost) if served else 0
            public = min(int(then["public"][k, compound]), cost - company)
            rest = cost - company - public
            fund = rest if then["fund"][k, compound] >= rest else 0
            assert parts == (company, public, fund)
            assert c.owed[row] == rest
            if rest == 0:
                assert stage == Stage.WORKS
            elif fund:
                leak = c.kind[row] in (Kind.ROOF, Kind.PIPE)
                assert stage == Stage.VOTING or (stage == Stage.FUNDING and leak)
            else:
                assert stage == Stage.SIGNING
            seen.add((False, served, public > 0, rest > 0, fund > 0))

    around(monkeypatch, "handling.handle", before, after)
    w = burnt_in(replications=range(6), fixed=BUSY)
    s = w.stack(scenarios("none", "body"))
    for _ in range(12):
        give_public_income(s, 500_000)
        s.run(s.day + 7)
    assert (True,) in seen
    assert in_loss > 3
    assert {x[1:4] for x in seen if len(x) > 1} >= {(c, p, True) for c in (True, False) for p in (True, False)}
    assert {x[3:] for x in seen if len(x) > 1} == {(False, False), (True, True), (True, False)}


def test_who_comes_second_finds_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several repairs of a compound on one day share its public income and fund, none of which is spent twice."""
    together = 0

    def after(w: Worlds) -> None:
        nonlocal together
        assert np.all(w.fund >= 0) and np.all(w.public >= 0)
        c = w.cases
        today = np.isin(c.stage, ASKED) & (c.handled == w.day) & (c.from_public > 0)
        place = (c.world * w.layout.sizes["compound"] + c.compound)[today]
        together += np.count_nonzero(np.bincount(place) > 1) if len(place) else 0

    around(monkeypatch, "handling.handle", lambda w: None, after)
    often = dict(pipe_rate=12.0, minor_cap=0.0, director_hours=60.0, idle_director_hours=60.0)
    s = burnt_in(replications=range(6), fixed=BUSY | often).stack(scenarios("body"))
    for _ in range(30):
        give_public_income(s, 3_000_000)
        s.run(s.day + 7)
    assert together > 5


@pytest.mark.parametrize("arm", ARMS)
def test_who_pays_sums_to_what_crews_got(arm: str) -> None:
    """Whatever went outside was paid by company, public income, fund or owners, and said to be."""
    w = burnt_in(replications=range(2, 8)).stack(scenarios(arm))
    for _ in range(13):
        give_public_income(w, 100_000)
        outside = w.outside[:, 0].copy()
        first = len(w.record)
        w.run(w.day + 7)
        week = dict(zip(w.series, w.record[first:].sum(axis=0).T, strict=True))
        payers = sum(week[f"paid_{payer}_fen"] for payer in ("company", "public", "fund", "owners"))
        assert np.array_equal(payers, week["repair_fen"])
        repairs = payers + week["company_fen"] + week["minor_public_fen"] + week["conceded_fen"]
        leaves = week["wages_fen"] + week["bribes_fen"] + week["tills_closed_fen"] + week["patch_fen"]
        leaves = leaves + week["meals_owners_fen"] + week["meals_budget_fen"]
        comes = week["kept_fen"] + week["public_fen"] + week["meal_fund_fen"]
        assert np.array_equal(w.outside[:, 0] - outside, repairs + leaves - comes)
    assert all(np.any(total(w, f"paid_{payer}_fen")) for payer in ("company", "public", "fund", "owners"))


def test_what_fails_goes_back_to_the_fen() -> None:
    """Where every ballot and every round fails nobody has lost or gained a fen in a compound without an open round."""
    vain = dict(apathy=1.0, emergency=0.0, funded_share=1.0, never_pay=0.6, fund_empty=0.3, warranty_years=0.0)
    little = dict(minor_cap=100.0)  # company and public income together pay for nothing, and nothing is minor
    # no fee is billed, so that companies cost nothing, earn nothing and concede nothing; they stay
    little |= dict(fee=0.0, public_income=0.0, substitute=0.0, exit_quarters=10**6, patch_days=1e6)
    w = Worlds(recipe(range(6), 0, fixed=BUSY | vain | little, prior_draws=False))
    fund, public = w.fund.copy(), 10_000
    give_public_income(w, public)
    w.run(150)
    assert total(w, "voted_down").sum() > 20
    assert total(w, "refunded").sum() > 20
    assert total(w, "signed_shares").sum() > 100
    payers = ("company", "public", "fund", "owners")
    assert not any(np.any(total(w, flow)) for flow in ("repair_fen", "company_fen", *(f"paid_{p}_fen" for p in payers)))
    # what is away from an account lies in escrow, by name
    c = w.cases
    away = {part: np.zeros_like(fund) for part in ("company", "public", "fund")}
    for part, held in away.items():
        np.add.at(held, (c.world, c.compound), getattr(c, "from_" + part))
    assert np.array_equal(w.fund + away["fund"], fund)
    assert np.array_equal(w.public + away["public"], np.full_like(w.public, public))
    assert np.array_equal(w.till, -away["company"])
    assert all(np.any(held) for held in away.values())
    signed = np.zeros_like(w.purse)
    for motion in np.flatnonzero(w.motions.open):
        rows = owners_asked(w, motion)
        owner = w.asked.owner[rows][w.asked.done[rows]]
        signed[w.motions.world[motion], owner] += w.motions.share[motion]
    assert np.array_equal(w.purse, -signed)
    assert np.any(signed)


def test_a_ballot_that_fails_gives_the_fund_its_money_before_owners_are_asked() -> None:
    """After a vote down the owners are asked the same day, for what company and public income leave."""
    w = burnt_in(fixed=BUSY | dict(apathy=1.0, emergency=0.0, fund_empty=0.0)).stack([say("formed_body")])
    w.run(112)
    chains = events(w)
    down = [
        (case, i) for case, acts in chains.items() for i, (a, _) in enumerate(acts) if i and a == Activity.VOTED_DOWN
    ]
    assert len(down) > 10
    for case, i in down:
        (_, day), (after, then) = chains[case][i : i + 2]
        assert (after, then) == (Activity.SIGNING, day)
        assert chains[case][i - 1][0] == Activity.VOTING


@pytest.mark.parametrize("emergency", [0.0, 1.0])
def test_in_an_emergency_no_vote_is_needed(emergency: float) -> None:
    """A fund that suffices pays for a recognised leak after some days, without a vote; for all else owners vote."""
    days = dict(emergency_days=4, fund_days=11, works_days=3, ballot_days=30, apathy=0.0)
    rich = dict(fund_empty=0.0, fund_level=100_000.0, no_company=1.0, minor_cap=0.0, warranty_years=0.0)
    w = burnt_in(replications=range(4), fixed=BUSY | days | rich | dict(emergency=emergency, veto=0.0))
    s = lived(w, 100, say("formed_body"))
    voted = granted = 0
    for (_, kind, *_), acts in events(s).items():
        for (a, day), (b, then) in pairwise(acts):
            leak = kind in (Kind.ROOF, Kind.PIPE)
            if b == Activity.VOTING:
                assert not (leak and emergency)
                voted += 1
            if b == Activity.SIGNING:
                assert a == Activity.VOTED_DOWN
            if b == Activity.GRANTED:
                assert a == (Activity.APPROVED if leak and emergency else Activity.VOTING)
                granted += 1
            if a == Activity.GRANTED:
                assert b == Activity.FUNDED
                assert then - day == (4 if leak and emergency else 11)
            if a == Activity.FUNDED:
                assert (b, then - day) == (Activity.REPAIRED, 3)
    assert voted > 20 and granted > 20


def test_a_fund_that_is_empty_or_too_small_is_not_asked() -> None:
    """Without a fund nobody votes and the fund pays nothing."""
    for poor in (dict(fund_empty=1.0), dict(fund_empty=0.0, fund_level=0.5, minor_cap=0.0)):
        w = lived(burnt_in(fixed=BUSY | poor), 70, say("formed_body"))
        assert not np.any(total(w, "paid_fund_fen") + total(w, "voted_down"))
        assert np.any(total(w, "signed_shares"))
        assert Activity.VOTING not in w.log.arrays()["activity"]


def test_funds_are_found_as_declared() -> None:
    """Two in five compounds have no fund, the others so many yuan a flat; all of it came from outside."""
    w = burnt_in(replications=range(40), burn_in=0, prior_draws=False, lively=False, structure=dict(compounds=20))
    empty = w.fund == 0
    assert abs(empty.mean() - 0.4) < 4 * np.sqrt(0.24 / empty.size)
    flats = np.broadcast_to(w.layout.count("compound", "household"), w.fund.shape)
    assert np.array_equal(w.fund[~empty], 300_000 * flats[~empty])
    assert np.array_equal(w.outside[:, 0], -w.fund.sum(axis=1))
    assert not any(np.any(getattr(w, account)) for account in ("purse", "escrow", "till", "public"))


def test_minor_defects_are_never_put_to_owners_or_principals() -> None:
    """What costs no more than the cap is mended in minor_days by company or community; only the dear is organised."""
    w = burnt_in(fixed=BUSY | dict(minor_cap=3000.0, minor_days=1, works_days=6)).stack(scenarios())
    asked = 0
    for _ in range(70):
        w.step()
        for row in np.flatnonzero(w.motions.open):
            case = int(w.motions.case[row])
            assert not w.cases.minor[case]
            assert base_cost(w, case) > 3000
            asked += 1
        minor = w.cases.minor
        assert not np.any(w.cases.drafted[minor])
        assert np.all(w.cases.sittings[minor] == 0)
        assert np.all(np.isin(w.cases.stage[minor], [0, 1, 2, Stage.WORKS, Stage.SETTLED]))
        assert np.all(w.cases.organiser[minor] == -1)
    assert asked > 100
    lasted = {True: set(), False: set()}
    for acts in events(w).values():
        dear = any(a == Activity.PROPOSED for a, _ in acts)
        lasted[dear] |= {then - day for (a, day), (b, then) in pairwise(acts)
                         if (a, b) == (Activity.FUNDED, Activity.REPAIRED)}  # fmt: skip
    assert lasted[True] - {1} == {6}  # those proposed before the log began are not known to be dear
    assert 1 in lasted[False]


def test_the_company_mends_what_is_minor_at_its_own_cost() -> None:
    """Its till pays own_cost of the price; with the whole price the sum is the repairs' base cost."""
    cheap, dear = (
        burnt_in(fixed=BUSY | NOTHING_BREAKS | dict(lighting_rate=6.0, lighting_cost=300.0, no_company=0.0, own_cost=x))
        for x in (0.5, 1.0)
    )
    for w in (cheap, dear):
        assert np.all(total(w, "company_fen") > 0)
        assert np.array_equal(-w.till.sum(axis=1), total(w, "company_fen"))
        assert np.array_equal(w.outside[:, 0] + w.fund.sum(axis=1), total(w, "company_fen"))
        assert not np.any(total(w, "repair_fen") + total(w, "relief_fen"))
    begun = total(cheap, "minutes_company") / np.rint(60 * cheap.p.minor_hours[:, 0])
    assert np.all(np.abs(total(cheap, "company_fen") * 2 - total(dear, "company_fen")) <= begun + 1)


def test_the_developer_mends_young_roofs_and_nothing_else() -> None:
    """In a compound younger than the warranty the developer pays for all of a roof, and nobody is asked."""
    new = dict(youngest=1.0, oldest=1.0, warranty_years=5.0, minor_cap=0.0)
    w = lived(burnt_in(fixed=BUSY | ROOFS_ONLY | new), 70, say("formed_body"))
    assert np.all(total(w, "warranty_fen") > 0)
    assert np.all(total(w, "mended") > 0)
    paid = ("repair_fen", "company_fen", "signed_shares", "unpaid_fen", "relief_fen")
    assert not any(np.any(total(w, flow)) for flow in paid)
    all_kinds = lived(burnt_in(fixed=BUSY | new), 70, say("formed_body"))
    for _, kind, *_ in (case for case, acts in events(all_kinds).items() for a, _ in acts if a == Activity.SIGNING):
        assert kind != Kind.ROOF
    assert np.all(total(all_kinds, "warranty_fen") > 0)
    assert np.any(total(all_kinds, "repair_fen"))


def test_a_warranty_ends_on_its_day() -> None:
    """The first roof that anybody else pays for is of a compound as old as the warranty is long."""
    old = dict(youngest=4.9, oldest=5.1, warranty_years=5.0, fund_empty=1.0, minor_cap=0.0)
    w = burnt_in(replications=range(20), burn_in=35, fixed=BUSY | ROOFS_ONLY | old).stack([say("formed_body")])
    w.run(70)
    compound = w.layout.up("asset", "compound")
    paid, asked = [], []
    for (world, _, asset, _), acts in events(w).items():
        for (a, _), (b, day) in pairwise(acts):
            if a == Activity.APPROVED and b in (Activity.FUNDED, Activity.SIGNING):
                (paid if b == Activity.FUNDED else asked).append(w.age[world, compound[asset]] + day / 365)
    assert len(paid) > 5 and len(asked) > 5
    assert max(paid) < 5 <= min(asked)


# --- a company in loss, a company that leaves ------------------------------------------------------


def test_a_company_in_loss_refuses_its_duty() -> None:
    """It mends and pays nothing; what is minor goes straight to the community, which mends it with public help."""
    dear = dict(no_company=0.0, fixed_cost=2.0, exit_quarters=10**6, substitute=0.0)  # more than was ever billed
    w = burnt_in(fixed=BUSY | dear).stack([say(), say("formed_body")])
    w.losses[...] = 1
    company, public = total(w, "company_fen"), desk_rows(w, COMMUNITY)
    under_way = w.cases.key[w.cases.minor & (w.cases.stage == Stage.WORKS)].tolist()
    promised = set(w.cases.key[w.cases.from_company > 0].tolist())
    seen = 0
    for _ in range(56):
        w.step()
        c = w.cases
        assert set(c.key[c.from_company > 0].tolist()) <= promised
        mended = np.flatnonzero(c.minor & (c.stage == Stage.WORKS) & ~np.isin(c.key, np.array(under_way)))
        assert np.all(c.refused[mended])
        assert np.all(np.isin(c.desk[mended], public))
        away = c.refused & np.isin(c.stage, [Stage.WAITING, Stage.TRANSIT]) & (c.handled == w.day - 1)
        assert np.all(np.isin(c.desk[away], public))
        seen += len(mended)
    assert seen > 10
    assert np.all(w.losses > 1)  # since the quarter has begun
    assert not np.any(total(w, "company_fen") - company)
    assert np.all(total(w, "refused") > 0) and np.all(total(w, "relief_fen") > 0)
    for case, acts in events(w).items():
        for (a, day), (b, then) in pairwise(acts):
            if a == Activity.REFUSED:
                assert (b, then) == (Activity.HANDED_OFF, day), case


def test_what_waits_for_a_company_that_leaves_is_handed_on() -> None:
    """At the end of the week nothing waits at the desk of a company that is gone: it goes to body or community."""
    w = burnt_in(fixed=BUSY | dict(no_company=0.0, repairer_hours=0.0)).stack([say(), say("formed_body")])
    company, community = desk_rows(w, COMPANY), desk_rows(w, COMMUNITY)
    waiting = np.isin(w.cases.desk, company) & (w.cases.stage == Stage.WAITING)
    before = set(w.cases.key[waiting].tolist())
    assert len(before) > 20
    w.contract[...] = contracts.NONE
    w.run(w.day + 7)
    c = w.cases
    left = np.isin(c.desk, company) & (c.stage == Stage.WAITING)
    assert not np.any(left)
    moved = np.flatnonzero(np.isin(c.key, np.array(sorted(before), dtype=np.uint64)))
    assert len(moved) > 20
    assert np.all(np.isin(c.stage[moved], [Stage.TRANSIT, Stage.LOST]))
    assert np.all(c.handled[moved] == w.day - 1)
    body = (w.body[c.world[moved], c.compound[moved]] > 0) & ~c.minor[moved]
    assert np.array_equal(np.isin(c.desk[moved], community), ~body)
    assert np.array_equal(np.isin(c.desk[moved], desk_rows(w, BODY)), body)
    assert not np.any(w.desk_minutes[:, company])
