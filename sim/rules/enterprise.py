"""The enterprise: it buys birds back at a floor price if a batch is large enough, and can fail.

For the household the contract is a put against a firm that may not be there at the sale (nguyen-2019):
it is paid the floor, or sells elsewhere when the market pays well, and may be found out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim import noise
from sim.books import transfer
from sim.cases import NEVER
from sim.columns import Column, Lever, Rule
from sim.parameters import parameter
from sim.rules import market

if TYPE_CHECKING:
    from sim.worlds import Worlds


@dataclass(frozen=True)
class Parameters:
    """The contract, and who keeps it."""

    floor: float = parameter(
        0.85,
        0.7,
        0.95,
        unit="share",
        source="prior-farm-contract",
        doc="buy-back price, of the usual price; no enterprise would promise what it gets on average, or more",
    )
    minimum_batch: int = parameter(
        5000,
        0,
        20000,
        unit="birds",
        kind="set",
        source="prior-farm-contract",
        doc="birds under contract in a township, placed together, below which the enterprise does not come",
    )
    firm_default: float = parameter(
        0.04,
        0.0,
        2.0,
        unit="per year",
        kind="set",
        source="prior-farm-contract",
        doc="hazard that the enterprise fails",
    )
    crash_default: float = parameter(
        4.0,
        1.0,
        20.0,
        unit="times",
        source="prior-farm-contract",
        doc="how many times the hazard while the price is in a crash",
    )
    firm_gap: int = parameter(
        365,
        90,
        730,
        unit="days",
        source="guess: a season is lost until another enterprise is found",
        doc="days after which another enterprise comes",
    )
    side_gain: float = parameter(
        0.15,
        0.05,
        0.3,
        unit="share",
        source="prior-farm-contract, guo-jolly-2008",
        doc="gain over the floor from which on a household sells elsewhere",
    )
    firm_refuses: float = parameter(
        0.1,
        0.0,
        0.5,
        unit="probability",
        source="guess, guo-jolly-2008: firms break contracts too; the share is not from there",
        doc="chance that it does not take a batch where the floor is above the market by as much as tempts households",
    )
    caught: float = parameter(
        0.3,
        0.1,
        0.6,
        unit="probability",
        source="prior-farm-contract",
        doc="chance that selling elsewhere is found out; the gain is then handed over",
    )


def fail(w: Worlds) -> None:
    """Phase, weekly: enterprises fail, the oftener in a crash, and others come in their place."""
    back = ~w.firm & (w.firm_day <= w.day)
    w.firm[back] = True
    hazard = w.p.firm_default * np.where(w.price_log < market.IN_CRISIS, w.p.crash_default, 1.0)
    township = np.arange(w.layout.sizes["township"])
    chance = 1 - noise.exp(-hazard * market.WEEK_YEARS)
    fails = w.firm & noise.chance(chance, w.seeds[:, None], "enterprise.fail", township, w.day // 7)
    world, row = np.nonzero(fails)
    if len(world) == 0:
        return
    w.firm[world, row] = False
    w.firm_day[world, row] = w.day + w.whole("firm_gap", world)
    w.count("firms_failed", world)
    transfer(w, "till_firm", row, "outside", np.zeros_like(world), world, w.till_firm[world, row].copy())


def _set_up(w: Worlds) -> None:
    """Begin with an enterprise within reach of every township."""
    w.firm[...] = True


RULE = Rule(
    name="enterprise",
    places=("village",),
    columns=(
        Column("firm", "township", np.bool_, "an enterprise is there"),
        Column("firm_day", "township", np.int32, "day on which another one comes", default=-NEVER),
    ),
    levers=(
        Lever(
            "contract_minutes",
            "village",
            0,
            "max",
            "minutes/week",
            "time of the village's branch for signing buy-back contracts with households",
        ),
    ),
    parameters=Parameters,
    flows={"firms_failed": "enterprises that failed"},
    set_up=_set_up,
)
