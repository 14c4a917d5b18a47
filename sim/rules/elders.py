"""Elders: who comes to a shared place, from where, and how many of them take part in anything in a month.

Whether an elder comes to something in a week is a logit (McFadden): a taste of their own that stays (some never
come, some always), a constant of the occasion, the way there, whether they have a lasting need, and how well they are
known there already, which is what makes regulars. A household with an elder counts as one. Also without any
arrangement some elders take part in something, a choir or a card table in a yard; which, is drawn anew each month.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import distributions, noise, space
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.rules import needs, ties

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

WEEK = 7
MONTH = 28
CELL = 30
"""Metres from cell to cell of the grid."""

WEEKS = np.uint8(0b1111)
"""Bits of `came` that are the last four weeks."""


@dataclass(frozen=True)
class Parameters:
    """Who comes."""

    elsewhere: float = parameter(
        0.20,
        0.05,
        0.40,
        unit="probability",
        source="prior-hub",
        doc="chance that an elder takes part in something in a month of their own accord",
    )
    taste_sd: float = parameter(
        2.0,
        1.0,
        3.0,
        unit="logit",
        source="guess, canteen-use: of those who eat in a canteen three quarters do so on most days",
        doc="how much elders differ in their taste for an occasion, for good",
    )
    walk_logit: float = parameter(
        0.3,
        0.1,
        0.8,
        unit="logit/100 m",
        source="guess: a way of 300 m more costs as much as half of what friends bring",
        doc="what the way to a shared place takes from going there",
    )
    friends_logit: float = parameter(
        1.0,
        0.0,
        2.0,
        unit="logit",
        source="guess: by the sign of support in chengdu-elders, the size is not from there",
        doc="how much a tie of 1 adds to going to a shared place",
    )


def everywhere(w: Worlds) -> tuple[Ints, Ints]:
    """Return world and household of every elder.

    Nobody moves or grows old, so they are looked for once; in a world alone, where they are found more quickly and to
    remember them would be 5 bytes a household, each time.
    """
    if w.n == 1:
        return space.places(w.elder)
    if "elders" not in w.derived:
        w.derived["elders"] = np.array(space.places(w.elder))
    world, home = w.derived["elders"]
    return world, home


def of_communities(w: Worlds, mask: Mask) -> tuple[Ints, Ints, Ints]:
    """Return world, household and community of every elder of the communities in a mask.

    Args:
        w: the worlds.
        mask: which communities, shape ``(worlds, communities)``.
    """
    of = w.layout.up("flat", "community")
    world, home = np.nonzero(w.elder & mask[:, of])
    return world, home, of[home]


def seeds(w: Worlds, world: Ints) -> NDArray[np.uint64]:
    """Return the seeds of the worlds of very many elders, the one seed there is of a world alone.

    What is common to their draws is not kept from month to month: that would be 14 bytes a household.
    """
    return w.seeds if w.n == 1 else w.seeds.take(world)


def metres(w: Worlds, household: Ints) -> Ints:
    """Return the way from each flat to the shared place of its community, which is in its first compound."""
    cells, of = w.layout.cells, w.layout.up("household", "community")[household]
    way: Ints = CELL * np.abs(cells["household"][household] - cells["community"][of]).sum(axis=1)
    return way


def comes(w: Worlds, world: Ints, household: Ints, occasion: str, pull: Floats) -> Mask:
    """Return who comes to an occasion this week.

    Args:
        w: the worlds.
        world: world of each.
        household: who might come.
        occasion: names taste and draw.
        pull: of the occasion by itself, for each, logits.
    """
    seeds = w.seeds[world]
    taste = w.at("taste_sd", world) * distributions.normal(seeds, f"{occasion}.taste", household)
    way = w.at("walk_logit", world) * (metres(w, household) / 100)
    friends = w.at("friends_logit", world) * (w.tie[world, household] / ties.WHOLE)
    need = w.at("need_logit", world) * needs.lasting(w, world, household)
    odds = noise.exp(pull + taste - way + friends + need)
    return noise.chance(odds / (1 + odds), seeds, f"{occasion}.comes", household, w.day // WEEK)


def order(w: Worlds, name: str, world: Ints, household: Ints) -> Ints:
    """Return 40-bit numbers by which people come first this week, see `sim.space.rank_in_group`."""
    drawn = noise.bits(w.seeds[world], name, household, w.day // WEEK)
    return (drawn >> np.uint64(24)).astype(np.int64)


def note(w: Worlds, world: Ints, household: Ints) -> None:
    """Note that households were at a shared place, a clinic or an event this week."""
    w.came[world, household] |= np.uint8(1)


def begin_week(w: Worlds) -> None:
    """Phase, weekly: who came in which of the last eight weeks becomes a week older."""
    if w.came.max() > 0:
        np.left_shift(w.came, np.uint8(1), out=w.came)


def take_part(w: Worlds) -> None:
    """Phase, once in four weeks: elders who have taken part in anything since the last time are counted."""
    if w.day % MONTH != MONTH - 1:
        return
    world, home = everywhere(w)
    took_part = noise.chance(w.at("elsewhere", world), seeds(w, world), "elders.elsewhere", home, w.day // MONTH)
    if w.came.any():
        came = w.pick("came", world, home) & WEEKS > 0
        took_part |= came
        w.count("elders_came", world[came])
        w.count("elders_came_in_need", world[came][needs.lasting(w, world[came], home[came])])
    if w.tie.any():
        w.count("elder_ties", world, w.pick("tie", world, home))
    worlds = np.arange(w.n)
    w.count("elder_months", worlds, np.bincount(world, minlength=w.n))
    w.count("took_part", worlds, np.bincount(world[took_part], minlength=w.n))


RULE = Rule(
    name="elders",
    places=("compound",),
    columns=(Column("came", "flat", np.uint8, "weeks in which somebody came to a shared place, bit 0 = this one"),),
    parameters=Parameters,
    flows={
        "elder_months": "elders, counted every four weeks",
        "took_part": "of them those who have taken part in something in these weeks",
        "elders_came": "of them those who were at a shared place, a clinic or an event in these weeks",
        "elders_came_in_need": "of these, those with a lasting need",
        "elder_ties": "ties of all of them added up, ten-thousandths",
    },
)
