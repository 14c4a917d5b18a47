"""The same things read from the engine and from the oracle, and the first one that differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from sim import cases, tables
from sim.cases import Activity, Kind, Stage, State
from sim.rules import suffering
from sim.worlds import Worlds
from tests.oracle.case import Case
from tests.oracle.commons import SAVED_WEEKS
from tests.oracle.community import CHORES
from tests.oracle.company import CONTRACTS
from tests.oracle.compound import PURPOSES
from tests.oracle.grievance import Grievance
from tests.oracle.kinds import DESKS, INTAKES, KINDS
from tests.oracle.motion import MOTIONS, Asked, Motion
from tests.oracle.repair import Repair
from tests.oracle.world import OracleModel

Things = dict[str, Any]
"""Kind of thing to identity to value, or to the list of the values of all rows of a column."""

KIND = [kind.name.lower() for kind in Kind]  # the engine's numbering, which must be the oracle's, as keys hold it
STATE = [state.name.lower() for state in State]
STAGE = [stage.name.lower() for stage in Stage]
ACTIVITY = [activity.name.lower() for activity in Activity]
TENURE = ["owner", "tenant", "vacant"]

MANAGED = (
    "leaving", "successor", "effort", "satisfaction", "till", "till_before", "collected", "earned", "losses", "threat",
    "informed", "accounts_asked",
)  # fmt: skip
"""Columns of compounds that are the oracle's attributes of whoever manages them."""

COLUMNS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    **{f"{p}_balance": ("compounds", lambda x, p=p: x.balance[p]) for p in PURPOSES},
    **{f"{p}_time": ("compounds", lambda x, p=p: x.times[p]) for p in PURPOSES if p != "doors"},
    "balance": ("desks", lambda x: x.balance),
    "hotline_busy": ("hotlines", attrgetter("free")),
    "escrow": ("assets", lambda x: x.escrow),
    "defective": ("assets", lambda x: x.defective),
    "defects": ("assets", lambda x: x.clock.rings),
    "defect_day": ("assets", lambda x: x.broke),
    "attempts": ("assets", lambda x: x.attempts),
    **{name: ("compounds", attrgetter(f"company.{name}")) for name in MANAGED},
    "contract": ("compounds", lambda x: CONTRACTS.index(x.company.contract)),
    "contract_end": ("compounds", attrgetter("company.end")),
    "company": ("compounds", attrgetter("company.firm")),
    "pays": ("households", attrgetter("pays")),
    "arrears": ("households", attrgetter("arrears")),
    "fee_claims": ("households", attrgetter("collection.clock.rings")),
    "body_found": ("compounds", attrgetter("body_found")),
    "functioning": ("compounds", attrgetter("functioning")),
    "offices_taken": ("compounds", attrgetter("offices_taken")),
    "term_end": ("compounds", attrgetter("elections.term_end")),
    "electing": ("compounds", lambda x: x.elections.motion is not None),
    "inspected": ("compounds", attrgetter("inspections.inspected")),
    "tickets_read": ("compounds", attrgetter("inspections.tickets_read")),
    "talks": ("compounds", attrgetter("renewals.talks")),
    "talked_day": ("compounds", attrgetter("renewals.talked")),
    "contract_up": ("compounds", attrgetter("renewals.up")),
    "balloting": ("compounds", lambda x: x.renewals.motion is not None),
    "recoup": ("compounds", attrgetter("renewals.recoup")),
    "project_until": ("compounds", attrgetter("project.until")),
    "project_rounds": ("compounds", attrgetter("project.rounds")),
    "project_answer": ("compounds", lambda x: [None, "accepted", "refused"].index(x.project.answer)),
    "project_room": ("compounds", attrgetter("project.room")),
    "project_paid": ("compounds", attrgetter("project.paid")),
    "captured": ("compounds", attrgetter("capture.captured")),
    "careful_until": ("compounds", attrgetter("capture.careful_until")),
    "visited": ("compounds", attrgetter("rounds.visited")),
    "public": ("compounds", lambda x: x.public),
    "fund": ("compounds", lambda x: x.fund),
    "purse": ("households", lambda x: x.purse),
    **{f"answered_{i}": ("households", lambda x, i=i: x.evidence[i].good) for i in INTAKES},
    **{f"ignored_{i}": ("households", lambda x, i=i: x.evidence[i].bad) for i in INTAKES},
    **{f"succeeded_{k}": ("households", lambda x, k=k: x.evidence[k].good) for k in KINDS},
    **{f"failed_{k}": ("households", lambda x, k=k: x.evidence[k].bad) for k in KINDS},
    "quarrels": ("households", lambda x: x.clock.rings),
    **{f"{chore}_owed": ("communities", lambda x, c=chore: x.owed[c]) for chore in CHORES},
    **{f"{chore}_time": ("communities", lambda x, c=chore: x.time[c]) for chore in CHORES},
    **{f"courier_{name}": ("couriers", attrgetter(name)) for name in ("good", "bad", "fresh")},
    "sensed_defect": ("assets", attrgetter("sensed")),
    "sensed_by": ("assets", lambda x: sum(1 << x.compound.community.couriers.index(c) for c in x.sensed_by)),
    "reported": ("assets", lambda x: x.report.nth if x.report else 0),
    "reporter": ("assets", lambda x: x.report.courier.number if x.report else 0),
    "report_day": ("assets", lambda x: x.report.day if x.report else 0),
    "report_due": ("assets", lambda x: x.report.due if x.report and x.report.due is not None else cases.NEVER),
    **{name: ("households", attrgetter(name)) for name in ("tie", "came", "tired")},
    **{f"{p}_balance": ("communities", lambda x, p=p: x.commons.balance[p]) for p in SAVED_WEEKS},
    "meal_fund": ("communities", attrgetter("commons.fund")),
}
"""Columns compared every day: whose, and the oracle's value."""

