"""Doors: somebody goes from flat to flat while a motion is before the owners, and an owner decides that day.

There is no bonus for being visited: an owner at home is asked the same question as one who thinks
about it alone, only sooner and more often. Every door costs time out of the keeper's hours, whether
anybody opens or not; flats whose owner has decided are passed by. A compound's oldest motion comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.columns import Rule
from sim.constants import ONE, ZERO, whole
from sim.parameters import parameter
from sim.places.compound import BODY, DESKS_PER_COMPOUND
from sim.rules import keeping, motions
from sim.space import anywhere, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

AHEAD = 16
"""Doors that are looked at at once."""

AT_ONCE = whole(AHEAD)

DESKS, OF_BODY = whole(DESKS_PER_COMPOUND), whole(BODY)

WALK = np.arange(AHEAD)
"""These doors, one after another."""


@dataclass(frozen=True)
class Parameters:
    """What a door takes."""

    door_hours: float = parameter(
        0.25,
        0.1,
        0.5,
        unit="hours",
        source="prior-service",
        doc="knocking on one door and talking the repair over",
    )
    at_home: float = parameter(
        0.5,
        0.3,
        0.8,
        unit="probability",
        source="prior-shares",
        doc="chance that the owner is at home, or can be reached where tenants or nobody live",
    )


def knock(w: Worlds) -> None:
    """Phase: whoever knocks on doors goes on around the house, as far as the time kept for it goes."""
    if not (anywhere(w.doors_time) or anywhere(w.doors_balance)):
        return
    motion = _oldest_motions(w)
    if len(motion) == 0:
        w.doors_balance[...] = 0
        return
    m = w.motions
    world = m.world[motion]
    place = world * whole(w.layout.sizes["compound"]) + m.compound[motion]
    in_hand = w.doors_balance.reshape(-1)
    balance = in_hand[place] + w.doors_time.reshape(-1)[place]
    in_hand.fill(0)  # time that nobody needs is not saved
    in_hand[place] = balance
    if "door_cost" not in w.derived:
        w.derived["door_cost"] = np.rint(60 * w.p.flat["door_hours"]).astype(np.int64) * keeping.WEEK
    cost = w.derived["door_cost"][world]
    able = where(balance >= cost)
    if len(able) == 0:
        return
    motion, world, place, cost, most = (of[able] for of in (motion, world, place, cost, balance // cost))

    at_motion, nth = _next_doors(w, motion, most)
    doors = np.bincount(at_motion, minlength=len(motion))
    spent = doors * cost
    in_hand[place] -= spent
    w.count("minutes_doors", world, spent // keeping.WEEK)
    w.count("doors", world, doors)
    about = motion[at_motion]
    m.passed[about] = (nth + ONE).astype(np.int32)  # doors come in order: the last one of each motion stays
    home = where(noise.chance(w.at("at_home", world[at_motion]), m.key[about], "door.at_home", nth))
    motions.decide(w, _behind(w, about[home], nth[home]))


def _next_doors(w: Worlds, motion: Ints, most: Ints) -> tuple[Ints, Ints]:
    """Go on around the house, past who has decided, once at most; return motion and running number of the doors.

    Args:
        w: the worlds.
        motion: the motions, each of another compound.
        most: for each, how many doors there is time for.

    Returns:
        Position in `motion` and running number of each door to knock at.
    """
    m, done = w.motions, w.asked.done
    first, flats, nth = (of[motion][:, None] for of in (m.first, m.asked, m.passed.astype(np.int64)))
    walks, left, door = np.arange(len(motion)), most[:, None], nth % flats + WALK
    found = []
    for step in range(0, int(flats.max(initial=0)), AHEAD):
        behind = first + np.where(door < flats, door, door - flats)  # what lies beyond is not walked to
        closed = np.greater(flats - whole(step) > WALK, done.take(behind, mode="clip"))
        met = closed.cumsum(axis=1)
        knocks = where((closed & (met <= left)).reshape(-1))
        found.append((walks[knocks // AT_ONCE], (nth + WALK).reshape(-1)[knocks]))
        left = left - met[:, -1:]
        on = where((np.greater(left, ZERO) & (flats > whole(step + AHEAD)))[:, 0])
        if len(on) == 0:
            break
        first, flats, walks, left, nth = first[on], flats[on], walks[on], left[on], nth[on] + AT_ONCE
        door = nth % flats + WALK
    at_motion, doors = found[0] if len(found) == 1 else map(np.concatenate, zip(*found, strict=True))
    return at_motion, doors


def _behind(w: Worlds, motion: Ints, nth: Ints) -> Ints:
    """Return the row of the owner asked behind the nth door of a walk round and round."""
    m = w.motions
    behind: Ints = m.first[motion] + nth % m.asked[motion]
    return behind


def _oldest_motions(w: Worlds) -> Ints:
    """Return the oldest motion that each body with time for doors has before the owners."""
    m = w.motions
    rows = where(m.open)
    if len(rows) == 0:
        return rows
    compound = m.compound[rows]
    own = where(m.organiser[rows] == DESKS * compound + OF_BODY)
    rows = rows[own]
    place = m.world[rows] * whole(w.layout.sizes["compound"]) + compound[own]
    able = where(w.doors_time.reshape(-1)[place] > ZERO)
    rows, place = rows[able], place[able]
    oldest = np.empty(w.doors_time.size, dtype=np.int64)
    oldest[place[::-1]] = rows[::-1]  # the table is in the order of opening: of each place the first row stays
    return rows[oldest[place] == rows]


RULE = Rule(
    name="doors",
    places=("compound",),
    parameters=Parameters,
    flows={"doors": "doors knocked on"},
)
