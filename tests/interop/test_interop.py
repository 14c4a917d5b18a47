"""Our event log in pm4py and our crate in rocrate, where there is an environment with them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sim.report import export, ocel

Elsewhere = Callable[..., str]


def test_pm4py_mines_the_log(elsewhere: Elsewhere, small_result: Path, tmp_path: Path) -> None:
    """Discovery, variants and token replay of the log as it is; what it counts is counted here too."""
    path = small_result / "events.parquet"
    found = json.loads(elsewhere("mine.py", path, ocel.write(small_result, tmp_path)))
    log = pd.read_parquet(path)
    assert (found["events"], found["cases"]) == (len(log), log["case:concept:name"].nunique())
    told = log[log["case:kind"].isin(["neighbour", "fee"])].groupby("case:concept:name", sort=False)["concept:name"]
    lives = [tuple(life) for life in told.agg(list)]
    variants = Counter(" > ".join(life) for life in lives if life[0] == "opened" and life[-1] == "settled")
    assert variants and found["variants"] == dict(variants)
    assert found["starts"] == {"opened": sum(variants.values())}
    assert found["ends"] == {"settled": sum(variants.values())}
    assert found["places"] >= 2
    assert found["fitness"] == pytest.approx(1)  # what the inductive miner finds replays all that it has seen
    assert found["ocel_events"] == len(log)
    assert found["ocel_objects"]["case"] == found["cases"]
    assert found["ocel_activities"] == log["concept:name"].value_counts().to_dict()


def test_rocrate_opens_the_crate(elsewhere: Elsewhere, small_result: Path, tmp_path: Path) -> None:
    found = json.loads(elsewhere("open_crate.py", export.write(small_result, tmp_path / "crate")))
    assert found["profile"] == "https://w3id.org/ro/wfrun/process/0.5"
    assert found["instrument"] == "grassroots-sim" and found["mentioned"]
    assert found["inputs"] == ["data/parameters.csv", "data/settings.json", "data/sources.csv"]
    assert {"results/runs.csv", "results/report.html", "results/manifest.json"} <= set(found["outputs"])
    assert set(found["inputs"]) | set(found["outputs"]) < set(found["files"])
