"""A Dask cluster: the same numbers as without one, whatever happens to workers, and nothing sent to strangers."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.study import experiment, provenance, runner, where
from sim.study.cluster import ClusterError, Dask, Order, Stranger, _call
from sim.study.config import load
from sim.study.executor import Outcome, Serial, executor, stage
from sim.study.identity import Identity, identity
from sim.study.parcel import Parcel, sent
from sim.study.where import Cluster
from tests.conftest import ROOT
from tests.study.clusters import LIMIT, SETTINGS, Running, tiny, until


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Running]:
    started = Running(tmp_path)
    yield started
    started.close()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two workers, for tests that leave them whole."""
    started = Running(tmp_path_factory.mktemp("pair"))
    address = started.scheduler()
    started.worker("one")
    started.worker("two")
    started.joined("one", "two")
    yield address
    started.close()


@pytest.fixture
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six tasks of one replication each, and nothing drawn."""
    monkeypatch.setattr(experiment, "GROUP", 1)
    monkeypatch.setattr(experiment, "TASK_HOUSEHOLDS", 1)
    monkeypatch.setattr(runner, "_draw", lambda *_: None)


def said(folder: Path) -> tuple[bytes, dict[str, str]]:
    return (folder / "runs.csv").read_bytes(), json.loads((folder / "manifest.json").read_text())["digests"]


# -- what a worker does ---------------------------------------------------------------------------


def square(task: int) -> int:
    return task * task


def picky(task: int) -> int:
    if task == 1:
        with stage("burn-in"):
            raise ValueError("no such\n day")
    if task == 2:
        sys.exit("enough")
    return task


def die(task: tuple[int, str]) -> int:
    """Number 1 kills its worker once, number 2 always."""
    number, flag = task
    if number == 2 or (number == 1 and not Path(flag).exists()):
        Path(flag).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def by_task(outcomes: Any) -> dict[Any, Outcome[Any, Any]]:
    return {outcome.task: outcome for outcome in outcomes}


def test_backends_have_one_list_of_names() -> None:
    from sim.study.executor import EXECUTORS

    assert tuple(EXECUTORS) == where.BACKENDS


def test_it_agrees_with_serial_and_takes_tasks_only_as_they_are_computed(pair: str) -> None:
    taken = []

    def tasks(n: int) -> Iterator[int]:
        for i in range(n):
            taken.append(i)
            yield i

    with Dask(1, Cluster(pair)) as engine:
        assert engine.here is not engine
        assert by_task(engine.map(square, range(9))) == by_task(Serial().map(square, range(9)))
        assert list(engine.map(square, [])) == []
        unsendable: list[Any] = [threading.Lock(), 3]
        there = by_task(engine.map(square, unsendable))
        assert there[3].value == 9 and there[unsendable[0]].failure is not None
        assert there[unsendable[0]].failure.stage == "exchange with the worker"
        failed = {task: outcome.failure for task, outcome in by_task(engine.map(picky, range(4))).items()}
        told = {task: (failure.stage, failure.message) for task, failure in failed.items() if failure}
        assert told == {1: ("burn-in", "ValueError: no such day"), 2: ("", "SystemExit: enough")}
        outcomes = engine.map(square, tasks(100))
        next(outcomes)
        outcomes.close()  # type: ignore[attr-defined]
        assert len(taken) <= 6, "more is on its way than two threads compute and two workers hold ready"
        assert engine._client is not None
        until(lambda: not any(engine._client.processing().values()))  # type: ignore[union-attr]


def test_a_killed_worker_costs_nothing_and_a_block_that_always_kills_only_itself(pair: str, tmp_path: Path) -> None:
    tasks = [(number, str(tmp_path / "flag")) for number in (1, 0, 3, 4)]
    with Dask(1, Cluster(pair)) as engine:
        assert {task[0]: outcome.value for task, outcome in by_task(engine.map(die, tasks)).items()} == {
            0: 0, 1: 1, 3: 3, 4: 4,
        }  # fmt: skip
        (bad,) = engine.map(die, [(2, str(tmp_path / "flag"))])
        assert bad.failure is not None and bad.failure.stage == "worker"
        assert "its worker died, 2 times in all" in bad.failure.message
        assert by_task(engine.map(square, [5]))[5].value == 25, "nannies have started the workers anew"


def test_tasks_wait_while_there_is_no_worker_just_now(pair: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a nanny starts the only worker anew there is room for nothing; what is left to do is not forgotten."""
    with Dask(1, Cluster(pair)) as engine:
        room = iter([0, 0])
        monkeypatch.setattr(engine, "_room", lambda of=engine._room: next(room, of()))
        assert {task: outcome.value for task, outcome in by_task(engine.map(square, [2, 3])).items()} == {2: 4, 3: 9}


