"""A press case: what the page reported of a place, and what could be observed of that place beforehand.

A case sets *observable context* only: how many flats and buildings, how old, which body and which contract, what
broke and when. It cannot set how people behave, how able they are or how much anything is worth to them: such a key
is refused. So a case that comes out as reported has not been tuned to, and one that does not is a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim import evidence, mechanisms
from sim.errors import ConfigError, unknown
from sim.parameters import Spec, Value
from sim.study import compose
from sim.study.press import villages
from sim.study.press.kits import MEASURES_IN

GROUP = "press"

KEYS = ("title", "place", "page", "expected", "sources", "reported", "context", "arrangement", "without", "days")
"""What a case's file says."""


def _number(name: str, default: Value, low: Value, high: Value, unit: str, doc: str) -> Spec:
    return Spec(name, GROUP, default, low, high, unit, doc, source="design", tag="S", kind="set")


OBSERVABLE: dict[str, Spec] = {
    spec.name: spec
    for spec in (
        _number("compounds", 1, 1, 1990, "compounds", "compounds of a world"),
        _number("households", 300, 12, 5000, "flats", "flats in a compound"),
        _number("equal_size", True, False, True, "switch", "all compounds have so many flats, not on average"),
        _number("buildings", 0, 0, 100, "buildings", "buildings of the compound; 0 = not told"),
        _number("age", 0.0, 0.0, 80.0, "years", "age of the compound"),
        _number("coverage", 1.0, 0.0, 1.0, "share", "compounds under the arrangement"),
        _number("fixed_term", 0.30, 0.1, 0.4, "share", "compounds with a contract for a fixed term"),
        _number("contract_ends", 365, 1, 3650, "day", "day on which the contract for a fixed term runs out"),
        _number("fund", 0.0, 0.0, 20000.0, "yuan per flat", "what the maintenance fund holds"),
        _number("core_members", 0, 0, 50, "flats", "party members among the owners at home, at least so many"),
        _number("day", 0, -365, 365, "day", "day on which things break; day 0 is the first of January; whole weeks"),
        _number("leaking_roofs", 0, 0, 100, "roofs", "roofs that leak from that day on, if they do not already"),
        _number("pests", False, False, True, "switch", "pests break out on that day"),
        _number("broken_road", False, False, True, "switch", "road or gate is broken on that day"),
        _number("project_days", 0, 0, 730, "days", "a contractor's public works in the compound last from that day"),
    )
}
"""What a case of compounds may set as a number or a switch."""

OF_VILLAGES = villages.OBSERVABLE
"""What a case of villages may set."""

ON_PASTURES: dict[str, Spec] = {
    spec.name: spec
    for spec in (
        _number("herders", 1000, 40, 5000, "households", "herder households of the sumu, there all year"),
        _number("campers", 150, 0, 5000, "households", "households from elsewhere that camp there in summer"),
        _number("sites", 8, 0, 200, "sites", "work sites of the sumu"),
        _number("works_owed", 0.0, 0.0, 1e7, "yuan", "wages that a crew comes to be owed on the case's day; 0 = none"),
        _number("day", 0, 0, 365, "day", "that day; day 0 is the first of January; whole weeks"),
    )
}
"""What a case on pastures may set."""

NUMBERS = {"compound": OBSERVABLE, "village": OF_VILLAGES, "pasture": ON_PASTURES}
"""Place to what a case of it may set as a number or a switch, and nothing else."""

CHOICES = {"body": ("none", "committee", "management"), "contract": ("fixed", "holdover")}
"""What a case of compounds may set as a word."""

DAYS = _number("days", 730, 7, 3650, "days", "days from day 0 that a case is followed for")


