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
from sim.cases import NEVER, Activity, Kind, Stage, State, log_cases, move_cases, move_grievances
from sim.columns import Rule
from sim.parameters import parameter
from sim.rules import bodies, desks, trust

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
        2.5, 1.5, 3.5, unit="logit", source="priors: quiet 2.5 - 3.0 x severity", doc="pull of keeping quiet about something trifling",
    )  # fmt: skip
    quiet_severity: float = parameter(
        3.0, 2.0, 4.0, unit="logit", source="priors: quiet 2.5 - 3.0 x severity", doc="how much severity takes from that pull",
    )  # fmt: skip
    b_success: float = parameter(
        2.0, 1.0, 3.0, unit="logit", source="priors: b_q 2.0", doc="weight of believed success",
    )  # fmt: skip
    b_wait: float = parameter(
        0.03, 0.01, 0.06, unit="logit/day", source="priors: b_w .03 a day", doc="weight of a day of expected wait",
    )  # fmt: skip
    b_trust: float = parameter(
        1.5, 0.5, 2.5, unit="logit", source="priors: b_t 1.5", doc="weight of trust in the desk",
    )  # fmt: skip
    any_desk: float = parameter(
        -1.9, -2.9, -0.9, unit="logit", source="priors: any desk -1.9", doc="reluctance to go to any desk",
    )  # fmt: skip
    application_days: int = parameter(
        30, 15, 60, unit="days", tag="F", source="model 5.6: without a body the community applies, 30 days (Civil Code 281)", doc="delay of a repair organised by the community because there is no body",
    )  # fmt: skip


def decide(w: Worlds) -> None:
    """Phase: households with a named grievance that is due choose between silence and the desks."""
    g = w.grievances
    rows = np.flatnonzero((g.act <= w.day) & (g.state == State.QUIET))
    if len(rows) == 0:
        return
    world, household = g.world[rows].astype(np.int64), g.household[rows].astype(np.int64)
    compound = w.layout.up("household", "compound")[household]
    weights = np.stack(_weights(w, rows, world, household, compound), axis=1)
    ids = (g.household[rows], g.kind[rows], g.bearer[rows], g.ordinal[rows], g.tries[rows])
    pick = distributions.choice(weights, noise.uniform(w.seeds[world], "claim.choice", *ids))
    g.tries[rows] += 1
    g.act[rows] = w.day + w.at("review_days", world).astype(np.int64)
    voiced = pick != QUIET
    rows, world, compound = rows[voiced], world[voiced], compound[voiced]
    kind = np.array(OPTIONS)[pick[voiced] - 1]
    body, community = (desks.of_compound(w, compound, k) for k in OPTIONS)
    _claim(w, rows, world, kind, np.where(kind == desks.BODY, body, community))


def _weights(w: Worlds, rows: Ints, world: Ints, household: Ints, compound: Ints) -> list[NDArray[np.float64]]:
    """Return exp(utility) of silence and of each desk."""
    g = w.grievances
    severity = g.severity[rows] / 1000
    out = [noise.exp(w.at("quiet", world) - w.at("quiet_severity", world) * severity)]
    success = np.zeros(len(rows))
    for kind in Kind:
        here = g.kind[rows] == kind
        success[here] = trust.in_success(w, kind, world[here], household[here])
    for desk in OPTIONS:
        row = desks.of_compound(w, compound, desk)
        utility = (
            w.at("any_desk", world)
            + w.at("b_success", world) * success
            - w.at("b_wait", world) * w.wait[world, row]
            + w.at("b_trust", world) * trust.in_desk(w, trust.DESKS[desk], world, household)
        )
        within_reach = w.body[world, compound] > bodies.NONE if desk == desks.BODY else True
        out.append(np.where(within_reach, noise.exp(utility), 0.0))
    return out


