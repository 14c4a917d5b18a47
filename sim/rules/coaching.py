"""Coaching: members with large flocks go to those who have chicks from the base, one to one, in hours of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.columns import Lever, Rule
from sim.parameters import parameter

if TYPE_CHECKING:
    from sim.worlds import Worlds


@dataclass(frozen=True)
class Parameters:
    """What coaching takes and leaves."""

    coach_need: float = parameter(
        0.5,
        0.2,
        1.0,
        unit="hours/week",
        source="guess: a short visit a week, as long as the flock itself takes a day",
        doc="coaching with which a batch does as well as a skilled household's",
    )
    coach_learning: float = parameter(
        0.3,
        0.0,
        0.6,
        unit="share",
        source="guess: one fully coached batch teaches as much as two of one's own",
        doc="part of what is lacking in skill that a fully coached batch teaches in addition to one's own doing",
    )


def visit(w: Worlds) -> None:
    """Phase, weekly: coaches share their hours among the households of their village that have chicks from a base."""
    if not w.coach_minutes.any():
        return
    village = w.layout.up("yard", "village")
    has = w.yard_base >= 0
    number = np.add.reduceat(has, w.layout.first("village", "yard"), axis=1, dtype=np.int64)
    need = np.rint(60 * w.p.coach_need).astype(np.int64)
    each = np.minimum(w.coach_minutes // np.maximum(number, 1), need)
    w.coached[...] += np.where(has, each[:, village], 0)
    w.flow["minutes_coaching"] += (each * number).sum(axis=1)


RULE = Rule(
    name="coaching",
    places=("village",),
    levers=(Lever("coach_minutes", "village", 0, "max", "minutes/week", "time of coaches for households with chicks"),),
    parameters=Parameters,
    flows={"minutes_coaching": "minutes of coaches with households"},
)
