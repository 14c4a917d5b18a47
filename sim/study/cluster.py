"""Computing on a Dask cluster: worker processes here, or those that have joined a scheduler elsewhere.

Nothing is sent before every worker, and the scheduler, has said which program it is and says the same as this one;
every block says it again, for workers that join later. A block whose worker is lost is computed by another, a few
times. What a block has made comes back as bytes, so workers need no file system in common with this machine.

`distributed` is imported only where it is used: it takes a second, and is there only if the lock ``cluster`` is.
"""

from __future__ import annotations

import logging
import os
import pickle
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import islice
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Self, TypeVar

from sim.errors import SimError
from sim.study.executor import Executor, Failure, Joblib, Outcome, describe, in_worker
from sim.study.identity import Identity, identity
from sim.study.where import LOOPBACK, Cluster, Tls

os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "error")
"""Read by `distributed`, here and in worker processes, when it is first imported: that all goes well is no news."""

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

Task = TypeVar("Task")
Value = TypeVar("Value")

PAUSE = 1.0
"""Seconds after which it is looked whether there still are workers."""

CONNECT = 10.0
"""Seconds within which a scheduler has to answer."""

RETRIES = 2
"""How often a block is given again to whoever is there when it could not be unpacked or sent."""

PRELOAD = "sim.study.identity"

QUIET = {
    # Tables come back at once: nothing is worth being moved to a worker's disk, nor is there reason to pause.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
}
"""Settings of `distributed` for workers of ours."""


class ClusterError(SimError):
    """There is no cluster, or none that could compute this."""


@dataclass(frozen=True)
class Stranger:
    """What a worker answers, instead of a value, that turns out to run another program."""

    found: Identity
    worker: str


@dataclass(frozen=True)
class Order:
    """What a worker is sent.

    Attributes:
        expected: what it must run to unpack it.
        content: a function and a task, pickled.
    """

    expected: Identity
    content: bytes


