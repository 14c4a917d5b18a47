"""The project's own environment: is it there, and go on in it.

`ensure` is called by the command line before anything outside the standard library is imported. It

* keeps the running interpreter if its environment already satisfies the lock;
* otherwise goes on in `.venv`, with `os.execv`, if that holds what the lock says;
* otherwise has `sim.install` make or extend `.venv` first.

Only the standard library, and only syntax of Python 3.7: an old interpreter must get as far as the
line that tells it so.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from sim.errors import SimError

if TYPE_CHECKING:
    from collections.abc import Callable

    # What puts a lock's packages into an environment: (environment, lock, descriptor to keep open).
    Installer = Callable[[Path, Path, int], None]

ROOT = Path(__file__).resolve().parent.parent
"""The clone: the folder that holds the package, the locks and, by default, `.venv`."""

PYTHON = ((3, 11), (3, 14))
"""The first Python that will do and the first that will not; pyproject.toml says the same."""

RECORD = "locks.json"
"""The file in an environment that says which locks it holds, written last."""


class SetupError(SimError):
    """The environment cannot be made."""


def ensure(need: str, root: Path = ROOT, install: Installer | None = None) -> None:
    """Go on in an environment that satisfies a lock; return only if this one does.

    Args:
        need: the lock's name, e.g. ``core`` for ``locks/core.txt``.
        root: the clone.
        install: puts a lock's packages into an environment; pip unless a test says otherwise.

    Raises:
        SetupError: there is no such environment and it cannot be made.
    """
    lock = root / "locks" / f"{need}.txt"
    if not lock.is_file():
        return  # installed as a wheel: whoever installed it answers for its dependencies
    home = home_of(root)
    python = home / "bin" / "python"
    held = holds(home, need, root)
    inside = same(sys.prefix, home)
    if (inside and held) or (python_fits() and satisfied(lock.read_text("utf-8"))):
        return
    if not held:
        from sim.install import make, pip_install

        try:
            make(home, need, root, install or pip_install)
        except OSError as error:
            raise SetupError(f"cannot set up {home}: {error}") from None
    elif os.path.abspath(sys.executable) == str(python):
        raise SetupError(f"{home} does not work as an environment; remove it and start again")
    restart(python, root)


def program() -> str:
    """How the command line is called here: by module in a clone, by its name where it was installed."""
    return "sim" if os.path.basename(sys.argv[0]) == "sim" else "python3 -m sim"


def home_of(root: Path) -> Path:
    """Where the environment is: `.venv` in the clone, or `SIM_VENV`."""
    elsewhere = os.environ.get("SIM_VENV")
    # The real path: a link to a larger disk must stay a link.
    return Path(os.path.realpath(os.path.expanduser(elsewhere) if elsewhere else root / ".venv"))


def restart(python: Path, root: Path) -> NoReturn:
    """Replace this process by the same command under another interpreter."""
    command = [str(python), *_options(), "-m", "sim", *sys.argv[1:]]
    if not same(os.curdir, root):  # `-m` finds the package by the current directory
        path = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join([str(root), path] if path else [str(root)])
    os.environ.pop("PYTHONHOME", None)  # would undo the environment
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(command[0], command)


def _options() -> list[str]:
    """The interpreter's own options (`-W error`, `-X dev`), which a restart must keep."""
    given = list(getattr(sys, "orig_argv", []))
    for at in range(1, len(given) - 1):
        if given[at] == "-m" and given[at + 1] == "sim":
            return given[1:at]
    return []


