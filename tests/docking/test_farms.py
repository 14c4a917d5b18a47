"""Farms left with one mechanism at a time agree with what theory knows in closed form."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from sim.rules import alliance, bases, beliefs, farming, market
from sim.worlds import Worlds
from tests.docked import Dock, mean_and_error
from tests.villages import burnt_in, lived, recipe, say

# -- the base: CES and Leontief --------------------------------------------------------------------


def test_a_base_is_ces_with_leontief_as_its_limit(dock: Dock) -> None:
    """Constant returns, equal inputs as they are, the scarcest in the limit, a geometric mean near sigma = 1."""
    inputs = np.array([[100.0, 40.0, 7.0], [100.0, 90.0, 700.0], [100.0, 60.0, 80.0]])
    for sigma in (0.05, 0.3, 0.8):
        held = bases.ces(inputs, np.array([sigma]))
        assert held[0] == pytest.approx(100.0)
        assert bases.ces(3 * inputs, np.array([sigma])) == pytest.approx(3 * held)
        rho = (sigma - 1) / sigma
        assert held == pytest.approx(((inputs**rho).mean(axis=0)) ** (1 / rho))
    held = bases.ces(inputs, np.array([0.002]))
    for wanted, found in zip(inputs.min(axis=0), held, strict=True):
        dock("Leontief, the limit of CES", f"held by {wanted:g} of the scarcest", wanted, found, within=0.003 * wanted)
    near_one = bases.ces(inputs, np.array([0.9999]))
    assert near_one == pytest.approx(np.prod(inputs, axis=0) ** (1 / 3), rel=1e-3)
    assert bases.ces(np.array([[0.0], [5.0], [9.0]]), np.array([0.3])) == 0


def test_pooling_is_superadditive_by_algebra_alone() -> None:
    """Two bases together never hold less than apart, and as much where their inputs are proportional."""
    rng = np.random.default_rng(1)
    a, b = rng.uniform(1, 100, (3, 200)), rng.uniform(1, 100, (3, 200))
    sigma = np.array([0.3])
    assert (bases.ces(a + b, sigma) >= (bases.ces(a, sigma) + bases.ces(b, sigma)) * (1 - 1e-12)).all()
    assert bases.ces(a + 2 * a, sigma) == pytest.approx(bases.ces(a, sigma) + bases.ces(2 * a, sigma))


# -- the price: an Ornstein-Uhlenbeck process, and a put -------------------------------------------

STILL = dict(crash_rate=0.0, price_volatility=0.3, price_reversion=2.0)


def prices(weeks: int) -> tuple[Worlds, np.ndarray]:
    """Let the price of many worlds move for some weeks; return the worlds and the logarithms."""
    structure = dict(villages=1, households=20, around=0)
    w = Worlds(recipe(range(4000), structure=structure, fixed=STILL, prior_draws=False, burn_in=7 * weeks, eager=False))
    for _ in range(weeks):
        market.step(w)
        w.day += 7
    return w, w.price_log[:, 0]


def test_the_price_is_the_process_it_is_said_to_be(dock: Dock) -> None:
    """After n weeks it is normal with mean 0 and the variance of the process, within 3 standard errors."""
    weeks = 21
    _, x = prices(weeks)
    years = weeks * 7 / 365
    sd = 0.3 * math.sqrt((1 - math.exp(-2 * 2.0 * years)) / (2 * 2.0))
    n = len(x)
    dock("Ornstein-Uhlenbeck, 21 weeks", "mean of log price", 0.0, x.mean(), sd / math.sqrt(n))
    error = sd / math.sqrt(2 * (n - 1))
    dock("Ornstein-Uhlenbeck, 21 weeks", "spread of log price", sd, x.std(ddof=1), error)
    assert stats.kstest(x / sd, "norm").pvalue > 0.001


@pytest.mark.parametrize("strike", [0.8, 0.85, 0.9, 0.95])
def test_a_floor_is_a_put(strike: float, dock: Dock) -> None:
    """What a loyal household gets at worst, and what one expects who sells elsewhere freely, is spot plus a put.

    E max(f, k) = E f + E max(k - f, 0): the closed form is Black's. What counts for who signs is the put, a thousandth
    of the price to some hundredths, so it is the put that the engine must come near to.
    """
    _, x = prices(21)
    sd = 0.3 * math.sqrt((1 - math.exp(-2 * 2.0 * 21 * 7 / 365)) / (2 * 2.0))
    d = math.log(strike) / sd
    mean = math.exp(sd * sd / 2)
    put = strike * stats.norm.cdf(d) - mean * stats.norm.cdf(d - sd)
    got = np.maximum(np.exp(x), strike)
    name = f"a floor of {strike:g} is a put (Black)"
    dock(name, "price with the floor, of spot", mean + put, *mean_and_error(got))

    loyal = dict(STILL, floor=strike, side_gain=0.0, caught=0.0, firm_default=0.0, firm_refuses=0.0)
    loyal |= dict(slow_days=147, extrapolates=0.0)
    w = burnt_in(replications=(0,), fixed=loyal, prior_draws=False, burn_in=0)
    spot, contract = farming.price_moments(w)
    assert spot[0][0, 0] == pytest.approx(mean, rel=1e-8)  # six standard deviations leave out 2e-9
    assert spot[1][0, 0] == pytest.approx(math.exp(2 * sd * sd), rel=1e-8)  # six standard deviations leave out 2e-9
    dock(name, "what a household thinks the floor is worth", put, contract[0][0, 0] - spot[0][0, 0], within=0.005 * put)
    failing = burnt_in(replications=(0,), fixed={**loyal, "firm_default": 50.0}, prior_draws=False, burn_in=0)
    assert farming.price_moments(failing)[1][0][0, 0] == pytest.approx(spot[0][0, 0], rel=1e-6)


# -- risk: CRRA ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "aversion"), [(100, 2.0), (100, 4.0), (400, 3.0)])
def test_the_certainty_equivalent_is_that_of_crra(number: int, aversion: float, dock: Dock) -> None:
    """The engine's value is within 15% of the risk premium of the exact CRRA equivalent, integrated numerically."""
    fixed = dict(
        flock=float(number), flock_spread=0.0, income_spread=0.0, risk_low=aversion, risk_high=aversion, hassle=0.0,
        hours_fixed=0.0, hours_bird=0.0, at_hand=5.0, crash_rate=0.0, farm_belief_sd=6.0,
    )  # fmt: skip
    w = burnt_in(replications=(0,), fixed=fixed, prior_draws=False, burn_in=0)
    w.belief_mean[...] = 10.0
    w.base_of[...] = 0
    w.day = 84
    case = farming.Choosing(w, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), 3)
    first, second = (m[0, 0] for m in farming.price_moments(w)[0])
    price_sd = math.sqrt(math.log(second / (first * first)))
    mu = math.log(first) - price_sd * price_sd / 2
    cost = w.income[0, 0] / 100, case.cost[0, 0] / 100 + w.p.base_margin[0, 0]
    revenue = 10.0 + market.inputs(w)[0, 0] / 100

    z = np.linspace(-6, 6, 241)
    density = stats.norm.pdf(z)
    wealth = cost[0] + number * ((revenue + 6.0 * z[:, None]) * np.exp(mu + price_sd * z) - cost[1])
    utility = wealth ** (1 - aversion) * density * density[:, None]
    mean = integrate.simpson(integrate.simpson(utility, x=z, axis=1), x=z)
    exact = mean ** (1 / (1 - aversion)) - cost[0]
    neutral = number * (revenue * first - cost[1])
    assert neutral > exact
    name, within = f"CRRA, aversion {aversion:g}", 0.15 * (neutral - exact)
    dock(name, f"worth of {number} birds, yuan", exact, case.value[farming.SPOT][0], within=within)


