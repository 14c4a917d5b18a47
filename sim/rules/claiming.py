"""Claiming: keep quiet, or take the grievance to a desk within reach.

Multinomial logit (McFadden): utility of a desk = b_success x believed success - b_wait x expected wait
+ b_trust x trust + constant; of keeping quiet, the less the more severe. Decided when the grievance
is named and again every 30 days. The first claim about a defect opens its case; later ones join it,
wherever they were brought, and bring a lost or shelved case back to a desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import distributions, noise
from sim.cases import FIRST_DISPUTE, FIRST_PAIR, NEVER, Activity, Kind, Stage, State, log_cases, move_grievances
from sim.columns import Rule
from sim.parameters import parameter
from sim.places.compound import BODY, COMMUNITY, COMPANY, HOTLINE
from sim.rules import bodies, contracts, defects, desks, grievances, trust
from sim.space import where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

QUIET = 0
OPTIONS = (COMPANY, BODY, COMMUNITY, HOTLINE)
"""Kinds of desk that take claims; the alternative 0 is to keep quiet."""

MOST_URGENT = 1000

MOST_ATTEMPTS = grievances.REOPENINGS - 1


@dataclass(frozen=True)
class Parameters:
    """Utilities, in logits."""

    quiet: float = parameter(
        2.5,
        1.5,
        3.5,
        unit="logit",
        source="prior-claiming",
        doc="pull of keeping quiet about something trifling",
    )
    quiet_severity: float = parameter(
        3.0,
        2.0,
        4.0,
        unit="logit",
        source="prior-claiming",
        doc="how much severity takes from that pull",
    )
    b_success: float = parameter(
        2.0,
        1.0,
        3.0,
        unit="logit",
        source="prior-claiming, mcfadden-1974",
        doc="weight of believed success",
    )
    b_wait: float = parameter(
        0.03,
        0.01,
        0.06,
        unit="logit/day",
        source="prior-claiming",
        doc="weight of a day of expected wait",
    )
    b_trust: float = parameter(
        1.5,
        0.5,
        2.5,
        unit="logit",
        source="prior-claiming",
        doc="weight of trust in the desk",
    )
    any_desk: float = parameter(
        -1.9,
        -2.9,
        -0.9,
        unit="logit",
        source="prior-claiming",
        doc="reluctance to go to any desk",
    )
    connected_edge: float = parameter(
        0.1,
        0.0,
        0.3,
        unit="severity",
        source="guess, hartman-2018: the connected gain; the size is not from there",
        doc="how much more urgent a case is taken to be if people close to cadres open it",
    )
    hotline_days: int = parameter(
        4,
        3,
        5,
        unit="days",
        tag="F",
        source="hotline-lag: the lag of the effect is read as that of passing on",
        doc="days until a call to the hotline is passed on to a desk",
    )


def decide(w: Worlds) -> None:
    """Phase: households with a named grievance that is due choose between silence and the desks."""
    g = w.grievances
    rows = where((g.act <= w.day) & (g.state == int(State.QUIET)))
    if len(rows) == 0:
        return
    world = g.world[rows]
    pick = distributions.choice(_weights(w, rows), noise.uniform(g.key[rows], "claim.choice", g.tries[rows]))
    g.tries[rows] += 1
    g.act[rows] = w.day + w.whole("review_days", world)
    voiced = pick != QUIET
    rows = rows[voiced]
    if len(rows):
        _claim(w, rows, np.array(OPTIONS)[pick[voiced] - 1])


def _weights(w: Worlds, rows: Ints) -> NDArray[np.float64]:
    """Return exp(utility) of silence and of each desk, shape ``(grievances, 1 + desks)``."""
    g = w.grievances
    world, household, kind = g.world[rows], g.household[rows], g.kind[rows]
    compound = w.layout.up("household", "compound")[household]
    utility = np.empty((1 + len(OPTIONS), len(rows)))
    utility[QUIET] = w.at("quiet", world) - w.at("quiet_severity", world) * (g.severity[rows] / 1000)
    success = np.empty(len(rows))
    for number in np.unique(kind).tolist():
        here = where(kind == number)
        success[here] = trust.in_success(w, Kind(number), world[here], household[here])
    common = w.at("any_desk", world) + w.at("b_success", world) * success
    for option, desk in enumerate(OPTIONS, start=1):
        own = desks.of_compound(w, compound, min(desk, COMMUNITY))
        days = w.at("hotline_days", world) if desk == HOTLINE else w.wait_days[world, own]
        confidence = trust.in_desk(w, trust.DESKS[desk], world, household)
        utility[option] = common - w.at("b_wait", world) * days + w.at("b_trust", world) * confidence
    weights = noise.exp(utility)
    weights[1 + OPTIONS.index(COMPANY)] *= (kind < FIRST_DISPUTE) & (w.contract[world, compound] != contracts.NONE)
    weights[1 + OPTIONS.index(BODY)] *= w.body[world, compound] > bodies.NONE
    company = kind == int(Kind.FEE)  # it claims what it is owed at once, at the nearest desk
    weights[:, company] = 0.0
    has_body = w.body[world[company], compound[company]] > bodies.NONE
    weights[1 + OPTIONS.index(BODY), company] = has_body
    weights[1 + OPTIONS.index(COMMUNITY), company] = ~has_body
    return weights.T


def _claim(w: Worlds, rows: Ints, kind: Ints) -> None:
    """Voice grievances at desks of the given kinds: each opens a case, joins one, or brings one back."""
    g = w.grievances
    world = g.world[rows]
    w.count("claimed", world)
    w.count("voiced", world[g.claims[rows] == 0])
    g.claims[rows] += 1
    g.claimed[rows] = w.day
    g.desk[rows] = kind
    g.answered[rows] = False
    g.act[rows] = w.day + w.whole("answer_days", world)
    compound = w.layout.up("household", "compound")[g.household[rows]]
    called = kind == HOTLINE
    w.count("tickets", world[called])
    own = g.kind[rows] != int(Kind.FEE)  # there the company claims
    for number in (COMPANY, BODY, COMMUNITY):
        w.count(f"claims_{trust.DESKS[number]}", world[own & (kind == number)])
    np.add.at(w.tickets_read, (world[called], compound[called]), np.int32(1))
    desk = _taker(w, world, compound, np.where(called, _passed_on(w, world, compound, g.kind[rows]), kind))
    shared = g.kind[rows] < FIRST_PAIR
    known = g.case[rows]
    known[shared] = w.defect_case[world[shared], g.bearer[rows[shared]]]
    old = known >= 0
    if not old.all():
        _open(w, rows[~old], desk[~old], compound[~old], called[~old])
    if old.any():
        joined, case = rows[old], known[old]
        g.case[joined] = case
        move_grievances(w, joined, State.JOINED)
        log_cases(w, case, Activity.JOINED)
        _bring_back(w, case, desk[old])


def _passed_on(w: Worlds, world: Ints, compound: Ints, kind: NDArray[np.int8]) -> Ints:
    """Return the kind of desk to which the hotline passes a call: the company's for a defect, if there is one."""
    company = (kind < FIRST_DISPUTE) & (w.contract[world, compound] != contracts.NONE)
    return np.where(company, COMPANY, COMMUNITY)


