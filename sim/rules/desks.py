"""Desks are queues: hours a week, service times, discipline, hand-offs that take days and lose cases.

Each compound has the desk of its property company, that of its body and, while a second principal stands
over the body, that of its party branch; each community has the desk of its mediation committee, each
sub-district its centre. Which desks there are elsewhere, and how they are staffed, a kind of settlement says
(`sim.settlements`). Nobody has a capacity that is not counted in hours. The most severe case comes
first, then the oldest, then the one booked first. A desk works on its queue as far as its minutes go;
minutes that nobody needs are not saved.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import compaction, noise, places, settlements
from sim.cases import Activity, Desk, Kind, Stage, log_cases
from sim.columns import Column, Lever, Rule
from sim.constants import ONE, ZERO, Constant, code, constant, date, real, whole
from sim.rules.service import Parameters
from sim.rules.trust import DESKS
from sim.space import first_of_group, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

WAITING, TRANSIT, LOST, APPROVAL = map(code, (Stage.WAITING, Stage.TRANSIT, Stage.LOST, Stage.APPROVAL))

WEEK = whole(7)
"""Minutes are kept in sevenths, so that a week's minutes accrue in whole numbers day by day."""

WORKED_AT = {
    Desk.COMPANY: "companies' desks on what was claimed",
    Desk.BODY: "bodies' desks",
    Desk.BRANCH: "branches' desks",
    Desk.COMMUNITY: "communities' desks",
    Desk.CENTRE: "sub-district or sumu centres",
    Desk.STATION: "border stations",
    Desk.ROOM: "roadside rooms",
    Desk.JUSTICE: "justice offices",
    Desk.TEAM: "stations' officers on call in the field",
    Desk.MEDIATOR: "villages' mediators",
}
"""Kinds of desk whose hours are counted, and whose desks they are."""

PRECEDENCE_BITS = 34
"""Bits of a case's place in a queue, see `precedence`; the desk stands above them."""

NOBODY = whole(1 << PRECEDENCE_BITS)
"""Place of the head of a queue in which nobody waits."""

UNKNOWN = date(-1)
"""Minutes of a case that has just entered a queue, see `look_over`."""

ONCE_MORE = constant(1, np.int16)

LONGEST_WAIT = real(999.0)
"""Days that a desk without hours posts as its wait."""


def kinds(w: Worlds) -> Ints:
    """Return the kind of each desk row, shape ``(desks,)``."""
    return w.layout.traits["desk_kind"]


def kind_of(w: Worlds, desk: Ints) -> Ints:
    """Return the kind of each given desk row."""
    return w.layout.traits["desk_kind"][desk]


def court(w: Worlds, cases: int) -> Ints:
    """Return the court's row for so many cases: the last one."""
    return np.full(cases, w.layout.sizes["desk"] - 1)


def staff(w: Worlds) -> None:
    """Give every desk its minutes a week, move cases on from desks that are gone, and post the expected waits."""
    c = w.cases
    w.desk_minutes[...] = 0
    for settlement in w.settlements:
        settlement.staff(w)  # to a desk that several share each adds its own
    rows = where(c.stage == WAITING)
    for settlement, at in settlements.of_cases(w, rows):
        settlement.leave_empty_desks(w, rows[at])
    set_out(w)
    _post_waits(w)


def _post_waits(w: Worlds) -> None:
    """Post the days that a case brought today would wait, from the work in each queue."""
    c = w.cases
    rows = where(_waits(w))
    minutes = _service_minutes(w, rows)  # a body may have been formed since they were booked
    c.minutes[rows] = minutes
    backlog = np.zeros_like(w.desk_minutes)
    np.add.at(backlog.reshape(-1), _place(w, rows), minutes)
    if "own_minutes" not in w.derived:
        w.derived["own_minutes"] = np.repeat(w.p.sitting_hours * 60, backlog.shape[1], axis=1)
    days = backlog + w.derived["own_minutes"]
    days /= np.maximum(w.desk_minutes, ONE) / WEEK
    np.putmask(days, w.desk_minutes <= ZERO, LONGEST_WAIT)
    np.minimum(days, LONGEST_WAIT, out=w.wait_days)


