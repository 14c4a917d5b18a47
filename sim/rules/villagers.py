"""Villagers: each household's clock of quarrels with another household of its team.

Surveys count whoever had a dispute, so some have none and some many (gamma frailty); the same households are also
those who feel wronged by the collective (`sim.rules.sharing`).
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
from sim.rules import grievances

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

YEAR = 365


@dataclass(frozen=True)
class Parameters:
    """How often, how bad, and who is known."""

    villager_rate: float = parameter(
        0.056,
        0.03,
        0.09,
        unit="per household-year",
        tag="D",
        source="rural-disputes, household-size: .028 an adult and year x 2.0 adults of 2.35 people",
        doc="quarrels with another household of the village that a household feels aggrieved by",
    )
    villager_frailty: float = parameter(
        0.7,
        0.4,
        1.5,
        unit="1",
        source="prior-quarrels",
        doc="shape of the spread between households (mean 1); large = all alike",
    )
    villager_severity: float = parameter(
        0.5,
        0.2,
        0.8,
        unit="severity",
        kind="set",
        source="prior-severity",
        doc="severity of a quarrel between households of a village",
    )
    villagers_connected: float = parameter(
        0.10,
        0.02,
        0.25,
        unit="share",
        source="prior-people",
        doc="village households that are close to cadres",
    )
    town_way: float = parameter(
        0.5,
        0.1,
        1.0,
        unit="logit",
        source="prior-travel: an hour to the township and back at .5 logits an hour",
        doc="what the way to the township's justice office takes from going there",
    )


def _set_up(w: Worlds) -> None:
    """Draw frailty and first threshold of every household, and who is close to cadres."""
    seeds, yard = w.seeds[:, None], np.arange(w.layout.sizes["yard"])
    shape = w.p.villager_frailty
    w.quarrelsome[...] = distributions.gamma(shape, seeds, "villagers.frailty", yard) / shape
    w.villager_hazard[...] = clocks.quantise(w.p.villager_rate * w.quarrelsome / YEAR)
    w.villager_left[...] = noise.threshold(seeds, "villagers.clock", yard, 0)
    known = noise.chance(w.p.villagers_connected, seeds, "villagers.connected", yard)
    w.connected[:, w.layout.traits["yard_household"]] |= known


def look_ahead(w: Worlds) -> None:
    """Phase, weekly: see which households will feel wronged by another of their team this week."""
    clocks.look_ahead(w, Clock.VILLAGERS, w.villager_left, w.villager_hazard)


def quarrel(w: Worlds) -> None:
    """Phase: households feel wronged by another household of their team."""
    world, yard, nth = winding.fired(w, Clock.VILLAGERS)
    if len(world) == 0:
        return
    other, met = _other_party(w, world, yard, nth)
    severity = np.rint(1000 * w.at("villager_severity", world[met]))
    ordinal = grievances.REOPENINGS * nth[met]
    household = w.layout.traits["yard_household"]
    own, others = household[yard[met]], household[other[met]]
    grievances.arise(w, world[met], own, Kind.NEIGHBOUR, own, others, ordinal, severity)
    left = clocks.days_left(w.day) - 1
    clocks.restart(w, Clock.VILLAGERS, w.villager_left, w.villager_hazard, world, yard, left)


def _other_party(w: Worlds, world: Ints, yard: Ints, nth: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the other party of each quarrel, another yard of the team, and whether there is one."""
    team = w.layout.up("yard", "team")[yard]
    first, size = w.layout.first("team", "yard")[team], w.layout.count("team", "yard")[team]
    u = noise.uniform(w.seeds[world], "villagers.other", yard, nth)
    other = first + (yard - first + 1 + np.floor(u * (size - 1)).astype(np.int64)) % size
    return other, size > 1


RULE = Rule(
    name="villagers",
    places=("village",),
    columns=(
        Column("quarrelsome", "yard", np.float64, "how often the household falls out with others, mean 1"),
        Column("villager_left", "yard", np.int64, "hazard left on its clock of quarrels, units of sim.noise.UNIT"),
        Column("villager_hazard", "yard", np.int64, "hazard of a quarrel a day, same units"),
        Column("villager_times", "yard", np.int32, "times that this clock has fired"),
    ),
    parameters=Parameters,
    set_up=_set_up,
)
