"""The command ``verify``: do the results that are kept still come out?"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import ConfigError, StoreError
from sim.study.commands import CLONE

if TYPE_CHECKING:
    from sim.study.verify import Verdict

REFERENCE = Path("results", "reference")

SAME, DIFFERENT = 0, 1
"""Exit codes."""

MOST_LINES = 12
"""Of more differences of one result than so many the rest are only counted."""


def verify(arguments: argparse.Namespace) -> int:
    """Live runs of results again and compare; return 1 if anything differs.

    Args:
        arguments: results, all, update and workers.
    """
    if arguments.update:
        return update(arguments.results, arguments.workers)
    folders = [_find(said) for said in arguments.results] or references()
    from sim.study import kept, verify  # only now: takes a second
    from sim.study.executor import executor

    begun = time.monotonic()
    results = [kept.read(folder) for folder in folders]
    if arguments.all:
        verdicts = []
        for result in results:
            with tempfile.TemporaryDirectory(prefix="sim-verify-") as empty:
                verdicts.append(verify.whole(result, Path(empty) / "run", workers=arguments.workers))
            _tell(verdicts[-1])
    else:
        with executor("joblib", arguments.workers) as compute:
            verdicts = verify.quick(results, compute)
        for verdict in verdicts:
            _tell(verdict)
    _sum_up(verdicts, time.monotonic() - begun)
    return DIFFERENT if any(verdict.differences for verdict in verdicts) else SAME


def _sum_up(verdicts: list[Verdict], seconds: float) -> None:
    """Say how many results there were and what came of them."""
    different = sum(1 for verdict in verdicts if verdict.differences)
    looked_at = sum(1 for verdict in verdicts if verdict.looked_at or verdict.differences)
    words = [f"{looked_at - different} of {len(verdicts)} results come out as they are kept"]
    words += [f"{different} do not"] if different else []
    words += [f"{len(verdicts) - looked_at} not looked at"] if looked_at < len(verdicts) else []
    print(f"{', '.join(words)}  ({seconds:.0f} s)")


def update(names: list[str], workers: int | None = None) -> int:
    """Keep finished results as references, by default of the main experiment, and renew the tables that quote them.

    Args:
        names: names of results in ``results/local``.
        workers: processes that live the samples.
    """
    if not (CLONE / REFERENCE).is_dir():
        raise StoreError(f"there is no {REFERENCE} here; this works in a clone of the repository")
    from sim.report import reference
    from sim.study.executor import executor

    with executor("joblib", workers) as compute:
        for name in names or [reference.MAIN]:
            if Path(name).name != name:
                raise ConfigError(f"'{name}' is no name of a result in {reference.RESULTS}; --update takes only these")
            reference.copy(CLONE / reference.RESULTS / name, CLONE / REFERENCE / name, compute)
            print(f"kept: {REFERENCE / name}")
    reference.renew()
    return SAME


def references() -> list[Path]:
    """Return the folders of the results that are kept with the code.

    Raises:
        StoreError: there are none here.
    """
    from sim.study.runner import MANIFEST

    found = sorted(path.parent for path in (CLONE / REFERENCE).glob(f"*/{MANIFEST}"))
    if not found:
        raise StoreError(f"there is no {REFERENCE} here; give a result folder")
    return found


def _find(said: str) -> Path:
    from sim.study import results

    return results.find(said, CLONE)


def _short(folder: Path) -> str:
    """Return a folder as seen from the clone or from here, if it is below."""
    for above in (CLONE, Path.cwd()):
        if folder.absolute().is_relative_to(above):
            return str(folder.absolute().relative_to(above))
    return str(folder)


def _tell(verdict: Verdict) -> None:
    """Say what was found of a result."""
    word = "DIFFERENT" if verdict.differences else "same" if verdict.looked_at else "not looked at"
    print(f"{_short(verdict.result.folder)}: {word}" + (f" ({verdict.looked_at})" if verdict.looked_at else ""))
    for line in verdict.differences[:MOST_LINES]:
        print(f"  {line}")
    if len(verdict.differences) > MOST_LINES:
        print(f"  and {len(verdict.differences) - MOST_LINES} more")
    for line in verdict.notes:
        print(f"  ({line})")