FOUND = ("director_found", "talks_found", "inspections_found", "resolve_found")
LEVERS = (
    "body", "director_minutes", "merged", "merged_minutes", "secretary_minutes", "extra_minutes", "principals",
    "ledger_loss", "ledger_deadline", "joined", "resolve",
)  # fmt: skip

WEEKLY: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "age": ("compounds", lambda x: x.age),
    "rain": ("compounds", lambda x: x.rain),
    **{name: ("compounds", attrgetter(name)) for name in FOUND},
    **{name: ("compounds", attrgetter(name)) for name in LEVERS},
    **{f"candidate_{name}": ("candidates", attrgetter(name)) for name in ("ability", "integrity", "score")},
    **{f"director_{name}": ("compounds", attrgetter(f"director.{name}")) for name in ("ability", "integrity")},
    "secretary": ("compounds", lambda x: -1 if x.secretary is None else x.candidates.index(x.secretary)),
    **{f"{p}_minutes": ("compounds", lambda x, p=p: x.aside[p]) for p in PURPOSES},
    "community_extra": ("communities", attrgetter("extra_minutes")),
    **{n: ("communities", attrgetter(n)) for n in ("couriers_share", "couriers_answered", "rest_stations")},
    "doors_time": ("compounds", lambda x: x.doors_time),
    **{f"{p}_time": ("communities", lambda x, p=p: x.commons.times[p]) for p in SAVED_WEEKS},
    **{f"host_{p}": ("communities", lambda x, p=p: x.commons.aside[p]) for p in SAVED_WEEKS},
    "canteen_seats": ("communities", attrgetter("commons.seats")),
    "meal_budget": ("communities", attrgetter("commons.budget")),
    "benefit": ("households", lambda x: x.benefit),
    "desk_minutes": ("desks", lambda x: x.minutes),
    "wait_days": ("desks", lambda x: x.wait),
    "defect_hazard": ("assets", lambda x: x.clock.hazard),
    "defect_left": ("assets", lambda x: x.clock.left),
    "tenure": ("households", lambda x: TENURE.index(x.tenure)),
    **{
        name: ("households", attrgetter(name))
        for name in ("member", "elder", "connected", "area", "apathetic", "fee_type")
    },
    "claim_left": ("households", attrgetter("collection.clock.left")),
    "fees_disputed": ("households", lambda x: len(x.collection.claims())),
    "quarrel_hazard": ("households", lambda x: x.clock.hazard),
    "quarrel_left": ("households", lambda x: x.clock.left),
}
"""Columns and levers that change at a week's end or never; clocks, which the engine runs a week ahead, agree then."""

