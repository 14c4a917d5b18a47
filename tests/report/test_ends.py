"""The figure of competing ends: words do not touch, stacks are full, the same numbers give the same bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection

from sim.report.ends import COLOURS, STACK, competing_ends, competing_ends_figure, estimate
from sim.report.labels import LANGUAGES, Language
from sim.study.ends import ENDS, summary
from tests.report.layout import check_layout

SCENARIOS = ("none", "body_branch", "merged_equal_hours", "a_scenario_with_a_rather_long_name_and_then_some_more")


def data(replications: int, scenarios: int, days: int = 730, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    n = 40 * replications * scenarios
    opened = rng.integers(-20, days, n)
    closed = opened + np.floor(rng.exponential(60, n)).astype(int)
    over = (closed < days) & (closed >= 0)
    stage = np.where(over, rng.choice(ENDS[:-1], n, p=[0.8, 0.1, 0.0995, 0.0005]), "waiting")
    cases = pd.DataFrame(
        {
            "scenario": rng.choice(SCENARIOS[:scenarios], n),
            "replication": rng.integers(0, replications, n),
            "kind": rng.choice(["roof", "neighbour"], n, p=[0.1, 0.9]),
            "opened": opened,
            "closed": np.where(over, closed, -1),
            "stage": stage,
        }
    )
    runs = pd.DataFrame([(s, k, days) for s in SCENARIOS[:scenarios] for k in range(replications)])
    return cases, runs.set_axis(["scenario", "replication", "days"], axis=1)


@pytest.mark.parametrize(("kinds", "language"), [(None, "en"), (("all",), "zh"), (("all", "roof", "neighbour"), "zh")])
@pytest.mark.parametrize(("replications", "scenarios", "days"), [(20, 1, 730), (5, 4, 730), (2, 2, 60)])
def test_words_do_not_touch(
    replications: int, scenarios: int, days: int, kinds: tuple[str, ...] | None, language: Language
) -> None:
    cases, runs = data(replications, scenarios, days)
    title = "How cases end, and how long it takes, in a title of some length which may take more than one line of it"
    panels = estimate(cases, runs, summary(cases, runs), kinds)
    figure = competing_ends_figure(panels, language, title=title, names={"none": "as they were"}, note="Draft.")
    words = check_layout(figure)
    assert len(figure.axes) == (3 if kinds is None else len(kinds))
    assert len(panels) == scenarios * len(figure.axes)
    assert "as they were" in words
    foot = " ".join(words)
    if language == "en":
        assert {"petition or fight", "still open"} <= set(words)
        assert "Under these assumptions" in foot and "Draft." in foot
        assert {panel.day for panel in panels.values()} == {365 if days > 365 else 30}
    else:
        assert {"上访或冲突", "仍未了结"} <= set(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_stacks_are_full_and_are_the_estimates(language: Language) -> None:
    cases, runs = data(10, 2)
    table = summary(cases, runs)
    panels = estimate(cases, runs, table, ("all", "roof"))
    figure = competing_ends_figure(panels, language)
    assert len(set(COLOURS.values())) == len(STACK) and set(STACK) == set(ENDS)
    for axes, kind in zip(figure.axes, ("all", "roof"), strict=True):
        layers = [c for c in axes.collections if isinstance(c, PolyCollection)][: len(STACK)]
        for row, scenario in enumerate(SCENARIOS[:2]):
            areas = [layer.get_paths()[row].vertices for layer in layers]
            base = areas[-1][:, 1].min()
            assert areas[0][:, 1].max() - base == pytest.approx(1)
            said = table[(table["kind"] == kind) & (table["scenario"] == scenario) & (table["day"] == 365)]
            shares = said.set_index("end")["share"]
            for end, area in zip(STACK, areas, strict=True):
                last = area[area[:, 0] == area[:, 0].max(), 1]  # the right edge of the area
                assert last.max() - last.min() == pytest.approx(shares[end], abs=1e-9)


def test_no_such_case() -> None:
    cases, runs = data(3, 2)
    cases = cases[(cases["scenario"] == "none") | (cases["kind"] == "neighbour")]
    panels = estimate(cases, runs, summary(cases, runs), ("roof", "neighbour"))
    words = check_layout(competing_ends_figure(panels, title="Few"))
    assert words.count("no such case") == 1
    none = cases.iloc[:0]
    empty = check_layout(competing_ends_figure(estimate(none, runs, summary(none, runs)), title="Nothing"))
    assert empty.count("no such case") == 2
    with pytest.raises(ValueError, match="no run"):
        estimate(cases, runs.iloc[:0], summary(cases, runs))


def test_one_run_alone() -> None:
    cases, runs = data(1, 1)
    words = check_layout(competing_ends_figure(estimate(cases, runs, summary(cases, runs))))
    assert "settled" in words
    assert not any(" to " in word and len(word) < 14 for word in words)  # one run has no interval


def test_the_same_numbers_give_the_same_bytes(tmp_path: Path) -> None:
    cases, runs = data(4, 2)
    table = summary(cases, runs)
    first = competing_ends(cases, runs, table, tmp_path / "one", kinds=("all",))
    second = competing_ends(cases.sample(frac=1, random_state=1), runs, table, tmp_path / "two", kinds=("all",))
    assert [path.name for path in first] == ["one.png", "one.pdf", "one.zh.png", "one.zh.pdf"]
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()
