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

    at_round, nth = _next_doors(w, world, building, most)
    doors = np.bincount(at_round, minlength=len(case))
    w.doors_balance[world, compound] -= doors * cost
    w.count("minutes_doors", world, doors * cost // keeping.WEEK)
    w.count("doors", world, doors)
    np.maximum.at(w.doors_passed, (world[at_round], building[at_round]), (nth + 1).astype(np.int32))
    about, house = case[at_round], building[at_round]
    owner = _flat(w, house, nth)
    home = noise.chance(w.at("at_home", world[at_round]), c.key[about], "door.at_home", c.rounds[about], nth)
    shares.decide(w, world[at_round[home]], owner[home], house[home])


def _next_doors(w: Worlds, world: Ints, building: Ints, most: Ints) -> tuple[Ints, Ints]:
    """Go on around each house, past who has signed, once at most; return round and running number of the doors.

    Args:
        w: the worlds.
        world: world of each round of signing.
        building: its house.
        most: how many doors there is time for.
    """
    flats = w.layout.count("building", "household")[building]
    passed = w.doors_passed[world, building].astype(np.int64)
    rounds, left, found = np.arange(len(building)), most.copy(), []
    for step in range(int(flats.max(initial=0))):
        nth = passed[rounds] + step
        closed = ~w.signed[world[rounds], _flat(w, building[rounds], nth)]
        found.append((rounds[closed], nth[closed]))
        left[rounds[closed]] -= 1
        rounds = rounds[(left[rounds] > 0) & (step + 1 < flats[rounds])]
        if len(rounds) == 0:
            break
    at_round, doors = (np.concatenate(part) for part in zip(*found, strict=True))
    return at_round, doors


def _flat(w: Worlds, building: Ints, nth: Ints) -> Ints:
    """Return the flat behind the nth door of a walk round and round the house."""
    first, flats = w.layout.first("building", "household")[building], w.layout.count("building", "household")[building]
    return first + nth % flats


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
