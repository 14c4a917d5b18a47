"""Inequality: known answers, and what each household suffers against the daily record and against the table."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import outcomes, settlements
from sim.cases import Kind
from sim.outcomes import inequality, villages
from sim.outcomes.inequality import MILLION, gini, theil, top
from sim.rules import suffering
from sim.rules.beliefs import LARGE
from sim.schedule import rules_of
from sim.worlds import Worlds
from tests import county, helpers
from tests.helpers import burnt_in, scenarios

Ints = NDArray[np.int64]

DRAWN = np.random.default_rng(7)
SKEWED = np.floor(np.where(DRAWN.random(2000) < 0.6, 0, DRAWN.lognormal(9, 1.5, 2000))).astype(np.int64)
"""Two thousand households, of which six in ten have nothing and a few have very much."""

OF_PEOPLE = DRAWN.integers(0, 7, 2000)
"""In which of seven settlements each lives."""


# -- the measures ---------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [1, 2, 7, 1000])
def test_all_have_the_same(people: int) -> None:
    same = np.full(people, 333, dtype=np.int64)
    assert gini(same) == theil(same) == 0
    assert gini(np.zeros_like(same)) == theil(np.zeros_like(same)) == 0


@pytest.mark.parametrize("people", [2, 7, 1000])
def test_one_has_all(people: int) -> None:
    alone = np.zeros(people, dtype=np.int64)
    alone[people // 2] = 12345
    assert gini(alone) == MILLION * (people - 1) // people
    assert theil(alone) == pytest.approx(MILLION * math.log(people), abs=0.5)
    assert top(alone) == 12345


def test_by_hand() -> None:
    # Of 1, 2 and 5: mean difference of two drawn with replacement (2 (1 + 3 + 4)) / 9 = 16/9, over twice the mean 8/3.
    amounts = np.array([2, 5, 1])
    assert gini(amounts) == MILLION * (16 * 3) // (9 * 2 * 8)
    shares = [amount / 8 for amount in (1, 2, 5)]
    assert theil(amounts) == round(MILLION * sum(s * math.log(3 * s) for s in shares))
    assert [top(np.arange(21), 10), top(np.arange(20), 10), top(np.arange(3), 10)] == [20 + 19 + 18, 19 + 18, 2]


def test_as_a_formula_says() -> None:
    """Against the definitions, pair by pair and term by term, in floating-point numbers."""
    few = SKEWED[:400].astype(np.float64)
    difference = np.abs(few[:, None] - few[None, :]).mean()
    assert gini(SKEWED[:400]) / MILLION == pytest.approx(difference / (2 * few.mean()), abs=1e-6)
    relative = SKEWED[SKEWED > 0] / SKEWED.mean()
    said = float((relative * np.log(relative)).sum() / len(SKEWED))
    assert theil(SKEWED) / MILLION == pytest.approx(said, abs=1e-6) and said > 1


def test_it_matters_not_who_stands_where_nor_in_what_one_measures() -> None:
    mixed = DRAWN.permutation(SKEWED)
    assert (gini(mixed), theil(mixed), top(mixed)) == (gini(SKEWED), theil(SKEWED), top(SKEWED))
    assert (gini(1000 * SKEWED), theil(1000 * SKEWED)) == (gini(SKEWED), theil(SKEWED))
    assert theil(SKEWED, np.full(2000, 3)) == theil(np.repeat(SKEWED, 3))  # three who have a third each


def test_to_give_to_who_has_less_makes_it_more_equal() -> None:
    rich, poor = int(SKEWED.argmax()), int(np.flatnonzero(SKEWED > 0)[0])
    given = SKEWED.copy()
    given[[rich, poor]] += np.array([-50_000, 50_000])
    assert given[poor] < given[rich] and gini(given) < gini(SKEWED) and theil(given) < theil(SKEWED)


def test_within_and_between_add_up() -> None:
    planted = SKEWED * (1 + OF_PEOPLE) ** 2  # so that settlements differ
    people = np.bincount(OF_PEOPLE)
    together = np.array([planted[k == OF_PEOPLE].sum() for k in range(7)])
    within = sum(share * theil(planted[k == OF_PEOPLE]) for k, share in enumerate(together / planted.sum()))
    between = theil(together, people)
    assert within + between == pytest.approx(theil(planted), abs=2)
    assert 0.05 < between / theil(planted) < 0.95
    assert theil(people * 17, people) == 0  # all as poor: nothing lies between
    assert theil(np.array([9, 0]), np.array([4, 4])) == pytest.approx(MILLION * math.log(2), abs=0.5)


def test_of_a_million_people_nothing_overflows() -> None:
    many = np.arange(1, MILLION + 1)  # of 1, 2, ... n it is (n - 1) / 3n and ln 2 - 1/2
    assert gini(many) == (MILLION - 1) // 3
    assert theil(many) == pytest.approx(MILLION * (math.log(2) - 0.5), abs=2)


# -- what each household suffers ------------------------------------------------------------------


def watched(w: Worlds, days: int) -> tuple[Worlds, Ints]:
    """Live so many days, and add up at the end of each from the table what every household suffers itself."""
    total = np.zeros((w.n, w.households), dtype=np.int64)
    for _ in range(days):
        w.step()
        g = w.grievances
        own = np.flatnonzero(g.aching & (g.kind != Kind.FEE))
        np.add.at(total, (g.world[own], g.household[own]), g.severity[own])
    return w, total


def in_all(w: Worlds) -> Ints:
    """Return what the daily record has of people's own suffering."""
    days = dict(zip(w.series, w.record.sum(axis=0).T, strict=True))
    return days["unresolved"] - days.get("unresolved_fee", 0)


