"""Desks are queues: who is served, in which order, and at the cost of which minutes."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import numpy as np
import pytest

from sim.cases import Kind, Stage, State
from sim.places.compound import BODY, BRANCH, CENTRE, COMMUNITY, COMPANY, KINDS, STAFFED
from sim.rules import contracts
from sim.rules.desks import kinds
from sim.rules.trust import DESKS
from sim.worlds import Worlds
from tests.helpers import BUSY, around, burnt_in, desk_rows, lived, recipe, say, total

QUEUED = (Stage.WAITING, Stage.APPROVAL)
WEEK = 7


def minutes(w: Worlds, row: int) -> int:
    """Return what the next step of a queued case takes, worked out from its fields and the parameters alone."""
    c, k = w.cases, int(w.cases.world[row])
    compound, level = c.compound[row], kinds(w)[c.desk[row]]
    company, body = w.contract[k, compound] != contracts.NONE, w.body[k, compound] > 0
    if c.kind[row] >= Kind.NUISANCE:
        step = "fee" if c.kind[row] == Kind.FEE else "mediation"
    elif c.minor[row]:
        mender = COMPANY if company and not c.refused[row] else COMMUNITY
        step = "minor" if level == mender else "triage"
    elif level == COMPANY or (level == COMMUNITY and body and not c.drafted[row]):
        step = "triage"
    else:
        step = "sitting" if c.drafted[row] else "proposal"
    return int(np.rint(60 * getattr(w.p, step + "_hours")[k, 0]))


class Queues:
    """Every desk's queue in plain Python, one world and one desk at a time."""

    def __init__(self) -> None:
        self.served: set[int] = set()
        self.at: dict[int, int] = {}
        self.kinds: set[int] = set()
        self.levels: set[int] = set()
        self.steps = self.left_over = self.carried = 0

    def before(self, w: Worlds) -> None:
        """Work out which cases must be served today, and what each desk keeps."""
        c = w.cases
        self.touched = {r: (int(c.sittings[r]), int(c.handled[r])) for r in range(len(c))}
        queues = defaultdict(list)
        for r in range(len(c)):
            if Stage(c.stage[r]) in QUEUED and c.ready[r] <= w.day:
                queues[int(c.world[r]), int(c.desk[r])].append(r)
                self.at[r] = int(c.desk[r])
        self.served = set()
        self.balance = np.zeros_like(w.balance)
        for (k, desk), queue in queues.items():
            in_hand = int(w.balance[k, desk] + w.desk_minutes[k, desk])
            queue.sort(key=lambda r: (-int(c.urgency[r]), int(c.opened[r]), r))
            while queue and minutes(w, queue[0]) * WEEK <= in_hand:
                in_hand -= minutes(w, queue[0]) * WEEK
                self.served.add(queue.pop(0))
            self.balance[k, desk] = in_hand if queue else 0
            self.left_over += bool(queue)
            self.carried += bool(queue) and in_hand > 0

    def after(self, w: Worlds) -> None:
        """Compare with what the desks did."""
        c = w.cases
        touched = {r for r, old in self.touched.items() if (int(c.sittings[r]), int(c.handled[r])) != old}
        assert touched == self.served
        self.kinds |= set(c.kind[list(touched)].tolist())
        self.levels |= {int(kinds(w)[self.at[r]]) for r in touched}
        assert np.array_equal(w.balance, self.balance)
        self.steps += len(touched)


