"""Frictions: what herders and campers fall out over, and what they ask for help with.

Each household has a clock for each: grazing across a boundary, animals, quarrels with a neighbour, and need of help.
Boundaries are unclear where many come together, from June to October. Households differ in how often they fall out
with others (gamma frailty), so a few of them bring many of the cases. The other party is somebody of the same
circle; in summer it may be a camper, and a camper's is a herder.
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
from sim.places.pasture import CAMPER, HERDER, WORKER
from sim.rules import grievances, travel

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

YEAR = 365

GRAZING = (151, 304)
"""First day of the months in which herds meet, and first day after them: June to October."""


@dataclass(frozen=True)
class Parameters:
    """How often, and how bad."""

    boundary_rate: float = parameter(
        0.03,
        0.01,
        0.06,
        unit="per household-year",
        source="prior-pasture",
        doc="grievances about grazing across a boundary",
    )
    livestock_rate: float = parameter(
        0.03,
        0.01,
        0.06,
        unit="per household-year",
        source="prior-pasture",
        doc="grievances about animals",
    )
    herder_rate: float = parameter(
        0.02,
        0.01,
        0.04,
        unit="per household-year",
        source="prior-pasture",
        doc="quarrels between neighbours on the steppe",
    )
    help_rate: float = parameter(
        0.05,
        0.02,
        0.1,
        unit="per household-year",
        source="prior-pasture",
        doc="needs of help",
    )
    grazing_factor: float = parameter(
        4.0,
        1.0,
        8.0,
        unit="factor",
        source="prior-pasture",
        doc="boundary grievances from June to October over those of other months; the yearly total stays",
    )
    herder_frailty: float = parameter(
        0.7,
        0.4,
        1.5,
        unit="1",
        source="prior-quarrels",
        doc="shape of the spread between households (mean 1); large = all alike",
    )
    mixing: float = parameter(
        0.3,
        0.0,
        0.8,
        unit="probability",
        source="guess, summer-camp: seasonal mixing is told of, no share is",
        doc="chance that the other party of a herder on the summer ground is a camper, where there are any",
    )
    boundary_severity: float = parameter(
        0.6,
        0.3,
        0.9,
        unit="severity",
        kind="set",
        source="guess, prior-steppe-severity: hay for a winter is at stake",
        doc="severity of a grievance about a boundary",
    )
    livestock_severity: float = parameter(
        0.5,
        0.2,
        0.8,
        unit="severity",
        kind="set",
        source="prior-steppe-severity",
        doc="severity of a grievance about animals",
    )
    herder_severity: float = parameter(
        0.5,
        0.2,
        0.8,
        unit="severity",
        kind="set",
        source="prior-severity",
        doc="severity of a quarrel between neighbours on the steppe",
    )
    help_severity: float = parameter(
        0.4,
        0.2,
        0.8,
        unit="severity",
        kind="set",
        source="guess, prior-steppe-severity: a paper, a vehicle in the snow, a stray herd",
        doc="severity of a need of help",
    )


TOPICS = ("boundary", "livestock", "herder", "help")
"""Words in names of columns and parameters."""

ABOUT = dict(
    zip(
        TOPICS,
        (
            (Kind.BOUNDARY, Clock.BOUNDARY),
            (Kind.LIVESTOCK, Clock.LIVESTOCK),
            (Kind.NEIGHBOUR, Clock.HERDERS),
            (Kind.HELP, Clock.HELP),
        ),
        strict=True,
    )
)
"""Topic to kind of grievance and clock."""


def _set_up(w: Worlds) -> None:
    """Draw frailty and first thresholds of every household; crews live apart and fall out with contractors only."""
    seeds, household = w.seeds[:, None], np.arange(w.households)
    shape = w.p.herder_frailty
    frailty = distributions.gamma(shape, seeds, "frictions.frailty", household) / shape
    w.friction_frailty[...] = np.where(np.isin(w.layout.traits["living"], (HERDER, CAMPER)), frailty, 0.0)
    for topic in TOPICS:
        getattr(w, f"{topic}_left")[...] = noise.threshold(seeds, f"{topic}.clock", household, 0)


def season(w: Worlds) -> NDArray[np.float64]:
    """Return the factor of the season on boundary grievances, shape ``(worlds, 1)``; its mean over a year is 1."""
    first, after = GRAZING
    many = w.p.grazing_factor
    low = YEAR / (YEAR + (many - 1) * (after - first))
    factor: NDArray[np.float64] = low * many if first <= w.day % YEAR < after else low
    return factor


def look_ahead(w: Worlds) -> None:
    """Phase, weekly: see who will fall out with somebody this week, or need help."""
    own = w.layout.homes("pasture")
    likely = (travel.there(w) & (w.layout.traits["living"] != WORKER))[own]
    for topic in TOPICS:
        kind, clock = ABOUT[topic]
        rate = getattr(w.p, f"{topic}_rate") / YEAR * (season(w) if kind == Kind.BOUNDARY else 1.0)
        hazard = getattr(w, f"{topic}_hazard")
        everybody = 1.0 if kind == Kind.HELP else w.friction_frailty[:, own]
        hazard[:, own] = np.where(likely, clocks.quantise(rate * everybody), 0)
        clocks.look_ahead(w, clock, getattr(w, f"{topic}_left"), hazard, rows=own)


def fall_out(w: Worlds) -> None:
    """Phase: households feel wronged by somebody, or need help."""
    for topic in TOPICS:
        kind, clock = ABOUT[topic]
        world, household, nth = winding.fired(w, clock)
        if len(world):
            _fall_out(w, topic, kind, clock, world, household, nth)


def _fall_out(w: Worlds, topic: str, kind: Kind, clock: Clock, world: Ints, household: Ints, nth: Ints) -> None:
    """Let the clocks of one kind that fire today have their consequences, and run on."""
    other = np.full(len(world), -1, dtype=np.int64)
    met = np.ones(len(world), dtype=bool)
    if kind != Kind.HELP:
        other = other_party(w, topic, world, household, nth)
        met = other >= 0
    severity = np.rint(1000 * w.at(f"{topic}_severity", world[met]))
    ordinal = grievances.REOPENINGS * nth[met]
    grievances.arise(w, world[met], household[met], kind, household[met], other[met], ordinal, severity)
    days = clocks.days_left(w.day) - 1
    left, hazard = getattr(w, f"{topic}_left"), getattr(w, f"{topic}_hazard")
    clocks.restart(w, clock, left, hazard, world, household, days)


def other_party(w: Worlds, topic: str, world: Ints, household: Ints, nth: Ints) -> Ints:
    """Return the other party of each quarrel, -1 where a herder has nobody in the circle."""
    layout = w.layout
    living, sumu = layout.traits["living"], layout.up("household", "sumu")[household]
    u = noise.uniform(w.seeds[world], f"{topic}.other", household, nth)
    circle = layout.up("household", "circle")[household]
    mates = layout.count("circle", "household")[circle]
    step = 1 + np.floor(u * (mates - 1)).astype(np.int64)
    start = layout.first("circle", "household")[circle]
    mate = np.where(mates > 1, start + (household - start + step) % mates, -1)

    first, herders = layout.first("sumu", "household")[sumu], layout.traits["herders"][sumu]
    campers = layout.traits["campers"][sumu]
    camper = first + herders + np.floor(u * campers).astype(np.int64)
    herder = first + np.floor(u * herders).astype(np.int64)
    summer = travel.on_summer_ground(w, household) & (campers > 0)
    mixed = summer & noise.chance(w.at("mixing", world), w.seeds[world], f"{topic}.mixing", household, nth)
    other = np.where(mixed & (living[household] == HERDER), camper, mate)
    return np.where(living[household] == CAMPER, herder, other)


def _columns(topic: str, kind: Kind) -> tuple[Column, ...]:
    """Declare the columns of one kind's clock."""
    name = kind.name.lower()
    return (
        Column(f"{topic}_left", "household", np.int64, f"hazard left on the clock of {name}, units of sim.noise.UNIT"),
        Column(f"{topic}_hazard", "household", np.int64, "this week's hazard a day, same units"),
        Column(f"{topic}_times", "household", np.int32, "times that this clock has fired"),
    )


RULE = Rule(
    name="frictions",
    places=("pasture",),
    columns=(
        Column("friction_frailty", "household", np.float64, "how often the household falls out with others, mean 1"),
        *(column for topic in TOPICS for column in _columns(topic, ABOUT[topic][0])),
    ),
    parameters=Parameters,
    set_up=_set_up,
)
