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
from sim.report.labels import LANGUAGES, Text
from sim.report.sweep import curves, curves_figure, drawn, grid_map, map_figure
from sim.study import answers
from sim.study.statistics import OutcomeSpec, compare_runs
from sim.study.sweep import Sweep, expand, pairs, read
from tests.study.test_answers import THREE
from tests.study.test_answers import runs as coalition_runs

UNRESOLVED = OutcomeSpec("unresolved", "days", "unresolved")
SETTLED = OutcomeSpec("settled_90", "share", "settled")
TITLE = Text("What?", "什么？")
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
    figure = curves_figure(comparison, sweep, TITLE, outcomes=[UNRESOLVED, SETTLED])
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Unresolved", "Settled in 90 days"]
    (line,) = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 3]
    assert np.allclose(line.get_xdata(), [1, 2, 4])
    assert np.allclose(line.get_ydata(), [3.2, -1.8, -4.8])
    for axes in figure.axes:  # a named value is marked, above everything that is drawn, the line at 0 among it
        (name,) = [text for text in axes.texts if text.get_text() == "four"]
        figure.draw_without_rendering()
        highest = max(0.0, *(np.nanmax(line.get_ydata()) for line in axes.lines if len(line.get_xdata()) == 3))
        assert axes.transData.transform((0, highest))[1] < name.get_window_extent().y0


def test_a_map_frames_what_is_worse() -> None:
    """Worse is more of the headline, and less of what is better when higher."""
    sweep, comparison = swept({"yijiantiao.hours": [1, 2], "world.detected": [0.1, 0.2, 0.5]})
    figure = map_figure(comparison, sweep, TITLE, outcomes=[UNRESOLVED, SETTLED])
    assert list(frames(figure).values()) == [3, 3]
    values = figure.axes[0].images[0].get_array()
    assert np.allclose(values, np.array([[3.2, -1.8]] * 3))
    assert np.allclose(figure.axes[1].images[0].get_array(), np.array([[-0.032, 0.018]] * 3))


def test_figures_are_the_same_bytes_again(tmp_path: Path) -> None:
    for draw, name, axes in (
        (curves, "curves", {"yijiantiao.hours": [1, 2]}),
        (grid_map, "map", {"yijiantiao.hours": [1, 2], "world.detected": [0.1, 0.2]}),
    ):
        sweep, comparison = swept(axes)
        assert drawn(sweep) == [name]
        once = draw(comparison, sweep, tmp_path / "a" / name, TITLE, outcomes=[UNRESOLVED])
        again = draw(comparison, sweep, tmp_path / "b" / name, TITLE, outcomes=[UNRESOLVED])
        assert {path.name for path in once} == {f"{name}{end}" for end in (".png", ".pdf", ".zh.png", ".zh.pdf")}
        assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]


def test_what_cannot_be_drawn_is_not() -> None:
    sweep, _ = swept({"yijiantiao.hours": [1, 2]})
    assert drawn(Sweep({"yijiantiao.hours": {"few": "few"}}, sweep.points)) == []
    three = {key: {"1": 1.0} for key in ("a.b", "a.c", "a.d")}
    assert drawn(Sweep(three, sweep.points)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_are_drawn(language) -> None:
    """In Chinese no word of the panels is left in English but settings and values, which are typed so."""
    sweep, comparison = swept({"yijiantiao.hours": [1, 2], "world.detected": [0.1, 0.2]})
    figure = map_figure(comparison, sweep, TITLE, outcomes=[UNRESOLVED], language=language)
    assert figure.axes[0].get_title(loc="left") != ""
    assert ("一肩挑" in figure.axes[0].get_title(loc="left")) == (language == "zh")
    runs = coalition_runs()
    shares, hours = answers.attributed(runs, THREE), answers.hours(runs, THREE)
    waterfall = waterfall_figure(shares, hours, runs, THREE, TITLE, language=language)
    assert ("入户" in [text.get_text() for text in waterfall.axes[0].texts]) == (language == "zh")


def test_a_waterfall_leads_from_none_to_all() -> None:
    runs = coalition_runs()
    shares, hours = answers.attributed(runs, THREE), answers.hours(runs, THREE)
    figure = waterfall_figure(shares, hours, runs, THREE, TITLE)
    steps = [patch for patch in figure.axes[0].patches if patch.get_height() == pytest.approx(0.56)]
    widths = [patch.get_width() for patch in steps]
    assert widths[0] == pytest.approx(250)  # the mean with no channel on
    assert widths[1:4] == pytest.approx([-5, -3, 0])
    assert widths[4] == pytest.approx(242)
    assert steps[1].get_x() == pytest.approx(250) and steps[2].get_x() == pytest.approx(245)
    said = [text.get_text() for text in figure.axes[0].texts]
    names = [name for name in said if name[:1] not in "+-0123456789"]
    assert names[1:-1] == ["coordination (the merger)", "on-site visits", "authority"]


def test_levels_below_zero_are_written_beside_their_bars() -> None:
    """A bar that goes from zero to the left ends at its level: dark words on it could not be read."""
    runs = coalition_runs()
    runs["unresolved"] -= 1000
    shares, hours = answers.attributed(runs, THREE), answers.hours(runs, THREE)
    axes = waterfall_figure(shares, hours, runs, THREE, TITLE).axes[0]
    levels = [text for text in axes.texts if text.xy[0] in (-750, -758) and text.xy[1] in (0, 4)]
    assert len(levels) == 2 and all(text.get_ha() == "right" and text.xyann[0] < 0 for text in levels)


def test_a_channel_without_a_path_has_no_number() -> None:
    runs = coalition_runs()
    shares, hours = answers.attributed(runs, THREE), answers.hours(runs, THREE)
    mine = (shares["channel"] == "authority") & (shares["outcome"] == "unresolved")
    shares.loc[mine, ["difference", "low", "high", "share_same_sign"]] = np.nan
    for language, said in (("en", "n/a"), ("zh", "无")):
        figure = waterfall_figure(shares, hours, runs, THREE, TITLE, language=language)
        assert [text.get_text() for text in figure.axes[0].texts].count(said) == 1
    out = StringIO()
    print_shares(Console(file=out, width=100), shares, hours, THREE)
    line = next(line for line in out.getvalue().splitlines() if line.strip().startswith("authority"))
    assert line.count("n/a") == 5 and "0.0" not in line


def test_shares_are_printed_in_a_hundred_columns() -> None:
    runs, out = coalition_runs(), StringIO()
    console = Console(file=out, width=100, soft_wrap=False)
    print_shares(console, answers.attributed(runs, THREE), answers.hours(runs, THREE), THREE)
    said = out.getvalue()
    assert max(map(len, said.splitlines())) <= 100
    assert "from body to merged" in said and "all together" in said and "doors rounds" in said
    assert "3 pairs: 1 below 0, 0 above" in said
    assert "…" not in said
