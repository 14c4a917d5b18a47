"""Claiming: keep quiet, or take the grievance to a desk within reach.

Multinomial logit (McFadden): utility of a desk = b_success x believed success - b_wait x expected wait
+ b_trust x trust + constant; of keeping quiet, the less the more severe. Which desks there are, how far they are
and who takes a claim, a kind of settlement says. Decided when the grievance is named and again every 30 days. The
first claim about a defect opens its case; later ones join it, wherever they were brought, and bring a lost or
shelved case back to a desk. A call does what it does when the hotline takes it (`sim.rules.hotline`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import distributions, noise, places, settlements
from sim.cases import DEFECT, NEVER, SHARED, Activity, Desk, Kind, Stage, State, log_cases, move_grievances
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.rules import defects, desks, grievances, hotline, trust
from sim.settlements import Settlement
from sim.space import anywhere, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

QUIET = 0
"""The first alternative; then come the settlement's intakes."""

SILENT = -1
"""Stands for no desk."""

HOTLINE = int(Desk.HOTLINE)

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


def hear_calls(w: Worlds) -> None:
    """Phase: the hotline takes calls that have waited, as far as it can."""
    if len(w.calls):
        case, desk = hotline.take_up(w)
        hotline.pass_on(w, case)
        bring_back(w, case, desk)


def decide(w: Worlds) -> None:
    """Phase: households with a named grievance that is due choose between silence and the desks."""
    g = w.grievances
    rows = where((g.act <= w.day) & (g.state == int(State.QUIET)))
    if len(rows) == 0:
        return
    goes_on = np.ones(len(rows), dtype=bool)
    for settlement, at in settlements.of_households(w, g.household[rows]):
        goes_on[at] = settlement.weigh(w, rows[at])
    rows = rows[goes_on]
    desk = np.empty(len(rows), dtype=np.int64)
    for settlement, at in settlements.of_households(w, g.household[rows]):
        some = rows[at]
        u = noise.uniform(g.key[some], "claim.choice", g.tries[some])
        pick = distributions.choice(_weights(w, settlement, some), u)
        desk[at] = np.array((SILENT, *settlement.intakes))[pick]
    g.tries[rows] += 1
    g.act[rows] = w.day + w.whole("review_days", g.world[rows])
    voiced = desk != SILENT
    rows = rows[voiced]
    if len(rows):
        voice(w, rows, desk[voiced])


def _weights(w: Worlds, settlement: Settlement, rows: Ints) -> NDArray[np.float64]:
    """Return exp(utility) of silence and of each of the settlement's intakes, shape ``(grievances, 1 + intakes)``."""
    g = w.grievances
    world, household, kind = g.world[rows], g.household[rows], g.kind[rows]
    utility = np.empty((1 + len(settlement.intakes), len(rows)))
    utility[QUIET] = w.at("quiet", world) - w.at("quiet_severity", world) * (g.severity[rows] / 1000)
    success = trust.in_success(w, kind, world, household)
    success = settlement.believed(w, rows, success)
    common = w.at("any_desk", world) + w.at("b_success", world) * success
    weighed = w.at("b_trust", world) * trust.in_desks(w, settlement.intakes, world, household)
    for option, desk in enumerate(settlement.intakes, start=1):
        utility[option] = common - settlement.burden(w, desk, world, household) + weighed[option - 1]
    weights = noise.exp(utility)
    settlement.bar(w, weights, world, household, kind)
    return weights.T


