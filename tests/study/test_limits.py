"""Limits of hours and yuan: the mix that saves most within both, by hand and as brute force has it."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from sim.report.document.limits import within
from sim.report.document.material import Material
from sim.report.limits import print_limits, short
from sim.study import answers, budget
from sim.study.config import load, load_attribution
from sim.study.limits import COLUMNS, UNLIMITED, grid, limits
from tests.study.test_budget import TWO, runs

NAMES = ("none", "a", "b", "c")
WORDS = {name: name for name in NAMES}


def account(hours: list[list[float]], yuan: list[list[float]], brought: list[list[float]]) -> budget.Account:
    """Return an account of four mixes, the first of which is none, with hours half of which nobody pays."""
    parts = [np.array(part, dtype=np.float64) for part in (hours, yuan, brought)]
    return budget.Account(NAMES, budget.SUFFERING, parts[0], parts[0] / 2, parts[1], parts[2])


def test_by_hand() -> None:
    """None takes 100 hours; a takes 10 more and no money, b 40 and 200 yuan, c 30 and -50 yuan and does harm."""
    of = account(
        [[100, 100], [110, 110], [140, 140], [130, 130]],
        [[0, 0], [0, 0], [150, 250], [-50, -50]],
        [[-500, -400], [-490, -390], [-480, -410], [-520, -420]],
    )
    table = limits(of, WORDS).set_index(["hours_limit", "yuan_limit"])
    # b costs 200 yuan on average, and saves 20 in one replication and -10 in the other: 5, half of what a saves.
    assert set(table["scenario"]) == {"none", "a"}
    assert (table.loc[(0.0, UNLIMITED), "scenario"], table.loc[(0.0, UNLIMITED), "affordable"]) == ("none", 1)
    most = table.loc[(UNLIMITED, UNLIMITED)]
    assert (most["scenario"], most["affordable"], most["n"]) == ("a", 4, 2)
    assert (most["saved"], most["hours"], most["unpaid_hours"], most["public_yuan"]) == (10, 10, 5, 0)
    assert most["best_in"] == 0.5 and table.loc[(UNLIMITED, 0.0), "best_in"] == 1.0  # where b cannot be afforded
    assert table.loc[(10.0, 0.0), "affordable"] == 2 and table.loc[(30.0, 0.0), "affordable"] == 3
    of = account([[0, 0], [0, 0], [10, 30], [0, 0]], [[0, 0]] * 4, [[0, 0], [0, 0], [9, 9], [0, 0]])
    some = limits(of, WORDS).set_index(["hours_limit", "yuan_limit"])
    assert list(some.index.levels[0]) == [0.0, 20.0, UNLIMITED]  # limits hold in the mean, and here in every second run
    assert some.loc[(20.0, 0.0), "within"] == 0.5 and some.loc[(UNLIMITED, 0.0), "within"] == 1.0
    assert some.loc[(0.0, 0.0), "scenario"] == "none"  # others save as little and take as little


tens = st.lists(st.lists(st.integers(-30, 30), min_size=3, max_size=3), min_size=3, max_size=3)


@given(tens, tens, tens)
def test_brute_force(hours: list[list[int]], yuan: list[list[int]], saved: list[list[int]]) -> None:
    zero = [[0.0] * 3]
    of = account(zero + hours, zero + yuan, zero + saved)
    table = limits(of, WORDS)
    assert table["hours_limit"].nunique() * table["yuan_limit"].nunique() == len(table)
    every = [(0.0, 0.0, 0.0, np.zeros(3)), *((np.mean(h), np.mean(y), np.mean(s), np.array(s, dtype=np.float64))
             for h, y, s in zip(hours, yuan, saved, strict=True))]  # fmt: skip
    for row in table.to_dict("records"):
        can = [k for k, (h, y, _, _) in enumerate(every) if h <= row["hours_limit"] and y <= row["yuan_limit"]]
        mine = every[NAMES.index(row["scenario"])]
        assert 0 in can and NAMES.index(row["scenario"]) in can and row["affordable"] == len(can)
        assert mine[2] == pytest.approx(max(every[k][2] for k in can)) == pytest.approx(row["saved"])
        assert row["saved"] >= 0  # nothing done is always among them
        equal = [every[k][:2] for k in can if abs(every[k][2] - mine[2]) < 1e-9]
        assert mine[:2] == pytest.approx(min(equal))
        most = np.max([every[k][3] for k in can], axis=0)
        assert row["best_in"] == pytest.approx(np.mean(mine[3] >= most - 1e-9))


def test_a_larger_budget_never_saves_less() -> None:
    of = budget.account(runs(), tuple(TWO.scenarios))
    table = limits(of, budget.mix_words(TWO))
    wide = table.pivot(index="hours_limit", columns="yuan_limit", values="saved").to_numpy()
    assert (np.diff(wide, axis=0) >= 0).all() and (np.diff(wide, axis=1) >= 0).all()
    assert wide[0, 0] == 0 and wide[-1, -1] == 32


def test_the_limits_are_the_mixes_own() -> None:
    assert grid([0.0, -5.0]) == [0.0, UNLIMITED]
    assert grid([0.0, 121.4]) == [0.0, 130.0, UNLIMITED]
    among = grid([0.0, *(float(k) for k in range(1, 101))])
    assert among[:2] == [0.0, 1.0] and among[-1] == UNLIMITED and among == sorted(among) and len(among) == 7
    for value in (0.0123, 0.12, 1.0, 9.96, 1597.9, 20_001.0):
        (up,) = grid([value])[1:-1]
        assert value <= up <= 1.1 * value and float(f"{up:.1e}") == up


def test_of_a_county_there_are_two_effects() -> None:
    """The alliance's hours are charged, so what it earns is asked for too; in compounds nobody earns together."""
    assert budget.effects_of("county") == (budget.SUFFERING, budget.INCOME)
    assert budget.effects_of("village") == (budget.INCOME,) and budget.effects_of("compound") == (budget.SUFFERING,)
    table = runs()
    table["n_margin_money_fen"] = [100_000 * ("alliance" in name) for name in table["scenario"]]
    two = replace(load_attribution("combined"), attributed=TWO)
    found = answers.within_limits(table, two).set_index(["effect", "hours_limit", "yuan_limit"])
    assert list(found.reset_index().columns) == list(COLUMNS)
    most = (UNLIMITED, UNLIMITED)
    assert found.loc[(budget.SUFFERING, *most), "mix"] == "elder_services + village_alliance"
    assert found.loc[(budget.INCOME, *most), "mix"] == "village_alliance"  # elders' hours would bring nothing
    assert found.loc[(budget.INCOME, *most), "saved"] == 1000
    assert found.loc[(budget.INCOME, 0.0, 0.0), "mix"] == "none"


