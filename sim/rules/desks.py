"""Desks are queues: hours a week, service times, discipline, hand-offs that take days and lose cases.

Each compound has the desk of its property company, that of its body and, while a second principal stands
over the body, that of its party branch; each community has the desk of its mediation committee, each
sub-district its centre. Nobody has a capacity that is not counted in hours. The most severe case comes
first, then the oldest, then the one booked first. A desk works on its queue as far as its minutes go;
minutes that nobody needs are not saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import FIRST_DISPUTE, Activity, Kind, Stage, log_cases, move_cases
from sim.columns import Column, Lever, Rule
from sim.parameters import parameter
from sim.places.compound import BODY, BRANCH, CENTRE, COMMUNITY, COMPANY, COURT, DESKS_PER_COMPOUND
from sim.rules import bodies, contracts, keeping, trust
from sim.space import first_of_group, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

WAITING, TRANSIT, LOST, APPROVAL = map(int, (Stage.WAITING, Stage.TRANSIT, Stage.LOST, Stage.APPROVAL))

STAFFED = trust.DESKS[:COURT]
"""Kinds of desk whose hours are counted; the court is outside the model but for the time it takes."""

STEPS = ("mediation_hours", "sitting_hours", "proposal_hours", "triage_hours", "minor_hours", "fee_hours")
"""Parameters that say how long a step of a case takes."""

MEDIATE, SIT, PROPOSE, TRIAGE, MEND, DUN = range(len(STEPS))

WEEK = 7
"""Minutes are kept in sevenths, so that a week's minutes accrue in whole numbers day by day."""

LONGEST_WAIT = 999.0
"""Days that a desk without hours posts as its wait."""


@dataclass(frozen=True)
class Parameters:
    """Hours and service times."""

    community_hours: float = parameter(
        2.0,
        1.0,
        4.0,
        unit="hours/week per 300 flats",
        source="prior-hours",
        doc="hours of the community's mediation committee",
    )
    centre_hours: float = parameter(
        80.0,
        40.0,
        120.0,
        unit="hours/week per 20,000 flats",
        source="prior-hours",
        doc="hours of the sub-district's centre",
    )
    repairer_hours: float = parameter(
        40.0,
        20.0,
        60.0,
        unit="hours/week per 300 flats at full effort",
        source="prior-hours",
        doc="hours of the company's repairer",
    )
    minor_hours: float = parameter(
        0.5,
        0.25,
        1.0,
        unit="hours",
        source="prior-service",
        doc="a minor repair by the company",
    )
    triage_hours: float = parameter(
        0.1,
        0.05,
        0.5,
        unit="hours",
        source="prior-service",
        doc="reading a case and sending it on, or writing it into a ledger",
    )
    proposal_hours: float = parameter(
        6.0,
        3.0,
        12.0,
        unit="hours",
        source="prior-service",
        doc="working out a shared repair and laying it before the principal",
    )
    sitting_hours: float = parameter(
        1.0,
        0.5,
        2.0,
        unit="hours",
        source="guess: a sixth of working it out",
        doc="laying a proposal already worked out before a principal",
    )
    mediation_hours: float = parameter(
        1.5,
        1.0,
        3.0,
        unit="hours",
        source="prior-service",
        doc="one mediation session between neighbours",
    )
    fee_hours: float = parameter(
        0.5,
        0.25,
        1.0,
        unit="hours",
        source="prior-service",
        doc="one session about fees",
    )
    session_gap_days: int = parameter(
        7,
        3,
        14,
        unit="days",
        source="prior-service",
        doc="time between two sessions of a case",
    )
    handoff_days: int = parameter(
        5,
        2,
        15,
        unit="days",
        source="prior-handoff",
        doc="time a case takes from desk to desk",
    )
    handoff_near_days: int = parameter(
        2,
        1,
        4,
        unit="days",
        source="guess, prior-handoff: the lower end of 2-15 days",
        doc="time a case takes to a desk that authority has brought near",
    )
    handoff_loss: float = parameter(
        0.12,
        0.03,
        0.30,
        unit="probability",
        source="prior-handoff",
        doc="chance that a case is lost on the way",
    )


