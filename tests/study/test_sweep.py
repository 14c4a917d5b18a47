"""Sweeps: each scenario at every point that concerns it, and one line for whatever is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import SimError
from sim.study.config import Config, load
from sim.study.experiment import plan, tasks
from sim.study.sweep import expand, pairs, read

TWO = """
name: two
question: which?
scenarios: {none: [], lot: [formed_body, yijiantiao], few: [formed_body, yijiantiao, yijiantiao.coverage=0.2]}
sweep:
  yijiantiao.coverage: [0.5, {all: 1.0}]
  world: {detected: {rarely: 0.02, often: 0.5}}
baseline: none
"""


def config(tmp_path: Path, text: str = TWO, *settings: str) -> Config:
    path = tmp_path / "two.yaml"
    path.write_text(text, "utf-8")
    return load(str(path), ["size=quick", *settings])


def test_a_sweep_is_written_out_in_words(tmp_path: Path) -> None:
    """What the world is concerns all; what a mechanism is, those that name it and do not say it themselves."""
    swept = config(tmp_path)
    said = {scenario.name: scenario.words for scenario in swept.scenarios}
    assert list(said) == [
        "none.detected-rarely",
        "none.detected-often",
        "lot.coverage-0.5.detected-rarely",
        "lot.coverage-0.5.detected-often",
        "lot.coverage-all.detected-rarely",
        "lot.coverage-all.detected-often",
        "few.detected-rarely",
        "few.detected-often",
    ]
    assert said["lot.coverage-all.detected-often"] == (
        "formed_body",
        "yijiantiao",
        "yijiantiao.coverage=1",
        "world.detected=0.5",
    )
    by_name = {scenario.name: scenario for scenario in swept.scenarios}
    assert by_name["lot.coverage-0.5.detected-often"].world == {"detected": 0.5}
    assert by_name["lot.coverage-0.5.detected-often"].choices["yijiantiao"].fixed == {"coverage": 0.5}


def test_points_are_compared_where_they_stand(tmp_path: Path) -> None:
    compared = config(tmp_path).comparisons
    assert ("lot.coverage-0.5.detected-often", "none.detected-often") in compared
    assert ("lot.coverage-0.5.detected-often", "none.detected-rarely") not in compared
    assert len(compared) == 6
    within = config(tmp_path, TWO, "comparisons=[[lot,few]]").comparisons
    assert all(a.rpartition("-")[2] == b.rpartition("-")[2] for a, b in within)
    assert len(within) == 4


def test_one_scenario_is_compared_with_its_first_point(tmp_path: Path) -> None:
    alone = config(tmp_path, "scenarios: {lot: [yijiantiao]}\nsweep: {yijiantiao.hours: [1, 2, 4]}\n")
    assert alone.comparisons == (("lot.hours-2", "lot.hours-1"), ("lot.hours-4", "lot.hours-1"))


def test_what_is_resolved_is_the_same_sweep(tmp_path: Path) -> None:
    from omegaconf import OmegaConf

    swept = config(tmp_path)
    again = tmp_path / "again.yaml"
    again.write_text(OmegaConf.to_yaml(OmegaConf.create(swept.resolved)), "utf-8")
    assert load(str(again)) == swept


def test_the_command_line_changes_a_sweep(tmp_path: Path) -> None:
    swept = config(tmp_path, TWO, "sweep.world.detected=[0.1]", "sweep.yijiantiao.coverage=null")
    assert [s.name for s in swept.scenarios] == ["none.detected-0.1", "lot.detected-0.1", "few.detected-0.1"]


def test_a_world_of_a_scenario_is_the_world_of_an_experiment(tmp_path: Path) -> None:
    """A piece with world.detected=0.5 in its words is the piece of an experiment that fixes it for all."""
    swept = {piece.scenario.name: piece.key for piece in plan(config(tmp_path)).pieces if piece.recipe.layout == 0}
    fixed = config(tmp_path, "scenarios: {none: [], few: [formed_body, yijiantiao, yijiantiao.coverage=0.2]}",
                   "world.detected=0.5")  # fmt: skip
    for piece in plan(fixed).pieces:
        if piece.recipe.layout == 0:
            assert piece.key == swept[f"{piece.scenario.name}.detected-often"]


def test_worlds_that_differ_are_computed_together(tmp_path: Path) -> None:
    planned = plan(config(tmp_path, TWO, "layouts=1"))
    assert [len(group.pieces) for group in planned.groups] == [4, 4]
    (task,) = tasks(planned.groups, planned.households)
    assert [recipe.fixed["detected"] for recipe in task.recipes] == [0.02, 0.5]
    assert task.worlds == 4


def test_settings_that_end_alike_keep_their_first_words() -> None:
    axes = read({"formed_body.coverage": [0.5], "yijiantiao.coverage": [0.5]})
    words, sweep = expand({"a": ["formed_body", "yijiantiao"]}, axes)
    (name,) = words
    assert name == "a.formed_body.coverage-0.5.yijiantiao.coverage-0.5"
    assert pairs(sweep, []) == []


@pytest.mark.parametrize(
    ("sweep", "said"),
    [
        ("{yijiantiao.coverage: 0.5}", "sweep: yijiantiao.coverage=0.5 is not a list of values"),
        ("{yijiantiao.coverage: []}", "sweep: yijiantiao.coverage has no values"),
        ("{yijiantiao.coverage: [0.5, 0.5]}", "sweep: yijiantiao.coverage has a value twice"),
        ("{yijiantiao.coverage: [[1]]}", "has '[1]' among its values, which is none"),
        ("{yijiantiao.coverag: [0.5]}", "did you mean 'coverage'?"),
        ("{yijiantiao.coverage: [1.5]}", "yijiantiao.coverage=1.5 is out of range [0, 1]"),
        ("{yijiantao.coverage: [0.5]}", "sweep: yijiantao.coverage concerns no scenario; none names 'yijiantao'"),
        ("{coverage: [0.5]}", "sweep: 'coverage' is not a setting like yijiantiao.coverage or world.detected"),
        ("{world.detectd: [0.5]}", "did you mean 'detected'?"),
        ("{world.detected: [5]}", "world.detected=5 is out of range [0.02, 0.5]"),
        ("{world.compounds: [5]}", "world.compounds shapes the map, which all scenarios share"),
        ("{world.place: [compound]}", "world.place shapes the map"),
        ("{yijiantiao.coverage: {a b: 0.5}}", "scenario 'x.coverage-a b' needs another name"),
        ("{yijiantiao.hours: [0.1, 0.2], yijiantiao.extra_hours: [1, 1.0]}", "has a value twice"),
        ("5", "sweep=5 is not a group of settings"),
    ],
)
def test_a_wrong_sweep_is_one_line(sweep: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SimError) as error:
        config(tmp_path, f"scenarios: {{x: [yijiantiao]}}\nsweep: {sweep}\n")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_too_many_scenarios_are_refused(tmp_path: Path) -> None:
    many = "[" + ", ".join(str(n / 1000) for n in range(40)) + "]"
    text = f"scenarios: {{x: [yijiantiao]}}\nsweep: {{yijiantiao.hours: {many}, yijiantiao.extra_hours: {many}}}\n"
    with pytest.raises(SimError, match="more than 1,000 scenarios"):
        config(tmp_path, text)


def test_a_word_of_the_world_needs_a_value(tmp_path: Path) -> None:
    with pytest.raises(SimError, match="should read world"):
        config(tmp_path, "scenarios: {x: [world.detected]}\n")
    one = config(tmp_path, "scenarios: {x: [world.detected=0.3], y: []}\n")
    assert one.scenarios[0].world == {"detected": 0.3}
    with pytest.raises(SimError, match="scenarios 'x' and 'y' are the same"):
        config(tmp_path, "scenarios: {x: [world.review_days=30], y: []}\n")
