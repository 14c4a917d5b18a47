"""The event log as OCEL 2.0: the same events, every object declared, every relation leading somewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from sim.report import ocel


def test_it_says_what_the_table_says(small_result: Path, tmp_path: Path) -> None:
    path = ocel.write(small_result, tmp_path)
    said = json.loads(path.read_text("utf-8"))
    log = pd.read_parquet(small_result / "events.parquet")
    related = [{r["qualifier"]: r["objectId"] for r in event["relationships"]} for event in said["events"]]
    back = pd.DataFrame(
        {
            "case:concept:name": [r["case"] for r in related],
            "concept:name": [event["type"] for event in said["events"]],
            "time:timestamp": pd.to_datetime([event["time"] for event in said["events"]], utc=True).as_unit("us"),
            "org:resource": [" ".join(r["at"].split("/")[-2:]) for r in related],
            "day": [int(event["attributes"][0]["value"]) for event in said["events"]],
            "seq": [int(event["attributes"][1]["value"]) for event in said["events"]],
        }
    )
    pd.testing.assert_frame_equal(back, log[list(back)], check_dtype=False)
    assert all(r["case"].startswith(r["about"] + "/") for r in related)


def test_everything_is_declared(small_result: Path) -> None:
    said = ocel.ocel(ocel.read(small_result))
    ids = [thing["id"] for thing in said["objects"]]
    assert len(set(ids)) == len(ids)
    events = [event["id"] for event in said["events"]]
    assert len(set(events)) == len(events)
    for things, types in (("objects", "objectTypes"), ("events", "eventTypes")):
        declared = {kind["name"]: [a["name"] for a in kind["attributes"]] for kind in said[types]}
        for thing in said[things]:
            assert [a["name"] for a in thing["attributes"]] == declared[thing["type"]]
            assert {r["objectId"] for r in thing["relationships"]} <= set(ids)
    assert {kind["name"] for kind in said["objectTypes"]} == {thing["type"] for thing in said["objects"]}
