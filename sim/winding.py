"""Winding: clocks that fire today count one event more and are set to their next thresholds.

All kinds of clock have theirs drawn at once: on most days each has a few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import clocks, noise
from sim.cases import Clock
from sim.constants import date, whole
from sim.renaming import ANY, of_worlds

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

WOUND = {
    int(Clock.DEFECT): ("defect.clock", "defect_left", "defects"),
    int(Clock.NEIGHBOUR): ("quarrel.clock", "quarrel_left", "quarrels"),
    int(Clock.FEE): ("arrears.clock", "claim_left", "fee_claims"),
    int(Clock.BOUNDARY): ("boundary.clock", "boundary_left", "boundary_times"),
    int(Clock.LIVESTOCK): ("livestock.clock", "livestock_left", "livestock_times"),
    int(Clock.HERDERS): ("herder.clock", "herder_left", "herder_times"),
    int(Clock.HELP): ("help.clock", "help_left", "help_times"),
    int(Clock.VILLAGERS): ("villagers.clock", "villager_left", "villager_times"),
    int(Clock.SHARING): ("sharing.clock", "sharing_left", "sharing_times"),
}
"""Clock to the name of the draws of its thresholds, and the columns that keep what is left of one and count events."""

OTHERS = {int(Clock.NEIGHBOUR): "quarrel.other"}
"""Clock to the name of the draws by which the other party of its events is found, drawn together with thresholds."""

ONE = date(1)


def wind_up(w: Worlds) -> None:
    """Phase: clocks that fire today count one event more, and draw what is left to run until the next."""
    fires = [(clock, world, row) for clock, (world, row, _) in w.page.items() if clock in WOUND]
    if fires:
        for (clock, world, row), nth in zip(fires, wind(w, fires), strict=True):
            w.page[clock] = world, row, nth


def wind(w: Worlds, fires: list[tuple[int, Ints, Ints]]) -> list[Ints]:
    """Wind up clocks; return for each kind which of its bearer's events each of them is at.

    Args:
        w: the worlds.
        fires: kinds of clock, of those in `WOUND`, with world and row of the clocks of each.
    """
    seeds, events, left = [], [], []
    for clock, world, row in fires:
        name, remains, counter = WOUND[clock]
        times = getattr(w, counter)
        place = world * whole(times.shape[1]) + row
        times = times.reshape(-1)
        nth = times[place] + ONE
        times[place] = nth
        seeds.append(of_worlds(w, name, world, row))
        events.append(nth.astype(np.int64))
        left.append((getattr(w, remains).reshape(-1), place))
    ids, end = list(events), sum(map(len, events))
    for (clock, world, row), nth in zip(fires, events, strict=True):
        if clock in OTHERS:
            seeds.append(of_worlds(w, OTHERS[clock], world, row))
            ids.append(nth)
    drawn = noise.uniform(np.concatenate(seeds), ANY, np.concatenate(ids))
    thresholds, start = noise.as_threshold(drawn[:end]), 0
    for column, place in left:
        column[place] = thresholds[start : start + len(place)]
        start += len(place)
    for clock, world, _ in fires:
        if clock in OTHERS:
            w.others[clock] = drawn[end : end + len(world)]
            end += len(world)
    return events


def fired(w: Worlds, clock: int) -> tuple[Ints, Ints, Ints]:
    """Return of the clocks of one kind that fire today world, row, and which of its bearer's events each is at."""
    return w.page.get(clock, clocks.NOTHING)
