"""Needs: which elders have a lasting need, and what follows from it for coming to shared places and for care.

Some elders live alone, or cannot cook or get about by themselves. That is a trait, drawn once. Whoever has such a need
comes to a shared place the more readily, and it is on them that the needs of `sim.rules.care` fall the oftener. How
many needs arise in a month is not touched: whoever has a lasting need, as many arise in every community, and families
see to as many; only on whom they fall differs. So the rule sleeps where nobody serves elders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.columns import Rule
from sim.parameters import parameter

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Parameters:
    """Who has a lasting need, and what it does."""

    need_share: float = parameter(
        0.25,
        0.1,
        0.4,
        unit="share",
        source="elders-alone, elders-frail: 0.18 to 0.31 have one of the two, as they go together or not",
        doc="elders with a lasting need: who live alone, or cannot cook or get about by themselves",
    )
    need_logit: float = parameter(
        1.0,
        0.0,
        2.0,
        unit="logit",
        source="guess, canteen-use: of those who eat there some three times as many as of all are 80 or older",
        doc="how much a lasting need adds to going to a shared place",
    )
    need_times: float = parameter(
        3.0,
        1.0,
        6.0,
        unit="times",
        source="guess: who lives alone or is frail needs somebody for most errands; no count was found",
        doc="how many times as often an elder with a lasting need needs help in four weeks as one without",
    )


def lasting(w: Worlds, world: Ints, household: Ints) -> Mask:
    """Return which of the given elders have a lasting need.

    Args:
        w: the worlds.
        world: world of each.
        household: whose.
    """
    return noise.chance(w.at("need_share", world), w.seeds[world], "elders.need", household)


def falls_on(w: Worlds, world: Ints, household: Ints, drawn: Floats) -> Ints:
    """Return on whom each elder's need of the month falls, should one arise for their draw, as a position.

    Within a community the smallest draw's need is that of the elder who has the smallest draw for the weight of their
    need, the next one's that of the next; with equal weights everybody's is their own.

    Args:
        w: the worlds.
        world: world of each elder; all elders of the worlds.
        household: whose.
        drawn: a number for each, by which needs arise.
    """
    place = world * w.layout.sizes["community"] + w.layout.up("household", "community")[household]
    weight = np.where(lasting(w, world, household), w.at("need_times", world), 1.0)
    whose = np.empty(len(world), dtype=np.int64)
    whose[np.lexsort((drawn, place))] = np.lexsort((drawn / weight, place))
    return whose


RULE = Rule(
    name="needs",
    places=("compound",),
    wakes=("canteen_seats", "host_rooms", "host_clinics", "host_care", "host_rota", "host_events"),
    parameters=Parameters,
)
