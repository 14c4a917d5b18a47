"""Whatever happens to a run: nothing finished is lost, nothing half-written counts, the next run ends with the same.

Real processes, real signals, real limits. Every test goes on from where the fault has left the folder, and compares the
bytes of the runs and the digests of all tables with those of a run that nothing has disturbed.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim.errors import SimError, StoreError
from sim.study import experiment, merging, provenance, runner
from sim.study.config import Config, load
from sim.study.executor import Failure
from tests.conftest import ROOT, bare_environment
from tests.study.faults import FAULT

EXPERIMENT = (
    "yijiantiao", "size=quick", "replications=4", "layouts=4", "days=28", "burn_in=14", "world.households=60",
    "world.quarrel_rate=0.06", "scenarios.placebo=null", "scenarios.body_branch=null", "scenarios.merged=null",
    "scenarios.merged_equal_hours=null", "scenarios.merged_selected=null", "comparisons=[[body,none]]",
)  # fmt: skip
"""Four blocks of two pieces each; a fault strikes the second, or each but the first."""

PIECES = 8


def config(*more: str) -> Config:
    return load(EXPERIMENT[0], [*EXPERIMENT[1:], *more])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    runner.run(config(), folder, backend="serial", figures=False)
    return folder


def start(folder: Path, fault: str = "", *more: str, **how: object) -> subprocess.Popen[str]:
    """Start the command in a session of its own, with a fault."""
    words = ["run", *EXPERIMENT, *more, "--workers", "2", "--out", str(folder)]
    program = "import sys; from tests.study import faults; sys.exit(faults.main())"
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, *words],
        cwd=ROOT,
        env=bare_environment() | {"PYTHONPATH": str(ROOT), FAULT: fault},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **how,  # type: ignore[call-overload]
    )


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that must come; the limit is only there so that a broken test ends."""
    limit = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.02)


