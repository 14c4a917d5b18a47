"""Elections: how bodies come to be, and how they end.

Owners elect a committee by ballot for a term; where no quorum comes together at its end, the sub-district
appoints a management committee in its stead. Now and then somebody among the owners of a compound without an
elected committee sets an election going. Whoever comes into office may function, or barely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import NEVER
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.places.compound import COMMUNITY
from sim.renaming import ANY, regular
from sim.rules import bodies, motions, referrals, votes
from sim.rules.motions import Motion
from sim.space import anywhere

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

YEAR, WEEK = 365, 7


@dataclass(frozen=True)
class Parameters:
    """Terms and initiatives."""

    term_of_office: float = parameter(
        5.0,
        1.0,
        10.0,
        unit="years",
        kind="set",
        tag="F",
        source="committee-term",
        doc="term of an owners' committee",
    )
    election_rate: float = parameter(
        0.05,
        0.02,
        0.15,
        unit="per compound-year",
        source="guess, committee-coverage: so that about 30% have a committee if half the ballots pass",
        doc="elections set going by owners where there is no elected committee",
    )


def _set_up(w: Worlds) -> None:
    """Draw how much of their term the committees as found still have."""
    w.term_end[...] = found(w)


def found(w: Worlds) -> NDArray[np.int64]:
    """Return the day on which the term of each compound's committee ends if it is found here today."""
    compound = np.arange(w.layout.sizes["compound"])
    phase = noise.uniform(w.seeds[:, None], "body.phase", compound)
    left = 1 + np.floor(phase * w.p.term_of_office * YEAR).astype(np.int64)
    return np.where(w.body_found == bodies.COMMITTEE, w.day + left, NEVER)


def hold(w: Worlds) -> None:
    """Phase, weekly: elections begin where a term has ended or owners set one going; the community organises them."""
    compound = np.arange(w.layout.sizes["compound"])
    committee = w.body_found == bodies.COMMITTEE
    seeds = regular(w, "election.begun", w.seeds[:, None], compound, w.day // WEEK)
    begun = noise.chance(w.p.election_rate * WEEK / YEAR, seeds, ANY)
    due = np.where(committee, w.term_end <= w.day, begun) & ~w.electing
    world, compound = np.nonzero(due)
    if len(world) == 0:
        return
    w.electing[world, compound] = True
    w.count("elections", world)
    organiser = referrals.of_compound(w, compound, COMMUNITY)
    key = noise.bits(w.seeds[world], "motion", int(Motion.ELECT), compound, w.day)
    votes.call(w, motions.put(w, Motion.ELECT, world, compound, organiser, key, w.whole("ballot_days", world)))


def count(w: Worlds) -> None:
    """Phase: elections are counted; an elected committee takes office, an appointed one where a term ends without."""
    if not anywhere(w.electing):
        return
    over, elected = votes.over(w, Motion.ELECT)
    if len(over) == 0:
        return
    m = w.motions
    world, compound = m.world[over], m.compound[over]
    motions.close(w, over)
    w.electing[world, compound] = False
    had = w.body_found[world, compound] == bodies.COMMITTEE
    new = elected | had
    if not anywhere(new):
        return
    world, compound, elected = world[new], compound[new], elected[new]
    w.count("elected", world[elected])
    w.body_found[world, compound] = np.where(elected, bodies.COMMITTEE, bodies.MANAGEMENT)
    term = np.rint(w.at("term_of_office", world) * YEAR).astype(np.int64)
    w.term_end[world, compound] = np.where(elected, w.day + term, NEVER)
    bodies.take_office(w, world, compound)


RULE = Rule(
    name="elections",
    places=("compound",),
    columns=(
        Column("term_end", "compound", np.int32, "day on which the committee's term ends; 2^31 - 1 = no term"),
        Column("electing", "compound", np.bool_, "an election is being held"),
    ),
    parameters=Parameters,
    flows={"elections": "elections of owners' committees begun", "elected": "owners' committees elected"},
    set_up=_set_up,
)
