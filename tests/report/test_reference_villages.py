"""What the pages of villages say in numbers stands in the tables that are kept."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from sim.report.reference import CLONE, COMPARISON, REFERENCE
from sim.study.files import read_csv

RENEW = "run it again, then python3 -m sim verify --update NAME, and write the page anew"

ALLIANCE = {
    # row of the table: outcome, and of which column the level is told
    "collective income, yuan a home village and year": "collective_income",
    "the same, less unpaid hours": "collective_net",
    "households' income from birds, yuan a year over all": "farm_income",
    "households that have joined, share of 1,600": "adopted",
    "Gini of income": "gini",
    "unresolved, severity-days per 1,000 households and year": "unresolved",
    "cases opened per 1,000 households and year": "opened",
    "settled within 90 days": "settled_90",
    "hours worked per 1,000 households and year": "hours",
}
CRASH = {
    "batches under contract": "contract_share",
    "households' income, yuan a household and year": "farm_income",
    "collective income net, yuan a village and year": "collective_net",
    "unresolved, severity-days per 1,000 households and year": "unresolved",
}
DEFAULTS = ("0", "0.04", "0.5", "2")
SHARES = ("05", "20", "35", "50", "65", "80", "95")
CHANNELS = (
    "complementarity",
    "authority",
    "coordination",
    "demonstration",
    "floor_price",
    "inputs_and_skill",
)


def kept(experiment: str, file: str = COMPARISON) -> pd.DataFrame:
    return read_csv(CLONE / REFERENCE / experiment / file)


def page(experiment: str) -> str:
    return (CLONE / "experiments" / experiment / "README.md").read_text("utf-8")


def cells(experiment: str, row: str) -> list[str]:
    """Return the cells of a row of a page's table, its head left out."""
    (line,) = (line for line in page(experiment).splitlines() if line.startswith(f"| {row} |"))
    return [cell.strip() for cell in line.strip("|").split("|")[1:]]


def numbers(cell: str) -> list[float]:
    """Return the numbers of a cell, percent as shares."""
    unit = 100 if "%" in cell else 1
    return [float(word.replace(",", "")) / unit for word in re.findall(r"-?[\d,]*\.?\d+", cell.replace("+", ""))]


def agree(cell: str, *true: float) -> bool:
    """Whether the numbers of a cell are these, to half a unit of the last digit that is told (tens, hundreds: 00)."""
    said = numbers(cell)
    assert said, cell
    words = [word for word in re.findall(r"[\d,]*\.?\d+", cell) if word != "0"]
    if any("." in word for word in words):
        unit = 10.0 ** -max(len(word.split(".")[1]) for word in words if "." in word)
    else:
        unit = 10.0 ** min((min(len(word) - len(word.rstrip("0")), 2) for word in words), default=0)
    unit /= 100 if "%" in cell else 1
    return len(said) <= len(true) and all(
        abs(one - other) <= 0.501 * unit for one, other in zip(said, true, strict=False)
    )


@pytest.mark.parametrize("row", ALLIANCE)
def test_the_alliances_table_is_that_of_the_runs_kept(row: str) -> None:
    table = kept("village_alliance").set_index(["scenario", "outcome"])
    full, placebo = (table.loc[(scenario, ALLIANCE[row])] for scenario in ("full", "placebo"))
    level, first, second = cells("village_alliance", row)
    assert agree(level, full["mean_baseline"]), RENEW
    assert agree(first, full["difference"], full["low"], full["high"]), RENEW
    assert agree(second, placebo["difference"], placebo["low"], placebo["high"]), RENEW
    assert full["n"] == placebo["n"] == 100


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_channels_shares_are_those_that_are_kept(channel: str) -> None:
    table = kept("village_alliance-attribution", "attribution.csv")
    of = table[table["channel"] == channel].set_index(["outcome", "measure"])
    net, alone, last, households, unresolved = cells("village_alliance", channel)
    for cell, outcome in ((net, "collective_net"), (households, "farm_income"), (unresolved, "unresolved")):
        row = of.loc[(outcome, "shapley")]
        assert agree(cell, row["difference"], row["low"], row["high"]), (cell, RENEW)
    assert agree(last, of.loc[("collective_net", "last"), "difference"]), RENEW
    assert agree(alone, of.loc[("collective_net", "first"), "difference"]), RENEW


def test_what_is_said_of_hours_from_nowhere_is_so() -> None:
    """What coaches give is what the alliance adds; a placebo has as many hours, and brings next to nothing."""
    table = kept("village_alliance").set_index(["scenario", "outcome"])["difference"]
    said = page("village_alliance")
    coaching, asking = table["full", "hours_coaching"], table["full", "hours_asking"]
    talks = table["full", "hours_meeting"]
    assert f"it asks {-asking:.0f} hours less and talks {talks:.0f} more. The coaches' {coaching:.0f} are not" in said
    assert f"the collectives {table['placebo', 'collective_income']:.0f} yuan" in said
    assert 0.7 < coaching / (table["full", "hours"] + 172) < 0.8
    assert abs(table["placebo", "hours"] - table["placebo", "hours_asking"]) < 1 < 100 < table["placebo", "hours"]
    assert abs(table["placebo", "collective_income"]) < 0.01 * table["full", "collective_income"]
    assert table["placebo", "farm_income"] < 0.02 * table["full", "farm_income"]
    for outcome in ("unresolved", "settled_90", "opened", "gini"):
        assert abs(table["placebo", outcome]) < 0.02 * abs(table["full", outcome])
    (hours,) = (
        row["everybody_last"]
        for row in kept("village_alliance-attribution", "hours.csv").to_dict("records")
        if row["channel"] == "inputs_and_skill"
    )
    assert f"{round(hours, -1):.0f} hours less" in said


@pytest.mark.parametrize("row", CRASH)
def test_the_table_of_the_crash_is_that_of_the_runs_kept(row: str) -> None:
    table = kept("price_crash").set_index(["scenario", "baseline", "outcome"])
    found = cells("price_crash", row)
    assert len(found) == len(DEFAULTS)
    for cell, default in zip(found, DEFAULTS, strict=True):
        true = table.loc[(f"floor.firm_default-{default}", f"no_floor.firm_default-{default}", CRASH[row])]
        assert agree(cell, true["difference"], true["low"], true["high"]), (cell, RENEW)
        assert true["n"] == 40


@pytest.mark.parametrize("share", SHARES)
def test_the_table_of_shares_is_that_of_the_runs_kept(share: str) -> None:
    table = kept("share")
    of = table[table["scenario"] == f"share_{share}"].set_index("outcome")
    level = of["mean_baseline"] + of["difference"]
    _, rounds, allied, money, land, net, unresolved, hours, left = cells("share", f".{share}")
    for cell, outcome in ((rounds, "rounds_of_talks"), (allied, "allied"), (money, "collective_money")):
        assert agree(cell, level[outcome]), (cell, RENEW)
    for cell, outcome in ((land, "collective_land"), (net, "collective_net"), (hours, "hours_sharing")):
        assert agree(cell, level[outcome]), (cell, RENEW)
    assert agree(left, level["dissolved"]), RENEW
    true = of.loc["unresolved"]
    assert agree(unresolved, true["difference"], true["low"], true["high"]) and true["n"] == 40, RENEW