def _taker(w: Worlds, world: Ints, compound: Ints, kind: Ints) -> Ints:
    """Return the row of the desk of each given kind that serves each compound."""
    desk = np.empty(len(kind), dtype=np.int64)
    for number in (COMPANY, BODY, COMMUNITY):
        here = kind == number
        desk[here] = desks.of_compound(w, compound[here], number)
    return desk


def _open(w: Worlds, rows: Ints, desk: Ints, compound: Ints, called: NDArray[np.bool_]) -> None:
    """Open a case for each grievance; of several first claims about one thing the first opens, the rest join."""
    g, c = w.grievances, w.cases
    assets = w.layout.sizes["asset"]
    pair = g.kind[rows] >= FIRST_PAIR
    number = np.where(pair, -1 - rows, g.world[rows] * assets + g.bearer[rows])  # what is between two is never joined
    _, first, which = np.unique(number, return_index=True, return_inverse=True)
    opener = np.sort(first)  # in the order of the table
    place = np.searchsorted(opener, first)
    own = rows[opener]
    world, kind, bearer = g.world[own], g.kind[own], g.bearer[own]
    shared = kind < FIRST_PAIR
    attempt = np.zeros(len(own), dtype=np.int64)
    at = world[shared], bearer[shared]
    attempt[shared] = np.minimum(w.attempts[at], MOST_ATTEMPTS)
    w.attempts[at] += 1
    ordinal = g.ordinal[own] + attempt
    key = noise.bits(w.seeds[world], "case", kind, bearer, ordinal)
    defect = kind < FIRST_DISPUTE
    minor = np.zeros(len(own), dtype=bool)
    minor[defect] = defects.base_cost(w, world[defect], kind[defect], key[defect]) <= w.at("minor_cap", world[defect])
    late = called[opener]
    opened = c.append(
        world=world,
        kind=kind,
        bearer=bearer,
        other=g.other[own],
        ordinal=ordinal,
        key=key,
        compound=compound[opener],
        severity=g.severity[own],
        urgency=_urgency(w, own),
        opened=w.day,
        stage=np.where(late, int(Stage.TRANSIT), int(Stage.WAITING)),
        desk=desk[opener],
        organiser=-1,
        ready=np.where(late, w.day + w.whole("hotline_days", world), w.day),
        started=0,
        handled=-NEVER,
        sessions=0,
        level_sessions=0,
        narrowed=1.0,
        sittings=0,
        rounds=0,
        handoffs=0,
        minutes=0,
        drafted=False,
        minor=minor,
        refused=False,
        cost=0,
        owed=0,
        from_company=0,
        from_public=0,
        from_fund=0,
        motion=-1,
    )
    kinds, stages = w.tally["cases"].shape[1:]
    np.add.at(w.tally["cases"].reshape(-1), (world * kinds + kind) * stages + c.stage[opened], 1)
    w.count("opened", world)
    log_cases(w, opened, Activity.OPENED)
    desks.enter_queue(w, opened[~late], desk[opener][~late])
    g.case[rows] = opened[place[which]]
    move_grievances(w, own, State.OPEN)
    later = np.ones(len(rows), dtype=bool)
    later[opener] = False
    move_grievances(w, rows[later], State.JOINED)
    log_cases(w, g.case[rows[later]], Activity.JOINED)
    w.defect_case[at] = opened[shared]


