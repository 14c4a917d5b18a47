"""What an experiment can be told, checked: every key known, every value in range, nothing impossible.

`load` is what the command line calls. Only numpy, OmegaConf and Hydra are imported on the way, so
that a mistake is told at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sim import garbage, mechanisms, places
from sim.errors import ConfigError, said, shortened, unknown
from sim.mechanisms import mechanism_specs
from sim.parameters import PRIOR, Spec, Value, check_all, specs
from sim.scenario import Scenario
from sim.schedule import world_specs
from sim.study import asked, coalitions
from sim.study import draws as tables_of_draws
from sim.study import sweep as sweeps
from sim.study.asked import Asked
from sim.study.coalitions import Attribution
from sim.study.compose import GROUPS, compose, options
from sim.study.door import Plain, check_word, wrong_name
from sim.study.scenarios import along, checked, compared, understood
from sim.study.suggest import unknown_setting
from sim.study.sweep import Sweep

SIZES = ("full", "quick")
TEXTS = ("name", "question", "hypothesis")
NUMBER = re.compile(r"[+-]?[0-9]{1,300}(\.[0-9]*)?|[+-]?\.[0-9]+")
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

KEYS = (*TEXTS, "scenarios", "comparisons", "baseline", "sweep", "attribution", *asked.STUDIES, "draws", *RUN, "size",
        "world", "mechanisms")  # fmt: skip


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
        sweep: the grid its scenarios were made of; None if they were not.
        attributed: what is taken apart, if its scenarios are coalitions of channels.
        draws: uncertain parameters to their values in the replications that have them given, see `sim.study.draws`.
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
    sweep: Sweep | None = None
    attributed: Attribution | None = None
    draws: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)


def load_attribution(source: str, settings: Sequence[str] = ()) -> Config:
    """Compose and check the attribution that an experiment asks for, as an experiment whose scenarios are coalitions.

    Args:
        source: the experiment's name, or the path of a YAML file.
        settings: words ``key=value``.

    Raises:
        ConfigError: with one line that says what is wrong.
    """
    _check_words(settings)
    composed = compose(source, settings)
    place = _place(_mapping(composed, "world"))
    _check_attribution(composed, place)  # also what a quick run will not go by
    plain = coalitions.expand(composed, {word.partition("=")[0] for word in settings}, place)
    return _attributed(check(plain), plain)


def recall(resolved: Plain) -> Config:
    """Check the resolved configuration of a result again; it is the same experiment.

    Args:
        resolved: the ``config`` of a manifest.

    Raises:
        ConfigError: with one line that says what is wrong, as by a version that had other settings.
    """
    with garbage.paused():
        config = check(resolved)
        return _attributed(config, resolved) if "attribution" in resolved else config


def _attributed(config: Config, plain: Plain) -> Config:
    """Return an experiment of coalitions, told what is taken apart."""
    given = coalitions.read(_mapping(plain, "attribution"), config.place)
    attribution = replace(given, replications=config.replications)
    return replace(config, attributed=attribution, resolved={**config.resolved, "attribution": attribution.plain()})


def load_study(study: str, source: str, settings: Sequence[str] = ()) -> tuple[Config, Asked]:
    """Compose and check an experiment, and what one of its studies is told.

    Args:
        study: its name, one of `sim.study.asked.STUDIES`.
        source: the experiment's name, or the path of a YAML file.
        settings: words ``key=value``.

    Raises:
        ConfigError: with one line that says what is wrong.
    """
    with garbage.paused():
        _check_words(settings)
        composed = compose(source, settings)
        config = check(composed)
        told = _mapping(composed, study)
        if config.size == SIZES[1]:
            typed = {word.partition("=")[0].removeprefix(f"{study}.") for word in settings}
            told = {**told, **{key: value for key, value in asked.QUICK[study].items() if key not in typed}}
        if config.draws and study != "discovery":
            raise ConfigError(f"draws: they say what {study} is to vary; leave them out with draws=null")
        names = tuple(scenario.name for scenario in config.scenarios)
        understood_ = asked.read(study, told, config.place, config.comparisons, names)
    name = f"{config.name.removesuffix(f'-{study}')}-{study}"
    return replace(
        config, name=name, resolved={**config.resolved, "name": name, study: understood_.plain()}
    ), understood_


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
    _check_attribution(plain, place)
    for study in asked.STUDIES:
        _check_study(study, plain)
    texts: dict[str, Any] = {key: _text(key, plain.get(key)) for key in TEXTS}
    if wrong := wrong_name(texts["name"]):
        raise ConfigError(f"name='{shortened(texts['name'])}' cannot name a folder; {wrong}")
    run: dict[str, Any] = {key: checked(spec, plain.get(key, spec.default), key) for key, spec in RUN.items()}
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
    draws = tables_of_draws.understood(plain.get("draws"), world_specs(place), fixed)
    if draws and not run["prior_draws"]:
        raise ConfigError("draws: prior_draws=false takes every parameter's default; leave one of the two out")
    general = {name: _mechanism(name, _mapping(plain, "mechanisms").get(name)) for name in mechanisms.registry()}
    given_scenarios = {name: words for name, words in _mapping(plain, "scenarios").items() if words is not None}
    axes, sweep = sweeps.read(_mapping(plain, "sweep")), None
    written = given_scenarios
    if axes:
        written, sweep = sweeps.expand(given_scenarios, axes)
    scenarios = understood(written, {n: values for n, (values, _) in general.items()}, place, fixed, structure)
    pairs = compared(plain.get("comparisons"), plain.get("baseline"), list(given_scenarios))
    named = {name for scenario in scenarios for name in scenario.choices}
    resolved: Plain = {
        **texts,
        "scenarios": {name: list(words) for name, words in given_scenarios.items()},
        "comparisons": [list(pair) for pair in pairs],
        **({"sweep": axes} if axes else {}),
        **({"draws": {name: list(values) for name, values in draws.items()}} if draws else {}),
        **run,
        "size": size,
        "world": {"place": place, **world},
        "mechanisms": {name: values for name, (_, values) in general.items() if name in named},
    }
    parts: dict[str, Any] = dict(structure=structure, fixed=fixed, scenarios=scenarios, sweep=sweep, draws=draws)
    comparisons = tuple(along(sweep, pairs)) if sweep else pairs
    return Config(place=place, size=size, resolved=resolved, comparisons=comparisons, **texts, **run, **parts)


def _check_attribution(plain: Plain, place: str) -> None:
    """Check what is said of an attribution, which `load_attribution` alone goes by."""
    given = _mapping(plain, "attribution")
    if given:
        coalitions.read(given, place)
        checked(RUN["replications"], given.get("replications", 1), "attribution.replications")


def _check_study(study: str, plain: Plain) -> None:
    """Check the names of what is said of a study; its values are checked by the command that reads them."""
    known = asked.settings(study)
    for key in _mapping(plain, study):
        if key not in known:
            raise unknown(f"setting of {study}", str(key), known)


def known_settings(place: str) -> dict[str, Spec | None]:
    """Return every key that a file or the command line may set, with dots, and what is declared of its value."""
    known: dict[str, Spec | None] = {**dict.fromkeys(KEYS), **RUN, "world.place": None}
    known |= {f"attribution.{key}": None for key in coalitions.KEYS}
    for study in asked.STUDIES:
        known |= {f"{study}.{key}": spec for key, spec in asked.settings(study).items()}
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
        check_word(word)
        key, equals, value = word.partition("=")
        elsewhere = (
            key in GROUPS or key.startswith(("scenarios.", "sweep.", "hydra")) or "@" in key or "_target_" in key
        )
        if not equals or key[:1] in "+~" or elsewhere:
            continue
        if key not in known:
            above = key.rpartition(".")[0]
            if known.get(above):
                raise ConfigError(f"unknown setting '{key}'; '{above}' is not a group of settings")
            raise unknown_setting(key, list(known), KEYS)
        spec = known[key]
        if spec and NUMBER.fullmatch(value):
            checked(spec, float(value) if "." in value else int(value), key)


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
    if not isinstance(place, str) or place not in places.registry():
        raise unknown("place", said(place), places.registry())
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
            raise unknown_setting(str(key), known, KEYS)


def _check_quick(plain: Plain, place: str) -> None:
    """Check what `size=quick` would set, also where the size is another."""
    world = {**specs(places.registry()[place].Structure, place), **world_specs(place)}
    for inside, known, where in ((plain, RUN, "quick"), (_mapping(plain, "world"), world, "world.quick")):
        for key, value in _mapping(inside, "quick", where).items():
            if key not in known:
                raise unknown(f"setting in {where}", str(key), known)
            checked(known[key], value, f"{where}.{key}")


def _check_possible(place: str, given: Mapping[str, Value]) -> None:
    """Refuse values that are each in range and cannot be together."""
    impossible = getattr(places.registry()[place], "impossible", None)
    wrong = impossible(given) if impossible else None
    if wrong:
        raise ConfigError(wrong)


def _text(key: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        raise ConfigError(f"{key} is not a text")
    return " ".join(str(value).split())


# -- parameters -------------------------------------------------------------------------------


def _world(place: str, given: Mapping[str, Any]) -> tuple[dict[str, Value], dict[str, Value], Plain]:
    """Return structure, fixed parameters and the whole in words."""
    known = world_specs(place)
    shape = specs(places.registry()[place].Structure, place)
    structure = {key: checked(spec, given.get(key, spec.default), f"world.{key}") for key, spec in shape.items()}
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
    good = {key: value if value == PRIOR else checked(known[key], value, prefix + key) for key, value in given.items()}
    fixed = check_all(known, good, prefix)
    words: Plain = {}
    for key, spec in known.items():
        words[key] = fixed.get(key, PRIOR if spec.kind == "drawn" else spec.default)
        if spec.kind == "set" and key in fixed and fixed[key] == spec.default:
            del fixed[key]
    return fixed, words


def describe(source: str) -> tuple[str, list[str]]:
    """Return an experiment's question and scenarios, those of a sweep not written out; cheap and unchecked."""
    from sim.study.compose import experiment_head

    head = experiment_head(source)
    swept = [f"each along {key}" for key in head.get("sweep") or {}]
    return _text("question", head.get("question")), [*(head.get("scenarios") or {}), *swept]


__all__ = [
    "KEYS", "RUN", "Config", "check", "describe", "known_settings", "load", "load_attribution", "options", "recall",
]  # fmt: skip
