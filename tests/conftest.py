"""What all tests share: nothing here or below it may depend on how fast a machine is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import docked
from tests.docked import dock  # noqa: F401, a fixture of all tests

ROOT = Path(__file__).resolve().parent.parent

os.environ["MPLBACKEND"] = "Agg"

settings.register_profile(
    "sim",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
    database=None,
)
settings.load_profile("sim")

STUDY = """
import sys

def list_(arguments):
    print(sys.prefix)
    for number in range(100_000):
        print(number)
    return 0
"""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "thorough: only by `python3 -m sim test thorough`, for the time it takes")
    config.addinivalue_line("markers", "docking: compares a simulated number with what theory says")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    docked.marked(items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what theory says beside what came out, wherever such tests were among those that ran."""
    reports = [report for word in ("passed", "failed") for report in terminalreporter.stats.get(word, [])]
    found = docked.rows(reports)
    if found:
        terminalreporter.section("docking: what theory says, and what comes out")
        for line in docked.table(found):
            terminalreporter.write_line(line)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A small clone: the command line as it is, a stub behind it, and locks that ask for what nobody has."""
    root = tmp_path / "a clone"  # the space is on purpose
    (root / "sim" / "study").mkdir(parents=True)
    (root / "locks").mkdir()
    for name in ("__init__", "__main__", "commands", "environment", "errors", "garbage", "install"):
        shutil.copy(ROOT / "sim" / f"{name}.py", root / "sim")
    (root / "sim" / "study" / "__init__.py").touch()
    (root / "sim" / "study" / "commands.py").write_text(STUDY, "utf-8")
    shutil.copy(ROOT / "build-constraints.txt", root)
    write_lock(root, "core", "made-up==1.0")
    write_lock(root, "test", "made-up==1.0", "made-up-check==2.0")
    return root


def write_lock(root: Path, name: str, *pins: str) -> Path:
    """Write a lock in the form the real ones have."""
    lock = root / "locks" / f"{name}.txt"
    lock.write_text("".join(f"{pin} \\\n    --hash=sha256:{'0' * 64}\n" for pin in pins), "utf-8")
    return lock


def bare_environment() -> dict[str, str]:
    """This process's variables without those that would send a started interpreter elsewhere."""
    unwanted = ("SIM_VENV", "PYTHONPATH", "PYTHONHOME", "PYTHONWARNINGS")
    return {name: value for name, value in os.environ.items() if name not in unwanted}
