"""Claiming: who can be gone to, how often each is, and what becomes of a call to the hotline."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.cases import Activity, Kind, Stage, State
from sim.places.compound import BODY, COMMUNITY, COMPANY, HOTLINE
from sim.rules import contracts, trust
from sim.rules.desks import kinds
from sim.worlds import Worlds
from tests.helpers import BUSY, around, burnt_in, desk_rows, lived, recipe, say, scenarios, total

Array = NDArray[Any]

QUIET = -1
DEFECT, DISPUTE, FEE = range(3)
OPTIONS = (QUIET, COMPANY, BODY, COMMUNITY, HOTLINE)


def chances(w: Worlds, rows: Array) -> Array:
    """Return the chance of silence and of each desk, worked out from the logit's formula with numpy's own exp."""
    g = w.grievances
    world, home, kind = g.world[rows], g.household[rows], g.kind[rows]
    compound = w.layout.up("household", "compound")[home]
    community = w.layout.up("household", "community")[home]
    posted = {
        COMPANY: w.wait_days[world, desk_rows(w, COMPANY)[compound]],
        BODY: w.wait_days[world, desk_rows(w, BODY)[compound]],
        COMMUNITY: w.wait_days[world, desk_rows(w, COMMUNITY)[community]],
        HOTLINE: w.p.hotline_days[world, 0],
    }
    within = {
        COMPANY: (w.contract[world, compound] != contracts.NONE) & (kind < Kind.NUISANCE),
        BODY: w.body[world, compound] > 0,
        COMMUNITY: np.ones(len(rows), dtype=bool),
        HOTLINE: np.ones(len(rows), dtype=bool),
    }
    success = np.array(
        [
            trust.in_success(w, Kind(k), np.array([v]), np.array([h]))[0]
            for k, v, h in zip(kind, world, home, strict=True)
        ]
    )
    p = {name: value[world, 0] for name, value in w.p.values.items()}
    utility = [p["quiet"] - p["quiet_severity"] * g.severity[rows] / 1000]
    for desk in OPTIONS[1:]:
        confidence = trust.in_desk(w, trust.DESKS[desk], world, home)
        u = p["b_success"] * success - p["b_wait"] * posted[desk] + p["b_trust"] * confidence + p["any_desk"]
        utility.append(np.where(within[desk], u, -np.inf))
    weight = np.exp(np.stack(utility, axis=1))
    fee = kind == Kind.FEE  # the company has no choice to make: it claims at the body's desk, or else the community's
    weight[fee] = 0.0
    weight[fee, OPTIONS.index(BODY)] = within[BODY][fee]
    weight[fee, OPTIONS.index(COMMUNITY)] = ~within[BODY][fee]
    return weight / weight.sum(axis=1, keepdims=True)


def test_desks_are_gone_to_as_the_logit_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over thousands of decisions every option is taken as often as its chances add up to, in each kind of place."""
    sums: dict[tuple[int, int, int], Array] = {}
    then: dict[str, Any] = {}

    def before(w: Worlds) -> None:
        g = w.grievances
        rows = np.flatnonzero((g.act <= w.day) & (g.state == State.QUIET))
        then.update(rows=rows, p=chances(w, rows), claims=g.claims[rows].copy())

    def after(w: Worlds) -> None:
        g, rows = w.grievances, then["rows"]
        taken = np.where(g.claims[rows] > then["claims"], g.desk[rows], QUIET)
        chosen = taken[:, None] == np.array(OPTIONS)
        assert np.all(chosen.sum(axis=1) == 1)
        assert np.all(then["p"][chosen] > 0)
        compound = w.layout.up("household", "compound")[g.household[rows]]
        company = w.contract[g.world[rows], compound] != contracts.NONE
        body, defect = w.body[g.world[rows], compound] > 0, g.kind[rows] < Kind.NUISANCE
        what = np.where(g.kind[rows] == Kind.FEE, FEE, np.where(defect, DEFECT, DISPUTE))
        for place in np.ndindex(2, 2, 3):
            here = (company == place[0]) & (body == place[1]) & (what == place[2])
            p = then["p"][here]
            parts = np.stack([chosen[here].sum(axis=0), p.sum(axis=0), (p * (1 - p)).sum(axis=0)])
            sums[place] = sums.get(place, 0) + parts

    around(monkeypatch, "claiming.decide", before, after)
    mixed = dict(any_desk=-1.0, quiet=1.5, no_company=0.5, claim_rate=20.0)
    w = Worlds(recipe(range(12), 140, fixed=mixed, prior_draws=False))
    w.run(0)
    for (company, body, what), (seen, expected, variance) in sums.items():
        assert seen.sum() > (50 if what == FEE else 200) or (what == FEE and not company)
        # choices of one day are independent, those of later days are so given the chances: a martingale
        assert np.all(np.abs(seen - expected) <= 4 * np.sqrt(variance) + 1e-9), (company, body, what)
        assert (expected[1] > 0) == (company and what == DEFECT)
        assert (expected[2] > 0) == bool(body) or not seen.any()
        assert (what == FEE) == (not expected[0]) or not seen.any()


