"""What a report is made of: the tables, figures and manifest of a result folder, and what lies beside it.

Results of `run`, of `attribute`, of sweeps, of `reproduce` and of `sensitivity` are read alike; what kind one is is
told by the tables it has. Of an experiment that was run, the attribution and the study of sensitivity that stand in
folders beside it are taken along.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa

from sim import places
from sim.errors import StoreError
from sim.outcomes import OUTCOMES
from sim.study.files import read_csv
from sim.study.results import FOLDERS
from sim.study.runner import MANIFEST

Kind = Literal["run", "attribution", "sweep", "press", "sensitivity"]

TABLES = (
    *("comparison", "runs", "ends", "grid", "attribution", "hours", "naive", "leaders", "distance"),
    *("budget", "acceptability", "limits"),
    *("morris", "sobol", "groups", "scans", "spread", "burn_in"),
    *("cases", "channels", "couriers", "hubs", "tail", "books"),
)
"""Tables that a report reads, by the names of their CSV files."""

MARKS: Mapping[str, Kind] = {"attribution": "attribution", "grid": "sweep", "morris": "sensitivity"}
PRESS = ("cases", "couriers", "hubs", "tail")
"""Tables by which a kind of result is known."""

BESIDE = {"attribution": "{name}-attribution", "sensitivity": "{name}-sensitivity"}
"""Kind of study to the name of the folder beside an experiment's in which it is looked for."""

PLAIN = re.compile(r"[A-Za-z0-9_-]+")
"""What a figure of this program is called."""

COSTS = tuple(f"{what}{end}" for what in ("cost", "saved") for end in ("", "_low", "_high"))
NUMBERS = (
    *("difference", "low", "high", "share", "share_same_sign", "n", "mean_baseline", "median"),
    *("wage", "willingness", "acceptable", "evpi", *COSTS),
    *("hours_limit", "yuan_limit", "public_yuan", "best_in"),
)
"""Columns whose cells are numbers, or missing."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "comparison": ("scenario", "baseline", "outcome", "unit", "difference", "low", "high", "share_same_sign", "n"),
    "runs": ("scenario", "replication"),
    "ends": ("scenario", "kind", "day", "end", "share", "low", "high"),
    "grid": ("scenario", "of"),
    "attribution": ("outcome", "unit", "measure", "channel", "with", "difference", "low", "high"),
    "budget": ("wage", "scenario", *COSTS, "place"),
    "acceptability": ("wage", "willingness", "scenario", "acceptable", "best", "evpi", "n"),
    "limits": ("effect", "hours_limit", "yuan_limit", "scenario", "mix", *COSTS[3:], "hours", "public_yuan", "best_in"),
    "cases": ("case", "measure", "reported", "scenario", "median", "low", "high", "verdict"),
}
"""Columns without which a table is somebody else's."""


@dataclass(frozen=True)
class Material:
    """A result folder as it is read.

    Attributes:
        folder: the folder.
        manifest: its manifest; empty where it keeps none.
        tables: its tables, by name.
        beside: studies of the same experiment in other folders, by kind.
    """

    folder: Path
    manifest: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    beside: dict[str, Material] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the experiment is called."""
        return str(self.manifest.get("name") or self.folder.resolve().name)

    @property
    def config(self) -> dict[str, Any]:
        """The resolved configuration, empty where there is no manifest."""
        said = self.manifest.get("config")
        return said if isinstance(said, dict) else {}

    @cached_property
    def kind(self) -> Kind:
        """What kind of result it is."""
        for table, kind in MARKS.items():
            if table in self.tables:
                return kind
        return "press" if any(name in self.tables for name in PRESS) else "run"

    @property
    def place(self) -> str:
        """Its place; empty where it says none."""
        world = self.config.get("world")
        return str(world.get("place", "")) if isinstance(world, dict) else ""

    @property
    def scenarios(self) -> dict[str, list[str]]:
        """Scenarios as they were written, and their words."""
        said = self.config.get("scenarios") or {}
        return {str(name): [str(word) for word in words or []] for name, words in said.items()}

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The comparisons that there are rows of, in their order."""
        if "comparison" not in self.tables:
            return []
        rows = self.tables["comparison"][["scenario", "baseline"]].drop_duplicates()
        return [(str(a), str(b)) for a, b in rows.itertuples(index=False)]

    @property
    def replications(self) -> int:
        """How many there are."""
        return int(self.config.get("replications", 0))

    def picture(self, stem: str, language: str) -> Path | None:
        """Return the file of a figure in a language, None if there is none."""
        name = f"{stem}.png" if language == "en" else f"{stem}.{language}.png"
        path = self.folder / "figures" / name
        return path if path.is_file() else None

    @property
    def pictures(self) -> list[str]:
        """Names of its figures that there are in both languages."""
        found = sorted(path.name.removesuffix(".png") for path in (self.folder / "figures").glob("*.png"))
        return [stem for stem in found if PLAIN.fullmatch(stem) and self.picture(stem, "zh")]


