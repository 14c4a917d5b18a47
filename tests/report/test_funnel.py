"""The funnel: stages are the counts of the runs, shares can be checked by hand, words do not touch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection

from sim.report.funnel import STAGES, WORDS, funnel, funnel_figure, funnels
from sim.report.labels import LANGUAGES, Language
from tests.report.layout import check_layout


def runs(days: int = 730) -> pd.DataFrame:
    parts = []
    for i, scenario in enumerate(("none", "merged", "a_scenario_with_a_rather_long_name")):
        for k in range(2):
            row = {"scenario": scenario, "replication": k, "days": days, "households": 500}
            row |= {"n_arisen": 1000, "n_named": 800, "n_voiced": 400 + 100 * i, "n_settled": 900}
            row |= {
                "n_settled_claimed": 300 + 100 * i,
                "n_agreements": 100,
                "n_cases_settled": 190,
                "n_cases_failed": 10,
            }
            parts.append(row | {"durable_365": 0.8 if k == 0 else 0.6})
    table = pd.DataFrame(parts)
    return table if days > 365 else table.assign(durable_365=np.nan)


def test_stages_by_hand() -> None:
    none, merged, _ = funnels(runs())
    years = 500 / 1000 * 2  # thousands of household-years
    assert none.stages[:4] == pytest.approx([1000 / years, 800 / years, 400 / years, 300 / years])
    assert none.stages[4] == pytest.approx((300 - 100 * 0.3) / years)  # of a hundred agreements 70 hold, on average
    assert merged.stages[2] == pytest.approx(500 / years)
    assert (none.succeed, none.silent) == (pytest.approx(0.95), pytest.approx(0.6))


def test_what_is_not_known_is_missing() -> None:
    short = funnels(runs(days=60))[0]
    assert np.isnan(short.stages[-1]) and not np.isnan(short.stages[3])
    words = check_layout(funnel_figure(funnels(runs(days=60)), 2))
    assert words.count("n/a") == 3
    assert "not known in runs of a year or less" in " ".join(words)
    table = runs()
    nothing = table.assign(**dict.fromkeys([c for c in table if c.startswith("n_")], 0))
    assert check_layout(funnel_figure(funnels(nothing), 2)).count("n/a") == 3 * 3
    with pytest.raises(ValueError, match="no run"):
        funnels(runs().iloc[:0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_bars_are_as_wide_as_the_stages(language: Language) -> None:
    drawn = funnels(runs())
    figure = funnel_figure(drawn, 2, language)
    words = check_layout(figure)
    assert words.count(WORDS["held"](language)) == 3
    assert "95.0%" in words and "1,000  (100%)" in words
    assert len(figure.axes) == 3
    for axes, each in zip(figure.axes, drawn, strict=True):
        bars = [c for c in axes.collections if isinstance(c, PolyCollection)][1]
        widths = [np.ptp(path.vertices[:, 0]) for path in bars.get_paths()]
        assert widths == pytest.approx(each.stages)
        assert len(widths) == len(STAGES)


def test_files(tmp_path: Path) -> None:
    paths = funnel(runs(), tmp_path / "funnel")
    assert [path.name for path in paths] == ["funnel.png", "funnel.pdf", "funnel.zh.png", "funnel.zh.pdf"]
    assert all(path.stat().st_size < 200_000 for path in paths)


def test_what_is_left_out_is_said() -> None:
    drawn = funnels(runs())
    assert "3 of 75 scenarios" in " ".join(check_layout(funnel_figure(drawn, 2, of=75)))
    assert "of 3 scenarios" not in " ".join(check_layout(funnel_figure(drawn, 2, of=3)))