def voice(w: Worlds, rows: Ints, kind: Ints) -> None:
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
    called = kind == HOTLINE
    w.count("tickets", world[called])
    own = g.kind[rows] != int(Kind.FEE)  # there the company claims
    w.count_each(_counters(w.recipe.place), kind[own], world[own])
    household, desk = g.household[rows], np.empty(len(rows), dtype=np.int64)
    for settlement, at in settlements.of_households(w, household):
        desk[at] = settlement.receive(w, world[at], household[at], g.kind[rows][at], kind[at])
        called[at] &= ~settlement.on_call(w, world[at], household[at])  # from here on: with the hotline
    shared = SHARED.take(g.kind[rows])
    known = g.case[rows]
    known[shared] = w.defect_case[world[shared], g.bearer[rows[shared]]]
    old = known >= 0
    if not old.all():
        _open(w, rows[~old], desk[~old], called[~old])
    if anywhere(old):
        joined, case = rows[old], known[old]
        g.case[joined] = case
        move_grievances(w, joined, State.JOINED)
        log_cases(w, case, Activity.JOINED)
    heard = ~called
    if anywhere(called):
        ringing = rows[called]
        heard[called] = hotline.call(w, world[called], g.key[ringing], g.case[ringing], desk[called])
        hotline.pass_on(w, g.case[rows[called & heard]])
    bring_back(w, g.case[rows[heard]], desk[heard])


@cache
def _counters(place: str) -> tuple[str, ...]:
    """Return by number of the kind of desk where claims at it are counted, empty for those that take none here."""
    intakes = set(places.declared(place, "INTAKES")) - {HOTLINE}
    return tuple(f"claims_{trust.DESKS[desk]}" if desk in intakes else "" for desk in Desk)


def _open(w: Worlds, rows: Ints, desk: Ints, called: NDArray[np.bool_]) -> None:
    """Open a case for each grievance; of several first claims about one thing the first opens, the rest join."""
    g = w.grievances
    assets = w.layout.sizes["asset"]
    own_thing = g.world[rows] * assets + g.bearer[rows]
    number = np.where(SHARED.take(g.kind[rows]), own_thing, -1 - rows)  # what is between two is never joined
    if len(rows) > 1:
        _, first, which = np.unique(number, return_index=True, return_inverse=True)
        opener = np.sort(first)  # in the order of the table
        place = np.searchsorted(opener, first)
    else:
        opener = place = which = np.zeros(1, dtype=np.int64)
    own = rows[opener]
    settled_in, unit = _whereabouts(w, g.household[own])
    about = {f: getattr(g, f)[own] for f in ("world", "kind", "bearer", "other", "ordinal", "severity")}
    opened = open_cases(
        w,
        **about,
        urgency=_urgency(w, own),
        settlement=settled_in,
        unit=unit,
        desk=desk[opener],
        called=called[opener],
        opener=own,
    )
    g.case[rows] = opened[place[which]]
    move_grievances(w, own, State.OPEN)
    later = np.ones(len(rows), dtype=bool)
    later[opener] = False
    move_grievances(w, rows[later], State.JOINED)
    log_cases(w, g.case[rows[later]], Activity.JOINED)


def open_cases(
    w: Worlds,
    world: Ints,
    kind: NDArray[np.int8],
    bearer: Ints,
    other: Ints,
    ordinal: NDArray[np.int32],
    severity: NDArray[np.int32],
    urgency: Ints,
    settlement: Ints,
    unit: Ints,
    desk: Ints,
    called: NDArray[np.bool_],
    opener: Ints,
) -> Ints:
    """Put new cases on the books of desks; return their rows.

    Args:
        w: the worlds.
        world: world of each.
        kind: about what.
        bearer: the asset, or the household itself for a dispute of two parties.
        other: the other party's household, -1 where there is none.
        ordinal: the how-manieth event of the bearer, see `sim.rules.grievances.REOPENINGS`.
        severity: thousandths.
        urgency: by which desks take them up, thousandths.
        settlement: number of the settlement in which they arose.
        unit: row of the compound, village or sumu there.
        desk: row of the desk.
        called: whether they lie with the hotline until it has taken a call; else they are in the desk's queue at once.
        opener: row of the grievance that opens each, -1 = nobody has claimed yet.
    """
    c = w.cases
    shared = SHARED.take(kind)
    attempt = np.zeros(len(world), dtype=np.int64)
    at = world[shared], bearer[shared]
    attempt[shared] = np.minimum(w.attempts[at], MOST_ATTEMPTS)
    w.attempts[at] += 1
    ordinal = ordinal + attempt
    key = noise.bits(w.seeds[world], "case", kind, bearer, ordinal)
    defect = where(DEFECT.take(kind))
    minor = np.zeros(len(world), dtype=bool)
    if len(defect):
        cap = w.at("minor_cap", world[defect])
        minor[defect] = defects.base_cost(w, world[defect], kind[defect], key[defect]) <= cap
    opened = c.append(
        world=world,
        kind=kind,
        bearer=bearer,
        other=other,
        ordinal=ordinal,
        key=key,
        settlement=settlement,
        compound=unit,
        severity=severity,
        urgency=urgency,
        opened=w.day,
        precedence=desks.precedence(w, urgency),
        stage=np.where(called, int(Stage.TRANSIT), int(Stage.WAITING)),
        desk=desk,
        organiser=-1,
        ready=np.where(called, NEVER, w.day),
        handled=-NEVER,
        narrowed=1.0,
        minor=minor,
        motion=-1,
        opener=opener,
    )
    w.count("opened", world)
    log_cases(w, opened, Activity.OPENED)
    desks.enter_queue(w, opened[~called], desk[~called])
    w.defect_case[at] = opened[shared]
    return opened


