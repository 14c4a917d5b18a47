"""Executors: the same outcomes everywhere; what fails or dies costs only itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.errors import ConfigError, SimError, StoreError
from sim.study.executor import AT_HAND, Executor, Failure, Joblib, Outcome, Serial, executor, stage

ROOT = Path(__file__).parents[2]


def square(task: int) -> int:
    return task * task


def picky(task: int) -> int:
    if task == 1:
        with stage("outer"), stage("burn-in"):
            raise ValueError("no such\n day")
    if task == 2:
        raise StoreError("the disk is full")
    if task == 3:
        sys.exit("enough")
    if task == 4:
        raise KeyError
    return task


def unsendable(task: int) -> Any:
    return (lambda: task) if task == 1 else task


def threads(_: int) -> str | None:
    return os.environ.get("OMP_NUM_THREADS")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(task: tuple[int, str]) -> int:
    number, flag = task
    if number == 2:
        try:
            Path(flag).touch(exist_ok=False)
        except FileExistsError:
            return number
        die()
    return number


def die_always(task: int) -> int:
    if task in (0, 3):
        die()
    return task


held: list[bytes] = []


def grow(task: int) -> int:
    """Hold 400 MB from the second call on, and let a second pass, after which loky looks."""
    if task == 1:
        held.append(b"x" * 400_000_000)
    time.sleep(1.1)
    return os.getpid()


def by_task(outcomes: Any) -> dict[Any, Outcome[Any, Any]]:
    return {outcome.task: outcome for outcome in outcomes}


@pytest.mark.parametrize("workers", [1, 2])
def test_serial_and_joblib_agree(workers: int) -> None:
    alone = by_task(Serial().map(square, range(7)))
    crowd = by_task(Joblib(workers).map(square, range(7)))
    assert alone == crowd == {i: Outcome(i, i * i) for i in range(7)}
    assert list(Serial().map(square, [])) == list(Joblib(workers).map(square, [])) == []


@pytest.mark.parametrize("engine", [Serial(), Joblib(2)])
def test_a_failing_task_costs_only_itself(engine: Executor) -> None:
    found = by_task(engine.map(picky, range(6)))
    assert [found[i].value for i in range(6)] == [0, None, None, None, None, 5]
    failures = {i: outcome.failure for i, outcome in found.items() if outcome.failure}
    assert {i: (failure.stage, failure.message) for i, failure in failures.items()} == {
        1: ("burn-in", "ValueError: no such day"),
        2: ("", "the disk is full"),
        3: ("", "SystemExit: enough"),
        4: ("", "KeyError"),
    }
    assert "in picky" in failures[1].traceback


def test_what_cannot_be_sent_is_a_failure() -> None:
    found = by_task(Joblib(2).map(unsendable, [0, 1, 2]))
    assert found[0].value == 0
    assert found[2].value == 2
    assert found[1].failure is not None
    assert found[1].failure.stage == "sending the result"
    lock = threading.Lock()
    tasks: list[Any] = [lock, 0]
    there = by_task(Joblib(1).map(unsendable, tasks))
    assert there[0] == Outcome(0, 0)
    assert there[lock].failure is not None
    assert there[lock].failure.stage == "exchange with the worker"


def test_workers_compute_with_one_thread() -> None:
    assert [outcome.value for outcome in Joblib(1).map(threads, [0])] == ["1"]


def test_a_worker_that_has_grown_is_kept() -> None:
    """With psutil installed, as it is here, loky would start another and warn."""
    import psutil  # noqa: F401  # or this would say nothing

    assert len({outcome.get() for outcome in Joblib(1).map(grow, range(4))}) == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_killed_once_loses_nothing(tmp_path: Path, workers: int) -> None:
    tasks = [(i, str(tmp_path / "flag")) for i in range(6)]
    found = by_task(Joblib(workers).map(die_once, tasks))
    assert {task[0]: outcome.value for task, outcome in found.items()} == {i: i for i in range(6)}
    assert (tmp_path / "flag").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_task_that_always_kills_is_reported_and_the_others_complete(workers: int) -> None:
    outcomes = list(Joblib(workers).map(die_always, range(6)))
    found = by_task(outcomes)
    assert len(outcomes) == len(found) == 6
    for i in range(6):
        if i in (0, 3):
            failure = found[i].failure
            assert isinstance(failure, Failure)
            assert failure.stage == "worker"
            assert "died twice" in failure.message
        else:
            assert found[i] == Outcome(i, i)


def test_tasks_are_taken_as_they_are_computed() -> None:
    taken = []

    def tasks() -> Any:
        for i in range(100):
            taken.append(i)
            yield i

    outcomes = Joblib(2).map(square, tasks())
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    # Two at first, one more when the first was done (two if both were).
    assert len(taken) <= 4


STOPPED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # who is started in the background ignores it
sys.path.insert(0, {here!r})
from sim.study.executor import Joblib
import test_executor
try:
    for outcome in Joblib(2).map(test_executor.note_and_sleep, [(0, {folder!r}), (1, {folder!r}), (2, {folder!r})]):
        # Ctrl-C in a terminal reaches the workers too.
        os.killpg(0, signal.SIGINT) if {sent!r} == "SIGINT" else os.kill(os.getpid(), signal.SIGKILL)
except KeyboardInterrupt:
    print("stopped")
"""


