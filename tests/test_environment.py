"""The environment: when it is used as it is, how it is made, and that it is whole or not there."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distributions, version
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import sim
from sim import environment, install
from sim.environment import SetupError
from tests.conftest import ROOT, bare_environment, write_lock

LOCKS = sorted((ROOT / "locks").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def fake_install(home: Path, lock: Path, descriptor: int) -> None:
    with (home / "installed").open("a") as log:
        log.write(lock.stem + "\n")


@pytest.fixture(autouse=True)
def _no_other_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIM_VENV", raising=False)


# The project's own numbers agree


def test_version_is_one() -> None:
    assert sim.__version__ == PROJECT["version"]


def test_python_range_is_one() -> None:
    allowed = SpecifierSet(PROJECT["requires-python"])
    for minor in range(7, 20):
        assert allowed.contains(f"3.{minor}") == environment.python_fits((3, minor))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_locks_are_hashed_and_name_no_place(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "http" not in text
    assert "://" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert len(list(environment.pins(text))) == len(entries)


def test_one_version_of_a_package_in_all_locks() -> None:
    held = {lock.stem: set(environment.pins(lock.read_text("utf-8"))) for lock in LOCKS}
    assert held["core"] < held["test"]


@pytest.mark.parametrize(("lock", "extra"), [("core", None), ("test", "test")])
def test_locks_hold_what_the_project_asks_for(lock: str, extra: str | None) -> None:
    here = environment.surroundings()
    text = (ROOT / "locks" / f"{lock}.txt").read_text("utf-8")
    held = {
        name: pin for name, pin, marker in environment.pins(text) if not marker or environment.applies(marker, here)
    }
    for asked in PROJECT["dependencies"] + (PROJECT["optional-dependencies"][extra] if extra else []):
        requirement = Requirement(asked)
        assert requirement.specifier.contains(held[requirement.name.lower()]), asked


# Markers


def markers() -> set[str]:
    return {marker for lock in LOCKS for _, _, marker in environment.pins(lock.read_text("utf-8")) if marker}


PLACES = [
    {"python_full_version": "3.11.2", "python_version": "3.11", "sys_platform": "linux"},
    {"python_full_version": "3.12.0", "python_version": "3.12", "sys_platform": "darwin", "platform_system": "Darwin"},
    {"python_full_version": "3.13.1", "python_version": "3.13", "platform_machine": "aarch64"},
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "marker",
    [
        *sorted(markers()),
        "python_full_version >= '3.12'",
        "python_version == '3.12' or sys_platform == 'linux'",
        "sys_platform != 'win32' and (python_full_version < '3.12' or platform_machine == 'aarch64')",
        '(platform_machine in "x86_64 aarch64")',
        "'arm' not in platform_machine",
        "'3.12' <= python_version",
        "sys_platform == 'linux' or sys_platform == 'darwin' and python_version < '3.12'",
    ],
)
def test_markers_mean_what_packaging_says(marker: str, place: dict[str, str]) -> None:
    here = {**environment.surroundings(), **place}
    assert environment.applies(marker, here) == Marker(marker).evaluate(here)


@pytest.mark.parametrize(
    "marker", ["sys_platform", "weather == 'wet'", "sys_platform ~= 'x'", "os_name == 'a' 'b'", "%"]
)
def test_other_forms_are_refused(marker: str) -> None:
    with pytest.raises(ValueError):
        environment.applies(marker, environment.surroundings())


# Used as it is


def test_an_environment_that_satisfies_the_lock_is_kept(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lock(clone, "core", f"pytest=={version('pytest')}", "made-up==1.0 ; sys_platform == 'win32'")
    monkeypatch.setattr(os, "execv", pytest.fail)
    environment.ensure("core", clone, pytest.fail)
    assert not list(clone.glob(".venv*"))


@pytest.mark.parametrize(
    "pin",
    ["pytest==0.1", "made-up==1.0", "made-up==1.0 ; weather == 'wet'"],
    ids=["other version", "not there", "unreadable marker"],
)
def test_not_satisfied(clone: Path, pin: str) -> None:
    assert not environment.satisfied(write_lock(clone, "core", pin).read_text("utf-8"))


def test_installed_is_what_importlib_says() -> None:
    expected: dict[str, str] = {}
    for found in distributions():
        expected.setdefault(environment.plain(found.name), found.version)
    assert environment.installed() == expected


def test_a_wheel_needs_no_environment(tmp_path: Path) -> None:
    environment.ensure("core", tmp_path, pytest.fail)
    assert not list(tmp_path.iterdir())


def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Record what would have replaced this process."""
    commands: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda path, command: commands.append(command))
    monkeypatch.setattr(sys, "argv", ["/somewhere/sim/__main__.py", "run", "x"])
    return commands