def test_where_there_is_no_company_none_is_gone_to() -> None:
    """Nobody claims at a desk that is not there; nobody takes a dispute to the company, or anything to the centre."""
    w = burnt_in(replications=range(6), fixed=BUSY | dict(no_company=0.5)).stack(scenarios("none"))
    seen = set()
    for _ in range(60):
        contract, body = w.contract.copy(), w.body.copy()  # companies leave and offices change later in the day
        w.step()
        g = w.grievances
        claimed = np.flatnonzero((g.claims > 0) & (g.claimed == w.day - 1))
        compound = w.layout.up("household", "compound")[g.household[claimed]]
        at_company, at_body = g.desk[claimed] == COMPANY, g.desk[claimed] == BODY
        assert np.all(contract[g.world[claimed], compound][at_company] != contracts.NONE)
        assert np.all(g.kind[claimed][at_company] < Kind.NUISANCE)
        assert np.all(body[g.world[claimed], compound][at_body] > 0)
        seen |= set(g.desk[claimed].tolist())
    assert seen == {COMPANY, BODY, COMMUNITY, HOTLINE}
    nowhere = burnt_in(fixed=BUSY | dict(no_company=1.0, substitute=0.0))
    company = desk_rows(nowhere, COMPANY)
    assert not np.any(np.isin(nowhere.grievances.desk, [COMPANY]))
    assert not np.any(np.isin(nowhere.cases.desk, company)) and not np.any(np.isin(nowhere.ended.desk, company))


