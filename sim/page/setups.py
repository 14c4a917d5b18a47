"""What a browser asks to be founded, checked: a world or a press case, what stands on which side, sliders, a seed.

The page makes of it the same plain settings that a file for `sim run` has, and has them checked as those are; so the
file that it offers for download says what is played, and every mistake has the words that it has there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sim import mechanisms
from sim.errors import ConfigError, unknown
from sim.mechanisms import mechanism_specs
from sim.page import knobs
from sim.page.knobs import Knob
from sim.parameters import Spec, Value
from sim.scenario import Scenario
from sim.schedule import world_specs
from sim.study import compose
from sim.study.config import RUN, Config, check
from sim.study.press import cases
from sim.study.press.cases import Case
from sim.study.press.play import GROUNDS, Play, complete, layouts
from sim.study.scenarios import checked
from sim.worlds import Recipe

LEFT, RIGHT = "baseline", "arrangement"
"""Names of the twins in files."""

RIGHT_ONLY, BOTH = "right", "both"
"""On which side a mechanism stands."""

LONGEST = 1825
"""Days that the page plays at most."""

KEYS = ("world", "press", "seed", "days", "burn_in", "params", "mechanisms")


@dataclass(frozen=True)
class Setup:
    """What is to be founded.

    Attributes:
        config: the settings, as `sim run` would have them.
        recipe: the worlds before any mechanism.
        left: what stands on the left.
        right: what stands on the right.
        press: the press case that is put in place, if one is.
    """

    config: Config
    recipe: Recipe
    left: Scenario
    right: Scenario
    press: Case | None

    @property
    def ground(self) -> tuple[Recipe, str]:
        """What determines the world before any mechanism: the same ground need not burn in twice."""
        return self.recipe, self.press.name if self.press else ""


def read(asked: Mapping[str, Any]) -> Setup:
    """Check what a browser asks for.

    Raises:
        ConfigError: with one line that says what is wrong.
    """
    for key in asked:
        if key not in KEYS:
            raise unknown("setting of the page", str(key)[:40], KEYS)
    case = _case(asked.get("press"))
    world = case.place if case else asked.get("world", "compound")
    if not isinstance(world, str) or world not in knobs.WORLD:
        raise unknown("world", str(world)[:40], knobs.WORLD)
    run = {key: _number(asked, key) for key in ("seed", "days", "burn_in") if key in asked}
    if run.get("days", 1) > LONGEST:
        raise ConfigError(f"days={run['days']} is out of range [1, {LONGEST}] on the page")
    settings = _world(world, case, _mapping(asked, "params"))
    left, right = words(_mapping(asked, "mechanisms"))
    scenarios = {LEFT: left} | ({RIGHT: right} if right != left else {})
    plain: dict[str, Any] = {
        "name": f"page-{case.name if case else world}",
        "question": "What differs between these twins?",
        "hypothesis": "",
        "scenarios": scenarios,
        "replications": 1,
        "layouts": 1,
        "prior_draws": False,
        **run,
        "world": {"place": world, **settings},
    }
    config = check(plain)
    if _rows(config) > knobs.LARGEST:
        raise ConfigError(
            f"this world has about {_rows(config):,} households; the page takes {knobs.LARGEST:,} at most"
        )
    recipe = Recipe(
        place=config.place,
        structure=config.structure,
        fixed=config.fixed,
        seed=config.seed,
        layout=layouts(case, Play(replications=1, layouts=1, seed=config.seed))[0] if case else 0,
        prior_draws=False,
        burn_in=config.burn_in,
    )
    return Setup(config, recipe, config.scenarios[0], config.scenarios[-1], case)


def start(world: str) -> dict[str, Value]:
    """Return the values with which the sliders of a world begin: those of its file, its defaults, or the page's."""
    specs, file = world_specs(world), _file(world)
    out = {knob.name: file.get(knob.name, specs[knob.name].default) for knob in knobs.WORLD[world]}
    return out | {knob.name: knob.start for knob in knobs.WORLD[world] if knob.start is not None}