def _claim(w: Worlds, rows: Ints, world: Ints, kind: Ints, desk: Ints) -> None:
    """Voice grievances at desks: each opens a case, joins one, or brings one back."""
    g = w.grievances
    if len(rows) == 0:
        return
    w.count("claimed", world)
    g.claims[rows] += 1
    g.claimed[rows] = w.day
    g.desk[rows] = kind
    g.answered[rows] = False
    g.act[rows] = w.day + w.at("answer_days", world).astype(np.int64)
    shared = g.kind[rows] == Kind.ROOF
    bearer = g.bearer[rows].astype(np.int64)
    known = g.case[rows].copy()
    known[shared] = w.leak_case[world[shared], bearer[shared]]
    known_before = known >= 0
    _open(w, rows[~known_before], world[~known_before], desk[~known_before])

    joined, case = rows[known_before], known[known_before]
    g.case[joined] = case
    move_grievances(w, joined, State.JOINED)
    log_cases(w, case, Activity.JOINED)
    _bring_back(w, case, desk[known_before])


def _open(w: Worlds, rows: Ints, world: Ints, desk: Ints) -> None:
    """Open a case for each grievance; of several first claims about one defect the first opens, the rest join."""
    g, c = w.grievances, w.cases
    if len(rows) == 0:
        return
    kind, bearer = g.kind[rows].astype(np.int64), g.bearer[rows].astype(np.int64)
    defect = (world * len(Kind) + kind) * w.households + bearer
    number = np.where(kind == Kind.ROOF, defect, -1 - rows)  # a dispute is never joined
    _, first, which = np.unique(number, return_index=True, return_inverse=True)
    opener = np.sort(first)  # the order of the table, not of the identities
    place = np.empty(len(first), dtype=np.int64)
    place[np.argsort(first, kind="stable")] = np.arange(len(first))
    own = rows[opener]
    opened = c.append(
        world=g.world[own], kind=g.kind[own], bearer=g.bearer[own], other=g.other[own], ordinal=g.ordinal[own],
        severity=g.severity[own], opened=w.day, stage=Stage.WAITING, desk=desk[opener], organiser=-1, ready=w.day,
        started=0, handled=-NEVER, sessions=0, level_sessions=0, sittings=0, rounds=0, handoffs=0, drafted=False,
    )  # fmt: skip
    np.add.at(w.tally["cases"], (world[opener], kind[opener], np.full(len(opener), int(Stage.WAITING))), 1)
    w.count("opened", world[opener])
    log_cases(w, opened, Activity.OPENED)
    g.case[rows] = opened[place[which]]
    move_grievances(w, own, State.OPEN)
    followers = np.setdiff1d(np.arange(len(rows)), opener)
    move_grievances(w, rows[followers], State.JOINED)
    log_cases(w, g.case[rows[followers]], Activity.JOINED)

    shared = opened[c.kind[opened] == Kind.ROOF]
    w.leak_case[c.world[shared], c.bearer[shared]] = shared
    alone = shared[~has_body(w, shared)]
    c.ready[alone] = w.day + w.at("application_days", c.world[alone]).astype(np.int64)


def has_body(w: Worlds, rows: Ints) -> NDArray[np.bool_]:
    """Return which cases lie in a compound with a body."""
    found: NDArray[np.bool_] = w.body[w.cases.world[rows], desks.compound_of(w, rows)] > bodies.NONE
    return found


def _bring_back(w: Worlds, case: Ints, desk: Ints) -> None:
    """Put lost cases before the desk of the new claim, and shelved ones before their organiser again."""
    c = w.cases
    case, first = np.unique(case, return_index=True)
    desk = desk[first]
    lost = c.stage[case] == Stage.LOST
    c.desk[case[lost]] = desk[lost]
    shelved = c.stage[case] == Stage.SHELVED
    again = case[lost | shelved]
    c.ready[again] = w.day
    move_cases(w, again, Stage.WAITING)
    log_cases(w, case[shelved], Activity.RETABLED)


RULE = Rule(
    name="claiming",
    parameters=Parameters,
    flows={"claimed": "grievances claimed", "opened": "cases opened"},
)
