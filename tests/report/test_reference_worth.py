"""What the main experiment's page says of inequality and of worth is what the tables that are kept say."""

from __future__ import annotations

import pandas as pd

from sim.report.reference import CLONE, MAIN, REFERENCE
from sim.study.files import read_csv

PAGE = " ".join((CLONE / "experiments" / MAIN / "README.md").read_text("utf-8").split())
WAGE = 20


def kept(table: str) -> pd.DataFrame:
    return read_csv(CLONE / REFERENCE / MAIN / f"{table}.csv")


def test_how_unequally() -> None:
    table = kept("comparison")
    rows = table[(table["scenario"] == "merged") & (table["baseline"] == "none")].set_index("outcome")
    gini, tenth, between = (rows.loc[f"suffering_{name}"] for name in ("gini", "top_tenth", "between"))
    assert round(100 * rows.loc["suffering_none", "mean_baseline"]) == 13 and "13% of households suffer nothing" in PAGE
    assert round(100 * tenth["mean_baseline"]) == 55 and "bears 55% of all" in PAGE
    assert round(gini["mean_baseline"], 3) == 0.715 and "is .715" in PAGE
    assert [round(-gini[name], 3) for name in ("difference", "high", "low")] == [0.012, 0.008, 0.016]
    assert "lowers it by .012 (.008 to .016)" in PAGE
    assert [round(100 * tenth[name], 1) for name in ("difference", "low", "high")] == [-0.6, -1.2, 0.0]
    assert tenth["low"] < 0 < tenth["high"] and "(-1.2 to 0.0 points)" in PAGE
    assert [round(100 * between[name], 1) for name in ("mean_baseline", "mean_scenario")] == [9.4, 10.5]
    assert [round(100 * between[name], 1) for name in ("low", "high")] == [0.6, 1.6]
    assert "from 9.4% to 10.5% (+.6 to +1.6 points)" in PAGE


def test_what_it_costs() -> None:
    costs = kept("budget")
    rows = costs[costs["wage"] == WAGE].set_index("scenario")
    merged = rows.loc["merged"]
    assert [round(merged["hours"], -1), round(merged["public_yuan"], -2)] == [470, 1800]
    assert [round(merged["cost"], -2), round(merged["saved"], -1)] == [11100, 4540]
    assert "470 hours more" in PAGE and "it costs 11,100 yuan and saves 4,540 severity-days" in PAGE
    assert rows.loc["body", "cost"] > 0 > rows.loc["body", "saved"]
    assert rows.loc["body_branch", "cost"] > rows.loc["placebo", "cost"]
    assert rows.loc["body_branch", "saved"] < rows.loc["placebo", "saved"]
    assert rows.index[rows["place"] == "dominated"].tolist() == ["body", "body_branch"]
    assert rows.index[rows["place"] == "between"].tolist() == ["merged", "merged_equal_hours"]


def test_which_is_best() -> None:
    curves = kept("acceptability")
    rows = curves[curves["wage"] == WAGE]
    best = rows[rows["best"].astype(str).str.lower().isin(["1", "true"])].set_index("willingness")
    spans = best.groupby("scenario").apply(lambda own: (own.index.min(), own.index.max())).to_dict()
    assert spans == {"none": (0.0, 0.5), "placebo": (0.63, 8.0), "merged_selected": (10.0, 1000.0)}
    assert "up to half a yuan a day, two more hours a week from .63 to 8 yuan" in PAGE
    assert round(100 * rows["acceptable"].max()) == 56 and "more than 56% of worlds" in PAGE
    assert best["evpi"].min() > 2000 and round(best.loc[10.0, "evpi"], -3) == 14000
    assert best.loc[10.0, "evpi"] > kept("budget").set_index(["wage", "scenario"]).loc[(WAGE, "merged"), "cost"]