class Dask:
    """Compute with the workers of a Dask cluster; as a context manager it keeps the connection.

    Attributes:
        here: what computes where files of this machine are needed.
    """

    def __init__(self, workers: int | None = None, cluster: Cluster | None = None) -> None:
        """Choose the cluster; nothing is connected yet.

        Args:
            workers: processes of this machine: the cluster itself where none is named, else those that merge tables.
            cluster: which; by default processes of this machine.
        """
        self.here: Executor = Joblib(workers)
        self._workers = Joblib(workers).workers
        self._cluster = cluster or Cluster()
        self._open: ExitStack | None = None
        self._client: Client | None = None
        self._threads: dict[str, int] = {}
        self._looked = self._seen = 0.0

    def __enter__(self) -> Self:
        """Connect, wait for a worker, and compare what all of them run.

        Raises:
            ClusterError: no scheduler answers, no worker comes, or one runs something else.
        """
        with ExitStack() as opened:
            self._client = self._connected(opened)
            self._await_workers()
            self._compare()
            opened.enter_context(self.here)
            self._open = opened.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        """Let the cluster go; a scheduler elsewhere and its workers stay."""
        opened, self._open, self._client = self._open, None, None
        if opened:
            opened.close()

    def suited(self, seconds: float) -> Executor:
        """Return itself: who asks for a cluster gets it."""
        return self

    def map(self, function: Callable[[Task], Value], tasks: Iterable[Task]) -> Iterator[Outcome[Task, Value]]:
        """Yield the outcome of each task as it is there; closing the iterator gives up the rest.

        Raises:
            ClusterError: the scheduler or all of its workers are gone.
        """
        if self._client is None:
            with self:
                yield from self._map(function, tasks)
        else:
            yield from self._map(function, tasks)

    def _map(self, function: Callable[[Task], Value], tasks: Iterable[Task]) -> Iterator[Outcome[Task, Value]]:
        assert self._client is not None
        client, todo, back = self._client, iter(tasks), list[Task]()
        done: SimpleQueue[tuple[Any, Any]] = SimpleQueue()
        running: dict[Any, tuple[Future[Any], Task]] = {}

        def fetch(future: Future[Any]) -> None:
            """Bring what a task has made; called in a thread of Dask's."""
            try:
                done.put((future.key, future.result()))
            except BaseException as error:
                done.put((future.key, error))

        try:
            self._looked = 0.0
            while True:
                room = max(0, self._room() - len(running))
                batch = [back.pop() for _ in range(min(room, len(back)))]
                batch += islice(todo, room - len(batch))
                packed = [_packed(function, task) for task in batch]
                yield from (outcome for outcome in packed if isinstance(outcome, Outcome))
                orders = [order for order in packed if isinstance(order, Order)]
                futures = client.map(_call, orders, pure=False, retries=RETRIES)
                tasks_sent = (task for task, order in zip(batch, packed, strict=True) if isinstance(order, Order))
                for future, task in zip(futures, tasks_sent, strict=True):
                    running[future.key] = future, task
                    future.add_done_callback(fetch)
                del futures
                if not running:
                    if room > 0 and len(packed) < room:  # nothing was left to be sent
                        return
                    if room == 0:  # no worker just now: perhaps its nanny is starting it anew
                        time.sleep(PAUSE / 5)
                    continue
                try:
                    key, value = done.get(timeout=PAUSE)
                except Empty:
                    continue
                future, task = running.pop(key)
                future.release()
                del future
                outcome = self._outcome(task, value)
                if outcome is None:
                    back.append(task)
                else:
                    yield outcome
        finally:
            with suppress(Exception):  # the scheduler may be gone
                client.cancel([future for future, _ in running.values()], force=True)

    # -- the cluster --------------------------------------------------------------------------

    def _connected(self, opened: ExitStack) -> Client:
        """Connect to the scheduler, or start one here."""
        import dask
        from distributed import Client

        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is told in our words
        address = self._cluster.address
        settings = {} if address else {"distributed.scheduler.no-workers-timeout": self._cluster.wait}
        opened.enter_context(dask.config.set({**QUIET, **settings}))
        to = address or opened.enter_context(self._started(opened))
        try:
            client = Client(to, timeout=CONNECT, set_as_default=False, security=security(self._cluster.tls))
        except (OSError, ValueError, TypeError, RuntimeError, ImportError) as error:
            raise ClusterError(f"no scheduler answers at {address} ({why(error)}); start one: sim scheduler") from error
        return opened.enter_context(client)

    def _started(self, opened: ExitStack) -> LocalCluster:
        """Start a scheduler and worker processes, each watched by a nanny, that nobody else can reach."""
        from distributed import LocalCluster

        folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="sim-", ignore_cleanup_errors=True))
        return LocalCluster(
            n_workers=self._workers,
            threads_per_worker=1,
            processes=True,
            host=LOOPBACK,
            dashboard_address=f"{LOOPBACK}:0",
            worker_dashboard_address=f"{LOOPBACK}:0",
            memory_limit=0,
            local_directory=folder,
            preload=[PRELOAD],
            silence_logs=logging.CRITICAL,
        )

    def _await_workers(self) -> None:
        """Wait until there is a worker."""
        self._seen, told = time.monotonic(), False
        while not self._look():
            if not told and self._cluster.address:
                print(f"waiting for workers at {self._cluster.address} ...", file=sys.stderr, flush=True)
            told = True
            time.sleep(PAUSE / 5)

    def _room(self) -> int:
        """Return how many tasks may be on their way: one being computed by each thread, and one waiting at each worker.

        Raises:
            ClusterError: the scheduler is gone, or there has been no worker for too long.
        """
        if time.monotonic() - self._looked >= PAUSE:
            self._look()
        return sum(self._threads.values()) + len(self._threads)

    def _look(self) -> bool:
        """See which workers there are, and give up if there have been none for too long."""
        assert self._client is not None
        if self._client.status != "running":
            raise self._gone()
        workers: Mapping[str, Any] = self._client.scheduler_info(n_workers=-1).get("workers", {})
        self._threads = {address: int(worker["nthreads"]) for address, worker in workers.items()}
        self._looked = time.monotonic()
        if workers:
            self._seen = self._looked
        elif self._looked - self._seen > self._cluster.wait:
            raise ClusterError(
                f"there has been no worker at {self._named()} for {self._cluster.wait:g} s; what is finished is kept: "
                f"start workers and run again (--wait SECONDS waits longer)"
            )
        return bool(workers)

    def _named(self) -> str:
        return self._cluster.address or "this machine"

    def _gone(self) -> ClusterError:
        return ClusterError(
            f"the scheduler at {self._named()} is gone; what is finished is kept: start it and run again"
        )

    def _compare(self) -> None:
        """Compare what the scheduler and all workers run with what runs here, before anything is sent."""
        assert self._client is not None
        with self._telling():
            said: dict[str, Any] = self._client.run(identity, on_error="return")
        for worker, found in sorted(said.items()):
            _refuse(f"worker {worker}", found)
        with self._telling():
            try:
                found = self._client.run_on_scheduler(identity)
            except ImportError as error:
                found = error
        _refuse(f"the scheduler at {self._named()}", found)

    def _telling(self) -> ExitStack:
        """Turn a lost connection into one line."""
        stack = ExitStack()

        def turn(kind: type[BaseException] | None, error: BaseException | None, at: object) -> bool:
            if isinstance(error, OSError):
                raise self._gone() from error
            return False

        stack.push(turn)
        return stack

    def _outcome(self, task: Task, value: Any) -> Outcome[Task, Any] | None:
        """Understand what has come back; None if the task is to be computed by somebody else."""
        from distributed import KilledWorker
        from distributed.scheduler import NoValidWorkerError, NoWorkerError

        assert self._client is not None
        if isinstance(value, bytes):
            sent = pickle.loads(value)
            if isinstance(sent, Stranger):
                _leave_out(self._client, sent)
                return None
            return Outcome(task, sent.value, sent.failure)
        if isinstance(value, KilledWorker):
            times = value.allowed_failures + 1
            message = f"its worker died, {times} times in all, the last at {value.last_worker.address}; out of memory?"
            return Outcome(task, failure=Failure("worker", message, str(value)))
        if isinstance(value, (NoWorkerError, NoValidWorkerError)):
            raise ClusterError(f"there is no worker left at {self._named()}; what is finished is kept: run again")
        if type(value).__name__ in ("CancelledError", "FutureCancelledError"):
            raise self._gone()
        return Outcome(task, failure=describe(value, "exchange with the worker"))


