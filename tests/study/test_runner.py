"""Running: the same numbers whoever computes, in whatever order, after whatever mishap."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.cases import SHARED, Kind
from sim.errors import SimError
from sim.outcomes import HORIZONS, kinds, specs
from sim.report.figures import wanted
from sim.space import LAND_USE
from sim.study import ends, executor, experiment, runner, tables
from sim.study.config import Config, load
from sim.study.digest import table_digest
from sim.study.executor import Serial
from sim.study.experiment import plan
from sim.study.files import read_csv
from tests.conftest import ROOT

SETTINGS = (
    "size=quick", "replications=5", "layouts=2", "days=70", "world.households=60", "world.quarrel_rate=0.06",
    "events=2", "scenarios.placebo=null", "scenarios.body_branch=null", "scenarios.merged_equal_hours=null",
    "scenarios.merged_selected=null", "comparisons=[[merged,body],[body,none]]",
)  # fmt: skip

PAIRS = [kind for kind in kinds("compound") if not SHARED[kind]]
"""Kinds of dispute between two parties, which end in agreements."""


def tiny(*more: str) -> Config:
    return load("yijiantiao", [*SETTINGS, *more])


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing has disturbed."""
    folder = tmp_path_factory.mktemp("reference") / "run"
    result = runner.run(tiny(), folder, backend="serial")
    assert (result.pieces, result.computed, result.failures) == (6, 6, [])
    return folder


@pytest.fixture
def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing: a second a run."""
    monkeypatch.setattr(runner, "_draw", lambda *_: None)


def runs(folder: Path) -> bytes:
    return (folder / "runs.csv").read_bytes()


def digests(folder: Path) -> dict[str, str]:
    said: dict[str, str] = json.loads((folder / "manifest.json").read_text())["digests"]
    return said


def rows(folder: Path, name: str = "runs") -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def same(folder: Path, reference: Path) -> bool:
    return runs(folder) == runs(reference) and digests(folder) == digests(reference)


def test_what_a_folder_holds(reference: Path) -> None:
    assert {path.name for path in reference.iterdir()} == {
        ".lock", "acceptability.csv", "agreements.parquet", "blocks", "budget.csv", "cases.parquet", "cells.parquet",
        "comparison.csv", "compounds.parquet", "daily.parquet", "ends.csv", "events.parquet", "figures", "leaders.csv",
        "manifest.json", "runs.csv",
    }  # fmt: skip
    assert {path.name for path in (reference / "figures").iterdir()} == {
        f"{name}{language}.{kind}" for name in wanted(tiny()) for language in ("", ".zh") for kind in ("png", "pdf")
    }


def test_cells_are_the_worlds_at_the_end(reference: Path) -> None:
    """What is suffered on the cells of a map adds up to the day's stock, flats to the households of the run."""
    cells, daily = (pq.read_table(reference / f"{name}.parquet").to_pandas() for name in ("cells", "daily"))
    last = daily[daily["day"] == daily["day"].max()].set_index(["scenario", "replication"])
    runs = read_csv(reference / "runs.csv").set_index(["scenario", "replication"])
    assert cells["replication"].nunique() == tiny().events
    for run, of in cells.groupby(["scenario", "replication"]):
        assert of["unresolved_thousandths"].sum() == last.loc[run, "unresolved"]
        assert of["leaking_roofs"].sum() == last.loc[run, "leaking_roofs"]
        assert of["flats"].sum() == runs.loc[run, "households"]
        assert (of["flats"] > 0).sum() == (of["land_use"] == LAND_USE["building"]).sum()


def test_runs_are_sorted_and_complete(reference: Path) -> None:
    lines = rows(reference)
    named = [(row["scenario"], int(row["replication"]), int(row["layout"])) for row in lines]
    assert named == [(s, k, k % 2) for s in ("none", "body", "merged") for k in range(5)]
    assert {spec.name for spec in specs("compound")} < set(lines[0])
    assert sum(int(row["n_arisen"]) for row in lines) > 0


def test_the_comparison(reference: Path) -> None:
    compared = rows(reference, "comparison")
    assert list(compared[0])[:10] == [
        "scenario", "baseline", "outcome", "unit", "difference", "low", "high", "share_same_sign",
        "variance_reduction", "n",
    ]  # fmt: skip
    assert len(compared) == 2 * len(specs("compound"))
    by_run = {(r["scenario"], r["replication"]): float(r["unresolved"]) for r in rows(reference)}
    differences = [by_run["merged", str(k)] - by_run["body", str(k)] for k in range(5)]
    assert float(compared[0]["difference"]) == pytest.approx(np.mean(differences), abs=1e-5)


