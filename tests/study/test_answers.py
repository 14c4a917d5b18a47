"""Answers: shares from a table of runs, hours of channels, and on which compounds an effect falls."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim import mechanisms
from sim.rules.keeping import PURPOSES
from sim.study import answers, runner
from sim.study.coalitions import Attribution
from sim.study.compounds import by_compound
from sim.study.config import load_attribution
from tests.helpers import burnt_in, say

CHANNELS = ("coordination", "authority", "onsite_visits")
THREE = Attribution("yijiantiao", ("formed_body",), CHANNELS, ("unresolved", "hours"), 6, ("body", "merged"))


def runs() -> pd.DataFrame:
    """Runs of a planted game: replications differ by 100s; channels are worth -3, 0 and -1, the outer pair -4."""
    rows = []
    for number, name in enumerate(THREE.scenarios):
        one, two, three = (number >> i & 1 for i in range(3))
        for k in range(6):
            value = 100.0 * k - 3 * one - three - 4 * one * three
            rows.append({"scenario": name, "replication": k, "unresolved": value, "hours": 10.0 + 2 * two + 5 * three}
                        | {f"hours_{p}": 0.0 for p in PURPOSES} | {"hours_summons": 1.5 * two}
                        | {"hours_doors": 3.0 * three, "hours_rounds": 2.0 * three - one * three})  # fmt: skip
    return pd.DataFrame(rows).sample(frac=1, random_state=1)


def test_shares_come_back_whatever_the_order_of_the_runs() -> None:
    frame = answers.attributed(runs(), THREE).set_index(["outcome", "measure", "channel", "with"])["difference"]
    shares = {channel: frame["unresolved", "shapley", channel, ""] for channel in THREE.channels}
    assert shares == pytest.approx({"coordination": -5, "authority": 0, "onsite_visits": -3}, abs=1e-9)
    assert frame["unresolved", "total", "", ""] == pytest.approx(-8)
    assert frame["unresolved", "first", "coordination", ""] == pytest.approx(-3)
    assert frame["unresolved", "last", "coordination", ""] == pytest.approx(-7)
    assert frame["unresolved", "interaction", "coordination", "onsite_visits"] == pytest.approx(-4)
    assert frame["hours", "shapley", "onsite_visits", ""] == pytest.approx(5)


def test_hours_stand_beside_the_channels() -> None:
    frame = answers.hours(runs(), THREE).set_index("channel")
    assert list(frame.loc["onsite_visits", ["purposes", "with_none", "alone", "with_all"]]) == ["doors rounds", 0, 5, 4]
    assert list(frame.loc["authority", ["purposes", "with_none", "alone", "with_all"]]) == ["summons", 0, 1.5, 1.5]
    assert frame.loc["coordination", "purposes"] == "none"
    assert list(frame["everybody_alone"]) == [0, 2, 5]
    assert list(frame["everybody_last"]) == [0, 2, 5]


def test_purposes_are_those_to_which_each_channel_brings_time() -> None:
    """With one channel on, the levers that hold more minutes than with none are those of its purposes."""
    kind = mechanisms.registry()["yijiantiao"]
    off = ("formed_body", "yijiantiao", "yijiantiao.channels=off", "yijiantiao.hours=8")
    one = [say(*off, f"yijiantiao.{channel}=on") for channel in kind.channels]
    w = burnt_in(replications=range(2)).stack([say(*off), *one])
    for number, channel in enumerate(kind.channels, 1):
        here, none = w.scenario == number, w.scenario == 0
        more = {p for p in PURPOSES if (getattr(w, f"{p}_minutes")[here] > getattr(w, f"{p}_minutes")[none]).any()}
        assert more == set(kind.purposes.get(channel, ())), channel


def test_how_able_those_in_office_are() -> None:
    """Means over the compounds that are led, replication by replication; where nobody leads there is no row."""
    rows = [
        ("none", 0, 0),
        ("none", 1, 0),
        ("lot", 0, 600_000),
        ("lot", 0, 0),
        ("lot", 1, 500_000),
        ("lot", 1, 300_000),
    ]
    frame = answers.leaders(pd.DataFrame(rows, columns=["scenario", "replication", "ability"]))
    assert frame[["scenario", "compounds", "n"]].values.tolist() == [["lot", 1.5, 2]]
    assert frame["ability"].iloc[0] == pytest.approx(0.5)
    assert answers.leaders(pd.DataFrame(rows[:2], columns=["scenario", "replication", "ability"])).empty


def test_compounds_know_the_ability_of_their_secretary() -> None:
    """Where one is in office; the best first are abler than the first by lot."""
    words = ("formed_body", "yijiantiao", "yijiantiao.coverage=0.7", "yijiantiao.quits=0.02")
    best = (*words, "yijiantiao.leader_selection=on")
    w = burnt_in(replications=range(4)).stack([say("formed_body"), say(*words), say(*best)])
    ability = by_compound(w, 0, np.zeros((w.n, 3), dtype=np.int64))["ability"].reshape(3, 4, 3)
    assert not ability[0].any()
    assert ((ability[1:] > 0).sum(axis=2) == 2).all()  # round(0.7 x 3 compounds)
    assert ability[2].sum() > ability[1].sum()


def test_money_that_does_not_reach_the_owners() -> None:
    frame = pd.DataFrame({"n_kept_fen": [100_000], "n_recouped_fen": [50_000], "households": [1_000], "days": [730]})
    assert answers.with_money(frame)[answers.WITHHELD.name].iloc[0] == pytest.approx(750)
    assert answers.with_money(frame.drop(columns="n_kept_fen"))[answers.WITHHELD.name].isna().all()


def test_an_attribution_from_end_to_end(tmp_path) -> None:
    """Shares of every outcome add up to the comparison of all with none, and a resumed run computes nothing."""
    settings = ["size=quick", "days=21", "burn_in=7", "layouts=1", "attribution.channels=[coordination,onsite_visits]"]
    config = load_attribution("yijiantiao", settings)
    result = runner.run(config, tmp_path, backend="serial")
    assert (result.pieces, result.failures) == (4, [])
    shares = result.answers["attribution"].frame
    total = shares[shares["measure"] == "total"].set_index("outcome")["difference"]
    summed = shares[shares["measure"] == "shapley"].groupby("outcome")["difference"].sum()
    compared = result.comparison.set_index("outcome")["difference"]
    for outcome in ("unresolved", "hours", "opened"):
        assert summed[outcome] == pytest.approx(total[outcome], abs=1e-6)
        assert compared[outcome] == pytest.approx(total[outcome], abs=1e-6)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"attribution.csv", "hours.csv", "compounds.parquet", "runs.csv", "manifest.json"} < names
    assert {path.name for path in (tmp_path / "figures").glob("*.png")} >= {"attribution.png", "attribution.zh.png"}
    again = runner.run(config, tmp_path, backend="serial", resume=True)
    assert again.computed == 0
    assert again.answers["attribution"].frame.equals(shares)
