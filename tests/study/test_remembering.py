"""What has been computed is kept at once: killed commands go on where they were, and what is broken is made anew."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.commands import main
from sim.study import provenance, remembering
from sim.study.executor import Outcome, Serial
from sim.study.press import cases, play, tail
from sim.study.remembering import Remembering


@dataclass(frozen=True)
class Task:
    """A task."""

    number: int
    among: tuple[str, ...] = ("a", "b")


CALLS: list[int] = []


def work(task: Task) -> dict[str, Any]:
    """Return values of every shape, those that JSON has no word for among them."""
    CALLS.append(task.number)
    if task.number < 0:
        raise ValueError("no such thing")
    return {
        "floats": np.array([0.1, -0.0, math.nan, math.inf, 5e-324, 1 / 3]) * task.number,
        "whole": np.arange(6, dtype=np.int32).reshape(2, 3),
        "flags": np.array([True, False]),
        "rows": pd.DataFrame({"scenario": ["x", "y"], "value": [1.5, math.nan], "n": [1, 2]}),
        "nested": {"word": ["none", None, 2, 0.1]},
    }


def results(executor: Any, tasks: list[Task]) -> dict[int, Outcome[Task, Any]]:
    """Return outcomes by the numbers of their tasks."""
    return {outcome.task.number: outcome for outcome in executor.map(work, tasks)}


def assert_equal(a: Any, b: Any) -> None:
    for name in ("floats", "whole", "flags"):
        assert a[name].dtype == b[name].dtype and a[name].tobytes() == b[name].tobytes(), name
    pd.testing.assert_frame_equal(a["rows"], b["rows"])
    assert a["nested"] == b["nested"]


def test_what_is_kept_is_what_was_computed(tmp_path: Path) -> None:
    tasks = [Task(1), Task(2)]
    CALLS.clear()
    first = results(Remembering(Serial(), tmp_path), tasks)
    again = results(Remembering(Serial(), tmp_path), tasks)
    assert CALLS == [1, 2] and first.keys() == again.keys() == {1, 2}
    for number in (1, 2):
        assert_equal(first[number].value, again[number].value)


def test_a_failure_is_no_result_and_loses_none(tmp_path: Path) -> None:
    CALLS.clear()
    tasks = [Task(1), Task(-1), Task(2)]
    for _ in range(2):
        found = results(Remembering(Serial(), tmp_path), tasks)
        assert found[-1].failure is not None and found[1].failure is found[2].failure is None
    assert CALLS == [1, -1, 2, -1]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "3", '{"dict": 1}', '{"World": {}}', '{"array": {"dtype": "O", "shape": [1], "values": [1]}}',
     '{"array": {"dtype": "<f8", "shape": [9], "values": [1]}}', '{"a": 1, "b": 2}', "\ud800"],
)  # fmt: skip
def test_a_broken_file_is_computed_anew(tmp_path: Path, content: str) -> None:
    CALLS.clear()
    results(Remembering(Serial(), tmp_path), [Task(1)])
    (file,) = (tmp_path / remembering.FOLDER).iterdir()
    whole = file.read_bytes()
    file.write_bytes(content.encode("utf-8", "surrogatepass"))
    found = results(Remembering(Serial(), tmp_path), [Task(1)])
    assert_equal(found[1].value, work(Task(1)))
    assert CALLS == [1, 1, 1] and file.read_bytes() == whole


def test_other_tasks_other_code_and_other_libraries_are_not_mixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results(Remembering(Serial(), tmp_path), [Task(1)])
    for change in ("press_digest", "lock_digest", "task"):
        CALLS.clear()
        with monkeypatch.context() as patched:
            if change != "task":
                patched.setattr(remembering, change, lambda: "0" * 64)
            results(Remembering(Serial(), tmp_path), [Task(1, ("a",) if change == "task" else ("a", "b"))])
        assert CALLS == [1], change
    assert provenance.press_digest() != provenance.engine_digest()


def test_a_press_case_is_the_same_from_pieces(tmp_path: Path) -> None:
    how = play.Play(replications=4, burn_in=14, layouts=2, follow=14)
    case = cases.load("S4")
    fresh = play.play(case, how, Serial())
    kept = play.play(case, how, Remembering(Serial(), tmp_path))
    assert len(list((tmp_path / remembering.FOLDER).iterdir())) == 2
    again = play.play(case, how, Remembering(_Idle(), tmp_path))
    for played in (kept, again):
        assert played.values.keys() == fresh.values.keys()
        for scenario, measures in fresh.values.items():
            for name, values in measures.items():
                np.testing.assert_array_equal(played.values[scenario][name], values)


def test_the_tail_is_the_same_from_pieces(tmp_path: Path) -> None:
    tasks = [tail.Task(replication=0, compounds=8, households=40, burn_in=14)]
    (fresh,) = tail.play(tasks, Remembering(Serial(), tmp_path, tail.World))
    (again,) = tail.play(tasks, Remembering(_Idle(), tmp_path, tail.World))
    pd.testing.assert_frame_equal(tail.table([fresh], tasks), tail.table([again], tasks))
    pd.testing.assert_frame_equal(fresh.books, again.books)


class _Idle(Serial):
    """An executor that has nothing left to do."""

    def map(self, function: Any, tasks: Any) -> Iterator[Any]:
        assert not list(tasks)
        return iter(())


def test_a_command_that_was_killed_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """The folder of a killed command has pieces and no tables; the next command takes it, and prints the same."""
    out = tmp_path / "out"
    words = ["reproduce", "S4", "S5", "size=quick", "--backend", "serial", "--out", str(out)]
    real, lived = play.work, []

    def dies(task: play.Task) -> Any:
        lived.append(task)
        if task.case.name == "S5":
            raise KeyboardInterrupt
        return real(task)

    dies.__module__, dies.__qualname__ = real.__module__, real.__qualname__
    monkeypatch.setattr(play, "work", dies)
    assert main(words) == 130
    done = len(lived) - 1
    assert done > 0 and {path.name for path in out.iterdir()} == {remembering.FOLDER}
    assert len(list((out / remembering.FOLDER).iterdir())) == done
    lived.clear()
    monkeypatch.setattr(play, "work", real)
    assert main(words) == 0
    resumed = (out / "cases.csv").read_bytes()
    whole = tmp_path / "whole"
    assert main([*words[:-1], str(whole)]) == 0
    assert (whole / "cases.csv").read_bytes() == resumed
    assert all(json.loads(path.read_text()) for path in (out / remembering.FOLDER).iterdir())
    capsys.readouterr()
