"""Capture: the company may buy those who should watch it, in every arrangement.

What the company saves by working less than it is expected to is what it can offer. Everybody whose consent the
body's matters need must be bought: two persons where there are two, one where the offices are merged. Who gives
too little time to be waited for (`sim.rules.repairs`) is passed over and need not be bought. A person takes the
money if it is worth more than what integrity and the risk of detection make of it. Whoever is bought sees nothing
and asks for nothing; detection ends it and leaves the company careful for some years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import books, noise
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.rules import bodies, company, contracts, fees, leaders
from sim.rules.trust import QUARTER

if TYPE_CHECKING:
    from sim.worlds import Worlds

YEAR, WEEK = 365, 7


@dataclass(frozen=True)
class Parameters:
    """What is offered, what it takes, what becomes of it."""

    rent_share: float = parameter(
        0.5,
        0.1,
        0.9,
        unit="share",
        source="prior-capture",
        doc="what the company offers of what it saves by little effort",
    )
    honesty: float = parameter(
        100000.0,
        30000.0,
        300000.0,
        unit="yuan/year",
        source="guess: about the effort saved in 300 flats, 63 x (0.75^2 - 0.15^2) x 300 x 12 = 122,000",
        doc="what a person of full integrity would have to be offered a year",
    )
    detected: float = parameter(
        0.15,
        0.02,
        0.50,
        unit="per year",
        source="prior-capture",
        doc="hazard that capture comes to light",
    )
    careful_years: float = parameter(
        2.0,
        1.0,
        5.0,
        unit="years",
        kind="set",
        source="guess, prior-contract: about a term",
        doc="time after a detection in which nothing is offered",
    )
    capture: bool = parameter(
        True,
        False,
        True,
        unit="switch",
        kind="set",
        source="design: offers are made under every arrangement, and can be switched off",
        doc="whether companies offer anything at all",
    )


def tempt(w: Worlds) -> None:
    """Phase, quarterly: capture comes to light, or is paid for; where there is none, it is offered."""
    compound, quarter = np.arange(w.layout.sizes["compound"]), w.day // QUARTER
    seeds = w.seeds[:, None]
    found = w.captured & noise.chance(w.p.detected * QUARTER / YEAR, seeds, "capture.detected", compound, quarter)
    w.careful_until[...] = np.where(found, w.day + np.rint(w.p.careful_years * YEAR), w.careful_until)
    w.flow["detected"] += found.sum(axis=1)

    standing = (w.body > bodies.NONE) & (w.contract != contracts.NONE)
    saved = company.QUARTERS * fees.billed(w) / books.FEN * w.p.effort_cost
    saved = saved * (w.p.expected_effort * w.p.expected_effort - w.p.lowest_effort * w.p.lowest_effort)
    needed = _needed(w)
    offer = w.p.rent_share * saved / needed
    price = w.p.honesty * (1 + w.p.detected)
    first, second = leaders.integrities(w)
    one = offer >= price * first
    both = one & (offer >= price * second)
    bought = np.where(needed > 1, both, one)
    w.captured[...] = standing & bought & (w.p.capture > 0) & (w.careful_until <= w.day)

    w.stock["captured_compounds"][...] = w.captured.sum(axis=1)
    world, row = np.nonzero(w.captured)
    fen = np.rint((offer * needed / company.QUARTERS)[world, row] * books.FEN).astype(np.int64)
    books.transfer(w, "till", row, "outside", np.zeros_like(row), world, fen)
    w.count("bribes_fen", world, fen)
    w.count("captured_quarters", world)


def _needed(w: Worlds) -> NDArray[np.int64]:
    """Return of how many principals the body's matters need the consent, ``(worlds, compounds)``.

    A second principal counts who, with nothing else to do, would get to a sitting within `second_patience_days`.
    """
    days = w.p.sitting_hours * 60 * WEEK / np.maximum(w.secretary_minutes, 1)
    return np.where(days <= w.p.second_patience_days, w.principals, 1)


RULE = Rule(
    name="capture",
    places=("compound",),
    columns=(
        Column("captured", "compound", np.bool_, "those who should watch the company are bought"),
        Column(
            "careful_until", "compound", np.int32, "first day on which the company may offer again", default=-(10**6)
        ),
    ),
    parameters=Parameters,
    flows={
        "detected": "captures that came to light",
        "captured_quarters": "compound-quarters of capture",
        "bribes_fen": "paid by companies to those who should watch them, fen",
    },
    stocks={"captured_compounds": "compounds in which those who should watch the company are bought"},
)
