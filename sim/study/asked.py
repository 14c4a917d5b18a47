"""What studies can be told: ``sensitivity``, ``discovery`` and ``calibration``, each a group of settings.

They stand in an experiment's file or on the command line (``sensitivity.points=64``) beside what is to be run, and
only the command of their name reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.errors import ConfigError, said, unknown
from sim.parameters import Spec, Value
from sim.study.scenarios import checked


def _spec(name: str, default: Value, low: Value, high: Value, unit: str, doc: str) -> Spec:
    return Spec(name, "study", default, low, high, unit, doc, source="design", tag="E", kind="set")


def _by_name(*specs: Spec) -> dict[str, Spec]:
    return {spec.name: spec for spec in specs}


_BURN_IN = _spec("burn_in", 364, 0, 36_498, "days", "before day 0, whole weeks; what a longer one changes is checked")

STUDIES: dict[str, dict[str, Spec]] = {
    "sensitivity": _by_name(
        _spec(
            "trajectories", 10, 2, 1_000, "paths", "of Morris's screening; each takes as many points as rows and one"
        ),
        _spec("top", 12, 1, 100, "rows", "how many of the screened rows Sobol's indices are computed of"),
        _spec("points", 256, 2, 2**16, "points", "N of Sobol's design, a power of two: N (top + 2) points"),
        _spec(
            "groups", 128, 2, 2**16, "points", "N of the design that asks what guesses, measured rows and chance carry"
        ),
        _spec("seeds", 8, 1, 1_000, "runs", "replications at each value of a scan"),
        _spec("values", 5, 2, 99, "values", "of each scan, from the 5% to the 95% quantile of the row's prior"),
        _spec("checked", 64, 2, 10_000, "points", "that are lived with either burn-in, each with a seed of its own"),
        _BURN_IN,
    ),
    "discovery": _by_name(
        _spec("replications", 1_000, 8, 1_000_000, "runs", "each with a draw of its own; half are held out"),
        _spec("boxes", 3, 1, 20, "boxes", "that are sought at the most"),
        _spec("depth", 3, 1, 10, "levels", "of splits of the tree at the most"),
    ),
    "calibration": _by_name(
        _spec("waves", 3, 1, 20, "waves", "of points, each within what the ones before have not ruled out"),
        _spec("points", 240, 20, 100_000, "points", "of a wave, each with a seed of its own"),
        _spec("kept", 64, 4, 10_000, "draws", "of what is not ruled out that are kept, lived and scored"),
        _spec("candidates", 200_000, 100, 10**8, "draws", "of the priors tried for a wave at the most"),
        _spec("cutoff", 3.0, 1.0, 10.0, "sd", "implausibility from which a draw is ruled out"),
        _spec("discrepancy", 0.1, 0.0, 1.0, "share", "of a pattern's value by which no model is expected to be nearer"),
        _BURN_IN,
    ),
}
"""Group of settings to what is declared of each, but for `comparison` and `outcome`."""

QUICK: dict[str, dict[str, Value]] = {
    "sensitivity": dict(trajectories=2, top=2, points=4, groups=2, seeds=2, values=2, checked=2, burn_in=56),
    "discovery": dict(replications=16),
    "calibration": dict(waves=2, points=20, kept=4, candidates=2_000, burn_in=56),
}
"""What takes the place of the defaults, and of what a file says, with `size=quick`."""

QUICK_DAYS = {"calibration": 400}
"""Days of a study with ``size=quick``, where an experiment's own would show nothing: patterns are of a year."""

WORDS = {
    "sensitivity": ("comparison", "outcome"),
    "discovery": ("comparison", "outcome"),
    "calibration": ("scenario", "held_out"),
}
"""What a study is told beside numbers: ``comparison: [merged, none]``, ``outcome: unresolved``; ``scenario: none``, and
``held_out: [courts]``, patterns that are scored only."""


