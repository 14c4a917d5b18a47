"""Scenarios and comparisons as an experiment's configuration has them, checked."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sim import mechanisms, places
from sim.errors import ConfigError, said, shortened, unknown
from sim.mechanisms import mechanism_specs
from sim.parameters import Spec, Value, specs
from sim.scenario import SWITCH, Choice, Scenario, number, parse
from sim.schedule import world_specs
from sim.study.door import LARGEST, wrong_name
from sim.study.sweep import WORLD, Sweep
from sim.study.sweep import pairs as sweep_pairs

LONGEST_WORD = 200
"""Letters of a word of a scenario."""


def checked(spec: Spec, value: Any, name: str) -> Value:
    """Check a value against its declaration; switches may be written on and off, as in scenarios."""
    if spec.type is bool and isinstance(value, str):
        value = SWITCH.get(value, value)
    if (isinstance(value, float) and not math.isfinite(value)) or (isinstance(value, int) and abs(value) > LARGEST):
        raise ConfigError(f"{name}={said(value)} is out of range {spec.range}")
    return spec.check(value, name)


def understood(
    given: Mapping[str, Any],
    general: Mapping[str, Mapping[str, Value]],
    place: str,
    fixed: Mapping[str, Value],
    structure: Mapping[str, Value],
) -> tuple[Scenario, ...]:
    """Understand the scenarios; what is fixed for a mechanism holds in each unless its own words say otherwise.

    Args:
        given: scenario to its words.
        general: mechanism to what is fixed for it in all of them.
        place: where they play.
        fixed: parameters of the place that are fixed.
        structure: what shapes the place.

    Raises:
        ConfigError: words that say nothing, or what a mechanism or a place does not allow.
    """
    scenarios: dict[str, Scenario] = {}
    for name, words in given.items():
        if wrong := wrong_name(str(name)):
            raise ConfigError(f"scenario '{shortened(str(name))}' needs another name; {wrong}")
        for word in words if isinstance(words, list) else []:
            if isinstance(word, str) and len(word) > LONGEST_WORD:
                raise ConfigError(f"scenario '{name}': '{shortened(word)}' is longer than a word can be")
        scenario = _with(_parsed(str(name), words, place, fixed), general)
        for mechanism in scenario.choices:
            fits = mechanisms.registry()[mechanism].places
            if fits and not set(places.settlements(place)) & set(fits):
                raise ConfigError(f"scenario '{name}': {mechanism} applies in a {' or '.join(fits)}, not in a {place}")
            if reason := mechanisms.registry()[mechanism].refuse(structure):
                raise ConfigError(f"scenario '{name}': {reason}")
        what = json.dumps([scenario.description(), scenario.world], sort_keys=True)
        if what in scenarios:
            raise ConfigError(f"scenarios '{scenarios[what].name}' and '{name}' are the same; drop one of them")
        scenarios[what] = scenario
    if not scenarios:
        raise ConfigError("there is no scenario; e.g. scenarios: {none: [], body: [formed_body]}")
    return tuple(scenarios.values())


def _parsed(name: str, words: Any, place: str, fixed: Mapping[str, Value]) -> Scenario:
    """Understand a scenario's words, those that set a parameter of its worlds (``world.KEY=VALUE``) among them."""
    if not isinstance(words, list):
        return parse(name, words)
    of_world = [word for word in words if str(word).startswith(f"{WORLD}.")]
    if not of_world:
        return parse(name, words)
    known, shape = world_specs(place), specs(places.registry()[place].Structure, place)
    world: dict[str, Value] = {}
    for word in of_world:
        key, equals, text = word.removeprefix(f"{WORLD}.").partition("=")
        if not equals:
            raise ConfigError(f"scenario '{name}': '{word}' should read {WORLD}.KEY=VALUE")
        if key in shape or key == "place":
            raise ConfigError(f"scenario '{name}': {WORLD}.{key} shapes the map, which all scenarios share")
        if key not in known:
            raise unknown(f"setting of the {WORLD}", key, known)
        value = checked(known[key], number(text), f"{WORLD}.{key}")
        if key in fixed or known[key].kind == "drawn" or value != known[key].default:
            world[key] = value
    scenario = parse(name, [word for word in words if word not in of_world])
    return replace(scenario, words=tuple(words), world=world)


def _with(scenario: Scenario, general: Mapping[str, Mapping[str, Value]]) -> Scenario:
    """Add what is fixed for its mechanisms, and leave out what only repeats a default."""
    choices: dict[str, Choice] = {}
    for name, choice in scenario.choices.items():
        known = mechanism_specs(name)
        fixed = {**general.get(name, {}), **choice.fixed}
        said = {k: v for k, v in fixed.items() if known[k].kind == "drawn" or v != known[k].default}
        choices[name] = Choice(dict(choice.channels), said)
    return replace(scenario, choices=choices)


def compared(given: Any, baseline: Any, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Check the pairs; without any, every scenario is compared with the baseline."""
    if baseline is not None and baseline not in names:
        raise ConfigError(f"baseline '{said(baseline)}' is not among the scenarios: {', '.join(names)}")
    if not given:
        against = baseline or names[0]
        return tuple((name, against) for name in names if name != against)
    if not isinstance(given, list):
        raise ConfigError("comparisons is not a list of pairs, e.g. [[merged, body_branch]]")
    pairs: list[tuple[str, str]] = []
    for pair in given:
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(name, str) for name in pair):
            raise ConfigError(f"comparison {said(pair)} is not a pair of scenarios, e.g. [merged, body_branch]")
        for name in pair:
            if name not in names:
                raise ConfigError(
                    f"comparison [{', '.join(pair)}] names '{name}', which is not among the scenarios: "
                    f"{', '.join(names)}"
                )
        if pair[0] == pair[1]:
            raise ConfigError(f"comparison [{', '.join(pair)}] compares a scenario with itself")
        if tuple(pair) in pairs:
            raise ConfigError(f"comparison [{', '.join(pair)}] stands there twice")
        pairs.append((pair[0], pair[1]))
    return tuple(pairs)


def along(sweep: Sweep, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the comparisons of a sweep; of one scenario alone every point is compared with the first."""
    if pairs:
        return sweep_pairs(sweep, pairs)
    first, *rest = sweep.points
    return [(name, first) for name in rest]
