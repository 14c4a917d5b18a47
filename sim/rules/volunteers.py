"""Volunteers: who helps an elder nearby, when each would rather that another did.

Volunteer's dilemma (Diekmann 1985): help is worth b to each of n people who know of the need, and costs whoever
gives it c. In the symmetric equilibrium each helps with chance 1 - (c/b)^(1/(n - 1)), so that the more could help,
the less each does, and with (c/b)^(n/(n - 1)) nobody does. All who step forward give the time. A community's time is
needed to call on them. Who is ready to be called on is a trait of some, and of others as far as they are tied to
people from shared places: what they have been given comes back as hours. Who has helped tires: it costs them more,
for some months.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.rules import hosting, ties

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MONTH = 28
A_TURN = 8
"""What one turn of helping adds to being tired; the sum halves each month, rounded down."""

MOST_TIRED = 120


@dataclass(frozen=True)
class Parameters:
    """What helping costs, and who can be called on."""

    help_cost: float = parameter(
        0.3,
        0.1,
        0.6,
        unit="share of its worth",
        source="prior-hub, diekmann-1985",
        doc="c/b, what helping costs over what it is worth to each that somebody does",
    )
    help_tires: float = parameter(
        0.5,
        0.0,
        1.5,
        unit="1",
        source="guess: after two turns in a month nearly half as dear again in the next",
        doc="how much one turn of helping, not yet rested from, adds to that cost",
    )
    willing: float = parameter(
        0.10,
        0.02,
        0.25,
        unit="share",
        source="guess, hk-time-credits: a few in every compound",
        doc="elders who can be called on whether or not they know others from shared places",
    )
    turn_hours: float = parameter(
        1.0,
        0.5,
        2.0,
        unit="hours",
        source="guess, hk-time-credits: a bit more than an hour a week is given by those who do",
        doc="unpaid time of each who steps forward",
        drawn_as="help_hours",
    )
    call_hours: float = parameter(
        0.1,
        0.05,
        0.3,
        unit="hours",
        source="guess, prior-service: as reading a report",
        doc="what calling on volunteers for one need takes of a community's time",
    )


def steps_forward(cost: Floats, others: Ints) -> Floats:
    """Return the chance that each helps.

    Args:
        cost: c/b of each.
        others: how many more know of the need and could help; who is alone helps if it is worth it at all.
    """
    alone = np.where(cost < 1, 1.0, 0.0)
    return np.where(others > 0, 1 - noise.power(np.minimum(cost, 1.0), 1 / np.maximum(others, 1)), alone)


def help_out(w: Worlds, world: Ints, home: Ints) -> Mask:
    """Let volunteers be called on for needs of elders of the given households; return which were seen to.

    Args:
        w: the worlds, at a month's end.
        world: world of each need.
        home: whose need; once in a world.
    """
    seen_to = np.zeros(len(world), dtype=bool)
    if not w.rota_balance.any():
        return seen_to
    month = w.day // MONTH
    compound, community = w.layout.up("household", "compound"), w.layout.up("household", "community")
    minutes = np.rint(60 * w.at("call_hours", world)).astype(np.int64)
    called = np.flatnonzero(hosting.spend(w, "rota", world, community[home], minutes))
    pool_world, pool = _ready(w)
    need, helper = _pairs(w, world[called] * w.layout.sizes["compound"] + compound[home[called]],
                          pool_world * w.layout.sizes["compound"] + compound[pool])  # fmt: skip
    at = called[need]
    other = home[at] != pool[helper]  # nobody helps themselves
    at, helper = at[other], helper[other]
    size = np.bincount(at, minlength=len(world))[at]
    who, where_ = pool[helper], world[at]
    tired = w.tired[where_, who] / A_TURN
    cost = w.at("help_cost", where_) * (1 + w.at("help_tires", where_) * tired)
    helps = noise.chance(steps_forward(cost, size - 1), w.seeds[where_], "volunteer.helps", who, month, home[at])
    at, who, where_ = at[helps], who[helps], where_[helps]
    seen_to[at] = True
    turn = np.rint(60 * w.at("turn_hours", where_)).astype(np.int64)
    w.count("volunteer_minutes", where_, turn)
    turns = np.zeros(w.tired.shape, dtype=np.int64)
    np.add.at(turns, (where_, who), A_TURN)
    w.tired[...] = np.minimum(w.tired + turns, MOST_TIRED)
    return seen_to


def _ready(w: Worlds) -> tuple[Ints, Ints]:
    """Return world and household of the elders who can be called on, where volunteers are called on at all."""
    of = w.layout.up("flat", "community")
    world, home = np.nonzero(w.elder & (w.rota_time > 0)[:, of])
    trait = w.at("willing", world)
    share = trait + (1 - trait) * (w.tie[world, home] / ties.WHOLE)
    ready = noise.chance(share, w.seeds[world], "volunteer.willing", home)
    return world[ready], home[ready]


def _pairs(w: Worlds, needs: Ints, helpers: Ints) -> tuple[Ints, Ints]:
    """Return every pair of a need and a helper of the same place, as positions; helpers are in order of place."""
    first, last = np.searchsorted(helpers, needs, "left"), np.searchsorted(helpers, needs, "right")
    counts = last - first
    need = np.repeat(np.arange(len(needs)), counts)
    within = np.arange(len(need)) - np.repeat(np.cumsum(counts) - counts, counts)
    return need, first[need] + within


def rest(w: Worlds) -> None:
    """Let those who helped recover for a month."""
    if w.tired.any():
        np.right_shift(w.tired, np.int8(1), out=w.tired)


RULE = Rule(
    name="volunteers",
    places=("compound",),
    wakes=("host_rota",),
    columns=(Column("tired", "flat", np.int8, "how tired of helping, eighths of a turn"),),
    parameters=Parameters,
    flows={"volunteer_minutes": "unpaid minutes that volunteers gave to elders' needs"},
)
