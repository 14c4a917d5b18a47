"""Making the project's own environment, once.

A new environment is built aside, in `.venv.setup`, and renamed into place when it is whole; its
record, which says by hash what locks it holds, is the last thing written into it. Whoever builds
holds a lock on `.venv.setup/lock`, so two starts at once make one environment.

Renaming leaves the old path in the scripts of `.venv/bin`, which is why everything here and in the
documentation says `python -m`; the scripts are mended all the same, for those who type `pytest`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.environment import (
    PYTHON,
    RECORD,
    SetupError,
    digest,
    holds,
    numbers,
    pins,
    python_fits,
    record,
    version_in,
    works,
)

if TYPE_CHECKING:
    from sim.environment import Installer


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
        version = version_in(home)
        others = [name for name in said if name != "python"]
        if (
            works(home, said.get("python", version))
            and python_fits(numbers(version))
            and need not in said
            and all(holds(home, name, root) for name in others)
        ):
            _say(f"adding to {shown} what is still needed, once ...")
            install(home, lock, descriptor)
            _write_record(home, {**said, "python": version, **held_by(lock)})
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
        _write_record(new, {"python": version_in(new), **held_by(lock)})
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


def held_by(lock: Path) -> dict[str, str]:
    """The locks, with digests, that an environment holds which holds this one: itself and all within it."""
    whole = set(pins(lock.read_text("utf-8")))
    others = sorted(lock.parent.glob("*.txt"))
    return {other.stem: digest(other) for other in others if whole.issuperset(pins(other.read_text("utf-8")))}


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
        "--quiet",
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
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(environment),
        text=True,
        errors="replace",
        pass_fds=(descriptor,),
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate()
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, output


def _last_lines(output: str, count: int = 12) -> str:
    return "\n".join([line for line in output.splitlines() if line.strip()][-count:])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
