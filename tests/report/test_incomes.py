"""The figure of incomes: bars are means over runs, what remains is net of unpaid hours, and words stay apart."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from sim.report.figures import wanted
from sim.report.incomes import COLOURS, incomes_figure
from sim.report.labels import LANGUAGES, Language
from sim.study.config import load
from tests.report.layout import check_layout

EARNED: Mapping[str, tuple[float, ...]] = {
    "baseline": (1000.0, 3000.0, 0.0, 0.0),
    "full": (9000.0, 20000.0, 0.0, 500.0),
}


def runs(earned: Mapping[str, tuple[float, ...]] = EARNED) -> pd.DataFrame:
    """Two scenarios, three replications that differ by a tenth."""
    rows = []
    for scenario, parts in earned.items():
        for k, factor in enumerate((0.9, 1.0, 1.1)):
            by = {f"collective_{s}": factor * x for s, x in zip(("margin", "own", "rent", "plant"), parts, strict=True)}
            income = sum(by.values())
            rows.append(
                dict(scenario=scenario, replication=k, **by, collective_income=income, collective_net=income - 2000.0)
                | dict(collective_money=0.8 * income, collective_land=1.2 * income)
            )
    return pd.DataFrame(rows)


def bars(axes: object) -> list[Rectangle]:
    """Return the bars of a panel that are not bands."""
    return [p for p in axes.patches if isinstance(p, Rectangle) and p.get_height() == 0.56]  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", LANGUAGES)
def test_bars_are_means_and_the_mark_is_net(language: Language) -> None:
    figure = incomes_figure(runs(), language)
    left, right = figure.axes
    widths = [bar.get_width() for bar in bars(left)]
    assert np.allclose(widths, [*EARNED["baseline"], *EARNED["full"], -2000.0, -2000.0])
    marks = [offset[0] for points in left.collections for offset in points.get_offsets().tolist()]
    assert np.allclose(marks, [2000.0, 27500.0])
    assert np.allclose([bar.get_width() for bar in bars(right)], [3200, 4800, 23600, 35400])
    words = check_layout(figure)
    assert ("margins on birds" if language == "en" else "每只差价") in words
    assert len(set(COLOURS.values())) == len(COLOURS)


def test_what_earns_nothing_has_no_word_and_no_scale_of_minus_zeros() -> None:
    words = check_layout(incomes_figure(runs({"baseline": (0.0,) * 4, "full": (0.0,) * 4}), "en"))
    assert "margins on birds" not in words and "unpaid hours" in words and "-0" not in words


def test_where_all_is_0_only_0_is_marked() -> None:
    flat = runs({"baseline": (0.0,) * 4, "full": (0.0,) * 4}).assign(collective_net=0.0)
    figure = incomes_figure(flat, "en")
    assert [list(axes.get_xticks()) for axes in figure.axes] == [[0], [0]]
    words = check_layout(incomes_figure(runs({"baseline": (0.5, 0.0, 0.0, 0.0)}).assign(collective_net=0.0), "en"))
    assert "0.25" in words and words.count("0") <= 2  # a small scale has decimals, and no row of 0 0 1 1


def test_villages_get_it_where_scenarios_are_few() -> None:
    assert "incomes" in wanted(load("village_alliance")) and "incomes" in wanted(load("share"))
    assert "incomes" not in wanted(load("flock")) and "incomes" not in wanted(load("yijiantiao"))