@pytest.mark.parametrize("hours", [1.0, 4.0])
def test_desks_serve_as_a_plain_queue_does(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    """The most urgent first, then the oldest, then the first booked; never beyond the minutes; day by day."""
    queues = Queues()
    around(monkeypatch, "handling.handle", queues.before, queues.after)
    # two severities that cross: quarrels above and below leaking roofs
    severity = dict(quarrel_severity=0.8 if hours > 2 else 0.5, roof_severity=0.7, works_severity=0.7)
    scarce = dict(community_hours=hours, repairer_hours=8 * hours, centre_hours=200.0, proposal_hours=6.0)
    upward = dict(most_sessions=1, gap_mean=2.0, works_rate=10.0, pests_rate=10.0)
    # companies neither come nor go, for what waits keeps the cost it was booked with until the end of the week
    lasting = dict(exit_quarters=10**6, substitute=0.0, claim_rate=10.0)
    busy = dict(any_desk=2.0, b_wait=0.0, **scarce, **severity, **upward, **lasting)
    w = Worlds(recipe(replications=(2, 3, 5), burn_in=42, fixed=busy))
    w.run(0)
    # no body is formed here: where one is, what waited at the community keeps the cost it was booked with
    # a secretary of the usual hours is mostly at practices; one of 8 is at the desk too
    two = say("yijiantiao", "yijiantiao.coordination=off", "yijiantiao.hours=8", "yijiantiao.onsite_visits=off")
    lived(w, 42, say(), say("yijiantiao"), two)
    assert queues.steps > 60
    assert queues.left_over > 100
    assert queues.carried > 100
    assert queues.kinds == set(map(int, KINDS))
    assert queues.levels == {COMPANY, BODY, BRANCH, COMMUNITY, CENTRE}


def test_cases_that_the_connected_open_are_more_urgent() -> None:
    """Urgency is severity, more by the edge if people close to cadres open the case, 1 at most; never about fees."""
    edge = dict(connected_share=0.25, connected_edge=0.3, claim_rate=20.0)
    w = burnt_in(replications=range(4), fixed=BUSY | edge).stack([say()])
    seen: dict[tuple[bool, bool], int] = defaultdict(int)
    for _ in range(56):
        w.step()
        c, g = w.cases, w.grievances
        for row in np.flatnonzero(c.opened == w.day - 1):
            opener = np.flatnonzero((g.case == row) & (g.state == State.OPEN))
            if len(opener) != 1:
                continue  # settled on the same day
            connected = bool(w.connected[c.world[row], g.household[opener[0]]])
            fee = bool(c.kind[row] == Kind.FEE)
            more = 300 if connected and not fee else 0
            assert c.urgency[row] == min(c.severity[row] + more, 1000)
            seen[connected, fee] += 1
    assert len(seen) == 4 and min(seen.values()) > 5, seen


def test_minutes_that_nobody_needs_are_not_saved() -> None:
    """A desk without a queue has nothing in hand the next morning, however long it has been idle."""
    w = burnt_in(replications=(0,), burn_in=60, fixed=dict(any_desk=-50.0))
    assert not np.any(w.balance)
    assert total(w, "claimed") == 0


def test_a_desk_without_hours_serves_nobody() -> None:
    """Without a minute no case moves, and the posted wait is the longest there is."""
    nobody = dict(repairer_hours=0.0, committee_share=0.0, management_share=0.0)
    w = burnt_in(fixed=dict(nobody, community_hours=0.0, centre_hours=0.0, b_wait=0.0))
    assert np.all(total(w, "opened") > 0)
    assert not any(np.any(total(w, f"minutes_{DESKS[desk]}")) for desk in STAFFED)
    assert not np.any(w.cases.sittings) and not np.any(w.cases.handoffs)
    assert np.all(w.cases.handled < w.cases.opened)
    assert np.all(w.wait_days == 999.0)


def test_posted_waits_grow_with_the_queue_and_shrink_with_hours() -> None:
    """More work in the queue, a longer wait; no work, the time of one step."""
    alone = dict(committee_share=0.0, management_share=0.0, b_wait=0.0)
    few, many = (burnt_in(fixed=dict(alone, community_hours=h, repairer_hours=5 * h)) for h in (8.0, 0.5))
    served = few.contract != contracts.NONE
    for kind, there in ((COMMUNITY, True), (COMPANY, served)):
        rows = desk_rows(few, kind)
        longer = few.wait_days[:, rows] < many.wait_days[:, rows]
        assert np.any(longer[np.broadcast_to(there, longer.shape)])
        assert np.all(longer | ~np.broadcast_to(there, longer.shape))
    idle = burnt_in(burn_in=0)
    at_once = idle.p.sitting_hours * 60 * WEEK / np.maximum(idle.desk_minutes, 1e-9)
    assert np.any(idle.desk_minutes == 0)
    assert np.allclose(idle.wait_days, np.minimum(at_once, 999.0), rtol=1e-12)


def test_a_hand_off_loses_its_share() -> None:
    """The share of cases lost on the way is the probability declared; in a ledger that loses none, hardly any."""
    w = burnt_in(
        replications=range(16), prior_draws=False, fixed=dict(BUSY, handoff_loss=0.3, most_sessions=1, gap_mean=3.0)
    )
    n = total(w, "handed_off").sum()
    assert n > 60
    assert abs(total(w, "lost").sum() / n - 0.3) < 4 * np.sqrt(0.3 * 0.7 / n)
    ledger = lived(w, 70, say("formed_body", "yijiantiao", "yijiantiao.ledger_loss=0", "yijiantiao.ledger_hours=1"))
    booked = total(ledger, "minutes_ledger").sum()
    assert booked > 0
    assert total(ledger, "lost").sum() < 0.05 * total(ledger, "handed_off").sum()


def test_transit_takes_the_days_declared() -> None:
    """A case in transit is in nobody's queue until its days are over, and then it is; so is a call to the hotline."""
    busy = dict(BUSY, handoff_days=6, hotline_days=3, handoff_loss=0.0, most_sessions=1)
    w = burnt_in(replications=range(4), burn_in=0, prior_draws=False, fixed=busy)
    since: dict[tuple[int, ...], int] = {}
    taken: dict[bool, list[int]] = {True: [], False: []}
    for _ in range(70):
        w.step()
        c = w.cases
        fields = ("world", "kind", "bearer", "ordinal", "handoffs")
        on_the_way = [
            tuple(int(getattr(c, f)[r]) for f in fields) for r in np.flatnonzero(c.stage == Stage.TRANSIT).tolist()
        ]
        gone = {k for k in since if k not in on_the_way}
        ended = {tuple(map(int, key)) for key in zip(*(getattr(w.ended, f) for f in fields[:4]), strict=True)}
        for k in gone:
            if k[:4] not in ended:  # works nearby may end while their case is on the way
                taken[k[4] > 0].append(w.day - since[k])
        since = {k: since.get(k, w.day) for k in on_the_way}
    assert len(taken[True]) > 20 and len(taken[False]) > 20
    assert set(taken[True]) == {6}
    assert set(taken[False]) == {3}


def test_hours_are_those_of_people_per_flat() -> None:
    """A week's minutes: repairer by effort and flats, community and centre by the flats under them."""
    w = burnt_in(burn_in=0, structure=dict(compounds=7, communities_per_centre=2))
    flats = {entity: w.layout.count(entity, "household") for entity in ("compound", "community", "centre")}
    effort = np.where(w.contract == contracts.NONE, 0.0, 0.7)
    assert np.array_equal(
        w.desk_minutes[:, desk_rows(w, COMPANY)], np.rint(w.p.repairer_hours * 60 * effort * flats["compound"] / 300)
    )
    community, centre = (w.desk_minutes[:, desk_rows(w, kind)] for kind in (COMMUNITY, CENTRE))
    assert np.array_equal(community, np.rint(w.p.community_hours * 60 * flats["community"] / 300))
    assert np.array_equal(centre, np.rint(w.p.centre_hours * 60 * flats["centre"] / 20000))
    assert (community.shape[1], centre.shape[1]) == (4, 2)


def test_every_defect_comes_to_the_desk_that_it_belongs_to() -> None:
    """What the company owes it mends; other minor defects the community; dear ones body, or community without one."""
    # companies neither come nor go, and concede nothing; who is in loss refuses
    lasting = dict(exit_quarters=10**6, substitute=0.0)
    w = burnt_in(replications=range(6), fixed=BUSY | lasting).stack([say(), say("formed_body")])
    seen = set()
    for _ in range(91):
        w.step()
        c = w.cases
        begun = (c.stage == Stage.WORKS) & (c.started == w.day - 1)
        for row in np.flatnonzero(begun):
            k, compound = c.world[row], c.compound[row]
            company, body = w.contract[k, compound] != contracts.NONE, w.body[k, compound] > 0
            level, refused = kinds(w)[c.desk[row]], bool(c.refused[row])
            assert company or not refused
            assert level == kinds(w)[c.organiser[row]] or c.minor[row]
            if c.minor[row]:
                assert level == (COMPANY if company and not refused else COMMUNITY)
            else:
                assert level in ((BODY, COMMUNITY) if body else (COMMUNITY,))  # a body may be younger than the draft
            seen.add((bool(c.minor[row]), bool(company), bool(body), refused))
    assert {x[:3] for x in seen} == set(product((False, True), repeat=3))
    assert {x[0] for x in seen if x[3]} == {True}  # only what is minor is refused
    ended = w.ended
    mended = kinds(w)[ended.desk[(ended.kind < Kind.NUISANCE) & (ended.stage == Stage.SETTLED)]]
    assert set(mended.tolist()) == {COMPANY, BODY, COMMUNITY}
