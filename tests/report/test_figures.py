"""Which figures a result folder has, and that workers draw them from its files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim.errors import SimError
from sim.report.figures import FIGURES, Drawing, draw, wanted
from sim.study.config import load, load_attribution
from sim.study.executor import executor

CONFIG = load("yijiantiao", ["size=quick"])


def test_which_figures_there_are() -> None:
    of_cases = ["competing_ends", "forest", "time_series", "twin_maps", "alluvial", "funnel"]
    assert wanted(CONFIG) == [*of_cases, "acceptability"]
    assert set(wanted(CONFIG)) < set(FIGURES)
    assert wanted(replace(CONFIG, detail=False)) == ["forest", "funnel", "acceptability"]
    assert wanted(replace(CONFIG, comparisons=())) == ["competing_ends", "time_series", "funnel"]
    assert {"twin_maps", "alluvial"}.isdisjoint(wanted(replace(CONFIG, events=0)))


def test_acceptability_is_drawn_where_somebody_chooses() -> None:
    """Not of one scenario, nor without comparisons, nor where a sweep's points are worlds; of mixes within `budget`."""
    assert "acceptability" in wanted(load("coverage")) and "acceptability" in wanted(load("combined"))
    assert "acceptability" not in wanted(replace(CONFIG, comparisons=()))
    assert "acceptability" not in wanted(replace(CONFIG, scenarios=CONFIG.scenarios[:1]))
    assert "acceptability" not in wanted(load("price_crash"))
    assert {"acceptability", "budget"}.isdisjoint(wanted(load_attribution("yijiantiao")))
    mixes = wanted(load_attribution("combined"))
    assert "acceptability" not in mixes and "budget" in mixes


def test_titles() -> None:
    drawing = Drawing("forest", Path("out"), CONFIG)
    assert drawing.stem == Path("out/figures/forest")
    assert "one person" in drawing.title("en").lower() and "一肩挑" in drawing.title("zh")
    mine = replace(CONFIG, name="mine", question="修房顶要多久？")
    assert Drawing("forest", Path("out"), mine).title("en") == "修房顶要多久？"
    unwritable = replace(CONFIG, name="mine", question="कितना?")
    assert Drawing("forest", Path("out"), unwritable).title("zh") == "mine"


def test_a_folder_that_lacks_a_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(SimError, match=r"comparison\.csv"):
        draw(replace(CONFIG, detail=False), tmp_path, executor("serial"))
