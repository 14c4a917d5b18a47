"""A tree of cuts, grown only where an input really goes with the outcome (Hothorn, Hornik & Zeileis 2006).

At each node every input is tested for association with the outcome by ranks; the node is split by the input of the
smallest p-value if that, corrected for the number of inputs, is small, at the value that separates best. So a tree
grown in noise is a single leaf, and inputs with many values have no advantage over those with few.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.study.prim import Bools, Box, Floats, association

SURE = 0.05
"""The corrected p-value below which a node is split."""

DEPTH = 3
LEAST = 0.05
"""Share of all points that a leaf has at the least."""


@dataclass(frozen=True)
class Node:
    """A node of a tree.

    Attributes:
        n: points in it.
        hits: of these, where it happens.
        p: corrected p-value of the input it is split by, or of the nearest one where it is a leaf.
        factor: number of the input it is split by; -1 in a leaf.
        at: the value; up to it goes ``low``, above it ``high``.
        low: the node of what is not above it.
        high: the other.
    """

    n: int
    hits: int
    p: float
    factor: int = -1
    at: float = float("nan")
    low: Node | None = None
    high: Node | None = None

    def leaves(self, box: Box | None = None) -> Iterator[tuple[Box, Node]]:
        """Yield the leaves with the boxes they stand for, from low to high."""
        here = box or Box()
        if self.low is None or self.high is None:
            yield here, self
            return
        k = self.factor
        top = min(self.at, here.high.get(k, np.inf))
        yield from self.low.leaves(here.cut(k, high=top))
        above = float(np.nextafter(self.at, np.inf))
        yield from self.high.leaves(here.cut(k, low=max(above, here.low.get(k, -np.inf))))


def grow(x: Floats, y: Bools, depth: int = DEPTH) -> Node:
    """Grow a tree.

    Args:
        x: inputs, shape ``(points, inputs)``.
        y: where it happens.
        depth: levels of splits at the most.
    """
    return _grow(x, y, depth, max(2, int(np.ceil(LEAST * len(x)))))


def _grow(x: Floats, y: Bools, depth: int, least: int) -> Node:
    n, hits = len(y), int(y.sum())
    if depth == 0 or n < 2 * least or hits in (0, n):
        return Node(n, hits, float("nan"))
    p = np.minimum(association(x, y) * x.shape[1], 1.0)
    for k in np.argsort(p, kind="stable"):
        if not p[k] < SURE:
            break
        at = _where(x[:, k], y, least)
        if at is None:  # too few points on one side
            continue
        below = x[:, k] <= at
        return Node(
            n,
            hits,
            float(p[k]),
            int(k),
            at,
            _grow(x[below], y[below], depth - 1, least),
            _grow(x[~below], y[~below], depth - 1, least),
        )
    return Node(n, hits, float(p.min()))


def _where(column: Floats, y: Bools, least: int) -> float | None:
    """Return the value that separates best, by the impurity (Gini) that is left; None if nothing may be separated."""
    order = np.argsort(column, kind="stable")
    value, hit = column[order], np.cumsum(y[order])
    n, hits = len(y), int(y.sum())
    size = np.arange(1, n)
    may = (value[1:] > value[:-1]) & (size >= least) & (n - size >= least)
    if not may.any():
        return None
    left, right = hit[:-1] / size, (hits - hit[:-1]) / (n - size)
    impurity = size * left * (1 - left) + (n - size) * right * (1 - right)
    best = int(np.argmin(np.where(may, impurity, np.inf)))
    return float(0.5 * (value[best] + value[best + 1]))