def test_the_daily_table_adds_up_to_the_runs(reference: Path) -> None:
    daily = pq.read_table(reference / "daily.parquet")
    assert daily.schema.equals(tables.merged_tables("compound")["daily"].schema)
    assert daily.num_rows == 3 * 5 * 70
    frame = daily.to_pandas().groupby(["scenario", "replication"]).sum()
    for row in rows(reference):
        sums = frame.loc[(row["scenario"], int(row["replication"]))]
        assert sums["arisen"] == int(row["n_arisen"])
        assert sums["unresolved"] == int(row["n_unresolved_thousandths"])
        assert sums["repair_fen"] == int(row["n_repair_fen"])


def test_cases_and_agreements_add_up_to_the_runs(reference: Path) -> None:
    for name in ("cases", "agreements"):
        table = pq.read_table(reference / f"{name}.parquet")
        assert table.schema.equals(tables.merged_tables("compound")[name].schema)
    cases, agreements = (pq.read_table(reference / f"{n}.parquet").to_pandas() for n in ("cases", "agreements"))
    assert set(cases["stage"]) <= set(tables.WORDS["stage"]) and set(cases["level"]) <= set(tables.WORDS["level"])
    over = cases["stage"].isin(["settled", "failed", "withdrawn", "escalated"])
    assert (over == (cases["closed"] != tables.NOT_YET)).all()
    assert (cases[over]["closed"] >= cases[over]["opened"]).all() and (cases["opened"] < 70).all()
    for row in rows(reference):
        scenario, replication = row["scenario"], int(row["replication"])
        mine = cases[(cases["scenario"] == scenario) & (cases["replication"] == replication)]
        assert (mine["opened"] >= 0).sum() == int(row["n_opened"])
        for word in ("settled", "failed", "withdrawn"):
            assert (mine["stage"] == word).sum() == int(row[f"n_cases_{word}"])
        assert (mine["closed"] == tables.NOT_YET).sum() == int(row["n_cases_open"])
        made = agreements[(agreements["scenario"] == scenario) & (agreements["replication"] == replication)]
        between_two = sum(int(row[f"n_cases_settled_{kind.name.lower()}"]) for kind in PAIRS)
        assert len(made) == int(row["n_agreements"]) == between_two
        assert (made["broken"] != tables.NOT_YET).sum() == int(row["n_agreements_broken"])
    assert len(cases) > 0 < len(agreements)


def test_the_ends_are_those_of_the_cases(reference: Path) -> None:
    cases, runs = pq.read_table(reference / "cases.parquet").to_pandas(), read_csv(reference / "runs.csv")
    written, again = rows(reference, "ends"), ends.summary(cases, runs, kinds=ends.kinds_of("compound"))
    assert list(written[0]) == list(ends.COLUMNS)
    assert [(row["scenario"], row["kind"], row["day"], row["end"]) for row in written] == [
        (scenario, kind, str(day), end)
        for scenario in ("none", "body", "merged")
        for kind in ends.kinds_of("compound")
        for day in HORIZONS
        for end in ends.ENDS
    ]
    assert [row["n"] for row in written] == [str(n) for n in again["n"]]


def test_the_event_log_is_one_that_pm4py_reads(reference: Path) -> None:
    events = pq.read_table(reference / "events.parquet")
    assert events.schema.equals(tables.EVENTS)
    frame = events.to_pandas()
    assert len(frame) > 0
    assert set(frame["case:replication"]) <= {0, 1}
    assert {"neighbour", "fee"} < set(frame["case:kind"]) <= {kind.name.lower() for kind in Kind}
    for (scenario, replication), run in frame.groupby(["case:scenario", "case:replication"]):
        assert list(run["seq"]) == list(range(len(run)))
        assert run["time:timestamp"].is_monotonic_increasing
        assert run["case:concept:name"].str.startswith(f"{scenario}/{replication}/").all()
    assert ((frame["time:timestamp"].dt.floor("D") - tables.DAY_0).dt.days == frame["day"]).all()
    # One run belongs to each case name, and a case is opened at most once.
    assert (frame.groupby("case:concept:name")["case:scenario"].nunique() == 1).all()
    assert frame[frame["concept:name"] == "opened"]["case:concept:name"].is_unique
    assert frame["org:resource"].str.fullmatch(r"(company|body|branch|community|centre|court) \d+").all()
    runs_opened = {
        (r["scenario"], int(r["replication"])): int(r["n_opened"]) for r in rows(reference) if int(r["replication"]) < 2
    }
    opened = frame[frame["concept:name"] == "opened"].groupby(["case:scenario", "case:replication"]).size()
    assert {key: int(opened.get(key, 0)) for key in runs_opened} == runs_opened


