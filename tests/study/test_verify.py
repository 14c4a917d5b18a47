"""Verifying: what still comes out is the same; what does not is named, by table, run, day, column and both values."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim import commands
from sim.errors import StoreError
from sim.report import reference
from sim.study import kept, runner, sample, verify, verify_command
from sim.study.config import load, load_attribution, recall
from sim.study.digest import table_digest
from sim.study.executor import Serial
from sim.study.experiment import plan
from sim.study.tables import merged_tables
from tests.conftest import ROOT

SETTINGS = (
    "name=tiny", "size=quick", "replications=5", "layouts=2", "days=42", "burn_in=28", "world.households=150",
    "world.quarrel_rate=0.06", "events=2", "scenarios.placebo=null", "scenarios.body_branch=null",
    "scenarios.merged_equal_hours=null", "scenarios.merged_selected=null", "comparisons=[[merged,body],[body,none]]",
)  # fmt: skip


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify") / "tiny"
    assert runner.run(load("yijiantiao", SETTINGS), folder, backend="serial", figures=False).failures == []
    return folder


@pytest.fixture
def folder(untouched: Path, tmp_path: Path) -> Path:
    """A folder of a finished run, to be spoiled."""
    return shutil.copytree(untouched, tmp_path / "tiny")


def quick(folder: Path) -> verify.Verdict:
    (verdict,) = verify.quick([kept.read(folder)], Serial())
    return verdict


def edit(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the manifest."""
    path = folder / "manifest.json"
    said = json.loads(path.read_text("utf-8"))
    change(said)
    path.write_text(json.dumps(said), "utf-8")


def small(folder: Path, target: Path) -> Path:
    """Keep what is small of a result, as a reference, with its sample."""
    reference.copy(folder, target, Serial())
    return target


def change_a_day(folder: Path, name: str = "daily", column: str = "arisen") -> tuple[int, int]:
    """Add one to a number of run (merged, 0) on day 17, in the table and in the manifest; return what was and is."""
    path = folder / f"{name}.parquet"
    frame, schema = pq.read_table(path).to_pandas(), pq.read_schema(path)
    here = (frame["scenario"] == "merged") & (frame["replication"] == 0) & (frame["day"] == 17)
    before = int(frame.loc[here, column].iloc[0])
    frame.loc[here, column] += 1
    table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
    pq.write_table(table, path)
    return before, before + 1


# -- a few runs


def test_what_comes_out_again_is_the_same(untouched: Path) -> None:
    """Two of five runs of each scenario, lived without the others, row by row as they were in the crowd."""
    verdict = quick(untouched)
    assert (verdict.differences, verdict.notes) == ([], [])
    lives = kept.read(untouched).sample(load("yijiantiao", SETTINGS))
    assert lives is not None
    assert (lives.scenarios, lives.replications) == (("none", "body", "merged"), (0, 4))
    assert verdict.looked_at.startswith("6 runs, ")
    assert verdict.looked_at.endswith(" rows in 7 tables")


def test_a_changed_day_is_named(folder: Path) -> None:
    was, now = change_a_day(folder)
    found = quick(folder).differences
    assert found == [
        "daily.parquet is not what was written: its content is another than the manifest says",
        f"daily: scenario=merged, replication=0, day=17: arisen was {now}, now {was}",
    ]


def test_a_changed_run_is_named(folder: Path) -> None:
    path = folder / "runs.csv"
    header, *lines = path.read_text("utf-8").splitlines()
    at = header.split(",").index("n_arisen")
    row = next(i for i, line in enumerate(lines) if line.startswith("body,4,"))
    cells = lines[row].split(",")
    was, cells[at] = cells[at], "123456"
    lines[row] = ",".join(cells)
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    assert quick(folder).differences == [
        "runs.csv is not what was written: its bytes are others than the manifest says",
        f"runs: scenario=body, replication=4: n_arisen was 123456, now {was}",
    ]


def test_a_row_that_is_missing_is_named(folder: Path) -> None:
    path, keys = folder / "cases.parquet", merged_tables("compound")["cases"].keys
    table = pq.read_table(path)
    mine = table.column("replication").to_pylist().index(0)
    less = pa.concat_tables([table.slice(0, mine), table.slice(mine + 1)])
    pq.write_table(less, path)
    edit(folder, lambda said: said["digests"].update(cases=table_digest(less, keys)))
    (found,) = quick(folder).differences
    key = ", ".join(f"{name}={table.column(name)[mine]}" for name in keys)
    assert found == f"cases: {key}: comes out now, and no such row is kept"


