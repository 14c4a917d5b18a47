"""One draw at a time, keyed by (seed, decision name, ids)."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from sim import distributions
from tests.reference.noise_pure import bits, chance, exp, exponential, log, threshold, uniform

__all__ = [
    "beta", "bits", "chance", "days", "exp", "exponential", "gamma", "logistic", "lognormal", "normal", "power",
    "threshold", "triangular", "uniform",
]  # fmt: skip


def power(x: float, a: float) -> float:
    """Return x to the power a."""
    return exp(a * log(x))


def logistic(x: float) -> float:
    """Return the chance whose logit is x."""
    return 1 / (1 + exp(-x))


def normal(seed: int, name: str, *ids: int) -> float:
    """Return a standard normal draw."""
    return float(distributions.normal_quantile(uniform(seed, name, *ids)))


def lognormal(median: float, sd: float, seed: int, name: str, *ids: int) -> float:
    """Return a lognormal draw."""
    return float(np.ravel(distributions.lognormal(median, sd, seed, name, *ids))[0])


def gamma(shape: float, seed: int, name: str, *ids: int) -> float:
    """Return a gamma draw of scale 1."""
    return float(distributions.gamma(shape, seed, name, *ids)[0])


def beta(a: float, b: float, seed: int, name: str, *ids: int) -> float:
    """Return a beta draw with mean a / (a + b)."""
    return float(distributions.beta(a, b, seed, name, *ids)[0])


def triangular(low: float, mode: float, high: float, u: float) -> float:
    """Return the quantile u of a triangular distribution."""
    return float(distributions.triangular(low, mode, high, u))


def days(mean: float, seed: int, name: str, *ids: int) -> int:
    """Return a wait of whole days, at least 1, without memory and with the given mean."""
    return 1 + math.floor(exponential(seed, name, *ids) / _rate(mean))


@cache
def _rate(mean: float) -> float:
    """Return the rate at which the whole days have the mean."""
    return float(distributions.day_rate(mean))
