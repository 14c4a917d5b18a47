"""The figure of time: means and bands are those of the table of days, differences those of twins, words apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection

from sim.report.labels import Language
from sim.report.series import EVERY, SERIES, curves, interval, time_series_figure
from sim.report.style import save
from tests.report.layout import check_layout

SCENARIOS = ("none", "body_branch", "merged", "a_scenario_with_a_rather_long_name")
COLUMNS = ("unresolved", "leaking_roofs", "minutes_body", "minutes_doors")
PAIRS = [("merged", "body_branch"), ("body_branch", "none"), ("merged", "none")]


def data(replications: int, days: int = 120, scenarios: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(1)
    index = pd.MultiIndex.from_product(
        [SCENARIOS[:scenarios], range(replications), range(days)], names=["scenario", "replication", "day"]
    )
    daily = index.to_frame(index=False)
    for column in COLUMNS:
        daily[column] = rng.integers(1, 5, len(daily))
    daily["unresolved"] += 1000 * daily["day"] * (1 + (daily["scenario"] == "none"))
    daily["with_company"], daily["without_company"], daily["captured_compounds"] = 4, 2, 3
    runs = daily[["scenario", "replication"]].drop_duplicates(ignore_index=True)
    return daily, runs.assign(households=500 + 10 * runs["replication"])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("replications", "days", "scenarios"), [(20, 120, 3), (2, 60, 4), (1, 14, 2)])
def test_words_do_not_touch(replications: int, days: int, scenarios: int, language: Language) -> None:
    daily, runs = data(replications, days, scenarios)
    pairs = [(SCENARIOS[i], SCENARIOS[0]) for i in range(1, scenarios)]
    figure = time_series_figure(curves(daily, runs, pairs), language)
    words = check_layout(figure)
    assert len(figure.axes) == 2 * len(SERIES)
    assert {series.label(language) for series in SERIES} <= set(words)
    assert all(axes.has_data() for axes in figure.axes)


def test_curves_are_those_of_the_table() -> None:
    daily, runs = data(4)
    drawn = curves(daily.sample(frac=1, random_state=1), runs, PAIRS)
    assert drawn.days.tolist() == [0, *range(119 % EVERY or EVERY, 120, EVERY)]
    assert drawn.scenarios == list(SCENARIOS[:3])
    by = daily.set_index(["scenario", "replication", "day"])
    households = runs.set_index(["scenario", "replication"])["households"]
    at = by.loc["merged"].loc[2].loc[119]
    assert drawn.values[0, "merged"][2, -1] == pytest.approx(at["unresolved"] / households["merged", 2])
    minutes = by.loc["merged"].loc[2][["minutes_body", "minutes_doors"]].to_numpy().sum()
    assert drawn.values[2, "merged"][2, -1] == pytest.approx(minutes / 60 / households["merged", 2] * 1000)
    assert (drawn.values[3, "none"] == 0.5).all()
    few = curves(daily.drop(columns=["leaking_roofs", "with_company"]), runs, PAIRS)  # where there are no compounds
    assert [series.columns for series in few.series] == [("unresolved",), ("minutes_",)]


def test_what_is_drawn_is_the_curves() -> None:
    daily, runs = data(6)
    drawn = curves(daily, runs, PAIRS)
    figure = time_series_figure(drawn)
    upper, lower = figure.axes[:2]
    for line, scenario in zip(upper.lines, drawn.scenarios, strict=False):
        assert np.allclose(line.get_ydata(), drawn.values[0, scenario].mean(axis=0))
    bands = [c.get_paths()[0].vertices for c in upper.collections if isinstance(c, PolyCollection)]
    assert bands[0][:, 1].max() == pytest.approx(np.quantile(drawn.values[0, "none"], 0.75, axis=0).max())
    for line, (scenario, baseline) in zip(lower.lines[1:], PAIRS, strict=False):
        expected = (drawn.values[0, scenario] - drawn.values[0, baseline]).mean(axis=0)
        assert np.allclose(line.get_ydata(), expected)
    low, high = interval(drawn.values[0, "merged"] - drawn.values[0, "none"])
    bands = [c.get_paths()[0].vertices for c in lower.collections if isinstance(c, PolyCollection)]
    assert bands[2][:, 1].min() == pytest.approx(low.min())
    assert bands[2][:, 1].max() == pytest.approx(high.max())


def test_the_interval_covers() -> None:
    rng = np.random.default_rng(1)
    sample = rng.normal(3.0, 2.0, (100, 400))
    low, high = interval(sample)
    assert (low < sample.mean(axis=0)).all() and (sample.mean(axis=0) < high).all()
    assert 0.9 < ((low < 3.0) & (high > 3.0)).mean() < 0.98
    assert np.allclose((high - low).mean(), 2 * 1.96 * 2.0 / 10, rtol=0.05)


def test_without_comparisons_and_without_differences() -> None:
    daily, runs = data(3)
    assert len(time_series_figure(curves(daily, runs, [])).axes) == len(SERIES)
    same = pd.concat([daily[daily["scenario"] == "none"].assign(scenario=name) for name in SCENARIOS[:2]])
    both = runs[runs["scenario"].isin(SCENARIOS[:2])]
    figure = time_series_figure(curves(same, both, [("body_branch", "none")]))
    assert figure.axes[1].get_ylim() == (-1, 1)
    check_layout(figure)
    with pytest.raises(ValueError, match="no day"):
        curves(daily.iloc[:0], runs, PAIRS)


def test_the_same_numbers_give_the_same_bytes(tmp_path: Path) -> None:
    daily, runs = data(2, 30)
    first = save(time_series_figure(curves(daily, runs, PAIRS[:1]), "zh"), tmp_path / "one")
    second = save(time_series_figure(curves(daily.iloc[::-1], runs, PAIRS[:1]), "zh"), tmp_path / "two")
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()
