"""Which code and which libraries a piece is made by: their digests are part of its key, so nothing else is mixed in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent

NOT_ENGINE = {"__main__", "commands", "environment", "install", "errors", "garbage", "model"}
"""Files of the package's top that determine no result: command line, set-up, messages, the Mesa face."""

FOLDERS = ("rules", "settlements", "places", "mechanisms", "outcomes")
"""Folders of the package all of whose files determine what a piece says."""

TABLES = ("compounds", "distances", "survival", "tables")
"""Files of `sim.study` that do: they make the tables of a piece out of its worlds."""

LIBRARIES = ("hydra-core", "joblib", "matplotlib", "numpy", "pandas", "pyarrow", "scipy")
"""Libraries whose versions a manifest tells."""


def engine_files() -> list[Path]:
    """Return the sources that determine what a piece says, sorted."""
    files = [path for path in PACKAGE.glob("*.py") if path.stem not in NOT_ENGINE]
    files += [path for folder in FOLDERS for path in (PACKAGE / folder).rglob("*.py")]
    files += [PACKAGE / "study" / f"{name}.py" for name in TABLES]
    return sorted(files)


@cache
def engine_digest() -> str:
    """Return the SHA-256 of the sources that determine a piece, by their paths in the package."""
    return _digest(engine_files())


@cache
def press_digest() -> str:
    """Return the SHA-256 of the sources that determine what press cases give: the engine and `sim.study.press`."""
    return _digest([*engine_files(), *sorted((PACKAGE / "study" / "press").glob("*.py"))])


def _digest(files: list[Path]) -> str:
    """Return the SHA-256 of sources, by their paths in the package."""
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        name = path.relative_to(PACKAGE).as_posix()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


@cache
def lock_digest() -> str:
    """Return the SHA-256 of the lock of the libraries, or of their versions where there is no lock, as in a wheel."""
    lock = PACKAGE.parent / "locks" / "core.txt"
    if lock.is_file():
        return hashlib.sha256(lock.read_bytes()).hexdigest()
    return hashlib.sha256("".join(f"{name} {found}\n" for name, found in versions().items()).encode()).hexdigest()


def maker() -> str:
    """Return which code and libraries make a piece, in one word."""
    return f"{engine_digest()}+{lock_digest()}"


def versions(also: Sequence[str] = ()) -> dict[str, str]:
    """Return the installed version of each of `LIBRARIES`.

    Args:
        also: further libraries.
    """
    return {name: _version(name) for name in sorted((*LIBRARIES, *also))}


@cache
def file_digest(path: Path) -> str:
    """Return the SHA-256 of one source, for what only one kind of piece is made by."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
