"""Keyed draws of the distributions the rules use, each a pure function of seed, name and ids.

Built on `sim.noise` alone and on operations that IEEE 754 fixes to the last bit (+ - * /, square
root, rounding, comparisons), so an element alone, in a crowd, in any order and on any CPU is the
same number. A draw that needs more than one random number takes each under its own derived name
(``name#proposal``, ...), so ids never have to leave room for it. Arguments named ``seed``, ``name``
and ``ids`` are those of `sim.noise.bits`; parameters are scalars or arrays that broadcast with them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim import exact, noise
from sim.constants import real, whole
from sim.noise import Floats, Ints, Name
from sim.space import where

# Wichura (1988), Algorithm AS 241, PPND16: coefficients of the numerators and denominators,
# highest power first.
_CENTRE = (
    (
        2.5090809287301226727e3,
        3.3430575583588128105e4,
        6.7265770927008700853e4,
        4.5921953931549871457e4,
        1.3731693765509461125e4,
        1.9715909503065514427e3,
        1.3314166789178437745e2,
        3.3871328727963666080e0,
    ),
    (
        5.2264952788528545610e3,
        2.8729085735721942674e4,
        3.9307895800092710610e4,
        2.1213794301586595867e4,
        5.3941960214247511077e3,
        6.8718700749205790830e2,
        4.2313330701600911252e1,
        1.0,
    ),
)
_SHOULDER = (
    (
        7.74545014278341407640e-4,
        2.27238449892691845833e-2,
        2.41780725177450611770e-1,
        1.27045825245236838258e0,
        3.64784832476320460504e0,
        5.76949722146069140550e0,
        4.63033784615654529590e0,
        1.42343711074968357734e0,
    ),
    (
        1.05075007164441684324e-9,
        5.47593808499534494600e-4,
        1.51986665636164571966e-2,
        1.48103976427480074590e-1,
        6.89767334985100004550e-1,
        1.67638483018380384940e0,
        2.05319162663775882187e0,
        1.0,
    ),
)
_TAIL = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        1.24266094738807843860e-3,
        2.65321895265761230930e-2,
        2.96560571828504891230e-1,
        1.78482653991729133580e0,
        5.46378491116411436990e0,
        6.65790464350110377720e0,
    ),
    (
        2.04426310338993978564e-15,
        1.42151175831644588870e-7,
        1.84631831751005468180e-5,
        7.86869131145613259100e-4,
        1.48753612908506148525e-2,
        1.36929880922735805310e-1,
        5.99832206555887937690e-1,
        1.0,
    ),
)

_PIECES = np.array([*_CENTRE, *_SHOULDER, *_TAIL]).T.copy()
"""The same, a row a power: two columns a piece of the range, for its numerator and its denominator."""

_CENTRE_ENDS, _TAIL_BEGINS = real(0.425), real(5.0)
_CENTRE_SQUARED, _SHOULDER_MIDDLE = real(0.180625), real(1.6)
_CENTRE_ENDS_ONE, _TAIL_BEGINS_ONE = float(_CENTRE_ENDS), float(_TAIL_BEGINS)
_CENTRE_SQUARED_ONE, _SHOULDER_MIDDLE_ONE = float(_CENTRE_SQUARED), float(_SHOULDER_MIDDLE)
_SHOULDER_COLUMN, _TAIL_COLUMN, _NEXT = whole(2), whole(4), whole(1)

_ZERO, _HALF, _ONE = real(0.0), real(0.5), real(1.0)

FEW = 32
"""Numbers up to which Python's own are quicker to turn into normal quantiles."""


def normal(seed: Ints, name: Name, *ids: Ints) -> Floats:
    """Return standard normal draws: `normal_quantile` of the uniform of the same key."""
    return normal_quantile(noise.uniform(seed, name, *ids))