def kinds(w: Worlds) -> Ints:
    """Return the kind of each desk row."""
    if "desk_kinds" not in w.derived:
        sizes = w.layout.sizes
        own = np.tile([COMPANY, BODY, BRANCH], sizes["compound"])
        above = np.full(sizes["community"], COMMUNITY), np.full(sizes["centre"], CENTRE)
        w.derived["desk_kinds"] = np.r_[own, *above, COURT]
    return w.derived["desk_kinds"]


def of_compound(w: Worlds, compound: Ints, kind: int) -> Ints:
    """Return the desk row of a kind that serves each compound."""
    sizes = w.layout.sizes
    if kind < COMMUNITY:
        return DESKS_PER_COMPOUND * compound + kind
    community = w.layout.up("compound", "community")[compound]
    if kind == COURT:
        return np.full(len(compound), sizes["desk"] - 1)
    if kind == COMMUNITY:
        return DESKS_PER_COMPOUND * sizes["compound"] + community
    return DESKS_PER_COMPOUND * sizes["compound"] + sizes["community"] + w.layout.up("community", "centre")[community]


def kind_of(w: Worlds, desk: Ints) -> Ints:
    """Return the kind of each given desk row."""
    return kinds(w).take(desk)


def staff(w: Worlds) -> None:
    """Give every desk its minutes a week, move cases on from desks that are gone, and post the expected waits."""
    body, branch = keeping.offices(w)
    of_body, of_branch = keeping.set_aside(w)
    layout, minutes = w.layout, w.desk_minutes
    own = DESKS_PER_COMPOUND * layout.sizes["compound"]
    flats = layout.count("compound", "household")
    repairer = np.rint(w.p.repairer_hours * 60 * w.effort * flats / 300).astype(np.int64)
    minutes[:, COMPANY:own:DESKS_PER_COMPOUND] = np.where(w.contract != contracts.NONE, repairer, 0)
    minutes[:, BODY:own:DESKS_PER_COMPOUND] = body - of_body
    minutes[:, BRANCH:own:DESKS_PER_COMPOUND] = branch - of_branch
    above, court = own + layout.sizes["community"], layout.sizes["desk"] - 1
    flats = layout.count("community", "household")
    minutes[:, own:above] = np.rint(w.p.community_hours * 60 * flats / 300)
    minutes[:, above:court] = np.rint(w.p.centre_hours * 60 * layout.count("centre", "household") / 20000)
    _leave_empty_desks(w)
    _post_waits(w)


def _leave_empty_desks(w: Worlds) -> None:
    """Hand on what waits at the desk of a company that is gone."""
    c = w.cases
    rows = where(c.stage == WAITING)
    rows = rows[kind_of(w, c.desk[rows]) == COMPANY]
    send_on(w, rows[w.contract[c.world[rows], c.compound[rows]] == contracts.NONE])


def _post_waits(w: Worlds) -> None:
    """Post the days that a case brought today would wait, from the work in each queue."""
    c = w.cases
    rows = where((c.stage == WAITING) | (c.stage == APPROVAL))
    c.minutes[rows] = _service_minutes(w, rows)  # a body may have been formed since they were booked
    backlog = np.zeros_like(w.desk_minutes)
    np.add.at(backlog.reshape(-1), c.world[rows] * w.layout.sizes["desk"] + c.desk[rows], c.minutes[rows])
    own = w.p.sitting_hours * 60
    a_day = np.maximum(w.desk_minutes, 1) / WEEK
    w.wait_days[...] = np.minimum(np.where(w.desk_minutes > 0, (backlog + own) / a_day, LONGEST_WAIT), LONGEST_WAIT)


def enter_queue(w: Worlds, rows: Ints, desk: Ints, stage: int = WAITING) -> None:
    """Put cases into a desk's queue; what their next step takes is settled on entering, and when offices change.

    Args:
        w: the worlds.
        rows: case rows.
        desk: desk row for each.
        stage: `WAITING`, or `APPROVAL` for the second principal's queue.
    """
    if len(rows) == 0:
        return
    c = w.cases
    c.desk[rows] = desk
    c.minutes[rows] = _service_minutes(w, rows)
    move_cases(w, rows, stage)


