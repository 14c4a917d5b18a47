"""How cases end: by hand on a few cases, and the same as plain counting where all are followed for long enough."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.study.ends import ALL, ENDS, compare_ends, competing_ends, incidences, summary

DAYS = 400

CASES = [
    # replication, kind, opened, closed, stage
    (0, "neighbour", 0, 10, "settled"),
    (0, "neighbour", 5, 45, "withdrawn"),
    (0, "neighbour", 364, -1, "waiting"),  # last seen on day 399, its 35th
    (0, "roof", 100, -1, "shelved"),
    (0, "roof", -3, 20, "settled"),  # opened before day 0: in no cohort
    (0, "neighbour", 365, 366, "settled"),  # opened in the second year
    (1, "neighbour", 7, 7, "failed"),  # on the day on which it was opened
    (1, "neighbour", 8, 208, "escalated"),
]


def tables(scenarios: tuple[str, ...] = ("none",)) -> tuple[pd.DataFrame, pd.DataFrame]:
    cases = pd.DataFrame(CASES, columns=["replication", "kind", "opened", "closed", "stage"])
    runs = pd.DataFrame({"replication": [0, 1, 2], "days": DAYS})
    return tuple(pd.concat([t.assign(scenario=s) for s in scenarios], ignore_index=True) for t in (cases, runs))


def test_the_names_of_the_ends() -> None:
    assert ENDS == ("settled", "failed", "withdrawn", "escalated", "open")


def test_by_hand() -> None:
    cases, runs = tables()
    found = incidences(cases, runs, kind="neighbour", last=365)
    assert found.at_risk[:, 0].tolist() == [3, 2, 0]
    # Of 3 one is settled on its 10th day; of the 2 left one is censored on its 35th; the last withdraws on its 40th.
    assert found.shares[0, :, 30] == pytest.approx([1 / 3, 0, 0, 0, 2 / 3])
    assert found.shares[0, :, 39] == pytest.approx([1 / 3, 0, 0, 0, 2 / 3])
    assert found.shares[0, :, 365] == pytest.approx([1 / 3, 0, 2 / 3, 0, 0])
    assert found.shares[1, :, 0] == pytest.approx([0, 0.5, 0, 0, 0.5])
    assert found.shares[1, :, 200] == pytest.approx([0, 0.5, 0, 0.5, 0])
    assert np.isnan(found.shares[2]).all()
    roof = incidences(cases, runs, kind="roof", last=365)
    assert roof.shares[0, :, 299] == pytest.approx([0, 0, 0, 0, 1])
    assert np.isnan(roof.shares[0, :, 300]).all()  # opened on day 100 of 400, it was seen for 299 days
    pot = incidences(cases, runs, kind="neighbour", last=365, pooled=True)
    assert pot.at_risk[0] == 5 and pot.shares.shape == (5, 366)
    assert pot.shares[:, 30] == pytest.approx([0.2, 0.2, 0, 0, 0.6])


def test_the_long_table() -> None:
    cases, runs = tables(("none", "merged"))
    found = competing_ends(cases, runs, horizons=(30, 365), kinds=(ALL, "neighbour"))
    assert len(found) == 2 * 6 * 2 * 5
    sums = found.groupby(["kind", "scenario", "replication", "day"])["share"].sum(min_count=1)
    assert sums.dropna().to_numpy() == pytest.approx(1)
    assert len(sums.dropna()) == 2 * 2 * 2 * 2 - 2  # in both scenarios one is missing, see below
    row = found.set_index(["scenario", "replication", "kind", "day", "end"]).loc[
        ("merged", 0, "neighbour", 365, "withdrawn")
    ]
    assert row["share"] == pytest.approx(2 / 3) and row["cases"] == 3
    # All kinds: the roof that is open on its 299th day says nothing of the 365th.
    assert np.isnan(found[(found["kind"] == ALL) & (found["day"] == 365) & (found["replication"] == 0)]["share"]).all()


def test_the_mean_counts_replications_alike() -> None:
    cases, runs = tables()
    found = summary(cases, runs).set_index(["kind", "day", "end"])
    row = found.loc[("neighbour", 30, "settled")]
    assert (row["n"], row["cases"]) == (2, 5)
    assert row["share"] == pytest.approx((1 / 3 + 0) / 2)
    assert row["pooled"] == pytest.approx(0.2)
    assert row["low"] <= row["share"] <= row["high"]
    nobody = summary(cases[cases["kind"] == "roof"], runs).set_index(["kind", "day", "end"])
    assert (nobody["n"].loc["neighbour"] == 0).all() and nobody["share"].loc["neighbour"].isna().all()
    assert nobody["pooled"].loc["neighbour"].isna().all() and (nobody["method"].loc["neighbour"] == "n/a").all()


def test_twins_are_compared() -> None:
    cases, runs = tables(("none", "merged"))
    late = (cases["scenario"] == "merged") & (cases["stage"] == "withdrawn")
    cases.loc[late, "stage"] = "settled"
    ends = competing_ends(cases, runs)
    found = compare_ends(ends, [("merged", "none")]).set_index("outcome")
    assert found.loc["withdrawn_365_neighbour", "difference"] == pytest.approx(-1 / 3)  # the mean of -2/3 and 0
    assert found.loc["settled_365_neighbour", "difference"] == pytest.approx(1 / 3)
    assert (found.loc["withdrawn_365_neighbour", "n"], found.loc["open_90_roof", "n"]) == (2, 1)


def test_where_all_are_followed_it_is_plain_counting() -> None:
    rng = np.random.default_rng(1)
    opened, took = rng.integers(0, 365, 300), rng.integers(0, 600, 300)
    stage = rng.choice(ENDS[:-1], 300)
    days = 730
    over = opened + took < days
    cases = pd.DataFrame(
        {
            "scenario": "none",
            "replication": rng.integers(0, 3, 300),
            "kind": "neighbour",
            "opened": opened,
            "closed": np.where(over, opened + took, -1),
            "stage": np.where(over, stage, "waiting"),
        }
    )
    runs = pd.DataFrame({"scenario": "none", "replication": [2, 0, 1], "days": days})
    found = competing_ends(cases, runs).set_index(["replication", "kind", "day", "end"])
    for replication in range(3):
        mine = cases["replication"] == replication
        for day in (30, 90, 365):
            for end in ENDS[:-1]:
                plain = np.mean((took[mine] <= day) & (stage[mine] == end))
                assert found.loc[(replication, "neighbour", day, end), "share"] == pytest.approx(plain)


def test_a_case_that_contradicts_itself() -> None:
    cases, runs = tables()
    cases.loc[0, "closed"] = -1
    with pytest.raises(ValueError, match="has ended without an end"):
        competing_ends(cases, runs)
