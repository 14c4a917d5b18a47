"""The key to the exercise sheet, made by the program: ``python3 -m sim.report.lesson_key`` writes docs/lessons/key.md.

The experiment of the sheet is small, so the key is what anybody gets who runs it: the same numbers, bit for bit. A test
runs it and compares. It is about reading results, and says nothing of the world.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from sim.errors import SimError
from sim.outcomes import OUTCOMES
from sim.report import report_heads
from sim.report.document.effects import effect, rows_of
from sim.report.tables import interval, number
from sim.study.files import atomic, read_csv
from sim.study.statistics import paired

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "lessons"
EXPERIMENT, KEY = FOLDER / "lessons.yaml", FOLDER / "key.md"

HEAD = """\
# Key to the exercise sheet

Written by `python3 -m sim.report.lesson_key` from [lessons.yaml](lessons.yaml); whoever runs that gets these numbers.
Few pairs of twins in two small compounds for a year: enough to learn how a result is read, too few to say more.
"""

PREDICT = (("body", "none"), ("body_branch", "body"), ("merged", "body_branch"), ("placebo", "body"))
TOGETHER = (("merged", "none"), ("couriers", "none"), ("both", "none"))
LOSES = (("body_branch", "placebo"), ("merged", "none"), ("couriers", "none"))

COLUMNS = ("comparison", "outcome", "baseline", "difference", "95% interval", "same sign", "reading")


def key(comparison: pd.DataFrame, runs: pd.DataFrame) -> str:
    """Return the key as Markdown.

    Args:
        comparison: of the sheet's experiment.
        runs: its table of runs.
    """
    parts = [
        HEAD,
        "## 1 Predict, then reveal\n",
        _table(comparison, PREDICT, ("unresolved", "hours")),
        "\n## 2 One channel off\n",
        _table(comparison, (("merged", "no_sharing"),), ("mended", "paid_owners_yuan", "unresolved")),
        "\n## 3 Two mechanisms together\n",
        _table(comparison, TOGETHER, ("unresolved", "opened", "hours")),
        "\nWhat both do beyond the sum of what each does alone (both - merged - couriers + none, twin by twin):\n",
        _lines(
            ("outcome", "beyond the sum", "95% interval", "pairs"), _beyond(runs, ("unresolved", "opened", "hours"))
        ),
        "\n## 4 Find where it loses\n",
        "Every outcome with a direction that is worse, its interval without zero:\n",
        _lines(("comparison", "outcome", "baseline", "difference", "95% interval"), _worse(comparison)),
    ]
    return "\n".join(parts) + "\n"


def _table(comparison: pd.DataFrame, pairs: Sequence[tuple[str, str]], outcomes: Sequence[str]) -> str:
    """Return some outcomes of some comparisons."""
    rows = []
    for scenario, baseline in pairs:
        mine = comparison[(comparison["scenario"] == scenario) & (comparison["baseline"] == baseline)]
        for name in outcomes:
            for row in rows_of(mine[mine["outcome"] == name]):
                one = effect(row, "en")
                reading = report_heads.READINGS[one.reading]("en")
                pair = f"`{scenario}` - `{baseline}`"
                rows.append((pair, one.label, one.mean, one.difference, one.interval("en"), one.share, reading))
    return _lines(COLUMNS, rows)


def _beyond(runs: pd.DataFrame, outcomes: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield what both mechanisms do beyond the sum of what each does."""
    labels = {spec.name: spec.label for spec in OUTCOMES}
    for name in outcomes:
        wide = runs.pivot(index="replication", columns="scenario", values=name).astype(np.float64)
        joint, apart = wide["both"] - wide["merged"], wide["couriers"] - wide["none"]
        found = paired(joint.to_numpy(), apart.to_numpy())
        scale = max(abs(found.difference), abs(found.low), abs(found.high))
        told = number(found.difference, scale, sign=True), interval(found.low, found.high, scale), str(found.n)
        yield (labels[name], *told)


def _worse(comparison: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield the outcomes that are clearly worse in the comparisons that the sheet asks about."""
    for scenario, baseline in LOSES:
        mine = comparison[(comparison["scenario"] == scenario) & (comparison["baseline"] == baseline)]
        for row in rows_of(mine):
            one = effect(row, "en")
            if one.reading == "worse":
                yield f"`{scenario}` - `{baseline}`", one.label, one.mean, one.difference, one.interval("en")


def _lines(head: Sequence[str], rows: Sequence[tuple[str, ...]] | Iterator[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def compute(folder: Path) -> str:
    """Run the experiment of the sheet and return the key.

    Args:
        folder: where its results go.
    """
    from sim.study import runner
    from sim.study.config import load

    result = runner.run(load(str(EXPERIMENT)), folder)
    return key(result.comparison, read_csv(folder / "runs.csv"))


def main() -> int:
    """Write the key."""
    try:
        with tempfile.TemporaryDirectory() as folder, atomic(KEY) as file:
            file.write(compute(Path(folder) / "lessons").encode())
    except SimError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
