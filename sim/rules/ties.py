"""Ties: who meets others at shared places comes to know them; ties fade, calm quarrels and let them be talked over.

The tie of a household is how well its people are known among those with whom they meet, from 0 to 1. Each time
they meet others, a part of what is missing to 1 is made up; without meetings half is forgotten in a half-life. A
household's hazard of feeling wronged by a neighbour is multiplied by exp(-b x tie), and a quarrel not yet claimed
is talked over with chance 1 - exp(-b x the weaker tie of the two) each time that it is thought of: the same b, no
second coefficient. Before anybody meets anybody at a shared place all ties are 0, and every quarrel is what it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise, space
from sim.cases import Kind
from sim.columns import Column, Rule
from sim.constants import code
from sim.parameters import parameter
from sim.rules import grievances, neighbours
from sim.space import anywhere, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

WHOLE = 10_000
"""A tie of 1, in the unit in which ties are kept: fine enough that rounding down takes 0.2% off a half-life."""

WEEK = 7
LN_2 = 0.6931471805599453
NEIGHBOUR = code(Kind.NEIGHBOUR)


@dataclass(frozen=True)
class Parameters:
    """How ties form, fade and calm."""

    tie_gain: float = parameter(
        0.05,
        0.01,
        0.15,
        unit="share",
        source="prior-hub",
        doc="part of what is missing to a tie of 1 that one meeting makes up",
    )
    tie_half_life: float = parameter(
        180.0,
        60.0,
        540.0,
        unit="days",
        source="prior-hub",
        doc="time after which half of a tie is left without meetings",
    )
    tie_calm: float = parameter(
        0.35,
        0.1,
        0.7,
        unit="logarithm",
        source="prior-hub, contact-disputes: no direct evidence was found",
        doc="b in exp(-b x tie), on quarrels with neighbours, and in talking them over",
    )


def meet(w: Worlds, world: Ints, household: Ints, times: Ints) -> None:
    """Let households have met others so many times; each household stands there once.

    Args:
        w: the worlds.
        world: world of each.
        household: who met others.
        times: how often.
    """
    if len(world) == 0:
        return
    left = 1 - w.at("tie_gain", world)
    missing = (WHOLE - w.tie[world, household]).astype(np.float64)
    for nth in range(int(times.max())):  # a product, not a power: the same on every machine
        missing = np.where(times > nth, missing * left, missing)
    w.tie[world, household] = WHOLE - np.rint(missing).astype(np.int16)


def fade(w: Worlds) -> None:
    """Phase, weekly: ties fade, and who has one quarrels as much less this week as what is left of it says."""
    if w.tie.max() == 0:  # so it is until people meet at shared places
        return
    world, household = space.places(w.tie != 0)
    left = noise.exp(-LN_2 * WEEK / w.p.flat["tie_half_life"])[world]
    w.tie[world, household] = np.floor(w.tie[world, household] * left).astype(np.int16)
    neighbours.calm(w, world, household, _calm(w, world, w.tie[world, household]))


def _calm(w: Worlds, world: Ints, tie: NDArray[np.int16]) -> Floats:
    """Return exp(-b x tie)."""
    return noise.exp(-w.at("tie_calm", world) * (tie / WHOLE))


def weigh(w: Worlds, rows: Ints) -> Mask:
    """Let people who know each other talk quarrels over; return which of the given grievances are still to be weighed.

    Args:
        w: the worlds.
        rows: rows of grievances, all due, of any kind.
    """
    g = w.grievances
    goes_on = np.empty(len(rows), dtype=bool)
    goes_on.fill(True)
    at = where(g.kind[rows] == NEIGHBOUR)
    own = rows[at]
    world = g.world[own]
    tie = w.pick("tie", world, g.household[own])
    if not anywhere(tie):  # so it is until people meet at shared places
        return goes_on
    weaker = np.minimum(tie, w.pick("tie", world, g.other[own]))
    agrees = noise.chance(1 - _calm(w, world, weaker), g.key[own], "tie.talk", g.tries[own])
    w.count("made_up", world[agrees])
    grievances.settle(w, own[agrees])
    goes_on[at[agrees]] = False
    return goes_on


RULE = Rule(
    name="ties",
    places=("compound",),
    wakes=("canteen_seats", "host_rooms", "host_events"),
    columns=(Column("tie", "flat", np.int16, "tie to people met at shared places, ten-thousandths"),),
    parameters=Parameters,
    flows={"made_up": "quarrels between neighbours that people who know each other talked over without a desk"},
)
