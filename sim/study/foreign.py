"""What stands in a result folder, believed only as far as it looks like what a run writes.

A folder may be half copied, edited by hand, of another program or made by somebody to do harm: whatever is read of it
is checked for its form before it is used, so that a reader is told one line and nothing else.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim import places
from sim.study.door import refuse_programs, wrong_name

LARGEST_JSON = 200_000_000
"""Bytes of a manifest; that of the largest attribution has some tens of millions."""

WHOLE = {"replications": 1, "days": 1, "burn_in": 0, "layouts": 1, "seed": 0, "events": 0}
"""Settings that are whole numbers from here up, where they are said."""

TEXTS = ("name", "question", "hypothesis", "size")


def manifest_of(path: Path) -> dict[str, Any]:
    """Read a manifest whose configuration has the form of one.

    Raises:
        ValueError: saying what is not as a run writes it (also `json.JSONDecodeError`, `UnicodeDecodeError`).
        OSError: the file cannot be read.
    """
    if path.stat().st_size > LARGEST_JSON:
        raise ValueError(f"{path.name} is larger than any that a run writes")
    try:
        said = json.loads(path.read_text("utf-8"), parse_constant=_no_number)
    except RecursionError:
        raise ValueError(f"{path.name} is nested too deeply") from None
    if not isinstance(said, dict) or not isinstance(said.get("config"), dict):
        raise ValueError(f"{path.name} has no config")
    _check_config(said["config"])
    if not isinstance(said.get("name", ""), str) or wrong_name(said.get("name", "x")):
        raise ValueError("its name is none")
    return said


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _check_config(config: Mapping[str, Any]) -> None:
    refuse_programs(config)
    world = config.get("world")
    place = world.get("place") if isinstance(world, dict) else None
    if not isinstance(place, str) or place not in places.registry():
        raise ValueError("its world has no place that is known")
    for key, least in WHOLE.items():
        value = config.get(key, least)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"its {key} is no whole number from {least} up")
    for key in TEXTS:
        if not isinstance(config.get(key, ""), str):
            raise ValueError(f"its {key} is no text")
    scenarios = config.get("scenarios", {})
    if not isinstance(scenarios, dict) or any(wrong_name(str(name)) for name in scenarios):
        raise ValueError("its scenarios have no names")
    for pair in _list(config, "comparisons"):
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(name, str) for name in pair):
            raise ValueError("its comparisons are no pairs of scenarios")


def _list(config: Mapping[str, Any], key: str) -> list[Any]:
    value = config.get(key) or []
    if not isinstance(value, list):
        raise ValueError(f"its {key} is no list")
    return value


def check_runs(runs: pd.DataFrame) -> None:
    """Check a table of runs: a row for each scenario and replication, and numbers beside them.

    Raises:
        ValueError: saying what is not as a run writes it.
        KeyError: a column is missing.
    """
    if not len(runs):
        raise ValueError("its table of runs has no rows")
    keys = runs[["scenario", "replication"]]
    for name in keys["scenario"].drop_duplicates():
        if wrong := wrong_name(str(name)):
            raise ValueError(f"its runs are of a scenario that is none ({wrong})")
    if not pd.api.types.is_integer_dtype(keys["replication"]) or (keys["replication"] < 0).any():
        raise ValueError("the replications of its runs are no whole numbers")
    if keys.duplicated().any():
        raise ValueError("it has two runs of one scenario and replication")
    for name, column in runs.drop(columns=["scenario"]).items():
        if not pd.api.types.is_numeric_dtype(column):
            raise ValueError(f"the column {str(name)[:40]!r} of its runs is not of numbers")
        if column.map(lambda value: math.isinf(value)).any():
            raise ValueError(f"the column {str(name)[:40]!r} of its runs holds an infinite number")
