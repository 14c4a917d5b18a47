"""Courts: what is sued over, how long it takes, and what a judgement is worth."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.cases import NEVER, Activity, Kind, Stage, State
from sim.places.compound import COURT, STAFFED
from sim.rules.desks import kinds
from sim.worlds import Worlds
from tests.helpers import (
    BUSY,
    NOTHING_BREAKS,
    around,
    burnt_in,
    clearly_above_zero,
    daily,
    difference,
    recipe,
    state,
    total,
)

Array = NDArray[Any]

FOUGHT = BUSY | dict(
    gap_mean=5.0,
    gap_sd=0.1,
    most_sessions=1,
    session_gap_days=3,
    handoff_days=2,
    handoff_loss=0.0,
    no_show=0.0,
    no_show_summoned=0.0,
    patience_days=10_000.0,
    escalation_days=100_000.0,
    court_days=60.0,
    no_company=0.0,
    exit_quarters=10**6,
    substitute=0.0,
    fee=1.2,
    claim_rate=5.0,
)
"""Nothing is settled at any desk, and nobody gives up."""


def court(number: int = 6, days: int = 364, **fixed: Any) -> Worlds:
    """Let worlds live for so many days from their founding on."""
    w = Worlds(recipe(range(number), days, fixed=FOUGHT | fixed, prior_draws=False), watch=range(number))
    w.run(0)
    return w


def events(w: Worlds, activity: Activity) -> dict[tuple[int, ...], int]:
    """Return the cases that had an activity, with its day."""
    log = w.log.arrays()
    case = zip(*(log[f].tolist() for f in ("world", "kind", "bearer", "ordinal")), strict=True)
    return {
        c: day for c, a, day in zip(case, log["activity"].tolist(), log["day"].tolist(), strict=True) if a == activity
    }


def test_only_disputes_of_two_parties_are_sued_over() -> None:
    """With everybody suing no quarrel and no fee dispute fails; works nearby have nobody to sue and fail."""
    w = court(sues=1.0)
    sued = {kind for _, kind, *_ in events(w, Activity.SUED)}
    failed = {kind for _, kind, *_ in events(w, Activity.FAILED)}
    assert sued == {Kind.NEIGHBOUR, Kind.FEE}
    assert failed == {Kind.NUISANCE}


def test_as_many_sue_as_declared() -> None:
    """Of the disputes that failed at every desk the declared share goes to court, none where nobody sues."""
    w = court(12, sues=0.3)
    sued, failed = (
        sum(kind != Kind.NUISANCE for _, kind, *_ in events(w, a)) for a in (Activity.SUED, Activity.FAILED)
    )
    n = sued + failed
    assert n > 200
    assert abs(sued / n - 0.3) < 4 * np.sqrt(0.3 * 0.7 / n)
    assert total(w, "sued").sum() == sued
    assert not total(court(sues=0.0), "sued").any()


def test_the_court_takes_its_time_and_always_judges() -> None:
    """Between 15 and 180 days, the declared median; what is judged is settled that day, and costs no desk a minute.

    Only a company whose fees have been paid meanwhile drops its suit.
    """
    w = court(12, 700, sues=1.0, court_days=60.0, court_spread=0.5)
    sued, judged = events(w, Activity.SUED), events(w, Activity.JUDGED)
    settled = events(w, Activity.SETTLED)
    last = max(sued.values())
    assert set(judged) <= set(sued)
    dropped = [case for case, day in sued.items() if day < last - 180 and case not in judged]
    assert all(case[1] == Kind.FEE and case in events(w, Activity.WITHDRAWN) for case in dropped)
    took = np.array([day - sued[case] for case, day in judged.items() if sued[case] < last - 180])
    assert len(took) > 200
    assert took.min() >= 15 and took.max() <= 180
    assert abs(np.mean(took < 60) - 0.5) < 4 * np.sqrt(0.25 / len(took)) + np.mean(took == 60)
    assert np.log(took).std() == pytest.approx(0.5, rel=0.15)
    assert all(settled[case] == day for case, day in judged.items())
    assert COURT not in STAFFED
    assert not np.any(w.desk_minutes[:, kinds(w) == COURT])


def test_while_a_case_is_in_court_nobody_reneges_and_it_goes_on_aching() -> None:
    """The claimant waits for the judgement and suffers until then."""
    w = court(4, 182, sues=1.0, court_days=120.0)
    c, g = w.cases, w.grievances
    there = np.flatnonzero(c.stage == Stage.COURT)
    assert len(there) > 20
    for row in there:
        mine = np.flatnonzero(g.case == row)
        assert len(mine) == 1
        assert g.aching[mine[0]] and g.state[mine[0]] == State.OPEN


def relapse(confirmed: float) -> tuple[int, float]:
    """Return how many settled quarrels were broken, and for how many years they stood."""
    only = dict(sues=1.0, relapse_rate=1.0, confirmed_factor=confirmed, quarrel_rate=2.0, claim_rate=0.0)
    w = court(10, 420, court_days=15.0, court_spread=0.01, **NOTHING_BREAKS, **only)
    settled = w.tally["grievances"][:, Kind.NEIGHBOUR, [State.SETTLED, State.BROKEN]].sum()
    agreed, broken = (daily(w, name).sum(axis=1).cumsum() for name in ("settled", "relapsed"))
    assert settled > 200
    return int(broken[-1]), float((agreed - broken)[:-1].sum() / 365)


def test_a_confirmed_agreement_is_broken_less_often() -> None:
    """Its hazard is the declared part of that of an agreement between parties."""
    for factor in (1.0, 0.5, 0.2):
        broken, years = relapse(factor)
        expected = factor * 1.0 * years
        assert expected > 10
        assert abs(broken - expected) < 4 * np.sqrt(expected), factor


def assert_no_difference(parameter: str, low: float, high: float, **fixed: Any) -> None:
    """Check that a parameter makes no difference, in worlds in which things are settled and nothing is sued over."""
    a, b = (burnt_in(fixed=FOUGHT | fixed | {parameter: value}) for value in (low, high))
    assert np.all(total(a, "settled") > 0) and not total(a, "sued").any()
    for k in range(a.n):
        mine, other = ({n: x for n, x in state(w, k).items() if n != f"parameter {parameter}"} for w in (a, b))
        assert difference(mine, other) == ""


def test_what_the_parties_agree_on_is_no_judgement() -> None:
    """Where all is settled at the table the factor of confirmation changes nothing at all."""
    friendly = dict(gap_mean=-5.0, sues=1.0, relapse_rate=1.0, kept_promises=0.5)
    assert_no_difference("confirmed_factor", 0.2, 1.0, **friendly)


def test_promises_to_pay_are_kept_more_often_when_confirmed() -> None:
    """Of judgements about fees the declared part of the defaults is left."""
    for factor in (1.0, 0.4):
        w = court(
            16, 500, sues=1.0, court_days=15.0, court_spread=0.01, kept_promises=0.4, confirmed_factor=factor,
            claim_rate=20.0, default_days=30, fee_joint_cost=0.0, gap_mean=50.0,
        )  # fmt: skip
        made = w.agreements.kind == Kind.FEE
        old = made & (w.agreements.settled < w.day - 31)  # whose instalments are due
        n, broken = np.count_nonzero(old), np.count_nonzero(old & (w.agreements.broken <= w.day))
        share = 0.6 * factor
        assert n > 100
        assert abs(broken / n - share) < 4 * np.sqrt(share * (1 - share) / n)


def test_who_can_sue_settles_more() -> None:
    """A court above the desks resolves what they cannot: the more sue, the fewer grievances are left to fade."""
    few, many = (total(court(24, 300, sues=s), "settled") for s in (0.05, 0.5))
    assert clearly_above_zero(many - few)


def test_without_disputes_of_two_parties_the_court_has_nothing_to_do() -> None:
    """No quarrel, no fee claimed: the chance to sue changes no bit."""
    assert_no_difference("sues", 0.0, 1.0, quarrel_rate=0.0, claim_rate=0.0)


# -- the docket -----------------------------------------------------------------------------------

ONLY_QUARRELS = dict(**NOTHING_BREAKS, claim_rate=0.0, quarrel_rate=2.0, sues=1.0, court_days=40.0, court_spread=0.0)
"""Nothing is brought to court but quarrels, which nobody drops, and each takes forty days there."""


def begun(filed: list[int], judges: int, days: int) -> list[int]:
    """Return the days on which suits begin, first come first served, so many at a time, each for so many days."""
    free, out = [-(10**9)] * judges, []
    for day in sorted(filed):
        out.append(max(day, heapq.heappop(free)))
        heapq.heappush(free, out[-1] + days)
    return out


@pytest.mark.parametrize(("per_thousand", "judges"), [(1.0, 1), (22.0, 3)])
def test_a_docket_is_a_queue_for_so_many_at_a_time(per_thousand: float, judges: int) -> None:
    """Suits are judged when a queue with as many places says so; none twice, none lost; Little's law holds."""
    days = 546
    w = court(4, days, court_docket=per_thousand, **ONLY_QUARRELS)
    log = w.log.arrays()
    assert round(per_thousand * w.households / 1000) in (judges, 0)
    waited = daily(w, "suits_waiting")
    for k in range(w.n):
        here = log["world"] == k
        filed, judged = (
            sorted(log["day"][here & (log["activity"] == what)].tolist()) for what in (Activity.SUED, Activity.JUDGED)
        )
        begins = begun(filed, judges, 40)
        assert judged == [day + 40 for day in begins if day + 40 < w.day]
        assert len(filed) - len(judged) == np.count_nonzero((w.cases.world == k) & (w.cases.stage == Stage.COURT))
        assert waited[:, k].sum() == sum(min(b, w.day) - a for a, b in zip(filed, begins, strict=True))
        assert len(judged) > 10 and waited[:, k].max() > 2
    cases = [tuple(x) for x in np.array([log[f] for f in ("world", "kind", "bearer", "ordinal")]).T.tolist()]
    ends = [case for case, activity in zip(cases, log["activity"].tolist(), strict=True) if activity == Activity.JUDGED]
    assert len(ends) == len(set(ends))


