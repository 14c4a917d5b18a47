"""Designs of points: Morris's paths, Sobol's matrices over rows and over groups of rows, and scans of one row.

A design is a matrix of probabilities, one column a factor, and a replication number for each point. SALib makes those
that have a name. Chance can be a factor too: another replication number is another noise, and what it changes says
how much of an outcome no parameter explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEED = 20_250_101
"""Of the designs: the same points every time."""

LEVELS = 4
"""Morris's levels of each factor."""

EDGE = 0.05
"""Screening and scans go from this quantile of a prior to one less it: the ends of a triangle hardly ever occur."""

CHANCE = "another seed"
"""The name of chance among factors."""

CHANCES = 10_000
"""Replication numbers from which chance draws, where it is a factor of its own."""


@dataclass(frozen=True)
class Design:
    """Points of a study.

    Attributes:
        problem: what SALib is told of its factors, chance among them.
        u: the matrix as SALib made it, which its analysis wants back, shape ``(points, columns)``.
        quantiles: the factors' probabilities alone, shape ``(points, factors)``.
        replications: replication number of each point.
    """

    problem: dict[str, Any]
    u: Floats
    quantiles: Floats
    replications: Ints


def morris(names: Sequence[str], trajectories: int) -> Design:
    """Return Morris's (1991) paths over factors and chance, each of which is a path's step once.

    Args:
        names: the factors.
        trajectories: how many paths; each has as many points as there are factors, and two.
    """
    from SALib.sample import morris as sampler

    problem = _problem([*names, CHANCE], EDGE)
    u = np.asarray(sampler.sample(problem, trajectories, num_levels=LEVELS, seed=SEED), dtype=np.float64)
    level = np.rint((u[:, -1] - EDGE) / (1 - 2 * EDGE) * (LEVELS - 1)).astype(np.int64)
    return Design(problem, u, u[:, :-1], level)


def sobol(names: Sequence[str], n: int) -> Design:
    """Return Saltelli's (2010) matrices A, AB and B over factors; chance is the same in all points.

    Args:
        names: the factors.
        n: rows of a matrix, a power of two; there are ``n (factors + 2)`` points.
    """
    problem = _problem(names, 0.0)
    u = _saltelli(problem, n)
    return Design(problem, u, u, np.zeros(len(u), dtype=np.int64))


def grouped(names: Sequence[str], groups: Sequence[str], n: int) -> Design:
    """Return Saltelli's matrices where what belongs to one group is exchanged together; chance is a group of its own.

    Args:
        names: the factors.
        groups: the group of each.
        n: rows of a matrix, a power of two; there are ``n (groups + 3)`` points.
    """
    problem = _problem([*names, CHANCE], 0.0) | {"groups": [*groups, CHANCE]}
    u = _saltelli(problem, n)
    return Design(problem, u, u[:, :-1], np.floor(u[:, -1] * CHANCES).astype(np.int64))


def scans(factors: int, values: int, seeds: int) -> Design:
    """Return scans: factor by factor its values from low to high, each in the same replications.

    Only the factor that is scanned has a probability in a point; of the others it is missing, and they stay as the
    configuration has them.

    Args:
        factors: how many.
        values: of each.
        seeds: replications at each value.
    """
    at = np.linspace(EDGE, 1 - EDGE, values)
    u = np.full((factors, values, seeds, factors), np.nan)
    for k in range(factors):
        u[k, :, :, k] = at[:, None]
    flat = u.reshape(-1, factors)
    return Design({}, flat, flat, np.tile(np.arange(seeds), factors * values))


def _problem(names: Sequence[str], edge: float) -> dict[str, Any]:
    """Return what SALib wants to know of factors that are uniform over all but the edges of [0, 1]."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[edge, 1 - edge]] * len(names)}


def _saltelli(problem: dict[str, Any], n: int) -> Floats:
    """Return SALib's matrix for first and total order."""
    from SALib.sample import sobol as sampler

    return np.asarray(sampler.sample(problem, n, calc_second_order=False, seed=SEED), dtype=np.float64)