def lognormal(median: ArrayLike, sd: ArrayLike, seed: Ints, name: str, *ids: Ints) -> Floats:
    """Return lognormal draws.

    Args:
        median: the median, in the unit of the result; the mean is ``median * exp(sd**2 / 2)``.
        sd: standard deviation of the logarithm.
        seed: replication seeds.
        name: the decision.
        *ids: whose, which.
    """
    return _floats(median) * noise.exp(_floats(sd) * normal(seed, name, *ids))


def gamma(shape: ArrayLike, seed: Ints, name: str, *ids: Ints) -> Floats:
    """Return gamma draws of scale 1, so that the mean and the variance are the shape.

    Marsaglia & Tsang (2000): attempt number i draws its proposal and its acceptance with one more
    id, i, so an element's attempts are its own however many others still try. Below shape 1 the
    draw of shape + 1 is multiplied by U**(1 / shape). A frailty of mean 1 and variance v is
    ``v * gamma(1 / v, ...)``.

    Args:
        shape: above 0.
        seed: replication seeds.
        name: the decision.
        *ids: whose, which.
    """
    draw, log_boost = _gamma(shape, seed, name, *ids)
    return draw if log_boost is None else draw * noise.exp(log_boost)


def beta(a: ArrayLike, b: ArrayLike, seed: Ints, name: str, *ids: Ints) -> Floats:
    """Return beta draws with mean a / (a + b), from two gammas.

    The ratio is taken between logarithms, so that it exists when both gammas are too small for a
    float (tiny a and b).

    Args:
        a: above 0.
        b: above 0.
        seed: replication seeds.
        name: the decision.
        *ids: whose, which.
    """
    logs = []
    for shape, part in ((a, "#a"), (b, "#b")):
        draw, log_boost = _gamma(shape, seed, name + part, *ids)
        logs.append(noise.log(draw) + (0.0 if log_boost is None else log_boost))
    return 1.0 / (1.0 + noise.exp(logs[1] - logs[0]))


def weibull(shape: ArrayLike, scale: ArrayLike, seed: Ints, name: str, *ids: Ints) -> Floats:
    """Return Weibull draws: ``scale * E**(1 / shape)`` with E exponential of mean 1.

    Args:
        shape: above 0; above 1 the hazard rises with age.
        scale: the age that 1 - 1/e (63%) do not outlive.
        seed: replication seeds.
        name: the decision.
        *ids: whose, which.
    """
    return _floats(scale) * noise.power(noise.exponential(seed, name, *ids), 1.0 / _floats(shape))


def geometric(mean: ArrayLike, seed: Ints, name: Name, *ids: Ints) -> NDArray[np.int64]:
    """Return the number of failures before the first success, 0, 1, 2, ..., with the given mean.

    P(X >= k) = q**k with q = mean / (1 + mean), by inversion: the whole part of E / -log(q) with E
    exponential. Greater means give greater or equal numbers for the same key.

    Args:
        mean: the mean of the result, 0 or above (0 or below gives 0 always).
        seed: replication seeds.
        name: the decision.
        *ids: whose, which.
    """
    return (noise.exponential(seed, name, *ids) / _failure_rate(mean)).astype(np.int64)


def day_rate(mean: ArrayLike) -> Floats:
    """Return the rate r for which 1 + floor(E / r), E exponential, has the given mean of whole days.

    It is log(mean / (mean - 1)); infinite for a mean of 1 or below, so that the wait is 1 day.
    """
    return _failure_rate(_floats(mean) - 1.0)


def _failure_rate(mean: ArrayLike) -> Floats:
    """Return -log(q) of the geometric distribution with the given mean; infinite for a mean of 0."""
    wanted = _floats(mean)
    positive = wanted > 1e-300  # so that 1 / mean is finite; far below what a draw can tell from 0
    ratio = 1.0 / np.where(positive, wanted, 1.0)
    # -log(q) = log(1 + ratio); ratio / ((1 + ratio) - 1) repairs what rounding 1 + ratio took away
    above = 1.0 + ratio
    shift = above - 1.0
    lost = shift == 0.0
    rate = np.where(lost, ratio, noise.log(above) * (ratio / np.where(lost, 1.0, shift)))
    return np.where(positive, rate, np.inf)