@pytest.fixture(scope="module", params=["compound", "village", "pasture", "county"])
def lived(request: pytest.FixtureRequest) -> tuple[Worlds, Ints]:
    w = county.burnt_in(request.param)
    assert w.grievances.aching.any(), "nothing aches before day 0: the hardest part is not tested"
    names = ("none", "merged") if request.param == "compound" else ("none",)
    return watched(w.stack(scenarios(*names)), 203)


def test_households_bear_what_the_record_has(lived: tuple[Worlds, Ints]) -> None:
    """To the last thousandth, day by day and in all; what ached before day 0 counts from there on."""
    w, total = lived
    borne = suffering.borne(w)
    assert np.array_equal(borne, total)
    assert np.array_equal(borne.sum(axis=1), in_all(w)) and in_all(w).all()


def test_outcomes_are_those_of_households_that_live_there(lived: tuple[Worlds, Ints]) -> None:
    w, total = lived
    n = outcomes.counts(outcomes.recorded(w))
    got = outcomes.quotients(n, w.recipe.place)
    there = settlements.inhabited(w)
    seasonal = n.get("unresolved_seasonal_thousandths", 0)
    if w.recipe.place == "county":  # there who stays for a season is not added up apart
        seasonal = np.where(there, 0, total).sum(axis=1)
    assert np.array_equal(n["borne_thousandths"], in_all(w) - seasonal)
    assert np.array_equal(there.sum(axis=1), n["households"])
    for k in range(w.n):
        own = np.sort(total[k, there[k]])[::-1]
        tenth = own[: math.ceil(len(own) / 10)].sum()
        assert got["suffering_top_tenth"][k] == pytest.approx(tenth / own.sum())
        assert got["suffering_none"][k] == pytest.approx((own == 0).mean())
        assert got["suffering_gini"][k] >= got["suffering_none"][k]
        assert got["suffering_theil"][k] < math.log(len(own)) and 0 < got["suffering_between"][k] < 1


