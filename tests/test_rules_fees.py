"""Who pays the property fee, and what it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import exact, schedule, worlds
from sim.rules import fees
from sim.worlds import Recipe, Worlds

ALIKE = dict(compounds=4, households=500, size_spread=0.0, portfolio_mean=1.0)


@pytest.fixture(autouse=True)
def only_fees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Live only the collection of fees; service stays as it is."""
    monkeypatch.setattr(worlds, "SCHEDULE", tuple(p for p in schedule.SCHEDULE if p.name == "fees.collect"))


def found(**fixed: Any) -> Worlds:
    return Worlds(Recipe("compound", ALIKE, dict(no_company=0.0) | fixed, replications=(0, 1, 2), prior_draws=False))


def test_a_bill_is_a_quarters_fee_for_the_area() -> None:
    """3 months of 1.5 yuan for each of about 80 m2, unequal flats; with equal ones 360 yuan for all."""
    w = found(fee=1.5)
    assert np.allclose(fees.bills(w), 4.5 * w.area, atol=0.5)
    assert w.area.mean() / 100 == pytest.approx(80, rel=0.01)
    assert np.std(np.log(w.area)) == pytest.approx(0.25, rel=0.05)
    assert set(np.unique(fees.bills(found(fee=1.5, area_spread=0.0))).tolist()) == {36_000}


def test_payers_settle_where_the_supported_share_is_their_own() -> None:
    """With service as it is, the share of payers ends at a fixed point of who would pay given who pays."""
    for satisfied in (0.2, 0.55, 0.9):
        w = found()
        w.satisfaction[...] = satisfied
        w.run(40 * 91)
        share = fees.paying(w)
        supported = fees.supported(w, w.satisfaction, share)[:, w.layout.up("household", "compound")]
        assert np.mean(w.pays != (w.fee_type < supported)) < 0.005
        assert share.mean() == pytest.approx({0.2: 0.33, 0.55: 0.79, 0.9: 0.91}[satisfied], abs=0.04)


def test_nobody_pays_beyond_floor_and_span() -> None:
    """Some pay whatever the service is, some never do."""
    w = found(fee_floor=0.2, fee_span=0.5)
    w.satisfaction[...] = -9.0
    w.run(40 * 91)
    assert np.array_equal(w.pays, w.fee_type < 0.2)
    w.satisfaction[...] = 9.0
    w.run(80 * 91)
    assert np.all(w.fee_type[w.pays] < 0.7)
    assert np.mean(w.pays) == pytest.approx(0.7, abs=0.02)


def test_nobody_changes_their_mind_who_never_thinks_it_over() -> None:
    w = found(fee_speed=0.0)
    before = w.pays.copy()
    w.satisfaction[...] = 0.0
    w.run(8 * 91)
    assert np.array_equal(w.pays, before)


def test_as_many_think_it_over_as_the_speed_says() -> None:
    w = found(fee_speed=0.35)
    w.satisfaction[...] = -9.0
    paid = w.pays.copy()
    w.step()
    could = paid & (w.fee_type >= 0.3)
    assert np.mean(~w.pays[could]) == pytest.approx(0.35, abs=0.03)


def test_where_there_is_no_company_nobody_is_billed() -> None:
    w = Worlds(Recipe("compound", ALIKE, dict(no_company=1.0), replications=(0,)))
    w.run(2 * 91)
    assert not (w.purse.any() or w.till.any() or w.arrears.any() or w.stock["payers"].any())


def test_who_pays_pays_all_and_who_does_not_owes_all() -> None:
    w = found(fee_speed=0.0)
    w.run(3 * 91)
    bills = 3 * fees.bills(w)
    assert np.array_equal(w.purse, np.where(w.pays, -bills, 0))
    assert np.array_equal(w.arrears, np.where(w.pays, 0, bills))
    assert np.array_equal(3 * w.collected, w.till)
    assert np.array_equal(w.till.sum(axis=1), -w.purse.sum(axis=1))


def test_logistic() -> None:
    assert exact.logistic(0.0) == 0.5
    assert np.allclose(exact.logistic(np.array([-800.0, -2.0, 2.0, 800.0])), [0, 0.11920292, 0.88079708, 1])
