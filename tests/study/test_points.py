"""Designed points: the same worlds as ordinary ones, whoever computes them, kept and gone on with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim import outcomes
from sim.parameters import prior_quantile
from sim.scenario import Scenario
from sim.study import points
from sim.study.config import Config, load
from sim.study.executor import executor
from sim.study.experiment import households_of
from sim.study.factors import Factor, drawn, factors
from sim.study.factors import points as points_of
from sim.study.points import TABLE, Lived, Point, live, table_spec
from sim.study.store import Store
from sim.worlds import Recipe, Worlds


def tiny(*words: str) -> Config:
    return load("yijiantiao", ["size=quick", "days=70", "world.quarrel_rate=0.06", *words])


CONFIG = tiny()
ARMS = tuple(scenario for name in ("none", "merged") for scenario in CONFIG.scenarios if scenario.name == name)
BURN_IN = 28
TWO = 2 * households_of(CONFIG)
"""Household rows of a batch of two worlds."""


def lived(
    config: Config, chosen: list[Point], folder: Path, backend: str = "serial", workers: int | None = None
) -> tuple[Lived, list[int]]:
    done: list[int] = []
    with Store(folder, {TABLE: table_spec(config.place)}) as store, executor(backend, workers) as compute:
        found = live(
            config, ARMS, chosen, burn_in=BURN_IN, store=store, compute=compute, tell=lambda n, _: done.append(n)
        )
    return found, done


def some(n: int = 5) -> list[Point]:
    given = factors(CONFIG, ARMS)
    return points_of(given, np.random.default_rng(1).random((n, len(given))), np.arange(n))


def test_a_point_is_the_world_that_an_ordinary_run_would_live(tmp_path: Path) -> None:
    """With the parameters that replication 3 would draw, it is replication 3, of the mechanism's parameters too."""
    given = factors(CONFIG, ARMS)
    values = drawn(given, CONFIG, [3])[0]
    world = {f.spec.name: f.spec.type(v) for f, v in zip(given, values, strict=True) if not f.mechanism}
    own = {f.spec.name: f.spec.type(v) for f, v in zip(given, values, strict=True) if f.mechanism}
    found, _ = lived(CONFIG, [Point(3, world, {"yijiantiao": own})], tmp_path)
    recipe = Recipe(CONFIG.place, CONFIG.structure, CONFIG.fixed, CONFIG.seed, 0, (3,), True, BURN_IN)
    ordinary = Worlds(recipe)
    ordinary.run(0)
    block = ordinary.stack(ARMS)
    block.run(CONFIG.days)
    expected = outcomes.quotients(outcomes.counts(outcomes.recorded(block)), CONFIG.place)
    for name, value in expected.items():
        assert np.array_equal(found.values[name][:, 0], value, equal_nan=True), name


def test_workers_batches_and_interruptions_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = some()
    alone, done = lived(CONFIG, chosen, tmp_path / "alone")
    assert done[-1] == 1
    monkeypatch.setattr(points, "BATCH_HOUSEHOLDS", TWO)
    apart, done = lived(CONFIG, chosen, tmp_path / "apart", "joblib", 2)
    assert done[0] == 0 and done[-1] == 3
    again, done = lived(CONFIG, chosen[:4], tmp_path / "apart")  # nothing is computed again
    assert done == [2]
    for name, values in alone.values.items():
        assert np.array_equal(values, apart.values[name], equal_nan=True), name
        assert np.array_equal(values[:, :4], again.values[name], equal_nan=True), name
    assert apart.keys[:2] == again.keys
    assert set(alone.keys) != set(apart.keys)


def test_a_failed_batch_is_told_and_the_others_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "BATCH_HOUSEHOLDS", TWO)
    stack = Worlds.stack

    def broken(self: Worlds, scenarios: tuple[Scenario, ...], keep: bool = True) -> Worlds:
        if 2 in self.replication:
            raise RuntimeError("no more")
        return stack(self, scenarios, keep)

    monkeypatch.setattr(Worlds, "stack", broken)
    with pytest.raises(points.PointsError, match="1 of 3 batches failed, the first while running: RuntimeError: no"):
        lived(CONFIG, some(), tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(points, "BATCH_HOUSEHOLDS", TWO)
    _, done = lived(CONFIG, some(), tmp_path)
    assert done == [2, 3]


def test_what_is_not_named_keeps_its_value(tmp_path: Path) -> None:
    nothing, _ = lived(CONFIG, [Point(0)], tmp_path / "a")
    said, _ = lived(CONFIG, [Point(0, {"never_pay": 0.15, "quarrel_rate": 0.06})], tmp_path / "b")
    other, _ = lived(CONFIG, [Point(0, {"quarrel_rate": 0.01})], tmp_path / "c")
    assert nothing.values["arisen"].tolist() == said.values["arisen"].tolist() != other.values["arisen"].tolist()


def test_a_mechanisms_parameter_matters_where_the_mechanism_is(tmp_path: Path) -> None:
    few, _ = lived(CONFIG, [Point(0, {}, {"yijiantiao": {"inspect_hours": 0.1}})], tmp_path / "a")
    many, _ = lived(CONFIG, [Point(0, {}, {"yijiantiao": {"inspect_hours": 1.0}})], tmp_path / "b")
    assert few.values["hours_inspections"][0] == many.values["hours_inspections"][0]
    assert few.values["unresolved"][0] == many.values["unresolved"][0]
    assert few.values["hours_inspections"][1, 0] < many.values["hours_inspections"][1, 0]


def test_factors_are_what_nobody_has_fixed() -> None:
    given = {factor.name: factor for factor in factors(CONFIG, ARMS)}
    assert "quarrel_rate" not in given and "yijiantiao.merged_hours" in given and "social_proof" in given
    assert all(factor.spec.kind == "drawn" for factor in given.values())
    assert [factor.mechanism for factor in factors(CONFIG, ARMS[:1])].count("") == len(factors(CONFIG, ARMS[:1]))
    said = load("yijiantiao", ["size=quick", "mechanisms.yijiantiao.merged_hours=5"])
    merged = [scenario for scenario in said.scenarios if scenario.name == "merged"]
    assert "yijiantiao.merged_hours" not in {factor.name for factor in factors(said, merged)}
    with pytest.raises(Exception, match=r"sets world\.quarrel_rate"):
        factors(CONFIG, [replace(ARMS[0], world={"quarrel_rate": 0.02})])


def test_a_quantile_is_that_of_the_prior() -> None:
    for factor in factors(CONFIG, ARMS):
        spec = factor.spec
        ends = factor.at(np.array([0.0, 0.3, 0.6, 1.0]))
        assert float(spec.low) <= ends[0] <= ends[1] <= ends[2] <= ends[3] <= float(spec.high)
        if spec.type is int:
            assert np.array_equal(ends, np.rint(ends))
    whole = next(f.spec for f in factors(CONFIG, ARMS) if f.spec.type is int)
    assert Factor(whole).at(np.array([0.5])).tolist() == prior_quantile(whole, np.array([0.5])).tolist()