def _service_minutes(w: Worlds, rows: Ints) -> Ints:
    """Return the minutes that the next step of each case takes at the desk that has it."""
    c = w.cases
    if "step_minutes" not in w.derived:
        hours = np.concatenate([getattr(w.p, step) for step in STEPS], axis=1)
        w.derived["step_minutes"] = np.rint(60 * hours).astype(np.int64).reshape(-1)
    level, minor, dispute = kind_of(w, c.desk[rows]), c.minor[rows], c.kind[rows] >= FIRST_DISPUTE
    session = np.where(c.kind[rows] == int(Kind.FEE), DUN, MEDIATE)
    step = np.where(dispute, session, np.where(c.drafted[rows], SIT, PROPOSE))
    step[where_next(w, rows) >= 0] = TRIAGE
    step[minor & (level == np.where(owed(w, rows), COMPANY, COMMUNITY))] = MEND
    return w.derived["step_minutes"].take(c.world[rows] * len(STEPS) + step)


def owed(w: Worlds, rows: Ints) -> NDArray[np.bool_]:
    """Return which cases a company must mend: what is minor, unless it has refused or there is no company."""
    c = w.cases
    served = w.contract[c.world[rows], c.compound[rows]] != contracts.NONE
    return c.minor[rows] & ~c.refused[rows] & served


def where_next(w: Worlds, rows: Ints) -> Ints:
    """Return the kind of desk that each defect should be sent on to from the desk that has it, -1 = it stays.

    What is minor belongs to the company, or to the community where no company owes it; what is dear belongs
    to the body, or to the community where there is none; a community goes on with what it has drafted.
    """
    c = w.cases
    level = kind_of(w, c.desk[rows])
    has_body = w.body[c.world[rows], c.compound[rows]] > bodies.NONE
    dear = np.where(has_body & ~c.drafted[rows], BODY, np.where(level == COMPANY, COMMUNITY, level))
    dear = np.where(level == BRANCH, level, dear)
    there = np.where(c.minor[rows], np.where(owed(w, rows), COMPANY, COMMUNITY), dear)
    there = np.where(c.kind[rows] < FIRST_DISPUTE, there, level)
    return np.where(there == level, -1, there)


def send_on(w: Worlds, rows: Ints) -> NDArray[np.bool_]:
    """Hand defects on to the desk that they belong to; return which of the given cases were."""
    there = where_next(w, rows)
    away = there >= 0
    compound, target = w.cases.compound[rows[away]], there[away]
    desk = np.where(
        target == COMMUNITY, of_compound(w, compound, COMMUNITY), of_compound(w, compound, COMPANY) + target
    )
    hand_off(w, rows[away], desk)
    return away


def arrive(w: Worlds) -> None:
    """Phase: cases handed on some days ago arrive in the next desk's queue."""
    c = w.cases
    rows = where((c.stage == TRANSIT) & (c.ready <= w.day))
    if len(rows):
        enter_queue(w, rows, c.desk[rows])