def test_other_code_and_another_lock_are_told_and_are_no_difference(folder: Path) -> None:
    def older(said: dict[str, Any]) -> None:
        said |= {"engine": "0" * 64, "lock": "1" * 64, "commit": "2" * 40, "dirty": True}
        said["libraries"]["numpy"] = "1.0"

    edit(folder, older)
    verdict = quick(folder)
    assert verdict.differences == []
    code, lock = verdict.notes
    assert code.startswith("made by other code (commit 222222222222, engine 000000000000; here ")
    assert lock.startswith("made with another lock of the libraries (numpy 1.0, here ")
    assert code.endswith("), with changes that were not committed")


def test_other_settings_come_out_otherwise(folder: Path) -> None:
    """As after a change of the model: the first day on which anything differs is named."""
    edit(folder, lambda said: said["config"]["world"].update(quarrel_rate=0.02))
    found = {line.partition(":")[0]: line for line in quick(folder).differences}
    assert {"runs", "daily", "cases"} <= set(found)
    assert found["daily"].startswith("daily: scenario=body, replication=0, day=")


def test_a_new_column_is_told_and_one_that_is_gone_is_a_difference(folder: Path) -> None:
    path = folder / "runs.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.drop(columns="n_voiced").to_csv(path, index=False)
    edit(folder, lambda said: said.pop("csv"))
    verdict = quick(folder)
    assert verdict.differences == []
    assert "runs: new since: n_voiced" in verdict.notes
    frame.rename(columns={"n_voiced": "n_shouted"}).to_csv(path, index=False)
    assert quick(folder).differences == ["runs: there is no longer a column n_shouted"]


# -- a sample


def test_a_reference_carries_its_sample(folder: Path, tmp_path: Path) -> None:
    """Rows of a few runs in every table, days and events too where the result keeps none."""
    lean = tmp_path / "lean"
    runner.run(load("yijiantiao", [*SETTINGS, "detail=false"]), lean, backend="serial", figures=False)
    assert not (lean / "daily.parquet").exists()
    target = small(lean, tmp_path / "reference")
    assert {path.name for path in target.iterdir()} == {"comparison.csv", "manifest.json", "sample"}
    assert {path.name for path in (target / "sample").iterdir()} == {
        "runs.csv", "compounds.parquet", "daily.parquet", "events.parquet", "cases.parquet", "agreements.parquet",
        "cells.parquet",
    }  # fmt: skip
    assert "environment" not in json.loads((target / "manifest.json").read_text())
    verdict = quick(target)
    assert verdict.differences == []
    assert verdict.looked_at.startswith("3 runs, ")
    was, now = change_a_day(target / "sample")
    assert quick(target).differences == [f"daily: scenario=merged, replication=0, day=17: arisen was {now}, now {was}"]
    (target / "comparison.csv").write_text("by hand")
    assert quick(target).differences[0].startswith("comparison.csv is not what was written")


def test_what_does_not_come_out_is_not_kept(folder: Path, tmp_path: Path) -> None:
    change_a_day(folder)
    with pytest.raises(StoreError, match=r"tiny is not what comes out now: daily: .*day=17.*; run it again"):
        small(folder, tmp_path / "reference")
    assert not (tmp_path / "reference").exists()
    with pytest.raises(StoreError, match="no result folder as a run leaves it"):
        edit(folder, lambda said: said.pop("environment"))
        small(folder, tmp_path / "reference")


