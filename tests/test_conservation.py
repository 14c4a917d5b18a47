"""Nothing is lost and nothing appears: grievances, cases, pointers, minutes and money, every day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import books
from sim.cases import NEVER, SHARED, Clock, Kind, Stage, State
from sim.places.compound import COMPANY, STAFFED
from sim.rules.contracts import FIXED_TERM, NONE
from sim.rules.keeping import PURPOSES
from sim.rules.motions import Motion
from sim.rules.trust import DESKS
from sim.worlds import TABLES, Worlds
from tests.helpers import GOVERNED, around, assets, burnt_in, daily, desk_rows, recipe, scenarios, total

Array = NDArray[Any]

DAYS = 98
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
        self.roofs = roofs(w).sum(axis=1)
        self.accounts = holdings(w)

    def step(self) -> None:
        """Live a day and check it."""
        defective, ending = self.w.defective.copy(), ends_today(self.w)
        self.w.step()
        today = dict(zip(self.w.series, self.w.record[-1].T, strict=True))
        for name in self.flows:
            self.flows[name] += today[name]
        self.check_defects(defective, ending, today)
        self.check_grievances()
        self.check_cases()
        self.check_agreements()
        check_pointers(self.w)
        check_motions(self.w)
        check_money(self.w)
        check_contracts(self.w)
        self.check_spending()

    def since(self, table: str) -> Array:
        """Return by how much the tally of a table has changed, shape (worlds, states)."""
        return self.w.tally[table].sum(axis=1) - self.start[table]

    def check_defects(self, before: Array, ending: Array, today: dict[str, Array]) -> None:
        """Every asset breaks, is mended, or falls silent when its time has come; nothing else makes it whole."""
        w = self.w
        began, gone = w.defective & ~before, before & ~w.defective
        assert np.array_equal(began.sum(axis=1), today["broke"])
        assert np.array_equal(gone.sum(axis=1), today["repaired"] + ending.sum(axis=1) + today["unfelt"])
        assert np.all(gone[ending])
        assert np.all(w.defect_day[began] == w.day - 1)

    def check_grievances(self) -> None:
        """Every grievance that arose is in exactly one state, and the tally, the table and the stocks agree."""
        w, g, flow = self.w, self.w.grievances, self.flows
        assert np.all(w.tally["grievances"] >= 0)
        moved = self.since("grievances")
        assert np.array_equal(moved.sum(axis=1), flow["arisen"])
        assert np.array_equal(moved[:, [State.SETTLED, State.BROKEN]].sum(axis=1), flow["settled"])
        for state, name in (
            (State.BROKEN, "relapsed"),
            (State.LAPSED, "lapsed"),
            (State.ESCALATED, "escalated"),
            (State.PRIVATE, "private"),
        ):
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
        assert np.array_equal(w.defective.sum(axis=1), w.stock["defective_assets"])
        assert np.array_equal(roofs(w).sum(axis=1), w.stock["leaking_roofs"])
        assert np.array_equal(roofs(w).sum(axis=1) - self.roofs, flow["leaked"] - flow["mended"] - flow["unfelt"])
        suffered = np.flatnonzero(SHARED[g.kind] & g.aching)
        at = g.world[suffered], g.bearer[suffered]
        assert np.all(w.defective[at]), "somebody suffers from what is whole"
        assert np.all(16 * w.defects[at] == g.ordinal[suffered]), "somebody suffers from what was mended since"
        assert np.all(w.layout.traits["asset_kind"][at[1]] == g.kind[suffered])

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
        """Every dispute of two settled made one agreement, every one broken broke it later, within twelve months."""
        w, a = self.w, self.w.agreements
        broken = a.broken != NEVER
        tally = w.tally["grievances"][:, ~SHARED]
        made = tally[..., [State.SETTLED, State.BROKEN]].sum(axis=(1, 2))
        assert np.array_equal(np.bincount(a.world, minlength=w.n), made)
        assert np.array_equal(np.bincount(a.world[broken], minlength=w.n), tally[..., State.BROKEN].sum(axis=1))
        assert np.all(~SHARED[a.kind]) and np.all(a.settled < w.day)
        assert np.all((a.settled < a.broken) & (~broken | (a.broken < w.day) & (a.broken <= a.settled + 365)))

    def check_spending(self) -> None:
        """Every fen that an owner of an account has more or less than at first is in a flow, those of outside too."""
        flow, now = self.flows, holdings(self.w)
        crews = {payer: flow[f"paid_{payer}_fen"] for payer in ("company", "public", "fund", "owners")}
        fees, income = flow["fees_paid_fen"] + flow["arrears_fen"], flow["kept_fen"] + flow["public_fen"]
        spent = sum(flow[name] for name in ("wages_fen", "company_fen", "conceded_fen", "bribes_fen"))
        left, back = flow["left_behind_fen"], flow["recouped_fen"]
        meals = flow["meals_owners_fen"] + flow["meals_budget_fen"] - flow["meal_fund_fen"]
        gone, minor = spent + flow["tills_closed_fen"], flow["minor_public_fen"]
        explained = {
            "owners": -fees - crews["owners"] - flow["patch_fen"] - flow["meals_owners_fen"],
            "company": fees + flow["kept_fen"] + back - gone - left - crews["company"],
            "public": flow["public_fen"] - back + left - minor - crews["public"],
            "fund": -crews["fund"],
            "meals": flow["meal_fund_fen"] - flow["meals_budget_fen"],
            "outside": gone - income + minor + flow["repair_fen"] + flow["patch_fen"] + meals,
        }
        assert np.array_equal(sum(crews.values()), flow["repair_fen"])
        for whose, amount in explained.items():
            assert np.array_equal(now[whose] - self.accounts[whose], amount), whose


def holdings(w: Worlds) -> dict[str, Array]:
    """Return what everybody has, in each world: the accounts, and what each has put into repairs not yet begun."""
    c, m = w.cases, w.motions
    held = np.isin(c.stage, [Stage.SIGNING, Stage.VOTING, Stage.FUNDING])
    out = {
        "owners": w.purse.sum(axis=1),
        "company": w.till.sum(axis=1),
        "public": w.public.sum(axis=1),
        "fund": w.fund.sum(axis=1),
        "meals": w.meal_fund.sum(axis=1),
        "outside": w.outside[:, 0].copy(),
    }
    np.add.at(out["owners"], m.world[m.open], (m.share * m.heads_in)[m.open])
    for payer in ("company", "public", "fund"):
        np.add.at(out[payer], c.world[held], getattr(c, f"from_{payer}")[held])
    return out


def roofs(w: Worlds) -> Array:
    """Return which roofs leak, shape (worlds, roofs)."""
    return w.defective[:, assets(w, Kind.ROOF)]


def ends_today(w: Worlds) -> Array:
    """Return which works nearby are put down to end on the day that is about to be lived."""
    a = w.agenda
    rows = np.flatnonzero((a.clock == Clock.SILENCE) & (a.day == w.day))
    at = a.world[rows], a.row[rows]
    still = w.defective[at] & (w.defects[at] == a.stamp[rows])
    ending = np.zeros_like(w.defective)
    ending[at[0][still], at[1][still]] = True
    return ending


def ended_only(tally: Array) -> Array:
    """Return the tally of cases with the live stages set to zero."""
    out = np.zeros_like(tally)
    out[:, :, ENDED] = tally[:, :, ENDED]
    return out


def check_pointers(w: Worlds) -> None:
    """A claimed grievance points to a running case of its own world and bearer, and so does what is defective."""
    g, c = w.grievances, w.cases
    claimed = np.isin(g.state, CLAIMED)
    assert np.all(g.case[claimed] >= 0)
    rows = np.flatnonzero(g.case >= 0)
    case = g.case[rows]
    assert np.all(case < len(c))
    for field in ("world", "kind", "bearer"):
        assert np.array_equal(getattr(g, field)[rows], getattr(c, field)[case]), field
    assert np.all(np.isin(c.stage[g.case[claimed]], RUNNING)), "a claim lies with a case that is over"
    pairs = claimed & ~SHARED[g.kind]
    assert np.array_equal(g.ordinal[pairs], c.ordinal[g.case[pairs]])

    a = w.agreements
    agreed = ~SHARED[g.kind] & np.isin(g.state, [State.SETTLED, State.BROKEN])
    assert np.array_equal(agreed, g.agreement >= 0)
    for field in ("world", "kind", "bearer", "ordinal"):
        assert np.array_equal(getattr(g, field)[agreed], getattr(a, field)[g.agreement[agreed]]), field

    kind = w.layout.traits["asset_kind"]
    world, asset = np.nonzero(w.defect_case >= 0)
    case = w.defect_case[world, asset]
    assert np.array_equal(c.world[case], world)
    assert np.array_equal(c.bearer[case], asset)
    assert np.array_equal(c.kind[case], kind[asset])
    assert np.array_equal(c.compound[case], w.layout.up("asset", "compound")[asset])
    assert np.array_equal(c.ordinal[case] // 16, w.defects[world, asset])
    assert np.array_equal(c.ordinal[case] % 16, np.minimum(w.attempts[world, asset] - 1, 15))
    assert np.all(np.isin(c.stage[case], RUNNING))
    assert np.all(w.defective[world, asset])
    running = SHARED[c.kind] & np.isin(c.stage, RUNNING)
    assert np.array_equal(w.defect_case[c.world[running], c.bearer[running]], np.flatnonzero(running))
    for name in TABLES:
        t = getattr(w, name)
        assert np.all((t.world >= 0) & (t.world < w.n))
        assert len({len(getattr(t, f)) for f in t.fields} | {len(t)}) == 1


def check_motions(w: Worlds) -> None:
    """Who is being asked: exactly the cases of which owners sign or vote, once each, every owner in scope once."""
    c, m, a = w.cases, w.motions, w.asked
    asking = np.isin(c.stage, [Stage.SIGNING, Stage.VOTING])
    assert np.array_equal(c.motion >= 0, asking)
    rows = c.motion[asking]
    assert np.array_equal(np.sort(rows), np.flatnonzero(m.open & (m.case >= 0)))
    assert np.array_equal(m.case[rows], np.flatnonzero(asking))
    for field in ("world", "compound", "organiser"):
        assert np.array_equal(getattr(m, field)[rows], getattr(c, field)[asking]), field
    assert np.array_equal(m.kind[rows] == Motion.FUND, c.stage[asking] == Stage.VOTING)
    assert np.array_equal(m.case[m.open] < 0, m.kind[m.open] >= Motion.RENEW)
    assert np.all(m.case[~m.open & (m.kind >= Motion.RENEW)] < 0)  # of those that are over a case may be gone, or not
    for kinds, said in (([Motion.RENEW, Motion.REPLACE], w.balloting), ([Motion.ELECT], w.electing)):
        held = np.zeros_like(said, dtype=np.int64)
        there = m.open & np.isin(m.kind, kinds)
        np.add.at(held, (m.world[there], m.compound[there]), 1)
        assert np.array_equal(held, said), kinds
    assert np.all(m.until[rows] > m.opened[rows])
    assert np.all(w.day <= m.until[rows]), "somebody asks on when it is too late"

    assert np.all(np.diff(a.motion) >= 0)
    assert np.array_equal(a.world, m.world[a.motion])
    for row in np.flatnonzero(m.open):
        mine = slice(int(m.first[row]), int(m.first[row] + m.asked[row]))
        assert np.all(a.motion[mine] == row)
        assert np.count_nonzero(a.motion == row) == m.asked[row]
        building = -1 if m.case[row] < 0 else w.layout.traits["asset_building"][c.bearer[m.case[row]]]
        inside = w.layout.up("household", "building") == building
        shared = w.layout.up("household", "compound") == m.compound[row]
        assert np.array_equal(a.owner[mine], np.flatnonzero(inside if building >= 0 else shared))
        area, done, yes = w.area[m.world[row], a.owner[mine]], a.done[mine], a.done[mine] & a.yes[mine]
        assert m.area[row] == area.sum()
        assert (m.heads_in[row], m.area_in[row]) == (done.sum(), area[done].sum())
        assert (m.heads_yes[row], m.area_yes[row]) == (yes.sum(), area[yes].sum())


def check_money(w: Worlds) -> None:
    """The books balance; escrow holds just what was put there for repairs that wait for the rest, and by whom."""
    assert not np.any(books.imbalance(w))
    c, m = w.cases, w.motions
    held = np.zeros_like(w.escrow)
    rows = np.flatnonzero(np.isin(c.stage, [Stage.SIGNING, Stage.VOTING, Stage.FUNDING]))
    others = c.from_company[rows] + c.from_public[rows]
    assert np.all(c.cost[rows] > 0)
    assert np.array_equal(c.cost[rows] - c.owed[rows], others)
    motion = c.motion[rows]
    signing = c.stage[rows] == Stage.SIGNING
    shares = np.zeros(len(rows), dtype=np.int64)
    shares[signing] = (m.share * m.heads_in)[motion[signing]]
    assert np.array_equal(c.from_fund[rows], np.where(signing, 0, c.owed[rows]))
    held[c.world[rows], c.bearer[rows]] = others + c.from_fund[rows] + shares
    assert np.array_equal(w.escrow, held)
    asked = motion[signing]
    assert np.all((m.share * m.asked)[asked] >= c.owed[rows[signing]])
    assert np.all(((m.share - 1) * m.asked)[asked] < c.owed[rows[signing]])
    assert not np.any(m.share[m.kind == Motion.FUND])
    done = np.isin(c.stage, [Stage.WAITING, Stage.TRANSIT, Stage.LOST, Stage.APPROVAL, Stage.SHELVED])
    assert not np.any(c.from_company[done] + c.from_public[done] + c.from_fund[done])
    assert np.all(w.purse <= 0)
    assert np.all(w.fund >= 0)
    assert np.all(w.public >= 0)
    assert not np.any(w.till[w.contract == NONE])


def check_contracts(w: Worlds) -> None:
    """A contract ends when it says, a company that is gone leaves nothing owed, and who serves and pays is counted."""
    served, ends = w.contract != NONE, w.contract_end != NEVER
    assert np.array_equal(ends, w.leaving | (w.contract == FIXED_TERM))
    assert np.all(w.contract_end >= w.day)
    assert not np.any(w.leaving & ~served) and not np.any(w.successor & ~w.leaving)
    for column in (w.till, w.till_before, w.earned, w.losses, w.collected, w.recoup):
        assert not np.any(column[~served])
    here = served[:, w.layout.up("household", "compound")]
    assert np.all(w.arrears >= 0) and not np.any(w.arrears[~here])
    assert np.array_equal((w.pays & here).sum(axis=1), w.stock["payers"])
    assert np.array_equal(served.sum(axis=1), w.stock["with_company"])
    assert np.array_equal((~served).sum(axis=1), w.stock["without_company"])


def from_owners(w: Worlds) -> Array:
    """Return what owners have given for good since the start: what left their purses less what lies in escrow."""
    m = w.motions
    held = np.zeros(w.n, dtype=np.int64)
    np.add.at(held, m.world[m.open], (m.share * m.heads_in)[m.open])
    return -w.purse.sum(axis=1) - held


@pytest.mark.parametrize("prior_draws", [True, False])
def test_every_day_everything_adds_up(prior_draws: bool) -> None:
    """Through burn-in, stacking, weekly compaction and all arms, no case, grievance, pointer or fen goes astray."""
    w = Worlds(recipe(replications=(4, 0, 7), prior_draws=prior_draws, fixed=GOVERNED))
    ledger = Ledger(w)
    while w.day < 0:
        ledger.step()
    given, before = from_owners(w), ledger.flows
    check_motions(w)
    check_money(w)
    w = w.stack(scenarios())
    check_pointers(w)
    check_motions(w)
    check_money(w)
    ledger = Ledger(w)
    for _ in range(DAYS):
        ledger.step()
    assert np.any(w.cases.n < w.ended.n)
    fees = ledger.flows["fees_paid_fen"] + ledger.flows["arrears_fen"]
    owners = fees + ledger.flows["paid_owners_fen"] + ledger.flows["patch_fen"] + ledger.flows["meals_owners_fen"]
    assert np.array_equal(from_owners(w) - np.tile(given, w.n // len(given)), owners), "owners paid for something else"
    assert np.all(ledger.flows["fees_paid_fen"] <= ledger.flows["fees_billed_fen"])
    spent = ledger.flows["repair_fen"]
    assert np.all(spent[spent > 0] > 100_000)
    conceded, recouped = (
        np.tile(before[name], w.n // len(given)) + ledger.flows[name] for name in ("conceded_fen", "recouped_fen")
    )
    assert np.all(recouped <= conceded), "companies took back more than they gave"
    moneys = {name for name in ledger.flows if name.endswith("_fen")}
    assert {name for name in moneys if not np.any(ledger.flows[name])} == set()


def test_the_checks_can_fail() -> None:
    """A fen, a row, a pointer or a state out of place is found."""
    found = burnt_in(replications=(2, 5), fixed=GOVERNED)

    def check(harm: Any) -> None:
        w = found.stack(scenarios("merged"))
        w.run(20)
        ledger = Ledger(w)
        harm(w)
        check_pointers(w)
        check_motions(w)
        check_money(w)
        check_contracts(w)
        ledger.check_grievances()
        ledger.check_cases()
        ledger.check_spending()

    def move(table: str, field: str, by: int) -> Any:
        def harm(w: Worlds) -> None:
            t = getattr(w, table)
            live = {
                "grievances": lambda: np.isin(t.state, CLAIMED),
                "cases": lambda: t.motion >= 0,
                "motions": lambda: t.open & (t.case >= 0),  # renewing or replacing: nothing else says which
                "asked": lambda: w.motions.open[t.motion] & t.done,
            }[table]()
            getattr(t, field)[np.flatnonzero(live)[0]] += by

        return harm

    def one_fen(account: str) -> Any:
        def harm(w: Worlds) -> None:
            getattr(w, account)[0, 0] += 1

        return harm

    def a_gift(giver: str, receiver: str) -> Any:
        def harm(w: Worlds) -> None:
            row = np.flatnonzero(w.contract[0] != NONE)[:1] if giver == "till" else np.array([0])
            books.transfer(w, giver, row, receiver, np.array([0]), np.array([0]), np.array([1]))

        return harm

    def turned(column: str) -> Any:
        def harm(w: Worlds) -> None:
            getattr(w, column)[0, 0] ^= True

        return harm

    def never_ending(w: Worlds) -> None:
        w.contract_end[tuple(np.argwhere(w.contract == FIXED_TERM)[0])] = NEVER

    def no_case(w: Worlds) -> None:
        w.defect_case[tuple(np.argwhere(w.defect_case >= 0)[0])] = -1

    def forgotten(w: Worlds) -> None:
        w.asked.done[np.flatnonzero(w.asked.done & w.motions.open[w.asked.motion])[0]] = False

    check(lambda w: None)
    gifts = a_gift("purse", "outside"), a_gift("till", "public"), a_gift("till", "outside")
    columns = map(turned, ("balloting", "electing", "leaving"))
    accounts = [account for account in books.ACCOUNTS if account in found.columns]
    for harm in (*map(one_fen, accounts), *gifts, *columns, no_case, forgotten, never_ending):
        with pytest.raises(AssertionError):
            check(harm)
    for place in (
        *("grievances.case", "grievances.severity", "grievances.state", "grievances.ordinal"),
        *("cases.bearer", "cases.world", "cases.motion", "cases.ordinal", "cases.stage", "cases.cost", "cases.owed"),
        *("motions.case", "motions.first", "motions.kind", "motions.asked", "motions.area_in", "motions.share"),
        *("asked.motion", "asked.owner", "asked.world"),
    ):
        with pytest.raises((AssertionError, IndexError)):
            check(move(*place.split("."), 1))
            pytest.fail(f"nobody noticed {place}")


def test_no_desk_works_longer_than_its_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Day by day, desks work at most what they had in hand and what the day brought; no minutes are negative."""
    seen: list[Array] = []

    def before(w: Worlds) -> None:
        seen.append(w.balance.copy())

    def after(w: Worlds) -> None:
        had = seen.pop()
        assert np.all(w.balance >= 0)
        for purpose in PURPOSES:
            assert np.all(getattr(w, purpose + "_balance") >= 0), purpose
        assert np.all(w.desk_minutes >= 0)
        for kind in STAFFED:
            row = desk_rows(w, kind)
            given = had[:, row].sum(axis=1) + w.desk_minutes[:, row].sum(axis=1)
            assert np.all(7 * w.flow[f"minutes_{DESKS[kind]}"] + w.balance[:, row].sum(axis=1) <= given)

    around(monkeypatch, "handling.handle", before, after)
    w = burnt_in(replications=(2, 5), fixed=GOVERNED).stack(scenarios())
    w.run(DAYS)
    assert all(np.any(total(w, f"minutes_{DESKS[kind]}")) for kind in STAFFED)