def alive(session: int) -> list[int]:
    """Return the processes of a session that are not dead."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, of = path.read_text().rpartition(")")[2].split()[:4]
        except (OSError, ValueError):
            continue
        if int(of) == session and state != "Z":
            found.append(int(path.parent.name))
    return found


def kept(folder: Path) -> list[str]:
    return sorted(path.stem for path in (folder / "blocks").glob("*.json"))


def half_written(folder: Path) -> list[Path]:
    return list(folder.rglob("*.part"))


def goes_on(folder: Path, undisturbed: Path, computed: int) -> None:
    """Go on from what a fault has left: only what is missing is computed, and all of it is what it would have been."""
    assert not (folder / "manifest.json").exists()
    result = runner.run(config(), folder, backend="serial", resume=True, figures=False)
    assert (result.pieces, result.computed, result.failures) == (PIECES, computed, [])
    assert not half_written(folder)
    same(folder, undisturbed)


def same(folder: Path, undisturbed: Path) -> None:
    assert (folder / "runs.csv").read_bytes() == (undisturbed / "runs.csv").read_bytes()
    one, other = (json.loads((f / "manifest.json").read_text())["digests"] for f in (folder, undisturbed))
    assert one == other


# -- workers and blocks


def test_a_worker_killed_once_costs_nothing(tmp_path: Path, undisturbed: Path) -> None:
    run = start(tmp_path / "run", f"kill-once {tmp_path / 'note'}")
    _, error = run.communicate()
    assert (run.returncode, error) == (0, "")
    assert (tmp_path / "note").exists()
    same(tmp_path / "run", undisturbed)


def test_blocks_that_always_fail_cost_only_themselves(tmp_path: Path, undisturbed: Path) -> None:
    """One kills its worker again and again, one raises, one is out of memory: each is named, the rest completes."""
    folder = tmp_path / "run"
    run = start(folder, f"each {tmp_path / 'note'}")
    _, error = run.communicate()
    assert run.returncode == 1
    *blocks, last = error.splitlines()
    by_block = {line[line.rindex("(replications ") :]: line for line in blocks}
    killed, raised, memory = (by_block[f"(replications {k}; none, body)"] for k in (1, 2, 3))
    hint = "out of memory? fewer --workers or a smaller block_households take less"
    assert killed.startswith("failed while burn-in: its worker process died twice, the second time computing nothing")
    assert raised.startswith("failed while running: RuntimeError: no luck (")
    assert memory.startswith("failed while recording: ") and "MemoryError" in memory
    assert hint in killed and hint in memory and hint not in raised
    assert last.startswith("failed: 3 of 4 groups; the others are kept in ")
    told = (folder / runner.FAILURES).read_text()
    assert all(line in told for line in blocks)
    assert len(kept(folder)) == PIECES - 6
    goes_on(folder, undisturbed, computed=6)
    assert not (folder / runner.FAILURES).exists()


# -- the run itself


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_stopped_or_killed_leaves_what_is_finished(
    sent: signal.Signals, tmp_path: Path, undisturbed: Path
) -> None:
    """Ctrl-C in a terminal reaches workers too, kill -9 the main process alone: no process is left either way."""
    folder = tmp_path / "run"
    run = start(folder, f"pause {tmp_path / 'note'}")
    until(lambda: len(kept(folder)) == PIECES - 2 and (tmp_path / "note").exists())
    if sent == signal.SIGINT:
        second = start(folder)
        _, error = second.communicate()
        assert second.returncode == 2
        assert error.startswith(f"error: another run is writing into {folder}; wait until it has ended or choose")
        os.killpg(run.pid, sent)
    else:
        os.kill(run.pid, sent)
    _, error = run.communicate()
    if sent == signal.SIGINT:
        assert run.returncode == 130
        assert error.splitlines() == [
            f"what is finished is kept in {folder}; the same command goes on from there", "interrupted",
        ]  # fmt: skip
    else:
        assert run.returncode == -signal.SIGKILL
    until(lambda: not alive(run.pid))
    goes_on(folder, undisturbed, computed=2)


# -- the disk


@contextmanager
def small_disk(at: Path, options: str) -> Iterator[Path]:
    """Mount a file system of its own, where that is allowed."""
    at.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(at)], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


def test_a_full_disk_stops_the_run_and_costs_nothing_finished(tmp_path: Path, undisturbed: Path) -> None:
    size = sum(path.stat().st_size for path in (undisturbed / "blocks").rglob("*") if path.is_file())
    with small_disk(tmp_path / "disk", f"size={size * 3 // 4 // 1024}k") as disk:
        folder = disk / "run"
        run = start(folder)
        _, error = run.communicate()
        assert run.returncode == 2
        assert error.startswith(f"error: failed while writing: no space left to write {folder}/blocks/")
        assert "; free some and run again with --resume (replications " in error
        assert len(error.splitlines()) == 1
        there = kept(folder)
        assert 0 < len(there) < PIECES
        assert not half_written(folder)
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        goes_on(folder, undisturbed, computed=PIECES - len(there))


def test_files_that_may_not_be_large_enough_stop_the_run_likewise(tmp_path: Path, undisturbed: Path) -> None:
    """As on a full disk where nobody may mount one: a write ends in the middle (RLIMIT_FSIZE)."""
    folder, limit = tmp_path / "run", 15_000
    largest = sorted(path.stat().st_size for path in (undisturbed / "blocks").rglob("*.parquet"))
    assert largest[0] < limit < largest[-1]
    run = start(folder, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    _, error = run.communicate()
    assert run.returncode == 2
    assert error.startswith(f"error: failed while writing: cannot write {folder}/blocks/")
    assert ": File too large (replications " in error
    assert not half_written(folder)
    assert kept(folder) == []
    goes_on(folder, undisturbed, computed=PIECES)


def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    if os.geteuid():
        folder = tmp_path / "closed"
        folder.mkdir(mode=0o555)
        _refused(folder / "run")
    else:
        with small_disk(tmp_path / "disk", "ro,size=1m") as disk:
            _refused(disk / "run")


def _refused(folder: Path) -> None:
    run = start(folder)
    _, error = run.communicate()
    assert run.returncode == 2
    assert error == f"error: no permission to write {folder}; choose another folder with --out\n"


def test_a_fault_while_merging_names_the_table_and_keeps_all_pieces(
    tmp_path: Path, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"

    def full(part: merging.Part) -> merging.Made:
        if part.name == "cases":
            raise StoreError(f"no space left to write {folder}/cases.parquet; free some and run again with --resume")
        return real(part)

    real = merging.make
    with monkeypatch.context() as patch:
        patch.setattr(merging, "make", full)
        with pytest.raises(StoreError, match=r"failed while merging cases: no space left .*all pieces are kept"):
            runner.run(config(), folder, backend="serial", figures=False)
    goes_on(folder, undisturbed, computed=0)


# -- other code


def test_pieces_of_other_code_or_another_lock_are_told_and_never_used(
    tmp_path: Path, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    for name in ("engine_digest", "lock_digest"):
        with monkeypatch.context() as patch:
            for module in (experiment, provenance):
                patch.setattr(module, name, lambda: "other")
            result = runner.run(config(), folder, backend="serial", figures=False)
            assert result.computed == PIECES
    again = runner.run(config(), folder, backend="serial", figures=False)
    assert (again.computed, again.foreign) == (PIECES, 2 * PIECES)
    same(folder, undisturbed)
    assert runner.run(config(), folder, backend="serial", figures=False).computed == 0


def test_code_that_changes_while_a_run_goes_on_is_not_mixed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers start afresh and would compute with what the files say by then."""
    calls = iter(["as it was", *["changed"] * 100])
    monkeypatch.setattr(runner, "maker", lambda: next(calls))
    result = runner.run(config(), tmp_path / "run", backend="serial", figures=False)
    assert {failure.message for _, failure in result.failures} == {
        "the code or the lock has changed since the run began; start it again"
    }
    assert kept(tmp_path / "run") == []


