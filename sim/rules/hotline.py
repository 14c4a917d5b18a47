"""The hotline: it takes so many calls a day, in the order in which they came in; the others wait for the next days.

A call keeps it busy for a while, and it takes the next one on the day on which it is free again. It is one for all
kinds of settlement of a world that call it. What a call has opened lies with it until it, or another about the same,
has been taken; officers on call, who hear calls themselves, are not the hotline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import places
from sim.cases import NEVER, Desk, Stage
from sim.columns import Column, Rule
from sim.constants import code, date, whole
from sim.parameters import parameter
from sim.space import anywhere, rank_in_group

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

DAY = 1_000_000
"""Parts of a day in which it is kept for how long the hotline is busy."""

LONG_AGO = -(2**60)
"""Before any day, in the same parts."""

TRANSIT, SETTLED, NOT_YET = code(Stage.TRANSIT), code(Stage.SETTLED), date(NEVER)

NONE = whole(0)


@dataclass(frozen=True)
class Parameters:
    """How much the hotline can take."""

    hotline_calls: float = parameter(
        10.0,
        0.05,
        50.0,
        unit="calls a day per 1,000 households",
        kind="set",
        source="guess, hotline-volume: 25 million a year, about anything, are 8 a day per 1,000 households",
        doc="calls about something within the model that the hotline can take, per 1,000 household rows of the world",
    )


def wait(w: Worlds, world: Ints) -> NDArray[np.float64]:
    """Return what somebody who calls today has to wait, days: for the calls that wait already, and to be passed on."""
    days, waiting = w.at("hotline_days", world), w.stock["calls_waiting"]
    if np.count_nonzero(waiting):
        days = days + (waiting * _length(w) / DAY)[world]
    return days


def take_up(w: Worlds) -> tuple[Ints, Ints]:
    """Let the hotline take calls that have waited, as far as it can today; return their cases and desks."""
    q, c = w.calls, w.cases
    known = q.case >= NONE
    known[known] = c.stage[q.case[known]] < SETTLED  # else its case is over: nobody calls back
    free = _free(w)
    world, room, taken = q.world[known], _room(w, free), known.copy()
    taken[known] = rank_in_group(world) < room[world]
    calls = np.minimum(np.bincount(world, minlength=w.n), room)
    np.copyto(w.hotline_busy.reshape(-1), calls * _length(w) + free, where=calls > NONE)
    case, desk = q.case[taken], q.desk[taken]
    q.keep(known & ~taken)
    w.set_stocks(("calls_waiting",), np.bincount(q.world, minlength=w.n)[None])
    return case, desk


def call(w: Worlds, world: Ints, key: NDArray[np.uint64], case: Ints, desk: Ints) -> Mask:
    """Let people call about cases; return whose call is taken today. The others wait, those of a day by key.

    Args:
        w: the worlds.
        world: world of each call.
        key: what names the caller's grievance.
        case: row of the case, opened by a call of today or earlier.
        desk: row of the desk to which it is to be passed on.
    """
    calls, taken = np.bincount(world, minlength=w.n), np.ones(len(world), dtype=bool)
    free, length = _free(w), _length(w)
    busy = calls * length
    busy += free
    if anywhere(busy >= length + whole(DAY * (w.day + 1))):  # somewhere the last one would begin when the day is over
        room = _room(w, free)
        order = np.lexsort((key, world))
        taken[order] = rank_in_group(world[order]) < room[world[order]]
        late = order[~taken[order]]
        w.calls.append(world=world[late], case=case[late], desk=desk[late])
        w.stocks("calls_waiting", world[late], 1)
        calls = np.minimum(calls, room)
        busy = calls * length + free
    np.copyto(w.hotline_busy.reshape(-1), busy, where=calls > NONE)
    return taken


def _free(w: Worlds) -> Ints:
    """Return from when on today the hotline of each world is free, in `DAY` parts."""
    return np.maximum(w.hotline_busy.reshape(-1), whole(DAY * w.day))


def _room(w: Worlds, free: Ints) -> Ints:
    """Return how many calls the hotline of each world can take today: as many as begin before the day is over."""
    begun: Ints = free - whole(DAY * (w.day + 1))
    begun //= _length(w)
    return np.maximum(-begun, NONE)


def _length(w: Worlds) -> Ints:
    """Return for how long a call keeps the hotline of each world busy, in `DAY` parts."""
    if "call_length" not in w.derived:
        a_day = w.p.flat["hotline_calls"] * w.households / 1000
        w.derived["call_length"] = np.maximum(np.rint(DAY / a_day), 1).astype(np.int64)
    return w.derived["call_length"]


def holds(w: Worlds, case: Ints) -> Mask:
    """Return which cases lie with the hotline, no call about them having been taken."""
    held: Mask = w.cases.stage[case] == TRANSIT
    held &= w.cases.ready[case] == NOT_YET
    return held


def pass_on(w: Worlds, case: Ints) -> None:
    """Pass cases on to their desks, those that lie with the hotline: they arrive after its days."""
    case = case[holds(w, case)]
    w.cases.ready[case] = w.day + w.whole("hotline_days", w.cases.world[case])


RULE = Rule(
    name="hotline",
    places=places.having("INTAKES", Desk.HOTLINE),
    columns=(
        Column(
            "hotline_busy",
            "world",
            np.int64,
            "until when calls that were taken keep the hotline busy, millionths of a day since day 0 began",
            LONG_AGO,
        ),
    ),
    parameters=Parameters,
    stocks={"calls_waiting": "calls to the hotline that have not been taken yet"},
)
