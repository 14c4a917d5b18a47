"""The company and the owners who pay it: the fee trap, wages out of fees, one staff for many, contracts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import books, schedule, worlds
from sim.rules import company, contracts, fees
from sim.worlds import Recipe, Worlds

Array = NDArray[Any]

ALIKE = dict(compounds=6, households=300, size_spread=0.0, portfolio_mean=1.0)
"""Compounds of the same size, each with a company of its own."""

YEAR = 365
MONEY = {"contracts.expire", "fees.collect", "company.account", "company.choose", "contracts.review"}


@pytest.fixture(autouse=True)
def only_money(monkeypatch: pytest.MonkeyPatch) -> None:
    """Live only the phases that are tested here; years pass quickly."""
    monkeypatch.setattr(worlds, "SCHEDULE", tuple(p for p in schedule.SCHEDULE if p.name in MONEY))


def found(fixed: dict[str, Any], reps: int = 2, prior_draws: bool = False, **structure: Any) -> Worlds:
    """Found worlds at day 0, without burn-in."""
    return Worlds(
        Recipe("compound", ALIKE | structure, fixed, replications=tuple(range(reps)), prior_draws=prior_draws)
    )


def begin(w: Worlds, paying: float, satisfied: float, effort: float) -> Worlds:
    """Set how the world begins."""
    w.pays[...] = w.fee_type < paying
    w.satisfaction[...], w.effort[...] = satisfied, effort
    return w


def quarters(w: Worlds, number: int, look: Callable[[Worlds], None] = lambda w: None) -> None:
    """Live so many quarters, the accounts of the first day of each among them, and look after each of those days."""
    for _ in range(number):
        w.run(w.day + -w.day % 91 + 1)
        look(w)


# --- the fee trap (P15) -----------------------------------------------------------------------------

BOUND = dict(no_company=0.0, kept_share=0.0, fee_service=12.0, fee_others=6.0)
"""Owners who look hard at service and at one another, and a company that lives on fees alone."""


def ends(fixed: dict[str, Any], years: int = 8) -> tuple[Array, Array]:
    """Return where worlds end that begin badly, and the same that begin well: share of payers."""
    low, high = begin(found(fixed), 0.3, 0.2, 0.25), begin(found(fixed), 0.9, 0.9, 0.8)
    for w in (low, high):
        w.run(years * YEAR)
    return fees.paying(low), fees.paying(high)


def test_p15_the_fee_trap_has_two_basins() -> None:
    """The same parameters, the same owners: who begins badly ends near .3, who begins well about .8, and stays."""
    low, high = ends(BOUND)
    assert np.all(low < 0.4)
    assert np.all(high > 0.7) and high.mean() > 0.8
    later_low, later_high = ends(BOUND, years=12)
    assert abs(low.mean() - later_low.mean()) < 0.02
    assert abs(high.mean() - later_high.mean()) < 0.02


def test_p15_vanishes_when_owners_mind_service_and_one_another_less() -> None:
    """Falsifier: with a gentle response both beginnings end at the same place."""
    low, high = ends(BOUND | dict(fee_service=4.0, fee_others=2.0))
    assert np.all(np.abs(low - high) < 0.06)
    assert abs(low.mean() - high.mean()) < 0.02


def test_nobody_is_caught_without_the_need_to_live_on_fees() -> None:
    """What holds a compound in the trap is that wages come out of fees: with other money it climbs out."""
    w = begin(found(BOUND | dict(kept_share=1.0, public_income=400.0)), 0.3, 0.2, 0.25)
    w.run(8 * YEAR)
    assert np.all(fees.paying(w) > 0.7)


# --- wages, fees and shared staff ---------------------------------------------------------------------


def pooled(w: Worlds, values: Array) -> Array:
    """Add up over the compounds that one company serves."""
    out = np.zeros((w.n, 2 * values.shape[1]), dtype=values.dtype)
    np.add.at(out, (np.arange(w.n)[:, None], w.company), np.where(w.contract != contracts.NONE, values, 0))
    return out


@pytest.mark.parametrize("prior_draws", [False, True])
def test_wages_are_paid_out_of_what_comes_in(prior_draws: bool) -> None:
    """The effort chosen costs a company no more than its fees and public income leave, beyond the lowest effort."""
    w = begin(found({}, 12, prior_draws, portfolio_mean=3.0), 0.5, 0.4, 0.4)
    flats = w.layout.count("compound", "household")
    bound: list[bool] = []

    def look(w: Worlds) -> None:
        bill = fees.billed(w)
        fixed, per_effort = bill * w.p.fixed_cost, bill * w.p.effort_cost
        kept = np.where(w.contract != contracts.NONE, w.p.kept_share * w.p.public_income * flats * 25, 0)
        staying = w.company < len(flats)  # a newcomer has not collected yet
        brings = pooled(w, np.where(staying, w.collected + kept - fixed, 0.0))
        wages = pooled(w, np.where(staying, per_effort * w.effort**2, 0.0))
        floor = pooled(w, np.where(staying, per_effort * w.p.lowest_effort**2, 0.0))
        slack = 1000
        short = wages > brings + slack
        assert np.all(wages[short] <= np.maximum(brings, 0)[short] + floor[short] + slack)
        bound.append(bool(np.any((wages > 0.97 * brings) & (wages > 1.5 * floor))))

    quarters(w, 16, look)
    assert any(bound)


def collected_less(portfolio: float) -> tuple[Worlds, Worlds]:
    """Let a quarter pass twice: in the second world, nobody pays any more in the first four compounds."""
    one, other = (begin(found(dict(no_company=0.0), 1, portfolio_mean=portfolio), 0.9, 0.8, 0.5) for _ in range(2))
    other.pays[:, other.layout.up("household", "compound") < 4] = False
    for w in (one, other):
        quarters(w, 1)
    return one, other


def test_one_staff_serves_all_compounds_of_a_company() -> None:
    """Where some compounds stop paying, effort falls in all others of the same company, and in no other."""
    one, other = collected_less(50.0)
    assert len(set(one.company[0].tolist())) == 1
    assert np.all(other.effort < one.effort)
    one, other = collected_less(1.0)
    assert len(set(one.company[0].tolist())) == 6
    assert np.all(other.effort[0, :4] < one.effort[0, :4])
    assert np.array_equal(other.effort[0, 4:], one.effort[0, 4:])


def wishes(threat: float, informed: float) -> Array:
    """Return the effort of companies that could afford any, first threatened and inspected as told."""
    w = begin(found(dict(no_company=0.0)), 0.85, 0.6, 0.5)
    w.threat[...], w.informed[...] = threat, informed
    quarters(w, 1)
    return w.effort


def test_a_threatened_company_works_harder_the_more_is_seen() -> None:
    free, threatened, seen = wishes(0.0, 0.0), wishes(0.5, 0.0), wishes(0.5, 2.0)
    assert np.all(threatened >= free) and threatened.mean() > free.mean()
    assert np.all(seen >= threatened) and seen.mean() > threatened.mean()
    assert np.array_equal(wishes(0.0, 2.0), free), "who fears nothing does not mind being seen"


def test_the_chance_to_stay() -> None:
    """It falls by half the threat at the effort expected, and by nearly all or nothing of it where all is seen."""
    w = found({})
    w.threat[...] = 0.6
    expected = w.p.expected_effort
    assert np.allclose(company.staying(w, expected), 0.7)
    w.informed[...] = 1000.0
    assert np.allclose(company.staying(w, expected + 0.05), 1.0)
    assert np.allclose(company.staying(w, expected - 0.05), 0.4)


def test_satisfaction_follows_effort() -> None:
    """A third of the way a quarter, whoever manages."""
    w = begin(found(dict(satisfaction_speed=1 / 3, no_company=0.5)), 0.8, 0.9, 0.6)
    quarters(w, 1)
    assert np.allclose(w.satisfaction, 0.8)


def test_public_income_belongs_to_the_owners_once_accounts_are_asked() -> None:
    w = found(dict(no_company=0.3, kept_share=1.0), 4)
    w.accounts_asked[:, 3:] = True
    quarters(w, 1)
    there, body = w.contract != contracts.NONE, w.body > 0
    there &= w.company < 6  # not those who came at the end of the day
    income = np.rint(1500 * w.layout.count("compound", "household"))
    handed = np.where(there, w.accounts_asked, body) * income
    assert np.array_equal(w.public, handed)
    assert set(np.unique(handed > 0)) == {False, True}


# --- contracts ----------------------------------------------------------------------------------------


def test_contracts_as_found_have_their_shares() -> None:
    w = found(dict(no_company=0.2, fixed_share=0.3, youngest=5.0, oldest=25.0), 300)
    share = [np.mean(w.contract == k) for k in range(4)]
    wanted = [0.5 * 0.25, 0.3, 0.5 * 0.75, 0.2]
    assert np.all(np.abs(np.array(share) - wanted) < 4 * np.sqrt(0.25 / w.contract.size))
    fixed = w.contract == contracts.FIXED_TERM
    assert np.all((w.contract_end != 2**31 - 1) == fixed)
    assert w.contract_end[fixed].mean() == pytest.approx(365, abs=25)
    there = w.contract != contracts.NONE
    paying = fees.paying(w)
    assert paying[there].mean() == pytest.approx(0.76, abs=0.01)
    assert np.all(w.stock["with_company"] == there.sum(axis=1))


def test_a_fixed_term_runs_out_into_a_holdover() -> None:
    w = found(dict(no_company=0.0, fixed_share=1.0, term_years=1.0), 8)
    ends = w.contract_end.copy()
    assert np.all(w.contract == contracts.FIXED_TERM)
    for _ in range(200):
        w.step()
        over = ends < w.day
        assert np.all((w.contract == contracts.HOLDOVER) == over)
    assert over.any() and not over.all()
    assert w.record[:, :, w.series.index("expired")].sum() == over.sum()


def test_a_developers_contract_grows_old() -> None:
    w = found(dict(no_company=0.0, fixed_share=0.0, youngest=8.0, oldest=10.0), 8)
    assert np.all(w.contract == contracts.DEVELOPER)
    quarters(w, 5)
    assert np.array_equal(w.contract == contracts.HOLDOVER, w.age + 364 / 365 >= 10)


RUIN = dict(no_company=0.0, fixed_cost=1.2, substitute=0.0)
"""Costs that no fees cover."""


def test_four_quarters_of_loss_and_it_leaves() -> None:
    """It gives notice on the day of the fourth loss, leaves when the notice is over, and effort falls for good."""
    w = found(RUIN)
    quarters(w, 3)
    assert np.all(w.losses == 3) and not w.leaving.any()
    quarters(w, 1)
    assert np.all(w.leaving) and np.all(w.contract_end == 273 + 60)
    lost = w.till.sum(axis=1)
    assert np.all(lost < 0)
    before = w.outside.copy()
    w.run(273 + 60)
    assert np.all(w.contract != contracts.NONE)
    w.step()
    assert np.all(w.contract == contracts.NONE)
    assert np.array_equal((w.outside - before)[:, 0], lost)
    assert not (w.till.any() or w.arrears.any() or w.losses.any() or w.leaving.any())
    assert np.all(w.effort == 0.15)
    assert np.array_equal(w.record[:, :, w.series.index("left")].sum(axis=0), [6, 6])
    quarters(w, 6)
    assert np.all(w.contract == contracts.NONE), "no substitute can be had"
    assert np.all(w.satisfaction < 0.3)


def test_another_company_comes() -> None:
    """A new number, a clean slate; a fixed term only where a body that functions can sign."""
    w = found(dict(no_company=1.0, substitute=1.0, tender_days=91.0, functioning_share=0.5), 6)
    quarters(w, 1)
    assert np.array_equal(w.company, np.broadcast_to(6 + np.arange(6), w.company.shape))
    signed = (w.body > 0) & w.functioning
    assert np.array_equal(w.contract, np.where(signed, contracts.FIXED_TERM, contracts.HOLDOVER))
    assert np.all(w.contract_end[signed] == 730)
    assert np.all(w.effort == 0.7)
    assert 0 < signed.sum() < signed.size


def test_the_search_takes_a_year() -> None:
    """Of compounds without a company, one in four looks each quarter, and seven in ten of these find one."""
    w = found(dict(no_company=1.0), 200)
    quarters(w, 4)
    none = (1 - 0.7 * 91 / 365) ** 4
    assert np.mean(w.contract == contracts.NONE) == pytest.approx(none, abs=0.04)


# --- money --------------------------------------------------------------------------------------------


def test_no_fen_is_lost() -> None:
    """Every day, through bills, wages, public income, leaving and coming; and fees are paid or owed."""
    w = found(dict(exit_quarters=1, tender_days=91.0, fee=0.8), 6, True)
    owed = 0
    for _ in range(3 * YEAR):
        before = w.arrears.sum()
        w.step()
        assert not np.any(books.imbalance(w))
        flow = dict(zip(w.series, w.record[-1].T.tolist(), strict=True))
        unpaid = sum(flow["fees_billed_fen"]) - sum(flow["fees_paid_fen"])
        assert w.arrears.sum() <= before + unpaid
        owed += unpaid
    assert w.record[:, :, w.series.index("left")].any()
    assert 0 < w.arrears.sum() < owed
