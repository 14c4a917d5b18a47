"""Chores: what a community's mediators owe of their time to other things than cases.

Reports of couriers have to be read, couriers heard at rest stations. What that takes is booked as time owed, and given
from the next week on, before cases, as far as the week's hours go; what is left waits. So it is missing at the
community's desk, and a flood of reports empties it.

How a week's hours are divided is settled when offices change; the time is given when the week begins, so that
offices which change twice before one week give it once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.columns import Column, Lever, Rule

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

PURPOSES = {
    "reports": "reading what couriers report, false alarms among it",
    "rest": "hearing couriers' own troubles at rest stations",
}
"""What time is owed to, in the order in which it is given."""


def owe(w: Worlds, purpose: str, world: Ints, community: Ints, hours: str) -> None:
    """Book time that a community will have to give.

    Args:
        w: the worlds.
        purpose: one of `PURPOSES`.
        world: world of each act.
        community: row of each community.
        hours: name of the parameter that says what an act takes.
    """
    if len(world):
        np.add.at(getattr(w, purpose + "_owed"), (world, community), np.rint(60 * w.at(hours, world)).astype(np.int64))


def set_aside(w: Worlds, minutes: Ints) -> Ints:
    """Divide the communities' coming week; return what of it is missing at their desks.

    Args:
        w: the worlds.
        minutes: what each community has in a week, shape ``(worlds, communities)``.
    """
    left = minutes
    for purpose in PURPOSES:
        time = getattr(w, purpose + "_time")
        time[...] = np.minimum(getattr(w, purpose + "_owed"), left)
        left = left - time
    return minutes - left


def give(w: Worlds) -> None:
    """Phase, weekly: communities give the time set aside, and owe it no more."""
    for purpose in PURPOSES:
        time = getattr(w, purpose + "_time")
        if time.any():
            getattr(w, purpose + "_owed")[...] -= time
            w.count("minutes_" + purpose, np.arange(w.n), time.sum(axis=1))
            time[...] = 0


RULE = Rule(
    name="chores",
    places=("compound",),
    columns=tuple(
        column
        for purpose, what in PURPOSES.items()
        for column in (
            Column(f"{purpose}_owed", "community", np.int64, f"minutes owed to {what}"),
            Column(f"{purpose}_time", "community", np.int64, f"minutes of the coming week set aside for {what}"),
        )
    ),
    levers=(
        Lever(
            "community_extra",
            "community",
            0,
            "add",
            "minutes/week",
            "hours added to the community's desk from nowhere (0 unless scanned)",
        ),
    ),
    flows={
        f"minutes_{purpose}": f"minutes communities' mediators gave to {what}" for purpose, what in PURPOSES.items()
    },
)