def _waits(w: Worlds) -> NDArray[np.bool_]:
    """Return which cases are in the queue of a desk."""
    stage = w.cases.stage
    waits: NDArray[np.bool_] = stage == WAITING
    waits |= stage == APPROVAL
    return waits


def _place(w: Worlds, rows: Ints) -> Ints:
    """Return the place of each case's desk among the desks of all worlds, as one list."""
    place: Ints = w.cases.world.take(rows) * whole(w.layout.sizes["desk"])
    place += w.cases.desk.take(rows)
    return place


def enter_queue(w: Worlds, rows: Ints, desk: Ints, stage: Constant = WAITING, minutes: Ints = UNKNOWN) -> None:
    """Put cases into a desk's queue; what their next step takes is settled then, and when offices change.

    Args:
        w: the worlds.
        rows: case rows.
        desk: desk row for each.
        stage: `WAITING`, or `APPROVAL` for the second principal's queue.
        minutes: what the next step of each takes, where it is known already.
    """
    if len(rows) == 0:
        return
    c = w.cases
    c.desk[rows] = desk
    c.minutes[rows] = minutes
    c.stage[rows] = stage


def look_over(w: Worlds) -> None:
    """Settle what the next step takes of all cases that have entered a queue and of which it is not known yet.

    Desks do so before they serve, for all who have entered since the day before at once.
    """
    rows = where(w.cases.minutes == UNKNOWN)
    if len(rows):
        w.cases.minutes[rows] = _service_minutes(w, rows)


def _service_minutes(w: Worlds, rows: Ints) -> Ints:
    """Return the minutes that the next step of each case takes at the desk that has it."""
    return settlements.each(w, rows, lambda settlement, at: settlement.minutes(w, rows[at]))


def arrive(w: Worlds) -> None:
    """Phase: cases handed on some days ago arrive in the next desk's queue."""
    c = w.cases
    arrives = c.stage == TRANSIT
    arrives &= c.ready <= date(w.day)
    rows = where(arrives)
    if len(rows):
        enter_queue(w, rows, c.desk[rows])


def precedence(w: Worlds, urgency: Ints) -> Ints:
    """Return the places in a queue of cases opened today: the most urgent, then the oldest, in 10 and 24 bits."""
    return ((1000 - urgency.astype(np.int64)) << 24) | (w.day - w.first_book_day)


def serve(w: Worlds) -> Ints:
    """Let every desk work on its queue for a day; return the cases served, desk by desk in order.

    A step that takes longer than a day's minutes is done when the minutes have come together; they
    belong to the desk, so a more severe newcomer is served first.
    """
    look_over(w)
    c, waits = w.cases, _waits(w)
    waits &= c.ready <= date(w.day)
    rows = where(waits)
    balance = w.balance.reshape(-1)
    if len(rows) == 0:
        balance.fill(0)
        return rows
    desk, precedence = _place(w, rows), c.precedence.take(rows)
    head = np.empty(len(balance), dtype=np.int64)
    head.fill(NOBODY)
    np.minimum.at(head, desk, precedence)
    first = where(precedence == head.take(desk))
    at = desk[first]
    in_hand = balance[at]
    in_hand += w.desk_minutes.reshape(-1)[at]
    balance.fill(0)  # minutes that nobody needs are not saved
    balance[at] = in_hand

    # Only a desk that can pay for the head of its queue need be put in order.
    cost = c.minutes[rows[first]].astype(np.int64)
    cost *= WEEK
    able = np.zeros(len(balance), dtype=bool)
    able[at[cost <= in_hand]] = True
    some = where(able.take(desk))
    if len(some) == 0:
        return some
    desk = desk[some]
    place = desk << whole(PRECEDENCE_BITS)
    place |= precedence[some]
    order = place.argsort(kind="stable")
    rows, desk = rows[some[order]], desk[order]
    minutes = c.minutes[rows].astype(np.int64)
    cost = minutes * WEEK
    total = np.add.accumulate(cost)
    left = balance[desk]
    left -= total
    left += (total - cost)[first_of_group(desk)]
    paid = left >= ZERO
    able[desk[~paid]] = False
    done = where(paid)
    rows, desk = rows[done], desk[done]
    balance[desk] = left[done]  # of what is left after each case of a desk the last stands
    balance[able] = ZERO  # all are served

    w.count_each(_counters(w.recipe.place), kind_of(w, c.desk[rows]), c.world[rows], minutes[done])
    return rows


