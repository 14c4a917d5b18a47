"""Rest stations: where couriers rest and charge, and somebody hears what troubles them.

The way is two-way: whoever is helped trusts to be answered, and looks out afresh (reciprocity). Hearing a courier
takes the community's mediators time, see `sim.rules.chores`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim import noise
from sim.columns import Lever, Rule
from sim.parameters import parameter
from sim.places.compound import COMMUNITY
from sim.rules import chores, couriers, referrals, reports

if TYPE_CHECKING:
    from sim.worlds import Worlds

WEEK = 7
YEAR = 365


@dataclass(frozen=True)
class Parameters:
    """Couriers' own troubles."""

    courier_troubles: float = parameter(
        4.0,
        1.0,
        12.0,
        unit="per courier-year",
        source="guess: gates that do not open, places to charge and to park",
        doc="troubles of their own that couriers would tell where somebody listened",
    )
    rest_hours: float = parameter(
        0.25,
        0.1,
        1.0,
        unit="hours",
        source="guess: a talk at the rest station and a call",
        doc="hearing a courier's own trouble and seeing to it",
    )


def listen(w: Worlds) -> None:
    """Phase, weekly: enrolled couriers tell their own troubles where there is a rest station and a desk with time."""
    if not w.rest_stations.any():
        return
    of = w.layout.up("courier", "community")
    desk = referrals.of_compound(w, w.layout.first("community", "compound"), COMMUNITY)
    heard = (w.rest_stations > 0) & (w.desk_minutes[:, desk] > 0)
    world, courier = np.nonzero(couriers.enrolled(w) & heard[:, of])
    often = 1 - noise.exp(-w.at("courier_troubles", world) * WEEK / YEAR)
    troubled = noise.chance(often, w.seeds[world], "courier.trouble", courier, w.day // WEEK)
    world, courier = world[troubled], courier[troubled]
    w.count("couriers_helped", world)
    chores.owe(w, "rest", world, of[courier], "rest_hours")
    w.courier_fresh[world, courier] = w.day
    reports.learn(w, world, courier, np.ones(len(world), dtype=bool))


RULE = Rule(
    name="rest_stations",
    places=("compound",),
    wakes=("rest_stations",),
    levers=(Lever("rest_stations", "community", 0, "max", "0 or 1", "somebody listens to couriers at rest stations"),),
    parameters=Parameters,
    flows={"couriers_helped": "couriers' own troubles heard at rest stations"},
)
