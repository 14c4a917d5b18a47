"""The same things read from the engine and from the oracle, and the first one that differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from sim import cases
from sim.cases import Activity, Clock, Kind, Stage, State
from sim.worlds import Worlds
from tests.oracle.case import Case
from tests.oracle.compound import PURPOSES
from tests.oracle.grievance import Grievance
from tests.oracle.world import OracleModel

Things = dict[str, Any]
"""Kind of thing to identity to value, or to the list of the values of all rows of a column."""

KIND = [kind.name.lower() for kind in Kind]
STATE = [state.name.lower() for state in State]
STAGE = [stage.name.lower() for stage in Stage]
ACTIVITY = [activity.name.lower() for activity in Activity]
DESK = ["body", "branch", "community"]
TENURE = ["owner", "tenant", "vacant"]

COLUMNS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    **{f"{p}_balance": ("compounds", lambda x, p=p: x.balance[p]) for p in PURPOSES},
    "doors_passed": ("buildings", lambda x: x.doors_passed),
    "balance": ("desks", lambda x: x.balance),
    "escrow": ("buildings", lambda x: x.escrow),
    "leaking": ("buildings", lambda x: x.leaking),
    "leaks": ("buildings", lambda x: x.clock.rings),
    "leak_day": ("buildings", lambda x: x.leak_day),
    "repair_cost": ("buildings", lambda x: x.cost),
    "share": ("buildings", lambda x: x.share),
    "signers": ("buildings", lambda x: x.signers),
    "purse": ("households", lambda x: x.purse),
    "answered_body": ("households", lambda x: x.evidence["body"].good),
    "answered_community": ("households", lambda x: x.evidence["community"].good),
    "ignored_body": ("households", lambda x: x.evidence["body"].bad),
    "ignored_community": ("households", lambda x: x.evidence["community"].bad),
    "succeeded_roof": ("households", lambda x: x.evidence["roof"].good),
    "succeeded_neighbour": ("households", lambda x: x.evidence["neighbour"].good),
    "failed_roof": ("households", lambda x: x.evidence["roof"].bad),
    "failed_neighbour": ("households", lambda x: x.evidence["neighbour"].bad),
    "quarrels": ("households", lambda x: x.clock.rings),
    "signers_needed": ("households", lambda x: 2.0 if x.needs is None else x.needs),
    "signed": ("households", lambda x: x.signed),
}
"""Columns compared every day: whose, and the oracle's value."""

LEVERS = (
    "body", "director_minutes", "merged", "merged_minutes", "secretary_minutes", "extra_minutes", "principals",
    "ledger_loss", "ledger_deadline",
)  # fmt: skip

WEEKLY: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "age": ("compounds", lambda x: x.age),
    "rain": ("compounds", lambda x: x.rain),
    "body_found": ("compounds", lambda x: x.body_found),
    "functioning": ("compounds", lambda x: x.functioning),
    "director_found": ("compounds", lambda x: x.director_found),
    **{name: ("compounds", attrgetter(name)) for name in LEVERS},
    **{f"{p}_minutes": ("compounds", lambda x, p=p: x.aside[p]) for p in PURPOSES},
    "doors_time": ("compounds", lambda x: x.doors_time),
    "benefit": ("households", lambda x: x.benefit),
    "desk_minutes": ("desks", lambda x: x.minutes),
    "wait_days": ("desks", lambda x: x.wait),
    "leak_hazard": ("buildings", lambda x: x.clock.hazard),
    "leak_left": ("buildings", lambda x: x.clock.left),
    "tenure": ("households", lambda x: TENURE.index(x.tenure)),
    "member": ("households", lambda x: x.member),
    "quarrel_hazard": ("households", lambda x: x.clock.hazard),
    "quarrel_left": ("households", lambda x: x.clock.left),
}
"""Columns and levers that change at a week's end or never; clocks, which the engine runs a week ahead, agree then."""

GRIEVANCE = (
    "other", "key", "severity", "born", "state", "aching", "tries", "claims", "claimed", "desk", "answered", "case",
    "act", "fade", "escalate",
)  # fmt: skip
CASE = (
    "other", "key", "compound", "severity", "opened", "stage", "desk", "organiser", "ready", "started", "handled",
    "sessions", "level_sessions", "sittings", "rounds", "handoffs", "minutes", "drafted",
)  # fmt: skip
"""Fields of the tables of grievances and cases that are compared beside the identity."""

FIELDS = {"grievance": GRIEVANCE, "case": CASE}

ELSEWHERE = {"occupied", "outside", "leak_case"}
"""Columns compared in another shape."""


