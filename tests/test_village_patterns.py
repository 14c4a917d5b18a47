"""Patterns of villages, each with a world in which it must vanish, and where the alliance loses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from sim import outcomes
from sim.rules import canvass, farming
from sim.scenario import Scenario
from sim.worlds import Worlds
from tests.helpers import clearly_above_zero, daily, total
from tests.villages import alone, burnt_in, lived, say

YEAR = 365
MIDDLING = dict(villages=2, households=100, around=50, team_size=20)
POOL = ("complementarity", "authority", "coordination")

FOURTH: dict[str, Any] = dict(
    money_capital=2e5, money_land=15.0, money_rooms=25.0, land_capital=2e4, land_land=225.0, land_rooms=300.0,
    minimum_batch=1000, crash_rate=0.0, project_rate=0.0,
)  # fmt: skip
"""A fourth of the usual endowments, for a fourth of the households; nothing comes by chance from outside."""

AMPLE: dict[str, Any] = FOURTH | dict(
    money_capital=1.5e6, money_land=2000.0, money_rooms=5000.0, land_capital=1.5e6, land_land=2000.0, land_rooms=5000.0
)
"""Room for everybody, so that only what is believed decides."""


def lives(
    fixed: Mapping[str, Any], days: int, *scenarios: Scenario, burn_in: int = 364, replications: int = 6
) -> Worlds:
    """Let villages live scenarios with parameters as they are."""
    w = burnt_in(
        replications=range(replications), structure=MIDDLING, eager=False, fixed=fixed, prior_draws=False,
        burn_in=burn_in,
    )  # fmt: skip
    return lived(w, days, *scenarios)


def got(w: Worlds, outcome: str) -> np.ndarray:
    """Return an outcome, shape ``(scenarios, replications)``."""
    values = outcomes.quotients(outcomes.counts(outcomes.recorded(w)), "village")[outcome]
    return values.reshape(len(set(w.scenario.tolist())), -1)


def each(w: Worlds, flow: str) -> np.ndarray:
    """Return the total of a flow, shape ``(scenarios, replications)``."""
    return total(w, flow).reshape(len(set(w.scenario.tolist())), -1)


def joined(w: Worlds, members: bool = False) -> np.ndarray:
    """Return households that have joined by the end of each year, shape ``(years + 1, scenarios, replications)``."""
    stock = daily(w, "adopters_members" if members else "adopters")
    at = [0, *range(YEAR - 1, len(stock), YEAR)]
    return stock[at].reshape(len(at), len(set(w.scenario.tolist())), -1)


# -- P1: an S-curve, with members first -------------------------------------------------------------


def test_p1_diffusion_is_s_shaped_and_flat_without_learning() -> None:
    """With room for all, more join in the second year than in the first, and few in the last; not if nobody learns."""
    w = lives(AMPLE, 5 * YEAR, say("village_alliance"), burn_in=28)
    joins = np.diff(joined(w)[:, 0], axis=0)
    assert clearly_above_zero(joins[1] - joins[0])
    assert clearly_above_zero(joins[1] - joins[4])
    blind = lives(AMPLE | dict(weight_same=0.0, weight_other=0.0), 5 * YEAR, say("village_alliance"), burn_in=28)
    without = np.diff(joined(blind)[:, 0], axis=0)
    assert clearly_above_zero(without[0] - without[1])
    assert joins.sum() > 2 * without.sum()


def test_p1_members_come_first_where_they_are_called_on() -> None:
    """Among the first who join members are many, later few; without calls they are as many as among all."""
    quiet = alone(*POOL, "floor_price", "inputs_and_skill")
    w = lives(AMPLE, 2 * YEAR, say("village_alliance"), quiet, burn_in=28)
    first, later = (np.diff(joined(w, members), axis=0) for members in (True, False))
    share = first.sum(axis=2) / later.sum(axis=2)  # by year and scenario
    of_all = w.farm_member.mean()
    assert share[0, 0] > 2 * of_all
    assert share[0, 0] > 2 * share[1, 0]
    assert abs(share[0, 1] - of_all) < 0.08


# -- P2: synergy net of talks only where endowments do not match -----------------------------------


def test_p2_pooling_pays_net_only_where_endowments_differ() -> None:
    """Net of hours, pooling brings much where one has what the other lacks, and a loss where all is alike."""
    gains = []
    for mismatch in (1.0, 0.5, 0.0):
        w = lives(FOURTH | dict(mismatch=mismatch), 3 * YEAR, say(), alone(*POOL))
        net = got(w, "collective_net")
        gains.append(net[1] - net[0])
    assert clearly_above_zero(gains[0]) and clearly_above_zero(gains[0] - gains[1])
    assert clearly_above_zero(-gains[2])
    assert abs(gains[2].mean()) < 0.5 * gains[0].mean()


# -- P10 and P11: who signs a contract, and when ---------------------------------------------------


def test_p10_few_sign_while_prices_are_usual_and_more_if_the_floor_is_high() -> None:
    """At usual prices hardly anybody signs, with thin margins too; the falsifier is a floor near the usual price."""
    usual = lives(FOURTH | dict(floor=0.8), 2 * YEAR, say("village_alliance"))
    thin = lives(FOURTH | dict(slow_birds=False, floor=0.8, minimum_batch=0), 2 * YEAR, say("village_alliance"))
    high = lives(FOURTH | dict(floor=0.95), 2 * YEAR, say("village_alliance"))
    for w in (usual, thin):
        assert each(w, "could_sign").sum() > 100
        assert each(w, "batches_contract").sum() < 0.05 * each(w, "batches").sum()
    assert each(high, "batches_contract").sum() > 3 * each(usual, "batches_contract").sum()


def test_p10_small_flocks_do_not_sign_at_thin_margins_and_do_at_a_high_floor() -> None:
    """Of batches of small flocks next to none is under contract; the falsifier is a floor near the usual price."""
    thin = FOURTH | dict(slow_birds=False, minimum_batch=0, flock=150.0, flock_spread=0.6)
    usual, high = (lives(thin | dict(floor=floor), 2 * YEAR, say("village_alliance")) for floor in (0.8, 0.95))
    for w in (usual, high):
        assert (each(w, "batches") - each(w, "batches_large")).sum() > 500 < each(w, "could_sign").sum()
    signed = [(each(w, "batches_contract") - each(w, "batches_contract_large")).sum() for w in (usual, high)]
    assert np.nanmax(got(usual, "contract_share_small")) < 0.05
    assert signed[1] > 10 * signed[0]


def would_sign(flock: int, **fixed: Any) -> tuple[float, float]:
    """Offer a contract to everybody at the usual price, at a flock alike for all.

    Returns:
        Share of those whom birds suit who would sign, and what the contract is worth beyond the market to the median
        household, yuan a bird.
    """
    w = lives(FOURTH | dict(floor=0.95) | fixed, 81, say("village_alliance"), burn_in=28, replications=4)
    w.price_log[...] = 0.0
    case = farming.Choosing(w, *np.nonzero(w.income > 0), w.day // canvass.WAVE)
    case.number = {mode: np.full(len(case.yard), flock) for mode in case.number}
    case._value()
    spot, contract = case.value[farming.SPOT], case.value[farming.CONTRACT]
    suits = np.maximum(spot, contract) > 0
    assert suits.sum() > 100
    return (contract > spot)[suits].mean(), float(np.median((contract - spot) / flock))


def test_p10_the_smaller_the_flock_the_less_use_is_a_contract() -> None:
    """A risk grows with the square of the flock, its premium too; the falsifier is that nobody minds a risk."""
    for slow in (False, True):
        shares, worth = zip(*(would_sign(n, slow_birds=slow) for n in (50, 100, 500, 2000)), strict=True)
        assert shares[0] == shares[1] == 0 < shares[3]
        assert (np.diff(worth) > 0).all() and worth[1] < 0
    assert shares[3] > 0.2
    bold = dict(risk_low=0.0, risk_high=0.0)
    shares, worth = zip(*(would_sign(n, slow_birds=True, **bold) for n in (50, 2000)), strict=True)
    assert shares == (0, 0) and abs(worth[1] - worth[0]) < 1e-9


def test_p11_a_crash_drives_households_to_the_contract() -> None:
    """In the season after a crash many sign; not if prices are expected to be back by the sale."""
    crash = FOURTH | dict(crash_day=785, minimum_batch=500)
    both = [say("village_alliance"), say("village_alliance", "village_alliance.floor_price=off")]
    hit = lives(crash, 1000, *both)
    calm = lives(crash | dict(crash_day=-1), 1000, *both)
    hopeful = lives(crash | dict(extrapolates=0.0, price_reversion=8.0), 1000, *both)
    season = slice(785, 1000)
    signed = [daily(w, "batches_contract")[season].reshape(-1, 2, 6)[:, 0].sum(axis=0) for w in (hit, calm, hopeful)]
    assert clearly_above_zero(signed[0] - signed[1], errors=2.0)
    assert signed[0].sum() > 3 * signed[1].sum()
    assert signed[0].sum() > 3 * signed[2].sum()
    assert each(hit, "batches_contract")[1].sum() == 0


# -- flock and bird --------------------------------------------------------------------------------


def test_a_hundred_broilers_leave_less_than_one_percent_of_income() -> None:
    """For slow birds it is a few percent, and 10 to 20 yuan a bird; for broilers next to nothing."""
    flock = dict(flock=100.0, flock_spread=0.0)
    slow = lives(FOURTH | flock, 3 * YEAR, say("village_alliance"))
    fast = lives(FOURTH | flock | dict(slow_birds=False), 3 * YEAR, say("village_alliance"))
    assert 10 < got(slow, "net_per_bird").mean() < 20
    assert 0.01 < np.nanmean(got(slow, "farm_share")) < 0.08
    assert -1 < got(fast, "net_per_bird").mean() < 4  # who keeps them does so while the price is good
    assert np.nanmean(got(fast, "farm_share")) < 0.01
    assert got(fast, "farm_income").mean() < 0.2 * got(slow, "farm_income").mean()


# -- where it loses --------------------------------------------------------------------------------


def test_the_alliance_loses_where_there_is_nothing_to_pool() -> None:
    """With matching endowments, or a share that one side will never sign, hours are spent for nothing."""
    w = lives(FOURTH | dict(mismatch=0.0), 2 * YEAR, say(), say("village_alliance"))
    net = got(w, "collective_net")
    assert clearly_above_zero(net[0] - net[1])
    greedy = lives(FOURTH, 2 * YEAR, say(), alone(*POOL, share=0.02))
    assert each(greedy, "signed").sum() == 0
    assert each(greedy, "talks_failed").sum() > 0
    net = got(greedy, "collective_net")
    assert clearly_above_zero(net[0] - net[1])


def test_a_side_that_would_do_better_alone_leaves() -> None:
    """The village with land, once it has a project of its own, leaves an alliance that gives it next to nothing."""
    fixed = FOURTH | dict(project_rate=0.3, patience_years=1, least_rounds=1, asks=0.1)
    w = lives(fixed, 4 * YEAR, alone(*POOL, share=0.5), alone(*POOL, share=0.93))
    signed, dissolved = each(w, "signed"), each(w, "dissolved")
    assert signed[1].sum() > 0
    assert dissolved[1].sum() > 0
    assert dissolved[1].sum() / signed[1].sum() > 2 * dissolved[0].sum() / signed[0].sum()
    assert w.allied[w.n // 2 :].sum() + dissolved[1].sum() == signed[1].sum()


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_both_gain_over_standing_alone_where_it_is_signed(share: float) -> None:
    """Whatever the share, once signed, each village earns more than in the baseline, over the years that follow."""
    w = lives(FOURTH, 4 * YEAR, say(), alone(*POOL, share=share))
    for village in ("collective_money", "collective_land"):
        income = got(w, village)
        assert (each(w, "signed")[1] == 1).all()
        assert clearly_above_zero(income[1] - income[0])
        assert (income[1] > income[0]).all()
