"""Discovery on made-up runs: a planted box is found and holds, noise is told from it, all equal is neither."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.errors import ConfigError
from sim.study import discovery
from sim.study.asked import Asked
from sim.study.config import Config, load_study
from sim.study.factors import drawn, factors

N = 1600


def asked(*words: str) -> tuple[Config, Asked]:
    config, told = load_study("discovery", "yijiantiao", [f"discovery.replications={N}", *words])
    return discovery.narrowed(config, told), told


def made_up(effect: np.ndarray) -> pd.DataFrame:
    """Return runs of both scenarios in which the effect is as given."""
    k = np.arange(N)
    rows = [pd.DataFrame({"scenario": name, "replication": k, "unresolved": 100.0 + add})
            for name, add in (("none", 0.0), ("merged", effect))]  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def test_a_planted_box_is_found_in_words_and_holds() -> None:
    config, told = asked()
    found = factors(config, config.scenarios)
    names = [factor.name for factor in found]
    x = drawn(found, config, range(N))
    proof, hours = x[:, names.index("social_proof")], x[:, names.index("yijiantiao.merged_hours")]
    rng = np.random.default_rng(1)
    inside = (proof < np.quantile(proof, 0.35)) & (hours < np.quantile(hours, 0.5))
    worse = rng.random(N) < np.where(inside, 0.85, 0.08)
    out = discovery.discover(config, told, made_up(np.where(worse, 5.0, -5.0)))
    assert out.worse == pytest.approx(worse.mean()) and out.better == pytest.approx(1 - worse.mean())
    first = out.tables["boxes"].iloc[0]
    assert first["holds"] == "yes"
    assert first["held_out_low"] > 2 * first["held_out_base"]  # wider than what was planted, and still far denser
    assert first["held_out_coverage"] > 0.5
    ends = out.tables["restrictions"]
    assert set(ends[ends["box"] == 1]["factor"]) == {"social_proof", "yijiantiao.merged_hours"}
    assert "(social_proof) is below " in first["in_words"]
    densest = out.tables["leaves"].iloc[0]
    assert "social_proof" in densest["in_words"] and "merged_hours" in densest["in_words"]
    assert densest["held_out_density"] > 0.7


def test_what_is_found_in_noise_does_not_hold() -> None:
    config, told = asked()
    effect = np.random.default_rng(7).normal(size=N)
    out = discovery.discover(config, told, made_up(effect))
    assert set(out.tables["boxes"]["holds"]) <= {"no"}
    assert len(out.tables["leaves"]) == 1
    assert out.tables["leaves"]["in_words"].tolist() == ["anywhere"]


def test_too_few_pairs_that_have_the_outcome() -> None:
    config, told = asked()
    runs = made_up(np.ones(N))
    runs.loc[runs["replication"] > 5, "unresolved"] = np.nan
    with pytest.raises(ConfigError, match="only 6 pairs of twins have it"):
        discovery.discover(config, told, runs)


def test_where_all_pairs_are_equal_nothing_is_found() -> None:
    config, told = asked()
    out = discovery.discover(config, told, made_up(np.zeros(N)))
    assert (out.worse, out.better) == (0.0, 0.0)
    assert out.tables["boxes"].empty and out.tables["restrictions"].empty


def test_only_the_two_scenarios_are_run_and_mistakes_are_told() -> None:
    config, _ = asked()
    assert [scenario.name for scenario in config.scenarios] == ["none", "merged"]
    assert (config.replications, config.detail) == (N, False)
    with pytest.raises(ConfigError, match="no better and no worse"):
        asked("discovery.outcome=opened")
    with pytest.raises(ConfigError, match="prior_draws=false"):
        asked("prior_draws=false")
    fixed = replace(config, fixed={**config.fixed, "social_proof": 0.5})
    assert len(factors(fixed, config.scenarios)) == len(factors(config, config.scenarios)) - 1


@pytest.mark.parametrize(
    "name", ["yijiantiao", "village_alliance", "mobile_mediation", "elder_services", "courier_sensing", "combined"]
)
def test_what_is_drawn_is_what_worlds_have(name: str) -> None:
    from sim.worlds import Recipe, Worlds

    config, told = load_study("discovery", name, [f"discovery.replications={N}", "size=quick"])
    config = discovery.narrowed(config, told)
    found = factors(config, config.scenarios)
    x = drawn(found, config, [0, 5])
    recipe = Recipe(config.place, config.structure, seed=config.seed, replications=(0, 5))
    block = Worlds(recipe).stack(config.scenarios)
    for k, factor in enumerate(found):
        if factor.mechanism:
            values = block.settings[factor.mechanism].values[factor.spec.name][2:4, 0]
        else:
            values = block.p.values[factor.spec.name][:2, 0]
        assert x[:, k].tolist() == values.tolist(), factor.name
