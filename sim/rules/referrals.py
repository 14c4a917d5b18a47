"""Referrals: in a compound, which desk a matter belongs to, what its next step there takes, and what is above it.

What is minor belongs to the company, or to the community where no company owes it; what is dear belongs to the body,
or to the community where there is none. Disputes stay where they were brought, and go up desk by desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.cases import DISPUTE, Desk, Kind
from sim.constants import ZERO, code, real, whole
from sim.places.compound import BODY, BRANCH, CENTRE, COMMUNITY, COMPANY, DESKS_PER_COMPOUND
from sim.rules import bodies, chores, contracts, desks, hosting, keeping
from sim.rules.service import DUN, MEDIATE, MEND, PROPOSE, SIT, TRIAGE, take
from sim.space import anywhere

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]


NO_BODY, NO_COMPANY = code(bodies.NONE), code(contracts.NONE)

AT_COMPANY, AT_BODY, AT_BRANCH, AT_COMMUNITY, AT_CENTRE = map(whole, (COMPANY, BODY, BRANCH, COMMUNITY, CENTRE))

NOWHERE = whole(-1)
"""Row of the desk above the last."""

FLATS_A_REPAIRER = real(300.0)
"""Flats for which the hours of a repairer are meant, at full effort."""

MOVES = ~DISPUTE
"""By number of the kind: may it belong to another desk than the one that has it? Disputes stay where they are."""

WITHOUT_BODY = np.array([COMMUNITY if desk == COMPANY else int(desk) for desk in Desk])
"""By kind of desk that has what is dear: the kind to which it belongs while no body stands."""

STEP = np.full((2, 2, len(Kind)), MEND)
"""Step that is next at the desk to which a case belongs: by whether it is minor, whether drafted, and its kind."""
STEP[0, 0], STEP[0, 1], STEP[:, :, DISPUTE], STEP[:, :, Kind.FEE] = PROPOSE, SIT, MEDIATE, DUN

IF_MINOR, IF_DRAFTED = code(2 * len(Kind)), code(len(Kind))
"""How far on in that table, whose places 8 bits can number, the step of a case stands that is minor, or drafted."""

READING = whole(TRIAGE)


def of_compound(w: Worlds, compound: Ints, kind: int | Ints) -> Ints:
    """Return the desk row of a kind, or of each of these kinds, that serves each compound."""
    if "desks_of_compounds" not in w.derived:
        layout, sizes = w.layout, w.layout.sizes
        own = DESKS_PER_COMPOUND * np.arange(sizes["compound"])
        community = layout.up("compound", "community")
        above = DESKS_PER_COMPOUND * sizes["compound"]
        centre = above + sizes["community"] + layout.up("community", "centre")[community]
        court = desks.court(w, sizes["compound"])
        rows = [own + COMPANY, own + BODY, own + BRANCH, above + community, centre, court]
        w.derived["desks_of_compounds"] = np.stack(rows)
    known = w.derived["desks_of_compounds"]
    desk: Ints = known[kind][compound] if isinstance(kind, int) else known.take(kind * whole(known.shape[1]) + compound)
    return desk


def staff(w: Worlds) -> None:
    """Give the desks of compounds, communities and sub-districts their minutes a week."""
    body, branch = keeping.set_aside(w)
    layout, minutes = w.layout, w.desk_minutes
    own = DESKS_PER_COMPOUND * layout.sizes["compound"]
    if "repairer_minutes" not in w.derived:
        _work_out_minutes(w)
    repairer = w.derived["repairer_minutes"] * w.effort
    repairer *= w.derived["flats_of_compounds"]
    repairer /= FLATS_A_REPAIRER
    repairer = np.rint(repairer).astype(np.int64)
    np.putmask(repairer, w.contract == NO_COMPANY, ZERO)
    minutes[:, COMPANY:own:DESKS_PER_COMPOUND] = repairer
    minutes[:, BODY:own:DESKS_PER_COMPOUND] = body
    minutes[:, BRANCH:own:DESKS_PER_COMPOUND] = branch
    above, end = own + layout.sizes["community"], own + layout.sizes["community"] + layout.sizes["centre"]
    community = w.derived["community_minutes"] + w.community_extra
    minutes[:, own:above] = hosting.give(w, community - chores.set_aside(w, community))
    minutes[:, above:end] += w.derived["centre_minutes"]  # which other kinds of settlement may share


def _work_out_minutes(w: Worlds) -> None:
    """Work out minutes that do not change, of communities and centres, and what repairers' depend on beside effort."""
    layout, derived = w.layout, w.derived
    flats = layout.count("compound", "household")
    derived["repairer_minutes"] = np.repeat(w.p.repairer_hours * 60, len(flats), axis=1)
    derived["flats_of_compounds"] = np.broadcast_to(flats, w.effort.shape).astype(np.float64)
    flats = layout.count("community", "household")
    derived["community_minutes"] = np.rint(w.p.community_hours * 60 * flats / 300).astype(np.int64)
    flats = layout.count("centre", "household")
    derived["centre_minutes"] = np.rint(w.p.centre_hours * 60 * flats / 20000).astype(np.int64)


