"""Budgets of mixes: what they cost and save by hand, who is dominated, and the frontier as brute force has it."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from sim.report import labels
from sim.report.budget import _number, budget_figure
from sim.report.complements import complements_figure
from sim.report.labels import LANGUAGES
from sim.study import budget
from sim.study.acceptability import curves
from sim.study.answers import attributed
from sim.study.budget import BETWEEN, DOMINATED, FRONTIER, places
from sim.study.coalitions import Attribution
from tests.report.layout import check_layout

TWO = Attribution("", (), ("elder_services", "village_alliance"), ("unresolved",), None, ("none", "all"),
                  {"elder_services": ("elder_services",), "village_alliance": ("village_alliance",)})  # fmt: skip

points = st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=1, max_size=8)


@given(points)
def test_dominated_is_who_another_outdoes(at: list[tuple[int, int]]) -> None:
    cost, saved = (np.array(x, dtype=np.float64) for x in zip(*at, strict=True))
    place, _ = places(cost, saved)
    for i, (c, s) in enumerate(at):
        outdone = any(d <= c and t >= s and (d, t) != (c, s) for d, t in at)
        assert (place[i] == DOMINATED) == outdone


@given(points)
def test_the_frontier_is_the_hull_from_the_cheapest_on(at: list[tuple[int, int]]) -> None:
    """Along it each day more costs more than the one before, and no mix of two others is better than a point on it."""
    cost, saved = (np.array(x, dtype=np.float64) for x in zip(*at, strict=True))
    place, ratio = places(cost, saved)
    front = sorted((i for i, word in enumerate(place) if word == FRONTIER), key=lambda i: cost[i])
    assert front and cost[front[0]] == cost.min()
    assert saved[front[-1]] == saved.max()
    steps = ratio[front[1:]]
    assert np.isnan(ratio[front[0]]) and np.all(np.diff(steps) >= 0) and np.all(steps > 0)
    for i, (a, b) in ((i, pair) for i in front for pair in combinations(range(len(at)), 2)):
        low, high = sorted((a, b), key=lambda k: cost[k])
        if cost[low] < cost[i] < cost[high]:
            part = (cost[i] - cost[low]) / (cost[high] - cost[low])
            assert saved[low] + part * (saved[high] - saved[low]) <= saved[i] + 1e-9
    assert all(word in (FRONTIER, DOMINATED, BETWEEN) for word in place)


def runs() -> pd.DataFrame:
    """Four mixes in two replications of 1,000 households and a year."""
    rows: list[dict[str, Any]] = []
    for number, name in enumerate(TWO.scenarios):
        for replication in range(2):
            elders, alliance = number & 1, number >> 1
            rows.append(
                {
                    "scenario": name, "replication": replication, "households": 1000, "days": 365,
                    "unresolved": 900.0 - 30 * elders - 2 * alliance + replication,
                    "n_minutes_community": 6000 + 600 * elders, "n_minutes_orders": 1200 * alliance,
                    "n_volunteer_minutes": 60 * elders, "n_courier_unpaid_minutes": 0,
                    "n_meals_budget_fen": 20_000 * elders, "n_grants_fen": 0,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def test_costs_and_savings_by_hand() -> None:
    table = budget.mixes(budget.account(runs(), tuple(TWO.scenarios)), TWO).set_index(["wage", "mix"])
    assert list(table.reset_index()["wage"].unique()) == [0.0, 20.0, 40.0]
    both = table.loc[(20.0, "elder_services + village_alliance")]
    # 600 and 60 minutes more for elders, 1,200 for the alliance: 31 hours, of which volunteers and branches 21.
    assert (both["hours"], both["unpaid_hours"], both["public_yuan"]) == pytest.approx((31, 21, 200))
    assert (both["cost"], both["saved"], both["n"]) == pytest.approx((31 * 20 + 200, 32, 2))
    assert table.loc[(0.0, "village_alliance"), "cost"] == 0
    # At no wage the alliance costs nothing and saves two: nothing done is dominated. At 20 yuan it is not.
    places_ = {(wage, mix): row["place"] for (wage, mix), row in table.iterrows()}
    assert places_[0.0, "none"] == DOMINATED and places_[20.0, "none"] == FRONTIER
    assert places_[0.0, "elder_services + village_alliance"] == FRONTIER
    # 11 hours and 200 yuan save 30 days, 20 hours two: only after those is the alliance worth having.
    assert places_[20.0, "elder_services"] == FRONTIER and places_[20.0, "village_alliance"] == BETWEEN
    assert table.loc[(20.0, "elder_services"), "yuan_a_day"] == pytest.approx((11 * 20 + 200) / 30)
    assert both["yuan_a_day"] == pytest.approx(20 * 20 / 2)


def test_the_figure_says_the_frontier_in_both_languages() -> None:
    of = budget.account(runs(), tuple(TWO.scenarios))
    table, lines = budget.mixes(of, TWO), curves(of)
    for language in LANGUAGES:
        figure = budget_figure(table, lines, TWO, language)
        said = " ".join(check_layout(figure))
        assert len(figure.axes) == 4 and "20" in said
        for player in TWO.channels:  # the curves' mixes are named beside them
            assert labels.mechanism(player, language) in said


def test_the_point_of_none_is_named_where_nothing_else_stands() -> None:
    of = budget.account(runs(), tuple(TWO.scenarios))
    table, lines = budget.mixes(of, TWO), curves(of)
    for language, word in (("en", "none"), ("zh", "什么都不做")):
        figure = budget_figure(table, lines, TWO, language)
        for axes in figure.axes[:3]:
            (name,) = [text for text in axes.texts if text.get_text() == word]
            assert tuple(name.xy) == (0, 0)
        foot = " ".join(text.get_text() for text in figure.texts)
        assert ("paid staff" if language == "en" else "受薪人员") in foot.replace("\n", " ") and "limits.csv" in foot


def test_mixes_that_nearly_fall_together_share_a_number() -> None:
    axes = Figure(figsize=(4, 3)).add_subplot()
    front = pd.DataFrame({"cost": [0.0, 50.0, 50.5, 51.0, 100.0], "saved": [0.0, 5.0, 5.01, 5.02, 9.0]})
    axes.plot(front["cost"], front["saved"])
    _number(axes, front)
    assert [text.get_text() for text in axes.texts] == ["1", "2, 3, 4", "5"]


def test_the_matrix_has_every_pair_once() -> None:
    """With two players one pair, whose interaction is what both save beyond what each saves."""
    table = runs()
    table.loc[table["scenario"] == "elder_services-village_alliance", "unresolved"] -= 7.0
    shares = attributed(table, TWO)
    for language in LANGUAGES:
        figure = complements_figure(shares, TWO, language)
        (axes,) = figure.axes
        numbers = [text.get_text() for text in axes.texts if any(c.isdigit() for c in text.get_text())]
        assert [float(x) for x in numbers] == [-7.0]
