"""What an experiment can be told, checked: every key known, every value in range, nothing impossible.

`load` is what the command line calls. Only numpy, OmegaConf and Hydra are imported on the way, so
that a mistake is told at once.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim import environment, garbage, mechanisms, places
from sim.errors import ConfigError, said, shortened, unknown
from sim.mechanisms import mechanism_specs
from sim.parameters import PRIOR, Spec, Value, check_all, specs
from sim.scenario import SWITCH, Choice, Scenario, parse
from sim.schedule import world_specs
from sim.study.compose import GROUPS, Plain, compose, options

SIZES = ("full", "quick")
TEXTS = ("name", "question", "hypothesis")
NAME = re.compile(r"\w[\w.-]*")
"""A name that can be a folder and a value in a table."""

LONGEST_NAME = 100
"""Letters of a name; file systems take about 255 bytes, and a letter may have four."""

NUMBER = re.compile(r"[+-]?\d+(\.\d*)?|[+-]?\.\d+")
"""A plain number on the command line."""

DAYS_OF_WEEK = 7


def _spec(name: str, default: Value, low: Value, high: Value, unit: str, doc: str) -> Spec:
    return Spec(name, "run", default, low, high, unit, doc, source="design", tag="E", kind="set")


RUN: dict[str, Spec] = {
    spec.name: spec
    for spec in (
        _spec("replications", 200, 1, 1_000_000, "runs", "seeds; replication k meets the same in every scenario"),
        _spec("days", 730, 1, 36_500, "days", "from day 0 on, the first of January"),
        _spec("burn_in", 1456, 0, 36_498, "days", "before day 0, without mechanisms; whole weeks"),
        _spec("layouts", 4, 1, 1_000, "maps", "of who lives where; replication k uses layout k modulo this"),
        _spec("seed", 1, 0, 999_999_999, "1", "the experiment's own"),
        _spec("prior_draws", True, False, True, "switch", "each replication draws its uncertain parameters"),
        _spec("events", 5, 0, 1_000_000, "runs", "replications whose event log is kept"),
        _spec("detail", True, False, True, "switch", "days, cases, agreements and events are kept too, not only runs"),
        _spec("block_households", 800_000, 1, 10**9, "rows", "computed at a time; changes memory, never a result"),
    )
}
"""How an experiment is run, apart from what is in it."""

KEYS = (*TEXTS, "scenarios", "comparisons", "baseline", *RUN, "size", "world", "mechanisms")


@dataclass(frozen=True)
class Config:
    """An experiment, checked and complete.

    Attributes:
        name: what the results are called.
        question: what is asked.
        hypothesis: what is expected.
        place: name of the place file.
        structure: structural parameters, complete.
        fixed: uncertain and set parameters that have another value than if nobody had said anything.
        scenarios: in the order in which they were named.
        comparisons: (scenario, with what it is compared).
        replications: seeds.
        days: days from day 0.
        burn_in: days before day 0.
        layouts: different maps.
        seed: the experiment's own.
        prior_draws: whether uncertain parameters are drawn.
        events: replications whose event log is kept.
        detail: whether days, cases, agreements and events are kept too, and not only runs.
        block_households: household rows computed at a time.
        size: ``full`` or ``quick``.
        resolved: all of it as plain data; given as a file it is the same experiment.
    """

    name: str
    question: str
    hypothesis: str
    place: str
    structure: dict[str, Value]
    fixed: dict[str, Value]
    scenarios: tuple[Scenario, ...]
    comparisons: tuple[tuple[str, str], ...]
    replications: int
    days: int
    burn_in: int
    layouts: int
    seed: int
    prior_draws: bool
    events: int
    detail: bool
    block_households: int
    size: str
    resolved: Plain


def load(source: str, settings: Sequence[str] = ()) -> Config:
    """Compose and check an experiment.

    Args:
        source: its name, or the path of a YAML file.
        settings: words ``key=value``.

    Raises:
        ConfigError: with one line that says what is wrong.
    """
    with garbage.paused():
        _check_words(settings)
        return check(compose(source, settings))


def check(plain: Plain) -> Config:
    """Check a composed experiment.

    Args:
        plain: what `sim.study.compose.compose` returns.

    Raises:
        ConfigError: with one line that says what is wrong.
    """
    place = _place(_mapping(plain, "world"))
    known = known_settings(place)
    _check_keys(plain, list(known))
    texts: dict[str, Any] = {key: _text(key, plain.get(key)) for key in TEXTS}
    if not _is_name(texts["name"]):
        name = shortened(texts["name"])
        raise ConfigError(f"name='{name}' cannot name a folder; use at most {LONGEST_NAME} letters, digits, . _ and -")
    run: dict[str, Any] = {key: _checked(spec, plain.get(key, spec.default), key) for key, spec in RUN.items()}
    if run["burn_in"] % DAYS_OF_WEEK:
        near = round(run["burn_in"] / DAYS_OF_WEEK) * DAYS_OF_WEEK
        raise ConfigError(f"burn_in={run['burn_in']} is not a whole number of weeks; {near} is")
    size = plain.get("size", SIZES[0])
    if size not in SIZES:
        raise unknown("size", said(size), SIZES)
    _check_quick(plain, place)

    given = {key: value for key, value in _mapping(plain, "world").items() if key not in ("place", "quick")}
    structure, fixed, world = _world(place, given)
    _check_possible(place, {**structure, **fixed})
    general = {name: _mechanism(name, _mapping(plain, "mechanisms").get(name)) for name in mechanisms.registry()}
    scenarios = _scenarios(_mapping(plain, "scenarios"), {name: fixed for name, (fixed, _) in general.items()}, place)
    comparisons = _comparisons(plain.get("comparisons"), plain.get("baseline"), [s.name for s in scenarios])
    resolved: Plain = {
        **texts,
        "scenarios": {s.name: list(s.words) for s in scenarios},
        "comparisons": [list(pair) for pair in comparisons],
        **run,
        "size": size,
        "world": {"place": place, **world},
        "mechanisms": {name: values for name, (_, values) in general.items() if _applies(name, place)},
    }
    parts: dict[str, Any] = dict(structure=structure, fixed=fixed, scenarios=scenarios, comparisons=comparisons)
    return Config(place=place, size=size, resolved=resolved, **texts, **run, **parts)


def known_settings(place: str) -> dict[str, Spec | None]:
    """Return every key that a file or the command line may set, with dots, and what is declared of its value."""
    known: dict[str, Spec | None] = {**dict.fromkeys(KEYS), **RUN, "world.place": None}
    known |= {f"world.{key}": spec for key, spec in world_specs(place).items()}
    for name in mechanisms.registry():
        known[f"mechanisms.{name}"] = None
        known |= {f"mechanisms.{name}.{key}": spec for key, spec in mechanism_specs(name).items()}
    return known


def _check_words(settings: Sequence[str]) -> None:
    """Refuse what is plainly wrong on the command line before Hydra is imported, which takes a while.

    Keys that no world knows, and numbers out of range; whatever else is wrong is found later.
    """
    known = {key: spec for place in places.registry() for key, spec in known_settings(place).items()}
    for word in settings:
        key, equals, value = word.partition("=")
        elsewhere = key in GROUPS or key.startswith(("scenarios.", "hydra")) or "@" in key or "_target_" in key
        if not equals or key[:1] in "+~" or elsewhere:
            continue
        if key not in known:
            above = key.rpartition(".")[0]
            if known.get(above):
                raise ConfigError(f"unknown setting '{key}'; '{above}' is not a group of settings")
            raise _unknown_setting(key, list(known))
        spec = known[key]
        if spec and NUMBER.fullmatch(value):
            _checked(spec, float(value) if "." in value else int(value), key)


# -- keys -------------------------------------------------------------------------------------


def _mapping(plain: Plain, key: str, where: str = "") -> Plain:
    """Return a group of settings; `where` is its whole name if that is longer."""
    value = plain.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ConfigError(f"{where or key}={said(value)} is not a group of settings")
    return value


def _place(world: Plain) -> str:
    place = world.get("place")
    if place is None:
        raise ConfigError(f"the world has no place; have: {', '.join(places.registry())}")
    if place not in places.registry():
        raise unknown("place", str(place), places.registry())
    return str(place)


def _check_keys(plain: Plain, known: Sequence[str]) -> None:
    """Refuse the first key that means nothing, with the nearest one that does."""
    given = [
        *(key for key in plain if key != "quick"),
        *(f"world.{key}" for key in _mapping(plain, "world") if key != "quick"),
        *(f"mechanisms.{name}" for name in _mapping(plain, "mechanisms")),
    ]
    for name, inner in _mapping(plain, "mechanisms").items():
        if f"mechanisms.{name}" in known:
            given += [f"mechanisms.{name}.{key}" for key in _mapping({name: inner}, name, f"mechanisms.{name}")]
    for key in given:
        if key not in known:
            raise _unknown_setting(str(key), known)


def _check_quick(plain: Plain, place: str) -> None:
    """Check what `size=quick` would set, also where the size is another."""
    shape = specs(places.registry()[place].Structure, place)
    for inside, known, where in ((plain, RUN, "quick"), (_mapping(plain, "world"), shape, "world.quick")):
        for key, value in _mapping(inside, "quick", where).items():
            if key not in known:
                raise unknown(f"setting in {where}", str(key), known)
            _checked(known[key], value, f"{where}.{key}")


def _check_possible(place: str, given: Mapping[str, Value]) -> None:
    """Refuse values that are each in range and cannot be together."""
    impossible = getattr(places.registry()[place], "impossible", None)
    wrong = impossible(given) if impossible else None
    if wrong:
        raise ConfigError(wrong)


def _unknown_setting(key: str, known: Sequence[str]) -> ConfigError:
    group, _, last = key.rpartition(".")
    mechanism = mechanisms.registry().get(group.removeprefix("mechanisms."))
    if mechanism and last in mechanism.channels:
        word = f"{mechanism.name}.{last}=off"
        return ConfigError(f"'{last}' is a channel; switch it in a scenario with the word {word}")
    # Within a group that exists only the last word can be wrong; a shared beginning is no likeness.
    start = f"{group}." if group in known else ""
    words = [name.removeprefix(start) for name in known if name.startswith(start) and name.count(".") >= key.count(".")]
    key = shortened(key)
    near = difflib.get_close_matches(key.removeprefix(start), words, n=1, cutoff=0.6)
    if near:
        return ConfigError(f"unknown setting '{key}'; did you mean '{start}{near[0]}'?")
    if group:
        see = f"{environment.program()} show NAME, world/NAME or mechanism/NAME"
        return ConfigError(f"no setting called '{key}'; see: {see}")
    return unknown("setting", key, KEYS)


def _text(key: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        raise ConfigError(f"{key} is not a text")
    return " ".join(str(value).split())


def _checked(spec: Spec, value: Any, name: str) -> Value:
    """Check a value against its declaration; switches may be written on and off, as in scenarios."""
    if spec.type is bool and isinstance(value, str):
        value = SWITCH.get(value, value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ConfigError(f"{name}={said(value)} is out of range {spec.range}")
    return spec.check(value, name)


# -- parameters -------------------------------------------------------------------------------


def _world(place: str, given: Mapping[str, Any]) -> tuple[dict[str, Value], dict[str, Value], Plain]:
    """Return structure, fixed parameters and the whole in words."""
    known = world_specs(place)
    shape = specs(places.registry()[place].Structure, place)
    structure = {key: _checked(spec, given.get(key, spec.default), f"world.{key}") for key, spec in shape.items()}
    rest = {key: spec for key, spec in known.items() if key not in shape}
    fixed, words = _parameters(rest, {k: v for k, v in given.items() if k not in shape}, "world.")
    return structure, fixed, {**structure, **words}


def _mechanism(name: str, given: Any) -> tuple[dict[str, Value], Plain]:
    """Return a mechanism's fixed parameters and all of them in words."""
    return _parameters(mechanism_specs(name), given or {}, f"mechanisms.{name}.")


