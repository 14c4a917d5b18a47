"""The same things read from the engine and from the oracle, and the first one that differs."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from sim import cases
from sim.cases import Activity, Clock, Kind, Stage, State
from sim.worlds import Worlds
from tests.oracle.case import Case
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
    "ledger_balance": ("compounds", lambda x: x.ledger_balance),
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
    "ledger_minutes", "ledger_loss", "ledger_deadline",
)  # fmt: skip

WEEKLY: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "age": ("compounds", lambda x: x.age),
    "rain": ("compounds", lambda x: x.rain),
    "body_found": ("compounds", lambda x: x.body_found),
    "functioning": ("compounds", lambda x: x.functioning),
    "director_found": ("compounds", lambda x: x.director_found),
    **{name: ("compounds", attrgetter(name)) for name in LEVERS},
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
            found = _difference(engine[thing], oracle[thing])
            if found:
                scenario = w.scenario_names[w.scenario[k]]
                return f"day {w.day - 1}, scenario {scenario}, replication {w.replication[k]}: {thing} {found}"
    return ""


def _difference(engine: Any, oracle: Any) -> str:
    """Say which identity differs first, and how."""
    if engine == oracle and (isinstance(oracle, list) or list(engine) == list(oracle)):
        return ""
    if isinstance(oracle, list):
        engine, oracle = dict(enumerate(engine)), dict(enumerate(oracle))
    for identity in [*oracle, *engine]:
        a, b = engine.get(identity, "nothing"), oracle.get(identity, "nothing")
        if a != b:
            if isinstance(a, dict) and isinstance(b, dict):
                field = next(name for name in b if a[name] != b[name])
                return f"{identity} {field}: engine {a[field]}, oracle {b[field]}"
            return f"{identity}: engine {a}, oracle {b}"
    place = next(n for n, (a, b) in enumerate(zip(engine, oracle, strict=True)) if a != b)
    return f"in place {place}: engine {list(engine)[place]}, oracle {list(oracle)[place]}"


# -- the oracle -----------------------------------------------------------------------------------


def of_oracle(model: OracleModel) -> Things:
    """Return everything that is compared."""
    things: Things = {
        "events": _stories(model.events),
        "cases ended": _numbered([end for end in model.ended if end[2] == model.day - 1]),
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


def _grievance(g: Grievance) -> dict[str, Any]:
    """Return what a grievance is."""
    return {
        "other": -1 if g.other is None else g.other.number,
        "key": g.key,
        "severity": g.severity,
        "born": g.born,
        "state": g.state,
        "aching": g.aching,
        "tries": g.tries,
        "claims": g.claims,
        "claimed": g.claimed,
        "desk": g.desk,
        "answered": g.answered,
        "case": None if g.case is None else g.case.identity(),
        "act": g.act,
        "fade": g.fade_day,
        "escalate": g.escalation_day,
    }


def _case(c: Case) -> dict[str, Any]:
    """Return what a case is."""
    return {
        "other": -1 if c.other is None else c.other.number,
        "key": c.key,
        "compound": c.compound.number,
        "severity": c.severity,
        "opened": c.opened,
        "stage": c.stage,
        "desk": c.desk.number,
        "organiser": -1 if c.organiser is None else c.organiser.number,
        "ready": c.ready,
        "started": c.started,
        "handled": -cases.NEVER if c.handled is None else c.handled,
        "sessions": c.sessions,
        "level_sessions": c.level_sessions,
        "sittings": c.sittings,
        "rounds": c.rounds,
        "handoffs": c.handoffs,
        "minutes": c.minutes,
        "drafted": c.drafted,
    }


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
    events = _by_world(w, w.log.arrays())
    w.log = cases.EventLog(w.log.watched)
    ended, live, pains = (_by_world(w, getattr(w, table).arrays()) for table in ("ended", "cases", "grievances"))
    agenda = _by_world(w, w.agenda.arrays())
    identities = list(zip(_kinds(w.cases.kind), w.cases.bearer.tolist(), w.cases.ordinal.tolist(), strict=True))
    today = dict(zip(w.series, w.record[-1].T.tolist(), strict=True))
    worlds = []
    for k in range(w.n):
        things: Things = {
            "events": _stories(
                [
                    (ACTIVITY[e["activity"]], KIND[e["kind"]], e["bearer"], e["ordinal"], e["desk"])
                    for e in events[k]
                    if e["day"] == w.day - 1
                ]
            ),
            "cases ended": _numbered(
                [
                    (_identity(e), e["opened"], e["closed"], STAGE[e["stage"]], e["desk"], e["sessions"])
                    for e in ended[k]
                    if e["closed"] == w.day - 1
                ]
            ),
            "flow": {flow: today[flow][k] for flow in sorted(w.flow) if today[flow][k]},
            "stock": {stock: today[stock][k] for stock in w.stock},
            "tally": dict(
                sorted(
                    ((table, KIND[kind], names[state]), number)
                    for table, names in (("grievances", STATE), ("cases", STAGE))
                    for kind, states in enumerate(w.tally[table][k].tolist())
                    for state, number in enumerate(states)
                    if number
                )
            ),
            "grievance": {
                (KIND[g["kind"]], g["household"], g["bearer"], g["ordinal"]): _engine_grievance(g, identities)
                for g in pains[k]
                if g["aching"] or g["act"] != cases.NEVER
            },
            "case": {_identity(c): _engine_case(c) for c in live[k] if c["stage"] < Stage.SETTLED},
            "repair of building": {b: identities[row] for b, row in enumerate(w.leak_case[k].tolist()) if row >= 0},
            "owner thinks": dict(sorted((a["row"], a["day"]) for a in agenda[k] if _pending(w, k, a))),
            "outside": {0: int(w.outside[k, 0])},
            "occupied": {0: int(w.occupied[k, 0])},
        }
        for name in columns(w.day):
            things[name] = getattr(w, name)[k].tolist()
        worlds.append(things)
    return worlds


def _by_world(w: Worlds, table: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the rows of each world, in the order of the table."""
    out: list[list[dict[str, Any]]] = [[] for _ in range(w.n)]
    fields = list(table)
    for values in zip(*(table[field].tolist() for field in fields), strict=True):
        row = dict(zip(fields, values, strict=True))
        out[row["world"]].append(row)
    return out


