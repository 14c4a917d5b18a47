"""A small result of the main experiment, lived once for all who read results."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.study import runner
from sim.study.config import load

SMALL = (
    *("size=quick", "days=400", "burn_in=182", "replications=3", "layouts=1"),
    *("scenarios.placebo=null", "scenarios.merged_equal_hours=null", "scenarios.merged_selected=null"),
    "comparisons=[[merged,body_branch],[body,none]]",
)
DRAWN = ["forest", "funnel"]
"""Two figures will do; all of them take longer than all else."""


@pytest.fixture(scope="session")
def small_result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of `yijiantiao` with four scenarios. Nobody may write into it."""
    folder = tmp_path_factory.mktemp("results") / "small"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.report.figures.wanted", lambda config: DRAWN)
        result = runner.run(load("yijiantiao", SMALL), folder, backend="serial")
    assert not result.failures
    return folder
