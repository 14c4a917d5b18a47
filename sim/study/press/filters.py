"""The press as a filter: which compounds make the page, what the page alone shows, and how to correct for it.

A page is no policy: it changes nothing in the worlds and everything in what is heard of them. A compound makes the
page with a chance that rises with what it would be shown for, by a logistic slope per standard deviation. Whoever
knows the chances can weigh them away (Horvitz & Thompson 1952, as a ratio); whoever does not takes the tail for the
mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.parameters import parameter

Floats = NDArray[np.float64]

HALVINGS = 100


@dataclass(frozen=True)
class Parameters:
    """How the page selects; it touches no world."""

    press_slope: float = parameter(
        2.0,
        0.0,
        4.0,
        unit="per sd of outcome",
        source="prior-press, page-note",
        doc="logistic slope of the chance to make the page",
    )


def standard(values: Floats) -> Floats:
    """Return values in standard deviations from their mean; 0 where all are alike."""
    spread = float(values.std())
    out: Floats = (values - values.mean()) / spread if spread > 0 else np.zeros(len(values))
    return out


def chances(shown_for: Floats, slope: float, reported: float) -> Floats:
    """Return each compound's chance to make the page.

    Args:
        shown_for: what compounds are shown for, more being better.
        slope: logistic, per standard deviation.
        reported: how many make the page on average, above 0 and below the number of compounds.

    Raises:
        ValueError: no intercept gives so many.
    """
    if not 0 < reported < len(shown_for):
        raise ValueError(f"{reported} of {len(shown_for)} compounds cannot make the page")
    lean = slope * standard(shown_for)
    low, high = -50.0 - float(np.abs(lean).max()), 50.0 + float(np.abs(lean).max())
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _logistic(middle + lean).sum() < reported else (low, middle)
    return _logistic((low + high) / 2 + lean)


def _logistic(x: Floats) -> Floats:
    out: Floats = 1 / (1 + np.exp(-x))
    return out


def as_reported(values: Floats, chance: Floats) -> float:
    """Return the mean of values as the page shows it on average: each weighs as much as its chance to be shown."""
    return float((values * chance).sum() / chance.sum())


def appear(chance: Floats, seed: int, ordinal: int = 0) -> NDArray[np.bool_]:
    """Draw which compounds make the page."""
    return noise.chance(chance, np.array([seed]), "press.appears", np.arange(len(chance)), ordinal)


def corrected(values: Floats, chance: Floats) -> float:
    """Return the mean over all compounds estimated from those on the page alone, whose chances are known.

    Args:
        values: of the compounds on the page.
        chance: with which each of them came to be there, above 0.
    """
    weight = 1 / chance
    return float((values * weight).sum() / weight.sum())