def serve(w: Worlds) -> Ints:
    """Let every desk work on its queue for a day; return the cases served, desk by desk in order.

    A step that takes longer than a day's minutes is done when the minutes have come together; they
    belong to the desk, so a more severe newcomer is served first.
    """
    c = w.cases
    rows = where(((c.stage == WAITING) | (c.stage == APPROVAL)) & (c.ready <= w.day))
    balance = w.balance.reshape(-1)
    desk = c.world[rows] * w.layout.sizes["desk"] + c.desk[rows]
    queued = np.bincount(desk, minlength=len(balance))
    balance += w.desk_minutes.reshape(-1)
    balance *= queued > 0  # minutes that nobody needs are not saved
    cost = c.minutes[rows] * WEEK

    # Only a desk that can pay for some case need be put in order.
    able = np.zeros(len(balance), dtype=bool)
    able[desk[cost <= balance[desk]]] = True
    some = able[desk]
    rows, desk, cost = rows[some], desk[some], cost[some]
    if len(rows) == 0:
        return rows
    # desk, then the most urgent, then the oldest in one number: 29, 10 and 24 bits
    urgency = ((1000 - c.urgency[rows].astype(np.int64)) << 24) | (c.opened[rows] - w.first_book_day)
    order = np.argsort((desk << 34) | urgency, kind="stable")
    rows, desk, cost = rows[order], desk[order], cost[order]
    total = np.cumsum(cost)
    before = (total - cost)[first_of_group(desk)]
    done = total - before <= balance[desk]
    rows, desk, cost = rows[done], desk[done], cost[done]
    np.subtract.at(balance, desk, cost)
    served = np.bincount(desk, minlength=len(balance))
    balance *= served < queued

    kind = kind_of(w, desk % w.layout.sizes["desk"])
    for number, name in enumerate(STAFFED):
        here = where(kind == number)
        w.count("minutes_" + name, c.world[rows[here]], cost[here] // WEEK)
    return rows


def hand_off(w: Worlds, rows: Ints, desk: Ints) -> None:
    """Send cases to other desks; on the way some are lost, fewer if the hand-off is in a ledger.

    Args:
        w: the worlds.
        rows: case rows.
        desk: desk row each is sent to.
    """
    if len(rows) == 0:
        return
    c = w.cases
    world = c.world[rows]
    c.handoffs[rows] += 1
    c.handled[rows] = w.day
    booked = write_ledger(w, rows)
    loss = w.at("handoff_loss", world)
    loss = np.where(booked, np.minimum(loss, w.ledger_loss[world, c.compound[rows]]), loss)
    lost = noise.chance(loss, c.key[rows], "handoff.lost", c.handoffs[rows])
    log_cases(w, rows, Activity.HANDED_OFF)
    w.count("handed_off", world)
    w.count("lost", world[lost])
    c.desk[rows] = desk
    c.level_sessions[rows] = 0
    up = kind_of(w, desk) >= COMMUNITY
    near = up.copy()
    near[up] = keeping.spend(w, "summons", world[up], c.compound[rows[up]], "triage_hours")
    c.ready[rows] = w.day + np.where(near, w.whole("handoff_near_days", world), w.whole("handoff_days", world))
    move_cases(w, rows[~lost], TRANSIT)
    move_cases(w, rows[lost], LOST)
    log_cases(w, rows[lost], Activity.LOST)


def write_ledger(w: Worlds, rows: Ints) -> NDArray[np.bool_]:
    """Enter cases in their compound's ledger as far as the keeper's time goes; return which were."""
    return keeping.spend(w, "ledger", w.cases.world[rows], w.cases.compound[rows], "triage_hours")


def let_go(w: Worlds) -> None:
    """Phase, weekly: drop from the tables what is over."""
    w.compact()


RULE = Rule(
    name="desks",
    places=("compound",),
    columns=(
        Column("desk_minutes", "desk", np.int64, "minutes a week the desk gives to cases"),
        Column("balance", "desk", np.int64, "minutes in hand for the head of the queue, sevenths"),
        Column("wait_days", "desk", np.float64, "posted expected wait, days"),
    ),
    levers=(
        Lever("merged", "compound", 0, "max", "share", "how far director and secretary are one person", np.float64),
        Lever("merged_minutes", "compound", 0, "max", "minutes/week", "what the one person gives to both offices"),
        Lever(
            "secretary_minutes",
            "compound",
            0,
            "add",
            "minutes/week",
            "what a second principal gives to the body's matters",
        ),
        Lever(
            "extra_minutes",
            "compound",
            0,
            "add",
            "minutes/week",
            "hours added to the body's desk from nowhere (0 unless scanned)",
        ),
        Lever("principals", "compound", 1, "max", "persons", "who must agree to a proposal"),
        Lever(
            "ledger_loss", "compound", 1.0, "min", "probability", "chance that a case in the ledger is lost", np.float64
        ),
        Lever(
            "ledger_deadline",
            "compound",
            10**6,
            "min",
            "days",
            "after which a shelved proposal in the ledger is laid before the principal again",
        ),
    ),
    parameters=Parameters,
    flows={
        "minutes_company": "minutes worked at companies' desks on what was claimed",
        "minutes_body": "minutes worked at bodies' desks",
        "minutes_branch": "minutes worked at branches' desks",
        "minutes_community": "minutes worked at communities' desks",
        "minutes_centre": "minutes worked at sub-district centres",
        "handed_off": "hand-offs between desks",
        "lost": "cases lost in a hand-off",
    },
)
