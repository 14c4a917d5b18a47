"""The memory of a household: the peak of a fresh process, and the bytes of its arrays.

``python -m benchmarks.memory '{"case": {...}, "plan": {...}}'`` lives one case once and prints JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engine import Case, Plan, asked
from sim.worlds import TABLES, Worlds


def peak() -> int:
    """Return the most bytes this process has held so far.

    On Linux a process inherits `ru_maxrss` from the one that started it, so the kernel's count for
    this program alone is read where there is one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def state_bytes(w: Worlds) -> dict[str, int]:
    """Return the bytes allocated for columns (levers among them) and for tables, spare rows included."""
    columns = sum(getattr(w, name).nbytes for name in (*w.columns, *w.levers))
    views = [getattr(getattr(w, name), field) for name, (fields, _) in TABLES.items() for field in fields]
    return {"columns": columns, "tables": sum((view if view.base is None else view.base).nbytes for view in views)}


def measure(case: Case, plan: Plan) -> dict[str, Any]:
    """Live a case once, giving up the snapshot, and return what it held, in bytes."""
    empty = peak()
    w = Worlds(case.recipe(plan.burn_in))
    founded = peak()
    w.run(0)
    w = w.stack([case.scenario], keep=False)
    stacked = peak()
    w.run(plan.days * plan.chunks)
    everybody = case.worlds * case.households
    return {
        "interpreter": empty,
        "peak_founded": founded,
        "peak_stacked": stacked,
        "peak": peak(),
        "household": {part: size / everybody for part, size in state_bytes(w).items()},
        "numpy": np.__version__,
    }


if __name__ == "__main__":
    print(json.dumps(measure(*asked(sys.argv[1:]))))
