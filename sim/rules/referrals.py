"""Referrals: in a compound, which desk a matter belongs to, what its next step there takes, and what is above it.

What is minor belongs to the company, or to the community where no company owes it; what is dear belongs to the body,
or to the community where there is none. Disputes stay where they were brought, and go up desk by desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.cases import DISPUTE, Kind
from sim.places.compound import BODY, BRANCH, CENTRE, COMMUNITY, COMPANY, COURT, DESKS_PER_COMPOUND
from sim.rules import bodies, chores, contracts, desks, hosting, keeping
from sim.rules.desks import DUN, MEDIATE, MEND, PROPOSE, SIT, TRIAGE

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]


def of_compound(w: Worlds, compound: Ints, kind: int) -> Ints:
    """Return the desk row of a kind that serves each compound."""
    sizes = w.layout.sizes
    if kind < COMMUNITY:
        return DESKS_PER_COMPOUND * compound + kind
    if kind == COURT:
        return desks.court(w, len(compound))
    community = w.layout.up("compound", "community")[compound]
    if kind == COMMUNITY:
        return DESKS_PER_COMPOUND * sizes["compound"] + community
    return DESKS_PER_COMPOUND * sizes["compound"] + sizes["community"] + w.layout.up("community", "centre")[community]


def staff(w: Worlds) -> None:
    """Give the desks of compounds, communities and sub-districts their minutes a week."""
    body, branch = keeping.offices(w)
    of_body, of_branch = keeping.set_aside(w)
    layout, minutes = w.layout, w.desk_minutes
    own = DESKS_PER_COMPOUND * layout.sizes["compound"]
    flats = layout.count("compound", "household")
    repairer = np.rint(w.p.repairer_hours * 60 * w.effort * flats / 300).astype(np.int64)
    minutes[:, COMPANY:own:DESKS_PER_COMPOUND] = np.where(w.contract != contracts.NONE, repairer, 0)
    minutes[:, BODY:own:DESKS_PER_COMPOUND] = body - of_body
    minutes[:, BRANCH:own:DESKS_PER_COMPOUND] = branch - of_branch
    above, end = own + layout.sizes["community"], own + layout.sizes["community"] + layout.sizes["centre"]
    flats = layout.count("community", "household")
    community = np.rint(w.p.community_hours * 60 * flats / 300).astype(np.int64) + w.community_extra
    minutes[:, own:above] = hosting.give(w, community - chores.set_aside(w, community))
    centre = np.rint(w.p.centre_hours * 60 * layout.count("centre", "household") / 20000)
    minutes[:, above:end] += centre.astype(np.int64)  # which other kinds of settlement may share


def leave_empty_desks(w: Worlds, rows: Ints) -> None:
    """Hand on which of the given cases, all waiting, lie at the desk of a company that is gone."""
    c = w.cases
    rows = rows[desks.kind_of(w, c.desk[rows]) == COMPANY]
    send_on(w, rows[w.contract[c.world[rows], c.compound[rows]] == contracts.NONE])


def minutes(w: Worlds, rows: Ints) -> Ints:
    """Return the minutes that the next step of each case takes at the desk that has it."""
    c = w.cases
    level, minor, dispute = desks.kind_of(w, c.desk[rows]), c.minor[rows], DISPUTE.take(c.kind[rows])
    session = np.where(c.kind[rows] == int(Kind.FEE), DUN, MEDIATE)
    step = np.where(dispute, session, np.where(c.drafted[rows], SIT, PROPOSE))
    step[where_next(w, rows) >= 0] = TRIAGE
    step[minor & (level == np.where(owed(w, rows), COMPANY, COMMUNITY))] = MEND
    return desks.take(w, c.world[rows], step)


def owed(w: Worlds, rows: Ints) -> NDArray[np.bool_]:
    """Return which cases a company must mend: what is minor, unless it has refused or there is no company."""
    c = w.cases
    served = w.contract[c.world[rows], c.compound[rows]] != contracts.NONE
    return c.minor[rows] & ~c.refused[rows] & served


def where_next(w: Worlds, rows: Ints) -> Ints:
    """Return the kind of desk that each defect should be sent on to from the desk that has it, -1 = it stays.

    A community goes on with what it has drafted.
    """
    c = w.cases
    level = desks.kind_of(w, c.desk[rows])
    has_body = w.body[c.world[rows], c.compound[rows]] > bodies.NONE
    dear = np.where(has_body & ~c.drafted[rows], BODY, np.where(level == COMPANY, COMMUNITY, level))
    dear = np.where(level == BRANCH, level, dear)
    there = np.where(c.minor[rows], np.where(owed(w, rows), COMPANY, COMMUNITY), dear)
    there = np.where(DISPUTE.take(c.kind[rows]), level, there)
    return np.where(there == level, -1, there)


def send_on(w: Worlds, rows: Ints) -> NDArray[np.bool_]:
    """Hand defects on to the desk that they belong to; return which of the given cases were."""
    there = where_next(w, rows)
    away = there >= 0
    compound, target = w.cases.compound[rows[away]], there[away]
    desk = np.where(
        target == COMMUNITY, of_compound(w, compound, COMMUNITY), of_compound(w, compound, COMPANY) + target
    )
    desks.hand_off(w, rows[away], desk)
    return away


def above(w: Worlds, rows: Ints) -> Ints:
    """Return the desk to which each dispute goes that could not be settled where it is, -1 after the last."""
    level, compound = desks.kind_of(w, w.cases.desk[rows]), w.cases.compound[rows]
    next_desk = np.where(level == COMMUNITY, of_compound(w, compound, CENTRE), of_compound(w, compound, COMMUNITY))
    return np.where(level < CENTRE, next_desk, -1)
