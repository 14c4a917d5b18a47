"""The toy of `benchmarks.toy`, tool beside tool: seconds of one core for a year, and whether all count the same.

Peers that the project does not need stand in an environment of their own, `.venv.bench`, made once from
`locks/bench.txt` when they are asked for; what is not there is left out, with a word.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.toy import expected
from sim.environment import ROOT

FOLDER = Path(__file__).resolve().parent / "toy"
PEERS = ROOT / ".venv.bench"
SIZES = (1_000, 100_000, 1_000_000, 10_000_000)

ERRORS = 4.0
"""Standard errors within which every side's count of grievances must lie of what theory says."""

WITHIN = 10.0
"""Times as long as C that numpy may take at a million."""


@dataclass(frozen=True)
class Side:
    """One tool's side.

    Attributes:
        name: as it is printed.
        module: file of the toy's folder.
        most: households beyond which it is not tried.
        peer: whether it needs `PEERS`.
    """

    name: str
    module: str
    most: int
    peer: bool = False


SIDES = (
    Side("C, events", "events.c", 10_000_000),
    Side("numba, events", "numba_events", 10_000_000, peer=True),
    Side("numpy, events", "numpy_events", 10_000_000),
    Side("Starsim", "starsim_module", 1_000_000, peer=True),
    Side("plain Mesa", "plain_mesa", 100_000),
    Side("AgentPy", "agentpy_list", 10_000, peer=True),
)


@dataclass(frozen=True)
class Plan:
    """What is measured.

    Attributes:
        sizes: households.
        repeats: times that each is run; the fastest counts, since other load only ever adds.
    """

    sizes: tuple[int, ...] = SIZES
    repeats: int = 3


QUICK = Plan(sizes=(1_000,), repeats=1)


def set_up_peers() -> None:
    """Make the environment of the peers, once; some 750 MB."""
    from sim.install import make, pip_install

    make(PEERS, "bench", ROOT, pip_install)


def measure(plan: Plan) -> dict[str, Any]:
    """Run every side that is there, each size in fresh processes.

    Returns:
        ``sides``: name to size to what its process printed, of the fastest repeat; ``left_out``: name to why;
        ``counts``: name to whether all its counts agree with theory.
    """
    sides: dict[str, dict[int, Any]] = {}
    left_out: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for side in SIDES:
            command, why = _command(side, Path(folder))
            if why:
                left_out[side.name] = why
                continue
            sides[side.name] = {
                size: min((_run([*command, str(size)]) for _ in range(plan.repeats)), key=lambda found: found["run"])
                for size in plan.sizes
                if size <= side.most
            }
    agree = {name: all(counts_agree(found) for found in sizes.values()) for name, sizes in sides.items()}
    return {"sides": sides, "left_out": left_out, "counts": agree}


def counts_agree(found: dict[str, Any]) -> bool:
    """Return whether a side's count of grievances is what theory expects, but for chance."""
    wanted = expected(found["households"])
    return abs(found["felt"] - wanted) < ERRORS * math.sqrt(wanted)


def _command(side: Side, folder: Path) -> tuple[list[str], str]:
    """Return what runs a side, or why nothing does."""
    if side.module.endswith(".c"):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not compiler:
            return [], "no C compiler"
        program = folder / "toy"
        subprocess.run([compiler, "-O2", "-o", str(program), str(FOLDER / side.module), "-lm"], check=True)
        return [str(program)], ""
    python = str(PEERS / "bin" / "python") if side.peer else sys.executable
    if not Path(python).exists():
        return [], "not installed; `bench toy --peers` sets it up once, 750 MB"
    return [python, "-m", f"benchmarks.toy.{side.module}"], ""


def _run(command: list[str]) -> dict[str, Any]:
    """Run one side once, and return what it prints."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
