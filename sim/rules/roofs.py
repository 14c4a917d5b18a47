"""Roofs: each building's clock of leaks, and the households that suffer from one.

The hazard depends on the compound's age, the season and the compound's rain of the year. While a roof
leaks its clock stands still. The flats highest up suffer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import clocks, noise
from sim.cases import Clock, Kind, State
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.places.compound import VACANT
from sim.rules import grievances, weather
from sim.space import rank_in_group, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

YOUNG, OLD = 10, 25
"""Ages in years that separate young, middle-aged and old roofs."""


@dataclass(frozen=True)
class Parameters:
    """How often roofs leak, and on whom."""

    leak_young: float = parameter(
        0.02,
        0.005,
        0.05,
        unit="per building-year",
        source="priors: roof, age < 10: .02",
        doc="leaks of a roof younger than 10 years",
    )
    leak_middle: float = parameter(
        0.10,
        0.05,
        0.20,
        unit="per building-year",
        source="priors: roof .10",
        doc="leaks of a roof of 10 to 25 years",
    )
    leak_old: float = parameter(
        0.20,
        0.10,
        0.40,
        unit="per building-year",
        source="priors: roof, age > 25: .20",
        doc="leaks of a roof older than 25 years",
    )
    leak_sufferers: int = parameter(
        8,
        2,
        16,
        unit="flats",
        source="priors: roof, sufferers 8",
        doc="flats under a leaking roof, from the top floor down",
    )
    leak_severity: float = parameter(
        0.8,
        0.5,
        1.0,
        unit="severity",
        kind="set",
        source="priors: severity of a roof .8",
        doc="severity of living under a leak",
    )


def _set_up(w: Worlds) -> None:
    """Draw each roof's first threshold."""
    w.leak_left[...] = noise.threshold(w.seeds[:, None], "roof.clock", np.arange(w.layout.sizes["building"]), 0)


def look_ahead(w: Worlds) -> None:
    """Phase, weekly: refresh the hazards and see which roofs will begin to leak this week."""
    years = w.age + w.day / weather.YEAR
    rate = np.where(years < YOUNG, w.p.leak_young, np.where(years > OLD, w.p.leak_old, w.p.leak_middle))
    per_day = rate * w.rain * weather.season(w) / weather.YEAR
    w.leak_hazard[...] = clocks.quantise(per_day)[:, w.layout.up("building", "compound")]
    clocks.look_ahead(w, Clock.ROOF, w.leak_left, np.where(w.leaking, 0, w.leak_hazard))


def leak(w: Worlds) -> None:
    """Phase: roofs begin to leak, and the flats beneath begin to suffer."""
    world, building = clocks.due(w, Clock.ROOF)
    if len(world) == 0:
        return
    w.leaking[world, building] = True
    w.leaks[world, building] += 1
    w.leak_day[world, building] = w.day
    w.leak_left[world, building] = noise.threshold(w.seeds[world], "roof.clock", building, w.leaks[world, building])
    w.count("leaked", world)
    w.stocks("leaking_roofs", world, 1)
    flats, position = w.layout.rows_of("building", "household", building)
    order = noise.bits(w.seeds[world[position]], "roof.beneath", flats, w.leaks[world, building][position])
    rank = rank_in_group(position, -w.layout.traits["floor"][flats], order)
    wet = (rank < w.at("leak_sufferers", world)[position]) & (w.tenure[world[position], flats] != VACANT)
    world, building, household = world[position[wet]], building[position[wet]], flats[wet]
    ordinal = grievances.REOPENINGS * w.leaks[world, building].astype(np.int64)
    severity = np.rint(1000 * w.at("leak_severity", world))
    grievances.arise(w, world, household, Kind.ROOF, building, -1, ordinal, severity)


def mend(w: Worlds, world: Ints, building: Ints) -> None:
    """Stop leaks: everybody beneath is relieved, claimant or not, and the clock runs again."""
    if len(world) == 0:
        return
    w.leaking[world, building] = False
    w.leak_case[world, building] = -1
    w.count("mended", world)
    w.stocks("leaking_roofs", world, -1)
    g = w.grievances
    dry = np.zeros_like(w.leaking)
    dry[world, building] = True
    roof = where((g.kind == int(Kind.ROOF)) & g.aching)
    relieved = roof[dry[g.world[roof], g.bearer[roof]]]
    given_up = g.state[relieved] > int(State.JOINED)
    grievances.settle(w, relieved[~given_up])
    grievances.relieve(w, relieved[given_up])
    left = clocks.days_left(w.day) - 1
    clocks.restart(w, Clock.ROOF, w.leak_left, w.leak_hazard, world, building, left)


RULE = Rule(
    name="roofs",
    columns=(
        Column("leak_left", "building", np.int64, "hazard left on the roof's clock, units of sim.noise.UNIT"),
        Column("leak_hazard", "building", np.int64, "this week's leak hazard a day, same units"),
        Column("leaking", "building", np.bool_, "the roof leaks"),
        Column("leaks", "building", np.int32, "leaks so far"),
        Column("leak_day", "building", np.int32, "day on which the present leak began"),
        Column("leak_case", "building", np.int64, "row of the leak's case", default=-1, points_to="cases"),
    ),
    parameters=Parameters,
    flows={"leaked": "roofs that began to leak", "mended": "roofs mended"},
    stocks={"leaking_roofs": "roofs that leak"},
    set_up=_set_up,
)
