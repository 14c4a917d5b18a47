"""Rearing: what a bird needs until it is sold, and how many of a batch live to be sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.columns import Rule
from sim.parameters import parameter
from sim.rules import market

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

YEAR = 365
WINTER = (304, 59)
"""Days of the year with which winter begins and ends: November to February."""

SEASON = (59, 243)
"""Days of the year between which chicks are placed: March to August."""


@dataclass(frozen=True)
class Parameters:
    """Who survives."""

    survival_alone: float = parameter(
        0.88,
        0.80,
        0.92,
        unit="share",
        tag="F",
        source="slow-bird-costs, prior-slow-birds",
        doc="chicks that a household without any skill brings to sale",
    )
    survival_skilled: float = parameter(
        0.93,
        0.92,
        0.96,
        unit="share",
        tag="F",
        source="slow-bird-costs, prior-slow-birds: what coached households reach",
        doc="the same with all the skill there is",
    )
    winter_loss: float = parameter(
        0.03,
        0.0,
        0.08,
        unit="share",
        source="guess: cold takes some; no number was found",
        doc="chicks lost in addition if all days of a batch are in winter",
    )


def in_season(day: int) -> bool:
    """Return whether chicks are placed at this time of the year."""
    return SEASON[0] <= day % YEAR < SEASON[1]


def winter_days(day: int, length: Ints) -> Ints:
    """Return how many of the days from a given one on, for each length, are in winter."""
    days = (day + np.arange(int(length.max()) + 1)) % YEAR
    cold = np.concatenate([[0], np.cumsum((days >= WINTER[0]) | (days < WINTER[1]))])
    return cold[length]


def costs(w: Worlds) -> Ints:
    """Return what a bird placed today costs in chick, feed, vaccine and heat, fen, shape ``(worlds, 1)``."""
    length = market.of_kind(w, "days").astype(np.int64)
    heat = np.rint(100 * w.p.winter_heat * winter_days(w.day, length) / length).astype(np.int64)
    return market.inputs(w) + heat


def survivors(w: Worlds, world: Ints, number: Ints, winter: Ints, skill: Floats, lot: Floats) -> Ints:
    """Return how many of a batch come to sale: the expected number, rounded up or down by a lot.

    Args:
        w: the worlds.
        world: world of each batch.
        number: chicks placed.
        winter: days of the batch in winter.
        skill: 0 to 1.
        lot: uniform in (0, 1).
    """
    days = market.of_kind(w, "days")[world, 0]
    alone, skilled = w.at("survival_alone", world), w.at("survival_skilled", world)
    rate = alone + (skilled - alone) * skill - w.at("winter_loss", world) * winter / days
    return np.minimum(np.floor(number * rate + lot).astype(np.int64), number)


RULE = Rule(name="rearing", places=("village",), parameters=Parameters)
