"""Faults: what may happen to one block of a run while the others go on. Whoever computes blocks here suffers them."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from pathlib import Path

import numpy as np

from sim import commands, environment
from sim.study import runner
from sim.study.executor import stage

FAULT = "SIM_TEST_FAULT"
"""Variable that says what happens, and, behind a space, a file that notes it."""

STRUCK = 1
"""The layout whose block suffers it."""

EACH = {1: "kill", 2: "raise", 3: "memory"}
"""Layout to what its block suffers where each suffers something."""

MEGABYTES = 256
"""Address space left to a block that needs more."""

real = runner.work


def work(order: runner.Order | None) -> None:
    """Compute a block, unless something happens to it."""
    fault, _, note = os.environ.get(FAULT, "").partition(" ")
    layout = order.task.recipes[0].layout if order else None
    if fault == "each":
        fault = EACH.get(layout, "") if layout is not None else ""
    elif layout != STRUCK:
        fault = ""
    if fault == "kill" or (fault == "kill-once" and not Path(note).exists()):
        with stage("burn-in"):
            Path(note).touch()
            os.kill(os.getpid(), signal.SIGKILL)
    elif fault == "raise":
        with stage("running"):
            raise RuntimeError("no luck")
    elif fault == "memory":
        with stage("recording"):
            _need_memory()
    elif fault == "pause":
        Path(note).touch()
        time.sleep(600)
    real(order)


def _need_memory() -> None:
    """Ask for more memory than there may be."""
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now + MEGABYTES * 2**20, before[1]))
    try:
        np.ones(MEGABYTES * 2**20)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def main() -> int:
    """Be the command line, with blocks that suffer faults, and without figures."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # who is started in the background ignores it
    environment.ensure = lambda need: None  # type: ignore[assignment]
    runner.work = work
    runner._draw = lambda *_: None
    return commands.main(sys.argv[1:])
