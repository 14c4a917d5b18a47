"""Clusters for tests: a scheduler and workers in processes of their own, started as a user would."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sim.study import where
from sim.study.config import Config, load
from tests.conftest import ROOT, bare_environment

SETTINGS = (
    "size=quick", "replications=6", "layouts=2", "days=42", "burn_in=28", "world.households=60", "events=2",
    "scenarios.placebo=null", "scenarios.body_branch=null", "scenarios.merged_equal_hours=null",
    "scenarios.merged_selected=null", "comparisons=[[merged,body],[body,none]]",
)  # fmt: skip

LIMIT = 120.0
"""Seconds after which a test that waits for something that never comes is given up."""


def tiny() -> Config:
    return load("yijiantiao", SETTINGS)


class Running:
    """A scheduler and workers in processes of their own, started as a user would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: dict[str, subprocess.Popen[str]] = {}
        self.file = folder / "scheduler.json"

    def start(
        self, name: str, *words: str, clone: Path = ROOT, before: Sequence[str] = (), **variables: str
    ) -> subprocess.Popen[str]:
        with open(self.folder / f"{name}.log", "w") as log:
            process = subprocess.Popen(
                [*before, sys.executable, "-m", "sim", *words], cwd=clone, env={**bare_environment(), **variables},
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            )  # fmt: skip
        self.processes[name] = process
        return process

    def scheduler(self, *words: str, failures: int = 1, **variables: str) -> str:
        wanted = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(failures), **variables}
        self.start("scheduler", "scheduler", "--port", "0", "--scheduler-file", str(self.file), *words, **wanted)
        until(self.file.exists)
        return where.address(str(self.file))

    def worker(
        self, name: str, *words: str, clone: Path = ROOT, before: Sequence[str] = (), at: str = "", **variables: str
    ) -> subprocess.Popen[str]:
        scheduler = at or str(self.file)
        return self.start(name, "worker", scheduler, "--workers", "1", *words, clone=clone, before=before, **variables)

    def joined(self, *names: str) -> None:
        until(lambda: all("joined" in self.log(name) for name in names))

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def close(self) -> None:
        for process in reversed(self.processes.values()):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that must come; the limit is only there so that a broken test ends."""
    limit = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.02)
