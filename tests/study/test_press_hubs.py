"""S7: how likely a fall of four fifths is by luck, and of how many hubs the best would show it; S10 has no number."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import commands
from sim.study.executor import Serial
from sim.study.press import hubs

EXPECTED = {5: 0.05, 10: 0.008, 20: 0.0002}
"""Chances reckoned beforehand for a true fall of 15%, to one digit."""


@pytest.mark.parametrize("base", EXPECTED)
def test_chances_of_small_numbers(base: int) -> None:
    assert float(f"{hubs.chance_of_fall(base, 0.85):.1g}") == EXPECTED[base]


def test_chances_against_draws() -> None:
    """By simulation; the rarer, the more there is to fall, and the smaller the true fall."""
    rng = np.random.default_rng(1)
    before, after = rng.poisson(6.0, 400_000), rng.poisson(6.0 * 0.7, 400_000)
    some = before > 0
    share = (after[some] <= 0.2 * before[some] + 1e-9).mean()
    assert abs(hubs.chance_of_fall(6.0, 0.7) - share) < 4 * math.sqrt(share / some.sum())
    assert hubs.chance_of_fall(5, 0.85) > hubs.chance_of_fall(10, 0.85) > hubs.chance_of_fall(40, 0.85) > 0
    assert hubs.chance_of_fall(10, 0.5) > hubs.chance_of_fall(10, 0.85) > hubs.chance_of_fall(10, 1.0)
    assert hubs.chance_of_fall(30, 0.05) > 0.9 and hubs.chance_of_fall(0, 0.5) == 0


def test_selection() -> None:
    """The best of n shows it with 1 - (1 - p)^n, a half or more from n on."""
    for chance in (0.3, 0.01, 1e-6):
        n = hubs.selected_from(chance)
        assert 1 - (1 - chance) ** n >= 0.5 > 1 - (1 - chance) ** (n - 1)
    assert hubs.selected_from(0.7) == 1 and hubs.selected_from(0.0) == math.inf


def test_a_small_study_and_what_is_said_of_it() -> None:
    tasks = [hubs.Task((k,), 0, 56, 36, 1, False) for k in range(2)]
    played = hubs.play(tasks, Serial())
    assert list(played["replication"]) == [0, 1, 0, 1] and set(played["scenario"]) == {"full", "without"}
    told = hubs.table(played)
    assert told["found"].sum() == 1 and list(told["base"]) == sorted(told["base"])
    assert np.all(np.diff(told["chance"]) <= 0) and np.all(np.diff(told["hubs"]) >= 0)
    before, after = hubs.participation(played)
    assert 0 < before < after < 1
    said = " ".join(hubs.sentences(played, told))
    assert "nowhere raised" in said and "98% and more is skipped" in said
    met = pd.DataFrame({"scenario": ["without", "full"], "disputes": [30.0, 5.0], "participation": [0.2, 0.9]})
    assert "as percent met, as points met" in " ".join(hubs.sentences(met, hubs.table(met)))
    assert "(the page: -80%): met in the mean" in " ".join(hubs.sentences(met, hubs.table(met)))


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("replications=2", "burn_in=14", "households=24", "--backend", "serial", "--out", str(tmp_path / "out"))
    assert commands.main(["reproduce", "S7", "S10", *words]) == 0
    out = capsys.readouterr().out
    assert "as simulated" in out and "nothing to match" in out and "Under these assumptions; 2 worlds" in out
    assert len(pd.read_csv(tmp_path / "out" / "hubs.csv")) == len(hubs.BASES) + 1
    for wrong, said in (
        (["S7", "S1"], "computed alone"),
        (["S7", "ties=2"], "no setting"),
        (["S7", "burn_in=8"], "week"),
    ):
        assert commands.main(["reproduce", *wrong]) == 2
        assert said in capsys.readouterr().err
