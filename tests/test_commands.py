"""The command line: what reaches the commands, and how mistakes are told."""

from __future__ import annotations

import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import sim
from sim import commands, environment
from sim.errors import SimError
from tests.conftest import ROOT, bare_environment


@pytest.fixture
def study(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stand in for `sim.study.commands`; holds what reached it and which lock was asked for."""
    seen: dict[str, Any] = {}
    module = ModuleType("sim.study.commands")
    for name in ("run", "list_", "show"):

        def call(arguments: Namespace, name: str = name) -> int:
            seen[name] = arguments
            return 0

        setattr(module, name, call)
    monkeypatch.setitem(sys.modules, "sim.study.commands", module)
    monkeypatch.setattr(environment, "ensure", lambda need: seen.update(lock=need))
    return seen


WHERE = {"scheduler": None, "wait": 300.0, "tls_ca_file": None, "tls_cert": None, "tls_key": None}
"""What is said of a cluster where nothing is."""


def test_settings_and_options_in_any_order(study: dict[str, Any]) -> None:
    words = "run yijiantiao replications=3 --out there size=quick --workers 2 --backend serial --resume --dry-run a=b"
    assert commands.main(words.split()) == 0
    assert study["lock"] == "core"
    assert vars(study["run"]) == {
        "name": "yijiantiao",
        "settings": ["replications=3", "size=quick", "a=b"],
        "out": Path("there"),
        "workers": 2,
        "backend": "serial",
        "resume": True,
        "dry_run": True,
        **WHERE,
    }


def test_defaults(study: dict[str, Any]) -> None:
    assert commands.main(["run", "x.yaml"]) == 0
    said = study["run"]
    assert (said.settings, said.out, said.workers, said.backend) == ([], None, None, "auto")
    assert not said.resume
    assert not said.dry_run


def test_list_and_show(study: dict[str, Any]) -> None:
    assert commands.main(["list"]) == 0
    assert commands.main(["show", "world/x"]) == 0
    assert study["show"].name == ["world/x"]
    assert commands.main(["show", "parameter", "x"]) == 0
    assert study["show"].name == ["parameter", "x"]
    assert "list_" in study


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("rnu x", "unknown command 'rnu'; did you mean 'run'?"),
        ("zzz", "no command called 'zzz'; have: "),
        ("run", "required: NAME|FILE.yaml"),
        ("run x --worker 2", "unrecognized arguments: --worker"),
        ("run x --workers 0", "'0' is not a whole number from 1 up"),
        ("run x --backend ray", "invalid choice: 'ray'"),
        ("show", "required: NAME"),
        ("list x", "unrecognized arguments: x"),
    ],
)
def test_a_mistake_is_one_line(
    words: str, said: str, study: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.main(words.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert said in err
    assert err.count("\n") == 1
    assert study == {}


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [(SimError("no such thing"), 2, "error: no such thing\n"), (KeyboardInterrupt(), 130, "interrupted\n")],
)
def test_what_a_command_raises(
    raised: BaseException, code: int, said: str, study: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    def call(arguments: Namespace) -> int:
        raise raised

    sys.modules["sim.study.commands"].list_ = call  # type: ignore[attr-defined]
    assert commands.main(["list"]) == code
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], *([name, "--help"] for name in commands.COMMANDS)])
def test_help_needs_no_environment(words: list[str], study: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(words) == 0
    out, err = capsys.readouterr()
    assert out.startswith("usage: python3 -m sim" if words[:1] == [] else "usage: ")
    assert err == ""
    assert study == {}


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    commands.main([])
    out = capsys.readouterr().out
    assert all(f"  {name} " in out for name in commands.COMMANDS)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["--version"]) == 0
    assert capsys.readouterr().out == f"{sim.__version__}\n"


def test_help_imports_the_standard_library_only(clone: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(clone)!r}); from sim.commands import main; main(['--help']); "
        "print({name.split('.')[0] for name in sys.modules} - {'sim', '__main__'} - sys.stdlib_module_names)"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
    assert not list(clone.glob(".venv*"))


def test_importing_the_package_imports_nothing_of_it() -> None:
    program = "import sys, sim; print([name for name in sys.modules if name.startswith(('sim.', 'numpy', 'mesa'))])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_public_names_are_fetched_when_asked_for() -> None:
    assert sim.SimError is SimError
    assert set(sim.__all__) <= set(dir(sim))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = sim.nothing


def test_a_closed_pipe_is_quiet(clone: Path) -> None:
    (clone / "locks" / "core.txt").unlink()  # as a wheel: no environment needed
    line = f"set -o pipefail; '{sys.executable}' -m sim list | head -n 1"
    done = subprocess.run(
        ["bash", "-c", line], cwd=clone, env=bare_environment(), capture_output=True, text=True, check=False
    )
    assert done.stdout == f"{sys.prefix}\n"
    assert done.stderr == ""
    assert done.returncode == commands.CLOSED


# test and bench


def test_words_for_pytest(tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    (tests / "rules").mkdir(parents=True)
    for name in ("test_noise.py", "rules/test_desks.py"):
        (tests / name).touch()
    assert commands.pytest_words([], tests) == ["-n", "2", "--dist", "loadfile", "-m", "not thorough"]
    assert commands.pytest_words(["noise"], tests) == [str(tests / "test_noise.py")]
    assert commands.pytest_words(["desks", "-x"], tests) == [str(tests / "rules/test_desks.py"), "-x"]
    assert commands.pytest_words(["crowd"], tests) == ["-k", "crowd"]
    assert commands.pytest_words(["-x", "--lf"], tests) == ["-x", "--lf"]
    assert commands.pytest_words(["tests/test_noise.py::test_a"], tests) == ["tests/test_noise.py::test_a"]


@pytest.mark.parametrize(
    ("words", "failing", "called", "code"),
    [
        ([], None, ["ruff", "mypy", "pytest"], 0),
        ([], "ruff", ["ruff", "mypy", "pytest"], 1),
        ([], "mypy", ["ruff", "mypy", "pytest"], 1),
        ([], "pytest", ["ruff", "mypy", "pytest"], 1),
        (["commands"], None, ["pytest"], 0),
        (["commands"], "pytest", ["pytest"], 1),
    ],
)
def test_test(
    words: list[str],
    failing: str | None,
    called: list[str],
    code: int,
    study: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tools = []

    def run(command: list[str], **options: Any) -> SimpleNamespace:
        assert command[:2] == [sys.executable, "-m"]
        tools.append(command[2])
        return SimpleNamespace(returncode=int(command[2] == failing))

    monkeypatch.setattr(subprocess, "run", run)
    assert commands.main(["test", *words]) == code
    assert tools == called
    assert study["lock"] == "test"
    assert (f"failed: {failing}" in capsys.readouterr().out) == (failing is not None)


def test_bench(
    tmp_path: Path, study: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "__init__.py").touch()
    (tmp_path / "benchmarks" / "__main__.py").write_text("import sys; print(__name__, sys.argv[1:])")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    monkeypatch.delitem(sys.modules, "benchmarks", raising=False)
    assert commands.main(["bench", "--quick"]) == 0
    monkeypatch.delitem(sys.modules, "benchmarks")
    assert capsys.readouterr().out == "__main__ ['--quick']\n"


@pytest.mark.parametrize("name", ["test", "bench"])
def test_a_wheel_has_no_tests(
    name: str,
    tmp_path: Path,
    study: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    assert commands.main([name]) == 2
    assert "works in a clone" in capsys.readouterr().err