def words(asked: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the words of the scenarios on the left and on the right, see `sim.scenario`.

    Args:
        asked: mechanism to ``side``, ``channels`` (which are on) and ``params``; ``formed_body`` comes first.

    Raises:
        ConfigError: an unknown mechanism, side, channel or parameter.
    """
    left: list[str] = []
    right: list[str] = []
    for name in asked:
        if name not in mechanisms.registry():
            raise unknown("mechanism", str(name)[:40], mechanisms.registry())
    for name in knobs.of_mechanisms():
        if name not in asked:
            continue
        said = _mapping(asked, name)
        if said.get("side") not in (RIGHT_ONLY, BOTH):
            raise unknown(f"side of {name}", str(said.get("side"))[:40], (RIGHT_ONLY, BOTH))
        own = [name, *_channels(name, _mapping(said, "channels")), *_params(name, _mapping(said, "params"))]
        right += own
        left += own if said["side"] == BOTH else []
    return left, right


def _channels(name: str, asked: Mapping[str, Any]) -> list[str]:
    known = mechanisms.registry()[name].channels
    for channel, on in asked.items():
        if channel not in known:
            raise unknown(f"channel of {name}", str(channel)[:40], known)
        if not isinstance(on, bool):
            raise ConfigError(f"{name}.{channel}={str(on)[:40]} is not true or false")
    off = [channel for channel in known if not asked.get(channel, True)]
    if len(off) == len(known):
        return [f"{name}.channels=off"]
    return [f"{name}.{channel}=off" for channel in off]


def _params(name: str, asked: Mapping[str, Any]) -> list[str]:
    specs, own = mechanism_specs(name), {knob.name: knob for knob in knobs.of_mechanisms()[name]}
    out = []
    for key, value in asked.items():
        good = _slider(own, specs, key, value, f"{name}.{key}")
        if good != specs[key].default:
            out.append(f"{name}.{key}={str(good).lower() if isinstance(good, bool) else good}")
    return out


def _slider(own: Mapping[str, Knob], specs: Mapping[str, Spec], key: str, value: Any, name: str) -> Value:
    """Check the value of a slider."""
    if key not in own:
        raise unknown("slider", str(key)[:40], own)
    good = checked(specs[key], value, name)
    most = own[key].most
    if most is not None and good > most:
        raise ConfigError(f"{name}={good} is more than the page takes, {most}")
    return good


def _world(world: str, case: Case | None, params: Mapping[str, Any]) -> dict[str, Value]:
    """Return the settings of the world: those of its file or its press case, and of the sliders."""
    own, specs = {knob.name: knob for knob in knobs.WORLD[world]}, world_specs(world)
    good = {key: _slider(own, specs, key, value, f"world.{key}") for key, value in params.items()}
    if case:
        told = GROUNDS[world]
        observed = told.fixed(case) | complete(world, told.structure(case))
        fixed = [key for key in good if key in observed and good[key] != observed[key]]
        if fixed:
            raise ConfigError(f"world.{fixed[0]} is told by the press case {case.name}")
        return {**observed, **good}
    file = {key: value for key, value in _file(world).items() if key not in ("place", "quick")}
    begins = {knob.name: knob.start for knob in own.values() if knob.start is not None}
    return {**file, **begins, **good}


@cache
def _file(world: str) -> Mapping[str, Any]:
    """Return the file of a world; read once, for a slider asks for it with every move."""
    return compose.world(world)


def _case(name: Any) -> Case | None:
    if name is None:
        return None
    if not isinstance(name, str) or name not in cases.names():
        raise unknown("press case", str(name)[:40], cases.names())
    return cases.load(name)


def _rows(config: Config) -> int:
    """Return about how many household rows a world has, before it is built."""
    s = config.structure
    compounds = s.get("compounds", 0) * s.get("compound_households", s.get("households", 0))
    villages = s.get("villages", 0) * (s.get("village_households", s.get("households", 0)) + s.get("around", 0))
    herders = s.get("pasture_households", s.get("households", 0)) + s.get("campers", 0)
    return int(compounds + villages + s.get("sumus", 0) * (herders + s.get("sites", 0) * s.get("crew", 0)))


def _number(asked: Mapping[str, Any], key: str) -> Any:
    return checked(RUN[key], asked[key], key)


def _mapping(asked: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = asked.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ConfigError(f"{key}={str(value)[:40]} is not a group of settings")
    return value