def days(mean: ArrayLike, seed: Ints, name: Name, *ids: Ints) -> NDArray[np.int64]:
    """Return a waiting time in whole days, at least 1, with exactly the given mean.

    It is 1 + floor(T) with T exponential; the rate of T is not 1 / mean but
    log(mean / (mean - 1)), which makes the mean of the *whole* days the one asked for. That is
    1 + `geometric` (mean - 1): without memory, each day ends the wait with probability 1 / mean.

    Args:
        mean: mean number of days, 1 or above (1 or below gives 1 always).
        seed: replication seeds.
        name: the decision.
        *ids: whose, which.
    """
    return 1 + geometric(_floats(mean) - 1.0, seed, name, *ids)


def normal_quantile(u: ArrayLike) -> Floats:
    """Return the standard normal quantile of u in (0, 1) by Wichura's AS 241, right to 1e-15."""
    given = _floats(u)
    flat = given.reshape(-1)
    if flat.size <= FEW:
        values = [_normal_quantile_one(one) for one in flat.tolist()]
        if None not in values:
            return np.array(values, dtype=np.float64).reshape(given.shape)
    out = np.empty_like(flat)
    for start in range(0, flat.size, exact.CHUNK):
        part = slice(start, start + exact.CHUNK)
        out[part] = _normal_quantile(flat[part])
    return out.reshape(given.shape)


def _normal_quantile(u: Floats) -> Floats:
    """Return the same of a list, of which all numbers go through one polynomial, each with its own coefficients."""
    factor = q = u - _HALF
    r, column = _CENTRE_SQUARED - q * q, np.zeros(len(u), dtype=np.int64)
    outside = where(np.abs(q) > _CENTRE_ENDS)
    if len(outside):
        tail = u.take(outside)
        root = np.sqrt(-noise.log(np.minimum(tail, _ONE - tail)))
        r[outside], column[outside] = root - _SHOULDER_MIDDLE, _SHOULDER_COLUMN
        factor[outside] = np.copysign(_ONE, q.take(outside))
        far = where(root > _TAIL_BEGINS)
        if len(far):  # once in 10^11 draws
            r[outside[far]], column[outside[far]] = root[far] - _TAIL_BEGINS, _TAIL_COLUMN
    columns = np.concatenate((column, column + _NEXT))
    ratio = exact.polynomial(_PIECES.take(columns, axis=1), np.concatenate((r, r)))
    value = np.divide(ratio[: len(u)], ratio[len(u) :], r)
    return np.multiply(factor, value, value)


def _normal_quantile_one(u: float) -> float | None:
    """Return the same of one number, bit for bit; nothing unless it lies between 0 and 1."""
    factor = q = u - 0.5
    if abs(q) > _CENTRE_ENDS_ONE:
        log = exact.log_one(min(u, 1.0 - u))
        if log is None:
            return None
        r, factor = math.sqrt(-log), math.copysign(1.0, q)
        if r > _TAIL_BEGINS_ONE:
            r, (above, below) = r - _TAIL_BEGINS_ONE, _TAIL
        else:
            r, (above, below) = r - _SHOULDER_MIDDLE_ONE, _SHOULDER
    else:
        r, (above, below) = _CENTRE_SQUARED_ONE - q * q, _CENTRE
    a, b, c, d, e, f, g, h = above
    numerator = ((((((a * r + b) * r + c) * r + d) * r + e) * r + f) * r + g) * r + h
    a, b, c, d, e, f, g, h = below
    return factor * (numerator / (((((((a * r + b) * r + c) * r + d) * r + e) * r + f) * r + g) * r + h))


