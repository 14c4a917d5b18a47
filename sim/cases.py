"""What a grievance is about, who takes it, where it and its case stand; moving and closing cases.

Kinds, desks, states, stages and activities are numbers; tables by kind say what a kind is: repaired or bargained
over, shared or between two, lasting or fading.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.constants import code, date
from sim.space import anywhere, where
from sim.tables import ENDED

if TYPE_CHECKING:
    from sim.worlds import Worlds

Array = NDArray[Any]

KEPT = tuple(field for field in ENDED if field != "closed")
"""Fields of a case that are kept when it has ended."""

NEVER = 2**31 - 1
"""A day that does not come."""

NO_DAY = date(NEVER)
"""The same, as columns of days have it."""


class Kind(IntEnum):
    """What a grievance is about. New kinds are added at the end: the numbers name draws.

    Which of them there are stands with each kind of settlement (`sim.places`), what they are in the tables below.
    """

    ROOF = 0
    PIPE = 1
    LIGHTING = 2  # lighting and doors
    RUBBISH = 3
    PESTS = 4
    ROAD = 5  # road and gate
    NUISANCE = 6  # building works nearby; the contractor is the other party of all who suffer
    NEIGHBOUR = 7
    FEE = 8  # the company claims
    BOUNDARY = 9  # grazing across a boundary
    LIVESTOCK = 10  # animals lost, mixed up or in somebody's hay
    WAGES = 11  # a crew's, that a contractor owes
    HELP = 12  # a request for help, no dispute
    CONTRACT = 13  # a household's with the enterprise, over birds not taken or a gain handed over
    SHARING = 14  # a member's with the collective, over what it gets


def _table(*kinds: Kind) -> NDArray[np.bool_]:
    """Return for the number of every kind whether it is one of these."""
    return np.isin(np.arange(len(Kind)), kinds)


DEFECT = _table(Kind.ROOF, Kind.PIPE, Kind.LIGHTING, Kind.RUBBISH, Kind.PESTS, Kind.ROAD)
"""By number of the kind: is it repaired? Defects do not fade."""

DISPUTE = _table(Kind.NUISANCE, Kind.NEIGHBOUR, Kind.FEE, Kind.BOUNDARY, Kind.LIVESTOCK, Kind.WAGES) | _table(
    Kind.CONTRACT, Kind.SHARING
)
"""By number of the kind: is it bargained over?"""

SHARED = DEFECT | _table(Kind.NUISANCE, Kind.WAGES)
"""By number of the kind: do several people suffer from one thing, whose case later claims join?"""

LASTING = DEFECT | _table(Kind.WAGES)
"""By number of the kind: is it suffered until its cause is gone? All else fades, and is over when given up."""

SUABLE = DISPUTE & ~_table(Kind.NUISANCE)
"""By number of the kind: may a court be asked?"""

RELAPSING = _table(Kind.NEIGHBOUR, Kind.BOUNDARY, Kind.LIVESTOCK, Kind.SHARING)
"""By number of the kind: may an agreement on it be broken any day, by a hazard?"""


class Desk(IntEnum):
    """Kinds of desk. New ones are added at the end; which of them there are stands with each kind of settlement."""

    COMPANY = 0
    BODY = 1
    BRANCH = 2
    COMMUNITY = 3
    CENTRE = 4
    COURT = 5  # outside the model but for the time it takes; its row is the last
    HOTLINE = 6  # an intake without a row
    STATION = 7  # the border police
    ROOM = 8  # a mediation room at the road
    JUSTICE = 9  # the justice office
    TEAM = 10  # the station's officers on call, who go to people
    MEDIATOR = 11  # a village's


class State(IntEnum):
    """Where a grievance stands; every grievance is in exactly one state on every day."""

    LATENT = 0  # felt, not yet named
    QUIET = 1  # named, not (or no longer) claimed
    OPEN = 2  # claimed; it opened the case
    JOINED = 3  # claimed; it joined a case already open
    SETTLED = 4  # the defect is repaired or the parties agreed
    LAPSED = 5  # faded, or every level failed
    WITHDRAWN = 6  # the claimant tired of waiting
    ESCALATED = 7  # petition or fight: beyond the model
    BROKEN = 8  # settled, broken within twelve months and reopened as a new grievance
    PRIVATE = 9  # the sufferer has seen to it without any desk


class Stage(IntEnum):
    """Where a case stands; every case is in exactly one stage on every day."""

    WAITING = 0  # in a desk's queue
    TRANSIT = 1  # handed from one desk to another
    LOST = 2  # lost on the way
    APPROVAL = 3  # in the second principal's queue
    SIGNING = 4  # owners are signing and paying
    VOTING = 5  # owners vote on paying from the maintenance fund
    FUNDING = 6  # the fund's money is on its way
    COURT = 7  # before the court
    WORKS = 8  # the crew is at work
    SHELVED = 9  # the proposal failed; on the books, on nobody's agenda
    SETTLED = 10
    FAILED = 11  # every level tried, no agreement
    WITHDRAWN = 12  # no claimant is left, or its cause has gone by itself
    ESCALATED = 13


UNDER_WAY = (int(Stage.SIGNING), int(Stage.WORKS))
"""First and last stage in which something is under way: owners sign or vote, money comes, a court or a crew works."""


class Activity(IntEnum):
    """Activities of the event log."""

    OPENED = 0
    JOINED = 1
    HANDED_OFF = 2
    LOST = 3
    NO_SHOW = 4
    SESSION = 5
    PROPOSED = 6
    TURNED_BACK = 7
    REFERRED = 8
    REFUSED = 9
    APPROVED = 10
    VOTING = 11
    GRANTED = 12
    VOTED_DOWN = 13
    SIGNING = 14
    FUNDED = 15
    REFUNDED = 16
    RETABLED = 17
    REPAIRED = 18
    CONCEDED = 19
    SUED = 20
    JUDGED = 21
    SETTLED = 22
    FAILED = 23
    WITHDRAWN = 24
    ESCALATED = 25


class Clock(IntEnum):
    """What an agenda entry is about."""

    DEFECT = 0
    NEIGHBOUR = 1
    FEE = 2
    SILENCE = 3
    BOUNDARY = 4
    LIVESTOCK = 5
    HERDERS = 6  # quarrels between herders
    HELP = 7
    WAGES = 8
    VILLAGERS = 9  # quarrels between households of a village
    SHARING = 10


CODES = tuple(map(code, range(max(len(State), len(Stage)))))
"""Numbers of states and stages as columns have them."""

_IS_UNDER_WAY = np.array([UNDER_WAY[0] <= stage <= UNDER_WAY[1] for stage in Stage])


def under_way(stage: Array) -> NDArray[np.bool_]:
    """Return for which stages owners, money or a crew are at it: nobody leaves then."""
    on: NDArray[np.bool_] = _IS_UNDER_WAY.take(stage)
    return on


def move_cases(w: Worlds, rows: Array, stage: int) -> None:
    """Move cases to another stage."""
    w.cases.stage[rows] = CODES[stage]


def move_grievances(w: Worlds, rows: Array, state: int) -> None:
    """Move grievances to another state."""
    w.grievances.state[rows] = CODES[state]


def close_cases(w: Worlds, rows: Array, stage: int, activity: int) -> None:
    """End cases, and let go of the rows: nothing may act on them any more.

    What is needed to measure durations is kept; the rows stay until the next compaction.
    """
    if len(rows) == 0:
        return
    move_cases(w, rows, stage)
    log_cases(w, rows, activity)
    w.closed.append((w.day, rows))


def book_ends(w: Worlds, before: int) -> None:
    """Write into the table of ended cases which have ended before a day, in the order in which they did."""
    over = [(day, rows) for day, rows in w.closed if day < before]
    if not over:
        return
    w.closed = w.closed[len(over) :]
    days = np.array([day for day, _ in over]).repeat([len(rows) for _, rows in over])
    rows, c = np.concatenate([rows for _, rows in over]), w.cases
    w.ended.append(closed=days, **{f: getattr(c, f)[rows] for f in KEPT})


def log_cases(w: Worlds, rows: Array, activity: int) -> None:
    """Write one event for each of the given cases."""
    if not w.log.watching or len(rows) == 0:
        return
    c = w.cases
    rows = rows[w.log.watched[c.world[rows]]]
    if len(rows):
        w.log.write(w.day, activity, c.world[rows], c.kind[rows], c.bearer[rows], c.ordinal[rows], c.desk[rows])


def grievances_of(w: Worlds, case_rows: Array) -> Array:
    """Return the rows of the grievances that were claimed into the given cases, in table order."""
    if len(case_rows) == 0:
        return np.zeros(0, dtype=np.int64)
    c, case = w.cases, w.grievances.case
    shared = SHARED.take(c.kind[case_rows])
    if anywhere(shared):
        hit = np.zeros(c.n + 1, dtype=bool)  # the last entry serves the pointer -1
        hit[case_rows] = True
        hit[-1] = False
        return where(hit.take(case, mode="wrap"))
    return grievances_between(w, case_rows)


def grievances_between(w: Worlds, case_rows: Array) -> Array:
    """Return the same of cases between two parties, in which nobody joins."""
    own = w.cases.opener[case_rows]
    own = own[w.grievances.case[own] == case_rows]
    own.sort()
    return own
