"""Repairs: a defect is mended by whoever owes it, or by a proposal, the consent of principals, money and a crew.

The company mends what is minor unless it is in loss; what is minor and owed by nobody the community mends
with public money. Whatever is dearer somebody must organise: work it out and lay it before each principal,
who may turn it back; then money is looked for (`sim.rules.funding`). A proposal whose round of signing fails
is shelved until somebody claims again, or until a ledger's deadline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import Activity, Stage, close_cases, log_cases
from sim.columns import Rule
from sim.constants import TRUE, Constant, code, constant, date, whole
from sim.parameters import parameter
from sim.places.compound import BODY, BRANCH, COMMUNITY
from sim.rules import contracts, defects, desks, funding, keeping, referrals, service, trust
from sim.space import anywhere, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

SHELVED, WORKS = code(Stage.SHELVED), code(Stage.WORKS)
NO_COMPANY, NO_LOSS, AT_COMMUNITY = code(contracts.NONE), date(0), whole(COMMUNITY)
ONE_SITTING, ONE_PRINCIPAL = constant(1, np.int16), whole(1)


@dataclass(frozen=True)
class Parameters:
    """Consent."""

    veto: float = parameter(
        0.15,
        0.0,
        0.40,
        unit="probability",
        source="guess, bernheim-1986: no number is given there; the same for every principal",
        doc="chance that a principal turns a proposal back at a sitting",
    )
    second_patience_days: float = parameter(
        14.0,
        3.0,
        30.0,
        unit="days",
        source="guess: silence counts as consent where no answer is in sight",
        doc="a second principal whose desk posts a longer wait is passed over",
    )
    application_days: int = parameter(
        30,
        15,
        60,
        unit="days",
        tag="E",
        source="guess, civil-code-281: a month of office work; the law gives no time",
        doc="delay of a repair organised by the community because there is no body",
    )


def do_duty(w: Worlds, rows: Ints) -> None:
    """Let the company mend what is minor; what is dear, or refused by a company in loss, is sent on."""
    if len(rows) == 0:
        return
    c = w.cases
    place = c.world[rows] * whole(w.layout.sizes["compound"]) + c.compound[rows]
    does = np.greater(c.minor[rows], c.refused[rows])  # it is minor, and has not been refused
    does &= w.contract.reshape(-1)[place] != NO_COMPANY
    refuses = w.losses.reshape(-1)[place] > NO_LOSS
    refuses &= does
    if anywhere(refuses):
        refused = rows[refuses]
        does &= ~refuses
        c.refused[refused] = TRUE
        w.count("refused", c.world[refused])
        log_cases(w, refused, Activity.REFUSED)
    funding.do_duty(w, rows[does])
    referrals.send_from_company(w, rows[~does])


def organise(w: Worlds, rows: Ints) -> Ints:
    """Send on what another desk should take up; lay what is dear before the first principal; return what needs money.

    What is minor, and still here, needs it at once.
    """
    if len(rows) == 0:
        return rows
    c = w.cases
    rows = referrals.send_on(w, rows)
    small = c.minor[rows]
    minor = rows[small]
    if len(minor):
        rows = rows[~small]
    if len(rows) == 0:
        return minor
    desk, new = c.desk[rows], ~c.drafted[rows]
    if w.log.watching:
        log_cases(w, rows[new], Activity.PROPOSED)
    c.drafted[rows] = TRUE
    c.organiser[rows] = desk
    apply = desks.kind_of(w, desk) == AT_COMMUNITY
    apply &= new
    if anywhere(apply):
        _apply(w, rows[apply])
        rows = rows[~apply]
    dear = _refer(w, _lay_before(w, rows, principal=0))
    return np.concatenate([minor, dear]) if len(minor) else dear


def _apply(w: Worlds, rows: Ints) -> None:
    """Let a community that organises in place of a body apply for it, which takes time."""
    c = w.cases
    c.handled[rows] = date(w.day)
    c.ready[rows] = w.in_days("application_days", c.world[rows])
    _await_sitting(w, rows, c.organiser[rows])


def approve(w: Worlds, rows: Ints) -> Ints:
    """Lay the given repairs before the second principal; what is turned back waits at the organiser's desk.

    Returns:
        What is let pass, and needs money.
    """
    if len(rows) == 0:
        return rows
    _await_sitting(w, rows, w.cases.organiser[rows])
    return _lay_before(w, rows, principal=1)


def _await_sitting(w: Worlds, rows: Ints, desk: Ints, stage: Constant = desks.WAITING) -> None:
    """Put proposals that have been worked out into the queue of a desk, where laying them before a principal is next.

    Whatever becomes of bodies and companies, whoever has worked them out goes on with them.
    """
    if len(rows):
        desks.enter_queue(w, rows, desk, stage, service.take(w, w.cases.world[rows], service.SIT))


def _lay_before(w: Worlds, rows: Ints, principal: int) -> Ints:
    """Return the proposals a principal lets pass; the others come back to the organiser's desk."""
    if len(rows) == 0:
        return rows
    c = w.cases
    world, nth = c.world[rows], c.sittings[rows] + ONE_SITTING
    c.sittings[rows] = nth
    c.handled[rows] = date(w.day)
    back = noise.chance(w.at("veto", world), c.key[rows], "repair.veto", principal, nth)
    passed = rows
    if anywhere(back):
        returned, passed = rows[back], rows[~back]
        c.ready[returned] = w.in_days("session_gap_days", world[back])
        _await_sitting(w, returned, c.organiser[returned])
        w.count("turned_back", world[back])
        log_cases(w, returned, Activity.TURNED_BACK)
    log_cases(w, passed, Activity.APPROVED)
    return passed


