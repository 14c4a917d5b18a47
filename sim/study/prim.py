"""The patient rule induction method: boxes of inputs in which something happens often (Friedman & Fisher 1999).

A box begins as everything and is peeled: of all ways to cut a thin slice off one end of one input, the one that
leaves the highest density is taken, again and again, down to a least support. Of the boxes on this path the one with
the highest weighted relative accuracy, support x (density - density everywhere), is chosen, pasted outward while
that raises it, and freed of restrictions that carry nothing by a binomial test (Bryant & Lempert 2010). What it covers
is taken out before the next box is sought. Where inputs are many and points few, some slice of some input that means
nothing is always emptier than all slices of those that matter; so only the inputs that go best with the outcome,
each by itself, are cut. What shows only where two inputs meet, and in neither alone, is not found. SALib has no PRIM,
and the packages that have one are no dependencies here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

PEELED = 0.05
"""Share of a box's points that one cut takes: patience."""

LEAST = 0.05
"""Share of all points that a box has at the least."""

CUT = 8
"""Inputs that may be cut: those of the smallest p-values."""

CARRIES = 0.05
"""A restriction stays whose removal would dilute the box more than chance does at this level."""


@dataclass(frozen=True)
class Box:
    """A region of inputs.

    Attributes:
        low: input to the least value inside; inputs without one are free there.
        high: input to the greatest value inside.
    """

    low: dict[int, float] = field(default_factory=dict)
    high: dict[int, float] = field(default_factory=dict)

    @property
    def inputs(self) -> tuple[int, ...]:
        """Numbers of the inputs that it restricts, in order."""
        return tuple(sorted({*self.low, *self.high}))

    def holds(self, x: Floats) -> Bools:
        """Return which points lie inside.

        Args:
            x: inputs, shape ``(points, inputs)``.
        """
        inside = np.ones(len(x), dtype=bool)
        for k, value in self.low.items():
            inside &= x[:, k] >= value
        for k, value in self.high.items():
            inside &= x[:, k] <= value
        return inside

    def without(self, k: int) -> Box:
        """Return the box with one input free."""
        return Box({i: v for i, v in self.low.items() if i != k}, {i: v for i, v in self.high.items() if i != k})

    def cut(self, k: int, low: float | None = None, high: float | None = None) -> Box:
        """Return the box with other ends of one input."""
        return Box(
            self.low if low is None else {**self.low, k: low}, self.high if high is None else {**self.high, k: high}
        )


def boxes(x: Floats, y: Bools, most: int = 3) -> list[Box]:
    """Return boxes in which ``y`` is frequent, the first found first.

    Args:
        x: inputs, shape ``(points, inputs)``.
        y: where it happens.
        most: boxes at the most; fewer where nothing is left that is denser than the rest.
    """
    found: list[Box] = []
    left = np.ones(len(x), dtype=bool)
    for _ in range(most):
        if not y[left].any() or y[left].all():
            break
        allowed = np.argsort(association(x[left], y[left]), kind="stable")[:CUT]
        box = _box(x[left], y[left], sorted(allowed.tolist()))
        if not box.inputs:
            break
        found.append(box)
        left &= ~box.holds(x)
        if left.mean() < 2 * LEAST:
            break
    return found


def association(x: Floats, y: Bools) -> Floats:
    """Return for each input the two-sided p-value of no association with ``y``, by Mann and Whitney's test.

    Args:
        x: inputs, shape ``(points, inputs)``.
        y: where it happens, neither nowhere nor everywhere.
    """
    from scipy import stats

    found = stats.mannwhitneyu(x[y], x[~y], axis=0, method="asymptotic")
    return np.where(np.ptp(x, axis=0) == 0, 1.0, np.nan_to_num(np.asarray(found.pvalue), nan=1.0))


