"""The manifest of a result: what was asked, of which code, and what it says, by digests.

What varies from machine to machine stands apart, in its ``environment``.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sim
from sim.study.experiment import Plan
from sim.study.provenance import PACKAGE, engine_digest, lock_digest, versions
from sim.study.store import Store

MACHINE = "environment"
"""The part of a manifest that says on what machine and how fast."""

SHORT = 16
"""Hexadecimal digits of the digest of a piece's table: enough to tell two apart, and there are many."""


def manifest(planned: Plan, digests: Mapping[str, str], store: Store, folder: Path) -> dict[str, Any]:
    """Return what is the same wherever the experiment is run.

    Args:
        planned: the experiment.
        digests: table to digest of its content.
        store: its pieces.
        folder: the result folder, whose CSV files are there.
    """
    config = planned.config
    return {
        "name": config.name,
        "config": config.resolved,
        "seed": config.seed,
        "replications": config.replications,
        **code(),
        "digests": dict(sorted(digests.items())),
        "csv": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.csv"))},
        "pieces": [
            {
                "key": piece.key,
                "scenario": piece.scenario.name,
                "layout": piece.recipe.layout,
                "replications": list(piece.recipe.replications),
                "digests": {name: digest[:SHORT] for name, digest in store.digests(piece.key).items()},
            }
            for piece in planned.pieces
        ],
    }


def code(also: Sequence[str] = ()) -> dict[str, Any]:
    """Return of which code a result is, and with which libraries.

    Args:
        also: further libraries that it was made with.
    """
    commit, dirty = of_clone()
    return {
        "commit": commit,
        "dirty": dirty,
        "version": sim.__version__,
        "engine": engine_digest(),
        "lock": lock_digest(),
        "libraries": versions(also),
    }


def environment(seconds: float, **how: Any) -> dict[str, Any]:
    """Return what varies: the machine, how it was used and how long it took.

    Args:
        seconds: from the start of the run to here.
        how: backend and workers.
    """
    return {
        "machine": platform.machine(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        **how,
        "seconds": round(seconds, 1),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def of_clone() -> tuple[str | None, bool | None]:
    """Return the commit of the clone and whether files differ from it; nothing outside a clone."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=PACKAGE.parent, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    try:
        if not (PACKAGE.parent / ".git").exists():  # a package within somebody else's repository
            return None, None
        return git("rev-parse", "HEAD"), bool(git("status", "--porcelain"))
    except (OSError, subprocess.CalledProcessError):
        return None, None
