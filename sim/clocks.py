"""Unit-rate Poisson clocks, looked at a week ahead.

Each bearer of a kind of trouble has a clock: the k-th event comes on the day on which its
accumulated hazard crosses the k-th keyed exponential threshold (random time change; Rathinam,
Sheppard & Khammash 2010). Hazards are held constant within a week, so one pass on the first day of
the week tells which clocks fire in it and when; the days between touch only what fires. The result
is the same, integer for integer, as subtracting the hazard every day.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.constants import ONE, ZERO, date, real, whole
from sim.space import where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

WEEK = 7

UNIT = real(noise.UNIT)

PART = 2**15
"""Clocks that are run at a time."""

NOTHING = (np.zeros(0, dtype=np.int64),) * 3


def days_left(day: int) -> int:
    """Return how many days of the week are left, today included; day 0 is the first of a week."""
    return WEEK - day % WEEK


def quantise(per_day: NDArray[np.float64]) -> Ints:
    """Return hazards per day in the integer unit of the clocks."""
    hazard: Ints = (per_day * UNIT).astype(np.int64)
    return hazard


def look_ahead(
    w: Worlds,
    clock: int,
    left: Ints,
    hazard: Ints,
    running: NDArray[np.bool_] | None = None,
    rows: slice = slice(0, None),
) -> None:
    """Run all clocks of one kind to the end of this week and put those that fire on the agenda.

    Args:
        w: the worlds, at the first day of a week or of the run.
        clock: the clock's number on the agenda.
        left: what each clock still has to run, shape ``(worlds, rows)``; changed in place.
        hazard: per day, shape ``(worlds, rows)`` or ``(worlds, 1)``.
        running: which clocks run, same shape as `left`; all if not said.
        rows: which rows have such a clock at all.
    """
    days = days_left(w.day)
    by_row = hazard.shape[1] > 1
    first, last = rows.start, left[:, : rows.stop].shape[1]
    fired = np.empty((len(left), last - first), dtype=bool)
    for tall, wide in parts(*fired.shape):  # what is worked out on the way stays in the processor's cache
        part = tall, slice(first + wide.start, min(first + wide.stop, last))
        used = hazard[part if by_row else tall] * whole(days)
        if running is not None:
            used = -running[part].astype(np.int64) & used  # all bits of a number or none: quicker than to multiply
        here = left[part]
        here -= used
        np.less_equal(here, ZERO, fired[tall, wide])
    place = where(fired.reshape(-1))  # as one list: numpy looks through two axes ten times as slowly
    if len(place):
        world, row = divmod(place, whole(last - first))
        row += whole(first)
        a_day = hazard[world, row if by_row else 0]
        _schedule(w, clock, world, row, -left[world, row], a_day, days)


def parts(worlds: int, rows: int) -> Iterator[tuple[slice, slice]]:
    """Divide an array of this shape into parts of at most `PART` numbers, in its order."""
    tall = max(1, PART // max(rows, 1))
    for first in range(0, worlds, tall):
        for start in range(0, rows, PART):
            yield slice(first, first + tall), slice(start, start + PART)


def restart(w: Worlds, clock: int, left: Ints, hazard: Ints, world: Ints, row: Ints, days: int) -> None:
    """Set the clocks of the given rows going again for the last `days` days of this week.

    Args:
        w: the worlds.
        clock: the clock's number on the agenda.
        left: thresholds, already renewed where they had been used up; changed in place.
        hazard: per day, while running.
        world: world of each row.
        row: row of each clock.
        days: how many days of this week it will still run.
    """
    if days <= 0 or len(world) == 0:
        return
    place = world * whole(left.shape[1]) + row
    left, hazard = left.reshape(-1), hazard.reshape(-1)
    remains = left[place] - hazard[place] * whole(days)
    left[place] = remains
    fired = where(remains <= ZERO)
    if len(fired):
        over, a_day = -remains[fired], hazard[place[fired]]
        _schedule(w, clock, world[fired], row[fired], over, a_day, days)


def _schedule(w: Worlds, clock: int, world: Ints, row: Ints, over: Ints, hazard: Ints, days: int) -> None:
    """Put fired clocks, which have run so far over zero, on the agenda on the day on which they crossed it."""
    # It crossed zero on the first day after which hazard x (days since) no longer exceeded what was left.
    late = over // np.maximum(hazard, ONE)
    week_end = w.day + days_left(w.day) - 1
    day = np.maximum(whole(week_end) - late, whole(week_end - days + 1))
    w.agenda.append(world=world, clock=int(clock), row=row, day=day, stamp=0)


def turn_page(w: Worlds) -> None:
    """Phase: look up what the agenda holds for today, sorted by what it is about."""
    agenda, w.page = w.agenda, {}
    today = where(agenda.day == date(w.day))
    if len(today) == 0:
        return
    clock, world, row = agenda.clock[today], agenda.world[today], agenda.row[today]
    order = np.lexsort((row, world, clock))  # whenever it was put down
    clock, world, row, today = clock[order], world[order], row[order], today[order]
    first = [0, *(where(clock[1:] != clock[:-1]) + ONE).tolist(), len(clock)]
    for start, stop in pairwise(first):
        w.page[int(clock[start])] = world[start:stop], row[start:stop], today[start:stop]


def due(w: Worlds, clock: int) -> tuple[Ints, Ints]:
    """Return world and row of the clocks of one kind that fire today."""
    world, row, _ = w.page.get(clock, NOTHING)
    return world, row
