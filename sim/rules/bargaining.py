"""Bargaining: a dispute settles when what both save by settling exceeds the gap between their expectations.

Bebchuk (1984), Priest & Klein (1984): each dispute has a gap between the parties' expectations, as a
share of the stake. Every session narrows it, the more so the abler whoever holds the desk; delay widens
it. Parties who are not summoned may fail to show, at the sub-district's centre they always are. Three
sessions at a desk without agreement take the case to the next; after the centre it fails, unless somebody sues.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import distributions, noise, places, settlements
from sim.cases import SHARED, Activity, Kind, Stage, close_cases, grievances_between, grievances_of, log_cases
from sim.columns import Rule
from sim.constants import code, constant, date, real, whole
from sim.parameters import parameter
from sim.renaming import ANY, as_id, under
from sim.rules import arrears, courts, dealings, desks, grievances, trust
from sim.space import anywhere, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Parameters:
    """Gaps, costs and attendance."""

    gap_mean: float = parameter(
        0.10,
        0.0,
        0.30,
        unit="share of stake",
        source="prior-settling, bebchuk-1984",
        doc="mean gap between the parties' expectations",
    )
    gap_sd: float = parameter(
        0.35,
        0.20,
        0.60,
        unit="share of stake",
        source="prior-settling",
        doc="spread of the gap over disputes",
    )
    joint_cost: float = parameter(
        0.4,
        0.2,
        0.6,
        unit="share of stake",
        source="prior-settling",
        doc="what both together save by settling",
    )
    fee_joint_cost: float = parameter(
        0.2,
        0.1,
        0.4,
        unit="share of stake",
        source="prior-settling",
        doc="what owner and company together save by settling about fees",
    )
    wage_joint_cost: float = parameter(
        0.2,
        0.1,
        0.4,
        unit="share of stake",
        source="prior-steppe-settling",
        doc="what crew and contractors together save by settling about wages",
    )
    contract_joint_cost: float = parameter(
        0.2,
        0.1,
        0.4,
        unit="share of stake",
        source="guess, prior-settling: as for fees, for what is at stake is money",
        doc="what household and enterprise together save by settling about a contract",
    )
    narrowing: float = parameter(
        0.7,
        0.6,
        0.9,
        unit="factor",
        source="prior-settling",
        doc="what a session held with ability .5 leaves of the gap; 1 - (1 - narrowing) x 2 x ability in general",
    )
    mediator_ability: float = parameter(
        0.5,
        0.0,
        1.0,
        unit="ability",
        kind="set",
        source="guess, prior-leaders: the mean of Beta(4, 4), as everybody's",
        doc="ability of the communities' mediators",
    )
    hardening: float = parameter(
        0.10,
        0.0,
        0.30,
        unit="per 90 days",
        source="prior-settling",
        doc="growth of the gap with the age of the case",
    )
    no_show: float = parameter(
        0.35,
        0.15,
        0.50,
        unit="probability",
        source="prior-handoff",
        doc="chance that a party does not come",
    )
    no_show_summoned: float = parameter(
        0.15,
        0.05,
        0.35,
        unit="probability",
        source="guess, prior-handoff: between the unsummoned 0.35 and nobody",
        doc="chance that a party does not come although somebody with authority summoned it",
    )
    most_sessions: int = parameter(
        3,
        1,
        6,
        unit="sessions",
        kind="set",
        source="prior-service",
        doc="sessions at one desk before the case goes on",
    )


FEE, IN_COURT = code(Kind.FEE), code(Stage.COURT)

ONCE_MORE = constant(1, np.int16)

NOTHING, ALL = real(0.0), real(1.0)

HARDENING_DAYS = real(90.0)
"""Days in which the gap of a case that waits grows by the parameter `hardening`."""

JOINT_COST = ((Kind.FEE, "fee_joint_cost"), (Kind.WAGES, "wage_joint_cost"), (Kind.CONTRACT, "contract_joint_cost"))
"""Kinds of dispute about which less is saved by settling than usual, and the parameters that say what."""


PROMISES = ((FEE, arrears.agree), (code(Kind.CONTRACT), dealings.agree))
"""Kinds of dispute that end with a promise to pay, and what becomes of it."""


def mediate(w: Worlds, rows: Ints) -> None:
    """Hold one session for each of the given disputes."""
    if len(rows) == 0:
        return
    c = w.cases
    world, nth = c.world[rows], c.sittings[rows] + ONCE_MORE
    c.sittings[rows] = nth
    attends, quarrels = _draw_session(c.key[rows], nth)
    comes = attends >= _no_show(w, rows)
    if w.log.watching:
        log_cases(w, rows[~comes], Activity.NO_SHOW)
    c.ready[rows] = w.in_days("session_gap_days", world)

    held = where(comes)
    if len(held) == 0:
        return
    rows, world = rows[held], world[held]
    at_this_desk = c.level_sessions[rows] + ONCE_MORE
    c.level_sessions[rows] = at_this_desk
    c.sessions[rows] += ONCE_MORE
    c.handled[rows] = date(w.day)
    narrowed = _left_by_a_session(w, rows, world)
    narrowed *= c.narrowed[rows]
    c.narrowed[rows] = narrowed
    w.count("sessions", world)
    for settlement, at in settlements.of_cases(w, rows):
        settlement.held(w, rows[at])
    log_cases(w, rows, Activity.SESSION)
    kind = c.kind[rows]
    gap = _gap(w, rows, world, kind, quarrels[held])
    gap *= narrowed
    agreed = gap <= _saved(w, world, kind)
    over = at_this_desk.astype(np.float64) >= w.at("most_sessions", world)
    over &= ~agreed
    _agree(w, rows[agreed])
    _go_on(w, rows[over])


def _draw_session(key: NDArray[np.uint64], nth: NDArray[np.integer]) -> NDArray[np.float64]:
    """Draw, uniformly, for each session whether a party stays away, and how far the parties were apart at first."""
    sessions = len(key)
    seeds, ids = np.zeros(2 * sessions, dtype=np.uint64), np.empty(2 * sessions, dtype=np.int64)
    seeds[:sessions], ids[:sessions] = under("session.no_show", key), nth
    ids[sessions:] = as_id("dispute.gap", key)
    return noise.uniform(seeds, ANY, ids).reshape(2, sessions)


def _go_on(w: Worlds, rows: Ints) -> None:
    """Take disputes that could not be settled where they are to the next desk, after the last to court or nowhere."""
    if len(rows) == 0:
        return
    above = settlements.each(w, rows, lambda settlement, at: settlement.above(w, rows[at]))
    tried = above < 0
    last, on = rows[tried], ~tried
    _fail(w, last[~courts.sue(w, last)])
    desks.hand_off(w, rows[on], above[on])


def _saved(w: Worlds, world: Ints, kind: NDArray[np.int8]) -> NDArray[np.float64]:
    """Return what both parties save by settling disputes of these kinds, as a share of the stake."""
    if "joint_cost" not in w.derived:
        by_kind = np.repeat(w.p.joint_cost, len(Kind), axis=1)
        for about, parameter_name in JOINT_COST:
            if parameter_name in w.p.flat:
                by_kind[:, about] = w.p.flat[parameter_name]
        w.derived["joint_cost"] = by_kind.reshape(-1)
    place = kind.astype(np.int64)
    place += world * whole(len(Kind))
    return w.derived["joint_cost"].take(place)


def _agree(w: Worlds, rows: Ints) -> None:
    """Settle disputes; works nearby become quiet for all who suffer from them."""
    if len(rows) == 0:
        return
    c, g = w.cases, w.grievances
    many, pairs = SHARED.take(c.kind[rows]), rows
    if anywhere(many):
        pairs, shared = rows[~many], rows[many]
        for settlement, at in settlements.of_cases(w, shared):
            settlement.relieve(w, shared[at])
    own = grievances_between(w, pairs)
    confirmed = confirmed_by_court(w, g.case[own])
    grievances.settle(w, own, confirmed)
    kind = g.kind[own]
    for about, keep_word in PROMISES:
        promised = where(kind == about)
        if len(promised):
            keep_word(w, own[promised], confirmed[promised])
    close_cases(w, rows, Stage.SETTLED, Activity.SETTLED)


def confirmed_by_court(w: Worlds, rows: Ints) -> NDArray[np.bool_]:
    """Return which of the disputes that are being agreed on a court has judged, or a judge at the table confirms."""
    confirmed: NDArray[np.bool_] = w.cases.stage[rows] == IN_COURT
    confirmed |= settlements.each(w, rows, lambda settlement, at: settlement.confirms(w, rows[at]))
    return confirmed


def judge(w: Worlds) -> None:
    """Phase: the court judges and takes up suits; its judgement is an agreement that is broken less often."""
    rows = courts.sit(w)
    if len(rows):
        _agree(w, rows)
        trust.learn(w)


def _fail(w: Worlds, rows: Ints) -> None:
    """End disputes for which every level has been tried in vain."""
    if len(rows) == 0:
        return
    c = w.cases
    grievances.fail(w, grievances_of(w, rows))
    shared = rows[SHARED.take(c.kind[rows])]
    w.defect_case[c.world[shared], c.bearer[shared]] = -1
    close_cases(w, rows, Stage.FAILED, Activity.FAILED)


def _no_show(w: Worlds, rows: Ints) -> NDArray[np.float64]:
    """Return the chance that a party stays away: less where somebody with authority at the desk summons it."""
    return settlements.each(w, rows, lambda settlement, at: settlement.no_show(w, rows[at]))


def _gap(w: Worlds, rows: Ints, world: Ints, kind: NDArray[np.int8], drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the gap between the parties' expectations, as a share of the stake, if no session had narrowed it."""
    c = w.cases
    at_first = distributions.normal_quantile(drawn)
    at_first *= w.at("gap_sd", world)
    at_first += w.at("gap_mean", world)
    fee = where(kind == FEE)
    if len(fee):
        where_fee = world[fee]
        defended = ALL - w.pick("effort", where_fee, c.compound[rows[fee]])
        defended *= w.at("fee_defence", where_fee)
        at_first[fee] += defended
    grown = (date(w.day) - c.opened[rows]).astype(np.float64)
    grown *= w.at("hardening", world)
    grown /= HARDENING_DAYS
    grown += ALL
    grown *= at_first
    return grown


def _left_by_a_session(w: Worlds, rows: Ints, world: Ints) -> NDArray[np.float64]:
    """Return the share of the gap that a session leaves of each dispute, by the ability of whoever holds the desk."""
    ability = settlements.each(w, rows, lambda settlement, at: settlement.ability(w, rows[at]))
    if "narrowed_by_ability" not in w.derived:
        w.derived["narrowed_by_ability"] = (1 - w.p.flat["narrowing"]) * 2
    left: NDArray[np.float64] = w.spread(w.derived["narrowed_by_ability"], world) * ability
    np.subtract(ALL, left, out=left)
    np.maximum(left, NOTHING, out=left)
    np.minimum(left, ALL, out=left)
    return left


RULE = Rule(
    name="bargaining",
    parameters=Parameters,
    flows={"sessions": "mediation sessions held with both parties"},
    only={name: places.having("KINDS", kind) for kind, name in JOINT_COST},
)
