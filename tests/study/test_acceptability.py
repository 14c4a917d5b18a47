"""Acceptability with known answers: who is the best at which price, how surely, what knowing more would be worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from sim.study import acceptability, budget
from sim.study.acceptability import WILLINGNESS, choices, curves, grid, largest
from sim.study.answers import answers
from sim.study.budget import FRONTIER, INCOME, SUFFERING, Account
from sim.study.config import load, load_attribution

WAGE = 20.0
NAMES = ("none", "cheap", "dear")


def planted(cost: ArrayLike, brought: ArrayLike, effect: str = SUFFERING) -> Account:
    """Scenarios that cost public money alone, so that it is the same at every wage."""
    yuan, got = np.asarray(cost, dtype=np.float64), np.asarray(brought, dtype=np.float64)
    names = (*NAMES, "d", "e", "f")[: len(yuan)]
    return Account(names, effect, np.zeros_like(yuan), np.zeros_like(yuan), yuan, got)


def of(frame: pd.DataFrame, column: str, wage: float = WAGE) -> pd.DataFrame:
    """A column at one wage by price and scenario."""
    mine = frame[frame["wage"] == wage]
    return mine.pivot(index="willingness", columns="scenario", values=column)[list(dict.fromkeys(mine["scenario"]))]


def test_two_worlds_by_hand() -> None:
    """`cheap` costs 10 and saves 10 or 1; at a price of 2 it is the best in the first world alone."""
    frame = curves(planted([[0, 0], [10, 10]], [[0, 0], [10, 1]]))
    shares, evpi, benefit = (of(frame, column) for column in ("acceptable", "evpi", "benefit"))
    assert list(frame["wage"].unique()) == [0.0, 20.0, 40.0]
    assert shares.loc[0.8].tolist() == [1, 0]
    assert shares.loc[2.0].tolist() == [0.5, 0.5]
    assert shares.loc[12.5].tolist() == [0, 1]
    # Net benefits at 2 are 10 and -8: on average 1 for `cheap`, with foreknowledge (10 + 0) / 2.
    assert benefit.loc[2.0].tolist() == pytest.approx([0, 1])
    assert evpi.loc[2.0].tolist() == pytest.approx([4, 4])
    assert of(frame, "best").loc[2.0].tolist() == [False, True]
    assert evpi.loc[0.8, "none"] == evpi.loc[12.5, "none"] == 0
    assert set(frame["n"]) == {2}


def test_the_most_probable_need_not_be_the_best_on_average() -> None:
    """One world in four gains so much that the mean is for `cheap`, which loses in the other three."""
    frame = curves(planted([[0] * 4, [1] * 4], [[0] * 4, [100, 0, 0, 0]]))
    assert of(frame, "acceptable").loc[1.0].tolist() == [0.75, 0.25]
    assert of(frame, "best").loc[1.0].tolist() == [False, True]


def test_all_alike_share_in_equal_parts() -> None:
    frame = curves(planted(np.full((3, 5), 7.0), np.full((3, 5), 3.0)))
    assert frame["acceptable"].tolist() == pytest.approx([1 / 3] * len(frame))
    assert frame["acceptable_on_average"].tolist() == pytest.approx([1 / 3] * len(frame))
    assert set(frame["evpi"]) == {0.0}
    assert set(frame.loc[frame["best"], "scenario"]) == {"none"}


def test_who_is_outdone_in_every_world_is_acceptable_at_no_price() -> None:
    draws = np.random.default_rng(3)
    cost, got = draws.normal(100, 40, 30), draws.normal(50, 60, 30)
    frame = curves(planted([0 * cost, cost, cost + 1], [0 * got, got, got - 1]))
    assert set(of(frame, "acceptable")["dear"]) == {0.0}
    assert set(of(frame, "acceptable_on_average")["dear"]) == {0.0}
    assert not of(frame, "best")["dear"].any()


def test_one_that_is_always_the_best_leaves_nothing_to_know() -> None:
    frame = curves(planted([[0.0] * 3, [-0.1, -0.2, -0.7]], [[0.0] * 3, [0.1, 0.2, 0.3]]))
    assert set(of(frame, "acceptable")["cheap"]) == {1.0}
    assert set(frame["evpi"]) == {0.0}  # and not a rounding error


def test_at_a_price_of_nothing_only_costs_count() -> None:
    draws = np.random.default_rng(5)
    cost = draws.normal(0, 10, (4, 25))
    frame = curves(planted(cost, draws.normal(0, 1e6, (4, 25))))
    cheapest = [(cost.argmin(axis=0) == i).mean() for i in range(4)]
    assert of(frame, "acceptable").loc[0.0].tolist() == pytest.approx(cheapest)
    assert of(frame, "best").loc[0.0].tolist() == [i == cost.mean(axis=1).argmin() for i in range(4)]


def test_an_hour_is_a_cost_at_its_wage() -> None:
    """An hour for a day: worth it where a day is worth more than the hour; at a wage of nothing always."""
    zero, one = np.zeros(4), np.ones(4)
    account = Account(("none", "cheap"), SUFFERING, np.array([zero, one]), np.zeros((2, 4)), np.zeros((2, 4)),
                      np.array([zero, one]))  # fmt: skip
    frame = curves(account)
    for wage in (0.0, 20.0, 40.0):
        best = of(frame, "acceptable", wage)["cheap"]
        assert best[best.index > wage].eq(1).all() and best[(best.index < wage)].eq(0).all()
        assert best[wage] == 0.5  # a tie


def test_more_worlds_settle_the_mean_and_not_the_share() -> None:
    """The share stays what it is; that of the mean goes to the best."""
    few, many = (curves(planted([[0] * 4 * k, [1] * 4 * k], [[0] * 4 * k, [0, 0, 0, 12] * k])) for k in (2, 100))
    at = 0.8  # 12 x 0.8 / 4 - 1 = 1.4 on average
    for frame in (few, many):
        assert of(frame, "acceptable").loc[at, "cheap"] == 0.25
    assert of(few, "acceptable_on_average").loc[at, "cheap"] < 0.95
    assert of(many, "acceptable_on_average").loc[at, "cheap"] > 0.999


values = st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=2, max_size=5)


@settings(max_examples=30)
@given(values, values)
def test_shares_add_up_and_knowing_more_never_hurts(cost: list[list[int]], got: list[list[int]]) -> None:
    k = min(len(cost), len(got))
    frame = curves(planted(cost[:k], got[:k]))
    for column in ("acceptable", "acceptable_on_average"):
        assert np.allclose(frame.groupby(["wage", "willingness"])[column].sum(), 1)
    assert (frame["evpi"] >= 0).all()
    best = frame[frame["best"]]
    assert len(best) == len(frame) / k
    top = frame.groupby(["wage", "willingness"])["benefit"].transform("max")
    assert np.allclose(best["benefit"], top[best.index])


def test_the_best_on_average_at_some_price_are_the_frontier_of_the_budget() -> None:
    """With prices without end both say the same of means; here the steps of the frontier lie within the grid."""
    account = planted([[0, 0], [10, 12], [60, 60], [70, 70]], [[0, 0], [9, 11], [20, 20], [15, 15]])
    table = budget.table(account)
    front = set(table.loc[(table["wage"] == WAGE) & (table["place"] == FRONTIER), "scenario"])
    assert set(curves(account).query("best")["scenario"]) == front == {"none", "cheap", "dear"}


def test_ties_are_shared() -> None:
    assert largest(np.array([[1.0, 2.0], [1.0, 0.0], [0.0, 2.0]])).tolist() == [0.5, 0.25, 0.25]


def test_the_grid_is_round_and_ends_sooner_for_income() -> None:
    assert WILLINGNESS[:4] == (0.0, 0.01, 0.0125, 0.016) and WILLINGNESS[-2:] == (800.0, 1000.0)
    steps = np.diff(np.log(WILLINGNESS[1:]))
    assert len(WILLINGNESS) == 52 and steps.min() > 0.21 and steps.max() < 0.26
    assert grid(SUFFERING) == WILLINGNESS and grid(INCOME)[-1] == 10.0


# -- of experiments ---------------------------------------------------------------------------


def test_what_is_compared_with_what() -> None:
    """What others are compared with and is itself compared with nothing comes first, wherever it stands."""
    assert choices(load("yijiantiao"))[:3] == ("none", "body", "body_branch")
    assert choices(load("key_person")) == ("body", "merged", "removed")
    assert choices(load("hohhot_2025")) == ("none", "body", "lot", "best")
    swapped = load("key_person", ["comparisons=[[body,removed],[merged,removed]]"])
    assert choices(swapped) == ("removed", "body", "merged")


def test_where_nobody_chooses_there_is_nothing() -> None:
    config = load("yijiantiao")
    assert choices(replace(config, comparisons=())) == ()
    assert choices(replace(config, scenarios=config.scenarios[:1])) == ()
    assert choices(load("price_crash")) == choices(load("capture")) == ()  # points are worlds
    assert choices(load("coverage"))[:2] == ("body", "lot.coverage-0.1")  # points are arrangements
    assert choices(load_attribution("yijiantiao")) == ()  # channels
    assert len(choices(load_attribution("combined"))) == 64


def test_what_villages_are_for_is_income_before_unpaid_hours() -> None:
    assert [budget.effect_of(place) for place in ("village", "compound", "pasture", "county")] == [
        INCOME, SUFFERING, SUFFERING, SUFFERING,
    ]  # fmt: skip
    rows = [
        {"scenario": name, "replication": k, "households": 500, "days": 730, "n_margin_money_fen": 20_000 * i,
         "n_rent_land_fen": 5_000, "n_grants_fen": 100_000 * i, "n_unpaid_hours_fen": 900, "n_minutes_orders": 60 * i,
         "unresolved": 0.0, "collective_income": 1.0}
        for i, name in enumerate(("none", "all")) for k in range(2)
    ]  # fmt: skip
    account = budget.account(pd.DataFrame(rows), ("none", "all"), INCOME)
    assert account.brought.tolist() == [[50, 50], [250, 250]]  # yuan in 1,000 household-years
    row = budget.table(account).set_index(["wage", "scenario"]).loc[(WAGE, "all")]
    assert (row["saved"], row["cost"], row["effect"]) == (200, 20 + 1_000, INCOME)


def test_an_experiment_gets_both_tables() -> None:
    config = load("key_person", ["replications=3"])
    rows = [
        {"scenario": name, "replication": k, "households": 1000, "days": 365, "unresolved": 900.0 - 30 * i - k,
         "n_minutes_community": 600 * i}
        for i, name in enumerate(("removed", "body", "merged")) for k in range(3)
    ]  # fmt: skip
    given = answers(config, pd.DataFrame(rows).sample(frac=1, random_state=1), None)
    table, lines = given["budget"].frame, given["acceptability"].frame
    assert list(table["scenario"][:3]) == ["body", "merged", "removed"]
    assert table.set_index(["wage", "scenario"]).loc[(WAGE, "merged"), ["cost", "saved"]].tolist() == [200, 30]
    assert list(lines.columns) == list(acceptability.COLUMNS)
    for frame, keys in ((table, given["budget"].keys), (lines, given["acceptability"].keys)):
        assert not frame.duplicated(list(keys)).any()
    assert set(answers(replace(config, comparisons=()), pd.DataFrame(rows), None)) == set()