# -- Nash ------------------------------------------------------------------------------------------


def test_nash_is_where_the_product_of_gains_is_greatest() -> None:
    """Both gain over standing alone, and equally."""
    rng = np.random.default_rng(2)
    alone = rng.uniform(0, 40, (2, 50))
    together = alone.sum(axis=0) + rng.uniform(1, 60, 50)
    share = alliance.nash(alone[0], alone[1], together)
    for k in range(50):
        grid = np.linspace(0, 1, 20_001)
        product = (grid * together[k] - alone[0, k]) * ((1 - grid) * together[k] - alone[1, k])
        product[(grid * together[k] < alone[0, k]) | ((1 - grid) * together[k] < alone[1, k])] = -1
        assert share[k] == pytest.approx(grid[product.argmax()], abs=1e-4)
    assert share * together - alone[0] == pytest.approx((1 - share) * together - alone[1])
    assert alliance.nash(np.zeros(1), np.zeros(1), np.zeros(1)) == 0.5


# -- diffusion: Bass without imitation, and a cascade by teams -------------------------------------

OPEN = dict(
    money_capital=1.5e6, money_land=2000.0, money_rooms=5000.0, flock=50.0, flock_spread=0.0, income_spread=0.0,
    at_hand=1.0, wage_some=0.0, wage_many=0.0, hassle=0.0, branch_hours=0.0, crash_rate=0.0, minimum_batch=20000,
    own_share=0.0, risk_low=0.0, risk_high=0.0, yard_birds=0, project_rate=0.0, exit_losses=99,
)  # fmt: skip
"""Room for everybody, and everybody alike: only who thinks of birds and what is believed of them decides."""


