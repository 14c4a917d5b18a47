"""Logarithm and exponential, the same to the last bit on every machine.

They are written with + - * / and integer operations, which IEEE 754 fixes to the last bit (numpy
never fuses a multiplication with an addition across two calls). numpy's own differ between CPUs in
the last place, which is enough to flip a decision. The algorithms are those of fdlibm (Sun
Microsystems 1993; below one unit in the last place).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import absolute, add, divide, left_shift, multiply, right_shift, rint, subtract
from numpy.typing import ArrayLike, NDArray

from sim.constants import real

Floats = NDArray[np.float64]

# Elements worked on at a time: the working arrays of this length stay in the second-level cache.
CHUNK = 16384
SPARES = 7  # rows of working memory, the most that any kernel below needs

# Numbers up to which Python's own are quicker: numpy takes as long for one as for a hundred.
FEW = 22

_HALF = real(0.5)
_ONE = real(1.0)
_TWO = real(2.0)


def log(x: ArrayLike) -> Floats:
    """Return the natural logarithm, the same to the last bit on every machine.

    Within one unit in the last place. Zero gives -inf, a negative number or nan gives nan, without
    a warning.

    Args:
        x: float64 values; not changed.
    """
    return elementwise(x, _log, log_one)


def exp(x: ArrayLike) -> Floats:
    """Return the exponential, the same to the last bit on every machine.

    Within one unit in the last place; inf above 709.78, gradually 0 below -708.4, without a
    warning; nan gives nan.

    Args:
        x: float64 values; not changed.
    """
    return elementwise(x, _exp, exp_one)


def power(x: ArrayLike, a: ArrayLike) -> Floats:
    """Return x to the power a for x > 0, as ``exp(a * log(x))``.

    The relative error grows with the logarithm of the result, up to about 1e-13.
    """
    return exp(np.asarray(a, dtype=np.float64) * log(x))


def logistic(x: ArrayLike) -> Floats:
    """Return 1 / (1 + exp(-x)), the same to the last bit on every machine."""
    return 1.0 / (1.0 + exp(-np.asarray(x, dtype=np.float64)))


def elementwise(
    x: ArrayLike, kernel: Callable[[Floats, Floats, Floats], None], one: Callable[[float], float | None]
) -> Floats:
    """Apply a kernel (from, to, working memory) chunk by chunk to a new array, or its twin to each of few numbers."""
    given = np.asarray(x, dtype=np.float64)
    source = given.reshape(-1)
    if source.size <= FEW:
        values = [one(value) for value in source.tolist()]
        if None not in values:
            return np.array(values, dtype=np.float64).reshape(given.shape)
    out = np.empty(source.size)
    spare = np.empty((SPARES, min(source.size, CHUNK)))
    for start in range(0, source.size, CHUNK):
        part = source[start : start + CHUNK]
        kernel(part, out[start : start + CHUNK], spare[:, : part.size])
    return out.reshape(given.shape)


# Constants of fdlibm's e_log.c and e_exp.c. ln 2 comes in two parts; the upper one has so many
# trailing zeros that its product with an exponent is exact.
_SMALLEST_NORMAL = 2.0**-1022
_SQRT_HALF_BITS = np.array(0x3FE6A09E667F3BCD, dtype=np.int64)
_EXPONENT_SHIFT = np.array(52, dtype=np.int64)
_LN2_UPPER = real(6.93147180369123816490e-01)
_LN2_LOWER = real(1.90821492927058770002e-10)
_INVERSE_LN2 = real(1.44269504088896338700e00)
_LOG_ODD = (
    real(1.479819860511658591e-01),
    real(1.818357216161805012e-01),
    real(2.857142874366239149e-01),
    real(6.666666666666735130e-01),
)
_LOG_EVEN = (
    real(1.531383769920937332e-01),
    real(2.222219843214978396e-01),
    real(3.999999999940941908e-01),
)
_EXP = (
    real(4.13813679705723846039e-08),
    real(-1.65339022054652515390e-06),
    real(6.61375632143793436117e-05),
    real(-2.77777777770155933842e-03),
    real(1.66666666666666019037e-01),
)
_EXP_LARGEST = 7.09782712893383973096e02
_EXP_SMALLEST = -746.0  # its exponential is 0, as that of everything below
_ORDINARY = 700.0  # neither the exponential of this nor of its negative comes near to what a float holds
_ORDINARY_LIMIT = real(_ORDINARY)
_LN2 = float(_LN2_UPPER), float(_LN2_LOWER)
_SQRT_HALF = float(_SQRT_HALF_BITS.view(np.float64))
_LOG_ONE = tuple(map(float, _LOG_ODD)), tuple(map(float, _LOG_EVEN))
_EXP_ONE = tuple(float(c) for c in (_INVERSE_LN2, *_EXP))


# In what follows it is said by position where a result goes: by name costs as much as a short list takes.


def polynomial(coefficients: Sequence[NDArray[Any]] | NDArray[Any], x: Floats, out: Floats) -> None:
    """Write to ``out`` the polynomial in x, highest power first, by Horner's rule."""
    highest, *others, last = coefficients
    multiply(x, highest, out)
    for c in others:
        add(out, c, out)
        multiply(out, x, out)
    add(out, last, out)


def _log(x: Floats, out: Floats, spare: Floats) -> None:
    """Write log(x) to ``out``."""
    if x.min() >= _SMALLEST_NORMAL and x.max() < np.inf:  # both are false for nan
        subtract(*_log_parts(x, spare), out)
        return
    fine = (x > 0) & (x < np.inf)
    small = fine & (x < _SMALLEST_NORMAL)
    scaled = np.where(fine, x, 1.0)
    multiply(scaled, 2.0**54, out=scaled, where=small)
    subtract(*_log_parts(scaled, spare, np.where(small, 54.0, 0.0)), out)
    out[x == 0] = -np.inf
    out[x == np.inf] = np.inf
    out[(x < 0) | np.isnan(x)] = np.nan


