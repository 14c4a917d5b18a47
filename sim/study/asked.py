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
        _spec("checked", 64, 2, 10_000, "points", "of Sobol's that are lived again with the experiment's own burn-in"),
        _BURN_IN,
    ),
    "discovery": _by_name(
        _spec("replications", 1_000, 8, 1_000_000, "runs", "each with a draw of its own; half are held out"),
        _spec("boxes", 3, 1, 20, "boxes", "that are sought at the most"),
        _spec("depth", 3, 1, 10, "levels", "of splits of the tree at the most"),
    ),
}
"""Group of settings to what is declared of each, but for `comparison` and `outcome`."""

QUICK: dict[str, dict[str, Value]] = {
    "sensitivity": dict(trajectories=2, top=2, points=4, groups=2, seeds=2, values=2, checked=2, burn_in=56),
    "discovery": dict(replications=16),
}
"""What takes the place of the defaults, and of what a file says, with `size=quick`."""

TWO = ("sensitivity", "discovery")
"""Studies of a difference, that are told which: ``comparison: [merged, none]`` and ``outcome: unresolved``."""

WORDS = ("comparison", "outcome")


@dataclass(frozen=True)
class Asked:
    """What a study was told, complete.

    Attributes:
        study: its name.
        comparison: (scenario, with what it is compared).
        outcome: the outcome in question.
        numbers: its other settings.
    """

    study: str
    comparison: tuple[str, str]
    outcome: str
    numbers: dict[str, Value]

    def __getattr__(self, name: str) -> int:
        """Return a whole number among the settings."""
        numbers: dict[str, Value] = self.__dict__.get("numbers", {})
        if name not in numbers:
            raise AttributeError(name)
        return int(numbers[name])

    def plain(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        pair = {"comparison": list(self.comparison)} if self.study in TWO else {}
        return {**pair, "outcome": self.outcome, **self.numbers}


def settings(study: str) -> dict[str, Spec | None]:
    """Return every key that a study may be told, and what is declared of its value."""
    words = WORDS if study in TWO else WORDS[1:]
    return {**dict.fromkeys(words), **STUDIES[study]}


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
    pair = ("", "")
    if study in TWO:
        pair = _pair(study, told.pop("comparison", None), comparisons, names)
    outcome = told.pop("outcome", None) or "unresolved"
    have = [spec.name for spec in specs(place)]
    if outcome not in have:
        raise unknown("outcome", str(outcome), have)
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
    return Asked(study, pair, str(outcome), numbers)


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
