"""A wheel is the package with its configs inside; how it was tried for real stands in CONTRIBUTING.md."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sim.study.compose import FOLDER
from tests.conftest import ROOT, bare_environment

TARGET = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
PROGRAM = "import sys; from sim.commands import main; sys.argv[0] = 'sim'; sys.exit(main())"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What pyproject.toml says goes into a wheel, as it lies where packages are installed."""
    site = tmp_path_factory.mktemp("site-packages")
    for package in TARGET["packages"]:
        shutil.copytree(ROOT / package, site / package, ignore=shutil.ignore_patterns("__pycache__"))
    for source, target in TARGET["force-include"].items():
        shutil.copytree(ROOT / source, site / target)
    return site


def called(site: Path, here: Path, *words: str, program: str = PROGRAM) -> str:
    """What the installed program, or another that imports it, prints, started in some folder."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *words],
        cwd=here,
        env=bare_environment() | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everything_that_is_read_goes_into_it() -> None:
    """Configs by their own rule; all other files that the code reads lie in the package, which goes in whole."""
    assert TARGET["packages"] == ["sim"]
    assert {(ROOT / source).resolve() for source in TARGET["force-include"]} >= {FOLDER}


def test_every_place_can_be_looked_at_with_mesa(site: Path, tmp_path: Path) -> None:
    """What is installed has all agents, and everything that a world needs."""
    code = (
        "from sim import GovernanceModel, faces\n"
        "for place in faces.registry():\n"
        "    model = GovernanceModel(place=place)\n"
        "    model.step()\n"
        "    print(place, len(model.agents) > 100)\n"
    )
    assert called(site, tmp_path, program=code).split() == ["compound", "True", "pasture", "True", "village", "True"]


def test_it_runs_where_it_is_called(site: Path, tmp_path: Path) -> None:
    """Outside any clone: help, the configs inside, results below the folder in which one stands."""
    out = called(site, tmp_path, "--help")
    assert out.startswith("usage: sim COMMAND")
    assert ".venv" not in out
    out = called(site, tmp_path, "run", "yijiantiao", "size=quick", "--dry-run")
    assert "results    results/local/yijiantiao-quick\n" in out
    assert list(tmp_path.iterdir()) == []
    out = called(site, tmp_path, "show", "yijiantiao")
    assert "A file of your own, anywhere: sim run mine.yaml\n" in out
    assert "python3 -m sim" not in out