def same(one: str | Path, other: str | Path) -> bool:
    """Whether two paths are one folder."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def digest(lock: Path) -> str:
    """The SHA-256 of a lock."""
    import hashlib

    return hashlib.sha256(lock.read_bytes()).hexdigest()


def record(home: Path) -> dict[str, str]:
    """What an environment says of itself: lock name to digest, and ``python``; empty if nothing."""
    try:
        said = json.loads((home / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def holds(home: Path, need: str, root: Path) -> bool:
    """Whether an environment works and was made from the lock as it is now."""
    said = record(home)
    return need in said and said[need] == digest(root / "locks" / f"{need}.txt") and works(home, said.get("python", ""))


def works(home: Path, version: str) -> bool:
    """Whether an environment is whole and its Python is still the one it was made with.

    An upgraded system may have put another Python behind the same link.
    """
    whole = (home / "pyvenv.cfg").is_file() and os.access(home / "bin" / "python", os.X_OK)
    return whole and version == version_in(home)


def version_in(home: Path) -> str:
    """The Python, as ``3.11``, that an environment was made with and still has; empty if it has none."""
    target = os.path.basename(os.path.realpath(home / "bin" / "python"))
    found = sorted(path.name for path in (home / "lib").glob("python3.*"))
    if len(found) != 1 or (re.fullmatch(r"python3\.\d+", target) and target != found[0]):
        return ""
    return found[0][len("python") :]


def python_fits(version: tuple[int, ...] = sys.version_info[:2]) -> bool:
    """Whether a Python version is one this project runs on."""
    return PYTHON[0] <= tuple(version[:2]) < PYTHON[1]


def satisfied(lock: str) -> bool:
    """Whether the running interpreter sees every package of a lock, at its version."""
    there = installed()
    here = surroundings()
    for name, wanted, marker in pins(lock):
        try:
            if there.get(plain(name)) != wanted and (not marker or applies(marker, here)):
                return False
        except ValueError:  # a marker that pip may understand
            return False
    return True


INFO = re.compile(r"([^-]+)-([^-]+)(?:-py3[^-]*)?\.(?:dist|egg)-info")


def installed() -> dict[str, str]:
    """What the running interpreter can import: name to version, read from the names of folders.

    `importlib.metadata` opens and parses a file a package, which takes longer than a start should.
    """
    found: dict[str, str] = {}
    for place in sys.path:
        try:
            names = os.listdir(place or os.curdir)
        except OSError:
            continue
        for name in names:
            info = INFO.fullmatch(name)
            if info:
                found.setdefault(plain(info.group(1)), info.group(2))
    return found


def plain(name: str) -> str:
    """A package's name as all its spellings have it."""
    return re.sub(r"[-_.]+", "-", name).lower()


PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)\s*(?:;\s*([^\\]*?))?\s*\\?$", re.MULTILINE)


def pins(lock: str) -> Iterator[tuple[str, str, str]]:
    """Read a lock: name, version and marker (empty if none) of each package."""
    for found in PIN.finditer(lock):
        yield found.group(1), found.group(2), found.group(3) or ""


def surroundings() -> dict[str, str]:
    """The values that markers are about, for the running interpreter."""
    import platform

    return {
        "implementation_name": sys.implementation.name,
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_system": platform.system(),
        "python_full_version": platform.python_version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    }


TOKEN = re.compile(r"\s*(?:([()])|'([^']*)'|\"([^\"]*)\"|(not\s+in\b|[<>=!~]+|[A-Za-z_]+))")


def applies(marker: str, here: Mapping[str, str]) -> bool:
    """Whether a dependency marker holds; `packaging` is not there yet, so the forms in locks are read here.

    Args:
        marker: comparisons joined by ``and``, ``or`` and parentheses.
        here: the values of its variables.

    Raises:
        ValueError: the marker has another form.
    """
    tokens: list[tuple[str, str]] = []  # (kind, text), kind being "word" or "text"
    at = 0
    marker = marker.strip()
    while at < len(marker):
        found = TOKEN.match(marker, at)
        if not found:
            raise ValueError(marker)
        at = found.end()
        quoted = found.group(2) if found.group(2) is not None else found.group(3)
        tokens.append(("text", quoted) if quoted is not None else ("word", found.group(1) or found.group(4)))

    def take() -> tuple[str, str]:
        if not tokens:
            raise ValueError(marker)
        return tokens.pop(0)

    def either() -> bool:
        value = both()
        while tokens and tokens[0] == ("word", "or"):
            take()
            right = both()
            value = value or right
        return value

    def both() -> bool:
        value = one()
        while tokens and tokens[0] == ("word", "and"):
            take()
            right = one()
            value = value and right
        return value

    def one() -> bool:
        if tokens and tokens[0] == ("word", "("):
            take()
            value = either()
            take()
            return value
        left, operator, right = take(), take()[1], take()
        name = left[1] if left[0] == "word" else right[1]
        if name not in here:
            raise ValueError(marker)
        return _compare(value_of(left), value_of(right), operator, versions="version" in name)

    def value_of(token: tuple[str, str]) -> str:
        kind, text = token
        return here.get(text, text) if kind == "word" else text

    value = either()
    if tokens:
        raise ValueError(marker)
    return value


def _compare(left: str, right: str, operator: str, versions: bool) -> bool:
    if operator in ("in", "not in"):
        return (left in right) == (operator == "in")
    one: object = left
    other: object = right
    if versions:
        one, other = numbers(left), numbers(right)
    table: Mapping[str, Callable[[], bool]] = {
        "==": lambda: one == other,
        "!=": lambda: one != other,
        "<": lambda: one < other,  # type: ignore[operator]
        "<=": lambda: one <= other,  # type: ignore[operator]
        ">": lambda: one > other,  # type: ignore[operator]
        ">=": lambda: one >= other,  # type: ignore[operator]
    }
    if operator not in table:
        raise ValueError(operator)
    return table[operator]()


def numbers(version: str) -> tuple[int, ...]:
    """A version as numbers of one length, so that 3.12 and 3.12.0 are equal."""
    found = [int(part) for part in re.findall(r"\d+", version)[:3]]
    return tuple(found + [0] * (3 - len(found)))