def _urgency(w: Worlds, rows: Ints) -> Ints:
    """Return how urgent desks find the cases that the given grievances open, thousandths."""
    g = w.grievances
    world = g.world[rows]
    edge = np.rint(1000 * w.at("connected_edge", world)).astype(np.int64)
    known = w.connected[world, g.household[rows]] & (g.kind[rows] != int(Kind.FEE))
    return np.minimum(g.severity[rows] + np.where(known, edge, 0), MOST_URGENT)


def _bring_back(w: Worlds, case: Ints, desk: Ints) -> None:
    """Put lost cases before the desk of the new claim, and shelved ones before their organiser again."""
    c = w.cases
    stage = c.stage[case]
    gone = (stage == int(Stage.LOST)) | (stage == int(Stage.SHELVED))
    if not gone.any():
        return
    case, first = np.unique(case[gone], return_index=True)
    stage, desk = c.stage[case], desk[gone][first]
    c.ready[case] = w.day
    desks.enter_queue(w, case, np.where(stage == int(Stage.LOST), desk, c.organiser[case]))
    log_cases(w, case[stage == int(Stage.SHELVED)], Activity.RETABLED)


RULE = Rule(
    name="claiming",
    places=("compound",),
    parameters=Parameters,
    flows={
        "claimed": "claims, for the first time or again",
        "voiced": "grievances claimed for the first time",
        "opened": "cases opened",
        "tickets": "calls to the hotline about something within the model",
        "claims_company": "people's own claims at companies' desks",
        "claims_body": "people's own claims at bodies' desks",
        "claims_community": "people's own claims at communities' desks",
    },
)
