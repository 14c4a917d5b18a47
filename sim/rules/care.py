"""Care: what elders need and cannot do alone, and who sees to it: family, the community, volunteers or nobody.

A need is no grievance: there is nobody to blame and nothing to claim, it counts in no headline, and it is over with
the month. Families see to most of them. Of the rest a community's staff see to those of elders who came to them in
these weeks, as far as there is time; for what is left volunteers are called on. On whom needs fall is told by
`sim.rules.needs`: more often on those with a lasting need. As many arise, and families see to as many, with and without
any of this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim import noise
from sim.columns import Rule
from sim.parameters import parameter
from sim.rules import elders, hosting, needs, volunteers

if TYPE_CHECKING:
    from sim.worlds import Worlds


@dataclass(frozen=True)
class Parameters:
    """Needs, and who sees to them."""

    care_rate: float = parameter(
        0.10,
        0.03,
        0.25,
        unit="per month",
        source="guess: about one need a year and elder; no count was found",
        doc="mean chance that an elder needs help in four weeks with something: an errand, a bath, a way to the doctor",
    )
    family_care: float = parameter(
        0.7,
        0.5,
        0.9,
        unit="probability",
        source="guess: most elders live with or near family; many young have moved away",
        doc="chance that the family sees to it",
    )
    tend_hours: float = parameter(
        1.0,
        0.5,
        2.0,
        unit="hours",
        source="guess: as a volunteer's turn",
        doc="what seeing to a need takes of a community's time",
    )


def tend(w: Worlds) -> None:
    """Phase, once in four weeks: elders' needs are seen to by somebody, or not."""
    if w.day % elders.MONTH != elders.MONTH - 1:
        return
    volunteers.rest(w)
    month = w.day // elders.MONTH
    world, home = elders.everywhere(w)
    drawn = noise.uniform(elders.seeds(w, world), "care.need", home, month)
    need = np.flatnonzero(drawn < w.at("care_rate", world))
    there = world.take(need)
    family = noise.chance(w.at("family_care", there), w.seeds.take(there), "care.family", home.take(need), month)
    w.count("care_needs", there)
    w.count("care_family", there[family])
    need = need[~family]
    if w.care_balance.any() or w.rota_balance.any():  # elsewhere it is the same on whom they fall
        need = np.sort(needs.falls_on(w, world, home, drawn)[need])
    world, home = world[need], home[need]
    if w.care_balance.any():
        known = np.flatnonzero(w.came[world, home] & elders.WEEKS > 0)
        minutes = np.rint(60 * w.at("tend_hours", world[known])).astype(np.int64)
        community = w.layout.up("household", "community")[home[known]]
        done = np.zeros(len(world), dtype=bool)
        done[known[hosting.spend(w, "care", world[known], community, minutes)]] = True
        w.count("care_staff", world[done])
        world, home = world[~done], home[~done]
    seen_to = volunteers.help_out(w, world, home)
    w.count("care_volunteers", world[seen_to])
    w.count("care_unmet", world[~seen_to])


RULE = Rule(
    name="care",
    places=("compound",),
    parameters=Parameters,
    flows={
        "care_needs": "needs of elders",
        "care_family": "of them those that the family saw to",
        "care_staff": "those that a community's staff saw to",
        "care_volunteers": "those that volunteers saw to",
        "care_unmet": "those that nobody saw to",
    },
)