def leave_empty_desks(w: Worlds, rows: Ints) -> None:
    """Hand on which of the given cases, all waiting, lie at the desk of a company that is gone."""
    c = w.cases
    rows = rows[desks.kind_of(w, c.desk[rows]) == COMPANY]
    send_on(w, rows[w.contract[c.world[rows], c.compound[rows]] == contracts.NONE])


def minutes(w: Worlds, rows: Ints) -> Ints:
    """Return the minutes that the next step of each case takes at the desk that has it."""
    c = w.cases
    place, drafted = c.minor[rows].view(np.int8), c.drafted[rows].view(np.int8)
    place *= IF_MINOR
    drafted *= IF_DRAFTED
    place += drafted
    place += c.kind[rows]
    step = STEP.take(place)
    np.putmask(step, _belongs(w, rows)[1], READING)
    return take(w, c.world[rows], step)


def _belongs(w: Worlds, rows: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return to which kind of desk cases belong, and which of them to another than the one that has them.

    The kind means nothing where they stay, as disputes do. A community goes on with what it has drafted.
    """
    c = w.cases
    level, place = desks.kind_of(w, c.desk[rows]), c.world[rows] * whole(w.layout.sizes["compound"])
    place += c.compound[rows]
    there = WITHOUT_BODY[level]
    by_body = np.greater(w.body.reshape(-1)[place] > NO_BODY, c.drafted[rows])  # one stands, and it is not drafted
    np.putmask(there, by_body, AT_BODY)
    minor = c.minor[rows]
    if anywhere(minor):
        np.putmask(there, minor, AT_COMMUNITY)
        minor &= w.contract.reshape(-1)[place] != NO_COMPANY
        by_company = np.greater(minor, c.refused[rows])  # it is minor, and not refused
        np.putmask(there, by_company, AT_COMPANY)
    away = MOVES.take(c.kind[rows])
    away &= level != AT_BRANCH
    away &= there != level
    return there, away


def send_on(w: Worlds, rows: Ints) -> Ints:
    """Hand defects on to the desk that they belong to; return which of the given cases stay where they are."""
    there, away = _belongs(w, rows)
    if not anywhere(away):
        return rows
    on = rows[away]
    desks.hand_off(w, on, of_compound(w, w.cases.compound[on], there[away]))
    return rows[~away]


def send_from_company(w: Worlds, rows: Ints) -> None:
    """Hand on what companies need not mend, or have refused to: to whoever organises what is dear, or the community."""
    if len(rows) == 0:
        return
    c = w.cases
    compound = c.compound[rows]
    by_body = w.body[c.world[rows], compound] > NO_BODY
    by_body &= ~(c.minor[rows] | c.drafted[rows])
    desks.hand_off(w, rows, of_compound(w, compound, np.where(by_body, AT_BODY, AT_COMMUNITY)))


def above(w: Worlds, rows: Ints) -> Ints:
    """Return the desk to which each dispute goes that could not be settled where it is, -1 after the last."""
    level, compound = desks.kind_of(w, w.cases.desk[rows]), w.cases.compound[rows]
    next_desk = of_compound(w, compound, np.where(level == AT_COMMUNITY, AT_CENTRE, AT_COMMUNITY))
    np.putmask(next_desk, level >= AT_CENTRE, NOWHERE)
    return next_desk
