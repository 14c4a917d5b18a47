"""An emulator: what a run would come to at parameters where none was lived, and how unsure that is.

A regression on the few inputs that matter, with their squares, chosen forward by the Bayesian information criterion.
What it leaves, chance and all inputs that were not chosen together, is part of its uncertainty, so it is never surer
than it can be (Vernon, Goldstein & Bower 2010 call these the active inputs and the nugget).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST = 12
"""Terms at the most."""


@dataclass(frozen=True)
class Emulator:
    """A fitted regression.

    Attributes:
        active: numbers of the inputs chosen, in the order of choice.
        terms: input and power of each term.
        weights: constant first.
        spread: inverse of the terms' cross products.
        rest: standard deviation of what is left.
        r2: share of the variance explained at points left out one by one.
    """

    active: tuple[int, ...]
    terms: tuple[tuple[int, int], ...]
    weights: Floats
    spread: Floats
    rest: float
    r2: float

    def at(self, u: Floats) -> tuple[Floats, Floats]:
        """Return the mean and the standard deviation of a run at inputs.

        Args:
            u: inputs as probabilities, shape ``(points, inputs)``.
        """
        design = _design(u, self.terms)
        sure = np.einsum("ij,jk,ik->i", design, self.spread, design)
        return np.asarray(design @ self.weights), self.rest * np.sqrt(1.0 + np.maximum(sure, 0.0))


def fit(u: Floats, y: Floats) -> Emulator:
    """Fit an emulator.

    Args:
        u: inputs as probabilities, shape ``(points, inputs)``.
        y: what runs came to, shape ``(points,)``; none is missing.
    """
    n = len(y)
    terms: list[tuple[int, int]] = []
    best = _criterion(u, y, terms)
    most = min(MOST, n // 10)
    while len(terms) < most:
        left = y - _design(u, terms) @ np.linalg.lstsq(_design(u, terms), y, rcond=None)[0]
        tried = [(k, power) for k in _nearest(u, left) for power in (1, 2) if (k, power) not in terms]
        scored = [(_criterion(u, y, [*terms, term]), term) for term in tried]
        if not scored or min(scored)[0] >= best:
            break
        best, term = min(scored)
        terms.append(term)
    design = _design(u, terms)
    weights = np.linalg.lstsq(design, y, rcond=None)[0]
    spread = np.asarray(np.linalg.pinv(design.T @ design), dtype=np.float64)
    left = y - design @ weights
    leverage = np.einsum("ij,jk,ik->i", design, spread, design)
    missed = left / np.maximum(1.0 - leverage, 1e-9)  # what each point would be missed by without itself
    around = float(((y - y.mean()) ** 2).sum())
    r2 = 1.0 - float((missed**2).sum()) / around if around > 0 else float("nan")
    rest = float(np.sqrt((left**2).sum() / max(1, n - design.shape[1])))
    active = tuple(dict.fromkeys(k for k, _ in terms))
    return Emulator(active, tuple(terms), np.asarray(weights), spread, rest, r2)


def _design(u: Floats, terms: list[tuple[int, int]] | tuple[tuple[int, int], ...]) -> Floats:
    """Return the columns of a regression: a constant, and powers of centred inputs."""
    columns = [np.ones(len(u)), *((2 * u[:, k] - 1) ** power for k, power in terms)]
    return np.column_stack(columns)


def _criterion(u: Floats, y: Floats, terms: list[tuple[int, int]]) -> float:
    """Return the information criterion of a regression, with the price of a choice among many (Chen & Chen 2008)."""
    design = _design(u, terms)
    left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    n, chosen = len(y), len(terms)
    size = max(float((left**2).mean()), 1e-300)
    return float(n * np.log(size) + chosen * (np.log(n) + 2 * np.log(max(2, 2 * u.shape[1]))))


def _nearest(u: Floats, left: Floats, most: int = 8) -> list[int]:
    """Return the inputs that go best with what is left, by themselves or by their squares."""
    if np.ptp(left) == 0:
        return []
    centred = 2 * u - 1
    scores = np.zeros(u.shape[1])
    for columns in (centred, centred**2):
        around = columns - columns.mean(axis=0)
        size = np.sqrt((around**2).sum(axis=0) * ((left - left.mean()) ** 2).sum())
        together = np.abs(around.T @ (left - left.mean()))
        scores = np.maximum(scores, np.divide(together, size, out=np.zeros_like(size), where=size > 0))
    return [int(k) for k in np.argsort(-scores, kind="stable")[:most]]
