"""Kinds of settlement: what each declares, what a place gets of the rules, and who is asked about which rows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from sim import outcomes, places, settlements
from sim.cases import Desk, Kind
from sim.columns import Column, Lever, Rule
from sim.parameters import specs
from sim.rules import suffering, trust
from sim.schedule import RULES, rules_of, world_specs
from sim.settlements import Settlement
from sim.worlds import Worlds

KINDS_OF_SETTLEMENT = [name for name, place in places.registry().items() if (name,) == place.SETTLEMENTS]


def test_words_of_desks_are_those_of_their_numbers() -> None:
    assert tuple(desk.name.lower() for desk in Desk) == trust.DESKS
    assert list(Desk) == list(range(len(Desk))) and list(Kind) == list(range(len(Kind)))


@pytest.mark.parametrize("name", KINDS_OF_SETTLEMENT)
def test_a_kind_of_settlement_declares_what_there_is(name: str) -> None:
    place = places.registry()[name]
    (settlement,) = settlements.of(name)
    assert settlement.name == name and settlement.intakes == place.INTAKES
    assert set(place.KINDS) <= set(Kind) and set(place.STAFFED) <= set(Desk) - {Desk.COURT, Desk.HOTLINE}
    assert set(place.LOWEST) <= set(place.STAFFED) and set(place.INTAKES) <= {*place.STAFFED, Desk.HOTLINE}
    assert set(place.GROUPS) <= set(suffering.GROUPS)
    for what in ("KINDS", "INTAKES", "STAFFED", "LOWEST", "GROUPS"):
        for thing in getattr(place, what):
            assert name in places.having(cast(Any, what), thing)


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_what_there_is_only_somewhere_is_declared(rule: Rule) -> None:
    """A name in `only` that nothing bears would silently exclude nothing."""
    borne = {c.name for c in rule.columns} | {x.name for x in rule.levers} | {*rule.flows, *rule.stocks}
    borne |= set(specs(rule.parameters, rule.name))
    assert set(rule.only) <= borne
    for kinds in rule.only.values():
        assert kinds and set(kinds) <= set(places.registry())
    assert set(rule.places) <= set(KINDS_OF_SETTLEMENT)


def test_a_place_gets_of_a_rule_what_there_is_there() -> None:
    rule = Rule(
        "one",
        columns=(Column("a", "household", np.int64, ""), Column("b", "compound", np.int64, "")),
        levers=(Lever("c", "compound", 0, "max", "", ""),),
        flows={"d": "", "e": ""},
        stocks={"f": ""},
        only={"b": ("compound",), "c": ("compound", "other"), "e": ("other",), "f": ("compound",)},
    )
    here, there, both = rule.within(["compound"]), rule.within(["other"]), rule.within(["other", "compound"])
    assert [c.name for c in here.columns] == ["a", "b"] and [c.name for c in there.columns] == ["a"]
    assert here.levers and there.levers and not rule.within(["third"]).levers
    assert [*here.flows] == ["d"] and [*there.flows] == ["d", "e"] and [*both.flows] == ["d", "e"]
    assert [*here.stocks] == ["f"] and not there.stocks and both.columns == rule.columns


@pytest.mark.parametrize("place", places.registry())
def test_outcomes_and_parameters_are_those_of_the_place(place: str) -> None:
    """Whatever is counted or asked for in a place has a path to it there, and is there under one name."""
    series = [
        *(f for rule in rules_of(place) for f in rule.flows),
        *(s for rule in rules_of(place) for s in rule.stocks),
    ]
    names = outcomes.names_of_counts(place, series)
    assert len(set(names)) == len(names)
    found = outcomes.quotients({name: np.ones(1, dtype=np.int64) for name in names}, place)
    assert list(found) == [spec.name for spec in outcomes.specs(place)]
    assert {spec.name for spec in outcomes.OUTCOMES} >= set(outcomes.ONLY)
    there = places.standing(place)
    for rule in rules_of(place):
        for name in specs(rule.parameters, rule.name):
            assert (name in world_specs(place)) == rule.has(name, there)


def kind_called(name: str) -> Settlement:
    """Return a kind of settlement that answers nothing."""
    silent = dict.fromkeys(Settlement.__abstractmethods__)
    return cast(Settlement, type(name, (Settlement,), {"name": name, **silent})())


def test_a_kind_that_leaves_a_question_open_cannot_be() -> None:
    with pytest.raises(TypeError, match="abstract"):
        type("half", (Settlement,), {"name": "half"})()


def test_each_settlement_is_asked_about_its_own_rows() -> None:
    """With one kind all rows at once, with several each about its own, in the order of the rows."""
    first, second = kind_called("first"), kind_called("second")
    layout = SimpleNamespace(traits={"settlement": np.array([0, 0, 1, 1, 1])})
    cases = SimpleNamespace(settlement=np.array([1, 0, 1, 0], dtype=np.int8))
    w = cast(Worlds, SimpleNamespace(settlements=(first, second), layout=layout, cases=cases))
    rows, households = np.array([3, 2, 0]), np.array([4, 0, 2, 1])
    assert [(s.name, at.tolist()) for s, at in settlements.of_cases(w, rows)] == [("first", [0]), ("second", [1, 2])]
    assert [(s.name, at.tolist()) for s, at in settlements.of_households(w, households)] == [
        ("first", [1, 3]),
        ("second", [0, 2]),
    ]
    assert [s.name for s, _ in settlements.of_cases(w, rows[:1])] == ["first"]  # nobody is asked about nothing
    alone = cast(Worlds, SimpleNamespace(settlements=(second,), layout=layout, cases=cases))
    ((asked, at),) = settlements.of_cases(alone, rows)
    assert asked is second and np.array_equal(rows[at], rows)
    assert not list(settlements.of_cases(alone, rows[:0])) and not list(settlements.of_households(alone, rows[:0]))
