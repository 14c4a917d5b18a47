"""The figure of costs and effects: every scenario is named, nothing is cut off, and heavy lines are the frontier's."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex

from sim.report import labels, style
from sim.report.acceptability import CORNERS, HEAVY, OTHERS, acceptability, acceptability_figure, stretches
from sim.report.labels import LANGUAGES, Language, Text
from sim.study import budget
from sim.study.acceptability import curves
from sim.study.budget import INCOME, SUFFERING, Account
from tests.report.layout import check_layout

NAMES = ("none", "body", "body_branch", "merged", "placebo", "merged_equal_hours", "merged_selected")
WORDS = {name: Text(*(labels.point(name, language) for language in LANGUAGES)) for name in NAMES}


def account(
    names: tuple[str, ...] = NAMES, replications: int = 40, effect: str = SUFFERING, size: float = 1
) -> Account:
    """Scenarios that cost and bring the more, the later they stand, each with its luck."""
    draws = np.random.default_rng(7)
    order = np.arange(len(names))[:, None]
    hours = 40.0 * order + draws.normal(0, 60, (len(names), replications)) * (order > 0)
    yuan = size * draws.normal(50, 400, (len(names), replications)) * (order > 0)
    brought = size * (800.0 * np.sqrt(order) + draws.normal(0, 1500, (len(names), replications)) * (order > 0))
    return Account(names, effect, hours, hours * 0, yuan, brought)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("effect", "size", "replications"), [(SUFFERING, 1, 200), (INCOME, 1000, 12), (SUFFERING, 1, 1)]
)
def test_everything_is_named_and_nothing_is_cut_off(
    language: Language, effect: str, size: float, replications: int
) -> None:
    of = account(replications=replications, effect=effect, size=size)
    figure = acceptability_figure(of, budget.table(of), curves(of), language, words=WORDS)
    words = check_layout(figure)
    assert [word(language) for word in WORDS.values() if word(language) not in words] == []
    assert [word(language) for word in CORNERS.values() if word(language) not in words] == []
    assert OTHERS(language) not in words
    foot = " ".join(text.get_text() for text in figure.texts)
    assert f"{replications} " in foot and "acceptability.csv" in foot


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_many_scenarios_the_best_have_names(language: Language) -> None:
    """A sweep's points: those of the frontier and the baseline; the others are one line, so that all add up."""
    names = ("body", *(f"lot.coverage-0.{i}" for i in range(1, 20)))
    of = account(names)
    words = {name: Text(*(labels.point(name, each) for each in LANGUAGES)) for name in names}
    lines = curves(of)
    figure = acceptability_figure(of, budget.table(of), lines, language, words=words)
    said = check_layout(figure)
    named = [name for name in names if words[name](language) in said]
    assert names[0] in named and 2 <= len(named) <= 8 and OTHERS(language) in said
    at_20 = lines[(lines["wage"] == 20) & (lines["willingness"] > 0)]
    assert set(named) <= {names[0], *at_20.loc[at_20["best"], "scenario"]}
    drawn = [line for line in figure.axes[1].lines if line.get_linewidth() != HEAVY]
    assert np.allclose(sum(np.asarray(line.get_ydata(), dtype=np.float64) for line in drawn), 1)


def test_heavy_is_who_is_the_best_on_average() -> None:
    """Along the axis the heavy parts follow one another without a gap, each in its scenario's colour."""
    of = account(NAMES[:4])
    lines = curves(of)
    figure = acceptability_figure(of, budget.table(of), lines, "en", words=WORDS)
    mine = lines[(lines["wage"] == 20) & lines["best"] & (lines["willingness"] > 0)]
    colours = style.colours(NAMES[:4])
    ends = []
    for line in figure.axes[1].lines:
        if line.get_linewidth() == HEAVY:
            x = np.asarray(line.get_xdata(), dtype=np.float64)
            ends.append((x[0], x[-1], to_hex(line.get_color())))
    ends.sort()
    assert ends[0][0] == 0.01 and ends[-1][1] == 1000
    assert all(a[1] == b[0] for a, b in pairwise(ends))
    for low, high, colour in ends:
        inside = mine[(mine["willingness"] >= low) & (mine["willingness"] <= high)]
        assert {colours[name] for name in inside["scenario"]} == {colour}


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_parameters_that_are_not_drawn_nothing_is_said(language: Language) -> None:
    of = account(NAMES[:2], replications=5)
    for drawn in (True, False):
        figure = acceptability_figure(of, budget.table(of), curves(of), language, words=WORDS, drawn=drawn)
        said = " ".join(text.get_text() for text in figure.texts)
        assert ("uncertain" in said if language == "en" else "不确定" in said) == drawn


def test_stretches() -> None:
    x, y = np.array([1.0, 4.0, 16.0, 64.0]), np.array([0.0, 1.0, 0.0, 1.0])
    (first, second) = stretches(x, y, [True, False, False, True])
    assert [part.tolist() for part in first] == [[1, 2], pytest.approx([0, 0.5])]
    assert [part.tolist() for part in second] == [[32, 64], pytest.approx([0.5, 1])]
    assert stretches(x, y, [False] * 4) == []
    ((at, _),) = stretches(x, y, [True] * 4)
    assert at.tolist() == [1, 4, 16, 64]


@pytest.mark.parametrize("language", LANGUAGES)
def test_dots_beyond_the_panel_are_counted(language: Language) -> None:
    """One so dear that the panel would show nothing else is left out, and said to be."""
    of = account(NAMES[:2], replications=400)
    of.yuan[1, 0] = 1e9
    table = budget.table(of)
    table[["cost", "cost_low", "cost_high"]] = 0.0  # else the interval would hold it
    figure = acceptability_figure(of, table, curves(of), language, words=WORDS)
    x, y = of.more(of.cost(20.0))[1], of.more(of.brought)[1]
    (left, right), (low, high) = figure.axes[0].get_xlim(), figure.axes[0].get_ylim()
    beyond = int(((x < left) | (x > right) | (y < low) | (y > high)).sum())
    assert right < 1e5 and 1 <= beyond < 10
    said = " ".join(text.get_text() for text in figure.texts)
    found = re.search(r"(\d+) of (\d+)\s+dots" if language == "en" else r"(\d+) 点中有 (\d+) 点", said)
    assert found and sorted(map(int, found.groups())) == [beyond, 400]


def test_the_same_numbers_give_the_same_files(tmp_path: Path) -> None:
    of = account(NAMES[:3], replications=5)
    one, two = (acceptability(of, budget.table(of), curves(of), tmp_path / name, WORDS) for name in ("a", "b"))
    assert [path.name for path in one] == ["a.png", "a.pdf", "a.zh.png", "a.zh.pdf"]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_where_nothing_differs_only_0_is_marked() -> None:
    nothing = np.zeros((2, 3))
    of = Account(("none", "body"), SUFFERING, nothing, nothing, nothing, nothing)
    plane = acceptability_figure(of, budget.table(of), curves(of), "en", words=WORDS).axes[0]
    assert list(plane.get_xticks()) == [0] and list(plane.get_yticks()) == [0]
    few = Account(("none", "body"), SUFFERING, nothing, nothing, nothing, np.array([[0.0] * 3, [0.5, 0.6, 0.7]]))
    words = check_layout(acceptability_figure(few, budget.table(few), curves(few), "en", words=WORDS))
    assert "-0" not in words and any(word.startswith("0.") for word in words)