def _parameters(known: Mapping[str, Spec], given: Mapping[str, Any], prefix: str) -> tuple[dict[str, Value], Plain]:
    """Check parameters; what is said only to be the default is as good as not said, and keeps its key.

    Returns:
        What differs from saying nothing, and every parameter as a value or the word ``prior``.
    """
    checked = {
        key: value if value == PRIOR else _checked(known[key], value, prefix + key) for key, value in given.items()
    }
    fixed = check_all(known, checked, prefix)
    words: Plain = {}
    for key, spec in known.items():
        words[key] = fixed.get(key, PRIOR if spec.kind == "drawn" else spec.default)
        if spec.kind == "set" and key in fixed and fixed[key] == spec.default:
            del fixed[key]
    return fixed, words


# -- scenarios --------------------------------------------------------------------------------


def _scenarios(given: Plain, general: Mapping[str, Mapping[str, Value]], place: str) -> tuple[Scenario, ...]:
    """Understand the scenarios; what is fixed for a mechanism holds in each unless its own words say otherwise."""
    scenarios: list[Scenario] = []
    for name, words in given.items():
        if words is None:  # a file based on another drops a scenario so
            continue
        if not _is_name(str(name)):
            raise ConfigError(f"scenario '{shortened(str(name))}' needs another name; use letters, digits, . _ and -")
        scenario = _with(parse(str(name), words), general)
        for mechanism in scenario.choices:
            if not _applies(mechanism, place):
                fits = mechanisms.registry()[mechanism].places
                raise ConfigError(f"scenario '{name}': {mechanism} applies in a {' or '.join(fits)}, not in a {place}")
        for other in scenarios:
            if other.description() == scenario.description():
                raise ConfigError(f"scenarios '{other.name}' and '{name}' are the same; drop one of them")
        scenarios.append(scenario)
    if not scenarios:
        raise ConfigError("there is no scenario; e.g. scenarios: {none: [], body: [formed_body]}")
    return tuple(scenarios)


