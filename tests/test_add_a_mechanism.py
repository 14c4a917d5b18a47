"""docs/add-a-mechanism.md is followed letter by letter, in a copy of the clone."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.study.files import read_csv
from tests.conftest import ROOT, bare_environment

PAGE = (ROOT / "docs" / "add-a-mechanism.md").read_text("utf-8")
FILE = re.compile(r"`([\w/.-]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
LINES = [line for language, block in BLOCKS if not language for line in block.splitlines()]
FEW = ["days=28", "burn_in=28", "detail=false", "--backend", "serial"]
"""What makes a quick run quicker."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a clone has, the locks left out: this interpreter is the environment."""
    root = tmp_path_factory.mktemp("copy")
    compiled = shutil.ignore_patterns("__pycache__")
    for folder in ("sim", "configs"):
        shutil.copytree(ROOT / folder, root / folder, ignore=compiled)
    (root / "tests").mkdir()
    for name in ("conftest.py", "docked.py", "helpers.py"):
        shutil.copy(ROOT / "tests" / name, root / "tests")
    for name in ("pyproject.toml", "ODD.md"):
        shutil.copy(ROOT / name, root)
    for name, text in FILE.findall(PAGE):
        assert not (root / name).exists()
        (root / name).write_text(text, "utf-8")
    return root


def call(copy: Path, line: str) -> str:
    """Do what a line says, with this interpreter, and return what it prints."""
    command, *rest = shlex.split(line)
    assert command in ("python3", ".venv/bin/python")
    few = FEW if "run" in rest else []
    done = subprocess.run(
        [sys.executable, *rest, *few],
        cwd=copy,
        env=bare_environment() | {"COLUMNS": "100", "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_is_followed(copy: Path) -> None:
    assert [name for name, _ in FILE.findall(PAGE)] == [
        "sim/mechanisms/open_books.py",
        "configs/mechanism/open_books.yaml",
        "configs/experiment/open_books.yaml",
        "tests/test_open_books.py",
    ]
    odd = (copy / "ODD.md").read_text("utf-8")
    said = {line: call(copy, line) for line in LINES}
    assert "    channels: reading, posting\n" in said["python3 -m sim list"]
    assert (
        "  read_hours              0.5            [0, 2]             hours/week\n"
        in said["python3 -m sim show mechanism/open_books"]
    )
    assert "2 passed" in said["python3 -m sim test open_books"]
    new = (copy / "ODD.md").read_text("utf-8")
    assert "read_hours" in new
    assert "read_hours" not in odd

    runs = read_csv(copy / "results" / "local" / "open_books-quick" / "runs.csv").set_index("scenario")
    minutes = runs.groupby("scenario")["n_minutes_inspections"].sum()
    assert minutes["both"] > minutes["body"]
    assert minutes["reading"] > minutes["body"]
    assert minutes["posting"] == minutes["body"]
