"""The market: one price of a bird, which swings around its usual level and sometimes crashes.

The logarithm of price over usual price is a mean-reverting process with jumps down (Ornstein-Uhlenbeck, stepped
exactly from week to week). What a bird is and costs depends on its kind: a slow one or a broiler of 42 days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import distributions, noise
from sim.books import FEN
from sim.columns import Column, Rule
from sim.parameters import parameter

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WEEK_YEARS = 7 / 365
"""A week, in years."""

IN_CRISIS = -0.15
"""Logarithm of price over usual price below which the market is in a crash: 14% under what is usual."""


@dataclass(frozen=True)
class Parameters:
    """Prices and costs."""

    slow_birds: bool = parameter(
        True,
        False,
        True,
        unit="switch",
        kind="set",
        source="design, prior-slow-birds, prior-broilers: slow premium birds, or broilers of 42 days",
        doc="the birds are slow ones; off: broilers",
    )
    slow_days: int = parameter(
        150,
        110,
        180,
        unit="days",
        tag="F",
        source="slow-bird-costs, prior-slow-birds",
        doc="days from chick to sale of a slow bird",
    )
    slow_chick: float = parameter(
        5.0, 3.0, 6.0, unit="yuan", tag="F", source="slow-bird-costs, prior-slow-birds", doc="price of a slow chick"
    )
    slow_feed: float = parameter(
        15.0, 8.0, 25.0, unit="yuan", tag="F", source="slow-bird-costs, prior-slow-birds", doc="feed of a slow bird"
    )
    slow_vaccine: float = parameter(
        1.0, 0.2, 3.0, unit="yuan", tag="F", source="slow-bird-costs, prior-slow-birds", doc="vaccines of a slow bird"
    )
    slow_price: float = parameter(
        42.0,
        38.0,
        60.0,
        unit="yuan",
        tag="F",
        source="slow-bird-costs, prior-slow-birds: the lower end, at the farm's gate",
        doc="usual price of a slow bird",
    )
    broiler_days: int = parameter(
        42,
        40,
        42,
        unit="days",
        tag="F",
        source="broiler-costs, prior-broilers",
        doc="days from chick to sale of a broiler",
    )
    broiler_chick: float = parameter(
        3.0, 2.0, 4.0, unit="yuan", source="prior-broilers, broiler-costs: with feed and vaccine 17", doc="its chick"
    )
    broiler_feed: float = parameter(
        13.5,
        12.5,
        14.5,
        unit="yuan",
        source="prior-broilers, broiler-costs: 2.4 kg x 7.5 less the chick",
        doc="its feed",
    )
    broiler_vaccine: float = parameter(0.5, 0.2, 0.8, unit="yuan", source="prior-broilers", doc="vaccines of a broiler")
    broiler_price: float = parameter(
        19.8,
        18.5,
        21.5,
        unit="yuan",
        source="prior-broilers: (17 + .4) / .88, so that .4 is left alone",
        doc="usual price of a broiler",
    )
    winter_heat: float = parameter(
        1.0,
        0.0,
        3.0,
        unit="yuan",
        source="prior-slow-birds",
        doc="fuel for a bird all of whose days are in winter, November to February",
    )
    price_volatility: float = parameter(
        0.25,
        0.20,
        0.30,
        unit="log sd/year",
        tag="E",
        source="prior-slow-birds, price-volatility",
        doc="volatility of the price",
    )
    price_reversion: float = parameter(
        2.0,
        1.0,
        4.0,
        unit="per year",
        source="prior-slow-birds",
        doc="speed with which the price goes back to what is usual",
    )
    crash_rate: float = parameter(
        0.15,
        0.0,
        2.0,
        unit="per year",
        kind="set",
        source="prior-slow-birds, price-volatility",
        doc="hazard of a crash",
    )
    crash_depth: float = parameter(
        0.25,
        0.0,
        0.9,
        unit="share",
        kind="set",
        source="prior-slow-birds, price-volatility: 7 to 5.28 yuan in a month",
        doc="part of the price that a crash takes away",
    )
    crash_day: int = parameter(
        -1,
        -1,
        3650,
        unit="day",
        kind="set",
        source="design: a crash for certain, in the first week from this day on",
        doc="day of a crash that surely comes; -1 = none",
    )


def step(w: Worlds) -> None:
    """Phase, weekly: the price moves."""
    week = w.day // 7
    seeds = w.seeds[:, None]
    kept = noise.exp(-w.p.price_reversion * WEEK_YEARS)
    spread = w.p.price_volatility * np.sqrt((1 - kept * kept) / (2 * w.p.price_reversion))
    crash = noise.chance(1 - noise.exp(-w.p.crash_rate * WEEK_YEARS), seeds, "market.crash", week)
    crash = crash | ((w.p.crash_day >= 0) & (w.p.crash_day >= w.day) & (w.p.crash_day < w.day + 7))
    jump = np.where(crash, noise.log(1 - w.p.crash_depth), 0.0)
    w.price_log[...] = w.price_log * kept + spread * distributions.normal(seeds, "market.swing", week) + jump
    w.price[...] = np.rint(FEN * of_kind(w, "price") * noise.exp(w.price_log))
    w.flow["crashes"] += crash[:, 0]
    w.stock["price_fen"][...] = w.price[:, 0]


def of_kind(w: Worlds, what: str) -> Floats:
    """Return a parameter of the kind of birds kept: days, chick, feed, vaccine or price, shape ``(worlds, 1)``."""
    values = w.p.values
    return np.where(w.p.slow_birds > 0, values[f"slow_{what}"], values[f"broiler_{what}"])


def inputs(w: Worlds) -> Ints:
    """Return chick, feed and vaccines of a bird, without heat, fen, shape ``(worlds, 1)``."""
    cost: Ints = np.rint(FEN * (of_kind(w, "chick") + of_kind(w, "feed") + of_kind(w, "vaccine"))).astype(np.int64)
    return cost


def _set_up(w: Worlds) -> None:
    """Begin at the usual price."""
    w.price[...] = np.rint(FEN * of_kind(w, "price"))
    w.stock["price_fen"][...] = w.price[:, 0]


RULE = Rule(
    name="market",
    places=("village",),
    columns=(
        Column("price_log", "world", np.float64, "logarithm of a bird's price over its usual price"),
        Column("price", "world", np.int64, "price of a bird, fen"),
    ),
    parameters=Parameters,
    flows={"crashes": "crashes of the price"},
    stocks={"price_fen": "price of a bird, fen"},
    set_up=_set_up,
)