# -- memory


@pytest.mark.parametrize(("rows", "founded", "stacked"), [(10**6, 4, 8), (500, 2, 2), (1, 1, 1)])
def test_memory_in_flight_is_bounded_by_a_setting(
    rows: int, founded: int, stacked: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most `block_households` household rows are founded at a time, and stacked from these; or a single world."""
    most: dict[str, int] = {}

    class Counted(runner.Worlds):
        def __init__(self, *arguments, **named) -> None:
            super().__init__(*arguments, **named)
            most["founded"] = max(most["founded"], self.n)
            assert self.n == 1 or self.n * self.households <= most["limit"]

        def stack(self, *arguments, **named):
            block = super().stack(*arguments, **named)
            most["stacked"] = max(most["stacked"], block.n)
            return block

    small = ("layouts=1", "days=7", "burn_in=7", "world.compounds=1", "world.households=200", "world.size_spread=0")
    folders = []
    for limit in (10**6, rows):
        folders.append(tmp_path / f"{limit} {len(folders)}")
        with monkeypatch.context() as patch:
            patch.setattr(runner, "Worlds", Counted)
            most.update(founded=0, stacked=0, limit=limit)
            bounded = config(*small, f"block_households={limit}")
            assert not runner.run(bounded, folders[-1], backend="serial", figures=False).failures
    assert most == {"founded": founded, "stacked": stacked, "limit": rows}
    same(*folders)


def test_a_failure_is_told_in_one_line() -> None:
    planned = experiment.plan(config())
    line = runner.told(Failure("", "the reason"), planned.groups[:2])
    assert line == "failed while starting: the reason (replications 0, 1; none, body)"
    with pytest.raises(SimError):
        runner.work(
            runner.Order(experiment.Task(planned.groups[:1]), 1, False, 1, 1, None, "others")  # type: ignore[arg-type]
        )
