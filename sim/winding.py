"""Winding: clocks that fire today count one event more and are set to their next thresholds.

Which clocks fire in a week is known when it begins, and what they are set to is a function of which clock it is and how
often it has fired. So that is drawn for all of a week at once, of all kinds together: on most days each has a few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import clocks, noise
from sim.cases import Clock
from sim.constants import ONE, code, date, whole
from sim.renaming import ANY, of_worlds
from sim.space import where

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

NAMES = {clock: name for clock, (name, _, _) in WOUND.items()}

ONCE_MORE = date(1)

Ahead = tuple[int, Ints, NDArray[np.float64]]
"""A week, and for rows of the agenda the next thresholds of their clocks and the draws of `OTHERS`."""

NOTHING_YET: Ahead = 0, np.zeros(0, dtype=np.int64), np.zeros(0)


def wind_up(w: Worlds) -> None:
    """Phase: clocks that fire today count one event more, and draw what is left to run until the next."""
    fires = [(clock, *entries) for clock, entries in w.page.items() if clock in WOUND]
    if not fires:
        return
    thresholds, others = _look_ahead(w)
    for clock, world, row, entry in fires:
        nth = _count(w, clock, world, row, thresholds[entry])
        w.page[clock] = world, row, nth
        if clock in OTHERS:
            w.others[clock] = others[entry]


def wind(w: Worlds, clock: int, world: Ints, row: Ints) -> Ints:
    """Wind up clocks of one kind that are on no agenda; return which of its bearer's events each of them is at."""
    name, _, counter = WOUND[clock]
    nth = getattr(w, counter)[world, row].astype(np.int64) + 1
    return _count(w, clock, world, row, noise.threshold(of_worlds(w, name, world, row), ANY, nth))


def _count(w: Worlds, clock: int, world: Ints, row: Ints, thresholds: Ints) -> Ints:
    """Let clocks count one event more and set them to their next thresholds; return which event each is at."""
    _, remains, counter = WOUND[clock]
    times = getattr(w, counter)
    place = world * whole(times.shape[1]) + row
    times = times.reshape(-1)
    nth = times[place] + ONCE_MORE
    times[place] = nth
    getattr(w, remains).reshape(-1)[place] = thresholds
    return nth.astype(np.int64)


def _look_ahead(w: Worlds) -> tuple[Ints, NDArray[np.float64]]:
    """Return the next thresholds of the clocks on the agenda, by its rows, and the draws of `OTHERS`.

    The agenda keeps its rows until the week has ended. Drawn are those that have been put on it since last asked for:
    no clock is on it twice, so the next event of each of them is one more than it has counted.
    """
    agenda, week = w.agenda, w.day // clocks.WEEK
    if w.ahead[0] != week:
        w.ahead = week, *NOTHING_YET[1:]
    _, thresholds, others = w.ahead
    known = len(thresholds)
    if known == len(agenda):
        return thresholds, others
    thresholds, others = np.zeros(len(agenda), dtype=np.int64), np.zeros(len(agenda))
    thresholds[:known], others[:known] = w.ahead[1:]
    kind = agenda.clock[known:]
    entries = {clock: where(kind == code(clock)) + whole(known) for clock in WOUND.keys() & kind.tolist()}
    asked = [(clock, names[clock]) for names in (NAMES, OTHERS) for clock in entries if clock in names]
    if asked:
        seeds, events = [], []
        for clock, name in asked:
            world, row = agenda.world[entries[clock]], agenda.row[entries[clock]]
            seeds.append(of_worlds(w, name, world, row))
            events.append(w.pick(WOUND[clock][2], world, row).astype(np.int64) + ONE)
        drawn = noise.uniform(np.concatenate(seeds), ANY, np.concatenate(events))
        set_anew = np.concatenate(list(entries.values()))
        thresholds[set_anew] = noise.as_threshold(drawn[: len(set_anew)])
        start = len(set_anew)
        for clock in (clock for clock in entries if clock in OTHERS):
            others[entries[clock]] = drawn[start : start + len(entries[clock])]
            start += len(entries[clock])
    w.ahead = week, thresholds, others
    return thresholds, others


def fired(w: Worlds, clock: int) -> tuple[Ints, Ints, Ints]:
    """Return of the clocks of one kind that fire today world, row, and which of its bearer's events each is at."""
    return w.page.get(clock, clocks.NOTHING)