def _whereabouts(w: Worlds, household: Ints) -> tuple[Ints, Ints]:
    """Return the number of the settlement in which each household lives, and its unit there."""
    number, unit = np.zeros(len(household), dtype=np.int64), np.empty(len(household), dtype=np.int64)
    for settlement, at in settlements.of_households(w, household):
        number[at] = w.settlements.index(settlement)
        unit[at] = settlement.unit(w, household[at])
    return number, unit


def _urgency(w: Worlds, rows: Ints) -> Ints:
    """Return how urgent desks find the cases that the given grievances open, thousandths."""
    g = w.grievances
    world = g.world[rows]
    edge = np.rint(1000 * w.at("connected_edge", world)).astype(np.int64)
    known = w.connected[world, g.household[rows]] & (g.kind[rows] != int(Kind.FEE))
    return np.minimum(g.severity[rows] + np.where(known, edge, 0), MOST_URGENT)


def bring_back(w: Worlds, case: Ints, desk: Ints) -> None:
    """Put cases that were claimed before the desk of the claim if they are lost, before their organiser if shelved.

    What lies with the hotline comes before that desk too: whoever goes there need not wait for a call to be taken.
    """
    c = w.cases
    stage = c.stage[case]
    gone = (stage == int(Stage.LOST)) | (stage == int(Stage.SHELVED)) | hotline.holds(w, case)
    if not anywhere(gone):
        return
    case, first = np.unique(case[gone], return_index=True)
    stage, desk = c.stage[case], desk[gone][first]
    c.ready[case] = w.day
    desks.enter_queue(w, case, np.where(stage == int(Stage.SHELVED), c.organiser[case], desk))
    log_cases(w, case[stage == int(Stage.SHELVED)], Activity.RETABLED)


AT = {
    Desk.COMPANY: "companies'",
    Desk.BODY: "bodies'",
    Desk.COMMUNITY: "communities'",
    Desk.CENTRE: "sumu centres'",
    Desk.STATION: "border stations'",
    Desk.ROOM: "roadside rooms'",
    Desk.JUSTICE: "justice offices'",
    Desk.MEDIATOR: "village mediators'",
}
"""Kinds of desk where claims are counted, and whose desks they are."""

RULE = Rule(
    name="claiming",
    columns=(
        Column("connected", "household", np.bool_, "the people of the household are close to cadres"),
        Column("defect_case", "asset", np.int64, "row of the defect's case", -1, "cases"),
        Column("attempts", "asset", np.int32, "cases that the present defect has had"),
    ),
    parameters=Parameters,
    flows={
        "claimed": "claims, for the first time or again",
        "voiced": "grievances claimed for the first time",
        "opened": "cases opened",
        "tickets": "calls to the hotline about something within the model",
        **{f"claims_{trust.DESKS[desk]}": f"people's own claims at {whose} desks" for desk, whose in AT.items()},
    },
    only={f"claims_{trust.DESKS[desk]}": places.having("INTAKES", desk) for desk in AT},
)
