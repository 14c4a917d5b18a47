"""The command line: what can be asked for, and how a mistake is told.

Only the standard library is imported here, so that help and mistakes are answered at once, without
an environment. What a command needs is imported when it runs, after `sim.environment.ensure`.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import sim
from sim import environment, garbage
from sim.errors import SimError, unknown

if TYPE_CHECKING:
    from collections.abc import Callable

OK, FAILED, WRONG, INTERRUPTED, CLOSED = 0, 1, 2, 130, 141
"""Exit codes: a mistake in what was asked for is 2; Ctrl-C and a closed pipe are what shells expect."""


SETS_UP = " The first command that computes sets up .venv, once."


class UsageError(SimError):
    """The command line cannot be read."""


class Parser(argparse.ArgumentParser):
    """An `argparse` parser whose errors are the program's one-line errors."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing usage and leaving."""
        message = message.removesuffix(", key=value")  # which is never required, whatever argparse says
        raise UsageError(f"{message} (see {self.prog} --help)")


class Command(NamedTuple):
    """One word of the command line.

    Attributes:
        summary: what it does, in a line.
        lock: the lock it needs.
        arguments: declares its arguments; None if all words after it are its own to read.
        call: does it and returns the exit code.
        usage: its arguments in help, where `arguments` is None.
    """

    summary: str
    lock: str
    arguments: Callable[[argparse.ArgumentParser], None] | None
    call: Callable[[Any], int]
    usage: str = ""


def _run_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME|FILE.yaml", help="an experiment, or a file of your own (see list)")
    parser.add_argument("settings", metavar="key=value", nargs="*", help="settings to change, e.g. replications=50")
    parser.add_argument("--out", metavar="DIR", type=Path, help="result folder (default: results/local/NAME)")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="refuse unless a run is there to go on with; what is finished is reused anyway",
    )
    _where("add")(parser)
    parser.add_argument("--dry-run", action="store_true", help="say what would be run, and stop")


def _compare_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("result", metavar="RESULT", help="a result folder, or the name of an experiment that was run")
    parser.add_argument(
        "other", metavar="RESULT", nargs="?", help="another with the same seeds: its runs less the first's"
    )
    parser.add_argument("--scenario", metavar="NAME", help="which scenario (default: the experiment's comparisons)")
    parser.add_argument("--baseline", metavar="NAME", help="with which it is compared (default: as in the experiment)")
    parser.add_argument("--all", action="store_true", help="every outcome, not only the main ones")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="keep the comparison of every outcome, and a figure, here"
    )


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name",
        metavar="NAME",
        nargs="+",
        help="an experiment; mechanism/NAME, world/NAME, rule/NAME, parameter/NAME, source/ID; outcomes, sources, "
        "studies",
    )


def _no_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def _reproduce_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "words", metavar="CASE|key=value", nargs="*", help="press cases, all by default; settings, e.g. replications=50"
    )
    usual = "results/local/reproduce, or reproduce-S2 where S2 is asked for"
    parser.add_argument("--out", metavar="DIR", type=Path, help=f"result folder (default: {usual})")
    _where("add")(parser)


def _verify_arguments(parser: argparse.ArgumentParser) -> None:
    from sim.study.where import count

    parser.add_argument(
        "results",
        metavar="RESULT",
        nargs="*",
        help="result folders, or names of experiments that were run (default: all of results/reference)",
    )
    parser.add_argument("--all", action="store_true", help="every run, not only a few of each result: may take an hour")
    parser.add_argument(
        "--update",
        action="store_true",
        help="keep results/local/RESULT (default: the main experiment's) as reference, and renew what quotes it",
    )
    parser.add_argument("--workers", metavar="N", type=count, help="processes (default: one a core)")


def _page_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", metavar="N", type=_port, default=8765, help="default: 8765; 0 = any that is free")
    parser.add_argument(
        "--host", metavar="ADDRESS", default="127.0.0.1", help="where to listen (default: on this machine only)"
    )
    parser.add_argument("--no-browser", dest="browser", action="store_false", help="open no browser")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port from 0 to 65535")
    return int(text)


def _biography_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("result", metavar="RESULT", help="a result folder, or the name of an experiment that was run")
    parser.add_argument("case", metavar="CASE", nargs="?", help="e.g. 0/roof/12/64; without it some cases are listed")
    parser.add_argument("--scenario", metavar="NAME", help="which scenario (default: what the experiment compares)")
    parser.add_argument("--baseline", metavar="NAME", help="its twin (default: as in the experiment)")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="English or Chinese (default: en)")