# -- a whole run ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_tasks")
def test_one_of_two_workers_killed_in_the_middle(cluster: Running) -> None:
    """kill -9 of a worker that holds a block: the run ends with what a run in one process gives, byte for byte."""
    from distributed import Client

    runner.run(tiny(), cluster.folder / "alone", backend="serial")
    address = cluster.scheduler(failures=3)
    nannies = {name: cluster.worker(name) for name in ("one", "two")}
    cluster.joined(*nannies)
    held: list[int] = []
    with Client(address, set_as_default=False) as other:
        workers = {info["nanny"]: worker for worker, info in other.scheduler_info(n_workers=-1)["workers"].items()}
        assert len(workers) == 2
        pids = other.run(os.getpid)
        victim, pid = next(iter(pids.items()))
        nanny = next(process for process in nannies.values() if parent(pid) == process.pid)

        def tell(now: runner.Progress) -> None:
            if now.computed == 0:
                os.kill(pid, signal.SIGSTOP)  # so that it surely holds what it was given when it dies
            elif not held:
                held.append(len(other.processing()[victim]))
                os.kill(nanny.pid, signal.SIGKILL)
                os.kill(pid, signal.SIGKILL)

        result = runner.run(
            tiny(), cluster.folder / "crowd", backend="dask", workers=1, cluster=Cluster(address), tell=tell
        )
        assert held and held[0] > 0, "the worker held nothing when it was killed"
        assert (result.failures, result.computed) == ([], result.pieces)
        assert list(other.run(os.getpid)) == [worker for worker in pids if worker != victim]
    assert said(cluster.folder / "crowd") == said(cluster.folder / "alone")


def parent(pid: int) -> int:
    """The process that a worker's process was started by, through the helper of `multiprocessing` or directly."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.usefixtures("small_tasks")
def test_without_a_scheduler_there_are_processes_here(tmp_path: Path) -> None:
    """The same digest, from another order of scenarios too; and no process is left."""
    runner.run(tiny(), tmp_path / "alone", backend="serial")
    runner.run(tiny(), tmp_path / "crowd", backend="dask", workers=2)
    assert said(tmp_path / "crowd") == said(tmp_path / "alone")
    until(lambda: not children())


def children() -> list[str]:
    """Command lines of the processes that this one has started and that compute."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            line = (status.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if parent(int(status.parent.name)) == os.getpid() and "spawn_main" in line:
                found.append(line)
    return found


STOPPED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # who is started in the background ignores it
from sim.study.cluster import Dask
from tests.study.test_cluster import note_and_sleep
if __name__ == "__main__":
    try:
        with Dask(2) as engine:
            print(*engine._client.run(os.getpid).values(), flush=True)
            for outcome in engine.map(note_and_sleep, [0, 1, 2]):
                os.killpg(0, signal.SIGINT) if sys.argv[1] == "SIGINT" else os.kill(os.getpid(), signal.SIGKILL)
    except KeyboardInterrupt:
        print("stopped")
