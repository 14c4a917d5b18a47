"""The memory that a day touches: bytes of pages read or written at least once, by the kernel's own book.

``python -m benchmarks.touched '{"case": {...}, "plan": {...}}'`` lives one case once and prints JSON. Linux marks each
page that is used; the marks are wiped before a day and read after it. numpy asks for pages of 2 MB, one byte of which
would count for all, so this process is to be started with `SMALL_PAGES`. A page counts once however often it is used,
and whole however little of it: what really moves between memory and processor can be less, or more.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks.engine import Case, Plan, asked
from sim.worlds import Worlds

SMALL_PAGES: Mapping[str, str] = {"NUMPY_MADVISE_HUGEPAGE": "0"}
"""Environment in which numpy leaves pages at 4 kB."""

WIPE, MARKS = Path("/proc/self/clear_refs"), Path("/proc/self/smaps")
"""Where the kernel is told to wipe its marks, and where it says what it has marked."""

MAPPING = re.compile(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ (\d+)")
"""First line of what is said of a mapping; the number is 0 if no file lies behind it."""

WEEK = 7


def can() -> bool:
    """Whether the kernel keeps such a book."""
    return WIPE.exists() and MARKS.exists()


def touched() -> int:
    """Return the bytes of this process's own pages, those of files apart, used since the marks were wiped."""
    total, own = 0, False
    for line in MARKS.read_text().splitlines():
        mapping = MAPPING.match(line)
        if mapping:
            own = mapping.group(1) == "0"
        elif own and line.startswith("Referenced:"):
            total += 1024 * int(line.split()[1])
    return total


def of_days(w: Worlds, days: int) -> list[int]:
    """Live days one by one, and return the bytes that each has touched."""
    out = []
    for _ in range(days):
        WIPE.write_text("1")
        w.step()
        out.append(touched())
    return out


def measure(case: Case, plan: Plan) -> dict[str, float | None]:
    """Live a case, and return what days touch after its burn-in, in bytes a household; nothing if it cannot be known.

    ``day`` is the median of two weeks, ``week`` the dearest of those days: that on which a week's clocks are set anew.
    """
    if not can():
        return {"day": None, "week": None}
    w = Worlds(case.recipe(plan.burn_in))
    w.run(0)
    w = w.stack([case.scenario], keep=False)
    w.run(WEEK)  # the first week founds bodies
    found = of_days(w, 2 * WEEK)
    everybody = case.worlds * case.households
    return {"day": float(np.median(found)) / everybody, "week": max(found) / everybody}


if __name__ == "__main__":
    print(json.dumps(measure(*asked(sys.argv[1:]))))
