"""Who computes the pieces: this process, worker processes on this machine, or those of a cluster.

An executor applies a function to tasks and hands out each outcome as it is there. One failing task
never costs another: what it raised becomes a `Failure`. A worker that is killed (by hand, or by
the system when memory runs out) takes the tasks in flight with it; each of these is tried once more
in a fresh worker of its own, so that the guilty one is known and the others are not.
"""

from __future__ import annotations

import argparse
import os
import pickle
import signal
import tempfile
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Generic, Protocol, Self, TypeVar, cast

from sim.errors import ConfigError, SimError, StoreError, unknown
from sim.study import where
from sim.study.where import Cluster

Task = TypeVar("Task")
Value = TypeVar("Value")

LIBRARIES = ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR")
ONE_THREAD = dict.fromkeys([f"{name}_NUM_THREADS" for name in LIBRARIES], "1")
"""A worker computes with one thread, or workers and their libraries' threads would crowd each other."""


AT_HAND = 2.0
"""Seconds of computing that are sooner done in this process than worker processes have started for them."""

MEMORY = "out of memory? fewer --workers or a smaller block_households take less"
"""What may help where a worker was killed or got no memory."""


@dataclass(frozen=True)
class Failure:
    """Why a task has no value.

    Attributes:
        stage: where it happened, as told by `stage`; ``"worker"`` if its process died before it was in any.
        message: what happened, in one line.
        traceback: the traceback in full, empty if there is none.
        refused: whether the disk would not take what was computed, as it will not take anything else.
    """

    stage: str
    message: str
    traceback: str = ""
    refused: bool = False


@dataclass(frozen=True)
class Outcome(Generic[Task, Value]):
    """What became of a task: it has a value, or a failure says why not.

    Attributes:
        task: the task as it was given.
        value: what the function returned.
        failure: `None` if all went well.
    """

    task: Task
    value: Value | None = None
    failure: Failure | None = None

    def get(self) -> Value:
        """Return the value.

        Raises:
            SimError: there is none; its notes have the traceback.
        """
        if self.failure is None:
            return cast("Value", self.value)
        error = (StoreError if self.failure.refused else SimError)(self.failure.message)
        error.add_note(self.failure.traceback)
        raise error


class Executor(Protocol):
    """Something that applies a function to tasks.

    As a context manager it may keep its workers from one `map` to the next; they end with the block.

    Attributes:
        here: what computes where files of this machine are needed: itself, unless its workers may be elsewhere.
    """

    @property
    def here(self) -> Executor:
        """Return what computes where files of this machine are needed."""
        ...

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(self, *error: object) -> None:
        """Let the workers go."""
        ...

    def suited(self, seconds: float) -> Executor:
        """Return what is to do something that takes one core about so many seconds: itself, or something quicker."""
        ...

    def map(self, function: Callable[[Task], Value], tasks: Iterable[Task]) -> Iterator[Outcome[Task, Value]]:
        """Yield the outcome of each task, in any order; closing the iterator stops the rest.

        Args:
            function: importable or picklable; it may run in another process.
            tasks: picklable descriptions of what to compute; taken only as fast as they are computed.
        """
        ...