def test_without_imitation_it_is_bass_with_q_0(dock: Dock) -> None:
    """Where everybody wants birds and thinks of them with chance p, 1 - (1 - p)^k have joined after k chances."""
    fixed = {**OPEN, "farm_belief": 20.0, "farm_belief_sd": 0.01, "considers": 0.1}
    w = burnt_in(replications=range(4), structure=dict(villages=1, households=300, around=0), fixed=fixed, burn_in=0)
    chances = 0
    while w.day < 2 * 365:
        chances += w.day % 28 == 0 and 59 <= w.day % 365 < 243
        w.step()
    n = w.adopted.size
    expected = 1 - 0.9**chances
    assert chances >= 12
    error = math.sqrt(expected * (1 - expected) / n)
    dock("Bass, no imitation", "share that has joined", expected, w.adopted.mean(), error)


def test_what_neighbours_show_spreads_through_teams_and_no_further() -> None:
    """A cascade (Granovetter): in a team where one believes, all join in the end; where nobody does, nobody ever."""
    fixed = {
        **OPEN, "farm_belief": -9.0, "farm_belief_sd": 6.0, "considers": 1.0, "weight_same": 0.8, "observation_sd": 3.0,
        "survival_alone": 0.9, "survival_skilled": 0.9, "winter_loss": 0.0,
        "winter_heat": 0.0, "price_volatility": 0.0,
    }  # fmt: skip
    structure = dict(villages=1, households=400, around=0, team_size=8)
    w = burnt_in(replications=(0, 1), structure=structure, fixed=fixed, prior_draws=False, burn_in=0)
    seeds = np.zeros_like(w.adopted)
    while w.day < 4 * 365:
        before = w.told.any()
        w.step()
        if not before and w.day < 365:  # nobody has learnt anything yet
            seeds = w.adopted.copy()
    team = w.layout.up("yard", "team")
    believed = np.zeros((w.n, w.layout.sizes["team"]), dtype=bool)
    for k in range(w.n):
        believed[k, team[seeds[k]]] = True
    assert 0.1 < believed.mean() < 0.95
    assert np.array_equal(w.adopted, believed[:, team])


def test_beliefs_are_normal_normal() -> None:
    """After observations of weights 1 and .4 the posterior is that of the textbook."""
    n = 6
    layout: Any = SimpleNamespace(sizes={"team": 1}, up=lambda child, parent: np.zeros(n, dtype=np.int64))
    one = np.ones((1, 1))
    p: Any = SimpleNamespace(weight_same=0.4 * one, weight_other=0.15 * one, observation_sd=8 * one)
    p.farm_belief_least = one
    w: Any = SimpleNamespace(n=1, layout=layout, p=p, shown=np.zeros((1, 1), dtype=bool))
    w.flock_wish = np.array([[100, 100, 100, 300, 100, 300]])
    w.result = np.array([[1000, 2000, 0, 400, 0, 0]])
    w.told = np.array([[True, True, False, True, False, False]])
    w.belief_mean, w.belief_precision = np.full((1, n), -2.0), np.full((1, n), 0.01)
    beliefs.learn(w)
    for yard, weights in ((0, (1.0, 0.4, 0.15)), (2, (0.4, 0.4, 0.15)), (3, (0.15, 0.15, 1.0)), (5, (0.15, 0.15, 0.4))):
        precision = 0.01 + sum(weights) / 64
        seen = sum(weight * value for weight, value in zip(weights, (10.0, 20.0, 4.0), strict=True))
        assert w.belief_precision[0, yard] == pytest.approx(precision)
        assert w.belief_mean[0, yard] == pytest.approx((0.01 * -2.0 + seen / 64) / precision)
    assert not w.told.any()


def test_a_lived_world_uses_these_rules() -> None:
    """The pieces above are those of the schedule: a world with room and belief places, sells and learns."""
    w = lived(burnt_in(replications=(0,)), 400, say())
    assert w.adopted.any()
    assert (w.belief_precision > 1 / (w.p.farm_belief_sd * w.p.farm_belief_sd)).any()