def _refer(w: Worlds, rows: Ints) -> Ints:
    """Refer proposals to the second principal where one stands and can be reached; return the others."""
    c = w.cases
    world, compound = c.world[rows], c.compound[rows]
    asked = w.pick("principals", world, compound) > ONE_PRINCIPAL
    if not anywhere(asked):
        return rows
    branch = referrals.of_compound(w, compound, BRANCH)
    in_sight = w.wait_days[world, branch] <= w.at("second_patience_days", world)
    asked &= (c.desk[rows] == referrals.of_compound(w, compound, BODY)) & in_sight
    referred = rows[asked]
    c.ready[referred] = w.day
    _await_sitting(w, referred, branch[asked], desks.APPROVAL)
    w.count("referred", world[asked])
    log_cases(w, referred, Activity.REFERRED)
    return rows[~asked]


def retable(w: Worlds) -> None:
    """Phase: proposals that a ledger keeps come before the principal again when their deadline has passed."""
    c = w.cases
    rows = where(c.stage == SHELVED)
    if len(rows) == 0:
        return
    deadline = w.pick("ledger_deadline", c.world[rows], c.compound[rows])
    overdue = rows[c.started[rows].astype(np.int64) + deadline <= whole(w.day)]
    if len(overdue) == 0:
        return
    again = overdue[keeping.write_ledger(w, overdue)]
    c.ready[again] = date(w.day)
    _await_sitting(w, again, c.organiser[again])
    w.count("retabled", c.world[again])
    log_cases(w, again, Activity.RETABLED)


def work(w: Worlds) -> None:
    """Phase: crews finish; the repair is checked, and the defect is gone."""
    c = w.cases
    rows = where((c.stage == WORKS) & (c.ready <= date(w.day)))
    if len(rows) == 0:
        return
    log_cases(w, rows, Activity.REPAIRED)
    world, asset = c.world[rows], c.bearer[rows]
    close_cases(w, rows, Stage.SETTLED, Activity.SETTLED)
    defects.mend(w, world, asset)
    trust.learn(w)


RULE = Rule(
    name="repairs",
    places=("compound",),
    parameters=Parameters,
    flows={
        "refused": "minor repairs refused by a company in loss",
        "turned_back": "proposals turned back by a principal",
        "referred": "proposals referred to a second principal",
        "retabled": "shelved proposals laid before the principal again by a ledger",
    },
)
