"""Inspections: how many there are, what a body is informed of, and what comes of asking for the accounts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.places.compound import HOTLINE
from sim.rules import contracts
from sim.worlds import Worlds
from tests.helpers import clearly_above_zero, daily, lived, recipe, say, total

Array = NDArray[Any]

WATCHFUL = dict(
    no_company=0.2,
    substitute=0.0,
    exit_quarters=10**6,
    committee_share=0.5,
    functioning_share=0.6,
    election_rate=0.0,
    term_of_office=1000.0,
    own_inspection_hours=1.0,
    inspection_hours=1.0,
    director_hours=8.0,
    capture=False,
)
"""The same bodies and companies all along, and an hour a week for inspections of an hour."""


def found(number: int = 6, **fixed: Any) -> Worlds:
    """Found worlds at day 0."""
    return Worlds(recipe(range(number), 0, fixed=WATCHFUL | fixed, structure=dict(compounds=5)))


def test_a_body_that_functions_inspects_as_often_as_it_has_time() -> None:
    """Once a week with an hour for it, every other week with half of one, in 26 weeks; nobody else inspects at all."""
    for hours, times in ((1.0, 26), (0.5, 13)):
        w = found(own_inspection_hours=hours)
        able = (w.body > 0) & w.functioning & (w.contract != contracts.NONE)
        w.run(182)
        assert np.array_equal(total(w, "inspections"), times * able.sum(axis=1))
        assert np.array_equal(total(w, "minutes_inspections"), 60 * total(w, "inspections"))
        assert 0 < able.mean() < 1


@pytest.mark.parametrize(
    "missing",
    [
        dict(own_inspection_hours=0.0),
        dict(functioning_share=0.0),
        dict(no_company=1.0),
        dict(committee_share=0.0, management_share=0.0),
        dict(director_hours=0.0),
    ],
    ids=["time", "a body that functions", "a company", "a body", "a director's hours"],
)
def test_inspections_need(missing: dict[str, float]) -> None:
    """Without any one of these nobody inspects, nobody is informed, and nobody asks for accounts."""
    w = found(**missing)
    w.run(189)
    assert not total(w, "inspections").any()
    assert not w.informed.any() and not w.accounts_asked.any()


def test_what_was_seen_in_a_quarter_is_known_in_the_next() -> None:
    """On the quarter day the quarter's inspections become what the body is informed of; whoever inspected asks."""
    w = found()
    seen = np.zeros(w.informed.shape, dtype=int)
    asked = 0
    for _ in range(280):
        inspected, informed = w.inspected.copy(), w.informed.copy()
        w.step()
        if (w.day - 1) % 91:
            assert np.array_equal(w.informed, informed)
            seen += w.inspected - inspected
            continue
        # those of the day itself are counted too
        body = (w.inspections_balance // 7 < 60) & (w.informed > seen)
        assert np.all((w.informed == seen) | (body & (w.informed == seen + 1)))
        assert np.array_equal(w.accounts_asked, w.informed > 0)
        assert not w.inspected.any()
        asked += np.count_nonzero(w.accounts_asked)
        seen[...] = 0
    assert asked > 20


def test_who_asks_for_the_accounts_gets_the_public_income() -> None:
    """The company then keeps nothing of the next quarter's income, else its share; the owners have the rest."""
    w = found(public_income=60.0, kept_share=0.5)
    for _ in range(3):
        asked = w.accounts_asked.copy()
        public = w.public.copy()
        first = len(w.record)
        w.run(w.day + -w.day % 91 + 1)  # the evening of a quarter day
        served = w.contract != contracts.NONE
        raised = served | (w.body > 0)
        income = np.where(raised, 1500 * w.layout.count("compound", "household"), 0)
        kept = np.where(served & ~asked, np.rint(0.5 * income), 0).astype(np.int64)
        assert np.array_equal(w.record[first:, :, w.series.index("kept_fen")].sum(axis=0), kept.sum(axis=1))
        spent = w.record[first:, :, w.series.index("minor_public_fen")].sum(axis=0)
        held = w.record[first:, :, w.series.index("paid_public_fen")].sum(axis=0)
        escrow = np.bincount(w.cases.world, weights=w.cases.from_public, minlength=w.n)
        assert np.all((w.public - public - income + kept).sum(axis=1) >= -(spent + held + escrow))
    assert asked.any() and not asked.all()


def test_more_inspections_more_public_income() -> None:
    """Bodies with time to inspect have more come to the owners than the same bodies without."""
    income = [total(lived(found(24, own_inspection_hours=h), 280), "public_fen") for h in (0.0, 1.0)]
    assert clearly_above_zero(income[1] - income[0])


def test_calls_to_the_hotline_inform_only_where_body_and_branch_share_what_they_know() -> None:
    """With monitoring a body is informed of each call by the declared weight, half of it with half of the hours."""
    calls = dict(trust_hotline=0.95, any_desk=1.0, b_wait=0.0, ticket_signal=0.25, own_inspection_hours=0.0)
    only = ["formed_body", "yijiantiao", "yijiantiao.channels=off", "yijiantiao.effort_kept=1", "yijiantiao.quits=0.02"]
    monitoring = [*only, "yijiantiao.monitoring=on", "yijiantiao.inspect_hours=0.1"]
    w = found(12, **calls, inspection_hours=1e6).stack(  # nobody ever gets to inspect
        [say(*only, "yijiantiao.coordination=on"), say(*monitoring), say(*monitoring, "yijiantiao.hours=2")]
    )
    n = w.n // 3
    w.run(91)
    read = w.tickets_read.copy()
    told = np.add.reduceat(daily(w, "tickets"), [1])[0]  # those of day 0 were told on day 0
    assert np.array_equal(read.sum(axis=1), told)
    day_0 = w.grievances.claimed == 0
    assert np.any(w.grievances.desk[day_0] == HOTLINE) or not np.any(daily(w, "tickets")[0])
    w.step()
    today = daily(w, "tickets")[-1]
    assert not w.informed[:n].any()
    for arm, share in ((1, 1.0), (2, 0.5)):
        rows = slice(arm * n, (arm + 1) * n)
        there = (w.body > 0)[rows] & (w.secretary >= 0)[rows]
        known = share * 0.25 * read[rows]
        assert np.all(w.informed[rows][there] >= known[there] - 1e-9)
        most = known.sum(axis=1) + share * 0.25 * today[rows]
        assert np.all(w.informed[rows].sum(axis=1) <= most + 1e-9)
        assert w.informed[rows].sum() > 20 * share