def _result_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("result", metavar="RESULT", help="a result folder, or the name of an experiment that was run")
    parser.add_argument("--out", metavar="DIR", type=Path, help="where to write (default: into the result folder)")


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("result", metavar="RESULT", help="a result folder, or the name of an experiment that was run")
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder to make (default: RESULT-crate beside it)")
    parser.add_argument(
        "--ocel", action="store_true", help="with the event log as OCEL 2.0 JSON, some 400 bytes an event"
    )


def _where(function: str) -> Callable[[argparse.ArgumentParser], None]:
    """Declare arguments as `sim.study.where` says, imported only when they are asked for."""

    def declare(parser: argparse.ArgumentParser) -> None:
        getattr(importlib.import_module("sim.study.where"), function)(parser)

    return declare


def _study(function: str, module: str = "sim.study.commands") -> Callable[[argparse.Namespace], int]:
    """A command that `sim.study.commands`, or another module, does, imported only when it is called."""

    def call(arguments: argparse.Namespace) -> int:
        # The engine does no linear algebra; threads for it would only make every start slower.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        with garbage.paused():
            imported = importlib.import_module(module)
        return int(getattr(imported, function)(arguments))

    return call


def test(words: Sequence[str]) -> int:
    """Check style and types, then run the tests; with words, only the tests these name.

    Args:
        words: the name of a test file without ``test_``, or pytest's own arguments.
    """
    import subprocess

    tests = _part_of_clone("tests")

    def run(*command: str) -> bool:
        sys.stdout.flush()
        return subprocess.run([sys.executable, "-m", *command], cwd=environment.ROOT, check=False).returncode == 0

    ruff = ["ruff", "check", "--quiet", "sim", "tests", "benchmarks"]  # not what a user may keep in the clone
    mypy, pytest = ["mypy", "--no-error-summary"], ["pytest"]
    if not os.access(environment.ROOT, os.W_OK):  # a read-only clone: keep nothing for the next time
        ruff += ["--no-cache"]
        mypy += ["--cache-dir", os.devnull]
        pytest += ["-p", "no:cacheprovider"]
    failed = []
    if not words:
        for check in (ruff, mypy):
            good = run(*check)
            print(f"{check[0]}: {'ok' if good else 'failed'}", flush=True)
            failed += [] if good else [check[0]]
    if not run(*pytest, *pytest_words(words, tests)):  # warnings are errors by pyproject.toml
        failed.append("pytest")
    if failed:
        print(f"failed: {', '.join(failed)}", flush=True)
    return FAILED if failed else OK


def pytest_words(words: Sequence[str], tests: Path) -> list[str]:
    """Pytest's arguments for what was asked: a plain first word is a test file's name, or else a pattern.

    Args:
        words: what was asked.
        tests: the folder of tests.
    """
    if not words:
        # a file to a process: what its tests share is lived once, not once in each process
        return ["-n", "2", "--dist", "loadfile", "-m", "not thorough"]
    first, rest = words[0], list(words[1:])
    if first.startswith("-") or (tests.parent / first.split("::")[0]).exists():
        return list(words)
    files = sorted(str(path) for path in tests.rglob(f"test_{first}.py"))
    return [*files, *rest] if files else ["-k", first, *rest]


def bench(words: Sequence[str]) -> int:
    """Run the benchmarks, which read the words themselves."""
    import runpy

    _part_of_clone("benchmarks")
    if str(environment.ROOT) not in sys.path:
        sys.path.insert(0, str(environment.ROOT))
    sys.argv = ["benchmarks", *words]
    runpy.run_module("benchmarks", run_name="__main__", alter_sys=True)
    return OK


def _part_of_clone(name: str) -> Path:
    folder = environment.ROOT / name
    if not folder.is_dir():
        raise UsageError(f"there is no {name}/ beside the package; this command works in a clone of the repository")
    return folder