def test_never_more_are_under_way_and_the_first_filed_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several filed on one day, quarrels and fees alike, the keys decide."""
    left_behind = 0

    def before(w: Worlds) -> None:
        c = w.cases
        assert np.all(c.handled[c.stage == Stage.COURT] <= w.day)

    def after(w: Worlds) -> None:
        nonlocal left_behind
        c = w.cases
        there = c.stage == Stage.COURT
        waits = there & (c.ready == NEVER)
        for k in range(w.n):
            here = there & (c.world == k)
            assert np.count_nonzero(here & ~waits) <= 2
            if np.any(here & waits):
                assert np.count_nonzero(here & ~waits) == 2
                left = [(int(c.handled[r]), int(c.key[r])) for r in np.flatnonzero(here & waits)]
                begins = [(int(c.handled[r]), int(c.key[r])) for r in np.flatnonzero(here & ~waits)]
                assert max(begins) < min(left)
                left_behind += len(left)
        assert w.stock["suits_waiting"].sum() == np.count_nonzero(waits)

    around(monkeypatch, "bargaining.judge", before, after)
    w = court(3, 280, court_docket=16.0, sues=1.0, court_days=30.0)
    assert left_behind > 100 and {Kind.NEIGHBOUR, Kind.FEE} <= set(w.cases.kind[w.cases.stage == Stage.COURT].tolist())


def test_a_shorter_docket_leaves_more_unsettled() -> None:
    """The court is the last that settles what desks cannot; where it can hear fewer, more goes on."""
    few, many = (total(court(12, 364, sues=1.0, court_docket=d), "settled") for d in (1.0, 1e6))
    assert clearly_above_zero(many - few)
