"""Rest stations: where couriers rest and charge, and somebody hears what troubles them.

The way is two-way: whoever is helped trusts to be answered, and looks out afresh (reciprocity). Hearing a courier
takes the community's mediators time, see `sim.rules.chores`. Where their desk has not so much left this week, beside
what they owe, the courier goes unheard and trusts the less: a station without people is an answer, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim import noise
from sim.columns import Lever, Rule
from sim.parameters import parameter
from sim.places.compound import COMMUNITY
from sim.rules import chores, couriers, elders, referrals, reports
from sim.space import rank_in_group

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
    """Phase, weekly: enrolled couriers tell their own troubles at rest stations, and are heard as far as time goes."""
    if not w.rest_stations.any():
        return
    of = w.layout.up("courier", "community")
    world, courier = np.nonzero(couriers.enrolled(w) & (w.rest_stations > 0)[:, of])
    often = 1 - noise.exp(-w.at("courier_troubles", world) * WEEK / YEAR)
    troubled = noise.chance(often, w.seeds[world], "courier.trouble", courier, w.day // WEEK)
    world, courier = world[troubled], courier[troubled]
    desk = referrals.of_compound(w, w.layout.first("community", "compound"), COMMUNITY)
    spare = w.desk_minutes[:, desk] - sum(getattr(w, f"{purpose}_owed") for purpose in chores.PURPOSES)
    nth = rank_in_group(
        world * w.layout.sizes["community"] + of[courier], elders.order(w, "rest.first", world, courier)
    )
    minutes = np.rint(60 * w.at("rest_hours", world)).astype(np.int64)
    heard = (nth + 1) * minutes <= spare[world, of[courier]]
    reports.learn(w, world, courier, heard)
    w.count("couriers_unheard", world[~heard])
    world, courier = world[heard], courier[heard]
    w.count("couriers_helped", world)
    chores.owe(w, "rest", world, of[courier], "rest_hours")
    w.courier_fresh[world, courier] = w.day


RULE = Rule(
    name="rest_stations",
    places=("compound",),
    wakes=("rest_stations",),
    levers=(Lever("rest_stations", "community", 0, "max", "0 or 1", "somebody listens to couriers at rest stations"),),
    parameters=Parameters,
    flows={
        "couriers_helped": "couriers' own troubles heard at rest stations",
        "couriers_unheard": "couriers' own troubles told there for which nobody had time",
    },
)
