"""Indices of sensitivity, by SALib, with their intervals as numbers of their own.

Morris's elementary effects are what an outcome changes by when one factor goes over its whole range: ``mu_star``, the
mean of their sizes, ranks the factors, ``mu`` keeps the sign, ``sigma`` says how far it depends on where others stand.
Sobol's first-order index is the share of the variance that would go if the factor were known; the total-order index the
share that would stay if all others were.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from sim.study.design import LEVELS, SEED, Design, Floats
from sim.study.statistics import LEVEL

RESAMPLES = 1_000
MORRIS = ("factor", "mu_star", "mu_star_low", "mu_star_high", "mu", "sigma")
SOBOL = ("factor", "first", "first_low", "first_high", "total", "total_low", "total_high")


def morris(design: Design, y: Floats) -> pd.DataFrame:
    """Return Morris's measures of each factor, chance last, in the unit of the outcome.

    Args:
        design: what `sim.study.design.morris` returns.
        y: the outcome in each of its points; none is missing.
    """
    from SALib.analyze import morris as analyzer

    found = analyzer.analyze(
        design.problem, design.u, y, num_resamples=RESAMPLES, conf_level=LEVEL, num_levels=LEVELS, seed=SEED
    )
    # What rounding alone leaves of nothing is nothing.
    rounding = 1e-12 * float(np.abs(y).max(initial=0.0))
    mu_star, half, mu, sigma = (
        np.where(np.abs(x) <= rounding, 0.0, x)
        for x in (np.asarray(found[name], dtype=float) for name in ("mu_star", "mu_star_conf", "mu", "sigma"))
    )
    columns = [design.problem["names"], mu_star, np.maximum(mu_star - half, 0.0), mu_star + half, mu, sigma]
    return pd.DataFrame(dict(zip(MORRIS, columns, strict=True)))


def sobol(design: Design, y: Floats) -> pd.DataFrame:
    """Return first- and total-order indices of each factor, or of each group where the design has groups.

    An outcome that is the same in all points has no variance to be shared: its indices are missing.

    Args:
        design: what `sim.study.design.sobol` or `grouped` returns.
        y: the outcome in each of its points; none is missing.
    """
    from SALib.analyze import sobol as analyzer

    names = list(dict.fromkeys(design.problem.get("groups") or design.problem["names"]))
    if np.ptp(y) == 0:
        return pd.DataFrame({"factor": names} | {column: [np.nan] * len(names) for column in SOBOL[1:]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of a factor that changes nothing: its indices are 0
        found: Any = analyzer.analyze(
            design.problem, y, calc_second_order=False, num_resamples=RESAMPLES, conf_level=LEVEL, seed=SEED
        )
    out: dict[str, Any] = {"factor": names}
    for column, index in (("first", "S1"), ("total", "ST")):
        value, half = np.asarray(found[index], dtype=float), np.asarray(found[f"{index}_conf"], dtype=float)
        out |= {column: value, f"{column}_low": value - half, f"{column}_high": value + half}
    return pd.DataFrame(out)[list(SOBOL)]


def base(design: Design, y: Floats) -> tuple[Floats, Floats]:
    """Return the outcome in the independent points of Saltelli's design: matrix A, and matrix B.

    Args:
        design: what `sim.study.design.sobol` or `grouped` returns.
        y: the outcome in each of its points.
    """
    columns = len(dict.fromkeys(design.problem.get("groups") or design.problem["names"]))
    blocks = y.reshape(-1, columns + 2)
    return blocks[:, 0], blocks[:, -1]
