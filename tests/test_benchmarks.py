"""The benchmarks measure the engine as it is: they change nothing in it, and their numbers add up."""

from __future__ import annotations

import io
import itertools
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from benchmarks import command as bench
from benchmarks import engine, memory
from sim import worlds
from sim.errors import SimError
from sim.scenario import parse
from sim.schedule import SCHEDULE
from sim.worlds import Worlds

CASE = engine.Case(worlds=2, compounds=2, compound=250)
PLAN = engine.Plan(burn_in=49, days=7, chunks=2, repeats=2)


def burnt_in() -> Worlds:
    w = Worlds(CASE.recipe(PLAN.burn_in))
    w.run(0)
    return w


def merged(w: Worlds) -> Worlds:
    return w.stack([parse("merged", engine.MERGED)])


def test_timing_phases_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = burnt_in()
    plain, timed = merged(before), merged(before)
    assert len(engine.live(plain, PLAN)) == PLAN.chunks
    spent: dict[str, int] = {}
    monkeypatch.setattr(time, "process_time_ns", itertools.count().__next__)  # every phase takes one tick
    with engine.phases_timed(spent):
        engine.live(timed, PLAN)
    assert plain.day == timed.day == PLAN.days * PLAN.chunks
    assert np.array_equal(plain.record, timed.record)
    assert list(spent) == [phase.name for phase in SCHEDULE]
    assert spent["handling.handle"] == PLAN.days * PLAN.chunks
    assert spent["defects.look_ahead"] == PLAN.chunks  # weekly
    assert spent["weather.draw_year"] == 1  # on day 0
    assert worlds.SCHEDULE is SCHEDULE  # type: ignore[attr-defined]


def test_an_error_in_a_phase_leaves_the_schedule_as_it_was() -> None:
    with pytest.raises(ZeroDivisionError), engine.phases_timed({}):
        raise ZeroDivisionError
    assert worlds.SCHEDULE is SCHEDULE  # type: ignore[attr-defined]


def test_the_bytes_counted_are_those_of_the_arrays() -> None:
    w = merged(burnt_in())
    size = memory.state_bytes(w)
    wide = [getattr(w, name) for name in (*w.columns, *w.levers)]
    assert size["columns"] == sum(a.size * a.itemsize for a in wide)
    live = sum(a.nbytes for table in worlds.TABLES for a in getattr(w, table).arrays().values())
    assert size["tables"] >= live > 0


def test_the_parts_of_a_measurement_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "reference", lambda: engine.Reference(pass_ns=0.5, gigabytes=20.0))
    found = engine.measure(CASE, PLAN)
    assert set(found["profile"]) == {*(phase.name for phase in SCHEDULE), engine.OUTSIDE}
    assert found["fastest_chunk"] <= found["best"] <= found["processor"]
    assert found["passes"] == pytest.approx(found["best"] / 0.5)


def test_a_run_prints_its_tables_and_keeps_its_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "CASES", {CASE.name: CASE})
    monkeypatch.setattr(bench, "QUICK", PLAN)
    file = tmp_path / "found.json"
    bench.main(["--quick", "--json", str(file), CASE.name])
    result: dict[str, Any] = json.loads(file.read_text())
    found = result["cases"][CASE.name]
    assert found["memory"]["peak"] >= found["memory"]["peak_stacked"] >= found["memory"]["interpreter"] > 0
    said = capsys.readouterr().out
    assert CASE.name in said
    assert "[formed_body, yijiantiao], 14 days" in said
    assert all(phase.name in said for phase in SCHEDULE)


@pytest.mark.parametrize(("best", "verdict"), [(11.9, "held"), (12.1, "missed")])
def test_the_bar_is_said_to_be_held_or_missed(best: float, verdict: str) -> None:
    of_time = dict(
        best=best, processor=13.0, wall=14.0, fastest_chunk=9.0, passes=30.0, burn_in=10.0, setup_seconds=0.1,
        pass_ns=0.4, gigabytes=20.0, profile={"handling.handle": best},
    )  # fmt: skip
    of_memory = dict(peak=9e7, interpreter=3e7, household=dict(columns=70.0, tables=8.0))
    result = dict(
        machine=dict(cores=2, load=0.5),
        plan=vars(engine.Plan()),
        cases={"200x1000": dict(time=of_time, memory=of_memory)},
    )
    text = io.StringIO()
    bench.show(result, Console(file=text, width=120))
    assert verdict in text.getvalue()


def test_an_unknown_case_is_a_one_line_error() -> None:
    with pytest.raises(SimError, match="unknown case '1x100'; did you mean '1x1000"):
        bench.main(["1x100"])
