"""What the page on sensitivity says is what the tables that are kept say."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.report.factor_labels import CHINESE
from sim.report.reference import CLONE, REFERENCE
from sim.report.sensitivity import SHOWN
from sim.study.design import CHANCE
from sim.study.files import read_csv
from sim.study.patterns import of

PAGE = " ".join((CLONE / "experiments" / "sensitivity" / "README.md").read_text("utf-8").split())


def kept(study: str, table: str) -> pd.DataFrame:
    return read_csv(CLONE / REFERENCE / f"yijiantiao-{study}" / f"{table}.csv")


def effect(table: str) -> pd.DataFrame:
    frame = kept("sensitivity", table)
    return frame[(frame["outcome"] == "unresolved") & (frame["measure"] == "effect")]


def test_the_screening() -> None:
    size = effect("morris").set_index("factor")["mu_star"]
    chance = size.pop(CHANCE)
    assert len(size) == 178 and (size == 0).sum() == 13
    first = size.sort_values(ascending=False).head(4)
    assert first.round(-1).astype(int).to_dict() == {
        "minor_cap": 3290, "idle_director_hours": 3020, "pipe_cost": 2210, "quiet": 2020,
    }  # fmt: skip
    assert round(chance, -1) == 5280 and first.max() < chance
    assert "No row moves it more than another seed** (screening; 5,280)" in PAGE
    for said in ("comes first (3,290)", "`idle_director_hours` (3,020)", "(2,210) and `quiet` (2,020)"):
        assert said in PAGE
    for name in ("member_leads", "never_pay", "yijiantiao.merged_hours"):
        assert name not in effect("sobol")["factor"].tolist()


def test_the_shares() -> None:
    shares = effect("sobol").set_index("factor")
    assert (shares["tag"] == "E").all() and len(shares) == 12
    for name, index, said in (
        ("minor_cap", "first", "30% by itself (18 to 43)"),
        ("minor_cap", "total", "50% with what it does together with others (37 to 63)"),
        ("pipe_cost", "first", "8% (-2 to 19)"),
        ("pipe_cost", "total", "36% (24 to 47)"),
        ("idle_director_hours", "first", "11% (2 to 19)"),
        ("idle_director_hours", "total", "24% (17 to 31)"),
        ("social_proof", "total", "(8% with others, 5 to 10"),
    ):
        numbers = [round(100 * shares.loc[name, column]) for column in (index, f"{index}_low", f"{index}_high")]
        assert str(numbers[0]) in said and f"{numbers[1]} to {numbers[2]}" in said
        assert said in PAGE, said
    others = shares.drop(["minor_cap", "pipe_cost", "idle_director_hours"])
    assert (others[["first", "total"]] < 0.1).all(axis=None)
    groups = effect("groups").set_index("group")
    assert [round(100 * x) for x in groups["total"]] == [74, 8, 28]
    assert [round(100 * x) for x in groups["first"]] == [39, -3, -1]
    assert "(74%, 52 to 95)" in PAGE and "28% (17 to 38)" in PAGE and "39% (14 to 64)" in PAGE


def test_rows_that_kept_figures_show_have_a_chinese_name() -> None:
    screened = effect("morris").query("factor != @CHANCE").nlargest(SHOWN, "mu_star")["factor"]
    sought = kept("discovery", "restrictions")["factor"]
    assert {*screened, *effect("sobol")["factor"], *sought} - set(CHINESE) == set()


def test_scans_spread_and_burn_in() -> None:
    scans = kept("sensitivity", "scans").set_index(["factor", "quantile"])["effect"].round(-2).astype(int)
    assert (scans["minor_cap", 0.05], scans["minor_cap", 0.725], scans["pipe_cost", 0.95]) == (-10100, -3000, -9100)
    assert (scans["social_proof", 0.05], scans["social_proof", 0.95]) == (-2200, -3900)
    spread = effect("spread").set_index("design")
    assert spread["share_below_0"].round(2).tolist() == [0.99, 0.96]
    assert spread.loc["all rows and seeds", ["q05", "q95"]].astype(float).round(-1).tolist() == [-12130, -160]
    (row,) = effect("burn_in").to_dict("records")
    means = [int(round(row[name], -1)) for name in ("mean_full", "mean_short")]
    assert means == [-3800, -4250] and "is -3,800 with the full four years in place of -4,250" in PAGE
    ends = [int(round(row[name], -1)) for name in ("difference", "low", "high")]
    assert ends == [450, -100, 1000] and "a difference of 450 (-100 to 1,000)" in PAGE
    assert round(row["correlation"], 2) == 0.83


def test_what_evidence_rules_out() -> None:
    waves, table = kept("calibration", "waves"), kept("calibration", "patterns").set_index("pattern")
    assert round(100 * (1 - waves["left"].iloc[-1])) == 18 and "Evidence rules out 18% of the priors" in PAGE
    known = [pattern for part in of("compound") for pattern in part]
    assert [pattern.name for pattern in known] == table.index.tolist()
    for pattern in known:
        row = table.loc[pattern.name]
        assert (row["low"], row["high"]) == (round(pattern.low, 6), round(pattern.high, 6))
        for part in ("priors", "left"):
            assert f", {row[f'{part}_within']:.0%}" in PAGE
    narrowed = kept("calibration", "narrowed").set_index("factor")
    assert narrowed.loc["minor_cap", "q95"] - narrowed.loc["minor_cap", "q05"] > 0.9
    assert "In no wave did `pipe_cost` matter" in PAGE and "pipe_cost" not in narrowed.index


def test_the_key_person() -> None:
    """What is said of the removal: nine tenths of the headline's effect survive, an eighth of the hours is lacking."""
    page = (CLONE / "experiments" / "key_person" / "README.md").read_text("utf-8")
    rows = read_csv(CLONE / REFERENCE / "key_person" / "comparison.csv").set_index(["scenario", "baseline", "outcome"])
    size = rows["difference"]
    assert size["removed", "body", "unresolved"] / size["merged", "body", "unresolved"] == pytest.approx(0.9, abs=0.02)
    assert -size["removed", "merged", "hours"] / size["merged", "body", "hours"] == pytest.approx(1 / 8, abs=0.02)
    for pair, said in (
        (("merged", "body"), "-4,660"),
        (("removed", "merged"), "+460"),
        (("removed", "body"), "-4,200"),
    ):
        assert f"{round(size[*pair, 'unresolved'], -1):+,.0f}" == said and said in page