@dataclass(frozen=True)
class Case:
    """A press case, checked.

    Attributes:
        name: its number on the page, ``S2``.
        title: what it is, in a few words.
        place: kind of settlement it is told of.
        page: what the page said.
        expected: what honesty expects before anything is run.
        sources: rows of the evidence ledger that hold what the page said.
        reported: measure to what was reported of it.
        context: observable context; keys that are not told are absent.
        arrangement: mechanisms that stood there.
        without: mechanisms of the counterfactual.
        days: days from day 0 that the report covers, or that the case is followed for.
    """

    name: str
    title: str
    place: str
    page: str
    expected: str
    sources: tuple[str, ...]
    reported: dict[str, float]
    context: dict[str, Any]
    arrangement: tuple[str, ...]
    without: tuple[str, ...]
    days: int

    def says(self, key: str) -> Any:
        """Return what the context says of a key, or its default."""
        known = NUMBERS[self.place]
        return self.context.get(key, known[key].default if key in known else None)


def names() -> list[str]:
    """Return the names of the press cases."""
    return compose.options(GROUP)


def load(name: str) -> Case:
    """Read and check a press case.

    Args:
        name: such as ``S2``.

    Raises:
        ConfigError: there is none of this name, or it says what a case may not.
    """
    if name not in names():
        raise unknown("press case", name, names())
    return check(name, compose.press_case(name))


def check(name: str, plain: Mapping[str, Any]) -> Case:
    """Check what a case's file says.

    Args:
        name: the case's name.
        plain: its content.

    Raises:
        ConfigError: with one line that says what is wrong.
    """
    for key in plain:
        if key not in KEYS:
            raise unknown(f"key of press case {name}", str(key), KEYS)
    texts = {key: " ".join(str(plain.get(key) or "").split()) for key in ("title", "page", "expected")}
    place = str(plain.get("place", "compound"))
    if place not in MEASURES_IN:
        raise unknown(f"place in press case {name}", place, MEASURES_IN)
    sources = _words(name, plain, "sources")
    for row in sources:
        if row not in evidence.sources():
            raise unknown(f"source in press case {name}", row, evidence.sources())
    place = str(plain.get("place") or "compound")
    if place not in NUMBERS:
        raise unknown(f"place in press case {name}", place, NUMBERS)
    reported = _mapping(name, plain, "reported")
    for measure, value in reported.items():
        if measure not in MEASURES_IN[place]:
            raise unknown(f"measure in press case {name}", str(measure), MEASURES_IN[place])
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ConfigError(f"press case {name}: reported.{measure}={value} is not a number")
    return Case(
        name=name,
        **texts,
        place=place,
        sources=sources,
        reported={measure: float(value) for measure, value in reported.items()},
        context=_context(name, place, _mapping(name, plain, "context")),
        arrangement=_mechanisms(name, plain, "arrangement"),
        without=_mechanisms(name, plain, "without"),
        days=int(DAYS.check(plain.get("days", DAYS.default), f"press case {name}: days")),
    )


def _context(name: str, place: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Check the context: observable keys only."""
    context: dict[str, Any] = {}
    numbers, choices = NUMBERS[place], CHOICES if place == "compound" else {}
    for key, value in given.items():
        if key in choices:
            if value not in choices[key]:
                raise ConfigError(f"press case {name}: {key}={value} is none of: {', '.join(choices[key])}")
            context[key] = value
        elif key in numbers:
            context[key] = numbers[key].check(value, f"press case {name}: {key}")
        else:
            have = ", ".join([*numbers, *choices])
            raise ConfigError(f"press case {name} sets '{key}'; a case sets only what can be observed: {have}")
    if context.get("day", 0) % 7:
        raise ConfigError(f"press case {name}: day={context['day']} does not begin a week; a multiple of 7 does")
    if "contract_ends" in context and context.get("contract") != "fixed":
        raise ConfigError(f"press case {name}: contract_ends is told, but not contract: fixed")
    return context


def _mechanisms(name: str, plain: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Check a list of mechanisms: their names alone, since what they are set to is behaviour."""
    words = _words(name, plain, key)
    for word in words:
        if word not in mechanisms.registry():
            raise unknown(f"mechanism in press case {name} (names alone)", word, mechanisms.registry())
    return words


def _words(name: str, plain: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value: Any = plain.get(key) or []
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ConfigError(f"press case {name}: {key} is not a list of words")
    return tuple(str(word) for word in value)


def _mapping(name: str, plain: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = plain.get(key) or {}
    if not isinstance(value, Mapping):
        raise ConfigError(f"press case {name}: {key} is not a group of keys")
    return value
