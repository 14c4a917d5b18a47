"""Doors: somebody goes from flat to flat while a round of signing is open, and an owner decides that day.

There is no bonus for being visited: an owner at home is asked the same question as one who thinks
about it alone, only sooner and more often. Every door costs time out of the keeper's hours, whether
anybody opens or not; flats whose owner has signed are passed by. A compound's oldest round comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import Stage
from sim.columns import Rule
from sim.parameters import parameter
from sim.rules import keeping, shares
from sim.space import rank_in_group

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Parameters:
    """What a door takes."""

    door_hours: float = parameter(
        0.25,
        0.1,
        0.5,
        unit="hours",
        source="priors: service, doors .25 each",
        doc="knocking on one door and talking the repair over",
    )
    at_home: float = parameter(
        0.5,
        0.3,
        0.8,
        unit="probability",
        source="priors: at home .5",
        doc="chance that the owner is at home, or can be reached where tenants or nobody live",
    )


def knock(w: Worlds) -> None:
    """Phase: whoever knocks on doors does so as far as the time kept for it goes."""
    if not (w.doors_time.any() or w.doors_balance.any()):
        return
    world, compound, building, case = _oldest_rounds(w)
    standing = np.zeros(w.doors_balance.shape, dtype=bool)
    standing[world, compound] = True
    w.doors_balance[...] = np.where(standing, w.doors_balance + w.doors_time, 0)  # time that nobody needs is not saved
    cost = np.rint(60 * w.at("door_hours", world)).astype(np.int64) * keeping.WEEK
    flats = w.layout.count("building", "household")[building]
    passed = 0
    while len(case):
        go = (w.doors_balance[world, compound] >= cost) & (passed < flats)
        world, compound, building, case = world[go], compound[go], building[go], case[go]
        cost, flats = cost[go], flats[go]
        nth = w.doors_passed[world, building].astype(np.int64)
        owner = w.layout.first("building", "household")[building] + nth % flats
        w.doors_passed[world, building] += 1
        ask = ~w.signed[world, owner]
        at, flat, house, about = world[ask], owner[ask], building[ask], case[ask]
        w.doors_balance[at, compound[ask]] -= cost[ask]
        w.count("minutes_doors", at, cost[ask] // keeping.WEEK)
        w.count("doors", at)
        ids = (w.cases.rounds[about], nth[ask])
        home = noise.chance(w.at("at_home", at), w.cases.key[about], "door.at_home", *ids)
        shares.decide(w, at[home], flat[home], house[home])
        passed += 1


def _oldest_rounds(w: Worlds) -> tuple[Ints, Ints, Ints, Ints]:
    """Return world, compound, building and case of the oldest round that each body with time for doors has open."""
    c = w.cases
    rows = np.flatnonzero(c.stage == int(Stage.SIGNING))
    rows = rows[(w.doors_time[c.world[rows], c.compound[rows]] > 0) & (c.organiser[rows] == 2 * c.compound[rows])]
    place = c.world[rows] * w.layout.sizes["compound"] + c.compound[rows]
    rows = rows[rank_in_group(place, c.started[rows]) == 0]
    return c.world[rows], c.compound[rows], c.bearer[rows], rows


RULE = Rule(
    name="doors",
    parameters=Parameters,
    flows={"doors": "doors knocked on"},
)
