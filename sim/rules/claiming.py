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
from sim.cases import DEFECT, NEVER, NO_DAY, SHARED, Activity, Desk, Kind, Stage, State, log_cases, move_grievances
from sim.columns import Column, Rule
from sim.constants import FALSE, ZERO, code, constant, date, real, whole
from sim.parameters import parameter
from sim.renaming import ANY, of_kinds
from sim.rules import defects, desks, grievances, hotline, trust
from sim.settlements import Settlement
from sim.space import anywhere, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

QUIET = 0
"""The first alternative; then come the settlement's intakes."""

SILENT = whole(-1)
"""Stands for no desk."""

HOTLINE = whole(Desk.HOTLINE)

NOBODY = whole(len(Desk))
"""Stands for who claims that is not counted as somebody's own claim: there the company claims."""

FEE, LOST, SHELVED, TRANSIT = code(Kind.FEE), code(Stage.LOST), code(Stage.SHELVED), code(Stage.TRANSIT)

NOT_YET = date(-NEVER)

UNCLAIMED, ONCE = constant(0, np.int16), constant(1, np.int16)
"""Times claimed or decided, in the type of these columns."""

WHOLE = real(1000.0)

MOST_URGENT = whole(1000)

MOST_ATTEMPTS = date(grievances.REOPENINGS - 1)


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
    g, rows, lot = w.grievances, w.due, w.lots
    if len(rows) == 0:
        return
    home = g.household[rows]
    goes_on = settlements.each_home(w, home, lambda settlement, at: settlement.weigh(w, rows[at]))
    if np.count_nonzero(goes_on) < len(rows):
        rows, home, lot = rows[goes_on], home[goes_on], lot[goes_on]
    desk = settlements.each_home(w, home, lambda settlement, at: _choose(w, settlement, rows[at], home[at], lot[at]))
    g.tries[rows] += ONCE
    g.act[rows] = w.in_days("review_days", g.world[rows])
    voiced = where(desk != SILENT)
    if len(voiced):
        voice(w, rows[voiced], desk[voiced])


def _choose(w: Worlds, settlement: Settlement, rows: Ints, household: Ints, lot: NDArray[np.float64]) -> Ints:
    """Return the kind of desk to which each household takes its grievance, or `SILENT`, by what was drawn for it."""
    return _alternatives(settlement)[distributions.choice(_weights(w, settlement, rows, household), lot)]


@cache
def _alternatives(settlement: Settlement) -> Ints:
    """Return silence and the kinds of desk that take claims in a settlement, in the order of its weights."""
    return np.array((SILENT, *settlement.intakes))


def _weights(w: Worlds, settlement: Settlement, rows: Ints, household: Ints) -> NDArray[np.float64]:
    """Return exp(utility) of silence and of each of the settlement's intakes, shape ``(grievances, 1 + intakes)``."""
    g = w.grievances
    world, kind = g.world[rows], g.kind[rows]
    unit = settlement.unit(w, household)
    utility = np.empty((1 + len(settlement.intakes), len(rows)))
    utility[QUIET] = w.at("quiet", world) - w.at("quiet_severity", world) * (g.severity[rows] / WHOLE)
    success, trusted = trust.in_success_and_desks(w, kind, settlement.intakes, world, household)
    common = w.at("any_desk", world) + w.at("b_success", world) * settlement.believed(w, rows, success)
    desks_only = utility[1:]
    np.subtract(common, settlement.burdens(w, world, household, unit), desks_only)
    np.add(desks_only, w.at("b_trust", world) * trusted, desks_only)
    weights = noise.exp(utility)
    settlement.bar(w, weights, world, unit, kind)
    return weights.T


def voice(w: Worlds, rows: Ints, desk_kind: Ints) -> None:
    """Voice grievances at desks of the given kinds: each opens a case, joins one, or brings one back."""
    g = w.grievances
    world, household, kind = g.world[rows], g.household[rows], g.kind[rows]
    w.count("claimed", world)
    claims = g.claims[rows]
    w.count("voiced", world[claims == UNCLAIMED])
    g.claims[rows] = claims + ONCE
    g.claimed[rows] = date(w.day)
    g.desk[rows] = desk_kind
    g.answered[rows] = FALSE
    g.act[rows] = w.in_days("answer_days", world)
    called = desk_kind == HOTLINE
    w.count("tickets", world[called])
    counted = desk_kind.copy()
    np.putmask(counted, kind == FEE, NOBODY)
    w.count_each(_counters(w.recipe.place), counted, world)
    desk = settlements.each_home(
        w,
        household,
        lambda settlement, at: settlement.receive(w, world[at], household[at], kind[at], desk_kind[at]),
    )
    if anywhere(called):  # officers on call hear calls themselves
        called &= ~settlements.each_home(
            w, household, lambda settlement, at: settlement.on_call(w, world[at], household[at])
        )
    known = g.case[rows]
    shared = where(SHARED.take(kind))
    if len(shared):
        known[shared] = w.pick("defect_case", world[shared], g.bearer[rows[shared]])
    fresh = known < ZERO
    new, heard = where(fresh), where(~fresh)
    if len(new):
        _open(w, rows[new], desk[new], called[new])
    if len(heard):
        joined, case = rows[heard], known[heard]
        g.case[joined] = case
        move_grievances(w, joined, State.JOINED)
        log_cases(w, case, Activity.JOINED)
    if anywhere(called):  # then what somebody else has opened today may lie with the hotline, too
        heard = where(_taken(w, rows, world, desk, called))
    if len(heard):
        bring_back(w, g.case[rows[heard]], desk[heard])


