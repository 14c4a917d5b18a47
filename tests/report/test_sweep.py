"""Figures of sweeps and of attributions: what is drawn is what the tables say."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from rich.console import Console

from sim.report.attribution import print_shares, waterfall_figure
from sim.report.sweep import curves_figure, draw, map_figure
from sim.study import answers
from sim.study.statistics import OutcomeSpec, compare_runs
from sim.study.sweep import Sweep, expand, pairs, read
from tests.study.test_answers import THREE
from tests.study.test_answers import runs as coalition_runs

UNRESOLVED = OutcomeSpec("unresolved", "days", "unresolved")
SETTLED = OutcomeSpec("settled_90", "share", "settled")
WORDS = {"none": ["formed_body"], "merged": ["yijiantiao"]}


def swept(axes: dict[str, object]) -> tuple[Sweep, pd.DataFrame]:
    """A sweep of two scenarios and its comparison: merged is worse by 3 where hours are 1, better elsewhere."""
    _, sweep = expand(WORDS, read(axes))
    rows = []
    for name, point in sweep.points.items():
        worse = {"1": 3.0, "2": -2.0, "four": -5.0}.get(point.at.get("yijiantiao.hours", "2"), 0.0)
        for k in range(5):
            effect = worse + 0.1 * k if point.scenario == "merged" else 0.0
            run = {"unresolved": 50.0 * k + effect, "settled_90": 0.5 + effect / 100}
            rows.append({"scenario": name, "replication": k} | run)
    return sweep, compare_runs(pd.DataFrame(rows), pairs(sweep, [("merged", "none")]), [UNRESOLVED, SETTLED])


def frames(figure: Figure) -> dict[str, int]:
    """Count the framed fields of each panel of a map."""
    return {
        axes.get_title(loc="left").replace("\n", " "): sum(
            isinstance(patch, Rectangle) and not patch.get_fill() for patch in axes.patches
        )
        for axes in figure.axes
    }


def test_curves_go_through_the_differences() -> None:
    sweep, comparison = swept({"yijiantiao.hours": [1, 2, {"four": 4}]})
    figure = curves_figure(comparison, sweep, "What?", outcomes=[UNRESOLVED, SETTLED])
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Unresolved", "Settled"]
    (line,) = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 3]
    assert np.allclose(line.get_xdata(), [1, 2, 4])
    assert np.allclose(line.get_ydata(), [3.2, -1.8, -4.8])
    assert any("four" in text.get_text() for text in figure.axes[0].texts)  # a named value is marked


def test_a_map_frames_what_is_worse() -> None:
    """Worse is more of the headline, and less of what is better when higher."""
    sweep, comparison = swept({"yijiantiao.hours": [1, 2], "world.detected": [0.1, 0.2, 0.5]})
    figure = map_figure(comparison, sweep, "Where?", outcomes=[UNRESOLVED, SETTLED])
    assert frames(figure) == {"merged - none: unresolved": 3, "merged - none: settled": 3}
    values = figure.axes[0].images[0].get_array()
    assert np.allclose(values, np.array([[3.2, -1.8]] * 3))
    assert np.allclose(figure.axes[1].images[0].get_array(), np.array([[-0.032, 0.018]] * 3))


@pytest.mark.parametrize(
    ("axes", "files"),
    [
        ({"yijiantiao.hours": [1, 2]}, {"curves.png", "curves.pdf"}),
        ({"yijiantiao.hours": [1, 2], "world.detected": [0.1, 0.2]}, {"map.png", "map.pdf"}),
    ],
)
def test_figures_are_the_same_bytes_again(axes: dict[str, object], files: set[str], tmp_path: Path) -> None:
    sweep, comparison = swept(axes)
    for name in ("a", "b"):
        draw(comparison, sweep, tmp_path / name, "What?", outcomes=[UNRESOLVED])
    assert {path.name for path in (tmp_path / "a").iterdir()} == files
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_what_cannot_be_drawn_is_not(tmp_path: Path) -> None:
    sweep, comparison = swept({"yijiantiao.hours": [1, 2]})
    assert draw(comparison.iloc[:0], sweep, tmp_path, "", outcomes=[UNRESOLVED]) == []
    words = Sweep({"yijiantiao.hours": {"few": "few"}}, sweep.points)
    assert draw(comparison, words, tmp_path, "", outcomes=[UNRESOLVED]) == []


def test_a_waterfall_leads_from_none_to_all() -> None:
    runs = coalition_runs()
    shares, hours = answers.attributed(runs, THREE), answers.hours(runs, THREE)
    figure = waterfall_figure(shares, hours, runs, THREE, "Who?")
    steps = [patch for patch in figure.axes[0].patches if patch.get_height() == pytest.approx(0.56)]
    widths = [patch.get_width() for patch in steps]
    assert widths[0] == pytest.approx(250)  # the mean with no channel on
    assert widths[1:4] == pytest.approx([-5, -3, 0])
    assert widths[4] == pytest.approx(242)
    assert steps[1].get_x() == pytest.approx(250) and steps[2].get_x() == pytest.approx(245)
    labels = [text.get_text() for text in figure.axes[0].texts]
    assert [name for name in labels if name[:1] not in "+-0123456789"] == [
        "body",
        "coordination",
        "onsite visits",
        "authority",
        "merged",
    ]


def test_shares_are_printed_in_a_hundred_columns() -> None:
    runs, out = coalition_runs(), StringIO()
    console = Console(file=out, width=100, soft_wrap=False)
    print_shares(console, answers.attributed(runs, THREE), answers.hours(runs, THREE), THREE)
    said = out.getvalue()
    assert max(map(len, said.splitlines())) <= 100
    assert "from body to merged" in said and "all together" in said and "doors rounds" in said
    assert "3 pairs: 1 below 0, 0 above" in said
    assert "…" not in said