@cache
def _counters(place: str) -> tuple[str, ...]:
    """Return by number of the kind of desk where its minutes are counted, empty for those that nobody staffs here."""
    staffed = places.declared(place, "STAFFED")
    return tuple("minutes_" + DESKS[desk] if desk in staffed else "" for desk in Desk)


def hand_off(w: Worlds, rows: Ints, desk: Ints) -> None:
    """Send cases to other desks; they set out at the next `set_out`, all of a phase together.

    Args:
        w: the worlds.
        rows: case rows.
        desk: desk row each is sent to.
    """
    if len(rows) == 0:
        return
    w.handed.append((rows, desk))
    if w.log.watching:
        set_out(w)  # the log tells what happened in the order in which it did


def set_out(w: Worlds) -> None:
    """Let cases set out that have been handed on; on the way some are lost, fewer if the hand-off is in a ledger.

    What keepers enter or carry is served in the order in which cases were handed on, so it does not matter how many
    set out together.
    """
    if not w.handed:
        return
    c = w.cases
    handed, w.handed = w.handed, []
    rows, desk = handed[0] if len(handed) == 1 else map(np.concatenate, zip(*handed, strict=True))
    world, nth = c.world[rows], c.handoffs[rows] + ONCE_MORE
    loss, near = np.empty(len(rows)), np.empty(len(rows), dtype=bool)
    for settlement, at in settlements.of_cases(w, rows):
        loss[at], near[at] = settlement.see_off(w, rows[at], desk[at])
    away = noise.chance(loss, c.key[rows], "handoff.lost", nth)
    lost = rows[away]
    log_cases(w, rows, Activity.HANDED_OFF)
    w.count("handed_off", world)
    w.count("lost", world[away])
    c.handoffs[rows] = nth
    c.handled[rows] = date(w.day)
    c.desk[rows] = desk
    c.level_sessions[rows] = 0
    days = w.in_days("handoff_days", world)
    np.putmask(days, near, w.in_days("handoff_near_days", world))
    c.ready[rows] = days
    c.stage[rows] = TRANSIT
    c.stage[lost] = LOST
    log_cases(w, lost, Activity.LOST)


def let_go(w: Worlds) -> None:
    """Phase, weekly: drop from the tables what is over: from the agenda each week, from the others every fourth."""
    compaction.compact(w)


RULE = Rule(
    name="desks",
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
        **{f"minutes_{DESKS[desk]}": f"minutes worked at {whose}" for desk, whose in WORKED_AT.items()},
        "handed_off": "hand-offs between desks",
        "lost": "cases lost in a hand-off",
    },
    only={
        **{f"minutes_{DESKS[desk]}": places.having("STAFFED", desk) for desk in WORKED_AT},
        **dict.fromkeys(
            (
                *("community_hours", "centre_hours", "repairer_hours", "minor_hours", "proposal_hours", "fee_hours"),
                *("merged", "merged_minutes", "secretary_minutes", "extra_minutes", "principals"),
                *("ledger_loss", "ledger_deadline"),
            ),
            ("compound",),
        ),
        **dict.fromkeys(
            (
                *("station_hours", "room_hours", "sumu_hours"),
                *("boundary_hours", "livestock_hours", "wage_hours", "help_hours"),
            ),
            ("pasture",),
        ),
        "justice_hours": places.having("STAFFED", Desk.JUSTICE),
        "mediator_hours": places.having("STAFFED", Desk.MEDIATOR),
        "dealing_hours": places.having("KINDS", Kind.CONTRACT),
        "sharing_hours": places.having("KINDS", Kind.SHARING),
    },
)
