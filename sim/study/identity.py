"""Which program this is: lock, commit, sources and libraries, compared before any work is sent to another machine.

A worker that runs other code, or the same with other libraries, might compute other numbers; it is named and nothing is
sent to it. `distributed` imports this module as a preload when a worker starts (`dask_setup`), so that a worker says
what it has loaded, and not what stands in its clone since somebody has renewed it.
"""

from __future__ import annotations

import hashlib
import platform
import signal
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from sim.study.manifest import of_clone
from sim.study.provenance import PACKAGE, versions

SHORT = 12
"""Letters of a hash that are told."""

LOCK = "cluster.txt"


@dataclass(frozen=True)
class Identity:
    """What must be equal where pieces of one experiment are computed.

    Attributes:
        lock: SHA-256 of ``locks/cluster.txt``; empty where the package was installed without one.
        commit: of the clone; empty where there is none, or no git to ask.
        sources: SHA-256 of all of the package's Python files.
        python: major and minor version.
        libraries: names and versions of those that results depend on.
    """

    lock: str
    commit: str
    sources: str
    python: str
    libraries: tuple[tuple[str, str], ...]

    def differs(self, other: Identity) -> tuple[str, str, str] | None:
        """Return what is different, here and there, in words; None if nothing is.

        A commit that one of the two cannot tell counts as equal, as the sources are compared too.
        """
        for name in ("lock", "commit", "sources"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs and not (name == "commit" and "" in (mine, theirs)):
                return name, mine[:SHORT] or "none", theirs[:SHORT] or "none"
        if self.python != other.python:
            return "Python", self.python, other.python
        for (name, mine), (_, theirs) in zip(self.libraries, other.libraries, strict=True):
            if mine != theirs:
                return name, mine, theirs
        return None


@cache
def identity() -> Identity:
    """Return what this process runs; asked once, so that it stays what was loaded."""
    lock = PACKAGE.parent / "locks" / LOCK
    commit, _ = of_clone()
    return Identity(
        lock=hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else "",
        commit=commit or "",
        sources=_sources(),
        python=".".join(platform.python_version_tuple()[:2]),
        libraries=tuple(versions().items()),
    )


def _sources() -> str:
    """Return the SHA-256 of the package's Python files, by their paths in it."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(PACKAGE).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def dask_setup(worker: Any) -> None:
    """Load what computes pieces, and remember what it was; called by `distributed` when a worker starts.

    Ctrl-C in a terminal reaches all processes there: it is the business of who has started this one.
    """
    with suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    import_module("sim.study.runner")
    identity()