GRIEVANCE = (
    "other", "key", "severity", "born", "state", "aching", "tries", "claims", "claimed", "desk", "answered", "case",
    "act", "fade", "escalate", "patch",
)  # fmt: skip
CASE = (
    "other", "key", "compound", "severity", "urgency", "opened", "stage", "desk", "organiser", "ready", "started",
    "handled", "sessions", "level_sessions", "narrowed", "sittings", "rounds", "handoffs", "minutes", "drafted",
    "price", "minor", "refused", "cost", "owed", "from_company", "from_public", "from_fund", "from_owners", "conceded",
    "motion",
)  # fmt: skip
MOTION = (
    "kind", "compound", "case", "organiser", "opened", "until", "share", "asked", "area", "heads_in", "area_in",
    "heads_yes", "area_yes", "passed",
)  # fmt: skip
ASKED = ("need", "yes", "done", "day")
"""Fields of the tables of grievances, cases, motions and owners asked that are compared beside the identity."""

FIELDS = {"grievance": GRIEVANCE, "case": CASE, "motion": MOTION, "asked": ASKED}

TABLES: dict[str, set[str]] = {
    "grievances": {"world", "kind", "household", "bearer", "ordinal", *GRIEVANCE, "agreement", "fadings"},
    "cases": {"world", "kind", "bearer", "ordinal", "settlement", "visited", "joint", "precedence", "opener", *CASE},
    "motions": {"world", "key", *MOTION, "first", "open", "stirred"},
    "asked": {"world", "motion", "owner", *ASKED},
    "calls": {"world", "case", "desk"},
    "ended": {
        "world",
        "kind",
        "bearer",
        "ordinal",
        "opened",
        "closed",
        "stage",
        "desk",
        "sessions",
        "settlement",
        "compound",
        "started",
        "minor",
        "cost",
        "from_company",
        "from_public",
        "from_fund",
        "from_owners",
        "conceded",
    },
    "agreements": {"world", "kind", "bearer", "ordinal", "settled", "broken"},
    "spells": {"world", "bearer", "day", "fen", "paid_30", "paid_90", "paid_365"},
    "agenda": {"world", "clock", "row", "day", "stamp"},
}
"""Fields of every table that are compared, or that show in what is: a place of one kind has the `settlement` 0 only,
the agenda is how the engine foresees events, `spells` are of pastures and compared in their test,
`fadings` numbers draws of `fade`, `agreement` and `first` says where a motion's rows of `asked` are, `opener` where a
case's first grievance is, `precedence` is urgency and day in one number, `stirred` which motions need be counted."""

ELSEWHERE = {"occupied", "outside", "borne", "defect_case", "sufferers_first", "sufferers_end"}
"""Columns compared in another shape, or that only say where in a table stands what is compared."""


Columns = Callable[[int], dict[str, tuple[str, Callable[[Any], Any]]]]
"""What says which columns are compared before a given day."""


def columns(day: int) -> dict[str, tuple[str, Callable[[Any], Any]]]:
    """Return the columns that are compared before the given day."""
    return COLUMNS | WEEKLY if day % 7 == 0 else COLUMNS


def first_difference(w: Worlds, models: Sequence[OracleModel], columns: Columns = columns) -> str:
    """Say what first differs between the engine's worlds and as many oracles; nothing if nothing does."""
    for k, (engine, model) in enumerate(zip(of_engine(w, columns), models, strict=True)):
        oracle = of_oracle(model, columns)
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


def of_oracle(model: OracleModel, columns: Columns = columns) -> Things:
    """Return everything that is compared."""
    things: Things = {
        "events": _stories(model.events),
        "cases ended": _numbered([end for end in model.ended if end[2] == model.day - 1]),
        "agreements": _numbered(
            [(a.whose, a.settled, a.broken) for a in model.agreements if model.day - 1 in (a.settled, a.broken)]
        ),
        "flow": dict(sorted((flow, amount) for flow, amount in model.today.items() if amount)),
        "stock": dict(sorted(model.stocks().items())),
        "tally": dict(sorted((key, number) for key, number in model.tally().items() if number)),
        "grievance": {
            (g.kind, g.household.number, g.bearer.number, g.ordinal): _grievance(g)
            for g in model.grievances
            if g.aching or g.act != cases.NEVER
        },
        "case": {c.identity(): _case(c) for c in model.cases if not c.ended},
        "motion": {m.key: _motion(m) for m in _by_compound(model.motions)},
        "asked": {(m.key, a.owner.number): _asked(a) for m in _by_compound(model.motions) for a in m.asked},
        "calls": [(None if c.ended else c.identity(), desk.number) for c, desk in model.hotline.waiting],
        "case of asset": {a.number: a.case.identity() for a in model.assets if a.case is not None},
        "outside": {0: model.outside},
        "occupied": {0: sum(not h.vacant for h in model.households)},
        "borne": [h.borne for h in model.households],
    }
    for name, (whose, read) in columns(model.day).items():
        things[name] = [read(x) for x in getattr(model, whose)]
    return things