COMMANDS = {
    "run": Command("run an experiment, print what came out, keep it", "core", _run_arguments, _study("run")),
    "attribute": Command(
        "what each channel of a mechanism carries: run all coalitions", "core", _run_arguments, _study("attribute")
    ),
    "sensitivity": Command(
        "which assumptions a difference rests on: Morris, Sobol, scans",
        "analysis",
        _run_arguments,
        _study("sensitivity", "sim.study.study_commands"),
    ),
    "discover": Command(
        "where an arrangement does worse: boxes and a tree, checked in held-out draws",
        "analysis",
        _run_arguments,
        _study("discover", "sim.study.study_commands"),
    ),
    "calibrate": Command(
        "which draws of the priors evidence does not rule out, as a world to run",
        "analysis",
        _run_arguments,
        _study("calibrate", "sim.study.study_commands"),
    ),
    "compare": Command("paired differences within a result, or of two", "core", _compare_arguments, _study("compare")),
    "reproduce": Command(
        "press cases: what the page reported beside what comes out",
        "core",
        _reproduce_arguments,
        _study("reproduce", "sim.study.press.command"),
    ),
    "page": Command(
        "the live page: two twins side by side in a browser",
        "page",
        _page_arguments,
        _study("page", "sim.page.command"),
    ),
    "biography": Command(
        "one case's life in both twins, in words", "core", _biography_arguments, _study("main", "sim.report.lives")
    ),
    "verify": Command(
        "run kept results again, a part of each or all, and compare",
        "core",
        _verify_arguments,
        _study("verify", "sim.study.verify_command"),
    ),
    "report": Command(
        "one self-contained bilingual page of a result, also as Markdown",
        "core",
        _result_arguments,
        _study("report", "sim.report.document.command"),
    ),
    "export": Command(
        "a result with code, documents and settings, as an RO-Crate",
        "core",
        _export_arguments,
        _study("export", "sim.report.export"),
    ),
    "list": Command("what can be run", "core", _no_arguments, _study("list_")),
    "show": Command("what an experiment sets, with units, ranges, sources", "core", _show_arguments, _study("show")),
    "worker": Command(
        "join a Dask cluster: compute for the runs that use it",
        "cluster",
        _where("add_worker"),
        _study("worker", "sim.study.joining"),
    ),
    "scheduler": Command(
        "be the scheduler of a Dask cluster, on this machine alone unless told otherwise",
        "cluster",
        _where("add_scheduler"),
        _study("scheduler", "sim.study.joining"),
    ),
    "test": Command("everything that is checked; NAME for one part", "test", None, test, "[NAME | pytest arguments]"),
    "bench": Command(
        "the benchmarks", "test", None, bench, "[--quick] [--burn-in DAYS] [--json FILE] [--peers] [CASE ...]"
    ),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit code.

    Args:
        argv: the words after the program's name; those it was started with if None.
    """
    try:
        code = _dispatch(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
        return code
    except SimError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # `| head` has read enough
        _forget_output()
        return CLOSED
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _forget_output()
        print("error: no space left where the output goes", file=sys.stderr)
        return WRONG


def _forget_output() -> None:
    """Leave nothing to be written at exit, where it would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dispatch(words: list[str]) -> int:
    program = environment.program()
    if not words or words[0] in ("-h", "--help", "help"):
        print(_help(program))
        return OK
    if words[0] == "--version":
        print(sim.__version__)
        return OK
    name, rest = words[0], words[1:]
    if name not in COMMANDS:
        raise unknown("command", name, COMMANDS)
    command = COMMANDS[name]
    parser = Parser(prog=f"{program} {name}", description=command.summary, allow_abbrev=False)
    arguments: Any = rest
    if command.arguments:
        command.arguments(parser)
        try:
            arguments = parser.parse_intermixed_args(rest)
        except SystemExit:  # --help
            return OK
    elif rest[:1] in (["-h"], ["--help"]):
        print(f"usage: {parser.prog} {command.usage}\n\n{command.summary}")
        return OK
    environment.ensure(_lock_of(command, arguments))
    return command.call(arguments)


def _lock_of(command: Command, arguments: Any) -> str:
    """Return the lock that a command needs, once it is clear that its options about where to compute say something."""
    if not hasattr(arguments, "scheduler") and not hasattr(arguments, "scheduler_file"):
        return command.lock
    from sim.study import where

    where.check(arguments)
    return where.lock(arguments, command.lock)


def _help(program: str) -> str:
    lines = [f"  {name:<13}{command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            f"usage: {program} COMMAND ...",
            "",
            "A laboratory for grassroots governance: what an institution does to the cases people bring.",
            "",
            *lines,
            "",
            f"'{program} COMMAND --help' says more." + (SETS_UP if (environment.ROOT / "locks").is_dir() else ""),
        ]
    )