def columns(day: int) -> dict[str, tuple[str, Callable[[Any], Any]]]:
    """Return the columns that are compared before the given day."""
    return COLUMNS | WEEKLY if day % 7 == 0 else COLUMNS


def first_difference(w: Worlds, models: list[OracleModel]) -> str:
    """Say what first differs between the engine's worlds and as many oracles; nothing if nothing does."""
    for k, (engine, model) in enumerate(zip(of_engine(w), models, strict=True)):
        oracle = of_oracle(model)
        for thing in oracle:
            found = _difference(thing, engine[thing], oracle[thing])
            if found:
                scenario = w.scenario_names[w.scenario[k]]
                return f"day {w.day - 1}, scenario {scenario}, replication {w.replication[k]}: {thing} {found}"
    return ""


def _difference(thing: str, engine: Any, oracle: Any) -> str:
    """Say which identity differs first, and how."""
    if engine == oracle and (isinstance(oracle, list) or list(engine) == list(oracle)):
        return ""
    if isinstance(oracle, list):
        engine, oracle = dict(enumerate(engine)), dict(enumerate(oracle))
    for identity in [*oracle, *engine]:
        a, b = engine.get(identity, "nothing"), oracle.get(identity, "nothing")
        if a != b:
            if thing in FIELDS and "nothing" not in (a, b):
                field, a, b = next(three for three in zip(FIELDS[thing], a, b, strict=True) if three[1] != three[2])
                return f"{identity} {field}: engine {a}, oracle {b}"
            return f"{identity}: engine {a}, oracle {b}"
    place = next(n for n, (a, b) in enumerate(zip(engine, oracle, strict=True)) if a != b)
    return f"in place {place}: engine {list(engine)[place]}, oracle {list(oracle)[place]}"


# -- the oracle -----------------------------------------------------------------------------------


def of_oracle(model: OracleModel) -> Things:
    """Return everything that is compared."""
    things: Things = {
        "events": _stories(model.events),
        "cases ended": _numbered([end for end in model.ended if end[2] == model.day - 1]),
        "agreements": _numbered(
            [(a.whose, a.settled, a.broken) for a in model.agreements if model.day - 1 in (a.settled, a.broken)]
        ),
        "flow": dict(sorted((flow, amount) for flow, amount in model.today.items() if amount)),
        "stock": model.stocks(),
        "tally": dict(sorted((key, number) for key, number in model.tally().items() if number)),
        "grievance": {
            (g.kind, g.household.number, g.bearer.number, g.ordinal): _grievance(g)
            for g in model.grievances
            if g.aching or g.act != cases.NEVER
        },
        "case": {c.identity(): _case(c) for c in model.cases if not c.ended},
        "repair of building": {b.number: b.case.identity() for b in model.buildings if b.case is not None},
        "owner thinks": {h.number: h.thinks for h in model.households if _asked(h) and h.thinks is not None},
        "outside": {0: model.outside},
        "occupied": {0: sum(not h.vacant for h in model.households)},
    }
    for name, (whose, read) in columns(model.day).items():
        things[name] = [read(x) for x in getattr(model, whose)]
    return things


def _asked(household: Any) -> bool:
    """Whether the household's owner is asked for a share now."""
    case = household.building.case
    return case is not None and case.stage == "signing"


def _grievance(g: Grievance) -> tuple[Any, ...]:
    """Return what a grievance is, in the order of `GRIEVANCE`."""
    other = -1 if g.other is None else g.other.number
    case = None if g.case is None else g.case.identity()
    return (
        other, g.key, g.severity, g.born, g.state, g.aching, g.tries, g.claims, g.claimed, g.desk, g.answered, case,
        g.act, g.fade_day, g.escalation_day,
    )  # fmt: skip


def _case(c: Case) -> tuple[Any, ...]:
    """Return what a case is, in the order of `CASE`."""
    other = -1 if c.other is None else c.other.number
    organiser = -1 if c.organiser is None else c.organiser.number
    handled = -cases.NEVER if c.handled is None else c.handled
    return (
        other, c.key, c.compound.number, c.severity, c.opened, c.stage, c.desk.number, organiser, c.ready, c.started,
        handled, c.sessions, c.level_sessions, c.sittings, c.rounds, c.handoffs, c.minutes, c.drafted,
    )  # fmt: skip


def _stories(events: list[tuple[str, str, int, int, int]]) -> dict[Any, Any]:
    """Order a day's events by case, and within a case as they came; number them."""
    return _numbered(sorted(events, key=lambda event: event[1:4]))


