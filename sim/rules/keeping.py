"""Keeping: what the keeper sets aside of the week's hours for ledger, summons, calls, talks, inspections and doors.

The keeper is the second principal where there is one, else whoever holds the body's desk; but the time for
talks and inspections that a body sets aside of its own accord is always its director's. Time set aside is
taken from the keeper's desk whether it is used or not; it can be saved for a few weeks.
When the hours do not suffice, the purposes are served in the order of `PURPOSES`. So every practice
costs hours of the same people, and with no hours there is no practice.

How a week's hours are divided is settled when offices change; the time itself comes in when the week begins,
so that offices which change twice before one week (as where scenarios are set up) bring it once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.columns import Column, Lever, Rule
from sim.places.compound import BODY, DESKS_PER_COMPOUND
from sim.rules import bodies
from sim.space import rank_in_group, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

PURPOSES = {
    "ledger": "entries in a ledger",
    "summons": "summoning parties, and carrying a case to the next desk",
    "calls": "calls on party members among the owners to sign first",
    "talks": "talks with the company about its contract",
    "inspections": "inspecting the company's work and accounts",
    "rounds": "going from door to door to hear what troubles people",
    "doors": "knocking on owners' doors, kept only while the body has a motion before the owners",
}
"""What time is set aside for."""

FOUND = {"talks": "talks_found", "inspections": "inspections_found"}
"""Purposes for which bodies as found set time aside, and the columns that say how much."""

WEEK = 7
"""Minutes in hand are counted in sevenths, as at desks."""

SAVED_WEEKS = {"ledger": 4, "summons": 4, "calls": 4, "talks": 13, "inspections": 13, "rounds": 4}
"""Weeks for which time set aside can be saved; time for doors cannot."""


def offices(w: Worlds) -> tuple[Ints, Ints]:
    """Return the minutes a week of each compound's body and branch, shape ``(worlds, compounds)``, nothing set aside.

    A branch has minutes only while its secretary is a second principal.
    """
    director = w.director_minutes
    together = director + np.rint(w.merged * (w.merged_minutes - director)).astype(np.int64)
    body = np.where(w.body > bodies.NONE, together + w.extra_minutes, 0)
    return body, np.where(w.principals > 1, w.secretary_minutes, 0)


def set_aside(w: Worlds) -> tuple[Ints, Ints]:
    """Settle for how much of the next week there will be time for doors; return what all purposes take together.

    Returns:
        Minutes a week that are missing at the body's desk, and at the branch's, shape ``(worlds, compounds)``.
    """
    times, asking = _divide(w), _asking(w)
    times["doors"] = (np.where(asking, times["doors"][0], 0), np.where(asking, times["doors"][1], 0))
    w.doors_time[...] = times["doors"][0] + times["doors"][1]
    nothing = np.zeros_like(w.doors_time)
    of_body, of_branch = zip(*times.values(), strict=True)
    return sum(of_body, nothing), sum(of_branch, nothing)


def save(w: Worlds) -> None:
    """Phase, weekly: keepers put the week's time to what they have saved for each purpose; who has none keeps none."""
    for purpose, (of_body, of_branch) in _divide(w).items():
        if purpose in SAVED_WEEKS:
            time, balance = of_body + of_branch, getattr(w, purpose + "_balance")
            balance[...] = np.minimum(balance + time * WEEK, SAVED_WEEKS[purpose] * WEEK * time)


def _divide(w: Worlds) -> dict[str, tuple[Ints, Ints]]:
    """Return the minutes a week that body and branch give to each purpose, as far as the hours of each go.

    What a body sets aside of its own accord is always its director's time, so that a second principal with hardly
    any hours takes nothing from it; the rest is the second principal's where one stands, else the same person's.
    """
    two = w.principals > 1
    left_body, left_branch = offices(w)
    times = {}
    for purpose in PURPOSES:
        wanted = getattr(w, purpose + "_minutes")
        own = np.where(two, getattr(w, FOUND[purpose]) if purpose in FOUND else 0, wanted)
        times[purpose] = of_body, of_branch = np.minimum(own, left_body), np.minimum(wanted - own, left_branch)
        left_body, left_branch = left_body - of_body, left_branch - of_branch
    return times


def _asking(w: Worlds) -> NDArray[np.bool_]:
    """Return in which compounds the body has a motion before the owners."""
    m = w.motions
    rows = where(m.open & (m.organiser == DESKS_PER_COMPOUND * m.compound + BODY))
    asking = np.zeros(w.doors_time.shape, dtype=bool)
    asking[m.world[rows], m.compound[rows]] = True
    return asking


def spend(w: Worlds, purpose: str, world: Ints, compound: Ints, hours: str) -> NDArray[np.bool_]:
    """Spend time set aside on the given acts, in order, as far as it goes; return which were done.

    Args:
        w: the worlds.
        purpose: one of `PURPOSES`.
        world: world of each act.
        compound: in which compound.
        hours: name of the parameter that says what an act takes.
    """
    balance = getattr(w, purpose + "_balance")
    done = balance[world, compound] > 0
    if not done.any():
        return done
    cost = np.rint(w.at(hours, world) * 60).astype(np.int64) * WEEK
    nth = rank_in_group(world * w.layout.sizes["compound"] + compound)
    done = (nth + 1) * cost <= balance[world, compound]
    np.subtract.at(balance, (world[done], compound[done]), cost[done])
    w.count("minutes_" + purpose, world[done], cost[done] // WEEK)
    return done


RULE = Rule(
    name="keeping",
    columns=(
        *(
            Column(p + "_balance", "compound", np.int64, f"minutes in hand for {what}, sevenths")
            for p, what in PURPOSES.items()
        ),
        Column("doors_time", "compound", np.int64, "minutes a week now set aside for doors"),
        *(
            Column(c, "compound", np.int64, f"minutes a week that the body as found sets aside for {p}")
            for p, c in FOUND.items()
        ),
    ),
    levers=tuple(
        Lever(p + "_minutes", "compound", FOUND.get(p, 0), "add", "minutes/week", f"set aside by the keeper for {what}")
        for p, what in PURPOSES.items()
    ),
    flows={"minutes_" + p: f"minutes spent on {what}" for p, what in PURPOSES.items()},
)
