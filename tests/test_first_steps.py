"""The first half-hour: the script runs as a student would run it, and what it says of itself holds."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import pytest

from sim.study import runner
from tests.conftest import ROOT

SCRIPT = ROOT / "experiments" / "first_steps.py"


def test_it_walks_from_a_world_to_a_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a copy, so that no results of the clone's are touched; the runs' own figures are not drawn."""
    (tmp_path / "experiments").mkdir()
    copy = tmp_path / "experiments" / SCRIPT.name
    copy.write_text(SCRIPT.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(runner, "_draw", lambda *given: None)
    monkeypatch.setattr(sys, "path", list(sys.path))
    said = runpy.run_path(str(copy), run_name="__main__")
    out = capsys.readouterr().out
    assert "the same on day 0: True" in out
    assert re.search(r"first day on which the number of grievances differs: \d+", out)
    assert re.search(r"\d+ of \d+ households suffer", out)
    assert re.search(r"leaking roofs on the map: [1-9]", out)
    assert out.count(" 12 pairs\n") == 2
    assert "Collective(1), land: capital" in out
    assert re.search(r"day 100: winter ground, \d+ km to the centre, 0 campers", out)
    assert re.search(r"day 200: summer ground, \d+ km to the centre, [1-9]\d* campers", out)
    assert (tmp_path / "results" / "local" / "first_steps" / "first_steps.png").stat().st_size > 10_000
    usual, few_pay = said["usual"].runs, said["few_pay"].runs
    assert usual["unresolved"].tolist() != few_pay["unresolved"].tolist(), "the parameter changes nothing"
    assert sorted(usual["scenario"].unique()) == ["body", "merged"]


def test_every_cell_is_explained() -> None:
    cells = re.split(r"^# %%", SCRIPT.read_text("utf-8"), flags=re.MULTILINE)[1:]
    code = [k for k, cell in enumerate(cells) if not cell.startswith(" [markdown]")]
    assert len(code) >= 7
    assert all("#" in cells[k] or cells[k - 1].startswith(" [markdown]") for k in code)