def test_it_is_told_in_short() -> None:
    of = budget.account(runs(), tuple(TWO.scenarios))
    table = limits(of, budget.mix_words(TWO))
    told = short(table, budget.SUFFERING, "none_on")
    assert told.cell(0.0, 0.0) == "-" and told.cell(math.inf, math.inf) == f"{len(told.mixes)} (100%)"
    assert told.mixes[-1]["mix"] == "elder_services + village_alliance"
    console = Console(file=io.StringIO(), width=100)
    print_limits(console, table, "none_on")
    said = console.file.getvalue()
    assert "any yuan" in said and "village_alliance" in said and max(map(len, said.splitlines())) <= 100
    nothing = limits(account(*[[[0, 0]] * 4] * 3), WORDS)
    print_limits(console, nothing, "none")
    assert "No mix saves anything" in console.file.getvalue()


def test_the_report_has_it_in_both_languages(tmp_path: Path) -> None:
    of = budget.account(runs(), tuple(TWO.scenarios))
    found = Material(tmp_path, {}, {"limits": limits(of, budget.mix_words(TWO))})
    for language, any_, alliance in (("en", "any", "village alliance"), ("zh", "不限", "联村共建")):
        matrix, mixes = within(found, language)
        assert matrix.head[-1] == any_ and matrix.rows[-1][0] == any_
        assert any(alliance in row[1] for row in mixes.rows)
    assert not list(within(Material(tmp_path, {}, {}), "en"))


def test_budget_is_combined_under_another_question() -> None:
    ours, theirs = load("budget"), load("combined")
    assert [s.description() for s in ours.scenarios] == [s.description() for s in theirs.scenarios]
    assert (ours.place, ours.structure, ours.days, ours.seed) == (
        theirs.place,
        theirs.structure,
        theirs.days,
        theirs.seed,
    )
    assert ours.question != theirs.question
    mixes = load_attribution("budget")
    assert mixes.name == "budget-attribution" and mixes.attributed == load_attribution("combined").attributed