def test_settlements_are_told_apart(lived: tuple[Worlds, Ints]) -> None:
    """Every household that is there all year lives in the compound, village or sumu that the layout says."""
    w, _ = lived
    home, layout = settlements.homes(w), w.layout
    rows = np.flatnonzero(settlements.inhabited(w).any(axis=0))
    units = sum(layout.sizes.get(unit, 0) for unit in ("compound", "village", "sumu"))
    assert len(np.unique(home[rows])) == units > 1
    if w.recipe.place == "compound":
        assert np.array_equal(home[rows], layout.up("household", "compound")[rows])
    if w.recipe.place == "pasture":
        assert np.array_equal(home[rows], layout.up("household", "sumu")[rows])


def test_one_sumu_has_nothing_between() -> None:
    w = county.burnt_in("pasture", burn_in=7, shape=dict(sumus=1))
    w.run(70)
    got = outcomes.quotients(outcomes.counts(outcomes.recorded(w)), "pasture")
    assert np.isnan(got["suffering_between"]).all() and (got["suffering_gini"] > 0).all()


def test_what_companies_claim_is_not_peoples_suffering() -> None:
    w = helpers.lived(burnt_in(fixed=dict(claim_rate=10.0, no_company=0.0)), 91, *scenarios("none"))
    n = outcomes.counts(outcomes.recorded(w))
    assert n["unresolved_fee_thousandths"].all()
    assert np.array_equal(n["borne_thousandths"] + n["unresolved_fee_thousandths"], n["unresolved_thousandths"])
    vacant = ~settlements.inhabited(w)
    assert vacant.any() and not suffering.borne(w)[vacant].any()


def test_looking_changes_nothing() -> None:
    w = burnt_in()
    before: dict[str, Any] = {"borne": w.borne.copy(), "aching": w.grievances.aching.copy()}
    inequality.at_the_end(w)
    assert np.array_equal(before["borne"], w.borne) and np.array_equal(before["aching"], w.grievances.aching)


def test_households_with_large_flocks_are_counted_apart() -> None:
    w, total = watched(county.burnt_in("village").stack(scenarios("none")), 203)
    n = outcomes.counts(outcomes.recorded(w))
    large = w.flock_wish >= LARGE
    assert np.array_equal(n["households_large"], large.sum(axis=1))
    own = total[:, w.layout.traits["yard_household"]]
    assert np.array_equal(n["unresolved_large_thousandths"], np.where(large, own, 0).sum(axis=1))
    got = outcomes.quotients(n, "village")
    for name, those in (("large", large), ("small", ~large)):
        said = np.where(those, own, 0).sum(axis=1) / those.sum(axis=1) * 365 / 203
        np.testing.assert_allclose(got[f"unresolved_{name}"], said)
        np.testing.assert_allclose(got[f"adopted_{name}"], (w.adopted & those).sum(axis=1) / those.sum(axis=1))
    assert np.array_equal(w.stock["keeping_large"], (w.keeps & large).sum(axis=1)) and (w.keeps & large).any()


def test_the_table_by_flock_size_by_hand() -> None:
    n = dict.fromkeys(outcomes.names_of_counts("village", []), np.zeros(1, dtype=np.int64))
    flows = (flow for rule in rules_of("village") for flow in (*rule.flows, *rule.stocks))
    n |= dict.fromkeys((villages.STOCKS.get(flow, flow) for flow in flows), np.zeros(1, dtype=np.int64))
    counted = dict(
        households=100, yards_large=20, adopted_yards=35, adopted_large_yards=15, batches=40, batches_large=25,
        batches_contract=12, batches_contract_large=10, batches_sold=30, batches_sold_large=20, batches_lost=13,
        batches_lost_large=8, gave_up=4, stopped=3, left_in_anger=2, left_large=6, keeping_days=36_500,
        keeping_days_large=7300,
    )  # fmt: skip
    got = villages.quotients(n | {name: np.array([count]) for name, count in counted.items()})
    said = dict(
        adopted=(20 / 80, 15 / 20), contract_share=(2 / 15, 10 / 25), lost_batches=(5 / 10, 8 / 20),
        left_trade=(3 / 80, 6 / 20),
    )  # fmt: skip
    for name, values in said.items():
        assert [got[f"{name}_{size}"][0] for size in ("small", "large")] == pytest.approx(list(values)), name
