"""Courts: a dispute that failed at every desk may be sued over; the court takes its time and then judges.

The court is outside the model but for two things: it costs no hours here and always ends the dispute, but it takes its
time, and it can have only so many cases under way. A suit waits in the order of filing until one has been judged. It is
one for all kinds of settlement of a world. An agreement that a court has confirmed is broken less often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import distributions, noise
from sim.cases import NEVER, SUABLE, Activity, Stage, log_cases, move_cases
from sim.columns import Rule
from sim.constants import code, date
from sim.parameters import parameter
from sim.rules import desks
from sim.space import first_of_group, where

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
    court_docket: float = parameter(
        5.0,
        1.0,
        20.0,
        unit="cases per 1,000 households",
        kind="set",
        source="guess, court-caseload, prior-court: 6 to 8 of all kinds are under way; how many are like these is open",
        doc="cases that the court can have under way at a time, per 1,000 household rows of the world",
    )


IN_COURT, NOT_YET = code(Stage.COURT), date(NEVER)

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
    c.ready[away] = NEVER  # until the court takes it up
    c.desk[away] = desks.court(w, len(away))
    w.count("sued", world)
    move_cases(w, away, Stage.COURT)
    log_cases(w, away, Activity.SUED)
    return sued


def sit(w: Worlds) -> Ints:
    """Let the court take up suits that wait, as far as it has room beside what it does not judge today.

    Returns:
        The cases that it judges today; the caller ends them.
    """
    c = w.cases
    rows = where(c.stage == IN_COURT)
    if len(rows) == 0 and np.count_nonzero(w.stock["suits_waiting"]) == 0:
        return rows
    ready = c.ready[rows]
    due, waits = ready <= date(w.day), rows[ready == NOT_YET]
    if len(waits) or np.count_nonzero(w.stock["suits_waiting"]):
        goes_on = c.world[rows[~due & (ready != NOT_YET)]]
        _take_up(w, waits, docket(w) - np.bincount(goes_on, minlength=w.n))
    judged = rows[due]
    log_cases(w, judged, Activity.JUDGED)
    return judged


def docket(w: Worlds) -> Ints:
    """Return how many cases the court of each world can have under way: a whole number, at least 1."""
    whole = np.rint(w.p.flat["court_docket"] * w.households / 1000)
    return np.maximum(whole, 1).astype(np.int64)


def _take_up(w: Worlds, rows: Ints, room: Ints) -> None:
    """Take up as many of the waiting suits as there is room for, the first filed first, those of a day by key.

    A suit is filed on the day of its last session, and nobody handles it after that.

    Args:
        w: the worlds.
        rows: case rows.
        room: how many each world's court can take up.
    """
    c = w.cases
    order = np.lexsort((c.key[rows], c.handled[rows], c.world[rows]))
    rows, world = rows[order], c.world[rows[order]]
    begins = np.arange(len(rows)) - first_of_group(world) < room[world]
    w.set_stocks(("suits_waiting",), np.bincount(world[~begins], minlength=w.n)[None])
    rows, world = rows[begins], world[begins]
    days = distributions.lognormal(w.at("court_days", world), w.at("court_spread", world), c.key[rows], "court.days")
    c.ready[rows] = w.day + np.minimum(np.maximum(np.rint(days), SHORTEST), LONGEST).astype(np.int64)


RULE = Rule(
    name="courts",
    parameters=Parameters,
    flows={"sued": "disputes taken to court"},
    stocks={"suits_waiting": "disputes taken to court that it has not taken up yet"},
)