def _grievance(g: Grievance) -> tuple[Any, ...]:
    """Return what a grievance is, in the order of `GRIEVANCE`."""
    other = -1 if g.other is None else g.other.number
    case = None if g.case is None else g.case.identity()
    return (
        other, g.key, g.severity, g.born, g.state, g.aching, g.tries, g.claims, g.claimed, g.desk, g.answered, case,
        g.act, g.fade_day, g.escalation_day, g.patch_day,
    )  # fmt: skip


def _case(c: Case) -> tuple[Any, ...]:
    """Return what a case is, in the order of `CASE`."""
    other = -1 if c.other is None else c.other.number
    organiser = -1 if c.organiser is None else c.organiser.number
    handled = -cases.NEVER if c.handled is None else c.handled
    return (
        other, c.key, c.compound.number, c.severity, c.urgency, c.opened, c.stage, c.desk.number, organiser, c.ready,
        c.started, handled, c.sessions, c.level_sessions, c.narrowed, c.sittings, c.rounds, c.handoffs, c.minutes,
        c.drafted, *_money(c),
    )  # fmt: skip


def _money(c: Case) -> tuple[Any, ...]:
    """Return what a repair costs and who pays; of a dispute, nothing."""
    if not isinstance(c, Repair):
        return 0.0, False, False, 0, 0, 0, 0, 0, 0, 0, None
    f = c.funding
    motion = None if f.motion is None else f.motion.key
    paid = f.from_company, f.from_public, f.from_fund, f.from_owners, f.conceded
    return c.base, c.minor, c.refused, f.cost, f.owed, *paid, motion


def _by_compound(motions: list[Motion]) -> list[Motion]:
    """Order motions by compound, and within one as they were put: the order between compounds has no meaning."""
    return sorted(motions, key=lambda motion: motion.compound.number)


def _motion(m: Motion) -> tuple[Any, ...]:
    """Return what a motion is, in the order of `MOTION`."""
    repair = None if m.repair is None else m.repair.identity()
    return (
        MOTIONS.index(m.kind), m.compound.number, repair, m.organiser.number, m.opened, m.until, m.share,
        len(m.asked), m.area, m.heads_in, m.area_in, m.heads_yes, m.area_yes, m.doors_passed,
    )  # fmt: skip


def _asked(a: Asked) -> tuple[Any, ...]:
    """Return what an owner thinks of a motion, in the order of `ASKED`."""
    return 2.0 if a.need is None else a.need, a.yes, a.done, a.thinks


def _stories(events: list[tuple[str, str, int, int, int]]) -> dict[Any, Any]:
    """Order a day's events by case, and within a case as they came; number them."""
    return _numbered(sorted(events, key=lambda event: event[1:4]))


def _numbered(rows: list[Any]) -> dict[Any, Any]:
    """Name rows by their place, in an order that does not depend on the order of desks."""
    if rows and not isinstance(rows[0][0], str):
        rows = sorted(rows)
    return dict(enumerate(rows))


# -- the engine -----------------------------------------------------------------------------------


