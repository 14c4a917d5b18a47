"""The benchmarks measure the engine as it is: they change nothing in it, and their numbers add up."""

from __future__ import annotations

import io
import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from benchmarks import city, engine, memory, mesa, touched, toys
from benchmarks import command as bench
from sim import worlds
from sim.cases import Kind
from sim.errors import SimError
from sim.scenario import parse
from sim.schedule import SCHEDULE
from sim.worlds import Worlds

CASE = engine.Case(worlds=2, compounds=2, compound=250)
PLAN = engine.Plan(burn_in=49, days=7, chunks=2, repeats=2)


HALF_OF_AN_ARRAY = """
import sys
import numpy as np
from benchmarks import touched
array = np.ones(24_000_000)  # 192 MB
touched.WIPE.write_text("1")
array[: array.size // 2] += 1
assert np.memmap(sys.argv[1], mode="r").sum() == 0
print(touched.touched())
"""
"""A program that touches 96 MB of its own and looks through a file."""


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


def test_in_a_thin_compound_roofs_leak_and_neighbours_quarrel_and_owners_pay() -> None:
    case = engine.Case(worlds=2, compounds=6, compound=250, thin=True)
    assert case.name == "thin-2x1500"
    w = Worlds(case.recipe(364))
    w.run(0)
    w = w.stack([case.scenario])
    w.run(182)
    arisen = w.tally["grievances"].sum(axis=(0, 2))
    assert set(np.flatnonzero(arisen).tolist()) == {Kind.ROOF, Kind.NEIGHBOUR}
    total = dict(zip(w.series, w.record.sum(axis=(0, 1)).tolist(), strict=True))
    assert total["paid_owners_fen"] > 0
    assert total["repair_fen"] == total["paid_owners_fen"]
    assert total["sessions"] > 0
    for nothing in ("fees_billed_fen", "sued", "elections", "talks", "doors", "minor_public_fen", "relief_fen"):
        assert total[nothing] == 0, nothing


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
    lived = found["time"]["profile"]
    assert all((f" {phase.name} " in said) == (lived[phase.name] > 0) for phase in SCHEDULE), "phases of other places"


def shown(monkeypatch: pytest.MonkeyPatch, best: float, peak: float) -> str:
    """Return what is printed of a case of 1,000 households with a bar of 12 ns and 500 bytes."""
    case = engine.Case(worlds=1, compounds=2, bar=12.0, bytes=500.0)
    monkeypatch.setattr(bench, "CASES", {case.name: case})
    of_time = dict(
        best=best, processor=13.0, wall=14.0, fastest_chunk=9.0, passes=30.0, burn_in=10.0, setup_seconds=0.1,
        burn_in_halves=[9.0, 11.0], pass_ns=0.4, gigabytes=20.0, profile={"handling.handle": best},
    )  # fmt: skip
    of_memory = dict(peak=peak, interpreter=3e7, household=dict(columns=70.0, tables=8.0))
    result = dict(
        machine=dict(cores=2, load=0.5),
        plan=vars(engine.Plan()),
        cases={case.name: dict(time=of_time, memory=of_memory)},
    )
    text = io.StringIO()
    bench.show(result, Console(file=text, width=160))
    return text.getvalue()


