"""Hydra's own way of starting: each job of a multirun is a run of ours, with twins, in its own folder."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import pytest

from sim.study import runner
from sim.study.config import load
from sim.study.files import read_csv
from tests.conftest import ROOT

SMALL = (
    "experiment=yijiantiao", "size=quick", "replications=1", "days=14", "burn_in=7", "detail=false",
    "hydra/job_logging=disabled", "hydra/hydra_logging=disabled",
)  # fmt: skip


def start(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str) -> None:
    monkeypatch.setattr(runner, "_draw", lambda *given: None)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "argv", ["hydra_app.py", "-m", *SMALL, f"hydra.sweep.dir={folder}", *words])
    runpy.run_path(str(ROOT / "experiments" / "hydra_app.py"), run_name="__main__")


def test_a_multirun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    start(monkeypatch, tmp_path, "seed=1,2")
    assert capsys.readouterr().out.count("merged - body_branch: ") == 2
    found = [read_csv(tmp_path / job / "run" / "runs.csv") for job in "01"]
    seeds = [json.loads((tmp_path / job / "run" / "manifest.json").read_text())["config"]["seed"] for job in "01"]
    assert seeds == [1, 2]
    scenarios = [run["scenario"].tolist() for run in found]  # one replication: what is asked for wins over quick
    assert scenarios[0] == scenarios[1] == list(load("yijiantiao").resolved["scenarios"])
    assert not found[0].equals(found[1])


def test_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        start(monkeypatch, tmp_path, "replications=0")
    assert left.value.code == 2
    assert "error: replications=0 is out of range [1, 1000000]\n" in capsys.readouterr().err
