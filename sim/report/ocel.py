"""The event log as OCEL 2.0 JSON, the object-centric form of process mining, of the same table as `events.parquet`.

Objects are cases, the desks at which they are, and the bearers that they are about (a building's roof, a household):
one bearer may have many cases, which a log by cases cannot show. Objects of two runs are never the same.
See Berti et al. (2024), OCEL (Object-Centric Event Log) 2.0 Specification.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import StoreError
from sim.study.files import atomic
from sim.study.tables import EVENTS

LOG, NAME = "events.parquet", "events.ocel.json"

INTEGER, STRING = "integer", "string"
OBJECTS: dict[str, dict[str, str]] = {
    "case": {"scenario": STRING, "replication": INTEGER, "kind": STRING},
    "desk": {"kind": STRING, "number": INTEGER},
    "bearer": {"kind": STRING, "number": INTEGER},
}
"""Type of object to its attributes and their types."""

EVENT = {"day": INTEGER, "seq": INTEGER}
"""Attributes of every event."""

FIRST = "1970-01-01T00:00:00Z"
"""Time from which an attribute that does not change holds."""


def read(folder: Path) -> pa.Table:
    """Return the event log of a result folder.

    Raises:
        StoreError: there is none, or it is damaged.
    """
    path = folder / LOG
    if not path.is_file():
        raise StoreError(f"{folder} keeps no {LOG}; run it with detail=true and events=5")
    try:
        return pq.read_table(path, columns=EVENTS.names).cast(EVENTS)
    except (OSError, KeyError, ValueError, pa.ArrowException) as error:
        raise StoreError(f"{path} is damaged or not of this program: {error}") from error


def ocel(log: pa.Table) -> dict[str, Any]:
    """Return an event log as OCEL 2.0.

    Args:
        log: with the columns `sim.study.tables.EVENTS`.
    """
    objects: dict[str, dict[str, Any]] = {}
    events = list(_events(log, objects))
    types = sorted({event["type"] for event in events})
    return {
        "objectTypes": [{"name": name, "attributes": _declared(known)} for name, known in OBJECTS.items()],
        "eventTypes": [{"name": name, "attributes": _declared(EVENT)} for name in types],
        "objects": list(objects.values()),
        "events": events,
    }


def _declared(attributes: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in attributes.items()]


def _events(log: pa.Table, objects: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield events, and add the objects they meet."""
    for row in log.to_pylist():
        case, scenario, replication = row["case:concept:name"], row["case:scenario"], row["case:replication"]
        run, bearer = f"{scenario}/{replication}", case.rsplit("/", 1)[0]
        kind, _, number = row["org:resource"].rpartition(" ")
        desk = f"{run}/{kind}/{number}"
        if case not in objects:
            about = {"scenario": scenario, "replication": replication, "kind": row["case:kind"]}
            objects[case] = _object(case, "case", about, [{"objectId": bearer, "qualifier": "about"}])
        if bearer not in objects:
            owner = {"kind": row["case:kind"], "number": int(bearer.rsplit("/", 1)[1])}
            objects[bearer] = _object(bearer, "bearer", owner)
        if desk not in objects:
            objects[desk] = _object(desk, "desk", {"kind": kind, "number": int(number)})
        yield {
            "id": f"{run}#{row['seq']}",
            "type": row["concept:name"],
            "time": row["time:timestamp"].isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "attributes": [{"name": name, "value": str(row[name])} for name in EVENT],
            "relationships": [
                {"objectId": case, "qualifier": "case"},
                {"objectId": desk, "qualifier": "at"},
                {"objectId": bearer, "qualifier": "about"},
            ],
        }


def _object(
    name: str, kind: str, attributes: dict[str, object], related: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """Return an object whose attributes never change."""
    said = [{"name": key, "time": FIRST, "value": str(value)} for key, value in attributes.items()]
    return {"id": name, "type": kind, "attributes": said, "relationships": related or []}


def write(folder: Path, to: Path) -> Path:
    """Write the event log of a result folder as OCEL 2.0 JSON.

    Args:
        folder: the result folder.
        to: the folder in which to write it.

    Raises:
        StoreError: there is no log, it is damaged, or the file cannot be written.
    """
    made = ocel(read(folder))
    with atomic(to / NAME) as file:
        text = TextIOWrapper(file, "utf-8", newline="\n")
        json.dump(made, text, ensure_ascii=False, separators=(",", ":"))
        text.flush()
        text.detach()
    return to / NAME
