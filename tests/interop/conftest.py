"""The Python of an environment with `locks/interop.txt`, in which others' programs read our files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.small_result import small_result

__all__ = ["elsewhere", "small_result"]

HOW = "; see CONTRIBUTING.md for how to make one"


@pytest.fixture(scope="session")
def elsewhere() -> Callable[..., str]:
    """Run a script of this folder in that environment and return what it prints last."""
    python = Path(os.environ.get("SIM_INTEROP", ROOT / ".venv.interop")) / "bin" / "python"
    if not python.is_file():
        pytest.skip(f"no environment with pm4py and rocrate at {python}{HOW}")

    def run(script: str, *words: str | Path) -> str:
        call = [str(python), "-I", str(Path(__file__).with_name(script)), *map(str, words)]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.splitlines()[-1]

    return run
