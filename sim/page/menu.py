"""What a browser is told at first, in both languages: worlds, press cases, mechanisms, sliders, words."""

from __future__ import annotations

from typing import Any

from sim import mechanisms, places
from sim.cases import Activity, Desk, Kind
from sim.mechanisms import mechanism_specs
from sim.page import knobs, words
from sim.page.knobs import Knob
from sim.page.lives import both
from sim.page.series import LINES
from sim.page.setups import BOTH, LONGEST, RIGHT_ONLY, start
from sim.parameters import Spec, Value
from sim.report import labels, press_labels
from sim.report.labels import LANGUAGES, Text
from sim.scenario import Scenario
from sim.schedule import world_specs
from sim.study.config import RUN
from sim.study.press import cases
from sim.study.press.play import FULL, GROUNDS, WITHOUT, complete, scenarios

FIRST: dict[str, dict[str, str]] = {
    "compound": {"formed_body": RIGHT_ONLY, "yijiantiao": RIGHT_ONLY},
    "village": {"village_alliance": RIGHT_ONLY},
    "pasture": {"mobile_mediation": RIGHT_ONLY},
    "county": {"village_alliance": RIGHT_ONLY, "mobile_mediation": RIGHT_ONLY},
}
"""World to what stands where at first."""

DAYS = 365
"""Days that are played at first."""


def everything() -> dict[str, Any]:
    """Return all of it, as it becomes JSON."""
    return {
        "words": {key: both(text) for key, text in words.PAGE.items()},
        "worlds": [_world(name) for name in knobs.WORLD],
        "presses": [_press(name) for name in cases.names()],
        "mechanisms": [_mechanism(name) for name in knobs.of_mechanisms()],
        "tags": {tag: both(text) for tag, text in knobs.TAGS.items()},
        "run": {
            "seed": _run("seed", 1, 999_999_999),
            "days": _run("days", 1, LONGEST) | {"value": DAYS},
            "burn_in": _run("burn_in", 0, int(RUN["burn_in"].default)),
        },
        "lines": [
            {
                "name": line.name,
                "text": both(line.text),
                "unit": both(line.unit),
                "says": both(line.says),
                "better": line.better,
            }
            for line in LINES
        ],
        "kinds": {kind.value: both(labels.KINDS[kind.name.lower()]) for kind in Kind},
        "desks": {desk.name.lower(): both(labels.DESKS[desk.name.lower()]) for desk in Desk},
        "places": {name: both(text) for name, text in words.KINDS_OF_PLACE.items()},
        "activities": {Activity[name.upper()].value: both(text) for name, text in words.ACTIVITIES.items()},
    }


def _world(name: str) -> dict[str, Any]:
    """Return what is known of a world."""
    specs, values = world_specs(name), start(name)
    return {
        "name": name,
        "text": both(words.WORLDS[name]),
        "kinds": list(places.settlements(name)),
        "knobs": [_knob(knob, specs[knob.name], values[knob.name]) for knob in knobs.WORLD[name]],
        "first": FIRST[name],
    }


def _press(name: str) -> dict[str, Any]:
    """Return what is known of a press case: what it tells of the world, and what stood where."""
    case = cases.load(name)
    without, full, *_ = scenarios(case)
    assert (without.name, full.name) == (WITHOUT, FULL)
    ground = GROUNDS[case.place]
    told = ground.fixed(case) | complete(case.place, ground.structure(case))
    titles = {language: press_labels.case(name, language, case.title) for language in LANGUAGES}
    return {
        "name": name,
        "text": {
            language: words.PRESS(language, name=name.partition("_")[0], title=title)
            for language, title in titles.items()
        },
        "world": case.place,
        "told": told,
        "days": min(case.days, LONGEST),
        "first": {mechanism: BOTH if mechanism in without.choices else RIGHT_ONLY for mechanism in full.choices},
        "params": {mechanism: _fixed(full, mechanism) for mechanism in full.choices},
    }


def _fixed(scenario: Scenario, mechanism: str) -> dict[str, Value]:
    return dict(scenario.choices[mechanism].fixed)


def _mechanism(name: str) -> dict[str, Any]:
    """Return what is known of a mechanism."""
    kind, specs = mechanisms.registry()[name], mechanism_specs(name)
    text = Text(labels.mechanism(name, "en"), labels.mechanism(name, "zh"))
    return {
        "name": name,
        "text": both(text),
        "places": list(kind.places),
        "channels": [
            {"name": c, "text": {language: labels.channel(c, language, name) for language in LANGUAGES}}
            for c in kind.channels
        ],
        "knobs": [_knob(knob, specs[knob.name], specs[knob.name].default) for knob in knobs.of_mechanisms()[name]],
    }


def _knob(knob: Knob, spec: Spec, value: Value) -> dict[str, Any]:
    """Return a slider: its words, what is declared of its parameter, and where it stands at first."""
    high = spec.high if knob.most is None else min(knob.most, spec.high)
    kind = "switch" if spec.type is bool else "whole" if spec.type is int else "number"
    return {
        "name": knob.name,
        "text": both(knob.text),
        "unit": {"en": "" if spec.unit == "1" else spec.unit, "zh": knobs.UNITS.get(spec.unit, spec.unit)},
        "type": kind,
        "low": spec.low,
        "high": high,
        "step": _step(float(spec.low), float(high), kind),
        "default": spec.default,
        "value": value,
        "tag": spec.tag,
        "sources": list(spec.sources),
    }


def _step(low: float, high: float, kind: str) -> float:
    """Return a step of which there are about a hundred, of one digit that counts."""
    if kind != "number":
        return max(1, round((high - low) / 500)) if high - low > 1000 else 1
    size = (high - low) / 100
    power = 10.0 ** _floor_log(size)
    return float(f"{power * max(n for n in (1, 2, 5) if power * n <= size * 1.0000001):.6g}")


def _floor_log(value: float) -> int:
    return int(f"{value:e}".rpartition("e")[2])


def _run(key: str, low: int, high: int) -> dict[str, Any]:
    return {"low": low, "high": high, "value": RUN[key].default}
