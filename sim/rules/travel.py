"""Travel: on the steppe every way costs time, by terrain, season and the ground on which a household is.

Herders go to the summer ground in mid-June, each on its day, and back in October; campers are there while herders
are; workers while there is work. From November to March ways are slow, and in some weeks snow closes them to vehicles:
then whoever is on the way rides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.places.pasture import CAMPER, HERDER, WORKER
from sim.rules.trust import DESKS

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

YEAR, WEEK = 365, 7

EVERY = slice(None)

SUMMER = (165, 273)
"""First day on which somebody moves to the summer ground, and on which somebody moves back: mid-June, October."""

WORK = (90, 334)
"""First day of the building season and first day after it: April to November."""

SNOW = (304, 90)
"""First day of slow ways and first day after them: November to March."""


@dataclass(frozen=True)
class Parameters:
    """What ways cost."""

    speed: float = parameter(
        50.0,
        40.0,
        60.0,
        unit="km/h",
        source="prior-travel",
        doc="speed on the open steppe",
    )
    winter_speed: float = parameter(
        27.0,
        20.0,
        35.0,
        unit="km/h",
        source="prior-travel",
        doc="the same from November to March",
    )
    riding_speed: float = parameter(
        10.0,
        8.0,
        12.0,
        unit="km/h",
        source="guess, page-E10: officers ride too; a horse's walk and trot through snow",
        doc="speed on horseback, in weeks in which ways are closed to vehicles",
    )
    closed_ways: float = parameter(
        0.05,
        0.0,
        0.25,
        unit="probability a week",
        source="guess: one week of a winter's twenty-two; nobody has counted them",
        doc="chance that snow closes the ways to vehicles in a week from November to March",
    )
    b_travel: float = parameter(
        0.5,
        0.2,
        1.0,
        unit="logit/hour",
        source="prior-travel, mcfadden-1974",
        doc="weight of an hour on the way, there and back",
    )


def of_year(day: int) -> int:
    """Return the day of the year, from 0."""
    return day % YEAR


def snow(day: int) -> bool:
    """Return whether ways are slow."""
    first, after = SNOW
    return of_year(day) >= first or of_year(day) < after


def on_summer_ground(w: Worlds, household: Ints | slice = EVERY) -> Mask:
    """Return which households, all if not said, are on the summer ground today, or would be."""
    first, back = SUMMER
    late: Ints = w.layout.traits["moves"][household]
    summer: Mask = (first + late <= of_year(w.day)) & (of_year(w.day) < back + late)
    return summer


def there(w: Worlds) -> Mask:
    """Return which households are in the sumu today, shape ``(households,)``."""
    living = w.layout.traits["living"]
    work = WORK[0] <= of_year(w.day) < WORK[1]
    present: Mask = (living == HERDER) | ((living == CAMPER) & on_summer_ground(w)) | ((living == WORKER) & work)
    return present


def move(w: Worlds) -> None:
    """Phase: who is there for a season only is counted."""
    w.stock["seasonal"][...] = int(np.count_nonzero(there(w) & (w.layout.traits["living"] != HERDER)))


def snow_in(w: Worlds) -> None:
    """Phase, at the end of every week: snow closes the ways of a whole region to vehicles for the next week, or not."""
    tomorrow = w.day + 1
    chance = w.p.closed_ways if snow(tomorrow) else 0.0
    w.ways_closed[...] = noise.chance(chance, w.seeds[:, None], "travel.closed", tomorrow // WEEK)
    w.count("closed_weeks", *np.nonzero(w.ways_closed)[:1])


def way(w: Worlds, desk: int, household: Ints) -> Ints:
    """Return the way from each household's present ground to its sumu's desk of a kind, metres of open steppe."""
    winter, summer = (w.layout.traits[f"way_{DESKS[desk]}_{season}"] for season in ("winter", "summer"))
    return np.where(on_summer_ground(w, household), summer[household], winter[household])


def hours(w: Worlds, world: Ints, metres: Ints) -> Floats:
    """Return how long ways take there and back, hours.

    Args:
        w: the worlds.
        world: world of each.
        metres: ways of so many metres on the open steppe, one way.
    """
    speed = w.at("winter_speed" if snow(w.day) else "speed", world)
    closed = w.ways_closed[world, 0] > 0
    if closed.any():
        speed = np.where(closed, w.at("riding_speed", world), speed)
    return 2 * metres / (1000 * speed)


RULE = Rule(
    name="travel",
    places=("pasture",),
    columns=(Column("ways_closed", "world", np.int8, "whether snow has closed the ways to vehicles this week"),),
    parameters=Parameters,
    flows={
        "closed_weeks": "weeks that begin with ways closed to vehicles",
        "people_minutes": "minutes that parties were on the way to sessions",
        "field_metres": "metres that officers drove to households and back",
        "helped": "times that help was brought",
    },
    stocks={"seasonal": "campers and workers who are there, households"},
)