def test_where_it_is_worse() -> None:
    boxes, leaves = kept("discovery", "boxes"), kept("discovery", "leaves")
    (row,) = boxes.to_dict("records")
    assert row["holds"] == "no" and "handoff_near_days" in row["in_words"]
    assert (round(100 * row["found_density"]), row["found_n"], round(100 * row["found_base"])) == (14, 196, 9)
    ends = [round(100 * row[f"held_out_{name}"]) for name in ("density", "low", "high", "base")]
    assert ends == [10, 7, 15, 9] and "10% (7 to 15) of 188 held out" in PAGE
    few, many = leaves.to_dict("records")
    assert "yijiantiao.merged_hours" in few["in_words"] and "below 4.96 hours/week" in few["in_words"]
    for leaf, said in ((few, "18% of 61 (10 to 29)"), (many, "8% of 439 (6 to 11)")):
        share, low, high = (round(100 * leaf[f"held_out_{name}"]) for name in ("density", "low", "high"))
        assert f"{share}% of {leaf['held_out_n']} ({low} to {high})" == said and said in PAGE
    assert few["held_out_low"] > row["held_out_base"]  # it holds, narrowly
    effects = [f"{round(leaf['held_out_effect'], -1):,.0f}" for leaf in (few, many)]
    assert effects == ["-2,190", "-4,520"] and "-2,190 in place of -4,520" in PAGE
