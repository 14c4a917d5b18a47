"""Legal awareness: talks tell some what the law says; it spreads among neighbours and is forgotten.

A part of what people feel wronged by the law does not support; of what it does support, people who do not know it
take a part for nothing that could be claimed (Felstiner, Abel & Sarat 1980: what is not named is not claimed). Who
knows the law lets the first rest, claims the second like anything else, and believes the more in what is left: the
chance of success is the same on average, so it is greater without the hopeless part. If both parties know the law
there is nothing left to expect differently, and they talk it over (Bebchuk 1984). So some claims come up that would
have been kept quiet, others never do, and disputes become fewer. How many is nowhere said; before any talk nobody
knows more than others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import NEVER, Kind
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.places.pasture import STATION
from sim.rules import grievances, teams, travel
from sim.space import where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

YEAR = 365
WEEK = 7

PAIRS = np.isin(np.arange(len(Kind)), (Kind.BOUNDARY, Kind.LIVESTOCK, Kind.NEIGHBOUR))
"""By number of the kind: is it between two households, of whom both may know the law?"""


@dataclass(frozen=True)
class Parameters:
    """How law becomes known, and how much is felt that it does not support."""

    talk_reach: float = parameter(
        0.15,
        0.05,
        0.4,
        unit="probability",
        source="prior-team",
        doc="chance that a household at a talk comes to know the law",
    )
    talk_circles: int = parameter(
        5,
        1,
        20,
        unit="circles",
        source="guess, prior-team: some fifty households come together",
        doc="circles whose households come to a talk",
    )
    online_reach: float = parameter(
        0.005,
        0.0,
        0.02,
        unit="probability",
        source="guess, page-E11: short videos are told of, no effect is",
        doc="chance that a household elsewhere comes to know the law by what of a talk is put online",
    )
    lesson_hours: float = parameter(
        2.0,
        1.0,
        4.0,
        unit="hours",
        source="guess: an afternoon with the people, the way apart",
        doc="what a talk takes, and putting it online",
        drawn_as="talk_hours",
    )
    spill: float = parameter(
        0.2,
        0.0,
        0.6,
        unit="per year",
        source="prior-team, blattman-2014: spill-over to those not trained, the size is not from there",
        doc="rate at which a household learns it from its circle if all of them know it",
    )
    awareness_half_life: float = parameter(
        365.0,
        180.0,
        1095.0,
        unit="days",
        source="prior-team",
        doc="time after which half of those who knew the law have forgotten",
    )
    unfounded: float = parameter(
        0.3,
        0.1,
        0.5,
        unit="share",
        source="guess: nobody has counted them; to be scanned",
        doc="grievances between households that the law does not support",
    )
    unrecognised: float = parameter(
        0.25,
        0.0,
        0.5,
        unit="share",
        source="guess, felstiner-1980: nobody has counted them; to be scanned",
        doc="of those that it does support, what people who do not know it think cannot be claimed",
    )


def talk(w: Worlds) -> None:
    """Phase, weekly: where there is time for it a talk is held, in a few circles and online; then law spreads."""
    if w.lessons_in_hand.any():
        _talk(w)
    if w.aware.any():
        _spread(w)


def _talk(w: Worlds) -> None:
    """Hold a talk in every sumu that has the time in hand for it and for the way there and back."""
    land, t = w.layout, w.layout.traits
    world, sumu = np.nonzero(w.lessons_in_hand > 0)
    first = land.first("sumu", "household")[sumu]
    nth = w.talks_held[world, sumu].astype(np.int64)
    host = first + np.floor(noise.uniform(w.seeds[world], "talk.host", sumu, nth) * t["herders"][sumu]).astype(np.int64)
    metres = travel.way(w, STATION, host)
    minutes = np.rint(60 * (w.at("lesson_hours", world) + travel.hours(w, world, metres))).astype(np.int64)
    held = w.lessons_in_hand[world, sumu] >= minutes * teams.WEEK
    world, sumu, host, nth, minutes, metres = (x[held] for x in (world, sumu, host, nth, minutes, metres))
    if len(world) == 0:
        return
    w.lessons_in_hand[world, sumu] -= minutes * teams.WEEK
    w.talks_held[world, sumu] += 1
    w.count("minutes_lessons", world, minutes)
    w.count("field_metres", world, 2 * metres)
    w.count("law_talks", world)
    circle, of = land.up("household", "circle"), land.up("household", "sumu")
    for k, s, who, n in zip(world.tolist(), sumu.tolist(), host.tolist(), nth.tolist(), strict=True):
        mine = where(of == s)
        near = np.abs(circle[mine] - circle[who]) <= (w.p.flat["talk_circles"][k] - 1) // 2
        reach = np.where(near, w.p.flat["talk_reach"][k], w.p.flat["online_reach"][k])
        hears = travel.there(w)[mine] & noise.chance(reach, w.seeds[k : k + 1], "talk.reach", mine, n)
        w.aware[k, mine] |= hears


def _spread(w: Worlds) -> None:
    """Let households learn from their circle, and forget."""
    land = w.layout
    circle, week = land.up("household", "circle"), w.day // WEEK
    knowing = np.add.reduceat(w.aware, land.first("circle", "household"), axis=1, dtype=np.int64)
    share = (knowing / land.count("circle", "household"))[:, circle]
    world, household = np.nonzero(~w.aware & (share > 0))
    learns = 1 - noise.exp(-w.at("spill", world) * share[world, household] * WEEK / YEAR)
    told = noise.chance(learns, w.seeds[world], "law.spill", household, week)
    knows = np.nonzero(w.aware)
    forgets = 1 - noise.exp(-0.6931471805599453 * WEEK / w.at("awareness_half_life", knows[0]))
    lost = noise.chance(forgets, w.seeds[knows[0]], "law.forget", knows[1], week)
    w.aware[world[told], household[told]] = True
    w.aware[knows[0][lost], knows[1][lost]] = False


def weigh(w: Worlds, rows: Ints) -> Mask:
    """Let households weigh by what they know of the law; return which of the given grievances may be claimed now."""
    g = w.grievances
    goes_on = np.ones(len(rows), dtype=bool)
    at = where(PAIRS.take(g.kind[rows]))
    own = rows[at]
    if len(own) == 0:
        return goes_on
    world = g.world[own]
    knows = w.aware[world, g.household[own]]
    groundless = noise.chance(w.at("unfounded", world), g.key[own], "law.unfounded")
    silent = ~groundless & noise.chance(w.at("unrecognised", world), g.key[own], "law.unrecognised")
    rests, keeps = own[knows & groundless], own[~knows & silent]
    g.act[rests] = NEVER
    w.count("let_rest", g.world[rests])
    g.act[keeps] = w.day + w.whole("review_days", g.world[keeps])
    both = knows & ~groundless & w.aware[world, g.other[own]]
    w.count("talked_over", world[both])
    grievances.settle(w, own[both])
    goes_on[at] = np.where(knows, ~groundless & ~both, ~silent)
    return goes_on


def believed(w: Worlds, rows: Ints, success: Floats) -> Floats:
    """Return the success that households believe in: who knows the law leaves the hopeless part out."""
    g = w.grievances
    knows = w.aware[g.world[rows], g.household[rows]] & PAIRS.take(g.kind[rows])
    founded = np.minimum(success / (1 - w.at("unfounded", g.world[rows])), 1.0)
    return np.where(knows, founded, success)


RULE = Rule(
    name="awareness",
    places=("pasture",),
    columns=(
        Column("aware", "household", np.bool_, "the household knows what law talks tell"),
        Column("talks_held", "sumu", np.int32, "law talks held so far"),
    ),
    parameters=Parameters,
    flows={
        "law_talks": "law talks held",
        "let_rest": "grievances let rest because the law does not support them",
        "talked_over": "grievances that both parties, knowing the law, settled between themselves",
    },
)
