"""Referrals: in a compound, which desk a matter belongs to, what its next step there takes, and what is above it.

What is minor belongs to the company, or to the community where no company owes it; what is dear belongs to the body,
or to the community where there is none. Disputes stay where they were brought, and go up desk by desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.cases import DISPUTE, Kind
from sim.places.compound import BODY, BRANCH, CENTRE, COMMUNITY, COMPANY, DESKS_PER_COMPOUND
from sim.rules import bodies, chores, contracts, desks, hosting, keeping
from sim.rules.service import DUN, MEDIATE, MEND, PROPOSE, SIT, TRIAGE, take
from sim.space import anywhere

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]


STEP = np.full((2, 2, len(Kind)), MEND)
"""Step that is next at the desk to which a case belongs: by whether it is minor, whether drafted, and its kind."""
STEP[0, 0], STEP[0, 1], STEP[:, :, DISPUTE], STEP[:, :, Kind.FEE] = PROPOSE, SIT, MEDIATE, DUN


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
    desk: Ints = known.take(kind * known.shape[1] + compound)
    return desk


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
    step = STEP.take((2 * c.minor[rows] + c.drafted[rows]) * len(Kind) + c.kind[rows])
    step[_belongs(w, rows)[1]] = TRIAGE
    return take(w, c.world[rows], step)


def _belongs(w: Worlds, rows: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the kind of desk to which each case belongs, given the desk that has it, and where that is another.

    Disputes stay where they are. A community goes on with what it has drafted.
    """
    c = w.cases
    level, place = desks.kind_of(w, c.desk.take(rows)), c.world.take(rows) * w.layout.sizes["compound"]
    place += c.compound.take(rows)
    by_body = ~c.drafted.take(rows) & (w.body.reshape(-1).take(place) > bodies.NONE)
    dear = np.where(by_body, BODY, np.where(level == COMPANY, COMMUNITY, level))
    by_company = ~c.refused.take(rows) & (w.contract.reshape(-1).take(place) != contracts.NONE)
    there = np.where(c.minor.take(rows), np.where(by_company, COMPANY, COMMUNITY), dear)
    there = np.where(DISPUTE.take(c.kind.take(rows)) | (level == BRANCH), level, there)
    return there, there != level


def send_on(w: Worlds, rows: Ints) -> NDArray[np.bool_]:
    """Hand defects on to the desk that they belong to; return which of the given cases were."""
    there, away = _belongs(w, rows)
    if anywhere(away):
        desks.hand_off(w, rows[away], of_compound(w, w.cases.compound[rows[away]], there[away]))
    return away


def send_from_company(w: Worlds, rows: Ints) -> None:
    """Hand on what companies need not mend, or have refused to: to whoever organises what is dear, or the community."""
    if len(rows) == 0:
        return
    c = w.cases
    by_body = ~c.minor[rows] & ~c.drafted[rows] & (w.body[c.world[rows], c.compound[rows]] > bodies.NONE)
    desks.hand_off(w, rows, of_compound(w, c.compound[rows], np.where(by_body, BODY, COMMUNITY)))


def above(w: Worlds, rows: Ints) -> Ints:
    """Return the desk to which each dispute goes that could not be settled where it is, -1 after the last."""
    level, compound = desks.kind_of(w, w.cases.desk[rows]), w.cases.compound[rows]
    next_desk = of_compound(w, compound, np.where(level == COMMUNITY, CENTRE, COMMUNITY))
    return np.where(level < CENTRE, next_desk, -1)