def note_and_sleep(task: tuple[int, str]) -> None:
    number, folder = task
    (Path(folder) / str(os.getpid())).touch()
    if number == 0:
        # Go on only when the other worker is at work too.
        until(lambda: len(list(Path(folder).iterdir())) == 2)
    else:
        time.sleep(600)


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that must come; the limit is only there so that a broken test ends."""
    limit = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


def running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # A process nobody has waited for is dead all the same.
    status = Path(f"/proc/{process}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


@pytest.mark.parametrize("sent", ["SIGINT", "SIGKILL"])
def test_no_worker_outlives_its_parent(tmp_path: Path, sent: str) -> None:
    script = STOPPED.format(here=str(Path(__file__).parent), folder=str(tmp_path), sent=sent)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    assert (done.returncode, done.stdout) == ((0, "stopped\n") if sent == "SIGINT" else (-signal.SIGKILL, ""))
    assert sent == "SIGKILL" or done.stderr == ""
    workers = [int(path.name) for path in tmp_path.iterdir()]
    assert len(workers) == 2
    until(lambda: not any(running(worker) for worker in workers))


def whoami(_: int) -> int:
    return os.getpid()


def test_workers_are_kept_within_a_block_and_not_after_it() -> None:
    engine = Joblib(1)
    with engine as kept:
        first, second = ([outcome.value for outcome in kept.map(whoami, [0])] for _ in range(2))
        assert first == second
        found = by_task(kept.map(die_always, [0, 1]))  # a pool that is broken is not kept
        assert found[1].value == 1 and found[0].failure is not None
        third = [outcome.value for outcome in kept.map(whoami, [0])]
        assert third != first and third[0] is not None and running(third[0])
    until(lambda: not running(third[0]))
    with pytest.raises(SimError, match="died twice"):
        found[0].get()
    with pytest.raises(StoreError, match="the disk is full"):
        by_task(engine.map(picky, [2]))[2].get()
    assert by_task(engine.map(picky, [0]))[0].get() == 0


def test_a_small_job_is_done_here_and_a_large_one_by_workers_unless_it_is_said_who() -> None:
    auto = executor("auto")
    assert isinstance(auto.suited(AT_HAND), Serial)
    assert auto.suited(AT_HAND + 1) is auto
    for named in (executor("auto", 2), executor("joblib"), executor("serial")):
        assert named.suited(0.1) is named


def test_executors_have_names() -> None:
    assert isinstance(executor("serial"), Serial)
    engine = executor("joblib", 3)
    assert isinstance(engine, Joblib)
    assert engine.workers == 3
    assert isinstance(executor("joblib"), Joblib)
    with pytest.raises(ConfigError, match="unknown backend 'jobilb'; did you mean 'joblib'"):
        executor("jobilb")
    with pytest.raises(ConfigError, match="no backend called 'ray'; have: auto, dask, joblib, serial"):
        executor("ray")
    with pytest.raises(ConfigError, match="workers=0"):
        executor("joblib", 0)
