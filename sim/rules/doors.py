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
from sim.space import rank_in_group, where

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
    """Phase: whoever knocks on doors goes on around the house, as far as the time kept for it goes."""
    if not (w.doors_time.any() or w.doors_balance.any()):
        return
    case = _oldest_rounds(w)
    c = w.cases
    world, compound, building = c.world[case], c.compound[case], c.bearer[case]
    balance = w.doors_balance[world, compound] + w.doors_time[world, compound]
    w.doors_balance[...] = 0  # time that nobody needs is not saved
    w.doors_balance[world, compound] = balance
    cost = np.rint(60 * w.at("door_hours", world)).astype(np.int64) * keeping.WEEK
    able = where(balance >= cost)
    if len(able) == 0:
        return
    case, world, compound, building = case[able], world[able], compound[able], building[able]
    cost, most = cost[able], balance[able] // cost[able]

    owners, position = w.layout.rows_of("building", "household", building)
    unsigned = ~w.signed[world[position], owners]
    owners, position = owners[unsigned], position[unsigned]
    size = w.layout.count("building", "household")[building]
    passed = w.doors_passed[world, building].astype(np.int64)
    ahead = (owners - w.layout.first("building", "household")[building][position] - passed[position]) % size[position]
    reached = rank_in_group(position, ahead) < most[position]
    owners, position, ahead = owners[reached], position[reached], ahead[reached]

    doors = np.bincount(position, minlength=len(case))
    w.doors_balance[world, compound] -= doors * cost
    w.count("minutes_doors", world, doors * cost // keeping.WEEK)
    w.count("doors", world, doors)
    steps = np.zeros(len(case), dtype=np.int32)
    np.maximum.at(steps, position, (ahead + 1).astype(np.int32))
    w.doors_passed[world, building] += steps
    about = case[position]
    ids = (c.rounds[about], passed[position] + ahead)
    home = noise.chance(w.at("at_home", world[position]), c.key[about], "door.at_home", *ids)
    shares.decide(w, world[position[home]], owners[home], building[position[home]])


def _oldest_rounds(w: Worlds) -> Ints:
    """Return the case of the oldest round that each body with time for doors has open."""
    c = w.cases
    rows = where(c.stage == int(Stage.SIGNING))
    rows = rows[(w.doors_time[c.world[rows], c.compound[rows]] > 0) & (c.organiser[rows] == 2 * c.compound[rows])]
    place = c.world[rows] * w.layout.sizes["compound"] + c.compound[rows]
    return rows[rank_in_group(place, c.started[rows]) == 0]


RULE = Rule(
    name="doors",
    parameters=Parameters,
    flows={"doors": "doors knocked on"},
)
