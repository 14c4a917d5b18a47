"""Courts: a dispute that failed at every desk may be sued over; the court takes its time and then judges.

The court is outside the model: it costs no hours here and always ends the dispute. An agreement that a court
has confirmed is broken less often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import distributions, noise
from sim.cases import SUABLE, Activity, Stage, log_cases, move_cases
from sim.columns import Rule
from sim.parameters import parameter
from sim.rules import desks
from sim.space import where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Parameters:
    """Who goes to court, and how long it takes."""

    sues: float = parameter(
        0.2,
        0.05,
        0.5,
        unit="probability",
        source="guess, court-property-cases, jiang-wu-2015: few who could sue do",
        doc="chance that somebody sues over what failed at every desk",
    )
    court_days: float = parameter(
        90.0,
        60.0,
        120.0,
        unit="days",
        tag="E",
        source="prior-court, mediation-caps",
        doc="median time until a court judges",
    )
    court_spread: float = parameter(
        0.5,
        0.2,
        0.8,
        unit="log sd",
        source="prior-court: 15-180 days are -3.6 and +1.4 sd",
        doc="spread of that time",
    )


SHORTEST, LONGEST = 15, 180
"""Days within which a court judges (prior-court)."""


def sue(w: Worlds, rows: Ints) -> NDArray[np.bool_]:
    """Let claimants sue, or not, over disputes that have failed; return which do."""
    if len(rows) == 0:
        return np.zeros(0, dtype=bool)
    c = w.cases
    world = c.world[rows]
    sued = SUABLE.take(c.kind[rows]) & noise.chance(w.at("sues", world), c.key[rows], "court.sue")
    away, world = rows[sued], world[sued]
    if len(away) == 0:
        return sued
    days = distributions.lognormal(w.at("court_days", world), w.at("court_spread", world), c.key[away], "court.days")
    c.ready[away] = w.day + np.minimum(np.maximum(np.rint(days), SHORTEST), LONGEST).astype(np.int64)
    c.desk[away] = desks.court(w, len(away))
    w.count("sued", world)
    move_cases(w, away, Stage.COURT)
    log_cases(w, away, Activity.SUED)
    return sued


def judged(w: Worlds) -> Ints:
    """Return the cases that the court judges today."""
    c = w.cases
    rows = where((c.stage == int(Stage.COURT)) & (c.ready <= w.day))
    log_cases(w, rows, Activity.JUDGED)
    return rows


RULE = Rule(name="courts", parameters=Parameters, flows={"sued": "disputes taken to court"})