def test_hotline_calls_are_passed_on_after_their_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that opens a case puts it on the way for hotline_days, to the company for a defect, else the community."""
    days, arrived = 5, {COMPANY: 0, COMMUNITY: 0}
    waiting: dict[tuple[int, ...], tuple[int, int]] = {}
    fields = ("world", "kind", "bearer", "ordinal")

    def after(w: Worlds) -> None:
        c, g = w.cases, w.grievances
        opened = np.flatnonzero((c.opened == w.day) & (c.stage == Stage.TRANSIT) & (c.handoffs == 0))
        for row in opened:
            opener = np.flatnonzero((g.case == row) & (g.state == State.OPEN))
            assert g.desk[opener].tolist() == [HOTLINE]
            served = w.contract[c.world[row], c.compound[row]] != contracts.NONE
            level = COMPANY if served and c.kind[row] < Kind.NUISANCE else COMMUNITY
            assert kinds(w)[c.desk[row]] == level
            assert c.ready[row] == w.day + days
            waiting[tuple(int(getattr(c, f)[row]) for f in fields)] = w.day, level
        # a case that anybody else opens is in a queue at once
        direct = (c.opened == w.day) & ~np.isin(np.arange(len(c)), opened)
        assert np.all(c.stage[direct] == Stage.WAITING)

    def arrive(w: Worlds) -> None:
        c = w.cases
        for row in np.flatnonzero(c.handoffs == 0):
            key = tuple(int(getattr(c, f)[row]) for f in fields)
            if key in waiting and c.stage[row] < Stage.SETTLED:
                day, level = waiting[key]
                assert (c.stage[row] == Stage.TRANSIT) == (w.day < day + days)
                if w.day == day + days:
                    assert c.stage[row] == Stage.WAITING
                    arrived[level] += 1
                    del waiting[key]

    w = burnt_in(replications=range(16), fixed=dict(hotline_days=days, trust_hotline=0.9, handoff_loss=0.9))
    around(monkeypatch, "desks.arrive", after, arrive)
    lived(w, 56, say("formed_body"))
    assert min(arrived.values()) > 20, arrived


def test_tickets_are_the_calls_to_the_hotline() -> None:
    """The hotline counts every call, opening a case or not, and every call is a claim."""
    w = burnt_in(replications=range(4)).stack([say()])
    calls = np.zeros(w.n, dtype=np.int64)
    for _ in range(56):
        w.step()
        g = w.grievances
        today = (g.claims > 0) & (g.claimed == w.day - 1) & (g.desk == HOTLINE)
        # works may end on a later day only, so nothing claimed today has left the table by tonight
        calls += np.bincount(g.world[today], minlength=w.n) if w.day % 7 else 0
        tickets = w.record[-1, :, w.series.index("tickets")]
        if w.day % 7:  # on the last day of a week the tables are tidied up
            assert np.array_equal(tickets, np.bincount(g.world[today], minlength=w.n))
    assert np.all(calls > 0)
    assert np.all(total(w, "tickets") < total(w, "claimed"))
    assert not np.any(total(burnt_in(fixed=dict(trust_hotline=-1000.0)), "tickets"))


def test_what_is_learnt_is_learnt_of_whom_one_went_to() -> None:
    """A call that goes unanswered costs the hotline trust, not the desk it was passed on to."""
    idle = dict(repairer_hours=0.0, community_hours=0.0, director_hours=0.0, idle_director_hours=0.0, centre_hours=0.0)
    idle |= dict(exit_quarters=12)  # what waits for a company that leaves is handed on, and that is an answer
    w = burnt_in(replications=range(3), burn_in=98, fixed=idle | dict(b_wait=0.0, any_desk=2.0, answer_days=7))
    learnt = {desk: getattr(w, f"ignored_{desk}").sum() for desk in trust.trusted("compound")}
    assert min(learnt.values()) > 0
    assert not any(getattr(w, f"answered_{desk}").any() for desk in trust.trusted("compound"))
    only_hotline = burnt_in(
        replications=range(3),
        burn_in=98,
        fixed=idle
        | dict(b_wait=0.0, answer_days=7, trust_hotline=1.0, b_trust=200.0, any_desk=-150.0, hearsay=0.0)
        | dict(trust_company=0.0, trust_body=0.0, trust_community=0.0),
    )
    assert only_hotline.ignored_hotline.any()
    assert not any(getattr(only_hotline, f"ignored_{desk}").any() for desk in ("company", "body", "community"))


def test_a_claim_brings_lost_and_shelved_cases_back_at_once() -> None:
    """Whoever joins a lost or shelved case, by hotline or in person, finds it in a queue the same day."""
    w = burnt_in(replications=range(4), fixed=dict(handoff_loss=0.9, never_pay=0.3)).stack([say("formed_body")])
    back = {Stage.LOST: 0, Stage.SHELVED: 0}
    for _ in range(56):
        c = w.cases
        gone = {int(k): Stage(s) for k, s in zip(c.key, c.stage, strict=True) if s in back}
        log = len(w.log.arrays()["day"])
        w.step()
        new = {f: v[log:] for f, v in w.log.arrays().items()}
        joined = {
            tuple(x)
            for x in zip(*(new[f][new["activity"] == Activity.JOINED].tolist() for f in
                           ("world", "kind", "bearer", "ordinal")), strict=True)
        }  # fmt: skip
        c = w.cases
        for row in range(len(c)):
            stage = gone.get(int(c.key[row]))
            name = tuple(int(getattr(c, f)[row]) for f in ("world", "kind", "bearer", "ordinal"))
            if stage is None or name not in joined:
                continue
            handed_on = c.handled[row] == w.day - 1  # taken up on the same day, and perhaps lost or shelved again
            assert c.stage[row] == Stage.WAITING or handed_on
            back[stage] += 1
    assert min(back.values()) > 5, back
