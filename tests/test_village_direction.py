"""Coefficients of the alliance are no effects, and what is U-shaped in one has both its sides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.mechanisms import registry
from sim.rules import alliance
from sim.scenario import Scenario, parse
from sim.worlds import Worlds
from tests.helpers import clearly_above_zero, daily, total
from tests.test_village_patterns import FOURTH, MIDDLING
from tests.villages import burnt_in, lived, say

NAME = "village_alliance"
CHANNELS = registry()[NAME].channels
YEAR = 365
REPLICATIONS = range(12)

Coefficient = tuple[str, str, float, float, str]

COEFFICIENTS: dict[str, Coefficient] = {
    # channel, coefficient, once, twice, and the outcome that the channel is about
    "complementarity": ("complementarity", "meet_hours", 2.0, 4.0, "allied_townships"),
    "authority": ("authority", "hours", 3.0, 6.0, "allied_townships"),
    "coordination": ("coordination", "degree", 0.25, 0.5, "allied_townships"),
    "demonstration": ("demonstration", "calling_hours", 0.5, 1.0, "adopters_members"),
    "floor_price": ("floor_price", "contract_hours", 0.5, 1.0, "batches_contract"),
    "inputs_and_skill": ("inputs_and_skill", "coach_hours", 3.0, 6.0, "minutes_coaching"),
    "its orders": ("inputs_and_skill", "order_hours", 0.5, 1.0, "minutes_orders"),
}
DAILY = ("allied_townships", "adopters_members")
"""Stocks, whose sum over days is the outcome; of flows it is the total."""


@pytest.fixture(scope="module")
def found() -> Worlds:
    """Households that want birds, a high floor, a crash in the second spring, an enterprise that comes for few."""
    much = FOURTH | dict(farm_belief=4.0, considers=0.2, minimum_batch=0, floor=0.95, firm_default=0.0, at_hand=0.03)
    much |= dict(crash_day=784, round_hours=30.0, stays_away=0.2)  # so that talks end within the time that is looked at
    return burnt_in(
        replications=REPLICATIONS, structure=MIDDLING, eager=False, fixed=much, prior_draws=False, burn_in=364
    )


def with_channel(channel: str, *settings: str) -> Scenario:
    """Say the alliance with pooling and one channel beside."""
    on = dict.fromkeys(("complementarity", channel))
    words = ["channels=off", *(f"{c}=on" for c in on), *settings]
    return parse("said", [NAME, *(f"{NAME}.{word}" for word in words)])


def test_every_channel_has_a_coefficient_that_is_doubled() -> None:
    """What is true of one channel is tested of all."""
    assert {channel for channel, *_ in COEFFICIENTS.values()} == set(CHANNELS)


@pytest.mark.thorough
@pytest.mark.parametrize("what", COEFFICIENTS)
def test_twice_the_coefficient_is_not_twice_the_effect(found: Worlds, what: str) -> None:
    """No coefficient of the alliance is its effect: doubled, it has clearly less than twice the effect.

    The effect is that of the channel beside pooling, at the same hours; of pooling, beside villages on their own.
    """
    channel, name, once, twice, outcome = COEFFICIENTS[what]
    arms: list[Scenario] = []
    for x in (once, twice):
        beside = say() if channel == "complementarity" else with_channel("complementarity", f"{name}={x}")
        arms += [beside, with_channel(channel, f"{name}={x}")]
    w = lived(found, 3 * YEAR, *arms)
    amount = daily(w, outcome).sum(axis=0) if outcome in DAILY else total(w, outcome)
    base, one, base_twice, two = amount.reshape(4, -1).astype(float)
    one, two = one - base, two - base_twice
    assert clearly_above_zero(one)
    assert clearly_above_zero(2 * one - two)


def test_rounds_cost_least_at_half_integration_and_more_on_either_side(found: Worlds) -> None:
    """U-shaped in the degree: dearer at both ends, falling before a half, rising after it, the same on both sides."""
    degrees = (0.0, 0.25, 0.5, 0.75, 1.0)
    w = found.stack([say(NAME, f"{NAME}.degree={x}") for x in degrees])
    w.step()
    longer = alliance.apart(w).reshape(len(degrees), -1)
    assert np.allclose(longer, np.array([2.0, 1.25, 1.0, 1.25, 2.0])[:, None])
    cost = alliance.round_cost(w).reshape(len(degrees), -1)
    assert (np.diff(cost[:3], axis=0) < 0).all() and (np.diff(cost[2:], axis=0) > 0).all()
    assert np.allclose(cost[[0, 1]], cost[[4, 3]], atol=1) and np.allclose(cost[4], 2 * cost[2], atol=1)


def test_talks_end_soonest_at_half_integration(found: Worlds) -> None:
    """Too little or too much of one office, and the alliance comes later; the falsifier is rounds of no length."""
    degrees = (0.0, 0.25, 0.5, 0.75, 1.0)
    arms = [say(NAME, f"{NAME}.degree={x}") for x in degrees]
    w = lived(found, 2 * YEAR, *arms)
    allied = daily(w, "allied_townships").sum(axis=0).reshape(len(degrees), -1).astype(float)
    for less, more in ((0, 1), (1, 2), (3, 2), (4, 3)):
        assert clearly_above_zero(allied[more] - allied[less]), (degrees[less], degrees[more])
    fixed: dict[str, Any] = FOURTH | dict(round_hours=0.5)
    quick = burnt_in(replications=range(4), structure=MIDDLING, eager=False, fixed=fixed, prior_draws=False, burn_in=28)
    w = lived(quick, YEAR, *arms)
    allied = daily(w, "allied_townships").sum(axis=0).reshape(len(degrees), -1)
    assert (allied == allied[0]).all() and allied.any()