def test_made_once_then_only_entered(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = started(monkeypatch)
    monkeypatch.chdir(clone)
    environment.ensure("core", clone, fake_install)
    environment.ensure("core", clone, pytest.fail)
    assert commands == [[str(clone / ".venv/bin/python"), "-m", "sim", "run", "x"]] * 2
    assert [path.name for path in clone.glob(".venv*")] == [".venv"]


def test_from_another_folder_the_package_is_still_found(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    environment.ensure("core", clone, fake_install)
    assert os.environ["PYTHONPATH"] == f"{clone}{os.pathsep}/elsewhere"


def test_interpreter_options_are_kept(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = started(monkeypatch)
    monkeypatch.setattr(sys, "orig_argv", ["python3", "-W", "error", "-X", "dev", "-m", "sim", "run", "-m", "sim"])
    environment.ensure("core", clone, fake_install)
    assert commands[0][1:] == ["-W", "error", "-X", "dev", "-m", "sim", "run", "x"]


def test_elsewhere_for_a_clone_that_cannot_be_written(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = started(monkeypatch)
    monkeypatch.setenv("SIM_VENV", str(tmp_path / "deep" / "environment"))
    environment.ensure("core", clone, fake_install)
    assert commands[0][0] == str(tmp_path / "deep/environment/bin/python")
    assert not list(clone.glob(".venv*"))


def test_a_link_stays_a_link(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started(monkeypatch)
    (clone / ".venv").symlink_to(tmp_path / "large disk")
    environment.ensure("core", clone, fake_install)
    assert (clone / ".venv").is_symlink()
    assert environment.holds(tmp_path / "large disk", "core", clone)


def test_what_does_not_work_is_not_entered_for_ever(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = started(monkeypatch)
    environment.ensure("core", clone, fake_install)
    monkeypatch.setattr(sys, "executable", commands[0][0])
    with pytest.raises(SetupError, match="does not work"):
        environment.ensure("core", clone, pytest.fail)


# Made


def made(clone: Path, need: str = "core") -> list[str]:
    """Make the environment with the fake installer; returns what was installed into it so far."""
    home = clone / ".venv"
    install.make(home, need, clone, fake_install)
    assert environment.holds(home, need, clone)
    assert [path.name for path in clone.glob(".venv*")] == [".venv"]
    return (home / "installed").read_text().split()


def test_more_is_added_in_place(clone: Path) -> None:
    assert made(clone) == ["core"]
    assert made(clone, "test") == ["core", "test"]
    assert environment.holds(clone / ".venv", "core", clone)


def test_the_larger_lock_holds_the_smaller(clone: Path) -> None:
    assert made(clone, "test") == ["test"]
    assert made(clone, "core") == ["test"]


def test_a_changed_lock_makes_it_anew(clone: Path) -> None:
    made(clone)
    (clone / ".venv" / "of old").touch()
    write_lock(clone, "core", "made-up==1.1")
    assert not environment.holds(clone / ".venv", "core", clone)
    assert made(clone) == ["core"]
    assert not (clone / ".venv" / "of old").exists()


def test_more_is_not_added_to_what_is_out_of_date(clone: Path) -> None:
    made(clone)
    write_lock(clone, "core", "made-up==1.1")
    assert made(clone, "test") == ["test"]


def test_an_upgraded_system_makes_it_anew(clone: Path) -> None:
    made(clone)
    home = clone / ".venv"
    (home / "lib" / f"python{environment.version_in(home)}").rename(home / "lib" / "python3.1")
    assert not environment.holds(home, "core", clone)
    assert made(clone) == ["core"]


def test_scripts_are_mended(clone: Path) -> None:
    def with_script(home: Path, lock: Path, descriptor: int) -> None:
        script = home / "bin" / "tool"
        script.write_text(f"#!{home}/bin/python\n")
        script.chmod(0o755)

    home = clone / ".venv"
    install.make(home, "core", clone, with_script)
    assert (home / "bin" / "tool").read_text() == f"#!{home}/bin/python\n"
    assert os.access(home / "bin" / "tool", os.X_OK)
    for path in ("pyvenv.cfg", "bin/activate"):
        assert ".setup" not in (home / path).read_text()


@pytest.mark.parametrize("failure", [SetupError, KeyboardInterrupt, OSError])
def test_a_failure_leaves_nothing(clone: Path, failure: type[BaseException]) -> None:
    def failing(home: Path, lock: Path, descriptor: int) -> None:
        (home / "half").touch()
        raise failure

    with pytest.raises(failure):
        install.make(clone / ".venv", "core", clone, failing)
    assert not list(clone.glob(".venv*"))


def test_a_failed_addition_leaves_what_was(clone: Path) -> None:
    made(clone)

    def failing(home: Path, lock: Path, descriptor: int) -> None:
        raise SetupError

    with pytest.raises(SetupError):
        install.make(clone / ".venv", "test", clone, failing)
    assert environment.holds(clone / ".venv", "core", clone)


def test_what_somebody_made_by_hand_is_added_to(clone: Path) -> None:
    install.create(clone / ".venv")
    (clone / ".venv" / "mine").touch()
    assert made(clone) == ["core"]
    assert (clone / ".venv" / "mine").exists()


def test_what_is_no_environment_is_left_alone(clone: Path) -> None:
    (clone / ".venv").mkdir()
    (clone / ".venv" / "thesis.txt").touch()
    with pytest.raises(SetupError, match="not an environment"):
        install.make(clone / ".venv", "core", clone, fake_install)
    assert [path.name for path in (clone / ".venv").iterdir()] == ["thesis.txt"]


def test_a_python_out_of_range_is_named(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "python_fits", lambda version=(): False)
    with pytest.raises(SetupError, match=r"needs Python 3\.11 to 3\.13"):
        install.make(clone / ".venv", "core", clone, fake_install)


def test_a_place_that_cannot_be_written_is_named(clone: Path) -> None:
    (clone / "file").touch()
    with pytest.raises(SetupError, match="SIM_VENV"):
        install.make(clone / "file" / "venv", "core", clone, fake_install)


def test_without_pip_one_line_says_what_to_install(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "_succeeds", lambda command: False)
    with pytest.raises(SetupError, match="apt install python3-pip"):
        install.make(clone / ".venv", "core", clone, install.pip_install)
    assert not list(clone.glob(".venv*"))


# Several at once

HOLDER = """
import pathlib, sys, time
sys.path.insert(0, sys.argv[1])
from sim import install
root = pathlib.Path(sys.argv[1])

def slow(home, lock, descriptor):
    with (root / "log").open("a") as log:
        log.write("installed\\n")
    print("installing", flush=True)
    sys.stdin.readline()

install.make(root / ".venv", "core", root, slow)
print("done", flush=True)
"""


def holder(clone: Path) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", HOLDER, str(clone)]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=bare_environment())


def test_two_starts_at_once_make_one(clone: Path) -> None:
    with holder(clone) as first:
        assert first.stdout and first.stdout.readline() == "installing\n"
        with holder(clone) as second:
            assert second.stderr and "waiting" in second.stderr.readline()
            assert first.communicate("go on\n")[0] == "done\n"
            assert second.communicate()[0] == "done\n"
    assert (clone / "log").read_text() == "installed\n"
    assert [path.name for path in clone.glob(".venv*")] == [".venv"]


def test_after_a_kill_the_next_start_clears_up(clone: Path) -> None:
    with holder(clone) as first:
        assert first.stdout and first.stdout.readline() == "installing\n"
        first.send_signal(signal.SIGKILL)
        first.communicate()
    assert (clone / ".venv.setup" / "venv").is_dir()
    assert made(clone) == ["core"]


def test_ctrl_c_ends_all_that_pip_has_started(monkeypatch: pytest.MonkeyPatch) -> None:
    # A pip that starts another process, as `pip --python` does; both hold the pipe's end until they are gone.
    second = "import time; print('here', flush=True); time.sleep(600)"
    first = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {second!r}], close_fds=False)"
    reader, writer = os.pipe()

    def interrupted(self: subprocess.Popen[str]) -> None:
        assert self.stdout and self.stdout.readline() == "here\n"
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        install._run([sys.executable, "-c", first], bare_environment(), writer)
    os.close(writer)
    assert os.read(reader, 1) == b""
    os.close(reader)


# With the real pip, from a wheel made here: no network


def wheel(folder: Path, name: str, number: str) -> str:
    """Make a wheel of one empty module; returns its line in a lock."""
    module = name.replace("-", "_")
    path = folder / f"{module}-{number}-py3-none-any.whl"
    info = f"{module}-{number}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{module}.py", "")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"{module}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return f"{name}=={number} \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def command(clone: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    variables = {**bare_environment(), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": clone.as_uri(), **variables}
    command = [sys.executable, "-m", "sim", *words]
    return subprocess.run(command, cwd=clone, env=variables, capture_output=True, text=True, check=False)


def test_a_clone_sets_itself_up_and_runs(clone: Path) -> None:
    (clone / "locks" / "core.txt").write_text(wheel(clone, "made-up", "1.0"))
    first = command(clone, "list", PIP_TARGET=str(clone / "astray"), PIP_USER="1")
    assert first.stderr == "setting up .venv once, about 40 s ...\n"
    assert first.stdout.splitlines()[0] == str(clone / ".venv")
    assert json.loads((clone / ".venv" / "locks.json").read_text()).keys() == {"core", "python"}
    again = command(clone, "list")
    assert again.stderr == ""
    assert again.stdout == first.stdout


def test_a_hash_that_differs_is_refused(clone: Path) -> None:
    line = wheel(clone, "made-up", "1.0")
    (clone / "locks" / "core.txt").write_text(line[:-65] + "0" * 64 + "\n")
    refused = command(clone, "list")
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1].startswith("error: pip could not install locks/core.txt")
    assert "HASHES" in refused.stderr
    assert not list(clone.glob(".venv*"))
