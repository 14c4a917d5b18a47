"""Rules that only some mechanism wakes: until then no parameter of theirs changes anything, and then it does."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pytest

from sim.columns import Rule
from sim.mechanisms import registry
from sim.parameters import Value, specs
from sim.schedule import rules_of
from sim.worlds import Worlds
from tests.helpers import GOVERNED, State, burnt_in, lived, say, state

ALONE = {
    "nothing": [],
    "yijiantiao": ["formed_body", "yijiantiao"],
    "courier_sensing": ["courier_sensing", "courier_sensing.enrolled=1"],
    "elder_services": ["elder_services", "elder_services.hours=10"],
    "community_culture": ["community_culture", "community_culture.events=52"],
}
"""What is chosen: nothing, or a mechanism, with enough of it for a quarter to show."""

CAN_BE_WOKEN = [rule for rule in rules_of("compound") if rule.wakes]
RULES = {rule.name: rule for rule in rules_of("compound")}


def offered(words: Collection[str]) -> set[str]:
    return {lever for name, kind in registry().items() if name in words for lever in kind.offers}


def asleep(words: Collection[str]) -> set[str]:
    return {rule.name for rule in RULES.values() if rule.asleep(offered(words))}


def ends(names: Collection[str], high: bool) -> dict[str, Value]:
    """Return every drawn parameter of some rules at one end of its prior."""
    known = [s for name in names for s in specs(RULES[name].parameters, name).values() if s.kind == "drawn"]
    return {spec.name: spec.high if high else spec.low for spec in known}


def last_day(fixed: dict[str, Value], words: list[str]) -> Worlds:
    return lived(burnt_in(replications=(0, 1), burn_in=56, fixed=GOVERNED | fixed), 91, say(*words))


def happened(w: Worlds, k: int) -> State:
    """Return all that a world is and remembers, but for its parameters."""
    return {name: x for name, x in state(w, k).items() if not name.startswith("parameter ")}


@pytest.mark.parametrize("words", ALONE.values(), ids=ALONE)
def test_no_parameter_of_a_sleeping_rule_changes_anything(words: list[str]) -> None:
    low, high = (last_day(ends(asleep(words), high), words) for high in (False, True))
    for k in range(low.n):
        one, other = happened(low, k), happened(high, k)
        assert one.keys() == other.keys()
        assert [name for name in one if not np.array_equal(one[name], other[name])] == []


@pytest.mark.thorough
@pytest.mark.parametrize("rule", CAN_BE_WOKEN, ids=lambda rule: rule.name)
def test_a_rule_that_is_awake_counts(rule: Rule) -> None:
    """The levers it names do wake it: what is declared is no licence to leave out a row that matters."""
    name = rule.name
    waking = [words for words in ALONE.values() if words and name not in asleep(words)]
    assert waking, f"no mechanism wakes {name}"
    for words in waking:
        low, high = (last_day(ends([name], high), words) for high in (False, True))
        assert not np.array_equal(low.record, high.record), words


def test_every_lever_named_is_one() -> None:
    levers = {lever.name for rule in RULES.values() for lever in rule.levers}
    assert {lever for rule in RULES.values() for lever in rule.wakes or ()} <= levers