def _is_name(text: str) -> bool:
    return bool(NAME.fullmatch(text)) and len(text) <= LONGEST_NAME


def _applies(mechanism: str, place: str) -> bool:
    """Return whether a mechanism can apply somewhere in a place."""
    fits = mechanisms.registry()[mechanism].places
    return not fits or bool(set(places.settlements(place)) & set(fits))


def _with(scenario: Scenario, general: Mapping[str, Mapping[str, Value]]) -> Scenario:
    """Add what is fixed for its mechanisms, and leave out what only repeats a default."""
    choices: dict[str, Choice] = {}
    for name, choice in scenario.choices.items():
        known = mechanism_specs(name)
        fixed = {**general.get(name, {}), **choice.fixed}
        said = {k: v for k, v in fixed.items() if known[k].kind == "drawn" or v != known[k].default}
        choices[name] = Choice(dict(choice.channels), said)
    return Scenario(scenario.name, scenario.words, choices)


def _comparisons(given: Any, baseline: Any, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
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


def describe(source: str) -> tuple[str, list[str]]:
    """Return an experiment's question and scenarios, for lists; cheap and unchecked."""
    from sim.study.compose import experiment_head

    head = experiment_head(source)
    return _text("question", head.get("question")), list(head.get("scenarios") or {})


__all__ = ["KEYS", "RUN", "Config", "check", "describe", "known_settings", "load", "options"]
