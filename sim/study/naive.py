"""Naive estimates beside the effects of twins: what an evaluation without twins would have said.

Where an arrangement stands in some compounds only, two comparisons offer themselves: covered compounds with the others
(treated minus untreated), and covered compounds with themselves before (before and after). Twins say what they miss.
With Y1 and Y0 for the scenario and its baseline, c and u for compounds covered and not, it is an identity that

* treated minus untreated = [Y1c - Y0c] - [Y1u - Y0u] + [Y0c - Y0u]: the effect on the covered, less what spills over
  to the others, plus the *gap* that would have been there anyway, which is selection;
* before and after = [Y1c - Y0c] + [Y0c - before c]: the effect on the covered plus the *drift* without it.

Nor is an effect on the covered that of covering everybody, where the best are covered first. So `naive.csv` has all of
them. Rates are of groups of compounds (sums over sums), one a replication; the interval is over replications.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.outcomes import A_YEAR
from sim.study.statistics import paired

Floats = NDArray[np.float64]

YEAR = 365

COLUMNS = ("scenario", "baseline", "outcome", "unit", "estimate", "value", "low", "high", "n")
"""Columns of the estimates, a row a comparison, outcome and estimate."""

ESTIMATES = {
    "twins": "effect on all compounds, by twins",
    "twins_covered": "effect on the covered, by twins",
    "twins_others": "effect on the others, by twins: what spills over",
    "treated_minus_untreated": "naive: covered minus others",
    "before_after": "naive: covered, after minus before",
    "gap": "covered minus others without the arrangement: selection",
    "drift": "covered, after minus before without the arrangement",
}
"""Every estimate and what it is, in order."""


@dataclass(frozen=True)
class Outcome:
    """A rate of a group of compounds: what is counted over what, times a scale.

    Attributes:
        unit: in words.
        above: column counted.
        below: column it is divided by; empty = household-years.
        scale: what the quotient is multiplied by.
    """

    unit: str
    above: str
    below: str = ""
    scale: float = 1.0


OUTCOMES: dict[str, Outcome] = {
    "unresolved": Outcome(f"severity-days {A_YEAR}", "suffered"),
    "problems": Outcome(f"stubborn problems solved {A_YEAR}", "stubborn", scale=1000.0),
    "roofs": Outcome(f"roofs mended {A_YEAR}", "roofs", scale=1000.0),
    "settled": Outcome(f"cases settled {A_YEAR}", "settled", scale=1000.0),
    "quarrels_settled": Outcome("share of quarrels that ended", "quarrels_settled", "quarrels"),
}
"""Outcomes that are estimated. Thousandths a household are units a thousand households."""


def estimates(table: pd.DataFrame, comparisons: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Estimate every comparison whose scenario covers some of the compounds only.

    Args:
        table: the table of compounds, see `sim.study.tables`.
        comparisons: (scenario, baseline).
    """
    rows = []
    for scenario, baseline in comparisons:
        mine = _arrays(table, scenario)
        twins = _arrays(table, baseline)
        covered = mine["covered"] == 1
        some = covered.any(axis=1) & ~covered.all(axis=1)
        if not some.any():
            continue
        for name, outcome in OUTCOMES.items():
            found = of_each(mine, twins, covered, outcome)
            for estimate, values in found.items():
                known = values[some & np.isfinite(values)]
                over = paired(known, np.zeros(len(known)))
                row = dict(scenario=scenario, baseline=baseline, outcome=name, unit=outcome.unit, estimate=estimate)
                rows.append(row | dict(value=over.difference, low=over.low, high=over.high, n=over.n))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def of_each(
    mine: dict[str, Floats], twins: dict[str, Floats], covered: NDArray[np.bool_], outcome: Outcome
) -> dict[str, Floats]:
    """Return every estimate of each replication.

    Args:
        mine: columns of the scenario, shape ``(replications, compounds)``.
        twins: the same of the baseline.
        covered: which compounds the scenario covers, the same shape.
        outcome: what is estimated.
    """

    def rate(columns: dict[str, Floats], of: NDArray[np.bool_], prefix: str = "") -> Floats:
        return _rate(columns, of, outcome, prefix)

    everywhere = np.ones_like(covered)
    y1c, y1u, y0c, y0u = rate(mine, covered), rate(mine, ~covered), rate(twins, covered), rate(twins, ~covered)
    before = rate(mine, covered, "before_")
    return {
        "twins": rate(mine, everywhere) - rate(twins, everywhere),
        "twins_covered": y1c - y0c,
        "twins_others": y1u - y0u,
        "treated_minus_untreated": y1c - y1u,
        "before_after": y1c - before,
        "gap": y0c - y0u,
        "drift": y0c - before,
    }


def _arrays(table: pd.DataFrame, scenario: str) -> dict[str, Floats]:
    """Return the columns of a scenario, shape ``(replications, compounds)``."""
    rows = table[table["scenario"] == scenario].sort_values(["replication", "compound"], kind="stable")
    compounds = rows["compound"].nunique()
    return {str(name): rows[name].to_numpy(np.float64).reshape(-1, compounds) for name in rows.columns[3:]}


def _rate(columns: dict[str, Floats], of: NDArray[np.bool_], outcome: Outcome, prefix: str) -> Floats:
    """Return the rate of a group of compounds in each replication; missing where there is nothing to divide by."""

    def total(name: str) -> Floats:
        summed: Floats = np.where(of, columns[name], 0.0).sum(axis=1)
        return summed

    below = (
        total(prefix + outcome.below) if outcome.below else total("households") * columns[prefix + "days"][:, 0] / YEAR
    )
    above = total(prefix + outcome.above) * outcome.scale
    return np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