"""


def note_and_sleep(task: int) -> None:
    if task:
        time.sleep(600)


@pytest.mark.parametrize("sent", ["SIGINT", "SIGKILL"])
def test_no_worker_outlives_its_run(tmp_path: Path, sent: str) -> None:
    """Neither after Ctrl-C, which reaches the workers too and about which they say nothing, nor after kill -9."""
    (tmp_path / "stopped.py").write_text(STOPPED)
    done = subprocess.run(
        [sys.executable, "-W", "error", str(tmp_path / "stopped.py"), sent], env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, start_new_session=True, check=False, timeout=300,
    )  # fmt: skip
    pids, *rest = done.stdout.splitlines()
    assert (done.returncode, rest) == ((0, ["stopped"]) if sent == "SIGINT" else (-signal.SIGKILL, []))
    assert sent == "SIGKILL" or done.stderr == ""
    assert len(pids.split()) == 2
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids.split()))


def test_what_a_block_has_finished_comes_back_although_it_fails_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two scenarios at a time: the second pair fails, the first is sent all the same."""
    config = load("yijiantiao", [*SETTINGS, "replications=1", "layouts=1", "block_households=1"])
    planned = experiment.plan(config)
    (task,) = experiment.tasks(planned.groups, planned.households)
    rows, made_by = planned.households, provenance.maker()
    order = runner.Order(task, config.days, config.detail, config.block_households, rows, Parcel(), made_by)
    real, calls = runner.tables.record, []

    def broken(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("no luck")
        return real(*arguments)

    monkeypatch.setattr(runner.tables, "record", broken)
    parcel = sent(runner.work, order)
    assert list(parcel.pieces) == [planned.pieces[0].key]
    assert parcel.failure is not None
    assert (parcel.failure.stage, parcel.failure.message) == ("recording", "RuntimeError: no luck")


# -- nobody there ---------------------------------------------------------------------------------


def test_no_worker_is_an_error_after_the_time_that_was_set(cluster: Running) -> None:
    address = cluster.scheduler()
    with pytest.raises(ClusterError, match=r"no worker at tcp://127.0.0.1:\d+ for 0.5 s; what is finished is kept"):
        Dask(1, Cluster(address, wait=0.5)).__enter__()
    worker = cluster.worker("one")
    cluster.joined("one")

    def end(process: subprocess.Popen[str]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    with Dask(1, Cluster(address, wait=2.0)) as engine:
        outcomes = engine.map(square, range(50))
        next(outcomes)
        end(worker)
        with pytest.raises(ClusterError, match="no worker"):
            list(outcomes)
    cluster.worker("two")
    cluster.joined("two")
    with Dask(1, Cluster(address)) as engine:
        outcomes = engine.map(square, range(50))
        next(outcomes)
        end(cluster.processes["scheduler"])
        with pytest.raises(ClusterError, match=r"the scheduler at tcp://127\.0\.0\.1:\d+ is gone"):
            list(outcomes)
    assert cluster.processes["two"].wait(LIMIT) == 0, "a worker does not outlive its scheduler"
    assert "is gone" in cluster.log("two")


# -- strangers ------------------------------------------------------------------------------------


@pytest.fixture
def other_clone(tmp_path: Path) -> Path:
    """A clone with another lock for the cluster."""
    root = tmp_path / "clone"
    for name in ("sim", "locks", "configs"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    with open(root / "locks" / "cluster.txt", "a") as lock:
        lock.write("# renewed\n")
    return root


@pytest.mark.usefixtures("small_tasks")
def test_strangers_are_named_and_get_nothing(
    cluster: Running, other_clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that is there ends the run before anything is sent; one that joins later is left out."""
    address = cluster.scheduler()
    cluster.worker("good")
    cluster.joined("good")
    with Dask(1, Cluster(address)) as engine:
        cluster.worker("stranger", clone=other_clone)
        cluster.joined("stranger")
        assert {task: outcome.value for task, outcome in by_task(engine.map(square, range(40))).items()} == {
            i: i * i for i in range(40)
        }
        assert capsys.readouterr().err.startswith("left out: worker tcp://127.0.0.1:")
    cluster.worker("again", clone=other_clone)
    cluster.joined("again")
    mine = identity().lock[:12]
    folder = cluster.folder / "run"
    with pytest.raises(ClusterError) as refused:
        runner.run(tiny(), folder, backend="dask", workers=1, cluster=Cluster(address))
    found = str(refused.value)
    assert found.startswith("worker tcp://127.0.0.1:") and f"and this run {mine}; nothing was sent" in found
    assert "has lock " in found and found.split("has lock ")[1][:12] != mine
    assert not folder.exists()


def test_what_differs_is_named() -> None:
    one = Identity("a" * 64, "b" * 40, "c" * 64, "3.11", (("numpy", "2.3.1"),))

    def other(**changes: Any) -> tuple[str, str, str] | None:
        return one.differs(Identity(**{**vars(one), **changes}))

    assert other() is None
    assert other(lock="d" * 64) == ("lock", "a" * 12, "d" * 12)
    assert other(lock="") == ("lock", "a" * 12, "none")
    assert other(commit="d" * 40) == ("commit", "b" * 12, "d" * 12)
    assert other(commit="") is None, "no git there: the sources are compared all the same"
    assert other(sources="d" * 64) == ("sources", "c" * 12, "d" * 12)
    assert other(python="3.12") == ("Python", "3.11", "3.12")
    assert other(libraries=(("numpy", "2.4.0"),)) == ("numpy", "2.3.1", "2.4.0")


def test_a_worker_that_is_a_stranger_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import pickle

    class Here:
        address = "tcp://here"

    monkeypatch.setattr("distributed.get_worker", Here)
    changed = Identity(**{**vars(identity()), "lock": "x"})
    answer = pickle.loads(_call(Order(changed, pickle.dumps((pytest.fail, "called")))))
    assert answer == Stranger(identity(), "tcp://here")


# -- the door -------------------------------------------------------------------------------------


def test_it_listens_on_loopback_only(pair: str, tmp_path: Path) -> None:
    """No socket of scheduler, worker or nanny, nor of a cluster of processes here, is open to other machines."""
    with Dask(1) as engine:
        assert engine._client is not None
        pids = {os.getpid(), *engine._client.run(os.getpid).values()}
        listening = list(sockets(pids))
        assert len(listening) >= 4
        assert {host for host, _ in listening} == {"0100007F"}
    with Dask(1, Cluster(pair)) as engine:
        assert engine._client is not None
        inner = set(engine._client.run(os.getpid).values())
        pids = inner | {parent(pid) for pid in inner} | {engine._client.run_on_scheduler(os.getpid)}
        listening = list(sockets(pids))
        assert len(listening) >= 8
        assert {host for host, _ in listening} == {"0100007F"}


def sockets(pids: set[int]) -> Iterator[tuple[str, str]]:
    """Listening TCP sockets of processes: address and port, as /proc writes them."""
    mine = set()
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                mine.add(os.readlink(handle))
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in mine:
                yield tuple(fields[1].split(":"))  # type: ignore[misc]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make certificates with")
def test_tls(cluster: Running) -> None:
    """With certificates of one authority it works; without them nobody is let in."""
    ours, theirs = certificates(cluster.folder / "ours"), certificates(cluster.folder / "theirs")
    address = cluster.scheduler(*ours)
    assert address.startswith("tls://127.0.0.1:")
    cluster.worker("one", *ours)
    cluster.joined("one")
    files = where.Tls(*(Path(word) for word in ours[1::2]))
    with Dask(1, Cluster(address, tls=files)) as engine:
        assert by_task(engine.map(square, [3]))[3].value == 9
    strange = where.Tls(*(Path(word) for word in theirs[1::2]))
    for wrong in (Cluster(address, tls=strange), Cluster(address), Cluster(address.replace("tls://", "tcp://"))):
        with pytest.raises(ClusterError, match="no scheduler answers at"):
            Dask(1, wrong).__enter__()


def certificates(folder: Path) -> list[str]:
    """Make an authority and a certificate that it has signed; returns the options that name them."""
    folder.mkdir()

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
            "-subj", "/CN=authority")  # fmt: skip
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=end")
    openssl("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-out", "cert.pem", "-days", "2")  # fmt: skip
    ends = {"--tls-ca-file": "ca.pem", "--tls-cert": "cert.pem", "--tls-key": "key.pem"}
    return [word for option, name in ends.items() for word in (option, str(folder / name))]


def test_executors_take_a_cluster() -> None:
    engine = executor("dask", 2, Cluster("tcp://127.0.0.1:1"))
    assert isinstance(engine, Dask)