def triangular(low: ArrayLike, mode: ArrayLike, high: ArrayLike, u: ArrayLike) -> Floats:
    """Return the quantile u of the triangular distribution with low <= mode <= high."""
    a, m, b, p = _floats(low), _floats(mode), _floats(high), _floats(u)
    span = b - a
    part, rise = p * span, m - a
    rising = part < rise
    below = a + np.sqrt(np.maximum(part * rise, _ZERO))
    above = b - np.sqrt(np.maximum((_ONE - p) * span * (b - m), _ZERO))
    return np.where(rising, below, above)


def choice(weights: ArrayLike, u: ArrayLike) -> NDArray[np.int64]:
    """Return the index of the alternative that each uniform u picks, with chances as the weights.

    The weights are added from left to right, one alternative at a time: a sum over the axis would
    add in an order that depends on the CPU. An alternative of weight 0 is never picked.

    Args:
        weights: non-negative, the alternatives along the last axis, which is short.
        u: uniforms in (0, 1) that broadcast with the other axes.

    Raises:
        ValueError: somebody has no alternative with a weight above 0.
    """
    given = _floats(weights)
    reached = [given[..., 0]]
    for k in range(1, given.shape[-1]):
        reached.append(reached[-1] + given[..., k])
    total = reached.pop()
    if np.count_nonzero(total > _ZERO) < total.size:
        raise ValueError("choice: nothing to choose from, all weights are 0")
    target = total * _floats(u)
    index = np.zeros(target.shape, dtype=np.int8)  # as wide as what is added to it: a mask, read as ones and zeros
    for one in reached:
        index += (target >= one).view(np.int8)
    return index.astype(np.int64)


def _floats(value: ArrayLike) -> Floats:
    """Take a parameter as float64."""
    return np.asarray(value, dtype=np.float64)


def _gamma(shape: ArrayLike, seed: Ints, name: str, *ids: Ints) -> tuple[Floats, Floats | None]:
    """Return gamma draws for max(shape, shape + 1 below 1), and the log of the boost owed to them."""
    a = np.atleast_1d(_floats(shape))
    keys = [np.atleast_1d(np.asarray(k)) for k in (seed, *ids)]
    full = np.broadcast_shapes(a.shape, *(k.shape for k in keys))
    small = a < 1.0
    d = np.where(small, a + 1.0, a) - 1.0 / 3.0

    draw = np.broadcast_to(_attempt(d, 0, name, keys), full).copy()
    waiting = np.nonzero(np.isnan(draw))
    attempt = 0
    while waiting[0].size:
        attempt += 1
        some = [np.broadcast_to(k, full)[waiting] for k in keys]
        tried = _attempt(np.broadcast_to(d, full)[waiting], attempt, name, some)
        draw[waiting] = tried
        again = np.isnan(tried)
        waiting = tuple(w[again] for w in waiting)

    if not small.any():
        return draw, None
    boost = noise.log(noise.uniform(keys[0], name + "#boost", *keys[1:])) / np.where(small, a, 1.0)
    return draw, np.where(small, boost, 0.0)


def _attempt(d: Floats, attempt: int, name: str, keys: Sequence[NDArray[np.int64]]) -> Floats:
    """Return d*v of one attempt of Marsaglia and Tsang, nan where it is rejected."""
    x = normal(keys[0], name + "#proposal", *keys[1:], attempt)
    u = noise.uniform(keys[0], name + "#acceptance", *keys[1:], attempt)
    v = 1.0 + x / np.sqrt(9.0 * d)
    v = v * v * v
    square = x * x
    accepted = (v > 0.0) & (u < 1.0 - 0.0331 * (square * square))
    unsure = np.nonzero((v > 0.0) & ~accepted)
    if unsure[0].size:
        v_, d_ = v[unsure], np.broadcast_to(d, v.shape)[unsure]
        x_, u_ = np.broadcast_to(square, v.shape)[unsure], np.broadcast_to(u, v.shape)[unsure]
        accepted[unsure] = noise.log(u_) < 0.5 * x_ + d_ * (1.0 - v_ + noise.log(v_))
    return np.where(accepted, d * v, np.nan)
