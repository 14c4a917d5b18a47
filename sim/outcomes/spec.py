"""What is known of an outcome, and words and sums that all outcomes share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

YEAR = 365
HORIZONS = (30, 90, 365)
"""Days after opening at which a cohort of cases is looked at."""

A_YEAR = "/ 1,000 household-years"

Direction = Literal["lower is better", "higher is better", "neither"]
LOWER: Direction = "lower is better"
HIGHER: Direction = "higher is better"
NEITHER: Direction = "neither"


@dataclass(frozen=True)
class OutcomeSpec:
    """What is known of an outcome.

    Attributes:
        name: its column.
        unit: unit in words, ``"1"`` for a pure number.
        meaning: what it says, and what makes it missing.
        direction: what is better for the people who live there; ``neither`` for costs' distribution and volumes.
        label: a few words for tables and figures.
        family: outcomes of one family are corrected together for being many.
        main: stands in the table on the terminal and in the figure.
    """

    name: str
    unit: str
    meaning: str
    direction: Direction
    label: str
    family: str
    main: bool = False


def over(above: Ints, below: Ints, scale: float = 1.0) -> Floats:
    """Divide where there is something to divide by; elsewhere the outcome is missing."""
    out = np.full(len(above), np.nan)
    np.divide(above * scale, below, out=out, where=below > 0)
    return out


def of_kind(n: Mapping[str, Ints], *kinds: str) -> Mapping[str, Ints]:
    """Return the counts of some kinds of settlement where there are several: households, and what is counted by kind.

    Args:
        n: counts of each world, see `sim.outcomes.counts`; ``NAME_KIND`` is what of ``NAME`` is a kind's.
        kinds: kinds of settlement, each present.
    """
    if f"households_{kinds[0]}" not in n:
        return n
    counted = {name.removesuffix(f"_{kinds[0]}") for name in n if name.endswith(f"_{kinds[0]}")} & set(n)
    nothing = np.zeros_like(n["days"])
    own = {name: sum((n[f"{name}_{kind}"] for kind in kinds if f"{name}_{kind}" in n), nothing) for name in counted}
    return {**n, **own, "seasonal_days": n["seasonal_days"] if "pasture" in kinds else nothing}


def a_year(n: Mapping[str, Ints], count: Ints, units: float = 1.0) -> Floats:
    """Return a count per 1,000 households and year of each world.

    Args:
        n: counts of each world, see `sim.outcomes.counts`.
        count: what is to be related to households and time.
        units: how many of the count make one, as 60 minutes an hour.
    """
    exposure = n["households"] * n["days"] + n.get("seasonal_days", 0)
    return over(count, exposure, 1000.0 * YEAR / units)