def test_the_manifest(reference: Path) -> None:
    said = json.loads((reference / "manifest.json").read_text())
    assert said["config"] == json.loads(json.dumps(tiny().resolved))
    assert len(said["pieces"]) == 6
    assert set(said["digests"]) == {
        "runs", "daily", "events", "cases", "agreements", "cells", "ends", "comparison", "compounds", "leaders",
            "budget", "acceptability",
    }  # fmt: skip
    assert said["digests"]["daily"] == table_digest(
        pq.read_table(reference / "daily.parquet"), ("scenario", "replication", "day")
    )
    assert set(said["environment"]) == {
        "machine", "system", "python", "cores", "backend", "workers", "seconds", "finished",
    }  # fmt: skip


# always the same


@pytest.mark.usefixtures("no_figures")
@pytest.mark.parametrize("workers", [1, 2])
def test_worker_processes_change_nothing(workers: int, reference: Path, tmp_path: Path) -> None:
    runner.run(tiny(), tmp_path / "run", backend="joblib", workers=workers)
    assert same(tmp_path / "run", reference)


def test_a_small_run_shows_its_tables_before_any_worker_starts_and_draws_afterwards(
    reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is waited for are the tables; the folder is complete, and the same, all the same."""
    started, seen = [], []
    monkeypatch.setattr(runner, "_draw", lambda *_: None)
    monkeypatch.setattr(executor, "_pool", lambda *said, pool=executor._pool: started.append(said) or pool(*said))
    folder = tmp_path / "run"

    def show(result: runner.Result) -> None:
        seen.append((len(started), (folder / "manifest.json").exists(), len(result.runs), len(result.comparison)))

    result = runner.run(tiny(), folder, backend="auto", show=show)
    assert seen == [(0, False, len(result.runs), len(result.comparison))]
    assert min(len(result.runs), len(result.comparison), len(started)) > 0
    assert same(folder, reference)


@pytest.mark.usefixtures("no_figures")
@pytest.mark.parametrize("rows", [1, 700])
def test_stacking_changes_nothing(rows: int, reference: Path, tmp_path: Path) -> None:
    runner.run(tiny(f"block_households={rows}"), tmp_path / "run", backend="serial")
    assert same(tmp_path / "run", reference)


@pytest.mark.usefixtures("no_figures")
@pytest.mark.parametrize(("households", "tasks"), [(1, 3), (10**6, 2)])
def test_groups_computed_together_change_nothing(
    households: int, tasks: int, reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Layout 0 has two groups of at most two here, layout 1 one: apart or together, the tables are the same."""
    monkeypatch.setattr(experiment, "GROUP", 2)
    monkeypatch.setattr(experiment, "TASK_HOUSEHOLDS", households)
    planned = experiment.plan(tiny())
    assert len(experiment.tasks(planned.groups, planned.households)) == tasks
    runner.run(tiny(), tmp_path / "run", backend="serial")
    assert same(tmp_path / "run", reference)


@pytest.mark.usefixtures("no_figures")
def test_the_order_of_tasks_changes_nothing(reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Backwards(Serial):
        def map(self, function, tasks):
            yield from super().map(function, reversed(list(tasks)))

    monkeypatch.setattr(runner, "executor", lambda *_: Backwards())
    runner.run(tiny(), tmp_path / "run")
    assert same(tmp_path / "run", reference)


@pytest.mark.usefixtures("no_figures")
def test_what_is_there_is_kept(reference: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    runner.run(tiny("replications=2", "scenarios.merged=null", "comparisons=[]"), folder, backend="serial")
    result = runner.run(tiny("replications=2", "scenarios.merged=null", "comparisons=[]"), folder, backend="serial")
    assert result.computed == 0
    # Another scenario: only that is computed. More replications: groups change here, as they are not full.
    result = runner.run(tiny("replications=2"), folder, backend="serial", resume=True)
    assert (result.pieces, result.computed) == (6, 2)
    runner.run(tiny(), folder, backend="serial")
    assert same(folder, reference)


@pytest.mark.usefixtures("no_figures")
def test_without_detail_the_runs_are_the_same_and_alone(reference: Path, tmp_path: Path) -> None:
    """Runs and comparison byte for byte; no table of days, cases or events, not even one left from before."""
    folder = tmp_path / "run"
    lean = tiny("detail=false")
    assert runner.run(lean, folder, backend="serial").computed == 6
    for name in ("runs.csv", "comparison.csv"):
        assert (folder / name).read_bytes() == (reference / name).read_bytes()
    detailed = ("daily.parquet", "events.parquet", "cases.parquet", "agreements.parquet", "ends.csv")
    assert not any((folder / name).exists() for name in detailed)
    assert runner.run(tiny(), folder, backend="serial").computed == 6, "what was kept did not suffice"
    assert same(folder, reference)
    assert runner.run(lean, folder, backend="serial").computed == 0
    assert not any((folder / name).exists() for name in detailed)


@pytest.mark.usefixtures("no_figures")
def test_lost_pieces_are_computed_again(reference: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    runner.run(tiny(), folder, backend="serial")
    records = sorted((folder / "blocks").glob("*.json"))
    records[0].unlink()
    records[3].unlink()
    result = runner.run(tiny(), folder, backend="serial", resume=True)
    assert result.computed == 2
    assert same(folder, reference)


@pytest.mark.usefixtures("no_figures")
def test_killed_in_the_middle(reference: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    program = (
        "from pathlib import Path; from sim.study import runner; from sim.study.config import load\n"
        f"runner.run(load('yijiantiao', {[*SETTINGS]!r}), Path({str(folder)!r}), backend='serial')"
    )
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    while process.poll() is None and not list((folder / "blocks").glob("*.json")):
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL) if process.poll() is None else None
    process.wait()
    result = runner.run(tiny(), folder, backend="serial", resume=True)
    assert result.failures == []
    assert same(folder, reference)


# mishaps


def fail_in_some(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """Let the groups of layout 1 fail at a stage."""
    real = runner.Worlds if where == "founding" else runner.tables.record

    def broken(*arguments, **named):
        layout = arguments[0][0].layout if where == "founding" else arguments[1]
        if layout == 1:
            raise RuntimeError("no luck")
        return real(*arguments, **named)

    monkeypatch.setattr(*((runner, "Worlds") if where == "founding" else (tables, "record")), broken)


@pytest.mark.usefixtures("no_figures")
@pytest.mark.parametrize("where", ["founding", "recording"])
def test_a_failed_group_names_its_stage_and_costs_only_itself(
    where: str, reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    told: list[runner.Progress] = []
    with monkeypatch.context() as patch:
        fail_in_some(patch, where)
        result = runner.run(tiny(), folder, backend="serial", tell=told.append)
    ((group, failure),) = result.failures
    assert group.recipe.layout == 1
    assert failure.stage == where
    assert "no luck" in failure.message
    assert (result.pieces, result.computed) == (6, 3)
    assert (told[-1].failed, told[-1].computed) == (3, 3)
    assert not (folder / "manifest.json").exists()
    assert not (folder / "runs.csv").exists()
    result = runner.run(tiny(), folder, backend="serial")
    assert result.computed == 3
    assert same(folder, reference)


def test_a_folder_that_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(SimError, match="holds other files"):
        runner.run(tiny(), tmp_path, backend="serial")
    with pytest.raises(SimError, match="nothing to resume"):
        runner.run(tiny(), tmp_path / "new", backend="serial", resume=True)
    assert not (tmp_path / "new").exists()
    (tmp_path / "file").touch()
    with pytest.raises(SimError):
        runner.run(tiny(), tmp_path / "file", backend="serial")


def test_a_number_too_large_for_its_column_is_an_error() -> None:
    schema = pa.schema([("a", pa.int32())])
    with pytest.raises(pa.ArrowInvalid):
        tables._table({"a": np.array([2**40])}, schema)


def test_pieces_hold_no_scenario_names(reference: Path) -> None:
    planned = plan(tiny())
    for name in ("runs", "daily", "events", "cases", "agreements"):
        for path in (reference / "blocks" / name).glob("*.parquet"):
            assert "scenario" not in pq.read_schema(path).names
    assert {path.stem for path in (reference / "blocks").glob("*.json")} == {piece.key for piece in planned.pieces}
