"""The plan: which pieces there are, and what their keys depend on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study import experiment
from sim.study.config import load
from sim.study.experiment import group_replications, plan


def keys(*settings: str, name: str = "yijiantiao") -> dict[tuple[str, int, tuple[int, ...]], str]:
    planned = plan(load(name, ["size=quick", *settings]))
    return {(p.scenario.name, p.recipe.layout, p.recipe.replications): p.key for p in planned.pieces}


@given(st.integers(1, 400), st.integers(1, 7), st.integers(1, 30))
def test_every_replication_is_in_one_group_of_its_layout(replications: int, layouts: int, size: int) -> None:
    groups = list(group_replications(replications, layouts, size))
    assert sorted(k for _, mine in groups for k in mine) == list(range(replications))
    for layout, mine in groups:
        assert 1 <= len(mine) <= size
        assert all(k % layouts == layout for k in mine)


def test_groups_are_those_of_the_design() -> None:
    groups = list(group_replications(200, 4))
    assert len(groups) == 8
    assert groups[3] == (1, tuple(1 + 4 * (25 + i) for i in range(25)))


def test_whole_groups_stay_when_replications_are_added() -> None:
    few, many = set(group_replications(200, 4)), set(group_replications(300, 4))
    assert few < many


def test_pieces_come_scenario_by_scenario() -> None:
    planned = plan(load("yijiantiao", ["replications=12", "layouts=3"]))
    assert len(planned.groups) == 3
    assert len(planned.pieces) == 3 * 7  # of seven scenarios each
    assert [p.scenario.name for p in planned.pieces[:4]] == ["none", "none", "none", "body"]


def test_a_key_is_free_of_names() -> None:
    one = keys()
    other = keys("name=another", "question=other", "scenarios.merged=null", "scenarios.m=[yijiantiao,formed_body]",
                 "comparisons=[]", "hypothesis=no", "block_households=7")  # fmt: skip
    assert set(one.values()) == set(other.values())


def test_another_experiment_and_more_of_the_same_reuse_pieces() -> None:
    one = keys("replications=50", "layouts=2")
    assert set(one.values()) < set(keys("replications=60", "layouts=2").values())
    # The same scenarios in another experiment are the same pieces.
    shared = keys("replications=50", "layouts=2", "events=5", "world=compound", name="hohhot_2025")
    same = {key[1:]: value for key, value in one.items() if key[0] == "body"}
    assert {key[1:]: value for key, value in shared.items() if key[0] == "body"} == same


@pytest.mark.parametrize(
    "setting",
    [
        "days=61",
        "burn_in=63",
        "seed=2",
        "prior_draws=false",
        "events=0",
        "world.compounds=3",
        "world.quarrel_rate=0.05",
    ],
)
def test_a_key_depends_on_all_that_matters(setting: str) -> None:
    assert not set(keys().values()) & set(keys(setting).values())


def test_a_key_depends_on_its_own_scenario_only() -> None:
    one, other = keys(), keys("scenarios.body=[formed_body,formed_body.coverage=0.5]")
    assert {k for k in one if one[k] != other[k]} == {k for k in one if k[0] == "body"}


def test_a_key_depends_on_code_and_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    one = set(keys().values())
    for name in ("engine_digest", "lock_digest"):
        with monkeypatch.context() as patch:
            patch.setattr(experiment, name, lambda: "other")
            assert not one & set(keys().values())


def test_events_matter_only_to_the_groups_that_are_watched() -> None:
    settings = ("replications=52", "layouts=1")
    one, other = keys(*settings, "events=3"), keys(*settings, "events=4")
    changed = {k[2][0] for k in one if one[k] != other[k]}
    assert changed == {0}


def test_large_worlds_come_in_small_groups() -> None:
    planned = plan(load("yijiantiao", ["world.compounds=60", "world.households=1000", "world.size_spread=0"]))
    assert planned.households == 60_000
    assert {len(group.recipe.replications) for group in planned.groups} == {6, 2}


def test_missing_leaves_only_what_is_not_there() -> None:
    planned = plan(load("yijiantiao", ["size=quick"]))
    stored = {p.key for p in planned.groups[0].pieces} | {planned.groups[1].pieces[0].key}
    (left,) = planned.missing(stored.__contains__)
    assert left.recipe == planned.groups[1].recipe
    assert left.pieces == planned.groups[1].pieces[1:]


def test_what_is_to_be_lived_is_reckoned_from_what_is_missing() -> None:
    """Two groups of a replication each: burn-in once, days in each scenario; where all is there, nothing."""
    planned = plan(load("yijiantiao", ["size=quick", "replications=2", "layouts=2"]))
    config = planned.config
    lived = 2 * planned.households * (config.burn_in + len(config.scenarios) * config.days)
    assert planned.household_days(planned.groups) == lived
    calls = 2 * (config.burn_in + config.days) * experiment.A_DAY
    assert planned.seconds(planned.groups) == pytest.approx(calls + lived * experiment.A_HOUSEHOLD_DAY)
    assert planned.seconds([]) == 0
