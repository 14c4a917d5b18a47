"""The same bytes of runs.csv and the same digests of every table, in every kind of place, however they are computed.

Compounds alone are tried in more ways in `test_runner.py`; what befalls a run is in `test_faults.py`, clusters in
`test_cluster.py`, the state of worlds beneath it all in `tests/test_worlds.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sim.study import runner
from sim.study.config import Config, load
from sim.study.executor import Serial
from tests.conftest import ROOT

EXPERIMENTS = {
    "compound": "yijiantiao",
    "village": "village_alliance",
    "pasture": "mobile_mediation",
    "county": "combined",
}
"""Every kind of place and an experiment in it."""

SETTINGS = ("size=quick", "replications=3", "layouts=2", "days=28", "burn_in=14", "events=1")

WORDS = {"combined": ("scenarios={baseline: [], all: [formed_body, yijiantiao, mobile_mediation, village_alliance]}",)}
"""Of an experiment of many scenarios two will do."""

ELSEWHERE = """
import sys
from pathlib import Path
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
from sim.study import runner
from sim.study.config import load
assert not [name for name in __cpu_dispatch__ if __cpu_features__.get(name)], "SIMD is on"
done = runner.run(load(sys.argv[1], sys.argv[3:]), Path(sys.argv[2]), backend="joblib", workers=2, figures=False)
assert not done.failures, done.failures
"""
"""A run in two worker processes, which inherit what the variables of the environment say."""


def config(place: str) -> Config:
    return load(EXPERIMENTS[place], settings(place))


def settings(place: str) -> list[str]:
    return [*SETTINGS, *WORDS.get(EXPERIMENTS[place], ())]


def features() -> list[str]:
    """Return the features of this processor that numpy chooses code by."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    return [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]


def digests(folder: Path) -> dict[str, str]:
    said: dict[str, str] = json.loads((folder / "manifest.json").read_text())["digests"]
    return said


PLACES = [pytest.param(p, marks=[] if p == "compound" else pytest.mark.thorough) for p in EXPERIMENTS]
"""All of them; at each change compounds alone."""


@pytest.fixture(scope="module", params=PLACES)
def usual(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A place, and the folder of a run in this process, block by block."""
    place = str(request.param)
    folder = tmp_path_factory.mktemp(place) / "run"
    done = runner.run(config(place), folder, backend="serial", figures=False)
    assert done.failures == [] and len(done.runs) >= 6
    assert config(place).place == place
    return place, folder


def test_in_two_workers_without_simd_and_under_another_hash_seed(usual: tuple[str, Path], tmp_path: Path) -> None:
    """This process has a hash seed of its own and uses what the processor can do; those have another, and do not."""
    place, folder = usual
    seed = "1" if os.environ.get("PYTHONHASHSEED") == "0" else "0"
    changed = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "NPY_DISABLE_CPU_FEATURES": " ".join(features())}
    words = [EXPERIMENTS[place], str(tmp_path / "run"), *settings(place)]
    command = [sys.executable, "-W", "error", "-c", ELSEWHERE, *words]
    done = subprocess.run(command, env=os.environ | changed, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "runs.csv").read_bytes() == (folder / "runs.csv").read_bytes()
    assert digests(tmp_path / "run") == digests(folder)


def test_in_any_order_of_scenarios_and_blocks_one_world_at_a_time(
    usual: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of a scenario are where it is named, and are the same bytes."""

    class Backwards(Serial):
        def map(self, function, tasks):
            yield from super().map(function, reversed(list(tasks)))

    place, folder = usual
    monkeypatch.setattr(runner, "executor", lambda *_: Backwards())
    here = config(place)
    turned = replace(here, scenarios=here.scenarios[::-1], block_households=1)
    assert runner.run(turned, tmp_path / "run", figures=False).failures == []
    header, *lines = (folder / "runs.csv").read_text().splitlines()
    again, *turned_lines = (tmp_path / "run" / "runs.csv").read_text().splitlines()
    assert again == header
    assert turned_lines != lines
    names = [scenario.name for scenario in here.scenarios]
    assert sorted(turned_lines, key=lambda line: names.index(line.split(",")[0])) == lines
    # Digests are of sorted rows: the order of scenarios is nothing to them.
    same, other = digests(folder), digests(tmp_path / "run")
    assert {name: same[name] for name in same if name != "comparison"} == {
        name: other[name] for name in other if name != "comparison"
    }
