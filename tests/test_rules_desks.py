"""Desks are queues: who is served, in which order, and at the cost of which minutes."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from sim.cases import Kind, Stage
from sim.worlds import Worlds
from tests.helpers import BUSY, around, burnt_in, lived, recipe, say, total

QUEUED = (Stage.WAITING, Stage.APPROVAL)
WEEK = 7


def minutes(w: Worlds, row: int) -> int:
    """Return what the next step of a queued case takes, worked out from its fields and the parameters alone."""
    c, k, layout = w.cases, int(w.cases.world[row]), w.layout
    if c.kind[row] == Kind.NEIGHBOUR:
        hours = w.p.mediation_hours[k, 0]
    else:
        compound = layout.up("building", "compound")[c.bearer[row]]
        at_community = c.desk[row] >= 2 * layout.sizes["compound"]
        if at_community and w.body[k, compound] > 0 and not c.drafted[row]:
            hours = w.p.triage_hours[k, 0]
        else:
            hours = (w.p.sitting_hours if c.drafted[row] else w.p.proposal_hours)[k, 0]
    return int(np.rint(60 * hours))


class Queues:
    """Every desk's queue in plain Python, one world and one desk at a time."""

    def __init__(self) -> None:
        self.served: set[int] = set()
        self.handed: dict[int, int] = {}
        self.steps = self.left_over = self.carried = 0

    def before(self, w: Worlds) -> None:
        """Work out which cases must be served today, and what each desk keeps."""
        c = w.cases
        self.touched = {r: (int(c.sittings[r]), int(c.handoffs[r])) for r in range(len(c))}
        queues = defaultdict(list)
        for r in range(len(c)):
            if Stage(c.stage[r]) in QUEUED and c.ready[r] <= w.day:
                queues[int(c.world[r]), int(c.desk[r])].append(r)
        self.served = set()
        self.balance = np.zeros_like(w.balance)
        for (k, desk), queue in queues.items():
            in_hand = int(w.balance[k, desk] + w.desk_minutes[k, desk])
            queue.sort(key=lambda r: (-int(c.severity[r]), int(c.opened[r]), r))
            while queue and minutes(w, queue[0]) * WEEK <= in_hand:
                in_hand -= minutes(w, queue[0]) * WEEK
                self.served.add(queue.pop(0))
            self.balance[k, desk] = in_hand if queue else 0
            self.left_over += bool(queue)
            self.carried += bool(queue) and in_hand > 0

    def after(self, w: Worlds) -> None:
        """Compare with what the desks did."""
        c = w.cases
        touched = {r for r, old in self.touched.items() if (int(c.sittings[r]), int(c.handoffs[r])) != old}
        assert touched == self.served
        assert np.array_equal(w.balance, self.balance)
        self.steps += len(touched)


@pytest.mark.parametrize("hours", [1.0, 4.0])
def test_desks_serve_as_a_plain_queue_does(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    """The most severe first, then the oldest, then the first booked; never beyond the minutes; day by day."""
    queues = Queues()
    around(monkeypatch, "handling.handle", queues.before, queues.after)
    # two severities that cross: quarrels above and below leaks
    severity = dict(quarrel_severity=0.8 if hours > 2 else 0.5, leak_severity=0.7)
    busy = dict(community_hours=hours, any_desk=2.0, b_wait=0.0, **severity)
    w = Worlds(recipe(replications=(2, 3, 5), burn_in=42, fixed=busy))
    w.run(0)
    # no body is formed here: where one is, what waited at the community keeps the cost it was booked with
    lived(w, 42, say(), say("yijiantiao"), say("yijiantiao", "yijiantiao.coordination=off"))
    assert queues.steps > 60
    assert queues.left_over > 100
    assert queues.carried > 100


def test_minutes_that_nobody_needs_are_not_saved() -> None:
    """A desk without a queue has nothing in hand the next morning, however long it has been idle."""
    w = burnt_in(replications=(0,), burn_in=60, fixed=dict(any_desk=-50.0))
    assert not np.any(w.balance)
    assert total(w, "claimed") == 0


def test_a_desk_without_hours_serves_nobody() -> None:
    """Without a minute no case moves, and the posted wait is the longest there is."""
    w = burnt_in(fixed=dict(community_hours=0.0, committee_share=0.0, management_share=0.0, b_wait=0.0))
    assert np.all(total(w, "opened") > 0)
    assert not np.any(total(w, "minutes_community"))
    assert not np.any(w.cases.sittings) and not np.any(w.cases.handoffs)
    assert np.all(w.wait_days == 999.0)


def test_posted_waits_grow_with_the_queue_and_shrink_with_hours() -> None:
    """More work in the queue, a longer wait; no work, the time of one step."""
    few, many = (burnt_in(fixed=dict(community_hours=h, committee_share=0.0, management_share=0.0)) for h in (8.0, 0.5))
    community = 2 * few.layout.sizes["compound"]
    assert np.all(few.wait_days[:, community:] < many.wait_days[:, community:])
    idle = burnt_in(burn_in=0)
    at_once = idle.p.sitting_hours * 60 * WEEK / idle.desk_minutes[:, community:]
    assert np.allclose(idle.wait_days[:, community:], np.minimum(at_once, 999.0), rtol=1e-12)


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
    """A case in transit is in nobody's queue until its days are over, and then it is."""
    busy = dict(BUSY, handoff_days=4, handoff_loss=0.0, most_sessions=1)
    w = burnt_in(replications=range(4), burn_in=0, prior_draws=False, fixed=busy)
    since: dict[tuple[int, ...], int] = {}
    taken: list[int] = []
    for _ in range(70):
        w.step()
        c = w.cases
        stage = {
            tuple(int(getattr(c, f)[r]) for f in ("world", "kind", "bearer", "ordinal")): int(c.stage[r])
            for r in range(len(c))
        }
        arrived = [k for k in since if stage.get(k, Stage.WITHDRAWN) < Stage.SETTLED and stage[k] != Stage.TRANSIT]
        taken += [w.day - since[k] for k in arrived]
        since = {k: since.get(k, w.day) for k, s in stage.items() if s == Stage.TRANSIT}
    assert len(taken) > 5
    assert set(taken) == {4}