def minus_log(x: Floats, out: Floats, spare: Floats) -> None:
    """Write -log(x) of positive normal numbers x other than 1 to ``out``, which may be ``x``."""
    upper, lower = _log_parts(x, spare)
    subtract(lower, upper, out)


def _log_parts(x: Floats, spare: Floats, lift: Floats | None = None) -> tuple[Floats, Floats]:
    """Return two numbers, in the working memory, whose difference is log(x / 2**lift), of positive normal numbers x."""
    s, f, exponent, w, w2, odd, even = spare
    bits, k, z = x.view(np.int64), s.view(np.int64), f.view(np.int64)
    # x = 2**k * z with z in [sqrt(1/2), sqrt(2)), by integer arithmetic on the bit pattern
    subtract(bits, _SQRT_HALF_BITS, k)
    right_shift(k, _EXPONENT_SHIFT, k)
    left_shift(k, _EXPONENT_SHIFT, z)
    subtract(bits, z, z)
    exponent[...] = k
    if lift is not None:
        subtract(exponent, lift, exponent)

    # log(1 + f) = f - (f*f/2 - s*(f*f/2 + R(s*s))) with s = f / (2 + f)
    subtract(f, _ONE, f)
    add(f, _TWO, s)
    divide(f, s, s)
    multiply(s, s, w)
    multiply(w, w, w2)
    polynomial(_LOG_ODD, w2, odd)
    multiply(odd, w, odd)
    polynomial(_LOG_EVEN, w2, even)
    multiply(even, w2, even)
    add(odd, even, odd)
    half = even
    multiply(f, _HALF, half)
    multiply(half, f, half)
    add(odd, half, odd)
    multiply(odd, s, odd)
    # log(x) = k*upper - ((f*f/2 - (s*(f*f/2 + R) + k*lower)) - f): small parts first
    multiply(exponent, _LN2_LOWER, w)
    add(odd, w, odd)
    subtract(half, odd, half)
    subtract(half, f, half)
    multiply(exponent, _LN2_UPPER, exponent)
    return exponent, half


def log_one(x: float) -> float | None:
    """Return log(x), bit for bit as `log_normal` has it; nothing unless x is positive, normal and finite."""
    if not _SMALLEST_NORMAL <= x < math.inf:
        return None
    z, k = math.frexp(x)
    if z < _SQRT_HALF:
        z, k = 2.0 * z, k - 1
    f = z - 1.0
    s = f / (f + 2.0)
    w = s * s
    w2 = w * w
    (a, b, c, d), (p, q, r) = _LOG_ONE
    odd = (((a * w2 + b) * w2 + c) * w2 + d) * w
    even = ((p * w2 + q) * w2 + r) * w2
    half = f * 0.5 * f
    odd = (odd + even + half) * s + k * _LN2[1]
    return k * _LN2[0] - (half - odd - f)


def exp_one(x: float) -> float | None:
    """Return exp(x), bit for bit as `exp` has it; nothing unless x lies between -700 and 700."""
    if not -_ORDINARY <= x <= _ORDINARY:
        return None
    k = round(x * _EXP_ONE[0])
    upper, lower = x - k * _LN2[0], k * _LN2[1]
    r = upper - lower
    t = r * r
    _, p, q, s, u, v = _EXP_ONE
    c = r - ((((p * t + q) * t + s) * t + u) * t + v) * t
    r = 1.0 - (lower - r * c / (2.0 - c) - upper)
    return r * math.ldexp(1.0, k)


def _exp(x: Floats, out: Floats, spare: Floats) -> None:
    """Write exp(x) to ``out``."""
    absolute(x, out)
    if np.count_nonzero(out <= _ORDINARY_LIMIT) == x.size:
        r, k = _exp_parts(x, spare)
        left_shift(k, _EXPONENT_SHIFT, k)
        add(r.view(np.int64), k, out.view(np.int64))  # times 2**k: a normal number, so nothing is rounded
        return
    inside = np.minimum(np.maximum(x, _EXP_SMALLEST), _EXP_LARGEST)
    inside[np.isnan(x)] = 0.0
    r, k = _exp_parts(inside, spare)
    # times 2**k in two factors: each is a normal number, and only the last step can round
    first = k >> 1
    for part in (first, k - first):
        multiply(r, (part + 1023 << 52).view(np.float64), r)
    out[...] = r
    out[x > _EXP_LARGEST] = np.inf
    out[np.isnan(x)] = np.nan


def _exp_parts(x: Floats, spare: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return r and k with exp(x) = r * 2**k, for x between the smallest and the largest."""
    k, r, upper, lower, t, c = spare[:6]
    # x = k*ln 2 + r with r = upper - lower
    multiply(x, _INVERSE_LN2, k)
    rint(k, k)
    multiply(k, _LN2_UPPER, upper)
    subtract(x, upper, upper)
    multiply(k, _LN2_LOWER, lower)
    subtract(upper, lower, r)

    # exp(r) = 1 - ((lower - r*c/(2 - c)) - upper) with c = r - r*r*P(r*r)
    multiply(r, r, t)
    polynomial(_EXP, t, c)
    multiply(c, t, c)
    subtract(r, c, c)
    multiply(r, c, r)
    subtract(_TWO, c, c)
    divide(r, c, r)
    subtract(lower, r, r)
    subtract(r, upper, r)
    subtract(_ONE, r, r)
    whole = t.view(np.int64)
    whole[...] = k
    return r, whole
