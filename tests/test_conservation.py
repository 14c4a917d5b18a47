"""Nothing is lost and nothing appears: grievances, cases, pointers, minutes and money, every day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import books
from sim.cases import NEVER, Kind, Stage, State
from sim.worlds import TABLES, Worlds
from tests.helpers import around, burnt_in, recipe, scenarios

Array = NDArray[Any]

DAYS = 91
LIVE = [State.LATENT, State.QUIET, State.OPEN, State.JOINED]
CLAIMED = [State.OPEN, State.JOINED]
ENDED = [Stage.SETTLED, Stage.FAILED, Stage.WITHDRAWN, Stage.ESCALATED]
RUNNING = [s for s in Stage if s not in ENDED]


def recount(w: Worlds, name: str, field: str, size: int) -> Array:
    """Count the rows of a table by world, kind and state, as the tally should have it."""
    table = getattr(w, name)
    out = np.zeros((w.n, len(Kind), size), dtype=np.int64)
    np.add.at(out, (table.world, table.kind, getattr(table, field)), 1)
    return out


class Ledger:
    """Adds up what the days report, and checks it against what stands in the tables."""

    def __init__(self, w: Worlds) -> None:
        """Begin at the present day."""
        self.w = w
        self.flows = {name: np.zeros(w.n, dtype=np.int64) for name in w.flow}
        self.start = {name: tally.sum(axis=1) for name, tally in w.tally.items()}
        self.roofs = w.leaking.sum(axis=1)

    def step(self) -> None:
        """Live a day and check it."""
        self.w.step()
        today = self.w.record[-1]
        for place, name in enumerate(self.w.series):
            if name in self.flows:
                self.flows[name] += today[:, place]
        self.check_grievances()
        self.check_cases()
        self.check_agreements()
        check_pointers(self.w)
        check_money(self.w)

    def since(self, table: str) -> Array:
        """Return by how much the tally of a table has changed, shape (worlds, states)."""
        return self.w.tally[table].sum(axis=1) - self.start[table]

    def check_grievances(self) -> None:
        """Every grievance that arose is in exactly one state, and the tally, the table and the stocks agree."""
        w, g, flow = self.w, self.w.grievances, self.flows
        assert np.all(w.tally["grievances"] >= 0)
        moved = self.since("grievances")
        assert np.array_equal(moved.sum(axis=1), flow["arisen"])
        assert np.array_equal(moved[:, [State.SETTLED, State.BROKEN]].sum(axis=1), flow["settled"])
        for state, name in ((State.BROKEN, "relapsed"), (State.LAPSED, "lapsed"), (State.ESCALATED, "escalated")):
            assert np.array_equal(moved[:, state], flow[name]), name
        assert np.all(moved[:, State.WITHDRAWN] <= flow["withdrawn"])
        counted = recount(w, "grievances", "state", len(State))
        assert np.array_equal(counted[:, :, LIVE], w.tally["grievances"][:, :, LIVE])
        assert np.all(counted <= w.tally["grievances"])
        assert np.all(g.aching[np.isin(g.state, LIVE)])
        assert not np.any(g.aching[np.isin(g.state, [State.SETTLED, State.BROKEN])])
        aching, severity = np.zeros((2, w.n), dtype=np.int64)
        np.add.at(aching, g.world[g.aching], 1)
        np.add.at(severity, g.world[g.aching], g.severity[g.aching])
        assert np.array_equal(aching, w.stock["aching"])
        assert np.array_equal(severity, w.stock["unresolved"])
        assert np.array_equal(w.leaking.sum(axis=1), w.stock["leaking_roofs"])
        assert np.array_equal(w.leaking.sum(axis=1) - self.roofs, flow["leaked"] - flow["mended"])
        dry = (g.kind == Kind.ROOF) & g.aching & ~w.leaking[g.world, g.bearer % w.leaking.shape[1]]
        assert not np.any(dry), "somebody suffers from a roof that is dry"

    def check_cases(self) -> None:
        """Every case opened is open or ended in exactly one way; tally, tables and ended cases agree."""
        w = self.w
        assert np.all(w.tally["cases"] >= 0)
        assert np.array_equal(self.since("cases").sum(axis=1), self.flows["opened"])
        open_now = recount(w, "cases", "stage", len(Stage))
        assert np.array_equal(open_now[:, :, RUNNING], w.tally["cases"][:, :, RUNNING])
        assert np.array_equal(recount(w, "ended", "stage", len(Stage)), ended_only(w.tally["cases"]))
        assert np.all(w.ended.opened <= w.ended.closed)

    def check_agreements(self) -> None:
        """Every quarrel settled made one agreement, every one broken broke it later, within twelve months."""
        w, a = self.w, self.w.agreements
        broken = a.broken != NEVER
        tally = w.tally["grievances"][:, Kind.NEIGHBOUR]
        assert np.array_equal(np.bincount(a.world, minlength=w.n), tally[:, [State.SETTLED, State.BROKEN]].sum(axis=1))
        assert np.array_equal(np.bincount(a.world[broken], minlength=w.n), tally[:, State.BROKEN])
        assert np.all(a.kind == Kind.NEIGHBOUR) and np.all(a.settled < w.day)
        assert np.all((a.settled < a.broken) & (~broken | (a.broken < w.day) & (a.broken <= a.settled + 365)))


def ended_only(tally: Array) -> Array:
    """Return the tally of cases with the live stages set to zero."""
    out = np.zeros_like(tally)
    out[:, :, ENDED] = tally[:, :, ENDED]
    return out


def check_pointers(w: Worlds) -> None:
    """A claimed grievance points to a running case of its own world and bearer, and so does a leaking roof."""
    g, c = w.grievances, w.cases
    claimed = np.isin(g.state, CLAIMED)
    assert np.all(g.case[claimed] >= 0)
    rows = np.flatnonzero(g.case >= 0)
    case = g.case[rows]
    assert np.all(case < len(c))
    for field in ("world", "kind", "bearer"):
        assert np.array_equal(getattr(g, field)[rows], getattr(c, field)[case]), field
    assert np.all(np.isin(c.stage[g.case[claimed]], RUNNING)), "a claim lies with a case that is over"
    quarrels = claimed & (g.kind == Kind.NEIGHBOUR)
    assert np.array_equal(g.ordinal[quarrels], c.ordinal[g.case[quarrels]])

    a = w.agreements
    agreed = (g.kind == Kind.NEIGHBOUR) & np.isin(g.state, [State.SETTLED, State.BROKEN])
    assert np.array_equal(agreed, g.agreement >= 0)
    for field in ("world", "kind", "bearer", "ordinal"):
        assert np.array_equal(getattr(g, field)[agreed], getattr(a, field)[g.agreement[agreed]]), field

    world, building = np.nonzero(w.leak_case >= 0)
    case = w.leak_case[world, building]
    assert np.array_equal(c.world[case], world)
    assert np.array_equal(c.bearer[case], building)
    assert np.all(c.kind[case] == Kind.ROOF)
    assert np.all(np.isin(c.stage[case], RUNNING))
    assert np.all(w.leaking[world, building])
    running = (c.kind == Kind.ROOF) & np.isin(c.stage, RUNNING)
    assert np.array_equal(w.leak_case[c.world[running], c.bearer[running]], np.flatnonzero(running))
    for name in TABLES:
        t = getattr(w, name)
        assert np.all((t.world >= 0) & (t.world < w.n))
        assert len({len(getattr(t, f)) for f in t.fields} | {len(t)}) == 1


def check_money(w: Worlds) -> None:
    """The books balance; shares are held only while owners are signing, and just those of who has signed."""
    assert not np.any(books.imbalance(w))
    c = w.cases
    signing = np.zeros(w.escrow.shape, dtype=bool)
    rows = (c.kind == Kind.ROOF) & (c.stage == Stage.SIGNING)
    signing[c.world[rows], c.bearer[rows]] = True
    assert not np.any(w.escrow[~signing])
    building = w.layout.up("household", "building")
    for k, at in zip(*np.nonzero(signing), strict=True):
        signed = int(w.signed[k, building == at].sum())
        assert (w.signers[k, at], w.escrow[k, at]) == (signed, signed * w.share[k, at])
        assert w.share[k, at] * np.count_nonzero(building == at) >= w.repair_cost[k, at] > 0
    assert np.all(w.purse <= 0)
    assert np.all(w.outside >= 0)


@pytest.mark.parametrize("prior_draws", [True, False])
def test_every_day_everything_adds_up(prior_draws: bool) -> None:
    """Through burn-in, stacking, weekly compaction and all arms, no case, grievance, pointer or fen goes astray."""
    w = Worlds(recipe(replications=(2, 5), prior_draws=prior_draws))
    ledger = Ledger(w)
    while w.day < 0:
        ledger.step()
    paid = w.outside.copy()
    w = w.stack(scenarios())
    check_pointers(w)
    ledger = Ledger(w)
    for _ in range(DAYS):
        ledger.step()
    assert np.any(w.cases.n < w.ended.n)
    spent = ledger.flows["repair_fen"]
    assert np.array_equal(w.outside[:, 0] - np.tile(paid[:, 0], w.n // len(paid)), spent)
    assert np.all(spent[spent > 0] > 100_000)


def test_the_checks_can_fail() -> None:
    """A fen, a row, a pointer or a state out of place is found."""

    def broken(harm: Any) -> None:
        w = burnt_in(replications=(2, 5)).stack(scenarios("merged"))
        w.run(20)
        ledger = Ledger(w)
        harm(w)
        with pytest.raises(AssertionError):
            check_pointers(w)
            check_money(w)
            ledger.check_grievances()
            ledger.check_cases()

    def move(table: str, field: str, by: int) -> Any:
        def harm(w: Worlds) -> None:
            t = getattr(w, table)
            live = np.isin(t.state, CLAIMED) if table == "grievances" else np.isin(t.stage, RUNNING)
            at = np.flatnonzero(live)
            getattr(t, field)[at[0]] += by

        return harm

    def one_fen(w: Worlds) -> None:
        w.outside[0, 0] += 1

    broken(one_fen)
    for place in ("grievances.case", "grievances.severity", "grievances.state", "cases.bearer", "cases.world"):
        broken(move(*place.split("."), 1))


def test_no_desk_works_longer_than_its_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Day by day, desks work at most what they had in hand and what the day brought; no minutes are negative."""
    seen: list[Array] = []

    def before(w: Worlds) -> None:
        seen.append(w.balance.copy())

    def after(w: Worlds) -> None:
        had = seen.pop()
        assert np.all(w.balance >= 0)
        assert np.all(w.ledger_balance >= 0)
        assert np.all(w.desk_minutes >= 0)
        worked = [7 * w.flow[f"minutes_{desk}"] for desk in ("body", "branch", "community")]
        compounds = w.layout.sizes["compound"]
        rows = slice(0, 2 * compounds, 2), slice(1, 2 * compounds, 2), slice(2 * compounds, None)
        for minutes, row in zip(worked, rows, strict=True):
            given = had[:, row].sum(axis=1) + w.desk_minutes[:, row].sum(axis=1)
            assert np.all(minutes + w.balance[:, row].sum(axis=1) <= given)

    around(monkeypatch, "handling.handle", before, after)
    w = burnt_in(replications=(2, 5)).stack(scenarios())
    w.run(DAYS)
    ledger = w.record[:, :, w.series.index("minutes_ledger")].sum(axis=0)
    weeks = DAYS // 7 + 1 + 4
    assert np.all(ledger <= weeks * w.ledger_minutes.sum(axis=1))
    assert np.any(ledger > 0)
