"""Weather: the rainy season, and how wet each compound's year is.

Three quarters of all leaks come from June to September. Rain falls on a whole compound, so its
roofs fail together: each compound draws, for each year, one gamma factor (shared frailty, shape 1)
that multiplies the leak hazard of all its roofs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim import distributions
from sim.columns import Column, Rule
from sim.parameters import parameter

if TYPE_CHECKING:
    from sim.worlds import Worlds

YEAR = 365
"""Days of a model year; day 0 is the first of January."""

RAINY = (151, 273)
"""First day of the rainy season and first day after it: June to September."""


@dataclass(frozen=True)
class Parameters:
    """Rain."""

    rainy_share: float = parameter(
        0.75,
        0.5,
        0.95,
        unit="share",
        source="prior-roof",
        doc="leaks that come in the rainy season",
    )
    rain_shape: float = parameter(
        1.0,
        0.5,
        5.0,
        unit="1",
        source="prior-roof, page-D7",
        doc="shape of the compound's yearly rain factor (mean 1); small = roofs fail together",
    )


def _set_up(w: Worlds) -> None:
    """Draw the year in which the run begins."""
    draw_year(w)


def draw_year(w: Worlds) -> None:
    """Phase, yearly: each compound learns how wet its year is."""
    shape = w.p.rain_shape
    compound = np.arange(w.layout.sizes["compound"])
    w.rain[...] = distributions.gamma(shape, w.seeds[:, None], "weather.rain", compound, w.day // YEAR) / shape


def season(w: Worlds) -> np.ndarray:
    """Return the factor of the season on leak hazards, shape ``(worlds, 1)``; its mean over a year is 1."""
    first, after = RAINY
    share, length = (
        (w.p.rainy_share, after - first)
        if first <= w.day % YEAR < after
        else (1 - w.p.rainy_share, YEAR - after + first)
    )
    return share * YEAR / length


RULE = Rule(
    name="weather",
    places=("compound",),
    columns=(Column("rain", "compound", np.float64, "this year's rain factor, mean 1"),),
    parameters=Parameters,
    set_up=_set_up,
)
