"""Neighbours: each household's clock of quarrels with somebody of the same entrance.

Households differ in how often they quarrel (gamma frailty), so a few of them bring many of the cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import clocks, distributions, noise, winding
from sim.cases import Clock, Kind
from sim.columns import Column, Rule
from sim.constants import ONE, ZERO, whole
from sim.parameters import parameter
from sim.places.compound import VACANT
from sim.rules import grievances
from sim.space import places, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

YEAR = 365

NOBODY, REOPENINGS = whole(-1), whole(grievances.REOPENINGS)

NEIGHBOUR = whole(Kind.NEIGHBOUR)


@dataclass(frozen=True)
class Parameters:
    """How often neighbours quarrel."""

    quarrel_rate: float = parameter(
        0.03,
        0.01,
        0.06,
        unit="per household-year",
        source="prior-quarrels",
        doc="quarrels that a household feels aggrieved by",
    )
    quarrel_frailty: float = parameter(
        0.7,
        0.4,
        1.5,
        unit="1",
        source="prior-quarrels",
        doc="shape of the spread between households (mean 1); large = all alike",
    )
    quarrel_severity: float = parameter(
        0.5,
        0.2,
        0.8,
        unit="severity",
        kind="set",
        source="prior-severity",
        doc="severity of a quarrel with a neighbour",
    )


def _set_up(w: Worlds) -> None:
    """Draw frailty and first threshold of every household; empty flats never quarrel."""
    seeds, flat = w.seeds[:, None], np.arange(w.flats)
    hazard = clocks.quantise(_rate(w.p.quarrel_rate, w.p.quarrel_frailty, seeds, flat))
    w.quarrel_hazard[...] = np.where(w.tenure == VACANT, 0, hazard)
    w.quarrel_left[...] = noise.threshold(seeds, "quarrel.clock", flat, 0)


def _rate(mean: Floats, shape: Floats, seeds: NDArray[np.uint64], flat: Ints) -> Floats:
    """Return how often a day each household quarrels by itself, mean and frailty taken together."""
    rate: Floats = mean * (distributions.gamma(shape, seeds, "quarrel.frailty", flat) / shape) / YEAR
    return rate


def calm(w: Worlds, world: Ints, household: Ints, factor: Floats) -> None:
    """Set the hazards of inhabited flats to so much of what they are by themselves; for the first day of a week.

    What a household is by itself is drawn again, by the same key: few are ever calmed, all would have to remember.

    Args:
        w: the worlds.
        world: world of each.
        household: whose.
        factor: 1 = as by itself, to the last bit.
    """
    by_itself = _rate(w.at("quarrel_rate", world), w.at("quarrel_frailty", world), w.seeds[world], household)
    w.quarrel_hazard[world, household] = clocks.quantise(by_itself * factor)


def look_ahead(w: Worlds) -> None:
    """Phase, weekly: see which households will feel wronged by a neighbour this week."""
    clocks.look_ahead(w, Clock.NEIGHBOUR, w.quarrel_left, w.quarrel_hazard)


def quarrel(w: Worlds) -> None:
    """Phase: households feel wronged by a neighbour of their entrance; nobody quarrels with an empty flat."""
    world, household, nth = winding.fired(w, Clock.NEIGHBOUR)
    if len(world) == 0:
        return
    other = _other_party(w, world, household)
    if "quarrel_severity" not in w.derived:
        w.derived["quarrel_severity"] = np.rint(1000 * w.p.flat["quarrel_severity"])
    met = where(other >= ZERO)
    there, who, ordinal = world[met], household[met], REOPENINGS * nth[met]
    severity = w.derived["quarrel_severity"][there]
    grievances.arise(w, there, who, NEIGHBOUR, who, other[met], ordinal, severity)
    left = clocks.days_left(w.day) - 1
    clocks.restart(w, Clock.NEIGHBOUR, w.quarrel_left, w.quarrel_hazard, world, household, left)


def _other_party(w: Worlds, world: Ints, household: Ints) -> Ints:
    """Return the neighbour of each quarrel: a flat of the same entrance, or the next inhabited one; -1 if none."""
    layout, on, before = w.layout, _doors_on(w), world * whole(w.flats)
    entrance = layout.up("household", "entrance")[household]
    first, size = layout.first("entrance", "household")[entrance], layout.count("entrance", "household")[entrance]
    behind = household - first + ONE
    door = (behind + (w.others[Clock.NEIGHBOUR] * (size - ONE)).astype(np.int64)) % size
    other: Ints = first + (door + on[before + first + door].astype(np.int64)) % size
    round_again = where(other == household)
    if len(round_again):
        own, first, size = household[round_again], first[round_again], size[round_again]
        door = behind[round_again] % size
        found = first + (door + on[before[round_again] + first + door]) % size
        other[round_again] = np.where(found == own, NOBODY, found)
    return other


def _doors_on(w: Worlds) -> NDArray[np.unsignedinteger]:
    """Return how many doors on from each flat, round its entrance, the first is behind which somebody lives.

    Nobody moves: it is worked out once, world after world, as narrow as the largest entrance allows. It is 0 where
    somebody lives in the flat itself, and of no meaning where nobody lives in the entrance.
    """
    if "doors_on" not in w.derived:
        layout, flat = w.layout, np.arange(w.flats, dtype=np.int32)
        entrance = layout.up("household", "entrance")[: w.flats]
        first, size = layout.first("entrance", "household"), layout.count("entrance", "household")
        reached = np.where(w.tenure != VACANT, flat, np.int32(w.flats))
        backwards = reached[:, ::-1]
        np.minimum.accumulate(backwards, axis=1, out=backwards)  # the first inhabited flat from each on, if any
        doors = reached - flat
        world, row = places(reached >= (first + size).astype(np.int32)[entrance])  # none is left up to the last door
        own = entrance[row]
        doors[world, row] = reached[world, first[own]] + size[own] - row
        w.derived["doors_on"] = doors.astype(np.min_scalar_type(int(size.max()))).reshape(-1)
    return w.derived["doors_on"]


RULE = Rule(
    name="neighbours",
    places=("compound",),
    columns=(
        Column("quarrel_left", "flat", np.int64, "hazard left on the household's clock, units of sim.noise.UNIT"),
        Column("quarrel_hazard", "flat", np.int64, "quarrel hazard a day, same units"),
        Column("quarrels", "flat", np.int32, "times its clock has fired"),
    ),
    parameters=Parameters,
    set_up=_set_up,
)