def _kinds(numbers: Any) -> list[str]:
    """Return kinds in words."""
    return [KIND[number] for number in numbers.tolist()]


def _identity(row: dict[str, Any]) -> tuple[str, int, int]:
    """Return what names a case."""
    return KIND[row["kind"]], row["bearer"], row["ordinal"]


def _pending(w: Worlds, k: int, entry: dict[str, Any]) -> bool:
    """Whether an entry of the agenda is an owner who is still to think about the present signing round."""
    if entry["clock"] != Clock.CONSIDER or entry["day"] < w.day:
        return False
    case = w.leak_case[k, w.layout.up("household", "building")[entry["row"]]]
    return bool(case >= 0 and w.cases.stage[case] == Stage.SIGNING and w.cases.started[case] == entry["stamp"])


def _engine_grievance(g: dict[str, Any], identities: list[Any]) -> dict[str, Any]:
    """Return what a grievance is."""
    out = {f: g[f] for f in ("other", "key", "severity", "born")}
    out |= {"state": STATE[g["state"]]}
    out |= {f: g[f] for f in ("aching", "tries", "claims", "claimed")}
    out |= {"desk": None if g["desk"] < 0 else DESK[g["desk"]], "answered": g["answered"]}
    out |= {"case": None if g["case"] < 0 else identities[g["case"]]}
    return out | {f: g[f] for f in ("act", "fade", "escalate")}


def _engine_case(c: dict[str, Any]) -> dict[str, Any]:
    """Return what a case is."""
    return {f: STAGE[v] if f == "stage" else v for f, v in c.items() if f not in ("world", "kind", "bearer", "ordinal")}
