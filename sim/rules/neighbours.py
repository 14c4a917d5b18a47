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
from sim.parameters import parameter
from sim.places.compound import VACANT
from sim.renaming import ANY, of_worlds
from sim.rules import grievances

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

YEAR = 365


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
    other = _other_party(w, world, household, nth)
    met = other >= 0
    severity = np.rint(1000 * w.at("quarrel_severity", world[met]))
    ordinal = grievances.REOPENINGS * nth[met]
    grievances.arise(w, world[met], household[met], Kind.NEIGHBOUR, household[met], other[met], ordinal, severity)
    left = clocks.days_left(w.day) - 1
    clocks.restart(w, Clock.NEIGHBOUR, w.quarrel_left, w.quarrel_hazard, world, household, left)


def _other_party(w: Worlds, world: Ints, household: Ints, nth: Ints) -> Ints:
    """Return the neighbour of each quarrel: a flat of the same entrance, or the next inhabited one; -1 if none."""
    layout = w.layout
    entrance = layout.up("household", "entrance")[household]
    first = layout.first("entrance", "household")[entrance]
    size = layout.count("entrance", "household")[entrance]
    u = noise.uniform(of_worlds(w, "quarrel.other", world, household), ANY, nth)
    start = household - first + 1 + (u * (size - 1)).astype(np.int64)
    # all doors of an entrance are looked at at once; where it has fewer than others, some of them twice
    doors = first[:, None] + (start[:, None] + np.arange(size.max())) % size[:, None]
    fits = (doors != household[:, None]) & (w.pick("tenure", world[:, None], doors) != VACANT)
    nearest = fits.argmax(axis=1) + np.arange(len(household)) * fits.shape[1]
    return np.where(fits.reshape(-1)[nearest], doors.reshape(-1)[nearest], -1)


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
