"""Sweeps: every scenario in every point of a grid, written as the values of a few settings.

``sweep: {yijiantiao.coverage: [0.1, 0.5, 1], world.detected: {rarely: 0.02, often: 0.5}}`` gives each scenario once
for every combination of the values that concern it: a setting of a mechanism concerns the scenarios that name the
mechanism and do not set it themselves, a setting of the world concerns all. Values become words, so that a scenario of
a sweep is one that could have been written by hand; its name says where it stands: ``merged.coverage-0.1``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sim.errors import ConfigError

WORLD = "world"
"""Before a dot: a setting of the world, not of a mechanism."""

MOST = 1_000
"""Scenarios of an experiment; more would be a mistake."""


@dataclass(frozen=True)
class Point:
    """A scenario of a sweep.

    Attributes:
        scenario: name of the scenario it was made of.
        at: setting to the label of its value; only settings that concern the scenario.
    """

    scenario: str
    at: dict[str, str]


@dataclass(frozen=True)
class Sweep:
    """A grid of settings.

    Attributes:
        axes: setting to its values by label, in order.
        points: name of each scenario of the sweep to where it stands.
    """

    axes: dict[str, dict[str, Any]]
    points: dict[str, Point]

    def value(self, setting: str, label: str) -> float:
        """Return a value as a number; not-a-number where it is none."""
        value = self.axes[setting][label]
        return float(value) if isinstance(value, (bool, int, float)) else float("nan")


def read(given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Understand the settings of a sweep, flat (``world.detected: ...``) or in groups (``world: {detected: ...}``).

    Returns:
        Setting to its values by label.

    Raises:
        ConfigError: something that is no list of values.
    """
    axes: dict[str, dict[str, Any]] = {}
    for key, values in given.items():
        if "." in str(key):
            axes[str(key)] = values
        elif isinstance(values, Mapping):
            axes |= {f"{key}.{inner}": inner_values for inner, inner_values in values.items()}
        else:
            raise ConfigError(f"sweep: '{key}' is not a setting like yijiantiao.coverage or world.detected")
    return {key: _labelled(key, values) for key, values in axes.items() if values is not None}


def _labelled(key: str, values: Any) -> dict[str, Any]:
    """Return values by label: as they are named (``{few: 0.1}``, also within a list), or else as they are written."""
    if isinstance(values, Mapping):
        named = {str(label): value for label, value in values.items()}
    elif isinstance(values, list):
        single = [value if isinstance(value, Mapping) else {_written(value): value} for value in values]
        named = {str(label): value for part in single for label, value in part.items()}
        if len(named) < sum(map(len, single)):
            raise ConfigError(f"sweep: {key} has a value twice")
    else:
        raise ConfigError(f"sweep: {key}={values} is not a list of values, e.g. [0.1, 0.5] or {{few: 0.1, many: 0.5}}")
    if not named:
        raise ConfigError(f"sweep: {key} has no values")
    for value in named.values():
        if isinstance(value, (list, Mapping)) or value is None:
            raise ConfigError(f"sweep: {key} has '{value}' among its values, which is none")
    return named


def _written(value: Any) -> str:
    """Write a value as a word of a scenario has it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def expand(scenarios: Mapping[str, Any], axes: dict[str, dict[str, Any]]) -> tuple[dict[str, list[str]], Sweep]:
    """Write out the scenarios of a sweep.

    Args:
        scenarios: name to list of words; none that a file has dropped.
        axes: what `read` returns.

    Returns:
        Name to words of every scenario, and the sweep.

    Raises:
        ConfigError: a setting concerns no scenario, or there are too many.
    """
    short = _short(axes)
    words: dict[str, list[str]] = {}
    points: dict[str, Point] = {}
    concerned: set[str] = set()
    for name, said in scenarios.items():
        if not isinstance(said, list):
            raise ConfigError(f"scenario '{name}' is not a list of words, e.g. [formed_body, yijiantiao]")
        mine = [key for key in axes if _concerns(key, said)]
        concerned |= {*mine}
        for labels in product(*(axes[key] for key in mine)):
            at = dict(zip(mine, labels, strict=True))
            here = ".".join([str(name), *(f"{short[key]}-{label}" for key, label in at.items())])
            words[here] = [*said, *(f"{key}={_written(axes[key][label])}" for key, label in at.items())]
            points[here] = Point(str(name), at)
            if len(points) > MOST:
                raise ConfigError(f"sweep: more than {MOST:,} scenarios; leave out values")
    for key in axes:
        if key not in concerned:
            owner = key.partition(".")[0]
            raise ConfigError(f"sweep: {key} concerns no scenario; none names '{owner}' without setting it itself")
    return words, Sweep(axes, points)


def _concerns(key: str, words: Sequence[Any]) -> bool:
    """Say whether a scenario of these words takes the values of a setting."""
    owner = key.partition(".")[0]
    own = any(str(word).partition("=")[0] == key for word in words)
    return not own and (owner == WORLD or owner in words)


def _short(axes: Iterable[str]) -> dict[str, str]:
    """Return a setting's last word, or all of it where another ends with the same."""
    last = Counter(key.rpartition(".")[2] for key in axes)
    return {key: word if last[word := key.rpartition(".")[2]] == 1 else key for key in axes}


def pairs(sweep: Sweep, given: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Write out comparisons: each scenario with those it is compared with where both stand at the same point.

    A setting that concerns only one of the two does not keep them apart.

    Args:
        sweep: the sweep.
        given: pairs of the scenarios it was made of.
    """
    made: dict[str, list[str]] = {}
    for name, point in sweep.points.items():
        made.setdefault(point.scenario, []).append(name)
    out = []
    for one, other in given:
        for a, b in product(made[one], made[other]):
            at, beside = sweep.points[a].at, sweep.points[b].at
            if all(at[key] == beside[key] for key in at.keys() & beside.keys()):
                out.append((a, b))
    return out