def _box(x: Floats, y: Bools, allowed: Sequence[int]) -> Box:
    """Return the best box on the peeling path, pasted and cleaned."""
    best = box = Box()
    score = 0.0
    while True:
        peeled = _peel(x, y, box, allowed)
        if peeled is None:
            break
        box = peeled
        gained = _accuracy(y, box.holds(x))
        if gained > score:
            best, score = box, gained
    best = _clean(x, y, _paste(x, y, best))
    return best


def _accuracy(y: Bools, inside: Bools) -> float:
    """Return support x (density - density everywhere)."""
    return float(inside.mean() * (y[inside].mean() - y.mean())) if inside.any() else 0.0


def _peel(x: Floats, y: Bools, box: Box, allowed: Sequence[int]) -> Box | None:
    """Return the box after the cut that leaves the highest density; None if nothing may be cut any more."""
    inside = box.holds(x)
    points, hits = x[inside], y[inside]
    least = max(1, int(np.ceil(LEAST * len(x))))
    best: tuple[float, int, Box] | None = None
    for k in allowed:
        column = points[:, k]
        if column.min() == column.max():
            continue
        for low_end in (True, False):
            edge = float(
                np.quantile(column, PEELED if low_end else 1 - PEELED, method="lower" if low_end else "higher")
            )
            kept = column > edge if low_end else column < edge
            number = int(kept.sum())
            if number < least or number == len(column):
                continue
            # Ends lie halfway between what stays and what goes, so that new points between them fall either way.
            middle = 0.5 * (edge + float(column[kept].min() if low_end else column[kept].max()))
            cut = box.cut(k, low=middle) if low_end else box.cut(k, high=middle)
            density = float(hits[kept].mean())
            if best is None or (density, number) > best[:2]:
                best = density, number, cut
    return best[2] if best else None


def _paste(x: Floats, y: Bools, box: Box) -> Box:
    """Return the box with ends moved outward, slice by slice, as long as its accuracy rises."""
    score, improved = _accuracy(y, box.holds(x)), True
    while improved:
        improved = False
        for k in box.inputs:
            for wider in _wider(x, box, k):
                gained = _accuracy(y, wider.holds(x))
                if gained > score + 1e-15:
                    box, score, improved = wider, gained, True
    return box


def _wider(x: Floats, box: Box, k: int) -> Sequence[Box]:
    """Return the box with one input's ends a slice further out."""
    inside = box.holds(x)
    free = box.without(k).holds(x)
    values = np.unique(x[free, k])
    slice_ = max(1, int(PEELED * inside.sum()))
    out = []
    if k in box.low:
        below = values[values < box.low[k]]
        end = float(below[-slice_]) if len(below) > slice_ else None
        out.append(box.cut(k, low=end) if end is not None else _freed(box, k, low=True))
    if k in box.high:
        above = values[values > box.high[k]]
        end = float(above[slice_ - 1]) if len(above) > slice_ else None
        out.append(box.cut(k, high=end) if end is not None else _freed(box, k, low=False))
    return out


def _freed(box: Box, k: int, low: bool) -> Box:
    """Return the box without one end of one input."""
    if low:
        return Box({i: v for i, v in box.low.items() if i != k}, box.high)
    return Box(box.low, {i: v for i, v in box.high.items() if i != k})


def _clean(x: Floats, y: Bools, box: Box) -> Box:
    """Return the box without restrictions that carry nothing, the weakest taken off first."""
    while box.inputs:
        weakest = max(box.inputs, key=lambda k: carries(x, y, box, k))
        if carries(x, y, box, weakest) <= CARRIES:
            return box
        box = box.without(weakest)
    return box


def carries(x: Floats, y: Bools, box: Box, k: int) -> float:
    """Return how likely chance alone would make the box as dense as it is, were one input free.

    Args:
        x: inputs.
        y: where it happens.
        box: the box.
        k: number of the input.
    """
    from scipy import stats

    inside, wider = box.holds(x), box.without(k).holds(x)
    if inside.sum() == wider.sum():
        return 1.0
    density = float(y[wider].mean())
    return float(stats.binom.sf(int(y[inside].sum()) - 1, int(inside.sum()), density))