def _taken(w: Worlds, rows: Ints, world: Ints, desk: Ints, called: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Let some call the hotline, which passes on what it takes; return who is heard today, by it or at a desk."""
    g, heard, rings = w.grievances, ~called, where(called)
    ringing = rows[rings]
    case = g.case[ringing]
    heard[rings] = taken = hotline.call(w, world[rings], g.key[ringing], case, desk[rings])
    hotline.pass_on(w, case[taken])
    return heard


@cache
def _counters(place: str) -> tuple[str, ...]:
    """Return by number of the kind of desk where claims at it are counted, empty for those that take none here.

    Last stands `NOBODY`.
    """
    intakes = set(places.declared(place, "INTAKES")) - {Desk.HOTLINE}
    return *(f"claims_{trust.DESKS[desk]}" if desk in intakes else "" for desk in Desk), ""


def _open(w: Worlds, rows: Ints, desk: Ints, called: NDArray[np.bool_]) -> None:
    """Open a case for each grievance; of several first claims about one thing the first opens, the rest join."""
    g = w.grievances
    first = position = np.arange(len(rows))
    shared = where(SHARED.take(g.kind[rows]))  # what is between two is never joined
    if len(shared):
        about = rows[shared]
        thing = g.world[about] * w.layout.sizes["asset"] + g.bearer[about]
        case = w.defect_case.reshape(-1)  # until `open_cases` has told which, the first of the claims stands there
        case[thing[::-1]] = shared[::-1]
        first = position.copy()
        first[shared] = case[thing]
    opens = first == position
    opener = where(opens)
    own = rows[opener]
    world, household = g.world[own], g.household[own]
    about_what = {f: getattr(g, f)[own] for f in ("kind", "bearer", "other", "ordinal", "severity")}
    opened = open_cases(
        w,
        world=world,
        **about_what,
        urgency=_urgency(w, own),
        settlement=settlements.of_homes(w, household),
        unit=settlements.each_home(w, household, lambda settlement, at: settlement.unit(w, household[at])),
        desk=desk[opener],
        called=called[opener],
        opener=own,
    )
    move_grievances(w, rows, State.JOINED)
    move_grievances(w, own, State.OPEN)
    g.case[rows] = opened[(opens.cumsum() - 1)[first]]
    if len(own) < len(rows):
        log_cases(w, g.case[rows[~opens]], Activity.JOINED)


def open_cases(
    w: Worlds,
    world: Ints,
    kind: NDArray[np.int8],
    bearer: Ints,
    other: Ints,
    ordinal: NDArray[np.int32],
    severity: NDArray[np.int32],
    urgency: Ints,
    settlement: Ints | int,
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
    number, ordinal = kind.astype(np.int64), ordinal.astype(np.int64)
    shared = where(SHARED[number])
    if len(shared):
        thing = world[shared] * w.layout.sizes["asset"] + bearer[shared]
        before = w.attempts.reshape(-1)
        attempts = before[thing]
        ordinal[shared] += np.minimum(attempts, MOST_ATTEMPTS)
        before[thing] = attempts + 1
    key = noise.bits(of_kinds(w, "case", world, number, bearer), ANY, ordinal)
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
        opened=date(w.day),
        precedence=desks.precedence(w, urgency),
        stage=TRANSIT,  # to be passed on by the hotline; all others are put into a queue below
        desk=desk,
        ready=np.where(called, NO_DAY, date(w.day)),
        handled=NOT_YET,
        opener=opener,
    )
    w.count("opened", world)
    log_cases(w, opened, Activity.OPENED)
    defect = where(DEFECT[number])
    if len(defect):
        there, rows = world[defect], opened[defect]
        c.price[rows] = price = defects.price(w, there, kind[defect], key[defect])
        c.minor[rows] = price <= w.at("minor_cap", there)
    at_once = where(~called)
    desks.enter_queue(w, opened[at_once], desk[at_once])
    if len(shared):
        w.defect_case.reshape(-1)[thing] = opened[shared]
    return opened


def _urgency(w: Worlds, rows: Ints) -> Ints:
    """Return how urgent desks find the cases that the given grievances open, thousandths."""
    g = w.grievances
    world = g.world[rows]
    if "edge" not in w.derived:
        w.derived["edge"] = np.rint(1000 * w.p.flat["connected_edge"]).astype(np.int64)
    urgency = g.severity[rows].astype(np.int64)
    known = where(w.pick("connected", world, g.household[rows]) & (g.kind[rows] != FEE))
    urgency[known] += w.derived["edge"][world[known]]
    return np.minimum(urgency, MOST_URGENT)


def bring_back(w: Worlds, case: Ints, desk: Ints) -> None:
    """Put cases that were claimed before the desk of the claim if they are lost, before their organiser if shelved.

    What lies with the hotline comes before that desk too: whoever goes there need not wait for a call to be taken.
    """
    c = w.cases
    stage = c.stage[case]
    gone = where((stage == LOST) | (stage == SHELVED) | hotline.holds(w, case))
    if len(gone) == 0:
        return
    last_first = gone[::-1]  # of several claims the first is written last, and counts
    case, desk, shelved = case[last_first], desk[last_first], stage[last_first] == SHELVED
    c.ready[case] = date(w.day)
    desks.enter_queue(w, case, np.where(shelved, c.organiser[case], desk))
    if w.log.watching:
        log_cases(w, np.unique(case[shelved]), Activity.RETABLED)


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