def test_no_practice_takes_longer_than_what_is_set_aside() -> None:
    """Week by week, what was saved + the week's time - what was spent is what is saved; nothing comes from nowhere."""
    w = burnt_in(replications=(2, 5), fixed=GOVERNED).stack(scenarios())
    saved = {purpose: getattr(w, purpose + "_balance").sum(axis=1) for purpose in PURPOSES}
    kept = dict.fromkeys(PURPOSES, 0)
    for _ in range(DAYS // 7):
        begun = w.day - w.first_day
        week = {purpose: 7 * getattr(w, purpose + "_minutes").sum(axis=1) for purpose in PURPOSES}
        w.run(w.day + 7)
        for purpose in PURPOSES:
            spent = 7 * daily(w, f"minutes_{purpose}")[begun:].sum(axis=0)
            now = getattr(w, purpose + "_balance").sum(axis=1)
            assert np.all(spent + now <= saved[purpose] + week[purpose]), purpose
            kept[purpose] += spent.sum()
            saved[purpose] = now
    assert all(kept.values()), kept


def test_who_has_no_company_has_no_repairer() -> None:
    """Where no company serves a compound its desk has no minutes and mends nothing."""
    w = burnt_in(replications=(2, 5), fixed=dict(no_company=1.0))
    assert not np.any(w.desk_minutes[:, desk_rows(w, COMPANY)])
    assert not np.any(total(w, "minutes_company") + total(w, "company_fen") + total(w, "paid_company_fen"))
    assert np.all(total(w, "relief_fen") > 0)


def test_who_leaves_takes_the_till_and_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a company has put into repairs is the owners' once it has left; a successor gets and takes back nothing."""
    seen: list[tuple[Array, ...]] = []
    counted = np.zeros(4, dtype=np.int64)

    def put_in(w: Worlds) -> Array:
        c, out = w.cases, np.zeros_like(w.till)
        rows = np.flatnonzero(np.isin(c.stage, [Stage.SIGNING, Stage.VOTING, Stage.FUNDING]))
        np.add.at(out, (c.world[rows], c.compound[rows]), c.from_company[rows])
        return out

    def before(w: Worlds) -> None:
        leaves = w.leaving & (w.contract_end == w.day)
        seen.append((leaves, w.till.copy(), put_in(w), w.outside[:, 0].copy(), w.public.copy(), w.successor.copy()))

    def after(w: Worlds) -> None:
        leaves, till, held, outside, public, followed = seen.pop()
        assert np.array_equal(w.flow["left"], leaves.sum(axis=1))
        assert np.array_equal(w.outside[:, 0] - outside, (till * leaves).sum(axis=1))
        assert np.array_equal(w.flow["left_behind_fen"], (held * leaves).sum(axis=1))
        assert np.array_equal(put_in(w), held * ~leaves)
        assert np.array_equal(w.public, public)
        assert np.array_equal(w.contract[leaves] != NONE, followed[leaves])
        for column in (w.till, w.recoup, w.losses, w.earned):
            assert not np.any(column[leaves])
        counted[:] += leaves.sum(), (leaves & followed).sum(), np.sum(till[leaves] < 0), np.sum(held[leaves] > 0)

    around(monkeypatch, "contracts.expire", before, after)
    burnt_in(replications=(4, 0, 7), fixed=GOVERNED | dict(own_resolve=1.0)).stack(scenarios()).run(DAYS)
    assert np.all(counted > 0), counted