def test_samples_ask_for_a_world_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Experiments that share their world share its burn-in, and what both ask for is lived once."""
    jobs: list[sample._Job] = []
    real = sample._live
    monkeypatch.setattr(sample, "_live", lambda job: jobs.append(job) or real(job))
    one, two = load("yijiantiao", SETTINGS), load("yijiantiao", [*SETTINGS, "scenarios.merged=null", "comparisons=[]"])
    samples = [sample.choose(config) for config in (one, two)]
    first, second = sample.live([chosen for chosen in samples if chosen], Serial())
    assert [len(job.group.pieces) for job in jobs] == [3]
    assert second["daily"].num_rows * 3 == first["daily"].num_rows * 2
    assert second["daily"].equals(first["daily"].filter(pa.compute.not_equal(first["daily"]["scenario"], "merged")))


def test_a_sample_is_spread_and_bounded() -> None:
    chosen = sample.choose(load("yijiantiao"))
    assert chosen is not None
    assert (chosen.scenarios, chosen.replications) == (("none", "body_branch", "placebo", "merged_selected"), (0,))
    large = sample.choose(load("coverage"))
    assert large is not None and len(large.scenarios) < sample.SCENARIOS
    assert sample.cost(large, plan(large.config)) <= sample.MOST
    assert sample.choose(load("hohhot_2025")) is None


def test_a_resolved_configuration_is_the_same_experiment() -> None:
    for config in (load("coverage"), load("yijiantiao"), load_attribution("mobile_mediation")):
        assert recall(json.loads(json.dumps(config.resolved))) == config


# -- all runs


def test_all_of_it_comes_out_again(folder: Path, tmp_path: Path) -> None:
    verdict = verify.whole(kept.read(folder), tmp_path / "again", "serial")
    assert verdict.differences == []
    assert verdict.looked_at == "15 runs, all of them, in 12 tables"


def test_all_of_it_names_what_differs(folder: Path, tmp_path: Path) -> None:
    was, now = change_a_day(folder)
    keys = merged_tables("compound")["daily"].keys
    changed = table_digest(pq.read_table(folder / "daily.parquet"), keys)
    edit(folder, lambda said: said["digests"].update(daily=changed))
    verdict = verify.whole(kept.read(folder), tmp_path / "again", "serial")
    assert verdict.differences == [f"daily: scenario=merged, replication=0, day=17: arisen was {now}, now {was}"]

    def other_piece(said: dict[str, Any]) -> None:
        said["pieces"][3]["digests"]["daily"] = "f" * 16
        said["digests"]["comparison"] = "e" * 64
        del said["environment"]

    # Where no rows are kept, the digests of pieces say where; what differs beyond what is written is none.
    edit(folder, other_piece)
    (folder / "daily.parquet").unlink()
    verdict = verify.whole(kept.read(folder), tmp_path / "once more", "serial")
    (found,) = verdict.differences
    assert found.startswith(f"daily: digest {changed[:12]}, now ")
    assert found.endswith(" in scenario=body, replications 1, 3")
    assert "comparison: the same as written, to six decimals" in verdict.notes


# -- the command


def test_the_command_ends_with_1_if_anything_differs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["verify", str(folder), "--workers", "1"]) == 0
    assert f"{folder}: same (6 runs" in capsys.readouterr().out
    change_a_day(folder)
    assert commands.main(["verify", str(folder), "--workers", "1"]) == 1
    said = capsys.readouterr().out
    assert f"{folder}: DIFFERENT" in said
    assert "  daily: scenario=merged, replication=0, day=17: arisen was " in said
    assert "0 of 1 results come out as they are kept, 1 do not" in said


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("manifest.json", "manifest.json is damaged or no manifest"),
        ("runs.csv", "runs.csv is damaged or no table"),
        ("daily.parquet", "daily.parquet is damaged or no Parquet file"),
    ],
)
def test_damage_is_told_in_one_line(damage: str, words: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / damage).write_bytes(b'"\xff\xfe{"a,b\n1')
    code = commands.main(["verify", str(folder), "--workers", "1"])
    said = capsys.readouterr()
    assert words in (said.err if damage == "manifest.json" else said.out)
    assert code == (2 if damage == "manifest.json" else 1)
    assert "Traceback" not in said.out + said.err


def test_settings_that_are_no_longer_known_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(folder, lambda said: said["config"]["world"].update(door_size=2))
    assert commands.main(["verify", str(folder), "--workers", "1"]) == 1
    assert "unknown setting 'world.door_size'" in capsys.readouterr().out


def test_names_that_stand_for_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, told in (
        (["nothing-of-the-kind"], "error: there is no result 'nothing-of-the-kind'"),
        ([str(tmp_path)], f"error: there is no finished run in {tmp_path}"),
        (["--update", "nothing-of-the-kind"], "error: there is no finished run in "),
        (["--update", "../elsewhere"], "error: '../elsewhere' is no name of a result in results/local"),
    ):
        assert commands.main(["verify", *words]) == 2
        assert capsys.readouterr().err.startswith(told)


def test_the_references_still_come_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A few runs of every result kept with the code, in every table; the city of a million is too large for it."""
    assert verify_command.CLONE == ROOT
    assert commands.main(["verify"]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    expected = {path.name for path in verify_command.references() if not kept.read(path).study}
    looked_at = {line.split(":")[0].rpartition("/")[2] for line in said.splitlines() if ": same (" in line}
    assert expected - looked_at == {"hohhot_2025"}
