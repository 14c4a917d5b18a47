"""Answers: shares from a table of runs, hours of channels, and on which compounds an effect falls."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim import mechanisms, outcomes
from sim.rules.keeping import PURPOSES
from sim.study import answers, runner
from sim.study.coalitions import Attribution
from sim.study.config import load_attribution
from sim.study.tables import piece_tables, record
from tests.helpers import burnt_in, lived, say

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


def compounds() -> pd.DataFrame:
    """Two replications of three compounds of 10 households, 365 days: compound 0 is led in the scenario."""
    rows = []
    for scenario, suffered in (("body", (50, 30, 20)), ("lot", (38, 31, 20))):
        for k in range(2):
            for compound in range(3):
                led = scenario == "lot" and compound == 0
                rows.append({"scenario": scenario, "replication": k, "compound": compound, "households": 10}
                            | {"suffered_thousandths": 10_000 * (suffered[compound] + k), "led": 4 * led}
                            | {"ability_millionths": led * 4 * 600_000})  # fmt: skip
    return pd.DataFrame(rows)


def test_an_effect_on_covered_and_on_other_compounds() -> None:
    frame = answers.covered(compounds(), [("lot", "body")], 365).set_index(["measure", "whose"])
    effect = frame["difference"]
    assert effect["effect", "covered"] == pytest.approx(-12_000)
    assert effect["effect", "uncovered"] == pytest.approx(500)
    assert effect["effect", "all"] == pytest.approx((-12_000 + 2 * 500) / 3)
    assert effect["naive", "covered"] == pytest.approx(38_000 - 25_500)
    assert effect["selection", "covered"] == pytest.approx(50_000 - 25_000)
    assert effect["ability", "covered"] == pytest.approx(0.6)
    # What is seen without a twin is the effect on the covered, less that on the others, and who was chosen.
    parts = effect["effect", "covered"] - effect["effect", "uncovered"] + effect["selection", "covered"]
    assert effect["naive", "covered"] == pytest.approx(parts)


def test_nothing_is_told_apart_where_all_or_none_are_covered() -> None:
    frame = compounds()
    assert answers.covered(frame, [("body", "lot")], 365).empty
    assert answers.covered(
        frame.assign(led=frame["led"].where(frame["scenario"] == "body", 1)), [("lot", "body")], 365
    ).empty


def test_compounds_add_up_to_the_headline() -> None:
    """Severity-days by compound are the run's own, and who is covered has a secretary; to the last thousandth."""
    w = lived(burnt_in(replications=range(3)), 63, say("formed_body"), say("formed_body", "yijiantiao",
                                                                         "yijiantiao.coverage=0.7"))  # fmt: skip
    kept = outcomes.by_compound(w)
    unresolved = w.record[:, :, w.series.index("unresolved")].sum(axis=0)
    assert np.array_equal(kept["suffered_thousandths"].sum(axis=1), unresolved)
    assert np.array_equal(kept["households"].sum(axis=1), w.occupied[:, 0])
    assert not kept["led"][:3].any()
    assert ((kept["led"][3:] > 0).sum(axis=1) == 2).all()  # round(0.7 x 3 compounds)
    ability = kept["ability_millionths"][3:] / np.maximum(kept["led"][3:], 1)
    assert (ability[kept["led"][3:] > 0] > 0).all() and ability.max() <= 1e6
    (table,) = record(w, 0, [np.arange(3, 6)], detail=False)
    assert table["compounds"].schema.equals(piece_tables("compound", False)["compounds"].schema)
    frame = table["compounds"].to_pandas()
    assert np.array_equal(frame["suffered_thousandths"], kept["suffered_thousandths"][3:].reshape(-1))
    frame = frame.set_index(["replication", "compound"])
    everybody = answers.headline(frame, pd.Series(True, frame.index), 63)
    assert everybody == pytest.approx(unresolved[3:] * 365 / (w.occupied[3:, 0] * 63))


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
    assert {path.name for path in (tmp_path / "figures").glob("*.png")} == {"attribution.png", "attribution.zh.png"}
    again = runner.run(config, tmp_path, backend="serial", resume=True)
    assert again.computed == 0
    assert again.answers["attribution"].frame.equals(shares)
