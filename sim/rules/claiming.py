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
from sim.cases import NEVER, Activity, Kind, Stage, State, log_cases, move_grievances
from sim.columns import Rule
from sim.parameters import parameter
from sim.rules import bodies, desks, trust
from sim.rules.grievances import FIRST_DISPUTE
from sim.space import where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

QUIET = 0
OPTIONS = (desks.BODY, desks.COMMUNITY)
"""Desks that take claims; the alternative 0 is to keep quiet."""


@dataclass(frozen=True)
class Parameters:
    """Utilities, in logits."""

    quiet: float = parameter(
        2.5,
        1.5,
        3.5,
        unit="logit",
        source="priors: quiet 2.5 - 3.0 x severity",
        doc="pull of keeping quiet about something trifling",
    )
    quiet_severity: float = parameter(
        3.0,
        2.0,
        4.0,
        unit="logit",
        source="priors: quiet 2.5 - 3.0 x severity",
        doc="how much severity takes from that pull",
    )
    b_success: float = parameter(
        2.0,
        1.0,
        3.0,
        unit="logit",
        source="priors: b_q 2.0",
        doc="weight of believed success",
    )
    b_wait: float = parameter(
        0.03,
        0.01,
        0.06,
        unit="logit/day",
        source="priors: b_w .03 a day",
        doc="weight of a day of expected wait",
    )
    b_trust: float = parameter(
        1.5,
        0.5,
        2.5,
        unit="logit",
        source="priors: b_t 1.5",
        doc="weight of trust in the desk",
    )
    any_desk: float = parameter(
        -1.9,
        -2.9,
        -0.9,
        unit="logit",
        source="priors: any desk -1.9",
        doc="reluctance to go to any desk",
    )
    application_days: int = parameter(
        30,
        15,
        60,
        unit="days",
        tag="F",
        source="model 5.6: without a body the community applies, 30 days (Civil Code 281)",
        doc="delay of a repair organised by the community because there is no body",
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
    for number in Kind:
        here = where(kind == int(number))
        success[here] = trust.in_success(w, number, world[here], household[here])
    common = w.at("any_desk", world) + w.at("b_success", world) * success
    for option, desk in enumerate(OPTIONS, start=1):
        days = w.wait_days[world, desks.of_compound(w, compound, desk)]
        confidence = trust.in_desk(w, trust.DESKS[desk], world, household)
        utility[option] = common - w.at("b_wait", world) * days + w.at("b_trust", world) * confidence
    weights = noise.exp(utility)
    weights[1 + OPTIONS.index(desks.BODY)] *= w.body[world, compound] > bodies.NONE  # no body, no desk
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
    body, community = (desks.of_compound(w, compound, k) for k in OPTIONS)
    desk = np.where(kind == desks.BODY, body, community)
    shared = g.kind[rows] < FIRST_DISPUTE
    known = g.case[rows]
    known[shared] = w.leak_case[world[shared], g.bearer[rows[shared]]]
    old = known >= 0
    if not old.all():
        _open(w, rows[~old], desk[~old], compound[~old])
    if old.any():
        joined, case = rows[old], known[old]
        g.case[joined] = case
        move_grievances(w, joined, State.JOINED)
        log_cases(w, case, Activity.JOINED)
        _bring_back(w, case, desk[old])


def _open(w: Worlds, rows: Ints, desk: Ints, compound: Ints) -> None:
    """Open a case for each grievance; of several first claims about one defect the first opens, the rest join."""
    g, c = w.grievances, w.cases
    defect = (g.world[rows] * len(Kind) + g.kind[rows]) * w.households + g.bearer[rows]
    number = np.where(g.kind[rows] < FIRST_DISPUTE, defect, -1 - rows)  # a dispute is never joined
    _, first, which = np.unique(number, return_index=True, return_inverse=True)
    opener = np.sort(first)  # in the order of the table
    place = np.searchsorted(opener, first)
    own = rows[opener]
    world, kind = g.world[own], g.kind[own]
    key = noise.bits(w.seeds[world], "case", kind, g.bearer[own], g.ordinal[own])
    opened = c.append(
        world=world,
        kind=kind,
        bearer=g.bearer[own],
        other=g.other[own],
        ordinal=g.ordinal[own],
        key=key,
        compound=compound[opener],
        severity=g.severity[own],
        opened=w.day,
        stage=Stage.WAITING,
        desk=desk[opener],
        organiser=-1,
        ready=w.day,
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
    )
    kinds, stages = w.tally["cases"].shape[1:]
    np.add.at(w.tally["cases"].reshape(-1), (world * kinds + kind) * stages + int(Stage.WAITING), 1)
    w.count("opened", world)
    log_cases(w, opened, Activity.OPENED)
    desks.enter_queue(w, opened, desk[opener])
    g.case[rows] = opened[place[which]]
    move_grievances(w, own, State.OPEN)
    later = np.ones(len(rows), dtype=bool)
    later[opener] = False
    move_grievances(w, rows[later], State.JOINED)
    log_cases(w, g.case[rows[later]], Activity.JOINED)

    shared = opened[kind < FIRST_DISPUTE]
    w.leak_case[c.world[shared], c.bearer[shared]] = shared
    alone = shared[w.body[c.world[shared], c.compound[shared]] == bodies.NONE]
    c.ready[alone] = w.day + w.whole("application_days", c.world[alone])


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
    parameters=Parameters,
    flows={
        "claimed": "claims, for the first time or again",
        "voiced": "grievances claimed for the first time",
        "opened": "cases opened",
    },
)
