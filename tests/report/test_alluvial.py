"""Cases by stage: every case of the log goes one way, and streams are as thick as they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection

from sim.report import alluvial
from sim.report.ends import COLOURS


def log(*cases: str) -> pd.DataFrame:
    """A log of cases, each written as ``SCENARIO: ACTIVITY@DESK N, ...``."""
    rows = []
    for number, case in enumerate(cases):
        scenario, _, events = case.partition(": ")
        for event in events.split(", "):
            activity, _, desk = event.partition("@")
            rows.append((f"{scenario}/0/roof/{number}/1", activity, desk, scenario, 0))
    return pd.DataFrame(rows, columns=list(alluvial.NEEDED))


LOG = log(
    "a: opened@company 1, handed off@company 1, proposed@body 2, signing@body 2, funded@body 2, settled@body 2",
    "a: opened@company 3, funded@company 3, settled@company 3",
    "a: opened@community 1, session@community 1, withdrawn@community 1",
    "a: opened@community 1, handed off@community 1, lost@centre 0",
    "a: joined@body 1, settled@body 1",  # opened before day 0
    "b: opened@body 1",
)


def test_ways() -> None:
    found = {tuple(row) for row in alluvial.paths(LOG).itertuples(index=False)}
    assert found == {
        ("a", "company", "owners", "body", "settled", 1),
        ("a", "company", "works", "company", "settled", 1),
        ("a", "community", "session", "community", "withdrawn", 1),
        ("a", "community", "handed", "centre", "open", 1),
        ("b", "body", "nothing", "body", "open", 1),
    }


def test_every_opened_case_of_a_run_goes_one_way(small_result: Path) -> None:
    events = pd.read_parquet(small_result / "events.parquet", columns=list(alluvial.NEEDED))
    ways = alluvial.paths(events)
    opened = events[events["concept:name"] == "opened"].groupby("case:scenario").size()
    assert ways.groupby("scenario")["cases"].sum().to_dict() == opened.to_dict()
    ends = events[events["concept:name"].isin(["settled", "withdrawn", "failed", "escalated"])]
    ended = ends[ends["case:concept:name"].isin(events.loc[events["concept:name"] == "opened", "case:concept:name"])]
    drawn = ways[ways["end"] != "open"].groupby(["scenario", "end"])["cases"].sum().to_dict()
    assert drawn == ended.groupby(["case:scenario", "concept:name"]).size().to_dict()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_streams_are_as_thick_as_cases_are_many(language: alluvial.Language) -> None:
    drawn = alluvial.figure(alluvial.paths(LOG), ("b", "a"), 1, language)
    upper, lower = drawn.axes
    streams = [c for c in lower.collections if isinstance(c, PolyCollection)]
    assert len(streams) == len(alluvial.STAGES) - 1
    for between in streams:
        left = [
            np.ptp(path.vertices[path.vertices[:, 0] == path.vertices[:, 0].min(), 1]) for path in between.get_paths()
        ]
        assert np.allclose(left, left[0])  # a case each
        assert 0.9 < sum(left) <= 1
    blue = tuple(int(COLOURS["settled"][i : i + 2], 16) / 255 for i in (1, 3, 5))
    assert sum(np.allclose(colour[:3], blue) for colour in streams[-1].get_facecolors()) == 2
    assert {text.get_text() for text in upper.texts} >= {alluvial.HEADS[s](language) for s in alluvial.STAGES}


def test_nothing_was_opened() -> None:
    empty = LOG[LOG["concept:name"] == "joined"]
    drawn = alluvial.figure(alluvial.paths(empty), ("a", "b"), 1)
    assert len(drawn.axes) == 2