_diary: Path | None = None
"""Where this worker notes the stage it is in, for whoever may find it dead."""


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Name the stage of a computation; if it fails inside, the failure carries the innermost name."""
    if _diary:
        _diary.write_text(name, "utf-8")
    try:
        yield
    except Exception as error:
        if not hasattr(error, "sim_stage"):
            error.sim_stage = name  # type: ignore[attr-defined]
        raise


class Serial:
    """Compute in this process, one task after the other."""

    @property
    def here(self) -> Executor:
        """Return itself."""
        return self

    def __enter__(self) -> Self:
        """Return it; there is nothing to keep."""
        return self

    def __exit__(self, *error: object) -> None:
        """Do nothing."""

    def suited(self, seconds: float) -> Executor:
        """Return itself."""
        return self

    def map(self, function: Callable[[Task], Value], tasks: Iterable[Task]) -> Iterator[Outcome[Task, Value]]:
        """Yield the outcome of each task, in order."""
        for task in tasks:
            try:
                value = function(task)
            except (Exception, SystemExit) as error:
                yield Outcome(task, failure=describe(error))
            else:
                yield Outcome(task, value)


class Joblib:
    """Compute in worker processes (joblib's loky), one task each at a time."""

    def __init__(self, workers: int | None = None) -> None:
        """Choose the number of worker processes.

        Args:
            workers: as many as there are free cores by default.

        Raises:
            ConfigError: fewer than one.
        """
        if workers is not None and workers < 1:
            raise ConfigError(f"workers={workers} is out of range; at least 1 is needed")
        self.workers = workers or cores()
        self._keeps = False
        self._kept: Any = None

    @property
    def here(self) -> Executor:
        """Return itself: its workers are on this machine."""
        return self

    def __enter__(self) -> Self:
        """Keep the workers, each of which takes a second to start, for the next `map`."""
        self._keeps = True
        return self

    def __exit__(self, *error: object) -> None:
        """Let the workers go."""
        pool, self._keeps, self._kept = self._kept, False, None
        if pool:
            _close(pool, (), True)

    def suited(self, seconds: float) -> Executor:
        """Return itself: who asks for worker processes gets them."""
        return self

    def map(self, function: Callable[[Task], Value], tasks: Iterable[Task]) -> Iterator[Outcome[Task, Value]]:
        """Yield the outcome of each task as it is there.

        Not through `joblib.Parallel`, which drops everything when a worker dies and cannot say which
        tasks were in flight, but through the pool of processes beneath it. No more tasks are handed
        over than there are workers: then a dead pool names its suspects.
        """
        todo = iter(tasks)
        suspects: deque[Task] = deque()
        while True:
            yield from self._together(function, todo, suspects)
            if not suspects:
                return
            while suspects:
                yield from self._alone(function, suspects.popleft())

    def _together(
        self, function: Callable[[Task], Value], todo: Iterator[Task], suspects: deque[Task]
    ) -> Iterator[Outcome[Task, Value]]:
        """Yield outcomes until all is done or a worker has died; then the tasks in flight are suspects."""
        pool, self._kept = self._kept or _pool(self.workers), None
        running: dict[Future[bytes], Task] = {}
        ready: deque[Outcome[Task, Value]] = deque()
        finished = False
        try:
            while True:
                for task in islice(todo, 0 if suspects else self.workers - len(running)):
                    try:
                        running[pool.submit(in_worker, function, task)] = task
                    except BrokenExecutor:
                        suspects.append(task)
                        break
                # Only now, so that no worker waits for what the consumer does with an outcome.
                while ready:
                    yield ready.popleft()
                if not running:
                    break
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    task = running.pop(future)
                    if _lost(future):
                        suspects.append(task)
                    else:
                        ready.append(_outcome(task, future))
            finished = not suspects
        finally:
            # Also when the consumer stops or Ctrl-C arrives: nothing goes on behind our back.
            if finished and self._keeps:
                self._kept = pool
            else:
                _close(pool, running, finished)

    def _alone(self, function: Callable[[Task], Value], task: Task) -> Iterator[Outcome[Task, Value]]:
        """Yield the outcome of a suspect; if its own worker dies too, it was this task."""
        with tempfile.TemporaryDirectory(prefix="sim-") as folder:
            diary = Path(folder) / "stage"
            diary.write_text("worker", "utf-8")
            yield from self._watched(function, task, diary)

    def _watched(self, function: Callable[[Task], Value], task: Task, diary: Path) -> Iterator[Outcome[Task, Value]]:
        """Yield the outcome of a task, computed by a worker that notes in which stage it is."""
        pool = _pool(1, diary)
        running: list[Future[bytes]] = []
        finished = False
        try:
            future = pool.submit(in_worker, function, task)
            running.append(future)
            wait(running)
            finished = not _lost(future)
            if finished:
                yield _outcome(task, future)
            else:
                message = f"its worker process died twice, the second time computing nothing else; {MEMORY}"
                died = diary.read_text("utf-8") or "worker"
                yield Outcome(task, failure=Failure(died, message, str(future.exception())))
        finally:
            _close(pool, running, finished)


class Auto(Joblib):
    """Worker processes, but for what is done before they would have started."""

    def __init__(self, workers: int | None = None) -> None:
        """Choose the number of worker processes, see `Joblib`; if it is said, there are so many whatever is to do."""
        super().__init__(workers)
        self.said = workers is not None

    def suited(self, seconds: float) -> Executor:
        """Return itself, or, for a few seconds of work, this process."""
        return Serial() if seconds <= AT_HAND and not self.said else self


def _dask(workers: int | None, cluster: Cluster | None) -> Executor:
    from sim.study.cluster import Dask  # here, as few ask for it

    return Dask(workers, cluster)


EXECUTORS: dict[str, Callable[[int | None, Cluster | None], Executor]] = {
    "auto": lambda workers, cluster: Auto(workers),
    "serial": lambda workers, cluster: Serial(),
    "joblib": lambda workers, cluster: Joblib(workers),
    "dask": _dask,
}


def executor(name: str, workers: int | None = None, cluster: Cluster | None = None) -> Executor:
    """Return the executor of this name.

    Args:
        name: ``auto``, ``serial``, ``joblib`` or ``dask``.
        workers: the number of worker processes of this machine; as many as free cores by default.
        cluster: for ``dask``, which cluster; worker processes of this machine by default.

    Raises:
        ConfigError: there is no such executor, or the number is below one.
    """
    if name not in EXECUTORS:
        raise unknown("backend", name, EXECUTORS)
    return EXECUTORS[name](workers, cluster)


def chosen(arguments: argparse.Namespace) -> Executor:
    """Return the executor that the arguments of a command ask for, see `sim.study.where`.

    Raises:
        ConfigError: an option does not say what it should.
    """
    return executor(arguments.backend, arguments.workers, where.cluster(arguments))


def cores() -> int:
    """Count the cores this process may use."""
    import joblib

    return int(joblib.cpu_count())


def _pool(workers: int, diary: Path | None = None) -> Any:
    """Start worker processes; joblib brings loky, whose workers start afresh instead of by fork."""
    from joblib.externals.loky import ProcessPoolExecutor

    return ProcessPoolExecutor(workers, env=ONE_THREAD, initializer=_begin, initargs=(os.getpid(), diary))


def _close(pool: Any, running: Iterable[Future[bytes]], finished: bool) -> None:
    """End the workers, at once if they have not finished."""
    # loky fails in its own thread when killed with a task that it has not yet put on its queue.
    while not all(future.running() or future.done() for future in running):
        time.sleep(0.001)
    pool.shutdown(wait=True, kill_workers=not finished)


def _begin(parent: int, diary: Path | None = None) -> None:
    """Prepare a worker: Ctrl-C is its parent's business, it does not outlive its parent, and it may grow."""
    from joblib.externals.loky import process_executor

    global _diary
    _diary = diary
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Where psutil happens to be installed loky lets a worker go that has grown by 300 MB, as one does that has lived
    # worlds; the next would import everything anew.
    process_executor._USE_PSUTIL = False

    def watch() -> None:
        # A parent killed by -9 cannot tell its workers to stop.
        while os.getppid() == parent:
            pause.wait(1.0)
        os._exit(1)

    pause = threading.Event()
    threading.Thread(target=watch, daemon=True).start()


def in_worker(function: Callable[[Any], Any], task: Any) -> bytes:
    """Apply the function and pack what it returns or raises, so that nothing can fail on the way back."""
    try:
        value = function(task)
        with stage("sending the result"):
            return pickle.dumps(Outcome(None, value), protocol=pickle.HIGHEST_PROTOCOL)
    except (Exception, SystemExit) as error:
        return pickle.dumps(Outcome(None, failure=describe(error)))


def _lost(future: Future[bytes]) -> bool:
    """Say whether the worker of a task that has ended died before there was a value."""
    return isinstance(future.exception(), BrokenExecutor)


def _outcome(task: Task, future: Future[bytes]) -> Outcome[Task, Any]:
    """Unpack what a worker has sent."""
    try:
        sent = pickle.loads(future.result())
    except Exception as error:  # the task could not be sent, or its value cannot be rebuilt here
        return Outcome(task, failure=describe(error, "exchange with the worker"))
    return Outcome(task, sent.value, sent.failure)


def describe(error: BaseException, otherwise: str = "") -> Failure:
    """Describe what was raised.

    Args:
        error: what was raised.
        otherwise: the stage, where the error names none.
    """
    text = " ".join(str(error).split())
    message = text if isinstance(error, SimError) else f"{type(error).__name__}: {text}".removesuffix(": ")
    if isinstance(error, MemoryError):
        message += f"; {MEMORY}"
    where, told = getattr(error, "sim_stage", otherwise), "".join(traceback.format_exception(error))
    return Failure(where, message, told, refused=isinstance(error, StoreError))
