"""Which code a piece is made by: whatever determines a piece is in its key."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.study import provenance
from tests.conftest import ROOT

HARMLESS = {
    *("sim/environment.py", "sim/errors.py", "sim/garbage.py"),
    *("sim/evidence/__init__.py",),
    *("sim/study/__init__.py", "sim/study/digest.py", "sim/study/files.py", "sim/study/keys.py", "sim/study/store.py"),
    *("sim/study/coalitions.py", "sim/study/compose.py", "sim/study/config.py", "sim/study/scenarios.py"),
    *("sim/study/asked.py", "sim/study/draws.py"),
    *("sim/study/suggest.py", "sim/study/sweep.py", "sim/study/statistics.py", "sim/study/provenance.py"),
    *("sim/study/executor.py", "sim/study/experiment.py", "sim/study/manifest.py", "sim/study/runner.py"),
    *("sim/study/where.py", "sim/study/parcel.py", "sim/study/door.py"),
}  # fmt: skip
"""Files a worker has in memory that decide which piece is computed and where it goes, and never what it says."""

PIECES = """
import sys
from sim import places
from sim.study import runner, tables
from sim.study.config import load
from sim.study.experiment import plan, tasks
from sim.study.provenance import maker
from sim.study.store import Store
for name in ("yijiantiao", "village_alliance", "mobile_mediation", "combined"):
    config = load(name, ["size=quick", "days=7", "burn_in=7", "replications=1", "layouts=1"])
    folder = f"{sys.argv[1]}/{config.place}"
    planned, rows = plan(config), config.block_households
    with Store(folder, tables.piece_tables(config.place), maker=maker()) as store:
        for task in tasks(planned.groups, planned.households):
            runner.work(runner.Order(task, config.days, config.detail, rows, planned.households, store, maker()))
print(*(module.__file__ for name, module in sys.modules.items() if name.split(".")[0] == "sim"), sep="\\n")
"""


def test_all_that_computes_a_piece_is_in_its_key(tmp_path: Path) -> None:
    """Every source that a worker has loaded, in every kind of place, is in the digest or known to be harmless."""
    command = [sys.executable, "-W", "error", "-c", PIECES, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = {Path(line).relative_to(ROOT).as_posix() for line in done.stdout.split()} - {"sim/__init__.py"}
    covered = {path.relative_to(ROOT).as_posix() for path in provenance.engine_files()}
    assert len(loaded & covered) > 60
    assert loaded - covered - HARMLESS == set()
    assert not covered & HARMLESS


def test_the_digest_covers_what_counts_and_no_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "sim"
    shutil.copytree(provenance.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "configs"))
    monkeypatch.setattr(provenance, "PACKAGE", copy)
    fresh = provenance.engine_digest.__wrapped__
    before = fresh()
    assert before == provenance.engine_digest()
    for name, changes in (("commands.py", False), ("study/runner.py", False), ("rules/desks.py", True),
                          ("study/tables.py", True), ("outcomes/compounds.py", True), ("study/distances.py", True),
                          ("exact.py", True)):  # fmt: skip
        with open(copy / name, "r+") as file:  # it must be there
            file.seek(0, os.SEEK_END)
            file.write("# changed\n")
        assert (fresh() != before) == changes, name
        before = fresh()


def test_without_a_lock_the_versions_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = provenance.lock_digest.__wrapped__
    locked = fresh()
    monkeypatch.setattr(provenance, "PACKAGE", tmp_path / "sim")  # as in a wheel
    assert fresh() == fresh() != locked
    before = fresh()
    monkeypatch.setattr(provenance, "version", lambda name: "0.0")
    assert fresh() != before