@pytest.mark.parametrize(
    ("best", "peak", "held", "missed"),
    [(11.9, 3.05e7, 2, 0), (12.1, 3.05e7, 1, 1), (11.9, 3.06e7, 1, 1), (12.1, 3.06e7, 0, 2)],
)
def test_a_bar_is_said_to_be_held_or_missed(
    best: float, peak: float, held: int, missed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time's bar and the memory's, each for itself: 500 bytes for each of 1,000 households are half a megabyte."""
    text = shown(monkeypatch, best, peak)
    assert (text.count("held"), text.count("missed")) == (held, missed)


@pytest.mark.skipif(not touched.can(), reason="this system does not tell which pages were used")
def test_pages_count_from_when_the_marks_were_wiped(tmp_path: Path) -> None:
    """Half of an array touched is half of its pages; files that are looked through are not the model's memory.

    In a process of its own, as `measure` is: what another test of this one has left would be counted too. Its
    interpreter is smaller than either half, even if every page of it should be large and touched.
    """
    file = tmp_path / "file"
    with file.open("wb") as f:
        f.truncate(96_000_000)
    said = subprocess.run(
        [sys.executable, "-c", HALF_OF_AN_ARRAY, str(file)],
        env=os.environ | touched.SMALL_PAGES, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert 0.95 * 96e6 < int(said.stdout) < 96e6 + 80e6


@pytest.mark.skipif(not touched.can(), reason="this system does not tell which pages were used")
def test_what_days_touch_is_measured_while_they_are_lived() -> None:
    w = merged(burnt_in())
    day = w.day
    found = touched.of_days(w, 3)
    assert w.day == day + 3
    assert min(found) > w.households * w.n  # a byte of each, at the least


def test_where_the_kernel_says_nothing_nothing_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(touched, "WIPE", Path("nowhere"))
    found = touched.measure(CASE, PLAN)
    assert found == {"day": None, "week": None}
    assert bench._touched(found, 20.0)[0] == "not known here"


def test_plain_mesa_lives_the_same_days() -> None:
    """Both sides found, burn in and live; what is measured are seconds, and both take some."""
    for side in mesa.SIDES:
        found = mesa.live(mesa.Order(side, worlds=1, burn_in=7, days=1))
        assert found["processor"] > 0
        assert found["wall"] > 0


def test_the_ratio_is_of_seconds_a_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half the engine's replications on each process against a few of Mesa's: each as seconds a world."""
    seconds = {"engine": dict(processor=2.0, wall=3.0), "mesa": dict(processor=4.0, wall=5.0)}
    monkeypatch.setattr(mesa, "_processes", lambda orders: [seconds[order.side] for order in orders])
    found = mesa.measure(mesa.Plan(replications=200, of_mesa=2))
    assert found["one_ratio"] == 2.0
    assert found["many"]["engine"]["wall"] == pytest.approx(3.0 / 200)
    assert found["many"]["mesa"]["wall"] == pytest.approx(5.0 / 4)
    assert found["many_ratio"]["processor"] == pytest.approx((2 * 4.0 / 4) / (2 * 2.0 / 200))
    assert found["large"]["100000"] == dict(days=28, engine=2.0, mesa=4.0, measured=True, ratio=2.0)
    assert found["large"]["1000000"] == dict(days=28, engine=2.0, mesa=40.0, measured=False, ratio=20.0)
    text = io.StringIO()
    bench.show(
        dict(machine=dict(cores=2, load=0.5), plan=vars(engine.Plan()), cases={}, mesa=found),
        Console(file=text, width=160),
    )
    assert "one world of 1,000,000" in text.getvalue()
    assert text.getvalue().count("reckoned") == 1
    assert (text.getvalue().count("held"), text.getvalue().count("missed")) == (
        2,
        2,
    )  # large worlds are but twice as fast


def test_a_year_of_a_city_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    found = city.measure(city.Plan(compounds=3, burn_in=7, days=7))
    assert found["households"] > 1000
    assert found["peak"] > 0
    found["peak"] = 5e8  # what the processes of tests hold is their business
    text = io.StringIO()
    said = dict(machine=dict(cores=2, load=0.5), plan=vars(engine.Plan()), cases={})
    bench.show(said | dict(city=found), Console(file=text, width=300))
    assert "held" in text.getvalue()


@pytest.mark.parametrize("days", ["6", "15"])
def test_a_burn_in_is_whole_weeks(days: str) -> None:
    with pytest.raises(SimError, match="whole weeks"):
        bench.main(["--burn-in", days, "1x1000"])


def test_an_unknown_case_is_a_one_line_error() -> None:
    with pytest.raises(SimError, match="unknown case '1x100'; did you mean '1x1000"):
        bench.main(["1x100"])


# -- the toy ----------------------------------------------------------------------------------------------


def test_every_side_of_the_toy_counts_what_theory_expects(tmp_path: Path) -> None:
    """Sides that are there: numpy and Mesa always, C where there is a compiler; others say that they are missing."""
    found = toys.measure(toys.QUICK)
    assert {"numpy, events", "plain Mesa"} <= set(found["sides"])
    assert {side.name for side in toys.SIDES} == {*found["sides"], *found["left_out"]}
    assert all(found["counts"].values())
    for by_size in found["sides"].values():
        ((size, said),) = by_size.items()
        assert said["households"] == size == 1000 and said["run"] > 0
        assert 20 * said["felt"] < said["open_days"] < 32 * said["felt"]  # a month each, the year's end apart
    console = Console(file=io.StringIO(), width=120)
    bench.show_toy(found, console)
    assert "as in theory" in console.file.getvalue() and "WRONG" not in console.file.getvalue()


def test_a_wrong_count_is_told() -> None:
    wanted = toys.expected(1000)
    assert wanted == pytest.approx(1000 * 0.12 * 0.99, rel=0.01)
    assert toys.counts_agree({"households": 1000, "felt": round(wanted)})
    assert not toys.counts_agree({"households": 1000, "felt": round(wanted * 1.5)})


def test_bars_of_places_are_of_their_size() -> None:
    """A compound has some 500 flats: a million households in the city, 9.5 million in the province."""
    assert [round(bar.compounds * 500 / 1e6, 1) for bar in city.BARS.values()] == [1.0, 9.5]