@dataclass(frozen=True)
class Asked:
    """What a study was told, complete.

    Attributes:
        study: its name.
        numbers: its settings that are numbers; whole ones can be read as attributes.
        comparison: (scenario, with what it is compared); of studies of a difference.
        outcome: the outcome in question; likewise.
        scenario: the scenario in question, of the others.
        held_out: names of patterns that are scored only; None as they are declared.
    """

    study: str
    numbers: dict[str, Value]
    comparison: tuple[str, str] = ("", "")
    outcome: str = ""
    scenario: str = ""
    held_out: tuple[str, ...] | None = None

    def __getattr__(self, name: str) -> int:
        """Return a whole number among the settings."""
        numbers: dict[str, Value] = self.__dict__.get("numbers", {})
        if name not in numbers:
            raise AttributeError(name)
        return int(numbers[name])

    def plain(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        out: dict[str, Any] = {}
        if self.outcome:
            out = {"comparison": list(self.comparison), "outcome": self.outcome}
        if self.scenario:
            out = {"scenario": self.scenario, "held_out": None if self.held_out is None else list(self.held_out)}
        return {**out, **self.numbers}


def settings(study: str) -> dict[str, Spec | None]:
    """Return every key that a study may be told, and what is declared of its value."""
    return {**dict.fromkeys(WORDS[study]), **STUDIES[study]}


def read(study: str, given: Any, place: str, comparisons: tuple[tuple[str, str], ...], names: tuple[str, ...]) -> Asked:
    """Understand what is said of a study.

    Args:
        study: its name.
        given: the group of settings, or None.
        place: the place, on which it depends which outcomes there are.
        comparisons: those of the experiment; the first is in question if nothing else is said.
        names: names of the scenarios that there are.

    Raises:
        ConfigError: a setting that is unknown, out of range or impossible.
    """
    from sim.outcomes import specs

    if given is not None and not isinstance(given, Mapping):
        raise ConfigError(f"{study}={said(given)} is not a group of settings")
    told = dict(given or {})
    known = settings(study)
    for key in told:
        if key not in known:
            raise unknown(f"setting of {study}", str(key), known)
    words: dict[str, Any] = {}
    if "comparison" in known:
        words["comparison"] = _pair(study, told.pop("comparison", None), comparisons, names)
        words["outcome"] = str(told.pop("outcome", None) or "unresolved")
        have = [spec.name for spec in specs(place)]
        if words["outcome"] not in have:
            raise unknown("outcome", words["outcome"], have)
    if "scenario" in known:
        words["scenario"] = str(told.pop("scenario", None) or names[0])
        if words["scenario"] not in names:
            raise unknown("scenario", words["scenario"], names)
        held_out = told.pop("held_out", None)
        if held_out is not None and not isinstance(held_out, list):
            raise ConfigError(f"{study}.held_out={said(held_out)} is not a list of patterns, e.g. [courts]")
        words["held_out"] = None if held_out is None else tuple(map(str, held_out))
    numbers = {
        name: checked(spec, told.get(name, spec.default), f"{study}.{name}") for name, spec in STUDIES[study].items()
    }
    if int(numbers.get("burn_in", 0)) % 7:
        near = round(int(numbers["burn_in"]) / 7) * 7
        raise ConfigError(f"{study}.burn_in={numbers['burn_in']} is not a whole number of weeks; {near} is")
    for name in ("points", "groups"):
        n = int(numbers.get(name, 1))
        if study == "sensitivity" and n & (n - 1):
            raise ConfigError(f"{study}.{name}={n} is not a power of two, which Sobol's sequence needs; e.g. 64")
    return Asked(study, numbers, **words)


def _pair(study: str, given: Any, comparisons: tuple[tuple[str, str], ...], names: tuple[str, ...]) -> tuple[str, str]:
    """Return the comparison in question."""
    if given is None:
        if not comparisons:
            raise ConfigError(f"there are no two scenarios to compare; say {study}.comparison=[SCENARIO,BASELINE]")
        return comparisons[0]
    if not isinstance(given, list) or len(given) != 2 or given[0] == given[1]:
        raise ConfigError(f"{study}.comparison={said(given)} is not a pair of scenarios, e.g. [merged, none]")
    for name in given:
        if name not in names:
            raise unknown("scenario", str(name), names)
    return str(given[0]), str(given[1])
