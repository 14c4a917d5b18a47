"""Events: calligraphy, a New Year's gathering, making flowers; some neighbours come and meet.

A community holds one when it has the time in hand that organising it takes. Who comes is drawn by lot among all
households of the community.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim import noise
from sim.columns import Rule
from sim.parameters import parameter
from sim.places.compound import VACANT
from sim.rules import elders, hosting, ties

if TYPE_CHECKING:
    from sim.worlds import Worlds


@dataclass(frozen=True)
class Parameters:
    """What an event takes, and who comes."""

    event_hours: float = parameter(
        8.0,
        4.0,
        16.0,
        unit="hours",
        source="prior-culture",
        doc="what organising an event takes of a community's time",
    )
    event_guests: float = parameter(
        40.0,
        15.0,
        100.0,
        unit="households",
        source="prior-culture",
        doc="households that come to an event, on average; all if there are not so many",
    )


def hold(w: Worlds) -> None:
    """Phase, weekly: where there is time for it an event is held, and who comes meets."""
    if not w.events_balance.any():
        return
    world, community = np.nonzero(w.events_balance > 0)
    minutes = np.rint(60 * w.at("event_hours", world)).astype(np.int64)
    held = hosting.spend(w, "events", world, community, minutes)
    if not held.any():
        return
    world, community = world[held], community[held]
    w.count("events_held", world)
    flat, at = w.layout.rows_of("community", "household", community)
    lives = w.tenure[world[at], flat] != VACANT
    flat, at = flat[lives], at[lives]
    chance = np.minimum(w.at("event_guests", world) / np.maximum(np.bincount(at, minlength=len(world)), 1), 1.0)
    comes = noise.chance(chance[at], w.seeds[world[at]], "events.comes", flat, w.day // 7)
    flat, at = flat[comes], at[comes]
    w.count("event_guests", world[at])
    elders.note(w, world[at], flat)
    together = np.bincount(at, minlength=len(world))[at] > 1
    ties.meet(w, world[at[together]], flat[together], np.ones(int(together.sum()), dtype=np.int64))


RULE = Rule(
    name="events",
    places=("compound",),
    wakes=("host_events",),
    parameters=Parameters,
    flows={"events_held": "events held", "event_guests": "households that came to them"},
)
