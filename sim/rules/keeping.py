"""Keeping: what the keeper sets aside of the week's hours for ledger, summons, calls, talks, inspections and doors.

The keeper is the second principal where there is one, else whoever holds the body's desk; but the time for
talks and inspections that a body sets aside of its own accord is always its director's. Time set aside is
missing at the keeper's desk. It can be saved for a few weeks; when so much is in hand, nothing more is set aside
and the keeper sits at the desk. When the hours do not suffice, the purposes are served in the order of `PURPOSES`.
So every practice costs hours of the same people, and with no hours there is no practice.

How a week's hours are divided is settled when offices change; the time itself comes in when the week begins,
so that offices which change twice before one week (as where scenarios are set up) bring it once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.columns import Column, Lever, Rule
from sim.constants import ONE, ZERO, code, whole
from sim.places.compound import BODY, DESKS_PER_COMPOUND
from sim.rules import bodies, service
from sim.space import anywhere, rank_in_group, where

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

WEEK = whole(7)
"""Minutes in hand are counted in sevenths, as at desks."""

NO_BODY = code(bodies.NONE)

SAVED_WEEKS = {"ledger": 4, "summons": 4, "calls": 4, "talks": 13, "inspections": 13, "rounds": 4}
"""Weeks for which time set aside can be saved; time for doors cannot."""

SEVENTHS_SAVED = {purpose: whole(weeks) * WEEK for purpose, weeks in SAVED_WEEKS.items()}
"""How often what is set aside in a week can be saved, as balances are counted."""


def offices(w: Worlds) -> tuple[Ints, Ints]:
    """Return the minutes a week of each compound's body and branch, shape ``(worlds, compounds)``, nothing set aside.

    A branch has minutes only while its secretary is a second principal.
    """
    director = w.director_minutes
    body = np.rint(w.merged * (w.merged_minutes - director)).astype(np.int64)
    body += director
    body += w.extra_minutes
    np.putmask(body, w.body == NO_BODY, ZERO)
    branch = w.secretary_minutes.copy()
    np.putmask(branch, w.principals <= ONE, ZERO)
    return body, branch


def set_aside(w: Worlds) -> tuple[Ints, Ints]:
    """Divide the coming week's minutes among the purposes, and return what they leave.

    What a body sets aside of its own accord is always its director's time, so that a second principal with hardly
    any hours takes nothing from it; the rest is the second principal's where one stands, else the same person's.

    Returns:
        Minutes a week for cases at the body's desk and at the branch's, shape ``(worlds, compounds)``.
    """
    one = (w.principals <= ONE).astype(np.int64)
    left_body, left_branch = offices(w)
    for purpose in PURPOSES:
        wanted, time = getattr(w, purpose + "_minutes"), getattr(w, purpose + "_time")
        if not (np.count_nonzero(wanted) or (purpose in FOUND and np.count_nonzero(getattr(w, FOUND[purpose])))):
            time.fill(0)
            if purpose in SAVED_WEEKS:  # what has been saved for it is lost
                getattr(w, purpose + "_balance").fill(0)
            continue
        by_body = wanted * one if purpose not in FOUND else np.where(one, wanted, getattr(w, FOUND[purpose]))
        by_branch = wanted - by_body
        np.minimum(by_body, left_body, out=by_body)
        np.minimum(by_branch, left_branch, out=by_branch)
        able = by_body + by_branch
        if purpose in SAVED_WEEKS:
            balance, most = getattr(w, purpose + "_balance"), able * SEVENTHS_SAVED[purpose]
            np.minimum(balance, most, out=balance)
            most -= balance
            most //= WEEK
            np.minimum(able, most, out=time)
        else:
            np.multiply(able, _asking(w), out=time)
        np.minimum(by_body, time, out=by_body)
        left_body -= by_body
        left_branch += by_body
        left_branch -= time
    return left_body, left_branch


def save(w: Worlds) -> None:
    """Phase, weekly: keepers put the week's time to what they have in hand for each purpose."""
    for purpose in SAVED_WEEKS:
        time = getattr(w, purpose + "_time")
        if np.count_nonzero(time):
            getattr(w, purpose + "_balance")[...] += time * WEEK


def _asking(w: Worlds) -> NDArray[np.bool_]:
    """Return in which compounds the body has a motion before the owners."""
    m = w.motions
    rows = where(m.open & (m.organiser == DESKS_PER_COMPOUND * m.compound + BODY))
    asking = np.zeros(w.doors_time.shape, dtype=bool)
    asking[m.world[rows], m.compound[rows]] = True
    return asking


def has_time(w: Worlds, purpose: str) -> bool:
    """Return whether anybody has time in hand for a purpose: else it need not be seen who would spend it."""
    return bool(np.count_nonzero(getattr(w, purpose + "_balance")))


def spend(w: Worlds, purpose: str, world: Ints, compound: Ints, hours: str) -> NDArray[np.bool_]:
    """Spend time set aside on the given acts, in order, as far as it goes; return which were done.

    Args:
        w: the worlds.
        purpose: one of `PURPOSES`.
        world: world of each act.
        compound: in which compound.
        hours: name of the parameter that says what an act takes.
    """
    if len(world) == 0:
        return np.zeros(0, dtype=bool)
    balance, place = getattr(w, purpose + "_balance").reshape(-1), world * whole(w.layout.sizes["compound"])
    place += compound
    in_hand = balance[place]
    done: NDArray[np.bool_] = in_hand > ZERO
    if not anywhere(done):
        return done
    minutes = service.minutes(w, hours, world)
    time, needed = minutes * WEEK, rank_in_group(place)
    needed += ONE
    needed *= time
    done &= needed <= in_hand
    able = where(done)
    if len(able):
        np.subtract.at(balance, place[able], time[able])
        w.count("minutes_" + purpose, world[able], minutes[able])
    return done


def write_ledger(w: Worlds, rows: Ints) -> NDArray[np.bool_]:
    """Enter cases in their compound's ledger as far as the keeper's time goes; return which were."""
    return spend(w, "ledger", w.cases.world[rows], w.cases.compound[rows], "triage_hours")


RULE = Rule(
    name="keeping",
    places=("compound",),
    columns=(
        *(
            Column(p + "_balance", "compound", np.int64, f"minutes in hand for {what}, sevenths")
            for p, what in PURPOSES.items()
        ),
        *(Column(p + "_time", "compound", np.int64, f"minutes a week now set aside for {p}") for p in PURPOSES),
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