def security(files: Tls | None) -> Any:
    """Return what `distributed` needs for an encrypted connection; None for what its own settings say."""
    if files is None:
        return None
    from distributed.security import Security

    both = {f"tls_{role}_{what}": str(getattr(files, what)) for role in ("client", "scheduler", "worker")
            for what in ("cert", "key")}  # fmt: skip
    return Security(require_encryption=True, tls_ca_file=str(files.ca), **both)


def why(error: BaseException) -> str:
    """Return what was wrong with a connection, without the names of objects that `distributed` puts before it."""
    cause = error.__cause__ or error
    return re.sub(r"^in <[^>]*>: ", "", str(cause))[:200] or type(cause).__name__


def _packed(function: Callable[[Task], Value], task: Task) -> Order | Outcome[Task, Value]:
    """Pack a task so that only a worker that is no stranger unpacks it; its failure if it cannot be packed."""
    from distributed.protocol.pickle import dumps

    try:
        return Order(identity(), dumps((function, task)))
    except Exception as error:
        return Outcome(task, failure=describe(error, "exchange with the worker"))


def _call(order: Order) -> bytes:
    """Apply a function to a task in a worker, unless this worker is a stranger."""
    if order.expected.differs(identity()):
        from distributed import get_worker

        return pickle.dumps(Stranger(identity(), get_worker().address))
    function, task = pickle.loads(order.content)
    return in_worker(function, task)


def _refuse(who: str, found: Any) -> None:
    """Refuse a process that runs something else than this one."""
    if not isinstance(found, Identity):
        raise ClusterError(f"{who} cannot load this program ({str(found)[:200]}); start it from the same clone")
    different = identity().differs(found)
    if different:
        what, mine, theirs = different
        raise ClusterError(f"{who} has {what} {theirs} and this run {mine}; nothing was sent: bring both to the same")


def _leave_out(client: Client, stranger: Stranger) -> None:
    """Send a worker away that has joined later and runs something else."""
    what, mine, theirs = identity().differs(stranger.found) or ("", "", "")
    print(f"left out: worker {stranger.worker} has {what} {theirs} and this run {mine}", file=sys.stderr, flush=True)
    with suppress(Exception):
        client.retire_workers([stranger.worker], close_workers=True, remove=True)