def of_engine(w: Worlds, columns: Columns = columns) -> list[Things]:
    """Return the same of every world; the log is read and begun anew."""
    g, c, e, m, a = w.grievances, w.cases, w.ended, w.motions, w.asked
    kinds, states, stages = np.array(KIND), np.array(STATE), np.array(STAGE)
    names = list(zip(kinds[c.kind].tolist(), c.bearer.tolist(), c.ordinal.tolist(), strict=True))
    names.append(None)  # for the row -1

    log = w.log.arrays()
    w.log = tables.EventLog(w.log.watched)
    what = np.array(ACTIVITY)[log["activity"]], kinds[log["kind"]], log["bearer"], log["ordinal"], log["desk"]
    events = _by_world(w, log["world"], what)
    closed = np.flatnonzero(e.closed == w.day - 1)
    ends = (
        kinds[e.kind], e.bearer, e.ordinal, e.opened, e.closed, stages[e.stage], e.desk, e.sessions, e.compound,
        e.started, e.minor, e.cost, e.from_company, e.from_public, e.from_fund, e.from_owners, e.conceded,
    )  # fmt: skip
    ended = _by_world(w, e.world[closed], [column[closed] for column in ends])
    made = w.agreements
    of_today = np.flatnonzero((made.settled == w.day - 1) | (made.broken == w.day - 1))
    deals = kinds[made.kind], made.bearer, made.ordinal, made.settled, made.broken
    agreed = _by_world(w, made.world[of_today], [column[of_today] for column in deals])
    here = np.flatnonzero(g.aching | (g.act != cases.NEVER))
    who = kinds[g.kind[here]], g.household[here], g.bearer[here], g.ordinal[here]
    shown = {"state": states[g.state], "desk": np.array([*DESKS, None])[g.desk], "case": [names[row] for row in g.case]}
    pains = _by_world(w, g.world[here], [*who, *_columns(g, GRIEVANCE, shown, here)])
    open_ = np.flatnonzero(c.stage < Stage.SETTLED)
    who = kinds[c.kind[open_]], c.bearer[open_], c.ordinal[open_]
    shown = {"stage": stages[c.stage], "motion": [None if row < 0 else int(m.key[row]) for row in c.motion]}
    books = _by_world(w, c.world[open_], [*who, *_columns(c, CASE, shown, open_)])
    standing = np.flatnonzero(m.open)
    standing = standing[np.argsort(m.compound[standing], kind="stable")]
    shown = {"case": [names[row] for row in m.case]}
    votes = _by_world(w, m.world[standing], [m.key[standing], *_columns(m, MOTION, shown, standing)])
    owners = np.concatenate([np.arange(m.first[row], m.first[row] + m.asked[row]) for row in standing] or [standing])
    pending = [None if day == cases.NEVER else day for day in np.where(a.done, cases.NEVER, a.day).tolist()]
    who = [m.key[a.motion[owners]], a.owner[owners]]
    asked = _by_world(w, a.world[owners], [*who, *_columns(a, ASKED, {"day": pending}, owners)])

    q = w.calls
    over = (q.case < 0) | (c.stage[q.case] >= Stage.SETTLED if c.n else True)
    about = [None if gone else names[row] for gone, row in zip(over, q.case, strict=True)]
    calls = _by_world(w, q.world, [np.array([*about, None], dtype=object)[:-1], q.desk])

    today = dict(zip(w.series, w.record[-1].T.tolist(), strict=True))
    borne = suffering.borne(w).tolist()
    worlds = []
    for k in range(w.n):
        things: Things = {
            "events": _stories(events[k]),
            "cases ended": _numbered([(end[:3], *end[3:]) for end in ended[k]]),
            "agreements": _numbered([(deal[:3], *deal[3:]) for deal in agreed[k]]),
            "flow": {flow: today[flow][k] for flow in sorted(w.flow) if today[flow][k]},
            "stock": {stock: today[stock][k] for stock in sorted(w.stock)},
            "tally": dict(
                sorted(
                    ((table, KIND[kind], states[state]), number)
                    for table, states in (("grievances", STATE), ("cases", STAGE))
                    for kind, numbers in enumerate(w.tally[table][k].tolist())
                    for state, number in enumerate(numbers)
                    if number
                )
            ),
            "grievance": {row[:4]: row[4:] for row in pains[k]},
            "case": {row[:3]: row[3:] for row in books[k]},
            "motion": {row[0]: row[1:] for row in votes[k]},
            "asked": {row[:2]: row[2:] for row in asked[k]},
            "calls": calls[k],
            "case of asset": {a: names[row] for a, row in enumerate(w.defect_case[k].tolist()) if row >= 0},
            "outside": {0: int(w.outside[k, 0])},
            "occupied": {0: int(w.occupied[k, 0])},
            "borne": borne[k],
        }
        for name in columns(w.day):
            things[name] = getattr(w, name)[k].tolist()
        worlds.append(things)
    return worlds


def _columns(table: Any, fields: Sequence[str], shown: dict[str, Any], rows: Any) -> list[Any]:
    """Return the given fields at the given rows, some of them as they are shown instead of as they stand."""
    out = []
    for field in fields:
        values = np.empty(table.n, dtype=object)
        values[:] = shown[field] if field in shown else getattr(table, field)
        out.append(values[rows])
    return out


def _by_world(w: Worlds, world: Any, fields: Sequence[Any]) -> list[list[tuple[Any, ...]]]:
    """Return the rows of each world, in the order of the table."""
    out: list[list[tuple[Any, ...]]] = [[] for _ in range(w.n)]
    rows = zip(*(field.tolist() for field in fields), strict=True)
    for k, row in zip(world.tolist(), rows, strict=True):
        out[k].append(row)
    return out