def find(said: str, root: Path) -> Path:
    """Return the folder that is meant: a path, or the name of an experiment whose results are here.

    Args:
        said: what the user wrote.
        root: the clone, in whose ``results`` a name is looked for.

    Raises:
        StoreError: there is no result that a report could be made of.
    """
    marks = [MANIFEST, *(f"{name}.csv" for name in PRESS)]
    for folder in [Path(said), *(root / base / said for base in FOLDERS)]:
        if said and any((folder / mark).is_file() for mark in marks):
            return folder
    if said and Path(said).is_dir():
        raise StoreError(f"there is no finished run in {said} (no {MANIFEST})")
    raise StoreError(f"there is no result '{said}'; give a result folder, or an experiment that was run here")


def read(folder: Path, look_beside: bool = True) -> Material:
    """Read a result folder.

    Args:
        folder: the folder.
        look_beside: whether to take along studies of the same experiment.

    Raises:
        StoreError: it is damaged, or no result's.
    """
    manifest = _manifest(folder / MANIFEST)
    tables = {name: _table(folder / f"{name}.csv", name) for name in TABLES if (folder / f"{name}.csv").is_file()}
    found = Material(folder, manifest, tables)
    if not tables:
        raise StoreError(f"{folder} keeps no table that a report could be made of; run it again")
    if found.kind != "press" and (found.place not in places.registry() or not isinstance(found.scenarios, dict)):
        raise StoreError(f"{folder} is damaged or no result folder: its manifest names no place that is known")
    if "comparison" in tables:
        _known_outcomes(folder, tables["comparison"])
    if look_beside and found.kind == "run":
        for kind, name in BESIDE.items():
            other = folder.resolve().parent / name.format(name=folder.resolve().name)
            if (other / MANIFEST).is_file():
                found.beside[kind] = read(other, look_beside=False)
    return found


def _manifest(path: Path) -> dict[str, Any]:
    """Read a manifest; a folder of press cases may have none."""
    if not path.is_file():
        return {}
    try:
        said = json.loads(path.read_text("utf-8"))
        if not isinstance(said, dict) or not isinstance(said.get("config", {}), dict):
            raise ValueError("it is no manifest")
        scenarios = said.get("config", {}).get("scenarios", {})
        if not isinstance(scenarios, dict) or not all(isinstance(words, list) for words in scenarios.values()):
            raise ValueError("its scenarios are no lists of words")
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{path.parent} is damaged or no result folder: {error}") from error
    return said


def _table(path: Path, name: str) -> pd.DataFrame:
    """Read a table, and see that it has its columns and that its numbers are numbers."""
    try:
        frame = read_csv(path)
        missing = [column for column in NEEDED.get(name, ()) if column not in frame.columns]
        if missing:
            raise ValueError(f"it has no column '{missing[0]}'")
        for column in NUMBERS:
            if column in frame.columns:
                frame[column] = pd.to_numeric(frame[column])
    except (OSError, ValueError, TypeError, KeyError, pa.ArrowException) as error:
        raise StoreError(f"{path} is damaged or not of this program: {error}") from error
    return frame


def _known_outcomes(folder: Path, comparison: pd.DataFrame) -> None:
    """Refuse comparisons of which no outcome is known."""
    if len(comparison) and not set(comparison["outcome"]) & {spec.name for spec in OUTCOMES}:
        raise StoreError(f"{folder} compares none of the outcomes known; was this written by another program?")
