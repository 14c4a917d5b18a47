"""The figure of joining: the numbers drawn are those of the days, and an experiment in villages gets it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.report.diffusion import diffusion_figure
from sim.report.figures import wanted
from sim.report.labels import LANGUAGES, Language
from sim.study.config import load


def days() -> pd.DataFrame:
    """Two scenarios, three replications, 120 days."""
    rows = [
        dict(scenario=s, replication=k, day=d, adopters=10 + k + slope * d, adopters_members=slope * d // 4)
        for s, slope in (("baseline", 0), ("full", 2))
        for k in range(3)
        for d in range(120)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_curves_are_counted_from_day_0(language: Language) -> None:
    figure = diffusion_figure(days(), language)
    lines = figure.axes[0].lines
    assert len(lines) == 4
    assert np.allclose(np.asarray(lines[2].get_ydata(), dtype=float), 2.0 * np.arange(120))
    assert np.allclose(np.asarray(lines[3].get_ydata(), dtype=float), 2 * np.arange(120) // 4)
    assert [text.get_text() for text in figure.axes[0].texts] == (
        ["baseline", "all channels"] if language == "en" else ["基准", "全部做法"]
    )


def test_villages_get_it_and_the_figures_of_disputes() -> None:
    got = {"competing_ends", "time_series", "funnel", "alluvial", "forest", "diffusion", "incomes", "acceptability"}
    assert set(wanted(load("village_alliance"))) == got
    assert set(wanted(load("share", ["detail=false"]))) == {"forest", "funnel", "incomes", "acceptability"}
    assert "diffusion" not in wanted(load("yijiantiao"))
