"""The figure of competing ends: words do not touch, stacks are full, the same numbers give the same bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection

from sim.report.ends import COLOURS, STACK, competing_ends, competing_ends_figure
from sim.study.ends import ENDS
from tests.report.test_figures import check_layout

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


@pytest.mark.parametrize("kinds", [None, ("all",), ("all", "roof", "neighbour")])
@pytest.mark.parametrize(("replications", "scenarios", "days"), [(20, 1, 730), (5, 4, 730), (2, 2, 60)])
def test_words_do_not_touch(replications: int, scenarios: int, days: int, kinds: tuple[str, ...] | None) -> None:
    cases, runs = data(replications, scenarios, days)
    title = "How cases end, and how long it takes, in a title of some length which may take more than one line of it"
    figure = competing_ends_figure(cases, runs, title, kinds=kinds, names={"none": "as found"}, note="Draft.")
    words = check_layout(figure)
    assert len(figure.axes) == scenarios * (2 if kinds is None else len(kinds))
    assert {"petition or fight", "still open", "as found"} <= set(words)
    foot = " ".join(words)
    assert "Under these assumptions" in foot and "Draft." in foot


def test_stacks_are_full() -> None:
    cases, runs = data(10, 2)
    figure = competing_ends_figure(cases, runs, "Full")
    assert len(set(COLOURS.values())) == len(STACK) and set(STACK) == set(ENDS)
    for axes in figure.axes:
        layers = [c.get_paths()[0].vertices for c in axes.collections if isinstance(c, PolyCollection)]
        assert len(layers) == len(STACK)
        assert max(layer[:, 1].max() for layer in layers) == pytest.approx(1)
        assert min(layer[:, 1].min() for layer in layers) == pytest.approx(0)


def test_no_such_case() -> None:
    cases, runs = data(3, 2)
    cases = cases[(cases["scenario"] == "none") | (cases["kind"] == "neighbour")]
    words = check_layout(competing_ends_figure(cases, runs, "Few"))
    assert words.count("no such case") == 1
    empty = check_layout(competing_ends_figure(cases.iloc[:0], runs, "Nothing"))
    assert empty.count("no such case") == 2
    with pytest.raises(ValueError, match="no run"):
        competing_ends_figure(cases, runs.iloc[:0], "Nothing")


def test_one_run_alone() -> None:
    cases, runs = data(1, 1)
    words = check_layout(competing_ends_figure(cases, runs, "One"))
    assert "settled" in words
    assert not any(" to " in word and len(word) < 14 for word in words)  # one run has no interval


def test_the_same_numbers_give_the_same_bytes(tmp_path: Path) -> None:
    cases, runs = data(4, 2)
    first = competing_ends(cases, runs, tmp_path / "one", "Twice")
    second = competing_ends(cases.sample(frac=1, random_state=1), runs, tmp_path / "two", "Twice")
    assert [path.name for path in first] == ["one.png", "one.pdf"]
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()
