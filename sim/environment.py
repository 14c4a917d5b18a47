"""The project's own environment: made once in `.venv`, from locks with hashes, then used without a question.

`ensure` is called by the command line before anything outside the standard library is imported. It

* keeps the running interpreter if its environment already satisfies the lock;
* otherwise goes on in `.venv`, with `os.execv`, if that holds what the lock says;
* otherwise makes or extends `.venv` first.

A new environment is built aside, in `.venv.setup`, renamed into place, and its record (which locks
it holds, by hash) is written last: an environment without a record does not exist. Whoever builds
holds a lock on `.venv.setup/lock`, so two starts at once make one environment.

Renaming leaves the old path in the scripts of `.venv/bin`, so everything here and in the
documentation says `python -m`; the scripts are mended all the same, for those who type `pytest`.

Only the standard library, and only syntax of Python 3.8: an old interpreter must get as far as the
line that tells it so.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from sim.errors import SimError

if TYPE_CHECKING:
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
    inside = _same(sys.prefix, home)
    if (inside and held) or (python_fits() and satisfied(lock.read_text("utf-8"))):
        return
    if not held:
        try:
            make(home, need, root, install or pip_install)
        except OSError as error:
            raise SetupError(f"cannot set up {home}: {error}") from None
    elif os.path.abspath(sys.executable) == str(python):
        raise SetupError(f"{home} does not work as an environment; remove it and start again")
    restart(python, root)


def home_of(root: Path) -> Path:
    """Where the environment is: `.venv` in the clone, or `SIM_VENV`."""
    elsewhere = os.environ.get("SIM_VENV")
    # The real path: a link to a larger disk must stay a link.
    return Path(os.path.realpath(os.path.expanduser(elsewhere) if elsewhere else root / ".venv"))


def restart(python: Path, root: Path) -> NoReturn:
    """Replace this process by the same command under another interpreter."""
    command = [str(python), *_options(), "-m", "sim", *sys.argv[1:]]
    if not _same(os.curdir, root):  # `-m` finds the package by the current directory
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


def _same(one: str | Path, other: str | Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


# What an environment holds


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
    return whole and version == _version_in(home)


def _version_in(home: Path) -> str:
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
    from importlib.metadata import PackageNotFoundError, version

    here = surroundings()
    for name, wanted, marker in pins(lock):
        try:
            if marker and not applies(marker, here):
                continue
            if version(name) != wanted:
                return False
        except (PackageNotFoundError, ValueError):  # ValueError: a marker that pip may understand
            return False
    return True


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
        one, other = _numbers(left), _numbers(right)
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


def _numbers(version: str) -> tuple[int, ...]:
    """A version as numbers of one length, so that 3.12 and 3.12.0 are equal."""
    found = [int(part) for part in re.findall(r"\d+", version)[:3]]
    return tuple(found + [0] * (3 - len(found)))


# Making it


def make(home: Path, need: str, root: Path, install: Installer) -> None:
    """Make an environment hold a lock, alone among all who start at the same time.

    One that is up to date, or that the user has made by hand, is added to; any other is replaced.

    Args:
        home: where the environment is to be.
        need: the lock's name.
        root: the clone.
        install: puts a lock's packages into an environment.
    """
    lock = root / "locks" / f"{need}.txt"
    shown = home.name if home.parent == root else str(home)
    with alone(home) as (room, descriptor):
        if holds(home, need, root):
            return  # another start has made it meanwhile
        said = record(home)
        version = _version_in(home)
        others = [name for name in said if name != "python"]
        if (
            works(home, said.get("python", version))
            and python_fits(_numbers(version))
            and need not in said
            and all(holds(home, name, root) for name in others)
        ):
            _say(f"adding to {shown} what is still needed, once ...")
            install(home, lock, descriptor)
            _write_record(home, {**said, "python": version, need: digest(lock)})
            return
        if not python_fits():
            low, high = PYTHON
            raise SetupError(
                f"this needs Python {low[0]}.{low[1]} to {high[0]}.{high[1] - 1}, "
                f"and {sys.executable} is {sys.version_info[0]}.{sys.version_info[1]}"
            )
        if home.exists() and not (home / "pyvenv.cfg").exists() and any(home.iterdir()):
            raise SetupError(f"{home} is not an environment, and is left as it is; set SIM_VENV to another folder")
        _say(f"setting up {shown} once, about 40 s ...")
        new = room / "venv"
        create(new)
        install(new, lock, descriptor)
        mend(new, home)
        _write_record(new, {"python": _version_in(new), need: digest(lock)})
        if home.exists():
            os.rename(home, room / "old")
        os.rename(new, home)


@contextlib.contextmanager
def alone(home: Path) -> Iterator[tuple[Path, int]]:
    """Hold the right to build an environment; yields an empty room beside it and the lock's descriptor.

    The room and its lock vanish at the end, whatever happens. What a killed process left is cleared
    by the next.
    """
    room = home.parent / f"{home.name}.setup"
    lock = room / "lock"
    descriptor = _acquire(lock)
    try:
        _clear(room, lock)
        yield room, descriptor
    finally:
        _clear(room, lock)
        with contextlib.suppress(OSError):
            lock.unlink()  # last, and while still holding it
            room.rmdir()
        os.close(descriptor)


def _acquire(lock: Path) -> int:
    waiting = False
    while True:
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
        except FileNotFoundError:
            continue  # its last holder was just tidying up
        except OSError as error:
            raise SetupError(
                f"cannot write to {lock.parent.parent} ({error.strerror}); set SIM_VENV to a folder for the environment"
            ) from None
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not waiting:
                    _say("waiting for another start to finish setting up ...")
                waiting = True
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if _is_still(lock, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # the file was removed by its last holder: this lock guards nothing


def _is_still(lock: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(lock), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _clear(room: Path, lock: Path) -> None:
    for entry in list(room.iterdir()):
        if entry != lock:
            shutil.rmtree(entry, ignore_errors=True)


def _write_record(home: Path, said: Mapping[str, str]) -> None:
    aside = home / f"{RECORD}.new"
    aside.write_text(json.dumps(said, indent=1, sort_keys=True) + "\n", "utf-8")
    os.replace(aside, home / RECORD)


def create(home: Path) -> None:
    """Make an empty environment; without pip, since Debian keeps what would bring it in another package."""
    done = subprocess.run(
        [_base(), "-m", "venv", "--without-pip", str(home)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=_clean(os.environ),
        text=True,
        check=False,
    )
    if done.returncode:
        _say(_last_lines(done.stdout))
        raise SetupError("python3 cannot make an environment; on Debian: apt install python3-venv")


def mend(built: Path, home: Path) -> None:
    """Put the final path for the temporary one into the texts an environment holds of itself."""
    wrong, right = os.fsencode(str(built)), os.fsencode(str(home))
    for path in [built / "pyvenv.cfg", *(built / "bin").iterdir()]:
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if wrong in content and b"\0" not in content:
                path.write_bytes(content.replace(wrong, right))  # keeps the mode


def pip_install(home: Path, lock: Path, descriptor: int) -> None:
    """Install a lock into an environment with the host's pip, quietly unless it fails.

    Args:
        home: the environment.
        lock: the lock; its hashes are demanded and nothing beyond it is installed.
        descriptor: kept open by pip, so that the lock on building holds for as long as pip writes,
            even if this process is killed.
    """
    command = [
        *_pip(home),
        "install",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
        "--requirement",
        str(lock),
    ]
    environment = _clean(os.environ)
    constraints = (lock.parent.parent / "build-constraints.txt").as_uri()  # pip splits a plain path at spaces
    environment.update(
        PIP_CONSTRAINT=constraints,  # for pip before 25.3
        PIP_BUILD_CONSTRAINT=constraints,  # for pip since
        PIP_USE_PEP517="1",  # build with the pinned setuptools, not with whatever the host has
        PIP_USER="0",
        PIP_NO_INPUT="1",
    )
    code, output = _run(command, environment, descriptor)
    if code:
        _say(_last_lines(output))
        raise SetupError(f"pip could not install {lock.parent.name}/{lock.name}; its last lines stand above")


def _pip(home: Path) -> list[str]:
    """How to call a pip on the environment: this interpreter's, its base's, or one from ensurepip."""
    for python in dict.fromkeys([sys.executable, _base()]):
        if _succeeds([python, "-m", "pip", "--version"]):
            return [python, "-m", "pip", "--python", str(home / "bin" / "python")]
    inside = str(home / "bin" / "python")
    if _succeeds([inside, "-m", "ensurepip"]):
        return [inside, "-m", "pip"]
    raise SetupError("pip is missing, which is needed once to set up; on Debian: apt install python3-pip")


def _base() -> str:
    """The interpreter that this one's environment, if any, was made from."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _succeeds(command: list[str]) -> bool:
    quiet = subprocess.DEVNULL
    done = subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, env=_clean(os.environ), check=False)
    return done.returncode == 0


MISLEADING = {"PYTHONHOME", "PYTHONPATH", "PYTHONWARNINGS", "PYTHONSAFEPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"} | {
    f"PIP_{word}"
    for word in (
        *("DRY_RUN", "EDITABLE", "IGNORE_INSTALLED", "PREFIX", "PYTHON", "REPORT", "REQUIREMENT", "REQUIRE_VIRTUALENV"),
        *("ROOT", "TARGET", "UPGRADE", "VERBOSE"),
    )
}
"""Variables that would send pip elsewhere; all others (index, proxy, certificates, cache) are the user's to set."""


def _clean(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in MISLEADING}


def _run(command: list[str], environment: Mapping[str, str], descriptor: int) -> tuple[int, str]:
    """Run a command to its end; on Ctrl-C end it and all it started, and let nothing write on."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(environment),
        text=True,
        errors="replace",
        pass_fds=(descriptor,),
        start_new_session=True,
    )
    try:
        output, _ = process.communicate()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    return process.returncode, output


def _last_lines(output: str, count: int = 12) -> str:
    return "\n".join([line for line in output.splitlines() if line.strip()][-count:])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