def _numbered(rows: list[Any]) -> dict[Any, Any]:
    """Name rows by their place, in an order that does not depend on the order of desks."""
    if rows and not isinstance(rows[0][0], str):
        rows = sorted(rows)
    return dict(enumerate(rows))


# -- the engine -----------------------------------------------------------------------------------


def of_engine(w: Worlds) -> list[Things]:
    """Return the same of every world; the log is read and begun anew."""
    g, c, e, a = w.grievances, w.cases, w.ended, w.agenda
    kinds, states, stages = np.array(KIND), np.array(STATE), np.array(STAGE)
    names = list(zip(kinds[c.kind].tolist(), c.bearer.tolist(), c.ordinal.tolist(), strict=True))
    names.append(None)  # for the row -1

    log = w.log.arrays()
    w.log = cases.EventLog(w.log.watched)
    what = np.array(ACTIVITY)[log["activity"]], kinds[log["kind"]], log["bearer"], log["ordinal"], log["desk"]
    events = _by_world(w, log["world"], what)
    closed = np.flatnonzero(e.closed == w.day - 1)
    ends = kinds[e.kind], e.bearer, e.ordinal, e.opened, e.closed, stages[e.stage], e.desk, e.sessions
    ended = _by_world(w, e.world[closed], [column[closed] for column in ends])
    made = w.agreements
    of_today = np.flatnonzero((made.settled == w.day - 1) | (made.broken == w.day - 1))
    deals = kinds[made.kind], made.bearer, made.ordinal, made.settled, made.broken
    agreed = _by_world(w, made.world[of_today], [column[of_today] for column in deals])
    here = np.flatnonzero(g.aching | (g.act != cases.NEVER))
    who = kinds[g.kind], g.household, g.bearer, g.ordinal
    shown = {"state": states[g.state], "desk": np.array([*DESK, None])[g.desk]}
    pains = _by_world(w, g.world[here], [x[here] for x in (*who, *(shown.get(f, getattr(g, f)) for f in GRIEVANCE))])
    open_ = np.flatnonzero(c.stage < Stage.SETTLED)
    who = kinds[c.kind], c.bearer, c.ordinal
    shown = {"stage": stages[c.stage]}
    books = _by_world(w, c.world[open_], [x[open_] for x in (*who, *(shown.get(f, getattr(c, f)) for f in CASE))])
    later = np.flatnonzero((a.clock == Clock.CONSIDER) & (a.day >= w.day))
    asked = w.leak_case[a.world[later], w.layout.up("household", "building")[a.row[later]]]
    later, asked = later[asked >= 0], asked[asked >= 0]
    later = later[(c.stage[asked] == Stage.SIGNING) & (c.started[asked] == a.stamp[later])]
    thoughts = _by_world(w, a.world[later], [a.row[later], a.day[later]])

    today = dict(zip(w.series, w.record[-1].T.tolist(), strict=True))
    place = GRIEVANCE.index("case")
    worlds = []
    for k in range(w.n):
        things: Things = {
            "events": _stories(events[k]),
            "cases ended": _numbered([(end[:3], *end[3:]) for end in ended[k]]),
            "agreements": _numbered([(deal[:3], *deal[3:]) for deal in agreed[k]]),
            "flow": {flow: today[flow][k] for flow in sorted(w.flow) if today[flow][k]},
            "stock": {stock: today[stock][k] for stock in w.stock},
            "tally": dict(
                sorted(
                    ((table, KIND[kind], states[state]), number)
                    for table, states in (("grievances", STATE), ("cases", STAGE))
                    for kind, numbers in enumerate(w.tally[table][k].tolist())
                    for state, number in enumerate(numbers)
                    if number
                )
            ),
            "grievance": {row[:4]: (*row[4 : 4 + place], names[row[4 + place]], *row[5 + place :]) for row in pains[k]},
            "case": {row[:3]: row[3:] for row in books[k]},
            "repair of building": {b: names[row] for b, row in enumerate(w.leak_case[k].tolist()) if row >= 0},
            "owner thinks": dict(sorted(thoughts[k])),
            "outside": {0: int(w.outside[k, 0])},
            "occupied": {0: int(w.occupied[k, 0])},
        }
        for name in columns(w.day):
            things[name] = getattr(w, name)[k].tolist()
        worlds.append(things)
    return worlds


def _by_world(w: Worlds, world: Any, fields: Sequence[Any]) -> list[list[tuple[Any, ...]]]:
    """Return the rows of each world, in the order of the table."""
    out: list[list[tuple[Any, ...]]] = [[] for _ in range(w.n)]
    rows = zip(*(field.tolist() for field in fields), strict=True)
    for k, row in zip(world.tolist(), rows, strict=True):
        out[k].append(row)
    return out
